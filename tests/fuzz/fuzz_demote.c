// SPDX-License-Identifier: GPL-2.0
/*
 * Demotion: names of reasons, reasons in force, the total, and interfaces that
 * cannot send.
 *
 * Input: operations.
 */
#include "carp_demote.h"
#include "fuzz.h"

#define SEC	1000000000ull
#define NEVER	(~0ull)

static const char letters[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static bool is_in(char c, const char *chars)
{
	return c && strchr(chars, c);
}

static void check_name(struct input *in)
{
	enum carp_name_fault fault, want = CARP_NAME_OK;
	size_t i, len = take8(in) % (CARP_DEMOTE_REASON_MAX + 4);
	char *name = malloc(len + 1), *whole;

	if (!name)
		return;
	take(in, name, len);
	/* Not ended, so that a byte too far is noticed. */
	whole = malloc(len ? len : 1);
	if (!whole)
		abort();
	memcpy(whole, name, len);
	fault = carp_demote_check(whole, len);
	free(whole);

	name[len] = 0;
	if (!strncmp(name, CARP_DEMOTE_CARRIER, strlen(CARP_DEMOTE_CARRIER)) ||
	    !strncmp(name, CARP_DEMOTE_SENDERR, strlen(CARP_DEMOTE_SENDERR)) ||
	    !strcmp(name, CARP_DEMOTE_SYSCTL))
		want = CARP_NAME_OURS;
	for (i = 0; i < len; i++)
		if (!is_in(name[i], letters) &&
		    (!i || !is_in(name[i], "._:@/+-")))
			want = CARP_NAME_CHAR;
	if (!len)
		want = CARP_NAME_EMPTY;
	if (len > CARP_DEMOTE_REASON_MAX)
		want = CARP_NAME_LONG;
	MUST(fault == want);
	free(name);
}

/* What is in force, by the number that makes the name; 0 is not in force. */
static u32 weights[CARP_REASONS_MAX + 8];
static struct carp_reasons reasons;
static struct carp_demotion all;

static void name_of(unsigned int i, char *to)
{
	memset(to, 0, CARP_DEMOTE_REASON_MAX + 1);
	/* Some begin like others, some are as long as can be. */
	memset(to, 'r', i % 3 ? i % 3 : CARP_DEMOTE_REASON_MAX - 2);
	snprintf(to + strlen(to), 3, "%x", i);
}

static void check_total(void)
{
	__int128 sum = all.admin;
	unsigned int i, n = 0;

	sum += (__int128)all.links * all.link_weight;
	sum += (__int128)all.senders * all.sender_weight;
	for (i = 0; i < ARRAY_SIZE(weights); i++) {
		n += !!weights[i];
		if (all.named)
			sum += weights[i];
	}
	if (sum > INT32_MAX)
		sum = INT32_MAX;
	if (sum < INT32_MIN)
		sum = INT32_MIN;
	MUST(reasons.n == n);
	MUST(carp_demote_total(&all) == sum);
}

static void set_reason(struct input *in)
{
	unsigned int i = take8(in) % ARRAY_SIZE(weights);
	u32 weight = take_size(in), old = 77;
	char name[CARP_DEMOTE_REASON_MAX + 1];
	unsigned int n = reasons.n;
	bool good;

	name_of(i, name);
	if (weight) {
		good = carp_demote_set(&reasons, name, weight, &old);
		MUST(good == (weights[i] || n < CARP_REASONS_MAX));
		MUST(old == weights[i]);
		if (good)
			weights[i] = weight;
	} else {
		good = carp_demote_clear(&reasons, name, &old);
		MUST(good == !!weights[i]);
		MUST(old == weights[i]);
		weights[i] = 0;
	}
}

static void set_all(void)
{
	unsigned int i;
	u32 old;
	char name[CARP_DEMOTE_REASON_MAX + 1];

	for (i = 0; i < ARRAY_SIZE(weights); i++) {
		name_of(i, name);
		if (carp_demote_set(&reasons, name, i + 1, &old))
			weights[i] = i + 1;
	}
	MUST(reasons.n == CARP_REASONS_MAX);
}

static void set_others(struct input *in)
{
	u8 flags = take8(in);

	/* Those who write to a sysctl write numbers of 32 bits. */
	if (flags & 1)
		all.admin += (s32)take32(in);
	all.links = flags & 2 ? take_size(in) % 65536 : 0;
	all.senders = flags & 4 ? take_size(in) % 65536 : 0;
	all.link_weight = flags & 8 ? take_size(in) : 240;
	all.sender_weight = flags & 16 ? take_size(in) : 240;
	all.named = flags & 32 ? NULL : &reasons;
}

/* An interface and what was seen of it. */
static struct carp_sending s;
static unsigned int bad, good, spells;
static bool failed;
static u64 now, due;

static void send_result(bool sent)
{
	if (sent) {
		bad = 0;
		if ((failed || spells) && ++good == 3) {
			failed = false;
			good = 0;
			spells = 0;
		}
	} else {
		good = 0;
		if (!failed && ++bad == 3) {
			failed = true;
			bad = 0;
			spells++;
		}
	}
	carp_sending_result(&s, sent);
}

static u64 hold(void)
{
	u64 ns = spells ? 60 * SEC << min(spells - 1, 10u) : 0;

	return ns < 3600 * SEC ? ns : 3600 * SEC;
}

static void sender_state(enum carp_state state)
{
	good = 0;
	bad = 0;
	due = NEVER;
	if (state == CARP_STATE_INIT) {
		failed = false;
		spells = 0;
	} else if (state == CARP_STATE_BACKUP && failed) {
		due = now + hold();
	}
	carp_sending_state(&s, state, now);
}

static void sender(struct input *in, u8 head)
{
	u8 n;

	switch (head & 3) {
	case 0:
	case 1:
		for (n = 0; n <= (head >> 2 & 3); n++)
			send_result(head & 1);
		break;
	case 2:
		sender_state((head >> 2 & 3) % 3);
		break;
	case 3:
		n = take8(in);
		now += head & 4 ? n * SEC : 30 * n * SEC;
		if (head & 8 && due != NEVER)
			now = due - (n & 1);
		carp_sending_expire(&s, now);
		if (now >= due) {
			due = NEVER;
			failed = false;
		}
	}
	MUST(s.failed == failed);
	MUST(s.hold == hold());
	MUST(s.due == due);
	MUST(carp_sending_idle(&s) == (!failed && !bad && !spells));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	u8 head;

	memset(weights, 0, sizeof(weights));
	memset(&reasons, 0, sizeof(reasons));
	memset(&all, 0, sizeof(all));
	all.named = &reasons;
	carp_sending_init(&s);
	bad = good = spells = 0;
	failed = false;
	now = SEC;
	due = NEVER;
	while (in.left) {
		head = take8(&in);
		switch (head >> 5) {
		case 0:
			check_name(&in);
			break;
		case 1:
		case 2:
			set_reason(&in);
			break;
		case 3:
			set_others(&in);
			break;
		case 4:
			if (head == 0x9f && take8(&in) == 0x9f)
				set_all();
			/* fall through */
		default:
			sender(&in, head);
			continue;
		}
		check_total();
	}
	return 0;
}
