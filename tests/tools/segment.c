// SPDX-License-Identifier: GPL-2.0-only
#include "segment.h"

#include <stdlib.h>

#include "packet.h"

void segment_add(struct segment *segment, const char *name,
		 struct netns_iface where)
{
	struct segment_tap tap = { .name = name, .where = where };

	APPEND(segment->taps, segment->n_taps, tap);
}

void segment_open(struct segment *segment)
{
	size_t i;

	for (i = 0; i < segment->n_taps; i++)
		segment->taps[i].fd = packet_open(&segment->taps[i].where,
						  PACKET_CONTROL);
}

void segment_receive(struct segment *segment, u32 tap)
{
	static u8 buf[PACKET_MAX];
	struct packet_meta meta;
	ssize_t len;

	while ((len = packet_recv(segment->taps[tap].fd, buf, sizeof(buf),
				  &meta)) >= 0) {
		struct segment_event event = {
			.ns = meta.real_ns - (u64)segment->offset,
			.tap = tap,
		};
		struct frame f;

		if (!frame_decode(&f, buf, (size_t)len))
			continue;
		if (segment->vrrp ? !!f.vrrp : !!f.carp) {
			event.vhid = f.carp ? f.carp->vhid : f.vrrp[1];
			event.bow_out = f.carp ? frame_is_bow_out(&f) :
						 !f.vrrp[2];
			event.addr = f.src;
			if (segment->vhid && event.vhid != segment->vhid)
				continue;
		} else if (!frame_is_announcement(&f, &event.addr)) {
			continue;
		}
		/* Not news: the next advertisement of the same host. */
		if (!event.vhid || event.tap != segment->last_tap)
			segment->unseen = true;
		if (event.vhid)
			segment->last_tap = event.tap;
		APPEND(segment->events, segment->n_events, event);
	}
}

static int by_time(const void *a, const void *b)
{
	const struct segment_event *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? -1 : 1;
	return x->tap < y->tap ? -1 : x->tap > y->tap;
}

void segment_finish(struct segment *segment)
{
	size_t i;

	for (i = 0; i < segment->n_taps; i++) {
		u32 seen;

		segment->taps[i].drops = packet_drops(segment->taps[i].fd,
						      &seen);
	}
	if (segment->n_events)
		qsort(segment->events, segment->n_events,
		      sizeof(*segment->events), by_time);
}
