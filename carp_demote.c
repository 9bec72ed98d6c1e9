// SPDX-License-Identifier: GPL-2.0
/*
 * Demotion: reasons -> total, and when an interface that cannot send is one.
 */
#include "include/carp_demote.h"

#define NEVER	(~0ull)

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static bool has_prefix(const char *name, size_t len, const char *prefix)
{
	size_t n = strlen(prefix);

	return len >= n && !memcmp(name, prefix, n);
}

/**
 * carp_demote_check() - whether user space may use a name for a reason
 * @name: the name; need not end with NUL
 * @len: its length
 *
 * The characters are those that need no quotes in a shell, in JSON and in the
 * log.
 */
enum carp_name_fault carp_demote_check(const char *name, size_t len)
{
	size_t i;

	if (!len)
		return CARP_NAME_EMPTY;
	if (len > CARP_DEMOTE_REASON_MAX)
		return CARP_NAME_LONG;
	if (!is_alnum(name[0]))
		return CARP_NAME_CHAR;
	for (i = 0; i < len; i++)
		if (!is_alnum(name[i]) && (!name[i] || !strchr("._:@/+-", name[i])))
			return CARP_NAME_CHAR;
	if (has_prefix(name, len, CARP_DEMOTE_CARRIER) ||
	    has_prefix(name, len, CARP_DEMOTE_SENDERR) ||
	    (len == strlen(CARP_DEMOTE_SYSCTL) &&
	     has_prefix(name, len, CARP_DEMOTE_SYSCTL)))
		return CARP_NAME_OURS;
	return CARP_NAME_OK;
}

static unsigned int find(const struct carp_reasons *set, const char *name)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (!strcmp(set->r[i].name, name))
			break;
	return i;
}

/**
 * carp_demote_set() - put a named reason in force, or change its weight
 * @set: reasons
 * @name: name that carp_demote_check() finds good
 * @weight: weight from now on, not 0
 * @old: set to the weight until now, 0 if it was not in force
 *
 * Return: false if there are CARP_REASONS_MAX others.
 */
bool carp_demote_set(struct carp_reasons *set, const char *name, u32 weight,
		     u32 *old)
{
	unsigned int i = find(set, name);

	*old = 0;
	if (i < set->n) {
		*old = set->r[i].weight;
	} else {
		if (i == CARP_REASONS_MAX)
			return false;
		memcpy(set->r[i].name, name, strlen(name) + 1);
		set->n++;
	}
	set->r[i].weight = weight;
	return true;
}

/**
 * carp_demote_clear() - end a named reason
 * @set: reasons
 * @name: its name
 * @old: set to the weight that it had
 *
 * Return: false if it was not in force.
 */
bool carp_demote_clear(struct carp_reasons *set, const char *name, u32 *old)
{
	unsigned int i = find(set, name);

	*old = 0;
	if (i == set->n)
		return false;
	*old = set->r[i].weight;
	set->n--;
	memmove(&set->r[i], &set->r[i + 1],
		(set->n - i) * sizeof(set->r[0]));
	return true;
}

/**
 * carp_demote_total() - what net.carp.demotion shows
 * @d: everything in force
 *
 * Clamped to what fits, which changes nothing of what is in force.  A total
 * below 0, which only the administrator can bring about, does not promote.
 */
s32 carp_demote_total(const struct carp_demotion *d)
{
	s64 sum = d->admin;
	unsigned int i;

	sum += (s64)d->links * d->link_weight;
	sum += (s64)d->senders * d->sender_weight;
	for (i = 0; d->named && i < d->named->n; i++)
		sum += d->named->r[i].weight;
	return max_t(s64, S32_MIN, min_t(s64, S32_MAX, sum));
}

/**
 * carp_sending_init() - nothing sent yet
 * @s: to be initialised
 */
void carp_sending_init(struct carp_sending *s)
{
	memset(s, 0, sizeof(*s));
	s->due = NEVER;
}

/**
 * carp_sending_idle() - whether a success would change nothing
 * @s: how sending goes
 */
bool carp_sending_idle(const struct carp_sending *s)
{
	return !s->failed && !s->bad && !s->hold;
}

/**
 * carp_sending_result() - an advertisement was sent, or was not
 * @s: how sending goes
 * @sent: the lower device took it
 */
void carp_sending_result(struct carp_sending *s, bool sent)
{
	if (!sent) {
		s->good = 0;
		if (s->failed || ++s->bad < CARP_SENDERR_BAD)
			return;
		s->failed = true;
		s->bad = 0;
		s->hold = s->hold ? min_t(u64, 2 * s->hold,
					  CARP_SENDERR_HOLD_MAX_NS) :
				    CARP_SENDERR_HOLD_NS;
		return;
	}
	s->bad = 0;
	if (carp_sending_idle(s) || ++s->good < CARP_SENDERR_GOOD)
		return;
	s->failed = false;
	s->good = 0;
	s->hold = 0;
}

/**
 * carp_sending_state() - the interface has changed its state
 * @s: how sending goes
 * @state: the new state
 * @now: monotonic ns
 *
 * Who is no longer MASTER sends nothing and so cannot find out that it would
 * succeed.  What made it fail is forgotten with the next INIT, as the lower
 * device has then been down, or after a time that doubles with each spell in
 * which it was in vain.
 */
void carp_sending_state(struct carp_sending *s, enum carp_state state, u64 now)
{
	if (state == CARP_STATE_INIT) {
		carp_sending_init(s);
		return;
	}
	s->bad = 0;
	s->good = 0;
	s->due = NEVER;
	if (state == CARP_STATE_BACKUP && s->failed)
		s->due = now + s->hold;
}

/**
 * carp_sending_expire() - time has passed
 * @s: how sending goes
 * @now: monotonic ns
 */
void carp_sending_expire(struct carp_sending *s, u64 now)
{
	if (now < s->due)
		return;
	s->due = NEVER;
	s->failed = false;
}
