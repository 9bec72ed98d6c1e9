/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a host is a worse master than its configuration says, and by how much.
 *
 * Pure.  The total is never added to or taken from but is computed anew from
 * what is in force, so that it cannot drift: not by a reason that is given
 * twice, not by a weight that changes between beginning and end.
 */
#ifndef _CARP_DEMOTE_H
#define _CARP_DEMOTE_H

#include "carp_types.h"
#include "uapi/linux/if_carp.h"

enum carp_demote_limits {
	CARP_REASONS_MAX	= 64,	/* named by user space, per namespace */
	CARP_SENDERR_BAD	= 3,	/* failures in a row that are too many */
	CARP_SENDERR_GOOD	= 3,	/* successes in a row that end it */
};

/** CARP_SENDERR_HOLD_NS - until a host that is not MASTER may try again */
#define CARP_SENDERR_HOLD_NS		(60 * 1000000000ull)

/** CARP_SENDERR_HOLD_MAX_NS - the same after it was in vain many times */
#define CARP_SENDERR_HOLD_MAX_NS	(3600 * 1000000000ull)

/**
 * struct carp_reasons - reasons named by user space, oldest first
 * @n: how many
 * @r: name, ended by NUL, and weight of each
 */
struct carp_reasons {
	unsigned int	n;
	struct {
		char	name[CARP_DEMOTE_REASON_MAX + 1];
		u32	weight;
	} r[CARP_REASONS_MAX];
};

/**
 * struct carp_demotion - everything that demotes the host
 * @admin: sum of what was written to net.carp.demotion
 * @links: how many lower devices have no link, and are missed
 * @link_weight: what each of them weighs
 * @senders: how many interfaces cannot send
 * @sender_weight: what each of them weighs
 * @named: reasons named by user space, or NULL for none
 */
struct carp_demotion {
	s64			admin;
	u32			links;
	u32			link_weight;
	u32			senders;
	u32			sender_weight;
	struct carp_reasons	*named;
};

/**
 * enum carp_name_fault - what is wrong with the name of a reason
 * @CARP_NAME_OK: nothing
 * @CARP_NAME_EMPTY: it is empty
 * @CARP_NAME_LONG: longer than CARP_DEMOTE_REASON_MAX
 * @CARP_NAME_CHAR: not of letters, digits and ``. _ : @ / + -``, or not
 *	beginning with a letter or digit
 * @CARP_NAME_OURS: one that the kernel gives itself
 */
enum carp_name_fault {
	CARP_NAME_OK,
	CARP_NAME_EMPTY,
	CARP_NAME_LONG,
	CARP_NAME_CHAR,
	CARP_NAME_OURS,
};

/**
 * struct carp_sending - whether one interface gets its advertisements out
 * @failed: too many have failed: this demotes the host
 * @bad: failures in a row
 * @good: successes in a row
 * @hold: how long the next spell outlasts mastership, ns, or 0 for the default
 * @due: when that is over, or CARP_NEVER's value while MASTER
 */
struct carp_sending {
	bool	failed;
	u8	bad;
	u8	good;
	u64	hold;
	u64	due;
};

enum carp_name_fault carp_demote_check(const char *name, size_t len);
bool carp_demote_set(struct carp_reasons *set, const char *name, u32 weight,
		     u32 *old);
bool carp_demote_clear(struct carp_reasons *set, const char *name, u32 *old);
s32 carp_demote_total(const struct carp_demotion *d);

void carp_sending_init(struct carp_sending *s);
bool carp_sending_idle(const struct carp_sending *s);
void carp_sending_result(struct carp_sending *s, bool sent);
void carp_sending_state(struct carp_sending *s, enum carp_state state, u64 now);
void carp_sending_expire(struct carp_sending *s, u64 now);

#endif /* _CARP_DEMOTE_H */
