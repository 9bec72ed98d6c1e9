#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# timeout: 1800
# options: -m 2560
#
# Hundreds and thousands of groups: that all of them move in time, what they
# take of memory and CPU, and how long it takes to make them.
#
# usage: scale.sh [RUNS=N] [GROUPS]

# shellcheck source=tests/lib/bench.sh
. "${0%/*}/../lib/bench.sh"

most=${1:-4096}
segment A B C
for host in A B C SW; do
	on $host sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
		net.ipv6.conf.default.disable_ipv6=1
	on $host sysctl -qw net.ipv4.neigh.default.gc_thresh3=65536
done

# batch FROM TO SKEW: 255 on eth0, and on each VLAN
batch() {
	local i vlan on=eth0
	for ((i = $1; i <= $2; i++)); do
		vlan=$(((i - 1) / 255)) vhid=$(((i - 1) % 255 + 1))
		if ((vlan)); then
			on=eth0.$vlan
			if ((vhid == 1)); then
				echo "link add $on link eth0 type vlan id $vlan"
				echo "link set $on up"
			fi
		fi
		echo "link add carp$i link $on type carp vhid $vhid advskew $3 pass secret"
		echo "addr add 10.$vlan.$vhid.1/24 dev carp$i"
		echo "link set carp$i up"
	done
}

now_us() {
	local up
	up=$(date +%s%N)
	echo $((up / 1000))
}

# groups HOST SKEW FROM TO: in steps; says how long one takes
groups() {
	local host=$1 skew=$2 from=$3 to=$4 last start step=255
	for ((; from <= to; from = last + 1)); do
		((last = from + step - 1, last = last > to ? to : last)) || true
		batch "$from" "$last" "$skew" >/tmp/batch
		start=$(now_us)
		ip -n "$host" -batch /tmp/batch
		[[ $host != A ]] ||
			figure create "carp.$((from - 1))" \
				$((($(now_us) - start) / (last - from + 1)))
	done
}

all_are() {
	local host=$1 state=$2 number=$3
	(($(on "$host" carpctl show 2>/dev/null | grep -c "$state") >= number))
}

# Moves all to B by a power cut, and back again.
move() {
	local name=$1
	capture "scale.$name" A B
	sleep 3
	ip -n SW link set A nomaster
	sleep 6
	captured "$OUT/scale.$name"
	ip -n SW link set A master br0
	sleep 8
}

# Everybody begins at the same moment, and advertises at the same moment.
align() {
	on A sysctl -qw net.carp.allow=0
	on B sysctl -qw net.carp.allow=0
	sleep 1
	on A sysctl -qw net.carp.allow=1
	sleep 5
	on B sysctl -qw net.carp.allow=1
	sleep 2
}

# cpu NUMBER: of a master of so many, in %
cpu() {
	local i
	for ((i = 0; i < (RUNS + 3) / 4; i++)); do
		figure cpu "carp.$1" "$(awk -v s="$(spin -i 1)" -v idle="$idle" \
			'BEGIN { print (s - idle) / 1e7 }')"
	done
}

free_kb() {
	echo 3 >/proc/sys/vm/drop_caches
	sleep 2
	awk '$1 == "MemFree:" { print $2 }' /proc/meminfo
}

# What the emulator knows of digests and frames, for the arithmetic.
idle=$(spin -i 2)

# Memory: of so many, beside as many of the plainest device.
ip netns add M
on M sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
	net.ipv6.conf.default.disable_ipv6=1
ip -n M link add eth0 type dummy
ip -n M link set eth0 up
batch 1 255 0 >/tmp/batch
sed 's/link eth0 type carp.*/type dummy/' /tmp/batch >/tmp/plain
for ((round = 0; round < 2; round++)); do
	before=$(free_kb)
	ip -n M -batch /tmp/plain
	plain=$((before - $(free_kb)))
	sed -n 's/^link add \(carp[0-9]*\) .*/link del \1/p' /tmp/batch >/tmp/gone
	ip -n M -batch /tmp/gone
	before=$(free_kb)
	ip -n M -batch /tmp/batch
	mine=$((before - $(free_kb)))
	ip -n M -batch /tmp/gone
	# The first one fills caches.
	((!round)) || figure memory carp $(((mine - plain) * 1024 / 255))
	((!round)) || figure memory plain_device $((plain * 1024 / 255))
done
ip netns del M

start keepalived.1s 255
sleep 8
move keepalived.255.spread
stop keepalived.1s
sleep 1

groups A 0 1 255
groups B 1 1 255
sleep 8
move carp.255.own
align
move carp.255.spread

if ((most > 255)); then
	groups A 0 256 "$most"
	sleep 8
	cpu "$most"
	groups B 1 256 "$most"
	sleep 10
	move "carp.$most.own"
	align
	move "carp.$most.spread"
fi
pass "measured"
done_testing
