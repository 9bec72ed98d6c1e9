/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The advertisement on the wire.  Pure: no kernel object is needed.
 */
#ifndef _CARP_WIRE_H
#define _CARP_WIRE_H

#include "carp_types.h"

enum carp_wire {
	CARP_VERSION		= 2,
	CARP_ADVERTISEMENT	= 1,	/* the only type */
	CARP_VERSION_TYPE	= CARP_VERSION << 4 | CARP_ADVERTISEMENT,
	CARP_AUTHLEN		= 7,	/* counter and digest in 32-bit words */
	CARP_TTL		= 255,	/* anything else came through a router */
	CARP_IPPROTO		= 112,	/* shared with VRRP */
	CARP_COUNTER_LEN	= 8,
	CARP_DIGEST_LEN		= 20,
	CARP_BOWOUT		= 255,	/* advbase and advskew of a bow-out */
};

/** CARP_GROUP4 - destination of IPv4 advertisements, 224.0.0.18, host order */
#define CARP_GROUP4	0xe0000012u

/** CARP_GROUP6 - destination of IPv6 advertisements, ff02::12, an initialiser */
#define CARP_GROUP6	{ { { 0xff, 0x02, [15] = 0x12 } } }

/**
 * struct carp_header - advertisement, 36 bytes, all integers big-endian
 * @version_type: version in the high, type in the low nibble: always 0x21
 * @vhid: virtual host id, 1..255
 * @advskew: 1/256 s; effective, i.e. with demotion added
 * @authlen: 7
 * @demote: OpenBSD's demotion counter; the others send 0 and ignore it
 * @advbase: seconds
 * @cksum: Internet checksum over these 36 bytes, no pseudo-header, over IPv6
 *	neither; NetBSD's has one there
 * @counter: 64 bits, high word first
 * @digest: HMAC-SHA1 over version, type, vhid, addresses and counter; see
 *	carp_hmac.h
 *
 * Source: OpenBSD, FreeBSD, NetBSD ip_carp.h; captures of ucarp.
 */
struct carp_header {
	u8	version_type;
	u8	vhid;
	u8	advskew;
	u8	authlen;
	u8	demote;
	u8	advbase;
	__be16	cksum;
	u8	counter[CARP_COUNTER_LEN];
	u8	digest[CARP_DIGEST_LEN];
} __packed;	/* read at any address */

static_assert(sizeof(struct carp_header) == 36, "wire format");
static_assert(offsetof(struct carp_header, cksum) == 6, "wire format");
static_assert(offsetof(struct carp_header, counter) == 8, "wire format");
static_assert(offsetof(struct carp_header, digest) == 16, "wire format");

/**
 * enum carp_verdict - what a receiver thinks of the payload of a packet
 * @CARP_OK: a well-formed advertisement; its digest is still to be checked
 * @CARP_FOREIGN: not CARP but VRRP or something unknown: leave it to others
 * @CARP_BADLEN: CARP, but too short or too long
 * @CARP_BADVER: shaped like CARP, of a version that we do not know
 * @CARP_BADSUM: checksum wrong
 */
enum carp_verdict {
	CARP_OK,
	CARP_FOREIGN,
	CARP_BADLEN,
	CARP_BADVER,
	CARP_BADSUM,
};

/**
 * struct carp_advert - an advertisement in host terms
 * @vhid: virtual host id
 * @advbase: seconds
 * @advskew: 1/256 s
 * @demote: OpenBSD's demotion counter
 * @counter: host order
 */
struct carp_advert {
	u8	vhid;
	u8	advbase;
	u8	advskew;
	u8	demote;
	u64	counter;
};

u16 carp_wire_cksum(const void *data, size_t len);
void carp_wire_encode(struct carp_header *h, const struct carp_advert *adv,
		      const u8 digest[CARP_DIGEST_LEN]);
enum carp_verdict carp_wire_decode(const void *data, size_t len,
				   struct carp_advert *adv);
enum carp_verdict carp_wire_decode6(const void *data, size_t len,
				    const u8 src[16], const u8 dst[16],
				    struct carp_advert *adv);
void carp_wire_counter(u64 counter, u8 out[CARP_COUNTER_LEN]);

static inline bool carp_wire_is_bowout(const struct carp_advert *adv)
{
	return adv->advbase == CARP_BOWOUT && adv->advskew == CARP_BOWOUT;
}

#endif /* _CARP_WIRE_H */
