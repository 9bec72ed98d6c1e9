// SPDX-License-Identifier: GPL-2.0
/*
 * Hosts on a segment that loses, delays and cuts, then heals: whatever has
 * happened, one of them is MASTER in the end, and stays it.
 *
 * Every round has a seed of its own, which is printed if it fails:
 *
 *	sim.t [SEED]		one round of every scene
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "carp_proto.h"

#define US		1000ull
#define MS		1000000ull
#define SEC		1000000000ull
#define CLOCK_SKEW	(2 * US)	/* between two CPUs */
#define HOSTS_MAX	3
#define FLIGHT_MAX	4096
#define ROUNDS		150

/**
 * struct scene - what rounds have in common
 * @name: for the report
 * @hosts: how many
 * @equal: all have the same advbase and advskew
 * @one_address: nobody has a source address of its own
 * @families: advertisements go over two, of which the switch may lose one, and
 *	in which the orders of the source addresses contradict each other
 * @demotion: demotions come and go
 * @bsd: host 0 steps down on every tie
 * @base_max: largest advbase
 * @base_min: smallest advbase
 * @skew_max: largest advskew
 * @preempt: 0 nobody, 1 everybody, 2 some
 * @delay: preempt_delay is from 0 to this, and some have a hold after boot
 */
static const struct scene {
	const char	*name;
	int		hosts;
	bool		equal;
	bool		one_address;
	bool		families;
	bool		demotion;
	bool		bsd;
	u8		base_min;
	u8		base_max;
	u8		skew_max;
	u8		preempt;
	u8		delay;
} scenes[] = {
	{ "two hosts", 2, .base_max = 3, .skew_max = 254, .preempt = 2 },
	{ "three hosts", 3, .base_max = 3, .skew_max = 254, .preempt = 2 },
	{ "all preempt", 3, .base_max = 3, .skew_max = 254, .preempt = 1 },
	{ "nobody preempts", 3, .base_max = 3, .skew_max = 254 },
	{ "equal hosts", 2, .equal = true, .base_min = 1, .base_max = 2,
	  .skew_max = 254, .preempt = 2 },
	{ "three equal hosts", 3, .equal = true, .base_min = 1, .base_max = 2,
	  .skew_max = 254, .preempt = 2 },
	{ "equal hosts without addresses", 3, .equal = true,
	  .one_address = true, .base_min = 1, .base_max = 2, .skew_max = 254 },
	{ "equal hosts, two families", 2, .equal = true, .families = true,
	  .base_min = 1, .base_max = 2, .skew_max = 254, .preempt = 2 },
	{ "three equal hosts, two families", 3, .equal = true,
	  .families = true, .base_min = 1, .base_max = 2, .skew_max = 254,
	  .preempt = 2 },
	{ "two families", 3, .families = true, .base_max = 3, .skew_max = 254,
	  .preempt = 2 },
	{ "shortest intervals, equal", 3, .equal = true, .skew_max = 3,
	  .preempt = 2 },
	{ "shortest intervals", 3, .skew_max = 3, .preempt = 2 },
	{ "demotion", 3, .demotion = true, .equal = true, .base_min = 1,
	  .base_max = 2, .skew_max = 254, .preempt = 2 },
	{ "demotion, all preempt", 3, .demotion = true, .equal = true,
	  .base_min = 1, .base_max = 2, .skew_max = 254, .preempt = 1 },
	{ "demotion, all kinds of intervals", 3, .demotion = true,
	  .base_max = 10, .skew_max = 254, .preempt = 2 },
	{ "demotion, all kinds of intervals, all preempt", 3,
	  .demotion = true, .base_max = 10, .skew_max = 254, .preempt = 1 },
	{ "all preempt, some later", 3, .base_max = 3, .skew_max = 254,
	  .preempt = 1, .delay = 20 },
	{ "some preempt, some later", 3, .base_max = 3, .skew_max = 254,
	  .preempt = 2, .delay = 20 },
	{ "demotion, some preempt later", 3, .demotion = true, .base_min = 1,
	  .base_max = 2, .skew_max = 254, .preempt = 2, .delay = 20 },
	{ "a BSD among equals", 2, .equal = true, .bsd = true, .base_min = 1,
	  .base_max = 2, .skew_max = 254, .preempt = 2 },
	{ "a BSD among others", 3, .bsd = true, .base_max = 2,
	  .skew_max = 254, .preempt = 2 },
};

struct host {
	struct carp_proto	p;
	u64			counter;
	u64			tie_since;
	u64			tie_heard;
	u64			backup_since;
	u64			rest_until;
	unsigned int		changes;
	bool			up;
};

struct flight {
	u64			at;
	int			from;
	int			to;
	bool			second;
	struct carp_advert	adv;
};

static const struct scene *scene;
static struct host hosts[HOSTS_MAX];
static struct flight flights[FLIGHT_MAX];
static unsigned int n_flights;
static bool cut[HOSTS_MAX][HOSTS_MAX];
static unsigned int loss;		/* percent */
static unsigned int lost_family;	/* 1 or 2, 0 for none */
static u64 now;
static u64 rng;
static u64 seed;
static bool failed;

static u64 rnd(u64 n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (rng >> 11) % n;
}

static void __attribute__((format(printf, 1, 2))) fail(const char *fmt, ...)
{
	va_list ap;
	int i;

	if (failed)
		return;
	failed = true;
	printf("# seed %llu at %llu us: ", (unsigned long long)seed,
	       (unsigned long long)(now / US));
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	for (i = 0; i < scene->hosts; i++)
		printf("#  host %d: %s %u/%u preempt %d demotion %u\n", i,
		       carp_state_name(hosts[i].p.state),
		       hosts[i].p.cfg.advbase, hosts[i].p.cfg.advskew,
		       hosts[i].p.cfg.preempt, hosts[i].p.cfg.demotion);
}

static u64 interval_of(const struct carp_proto *p)
{
	return carp_interval_ns(p->cfg.advbase, carp_effective_skew(&p->cfg));
}

static void transmit_over(int from, bool bowout, bool second)
{
	struct host *h = &hosts[from];
	struct carp_advert adv = {
		.vhid = 1,
		.advbase = bowout ? CARP_BOWOUT : h->p.cfg.advbase,
		.advskew = bowout ? CARP_BOWOUT :
			   carp_effective_skew(&h->p.cfg),
		.demote = carp_wire_demote(&h->p.cfg),
		.counter = ++h->counter,
	};
	int to;

	for (to = 0; to < scene->hosts; to++) {
		if (to == from || cut[from][to] || rnd(100) < loss ||
		    lost_family == 1u + second)
			continue;
		if (n_flights == FLIGHT_MAX) {
			fail("too many frames");
			return;
		}
		flights[n_flights++] = (struct flight) {
			.at = now + 10 * US + rnd(rnd(10) ? 200 * US : 3 * MS),
			.from = from,
			.to = to,
			.second = second,
			.adv = adv,
		};
	}
}

static void transmit(int from, bool bowout)
{
	transmit_over(from, bowout, false);
	if (scene->families)
		transmit_over(from, bowout, true);
}

/* Preemption waits as it was told to, and nothing else waits. */
static void watch_preemption(struct host *h, enum carp_event ev,
			     const struct carp_decision *d)
{
	const struct carp_proto_config *cfg = &h->p.cfg;
	int i = h - hosts;

	if (ev == CARP_EV_FORCE_BACKUP)
		h->rest_until = now + 3 * SEC;
	if (d->old_state != CARP_STATE_BACKUP &&
	    d->new_state == CARP_STATE_BACKUP)
		h->backup_since = now;
	if (d->reason == CARP_REASON_PREEMPT &&
	    (now + CLOCK_SKEW < cfg->preempt_from ||
	     now + CLOCK_SKEW < h->backup_since + cfg->preempt_delay * SEC))
		fail("host %d preempts too early", i);
	/* One that would win the address back is given intervals of its own. */
	if (h->p.heard && (!cfg->advbase ||
			   h->p.best.rank.demote < carp_wire_demote(cfg)))
		return;
	if (h->p.state == CARP_STATE_BACKUP && now >= h->rest_until &&
	    h->p.down_due > now + carp_master_down_ns(cfg->advbase,
						      cfg->advskew))
		fail("host %d would let the address be orphaned", i);
}

static void raise_event(int i, enum carp_event ev, enum carp_reason why,
			const struct carp_proto_rx *rx)
{
	struct host *h = &hosts[i];
	struct carp_decision d;
	/* The clock of another CPU, now and then. */
	u64 when = rnd(8) || ev == CARP_EV_TIMER ? now : now - rnd(CLOCK_SKEW);

	d = carp_proto_event(&h->p, ev, why, rx, when);
	if (d.actions & CARP_ACT_BOWOUT)
		transmit(i, true);
	if (d.actions & CARP_ACT_ADVERT)
		transmit(i, false);
	if (d.old_state != d.new_state) {
		h->changes++;
		h->tie_since = CARP_NEVER;
	}

	watch_preemption(h, ev, &d);
	if (h->p.state != CARP_STATE_INIT &&
	    carp_proto_deadline(&h->p) == CARP_NEVER)
		fail("host %d waits for nothing", i);
	if (h->p.state == CARP_STATE_MASTER && !h->p.serving)
		fail("host %d is MASTER and does not serve", i);
	if (h->p.serving && h->p.state != CARP_STATE_MASTER &&
	    h->p.linger_due == CARP_NEVER)
		fail("host %d serves for ever", i);
}

/*
 * A tie that the receiver stays in must not last. The fourth interval is for
 * what comes on the heels of another.
 */
static void watch_tie(int i, const struct carp_advert *adv)
{
	struct host *h = &hosts[i];
	u64 interval = interval_of(&h->p);

	if (h->p.state != CARP_STATE_MASTER) {
		h->tie_since = CARP_NEVER;
		return;
	}
	if (adv->demote != carp_wire_demote(&h->p.cfg) ||
	    carp_interval_ns(adv->advbase, adv->advskew) != interval)
		return;
	if (h->tie_since == CARP_NEVER ||
	    now - h->tie_heard > 3 * interval - CLOCK_SKEW)
		h->tie_since = now;
	h->tie_heard = now;
	if (now - h->tie_since > 4 * interval + CLOCK_SKEW)
		fail("host %d is tied for %llu us", i, (unsigned long long)
		     ((now - h->tie_since) / US));
}

static void deliver(unsigned int k)
{
	struct flight f = flights[k];
	struct host *h = &hosts[f.to];
	struct carp_proto_rx rx = {
		.adv = f.adv,
		.src_cmp = f.second ? f.from - f.to : f.to - f.from,
		.last_sent = h->counter,
		.secondary = f.second,
	};

	flights[k] = flights[--n_flights];
	/* The stack of a host that is down hears nothing. */
	if (!h->up)
		return;
	if (scene->one_address)
		rx.src_cmp = 0;
	if (scene->bsd && !f.to)
		rx.src_cmp = 1;
	raise_event(f.to, CARP_EV_ADVERT, CARP_REASON_NONE, &rx);
	watch_tie(f.to, &f.adv);
}

/* Everything up to @end, in order of time. */
static void run_until(u64 end)
{
	while (!failed) {
		int timer = -1, k = -1, i;
		u64 at = end, t;

		for (i = 0; i < scene->hosts; i++) {
			t = carp_proto_deadline(&hosts[i].p);
			if (t < at) {
				at = t;
				timer = i;
			}
		}
		for (i = 0; i < (int)n_flights; i++) {
			if (flights[i].at < at) {
				at = flights[i].at;
				k = i;
			}
		}
		if (at >= end)
			break;
		now = max(now, at);
		if (k >= 0) {
			deliver(k);
		} else {
			/* A late timer, and now and then a useless one. */
			now += rnd(20 * US);
			raise_event(timer, CARP_EV_TIMER, CARP_REASON_NONE,
				    NULL);
		}
	}
	now = max(now, end);
}

static void trouble(void)
{
	int i = rnd(scene->hosts), j = rnd(scene->hosts);
	struct host *h = &hosts[i];

	if (scene->families && !rnd(5))
		lost_family = rnd(3);
	switch (rnd(9)) {
	case 0:
		cut[i][j] = !cut[i][j];
		break;
	case 1:
		cut[i][j] = !cut[i][j];
		cut[j][i] = cut[i][j];
		break;
	case 2:
		loss = rnd(2) ? 0 : rnd(60);
		break;
	case 3:
		if (h->up)
			raise_event(i, CARP_EV_DOWN, CARP_REASON_NO_LINK, NULL);
		h->up = false;
		break;
	case 4:
		if (!h->up)
			raise_event(i, CARP_EV_UP, CARP_REASON_NONE, NULL);
		h->up = true;
		break;
	case 5:
		raise_event(i, CARP_EV_FORCE_MASTER, CARP_REASON_NONE, NULL);
		break;
	case 6:
		raise_event(i, CARP_EV_FORCE_BACKUP, CARP_REASON_NONE, NULL);
		break;
	case 7:
		raise_event(i, CARP_EV_ANNOUNCE, CARP_REASON_NONE, NULL);
		break;
	case 8:
		if (scene->demotion)
			h->p.cfg.demotion = rnd(2) ? 0 : 1u << rnd(11);
		if (scene->preempt == 2)
			h->p.cfg.preempt = rnd(2);
		raise_event(i, CARP_EV_CONFIG, CARP_REASON_NONE, NULL);
		break;
	}
}

static void heal(void)
{
	int i;

	memset(cut, 0, sizeof(cut));
	loss = 0;
	/* What is lost may stay lost: one family is enough. */
	for (i = 0; i < scene->hosts; i++) {
		if (!hosts[i].up)
			raise_event(i, CARP_EV_UP, CARP_REASON_NONE, NULL);
		hosts[i].up = true;
	}
}

static bool better(const struct carp_proto *a, const struct carp_proto *b)
{
	u8 da = carp_wire_demote(&a->cfg), db = carp_wire_demote(&b->cfg);

	return da < db || (da == db && interval_of(a) < interval_of(b));
}

static void expect_one_master(void)
{
	int i, j, master = -1, masters = 0;

	for (i = 0; i < scene->hosts; i++) {
		if (hosts[i].p.state == CARP_STATE_MASTER) {
			master = i;
			masters++;
		} else if (hosts[i].p.serving) {
			fail("host %d serves, not being MASTER", i);
		}
	}
	if (masters != 1) {
		fail("%d masters", masters);
		return;
	}
	for (j = 0; j < scene->hosts; j++)
		if (scene->preempt == 1 &&
		    better(&hosts[j].p, &hosts[master].p))
			fail("host %d is MASTER, host %d is better", master, j);
}

static void play(void)
{
	struct carp_proto_config cfg = {};
	u64 longest = SEC, end;
	unsigned int changes;
	int i;

	rng = seed * 0x9e3779b97f4a7c15ull + 1;
	rnd(2);
	now = 1000 * SEC + rnd(SEC);
	n_flights = 0;
	loss = 0;
	lost_family = 0;
	memset(cut, 0, sizeof(cut));
	memset(hosts, 0, sizeof(hosts));
	for (i = 0; i < scene->hosts; i++) {
		if (!i || !scene->equal) {
			cfg.advbase = scene->base_min +
				rnd(scene->base_max - scene->base_min + 1);
			cfg.advskew = rnd(scene->skew_max + 1);
		}
		cfg.preempt = scene->preempt == 2 ? rnd(2) : scene->preempt;
		if (scene->delay) {
			cfg.preempt_delay = rnd(scene->delay + 1);
			cfg.preempt_from = rnd(2) ? 0 : now + rnd(60 * SEC);
		}
		carp_proto_init(&hosts[i].p, &cfg);
		hosts[i].p.want_master = !rnd(5);
		hosts[i].counter = rnd(~0ull);
		hosts[i].tie_since = CARP_NEVER;
		longest = max(longest, interval_of(&hosts[i].p) + SEC);
	}

	end = now + (10 + rnd(50)) * longest;
	while (now < end && !failed) {
		run_until(now + (rnd(3) ? rnd(2 * longest) : rnd(10 * MS)));
		trouble();
	}

	/* Long enough for a few rounds of ties with a BSD. */
	heal();
	run_until(now + 60 * longest + scene->delay * SEC);
	if (!failed)
		expect_one_master();
	for (changes = 0, i = 0; i < scene->hosts; i++)
		changes += hosts[i].changes;
	run_until(now + 20 * longest);
	if (!failed)
		expect_one_master();
	for (i = 0; i < scene->hosts; i++)
		changes -= hosts[i].changes;
	if (changes)
		fail("not at rest");
}

int main(int argc, char **argv)
{
	u64 only = argc > 1 ? strtoull(argv[1], NULL, 0) : 0;
	int status = EXIT_SUCCESS;
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%zu\n", ARRAY_SIZE(scenes));
	for (i = 0; i < ARRAY_SIZE(scenes); i++) {
		bool bad = false;

		scene = &scenes[i];
		for (seed = 1; seed <= ROUNDS; seed++) {
			if (only)
				seed = only;
			failed = false;
			play();
			bad |= failed;
			if (only)
				break;
		}
		printf("%sok %zu - %s\n", bad ? "not " : "", i + 1,
		       scene->name);
		if (bad)
			status = EXIT_FAILURE;
	}
	return status;
}
