/* SPDX-License-Identifier: GPL-2.0-only */
/* SHA-1 and HMAC-SHA-1 of short messages, for checking another's. */
#ifndef TOOLS_SHA1_H
#define TOOLS_SHA1_H

#include "util.h"

#define SHA1_SIZE	20

void sha1(const u8 *data, size_t len, u8 digest[SHA1_SIZE]);
void hmac_sha1(const u8 *key, size_t key_len, const u8 *data, size_t len,
	       u8 digest[SHA1_SIZE]);

#endif
