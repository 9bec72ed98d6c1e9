#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: debug-6.12
# options: --leaks
# timeout: 900
# long-timeout: 7200
#
# Want of memory: each allocation that a request makes fails once, and the
# request is either refused, with nothing changed, or done. Then a tenth of all
# that cannot wait for memory fails, which is what softirq does, while hosts come
# and go and a client pings. Nothing leaks, and afterwards the group works as
# before.
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
	link-add | carrier-first) step=$(size 3 1) ;;
	netns-end) step=$(size 13 1) ;;
	*) step=1 ;;
	esac
	campaign "$OUT/$operation" "each allocation of $operation fails in turn" \
		faults -s "$step" -o $((1 + VM_SEED % step)) A eth0 "$operation"
done
# Their numbers go on.
[[ " ${operations[*]} " != *" events "* ]] ||
	isnt "$(grep -c '^[1-9][0-9]* events lost$' "$OUT/monitor")" 0 \
		"who listens is told of events that there was no memory for"

# starve PERCENT: of the allocations that must not wait, whoever makes them
failslab=/sys/kernel/debug/failslab
starve() {
	echo Y >$failslab/ignore-gfp-wait
	echo N >$failslab/task-filter
	echo 0 >$failslab/verbose
	echo 1 >$failslab/interval
	echo 1000000 >$failslab/times
	echo "$1" >$failslab/probability
}
on B ping -q -i 0.1 192.0.2.100 >"$OUT/ping4" &
on B ping -q -i 0.1 2001:db8::100 >"$OUT/ping6" &
pings=$(jobs -p | tail -n 2)
starve 10
for ((i = 0; i < $(size 5 100); i++)); do
	# Some of it may be refused.
	cut A 2>/dev/null
	sleep 5
	join A 2>/dev/null
	sleep 3
	ip -n A link set carp0 type carp state backup 2>/dev/null
	sleep 3
done
failed=$((1000000 - $(<$failslab/times)))
starve 0
# shellcheck disable=SC2086 # two of them
kill -INT $pings
isnt $failed 0 "allocations in softirq have failed"
lost=$(counter A onomem)
diag "$failed allocations failed, $lost advertisements of A among them," \
	"and $(counter A preempt) times it has become MASTER"
isnt "$lost" 0 "advertisements among them"
join A 2>/dev/null
wait_state A MASTER 20
wait_state B BACKUP 5
run_ok "the address answers again" on B ping -c 2 -W 2 192.0.2.100
run_ok "over IPv6 too" on B ping -c 2 -W 2 2001:db8::100

# No memory for the digest of an address that is added: it comes a second later,
# and whoever does not have that address yet goes on believing A.
log_clear
starve 100
ip -n A addr add 2001:db8::101/64 dev carp0
starve 0
sleep 2
logged "carp0: addresses authenticated again"
sleep 6
is "$(masters A B)" A "A is the only MASTER, though B does not have that address"
ip -n B addr add 2001:db8::101/64 dev carp0
sleep 15
is "$(masters A B)" A "and when it has"

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
