#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# timeout: 3600
# options: -m 2048
#
# From two hosts on a segment to 64, each with an advskew of its own: how many of
# them take over when the master's power is cut; how long it takes until one of
# them is left when all were alone, and so MASTER, and come together; and what an
# advertisement costs all of them together, and the switch, which are one CPU here.
#
#	H1 (master) ... H64 ---+--- SW

# shellcheck source=tests/lib/bench.sh
. "${0%/*}/../lib/bench.sh"

names=()
for ((i = 1; i <= 64; i++)); do
	names+=("H$i")
done
segment "${names[@]}"
tracing=/sys/kernel/tracing
echo mono >$tracing/trace_clock
echo 1 >$tracing/events/carp/carp_state/enable

# group NUMBER: of so many hosts, advskew 2 more at each
group() {
	local number=$1 i
	for ((i = 0; i < number; i++)); do
		carp "${names[i]}" vhid 1 advskew $((100 + 2 * i)) pass secret
		ip -n "${names[i]}" addr add $BENCH_VIP/24 dev carp0
		up "${names[i]}"
	done
	sleep 8
}

no_group() {
	local number=$1 i
	for ((i = 0; i < number; i++)); do
		ip -n "${names[i]}" link del carp0
	done
}

# contest: how many became MASTER since the trace was emptied, and us from the
# first to the last transition
contest() {
	sed -n 's/.* \([0-9]*\)\.\([0-9]*\): carp_state: .* new=\([A-Z]*\) .*/\1\2 \3/p' \
		$tracing/trace | awk '
		!from { from = $1 }
		{ to = $1; n += $2 == "MASTER" }
		END { print n + 0, to - from }'
}

master() {
	local host
	for host; do
		[[ $(state "$host") != MASTER ]] || break
	done
	echo "$host"
}

# power_cut NUMBER
power_cut() {
	local number=$1 host n us
	host=$(master "${names[@]:0:$number}")
	echo >$tracing/trace
	cut "$host"
	sleep 6
	read -r n us < <(contest)
	figure takeovers "carp.$number" "$n"
	ip -n "$host" link set carp0 down
	join "$host"
	ip -n "$host" link set carp0 up
	sleep 6
}

# Each alone, and so MASTER; then together again, all at once.
heal() {
	local number=$1 n us
	printf 'link set %s nomaster\n' "${names[@]:0:$number}" >/tmp/apart
	printf 'link set %s master br0\n' "${names[@]:0:$number}" >/tmp/together
	ip -n SW -batch /tmp/apart
	sleep 6
	n=$(for host in "${names[@]:0:$number}"; do state "$host"; done |
		grep -c MASTER)
	is "$n" "$number" "$number masters"
	echo >$tracing/trace
	ip -n SW -batch /tmp/together
	sleep 4
	read -r n us < <(contest)
	figure settled "carp.$number" "$(awk -v us="$us" 'BEGIN { print us / 1000 }')"
	n=$(for host in "${names[@]:0:$number}"; do state "$host"; done |
		grep -c MASTER)
	is "$n" 1 "$number hosts, one master again"
}

for host in "${names[@]}" SW; do
	on $host sysctl -qw net.ipv6.conf.all.disable_ipv6=1
done
sleep 20
idle=$(spin -i 5)
for number in 2 4 8 16 32 64; do
	group $number
	for ((i = 0; i < (RUNS + 1) / 2; i++)); do
		figure segment "carp.$number" $((($(spin -i 5) - idle) / 1000))
		power_cut $number
		heal $number
	done
	no_group $number
done
pass "measured"
done_testing
