#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.12
#
# What make bench measures, in small, so that it does not rot: carp and
# keepalived take over from a master whose power is cut, and hand over, and carp
# is the faster one.

# shellcheck source=tests/lib/bench.sh
. "${0%/*}/../lib/bench.sh"

segment A B C
for system in carp.4ms keepalived.10ms; do
	start "$system"
	settle "$system"
	client "$system" "takeover.$system" -e 50 -d 1500 \
		--at 501.3:block:SW:A --at 1000:forward:SW:A
	stop "$system"
	sleep 1
	detect="" answered=""
	eval "$(python3 -c '
import json, sys
a = json.load(open(sys.argv[1]))["action"][0]
print("from=%s to=%s detect=%d answered=%d" % (a["old_tap"], a["new_tap"],
      a["detect_us"], a["reply_us"] - a["first_advert_us"]))' \
		"$OUT/takeover.$system.json")"
	# shellcheck disable=SC2154 # made by eval
	is "$from $to" "A B" "$system: B takes over from A"
	case $system in
	carp.*) within "$detect" 11718 12200 "$system: detection, us" ;;
	*) within "$detect" 30117 60000 "$system: detection, us" ;;
	esac
	[[ $system != carp.* ]] ||
		within "$answered" 0 300 "$system: until the client is answered, us"
done

# The yardstick and the load of the others.
on A modprobe carp_cost what=hmac count=100
rmmod carp_cost
like "$(dmesg | sed -n 's/.*carp_cost: //p')" "^hmac count=100 ns=[0-9]+$" \
	"digests are timed"
like "$(spin -i 0.05)" "^[0-9]+$" "what is missing of a second is told"
done_testing
