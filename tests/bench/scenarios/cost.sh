#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# timeout: 2400
#
# What an advertisement costs, sent, received and forged, and what a packet
# costs, through carp0 and beside it. Cost is time that is missing elsewhere:
# where time is virtual, a nanosecond is an instruction.

# shellcheck source=tests/lib/bench.sh
. "${0%/*}/../lib/bench.sh"

segment A B C
# Nothing may come that is not measured.
for host in A B C SW; do
	on $host sysctl -qw net.ipv6.conf.all.router_solicitations=0 \
		net.ipv6.conf.default.router_solicitations=0
done
sleep 15

hex_mac() { tr -d : <<<"$1"; }
advert=$(forged_advert)

# The yardsticks.
each digest digest A 1000 what=hmac
digest=$(of digest digest)
figure sent digest "$digest"
figure forged digest "$digest"
# To a switch port that belongs to no bridge, where it ends.
cut A
each transmit transmit A 1000 what=frame frame="$advert"
transmit=$(of transmit transmit)
figure sent digest+transmit $((digest + transmit))

# How much of a second others leave to a process that only counts.
# stolen SECONDS: ns a second that were missing
stolen() { spin -i "$1"; }

# groups NUMBER HOST...: advskew 0 at the first, 100 at the others
groups() {
	local number=$1 host i skew=0
	shift
	for host; do
		for ((i = 1; i <= number; i++)); do
			echo "link add carp$i link eth0 type carp vhid $i advskew $skew pass secret"
			echo "addr add $(vip_of $i) dev carp$i"
			echo "link set carp$i up"
		done >/tmp/batch
		ip -n "$host" -batch /tmp/batch
		skew=100
	done
}
no_groups() {
	local number=$1 host i
	shift
	for host; do
		for ((i = 1; i <= number; i++)); do
			echo "link del carp$i"
		done >/tmp/batch
		ip -n "$host" -batch /tmp/batch
	done
}

# cpu_of ROW SYSTEM NUMBER BASE: per advertisement, of NUMBER a second
cpu_of() {
	local row=$1 system=$2 number=$3 base=$4 i
	for ((i = 0; i < RUNS; i++)); do
		figure "$row" "$system" $((($(stolen 1) - base) / number))
	done
}

N=255
idle=$(stolen 2)
groups $N A
# All of these wait for announcements and their repetitions to be over, of which
# nobody tells.
sleep 15
cpu_of sent carp.255 $N "$idle"
for ((i = 0; i < RUNS; i++)); do
	figure cpu carp.255 "$(awk -v s=$(($(stolen 1) - idle)) 'BEGIN { print s / 1e7 }')"
done
join A
alone=$(stolen 2)
groups $N B
sleep 15
cpu_of received carp.255 $N "$alone"
no_groups $N A B

cut A
start keepalived.1s $N
sleep 15
kill "$(cat /tmp/keepalived.B/pid)"
sleep 4
cpu_of sent keepalived.255 $N "$idle"
join A
sleep 1
alone=$(stolen 2)
on B keepalived -P -n -G -f /tmp/keepalived.B/conf -p /tmp/keepalived.B/pid \
	-r /tmp/keepalived.B/vrrp.pid >/dev/null 2>&1 &
disown
sleep 15
cpu_of received keepalived.255 $N "$alone"
stop keepalived.1s

# Forged ones, to B alone: what is missing without carp there is the way.
cut A
each way way C 2000 what=frame frame="$advert" vary=46
way=$(of way way)
carp B vhid 1 advskew 100 pass secret
ip -n B addr add $BENCH_VIP/24 dev carp0
up B
wait_state B MASTER
# forged_by SYSTEM COUNT FRAME
forged_by() {
	local system=$1 count=$2 frame=$3 i ns
	for ((i = 0; i < RUNS; i++)); do
		sleep 1.1
		ns=$(took C what=frame count="$count" vary=46 frame="$frame")
		figure forged "$system" $((ns / count - way))
	done
}
forged_by in_the_budget 1000 "$advert"
forged_by flood 20000 "$advert"
# The real one's address, that is one that has been heard.
sleep 1.1
inject C:eth0 --carp pass=secret vhid=1 vips=$BENCH_VIP src=192.0.2.3 skew=200 \
	>/dev/null
forged_by known_source 5000 "$advert"
forged_by bad_checksum 5000 "${advert:0:80}ffff${advert:84}"
forged_by bad_version 5000 "${advert:0:68}51${advert:70}"
ip -n B link del carp0

# Packets: a UDP datagram with a wrong checksum, dropped where it would have
# been delivered, or at the far end of the wire.
# udp4 DST-MAC SRC-MAC FROM TO
ip4() { printf %02x%02x%02x%02x ${1//./ }; }
udp4() {
	local head=4500002e000040004011 sum=0 i full
	full=${head}0000$(ip4 "$3")$(ip4 "$4")
	for ((i = 0; i < 40; i += 4)); do
		((sum += 16#${full:i:4}))
	done
	while ((sum >> 16)); do
		((sum = (sum & 65535) + (sum >> 16)))
	done
	echo "$(hex_mac "$1")$(hex_mac "$2")0800$head$(printf %04x $((65535 - sum)))$(ip4 "$3")$(ip4 "$4")10000009001adead$(printf '00%.0s' {1..18})"
}
udp6() {
	echo "$(hex_mac "$1")$(hex_mac "$2")86dd60000000001a1140${3}${4}10000009001adead$(printf '00%.0s' {1..18})"
}
six=20010db80000000000000000000000
own6 A B C
macC=$(mac C)
# path SYSTEM DEV: of A, with addresses .100 and ::64 there
path() {
	local system=$1 dev=$2 to
	to=$(mac A "$dev")
	each path "${system}_receive_IPv4" C 5000 what=frame \
		frame="$(udp4 "$to" "$macC" 192.0.2.3 $BENCH_VIP)"
	each path "${system}_receive_IPv6" C 5000 what=frame \
		frame="$(udp6 "$to" "$macC" ${six}03 ${six}64)"
	each path "${system}_send_IPv4" A 5000 what=frame dev="$dev" \
		frame="$(udp4 "$macC" "$to" $BENCH_VIP 192.0.2.3)"
	each path "${system}_send_IPv6" A 5000 what=frame dev="$dev" \
		frame="$(udp6 "$macC" "$to" ${six}64 ${six}03)"
}
# stream SYSTEM: each way
stream() {
	local system=$1 i port=5000
	for ((i = 0; i < RUNS; i++)); do
		transfer "${system}_receive_IPv4" A C $BENCH_VIP $((port++))
		transfer "${system}_send_IPv4" C A 192.0.2.3 $((port++)) ,bind=$BENCH_VIP
		transfer "${system}_receive_IPv6" A C "[2001:db8::64]" $((port++))
		transfer "${system}_send_IPv6" C A "[2001:db8::3]" $((port++)) ",bind=[2001:db8::64]"
	done
}
SIZE=32000000
transfer() {
	local name=$1 to=$2 from=$3 addr=$4 port=$5 bind=${6:-} family=4 pid
	[[ $addr != \[* ]] || family=6
	on "$to" socat -u -b 65536 "TCP$family-LISTEN:$port" /dev/null &
	pid=$!
	sleep 0.3
	figure stream "$name" "$(on "$from" bash -c "
		start=\$(date +%s%N)
		head -c $SIZE /dev/zero | socat -u -b 65536 - TCP$family:$addr:$port$bind
		end=\$(date +%s%N)
		echo \$((end - start))" | awk -v size=$SIZE '{ print $1 / size }')"
	wait $pid
}

join A
cut B
carp A vhid 1 pass secret
ip -n A addr add $BENCH_VIP/24 dev carp0
ip -n A addr add 2001:db8::64/64 dev carp0 nodad
up A
wait_state A MASTER
on C ping -q -c 1 $BENCH_VIP >/dev/null
path carp carp0
stream carp
ip -n A link del carp0
ip -n A link add mv0 link eth0 type macvlan mode bridge
ip -n A addr add $BENCH_VIP/24 dev mv0
ip -n A addr add 2001:db8::64/64 dev mv0 nodad
ip -n A link set mv0 up
on C ip neigh flush dev eth0
sleep 1
on C ping -q -c 1 $BENCH_VIP >/dev/null
path macvlan mv0
stream macvlan
ip -n A link del mv0

# The carrier's own.
macA=$(mac A)
sent_by_own() {
	each others "$1_send" A 5000 what=frame \
		frame="$(udp4 "$macC" "$macA" 192.0.2.1 192.0.2.3)"
}
own() {
	local system=$1
	each others "${system}_receive" C 5000 what=frame \
		frame="$(udp4 "$macA" "$macC" 192.0.2.3 192.0.2.1)"
	sent_by_own "$system"
	each others "${system}_broadcast" C 5000 what=frame \
		frame="$(udp4 ff:ff:ff:ff:ff:ff "$macC" 192.0.2.3 192.0.2.255)"
	each others "${system}_multicast" C 5000 what=frame \
		frame="$(udp4 01:00:5e:01:02:03 "$macC" 192.0.2.3 225.1.2.3)"
}
own bare
# Beside it, at the same place, a chain of nftables in which there is nothing.
on A nft add table netdev t
on A nft add chain netdev t c '{ type filter hook egress device eth0 priority 0; }'
sent_by_own nft
on A nft delete table netdev t
groups $N A
sleep 5
# Their own advertisements are another row.
for ((i = 1; i <= N; i++)); do
	echo "link set carp$i type carp advbase 200"
done >/tmp/batch
ip -n A -batch /tmp/batch
sleep 2
own carp
pass "measured"
done_testing
