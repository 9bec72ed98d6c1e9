// SPDX-License-Identifier: GPL-2.0
/*
 * Who was heard lately.
 */
#include "include/carp_heard.h"
#include "include/carp_proto.h"

#define BUDGET_NS	1000000000ull

/* Intervals for which a host is shown after its last advertisement. */
#define SHOWN_INTERVALS	10

static bool is_same(const struct carp_heard_one *a,
		    const struct carp_heard_one *b)
{
	return a->family == b->family && a->authentic == b->authentic &&
	       !memcmp(a->addr, b->addr, sizeof(a->addr));
}

/*
 * Which of two places is rather given up: a free one, one of somebody who
 * could not prove to be a peer, the one that has been silent for longer.
 */
static bool is_lesser(const struct carp_heard_one *a,
		      const struct carp_heard_one *b)
{
	if (!a->family || !b->family)
		return !a->family;
	if (a->authentic != b->authentic)
		return b->authentic;
	return a->at < b->at;
}

static bool in_run(const struct carp_heard_one *known, u64 counter)
{
	return counter - known->run_first <=
	       known->run_last - known->run_first;
}

/*
 * A peer that was started anew begins anywhere, and so does what is noted of
 * it; what was heard before changes nothing.
 */
static void continue_run(struct carp_heard_one *known, u64 counter)
{
	if (counter - known->run_last <= CARP_HEARD_RUN) {
		known->run_last = counter;
	} else if (!in_run(known, counter)) {
		known->run_first = counter;
		known->run_last = counter;
	}
}

/**
 * carp_heard_again() - whether the counter of an advertisement was used before
 * @heard: who was heard lately
 * @now: the advertisement, authentic and not noted yet
 *
 * By whatever address: that is not authenticated.  But FreeBSD, NetBSD and ucarp,
 * when they take over, continue the counter of whom they have heard, who later
 * continues it himself: who goes on where he was says something new.
 *
 * Can be said only of peers that count: OpenBSD's counter is always the same, and
 * that of a FreeBSD that has heard nobody is random.
 */
bool carp_heard_again(const struct carp_heard_list *heard,
		      const struct carp_heard_one *now)
{
	u64 counter = now->adv.counter;
	bool again = false;
	unsigned int i;

	for (i = 0; i < CARP_HEARD_MAX; i++) {
		const struct carp_heard_one *known = &heard->one[i];

		if (is_same(known, now) &&
		    counter - known->run_last - 1 < CARP_HEARD_RUN)
			return false;
		again |= known->authentic &&
			 known->run_first != known->run_last &&
			 in_run(known, counter);
	}
	return again;
}

static struct carp_heard_one *find_place(struct carp_heard_list *heard,
					 const struct carp_heard_one *now)
{
	unsigned int i;

	for (i = 0; i < CARP_HEARD_MAX; i++)
		if (is_same(&heard->one[i], now))
			return &heard->one[i];
	return NULL;
}

static struct carp_heard_one *least(struct carp_heard_list *heard)
{
	struct carp_heard_one *place = &heard->one[0];
	unsigned int i;

	for (i = 1; i < CARP_HEARD_MAX; i++)
		if (is_lesser(&heard->one[i], place))
			place = &heard->one[i];
	return place;
}

/**
 * carp_heard_note() - an advertisement was heard
 * @heard: who was heard lately
 * @now: the advertisement
 *
 * Whoever makes up addresses pushes out others who do, and no peer: an
 * authentic entry gives way to authentic ones only.  One address has two
 * entries if somebody forges it.
 */
void carp_heard_note(struct carp_heard_list *heard,
		     const struct carp_heard_one *now)
{
	struct carp_heard_one *place = find_place(heard, now);

	if (!place) {
		place = least(heard);
		if (place->family && place->authentic && !now->authentic)
			return;
		*place = *now;
		place->run_first = now->adv.counter;
		place->run_last = now->adv.counter;
		place->wrong = 0;
		place->wrong_since = now->at;
	}
	continue_run(place, now->adv.counter);
	place->adv = now->adv;
	place->at = now->at;
	if (now->authentic)
		return;
	if (now->at - place->wrong_since >= BUDGET_NS) {
		place->wrong = 0;
		place->wrong_since = now->at;
	}
	place->wrong++;
	if (place->wrong >= CARP_HEARD_BUDGET)
		heard->exceeded = true;
}

/**
 * carp_heard_worth() - whether an advertisement is worth computing its digest
 * @heard: who was heard lately
 * @family: of its source
 * @addr: its source
 * @now: monotonic ns
 * @random: any number
 *
 * Who sends more wrong digests than a mistake can explain costs less from then
 * on, until a second has passed.  An address that has once proved to be a
 * peer's is always worth it, whoever forges it, and so is one that has not
 * used up its own budget, whoever else floods.  One that is forged before it
 * was ever heard itself is not shut out either: one in CARP_HEARD_SAMPLE is
 * looked at, by chance, and the first that is right makes it a peer's.
 */
bool carp_heard_worth(struct carp_heard_list *heard, u8 family,
		      const u8 addr[CARP_HEARD_ADDR_LEN], u64 now, u32 random)
{
	bool worth = true, is_peer = false, exceeded = false;
	unsigned int i;

	for (i = 0; i < CARP_HEARD_MAX; i++) {
		const struct carp_heard_one *one = &heard->one[i];
		bool over = one->wrong >= CARP_HEARD_BUDGET &&
			    now - one->wrong_since < BUDGET_NS;

		exceeded |= over;
		if (one->family != family ||
		    memcmp(one->addr, addr, sizeof(one->addr)))
			continue;
		is_peer |= one->authentic;
		worth &= !over;
	}
	heard->exceeded = exceeded;
	return is_peer || worth || random % CARP_HEARD_SAMPLE == 0;
}

/**
 * carp_heard_is_peer() - whether an address has proved to be a peer's
 * @heard: who was heard lately
 * @family: of the address
 * @addr: the address
 */
bool carp_heard_is_peer(const struct carp_heard_list *heard, u8 family,
			const u8 addr[CARP_HEARD_ADDR_LEN])
{
	unsigned int i;

	for (i = 0; i < CARP_HEARD_MAX; i++)
		if (heard->one[i].authentic && heard->one[i].family == family &&
		    !memcmp(heard->one[i].addr, addr, CARP_HEARD_ADDR_LEN))
			return true;
	return false;
}

/**
 * carp_heard_alternates() - whether two masters advertise by turns
 * @heard: who was heard lately
 * @now: the advertisement of one, authentic and not noted yet
 *
 * True if another address of that family was heard between this advertisement
 * and the one before it from the same address.  A takeover and the way back look
 * like that once, which is why one of them is no proof.
 */
bool carp_heard_alternates(const struct carp_heard_list *heard,
			   const struct carp_heard_one *now)
{
	const struct carp_heard_one *last = NULL;
	u64 between = 0;
	unsigned int i;

	for (i = 0; i < CARP_HEARD_MAX; i++) {
		const struct carp_heard_one *known = &heard->one[i];

		if (is_same(known, now))
			last = known;
		else if (known->authentic && known->family == now->family &&
			 !carp_wire_is_bowout(&known->adv))
			between = max(between, known->at);
	}
	return last && !carp_wire_is_bowout(&last->adv) && between > last->at;
}

/**
 * carp_heard_is_recent() - whether an entry is still of interest
 * @one: the entry
 * @now: monotonic ns
 *
 * For ten of its intervals, each of them taken for a second if it is shorter;
 * a bow-out names none.  What is older is kept for carp_heard_again() alone.
 */
bool carp_heard_is_recent(const struct carp_heard_one *one, u64 now)
{
	u64 interval = CARP_NSEC_PER_SEC;

	if (!carp_wire_is_bowout(&one->adv))
		interval = max(interval, carp_interval_ns(one->adv.advbase,
							  one->adv.advskew));
	return one->family && now < one->at + SHOWN_INTERVALS * interval;
}
