#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.12
#
# The test programs, the judge of all other scenarios among them: that they find
# what is wrong and nothing else, lose nothing, and measure right. Nothing of the
# module is used.

# shellcheck disable=SC2016 # the dollars of awk

set -u

vectors=${0%/*}/../vectors
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/../lib/tap.sh"

work=$OUT

# The value of key=... in a text.
value() { sed -n "s/^\(.* \)\{0,1\}$1=\([^ ]*\).*/\2/p" | head -n 1; }

within() {
	local got=$1 low=$2 high=$3 name=$4 status=1
	[[ $got =~ ^-?[0-9]+$ ]] && ((got >= low && got <= high)) && status=0
	ok $status "$name" || diag "got $got, not from $low to $high"
}

# --- frames by hand ---------------------------------------------------------

vmac=00005e000101
mac_a=0200000000aa
mac_b=0200000000bb
vip=c0000264				# 192.0.2.100
ip_a=c0000201
vip6=20010db8000000000000000000000064
ip6_a=20010db8000000000000000000000001
all6=ff020000000000000000000000000001

# arp SRC OP SHA SPA TPA
arp() { echo "ffffffffffff${1}080600010800060400$2$3$4$mac_b$5"; }
# ip4 SRC IPSRC: an empty UDP packet, or PROTOCOL and a payload of 8 bytes
ip4() {
	echo "01005e000016${1}08004500001c000040000${4:-1}${3:-11}0000$2e0000016${5:-0035003500080000}"
}
# nd SRC IPSRC TYPE TARGET OPTION LLADDR
nd() {
	echo "333300000001${1}86dd6000000000203aff$2$all6${3}00000020000000$4${5}01$6"
}

# adv SETTING...: an advertisement of the group of these tests
adv() {
	inject none:lo -n --carp pass=secret vips=192.0.2.100,2001:db8::64 \
		counter=5 id=7 "$@"
}

scene() {
	cat >"$work/hosts" <<-END
		host A 1001
		host B 1002
		client C
		foreign U
	END
	cat >"$work/vips" <<-END
		vip 192.0.2.100 1
		vip 2001:db8::64 1
		vip 192.0.2.200 2 A
		${lines:-}
	END
	# A is master from 1 s to 2 s and serves 5 ms longer; B follows.
	cat >"$work/trace" <<-END
		# tracer: nop
		# entries-in-buffer/entries-written: 5/5   #P:1
		  <idle>-0     [000] ..s1.     1.000000: carp_state: net=1001 dev=carp0 carrier=eth0 vhid=1 old=BACKUP new=MASTER reason=master_timed_out
		  <idle>-0     [000] ..s1.     1.000010: carp_serving: net=1001 dev=carp0 carrier=eth0 vhid=1 serving=1
		  <idle>-0     [000] ..s1.     2.000000: carp_state: net=1001 dev=carp0 carrier=eth0 vhid=1 old=MASTER new=BACKUP reason=forced
		  <idle>-0     [000] ..s1.     2.005000: carp_serving: net=1001 dev=carp0 carrier=eth0 vhid=1 serving=0
		  <idle>-0     [000] ..s1.     2.001000: carp_state: net=1002 dev=carp0 carrier=eth0 vhid=1 old=BACKUP new=MASTER reason=bow_out
	END
	: >"$work/frames"
}

# frame MS TAP HEX [DIRECTION]
frame() {
	printf '%d\t%s\t%s\t%d\t%s\n' "$(($1 * 1000000))" "$2" "${4:-in}" \
		$((${#3} / 2)) "$3" >>"$work/frames"
}

judge() {
	framecheck judge -f "$work/frames" -H "$work/hosts" \
		-V "$work/vips" -t "$work/trace"
}

# planted RULE NAME MS TAP HEX: this one frame is found
planted() {
	local rule=$1 name=$2 output status=0
	shift 2
	scene
	frame "$@"
	output=$(judge 2>&1) || status=$?
	like "$status $output" "^1 violation time=.* host=$2 rule=$rule " \
		"framecheck finds: $name"
}

# innocent NAME MS TAP HEX [DIRECTION]
innocent() {
	local name=$1 output status=0
	shift
	scene
	frame "$@"
	# Something is always judged, so that the status speaks of this frame.
	frame 5000 C "$(arp $mac_b 01 $mac_b c0000209 $ip_a)"
	output=$(judge 2>&1) || status=$?
	is "$status" 0 "framecheck passes: $name" || diag "$output"
}

test_codec() {
	local output status=0
	output=$(codectest) || status=$?
	is "$status" 0 "codec: all vectors and frames of others" ||
		diag "$output"
}

test_violations() {
	planted a "ARP reply for the VIP from the real MAC" \
		1500 A "$(arp $mac_a 02 $mac_a $vip $ip_a)"
	planted a "ARP request with the VIP as sender from the real MAC" \
		1500 A "$(arp $mac_a 01 $mac_a $vip $ip_a)"
	planted a "ARP from the virtual MAC that names the real one" \
		1500 A "$(arp $vmac 02 $mac_a $vip $ip_a)"
	planted a "ARP that names the virtual MAC from the real one" \
		1500 A "$(arp $mac_a 02 $vmac $vip $ip_a)"
	planted a "ARP from the virtual MAC of another group" \
		1500 A "$(arp 00005e000102 02 00005e000102 $vip $ip_a)"
	planted a "NA for the VIP from the real MAC" \
		1500 A "$(nd $mac_a $ip6_a 88 $vip6 02 $mac_a)"
	planted a "NA whose option names the real MAC" \
		1500 A "$(nd $vmac $vip6 88 $vip6 02 $mac_a)"
	planted a "NS from the VIP whose option names the real MAC" \
		1500 A "$(nd $vmac $vip6 87 $ip6_a 01 $mac_a)"
	planted a "IPv4 from the VIP with the real MAC" \
		1500 A "$(ip4 $mac_a $vip)"
	planted a "IPv6 from the VIP with the real MAC" \
		1500 A "$(nd $mac_a $vip6 87 $ip6_a 01 $vmac)"
	planted a "a VLAN tag does not hide it" 1500 A \
		"ffffffffffff${mac_a}81000005$(arp $mac_a 02 $mac_a $vip $ip_a | cut -c25-)"
	planted b "an advertisement of a backup" 1500 B "$(adv src=192.0.2.2)"
	planted b "an advertisement of a backup from the VIP" \
		1500 B "$(adv src=192.0.2.100)"
	planted b "an IPv6 advertisement of a backup" \
		1500 B "$(adv src=fe80::2)"
	planted b "a gratuitous ARP of a backup" \
		1500 B "$(arp $vmac 01 $vmac $vip $vip)"
	planted b "IGMP from the virtual MAC of a backup" \
		1500 B "$(ip4 $vmac c0000202 02 1 1600000000000000)"
	planted b "MLD behind a hop-by-hop header" 1500 B \
		"333300000016${vmac}86dd6000000000100001${ip6_a}${all6}3a000502000001008f00000000000000"
	planted b "the virtual MAC in the option of a backup's NA" \
		1500 B "$(nd $mac_b $ip6_a 88 $ip6_a 02 $vmac)"
	planted b "the virtual MAC of a group that is nowhere" \
		1500 A "$(ip4 00005e000163 $ip_a)"
	planted b "what is served after the grace time" \
		2007 A "$(ip4 $vmac $vip)"
	planted b "what is not said to be served within it" \
		2006 A "$(ip4 $vmac $vip)"
	planted b "before the first second as master" \
		999 A "$(ip4 $vmac $vip)"
	planted b "a bow-out of one who was not master" \
		1500 B "$(adv src=192.0.2.2 base=255 skew=255)"
	planted b "a client with the VIP" 1500 C "$(ip4 $vmac $vip)"

	innocent "the master's ARP" 1500 A "$(arp $vmac 02 $vmac $vip $ip_a)"
	innocent "the master's NA" \
		1500 A "$(nd $vmac $vip6 88 $vip6 02 $vmac)"
	innocent "the master's advertisement" 1500 A "$(adv src=192.0.2.100)"
	innocent "the own address of a backup" \
		1500 B "$(arp $mac_b 02 $mac_b c0000202 $ip_a)"
	innocent "a question for the VIP" \
		1500 B "$(arp $mac_b 01 $mac_b c0000202 $vip)"
	innocent "the bow-out" 2001 A "$(adv src=192.0.2.1 base=255 skew=255)"
	innocent "what is served right after it" 2004 A "$(ip4 $vmac $vip)"
	innocent "another implementation" \
		1500 U "$(arp $mac_a 02 $mac_a $vip $ip_a)"
	innocent "a VIP of another host" 1500 B "$(ip4 $mac_b c00002c8)"
	innocent "what the switch passes on" \
		1500 B "$(arp $vmac 02 $vmac $vip $ip_a)" out
	innocent "the new master" 2002 B "$(arp $vmac 01 $vmac $vip $vip)"
}

# Packets with a host's own MAC: what it passes on, and what is elsewhere on it.
# passing SRC TTL [PAYLOAD] [DST]: IPv4, UDP, from the VIP
passing() {
	echo "${4:-$mac_b}${1}08004500001c00004000${2}110000${vip}0a010101${3:-0035003500080000}"
}
# passed STATUS NAME FRAMES...: each MS TAP DIRECTION HEX
passed() {
	local status=$1 name=$2 output got=0
	shift 2
	scene
	while (($#)); do
		frame "$1" "$2" "$4" "$3"
		shift 4
	done
	frame 5000 C "$(arp $mac_b 01 $mac_b c0000209 $ip_a)"
	output=$(judge 2>&1) || got=$?
	is "$got" "$status" "framecheck $([[ $status == 0 ]] && echo passes || echo finds): $name" ||
		diag "$output"
}
test_own_mac() {
	local in out
	in=$(passing $mac_a 40) out=$(passing $mac_b 3f)
	passed 0 "what a backup passes on" 1500 B out "$in" 1501 B in "$out"
	passed 0 "and another one" 1500 B out "$in" 1501 B in "$out" 1502 B out "$in" 1503 B in "$out"
	passed 1 "what it was not given" 1501 B in "$out"
	passed 1 "what another host was given" 1500 A out "$in" 1501 B in "$out"
	passed 1 "what it has passed on already" 1500 B out "$in" 1501 B in "$out" 1502 B in "$out"
	passed 1 "what it was given more than a second ago" 100 B out "$in" 1501 B in "$out"
	passed 1 "what it is given only later" 1501 B in "$out" 1502 B out "$in"
	passed 1 "as many hops as before" 1500 B out "$in" 1501 B in "$(passing $mac_b 40)"
	passed 1 "other contents" 1500 B out "$in" 1501 B in "$(passing $mac_b 3f 0035003600080000)"
	passed 1 "with the virtual MAC" 1500 B out "$in" 1501 B in "$(passing $vmac 3f)"
	passed 1 "what it was given at the virtual MAC" \
		1500 B out "$(passing $mac_a 40 "" $vmac)" 1501 B in "$out"
	passed 1 "passed on by the master" 1500 A out "$in" 1501 A in "$(passing $mac_a 3f)"
	# Elsewhere on a host: a VIP of A and B
	elsewhere 0 "packets of an address that is elsewhere on a backup" \
		1500 B in "$(passing $mac_b 40)"
	elsewhere 1 "with the virtual MAC" 1500 B in "$(passing $vmac 40)"
	elsewhere 1 "of a master" 1500 A in "$(passing $mac_a 40)"
	elsewhere 1 "of a host that has it not" 2500 A in "$(passing $mac_a 40)"
	elsewhere 1 "ARP for it" 1500 B in "$(arp $mac_b 02 $mac_b $vip $ip_a)"
	elsewhere 1 "a question that names it" 1500 B in "$(arp $mac_b 01 $mac_b $vip $ip_a)"
	elsewhere 1 "NA for it" 1500 B in "$(nd $mac_b $ip6_a 88 $vip6 02 $mac_b)"
	elsewhere 1 "NS from it" 1500 B in "$(nd $mac_b $vip6 87 $ip6_a 01 $mac_b)"
	elsewhere 1 "an advertisement from it" 1500 B in "$(adv src=192.0.2.100 smac=02:00:00:00:00:bb)"
}
# The same, with the address elsewhere on B.
elsewhere() {
	local status=$1 name=$2 output got=0
	scene
	printf 'elsewhere %s B\n' 192.0.2.100 2001:db8::64 >>"$work/vips"
	frame "$3" "$4" "$6" "$5"
	frame 5000 C "$(arp $mac_b 01 $mac_b c0000209 $ip_a)"
	output=$(judge 2>&1) || got=$?
	is "$got" "$status" "framecheck $([[ $status == 0 ]] && echo passes || echo finds): $name" ||
		diag "$output"
}

# A group at the MAC of A's own; of B's from 1.2 s to 1.6 s only.
test_lower() {
	local lower="lladdr 1 A 02:00:00:00:00:aa"$'\n'"lladdr 1 B 02:00:00:00:00:bb 1.2 1.6"
	local changed="lladdr 1 A 02:00:00:00:00:aa 0 1.6"$'\n'"lladdr 1 A 02:00:00:00:00:ac 1.5"
	lines=$lower
	innocent "lladdr: the master's ARP from its own MAC" \
		1500 A "$(arp $mac_a 02 $mac_a $vip $ip_a)"
	innocent "lladdr: its IPv4" 1500 A "$(ip4 $mac_a $vip)"
	innocent "lladdr: its NA" 1500 A "$(nd $mac_a $vip6 88 $vip6 02 $mac_a)"
	innocent "lladdr: its advertisement" \
		1500 A "$(adv src=192.0.2.100 smac=02:00:00:00:00:aa)"
	innocent "lladdr: what is served right after the bow-out" \
		2004 A "$(ip4 $mac_a $vip)"
	innocent "lladdr: B has the virtual MAC at other times" \
		2002 B "$(arp $vmac 01 $vmac $vip $vip)"
	planted a "lladdr: the VIP from the virtual MAC" \
		1500 A "$(ip4 $vmac $vip)"
	planted a "lladdr: the VIP from the MAC of another host" \
		1500 A "$(ip4 $mac_b $vip)"
	planted a "lladdr: ARP that names the virtual MAC" \
		1500 A "$(arp $mac_a 02 $vmac $vip $ip_a)"
	planted a "lladdr: NA whose option names another MAC" \
		1500 A "$(nd $mac_a $vip6 88 $vip6 02 $mac_b)"
	planted b "lladdr: the virtual MAC, of the master" \
		1500 A "$(ip4 $vmac $ip_a)"
	planted b "lladdr: an advertisement from the virtual MAC" \
		1500 A "$(adv src=192.0.2.1)"
	planted b "lladdr: ARP of a backup from its own MAC" \
		1500 B "$(arp $mac_b 02 $mac_b $vip $ip_a)"
	planted b "lladdr: IPv4 of one that serves no longer" \
		2007 A "$(ip4 $mac_a $vip)"
	planted a "lladdr: of B at other times, from its own MAC" \
		2002 B "$(arp $mac_b 01 $mac_b $vip $vip)"
	lines=$changed
	innocent "lladdr: the former MAC while it changes" 1550 A "$(ip4 $mac_a $vip)"
	innocent "lladdr: and the new one" 1550 A "$(ip4 0200000000ac $vip)"
	planted a "lladdr: the former one afterwards" 1700 A "$(ip4 $mac_a $vip)"
	planted a "lladdr: the new one before" 1400 A "$(ip4 0200000000ac $vip)"
	lines=""
}

test_incomplete() {
	local status=0
	scene
	judge >/dev/null 2>&1 || status=$?
	is $status 2 "framecheck does not call nothing good"
	frame 1500 X "$(arp $mac_b 02 $mac_b c0000202 $ip_a)"
	status=0
	judge >/dev/null 2>&1 || status=$?
	is $status 2 "nor a tap of nobody"
	frame 1500 A "$(arp $vmac 02 $vmac $vip $ip_a)"
	sed -i 's,: 5/5,: 5/6,; /X/d' "$work/trace"
	status=0
	judge >/dev/null 2>&1 || status=$?
	is $status 2 "nor a trace with events lost"
}

adverts() {
	framecheck adverts -f "$work/frames" --pass secret \
		--vips 192.0.2.100,2001:db8::64
}

# fault NAME SETTING...: this is what is wrong with it, and nothing else
fault() {
	local name=$1
	shift
	scene
	frame 1500 A "$(adv src=192.0.2.1 "$@")"
	is "$(adverts | value faults)" "$name" "adverts: $*"
}

test_adverts() {
	fault none skew=100
	fault none sum=good base=255 skew=255
	fault none skew=1 src=fe80::1
	fault ttl ttl=254
	fault tos tos=0xe0
	fault df df=0
	fault df frag=0x2000
	fault sum sum=bad
	fault sum src=fe80::1 sum=pseudo
	fault ipsum ipsum=bad
	fault digest flip=20
	fault digest flip=9:1
	fault sum flip=2:1 sum=keep
	fault digest pass=other
	fault digest vips=192.0.2.101
	fault ethsrc smac=00:00:5e:00:00:01
	fault ethdst dmac=ff:ff:ff:ff:ff:ff
	fault ethdst,dst dst=224.0.0.19
	fault framelen pad=4
	fault framelen,ihl,length options=1
	scene
	frame 1500 A "$(adv src=192.0.2.1 len=35)"
	frame 1501 A "$(adv src=192.0.2.1 trail=1)"
	frame 1502 A "$(adv src=192.0.2.1 authlen=6)"
	frame 1503 A "$(adv src=192.0.2.1 ver=3)"
	is "$(adverts | tail -n 1)" "adverts=0 wrong=0 foreign=4" \
		"adverts: what is no CARP is counted as foreign"
}

# --- a segment --------------------------------------------------------------

# Clients and hosts C, A, B at a bridge in S, ports named after them.
build_segment() {
	local n
	for n in C A B S; do
		ip netns add "$n" || return
		ip netns exec "$n" sysctl -qw \
			net.ipv6.conf.default.accept_dad=0
	done
	ip -n "S" link add br0 type bridge mcast_snooping 0
	ip -n "S" link set br0 up
	for n in C A B; do
		ip -n "S" link add "sw$n" type veth \
			peer name eth0 netns "$n"
		ip -n "S" link set "sw$n" master br0 up
		ip -n "$n" link set eth0 up
	done
	ip -n "C" addr add 10.77.1.9/24 dev eth0
	ip -n "A" addr add 10.77.1.1/24 dev eth0
	ip -n "A" addr add 10.77.1.100/24 dev eth0
	ip -n "B" addr add 10.77.1.2/24 dev eth0
	ip -n "A" addr add 2001:db8::1/64 dev eth0 nodad
	ip -n "C" addr add 2001:db8::9/64 dev eth0 nodad
	wait_for 5 answers 10.77.1.100 && wait_for 5 answers 2001:db8::1
}

# shellcheck disable=SC2317 # wait_for calls it
answers() {
	(($(pulse -n "C" -i eth0 -t "$1" -d 20 -w 20 -q 0 |
		value received) > 0))
}

watch_begin() {
	watch -b -p "$work/watch.pid" -o "$work/seen" \
		"A=S:swA" "B=S:swB"
}

watch_end() { watch -k -p "$work/watch.pid" -o "$work/seen"; }

seen() { awk -F '\t' "$1" "$work/seen/frames.tsv" | wc -l; }

test_watch() {
	local hex
	hex=$(adv src=10.77.1.1)
	run_ok "watch: recording in the background" watch_begin
	run_ok "inject: 5,000 frames at once" \
		inject "A:eth0" -c 5000 "$hex"
	run_ok "inject: a tagged one" \
		inject "A:eth0" --carp vlan=5 src=10.77.1.1
	run_ok "watch: ends without a drop" watch_end
	is "$(seen "\$2 == \"A\" && \$3 == \"in\" && \$5 == \"$hex\"")" 5000 \
		"watch: every one seen where it entered the switch"
	is "$(seen "\$2 == \"B\" && \$3 == \"out\" && \$5 == \"$hex\"")" 5000 \
		"watch: every one seen where it left the switch"
	is "$(seen '$2 == "A" && substr($5, 25, 12) == "810000050800"')" 1 \
		"watch: the tag is where the wire has it"
	is "$(awk -F '\t' '!/^#/ { if ($1 < last) bad++; last = $1 }
		END { print bad + 0 }' "$work/seen/frames.tsv")" 0 \
		"watch: in order of time"
	is "$(stat -c %s "$work/seen/A.pcap")" \
		"$(awk -F '\t' '$2 == "A" { n += $4 + 16 } END { print n + 24 }' \
			"$work/seen/frames.tsv")" \
		"watch: the capture has all frames of the tap"
	if command -v tcpdump >/dev/null; then
		is "$(tcpdump -Z root -nr "$work/seen/A.pcap" 2>/dev/null | wc -l)" \
			"$(seen '$2 == "A"')" "tcpdump reads the capture"
	else
		skip "no tcpdump on this host"
	fi
}

# Everything ucarp ever said goes over the wire and is judged there.
test_replay() {
	local name vip vhid pass rest wrong=0 found
	while IFS=$'\t' read -r name vip vhid pass rest; do
		[[ $name != '#'* ]] || continue
		watch_begin
		inject "A:eth0" -f "$vectors/ucarp/$name.pcap" \
			>/dev/null
		watch_end
		# Its MAC is not the virtual one, and one is a broadcast.
		found=$(framecheck adverts -f "$work/seen/frames.tsv" \
			--host A --vhid "$vhid" --pass "$pass" --vips "$vip" |
			grep -cE 'sum=ok auth=ok .*faults=(ethsrc|ethdst,ethsrc)$')
		[[ $found == 5 ]] || { diag "$name: $found"; ((++wrong)); }
	done <"$vectors/ucarp/configs.tsv"
	is $wrong 0 "adverts: ucarp's captures replayed, all but its MAC is right"

	watch_begin
	inject "B:eth0" -f "$vectors/vrrp/keepalived-vrrpv2-vrid1.pcap" >/dev/null
	inject "B:eth0" -f "$vectors/vrrp/keepalived-vrrpv3-vrid1.pcap" >/dev/null
	watch_end
	is "$(framecheck adverts -f "$work/seen/frames.tsv" --host B |
		tail -n 1)" "adverts=0 wrong=0 foreign=10" \
		"adverts: VRRP is not CARP"

	watch_begin
	is "$(inject "A:eth0" -j "$vectors/carp_bsd.tsv" \
		-w impl=openbsd -w accept=full src=10.77.1.1)" "sent=35" \
		"inject: rows of a table"
	watch_end
	is "$(framecheck adverts -f "$work/seen/frames.tsv" --host A |
		grep -c 'faults=none$')" 35 "inject: they arrive as they should"
}

test_takeover_capture() {
	local output
	watch_begin
	inject "A:eth0" -r -f \
		"$vectors/ucarp/takeover-vhid1-pw6-A-then-B.pcap" >/dev/null
	watch_end
	output=$(framecheck --summary -f "$work/seen/frames.tsv" --host A)
	is "$(grep '^adverts ' <<<"$output" | value count)" 12 \
		"summary: the adverts of ucarp's takeover"
	is "$(grep '^garps .*mac=42:2d:a9:0e:88:44' <<<"$output" | value count)" 2 \
		"summary: the announcements of the first"
	within "$(grep '^adverts ' <<<"$output" | value interval_max_us)" \
		3700000 3900000 "inject -r: its 3.8 s of silence are kept"
}

# Frames of a live, scripted host against a trace made to fit.
test_judge_live() {
	local state
	watch_begin
	inject "A:eth0" --carp -c 3 -i 1000 pass=secret \
		vips=10.77.1.100 src=10.77.1.1 >/dev/null
	watch_end
	printf 'host A 7\nhost B 8\n' >"$work/hosts"
	echo "vip 10.77.1.200 1" >"$work/vips"
	state="carp_state: net=7 dev=carp0 carrier=eth0 vhid=1"
	echo " x-1 [000] ..... 0.000001: $state old=INIT new=BACKUP reason=x" \
		>"$work/trace"
	cp "$work/seen/frames.tsv" "$work/frames"
	is "$(judge | tail -n 1 | value violations)" 3 \
		"framecheck: recorded adverts of a backup"
	echo " x-1 [000] ..... 0.000002: $state old=BACKUP new=MASTER reason=x" \
		>>"$work/trace"
	is "$(judge | tail -n 1 | value violations)" 0 \
		"framecheck: the same of a master"
}

test_pulse() {
	local output
	# ucarp's announcements were heard too.
	ip -n "C" neigh flush all
	run_ok "inject: a scripted master" inject "A:eth0" -b \
		-p "$work/a.pid" --peer -i 20000 pass=secret vips=10.77.1.100 \
		src=10.77.1.1
	run_ok "inject: a scripted backup" inject "B:eth0" -b \
		-p "$work/b.pid" --peer -i 20000 -o pass=secret \
		vips=10.77.1.100 src=10.77.1.2 skew=50
	kill -STOP "$(cat "$work/b.pid")"
	output=$(pulse -n "C" -i eth0 -t 10.77.1.100 -d 1000 \
		--json "$work/json" \
		--at "300:cut:S:swA" \
		--at "400:signal:@$work/b.pid:CONT" \
		--at "600:join:S:swA:br0" \
		--at "700:signal:@$work/a.pid:STOP" \
		--at "800:signal:@$work/b.pid:TERM")
	is "$?" 0 "pulse: all actions done"
	is "$(value sent <<<"$output")" 1000 "pulse: one echo each millisecond"
	within "$(value lost <<<"$output")" 295 340 \
		"pulse: a cut of 300 ms loses 300"
	within "$(value longest_gap_us <<<"$output")" 299000 345000 \
		"pulse: and is a gap of 300 ms"
	within "$(value longest_gap_at_us <<<"$output")" 290000 301000 \
		"pulse: that begins when it is cut"
	is "$(($(sed -n 's/^\(before\|action[0-9]\)_lost=/+/p' <<<"$output")))" \
		"$(value lost <<<"$output")" "pulse: every loss is in one window"
	is "$(value action0_old_src <<<"$output") $(value action0_new_src <<<"$output")" \
		"10.77.1.1 -" "pulse: no new master while nobody sends"
	is "$(value action1_new_src <<<"$output")" 10.77.1.2 \
		"pulse: the new one is known"
	within "$(value action1_first_advert_us <<<"$output")" 0 25000 \
		"pulse: at once"
	within "$(value action1_detect_us <<<"$output")" 99000 150000 \
		"pulse: 100 ms and an interval after the last of the old"
	within "$(value action2_reply_us <<<"$output")" 0 40000 \
		"pulse: the first reply after the join"
	is "$(value action4_bow_out <<<"$output")" yes \
		"pulse: a farewell is noticed" || diag "$output"
	is "$(value duplicates <<<"$output")" 0 "pulse: no duplicates"
	is "$(value tap_drops <<<"$output")" 0 "pulse: nothing overheard is lost"
	run_ok "pulse: the JSON is JSON" jq . "$work/json"
	kill -CONT "$(cat "$work/a.pid")"
	kill "$(cat "$work/a.pid")"
	rm "$work"/[ab].pid

	output=$(pulse -n "C" -i eth0 -t 2001:db8::1 -d 200)
	is "$(value received <<<"$output")" 200 "pulse: IPv6"
}

# From the last word of one to the first of the other, 150 ms later.
test_detect() {
	local output
	inject "A:eth0" -b -p "$work/a.pid" --peer -i 10000 \
		vips=10.77.1.100 src=10.77.1.1
	inject "B:eth0" -b -p "$work/b.pid" --peer -i 1000 \
		vips=10.77.1.100 src=10.77.1.1 skew=50
	kill -STOP "$(cat "$work/b.pid")"
	output=$(pulse -n "C" -i eth0 -t 10.77.1.100 -d 600 \
		-u "A=S:swA" -u "B=S:swB" \
		--at "200:cut:S:swA" \
		--at "350:signal:@$work/b.pid:CONT")
	is "$(value action1_old_tap <<<"$output") $(value action1_new_tap <<<"$output")" \
		"A B" "pulse: two hosts with one source address are told apart"
	within "$(value action1_detect_us <<<"$output")" 149000 190000 \
		"pulse: what is said at a port that is cut off does not count" ||
		diag "$output"
	kill "$(cat "$work/a.pid")" "$(cat "$work/b.pid")"
	rm "$work"/[ab].pid
	ip -n "S" link set swA master br0
}

test_session() {
	local output
	session serve "A" 10.77.1.100 7000 --name alpha -b \
		-p "$work/s4.pid"
	session serve "A" 2001:db8::1 7000 --name beta -b \
		-p "$work/s6.pid"
	run_ok "session: an address that is not there, with --freebind" \
		session serve "A" 10.77.1.250 7000 --freebind -b \
		-p "$work/sf.pid"
	run_ok "session: and of IPv6" \
		session serve "A" 2001:db8::250 7000 --freebind \
		-b -p "$work/sg.pid"
	output=$(session talk "C" 10.77.1.100 7000 --bytes 1000000)
	like "$output" '^peer=alpha local=10.77.1.9 sent=1000000 received=1000000 ' \
		"session: a megabyte there and back"
	output=$(session talk "C" 2001:db8::1 7000)
	like "$output" '^peer=beta local=2001:db8::9 sent=1 received=1 ' \
		"session: IPv6"
	run_fails "session: nobody there" \
		session talk "C" 10.77.1.9 7000 --timeout 500
	kill "$(cat "$work/s4.pid")" "$(cat "$work/s6.pid")" \
		"$(cat "$work/sf.pid")" "$(cat "$work/sg.pid")"
	rm "$work"/s*.pid
}

test_codec
test_violations
test_own_mac
test_lower
test_incomplete
test_adverts
if build_segment; then
	test_watch
	test_replay
	test_takeover_capture
	test_judge_live
	test_pulse
	test_detect
	test_session
else
	fail "a segment of network namespaces"
fi
done_testing
