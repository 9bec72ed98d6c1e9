// SPDX-License-Identifier: GPL-2.0
/*
 * Routes to the virtual addresses.
 *
 * Linux treats an address of any of its interfaces as its own.  On a host that
 * is not MASTER, packets to a virtual address must leave for the MASTER
 * instead, and no route through our interface leads anywhere.  Deleting
 * addresses or routes would need RTNL at the moment of a takeover, and would
 * tear down what users have built on them.  So all nexthops through our
 * interface are marked RTNH_F_LINKDOWN for good, and what is switched is
 * whether the interface ignores such routes: one store, from softirq.
 *
 * Each route is marked when it is made: carp_fib.c hears of it.  Only when a
 * prefix had routes before, and the new one is not the first of them, nothing
 * is heard; then carp_route_flag() finds it, which looks at all nexthops of the
 * interface.
 *
 * A route that prefers the address as source is refused unless the address is
 * RTN_LOCAL at that moment.  Therefore the local route of a new address is
 * marked last, by carp_route_added(), and no other address becomes local
 * meanwhile.  When an interface comes up the routes of all its addresses are
 * made anew; carp_route_open() makes all of them visible for that long.
 */
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>
#include <net/nexthop.h>
#include <net/route.h>

#include "carp_event.h"
#include "carp_route.h"

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
 * carp_route_unseen() - whether IPv4 routes were made or switched since
 *	carp_route_flag()
 * @cd: interface
 *
 * Context: any.
 */
bool carp_route_unseen(const struct carp_dev *cd)
{
	return rt_genid_ipv4(dev_net(cd->dev)) != READ_ONCE(cd->routes_seen);
}

/**
 * carp_route_check() - notice what nobody tells
 * @cd: interface
 *
 * That the administrator has every interface ignore marked routes; and that a
 * route was made which is not the first of its prefix.  Looked at with each
 * event of the election, of the latter at most once a second.
 *
 * Context: carp_dev.lock held.
 */
void carp_route_check(struct carp_dev *cd)
{
	if (unlikely(carp_route_all_ignored(cd) != READ_ONCE(cd->all_ignored)))
		carp_news_settle(cd);
	else if ((unlikely(carp_route_unseen(cd)) &&
		  time_after(jiffies, READ_ONCE(cd->routes_at) + HZ)) ||
		 unlikely(carp_route6_unseen(cd)))
		carp_news_look(cd);
}

/**
 * carp_route_setup() - settings that our interface needs to work with the
 *	defaults of everything else
 * @dev: a CARP interface that has just got its IPv4 state
 *
 * arp_evict_nocarrier: neighbours are kept, or the first packets of the next
 * mastership would have to wait for them.
 * promote_secondaries: the addresses of a subnet must not go with the first of
 * them, should one be secondary: see carp_route_adding().
 *
 * Context: RTNL.
 */
void carp_route_setup(struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);

	if (!in_dev)
		return;
	IN_DEV_CONF_SET(in_dev, PROMOTE_SECONDARIES, 1);
	IN_DEV_CONF_SET(in_dev, ARP_EVICT_NOCARRIER, 0);
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
 * Whether the routes must carry the mark.  Always, unless the administrator
 * has every interface ignore such routes: then the mark itself has to follow
 * the state, which takes RTNL and comes a little later.
 */
static bool wants_flag(const struct carp_dev *cd)
{
	return !carp_route_all_ignored(cd) || !carp_serving(cd);
}

/* Whether it was marked otherwise. */
static bool mark(struct fib_nh_common *nhc, bool flag)
{
	unsigned char flags = nhc->nhc_flags & ~RTNH_F_LINKDOWN;

	if (flag)
		flags |= RTNH_F_LINKDOWN;
	if (flags == nhc->nhc_flags)
		return false;
	WRITE_ONCE(nhc->nhc_flags, flags);
	return true;
}

/* One of our interfaces, or NULL. */
static struct carp_dev *carp_of(const struct fib_nh_common *nhc)
{
	struct net_device *dev = nhc->nhc_dev;

	return dev && carp_is_dev(dev) ? carp_priv(dev) : NULL;
}

static bool in_force(const struct fib_nh *nh)
{
	return !(nh->fib_nh_flags & RTNH_F_DEAD ||
		 (nh->fib_nh_flags & RTNH_F_LINKDOWN &&
		  ip_ignore_linkdown(nh->fib_nh_dev)));
}

/*
 * Divide the traffic of a multipath route among its paths that are in force, as
 * the kernel's fib_rebalance() does, which is not exported.  A transition in the
 * midst of it is followed by another look.  Tells whether anything has changed.
 */
static bool balance(struct fib_info *fi)
{
	int n = fi->nh ? 0 : fi->fib_nhs;
	u64 total = 0, sum = 0;
	bool changed = false;
	struct fib_nh *nh;

	if (n < 2)
		return false;
	rcu_read_lock();
	for (nh = fi->fib_nh; nh < fi->fib_nh + n; nh++)
		if (in_force(nh))
			total += nh->fib_nh_weight;
	for (nh = fi->fib_nh; nh < fi->fib_nh + n; nh++) {
		int bound = -1;

		if (total && in_force(nh)) {
			sum = min(sum + nh->fib_nh_weight, total);
			bound = DIV64_U64_ROUND_CLOSEST(sum << 31, total) - 1;
		}
		if (atomic_read(&nh->fib_nh_upper_bound) != bound) {
			atomic_set(&nh->fib_nh_upper_bound, bound);
			changed = true;
		}
	}
	rcu_read_unlock();
	return changed;
}

/**
 * carp_route_made() - an IPv4 route was made, by whatever device
 * @fi: its nexthops
 * @type: RTN_LOCAL and so on
 *
 * Context: RTNL, must not sleep.
 */
void carp_route_made(struct fib_info *fi, u8 type)
{
	bool ours = false;
	int i;

	for (i = 0; i < fib_info_num_path(fi); i++) {
		struct fib_nh_common *nhc = fib_info_nhc(fi, i);
		struct carp_dev *cd = carp_of(nhc);

		if (!cd || (type == RTN_LOCAL && cd->adding))
			continue;
		mark(nhc, wants_flag(cd));
		ours = true;
	}
	if (!ours)
		return;
	balance(fi);
	rt_genid_bump_ipv4(fi->fib_net);
}

/**
 * carp_route_revived() - the routing code has taken a mark away
 * @nh: nexthop by whatever device
 *
 * It takes it for what it usually is: a link that is back.
 *
 * Context: RTNL, must not sleep.
 */
void carp_route_revived(struct fib_nh *nh)
{
	struct carp_dev *cd = carp_of(&nh->nh_common);

	if (cd)
		mark(&nh->nh_common, wants_flag(cd));
}

/*
 * A route through our interface to an address, in a table of that interface.
 * The output interface is part of the question, so that the answer does not
 * depend on metrics; rules are not asked.  RTNL; may sleep.
 */
static struct fib_nh *route_to(struct net_device *dev, u32 table, __be32 addr)
{
	struct flowi4 fl4 = {
		.daddr = addr,
		.flowi4_oif = dev->ifindex,
	};
	struct fib_nh *nh = NULL;
	struct fib_table *tb;
	struct fib_result res;

	/* The only exported way to a table makes one that is not there. */
	tb = fib_new_table(dev_net(dev), l3mdev_fib_table(dev) ?: table);
	if (!tb)
		return NULL;
	rcu_read_lock();
	if (!fib_table_lookup(tb, &fl4, &res, FIB_LOOKUP_NOREF |
			      FIB_LOOKUP_IGNORE_LINKSTATE) &&
	    res.nhc && res.nhc->nhc_dev == dev && !res.fi->nh)
		nh = container_of(res.nhc, struct fib_nh, nh_common);
	rcu_read_unlock();
	return nh;
}

/* All nexthops of a device, and with older kernels those of others. */
static struct hlist_head *nexthops(const struct carp_dev *cd)
{
#ifdef CARP_HAVE_DEV_NEXTHOPS
	return &cd->dev->fib_nh_head;
#else
	return cd->nexthops;
#endif
}

#ifndef CARP_HAVE_DEV_NEXTHOPS
/* The heads are in the kernel's own static data, and no nexthop is. */
static bool is_head(const void *p)
{
	return (unsigned long)p < PAGE_OFFSET ||
	       (unsigned long)p >= (unsigned long)high_memory ||
	       PageReserved(virt_to_page(p));
}
#endif

/*
 * Older kernels keep the nexthops of all devices in a hash table of their own.
 * From the local route of an address the way back leads to the head of its chain,
 * which RTNL protects.
 */
static void find_nexthops(struct carp_dev *cd, const struct in_ifaddr *ifa)
{
#ifndef CARP_HAVE_DEV_NEXTHOPS
	struct hlist_node **pprev;
	struct fib_nh *nh;

	if (cd->nexthops)
		return;
	nh = route_to(cd->dev, RT_TABLE_LOCAL, ifa->ifa_local);
	if (!nh)
		return;
	pprev = nh->nh_hash.pprev;
	while (!is_head(pprev))
		pprev = container_of(pprev, struct hlist_node, next)->pprev;
	cd->nexthops = container_of(pprev, struct hlist_head, first);
#endif
}

/* What nexthop objects lead to; the kernel does not touch their marks. */
static bool flag_objects(struct carp_dev *cd, bool flag)
{
	struct rb_node *node;
	bool changed = false;

	for (node = rb_first(&dev_net(cd->dev)->nexthop.rb_root); node;
	     node = rb_next(node)) {
		struct nexthop *nh = rb_entry(node, struct nexthop, rb_node);
		struct nh_info *nhi;

		if (nh->is_group)
			continue;
		nhi = rtnl_dereference(nh->nh_info);
		/* The setting for all is one of IPv4. */
		if (nhi->fib_nhc.nhc_dev == cd->dev)
			changed |= mark(&nhi->fib_nhc,
					flag || nhi->family == AF_INET6);
	}
	return changed;
}

static bool flag_all(struct carp_dev *cd, bool flag)
{
	const struct hlist_head *head = nexthops(cd);
	bool changed = flag_objects(cd, flag);
	struct fib_nh *nh;

	if (head)
		hlist_for_each_entry(nh, head, nh_hash)
			if (nh->fib_nh_dev == cd->dev)
				changed |= mark(&nh->nh_common, flag);
	return changed;
}

static bool balance_all(struct carp_dev *cd)
{
	const struct hlist_head *head = nexthops(cd);
	bool changed = false;
	struct fib_nh *nh;

	if (head)
		hlist_for_each_entry(nh, head, nh_hash)
			if (nh->fib_nh_dev == cd->dev)
				changed |= balance(nh->nh_parent);
	return changed;
}

/**
 * carp_route_adding() - before the routing code makes the routes of an address
 * @cd: interface
 * @ifa: the address
 *
 * A secondary address has no connected route, and its local one says so and
 * that of the primary: when that one goes, the routing code makes the others' routes
 * anew, behind the last notifier.  Of ours none is secondary: each has its own routes,
 * and they go with it.
 *
 * While the host is not MASTER, the interface seems to have no link meanwhile.
 * That is how the routing code marks by itself what it makes, but for the
 * local route, and it leaves the marks of all other routes alone, which it takes
 * away else whenever an address is added.
 *
 * Context: RTNL; carp_route_added() must follow.
 */
void carp_route_adding(struct carp_dev *cd, struct in_ifaddr *ifa)
{
	struct net_device *dev = cd->dev;
	struct fib_nh *nh;

	ASSERT_RTNL();
	WRITE_ONCE(ifa->ifa_flags, ifa->ifa_flags & ~IFA_F_SECONDARY);
	cd->adding = true;
	/* It may have been given with another prefix before. */
	nh = route_to(dev, RT_TABLE_LOCAL, ifa->ifa_local);
	if (nh && nh->nh_parent->fib_type == RTN_LOCAL &&
	    nh->nh_parent->fib_prefsrc == ifa->ifa_local)
		mark(&nh->nh_common, false);
	if (carp_serving(cd))
		return;
	if (netif_oper_up(dev))
		WRITE_ONCE(dev->operstate, IF_OPER_DORMANT);
	cd->hushed = !test_and_set_bit(__LINK_STATE_NOCARRIER, &dev->state);
}

/**
 * carp_route_added() - the routing code has made the routes of an address
 * @cd: interface
 * @ifa: the address
 *
 * Context: RTNL.
 */
void carp_route_added(struct carp_dev *cd, const struct in_ifaddr *ifa)
{
	if (cd->hushed) {
		clear_bit(__LINK_STATE_NOCARRIER, &cd->dev->state);
		/* Has the operstate put right. */
		linkwatch_fire_event(cd->dev);
	}
	cd->hushed = false;
	cd->adding = false;
	find_nexthops(cd, ifa);
	carp_route_flag(cd);
}

/**
 * carp_route_flag() - have all routes through an interface marked as they must be
 * @cd: interface
 *
 * Context: RTNL.
 */
void carp_route_flag(struct carp_dev *cd)
{
	struct in_device *in_dev = __in_dev_get_rtnl(cd->dev);
	bool changed;

	ASSERT_RTNL();
	WRITE_ONCE(cd->all_ignored, carp_route_all_ignored(cd));
	WRITE_ONCE(cd->routes_at, jiffies);
	if (!in_dev)
		return;
	changed = flag_all(cd, wants_flag(cd));

	spin_lock_bh(&cd->lock);
	changed |= cd->routes_open ||
		   !!IN_DEV_CONF_GET(in_dev, IGNORE_ROUTES_WITH_LINKDOWN) ==
		   carp_serving(cd);
	cd->routes_open = false;
	set_ignored(in_dev, !carp_serving(cd));
	spin_unlock_bh(&cd->lock);
	changed |= balance_all(cd);
	/* All interfaces of the namespace notice it, and must not do so in turn. */
	if (changed)
		rt_genid_bump_ipv4(dev_net(cd->dev));
	WRITE_ONCE(cd->routes_seen, rt_genid_ipv4(dev_net(cd->dev)));
}
