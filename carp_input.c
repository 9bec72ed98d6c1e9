// SPDX-License-Identifier: GPL-2.0
/*
 * Frames that the carrier has received.
 *
 *   to the virtual MAC           MASTER: see carp_deliver.c; else dropped
 *   with lladdr lower, to the lower device's MAC and a virtual address
 *                                MASTER: into our interface what the lower
 *                                device would not take
 *   ARP and ND for a virtual address
 *                                MASTER: a copy into our interface
 *   advertisements               looked at, and left to the carrier if right
 *   broadcasts                   a copy for interfaces that are MASTER and set
 *                                to receive them
 *   multicast                    a copy for interfaces that joined a group,
 *                                also of questions who has
 *   from a virtual address       not MASTER: routing is told to look closer,
 *                                or it would take them for spoofed
 *   everything else              not ours
 */
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "carp_priv.h"

/* Data is where the Ethernet header ends; what is there must be looked at. */
static const struct iphdr *ip_header(const struct sk_buff *skb)
{
	return (const struct iphdr *)skb->data;
}

static noinline rx_handler_result_t drop_inactive(struct carp_dev *cd,
						  struct sk_buff **pskb)
{
	carp_port_see_ingress(cd->port);
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

static void copy_as(struct carp_dev *cd, struct sk_buff *skb, u8 type)
{
	struct sk_buff *copy = skb_clone(skb, GFP_ATOMIC);

	if (!copy) {
		DEV_STATS_INC(cd->dev, rx_dropped);
		return;
	}
	copy->dev = cd->dev;
	copy->pkt_type = type;
	dev_sw_netstats_rx_add(cd->dev, copy->len + ETH_HLEN);
	netif_rx(copy);
}

/**
 * carp_input_copy() - give an interface a copy of a frame
 * @cd: interface
 * @skb: frame that the carrier has received
 *
 * Context: softirq, RCU read side.
 */
void carp_input_copy(struct carp_dev *cd, struct sk_buff *skb)
{
	copy_as(cd, skb, skb->pkt_type);
}

/*
 * With arp_filter, or a strict rp_filter, the stack answers only if packets to
 * whoever asks leave by our interface, but they leave by the lower device, whose
 * routes come first.  So it is answered here, and the stack, and whoever
 * listens, may only see the question.
 */
static bool is_filtered(struct in_device *in_dev)
{
	return IN_DEV_ARPFILTER(in_dev) || IN_DEV_RPFILTER(in_dev) == 1;
}

static bool answer_filtered(struct carp_dev *cd, const struct carp_arp *arp)
{
	struct in_device *in_dev = __in_dev_get_rcu(cd->dev);
	struct in6_addr addr = carp_mapped(arp->tpa);

	if (!in_dev || likely(!is_filtered(in_dev)) ||
	    arp->hdr.ar_op != htons(ARPOP_REQUEST) ||
	    IN_DEV_ARP_IGNORE(in_dev) > 1)
		return false;
	if (!carp_vip_has(cd, &addr))
		return false;
	arp_send(ARPOP_REPLY, ETH_P_ARP, arp->spa, cd->dev, arp->tpa, arp->sha,
		 cd->dev->dev_addr, arp->sha);
	return true;
}

static bool may_need_let_in(const struct carp_port *port, __be32 from)
{
	const struct net *net = dev_net(port->carrier);

	return !READ_ONCE(net->ipv4.fib_has_custom_local_routes) &&
	       carp_vip_may_be(port->cn, from);
}

/**
 * carp_input_let_in() - have a packet from a virtual address let in
 * @port: carrier that it came by
 * @from: its source
 *
 * Routing refuses as spoofed what comes from an address of any interface here,
 * a virtual one that another host serves included.  It does so by a shortcut
 * (fib_validate_source()); the full check asks for the route to the source, and
 * routes of ours are not in force.  Custom local routes are what makes it take
 * the full check.  Nobody takes that mark away again, and it costs a lookup for
 * each packet that is routed, so it is set where such a packet has come.
 *
 * Context: softirq, RCU read side.
 */
void carp_input_let_in(const struct carp_port *port, __be32 from)
{
	struct net *net = dev_net(port->carrier);
	struct in6_addr mapped;

	if (!may_need_let_in(port, from))
		return;
	mapped = carp_mapped(from);
	if (carp_vip_idle(port->carrier, &mapped))
		WRITE_ONCE(net->ipv4.fib_has_custom_local_routes, true);
}

/* Questions for this host only: every new MASTER announces its addresses. */
static void let_ask(const struct carp_port *port, const struct carp_arp *arp)
{
	if (may_need_let_in(port, arp->spa) &&
	    arp->hdr.ar_op == htons(ARPOP_REQUEST) && arp->spa != arp->tpa &&
	    __ip_dev_find(dev_net(port->carrier), arp->tpa, false))
		carp_input_let_in(port, arp->spa);
}

/**
 * carp_input_contested() - whether to say again where our addresses are
 * @cd: interface
 *
 * If somebody has claimed one since it was said last, and that was not within
 * this second: a quarrel is to cost the segment no more.
 *
 * Context: softirq or process.
 */
bool carp_input_contested(struct carp_dev *cd)
{
	unsigned long last = READ_ONCE(cd->defended);

	/* A last time that is half of the range of jiffies ago is no reason. */
	if (likely(!READ_ONCE(cd->contested)) ||
	    time_in_range_open(jiffies, last, last + HZ))
		return false;
	WRITE_ONCE(cd->defended, jiffies);
	WRITE_ONCE(cd->contested, false);
	return true;
}

/*
 * Claims by a virtual MAC are those of another MASTER, whose clients need nothing
 * said.  With lladdr lower they do, but there we may hear ourselves.
 */
static bool is_our_kind(const struct carp_dev *cd, const u8 *mac)
{
	if (carp_lower_mac(cd))
		return ether_addr_equal(mac, cd->dev->dev_addr);
	return carp_is_virtual_mac(mac);
}

/*
 * With lladdr lower a claim may be that of a successor, whose first advertisement
 * is yet to come, and only the election tells.  So the contradiction goes with our
 * next advertisement, which is the one that makes another master step down.
 */
static bool is_soon(const struct carp_dev *cd)
{
	return carp_lower_mac(cd) && READ_ONCE(cd->proto.cfg.advbase) <= 1;
}

/**
 * carp_input_claimed() - somebody has said that an address of ours is his
 * @cd: interface that has the address
 * @addr: the address, an IPv4 one mapped
 * @mac: where he says it is
 *
 * A ucarp that steps down says it with its own MAC after we have announced
 * ours, a host may have the address by mistake.  The last word is ours: to
 * what is not contradicted now the next advertisement adds a contradiction.
 *
 * Context: softirq, RCU read side.
 */
void carp_input_claimed(struct carp_dev *cd, const struct in6_addr *addr,
			const u8 *mac)
{
	u32 generation = READ_ONCE(cd->generation);

	/*
	 * No host has a group's MAC; who claims so is not answered to all.  One
	 * that has bowed out and still serves has a successor.
	 */
	if (READ_ONCE(cd->proto.state) != CARP_STATE_MASTER ||
	    is_our_kind(cd, mac) || is_multicast_ether_addr(mac))
		return;
	carp_count(cd, CARP_STAT_CONTESTED);
	WRITE_ONCE(cd->contested, true);
	if (is_soon(cd) || !carp_input_contested(cd))
		return;
	if (carp_lower_mac(cd)) {
		carp_raise(cd, CARP_EV_ANNOUNCE, CARP_REASON_NONE);
	} else if (carp_share_public(cd, addr)) {
		carp_pace_defend(cd, generation, addr);
	} else if (ipv6_addr_v4mapped(addr)) {
		carp_contradict(cd, addr->s6_addr32[3], mac);
	} else {
		carp_contradict6(cd, addr, mac);
	}
}

static void claimed(struct carp_port *port, const struct carp_arp *arp)
{
	struct in6_addr addr = carp_mapped(arp->spa);
	const struct carp_vip *vip;

	carp_vip_for_each(vip, port, &addr)
		carp_input_claimed(vip->cd, &addr, arp->sha);
}

/* Of another MASTER: a question only by its form. */
static bool is_announcement(const struct carp_dev *cd,
			    const struct carp_arp *arp)
{
	return arp->spa == arp->tpa &&
	       (carp_is_virtual_mac(arp->sha) || carp_lower_mac(cd));
}

/* NULL if it is none for IPv4 on Ethernet: nobody minds those. */
static const struct carp_arp *arp_header(const struct sk_buff *skb,
					 struct carp_arp *buf)
{
	const struct carp_arp *arp;

	arp = skb_header_pointer(skb, 0, sizeof(*buf), buf);
	if (!arp || arp->hdr.ar_pro != htons(ETH_P_IP) ||
	    arp->hdr.ar_hln != ETH_ALEN || arp->hdr.ar_pln != sizeof(arp->spa))
		return NULL;
	return arp;
}

/* A broadcast question: our interface answers it, the carrier will not. */
static void arp(struct carp_port *port, struct sk_buff *skb)
{
	struct in6_addr addr, client;
	const struct carp_arp *arp;
	struct carp_arp _arp;
	struct carp_dev *cd;

	arp = arp_header(skb, &_arp);
	if (!arp)
		return;
	addr = carp_mapped(arp->tpa);
	client = carp_mapped(arp->spa);
	cd = carp_share_pick(port, &addr, &client);
	let_ask(port, arp);
	if (cd && carp_serving(cd) && !is_announcement(cd, arp))
		copy_as(cd, skb, answer_filtered(cd, arp) ? PACKET_OTHERHOST :
							    skb->pkt_type);
	claimed(port, arp);
}

static rx_handler_result_t refresh_arp(struct carp_dev *cd,
				       struct sk_buff **pskb)
{
	rx_handler_result_t result;
	struct in6_addr addr, client;
	const struct carp_arp *arp;
	struct carp_arp _arp;
	bool answered;

	arp = arp_header(*pskb, &_arp);
	if (!arp || arp->hdr.ar_op != htons(ARPOP_REQUEST))
		return to_virtual_mac(cd, pskb);
	addr = carp_mapped(arp->tpa);
	client = carp_mapped(arp->spa);
	cd = carp_share_refresh(cd, &addr, &client);
	let_ask(cd->port, arp);
	answered = carp_serving(cd) && answer_filtered(cd, arp);
	result = to_virtual_mac(cd, pskb);
	if (answered && result == RX_HANDLER_ANOTHER)
		(*pskb)->pkt_type = PACKET_OTHERHOST;
	return result;
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
			carp_input_copy(cd, skb);
}

/* What asks for addresses is answered, or not, by the rules of arp(). */
static void broadcast(struct carp_port *port, struct sk_buff *skb)
{
	struct carp_dev *cd;

	if (skb->protocol == htons(ETH_P_ARP))
		return;
	list_for_each_entry_rcu(cd, &port->devs, port_node)
		if (READ_ONCE(cd->broadcast) && carp_serving(cd))
			carp_input_copy(cd, skb);
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
		arp(port, skb);
		return false;
	}
	if (skb->protocol == htons(ETH_P_IP)) {
		iph = skb_header_pointer(skb, 0, sizeof(_iph), &_iph);
		if (iph && iph->protocol != CARP_IPPROTO)
			carp_input_let_in(port, iph->saddr);
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
	struct net *net = dev_net(port->carrier);
	struct in6_addr from = carp_mapped(iph->saddr);

	return iph->protocol == CARP_IPPROTO &&
	       carp_vip6_find(net, &from, port) &&
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
 * To the carrier's own MAC.  Bridges and access points make such frames of those
 * to a group, one for each member: of the carrier, which is in ours.
 */
static noinline rx_handler_result_t to_carrier(struct carp_port *port,
					       struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	const struct ipv6hdr *ip6h;
	const struct carp_arp *arp;
	const struct iphdr *iph;
	struct ipv6hdr _ip6h;
	struct carp_arp _arp;
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
		carp_input_let_in(port, iph->saddr);
		break;
	case htons(ETH_P_IPV6):
		ip6h = skb_header_pointer(skb, 0, sizeof(_ip6h), &_ip6h);
		if (ip6h && ipv6_addr_is_multicast(&ip6h->daddr))
			return group_result(port, pskb);
		break;
	case htons(ETH_P_ARP):
		arp = arp_header(skb, &_arp);
		if (arp)
			let_ask(port, arp);
		break;
	}
	return RX_HANDLER_PASS;
}

/* By the lower device, or as a frame of it by the device below if it is a VLAN. */
static bool is_of_segment(const struct carp_port *port,
			  const struct sk_buff *skb)
{
	u16 id = skb_vlan_tag_present(skb) ? skb_vlan_tag_get_id(skb) : 0;

	if (skb->dev == port->carrier)
		return !id;
#if IS_ENABLED(CONFIG_VLAN_8021Q)
	return is_vlan_dev(port->carrier) && skb_vlan_tag_present(skb) &&
	       skb->vlan_proto == vlan_dev_vlan_proto(port->carrier) &&
	       id == vlan_dev_vlan_id(port->carrier);
#else
	return false;
#endif
}

/**
 * carp_input_ingress() - hook before all others on what a carrier receives
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
	cd = rcu_dereference(port->vhosts[dest[ETH_ALEN - 1]]);
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
	if ((*pskb)->protocol == htons(ETH_P_ARP))
		return refresh_arp(cd, pskb);
	return to_virtual_mac(carp_nd_refreshed(cd, *pskb), pskb);
}

/*
 * To the lower device's MAC, which is that of an interface with lladdr lower, too.
 * The lower device may wait for the same ARP reply.
 */
static noinline rx_handler_result_t to_lower_mac(struct carp_dev *cd,
						 struct sk_buff **pskb)
{
	const struct carp_arp *arp;
	struct carp_arp _arp;

	if ((*pskb)->protocol != htons(ETH_P_ARP))
		return carp_deliver(cd, pskb);
	arp = arp_header(*pskb, &_arp);
	if (arp)
		copy_as(cd, *pskb, answer_filtered(cd, arp) ? PACKET_OTHERHOST :
							      PACKET_HOST);
	return RX_HANDLER_PASS;
}

static rx_handler_result_t to_own_mac(struct carp_port *port,
				      struct sk_buff **pskb)
{
	if (likely(is_foreign(port, *pskb)) ||
	    (*pskb)->pkt_type != PACKET_HOST)
		return RX_HANDLER_PASS;
	return to_carrier(port, pskb);
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
 * carp_handle_frame() - rx_handler of a carrier
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
		cd = rcu_dereference(port->vhosts[dest[ETH_ALEN - 1]]);
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
