#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# options: --leaks
# long-timeout: 1500
# debug: long
#
# What makes no sense is refused, with a sentence, at the right attribute, and
# changes nothing.
#
#	A:eth0 ---+--- SW
#	A:eth1 ---+
#	B:eth0 ---+
#
# shellcheck disable=SC2317 # commands are functions that others call

. "${0%/*}/../lib/lib.sh"

NO_RECORD=1 segment A B
nic A eth1
rtnl() { on A python3 "${0%/*}/../lib/rtnl.py" "$@"; }

everything() {
	ip -n A -d -j link
	ip -n A -4 -j addr
	ip -n A -4 -j route show table all
	ip -n A -j maddr
	ip -n A -6 -j addr show dev carp0
	# sysctl would read all there are.
	on A grep -r . /proc/sys/net/carp /proc/sys/net/ipv4/conf/carp0
	ip -n B -j link
}
unchanged() {
	local now status=0
	now=$(everything 2>&1)
	[[ $now == "$snapshot" ]] || status=1
	ok $status "$1" || diag "$(diff <(echo "$snapshot" | tr , '\n') \
		<(echo "$now" | tr , '\n') | head -n 20)"
}

# refused NAME SENTENCE COMMAND...
refused() {
	local name=$1 sentence=$2 output status=0
	shift 2
	output=$("$@" 2>&1) && status=1
	ok $status "$name: refused" || diag "\$ $*"
	like "$output" "$sentence" "$name: and told why"
	unchanged "$name: nothing has changed"
}
# At which attribute. The core's validation names it, too.
blamed() {
	local name=$1 attr=$2 output
	shift 2
	output=$(rtnl "$@")
	like "$output" "^error=[1-9][0-9]* blames=$attr text=." "$name: blames $attr"
}
add() { ip -n A link add carp9 link eth0 type carp "$@"; }
on_device() { ip -n A link add carp9 link "$1" type carp vhid 9; }

carp A vhid 1 advskew 7 pass topsecretword
ip -n A addr add 192.0.2.100/24 dev carp0
snapshot=$(everything)

# Numbers
refused "vhid 0" "carp: vhid 0 .*1 to 255" add vhid 0
blamed "vhid 0" vhid add carp9 link=eth0 vhid=0
refused "no vhid" "carp: which virtual host.*vhid" add advskew 1
refused "no options" "carp: which virtual host.*vhid" add
refused "vhid 256" "vhid must be a number, 1..255" add vhid 256
refused "advskew 255" "carp: advskew 255 .*0 to 254" add vhid 9 advskew 255
blamed "advskew 255" advskew add carp9 link=eth0 vhid=9 advskew=255
# The kernel warned when it was to say what this must be.
for word in vhid advbase advskew state preempt preempt_delay minttl deliver \
	broadcast link_delay announce_interval lladdr; do
	blamed "$word of no bytes" $word set carp0 $word=0x
done
refused "advskew 256" "advskew must be a number, 0..254" add vhid 9 advskew 256
refused "advbase 255" "carp: advbase 255 .*0 to 254" add vhid 9 advbase 255
blamed "advbase 255" advbase add carp9 link=eth0 vhid=9 advbase=255
refused "advbase -1" "advbase must be a number" add vhid 9 advbase -1
refused "advskew 255, later" "carp: advskew 255" ip -n A link set carp0 type carp advskew 255
refused "a good value beside a bad one" "carp: advbase 255" \
	ip -n A link set carp0 type carp advskew 9 advbase 255
refused "an unknown state" "state must be" add vhid 9 state leader
blamed "state 3" state add carp9 link=eth0 vhid=9 state=3
refused "an unknown rule of preemption" "preempt must be" add vhid 9 preempt maybe
refused "preempt 3" "carp: there is no such rule of preemption.*on, off or default" \
	rtnl set carp0 preempt=3
blamed "preempt 3" preempt set carp0 preempt=3
refused "preempt-delay 3601" "carp: preempt-delay .*0 to 3600" \
	add vhid 9 preempt-delay 3601
refused "preempt-delay 3601, later" "carp: preempt-delay .*0 to 3600" \
	ip -n A link set carp0 type carp preempt on preempt-delay 3601
blamed "preempt-delay 3601" preempt_delay set carp0 preempt_delay=3601
refused "preempt-delay for ever" "carp: preempt-delay .*0 to 3600" \
	ip -n A link set carp0 type carp preempt-delay 4294967295

refused "deliver 3" "carp: .* auto, lower or self" rtnl set carp0 deliver=3
blamed "deliver 3" deliver set carp0 deliver=3
refused "broadcast 2" "carp: .* on or off" rtnl set carp0 broadcast=2
blamed "broadcast 2" broadcast set carp0 broadcast=2
refused "link-delay 3601" "carp: link-delay .*0 to 3600" add vhid 9 link-delay 3601
blamed "link-delay 3601" link_delay set carp0 link_delay=3601
refused "announce-interval 1001" "carp: .*0 to 1000" \
	ip -n A link set carp0 type carp announce-interval 1001
blamed "announce-interval 1001" announce_interval set carp0 announce_interval=1001
refused "lladdr 2" "carp: .* virtual or lower" rtnl set carp0 lladdr=2
blamed "lladdr 2" lladdr set carp0 lladdr=2
on A sysctl -qw net.carp.allow=0
ip -n A link set carp0 up
snapshot=$(everything)
refused "another MAC while up" "carp: .* set it down before" \
	ip -n A link set carp0 type carp link-delay 9 lladdr lower
blamed "another MAC while up" lladdr set carp0 lladdr=1
run_ok "the same MAC while up" ip -n A link set carp0 type carp lladdr virtual
ip -n A link set carp0 down
on A sysctl -qw net.carp.allow=1
snapshot=$(everything)

# A lower device is for life. ip itself leaves "link" out of a change.
refused "another lower device" "carp: the lower device .*delete it and add" \
	rtnl set carp0 link=eth1 advskew=9
blamed "another lower device" link set carp0 link=eth1 advskew=9
run_ok "the same lower device" rtnl set carp0 link=eth0
refused "broadcast on, deliver lower" "carp: .*deliver auto or self" \
	add vhid 9 broadcast on deliver lower
blamed "broadcast on, deliver lower" broadcast set carp0 broadcast=1 deliver=1

# At the lower device's MAC: no shared address, no arpbalance, in either order.
ip -n A link add carp7 link eth0 type carp vhid 7
ip -n A link add carp8 link eth0 type carp vhid 8 lladdr lower
ip -n A addr add 192.0.2.107/24 dev carp7
ip -n A addr add 2001:db8::107/64 dev carp7
snapshot=$(everything)
refused "an address shared with one at lladdr virtual" "carp: another vhid has this address.*lladdr virtual" \
	ip -n A addr add 192.0.2.107/24 dev carp8
refused "over IPv6" "carp: another vhid has this address.*lladdr virtual" \
	ip -n A addr add 2001:db8::107/64 dev carp8
refused "arpbalance beside lladdr lower" "net.carp.arpbalance" \
	on A sysctl -w net.carp.arpbalance=1
is "$(on A sysctl -n net.carp.arpbalance)" 0 "it is as it was"
refused "a MAC of one's own beside lladdr lower" "carp: with lladdr lower the MAC is that of the lower device" \
	ip -n A link set carp8 address 02:00:00:00:00:01
ip -n A link set carp8 type carp lladdr virtual
ip -n A addr add 192.0.2.107/24 dev carp8
snapshot=$(everything)
refused "lladdr lower with a shared address" "carp: another vhid shares an address" \
	ip -n A link set carp8 type carp lladdr lower
blamed "lladdr lower with a shared address" lladdr set carp8 lladdr=1
ip -n A addr del 192.0.2.107/24 dev carp8
on A sysctl -qw net.carp.arpbalance=1
snapshot=$(everything)
refused "lladdr lower with arpbalance" "carp: net.carp.arpbalance needs a virtual MAC" \
	ip -n A link set carp8 type carp lladdr lower
blamed "lladdr lower with arpbalance" lladdr set carp8 lladdr=1
refused "and of a new interface" "carp: net.carp.arpbalance needs a virtual MAC" \
	add vhid 9 lladdr lower
on A sysctl -qw net.carp.arpbalance=0
ip -n A link del carp7
ip -n A link del carp8
snapshot=$(everything)

# Peers
many() { printf 0x; seq -f "c000%04g" 1 "$1" | tr -d "\n"; }
ip -n A addr add 192.0.2.200/24 dev eth1
ip -n A addr add 2001:db8::7/64 dev eth0 nodad
snapshot=$(everything)
refused "no address" "peer must be IPv4 addresses" add vhid 9 peer example
while read -r addr sentence; do
	refused "peer $addr" "carp: $sentence" add vhid 9 peer "$addr"
	refused "peer $addr, later" "carp: $sentence" \
		ip -n A link set carp0 type carp advskew 9 peer "$addr"
done <<'PEERS'
0.0.0.0 0.0.0.0 is no host
127.0.0.1 a loopback address
127.1.2.3 a loopback address
255.255.255.255 a broadcast address
192.0.2.255 a broadcast address
224.0.0.18 a group is no peer.*none
239.1.2.3 a group is no peer.*none
192.0.2.1 .*this one's
192.0.2.200 .*this one's
192.0.2.100 a virtual address
192.0.2.2,192.0.2.2 .*twice
192.0.2.2,0.0.0.0 0.0.0.0 is no host
PEERS
blamed "a group as a peer" peer add carp9 link=eth0 vhid=9 peer=0xe0000012
blamed "the own address as a peer" peer add carp9 link=eth0 vhid=9 peer=0xc0000201
blamed "the own address as a peer, later" peer set carp0 peer=0xc0000201
blamed "half an address" peer set carp0 peer=0xc000
blamed "an address and a half" peer set carp0 peer=0xc0000202c000
blamed "33 peers" peer set carp0 peer="$(many 33)"
refused "33 peers" "carp: more than 32 peers" \
	rtnl set carp0 peer="$(many 33)"
while read -r addr sentence; do
	refused "peer6 $addr" "carp: $sentence" add vhid 9 peer6 "$addr"
done <<'PEERS6'
:: :: is no host
::1 the loopback address
ff02::12 a group is no peer.*none
ff05::1 a group is no peer.*none
::ffff:192.0.2.2 an IPv4 address
2001:db8::7 .*this one's
2001:db8::2,2001:db8::2 .*twice
PEERS6
blamed "a group as a peer6" peer6 set carp0 peer6=0xff020000000000000000000000000012
blamed "an IPv4 address as a peer6" peer6 set carp0 peer6=0xc0000202
refused "minttl 0" "carp: nothing arrives with a TTL of 0.*1 to 255" add vhid 9 minttl 0
blamed "minttl 0" minttl set carp0 minttl=0
refused "minttl 256" "minttl must be a number, 1..255" add vhid 9 minttl 256
ip -n A addr del 192.0.2.200/24 dev eth1
ip -n A addr del 2001:db8::7/64 dev eth0
for addr in 192.0.2.224 192.0.2.239 223.255.255.254 240.0.0.1; do
	run_ok "$addr is a peer" add vhid 9 peer $addr
	ip -n A link del carp9
done
run_ok "32 peers" rtnl add carp9 link=eth0 vhid=9 peer="$(many 32)" \
	peer6="0x$(seq -f "fe8%029g" 1 32 | tr -d '\n')"
before=$(ip -n A -d link show carp9 | tail -n 1)
run_ok "what was reported makes another one" rtnl copy carp9
is "$(ip -n A -d link show carp9 | tail -n 1)" "$before" \
	"the same, with 32 peers"
ip -n A link del carp9
snapshot=$(everything)

refused "an unknown option" "carp has no option" add vhid 9 color red

# Secrets
refused "a word of 20 characters" "longer than 19 bytes.*BSD" add vhid 9 pass 12345678901234567890
refused "39 digits" "exactly 40 hexadecimal digits" \
	add vhid 9 key 0123456789012345678901234567890123456ab
refused "bad digits" "exactly 40 hexadecimal digits" \
	add vhid 9 key 012345678901234567890123456789012345678x
long=0x$(printf '61%.0s' {1..21})
blamed "a key of 21 bytes" key add carp9 link=eth0 vhid=9 key="$long"
blamed "a key of 21 bytes, later" key set carp0 key="$long"
unchanged "nothing has changed"

# Carriers
refused "no carrier" "carp: on which device.*link DEVICE" \
	ip -n A link add carp9 type carp vhid 9
refused "a carrier that does not exist" "carp: the carrier does not exist" \
	rtnl add carp9 link=4711 vhid=9
blamed "a carrier that does not exist" link add carp9 link=4711 vhid=9
refused "loopback" "carp: the loopback device" on_device lo
blamed "loopback" link add carp9 link=lo vhid=9
refused "carp on carp" "carp: a carp interface cannot carry" on_device carp0
refused "carrier in another namespace" "carp: the carrier is in another network namespace" \
	ip -n A link add carp9 netns B link eth0 type carp vhid 9
refused "an interface for another namespace" "carp: the carrier is in another network namespace" \
	ip -n A link add carp9 link-netns B link eth0 type carp vhid 9
ip -n A link add gone type dummy
gone=$(on_sys A cat /sys/class/net/gone/ifindex)
ip -n A link del gone
refused "a carrier that is gone" "carp: the carrier does not exist" \
	rtnl add carp9 link="$gone" vhid=9
refused "the same vhid" "carp: this vhid is in use on this carrier" add vhid 1
blamed "the same vhid" vhid add carp9 link=eth0 vhid=1

# device NAME SENTENCE DEVICE: one that was made for this
device() {
	local name=$1 sentence=$2 dev=$3
	snapshot=$(everything)
	refused "$name" "$sentence" on_device "$dev"
	blamed "$name" link add carp9 link="$dev" vhid=9
}
modprobe tun
mkdir -p /dev/net
[[ -e /dev/net/tun ]] || mknod /dev/net/tun c 10 200
on A ip tuntap add tun9 mode tun
device "tun, not Ethernet" "carp: the carrier must be an Ethernet-like" tun9
ip -n A link del tun9
ip -n A link add ipvlan9 link eth1 type ipvlan
device "ipvlan" "carp: an ipvlan never receives the virtual MAC" ipvlan9
ip -n A link del ipvlan9
ip -n A link add vrf9 type vrf table 9
device "a VRF" "carp: the carrier does not let its frames be handled" vrf9
ip -n A link del vrf9
ip -n A link add macvlan9 link eth1 type macvlan mode bridge
device "macvlan in mode bridge" "carp: a macvlan .*passthru" macvlan9
device "its lower device" "carp: another user.*takes the frames" eth1
ip -n A link del macvlan9
ip -n A link add macvlan9 link eth1 type macvlan mode passthru
run_ok "macvlan in mode passthru carries" on_device macvlan9
ip -n A link del carp9
ip -n A link del macvlan9
ip -n A link add br9 type bridge
ip -n A link set eth1 master br9
device "a port of a bridge" "carp: another user.*takes the frames" eth1
run_ok "the bridge itself carries" on_device br9
ip -n A link del carp9
ip -n A link del br9
ip -n A link set eth1 down
ip -n A link add bond9 type bond
ip -n A link set eth1 master bond9
device "a member of a bond" "carp: another user.*takes the frames" eth1
run_ok "the bond itself carries" on_device bond9
ip -n A link del carp9
ip -n A link set eth1 nomaster
ip -n A link del bond9
ip -n A link set eth1 up
on A sysctl -qw net.ipv6.conf.eth1.disable_ipv6=1
snapshot=$(everything)

# What cannot be changed
refused "a MAC in the beginning" "carp: the MAC is 00:00:5e:00:01:VHID" \
	ip -n A link add carp9 address 02:00:00:00:00:09 link eth0 type carp vhid 9
blamed "a MAC in the beginning" mac add carp9 mac=02:00:00:00:00:09 link=eth0 vhid=9
refused "another MAC" "carp: the MAC is 00:00:5e:00:01:VHID" \
	ip -n A link set carp0 address 02:00:00:00:00:09
refused "another vhid" "carp: the vhid makes the interface" \
	ip -n A link set carp0 type carp vhid 2
blamed "another vhid" vhid set carp0 vhid=2
run_ok "the same vhid again is no change" ip -n A link set carp0 type carp vhid 1
refused "an MTU above the carrier's" "mtu|MTU" ip -n A link set carp0 mtu 1501
refused "an MTU above the carrier's, in the beginning" "carp: the mtu is greater than the carrier's" \
	ip -n A link add carp9 mtu 1501 link eth0 type carp vhid 9
blamed "an MTU above the carrier's" mtu add carp9 mtu=1501 link=eth0 vhid=9
for name in all default; do
	refused "the name $name" "carp: .* of this name.*choose another" \
		ip -n A link add name $name link eth0 type carp vhid 9
done
run_ok "a smaller MTU" ip -n A link set carp0 mtu 1400
run_ok "the carrier's MTU" ip -n A link set carp0 mtu 1500
# 6.1 and 6.12 have no sentence for what may not move: the core refuses it.
refused "another namespace" "Invalid argument|netns" ip -n A link set carp0 netns B
ip -n A link add br9 type bridge
ip -n A link add bond9 type bond
snapshot=$(everything)
refused "a bridge port" "carp: a carp interface cannot be a port" \
	ip -n A link set carp0 master br9
# The bond takes a MAC of its own, and opens and closes what it cannot have.
ip -n A link del br9
before=$(ip -n A -d link show carp0 | sed 's/qdisc [a-z]*//')
output=$(ip -n A link set carp0 master bond9 2>&1) && fail "a bond member: refused"
like "$output" "carp: a carp interface cannot be a port|carp: the MAC is" \
	"a bond member: and told why"
is "$(ip -n A -d link show carp0 | sed 's/qdisc [a-z]*//')" "$before" \
	"a bond member: nothing has changed"
ip -n A link del bond9
snapshot=$(everything)

# State
refused "MASTER in INIT" "carp: in INIT there is nothing to force" \
	ip -n A link set carp0 type carp state master
refused "BACKUP in INIT, with a good value" "carp: in INIT there is nothing to force" \
	ip -n A link set carp0 type carp advskew 9 state backup
blamed "MASTER in INIT" state set carp0 state=2
refused "MASTER in INIT, with a key" "carp: in INIT there is nothing to force" \
	ip -n A link set carp0 type carp pass other state master
ip -n A link set carp0 up
wait_state A MASTER
# Set by work, a moment later.
is_up() { [[ $(on_sys A cat /sys/class/net/carp0/operstate) == up ]]; }
wait_ok 2 "operstate up" is_up
snapshot=$(everything)
refused "INIT, in MASTER" "carp: INIT cannot be forced" \
	ip -n A link set carp0 type carp state init
ip -n A link set carp0 down
snapshot=$(everything)

# Addresses
for addr in 224.0.0.5/24 239.1.2.3/32 127.0.0.1/8 255.255.255.255/32; do
	refused "$addr" "carp: a multicast, broadcast or loopback address" \
		ip -n A addr add $addr dev carp0
done
# The kernel itself refuses ff02::5 and ::1 before carp is asked.
for addr in ff02::5/128 ::1/128; do
	refused $addr "Cannot assign|Invalid|not permitted|Cannot" \
		ip -n A addr add $addr dev carp0
done
refused "a multicast address that is joined, too" "carp: a multicast or loopback" \
	ip -n A addr add ff02::5/128 dev carp0 autojoin
refused "an IPv4-mapped address" "carp: an IPv4-mapped" \
	ip -n A addr add ::ffff:192.0.2.100/128 dev carp0
refused "the same address again" "exists|assigned" ip -n A addr add 192.0.2.100/24 dev carp0

# Addresses of peers, whichever comes first
ip -n A addr add 2001:db8::100/64 dev carp0
ip -n A addr add fe80::100/64 dev carp0
ip -n A link add carp8 link eth0 type carp vhid 8
ip -n A link set carp8 type carp peer 192.0.2.2,192.0.2.101 \
	peer6 2001:db8::2,fe80::2
snapshot=$(everything)
for dev in carp0 carp8; do
	for addr in 192.0.2.2/24 192.0.2.101/32 2001:db8::2/64 fe80::2/64; do
		refused "a peer's address, $addr on $dev" "carp: this is the address of a peer.*another" \
			ip -n A addr add $addr dev $dev
	done
	blamed "a virtual address as a peer of $dev" peer set $dev peer=0xc0000264
	for addr in 20010db8000000000000000000000100 fe800000000000000000000000000100; do
		blamed "a virtual address as a peer6 of $dev" peer6 set $dev peer6=0x$addr
	done
done
refused "a virtual address as a peer" "carp: a virtual address is no peer" \
	ip -n A link set carp8 type carp peer 192.0.2.2,192.0.2.100
refused "a virtual address as a peer6" "carp: a virtual address is no peer" \
	ip -n A link set carp8 type carp peer6 2001:db8::100
unchanged "after all of that nothing has changed"
ip -n A link add carp9 link eth1 type carp vhid 9
run_ok "a link-local address is another one on another carrier" \
	ip -n A addr add fe80::2/64 dev carp9
ip -n A link del carp9
run_ok "no peer any more" ip -n A link set carp8 type carp peer none peer6 none
for addr in 192.0.2.2/24 2001:db8::2/64; do
	run_ok "$addr can be a virtual one" ip -n A addr add $addr dev carp8
done
ip -n A link del carp8
for addr in 2001:db8::100/64 fe80::100/64; do
	ip -n A addr del $addr dev carp0
done
snapshot=$(everything)

# Who may
as_nobody() {
	on A setpriv --reuid 65534 --regid 65534 --clear-groups \
		--inh-caps=-all --bounding-set=-all "$@"
}
refused "nobody adds" "Operation not permitted" \
	as_nobody ip link add carp9 link eth0 type carp vhid 9
refused "nobody changes" "Operation not permitted" \
	as_nobody ip link set carp0 type carp advskew 9
refused "nobody deletes" "Operation not permitted" as_nobody ip link del carp0
refused "nobody gives an address" "Operation not permitted" \
	as_nobody ip addr add 192.0.2.9/24 dev carp0
refused "nobody sets a sysctl" "[Pp]ermission denied" \
	as_nobody sysctl -w net.carp.preempt=1

# The root of a user namespace: all he wants in a network namespace of his own.
cat >"$OUT/inside" <<'INSIDE'
set -e
ip link add eth0 type veth peer name eth0p
ip link set eth0 up
ip link set eth0p up
sysctl -w net.carp.preempt=1 net.carp.log=0
ip link add carp0 link eth0 type carp vhid 1 pass other
ip addr add 192.0.2.100/24 dev carp0
ip link set carp0 up
for _ in $(seq 600); do
	sleep 0.01
	ip -d link show carp0 | grep -q MASTER && break
done
ip -d link show carp0 | grep -q MASTER
sysctl -n net.carp.preempt
ip link del carp0
! nsenter --net=/run/netns/A ip link del carp0
INSIDE
chmod 755 "$OUT" "$OUT/inside"
sysctl -qw kernel.unprivileged_userns_clone=1
inside=$(setpriv --reuid 65534 --regid 65534 --clear-groups \
	unshare -Urn bash "$OUT/inside" 2>&1)
ok $? "root of a user namespace has carp in his own network namespace" || diag "$inside"
unchanged "and not elsewhere"
is "$(sysctl -n net.carp.preempt) $(sysctl -n net.carp.log)" "0 1" \
	"the sysctls are those of his namespace"

# No more addresses than the digest of both ends has room for.
for n in 4 6; do
	ip -n A link add carp2 link eth0 type carp vhid 3
	for ((i = 0; i < 256; i++)); do
		((n == 4)) && echo "addr add 10.7.$((i / 128)).$((i % 128 + 1))/32 dev carp2"
		((n == 6)) && printf 'addr add 2001:db8:7::%x/128 dev carp2\n' $((i + 1))
	done >"$OUT/batch"
	run_ok "256 addresses" ip -n A -batch "$OUT/batch"
	addr=10.7.9.1/32
	((n == 4)) || addr=2001:db8:7::999/128
	like "$(ip -n A addr add $addr dev carp2 2>&1)" \
		"carp: an interface takes at most 256 virtual addresses.*another vhid" \
		"and not one more"
	is "$(ip -n A -$n -o addr show dev carp2 | wc -l)" 256 "which changes nothing"
	ip -n A link del carp2
done

# Secrets do not come out again.
run_ok "a key in hex" ip -n A link set carp0 type carp \
	key 6b65796279746573313233343536373839303031
ip -n A link add carp1 link eth0 type carp vhid 2 pass topsecretword
rtnl dump >"$OUT/dump"
ok $(($(wc -c <"$OUT/dump") < 2000)) "the dump is one"
has_secret() { grep -a -l -i -e topsecretword -e keybytes1234 -e 6b657962797465 "$@"; }
ip -n A -d link >"$OUT/ip"
ip -n A -d -j link >"$OUT/ip.json"
dmesg >"$OUT/log"
is "$(has_secret "$OUT"/dump "$OUT"/ip "$OUT"/ip.json "$OUT"/log)" "" \
	"neither words nor keys in dumps and log"
unlike "$(<"$OUT/ip.json")" "pass|key" "not even that there is one"
logged "topsecretword|keybytes" 0
finish
