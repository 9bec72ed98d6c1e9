#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# timeout: 7200
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
done
# Of all hosts: as many neighbours as there are addresses, and a wire that loses
# nothing of what is sent at once.
sysctl -qw net.ipv4.neigh.default.gc_thresh3=65536 \
	net.core.netdev_max_backlog=65536

# batch FROM TO KIND...: on eth0 and, beyond 255, on its VLANs
batch() {
	local i vlan on=eth0 from=$1 to=$2 vhid
	shift 2
	for ((i = from; i <= to; i++)); do
		vlan=$(((i - 1) / 255)) vhid=$(((i - 1) % 255 + 1))
		if ((vlan)); then
			on=eth0.$vlan
			if ((vhid == 1)); then
				echo "link add $on link eth0 type vlan id $vlan"
				echo "link set $on up"
			fi
		fi
		case $1 in
		carp) echo "link add carp$i link $on type carp vhid $vhid pass secret ${*:2}" ;;
		dummy) echo "link add carp$i type dummy" ;;
		*) echo "link add carp$i link $on type $1" ;;
		esac
		echo "addr add 10.$vlan.$vhid.1/24 dev carp$i"
		echo "link set carp$i up"
	done
}

now_us() { echo $(($(date +%s%N) / 1000)); }

# groups HOST FROM TO KIND...: 255 at a time; says how long each takes
groups() {
	local host=$1 from=$2 to=$3 last start
	shift 3
	for (( ; from <= to; from = last + 1)); do
		((last = from + 254, last = last > to ? to : last)) || true
		batch "$from" "$last" "$@" >/tmp/batch
		start=$(now_us)
		ip -n "$host" -batch /tmp/batch
		[[ $host == B ]] || ((last < from + 254)) ||
			figure create "$1_$((from - 1))" \
				$((($(now_us) - start) / (last - from + 1)))
	done
}

# Moves all to B by a power cut, and back again.
move() {
	local name=$1
	capture "scale.$name" A B
	sleep 3
	cut A
	sleep 6
	captured "$OUT/scale.$name"
	join A
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

# What a digest and a frame cost where there is no carp; a frame of more than 255
# groups goes through a VLAN.
yardsticks() {
	each yardstick digest C 1000 what=hmac
	cut C
	ip -n C link add eth0.1 link eth0 type vlan id 1
	ip -n C link set eth0.1 up
	each yardstick frame.255 C 1000 what=frame frame="$advert"
	each yardstick frame.4096 C 1000 what=frame frame="$advert" dev=eth0.1
	ip -n C link del eth0.1
	join C
}

# sum NUMBER FRAMES SCALE: of NUMBER digests with so many frames each
sum() {
	awk -v n="$1" -v frames="$2" -v scale="$3" \
		-v digest="$(of yardstick digest)" \
		-v frame="$(of yardstick "frame.$(($1 > 255 ? 4096 : 255))")" \
		'BEGIN { print n * (digest + frames * frame) / scale }'
}

# burst NUMBER TIMES: all at once, and nobody else on the wire. What B sends ends
# at its port of the switch, where the recorder sees it.
burst() {
	local number=$1 times=$2 i
	figure burst "digest+2_frames.$number" "$(sum "$number" 2 1e6)"
	cut B
	for ((i = 0; i < times; i++)); do
		on B sysctl -qw net.carp.allow=0
		sleep 1
		capture "scale.carp.$number.burst$i" B
		on B sysctl -qw net.carp.allow=1
		sleep 6
		captured "$OUT/scale.carp.$number.burst$i"
	done
	join B
	sleep 8
}

# cpu NUMBER: of a master of so many with a wire that ends at the switch, in %
cpu() {
	local number=$1 i idle
	cut A
	on A sysctl -qw net.carp.allow=0
	sleep 5
	idle=$(spin -i 2)
	on A sysctl -qw net.carp.allow=1
	# Announcements are over.
	sleep 12
	for ((i = 0; i < RUNS; i++)); do
		figure cpu "carp.$number" "$(awk -v s="$(spin -i 2)" \
			-v idle="$idle" 'BEGIN { print (s - idle) / 1e7 }')"
	done
	join A
}

# What of the memory is left, when all is over that waits for its end.
free_kb() {
	sleep 3
	echo 3 >/proc/sys/vm/drop_caches
	sleep 1
	echo 2 >/proc/sys/vm/drop_caches
	awk '$1 == "MemFree:" { print $2 }' /proc/meminfo
}

# Memory: of so many, beside as many of the plainest device. The first two rounds
# fill caches.
memory() {
	local number=1020 round kind before took
	ip netns add M
	on M sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
		net.ipv6.conf.default.disable_ipv6=1
	ip -n M link add eth0 type dummy
	ip -n M link set eth0 up
	for ((round = 0; round < RUNS + 2; round++)); do
		for kind in dummy carp; do
			batch 1 $number $kind >/tmp/batch
			sed -n 's/^link add \([^ ]*\) .*/link del \1/p' \
				/tmp/batch | tac >/tmp/gone
			before=$(free_kb)
			ip -n M -batch /tmp/batch
			took=$(((before - $(free_kb)) * 1024 / number))
			ip -n M -batch /tmp/gone
			if ((round > 1)) && [[ $kind == dummy ]]; then
				figure memory plain_device $took
				plain=$took
			elif ((round > 1)); then
				figure memory carp $((took - plain))
			fi
		done
	done
	ip netns del M
	sleep 5
}

advert=$(forged_advert)
yardsticks
memory

start keepalived.1s 255
sleep 8
for ((n = 0; n < RUNS; n++)); do
	move keepalived.255.together$n
done
stop keepalived.1s
sleep 1

groups A 1 255 carp
groups B 1 255 carp advskew 1
sleep 8
for ((n = 0; n < RUNS; n++)); do
	move carp.255.own$n
done
for ((n = 0; n < RUNS; n++)); do
	align
	move carp.255.together$n
done
burst 255 $RUNS

if ((most > 255)); then
	# The same in plain devices.
	ip netns add M
	on M sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
		net.ipv6.conf.default.disable_ipv6=1
	ip -n M link add eth0 type dummy
	ip -n M link set eth0 up
	groups M 1 "$most" macvlan mode bridge
	ip netns del M
	# That waits for RTNL, and has it for long.
	sleep 20

	groups A 256 "$most" carp
	sleep 8
	cpu "$most"
	figure cpu "digest+transmit.$most" "$(sum "$most" 1 1e7)"
	groups B 256 "$most" carp advskew 1
	sleep 10
	for ((n = 0; n < RUNS; n++)); do
		move "carp.$most.own$n"
	done
	for ((n = 0; n < RUNS; n++)); do
		align
		move "carp.$most.together$n"
	done
	burst "$most" $RUNS
fi
pass "measured"
done_testing
