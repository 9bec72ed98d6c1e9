#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# A packet to the virtual MAC comes in by the device that its answer leaves by.
# Source checks of the lower device hold for it, whatever the routes are;
# no sysctl is changed; what the setting "deliver" says comes first.
#
#	A (master) ---+--- SW:br0	A:eth1, S:eth1 ---+--- SW:br1
#	B (backup) ---+
#	C (client) ---+
#	E (client) ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

NO_RECORD=1 segment A B C E S
own6 A B C E
ip -n SW link set S nomaster
ip -n S addr flush dev eth0
for host in A S; do
	nic $host eth1 br1
done
ip -n A addr add 198.51.100.1/24 dev eth1
ip -n S addr add 198.51.100.4/24 dev eth1
ip -n A addr add 2001:db8:1::1/64 dev eth1 nodad
ip -n S addr add 2001:db8:1::4/64 dev eth1 nodad
ip -n S route add default via 198.51.100.1
ip -n S -6 route add default via 2001:db8:1::1
record A B C E
on A sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1

strict() {
	local dev
	for dev in all default eth0 eth1 carp0; do
		on A sysctl -qw -e net.ipv4.conf.$dev.rp_filter="$1"
	done
}
# What is read before anybody asks, and after everything
settings() {
	on A sysctl net.ipv4.conf.{all,default,eth0,eth1,carp0}.{rp_filter,arp_filter} \
		net.ipv4.conf.{all,default,eth0,eth1}.accept_local
}
strict 1
on A sysctl -qw net.ipv4.conf.default.arp_filter=1
pair_vips=(192.0.2.100/24 2001:db8::100/64)
pair pass secret
settings >"$OUT/before"
is "$(on A sysctl -n net.ipv4.conf.carp0.rp_filter net.ipv4.conf.carp0.arp_filter | xargs)" \
	"1 1" "the interface has the settings that new ones get"
vmac=00:00:5e:00:01:01

# By which device echo requests came in
on A nft -f - <<-'END'
	table inet seen {
		counter eth0 { }
		counter carp0 { }
		chain pre {
			type filter hook prerouting priority raw
			icmp type echo-request counter name meta iifname map { "eth0" : "eth0", "carp0" : "carp0" }
			icmpv6 type echo-request counter name meta iifname map { "eth0" : "eth0", "carp0" : "carp0" }
		}
	}
	table inet strict {
		chain pre {
			type filter hook prerouting priority -10
			icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } accept
			meta l4proto { icmp, icmpv6, udp, tcp } fib saddr . iif oif missing drop
		}
	}
END
by() {
	local dev
	for dev in eth0 carp0; do
		on A nft reset counter inet seen $dev |
			awk -v dev=$dev '/packets [1-9]/ { print dev }'
	done | xargs
}
# comes DEV HOST ADDR NAME [PING OPTION...]: an echo request that is answered
comes() {
	local dev=$1 host=$2 addr=$3 name=$4
	shift 4
	by >/dev/null
	run_ok "$name: answered" on "$host" ping -c 1 -W 2 "$@" "$addr"
	is "$(by)" "$dev" "$name: comes in by $dev"
}

comes eth0 C 192.0.2.100 "IPv4"
comes eth0 C 2001:db8::100 "IPv6"
is "$(lladdr C 192.0.2.100) $(lladdr C 2001:db8::100)" "$vmac $vmac" "both at the virtual MAC"
like "$(rx_packets A carp0)" "^[1-9]" "the interface counts what comes for it"
run_ok "the client asks again whether that is right" \
	on C arping -c 2 -w 3 -I eth0 192.0.2.100

# Spoofed: as by the MAC of the device itself.
cat >"$OUT/spoof.py" <<'END'
import socket, struct, sys
dst, src, dip, sip, what = sys.argv[1:]
def mac(m): return bytes.fromhex(m.replace(":", ""))
def csum(b):
    s = sum(struct.unpack("!%dH" % (len(b) // 2), b))
    while s >> 16: s = (s & 0xffff) + (s >> 16)
    return ~s & 0xffff
data = (what + "\n").encode()
udp = struct.pack("!4H", 5000, 5000, 8 + len(data), 0) + data
ip = struct.pack("!2B3H2BH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0,
                 socket.inet_aton(sip), socket.inet_aton(dip))
ip = ip[:10] + struct.pack("!H", csum(ip)) + ip[12:]
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
s.send(mac(dst) + mac(src) + b"\x08\x00" + ip + udp)
END
macA=$(mac A) macC=$(mac C)
# spoofed TO-MAC TO: what a socket bound to nothing has had
spoofed() {
	local from pid
	rm -f "$OUT/got"
	on A timeout 1 socat -u UDP4-RECV:5000 "CREATE:$OUT/got" &
	pid=$!
	wait_for 1 listens
	for from in 192.0.2.3 192.0.2.1 192.0.2.100 198.51.100.1 198.51.100.77; do
		on C python3 "$OUT/spoof.py" "$1" "$macC" "$2" $from $from
	done
	wait $pid
	xargs <"$OUT/got"
}
listens() { on A ss -lun | grep -q ":5000 "; }
foreign C # speaks as others
on A nft delete table inet strict
is "$(spoofed "$macA" 192.0.2.1)" 192.0.2.3 "rp_filter 1, the device's MAC: the honest one only"
is "$(spoofed $vmac 192.0.2.100)" 192.0.2.3 "rp_filter 1, the virtual MAC: the same"
is "$(settings | diff "$OUT/before" - | grep '^[<>]')" "" "no setting has changed"
strict 0
own=$(spoofed "$macA" 192.0.2.1)
is "$own" "192.0.2.3 198.51.100.77" "rp_filter 0, the device's MAC: none of the host's own"
is "$(spoofed $vmac 192.0.2.100)" "$own" "rp_filter 0, the virtual MAC: the same"
strict 1

# Routes of all kinds, under rp_filter 1 and a rule that is as strict
on A nft -f - <<-'END'
	table inet strict {
		chain pre {
			type filter hook prerouting priority -10
			icmp type echo-request fib saddr . iif oif missing drop
			icmpv6 type echo-request fib saddr . iif oif missing drop
		}
	}
END
vip A 192.0.2.101/32
vip B 192.0.2.101/32
comes eth0 C 192.0.2.101 "/32"
for host in A B; do
	vip $host 10.1.0.100/16
done
ip -n C addr add 10.1.5.3/16 dev eth0
ip -n E addr add 10.1.9.4/16 dev eth0
wait_state A MASTER
comes carp0 C 10.1.0.100 "a subnet that only the interface has" -I 10.1.5.3
ip -n A addr add 10.1.9.1/24 dev eth0
comes carp0 C 10.1.0.100 "and part of it the lower device, one outside" -I 10.1.5.3
comes eth0 E 10.1.0.100 "one inside" -I 10.1.9.4
# Transit has no virtual address.
for host in C E; do
	ip -n $host route add 198.51.100.0/24 via 10.1.0.100
done
comes carp0 C 198.51.100.4 "transit from that subnet" -I 10.1.5.3
comes eth0 E 198.51.100.4 "from the other" -I 10.1.9.4
for host in C E; do
	ip -n $host route replace 198.51.100.0/24 via 192.0.2.100
done
comes eth0 C 198.51.100.4 "transit from the lower device's subnet" -I 192.0.2.3
on C ping -c 1 -W 1 192.0.2.100 >/dev/null

# A client from anywhere, and a default route by either device
ip -n C addr add 203.0.113.3/32 dev lo
ip -n A route add default via 192.0.2.3
comes eth0 C 192.0.2.100 "default route by the lower device" -I 203.0.113.3
ip -n A route replace default via 192.0.2.3 dev carp0
comes carp0 C 192.0.2.100 "default route by the interface" -I 203.0.113.3
ip -n A route del default
ip -n A route add 192.0.2.3/32 dev carp0 table 77
ip -n A rule add from 192.0.2.101 lookup 77
comes carp0 C 192.0.2.101 "a rule for what comes from one address"
comes eth0 C 192.0.2.100 "and not from the other"
comes eth0 E 192.0.2.101 "or not to that host"
ip -n A rule del from 192.0.2.101 lookup 77
ip -n A route flush table 77
ip -n C -6 addr add 2001:db8:f::3/128 dev lo
ip -n A -6 route add default via 2001:db8::3
comes eth0 C 2001:db8::100 "IPv6, default route by the lower device" -I 2001:db8:f::3
ip -n A -6 route del default
ip -n A -6 route add default via 2001:db8::3 dev carp0
comes carp0 C 2001:db8::100 "IPv6, default route by the interface" -I 2001:db8:f::3
ip -n A -6 route del default
ip -n A -6 route add 2001:db8::3/128 dev carp0 table 77
ip -n A -6 rule add from 2001:db8::100 lookup 77
comes carp0 C 2001:db8::100 "IPv6, a rule for what comes from the address"
comes eth0 E 2001:db8::100 "IPv6, and not to that host"
ip -n A -6 rule del from 2001:db8::100 lookup 77
for host in A B; do
	vip $host fe80::64/64
done
sleep 1
comes carp0 C fe80::64%eth0 "a link-local virtual address"

# A host that is MASTER of another group speaks from its address.  (nft's fib looks
# at routes that are out of force, too, and finds the address here.)
on A nft delete table inet strict
skew=100
for host in A B; do
	ip -n $host link add carp1 link eth0 type carp vhid 2 advskew $skew pass secret
	vip $host 192.0.2.102/24 carp1
	up $host carp1
	skew=0
done
wait_state B MASTER 10 carp1
wait_state A BACKUP 10 carp1
run_ok "B pings the address of A from that of another group" \
	on B ping -c 1 -W 2 -I 192.0.2.102 192.0.2.100
run_ok "and A that of B" on A ping -c 1 -W 2 -I 192.0.2.100 192.0.2.102

# What is shown on the interface, and on any
shown() {
	on_sys A timeout 3 tcpdump -Z root -n -e --immediate-mode -l -i "$1" icmp \
		>"$OUT/shown.$1" 2>"$OUT/shown.$1.err" &
	pids+=($!)
	wait_for 10 grep -q "listening on" "$OUT/shown.$1.err"
}
pids=()
shown any
shown carp0
on C ping -c 3 -i 0.1 -W 1 192.0.2.100 >/dev/null
wait "${pids[@]}"
for dev in any carp0; do
	is "$(grep -c "echo request" "$OUT/shown.$dev") $(grep -c "echo reply" "$OUT/shown.$dev")" \
		"3 3" "-i $dev: requests and replies, once each"
done

# As it is told
deliver() { ip -n A link set carp0 type carp deliver "$1"; }
strict 0
deliver self
comes carp0 C 192.0.2.100 "deliver self"
comes carp0 C 2001:db8::100 "deliver self, IPv6"
deliver lower
comes eth0 C 10.1.0.100 "deliver lower" -I 10.1.5.3
deliver auto
comes carp0 C 10.1.0.100 "deliver auto" -I 10.1.5.3
on A sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1
comes carp0 C 2001:db8::100 "a lower device without IPv6"
deliver lower
comes carp0 C 2001:db8::100 "even so, deliver lower"
comes eth0 C 192.0.2.100 "deliver lower, IPv4"
is_state A MASTER "A is MASTER to the end"
is_state B BACKUP "and B BACKUP"
finish
