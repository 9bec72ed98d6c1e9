// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes of an advertisement to values and back.
 */
#include "include/carp_wire.h"

enum {
	VRRP_VERSION		= 3,	/* of VRRPv3 */
	VRRP2_HEADER_LEN	= 8,
	VRRP2_AUTH_LEN		= 8,
	VRRP2_ADDR_LEN		= 4,
};

/*
 * The sum does not care for the order of bytes, as long as it is the same for
 * all of them (RFC 1071, 2(B)), nor for the size of the words.
 */
static u64 add_words(u64 sum, const void *data, size_t len)
{
	const u8 *p = data;
	u32 word;

	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		sum += word;
	}
	word = 0;
	memcpy(&word, p, len);
	return sum + word;
}

static u16 fold(u64 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return be16_to_cpu((__force __be16)~sum);
}

/**
 * carp_wire_cksum() - Internet checksum (RFC 1071)
 * @data: bytes, any alignment
 * @len: how many; an odd last byte counts as the high one
 *
 * Return: the checksum in host order, to be stored big-endian; 0 over data
 * that holds its own correct checksum.
 */
u16 carp_wire_cksum(const void *data, size_t len)
{
	return fold(add_words(0, data, len));
}

/**
 * carp_wire_counter() - the counter as it is sent and authenticated
 * @counter: host order
 * @out: big-endian bytes
 */
void carp_wire_counter(u64 counter, u8 out[CARP_COUNTER_LEN])
{
	__be64 bytes = cpu_to_be64(counter);

	memcpy(out, &bytes, sizeof(bytes));
}

/**
 * carp_wire_encode() - build an advertisement
 * @h: where to
 * @adv: its values
 * @digest: HMAC-SHA1; it is covered by the checksum and must be there before
 */
void carp_wire_encode(struct carp_header *h, const struct carp_advert *adv,
		      const u8 digest[CARP_DIGEST_LEN])
{
	h->version_type = CARP_VERSION_TYPE;
	h->vhid = adv->vhid;
	h->advskew = adv->advskew;
	h->authlen = CARP_AUTHLEN;
	h->demote = adv->demote;
	h->advbase = adv->advbase;
	h->cksum = 0;
	carp_wire_counter(adv->counter, h->counter);
	memcpy(h->digest, digest, CARP_DIGEST_LEN);
	h->cksum = cpu_to_be16(carp_wire_cksum(h, sizeof(*h)));
}

/*
 * VRRPv2 begins with the same byte as CARP.  What tells them apart is the
 * fourth: VRRPv2 has its number of addresses there, and with seven of them
 * it is 44 bytes long.
 */
static bool is_vrrp2(const struct carp_header *h, size_t len)
{
	return h->authlen != CARP_AUTHLEN ||
	       len == VRRP2_HEADER_LEN + VRRP2_AUTH_LEN +
		      CARP_AUTHLEN * VRRP2_ADDR_LEN;
}

/* @pseudo is the sum of a pseudo-header that may be in the checksum. */
static enum carp_verdict decode(const void *data, size_t len, u64 pseudo,
				struct carp_advert *adv)
{
	const struct carp_header *h = data;
	__be64 counter;
	u8 version;

	/* Too short to be told from VRRP, which is no shorter than this. */
	if (len < offsetof(struct carp_header, counter))
		return CARP_BADLEN;

	version = h->version_type >> 4;
	if (version == VRRP_VERSION)
		return CARP_FOREIGN;
	if (version != CARP_VERSION)
		return len == sizeof(*h) && h->authlen == CARP_AUTHLEN ?
		       CARP_BADVER : CARP_FOREIGN;
	if (h->version_type != CARP_VERSION_TYPE || is_vrrp2(h, len))
		return CARP_FOREIGN;
	if (len != sizeof(*h))
		return CARP_BADLEN;
	if (carp_wire_cksum(h, sizeof(*h)) &&
	    (!pseudo || fold(add_words(pseudo, h, sizeof(*h)))))
		return CARP_BADSUM;

	adv->vhid = h->vhid;
	adv->advbase = h->advbase;
	adv->advskew = h->advskew;
	adv->demote = h->demote;
	memcpy(&counter, h->counter, sizeof(counter));
	adv->counter = be64_to_cpu(counter);
	return CARP_OK;
}

/**
 * carp_wire_decode() - check and read the payload of a packet of protocol 112
 * @data: the bytes after the IP header, any alignment
 * @len: how many there are, by the IP header
 * @adv: values, written if CARP_OK is returned
 *
 * The digest is not looked at.
 *
 * Return: what it is; only of CARP_OK the rest may be used.
 */
enum carp_verdict carp_wire_decode(const void *data, size_t len,
				   struct carp_advert *adv)
{
	return decode(data, len, 0, adv);
}

/**
 * carp_wire_decode6() - carp_wire_decode() of a packet over IPv6
 * @data: the bytes after the IP header, any alignment
 * @len: how many there are, by the IP header
 * @src: source address
 * @dst: destination address
 * @adv: values, written if CARP_OK is returned
 *
 * The checksum may have the pseudo-header of RFC 8200 (8.1) in it, which
 * NetBSD puts there and OpenBSD and FreeBSD do not.
 *
 * Return: as carp_wire_decode().
 */
enum carp_verdict carp_wire_decode6(const void *data, size_t len,
				    const u8 src[16], const u8 dst[16],
				    struct carp_advert *adv)
{
	__be32 tail[] = { cpu_to_be32(len), cpu_to_be32(CARP_IPPROTO) };
	u64 pseudo = add_words(0, tail, sizeof(tail));

	pseudo = add_words(pseudo, src, 16);
	pseudo = add_words(pseudo, dst, 16);
	return decode(data, len, pseudo, adv);
}
