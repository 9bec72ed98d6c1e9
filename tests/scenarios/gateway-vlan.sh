#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# A gateway on a VLAN, with a flowtable on the device below it, which takes the
# frames of the VLAN, too: offloaded flows end with mastership. The other VLAN's
# frames are not ours, though the MAC is the same.
#
#	A:v10, v20 (master) ---+--- SW:br0	A:lan0 (eth1), S:eth1 ---+--- SW:br1
#	B:v10 (backup) --------+
#	C:v10, v20 (client) ---+

. "${0%/*}/../lib/lib.sh"
. "${0%/*}/../lib/flows.sh"

NO_RECORD=1 segment A B C S
ip -n SW link set S nomaster
ip -n S addr flush dev eth0
for host in A S; do
	nic $host eth1 br1
done
for host in A B C; do
	((++n))
	for id in 10 20; do
		ip -n $host link add v$id link eth0 type vlan id $id
		ip -n $host addr add 198.51.$id.$n/24 dev v$id
		ip -n $host link set v$id up
	done
done
# By a bridge: such flows go on whatever becomes of their routes.
ip -n A link add lan0 type bridge
ip -n A link set eth1 master lan0
ip -n A link set lan0 up
ip -n A addr add 203.0.113.1/24 dev lan0
ip -n S addr add 203.0.113.4/24 dev eth1
ip -n S route add default via 203.0.113.1
on A sysctl -qw net.ipv4.ip_forward=1
skew=0
for host in A B; do
	ip -n $host link add carp0 link v10 type carp vhid 1 advskew $skew pass secret
	ip -n $host addr add 198.51.10.100/24 dev carp0
	ip -n $host link set carp0 up
	skew=100
done
wait_state A MASTER
wait_state B BACKUP
# On the other VLAN the MAC of the same vhid is that of a host without carp.
ip -n A link add mv0 link v20 address 00:00:5e:00:01:01 type macvlan mode bridge
ip -n A addr add 198.51.20.100/24 dev mv0
ip -n A link set mv0 up
ip -n C route add default via 198.51.10.100

offload A eth0 eth1
echo_server S
answered() { talk C 198.51.10.3 203.0.113.4 "$1"; }
got() { on S cat /proc/net/snmp | awk '/^Udp: [0-9]/ { print $2 + $3 }'; }
is "$(answered 10)" 10 "C talks to the server"
before=$(forwarded_slowly A)
is "$(answered 20)" 20 "and goes on"
within $(($(forwarded_slowly A) - before)) 0 5 "most of it passes by the flow table"

ip -n SW link set br0 type bridge ageing_time 0
ip -n A link set carp0 type carp state backup
wait_state B MASTER
wait_state A BACKUP
before=$(got) dropped=$(counter A rx_inactive)
is "$(answered 5)" 0 "A has stepped down: nobody forwards"
is $(($(got) - before)) 0 "what the hub brings A is not forwarded"
within $(($(counter A rx_inactive) - dropped)) 5 8 "but dropped, and counted"
is "$(on C ping -c 3 -i 0.2 -W 1 198.51.20.100 | grep -c "bytes from")" 3 \
	"the same MAC on the other VLAN is not ours"
ip -n B link set carp0 type carp state backup
wait_state A MASTER
is "$(answered 5)" 5 "A serves again: it goes on"
ip -n A link del v10
run_fails "the VLAN is deleted: the interface goes along" ip -n A link show carp0
run_ok "what is left is no hook of ours" on C ping -c 1 -W 1 198.51.20.100
done_testing
