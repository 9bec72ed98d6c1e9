#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who has the IPv6 virtual address? Only the MASTER says so, with the virtual
# MAC, on the segment it belongs to; whatever the state, and whatever devices
# the host has. A takeover is announced at 0, 1 and 3 s. The groups that
# questions come to are held in every state, and who claims the address is
# contradicted.
#
#	A:eth0 ---+                 A:eth2 ---+
#	B:eth0 ---+--- SW:br0       B:eth2 ---+--- SW:br2
#	C:eth0 ---+                 C:eth2 ---+

# shellcheck disable=SC2317 # called by wait_ok
. "${0%/*}/../lib/lib.sh"

NO_RECORD=1 segment6 A B C
n=0
for host in A B C; do
	nic $host eth2 br2
	ip -n $host addr add 2001:db8:2::$((++n))/64 dev eth2 nodad
done
record A A.eth2 B B.eth2

vip=2001:db8::100
vmac=00:00:5e:00:01:01

# Questions that nobody answers end in FAILED.
answer() {
	ip -n C neigh flush dev "$1" nud all 2>/dev/null
	on C ping -c 1 -W 1 -I "$1" $vip >/dev/null 2>&1
	lladdr C $vip dev "$1"
}
silent() {
	is "$(answer eth0)" null "$1: nobody answers"
	is "$(answer eth2)" null "$1: nor elsewhere"
}
served() {
	is "$(answer eth0)" $vmac "$1: answered with the virtual MAC"
	is "$(answer eth2)" null "$1: but not elsewhere"
}

on A sysctl -qw net.carp.allow=0
carp A vhid 1
vip A $vip/64
silent "never been up"
up A
is_state A INIT "A is INIT: not allowed"
silent "INIT"
on A sysctl -qw net.carp.allow=1
is_state A BACKUP "A is BACKUP"
is "$(answer eth0)" null "BACKUP: nobody answers"
is_state A BACKUP "A was BACKUP all that time"
wait_state A MASTER
sleep 4
served "MASTER"

carp B vhid 1 advskew 100
vip B $vip/64
up B
wait_state B BACKUP
served "A MASTER, B BACKUP"
on B sysctl -qw net.ipv6.conf.carp0.forwarding=1
cut A
wait_state B MASTER
served "B MASTER"
sleep 4
join A
wait_state B BACKUP
served "and back"

# The address is the carrier's own, too: the carrier would answer for it.
run_ok "the address on B's carrier, too" ip -n B addr add $vip/128 dev eth0 nodad
ip -n B addr add 2001:db8::9/64 dev eth0 nodad
served "B has it on its carrier"
on B ping -c 1 -W 1 -I $vip 2001:db8::3 >/dev/null 2>&1
ip -n A addr add $vip/128 dev eth0 nodad
served "A, too"
ip -n A neigh flush dev eth0
run_ok "A pings from it" on A ping -c 1 -W 1 -I $vip 2001:db8::3
ip -n A addr del $vip/128 dev eth0
ip -n B addr del $vip/128 dev eth0
served "and not any more"

# Somebody else claims it.
before=$(counter A contested)
vipsum() { on C python3 -c '
import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
mac = bytes.fromhex("020000000099")
a = socket.inet_pton(socket.AF_INET6, "2001:db8::100")
d = socket.inet_pton(socket.AF_INET6, "ff02::1")
na = struct.pack("!BBHI", 136, 0, 0, 0x20000000) + a + b"\2\1" + mac
p = a + d + struct.pack("!II", len(na), 58) + na
t = sum(struct.unpack("!%dH" % (len(p) // 2), p))
while t >> 16: t = (t & 0xffff) + (t >> 16)
na = na[:2] + struct.pack("!H", ~t & 0xffff) + na[4:]
s.send(bytes.fromhex("333300000001") + mac + b"\x86\xdd" +
       struct.pack("!IHBB", 6 << 28, len(na), 58, int(sys.argv[1])) + a + d + na)' "$1"; }
vipsum 254
is $(($(counter A contested) - before)) 0 "a claim that has come through a router is none"
contested=$(now)
vipsum 255
is $(($(counter A contested) - before)) 1 "a claim to the address is counted"
sleep 1
contested_to=$(now)
is "$(lladdr C $vip dev eth0)" $vmac \
	"and contradicted at once"

# Membership, whoever is MASTER and whatever the interface does
groups() { ip -n "$1" -6 maddr show dev eth0 | sed -n 's/.*inet6 \(ff02[^ ]*\).*/\1/p' | sort; }
has_group() { groups "$1" | grep -qx "$2"; }
for host in A B; do
	wait_ok 1 "$host is in ff02::12" has_group $host ff02::12
	wait_ok 1 "$host is in the group of the address" has_group $host ff02::1:ff00:100
done
ip -n B link set carp0 down
has_group B ff02::1:ff00:100
ok $? "also with the interface down"
ip -n B link set eth0 mtu 1200
ip -n B link set eth0 mtu 1500
wait_ok 1 "the carrier's IPv6 state was made anew: in ff02::12" has_group B ff02::12
# The interface follows the carrier, and IPv6 does not work with less than 1280.
is "$(ip -n B -6 addr show dev carp0)" "" "the address has gone with the MTU"
vip B $vip/64
wait_ok 1 "given again: in its group" has_group B ff02::1:ff00:100
is "$(ip -n B -6 -j addr show dev carp0 | jq '[.[].addr_info[]] | length')" 1 \
	"and no other address was made"
ip -n B link set carp0 up
ip -n B addr del $vip/64 dev carp0
no_group() { ! has_group B ff02::1:ff00:100; }
wait_ok 1 "left with the address" no_group
ip -n B link del carp0
no_group() { ! has_group B ff02::12; }
wait_ok 1 "and with the interface" no_group

ip -n A link set carp0 down
silent "admin down"
ip -n A link del carp0
silent "deleted"

judge
unit=1
! is_slow || unit=50
for host in A B; do
	master=$(moves $host | awk '$3 == "MASTER" { print $1; exit }')
	frames $host -tt "ether src $vmac and ip6 and dst host ff02::1 and
		ip6[40] = 136" |
		awk -v master="$master" -v unit=$unit '
			{ ms = ($1 * 1e6 - master) / 1e3 }
			ms >= -1 && ms < 3900 { printf "%d ", int(ms / unit + 0.5) * unit }' \
		>"$OUT/na.$host"
done
is "$(<"$OUT/na.A")" "0 1000 3000 " "A announced the address at 0, 1 and 3 s"
is "$(<"$OUT/na.B")" "0 1000 3000 " "so did B, when it took over"
flags() { during "$1" "$2" "$3" -v "ether src $vmac and dst host ff02::1 and ip6[40] = 136" |
	sed -n 's/.*Flags \[\(.*\)\].*/\1/p' | sort -u; }
frames_v() { frames "$1" -v "ether src $vmac and dst host ff02::1 and ip6[40] = 136"; }
like "$(frames_v A | xargs)" "hlim 255.* $vip > ff02::1: .*tgt is $vip, Flags \[override\].*destination link-address option \(2\), length 8 \(1\): $vmac" \
	"override, with the virtual MAC"
like "$(frames_v B | xargs)" "Flags \[router, override\]" "the one that forwards says so"
unlike "$(frames_v A | xargs)" "router" "and the other does not"
isnt "$(during "$contested" "$contested_to" A "ether src $vmac and dst host ff02::1 and ip6[40] = 136" | wc -l)" \
	0 "the contradiction"
is "$(frames A "ether src $vmac and ip6 and (ip6[40] = 133 or ip6[40] = 143)" | wc -l)" 0 \
	"no router solicitation from the virtual MAC" || frames A "ether src $vmac and ip6 and (ip6[40] = 133 or ip6[40] = 143)" | head
done_testing
