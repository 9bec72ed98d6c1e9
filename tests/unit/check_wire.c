// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes of an advertisement, carp_wire.c, against what the BSDs, ucarp and
 * VRRP routers have sent.
 */
#include "check.h"

#include "../vectors/carp_frames.h"
#include "../vectors/carp_vectors.h"

/* A good advertisement, from the vectors. */
static const u8 good[36] __attribute__((aligned(8))) = {
	0x21, 0x07, 0x64, 0x07, 0x00, 0x01, 0x42, 0x83, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x01, 0xdf, 0x22, 0x42, 0x3d, 0x7f, 0xc6, 0x5f, 0x0b,
	0x45, 0xe6, 0x54, 0xb1, 0x25, 0x83, 0x86, 0x5f, 0x6d, 0x0d, 0x84, 0xb2,
};

static u8 buf[2048] __attribute__((aligned(8)));

/* Slow on purpose, and nothing like the one that is checked. */
static u16 other_cksum(const u8 *p, size_t len)
{
	u64 sum = 0;
	size_t i;

	for (i = 0; i < len; i++)
		sum += (u64)p[i] << (i % 2 ? 0 : 8);
	while (sum > 0xffff)
		sum = sum - 0xffff;
	return 0xffff - sum;
}

/* Makes the checksum of @len bytes good. */
static void seal(u8 *p, size_t len)
{
	u16 sum;

	p[6] = 0;
	p[7] = 0;
	sum = other_cksum(p, len);
	p[6] = sum >> 8;
	p[7] = sum;
}

static enum carp_verdict decode(const void *data, size_t len)
{
	struct carp_advert adv;

	return carp_wire_decode(data, len, &adv);
}

static void header(size_t row)
{
	const struct carp_vector *v = &carp_vectors[row];
	struct carp_advert adv = {};
	struct carp_header h;

	EXPECT_EQ(carp_wire_cksum(v->header, sizeof(v->header)), 0);
	memcpy(buf, v->header, sizeof(v->header));
	EXPECT_EQ(carp_wire_decode(buf, sizeof(v->header), &adv), CARP_OK);
	EXPECT_EQ(adv.vhid, v->vhid);
	EXPECT_EQ(adv.advbase, v->advbase);
	EXPECT_EQ(adv.advskew, v->advskew);
	EXPECT_EQ(adv.demote, v->demote);
	EXPECT_EQ(adv.counter, v->counter);
	EXPECT_EQ(carp_wire_is_bowout(&adv),
		  v->advbase == 255 && v->advskew == 255);

	memset(&h, 0xa5, sizeof(h));
	carp_wire_encode(&h, &adv, v->digest);
	EXPECT_BYTES(&h, v->header, sizeof(h));
}

static const char *header_name(size_t row)
{
	static char name[64];
	const struct carp_vector *v = &carp_vectors[row];

	snprintf(name, sizeof(name), "%zu %s vhid %u advbase %u advskew %u",
		 row, v->impl, v->vhid, v->advbase, v->advskew);
	return name;
}

/* Whole frames: CARP of running systems is understood, VRRP left alone. */
static void frame(size_t row)
{
	const struct carp_frame *f = &carp_frames[row];
	struct carp_advert adv = {};
	enum carp_verdict verdict;
	size_t len;

	/* By the IP header: Ethernet pads short frames. */
	if (f->family == 4)
		len = (f->frame[16] << 8 | f->frame[17]) -
		      (f->frame[14] & 15) * 4;
	else
		len = f->frame[18] << 8 | f->frame[19];

	memcpy(buf, f->frame + f->offset, len);
	verdict = carp_wire_decode(buf, len, &adv);
	if (f->kind == CARP_FRAME_VRRP) {
		EXPECT_EQ(verdict, CARP_FOREIGN);
		return;
	}
	EXPECT_EQ(verdict, f->sum == CARP_FRAME_SUM_PSEUDO ?
		  CARP_BADSUM : CARP_OK);
	if (verdict == CARP_OK)
		EXPECT_EQ(adv.vhid, f->vhid);
}

static const char *frame_name(size_t row)
{
	static char name[64];
	const struct carp_frame *f = &carp_frames[row];

	snprintf(name, sizeof(name), "%zu %s IPv%u", row, f->impl, f->family);
	return name;
}

/*
 * Over IPv6 either checksum is good: this advertisement from fe80::1:2 to
 * ff02::12 has a85e without pseudo-header and aa31 with it. Over IPv4, or from
 * elsewhere, the latter is wrong.
 */
static void pseudo_header_over_ipv6(size_t row)
{
	static const u8 src[16] = { 0xfe, 0x80, [13] = 1, [15] = 2 };
	static const u8 other[16] = { 0xfe, 0x80, [13] = 1, [15] = 3 };
	static const u8 dst[16] = { 0xff, 0x02, [15] = 0x12 };
	u8 packet[36] = {
		0x21, 0x01, 0x00, 0x07, 0x00, 0x01, 0xa8, 0x5e,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05,
		0xc4, 0x3e, 0x3a, 0x05, 0x74, 0x95, 0x03, 0xf6,
		0xf1, 0x79, 0xef, 0xed, 0x6b, 0x71, 0xe3, 0x4c,
		0xf7, 0xaf, 0x97, 0xed,
	};
	struct carp_advert adv = {};
	size_t i;

	EXPECT_EQ(carp_wire_decode6(packet, 36, src, dst, &adv), CARP_OK);
	EXPECT_EQ(adv.counter, 5);
	EXPECT_EQ(carp_wire_decode6(packet, 36, other, dst, &adv), CARP_OK);
	packet[6] = 0xaa;
	packet[7] = 0x31;
	adv.counter = 0;
	EXPECT_EQ(carp_wire_decode6(packet, 36, src, dst, &adv), CARP_OK);
	EXPECT_EQ(adv.counter, 5);
	EXPECT_EQ(carp_wire_decode6(packet, 36, other, dst, &adv),
		  CARP_BADSUM);
	EXPECT_EQ(carp_wire_decode(packet, 36, &adv), CARP_BADSUM);
	EXPECT_EQ(carp_wire_decode6(packet, 35, src, dst, &adv), CARP_BADLEN);
	for (i = 8; i < 36; i++) {
		packet[i] ^= 4;
		EXPECT_EQ(carp_wire_decode6(packet, 36, src, dst, &adv),
			  CARP_BADSUM);
		packet[i] ^= 4;
	}
}

static void kinds_of_frames_are_there(size_t row)
{
	size_t i, kinds[2] = {};

	for (i = 0; i < ARRAY_SIZE(carp_frames); i++)
		kinds[carp_frames[i].kind]++;
	EXPECT(kinds[CARP_FRAME_CARP] >= 14);
	EXPECT(kinds[CARP_FRAME_VRRP] >= 2);
}

/* Truncated at every byte: never OK, and nothing past the end is read. */
static void truncated(size_t row)
{
	size_t len;

	for (len = 0; len < sizeof(good); len++) {
		memset(buf, 0xff, sizeof(buf));
		memcpy(buf, good, len);
		EXPECT_EQ(decode(buf, len), CARP_BADLEN);
		/* Even if the checksum of what is left is right. */
		if (len >= 8) {
			seal(buf, len);
			EXPECT_EQ(decode(buf, len), CARP_BADLEN);
		}
	}
}

static void extended(size_t row)
{
	size_t extra;

	for (extra = 1; extra < 1500; extra++) {
		memset(buf, 0, sizeof(buf));
		memcpy(buf, good, sizeof(good));
		/* Zeros leave the sum as it is; 44 is seven of VRRPv2. */
		EXPECT_EQ(decode(buf, sizeof(good) + extra),
			  extra == 8 ? CARP_FOREIGN : CARP_BADLEN);
	}
}

/* The sixteen versions, each with the sixteen types. */
static void version_and_type(size_t row)
{
	u8 type;

	for (type = 0; type < 16; type++) {
		enum carp_verdict want = CARP_BADVER;

		if (row == 2)
			want = type == 1 ? CARP_OK : CARP_FOREIGN;
		if (row == 3)
			want = CARP_FOREIGN;
		memcpy(buf, good, sizeof(good));
		buf[0] = row << 4 | type;
		seal(buf, sizeof(good));
		EXPECT_EQ(decode(buf, sizeof(good)), want);
		/* Of another shape it is not ours in any version. */
		if (row != 2) {
			EXPECT_EQ(decode(buf, sizeof(good) - 4), CARP_FOREIGN);
			buf[3] = 1;
			EXPECT_EQ(decode(buf, sizeof(good)), CARP_FOREIGN);
		}
	}
}

static const char *version_name(size_t row)
{
	static char name[16];

	snprintf(name, sizeof(name), "version %zu", row);
	return name;
}

/* The number of addresses is where CARP has its authlen. */
static void vrrp2(size_t row)
{
	size_t addrs = row + 1, len = 8 + 4 * addrs + 8;

	memset(buf, 0, sizeof(buf));
	buf[0] = 0x21;
	buf[1] = 1;
	buf[2] = 100;
	buf[3] = addrs;
	buf[5] = 1;
	memset(buf + 8, 10, 4 * addrs);
	seal(buf, len);
	EXPECT_EQ(decode(buf, len), CARP_FOREIGN);
	/* 36 bytes are five addresses; without authentication data, seven. */
	EXPECT(addrs != 5 || len == sizeof(good));
}

static const char *vrrp2_name(size_t row)
{
	static char name[16];

	snprintf(name, sizeof(name), "%zu addresses", row + 1);
	return name;
}

static void vrrp3_is_foreign(size_t row)
{
	size_t addrs;

	for (addrs = 1; addrs <= 8; addrs++) {
		memset(buf, 0, sizeof(buf));
		buf[0] = 0x31;
		buf[1] = 1;
		buf[2] = 100;
		buf[3] = addrs;
		buf[5] = 100;
		EXPECT_EQ(decode(buf, 8 + 4 * addrs), CARP_FOREIGN);
		EXPECT_EQ(decode(buf, 8 + 16 * addrs), CARP_FOREIGN);
	}
	/* Seven IPv4 addresses make 36 bytes and authlen 7. */
	buf[3] = 7;
	seal(buf, 36);
	EXPECT_EQ(decode(buf, 36), CARP_FOREIGN);
}

static void any_flipped_bit_is_noticed(size_t row)
{
	size_t bit;

	for (bit = 0; bit < 8 * sizeof(good); bit++) {
		memcpy(buf, good, sizeof(good));
		buf[bit / 8] ^= 1 << bit % 8;
		EXPECT(decode(buf, sizeof(good)) != CARP_OK);
		/* Past what tells CARP from others it is the checksum. */
		if (bit >= 32 || (bit >= 8 && bit < 24))
			EXPECT_EQ(decode(buf, sizeof(good)), CARP_BADSUM);
	}
}

/* Out of range for a configuration, but well-formed: the election's matter. */
static void values_are_not_judged(size_t row)
{
	struct carp_advert in, out;
	struct carp_header h;
	u8 digest[20];
	u32 i;

	for (i = 0; i < 256; i++) {
		memset(digest, 255 - i, sizeof(digest));
		in = (struct carp_advert) {
			.vhid = i,
			.advbase = i * 7,
			.advskew = i * 13,
			.demote = i * 31,
			.counter = ~(u64)0 - i * 0x0123456789abcdull,
		};
		carp_wire_encode(&h, &in, digest);
		EXPECT_EQ(h.version_type, 0x21);
		EXPECT_EQ(h.authlen, 7);
		EXPECT_EQ(other_cksum((u8 *)&h, sizeof(h)), 0);
		EXPECT_BYTES(h.digest, digest, sizeof(digest));
		memset(&out, 0, sizeof(out));
		EXPECT_EQ(carp_wire_decode(&h, sizeof(h), &out), CARP_OK);
		EXPECT_EQ(out.vhid, in.vhid);
		EXPECT_EQ(out.advbase, in.advbase);
		EXPECT_EQ(out.advskew, in.advskew);
		EXPECT_EQ(out.demote, in.demote);
		EXPECT_EQ(out.counter, in.counter);
	}
}

static void bowout_needs_both(size_t row)
{
	struct carp_advert adv = { .vhid = 1 };

	EXPECT(!carp_wire_is_bowout(&adv));
	adv.advbase = 255;
	EXPECT(!carp_wire_is_bowout(&adv));
	adv.advbase = 254;
	adv.advskew = 255;
	EXPECT(!carp_wire_is_bowout(&adv));
	adv.advbase = 255;
	EXPECT(carp_wire_is_bowout(&adv));
}

static void counter_is_big_endian(size_t row)
{
	static const u8 want[] = { 1, 2, 3, 4, 5, 6, 7, 0xf8 };
	u8 out[CARP_COUNTER_LEN];

	carp_wire_counter(0x01020304050607f8ull, out);
	EXPECT_BYTES(out, want, sizeof(out));
}

static void checksum_of_every_length(size_t row)
{
	u32 seed = 1, start;
	size_t i, len;

	for (i = 0; i < sizeof(buf); i++) {
		seed = seed * 1103515245 + 12345;
		buf[i] = seed >> 16;
	}
	for (start = 0; start < 2; start++)
		for (len = 0; len < 300; len++)
			EXPECT_EQ(carp_wire_cksum(buf + start, len),
				  other_cksum(buf + start, len));

	memset(buf, 0xff, sizeof(buf));
	for (len = 1; len <= sizeof(buf); len++)
		EXPECT_EQ(carp_wire_cksum(buf, len), other_cksum(buf, len));
	memset(buf, 0, sizeof(buf));
	EXPECT_EQ(carp_wire_cksum(buf, 36), 0xffff);
	EXPECT_EQ(carp_wire_cksum(buf, 0), 0xffff);
}

static void bad_packets_leave_values_alone(size_t row)
{
	struct carp_advert adv, before;

	memset(&before, 0x5a, sizeof(before));
	memcpy(&adv, &before, sizeof(adv));
	memcpy(buf, good, sizeof(good));
	buf[20] ^= 1;
	carp_wire_decode(buf, sizeof(good), &adv);
	carp_wire_decode(buf, 20, &adv);
	buf[0] = 0x31;
	carp_wire_decode(buf, sizeof(good), &adv);
	EXPECT_BYTES(&adv, &before, sizeof(adv));
}

/* As the comment of carp_wire_decode() promises; UBSAN looks at it too. */
static void decodes_at_any_address(size_t row)
{
	size_t at;

	for (at = 0; at < 8; at++) {
		memcpy(buf + at, good, sizeof(good));
		EXPECT_EQ(decode(buf + at, sizeof(good)), CARP_OK);
	}
}

static const struct check_group groups[] = {
	CHECK(truncated),
	CHECK(extended),
	{
		.name = "version_and_type",
		.run = version_and_type,
		.rows = 16,
		.row_name = version_name,
	},
	{
		.name = "vrrp2",
		.run = vrrp2,
		.rows = 8,
		.row_name = vrrp2_name,
	},
	CHECK(vrrp3_is_foreign),
	CHECK(any_flipped_bit_is_noticed),
	CHECK(values_are_not_judged),
	CHECK(bowout_needs_both),
	CHECK(counter_is_big_endian),
	CHECK(checksum_of_every_length),
	CHECK(bad_packets_leave_values_alone),
	CHECK(kinds_of_frames_are_there),
	CHECK(pseudo_header_over_ipv6),
	{
		.name = "header",
		.run = header,
		.rows = ARRAY_SIZE(carp_vectors),
		.row_name = header_name,
	},
	{
		.name = "frame",
		.run = frame,
		.rows = ARRAY_SIZE(carp_frames),
		.row_name = frame_name,
	},
	CHECK(decodes_at_any_address),
};

const struct check_suite check_wire = {
	.name = "carp_wire",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
};
