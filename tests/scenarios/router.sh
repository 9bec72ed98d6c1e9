#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
#
# The address as default gateway: A and B forward between two segments.
#
#	A:eth0 192.0.2.1 ---+             A:eth1 198.51.100.1 ---+
#	B:eth0 192.0.2.2 ---+--- SW:br0   B:eth1 198.51.100.2 ---+--- SW:br1
#	C:eth0 192.0.2.3 ---+             S:eth1 198.51.100.4 ---+
#	      (client)                           (server)

. "${0%/*}/../lib/lib.sh"

NO_RECORD=1 segment A B C S
ip -n SW link set S nomaster
n=0
for host in A B X S; do
	((++n))
	[[ $host != X ]] || continue
	nic $host eth1 br1
	ip -n $host addr add 198.51.100.$n/24 dev eth1
done
ip -n S addr flush dev eth0
record A B C

vmac=00:00:5e:00:01:01
for host in A B; do
	on $host sysctl -qw net.ipv4.ip_forward=1
done
ip -n C route add default via 192.0.2.100
pair pass secret
# Towards the client there is a gateway of the same kind.
skew=0
for host in A B; do
	ip -n $host link add carp1 link eth1 type carp vhid 2 advskew $skew
	ip -n $host addr add 198.51.100.100/24 dev carp1
	up $host carp1
	skew=100
done
ip -n S route add 192.0.2.0/24 via 198.51.100.100
wait_state A MASTER 10 carp1
wait_state B BACKUP 10 carp1

replies() {
	on S arping -b -c 2 -w 2 -I eth1 "$1" | grep -c "reply"
}

before=$(rx_packets A carp0)
run_ok "the client reaches the server" on C ping -c 5 -i 0.1 -W 1 198.51.100.4
ok $(($(rx_packets A carp0) - before < 5)) "by the virtual MAC"
is "$(lladdr C 192.0.2.100)" $vmac \
	"which is the gateway's"
is "$(on C ping -c 3 -i 0.1 -W 1 198.51.100.4 | grep -ci redirect)" 0 \
	"it is sent nowhere else"
run_ok "the server reaches the client" on S ping -c 2 -i 0.1 -W 1 192.0.2.3
like "$(on C ping -c 1 -W 1 -t 1 198.51.100.4)" "From 192.0.2.1(00)? .*Time to live exceeded" \
	"the gateway shows in a trace"

# Clients of the other segment, and the address
is "$(replies 192.0.2.100)" 0 "nobody answers for the address on the other segment"
run_ok "S pings the address" on S ping -c 2 -i 0.1 -W 1 192.0.2.100
session serve A 192.0.2.100 7 --name A -b
session serve B 192.0.2.100 7 --name B --freebind -b
is "$(session talk S 192.0.2.100 7 | field peer)" A "and TCP from there reaches A"
# By way of the BACKUP: it forwards what is for the MASTER.
ip -n S route replace 192.0.2.0/24 via 198.51.100.2
run_ok "S pings the address by way of the BACKUP" on S ping -c 2 -i 0.1 -W 1 192.0.2.100
is "$(session talk S 192.0.2.100 7 | field peer)" A "and TCP by way of the BACKUP reaches A"
ip -n S route replace 192.0.2.0/24 via 198.51.100.100

# Takeover: the master loses both links at once. Silence until 3 s after its
# last advertisement, and B's skew; one advertisement interval before that.
pulse -n C -i eth0 -t 198.51.100.4 -p 10000 -d 9000 -o "$OUT/pulse" \
	--at 2000:cut:SW:A --at 2001:cut:SW:A.eth1 --at 6500:mark:after
gap=$(sed -n 's/^longest_gap_us=//p' "$OUT/pulse")
in_time "$gap" 2300000 3500000 "the longest silence is that of the takeover"
none_lost "$(sed -n 's/^action2_lost=//p' "$OUT/pulse")" "nothing is lost afterwards"
is_state B MASTER "B has the client's gateway"
is_state B MASTER "B has the server's gateway" carp1
is "$(replies 192.0.2.100)" 0 "nobody answers for the address on the other segment"
run_ok "S pings the address" on S ping -c 2 -i 0.1 -W 1 192.0.2.100
is "$(session talk S 192.0.2.100 7 | field peer)" B "and TCP from there reaches B"

# Planned: no packet is lost.
join A
ip -n SW link set A.eth1 master br1
wait_state B BACKUP
wait_state B BACKUP 10 carp1
pulse -n C -i eth0 -t 198.51.100.4 -p 1000 -d 3000 -o "$OUT/pulse" \
	--at 1000:down:A:carp0
none_lost "$(sed -n 's/^lost=//p' "$OUT/pulse")" "a planned handover costs no packet"
is_state B MASTER "B is MASTER"
judge
is "$(frames C "icmp[0] = 5" | wc -l)" 0 "no redirects were sent to the client"
is "$(frames C "icmp[0] = 8 and dst 198.51.100.4 and not ether dst $vmac" | wc -l)" 0 \
	"all of it went to the virtual MAC"
done_testing
