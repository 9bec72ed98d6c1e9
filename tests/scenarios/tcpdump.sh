#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tcpdump -i carp0 shows on the MASTER all that concerns the address, in both
# directions, and on a BACKUP nothing of what the virtual MAC gets and sends.
#
#	A:eth0 (MASTER) ---+
#	B:eth0 (BACKUP) ---+--- SW
#	C:eth0 (client) ---+

. "${0%/*}/../lib/lib.sh"

segment A B C
pair pass secret
for host in A B; do
	session serve $host 192.0.2.100 7 --name $host --freebind -b
done

capture() {
	ip netns exec "$1" tcpdump -i carp0 -Z root -U -n \
		--immediate-mode -w "$OUT/$2.$1" 2>"$OUT/$2.$1.err" &
	pids+=($!)
	wait_for 10 grep -q "listening on" "$OUT/$2.$1.err"
}
stop() {
	# What was sent just now is written before they end.
	sleep 0.1
	kill "${pids[@]}"
	wait "${pids[@]}"
	pids=()
}
show() {
	local file=$1
	shift
	tcpdump -Z root -n -e -r "$OUT/$file" "$@" 2>/dev/null
}
exchange() {
	ip -n C neigh flush dev eth0
	on C ping -c 3 -i 0.1 -W 1 192.0.2.100 >/dev/null
	session talk C 192.0.2.100 7 --bytes 20000 >/dev/null
	# An interval of advertisements
	sleep 1.2
}
# How often each frame was shown: twice would be as wrong as never.
count() { show "$@" | wc -l; }
# Of advertisements there are as many as intervals have passed.
advertised() {
	show "$@" -v "proto 112 and ether src $vmac and dst 224.0.0.18" |
		sed -n 's/.*, id \([0-9]*\),.*/\1/p'
}
shows_adverts() {
	isnt "$(advertised "$1" | wc -l)" 0 "$2: advertisements"
	is "$(advertised "$1" | sort | uniq -d)" "" "$2: once each"
}

vmac=00:00:5e:00:01:01
capture A first
capture B first
run_ok "the client talks to the address" exchange
stop
is "$(count first.A "icmp[0] = 8 and ether dst $vmac")" 3 "MASTER: echo requests, once each"
is "$(count first.A "icmp[0] = 0 and ether src $vmac")" 3 "MASTER: echo replies, once each"
is "$(count first.A "tcp[13] = 2 and ether dst $vmac")" 1 "MASTER: a connection comes"
is "$(count first.A "tcp[13] = 0x12 and ether src $vmac")" 1 "MASTER: and is accepted"
is "$(count first.A "arp[6:2] = 1 and arp[24:4] = 0xc0000264 and not ether src $vmac")" 1 \
	"MASTER: the question for the address"
is "$(count first.A "arp[6:2] = 2 and ether src $vmac")" 1 "MASTER: the answer"
shows_adverts first.A "MASTER"
is "$(show first.A "ip" | grep -c "bad\|truncated")" 0 "MASTER: whole packets"
is "$(count first.B)" 0 "BACKUP: nothing"

# Takeover while they look
capture A second
capture B second
cut A
wait_state B MASTER
exchange
join A
wait_state B BACKUP
on C ping -c 3 -i 0.1 -W 1 192.0.2.100 >/dev/null
stop
is "$(show second.B -tt "arp[14:4] = 0xc0000264 and arp[24:4] = 0xc0000264 and ether src $vmac" |
	awk 'NR == 1 { first = $1 } $1 < first + 2' | wc -l)" 2 \
	"the new MASTER: announcements at once and after a second"
is "$(count second.B "icmp[0] = 8 and ether dst $vmac")" 3 \
	"the new MASTER: pings while it was MASTER, none afterwards"
is "$(count second.B "icmp[0] = 0 and ether src $vmac")" 3 "and its replies"
is "$(count second.A "icmp[0] = 8 and ether dst $vmac")" 3 \
	"the old MASTER: pings when it was heard again"

# Addresses come and go meanwhile: what is then said is said by a process, and the
# sockets that see it are those that softirq brings all the rest to.
capture A third
for host in A B; do
	vip $host 192.0.2.101/24
	vip $host 2001:db8::101/64
done
sleep 1.2
for host in A B; do
	on $host sysctl -qw net.carp.arpbalance=1
	on $host sysctl -qw net.carp.arpbalance=0
done
# What a program sends past all queues, in the name of the address.
on A python3 -c '
import socket, sys
mac, vip = sys.argv[1:]
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.setsockopt(263, 20, 1) # SOL_PACKET, PACKET_QDISC_BYPASS
s.bind(("eth0", 0))
def sent(kind, packet):
	s.send(bytes.fromhex("ffffffffffff" + mac.replace(":", "") + kind + packet))
sent("0800", "4500001c00000000401137ca" + vip + "e0000001" + "0009000900080000")
sent("0806", "0001080006040001" + mac.replace(":", "") + vip + "000000000000c0000203")
' "$(mac A)" c0000264
for host in A B; do
	ip -n $host addr del 192.0.2.101/24 dev carp0
	ip -n $host addr del 2001:db8::101/64 dev carp0
done
stop
is "$(count third.A "arp[14:4] = 0xc0000265 and arp[24:4] = 0xc0000265")" 2 \
	"a new address: announced twice within the second"
is "$(count third.A "ip6[40] = 136 and src 2001:db8::101 and dst ff02::1")" 2 "over IPv6, too"
is "$(count third.A "udp and src 192.0.2.100 and ether src $vmac")" 1 \
	"what goes past all queues"
is "$(count third.A "arp[14:4] = 0xc0000264 and arp[24:4] = 0xc0000203 and ether src $vmac")" 1 \
	"ARP of a program"

# On a carrier without an address everything is routed through the interface.
bare A
ip -n B link del carp0
capture A fourth
exchange
run_ok "A pings the client" on A ping -c 1 -W 1 192.0.2.3
stop
is "$(count fourth.A "icmp[0] = 8 and ether dst $vmac")" 3 "no address: echo requests, once each"
is "$(count fourth.A "icmp[0] = 0 and ether src $vmac and src 192.0.2.100")" 3 \
	"no address: echo replies, once each"
is "$(count fourth.A "icmp[0] = 8 and ether src $vmac")" 1 "no address: the host's own ping"
shows_adverts fourth.A "no address"
# And on the carrier each is there once, too.
is "$(on_sys A cat /sys/class/net/carp0/flags)" 0x1003 "nothing is left promiscuous"

finish
