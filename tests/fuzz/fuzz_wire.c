// SPDX-License-Identifier: GPL-2.0
/*
 * The advertisement: what is accepted over either family, with either checksum,
 * and what is authenticated in either form, against what the format says, said
 * again in another way.
 *
 * Input: flags, numbers of addresses, source and destination if over IPv6, the
 * addresses, the packet.
 */
#include "carp_addrset.h"
#include "carp_balance.h"
#include "carp_hmac.h"
#include "carp_wire.h"
#include "fuzz.h"

enum {
	OVER6		= 1 << 0,
	SEAL		= 1 << 1,	/* make the checksum right */
	SEAL_PSEUDO	= 1 << 2,	/* with a pseudo-header in it */
	MANY		= 1 << 3,	/* each address stands for four */
	FULL		= 0xf0,		/* all of these: try a full set too */
	MANIFOLD	= 4,
	PACKET_MAX	= 96,
};

/* A sum modulo 65535: right checksums make it 0, and so does nothing at all. */
static u32 sum16(u32 sum, const u8 *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum = (sum + (i & 1 ? p[i] : p[i] * 256)) % 65535;
	return sum;
}

static u32 pseudo_sum(const u8 src[16], const u8 dst[16], size_t len)
{
	u8 tail[8] = { 0, 0, len >> 8, len, 0, 0, 0, 112 };

	return sum16(sum16(sum16(0, src, 16), dst, 16), tail, 8);
}

static void seal(u8 *p, size_t len, u32 pseudo)
{
	u32 sum;

	if (len < 8)
		return;
	p[6] = 0;
	p[7] = 0;
	sum = 65535 - sum16(pseudo, p, len);
	p[6] = sum >> 8;
	p[7] = sum;
}

/* By what the documentation says of each verdict. */
static enum carp_verdict classify(const u8 *p, size_t len)
{
	if (len < 8)
		return CARP_BADLEN;
	switch (p[0]) {
	case 0x21:
		/* The fourth byte is VRRP's number of addresses. */
		if (p[3] != 7 || len == 8 + 7 * 4 + 8)
			return CARP_FOREIGN;
		return len == 36 ? CARP_OK : CARP_BADLEN;
	case 0x20:
	case 0x22 ... 0x3f:
		return CARP_FOREIGN;
	default:
		return len == 36 && p[3] == 7 ? CARP_BADVER : CARP_FOREIGN;
	}
}

static void check_encode(const u8 *p, const struct carp_advert *adv)
{
	struct carp_header h;
	bool zero;

	carp_wire_encode(&h, adv, p + 16);
	MUST(!memcmp(&h, p, 6));
	MUST(!memcmp(h.counter, p + 8, 28));
	MUST(!sum16(0, (u8 *)&h, sizeof(h)));
	MUST(!carp_wire_cksum(&h, sizeof(h)));
	/* The checksum has two zeros. */
	zero = (!p[6] && !p[7]) || (p[6] == 0xff && p[7] == 0xff);
	MUST(zero || sum16(0, p, 36) || !memcmp(&h.cksum, p + 6, 2));
}

static void check_packet(u8 *p, size_t len, bool over6, const u8 src[16],
			 const u8 dst[16])
{
	struct carp_advert adv, before;
	enum carp_verdict got, want = classify(p, len);
	u32 pseudo = pseudo_sum(src, dst, len);

	memset(&before, 0x5a, sizeof(before));
	memcpy(&adv, &before, sizeof(adv));
	if (want == CARP_OK && sum16(0, p, len) &&
	    (!over6 || sum16(pseudo, p, len)))
		want = CARP_BADSUM;
	got = over6 ? carp_wire_decode6(p, len, src, dst, &adv) :
		      carp_wire_decode(p, len, &adv);
	MUST(got == want);
	if (got != CARP_OK) {
		MUST(!memcmp(&adv, &before, sizeof(adv)));
		return;
	}
	MUST(adv.vhid == p[1] && adv.advskew == p[2]);
	MUST(adv.demote == p[4] && adv.advbase == p[5]);
	MUST(carp_wire_is_bowout(&adv) == (p[5] == 255 && p[2] == 255));
	check_encode(p, &adv);
}

/* The message as it is hashed, and as it should be. */
struct message {
	size_t	len;
	size_t	refuse;		/* at this call, if not 0 */
	u8	bytes[3 + CARP_ADDRS_MAX * 20];
};

static int collect(void *ctx, const void *data, size_t len)
{
	struct message *m = ctx;

	if (m->refuse && !--m->refuse)
		return -EIO;
	MUST(len && m->len + len <= sizeof(m->bytes));
	memcpy(m->bytes + m->len, data, len);
	m->len += len;
	return 0;
}

static size_t width;

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, width);
}

static bool is_filled(const u8 *a, u8 byte)
{
	size_t i;

	for (i = 0; i < width; i++)
		if (a[i] != byte)
			return false;
	return true;
}

/* @n addresses as they are hashed: sorted bytes, each once. */
static size_t append(u8 *to, u8 *addrs, size_t n)
{
	size_t i, len = 0;

	qsort(addrs, n, width, compare);
	for (i = 0; i < n; i++) {
		const u8 *a = addrs + i * width;

		if (is_filled(a, 0) || is_filled(a, 0xff) ||
		    (i && !compare(a, a - width)))
			continue;
		memcpy(to + len, a, width);
		len += width;
	}
	return len;
}

static struct carp_addrset set, twin;
static struct message got;
static u8 want[3 + 3 * MANIFOLD * 20];
static u8 a4[3 * MANIFOLD][4], a6[3 * MANIFOLD][16];

static void check_set(u8 vhid, size_t n4, size_t n6)
{
	struct carp_addr6 addr6;
	size_t i, len = 3;
	__be32 addr4;

	memset(&set, 0, offsetof(struct carp_addrset, a4));
	memset(&twin, 0, offsetof(struct carp_addrset, a4));
	for (i = 0; i < n4; i++) {
		memcpy(&addr4, a4[i], 4);
		MUST(carp_addrset_add4(&set, addr4) >= 0);
		width = 4;
		MUST(carp_addrset_has4(&set, addr4) ==
		     (!is_filled(a4[i], 0) && !is_filled(a4[i], 0xff)));
		MUST(!carp_addrset_add4(&set, addr4));
		memcpy(&addr4, a4[n4 - 1 - i], 4);
		carp_addrset_add4(&twin, addr4);
	}
	for (i = 0; i < n6; i++) {
		memcpy(&addr6, a6[i], 16);
		MUST(carp_addrset_add6(&set, &addr6) >= 0);
		MUST(!carp_addrset_add6(&set, &addr6));
		memcpy(&addr6, a6[n6 - 1 - i], 16);
		carp_addrset_add6(&twin, &addr6);
	}
	/* In whatever order they were configured. */
	MUST(carp_addrset_equal(&set, &twin));
	MUST(set.n4 <= n4 && set.n6 <= n6);

	want[0] = 2;
	want[1] = 1;
	want[2] = vhid;
	width = 4;
	len += append(want + len, a4[0], n4);
	width = 16;
	len += append(want + len, a6[0], n6);
	got.len = 0;
	got.refuse = 0;
	MUST(!carp_hmac_prefix(vhid, &set, collect, &got));
	MUST(got.len == len && !memcmp(got.bytes, want, len));
	MUST(carp_addrset_empty(&set) == (len == 3));
	for (i = 1; i <= 1 + !!set.n4 + !!set.n6; i++) {
		got.len = 0;
		got.refuse = i;
		MUST(carp_hmac_prefix(vhid, &set, collect, &got) == -EIO);
	}
}

static size_t without_linklocal(size_t n)
{
	size_t i, kept = 0;

	for (i = 0; i < n; i++)
		if (a6[i][0] != 0xfe || (a6[i][1] & 0xc0) != 0x80)
			memmove(a6[kept++], a6[i], 16);
	return kept;
}

/* A set that is full takes no more, and still knows what it has. */
static void check_full(void)
{
	struct carp_addr6 addr6 = { { 0x20, 1 } };
	u32 i;

	memset(&set, 0, offsetof(struct carp_addrset, a4));
	for (i = 0; i < CARP_ADDRS_MAX; i++) {
		addr6.b[14] = 1 + i % 16;
		addr6.b[15] = i / 16;
		MUST(carp_addrset_add4(&set, cpu_to_be32(1 + i * 40503)) == 1);
		MUST(carp_addrset_add6(&set, &addr6) == 1);
	}
	addr6.b[0] = 0x3f;
	MUST(carp_addrset_add4(&set, cpu_to_be32(2)) == -ENOSPC);
	MUST(carp_addrset_add6(&set, &addr6) == -ENOSPC);
	MUST(!carp_addrset_add4(&set, cpu_to_be32(1)));
	MUST(set.n4 == CARP_ADDRS_MAX && set.n6 == CARP_ADDRS_MAX);
}

static size_t take_addresses(struct input *in, u8 *to, size_t n, bool many)
{
	size_t i, j, made = 0;

	for (i = 0; i < n; i++) {
		take(in, to + made++ * width, width);
		for (j = 1; many && j < MANIFOLD; j++) {
			memcpy(to + made * width, to + (made - 1) * width,
			       width);
			to[made * width + j % width] += 37;
			made++;
		}
	}
	return made;
}

static void check_balance(u32 client, u8 n)
{
	unsigned int i = carp_balance_pick(client, n);

	MUST(i < n);
	MUST(carp_balance_pick(client, 2 * n) / 2 == i);
	MUST(!carp_balance_pick(client, 1));
}

/* What is given away is not decided by the low bits of an address only. */
static void check_clients(const u8 *p)
{
	struct carp_addr6 addr6;
	__be32 addr4;
	u32 word[4];

	memcpy(&addr4, p, 4);
	memcpy(&addr6, p, 16);
	memcpy(word, p, 16);
	MUST(carp_balance_client4(addr4) == ntohl(word[0]));
	MUST(carp_balance_client6(&addr6) == ntohl(word[0]) + ntohl(word[1]) +
					     ntohl(word[2]) + ntohl(word[3]));
	check_balance(carp_balance_client4(addr4), p[4] ? p[4] : 1);
	check_balance(carp_balance_client6(&addr6), p[5] ? p[5] : 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	u8 src[16] = {}, dst[16] = {}, head[2], *packet;
	size_t len, n4, n6;
	bool many;

	take(&in, head, sizeof(head));
	many = head[0] & MANY;
	n4 = head[1] & 3;
	n6 = head[1] >> 2 & 3;
	if (head[0] & OVER6) {
		take(&in, src, sizeof(src));
		take(&in, dst, sizeof(dst));
		check_clients(src);
	}
	width = 4;
	n4 = take_addresses(&in, a4[0], n4, many);
	width = 16;
	n6 = take_addresses(&in, a6[0], n6, many);
	len = min_t(size_t, in.left, PACKET_MAX);

	if (n4 || n6) {
		check_set(head[1], n4, n6);
		check_set(head[1], n4, without_linklocal(n6));
	}
	if ((head[0] & FULL) == FULL && head[1] == FULL)
		check_full();

	/* Of its very size, so that a byte too far is noticed. */
	packet = malloc(len ? len : 1);
	if (!packet)
		return 0;
	memcpy(packet, in.at, len);
	if (head[0] & (SEAL | SEAL_PSEUDO))
		seal(packet, len, head[0] & SEAL_PSEUDO ?
				  pseudo_sum(src, dst, len) : 0);
	check_packet(packet, len, head[0] & OVER6, src, dst);
	check_packet(packet, len, !(head[0] & OVER6), src, dst);
	free(packet);
	return 0;
}
