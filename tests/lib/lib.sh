# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Topologies for scenarios, on top of tap.sh. Every host is a network namespace
# with a device eth0, plugged into a bridge in the namespace SW by a port that
# has the name of the host:
#
#	A:eth0 ---+
#	B:eth0 ---+--- SW:br0
#	C:eth0 ---+
#
#	segment HOST...			192.0.2.1/24, .2, ... in that order
#	bare HOST...			take the addresses away again
#	carp HOST WORD...		ip link add carp0 link eth0 type carp WORD...
#	vip HOST ADDR/LEN [DEV]		a virtual address, made known to the judge
#	up HOST [DEV]
#	state HOST [DEV]		INIT, BACKUP or MASTER
#	wait_state HOST STATE [SECONDS] [DEV]
#	is_state HOST STATE NAME [DEV]
#	pair [WORD...]			A and B, vhid 1, 192.0.2.100/24, advskew 0 and
#					100; returns when A is MASTER and B is BACKUP
#	masters HOST...			who of them is MASTER
#	cut HOST, join HOST		pull and plug the cable at the switch
#	counter HOST NAME [DEV]		one of ethtool -S
#	on HOST COMMAND...		ip netns exec
#	foreign HOST			runs something that is not ours: not judged
#	record [HOST...]		begin to record at the ports (default: all)
#	judge				end of it: both invariants over every frame
#	finish				judge, if something was recorded; done_testing
#	frames FILTER...		tcpdump over what the judge has left
#
# Recording begins by itself with segment, unless NO_RECORD is set.

# shellcheck source=tests/lib/tap.sh
. "${BASH_SOURCE[0]%/*}/tap.sh"

hosts=()
foreign=()
recording=""
OUT=${OUT:-/tmp}

on() {
	local host=$1
	shift
	ip netns exec "$host" "$@"
}

plug() {
	local host=$1
	ip netns add "$host"
	ip -n "$host" link set lo up
	ip link add eth0 netns "$host" type veth peer name "$host" netns SW
	ip -n SW link set "$host" master br0 up
	ip -n "$host" link set eth0 up
	hosts+=("$host")
}

segment() {
	local host n=0
	ip netns add SW
	ip -n SW link add br0 type bridge stp_state 0 mcast_snooping 0
	ip -n SW link set br0 up
	for host; do
		plug "$host"
		ip -n "$host" addr add "192.0.2.$((++n))/24" dev eth0
	done
	[[ -n ${NO_RECORD:-} ]] || record
}

bare() {
	local host
	for host; do
		ip -n "$host" addr flush dev eth0
	done
}

foreign() {
	foreign+=("$1")
}

carp() {
	local host=$1
	shift
	ip -n "$host" link add carp0 link eth0 type carp "$@"
}

vip() {
	local host=$1 addr=$2 dev=${3:-carp0} vhid
	vhid=$(ip -n "$host" -d -j link show "$dev" |
		jq -r '.[0].linkinfo.info_data.vhid')
	echo "vip ${addr%/*} $vhid $host" >>"$OUT/vips"
	ip -n "$host" addr add "$addr" dev "$dev"
}

up() {
	ip -n "$1" link set "${2:-carp0}" up
}

state() {
	ip -n "$1" -d -j link show "${2:-carp0}" |
		jq -r '.[0].linkinfo.info_data.state'
}

is_in() {
	[[ $(state "$1" "$3") == "$2" ]]
}

wait_state() {
	local host=$1 state=$2 seconds=${3:-10} dev=${4:-carp0}
	wait_ok "$seconds" "$host is $state" is_in "$host" "$state" "$dev"
}

is_state() {
	is "$(state "$1" "${4:-carp0}")" "$2" "$3"
}

pair() {
	local host skew=0
	for host in A B; do
		carp $host vhid 1 advskew $skew "$@"
		vip $host 192.0.2.100/24
		up $host
		skew=100
	done
	wait_state A MASTER
	wait_state B BACKUP
}

masters() {
	local host list=()
	for host; do
		[[ $(state "$host") != MASTER ]] || list+=("$host")
	done
	echo "${list[*]}"
}

cut() { ip -n SW link set "$1" nomaster; }
join() { ip -n SW link set "$1" master br0; }

counter() {
	ip netns exec "$1" ethtool -S "${3:-carp0}" |
		awk -v name="$2:" '$1 == name { print $2 }'
}

inode() {
	stat -L -c %i "/run/netns/$1"
}

record() {
	local host taps=()
	for host in "${@:-${hosts[@]}}"; do
		taps+=("$host=SW:$host")
	done
	echo mono >/sys/kernel/tracing/trace_clock
	echo 1 >/sys/kernel/tracing/events/carp/enable
	echo 1 >/sys/kernel/tracing/tracing_on
	watch -b -p "$OUT/watch.pid" -o "$OUT" "${taps[@]}"
	recording=1
}

stop_recording() {
	run_ok "the recorder has missed nothing" \
		watch -k -p "$OUT/watch.pid" -o "$OUT"
	echo 0 >/sys/kernel/tracing/tracing_on
	cat /sys/kernel/tracing/trace >"$OUT/trace"
	recording=""
}

is_foreign() {
	local other
	for other in "${foreign[@]}"; do
		[[ $other != "$1" ]] || return 0
	done
	return 1
}

judge() {
	local host verdict=0
	stop_recording
	for host in "${hosts[@]}"; do
		if is_foreign "$host"; then
			echo "foreign $host"
		else
			echo "host $host $(inode "$host")"
		fi
	done >"$OUT/hosts"
	touch "$OUT/vips"
	framecheck judge -f "$OUT/frames.tsv" -H "$OUT/hosts" -V "$OUT/vips" \
		-t "$OUT/trace" >"$OUT/verdict" 2>&1 || verdict=$?
	ok $verdict "every frame keeps both invariants of sending" ||
		diag "$(head -n 40 "$OUT/verdict")"
}

finish() {
	[[ -z $recording ]] || judge
	done_testing
}

frames() {
	local host=$1
	shift
	tcpdump -Z root -n -e -r "$OUT/$host.pcap" "$@" 2>/dev/null
}
