/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fuzzers of the pure ring have in common. Each is a function that is
 * given bytes: by libFuzzer, or by replay.c from a file.
 */
#ifndef _CARP_FUZZ_H
#define _CARP_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "carp_types.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * struct input - bytes that are read from the front
 * @at: next one
 * @left: how many there are
 */
struct input {
	const u8	*at;
	size_t		left;
};

/* Zeros when there is nothing left, so that every input means something. */
static inline void take(struct input *in, void *to, size_t len)
{
	size_t n = min(len, in->left);

	memset(to, 0, len);
	memcpy(to, in->at, n);
	in->at += n;
	in->left -= n;
}

static inline u8 take8(struct input *in)
{
	u8 v;

	take(in, &v, sizeof(v));
	return v;
}

static inline u32 take32(struct input *in)
{
	u32 v;

	take(in, &v, sizeof(v));
	return v;
}

static inline u64 take64(struct input *in)
{
	u64 v;

	take(in, &v, sizeof(v));
	return v;
}

/* Few of the bytes mean large numbers, and all sizes occur. */
static inline u32 take_size(struct input *in)
{
	u8 v = take8(in);

	return v < 0xc0 ? v : v < 0xe0 ? (1u << (v & 31)) : ~0u >> (v & 31);
}

#define MUST(cond)							\
	do {								\
		if (!(cond)) {						\
			fprintf(stderr, "FINDING: %s:%d: %s\n",		\
				__FILE__, __LINE__, #cond);		\
			abort();					\
		}							\
	} while (0)

#endif /* _CARP_FUZZ_H */
