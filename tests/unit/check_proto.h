/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the checks of the election have in common.
 */
#ifndef _CARP_CHECK_PROTO_H
#define _CARP_CHECK_PROTO_H

#include "check.h"

/* Literals, not the macros of the code that is checked. */
#define MS		1000000ull
#define SEC		1000000000ull
#define SKEW		3906250ull		/* 1/256 s */

/* A start that is no round number, so that absolute and relative differ. */
#define T0		123456789123ull

#define TAKES_OVER	(CARP_ACT_ADVERT | CARP_ACT_ANNOUNCE | \
			 CARP_ACT_REPORT | CARP_ACT_SERVE)
#define ANSWERS		(CARP_ACT_ADVERT | CARP_ACT_ANNOUNCE)
#define STEPS_DOWN	(CARP_ACT_REPORT | CARP_ACT_SERVE)
#define BOWS_OUT	(CARP_ACT_BOWOUT | CARP_ACT_REPORT)

/* One state machine, and what it decided last. */
static struct carp_proto p;
static struct carp_decision did;

static inline struct carp_proto_config config(u8 advbase, u8 advskew,
					      bool preempt, u32 demotion)
{
	return (struct carp_proto_config) {
		.advbase = advbase,
		.advskew = advskew,
		.preempt = preempt,
		.demotion = demotion,
	};
}

/* Another event than an advertisement, @at after T0. */
static inline void event_why(enum carp_event ev, enum carp_reason why, u64 at)
{
	did = carp_proto_event(&p, ev, why, NULL, T0 + at);
}

static inline void event(enum carp_event ev, u64 at)
{
	event_why(ev, CARP_REASON_NONE, at);
}

/* An advertisement from a peer to whose address ours compares as @src_cmp. */
static inline void advert_from(u8 advbase, u8 advskew, u8 demote, int src_cmp,
			       u64 at)
{
	struct carp_proto_rx rx = {
		.adv = {
			.vhid = 1,
			.advbase = advbase,
			.advskew = advskew,
			.demote = demote,
			.counter = 77,
		},
		.src_cmp = src_cmp,
		.last_sent = 66,
	};

	did = carp_proto_event(&p, CARP_EV_ADVERT, CARP_REASON_NONE, &rx,
			       T0 + at);
}

static inline void advert(u8 advbase, u8 advskew, u64 at)
{
	advert_from(advbase, advskew, 0, -1, at);
}

static inline void start_backup(struct carp_proto_config cfg)
{
	carp_proto_init(&p, &cfg);
	event(CARP_EV_UP, 0);
}

static inline void start_master(struct carp_proto_config cfg)
{
	start_backup(cfg);
	event(CARP_EV_FORCE_MASTER, 0);
}

/* When the next timer is due, after T0. */
static inline u64 due(void)
{
	u64 deadline = carp_proto_deadline(&p);

	return deadline == CARP_NEVER ? CARP_NEVER : deadline - T0;
}

#define EXPECT_STATE(want)						\
	do {								\
		if (p.state != (want))					\
			FAIL("state is %s, should be %s",		\
			     carp_state_name(p.state),			\
			     carp_state_name(want));			\
	} while (0)

#define EXPECT_REASON(want)						\
	do {								\
		if (did.reason != (want))				\
			FAIL("reason is '%s', should be '%s'",		\
			     carp_reason_name(did.reason),		\
			     carp_reason_name(want));			\
	} while (0)

#endif /* _CARP_CHECK_PROTO_H */
