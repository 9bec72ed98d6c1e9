#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.1 stock-6.12
#
# Several interfaces of one host: a route that somebody makes is looked at once, and
# then there is rest. No interface takes the work of another for news.
#
#	A (master of three) ---+
#	B (backup of three) ---+--- SW

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

NO_RECORD=1 segment A B
trace=/sys/kernel/tracing/instances/rest
mkdir "$trace"
echo carp_route_flag carp_route6_flag rt_cache_flush linkwatch_fire_event \
	>"$trace/set_ftrace_filter"
echo function >"$trace/current_tracer"
calls() { grep -cE "(carp_route|rt_cache|linkwatch)" "$trace/trace" || true; }

skew=0
for host in A B; do
	for vhid in 1 2 3; do
		ip -n $host link add c$vhid link eth0 type carp vhid $vhid advskew $skew
		ip -n $host addr add 198.51.$vhid.100/24 dev c$vhid
		ip -n $host addr add 2001:db8:$vhid::100/64 dev c$vhid
		ip -n $host link set c$vhid up
	done
	skew=100
done
for vhid in 1 2 3; do
	wait_state A MASTER 10 c$vhid
	wait_state B BACKUP 10 c$vhid
done

# rests WHAT
rests() {
	sleep 5
	echo >"$trace/trace"
	timeout 10 ip -n B monitor link >"$OUT/monitor"
	is "$(calls) $(grep -c "c[123]@" "$OUT/monitor")" "0 0" "$1: rest"
	diag "$(grep -E "(carp_route|rt_cache|linkwatch)" "$trace/trace" | sed 's/.*: //' | sort | uniq -c | xargs)"
}
rests "three interfaces on BACKUP"
ip -n B route add 203.0.113.0/24 via 198.51.1.1 dev c1
rests "a route through one of them"
ip -n B route add 203.0.114.0/24 via 192.0.2.1 dev eth0
rests "another one"
# Control: it does look.
echo >"$trace/trace"
ip -n B route add 203.0.115.0/24 tos 0x10 via 192.0.2.1 dev eth0
ip -n B route add 203.0.115.0/24 via 198.51.2.1 dev c2 metric 10
sleep 3
like "$(calls)" "^[1-9]" "control: routes are looked at"
rests "and then no more"
rmdir "$trace"
finish
