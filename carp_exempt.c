// SPDX-License-Identifier: GPL-2.0
/*
 * What a host that does not serve a virtual address may send from it all the
 * same, with the MAC of the device it leaves by:
 *
 *   packets in transit		another host's, which this host only forwards
 *   addresses elsewhere	the administrator has put the address on another
 *				device, too (lo, dummy: direct server return)
 *
 * ARP and neighbour discovery are never exempt: they would say that the address
 * is at that MAC.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack.h>

#include "carp_guard.h"

static bool is_transformed(const struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		return IPCB(skb)->flags & IPSKB_XFRM_TRANSFORMED;
	return IP6CB(skb)->flags & IP6SKB_XFRM_TRANSFORMED;
}

static bool is_balanced(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_IP_VS)
	return skb->ipvs_property;
#else
	return false;
#endif
}

/**
 * carp_exempt_transit() - whether it is another host's packet that only
 *	passes, with the source it came with
 * @skb: packet
 *
 * What translates the destination of a connection translates the source of the
 * replies, and the other way round.  What was put into a tunnel of IPsec has a
 * source of this host, but still says where it came in.  So do replies of real
 * servers, to which IPVS gives the address of their service.
 */
bool carp_exempt_transit(const struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	unsigned long translated;

	if (!skb->skb_iif || is_transformed(skb) || is_balanced(skb))
		return false;
	if (!ct)
		return true;
	translated = CTINFO2DIR(ctinfo) == IP_CT_DIR_REPLY ? IPS_DST_NAT :
							    IPS_SRC_NAT;
	return !(ct->status & translated);
}

/*
 * Whether the stack has routed it, and not a flowtable, which translates
 * without a trace.  A flowtable takes no fragments; those that the stack makes
 * of a packet do not tell.  (Where it came in is not to be had here: the stack
 * has written the length for queue disciplines over it; and IPv6 has no such mark.)
 */
static bool is_routed4(const struct sk_buff *skb, const struct iphdr *iph)
{
	return ip_is_fragment(iph) || IPCB(skb)->flags & IPSKB_FORWARDED;
}

/*
 * Whether another device can have the address of an interface.  The one below
 * is on the segment of the address, where this is at the virtual MAC.
 */
static bool is_elsewhere(const struct carp_dev *cd,
			 const struct net_device *dev)
{
	return dev && dev != cd->lowerdev && !carp_is_dev(dev);
}

/**
 * carp_exempt_elsewhere4() - whether another device has an address, too
 * @cd: interface that has it and does not serve, so that its own routes are not
 *	in force
 * @addr: network order
 *
 * Context: RCU read side.
 */
bool carp_exempt_elsewhere4(const struct carp_dev *cd, __be32 addr)
{
	struct flowi4 fl4 = {
		.daddr = addr,
		.flowi4_iif = LOOPBACK_IFINDEX,
		.flowi4_l3mdev = l3mdev_master_ifindex_rcu(cd->dev),
	};
	struct fib_result res;

	return !fib_lookup(dev_net(cd->dev), &fl4, &res, FIB_LOOKUP_NOREF) &&
	       res.type == RTN_LOCAL && res.nhc &&
	       is_elsewhere(cd, res.nhc->nhc_dev);
}

/**
 * carp_exempt_elsewhere6() - the same of an IPv6 address
 * @cd: interface that has it and does not serve
 * @addr: the address; a link-local one is of one device only
 *
 * Context: RCU read side.
 */
bool carp_exempt_elsewhere6(const struct carp_dev *cd,
			    const struct in6_addr *addr)
{
	struct flowi6 fl6 = {
		.daddr = *addr,
		.flowi6_l3mdev = l3mdev_master_ifindex_rcu(cd->dev),
	};
	const struct inet6_dev *idev;
	struct dst_entry *dst;
	bool yes;

	if (ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL)
		return false;
	dst = ip6_route_output(dev_net(cd->dev), NULL, &fl6);
	idev = ip6_dst_idev(dst);
	yes = !dst->error &&
	      container_of(dst, struct rt6_info, dst)->rt6i_flags & RTF_LOCAL &&
	      idev && is_elsewhere(cd, idev->dev);
	dst_release(dst);
	return yes;
}

/**
 * carp_exempt4() - whether a frame may leave the lower device as it is
 * @cd: interface that has its source, and does not serve
 * @skb: frame
 * @iph: its IPv4 header
 *
 * Context: RCU read side.
 */
bool carp_exempt4(const struct carp_dev *cd, const struct sk_buff *skb,
		  const struct iphdr *iph)
{
	return !carp_is_virtual_mac(eth_hdr(skb)->h_source) &&
	       ((is_routed4(skb, iph) && carp_exempt_transit(skb)) ||
		carp_exempt_elsewhere4(cd, iph->saddr));
}

/**
 * carp_exempt6() - the same of an IPv6 packet
 * @cd: interface that has its source, and does not serve
 * @skb: frame
 * @iph: its IPv6 header; neighbour discovery is not for here
 *
 * Context: RCU read side.
 */
bool carp_exempt6(const struct carp_dev *cd, const struct sk_buff *skb,
		  const struct ipv6hdr *iph)
{
	return !carp_is_virtual_mac(eth_hdr(skb)->h_source) &&
	       (carp_exempt_transit(skb) ||
		carp_exempt_elsewhere6(cd, &iph->saddr));
}
