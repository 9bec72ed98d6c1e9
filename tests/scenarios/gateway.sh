#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# The address as a gateway on one segment: who has sent to the virtual MAC is
# redirected nowhere, who has sent to the host's own is, as ever. And offloaded
# flows end with mastership, whatever a hub brings.
#
#	A (master) ---+--- SW:br0	A:lan0 (eth1), S:eth1 ---+--- SW:br1
#	B (backup) ---+
#	C (client) ---+
#	E (client of A itself) ---+
#	R (router) ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"
. "${0%/*}/../lib/flows.sh"

linklocal() {
	ip -n "$1" -6 addr show dev eth0 scope link |
		sed -n 's/.*inet6 \(fe80[^/]*\).*/\1/p' | head -n 1
}
NO_RECORD=1 segment A B C E R S
own6 A B C E R
ip -n SW link set S nomaster
ip -n S addr flush dev eth0
for host in A S; do
	nic $host eth1 br1
done
# By a bridge: such flows go on whatever becomes of their routes.
ip -n A link add lan0 type bridge
ip -n A link set eth1 master lan0
ip -n A link set lan0 up
ip -n A addr add 198.51.100.1/24 dev lan0
ip -n S addr add 198.51.100.4/24 dev eth1
ip -n S route add default via 198.51.100.1
record A B C E R
for host in A R; do
	on $host sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
done
ip -n R addr add 203.0.113.1/32 dev lo
ip -n R addr add 2001:db8:f::1/128 dev lo
ip -n A route add 203.0.113.0/24 via 192.0.2.5
ip -n A -6 route add 2001:db8:f::/64 via "$(linklocal R)" dev eth0
pair_vips=(192.0.2.100/24 2001:db8::100/64 fe80::64/64)
pair pass secret
ip -n C route add default via 192.0.2.100
ip -n C -6 route add default via fe80::64 dev eth0
ip -n E route add default via 192.0.2.1
ip -n E -6 route add default via "$(linklocal A)" dev eth0

reaches() { on "$1" ping -c 3 -i 0.3 -W 1 "$2"; }
wait_ok 5 "C reaches what is behind the router" reaches C 203.0.113.1
wait_ok 5 "over IPv6, too" reaches C 2001:db8:f::1
wait_ok 5 "so does E" reaches E 203.0.113.1
wait_ok 5 "and over IPv6" reaches E 2001:db8:f::1

# Flows that bypass the routing code
offload A eth0 eth1
echo_server S
on S nft -f - <<-'END'
	table ip t {
		counter got { }
		chain in {
			type filter hook input priority 0
			udp dport 9 counter name "got"
		}
	}
END
packets() { on "$1" nft list counter "$2" "$3" "$4" | sed -n 's/.*packets \([0-9]*\).*/\1/p'; }
answered() { talk C 192.0.2.3 198.51.100.4 "$1"; }
is "$(answered 10)" 10 "C talks to the server"
slow=$(forwarded_slowly A)
is "$(answered 20)" 20 "and goes on"
within $(($(forwarded_slowly A) - slow)) 0 5 "most of it passes by the flow table"

# B serves, and forwards nothing; the switch has become a hub.
ip -n SW link set br0 type bridge ageing_time 0
ip -n A link set carp0 type carp state backup
wait_state B MASTER
wait_state A BACKUP
got=$(packets S ip t got)
before=$(counter A rx_inactive)
is "$(answered 5)" 0 "A has stepped down: nobody forwards"
is $(($(packets S ip t got) - got)) 0 "what the hub brings A is not forwarded"
within $(($(counter A rx_inactive) - before)) 5 8 "but dropped, and counted"
ip -n B link set carp0 type carp state backup
wait_state A MASTER
is "$(answered 5)" 5 "A serves again: it goes on"

judge
redirects() { frames "$1" "icmp[0] = 5 or (ip6 and ip6[40] = 137)" | wc -l; }
is "$(redirects C)" 0 "C, of the virtual MAC, is not redirected"
like "$(frames E "icmp[0] = 5" | wc -l)" "^[1-9]" "E, of the host's own, is"
like "$(frames E "ip6 and ip6[40] = 137" | wc -l)" "^[1-9]" "over IPv6, too"
done_testing
