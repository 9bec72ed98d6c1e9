// SPDX-License-Identifier: GPL-2.0
/*
 * Which vhid serves a client, carp_balance.c.
 */
#include "check.h"

/* From big integers in another language, after the description in the guide. */
static const struct {
	u8		addr[16];
	bool		six;
	unsigned int	of2, of3, of4, of255;
} vectors[] = {
	{ { 0 }, false, 0, 0, 0, 0 },
	{ { 192, 0, 2, 1 }, false, 1, 2, 3, 204 },
	{ { 192, 0, 2, 2 }, false, 0, 1, 1, 106 },
	{ { 192, 0, 2, 3 }, false, 0, 0, 0, 9 },
	{ { 192, 0, 2, 254 }, false, 0, 0, 0, 41 },
	{ { 10, 0, 0, 1 }, false, 1, 2, 3, 215 },
	{ { 10, 255, 255, 255 }, false, 0, 0, 1, 84 },
	{ { 172, 16, 1, 77 }, false, 1, 2, 2, 181 },
	{ { 255, 255, 255, 255 }, false, 0, 1, 1, 97 },
	{ { 0 }, true, 0, 0, 0, 0 },
	{ { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }, true, 1, 2, 3, 192 },
	{ { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 }, true, 0, 1, 1, 94 },
	{ { 0xfe, 0x80, [8] = 0x50, 0x54, 0, 0xff, 0xfe, 0x12, 0x34, 0x56 },
	  true, 0, 0, 1, 76 },
	{ { 0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6 },
	  true, 1, 2, 3, 212 },
	{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	  true, 1, 1, 2, 134 },
};

static u32 client(const u8 *addr, bool six)
{
	struct carp_addr6 a6;
	__be32 a4;

	if (six) {
		memcpy(&a6, addr, sizeof(a6));
		return carp_balance_client6(&a6);
	}
	memcpy(&a4, addr, sizeof(a4));
	return carp_balance_client4(a4);
}

static void as_described(size_t row)
{
	u32 c = client(vectors[row].addr, vectors[row].six);

	EXPECT_EQ(carp_balance_pick(c, 1), 0);
	EXPECT_EQ(carp_balance_pick(c, 2), vectors[row].of2);
	EXPECT_EQ(carp_balance_pick(c, 3), vectors[row].of3);
	EXPECT_EQ(carp_balance_pick(c, 4), vectors[row].of4);
	EXPECT_EQ(carp_balance_pick(c, 255), vectors[row].of255);
}

/*
 * Clients as they come: address, and what each differs from the one before, in
 * the last 4 bytes.
 */
static const struct {
	const char	*name;
	u8		addr[16];
	bool		six;
	u32		step;
} ranges[] = {
	{ "192.0.2.0/24", { 192, 0, 2, 0 }, false, 1 },
	{ "10.0.0.0 on", { 10, 0, 0, 0 }, false, 1 },
	{ "10.0.0.100 on", { 10, 0, 0, 100 }, false, 1 },
	{ "172.16.5.0/24", { 172, 16, 5, 0 }, false, 1 },
	{ "192.168.1.0/24", { 192, 168, 1, 0 }, false, 1 },
	{ "192.168.255.128 on", { 192, 168, 255, 128 }, false, 1 },
	{ "255.255.255.128 on, past the end", { 255, 255, 255, 128 }, false, 1 },
	{ "every second of 10.1.0.0", { 10, 1, 0, 0 }, false, 2 },
	{ "every fourth of 10.1.0.1", { 10, 1, 0, 1 }, false, 4 },
	{ "every tenth of 10.1.0.10", { 10, 1, 0, 10 }, false, 10 },
	{ "the first of each /24 of 10.2.0.0", { 10, 2, 0, 1 }, false, 256 },
	{ "the last of each /24 of 10.2.0.0", { 10, 2, 0, 254 }, false, 256 },
	{ "2001:db8::/64", { 0x20, 0x01, 0x0d, 0xb8 }, true, 1 },
	{ "2001:db8::ffff:ff80 on", { 0x20, 0x01, 0x0d, 0xb8,
	  [12] = 0xff, 0xff, 0xff, 0x80 }, true, 1 },
	{ "fe80::1 on", { 0xfe, 0x80, [15] = 1 }, true, 1 },
	{ "EUI-64, consecutive MACs", { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 7,
	  0x52, 0x54, 0x00, 0xff, 0xfe, 0x4a, 0x10, 0x00 }, true, 1 },
	{ "EUI-64, every fourth MAC", { 0xfe, 0x80, [8] = 0x02, 0x1b, 0x21,
	  0xff, 0xfe, 0x9c, 0x00, 0x02 }, true, 4 },
};

#define CLIENTS		256

/* By how much the worst is off its share, in percent. */
static u32 worst(const u32 *count, u32 n, u32 clients)
{
	u32 i, off = 0;

	for (i = 0; i < n; i++) {
		u32 have = count[i] * n * 100;
		u32 share = clients * 100;

		off = max(off, (have > share ? have - share : share - have) /
			       clients);
	}
	return off;
}

static void divides_evenly(size_t row)
{
	u32 n, i, first, low;
	u8 addr[16];

	memcpy(addr, ranges[row].addr, sizeof(addr));
	first = ranges[row].six ? 12 : 0;
	low = (u32)addr[first] << 24 | addr[first + 1] << 16 |
	      addr[first + 2] << 8 | addr[first + 3];
	for (n = 2; n <= 4; n++) {
		u32 count[4] = { 0 };

		for (i = 0; i < CLIENTS; i++) {
			__be32 now = cpu_to_be32(low + i * ranges[row].step);

			memcpy(addr + first, &now, sizeof(now));
			count[carp_balance_pick(client(addr, ranges[row].six),
						n)]++;
		}
		if (worst(count, n, CLIENTS) > 20)
			FAIL("%u vhids: %u %u %u %u clients", n, count[0],
			     count[1], count[2], count[3]);
	}
}

static const char *range_name(size_t row)
{
	return ranges[row].name;
}

/*
 * Interface ids that hosts make up: more of them, since chance alone is off by
 * more than that among 256.
 */
static void divides_random_ids_evenly(size_t row)
{
	u32 count[4] = { 0 }, n, i, b;
	u64 x = 0x2545f4914f6cdd1dull;

	for (n = 2; n <= 4; n++) {
		memset(count, 0, sizeof(count));
		for (i = 0; i < 4096; i++) {
			u8 addr[16] = { 0x20, 0x01, 0x0d, 0xb8 };

			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			for (b = 0; b < 8; b++)
				addr[8 + b] = x >> (8 * b);
			count[carp_balance_pick(client(addr, true), n)]++;
		}
		if (worst(count, n, 4096) > 20)
			FAIL("%u vhids: %u %u %u %u clients", n, count[0],
			     count[1], count[2], count[3]);
	}
}

/* Never beyond the last, at the ends of the scale in particular. */
static void stays_within(size_t row)
{
	u32 n, c, i;

	for (n = 1; n <= 255; n++) {
		for (i = 0, c = 0; i < 1000; i++, c += 0x01234567)
			EXPECT(carp_balance_pick(c, n) < n);
		/* The inverse of the multiplier: the largest product. */
		EXPECT_EQ(carp_balance_pick(0u - 0x144cbc89u, n), n - 1);
	}
}

static const struct check_group groups[] = {
	{
		.name = "as_described",
		.run = as_described,
		.rows = ARRAY_SIZE(vectors),
	},
	{
		.name = "divides_evenly",
		.run = divides_evenly,
		.rows = ARRAY_SIZE(ranges),
		.row_name = range_name,
	},
	CHECK(divides_random_ids_evenly),
	CHECK(stays_within),
};

const struct check_suite check_balance = {
	.name = "carp_balance",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
};
