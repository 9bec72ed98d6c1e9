// SPDX-License-Identifier: GPL-2.0
/*
 * What is authenticated, and in which order.
 */
#include "include/carp_hmac.h"

/**
 * carp_hmac_prefix() - the part of the message that packets have in common
 * @vhid: virtual host id
 * @set: virtual addresses of both families; the digest of an IPv4
 *	advertisement covers the IPv6 addresses too, and the other way round
 * @sink: is given the bytes in order
 * @ctx: passed to @sink
 *
 * The message is version, type (a byte each, not the packed byte of the
 * header), vhid, the IPv4 addresses ascending, the IPv6 addresses ascending,
 * and then, packet by packet, the eight bytes of the counter as they are on
 * the wire.  advbase, advskew and demote are not in it: that is CARP, and
 * whoever can replay an advertisement can change them.
 *
 * Source: carp_hmac_prepare() of OpenBSD, FreeBSD >= 10 and NetBSD; captures
 * of ucarp.
 *
 * Return: 0, or what @sink returned.
 */
int carp_hmac_prefix(u8 vhid, const struct carp_addrset *set,
		     carp_hmac_sink sink, void *ctx)
{
	const u8 head[] = { CARP_VERSION, CARP_ADVERTISEMENT, vhid };
	int err;

	err = sink(ctx, head, sizeof(head));
	if (!err && set->n4)
		err = sink(ctx, set->a4, set->n4 * sizeof(set->a4[0]));
	if (!err && set->n6)
		err = sink(ctx, set->a6, set->n6 * sizeof(set->a6[0]));
	return err;
}
