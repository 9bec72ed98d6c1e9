#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# Programs and the kernel itself that would send from the virtual address or
# the virtual MAC: on the MASTER with the virtual MAC, on others not at all.
# That nothing leaks is the judge's word over all frames; here it is made sure
# that each was really tried, and that it works where it should.
#
#	A:eth0 (192.0.2.1) ---+
#	B:eth0 (192.0.2.2) ---+--- SW:br0
#	C:eth0 (192.0.2.3) ---+

. "${0%/*}/../lib/lib.sh"

segment A B C
vmac=00:00:5e:00:01:01
pair pass secret
mac=$(on_sys A cat /sys/class/net/eth0/address)
# Programs may bind to an address that is not there, as daemons do.
on A sysctl -qw net.ipv4.ip_nonlocal_bind=1

# Frames as no decent program would send them, with the NIC's MAC and with the
# virtual one: an announcement, a question, and an ICMP echo.
hex() { tr -d : <<<"$1"; }
vip=c0000264 client=c0000203
raw_arp() {
	echo "ffffffffffff$(hex "$1")0806000108000604000$3$(hex "$2")${vip}000000000000$4"
}
raw_echo() {
	local head=4500001c00004000400100 sum
	# The sum of 192.0.2.100 -> 192.0.2.3 with this header
	sum=$(printf %04x $((0xffff - (0x4500 + 0x1c + 0x4000 + 0x4001 + 0xc000 +
		0x264 + 0xc000 + 0x203) % 0xffff)))
	echo "ffffffffffff$(hex "$1")0800${head%00}$sum$vip${client}0800f7ff00000000"
}
# shellcheck disable=SC2317 # called by try
strays() {
	local frame
	# One by one: what is dropped is told to its sender, who gives up.
	for frame in "$(raw_arp "$mac" "$mac" 1 $vip)" \
		"$(raw_arp "$mac" "$mac" 2 $client)" \
		"$(raw_arp "$vmac" "$vmac" 1 $vip)" \
		"$(raw_arp "$mac" "$vmac" 1 $vip)" \
		"$(raw_arp "$vmac" "$mac" 1 $vip)" \
		"$(raw_echo "$mac")" "$(raw_echo "$vmac")"; do
		inject A:eth0 "$frame" || ((++refused))
	done
	on A arping -U -c 1 -w 1 -I eth0 192.0.2.100
	on A arping -A -c 1 -w 1 -I eth0 192.0.2.100
	on A arping -c 1 -w 1 -I eth0 -s 192.0.2.100 192.0.2.3
	on A ping -c 1 -W 1 -I 192.0.2.100 192.0.2.3
	on A ping -c 1 -W 1 -I carp0 192.0.2.3
	on A session talk A 192.0.2.3 9 --from 192.0.2.100 --timeout 300
	on A nc -u -w 1 -s 192.0.2.100 192.0.2.3 9 <<<"datagram"
	# A group is joined on the interface, and left.
	on A python3 -c '
import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(0, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.1.1.1") +
	     struct.pack("=4xi", socket.if_nametoindex("carp0")))'
} >>"$OUT/strays" 2>&1

session serve C 192.0.2.3 9 --name C -b
declare -A from to dropped raw
try() {
	local before refused=0
	before=$(counter A tx_inactive)
	from[$1]=$(now)
	strays
	to[$1]=$(now)
	dropped[$1]=$(($(counter A tx_inactive) - before))
	raw[$1]=$refused
}

# A switch that floods brings a BACKUP what is for the MASTER.
flooded=$(raw_echo "$mac")
flooded=$(hex $vmac)${flooded:12}
before=$(counter B rx_inactive)
run_ok "frames to the virtual MAC" inject SW:B -c 3 -i 0 "$flooded"
is $(($(counter B rx_inactive) - before)) 3 "a BACKUP drops and counts them"

# MASTER
try MASTER
run_ok "MASTER: ping from the virtual address" \
	on A ping -c 1 -W 1 -I 192.0.2.100 192.0.2.3
like "$(session talk A 192.0.2.3 9 --from 192.0.2.100)" "peer=C local=192.0.2.100" \
	"MASTER: TCP from the virtual address"

# The kernel asks for the way to the client, to send a reply from the address.
on A ip neigh flush dev eth0
on A ip neigh flush dev carp0
asked=$(now)
run_ok "MASTER: an answer to one whose MAC is forgotten" \
	on C ping -c 1 -W 1 192.0.2.100
asked_to=$(now)

# A connection that the master loses together with its mastership: what it has
# not had acknowledged yet is sent again and again.
(while echo 0123456789; do sleep 0.05; done) | on A nc -l -p 7 -s 192.0.2.100 \
	>/dev/null 2>&1 &
# shellcheck disable=SC2317 # called by wait_ok
listens() { [[ -n $(on A ss -Hltn 'sport = 7') ]]; }
wait_ok 5 "A listens" listens
on C nc 192.0.2.100 7 </dev/null >"$OUT/stream" 2>/dev/null &
wait_ok 2 "a connection to the master is under way" test -s "$OUT/stream"
run_ok "B is forced to be MASTER" ip -n B link set carp0 type carp state master advskew 0
run_ok "A steps down" ip -n A link set carp0 type carp advskew 200 state backup
wait_state A BACKUP
is_state B MASTER "B is MASTER"
before=$(counter A tx_inactive)
# shellcheck disable=SC2317 # called by wait_for
sent_again() { (($(counter A tx_inactive) > before + 2)); }
wait_ok 5 "BACKUP: the old connection's data are sent again, and dropped" sent_again
kill %%

try BACKUP
is_state A BACKUP "A is still BACKUP"
on A sysctl -qw net.carp.allow=0
is_state A INIT "not allowed: A is INIT"
try INIT
ip -n A link set carp0 down
try down
ip -n A addr del 192.0.2.100/24 dev carp0
ip -n A addr add 192.0.2.100/24 dev carp0
try refreshed

judge

is "${raw[MASTER]} ${dropped[MASTER]}" "0 0" "MASTER: nothing was dropped"
for state in BACKUP INIT down refreshed; do
	is "${raw[$state]}" 7 "$state: each frame of a program was dropped"
	# These, and those of arping, ping, TCP and UDP.
	ok $((dropped[$state] < 13)) "$state: ${dropped[$state]} frames were dropped"
done
sent() { during "${from[MASTER]}" "${to[MASTER]}" A "ether src $vmac and $*" | wc -l; }
announcement="arp and arp[14:4] = 0xc0000264 and arp[24:4] = 0xc0000264"
ok $(($(sent "$announcement and arp[8:4] = 0x00005e00 and arp[12:2] = 0x0101") < 6)) \
	"MASTER: announcements of programs leave with the virtual MAC"
ok $(($(sent "arp[14:4] = 0xc0000264 and arp[24:4] = 0xc0000203") < 1)) \
	"MASTER: and their questions"
ok $(($(sent "icmp and src 192.0.2.100 and dst 192.0.2.3") < 3)) "MASTER: and pings"
ok $(($(sent "tcp and src 192.0.2.100") < 3)) "MASTER: and TCP"
ok $(($(sent "udp and src 192.0.2.100") < 1)) "MASTER: and datagrams"
ok $(($(sent "igmp and src 192.0.2.100") < 1)) "MASTER: and IGMP for a group joined on it"
questions=$(during "$asked" "$asked_to" A "arp[6:2] = 1 and arp[24:4] = 0xc0000203")
like "$questions" "$mac > .* who-has 192.0.2.3 .*tell 192.0.2.1," \
	"the kernel asks in the NIC's own name"
unlike "$questions" "tell 192.0.2.100" "and not in that of the virtual address"
done_testing
