#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# timeout: 2400
#
# A master that was away: its machine is paused for six seconds and resumes. Then
# a wall clock that jumps.
#
# A part of one machine cannot be paused, so what is measured is what others see
# of such a host, and what it hears: nothing that A sends gets out for that time,
# and what is sent to it waits, as in the ring of a network card, as far as there
# is room, and comes all at once when it is over. A's own clock goes on meanwhile,
# as that of a guest does that was not let run. What a kernel itself does when it
# resumes is not in it.
#
# usage: pause.sh [SYSTEM...]

# shellcheck source=tests/lib/bench.sh
. "${0%/*}/../lib/bench.sh"
# shellcheck source=tests/lib/ucarp.sh
. "${0%/*}/../lib/ucarp.sh"

segment A B C
# Bytes, of some 256 frames
tc -n SW qdisc add dev A root plug limit 22000
tc -n SW qdisc change dev A root plug release_indefinite
tc -n SW qdisc add dev A clsact
cat >/tmp/pause <<-END
	qdisc change dev A root plug block
	filter add dev A ingress protocol all matchall action drop
END
cat >/tmp/resume <<-END
	filter del dev A ingress
	qdisc change dev A root plug release_indefinite
END

systems=("$@")
((${#systems[@]})) || systems=(carp.4ms carp.1s keepalived.10ms keepalived.1s
	frr.10ms frr.1s ucarp.1s)

for system in "${systems[@]}"; do
	start "$system"
	for ((i = 0; i < RUNS; i++)); do
		settle "$system"
		capture "pause.$system.$i" A B
		client "$system" "pause.$system.$i" -p 2000 -d 11000 \
			--at "1500:run:tc -n SW -batch /tmp/pause" \
			--at "7$((500 + RANDOM % 500)).$((RANDOM % 10)):run:tc -n SW -batch /tmp/resume"
		captured "$OUT/pause.$system.$i"
		# At equal intervals whoever is master stays.
		[[ $system != carp.*ms ]] || {
			becomes A BACKUP 1 || true
			ip -n A link set carp0 type carp state master
		}
	done
	stop "$system"
	sleep 1
done

# One that goes by the wall clock may not be itself again: so a new one each time.
for system in "${systems[@]}"; do
	[[ $system == *.1s ]] || continue
	for ((i = 0; i < RUNS; i++)); do
		start "$system"
		settle "$system"
		before=$(date +%s)
		client "$system" clock -d 4500 \
			--at "$((1000 + RANDOM % 1000)):run:date -s @$((before + 3600 * (i % 2 ? 1 : -1)))"
		figure clock "$system" "$(python3 -c '
import json, sys
print(json.load(open(sys.argv[1]))["adverts_B"])' "$OUT/clock.json")"
		stop "$system"
		sleep 1
	done
done
rm -f "$OUT/clock.json"
pass "measured"
done_testing
