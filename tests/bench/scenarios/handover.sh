#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# timeout: 900
#
# Planned handover while a client pings a thousand times a second.
#
# usage: handover.sh [SYSTEM...]

# shellcheck source=tests/lib/bench.sh
. "${0%/*}/../lib/bench.sh"
# shellcheck source=tests/lib/ucarp.sh
. "${0%/*}/../lib/ucarp.sh"

segment A B C
systems=("$@")
((${#systems[@]})) || systems=(carp.4ms carp.1s keepalived.10ms keepalived.1s
	frr.10ms frr.1s ucarp.1s)

# ways SYSTEM: each with what is done
ways() {
	case $1 in
	carp.*)
		echo "down down:A:carp0"
		echo "delete delete:A:carp0"
		echo "allow write:A:/proc/sys/net/carp/allow:0"
		echo "demote write:A:/proc/sys/net/carp/demotion:100"
		echo "backup run:ip -n A link set carp0 type carp state backup"
		;;
	*) echo "stop signal:$(pid "$1" A):TERM" ;;
	esac
}

# What it takes to be as before.
undo() {
	case $1 in
	down) up A ;;
	delete)
		read -ra args <<<"$(carp_args "$system" A)"
		carp A vhid 1 "${args[@]}" pass secret
		ip -n A addr add $BENCH_VIP/24 dev carp0
		up A
		;;
	allow) on A sysctl -qw net.carp.allow=1 ;;
	demote) on A sysctl -qw net.carp.demotion=-100 ;;
	backup) sleep 3.1 ;;
	stop)
		stop "$system"
		sleep 1
		start "$system"
		;;
	esac
}

# At equal intervals whoever is master stays.
back() {
	[[ $system == carp.*ms ]] || return 0
	becomes A BACKUP 5
	ip -n A link set carp0 type carp state master
}

for system in "${systems[@]}"; do
	start "$system"
	settle "$system"
	before=400 after=200
	(($(interval "$system") < 1000000)) || before=1400 after=1000
	[[ $system != ucarp.* ]] || after=6000
	mapfile -t list < <(ways "$system")
	runs=$RUNS
	((${#list[@]} == 1)) || runs=$(((RUNS + 1) / 2))
	for ((n = 0; n < ${#list[@]}; n++)); do
		read -r way action <<<"${list[n]}"
		for ((i = 0; i < runs; i++)); do
			# A daemon that was started anew has a new number.
			[[ $way != stop ]] ||
				action=signal:$(pid "$system" A):TERM
			client "$system" "handover.$system.$way.$i" \
				-e 50 -d $((before + after)) \
				--at "$((before - RANDOM % 200)).$((RANDOM % 10)):$action"
			undo "$way"
			back
			settle "$system"
		done
	done
	stop "$system"
	sleep 1
done


pass "measured"
done_testing
