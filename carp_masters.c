// SPDX-License-Identifier: GPL-2.0
/*
 * Other masters of our vhid that are heard.
 *
 * One advertisement proves nothing: it may be late, or forged.  An address that
 * has sent for one and a half of its intervals, which takes two advertisements
 * and at most three, is reported; and again when it has been silent for three.
 *
 * Anybody on the segment can forge what is noted here.  So strangers and peers
 * have places and budgets of their own: whatever is forged in the name of
 * strangers, a peer whose password or addresses have changed is reported in
 * time, and nobody makes more than a few reports.
 */
#include "include/carp_masters.h"
#include "include/carp_proto.h"

/* Halves of an interval for which one must have been heard to be reported. */
#define LASTS_HALVES	3

/* Silent intervals after which a place is free that was never reported. */
#define VAIN_INTERVALS	2

/* The clock of another CPU may be a little behind. */
static u64 elapsed(u64 then, u64 now)
{
	return now > then ? now - then : 0;
}

static u64 silence_of(const struct carp_master *one)
{
	return max(CARP_DEAD_FACTOR * one->interval, CARP_MASTERS_GONE_NS);
}

static bool lasts(const struct carp_master *one)
{
	return elapsed(one->since, one->at) >= LASTS_HALVES * one->interval / 2;
}

/**
 * carp_masters_is_heard() - whether another master is there, and reported
 * @one: a place
 * @now: monotonic ns
 *
 * For those who ask: the end may have been reached since carp_masters_change()
 * was last asked.
 */
bool carp_masters_is_heard(const struct carp_master *one, u64 now)
{
	return one->family && one->reported && !one->proved &&
	       elapsed(one->at, now) < silence_of(one);
}

static bool is_from(const struct carp_master *one,
		    const struct carp_heard_one *now)
{
	return one->family == now->family &&
	       one->authentic == now->authentic &&
	       !memcmp(one->addr, now->addr, sizeof(one->addr));
}

/*
 * What was reported stays until its end.  A stranger that has just been heard
 * has time to be heard again, or a flood of new addresses would push out each
 * before it is; one that claims to be slower, and needs the place for longer,
 * gives way.  The forged addresses of peers are few.
 */
static bool gives_way(const struct carp_master *one, u64 interval, u64 now,
		      bool is_peer)
{
	if (!one->family)
		return true;
	if (one->reported)
		return false;
	return is_peer || one->interval > interval ||
	       elapsed(one->at, now) > VAIN_INTERVALS * one->interval;
}

/* The places of strangers, or those of peers. */
static struct carp_master *places(struct carp_masters *masters, bool is_peer,
				  unsigned int *n)
{
	*n = is_peer ? CARP_MASTERS_PEERS : CARP_MASTERS_STRANGERS;
	return masters->one + (is_peer ? CARP_MASTERS_STRANGERS : 0);
}

static struct carp_master *place_for(struct carp_masters *masters,
				      const struct carp_heard_one *now,
				      u64 interval, bool is_peer)
{
	struct carp_master *one, *oldest = NULL;
	unsigned int i, n;

	one = places(masters, is_peer, &n);
	for (i = 0; i < n; i++, one++) {
		if (is_from(one, now))
			return one;
		if (gives_way(one, interval, now->at, is_peer) &&
		    (!oldest || one->at < oldest->at))
			oldest = one;
	}
	return oldest;
}

/**
 * carp_masters_note() - another master has advertised
 * @masters: those that are heard
 * @now: its advertisement
 * @is_peer: its address has proved to be a peer's
 *
 * A bow-out is not noted: it is sent once, and is about an end.
 *
 * Return: whether carp_masters_change() may have something to report.
 */
bool carp_masters_note(struct carp_masters *masters,
		       const struct carp_heard_one *now, bool is_peer)
{
	u64 interval = carp_interval_ns(now->adv.advbase, now->adv.advskew);
	struct carp_master *one;

	if (carp_wire_is_bowout(&now->adv))
		return false;
	one = place_for(masters, now, interval, is_peer);
	if (!one)
		return false;
	if (!is_from(one, now)) {
		masters->n += !one->family;
		*one = (struct carp_master){
			.family = now->family,
			.authentic = now->authentic,
			.is_peer = is_peer,
			.since = now->at,
		};
		memcpy(one->addr, now->addr, sizeof(one->addr));
	} else if (!one->reported && elapsed(one->at, now->at) >= silence_of(one)) {
		one->since = now->at;
	}
	one->counter = now->adv.counter;
	one->interval = interval;
	one->at = now->at;
	return !one->reported && lasts(one);
}

/**
 * carp_masters_proved() - an authentic advertisement was received
 * @masters: those that are heard
 * @now: the advertisement
 *
 * While addresses change a MASTER signs with the former list too, each time with
 * the next counter, and a host that never had that list cannot authenticate it;
 * and a host whose password was corrected goes on counting.  Neither is another
 * master, or no longer.  An authentic advertisement that is sent again does not
 * hide one: its counter is not the next.
 */
void carp_masters_proved(struct carp_masters *masters,
			 const struct carp_heard_one *now)
{
	struct carp_master *one = masters->one;
	unsigned int i;

	if (!masters->n)
		return;
	for (i = 0; i < CARP_MASTERS_MAX; i++, one++)
		if (one->family == now->family && !one->authentic &&
		    !memcmp(one->addr, now->addr, sizeof(one->addr)) &&
		    now->adv.counter - one->counter - 1 < CARP_MASTERS_NEXT)
			one->proved = true;
}

/* The one that is waited for longest. */
static struct carp_master *to_report(struct carp_masters *masters, bool is_peer)
{
	struct carp_master *one, *first = NULL;
	unsigned int i, n;

	one = places(masters, is_peer, &n);
	for (i = 0; i < n; i++, one++)
		if (one->family && !one->reported && lasts(one) &&
		    (!first || one->since < first->since))
			first = one;
	return first;
}

static bool may_report(u64 *next, u64 now)
{
	if (*next > now + (CARP_MASTERS_BURST - 1) * CARP_MASTERS_REFILL_NS)
		return false;
	*next = max(*next, now) + CARP_MASTERS_REFILL_NS;
	return true;
}

static bool ended(struct carp_masters *masters, u64 now,
		  struct carp_master *change)
{
	struct carp_master *one = masters->one;
	unsigned int i;

	for (i = 0; i < CARP_MASTERS_MAX; i++, one++) {
		if (!one->family ||
		    (!one->proved && elapsed(one->at, now) < silence_of(one)))
			continue;
		*change = *one;
		memset(one, 0, sizeof(*one));
		masters->n--;
		if (change->reported) {
			change->reported = false;
			return true;
		}
	}
	return false;
}

/**
 * carp_masters_change() - the next that is to be reported
 * @masters: those that are heard
 * @now: monotonic ns; CARP_NEVER if nothing is heard any more
 * @change: written: @reported tells whether it begins or is over
 *
 * To be asked until it says no.
 *
 * Return: whether there is one.
 */
bool carp_masters_change(struct carp_masters *masters, u64 now,
			 struct carp_master *change)
{
	struct carp_master *one;
	int is_peer;

	if (!masters->n)
		return false;
	if (ended(masters, now, change))
		return true;
	for (is_peer = 1; is_peer >= 0; is_peer--) {
		one = to_report(masters, is_peer);
		if (!one || !may_report(&masters->next[is_peer], now))
			continue;
		one->reported = true;
		*change = *one;
		return true;
	}
	return false;
}
