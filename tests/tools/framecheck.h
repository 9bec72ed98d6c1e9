/* SPDX-License-Identifier: GPL-2.0-only */
/* The three things that can be done with a recording. */
#ifndef TOOLS_FRAMECHECK_H
#define TOOLS_FRAMECHECK_H

#include "recording.h"
#include "scene.h"
#include "trace.h"

/* What a test finds in the exit status. */
enum {
	CHECK_GOOD = 0,
	CHECK_BAD = 1,
	CHECK_NOTHING = 2,	/* there was nothing to look at */
};

#define AUDIT_ALTERNATIVES	4

struct check_options {
	const char *host;	/* only this one; NULL: all */
	u8 vhid;		/* only this one; 0: all */
	u64 max_shown;
	u64 farewell;		/* ns after mastership for a bow-out */
	bool unicast, any_form, has_key;
	u8 key[CARP_KEY_SIZE];
	/* Any of them may be what is authenticated; none: from the scene. */
	struct carp_addrs vips[AUDIT_ALTERNATIVES];
	unsigned int n_vips;
};

/* Both invariants of sending, over every frame. */
int judge(struct recording *recording, struct scene *scene,
	  const struct trace *trace, const struct check_options *options);
/* Every advertisement, bit for bit. */
int audit(struct recording *recording, struct scene *scene,
	  const struct check_options *options);
/* How many of what, from whom, how often. */
int summarize(struct recording *recording, const struct check_options *options);

/* "time=12.345678901 " */
void check_print_time(u64 ns);

#endif
