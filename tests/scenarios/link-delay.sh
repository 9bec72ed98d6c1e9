#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.12 debug-6.12
# debug: long
# 6.1: long
#
# link-delay: behind a switch port that opens late (spanning tree: listening,
# then learning) a host takes no part before that, and demotes itself so long.
#
#	A:eth0 ---+	the better one, boots
#	B:eth0 ---+--- SW:br0 with spanning tree, 4 s of listening, 4 of learning
#	C:eth0 ---+	a client
#	A:eth1 ------- SW:br1	A and B share another address there
#
# shellcheck disable=SC2317 # functions that wait_for calls

. "${0%/*}/../lib/lib.sh"

V=00:00:5e:00:01:01
NO_RECORD=1 segment A B C
own6 A B C
for h in A B; do nic $h eth1 br1; done
ip -n SW link set br0 type bridge stp_state 1 forward_delay 400 hello_time 100
skew=100
for h in B A; do
	carp $h vhid 1 advskew $skew pass secret preempt off
	vip $h 192.0.2.100/24
	vip $h 2001:db8::100/64
	ip -n $h link add carp1 link eth1 type carp vhid 2 advskew $skew preempt on
	vip $h 198.51.100.100/24 carp1
	skew=0
done
port() { on SW bridge link show dev "$1" | grep -o 'state [a-z]*'; }
is_port() { [[ $(port "$1") == "state $2" ]]; }
has_link() { [[ $(ip -n A link show eth0) == *LOWER_UP* ]]; }
has_no_link() { ! has_link; }
demotion() { on A sysctl -n net.carp.demotion; }
why() { on A carpctl show -j carp0 | jq -r '.interfaces[0].reason_text'; }
lost() { awk '/packets transmitted/ { print $1 - $4 }' "$1"; }
is_demoted() { [[ $(demotion) == "$1" ]]; }

wait_ok 30 "B's port forwards" is_port B forwarding
wait_ok 30 "and C's" is_port C forwarding
up B
up B carp1
wait_state B MASTER
record A B C
on A carpctl monitor -j >"$OUT/monitor" 2>&1 &
monitor=$!

# boot NAME: A's link comes up, its port opens 8 s later
boot() {
	ip -n A link set carp0 down
	ip -n SW link set A down
	sleep 1
	on C ping -i 0.05 -w 14 192.0.2.100 >"$OUT/ping.$1" 2>&1 &
	local four=$!
	on C ping -6 -i 0.05 -w 14 2001:db8::100 >"$OUT/ping6.$1" 2>&1 &
	local six=$!
	ip -n SW link set A up
	up A
	sleep 4
	during=$(masters A B)
	during_why=$(why)
	during_demotion=$(demotion)
	wait_ok 12 "$1: A's port forwards" is_port A forwarding
	wait $four $six
	after=$(masters A B)
}

# The control: what happens without
boot plain
is "$during" "A B" "without link-delay A is a second master while its port listens"
is "$after" A "and takes over when it opens, preempt off or not"
within "$(lost "$OUT/ping.plain")" 10 280 "and clients lose packets over IPv4"
within "$(lost "$OUT/ping6.plain")" 10 280 "and over IPv6"
diag "lost: $(lost "$OUT/ping.plain") and $(lost "$OUT/ping6.plain") of 280"
ip -n A link set carp0 type carp state backup
wait_state B MASTER

ip -n A link set carp0 type carp link-delay 3600
sleep 2
is_state A BACKUP "whoever takes part already goes on"
ip -n A link set carp0 type carp link-delay 10
ip -n A link set carp0 down
log_clear
boot settled
is "$during" B "with link-delay B is the only master while the port listens"
is "$during_why" "waiting for the link to settle" "A says that it waits"
is "$during_demotion" 240 "and is demoted"
is "$after" B "B stays MASTER when the port opens"
none_lost "$(lost "$OUT/ping.settled")" "clients lose nothing over IPv4"
none_lost "$(lost "$OUT/ping6.settled")" "nor over IPv6"
wait_state A BACKUP
is "$(learned $V)" B "the switch knows the virtual MAC where it is"
wait_ok 2 "A is not demoted any more" is_demoted 0
logged "carp0 \\(vhid 1 on eth0\\): INIT -> INIT \\(waiting for the link to settle\\)"
logged "demotion 0 -> 240 \\(carrier:eth0"
logged "carp0 .*: INIT -> BACKUP \\(ready\\)"
like "$(<"$OUT/monitor")" \
	'"ifname":"carp0".*"old_state":"INIT","state":"INIT","reason":18,"reason_text":"waiting for the link to settle"' \
	"it is an event"
waits=$(jq -rs '[.[] | select(.ifname == "carp0")] | .[-1].time_ns - .[-2].time_ns' "$OUT/monitor")
in_time $((waits / 1000)) 9000000 10010000 "ten seconds after the link came"

# The other interface of the host
up A carp1
wait_state A MASTER 10 carp1
ip -n SW link set A down
wait_state A BACKUP 10 carp1
ip -n SW link set A up
wait_for 3 has_link
never_state A MASTER 8 "the other interface does not preempt meanwhile" carp1
wait_state A MASTER 6 carp1
is_state A BACKUP "when the link has settled"

# Nobody waits for a link that is old, and each for one that is young.
ip -n A link set carp0 down
up A
is_state A BACKUP "set up long after the link came: at once"
ip -n A link del carp0
carp A vhid 1 advskew 0 pass secret preempt off link-delay 10
vip A 192.0.2.100/24
vip A 2001:db8::100/64
up A
is_state A BACKUP "created long after the link came: at once"
ip -n A link set carp0 type carp link-delay 3600
ip -n A link set carp0 down
up A
is_state A INIT "a longer delay counts for one that is set up"
is "$(why)" "waiting for the link to settle" "which waits"
like "$(on A carpctl show carp0)" "INIT for .* \\(waiting for the link to settle\\)" \
	"carpctl says so in words"
wait_ok 1 "the host is demoted" is_demoted 240
ip -n A link set carp0 type carp link-delay 0
is_state A BACKUP "a shorter one ends the wait"
wait_ok 1 "and the demotion" is_demoted 0

# What ends a wait but its end
ip -n A link set carp0 down
ip -n A link set carp0 type carp link-delay 3600
up A
wait_ok 1 "demoted again" is_demoted 240
ip -n A link set carp0 down
wait_ok 1 "set down: not demoted" is_demoted 0
up A
wait_ok 1 "set up: demoted" is_demoted 240
ip -n SW link set A down
wait_for 2 has_no_link
wait_ok 1 "without link: demoted" is_demoted 240
ip -n A link set carp0 down
wait_ok 1 "and set down: not demoted" is_demoted 0
ip -n SW link set A up
wait_for 2 has_link
up A
wait_ok 1 "waits: demoted" is_demoted 240
ip -n A link del carp0
wait_ok 1 "deleted: not demoted" is_demoted 0

# The end of the wait does not need RTNL.
carp A vhid 1 advskew 0 pass secret preempt off link-delay 5
vip A 192.0.2.100/24
ip -n SW link set A down
sleep 1
up A
ip -n SW link set A up
sleep 2
is_state A INIT "waits"
on A python3 "$TESTS/lib/hold.py" 6 >"$OUT/hold" &
hold=$!
wait_for 2 grep -q held "$OUT/hold"
sleep 4
is "$(on A carpctl show -j carp0 | jq -r '.interfaces[0].state')" BACKUP \
	"takes part while RTNL is held"
unlike "$(<"$OUT/hold")" released "which it still is"
wait $hold
kill $monitor
wait $monitor 2>/dev/null
finish
