#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
#
# A team, active-backup, with a script in the place of teamd. When that chooses
# another port the kernel tells nobody, so the switch learns where the virtual
# MAC is from the next advertisement.
#
#	A:team0 (eth0, eth1) ---+--- SW (ports A, A2)
#	B:eth0 -----------------+
#	C:eth0 (client) --------+

. "${0%/*}/../lib/lib.sh"

NO_RECORD=1 segment A B C
second A
record A A2 B C
team() { on A python3 "${0%/*}/../lib/team.py" team0 "$@"; }

modprobe team_mode_activebackup
ip -n A link add team0 type team
run_ok "a team in mode active-backup" team mode=activebackup
mac=$(mac A team0)
for dev in eth0 eth1; do
	ip -n A link set $dev down
	ip -n A link set $dev address "$mac"
	ip -n A link set $dev master team0
	ip -n A link set $dev up
done
run_ok "eth0 is active" team activeport=eth0
ip -n A link set team0 up
bare A
ip -n A addr add 192.0.2.1/24 dev team0

where() { learned 00:00:5e:00:01:01; }
report() { field "$1" <"$OUT/pulse"; }

ip -n A link add carp0 link team0 type carp vhid 1
vip A 192.0.2.100/24
echo "vip 192.0.2.100 1 A2" >>"$OUT/vips"
up A
wait_state A MASTER
carp B vhid 1 advskew 100
vip B 192.0.2.100/24
up B
wait_state B BACKUP
sleep 4
is "$(where)" A "the switch has the virtual MAC at its port"
run_ok "the address is reached" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
run_fails "a port of the team is refused as carrier" \
	ip -n A link add carp9 link eth1 type carp vhid 9

moved="$(moves A | wc -l) $(moves B | wc -l)"
pulse -n C -i eth0 -t 192.0.2.100 -p 5000 -d 6000 -o "$OUT/pulse" -b -P "$OUT/pulse.pid"
sleep 1
ip -n SW link set A down
run_ok "eth1 is active" team activeport=eth1
wait_for 10 test -s "$OUT/pulse"
in_time "$(report longest_gap_us)" 1000 1800000 "served again after the next advertisement"
is "$(where)" A2 "the switch has the virtual MAC at the other port"
is "$(moves A | wc -l) $(moves B | wc -l)" "$moved" "nobody has changed his state"

# As BACKUP
run_ok "A makes room for B" ip -n A link set carp0 type carp state backup
wait_state A BACKUP
sleep 5
is_state A BACKUP "A hears B"
ip -n SW link set A up
run_ok "eth0 is active" team activeport=eth0
sleep 5
is_state A BACKUP "A hears B by the other port"
run_ok "A reaches the address" on A ping -c 2 -i 0.1 -W 1 192.0.2.100

# None has link.
ip -n SW link set A down
ip -n SW link set A2 down
wait_state A INIT
ip -n SW link set A up
wait_state A BACKUP
ip -n SW link set A2 up
finish
