// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 frames of our own: advertisements, and the announcement of an address
 * by an unsolicited neighbour advertisement.
 */
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <net/addrconf.h>
#include <net/ip6_checksum.h>
#include <net/ndisc.h>

#include "carp_output.h"
#include "carp_vip.h"

static const struct in6_addr group6 = CARP_GROUP6;

/* One that may be used: duplicate address detection is over. */
static bool is_usable(const struct inet6_ifaddr *ifa)
{
	return !(READ_ONCE(ifa->flags) & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) ||
	       READ_ONCE(ifa->flags) & IFA_F_OPTIMISTIC;
}

static bool is_virtual(const struct net_device *lowerdev,
		       const struct in6_addr *addr)
{
	struct carp_port *port = NULL;

	if (rcu_access_pointer(lowerdev->rx_handler) == carp_handle_frame)
		port = rcu_dereference(lowerdev->rx_handler_data);
	return port && carp_vip_find(dev_net(lowerdev), addr, port);
}

/**
 * carp_own_linklocal() - the link-local address of a device
 * @dev: any device but ours
 * @addr: the address, if there is one that is not virtual
 *
 * Context: RCU read side.
 */
bool carp_own_linklocal(const struct net_device *dev, struct in6_addr *addr)
{
	const struct inet6_ifaddr *ifa;

	carp_addr6_for_each(ifa, dev) {
		if (ipv6_addr_type(&ifa->addr) & IPV6_ADDR_LINKLOCAL &&
		    is_usable(ifa) && !is_virtual(dev, &ifa->addr)) {
			*addr = ifa->addr;
			return true;
		}
	}
	return false;
}

/*
 * The lower device's link-local address; else its first other one that is not
 * virtual; else the first virtual one; else none.  Looked up each time: nobody
 * tells when duplicate address detection is over.
 */
static void choose_source(const struct carp_dev *cd, struct in6_addr *addr)
{
	const struct inet6_ifaddr *ifa;

	if (carp_own_linklocal(cd->lowerdev, addr))
		return;
	carp_addr6_for_each(ifa, cd->lowerdev) {
		if (is_usable(ifa) && !is_virtual(cd->lowerdev, &ifa->addr)) {
			*addr = ifa->addr;
			return;
		}
	}
	ifa = carp_addr6_next(cd->dev, NULL);
	*addr = ifa ? ifa->addr : in6addr_any;
}

/* Traffic class 0 as on OpenBSD and NetBSD, flow label 0. */
static struct ipv6hdr *put_header(struct sk_buff *skb, u8 nexthdr,
				  unsigned int len,
				  const struct in6_addr *saddr,
				  const struct in6_addr *daddr)
{
	struct ipv6hdr *iph;

	skb_reset_network_header(skb);
	iph = skb_put_zero(skb, sizeof(*iph));
	iph->version = 6;
	iph->payload_len = htons(len);
	iph->nexthdr = nexthdr;
	iph->hop_limit = CARP_TTL;
	iph->saddr = *saddr;
	iph->daddr = *daddr;
	return iph;
}

/**
 * carp_build_advert6() - build the next IPv6 advertisement
 * @cd: interface; the counter advances
 * @bowout: with advbase and advskew 255
 * @variant: which address list to authenticate, see carp_auth_variants()
 *
 * Context: carp_dev.lock held.
 * Return: a frame, or NULL for want of memory, which is counted.
 */
struct sk_buff *carp_build_advert6(struct carp_dev *cd, bool bowout,
				   unsigned int variant)
{
	struct sk_buff *skb;
	u8 dest[ETH_ALEN] __aligned(2);

	lockdep_assert_held(&cd->lock);

	skb = carp_frame_alloc(cd, sizeof(struct ipv6hdr) +
				   sizeof(struct carp_header));
	if (!skb)
		return NULL;
	rcu_read_lock();
	choose_source(cd, &cd->src6);
	rcu_read_unlock();
	put_header(skb, CARP_IPPROTO, sizeof(struct carp_header), &cd->src6,
		   &group6);
	if (carp_put_advert(cd, skb, bowout, variant))
		return NULL;
	ipv6_eth_mc_map(&group6, dest);
	carp_frame_finish(cd, skb, dest, htons(ETH_P_IPV6));
	return skb;
}

static bool is_router(const struct net_device *dev)
{
	const struct inet6_dev *idev = __in6_dev_get(dev);

	return idev && READ_ONCE(idev->cnf.forwarding);
}

/* To all nodes, from the address itself (RFC 4861, 4.4 and 7.2.6). */
static void put_announcement(struct sk_buff *skb, const struct net_device *dev,
			     const struct in6_addr *addr)
{
	struct {
		struct nd_msg	msg;
		u8		type;
		u8		len;
		u8		mac[ETH_ALEN];
	} __packed *na;

	put_header(skb, IPPROTO_ICMPV6, sizeof(*na), addr,
		   &in6addr_linklocal_allnodes);
	na = skb_put_zero(skb, sizeof(*na));
	na->msg.icmph.icmp6_type = NDISC_NEIGHBOUR_ADVERTISEMENT;
	na->msg.icmph.icmp6_override = 1;
	na->msg.icmph.icmp6_router = is_router(dev);
	na->msg.target = *addr;
	na->type = ND_OPT_TARGET_LL_ADDR;
	na->len = 1;
	ether_addr_copy(na->mac, dev->dev_addr);
	na->msg.icmph.icmp6_cksum =
		csum_ipv6_magic(addr, &in6addr_linklocal_allnodes, sizeof(*na),
				IPPROTO_ICMPV6,
				csum_partial(na, sizeof(*na), 0));
}

static void send_announcement(struct carp_dev *cd, const struct in6_addr *addr,
			      const u8 *dest)
{
	struct sk_buff *skb;

	skb = carp_frame_alloc(cd, sizeof(struct ipv6hdr) +
				   sizeof(struct nd_msg) + 8);
	if (!skb)
		return;
	rcu_read_lock();
	put_announcement(skb, cd->dev, addr);
	rcu_read_unlock();
	carp_frame_finish(cd, skb, dest, htons(ETH_P_IPV6));
	carp_send(cd, skb);
}

/**
 * carp_announce6_one() - tell the segment where a virtual address is
 * @cd: interface
 * @addr: the address; nothing is said if it is not for all to learn that it is
 *	at our MAC
 *
 * Context: softirq or process; no carp_dev.lock held.
 */
void carp_announce6_one(struct carp_dev *cd, const struct in6_addr *addr)
{
	u8 dest[ETH_ALEN] __aligned(2);
	bool public;

	rcu_read_lock();
	public = carp_share_public(cd, addr);
	rcu_read_unlock();
	if (!public)
		return;
	ipv6_eth_mc_map(&in6addr_linklocal_allnodes, dest);
	send_announcement(cd, addr, dest);
}

/**
 * carp_defend6() - tell one host that a virtual address is taken
 * @cd: interface that shares the address
 * @addr: the address
 * @mac: host that claims it
 *
 * Context: softirq; no carp_dev.lock held.
 */
void carp_defend6(struct carp_dev *cd, const struct in6_addr *addr,
		  const u8 *mac)
{
	send_announcement(cd, addr, mac);
}

/**
 * carp_announce6() - tell the segment where the virtual addresses are now
 * @cd: interface
 * @generation: as in carp_announce()
 *
 * Context: softirq or process; no carp_dev.lock held.
 */
void carp_announce6(struct carp_dev *cd, u32 generation)
{
	const struct inet6_ifaddr *ifa;

	rcu_read_lock();
	carp_addr6_for_each(ifa, cd->dev)
		if (READ_ONCE(cd->generation) == generation)
			carp_announce6_one(cd, &ifa->addr);
	rcu_read_unlock();
}
