#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# long-options: --leaks
#
# A switch that forwards groups only to their members: hosts answer its
# questions in every state, whether the carrier has an address or not. Linux's
# bridge floods 224.0.0.18 in any case, others do not; so the answers are what
# is looked at. A group that is joined on the interface is forwarded.
#
#	A:eth0 ---+
#	B:eth0 ---+--- SW:br0, querier
#	C:eth0 ---+

. "${0%/*}/../lib/lib.sh"

segment A B C
ip -n SW link set br0 type bridge mcast_snooping 1 mcast_querier 1 \
	mcast_query_interval 300 mcast_query_response_interval 100 \
	mcast_startup_query_interval 300
pair pass secret

# An answer within a question's interval, by each version of IGMP
answers() { during "$1" "$2" "$3" "igmp" | grep -c "report.*224.0.0.18\|to_ex.*224.0.0.18\|gaddr 224.0.0.18"; }
declare -A from to
phase() {
	from[$1]=$(now)
	sleep 8
	to[$1]=$(now)
	is "$(masters A B)" A "$1: A is the only MASTER"
}
for version in 2 3; do
	ip -n SW link set br0 type bridge mcast_igmp_version $version
	ip -n A addr add 192.0.2.1/24 dev eth0 2>/dev/null
	ip -n B addr add 192.0.2.2/24 dev eth0 2>/dev/null
	phase "IGMPv$version"
	bare A B
	phase "IGMPv$version, no address"
done
on B sysctl -qw net.carp.allow=0
from[INIT]=$(now)
sleep 8
to[INIT]=$(now)
on B sysctl -qw net.carp.allow=1

# A group of one's own
cat >"$OUT/listen" <<'LISTEN'
import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("239.1.1.1", 5000))
s.setsockopt(0, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.1.1.1") +
             struct.pack("=4xi", socket.if_nametoindex("carp0")))
print("joined", flush=True)
while True:
    print(s.recv(100).decode(), flush=True)
LISTEN
say() {
	on C python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(0, socket.IP_MULTICAST_IF, socket.inet_aton("192.0.2.3"))
s.sendto(sys.argv[1].encode(), ("239.1.1.1", 5000))' "$1"
}
heard() { xargs <"$OUT/heard.$1"; }
# shellcheck disable=SC2317 # called by wait_ok
in_mdb() { on SW bridge mdb show dev br0 | grep -q "port $1 grp 239.1.1.1"; }
ip -n SW link set br0 type bridge mcast_membership_interval 700
for host in A B; do
	on $host python3 "$OUT/listen" >"$OUT/heard.$host" &
	wait_ok 5 "a program joins a group on the interface of $host" \
		grep -q joined "$OUT/heard.$host"
done
wait_ok 5 "the switch knows the MASTER's" in_mdb A
say hello
wait_ok 2 "which hears what is sent to the group" grep -qx hello "$OUT/heard.A"
for version in 2 3; do
	ip -n SW link set br0 type bridge mcast_igmp_version $version
	sleep 16
	run_ok "IGMPv$version: it is asked again, and answers" in_mdb A
done
say again
sleep 0.1
is "$(heard A)/$(heard B)" "joined hello again/joined" "and hears it still, and only it"
# A new master does not wait for a question.
ip -n SW link set br0 type bridge mcast_query_interval 12000
sleep 4
cut A
wait_state B MASTER
wait_ok 1 "the switch hears from the new MASTER which groups it is in" in_mdb B
say "to B"
sleep 0.1
is "$(heard B)" "joined to B" "and it hears what is sent there"
join A
wait_state B BACKUP

judge
for when in "IGMPv2" "IGMPv2, no address" "IGMPv3" "IGMPv3, no address" INIT; do
	# In version 2 one answer is enough for all who hear it, which the switch
	# sees to that nobody does.
	a=$(answers "${from[$when]}" "${to[$when]}" A)
	if [[ $when == IGMPv2* ]]; then
		b=$(answers "${from[$when]}" "${to[$when]}" B)
		ok $((a < 1 || b < 1)) "$when: each answers" ||
			diag "A $a times, B $b times"
	else
		b=$(during "${from[$when]}" "${to[$when]}" B igmp | wc -l)
		ok $((a < 1 || b < 2)) "$when: each answers"
	fi
done
done_testing
