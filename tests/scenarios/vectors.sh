#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# What other implementations send, replayed as packets: accepted as it is, by a
# host with that key and those addresses in another order, over either family
# if there are IPv6 addresses among them; refused with any bit of the
# authenticated part changed, and then without any effect.
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
untried=0

# ADDRESSES4 ADDRESSES6: what can be an address at all, in another order
in_order() {
	tr , '\n' <<<"$1,$2" | sed 's/%.*//; /^-$/d' | sort | tr '\n' ' '
}
while IFS=$'\t' read -r impl accept _ _ vhid _ key _ _ _ _ addrs4 addrs6 _ _ _ \
	header _; do
	[[ $impl != '#'* && "$addrs4$addrs6" != -- ]] || continue
	if [[ $addrs4 == *127.* || ,$addrs6 == *,ff*:* ]]; then
		((++untried))
		continue
	fi
	group="$vhid $key $(in_order "$addrs4" "$addrs6")"
	case $accept in
	# Under the list without the link-local addresses, as OpenBSD sends it
	full | noll) good[$group]+="$header " ;;
	no) bad[$group]+="$header " ;;
	*) fail "vectors: '$accept' for addresses" ;;
	esac
done <"$vectors/carp_bsd.tsv"
while IFS=$'\t' read -r _ kind _ _ vhid key addrs4 addrs6 frame; do
	[[ $kind == carp ]] || continue
	whole["$vhid $key $(in_order "$addrs4" "$addrs6")"]+="$frame "
done <"$vectors/carp_frames.tsv"

# frames_of HEADER...: with IP and Ethernet around
frames_of() {
	{
		echo "#carp_header_hex"
		printf '%s\n' "$@"
	} >"$OUT/headers"
	inject P:eth0 -n -j "$OUT/headers" src=198.18.0.9
	[[ ${words[*]} != *:* ]] ||
		inject P:eth0 -n -j "$OUT/headers" src=fe80::9
}

# configure VHID KEY ADDRESS...
configure() {
	local length
	carp A vhid "$1" key "$2" advskew 100
	shift 2
	for addr; do
		length=32
		[[ $addr != *:* ]] || length=128
		vip A "$addr/$length"
	done
	up A
	tally A >/dev/null
}

# received FRAME...: as tally counts them
received() {
	local four six
	six=$(printf '%s\n' "$@" | grep -c '^.\{24\}86dd')
	four=$(($# - six))
	((!four)) || printf 'ipackets=%d' $four
	((!six)) || printf '%sipackets6=%d' "$( ((four)) && echo ' ')" "$six"
}

n_good=0 n_bad=0
for group in "${!good[@]}" "${!whole[@]}" "${!bad[@]}"; do
	read -ra words <<<"$group"
	read -ra headers <<<"${good[$group]:-}"
	read -ra wrong <<<"${bad[$group]:-}"
	read -ra frames <<<"${whole[$group]:-}"
	unset "good[$group]" "bad[$group]" "whole[$group]"
	((!${#headers[@]})) || mapfile -t -O "${#frames[@]}" frames < \
		<(frames_of "${headers[@]}")
	((${#frames[@]} + ${#wrong[@]})) || continue
	configure "${words[@]}"
	if ((${#frames[@]})); then
		inject P:eth0 "${frames[@]}" >/dev/null
		is "$(tally A)" "$(received "${frames[@]}")" \
			"vhid ${words[0]}, ${words[*]:2}: ${#frames[@]} accepted"
		((n_good += ${#frames[@]}))
	fi
	if ((${#wrong[@]})); then
		mapfile -t frames < <(frames_of "${wrong[@]}")
		inject P:eth0 "${frames[@]}" >/dev/null
		is "$(tally A)" "$(received "${frames[@]}") badauth=${#frames[@]}" \
			"vhid ${words[0]}, ${words[*]:2}: ${#frames[@]} refused"
		((n_bad += ${#frames[@]}))
	fi
	ip -n A link del carp0
done
diag "$n_good accepted, $n_bad refused, $untried not tried: no loopback or multicast address is a virtual one"
ok $((n_good < 200)) "no less than two hundred packets"
is $n_bad 4 "and the three that nobody can follow, one of them over both families"

# Over IPv6 a checksum may have the pseudo-header in it or not.
key=6368616e67656d65000000000000000000000000
configure 9 $key 2001:db8::1 fe80::1
forge=(--carp -i 0 "key=$key" vhid=9 "vips=2001:db8::1,fe80::1" src=fe80::9)
for sum in good pseudo bad; do
	inject P:eth0 "${forge[@]}" sum=$sum >/dev/null
done
is "$(tally A)" "ipackets6=3 badsum=1" "either checksum, but not a wrong one"
inject P:eth0 "${forge[@]}" form=noll >/dev/null
is "$(tally A)" "ipackets6=1" "without the link-local address in the digest"
inject P:eth0 "${forge[@]}" "vips=2001:db8::1" form=full >/dev/null
is "$(tally A)" "ipackets6=1" "which is that of the other address alone"
inject P:eth0 "${forge[@]}" vips=fe80::1 form=full >/dev/null
is "$(tally A)" "ipackets6=1 badauth=1" "but not that of the link-local one alone"
for ttl in 1 64 254; do
	inject P:eth0 "${forge[@]}" ttl=$ttl >/dev/null
done
is "$(tally A)" "ipackets6=3 badttl=3" "from another segment"
inject P:eth0 "${forge[@]}" len=20 >/dev/null
is "$(tally A)" "ipackets6=1 badlen=1" "too short"
ip -n A link del carp0

# One of them keeps a BACKUP what it is.
header=$(awk -F '\t' '$1 == "netbsd" && $5 == 1 && $9 == 0 && $12 == "192.0.2.1" &&
	$13 == "-" && $11 == "0123456789abcdef" { print $17 }' "$vectors/carp_bsd.tsv")
vector=$(inject P:eth0 -n -j <(printf '#carp_header_hex\n%s\n' "$header") \
	src=198.18.0.9 id=7)
forge=(--carp -i 0 "key=$key" vips=192.0.2.1 src=198.18.0.9 id=7
	counter=0x0123456789abcdef)
is "$(inject P:eth0 -n "${forge[@]}")" "$vector" "a vector, forged anew"

# Version and type, vhid, counter, digest: each of their bits.
flipped=()
for byte in 0 1 {8..35}; do
	for bit in 1 2 4 8 16 32 64 128; do
		flipped+=("$(inject P:eth0 -n "${forge[@]}" "flip=$byte:$bit")")
	done
done
is "$(printf '%s\n' "${flipped[@]}" | sort -u | wc -l)" 240 "240 faults"

configure 1 $key 192.0.2.1
before=$(moves A | wc -l)
from=$(now)
inject P:eth0 -c 8 -i 1000000 "$vector" >/dev/null
is "$(tally A)" ipackets=8 "eight times the same one, once a second"
is_state A BACKUP "A is BACKUP"
is "$(moves A | wc -l)" "$before" "and has been all the time"

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
to=$(now)
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
# The same may have been among the vectors before.
last=$(awk -F '\t' -v from="$from" -v to="$to" -v hex="$vector" '
	$1 > from * 1e9 && $1 < to * 1e9 && $2 == "A" && $3 == "out" && $5 == hex { t = $1 }
	END { printf "%.0f", t / 1000 }' "$OUT/frames.tsv")
took=$(($(moved A MASTER) - last))
in_time $took 3390624 $((3390625 + 999)) "under the flood: takes over in time"
diag "takes over $took us after the last good one"

finish
