/* SPDX-License-Identifier: GPL-2.0-only */
/* Small things every tool needs: integer names, clocks, parsing. */
#ifndef TOOLS_UTIL_H
#define TOOLS_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define NSEC_PER_SEC	1000000000ull
#define NSEC_PER_MSEC	1000000ull
#define NSEC_PER_USEC	1000ull
#define MAC_STRLEN	18
#define ETH_HEADER	14

/* Both end the program when there is no memory. */
void *xrealloc(void *old, size_t size);
void *xcalloc(size_t count, size_t size);
char *xstrdup(const char *text);

/* Grows @array, which has @count items, by @item: at each power of two. */
#define APPEND(array, count, item) do {					\
	if (!((count) & ((count) - 1)))					\
		(array) = xrealloc((array), ((count) ? (count) * 2 : 1) *	\
				   sizeof(*(array)));			\
	(array)[(count)++] = (item);					\
} while (0)

u64 mono_now(void);
/* What to subtract from CLOCK_REALTIME to get CLOCK_MONOTONIC. */
s64 realtime_minus_mono(void);
/* Sleeps until @ns of CLOCK_MONOTONIC; false when a signal came first. */
bool sleep_until(u64 ns);

/* These end the program with a sentence about @what when @text is wrong. */
u64 parse_u64(const char *text, u64 max, const char *what);
double parse_double(const char *text, const char *what);
void parse_mac(const char *text, u8 mac[6], const char *what);

/* Blanks and colons between bytes are fine. Returns the length or -1. */
int hex_decode(const char *text, u8 *out, size_t max);
void hex_print(FILE *to, const u8 *data, size_t len);
const char *mac_format(const u8 mac[6], char out[MAC_STRLEN]);

/*
 * The next line without its end, in a buffer that grows and is reused; NULL at
 * the end of the file.
 */
struct line {
	char *text;
	size_t size;
};
char *line_read(struct line *line, FILE *from);

FILE *file_open(const char *path, const char *mode);

static inline u16 get_be16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}

static inline u32 get_be32(const u8 *p)
{
	return (u32)get_be16(p) << 16 | get_be16(p + 2);
}

static inline u64 get_be64(const u8 *p)
{
	return (u64)get_be32(p) << 32 | get_be32(p + 4);
}

static inline void put_be16(u8 *p, u16 v)
{
	p[0] = (u8)(v >> 8);
	p[1] = (u8)v;
}

static inline void put_be32(u8 *p, u32 v)
{
	put_be16(p, (u16)(v >> 16));
	put_be16(p + 2, (u16)v);
}

static inline void put_be64(u8 *p, u64 v)
{
	put_be32(p, (u32)(v >> 32));
	put_be32(p + 4, (u32)v);
}

#endif
