/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sorted set of virtual addresses of one vhid.  Pure.
 */
#ifndef _CARP_ADDRSET_H
#define _CARP_ADDRSET_H

#include "carp_types.h"

/**
 * CARP_ADDRS_MAX - most virtual addresses of one family on an interface
 *
 * The BSDs have no limit of their own; nobody was found who uses a tenth of
 * this.  A bound keeps the set one flat allocation.
 */
#define CARP_ADDRS_MAX	256

struct carp_addr6 {
	u8	b[16];
};

/**
 * struct carp_addrset - virtual addresses in the order in which they are
 *	authenticated
 * @n4: number of IPv4 addresses
 * @n6: number of IPv6 addresses
 * @a4: IPv4, ascending by value
 * @a6: IPv6, ascending bytewise
 *
 * Each address is held once, whatever prefixes it is configured with.
 */
struct carp_addrset {
	u16			n4;
	u16			n6;
	__be32			a4[CARP_ADDRS_MAX];
	struct carp_addr6	a6[CARP_ADDRS_MAX];
};

int carp_addrset_add4(struct carp_addrset *set, __be32 addr);
int carp_addrset_add6(struct carp_addrset *set, const struct carp_addr6 *addr);
bool carp_addrset_has4(const struct carp_addrset *set, __be32 addr);
bool carp_addrset_equal(const struct carp_addrset *a,
			const struct carp_addrset *b);

static inline bool carp_addrset_empty(const struct carp_addrset *set)
{
	return !set->n4 && !set->n6;
}

#endif /* _CARP_ADDRSET_H */
