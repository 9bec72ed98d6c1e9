// SPDX-License-Identifier: GPL-2.0
/*
 * Leaving groups: a MASTER bows out and serves on until its successor is heard.
 */
#include <linux/delay.h>
#include <linux/rtnetlink.h>

#include "carp_engine.h"

/* A host that is not MASTER and yet serves waits for its successor. */
static bool draining(struct carp_dev *cd)
{
	bool yes;

	spin_lock_bh(&cd->lock);
	yes = cd->proto.serving && cd->proto.state != CARP_STATE_MASTER;
	spin_unlock_bh(&cd->lock);
	return yes;
}

/**
 * carp_drain_one() - wait until a host that bowed out has stopped serving
 * @cd: interface
 *
 * At most CARP_LINGER_NS; less if the successor is heard.
 *
 * Context: process, may sleep.
 */
void carp_drain_one(struct carp_dev *cd)
{
	while (draining(cd))
		usleep_range(100, 200);
}

/**
 * carp_drain() - carp_drain_one() for all interfaces of a lower device
 * @devs: list of them, by port_node
 *
 * Context: RTNL, may sleep.
 */
void carp_drain(const struct list_head *devs)
{
	struct carp_dev *cd;

	list_for_each_entry(cd, devs, port_node)
		carp_drain_one(cd);
}

/**
 * carp_bow_out() - leave all groups of a namespace at once
 * @net: namespace
 *
 * For what ends everything: unload, end of the namespace, reboot.  All
 * MASTERs say good-bye before the first one is waited for.
 *
 * Context: RTNL, may sleep.
 */
void carp_bow_out(struct net *net)
{
	struct carp_net *cn = carp_pernet(net);
	struct carp_dev *cd;

	list_for_each_entry(cd, &cn->devs, net_node) {
		cd->bowed = true;
		carp_update_oper(cd);
	}
	list_for_each_entry(cd, &cn->devs, net_node)
		carp_drain_one(cd);
}

/**
 * carp_bow_out_all() - carp_bow_out() in every namespace
 *
 * Context: RTNL, may sleep.
 */
void carp_bow_out_all(void)
{
	struct net *net;

	ASSERT_RTNL();
	down_read(&net_rwsem);
	for_each_net(net)
		carp_bow_out(net);
	up_read(&net_rwsem);
}
