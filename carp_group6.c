// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 multicast groups held on the lower device.
 *
 * ff02::12 is where advertisements go.  The solicited-node groups of the
 * virtual addresses are held in every state, also while our interface is down
 * or not MASTER and says nothing: a switch that snoops MLD would otherwise
 * learn only after a takeover where questions for the address have to go.
 *
 * Membership goes with the IPv6 state of the lower device, which comes and goes
 * with its MTU; a new one is noticed and joined.  What there is no memory for
 * is tried again every second.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>

#include "carp_addrset.h"
#include "carp_event.h"
#include "carp_route.h"
#include "carp_vip.h"

static const struct in6_addr group6 = CARP_GROUP6;

/**
 * struct group - a solicited-node group that is held
 * @node: in carp_dev.groups6
 * @addr: the virtual address, not the group: several may have one group, and
 *	IPv6 counts its users
 * @wanted: the address is still there
 */
struct group {
	struct list_head	node;
	struct in6_addr		addr;
	bool			wanted;
};

/**
 * carp_group6_join() - receive ff02::12 on the lower device
 * @port: lower device
 *
 * Context: RTNL, may sleep.
 */
void carp_group6_join(struct carp_port *port)
{
	struct inet6_dev *idev = __in6_dev_get(port->lowerdev);
	struct carp_dev *cd;

	if (idev != port->joined6) {
		port->joined6 = NULL;
		if (idev && !ipv6_dev_mc_inc(port->lowerdev, &group6))
			port->joined6 = idev;
		else if (idev)
			carp_news_retry(port->cn);
	}
	list_for_each_entry(cd, &port->devs, port_node)
		if (idev != cd->groups6_idev)
			carp_group6_sync(cd);
}

/**
 * carp_group6_leave() - undo carp_group6_join()
 * @port: lower device without interfaces
 *
 * Context: RTNL, may sleep.
 */
void carp_group6_leave(struct carp_port *port)
{
	struct inet6_dev *idev = __in6_dev_get(port->lowerdev);

	if (idev && idev == port->joined6)
		ipv6_dev_mc_dec(port->lowerdev, &group6);
	port->joined6 = NULL;
}

static void leave(struct carp_dev *cd, struct group *g, bool held)
{
	struct in6_addr group;

	addrconf_addr_solict_mult(&g->addr, &group);
	if (held)
		ipv6_dev_mc_dec(cd->lowerdev, &group);
	list_del(&g->node);
	kfree(g);
}

static void leave_unwanted(struct carp_dev *cd, bool held)
{
	struct group *g, *next;

	list_for_each_entry_safe(g, next, &cd->groups6, node)
		if (!g->wanted)
			leave(cd, g, held);
}

static void want_none(struct carp_dev *cd)
{
	struct group *g;

	list_for_each_entry(g, &cd->groups6, node)
		g->wanted = false;
}

static bool want(struct carp_dev *cd, const struct in6_addr *addr)
{
	struct in6_addr group;
	struct group *g;

	list_for_each_entry(g, &cd->groups6, node) {
		if (ipv6_addr_equal(&g->addr, addr)) {
			g->wanted = true;
			return true;
		}
	}
	g = kzalloc(sizeof(*g), GFP_KERNEL_ACCOUNT);
	if (!g)
		return false;
	addrconf_addr_solict_mult(addr, &group);
	if (ipv6_dev_mc_inc(cd->lowerdev, &group)) {
		kfree(g);
		return false;
	}
	g->addr = *addr;
	g->wanted = true;
	list_add_tail(&g->node, &cd->groups6);
	return true;
}

/* Joining may sleep, looking at the addresses must not. */
static unsigned int snapshot(const struct carp_dev *cd, struct in6_addr *addrs)
{
	const struct inet6_ifaddr *ifa;
	unsigned int n = 0;

	rcu_read_lock();
	carp_addr6_for_each(ifa, cd->dev)
		if (n < CARP_ADDRS_MAX)
			addrs[n++] = ifa->addr;
	rcu_read_unlock();
	return n;
}

/* Whether all are held. */
static bool want_all(struct carp_dev *cd)
{
	struct in6_addr *addrs;
	unsigned int i, n;
	bool all = true;

	addrs = kmalloc_array(CARP_ADDRS_MAX, sizeof(*addrs), GFP_KERNEL);
	if (!addrs)
		return false;
	n = snapshot(cd, addrs);
	for (i = 0; i < n; i++)
		if (!want(cd, &addrs[i]))
			all = false;
	kfree(addrs);
	leave_unwanted(cd, true);
	return all;
}

/**
 * carp_group6_sync() - hold the groups of the addresses that there are
 * @cd: interface
 *
 * Context: RTNL, may sleep.
 */
void carp_group6_sync(struct carp_dev *cd)
{
	struct inet6_dev *idev = __in6_dev_get(cd->lowerdev);

	ASSERT_RTNL();
	want_none(cd);
	if (idev != cd->groups6_idev)
		leave_unwanted(cd, false);
	cd->groups6_idev = idev;
	cd->groups6_stale = false;
	if (!idev || (list_empty(&cd->groups6) && !carp_vip6_count(cd->dev)))
		return;
	if (!want_all(cd)) {
		cd->groups6_stale = true;
		carp_news_retry(cd->port->cn);
	}
}

/**
 * carp_group6_retry() - join what there was no memory for
 * @cd: interface
 *
 * Context: RTNL, may sleep.
 */
void carp_group6_retry(struct carp_dev *cd)
{
	if (cd->groups6_stale)
		carp_group6_sync(cd);
}

/**
 * carp_group6_drop() - hold no groups any more
 * @cd: interface that leaves its lower device
 *
 * Context: RTNL, may sleep.
 */
void carp_group6_drop(struct carp_dev *cd)
{
	struct inet6_dev *idev = __in6_dev_get(cd->lowerdev);

	want_none(cd);
	leave_unwanted(cd, idev && idev == cd->groups6_idev);
}
