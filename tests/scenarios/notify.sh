#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# long-options: --leaks
#
# Every change of state reaches ip monitor and udev, and is logged once, with
# both states and the reason.
#
#	A:eth0 ---+
#	B:eth0 ---+--- SW
#
# shellcheck disable=SC2317 # functions that wait_for calls

. "${0%/*}/../lib/lib.sh"

segment A B
log_clear

# What listeners of B hear
ip netns exec B ip -d -o monitor link >"$OUT/monitor" &
ip netns exec B python3 -u - >"$OUT/uevents" <<'LISTENER' &
import socket
s = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 15)
s.bind((0, 1))
print("listening")
while True:
    words = s.recv(8192).decode().split("\0")
    got = dict(w.split("=", 1) for w in words if "=" in w)
    if "CARP_STATE" in got:
        print(words[0].split("@")[0], got["INTERFACE"], got["CARP_OLD_STATE"],
              got["CARP_STATE"], got["CARP_REASON"], sep="|")
LISTENER
wait_ok 5 "the listeners listen" grep -q listening "$OUT/uevents"
monitored() { sed -n 's/.*carp0@.* carp state \([A-Z]*\) .*/\1/p' "$OUT/monitor" | uniq | xargs; }
# Attributes may be told more than once, states only as often as they change.
heard=""
settled() {
	heard="$heard${heard:+ }$1"
	wait_for 1 eval "[[ \"\$(monitored)\" == \"$heard\" ]]"
	is "$(monitored)" "$heard" "ip monitor has heard of $1"
}
# Up to 6.2 a device above another one that has no carrier is "lowerlayerdown"
# whatever that one has.
operstate() {
	like "$(on_sys B cat /sys/class/net/carp0/operstate)" "^(lowerlayer)?$1\$" \
		"operstate $1"
}
told() { logged "carp: carp0 \\(vhid 1 on eth0\\): $1\$" "${2:-1}"; }
event() { wait_ok 1 "udev: $1" grep -qx "change|carp0|$1" "$OUT/uevents"; }

carp A vhid 1
vip A 192.0.2.100/24
carp B vhid 1 advskew 100
vip B 192.0.2.100/24
operstate down
up A
wait_state A MASTER
log_clear

up B
wait_state B BACKUP
told "INIT -> BACKUP \(ready\)"
settled "INIT BACKUP"
operstate down
event "INIT|BACKUP|ready"

cut A
ip -n B link set carp0 type carp state master
told "BACKUP -> MASTER \(requested by the administrator\)"
event "BACKUP|MASTER|requested by the administrator"
settled "MASTER"
operstate up
join A
wait_state B BACKUP
told "MASTER -> BACKUP \(a better advertisement from 192.0.2.1\)"
event "MASTER|BACKUP|a better advertisement"
settled "BACKUP"
operstate down

cut A
wait_state B MASTER
told "BACKUP -> MASTER \(master timed out\)"
settled "MASTER"
operstate up
event "BACKUP|MASTER|master timed out"
join A
wait_state B BACKUP
settled "BACKUP"
log_clear

on B sysctl -qw net.carp.preempt=1
ip -n B link set carp0 type carp advskew 0
ip -n A link set carp0 type carp advskew 100
wait_state B MASTER
told "BACKUP -> MASTER \(preempting a slower master from 192.0.2.1\)"
told "MASTER -> BACKUP \(a better advertisement from 192.0.2.2\)"
settled "MASTER"
wait_state A BACKUP

ip -n B link set carp0 type carp state backup
told "MASTER -> BACKUP \(requested by the administrator\)"
settled "BACKUP"
told "BACKUP -> MASTER \(master bowed out from 192.0.2.2\)"
is_state A MASTER "A took over"
ip -n B link set carp0 type carp advskew 100
log_clear

# The master will time out before it can be heard again. Not so soon after B
# was forced to step down.
sleep 4
on B sysctl -qw net.carp.preempt=0
ip -n A link set carp0 type carp advbase 100 advskew 0
wait_state B MASTER
told "BACKUP -> MASTER \(master will time out from 192.0.2.1\)"
settled "MASTER"
wait_state A BACKUP
ip -n A link set carp0 type carp advbase 1 state master
wait_state B BACKUP
settled "BACKUP"

# All ways into INIT, and out again
into() {
	local reason=$1
	shift
	log_clear
	"$@"
	wait_state B INIT
	told "BACKUP -> INIT \($reason\)"
	event "BACKUP|INIT|$reason"
	settled "INIT"
}
out() {
	"$@"
	wait_state B BACKUP
	told "INIT -> BACKUP \(ready\)"
	settled "BACKUP"
}
into "interface is down" ip -n B link set carp0 down
out ip -n B link set carp0 up
into "carrier is down" ip -n B link set eth0 down
out ip -n B link set eth0 up
into "carrier has no link" ip -n SW link set B down
out ip -n SW link set B up
into "no virtual address" ip -n B addr del 192.0.2.100/24 dev carp0
out ip -n B addr add 192.0.2.100/24 dev carp0
into "net.carp.allow is 0" on B sysctl -qw net.carp.allow=0
out on B sysctl -qw net.carp.allow=1

# state master in the beginning
ip -n B link add carp1 link eth0 type carp vhid 2 state master
vip B 192.0.2.102/24 carp1
log_clear
up B carp1
logged "carp1 \(vhid 2 on eth0\): INIT -> MASTER \(configured to start as MASTER\)$" 1
ip -n B link del carp1
logged "carp1 \(vhid 2 on eth0\): MASTER -> INIT" 1

# Silence
on B sysctl -qw net.carp.log=0
log_clear
ip -n B link set carp0 down
settled "INIT"
ip -n B link set carp0 up
wait_state B BACKUP
settled "BACKUP"
logged "carp: carp0" 0
on B sysctl -qw net.carp.log=2
ip -n B link set carp0 type carp pass other
wait_ok 4 "net.carp.log=2: what is not accepted is logged, too" \
	eval 'dmesg | grep -q "carp0 (vhid 1 on eth0): advertisement from 192.0.2.1 dropped: "'
wait_state B MASTER
settled "MASTER"
is "$(grep -c "^change|carp0|" "$OUT/uevents")" "$(moves B | wc -l)" \
	"udev was told of each transition, and of no other"
finish
