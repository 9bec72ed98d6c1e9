/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Other masters of our vhid that are heard: advertisements that fail
 * authentication, and authentic ones that go on beside those of the master that
 * this host knows.  Pure.
 */
#ifndef _CARP_MASTERS_H
#define _CARP_MASTERS_H

#include "carp_heard.h"
#include "carp_types.h"

enum carp_masters_limits {
	/* Places for addresses that never sent an authentic advertisement. */
	CARP_MASTERS_STRANGERS	= 4,
	/* Places for the others: as many as carp_heard.c remembers. */
	CARP_MASTERS_PEERS	= CARP_HEARD_MAX,
	CARP_MASTERS_MAX	= CARP_MASTERS_STRANGERS + CARP_MASTERS_PEERS,
	/* How far an authentic advertisement may follow upon one that is not. */
	CARP_MASTERS_NEXT	= 8,
	/* How many are reported at once, of strangers and of peers. */
	CARP_MASTERS_BURST	= 4,
};

/** CARP_MASTERS_REFILL_NS - beyond the burst one is reported in this time */
#define CARP_MASTERS_REFILL_NS	(10 * 1000000000ull)

/** CARP_MASTERS_GONE_NS - shortest silence after which one is gone */
#define CARP_MASTERS_GONE_NS	1000000000ull

/**
 * struct carp_master - an address from which another master advertises
 * @family: of the address; 0 if this place is free
 * @authentic: the digest is right
 * @is_peer: its address has proved to be a peer's
 * @reported: the beginning was reported, the end is to be
 * @proved: it has sent an authentic one since
 * @addr: source address; the rest is zeros
 * @counter: of its latest advertisement
 * @interval: as last advertised, ns
 * @since: since when it is heard, monotonic ns
 * @at: when it was last heard, monotonic ns
 */
struct carp_master {
	u8			family;
	bool			authentic;
	bool			is_peer;
	bool			reported;
	bool			proved;
	u8			addr[CARP_HEARD_ADDR_LEN];
	u64			counter;
	u64			interval;
	u64			since;
	u64			at;
};

/**
 * struct carp_masters - those that are heard now
 * @n: places in use, so that the common case costs one comparison
 * @next: when the next report is free of the burst, of strangers and of peers
 * @one: strangers first
 */
struct carp_masters {
	u8			n;
	u64			next[2];
	struct carp_master	one[CARP_MASTERS_MAX];
};

bool carp_masters_note(struct carp_masters *masters,
		       const struct carp_heard_one *now, bool is_peer);
void carp_masters_proved(struct carp_masters *masters,
			 const struct carp_heard_one *now);
bool carp_masters_change(struct carp_masters *masters, u64 now,
			 struct carp_master *change);
bool carp_masters_is_heard(const struct carp_master *one, u64 now);

#endif /* _CARP_MASTERS_H */
