// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "trace.h"

#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#define RESOLUTION	NSEC_PER_USEC

/* The value of "key=" up to a blank, "" if there is none. */
static const char *value(const char *text, const char *name, char out[64])
{
	size_t len = strlen(name);
	const char *at = text;

	*out = '\0';
	while ((at = strstr(at, name))) {
		if (at[len] == '=' && (at == text || at[-1] == ' ')) {
			size_t size = strcspn(at + len + 1, " \n");

			if (size >= 64)
				size = 63;
			memcpy(out, at + len + 1, size);
			out[size] = '\0';
			break;
		}
		at += len;
	}
	return out;
}

static u64 number(const char *text, const char *name)
{
	char word[64];

	return parse_u64(value(text, name, word), UINT64_MAX, name);
}

/* "12.345678" right before ": carp_state:". */
static u64 stamp(const char *line, const char *colon)
{
	const char *at = colon, *dot = NULL;
	u64 seconds = 0, micros = 0;
	const char *p;

	while (at > line && (isdigit((u8)at[-1]) || at[-1] == '.'))
		at--;
	for (p = at; p < colon; p++)
		if (*p == '.')
			dot = p;
	if (!dot || colon - dot != 7)
		errx(3, "no time with six digits of a second in '%s'", line);
	for (p = at; p < dot; p++)
		seconds = seconds * 10 + (u64)(*p - '0');
	for (p = dot + 1; p < colon; p++)
		micros = micros * 10 + (u64)(*p - '0');
	return seconds * NSEC_PER_SEC + micros * NSEC_PER_USEC;
}

static struct trace_device *device(struct trace *trace, const char *text)
{
	struct trace_device d = {}, *at;
	char name[64], carrier[64];

	d.netns = number(text, "net");
	d.vhid = (u8)number(text, "vhid");
	value(text, "dev", name);
	value(text, "carrier", carrier);
	for (at = trace->devices; at < trace->devices + trace->n_devices; at++)
		if (at->netns == d.netns && at->vhid == d.vhid &&
		    !strcmp(at->name, name) && !strcmp(at->carrier, carrier))
			return at;
	d.name = xstrdup(name);
	d.carrier = xstrdup(carrier);
	APPEND(trace->devices, trace->n_devices, d);
	return &trace->devices[trace->n_devices - 1];
}

#define OPEN_END	UINT64_MAX

static void begin(struct trace_spell **spells, size_t *count, u64 ns)
{
	struct trace_spell spell = { .begin = ns, .end = OPEN_END };

	if (*count && (*spells)[*count - 1].end == OPEN_END)
		return;
	APPEND(*spells, *count, spell);
}

/* An end without a beginning: it was so before the trace was switched on. */
static void end(struct trace_spell **spells, size_t *count, u64 ns)
{
	struct trace_spell whole = { .end = ns };

	if (!*count)
		APPEND(*spells, *count, whole);
	else if ((*spells)[*count - 1].end == OPEN_END)
		(*spells)[*count - 1].end = ns;
}

static void state_event(struct trace *trace, const char *text, u64 ns)
{
	struct trace_device *d = device(trace, text);
	char was[64], is[64];

	value(text, "old", was);
	value(text, "new", is);
	if (!*is)
		errx(3, "a carp_state without new state: '%s'", text);
	if (!strcmp(is, "MASTER"))
		begin(&d->master, &d->n_master, ns);
	else if (!strcmp(was, "MASTER"))
		end(&d->master, &d->n_master, ns);
	trace->events++;
}

static void serving_event(struct trace *trace, const char *text, u64 ns)
{
	struct trace_device *d = device(trace, text);

	if (number(text, "serving"))
		begin(&d->serving, &d->n_serving, ns);
	else
		end(&d->serving, &d->n_serving, ns);
	trace->events++;
}

/* "# entries-in-buffer/entries-written: 10/12   #P:1" */
static bool overrun(const char *text)
{
	const char *colon = strstr(text, "entries-written:");
	unsigned long long in, written;

	if (colon && sscanf(colon, "entries-written: %llu/%llu", &in,
			    &written) == 2)
		return in != written;
	return strstr(text, "LOST") && strstr(text, "EVENTS]");
}

void trace_read(struct trace *trace, const char *path)
{
	static const char state[] = ": carp_state: ";
	static const char serving[] = ": carp_serving: ";
	FILE *f = file_open(path, "r");
	struct line line = {};
	char *text;

	while ((text = line_read(&line, f))) {
		char *at;

		if (overrun(text))
			errx(2, "%s: events were lost: %s", path, text);
		if (*text == '#')
			continue;
		at = strstr(text, state);
		if (at) {
			state_event(trace, at + strlen(state) - 1,
				    stamp(text, at));
			continue;
		}
		at = strstr(text, serving);
		if (at)
			serving_event(trace, at + strlen(serving) - 1,
				      stamp(text, at));
	}
	free(line.text);
	fclose(f);
}

/* The trace cuts off what is less than a microsecond. */
static bool within(const struct trace *trace, const struct trace_spell *spell,
		   u64 ns)
{
	return ns + trace->slack >= spell->begin &&
	       (spell->end == OPEN_END ||
		ns <= spell->end + RESOLUTION + trace->slack);
}

static bool within_any(const struct trace *trace,
		       const struct trace_spell *spells, size_t count, u64 ns)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (within(trace, &spells[i], ns))
			return true;
	return false;
}

static bool is_of(const struct trace_device *d, u64 netns, const char *carrier,
		  u8 vhid)
{
	return d->netns == netns && d->vhid == vhid &&
	       (!carrier || !strcmp(d->carrier, carrier));
}

/* Did a spell of this one end less than @time ago? */
static bool ended_lately(const struct trace *trace,
			 const struct trace_device *d, u64 ns, u64 time)
{
	size_t i;

	for (i = 0; i < d->n_master; i++) {
		const struct trace_spell *s = &d->master[i];

		if (s->end != OPEN_END && ns + trace->slack >= s->end &&
		    ns <= s->end + time + RESOLUTION + trace->slack)
			return true;
	}
	return false;
}

enum trace_state trace_state(const struct trace *trace, u64 netns,
			     const char *carrier, u8 vhid, u64 ns)
{
	enum trace_state best = TRACE_NOT_MASTER;
	size_t i;

	for (i = 0; i < trace->n_devices; i++) {
		const struct trace_device *d = &trace->devices[i];

		if (!is_of(d, netns, carrier, vhid))
			continue;
		if (within_any(trace, d->master, d->n_master, ns))
			return TRACE_MASTER;
		if (ended_lately(trace, d, ns, trace->linger) &&
		    within_any(trace, d->serving, d->n_serving, ns))
			best = TRACE_LINGERING;
	}
	return best;
}

bool trace_was_master(const struct trace *trace, u64 netns,
		      const char *carrier, u8 vhid, u64 ns, u64 time)
{
	size_t i;

	for (i = 0; i < trace->n_devices; i++) {
		const struct trace_device *d = &trace->devices[i];

		if (is_of(d, netns, carrier, vhid) &&
		    (within_any(trace, d->master, d->n_master, ns) ||
		     ended_lately(trace, d, ns, time)))
			return true;
	}
	return false;
}
