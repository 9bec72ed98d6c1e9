#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# The bridge of a hypervisor as lower device, with br_netfilter, which shows
# netfilter what is only bridged: what guests and the MASTER on another host say to
# each other passes a BACKUP unchanged.
#
#	A:eth0 (master) -------+--- SW
#	B:lan0 (eth0, L) ------+
#	L:eth0 (guest) --- B:lan0

. "${0%/*}/../lib/lib.sh"

segment A B
bare B
ip -n B link add lan0 type bridge
ip -n B link set eth0 master lan0
ip -n B link set lan0 up
ip -n B addr add 192.0.2.2/24 dev lan0
ip netns add L
ip link add eth0 netns L type veth peer name L netns B
ip -n B link set L master lan0 up
ip -n L addr add 192.0.2.9/24 dev eth0
ip -n L link set eth0 up
own6 A
ip -n B addr add 2001:db8::2/64 dev lan0 nodad
ip -n L addr add 2001:db8::9/64 dev eth0 nodad
modprobe br_netfilter
on B sysctl -qw net.bridge.bridge-nf-call-iptables=1 \
	net.bridge.bridge-nf-call-ip6tables=1 net.bridge.bridge-nf-call-arptables=1
# So that there is a hook to pass, without carp, too.
on B nft add table inet t
on B nft add chain inet t c '{ type filter hook postrouting priority 0; }'
on B nft add rule inet t c icmpv6 type '{' nd-neighbor-solicit, nd-neighbor-advert '}' counter

vmac=00:00:5e:00:01:01
ip -n A link add carp0 link eth0 type carp vhid 1 pass secret
ip -n B link add carp0 link lan0 type carp vhid 1 advskew 100 pass secret
for host in A B; do
	vip $host 192.0.2.100/24
	vip $host 2001:db8::100/64
	vip $host fe80::64/64
	up $host
done
wait_state A MASTER
wait_state B BACKUP

for to in 192.0.2.100 2001:db8::100 fe80::64%eth0; do
	on L ip neigh flush dev eth0
	on A ip neigh flush dev eth0
	run_ok "the guest reaches ${to%\%*}" on L ping -c 2 -i 0.2 -W 1 "$to"
	is "$(lladdr L "${to%\%*}")" $vmac "at the virtual MAC"
done

# The MASTER asks in the name of the address.
on L ip neigh flush dev eth0
on A ip neigh flush dev eth0
run_ok "the address reaches the guest" on A ping -c 2 -i 0.2 -W 1 -I 2001:db8::100 2001:db8::9
on A ip neigh flush dev eth0
run_ok "over IPv4, too" on A ping -c 2 -i 0.2 -W 1 -I 192.0.2.100 192.0.2.9
like "$(on B nft list chain inet t c)" "packets [1-9]" \
	"control: the bridge shows neighbour discovery to netfilter"
finish
