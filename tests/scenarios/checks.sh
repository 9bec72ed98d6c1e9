#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# What is wrong with a received advertisement is counted, each fault in its own
# counter and once, and it has no effect: A is a slow MASTER, and every one of
# them says to be a faster one.
#
#	A (advskew 100) ---+
#	P (scripted)    ---+--- SW

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment A P
foreign P
carp A vhid 1 advskew 100 pass secret
vip A 192.0.2.100/24
up A
wait_state A MASTER
tally A >/dev/null

forge() {
	inject P:eth0 --carp -i 0 pass=secret vips=192.0.2.100 src=192.0.2.2 \
		"$@" >/dev/null
}

# counts EXPECTED NAME SETTING...: three of them
counts() {
	local expected=$1 name=$2
	shift 2
	forge -c 3 "$@"
	is "$(tally A)" "$expected" "$name"
}

# OpenBSD's order: TTL, length, checksum, vhid, version, digest.
counts "ipackets=3 badttl=3" "TTL 254" ttl=254
counts "ipackets=3 badttl=3" "TTL 1" ttl=1
counts "ipackets=3 badttl=3" "TTL 254, and all else wrong too" ttl=254 \
	sum=bad pass=other
counts "ipackets=3 badsum=3" "a wrong checksum" sum=bad
counts "ipackets=3 badsum=3" "a wrong checksum and a wrong digest" sum=bad \
	pass=other
counts "ipackets=3 badver=3" "version 4" ver=4
counts "ipackets=3 badver=3" "version 1" ver=1
counts "ipackets=3 badauth=3" "another password" pass=other
counts "ipackets=3 badauth=3" "another address" vips=192.0.2.101
counts "ipackets=3 badauth=3" "an address more" vips=192.0.2.100,192.0.2.101
counts "ipackets=3 badauth=3" "an address less" vips=
counts "badvhid=3" "another vhid" vhid=2
counts "ipackets=3 badlen=3" "one byte more" trail=1
counts "ipackets=3 badlen=3" "four bytes more" trail=4
counts "foreign=3" "as long as VRRPv2 with seven addresses" trail=8
counts "foreign=3" "VRRPv2, one address" authlen=1
counts "foreign=3" "VRRPv3" ver=3

# Nothing of the IP header that the stack would not let through.
counts "hdrops=3" "a wrong IP checksum" ipsum=bad
counts "hdrops=3" "IP version 5" ipflip=0:0x10
counts "hdrops=3" "an IP header of 16 bytes" ipflip=0:0x01
counts "hdrops=3" "an IP header longer than the packet" ipflip=0:0x0a
counts "hdrops=3" "an IP packet longer than the frame" iplen=57
counts "hdrops=3" "an IP packet shorter than its header" iplen=19
counts "hdrops=3" "a first fragment" frag=0x2000
counts "hdrops=3" "a later fragment" frag=0x0001

for ((len = 2; len < 36; len++)); do
	forge len=$len
done
is "$(tally A)" "ipackets=34 badlen=34" "cut off after each of its bytes"
forge len=0
forge len=1
is "$(tally A)" "badlen=2" "cut off before it says for whom it is"

# Faults that do no harm alone are none; here with another password, to be told
# from silence.
counts "ipackets=3 badauth=3" "IP options" options=2 pass=other
counts "ipackets=3 badauth=3" "bytes after the IP packet" pad=6 pass=other
counts "ipackets=3 badauth=3" "another TOS and no DF" tos=0xe0 df=0 pass=other
counts "ipackets=3 badauth=3" "ucarp's MAC" smac=00:00:5e:00:00:01 pass=other
counts "ipackets=3 badauth=3" "to everybody, as ucarp -M" \
	dmac=ff:ff:ff:ff:ff:ff pass=other

# Our own comes back from the switch: not another master, nor a wrong one.
hex=$(ip netns exec SW timeout 3 tcpdump -Z root -n -i A -Q in -c 1 -xx \
	ip proto 112 2>/dev/null | sed -n 's/^\t0x[0-9a-f]*: *//p' | tr -d ' \n')
tally A >/dev/null
inject P:eth0 "$hex" "$hex" "$hex" >/dev/null
is "$(tally A)" "ipackets=3 loop=3" "our own comes back"

# By an interface without CARP.
ip link add eth1 netns A type veth peer name eth1 netns P
ip -n A addr add 198.51.100.1/24 dev eth1
ip -n A link set eth1 up
ip -n P link set eth1 up
mac=$(mac A eth1)
inject P:eth1 --carp -c 3 -i 0 pass=secret vips=192.0.2.100 src=198.51.100.2 \
	dst=198.51.100.1 "dmac=$mac" >/dev/null
is "$(tally A)" "badif=3" "to a device that carries no CARP"

is "$(moves A | wc -l)" 2 "none of them had an effect"
is_state A MASTER "A is MASTER"

on A sysctl -qw net.carp.allow=0
tally A >/dev/null
forge -c 3
is "$(tally A)" "" "allow=0: nothing is counted"
on A sysctl -qw net.carp.allow=1
wait_state A MASTER 5

# Of any one of these that is right, A takes notice.
for settings in "options=2" "pad=6" "tos=0xe0 df=0" "smac=00:00:5e:00:00:01" \
	"dmac=ff:ff:ff:ff:ff:ff" "ttl=255"; do
	tally A >/dev/null
	# shellcheck disable=SC2086
	forge $settings
	is "$(tally A)" "ipackets=1" "good: $settings"
	is_state A BACKUP "good: $settings: A gives way"
	wait_state A MASTER 5
done

finish
