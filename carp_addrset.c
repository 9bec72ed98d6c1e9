// SPDX-License-Identifier: GPL-2.0
/*
 * The sorted set of virtual addresses of one vhid.
 */
#include "include/carp_addrset.h"

/*
 * The digest loops of the BSDs compare strictly against an all-zeros start
 * and an all-ones end, so that neither of the two is ever hashed.
 */
static bool never_hashed4(__be32 addr)
{
	return !addr || !~(__force u32)addr;
}

static bool never_hashed6(const struct carp_addr6 *addr)
{
	static const struct carp_addr6 zeros;
	struct carp_addr6 ones;

	memset(&ones, 0xff, sizeof(ones));
	return !memcmp(addr, &zeros, sizeof(zeros)) ||
	       !memcmp(addr, &ones, sizeof(ones));
}

/* Index of the first address that is not below @addr. */
static u16 lower_bound4(const struct carp_addrset *set, __be32 addr)
{
	u16 i;

	for (i = 0; i < set->n4; i++)
		if (be32_to_cpu(set->a4[i]) >= be32_to_cpu(addr))
			break;
	return i;
}

/**
 * carp_addrset_add4() - add an IPv4 address
 * @set: the set
 * @addr: network order
 *
 * Return: 1 if it was added, 0 if it was there or is one that no
 * implementation authenticates (all zeros, all ones), -ENOSPC if the set is
 * full.
 */
int carp_addrset_add4(struct carp_addrset *set, __be32 addr)
{
	u16 i = lower_bound4(set, addr);

	if (never_hashed4(addr) || (i < set->n4 && set->a4[i] == addr))
		return 0;
	if (set->n4 == CARP_ADDRS_MAX)
		return -ENOSPC;
	memmove(&set->a4[i + 1], &set->a4[i],
		(set->n4 - i) * sizeof(set->a4[0]));
	set->a4[i] = addr;
	set->n4++;
	return 1;
}

/**
 * carp_addrset_add6() - add an IPv6 address
 * @set: the set
 * @addr: without an embedded scope
 *
 * Return: as carp_addrset_add4().
 */
int carp_addrset_add6(struct carp_addrset *set, const struct carp_addr6 *addr)
{
	int cmp = -1;
	u16 i;

	for (i = 0; i < set->n6; i++) {
		cmp = memcmp(&set->a6[i], addr, sizeof(*addr));
		if (cmp >= 0)
			break;
	}
	if (never_hashed6(addr) || !cmp)
		return 0;
	if (set->n6 == CARP_ADDRS_MAX)
		return -ENOSPC;
	memmove(&set->a6[i + 1], &set->a6[i],
		(set->n6 - i) * sizeof(set->a6[0]));
	set->a6[i] = *addr;
	set->n6++;
	return 1;
}

/**
 * carp_addrset_has4() - whether the set holds an IPv4 address
 * @set: the set
 * @addr: network order
 */
bool carp_addrset_has4(const struct carp_addrset *set, __be32 addr)
{
	u16 i = lower_bound4(set, addr);

	return i < set->n4 && set->a4[i] == addr;
}

/**
 * carp_addrset_equal() - whether two sets hold the same addresses
 * @a: one
 * @b: other
 */
bool carp_addrset_equal(const struct carp_addrset *a,
			const struct carp_addrset *b)
{
	return a->n4 == b->n4 && a->n6 == b->n6 &&
	       !memcmp(a->a4, b->a4, a->n4 * sizeof(a->a4[0])) &&
	       !memcmp(a->a6, b->a6, a->n6 * sizeof(a->a6[0]));
}
