#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# ucarp is master, our host its backup: takes over when the power of ucarp is
# cut, and gives way when it is back.
#
#	U (ucarp, advskew 0) ---+
#	A (advskew 100)      ---+--- SW
#	C (client)           ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"
. "${0%/*}/../lib/ucarp.sh"

segment U A C
foreign U

ucarp_start U 192.0.2.1 1 secret 192.0.2.100 0
wait_ok 10 "ucarp is master" ucarp_is U 192.0.2.100 MASTER
carp A vhid 1 advskew 100 pass secret
vip A 192.0.2.100/24
up A
heard_enough() { (($(counter A ipackets) >= 5)); }
wait_ok 10 "five advertisements of ucarp's" heard_enough
is_state A BACKUP "A is its backup"
like "$(tally A)" "^ipackets=[0-9]*$" "nothing is wrong with them"
is "$(moves A | wc -l)" 1 "A has been BACKUP all the time"
run_ok "C reaches ucarp" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
isnt "$(lladdr C 192.0.2.100)" \
	00:00:5e:00:01:01 "at ucarp's real MAC"

# Cut when an advertisement has been heard for certain.
pulse -n C -i eth0 -t 192.0.2.100 -u U=SW:U -u A=SW:A -d 7000 -p 2000 \
	--at 1500:cut:SW:U >"$OUT/pulse"
is_state A MASTER "ucarp is cut off: A is MASTER"
is "$(field action0_old_tap <"$OUT/pulse") $(field action0_new_tap <"$OUT/pulse")" \
	"U A" "A has taken over from ucarp"
in_time "$(field action0_detect_us <"$OUT/pulse")" 3390624 $((3390625 + 999)) \
	"after 3 + 100/256 s"
diag "$(grep -E '^(lost|longest_gap_us|action0_(detect|reply|garp)_us)' "$OUT/pulse" | tr '\n' ' ')"
is "$(lladdr C 192.0.2.100)" \
	00:00:5e:00:01:01 "C has learnt the virtual MAC"

# ucarp has not noticed, and is the better one.
log_clear
join U
wait_state A BACKUP 3
logged "MASTER -> BACKUP .*better advertisement.*192.0.2.1"
# Only when it hears a slower master ucarp says again that it is at its real
# MAC; A gave way before it said a word. Clients of ucarp have to ask.
ip -n C neigh flush dev eth0
run_ok "C reaches ucarp again" on C ping -c 4 -i 0.5 -W 1 192.0.2.100

# Killed, it says nothing either.
ucarp_stop U
wait_state A MASTER 5
run_ok "ucarp is killed: C reaches A" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
like "$(tally A)" "^ipackets=[0-9]*( contested=[0-9]*)?$" "nothing was wrong with any of it"

finish
