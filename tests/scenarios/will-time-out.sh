#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# What a BACKUP that does not preempt makes of a peer's values: one that
# speaks too seldom will time out, one that is more demoted (OpenBSD) gives up
# its claim, one that bows out is gone.
#
#	A (advbase 1, advskew 100) ---+
#	P (scripted)               ---+--- SW

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment A P
foreign P
carp A vhid 1 advskew 100 pass secret
vip A 192.0.2.100/24

peer() {
	inject P:eth0 -b -p "$OUT/peer.pid" --peer pass=secret \
		vips=192.0.2.100 src=192.0.2.2 "$@"
}
gone() { [[ ! -e /proc/$(<"$OUT/peer.pid") ]]; }
unpeer() {
	kill "$(<"$OUT/peer.pid")"
	wait_for 2 gone
	ip -n A link set carp0 down
}

# takes_over NAME REASON SETTING...: before it could have timed out
takes_over() {
	local name=$1 reason=$2
	shift 2
	log_clear
	up A
	peer "$@"
	wait_state A MASTER 2
	logged "BACKUP -> MASTER .*$reason.*192.0.2.2"
	within $(($(moved A MASTER) - $(moved A BACKUP))) 0 3390000 \
		"$name: takes over"
	unpeer
}

# stays NAME SETTING...: for three advertisements at least
stays() {
	local name=$1
	shift
	up A
	peer "$@"
	never_state A MASTER 10 "$name: stays BACKUP"
	unpeer
}

# 3 * 1 + 100/256 s against the peer's interval.
takes_over "3 + 101/256 s" "will time out" base=3 skew=101
stays "3 + 99/256 s" base=3 skew=99
stays "1 + 254/256 s" base=1 skew=254
takes_over "254 s" "will time out" base=254

takes_over "a faster peer, demoted by 1" "less demoted" demote=1
takes_over "a faster peer, demoted by 255" "less demoted" demote=255

# As a master, too: a faster peer that is demoted is not better.
up A
wait_state A MASTER 5
peer demote=1
never_state A BACKUP 4 "MASTER: does not give way to a demoted one"
unpeer
up A
wait_state A MASTER 5
peer demote=0
wait_state A BACKUP 1
unpeer

# Good-bye.
for base in 0 1 85 100 254; do
	ip -n A link set carp0 type carp advbase $base advskew 100
	up A
	peer -o -i 100000
	sleep 0.3
	is_state A BACKUP "advbase $base: BACKUP"
	log_clear
	kill "$(<"$OUT/peer.pid")"
	wait_state A MASTER 1
	logged "BACKUP -> MASTER .*bowed out.*192.0.2.2"
	ip -n A link set carp0 down
done
is "$(on A cat /proc/sys/net/carp/preempt)" 0 "all of this without preempt"
ip -n A link set carp0 type carp advbase 1

# Of another master that leaves, a master takes no notice.
up A
wait_state A MASTER 5
before=$(moves A | wc -l)
inject P:eth0 --carp pass=secret vips=192.0.2.100 src=192.0.2.2 base=255 \
	skew=255 >/dev/null
is "$(moves A | wc -l)" "$before" "MASTER: another's bow-out is no news"

# A bow-out is believed only if it is authentic.
ip -n A link set carp0 down
up A
peer
heard_one() { (($(counter A ipackets) > before)); }
before=$(counter A ipackets)
wait_ok 2 "a master is heard" heard_one
tally A >/dev/null
inject P:eth0 --carp pass=other vips=192.0.2.100 src=192.0.2.2 base=255 \
	skew=255 >/dev/null
is_state A BACKUP "a forged bow-out is not believed"
like "$(tally A)" "badauth=1" "it was heard"
unpeer

judge
# When A heard a bow-out as a BACKUP, it was MASTER at once.
heard A | awk '$2 == 255 && $3 == 255 { printf "%.0f\n", $1 / 1000 }' |
	head -n 5 >"$OUT/bow-outs"
worst=0
while read -r t; do
	took=$(moves A | awk -v t="$t" '$3 == "MASTER" && $1 >= t - 5 {
		print $1 - t; exit }')
	((took <= worst)) || worst=$took
done <"$OUT/bow-outs"
is "$(wc -l <"$OUT/bow-outs")" 5 "five bow-outs were heard"
in_time "$worst" 0 999 "the slowest takeover after one"

finish
