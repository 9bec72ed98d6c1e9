// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "forge.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

const char forge_help[] =
	"settings of an advertisement (defaults in parentheses):\n"
	"  vips=A,B,...        addresses that are authenticated\n"
	"  pass=TEXT key=HEX40 ()      form=full|noll (full)\n"
	"  vhid=N (1) base=N (1) skew=N (0) demote=N (0)\n"
	"  counter=N|0xN|random (random) step=next|random|const (next)\n"
	"  src=A (0.0.0.0) dst=A (224.0.0.18, ff02::12)\n"
	"  ttl=N (255) tos=N (0x10; 0 for IPv6) id=N (random) df=0|1 (1)\n"
	"  smac=MAC (virtual) dmac=MAC (of dst) vlan=N\n"
	"wrong ones:\n"
	"  ver=N type=N authlen=N proto=N\n"
	"  sum=good|bad|keep|pseudo    keep: of the bytes before flip=\n"
	"  flip=AT[:XOR] (0xff)        in the 36 bytes; the sum follows\n"
	"  len=N                       only that much of the 36 bytes\n"
	"  trail=N                     bytes more inside the IP packet\n"
	"  pad=N                       bytes more after the IP packet\n"
	"  ipsum=good|bad|keep ipflip=AT[:XOR] iplen=N options=WORDS frag=N\n";

static u64 random_u64(void)
{
	u64 value;

	if (getrandom(&value, sizeof(value), 0) != sizeof(value))
		err(3, "getrandom");
	return value;
}

void forge_init(struct forge *f)
{
	*f = (struct forge) {
		.ver_type = CARP_VER_TYPE,
		.vhid = 1,
		.base = 1,
		.authlen = CARP_AUTHLEN,
		.counter = random_u64(),
		.len = -1,
		.ttl = 255,
		.tos = 0x10,
		.proto = CARP_PROTO,
		.id = -1,
		.frag = 0x4000,
		.total = -1,
		.vlan = -1,
	};
}

static void add_flip(struct forge_flip *flips, unsigned int *n,
		     const char *value)
{
	char *copy = xstrdup(value), *mask = strchr(copy, ':');

	if (*n == 8)
		errx(3, "more than 8 flips");
	if (mask)
		*mask++ = '\0';
	flips[*n].at = (unsigned int)parse_u64(copy, FORGE_MAX, "flip");
	flips[*n].mask = mask ? (u8)parse_u64(mask, 255, "flip") : 0xff;
	++*n;
	free(copy);
}

static int choose(const char *name, const char *value,
		  const char *const *words, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strcmp(value, words[i]))
			return i;
	errx(3, "%s: '%s' is not one of those known", name, value);
}

static void set_addr(struct frame_addr *addr, const char *name,
		     const char *value)
{
	if (!frame_addr_parse(addr, value))
		errx(3, "%s: '%s' is not an address", name, value);
}

static const char *const sums[] = { "good", "bad", "keep", "pseudo" };
static const char *const steps[] = { "next", "random", "const" };
static const char *const forms[] = { "full", "noll" };

/* Settings that are one number in one place. */
static bool set_number(struct forge *f, const char *name, const char *value)
{
	const struct {
		const char *name;
		u8 *byte;
		int *number;
		unsigned int *count;
		u64 max;
	} table[] = {
		{ "vhid", &f->vhid, NULL, NULL, 255 },
		{ "base", &f->base, NULL, NULL, 255 },
		{ "skew", &f->skew, NULL, NULL, 255 },
		{ "demote", &f->demote, NULL, NULL, 255 },
		{ "authlen", &f->authlen, NULL, NULL, 255 },
		{ "ttl", &f->ttl, NULL, NULL, 255 },
		{ "tos", &f->tos, NULL, NULL, 255 },
		{ "proto", &f->proto, NULL, NULL, 255 },
		{ "id", NULL, &f->id, NULL, 65535 },
		{ "len", NULL, &f->len, NULL, 36 },
		{ "iplen", NULL, &f->total, NULL, 65535 },
		{ "vlan", NULL, &f->vlan, NULL, 4095 },
		{ "trail", NULL, NULL, &f->trail, 1400 },
		{ "pad", NULL, NULL, &f->pad, 400 },
		{ "options", NULL, NULL, &f->options, 10 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		u64 n;

		if (strcmp(name, table[i].name))
			continue;
		n = parse_u64(value, table[i].max, name);
		if (table[i].byte)
			*table[i].byte = (u8)n;
		else if (table[i].number)
			*table[i].number = (int)n;
		else
			*table[i].count = (unsigned int)n;
		return true;
	}
	return false;
}

static void set_word(struct forge *f, const char *name, const char *value)
{
	if (!strcmp(name, "pass")) {
		carp_key_from_pass(f->key, value);
	} else if (!strcmp(name, "key")) {
		carp_key_from_hex(f->key, value);
	} else if (!strcmp(name, "vips")) {
		f->vips.n4 = f->vips.n6 = 0;
		carp_addrs_parse(&f->vips, value);
	} else if (!strcmp(name, "form")) {
		f->form = (enum carp_form)choose(name, value, forms, 2);
	} else if (!strcmp(name, "counter")) {
		f->counter = strcmp(value, "random") ?
			     parse_u64(value, UINT64_MAX, name) : random_u64();
	} else if (!strcmp(name, "step")) {
		f->step = (enum forge_step)choose(name, value, steps, 3);
	} else if (!strcmp(name, "sum")) {
		f->sum = (enum forge_sum)choose(name, value, sums, 4);
	} else if (!strcmp(name, "ipsum")) {
		f->ip_sum = (enum forge_sum)choose(name, value, sums, 3);
	} else if (!strcmp(name, "flip")) {
		add_flip(f->flips, &f->n_flips, value);
	} else if (!strcmp(name, "ipflip")) {
		add_flip(f->ip_flips, &f->n_ip_flips, value);
	} else if (!strcmp(name, "src")) {
		set_addr(&f->src, name, value);
	} else if (!strcmp(name, "dst")) {
		set_addr(&f->dst, name, value);
	} else if (!strcmp(name, "smac")) {
		parse_mac(value, f->smac, name);
		f->smac_set = true;
	} else if (!strcmp(name, "dmac")) {
		parse_mac(value, f->dmac, name);
		f->dmac_set = true;
	} else if (!strcmp(name, "ver")) {
		f->ver_type = (u8)((f->ver_type & 15) |
				   parse_u64(value, 15, name) << 4);
	} else if (!strcmp(name, "type")) {
		f->ver_type = (u8)((f->ver_type & 0xf0) |
				   parse_u64(value, 15, name));
	} else if (!strcmp(name, "df")) {
		f->frag = (u16)((f->frag & 0xbfff) |
				parse_u64(value, 1, name) << 14);
	} else if (!strcmp(name, "frag")) {
		f->frag = (u16)parse_u64(value, 65535, name);
	} else {
		errx(3, "no setting is called '%s'", name);
	}
}

void forge_set(struct forge *f, const char *setting)
{
	const char *equal = strchr(setting, '=');
	char name[16];

	if (!equal || equal - setting >= (long)sizeof(name))
		errx(3, "'%s' is not a setting NAME=VALUE", setting);
	memcpy(name, setting, (size_t)(equal - setting));
	name[equal - setting] = '\0';
	if (!set_number(f, name, equal + 1))
		set_word(f, name, equal + 1);
}

void forge_advance(struct forge *f)
{
	if (f->step == FORGE_STEP_NEXT)
		f->counter++;
	else if (f->step == FORGE_STEP_RANDOM)
		f->counter = random_u64();
}

static void flip(u8 *data, size_t len, const struct forge_flip *flips,
		 unsigned int n, const char *what)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (flips[i].at >= len)
			errx(3, "%s: there is no byte %u", what, flips[i].at);
		data[flips[i].at] ^= flips[i].mask;
	}
}

static struct frame_addr source(const struct forge *f)
{
	static const u8 any[4];

	if (f->src.family)
		return f->src;
	if (f->dst.family == 6)
		errx(3, "an IPv6 advertisement needs src=");
	return frame_addr4(any);
}

static struct frame_addr destination(const struct forge *f, u8 family)
{
	struct frame_addr dst = f->dst;

	if (!dst.family)
		frame_addr_parse(&dst, family == 6 ? "ff02::12" : "224.0.0.18");
	if (dst.family != family)
		errx(3, "src= and dst= are of different families");
	return dst;
}

static void set_sum(u8 *header, const struct forge *f)
{
	u32 sum = 0;

	if (f->sum == FORGE_SUM_PSEUDO) {
		struct frame_addr src = source(f);
		struct frame_addr dst = destination(f, src.family);

		sum = inet_sum_pseudo6(src.bytes, dst.bytes,
				       sizeof(struct carp_header), CARP_PROTO);
	}
	put_be16(header + 6, 0);
	sum = inet_sum_add(sum, header, sizeof(struct carp_header));
	put_be16(header + 6, inet_sum_fold(sum));
}

size_t forge_build(const struct forge *f, u8 out[FORGE_MAX])
{
	u8 payload[FORGE_MAX] = {};
	struct carp_header *h = (struct carp_header *)payload;
	size_t len = f->len < 0 ? sizeof(*h) : (size_t)f->len;

	h->ver_type = f->ver_type;
	h->vhid = f->vhid;
	h->advskew = f->skew;
	h->authlen = f->authlen;
	h->demote = f->demote;
	h->advbase = f->base;
	put_be64(h->counter, f->counter);
	carp_digest(h->digest, f->key, f->vhid, &f->vips, f->form, h->counter);
	set_sum(payload, f);
	flip(payload, sizeof(*h), f->flips, f->n_flips, "flip");
	if (f->sum != FORGE_SUM_KEEP)
		set_sum(payload, f);
	if (f->sum == FORGE_SUM_BAD)
		h->sum[1] ^= 1;
	return forge_wrap(f, payload, len + f->trail, out);
}

static size_t put_ipv4(const struct forge *f, u8 *ip, size_t len)
{
	size_t header = 20 + f->options * 4;
	size_t total = f->total < 0 ? header + len : (size_t)f->total;
	u16 id = f->id < 0 ? (u16)random_u64() : (u16)f->id;
	struct frame_addr src = source(f), dst = destination(f, 4);

	memset(ip, 0, header);
	ip[0] = (u8)(0x40 | header / 4);
	ip[1] = f->tos;
	put_be16(ip + 2, (u16)total);
	put_be16(ip + 4, id);
	put_be16(ip + 6, f->frag);
	ip[8] = f->ttl;
	ip[9] = f->proto;
	memcpy(ip + 12, src.bytes, 4);
	memcpy(ip + 16, dst.bytes, 4);
	memset(ip + 20, 1, header - 20);	/* options: no operation */
	put_be16(ip + 10, inet_sum_fold(inet_sum_add(0, ip, header)));
	flip(ip, header, f->ip_flips, f->n_ip_flips, "ipflip");
	if (f->ip_sum != FORGE_SUM_KEEP) {
		put_be16(ip + 10, 0);
		put_be16(ip + 10, inet_sum_fold(inet_sum_add(0, ip, header)));
	}
	if (f->ip_sum == FORGE_SUM_BAD)
		ip[11] ^= 1;
	return header;
}

static size_t put_ipv6(const struct forge *f, u8 *ip, size_t len)
{
	struct frame_addr src = source(f), dst = destination(f, 6);
	/* What CARP sends there unless told: no BSD sets it but FreeBSD. */
	u8 class = f->tos == 0x10 ? 0 : f->tos;

	put_be32(ip, 0x60000000u | (u32)class << 20);
	put_be16(ip + 4, (u16)(f->total < 0 ? (int)len : f->total));
	ip[6] = f->proto;
	ip[7] = f->ttl;
	memcpy(ip + 8, src.bytes, 16);
	memcpy(ip + 24, dst.bytes, 16);
	flip(ip, 40, f->ip_flips, f->n_ip_flips, "ipflip");
	return 40;
}

static void put_macs(const struct forge *f, u8 *eth, const struct frame_addr *dst)
{
	static const u8 group4[3] = { 0x01, 0x00, 0x5e };
	static const u8 group6[2] = { 0x33, 0x33 };

	if (f->dmac_set) {
		memcpy(eth, f->dmac, 6);
	} else if (dst->family == 4 && dst->bytes[0] >> 4 == 14) {
		memcpy(eth, group4, 3);
		memcpy(eth + 3, dst->bytes + 1, 3);
		eth[3] &= 0x7f;
	} else if (dst->family == 6 && dst->bytes[0] == 0xff) {
		memcpy(eth, group6, 2);
		memcpy(eth + 2, dst->bytes + 12, 4);
	} else {
		errx(3, "a unicast advertisement needs dmac=");
	}
	if (f->smac_set)
		memcpy(eth + 6, f->smac, 6);
	else
		carp_vmac(eth + 6, f->vhid);
}

size_t forge_wrap(const struct forge *f, const u8 *payload, size_t len,
		  u8 out[FORGE_MAX])
{
	struct frame_addr src = source(f);
	struct frame_addr dst = destination(f, src.family);
	size_t at = 12;

	put_macs(f, out, &dst);
	if (f->vlan >= 0) {
		put_be16(out + at, 0x8100);
		put_be16(out + at + 2, (u16)f->vlan);
		at += 4;
	}
	put_be16(out + at, src.family == 6 ? 0x86dd : 0x0800);
	at += 2;
	at += src.family == 6 ? put_ipv6(f, out + at, len) :
				put_ipv4(f, out + at, len);
	memcpy(out + at, payload, len);
	memset(out + at + len, 0, f->pad);
	return at + len + f->pad;
}
