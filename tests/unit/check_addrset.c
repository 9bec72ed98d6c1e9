// SPDX-License-Identifier: GPL-2.0
/*
 * The sorted address set, carp_addrset.c.
 */
#include "check.h"

static struct carp_addrset set, other;

static int add4(u32 addr)
{
	return carp_addrset_add4(&set, cpu_to_be32(addr));
}

static struct carp_addr6 addr6(u8 first, u8 last)
{
	struct carp_addr6 a = { { first } };

	a.b[15] = last;
	return a;
}

static int add6(u8 first, u8 last)
{
	struct carp_addr6 a = addr6(first, last);

	return carp_addrset_add6(&set, &a);
}

static void reset(void)
{
	memset(&set, 0, sizeof(set));
	memset(&other, 0, sizeof(other));
}

static void starts_empty(size_t row)
{
	reset();
	EXPECT(carp_addrset_empty(&set));
	EXPECT(!carp_addrset_has4(&set, cpu_to_be32(0x0a000001)));
	EXPECT(!carp_addrset_has4(&set, 0));
	EXPECT(carp_addrset_equal(&set, &other));
}

/* By value in host order, which is not the order of the words in memory. */
static void sorts_ipv4_by_value(size_t row)
{
	static const u32 added[] = {
		0xc0a80201, 0x0a0000fe, 0xc0a80101, 0xdffffffe, 0x00000001,
		0x80000000, 0x7fffffff, 0x010000ff, 0xff000001, 0xfffffffe,
	};
	static const u32 sorted[] = {
		0x00000001, 0x010000ff, 0x0a0000fe, 0x7fffffff, 0x80000000,
		0xc0a80101, 0xc0a80201, 0xdffffffe, 0xff000001, 0xfffffffe,
	};
	size_t i;

	reset();
	for (i = 0; i < ARRAY_SIZE(added); i++)
		EXPECT_EQ(add4(added[i]), 1);
	EXPECT_EQ(set.n4, ARRAY_SIZE(sorted));
	EXPECT_EQ(set.n6, 0);
	for (i = 0; i < ARRAY_SIZE(sorted); i++) {
		EXPECT_EQ(be32_to_cpu(set.a4[i]), sorted[i]);
		EXPECT(carp_addrset_has4(&set, cpu_to_be32(added[i])));
		EXPECT(!carp_addrset_has4(&set, cpu_to_be32(added[i] + 5)));
	}
}

static void sorts_ipv6_bytewise(size_t row)
{
	static const u8 added[][2] = {
		{ 0xff, 1 }, { 0x20, 2 }, { 0, 2 }, { 0x80, 0 }, { 0x20, 1 },
		{ 0xfe, 0xff }, { 0x7f, 0xff }, { 0, 1 },
	};
	static const u8 sorted[][2] = {
		{ 0, 1 }, { 0, 2 }, { 0x20, 1 }, { 0x20, 2 }, { 0x7f, 0xff },
		{ 0x80, 0 }, { 0xfe, 0xff }, { 0xff, 1 },
	};
	size_t i;

	reset();
	for (i = 0; i < ARRAY_SIZE(added); i++)
		EXPECT_EQ(add6(added[i][0], added[i][1]), 1);
	EXPECT_EQ(set.n6, ARRAY_SIZE(sorted));
	EXPECT_EQ(set.n4, 0);
	for (i = 0; i < ARRAY_SIZE(sorted); i++) {
		struct carp_addr6 want = addr6(sorted[i][0], sorted[i][1]);

		EXPECT_BYTES(&set.a6[i], &want, sizeof(want));
	}
}

/* The last byte alone decides, and the whole address counts. */
static void compares_whole_ipv6(size_t row)
{
	struct carp_addr6 a = { { 0x20, 1, 0x0d, 0xb8, [15] = 1 } };
	struct carp_addr6 b = a, c = a;

	reset();
	b.b[15] = 0;
	b.b[14] = 1;
	c.b[8] = 1;
	EXPECT_EQ(carp_addrset_add6(&set, &c), 1);
	EXPECT_EQ(carp_addrset_add6(&set, &b), 1);
	EXPECT_EQ(carp_addrset_add6(&set, &a), 1);
	EXPECT_BYTES(&set.a6[0], &a, sizeof(a));
	EXPECT_BYTES(&set.a6[1], &b, sizeof(b));
	EXPECT_BYTES(&set.a6[2], &c, sizeof(c));
}

static void holds_duplicates_once(size_t row)
{
	size_t i;

	reset();
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(add4(0xc0000201), !i);
		EXPECT_EQ(add4(0xc0000202), !i);
		EXPECT_EQ(add4(0x01020304), !i);
		EXPECT_EQ(add6(0x20, 1), !i);
		EXPECT_EQ(add6(0x10, 1), !i);
		EXPECT_EQ(add6(0x30, 1), !i);
	}
	EXPECT_EQ(set.n4, 3);
	EXPECT_EQ(set.n6, 3);
}

/* No implementation hashes them: their loops compare strictly. */
static void leaves_out_zeros_and_ones(size_t row)
{
	struct carp_addr6 zeros = {}, ones;

	reset();
	memset(&ones, 0xff, sizeof(ones));
	EXPECT_EQ(add4(0), 0);
	EXPECT_EQ(add4(0xffffffff), 0);
	EXPECT_EQ(carp_addrset_add6(&set, &zeros), 0);
	EXPECT_EQ(carp_addrset_add6(&set, &ones), 0);
	EXPECT(carp_addrset_empty(&set));

	EXPECT_EQ(add4(0xfffffffe), 1);
	EXPECT_EQ(add4(1), 1);
	EXPECT_EQ(add4(0), 0);
	EXPECT_EQ(add4(0xffffffff), 0);
	ones.b[15] = 0xfe;
	EXPECT_EQ(carp_addrset_add6(&set, &ones), 1);
	EXPECT_EQ(add6(0, 1), 1);
	EXPECT_EQ(carp_addrset_add6(&set, &zeros), 0);
	EXPECT_EQ(set.n4, 2);
	EXPECT_EQ(set.n6, 2);
}

/* Full is full for the new ones only, at either end and in the middle. */
static void has_a_limit(size_t row)
{
	u32 i;

	reset();
	for (i = 0; i < CARP_ADDRS_MAX; i++) {
		EXPECT_EQ(add4(0x0a000000 + 2 * (CARP_ADDRS_MAX - i)), 1);
		EXPECT_EQ(add6(i / 200 + 1, i % 200 + 1), 1);
	}
	EXPECT_EQ(set.n4, CARP_ADDRS_MAX);
	EXPECT_EQ(set.n6, CARP_ADDRS_MAX);
	other = set;

	EXPECT_EQ(add4(1), -ENOSPC);
	EXPECT_EQ(add4(0x0a000003), -ENOSPC);
	EXPECT_EQ(add4(0xfffffffe), -ENOSPC);
	EXPECT_EQ(add6(0, 1), -ENOSPC);
	EXPECT_EQ(add6(1, 250), -ENOSPC);
	EXPECT_EQ(add6(0xff, 1), -ENOSPC);
	EXPECT_EQ(add4(0x0a000002), 0);
	EXPECT_EQ(add4(0xffffffff), 0);
	EXPECT_EQ(add6(1, 1), 0);
	EXPECT(!memcmp(&set, &other, sizeof(set)));
}

static void equality_is_of_contents(size_t row)
{
	struct carp_addr6 a = addr6(0x20, 1);

	reset();
	add4(0xc0000201);
	add4(0xc0000202);
	carp_addrset_add4(&other, cpu_to_be32(0xc0000202));
	EXPECT(!carp_addrset_equal(&set, &other));
	carp_addrset_add4(&other, cpu_to_be32(0xc0000201));
	EXPECT(carp_addrset_equal(&set, &other));

	carp_addrset_add6(&other, &a);
	EXPECT(!carp_addrset_equal(&set, &other));
	EXPECT(!carp_addrset_empty(&other));
	add6(0x20, 2);
	EXPECT(!carp_addrset_equal(&set, &other));

	/* As many, of either family, but others. */
	reset();
	add4(0xc0000201);
	carp_addrset_add4(&other, cpu_to_be32(0xc0000203));
	EXPECT(!carp_addrset_equal(&set, &other));
	reset();
	EXPECT_EQ(add6(0x20, 1), 1);
	EXPECT(!carp_addrset_empty(&set));
	a = addr6(0x20, 3);
	carp_addrset_add6(&other, &a);
	EXPECT(!carp_addrset_equal(&set, &other));

	/* What lies behind the end does not count. */
	reset();
	set.a4[0] = cpu_to_be32(0xc0000201);
	set.a6[0] = a;
	EXPECT(carp_addrset_equal(&set, &other));
	EXPECT(!carp_addrset_has4(&set, cpu_to_be32(0xc0000201)));
}

/* All orders of insertion lead to one set. */
static void order_of_insertion_is_lost(size_t row)
{
	static const u32 addrs[] = {
		0x0a000001, 0x0a0000fe, 0xc0a80101, 0xc0a80201, 0xe0000001,
	};
	u32 n, i, left, order;

	reset();
	for (i = 0; i < ARRAY_SIZE(addrs); i++)
		carp_addrset_add4(&other, cpu_to_be32(addrs[i]));
	for (n = 0; n < 120; n++) {
		u32 pool[ARRAY_SIZE(addrs)];

		memcpy(pool, addrs, sizeof(pool));
		memset(&set, 0, sizeof(set));
		order = n;
		for (left = ARRAY_SIZE(pool); left; left--) {
			i = order % left;
			order /= left;
			EXPECT_EQ(add4(pool[i]), 1);
			pool[i] = pool[left - 1];
		}
		EXPECT(carp_addrset_equal(&set, &other));
	}
}

static const struct check_group groups[] = {
	CHECK(starts_empty),
	CHECK(sorts_ipv4_by_value),
	CHECK(sorts_ipv6_bytewise),
	CHECK(compares_whole_ipv6),
	CHECK(holds_duplicates_once),
	CHECK(leaves_out_zeros_and_ones),
	CHECK(has_a_limit),
	CHECK(equality_is_of_contents),
	CHECK(order_of_insertion_is_lost),
};

const struct check_suite check_addrset = {
	.name = "carp_addrset",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
};
