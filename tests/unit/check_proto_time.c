// SPDX-License-Identifier: GPL-2.0
/*
 * The election, carp_proto.c: intervals, deadlines, and clocks that jump.
 */
#include "check_proto.h"

/* All that happens until @until, by deadline; @late after each of them. */
static u64 run_timers(u64 until, u64 late, u32 action)
{
	u64 n = 0;

	while (due() + late <= until) {
		event(CARP_EV_TIMER, due() + late);
		n += !!(did.actions & action);
	}
	return n;
}

static void interval_corners(size_t row)
{
	EXPECT_EQ(carp_interval_ns(0, 0), 3906250);
	EXPECT_EQ(carp_interval_ns(0, 1), 3906250);
	EXPECT_EQ(carp_interval_ns(0, 2), 7812500);
	EXPECT_EQ(carp_interval_ns(0, 254), 992187500);
	EXPECT_EQ(carp_interval_ns(1, 0), 1000000000);
	EXPECT_EQ(carp_interval_ns(1, 1), 1003906250);
	EXPECT_EQ(carp_interval_ns(1, 100), 1390625000);
	EXPECT_EQ(carp_interval_ns(254, 254), 254992187500ull);
	EXPECT_EQ(carp_interval_ns(255, 255), 255996093750ull);
}

static void master_down_corners(size_t row)
{
	EXPECT_EQ(carp_master_down_ns(0, 0), 11718750);
	EXPECT_EQ(carp_master_down_ns(0, 1), 11718750);
	EXPECT_EQ(carp_master_down_ns(0, 2), 23437500);
	EXPECT_EQ(carp_master_down_ns(0, 254), 2976562500ull);
	EXPECT_EQ(carp_master_down_ns(1, 0), 3000000000ull);
	EXPECT_EQ(carp_master_down_ns(1, 100), 3390625000ull);
	EXPECT_EQ(carp_master_down_ns(1, 254), 3992187500ull);
	EXPECT_EQ(carp_master_down_ns(254, 254), 762992187500ull);
}

/* The order of hosts is the order of (advbase, advskew), but for 0/0. */
static void intervals_are_ordered(size_t row)
{
	u64 interval, down, last = 0, last_down = 0;
	u32 base, skew;

	for (base = 0; base < 256; base++) {
		for (skew = base ? 0 : 1; skew < 256; skew++) {
			interval = carp_interval_ns(base, skew);
			down = carp_master_down_ns(base, skew);
			EXPECT(interval > last);
			/* 0/255 is longer than 1/0, but not configurable. */
			EXPECT(down > last_down);
			EXPECT(down > interval);
			last = interval;
			last_down = down;
		}
	}
}

static const struct pace {
	const char	*name;
	u8		advbase;
	u8		advskew;
	u64		interval;
} paces[] = {
	{ "0/0",	0,	0,	3906250 },
	{ "0/1",	0,	1,	3906250 },
	{ "0/254",	0,	254,	992187500 },
	{ "1/0",	1,	0,	1000000000 },
	{ "1/100",	1,	100,	1390625000 },
	{ "254/254",	254,	254,	254992187500ull },
};

static const char *pace_name(size_t i)
{
	return paces[i].name;
}

/* Lateness, even of almost an interval, does not add up. */
static void advertises_on_a_grid(size_t i)
{
	u64 interval = paces[i].interval;
	u64 n, k, late;

	start_master(config(paces[i].advbase, paces[i].advskew, false, 0));
	EXPECT(did.actions & CARP_ACT_ADVERT);
	for (n = 1; n <= 1000; n++) {
		late = (n * n * 7919) % interval;
		k = p.advert_due - T0;
		EXPECT_EQ(k, n * interval);
		/* Announcements in between do not disturb it. */
		while (due() < k)
			event(CARP_EV_TIMER, due());
		event(CARP_EV_TIMER, k - 1);
		EXPECT(!(did.actions & CARP_ACT_ADVERT));
		event(CARP_EV_TIMER, k + late);
		EXPECT(did.actions & CARP_ACT_ADVERT);
	}
}

static void takes_over_in_time(size_t i)
{
	u64 down = carp_master_down_ns(paces[i].advbase, paces[i].advskew);

	start_backup(config(paces[i].advbase, paces[i].advskew, false, 0));
	EXPECT_EQ(due(), down);
	advert(paces[i].advbase, paces[i].advskew, down - 1);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_EQ(due(), down - 1 + down);
	event(CARP_EV_TIMER, due() - 1);
	EXPECT_STATE(CARP_STATE_BACKUP);
	event(CARP_EV_TIMER, due());
	EXPECT_STATE(CARP_STATE_MASTER);
}

/* One advertisement, not all that were missed, and a new grid. */
static void long_stall(size_t row)
{
	start_master(config(1, 0, false, 0));
	event(CARP_EV_TIMER, 100 * SEC + 5);
	EXPECT(did.actions & CARP_ACT_ADVERT);
	EXPECT_EQ(p.advert_due - T0, 101 * SEC + 5);
	event(CARP_EV_TIMER, 100 * SEC + 6);
	EXPECT(!(did.actions & CARP_ACT_ADVERT));
	event(CARP_EV_TIMER, 101 * SEC + 5);
	EXPECT(did.actions & CARP_ACT_ADVERT);

	/* Late by exactly an interval. */
	event(CARP_EV_TIMER, 103 * SEC + 5);
	EXPECT_EQ(p.advert_due - T0, 104 * SEC + 5);
}

static void announces_at_0_1_and_3_seconds(size_t row)
{
	u64 at[4] = {}, n = 1;

	start_master(config(254, 0, false, 0));
	EXPECT(did.actions & CARP_ACT_ANNOUNCE);
	while (due() < 254 * SEC) {
		at[n & 3] = due();
		event(CARP_EV_TIMER, due());
		EXPECT_EQ(did.actions, CARP_ACT_ANNOUNCE);
		n++;
	}
	EXPECT_EQ(n, 3);
	EXPECT_EQ(at[1], 1 * SEC);
	EXPECT_EQ(at[2], 3 * SEC);
}

/* Somebody else's address by then. */
static void stops_announcing_when_down(size_t row)
{
	start_master(config(1, 100, false, 0));
	advert(1, 0, SEC / 2);
	EXPECT_STATE(CARP_STATE_BACKUP);
	event(CARP_EV_TIMER, SEC);
	EXPECT_EQ(did.actions, 0);
	event(CARP_EV_TIMER, 3 * SEC);
	EXPECT_EQ(did.actions, 0);

	start_master(config(1, 100, false, 0));
	event_why(CARP_EV_DOWN, CARP_REASON_ADMIN_DOWN, SEC / 2);
	EXPECT_EQ(run_timers(100 * SEC, 0, CARP_ACT_ANNOUNCE), 0);
	EXPECT_EQ(due(), CARP_NEVER);
}

static void announces_anew_when_asked(size_t row)
{
	start_master(config(254, 0, false, 0));
	EXPECT_EQ(run_timers(10 * SEC, 0, CARP_ACT_ANNOUNCE), 2);
	event(CARP_EV_ANNOUNCE, 20 * SEC);
	EXPECT_EQ(did.actions, CARP_ACT_ADVERT | CARP_ACT_ANNOUNCE);
	EXPECT_EQ(due(), 21 * SEC);
	/* Once more before it is through: begins again, and ends. */
	event(CARP_EV_ANNOUNCE, 22 * SEC);
	EXPECT_EQ(due(), 23 * SEC);
	EXPECT_EQ(run_timers(100 * SEC, 0, CARP_ACT_ANNOUNCE), 2);
}

static void config_counts_from_last_heard(size_t row)
{
	start_backup(config(10, 0, false, 0));
	advert(10, 0, 2 * SEC);
	EXPECT_EQ(due(), 32 * SEC);
	p.cfg.advbase = 20;
	event(CARP_EV_CONFIG, 4 * SEC);
	EXPECT_EQ(due(), 62 * SEC);
	p.cfg.advbase = 1;
	event(CARP_EV_CONFIG, 4 * SEC);
	EXPECT_EQ(due(), 5 * SEC);
	/* Patience that is already used up. */
	p.cfg.advbase = 0;
	event(CARP_EV_CONFIG, 4 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT(due() <= 4 * SEC);
	event(CARP_EV_TIMER, 4 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_MASTER_TIMED_OUT);
}

static void config_of_a_master_holds_at_once(size_t row)
{
	start_master(config(10, 0, false, 0));
	p.cfg.advbase = 1;
	event(CARP_EV_CONFIG, 5 * SEC);
	EXPECT(did.actions & CARP_ACT_ADVERT);
	EXPECT_EQ(p.advert_due - T0, 6 * SEC);

	/* Demotion changes the interval too, and is told at once. */
	p.cfg.demotion = 240;
	event(CARP_EV_CONFIG, 5 * SEC);
	EXPECT(did.actions & CARP_ACT_ADVERT);
	EXPECT_EQ(p.advert_due - T0, 6 * SEC + 240 * SKEW);
}

/* What is advertised is also the pace, not only the first time. */
static void demotion_slows_down(size_t row)
{
	const u64 interval = SEC + 150 * SKEW;
	u64 n;

	start_master(config(1, 100, false, 50));
	for (n = 1; n < 10; n++) {
		EXPECT_EQ(p.advert_due - T0, n * interval);
		event(CARP_EV_TIMER, n * interval);
		EXPECT(did.actions & CARP_ACT_ADVERT);
	}
	/* But not our patience. */
	start_backup(config(1, 100, false, 50));
	EXPECT_EQ(due(), 3 * SEC + 100 * SKEW);
}

/* Two CPUs, one a little behind the other. */
static void time_goes_backwards(size_t row)
{
	start_backup(config(1, 0, false, 0));
	advert(1, 0, 10 * SEC);
	advert(1, 0, 10 * SEC - 50);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT(due() >= 13 * SEC - 50 && due() <= 13 * SEC);
	event(CARP_EV_TIMER, 10 * SEC - 100);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_EQ(did.actions, 0);

	start_master(config(1, 0, false, 0));
	run_timers(10 * SEC, 0, 0);
	event(CARP_EV_TIMER, 10 * SEC - 50);
	EXPECT_EQ(did.actions, 0);
	EXPECT_EQ(due(), 11 * SEC);

	/* A worse peer is answered once, not once per clock. */
	advert(1, 100, 10 * SEC + 100);
	EXPECT(did.actions & CARP_ACT_ADVERT);
	advert(1, 100, 10 * SEC + 50);
	EXPECT_EQ(did.actions, 0);

	/* Lingering ends neither early nor never. */
	event(CARP_EV_FORCE_BACKUP, 10 * SEC + 200);
	event(CARP_EV_TIMER, 10 * SEC + 150);
	EXPECT(p.serving);
	EXPECT_EQ(due(), 10 * SEC + 200 + 5 * MS);
	event(CARP_EV_TIMER, due());
	EXPECT(!p.serving);
}

/* A tie is not renewed by a clock that is behind: it ends in time. */
static void tie_while_time_goes_backwards(size_t row)
{
	u64 at;

	start_master(config(1, 0, false, 0));
	for (at = SEC; at < 4 * SEC; at += SEC / 4) {
		advert_from(1, 0, 0, -1, at);
		EXPECT_STATE(CARP_STATE_MASTER);
		advert_from(1, 0, 0, -1, at - 50);
		EXPECT_STATE(CARP_STATE_MASTER);
	}
	advert_from(1, 0, 0, -1, 4 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_REASON(CARP_REASON_TIE_LASTED);
}

/* Nor ended early by it. */
static void young_tie_while_time_goes_backwards(size_t row)
{
	start_master(config(1, 0, false, 0));
	advert_from(1, 0, 0, -1, 10 * SEC);
	advert_from(1, 0, 0, -1, 10 * SEC - 50);
	EXPECT_STATE(CARP_STATE_MASTER);
	advert_from(1, 0, 0, -1, 11 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	advert_from(1, 0, 0, -1, 12 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
}

#define PER_PACE(fn)							\
	{ .name = #fn, .run = fn, .rows = ARRAY_SIZE(paces),		\
	  .row_name = pace_name }

static const struct check_group groups[] = {
	CHECK(interval_corners),
	CHECK(master_down_corners),
	CHECK(intervals_are_ordered),
	PER_PACE(advertises_on_a_grid),
	PER_PACE(takes_over_in_time),
	CHECK(long_stall),
	CHECK(announces_at_0_1_and_3_seconds),
	CHECK(stops_announcing_when_down),
	CHECK(announces_anew_when_asked),
	CHECK(config_counts_from_last_heard),
	CHECK(config_of_a_master_holds_at_once),
	CHECK(demotion_slows_down),
	CHECK(time_goes_backwards),
	CHECK(tie_while_time_goes_backwards),
	CHECK(young_tie_while_time_goes_backwards),
};

const struct check_suite check_proto_time = {
	.name = "carp_proto_time",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
};
