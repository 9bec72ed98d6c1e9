// SPDX-License-Identifier: GPL-2.0
/*
 * usage: replay-NAME FILE...
 *
 * One fuzzer, each file once: for coverage, and for a look at a finding.
 */
#include "fuzz.h"

static u8 buf[1 << 16];

int main(int argc, char **argv)
{
	u8 *exact;
	size_t len;
	FILE *f;
	int i;

	for (i = 1; i < argc; i++) {
		f = fopen(argv[i], "rb");
		if (!f) {
			perror(argv[i]);
			return 1;
		}
		len = fread(buf, 1, sizeof(buf), f);
		fclose(f);
		/* A byte too far is noticed. */
		exact = malloc(len ? len : 1);
		if (!exact)
			return 1;
		memcpy(exact, buf, len);
		LLVMFuzzerTestOneInput(exact, len);
		free(exact);
	}
	return 0;
}
