#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.1 stock-6.12 debug-6.12 rt-6.1
# rt: core
#
# takeover.sh over IPv6, on hosts that have no IPv4 address at all: the
# master's cable is pulled and plugged in again.
#
#	A:eth0 2001:db8::1 (master) ---+
#	B:eth0 2001:db8::2 (backup) ---+--- SW
#	C:eth0 2001:db8::3 (client) ---+

. "${0%/*}/../lib/lib.sh"

segment6 A B C
vip=2001:db8::100
pair_vips=("$vip/64")
pair pass secret

mac_at() { lladdr C "$1"; }
ping_vip() { on C ping -c 2 -i 0.1 -W 1 $vip; }

unlike "$(ip -n A -6 addr show dev carp0)" tentative "the address is not tentative"
is "$(ip -n B -6 -j addr show dev carp0 scope link | jq -c '[.[].addr_info[]?]')" \
	"[]" "no link-local address was made"
run_ok "the client reaches the address" ping_vip
is "$(mac_at $vip)" 00:00:5e:00:01:01 "at the virtual MAC"

cut A
wait_state B MASTER 5
run_ok "the client reaches it again" ping_vip
is "$(state A)" MASTER "A knows nothing of it"
join A
wait_state B BACKUP 3
is "$(masters A B)" A "one master in the end"
run_ok "the client reaches it still" ping_vip
is "$(mac_at $vip)" 00:00:5e:00:01:01 "at the virtual MAC"

is "$(counter A opackets) $(counter B ipackets)" "0 0" "nothing went over IPv4"
sent=$(counter A opackets6)
ok $((sent < 5)) "A has counted what it sent over IPv6: $sent"
isnt "$(counter B ipackets6)" 0 "B has counted what it heard"
is "$(counter B badauth) $(counter B hdrops) $(counter B badsum)" "0 0 0" \
	"and none of it was bad"

judge
isnt "$(said6 A | wc -l)" 0 "A's advertisements"
first=$(frames A -v "ether src 00:00:5e:00:01:01 and ip6 proto 112" | head -n 2 | xargs)
like "$first" "> 33:33:00:00:00:12, .*hlim 255, next-header (vrrp|VRRP) \(112\) payload length: 36\) fe80:.* > ff02::12" \
	"to ff02::12 from the carrier's link-local address, hop limit 255"
unlike "$first" "flowlabel|class" "traffic class and flow label 0"
done_testing
