#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.1 stock-6.12
# debug: long
# 6.1: long
#
# A host that is not MASTER hears what the MASTER says from the address: to all, to
# a group and to it alone, and answers ARP in its name. Control: what the MASTER
# says from its own address, and a client that has nothing to do with CARP.
#
#	A:eth0 (192.0.2.1) ---+
#	B:eth0 (192.0.2.2) ---+--- SW
#	C:eth0 (192.0.2.3) ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment A B C D E
pair pass secret

# listen HOST: prints what comes to port 5000, on whatever device
listen() {
	on "$1" python3 -u -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 5000))
s.setsockopt(0, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.1.2.3") +
	     socket.inet_aton(sys.argv[1]))
print("listening")
while True:
    text, peer = s.recvfrom(2000)
    print(text.decode(), peer[0])' "$2" >"$OUT/heard.$1" &
}
# say HOST FROM TO TEXT
say() {
	on "$1" python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
s.bind((sys.argv[1], 0))
s.sendto(sys.argv[3].encode(), (sys.argv[2], 5000))' "$2" "$3" "$4"
}
hears() { wait_ok 2 "$1 hears $2 from $3" grep -qx "$2 $3" "$OUT/heard.$1"; }

listen B 192.0.2.2
listen C 192.0.2.3
for host in B C; do
	wait_ok 5 "$host listens" grep -q listening "$OUT/heard.$host"
done
for from in 192.0.2.1 192.0.2.100; do
	say A $from 192.0.2.255 "broadcast"
	say A $from 239.1.2.3 "multicast"
	for host in B C; do
		hears $host broadcast $from
		hears $host multicast $from
	done
	say A $from 192.0.2.2 "unicast"
	hears B unicast $from
done

# ARP in the name of the address, by broadcast and by unicast
run_ok "ARP in its name is answered" on A arping -b -c 2 -w 3 -I carp0 -s 192.0.2.100 192.0.2.2
run_ok "A, with no other address, pings B" eval "bare A; on A ping -c 1 -W 1 192.0.2.2"
ip -n A neigh change 192.0.2.2 dev carp0 nud probe
reachable() { ip -n A neigh show 192.0.2.2 dev carp0 | grep -q REACHABLE; }
wait_ok 6 "and B answers when it asks whether that is still right" reachable
ip -n A addr add 192.0.2.1/24 dev eth0
run_ok "B pings the address" on B ping -c 1 -W 1 192.0.2.100

# The same of a host that has heard nothing else from the address before
skew=0
for host in D E; do
	carp $host vhid 2 advskew $skew pass secret
	vip $host 192.0.2.200/24
	up $host
	skew=100
done
wait_state D MASTER
wait_state E BACKUP
run_ok "ARP alone is answered" on D arping -b -c 3 -w 4 -I carp0 -s 192.0.2.200 192.0.2.5
for host in D E; do
	ip -n $host link del carp0
done

# While it serves, nobody else can be the source.
cut A
wait_state B MASTER
before=$(wc -l <"$OUT/heard.B")
ip netns exec C ip addr add 192.0.2.100/32 dev lo
foreign C
say C 192.0.2.100 192.0.2.255 "broadcast"
say C 192.0.2.3 192.0.2.255 "last"
hears B last 192.0.2.3
is "$(($(wc -l <"$OUT/heard.B") - before))" 1 "a MASTER does not hear its own address from others"
kill %1 %2
finish
