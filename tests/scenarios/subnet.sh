#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# The address may be in another subnet than the carrier's, the carrier may have
# no address at all, the address may be a /32, and it may be the carrier's own.
#
#	A:eth0 192.0.2.1, later none ---+
#	B:eth0 192.0.2.2, later none ---+--- SW
#	C:eth0 198.51.100.3          ---+
#	D:eth0 192.0.2.4             ---+

. "${0%/*}/../lib/lib.sh"

NO_RECORD=1 segment A B C D
# D joins the group of CARP now, as long as its address is its own.
carp D vhid 4
sleep 3
record A B C D
ip -n C addr flush dev eth0
ip -n C addr add 198.51.100.3/24 dev eth0

mac_at() { lladdr C "$1"; }
# reached ADDRESS VHID NAME: from the client, with a fresh question
reached() {
	ip -n C neigh flush dev eth0
	run_ok "$3: the client reaches $1" on C ping -c 2 -i 0.1 -W 1 "$1"
	is "$(mac_at "$1")" "00:00:5e:00:01:0$2" "$3: at the virtual MAC"
}
serve() {
	local host
	for host in A B; do
		session serve $host "$1" 7 --name $host --freebind -b
	done
}
who() { session talk C "$1" 7 2>&1 | field peer; }

# Another subnet
skew=0
for host in A B; do
	carp $host vhid 1 advskew $skew pass secret
	vip $host 198.51.100.100/24
	up $host
	skew=100
done
serve 198.51.100.100
wait_state A MASTER
wait_state B BACKUP
reached 198.51.100.100 1 "another subnet"
is "$(who 198.51.100.100)" A "TCP reaches A"
cut A
wait_state B MASTER
reached 198.51.100.100 1 "another subnet, after a takeover"
is "$(who 198.51.100.100)" B "TCP reaches B"
run_ok "B reaches clients in that subnet" on B ping -c 1 -W 1 198.51.100.3
like "$(ip -n B route get 198.51.100.3)" "dev carp0 src 198.51.100.100" \
	"through the interface, from the address"
join A
wait_state B BACKUP

# Carriers without an address
bare A B
is "$(ip -n A -4 addr show dev eth0)$(ip -n B -4 addr show dev eth0)" "" \
	"carriers without an address"
sleep 4
is "$(masters A B)" A "A is still the only MASTER"
reached 198.51.100.100 1 "without an address"
cut A
wait_state B MASTER
reached 198.51.100.100 1 "without an address, after a takeover"
is "$(who 198.51.100.100)" B "TCP reaches B"
join A
wait_state B BACKUP 4
is "$(masters A B)" A "one MASTER, the better one"
is "$(who 198.51.100.100)" A "TCP reaches A"
run_ok "A reaches clients in the subnet" on A ping -c 1 -W 1 198.51.100.3
run_fails "B has nothing to reach them from" on B ping -c 1 -W 1 198.51.100.3
like "$(ip -n A route show dev carp0)" "198.51.100.0/24" "the route is there"

# Planned handover between such carriers
run_ok "B is asked to take over" ip -n B link set carp0 type carp advskew 0
run_ok "and A to step down" ip -n A link set carp0 type carp advskew 100 state backup
wait_state A BACKUP
wait_state B MASTER
reached 198.51.100.100 1 "without an address, after a handover"

# Two groups in one subnet, on carriers without an address: each address with
# the MAC of its own group, whoever has the other one.
skew=0
for host in B A; do
	ip -n $host link add carp1 link eth0 type carp vhid 2 advskew $skew
	skew=200
	vip $host 198.51.100.101/24 carp1
	up $host carp1
done
wait_state B MASTER 10 carp1
wait_state A BACKUP 10 carp1
reached 198.51.100.100 1 "one host has two groups, first address"
reached 198.51.100.101 2 "one host has two groups, second address"
for from in 100 101; do
	run_ok "B reaches the client from 198.51.100.$from" \
		on B ping -c 1 -W 1 -I 198.51.100.$from 198.51.100.3
done
on B ip neigh flush all
run_ok "also from the second one with the neighbour forgotten" \
	on B ping -c 1 -W 1 -I 198.51.100.101 198.51.100.3
run_ok "B leaves the second group" ip -n B link set carp1 type carp advskew 210
run_ok "A takes it" ip -n A link set carp1 type carp state master
wait_state A MASTER 10 carp1
wait_state B BACKUP 10 carp1
is_state B MASTER "B keeps the first"
reached 198.51.100.100 1 "two hosts have a group each, first address"
reached 198.51.100.101 2 "two hosts have a group each, second address"
for host in A B; do
	ip -n $host link del carp1
	ip -n $host link del carp0
done

# A single address
ip -n A addr add 198.51.100.1/24 dev eth0
ip -n B addr add 198.51.100.2/24 dev eth0
ip -n C route add 203.0.113.5/32 dev eth0
skew=0
for host in A B; do
	carp $host vhid 3 advskew $skew
	vip $host 203.0.113.5/32
	up $host
	skew=100
done
serve 203.0.113.5
wait_state A MASTER
wait_state B BACKUP
reached 203.0.113.5 3 "/32"
is "$(who 203.0.113.5)" A "TCP reaches A"
cut A
wait_state B MASTER
reached 203.0.113.5 3 "/32, after a takeover"
is "$(who 203.0.113.5)" B "TCP reaches B"
join A
wait_state B BACKUP
ip -n A link del carp0
ip -n B link del carp0

# The carrier's own: D's address is shared by D and B.
ip -n B addr add 192.0.2.2/24 dev eth0
ip -n C addr add 192.0.2.3/24 dev eth0
skew=0
for host in D B; do
	[[ $host == D ]] || carp $host vhid 4 advskew $skew
	run_ok "$host: 192.0.2.4 is accepted" vip $host 192.0.2.4/24
	up $host
	skew=100
done
serve_own() { session serve "$1" 192.0.2.4 7 --name "$1" --freebind -b; }
serve_own D
serve_own B
wait_state D MASTER
wait_state B BACKUP
reached 192.0.2.4 4 "the carrier's own"
is "$(who 192.0.2.4)" D "TCP reaches D"
cut D
wait_state B MASTER
reached 192.0.2.4 4 "the carrier's own, after a takeover"
is "$(who 192.0.2.4)" B "TCP reaches B"
join D
wait_state B BACKUP
reached 192.0.2.4 4 "the carrier's own, back again"
is "$(who 192.0.2.4)" D "TCP reaches D again"
ip -n D link set carp0 down
wait_state B MASTER
reached 192.0.2.4 4 "the carrier's own, its owner down"
is "$(who 192.0.2.4)" B "TCP reaches B, though D has the address too"

finish
