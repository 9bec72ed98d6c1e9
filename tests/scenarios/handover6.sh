#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# Planned handover over IPv6: the client, which pings a thousand times a second,
# misses nothing, neither on the way there nor back.
#
#	A 2001:db8::1 (master, preempt) ---+
#	B 2001:db8::2 (backup)          ---+--- SW
#	C 2001:db8::3 (client)          ---+

. "${0%/*}/../lib/lib.sh"

segment6 A B C
# The carrier's link-local address is that in whose name neighbours are asked
# for; a MASTER whose carrier is still in doubt about it reaches nobody.
on A sysctl -qw net.ipv6.conf.eth0.accept_dad=0
on A sysctl -qw net.carp.preempt=1
pair_vips=(2001:db8::100/64)
pair pass secret
on C ping -q -c 1 2001:db8::100 >/dev/null

pinging() {
	pulse -n C -i eth0 -t 2001:db8::100 -u A=SW:A -u B=SW:B "$@"
}

# by_action WHAT REASON ACTION
by_action() {
	local what=$1 reason=$2 action=$3
	log_clear
	pinging -d 1500 --at "1100:$action" >"$OUT/report"
	is "$(field action0_old_tap <"$OUT/report") $(field action0_bow_out <"$OUT/report") $(field action0_new_tap <"$OUT/report")" \
		"A yes B" "$what: A bows out, B takes over"
	in_time "$(field action0_detect_us <"$OUT/report")" 0 999 \
		"$what: within 1 ms"
	in_time "$(field action0_garp_target_us <"$OUT/report")" 0 9999 \
		"$what: the address is announced"
	none_lost "$(field lost <"$OUT/report")" "$what: no packet is lost" ||
		diag "$(cat "$OUT/report")"
	logged "MASTER -> INIT .*$reason"
	logged "BACKUP -> MASTER .*bowed out from fe80::"
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
	rm "$OUT/return"
}

by_action "ip link set carp0 down" "interface is down" down:A:carp0
like "$(ip -n A -6 addr show dev carp0)" "inet6 2001:db8::100/64" \
	"the address stays on an interface that is down"
back "carp0 up" up A

by_action "allow=0" "net.carp.allow" write:A:/proc/sys/net/carp/allow:0
back "allow=1" on A sysctl -qw net.carp.allow=1

by_action "ip link set eth0 down" "carrier is down" down:A:eth0
eth0_up() {
	ip -n A link set eth0 up
	# The carrier's addresses went with it.
	ip -n A addr add 2001:db8::1/64 dev eth0 nodad
}
back "eth0 up" eth0_up

by_action "ip link del" "interface is down" delete:A:carp0
carp A vhid 1 pass secret
vip A 2001:db8::100/64
back "a new carp0" up A

# The last address goes.
log_clear
run_ok "the address is deleted" ip -n A addr del 2001:db8::100/64 dev carp0
is_state A INIT "A is INIT"
is_state B MASTER "B has taken over"
logged "MASTER -> INIT .*no virtual address"
logged "BACKUP -> MASTER .*bowed out from fe80::"
finish
