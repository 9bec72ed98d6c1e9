// SPDX-License-Identifier: GPL-2.0
/*
 * Who was heard lately: peers are pushed out by peers only, by whoever is new,
 * and the oldest first; nobody is in twice.
 *
 * Input: advertisements, each with its address, authenticity and age.
 */
#include "carp_heard.h"
#include "fuzz.h"

static struct carp_heard_list list, before;

static bool same(const struct carp_heard_one *a, const struct carp_heard_one *b)
{
	return a->family && a->family == b->family &&
	       a->authentic == b->authentic &&
	       !memcmp(a->addr, b->addr, sizeof(a->addr));
}

static const struct carp_heard_one *lookup(const struct carp_heard_list *in,
					   const struct carp_heard_one *who,
					   int *times)
{
	const struct carp_heard_one *found = NULL;
	int i;

	*times = 0;
	for (i = 0; i < CARP_HEARD_MAX; i++)
		if (same(&in->one[i], who)) {
			found = &in->one[i];
			(*times)++;
		}
	return found;
}

/* Somebody had to go: the right one? */
static void check_loss(const struct carp_heard_one *lost,
		       const struct carp_heard_one *now)
{
	const struct carp_heard_one *o;
	int i;

	MUST(now->authentic || !lost->authentic);
	for (i = 0; i < CARP_HEARD_MAX; i++) {
		o = &before.one[i];
		MUST(o->family);
		MUST(o->authentic || !lost->authentic);
		if (o->authentic == lost->authentic)
			MUST(o->at >= lost->at);
	}
}

static void note(const struct carp_heard_one *now)
{
	const struct carp_heard_one *found, *had;
	int i, times, lost = 0, peers = 0;

	before = list;
	carp_heard_note(&list, now);

	had = lookup(&before, now, &times);
	found = lookup(&list, now, &times);
	MUST(times <= 1);
	if (found)
		MUST(found->at == now->at &&
		     !memcmp(&found->adv, &now->adv, sizeof(now->adv)));
	for (i = 0; i < CARP_HEARD_MAX; i++) {
		const struct carp_heard_one *o = &before.one[i];

		peers += o->family && o->authentic;
		if (!o->family || o == had)
			continue;
		found = lookup(&list, o, &times);
		if (found) {
			MUST(times == 1);
			MUST(found->at == o->at &&
			     !memcmp(&found->adv, &o->adv, sizeof(o->adv)));
			continue;
		}
		lost++;
		check_loss(o, now);
	}
	MUST(lost <= !had);
	/* Only where all are peers there is no room, and only for strangers. */
	MUST(lookup(&list, now, &times) ||
	     (!now->authentic && peers == CARP_HEARD_MAX));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct carp_heard_one now;
	u64 at = 1;
	u8 head;

	memset(&list, 0, sizeof(list));
	while (in.left) {
		memset(&now, 0, sizeof(now));
		head = take8(&in);
		now.authentic = head & 1;
		now.family = head & 2 ? 10 : 2;
		now.addr[head & 4 ? 0 : 15] = head >> 3;
		/* At times several at once. */
		at += head & 0x80 ? take8(&in) : 1;
		now.at = at;
		now.adv.counter = at * 3;
		now.adv.advskew = head;
		note(&now);
	}
	return 0;
}
