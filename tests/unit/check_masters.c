// SPDX-License-Identifier: GPL-2.0
/*
 * Other masters that are heard, carp_masters.c, and what carp_heard.c knows of
 * them.
 */
#include "check.h"

#define SECOND		1000000000ull
#define SKEW		(SECOND / 256)

static struct carp_masters masters;
static struct carp_heard_list heard;

static struct carp_heard_one advert(u8 who, bool authentic, u8 base, u8 skew,
				    u64 at)
{
	return (struct carp_heard_one){
		.family = 2,
		.authentic = authentic,
		.addr = { 192, 0, 2, who },
		.adv = { .vhid = 1, .advbase = base, .advskew = skew },
		.at = at,
	};
}

static bool note(u8 who, bool is_peer, u64 at)
{
	struct carp_heard_one one = advert(who, false, 1, 0, at);

	return carp_masters_note(&masters, &one, is_peer);
}

static void note_as(u8 who, bool is_peer, u8 base, u8 skew, u64 at)
{
	struct carp_heard_one one = advert(who, false, base, skew, at);

	carp_masters_note(&masters, &one, is_peer);
}

/* Of the next change: who, negative if that is over; 0 if there is none. */
static int change(u64 now)
{
	struct carp_master one;

	if (!carp_masters_change(&masters, now, &one))
		return 0;
	return one.reported ? one.addr[3] : -(int)one.addr[3];
}

#define CHANGE(now, want)	EXPECT_EQ(change(now), (unsigned long long)(want))

static unsigned int in_use(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < CARP_MASTERS_MAX; i++)
		n += masters.one[i].family != 0;
	EXPECT_EQ(masters.n, n);
	return n;
}

static unsigned int shown(u64 now)
{
	unsigned int i, n = 0;

	for (i = 0; i < CARP_MASTERS_MAX; i++)
		n += carp_masters_is_heard(&masters.one[i], now);
	return n;
}

static void clear(void)
{
	memset(&masters, 0, sizeof(masters));
	memset(&heard, 0, sizeof(heard));
}

static const bool classes[] = { false, true };

static void one_begins_and_ends(size_t row)
{
	const bool is_peer = classes[row];
	u64 t = 100 * SECOND;

	clear();
	CHANGE(t, 0);
	EXPECT(!note(1, is_peer, t));
	CHANGE(t, 0);
	EXPECT_EQ(shown(t), 0);
	EXPECT(!note(1, is_peer, t + SECOND));
	CHANGE(t + SECOND, 0);
	/* The third, two intervals after the first. */
	EXPECT(note(1, is_peer, t + 2 * SECOND));
	CHANGE(t + 2 * SECOND, 1);
	CHANGE(t + 2 * SECOND, 0);
	EXPECT_EQ(shown(t + 2 * SECOND), 1);
	/* Once, however long it lasts, and two that are lost are no end. */
	for (t += 3 * SECOND; t < 200 * SECOND; t += SECOND) {
		EXPECT(!note(1, is_peer, t));
		CHANGE(t + 3 * SECOND - 1, 0);
	}
	t -= SECOND;
	EXPECT_EQ(shown(t + 3 * SECOND - 1), 1);
	/* Who asks knows before anything has happened. */
	EXPECT_EQ(shown(t + 3 * SECOND), 0);
	CHANGE(t + 3 * SECOND, -1);
	CHANGE(t + 3 * SECOND, 0);
	EXPECT_EQ(in_use(), 0);
}

static void one_that_is_lost_is_no_matter(size_t row)
{
	clear();
	note(1, classes[row], SECOND);
	EXPECT(note(1, classes[row], 3 * SECOND));
	CHANGE(3 * SECOND, 1);
}

/* Several at once, as over two families or of a forger, are not a long time. */
static void a_burst_is_no_master(size_t row)
{
	u64 t;

	clear();
	for (t = SECOND; t < SECOND + SECOND * 3 / 2; t += SECOND / 100) {
		EXPECT(!note(1, classes[row], t));
		CHANGE(t, 0);
	}
	EXPECT(note(1, classes[row], t));
	CHANGE(t, 1);
}

static void now_and_then_is_no_master(size_t row)
{
	u64 t;

	clear();
	for (t = SECOND; t < 100 * SECOND; t += 3 * SECOND) {
		EXPECT(!note(1, classes[row], t));
		CHANGE(t, 0);
	}
	EXPECT(in_use() <= 1);
	CHANGE(t, 0);
	EXPECT_EQ(in_use(), 0);
}

/* By its own interval, whatever ours is. */
static const struct {
	u8 base, skew;
	u64 interval;
} speeds[] = {
	{ 0, 0, SKEW },
	{ 0, 1, SKEW },
	{ 0, 100, 100 * SKEW },
	{ 1, 0, SECOND },
	{ 1, 240, SECOND + 240 * SKEW },
	{ 10, 0, 10 * SECOND },
	{ 254, 254, 254 * SECOND + 254 * SKEW },
};

static void within_three_intervals(size_t row)
{
	const u64 i = speeds[row].interval;
	u64 t = 1000 * SECOND, silence = max(3 * i, SECOND);

	clear();
	note_as(1, true, speeds[row].base, speeds[row].skew, t);
	CHANGE(t, 0);
	note_as(1, true, speeds[row].base, speeds[row].skew, t + i);
	CHANGE(t + i, 0);
	note_as(1, true, speeds[row].base, speeds[row].skew, t + 2 * i);
	CHANGE(t + 2 * i, 1);
	CHANGE(t + 2 * i + silence - 1, 0);
	CHANGE(t + 2 * i + silence, -1);
}

static void what_is_no_longer_heard_ends(size_t row)
{
	clear();
	note(1, true, SECOND);
	note(1, true, 3 * SECOND);
	note(2, false, 3 * SECOND);
	CHANGE(3 * SECOND, 1);
	/* The interface goes down. */
	CHANGE(CARP_NEVER, -1);
	CHANGE(CARP_NEVER, 0);
	EXPECT_EQ(in_use(), 0);
}

static void a_bowout_is_none(size_t row)
{
	clear();
	note_as(1, true, 255, 255, SECOND);
	note_as(1, true, 255, 255, 3 * SECOND);
	EXPECT_EQ(in_use(), 0);
}

/* One address can be both. */
static void authentic_and_not_are_two(size_t row)
{
	struct carp_heard_one good = advert(1, true, 1, 0, SECOND);
	struct carp_master one;

	clear();
	note(1, true, SECOND);
	carp_masters_note(&masters, &good, true);
	EXPECT_EQ(in_use(), 2);
	good.at = 3 * SECOND;
	carp_masters_note(&masters, &good, true);
	EXPECT(carp_masters_change(&masters, 3 * SECOND, &one));
	EXPECT(one.authentic && one.is_peer && one.reported);
	EXPECT_EQ(one.since, SECOND);
	EXPECT_EQ(one.at, 3 * SECOND);
	EXPECT(!carp_masters_change(&masters, 3 * SECOND, &one));
}

static void prove(u8 who, u64 counter, u64 at)
{
	struct carp_heard_one one = advert(who, true, 1, 0, at);

	one.adv.counter = counter;
	carp_masters_proved(&masters, &one);
}

static void note_counter(u8 who, u64 counter, u64 at)
{
	struct carp_heard_one one = advert(who, false, 1, 0, at);

	one.adv.counter = counter;
	carp_masters_note(&masters, &one, true);
}

/* Two lists at a time, of which this host has one: each pair ends with it. */
static void one_that_proves_itself_is_none(size_t row)
{
	struct carp_heard_one good = advert(1, true, 1, 0, SECOND);
	u64 t, counter = 1000;

	clear();
	for (t = SECOND; t < 20 * SECOND; t += SECOND) {
		note_counter(1, counter++, t);
		CHANGE(t, 0);
		prove(1, counter++, t + 1000);
		CHANGE(t + 1000, 0);
		EXPECT_EQ(in_use(), 0);
	}
	/* Its end is at once. */
	note_counter(1, 2000, t);
	note_counter(1, 2001, t + 2 * SECOND);
	CHANGE(t + 2 * SECOND, 1);
	prove(1, 2002, t + 3 * SECOND);
	EXPECT_EQ(shown(t + 3 * SECOND), 0);
	CHANGE(t + 3 * SECOND, -1);
	CHANGE(t + 3 * SECOND, 0);
	/* What was recorded before, is another's or of another address proves nothing. */
	note_counter(1, 2000, t);
	note_counter(1, 2001, t + 2 * SECOND);
	prove(1, 1999, t + 2 * SECOND);
	prove(1, 2001, t + 2 * SECOND);
	prove(1, 2001 + CARP_MASTERS_NEXT + 1, t + 2 * SECOND);
	prove(2, 2002, t + 2 * SECOND);
	CHANGE(t + 2 * SECOND, 1);
	EXPECT_EQ(shown(t + 2 * SECOND), 1);
	/* Nor is an authentic one over by being authentic. */
	clear();
	carp_masters_note(&masters, &good, true);
	prove(1, 1, SECOND);
	EXPECT_EQ(in_use(), 1);
	CHANGE(SECOND, 0);
	EXPECT_EQ(in_use(), 1);
}

/* From ever new addresses, as fast as one can: a peer is reported in time. */
static void a_flood_hides_no_peer(size_t row)
{
	u64 t, from = 10 * SECOND;
	int reported = 0, got;

	clear();
	for (t = from; t <= from + 2 * SECOND; t += SECOND / 1000) {
		note(50 + t / 1000000 % 200, false, t);
		if ((t - from) % SECOND == 0)
			note(1, true, t);
		while ((got = change(t)))
			if (got == 1)
				reported++;
	}
	EXPECT_EQ(reported, 1);
	EXPECT(in_use() <= 1 + CARP_MASTERS_STRANGERS);
}

/* Nor those whose addresses are forged at the same time. */
static void forged_peers_hide_no_peer(size_t row)
{
	u64 t, from = 10 * SECOND;
	int reported = 0, got;

	clear();
	for (t = from; t <= from + 2 * SECOND; t += SECOND / 4) {
		note(2 + t / (SECOND / 4) % 7, true, t);
		if ((t - from) % SECOND == 0)
			note(1, true, t);
		while ((got = change(t)))
			reported += got == 1;
	}
	EXPECT_EQ(reported, 1);
}

/* A stranger among few others keeps its place until it is heard again. */
static void few_hide_no_stranger(size_t row)
{
	u64 t, from = 10 * SECOND;
	int reported = 0, got;
	u8 fresh = 50;

	clear();
	for (t = from; t <= from + 2 * SECOND; t += SECOND / 20) {
		if ((t - from) % SECOND == 0)
			note(1, false, t);
		note(fresh++, false, t + 1);
		while ((got = change(t + 1)))
			reported += got == 1;
	}
	EXPECT_EQ(reported, 1);
}

/* Who claims to be slow does not hold a place for long. */
static void a_slow_claim_holds_no_place(size_t row)
{
	u64 t = 10 * SECOND;
	u8 i;

	clear();
	for (i = 0; i < CARP_MASTERS_STRANGERS; i++)
		note_as(100 + i, false, 254, 0, t);
	note(1, false, t + 1);
	note(1, false, t + 2 * SECOND);
	CHANGE(t + 2 * SECOND, 1);
	/* But what was reported has to end before its place is free. */
	for (i = 0; i < 10; i++)
		note_as(150 + i, false, 0, 1, t + 2 * SECOND + 1 + i);
	EXPECT_EQ(shown(t + 3 * SECOND), 1);
	EXPECT_EQ(in_use(), CARP_MASTERS_STRANGERS);
}

/* Who forges beginnings and ends makes few reports, and delays no peer. */
static void reports_are_limited(size_t row)
{
	u64 t, from = 1000 * SECOND, end = from + 100 * SECOND;
	int begun = 0, over = 0, peer = 0, got;
	u8 who = 10;

	clear();
	for (t = from; t < end; t += 4 * SKEW) {
		note_as(who, false, 0, 1, t);
		note_as(who, false, 0, 1, t + 2 * SKEW);
		if (++who == 0)
			who = 10;
		if (t >= end - 5 * SECOND && !peer)
			note_as(1, true, 0, 1, t);
		while ((got = change(t + 2 * SKEW))) {
			peer += got == 1;
			begun += got >= 10;
			over += got <= -10;
		}
	}
	/* Four, and one in ten seconds, give or take the last. */
	EXPECT(begun >= 12 && begun <= CARP_MASTERS_BURST + 10);
	EXPECT(over <= begun);
	EXPECT(over >= begun - CARP_MASTERS_STRANGERS);
	EXPECT_EQ(peer, 1);
}

static void the_first_comes_first(size_t row)
{
	u64 t, from = 1000 * SECOND;
	u8 i;

	clear();
	for (i = 0; i < CARP_MASTERS_PEERS; i++)
		for (t = from + i; t < from + 3 * SECOND; t += SECOND)
			note(1 + i, true, t);
	t = from + 3 * SECOND;
	for (i = 1; i <= CARP_MASTERS_BURST; i++)
		CHANGE(t, i);
	CHANGE(t, 0);
	for (; i <= CARP_MASTERS_PEERS; i++) {
		t += CARP_MASTERS_REFILL_NS;
		for (u8 n = 1; n <= CARP_MASTERS_PEERS; n++)
			masters.one[CARP_MASTERS_STRANGERS + n - 1].at = t;
		CHANGE(t, i);
		CHANGE(t, 0);
	}
}

/* Another CPU may have looked at its clock before, and come later. */
static void time_may_go_back_a_little(size_t row)
{
	clear();
	note(1, true, 10 * SECOND);
	note(1, true, 10 * SECOND - 5);
	CHANGE(10 * SECOND - 7, 0);
	EXPECT_EQ(in_use(), 1);
	note(1, true, 12 * SECOND);
	CHANGE(12 * SECOND - 1, 1);
	EXPECT_EQ(shown(12 * SECOND - 1), 1);
}

static void hear(u8 who, bool authentic, u8 base, u8 skew, u64 at)
{
	struct carp_heard_one one = advert(who, authentic, base, skew, at);

	carp_heard_note(&heard, &one);
}

static bool alternates(u8 who, u64 at)
{
	struct carp_heard_one one = advert(who, true, 1, 0, at);
	bool yes = carp_heard_alternates(&heard, &one);

	carp_heard_note(&heard, &one);
	return yes;
}

static void two_alternate(size_t row)
{
	struct carp_heard_one over6 = advert(1, true, 1, 0, 25);

	clear();
	EXPECT(!alternates(1, 10));
	EXPECT(!alternates(1, 20));
	/* The same host over the other family. */
	over6.family = 10;
	carp_heard_note(&heard, &over6);
	/* Forged ones are no master. */
	hear(9, false, 1, 0, 26);
	EXPECT(!alternates(1, 30));
	EXPECT(!alternates(2, 35));
	EXPECT(alternates(1, 40));
	EXPECT(alternates(2, 45));
	EXPECT(!alternates(2, 55));
	EXPECT(!alternates(3, 60));
	/* Who has said good-bye is none, and begins anew. */
	clear();
	EXPECT(!alternates(1, 10));
	EXPECT(!alternates(2, 15));
	hear(2, true, 255, 255, 18);
	EXPECT(!alternates(1, 20));
	EXPECT(!alternates(2, 25));
	EXPECT(alternates(1, 30));
}

static void peers_are_known(size_t row)
{
	const u8 one[CARP_HEARD_ADDR_LEN] = { 192, 0, 2, 1 };
	const u8 two[CARP_HEARD_ADDR_LEN] = { 192, 0, 2, 2 };

	clear();
	hear(1, true, 1, 0, 10);
	hear(2, false, 1, 0, 20);
	EXPECT(carp_heard_is_peer(&heard, 2, one));
	EXPECT(!carp_heard_is_peer(&heard, 10, one));
	EXPECT(!carp_heard_is_peer(&heard, 2, two));
}

static void who_is_silent_is_no_longer_shown(size_t row)
{
	struct carp_heard_one one = advert(1, true, 1, 0, 5 * SECOND);

	EXPECT(carp_heard_is_recent(&one, 5 * SECOND));
	EXPECT(carp_heard_is_recent(&one, 15 * SECOND - 1));
	EXPECT(!carp_heard_is_recent(&one, 15 * SECOND));
	/* As long for one that is faster, and longer for one that is slower. */
	one.adv.advbase = 0;
	EXPECT(carp_heard_is_recent(&one, 15 * SECOND - 1));
	EXPECT(!carp_heard_is_recent(&one, 15 * SECOND));
	one.adv.advbase = 3;
	EXPECT(carp_heard_is_recent(&one, 35 * SECOND - 1));
	EXPECT(!carp_heard_is_recent(&one, 35 * SECOND));
	/* A bow-out names no interval. */
	one.adv.advbase = 255;
	one.adv.advskew = 255;
	EXPECT(carp_heard_is_recent(&one, 15 * SECOND - 1));
	EXPECT(!carp_heard_is_recent(&one, 15 * SECOND));
	one.family = 0;
	EXPECT(!carp_heard_is_recent(&one, 6 * SECOND));
}

#define BOTH(fn)	{ .name = #fn, .run = fn, .rows = ARRAY_SIZE(classes) }

static const struct check_group groups[] = {
	BOTH(one_begins_and_ends),
	BOTH(one_that_is_lost_is_no_matter),
	BOTH(a_burst_is_no_master),
	BOTH(now_and_then_is_no_master),
	{
		.name = "within_three_intervals",
		.run = within_three_intervals,
		.rows = ARRAY_SIZE(speeds),
	},
	CHECK(what_is_no_longer_heard_ends),
	CHECK(a_bowout_is_none),
	CHECK(authentic_and_not_are_two),
	CHECK(one_that_proves_itself_is_none),
	CHECK(a_flood_hides_no_peer),
	CHECK(forged_peers_hide_no_peer),
	CHECK(few_hide_no_stranger),
	CHECK(a_slow_claim_holds_no_place),
	CHECK(reports_are_limited),
	CHECK(the_first_comes_first),
	CHECK(time_may_go_back_a_little),
	CHECK(two_alternate),
	CHECK(peers_are_known),
	CHECK(who_is_silent_is_no_longer_shown),
};

const struct check_suite check_masters = {
	.name = "carp_masters",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
};
