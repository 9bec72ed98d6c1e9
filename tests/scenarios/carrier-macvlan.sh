#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
#
# A macvlan in mode passthru, and two hosts with nothing but a cable between
# them, as carriers; and carriers that come and go, again and again.
#
#	A:eth0 <- mac0 ---+              A:eth9 --- B:eth9
#	B:eth0 <- mac0 ---+--- SW
#	C:eth0 (client) --+

. "${0%/*}/../lib/lib.sh"

segment A B C
vmac=00:00:5e:00:01:01
skew=0
# on_macvlan HOST ADDRESS SKEW
on_macvlan() {
	ip -n "$1" link add mac0 link eth0 type macvlan mode passthru
	ip -n "$1" addr add "$2" dev mac0
	ip -n "$1" link set mac0 up
	ip -n "$1" link add carp0 link mac0 type carp vhid 1 advskew "$3"
	vip "$1" 192.0.2.100/24
	up "$1"
}
bare A B
on_macvlan A 192.0.2.1/24 0
on_macvlan B 192.0.2.2/24 100
wait_state A MASTER
wait_state B BACKUP
sleep 4
run_ok "macvlan: C is served" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
is "$(lladdr C 192.0.2.100)" $vmac "by the virtual MAC"
run_ok "B, a BACKUP, reaches the address" on B ping -c 2 -i 0.1 -W 1 192.0.2.100
pulse -n C -i eth0 -t 192.0.2.100 -p 1000 -d 2000 -o "$OUT/c" --at 1000:down:A:carp0
none_lost "$(field lost <"$OUT/c")" "a handover costs no packet"
is_state B MASTER "B is MASTER"
up A
wait_state A BACKUP
# Its link is that of the device below.
ip -n SW link set B down
wait_state B INIT
wait_state A MASTER 5
ip -n SW link set B up
wait_state B BACKUP
ip -n B link set mac0 address 02:00:00:00:0b:0b
sleep 5
is_state B BACKUP "another MAC for the carrier: B hears A"
# Another mode would not let the virtual MAC in; passthru cannot be left.
run_fails "another mode is refused" ip -n A link set mac0 type macvlan mode bridge

# Deleted and made again, three times
for round in 1 2 3; do
	ip -n A link del mac0
	run_fails "$round: the interface goes with its carrier" ip -n A link show carp0
	wait_state B MASTER 1
	run_ok "$round: C is served" on C ping -c 1 -W 1 192.0.2.100
	on_macvlan A 192.0.2.1/24 0
	wait_state A BACKUP
	run_ok "$round: A takes over" ip -n A link set carp0 type carp state master
	wait_state B BACKUP
	run_ok "$round: C is served" on C ping -c 1 -W 1 192.0.2.100
done

# A link that comes and goes
for ((n = 0; n < 10; n++)); do
	ip -n SW link set A down
	sleep 0.0$n
	ip -n SW link set A up
	sleep 0.$n
done
sleep 5
is "$(masters A B | wc -w)" 1 "ten times no link: one MASTER in the end"
run_ok "C is served" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
for ((n = 0; n < 10; n++)); do
	ip -n A link set mac0 down
	ip -n A link set mac0 up
done
sleep 5
is "$(masters A B | wc -w)" 1 "ten times down and up: one MASTER in the end"
run_ok "C is served" on C ping -c 2 -i 0.1 -W 1 192.0.2.100

# A cable
ip link add eth9 netns A type veth peer name eth9 netns B
skew=0
for host in A B; do
	ip -n $host addr add 198.51.100.$((++m))/24 dev eth9
	ip -n $host link set eth9 up
	ip -n $host link add carp9 link eth9 type carp vhid 1 advskew $skew
	ip -n $host addr add 198.51.100.100/24 dev carp9
	up $host carp9
	skew=100
done
wait_state A MASTER 10 carp9
wait_state B BACKUP 10 carp9
run_ok "veth: B reaches the address" on B ping -c 2 -i 0.1 -W 1 198.51.100.100
is "$(lladdr B 198.51.100.100 dev eth9)" $vmac \
	"at the virtual MAC"
ip -n A link set carp9 down
is_state B MASTER "the cable's other end takes over" carp9
run_ok "A reaches it there" on A ping -c 2 -i 0.1 -W 1 198.51.100.100
ip -n A link del eth9
run_fails "both ends go with their interfaces" ip -n B link show carp9
finish
