#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# rt: core
#
# Advertisements, bit for bit: header, digest over several addresses in
# whatever order they were given, counter, interval; and their source.
#
#	A (vhid 1, 3, 255)      ---+
#	B (vhid 1, backup)      ---+--- SW
#	D (vhid 2, no address)  ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

key=f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff00010203
word=nineteen-characters

segment A B D
bare D

# By value 9.255.255.255 comes first; as bytes swapped, or as text, it does not.
carp A vhid 1 pass secret
carp B vhid 1 pass secret advskew 100
for addr in 192.0.2.100/24 9.255.255.255/32 10.0.0.1/32 192.0.2.100/32; do
	vip A $addr
done
for addr in 10.0.0.1/32 192.0.2.100/24 9.255.255.255/32; do
	vip B $addr
done
carp D vhid 2 pass $word
vip D 203.0.113.7/32
vip D 198.51.100.9/32
ip -n A link add carp3 link eth0 type carp vhid 3
vip A 192.0.2.103/24 carp3
ip -n A link add carp255 link eth0 type carp vhid 255 advskew 254 key $key
vip A 192.0.2.104/24 carp255

for dev in carp0 carp3 carp255; do
	up A $dev
done
up B
up D
wait_state A MASTER
wait_state D MASTER
wait_state A MASTER 10 carp255

enough() { (($(counter A opackets carp255) >= 6)); }
wait_ok 20 "six advertisements of the slowest" enough
is_state B BACKUP "B, with its addresses in another order, believes A"
unlike "$(tally B)" "bad(ttl|sum|ver|len|auth)" "and finds nothing wrong"

ip -n D addr add 192.0.2.3/24 dev eth0
more() { (($(counter D opackets) >= sent + 2)); }
sent=$(counter D opackets)
wait_ok 5 "two more of D, which now has an address" more
judge

# audit NAME HOST VHID OPTION...
audit() {
	local name=$1 host=$2 vhid=$3
	shift 3
	run_ok "$name" framecheck adverts -f "$OUT/frames.tsv" --host "$host" \
		--vhid "$vhid" "$@"
}
vips=192.0.2.100,9.255.255.255,10.0.0.1
audit "all of vhid 1, several addresses" A 1 --pass secret --vips $vips
audit "all of vhid 2, 19 characters" D 2 --pass $word \
	--vips 203.0.113.7,198.51.100.9
audit "all of vhid 3, no word" A 3 --pass '' --vips 192.0.2.103
audit "all of vhid 255, 20 raw bytes" A 255 --key $key --vips 192.0.2.104

first=$(awk -F '\t' '$2 == "A" && $3 == "in" && $5 ~ /^01005e00001200005e000101/ {
	print $5; exit }' "$OUT/frames.tsv")
like "$first" "^01005e000012""00005e000101""0800""45100038....4000ff70....""c0000201e0000012""2101000700""01....""[0-9a-f]{56}$" \
	"the bytes of one"
ids=$(awk -F '\t' '$2 == "A" && $3 == "in" && $5 ~ /^01005e00001200005e000101/ {
	print substr($5, 37, 4) }' "$OUT/frames.tsv" | sort -u | wc -l)
ok $((ids < 5)) "the IP id is not constant"

# regular HOST VHID US: counter, interval to less than 1 ms, and no drift
regular() {
	local line
	line=$(framecheck summary -f "$OUT/frames.tsv" --host "$1" --vhid "$2" |
		grep ^adverts)
	diag "$line"
	is "$(field counter <<<"$line")" next "vhid $2: the counter counts"
	in_time "$(field interval_min_us <<<"$line")" $(($3 - 999)) $(($3 + 999)) \
		"vhid $2: shortest interval"
	in_time "$(field interval_max_us <<<"$line")" $(($3 - 999)) $(($3 + 999)) \
		"vhid $2: longest interval"
	in_time "$(field interval_mean_us <<<"$line")" $(($3 - 20)) $(($3 + 20)) \
		"vhid $2: mean interval"
}
regular A 1 1000000
regular A 3 1000000
regular A 255 1992187
regular D 2 1000000

sources=$(framecheck adverts -f "$OUT/frames.tsv" --host D |
	sed -n 's/.* src=\([^ ]*\) .*/\1/p' | uniq | tr '\n' ' ')
is "$sources" "203.0.113.7 192.0.2.3 " \
	"without an own address they come from the first virtual one"

finish
