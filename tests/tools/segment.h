/* SPDX-License-Identifier: GPL-2.0-only */
/* What a segment is told about who is master, as it happens. */
#ifndef TOOLS_SEGMENT_H
#define TOOLS_SEGMENT_H

#include "frame.h"
#include "netns.h"

struct segment_tap {
	const char *name;
	struct netns_iface where;
	int fd;
	u32 drops;
};

struct segment_event {
	u64 ns;
	u32 tap;
	u8 vhid;		/* 0: an announcement of addr */
	bool bow_out;
	struct frame_addr addr;	/* source of an advertisement */
};

struct segment {
	struct segment_tap *taps;
	size_t n_taps;
	struct segment_event *events;
	size_t n_events;
	u8 vhid;		/* only this one; 0: all */
	bool vrrp;		/* advertisements of VRRP are what counts */
	s64 offset;
	bool unseen;		/* set by whatever is news; for the caller */
	u32 last_tap;		/* that an advertisement came by */
};

void segment_add(struct segment *segment, const char *name,
		 struct netns_iface where);
void segment_open(struct segment *segment);
void segment_receive(struct segment *segment, u32 tap);
/* Counts what was lost and brings the events of all taps into order. */
void segment_finish(struct segment *segment);

#endif
