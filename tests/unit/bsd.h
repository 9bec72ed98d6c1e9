/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How hosts of other systems elect a master, as small as it can be said, for
 * simulations. Written from descriptions of what they do; none of it is theirs.
 *
 *	OpenBSD	compares demotion first, then the interval of the configured
 *		skew; time until a master is dead as it was until recently,
 *		and as FreeBSD and NetBSD have it
 *	FreeBSD	raises the skew by the demotion, to at most 240, and knows no
 *		other; advbase from 1 on
 *
 * Both have a timer per family, step down on a tie, and answer nothing.
 */
#ifndef _BSD_H
#define _BSD_H

#include "carp_proto.h"

enum kind {
	LINUX,
	OPENBSD,
	FREEBSD,
	MIXED,		/* of a group: one or more of each */
	KINDS
};

struct bsd {
	enum kind	kind;
	bool		two_families;
	enum carp_state	state;
	u64		advert_due;
	u64		down_due[2];
};

/* In 1/256 s. */
static inline u64 bsd_skew(const struct bsd *b,
			   const struct carp_proto_config *c)
{
	u64 skew = (u64)c->advskew + c->demotion;

	if (b->kind == OPENBSD)
		return c->advskew;
	return skew > 240 ? 240 : skew;
}

static inline u64 bsd_interval(const struct bsd *b,
			       const struct carp_proto_config *c)
{
	u64 parts = c->advbase * 256 + bsd_skew(b, c);

	return (parts ? parts : 1) * 3906250ull;
}

static inline u8 bsd_demote(const struct bsd *b,
			    const struct carp_proto_config *c)
{
	if (b->kind == FREEBSD)
		return 0;
	return c->demotion > 255 ? 255 : c->demotion;
}

static inline u64 bsd_dead_after(const struct carp_proto_config *c)
{
	if (!c->advbase)
		return 3 * (c->advskew ? c->advskew : 1) * 3906250ull;
	return (3 * 256 * c->advbase + c->advskew) * 3906250ull;
}

static inline void bsd_become(struct bsd *b, const struct carp_proto_config *c,
			      enum carp_state state, u64 now,
			      struct carp_decision *d)
{
	bool master = state == CARP_STATE_MASTER;

	b->state = state;
	b->advert_due = master ? now + bsd_interval(b, c) : CARP_NEVER;
	b->down_due[0] = state == CARP_STATE_BACKUP ?
			 now + bsd_dead_after(c) : CARP_NEVER;
	b->down_due[1] = b->two_families ? b->down_due[0] : CARP_NEVER;
	if (master)
		d->actions |= CARP_ACT_ADVERT;
}

static inline void bsd_hears(struct bsd *b, const struct carp_proto_config *c,
			     const struct carp_proto_rx *rx, u64 now,
			     struct carp_decision *d)
{
	u64 ours = bsd_interval(b, c);
	u64 theirs = carp_interval_ns(rx->adv.advbase, rx->adv.advskew);
	u8 mine = bsd_demote(b, c);
	u8 demote = b->kind == OPENBSD ? rx->adv.demote : 0;

	if (b->state == CARP_STATE_MASTER) {
		if (demote < mine || (demote == mine && ours >= theirs))
			bsd_become(b, c, CARP_STATE_BACKUP, now, d);
		return;
	}
	if ((c->preempt && ours < theirs && demote >= mine) ||
	    demote > mine ||
	    (c->advbase && 3 * c->advbase * 1000000000ull +
			   c->advskew * 3906250ull < theirs))
		bsd_become(b, c, CARP_STATE_MASTER, now, d);
	else
		b->down_due[rx->secondary] = now + bsd_dead_after(c);
}

static inline struct carp_decision bsd_event(struct bsd *b,
					     const struct carp_proto_config *c,
					     enum carp_event ev,
					     const struct carp_proto_rx *rx,
					     u64 now)
{
	struct carp_decision d = { .old_state = b->state };

	switch (ev) {
	case CARP_EV_UP:
		if (b->state == CARP_STATE_INIT)
			bsd_become(b, c, CARP_STATE_BACKUP, now, &d);
		break;
	case CARP_EV_DOWN:
		if (b->state == CARP_STATE_MASTER && b->kind == OPENBSD)
			d.actions |= CARP_ACT_BOWOUT;
		bsd_become(b, c, CARP_STATE_INIT, now, &d);
		break;
	case CARP_EV_FORCE_MASTER:
	case CARP_EV_FORCE_BACKUP:
		if (b->state != CARP_STATE_INIT)
			bsd_become(b, c, ev == CARP_EV_FORCE_MASTER ?
				   CARP_STATE_MASTER : CARP_STATE_BACKUP,
				   now, &d);
		break;
	case CARP_EV_ADVERT:
		if (b->state != CARP_STATE_INIT)
			bsd_hears(b, c, rx, now, &d);
		break;
	case CARP_EV_CONFIG:
		if (b->state == CARP_STATE_MASTER)
			d.actions |= CARP_ACT_ADVERT;
		break;
	case CARP_EV_TIMER:
		if (now >= b->down_due[0] || now >= b->down_due[1]) {
			bsd_become(b, c, CARP_STATE_MASTER, now, &d);
		} else if (now >= b->advert_due) {
			d.actions |= CARP_ACT_ADVERT;
			b->advert_due = now + bsd_interval(b, c);
		}
		break;
	default:
		break;
	}
	d.new_state = b->state;
	return d;
}

static inline u64 bsd_deadline(const struct bsd *b)
{
	return min(b->advert_due, min(b->down_due[0], b->down_due[1]));
}

#endif /* _BSD_H */
