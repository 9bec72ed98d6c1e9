/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What carp_config.c and carp_unicast*.c call of the rest of the module: fakes
 * that note what they were asked, and fail if they are told to.
 */
#ifndef _CARP_FAKES_H
#define _CARP_FAKES_H

#include <kunit/test.h>

#include "carp_config.h"
#include "carp_crypto.h"
#include "carp_demoter.h"
#include "carp_engine.h"
#include "carp_output.h"
#include "carp_port.h"
#include "carp_vip.h"

/**
 * struct fakes - what the fakes are told, and what they note
 * @cn: of the initial namespace
 * @total: demotion in force
 * @vip: the only virtual address, IPv4
 * @vip6: the only virtual address, IPv6
 * @rekey_err: what carp_auth_rekey() returns
 * @rekeyed: how often it was called
 * @key: with what
 * @raised: events, in order
 * @n_raised: how many
 * @evaluated: calls of carp_update_oper()
 * @lingered: calls of carp_drain_one()
 */
struct fakes {
	struct carp_net		*cn;
	u32			total;
	__be32			vip;
	struct in6_addr		vip6;
	int			rekey_err;
	unsigned int		rekeyed;
	u8			key[CARP_KEY_LEN];
	enum carp_event		raised[8];
	unsigned int		n_raised;
	unsigned int		evaluated;
	unsigned int		lingered;
};

extern struct fakes fakes;

int fakes_init(struct kunit_suite *suite);
void fakes_exit(struct kunit_suite *suite);
void fakes_reset(void);

#endif /* _CARP_FAKES_H */
