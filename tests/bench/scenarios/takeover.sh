#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# timeout: 1500
#
# The power of the master fails: how long until the other one speaks, and until
# the client is answered. Then how regular the master's advertisements are.
#
# usage: takeover.sh [SYSTEM...]

# shellcheck source=tests/lib/bench.sh
. "${0%/*}/../lib/bench.sh"
# shellcheck source=tests/lib/ucarp.sh
. "${0%/*}/../lib/ucarp.sh"

segment A B C
systems=("$@")
((${#systems[@]})) || systems=(carp.4ms carp.12ms keepalived.10ms frr.10ms
	carp.1s keepalived.1s frr.1s ucarp.1s carp.default)

# cuts SYSTEM NUMBER FILE: at any phase of the interval
cuts() {
	local system=$1 number=$2 file=$3 at=500 apart=700 gone=250 step=1000 i
	local actions=()
	if (($(interval "$system") >= 1000000)); then
		at=1500 apart=9000 gone=5000 step=5000
	fi
	for ((i = 0; i < number; i++)); do
		at=$((at + RANDOM % 100))
		actions+=(--at "$at.$((RANDOM % 10))$((RANDOM % 10)):block:SW:A"
			--at $((at + gone)):forward:SW:A)
		((at += apart))
	done
	client "$system" "$file" -p $step -e 50 -d $((at + 200)) "${actions[@]}"
}

RANDOM=7
for system in "${systems[@]}"; do
	start "$system"
	settle "$system"
	runs=$RUNS
	[[ $system != carp.default ]] || runs=$((5 * RUNS))
	for ((n = 0; n < runs; n += 10)); do
		((left = runs - n, left = left > 10 ? 10 : left)) || true
		cuts "$system" $left "takeover.$system.$((n / 10))"
		settle "$system"
	done
	if [[ $system != carp.default ]]; then
		ms=12000
		(($(interval "$system") < 1000000)) || ms=60000
		capture "period.$system" A
		sleep $((ms * RUNS / 10000))
		captured "$OUT/period.$system"
	fi
	stop "$system"
	sleep 1
done
pass "measured"
done_testing
