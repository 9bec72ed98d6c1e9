/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Intervals, the order of masters, and how long a silent one is waited for.
 */
#ifndef _CARP_RANK_H
#define _CARP_RANK_H

#include "carp_types.h"

struct carp_proto_config;
struct carp_advert;

#define CARP_NSEC_PER_SEC	1000000000ull
#define CARP_NSEC_PER_SKEW	(CARP_NSEC_PER_SEC / 256)	/* 3 906 250 */

/**
 * struct carp_rank - what masters are compared by
 * @demote: demotion as in the header; 0 from peers that do not know it
 * @interval: between two advertisements, ns
 */
struct carp_rank {
	u8	demote;
	u64	interval;
};

u64 carp_interval_ns(u8 advbase, u8 advskew);
u64 carp_master_down_ns(u8 advbase, u8 advskew);
u8 carp_effective_skew(const struct carp_proto_config *cfg);
u8 carp_wire_demote(const struct carp_proto_config *cfg);

struct carp_rank carp_rank_own(const struct carp_proto_config *cfg);
struct carp_rank carp_rank_of(const struct carp_advert *adv);
bool carp_beats(const struct carp_rank *a, const struct carp_rank *b);
u64 carp_patience_ns(const struct carp_proto_config *cfg,
		     const struct carp_rank *master);

#endif /* _CARP_RANK_H */
