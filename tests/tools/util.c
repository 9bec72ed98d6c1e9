// SPDX-License-Identifier: GPL-2.0-only
#include "util.h"

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void *xrealloc(void *old, size_t size)
{
	void *new = realloc(old, size);

	if (!new)
		err(3, "no memory");
	return new;
}

void *xcalloc(size_t count, size_t size)
{
	void *new = calloc(count, size);

	if (!new)
		err(3, "no memory");
	return new;
}

char *xstrdup(const char *text)
{
	char *new = strdup(text);

	if (!new)
		err(3, "no memory");
	return new;
}

static u64 clock_now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
}

u64 mono_now(void)
{
	return clock_now(CLOCK_MONOTONIC);
}

/* The narrowest of a few brackets: an interrupt may hit any one of them. */
s64 realtime_minus_mono(void)
{
	u64 best = UINT64_MAX;
	s64 offset = 0;
	int i;

	for (i = 0; i < 32; i++) {
		u64 before = mono_now();
		u64 real = clock_now(CLOCK_REALTIME);
		u64 after = mono_now();

		if (after - before >= best)
			continue;
		best = after - before;
		offset = (s64)(real - (before + best / 2));
	}
	return offset;
}

bool sleep_until(u64 ns)
{
	struct timespec ts = {
		.tv_sec = (time_t)(ns / NSEC_PER_SEC),
		.tv_nsec = (long)(ns % NSEC_PER_SEC),
	};

	return !clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

u64 parse_u64(const char *text, u64 max, const char *what)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end == text || *end || *text == '-' || value > max)
		errx(3, "%s: '%s' is not a number from 0 to %llu", what, text,
		     (unsigned long long)max);
	return value;
}

double parse_double(const char *text, const char *what)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= 0))
		errx(3, "%s: '%s' is not a number", what, text);
	return value;
}

void parse_mac(const char *text, u8 mac[6], const char *what)
{
	if (hex_decode(text, mac, 6) != 6)
		errx(3, "%s: '%s' is not a hardware address", what, text);
}

int hex_decode(const char *text, u8 *out, size_t max)
{
	int high = -1;
	size_t n = 0;

	for (; *text; text++) {
		int digit;

		if (high < 0 && (isspace((u8)*text) || *text == ':'))
			continue;
		if (!isxdigit((u8)*text))
			return -1;
		digit = isdigit((u8)*text) ? *text - '0' :
			tolower((u8)*text) - 'a' + 10;
		if (high < 0) {
			high = digit;
			continue;
		}
		if (n == max)
			return -1;
		out[n++] = (u8)(high << 4 | digit);
		high = -1;
	}
	return high < 0 ? (int)n : -1;
}

void hex_print(FILE *to, const u8 *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < len; i++) {
		putc_unlocked(digits[data[i] >> 4], to);
		putc_unlocked(digits[data[i] & 15], to);
	}
}

const char *mac_format(const u8 mac[6], char out[MAC_STRLEN])
{
	snprintf(out, MAC_STRLEN, "%02x:%02x:%02x:%02x:%02x:%02x",
		 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	return out;
}

char *line_read(struct line *line, FILE *from)
{
	ssize_t len = getline(&line->text, &line->size, from);

	if (len < 0) {
		if (ferror(from))
			err(3, "reading");
		return NULL;
	}
	while (len && strchr("\r\n", line->text[len - 1]))
		line->text[--len] = '\0';
	return line->text;
}

FILE *file_open(const char *path, const char *mode)
{
	FILE *file = fopen(path, mode);

	if (!file)
		err(3, "%s", path);
	return file;
}
