#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# options: --nics
# debug: long
# 6.1: long
#
# Network cards as hardware is: with receive filters, segmentation and checksums of
# their own, and drivers that are reset when something is changed. Each of three
# drivers is MASTER, and BACKUP, in turn.
#
#	A:eth0 e1000e	   ---+
#	B:eth0 virtio_net  ---+
#	C:eth0 vmxnet3	   ---+--- SW
#	D:eth0 e1000	   ---+ (client)

. "${0%/*}/../lib/nics.sh"

cards A B C D
# Not vhid 1, whose MAC the emulation of e1000e takes for one of its multicast hash.
vmac=00:00:5e:00:01:4d
vip4=192.0.2.100 vip6=2001:db8::100
is "$(for host in A B C D; do driver $host; done | xargs)" \
	"e1000e virtio_net vmxnet3 e1000" "each has a driver of its own"

skew=0
for host in A B C; do
	carp $host vhid 77 advskew $skew preempt on pass secret
	vip $host $vip4/24
	vip $host $vip6/64
	((skew += 50))
done

# listen HOST FILE FILTER...: for the first frame
listen() {
	local host=$1 file=$2
	shift 2
	nsenter --net="/run/netns/$host" tcpdump -Z root -p --immediate-mode -i eth0 -c 1 \
		-s 64 -w "$file" "$@" >/dev/null 2>&1 &
	listener=$!
	sleep 0.3
}
has_heard() {
	kill "$listener" 2>/dev/null
	wait "$listener" || true
	(($(stat -c %s "$1") > 24))
}

# Whether what goes to a MAC passes a host's card.
# lets_in HOST MAC
lets_in() {
	local host=$1 mac=$2
	listen "$host" "$OUT/in" "ether dst $mac and ether proto 0x9000"
	inject D:eth0 "${mac//:/}$(mac D | tr -d :)9000$(printf '00%.0s' {1..46})" \
		>/dev/null
	sleep 0.2
	has_heard "$OUT/in"
}
# The switch sends it to all of them: it learns nothing meanwhile.
learning() {
	local host
	for host in A B C; do
		on SW bridge link set dev $host learning "$1"
	done
	ip -n SW link set br0 type bridge fdb_flush
}
who_lets_in() {
	local host list=()
	learning off
	for host in A B C; do
		! lets_in $host "$1" || list+=("$host")
	done
	learning on
	echo "${list[*]}"
}
promiscuous() {
	local host list=()
	for host in A B C; do
		[[ $(ip -n $host -d -j link show eth0) == *'"promiscuity":0,'* ]] ||
			list+=("$host")
	done
	echo "${list[*]}"
}

is "$(who_lets_in $vmac)" "" "before: no card lets the virtual MAC in"
for host in A B C; do
	up $host
	sleep 0.1
done
wait_state A MASTER
wait_state B BACKUP
wait_state C BACKUP
is "$(who_lets_in $vmac)" "A B C" "all let the virtual MAC in"
is "$(who_lets_in 00:00:5e:00:01:4e)" "C" \
	"and that of no other group, but for vmxnet3, which has no filter for a second MAC"
is "$(promiscuous)" C "which the kernel has made promiscuous"

# transfer TO FROM ADDRESS OPTIONS: bytes that have arrived
SIZE=300000
port=9000
transfer() {
	local to=$1 from=$2 addr=$3 options=${4:-} family=4
	[[ $addr != \[* ]] || family=6
	((++port))
	on "$to" timeout 20 socat -u -T 5 "TCP$family-LISTEN:$port" - | wc -c >"$OUT/got" &
	sleep 0.3
	head -c $SIZE /dev/zero | on "$from" timeout 20 socat -u - "TCP$family:$addr:$port$options"
	wait $!
	cat "$OUT/got"
}
# Whether a frame larger than the cable carries is seen meanwhile: given to the card
# to be cut, or made of several.
look_for_large() { listen "$1" "$OUT/large" -Q "$2" greater 1600; }
seen_large() {
	if has_heard "$OUT/large"; then seen=1; else seen=0; fi
}

# streams NAME HOST CUTS CLIENT-ADDRESS ADDRESS
streams() {
	local name=$1 host=$2 cuts=$3 client=$4 addr=$5
	look_for_large "$host" in
	is "$(transfer "$host" D "$addr")" $SIZE "$name: a stream to it"
	seen_large
	is $seen 1 "$name: whose segments were joined"
	look_for_large "$host" out
	is "$(transfer D "$host" "$client" ",bind=$addr")" $SIZE \
		"$name: a stream from it"
	seen_large
	is $seen "$cuts" "$name: by the card's segmentation, if it has any"
}

# serves HOST OTHERS...: all that a MASTER is for
serves() {
	local host=$1 other cuts=1 name
	shift
	name="$host, $(driver "$host")"
	# QEMU gives it none on a cable.
	[[ $name != *virtio_net ]] || cuts=0
	is "$(learned $vmac)" "$host" "$name: the switch knows where it is"
	for other in D "$@"; do
		run_ok "$name: $other reaches the address" \
			on "$other" ping -q -c 2 -i 0.01 -W 1 $vip4
		run_ok "$name: and over IPv6" \
			on "$other" ping -q -c 2 -i 0.01 -W 1 $vip6
	done
	is "$(lladdr D to $vip4) $(lladdr D to $vip6)" "$vmac $vmac" \
		"$name: at the virtual MAC"
	streams "$name, IPv4" "$host" $cuts 192.0.2.4 $vip4
	streams "$name, IPv6" "$host" $cuts "[2001:db8::4]" "[$vip6]"
}
states() { echo "$(state A) $(state B) $(state C)"; }
is_states() { [[ $(states) == "$1" ]]; }
expect() { wait_ok 10 "$2: $1" is_states "$1"; }

# A router is not to join what it passes on. (With LRO on, that driver does without GRO.)
like "$(on C ethtool -k eth0)" "large-receive-offload: on" "vmxnet3 joins segments by itself"
on_sys C sysctl -qw net.ipv4.conf.carp0.forwarding=1
like "$(on C ethtool -k eth0)" "large-receive-offload: off" "not below an interface that forwards"

sleep 1.5
serves A B C

# Of the cable
cable A off
wait_ok 5 "A's cable is pulled" is_states "INIT MASTER BACKUP"
serves B C
cable B off
expect "INIT INIT MASTER" "B's, too"
serves C
cable B on
expect "INIT MASTER BACKUP" "B's cable is there again"
cable A on
expect "MASTER BACKUP BACKUP" "and A's"

# By hand
pulse -n D -i eth0 -t $vip4 -p 1000 -d 1500 -o "$OUT/pulse" -b -P "$OUT/pulse.pid"
ip -n A link set carp0 down
expect "INIT MASTER BACKUP" "A hands over"
wait_for 5 test -s "$OUT/pulse"
none_lost "$(field lost <"$OUT/pulse")" "and no packet is lost"
is "$(who_lets_in $vmac)" "B C" "A's card lets the virtual MAC in no more"
up A
expect "MASTER BACKUP BACKUP" "and takes over"

# What drivers are reset by. The MAC of a card is in the same filter.
for host in A B C; do
	run_ok "$host: another MAC" ip -n $host link set eth0 address 02:00:00:00:00:0$host
done
wait_ok 10 "all have a link" eval 'has_link A && has_link B && has_link C'
expect "MASTER BACKUP BACKUP" "still"
is "$(who_lets_in $vmac)" "A B C" "another MAC: all let the virtual one in"
run_ok "and the address is reached" on D ping -q -c 2 -i 0.01 -W 1 $vip4
run_ok "and by A's own, that is at the new one" on D ping -q -c 2 -i 0.5 -W 1 192.0.2.1
is "$(lladdr D to 192.0.2.1)" 02:00:00:00:00:0a "which D knows"

for host in A B C D; do
	ip -n SW link set $host mtu 4000
	run_ok "$host: another MTU" ip -n $host link set eth0 mtu 4000
done
wait_ok 10 "all have a link" eval 'has_link A && has_link B && has_link C && has_link D'
expect "MASTER BACKUP BACKUP" "after that"
like "$(ip -n A -j link show carp0)" '"mtu":4000,' "the interface has the MTU, too"
run_ok "large packets" on D ping -q -c 2 -i 0.01 -W 1 -M 'do' -s 3900 $vip4
run_ok "and over IPv6" on D ping -q -c 2 -i 0.01 -W 1 -M 'do' -s 3900 $vip6
is "$(who_lets_in $vmac)" "A B C" "another MTU: all let the virtual MAC in"

# More than the filter of an 82574 has room for.
for ((i = 2; i <= 20; i++)); do
	echo "link add carp$i link eth0 type carp vhid $i"
	echo "addr add 192.0.2.$((100 + i))/24 dev carp$i"
	echo "link set carp$i up"
	echo "vip 192.0.2.$((100 + i)) $i A" >>"$OUT/vips"
done >"$OUT/batch"
ip -n A -batch "$OUT/batch"
wait_state A MASTER 5 carp20
reached=0
for ((i = 2; i <= 20; i++)); do
	! on D ping -q -c 1 -W 1 192.0.2.$((100 + i)) >/dev/null || ((++reached))
done
is $reached 19 "twenty virtual MACs: all addresses are reached"
is "$(promiscuous)" C "without the kernel's having made the card promiscuous"
for ((i = 2; i <= 20; i++)); do
	echo "link del carp$i"
done >"$OUT/batch"
ip -n A -batch "$OUT/batch"

for host in A B C; do
	ip -n $host link set carp0 down
done
is "$(who_lets_in $vmac)$(promiscuous)" "" "down: no card lets the virtual MAC in"

# On the cable all is as it should be, whoever has computed it.
judge
for host in A B C D; do
	is "$(on $host nstat -asz TcpInCsumErrors UdpInCsumErrors IcmpInCsumErrors |
		awk '/Csum/ { n += $2 } END { print n + 0 }')" 0 "$host: no wrong checksum was received"
done
frames D -vv 'tcp or icmp or icmp6' >"$OUT/checksums"
within "$(grep -c correct "$OUT/checksums")" 1000 100000 "checksums were looked at"
is "$(grep -c incorrect "$OUT/checksums")" 0 "and none is wrong"
done_testing
