# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What scenarios that measure share: carp and those that do the same, set up
# alike on two hosts, and figures that are left for tests/bench/report.py.
#
#	A (preferred)	---+
#	B		---+--- SW
#	C (client)	---+
#
#	start SYSTEM		carp, keepalived, frr or ucarp at an interval:
#				carp.4ms (1/256 s), carp.12ms (3/256 s),
#				carp.1s, carp.default, carp.legacy (advskew 0 and
#				100), keepalived.10ms, keepalived.1s, frr.10ms,
#				frr.1s, ucarp.1s; of keepalived also
#				keepalived-rt.10ms, .1s: with priority 99
#	stop SYSTEM
#	settle SYSTEM		returns when A is master, and B is not
#	client SYSTEM FILE OPTION...	pulse, which leaves its report in FILE.json
#	figure NAME VALUE...	one line "NAME VALUE..." in $OUT/figures
#	capture FILE HOST...	records their ports, what they send, headers only
#	captured FILE
#	took HOST OPTION...	ns that carp_cost took for all that it was told to do
#	each ROW SYSTEM HOST COUNT OPTION...	a figure: of one of these
#	of ROW SYSTEM		median of such figures
#	forged_advert		in hex; vary=46 of carp_cost varies its counter
#
# How many times something is done is $RUNS.

NO_RECORD=1
# shellcheck source=tests/lib/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

# The first argument of such a scenario may be RUNS=NUMBER.
[[ ${1:-} != RUNS=* ]] || {
	RUNS=${1#RUNS=}
	shift
}
BENCH_VIP=192.0.2.100
RUNS=${RUNS:-10}

figure() {
	echo "$*" >>"$OUT/figures"
}

# interval SYSTEM: in us, nominal
interval() {
	case $1 in
	*.4ms) echo 3906 ;;
	*.10ms) echo 10000 ;;
	*.12ms) echo 11719 ;;
	*) echo 1000000 ;;
	esac
}

carp_args() {
	local system=$1 host=$2
	case $system.$host in
	carp.4ms.*) echo advbase 0 advskew 1 ;;
	carp.12ms.*) echo advbase 0 advskew 3 ;;
	carp.*.A) echo advbase 1 advskew 0 ;;
	carp.1s.B) echo advbase 1 advskew 1 ;;
	carp.*.B) echo advbase 1 advskew 100 ;;
	esac
}

start_carp() {
	local system=$1 host args
	for host in A B; do
		on $host sysctl -qw net.carp.preempt=1
		read -ra args <<<"$(carp_args "$system" $host)"
		carp $host vhid 1 "${args[@]}" pass secret
		ip -n $host addr add $BENCH_VIP/24 dev carp0
		up $host
	done
}

stop_carp() {
	local host
	for host in A B; do
		ip -n $host link del carp0 2>/dev/null || true
	done
}

# vip_of GROUP: the first one has the address that clients ask
vip_of() {
	if (($1 == 1)); then echo $BENCH_VIP/24; else echo "10.9.$1.1/24"; fi
}

# keepalived_conf PRIORITY SECONDS rt|- GROUPS
keepalived_conf() {
	local i
	echo "global_defs {"
	echo "	vrrp_version 3"
	[[ $3 == - ]] || printf '\tvrrp_rt_priority 99\n\tvrrp_rlimit_rttime 10000000\n\tvrrp_no_swap\n'
	echo "}"
	for ((i = 1; i <= $4; i++)); do
		cat <<-END
			vrrp_instance v$i {
				state BACKUP
				interface eth0
				virtual_router_id $i
				priority $1
				advert_int $2
				virtual_ipaddress {
					$(vip_of $i)
				}
			}
		END
	done
}

# start_keepalived SYSTEM [GROUPS]
start_keepalived() {
	local system=$1 groups=${2:-1} host dir seconds=1 priority=254 rt=-
	[[ $system != *.10ms ]] || seconds=0.01
	[[ $system != keepalived-rt.* ]] || rt=rt
	for host in A B; do
		dir=/tmp/keepalived.$host
		mkdir -p "$dir"
		keepalived_conf $priority $seconds $rt "$groups" >"$dir/conf"
		on $host keepalived -P -n -G -f "$dir/conf" -p "$dir/pid" \
			-r "$dir/vrrp.pid" >/dev/null 2>&1 &
		disown
		priority=253
	done
}

ended() { [[ ! -d /proc/$1 ]]; }

stop_keepalived() {
	local host pid
	for host in A B; do
		pid=$(cat "/tmp/keepalived.$host/pid" 2>/dev/null) || continue
		kill "$pid" 2>/dev/null
		wait_for 10 ended "$pid"
	done
	rm -rf /tmp/keepalived.?
}

# As in FRR's manual: the group is a macvlan that has the virtual MAC, and is
# down unless it is master.
start_frr() {
	grep -q frrvty /etc/group || echo "frrvty:x:85:root" >>/etc/group
	local system=$1 host ms=1000 priority=254 dir daemon
	[[ $system != *.10ms ]] || ms=10
	for host in A B; do
		dir=/tmp/frr.$host
		mkdir -p "$dir"
		ip -n $host link add vrrp4-1 link eth0 \
			type macvlan mode bridge
		ip -n $host link set vrrp4-1 address 00:00:5e:00:01:01
		ip -n $host addr add $BENCH_VIP/24 dev vrrp4-1
		ip -n $host link set vrrp4-1 up
		echo "hostname $host" >"$dir/zebra.conf"
		cat >"$dir/vrrpd.conf" <<-END
			interface eth0
			 vrrp 1
			 vrrp 1 advertisement-interval $ms
			 vrrp 1 priority $priority
			 vrrp 1 ip $BENCH_VIP
		END
		for daemon in zebra vrrpd; do
			on $host /usr/lib/frr/$daemon -d -u root -g root \
				-z "$dir/zserv" -i "$dir/$daemon.pid" \
				--vty_socket "$dir" -P 0 -f "$dir/$daemon.conf" \
				>"$OUT/frr.$host.$daemon" 2>&1
		done
		priority=253
	done
}

stop_frr() {
	local host daemon pid
	for host in A B; do
		for daemon in vrrpd zebra; do
			pid=$(cat "/tmp/frr.$host/$daemon.pid" 2>/dev/null) || continue
			kill "$pid" 2>/dev/null
			wait_for 10 ended "$pid"
		done
		ip -n $host link del vrrp4-1 2>/dev/null || true
	done
	rm -rf /tmp/frr.?
}

start_ucarp() {
	local host own=1
	for host in A B; do
		ucarp_start $host 192.0.2.$own 1 secret $BENCH_VIP $((own - 1))
		((++own))
	done
}

stop_ucarp() {
	local host
	for host in A B; do
		ucarp_stop $host 2>/dev/null
	done
}

start() { "start_${1%%[.-]*}" "$@"; }
stop() { "stop_${1%%[.-]*}" "$@"; }

# pid SYSTEM HOST: of the daemon that speaks
pid() {
	case $1 in
	keepalived*) cat "/tmp/keepalived.$2/pid" ;;
	frr*) cat "/tmp/frr.$2/vrrpd.pid" ;;
	ucarp*) cat "/tmp/ucarp.$2/pid" ;;
	esac
}

# Which of the hosts advertises, as the switch sees it for a while.
speakers() {
	local ms=200 host
	(($(interval "$1") < 100000)) || ms=1200
	pulse -n C -i eth0 -t 192.0.2.3 -p 100000 -d $ms -w 0 \
		-u A=SW:A -u B=SW:B "${vrrp[@]}" >"$OUT/speakers"
	for host in A B; do
		(($(field "adverts_$host" <"$OUT/speakers") == 0)) || printf %s $host
	done
}
only_a_speaks() { [[ $(speakers "$1") == A ]]; }

uses_vrrp() {
	vrrp=()
	case $1 in
	keepalived* | frr*) vrrp=(-V) ;;
	esac
}

settle() {
	uses_vrrp "$1"
	wait_ok 20 "$1: A is master" only_a_speaks "$1" || done_testing
	# Whoever was asked must be known.
	on C ping -q -c 2 -i 0.2 $BENCH_VIP >/dev/null
}

client() {
	local system=$1 file=$2
	shift 2
	uses_vrrp "$system"
	pulse -n C -i eth0 -t $BENCH_VIP -u A=SW:A -u B=SW:B "${vrrp[@]}" \
		-j "$OUT/$file.json" "$@" >/dev/null
}

capture() {
	local file=$1 host taps=()
	shift
	for host; do
		taps+=("$host=SW:$host")
	done
	watch -b -s 64 -p "$OUT/watch.pid" -o "$OUT/$file" "${taps[@]}"
}

captured() {
	watch -k -p "$OUT/watch.pid" -o "$1"
	rm -f "$1"/*.pcap
}

took() {
	local host=$1
	shift
	dmesg -C
	on "$host" modprobe carp_cost "$@"
	rmmod carp_cost
	dmesg | sed -n 's/.*carp_cost: .* ns=\([0-9]*\)$/\1/p'
}

# First once without counting, for caches and for code that the emulator has not
# seen.
each() {
	local row=$1 system=$2 host=$3 count=$4 i ns
	shift 4
	took "$host" "$@" count="$count" >/dev/null
	for ((i = 0; i < RUNS; i++)); do
		ns=$(took "$host" "$@" count="$count")
		figure "$row" "$system" $((ns / count))
	done
}

of() {
	awk -v row="$1" -v who="$2" '$1 == row && $2 == who { print $3 }' \
		"$OUT/figures" | sort -n |
		awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'
}

forged_advert() {
	local frame
	frame=$(inject C:eth0 -n --carp pass=wrong vhid=1 vips=$BENCH_VIP \
		src=192.0.2.3 counter=0xffff skew=10)
	echo "${frame%%[[:space:]]*}"
}
