// SPDX-License-Identifier: GPL-2.0-only
/*
 * Are the tools' own notions right? Against published digests and against what
 * other implementations sent, before anybody is judged by them.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "forge.h"
#include "frame.h"
#include "pcap.h"

#include "carp_frames.h"
#include "carp_vectors.h"

static int tests, failures;

static void result(bool good, const char *what)
{
	printf("%s %d - %s\n", good ? "ok" : "not ok", ++tests, what);
	failures += !good;
}

static bool equals_hex(const u8 digest[SHA1_SIZE], const char *hex)
{
	u8 want[SHA1_SIZE];

	return hex_decode(hex, want, sizeof(want)) == SHA1_SIZE &&
	       !memcmp(digest, want, SHA1_SIZE);
}

/* FIPS 180 examples and RFC 2202. */
static void test_digests(void)
{
	static const struct {
		const char *text, *digest;
	} plain[] = {
		{ "", "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
		{ "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
	};
	u8 digest[SHA1_SIZE], key[80], data[50];
	bool good = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(plain); i++) {
		sha1((const u8 *)plain[i].text, strlen(plain[i].text), digest);
		good &= equals_hex(digest, plain[i].digest);
	}
	result(good, "SHA-1 of the examples of FIPS 180");

	memset(key, 0x0b, 20);
	hmac_sha1(key, 20, (const u8 *)"Hi There", 8, digest);
	good = equals_hex(digest, "b617318655057264e28bc0b6fb378c8ef146be00");
	memset(key, 0xaa, sizeof(key));
	memset(data, 0xdd, sizeof(data));
	hmac_sha1(key, 20, data, sizeof(data), digest);
	good &= equals_hex(digest, "125d7342b9ac11cd91a39af48aa17b4f63f175d3");
	hmac_sha1(key, 80, (const u8 *)
		  "Test Using Larger Than Block-Size Key - Hash Key First",
		  54, digest);
	good &= equals_hex(digest, "aa4ae5e15272d00e95705637ce8a3b55ed402112");
	result(good, "HMAC-SHA-1 of the examples of RFC 2202");
}

static void add_all(struct carp_addrs *addrs, unsigned int n4,
		    const u8 (*v4)[4], unsigned int n6, const u8 (*v6)[16])
{
	char text[FRAME_ADDR_MAX];
	unsigned int i;

	memset(addrs, 0, sizeof(*addrs));
	for (i = 0; i < n4 + n6; i++) {
		struct frame_addr a = { .family = i < n4 ? 4 : 6 };

		if (i < n4)
			memcpy(a.bytes, v4[i], 4);
		else
			memcpy(a.bytes, v6[i - n4], 16);
		if (!carp_addrs_add(addrs, frame_addr_format(&a, text)))
			errx(3, "an address of a vector is none");
	}
}

static bool digest_matches(const struct carp_vector *v,
			   const struct carp_addrs *addrs, enum carp_form form)
{
	u8 digest[SHA1_SIZE], counter[8];

	put_be64(counter, v->counter);
	carp_digest(digest, v->key, v->vhid, addrs, form, counter);
	return !memcmp(digest, v->digest, SHA1_SIZE);
}

static bool check_vector(const struct carp_vector *v)
{
	enum carp_form form = v->accept == CARP_VECTOR_NO_LL ?
			      CARP_FORM_NO_LINK_LOCAL : CARP_FORM_FULL;
	u8 frame[FORGE_MAX], digest[SHA1_SIZE], key[CARP_KEY_SIZE];
	struct forge f;
	size_t len;

	forge_init(&f);
	add_all(&f.vips, v->n4, v->addrs4, v->n6, v->addrs6);
	hmac_sha1(v->key, CARP_KEY_SIZE, v->message, v->message_len, digest);
	if (memcmp(digest, v->digest, SHA1_SIZE))
		return false;
	if (v->key_from_pass) {
		carp_key_from_pass(key, v->pass);
		if (memcmp(key, v->key, CARP_KEY_SIZE))
			return false;
	}
	if (v->accept == CARP_VECTOR_REJECT)
		return !digest_matches(v, &f.vips, CARP_FORM_FULL) &&
		       !digest_matches(v, &f.vips, CARP_FORM_NO_LINK_LOCAL);

	memcpy(f.key, v->key, CARP_KEY_SIZE);
	f.form = form;
	f.vhid = v->vhid;
	f.base = v->advbase;
	f.skew = v->advskew;
	f.demote = v->demote;
	f.counter = v->counter;
	len = forge_build(&f, frame);
	return len == 14 + 20 + sizeof(v->header) &&
	       !memcmp(frame + 34, v->header, sizeof(v->header));
}

static void test_vectors(void)
{
	char what[80];
	bool good = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(carp_vectors); i++) {
		if (check_vector(&carp_vectors[i]))
			continue;
		printf("# vector %zu of %s\n", i, carp_vectors[i].impl);
		good = false;
	}
	snprintf(what, sizeof(what), "%zu headers of the BSDs, byte for byte",
		 ARRAY_SIZE(carp_vectors));
	result(good, what);
}

/* From its settings alone, the same frame must come out again. */
static bool check_frame(const struct carp_frame *c)
{
	u8 again[FORGE_MAX];
	struct frame f;
	struct forge g;

	if (!frame_decode(&f, c->frame, c->len))
		return false;
	if (c->kind == CARP_FRAME_VRRP)
		return f.protocol == CARP_PROTO && !f.carp;
	if (!f.carp || f.carp->vhid != c->vhid)
		return false;
	forge_init(&g);
	add_all(&g.vips, c->n4, c->addrs4, c->n6, c->addrs6);
	memcpy(g.key, c->key, CARP_KEY_SIZE);
	g.vhid = c->vhid;
	g.base = f.carp->advbase;
	g.skew = f.carp->advskew;
	g.counter = get_be64(f.carp->counter);
	g.src = f.src;
	g.dst = f.dst;
	g.sum = c->sum == CARP_FRAME_SUM_PSEUDO ? FORGE_SUM_PSEUDO :
		FORGE_SUM_GOOD;
	g.id = c->family == 4 ? get_be16(c->frame + 18) : 0;
	memcpy(g.dmac, f.eth_dst, 6);
	memcpy(g.smac, f.eth_src, 6);
	g.dmac_set = true;
	g.smac_set = true;
	return forge_build(&g, again) == c->len &&
	       !memcmp(again, c->frame, c->len);
}

static void test_frames(void)
{
	char what[80];
	bool good = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(carp_frames); i++) {
		if (check_frame(&carp_frames[i]))
			continue;
		printf("# frame %zu of %s\n", i, carp_frames[i].impl);
		good = false;
	}
	snprintf(what, sizeof(what), "%zu frames of others, byte for byte",
		 ARRAY_SIZE(carp_frames));
	result(good, what);
}

/* Addresses that no sender hashes, and the checksum that only NetBSD sends. */
static void test_corners(void)
{
	static const char digest6[] = "c43e3a05749503f6f179efed6b71e34cf7af97ed";
	struct carp_addrs addrs = {};
	u8 frame[FORGE_MAX];
	struct forge f;

	carp_addrs_parse(&addrs, "0.0.0.0,255.255.255.255,::,"
			 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,"
			 "192.0.2.2,192.0.2.1,192.0.2.2,2001:db8::1");
	result(addrs.n4 == 2 && addrs.n6 == 1 && addrs.v4[0][3] == 1,
	       "addresses are sorted, once each, without zeros and ones");

	forge_init(&f);
	forge_set(&f, "pass=foobar");
	forge_set(&f, "vips=2001:db8::1");
	forge_set(&f, "src=fe80::1:2");
	forge_set(&f, "counter=5");
	forge_build(&f, frame);
	result(equals_hex(frame + 14 + 40 + 16, digest6) &&
	       get_be16(frame + 14 + 40 + 6) == 0xa85e,
	       "the checksum of IPv6 without pseudo-header");
	forge_set(&f, "sum=pseudo");
	forge_build(&f, frame);
	result(get_be16(frame + 14 + 40 + 6) == 0xaa31,
	       "the checksum of IPv6 with it");
}

int main(void)
{
	test_digests();
	test_vectors();
	test_frames();
	test_corners();
	printf("1..%d\n", tests);
	return failures ? 1 : 0;
}
