#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# Three hosts, and one fails after the other: the best of those left is the
# only master. All backups act on a bow-out, and agree at once.
#
#	A (advskew 0)   ---+
#	B (advskew 50)  ---+
#	D (advskew 100) ---+--- SW
#	C (client)      ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment A B D C
skew=0
for host in A B D; do
	carp $host vhid 1 advskew $skew pass secret
	vip $host 192.0.2.100/24
	up $host
	((skew += 50))
done
wait_state A MASTER
wait_state B BACKUP
wait_state D BACKUP

# times HOST: how often it has become master
times() { moves "$1" | awk '$3 == "MASTER"' | wc -l; }

# failing ACTION HOST...: among these hosts
failing() {
	local action=$1 host taps=()
	shift
	for host; do
		taps+=(-u "$host=SW:$host")
	done
	pulse -n C -i eth0 -t 192.0.2.100 "${taps[@]}" -d 6000 -p 5000 \
		--at "$action" >"$OUT/pulse"
	diag "$(grep -E '^(lost|longest_gap_us|action0_(old_tap|new_tap|detect_us))' "$OUT/pulse" | tr '\n' ' ')"
}

failing 1500:cut:SW:A A B D
is "$(masters B D)" B "A is cut off: B, the second, is the only master left"
is "$(field action0_new_tap <"$OUT/pulse")" B "B was the first"
in_time "$(field action0_detect_us <"$OUT/pulse")" 3195312 $((3195312 + 999)) \
	"after 3 + 50/256 s"
is "$(times D)" 0 "D never was"

failing 1500:cut:SW:B B D
is "$(masters D)" D "B is cut off: D, the last, is master"
in_time "$(field action0_detect_us <"$OUT/pulse")" 3390625 $((3390625 + 999)) \
	"after 3 + 100/256 s"

# They come back in the wrong order.
join B
wait_state D BACKUP 2
is "$(masters B D)" B "B is back: B"
join A
wait_state B BACKUP 2
is "$(masters A B D)" A "A is back: A"

# All backups hear the bow-out.
failing 1500:down:A:carp0 A B D
is "$(masters A B D)" B "A bows out: B"
none_lost "$(field lost <"$OUT/pulse")" "no packet is lost"
left=$(moves A | awk '$3 == "INIT" { t = $1 } END { print t }')
in_time $(($(moved B MASTER) - left)) 0 999 "B at once"
in_time $(($(moved D BACKUP) - left)) 0 1999 \
	"D, which may have taken over as well, has given in at once"

finish
