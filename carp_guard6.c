// SPDX-License-Identifier: GPL-2.0
/*
 * The two invariants of sending, for IPv6.
 *
 * What speaks for an address here is its packets and neighbour discovery:
 * a neighbour advertisement for its target, the other messages for their
 * source.  Both are packets, so that two hooks see everything: post routing,
 * on whatever device, and egress of the lower device.  Linux does not answer
 * solicitations for an address of another device, so this is about lower
 * devices that have the virtual address themselves, and about programs.
 */
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv6.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "carp_guard.h"
#include "carp_input.h"
#include "carp_output.h"
#include "carp_vip.h"

/**
 * struct nd_info - what a packet says about addresses
 * @who: the address it speaks for
 * @whom: the address it is for
 * @nd: type of the neighbour discovery message, 0 if it is none
 * @at: where that message begins
 * @end: where the packet ends
 */
struct nd_info {
	struct in6_addr	who;
	struct in6_addr	whom;
	u8		nd;
	unsigned int	at;
	unsigned int	end;
};

static bool nd_parse(const struct sk_buff *skb, unsigned int offset,
		     struct nd_info *s)
{
	const struct icmp6hdr *icmp;
	const struct ipv6hdr *iph;
	struct icmp6hdr _icmp;
	struct ipv6hdr _iph;

	iph = skb_header_pointer(skb, offset, sizeof(_iph), &_iph);
	if (!iph)
		return false;
	s->who = iph->saddr;
	s->whom = iph->daddr;
	s->nd = 0;
	s->at = offset + sizeof(*iph);
	s->end = s->at + ntohs(iph->payload_len);
	/* Neighbour discovery has no extension headers in practice. */
	if (iph->nexthdr != IPPROTO_ICMPV6)
		return true;
	icmp = skb_header_pointer(skb, s->at, sizeof(_icmp), &_icmp);
	if (!icmp || icmp->icmp6_type < NDISC_ROUTER_SOLICITATION ||
	    icmp->icmp6_type > NDISC_NEIGHBOUR_ADVERTISEMENT)
		return true;
	s->nd = icmp->icmp6_type;
	if (s->nd == NDISC_NEIGHBOUR_ADVERTISEMENT)
		return !skb_copy_bits(skb, s->at +
				      offsetof(struct nd_msg, target),
				      &s->who, sizeof(s->who));
	return true;
}

/* Where the message says at which MAC the address is, or 0. */
static unsigned int find_mac(const struct sk_buff *skb, const struct nd_info *s)
{
	static const u8 options_at[] = { 8, 16, 24, 24 };
	unsigned int at = s->at +
			  options_at[s->nd - NDISC_ROUTER_SOLICITATION];
	u8 wanted = s->nd == NDISC_NEIGHBOUR_ADVERTISEMENT ?
		    ND_OPT_TARGET_LL_ADDR : ND_OPT_SOURCE_LL_ADDR;
	u8 opt[2];

	while (at + 8 <= s->end && !skb_copy_bits(skb, at, opt, sizeof(opt)) &&
	       opt[1]) {
		if (opt[0] == wanted)
			return at + sizeof(opt);
		at += opt[1] * 8;
	}
	return 0;
}

/* Three words at an even offset, and the checksum follows them. */
static bool put_mac(struct sk_buff *skb, const struct nd_info *s,
		    unsigned int at, const u8 *mac)
{
	struct icmp6hdr *icmp;
	unsigned int i;

	if (skb_ensure_writable(skb, at + ETH_ALEN))
		return false;
	icmp = (struct icmp6hdr *)(skb->data + s->at);
	for (i = 0; i < ETH_ALEN; i += 2) {
		__be16 from, to;

		memcpy(&from, skb->data + at + i, 2);
		memcpy(&to, mac + i, 2);
		memcpy(skb->data + at + i, &to, 2);
		inet_proto_csum_replace2(&icmp->icmp6_cksum, skb, from, to,
					 false);
	}
	return true;
}

static bool nd_lladdr_equal(const struct sk_buff *skb, unsigned int at,
			    const u8 *mac)
{
	u8 said[ETH_ALEN] __aligned(2);

	return !skb_copy_bits(skb, at, said, sizeof(said)) &&
	       ether_addr_equal(said, mac);
}

/*
 * Whoever hears a question learns where he who asks is, unless it does not say
 * so.  A shared address is at another MAC for each of them.
 */
static bool nd_strip_lladdr(struct sk_buff *skb, unsigned int offset,
			    struct nd_info *s)
{
	unsigned int at = find_mac(skb, s);
	struct icmp6hdr *icmp;
	struct ipv6hdr *iph;
	unsigned int len;

	if (!at)
		return true;
	/* Ours have no other option. */
	if (at + ETH_ALEN != s->end || skb_ensure_writable(skb, s->end) ||
	    pskb_trim(skb, at - 2))
		return false;
	s->end = at - 2;
	len = s->end - s->at;
	iph = (struct ipv6hdr *)(skb->data + offset);
	icmp = (struct icmp6hdr *)(skb->data + s->at);
	iph->payload_len = htons(len);
	icmp->icmp6_cksum = 0;
	icmp->icmp6_cksum = csum_ipv6_magic(&iph->saddr, &iph->daddr, len,
					    IPPROTO_ICMPV6,
					    skb_checksum(skb, s->at, len, 0));
	skb->ip_summed = CHECKSUM_NONE;
	return true;
}

/**
 * carp_guard6_egress() - an IPv6 packet leaves a lower device
 * @port: the lower device
 * @skb: a complete frame
 * @offset: of the IPv6 header in it
 *
 * Context: softirq or process, RCU read side.
 */
unsigned int carp_guard6_egress(struct carp_port *port, struct sk_buff *skb,
				unsigned int offset)
{
	struct carp_dev *cd, *first;
	const struct ipv6hdr *iph;
	unsigned int at = 0;
	struct ipv6hdr _iph;
	struct nd_info s;
	const u8 *mac;

	if (!nd_parse(skb, offset, &s))
		return NF_ACCEPT;
	cd = carp_share_sender(port, &s.who, &s.whom, eth_hdr(skb)->h_source);
	if (!cd) {
		first = carp_vip_find(dev_net(port->lowerdev), &s.who, port);
		if (likely(!first))
			return NF_ACCEPT;
		iph = skb_header_pointer(skb, offset, sizeof(_iph), &_iph);
		return iph && !s.nd && carp_exempt6(first, skb, iph) ?
		       NF_ACCEPT : carp_guard_drop(first);
	}
	if (s.nd == NDISC_NEIGHBOUR_SOLICITATION &&
	    !carp_share_public(cd, &s.who) && !nd_strip_lladdr(skb, offset, &s))
		return NF_DROP;
	mac = cd->dev->dev_addr;
	if (s.nd)
		at = find_mac(skb, &s);
	if (at && nd_lladdr_equal(skb, at, mac))
		at = 0;
	if (ether_addr_equal(eth_hdr(skb)->h_source, mac) && !at)
		return NF_ACCEPT;
	if (skb_cow_head(skb, 0) || (at && !put_mac(skb, &s, at, mac)))
		return NF_DROP;
	ether_addr_copy(eth_hdr(skb)->h_source, mac);
	carp_tap(cd, skb);
	return NF_ACCEPT;
}

/*
 * A lower device that has the virtual address itself asks in the name of it.
 * The answer would come to the virtual MAC, where nobody waits for it.
 */
static unsigned int nd_ns_set_saddr(struct sk_buff *skb,
				    const struct net_device *out,
				    const struct nd_info *s)
{
	struct icmp6hdr *icmp;
	struct ipv6hdr *iph;
	struct in6_addr own;

	if (!carp_own_linklocal(out, &own) ||
	    skb_ensure_writable(skb, s->at + sizeof(*icmp)))
		return NF_DROP;
	iph = ipv6_hdr(skb);
	icmp = (struct icmp6hdr *)(skb->data + s->at);
	inet_proto_csum_replace16(&icmp->icmp6_cksum, skb,
				  iph->saddr.s6_addr32, own.s6_addr32, true);
	iph->saddr = own;
	return NF_ACCEPT;
}

/*
 * Neighbour discovery is never forwarded.  What came in by a device is bridged,
 * and shown to netfilter as if it were routed (br_netfilter): other hosts say it
 * to each other.
 */
static bool is_bridged(const struct sk_buff *skb)
{
	return skb->skb_iif;
}

/* As is_redirect() of carp_guard.c; extension headers have none of ours. */
static bool is_redirect(const struct sk_buff *skb)
{
	const struct icmp6hdr *icmp;
	struct icmp6hdr _icmp;

	if (ipv6_hdr(skb)->nexthdr != IPPROTO_ICMPV6)
		return false;
	icmp = skb_header_pointer(skb, skb_network_offset(skb) +
				  sizeof(struct ipv6hdr), sizeof(_icmp), &_icmp);
	return icmp && icmp->icmp6_type == NDISC_REDIRECT;
}

/**
 * carp_guard6_post_routing() - a packet of this host leaves, by any device
 * @priv: unused
 * @skb: packet
 * @state: namespace and device
 *
 * After address translation, which may have given it a virtual address.
 *
 * Context: softirq or process, RCU read side.
 */
unsigned int carp_guard6_post_routing(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	const struct net_device *out = state->out;
	struct carp_dev *cd;
	struct nd_info s;

	if (likely(ipv6_hdr(skb)->nexthdr != IPPROTO_ICMPV6 &&
		   !carp_vip6_may_be(carp_pernet(state->net),
				     &ipv6_hdr(skb)->saddr)))
		return NF_ACCEPT;
	if (READ_ONCE(out->flags) & IFF_LOOPBACK ||
	    !nd_parse(skb, skb_network_offset(skb), &s))
		return NF_ACCEPT;
	if (unlikely(is_redirect(skb)) && !is_bridged(skb) &&
	    carp_deliver_came(out, &s.whom))
		return NF_DROP;
	if (s.nd && !is_bridged(skb) && !carp_is_dev(out)) {
		cd = carp_vip_lookup_l3(out, &s.who);
		if (cd && s.nd == NDISC_NEIGHBOUR_ADVERTISEMENT)
			return carp_guard_drop(cd);
		if (cd && s.nd == NDISC_NEIGHBOUR_SOLICITATION)
			return nd_ns_set_saddr(skb, out, &s);
	}
	cd = carp_vip_inactive(out, &s.who);
	if (likely(!cd) || carp_exempt_transit(skb) ||
	    (!s.nd && carp_exempt_elsewhere6(cd, &s.who)))
		return NF_ACCEPT;
	return carp_guard_drop(cd);
}

static bool is_router_advert(const struct sk_buff *skb)
{
	const struct icmp6hdr *icmp;
	struct icmp6hdr _icmp;
	unsigned short frag;
	unsigned int at = 0;

	if (ipv6_find_hdr(skb, &at, -1, &frag, NULL) != IPPROTO_ICMPV6 || frag)
		return false;
	icmp = skb_header_pointer(skb, at, sizeof(_icmp), &_icmp);
	return icmp && icmp->icmp6_type == NDISC_ROUTER_ADVERTISEMENT;
}

/**
 * carp_guard6_local_in() - a packet has come in that is for this host
 * @priv: unused
 * @skb: packet
 * @state: namespace and device
 *
 * Our interfaces listen to no router, whatever accept_ra says and however the
 * advertisement has come.  IPv6 would make an address of it, which would be
 * authenticated, and which other hosts have not got; and it would do so in softirq,
 * where nobody may refuse it, and where the notifiers have no RTNL.
 *
 * Context: softirq or BH disabled, RCU read side.
 */
unsigned int carp_guard6_local_in(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	if (likely(!carp_is_dev(state->in)))
		return NF_ACCEPT;
	return is_router_advert(skb) ? NF_DROP : NF_ACCEPT;
}
