// SPDX-License-Identifier: GPL-2.0
/*
 * Routes to the IPv6 virtual addresses.
 *
 * The idea is that of carp_route.c: the routes carry RTNH_F_LINKDOWN, and what
 * is switched is whether our interface ignores such routes.  IPv6 does not
 * look at routes when it is asked whether an address is its own, so nothing
 * has to be opened before an event.  What clears the mark, which is every
 * change of the interface, is followed by carp_route6_flag().
 *
 * net.ipv6.conf.all.ignore_routes_with_linkdown is not looked at by IPv6 but
 * written to all interfaces; carp_route6_serve() puts ours right again.
 */
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6_stubs.h>
#include <net/l3mdev.h>

#include "carp_priv.h"

/**
 * carp_route6_setup() - settings of our interface
 * @dev: a CARP interface that may have got new IPv6 state
 *
 * No address is made of the MAC that all hosts share, none is doubted, and
 * those given stay when the interface goes down, or hosts would not agree on
 * the list any more.  What leaves through the interface leaves from its
 * addresses: neighbours could not be asked for in the name of others.
 *
 * Context: RTNL.
 */
void carp_route6_setup(struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	struct carp_dev *cd = carp_priv(dev);

	if (idev == cd->idev)
		return;
	cd->idev = idev;
	if (!idev)
		return;
	idev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
	idev->cnf.accept_ra = 0;
	idev->cnf.autoconf = 0;
	idev->cnf.use_tempaddr = 0;
	idev->cnf.accept_dad = 0;
	idev->cnf.dad_transmits = 0;
	idev->cnf.keep_addr_on_down = 1;
	idev->cnf.use_oif_addrs_only = 1;
	WRITE_ONCE(idev->cnf.ignore_routes_with_linkdown, !carp_serving(cd));
}

static bool set_ignored(struct carp_dev *cd)
{
	struct inet6_dev *idev = __in6_dev_get(cd->dev);
	bool ignored = !carp_serving(cd);

	if (!idev || READ_ONCE(idev->cnf.ignore_routes_with_linkdown) == ignored)
		return false;
	WRITE_ONCE(idev->cnf.ignore_routes_with_linkdown, ignored);
	return true;
}

/* Sockets remember routes; a walk over all tables makes them look again. */
static void flush(struct carp_dev *cd)
{
	queue_work(carp_wq, &carp_pernet(dev_net(cd->dev))->flush6_work);
}

/**
 * carp_route6_serve() - the addresses are served from now on, or no longer
 * @cd: interface
 *
 * Also with each event of the election: nobody is told of what the administrator
 * sets for all interfaces.
 *
 * Context: carp_dev.lock held.
 */
void carp_route6_serve(struct carp_dev *cd)
{
	rcu_read_lock();
	if (set_ignored(cd))
		flush(cd);
	rcu_read_unlock();
}

static void mark(struct fib6_info *f6i, const struct net_device *dev)
{
	if (!f6i->nh && f6i->fib6_nh->fib_nh_dev == dev)
		f6i->fib6_nh->fib_nh_flags |= RTNH_F_LINKDOWN;
}

/**
 * carp_route6_mark() - mark the local route of an address
 * @ifa: an address of our interface; the route may not be in the FIB yet
 *
 * Context: RTNL.
 */
void carp_route6_mark(struct inet6_ifaddr *ifa)
{
	spin_lock_bh(&ifa->lock);
	if (ifa->rt)
		mark(ifa->rt, ifa->idev->dev);
	spin_unlock_bh(&ifa->lock);
}

/*
 * Mark the connected route of an address: one of the routes through our
 * interface from the best one upwards.
 */
static void mark_connected(struct net *net, struct net_device *dev,
			   const struct inet6_ifaddr *ifa)
{
	u32 id = l3mdev_fib_table_rcu(dev) ?: RT6_TABLE_PREFIX;
	struct flowi6 fl6 = {
		.daddr = ifa->addr,
		.flowi6_oif = dev->ifindex,
	};
	struct fib6_result res = {};
	struct fib6_table *table;
	struct fib6_node *fn;
	struct fib6_info *f6i;

	table = ipv6_stub->fib6_get_table(net, id);
	if (!table ||
	    ipv6_stub->fib6_table_lookup(net, table, dev->ifindex, &fl6, &res,
					 RT6_LOOKUP_F_IFACE |
					 RT6_LOOKUP_F_IGNORE_LINKSTATE) ||
	    !res.f6i || res.f6i == net->ipv6.fib6_null_entry)
		return;
	for (fn = rcu_dereference(res.f6i->fib6_node); fn;
	     fn = rcu_dereference(fn->parent))
		for (f6i = rcu_dereference(fn->leaf); f6i;
		     f6i = rcu_dereference(f6i->fib6_next))
			if (f6i->fib6_dst.plen == ifa->prefix_len &&
			    f6i->fib6_protocol == RTPROT_KERNEL)
				mark(f6i, dev);
}

/**
 * carp_route6_flag() - after IPv6 has handled an event of ours
 * @cd: interface
 *
 * Context: RTNL.
 */
void carp_route6_flag(struct carp_dev *cd)
{
	struct inet6_ifaddr *ifa;

	ASSERT_RTNL();
	rcu_read_lock();
	carp_addr6_for_each(ifa, cd->dev) {
		carp_route6_mark(ifa);
		mark_connected(dev_net(cd->dev), cd->dev, ifa);
	}
	rcu_read_unlock();
	flush(cd);
}

static void flush6_work(struct work_struct *work)
{
	struct carp_net *cn = container_of(work, struct carp_net, flush6_work);

	rt_genid_bump_ipv6(cn->net);
}

/**
 * carp_route6_init() - nothing to flush yet
 * @cn: namespace
 */
void carp_route6_init(struct carp_net *cn)
{
	INIT_WORK(&cn->flush6_work, flush6_work);
}

/**
 * carp_route6_exit() - no more flushing
 * @cn: namespace without interfaces
 *
 * Context: may sleep.
 */
void carp_route6_exit(struct carp_net *cn)
{
	cancel_work_sync(&cn->flush6_work);
}
