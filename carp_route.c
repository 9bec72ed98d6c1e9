// SPDX-License-Identifier: GPL-2.0
/*
 * Routes to the virtual addresses.
 *
 * Linux treats an address of any of its interfaces as its own.  On a host that
 * is not MASTER, packets to a virtual address must leave for the MASTER
 * instead.  Deleting address or routes would need RTNL at the moment of a
 * takeover, and would tear down what users have built on them.  So the
 * nexthops that lead to a virtual address through our interface are marked
 * RTNH_F_LINKDOWN for good, and what is switched is whether the interface
 * ignores such routes: one store, from softirq.
 *
 * While they are ignored the address is not RTN_LOCAL, and the routing code
 * would refuse to create routes that prefer it as source.  Therefore
 * carp_route_open() makes them visible before the routing code handles an
 * event, and carp_route_flag() marks what it has made, and hides it again.
 */
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "carp_priv.h"

/* What rp_filter may be, besides 0 */
enum {
	STRICT	= 1,
	LOOSE	= 2,
};

static void set_ignored(struct in_device *in_dev, bool ignored)
{
	IN_DEV_CONF_SET(in_dev, IGNORE_ROUTES_WITH_LINKDOWN, ignored);
}

/**
 * carp_route_all_ignored() - whether every interface ignores marked routes
 * @cd: interface
 *
 * Context: any.
 */
bool carp_route_all_ignored(const struct carp_dev *cd)
{
	return READ_ONCE(IPV4_DEVCONF_ALL(dev_net(cd->dev),
					  IGNORE_ROUTES_WITH_LINKDOWN));
}

/**
 * carp_route_check() - notice that the administrator has changed that
 * @cd: interface
 *
 * Nobody is told of it, so it is looked at with each advertisement.
 *
 * Context: carp_dev.lock held.
 */
void carp_route_check(struct carp_dev *cd)
{
	if (unlikely(carp_route_all_ignored(cd) != READ_ONCE(cd->all_ignored)))
		carp_news_settle(cd);
}

/**
 * carp_route_follow_filter() - receive what a strict rp_filter would not let in
 * @dev: our interface, which a packet has come to
 *
 * The strictest of what is set for all interfaces and for ours counts.  It can
 * be made loose here, but without one there are two lookups less for each
 * packet.  Nobody is told when it is set for all, so it is looked at where it
 * matters.
 *
 * Context: RCU read side.
 */
void carp_route_follow_filter(struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);

	if (in_dev && unlikely(IN_DEV_RPFILTER(in_dev) == STRICT))
		IN_DEV_CONF_SET(in_dev, RP_FILTER, LOOSE);
}

/**
 * carp_route_setup() - settings that our interface needs to work with the
 *	defaults of everything else
 * @dev: a CARP interface that has just got its IPv4 state
 *
 * accept_local and rp_filter: a host that is not MASTER receives the
 * MASTER's packets from an address that is its own, and clients may come by
 * another way than packets to them go; see carp_route_follow_filter().
 * promote_secondaries: the addresses of a subnet must not go with the first of
 * them.  arp_filter: packets to whoever asks leave by the carrier; if it is set
 * for all, carp_handle_frame() answers.
 *
 * Context: RTNL.
 */
void carp_route_setup(struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);

	if (!in_dev)
		return;
	if (IN_DEV_RPFILTER(in_dev) == STRICT)
		IN_DEV_CONF_SET(in_dev, RP_FILTER, LOOSE);
	IN_DEV_CONF_SET(in_dev, ACCEPT_LOCAL, 1);
	IN_DEV_CONF_SET(in_dev, PROMOTE_SECONDARIES, 1);
	IN_DEV_CONF_SET(in_dev, ARPFILTER, 0);
	set_ignored(in_dev, true);
}

/**
 * carp_route_serve() - routes follow carp_dev.serving
 * @cd: interface
 *
 * Context: carp_dev.lock held, softirq or process.
 */
void carp_route_serve(struct carp_dev *cd)
{
	struct in_device *in_dev;

	lockdep_assert_held(&cd->lock);
	rcu_read_lock();
	in_dev = __in_dev_get_rcu(cd->dev);
	/* Not in the middle of an event: carp_route_flag() comes after it. */
	if (in_dev && !cd->routes_open) {
		set_ignored(in_dev, !carp_serving(cd));
		rt_genid_bump_ipv4(dev_net(cd->dev));
	}
	rcu_read_unlock();
}

/**
 * carp_route_open() - before the routing code makes or removes routes of ours
 * @cd: interface
 *
 * Context: RTNL; carp_route_flag() must follow.
 */
void carp_route_open(struct carp_dev *cd)
{
	struct in_device *in_dev = __in_dev_get_rtnl(cd->dev);

	ASSERT_RTNL();
	spin_lock_bh(&cd->lock);
	cd->routes_open = true;
	if (in_dev)
		set_ignored(in_dev, false);
	spin_unlock_bh(&cd->lock);
}

/*
 * Mark the route to an address through our interface.  The output interface
 * is part of the question, so that the answer does not depend on metrics, nor
 * on what is ignored at the moment.
 */
static void flag_route(struct net_device *dev, __be32 addr, bool flag)
{
	struct flowi4 fl4 = {
		.daddr = addr,
		.flowi4_oif = dev->ifindex,
		.flowi4_l3mdev = l3mdev_master_ifindex_rcu(dev),
	};
	struct fib_result res;

	if (fib_lookup(dev_net(dev), &fl4, &res,
		       FIB_LOOKUP_NOREF | FIB_LOOKUP_IGNORE_LINKSTATE) ||
	    !res.nhc || res.nhc->nhc_dev != dev)
		return;
	if (flag)
		res.nhc->nhc_flags |= RTNH_F_LINKDOWN;
	else
		res.nhc->nhc_flags &= ~RTNH_F_LINKDOWN;
}

/*
 * Whether the routes must carry the mark.  Always, unless the administrator
 * has every interface ignore such routes: then the mark itself has to follow
 * the state, which takes RTNL and comes a little later.
 */
static bool wants_flag(const struct carp_dev *cd)
{
	return !carp_route_all_ignored(cd) || !carp_serving(cd);
}

/**
 * carp_route_flag() - after the routing code has handled an event of ours
 * @cd: interface
 *
 * Context: RTNL.
 */
void carp_route_flag(struct carp_dev *cd)
{
	struct in_device *in_dev = __in_dev_get_rtnl(cd->dev);
	bool flag = wants_flag(cd);
	struct in_ifaddr *ifa;

	ASSERT_RTNL();
	WRITE_ONCE(cd->all_ignored, carp_route_all_ignored(cd));
	if (!in_dev)
		return;

	/* The local route, the connected one, and that to the broadcast. */
	rcu_read_lock();
	in_dev_for_each_ifa_rtnl(ifa, in_dev) {
		flag_route(cd->dev, ifa->ifa_local, flag);
		flag_route(cd->dev, ifa->ifa_address & ifa->ifa_mask, flag);
		flag_route(cd->dev, ifa->ifa_address | ~ifa->ifa_mask, flag);
	}
	rcu_read_unlock();

	spin_lock_bh(&cd->lock);
	cd->routes_open = false;
	set_ignored(in_dev, !carp_serving(cd));
	spin_unlock_bh(&cd->lock);
	rt_genid_bump_ipv4(dev_net(cd->dev));
}
