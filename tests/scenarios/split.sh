#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# The segment splits in two, and heals: a master in each half, and one again
# as soon as the first of their frames crosses.
#
#	A (advskew 0)   ---+
#	C (client)      ---+--- SW:br0 ---trunk--- SW:br1 ---+--- B (advskew 100)
#	                                                     +--- E (client)

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment A C B E
ip -n SW link add br1 type bridge stp_state 0 mcast_snooping 0
ip -n SW link add trunk type veth peer name trunk1
ip -n SW link set trunk master br0
for dev in B E trunk1; do
	ip -n SW link set $dev master br1
done
for dev in br1 trunk trunk1; do
	ip -n SW link set $dev up
done
# Advertisements are rare, so that there is time to heal between two of them.
skew=0
for host in A B; do
	carp $host vhid 1 advbase 5 advskew $skew pass secret
	vip $host 192.0.2.100/24
	up $host
	skew=100
done
wait_state A MASTER 20
wait_state B BACKUP
on E ping -q -c 1 192.0.2.100 >/dev/null

split() {
	ip -n SW link set trunk nomaster
	wait_state B MASTER 20
	is "$(masters A B)" "A B" "split: a master in each half"
	for host in C E; do
		run_ok "split: $host reaches the address" \
			on $host ping -c 2 -i 0.1 -W 1 192.0.2.100
	done
}

has_said() { (($(counter "$1" opackets) > before)); }
says() {
	before=$(counter "$1" opackets)
	wait_ok 8 "$1 has just advertised" has_said "$1"
}

heal() {
	pulse -n E -i eth0 -t 192.0.2.100 -p 2000 -d 7000 -w 50 \
		--at "1:join:SW:trunk:br0" >"$OUT/pulse"
	is "$(masters A B)" A "healed: A is the only master"
	for host in C E; do
		run_ok "healed: $host reaches the address" \
			on $host ping -c 2 -i 0.1 -W 1 192.0.2.100
	done
	# A reply on its way while the address moves may be lost.
	within "$(field lost <"$OUT/pulse")" 0 2 "healed: E misses next to nothing"
	field action0_at_ns <"$OUT/pulse" >>"$OUT/heals"
}

# B speaks next: 5 + 100/256 s after its last word, which is more than 0.6 s
# before A's last, and A speaks 5 s after that.
split
for _ in 1 2 3 4; do
	says B
	then=$(tap_now)
	says A
	(($(tap_now) - then <= 600)) || break
done
heal

# A speaks next: 5 s after its last word, which is before B's.
split
says B
heal
judge

# first_after HOST NS: when HOST first heard the other, in ns
first_after() {
	heard "$1" | awk -v from="$2" '$1 > from { printf "%.0f", $1; exit }'
}
announced_after() {
	awk -F '\t' -v from="$1" '$1 > from && $2 == "A" && $3 == "in" &&
		substr($5, 25, 8) == "08060001" { printf "%.0f", $1; exit }' \
		"$OUT/frames.tsv"
}

n=0
while read -r healed; do
	((++n))
	# Where the other one gave in first, nothing is heard.
	a=$(first_after A "$healed")
	b=$(first_after B "$healed")
	a=${a:-$((healed + 60000000000))}
	down=$(moves B | awk -v from="$healed" '$2 == "MASTER" &&
		$1 * 1000 > from { print $1; exit }')
	first=$((a < b ? a : b))
	in_time $((down - first / 1000)) -1 999 \
		"heal $n: B gives in as soon as the first frame crosses"
	diag "heal $n: A heard B $(((a - healed) / 1000)) us after it, B heard A $(((b - healed) / 1000)) us after it, B was BACKUP $((down - first / 1000)) us after the first"
	if ((n == 1)); then
		ok $((a > b)) "heal 1: A hears B first"
		in_time $(($(announced_after "$a") - a)) 0 999999 \
			"heal 1: A, who has won, announces the address again"
	else
		ok $((b > a)) "heal 2: B hears A first"
	fi
done <"$OUT/heals"
is $n 2 "two heals"
is "$(moves A | awk '$2 == "MASTER"' | wc -l)" 0 "A never gave up"

finish
