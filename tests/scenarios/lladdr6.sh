#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# "lladdr lower" over IPv6, and with 256 addresses: ports pass only frames from and to
# the MAC of each host's NIC.
#
#	A (master) ---+
#	B (backup) ---+--- SW
#	C (client) ---+

. "${0%/*}/../lib/lib.sh"

segment6 A B C
guarded A B
on A sysctl -qw net.carp.preempt=1
vmac=00:00:5e:00:01:01
declare -A mac_of
for host in A B C; do mac_of[$host]=$(mac $host); done
skew=0
for host in A B; do
	carp $host vhid 1 pass secret advskew $skew lladdr lower
	at_lower $host
	vip $host 2001:db8::100/64
	vip $host fe80::100/64
	# So that it is there again when the interface comes back.
	[[ $host == A ]] && peer=::2 || peer=::1
	ip -n $host link set carp0 type carp peer6 2001:db8$peer
	up $host
	skew=100
done
wait_state A MASTER
wait_state B BACKUP
sleep 4
is "$(masters A B)" A "A is the only master"
unlike "$(on A bridge fdb show dev eth0)" $vmac "no filter has the virtual MAC"
run_ok "the address is reached" on C ping -c 2 -i 0.1 -W 1 2001:db8::100
is "$(lladdr C 2001:db8::100)" "${mac_of[A]}" "at A's MAC"
run_ok "the link-local one, too" on C ping -c 2 -i 0.1 -W 1 fe80::100%eth0
run_ok "from the BACKUP, too" on B ping -c 2 -i 0.1 -W 1 2001:db8::100

# A client asks by unicast whether its entry is still right.
answered() { [[ $(ip -n C neigh show 2001:db8::100) == *REACHABLE* ]]; }
ip -n C neigh change 2001:db8::100 lladdr "${mac_of[A]}" dev eth0 nud probe
wait_ok 2 "asked by unicast A answers" answered
ip -n C neigh change fe80::100 lladdr "${mac_of[A]}" dev eth0 nud probe
wait_ok 2 "and for the link-local address" \
	eval '[[ $(ip -n C neigh show fe80::100) == *REACHABLE* ]]'

# carp0's own neighbours
ip -n A neigh flush dev carp0
run_ok "A asks by carp0, and hears the answer" on A ping -c 2 -i 0.1 -W 1 -I fe80::100%carp0 \
	"fe80::$(ip -n C -6 addr show dev eth0 scope link | sed -n 's/.*fe80::\([^/]*\).*/\1/p')%carp0"

# Hand-over and return
pulse -n C -i eth0 -t 2001:db8::100 -u A=SW:A -u B=SW:B -d 1500 \
	--at 1100:down:A:carp0 >"$OUT/report"
is "$(field action0_bow_out <"$OUT/report") $(field action0_new_tap <"$OUT/report")" \
	"yes B" "carp0 down: B takes over"
none_lost "$(field lost <"$OUT/report")" "no packet is lost"
is "$(lladdr C 2001:db8::100)" "${mac_of[B]}" "the client has B's MAC"

# A client that learns nothing: A forwards, or not.
ip -n C neigh replace 2001:db8::100 lladdr "${mac_of[A]}" dev eth0 nud permanent
run_fails "a stubborn client, A does not forward: lost" on C ping -c 1 -W 1 2001:db8::100
on A sysctl -qw net.ipv6.conf.all.forwarding=1
run_ok "A forwards: reached" on C ping -c 3 -i 0.1 -W 1 2001:db8::100
on A sysctl -qw net.ipv6.conf.all.forwarding=0
ip -n C neigh del 2001:db8::100 dev eth0
ip -n B addr del fe80::100/64 dev carp0
up A
wait_state A MASTER 3
wait_state B BACKUP 2

# An announcement was lost: the MASTER says it once more.
corrected() { [[ $(lladdr C 2001:db8::100) == "${mac_of[A]}" ]]; }
ip -n C neigh replace 2001:db8::100 lladdr "${mac_of[B]}" dev eth0 nud reachable
wait_ok 3 "a client that has missed the announcement hears another" corrected

# 256 addresses of IPv4: all in the first round.
ip -n C addr add 198.51.100.3/16 dev eth0
for host in A B; do
	for ((i = 0; i < 256; i++)); do
		echo "addr add 198.51.$((i / 250 + 101)).$((i % 250 + 1))/16 dev carp0"
	done | ip -n $host -batch -
done
sleep 2
from=$(now)
run_ok "A makes room" ip -n A link set carp0 type carp state backup
wait_state B MASTER 2
taken=$(now)
run_ok "the last of 256 is reached at once" on C ping -c 1 -W 1 198.51.102.6
sleep 10.5
till=$(now)
judge
arp="ether src ${mac_of[B]} and arp and ether broadcast and arp[14:4] = arp[24:4]"
is "$(during "$from" "$taken" B "$arp" | grep -o 'who-has [0-9.]*' | sort -u | wc -l)" 256 \
	"all are announced in the first round"
diag "announcements of the ten seconds after: $(during "$taken" "$till" B "$arp" | wc -l)"
is "$(frames A "ether src $vmac" | wc -l) $(frames B "ether src $vmac" | wc -l)" "0 0" \
	"no frame has the virtual MAC"
done_testing
