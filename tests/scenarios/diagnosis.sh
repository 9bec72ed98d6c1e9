#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# Each line of the guide's table "When something is wrong": the trouble is made,
# and what the table tells to look at shows it, and the cure cures it.
#
#	A (carp, advskew 0)   ---+
#	B (carp, advskew 100) ---+--- SW
#	C (client)            ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

# Two masters are what this is about, and both then say what they must not.
NO_RECORD=1
segment A B C
pair pass secret
on A sysctl -qw net.carp.preempt=1

both() { [[ $(masters A B) == "A B" ]]; }
one() { [[ $(masters A B) == A && $(state B) == BACKUP ]]; }
reached() { on C ping -q -c 1 -W 1 192.0.2.100; }
# grows COUNTER HOST: in three seconds
grows() {
	local before
	before=$(counter "$2" "$1")
	sleep 3
	(($(counter "$2" "$1") > before))
}
cured() {
	wait_ok 10 "$1: cured" one
	reached >/dev/null
}

# -- two masters: nothing comes through
tc -n SW qdisc add dev A clsact
tc -n SW qdisc add dev B clsact
for port in A B; do
	tc -n SW filter add dev $port egress protocol ip flower \
		dst_mac 01:00:5e:00:00:12 action drop
done
wait_ok 10 "multicast lost: two masters" both
run_fails "multicast lost: ipackets stands still on A" grows ipackets A
run_fails "multicast lost: and on B" grows ipackets B
for port in A B; do
	tc -n SW filter del dev $port egress
done
cured "multicast lost"

# -- two masters: another password
ip -n B link set carp0 type carp pass other
wait_ok 10 "another password: two masters" both
run_ok "another password: badauth grows on A" grows badauth A
run_ok "another password: and on B" grows badauth B
like "$(dmesg)" "advertisements from 192.0.2.1 fail authentication" \
	"another password: the log names the peer"
like "$(on B carpctl show)" "another master: 192.0.2.1" \
	"another password: so does carpctl show"
ip -n B link set carp0 type carp pass secret
cured "another password"

# How the guide tells to change it: nobody is missed.
moved=$(moves A | wc -l)
ip -n B link set carp0 down
ip -n B link set carp0 type carp pass third
ip -n A link set carp0 type carp pass third
up B
wait_state B BACKUP
never_state B MASTER 5 "the password changed on a BACKUP that is down, then on the MASTER"
is "$(moves A | wc -l)" "$moved" "and A has stayed MASTER"
run_ok "the client is answered" reached

# -- two masters: other addresses
ip -n B addr add 192.0.2.200/24 dev carp0
# For twenty intervals of B's it understands A.
wait_ok 60 "other addresses: two masters" both
run_ok "other addresses: badauth grows" grows badauth B
ip -n B addr del 192.0.2.200/24 dev carp0
cured "other addresses"

# -- two masters: one way only
tc -n SW filter add dev B egress protocol ip flower \
	dst_mac 01:00:5e:00:00:12 action drop
wait_ok 10 "one way: two masters" both
wait_ok 6 "one way: the host that hears says so" has_logged \
	"advertisements from 192.0.2.2 go on beside our own" 1
tc -n SW filter del dev B egress
cured "one way"

# -- two masters: another vhid
ip -n B link set carp0 down
ip -n B link add carp1 link eth0 type carp vhid 2 advskew 100 pass secret
ip -n B addr add 192.0.2.100/24 dev carp1
ip -n B link set carp1 up
wait_state B MASTER 10 carp1
is "$(state A)" MASTER "another vhid: two masters"
run_ok "another vhid: badvhid grows" grows badvhid A
ip -n B link del carp1
ip -n B link set carp0 up
cured "another vhid"

# -- two masters: a router in between, or what acts as one
on SW nft -f - <<'END'
table netdev router {
	chain from_hosts {
		type filter hook ingress devices = { A, B } priority 0
		ip daddr 224.0.0.18 ip ttl set 254
	}
}
END
wait_ok 10 "routed: two masters" both
run_ok "routed: badttl grows" grows badttl B
on SW nft delete table netdev router
cured "routed"

# -- nobody answers: INIT
ip -n B link set carp0 down
log_clear
ip -n A addr del 192.0.2.100/24 dev carp0
run_fails "INIT: nobody answers" reached
is_state A INIT "INIT: ip -d link says so"
logged "MASTER -> INIT .no virtual address"
ip -n A addr add 192.0.2.100/24 dev carp0
# not_serving REASON COMMAND...: what the command brings about, and the next undoes
not_serving() {
	wait_state A MASTER
	log_clear
	"${@:2}"
	wait_state A INIT
	logged "MASTER -> INIT .$1"
}
not_serving "carrier has no link" ip -n SW link set A down
ip -n SW link set A up
not_serving "net.carp.allow is 0" on A sysctl -qw net.carp.allow=0
on A sysctl -qw net.carp.allow=1
not_serving "interface is down" ip -n A link set carp0 down
ip -n A link set carp0 up
ip -n B link set carp0 up
cured "INIT"

# -- nobody answers: what a hypervisor does to a MAC that is not the guest's
tc -n SW filter add dev A egress protocol all flower \
	dst_mac 00:00:5e:00:01:01 action drop
on C ip neigh flush all
before=$(rx_packets A)
run_fails "filtered MAC: nobody answers" reached
is_state A MASTER "filtered MAC: A is MASTER"
# The question itself is a broadcast.
within $(($(rx_packets A) - before)) 0 2 "filtered MAC: carp0 receives no packets"
tc -n SW filter del dev A egress
wait_ok 5 "filtered MAC: cured" reached

# -- the state goes to and fro: the intervals differ more than threefold
log_clear
ip -n A link set carp0 type carp advbase 4
sleep 20
isnt "$(dmesg | grep -c 'BACKUP -> MASTER .*master will time out')" 0 \
	"unequal advbase: the log says that the master will time out"
ip -n A link set carp0 type carp advbase 1
cured "unequal advbase"

# -- the state goes to and fro: advertisements get lost
log_clear
tc -n SW qdisc add dev B root netem loss 60%
# Three in a row are lost every ten seconds or so.
wait_ok 300 "loss: the log says that the master timed out" \
	has_logged 'BACKUP -> MASTER .*master timed out'
wait_ok 60 "loss: and that it is there" \
	has_logged 'MASTER -> BACKUP .*a better advertisement'
tc -n SW qdisc del dev B root
cured "loss"

# -- the wrong one is MASTER
on A sysctl -qw net.carp.preempt=0
ip -n A link set carp0 down
wait_state B MASTER
ip -n A link set carp0 up
sleep 5
is_state A BACKUP "no preemption: the better one stays BACKUP"
is "$(on A sysctl -n net.carp.preempt)" 0 "no preemption: the sysctl is 0"
on A sysctl -qw net.carp.preempt=1
cured "no preemption"

# -- another machine has the address
ip -n C addr add 192.0.2.100/32 dev eth0
claim() { on C arping -q -U -c 2 -I eth0 192.0.2.100; }
claims() { local n; n=$(counter A contested); claim; (($(counter A contested) > n)); }
run_ok "taken address: contested grows" claims
like "$(on B arping -b -c 1 -w 1 -I eth0 192.0.2.100)" "$(mac C | tr a-f A-F)" \
	"taken address: arping shows whose it is"
ip -n C addr del 192.0.2.100/32 dev eth0
run_fails "taken address: cured" grows contested A

# -- VRRP with our number
vrrp() {
	inject C:eth0 --carp ver=2 type=1 authlen=1 vhid=1 pass=secret \
		vips=192.0.2.100 src=192.0.2.3 -c 3 -i 0 >/dev/null
}
meets_vrrp() { local n; n=$(counter A foreign); vrrp; (($(counter A foreign) > n)); }
run_ok "VRRP with our vhid: foreign grows" meets_vrrp
is "$(masters A B)" A "VRRP with our vhid: A is MASTER, and has its MAC"

finish
