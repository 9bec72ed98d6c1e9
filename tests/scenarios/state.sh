#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# long-options: --leaks
#
# The three states: what keeps an interface in INIT, and what the administrator
# can force.
#
#	A (advskew 0)   ---+
#	B (advskew 100) ---+--- SW

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment A B

# First one obstacle after the other is taken away.
ip -n A link set eth0 down
ip -n SW link set A down
on A sysctl -qw net.carp.allow=0
carp A vhid 1 pass secret
is_state A INIT "new: INIT"
up A
is_state A INIT "up, but all else is missing: INIT"
vip A 192.0.2.100/24
is_state A INIT "an address, but the carrier is down: INIT"
ip -n A link set eth0 up
is_state A INIT "carrier up, but without link: INIT"
ip -n SW link set A up
has_link() { [[ $(on_sys A cat /sys/class/net/eth0/carrier) == 1 ]]; }
wait_ok 5 "the carrier has link" has_link
is_state A INIT "link, but not allowed: INIT"
for state in master backup; do
	like "$(ip -n A link set carp0 type carp state $state 2>&1)" \
		"Error: carp: .*INIT.*(up|link|address|allow)" \
		"state $state is refused in INIT, with a sentence"
	is_state A INIT "and changes nothing"
done
on A sysctl -qw net.carp.allow=1
is_state A BACKUP "allowed: BACKUP at once"
is "$(moves A | tail -n 1 | sed 's/^[0-9]* //')" "INIT BACKUP ready" "for it is ready"

# Then each of them comes again, to a MASTER.
# obstacle NAME REASON COMMAND... -- COMMAND...
obstacle() {
	local name=$1 reason=$2 commands=()
	shift 2
	while [[ $1 != -- ]]; do
		commands+=("$1")
		shift
	done
	shift
	wait_state A MASTER 5
	log_clear
	"${commands[@]}"
	wait_state A INIT 2
	logged "carp0 .vhid 1 on eth0.: MASTER -> INIT .*$reason"
	"$@"
	wait_state A BACKUP 5
	logged "carp0 .vhid 1 on eth0.: INIT -> BACKUP"
}
obstacle "interface down" "interface is down" \
	ip -n A link set carp0 down -- ip -n A link set carp0 up
obstacle "carrier down" "carrier is down" \
	ip -n A link set eth0 down -- ip -n A link set eth0 up
obstacle "no link" "no link" \
	ip -n SW link set A down -- ip -n SW link set A up
obstacle "no address" "no virtual address" \
	ip -n A addr flush dev carp0 -- ip -n A addr add 192.0.2.100/24 dev carp0
obstacle "not allowed" "net.carp.allow" \
	on A sysctl -qw net.carp.allow=0 -- on A sysctl -qw net.carp.allow=1

# Forced, without preempt. The better one may be sent away and called back.
wait_state A MASTER 5
carp B vhid 1 advskew 100 pass secret
vip B 192.0.2.100/24
up B
wait_state B BACKUP 2
hears() { (($(counter B ipackets) >= 1)); }
wait_ok 3 "B hears A" hears
log_clear
ip -n A link set carp0 type carp state backup
is "$(state A) $(state B)" "BACKUP MASTER" \
	"A is forced to BACKUP: complete when the command returns"
never_state A MASTER 5 "A stays there without preempt"
ip -n A link set carp0 type carp state master
is "$(state A) $(state B)" "MASTER BACKUP" \
	"A is forced to MASTER: complete when the command returns"
logged "MASTER -> BACKUP .*administrator"
logged "BACKUP -> MASTER .*administrator"
run_ok "state master, which it is" ip -n A link set carp0 type carp state master
is "$(moves A | tail -n 1 | awk '{ print $2, $3 }')" "BACKUP MASTER" "is no transition"

# The worse one asks in vain: the better master says so.
ip -n B link set carp0 type carp state master
wait_state B BACKUP 2
is "$(masters A B)" A "the worse one is MASTER for no longer than a moment"
is "$(moves B | tail -n 2 | awk '{ print $2, $3 }' | tr '\n' ' ')" \
	"BACKUP MASTER MASTER BACKUP " "it was, though"
for state in init 3 none; do
	run_fails "state $state is refused" ip -n A link set carp0 type carp state $state
done
is_state A MASTER "and changes nothing"

# At creation.
ip -n B link del carp0
ip -n A link del carp0
wait_ok 2 "carp0 is gone" test ! -e /proc/sys/net/ipv4/conf/carp0
carp A vhid 1 pass secret state master
vip A 192.0.2.100/24
is_state A INIT "created with state master: INIT before it is up"
before=$(moves A | wc -l)
up A
is_state A MASTER "MASTER as soon as it is up"
is "$(moves A | tail -n +$((before + 1)) | awk '{ print $3 }' | tail -n 1)" MASTER "for good"
ip -n A link set carp0 down
up A
is_state A BACKUP "the next time it is BACKUP first"
carp B vhid 1 pass secret state backup
vip B 192.0.2.100/24
up B
is_state B BACKUP "created with state backup: BACKUP"

finish
