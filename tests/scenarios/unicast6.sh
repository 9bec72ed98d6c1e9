#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# long-options: --leaks
#
# unicast.sh over IPv6: peers that are global and link-local, on a switch that
# forwards no multicast but what neighbour discovery needs; both families; and
# a router between.
#
#	A:eth0 2001:db8::1 (master) ---+
#	B:eth0 2001:db8::2 (backup) ---+
#	C:eth0 2001:db8::3 (client) ---+--- SW

. "${0%/*}/../lib/lib.sh"

export CARP_SPEC=$TESTS/carp.spec.json
segment6 A B C
foreign C
# The group does not pass.
for host in A B C; do
	on SW tc qdisc add dev "$host" clsact
	on SW tc filter add dev "$host" ingress protocol ipv6 flower \
		dst_mac 33:33:00:00:00:12 action drop
done
on A sysctl -qw net.carp.preempt=1
vip=2001:db8::100
linklocal() {
	ip -n "$1" -6 -j addr show dev eth0 scope link |
		jq -r '[.[].addr_info[]?.local | select(.)] | first'
}
skew=0
for host in A B; do
	carp $host vhid 1 pass secret advskew $skew
	vip $host $vip/64
	up $host
	skew=100
done
wait_state B MASTER 5
is "$(masters A B)" "A B" "with multicast two masters: the switch drops it"
ip -n A link set carp0 type carp peer6 2001:db8::2
wait_state B BACKUP 1
ip -n B link set carp0 type carp peer6 "$(linklocal A)"
from=$(now)
is "$(info A peer6)" \
	'["2001:db8::2"]' "the peer is reported"
ip -n A link set carp0 type carp advskew 1
sleep 3
is "$(masters A B)" A "A is the only master"
unlike "$(tally B)" "bad|loop|grace" "B finds nothing wrong"

# What programs are told
got=$(on B python3 "$TESTS/lib/genl.py" ask get ifname=carp0)
like "$got" '"peer": \[\{"addr6": "2001:db8::1", [^]]*"advskew": 1, [^]]*"authentic": 1\}\]' \
	"generic netlink: B hears A"
is "$(grep -o '"unicast6": \[[^]]*\]' <<<"$got")" \
	"\"unicast6\": [\"$(linklocal A)\"]" "and advertises to A"
like "$(on B carpctl show carp0)" \
	"unicast to $(linklocal A).    peer 2001:db8::1 advbase 1 advskew 1 demote 0 heard " \
	"carpctl: the same"
on B python3 "$TESTS/lib/genl.py" listen 60 >"$OUT/events" &
on B carpctl monitor >"$OUT/text" &
monitor=$!
wait_ok 5 "listening" grep -q listening "$OUT/events"

pinging() {
	pulse -n C -i eth0 -t $vip -u A=SW:A -u B=SW:B "$@"
}
on C ping -q -c 1 $vip >/dev/null
pinging -d 1500 --at 1100:down:A:carp0 >"$OUT/report"
is "$(field action0_old_tap <"$OUT/report") $(field action0_bow_out <"$OUT/report") $(field action0_new_tap <"$OUT/report")" \
	"A yes B" "A bows out, B takes over"
in_time "$(field action0_detect_us <"$OUT/report")" 0 999 "within 1 ms"
none_lost "$(field lost <"$OUT/report")" "no packet is lost"
like "$(<"$OUT/events")" '"reason": "bowed-out", .*"peer": \[\{"addr6": "2001:db8::1"\}\]' \
	"the event names A"
like "$(<"$OUT/text")" "BACKUP -> MASTER \\(master bowed out from 2001:db8::1\\)" \
	"carpctl monitor, too"
kill $monitor
up A
wait_state A MASTER 3
wait_state B BACKUP 1
sleep 60
pinging -d 6000 -p 5000 --at 1500:cut:SW:A >"$OUT/report"
is_state B MASTER "A is cut off: B is master"
in_time "$(field action0_detect_us <"$OUT/report")" 3390625 $((3390625 + 999)) \
	"after 3 + 100/256 s"
join A
wait_state B BACKUP 3
till=$(now)

# Back again.
ip -n A link set carp0 type carp peer6 none
wait_state B MASTER 5
pass "peer6 none: A is not heard by the peer any more"
ip -n A link set carp0 type carp peer6 2001:db8::2
wait_state B BACKUP 3
# The hop limit, as minttl.
mac=$(mac B)
forge() {
	inject C:eth0 --carp -c 3 -i 0 dst=2001:db8::2 "dmac=$mac" "vips=$vip" "$@" >/dev/null
	tally B | tr ' ' '\n' | grep -v ipackets | tr '\n' ' '
}
tally B >/dev/null
is "$(forge src=2001:db8::9 ttl=254 pass=other)" "badttl=3 " "hop limit 254: badttl"
ip -n B link set carp0 type carp minttl 254 peer6 2001:db8::1
is "$(forge src=2001:db8::9 ttl=254 pass=other)" "badpeer=3 " "minttl 254, from a stranger: badpeer"
is "$(forge src=2001:db8::1 ttl=254 pass=other)" "badauth=3 " "from the peer: badauth"
# Privacy is for clients: a peer must know whom it hears.
on A sysctl -qw net.ipv6.conf.eth0.use_tempaddr=2
ip -n A addr change 2001:db8::1/64 dev eth0 mngtmpaddr
sleep 3
isnt "$(ip -n A -6 addr show dev eth0 temporary)" "" "A has a temporary address"
private=$(now)
sleep 5
public=$(now)
judge
is "$(during "$private" "$public" A "ip6 proto 112 and ip6 dst 2001:db8::2" | grep -c "2001:db8::1 > ")" \
	"$(during "$private" "$public" A "ip6 proto 112" | grep -vc "$(linklocal B) > ")" \
	"and does not advertise from it"
run_ok "every advertisement, bit for bit" framecheck adverts -f "$OUT/frames.tsv" \
	--host A --unicast --pass secret --vips $vip --from "$from" --to "$till"
is "$(during "$from" "$till" A "ip6 proto 112 and ip6 src 2001:db8::1 and not ether src $(mac A)" | wc -l)" 0 \
	"A's come from its own MAC"
ok $(($(during "$from" "$till" A "ip6 proto 112 and ip6 src 2001:db8::1 and ip6 dst 2001:db8::2" | wc -l) < 60)) \
	"and from its own address"
ok $(($(during "$from" "$till" B "ip6 proto 112 and ip6 src $(linklocal B) and ip6 dst $(linklocal A)" | wc -l) < 1)) \
	"to a link-local peer from the link-local address"
done_testing
