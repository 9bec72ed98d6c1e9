#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# Demoted groups settle, and nothing changes after that: intervals of less than a
# second, and intervals that differ by more than three times. Takeovers are
# counted, and the states sampled.
#
#	A (carp0) ---+
#	B (carp0) ---+--- SW
#	C (carp0) ---+

. "${0%/*}/../lib/lib.sh"

NO_RECORD=1 segment A B C

members=()

# group HOST ADVBASE ADVSKEW...: in this order
group() {
	while (($#)); do
		carp "$1" vhid 7 advbase "$2" advskew "$3" pass secret
		vip "$1" 192.0.2.107/24
		up "$1"
		members+=("$1")
		shift 3
	done
}

demote() { on "$1" sysctl -qw "net.carp.demotion=$2"; }

disband() {
	local host
	for host in "${members[@]}"; do
		demote "$host" "-$(on "$host" sysctl -n net.carp.demotion)"
		ip -n "$host" link del carp0
	done
	members=()
}

takeovers() {
	local host n=0
	for host in "${members[@]}"; do
		((n += $(counter "$host" preempt))) || true
	done
	echo "$n"
}

# settled SECONDS PAUSE MASTER NAME: none changes, none serves but MASTER
settled() {
	local seconds=$1 pause=$2 master=$3 name=$4 before end now n both=0 none=0
	before=$(takeovers)
	tap_now now
	((end = now + seconds * 1000))
	while ((now < end)); do
		n=$(masters "${members[@]}" | wc -w)
		((n <= 1)) || ((++both))
		((n >= 1)) || ((++none))
		sleep "$pause"
		tap_now now
	done
	is "takeovers $(($(takeovers) - before)), two $both, none $none" \
		"takeovers 0, two 0, none 0" "$name: $seconds s without a change"
	is "$(masters "${members[@]}")" "$master" "$name: $master is MASTER"
}

# Both demoted alike: intervals of 240/256 s, waited for by 3/256 and 150/256.
demote A 240
demote B 240
group A 0 0 B 0 50
wait_state A MASTER
# B may have waited in vain for 150/256 s before it could hear A.
sleep 1
settled 5 0.2 A "advbase 0, both demoted"
demote A -240
demote B -240
sleep 1
settled 2 0.2 A "advbase 0"
# One after the other: the second one is relieved by nobody.
demote A 240
wait_ok 2 "advbase 0, A demoted by 240: B takes over" becomes B MASTER 1
demote B 240
sleep 1
settled 3 0.2 B "advbase 0, then both demoted"
disband

# The MASTER is demoted, and would wait 30/256 s for one that speaks every 100/256.
group A 0 10 B 0 100
wait_state A MASTER
demote A 240
wait_ok 2 "advbase 0, A demoted: B takes over" becomes B MASTER 1
settled 5 0.2 B "advbase 0, A demoted"
demote B 250
wait_ok 2 "B more demoted: A takes over" becomes A MASTER 1
settled 3 0.2 A "advbase 0, B more demoted"
disband

# A demoted host that would wait for 3 s, and a better one that speaks every 10.
group B 1 0
wait_state B MASTER 5
demote B 240
group A 10 0
wait_ok 5 "advbase 10, B demoted: A takes over" becomes A MASTER 4
settled 40 1 A "advbase 10 and a demoted advbase 1"
# One more that starts: it takes over once, before it can have heard A.
group C 1 0
demote C 240
wait_ok 15 "C begins: A stays or is MASTER again" becomes A MASTER 14
sleep 5
settled 25 1 A "advbase 10 and two demoted ones"
disband

done_testing
