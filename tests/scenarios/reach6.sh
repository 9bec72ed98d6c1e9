#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
#
# A host that is not MASTER reaches the IPv6 address at the MASTER, by ping and
# TCP, and the MASTER reaches it from the address; whatever happens to routes,
# addresses and settings meanwhile. Nobody uses the address on its own account.
#
#	A:eth0 (2001:db8::1) ---+
#	B:eth0 (2001:db8::2) ---+--- SW	B:eth1 ---
#	C:eth0 (2001:db8::3) ---+

# shellcheck disable=SC2317 # called by wait_ok
. "${0%/*}/../lib/lib.sh"

NO_RECORD=1 segment6 A B C
nic B eth1 br1
record A B C

vip=2001:db8::100
pair_vips=("$vip/64")
for host in A B; do
	session serve $host $vip 7 --name $host --freebind -b
done
session serve A 2001:db8::1 8 --name A -b
session serve B 2001:db8::2 8 --name B -b
own() { [[ $1 == A ]] && echo 2001:db8::1 || echo 2001:db8::2; }
who() { session talk "$1" "${2:-$vip}" 7 --timeout 2000 2>&1 | field peer; }

# reaches FROM MASTER WHEN: FROM reaches the address at MASTER, and is reached
# from it.
chooses() { ip -n "$1" route get $vip | grep -q "src $(own "$1") "; }
reaches() {
	# After the interface came up that takes an advertisement.
	[[ $1 == "$2" ]] || wait_for 2 chooses "$1"
	run_ok "$3: $1 pings the address" on "$1" ping -c 1 -W 1 $vip
	is "$(who "$1")" "$2" "$3: TCP from $1 reaches $2"
	[[ $1 != "$2" ]] || return 0
	like "$(ip -n "$1" route get $vip)" "dev eth0 .*src $(own "$1")" "$3: over the wire"
	run_ok "$3: $2 pings $1 from the address" \
		on "$2" ping -c 1 -W 1 -I $vip "$(own "$1")"
	like "$(session talk "$2" "$(own "$1")" 8 --from $vip)" \
		"peer=$1 local=$vip" "$3: TCP from the address reaches $1"
}
roles() { reaches "$2" "$1" "$3"; reaches "$1" "$1" "$3"; }

pair pass secret
roles A B "A is MASTER"
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

# What happens to routes on a BACKUP
for host in A B; do
	vip $host 2001:db8:5::100/64
	vip $host 2001:db8::101/128
done
roles A B "more addresses"
like "$(ip -n B -6 route show table all dev carp0)" "local 2001:db8:5::100 .*dead linkdown" \
	"their routes are not in force on the BACKUP"
like "$(ip -n B -6 route show dev carp0)" "2001:db8:5::/64 .*metric 2147483647 dead linkdown" \
	"neither is the connected one"
unlike "$(ip -n A -6 route show table all dev carp0)" "2001:db8.* dead" "but on the MASTER"
ip -n B link set carp0 arp off
ip -n B link set carp0 arp on
roles A B "arp off and on"
ip -n B link set carp0 down
is_state B INIT "carp0 down: INIT"
run_ok "B INIT, interface down: B pings the address" on B ping -c 1 -W 1 $vip
is "$(who B)" A "and reaches A"
is "$(ip -n B -6 -j addr show dev carp0 | jq '[.[].addr_info[].local] | length')" 3 \
	"the addresses stay"
badauth=$(counter B badauth)
up B
wait_state B BACKUP
roles A B "B up again"
is "$(counter B badauth)" "$badauth" "with the same list of addresses as A"
ip -n B link set eth0 down
is_state B INIT "carrier down: INIT"
ip -n B link set eth0 up
ip -n B addr add 2001:db8::2/64 dev eth0 nodad
wait_state B BACKUP
roles A B "carrier down and up"

# Settings for all interfaces do not reach ours.
heard() { (($(counter B ipackets6) > before)); }
for value in 1 0; do
	for host in A B; do
		on $host sysctl -qw net.ipv6.conf.all.ignore_routes_with_linkdown=$value \
			net.ipv6.conf.all.accept_dad=$value
	done
	before=$(counter B ipackets6)
	wait_ok 3 "an advertisement later" heard
	roles A B "ignore_routes_with_linkdown=$value for all"
done
ip -n B addr change $vip/64 dev carp0 preferred_lft forever
ip -n B link set carp0 down
up B
unlike "$(ip -n B -6 addr show dev carp0)" tentative "never tentative"
wait_state B BACKUP
roles A B "an address changed"

# Addresses that IPv6 makes to hide who one is are not shared.
before=$(counter B badauth)
on A sysctl -qw net.ipv6.conf.carp0.use_tempaddr=2
ip -n A addr change $vip/64 dev carp0 preferred_lft forever mngtmpaddr
is "$(ip -n A -6 addr show dev carp0 temporary | grep -c inet6)" 1 "A has a temporary address"
sleep 4
is "$(counter B badauth)" "$before" "of which B need not know"
roles A B "a temporary address"
on A sysctl -qw net.ipv6.conf.carp0.use_tempaddr=0
ip -n A addr change $vip/64 dev carp0 preferred_lft 0
ip -n A addr flush dev carp0 temporary
is "$(ip -n A -6 addr show dev carp0 temporary | grep -c inet6)" 0 "it is gone"
roles A B "no temporary address"

# Source addresses
ip -n A addr add 2001:db8:9::1/64 dev lo
ip -n A route add 2001:db8:ff::/48 via 2001:db8::3 dev eth0
like "$(ip -n A route get 2001:db8:ff::1)" "src 2001:db8::1 " \
	"the carrier's own address is the source of its traffic"
ip -n A addr del 2001:db8::1/64 dev eth0
ip -n A route replace 2001:db8:ff::/48 via fe80::3 dev eth0
like "$(ip -n A route get 2001:db8:ff::1)" "src 2001:db8:9::1 " \
	"any other one before the virtual one"
like "$(ip -n A route get 2001:db8:5::3)" "dev carp0 .*src 2001:db8:5::100 " \
	"but the virtual one through the interface"
ip -n A addr add 2001:db8::1/64 dev eth0 nodad
ip -n A addr del 2001:db8:9::1/64 dev lo

# A link-local one
ip -n B link set carp0 down
ip -n A link set carp0 down
for host in A B; do
	vip $host fe80::1/64
	up $host
done
wait_state A MASTER
wait_state B BACKUP
run_ok "the client pings fe80::1" on C ping -c 1 -W 1 fe80::1%eth0
is "$(lladdr C fe80::1 dev eth0)" 00:00:5e:00:01:01 \
	"at the virtual MAC"
cut A
wait_state B MASTER
run_ok "after a takeover, too" on C ping -c 1 -W 1 fe80::1%eth0
join A
wait_state B BACKUP
ip -n B addr add 2001:db8:7::100/64 dev carp0 \
	valid_lft 3600 preferred_lft 0
# Nobody gives one of these again.
on B sysctl -qw net.ipv6.conf.carp0.use_tempaddr=2
ip -n B addr change $vip/64 dev carp0 preferred_lft forever mngtmpaddr
is "$(ip -n B -6 addr show dev carp0 temporary | grep -c inet6)" 1 "B has a temporary address"
log_clear
ip -n B link set carp0 down
logged "address fe80::1 goes with the interface down"
logged "address 2001:db8:7::100 goes with the interface down"
logged "goes with the interface down" 2
is "$(ip -n B -6 -j addr show dev carp0 scope link | jq '[.[].addr_info[]?] | length')" 0 \
	"it goes when the interface goes down"
on B sysctl -qw net.ipv6.conf.carp0.use_tempaddr=0
ip -n B addr change $vip/64 dev carp0 preferred_lft 0
vip B fe80::1/64
# What came while the lists differed has been counted.
before=$(counter B badauth)
up B
wait_state B BACKUP
is "$(counter B badauth)" "$before" "given again, the lists agree"
# The address of the same name on another link is another one.
ip -n B addr add fe80::1/64 dev eth1 nodad
nic C eth1 br1
ip -n C addr add fe80::77/64 dev eth1 nodad
is_state B BACKUP "B is BACKUP"
run_ok "fe80::1 of another link is another address" \
	on B ping -c 1 -W 1 -I fe80::1%eth1 fe80::77%eth1

# Without IPv6 on the carrier
for host in A B; do
	ip -n $host link set carp0 down
	ip -n $host addr flush dev carp0
	vip $host 2001:db8:5::100/64
	on $host sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1
	up $host
done
ip -n C addr add 2001:db8:5::3/64 dev eth0 nodad
wait_state A MASTER
wait_state B BACKUP
sleep 4
is "$(masters A B)" A "carriers without IPv6: one MASTER"
ping5() { on C ping -c 2 -i 0.1 -W 1 2001:db8:5::100; }
run_ok "the client reaches it" ping5
cut A
wait_state B MASTER
run_ok "after a takeover, too" ping5
ip -n B link set carp0 type carp advskew 0
join A
one_master() { [[ $(masters A B) == [AB] ]]; }
wait_ok 5 "two of one source address: one of them gives in" one_master
run_ok "the client reaches it" ping5

# And not on the interface either
on A sysctl -qw net.ipv6.conf.carp0.disable_ipv6=1
is_state A INIT "IPv6 disabled on the interface: no address is left"
wait_state B MASTER 2
run_ok "B has it" ping5
finish
