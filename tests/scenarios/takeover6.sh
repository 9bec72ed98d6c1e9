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

# Anybody may send router advertisements: to the virtual MAC alone, with another
# header before it, and out by the interface itself, which brings back what is for
# all. Of those IPv6 would make addresses where nobody may refuse them.
on A sysctl -qw net.ipv6.conf.carp0.accept_ra=2 net.ipv6.conf.carp0.autoconf=1
ip -n C neigh replace $vip lladdr 00:00:5e:00:01:01 dev eth0
# route_by HOST DEV TO [header|TYPE]
route_by() {
	on "$1" python3 - "${@:2}" <<'END'
import socket, struct, sys
dev, to, how = (sys.argv[1:] + [""])[:3]
kind = int(how) if how.isdigit() else 134
src = socket.inet_pton(socket.AF_INET6, "fe80::77")
dst = socket.inet_pton(socket.AF_INET6, to)
ra = (struct.pack("!BBHBBHII", kind, 0, 0, 64, 0, 0, 0, 0) +
      struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 3600, 3600, 0) +
      socket.inet_pton(socket.AF_INET6, "2001:db8:aa::"))
pseudo = src + dst + struct.pack("!II", len(ra), 58) + ra
total = sum(struct.unpack("!%dH" % (len(pseudo) // 2), pseudo))
while total >> 16:
    total = (total & 0xffff) + (total >> 16)
ra = ra[:2] + struct.pack("!H", ~total & 0xffff) + ra[4:]
proto = 58
if how == "header":
    ra, proto = bytes([58, 0, 1, 4, 0, 0, 0, 0]) + ra, 60
sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
sock.setsockopt(socket.IPPROTO_IPV6, 36, 1) # IPV6_HDRINCL
sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 1)
index = socket.if_nametoindex(dev)
sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
sock.sendto(struct.pack("!IHBB", 6 << 28, len(ra), proto, 255) + src + dst + ra,
            (to, 0, 0, index))
END
}
route_by A carp0 ff02::1
route_by A carp0 ff02::1 header
route_by C eth0 $vip
route_by C eth0 $vip header
sleep 0.5
is "$(ip -n A -6 route show 2001:db8:aa::/64)" "" "no router advertisement was heard"
is "$(ip -n A -6 addr show dev carp0 | grep -c inet6)" 1 \
	"and no address made of it"
# Whoever may set rules can make one of another packet later than we look. Then it
# is his own address, and not one of the group.
ip -n A link set carp0 type carp deliver self
on A nft 'add table ip6 t; add chain ip6 t in { type filter hook input priority 0; }
	add rule ip6 t in iifname carp0 icmpv6 type echo-request ip6 hoplimit 255 icmpv6 type set 134'
heard_badauth=$(counter B badauth)
route_by C eth0 $vip 128
sleep 0.5
is "$(ip -n A -6 addr show dev carp0 dynamic | grep -c inet6)" 1 \
	"one that is made of a ping is out of our hands"
on A nft delete table ip6 t
ip -n A link set carp0 type carp deliver auto
ip -n A addr flush dev carp0 dynamic
ip -n A -6 route flush 2001:db8:aa::/64
is "$(ip -n A -6 addr show dev carp0 | grep -c inet6)" 1 "it goes as it came"
is "$(masters A B)" A "A is the only MASTER"
is "$(counter B badauth)" "$heard_badauth" "and B believes it"
# As they are heard elsewhere.
on A sysctl -qw net.ipv6.conf.eth0.accept_ra=2
for how in "" header; do
	route_by C eth0 2001:db8::1 $how
	sleep 0.5
	like "$(ip -n A -6 route show 2001:db8:aa::/64)" "dev eth0 proto kernel" \
		"but by the carrier${how:+, with another $how}"
	ip -n A -6 route flush 2001:db8:aa::/64
done
on A sysctl -qw net.ipv6.conf.eth0.accept_ra=0
ip -n A addr flush dev eth0 dynamic

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
