// SPDX-License-Identifier: GPL-2.0
/*
 * Runs suites of checks and prints TAP.  SUITES is set by the Makefile.
 */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdarg.h>
#include <stdlib.h>

#include "check.h"

static unsigned int failures;

/**
 * check_fail() - the row that is running has failed
 * @file: where
 * @line: where
 * @fmt: why
 */
void check_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	failures++;
	printf("# %s:%d: ", file, line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

/**
 * check_hmac_sha1() - an HMAC-SHA1 that is not the kernel's
 * @key: key
 * @key_len: its length
 * @data: message
 * @len: its length
 * @digest: result
 *
 * Return: 0
 */
int check_hmac_sha1(const u8 *key, size_t key_len, const u8 *data, size_t len,
		    u8 digest[CARP_DIGEST_LEN])
{
	if (!HMAC(EVP_sha1(), key, key_len, data, len, digest, NULL))
		abort();
	return 0;
}

static const struct check_suite *const suites[] = { SUITES };

static unsigned int count_rows(const struct check_suite *suite)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < suite->n_groups; i++)
		n += suite->groups[i].rows;
	return n;
}

static void run_row(const struct check_group *g, size_t i)
{
	static unsigned int n;

	failures = 0;
	g->run(i);
	printf("%sok %u - %s", failures ? "not " : "", ++n, g->name);
	if (g->row_name)
		printf(": %s", g->row_name(i));
	printf("\n");
}

int main(void)
{
	unsigned int n = 0, failed = 0;
	const struct check_group *g;
	size_t i, row;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < ARRAY_SIZE(suites); i++)
		n += count_rows(suites[i]);
	printf("1..%u\n", n);

	for (i = 0; i < ARRAY_SIZE(suites); i++) {
		g = suites[i]->groups;
		for (; g < suites[i]->groups + suites[i]->n_groups; g++) {
			for (row = 0; row < g->rows; row++) {
				run_row(g, row);
				failed += !!failures;
			}
		}
	}
	return !!failed;
}
