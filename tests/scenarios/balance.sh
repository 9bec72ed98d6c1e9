#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# long-options: --leaks
# 6.1: long
#
# Several vhids share an address. With arpbalance each client is answered by one
# of them, all hosts agree by which, and its MAC moves when its host dies;
# without, the lowest answers.
#
#	A:eth0, MASTER of vhid 1 ---+
#	B:eth0, MASTER of vhid 2 ---+--- SW
#	C:eth0 (client of vhid 1) --+
#	D:eth0 (client of vhid 2) --+
#	X:eth0 (says what it likes) +

. "${0%/*}/../lib/lib.sh"

segment A B C D X
foreign X
vip=192.0.2.100
# Many clients in one place.
ip -n A addr add 10.9.0.1/16 dev eth0
ip -n B addr add 10.9.0.2/16 dev eth0
vip_len=24
first=10.9.1.0
. "${0%/*}/../lib/balance.sh"
inquirers $for_all "$(vmac 1)" "$(vmac 2)"

# who_answers HOST: the MACs, of one question to all
who_answers() {
	on "$1" arping -b -c 1 -w 1 -I eth0 $vip |
		sed -n 's/.* reply from .*\[\(.*\)\].*/\1/p' | xargs
}

is "$(on A sysctl -n net.carp.arpbalance)" 0 "off by default"
run_fails "2 is refused" on A sysctl -qw net.carp.arpbalance=2
share_two

# Not balanced
begin lowest
is "$(who_answers C)" "00:00:5E:00:01:01" "not balanced: the lowest vhid answers"
is "$(who_answers D)" "00:00:5E:00:01:01" "everyone"
inquire
end lowest
is "$(session talk D $vip 7 | field peer)" A "TCP reaches its MASTER"
run_ok "which is BACKUP of another vhid with that address" on D ping -c 3 -i 0.1 -W 1 $vip
is_state A BACKUP "and stays that" carp2

# Balanced: what clients know already they are told anew when they ask.
begin quiet
balance 1
begin two
inquire
end two
pulse -n D -i eth0 -t $vip -p 50000 -d 90000 -o "$OUT/refreshed"
end quiet
none_lost "$(field lost <"$OUT/refreshed")" "a client moves to its vhid without a loss"
is "$(at D)" "$(vmac 2)" "it has moved"
forget C
run_ok "C is served" on C ping -c 1 -W 1 $vip
is "$(at C)" "$(vmac 1)" "by vhid 1"
is "$(session talk C $vip 7 | field peer)" A "which is A"
is "$(session talk D $vip 7 | field peer)" B "and D's is B"
is "$(who_answers C) $(who_answers D)" "00:00:5E:00:01:01 00:00:5E:00:01:02" "one answer each"
is "$(on X arping -D -b -c 1 -w 1 -I eth0 $vip | grep -c "reply from")" 1 \
	"whoever wants the address for himself is told once that it is taken"

# To the MAC they know, while they are being spread and after it
begin unicast
inquire "$(vmac 1)"
end unicast
begin unicast2
inquire "$(vmac 2)"
end unicast2
sleep 30
begin unicast_later
inquire "$(vmac 1)"
end unicast_later

# A third and a fourth
share A 3 0
share B 3 100
wait_state A MASTER 10 carp3
begin three
inquire
end three
share B 4 0
share A 4 100
wait_state B MASTER 10 carp4
begin four
inquire
end four
for host in A B; do
	ip -n $host link del carp3
	ip -n $host link del carp4
done

# A host dies: its clients move with the vhid, the others notice nothing.
run_ok "C is served" on C ping -c 1 -W 1 $vip
run_ok "D is served" on D ping -c 1 -W 1 $vip
pulse -n D -i eth0 -t $vip -p 5000 -d 9000 -o "$OUT/others" -b -P "$OUT/pulse.pid"
pulse -n C -i eth0 -t $vip -p 5000 -d 8000 -o "$OUT/hers" \
	--at 1000:cut:SW:A --at 6000:mark:after
wait_for 5 test -s "$OUT/others"
none_lost "$(field lost <"$OUT/others")" "A dies: nobody else's packets are lost"
in_time "$(field longest_gap_us <"$OUT/hers")" 2000000 3500000 \
	"its clients wait for the takeover"
none_lost "$(field action1_lost <"$OUT/hers")" "and are served again"
is "$(at C) $(at D)" "$(vmac 1) $(vmac 2)" "nobody has another MAC"
is "$(session talk C $vip 7 | field peer)" B "B serves them"
begin one_host
inquire
end one_host
join A
wait_state B BACKUP 10 carp1
wait_state A BACKUP 10 carp2
is_state A MASTER "A is back" carp1
forget C
run_ok "C is served" on C ping -c 1 -W 1 $vip

# Planned, of one vhid
pulse -n D -i eth0 -t $vip -p 1000 -d 2500 -o "$OUT/others" -b -P "$OUT/pulse.pid"
pulse -n C -i eth0 -t $vip -p 1000 -d 2000 -o "$OUT/hers" --at 1000:down:A:carp1
wait_for 5 test -s "$OUT/others"
none_lost $(($(field lost <"$OUT/hers") + $(field lost <"$OUT/others"))) \
	"a planned handover costs no packet"
begin down_here
inquire
end down_here

# Down everywhere: the others serve its clients.
ip -n B link set carp1 down
sleep 8
begin down_everywhere
inquire
end down_everywhere
for host in A B; do
	up $host carp1
done
run_ok "A is MASTER again" ip -n A link set carp1 type carp state master
wait_state B BACKUP 10 carp1

# Advertised to peers instead of to the group
for vhid in 1 2; do
	ip -n A link set carp$vhid type carp peer 192.0.2.2
	ip -n B link set carp$vhid type carp peer 192.0.2.1
done
sleep 2
begin peers
inquire
end peers
forget C
forget D
run_ok "peers: C is served" on C ping -c 1 -W 1 $vip
run_ok "peers: D is served" on D ping -c 1 -W 1 $vip
begin quiet_peers
pulse -n D -i eth0 -t $vip -p 5000 -d 9000 -o "$OUT/others" -b -P "$OUT/pulse.pid"
pulse -n C -i eth0 -t $vip -p 5000 -d 8000 -o "$OUT/hers" \
	--at 1000:cut:SW:A --at 6000:mark:after
wait_for 5 test -s "$OUT/others"
none_lost "$(field lost <"$OUT/others")" "peers: A dies: nobody else's packets are lost"
none_lost "$(field action1_lost <"$OUT/hers")" "peers: and its clients are served again"
begin one_peer
inquire
end one_peer
join A
wait_state A MASTER 10 carp1
wait_state B BACKUP 10 carp1
wait_state A BACKUP 10 carp2
run_ok "peers: A is back: C is served" on C ping -c 3 -i 0.5 -W 1 $vip
is "$(at C) $(at D)" "$(vmac 1) $(vmac 2)" "peers: nobody has had another MAC"
end quiet_peers
for host in A B; do
	for vhid in 1 2; do
		ip -n $host link set carp$vhid type carp peer none
	done
done

# Someone else claims the address.
run_ok "C is served" on C ping -c 1 -W 1 $vip
contested=$(counter A contested carp1)
begin claim
inject X:eth0 "ffffffffffff${x//:/}08060001080006040001${x//:/}c0000264000000000000c0000264" >/dev/null
sleep 0.5
end claim
is "$(counter A contested carp1)" $((contested + 1)) "a claim is noticed"
# What would be said to that one only would be said to all.
begin claim_of_all
inject X:eth0 "ffffffffffff${x//:/}08060001080006040001ffffffffffffc0000264000000000000c0000264" >/dev/null
sleep 0.5
end claim_of_all
is "$(counter A contested carp1)" $((contested + 1)) "one by the MAC of all is none"

# A host without addresses of its own asks without a name.
bare A
forget C
run_ok "C is served" on C ping -c 1 -W 1 $vip
begin bare
on A ip neigh flush all
run_ok "A without an address reaches its client" on A ping -c 2 -i 0.2 -W 1 -I $vip 192.0.2.3
end bare
ip -n A addr add 192.0.2.1/24 dev eth0
ip -n A addr add 10.9.0.1/16 dev eth0

# Bonds and bridges below that have changed: no more is said.
begin moved
ip -n A link set eth0 address 02:00:00:00:0a:0a
sleep 4
end moved

# No longer balanced: all are gathered. D has believed what it heard.
forget D
run_ok "C is served" on C ping -c 1 -W 1 $vip
run_ok "D is served" on D ping -c 1 -W 1 $vip
is "$(at C) $(at D)" "$(vmac 1) $(vmac 2)" "each at its place"
begin gathered
balance 0
sleep 0.1
end gathered
is "$(at D)" "$(vmac 1)" "arpbalance=0: D comes to the lowest"
run_ok "and is served" on D ping -c 2 -i 0.2 -W 1 $vip
# The lowest leaves the address, on one host after the other.
for host in B A; do
	ip -n $host addr del $vip/24 dev carp1
done
is "$(at C) $(at D)" "$(vmac 2) $(vmac 2)" "taken from vhid 1: all come to vhid 2"
run_ok "C is served" on C ping -c 2 -i 0.2 -W 1 $vip

judge
{
	answers_of lowest 1
	answers_of two 1 2
	answers_of three 1 2 3
	answers_of four 1 2 3 4
	for name in unicast unicast2 unicast_later one_host down_here; do
		answers_of $name 1 2
	done
	answers_of down_everywhere 2
	answers_of peers 1 2
	answers_of one_peer 1 2
	names_of quiet quiet_peers claim bare moved gathered
} | clients judge "$OUT/frames.tsv" >"$OUT/answers"
exec 3<"$OUT/answers"
all="clients=256 once=256 wrong=0"
answered "$all 1=256" "not balanced: vhid 1 alone answers"
# By the formula of the guide, worked out there.
answered "$all 1=128 2=128" "two vhids"
answered "$all 1=8[4-7] 2=8[4-7] 3=8[4-7]" "three"
answered "$all 1=6[2-6] 2=6[2-6] 3=6[2-6] 4=6[2-6]" "four"
answered "clients=256 once=128 wrong=0 1=128 2=0" "asked by unicast, A answers those of its vhid"
answered "clients=256 once=128 wrong=0 1=0 2=128" "and B those of its"
answered "clients=256 once=256 wrong=128 1=256 2=0" "later nobody is sent away who is served"
answered "$all 1=128 2=128" "one host answers for both"
answered "$all 1=128 2=128" "so when one is down on A"
answered "$all 2=256" "down everywhere: the other"
answered "$all 1=128 2=128" "advertised to peers: two vhids"
answered "$all 1=128 2=128" "and when a host has died"
answered "claims=0 questions=0 unicast=0" "nothing undoes the balance"
answered "claims=0 questions=0 unicast=0" "nor when it is advertised to peers"
answered "claims=0 questions=0 unicast=2" "a claim is contradicted to its author, by each"
answered "claims=0 questions=0 unicast=0" "A asks without a name"
answered "claims=0 questions=0 unicast=0" "another MAC for the carrier: nothing is announced"
answered "claims=1 questions=0 unicast=0" "arpbalance=0 is announced by the lowest"
like "$(during "${from[moved]}" "${to[moved]}" A "ether src 00:00:5e:00:01:01 and proto 112" | head -1)" \
	"224.0.0.18" "but the switch hears of the virtual MAC"
done_testing
