#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
#
# What is dropped on receive or on transmission is seen by those who look for drops
# (dropwatch, perf, skb:kfree_skb), with a reason where the kernel has one; what
# is taken is not.
#
#	A (carp)	---+--- SW
#	B (carp)	---+

. "${0%/*}/../lib/lib.sh"

segment A B
pair pass secret
trace=/sys/kernel/tracing
echo 1 >$trace/events/skb/kfree_skb/enable
# drops REASON PROTOCOL COMMAND...: how many there were meanwhile
drops() {
	local reason=$1 protocol=$2 before
	shift 2
	before=$(grep -c "kfree_skb: .*protocol=$protocol .*reason: $reason" $trace/trace)
	"$@" >/dev/null 2>&1
	sleep 0.2
	echo $(($(grep -c "kfree_skb: .*protocol=$protocol .*reason: $reason" \
		$trace/trace) - before))
}
frame() { echo "$1$(mac "$2" | tr -d :)88b5$(printf '00%.0s' {1..46})"; }

# 0x88b5, of experiments: no protocol of the stack has it.
is "$(drops OTHERHOST 34997 inject SW:B -c 3 "$(frame 00005e000101 A)")" 3 \
	"to the virtual MAC of a BACKUP: another host's"
is "$(drops OTHERHOST 34997 inject SW:A -c 3 "$(frame 00005e000101 B)")" 0 \
	"of the MASTER: not so"
forged() {
	inject SW:B -c 3 -i 1000 --carp pass="$1" vhid=1 vips=192.0.2.100 src=192.0.2.1
}
is "$(drops NOT_SPECIFIED 2048 forged wrong)" 3 "advertisements that are refused"
is "$(drops NOT_SPECIFIED 2048 forged secret)" 0 "and not those that are believed"
is "$(drops DEV_READY 34997 inject B:carp0 -c 3 "$(frame ffffffffffff B)")" 3 \
	"what a BACKUP would send"
echo 0 >$trace/events/skb/kfree_skb/enable
finish
