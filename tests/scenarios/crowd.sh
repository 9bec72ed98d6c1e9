#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# Many interfaces fail, or lose link, at the same time. Each of that changes what
# the host is demoted by, which every MASTER advertises; but together, not each
# time all of them for each of them, which would be the square of their number.
#
#	A:eth0, carp1 ... carp120         --- SW:br0
#	A:eth1.1 ... eth1.40, one on each --- SW:br1

NO_RECORD=1
. "${0%/*}/../lib/lib.sh"

N=120
segment A
nic A eth1 br1
{
	for ((i = 1; i <= N; i++)); do
		echo "link add carp$i link eth0 type carp vhid $i"
		echo "addr add 10.0.$i.1/24 dev carp$i"
		echo "link set carp$i up"
	done
	for ((i = 1; i <= 40; i++)); do
		echo "link add eth1.$i link eth1 type vlan id $i"
		echo "link set eth1.$i up"
		echo "link add vlan$i link eth1.$i type carp vhid 1"
		echo "addr add 10.1.$i.1/24 dev vlan$i"
		echo "link set vlan$i up"
	done
} >/tmp/batch
ip -n A -batch /tmp/batch

# total NAME...: of these counters of all on eth0
total() {
	# shellcheck disable=SC2016 # for the other shell
	on A bash -c 'for ((i = 1; i <= '$N'; i++)); do ethtool -S carp$i; done' |
		awk -v names=" $* " '{ sub(":", "", $1) }
			index(names, " " $1 " ") { sum += $2 } END { print sum }'
}
get() { on A sysctl -n net.carp.demotion; }
is_demoted() { [[ $(get) == "$1" ]]; }

# At the same moment.
on A sysctl -qw net.carp.allow=0
on A sysctl -qw net.carp.allow=1
becomes A MASTER 10 carp$N
wait_state A MASTER 10 vlan40
sleep 2

# All lose link, one VLAN after the other.
before=$(total opackets)
start=$(tap_now)
ip -n SW link set A.eth1 down
wait_ok 5 "all VLANs without link demote" is_demoted $((40 * 240))
took=$((($(tap_now) - start) / 1000 + 2))
within $(($(total opackets) - before)) $N $((N * (8 + took))) \
	"each advertises that a few times, in $took s"
ip -n SW link set A.eth1 up
wait_ok 5 "and it is over" is_demoted 0
sleep 2

# None can send.
on A nft -f - <<-END
	table netdev t {
		chain c {
			type filter hook egress device eth0 priority 0;
			ip protocol 112 drop
		}
	}
	END
wait_ok 10 "all that cannot send demote" is_demoted $((N * 240))
within "$(total oerrors)" $((3 * N)) $((20 * N)) "after a few attempts of each"

# Who bows out in vain is no longer one of them.
before=$(total oerrors)
on A sysctl -qw net.carp.allow=0
wait_ok 5 "they no longer do" is_demoted 0
within $(($(total oerrors) - before)) $N $((12 * N)) "each bows out"
done_testing
