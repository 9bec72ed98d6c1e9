#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# options: --leaks
#
# Interfaces deleted together with their carriers and with each other.
#
#	A: eth0 (carp0..), dummy0, eth0.5 ---+
#	B: eth0 (carp0..)                 ---+--- SW

. "${0%/*}/../lib/lib.sh"

segment A B

# A group in which the carrier comes first, and one in which it comes last.
for first in carrier interface; do
	ip -n A link add dummy0 type dummy
	ip -n A link add carp7 link dummy0 type carp vhid 7
	ip -n A link set dummy0 up
	ip -n A link set carp7 up
	if [[ $first == carrier ]]; then
		ip -n A link set dummy0 group 7
		ip -n A link set carp7 group 7
	else
		ip -n A link set carp7 group 7
		ip -n A link set dummy0 group 7
	fi
	run_ok "a group with its carrier is deleted, $first first" \
		timeout 20 ip -n A link del group 7
	is "$(ip -n A -o link show | grep -c -E 'carp7|dummy0')" 0 \
		"and nothing is left of it"
done

# A VLAN as the carrier; the device below it goes.
ip -n A link add dummy0 type dummy
ip -n A link add link dummy0 name dummy0.5 type vlan id 5
ip -n A link add carp7 link dummy0.5 type carp vhid 7
run_ok "the device below the carrier is deleted" \
	timeout 20 ip -n A link del dummy0
is "$(ip -n A -o link show | grep -c -E 'carp7|dummy0')" 0 \
	"and the interface has gone with it"

# Many MASTERs at once: all say good-bye before the first is waited for.
for host in A B; do
	for vhid in {1..6}; do
		skew=$([[ $host == A ]] && echo 0 || echo 100)
		ip -n $host link add "carp$vhid" link eth0 type carp \
			vhid "$vhid" advskew "$skew"
		vip $host "192.0.2.$((100 + vhid))/24" "carp$vhid"
		up $host "carp$vhid"
		ip -n $host link set "carp$vhid" group 9
	done
done
for vhid in {1..6}; do
	becomes A MASTER 10 "carp$vhid"
	becomes B BACKUP 10 "carp$vhid"
done
run_ok "six MASTERs are deleted" timeout 20 ip -n A link del group 9
left=0
for vhid in {1..6}; do
	[[ $(state B "carp$vhid") == MASTER ]] || ((++left))
done
is $left 0 "the other host has taken over all of them"

# Without anyone to hear it, a good-bye takes its 5 ms once, not six times.
cut B
ip -n B link del group 9
spread=$(($(moved B INIT 6) - $(moved B INIT 1)))
in_time "${spread#-}" 0 15000 \
	"six that nobody succeeds say good-bye within so many us"
join B

finish
