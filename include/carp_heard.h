/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who was heard lately, for those who ask; whether a counter was heard before; and
 * whose digests are worth a look when there is a flood of wrong ones.  Pure.
 */
#ifndef _CARP_HEARD_H
#define _CARP_HEARD_H

#include "carp_types.h"
#include "carp_wire.h"

enum carp_heard_limits {
	CARP_HEARD_MAX		= 8,
	CARP_HEARD_ADDR_LEN	= 16,
	/*
	 * Wrong digests a second that one address has free: as many as a host
	 * sends at the shortest interval under each of four address lists.
	 */
	CARP_HEARD_BUDGET	= 1024,
	/* Of those beyond, one in so many is looked at. */
	CARP_HEARD_SAMPLE	= 16,
	/* So many lost ones do not end a run of counters. */
	CARP_HEARD_RUN		= 1 << 20,
};

/**
 * struct carp_heard_one - the latest advertisement from one address
 * @family: of the address; 0 if this place is free
 * @authentic: the digest was right
 * @addr: source address; the rest is zeros
 * @adv: what was said
 * @at: when, monotonic ns
 * @wrong: wrong digests in the second that began at @wrong_since
 * @wrong_since: monotonic ns
 * @run_first: counter with which the present run of rising ones began; set by
 *	carp_heard_note(), as the next
 * @run_last: the highest of the run
 */
struct carp_heard_one {
	u8			family;
	bool			authentic;
	u8			addr[CARP_HEARD_ADDR_LEN];
	struct carp_advert	adv;
	u64			at;
	u32			wrong;
	u64			wrong_since;
	u64			run_first;
	u64			run_last;
};

/**
 * struct carp_heard_list - who was heard lately
 * @exceeded: somebody has used up a budget; as long as nobody has, everything is
 *	worth a look, and carp_heard_worth() need not be asked
 * @one: in no order
 */
struct carp_heard_list {
	bool			exceeded;
	struct carp_heard_one	one[CARP_HEARD_MAX];
};

void carp_heard_note(struct carp_heard_list *heard,
		     const struct carp_heard_one *now);
bool carp_heard_worth(struct carp_heard_list *heard, u8 family,
		      const u8 addr[CARP_HEARD_ADDR_LEN], u64 now, u32 random);
bool carp_heard_again(const struct carp_heard_list *heard,
		      const struct carp_heard_one *now);
bool carp_heard_is_peer(const struct carp_heard_list *heard, u8 family,
			const u8 addr[CARP_HEARD_ADDR_LEN]);
bool carp_heard_alternates(const struct carp_heard_list *heard,
			   const struct carp_heard_one *now);
bool carp_heard_is_recent(const struct carp_heard_one *one, u64 now);

#endif /* _CARP_HEARD_H */
