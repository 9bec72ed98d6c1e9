#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# rt: core
#
# Planned handover, in every way there is: the master says good-bye, the backup
# is master within a millisecond, and the client, which pings a thousand times
# a second, misses nothing. With preempt the master comes back the same way.
#
#	A (master, preempt) ---+
#	B (backup)          ---+--- SW
#	C (client)          ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment A B C
on A sysctl -qw net.carp.preempt=1
pair pass secret
on C ping -q -c 1 192.0.2.100 >/dev/null

pinging() {
	pulse -n C -i eth0 -t 192.0.2.100 -u A=SW:A -u B=SW:B "$@"
}

# handed_over WHAT REPORT
handed_over() {
	local what=$1 report=$2
	is "$(field action0_old_tap <"$report") $(field action0_bow_out <"$report") $(field action0_new_tap <"$report")" \
		"A yes B" "$what: A bows out, B takes over"
	in_time "$(field action0_detect_us <"$report")" 0 999 \
		"$what: within 1 ms"
	in_time "$(field action0_garp_target_us <"$report")" 0 9999 \
		"$what: the address is announced"
	none_lost "$(field lost <"$report")" "$what: no packet is lost" ||
		diag "$(cat "$report")"
	diag "$what: $(field action0_detect_us <"$report") us from bow-out to successor, $(field longest_gap_us <"$report") us the client's longest gap, $(field lost <"$report") of $(field sent <"$report") lost"
}

# by_action WHAT REASON ACTION: and what undoes it comes from the caller
by_action() {
	local what=$1 reason=$2 action=$3
	log_clear
	pinging -d 1500 --at "1100:$action" >"$OUT/report"
	handed_over "$what" "$OUT/report"
	is_state B MASTER "$what: B is MASTER"
	logged "MASTER -> INIT .*$reason"
	logged "BACKUP -> MASTER .*bowed out.*192.0.2.1"
}

# back WHAT COMMAND...: A takes over again, and again nothing is lost
back() {
	local what=$1
	shift
	pinging -d 3000 -b -o "$OUT/return" -P "$OUT/return.pid"
	"$@"
	wait_state A MASTER 3
	wait_state B BACKUP 1
	wait_ok 5 "$what: the report of the return" test -s "$OUT/return"
	none_lost "$(field lost <"$OUT/return")" "$what: nor on the way back"
}

by_action "ip link set carp0 down" "interface is down" down:A:carp0
back "carp0 up" up A

by_action "allow=0" "net.carp.allow" write:A:/proc/sys/net/carp/allow:0
back "allow=1" on A sysctl -qw net.carp.allow=1

by_action "ip link set eth0 down" "carrier is down" down:A:eth0
back "eth0 up" up A eth0

# Not an action of pulse's, so found in the recording afterwards.
log_clear
pinging -d 8000 -b -o "$OUT/forced" -P "$OUT/forced.pid"
ip -n A link set carp0 type carp state backup
is_state A BACKUP "state backup: complete when the command returns"
is_state B MASTER "state backup: the backup is master by then"
logged "MASTER -> BACKUP .*administrator"
wait_state A MASTER 8
wait_ok 10 "state backup: the report" test -s "$OUT/forced"
none_lost "$(field lost <"$OUT/forced")" "state backup: no packet is lost, nor on the way back"
forced=$(moves A | awk '$2 == "MASTER" && $3 == "BACKUP" { t = $1 } END { print t }')
taken=$(moved B MASTER)
again=$(moved A MASTER)
in_time $((taken - forced)) 0 999 "state backup: the successor within 1 ms"
# B is heard every 1 + 100/256 s; the first time after 3 s counts.
in_time $((again - taken)) 3000000 $((3000000 + 1390625 + 999)) \
	"state backup: preemption rests for 3 s"

by_action "ip link del" "interface is down" delete:A:carp0
carp A vhid 1 pass secret
vip A 192.0.2.100/24
back "a new carp0" up A

# The end of the namespace, that is of the host's containers.
log_clear
pinging -d 2000 -b -o "$OUT/netns" -P "$OUT/netns.pid"
ip netns del A
wait_state B MASTER 2
wait_ok 5 "netns: the report" test -s "$OUT/netns"
none_lost "$(field lost <"$OUT/netns")" "netns: no packet is lost"
logged "BACKUP -> MASTER .*bowed out.*192.0.2.1"
in_time $(($(moved B MASTER) - $(moves A | awk '$2 == "MASTER" { t = $1 }
	END { print t }'))) 0 999 "netns: the successor within 1 ms"

judge
# Six bow-outs, each the last word of A for a while.
is "$(said A | awk '$2 == 255 && $3 == 255' | wc -l)" 6 "one bow-out each"
finish
