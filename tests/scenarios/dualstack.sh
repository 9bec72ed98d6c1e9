#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# Addresses of both families on one interface: advertised over both, and a
# master is alive as long as it is heard over one of them. Whichever family the
# switch loses, there is one master; and two masters that could each win by
# another family's addresses agree on one.
#
#	A:eth0 192.0.2.1, fe80::1:2 ---+
#	B:eth0 192.0.2.2, fe80::1:1 ---+--- SW:br0
#	C:eth0 192.0.2.3            ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment A B C
own6 A B C
# IPv4 says A, IPv6 says B.
n=3
for host in A B; do
	ip -n $host link set eth0 addrgenmode none
	ip -n $host addr flush dev eth0 scope link
	ip -n $host addr add fe80::1:$((--n))/64 dev eth0 nodad
done

pair pass secret

ping4() { on C ping -c 2 -i 0.1 -W 1 192.0.2.100; }
ping6() { on C ping -c 2 -i 0.1 -W 1 2001:db8::100; }
reached() {
	run_ok "$1: reached over IPv4" ping4
	run_ok "$1: reached over IPv6" ping6
}
transitions() { echo $(($(moves A | wc -l) + $(moves B | wc -l))); }
run_ok "IPv4 alone: reached" ping4
is "$(counter A opackets6)" 0 "nothing is sent over IPv6"

# IPv6 is added, on one host after the other, and taken away again. The MASTER,
# which comes last, sends under the former list after B has ceased to.
sleep 4
before=$(transitions)
for host in B A; do
	vip $host 2001:db8::100/64
	sleep 6
done
isnt "$(counter A opackets6)" 0 "IPv6 added: it is advertised over"
isnt "$(counter B ipackets6)" 0 "and heard"
reached "IPv6 added"
sleep 11
vip A 2001:db8::101/64
sleep 6
vip B 2001:db8::101/64
reached "another one"
sleep 11
for host in A B; do
	ip -n $host addr del 2001:db8::101/64 dev carp0
	sleep 6
done
is "$(transitions)" "$before" "nobody has moved"
is "$(counter A badauth)$(counter B badauth)" 00 "every digest was right"
isnt "$(counter B grace)" 0 "under one list or the other"

# lose FAMILY: the switch takes none of its packets from A and B. keep: again
lose() {
	local type=ip host
	[[ $1 != 6 ]] || type=ip6
	{
		echo "table netdev loss {"
		for host in A B; do
			echo "chain $host {"
			echo "type filter hook ingress device $host priority 0;"
			echo "ether type $type drop; }"
		done
		echo "}"
	} | on SW nft -f -
}
keep() { on SW nft delete table netdev loss; }

before=$(transitions)
for family in 6 4; do
	heard4=$(counter B ipackets) heard6=$(counter B ipackets6)
	lose $family
	sleep 10
	is "$(masters A B)" A "IPv$family lost: A is the only MASTER"
	if [[ $family == 6 ]]; then
		ok $(($(counter B ipackets6) - heard6 > 1)) "nothing came over IPv6"
		ok $(($(counter B ipackets) - heard4 < 8)) "but over IPv4"
	else
		ok $(($(counter B ipackets) - heard4 > 1)) "nothing came over IPv4"
		ok $(($(counter B ipackets6) - heard6 < 8)) "but over IPv6"
	fi
	keep
	sleep 2
done
is "$(transitions)" "$before" "nobody has moved"
is "$(counter A badauth)$(counter B badauth)" 00 "every digest was right"

# Takeover and back, both families at once
cut A
wait_state B MASTER 5
reached "B took over"
join A
wait_state B BACKUP 5
reached "A is back"

# Two masters
one_master() { [[ $(masters A B) == [AB] ]]; }
changed() { [[ $(masters A B) != "$one" ]]; }
two_masters() {
	cut B
	wait_state A MASTER 8
	wait_state B MASTER 8
}
ip -n B link set carp0 type carp advskew 0
run_ok "A is told to be MASTER" ip -n A link set carp0 type carp state master
two_masters
join B
wait_ok 2 "a tie: one gives in" one_master
is "$(masters A B)" A "the lower IPv4 address stays, whatever IPv6 says"
before=$(transitions) one=A
never_ok 8 "and that is that" changed
is "$(transitions)" "$before" "nothing moves any more"

two_masters
lose 4
join B
wait_ok 6 "a tie without IPv4: one gives in" one_master
is "$(masters A B)" B "the lower IPv6 address stays"
before=$(transitions) one=B
never_ok 8 "and that is that, too" changed
is "$(transitions)" "$before" "nothing moves any more"
keep
never_ok 5 "nor when IPv4 is back" changed
reached "after all that"

judge
isnt "$(said A | wc -l)" 0 "A advertised over IPv4"
isnt "$(said6 A | wc -l)" 0 "and over IPv6"
# Each copy takes a step of the counter: no two are the same.
counters() {
	frames A -xx "proto 112 and ether src 00:00:5e:00:01:01" >/dev/null
	awk -F '\t' '$2 == "A" && $3 == "in" && substr($5, 25, 5) == "86dd6" &&
		substr($5, 41, 2) == "70" { print substr($5, 125, 16) }
		$2 == "A" && $3 == "in" && substr($5, 25, 6) == "080045" &&
		substr($5, 47, 2) == "70" { print substr($5, 85, 16) }' \
		"$OUT/frames.tsv"
}
is "$(counters | sort | uniq -d | wc -l)" 0 "every copy has a counter of its own"
isnt "$(counters | wc -l)" 0 "and there are some"
done_testing
