// SPDX-License-Identifier: GPL-2.0
/*
 * Who was heard lately, carp_heard.c.
 */
#include "check.h"

static struct carp_heard_list heard;

static void hear_family(u8 family, u8 who, bool authentic, u64 at)
{
	struct carp_heard_one one = {
		.family = family,
		.authentic = authentic,
		.addr = { 192, 0, 2, who },
		.adv = { .vhid = 1, .advbase = 1, .counter = at },
		.at = at,
	};

	carp_heard_note(&heard, &one);
}

static void hear(u8 who, bool authentic, u64 at)
{
	hear_family(2, who, authentic, at);
}

/* When it was last heard, 0 if not known. */
static u64 last(u8 who, bool authentic)
{
	u64 at = 0;
	int i, n = 0;

	for (i = 0; i < CARP_HEARD_MAX; i++) {
		if (heard.one[i].family != 2 || heard.one[i].addr[3] != who ||
		    heard.one[i].authentic != authentic)
			continue;
		at = heard.one[i].at;
		EXPECT_EQ(heard.one[i].adv.counter, at);
		n++;
	}
	EXPECT(n <= 1);
	return at;
}

static void clear(void)
{
	memset(&heard, 0, sizeof(heard));
}

static void the_latest_is_kept(size_t row)
{
	clear();
	hear(1, true, 10);
	hear(2, true, 20);
	hear(1, true, 30);
	EXPECT_EQ(last(1, true), 30);
	EXPECT_EQ(last(2, true), 20);
	EXPECT_EQ(last(3, true), 0);
	EXPECT_EQ(last(1, false), 0);
}

static void the_most_silent_goes(size_t row)
{
	u8 i;

	clear();
	for (i = 1; i <= 8; i++)
		hear(i, true, i);
	hear(1, true, 9);
	hear(9, true, 10);
	EXPECT_EQ(last(2, true), 0);
	EXPECT_EQ(last(1, true), 9);
	EXPECT_EQ(last(9, true), 10);
	for (i = 3; i <= 8; i++)
		EXPECT_EQ(last(i, true), i);
}

static void forgers_push_out_no_peer(size_t row)
{
	u8 i;

	clear();
	hear(1, true, 1);
	hear(2, true, 2);
	for (i = 100; i < 200; i++)
		hear(i, false, i);
	EXPECT_EQ(last(1, true), 1);
	EXPECT_EQ(last(2, true), 2);
	for (i = 194; i < 200; i++)
		EXPECT_EQ(last(i, false), i);
	EXPECT_EQ(last(193, false), 0);
	/* But peers push out forgers. */
	for (i = 3; i <= 8; i++)
		hear(i, true, 200 + i);
	for (i = 100; i < 200; i++)
		EXPECT_EQ(last(i, false), 0);
	/* And with nobody else there a forger finds no place. */
	hear(250, false, 300);
	EXPECT_EQ(last(250, false), 0);
	EXPECT_EQ(last(1, true), 1);
}

/* What somebody says in a peer's name is not what the peer says. */
static void forged_names_are_entries_of_their_own(size_t row)
{
	clear();
	hear(1, true, 1);
	hear(1, false, 2);
	EXPECT_EQ(last(1, true), 1);
	EXPECT_EQ(last(1, false), 2);
	hear(1, true, 3);
	EXPECT_EQ(last(1, true), 3);
	EXPECT_EQ(last(1, false), 2);
	/* Nor are two addresses the same that look alike. */
	hear_family(10, 1, true, 4);
	EXPECT_EQ(last(1, true), 3);
}

#define SECOND		1000000000ull

static bool worth(u8 who, u64 at, u32 random)
{
	const u8 addr[CARP_HEARD_ADDR_LEN] = { 192, 0, 2, who };

	return carp_heard_worth(&heard, 2, addr, at, random);
}

static void flood(u8 who, u64 from, int number)
{
	int i;

	for (i = 0; i < number; i++)
		hear(who, false, from + i);
}

static void a_flood_is_looked_at_by_chance(size_t row)
{
	u32 random, looks = 0;

	clear();
	EXPECT(worth(1, 10, 1));
	flood(1, 10, 1023);
	EXPECT(worth(1, 2000, 1));
	EXPECT(!heard.exceeded);
	flood(1, 2000, 1);
	EXPECT(heard.exceeded);
	EXPECT(!worth(1, 2001, 1));
	EXPECT(heard.exceeded);
	for (random = 0; random < 1600; random++)
		looks += worth(1, 2001, random);
	EXPECT_EQ(looks, 100);
	/* For the rest of the second, and the next begins with a budget. */
	EXPECT(!worth(1, 10 + SECOND - 1, 1));
	EXPECT(worth(1, 10 + SECOND, 1));
	EXPECT(!heard.exceeded);
	flood(1, 10 + SECOND, 1023);
	EXPECT(worth(1, 10 + SECOND + 2000, 1));
	flood(1, 10 + SECOND + 2000, 1);
	EXPECT(!worth(1, 10 + SECOND + 2001, 1));
}

static void slow_mistakes_are_looked_at(size_t row)
{
	u64 at;

	/* A host with another password, at the shortest interval. */
	clear();
	for (at = 1; at < 20 * SECOND; at += SECOND / 256) {
		EXPECT(worth(1, at, 1));
		hear(1, false, at);
	}
}

static void nobody_starves_a_peer(size_t row)
{
	u8 i;

	/* Forged before and after it was heard, and by whole subnets. */
	clear();
	flood(1, 10, 5000);
	EXPECT(!worth(1, 6000, 1));
	hear(1, true, 6000);
	EXPECT(worth(1, 6001, 1));
	flood(1, 7000, 5000);
	EXPECT(worth(1, 20000, 1));
	for (i = 100; i < 200; i++)
		flood(i, 20000 + i, 2000);
	EXPECT(worth(1, 30000, 1));
	EXPECT(worth(2, 30000, 1));
	/* Nor is one of another family the same. */
	EXPECT(!worth(199, 30000, 1));
	EXPECT(carp_heard_worth(&heard, 10,
				(const u8[CARP_HEARD_ADDR_LEN]){ 192, 0, 2, 199 },
				30000, 1));
}

static bool again_from(u8 who, u64 counter)
{
	struct carp_heard_one one = {
		.family = 2,
		.authentic = true,
		.addr = { 192, 0, 2, who },
		.adv = { .vhid = 1, .advbase = 255, .counter = counter },
	};

	return carp_heard_again(&heard, &one);
}

static bool again(u64 counter)
{
	/* Another than those who were heard. */
	return again_from(99, counter);
}

static void counters_that_were_heard_are_known(size_t row)
{
	clear();
	EXPECT(!again(100));
	hear(1, true, 100);
	/* It may be one that never changes. */
	EXPECT(!again(100));
	hear(1, true, 101);
	hear(1, true, 110);
	EXPECT(again(100));
	EXPECT(again(105));
	EXPECT(again(110));
	EXPECT(!again(99));
	EXPECT(!again(111));

	/* A replay does not make room for the next one. */
	hear(1, true, 102);
	EXPECT(again(105));
	EXPECT(again(110));
	/* Nor does what others say, or what is forged. */
	hear(2, true, 5000);
	hear(1, false, 1);
	EXPECT(again(105));
	/* Another peer counts for itself. */
	EXPECT(!again(5000));
	hear(2, true, 5002);
	EXPECT(again(5001));
	EXPECT(!again(3000));
	/* Who has not proved to be one does not. */
	hear(3, false, 3000);
	hear(3, false, 3002);
	EXPECT(!again(3001));

	/* Many may get lost. */
	hear(1, true, 110 + CARP_HEARD_RUN);
	EXPECT(again(110 + CARP_HEARD_RUN));
	EXPECT(again(100));
	/* Who is started anew begins anywhere. */
	hear(1, true, 50);
	EXPECT(!again(50));
	EXPECT(!again(105));
	hear(1, true, 51);
	EXPECT(again(50));
	EXPECT(!again(105));
}

/* As FreeBSD, NetBSD and ucarp do when they have taken over from another. */
static void a_counter_may_be_continued(size_t row)
{
	clear();
	hear(1, true, 999);
	hear(1, true, 1000);
	hear(2, true, 1001);
	hear(2, true, 1100);
	/* Who serves again goes on where he was. */
	EXPECT(!again_from(1, 1001));
	hear(1, true, 1001);
	hear(1, true, 1050);
	EXPECT(!again_from(1, 1051));
	/* What he has said is known, whoever says it. */
	EXPECT(again_from(1, 1050));
	EXPECT(again_from(2, 1050));
	EXPECT(again_from(3, 1051));
	EXPECT(!again_from(2, 1101));
}

static void counters_may_wrap(size_t row)
{
	clear();
	hear(1, true, ~0ull - 1);
	hear(1, true, ~0ull);
	hear(1, true, 1);
	EXPECT(again(~0ull));
	EXPECT(again(0));
	EXPECT(!again(2));
	EXPECT(!again(~0ull - 2));
}

static const struct check_group groups[] = {
	CHECK(the_latest_is_kept),
	CHECK(the_most_silent_goes),
	CHECK(forgers_push_out_no_peer),
	CHECK(forged_names_are_entries_of_their_own),
	CHECK(a_flood_is_looked_at_by_chance),
	CHECK(slow_mistakes_are_looked_at),
	CHECK(nobody_starves_a_peer),
	CHECK(counters_that_were_heard_are_known),
	CHECK(a_counter_may_be_continued),
	CHECK(counters_may_wrap),
};

const struct check_suite check_heard = {
	.name = "carp_heard",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
};
