#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# Our host is master, ucarp its backup: ucarp takes over when A is cut off, and
# when A bows out, as fast as it can: it reads packets once a second. A comes
# back by preempting, and a tie of the two has an end.
#
#	A (10.0.0.2, advskew 0)        ---+
#	U (10.0.1.1, ucarp, advskew 1) ---+--- SW
#	C (client)                     ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"
. "${0%/*}/../lib/ucarp.sh"

vip=10.0.0.100

segment A U C
foreign U
bare A U C
ip -n A addr add 10.0.0.2/16 dev eth0
ip -n U addr add 10.0.1.1/16 dev eth0
ip -n C addr add 10.0.0.3/16 dev eth0
on A sysctl -qw net.carp.preempt=1
carp A vhid 1 pass secret
vip A $vip/16
up A
wait_state A MASTER

ucarp_start U 10.0.1.1 1 secret $vip 1
is_master() { ucarp_is U "$vip" MASTER; }
never_ok 8 "ucarp stays backup of A" is_master
is_state A MASTER "A is MASTER"
run_ok "C reaches A" on C ping -c 2 -i 0.1 -W 1 $vip

cut A
wait_ok 6 "A is cut off: ucarp is master" is_master
run_ok "C reaches ucarp" on C ping -c 2 -i 0.1 -W 1 $vip
join A
gone() { ucarp_is U "$vip" BACKUP; }
wait_ok 4 "A is back: ucarp gives way" gone
is_state A MASTER "A is MASTER"
run_ok "C reaches A again" on C ping -c 4 -i 0.5 -W 1 $vip

ip -n A link set carp0 down
wait_ok 4 "A bows out: ucarp is master" is_master
up A
wait_state A MASTER 4
wait_ok 4 "A preempts: ucarp gives way" gone
# As it gives way ucarp says once more that it has the address, at its real MAC.
like "$(tally A)" "^ipackets=[0-9]*( contested=[0-9]*)?$" \
	"A finds nothing wrong with ucarp's advertisements"

# A tie. ucarp compares addresses with their bytes swapped, and would stay, and
# so would A, if it did not end after three intervals.
ucarp_stop U
ip -n A link set carp0 type carp advskew 1
cut U
ucarp_start U 10.0.1.1 1 secret $vip 1
wait_ok 8 "both are masters" is_master
is_state A MASTER "A, too"
join U
one() { [[ $(state A)$(ucarp_state U "$vip") != MASTERMASTER ]]; }
wait_ok 6 "one gives in" one
is "$(state A) $(ucarp_state U "$vip")" "BACKUP MASTER" "and that is A"
never_state A MASTER 6 "who does not come back"

ucarp_stop U
wait_state A MASTER 5
judge

# From A's bow-out to ucarp's first word.
left=$(said A | awk '$2 == 255 { t = $1 } END { print t }')
took=$(said U | awk -v left="$left" '$1 > left {
	printf "%.0f", ($1 - left) / 1000; exit }')
limit=1100000
! is_slow || limit=2000000
within "$took" 0 $limit "ucarp has taken over when it next looked"
diag "ucarp advertises $took us after the bow-out"

finish
