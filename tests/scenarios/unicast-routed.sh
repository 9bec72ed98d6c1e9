#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# Peers on two segments with a router between them, which may be told apart
# from the segment by the TTL alone; and a carrier in a VRF.
#
#	A:eth0 192.0.2.1 ---+             R:eth1 198.51.100.3 ---+
#	R:eth0 192.0.2.2 ---+--- SW:br0   B:eth1 198.51.100.4 ---+--- SW:br1
#	C:eth0 192.0.2.3 ---+

. "${0%/*}/../lib/lib.sh"

segment A R C
foreign R
foreign C
ip netns add B
nic R eth1 br1
nic B eth1 br1
ip -n B link set lo up
ip -n R addr add 198.51.100.3/24 dev eth1
ip -n B addr add 198.51.100.4/24 dev eth1
on R sysctl -qw net.ipv4.ip_forward=1
ip -n A route add 198.51.100.0/24 via 192.0.2.2
ip -n B route add 192.0.2.0/24 via 198.51.100.3

# Nothing leads to a peer by another device.
carp A vhid 1 pass secret preempt on peer 198.51.100.4
ip -n B link add carp0 link eth1 type carp vhid 1 pass secret advskew 100 \
	peer 192.0.2.1
for host in A B; do
	vip $host 203.0.113.100/32
	up $host
done
wait_state B MASTER 5
is "$(masters A B)" "A B" "through a router: not believed by default"
ip -n B link set carp0 down
tally B >/dev/null
up B
sleep 2
like "$(tally B)" "^ipackets=([123]) badttl=\1$" "but counted as badttl"

ip -n B link set carp0 type carp minttl 255
sleep 2
like "$(tally B)" "badttl" "minttl 255 is the default"
wait_state B MASTER 5
ip -n B link set carp0 type carp minttl 254
wait_state B BACKUP 3
unlike "$(tally A)" "badpeer" "A has no reason to complain"
is "$(masters A B)" A "minttl 254: B believes A"
tally B >/dev/null
sleep 3
like "$(tally B)" "^ipackets=[34]$" "every one is good"
ip -n A link set carp0 type carp minttl 1
cut A
wait_state B MASTER 5
pass "A is cut off: B takes over"
join A
wait_state B BACKUP 5
is "$(masters A B)" A "and gives way when it is back"

# Of what comes through a router only what comes from a peer is looked at.
tally B >/dev/null
mac=$(mac B eth1)
forge() {
	inject R:eth1 --carp -c 3 -i 0 dst=198.51.100.4 "dmac=$mac" "$@" >/dev/null
	tally B | tr ' ' '\n' | grep -v ipackets | tr '\n' ' '
}
is "$(forge ttl=254 src=192.0.2.9 pass=other)" "badpeer=3 " "from another host, through a router: badpeer"
is "$(forge ttl=254 src=192.0.2.1 pass=other vips=203.0.113.100)" "badauth=3 " "from the peer: badauth"
is "$(forge ttl=253 src=192.0.2.1 pass=other)" "badttl=3 " "from too far: badttl"
is "$(forge ttl=255 src=198.51.100.9 pass=other vips=203.0.113.100)" "badauth=3 " "from another host on the segment: badauth"
is "$(masters A B)" A "none of them had an effect"

# A planned handover, through the router.
ip -n A link set carp0 type carp state backup
is_state A BACKUP "A bows out"
wait_state B MASTER 1
wait_state A MASTER 10
wait_state B BACKUP 2

# A way that is lost is noticed.
ip -n A route del 198.51.100.0/24
wait_state B MASTER 5
wait_state A BACKUP 10
ip -n A route add 198.51.100.0/24 via 192.0.2.2
# It is not trusted at once.
wait_state A MASTER 100
wait_state B BACKUP 5

# One that only a rule for the host's own packets leads to
ip -n A rule add iif lo lookup 77
ip -n A route add 198.51.100.0/24 via 192.0.2.2 table 77
ip -n A route del 198.51.100.0/24
before=$(counter A oerrors)
sleep 5
is "$(counter A oerrors)" "$before" "a rule for the host's own packets is obeyed"
is "$(masters A B)" A "and there is one MASTER"
ip -n A route add 198.51.100.0/24 via 192.0.2.2
ip -n A rule del iif lo lookup 77

# The carriers in VRFs.
for host in A:eth0 B:eth1; do
	ip -n ${host%:*} link add red type vrf table 10
	ip -n ${host%:*} link set red up
	ip -n ${host%:*} link set ${host#*:} master red
done
ip -n A route add vrf red 198.51.100.0/24 via 192.0.2.2
ip -n B route add vrf red 192.0.2.0/24 via 198.51.100.3
sleep 5
is "$(masters A B)" A "carriers in a VRF: one master"
tally B >/dev/null
sleep 3
like "$(tally B)" "^ipackets=[34]$" "advertisements to the VRF are heard"
cut A
wait_state B MASTER 5
join A
wait_state B BACKUP 5
pass "and a takeover and its end"

# The group, in a VRF.
ip -n B link del carp0
carp R vhid 1 pass secret advskew 100
ip -n R addr add 203.0.113.100/32 dev carp0
up R
ip -n R link add red type vrf table 10
ip -n R link set red up
ip -n R link set eth0 master red
ip -n A link set carp0 type carp peer none
wait_state R BACKUP 5
tally R >/dev/null
sleep 3
like "$(tally R)" "^ipackets=[34]$" "the group's advertisements in a VRF are heard"
is "$(masters A R)" A "one master"
cut A
wait_state R MASTER 5
join A
wait_state R BACKUP 5
finish
