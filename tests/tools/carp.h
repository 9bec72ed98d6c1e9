/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CARP wire format once more, written from the protocol's description and
 * from nothing in the module, so that the one can be judged by the other.
 */
#ifndef TOOLS_CARP_H
#define TOOLS_CARP_H

#include "sha1.h"
#include "util.h"

#define CARP_PROTO	112
#define CARP_KEY_SIZE	20
#define CARP_AUTHLEN	7
#define CARP_VER_TYPE	0x21
#define CARP_BOW_OUT	255	/* as advbase and as advskew */
#define CARP_ADDRS_MAX	256
#define CARP_MESSAGE_MAX (3 + CARP_ADDRS_MAX * (4 + 16) + 8)

struct carp_header {
	u8 ver_type;
	u8 vhid;
	u8 advskew;
	u8 authlen;
	u8 demote;
	u8 advbase;
	u8 sum[2];
	u8 counter[8];
	u8 digest[SHA1_SIZE];
};

/* The addresses of a group: each once and in the order they are hashed. */
struct carp_addrs {
	unsigned int n4, n6;
	u8 v4[CARP_ADDRS_MAX][4];
	u8 v6[CARP_ADDRS_MAX][16];
};

enum carp_form {
	CARP_FORM_FULL,
	CARP_FORM_NO_LINK_LOCAL,
};

/* Returns false when @text is no address; a scope (%eth0) is ignored. */
bool carp_addrs_add(struct carp_addrs *addrs, const char *text);
/* The same for a list with commas; ends the program on a bad address. */
void carp_addrs_parse(struct carp_addrs *addrs, const char *list);

/* The passphrase as every ifconfig does it: 19 bytes, the rest zeros. */
void carp_key_from_pass(u8 key[CARP_KEY_SIZE], const char *pass);
/* 40 hexadecimal digits; ends the program otherwise. */
void carp_key_from_hex(u8 key[CARP_KEY_SIZE], const char *hex);

size_t carp_message(u8 out[CARP_MESSAGE_MAX], u8 vhid,
		    const struct carp_addrs *addrs, enum carp_form form,
		    const u8 counter[8]);
void carp_digest(u8 digest[SHA1_SIZE], const u8 key[CARP_KEY_SIZE], u8 vhid,
		 const struct carp_addrs *addrs, enum carp_form form,
		 const u8 counter[8]);

/* The ones' complement sum, to be continued; @len may be odd only at the end. */
u32 inet_sum_add(u32 sum, const void *data, size_t len);
u16 inet_sum_fold(u32 sum);
/* What NetBSD adds to the checksum of an IPv6 advertisement. */
u32 inet_sum_pseudo6(const u8 src[16], const u8 dst[16], u32 len, u8 next);

static inline void carp_vmac(u8 mac[6], u8 vhid)
{
	mac[0] = 0x00;
	mac[1] = 0x00;
	mac[2] = 0x5e;
	mac[3] = 0x00;
	mac[4] = 0x01;
	mac[5] = vhid;
}

/* The vhid of a virtual MAC, 0 if it is none. */
static inline u8 carp_vmac_vhid(const u8 mac[6])
{
	return get_be32(mac) == 0x00005e00 && mac[4] == 1 ? mac[5] : 0;
}

#endif
