#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
#
# What other implementations send, replayed as packets: accepted as it is, by a
# host with that key and those addresses in another order; refused with any bit
# of the authenticated part changed, and then without any effect.
#
#	A           ---+
#	P (replays) ---+--- SW

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

vectors=${TESTS:-${0%/*}/..}/vectors

segment A P
foreign P
# The vectors have addresses in the documentation's own prefix.
bare A P
ip -n A addr add 198.18.0.1/24 dev eth0

declare -A good bad whole
loopback=0

# The form this version takes: IPv4 only, and what can be an address at all.
while IFS=$'\t' read -r impl accept _ _ vhid _ key _ _ _ _ addrs4 addrs6 _ _ _ \
	header _; do
	[[ $impl != '#'* && $addrs4 != - && $addrs6 == - ]] || continue
	if [[ $addrs4 == *127.* ]]; then
		((++loopback))
		continue
	fi
	group="$vhid $key $(tr , '\n' <<<"$addrs4" | sort | tr '\n' ' ')"
	case $accept in
	full) good[$group]+="$header " ;;
	no) bad[$group]+="$header " ;;
	*) fail "vectors: '$accept' for IPv4 addresses" ;;
	esac
done <"$vectors/carp_bsd.tsv"
while IFS=$'\t' read -r _ kind _ family vhid key addrs4 addrs6 frame; do
	[[ $kind == carp && $family == 4 && $addrs6 == - ]] || continue
	group="$vhid $key $(tr , '\n' <<<"$addrs4" | sort | tr '\n' ' ')"
	whole[$group]+="$frame "
done <"$vectors/carp_frames.tsv"

# frames_of HEADER...: with IP and Ethernet around
frames_of() {
	{
		echo "#carp_header_hex"
		printf '%s\n' "$@"
	} >"$OUT/headers"
	inject P:eth0 -n -j "$OUT/headers" src=198.18.0.9
}

# configure VHID KEY ADDRESS...
configure() {
	carp A vhid "$1" key "$2" advskew 100
	shift 2
	for addr; do
		vip A "$addr/32"
	done
	up A
	tally A >/dev/null
}

n_good=0 n_bad=0
for group in "${!good[@]}" "${!whole[@]}"; do
	read -ra words <<<"$group"
	read -ra headers <<<"${good[$group]:-}"
	read -ra wrong <<<"${bad[$group]:-}"
	read -ra frames <<<"${whole[$group]:-}"
	unset "good[$group]" "bad[$group]" "whole[$group]"
	((!${#headers[@]})) || mapfile -t -O "${#frames[@]}" frames < \
		<(frames_of "${headers[@]}")
	((${#frames[@]})) || continue
	configure "${words[@]}"
	inject P:eth0 "${frames[@]}" >/dev/null
	is "$(tally A)" "ipackets=${#frames[@]}" \
		"vhid ${words[0]}, ${words[*]:2}: ${#frames[@]} accepted"
	((n_good += ${#frames[@]}))
	if ((${#wrong[@]})); then
		mapfile -t frames < <(frames_of "${wrong[@]}")
		inject P:eth0 "${frames[@]}" >/dev/null
		is "$(tally A)" "ipackets=${#frames[@]} badauth=${#frames[@]}" \
			"vhid ${words[0]}, ${words[*]:2}: ${#frames[@]} refused"
		((n_bad += ${#frames[@]}))
	fi
	ip -n A link del carp0
done
diag "$n_good accepted, $n_bad refused, $loopback not tried: no loopback address is a virtual one"
ok $((n_good < 100)) "no less than a hundred vectors"
is $n_bad 2 "and the two that nobody can follow"

# One of them keeps a BACKUP what it is.
key=6368616e67656d65000000000000000000000000
header=$(awk -F '\t' '$1 == "netbsd" && $5 == 1 && $9 == 0 && $12 == "192.0.2.1" &&
	$13 == "-" && $11 == "0123456789abcdef" { print $17 }' "$vectors/carp_bsd.tsv")
vector=$(inject P:eth0 -n -j <(printf '#carp_header_hex\n%s\n' "$header") \
	src=198.18.0.9 id=7)
forge=(--carp -i 0 "key=$key" vips=192.0.2.1 src=198.18.0.9 id=7
	counter=0x0123456789abcdef)
is "$(inject P:eth0 -n "${forge[@]}")" "$vector" "a vector, forged anew"

configure 1 $key 192.0.2.1
before=$(moves A | wc -l)
inject P:eth0 -c 8 -i 1000000 "$vector" >/dev/null
is "$(tally A)" ipackets=8 "eight times the same one, once a second"
is_state A BACKUP "A is BACKUP"
is "$(moves A | wc -l)" "$before" "and has been all the time"

# Version and type, vhid, counter, digest: each of their bits.
flipped=()
for byte in 0 1 {8..35}; do
	for bit in 1 2 4 8 16 32 64 128; do
		flipped+=("$(inject P:eth0 -n "${forge[@]}" "flip=$byte:$bit")")
	done
done
is "$(printf '%s\n' "${flipped[@]}" | sort -u | wc -l)" 240 "240 faults"

# 500 of these a second.
inject P:eth0 -b -p "$OUT/flood.pid" -c 1000000 -i 2000 "${flipped[@]}"
wait_state A MASTER 5
kill "$(<"$OUT/flood.pid")"
like "$(tally A)" "badauth=[0-9]*" "a flood of refused ones does not keep it BACKUP"

gone() { [[ ! -e /proc/$(<"$OUT/flood.pid") ]]; }
wait_for 2 gone
tally A >/dev/null
inject P:eth0 "${flipped[@]}" >/dev/null
now=$(tally A)
is_state A MASTER "nor does it end a slow master"
is "$(field badauth <<<"$now")" 224 "counter and digest: badauth"
is "$(field badvhid <<<"$now")" 8 "vhid: badvhid"
is $(($(field badver <<<"$now") + $(field foreign <<<"$now"))) 8 \
	"version and type: badver or foreign"
before=$(moves A | wc -l)
inject P:eth0 "$vector" >/dev/null
is_state A BACKUP "the right one does"
is "$(moves A | wc -l)" $((before + 1)) "and only that"

judge
last=$(awk -F '\t' -v hex="$vector" '$2 == "A" && $3 == "out" && $5 == hex {
	if (n++ < 8) t = $1 } END { printf "%.0f", t / 1000 }' "$OUT/frames.tsv")
took=$(($(moved A MASTER) - last))
in_time $took 3390624 $((3390625 + 999)) "under the flood: takes over in time"
diag "takes over $took us after the last good one"

finish
