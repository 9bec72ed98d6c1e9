// SPDX-License-Identifier: GPL-2.0
/*
 * Which master is better and how long a silent one is waited for, carp_rank.c,
 * and what the election makes of it: a host that would step down again at the
 * next advertisement does not take over.
 */
#include "check_proto.h"

static void effective_skew(size_t row)
{
	static const u32 demotions[] = {
		0, 1, 16, 39, 40, 139, 140, 240, 241, 2880, ~(u32)0 - 254,
		~(u32)0,
	};
	u32 skew, i, want;

	for (i = 0; i < ARRAY_SIZE(demotions); i++) {
		for (skew = 0; skew < 255; skew++) {
			struct carp_proto_config cfg =
				config(1, skew, false, demotions[i]);

			want = skew;
			if (skew < 240)
				want = demotions[i] > 240 - skew ? 240 :
				       skew + demotions[i];
			EXPECT_EQ(carp_effective_skew(&cfg), want);
			EXPECT_EQ(carp_wire_demote(&cfg),
				  demotions[i] < 255 ? demotions[i] : 255);
		}
	}
}

/* Configurations at the corners: of each all pairs are tried. */
static const u8 bases[] = { 0, 1, 2, 3, 4, 10, 85, 254 };
static const u8 skews[] = { 0, 1, 2, 50, 100, 239, 240, 254 };
static const u32 demotions[] = { 0, 1, 50, 240, 254, 255, 1000 };

#define N_CONFIGS	(ARRAY_SIZE(bases) * ARRAY_SIZE(skews) *	\
			 ARRAY_SIZE(demotions))

static struct carp_proto_config nth_config(size_t i, bool preempt)
{
	u8 skew = skews[i % ARRAY_SIZE(skews)];

	i /= ARRAY_SIZE(skews);
	return config(bases[i % ARRAY_SIZE(bases)], skew, preempt,
		      demotions[i / ARRAY_SIZE(bases)]);
}

/* In 1/256 s, as the documents of the BSDs have it. */
static u32 interval_256(const struct carp_proto_config *c)
{
	u32 skew = c->advskew;

	if (skew < 240)
		skew = skew + c->demotion > 240 ? 240 : skew + c->demotion;
	return c->advbase || skew ? c->advbase * 256 + skew : 1;
}

static u32 down_256(const struct carp_proto_config *c)
{
	if (!c->advbase)
		return 3 * (c->advskew ? c->advskew : 1);
	return 3 * 256 * c->advbase + c->advskew;
}

static u8 demote_of(const struct carp_proto_config *c)
{
	return c->demotion < 255 ? c->demotion : 255;
}

/* -1, 0, 1 as the first one is better, equal, worse. */
static int order(const struct carp_proto_config *a,
		 const struct carp_proto_config *b)
{
	u32 x = demote_of(a) * 100000u + interval_256(a);
	u32 y = demote_of(b) * 100000u + interval_256(b);

	return x < y ? -1 : x > y;
}

/* What a host with that configuration advertises as MASTER. */
static void advert_of(const struct carp_proto_config *c, int src_cmp, u64 at)
{
	advert_from(c->advbase, carp_effective_skew(c), carp_wire_demote(c),
		    src_cmp, at);
}

static void order_is_that_of_openbsd(size_t row)
{
	size_t i, j;

	for (i = 0; i < N_CONFIGS; i++) {
		struct carp_proto_config a = nth_config(i, false);
		struct carp_rank ra = carp_rank_own(&a);

		EXPECT_EQ(ra.interval, interval_256(&a) * SKEW);
		EXPECT_EQ(ra.demote, demote_of(&a));
		for (j = 0; j < N_CONFIGS; j++) {
			struct carp_proto_config b = nth_config(j, false);
			struct carp_rank rb = carp_rank_own(&b);

			EXPECT_EQ(carp_beats(&ra, &rb), order(&a, &b) <= 0);
		}
	}
}

/*
 * The rule, for all pairs: who takes over does not step down at the master's next
 * advertisement, and who does not take over does not time out before it.
 */
static void takes_over_for_good(size_t row)
{
	size_t i, j;

	for (i = 0; i < 2 * N_CONFIGS; i++) {
		struct carp_proto_config own = nth_config(i / 2, i & 1);

		for (j = 0; j < N_CONFIGS; j++) {
			struct carp_proto_config peer = nth_config(j, false);
			u64 next = SEC + interval_256(&peer) * SKEW;
			int cmp = order(&own, &peer);

			start_backup(own);
			advert_of(&peer, 1, SEC);
			if (p.state == CARP_STATE_MASTER) {
				EXPECT(cmp < 0);
				advert_of(&peer, 1, next);
				EXPECT_STATE(CARP_STATE_MASTER);
				continue;
			}
			EXPECT(due() >= next);
			EXPECT(cmp < 0 || due() > next);
		}
	}
}

/* Of two masters that hear each other one stays, and waits for the other. */
static void one_of_two_stays(size_t row)
{
	size_t i, j;

	for (i = 0; i < N_CONFIGS; i++) {
		struct carp_proto_config own = nth_config(i, true);

		for (j = 0; j < N_CONFIGS; j++) {
			struct carp_proto_config peer = nth_config(j, true);
			u64 next = SEC + interval_256(&peer) * SKEW;
			int cmp = order(&own, &peer);
			int src;

			for (src = -1; src <= 1; src += 2) {
				start_master(own);
				advert_of(&peer, src, SEC);
				EXPECT_EQ(p.state == CARP_STATE_MASTER,
					  cmp < 0 || (!cmp && src < 0));
				if (p.state == CARP_STATE_BACKUP)
					EXPECT(due() > next);
			}
		}
	}
}

/*
 * FreeBSD's carp_input() in BACKUP, with OpenBSD's counter equal, against ours:
 * with an advbase of 1 or more nothing differs, to the nanosecond.
 */
static void equal_demotion_is_as_on_bsd(size_t row)
{
	size_t i, j;

	for (i = 0; i < 2 * N_CONFIGS; i++) {
		struct carp_proto_config own = nth_config(i / 2, i & 1);

		if (!own.advbase)
			continue;
		for (j = 0; j < N_CONFIGS; j++) {
			struct carp_proto_config peer = nth_config(j, false);
			u32 theirs = interval_256(&peer);
			bool takes = (own.preempt &&
				      interval_256(&own) < theirs) ||
				     down_256(&own) < theirs;

			if (demote_of(&peer) != demote_of(&own))
				continue;
			start_backup(own);
			EXPECT_EQ(due(), down_256(&own) * SKEW);
			advert_of(&peer, 1, SEC);
			EXPECT_EQ(p.state == CARP_STATE_MASTER, takes);
			if (!takes)
				EXPECT_EQ(due(), SEC + down_256(&own) * SKEW);
		}
	}
}

/* Equal hosts: each advbase from 1 and each advskew, demoted or not. */
static void equal_hosts_keep_time(size_t i)
{
	u32 base, skew;

	for (base = 1; base < 255; base++) {
		for (skew = 0; skew < 255; skew++) {
			struct carp_proto_config c =
				config(base, skew, skew & 1, demotions[i]);
			u64 interval = interval_256(&c) * SKEW;
			u64 down = down_256(&c) * SKEW;

			/* A BACKUP that hears two, and no third. */
			start_backup(c);
			EXPECT_EQ(due(), down);
			advert_of(&c, 1, MS);
			EXPECT_EQ(due(), MS + down);
			advert_of(&c, -1, MS + interval);
			EXPECT_EQ(due(), MS + interval + down);
			event(CARP_EV_TIMER, MS + interval + down - 1);
			EXPECT_STATE(CARP_STATE_BACKUP);
			event(CARP_EV_TIMER, MS + interval + down);
			EXPECT_STATE(CARP_STATE_MASTER);

			/* The MASTER's time, and one that loses a tie. */
			start_master(c);
			EXPECT_EQ(p.advert_due - T0, interval);
			event(CARP_EV_TIMER, interval);
			EXPECT_EQ(p.advert_due - T0, 2 * interval);
			advert_of(&c, -1, interval + MS);
			EXPECT_EQ(p.advert_due - T0, 2 * interval);
			advert_of(&c, 1, interval + 2 * MS);
			EXPECT_STATE(CARP_STATE_BACKUP);
			EXPECT_EQ(due(), interval + 2 * MS + down);
		}
	}
}

static const char *demotion_name(size_t i)
{
	static const char *const names[] = {
		"0", "1", "50", "240", "254", "255", "1000",
	};

	return names[i];
}

/*
 * A demoted host with a short interval and a master with a long one, which is
 * better all the same: nothing happens until it is silent for three of its own.
 */
static void demoted_backup_waits_for_a_slow_master(size_t row)
{
	u64 at;

	start_backup(config(1, 0, true, 240));
	for (at = SEC; at < 1000 * SEC; at += 10 * SEC) {
		advert(10, 0, at);
		EXPECT_STATE(CARP_STATE_BACKUP);
		EXPECT_EQ(due(), at + 30 * SEC);
		event(CARP_EV_TIMER, at + 10 * SEC - 1);
		EXPECT_STATE(CARP_STATE_BACKUP);
	}
	at -= 10 * SEC;
	event(CARP_EV_TIMER, at + 30 * SEC - 1);
	EXPECT_STATE(CARP_STATE_BACKUP);
	event(CARP_EV_TIMER, at + 30 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_MASTER_TIMED_OUT);
}

/* When the demotion ends so does the patience. */
static void patience_ends_with_demotion(size_t row)
{
	start_backup(config(1, 0, false, 240));
	advert(10, 0, SEC);
	p.cfg.demotion = 0;
	event(CARP_EV_CONFIG, 2 * SEC);
	EXPECT_EQ(due(), 4 * SEC);
	p.cfg.demotion = 240;
	event(CARP_EV_CONFIG, 3 * SEC);
	EXPECT_EQ(due(), 31 * SEC);
	/* Of whoever it steps down to, too. */
	event(CARP_EV_FORCE_MASTER, 3 * SEC);
	advert_from(10, 0, 0, -1, 4 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_EQ(due(), 34 * SEC);
	/* But not in another life. */
	event_why(CARP_EV_DOWN, CARP_REASON_NO_LINK, 5 * SEC);
	event(CARP_EV_UP, 6 * SEC);
	EXPECT_EQ(due(), 9 * SEC);
}

/* Both demoted alike, so that one would time out before it hears the other. */
static void demoted_alike_with_advbase_0(size_t row)
{
	const u64 interval = 240 * SKEW;
	u64 at;

	start_backup(config(0, 0, false, 240));
	EXPECT_EQ(due(), 3 * SKEW);
	advert_from(0, 240, 240, 1, SKEW);
	EXPECT_EQ(due(), SKEW + 3 * interval);
	/* Faster, but by more than thrice our configured interval. */
	start_backup(config(0, 10, true, 240));
	advert_from(0, 200, 240, 1, SKEW);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_EQ(due(), SKEW + 3 * 200 * SKEW);
	/* Slower: it will time out, and does not win the address back. */
	start_backup(config(0, 10, false, 100));
	advert_from(0, 111, 100, 1, SKEW);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_WILL_TIME_OUT);
	advert_from(0, 111, 100, 1, 111 * SKEW);
	EXPECT_STATE(CARP_STATE_MASTER);

	/* A demoted MASTER that steps down, and the one that is not demoted. */
	start_master(config(0, 10, false, 240));
	advert(0, 100, SKEW);
	EXPECT_STATE(CARP_STATE_BACKUP);
	for (at = SKEW; at < 100 * SEC; at += 100 * SKEW) {
		EXPECT_EQ(due(), at + 300 * SKEW);
		advert(0, 100, at + 100 * SKEW);
	}
}

/* A worse master that has not heard the best one yet changes nothing. */
static void best_master_is_kept(size_t row)
{
	start_backup(config(1, 0, false, 240));
	advert_from(10, 0, 0, 1, SEC);
	EXPECT_EQ(due(), 31 * SEC);
	advert_from(1, 100, 100, 1, 2 * SEC);
	EXPECT_EQ(due(), 31 * SEC);
	advert_from(1, 240, 240, 1, 2 * SEC);
	EXPECT_EQ(due(), 31 * SEC);
	p.cfg.preempt = true;
	event(CARP_EV_CONFIG, 3 * SEC);
	EXPECT_EQ(due(), 31 * SEC);
	/* Nor is it waited for in vain while another one serves. */
	advert_from(1, 100, 100, 1, 30 * SEC);
	EXPECT_EQ(due(), 30 * SEC + 3 * (SEC + 100 * SKEW));
	event(CARP_EV_CONFIG, 30 * SEC + MS);
	EXPECT_EQ(due(), 30 * SEC + 3 * (SEC + 100 * SKEW));
	/* That one is the best, now that the former is dead. */
	advert_from(1, 100, 100, 1, 31 * SEC);
	advert_from(1, 240, 200, 1, 32 * SEC);
	EXPECT_EQ(due(), 32 * SEC + 3 * (SEC + 240 * SKEW));
	event(CARP_EV_CONFIG, 33 * SEC);
	EXPECT_EQ(due(), 32 * SEC + 3 * (SEC + 240 * SKEW));

	/* A better one relieves it, however patient it had made us. */
	start_backup(config(1, 0, false, 240));
	advert_from(254, 0, 10, 1, SEC);
	EXPECT_EQ(due(), SEC + 3 * 254 * SEC);
	advert_from(1, 0, 0, 1, 2 * SEC);
	EXPECT_EQ(due(), 5 * SEC);
	/* So does the same one, when it says something else that is as good. */
	advert_from(2, 0, 0, 1, 3 * SEC);
	advert_from(1, 0, 0, 1, 4 * SEC);
	EXPECT_EQ(due(), 7 * SEC);
}

/* Who has said good-bye is not waited for. */
static void good_bye_is_not_remembered(size_t row)
{
	start_backup(config(1, 0, false, 240));
	advert_from(100, 0, 0, 1, SEC);
	EXPECT_EQ(due(), 301 * SEC);
	advert_from(255, 255, 0, 1, 2 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	/* One that is demoted alike, and better by its address. */
	advert_from(1, 240, 240, 1, 3 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_EQ(due(), 6 * SEC);
}

/* A rest is for whoever was heard: to step down is to have heard. */
static void rest_and_patience(size_t row)
{
	start_master(config(1, 0, false, 240));
	event(CARP_EV_FORCE_BACKUP, 0);
	event(CARP_EV_TIMER, 5 * MS);
	EXPECT_EQ(due(), 3 * SEC);
	advert(10, 0, SEC);
	EXPECT_EQ(due(), 31 * SEC);
	event(CARP_EV_FORCE_BACKUP, 30 * SEC);
	EXPECT_EQ(due(), 33 * SEC);
}

static const struct check_group groups[] = {
	CHECK(effective_skew),
	CHECK(order_is_that_of_openbsd),
	CHECK(takes_over_for_good),
	CHECK(one_of_two_stays),
	CHECK(equal_demotion_is_as_on_bsd),
	{
		.name = "equal_hosts_keep_time",
		.run = equal_hosts_keep_time,
		.rows = ARRAY_SIZE(demotions),
		.row_name = demotion_name,
	},
	CHECK(demoted_backup_waits_for_a_slow_master),
	CHECK(patience_ends_with_demotion),
	CHECK(demoted_alike_with_advbase_0),
	CHECK(best_master_is_kept),
	CHECK(good_bye_is_not_remembered),
	CHECK(rest_and_patience),
};

const struct check_suite check_rank = {
	.name = "carp_rank",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
};
