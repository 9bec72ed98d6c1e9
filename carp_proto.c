// SPDX-License-Identifier: GPL-2.0
/*
 * The election.
 *
 *             up                  master silent, slower, leaving; forced
 *   INIT ------------> BACKUP ------------------------------------> MASTER
 *    ^                 |    ^                                       |  |
 *    |      down       |    |   faster master heard, tie lost,      |  |
 *    +-----------------+    |   forced                              |  |
 *    |                      +---------------------------------------+  |
 *    +-----------------------------------------------------------------+
 *                          down, after a bow-out
 *
 * Each state has one row of handlers below, one per event, so that a new
 * event cannot be added without deciding what every state does with it.
 *
 * Where the BSDs disagree, and why this is what it is: Documentation/design.rst.
 */
#include "include/carp_proto.h"

/* An announcement at once, again after 1 s, and again after 3 s in all. */
static const u64 announce_gaps[] = {
	2 * CARP_NSEC_PER_SEC,
	1 * CARP_NSEC_PER_SEC,
};

static u64 own_interval(const struct carp_proto *p)
{
	return carp_rank_own(&p->cfg).interval;
}

/* What a handler knows besides the state. */
struct occasion {
	enum carp_reason		why;
	const struct carp_proto_rx	*rx;
	u64				now;
	struct carp_decision		*out;
};

static void set_serving(struct carp_proto *p, struct occasion *o, bool serving)
{
	if (p->serving == serving)
		return;
	p->serving = serving;
	o->out->actions |= CARP_ACT_SERVE;
}

static void advertise(struct carp_proto *p, struct occasion *o)
{
	o->out->actions |= CARP_ACT_ADVERT;
	p->answer_due = CARP_NEVER;
}

static void announce(struct carp_proto *p, struct occasion *o)
{
	o->out->actions |= CARP_ACT_ANNOUNCE;
	p->announce_left = ARRAY_SIZE(announce_gaps);
	p->announce_due = o->now + announce_gaps[p->announce_left - 1];
}

static void stop_timers(struct carp_proto *p)
{
	p->advert_due = CARP_NEVER;
	p->down_due = CARP_NEVER;
	p->announce_due = CARP_NEVER;
	p->announce_left = 0;
	p->answer_due = CARP_NEVER;
	p->tie_since = CARP_NEVER;
	p->slower_since = CARP_NEVER;
}

static void change_state(struct carp_proto *p, struct occasion *o,
			 enum carp_state state, enum carp_reason reason)
{
	stop_timers(p);
	/* A packet from the address looks without the caller's lock. */
	WRITE_ONCE(p->state, state);
	o->out->reason = reason;
	o->out->actions |= CARP_ACT_REPORT;
}

static void become_master(struct carp_proto *p, struct occasion *o,
			  enum carp_reason reason)
{
	change_state(p, o, CARP_STATE_MASTER, reason);
	p->linger_due = CARP_NEVER;
	p->hold_until = 0;
	p->want_master = false;
	p->advert_due = o->now + own_interval(p);
	p->answer_after = o->now;
	p->relearn_after = o->now;
	set_serving(p, o, true);
	advertise(p, o);
	announce(p, o);
}

static u64 dead_at(const struct carp_proto *p, const struct carp_ranked *m)
{
	return m->at + carp_patience_ns(&p->cfg, &m->rank);
}

/*
 * The address is orphaned when all masters are dead.  The rest after a forced
 * BACKUP outlasts a shorter patience, or a slower master that is alive would
 * time out during it; if no master has come forward, there is nothing to rest
 * from.
 */
static void arm_down(struct carp_proto *p)
{
	p->down_due = max(dead_at(p, &p->best), dead_at(p, &p->longest));
	/* Of these it is the one only after our own demotion has changed. */
	p->down_due = max(p->down_due, dead_at(p, &p->last));
	if (p->heard)
		p->down_due = max(p->down_due, p->hold_until);
}

/*
 * What a worse master has sent before it stepped down does not make a better
 * one time out: of all that are heard the deadlines hold, until a master is
 * heard that beats them, to which they step down.
 */
static void remember(struct carp_proto *p, const struct occasion *o)
{
	struct carp_ranked m = {
		.rank = carp_rank_of(&o->rx->adv),
		.at = o->now,
	};

	if (o->now >= dead_at(p, &p->best))
		p->best = p->longest;
	if (carp_beats(&m.rank, &p->best.rank) ||
	    o->now >= dead_at(p, &p->best)) {
		p->best = m;
		p->longest = m;
	} else if (dead_at(p, &m) > dead_at(p, &p->longest)) {
		p->longest = m;
	}
	p->last = m;
	p->heard = true;
	arm_down(p);
}

static void become_backup(struct carp_proto *p, struct occasion *o,
			  enum carp_reason reason)
{
	change_state(p, o, CARP_STATE_BACKUP, reason);
	p->heard = false;
	p->best = (struct carp_ranked) {
		.rank = { .demote = 255, .interval = CARP_NEVER },
		.at = o->now,
	};
	p->longest = p->best;
	p->last = p->best;
	arm_down(p);
}

/*
 * A master that leaves says so, and goes on serving until its successor is
 * heard or too slow.  linger_due is not one of the timers that a change of
 * state stops.
 */
static void bow_out(struct carp_proto *p, struct occasion *o)
{
	o->out->actions |= CARP_ACT_BOWOUT;
	p->linger_due = o->now + CARP_LINGER_NS;
}

static void stop_serving(struct carp_proto *p, struct occasion *o)
{
	p->linger_due = CARP_NEVER;
	set_serving(p, o, false);
}

/* events in INIT */

static void nothing(struct carp_proto *p, struct occasion *o)
{
}

static void init_up(struct carp_proto *p, struct occasion *o)
{
	if (p->want_master) {
		become_master(p, o, CARP_REASON_WANTED);
		return;
	}
	become_backup(p, o, CARP_REASON_UP);
}

/* The successor that a lingering host waits for has spoken. */
static void init_advert(struct carp_proto *p, struct occasion *o)
{
	if (!carp_wire_is_bowout(&o->rx->adv))
		stop_serving(p, o);
}

static void linger_timer(struct carp_proto *p, struct occasion *o)
{
	if (o->now >= p->linger_due)
		stop_serving(p, o);
}

/* events in BACKUP */

static void backup_down(struct carp_proto *p, struct occasion *o)
{
	change_state(p, o, CARP_STATE_INIT, o->why);
}

static bool can_preempt(const struct carp_proto *p,
			const struct carp_advert *adv)
{
	struct carp_rank theirs = carp_rank_of(adv);
	struct carp_rank ours = carp_rank_own(&p->cfg);

	return p->cfg.preempt && theirs.demote >= ours.demote &&
	       ours.interval < theirs.interval;
}

/*
 * What holds preemption back holds back nothing else: not the takeover from a
 * master that is silent, leaves, will time out or is more demoted than we are.
 */
static bool shall_preempt(struct carp_proto *p, const struct occasion *o)
{
	if (!can_preempt(p, &o->rx->adv)) {
		p->slower_since = CARP_NEVER;
		return false;
	}
	if (p->slower_since == CARP_NEVER)
		p->slower_since = o->now;
	return o->now >= p->hold_until && o->now >= p->cfg.preempt_from &&
	       o->now >= p->slower_since +
			 p->cfg.preempt_delay * CARP_NSEC_PER_SEC;
}

static void backup_advert(struct carp_proto *p, struct occasion *o)
{
	const struct carp_advert *adv = &o->rx->adv;
	struct carp_rank theirs = carp_rank_of(adv);

	if (carp_wire_is_bowout(adv)) {
		become_master(p, o, CARP_REASON_BOWED_OUT);
		return;
	}

	stop_serving(p, o);
	if (shall_preempt(p, o)) {
		become_master(p, o, CARP_REASON_PREEMPT);
		return;
	}
	if (theirs.demote > carp_wire_demote(&p->cfg) &&
	    o->now >= p->hold_until) {
		become_master(p, o, CARP_REASON_LESS_DEMOTED);
		return;
	}
	if (carp_patience_ns(&p->cfg, &theirs) < theirs.interval &&
	    o->now >= p->hold_until) {
		become_master(p, o, CARP_REASON_WILL_TIME_OUT);
		return;
	}
	remember(p, o);
}

static void backup_timer(struct carp_proto *p, struct occasion *o)
{
	linger_timer(p, o);
	if (o->now >= p->down_due)
		become_master(p, o, CARP_REASON_MASTER_TIMED_OUT);
}

static void backup_config(struct carp_proto *p, struct occasion *o)
{
	arm_down(p);
}

static void backup_force_master(struct carp_proto *p, struct occasion *o)
{
	become_master(p, o, CARP_REASON_ADMIN);
}

/* Asked for once more: the rest of preemption starts anew. */
static void backup_force_backup(struct carp_proto *p, struct occasion *o)
{
	p->hold_until = o->now + CARP_HOLD_NS;
	arm_down(p);
}

/* events in MASTER */

static void master_down(struct carp_proto *p, struct occasion *o)
{
	bow_out(p, o);
	change_state(p, o, CARP_STATE_INIT, o->why);
}

static void step_down(struct carp_proto *p, struct occasion *o,
		      enum carp_reason reason)
{
	become_backup(p, o, reason);
	remember(p, o);
	stop_serving(p, o);
}

/* Advertise out of turn; the segment learns anew at most once a second. */
static void answer_now(struct carp_proto *p, struct occasion *o)
{
	p->answer_after = o->now + min(own_interval(p), CARP_NSEC_PER_SEC);
	advertise(p, o);
	if (o->now < p->relearn_after)
		return;
	p->relearn_after = o->now + CARP_NSEC_PER_SEC;
	announce(p, o);
}

/*
 * A master that does not beat this host hears from it within a second, and
 * within its interval if that is shorter, however many such masters there are.
 */
static void answer(struct carp_proto *p, struct occasion *o)
{
	if (o->now >= p->answer_after)
		answer_now(p, o);
	else
		p->answer_due = p->answer_after;
}

/*
 * Whether this advertisement may settle a tie.  Hosts that advertise in both
 * families have two source addresses, and their orders may contradict each
 * other: if each host went by whichever it hears, both could stay or both go.
 * So the first family settles it.  The second one does when the first was not
 * heard for so long that it would have been, were it not lost on the way: one
 * interval and a half, so that of those that come once per interval the third is
 * late enough, however late or early it is.
 */
static bool may_settle(const struct carp_proto *p, const struct occasion *o)
{
	u64 patience = CARP_TIE_PATIENCE * own_interval(p) / 2;

	return !o->rx->secondary ||
	       (!p->tie_settled && o->now >= p->tie_since + patience);
}

/*
 * Two masters of one interval.  The lower source address stays.  If both
 * use the same one, which hosts without an address of their own do, the
 * counters decide, which each has sent and each has heard.  BSD peers step
 * down on a tie by themselves and ucarp orders addresses by swapped bytes, so
 * that two could stay: nobody stays longer than three intervals and what it
 * takes to hear that the other one is still there.  A host that was stopped
 * hears in a row all that the other one has said meanwhile, who may have gone
 * by now; who is there pauses for a part of the interval.
 */
static void master_tie(struct carp_proto *p, struct occasion *o)
{
	u64 interval = own_interval(p);
	u64 heard = p->tie_heard;
	int cmp = o->rx->src_cmp;

	/* A tie that was not heard of for three intervals is over. */
	if (p->tie_since == CARP_NEVER ||
	    o->now > heard + CARP_TIE_INTERVALS * interval) {
		p->tie_since = o->now;
		p->tie_settled = false;
	}
	p->tie_heard = o->now;

	if (!cmp)
		cmp = o->rx->last_sent < o->rx->adv.counter ? -1 : 1;
	if (cmp > 0 && may_settle(p, o)) {
		step_down(p, o, CARP_REASON_TIE_LOST);
		return;
	}
	if (!o->rx->secondary)
		p->tie_settled = true;
	if (o->now >= p->tie_since + CARP_TIE_INTERVALS * interval &&
	    o->now >= heard + interval / CARP_TIE_PAUSE) {
		step_down(p, o, CARP_REASON_TIE_LASTED);
		return;
	}
	answer(p, o);
}

static void master_advert(struct carp_proto *p, struct occasion *o)
{
	struct carp_rank theirs = carp_rank_of(&o->rx->adv);
	struct carp_rank ours = carp_rank_own(&p->cfg);

	/* Another master that leaves is no better one, whatever it says. */
	if (carp_wire_is_bowout(&o->rx->adv))
		return;
	if (!carp_beats(&theirs, &ours))
		answer(p, o);
	else if (carp_beats(&ours, &theirs))
		master_tie(p, o);
	else
		step_down(p, o, CARP_REASON_BETTER_ADVERT);
}

/*
 * Advertisements are on an absolute grid, so that lateness does not add up.
 * A host that was stopped for longer than an interval begins a new grid.
 */
static void master_timer(struct carp_proto *p, struct occasion *o)
{
	u64 interval = own_interval(p);

	if (o->now >= p->answer_due)
		answer_now(p, o);
	if (o->now >= p->advert_due) {
		advertise(p, o);
		p->advert_due += interval;
		if (p->advert_due <= o->now)
			p->advert_due = o->now + interval;
	}
	if (o->now >= p->announce_due) {
		o->out->actions |= CARP_ACT_ANNOUNCE;
		p->announce_left--;
		p->announce_due = p->announce_left ?
			o->now + announce_gaps[p->announce_left - 1] :
			CARP_NEVER;
	}
}

static void master_config(struct carp_proto *p, struct occasion *o)
{
	p->advert_due = o->now + own_interval(p);
	advertise(p, o);
}

static void master_force_backup(struct carp_proto *p, struct occasion *o)
{
	bow_out(p, o);
	p->hold_until = o->now + CARP_HOLD_NS;
	become_backup(p, o, CARP_REASON_ADMIN);
}

static void master_announce(struct carp_proto *p, struct occasion *o)
{
	advertise(p, o);
	announce(p, o);
}

typedef void (*handler)(struct carp_proto *p, struct occasion *o);

static const handler handlers[__CARP_STATE_MAX][__CARP_EV_MAX] = {
	[CARP_STATE_INIT] = {
		[CARP_EV_UP]		= init_up,
		[CARP_EV_DOWN]		= nothing,
		[CARP_EV_ADVERT]	= init_advert,
		[CARP_EV_TIMER]		= linger_timer,
		[CARP_EV_CONFIG]	= nothing,
		[CARP_EV_FORCE_MASTER]	= nothing,
		[CARP_EV_FORCE_BACKUP]	= nothing,
		[CARP_EV_ANNOUNCE]	= nothing,
	},
	[CARP_STATE_BACKUP] = {
		[CARP_EV_UP]		= nothing,
		[CARP_EV_DOWN]		= backup_down,
		[CARP_EV_ADVERT]	= backup_advert,
		[CARP_EV_TIMER]		= backup_timer,
		[CARP_EV_CONFIG]	= backup_config,
		[CARP_EV_FORCE_MASTER]	= backup_force_master,
		[CARP_EV_FORCE_BACKUP]	= backup_force_backup,
		[CARP_EV_ANNOUNCE]	= nothing,
	},
	[CARP_STATE_MASTER] = {
		[CARP_EV_UP]		= nothing,
		[CARP_EV_DOWN]		= master_down,
		[CARP_EV_ADVERT]	= master_advert,
		[CARP_EV_TIMER]		= master_timer,
		[CARP_EV_CONFIG]	= master_config,
		[CARP_EV_FORCE_MASTER]	= nothing,
		[CARP_EV_FORCE_BACKUP]	= master_force_backup,
		[CARP_EV_ANNOUNCE]	= master_announce,
	},
};

/**
 * carp_proto_init() - a state machine in INIT
 * @p: to be initialised
 * @cfg: its configuration
 */
void carp_proto_init(struct carp_proto *p, const struct carp_proto_config *cfg)
{
	memset(p, 0, sizeof(*p));
	p->cfg = *cfg;
	p->state = CARP_STATE_INIT;
	p->linger_due = CARP_NEVER;
	stop_timers(p);
}

/**
 * carp_proto_event() - decide
 * @p: state machine; the caller serialises
 * @ev: what happened
 * @why: for CARP_EV_DOWN the reason that is reported, else ignored
 * @rx: for CARP_EV_ADVERT what was received, else ignored
 * @now: monotonic time, ns; may be earlier than in a former call
 *
 * Return: what is to be done.
 */
struct carp_decision carp_proto_event(struct carp_proto *p,
				      enum carp_event ev,
				      enum carp_reason why,
				      const struct carp_proto_rx *rx,
				      u64 now)
{
	struct carp_decision out = {
		.old_state = p->state,
		.reason = CARP_REASON_NONE,
	};
	struct occasion o = {
		.why = why,
		.rx = rx,
		.now = now,
		.out = &out,
	};

	handlers[p->state][ev](p, &o);
	out.new_state = p->state;
	return out;
}

/**
 * carp_proto_deadline() - when to raise CARP_EV_TIMER
 * @p: state machine
 *
 * Return: monotonic ns, or CARP_NEVER.
 */
u64 carp_proto_deadline(const struct carp_proto *p)
{
	u64 due = min(p->advert_due, p->down_due);

	due = min(due, p->announce_due);
	due = min(due, p->answer_due);
	return min(due, p->linger_due);
}

/**
 * carp_state_name() - "INIT", "BACKUP", "MASTER"
 * @state: a state
 */
const char *carp_state_name(enum carp_state state)
{
	static const char *const names[] = {
		[CARP_STATE_INIT]	= "INIT",
		[CARP_STATE_BACKUP]	= "BACKUP",
		[CARP_STATE_MASTER]	= "MASTER",
	};

	return names[state];
}

/**
 * carp_reason_name() - a reason as it is logged
 * @reason: a reason
 */
const char *carp_reason_name(enum carp_reason reason)
{
	static const char *const names[] = {
		[CARP_REASON_NONE]		= "none",
		[CARP_REASON_UP]		= "ready",
		[CARP_REASON_MASTER_TIMED_OUT]	= "master timed out",
		[CARP_REASON_PREEMPT]		= "preempting a slower master",
		[CARP_REASON_LESS_DEMOTED]	= "less demoted than the master",
		[CARP_REASON_WILL_TIME_OUT]	= "master will time out",
		[CARP_REASON_BOWED_OUT]		= "master bowed out",
		[CARP_REASON_WANTED]		= "configured to start as MASTER",
		[CARP_REASON_BETTER_ADVERT]	= "a better advertisement",
		[CARP_REASON_TIE_LOST]		= "a tie lost to another master",
		[CARP_REASON_TIE_LASTED]	= "a tie that lasted",
		[CARP_REASON_ADMIN]		= "requested by the administrator",
		[CARP_REASON_ADMIN_DOWN]	= "interface is down",
		[CARP_REASON_CARRIER_DOWN]	= "carrier is down",
		[CARP_REASON_NO_LINK]		= "carrier has no link",
		[CARP_REASON_NO_ADDRESS]	= "no virtual address",
		[CARP_REASON_NOT_ALLOWED]	= "net.carp.allow is 0",
		[CARP_REASON_SHUTDOWN]		= "shutting down",
		[CARP_REASON_LINK_YOUNG]	= "waiting for the link to settle",
	};

	static_assert(ARRAY_SIZE(names) == __CARP_REASON_MAX, "a name each");
	return names[reason];
}
