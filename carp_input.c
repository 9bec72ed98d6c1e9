// SPDX-License-Identifier: GPL-2.0
/*
 * Frames that the lower device has received.
 *
 *   to the virtual MAC           MASTER: see carp_deliver.c; else dropped
 *   with lladdr lower, to the lower device's MAC and a virtual address
 *                                MASTER: into our interface what the lower
 *                                device would not take
 *   ARP and ND for a virtual address
 *                                MASTER: a copy into our interface
 *   advertisements               checked; the lower device gets valid ones, too
 *   broadcasts                   a copy for interfaces that are MASTER and set
 *                                to receive them
 *   multicast                    a copy for interfaces that joined a group,
 *                                also of questions who has
 *   from a virtual address       not MASTER: routing is told to look closer,
 *                                or it would take them for spoofed
 *   everything else              not ours
 */
#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "carp_input.h"
#include "carp_port.h"
#include "carp_vip.h"

/* Data is where the Ethernet header ends; what is there must be looked at. */
static const struct iphdr *ip_header(const struct sk_buff *skb)
{
	return (const struct iphdr *)skb->data;
}

static noinline rx_handler_result_t drop_inactive(struct carp_dev *cd,
						  struct sk_buff **pskb)
{
	carp_deliver_see_ingress(cd->port);
	carp_count(cd, CARP_STAT_RX_INACTIVE);
	kfree_skb_reason(*pskb, SKB_DROP_REASON_OTHERHOST);
	*pskb = NULL;
	return RX_HANDLER_CONSUMED;
}

static inline rx_handler_result_t to_virtual_mac(struct carp_dev *cd,
						 struct sk_buff **pskb)
{
	if (likely(carp_serving(cd)))
		return carp_deliver(cd, pskb);
	return drop_inactive(cd, pskb);
}

static bool wants_group(const struct carp_dev *cd, const u8 *group,
			bool is_query)
{
	const struct netdev_hw_addr *ha;

	if (!READ_ONCE(cd->has_mc) || !carp_serving(cd))
		return false;
	if (READ_ONCE(cd->dev->flags) & (IFF_ALLMULTI | IFF_PROMISC))
		return true;
	if (carp_is_all_hosts(group))
		return is_query;
	list_for_each_entry_rcu(ha, &cd->dev->mc.list, list)
		if (ether_addr_equal(ha->addr, group))
			return true;
	return false;
}

/*
 * The group of a frame as an Ethernet address, which the frame is not to if a
 * switch has made unicast of it; and whether a router asks in it who is a member.
 */
static bool group_of(const struct sk_buff *skb, u8 group[ETH_ALEN])
{
	const struct ipv6hdr *ip6h;
	const struct iphdr *iph;
	struct ipv6hdr _ip6h;
	struct iphdr _iph;

	ether_addr_copy(group, eth_hdr(skb)->h_dest);
	if (skb->protocol == htons(ETH_P_IP)) {
		iph = skb_header_pointer(skb, 0, sizeof(_iph), &_iph);
		if (!iph)
			return false;
		if (!is_multicast_ether_addr(group))
			ip_eth_mc_map(iph->daddr, group);
		return iph->protocol == IPPROTO_IGMP;
	}
	if (skb->protocol == htons(ETH_P_IPV6)) {
		ip6h = skb_header_pointer(skb, 0, sizeof(_ip6h), &_ip6h);
		if (!ip6h)
			return false;
		if (!is_multicast_ether_addr(group))
			ipv6_eth_mc_map(&ip6h->daddr, group);
		return ip6h->nexthdr == NEXTHDR_HOP;
	}
	return false;
}

static void multicast(struct carp_port *port, struct sk_buff *skb)
{
	u8 group[ETH_ALEN] __aligned(2);
	struct carp_dev *cd;
	bool is_query;

	if (!atomic_read(&port->mc_users) ||
	    is_broadcast_ether_addr(eth_hdr(skb)->h_dest))
		return;
	is_query = group_of(skb, group);
	list_for_each_entry_rcu(cd, &port->devs, port_node)
		if (wants_group(cd, group, is_query))
			carp_deliver_copy(cd, skb, skb->pkt_type);
}

/* What asks for addresses is answered, or not, by the rules of carp_arp.c. */
static void broadcast(struct carp_port *port, struct sk_buff *skb)
{
	struct carp_dev *cd;

	if (skb->protocol == htons(ETH_P_ARP))
		return;
	list_for_each_entry_rcu(cd, &port->devs, port_node)
		if (READ_ONCE(cd->broadcast) && carp_serving(cd))
			carp_deliver_copy(cd, skb, skb->pkt_type);
}

/* Whether that was all that is to be done with it. */
static bool group_packet6(struct carp_port *port, struct sk_buff *skb,
			  bool *refused)
{
	static const struct in6_addr group6 = CARP_GROUP6;
	const struct ipv6hdr *iph;
	struct ipv6hdr _iph;

	iph = skb_header_pointer(skb, 0, sizeof(_iph), &_iph);
	if (!iph)
		return false;
	/* What has come through a router is no neighbour's (RFC 4861, 11.2). */
	if (iph->nexthdr == IPPROTO_ICMPV6)
		return iph->hop_limit == 255 && carp_nd_input(port, skb);
	if (iph->nexthdr == CARP_IPPROTO &&
	    ipv6_addr_equal(&iph->daddr, &group6))
		*refused = carp_advert_input6(port, skb);
	return *refused;
}

/* Tells whether it was for us alone, and is refused. */
static bool group_frame(struct carp_port *port, struct sk_buff *skb)
{
	const struct iphdr *iph;
	bool refused = false;
	struct iphdr _iph;

	if (skb->protocol == htons(ETH_P_ARP)) {
		carp_arp_input(port, skb);
		return false;
	}
	if (skb->protocol == htons(ETH_P_IP)) {
		iph = skb_header_pointer(skb, 0, sizeof(_iph), &_iph);
		if (iph && iph->protocol != CARP_IPPROTO)
			carp_deliver_let_in(port, iph->saddr);
		else if (iph && iph->daddr == htonl(CARP_GROUP4))
			refused = carp_advert_input4(port, skb);
	}
	if (skb->protocol == htons(ETH_P_IPV6) &&
	    group_packet6(port, skb, &refused))
		return refused;
	if (!refused)
		multicast(port, skb);
	return refused;
}

/*
 * An advertisement of a MASTER without an address of its own, to us as its peer.
 * It must be heard even while the address is served here, when the routing code
 * takes it for spoofed; so it is read as those to the group are.
 */
static bool is_from_virtual_peer(const struct carp_port *port,
				 const struct iphdr *iph)
{
	struct net *net = dev_net(port->lowerdev);
	struct in6_addr from = carp_mapped(iph->saddr);

	return iph->protocol == CARP_IPPROTO &&
	       carp_vip_find(net, &from, port) &&
	       __ip_dev_find(net, iph->daddr, false);
}

/* Nearly all come from no virtual address, and go to no group. */
static bool is_foreign(const struct carp_port *port, const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;

	if (skb->protocol == htons(ETH_P_IP))
		return skb_headlen(skb) >= sizeof(struct iphdr) &&
		       !carp_vip_may_be(port->cn, ip_header(skb)->saddr) &&
		       !ipv4_is_multicast(ip_header(skb)->daddr);
	if (skb->protocol == htons(ETH_P_IPV6))
		return skb_headlen(skb) >= sizeof(*ip6h) &&
		       !ipv6_addr_is_multicast(&ip6h->daddr);
	return skb->protocol != htons(ETH_P_ARP);
}

static noinline rx_handler_result_t group_result(struct carp_port *port,
						 struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;

	if (READ_ONCE(port->bc_users) &&
	    is_broadcast_ether_addr(eth_hdr(skb)->h_dest))
		broadcast(port, skb);
	if (likely(!group_frame(port, skb)))
		return RX_HANDLER_PASS;
	kfree_skb(skb);
	return RX_HANDLER_CONSUMED;
}

/*
 * To the lower device's own MAC.  Bridges and access points make such frames of
 * those to a group, one for each member: of the lower device, which is in ours.
 */
static noinline rx_handler_result_t to_lowerdev(struct carp_port *port,
						struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	const struct ipv6hdr *ip6h;
	const struct iphdr *iph;
	struct ipv6hdr _ip6h;
	struct iphdr _iph;

	switch (skb->protocol) {
	case htons(ETH_P_IP):
		iph = skb_header_pointer(skb, 0, sizeof(_iph), &_iph);
		if (!iph)
			break;
		if (ipv4_is_multicast(iph->daddr))
			return group_result(port, pskb);
		if (unlikely(is_from_virtual_peer(port, iph))) {
			carp_advert_input4(port, skb);
			consume_skb(skb);
			return RX_HANDLER_CONSUMED;
		}
		carp_deliver_let_in(port, iph->saddr);
		break;
	case htons(ETH_P_IPV6):
		ip6h = skb_header_pointer(skb, 0, sizeof(_ip6h), &_ip6h);
		if (ip6h && ipv6_addr_is_multicast(&ip6h->daddr))
			return group_result(port, pskb);
		break;
	case htons(ETH_P_ARP):
		carp_arp_to_lowerdev(port, skb);
		break;
	}
	return RX_HANDLER_PASS;
}

/* By the lower device, or as a frame of it by the device below if it is a VLAN. */
static bool is_of_segment(const struct carp_port *port,
			  const struct sk_buff *skb)
{
	u16 id = skb_vlan_tag_present(skb) ? skb_vlan_tag_get_id(skb) : 0;

	if (skb->dev == port->lowerdev)
		return !id;
#if IS_ENABLED(CONFIG_VLAN_8021Q)
	return is_vlan_dev(port->lowerdev) && skb_vlan_tag_present(skb) &&
	       skb->vlan_proto == vlan_dev_vlan_proto(port->lowerdev) &&
	       id == vlan_dev_vlan_id(port->lowerdev);
#else
	return false;
#endif
}

/**
 * carp_input_ingress() - hook before all others on what a lower device receives
 * @priv: its carp_port
 * @skb: a frame, data at the network header
 * @state: unused
 *
 * There only where others are, see carp_port_guard_ingress().  Questions about
 * a shared address may be for another interface than that of the MAC.
 *
 * Context: softirq, RCU read side.
 */
unsigned int carp_input_ingress(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	const u8 *dest = eth_hdr(skb)->h_dest;
	const struct carp_port *port = priv;
	const struct ipv6hdr *ip6h;
	struct ipv6hdr _ip6h;
	struct carp_dev *cd;

	if (likely(!carp_is_virtual_mac(dest)) ||
	    skb->pkt_type == PACKET_LOOPBACK || !is_of_segment(port, skb))
		return NF_ACCEPT;
	cd = rcu_dereference(port->dev_by_vhid[dest[ETH_ALEN - 1]]);
	if (!cd || carp_serving(cd) || carp_lower_mac(cd) ||
	    skb->protocol == htons(ETH_P_ARP))
		return NF_ACCEPT;
	if (skb->protocol == htons(ETH_P_IPV6)) {
		ip6h = skb_header_pointer(skb, 0, sizeof(_ip6h), &_ip6h);
		if (ip6h && ip6h->nexthdr == IPPROTO_ICMPV6)
			return NF_ACCEPT;
	}
	carp_count(cd, CARP_STAT_RX_INACTIVE);
	return NF_DROP;
}

static bool is_foreign_group(const struct carp_port *port,
			     const struct sk_buff *skb)
{
	if (atomic_read(&port->mc_users))
		return false;
	if (skb->protocol == htons(ETH_P_IP))
		return skb_headlen(skb) >= sizeof(struct iphdr) &&
		       ip_header(skb)->protocol != CARP_IPPROTO &&
		       !carp_vip_may_be(port->cn, ip_header(skb)->saddr);
	return skb->protocol != htons(ETH_P_IPV6) &&
	       skb->protocol != htons(ETH_P_ARP);
}

static bool may_ask(const struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IPV6))
		return skb_headlen(skb) < sizeof(struct ipv6hdr) ||
		       ((const struct ipv6hdr *)skb->data)->nexthdr ==
		       IPPROTO_ICMPV6;
	return skb->protocol == htons(ETH_P_ARP);
}

/* A client asks the virtual MAC that it knows whether it is still right. */
static noinline rx_handler_result_t refresh(struct carp_dev *cd,
					    struct sk_buff **pskb)
{
	rx_handler_result_t result;
	bool answered = false;

	if ((*pskb)->protocol == htons(ETH_P_ARP))
		cd = carp_arp_refreshed(cd, *pskb, &answered);
	else
		cd = carp_nd_refreshed(cd, *pskb);
	result = to_virtual_mac(cd, pskb);
	if (answered && result == RX_HANDLER_ANOTHER)
		(*pskb)->pkt_type = PACKET_OTHERHOST;
	return result;
}

/* To the lower device's MAC, which is that of an interface with lladdr lower, too. */
static noinline rx_handler_result_t to_lower_mac(struct carp_dev *cd,
						 struct sk_buff **pskb)
{
	if ((*pskb)->protocol != htons(ETH_P_ARP))
		return carp_deliver(cd, pskb);
	carp_arp_copy(cd, *pskb);
	return RX_HANDLER_PASS;
}

static rx_handler_result_t to_own_mac(struct carp_port *port,
				      struct sk_buff **pskb)
{
	if (likely(is_foreign(port, *pskb)) ||
	    (*pskb)->pkt_type != PACKET_HOST)
		return RX_HANDLER_PASS;
	return to_lowerdev(port, pskb);
}

static noinline rx_handler_result_t to_shared_mac(struct carp_port *port,
						  struct sk_buff **pskb)
{
	struct carp_dev *cd = NULL;

	if ((*pskb)->pkt_type == PACKET_HOST)
		cd = carp_lladdr_served(port, *pskb);
	return cd ? to_lower_mac(cd, pskb) : to_own_mac(port, pskb);
}

/**
 * carp_handle_frame() - rx_handler of a lower device
 * @pskb: frame
 *
 * All frames of the lower device pass here.  Whatever is called is called last,
 * so that for those that are not ours nothing is saved on the stack.
 *
 * Context: softirq, RCU read side.
 */
rx_handler_result_t carp_handle_frame(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	const u8 *dest = eth_hdr(skb)->h_dest;
	struct carp_port *port;
	struct carp_dev *cd;

	if (unlikely(skb->pkt_type == PACKET_LOOPBACK) ||
	    (skb_vlan_tag_present(skb) && skb_vlan_tag_get_id(skb)))
		return RX_HANDLER_PASS;

	port = rcu_dereference(skb->dev->rx_handler_data);
	if (is_multicast_ether_addr(dest)) {
		if (is_foreign_group(port, skb))
			return RX_HANDLER_PASS;
		return group_result(port, pskb);
	}
	if (unlikely(carp_is_virtual_mac(dest))) {
		cd = rcu_dereference(port->dev_by_vhid[dest[ETH_ALEN - 1]]);
		if (!cd || carp_lower_mac(cd))
			return RX_HANDLER_PASS;
		if (unlikely(may_ask(skb)))
			return refresh(cd, pskb);
		return to_virtual_mac(cd, pskb);
	}
	if (unlikely(READ_ONCE(port->lower_macs)))
		return to_shared_mac(port, pskb);
	return to_own_mac(port, pskb);
}
