#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# timeout: 900
#
# A virtual hour at the shortest interval: nobody takes over from a master that
# is alive.

# shellcheck source=tests/lib/bench.sh
. "${0%/*}/../lib/bench.sh"

segment A B C
start carp.4ms
settle carp.4ms
moved=$(counter B preempt)
said=$(counter A opackets)
sleep 3600
said=$(($(counter A opackets) - said))
within "$said" $((3600 * 256)) $((3600 * 256 + 256)) "A has advertised all the time"
figure hour carp.4ms $(($(counter B preempt) - moved))
stop carp.4ms
done_testing
