#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# timeout: 1800
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

# The module goes for all hosts at once, so there is a program in B's place: it
# advertises as soon as it hears the farewell, and B answers echoes whenever the
# switch sends it any. Only what is lost is of interest, not how fast it is.
heir() {
	local system=$1 args
	on B sysctl -qw net.ipv6.conf.default.disable_ipv6=1 \
		net.ipv4.conf.all.arp_ignore=8
	ip -n B link add heir0 link eth0 address 00:00:5e:00:01:01 type macvlan
	ip -n B addr add $BENCH_VIP/32 dev heir0
	ip -n B link set heir0 up
	read -ra args <<<"$(carp_args "$system" B)"
	inject B:eth0 --peer -s -b -p /tmp/heir.pid pass=secret vhid=1 \
		vips=$BENCH_VIP src=192.0.2.2 base="${args[1]}" skew="${args[3]}" \
		>/dev/null
}
no_heir() {
	kill "$(cat /tmp/heir.pid)" 2>/dev/null
	ip -n B link del heir0
	on B sysctl -qw net.ipv6.conf.default.disable_ipv6=0 \
		net.ipv4.conf.all.arp_ignore=0
}

unload() {
	local system=$1 i
	for ((i = 0; i < RUNS; i++)); do
		start "$system"
		ip -n B link del carp0
		settle "$system"
		heir "$system"
		client "$system" "handover.$system.rmmod.$i" -d $((before + after)) \
			--at "$((before - RANDOM % 200)).$((RANDOM % 10)):run:rmmod carp"
		no_heir
		modprobe carp
	done
}

for system in "${systems[@]}"; do
	start "$system"
	settle "$system"
	before=400 after=200
	(($(interval "$system") < 1000000)) || before=1400 after=1000
	[[ $system != ucarp.* ]] || after=6000
	mapfile -t list < <(ways "$system")
	for ((n = 0; n < ${#list[@]}; n++)); do
		read -r way action <<<"${list[n]}"
		for ((i = 0; i < RUNS; i++)); do
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
	[[ $system != carp.* ]] || unload "$system"
done

pass "measured"
done_testing
