#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# Three hosts with two peers each, of which some end in .224 to .239 and are no
# groups for that; one after the other they come from the group to their peers.
#
#	A .224 (advskew 0)   ---+
#	B .230 (advskew 50)  ---+
#	D .239 (advskew 100) ---+--- SW
#	C (client)           ---+

. "${0%/*}/../lib/lib.sh"

segment A B D C
skew=0
for host in A:224 B:230 D:239; do
	ip -n ${host%:*} addr flush dev eth0
	ip -n ${host%:*} addr add 192.0.2.${host#*:}/24 dev eth0
	carp ${host%:*} vhid 1 advskew $skew pass secret
	vip ${host%:*} 192.0.2.100/24
	up ${host%:*}
	((skew += 50))
done
wait_state A MASTER
wait_state B BACKUP
wait_state D BACKUP
on C ping -q -c 1 192.0.2.100 >/dev/null

times() { moves "$1" | awk '$3 == "MASTER"' | wc -l; }
peer() { ip -n "$1" link set carp0 type carp peer "$2"; }

# A cluster on its way: one host after the other, a while between them.
pulse -n C -i eth0 -t 192.0.2.100 -u A=SW:A -p 5000 -d 12000 -b \
	-o "$OUT/pulse" -P "$OUT/pulse.pid"
peer B 192.0.2.224,192.0.2.239
sleep 4
peer A 192.0.2.230,192.0.2.239
sleep 4
peer D 192.0.2.224,192.0.2.230
wait_ok 10 "the client's report" test -s "$OUT/pulse"
is "$(times A) $(times B) $(times D)" "1 0 0" "from group to peers: one master throughout"
is "$(field lost <"$OUT/pulse")" 0 "and no packet is lost"
converted=$(now)
for host in B D; do
	tally $host >/dev/null
done
sleep 3
for host in B D; do
	like "$(tally $host)" "^ipackets=[34]$" "$host hears A, each once"
done

# All backups act on a bow-out, and agree at once.
pulse -n C -i eth0 -t 192.0.2.100 -u A=SW:A -u B=SW:B -u D=SW:D -d 2500 \
	--at 1100:down:A:carp0 >"$OUT/pulse"
is "$(masters B D)" B "A bows out: B is the only master"
none_lost "$(field lost <"$OUT/pulse")" "no packet is lost"
cut B
wait_state D MASTER 5
is "$(masters D)" D "B is cut off: D takes over"
join B
wait_state D BACKUP 3
is "$(masters B D)" B "B is back: one master"
up A
wait_state A BACKUP 2
is "$(masters A B D)" B "A is back, and does not preempt"
left=$(now)

# Back, in another order.
peer A none
sleep 3
peer D none
sleep 3
is "$(masters A B D)" B "A and D advertise to the group, B to them: one master"
peer B none
sleep 3
is "$(masters A B D)" B "and all to the group: one master"

judge
for peer in 230 239; do
	ok $(($(during "$converted" "$left" A "ip proto 112 and dst host 192.0.2.$peer" | wc -l) < 3)) \
		"A's went to .$peer"
done
is "$(during "$converted" "$left" A "ip proto 112 and ether multicast" | wc -l)" 0 \
	"and not to a group"
run_ok "bit for bit" framecheck adverts -f "$OUT/frames.tsv" --unicast \
	--pass secret --vips 192.0.2.100 --from "$converted" --to "$left"
done_testing
