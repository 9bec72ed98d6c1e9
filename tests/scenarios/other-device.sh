#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# options: -p wireguard-tools -p openvpn -p dnsmasq-base -p radvd -p bird2 -p ipvsadm -p frr
# kernels: stock-6.12
# debug: long
#
# The address is on a dummy device of each host, too, as kube-proxy and servers of
# direct return have it: packets of a host that is not MASTER are that device's,
# and leave with its own MAC. ARP and ND for it stay silent. Control: without the
# second device they are dropped.
#
#	A:eth0 (192.0.2.1) ---+
#	B:eth0 (192.0.2.2) ---+--- SW
#	C:eth0 (192.0.2.3) ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment A B C
own6 A B C
pair_vips=(192.0.2.100/24 2001:db8::64/64)
pair pass secret
vmac=00:00:5e:00:01:01
mac=$(mac B)
dropped() { echo $(($(counter B tx_inactive) - before)); }

# C sends to the address at B's own MAC, as a director does.
direct() {
	ip -n C neigh replace 192.0.2.100 lladdr "$mac" dev eth0 nud permanent
	ip -n C neigh replace 2001:db8::64 lladdr "$mac" dev eth0 nud permanent
}
by_arp() {
	ip -n C neigh del 192.0.2.100 dev eth0
	ip -n C neigh del 2001:db8::64 dev eth0
}
# who FAMILY: whose MACs answer for the address
who() {
	case $1 in
	4) on C arping -c 2 -w 3 -I eth0 192.0.2.100 | sed -n 's/.*\[\(.*\)\].*/\L\1/p' ;;
	6)
		ip -n C neigh flush dev eth0
		on C ping -c 1 -W 1 2001:db8::64 >/dev/null
		lladdr C 2001:db8::64 dev eth0
		;;
	esac | sort -u | xargs
}

# Control
on B sysctl -qw net.ipv4.ip_nonlocal_bind=1 net.ipv6.ip_nonlocal_bind=1
before=$(counter B tx_inactive)
run_fails "control: without the other device IPv4 from it" \
	on B ping -c 1 -W 1 -I 192.0.2.100 192.0.2.3
run_fails "and IPv6" on B ping -c 1 -W 1 -I 2001:db8::64 2001:db8::3
is "$(dropped)" 2 "are dropped and counted"
on B sysctl -qw net.ipv4.ip_nonlocal_bind=0 net.ipv6.ip_nonlocal_bind=0

for host in A B; do
	ip -n $host link add kube-ipvs0 type dummy
	ip -n $host link set kube-ipvs0 up
	ip -n $host addr add 192.0.2.100/32 dev kube-ipvs0
	ip -n $host addr add 2001:db8::64/128 dev kube-ipvs0 nodad
	echo "elsewhere 192.0.2.100 $host"
	echo "elsewhere 2001:db8::64 $host"
done >>"$OUT/vips"
for host in A B; do
	session serve $host 192.0.2.100 80 --name $host -b
	session serve $host 2001:db8::64 80 --name $host -b
done
is "$(who 4)" $vmac "ARP: only the virtual MAC answers"
is "$(who 6)" $vmac "and ND"
is "$(session talk C 192.0.2.100 80 | field peer)" A "a client reaches the MASTER"
is "$(session talk C 2001:db8::64 80 | field peer)" A "and over IPv6"

before=$(counter B tx_inactive)
direct
run_ok "what is sent to the BACKUP's own MAC is answered" on C ping -c 2 -i 0.2 -W 1 192.0.2.100
run_ok "and over IPv6" on C ping -c 2 -i 0.2 -W 1 2001:db8::64
is "$(session talk C 192.0.2.100 80 | field peer)" B "by TCP, too"
is "$(session talk C 2001:db8::64 80 | field peer)" B "and over IPv6"
is "$(dropped)" 0 "nothing of that was dropped"
by_arp

# A director that is one of its servers
for host in A B; do
	on $host sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
done
modprobe -a ip_vs ip_vs_rr
on A ipvsadm -A -t 192.0.2.100:80 -s rr
on A ipvsadm -a -t 192.0.2.100:80 -r 192.0.2.2 -g
on A ipvsadm -a -t 192.0.2.100:80 -r 192.0.2.1 -g
got=$(for i in 1 2 3 4; do session talk C 192.0.2.100 80 --timeout 2000 | field peer; done | sort -u | xargs)
is "$got" "A B" "the director and the BACKUP answer directly"
is "$(who 4)" $vmac "and ARP is right"
on A ipvsadm -C

# Takeover
cut A
wait_state B MASTER
now_master=$(now)
is "$(session talk C 192.0.2.100 80 | field peer)" B "B, now MASTER, is reached"
is "$(session talk C 2001:db8::64 80 | field peer)" B "and over IPv6"
is "$(who 4)" $vmac "at the virtual MAC"
judge
like "$(<"$OUT/verdict")" "host=B .* own_mac=[1-9]" "the judge has seen B's own MAC"
isnt "$(frames B "tcp and src 192.0.2.100 and ether src $mac" | wc -l)" 0 "the BACKUP's own MAC"
is "$(during "$now_master" 999999 B "tcp and host 192.0.2.100 and ether src $mac" | wc -l)" 0 \
	"and not the MASTER's"
done_testing
