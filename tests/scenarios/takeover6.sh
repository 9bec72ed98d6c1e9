#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.1 stock-6.12 debug-6.12 rt-6.1
# rt: core
#
# takeover.sh over IPv6, on hosts that have no IPv4 address at all: the
# master's cable is pulled and plugged in again.
#
#	A:eth0 2001:db8::1 (master) ---+
#	B:eth0 2001:db8::2 (backup) ---+--- SW
#	C:eth0 2001:db8::3 (client) ---+

. "${0%/*}/../lib/lib.sh"

segment6 A B C
vip=2001:db8::100
pair_vips=("$vip/64")
pair pass secret

mac_at() { lladdr C "$1"; }
ping_vip() { on C ping -c 2 -i 0.1 -W 1 $vip; }

unlike "$(ip -n A -6 addr show dev carp0)" tentative "the address is not tentative"
is "$(ip -n B -6 -j addr show dev carp0 scope link | jq -c '[.[].addr_info[]?]')" \
	"[]" "no link-local address was made"
run_ok "the client reaches the address" ping_vip
is "$(mac_at $vip)" 00:00:5e:00:01:01 "at the virtual MAC"

# Settings for all interfaces would have IPv6 make addresses of its own, at once
# or when the link is there, and they would be authenticated.
linklocal() { ip -n $1 -6 addr show dev carp0 scope link; }
on A sysctl -qw net.ipv6.conf.all.addr_gen_mode=0
on B sysctl -qw net.ipv6.conf.default.stable_secret=2001:db8::5
is "$(linklocal A)$(linklocal B)" "" "none for addr_gen_mode=0 of all"

cut A
wait_state B MASTER 5
is "$(linklocal B)" "" "nor, of a secret, for the MASTER"
run_ok "the client reaches it again" ping_vip
is "$(state A)" MASTER "A knows nothing of it"
join A
wait_state B BACKUP 3
is "$(masters A B)" A "one master in the end"
run_ok "the client reaches it still" ping_vip
is "$(mac_at $vip)" 00:00:5e:00:01:01 "at the virtual MAC"

# Anybody may send router advertisements, also to the virtual MAC alone.
on A sysctl -qw net.ipv6.conf.carp0.accept_ra=2 net.ipv6.conf.carp0.autoconf=1
ip -n C neigh replace $vip lladdr 00:00:5e:00:01:01 dev eth0
on C python3 - <<'END'
import socket, struct
sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 255)
index = socket.if_nametoindex("eth0")
with open("/proc/net/if_inet6") as file:
    own = next(line.split()[0] for line in file
               if line.startswith("fe80") and line.split()[5] == "eth0")
sock.bind((socket.inet_ntop(socket.AF_INET6, bytes.fromhex(own)), 0, 0, index))
sock.sendto(struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 0, 0, 0) +
            struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 3600, 3600, 0) +
            socket.inet_pton(socket.AF_INET6, "2001:db8:aa::"),
            ("2001:db8::100", 0))
END
sleep 0.5
like "$(ip -n A -6 route show 2001:db8:aa::/64)" "dev carp0 proto kernel" \
	"a router advertisement was heard"
is "$(ip -n A -6 addr show dev carp0 | grep -c inet6)" 1 \
	"and no address made of it"

is "$(counter A opackets) $(counter B ipackets)" "0 0" "nothing went over IPv4"
sent=$(counter A opackets6)
ok $((sent < 5)) "A has counted what it sent over IPv6: $sent"
isnt "$(counter B ipackets6)" 0 "B has counted what it heard"
is "$(counter B badauth) $(counter B hdrops) $(counter B badsum)" "0 0 0" \
	"and none of it was bad"

judge
isnt "$(said6 A | wc -l)" 0 "A's advertisements"
first=$(frames A -v "ether src 00:00:5e:00:01:01 and ip6 proto 112" | head -n 2 | xargs)
like "$first" "> 33:33:00:00:00:12, .*hlim 255, next-header (vrrp|VRRP) \(112\) payload length: 36\) fe80:.* > ff02::12" \
	"to ff02::12 from the carrier's link-local address, hop limit 255"
unlike "$first" "flowlabel|class" "traffic class and flow label 0"
done_testing
