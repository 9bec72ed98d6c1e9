#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# Two masters of one advbase and advskew. The lower source address stays, as a
# number: 10.0.0.2 before 10.0.1.1, though not if its bytes are swapped. Hosts
# without an address settle it by their counters. A peer that never gives in
# is left alone after three intervals, whoever would be right.
#
#	A (10.0.0.2/16) ---+
#	B (10.0.1.1/16) ---+--- SW
#	P (scripted)    ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment A B P
foreign P
bare A B
ip -n A addr add 10.0.0.2/16 dev eth0
ip -n B addr add 10.0.1.1/16 dev eth0

# Preempt must not make it a game without end.
for host in A B; do
	on $host sysctl -qw net.carp.preempt=1
	carp $host vhid 1 pass secret
	vip $host 192.0.2.100/24
done

one_master() { [[ $(masters A B) == [AB] ]]; }
changed() { [[ $(masters A B) != "$one" ]]; }
transitions() { echo $(($(moves A | wc -l) + $(moves B | wc -l))); }
two_masters() {
	cut B
	up A
	up B
	wait_state A MASTER 5
	wait_state B MASTER 5
	join B
}

log_clear
two_masters
wait_state B BACKUP 2
is "$(masters A B)" A "the lower source address stays"
logged "MASTER -> BACKUP .*tie.*10.0.0.2"
before=$(transitions)
one=A
never_ok 7 "and that is that" changed
is "$(transitions)" "$before" "nothing moves any more"

for host in A B; do
	ip -n $host link set carp0 down
done
bare A B
two_masters
wait_ok 4 "without addresses: one of them gives in" one_master
before=$(transitions)
one=$(masters A B)
never_ok 7 "without addresses: the other stays" changed
is "$(transitions)" "$before" "without addresses: nothing moves any more"

# Against a peer that does not know this rule.
ip -n B link set carp0 down
ip -n A link set carp0 down
ip -n A addr add 10.0.0.2/16 dev eth0

# stubborn SRC
stubborn() {
	up A
	wait_state A MASTER 5
	log_clear
	inject P:eth0 -b -p "$OUT/peer.pid" --peer pass=secret \
		vips=192.0.2.100 src="$1"
}
relent() {
	kill "$(<"$OUT/peer.pid")"
	wait_state A MASTER 5
	ip -n A link set carp0 down
}

stubborn 10.0.0.1
wait_state A BACKUP 2
logged "MASTER -> BACKUP .*tie lost.*10.0.0.1"
never_state A MASTER 5 "a lower one that stays is master"
relent

stubborn 10.0.1.1
wait_state A BACKUP 5
logged "MASTER -> BACKUP .*tie that lasted.*10.0.1.1"
never_state A MASTER 5 "a higher one that does not give in is let be"
relent

judge
# The peer's spells, each with A's next step back: the first one at its first
# word, the second after three intervals.
heard A | awk '!last || $1 - last > 2e9 { printf "%.0f\n", $1 } { last = $1 }' |
	tail -n 2 >"$OUT/spells"
{
	read -r lower
	read -r higher
} <"$OUT/spells"
stepped() {
	moves A | awk -v from="$1" '$2 == "MASTER" && $3 == "BACKUP" &&
		$1 * 1000 > from { printf "%.0f", $1 - from / 1000; exit }'
}
in_time "$(stepped $((lower - 2000)))" 0 999 "to a lower one: at once"
within "$(stepped $((higher - 2000)))" 2999000 4100000 \
	"to a higher one: after three intervals"
diag "to a lower one after $(stepped $((lower - 2000))) us, to a higher one after $(stepped $((higher - 2000))) us"

finish
