/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets that a host has received, and may pass on as a router. */
#ifndef TOOLS_PASSAGE_H
#define TOOLS_PASSAGE_H

#include "frame.h"

struct passage {
	u64 ns;
	size_t len;
	u8 *packet;		/* without what a router changes; NULL: used */
	u8 ttl;
};

struct passages {
	struct passage *list;
	size_t first, count;
};

/* The host has received this one at its own MAC. */
void passages_note(struct passages *p, const struct frame *f, u64 ns);
/*
 * It sends this one: is it one of those that it has received, with one hop
 * less, in the last second? Each may be passed on once.
 */
bool passages_take(struct passages *p, const struct frame *f, u64 ns);

#endif
