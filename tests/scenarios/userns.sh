#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# What an unprivileged user can do to the host with carp in user namespaces of its
# own: all of them together have one budget of log lines, which say whose they are,
# and one of advertisements. The initial user namespace has neither, and is not
# disturbed.
#
#	A (advskew 0)   ---+
#	B (advskew 100) ---+--- SW		initial user namespace
#	U0 U1 ...				of uid 65534, alone

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

NO_RECORD=1
segment A B
pair pass secret
sysctl -qw kernel.unprivileged_userns_clone=1
chmod 755 "$OUT"
WHOSE="carp: user namespace of uid 65534 \\(net:\\[[0-9]+\\]\\): "

# theirs NAME: a network namespace in a user namespace of uid 65534; root of that
# one is "in NAME", root of the host "on NAME".
declare -A pid=()
holders=()
theirs() {
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		unshare -Urn sleep 3600 &
	pid[$1]=$!
	holders+=($!)
	wait_for 5 other_net ${pid[$1]}
	ip netns attach "$1" ${pid[$1]}
}
other_net() { [[ $(readlink "/proc/$1/ns/net") != "$(readlink /proc/self/ns/net)" &&
	$(readlink "/proc/$1/exe") == */sleep ]]; }
in_() {
	local ns=$1
	shift
	nsenter -U -n -t "${pid[$ns]}" -- "$@"
}
lines() { dmesg | grep -cE "$1"; }

# -- log lines
cat >"$OUT/flap" <<'FLAP'
ip link add eth0 type dummy
ip link set eth0 up
ip link add carp0 link eth0 type carp vhid 1 state master
ip addr add 192.0.2.100/24 dev carp0
ip link set carp0 up
sysctl -qw net.carp.log=2
while read -r _; do
	for ((i = 0; i < 15; i++)); do
		ip link set carp0 type carp state backup
		ip link set carp0 type carp state master
	done
done
FLAP
log_clear
start=$(tap_now)
flapping=()
for ((i = 0; i < 12; i++)); do
	theirs U$i
	(sleep 1; echo go; sleep 2; echo go) |
		in_ U$i bash "$OUT/flap" >/dev/null 2>>"$OUT/flap.err" &
	flapping+=($!)
done
sleep 1.5
ip -n A link set carp0 type carp state backup
is_state B MASTER "the host's own hosts go on"
wait "${flapping[@]}"
took=$(($(tap_now) - start))
sleep 0.2
dmesg >"$OUT/flood.log"
is "$(<"$OUT/flap.err")" "" "twelve namespaces have changed state without end"
theirs=$(lines "$WHOSE")
diag "$theirs lines of twelve namespaces in $took ms"
within "$theirs" 1 $(((took / 5000 + 1) * 10)) "ten lines in five seconds, of all of them together"
is "$(grep "carp:" "$OUT/flood.log" | grep -vcE "$WHOSE|carp: carp0 \(vhid 1 on eth0\): (MASTER -> BACKUP|BACKUP -> MASTER) \((requested by the administrator|master bowed out from 192.0.2.1)\)")" \
	0 "each says whose it is"
logged "carp: carp0 .*: MASTER -> BACKUP \(requested by the administrator\)" 1
logged "carp: carp0 .*: BACKUP -> MASTER \(master bowed out from 192.0.2.1\)" 1
inode=$(stat -L -c %i "/proc/${pid[U0]}/ns/net")
for ((i = 1; i < 12; i++)); do ip netns del U$i; done
kill "${holders[@]:1}"
sleep 6
log_clear
on U0 ip link set carp0 type carp state backup
logged "carp: user namespace of uid 65534 \(net:\[$inode\]\): carp0 \(vhid 1 on eth0\): MASTER -> BACKUP" 1

# Two masters, and what is dropped, of which level 2 says more only on the host
ip -n U0 link del carp0
ip -n U0 link add va type veth peer name vb
for dev in va vb; do
	ip -n U0 link set $dev up
	ip -n U0 link add c$dev link $dev type carp vhid 7 pass $dev
	ip -n U0 addr add 192.0.2.107/24 dev c$dev
	ip -n U0 link set c$dev up
done
log_clear
on U0 sysctl -qw net.carp.log=2
on B sysctl -qw net.carp.log=2
ip -n B link set carp0 type carp pass other
wait_ok 10 "another master is seen in a namespace of a user" has_logged \
	"${WHOSE}c(va|vb) .*: advertisements from .* fail authentication" 1
wait_ok 10 "the host logs what it drops" has_logged \
	"carp: carp0 .*: advertisement from 192.0.2.1 dropped: wrong digest" 2
dropped() { (($(counter U0 badauth cva) > 3)); }
wait_ok 10 "dropped there, too" dropped
is "$(lines "advertisement from .* dropped" ) $(lines "c(va|vb) .*advertisement from .* dropped")" \
	"$(lines "carp: carp0 .*advertisement from .* dropped") 0" "and not logged, whatever net.carp.log says"
ip -n B link set carp0 type carp pass secret
on B sysctl -qw net.carp.log=1
ip -n U0 link del va

# -- advertisements
rtnl() { in_ U0 python3 "$TESTS/lib/rtnl.py" "$@"; }
ip -n U0 link add d0 type dummy
ip -n U0 link set d0 up
for words in "advskew=0" "advskew=1" "advskew=25"; do
	like "$(rtnl add carp1 link=d0 vhid=1 advbase=0 $words 2>&1)" \
		"error=1 .*carp: intervals below 100 ms are for the initial user namespace; give advskew 26 or more, or advbase 1" \
		"refused: advbase 0 $words"
done
is "$(ip -n U0 link show type carp)" "" "and none is there"
run_ok "102 ms is not" in_ U0 ip link add carp1 link d0 type carp vhid 1 advbase 0 advskew 26
like "$(rtnl set carp1 advskew=25 2>&1)" "blames=advskew .*below 100 ms" "a change to less is, at the attribute"
is "$(info U0 advskew carp1)" 26 "and changes nothing"

# many NS DEVICE ADVSKEW: as many as there can be, each with an address
many() {
	local i
	ip -n "$1" link add "$2" type dummy
	ip -n "$1" link set "$2" up
	for ((i = 1; i <= 250; i++)); do
		echo "link add $2.$i link $2 type carp vhid $i advbase 0 advskew $3 state master"
	done >"$OUT/batch"
	ip -n "$1" -force -batch "$OUT/batch" 2>"$OUT/many.err" || true
	ip -n "$1" -o link show type carp | sed -n "s/^[0-9]*: \\($2\.\\([0-9]*\\)\\)@.*/addr add 10.9.\\2.1\\/32 dev \\1\\nlink set \\1 up/p" >"$OUT/batch"
	ip -n "$1" -batch "$OUT/batch"
	made=$(($(wc -l <"$OUT/batch") / 2))
}
# busy: 1/1000 of the CPU, in five seconds
busy() {
	local up idle up2 idle2
	read -r up idle </proc/uptime
	sleep 5
	read -r up2 idle2 </proc/uptime
	echo $((1000 - (${idle2/./} - ${idle/./}) * 1000 / (${up2/./} - ${up/./})))
}
quiet=$(busy)
many U0 d1 26
theirs_made=$made
# 256/26 a second, over two families: 1,000 of them, of which one has its part already.
within $theirs_made 48 50 "1,000 advertisements a second are given out"
like "$(<"$OUT/many.err")" "carp: all user namespaces but the initial one may together send 1000 advertisements a second, and do; give a longer interval, or delete an interface" \
	"and then no more"
theirs V0
ip -n V0 link add d0 type dummy
run_fails "to none of these namespaces" in_ V0 ip link add carp1 link d0 type carp vhid 1 advbase 0 advskew 26
run_ok "they can have what is left" in_ V0 ip link add carp1 link d0 type carp vhid 1 advbase 10
like "$(in_ V0 ip link set carp1 type carp advbase 0 advskew 30 2>&1)" "may together send 1000" "and not more"
like "$(in_ V0 ip link set carp1 type carp advbase 1 peer "$(seq -s , -f 192.0.2.%g 1 32)" 2>&1)" \
	"may together send 1000" "also not to many peers"
is "$(info V0 advbase carp1)" 10 "which changes nothing"
run_ok "less is always granted" in_ V0 ip link set carp1 type carp advbase 20
busy_theirs=$(($(busy) - quiet))

# The host's own namespaces are not bound.
many A d2 1
is "$made" 250 "the initial user namespace makes what it likes"
busy_ours=$(($(busy) - quiet - busy_theirs))
diag "250 interfaces at 1/256 s: $((busy_ours / 10)).$((busy_ours % 10)) % of a CPU;" \
	"what other user namespaces may: $((busy_theirs / 10)).$((busy_theirs % 10)) %"
within "$busy_ours" 200 1000 "without a bound it would be a lot"
within "$busy_theirs" 0 40 "with it, little"
ip -n A link del d2

# Announcements, of which there is one for each address
# announced NS: by four interfaces that become MASTER five times
announced() {
	local ns=$1 i n before
	ip -n "$ns" link add d3 type dummy
	ip -n "$ns" link set d3 up
	for i in 1 2 3 4; do
		echo "link add e$i link d3 type carp vhid $i advbase 10 state master"
		echo "link set e$i up"
		for n in {1..250}; do
			echo "addr add 10.7$i.$n.1/32 dev e$i"
		done
	done >"$OUT/batch"
	ip -n "$ns" -batch "$OUT/batch"
	wait_state "$ns" MASTER 10 e4
	sleep 5
	for n in 1 2 3 4 5; do
		for i in 1 2 3 4; do
			echo "link set e$i type carp state backup"
			echo "link set e$i type carp state master"
		done
	done >"$OUT/batch"
	before=$(on_sys "$ns" cat /sys/class/net/d3/statistics/tx_packets)
	ip -n "$ns" -batch "$OUT/batch"
	sleep 0.1
	sent=$(($(on_sys "$ns" cat /sys/class/net/d3/statistics/tx_packets) - before))
	ip -n "$ns" link del d3
}
ip -n U0 link del d1
announced U0
within "$sent" 3900 4200 "4,000 announcements a second, and the advertisements"
announced A
within "$sent" 5000 5200 "the initial user namespace announces all that it likes"
many U0 d1 26

# What is given back can be had again.
ip -n U0 link del d1.1
ip -n U0 link del d1.2
run_ok "what is given back can be had" in_ V0 ip link set carp1 type carp advbase 0 advskew 26
ip netns del U0
kill "${pid[U0]}"
ip -n V0 link add d1 type dummy
wait_ok 5 "so is what a namespace had that has gone" in_ V0 bash -c '
	for i in {1..20}; do
		ip link show c$i >/dev/null 2>&1 ||
			ip link add c$i link d1 type carp vhid $i advbase 0 advskew 26 || exit 1
	done'
is_state B MASTER "and A and B do not know of it"
done_testing
