// SPDX-License-Identifier: GPL-2.0
/*
 * The election, carp_proto.c: every event in every state.
 *
 * The rows are written from what the BSDs do and from our decisions where
 * they disagree (Documentation/design.rst), not from the code.  Unless a row
 * says otherwise we are 1/100: an interval of 1.390625 s, a master-down time
 * of 3.390625 s.
 */
#include "check_proto.h"

#define I100	(SEC + 100 * SKEW)
#define DOWN100	(3 * SEC + 100 * SKEW)
#define LINGER	(5 * MS)

#define OWN		.cfg = { .advbase = 1, .advskew = 100 }
#define OWN_PREEMPTS	.cfg = { .advbase = 1, .advskew = 100, .preempt = true }
#define OWN_DEMOTED(d)	.cfg = { .advbase = 1, .advskew = 100, .demotion = d }
#define PEER(base, skew, d)						\
	.rx = { .adv = { .advbase = base, .advskew = skew, .demote = d } }
#define PEER_TIE(cmp, sent, heard)					\
	.rx = { .adv = { .advbase = 1, .advskew = 100, .counter = heard }, \
		.src_cmp = cmp, .last_sent = sent }

/* How we came into the state, at T0. */
enum situation {
	INIT,
	INIT_WANTS,		/* asked to begin as MASTER */
	INIT_LINGERS,		/* was MASTER, has just bowed out */
	BACKUP,
	BACKUP_LINGERS,		/* was MASTER, forced */
	BACKUP_RESTS,		/* the same, 5 ms later */
	MASTER,
};

static const struct row {
	const char			*name;
	enum situation			in;
	enum carp_event			ev;
	enum carp_reason		why;
	struct carp_proto_config	cfg;
	struct carp_proto_rx		rx;
	u64				at;	/* after T0 */
	/* expected */
	enum carp_state			state;
	u32				actions;
	enum carp_reason		reason;
	bool				serving;
	u64				due;	/* after T0 */
} rows[] = {
#include "check_proto_init.h"
#include "check_proto_backup.h"
#include "check_proto_master.h"
};

static void arrange(const struct row *r)
{
	carp_proto_init(&p, &r->cfg);
	p.want_master = r->in == INIT_WANTS;
	if (r->in == INIT || r->in == INIT_WANTS)
		return;
	event(CARP_EV_UP, 0);
	if (r->in == BACKUP)
		return;
	event(CARP_EV_FORCE_MASTER, 0);
	if (r->in == MASTER)
		return;
	if (r->in == INIT_LINGERS) {
		event_why(CARP_EV_DOWN, CARP_REASON_ADMIN_DOWN, 0);
		return;
	}
	event(CARP_EV_FORCE_BACKUP, 0);
	if (r->in == BACKUP_RESTS)
		event(CARP_EV_TIMER, LINGER);
}

static void row(size_t i)
{
	const struct row *r = &rows[i];
	enum carp_state before;

	arrange(r);
	before = p.state;
	did = carp_proto_event(&p, r->ev, r->why,
			       r->ev == CARP_EV_ADVERT ? &r->rx : NULL,
			       T0 + r->at);

	EXPECT_STATE(r->state);
	EXPECT_EQ(did.old_state, before);
	EXPECT_EQ(did.new_state, r->state);
	EXPECT_EQ(did.actions, r->actions);
	EXPECT_REASON(r->reason);
	EXPECT_EQ(p.serving, r->serving);
	EXPECT_EQ(due(), r->due);
	/* What follows from the words of carp_proto.h. */
	EXPECT_EQ(!!(did.actions & CARP_ACT_REPORT), before != r->state);
	EXPECT_EQ(did.reason != CARP_REASON_NONE, before != r->state);
	EXPECT(r->state != CARP_STATE_MASTER || p.serving);
	EXPECT(r->state == CARP_STATE_INIT || due() != CARP_NEVER);
}

static const char *row_name(size_t i)
{
	return rows[i].name;
}

static void every_pair_has_a_row(size_t unused)
{
	static const enum carp_state state_of[] = {
		[INIT]			= CARP_STATE_INIT,
		[INIT_WANTS]		= CARP_STATE_INIT,
		[INIT_LINGERS]		= CARP_STATE_INIT,
		[BACKUP]		= CARP_STATE_BACKUP,
		[BACKUP_LINGERS]	= CARP_STATE_BACKUP,
		[BACKUP_RESTS]		= CARP_STATE_BACKUP,
		[MASTER]		= CARP_STATE_MASTER,
	};
	static u8 seen[__CARP_STATE_MAX][__CARP_EV_MAX];
	size_t i;
	int s, e;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		seen[state_of[rows[i].in]][rows[i].ev] = 1;
	for (s = 0; s < __CARP_STATE_MAX; s++)
		for (e = 0; e < __CARP_EV_MAX; e++)
			if (!seen[s][e])
				FAIL("no row for %s, event %d",
				     carp_state_name(s), e);
}

static void every_reason_has_a_name(size_t unused)
{
	int a, b;

	for (a = 0; a < __CARP_REASON_MAX; a++) {
		EXPECT(carp_reason_name(a) && *carp_reason_name(a));
		for (b = 0; b < a; b++)
			EXPECT(strcmp(carp_reason_name(a),
				      carp_reason_name(b)));
	}
	EXPECT(!strcmp(carp_state_name(CARP_STATE_INIT), "INIT"));
	EXPECT(!strcmp(carp_state_name(CARP_STATE_BACKUP), "BACKUP"));
	EXPECT(!strcmp(carp_state_name(CARP_STATE_MASTER), "MASTER"));
}

static const struct check_group groups[] = {
	CHECK(every_pair_has_a_row),
	CHECK(every_reason_has_a_name),
	{
		.name = "row",
		.run = row,
		.rows = ARRAY_SIZE(rows),
		.row_name = row_name,
	},
};

const struct check_suite check_proto = {
	.name = "carp_proto",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
};
