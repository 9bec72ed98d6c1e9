// SPDX-License-Identifier: GPL-2.0-only
/* FIPS 180-4 and RFC 2104, written for reading: speed does not matter here. */
#include "sha1.h"

#include <string.h>

#define BLOCK	64

struct state {
	u32 h[5];
	u64 bytes;
	u8 block[BLOCK];
};

static u32 rotate(u32 x, int n)
{
	return x << n | x >> (32 - n);
}

static void compress(struct state *s)
{
	u32 a = s->h[0], b = s->h[1], c = s->h[2], d = s->h[3], e = s->h[4];
	u32 w[80];
	int t;

	for (t = 0; t < 16; t++)
		w[t] = get_be32(s->block + 4 * t);
	for (; t < 80; t++)
		w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);

	for (t = 0; t < 80; t++) {
		u32 f, k, next;

		if (t < 20) {
			f = (b & c) | (~b & d);
			k = 0x5a827999;
		} else if (t < 40) {
			f = b ^ c ^ d;
			k = 0x6ed9eba1;
		} else if (t < 60) {
			f = (b & c) | (b & d) | (c & d);
			k = 0x8f1bbcdc;
		} else {
			f = b ^ c ^ d;
			k = 0xca62c1d6;
		}
		next = rotate(a, 5) + f + e + k + w[t];
		e = d;
		d = c;
		c = rotate(b, 30);
		b = a;
		a = next;
	}
	s->h[0] += a;
	s->h[1] += b;
	s->h[2] += c;
	s->h[3] += d;
	s->h[4] += e;
}

static void begin(struct state *s)
{
	static const u32 start[5] = {
		0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0,
	};

	memcpy(s->h, start, sizeof(start));
	s->bytes = 0;
}

static void add(struct state *s, const u8 *data, size_t len)
{
	while (len--) {
		s->block[s->bytes++ % BLOCK] = *data++;
		if (s->bytes % BLOCK == 0)
			compress(s);
	}
}

static void finish(struct state *s, u8 digest[SHA1_SIZE])
{
	static const u8 one = 0x80, zero;
	u8 bits[8];
	int i;

	put_be64(bits, s->bytes * 8);
	add(s, &one, 1);
	while (s->bytes % BLOCK != BLOCK - sizeof(bits))
		add(s, &zero, 1);
	add(s, bits, sizeof(bits));
	for (i = 0; i < 5; i++)
		put_be32(digest + 4 * i, s->h[i]);
}

void sha1(const u8 *data, size_t len, u8 digest[SHA1_SIZE])
{
	struct state s;

	begin(&s);
	add(&s, data, len);
	finish(&s, digest);
}

void hmac_sha1(const u8 *key, size_t key_len, const u8 *data, size_t len,
	       u8 digest[SHA1_SIZE])
{
	u8 pad[BLOCK] = {}, inner[SHA1_SIZE];
	struct state s;
	int i;

	if (key_len > BLOCK)
		sha1(key, key_len, pad);
	else
		memcpy(pad, key, key_len);

	for (i = 0; i < BLOCK; i++)
		pad[i] ^= 0x36;
	begin(&s);
	add(&s, pad, BLOCK);
	add(&s, data, len);
	finish(&s, inner);

	for (i = 0; i < BLOCK; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	begin(&s);
	add(&s, pad, BLOCK);
	add(&s, inner, SHA1_SIZE);
	finish(&s, digest);
}
