/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who was heard lately, for those who ask.  Pure; the election does not depend
 * on it.
 */
#ifndef _CARP_HEARD_H
#define _CARP_HEARD_H

#include "carp_types.h"
#include "carp_wire.h"

enum carp_heard_limits {
	CARP_HEARD_MAX		= 8,
	CARP_HEARD_ADDR_LEN	= 16,
};

/**
 * struct carp_heard_one - the latest advertisement from one address
 * @family: of the address; 0 if this place is free
 * @authentic: the digest was right
 * @addr: source address; the rest is zeros
 * @adv: what was said
 * @at: when, monotonic ns
 */
struct carp_heard_one {
	u8			family;
	bool			authentic;
	u8			addr[CARP_HEARD_ADDR_LEN];
	struct carp_advert	adv;
	u64			at;
};

/**
 * struct carp_heard_list - who was heard lately
 * @one: in no order
 */
struct carp_heard_list {
	struct carp_heard_one	one[CARP_HEARD_MAX];
};

void carp_heard_note(struct carp_heard_list *heard,
		     const struct carp_heard_one *now);

#endif /* _CARP_HEARD_H */
