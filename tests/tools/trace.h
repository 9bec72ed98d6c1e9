/* SPDX-License-Identifier: GPL-2.0-only */
/* Who was master when, from the module's tracepoints. */
#ifndef TOOLS_TRACE_H
#define TOOLS_TRACE_H

#include "util.h"

struct trace_spell {
	u64 begin, end;
};

/* One carp interface. */
struct trace_device {
	u64 netns;
	char *name, *carrier;
	u8 vhid;
	struct trace_spell *master, *serving;
	size_t n_master, n_serving;
};

struct trace {
	struct trace_device *devices;
	size_t n_devices;
	u64 slack;		/* of all comparisons, in ns */
	u64 linger;		/* how long a bow-out may be served after */
	u64 events;
};

enum trace_state {
	TRACE_NOT_MASTER,
	TRACE_LINGERING,	/* not any more, but it may still answer */
	TRACE_MASTER,
};

/* Ends the program with status 2 if events were lost: there is no judging. */
void trace_read(struct trace *trace, const char *path);

/* The best of the group's interfaces in @netns; @carrier NULL is any. */
enum trace_state trace_state(const struct trace *trace, u64 netns,
			     const char *carrier, u8 vhid, u64 ns);
/* Was it master at any time from @ns - @within on? */
bool trace_was_master(const struct trace *trace, u64 netns,
		      const char *carrier, u8 vhid, u64 ns, u64 within);

#endif
