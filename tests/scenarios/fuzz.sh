#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: debug-6.12
# options: --leaks
# long-options:
# timeout: 900
# long-timeout: 14400
#
# usage: fuzz.sh [frames|requests]...
#
# Frames that are nearly right, on the real way in, to one that they make MASTER
# and BACKUP in turn;
# requests of root, of a user who is root in a namespace of his own, and of
# nobody. The kernel complains of nothing, nobody has changed anything, and
# the group works as before.
#
#	A (advskew 0)   ---+--- SW
#	B (advskew 100) ---+
#	F ------ P (the fuzzer)
#
# kmemleak, which doubles what all costs, looks for leaks in the small size; the
# full one looks at what the kernel's memory comes to.

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

NO_RECORD=1
segment A B
own6 A B
pair_vips=(192.0.2.100/24 2001:db8::100/64)
pair pass secret preempt on
diag "seed $VM_SEED"

# Without a bridge between them, which would cost more than all the rest.
for host in F P; do
	ip netns add $host
done
ip link add eth0 netns F type veth peer name eth0 netns P
ip -n F link set eth0 up
ip -n P link set eth0 up
ip -n F addr add 192.0.2.1/24 dev eth0
ip -n P addr add 192.0.2.3/24 dev eth0
own6 F P
carp F vhid 1 pass secret preempt on
vip F 192.0.2.100/24
vip F 2001:db8::100/64
up F
wait_state F MASTER

# Unreclaimable memory, some of it freed and kept from use for a while by KASAN:
# a few bytes for each of what was sent would show.
slab_kb() {
	local key kb _
	sleep 5
	while read -r key kb _; do
		[[ $key != SUnreclaim: ]] || echo "$kb"
	done </proc/meminfo
}
slab() {
	((!${VM_LONG:-0})) || slab_before=$(slab_kb)
}
slab_same() {
	local now
	((${VM_LONG:-0})) || return 0
	now=$(slab_kb)
	diag "slabs of $slab_before kB, and now $now kB"
	within $((now - slab_before)) -100000 4096 "$1 leaves nothing behind"
}

look() {
	ip -n A -d addr show | sed 's/carp state [A-Z]*//; s/valid_lft.*//
		s/state [A-Z]*//; s/<[^>]*>//'
	on A carpctl show | grep -E 'demotion|^ *[a-z]+ [0-9]+$'
}

frames() {
	# Some of what is sent is believed, and changes states.
	n=$(size 50000 1000000)
	mutated() {
		mutate P:eth0 "$@" pass=secret vips=192.0.2.100,2001:db8::100
	}
	mutated -n $((n / 10)) -s "$VM_SEED" >/dev/null
	slab
	campaign "$OUT/frames" "$n frames are sent" \
		mutated -n $((n - n / 10)) -s $((VM_SEED + 1000))
	slab_same "a frame"
	tally F >"$OUT/tally"
	diag "$(<"$OUT/tally")"
	for name in ipackets ipackets6 badauth badttl badlen badver badsum hdrops \
		foreign contested; do
		isnt "$(tr ' ' '\n' <"$OUT/tally" | field $name)" "" "counted: $name"
	done
	diag "F has become MASTER $(counter F preempt) times"
	within "$(counter F preempt)" $((n / 100)) "$n" "states have changed all the time"
	wait_state F MASTER 20
	run_ok "F answers for the address" on P ping -c 2 -W 2 192.0.2.100
	run_ok "over IPv6 too" on P ping -c 2 -W 2 2001:db8::100
}

requests() {
	n=$(size 5000 200000)
	look >"$OUT/before"
	nlfuzz -n $((n / 20)) -s $((VM_SEED + 1000)) A >/dev/null
	slab
	campaign "$OUT/root" "$((n / 2)) requests of root" \
		nlfuzz -n $((n / 2)) -s "$VM_SEED" A
	campaign "$OUT/userns" "$((n / 4)) requests of root in a namespace of a user's own" \
		nlfuzz -U -n $((n / 4)) -s "$VM_SEED" A
	campaign "$OUT/nobody" "$((n / 4)) requests of nobody, none that changes anything is granted" \
		nlfuzz -u -n $((n / 4)) -s "$VM_SEED" A
	look >"$OUT/after"
	slab_same "a request"
	run_ok "and nothing has changed" cmp "$OUT/before" "$OUT/after"
	for kind in add change delete address show genl; do
		like "$(<"$OUT/root")" "$kind [1-9][0-9]*\+[1-9]" \
			"of root's requests of kind $kind some were done and some refused"
		like "$(<"$OUT/userns")" "$kind [1-9][0-9]*\+[1-9]" \
			"the same of root's in a namespace of a user's own: $kind"
	done
}

parts=("$@")
((${#parts[@]})) || parts=(frames requests)
for part in "${parts[@]}"; do
	$part
done

is "$(masters A B)" A "A is the only MASTER"
cut A
wait_state B MASTER 5
join A
wait_state B BACKUP 5
done_testing
