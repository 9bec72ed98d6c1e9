# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the kernel says when something is wrong with it, and what it has lost.

# complaints FILE: those in a log, each with the 40 lines behind it; fails if
# there is none. Not "Call Trace", which fault injection prints by design. What
# stock code is known to be complained of, without any part of ours, is left out:
#   nf_tables walks its sets under a mutex that it does not tell RCU of;
#   trackers of references count less exactly when faults are injected;
#   data races of others: a report counts if carp is in one of its stacks, at
#   what raced or above it. Below an interrupt is who was interrupted by it,
#   very often while made to wait by KCSAN.
complaints() {
	awk '
	/BUG: KCSAN:/ { race = ""; racing = 1; ours = below = 0 }
	racing {
		race = race $0 "\n"
		if (/ (read|write|race|assert)[a-z-]* .*:$/)
			below = 0
		else if (/ asm_[a-z_]*\+0x/)
			below = 1
		else if (!below && /carp_|\[carp\]/)
			ours = 1
		if (!/Reported by Kernel Concurrency Sanitizer/)
			next
		racing = 0
		if (ours)
			printf "%s", race
		next
	}
	/ref_tracker: memory allocation failure/ { next }
	/WARNING: suspicious RCU usage/ { held = $0; next }
	held && /nf_tables_api.c:[0-9]+ RCU-list traversed/ { held = ""; next }
	held && /[a-z]\.[ch]:[0-9]+ / { print held; held = "" }
	{ print }
	END { if (held) print held; if (racing) printf "%s", race }' "$1" |
		grep -n -E -A 40 -e 'WARNING:|BUG:|BUG [a-z]|Oops|\[#[0-9]+\]' \
			-e 'general protection fault|KASAN|UBSAN:|ODEBUG:' \
			-e 'kmemleak: [0-9]+ new|Cannot allocate a kmemleak' \
			-e 'cut here|corruption' \
			-e 'INFO: (possible|suspicious|trying|task|rcu)' \
			-e 'unregister_netdevice:|refcount_t:|ref_tracker:' \
			-e 'leaked reference|soft lockup|rcu:.*stall' \
			-e 'DEBUG_LOCKS_WARN_ON|turning off the locking' \
			-e '(release|[Ff]reeing|[Dd]estroying) alive' \
			-e 'scheduling while atomic|percpu ref .*<= 0' \
			-e 'cannot create duplicate filename' \
			-e 'is buggy, dev |sysctl duplicate entry|sysctl table check failed' \
			-e 'Attempt to release .* socket|tried to add an uninitialized' \
			-e 'Dead loop on virtual device'
}

# leaks FILE: memory that is allocated and that nobody knows, as kmemleak tells it;
# fails if there is none. That it has given up, for want of memory, is told too.
leaks() {
	local kmemleak=/sys/kernel/debug/kmemleak
	# It tells what is old enough and looks the same twice.
	sleep 6
	if echo scan >$kmemleak && sleep 1 && echo scan >$kmemleak; then
		cat $kmemleak
	else
		echo "kmemleak is off"
	fi >"$1"
	[[ -s $1 ]]
}
