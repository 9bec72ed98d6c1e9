#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# A switch that sends back what it gets, as some do for multicast, and as a
# hypervisor's does where two uplinks of a host meet: we know our own
# advertisements, in whatever state, and take nobody's else for them.
#
#	A:eth0 ---+--- SW, which sends back
#	B:eth0 ---+
#	C:eth0 ---+

. "${0%/*}/../lib/lib.sh"

segment A B C
for host in A B; do
	tc -n SW qdisc add dev $host clsact
	tc -n SW filter add dev $host ingress protocol all matchall \
		action mirred egress mirror dev $host
done
pair pass secret
sleep 5
is "$(moves A | wc -l) $(moves B | wc -l)" "2 1" "nobody changes his state for his own words"
loops=$(counter A loop)
within "$loops" 5 12 "A has its own advertisements back, and knows them"
is "$(counter B loop)" 0 "B has none of its own"
is "$(counter A badauth) $(counter A contested)" "0 0" "nor does A take it for anybody else"
# What A has sent and not had back.
missing() {
	on A ethtool -S carp0 | awk '$1 == "opackets:" { n += $2 }
		$1 == "loop:" { n -= $2 } END { print n }'
}
before=$(missing)
sleep 10
is "$(missing)" "$before" "each of them"
within $(($(counter A loop) - loops)) 10 12 "for ten seconds"
run_ok "C is served" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
is "$(on C arping -b -c 1 -w 1 -I eth0 192.0.2.100 | grep -c "reply from")" 1 "by one"

# Planned and not, with the bow-out coming back too
pulse -n C -i eth0 -t 192.0.2.100 -p 1000 -d 2000 -o "$OUT/c" --at 1000:down:A:carp0
none_lost "$(field lost <"$OUT/c")" "a handover costs no packet"
is_state B MASTER "B is MASTER"
up A
wait_state A BACKUP
sleep 5
is "$(masters A B)" B "and stays it"
run_ok "a BACKUP by command" ip -n B link set carp0 type carp state backup
is_state A MASTER "A has heard the bow-out"
sleep 5
is "$(masters A B)" A "and B its own, without effect"
cut A
wait_state B MASTER 5
join A
wait_state B BACKUP 5
sleep 5
is "$(masters A B)" A "a failure and the way back: one MASTER"

# Without addresses both send from the virtual one: the counter tells them apart.
for host in A B; do
	ip -n $host link set carp0 down
done
bare A B
up A
wait_state A MASTER
up B
sleep 5
is "$(masters A B)" A "no addresses: B hears A, whose words come from its own address"
moved="$(moves A | wc -l) $(moves B | wc -l)"
sleep 10
is "$(moves A | wc -l) $(moves B | wc -l)" "$moved" "nobody changes his state"
run_ok "C is served" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
cut A
wait_state B MASTER 5
join A
wait_state B BACKUP 5
sleep 4
is "$(masters A B | wc -w)" 1 "a failure and the way back: one MASTER"
finish
