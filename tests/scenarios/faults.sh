#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: debug-6.12
# options: --leaks
# timeout: 900
# long-timeout: 7200
#
# Want of memory: each allocation that a request makes fails once, and the
# request is either refused, with nothing changed, or done. Nothing leaks, and
# afterwards the group works as before.
#
#	A (advskew 0, where it fails) ---+
#	B (advskew 100)               ---+--- SW

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

NO_RECORD=1
segment A B
own6 A B
pair_vips=(192.0.2.100/24 2001:db8::100/64)
on A sysctl -qw net.ipv6.conf.all.keep_addr_on_down=1 \
	net.ipv6.conf.default.keep_addr_on_down=1
pair pass secret preempt on
# Somebody who listens, so that there is something to tell.
ip netns exec A carpctl monitor >"$OUT/monitor" &
ip netns exec A ip monitor link addr >"$OUT/ip.monitor" &
sleep 1

# What makes hundreds of allocations, none of them ours, in steps if it has to
# be quick.
operations=("$@")
((${#operations[@]})) || mapfile -t operations < <(faults -l)
for operation in "${operations[@]}"; do
	case $operation in
	link-add) step=$(size 3 1) ;;
	netns-begin) step=$(size 23 1) ;;
	netns-end) step=$(size 13 1) ;;
	*) step=1 ;;
	esac
	campaign "$OUT/$operation" "each allocation of $operation fails in turn" \
		faults -s "$step" -o $((1 + VM_SEED % step)) A eth0 "$operation"
done
sleep 3
log_clear
tally B >/dev/null
sleep 5
like "$(tally B)" "^ipackets=[0-9]+ ipackets6=[0-9]+$|^ipackets6=[0-9]+ ipackets=[0-9]+$" \
	"B believes what A says"
is "$(masters A B)" A "A is the only MASTER"
ip -n A link set eth0 down
wait_state B MASTER 5
ip -n A link set eth0 up
own6 A 2>/dev/null
wait_state A MASTER 10
wait_state B BACKUP
done_testing
