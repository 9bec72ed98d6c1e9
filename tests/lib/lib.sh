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
#	segment6 HOST...		2001:db8::1/64, ::2, ... and no IPv4
#	own6 HOST...			these addresses too
#	nic HOST DEV [BRIDGE]		one more device, at the port HOST.DEV (of br0)
#	bare HOST...			take the addresses away again
#	carp HOST WORD...		ip link add carp0 link eth0 type carp WORD...
#	vip HOST ADDR/LEN [DEV]		a virtual address, made known to the judge
#	at_lower HOST [VHID [FROM [TO]]]	to the judge: the group is at the present MAC
#					of eth0 there (lladdr lower), from and to
#					a time of "now"
#	guarded HOST...			their ports pass only frames from and to the
#					present MAC of eth0; guarded alone: no port
#	up HOST [DEV]
#	info HOST KEY [DEV]		what ip shows of carp0, as in its JSON
#	state HOST [DEV]		INIT, BACKUP or MASTER
#	rx_packets HOST [DEV]		as ip -s counts them
#	mac HOST [DEV]			the MAC of eth0
#	lladdr HOST ADDR [dev DEV]	its MAC in the neighbour table there, or null
#	wait_state HOST STATE [SECONDS] [DEV]
#	never_state HOST STATE SECONDS NAME [DEV]
#	becomes HOST STATE SECONDS [DEV]	waits, and is no test
#	is_state HOST STATE NAME [DEV]
#	pair [WORD...]			A and B, vhid 1, 192.0.2.100/24, advskew 0 and
#					100; returns when A is MASTER and B is BACKUP
#	pair_vips=(ADDR/LEN...)	other addresses for pair
#	two_pairs			another segment br1 with eth1 and carp1, vhid 2,
#					198.51.100.100/24; both preempt, A is MASTER
#	both				states of carp0 and carp1 on A, and on B
#	is_both STATES
#	second HOST			eth1 at the port HOST2, judged as HOST is
#	learned MAC			where the switch knows it: its ports
#	masters HOST...			who of them is MASTER
#	cut HOST, join HOST		pull and plug the cable at the switch
#	counter HOST NAME [DEV]		one of ethtool -S
#	tally HOST [DEV]		those about reception that have changed since
#					the last tally: "badttl=3 ipackets=3"
#	on HOST COMMAND...		in the host's namespace
#	on_sys HOST COMMAND...		the same with the host's /sys, which costs
#					as much again
#	foreign HOST			runs something that is not ours: not judged
#	record HOST...			begin to record at their ports
#	judge				end of it: both invariants over every frame
#	finish				judge, if something was recorded; done_testing
#	frames HOST FILTER...		tcpdump over what the judge has left
#	during FROM TO HOST FILTER...	the same, of that time; from "now" on
#	now				the time for that
#	said HOST [VHID]		its advertisements there: NS BASE SKEW
#	said6 HOST [VHID]		those over IPv6
#	heard HOST [VHID]		those that came to it
#	moves HOST [VHID]		transitions: US OLD NEW REASON
#	moved HOST STATE [VHID]		when it last became STATE, in us
#	field NAME			value of NAME=VALUE in a text
#	within GOT LOW HIGH NAME	a test of a whole number
#	in_time GOT LOW HIGH NAME	of a time in us
#	none_lost GOT NAME		of the packets that a client has lost
#	logged REGEX [NUMBER]		so often in the log since log_clear (1)
#	campaign FILE NAME COMMAND...	a test; what it has printed is in FILE, and shown
#	size SMALL LARGE		of a campaign: in make check, in make check-long
#	$VM_SEED			where its random numbers begin
#
# Recording begins by itself with segment, unless NO_RECORD is set.
#
# The debug kernel is ten times slower and promises no times. What it is there
# for is what it complains of; there pulse asks less often, and in_time and
# none_lost are lenient.

# shellcheck source=tests/lib/tap.sh
. "${BASH_SOURCE[0]%/*}/tap.sh"

hosts=()
declare -A inodes
foreign=()
recording=""
OUT=${OUT:-/tmp}

on() {
	local host=$1
	shift
	nsenter --net="/run/netns/$host" "$@"
}

on_sys() {
	local host=$1
	shift
	ip netns exec "$host" "$@"
}

plug() {
	local host=$1
	ip netns add "$host"
	inodes[$host]=$(inode "$host")
	ip -n "$host" link set lo up
	ip link add eth0 netns "$host" type veth peer name "$host" netns SW
	ip -n SW link set "$host" master br0 up
	ip -n "$host" link set eth0 up
	hosts+=("$host")
}

nic() {
	local host=$1 dev=$2 bridge=${3:-br0}
	ip -n SW link add "$bridge" type bridge stp_state 0 mcast_snooping 0 \
		2>/dev/null || true
	ip -n SW link set "$bridge" up
	ip link add "$dev" netns "$host" type veth peer name "$host.$dev" \
		netns SW
	ip -n SW link set "$host.$dev" master "$bridge" up
	ip -n "$host" link set "$dev" up
}

second() {
	local host=$1
	ip link add eth1 netns "$host" type veth peer name "${host}2" netns SW
	ip -n SW link set "${host}2" master br0 up
	hosts+=("${host}2")
	inodes[${host}2]=${inodes[$host]}
}

switch() {
	ip netns add SW
	ip -n SW link add br0 type bridge stp_state 0 mcast_snooping 0
	ip -n SW link set br0 up
	# A switch looks at no IP header; this one would, where br_netfilter is
	# built in.
	on SW sysctl -q -e -w net.bridge.bridge-nf-call-iptables=0 \
		net.bridge.bridge-nf-call-ip6tables=0 \
		net.bridge.bridge-nf-call-arptables=0
}

segment() {
	local host n=0
	switch
	for host; do
		plug "$host"
		ip -n "$host" addr add "192.0.2.$((++n))/24" dev eth0
	done
	[[ -n ${NO_RECORD:-} ]] || record "${hosts[@]}"
}

segment6() {
	local host
	switch
	for host; do
		plug "$host"
	done
	own6 "$@"
	[[ -n ${NO_RECORD:-} ]] || record "${hosts[@]}"
}

own6() {
	local host n=0
	for host; do
		ip -n "$host" addr add "2001:db8::$((++n))/64" dev eth0 nodad
	done
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
	vhid=$(info "$host" vhid "$dev")
	echo "vip ${addr%/*} $vhid $host" >>"$OUT/vips"
	ip -n "$host" addr add "$addr" dev "$dev"
}

at_lower() {
	local host=$1 vhid=${2:-1}
	echo "lladdr $vhid $host $(mac "$host") ${*:3}" >>"$OUT/vips"
}

guarded() {
	local host own
	on SW nft delete table netdev guard 2>/dev/null || true
	for host; do
		own=$(mac "$host")
		on SW nft -f - <<-END
			table netdev guard {
				chain from_$host {
					type filter hook ingress device $host priority 0;
					ether saddr != $own counter drop
				}
				chain to_$host {
					type filter hook egress device $host priority 0;
					ether daddr & 01:00:00:00:00:00 == 00:00:00:00:00:00 ether daddr != $own counter drop
				}
			}
		END
	done
}

up() {
	ip -n "$1" link set "${2:-carp0}" up
}

# Not with jq, which would be one process more.
value() {
	local json=$1 key=$2
	if [[ $json =~ \"$key\":\"([^\"]*)\" ||
		$json =~ \"$key\":(\[[^]]*\]|[^],}]*) ]]; then
		echo "${BASH_REMATCH[1]}"
	else
		echo null
	fi
}

info() {
	local json
	json=$(ip -n "$1" -d -j link show "${3:-carp0}")
	value "${json#*\"info_data\":}" "$2"
}

state() {
	info "$1" state "$2"
}

rx_packets() {
	local json
	json=$(ip -n "$1" -s -j link show "${2:-carp0}")
	value "${json#*\"rx\":}" packets
}

mac() {
	value "$(ip -n "$1" -j link show "${2:-eth0}")" address
}

lladdr() {
	local host=$1
	shift
	value "$(ip -n "$host" -j neigh show "$@")" lladdr
}

becomes() {
	local host=$1 state=$2 seconds=$3 dev=${4:-carp0}
	await "$host" "$dev" "${state,,}" $((seconds * 1000))
}

wait_state() {
	local host=$1 state=$2 seconds=${3:-10} dev=${4:-carp0} status=0
	becomes "$host" "$state" "$seconds" "$dev" || status=1
	ok $status "$host is $state" ||
		diag "not within $seconds s, but $(state "$host" "$dev")"
}

never_state() {
	local host=$1 state=$2 seconds=$3 name=$4 dev=${5:-carp0} status=0
	! becomes "$host" "$state" "$seconds" "$dev" || status=1
	ok $status "$name"
}

is_state() {
	is "$(state "$1" "${4:-carp0}")" "$2" "$3"
}

pair_vips=(192.0.2.100/24)
pair() {
	local host skew=0 addr
	for host in A B; do
		carp $host vhid 1 advskew $skew "$@"
		for addr in "${pair_vips[@]}"; do
			vip $host "$addr"
		done
		up $host
		skew=100
	done
	wait_state A MASTER
	wait_state B BACKUP
}

two_pairs() {
	local host skew=0
	for host in A B; do
		nic $host eth1 br1
		carp $host vhid 1 advskew $skew pass secret
		vip $host 192.0.2.100/24
		ip -n $host link add carp1 link eth1 type carp vhid 2 advskew $skew
		ip -n $host addr add 198.51.100.100/24 dev carp1
		up $host
		up $host carp1
		on $host sysctl -qw net.carp.preempt=1
		skew=100
	done
	wait_state A MASTER
	wait_state B BACKUP
	wait_state A MASTER 10 carp1
	wait_state B BACKUP 10 carp1
}

both() { echo "$(state A) $(state A carp1) $(state B) $(state B carp1)"; }
is_both() { [[ $(both) == "$1" ]]; }

masters() {
	local host list=()
	for host; do
		[[ $(state "$host") != MASTER ]] || list+=("$host")
	done
	echo "${list[*]}"
}

learned() {
	on SW bridge fdb show br br0 |
		awk -v mac="$1" '$1 == mac { print $3 }' | xargs
}

cut() { ip -n SW link set "$1" nomaster; }
join() { ip -n SW link set "$1" master br0; }

counter() {
	local all
	all=$(on "$1" ethtool -S "${3:-carp0}")
	[[ $all =~ [[:space:]]"$2: "([0-9]+) ]] && echo "${BASH_REMATCH[1]}"
}

tally() {
	local host=$1 dev=${2:-carp0} last
	last=$OUT/tally.$host.$dev
	touch "$last"
	on "$host" ethtool -S "$dev" | tail -n +2 >"$last.now"
	awk -F '[: ]+' '$2 ~ /^(opackets6?|preempt|.x_inactive|oerrors)$/ { next }
		FILENAME != ARGV[2] { was[$2] = $3; next }
		$3 != was[$2] { printf "%s%s=%d", more++ ? " " : "", $2,
			$3 - was[$2] }' "$last" "$last.now"
	mv "$last.now" "$last"
}

inode() {
	stat -L -c %i "/run/netns/$1"
}

record() {
	local host taps=()
	for host; do
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
	stop_recording
	judge_frames
}

judge_frames() {
	local host verdict=0
	for host in "${hosts[@]}"; do
		if is_foreign "$host"; then
			echo "foreign $host"
		else
			echo "host $host ${inodes[$host]}"
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

# The recording has the times of CLOCK_MONOTONIC, as /proc/uptime has here;
# a moment before and after, so that frames fall on one side of it.
now() {
	local up
	sleep 0.02
	read -r up _ </proc/uptime
	sleep 0.02
	echo "$up"
}

during() {
	local from=$1 to=$2 host=$3
	shift 3
	frames "$host" -tt "$@" | awk -v from="$from" -v to="$to" \
		'$1 >= from && $1 < to'
}

# advertisements PORT in|out VHID [4|6]
advertisements() {
	local vhid family=${4:-4}
	vhid=$(printf %02x "$3")
	awk -F '\t' -v port="$1" -v way="$2" -v vhid="$vhid" -v family="$family" '
		function nibble(n) {
			return index("0123456789abcdef", substr($5, n, 1)) - 1
		}
		function byte(n) {
			return 16 * nibble(2 * n + 1) + nibble(2 * n + 2)
		}
		family == 4 && $2 == port && $3 == way &&
			substr($5, 25, 6) == "080045" &&
			substr($5, 47, 2) == "70" &&
			substr($5, 69, 4) == "21" vhid {
			print $1, byte(39), byte(36)
		}
		family == 6 && $2 == port && $3 == way &&
			substr($5, 25, 5) == "86dd6" &&
			substr($5, 41, 2) == "70" &&
			substr($5, 109, 4) == "21" vhid {
			print $1, byte(59), byte(56)
		}' "$OUT/frames.tsv"
}
said() { advertisements "$1" in "${2:-1}"; }
said6() { advertisements "$1" in "${2:-1}" 6; }
heard() { advertisements "$1" out "${2:-1}"; }

moves() {
	local trace=/sys/kernel/tracing/trace
	[[ -n $recording ]] || trace=$OUT/trace
	sed -n "s/^.* \([0-9]*\)\.\([0-9]*\): carp_state: net=${inodes[$1]} .* vhid=${2:-1} old=\([A-Z]*\) new=\([A-Z]*\) reason=\"\(.*\)\"/\1\2 \3 \4 \5/p" \
		"$trace" | sed 's/^0*//'
}

moved() {
	moves "$1" "${3:-1}" | awk -v state="$2" '$3 == state { t = $1 }
		END { print t }'
}

field() {
	sed -n "s/^\(.* \)\{0,1\}$1=\([^ ]*\).*/\2/p" | head -n 1
}

within() {
	local got=$1 low=$2 high=$3 name=$4 status=1
	[[ $got =~ ^-?[0-9]+$ ]] && ((got >= low && got <= high)) && status=0
	ok $status "$name" || {
		diag "got '$got', not from $low to $high"
		return 1
	}
}

campaign() {
	local file=$1 name=$2 status=0
	shift 2
	"$@" >"$file" 2>&1 || status=$?
	ok $status "$name" || diag "exit status $status"
	diag "$(tail -n 40 "$file")"
}

# unload_in_storm TIMES PERCENT: of a churn that goes on, with pauses so long; the
# module comes back with the next interface, or the next question for its family.
unload_in_storm() {
	local times=$1 storm i unloaded=0
	churn -n 1000000 -p "$2" -s $((VM_SEED + 1)) >"$OUT/storm" 2>&1 &
	storm=$!
	for ((i = 0; i < times; i++)); do
		wait_for 5 test -d /sys/module/carp || break
		sleep "0.$(((VM_SEED * 7 + i * 13) % 3 + 1))"
		! timeout 60 rmmod carp 2>>"$OUT/rmmod" || ((++unloaded))
	done
	diag "unloaded $unloaded times of $times: $(sort "$OUT/rmmod" | uniq -c)"
	within "$unloaded" $((times * 9 / 10)) "$times" "unloaded in the middle of a storm"
	run_ok "which has gone on" kill "$storm"
	wait "$storm"
	is "$(<"$OUT/storm")" "" "and has not failed"
	modprobe carp
}

size() {
	if ((${VM_LONG:-0})); then echo "$2"; else echo "$1"; fi
}

is_slow() { [[ ${VM_KERNEL:-} == debug-* ]]; }

in_time() {
	local got=$1 low=$2 high=$3 name=$4
	! is_slow || ((low -= 20000, high += 50000))
	within "$got" "$low" "$high" "$name"
}

none_lost() {
	local most=0
	! is_slow || most=2
	within "$1" 0 $most "$2"
}

pulse() {
	if is_slow; then
		command pulse "$@" -p 20000
	else
		command pulse "$@"
	fi
}

log_clear() {
	dmesg -c >>"$OUT/dmesg"
}

logged() {
	local lines
	# What is logged by a work is there a moment later.
	wait_for 1 has_logged "$@" || true
	lines=$(dmesg | grep -c -E -e "$1")
	is "$lines" "${2:-1}" "logged: $1" || diag "$(dmesg | grep carp: | tail -n 10)"
}
has_logged() { (($(dmesg | grep -c -E -e "$1") >= ${2:-1})); }
