#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
#
# Carriers in a VRF. The interface belongs into the same VRF; its addresses are
# then those of that VRF, and the same ones can be served outside of it.
#
#	A:eth0 in blue, A:eth1 ---+
#	B:eth0 in blue, B:eth1 ---+--- SW:br0 (eth0), SW:br1 (eth1)
#	C:eth0 (client), C:eth1 --+

. "${0%/*}/../lib/lib.sh"

NO_RECORD=1 segment A B C
for host in A B C; do
	nic $host eth1 br1
done
record A B C A.eth1 B.eth1
modprobe vrf
for host in A B; do
	((++n))
	ip -n $host link add blue type vrf table 10
	ip -n $host link set blue up
	ip -n $host link set eth0 master blue
	# The address has stayed, its routes are those of the VRF.
	ip -n $host addr add 192.0.2.$n/24 dev eth0 2>/dev/null
	ip -n $host addr add 198.51.100.$n/24 dev eth1
done
ip -n C addr add 198.51.100.3/24 dev eth1

# A VRF before the interface is up for one, after it for the other
carp A vhid 1 pass secret
ip -n A link set carp0 master blue
vip A 192.0.2.100/24
up A
carp B vhid 1 advskew 100 pass secret
vip B 192.0.2.100/24
up B
run_ok "an interface that is up moves into the VRF" ip -n B link set carp0 master blue
wait_state A MASTER
wait_state B BACKUP
sleep 4

run_ok "C is served" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
is "$(lladdr C 192.0.2.100)" 00:00:5e:00:01:01 \
	"by the virtual MAC"
is "$(on C arping -b -c 1 -w 1 -I eth0 192.0.2.100 | grep -c "reply from")" 1 "and nobody else"
run_ok "B, a BACKUP, reaches the address in the VRF" \
	on B ping -I blue -c 2 -i 0.1 -W 1 192.0.2.100
like "$(ip -n A route show table 10 dev carp0)" "local 192.0.2.100" "its routes are in the VRF"
is "$(ip -n A route show table local dev carp0)" "" "and nowhere else"
like "$(ip -n B route show table 10 dev carp0)" "local 192.0.2.100 .* dead linkdown" \
	"on the BACKUP they are not in force"
run_ok "A reaches C from the address" \
	on A ping -I blue -I 192.0.2.100 -c 1 -W 1 192.0.2.3

pulse -n C -i eth0 -t 192.0.2.100 -p 1000 -d 2000 -o "$OUT/c" --at 1000:down:A:carp0
none_lost "$(field lost <"$OUT/c")" "a handover costs no packet"
is_state B MASTER "B is MASTER"
up A
wait_state A BACKUP
run_ok "A, a BACKUP now, reaches the address" on A ping -I blue -c 2 -i 0.1 -W 1 192.0.2.100
like "$(ip -n A route show table 10 dev carp0)" "local 192.0.2.100 .* dead linkdown" \
	"its routes are not in force"
cut B
wait_state A MASTER 5
run_ok "B is cut off: C is served" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
join B
wait_state B BACKUP

# The same address outside, of another group on another segment
skew=0
for host in B A; do
	ip -n $host link add carp1 link eth1 type carp vhid 1 advskew $skew
	vip $host 192.0.2.100/24 carp1
	vip $host 198.51.100.100/24 carp1
	up $host carp1
	skew=100
done
wait_state B MASTER 10 carp1
wait_state A BACKUP 10 carp1
run_ok "beside it, outside of the VRF: C is served there" \
	on C ping -c 2 -i 0.1 -W 1 198.51.100.100
run_ok "and in the VRF" on C ping -I eth0 -c 2 -i 0.1 -W 1 192.0.2.100
is "$(state A) $(state A carp1), $(state B) $(state B carp1)" "MASTER BACKUP, BACKUP MASTER" \
	"by different hosts"

# Who is this host, or an address of it, outside of the VRF is another one in it.
ip -n A link set carp1 down
ip -n A addr add 2001:db8:9::100/64 dev carp1
ip -n A addr add 2001:db8:9::1/64 dev eth1 nodad
ip -n A addr add 2001:db8:8::1/64 dev eth0 nodad
peer6() { ip -n A link set carp0 type carp peer6 "$1" 2>&1; }
is "$(peer6 2001:db8:9::1)" "" "a peer may have an address that is the host's own outside"
is "$(peer6 2001:db8:9::100)" "" "or a virtual one"
like "$(peer6 2001:db8:8::1)" "this address is this one's" "but not one that is its own in the VRF"
ip -n A addr add 2001:db8:8::2/64 dev eth0
tentative=$(ip -n A addr show dev eth0 tentative)
like "$(peer6 2001:db8:8::2)" "this address is this one's" "nor one that is still in doubt"
like "$tentative" "2001:db8:8::2/64" "as it was"
is "$(peer6 2001:db8:9::101)" "" "a peer of the VRF"
run_ok "has an address that can be virtual outside" \
	ip -n A addr add 2001:db8:9::101/64 dev carp1
run_fails "and cannot be in it" ip -n A addr add 2001:db8:9::101/64 dev carp0
is "$(peer6 none)" "" "no peers any more"
for n in 1 2; do
	ip -n A addr del 2001:db8:8::$n/64 dev eth0
done
for host in A B; do
	ip -n $host link del carp1
done

# Another address of the VRF is somebody's own outside of it: of whoever is BACKUP,
# and so lets nothing out from a virtual one. The judge knows of no VRF, and is not
# told of these.
backup=$([[ $(state A) == MASTER ]] && echo B || echo A)
for addr in 192.0.2.103/24 2001:db8::103/64; do
	for host in A B; do
		ip -n $host addr add $addr dev carp0
	done
	ip -n $backup addr add $addr dev eth1
	run_ok "C has a way to ${addr%/*} outside of the VRF" \
		ip -n C route add "${addr%/*}" dev eth1
done
ip -n C addr add 2001:db8::3/64 dev eth1 nodad
sleep 2
for addr in 192.0.2.103 2001:db8::103; do
	run_ok "$addr may be an address like any other there" \
		on C ping -c 2 -i 0.1 -W 1 $addr
	is "$(lladdr C $addr dev eth1)" "$(mac $backup eth1)" "of the one who has it"
done
is_state $backup BACKUP "in the VRF he is BACKUP"

# A peer's address that becomes the host's own: nobody advertises to himself.
master=$(masters A B)
ip -n "$master" link set carp0 type carp peer6 2001:db8:8::9
ip -n "$master" addr add 2001:db8:8::9/64 dev eth0 nodad
tally "$master" >/dev/null
before=$(counter "$master" oerrors)
sleep 3
ok $(($(counter "$master" oerrors) - before < 2)) \
	"what has been a peer's address is sent nothing"
unlike "$(tally "$master")" "packets6|loop" "and nothing of it comes back"
ip -n "$master" link set carp0 type carp peer6 none
ip -n "$master" addr del 2001:db8:8::9/64 dev eth0
ip -n C addr del 2001:db8::3/64 dev eth1
for addr in 192.0.2.103/24 2001:db8::103/64; do
	ip -n C route del "${addr%/*}" dev eth1
	ip -n $backup addr del $addr dev eth1
	for host in A B; do
		ip -n $host addr del $addr dev carp0
	done
done

# Out of the VRF again
for host in B A; do
	ip -n $host link set carp0 nomaster
	ip -n $host link set eth0 nomaster
	ip -n $host addr add 192.0.2.$((++m == 1 ? 2 : 1))/24 dev eth0 2>/dev/null
done
sleep 5
is "$(masters A B | wc -w)" 1 "out of the VRF: one MASTER"
run_ok "C is served" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
for host in A B; do
	run_ok "$host reaches the address" on $host ping -c 2 -i 0.1 -W 1 192.0.2.100
done
finish
