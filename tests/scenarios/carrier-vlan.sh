#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# long-options: --leaks
#
# VLANs: the same vhid, and so the same MAC, on a NIC and on two VLANs of it.
# They are three segments, and have nothing to do with each other.
#
#	A:eth0, v10, v20 ---+
#	B:eth0, v10, v20 ---+--- SW:br0, which knows VLANs
#	C:eth0, v10, v20 ---+

. "${0%/*}/../lib/lib.sh"

segment A B C
ip -n SW link set br0 type bridge vlan_filtering 1
for host in A B C; do
	((++n))
	for id in 10 20; do
		on SW bridge vlan add dev $host vid $id
		ip -n $host link add v$id link eth0 type vlan id $id
		ip -n $host addr add 198.51.$id.$n/24 dev v$id
		ip -n $host link set v$id up
	done
done
# on_vlan HOST ID SKEW
on_vlan() {
	ip -n "$1" link add "carp$2" link "v$2" type carp vhid 1 advskew "$3"
	vip "$1" "198.51.$2.100/24" "carp$2"
	up "$1" "carp$2"
}
states() { echo "$(state "$1") $(state "$1" carp10) $(state "$1" carp20)"; }

pair
on_vlan B 10 0
on_vlan A 10 100
on_vlan A 20 0
on_vlan B 20 100
wait_state B MASTER 10 carp10
wait_state A BACKUP 10 carp10
wait_state A MASTER 10 carp20
wait_state B BACKUP 10 carp20
sleep 4
is "$(states A), $(states B)" "MASTER BACKUP MASTER, BACKUP MASTER BACKUP" \
	"each segment has its own MASTER"
for addr in 192.0.2.100 198.51.10.100 198.51.20.100; do
	run_ok "$addr is reached" on C ping -c 2 -i 0.1 -W 1 $addr
done
is "$(ip -n C -j neigh show 198.51.10.100 | jq -r '.[0].dev + " " + .[0].lladdr')" \
	"v10 00:00:5e:00:01:01" "with the same MAC in each"
# The BACKUP of a segment, MASTER of the one below or beside
run_ok "B, BACKUP there, reaches the address of the NIC" on B ping -c 2 -i 0.1 -W 1 192.0.2.100
run_ok "A, BACKUP there, that of VLAN 10" on A ping -c 2 -i 0.1 -W 1 198.51.10.100

# A handover in one is none in the others.
pulse -n C -i eth0 -t 192.0.2.100 -p 2000 -d 3000 -o "$OUT/nic" -b -P "$OUT/nic.pid"
pulse -n C -i v20 -t 198.51.20.100 -p 2000 -d 3000 -o "$OUT/v20" -b -P "$OUT/v20.pid"
pulse -n C -i v10 -t 198.51.10.100 -p 1000 -d 2500 -o "$OUT/v10" --at 1000:down:B:carp10
wait_for 5 test -s "$OUT/nic"
wait_for 5 test -s "$OUT/v20"
none_lost "$(field lost <"$OUT/v10")" "a handover in VLAN 10 costs no packet"
none_lost $(($(field lost <"$OUT/nic") + $(field lost <"$OUT/v20"))) "and none elsewhere"
is "$(states A), $(states B)" "MASTER MASTER MASTER, BACKUP INIT BACKUP" "nor a state"
up B carp10
wait_state B BACKUP 10 carp10

# The NIC is set down, and with it all VLANs, also one on a VLAN, at a time when
# the NIC can send nothing any more.
for host in A B; do
	ip -n $host link add v5 link v10 type vlan id 5
	ip -n $host link set v5 up
done
on_vlan A 5 0
on_vlan B 5 100
wait_state A MASTER 10 carp5
wait_state B BACKUP 10 carp5
pulse -n C -i v20 -t 198.51.20.100 -p 1000 -d 3000 -o "$OUT/v20" -b -P "$OUT/v20.pid"
sleep 0.5
ip -n A link set eth0 down
for dev in carp0 carp10 carp20 carp5; do
	run_ok "the NIC is down: B takes over at once, $dev" await B $dev master 50
done
is "$(states A) $(state A carp5)" "INIT INIT INIT INIT" "and A is out of all"
wait_for 5 test -s "$OUT/v20"
within "$(field lost <"$OUT/v20")" 0 1 "no packet is lost, but the one that was under way"
ip -n A link set eth0 up
for dev in carp0 carp10 carp20 carp5; do
	wait_state A BACKUP 10 $dev
done
for host in A B; do
	ip -n $host link del v5
done
for dev in carp0 carp10 carp20; do
	ip -n A link set $dev type carp state master
	wait_state B BACKUP 10 $dev
done

# The link of the NIC is that of all.
ip -n SW link set A down
wait_state B MASTER 10
wait_state B MASTER 10 carp10
wait_state B MASTER 10 carp20
is "$(states A)" "INIT INIT INIT" "no link: A is out of all"
ip -n SW link set A up
on SW bridge vlan add dev A vid 10
on SW bridge vlan add dev A vid 20
sleep 5
for addr in 192.0.2.100 198.51.10.100 198.51.20.100; do
	run_ok "$addr is reached" on C ping -c 2 -i 0.1 -W 1 $addr
done
is "$(masters A B)" "B" "one MASTER"

# A VLAN that writes its tag itself, before its carrier's egress is looked at:
# frames of programs are put right or dropped all the same.
n=0
for host in A B C; do
	((++n))
	on SW bridge vlan add dev $host vid 30
	on $host ethtool -K eth0 tx-vlan-offload off
	ip -n $host link add v30 link eth0 type vlan id 30 reorder_hdr off
	ip -n $host addr add 198.51.30.$n/24 dev v30
	ip -n $host link set v30 up
done
on_vlan A 30 0
on_vlan B 30 100
wait_state A MASTER 10 carp30
wait_state B BACKUP 10 carp30
on C timeout 30 tcpdump -Z root -n -e -l -i eth0 vlan and arp >"$OUT/v30" 2>"$OUT/v30.err" &
wait_ok 5 "C looks" grep -q "listening on" "$OUT/v30.err"
run_ok "reached" on C ping -c 2 -i 0.1 -W 1 198.51.30.100
# A frame with the tag in it.
claim() {
	inject "$1:v30" "ffffffffffff${2//:/}8100001e0806000108000604000$3${2//:/}c6331e64ffffffffffffc6331e64"
}
before=$(counter B tx_inactive carp30)
for host in A B; do
	mac=$(mac $host v30)
	claim $host "$mac" 1
	claim $host "$mac" 2
	sleep 0.1
	is "$(lladdr C 198.51.30.100 dev v30)" 00:00:5e:00:01:01 \
		"$host claims it by itself: C knows the virtual MAC"
	is "$(grep -c "$mac.*198.51.30.100" "$OUT/v30")" 0 "and has seen no other one"
done
is $(($(counter B tx_inactive carp30) - before)) 2 "what the BACKUP said is counted"
run_ok "reached" on C ping -c 2 -i 0.1 -W 1 198.51.30.100
isnt "$(grep -c 198.51.30.100 "$OUT/v30")" 0 "C has seen something"
finish
