#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
#
# A bond, active-backup: a failover of the bond is none of ours. The switch must
# learn at once where the virtual MAC is now, and the member that is active now
# must let in what the former did.
#
#	A:bond0 (eth0, eth1) ---+--- SW (ports A, A2)
#	B:eth0 -----------------+
#	C:eth0 (client) --------+

. "${0%/*}/../lib/lib.sh"

NO_RECORD=1 segment A B C
second A
record A A2 B C
modprobe bonding max_bonds=0
ip -n A link add bond0 type bond mode active-backup miimon 50
for dev in eth0 eth1; do
	ip -n A link set $dev down
	ip -n A link set $dev master bond0
done
ip -n A link set bond0 up
bare A
ip -n A addr add 192.0.2.1/24 dev bond0

vmac=00:00:5e:00:01:01
active() { on_sys A cat /sys/class/net/bond0/bonding/active_slave; }
where() { learned $vmac; }
lets_in() {
	like "$(ip -n A maddr show dev "$1" | xargs)" "link 01:00:5e:00:00:12" \
		"$2: $1 lets advertisements in"
	like "$(on A bridge fdb show dev "$1")" $vmac "$2: and the virtual MAC"
}
report() { field "$1" <"$OUT/pulse"; }
changes() { echo "$(moves A | wc -l) $(moves B | wc -l)"; }

ip -n A link add carp0 link bond0 type carp vhid 1
vip A 192.0.2.100/24
echo "vip 192.0.2.100 1 A2" >>"$OUT/vips"
up A
wait_state A MASTER
carp B vhid 1 advskew 100
vip B 192.0.2.100/24
up B
wait_state B BACKUP
sleep 4
is "$(active)" eth0 "eth0 is active"
is "$(where)" A "the switch has the virtual MAC at its port"
lets_in eth0 "bond"
before=$(changes)

# The active one loses its link. The bond looks every 50 ms.
pulse -n C -i eth0 -t 192.0.2.100 -p 1000 -d 2500 -o "$OUT/pulse" \
	--at 1000:down:SW:A --at 1500:mark:after
is "$(active)" eth1 "no link: eth1 is active"
in_time "$(report longest_gap_us)" 0 120000 "served again as soon as the bond is"
none_lost "$(report action1_lost)" "nothing is lost afterwards"
is "$(where)" A2 "the switch has the virtual MAC at the other port"
lets_in eth1 "failover"
is "$(changes)" "$before" "nobody has changed his state"

# Back, on demand
ip -n SW link set A up
sleep 1
pulse -n C -i eth0 -t 192.0.2.100 -p 1000 -d 2500 -o "$OUT/pulse" -b -P "$OUT/pulse.pid"
ip -n A link set bond0 type bond active_slave eth0
is "$(where)" A "another active member: the switch knows at once"
wait_for 5 test -s "$OUT/pulse"
within "$(report lost)" 0 1 "no packet is lost, but one that was under way"
is "$(active)" eth0 "eth0 is active again"
is "$(changes)" "$before" "nobody has changed his state"

# As BACKUP: it hears the MASTER by the other member too.
run_ok "A makes room for B" ip -n A link set carp0 type carp state backup
wait_state A BACKUP
is "$(where)" B "the switch has the virtual MAC at B"
before=$(changes)
ip -n SW link set A down
sleep 5
is "$(active)" eth1 "no link: eth1 is active"
is_state A BACKUP "A hears B"
is "$(changes)" "$before" "nobody has changed his state"
is "$(where)" B "the switch has the virtual MAC at B still"
run_ok "A reaches the address" on A ping -c 2 -i 0.1 -W 1 192.0.2.100

# None has link.
ip -n SW link set A2 down
wait_state A INIT
ip -n SW link set A up
wait_state A BACKUP
lets_in eth0 "link lost and back"
sleep 5
is_state A BACKUP "A hears B"
run_ok "A takes over" ip -n A link set carp0 type carp state master
run_ok "and serves" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
finish
