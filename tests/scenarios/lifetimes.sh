#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.12 debug-6.12
# options: --leaks
# timeout: 900
# long-timeout: 14400
#
# Interfaces come and go, by themselves, with their carriers and with their
# namespaces, and the module with all of them, while they have traffic, from
# outside of what ends, and others change, force, demote and dump them. What complains is the kernel,
# afterwards: of references that are left, above all; of all else the debug
# kernel.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/../lib/lib.sh"

NO_RECORD=1
n=$(size 300 10000) unloads=$(size 5 300) percent=100
# One of them takes fifteen times as long there.
[[ $VM_KERNEL != debug-* ]] || n=$(size 60 300) unloads=$(size 5 100) percent=500
diag "seed $VM_SEED"
campaign "$OUT/churn" "$n interfaces are made and end" \
	churn -n "$n" -p $percent -s "$VM_SEED"
made=$(field made <"$OUT/churn")
# A name may be taken still, if it could not be deleted, or a carrier be gone.
within "$made" $((n * 9 / 10)) "$n" "most could be made"
for what in deleted carriers dumps addresses settings demands frames late; do
	isnt "$(field $what <"$OUT/churn")" 0 "among them: $what"
done

# It comes back with the next interface, or the next question for its family.
churn -n 1000000 -p $((percent / 4)) -s $((VM_SEED + 1)) >"$OUT/storm" 2>&1 &
storm=$!
unloaded=0
for ((i = 0; i < unloads; i++)); do
	wait_for 5 test -d /sys/module/carp || break
	sleep "0.$(((VM_SEED * 7 + i * 13) % 3 + 1))"
	! timeout 60 rmmod carp 2>>"$OUT/rmmod" || ((++unloaded))
done
diag "unloaded $unloaded times of $unloads: $(sort "$OUT/rmmod" | uniq -c)"
within "$unloaded" $((unloads * 9 / 10)) "$unloads" "unloaded in the middle of it"
run_ok "the storm has gone on" kill "$storm"
wait "$storm"
is "$(<"$OUT/storm")" "" "and has not failed"

modprobe carp
segment A B
pair pass secret preempt on
cut A
wait_state B MASTER 5
join A
wait_state B BACKUP 5
done_testing
