/* SPDX-License-Identifier: GPL-2.0-only */
/* Random numbers that a seed determines (splitmix64). */
#ifndef TOOLS_RNG_H
#define TOOLS_RNG_H

#include "util.h"

struct rng {
	u64 state;
};

static inline void rng_init(struct rng *rng, u64 seed)
{
	rng->state = seed;
}

static inline u64 rng_next(struct rng *rng)
{
	u64 z = rng->state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* 0 to @n - 1; @n is not 0. */
static inline u32 rng_below(struct rng *rng, u32 n)
{
	return (u32)((rng_next(rng) >> 32) * n >> 32);
}

#endif
