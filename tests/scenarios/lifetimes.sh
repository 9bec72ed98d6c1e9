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

unload_in_storm "$unloads" $((percent / 4))
segment A B
pair pass secret preempt on
cut A
wait_state B MASTER 5
join A
wait_state B BACKUP 5
done_testing
