// SPDX-License-Identifier: GPL-2.0
/*
 * New routes, of both families.
 *
 * The FIB tells of a route that becomes the first of its prefix, in the moment in
 * which it is made or the one before it goes, and of IPv4 nexthops that it
 * takes for being back.  What to do about them is in carp_route.c and
 * carp_route6.c.
 *
 * To register takes RTNL and to leave takes a grace period, so that both are
 * left to work: only a namespace with CARP in it listens.
 */
#include <linux/rtnetlink.h>
#include <net/fib_notifier.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>

#include "carp_route.h"

static void heard4(unsigned long event, struct fib_notifier_info *info)
{
	struct fib_entry_notifier_info *entry;
	struct fib_nh_notifier_info *nh;

	switch (event) {
	case FIB_EVENT_ENTRY_REPLACE:
	case FIB_EVENT_ENTRY_APPEND:
	case FIB_EVENT_ENTRY_ADD:
		entry = container_of(info, struct fib_entry_notifier_info,
				     info);
		carp_route_made(entry->fi, entry->type);
		break;
	case FIB_EVENT_NH_ADD:
		nh = container_of(info, struct fib_nh_notifier_info, info);
		carp_route_revived(nh->fib_nh);
		break;
	}
}

static void heard6(unsigned long event, struct fib_notifier_info *info)
{
	switch (event) {
	case FIB_EVENT_ENTRY_REPLACE:
	case FIB_EVENT_ENTRY_APPEND:
	case FIB_EVENT_ENTRY_ADD:
		carp_route6_made(container_of(info,
					      struct fib6_entry_notifier_info,
					      info)->rt);
		break;
	}
}

/* RTNL for IPv4, the lock of the table for IPv6; RCU read side. */
static int heard(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct carp_net *cn = container_of(nb, struct carp_net, fib_nb);
	struct fib_notifier_info *info = ptr;

	/* What is told while registering is told without RTNL. */
	if (!READ_ONCE(cn->fib_heard))
		return NOTIFY_DONE;
	if (info->family == AF_INET)
		heard4(event, info);
	else if (info->family == AF_INET6)
		heard6(event, info);
	return NOTIFY_DONE;
}

static void listen(struct carp_net *cn)
{
	struct carp_dev *cd;

	if (register_fib_notifier(cn->net, &cn->fib_nb, NULL, NULL)) {
		/* Routes are changed too often. */
		queue_delayed_work(carp_wq, &cn->fib_work, HZ);
		return;
	}
	cn->fib_registered = true;
	rtnl_lock();
	WRITE_ONCE(cn->fib_heard, true);
	list_for_each_entry(cd, &cn->devs, net_node) {
		carp_route_flag(cd);
		carp_route6_flag(cd);
	}
	rtnl_unlock();
}

static void leave(struct carp_net *cn)
{
	WRITE_ONCE(cn->fib_heard, false);
	unregister_fib_notifier(cn->net, &cn->fib_nb);
	cn->fib_registered = false;
}

static void fib_work(struct work_struct *work)
{
	struct carp_net *cn = container_of(to_delayed_work(work),
					   struct carp_net, fib_work);
	bool wanted = READ_ONCE(cn->n_devs);

	if (wanted && !cn->fib_registered)
		listen(cn);
	else if (!wanted && cn->fib_registered)
		leave(cn);
}

/**
 * carp_fib_follow() - the first interface has come, or the last has gone
 * @cn: namespace
 *
 * Context: RTNL.
 */
void carp_fib_follow(struct carp_net *cn)
{
	mod_delayed_work(carp_wq, &cn->fib_work, 0);
}

/**
 * carp_fib_init() - nothing to listen to yet
 * @cn: namespace
 */
void carp_fib_init(struct carp_net *cn)
{
	cn->fib_nb.notifier_call = heard;
	INIT_DELAYED_WORK(&cn->fib_work, fib_work);
}

/**
 * carp_fib_exit() - listen no more
 * @cn: namespace without interfaces
 *
 * Context: may sleep, without RTNL.
 */
void carp_fib_exit(struct carp_net *cn)
{
	cancel_delayed_work_sync(&cn->fib_work);
	if (cn->fib_registered)
		leave(cn);
}
