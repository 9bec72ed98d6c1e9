// SPDX-License-Identifier: GPL-2.0
/*
 * Who was heard lately.
 */
#include "include/carp_heard.h"

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
	struct carp_heard_one *place = &heard->one[0];
	unsigned int i;

	for (i = 0; i < CARP_HEARD_MAX; i++) {
		if (is_same(&heard->one[i], now)) {
			place = &heard->one[i];
			break;
		}
		if (is_lesser(&heard->one[i], place))
			place = &heard->one[i];
	}
	if (place->family && place->authentic && !now->authentic)
		return;
	*place = *now;
}
