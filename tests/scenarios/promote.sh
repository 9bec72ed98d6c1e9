#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# long-options: --leaks
#
# Addresses that are changed on a host that is not MASTER must all work once it
# is: the routing code makes routes at moments of its own, and must be let see
# the addresses then.
#
#	A (master) ---+
#	B (backup) ---+--- SW
#	C (client) ---+

. "${0%/*}/../lib/lib.sh"

segment A B C
for host in A B; do
	skew=$([[ $host == A ]] && echo 0 || echo 100)
	carp $host vhid 1 advskew "$skew"
	for last in 100 101 102 103; do
		vip $host "192.0.2.$last/24"
	done
	up $host
done
wait_state A MASTER
wait_state B BACKUP

routes() { ip -n "$1" route show table all dev carp0 | grep -c "^$2"; }
is "$(ip -n B addr show carp0 | grep -c secondary)" 0 "none is secondary"

# The first address of the subnet goes; the others have their own routes.
for host in B A; do
	ip -n $host addr del 192.0.2.100/24 dev carp0
done
sleep 0.1
is "$(ip -n B addr show carp0 | grep -c 'inet ')" 3 "three are left"
for last in 101 102 103; do
	is "$(routes B "local 192.0.2.$last ")" 1 "B has a local route to .$last"
	like "$(ip -n B route show table local 192.0.2.$last dev carp0)" \
		"dead linkdown" "that is not in force"
	like "$(ip -n B route get 192.0.2.$last)" "dev eth0" \
		"and sends to .$last by the carrier"
	like "$(ip -n A route show table local 192.0.2.$last dev carp0)" \
		"linkdown" "A's route to .$last is marked, too"
done
like "$(ip -n B route show 192.0.2.0/24 dev carp0)" "metric 2147483647" \
	"the connected route is the worst"

# Saying the same again changes nothing.
before=$(ip -n B route show table all dev carp0)
ip -n B addr replace 192.0.2.101/24 dev carp0
ip -n B addr change 192.0.2.102/24 dev carp0
is "$(ip -n B route show table all dev carp0)" "$before" \
	"replacing an address by itself keeps its routes"
unlike "$(ip -n B addr show dev carp0)" "metric" \
	"the address has no metric that nobody gave it"
is "$(state A)" MASTER "A is MASTER all the while"

cut A
wait_state B MASTER
for last in 101 102 103; do
	run_ok "B answers for .$last" on C ping -c 1 -W 1 "192.0.2.$last"
done
join A
wait_state B BACKUP

# The last address goes: the good-bye is said under it.
for last in 101 102; do
	for host in B A; do
		ip -n $host addr del "192.0.2.$last/24" dev carp0
	done
done
sleep 12
run_ok "one address is left" on C ping -c 1 -W 1 192.0.2.103
ip -n A addr del 192.0.2.103/24 dev carp0
is "$(state A)" INIT "without an address there is no MASTER"
run_ok "its successor has heard the good-bye" becomes B MASTER 1
run_ok "and answers" on C ping -c 1 -W 1 192.0.2.103

finish
