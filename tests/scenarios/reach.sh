#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
#
# A host that is not MASTER reaches the address at the MASTER, by ping and TCP,
# and the MASTER reaches it from the address; whatever rp_filter says, and
# whatever happens to routes and addresses meanwhile.
#
#	A:eth0 (192.0.2.1) ---+
#	B:eth0 (192.0.2.2) ---+--- SW	B:eth1 ---
#	C:eth0 (192.0.2.3) ---+

. "${0%/*}/../lib/lib.sh"

NO_RECORD=1 segment A B C
nic B eth1 br1
record A B C

for host in A B; do
	session serve $host 192.0.2.100 7 --name $host --freebind -b
	session serve $host 192.0.2.101 7 --name $host --freebind -b
done
session serve A 192.0.2.1 8 --name A -b
session serve B 192.0.2.2 8 --name B -b
own() { [[ $1 == A ]] && echo 192.0.2.1 || echo 192.0.2.2; }
who() { session talk "$1" "${2:-192.0.2.100}" 7 --timeout 2000 2>&1 | field peer; }

# reaches FROM MASTER WHEN: FROM reaches the address at MASTER, and is reached
# from it.
reaches() {
	local ttl
	ttl=$(on "$1" ping -c 1 -W 1 192.0.2.100 | sed -n 's/.* ttl=\([0-9]*\) .*/\1/p')
	is "$ttl" 64 "$3: $1 pings the address"
	is "$(who "$1")" "$2" "$3: TCP from $1 reaches $2"
	[[ $1 != "$2" ]] || return 0
	like "$(ip -n "$1" route get 192.0.2.100)" "dev eth0 " "$3: over the wire"
	run_ok "$3: $2 pings $1 from the address" \
		on "$2" ping -c 1 -W 1 -I 192.0.2.100 "$(own "$1")"
	like "$(session talk "$2" "$(own "$1")" 8 --from 192.0.2.100)" \
		"peer=$1 local=192.0.2.100" "$3: TCP from the address reaches $1"
}
roles() { reaches "$2" "$1" "$3"; reaches "$1" "$1" "$3"; }

# For all interfaces, of which ours counts too unless it is loose.
strict_later() {
	local host
	for host in A B; do
		is "$(on $host sysctl -n net.ipv4.conf.carp0.rp_filter)" 0 \
			"$host: as strict as the others"
		on $host sysctl -qw net.ipv4.conf.all.rp_filter=1
	done
	roles A B "strict from now on"
	is "$(on A sysctl -n net.ipv4.conf.carp0.rp_filter)" 0 "A: and nothing has changed that"
}

# rp_filter, set before creation
for rp in 0 1 2; do
	for host in A B; do
		on $host sysctl -qw net.ipv4.conf.all.rp_filter=$rp \
			net.ipv4.conf.default.rp_filter=$rp
	done
	pair pass secret
	roles A B "rp_filter $rp"
	((rp)) || strict_later
	[[ $rp == 2 ]] || ip -n A link del carp0
	[[ $rp == 2 ]] || ip -n B link del carp0
done

# A MASTER that has no other address than this asks from it, and asks again.
refreshes() {
	bare A
	run_ok "$1: without an address A reaches B" on A ping -c 1 -W 1 192.0.2.2
	ip -n A neigh change 192.0.2.2 dev carp0 nud probe
	sleep 5
	like "$(ip -n A neigh show 192.0.2.2 dev carp0)" REACHABLE \
		"$1: and B answers when it asks whether that is still right"
	ip -n A addr add 192.0.2.1/24 dev eth0
}

# And afterwards
for rp in 0 1; do
	for host in A B; do
		on $host sysctl -qw net.ipv4.conf.all.rp_filter=$rp \
			net.ipv4.conf.default.rp_filter=$rp \
			net.ipv4.conf.eth0.rp_filter=$rp
	done
	roles A B "rp_filter set to $rp"
	refreshes "rp_filter set to $rp"
done

# Takeover, both ways
cut A
wait_state B MASTER
reaches B B "B alone"
join A
wait_state B BACKUP
roles A B "B stepped down"
run_ok "A steps down" ip -n A link set carp0 type carp state backup
wait_state B MASTER
wait_state A BACKUP
roles B A "handover"
run_ok "and back" ip -n B link set carp0 type carp state backup
wait_state A MASTER
wait_state B BACKUP
roles A B "handover back"

# What the routing code does to routes on a BACKUP
vip B 192.0.2.101/24
vip A 192.0.2.101/24
roles A B "a second address"
is "$(who B 192.0.2.101)" A "the second address too"
like "$(ip -n B route show table local dev carp0)" "local 192.0.2.101" \
	"its local route was created"
run_ok "an address of the subnet for the carrier" ip -n B addr add 192.0.2.22/24 dev eth0
roles A B "a new address on the carrier"
ip -n B addr del 192.0.2.22/24 dev eth0
roles A B "taken away again"
vip B 198.51.100.100/24
vip A 198.51.100.100/24
like "$(ip -n B route show dev carp0)" "198.51.100.0/24" \
	"a subnet of its own: the connected route was created"
run_ok "a route in that subnet by another device" \
	ip -n B route add 198.51.100.128/25 dev eth1
run_ok "a route that prefers the address as source" \
	ip -n B route add 203.0.113.0/24 dev eth0 src 192.0.2.2
ip -n B route del 198.51.100.128/25 dev eth1
ip -n B link set carp0 arp off
roles A B "arp off"
ip -n B link set carp0 arp on
roles A B "arp on"
ip -n B link set carp0 down
is_state B INIT "carp0 down: INIT"
reaches B A "B INIT, interface down"
ip -n B addr del 192.0.2.101/24 dev carp0
ip -n B addr add 192.0.2.101/24 dev carp0
reaches B A "B INIT, an address replaced while it is down"
ip -n B link set carp0 up
roles A B "B up again"
on B sysctl -qw net.carp.allow=0
is_state B INIT "not allowed: INIT"
reaches B A "B INIT, not allowed"
on B sysctl -qw net.carp.allow=1
ip -n B link set eth0 down
is_state B INIT "carrier down: INIT"
ip -n B link set eth0 up
wait_state B BACKUP
roles A B "carrier down and up"
ip -n SW link set B down
wait_state B INIT
ip -n SW link set B up
wait_state B BACKUP
roles A B "link lost and back"


# An administrator who lets all interfaces ignore routes without link
for host in A B; do
	on $host sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=1
done
# It is looked at with each advertisement.
noticed() {
	! ip -n A route show table local 192.0.2.100 dev carp0 | grep -q linkdown
}
wait_ok 3 "the MASTER notices" noticed
roles A B "routes without link are ignored"
cut A
wait_state B MASTER
reaches B B "the same, B alone"
join A
wait_state B BACKUP
roles A B "the same, B stepped down"
for host in A B; do
	on $host sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=0
done

# After all that the MASTER's routes work, too.
cut A
wait_state B MASTER
reaches B B "B alone again"
is "$(who C)" B "and reached by the client"
is "$(who C 192.0.2.101)" B "at its second address, too"
like "$(ip -n B route get 192.0.2.3)" "dev eth0 src 192.0.2.2 " \
	"the carrier's connected route wins"
like "$(value "$(ip -n B -j route show dev carp0 192.0.2.0/24)" metric)" \
	"[0-9]{6,}" "that of the interface has a bad metric"
finish
