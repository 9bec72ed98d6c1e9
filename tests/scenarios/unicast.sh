#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Advertisements to peers, over a switch that forwards no multicast: takeover
# and planned handover as with a group, the bytes, and that peers stay.
#
#	A (master) ---+
#	B (backup) ---+--- SW
#	C (client) ---+

. "${0%/*}/../lib/lib.sh"

segment A B C
for host in A B C; do
	ip -n SW link set $host type bridge_slave mcast_flood off
done
on A sysctl -qw net.carp.preempt=1
pinging() {
	pulse -n C -i eth0 -t 192.0.2.100 -u A=SW:A -u B=SW:B "$@"
}
peers() {
	ip -n "$1" -j -d link show carp0 |
		jq -c '.[0].linkinfo.info_data | [.peer, .minttl]'
}

# The group does not get through, so that both believe to be alone.
carp A vhid 1 pass secret
carp B vhid 1 pass secret advskew 100
for host in A B; do
	vip $host 192.0.2.100/24
	up $host
done
wait_state B MASTER 5
is "$(masters A B)" "A B" "with multicast two masters: the switch drops it"
ip -n A link set carp0 type carp peer 192.0.2.2
wait_state B BACKUP 1
pass "A with a peer: B, without one, hears it and gives way"
ip -n B link set carp0 type carp peer 192.0.2.1
from=$(now)

# What is set stays when other things are.
is "$(peers A)" '[["192.0.2.2"],255]' "the peer is reported"
ip -n A link set carp0 type carp advskew 10
ip -n A link set carp0 type carp pass other
ip -n A link set carp0 type carp pass secret preempt on
is "$(peers A)" '[["192.0.2.2"],255]' "and stays when advskew, pass and preempt are set"
is "$(masters A B)" A "A is the only master"
ip -n A link set carp0 type carp advskew 0
sleep 4
ok $(($(counter A opackets) - $(counter B ipackets) > 3)) \
	"B has received what A has sent"
unlike "$(tally B)" "bad|loop|grace" "and finds nothing wrong"

# Planned, and back.
handed_over() {
	local what=$1 report=$2
	is "$(field action0_old_tap <"$report") $(field action0_bow_out <"$report") $(field action0_new_tap <"$report")" \
		"A yes B" "$what: A bows out, B takes over"
	in_time "$(field action0_detect_us <"$report")" 0 999 \
		"$what: within 1 ms"
	none_lost "$(field lost <"$report")" "$what: no packet is lost"
	diag "$what: $(field action0_detect_us <"$report") us from bow-out to successor, $(field longest_gap_us <"$report") us the client's longest gap"
}
on C ping -q -c 1 192.0.2.100 >/dev/null
pinging -d 1500 --at 1100:down:A:carp0 >"$OUT/report"
handed_over "carp0 down" "$OUT/report"
pinging -d 3000 -b -o "$OUT/return" -P "$OUT/return.pid"
up A
wait_state A MASTER 3
wait_state B BACKUP 1
wait_ok 5 "the report of the return" test -s "$OUT/return"
none_lost "$(field lost <"$OUT/return")" "A comes back: no packet is lost"
pinging -d 1500 --at 1100:down:A:eth0 >"$OUT/report"
handed_over "eth0 down" "$OUT/report"
up A eth0
wait_state A MASTER 5
wait_state B BACKUP 1

# Takeover after a long time in which nothing has come from A but
# advertisements, which teach no MAC; and with no MAC known at all.
sleep 100
asked=$(now)
takeover() {
	local what=$1
	pinging -d 6000 -p 5000 --at 1500:cut:SW:A >"$OUT/report"
	is_state B MASTER "$what: B is master"
	in_time "$(field action0_detect_us <"$OUT/report")" 3390625 \
		$((3390625 + 999)) "$what: after 3 + 100/256 s"
	diag "$what: $(field action0_first_advert_us <"$OUT/report") us from the cut to B's first advertisement"
	join A
	wait_state B BACKUP 3
}
takeover "a takeover"
# B was silent about giving way, and the switch had the virtual MAC at its port.
pinging -d 2500 -p 5000 --at 1100:mark:later >"$OUT/report"
is "$(field action0_lost <"$OUT/report")" 0 "a second after B has given way A has the clients back"
# Without any entry the first advertisement waits for the answer of a peer that
# lives, and for nothing if it does not.
on B ip neigh flush dev eth0
pinging -d 1500 --at 1100:down:A:carp0 >"$OUT/report"
handed_over "without an ARP entry" "$OUT/report"
up A
wait_state A MASTER 3
wait_state B BACKUP 1
finish_at=$(now)

# Two addresses on a carrier: the one in the peer's subnet, not the first.
ip -n A addr flush dev eth0
ip -n A addr add 198.51.100.1/24 dev eth0
ip -n A addr add 192.0.2.1/24 dev eth0
wait_state B BACKUP 5
two=$(now)
sleep 3

# Back to the group: nothing more to the peer.
ip -n SW link set A type bridge_slave mcast_flood on
ip -n SW link set B type bridge_slave mcast_flood on
till=$(now)
ip -n A link set carp0 type carp peer none
group=$(now)
ip -n B link set carp0 type carp peer none
is "$(peers A)" '[null,255]' "peer none: there are none"
sleep 3
is "$(masters A B)" A "A is the only master over the group"

# A carrier without an address advertises from the virtual one. It can have
# peers, and cannot be one.
bare=$(now)
bare A
ip -n A link set carp0 type carp peer 192.0.2.2
heard=$(counter B ipackets)
sleep 5
is "$(masters A B)" A "without an address: A is the only master"
ok $(($(counter B ipackets) - heard < 4)) "B hears it"
unlike "$(tally B)" "bad|loop|grace" "and finds nothing wrong"
pinging -d 1500 --at 1100:down:A:carp0 >"$OUT/report"
handed_over "without an address" "$OUT/report"
up A
wait_state A MASTER 3
wait_state B BACKUP 1
cut A
wait_state B MASTER 5
join A
wait_state B BACKUP 3
no_address=$(now)
judge

run_ok "every advertisement, bit for bit" framecheck adverts -f "$OUT/frames.tsv" \
	--host A --unicast --pass secret --vips 192.0.2.100 \
	--from "$from" --to "$asked"
all="ip proto 112 and src host 192.0.2.1"
is "$(during "$from" "$till" A "ip proto 112 and ether multicast" | wc -l)" 0 \
	"nothing to the group while there is a peer"
ok $(($(during "$from" "$finish_at" A "$all and dst host 192.0.2.2 and ether src $(mac A) and ether dst $(mac B)" | wc -l) < 100)) \
	"from A's own MAC to B's own"
is "$(during "$from" "$finish_at" A "$all and not ether src $(mac A)" | wc -l)" 0 \
	"and from no other"
is "$(during "$two" "$till" A "ip proto 112 and not src host 192.0.2.1" | wc -l)" 0 \
	"of two addresses the source is the one in the peer's subnet"
is "$(during "$group" "$bare" A "ip proto 112 and dst host 192.0.2.2" | wc -l)" 0 \
	"peer none: nothing to it any more"
ok $(($(during "$group" "$bare" A "ip proto 112 and dst host 224.0.0.18" | wc -l) < 3)) \
	"and again to the group"
ok $(($(during "$bare" "$no_address" A "ip proto 112 and src host 192.0.2.100 and dst host 192.0.2.2 and ether src 00:00:5e:00:01:01" | wc -l) < 5)) \
	"without an address it is from the virtual one, and its MAC"
# Once by the sleeper in a while, not with every advertisement.
in_time "$(during "$from" "$asked" B "arp[6:2] = 1 and arp dst host 192.0.2.1" | wc -l)" 1 20 \
	"B asks for A's MAC now and then"

# Peers may be named before there is any address, where the kernel has nothing
# yet to know a host by.
ip netns add EMPTY
ip -n EMPTY link add d0 type dummy
run_ok "a peer, on a host without any address" \
	ip -n EMPTY link add carp0 link d0 type carp vhid 1 peer 192.0.2.2
is "$(info EMPTY peer)" '["192.0.2.2"]' "it is there"
done_testing
