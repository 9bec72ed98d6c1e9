// SPDX-License-Identifier: GPL-2.0
/*
 * Advertisements to IPv6 peers instead of to the group; what is said in
 * carp_unicast.c holds here too.
 */
#include <linux/ipv6.h>
#include <linux/pkt_sched.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/xfrm.h>

#include "carp_output.h"
#include "carp_vip.h"

static bool is_own(const struct carp_dev *cd, const struct in6_addr *addr)
{
	return !carp_vip_find(dev_net(cd->dev), addr, cd->port) &&
	       ipv6_chk_addr(dev_net(cd->dev), addr, cd->lowerdev, 1);
}

/* In a VRF it is that of the VRF, and not the loopback device. */
static bool is_for_us(const struct dst_entry *dst)
{
	const struct rt6_info *rt = container_of(dst, struct rt6_info, dst);

	return rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST);
}

/* A link-local peer is one on the lower device. */
static struct dst_entry *route_to(const struct carp_dev *cd,
				  const struct in6_addr *daddr,
				  const struct in6_addr *other,
				  struct in6_addr *saddr)
{
	struct net *net = dev_net(cd->dev);
	struct flowi6 fl6 = {
		.daddr = *daddr,
		.flowi6_oif = cd->lowerdev->ifindex,
		.flowi6_proto = CARP_IPPROTO,
	};
	struct dst_entry *dst;

	dst = ip6_route_output(net, NULL, &fl6);
	if (dst->error || is_for_us(dst))
		goto err_put;
	/* Not a temporary one, by which the other side cannot know us. */
	if (ipv6_dev_get_saddr(net, cd->lowerdev, daddr, IPV6_PREFER_SRC_PUBLIC,
			       saddr) ||
	    !is_own(cd, saddr))
		*saddr = *other;
	if (ipv6_addr_any(saddr))
		goto err_put;
	fl6.saddr = *saddr;
	return xfrm_lookup(net, dst, flowi6_to_flowi(&fl6), NULL, 0);

err_put:
	dst_release(dst);
	return ERR_PTR(-EADDRNOTAVAIL);
}

static int send_to(struct carp_dev *cd, const struct sk_buff *frame,
		   const struct in6_addr *daddr)
{
	struct net *net = dev_net(cd->dev);
	struct in6_addr saddr, other;
	struct dst_entry *dst;
	struct sk_buff *skb;
	int err;

	other = ((const struct ipv6hdr *)(frame->data + ETH_HLEN))->saddr;
	dst = route_to(cd, daddr, &other, &saddr);
	if (IS_ERR(dst))
		return PTR_ERR(dst);
	skb = skb_copy(frame, GFP_ATOMIC);
	if (!skb) {
		dst_release(dst);
		return -ENOMEM;
	}
	__skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, sizeof(struct ipv6hdr));
	ipv6_hdr(skb)->saddr = saddr;
	ipv6_hdr(skb)->daddr = *daddr;
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	skb->priority = TC_PRIO_CONTROL;
	skb_dst_set(skb, dst);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	err = ip6_local_out(net, NULL, skb);
	return net_xmit_eval(err);
}

/**
 * carp_unicast_send6() - send an advertisement to each IPv6 peer
 * @cd: interface
 * @u: its peers
 * @frame: complete frame to the group
 *
 * Context: RCU read side, BH disabled; no carp_dev.lock held.
 * Return: 0 if anybody was sent one, or an error; both are counted.
 */
int carp_unicast_send6(struct carp_dev *cd, const struct carp_unicast *u,
		       const struct sk_buff *frame)
{
	unsigned int i, sent = 0;
	int err = 0;

	for (i = 0; i < u->n6; i++) {
		err = send_to(cd, frame, &u->addr6[i]);
		if (err)
			carp_count(cd, err == -ENOMEM ? CARP_STAT_ONOMEM :
							CARP_STAT_OERRORS);
		else
			sent++;
	}
	atomic_long_add(sent, &cd->stats[CARP_STAT_OPACKETS6]);
	return sent ? 0 : err;
}

/**
 * carp_unicast_resolve6() - ask for the MAC of an IPv6 peer
 * @cd: interface
 * @daddr: the peer
 *
 * Context: RCU read side, BH disabled; no carp_dev.lock held.
 */
void carp_unicast_resolve6(const struct carp_dev *cd,
			   const struct in6_addr *daddr)
{
	struct in6_addr saddr, other = in6addr_loopback;
	struct dst_entry *dst;
	struct neighbour *n;

	dst = route_to(cd, daddr, &other, &saddr);
	if (IS_ERR(dst))
		return;
	n = dst_neigh_lookup(dst, daddr);
	if (!IS_ERR_OR_NULL(n)) {
		neigh_event_send(n, NULL);
		neigh_release(n);
	}
	dst_release(dst);
}

static int bad_attr(struct netlink_ext_ack *extack, const struct nlattr *attr)
{
	NL_SET_BAD_ATTR(extack, attr);
	return -EINVAL;
}

/* By its value alone; what it is to this host is looked at later. */
static const char *fault(const struct in6_addr *addr)
{
	int type = ipv6_addr_type(addr);

	if (type == IPV6_ADDR_ANY)
		return "carp: :: is no host; give the address of a peer";
	if (type & IPV6_ADDR_LOOPBACK)
		return "carp: the loopback address is this host; give the address of a peer";
	if (type & IPV6_ADDR_MULTICAST)
		return "carp: a group is no peer; give addresses of hosts, or none to advertise to ff02::12";
	if (type & IPV6_ADDR_MAPPED)
		return "carp: an IPv4 address in IPv6 clothes is never sent to; give it with: peer ADDRESS";
	return NULL;
}

static bool is_virtual(const struct net_device *lowerdev,
		       const struct in6_addr *addr)
{
	bool found;

	rcu_read_lock();
	found = carp_vip_lookup_l3(lowerdev, addr);
	rcu_read_unlock();
	return found;
}

static bool is_twice(const struct in6_addr *addr, unsigned int i)
{
	unsigned int k;

	for (k = 0; k < i; k++)
		if (ipv6_addr_equal(&addr[k], &addr[i]))
			return true;
	return false;
}

/**
 * carp_unicast_policy6() - IFLA_CARP_PEER6 by itself
 * @attr: the attribute
 * @extack: told what is wrong
 *
 * Return: 0 or an error.
 */
int carp_unicast_policy6(const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	const struct in6_addr *addr = nla_data(attr);
	unsigned int i, n = nla_len(attr) / sizeof(*addr);
	const char *what;

	if (nla_len(attr) % sizeof(*addr)) {
		NL_SET_ERR_MSG(extack,
			       "carp: IPv6 peers are addresses of sixteen bytes each");
		return bad_attr(extack, attr);
	}
	if (n > CARP_PEERS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "carp: more than 32 peers; make the group smaller, or give none to advertise to ff02::12");
		return bad_attr(extack, attr);
	}
	for (i = 0; i < n; i++) {
		what = fault(&addr[i]);
		if (!what && is_twice(addr, i))
			what = "carp: a peer is named twice; name each once";
		if (!what)
			continue;
		if (extack)
			extack->_msg = what;
		return bad_attr(extack, attr);
	}
	return 0;
}

/**
 * carp_unicast_check6() - whether the IPv6 peers of a request are other hosts
 * @lowerdev: of the interface
 * @attr: IFLA_CARP_PEER6, good by carp_unicast_policy6(), or NULL
 * @extack: told what is wrong
 *
 * Context: RTNL.
 * Return: 0 or -EINVAL.
 */
int carp_unicast_check6(const struct net_device *lowerdev,
			const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	unsigned int i, n = attr ? nla_len(attr) / sizeof(struct in6_addr) : 0;
	const struct in6_addr *addr = attr ? nla_data(attr) : NULL;
	struct net *net = dev_net(lowerdev);

	/* Without it there are no tables to look into. */
	if (n && !ipv6_mod_enabled()) {
		NL_SET_ERR_MSG(extack,
			       "carp: the kernel was booted with ipv6.disable=1; give IPv4 peers, or boot it without that");
		return bad_attr(extack, attr);
	}
	for (i = 0; i < n; i++) {
		if (is_virtual(lowerdev, &addr[i])) {
			NL_SET_ERR_MSG(extack,
				       "carp: a virtual address is no peer; give the peer's own address");
			return bad_attr(extack, attr);
		}
		/* One that is a duplicate is the other's. */
		if (ipv6_chk_addr_and_flags(net, &addr[i], lowerdev, false, 0,
					    IFA_F_DADFAILED)) {
			NL_SET_ERR_MSG(extack,
				       "carp: a peer is another host, and this address is this one's; give the other's");
			return bad_attr(extack, attr);
		}
	}
	return 0;
}
