#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.1 stock-6.12
#
# Routes through the interface of a host that is not MASTER are not in force, whoever
# has made them, and the next best one is: the administrator's, of prefixes in each
# other, with a gateway and without, several paths, nexthop objects, defaults, made
# under a rule that ends the lookup, made before a transition and after it.
#
#	A (master) ---+
#	B (backup) ---+--- SW

# shellcheck disable=SC2317 # functions that others call
. "${0%/*}/../lib/lib.sh"

NO_RECORD=1 segment A B C
own6 A B
pair_vips=(198.51.100.100/24 2001:db8:5::100/64)
pair pass secret

# A better one through carp0, and what is to be used without it.
give() {
	local host=$1 n=$2
	ip -n "$host" -batch - <<-END
		route add 203.0.$n.0/24 via 198.51.100.1 dev carp0
		route add 203.0.$n.0/24 via 192.0.2.3 dev eth0 metric 4000
		route add 10.$n.0.0/16 dev carp0 scope link
		route add 10.$n.0.0/15 via 192.0.2.3 dev eth0
		route add 2001:db8:$n::/64 via 2001:db8:5::1 dev carp0 metric 100
		route add 2001:db8:$n::/64 via 2001:db8::3 dev eth0 metric 4000
	END
}
dev() { ip -n "$1" route get "$2" 2>&1 | grep -o 'dev [a-z0-9]*' | head -n 1; }
# leads HOST DEV NAME ADDR...
leads() {
	local host=$1 dev=$2 name=$3 addr got=() want=()
	shift 3
	for addr; do
		got+=("$addr $(dev "$host" "$addr")")
		want+=("$addr dev $dev")
	done
	is "${got[*]}" "${want[*]}" "$name"
}
given() { echo "203.0.$1.1 10.$1.0.1 2001:db8:$1::1"; }

give A 20
give B 20
ip -n B route add default via 198.51.100.1 dev carp0
ip -n B route add default via 192.0.2.3 dev eth0 metric 4000
ip -n B -6 route add default via 2001:db8:5::1 dev carp0 metric 100
ip -n B -6 route add default via 2001:db8::3 dev eth0 metric 4000
# Not the first of its prefix, and so not told of: a type of service comes first.
ip -n B route add 203.0.113.0/24 tos 0x10 via 192.0.2.3 dev eth0
ip -n B route add 203.0.113.0/24 via 198.51.100.1 dev carp0 metric 10
ip -n B route add 203.0.113.0/24 via 192.0.2.3 dev eth0 metric 4000
# Nor told of over IPv6: behind one that leads to a cable that is not plugged in
ip -n B link add d1 type veth peer name d2
ip -n B link set d1 up
on B sysctl -qw net.ipv6.conf.d1.ignore_routes_with_linkdown=1
ip -n B -6 route add 2001:db8:113::/64 dev d1 metric 5
ip -n B -6 route add 2001:db8:113::/64 via 2001:db8:5::1 dev carp0 metric 10
ip -n B -6 route add 2001:db8:113::/64 via 2001:db8::3 dev eth0 metric 4000
# Two paths: all flows take the one that leads somewhere.
ip -n B route add 10.9.0.0/16 nexthop via 198.51.100.1 dev carp0 \
	nexthop via 192.0.2.3 dev eth0
# As on any device without carrier
like "$(ip -n B nexthop add id 7 via 198.51.100.1 dev carp0 2>&1)" "[Cc]arrier" \
	"a BACKUP takes no nexthop objects"
# shellcheck disable=SC2046 # a list
leads A carp0 "A is MASTER" $(given 20)
# shellcheck disable=SC2046 # a list
leads B eth0 "B is BACKUP" $(given 20) 8.8.8.8 2001:db8:8::1
flows() {
	local i
	for ((i = 1; i < 30; i++)); do
		dev B "10.9.0.$i"
	done | sort -u | xargs
}
is "$(flows)" "dev eth0" "of two paths only one is taken"
second() { [[ $(dev B 203.0.113.1) == "dev eth0" ]]; }
wait_ok 3 "one behind another of its prefix is found" second
second6() { [[ $(dev B 2001:db8:113::1) == "dev eth0" ]]; }
wait_ok 5 "and over IPv6" second6

# A MASTER that steps down while RTNL is held: nothing of the stack has marked its
# routes, which it had link for, and no work can. A socket says which way it takes.
source_to() {
	on_sys A python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET,
		  socket.SOCK_DGRAM)
s.connect((sys.argv[1], 9))
print(s.getsockname()[0])' "$1"
}
sources() { source_to 203.0.40.1; source_to 2001:db8:40::1; source_to 203.0.41.1; source_to 2001:db8:41::1; }
for n in 40 41; do
	# The first route of its prefix, and one behind another.
	[[ $n == 40 ]] || ip -n A -batch - <<-END
		route add 203.0.$n.0/24 tos 0x10 via 192.0.2.3 dev eth0
		link add d1 type veth peer name d2
		link set d1 up
		route add 2001:db8:$n::/64 dev d1 metric 5
	END
	[[ $n == 40 ]] || on A sysctl -qw net.ipv6.conf.d1.ignore_routes_with_linkdown=1
	[[ $n == 40 ]] || ip -n A -batch - <<-END
		route add 203.0.$n.0/24 via 198.51.100.1 dev carp0 metric 10
		route add 203.0.$n.0/24 via 192.0.2.3 dev eth0 metric 4000
		route add 2001:db8:$n::/64 via 2001:db8:5::1 dev carp0 metric 10
		route add 2001:db8:$n::/64 via 2001:db8::3 dev eth0 metric 4000
	END
done
# One behind another is found within a second or two, but for IPv6 later.
sleep 5
ip -n A route add 203.0.40.0/24 via 192.0.2.3 dev eth0 metric 4000
ip -n A -6 route add 2001:db8:40::/64 via 2001:db8::3 dev eth0 metric 4000
ip -n A -6 route add 2001:db8:40::/64 via 2001:db8:5::1 dev carp0 metric 10
ip -n A route add 203.0.40.0/24 via 198.51.100.1 dev carp0 metric 10
is "$(sources | xargs)" "198.51.100.100 2001:db8:5::100 198.51.100.100 2001:db8:5::100" \
	"A is MASTER: its sockets take the routes by carp0"
on_sys A python3 "${0%/*}/../lib/hold.py" 12 >"$OUT/hold" &
wait_for 5 grep -q held "$OUT/hold"
on_sys A sysctl -qw net.carp.demotion=100
sleep 5
is "$(sources | xargs)" "192.0.2.1 2001:db8::1 192.0.2.1 2001:db8::1" \
	"it has stepped down, and RTNL is held: not any more"
is "$(grep -c released "$OUT/hold")" 0 "RTNL is still held"
wait_ok 15 "RTNL is free again" grep -q released "$OUT/hold"
on_sys A sysctl -qw net.carp.demotion=-100
ip -n A link set carp0 type carp state master
wait_state A MASTER
wait_state B BACKUP

# Prefixes in each other, two of the same, and one made under a rule.
ip -n B addr add 198.51.100.101/25 dev carp0
ip -n B addr add 198.51.100.102/24 dev carp0
ip -n B rule add to 100.64.0.0/24 unreachable pref 50
ip -n B addr add 100.64.0.1/24 dev carp0
ip -n B rule del pref 50
leads B eth0 "subnets of the addresses" 198.51.100.20 198.51.100.200 100.64.0.9
is "$(ip -n B route show table all dev carp0 | grep -cv linkdown)" 0 \
	"all routes of B are marked"
is "$(ip -n B route show 198.51.100.0/24 dev carp0 | grep -c linkdown)" 2 \
	"each address has its connected route"

ip -n A addr add 198.51.100.101/25 dev carp0
ip -n A addr add 198.51.100.102/24 dev carp0
ip -n A addr add 100.64.0.1/24 dev carp0
ip -n A link set carp0 type carp state backup
wait_state B MASTER
wait_state A BACKUP
give A 30
give B 30
# shellcheck disable=SC2046 # a list
leads A eth0 "A is BACKUP" $(given 20) $(given 30)
# shellcheck disable=SC2046 # a list
leads B carp0 "B is MASTER" $(given 20) $(given 30) 8.8.8.8 2001:db8:8::1 \
	198.51.100.20 198.51.100.200 100.64.0.9 203.0.113.1 2001:db8:113::1
paths() { [[ $(flows) == "dev carp0 dev eth0" ]]; }
wait_ok 3 "both paths are taken" paths
# What is said of links does not lose the marks.
ip -n A link set eth0 down
ip -n A link set eth0 up
wait_state A BACKUP
is "$(ip -n A route show table all dev carp0 | grep -cv linkdown)" 0 \
	"all routes of A are marked after a loss of link"

ip -n B link set carp0 type carp state backup
wait_state A MASTER
wait_state B BACKUP
# shellcheck disable=SC2046 # a list
leads B eth0 "B is BACKUP again" $(given 20) $(given 30) 8.8.8.8 2001:db8:8::1 \
	198.51.100.20 198.51.100.200 100.64.0.9 203.0.113.1
only() { [[ $(flows) == "dev eth0" ]]; }
wait_ok 3 "one path is taken again" only

# An address with a far end is one like others.
for host in A B; do
	ip -n $host addr add 192.0.2.110 peer 203.0.113.110 dev carp0
done
is "$(dev B 192.0.2.110) $(dev A 203.0.113.110)" "dev eth0 dev carp0" \
	"an address with a peer is out of force on B, its peer in force on A"
run_ok "it answers" on C ping -c 1 -W 1 192.0.2.110
is "$(lladdr C 192.0.2.110)" 00:00:5e:00:01:01 "at the virtual MAC"

# Before the address there is a route of its subnet, or to itself: the first route
# that leads through the interface is not the address's.
firsts() {
	local n=0 first addr
	while read -r first addr; do
		((++n))
		ip -n B link add c$n link eth0 type carp vhid 4$n state backup advbase 100
		ip -n B link set c$n up
		# shellcheck disable=SC2086 # words
		ip -n B route add ${first//_/ } dev c$n
		ip -n B addr add "$addr" dev c$n
		ip -n B addr add "10.70.$n.1/24" dev c$n
		is "$(ip -n B route show table all dev c$n | grep -cv linkdown)" 0 \
			"${first//_/ } before $addr: all routes are marked"
		ip -n B addr del "$addr" dev c$n
		is "$(ip -n B route show table all dev c$n | grep -cv linkdown)" 0 \
			"and when it is deleted"
		ip -n B link del c$n
	done
}
firsts <<-'END'
	10.60.1.0/24 10.60.1.5/24
	10.60.2.0/24 10.60.2.0/24
	local_10.60.3.5 10.60.3.5/24
	local_10.60.4.5_table_local 10.60.4.5/32
	10.60.5.5 10.60.5.5/24
END

# Control: the routes themselves are right.
ip -n B link set carp0 down
ip -n B link add d0 type dummy
ip -n B link set d0 up
ip -n B addr add 198.51.100.100/24 dev d0
ip -n B route replace 203.0.20.0/24 via 198.51.100.1 dev d0
is "$(dev B 203.0.20.1)" "dev d0" "control: through another device it is in force"

finish
