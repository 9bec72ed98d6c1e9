#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels: stock-6.1 stock-6.12
#
# Addresses come and go on a BACKUP that talks to the MASTER at the others: no
# connection of its own breaks, none is refused, and no other address is local for
# a moment, however long RTNL is held. A and B have a listener each, so that who
# answers can be told apart from who refuses.
#
#	A (master, server) ---+
#	B (backup, client) ---+--- SW

# shellcheck disable=SC2317 # functions that others call
. "${0%/*}/../lib/lib.sh"
lib=${0%/*}/../lib

NO_RECORD=1 segment A B C
own6 A B
pair_vips=(192.0.2.100/24 192.0.2.101/24 192.0.2.102/25 198.51.100.100/24
	2001:db8::100/64 2001:db8::101/64)
pair pass secret

trip() {
	local host=$1
	shift
	on "$host" python3 "$lib/roundtrip.py" "$@"
}
for addr in 192.0.2.100 2001:db8::100; do
	trip A serve $addr 7 >"$OUT/serve.$addr" &
	wait_ok 10 "A serves $addr" grep -q serving "$OUT/serve.$addr"
done
servers=$(jobs -p)

# around NAME SECONDS PAUSE COMMAND...: meanwhile B talks to A, and makes new
# connections.
around() {
	local name=$1 seconds=$2 pause=$3 kind addr pids=()
	shift 3
	for addr in 192.0.2.100 2001:db8::100; do
		for kind in talk knock; do
			trip B $kind $addr 7 "$seconds" "$pause" >"$OUT/$kind.$addr" 2>&1 &
			pids+=($!)
		done
	done
	sleep 0.15
	"$@"
	wait "${pids[@]}"
	for addr in 192.0.2.100 2001:db8::100; do
		for kind in talk knock; do
			like "$(<"$OUT/$kind.$addr")" \
				"^trips=[1-9][0-9]* broken=0 " \
				"$name: $kind $addr"
		done
	done
}

# The first and others, of one subnet and of another prefix length, both families.
churn() {
	local i addr
	for ((i = 0; i < 4; i++)); do
		for addr in 192.0.2.101/24 192.0.2.102/25 198.51.100.100/24 \
			2001:db8::101/64; do
			echo "addr del $addr dev carp0"
		done
		for addr in 192.0.2.102/25 198.51.100.100/24 192.0.2.101/24 \
			2001:db8::101/64; do
			echo "addr add $addr dev carp0"
		done
	done >"$OUT/batch"
	ip -n B -batch "$OUT/batch"
}
# The one that came first takes the lead with it. It comes back behind the others.
lead() {
	ip -n B addr add 192.0.2.90/24 dev carp0
	for addr in 192.0.2.101/24 192.0.2.90/24; do
		ip -n B addr del $addr dev carp0
		ip -n B addr add $addr dev carp0
	done
	ip -n B addr del 192.0.2.90/24 dev carp0
}
# What others do with RTNL at the same time.
busy() {
	local i
	for ((i = 0; i < 10; i++)); do
		printf 'link add d%d type dummy\nlink set d%d up\nlink del d%d\n' \
			$i $i $i
	done >"$OUT/busy"
	ip -n C -batch "$OUT/busy" &
	local pid=$!
	churn
	wait $pid
}
# Each deletion and addition waits for RTNL, and the next holder waits behind it.
held() {
	local addr other
	for addr in "del 192.0.2.101/24" "add 192.0.2.101/24" \
		"del 198.51.100.100/24" "del 2001:db8::101/64"; do
		on C python3 "$lib/hold.py" 0.5 >"$OUT/hold.1" 2>&1 &
		local first=$!
		wait_ok 10 "RTNL is held" grep -q held "$OUT/hold.1"
		# shellcheck disable=SC2086 # two words
		ip -n B addr $addr dev carp0 &
		local change=$!
		sleep 0.2
		on C python3 "$lib/hold.py" 1 >"$OUT/hold.2" 2>&1 &
		local second=$!
		wait $first $change
		for other in 192.0.2.100 192.0.2.102 2001:db8::100; do
			like "$(ip -n B route get $other)" "dev eth0" \
				"$other is not local"
		done
		wait $second
	done
}

around "addresses come and go" 0.4 0.002 churn
around "the first goes" 0.3 0.002 lead
around "others use RTNL" 0.8 0.002 busy
sysctl -qw vm.unprivileged_userfaultfd=1
around "RTNL is held" 7 0.03 held
is_state B BACKUP "B is BACKUP all the while"
unlike "$(ip -n B addr show dev carp0)" "secondary" "no address is secondary"
is "$(ip -n B route show table local dev carp0 | grep -c '^local .*dead linkdown')" 3 \
	"all local routes are marked"

# Control: a host that has the addresses itself breaks what goes to them.
ip -n B addr add 192.0.2.100/32 dev eth0
trip B knock 192.0.2.100 7 0.2 >"$OUT/control" 2>&1
like "$(<"$OUT/control")" "^trips=0 broken=[1-9]" "control: a local address refuses"
ip -n B addr del 192.0.2.100/32 dev eth0

# shellcheck disable=SC2086 # a list
kill $servers
finish
