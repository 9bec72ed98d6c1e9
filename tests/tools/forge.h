/* SPDX-License-Identifier: GPL-2.0-only */
/* CARP advertisements, right ones and ones wrong in any one place. */
#ifndef TOOLS_FORGE_H
#define TOOLS_FORGE_H

#include "frame.h"

#define FORGE_MAX	2048

enum forge_sum {
	FORGE_SUM_GOOD,
	FORGE_SUM_BAD,
	FORGE_SUM_KEEP,		/* right before the flips, not after them */
	FORGE_SUM_PSEUDO,	/* with the IPv6 pseudo-header, as NetBSD */
};

enum forge_step {
	FORGE_STEP_NEXT,	/* each one more */
	FORGE_STEP_RANDOM,	/* lone FreeBSD, NetBSD and ucarp masters */
	FORGE_STEP_CONST,	/* OpenBSD's cookie */
};

struct forge_flip {
	unsigned int at;
	u8 mask;
};

struct forge {
	/* the advertisement */
	u8 key[CARP_KEY_SIZE];
	struct carp_addrs vips;
	enum carp_form form;
	u8 ver_type, vhid, skew, authlen, demote, base;
	u64 counter;
	enum forge_step step;
	enum forge_sum sum;
	struct forge_flip flips[8];
	unsigned int n_flips;
	int len;		/* of the CARP part; -1: all */
	unsigned int trail;	/* bytes after it, inside the IP packet */

	/* around it */
	struct frame_addr src, dst;
	u8 ttl, tos, proto;
	int id;			/* -1: random */
	u16 frag;		/* flags and offset */
	unsigned int options;	/* words of IP options */
	int total;		/* IP length; -1: true */
	enum forge_sum ip_sum;
	struct forge_flip ip_flips[8];
	unsigned int n_ip_flips;
	u8 smac[6], dmac[6];
	bool smac_set, dmac_set;
	int vlan;		/* -1: untagged */
	unsigned int pad;	/* bytes after the IP packet */
};

void forge_init(struct forge *f);
/* "name=value"; ends the program with a sentence when it makes no sense. */
void forge_set(struct forge *f, const char *setting);
/* The frame; its length is returned. */
size_t forge_build(const struct forge *f, u8 out[FORGE_MAX]);
/* The same, but with @payload in place of the advertisement. */
size_t forge_wrap(const struct forge *f, const u8 *payload, size_t len,
		  u8 out[FORGE_MAX]);
/* The counter of the next one. */
void forge_advance(struct forge *f);

extern const char forge_help[];

#endif
