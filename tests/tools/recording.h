/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading what watch has recorded. */
#ifndef TOOLS_RECORDING_H
#define TOOLS_RECORDING_H

#include "frame.h"
#include "packet.h"

struct recorded {
	u64 ns;
	const char *tap;
	bool outgoing;		/* by the switch, to the host of the tap */
	u32 length;		/* on the wire */
	size_t captured;
	const u8 *data;
	struct frame frame;
};

struct recording {
	const char *path;
	FILE *file;
	struct line line;
	u64 from, to;		/* others are passed over */
	u8 data[PACKET_MAX];
};

void recording_open(struct recording *r, const char *path);
/* What it fills in is good until the next call; false at the end. */
bool recording_next(struct recording *r, struct recorded *one);

#endif
