#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# options: --leaks
#
# The module is unloaded: every master of every host says good-bye, and a ucarp
# that knows what that means takes over as soon as it looks, once a second.
#
#	A (master of vhid 1)             ---+
#	B (master of vhid 2)             ---+--- SW
#	U (ucarp, backup of vhid 1)      ---+
#	C (client)                       ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"
. "${0%/*}/../lib/ucarp.sh"

segment A B U C
foreign U
# The kernel's buffer forgets what a module told when that is unloaded.
cat /sys/kernel/tracing/trace_pipe >"$OUT/trace.pipe" &
carp A vhid 1 pass secret
vip A 192.0.2.100/24
up A
carp B vhid 2
vip B 192.0.2.102/24
up B
wait_state A MASTER
wait_state B MASTER
ucarp_start U 192.0.2.3 1 secret 192.0.2.100 100
sleep 3
is "$(ucarp_state U 192.0.2.100)" BACKUP "ucarp is backup"

pulse -n C -i eth0 -t 192.0.2.100 -d 4000 -b -o "$OUT/report" \
	-P "$OUT/pulse.pid"
run_ok "rmmod carp" rmmod carp
run_fails "the interface is gone" ip -n A link show carp0
wait_ok 3 "ucarp is master" ucarp_is U 192.0.2.100 MASTER
wait_ok 10 "the report" test -s "$OUT/report"
ucarp_stop U

kill %1
stop_recording
cp "$OUT/trace.pipe" "$OUT/trace"
judge_frames
is "$(said A | tail -n 1 | sed 's/^[0-9]* //')" "255 255" "A's last word is a bow-out"
is "$(said B 2 | tail -n 1 | sed 's/^[0-9]* //')" "255 255" "B's last word is a bow-out"
left=$(said A | awk '{ t = $1 } END { print t }')
took=$(said U | awk -v left="$left" '$1 > left {
	printf "%.0f", ($1 - left) / 1000; exit }')
limit=1100000
! is_slow || limit=2000000
within "$took" 0 $limit "ucarp is master when it looks next"
diag "ucarp takes over $took us after the bow-out"
run_ok "carp can be loaded again" modprobe carp

# Somebody listens who is too slow for all there is to hear, the end included.
mkfifo "$OUT/slow"
exec 9<>"$OUT/slow"
on A setpriv --reuid=65534 --clear-groups carpctl monitor >&9 2>"$OUT/slow.end" &
slow=$!
listens() { [[ $(on A cat /proc/net/netlink | awk '$2 == 16 && $4 !~ /^0*$/') ]]; }
wait_ok 5 "somebody listens" listens
sleep 0.5
on A bash -c 'for ((i = 0; i < 10000; i++)); do
	echo $((i % 2)) >/proc/sys/net/carp/demotion
done'
run_ok "rmmod carp once more" rmmod carp
timeout 3 cat <&9 >"$OUT/slow.heard"
ended() { ! kill -0 "$slow" 2>/dev/null; }
wait_ok 5 "who has missed the end ends" ended || kill "$slow"
status=0
wait "$slow" || status=$?
is $status 1 "with status 1"
like "$(<"$OUT/slow.end")" "the module carp was unloaded" "and says why"
run_fails "it has not loaded the module" test -e /sys/module/carp
heard=$(wc -l <"$OUT/slow.heard")
diag "$heard of 10000 heard"
ok $((heard >= 5000)) "it has not heard all"
exec 9<&-
run_ok "and again" modprobe carp
done_testing
