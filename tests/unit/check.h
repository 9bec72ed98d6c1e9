/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Checks of the pure ring, written once: tests/unit runs them in user space,
 * tests/kunit in a kernel.
 *
 * A suite has groups, a group has rows, a row fails if it says so by one of
 * the macros below.  Nothing here allocates, and what is large is static: a
 * kernel stack is small, and rows run one after the other.
 */
#ifndef _CARP_CHECK_H
#define _CARP_CHECK_H

#ifdef __KERNEL__
#include <linux/kernel.h>
#else
#include <stdio.h>
#endif

#include "carp_addrset.h"
#include "carp_balance.h"
#include "carp_demote.h"
#include "carp_heard.h"
#include "carp_masters.h"
#include "carp_hmac.h"
#include "carp_proto.h"
#include "carp_types.h"
#include "carp_wire.h"

/**
 * struct check_group - rows that are checked in the same way
 * @name: of the group
 * @run: check row @i
 * @rows: how many there are
 * @row_name: name of row @i; NULL if the group is one row
 */
struct check_group {
	const char *name;
	void (*run)(size_t i);
	size_t rows;
	const char *(*row_name)(size_t i);
};

/**
 * struct check_suite - what belongs to one file of the pure ring
 * @name: as KUnit wants it, carp_*
 * @groups: groups
 * @n_groups: how many
 */
struct check_suite {
	const char *name;
	const struct check_group *groups;
	size_t n_groups;
};

extern const struct check_suite check_wire;
extern const struct check_suite check_hmac;
extern const struct check_suite check_addrset;
extern const struct check_suite check_balance;
extern const struct check_suite check_demote;
extern const struct check_suite check_heard;
extern const struct check_suite check_rank;
extern const struct check_suite check_masters;
extern const struct check_suite check_proto;
extern const struct check_suite check_proto_time;
extern const struct check_suite check_proto_rules;
extern const struct check_suite check_proto_preempt;

/* What the runner offers. */
void check_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int check_hmac_sha1(const u8 *key, size_t key_len, const u8 *data, size_t len,
		    u8 digest[CARP_DIGEST_LEN]);

/* A group that is one row. */
#define CHECK(fn)		{ .name = #fn, .run = fn, .rows = 1 }

#define FAIL(...)		check_fail(__FILE__, __LINE__, __VA_ARGS__)

#define EXPECT(cond)							\
	do {								\
		if (!(cond))						\
			FAIL("%s does not hold", #cond);		\
	} while (0)

/* Numbers of any integer type; u64 and CARP_NEVER included. */
#define EXPECT_EQ(got, want)						\
	do {								\
		unsigned long long _got = (got);			\
		unsigned long long _want = (want);			\
									\
		if (_got != _want)					\
			FAIL("%s is %lld, should be %lld", #got,	\
			     (long long)_got, (long long)_want);	\
	} while (0)

#define EXPECT_BYTES(got, want, len)					\
	do {								\
		if (memcmp(got, want, len))				\
			FAIL("%s is not %s", #got, #want);		\
	} while (0)

#endif /* _CARP_CHECK_H */
