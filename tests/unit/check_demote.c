// SPDX-License-Identifier: GPL-2.0
/*
 * Demotion, carp_demote.c.
 */
#include "check.h"

#define SEC	1000000000ull

static struct carp_reasons set;

static const struct named {
	const char		*name;
	enum carp_name_fault	fault;
} names[] = {
	{ "pfsync",				CARP_NAME_OK },
	{ "bgp",				CARP_NAME_OK },
	{ "a",					CARP_NAME_OK },
	{ "0",					CARP_NAME_OK },
	{ "Az09._:@/+-",			CARP_NAME_OK },
	{ "abcdefghijklmnopqrstuvwxyz01234",	CARP_NAME_OK },
	{ "abcdefghijklmnopqrstuvwxyz012345",	CARP_NAME_LONG },
	{ "",					CARP_NAME_EMPTY },
	{ " ",					CARP_NAME_CHAR },
	{ "two words",				CARP_NAME_CHAR },
	{ "tab\there",				CARP_NAME_CHAR },
	{ "new\nline",				CARP_NAME_CHAR },
	{ "quote\"",				CARP_NAME_CHAR },
	{ "back\\slash",			CARP_NAME_CHAR },
	{ "per%cent",				CARP_NAME_CHAR },
	{ "\xc3\xa9",				CARP_NAME_CHAR },
	{ "-option",				CARP_NAME_CHAR },
	{ ".hidden",				CARP_NAME_CHAR },
	{ "carrier:eth0",			CARP_NAME_OURS },
	{ "carrier:",				CARP_NAME_OURS },
	{ "carrier",				CARP_NAME_OK },
	{ "senderr:carp0",			CARP_NAME_OURS },
	{ "sysctl",				CARP_NAME_OURS },
	{ "sysctls",				CARP_NAME_OK },
	{ "sysct",				CARP_NAME_OK },
	{ "system",				CARP_NAME_OK },
};

static void name_is_judged(size_t i)
{
	EXPECT_EQ(carp_demote_check(names[i].name, strlen(names[i].name)),
		  names[i].fault);
}

static const char *name_of(size_t i)
{
	static char shown[40];
	size_t n;

	for (n = 0; names[i].name[n]; n++)
		shown[n] = names[i].name[n] < ' ' ? '?' : names[i].name[n];
	shown[n] = '\0';
	return shown;
}

/* A NUL within the length is none of the characters. */
static void name_ends_where_it_says(size_t row)
{
	EXPECT_EQ(carp_demote_check("bg\0p", 4), CARP_NAME_CHAR);
	EXPECT_EQ(carp_demote_check("bgp, and more", 3), CARP_NAME_OK);
}

static void total_is_the_sum(size_t row)
{
	struct carp_demotion d = {
		.admin = -7,
		.links = 2,
		.link_weight = 240,
		.senders = 3,
		.sender_weight = 100,
	};
	u32 old;

	EXPECT_EQ(carp_demote_total(&d), 773);
	set.n = 0;
	d.named = &set;
	EXPECT_EQ(carp_demote_total(&d), 773);
	EXPECT(carp_demote_set(&set, "bgp", 5, &old));
	EXPECT(carp_demote_set(&set, "pfsync", 240, &old));
	EXPECT_EQ(carp_demote_total(&d), 1018);
	/* A weight that changes counts as it is now. */
	d.link_weight = 1;
	EXPECT_EQ(carp_demote_total(&d), 540);
	d.links = 0;
	d.senders = 0;
	d.admin = 0;
	EXPECT(carp_demote_clear(&set, "bgp", &old));
	EXPECT(carp_demote_clear(&set, "pfsync", &old));
	EXPECT_EQ(carp_demote_total(&d), 0);
	d.admin = -1;
	EXPECT_EQ(carp_demote_total(&d), -1);
}

/* What is shown is clamped, what is in force is not. */
static void total_is_clamped(size_t row)
{
	struct carp_demotion d = {
		.admin = 2147483647,
		.links = ~(u32)0,
		.link_weight = ~(u32)0 >> 1,
	};

	EXPECT_EQ(carp_demote_total(&d), 2147483647);
	d.links = 0;
	EXPECT_EQ(carp_demote_total(&d), 2147483647);
	d.admin += 2147483647;
	EXPECT_EQ(carp_demote_total(&d), 2147483647);
	d.admin -= 2147483647;
	d.admin -= 2147483647;
	EXPECT_EQ(carp_demote_total(&d), 0);
	d.admin = -3000000000ll;
	EXPECT_EQ(carp_demote_total(&d), -2147483647 - 1);
	d.senders = 1;
	d.sender_weight = ~(u32)0 >> 1;
	EXPECT_EQ(carp_demote_total(&d), -852516353);
}

static void setting_twice_is_once(size_t row)
{
	struct carp_demotion d = { .named = &set };
	u32 old;

	set.n = 0;
	EXPECT(carp_demote_set(&set, "bgp", 10, &old));
	EXPECT_EQ(old, 0);
	EXPECT(carp_demote_set(&set, "bgp", 10, &old));
	EXPECT_EQ(old, 10);
	EXPECT_EQ(carp_demote_total(&d), 10);
	EXPECT(carp_demote_set(&set, "bgp", 4, &old));
	EXPECT_EQ(old, 10);
	EXPECT_EQ(carp_demote_total(&d), 4);
	EXPECT(carp_demote_clear(&set, "bgp", &old));
	EXPECT_EQ(old, 4);
	EXPECT(!carp_demote_clear(&set, "bgp", &old));
	EXPECT_EQ(old, 0);
	EXPECT(!carp_demote_clear(&set, "bg", &old));
	EXPECT_EQ(carp_demote_total(&d), 0);
}

static void number_name(char *name, unsigned int n)
{
	name[0] = 'r';
	name[1] = '0' + n / 100;
	name[2] = '0' + n / 10 % 10;
	name[3] = '0' + n % 10;
	name[4] = '\0';
}

static void there_is_a_limit(size_t row)
{
	char name[8];
	unsigned int i;
	u32 old;

	set.n = 0;
	for (i = 0; i < 64; i++) {
		number_name(name, i);
		EXPECT(carp_demote_set(&set, name, 1, &old));
	}
	EXPECT(!carp_demote_set(&set, "more", 1, &old));
	EXPECT_EQ(set.n, 64);
	/* Those that are there can still change. */
	EXPECT(carp_demote_set(&set, "r063", 2, &old));
	EXPECT(carp_demote_clear(&set, "r000", &old));
	EXPECT(carp_demote_set(&set, "more", 1, &old));
}

/* Against a table that is indexed by the number in the name. */
static void no_drift_in_many_changes(size_t row)
{
	static u32 want[100];
	struct carp_demotion d = { .named = &set };
	u32 rng = 12345, n, weight, old, in_force = 0;
	s64 sum = 0;
	char name[8];
	int i;

	set.n = 0;
	memset(want, 0, sizeof(want));
	for (i = 0; i < 20000; i++) {
		rng = rng * 1664525 + 1013904223;
		n = (rng >> 8) % 100;
		weight = 1 + (rng >> 16) % 300;
		number_name(name, n);
		if (rng >> 31) {
			bool room = want[n] || in_force < 64;

			EXPECT_EQ(carp_demote_set(&set, name, weight, &old),
				  room);
			if (room) {
				EXPECT_EQ(old, want[n]);
				in_force += !want[n];
				sum += (s64)weight - want[n];
				want[n] = weight;
			}
		} else {
			EXPECT_EQ(carp_demote_clear(&set, name, &old),
				  !!want[n]);
			EXPECT_EQ(old, want[n]);
			in_force -= !!want[n];
			sum -= want[n];
			want[n] = 0;
		}
		EXPECT_EQ(set.n, in_force);
		EXPECT_EQ(carp_demote_total(&d), sum);
	}
	EXPECT(in_force > 20);
}

/* Whether an interface gets its advertisements out */

static struct carp_sending s;

static void results(const char *sent)
{
	for (; *sent; sent++)
		carp_sending_result(&s, *sent == '+');
}

static const struct spell {
	const char	*results;	/* sent or not, as MASTER */
	bool		failed;
} spells[] = {
	{ "",			false },
	{ "++++++",		false },
	{ "-",			false },
	{ "--",			false },
	{ "--+--+--+",		false },
	{ "---",		true },
	{ "+---",		true },
	{ "--+---",		true },
	{ "---++",		true },
	{ "---++-++-++-",	true },
	{ "---+++",		false },
	{ "-------------+++",	false },
	{ "---+++--",		false },
	{ "---+++---",		true },
	{ "---+++---+++",	false },
};

static void three_in_a_row(size_t i)
{
	carp_sending_init(&s);
	EXPECT(carp_sending_idle(&s));
	carp_sending_state(&s, CARP_STATE_MASTER, 0);
	results(spells[i].results);
	EXPECT_EQ(s.failed, spells[i].failed);
	/* MASTER finds out by itself. */
	EXPECT_EQ(s.due, CARP_NEVER);
	carp_sending_expire(&s, 1000000 * SEC);
	EXPECT_EQ(s.failed, spells[i].failed);
	results("+++");
	EXPECT(!s.failed);
	EXPECT(carp_sending_idle(&s));
}

static const char *spell_name(size_t i)
{
	return spells[i].results;
}

/* A row is of one term. */
static void a_term_begins_anew(size_t row)
{
	carp_sending_init(&s);
	results("--");
	carp_sending_state(&s, CARP_STATE_BACKUP, SEC);
	EXPECT(carp_sending_idle(&s));
	carp_sending_state(&s, CARP_STATE_MASTER, 2 * SEC);
	results("--");
	EXPECT(!s.failed);
	results("-");
	EXPECT(s.failed);
	results("++");
	carp_sending_state(&s, CARP_STATE_BACKUP, 3 * SEC);
	carp_sending_state(&s, CARP_STATE_MASTER, 4 * SEC);
	EXPECT(s.failed);
	results("++");
	EXPECT(s.failed);
	results("+");
	EXPECT(!s.failed);
}

static void init_is_a_new_start(size_t row)
{
	carp_sending_init(&s);
	results("---");
	carp_sending_state(&s, CARP_STATE_INIT, SEC);
	EXPECT(carp_sending_idle(&s));
	EXPECT_EQ(s.due, CARP_NEVER);
	results("---");
	carp_sending_state(&s, CARP_STATE_BACKUP, SEC);
	carp_sending_state(&s, CARP_STATE_INIT, 2 * SEC);
	EXPECT(!s.failed);
	EXPECT_EQ(s.due, CARP_NEVER);
}

/* One minute after the end of mastership, two after the second time, ... */
static void backup_tries_again_ever_later(size_t row)
{
	static const unsigned int minutes[] = {
		1, 2, 4, 8, 16, 32, 60, 60, 60,
	};
	u64 at = 5 * SEC;
	size_t i;

	carp_sending_init(&s);
	for (i = 0; i < ARRAY_SIZE(minutes); i++) {
		carp_sending_state(&s, CARP_STATE_MASTER, at);
		results("---");
		at += 3 * SEC;
		carp_sending_state(&s, CARP_STATE_BACKUP, at);
		at += minutes[i] * 60 * SEC;
		EXPECT_EQ(s.due, at);
		carp_sending_expire(&s, at - 1);
		EXPECT(s.failed);
		carp_sending_expire(&s, at);
		EXPECT(!s.failed);
		EXPECT_EQ(s.due, CARP_NEVER);
	}
	/* Successes, and the next time is the first one. */
	carp_sending_state(&s, CARP_STATE_MASTER, at);
	results("+++---");
	EXPECT(s.failed);
	carp_sending_state(&s, CARP_STATE_BACKUP, at);
	EXPECT_EQ(s.due, at + 60 * SEC);
}

static const struct check_group groups[] = {
	{
		.name = "name_is_judged",
		.run = name_is_judged,
		.rows = ARRAY_SIZE(names),
		.row_name = name_of,
	},
	CHECK(name_ends_where_it_says),
	CHECK(total_is_the_sum),
	CHECK(total_is_clamped),
	CHECK(setting_twice_is_once),
	CHECK(there_is_a_limit),
	CHECK(no_drift_in_many_changes),
	{
		.name = "three_in_a_row",
		.run = three_in_a_row,
		.rows = ARRAY_SIZE(spells),
		.row_name = spell_name,
	},
	CHECK(a_term_begins_anew),
	CHECK(init_is_a_new_start),
	CHECK(backup_tries_again_ever_later),
};

const struct check_suite check_demote = {
	.name = "carp_demote",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
};
