#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# 6.1: long
#
# Over IPv6, too, VRRP has the same protocol number and group: it is counted as
# foreign and left to whom it is for. Raw sockets get what they got before, and
# nobody is told of a "parameter problem".
#
#	A (carp)               ---+
#	B (no carp)            ---+--- SW
#	V (VRRPv3 and others)  ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment6 A B V
foreign V
carp A vhid 1 pass secret
vip A 2001:db8::100/64
up A
wait_state A MASTER 5
tally A >/dev/null

# VRRPv3 (RFC 5798): version 3, type 1, our id as its own
vrrp=(--carp -i 0 ver=3 type=1 vhid=1 authlen=1 src=fe80::9)
inject V:eth0 -c 3 "${vrrp[@]}" >/dev/null
is "$(tally A)" "foreign=3" "counted as foreign"
before=$(moves A | wc -l)
sleep 4
is_state A MASTER "the election has not noticed"
is "$(moves A | wc -l)" "$before" "nothing has moved"

# What a daemon reads
reader() {
	on "$1" timeout 10 python3 -c '
import socket, struct, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 112)
group = socket.inet_pton(socket.AF_INET6, "ff02::12")
s.setsockopt(41, socket.IPV6_JOIN_GROUP,
	     group + struct.pack("=i", socket.if_nametoindex("eth0")))
open(sys.argv[1] + ".ready", "w").close()
while True:
    packet = s.recv(2048)
    print(len(packet), packet[0], flush=True)' "$OUT/raw.$1" >"$OUT/raw.$1" &
	wait_ok 10 "a raw socket of protocol 112 on $1" test -e "$OUT/raw.$1.ready"
}
has_read() { grep -qx "36 $2" "$OUT/raw.$1"; }
reader A
reader B
inject V:eth0 "${vrrp[@]}" >/dev/null
wait_ok 3 "VRRP is read on a carp host" has_read A $((0x31))
wait_ok 3 "and on another one" has_read B $((0x31))
wait_ok 3 "and A's advertisement there" has_read B $((0x21))

# To one host alone: no word about it, though there would be one about a
# protocol that nobody speaks.
for host in A B; do
	mac=$(mac $host)
	for settings in ver=3 authlen=1 proto=112 len=8 proto=113; do
		inject V:eth0 --carp -i 0 "$settings" src=2001:db8::3 \
			dst="$(ip -n $host -6 -j addr show dev eth0 scope global |
				jq -r '.[0].addr_info[0].local')" \
			"dmac=$mac" >/dev/null
	done
done
# To A alone, and ours: taken as any other.
tally A >/dev/null
inject V:eth0 --carp -i 0 pass=secret vips=2001:db8::100 src=2001:db8::3 \
	dst=2001:db8::1 "dmac=$(mac A)" \
	base=1 skew=200 >/dev/null
is "$(tally A)" "ipackets6=1" "an advertisement to one host alone is taken"
sleep 1
judge
for host in A B; do
	is "$(frames $host "icmp6 and ip6[40] == 4 and ether src $(mac $host)" | wc -l)" 1 \
		"$host: a parameter problem, of the five only for 113"
done
finish
