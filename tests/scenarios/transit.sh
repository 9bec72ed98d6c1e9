#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.1 stock-6.12
# debug: long
# 6.1: long
#
# Packets from the address that only pass through a host that is not MASTER, a
# router on the same segment, leave with its own MAC; what it has translated to the
# address does not leave. Control: packets from the MASTER's own address.
#
#	A:eth0 (192.0.2.1, MASTER) -----+
#	B:eth0 (192.0.2.2, a router) ---+--- SW
#	C:eth0 (192.0.2.3, 10.1.1.1) ---+

. "${0%/*}/../lib/lib.sh"

segment A B C
own6 A B C
pair_vips=(192.0.2.100/24 2001:db8::64/64)
pair pass secret
vmac=00:00:5e:00:01:01
mac=$(mac B)
ip -n C addr add 10.1.1.1/32 dev lo
ip -n C -6 addr add 2001:db8:1::1/128 dev lo
for host in B C; do
	on $host sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
		net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0
done
ip -n A route add 10.0.0.0/8 via 192.0.2.2
ip -n B route add 10.0.0.0/8 via 192.0.2.3
ip -n A -6 route add 2001:db8:1::/48 via 2001:db8::2
ip -n B -6 route add 2001:db8:1::/48 via 2001:db8::3

before=$(counter B tx_inactive)
for from in 192.0.2.1 192.0.2.100; do
	run_ok "from $from by way of the BACKUP" on A ping -c 2 -i 0.2 -W 1 -I $from 10.1.1.1
done
for from in 2001:db8::1 2001:db8::64; do
	run_ok "from $from by way of the BACKUP" on A ping -c 2 -i 0.2 -W 1 -I $from 2001:db8:1::1
done
run_ok "in fragments" on A ping -c 1 -W 1 -s 4000 -I 192.0.2.100 10.1.1.1
# A report of a group on carp0 may be among what is dropped.
within $(($(counter B tx_inactive) - before)) 0 1 "the BACKUP has dropped none of them"

# With connection tracking, that has nothing to translate here
on B nft -f - <<-'END_NFT'
	table ip t {
		chain post {
			type nat hook postrouting priority srcnat;
			ip saddr 192.0.2.3 ip daddr 10.1.1.2 snat to 192.0.2.100
		}
	}
END_NFT
run_ok "with connection tracking" on A ping -c 1 -W 1 -I 192.0.2.100 10.1.1.1

# What this host translates to the address: C sends by way of B, to A.
ip -n A addr add 10.1.1.2/32 dev lo
ip -n B route add 10.1.1.2/32 via 192.0.2.1
ip -n C route add 10.1.1.2/32 via 192.0.2.2
before=$(counter B tx_inactive)
run_fails "what it has translated to the address" on C ping -c 2 -i 0.2 -W 1 10.1.1.2
is $(($(counter B tx_inactive) - before)) 2 "is dropped"
on B nft delete table ip t
run_ok "control: not translated it passes" on C ping -c 2 -i 0.2 -W 1 10.1.1.2

# The new MASTER's own packets, and its clients'
run_ok "B becomes MASTER" ip -n B link set carp0 type carp state master advskew 0
ip -n A link set carp0 type carp state backup advskew 200
wait_state A BACKUP
is_state B MASTER "B is MASTER"
run_ok "from the address as MASTER" on B ping -c 2 -i 0.2 -W 1 -I 192.0.2.100 10.1.1.1
judge
is "$(frames B "icmp[0] = 8 and src 192.0.2.100 and ether src $mac and dst 10.1.1.1" | wc -l)" 4 \
	"the BACKUP has passed on IPv4 with its own MAC"
is "$(frames B "icmp6[0] = 128 and src 2001:db8::64 and ether src $mac" | wc -l)" 2 \
	"and IPv6"
is "$(frames B "icmp[0] = 8 and src 192.0.2.100 and ether src $vmac and not ether dst $mac" | wc -l)" 2 \
	"and sent its own with the virtual one as MASTER"
like "$(<"$OUT/verdict")" "host=B .* own_mac=[1-9]" "the judge has seen them"
done_testing
