// SPDX-License-Identifier: GPL-2.0-only
#include "report.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#define NONE	INT64_MIN

/* One of the two writers of every value; what is not known is "-" and null. */
struct out {
	FILE *text, *json;
	char prefix[32];
	bool more;
};

static void key(struct out *o, const char *name)
{
	fprintf(o->text, "%s%s=", o->prefix, name);
	if (o->json)
		fprintf(o->json, "%s\"%s\":", o->more ? "," : "", name);
	o->more = true;
}

static void put_number(struct out *o, const char *name, s64 value)
{
	key(o, name);
	if (value == NONE)
		fputs("-\n", o->text);
	else
		fprintf(o->text, "%lld\n", (long long)value);
	if (o->json && value == NONE)
		fputs("null", o->json);
	else if (o->json)
		fprintf(o->json, "%lld", (long long)value);
}

static void put_text(struct out *o, const char *name, const char *value)
{
	key(o, name);
	fprintf(o->text, "%s\n", value ? value : "-");
	if (!o->json)
		return;
	if (!value) {
		fputs("null", o->json);
		return;
	}
	putc('"', o->json);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			fprintf(o->json, "\\%c", *value);
		else if ((u8)*value < ' ')
			fprintf(o->json, "\\u%04x", (u8)*value);
		else
			putc(*value, o->json);
	}
	putc('"', o->json);
}

static s64 us(u64 ns)
{
	return (s64)(ns / NSEC_PER_USEC);
}

static s64 us_after(u64 begin, u64 ns)
{
	return ns ? ((s64)(ns - begin)) / (s64)NSEC_PER_USEC : NONE;
}

static int by_value(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* When replies came, in order: they need not come in the order of echoes. */
static u64 *reply_times(const struct echo *echo, size_t *count)
{
	u64 *times = xcalloc(echo->sent + 1, sizeof(*times));
	u32 i;

	*count = 0;
	for (i = 0; i < echo->sent; i++)
		if (echo->pings[i].replied)
			times[(*count)++] = echo->pings[i].replied;
	qsort(times, *count, sizeof(*times), by_value);
	return times;
}

/*
 * The longest time without a reply that touches [from, to). It may begin before
 * and end after. The first and the last echo stand in for replies there.
 */
static u64 longest_gap(const struct echo *echo, u64 from, u64 to, u64 *at)
{
	size_t count, i;
	u64 *times = reply_times(echo, &count);
	u64 last = echo->sent ? echo->pings[0].sent : 0, longest = 0;

	*at = last;
	if (echo->sent)
		times[count++] = echo->pings[echo->sent - 1].sent;
	for (i = 0; i < count; i++) {
		if (times[i] > last && times[i] - last > longest &&
		    times[i] >= from && last < to) {
			longest = times[i] - last;
			*at = last;
		}
		if (times[i] > last)
			last = times[i];
	}
	free(times);
	return longest;
}

struct tally {
	u32 sent, received, lost, duplicates;
	u64 first_reply;	/* to an echo sent in the window */
	u64 rtt_min, rtt_max, rtt_sum;
};

/* Of the echoes sent in [from, to). */
static struct tally count_echoes(const struct echo *echo, u64 from, u64 to)
{
	struct tally t = { .rtt_min = UINT64_MAX };
	u32 i;

	for (i = 0; i < echo->sent; i++) {
		const struct ping *p = &echo->pings[i];
		u64 rtt = p->replied - p->sent;

		if (p->sent < from || p->sent >= to)
			continue;
		t.sent++;
		if (!p->replied) {
			t.lost++;
			continue;
		}
		t.received++;
		t.duplicates += p->replies - 1;
		if (!t.first_reply || p->replied < t.first_reply)
			t.first_reply = p->replied;
		/* The two clocks' offset is known to a fraction of a us. */
		if (p->replied < p->sent)
			rtt = 0;
		t.rtt_sum += rtt;
		if (rtt < t.rtt_min)
			t.rtt_min = rtt;
		if (rtt > t.rtt_max)
			t.rtt_max = rtt;
	}
	return t;
}

static bool same_sender(const struct segment_event *a,
			const struct segment_event *b)
{
	return a->tap == b->tap && frame_addr_equal(&a->addr, &b->addr);
}

static void put_sender(struct out *o, const struct report_input *in,
		       const char *who, const struct segment_event *e)
{
	char name[64], addr[FRAME_ADDR_MAX];

	snprintf(name, sizeof(name), "%s_src", who);
	put_text(o, name, e ? frame_addr_format(&e->addr, addr) : NULL);
	snprintf(name, sizeof(name), "%s_tap", who);
	put_text(o, name, e ? in->segment->taps[e->tap].name : NULL);
}

/* Who is cut off still talks at his port of the switch, but to nobody. */
static bool is_heard(const struct report_input *in,
		     const struct segment_event *e)
{
	const struct netns_iface *where = &in->segment->taps[e->tap].where;
	bool heard = true;
	size_t i;

	for (i = 0; i < in->n_actions; i++) {
		const struct action *a = &in->actions[i];

		if (!a->done || a->begun > e->ns)
			continue;
		if (action_severs(a, where))
			heard = false;
		else if (action_mends(a, where))
			heard = true;
	}
	return heard;
}

/*
 * Who was master before and who after, and how long the segment had none: from
 * the last word of the old one that could be heard to the first of the new one.
 */
static void put_takeover(struct out *o, const struct report_input *in,
			 const struct action *a, u64 to)
{
	const struct segment_event *old = NULL, *new = NULL, *last = NULL;
	const struct segment_event *e = in->segment->events;
	const struct segment_event *end = e + in->segment->n_events;
	u64 garp = 0, garp_target = 0;

	for (; e < end && e->ns < to; e++) {
		if (!is_heard(in, e))
			continue;
		if (!e->vhid) {
			if (e->ns < a->begun)
				continue;
			if (!garp)
				garp = e->ns;
			if (!garp_target &&
			    frame_addr_equal(&e->addr, &in->target))
				garp_target = e->ns;
		} else if (e->ns < a->begun) {
			old = last = e;
		} else if (!new && old && same_sender(e, old)) {
			last = e;
		} else if (!new) {
			new = e;
		}
	}
	put_sender(o, in, "old", old);
	put_sender(o, in, "new", new);
	put_number(o, "last_advert_us", last ? us_after(a->begun, last->ns) :
			NONE);
	put_number(o, "first_advert_us", new ? us_after(a->begun, new->ns) :
			NONE);
	put_number(o, "detect_us", last && new ? us_after(last->ns, new->ns) :
			NONE);
	put_text(o, "bow_out", last ? last->bow_out ? "yes" : "no" : NULL);
	put_number(o, "garp_us", us_after(a->begun, garp));
	put_number(o, "garp_target_us", us_after(a->begun, garp_target));
}

static void put_action(struct out *o, const struct report_input *in, size_t n)
{
	const struct action *a = &in->actions[n];
	u64 to = n + 1 < in->n_actions ? in->actions[n + 1].begun : 0;
	struct tally t;
	u64 at, gap;

	put_text(o, "what", a->text);
	put_number(o, "done", a->done);
	if (!a->done)
		return;
	if (!to)
		to = UINT64_MAX;
	put_text(o, "error", a->error ? strerror(-a->error) : NULL);
	put_number(o, "at_ns", (s64)a->begun);
	put_number(o, "at_us", us_after(in->start, a->begun));
	put_number(o, "took_us", us(a->ended - a->begun));
	put_takeover(o, in, a, to);

	t = count_echoes(in->echo, a->begun, to);
	put_number(o, "reply_us", us_after(a->begun, t.first_reply));
	/* The one under way when it happened belongs to what happened. */
	t = count_echoes(in->echo, a->begun - in->period,
			 to == UINT64_MAX ? to : to - in->period);
	put_number(o, "sent", t.sent);
	put_number(o, "lost", t.lost);
	put_number(o, "duplicates", t.duplicates);
	gap = longest_gap(in->echo, a->begun, to, &at);
	put_number(o, "gap_us", us(gap));
	put_number(o, "gap_at_us", us_after(a->begun, at));
}

static u64 count_adverts(const struct segment *segment, size_t tap)
{
	u64 count = 0;
	size_t i;

	for (i = 0; i < segment->n_events; i++)
		count += segment->events[i].vhid && segment->events[i].tap == tap;
	return count;
}

void report_write(const struct report_input *in, FILE *text, FILE *json)
{
	struct tally t = count_echoes(in->echo, 0, UINT64_MAX);
	struct out o = { .text = text, .json = json };
	u64 at, gap, drops = 0;
	size_t i;

	gap = longest_gap(in->echo, 0, UINT64_MAX, &at);
	for (i = 0; i < in->segment->n_taps; i++)
		drops += in->segment->taps[i].drops;

	if (json)
		fputs("{", json);
	put_number(&o, "start_ns", (s64)in->start);
	put_number(&o, "sent", t.sent);
	put_number(&o, "received", t.received);
	put_number(&o, "lost", t.lost);
	put_number(&o, "duplicates", t.duplicates);
	put_number(&o, "send_errors", in->echo->send_errors);
	put_number(&o, "longest_gap_us", us(gap));
	put_number(&o, "longest_gap_at_us", us_after(in->start, at));
	put_number(&o, "rtt_min_us", t.received ? us(t.rtt_min) : NONE);
	put_number(&o, "rtt_mean_us", t.received ?
			us(t.rtt_sum / t.received) : NONE);
	put_number(&o, "rtt_max_us", t.received ? us(t.rtt_max) : NONE);
	put_number(&o, "late_max_us", us(in->late_max));
	put_number(&o, "adverts_and_garps", (s64)in->segment->n_events);
	put_number(&o, "tap_drops", (s64)drops);
	for (i = 0; i < in->segment->n_taps; i++) {
		char name[64];

		snprintf(name, sizeof(name), "adverts_%s",
			 in->segment->taps[i].name);
		put_number(&o, name, (s64)count_adverts(in->segment, i));
	}
	put_number(&o, "actions", (s64)in->n_actions);
	if (in->n_actions && in->actions[0].done) {
		t = count_echoes(in->echo, 0, in->actions[0].begun - in->period);
		put_number(&o, "before_sent", t.sent);
		put_number(&o, "before_lost", t.lost);
	}

	if (json)
		fputs(",\"action\":[", json);
	for (i = 0; i < in->n_actions; i++) {
		snprintf(o.prefix, sizeof(o.prefix), "action%zu_", i);
		o.more = false;
		if (json)
			fputs(i ? ",{" : "{", json);
		put_action(&o, in, i);
		if (json)
			fputs("}", json);
	}
	if (json)
		fputs("]}\n", json);
	if (fflush(text) || (json && fflush(json)))
		err(3, "writing the report");
}
