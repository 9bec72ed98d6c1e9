#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.12
# 6.1: long
# debug: long
#
# announce-interval: announcements that are repeated go out one by one, those of
# a takeover at once. Counted in the frames of the switch, per second: ports with
# dynamic ARP inspection shut down at 15.
#
#	A:eth0 ---+	two groups of 60 and 60 addresses
#	B:eth0 ---+--- SW
#
# shellcheck disable=SC2317 # functions that wait_for calls

. "${0%/*}/../lib/lib.sh"

segment A B
own6 A B
for h in A B; do
	carp $h vhid 1 advskew 0 pass secret
	ip -n $h link add carp1 link eth0 type carp vhid 2 pass secret
	for ((i = 0; i < 60; i++)); do
		dev=carp$((i % 2))
		vip $h 192.0.2.$((100 + i))/24 $dev
		vip $h 2001:db8::1:$i/64 $dev
	done
done
# announcements FROM TO: TIME ADDRESS of each in which an address is claimed
announcements() {
	during "$1" "$2" A "(arp and ether src 00:00:5e:00:01:01) or (arp and ether src 00:00:5e:00:01:02)" |
		sed -n 's/^\([0-9.]*\) .* who-has \([0-9.]*\) .*tell \2,.*/\1 \2/p'
	during "$1" "$2" A "icmp6 and ip6[40] == 136" |
		sed -n 's/^\([0-9.]*\) .* tgt is \([0-9a-f:]*\).*/\1 \2/p'
}
# The most within any second
most() { sort -n | awk '{ t[NR] = $1; while (t[NR] - t[first + 1] >= 1) first++
	if (NR - first > max) max = NR - first } END { print max + 0 }'; }

# The control: all at once, three times, as without the setting
from=$(now)
up A
up A carp1
wait_state A MASTER
sleep 4
plain_from=$from plain_to=$(now)
ip -n A link set carp0 down
ip -n A link set carp1 down

for dev in carp0 carp1; do
	ip -n A link set $dev type carp announce-interval 100
done
from=$(now)
up A
up A carp1
wait_state A MASTER
sleep 0.5
first=$(now)
sleep 30
to=$(now)

# A host that steps down meanwhile
ip -n A link set carp0 down
ip -n A link set carp1 down
up A
up A carp1
wait_state A MASTER
wait_state A MASTER 10 carp1
sleep 2
ip -n A link set carp0 type carp state backup
ip -n A link set carp1 type carp state backup
gone=$(now)
sleep 2
gone_to=$(now)
judge

plain=$(announcements "$plain_from" "$plain_to")
is "$(wc -l <<<"$plain")" 360 "120 addresses are announced three times"
within "$(most <<<"$plain")" 120 400 "by default as fast as they can be sent"
diag "by default $(most <<<"$plain") within a second"

round=$(announcements "$from" "$first")
is "$(awk '{ print $2 }' <<<"$round" | sort | uniq -c | awk '{ print $1 }' | sort | uniq -c | xargs)" "120 1" \
	"with announce-interval the first round has each address once"
in_time $(($(awk 'NR == 1 { a = $1 } { z = $1 } END { printf "%d", (z - a) * 1000000 }' <<<"$(sort -n <<<"$round" | head -60)"))) \
	0 20000 "and takes no longer than without"
repeats=$(announcements "$first" "$to")
within "$(most <<<"$repeats")" 8 11 "repeats: at most ten within a second, of both groups together"
is "$(awk '{ print $2 }' <<<"$repeats" | sort -u | wc -l)" 120 "of every address"
within "$(wc -l <<<"$repeats")" 200 240 "twice, as by default"
diag "repeats: $(wc -l <<<"$repeats"), most within a second $(most <<<"$repeats")"
is "$(announcements "$gone" "$gone_to" | wc -l)" 0 "a host that has stepped down announces nothing more"
done_testing
