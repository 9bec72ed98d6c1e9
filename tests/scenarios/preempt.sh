#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# When a better host may take over from one that serves: per interface, after a
# delay, and not too soon after boot. What is not preemption does not wait.
#
#	A (advskew 0)   ---+
#	B (advskew 100) ---+--- SW

. "${0%/*}/../lib/lib.sh"

segment A B
pair pass secret
preempt() { ip -n A link set carp0 type carp "$@"; }
shown() { ip -n A -d link show carp0 | grep -o "carp state .*"; }

# A goes without a word, and is back when B is master.
power_cut() {
	cut A
	ip -n A link set carp0 down
	wait_state B MASTER 5
	join A
	up A
	wait_state A BACKUP 1
}
# seconds from A's becoming BACKUP to its becoming MASTER again, in ms
returned() {
	local backup
	backup=$(moved A BACKUP)
	echo $((($(moved A MASTER) - backup) / 1000))
}
# what happened meanwhile counts too, but a look costs more than waiting
stays_backup() {
	local terms
	terms=$(moves A | wc -l)
	sleep "$1"
	is "$(state A) $(($(moves A | wc -l) - terms))" "BACKUP 0" "$2"
}
wanted() { moves A | tail -n 1 | sed 's/^\([^ ]* \)\{3\}//'; }

is "$(info A preempt)$(info A preempt_delay)" default0 "preempt is the sysctl's, without delay"
unlike "$(shown)" "preempt" "the text is silent about that"

# Of two interfaces each has its own rule, whatever the sysctl says.
preempt preempt on
like "$(shown)" "preempt on" "it is shown when it is not"
power_cut
wait_state A MASTER 3
is "$(wanted)" "preempting a slower master" "preempt on: A takes over from B, with net.carp.preempt=0"
is_state B BACKUP "B gives way"
preempt preempt off
on A sysctl -qw net.carp.preempt=1
power_cut
stays_backup 6 "preempt off: A stays BACKUP with net.carp.preempt=1"
on A sysctl -qw net.carp.preempt=0
on A sysctl -qw net.carp.preempt=1
stays_backup 3 "preempt off: nor does setting it again matter"
preempt preempt default
run_ok "preempt default: what the sysctl says holds at once" becomes A MASTER 3
on A sysctl -qw net.carp.preempt=0
power_cut
stays_backup 4 "preempt default: and follows it"

# A delay is from the first advertisement of B to A's, which comes at one of B.
preempt preempt on preempt-delay 10
like "$(shown)" "preempt-delay 10 preempt on" "the delay is shown"
wait_state A MASTER 15
power_cut
stays_backup 8 "preempt-delay 10: A waits"
wait_state A MASTER 6
is "$(wanted)" "preempting a slower master" "and takes over"
within "$(returned)" 10000 12800 "after 10 s, when B is heard next"
# What is changed holds for what has already been waited for.
preempt preempt-delay 3600
power_cut
stays_backup 5 "preempt-delay 3600: A waits"
preempt preempt-delay 2
run_ok "2 s instead have passed already" becomes A MASTER 2

# The address of a master that is no more is not left alone meanwhile.
preempt preempt-delay 3600
power_cut
sleep 2
cut B
wait_state A MASTER 4
is "$(wanted)" "master timed out" "B is silent: A does not wait"
is_state A MASTER "A is MASTER"
join B
wait_state B BACKUP 3
power_cut
log_clear
ip -n B link set carp0 down
is_state A MASTER "B bows out: A does not wait"
logged "carp0 .*BACKUP -> MASTER .*bowed out"
up B
wait_state B BACKUP 3

# At the first start, too.
ip -n A link set carp0 down
ip -n B link set carp0 down
up A
wait_state A MASTER 4
is "$(wanted)" "master timed out" "nobody there: A does not wait"
up B
wait_state B BACKUP 1
power_cut
ip -n A link set carp0 type carp state master
is_state A MASTER "asked for, A does not wait"
wait_state B BACKUP 1

# After boot. The time is that of the guest.
read -r uptime _ </proc/uptime
preempt preempt-delay 0
on A sysctl -qw net.carp.preempt_boot_hold=$((${uptime%.*} + 20))
power_cut
stays_backup 5 "preempt_boot_hold: A waits"
cut B
wait_state A MASTER 4
is "$(wanted)" "master timed out" "B is silent: A does not wait"
join B
wait_state B BACKUP 2
read -r now _ </proc/uptime
on A sysctl -qw net.carp.preempt_boot_hold=$((${now%.*} + 15))
power_cut
hold=$(on A cat /proc/sys/net/carp/preempt_boot_hold)
wait_state A MASTER 20
is "$(wanted)" "preempting a slower master" "and takes over when it is up for long enough"
within $(($(moved A MASTER) / 1000)) $((hold * 1000)) $((hold * 1000 + 1400)) \
	"after $hold s, when B is heard next"
power_cut
run_ok "later it does not matter" becomes A MASTER 2
ip -n B link add carp1 link eth0 type carp vhid 2
is "$(on B cat /proc/sys/net/carp/preempt_boot_hold)" 0 "another namespace has none"
run_fails "less than nothing is refused" on A sysctl -qw net.carp.preempt_boot_hold=-1
run_fails "more than an hour is refused" on A sysctl -qw net.carp.preempt_boot_hold=3601
is "$(on A cat /proc/sys/net/carp/preempt_boot_hold)" "$hold" "and changes nothing"

finish
