// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "recording.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

void recording_open(struct recording *r, const char *path)
{
	memset(r, 0, sizeof(*r));
	r->path = path;
	r->file = file_open(path, "r");
	r->to = UINT64_MAX;
}

static bool parse(struct recording *r, char *text, struct recorded *one)
{
	char *time = strsep(&text, "\t"), *tap = strsep(&text, "\t");
	char *direction = strsep(&text, "\t"), *length = strsep(&text, "\t");
	int captured;

	if (!text)
		return false;
	one->ns = parse_u64(time, UINT64_MAX, "time");
	one->tap = tap;
	one->outgoing = !strcmp(direction, "out");
	if (!one->outgoing && strcmp(direction, "in"))
		return false;
	one->length = (u32)parse_u64(length, PACKET_MAX, "length");
	captured = hex_decode(text, r->data, sizeof(r->data));
	if (captured < 0)
		return false;
	one->captured = (size_t)captured;
	one->data = r->data;
	return frame_decode(&one->frame, r->data, one->captured);
}

bool recording_next(struct recording *r, struct recorded *one)
{
	char *text;

	while ((text = line_read(&r->line, r->file))) {
		if (*text == '#')
			continue;
		if (!parse(r, text, one))
			errx(3, "%s: a line is damaged", r->path);
		if (one->ns >= r->from && one->ns < r->to)
			return true;
	}
	fclose(r->file);
	free(r->line.text);
	return false;
}
