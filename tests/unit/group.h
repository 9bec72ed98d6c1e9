/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One group of hosts on a segment, for groups.c: its network and clock, what has
 * happened to it last, and what must hold at any time.
 */
#ifndef _GROUP_H
#define _GROUP_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "bsd.h"

#define US		1000ull
#define MS		1000000ull
#define SEC		1000000000ull
#define SKEW		3906250ull
#define START		(1000 * SEC)
#define HOSTS_MAX	5
#define FLIGHT_MAX	4096
#define NOTES		24
#define FLAPS		60		/* changes that are no settling */
#define LOSS		10		/* percent */

struct host {
	struct carp_proto_config cfg;
	struct carp_proto	p;
	struct bsd		b;
	bool			up;
	u64			counter;
	/* of the masters that are better */
	u64			lost;		/* since one was heard */
	unsigned int		heard;		/* a bit for each, of this term */
	u64			owes;		/* until when to be heard */
	u64			said;		/* something */
	unsigned int		quiet;		/* heard since the last change */
};

/* What has happened, as a format of four numbers. */
struct note {
	u64			at;
	const char		*fmt;
	unsigned int		n[4];
};

struct flight {
	u64			at;
	int			from;
	int			to;
	bool			second;
	struct carp_advert	adv;
};

static struct {
	u64		seed;
	u64		rng;
	u64		now;
	int		n;
	enum kind	kind;
	bool		families;
	bool		one_address;
	bool		in_full;	/* no short cut */
	bool		checked;
	bool		failed;
	bool		quiet;		/* it is expected */
	unsigned int	loss;
	u64		delay[HOSTS_MAX][HOSTS_MAX];
	u64		arrives[HOSTS_MAX][HOSTS_MAX];	/* what was sent last */
	u64		rest;		/* longest that preemption is held back */
	u64		last_change;
	int		masters;
	u64		since;		/* there is not one master */
	unsigned int	deviations;
	u64		longest;
	struct host	hosts[HOSTS_MAX];
	struct flight	flights[FLIGHT_MAX];
	int		n_flights;
	struct note	notes[NOTES];
	unsigned int	n_notes;
	unsigned int	changes;	/* since it was last disturbed */
} g;

static u64 rnd(u64 n)
{
	g.rng ^= g.rng << 13;
	g.rng ^= g.rng >> 7;
	g.rng ^= g.rng << 17;
	return (g.rng >> 11) % n;
}

static void note(const char *fmt, unsigned int a, unsigned int b,
		 unsigned int c, unsigned int d)
{
	g.notes[g.n_notes++ % NOTES] = (struct note) {
		.at = g.now,
		.fmt = fmt,
		.n = { a, b, c, d },
	};
}

static enum carp_state state_of(const struct host *h)
{
	return h->b.kind == LINUX ? h->p.state : h->b.state;
}

static struct carp_advert advert_of(const struct host *h)
{
	struct carp_advert adv = {
		.vhid = 1,
		.advbase = h->cfg.advbase,
		.advskew = carp_effective_skew(&h->cfg),
		.demote = carp_wire_demote(&h->cfg),
	};

	if (h->b.kind != LINUX) {
		adv.advskew = bsd_skew(&h->b, &h->cfg);
		adv.demote = bsd_demote(&h->b, &h->cfg);
	}
	return adv;
}

static u64 interval_of(const struct host *h)
{
	struct carp_advert adv = advert_of(h);

	return carp_interval_ns(adv.advbase, adv.advskew);
}

static void report(void)
{
	unsigned int i;

	printf("# group %llu: delays of %llu to %llu us, %s%s\n",
	       (unsigned long long)g.seed,
	       (unsigned long long)(g.delay[0][1] / US),
	       (unsigned long long)(g.delay[1][0] / US),
	       g.families ? "two families" : "one family",
	       g.one_address ? ", no addresses of their own" : "");
	for (i = 0; (int)i < g.n; i++) {
		const struct host *h = &g.hosts[i];

		printf("#  host %u: %s %u/%u preempt %d demotion %u%s\n", i,
		       carp_state_name(state_of(h)), h->cfg.advbase,
		       h->cfg.advskew, h->cfg.preempt, h->cfg.demotion,
		       h->up ? "" : ", down");
	}
	for (i = g.n_notes > NOTES ? g.n_notes - NOTES : 0; i < g.n_notes; i++) {
		const struct note *n = &g.notes[i % NOTES];

		printf("# %12.6f host ", (double)(n->at - START) / SEC);
		printf(n->fmt, n->n[0], n->n[1], n->n[2], n->n[3]);
		printf("\n");
	}
}

static void __attribute__((format(printf, 1, 2))) fail(const char *fmt, ...)
{
	va_list ap;

	if (g.failed)
		return;
	g.failed = true;
	if (g.quiet)
		return;
	printf("# at %.6f s: ", (double)(g.now - START) / SEC);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	report();
}

/* Whether an advertisement is of a better master than the host; not for ties. */
static bool is_better(const struct carp_advert *adv, const struct host *h)
{
	struct carp_advert own = advert_of(h);
	u64 theirs = carp_interval_ns(adv->advbase, adv->advskew);

	if (adv->demote != own.demote)
		return adv->demote < own.demote;
	return theirs < carp_interval_ns(own.advbase, own.advskew);
}

static bool is_worse(const struct carp_advert *adv, const struct host *h)
{
	struct carp_advert own = advert_of(h);

	if (adv->demote != own.demote)
		return adv->demote > own.demote;
	return carp_interval_ns(adv->advbase, adv->advskew) >
	       carp_interval_ns(own.advbase, own.advskew);
}

static void transmit(int from, bool bowout)
{
	struct host *h = &g.hosts[from];
	struct carp_advert adv = advert_of(h);
	bool second;
	int i, to;
	u64 at;

	if (bowout) {
		adv.advbase = CARP_BOWOUT;
		adv.advskew = CARP_BOWOUT;
	}
	h->owes = CARP_NEVER;
	h->said = g.now;
	for (i = 0; i < g.n << g.families; i++) {
		to = i % g.n;
		second = i >= g.n;
		if (!to)
			adv.counter = ++h->counter;
		if (to == from || !g.hosts[to].up)
			continue;
		if (g.loss && rnd(100) < g.loss) {
			g.hosts[to].lost += !bowout &&
				is_better(&adv, &g.hosts[to]);
			continue;
		}
		if (g.n_flights == FLIGHT_MAX) {
			fail("too many frames");
			return;
		}
		/* No network changes the order of what one host has sent. */
		at = g.now + g.delay[from][to] + rnd(200 * US);
		at = max(at, g.arrives[from][to] + US);
		g.arrives[from][to] = at;
		g.flights[g.n_flights++] = (struct flight) {
			.at = at,
			.from = from,
			.to = to,
			.second = second,
			.adv = adv,
		};
	}
}

static void count_masters(void)
{
	int i, n = 0;

	for (i = 0; i < g.n; i++)
		n += state_of(&g.hosts[i]) == CARP_STATE_MASTER;
	if (g.masters == 1 && n != 1) {
		g.since = g.now;
		g.deviations++;
	}
	if (g.masters != 1 && n == 1)
		g.longest = max(g.longest, g.now - g.since);
	g.masters = n;
	g.last_change = g.now;
	for (i = 0; i < g.n; i++)
		g.hosts[i].quiet = 0;
}

static bool better_lives(int i)
{
	struct carp_advert adv;
	int k;

	for (k = 0; k < g.n; k++) {
		adv = advert_of(&g.hosts[k]);
		if (g.hosts[i].heard & 1u << k &&
		    state_of(&g.hosts[k]) == CARP_STATE_MASTER &&
		    is_better(&adv, &g.hosts[i]))
			return true;
	}
	return false;
}

static bool is_best(int i)
{
	struct carp_advert adv;
	int k;

	for (k = 0; k < g.n; k++) {
		adv = advert_of(&g.hosts[k]);
		if (state_of(&g.hosts[k]) == CARP_STATE_MASTER &&
		    is_better(&adv, &g.hosts[i]))
			return false;
	}
	return state_of(&g.hosts[i]) == CARP_STATE_MASTER;
}

static void raise_event(int i, enum carp_event ev,
			const struct carp_proto_rx *rx, bool silent)
{
	static const char *const moves[] = {
		[CARP_STATE_INIT]	= "%u: -> INIT",
		[CARP_STATE_BACKUP]	= "%u: -> BACKUP, reason %u",
		[CARP_STATE_MASTER]	= "%u: -> MASTER, reason %u",
	};
	struct host *h = &g.hosts[i];
	struct carp_decision d;
	int k;

	if (h->b.kind == LINUX) {
		h->p.cfg = h->cfg;
		d = carp_proto_event(&h->p, ev, CARP_REASON_NO_LINK, rx, g.now);
	} else {
		d = bsd_event(&h->b, &h->cfg, ev, rx, g.now);
	}
	if (!silent && d.actions & CARP_ACT_BOWOUT)
		transmit(i, true);
	if (d.actions & CARP_ACT_ADVERT)
		transmit(i, false);
	if (d.old_state == d.new_state)
		return;
	note(moves[d.new_state], i, d.reason, 0, 0);
	g.changes++;
	if (g.checked && !h->lost && better_lives(i) &&
	    d.reason == CARP_REASON_MASTER_TIMED_OUT)
		fail("host %d takes over from a better master", i);
	h->owes = CARP_NEVER;
	h->heard = 0;
	h->lost = 0;
	for (k = 0; k < g.n; k++)
		g.hosts[k].heard &= ~(1u << i);
	count_masters();
}

static void deliver(int k)
{
	struct flight f = g.flights[k];
	struct host *h = &g.hosts[f.to];
	struct carp_proto_rx rx = {
		.adv = f.adv,
		.src_cmp = f.second ? f.from - f.to : f.to - f.from,
		.last_sent = h->counter,
		.secondary = f.second,
	};
	bool bowout = carp_wire_is_bowout(&f.adv);
	bool master = state_of(h) == CARP_STATE_MASTER;

	g.flights[k] = g.flights[--g.n_flights];
	if (!h->up)
		return;
	if (g.one_address)
		rx.src_cmp = 0;
	note(f.second ? "%u: hears %u over the second family, %u/%u" :
			"%u: hears %u, %u/%u", f.to, f.from, f.adv.advbase,
	     f.adv.advskew);
	raise_event(f.to, CARP_EV_ADVERT, &rx, false);
	if (bowout)
		return;
	if (is_better(&f.adv, h)) {
		if (state_of(h) == CARP_STATE_MASTER && g.kind == LINUX)
			fail("host %d stays, though %d is better", f.to,
			     f.from);
		h->heard |= 1u << f.from;
		/* What a host has claimed before it was demoted is no claim. */
		if (f.adv.demote != advert_of(&g.hosts[f.from]).demote)
			h->lost = 1;
		else if (is_best(f.from))
			h->lost = 0;
	} else if (master && h->owes == CARP_NEVER && is_worse(&f.adv, h) &&
		   state_of(h) == CARP_STATE_MASTER &&
		   g.now > h->said) {
		h->owes = g.now + min(interval_of(h), SEC) + MS;
	}
	h->quiet++;
}

static u64 deadline_of(const struct host *h)
{
	return h->b.kind == LINUX ? carp_proto_deadline(&h->p) :
				 bsd_deadline(&h->b);
}

/* All hosts have heard the one MASTER a few times, and nothing is to come. */
static bool at_rest(void)
{
	int i;

	if (g.in_full || g.masters != 1 || g.now < g.last_change + g.rest)
		return false;
	for (i = 0; i < g.n; i++)
		if (g.hosts[i].up &&
		    state_of(&g.hosts[i]) != CARP_STATE_MASTER &&
		    g.hosts[i].quiet < 5)
			return false;
	return true;
}

static void run_until(u64 end, bool to_rest)
{
	while (!g.failed) {
		int timer = -1, k = -1, i;
		u64 at = end, t;

		for (i = 0; i < g.n; i++) {
			t = deadline_of(&g.hosts[i]);
			if (t < at) {
				at = t;
				timer = i;
			}
		}
		for (i = 0; i < g.n_flights; i++) {
			if (g.flights[i].at < at) {
				at = g.flights[i].at;
				k = i;
			}
		}
		if (at >= end)
			break;
		g.now = max(g.now, at);
		for (i = 0; i < g.n && g.checked; i++)
			if (g.now > g.hosts[i].owes)
				fail("host %d lets a worse master live", i);
		if (k >= 0) {
			deliver(k);
		} else {
			g.now += rnd(20 * US);
			raise_event(timer, CARP_EV_TIMER, NULL, false);
		}
		if (to_rest && (at_rest() || g.changes > FLAPS))
			return;
	}
	g.now = max(g.now, end);
}

#endif /* _GROUP_H */
