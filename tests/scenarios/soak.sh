#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.12
# long-timeout: 28800
#
# A week of three hosts under random faults, fifty minutes of it in make check: never
# two masters for longer than the protocol needs to find out, and never none.
#
#	A (advskew 0)   ---+
#	B (advskew 50)  ---+--- SW
#	C (advskew 100) ---+

. "${0%/*}/../lib/lib.sh"

NO_RECORD=1
segment A B C
for host in A B C; do
	# Hundreds of transitions: not all need to be in the log.
	on $host sysctl -qw net.carp.log=0
done
echo mono >/sys/kernel/tracing/trace_clock
echo 1 >/sys/kernel/tracing/events/carp/carp_state/enable
echo 1 >/sys/kernel/tracing/tracing_on
seconds=$(size 3000 604800)
diag "seed $VM_SEED"
campaign "$OUT/soak" "$seconds seconds without a violation" \
	soak -d "$seconds" -s "$VM_SEED" A B C
within "$(field faults <"$OUT/soak")" $((seconds / 100)) "$seconds" \
	"with faults enough"
within "$(field transitions <"$OUT/soak")" $((seconds / 100)) "$seconds" \
	"and transitions"
done_testing
