#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# options: --leaks
# rt: core
#
# The bench itself: what every other scenario takes for granted.

. "${0%/*}/../lib/tap.sh"

# Programs, and that they find their libraries.
for tool in ip bridge tc ping arping tcpdump ethtool nft jq nc socat ucarp \
	keepalived python3 unshare; do
	run_ok "$tool is there" command -v "$tool"
done
run_ok "tcpdump runs" tcpdump --version
run_ok "nft runs" nft list ruleset
run_ok "keepalived runs" keepalived --version
like "$(ucarp --help 2>&1)" "vhid" "ucarp runs"
is "$(echo '{"a": [1, 2]}' | jq -c .a)" "[1,2]" "jq runs"
is "$(python3 -c 'import json, socket, struct; print(json.dumps([1]))')" "[1]" \
	"python3 runs, with json, socket and struct"

# Nothing on a disk, nothing from the host.
like "$(stat -f -c %T /)" "tmpfs|ramfs" "the root is in RAM"
is "$(awk '$3 ~ /9p|ext4|virtiofs/' /proc/mounts)" "" "nothing is mounted from the host"
like "$(</proc/sys/kernel/printk)" "^1[^0-9]" "the console is quiet"

# Without virtual time there is nothing to promise.
real_time=
[[ $VM_MODE != races ]] || real_time="in real time"
promise() {
	if [[ $real_time ]]; then skip "$real_time"; else ok "$@"; fi
}

# The clock: waiting is exact, programs cost what their instructions cost.
is "$(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)" tsc \
	"the clock is the TSC"
clock=$(python3 - <<'END'
import time
def late(seconds, times):
    worst = 0
    for _ in range(times):
        start = time.monotonic_ns()
        time.sleep(seconds)
        worst = max(worst, time.monotonic_ns() - start - int(seconds * 1e9))
    return worst // 1000
late(0.001, 3)
print(late(0.01, 100), late(10, 3))
END
)
diag "worst lateness of a process in us, 100 x 10 ms and 3 x 10 s: $clock"
read -r short long <<<"$clock"
limit=1000
[[ $VM_KERNEL != debug-* ]] || limit=3000
promise $((short > limit)) "10 ms take 10 ms"
promise $((long > limit)) "10 s take 10 s"
start=$(tap_now)
for _ in 1 2 3 4 5 6 7 8 9 10; do
	ip link show lo >/dev/null
done
took=$(($(tap_now) - start))
diag "ten runs of ip: $took ms"
promise $((took > 2000)) "programs start without a leap of the clock"

# Two hosts on a segment.
for ns in a b; do
	ip netns add "$ns"
	ip -n "$ns" link set lo up
done
ip link add br0 type bridge
ip link set br0 up
i=0
for ns in a b; do
	ip link add "p$ns" type veth peer name eth0 netns "$ns"
	ip link set "p$ns" master br0 up
	ip -n "$ns" link set eth0 up
	ip -n "$ns" addr add "192.0.2.$((++i))/24" dev eth0
done
run_ok "two namespaces reach each other over a bridge" \
	ip netns exec a ping -c 3 -i 0.2 -W 2 192.0.2.2
run_ok "ARP works" ip netns exec a arping -c 1 -I eth0 192.0.2.2
ip link set pb nomaster
run_fails "a cut bridge port cuts" \
	ip netns exec a ping -c 1 -W 1 192.0.2.2
is "$(ip netns exec b cat /sys/class/net/eth0/carrier)" 1 \
	"and leaves the link up"
for kind in vrf dummy macvlan vlan bond ipvlan; do
	case $kind in
	vrf) args=(t0 type vrf table 10) ;;
	macvlan | ipvlan) args=(t0 link pa type "$kind") ;;
	vlan) args=(t0 link pb type vlan id 7) ;;
	*) args=(t0 type "$kind") ;;
	esac
	[[ $kind != macvlan && $kind != ipvlan ]] || ip link set pa nomaster
	run_ok "link of type $kind" ip link add "${args[@]}"
	ip link del t0
done
run_ok "netem" tc qdisc add dev pa root netem delay 1ms
run_ok "nft netdev ingress" nft -f - <<'END'
table netdev t { chain c { type filter hook ingress device pa priority 0; }; }
END

echo "kept" >"$OUT/kept"
done_testing
