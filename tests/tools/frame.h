/* SPDX-License-Identifier: GPL-2.0-only */
/* What a recorded frame says, as far as these tools care. */
#ifndef TOOLS_FRAME_H
#define TOOLS_FRAME_H

#include "carp.h"
#include "util.h"

#define FRAME_ADDR_MAX	64
#define FRAME_TEXT_MAX	256

/* An address of either family; family 0 is none. */
struct frame_addr {
	u8 family;		/* 4 or 6 */
	u8 bytes[16];
};

/* Pointers go into the frame; a NULL means that it has no such thing. */
struct frame {
	const u8 *eth_dst, *eth_src;
	int vlan;		/* -1: not tagged */
	u16 ethertype;
	const u8 *l3;		/* and how much of it was recorded */
	size_t l3_len;

	/* ARP for IPv4 over Ethernet */
	const u8 *arp_sha, *arp_spa, *arp_tha, *arp_tpa;
	u16 arp_op;

	/* IP */
	struct frame_addr src, dst;
	u8 protocol;		/* after IPv6 extension headers */
	u8 ttl, tos;
	const u8 *l4;
	size_t l4_len;		/* as the IP header says, if recorded whole */

	/* neighbour discovery: 133..137, else 0 */
	u8 nd_type;
	struct frame_addr nd_target;
	const u8 *nd_lladdr;	/* of the source or target option */

	/* a CARP advertisement, and nothing else that uses protocol 112 */
	const struct carp_header *carp;
	/* a VRRP advertisement; the second byte is its id, the third the priority */
	const u8 *vrrp;
};

bool frame_decode(struct frame *f, const u8 *data, size_t len);

/* One line for people, without the time. */
const char *frame_summary(const struct frame *f, size_t len,
			  char out[FRAME_TEXT_MAX]);

bool frame_addr_parse(struct frame_addr *addr, const char *text);
const char *frame_addr_format(const struct frame_addr *addr,
			      char out[FRAME_ADDR_MAX]);
bool frame_addr_equal(const struct frame_addr *a, const struct frame_addr *b);
struct frame_addr frame_addr4(const u8 bytes[4]);

/* An ARP or ND message that tells everyone where @addr is. */
bool frame_is_announcement(const struct frame *f, struct frame_addr *addr);
bool frame_is_bow_out(const struct frame *f);

#endif
