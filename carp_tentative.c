// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 addresses of ours can be used while they are served, and are tentative
 * otherwise.
 *
 * The stack sends RTM_NEWADDR when an address is no longer tentative.  Routing
 * daemons wait for it: FRR ignores a tentative address.  Here the flag follows the
 * election, and the message is sent when the transition was reported.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/netlink.h>

#include "carp_vip.h"

/**
 * carp_tentative_new() - an address is given to an interface of ours
 * @ifa: the address
 *
 * What an address of many hosts needs: it is usable at once, without duplicate
 * address detection; its connected route loses to any other; and it is not chosen
 * as the source of other traffic ("deprecated").  "ip addr change" or "replace"
 * without "preferred_lft 0" undoes that without a notification.
 *
 * Context: RTNL.
 */
void carp_tentative_new(struct inet6_ifaddr *ifa)
{
	u32 flags;

	spin_lock_bh(&ifa->lock);
	flags = ifa->flags | IFA_F_NODAD;
	flags &= ~(IFA_F_TENTATIVE | IFA_F_OPTIMISTIC);
	if (!(ipv6_addr_type(&ifa->addr) & IPV6_ADDR_LINKLOCAL)) {
		flags |= IFA_F_DEPRECATED;
		ifa->prefered_lft = 0;
	}
	if (!ifa->rt_priority)
		ifa->rt_priority = CARP_VIP_METRIC;
	WRITE_ONCE(ifa->flags, flags);
	spin_unlock_bh(&ifa->lock);
}

/**
 * carp_tentative_serve() - have the addresses used, or not
 * @cd: interface
 *
 * Of all sources IPv6 prefers for a packet to a virtual address that address
 * itself (RFC 6724, rule 1), and a host that is not MASTER must not send from
 * it.  A tentative address is not chosen, nor can a program bind to it, which
 * is how it is with IPv4.  IPv6 clears the flag after an address was added or the
 * interface came up; it is set again at the next event.  Nor is the address taken
 * for a duplicate when IPv6 looks at what came in before.
 *
 * Context: carp_dev.lock held.
 */
void carp_tentative_serve(struct carp_dev *cd)
{
	bool serving = carp_serving(cd);
	struct inet6_ifaddr *ifa;

	rcu_read_lock();
	carp_addr6_for_each(ifa, cd->dev) {
		if (serving == !(READ_ONCE(ifa->flags) & IFA_F_TENTATIVE))
			continue;
		spin_lock_bh(&ifa->lock);
		if (serving)
			WRITE_ONCE(ifa->flags, ifa->flags & ~IFA_F_TENTATIVE);
		else
			WRITE_ONCE(ifa->flags, ifa->flags | IFA_F_TENTATIVE);
		if (ifa->state == INET6_IFADDR_STATE_DAD)
			WRITE_ONCE(ifa->state, INET6_IFADDR_STATE_POSTDAD);
		spin_unlock_bh(&ifa->lock);
	}
	rcu_read_unlock();
}

/**
 * carp_tentative_awake() - the interface comes up, with the addresses it has kept
 * @dev: our interface
 *
 * "ip addr change" may have cleared IFA_F_NODAD.
 *
 * Context: RTNL, before IPv6 hears of it.
 */
void carp_tentative_awake(const struct net_device *dev)
{
	struct inet6_ifaddr *ifa;

	rcu_read_lock();
	carp_addr6_for_each(ifa, dev) {
		spin_lock_bh(&ifa->lock);
		WRITE_ONCE(ifa->flags, ifa->flags | IFA_F_NODAD);
		spin_unlock_bh(&ifa->lock);
	}
	rcu_read_unlock();
}

/* In hundredths of a second since boot. */
static u32 stamp_of(unsigned long at)
{
	return (u32)((at - INITIAL_JIFFIES) * 100 / HZ);
}

/* Lifetimes count from ifa->tstamp on. */
static u32 left_of(u32 lifetime, unsigned long since)
{
	unsigned long passed = (jiffies - since) / HZ;

	if (lifetime == INFINITY_LIFE_TIME)
		return lifetime;
	return lifetime > passed ? lifetime - passed : 0;
}

static int put_lifetimes(struct sk_buff *skb, const struct inet6_ifaddr *ifa)
{
	unsigned long since = READ_ONCE(ifa->tstamp);
	struct ifa_cacheinfo info = {
		.ifa_prefered = left_of(READ_ONCE(ifa->prefered_lft), since),
		.ifa_valid = left_of(READ_ONCE(ifa->valid_lft), since),
		.cstamp = stamp_of(ifa->cstamp),
		.tstamp = stamp_of(since),
	};

	return nla_put(skb, IFA_CACHEINFO, sizeof(info), &info);
}

static int put_addresses(struct sk_buff *skb, const struct inet6_ifaddr *ifa)
{
	if (ipv6_addr_any(&ifa->peer_addr))
		return nla_put_in6_addr(skb, IFA_ADDRESS, &ifa->addr);
	return nla_put_in6_addr(skb, IFA_LOCAL, &ifa->addr) ?:
	       nla_put_in6_addr(skb, IFA_ADDRESS, &ifa->peer_addr);
}

/* As the kernel's inet6_fill_ifaddr(), which is not exported. */
static int fill(struct sk_buff *skb, const struct inet6_ifaddr *ifa)
{
	u32 priority = READ_ONCE(ifa->rt_priority);
	u32 flags = READ_ONCE(ifa->flags);
	u8 proto = READ_ONCE(ifa->ifa_proto);
	struct ifaddrmsg *msg;
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(skb, 0, 0, RTM_NEWADDR, sizeof(*msg), 0);
	if (!nlh)
		return -EMSGSIZE;
	msg = nlmsg_data(nlh);
	msg->ifa_family = AF_INET6;
	msg->ifa_prefixlen = ifa->prefix_len;
	msg->ifa_flags = flags;
	msg->ifa_scope = ifa->scope & IFA_LINK ? RT_SCOPE_LINK :
			 ifa->scope & IFA_SITE ? RT_SCOPE_SITE :
						 RT_SCOPE_UNIVERSE;
	msg->ifa_index = ifa->idev->dev->ifindex;
	if (put_addresses(skb, ifa) || put_lifetimes(skb, ifa) ||
	    (priority && nla_put_u32(skb, IFA_RT_PRIORITY, priority)) ||
	    (proto && nla_put_u8(skb, IFA_PROTO, proto)) ||
	    nla_put_u32(skb, IFA_FLAGS, flags))
		return -EMSGSIZE;
	nlmsg_end(skb, nlh);
	return 0;
}

static int send_one(struct net *net, const struct inet6_ifaddr *ifa)
{
	struct sk_buff *skb = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	int err;

	if (!skb)
		return -ENOBUFS;
	err = fill(skb, ifa);
	if (err)
		kfree_skb(skb);
	else
		rtnl_notify(skb, net, 0, RTNLGRP_IPV6_IFADDR, NULL, GFP_ATOMIC);
	return err;
}

/**
 * carp_tentative_tell() - tell whether the IPv6 addresses of an interface are tentative
 * @cd: interface
 *
 * If there is no memory, listeners get ENOBUFS.
 *
 * Context: RTNL.
 */
void carp_tentative_tell(struct carp_dev *cd)
{
	struct net *net = dev_net(cd->dev);
	const struct inet6_ifaddr *ifa;
	int err = 0;

	ASSERT_RTNL();
	rcu_read_lock();
	carp_addr6_for_each(ifa, cd->dev)
		err = send_one(net, ifa) ?: err;
	rcu_read_unlock();
	if (err)
		rtnl_set_sk_err(net, RTNLGRP_IPV6_IFADDR, err);
}
