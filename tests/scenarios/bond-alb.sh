#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
#
# Bonds that put their members' MACs into what they send, balance-tlb and
# balance-alb: nowhere below an interface, however that would come about. That
# they do so is shown with another MAC that Linux has, a macvlan's.
#
#	A:bond0 (eth0, eth1) ---+--- SW (ports A, A2)
#	C:eth0 (client) --------+

. "${0%/*}/../lib/lib.sh"

# No interface of ours sends anything here.
NO_RECORD=1 segment A C
second A
modprobe bonding max_bonds=0
bare A
refusal="mode balance-tlb or balance-alb"
# bond MODE [OPTION...]: without members
bond() {
	ip -n A link add bond0 type bond mode "$@"
	ip -n A addr add 192.0.2.1/24 dev bond0
}
enslave() {
	local dev
	for dev in "$@"; do
		ip -n A link set "$dev" down
		ip -n A link set "$dev" master bond0 || return
	done
	ip -n A link set bond0 up
}
# refused NAME COMMAND...
refused() {
	local name=$1 said
	shift
	said=$("$@" 2>&1) && said="accepted: $said"
	like "$said" "^Error: carp: a bond in $refusal" "$name"
}
links() { ip -n A -j link | jq -c '[.[] | [.ifname, .master, .link]] | sort'; }

# What a bond does to another MAC that is on it. The hash of balance-tlb without
# loads is that of addresses.
vmac=02:00:00:00:00:01
for mode in "balance-tlb tlb_dynamic_lb 0 xmit_hash_policy layer3+4" active-backup; do
	# shellcheck disable=SC2086 # words
	bond $mode miimon 50
	enslave eth0 eth1
	ip -n A link add mv0 link bond0 address $vmac type macvlan mode bridge
	ip -n A addr add 192.0.2.100/24 dev mv0
	ip -n A link set mv0 up
	sleep 0.5
	for port in A A2; do
		on SW tcpdump -Z root -l -n -e -Q in -i $port udp >"$OUT/$port.${mode%% *}" \
			2>/dev/null &
	done
	sleep 0.5
	for ((i = 0; i < 8; i++)); do
		echo x | on A socat -u - UDP:192.0.2.2:900$i,bind=192.0.2.100,so-bindtodevice=mv0
	done
	sleep 1
	kill %% %- 2>/dev/null
	wait 2>/dev/null
	others=$(cat "$OUT"/A*."${mode%% *}" | grep -c -v " $vmac >")
	all=$(cat "$OUT"/A*."${mode%% *}" | wc -l)
	is "$all" 8 "${mode%% *}: all are sent"
	if [[ $mode == balance* ]]; then
		within "$others" 1 7 "${mode%% *}: some with a member's MAC"
	else
		is "$others" 0 "${mode%% *}: all with their own MAC"
	fi
	ip -n A link del mv0
	ip -n A link del bond0
done

for mode in balance-tlb balance-alb; do
	bond $mode miimon 50
	before=$(links)
	refused "$mode: no interface on it" \
		ip -n A link add carp0 link bond0 type carp vhid 1
	is "$(links)" "$before" "$mode: and nothing is changed"
	enslave eth0
	refused "$mode: nor with a member" \
		ip -n A link add carp0 link bond0 type carp vhid 1
	ip -n A link add bond0.5 link bond0 type vlan id 5
	refused "$mode: nor on a VLAN of it" \
		ip -n A link add carp0 link bond0.5 type carp vhid 1
	ip -n A link add br1 type bridge
	ip -n A link add carp0 link br1 type carp vhid 1
	before=$(links)
	refused "$mode: nor under a bridge that has one" \
		ip -n A link set bond0 master br1
	is "$(links)" "$before" "$mode: and nothing is changed"
	ip -n A link del carp0
	run_ok "$mode: but under a bridge that has none" \
		ip -n A link set bond0 master br1
	refused "$mode: nor on that bridge" \
		ip -n A link add carp0 link br1 type carp vhid 1
	ip -n A link del br1
	ip -n A link del bond0
done

# The mode of a bond without members changes unasked, and then it gets none.
for mode in balance-tlb balance-alb; do
	for over in bond0 bond0.5; do
		bond active-backup miimon 50
		[[ $over == bond0 ]] ||
			ip -n A link add $over link bond0 type vlan id 5
		ip -n A link add carp0 link $over type carp vhid 1
		run_ok "to $mode below an interface on $over" \
			ip -n A link set bond0 type bond mode $mode
		before=$(links)
		ip -n A link set eth0 down
		refused "but it gets no member" ip -n A link set eth0 master bond0
		is "$(links)" "$before" "and nothing is changed"
		ip -n A link del carp0
		run_ok "without the interface it does" enslave eth0
		ip -n A link del bond0
		[[ $over == bond0 ]] || ip -n A link del $over 2>/dev/null
	done
done

# All other modes, with members.
for mode in balance-rr active-backup balance-xor broadcast 802.3ad; do
	bond $mode miimon 50
	enslave eth0 eth1
	run_ok "$mode: an interface on it" \
		ip -n A link add carp0 link bond0 type carp vhid 1
	run_ok "$mode: a member goes" ip -n A link set eth1 nomaster
	run_ok "$mode: and comes" enslave eth1
	ip -n A link del bond0
done
done_testing
