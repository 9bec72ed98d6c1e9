/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is authenticated, and in which order.  Pure; the arithmetic itself
 * belongs to the kernel's crypto API, see carp_crypto.c.
 */
#ifndef _CARP_HMAC_H
#define _CARP_HMAC_H

#include "carp_addrset.h"
#include "carp_wire.h"

/**
 * typedef carp_hmac_sink - takes the next bytes of the authenticated message
 * @ctx: the caller's
 * @data: bytes
 * @len: how many
 *
 * Return: 0, or a negative errno that ends the walk.
 */
typedef int (*carp_hmac_sink)(void *ctx, const void *data, size_t len);

int carp_hmac_prefix(u8 vhid, const struct carp_addrset *set,
		     carp_hmac_sink sink, void *ctx);

#endif /* _CARP_HMAC_H */
