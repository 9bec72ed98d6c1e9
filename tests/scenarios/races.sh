#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.12 kcsan-6.12 debug-6.12
# debug: long
# options: --races
# timeout: 900
# long-timeout: 7200
#
# Everything at once, on two CPUs: an election, traffic to the address, changes,
# forced states, addresses that come and go, dumps by rtnetlink and generic
# netlink, a carrier that flaps, other interfaces that are made and deleted, the
# module unloaded. What is looked for are data races, of which KCSAN tells, what
# the debug kernel knows of two CPUs, and hangs.
#
#	A (master, preempt) ---+
#	B (backup) ------------+--- SW
#	C (client) ------------+

. "${0%/*}/../lib/lib.sh"

ROUNDS=60
[[ $VM_KERNEL == stock-* ]] || ROUNDS=$(size 10 60)
segment A B C
pair_vips=(192.0.2.100/24 2001:db8::100/64)
pair pass secret
# Two vhids that share an address
on A sysctl -qw net.carp.arpbalance=1
for vhid in 8 9; do
	ip -n A link add carp$vhid link eth0 type carp vhid $vhid advskew 10
	ip -n A addr add 192.0.2.120/24 dev carp$vhid
	ip -n A link set carp$vhid up
done

# many COMMAND...: again and again; what fails is another's doing, but not always.
many() {
	local i done=0
	for ((i = 0; i < ROUNDS; i++)); do
		! "$@" "$i" >/dev/null 2>&1 || ((++done))
	done
	echo $done >"$OUT/done.$1"
}
changes() {
	ip -n A link set carp0 type carp advskew $(($1 % 3 * 10)) preempt on
	ip -n B link set carp0 type carp preempt-delay $(($1 % 2)) pass secret
}
states() {
	ip -n A link set carp0 type carp state backup
	ip -n B link set carp0 type carp state backup
	ip -n A link set carp8 type carp state backup
	ip -n A link set carp8 type carp state master
}
# From an address that two vhids have
shared() { on A ping -q -i 0.002 -c 50 -W 1 -I 192.0.2.120 192.0.2.3; }
addresses() {
	ip -n A addr add "192.0.2.$((101 + $1 % 50))/24" dev carp0
	ip -n A addr add "2001:db8::1:$1/64" dev carp0
	ip -n A addr del "192.0.2.$((101 + $1 % 50))/24" dev carp0
	ip -n A addr del "2001:db8::1:$1/64" dev carp0
}
dumps() {
	ip -n A -d -s link show
	on A carpctl show
	on A ethtool -S carp0
	on B cat /proc/sys/net/carp/demotion
}
others() {
	ip -n A link add "carp$((2 + $1 % 4))" link eth0 type carp vhid $((2 + $1 % 4)) advbase 0 advskew 5
	ip -n A link set "carp$((2 + $1 % 4))" up
	ip -n A addr add "198.51.100.$((2 + $1 % 4))/24" dev "carp$((2 + $1 % 4))"
	ip -n A link del "carp$((2 + ($1 + 2) % 4))"
}
settings() {
	on B sysctl -q -w net.carp.demotion=$(($1 % 2 ? 5 : -5))
	on A sysctl -q -w net.carp.preempt=$(($1 % 2))
	on A sysctl -q -w net.carp.allow=$(($1 % 8 != 7))
}
flaps() {
	sleep 0.5
	ip -n B link set eth0 down
	ip -n B link set eth0 up
}

on C ping -i 0.01 -c $((ROUNDS * 60)) 192.0.2.100 >/dev/null 2>&1 &
jobs=()
work=(changes states shared addresses dumps others settings flaps)
for job in "${work[@]}"; do
	many "$job" &
	jobs+=($!)
done
wait "${jobs[@]}"
for job in "${work[@]}"; do
	isnt "$(<"$OUT/done.$job")" 0 "among them: $job"
done
kill %1 2>/dev/null

# The same more densely, as no program is started for each request.
n=$(size 150 2000)
[[ $VM_KERNEL != debug-* ]] || n=300
diag "seed $VM_SEED"
campaign "$OUT/churn" "$n interfaces are made and end" \
	churn -n "$n" -p 12 -s "$VM_SEED"
within "$(field made <"$OUT/churn")" $((n * 8 / 10)) $((n + 20)) \
	"most could be made"

on A sysctl -q -w net.carp.allow=1
ip -n A link set carp0 type carp advskew 0 preempt on
wait_state A MASTER 30
wait_state B BACKUP 30
is "$(masters A B)" A "one master in the end"

ip -n A link del carp8
ip -n A link del carp9
for host in A B; do
	ip -n $host link del carp0
done
unload_in_storm "$(size 2 30)" 50

kcsan=/sys/kernel/debug/kcsan
if [[ -e $kcsan ]]; then
	watched=$(sed -n 's/^setup_watchpoints: //p' $kcsan)
	diag "$watched accesses watched, $(sed -n 's/^data_races: //p' $kcsan) races, whosever"
	within "$watched" 10000 1000000000 "accesses have been watched"
fi
done_testing
