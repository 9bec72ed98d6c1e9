#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# long-options: --leaks
#
# net.carp: per namespace, there before any interface, bounded; allow silences
# the host, after a bow-out.
#
#	A:eth0 ---+
#	B:eth0 ---+--- SW
#	C:eth0 ---+

. "${0%/*}/../lib/lib.sh"

segment A B C
get() { on "$1" sysctl -n "net.carp.$2"; }
set_knob() { on "$1" sysctl -qw "net.carp.$2=$3"; }

is "$(on A sysctl -a -r '^net\.carp\.' | sort | xargs)" \
	"net.carp.allow = 1 net.carp.arpbalance = 0 net.carp.demotion = 0 net.carp.ifdown_demotion_factor = 240 net.carp.log = 1 net.carp.preempt = 0 net.carp.preempt_boot_hold = 0 net.carp.senderr_demotion_factor = 240" \
	"all there before any interface, with their defaults"

# Ranges
for bad in allow=2 allow=-1 arpbalance=2 arpbalance=-1 preempt=2 preempt=-1 preempt_boot_hold=3601 log=3 log=-1 allow=yes log=; do
	run_fails "$bad is refused" set_knob A "${bad%=*}" "${bad#*=}"
done
is "$(get A allow) $(get A preempt) $(get A log)" "1 0 1" "and has changed nothing"
for knob in allow=0 preempt=1 log=0 log=2; do
	run_ok "$knob is accepted" set_knob A "${knob%=*}" "${knob#*=}"
	is "$(get A "${knob%=*}")" "${knob#*=}" "$knob is read again"
done
is "$(get B allow) $(get B preempt) $(get B log)" "1 0 1" "another namespace has its own"
set_knob A allow 1
set_knob A preempt 0
set_knob A log 1

# allow
pair pass secret
pulse -n C -i eth0 -t 192.0.2.100 -p 1000 -d 3000 -o "$OUT/pulse" \
	-u A=SW:A -u B=SW:B --at 1000:write:A:/proc/sys/net/carp/allow:0
report() { sed -n "s/^$1=//p" "$OUT/pulse"; }
is "$(report action0_bow_out)" yes "allow=0: A bows out"
none_lost "$(report lost)" "no packet is lost"
is_state A INIT "A is INIT"
is_state B MASTER "B is MASTER"
silent=$(now)
sleep 5
is_state A INIT "A stays INIT"
run_ok "silent A reaches the address at B" on A ping -c 1 -W 1 192.0.2.100
ip -n A link set carp0 down
ip -n A link set carp0 up
is_state A INIT "down and up: A is still INIT"
ip -n A link add carp1 link eth0 type carp vhid 2 state master
vip A 192.0.2.102/24 carp1
up A carp1
is_state A INIT "a new interface is INIT, too" carp1
spoke=$(now)
run_ok "allow=1" set_knob A allow 1
is_state A MASTER "one that wants to be MASTER is" carp1
is_state A BACKUP "the other is BACKUP, without preempt"
sleep 4
is_state A BACKUP "and stays it"
ip -n A link del carp1

# preempt: takes effect at the next advertisement
run_ok "preempt=1" set_knob A preempt 1
wait_state A MASTER 3
wait_state B BACKUP 1
like "$(moves A | tail -n 1)" "BACKUP MASTER preempting a slower master" "A has preempted"
set_knob A preempt 0
# An interface that comes later has the present value.
set_knob B preempt 1
ip -n B link del carp0
carp B vhid 1 advskew 0 pass secret
vip B 192.0.2.100/24
ip -n A link set carp0 type carp advskew 50
up B
wait_state B MASTER 3
like "$(moves B | tail -n 1)" "BACKUP MASTER preempting a slower master" "B has preempted"

# allow while nobody else is there
cut B
wait_state A MASTER
set_knob A allow 0
run_fails "nobody answers" on C ping -c 1 -W 1 192.0.2.100
judge
is "$(said A | awk -v from="$silent" -v to="$spoke" \
	'$1 / 1e9 >= from && $1 / 1e9 < to' | wc -l)" 0 "allow=0: not one advertisement"
done_testing
