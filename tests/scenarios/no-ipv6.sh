#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.1 stock-6.12 debug-6.12
# debug: long
# options: -a ipv6.disable=1
#
# A host that was booted without IPv6: everything is as it is with it.
#
#	A (master) ---+
#	B (backup) ---+--- SW
#	C (client) ---+

. "${0%/*}/../lib/lib.sh"

segment A B C
is "$(cat /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null)" "" "there is no IPv6"
pair pass secret
run_ok "the client reaches the address" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
run_fails "an IPv6 address is refused" ip -n A addr add 2001:db8::100/64 dev carp0
like "$(ip -n A link set carp0 type carp peer6 2001:db8::2 2>&1)" \
	"carp: the kernel was booted with ipv6.disable=1" "so is an IPv6 peer"
like "$(ip -n A link add carp1 link eth0 type carp vhid 2 peer6 fe80::2 2>&1)" \
	"carp: the kernel was booted with ipv6.disable=1" "also of a new interface"
run_ok "none is as good as none" ip -n A link set carp0 type carp peer6 none
cut A
wait_state B MASTER 5
run_ok "after a takeover, too" on C ping -c 2 -i 0.1 -W 1 192.0.2.100
join A
wait_state B BACKUP 3
is "$(masters A B)" A "one master in the end"
run_ok "carrier down and up" ip -n A link set eth0 down
wait_state B MASTER 2
ip -n A link set eth0 up
wait_state A BACKUP 3
run_ok "another MTU" ip -n A link set eth0 mtu 1200
run_ok "and back" ip -n A link set eth0 mtu 1500
run_ok "A takes over" ip -n A link set carp0 type carp state master
wait_state B BACKUP 3
is "$(counter A opackets6) $(counter B badauth)" "0 0" "nothing over IPv6, and no discord"
finish
