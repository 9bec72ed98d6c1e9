#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who has the virtual address? Only the MASTER says so, with the virtual MAC,
# on the segment it belongs to, with the default sysctls; whatever the state,
# and whatever devices the host has. A takeover is announced at 0, 1 and 3 s.
#
#	A:eth0 ---+                 A:eth2 ---+
#	A:eth1 ---+--- SW:br0       B:eth2 ---+--- SW:br2
#	B:eth0 ---+                 C:eth2 ---+
#	C:eth0 ---+

. "${0%/*}/../lib/lib.sh"

NO_RECORD=1 segment A B C
nic A eth1
ip -n A addr add 192.0.2.11/24 dev eth1
for host in A B C; do
	nic $host eth2 br2
	ip -n $host addr add 198.51.100.$((++n))/24 dev eth2
done
record A A.eth1 A.eth2 B B.eth2

# Two questions, every answer, and how many questions it took to get two.
answers() {
	on C arping -b -c 2 -w 2 -I "$1" "$2" |
		sed -n 's/.* reply from .*\[\(.*\)\].*/\1/p
			s/^Sent 1 probe.*/twice/p' | xargs
}

vmac=00:00:5E:00:01:01
silent() {
	is "$(answers eth0 192.0.2.100)" "" "$1: nobody answers"
	is "$(answers eth2 192.0.2.100)" "" "$1: nor elsewhere"
}
served() {
	is "$(answers eth0 192.0.2.100)" "$vmac $vmac" "$1: one answers, with the virtual MAC"
	is "$(answers eth2 192.0.2.100)" "" "$1: but not elsewhere"
}

like "$(answers eth0 192.0.2.11)" " twice" \
	"two devices of a segment answer for one address: the flux is real"
is "$(answers eth2 192.0.2.1 | wc -w)" 2 \
	"and a host answers for it on any other segment"

# A alone, on its way up
on A sysctl -qw net.carp.allow=0
carp A vhid 1
vip A 192.0.2.100/24
silent "never been up"
up A
is_state A INIT "A is INIT: not allowed"
silent "INIT"
on A sysctl -qw net.carp.allow=1
is_state A BACKUP "A is BACKUP"
is "$(on C arping -b -c 1 -w 1 -I eth0 192.0.2.100 | grep -c reply)" 0 \
	"BACKUP: nobody answers"
is "$(on C arping -b -c 1 -w 1 -I eth2 192.0.2.100 | grep -c reply)" 0 \
	"BACKUP: nor elsewhere"
is_state A BACKUP "A was BACKUP all that time"
wait_state A MASTER
# Announcements are done.
sleep 4
served "MASTER"

# Packets to C leave by the carrier, of which the address is not.
twice() {
	on C arping -c 3 -w 3 -I eth0 192.0.2.100 | grep -c "Unicast reply from .*\[$vmac\]"
}
for dev in all default; do
	on A sysctl -qw net.ipv4.conf.$dev.arp_filter=1
	served "conf.$dev.arp_filter=1"
	is "$(twice)" 3 "conf.$dev.arp_filter=1: asked by unicast, too"
	on A sysctl -qw net.ipv4.conf.all.arp_filter=0
done

# Answers and contradictions to what is not about IPv4 on Ethernet, with the right
# addresses in the right places.
on A sysctl -qw net.ipv4.conf.carp0.arp_filter=1
heard() {
	local mac before
	mac=$(mac C)
	before=$(counter A contested)
	on C timeout 2 tcpdump -Z root -n -i eth0 "arp[6:2] = 2 and ether dst $mac" \
		>"$OUT/heard" 2>"$OUT/heard.err" &
	until grep -q "listening on" "$OUT/heard.err"; do sleep 0.1; done
	mac=${mac//:/}
	inject C:eth0 "ffffffffffff${mac}0806$1${mac}c0000203000000000000c0000264" \
		"00005e000101${mac}0806$1${mac}c0000203000000000000c0000264" \
		"ffffffffffff${mac}0806$1${mac}c0000264000000000000c0000264" >/dev/null
	wait $!
	echo "$(grep -c Reply "$OUT/heard") $(($(counter A contested) - before))"
}
is "$(heard 0001080006040001)" "3 1" "questions are answered, a claim is contested"
is "$(heard 000186dd06040001)" "0 0" "not those about another protocol"
is "$(heard 0001080008040001)" "0 0" "or with longer MACs"
is "$(heard 0001080006100001)" "0 0" "or with longer addresses"
on A sysctl -qw net.ipv4.conf.carp0.arp_filter=0

# Addresses come and go.
silent101() { is "$(answers eth0 192.0.2.101)$(answers eth2 192.0.2.101)" "" "$1"; }
silent101 "192.0.2.101 is nobody's"
vip A 192.0.2.101/24
is "$(answers eth0 192.0.2.101)" "$vmac $vmac" "given to the MASTER it is answered for"
is "$(answers eth2 192.0.2.101)" "" "but not elsewhere"
ip -n A addr del 192.0.2.101/24 dev carp0
silent101 "taken away again it is nobody's"
served "the other address after that"

# Both hosts
on B sysctl -qw net.ipv4.conf.default.arp_filter=1
carp B vhid 1 advskew 100
vip B 192.0.2.100/24
up B
served "B INIT or BACKUP"
wait_state B BACKUP
served "A MASTER, B BACKUP"
cut A
wait_state B MASTER
served "B MASTER"
sleep 4
join A
wait_state B BACKUP
served "and back"

# Down, with addresses that come and go.
ip -n A link set carp0 down
ip -n B link set carp0 down
silent "admin down"
vip A 192.0.2.101/24
silent101 "an address given to an interface that is down"
ip -n A addr del 192.0.2.100/24 dev carp0
silent "an address taken from it"
ip -n A link del carp0
silent "deleted"
ip -n A addr add 192.0.2.102/24 dev eth0
like "$(answers eth0 192.0.2.102)" " twice" \
	"a host without carp has the default behaviour again"

judge

# The first time that each took over
unit=1
! is_slow || unit=50
for host in A B; do
	master=$(moves $host | awk '$3 == "MASTER" { print $1; exit }')
	frames $host -tt "ether src $vmac and arp and
		arp[14:4] = 0xc0000264 and arp[24:4] = 0xc0000264" |
		awk -v master="$master" -v unit=$unit '
			{ ms = ($1 * 1e6 - master) / 1e3 }
			ms >= -1 && ms < 3900 { printf "%d ", int(ms / unit + 0.5) * unit }' \
		>"$OUT/garp.$host"
done
is "$(<"$OUT/garp.A")" "0 1000 3000 " "A announced the address at 0, 1 and 3 s"
is "$(<"$OUT/garp.B")" "0 1000 3000 " "so did B, when it took over"
done_testing
