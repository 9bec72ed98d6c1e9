#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
#
# A bridge of the host as carrier, as on a hypervisor: guests behind it are
# clients too, wherever the MASTER is.
#
#	A:lan0 (eth0, L) ---+
#	B:lan0 (eth0) ------+--- SW
#	C:eth0 (client) ----+
#	L:eth0 (client) --- A:lan0

. "${0%/*}/../lib/lib.sh"

segment A B C
for host in A B; do
	bare $host
	ip -n $host link add lan0 type bridge
	ip -n $host link set eth0 master lan0
	ip -n $host link set lan0 up
	ip -n $host addr add 192.0.2.$((++n))/24 dev lan0
done
ip netns add L
ip link add eth0 netns L type veth peer name L netns A
ip -n A link set L master lan0 up
ip -n L addr add 192.0.2.9/24 dev eth0
ip -n L link set eth0 up

vmac=00:00:5e:00:01:01
where() {
	on A bridge fdb show br lan0 |
		awk -v mac=$vmac '$1 == mac && !/permanent|self/ { print $3 }' | xargs
}
skew=0
for host in A B; do
	ip -n $host link add carp0 link lan0 type carp vhid 1 advskew $skew
	vip $host 192.0.2.100/24
	up $host
	skew=100
done
wait_state A MASTER
wait_state B BACKUP
sleep 4
for host in C L; do
	run_ok "$host is served" on $host ping -c 2 -i 0.1 -W 1 192.0.2.100
	is "$(lladdr $host 192.0.2.100)" $vmac \
		"by the virtual MAC"
	is "$(on $host arping -b -c 1 -w 1 -I eth0 192.0.2.100 | grep -c "reply from")" 1 \
		"and by nobody else"
done
run_ok "B, a BACKUP, reaches the address" on B ping -c 2 -i 0.1 -W 1 192.0.2.100
run_fails "a port of the bridge is refused" ip -n A link add carp9 link eth0 type carp vhid 9

# Planned: to B and back. L is behind A's bridge all the time.
pulse -n L -i eth0 -t 192.0.2.100 -p 1000 -d 2500 -o "$OUT/l" -b -P "$OUT/l.pid"
pulse -n C -i eth0 -t 192.0.2.100 -p 1000 -d 2000 -o "$OUT/c" --at 1000:down:A:carp0
wait_for 5 test -s "$OUT/l"
none_lost $(($(field lost <"$OUT/c") + $(field lost <"$OUT/l"))) "a handover costs no packet"
is_state B MASTER "B is MASTER"
is "$(where)" eth0 "A's bridge has the virtual MAC at its uplink"
up A
wait_state A BACKUP
sleep 4
pulse -n L -i eth0 -t 192.0.2.100 -p 1000 -d 2500 -o "$OUT/l" -b -P "$OUT/l.pid"
pulse -n C -i eth0 -t 192.0.2.100 -p 1000 -d 2000 -o "$OUT/c" --at 1000:down:B:carp0
wait_for 5 test -s "$OUT/l"
none_lost $(($(field lost <"$OUT/c") + $(field lost <"$OUT/l"))) "nor the way back"
is_state A MASTER "A is MASTER"
up B
wait_state B BACKUP

# The port leaves: B's bridge has none, and so no link.
ip -n B link set eth0 nomaster
wait_state B INIT
ip -n B link set eth0 master lan0
wait_state B BACKUP
sleep 5
is_state B BACKUP "the port is back: B hears A"
# A's bridge has another, so A goes on, for those behind it.
ip -n A link set eth0 nomaster
sleep 5
is "$(masters A B)" "A B" "A's uplink leaves: a segment in two, with a MASTER each"
run_ok "L is served" on L ping -c 2 -i 0.1 -W 1 192.0.2.100
run_ok "C is served" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
ip -n A link set eth0 master lan0
wait_state B BACKUP
run_ok "L is served" on L ping -c 2 -i 0.1 -W 1 192.0.2.100
run_ok "C is served" on C ping -c 2 -i 0.1 -W 1 192.0.2.100

# Spanning tree and snooping of the host's own bridge
ip -n B link set lan0 type bridge mcast_snooping 1 mcast_querier 1 \
	mcast_startup_query_interval 100 mcast_query_interval 300
ip -n A link set lan0 type bridge stp_state 1 forward_delay 200
sleep 10
is "$(masters A B)" A "snooping and a spanning tree: one MASTER"
run_ok "C is served" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
ip -n A link del lan0
run_fails "the bridge is deleted: the interface goes along" ip -n A link show carp0
# It has lost its ports before it tells anybody that it goes.
wait_state B MASTER 5
ip -n B link del carp0
is "$(value "$(ip -n B -d -j link show lan0)" promiscuity)" 0 "nothing is left on B's"
finish
