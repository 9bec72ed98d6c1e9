#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# A host whose advertisements cannot be sent is demoted, with all that it has,
# until they can be again, or until it has not tried for a while.
#
#	A:eth0, carp0 (vhid 1) ---+
#	B:eth0, carp0          ---+--- SW:br0
#	A:eth1, carp1 (vhid 2) ---+
#	B:eth1, carp1          ---+--- SW:br1

. "${0%/*}/../lib/lib.sh"

segment A B
two_pairs
get() { on A sysctl -n net.carp.demotion; }
is_demoted() { [[ $(get) == "$1" ]]; }
# Refuses what A sends on eth0, all of it or only advertisements.
refuse() {
	on A nft -f - <<-END
	table netdev t {
		chain c {
			type filter hook egress device eth0 priority 0;
			$1 drop
		}
	}
	END
}
allow() { on A nft delete table netdev t; }

# Until advertisements are no longer sent under the former list of addresses too.
sleep 12

# Two failures and a success are nothing.
log_clear
has_failed() { (($(counter A oerrors) == $1)); }
refuse "ip protocol 112"
wait_ok 5 "two advertisements cannot be sent" has_failed 2
is "$(get)" 0 "which does not demote yet"
allow
sleep 2
is "$(counter A oerrors)" 2 "others can"
refuse "ip protocol 112"
wait_ok 5 "two more cannot" has_failed 4
is "$(get)" 0 "which does not demote either, after successes"

# The third does. B hears nothing of vhid 1, and takes it, but vhid 2 as well.
wait_ok 2 "the third in a row does" is_demoted 240
logged "carp: demotion 0 -> 240 \\(senderr:carp0\\)$"
wait_ok 3 "all addresses move" is_both "BACKUP BACKUP MASTER MASTER"
allow

# A sends nothing any more. It comes back after a minute.
ends=$(($(tap_now) + 60000))
sleep 50
is "$(both) $(get)" "BACKUP BACKUP MASTER MASTER 240" "50 s later A is still demoted"
wait_ok 20 "then it tries again" is_demoted 0
within $(($(tap_now) - ends)) -5000 2000 "a minute after it ceased to be MASTER, in ms"
logged "carp: demotion 240 -> 0 \\(senderr:carp0 is over\\)$"
wait_ok 3 "and is MASTER of all" is_both "MASTER MASTER BACKUP BACKUP"
sleep 5
is "$(get) $(both)" "0 MASTER MASTER BACKUP BACKUP" "and stays it"

# Nobody else is there: A stays MASTER, and ends it by three successes.
ip -n B link set carp0 down
ip -n B link set carp1 down
refuse "ip protocol 112"
wait_ok 5 "alone, A is demoted" is_demoted 240
is_state A MASTER "and is MASTER all the same"
sent=$(counter A opackets)
allow
wait_ok 7 "until it can send" is_demoted 0
within $(($(counter A opackets) - sent)) 3 4 "three advertisements"
is_state A MASTER "A is MASTER"

# The weight follows the factor; loss of link is a new start.
refuse "ip protocol 112"
wait_ok 5 "demoted" is_demoted 240
on A sysctl -qw net.carp.senderr_demotion_factor=7
is "$(get)" 7 "the weight follows the factor"
on A sysctl -qw net.carp.ifdown_demotion_factor=1000
ip -n SW link set A down
wait_ok 3 "without link it is the link that demotes" is_demoted 1000
ip -n SW link set A up
wait_ok 3 "link: nothing demotes" is_demoted 0
wait_state A MASTER
wait_ok 6 "still it cannot send" is_demoted 7
ip -n A link del carp0
is "$(get)" 0 "a reason goes with its interface"
on A sysctl -qw net.carp.senderr_demotion_factor=240
allow

# Nothing at all can be sent, and that of a MASTER that B does not hear: the
# host must not be MASTER again and again.
carp A vhid 1 advskew 0 pass secret
ip -n A addr add 192.0.2.100/24 dev carp0
up A
for dev in carp0 carp1; do
	ip -n B link set $dev up
done
wait_ok 9 "both hosts are back" is_both "MASTER MASTER BACKUP BACKUP"
refuse ""
from=$(now)
sleep 600
terms=$(moves A | awk -v from="$from" '$1 / 1e6 > from && $3 == "MASTER"' | wc -l)
within "$terms" 2 4 "in ten minutes A tries after 1, 2 and 4"
allow
finish
