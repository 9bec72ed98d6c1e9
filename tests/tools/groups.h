/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Multicast groups that the devices of a namespace are in, other than carp's own:
 * what those of IPv6 are is not carp's doing.
 */
#ifndef TOOLS_GROUPS_H
#define TOOLS_GROUPS_H

#include <net/if.h>
#include <netinet/in.h>

#include "util.h"

#define GROUPS_MAX	64

struct group {
	char dev[IFNAMSIZ];	/* made again it has another number */
	struct in6_addr addr;	/* an IPv4 one mapped */
};

struct groups {
	struct group group[GROUPS_MAX];
	size_t n;
};

/* Of the namespace we are in, in an order that is always the same. */
void groups_take(struct groups *g);
bool groups_equal(const struct groups *a, const struct groups *b);
/* Until they are these; false if they are not after @ms. */
bool groups_await(const struct groups *wanted, unsigned int ms);

#endif
