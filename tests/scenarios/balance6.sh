#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# balance.sh over IPv6: several vhids share an address, and each client is
# answered by the one that its address selects.
#
#	A:eth0 2001:db8::1, MASTER of vhid 1 ---+
#	B:eth0 2001:db8::2, MASTER of vhid 2 ---+--- SW
#	C:eth0 2001:db8::5 (client of vhid 1) --+
#	D:eth0 2001:db8::4 (client of vhid 2) --+
#	X:eth0 (says what it likes) ------------+

. "${0%/*}/../lib/lib.sh"

segment6 A B X D C
foreign X
vip=2001:db8::100
vip_len=64
first=2001:db8::1:0
. "${0%/*}/../lib/balance.sh"
inquirers $for_all "$(vmac 1)"
share_two

begin lowest
inquire
end lowest
run_ok "not balanced: D is served" on D ping -c 2 -i 0.1 -W 1 $vip
is "$(at D)" "$(vmac 1)" "by the lowest vhid"
is "$(session talk D $vip 7 | field peer)" A "TCP reaches its MASTER"

begin quiet
balance 1
begin two
inquire
end two
pulse -n D -i eth0 -t $vip -p 50000 -d 90000 -o "$OUT/refreshed"
end quiet
none_lost "$(field lost <"$OUT/refreshed")" "balanced: no packet of D is lost"
forget C
forget D
run_ok "C is served" on C ping -c 1 -W 1 $vip
run_ok "D is served" on D ping -c 1 -W 1 $vip
is "$(at C) $(at D)" "$(vmac 1) $(vmac 2)" "each by its vhid"
is "$(session talk C $vip 7 | field peer) $(session talk D $vip 7 | field peer)" "A B" \
	"which are on different hosts"
# A client asks again in the name of its link-local address.
sleep 40
pulse -n D -i eth0 -t $vip -p 50000 -d 90000 -o "$OUT/refreshed"
none_lost "$(field lost <"$OUT/refreshed")" "in use for long: no packet of D is lost"
is "$(at D)" "$(vmac 2)" "it stays where it is"
begin unicast_later
inquire "$(vmac 1)"
end unicast_later

# Whoever wants the address for himself
ip -n X addr add $vip/64 dev eth0
sleep 3
like "$(ip -n X addr show dev eth0)" "$vip/64 .*dadfailed" \
	"whoever wants the address for himself is told that it is taken"
ip -n X addr del $vip/64 dev eth0

is "$(at D)" "$(vmac 2)" "nobody else has learned from that"

# A host dies.
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
join A
wait_state B BACKUP 10 carp1
wait_state A BACKUP 10 carp2

# Someone else claims the address, by an unsolicited advertisement.
contested=$(counter A contested carp1)
begin claim
inject X:eth0 "$(clients claim "$x" $vip)" >/dev/null
sleep 0.5
end claim
is "$(counter A contested carp1)" $((contested + 1)) "a claim is noticed"

# What A itself asks in the name of the address does not say where that is.
forget C
run_ok "C is served" on C ping -c 1 -W 1 $vip
begin own
on A ip -6 neigh flush all
run_ok "A reaches its client from the address" on A ping -c 2 -i 0.2 -W 1 -I $vip 2001:db8::5
end own
is "$(at C)" "$(vmac 1)" "which finds it where it was"

begin gathered
balance 0
sleep 0.1
end gathered
run_ok "D is served" on D ping -c 2 -i 0.2 -W 1 $vip
is "$(at D)" "$(vmac 1)" "arpbalance=0: D comes to the lowest"
for host in B A; do
	ip -n $host addr del $vip/64 dev carp1
done
run_ok "taken from vhid 1: C is served" on C ping -c 2 -i 0.2 -W 1 $vip
is "$(at C) $(at D)" "$(vmac 2) $(vmac 2)" "all have come to vhid 2"

judge
{
	answers_of lowest 1
	answers_of two 1 2
	answers_of unicast_later 1 2
	names_of quiet claim own gathered
} | clients judge "$OUT/frames.tsv" >"$OUT/answers"
exec 3<"$OUT/answers"
answered "clients=256 once=256 wrong=0 1=256" "not balanced: vhid 1 alone answers"
answered "clients=256 once=256 wrong=0 1=128 2=128" "two vhids"
answered "clients=256 once=256 wrong=128 1=256 2=0" "nobody is sent away who is served"
answered "claims=0 questions=0 unicast=0" "nothing undoes the balance"
answered "claims=0 questions=0 unicast=2" "a claim is contradicted to its author, by each"
answered "claims=0 questions=0 unicast=0" "A's question does not say where the address is"
answered "claims=1 questions=0 unicast=0" "arpbalance=0 is announced by the lowest"
done_testing
