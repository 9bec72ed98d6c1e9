#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# A wrong password, or another list of addresses: neither host believes the
# other, both are masters, and both say so: a counter, and the peer's address
# in the log. With the right one, there is one master.
#
#	A (advskew 0)   ---+
#	B (advskew 100) ---+--- SW

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment A B
carp A vhid 1 pass secret
carp B vhid 1 pass Secret advskew 100
for host in A B; do
	vip $host 192.0.2.100/24
	up $host
done

says() { dmesg | grep -qE "$1"; }
distrusts() { (($(counter "$1" badauth) >= $2)); }

# disbelief WHAT
disbelief() {
	local what=$1 host
	wait_state A MASTER 20
	wait_state B MASTER 20
	# What was heard before does not count here.
	for host in A B; do
		on $host sysctl -qw net.carp.log=1
		tally $host >/dev/null
	done
	log_clear
	for host in A B; do
		wait_ok 10 "$what: $host counts" distrusts $host \
			$(($(counter $host badauth) + 2))
		like "$(tally $host)" "^badauth=[2-9] ipackets=[2-9]$|^ipackets=[2-9] badauth=[2-9]$" \
			"$what: badauth, and nothing else"
	done
	is "$(masters A B)" "A B" "$what: both are masters"
	logged "advertisement from" 0
	for host in A B; do
		on $host sysctl -qw net.carp.log=2
	done
	wait_ok 10 "$what: A says from whom" says \
		"carp0 .*advertisement from 192.0.2.2 dropped: wrong digest"
	wait_ok 10 "$what: B says from whom" says \
		"carp0 .*advertisement from 192.0.2.1 dropped: wrong digest"
	like "$(dmesg)" "wrong digest.*password.*addresses" \
		"$what: and what to look for"
	unlike "$(dmesg)" "[sS]ecret" "$what: but no password"
}

disbelief "wrong password"
ip -n B link set carp0 type carp pass secret
wait_state B BACKUP 3
is "$(masters A B)" A "right password: one master"
tally B >/dev/null
hears() { (($(counter B ipackets) >= before + 3)); }
before=$(counter B ipackets)
wait_ok 5 "right password: B hears A" hears
like "$(tally B)" "^ipackets=[0-9]*$" "right password: and nothing is wrong"

# There is a time of grace for lists that change; this one is wrong from the start.
ip -n B link del carp0
carp B vhid 1 pass secret advskew 100
vip B 192.0.2.100/24
vip B 192.0.2.101/24
up B
disbelief "one address more"
ip -n A addr add 192.0.2.101/24 dev carp0
echo "vip 192.0.2.101 1 A" >>"$OUT/vips"
wait_state B BACKUP 3
is "$(masters A B)" A "right addresses: one master"

finish
