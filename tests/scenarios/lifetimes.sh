#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: debug-6.12
# options: --leaks
# timeout: 900
# long-timeout: 14400
#
# Interfaces come and go, by themselves, with their carriers and with their
# namespaces, and the module with all of them, while they have traffic and
# others change, force, demote and dump them. What complains is the kernel.

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

NO_RECORD=1
n=$(size 300 10000)
diag "seed $VM_SEED"
campaign "$OUT/churn" "$n are made and end" churn -n "$n" -s "$VM_SEED"
made=$(field made <"$OUT/churn")
within "$made" $((n * 3 / 4)) "$n" "most could be made"
for what in deleted carriers dumps addresses demands frames; do
	isnt "$(field $what <"$OUT/churn")" 0 "$what, too"
done

# The module goes in the middle of it, and comes back with the next interface.
unloads=$(size 5 100)
churn -n 100000 -s $((VM_SEED + 1)) >"$OUT/storm" 2>&1 &
storm=$!
unloaded=0
for ((i = 0; i < unloads; i++)); do
	sleep 0.$((RANDOM % 5 + 2))
	! timeout 60 rmmod carp 2>"$OUT/rmmod" || ((++unloaded))
	wait_for 5 test -d /sys/module/carp || modprobe carp
done
kill $storm
wait $storm
within $unloaded $((unloads / 2)) $unloads "unloaded in the middle of it"
pgrep churn >/dev/null && pkill churn
sleep 1

modprobe carp
segment A B
pair pass secret preempt on
cut A
wait_state B MASTER 5
join A
wait_state B BACKUP 5
done_testing
