#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# "lladdr lower": a switch passes only frames from and to the MAC of each host's
# NIC, and no multicast. The address is at that MAC; take-over is by announcements.
#
#	A (master) ---+
#	B (backup) ---+--- SW
#	C (client) ---+
#	D (client) ---+

. "${0%/*}/../lib/lib.sh"

segment A B C D
for host in A B C D; do
	ip -n SW link set $host type bridge_slave mcast_flood off
done
guarded A B
on A sysctl -qw net.carp.preempt=1
vmac=00:00:5e:00:01:01
declare -A mac_of
for host in A B C D; do mac_of[$host]=$(mac $host); done

pinging() {
	pulse -n C -i eth0 -t 192.0.2.100 -u A=SW:A -u B=SW:B "$@"
}
knows() { lladdr "$1" 192.0.2.100; }
at() { is "$(knows C)" "${mac_of[$1]}" "$2: the client has ${1}'s MAC"; }

# --- control: the virtual MAC -----------------------------------------------

run_ok "control: A's own address is reached" on C ping -c 1 -W 1 192.0.2.1
carp A vhid 1 pass secret peer 192.0.2.2
carp B vhid 1 pass secret advskew 100 peer 192.0.2.1
for host in A B; do
	vip $host 192.0.2.100/24
	up $host
done
wait_state A MASTER
wait_state B BACKUP
sleep 2
is "$(masters A B)" A "control: with the virtual MAC a group elects well"
run_fails "control: and its address is not reached" on C ping -c 2 -W 1 192.0.2.100
like "$(on A bridge fdb show dev eth0)" $vmac "control: the filter of A has the virtual MAC"

# --- the lower device's MAC -------------------------------------------------

ip -n B link set carp0 down
ip -n A link set carp0 down
switched=$(now)
for host in A B; do
	run_ok "lladdr lower while down" ip -n $host link set carp0 type carp lladdr lower
	at_lower $host 1 "$switched"
	up $host
done
ip -n C neigh flush dev eth0
wait_state A MASTER
wait_state B BACKUP
sleep 4
is "$(masters A B)" A "A is the only master"
is "$(mac A carp0) $(mac B carp0)" "${mac_of[A]} ${mac_of[B]}" "carp0 has the MAC of eth0"
unlike "$(on A bridge fdb show dev eth0)$(on B bridge fdb show dev eth0)" $vmac \
	"no filter has the virtual MAC"
unlike "$(tally A)$(tally B)" "bad|loop|grace" "the digest is the same"
run_ok "the address is reached" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
at A "MASTER"
run_ok "from the BACKUP, too" on B ping -c 2 -i 0.1 -W 1 192.0.2.100

# Exactly one answer for each question, by broadcast and by unicast.
answers() {
	on C arping "$@" -c 3 -w 3 -I eth0 192.0.2.100 |
		sed -n 's/.* reply from .*\[\(.*\)\].*/\1/p' | xargs
}
A=${mac_of[A]^^}
once() {
	is "$(answers -b)" "$A $A $A" "$1: three questions, three answers"
	is "$(answers)" "$A $A $A" "$1: and by unicast"
}
once "by default"
on A sysctl -qw net.ipv4.conf.all.arp_ignore=1
once "arp_ignore=1"
on A sysctl -qw net.ipv4.conf.all.arp_ignore=0
on A sysctl -qw net.ipv4.conf.all.arp_filter=1
once "arp_filter=1"
on A sysctl -qw net.ipv4.conf.all.arp_filter=0
on A sysctl -qw net.ipv4.conf.all.rp_filter=1
once "rp_filter=1"
run_ok "rp_filter=1: the address is reached" on C ping -c 1 -W 1 192.0.2.100
on A sysctl -qw net.ipv4.conf.all.rp_filter=0

# --- clients that learn -----------------------------------------------------

handed_over() {
	local what=$1 report=$2
	is "$(field action0_old_tap <"$report") $(field action0_bow_out <"$report") $(field action0_new_tap <"$report")" \
		"A yes B" "$what: A bows out, B takes over"
	none_lost "$(field lost <"$report")" "$what: no packet is lost"
	diag "$what: $(field action0_detect_us <"$report") us from bow-out to successor, $(field longest_gap_us <"$report") us the client's longest gap"
}
pinging -d 1500 --at 1100:down:A:carp0 >"$OUT/report"
handed_over "carp0 down" "$OUT/report"
at B "carp0 down"
pinging -d 3000 -b -o "$OUT/return" -P "$OUT/return.pid"
up A
wait_state A MASTER 3
wait_state B BACKUP 1
wait_ok 5 "the report of the return" test -s "$OUT/return"
none_lost "$(field lost <"$OUT/return")" "A comes back: no packet is lost"
at A "back"

# In earnest
pinging -d 6000 -p 5000 --at 1500:cut:SW:A --at 5200:mark:later >"$OUT/report"
is_state B MASTER "cut: B is master"
in_time "$(field action0_detect_us <"$OUT/report")" 3390625 $((3390625 + 999)) \
	"cut: after 3 + 100/256 s"
in_time "$(field longest_gap_us <"$OUT/report")" 2300000 3420000 \
	"cut: the client's gap is as long"
none_lost "$(field action1_lost <"$OUT/report")" "cut: nothing is lost afterwards"
at B "cut"
join A
wait_state B BACKUP 3
sleep 1.2
at A "joined again"
run_ok "joined again: reached" on C ping -c 1 -W 1 192.0.2.100

# --- clients that do not ----------------------------------------------------

# D has the MAC of A for good.
ip -n D neigh replace 192.0.2.100 lladdr "${mac_of[A]}" dev eth0 nud permanent
stubborn() {
	pulse -n D -i eth0 -t 192.0.2.100 -u A=SW:A -u B=SW:B "$@"
}
on A sysctl -qw net.ipv4.ip_forward=1
stubborn -d 1500 --at 1100:down:A:carp0 >"$OUT/report"
handed_over "stubborn, A forwards" "$OUT/report"
is "$(knows D)" "${mac_of[A]}" "stubborn: still at A's MAC"
on A sysctl -qw net.ipv4.ip_forward=0
run_fails "stubborn: without forwarding it is lost" on D ping -c 2 -W 1 192.0.2.100
run_ok "control: a client that learns is served" on C ping -c 1 -W 1 192.0.2.100
up A
wait_state A MASTER 3
wait_state B BACKUP 2
ip -n D neigh del 192.0.2.100 dev eth0

# An announcement was lost: the MASTER says it once more.
ip -n C neigh replace 192.0.2.100 lladdr "${mac_of[B]}" dev eth0 nud reachable
corrected() { [[ $(knows C) == "${mac_of[A]}" ]]; }
wait_ok 3 "a client that has missed the announcement hears another" corrected

# --- claims -----------------------------------------------------------------

# By a stranger: contradicted with the next advertisement.
contested=$(counter A contested)
inject D:eth0 "ffffffffffff${mac_of[D]//:/}0806000108000604000${n:-1}${mac_of[D]//:/}c0000264000000000000c0000264" >/dev/null
noticed() { (($(counter A contested) > contested)); }
wait_ok 1 "a claim of another host is noticed" noticed
wait_ok 2 "and contradicted" corrected

# By a successor, to and fro: the last word is that of the MASTER.
wrong=0
for ((i = 0; i < 5; i++)); do
	ip -n A link set carp0 type carp state backup
	becomes B MASTER 2 || ((++wrong))
	[[ $(knows C) == "${mac_of[B]}" ]] || ((++wrong))
	ip -n A link set carp0 type carp state master
	becomes B BACKUP 2 || ((++wrong))
	[[ $(knows C) == "${mac_of[A]}" ]] || ((++wrong))
done
is $wrong 0 "ten times to and fro: the client always has the MASTER's MAC"

# --- the MAC of the lower device changes ------------------------------------

guarded
before=$(now)
new=02:00:00:00:0a:0a
pinging -d 2000 -b -o "$OUT/report2" -P "$OUT/report2.pid"
sleep 0.5
ip -n A link set eth0 address $new
follows() { [[ $(mac A carp0) == "$new" ]]; }
wait_ok 1 "carp0 has the new MAC of eth0" follows
mac_of[A]=$new
sleep 0.1
at_lower A 1 "$before"
at A "another MAC"
wait_ok 5 "the report" test -s "$OUT/report2"
within "$(field lost <"$OUT/report2")" 0 1 "another MAC: no packet is lost, but one that was under way"
guarded A B
run_ok "and is reached by it" on C ping -c 1 -W 1 192.0.2.100

judge
is "$(frames A "ether src $vmac" | wc -l)" "$(during 0 "$switched" A "ether src $vmac" | wc -l)" \
	"no frame of A has the virtual MAC since"
is "$(during "$switched" 100000 B "ether src $vmac" | wc -l)" 0 "nor of B"
done_testing
