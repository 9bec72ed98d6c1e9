#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
#
# A switch that forwards IPv6 groups only to their members, and asks who they
# are: here, other than over IPv4, Linux's bridge keeps ff02::12 and the group of
# the virtual address from whoever does not answer.
#
#	A:eth0 2001:db8::1 (master) ---+
#	B:eth0 2001:db8::2 (backup) ---+--- SW:br0, querier
#	C:eth0 2001:db8::3 (client) ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment6 A B C
ip -n SW link set br0 type bridge mcast_snooping 1 mcast_querier 1 \
	mcast_query_interval 300 mcast_query_response_interval 100 \
	mcast_startup_query_interval 300 mcast_membership_interval 700
# Until the switch has asked for the first time, and knows what it withholds.
sleep 6
vip=2001:db8::100
pair_vips=("$vip/64")
pair pass secret

member() { on SW bridge mdb show dev br0 | grep -q "port $1 grp $2 "; }
members() {
	local host
	for host in A B; do
		wait_ok 5 "$1: the switch knows $host in ff02::12" \
			member $host ff02::12
		wait_ok 5 "$1: and in the group of the address" \
			member $host ff02::1:ff00:100
	done
}
reached() { on C ping -q -c 1 -W 1 $vip; }
cut_and_join() {
	cut A
	wait_state B MASTER 5
	on C ip -6 neigh flush dev eth0
	wait_ok 2 "A's cable cut: the client finds the address at B" reached
	join A
	wait_state B BACKUP 9
}
members "at first"

# For four intervals of membership
sleep 30
members "later"
is "$(masters A B)" A "A is the only MASTER"
is "$(moves B | grep -c MASTER)" 0 "B was never"
on C ip -6 neigh flush dev eth0
run_ok "the client finds the address" reached
isnt "$(counter B ipackets6)" 0 "B hears A"

# What shows that the switch withholds: who is no member hears nothing.
from=$(now)
sleep 6
to=$(now)

ip -n B link set eth0 down
sleep 9
ip -n B link set eth0 up
wait_state B BACKUP
members "B's link lost and back"
sleep 9
is "$(masters A B)" A "A is the only MASTER still"

cut_and_join
is "$(masters A B)" A "and one master in the end"

# A switch, or an access point, that makes unicast of what goes to a group.
for host in A B C; do
	ip -n SW link set $host type bridge_slave mcast_to_unicast on
done
before=$(counter B ipackets6)
sleep 12
is "$(masters A B)" A "frames to each member: A is the only MASTER"
ok $(($(counter B ipackets6) - before < 8)) "B hears A"
on C ip -6 neigh flush dev eth0
run_ok "the client finds the address" reached
cut_and_join

judge
isnt "$(during "$from" "$to" A "ip6 proto 112" | wc -l)" 0 "A advertised"
is "$(during "$from" "$to" C "ip6 proto 112" | wc -l)" 0 \
	"the client, no member, was spared it"
done_testing
