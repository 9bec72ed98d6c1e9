/* SPDX-License-Identifier: GPL-2.0-only */
/* What is done to the network at set times of a measurement. */
#ifndef TOOLS_ACTION_H
#define TOOLS_ACTION_H

#include <sys/types.h>

#include "netns.h"
#include "util.h"

enum action_verb {
	ACTION_CUT,		/* a bridge port leaves its bridge */
	ACTION_JOIN,
	ACTION_DOWN,
	ACTION_UP,
	ACTION_BLOCK,		/* a bridge port stays, but forwards nothing */
	ACTION_FORWARD,
	ACTION_DELETE,
	ACTION_SIGNAL,
	ACTION_WRITE,		/* text to a file, such as a sysctl */
	ACTION_RUN,
	ACTION_MARK,		/* nothing: begins a window of the report */
};

struct action {
	const char *text;
	u64 after_ns;
	enum action_verb verb;
	int fd;
	struct netns_iface where;	/* of what is done to a link */
	int ifindex, master;
	pid_t pid;
	int signo;
	const char *value;

	/* Filled in by the process that acts. */
	u64 begun, ended;
	int error;
	bool done;
};

extern const char action_help[];

/*
 * Parses "MS:VERB:..." and opens what it needs. The order of the actions in
 * time is the caller's business.
 */
void action_prepare(struct action *action, const char *text);

/* Does it cut off, or connect again, who is behind @where? */
bool action_severs(const struct action *action, const struct netns_iface *where);
bool action_mends(const struct action *action, const struct netns_iface *where);

/*
 * A process of its own does them, because taking a port out of a bridge makes
 * the caller wait for RCU, and the one who measures cannot wait. @actions must
 * be shared memory.
 */
pid_t actions_start(struct action *actions, size_t count, u64 start,
		    int priority);

#endif
