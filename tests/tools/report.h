/* SPDX-License-Identifier: GPL-2.0-only */
/* What a measurement found, as key=value lines and as JSON. */
#ifndef TOOLS_REPORT_H
#define TOOLS_REPORT_H

#include "action.h"
#include "echo.h"
#include "segment.h"

struct report_input {
	u64 start, period;
	u64 late_max;		/* the worst delay of an echo */
	const struct echo *echo;
	const struct segment *segment;
	const struct action *actions;
	size_t n_actions;
	struct frame_addr target;
};

/* @json may be NULL. */
void report_write(const struct report_input *in, FILE *text, FILE *json);

#endif
