#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
#
# Several addresses on one interface. Hosts are updated one after the other, in
# either order: for ten intervals, and not less than ten seconds, the MASTER
# advertises under both lists, for twenty everyone accepts both, no state changes
# and no packet to the other addresses is lost.
#
#	A:eth0 (MASTER) ---+
#	B:eth0 (BACKUP) ---+--- SW
#	C:eth0 (client) ---+
#
# shellcheck disable=SC2317 # functions that others call

. "${0%/*}/../lib/lib.sh"

segment A B C
ip -n C addr add 198.51.100.3/24 dev eth0
ip -n C route add 203.0.113.5/32 dev eth0
pair pass secret
# Announcements of the takeover are over.
sleep 4

add() { vip "$1" "$2"; }
del() { ip -n "$1" addr del "$2" dev carp0; }
reached() {
	run_ok "$1 is reached" on C ping -c 1 -W 1 "$1"
	is "$(lladdr C "$1")" 00:00:5e:00:01:01 \
		"at the virtual MAC"
}

# ask MS [ADDRESS [US]]: a client asks, a thousand times a second.
ask() {
	rm -f "$OUT/pulse"
	pulse -n C -i eth0 -t "${2:-192.0.2.100}" -p "${3:-1000}" -d "$1" \
		-o "$OUT/pulse" -b -P "$OUT/pulse.pid"
}
# update WHAT ADDRESS FIRST SECOND [SECONDS]: nobody notices.
update() {
	local what=$1 addr=$2 pause=${5:-1} moved rejected
	moved="$(moves A | wc -l) $(moves B | wc -l)"
	rejected="$(counter A badauth) $(counter B badauth)"
	ask $((pause * 1000 + 1500)) 192.0.2.100 $((pause > 1 ? 5000 : 1000))
	run_ok "$what $addr on $3" "$what" "$3" "$addr"
	sleep "$pause"
	run_ok "then on $4" "$what" "$4" "$addr"
	wait_ok 10 "seen by the client" grep -q "^lost=" "$OUT/pulse"
	none_lost "$(sed -n 's/^lost=//p' "$OUT/pulse")" "no packet is lost"
	is "$(moves A | wc -l) $(moves B | wc -l)" "$moved" "no state changes"
	is "$(counter A badauth) $(counter B badauth)" "$rejected" "every advertisement is accepted"
	is "$(masters A B)" A "A is MASTER"
	# Nobody sends under the former list any more; some accept it still.
	sleep 12
	is "$(counter A badauth) $(counter B badauth)" "$rejected" "and later, too"
}
first=$(now)
update add 192.0.2.101/24 A B 8
reached 192.0.2.101
update add 198.51.100.100/24 B A
reached 198.51.100.100
update add 203.0.113.5/32 A B
reached 203.0.113.5
update del 192.0.2.101/24 A B
run_fails "192.0.2.101 is gone" on C ping -c 1 -W 1 192.0.2.101
# Later than A would wait for B, which accepts it longer.
update del 203.0.113.5/32 B A 15
# The grace is over; the present list is the only one.
sleep 18
is "$(masters A B)" A "A is MASTER"
last=$(now)

# One after the other, without a pause, now this host first and now that
ask 6000
for addr in 192.0.2.{201..204}; do
	add A "$addr/24"
	sleep 0.4
	add B "$addr/24"
done
for addr in 192.0.2.{201..204}; do
	del B "$addr/24"
	sleep 0.4
	del A "$addr/24"
done
wait_ok 10 "many changes, seen by the client" grep -q "^lost=" "$OUT/pulse"
none_lost "$(sed -n 's/^lost=//p' "$OUT/pulse")" "no packet is lost"
# All of them on one host, and then all of them on the other
ask 5000
for addr in 192.0.2.{201..204}; do
	add B "$addr/24"
done
sleep 1
for addr in 192.0.2.{201..204}; do
	add A "$addr/24"
done
for addr in 192.0.2.{201..204}; do
	del A "$addr/24"
done
sleep 1
for addr in 192.0.2.{201..204}; do
	del B "$addr/24"
done
wait_ok 10 "all on one host at a time, seen by the client" grep -q "^lost=" "$OUT/pulse"
none_lost "$(sed -n 's/^lost=//p' "$OUT/pulse")" "no packet is lost"
sleep 11
is "$(moves A | wc -l) $(moves B | wc -l)" "2 1" "many changes without a pause: no state changes"

# Who is not updated at all within that time does not understand any more, and
# says so in his counter.
add A 192.0.2.109/24
sleep 8
is_state B BACKUP "not updated for 8 s: B hears A still"
sleep 6
isnt "$(counter B badauth)" 0 "for 14 s: no more"
add B 192.0.2.109/24
wait_state B BACKUP
is "$(masters A B)" A "updated: one MASTER again"

# People take their time, however short the interval.
ip -n A link set carp0 type carp advbase 0 advskew 10
ip -n B link set carp0 type carp advbase 0 advskew 50
update add 192.0.2.103/24 A B 8
update del 192.0.2.103/24 B A 8
ip -n B link set carp0 type carp advbase 1 advskew 100
ip -n A link set carp0 type carp advbase 1 advskew 0

# A handover while the peer has not been updated
sleep 11
add A 192.0.2.102/24
rm -f "$OUT/pulse"
pulse -n C -i eth0 -t 192.0.2.100 -p 1000 -d 2000 -o "$OUT/pulse" \
	-u A=SW:A -u B=SW:B --at 500:down:A:carp0
none_lost "$(sed -n 's/^lost=//p' "$OUT/pulse")" "a handover before B is updated costs no packet"
is_state B MASTER "B is MASTER"
add B 192.0.2.102/24
run_ok "A comes back" ip -n A link set carp0 up
run_ok "and takes over" ip -n A link set carp0 type carp state master
wait_state B BACKUP

# The first of a subnet goes, the others stay.
is "$(ip -n A -j -4 addr show dev carp0 | jq -c '[.[0].addr_info[] |
	select(.secondary) | .local] | sort')" '[]' \
	"none of the subnet is secondary"
update del 192.0.2.109/24 A B
ask 3000 192.0.2.102
run_ok "the first one is deleted on A" del A 192.0.2.100/24
run_ok "and on B" del B 192.0.2.100/24
wait_ok 10 "seen by the client" grep -q "^lost=" "$OUT/pulse"
none_lost "$(sed -n 's/^lost=//p' "$OUT/pulse")" "no packet to the others is lost"
is "$(ip -n A -j -4 addr show dev carp0 | jq -c '[.[0].addr_info[].local] | sort')" \
	'["192.0.2.102","198.51.100.100"]' "the others have stayed"
is "$(masters A B)" A "A is MASTER"
reached 192.0.2.102
sleep 11

# The last one: INIT, and a bow-out that is understood
run_ok "all but one are deleted" del A 198.51.100.100/24
run_ok "on B, too" del B 198.51.100.100/24
sleep 11
run_ok "the last one is deleted on A" del A 192.0.2.102/24
is_state A INIT "A is INIT"
run_ok "B has taken over at once" becomes B MASTER 0
reached 192.0.2.102
add A 192.0.2.102/24
wait_state A BACKUP
sleep 4
is_state A BACKUP "given again: A is BACKUP"

judge
garps() {
	during "$first" "$last" A "ether src 00:00:5e:00:01:01 and arp" |
		sed -n 's/.*who-has \([0-9.]*\) tell \1, .*/\1/p' | sort | uniq -c |
		awk '{ print $2 "=" $1 }' | xargs
}
like "$(garps)" "^192.0.2.101=[1-3] 198.51.100.100=[1-3] 203.0.113.5=[1-3]$" \
	"what is new is announced, and nothing else"
done_testing
