// SPDX-License-Identifier: GPL-2.0-only
#include "frame.h"

#include <arpa/inet.h>
#include <string.h>

enum {
	TYPE_IP = 0x0800,
	TYPE_ARP = 0x0806,
	TYPE_VLAN = 0x8100,
	TYPE_QINQ = 0x88a8,
	TYPE_IPV6 = 0x86dd,
	ND_RS = 133, ND_RA, ND_NS, ND_NA, ND_REDIRECT,
};

struct frame_addr frame_addr4(const u8 bytes[4])
{
	struct frame_addr addr = { .family = 4 };

	memcpy(addr.bytes, bytes, 4);
	return addr;
}

static struct frame_addr frame_addr6(const u8 bytes[16])
{
	struct frame_addr addr = { .family = 6 };

	memcpy(addr.bytes, bytes, 16);
	return addr;
}

bool frame_addr_parse(struct frame_addr *addr, const char *text)
{
	memset(addr, 0, sizeof(*addr));
	addr->family = strchr(text, ':') ? 6 : 4;
	return inet_pton(addr->family == 6 ? AF_INET6 : AF_INET, text,
			 addr->bytes) == 1;
}

const char *frame_addr_format(const struct frame_addr *addr,
			      char out[FRAME_ADDR_MAX])
{
	if (!addr->family)
		return "-";
	inet_ntop(addr->family == 6 ? AF_INET6 : AF_INET, addr->bytes, out,
		  FRAME_ADDR_MAX);
	return out;
}

bool frame_addr_equal(const struct frame_addr *a, const struct frame_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static void decode_arp(struct frame *f)
{
	const u8 *a = f->l3;

	if (f->l3_len < 28 || get_be16(a) != 1 || get_be16(a + 2) != TYPE_IP ||
	    a[4] != 6 || a[5] != 4)
		return;
	f->arp_op = get_be16(a + 6);
	f->arp_sha = a + 8;
	f->arp_spa = a + 14;
	f->arp_tha = a + 18;
	f->arp_tpa = a + 24;
}

static void decode_nd(struct frame *f)
{
	size_t at;

	if (f->l4_len < 8 || f->l4[0] < ND_RS || f->l4[0] > ND_REDIRECT)
		return;
	f->nd_type = f->l4[0];
	switch (f->nd_type) {
	case ND_RS:
		at = 8;
		break;
	case ND_RA:
		at = 16;
		break;
	case ND_REDIRECT:
		at = 40;
		break;
	default:
		at = 24;
		if (f->l4_len >= at)
			f->nd_target = frame_addr6(f->l4 + 8);
	}
	while (at + 8 <= f->l4_len && f->l4[at + 1]) {
		/*
		 * A redirect's target option names another than the sender;
		 * of all others 1 and 2 name the sender.
		 */
		if (f->l4[at] == 1 ||
		    (f->l4[at] == 2 && f->nd_type == ND_NA))
			f->nd_lladdr = f->l4 + at + 2;
		at += f->l4[at + 1] * 8u;
	}
}

/* VRRP has the number, the group and in version 2 even the first byte, too. */
static void decode_carp(struct frame *f)
{
	const struct carp_header *carp = (const void *)f->l4;

	if (f->l4_len == sizeof(*carp) && carp->ver_type == CARP_VER_TYPE &&
	    carp->authlen == CARP_AUTHLEN)
		f->carp = carp;
	else if (f->l4_len >= 8 && (f->l4[0] == 0x21 || f->l4[0] == 0x31))
		f->vrrp = f->l4;
}

static void decode_l4(struct frame *f)
{
	if (f->protocol == CARP_PROTO)
		decode_carp(f);
	else if (f->src.family == 6 && f->protocol == 58)
		decode_nd(f);
}

static void decode_ip(struct frame *f)
{
	const u8 *ip = f->l3;
	size_t header, total;

	if (f->l3_len < 20 || ip[0] >> 4 != 4)
		return;
	header = (ip[0] & 15) * 4u;
	total = get_be16(ip + 2);
	f->tos = ip[1];
	f->ttl = ip[8];
	f->protocol = ip[9];
	f->src = frame_addr4(ip + 12);
	f->dst = frame_addr4(ip + 16);
	if (header < 20 || total < header || total > f->l3_len)
		return;
	/* Only the first fragment begins with a header. */
	if (get_be16(ip + 6) & 0x1fff)
		return;
	f->l4 = ip + header;
	f->l4_len = total - header;
	decode_l4(f);
}

static void decode_ipv6(struct frame *f)
{
	const u8 *ip = f->l3;
	size_t at = 40, end;
	u8 next;

	if (f->l3_len < 40 || ip[0] >> 4 != 6)
		return;
	f->tos = (u8)(get_be16(ip) >> 4);
	f->ttl = ip[7];
	f->src = frame_addr6(ip + 8);
	f->dst = frame_addr6(ip + 24);
	f->protocol = next = ip[6];
	end = 40 + get_be16(ip + 4);
	if (end > f->l3_len)
		return;
	/* MLD reports hide behind a hop-by-hop header. */
	while ((next == 0 || next == 43 || next == 60) && at + 8 <= end) {
		next = ip[at];
		at += 8 + ip[at + 1] * 8u;
	}
	f->protocol = next;
	if (at > end)
		return;
	f->l4 = ip + at;
	f->l4_len = end - at;
	decode_l4(f);
}

bool frame_decode(struct frame *f, const u8 *data, size_t len)
{
	size_t at = 12;

	memset(f, 0, sizeof(*f));
	f->vlan = -1;
	if (len < ETH_HEADER)
		return false;
	f->eth_dst = data;
	f->eth_src = data + 6;
	f->ethertype = get_be16(data + at);
	while ((f->ethertype == TYPE_VLAN || f->ethertype == TYPE_QINQ) &&
	       at + 6 <= len) {
		f->vlan = get_be16(data + at + 2) & 0xfff;
		at += 4;
		f->ethertype = get_be16(data + at);
	}
	f->l3 = data + at + 2;
	f->l3_len = len - at - 2;
	if (f->ethertype == TYPE_ARP)
		decode_arp(f);
	else if (f->ethertype == TYPE_IP)
		decode_ip(f);
	else if (f->ethertype == TYPE_IPV6)
		decode_ipv6(f);
	return true;
}

bool frame_is_announcement(const struct frame *f, struct frame_addr *addr)
{
	if (f->arp_spa && !memcmp(f->arp_spa, f->arp_tpa, 4) &&
	    get_be32(f->arp_spa)) {
		*addr = frame_addr4(f->arp_spa);
		return true;
	}
	if (f->nd_type == ND_NA && f->dst.bytes[0] == 0xff) {
		*addr = f->nd_target;
		return true;
	}
	return false;
}

bool frame_is_bow_out(const struct frame *f)
{
	return f->carp && f->carp->advbase == CARP_BOW_OUT &&
	       f->carp->advskew == CARP_BOW_OUT;
}

static const char *nd_name(u8 type)
{
	static const char *const names[] = {
		"router solicitation", "router advertisement",
		"neighbour solicitation", "neighbour advertisement", "redirect",
	};

	return names[type - ND_RS];
}

static void summarize_ip(const struct frame *f, char *out, size_t size)
{
	char src[FRAME_ADDR_MAX], dst[FRAME_ADDR_MAX];
	char target[FRAME_ADDR_MAX], mac[MAC_STRLEN] = "-";
	const char *s = frame_addr_format(&f->src, src);
	const char *d = frame_addr_format(&f->dst, dst);

	if (f->carp) {
		snprintf(out, size,
			 "CARP %s > %s vhid %u base %u skew %u demote %u counter %016llx%s",
			 s, d, f->carp->vhid, f->carp->advbase,
			 f->carp->advskew, f->carp->demote,
			 (unsigned long long)get_be64(f->carp->counter),
			 frame_is_bow_out(f) ? " bow-out" : "");
	} else if (f->nd_type) {
		if (f->nd_lladdr)
			mac_format(f->nd_lladdr, mac);
		snprintf(out, size, "ND %s > %s %s target %s lladdr %s", s, d,
			 nd_name(f->nd_type),
			 frame_addr_format(&f->nd_target, target), mac);
	} else {
		snprintf(out, size, "IP %s > %s protocol %u", s, d,
			 f->protocol);
	}
}

const char *frame_summary(const struct frame *f, size_t len,
			  char out[FRAME_TEXT_MAX])
{
	char from[MAC_STRLEN], to[MAC_STRLEN], tag[24] = "";
	size_t used;

	if (f->vlan >= 0)
		snprintf(tag, sizeof(tag), " vlan %d", f->vlan);
	used = (size_t)snprintf(out, FRAME_TEXT_MAX, "%s > %s%s ",
				mac_format(f->eth_src, from),
				mac_format(f->eth_dst, to), tag);
	if (f->arp_spa) {
		char spa[FRAME_ADDR_MAX], tpa[FRAME_ADDR_MAX];
		struct frame_addr s = frame_addr4(f->arp_spa);
		struct frame_addr t = frame_addr4(f->arp_tpa);

		snprintf(out + used, FRAME_TEXT_MAX - used,
			 "ARP %s sender %s is-at %s target %s",
			 f->arp_op == 1 ? "request" : "reply",
			 frame_addr_format(&s, spa),
			 mac_format(f->arp_sha, from),
			 frame_addr_format(&t, tpa));
	} else if (f->src.family) {
		summarize_ip(f, out + used, FRAME_TEXT_MAX - used);
	} else {
		snprintf(out + used, FRAME_TEXT_MAX - used,
			 "type 0x%04x length %zu", f->ethertype, len);
	}
	return out;
}
