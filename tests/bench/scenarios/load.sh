#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# timeout: 3600
# options: -m 768
#
# A master that has no CPU, no memory or no rest is not dead: whether it falls
# silent, and whether the other one takes over. Then power cuts while RTNL is not
# to be had.

# shellcheck source=tests/lib/bench.sh
. "${0%/*}/../lib/bench.sh"

segment A B C
# What the kernel does for those that a real-time process starves: nothing.
echo -1 >/proc/sys/kernel/sched_rt_runtime_us
for server in /sys/kernel/debug/sched/fair_server/cpu*/runtime; do
	[[ ! -e $server ]] || echo 0 >"$server"
done
mount -t cgroup2 cgroup /sys/fs/cgroup 2>/dev/null
echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
mkdir -p /sys/fs/cgroup/slow
echo "10000 100000" >/sys/fs/cgroup/slow/cpu.max

# family PID: and what it has started
family() {
	local child
	echo "$1"
	for child in $(pgrep -P "$1"); do
		family "$child"
	done
}

tap=$(mac A)
frame=$(tr -d : <<<"$tap")0200000000010800$(printf '45%.0s' {1..50})

# Its counter is one that carp_cost can vary.
forged=$(inject C:eth0 -n --carp pass=wrong vhid=1 vips=$BENCH_VIP \
	src=192.0.2.1 counter=0xffff skew=0)
forged=${forged%%[[:space:]]*}

# How many advertisements B has found right.
genuine() { echo $(($(counter B ipackets) - $(counter B badauth) - $(counter B unchecked))); }

load() {
	local system=$1 kind=$2 busy member
	case $kind in
	fifo)
		if [[ $system == *.1s ]]; then
			spin -f 99 5
		else
			spin -f 99 0.3
		fi
		;;
	cgroup)
		spin 2 &
		busy=$!
		for member in $busy $([[ $system == carp* ]] ||
			family "$(pid "$system" A)"); do
			echo "$member" >/sys/fs/cgroup/slow/cgroup.procs
		done
		wait $busy
		;;
	memory) spin -m 3 ;;
	softirq)
		on C modprobe carp_cost what=frame frame="$frame" count=60000
		rmmod carp_cost
		;;
	flood)
		# From the master's own address, for which there is no budget.
		on B sysctl -qw net.carp.log=2
		dmesg -C
		sent=$(counter A opackets) right=$(genuine)
		on C modprobe carp_cost what=frame frame="$forged" vary=46 \
			count=60000
		rmmod carp_cost
		dmesg | awk '/advertisement from/ { n++ }
			/carp_cost:.*ns=/ { sub(/.*ns=/, ""); ns = $0 }
			END { print "loglines", "carp.4ms", n / (ns / 1e9) }' \
			>>"$OUT/figures"
		lost=$(($(counter A opackets) - sent - $(genuine) + right))
		# A goes on while these counters are read, one after the other.
		figure flood "$system" $((lost > 3 ? lost : 0))
		on B sysctl -qw net.carp.log=1
		;;
	esac
}

for system in carp.4ms keepalived.10ms keepalived-rt.10ms frr.10ms carp.1s \
	keepalived.1s; do
	for kind in fifo cgroup memory softirq flood; do
		[[ $system != *.1s || $kind == fifo ]] || continue
		[[ $kind != flood || $system == carp* ]] || continue
		for ((i = 0; i < RUNS; i++)); do
			start "$system"
			settle "$system"
			capture "load.$system.$kind.$i" A B
			# At any moment of an interval
			sleep "0.2$((RANDOM % 10))$((RANDOM % 10))"
			load "$system" $kind
			sleep 0.5
			captured "$OUT/load.$system.$kind.$i"
			stop "$system"
			sleep 1
		done
	done
done

# RTNL is taken between the cut and the takeover, as it takes RTNL to cut.
hold() { on C python3 "$TESTS/lib/hold.py" 3 >/dev/null; }
hammer() {
	local i
	ip netns add X
	for ((i = 0; i < 1000; i++)); do
		echo "link add d$i type dummy"
	done >/tmp/batch
	ip -n X -batch /tmp/batch
	ip netns del X
}
for system in carp.default carp.1s keepalived.1s; do
	for kind in hold hammer; do
		start "$system"
		settle "$system"
		for ((i = 0; i < RUNS; i++)); do
			client "$system" "rtnl.$system.$kind.$i" -e 50 -d 7000 \
				-b -o "$OUT/rtnl" -P "$OUT/rtnl.pid" \
				--at "1500.$RANDOM:block:SW:A" --at 6500:forward:SW:A
			# The cut is at 1.5 s, the takeover 3 s later.
			sleep 3.4
			[[ $kind != hammer ]] || sleep 0.6
			$kind
			wait_ok 20 "the report" test -s "$OUT/rtnl.$system.$kind.$i.json"
			sleep 1
		done
		stop "$system"
		sleep 1
	done
done

pass "measured"
done_testing
