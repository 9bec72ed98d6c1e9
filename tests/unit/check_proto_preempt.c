// SPDX-License-Identifier: GPL-2.0
/*
 * The election, carp_proto.c: what holds preemption back, and that it holds
 * back nothing else.  We are 1/100 and would preempt a master of 1/200.
 */
#include "check_proto.h"

#define DOWN100	(3 * SEC + 100 * SKEW)

static struct carp_proto_config delayed(u32 delay)
{
	struct carp_proto_config cfg = config(1, 100, true, 0);

	cfg.preempt_delay = delay;
	return cfg;
}

static struct carp_proto_config held_until(u64 at)
{
	struct carp_proto_config cfg = config(1, 100, true, 0);

	cfg.preempt_from = T0 + at;
	return cfg;
}

/* A slower master, heard every second from @from on and before @end. */
static void hear_slower(u64 from, u64 end)
{
	for (; from < end; from += SEC) {
		advert(1, 200, from);
		EXPECT_STATE(CARP_STATE_BACKUP);
		EXPECT_EQ(did.actions, 0);
	}
}

static const u32 delays[] = { 1, 2, 30, 1000, 3600 };

/* From the first one that is heard, not from when we were up. */
static void delay_runs_from_the_first_slower_one(size_t i)
{
	u64 delay = delays[i] * SEC, at = 2 * SEC + delay;

	start_backup(delayed(delays[i]));
	hear_slower(2 * SEC, at);
	advert(1, 200, at - 1);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_EQ(due(), at - 1 + DOWN100);
	advert(1, 200, at);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_PREEMPT);
	EXPECT_EQ(did.actions, TAKES_OVER);
}

/* That the time is over does not replace hearing that there is a master. */
static void delay_sets_no_timer(size_t row)
{
	start_backup(delayed(2));
	advert(1, 200, SEC);
	EXPECT_EQ(due(), SEC + DOWN100);
	event(CARP_EV_TIMER, 3 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
	EXPECT_EQ(did.actions, 0);
}

static void no_delay_is_at_once(size_t row)
{
	start_backup(delayed(0));
	advert(1, 200, SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
}

/* An address without a master is taken as if there were no delay. */
static void orphan_is_not_delayed(size_t i)
{
	start_backup(delayed(delays[i]));
	EXPECT_EQ(due(), DOWN100);
	event(CARP_EV_TIMER, DOWN100);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_MASTER_TIMED_OUT);

	/* One that was slower and fell silent. */
	start_backup(delayed(delays[i]));
	advert(1, 200, SEC / 2);
	event(CARP_EV_TIMER, SEC / 2 + DOWN100 - 1);
	EXPECT_STATE(CARP_STATE_BACKUP);
	event(CARP_EV_TIMER, SEC / 2 + DOWN100);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_MASTER_TIMED_OUT);

	/* One that was slower and leaves. */
	start_backup(delayed(delays[i]));
	advert(1, 200, SEC / 2);
	advert(255, 255, SEC / 2 + MS);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_BOWED_OUT);
}

/* Nor what is no preemption: it does not ask for preempt. */
static void other_takeovers_are_not_delayed(size_t i)
{
	start_backup(delayed(delays[i]));
	advert_from(1, 200, 1, -1, MS);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_LESS_DEMOTED);

	start_backup(delayed(delays[i]));
	advert(3, 101, MS);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_WILL_TIME_OUT);

	start_backup(delayed(delays[i]));
	event(CARP_EV_FORCE_MASTER, MS);
	EXPECT_STATE(CARP_STATE_MASTER);
}

/* A master that is to stay ends what was begun. */
static void better_master_begins_anew(size_t row)
{
	static const u8 skews[] = { 0, 100 };	/* better, and equal */
	size_t i;

	for (i = 0; i < ARRAY_SIZE(skews); i++) {
		start_backup(delayed(3));
		hear_slower(1 * SEC, 3 * SEC);
		advert(1, skews[i], 3 * SEC);
		hear_slower(4 * SEC, 7 * SEC);
		advert(1, 200, 7 * SEC);
		EXPECT_STATE(CARP_STATE_MASTER);
		EXPECT_REASON(CARP_REASON_PREEMPT);
	}
}

/* Another slower one does not. */
static void another_slower_master_goes_on(size_t row)
{
	start_backup(delayed(3));
	hear_slower(1 * SEC, 3 * SEC);
	advert(2, 0, 3 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
	advert(2, 0, 4 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
}

/* Every time that it becomes BACKUP is a time of its own. */
static void every_term_begins_anew(size_t row)
{
	start_backup(delayed(3));
	hear_slower(1 * SEC, 3 * SEC);
	event_why(CARP_EV_DOWN, CARP_REASON_NO_LINK, 3 * SEC);
	event(CARP_EV_UP, 3 * SEC + MS);
	hear_slower(4 * SEC, 7 * SEC);
	advert(1, 200, 7 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);

	advert(1, 0, 8 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
	hear_slower(9 * SEC, 12 * SEC);
	advert(1, 200, 12 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
}

/* As long as we may not preempt, no time runs; nor while we are demoted. */
static void delay_needs_preempt(size_t row)
{
	start_backup(delayed(3));
	p.cfg.preempt = false;
	hear_slower(1 * SEC, 60 * SEC);
	p.cfg.preempt = true;
	hear_slower(60 * SEC, 63 * SEC);
	advert(1, 200, 63 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);

	start_backup(delayed(3));
	p.cfg.demotion = 240;
	hear_slower(1 * SEC, 60 * SEC);
	p.cfg.demotion = 0;
	hear_slower(60 * SEC, 63 * SEC);
	advert(1, 200, 63 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
}

/* What is changed holds for the time that has already run. */
static void delay_can_be_changed(size_t row)
{
	start_backup(delayed(3600));
	hear_slower(1 * SEC, 11 * SEC);
	p.cfg.preempt_delay = 10;
	event(CARP_EV_CONFIG, 10 * SEC + MS);
	EXPECT_STATE(CARP_STATE_BACKUP);
	advert(1, 200, 11 * SEC - 1);
	EXPECT_STATE(CARP_STATE_BACKUP);
	advert(1, 200, 11 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
}

/* After a forced BACKUP both times must be over. */
static void delay_and_rest(size_t row)
{
	start_master(delayed(1));
	event(CARP_EV_FORCE_BACKUP, 0);
	event(CARP_EV_TIMER, 5 * MS);
	hear_slower(1 * SEC, 3 * SEC);
	advert(1, 200, 3 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);

	start_master(delayed(5));
	event(CARP_EV_FORCE_BACKUP, 0);
	event(CARP_EV_TIMER, 5 * MS);
	hear_slower(1 * SEC, 6 * SEC);
	advert(1, 200, 6 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
}

static void hold_after_boot(size_t row)
{
	start_backup(held_until(20 * SEC));
	hear_slower(1 * SEC, 20 * SEC);
	advert(1, 200, 20 * SEC - 1);
	EXPECT_STATE(CARP_STATE_BACKUP);
	advert(1, 200, 20 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_PREEMPT);

	/* It is over once and for all. */
	advert(1, 0, 21 * SEC);
	EXPECT_STATE(CARP_STATE_BACKUP);
	advert(1, 200, 22 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
}

static void hold_holds_back_nothing_else(size_t row)
{
	start_backup(held_until(1000 * SEC));
	EXPECT_EQ(due(), DOWN100);
	event(CARP_EV_TIMER, DOWN100);
	EXPECT_STATE(CARP_STATE_MASTER);

	start_backup(held_until(1000 * SEC));
	hear_slower(1 * SEC, 4 * SEC);
	advert(255, 255, 4 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_BOWED_OUT);

	start_backup(held_until(1000 * SEC));
	hear_slower(1 * SEC, 4 * SEC);
	advert_from(1, 0, 1, -1, 4 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
	EXPECT_REASON(CARP_REASON_LESS_DEMOTED);
}

/* The two run side by side; the later one counts. */
static void hold_and_delay(size_t row)
{
	struct carp_proto_config cfg = held_until(20 * SEC);

	cfg.preempt_delay = 10;
	start_backup(cfg);
	hear_slower(5 * SEC, 20 * SEC);
	advert(1, 200, 20 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);

	start_backup(cfg);
	hear_slower(15 * SEC, 25 * SEC);
	advert(1, 200, 25 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
}

/* A clock that is behind neither ends the time early nor begins it anew. */
static void delay_while_time_goes_backwards(size_t row)
{
	start_backup(delayed(1));
	advert(1, 200, SEC);
	advert(1, 200, SEC - 50);
	EXPECT_STATE(CARP_STATE_BACKUP);
	advert(1, 200, 2 * SEC - 1);
	EXPECT_STATE(CARP_STATE_BACKUP);
	advert(1, 200, 2 * SEC);
	EXPECT_STATE(CARP_STATE_MASTER);
}

static const char *delay_name(size_t i)
{
	static const char *const names[] = {
		"1 s", "2 s", "30 s", "1000 s", "3600 s",
	};

	return names[i];
}

#define PER_DELAY(fn)							\
	{ .name = #fn, .run = fn, .rows = ARRAY_SIZE(delays),		\
	  .row_name = delay_name }

static const struct check_group groups[] = {
	PER_DELAY(delay_runs_from_the_first_slower_one),
	CHECK(delay_sets_no_timer),
	CHECK(no_delay_is_at_once),
	PER_DELAY(orphan_is_not_delayed),
	PER_DELAY(other_takeovers_are_not_delayed),
	CHECK(better_master_begins_anew),
	CHECK(another_slower_master_goes_on),
	CHECK(every_term_begins_anew),
	CHECK(delay_needs_preempt),
	CHECK(delay_can_be_changed),
	CHECK(delay_and_rest),
	CHECK(hold_after_boot),
	CHECK(hold_holds_back_nothing_else),
	CHECK(hold_and_delay),
	CHECK(delay_while_time_goes_backwards),
};

const struct check_suite check_proto_preempt = {
	.name = "carp_proto_preempt",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
};
