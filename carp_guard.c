// SPDX-License-Identifier: GPL-2.0
/*
 * The two invariants of sending:
 *
 *  (a) No frame on the lower device has a virtual address as its sender and a
 *      hardware address other than the virtual MAC, or with "lladdr lower" that
 *      of the lower device; no other device speaks ARP for it.
 *  (b) A host that is not MASTER sends nothing from the virtual MAC, and from
 *      a virtual address nothing but what carp_exempt.c knows.  With "lladdr
 *      lower" nothing is sent from the virtual MAC in any state.
 *
 * Linux by itself keeps neither: it answers ARP for an address on every
 * device, and sends from it over every one.  Three hooks see to them:
 * post routing, for packets of this host on whatever device; ARP output, for
 * the kernel's ARP; egress of the lower device, for everything else.  What goes
 * past all of them - AF_XDP, frames redirected by tc, a queue discipline that
 * holds frames back - goes past the invariants.
 *
 * None of them touches the settings of any other device, and a lower device
 * without CARP, or a namespace without it, has none of them.
 */
#include <linux/icmp.h>
#include <linux/if_arp.h>
#include <linux/if_macvlan.h>
#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/netfilter_arp.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rtnetlink.h>
#include <net/arp.h>
#include <net/checksum.h>
#include <net/ipv6.h>

#include "carp_guard.h"
#include "carp_input.h"
#include "carp_vip.h"

/*
 * A device without an address of its own speaks IGMP from whatever address
 * it finds.  Its membership is what lets advertisements reach a BACKUP through
 * a snooping switch, so it must be told, and may be without a name (RFC 3376,
 * 4.2.13).
 */
static unsigned int igmp_clear_saddr(struct sk_buff *skb, unsigned int offset)
{
	struct iphdr *iph;

	if (skb_ensure_writable(skb, offset + sizeof(*iph)))
		return NF_DROP;
	iph = (struct iphdr *)(skb->data + offset);
	csum_replace4(&iph->check, iph->saddr, 0);
	iph->saddr = 0;
	return NF_ACCEPT;
}

/* No interface serves the address that a frame is from; perhaps none has it. */
static unsigned int unserved4(struct carp_port *port, struct sk_buff *skb,
			      unsigned int offset, const struct iphdr *iph)
{
	const struct net *net = dev_net(port->lowerdev);
	struct carp_dev *cd = carp_vip4_find(net, iph->saddr, port);

	if (!cd)
		return NF_ACCEPT;
	if (iph->protocol == IPPROTO_IGMP)
		return igmp_clear_saddr(skb, offset);
	return carp_exempt4(cd, skb, iph) ? NF_ACCEPT : carp_guard_drop(cd);
}

/* A frame with a virtual address as IP source leaves the lower device. */
static unsigned int egress_ipv4(struct carp_port *port, struct sk_buff *skb,
				unsigned int offset)
{
	struct in6_addr from, to;
	const struct iphdr *iph;
	struct carp_dev *cd;
	struct iphdr _iph;

	iph = skb_header_pointer(skb, offset, sizeof(_iph), &_iph);
	if (!iph)
		return NF_ACCEPT;
	from = carp_mapped(iph->saddr);
	to = carp_mapped(iph->daddr);
	cd = carp_share_sender(port, &from, &to, eth_hdr(skb)->h_source);
	if (!cd)
		return unserved4(port, skb, offset, iph);
	if (ether_addr_equal(eth_hdr(skb)->h_source, cd->dev->dev_addr))
		return NF_ACCEPT;
	if (iph->protocol == IPPROTO_IGMP)
		return igmp_clear_saddr(skb, offset);
	if (skb_cow_head(skb, 0))
		return NF_DROP;
	ether_addr_copy(eth_hdr(skb)->h_source, cd->dev->dev_addr);
	carp_tap(cd, skb);
	return NF_ACCEPT;
}

/*
 * The kernel's own ARP was put right by arp_out(); what still names a virtual
 * address here was written by a program, arping -U for one.
 */
static unsigned int egress_arp(struct carp_port *port, struct sk_buff *skb,
			       unsigned int offset)
{
	struct carp_dev *cd, *first;
	const struct carp_arp *arp;
	struct carp_arp *fixed, _arp;
	struct in6_addr from, to;
	const u8 *mac;

	arp = skb_header_pointer(skb, offset, sizeof(_arp), &_arp);
	if (!arp)
		return NF_ACCEPT;
	from = carp_mapped(arp->spa);
	first = carp_vip_find(dev_net(port->lowerdev), &from, port);
	if (!first)
		return NF_ACCEPT;
	to = carp_mapped(arp->tpa);
	cd = carp_share_sender(port, &from, &to, eth_hdr(skb)->h_source);
	if (!cd)
		return carp_guard_drop(first);
	mac = cd->dev->dev_addr;
	if (ether_addr_equal(eth_hdr(skb)->h_source, mac) &&
	    ether_addr_equal(arp->sha, mac))
		return NF_ACCEPT;
	if (skb_ensure_writable(skb, offset + sizeof(*fixed)))
		return NF_DROP;
	fixed = (struct carp_arp *)(skb->data + offset);
	ether_addr_copy(eth_hdr(skb)->h_source, mac);
	ether_addr_copy(fixed->sha, mac);
	carp_tap(cd, skb);
	return NF_ACCEPT;
}

/*
 * A VLAN without REORDER_HDR puts its own tag into the frame before it sends it
 * as its lower device does, and leaves one of that kind alone which it finds
 * there.
 */
static bool is_own_tag(const struct sk_buff *skb, const struct vlan_hdr *vlan)
{
#if IS_ENABLED(CONFIG_VLAN_8021Q)
	const struct net_device *dev = skb->dev;

	/* Who makes his headers as the device below does. */
	while (netif_is_macvlan(dev))
		dev = macvlan_dev_real_dev(dev);
	return is_vlan_dev(dev) &&
	       !(vlan_dev_priv(dev)->flags & VLAN_FLAG_REORDER_HDR) &&
	       eth_hdr(skb)->h_proto == vlan_dev_vlan_proto(dev) &&
	       (ntohs(vlan->h_vlan_TCI) & VLAN_VID_MASK) ==
	       vlan_dev_vlan_id(dev);
#else
	return false;
#endif
}

/*
 * The protocol of a frame and where it begins.  A frame of a VLAN is another
 * segment's, where the same MAC may be another group's; VLAN 0 is only a
 * priority, and is this segment.
 */
static bool of_segment(const struct sk_buff *skb, __be16 *proto,
		       unsigned int *offset)
{
	const struct vlan_hdr *vlan;
	struct vlan_hdr _vlan;

	*proto = eth_hdr(skb)->h_proto;
	if (skb_vlan_tag_present(skb))
		return !skb_vlan_tag_get_id(skb);
	if (likely(!eth_type_vlan(*proto)))
		return true;
	vlan = skb_header_pointer(skb, ETH_HLEN, sizeof(_vlan), &_vlan);
	if (!vlan || (ntohs(vlan->h_vlan_TCI) & VLAN_VID_MASK &&
		      !is_own_tag(skb, vlan)))
		return false;
	*offset += VLAN_HLEN;
	*proto = vlan->h_vlan_encapsulated_proto;
	return true;
}

/* The interface of a virtual MAC. */
static struct carp_dev *by_source(const struct carp_port *port,
				  const struct ethhdr *eth)
{
	return rcu_dereference(port->dev_by_vhid[eth->h_source[ETH_ALEN - 1]]);
}

/* The virtual MAC of an interface that does not serve, or that has none. */
static bool is_void(const struct carp_dev *cd)
{
	return !carp_serving(cd) || carp_lower_mac(cd);
}

static bool holds4(const struct hlist_head *chain, const struct carp_dev *cd,
		   __be32 addr)
{
	const struct carp_vip *vip;

	hlist_for_each_entry_rcu(vip, chain, node)
		if (vip->cd == cd && carp_vip_is4(vip, addr))
			return true;
	return false;
}

static bool holds6(const struct hlist_head *chain, const struct carp_dev *cd,
		   const struct in6_addr *addr)
{
	const struct carp_vip *vip;

	hlist_for_each_entry_rcu(vip, chain, node)
		if (vip->cd == cd && ipv6_addr_equal(&vip->addr, addr))
			return true;
	return false;
}

/*
 * Whether a frame needs no closer look, as nearly all: it is not from a virtual
 * address, or both this and the virtual MAC are those of an interface that
 * serves.  Neighbour discovery may speak for other addresses.
 */
static bool egress_fast_ok(const struct carp_port *port,
			   const struct sk_buff *skb)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;
	const struct hlist_head *table = rcu_dereference(port->cn->vips);
	unsigned int len = skb_headlen(skb);
	const struct carp_dev *cd = NULL;

	if (skb_vlan_tag_present(skb))
		return false;
	if (carp_is_virtual_mac(eth->h_source)) {
		cd = by_source(port, eth);
		if (!cd || is_void(cd))
			return false;
	}
	if (eth->h_proto == htons(ETH_P_IP) &&
	    len >= ETH_HLEN + sizeof(struct iphdr)) {
		const struct iphdr *iph = (const struct iphdr *)(eth + 1);
		const struct hlist_head *chain =
			&table[carp_vip_hash(iph->saddr)];

		return hlist_empty(chain) ||
		       (cd && holds4(chain, cd, iph->saddr));
	}
	if (eth->h_proto == htons(ETH_P_IPV6) &&
	    len >= ETH_HLEN + sizeof(struct ipv6hdr)) {
		const struct ipv6hdr *iph = (const struct ipv6hdr *)(eth + 1);
		const struct hlist_head *chain =
			&table[carp_vip6_hash(&iph->saddr)];

		return iph->nexthdr != IPPROTO_ICMPV6 &&
		       (hlist_empty(chain) ||
			(cd && holds6(chain, cd, &iph->saddr)));
	}
	return false;
}

/* All others.  Apart, because it has much to put on the stack. */
static noinline unsigned int egress_slow(struct carp_port *port,
					 struct sk_buff *skb)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;
	unsigned int offset = ETH_HLEN;
	struct carp_dev *cd;
	__be16 proto;

	/* Not every way to transmit has set it. */
	skb_reset_mac_header(skb);
	if (!of_segment(skb, &proto, &offset))
		return NF_ACCEPT;
	if (unlikely(carp_is_virtual_mac(eth->h_source))) {
		cd = by_source(port, eth);
		if (cd && is_void(cd))
			return carp_guard_drop(cd);
	}
	if (proto == htons(ETH_P_IP))
		return egress_ipv4(port, skb, offset);
	if (proto == htons(ETH_P_IPV6))
		return carp_guard6_egress(port, skb, offset);
	if (proto == htons(ETH_P_ARP))
		return egress_arp(port, skb, offset);
	return NF_ACCEPT;
}

/**
 * carp_guard_egress() - hook on everything that a lower device sends
 * @priv: its carp_port
 * @skb: a complete frame
 * @state: unused
 *
 * Context: softirq or process, RCU read side.
 */
unsigned int carp_guard_egress(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	if (likely(egress_fast_ok(priv, skb)))
		return NF_ACCEPT;
	return egress_slow(priv, skb);
}

/*
 * Our interface speaks for its addresses, other devices for no virtual one.
 * All who hear a question learn who asks, so it does not name an address that
 * not all of them may learn.
 */
static bool arp_sender_ok(const struct net_device *dev, __be32 addr,
			  bool question)
{
	struct in6_addr mapped = carp_mapped(addr);
	struct carp_dev *cd;

	if (!carp_is_dev(dev))
		return !carp_vip_lookup_l3(dev, &mapped);
	cd = carp_priv(dev);
	return carp_vip_has(cd, &mapped) &&
	       (!question || carp_share_public(cd, &mapped));
}

/*
 * The address that the device would name itself by: its own one in the
 * target's subnet, else any of its own, else none, which every host answers
 * as a probe (RFC 5227).
 */
static __be32 own_sender(const struct net_device *dev, __be32 target)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;
	__be32 found = 0;

	if (!in_dev)
		return 0;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		if (!arp_sender_ok(dev, ifa->ifa_local, true))
			continue;
		if (inet_ifa_match(target, ifa))
			return ifa->ifa_local;
		if (!found)
			found = ifa->ifa_local;
	}
	return found;
}

/*
 * The kernel speaks ARP.  On our interface it does so with the virtual MAC,
 * and must name one of its addresses, or the segment would learn that the
 * host's own one, or that of another group, is at this virtual MAC.
 * Everywhere else it is the other way round.  A reply that breaks this is not
 * given, and a question is asked in the device's own name.
 */
static unsigned int arp_out(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	const struct net_device *dev = state->out;
	struct carp_arp *arp;
	bool question;

	if (dev->type != ARPHRD_ETHER ||
	    !pskb_may_pull(skb, skb_network_offset(skb) + sizeof(*arp)))
		return NF_ACCEPT;
	arp = (struct carp_arp *)skb_network_header(skb);
	question = arp->hdr.ar_op == htons(ARPOP_REQUEST);
	if (arp_sender_ok(dev, arp->spa, question))
		return NF_ACCEPT;
	if (!question)
		return NF_DROP;
	if (skb_ensure_writable(skb, skb_network_offset(skb) + sizeof(*arp)))
		return NF_DROP;
	arp = (struct carp_arp *)skb_network_header(skb);
	arp->spa = own_sender(dev, arp->tpa);
	return NF_ACCEPT;
}

/*
 * A gateway tells neighbours of a better one.  Those who have sent to a virtual
 * MAC have chosen the group, and would be sent to one host of it for good: the
 * other router's own address, or one behind it.  The interface that it came in by
 * is the lower device, as with a packet to the device's own MAC, so that the
 * stack cannot tell the two apart.  One that has come in itself is another
 * router's, bridged or forwarded.
 */
static bool is_redirect(const struct sk_buff *skb,
			const struct net_device *out)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct in6_addr to = carp_mapped(iph->daddr);
	const struct icmphdr *icmp;
	struct icmphdr _icmp;

	if (skb->skb_iif)
		return false;
	icmp = skb_header_pointer(skb, skb_network_offset(skb) + iph->ihl * 4,
				  sizeof(_icmp), &_icmp);
	return icmp && icmp->type == ICMP_REDIRECT &&
	       carp_deliver_came(out, &to);
}

/*
 * A packet of this host leaves, by whatever device.  After address translation,
 * which may have given it a virtual address.
 */
static unsigned int post_routing(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	__be32 saddr = ip_hdr(skb)->saddr;
	struct in6_addr mapped;
	struct carp_dev *cd;

	if (unlikely(ip_hdr(skb)->protocol == IPPROTO_ICMP) &&
	    is_redirect(skb, state->out))
		return NF_DROP;
	if (likely(!carp_vip_may_be(carp_pernet(state->net), saddr)))
		return NF_ACCEPT;
	mapped = carp_mapped(saddr);
	cd = carp_vip_inactive(state->out, &mapped);
	if (likely(!cd) ||
	    READ_ONCE(state->out->flags) & IFF_LOOPBACK ||
	    carp_exempt_transit(skb) || carp_exempt_elsewhere4(cd, saddr))
		return NF_ACCEPT;
	if (ip_hdr(skb)->protocol == IPPROTO_IGMP)
		return igmp_clear_saddr(skb, skb_network_offset(skb));
	return carp_guard_drop(cd);
}

static const struct nf_hook_ops hooks[] = {
	{
		.hook		= post_routing,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_POST_ROUTING,
		.priority	= NF_IP_PRI_LAST,
	},
	{
		.hook		= carp_guard6_local_in,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_LOCAL_IN,
		.priority	= NF_IP6_PRI_FIRST,
	},
	{
		.hook		= carp_guard6_post_routing,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_POST_ROUTING,
		.priority	= NF_IP6_PRI_LAST,
	},
	{
		.hook		= arp_out,
		.pf		= NFPROTO_ARP,
		.hooknum	= NF_ARP_OUT,
		.priority	= INT_MAX,
	},
};

/**
 * carp_guard_get() - a namespace has one CARP interface more
 * @net: namespace
 *
 * Context: RTNL, may sleep.
 * Return: 0 or an error.
 */
int carp_guard_get(struct net *net)
{
	struct carp_net *cn = carp_pernet(net);
	int err;

	ASSERT_RTNL();
	if (!cn->n_devs) {
		err = nf_register_net_hooks(net, hooks, ARRAY_SIZE(hooks));
		if (err)
			return err;
	}
	cn->n_devs++;
	return 0;
}

/**
 * carp_guard_put() - and one less
 * @net: namespace
 *
 * Context: RTNL, may sleep.
 */
void carp_guard_put(struct net *net)
{
	struct carp_net *cn = carp_pernet(net);

	ASSERT_RTNL();
	if (!--cn->n_devs)
		nf_unregister_net_hooks(net, hooks, ARRAY_SIZE(hooks));
}
