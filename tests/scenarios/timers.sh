#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# Every timer, for several advbase and advskew at once: how often a master
# advertises, how long a backup waits at the start, and how long after the last
# word of a master whose power was cut.
#
#	A (master of all)  ---+
#	B (backup of all)  ---+--- SW
#	C (client)         ---+

. "${0%/*}/../lib/lib.sh"

segment A B C

# vhid  A: advbase advskew  B: advbase advskew
groups="
1   1 0     1 100
2   1 0     1 254
3   2 0     2 50
4   0 0     0 3
5   0 3     0 100
6   0 100   0 254
7   1 253   1 254
8   0 1     0 0
9   3 7     1 200
"

skew() { echo $(($1 * 1000000 + $2 * 1000000 / 256)); }
# 0/0 means 1/256 s.
interval() { skew "$1" $(($1 + $2 ? $2 : 1)); }
# 3 * advbase + advskew / 256; with advbase 0 three intervals.
master_down() {
	if (($1)); then
		echo $((3 * $1 * 1000000 + $2 * 1000000 / 256))
	elif (($2)); then
		echo $((3 * $2 * 1000000 / 256))
	else
		echo $((3 * 1000000 / 256))
	fi
}

# group HOST VHID ADVBASE ADVSKEW
group() {
	local dev=carp$2
	ip -n "$1" link add "$dev" link eth0 type carp vhid "$2" advbase "$3" \
		advskew "$4" pass secret
	vip "$1" "192.0.2.$((100 + $2))/24" "$dev"
	up "$1" "$dev"
}

while read -r vhid base skew _ _; do
	[[ -z $vhid ]] || group A "$vhid" "$base" "$skew"
done <<<"$groups"
while read -r vhid base skew _ _; do
	[[ -z $vhid ]] || wait_state A MASTER 20 "carp$vhid"
done <<<"$groups"
while read -r vhid _ _ base skew; do
	[[ -z $vhid ]] || group B "$vhid" "$base" "$skew"
done <<<"$groups"
while read -r vhid _ _ base skew; do
	[[ -z $vhid ]] || wait_state B BACKUP 20 "carp$vhid"
done <<<"$groups"

pulse -n C -i eth0 -t 192.0.2.101 -v 1 -u A=SW:A -u B=SW:B -d 15000 -p 5000 \
	--at 7300:cut:SW:A >"$OUT/pulse"
diag "$(grep -E '^(lost|longest_gap_us|action0_(detect|first_advert|reply|garp)_us)' "$OUT/pulse")"
cut=$(field action0_at_ns <"$OUT/pulse")

for vhid in 1 2 3 4 5 6 7 8 9; do
	is_state B MASTER "vhid $vhid: B is MASTER after the cut" "carp$vhid"
done
judge

worst=0
while read -r vhid base skew base_b skew_b; do
	[[ -n $vhid ]] || continue

	# A waited for its master-down time when it was alone.
	down=$(master_down "$base" "$skew")
	ready=$(moved A BACKUP "$vhid")
	waited=$(($(moves A "$vhid" | awk '$3 == "MASTER" { print $1; exit }') - ready))
	# The trace is a little later than the clock it is about.
	in_time $waited $((down - 5)) $((down + 999)) \
		"vhid $vhid, $base/$skew: alone after $down us"

	# Its interval. A slow one has said nothing for less than two of them.
	want=$(interval "$base" "$skew")
	said A "$vhid" | awk -v want="$want" -v end="$cut" '
		last && $1 < end {
			off = ($1 - last) / 1000 - want
			if (off < 0)
				off = -off
			if (off > worst)
				worst = off
			n++
		}
		{ last = $1 }
		END { printf "%d %.0f\n", n, worst }' >"$OUT/interval"
	read -r number off <"$OUT/interval"
	((number)) || off=none
	# By what the one CPU is busy with now and then, interrupts disabled.
	in_time "$off" 0 1999 \
		"vhid $vhid, $base/$skew: $number intervals of $want us, off by less than 2 ms"

	# From the last word of A that B heard to the first of B, which was
	# silent until then.
	is "$(said B "$vhid" | awk -v cut="$cut" '$1 < cut' | wc -l)" 0 \
		"vhid $vhid: B is silent before"
	down=$(master_down "$base_b" "$skew_b")
	last=$(heard B "$vhid" | tail -n 1 | awk '{ print $1 }')
	took=$(said B "$vhid" | awk -v last="$last" '$1 > last {
		printf "%.0f", ($1 - last) / 1000; exit }')
	in_time "$took" $((down - 1)) $((down + 999)) \
		"vhid $vhid, $base_b/$skew_b: takes over after $down us" &&
		((took - down <= worst)) || worst=$((took - down))
	diag "vhid $vhid, $base_b/$skew_b: takes over $took us after the last advertisement"
done <<<"$groups"
diag "latest: $worst us"

# The client's view of group 1.
down=$(master_down 1 100)
in_time "$(field action0_detect_us <"$OUT/pulse")" $((down - 1)) $((down + 999)) \
	"the client hears the new master in time"
is "$(field action0_new_tap <"$OUT/pulse")" B "and it is B"

finish
