// SPDX-License-Identifier: GPL-2.0
/*
 * What is sent through an interface, and its link flags: it has carrier while it
 * is MASTER.
 *
 * That is what routing daemons and scripts go by (IFF_LOWER_UP, IFF_RUNNING,
 * operstate), and what has the routing code put other routes through the
 * interface out of force.  The datapath does not depend on it: the flags follow
 * by work, under RTNL, and a takeover does not wait for that.
 *
 * The stack does: without carrier it closes the queue of a device (noop_qdisc),
 * and opens it again under RTNL only.  So what is sent through the interface is
 * handed on by a hook that the stack calls before it looks at the queue.  The
 * hook is in place before carrier is lost, and goes when the queue is open
 * again, so that a MASTER does not pay for it.
 */
#include <linux/netdevice.h>
#include <linux/netfilter_netdev.h>
#include <linux/rtnetlink.h>
#include <net/ip.h>
#include <net/sch_generic.h>

#include "carp_event.h"
#include "carp_input.h"
#include "carp_port.h"

/**
 * carp_link_xmit() - ndo_start_xmit: hand a frame to the lower device
 * @skb: frame; consumed
 * @dev: our interface
 *
 * Context: BH disabled, RCU read side.
 * Return: NETDEV_TX_OK
 */
netdev_tx_t carp_link_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct carp_dev *cd = carp_priv(dev);
	unsigned int len = skb->len;
	int err;

	if (unlikely(!carp_serving(cd))) {
		carp_count(cd, CARP_STAT_TX_INACTIVE);
		DEV_STATS_INC(dev, tx_dropped);
		kfree_skb_reason(skb, SKB_DROP_REASON_DEV_READY);
		return NETDEV_TX_OK;
	}
	skb->dev = cd->lowerdev;
	err = dev_queue_xmit(skb);
	if (likely(!net_xmit_eval(err)))
		dev_sw_netstats_tx_add(dev, 1, len);
	else
		DEV_STATS_INC(dev, tx_dropped);
	return NETDEV_TX_OK;
}

/* One queue is as good as another: they are closed and opened together. */
static bool is_closed(const struct net_device *dev)
{
	return rcu_access_pointer(netdev_get_tx_queue(dev, 0)->qdisc) ==
	       &noop_qdisc;
}

static unsigned int hand_on(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	struct carp_dev *cd = priv;

	if (likely(!is_closed(cd->dev)))
		return NF_ACCEPT;
	carp_tap(cd, skb);
	carp_link_xmit(skb, cd->dev);
	return NF_STOLEN;
}

static int bypass(struct carp_dev *cd)
{
	int err;

	if (cd->bypassing)
		return 0;
	cd->bypass.hook = hand_on;
	cd->bypass.pf = NFPROTO_NETDEV;
	cd->bypass.hooknum = NF_NETDEV_EGRESS;
	cd->bypass.dev = cd->dev;
	cd->bypass.priv = cd;
	/* After the filters of the administrator. */
	cd->bypass.priority = INT_MAX;
	err = nf_register_net_hook(dev_net(cd->dev), &cd->bypass);
	cd->bypassing = !err;
	return err;
}

/**
 * carp_link_init() - a new interface, which has no carrier
 * @cd: interface
 *
 * Context: RTNL, may sleep.
 * Return: 0 or an error.
 */
int carp_link_init(struct carp_dev *cd)
{
	return bypass(cd);
}

/**
 * carp_link_exit() - an interface goes
 * @cd: interface; the hook may still run until a grace period has passed
 *
 * Context: RTNL, may sleep.
 */
void carp_link_exit(struct carp_dev *cd)
{
	if (!cd->bypassing)
		return;
	nf_unregister_net_hook(dev_net(cd->dev), &cd->bypass);
	cd->bypassing = false;
}

static bool is_master(struct carp_dev *cd)
{
	bool yes;

	spin_lock_bh(&cd->lock);
	yes = cd->proto.state == CARP_STATE_MASTER;
	spin_unlock_bh(&cd->lock);
	return yes;
}

/*
 * Without carrier the operstate says whether the lower device has link, but is
 * looked at anew only when told so.  Once for each change, and not for as long as
 * it looks wrong: until Linux 6.2 it says LOWERLAYERDOWN of every interface without
 * carrier, and each look has the namespace's cached routes flushed.
 */
static void follow_lower(struct carp_dev *cd)
{
	bool link = netif_carrier_ok(cd->lowerdev);

	if (cd->lower_link == link)
		return;
	cd->lower_link = link;
	if (!netif_carrier_ok(cd->dev))
		linkwatch_fire_event(cd->dev);
}

/**
 * carp_link_follow() - have the flags follow the election
 * @cd: interface
 *
 * If there is no memory for the hook carrier stays for another second.
 *
 * Context: RTNL, may sleep.
 */
void carp_link_follow(struct carp_dev *cd)
{
	ASSERT_RTNL();
	if (is_master(cd))
		netif_carrier_on(cd->dev);
	else if (!bypass(cd))
		netif_carrier_off(cd->dev);
	else
		carp_news_retry(cd->port->cn);
	follow_lower(cd);
}

/**
 * carp_link_settled() - the stack has noticed a change of the flags
 * @cd: interface
 *
 * Context: RTNL, may sleep.
 */
void carp_link_settled(struct carp_dev *cd)
{
	if (netif_carrier_ok(cd->dev) && !is_closed(cd->dev))
		carp_link_exit(cd);
}
