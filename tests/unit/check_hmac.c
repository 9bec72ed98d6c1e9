// SPDX-License-Identifier: GPL-2.0
/*
 * What is authenticated, carp_hmac.c, against digests that the BSDs' own code
 * has computed.
 */
#include "check.h"

#include "../vectors/carp_vectors.h"

static struct carp_addrset set;

/* The message as the sink has received it. */
static struct message {
	size_t	len;
	size_t	calls;
	u8	bytes[3 + CARP_ADDRS_MAX * (4 + 16) + CARP_COUNTER_LEN];
} msg;

static int collect(void *ctx, const void *data, size_t len)
{
	struct message *m = ctx;

	if (m->len + len > sizeof(m->bytes))
		return -ENOSPC;
	memcpy(m->bytes + m->len, data, len);
	m->len += len;
	m->calls++;
	return 0;
}

static bool is_link_local(const u8 a[16])
{
	if (a[0] == 0xff)
		return (a[1] & 15) == 1 || (a[1] & 15) == 2;
	return a[0] == 0xfe && (a[1] & 0xc0) == 0x80;
}

/* Fills the set; @turn and @back say in which order the addresses come. */
static void fill_set(const struct carp_vector *v, unsigned int turn, bool back)
{
	struct carp_addr6 a6;
	unsigned int i, j;
	__be32 a4;

	memset(&set, 0, sizeof(set));
	for (i = 0; i < v->n4; i++) {
		j = (i + turn) % v->n4;
		memcpy(&a4, v->addrs4[back ? v->n4 - 1 - j : j], sizeof(a4));
		carp_addrset_add4(&set, a4);
	}
	for (i = 0; i < v->n6; i++) {
		j = (i + turn) % v->n6;
		j = back ? v->n6 - 1 - j : j;
		if (v->accept == CARP_VECTOR_NO_LL &&
		    is_link_local(v->addrs6[j]))
			continue;
		memcpy(&a6, v->addrs6[j], sizeof(a6));
		carp_addrset_add6(&set, &a6);
	}
}

static void build_message(const struct carp_vector *v)
{
	u8 counter[CARP_COUNTER_LEN];

	memset(&msg, 0, sizeof(msg));
	EXPECT_EQ(carp_hmac_prefix(v->vhid, &set, collect, &msg), 0);
	carp_wire_counter(v->counter, counter);
	collect(&msg, counter, sizeof(counter));
}

static bool same_message(const struct carp_vector *v)
{
	return msg.len == v->message_len &&
	       !memcmp(msg.bytes, v->message, v->message_len);
}

/*
 * Rows that nobody accepts are the unsorted order of FreeBSD 6 and the MAC
 * that OpenBSD hashes if it was changed: there our message must differ, and
 * with it the digest.
 */
static void vector(size_t row)
{
	const struct carp_vector *v = &carp_vectors[row];
	u8 digest[CARP_DIGEST_LEN];
	unsigned int turn;

	EXPECT_EQ(check_hmac_sha1(v->key, sizeof(v->key), v->message,
				  v->message_len, digest), 0);
	EXPECT_BYTES(digest, v->digest, sizeof(digest));

	/* Every order of two, and of three addresses. */
	for (turn = 0; turn < 6; turn++) {
		fill_set(v, turn % 3, turn >= 3);
		build_message(v);
		EXPECT_EQ(check_hmac_sha1(v->key, sizeof(v->key), msg.bytes,
					  msg.len, digest), 0);
		EXPECT_EQ(same_message(v), v->accept != CARP_VECTOR_REJECT);
		EXPECT_EQ(!memcmp(digest, v->digest, sizeof(digest)),
			  v->accept != CARP_VECTOR_REJECT);
	}
}

static const char *vector_name(size_t row)
{
	static char name[64];
	const struct carp_vector *v = &carp_vectors[row];

	snprintf(name, sizeof(name), "%zu %s vhid %u %u+%u addresses%s", row,
		 v->impl, v->vhid, v->n4, v->n6,
		 v->accept == CARP_VECTOR_REJECT ? ", to be rejected" : "");
	return name;
}

static void both_kinds_of_rows_are_there(size_t row)
{
	size_t i, n[3] = {}, freebsd6 = 0, mac = 0;

	for (i = 0; i < ARRAY_SIZE(carp_vectors); i++) {
		const struct carp_vector *v = &carp_vectors[i];

		n[v->accept]++;
		if (v->accept == CARP_VECTOR_REJECT) {
			freebsd6 += !strcmp(v->impl, "freebsd6");
			mac += v->mac_len == 6;
			EXPECT(v->mac_len || !strcmp(v->impl, "freebsd6"));
		}
	}
	EXPECT(n[CARP_VECTOR_FULL] >= 100);
	EXPECT(n[CARP_VECTOR_NO_LL] >= 3);
	EXPECT(freebsd6 >= 1);
	EXPECT(mac >= 2);
}

/* Words one after the other, to be read beside the facts about the digest. */
static void message_is_in_order(size_t row)
{
	static const u8 want[] = {
		2, 1, 77,				/* two bytes, not 0x21 */
		10, 0, 0, 254, 192, 168, 1, 1, 192, 168, 2, 1,
		0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	};
	static const struct carp_addr6 global = {
		{ 0x20, 1, 0x0d, 0xb8, [15] = 1 }
	};
	static const struct carp_addr6 local = {
		{ 0xfe, 0x80, [15] = 1 }
	};

	memset(&set, 0, sizeof(set));
	memset(&msg, 0, sizeof(msg));
	carp_addrset_add6(&set, &local);
	carp_addrset_add4(&set, cpu_to_be32(0xc0a80201));
	carp_addrset_add4(&set, cpu_to_be32(0x0a0000fe));
	carp_addrset_add6(&set, &global);
	carp_addrset_add4(&set, cpu_to_be32(0xc0a80101));
	EXPECT_EQ(carp_hmac_prefix(77, &set, collect, &msg), 0);
	EXPECT_EQ(msg.len, sizeof(want));
	EXPECT_BYTES(msg.bytes, want, sizeof(want));
}

static void message_without_addresses(size_t row)
{
	static const u8 want[] = { 2, 1, 255 };

	memset(&set, 0, sizeof(set));
	memset(&msg, 0, sizeof(msg));
	EXPECT_EQ(carp_hmac_prefix(255, &set, collect, &msg), 0);
	EXPECT_EQ(msg.len, sizeof(want));
	EXPECT_BYTES(msg.bytes, want, sizeof(want));
}

static void full_set_is_all_covered(size_t row)
{
	struct carp_addr6 a6 = { { 0x20 } };
	u32 i;

	memset(&set, 0, sizeof(set));
	memset(&msg, 0, sizeof(msg));
	for (i = 0; i < CARP_ADDRS_MAX; i++) {
		carp_addrset_add4(&set, cpu_to_be32(0x0a000001 + i));
		a6.b[7] = i;
		carp_addrset_add6(&set, &a6);
	}
	EXPECT_EQ(carp_hmac_prefix(1, &set, collect, &msg), 0);
	EXPECT_EQ(msg.len, 3 + CARP_ADDRS_MAX * (4 + 16));
	EXPECT_EQ(msg.bytes[3 + 4 * CARP_ADDRS_MAX - 1], 0);
	EXPECT_EQ(msg.bytes[3 + 4 * CARP_ADDRS_MAX - 2], 1);
	EXPECT_EQ(msg.bytes[msg.len - 16 + 7], 255);
}

struct broken {
	int	err;
	size_t	calls_left;
	size_t	calls;
};

static int break_after(void *ctx, const void *data, size_t len)
{
	struct broken *b = ctx;

	b->calls++;
	return b->calls_left-- ? 0 : b->err;
}

/* An error ends the walk and is what the caller gets to see. */
static void sink_errors_are_returned(size_t row)
{
	struct carp_addr6 a6 = { { 0x20 } };
	size_t i;

	memset(&set, 0, sizeof(set));
	carp_addrset_add4(&set, cpu_to_be32(0x0a000001));
	carp_addrset_add6(&set, &a6);
	for (i = 0; i < 3; i++) {
		struct broken b = { .err = -EIO, .calls_left = i };

		EXPECT_EQ(carp_hmac_prefix(1, &set, break_after, &b),
			  -EIO);
		EXPECT_EQ(b.calls, i + 1);
	}
}

static const struct check_group groups[] = {
	CHECK(message_is_in_order),
	CHECK(message_without_addresses),
	CHECK(full_set_is_all_covered),
	CHECK(sink_errors_are_returned),
	CHECK(both_kinds_of_rows_are_there),
	{
		.name = "vector",
		.run = vector,
		.rows = ARRAY_SIZE(carp_vectors),
		.row_name = vector_name,
	},
};

const struct check_suite check_hmac = {
	.name = "carp_hmac",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
};
