// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbour discovery that the lower device has received: what carp_arp.c is for
 * IPv4.
 *
 *   solicitation for a virtual address    MASTER: a copy into our interface,
 *                                         which answers instead
 *   advertisement of a virtual address    another host's: defended
 */
#include <linux/ipv6.h>
#include <net/ndisc.h>

#include "carp_input.h"
#include "carp_output.h"
#include "carp_vip.h"

static bool solicited(struct carp_port *port, struct sk_buff *skb,
		      const struct in6_addr *target)
{
	const struct ipv6hdr *iph;
	struct ipv6hdr _iph;
	struct carp_dev *cd;

	iph = skb_header_pointer(skb, 0, sizeof(_iph), &_iph);
	cd = iph ? carp_share_pick(port, target, &iph->saddr) : NULL;
	if (!cd || !carp_serving(cd))
		return cd;
	/* The answer to a probe is to all nodes, and they would learn from it. */
	if (ipv6_addr_any(&iph->saddr) && !carp_share_public(cd, target))
		carp_defend6(cd, target, eth_hdr(skb)->h_source);
	else
		carp_deliver_copy(cd, skb, skb->pkt_type);
	return cd;
}

/* As claimed() of carp_input.c; only the option says who claims it. */
static void advertised(struct carp_port *port, const struct sk_buff *skb,
		       const struct in6_addr *target)
{
	u8 opt[2 + ETH_ALEN] __aligned(2);
	const struct carp_vip *vip;

	if (likely(!carp_vip6_may_be(port->cn, target)) ||
	    skb_copy_bits(skb, sizeof(struct ipv6hdr) + sizeof(struct nd_msg),
			  opt, sizeof(opt)) ||
	    opt[0] != ND_OPT_TARGET_LL_ADDR)
		return;
	carp_vip_for_each(vip, port, target)
		carp_addr_conflict(vip->cd, target, opt + 2);
}

/**
 * carp_nd_input() - an ICMPv6 packet to a group
 * @port: lower device it came in by
 * @skb: the packet, data at the IPv6 header; left as it is
 *
 * Context: softirq, RCU read side.
 * Return: whether our interfaces have had what they are to have of it.
 */
bool carp_nd_input(struct carp_port *port, struct sk_buff *skb)
{
	const struct nd_msg *msg;
	struct nd_msg _msg;

	msg = skb_header_pointer(skb, sizeof(struct ipv6hdr), sizeof(_msg),
				 &_msg);
	if (!msg)
		return false;
	if (msg->icmph.icmp6_type == NDISC_NEIGHBOUR_SOLICITATION)
		return solicited(port, skb, &msg->target);
	if (msg->icmph.icmp6_type == NDISC_NEIGHBOUR_ADVERTISEMENT)
		advertised(port, skb, &msg->target);
	return false;
}

/**
 * carp_nd_refreshed() - an IPv6 packet has come to a virtual MAC
 * @cd: the interface with that MAC
 * @skb: the packet, data at the IPv6 header
 *
 * A client may ask by it whether what it knows is still right.
 *
 * Context: softirq, RCU read side.
 * Return: the interface that it is for.
 */
struct carp_dev *carp_nd_refreshed(struct carp_dev *cd,
				   const struct sk_buff *skb)
{
	const struct ipv6hdr *iph;
	const struct nd_msg *msg;
	struct ipv6hdr _iph;
	struct nd_msg _msg;

	iph = skb_header_pointer(skb, 0, sizeof(_iph), &_iph);
	if (!iph || likely(iph->nexthdr != IPPROTO_ICMPV6))
		return cd;
	msg = skb_header_pointer(skb, sizeof(_iph), sizeof(_msg), &_msg);
	if (!msg || msg->icmph.icmp6_type != NDISC_NEIGHBOUR_SOLICITATION)
		return cd;
	return carp_share_refresh(cd, &msg->target, &iph->saddr);
}
