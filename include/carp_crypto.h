/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What files offer those above them: the digest.
 */
#ifndef _CARP_CRYPTO_H
#define _CARP_CRYPTO_H

#include "carp_priv.h"

/* carp_crypto.c: the digest */
int carp_crypto_init(void);
void carp_crypto_exit(void);
int carp_auth_update(struct carp_dev *cd, gfp_t gfp);
int carp_auth_rekey(struct carp_dev *cd, const u8 key[CARP_KEY_LEN]);
void carp_auth_free(struct carp_dev *cd);
bool carp_auth_verify(const struct carp_dev *cd, const struct carp_header *h);
int carp_auth_digest(const struct carp_dev *cd, unsigned int variant,
		     u64 counter, u8 out[CARP_DIGEST_LEN]);
unsigned int carp_auth_variants(const struct carp_dev *cd);

#endif /* _CARP_CRYPTO_H */
