// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the checks of tests/unit as KUnit suites, with the HMAC of the kernel's
 * crypto API.
 *
 * Without kunit.enable=1 some kernels load this and run nothing: look for the
 * line "# Totals".
 */
#include <crypto/hash.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>

#include "../unit/check.h"

/**
 * check_fail() - the row that is running has failed
 * @file: where
 * @line: where
 * @fmt: why
 */
void check_fail(const char *file, int line, const char *fmt, ...)
{
	struct kunit *test = kunit_get_current_test();
	char why[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	KUNIT_FAIL(test, "%s:%d: %s", kbasename(file), line, why);
}

/**
 * check_hmac_sha1() - HMAC-SHA1
 * @key: key
 * @key_len: its length
 * @data: message
 * @len: its length
 * @digest: result
 *
 * Return: 0 or a negative errno.
 */
int check_hmac_sha1(const u8 *key, size_t key_len, const u8 *data, size_t len,
		    u8 digest[CARP_DIGEST_LEN])
{
	struct crypto_shash *tfm;
	int err;

	tfm = crypto_alloc_shash("hmac(sha1)", 0, 0);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	err = crypto_shash_setkey(tfm, key, key_len);
	if (!err)
		err = crypto_shash_tfm_digest(tfm, data, len, digest);
	crypto_free_shash(tfm);
	return err;
}

/* The row that is running; KUnit asks for the next when it is through. */
static struct cursor {
	const struct check_group	*group;
	size_t				row;
} cursor;

static const void *next_row(const struct check_suite *suite, const void *prev,
			    char *desc)
{
	const struct check_group *end = suite->groups + suite->n_groups;

	if (!prev) {
		cursor.group = suite->groups;
		cursor.row = 0;
	} else if (++cursor.row == cursor.group->rows) {
		cursor.group++;
		cursor.row = 0;
	}
	if (cursor.group == end)
		return NULL;

	if (cursor.group->row_name)
		snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s: %s",
			 cursor.group->name,
			 cursor.group->row_name(cursor.row));
	else
		strscpy(desc, cursor.group->name, KUNIT_PARAM_DESC_SIZE);
	return &cursor;
}

static void run_row(struct kunit *test)
{
	const struct cursor *c = test->param_value;

	c->group->run(c->row);
}

#define SUITE(noun)							\
static const void *noun##_next(const void *prev, char *desc)		\
{									\
	return next_row(&check_##noun, prev, desc);			\
}									\
									\
static struct kunit_case noun##_cases[] = {				\
	KUNIT_CASE_PARAM(run_row, noun##_next),				\
	{}								\
};									\
									\
static struct kunit_suite noun##_suite = {				\
	.name = "carp_" #noun,						\
	.test_cases = noun##_cases,					\
}

SUITE(wire);
SUITE(hmac);
SUITE(addrset);
SUITE(balance);
SUITE(demote);
SUITE(heard);
SUITE(rank);
SUITE(masters);
SUITE(proto);
SUITE(proto_time);
SUITE(proto_rules);
SUITE(proto_preempt);

kunit_test_suites(&wire_suite, &hmac_suite, &addrset_suite, &balance_suite,
		  &demote_suite, &heard_suite, &masters_suite, &rank_suite, &proto_suite,
		  &proto_time_suite, &proto_rules_suite,
		  &proto_preempt_suite);

MODULE_DESCRIPTION("Checks of the pure ring of carp");
MODULE_LICENSE("GPL");
