// SPDX-License-Identifier: GPL-2.0
/*
 * The election: any events in any order, at any time. After each of them
 *
 *   what the state machine has decided is what the rules say, here said once
 *   more from what was heard and not from its own notes;
 *   its timers are those of its state, and are not in the past;
 *   an event that means nothing changes nothing.
 *
 * Input: configuration, then events with the time between two.
 */
#include "carp_proto.h"
#include "fuzz.h"

#define MS	1000000ull
#define SEC	1000000000ull
#define SKEW	3906250ull	/* 1/256 s */
#define START	(90 * SEC)
#define EVENTS	48

/* An advertisement of a master. */
struct claim {
	u64	at;
	u64	interval;
	u8	demote;
};

/* What the outside knows. */
static struct world {
	struct carp_proto p;
	u64	now;
	u64	latest;		/* of all times seen */
	u64	since;		/* BACKUP */
	struct claim claims[EVENTS];	/* heard since, or at its beginning */
	int	n_claims;
	int	best;		/* of those whose time is not over */
	int	longest;	/* whose time is over last */
	u64	rest;		/* no preemption until then */
	u64	slower;		/* since when, or CARP_NEVER */
	u64	tie;		/* since when, or CARP_NEVER */
	u64	tie_heard;
	bool	tie_settled;
	u64	answer;		/* not before */
	bool	owed;		/* then */
	u64	relearn;	/* not before */
	u64	linger;		/* until, or CARP_NEVER */
} w;

/* What is to come of an event. */
struct outcome {
	enum carp_state		state;
	enum carp_reason	reason;
	u32			actions;
};

static u64 interval_of(u32 advbase, u32 advskew)
{
	u32 parts = advbase * 256 + advskew;

	return (parts ? parts : 1) * SKEW;
}

static u64 mine(void)
{
	const struct carp_proto_config *c = &w.p.cfg;
	u64 skew = (u64)c->advskew + c->demotion;

	if (skew > 240)
		skew = c->advskew > 240 ? c->advskew : 240;
	return interval_of(c->advbase, skew);
}

/* Of the configured skew: demotion makes nobody more patient. */
static u64 patience(void)
{
	const struct carp_proto_config *c = &w.p.cfg;

	if (!c->advbase)
		return 3 * interval_of(0, c->advskew);
	return (c->advbase * 3 * 256 + c->advskew) * SKEW;
}

static u8 my_demote(void)
{
	return w.p.cfg.demotion > 255 ? 255 : w.p.cfg.demotion;
}

static bool is_better(u8 demote, u64 interval, u8 than_demote, u64 than)
{
	return demote != than_demote ? demote < than_demote : interval < than;
}

/* When to take over from one who is silent. */
static u64 dies(const struct claim *c)
{
	bool worse = is_better(my_demote(), mine(), c->demote, c->interval);
	u64 thrice = 3 * c->interval;

	if (worse || patience() >= thrice)
		return c->at + patience();
	/* With equal demotion nobody else has an interval so long. */
	if (c->demote == my_demote() && w.p.cfg.advbase >= 1)
		return c->at + patience();
	return c->at + thrice;
}

static u64 dead_at(void)
{
	u64 due = w.since + patience(), other;

	if (!w.n_claims)
		return due;
	due = dies(&w.claims[w.best]);
	other = dies(&w.claims[w.longest]);
	if (due < other)
		due = other;
	/* After a change of our own demotion the latest may be that. */
	other = dies(&w.claims[w.n_claims - 1]);
	if (due < other)
		due = other;
	return due < w.rest ? w.rest : due;
}

static void take_note(const struct carp_advert *adv)
{
	struct claim c = {
		.at = w.now,
		.interval = interval_of(adv->advbase, adv->advskew),
		.demote = adv->demote,
	};
	const struct claim *best;
	int n = w.n_claims++;

	w.claims[n] = c;
	if (n && w.now >= dies(&w.claims[w.best]))
		w.best = w.longest;
	best = &w.claims[w.best];
	if (!n || w.now >= dies(best) ||
	    !is_better(best->demote, best->interval, c.demote, c.interval)) {
		w.best = n;
		w.longest = n;
	} else if (dies(&c) > dies(&w.claims[w.longest])) {
		w.longest = n;
	}
}

static bool bowout(const struct carp_advert *adv)
{
	return adv->advbase == 255 && adv->advskew == 255;
}

static void becomes(struct outcome *o, enum carp_state state,
		    enum carp_reason reason, u32 actions)
{
	o->state = state;
	o->reason = reason;
	o->actions = actions | CARP_ACT_REPORT;
}

static void takes_over(struct outcome *o, enum carp_reason reason)
{
	becomes(o, CARP_STATE_MASTER, reason,
		CARP_ACT_ADVERT | CARP_ACT_ANNOUNCE |
		(w.p.serving ? 0 : CARP_ACT_SERVE));
}

static void steps_down(struct outcome *o, enum carp_reason reason)
{
	becomes(o, CARP_STATE_BACKUP, reason, CARP_ACT_SERVE);
}

static bool may_preempt(const struct carp_advert *adv, u64 theirs)
{
	const struct carp_proto_config *c = &w.p.cfg;

	if (!c->preempt || adv->demote < my_demote() || mine() >= theirs) {
		w.slower = CARP_NEVER;
		return false;
	}
	if (w.slower == CARP_NEVER)
		w.slower = w.now;
	return w.now >= w.rest && w.now >= c->preempt_from &&
	       w.now >= w.slower + c->preempt_delay * SEC;
}

static void backup_hears(struct outcome *o, const struct carp_advert *adv)
{
	u64 theirs = interval_of(adv->advbase, adv->advskew);
	bool rested = w.now >= w.rest;

	if (bowout(adv)) {
		takes_over(o, CARP_REASON_BOWED_OUT);
		return;
	}
	if (may_preempt(adv, theirs)) {
		takes_over(o, CARP_REASON_PREEMPT);
	} else if (rested && adv->demote > my_demote()) {
		takes_over(o, CARP_REASON_LESS_DEMOTED);
	} else if (rested && adv->demote == my_demote() &&
		   patience() < theirs && mine() < theirs) {
		takes_over(o, CARP_REASON_WILL_TIME_OUT);
	} else {
		take_note(adv);
	}
	/* Whoever lingers has been relieved, and begins anew. */
	if (w.p.serving)
		o->actions |= CARP_ACT_SERVE;
	w.linger = CARP_NEVER;
}

/* Not oftener than we advertise, nor than once a second if that is less. */
static void says_more(struct outcome *o)
{
	w.answer = w.now + (mine() < SEC ? mine() : SEC);
	o->actions |= CARP_ACT_ADVERT;
	if (w.now < w.relearn)
		return;
	w.relearn = w.now + SEC;
	o->actions |= CARP_ACT_ANNOUNCE;
}

static void answers(struct outcome *o)
{
	if (w.now < w.answer)
		w.owed = true;
	else
		says_more(o);
}

static void ties(struct outcome *o, const struct carp_proto_rx *rx)
{
	bool lost = rx->src_cmp > 0 ||
		    (!rx->src_cmp && rx->last_sent >= rx->adv.counter);
	bool counts = !rx->secondary;
	bool queued = w.now < w.tie_heard + mine() / 4;

	if (w.tie == CARP_NEVER || w.now > w.tie_heard + 3 * mine()) {
		w.tie = w.now;
		w.tie_settled = false;
	}
	w.tie_heard = w.now;
	if (!counts && !w.tie_settled && w.now >= w.tie + mine() + mine() / 2)
		counts = true;
	if (lost && counts) {
		steps_down(o, CARP_REASON_TIE_LOST);
	} else if (w.now >= w.tie + 3 * mine() && !queued) {
		steps_down(o, CARP_REASON_TIE_LASTED);
	} else {
		answers(o);
		if (!rx->secondary)
			w.tie_settled = true;
	}
}

static void master_hears(struct outcome *o, const struct carp_proto_rx *rx)
{
	const struct carp_advert *adv = &rx->adv;
	u64 theirs = interval_of(adv->advbase, adv->advskew);

	if (bowout(adv))
		return;
	if (adv->demote < my_demote() ||
	    (adv->demote == my_demote() && theirs < mine()))
		steps_down(o, CARP_REASON_BETTER_ADVERT);
	else if (adv->demote == my_demote() && theirs == mine())
		ties(o, rx);
	else
		answers(o);
}

static void time_passes(struct outcome *o)
{
	bool over = w.linger != CARP_NEVER && w.now >= w.linger;

	if (w.p.state == CARP_STATE_MASTER) {
		if (w.owed && w.now >= w.answer)
			says_more(o);
		if (w.now >= w.p.advert_due)
			o->actions |= CARP_ACT_ADVERT;
		if (w.now >= w.p.announce_due)
			o->actions |= CARP_ACT_ANNOUNCE;
		return;
	}
	if (w.p.state == CARP_STATE_BACKUP && w.now >= dead_at())
		takes_over(o, CARP_REASON_MASTER_TIMED_OUT);
	if (over) {
		o->actions |= CARP_ACT_SERVE;
		w.linger = CARP_NEVER;
	}
}

static void forced_backup(struct outcome *o)
{
	if (w.p.state == CARP_STATE_INIT)
		return;
	w.rest = w.now + 3 * SEC;
	if (w.p.state == CARP_STATE_MASTER) {
		becomes(o, CARP_STATE_BACKUP, CARP_REASON_ADMIN,
			CARP_ACT_BOWOUT);
		w.linger = w.now + 5 * MS;
	}
}

static void goes_down(struct outcome *o, enum carp_reason why)
{
	if (w.p.state == CARP_STATE_INIT)
		return;
	becomes(o, CARP_STATE_INIT, why, 0);
	if (w.p.state == CARP_STATE_MASTER) {
		o->actions |= CARP_ACT_BOWOUT;
		w.linger = w.now + 5 * MS;
	}
}

static void hears(struct outcome *o, const struct carp_proto_rx *rx)
{
	if (w.p.state == CARP_STATE_MASTER) {
		master_hears(o, rx);
	} else if (w.p.state == CARP_STATE_BACKUP) {
		backup_hears(o, &rx->adv);
	} else if (w.p.serving && !bowout(&rx->adv)) {
		o->actions = CARP_ACT_SERVE;
		w.linger = CARP_NEVER;
	}
}

static struct outcome expect(enum carp_event ev, enum carp_reason why,
			     const struct carp_proto_rx *rx)
{
	struct outcome o = { w.p.state, CARP_REASON_NONE, 0 };
	bool master = w.p.state == CARP_STATE_MASTER;

	switch (ev) {
	case CARP_EV_UP:
		if (w.p.state != CARP_STATE_INIT)
			break;
		if (w.p.want_master)
			takes_over(&o, CARP_REASON_WANTED);
		else
			becomes(&o, CARP_STATE_BACKUP, CARP_REASON_UP, 0);
		break;
	case CARP_EV_DOWN:
		goes_down(&o, why);
		break;
	case CARP_EV_ADVERT:
		hears(&o, rx);
		break;
	case CARP_EV_TIMER:
		time_passes(&o);
		break;
	case CARP_EV_CONFIG:
		if (master)
			o.actions = CARP_ACT_ADVERT;
		break;
	case CARP_EV_FORCE_MASTER:
		if (w.p.state == CARP_STATE_BACKUP)
			takes_over(&o, CARP_REASON_ADMIN);
		break;
	case CARP_EV_FORCE_BACKUP:
		forced_backup(&o);
		break;
	default:
		if (master)
			o.actions = CARP_ACT_ADVERT | CARP_ACT_ANNOUNCE;
	}
	return o;
}

/* What everybody notes of a change of state. */
static void note_change(enum carp_state old, const struct carp_proto_rx *rx)
{
	if (w.p.state == old)
		return;
	w.slower = CARP_NEVER;
	w.tie = CARP_NEVER;
	w.n_claims = 0;
	w.since = w.now;
	w.owed = false;
	if (w.p.state == CARP_STATE_MASTER) {
		w.rest = 0;
		w.answer = w.now;
		w.relearn = w.now;
		w.linger = CARP_NEVER;
	}
	/* Whoever it has stepped down to. */
	if (w.p.state == CARP_STATE_BACKUP && rx)
		take_note(&rx->adv);
}

static void check_timers(enum carp_event ev)
{
	const struct carp_proto *p = &w.p;
	bool master = p->state == CARP_STATE_MASTER;
	u64 due = carp_proto_deadline(p);

	MUST(p->state <= CARP_STATE_MASTER);
	MUST(p->serving == (master || p->linger_due != CARP_NEVER));
	MUST(p->linger_due == w.linger);
	MUST((p->advert_due != CARP_NEVER) == master);
	MUST((p->down_due != CARP_NEVER) == (p->state == CARP_STATE_BACKUP));
	MUST((p->announce_due != CARP_NEVER) == !!p->announce_left);
	MUST(p->announce_left <= (master ? 2 : 0));
	MUST(p->answer_due == (w.owed ? w.answer : CARP_NEVER));
	MUST(due <= p->advert_due && due <= p->down_due &&
	     due <= p->announce_due && due <= p->linger_due &&
	     due <= p->answer_due);
	MUST(due == p->advert_due || due == p->down_due ||
	     due == p->announce_due || due == p->linger_due ||
	     due == p->answer_due);
	MUST((due == CARP_NEVER) ==
	     (p->state == CARP_STATE_INIT && !p->serving));
	/* Nobody waits for longer than he has reason to. */
	if (master)
		MUST(p->advert_due <= w.latest + mine());
	if (w.owed)
		MUST(p->answer_due <= w.latest + SEC);
	if (master && p->announce_left)
		MUST(p->announce_due <= w.latest + 2 * SEC);
	if (p->state == CARP_STATE_BACKUP)
		MUST(p->down_due == dead_at());
	/* Else the timer would fire again at once, for ever. */
	if (ev == CARP_EV_TIMER)
		MUST(due > w.now);
}

static void step(enum carp_event ev, enum carp_reason why,
		 const struct carp_proto_rx *rx)
{
	struct carp_proto before = w.p;
	bool early = ev == CARP_EV_TIMER && w.now < carp_proto_deadline(&w.p);
	struct outcome o = expect(ev, why, rx);
	struct carp_decision d;

	d = carp_proto_event(&w.p, ev, why, rx, w.now);
	MUST(d.old_state == before.state && d.new_state == w.p.state);
	MUST(d.new_state == o.state);
	MUST(d.reason == o.reason);
	MUST(d.actions == o.actions);
	MUST(!!(d.actions & CARP_ACT_REPORT) == (d.old_state != d.new_state));
	MUST(before.serving == w.p.serving || d.actions & CARP_ACT_SERVE);
	MUST(!(d.actions & CARP_ACT_BOWOUT) || !(d.actions & CARP_ACT_ADVERT));
	if (early || (!d.actions && ev != CARP_EV_ADVERT &&
		      ev != CARP_EV_CONFIG && ev != CARP_EV_FORCE_BACKUP))
		MUST(!memcmp(&before, &w.p, sizeof(before)));
	if (o.actions & CARP_ACT_ADVERT)
		w.owed = false;
	note_change(before.state, rx);
	check_timers(ev);
}

/* Mostly to when it matters. */
static void pass_time(struct input *in, unsigned int kind)
{
	u64 due = carp_proto_deadline(&w.p);
	u8 n = kind ? take8(in) : 0;

	switch (kind) {
	case 1:
	case 2:
	case 3:
		if (due == CARP_NEVER || due < w.now)
			break;
		w.now = due + (kind - 2) * (n & 1 ? MS : 1);
		break;
	case 4:
		w.now += n * SKEW;
		break;
	case 5:
		w.now += n * 100 * MS;
		break;
	case 6:
		/* Two CPUs do not quite agree. */
		w.now -= n * 8;
		break;
	case 7:
		w.now += n * SEC;
		break;
	}
	w.latest = max(w.latest, w.now);
}

static void take_config(struct input *in)
{
	struct carp_proto_config *c = &w.p.cfg;
	u8 flags = take8(in);

	c->advbase = take8(in) % 255;
	c->advskew = take8(in) % 255;
	c->preempt = flags & 1;
	c->preempt_delay = flags & 2 ? take8(in) : 0;
	c->preempt_from = flags & 4 ? START + take8(in) * SEC : 0;
	c->demotion = flags & 8 ? take_size(in) : 0;
	MUST(carp_interval_ns(c->advbase, carp_effective_skew(c)) == mine());
	MUST(carp_master_down_ns(c->advbase, c->advskew) == patience());
	MUST(carp_wire_demote(c) == my_demote());
}

/* Equal to ours, if it says so: ties would be rare otherwise. */
static void take_advert(struct input *in, struct carp_proto_rx *rx)
{
	const struct carp_proto_config *c = &w.p.cfg;
	u8 flags = take8(in);

	memset(rx, 0, sizeof(*rx));
	rx->src_cmp = (int)(flags & 3) - 1;
	rx->secondary = flags & 4;
	rx->last_sent = 1000;
	rx->adv.counter = 1000 + (flags >> 3 & 3) - 1;
	if (flags & 0x20) {
		rx->adv.advbase = c->advbase;
		rx->adv.advskew = carp_effective_skew(c);
		rx->adv.demote = carp_wire_demote(c);
	} else if (flags & 0x40) {
		rx->adv.advbase = 255;
		rx->adv.advskew = 255;
	} else {
		rx->adv.advbase = take8(in);
		rx->adv.advskew = take8(in);
		rx->adv.demote = flags & 0x80 ? take8(in) : 0;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct carp_proto_config none = { .advbase = 1 };
	struct input in = { data, size };
	enum carp_event ev;
	struct carp_proto_rx rx;
	u8 head;
	int i;

	memset(&w, 0, sizeof(w));
	w.now = START;
	w.latest = START;
	w.slower = CARP_NEVER;
	w.tie = CARP_NEVER;
	w.linger = CARP_NEVER;
	carp_proto_init(&w.p, &none);
	check_timers(CARP_EV_UP);
	head = take8(&in);
	w.p.want_master = head & 1;
	take_config(&in);
	for (i = 0; in.left && i < EVENTS; i++) {
		head = take8(&in);
		ev = head & 7;
		pass_time(&in, head >> 3 & 7);
		if (ev == CARP_EV_CONFIG)
			take_config(&in);
		if (ev == CARP_EV_ADVERT)
			take_advert(&in, &rx);
		step(ev, ev == CARP_EV_DOWN ? CARP_REASON_NO_LINK :
					      CARP_REASON_NONE,
		     ev == CARP_EV_ADVERT ? &rx : NULL);
	}
	return 0;
}
