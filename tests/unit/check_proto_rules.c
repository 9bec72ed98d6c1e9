// SPDX-License-Identifier: GPL-2.0
/*
 * The election, carp_proto.c: rules that need more than one event.
 */
#include "check_proto.h"

/* The lower address stays, and says so at once, for three intervals. */
static void tied_for_two_intervals(void)
{
	start_master(config(1, 0, false, 0));
	advert_from(1, 0, 0, -1, SEC / 4);
	EXPECT_EQ(did.actions, ANSWERS);
	advert_from(1, 0, 0, -1, SEC / 4 + SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	advert_from(1, 0, 0, -1, SEC / 4 + 2 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
}

static void tie_ends_after_three_intervals(size_t row)
{
	tied_for_two_intervals();
	advert_from(1, 0, 0, -1, SEC / 4 + 3 * SEC - 1);
	EXPECT_STATE(CARP_STATE_MASTER);

	tied_for_two_intervals();
	advert_from(1, 0, 0, -1, SEC / 4 + 3 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_REASON(CARP_REASON_TIE_LASTED);
	EXPECT_EQ(did.actions, STEPS_DOWN);

	/* The one that stayed is a master like any other. */
	advert_from(1, 0, 0, -1, SEC / 4 + 4 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_EQ(due(), SEC / 4 + 7 * SEC);
}

/* Heard again after more than three intervals it is another tie. */
static void tie_is_forgotten(size_t row)
{
	u64 at;
	int i;

	start_master(config(1, 0, false, 0));
	for (i = 1; i < 20; i++) {
		at = i * (3 * SEC + 1);
		advert_from(1, 0, 0, -1, at);
		EXPECT_STATE(CARP_STATE_MASTER);
	}
	/* But not if every third is lost. */
	advert_from(1, 0, 0, -1, at + 2 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	advert_from(1, 0, 0, -1, at + 4 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);

	/* Three intervals are still the same tie, and its end. */
	start_master(config(1, 0, false, 0));
	advert_from(1, 0, 0, -1, SEC);
	advert_from(1, 0, 0, -1, 4 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
}

/*
 * One who was stopped hears in a row what was said meanwhile, and how long that
 * takes is no matter. Whoever said it may have gone; who has not says more.
 */
static void tie_with_a_backlog(size_t row)
{
	u64 at;

	start_master(config(0, 1, false, 0));
	for (at = SKEW; at < 8 * SKEW; at += SKEW / 100) {
		advert_from(0, 1, 0, -1, at);
		EXPECT_STATE(CARP_STATE_MASTER);
	}
	advert_from(0, 1, 0, -1, at + SKEW / 4 - 2 * SKEW / 100);
	EXPECT_STATE(CARP_STATE_MASTER);
	advert_from(0, 1, 0, -1, at + SKEW);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_REASON(CARP_REASON_TIE_LASTED);

	/* It comes up to three times an interval from who is there. */
	start_master(config(1, 0, false, 0));
	for (at = SEC; at < 4 * SEC; at += SEC / 4 + MS)
		advert_from(1, 0, 0, -1, at);
	EXPECT_STATE(CARP_STATE_MASTER);
	advert_from(1, 0, 0, -1, at);
	EXPECT_STATE(CARP_STATE_BACKUP);
}

/* As advert_from(), over the second of two families. */
static void second_family(u8 advbase, u8 advskew, int src_cmp, u64 at)
{
	struct carp_proto_rx rx = {
		.adv = {
			.vhid = 1,
			.advbase = advbase,
			.advskew = advskew,
			.counter = 77,
		},
		.src_cmp = src_cmp,
		.last_sent = 66,
		.secondary = true,
	};

	did = carp_proto_event(&p, CARP_EV_ADVERT, CARP_REASON_NONE, &rx,
			       T0 + at);
}

/* By the first family we stay, by the second we would go: we stay. */
static void tie_is_settled_by_first_family(size_t row)
{
	u64 at;

	start_master(config(1, 0, false, 0));
	for (at = SEC; at < 4 * SEC; at += SEC) {
		second_family(1, 0, 1, at - MS);
		EXPECT_STATE(CARP_STATE_MASTER);
		advert_from(1, 0, 0, -1, at);
		EXPECT_STATE(CARP_STATE_MASTER);
	}
	/* A third interval in which we have stayed is still too long. */
	second_family(1, 0, 1, 4 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_REASON(CARP_REASON_TIE_LASTED);
}

/* And the other way round: we go, at once. */
static void tie_is_lost_by_first_family(size_t row)
{
	start_master(config(1, 0, false, 0));
	second_family(1, 0, -1, SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	advert_from(1, 0, 0, 1, SEC + MS);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_REASON(CARP_REASON_TIE_LOST);
}

/* The first family is not heard: the second one decides after a while. */
static void tie_without_first_family(size_t row)
{
	start_master(config(1, 0, false, 0));
	second_family(1, 0, 1, SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	second_family(1, 0, 1, SEC + 3 * SEC / 2 - 1);
	EXPECT_STATE(CARP_STATE_MASTER);
	second_family(1, 0, 1, SEC + 3 * SEC / 2);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_REASON(CARP_REASON_TIE_LOST);

	/* The third one, though it is a bit early. */
	start_master(config(1, 0, false, 0));
	second_family(1, 0, 1, SEC);
	second_family(1, 0, 1, 2 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	second_family(1, 0, 1, 3 * SEC - MS);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_REASON(CARP_REASON_TIE_LOST);

	start_master(config(1, 0, false, 0));
	second_family(1, 0, -1, SEC);
	second_family(1, 0, -1, 3 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	second_family(1, 0, -1, 4 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_REASON(CARP_REASON_TIE_LASTED);
}

/* What the first family said in one tie is not said in the next. */
static void tie_settled_is_of_one_tie(size_t row)
{
	start_master(config(1, 0, false, 0));
	advert_from(1, 0, 0, -1, SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	second_family(1, 0, 1, 5 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	second_family(1, 0, 1, 7 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_REASON(CARP_REASON_TIE_LOST);
}

/* Only ties wait for it: everything else is alike in either family. */
static void second_family_is_as_good(size_t row)
{
	start_master(config(1, 0, false, 0));
	second_family(0, 255, 1, SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_REASON(CARP_REASON_BETTER_ADVERT);

	start_backup(config(1, 0, false, 0));
	second_family(1, 0, 1, 2 * SEC);
	EXPECT_EQ(due(), 5 * SEC);
	second_family(255, 255, 1, 3 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_BOWED_OUT);
}

/* A second term begins without the tie of the first. */
static void tie_is_of_one_term(size_t row)
{
	start_master(config(1, 0, false, 0));
	advert_from(1, 0, 0, -1, SEC);
	event(CARP_EV_FORCE_BACKUP, 2 * SEC);
	event(CARP_EV_FORCE_MASTER, 2 * SEC);
	advert_from(1, 0, 0, -1, 3 * SEC);
	advert_from(1, 0, 0, -1, 4 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	advert_from(1, 0, 0, -1, 6 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
}

/* A tie of 0/0 and 0/1, which mean the same. */
static void tie_of_shortest_intervals(size_t row)
{
	start_master(config(0, 0, false, 0));
	advert_from(0, 1, 0, 1, MS);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_REASON(CARP_REASON_TIE_LOST);
	start_master(config(0, 1, false, 0));
	advert_from(0, 0, 0, -1, MS);
	EXPECT_STATE(CARP_STATE_MASTER);
}

/* Tied are the intervals that are advertised, not those configured. */
static void tie_of_demoted_skews(size_t row)
{
	start_master(config(1, 100, false, 50));
	advert_from(1, 150, 50, 1, MS);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_REASON(CARP_REASON_TIE_LOST);
	/* So are the three that it lasts. */
	start_master(config(1, 100, false, 50));
	advert_from(1, 150, 50, -1, SEC);
	advert_from(1, 150, 50, -1, 3 * SEC);
	advert_from(1, 150, 50, -1, 4 * SEC + 3 * 150 * SKEW - 1);
	EXPECT_STATE(CARP_STATE_MASTER);
	start_master(config(1, 100, false, 50));
	advert_from(1, 150, 50, -1, SEC);
	advert_from(1, 150, 50, -1, 3 * SEC);
	advert_from(1, 150, 50, -1, 4 * SEC + 3 * 150 * SKEW);
	EXPECT_STATE(CARP_STATE_BACKUP);
	/* FreeBSD's 240 for everybody: the address decides. */
	start_master(config(1, 0, false, 1000));
	advert_from(1, 240, 255, -1, MS);
	EXPECT_STATE(CARP_STATE_MASTER);
	start_master(config(1, 100, false, 1000));
	advert_from(1, 240, 255, 1, MS);
	EXPECT_STATE(CARP_STATE_BACKUP);
}

static bool stays_with_equal_addresses(u64 sent, u64 heard)
{
	struct carp_proto_rx rx = {
		.adv = { .vhid = 1, .advbase = 1, .counter = heard },
		.last_sent = sent,
	};

	start_master(config(1, 0, false, 0));
	did = carp_proto_event(&p, CARP_EV_ADVERT, CARP_REASON_NONE, &rx,
			       T0 + MS);
	EXPECT(p.state == CARP_STATE_MASTER ||
	       did.reason == CARP_REASON_TIE_LOST);
	return p.state == CARP_STATE_MASTER;
}

/* Each has heard the other: one stays, and only one. */
static void counters_decide_between_equal_addresses(size_t row)
{
	static const u64 counters[] = {
		0, 1, 2, 255, 1ull << 32, (1ull << 63) - 1, 1ull << 63,
		~(u64)0 - 1, ~(u64)0,
	};
	size_t a, b;

	for (a = 0; a < ARRAY_SIZE(counters); a++)
		for (b = 0; b < a; b++)
			EXPECT_EQ(stays_with_equal_addresses(counters[a],
							     counters[b]),
				  !stays_with_equal_addresses(counters[b],
							      counters[a]));
}

static const struct limit {
	const char	*name;
	u8		advbase;
	u8		advskew;
	u64		gap;
} limits[] = {
	{ "0/1, once in 1/256 s",	0,	1,	SKEW },
	{ "0/128, twice a second",	0,	128,	SEC / 2 },
	{ "1/0, once a second",		1,	0,	SEC },
	{ "10/0, once a second",	10,	0,	SEC },
	{ "254/254, once a second",	254,	254,	SEC },
};

static struct {
	u64	adverts;	/* out of turn */
	u64	last;
	u64	announced;
} seen;

/* What an event at @at has sent, but for the advertisement of the grid. */
static void watch_answers(const struct limit *l, u64 at, bool in_turn)
{
	if (did.actions & CARP_ACT_ADVERT && !in_turn) {
		if (seen.adverts)
			EXPECT(at - seen.last >= l->gap);
		seen.adverts++;
		seen.last = at;
	}
	seen.announced += !!(did.actions & CARP_ACT_ANNOUNCE);
}

/*
 * However many advertisements of a worse master are heard: they are answered at
 * once, or when that is next allowed, which a timer sees to.
 */
static void answers_are_rare(size_t i)
{
	const struct limit *l = &limits[i];
	u64 at, t;

	memset(&seen, 0, sizeof(seen));
	start_master(config(l->advbase, l->advskew, false, 0));
	/* At once for the first time, even directly after the takeover. */
	advert(254, 254, 1);
	EXPECT_EQ(did.actions, ANSWERS);
	watch_answers(l, 1, false);
	for (at = MS; at < 20 * SEC; at += MS) {
		while (due() < at) {
			bool in_turn = due() == p.advert_due - T0;

			t = due();
			event(CARP_EV_TIMER, t);
			watch_answers(l, t, in_turn);
		}
		advert(254, 254, at);
		EXPECT_STATE(CARP_STATE_MASTER);
		watch_answers(l, at, false);
		/* Whoever has said this is to hear from us in time. */
		EXPECT(did.actions & CARP_ACT_ADVERT || due() <= at + l->gap);
	}
	/* Each second once with an answer, and the repetition of that. */
	EXPECT(seen.announced >= 18 && seen.announced <= 41);
	if (l->gap == SEC)
		EXPECT(seen.adverts >= 18);
}

static const char *limit_name(size_t i)
{
	return limits[i].name;
}

/* What is owed is paid once: out of turn, or in turn if that comes first. */
static void answers_that_are_owed(size_t row)
{
	start_master(config(10, 0, false, 0));
	advert(20, 0, 5 * SEC);
	EXPECT_EQ(did.actions, ANSWERS);
	advert(20, 0, 5 * SEC + 300 * MS);
	EXPECT_EQ(did.actions, 0);
	EXPECT_EQ(due(), 6 * SEC);
	/* The second announcement is due then, too, and there is a third. */
	event(CARP_EV_TIMER, 6 * SEC);
	EXPECT_EQ(did.actions, ANSWERS);
	EXPECT_EQ(due(), 7 * SEC);
	event(CARP_EV_TIMER, 7 * SEC);
	EXPECT_EQ(did.actions, CARP_ACT_ANNOUNCE);
	event(CARP_EV_TIMER, 9 * SEC);
	EXPECT_EQ(did.actions, CARP_ACT_ANNOUNCE);
	EXPECT_EQ(due(), 10 * SEC);

	advert(20, 0, 9 * SEC + 500 * MS);
	EXPECT_EQ(did.actions, ANSWERS);
	advert(20, 0, 9 * SEC + 600 * MS);
	EXPECT_EQ(did.actions, 0);
	event(CARP_EV_TIMER, 10 * SEC);
	EXPECT_EQ(did.actions, CARP_ACT_ADVERT);
	event(CARP_EV_TIMER, 10 * SEC + 500 * MS);
	EXPECT_EQ(did.actions & CARP_ACT_ADVERT, 0);

	/* It is not what another term owes. */
	advert(20, 0, 11 * SEC);
	advert(20, 0, 11 * SEC + MS);
	EXPECT_EQ(due(), 12 * SEC);
	advert(1, 0, 11 * SEC + 2 * MS);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_EQ(due(), 11 * SEC + 2 * MS + 30 * SEC);
}

/* A new term, a new budget: the others must hear of it. */
static void answers_are_counted_per_term(size_t row)
{
	start_master(config(10, 0, false, 0));
	advert(20, 0, SEC);
	EXPECT_EQ(did.actions, ANSWERS);
	event(CARP_EV_FORCE_BACKUP, 2 * SEC);
	event(CARP_EV_FORCE_MASTER, 3 * SEC);
	advert(20, 0, 4 * SEC);
	EXPECT_EQ(did.actions, ANSWERS);
}

/* Answering does not shift the grid. */
static void answers_are_extra(size_t row)
{
	start_master(config(1, 0, false, 0));
	advert(1, 1, SEC / 2);
	EXPECT(did.actions & CARP_ACT_ADVERT);
	EXPECT_EQ(p.advert_due - T0, SEC);
}

/* Whichever is later: 3 s, or the peer is heard. */
static void rests_until_the_peer_is_heard(size_t row)
{
	start_master(config(10, 0, true, 0));
	event(CARP_EV_FORCE_BACKUP, 0);
	advert(20, 0, 5 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_PREEMPT);

	start_master(config(10, 0, true, 0));
	event(CARP_EV_FORCE_BACKUP, 0);
	advert(20, 0, SEC);
	advert(20, 0, 3 * SEC - 1);
	EXPECT_STATE(CARP_STATE_BACKUP);
	advert(20, 0, 3 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
}

static void rest_begins_anew(size_t row)
{
	start_master(config(10, 0, true, 0));
	event(CARP_EV_FORCE_BACKUP, 0);
	event(CARP_EV_FORCE_BACKUP, 2 * SEC);
	EXPECT_EQ(did.actions & CARP_ACT_REPORT, 0);
	advert(20, 0, 5 * SEC - 1);
	EXPECT_STATE(CARP_STATE_BACKUP);
	advert(20, 0, 5 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);

	/* Asked for in BACKUP it is the same wish. */
	start_backup(config(10, 0, true, 0));
	event(CARP_EV_FORCE_BACKUP, SEC);
	advert(20, 0, 4 * SEC - 1);
	EXPECT_STATE(CARP_STATE_BACKUP);
	advert(20, 0, 4 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
}

static void rest_ends_with_mastership(size_t row)
{
	start_master(config(10, 0, true, 0));
	event(CARP_EV_FORCE_BACKUP, 0);
	event(CARP_EV_FORCE_MASTER, SEC);
	advert(1, 0, SEC + 1);
	EXPECT_STATE(CARP_STATE_BACKUP);
	advert(20, 0, SEC + 2);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_PREEMPT);
}

/*
 * A slower peer that is alive is not taken over from within the 3 s, be it
 * that its interval is longer than our patience.
 */
static void rest_outlasts_short_patience(size_t row)
{
	u64 at;

	start_master(config(0, 1, false, 0));
	event(CARP_EV_FORCE_BACKUP, 0);
	for (at = MS; at < 3 * SEC; at += 100 * SKEW) {
		advert(0, 100, at);
		while (due() < at + 100 * SKEW && due() < 3 * SEC)
			event(CARP_EV_TIMER, due());
		EXPECT_STATE(CARP_STATE_BACKUP);
		if (p.state != CARP_STATE_BACKUP)
			return;
	}
	advert(0, 100, 3 * SEC + MS);
	EXPECT_STATE(CARP_STATE_MASTER);
}

/* Asked for once more: that rest outlasts patience just as the first one. */
static void second_rest_outlasts_patience(size_t row)
{
	start_master(config(1, 0, false, 0));
	event(CARP_EV_FORCE_BACKUP, 0);
	event(CARP_EV_TIMER, 5 * MS);
	advert(10, 0, SEC / 2);
	EXPECT_EQ(due(), SEC / 2 + 3 * SEC);
	event(CARP_EV_FORCE_BACKUP, 2 * SEC);
	EXPECT_EQ(due(), 5 * SEC);
	event(CARP_EV_TIMER, 5 * SEC - 1);
	EXPECT_STATE(CARP_STATE_BACKUP);
	event(CARP_EV_TIMER, 5 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_MASTER_TIMED_OUT);
}

static void preempt_is_looked_at_when_heard(size_t row)
{
	start_backup(config(1, 0, false, 0));
	advert(1, 100, SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
	p.cfg.preempt = true;
	event(CARP_EV_CONFIG, SEC + 1);
	EXPECT_STATE(CARP_STATE_BACKUP);
	advert(1, 100, 2 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_PREEMPT);
}

/* Back in time: what was still served is served throughout. */
static void lingering_ends_in_mastership(size_t row)
{
	start_master(config(1, 0, false, 0));
	event_why(CARP_EV_DOWN, CARP_REASON_NO_LINK, MS);
	event(CARP_EV_UP, 2 * MS);
	EXPECT(p.serving);
	event(CARP_EV_FORCE_MASTER, 3 * MS);
	EXPECT_EQ(did.actions & CARP_ACT_SERVE, 0);
	event(CARP_EV_TIMER, 100 * MS);
	EXPECT_EQ(did.actions, 0);
	EXPECT(p.serving);
}

/* Every successor ends it, whatever its interval, once. */
static void lingering_ends_once(size_t row)
{
	start_master(config(1, 100, true, 0));
	event(CARP_EV_FORCE_BACKUP, 0);
	EXPECT_EQ(did.actions & CARP_ACT_SERVE, 0);
	advert(1, 200, MS);
	EXPECT_EQ(did.actions, CARP_ACT_SERVE);
	EXPECT(!p.serving);
	advert(1, 200, 2 * MS);
	event(CARP_EV_TIMER, 5 * MS);
	EXPECT_EQ(did.actions, 0);
}

static void wish_for_master_is_granted_once(size_t row)
{
	struct carp_proto_config cfg = config(1, 0, false, 0);

	carp_proto_init(&p, &cfg);
	p.want_master = true;
	event(CARP_EV_UP, 0);
	EXPECT_STATE(CARP_STATE_MASTER);
	event_why(CARP_EV_DOWN, CARP_REASON_NO_LINK, SEC);
	event(CARP_EV_UP, 2 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
}

static const struct check_group groups[] = {
	CHECK(tie_ends_after_three_intervals),
	CHECK(tie_is_forgotten),
	CHECK(tie_with_a_backlog),
	CHECK(tie_is_of_one_term),
	CHECK(tie_is_settled_by_first_family),
	CHECK(tie_is_lost_by_first_family),
	CHECK(tie_without_first_family),
	CHECK(tie_settled_is_of_one_tie),
	CHECK(second_family_is_as_good),
	CHECK(tie_of_shortest_intervals),
	CHECK(tie_of_demoted_skews),
	CHECK(counters_decide_between_equal_addresses),
	{
		.name = "answers_are_rare",
		.run = answers_are_rare,
		.rows = ARRAY_SIZE(limits),
		.row_name = limit_name,
	},
	CHECK(answers_that_are_owed),
	CHECK(answers_are_counted_per_term),
	CHECK(answers_are_extra),
	CHECK(rests_until_the_peer_is_heard),
	CHECK(rest_begins_anew),
	CHECK(rest_ends_with_mastership),
	CHECK(rest_outlasts_short_patience),
	CHECK(second_rest_outlasts_patience),
	CHECK(preempt_is_looked_at_when_heard),
	CHECK(lingering_ends_in_mastership),
	CHECK(lingering_ends_once),
	CHECK(wish_for_master_is_granted_once),
};

const struct check_suite check_proto_rules = {
	.name = "carp_proto_rules",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
};
