#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug: long
# 6.1: long
#
# The better host comes back: with preempt it takes over from the slower one,
# without it does not, and each network namespace has a preempt of its own.
#
#	A (advskew 0)   ---+
#	B (advskew 100) ---+--- SW
#	C (client)      ---+

# shellcheck disable=SC2317 # wait_ok calls them
. "${0%/*}/../lib/lib.sh"

segment A B C
is "$(on A cat /proc/sys/net/carp/preempt)" 0 "preempt is 0 by default"
pair pass secret
on B sysctl -qw net.carp.preempt=1
is "$(on A cat /proc/sys/net/carp/preempt)$(on B cat /proc/sys/net/carp/preempt)" \
	01 "set on B, it is not set on A"
run_fails "2 is no value for it" on A sysctl -qw net.carp.preempt=2

# Gone without a word, and back as after a power failure: from INIT.
power_cut() {
	cut A
	ip -n A link set carp0 down
	wait_state B MASTER 5
	join A
	up A
}

power_cut
wait_state A BACKUP 1
never_state A MASTER 9 "A stays BACKUP without preempt"
is "$(masters A B)" B "B is the only master"

# Now, not only when the interface was made.
log_clear
pulse -n C -i eth0 -t 192.0.2.100 -u A=SW:A -u B=SW:B -d 3500 \
	--at "1500:write:A:/proc/sys/net/carp/preempt:1" >"$OUT/pulse"
is "$(masters A B)" A "with preempt A is master again"
is_state B BACKUP "and B is backup"
none_lost "$(field lost <"$OUT/pulse")" "no packet is lost"
# At the next advertisement of B.
in_time "$(field action0_first_advert_us <"$OUT/pulse")" 0 $((1390625 + 999)) \
	"when B is heard next"
logged "BACKUP -> MASTER .*preempting a slower master.*192.0.2.2"
logged "MASTER -> BACKUP .*better advertisement.*192.0.2.1"
diag "from B's advertisement to A's: $(field action0_detect_us <"$OUT/pulse") us"
in_time "$(field action0_detect_us <"$OUT/pulse")" 0 999 "at once"

# The whole way with preempt set.
power_cut
wait_state A MASTER 3
wait_state B BACKUP 1
is "$(masters A B)" A "A takes over when it comes back"

# Equals do not preempt each other: B has preempt, too.
ip -n A link set carp0 type carp advskew 100
never_state B MASTER 9 "an equal one does not preempt"
is "$(masters A B)" A "A is still the only master"
is "$(moves B | awk '$3 == "MASTER"' | wc -l)" 2 "B was master twice, for two power cuts"

finish
