// SPDX-License-Identifier: GPL-2.0
/*
 * Runs one suite of checks and prints TAP.  SUITE is set by the Makefile.
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

int main(void)
{
	const struct check_suite *suite = &SUITE;
	unsigned int n = 0, failed = 0;
	const struct check_group *g;
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (g = suite->groups; g < suite->groups + suite->n_groups; g++)
		n += g->rows;
	printf("1..%u\n", n);

	n = 0;
	for (g = suite->groups; g < suite->groups + suite->n_groups; g++) {
		for (i = 0; i < g->rows; i++) {
			failures = 0;
			g->run(i);
			failed += !!failures;
			printf("%sok %u - %s", failures ? "not " : "", ++n,
			       g->name);
			if (g->row_name)
				printf(": %s", g->row_name(i));
			printf("\n");
		}
	}
	return !!failed;
}
