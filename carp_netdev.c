// SPDX-License-Identifier: GPL-2.0
/*
 * The net device.
 *
 * Its link flags are in carp_link.c.  They do not gate the datapath, which a
 * takeover opens without RTNL.
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include <net/if_inet6.h>
#include <net/ip.h>

#include "carp_config.h"
#include "carp_crypto.h"
#include "carp_demoter.h"
#include "carp_engine.h"
#include "carp_event.h"
#include "carp_guard.h"
#include "carp_netdev.h"
#include "carp_output.h"
#include "carp_port.h"
#include "carp_route.h"
#include "carp_vip.h"

static int carp_dev_init(struct net_device *dev)
{
	struct carp_dev *cd = carp_priv(dev);
	struct net *net = dev_net(dev);
	struct carp_net *cn = carp_pernet(net);
	int err;

	netdev_lockdep_set_classes(dev);
	err = carp_guard_get(net);
	if (err)
		return err;
	err = carp_link_init(cd);
	if (err)
		goto err_guard;
	err = carp_port_attach(cd);
	if (err)
		goto err_link;
	netdev_hold(cd->lowerdev, &cd->tracker, GFP_KERNEL);
	list_add_tail_rcu(&cd->net_node, &cn->devs);
	WRITE_ONCE(cn->devs_gen, cn->devs_gen + 1);
	carp_demoter_join(cd);
	carp_port_source(cd->port);
	carp_fib_follow(cn);
	return 0;

err_link:
	carp_link_exit(cd);
err_guard:
	carp_guard_put(net);
	return err;
}

/* Readers of the port's table may still hold the interface. */
static void release_rcu(struct rcu_head *rcu)
{
	struct carp_dev *cd = container_of(rcu, struct carp_dev, rcu);

	dev_put(cd->dev);
}

static void carp_dev_uninit(struct net_device *dev)
{
	struct carp_net *cn = carp_pernet(dev_net(dev));
	struct carp_dev *cd = carp_priv(dev);

	carp_engine_stop(cd);
	carp_demoter_leave(cd);
	carp_news_forget(cd);
	list_del_rcu(&cd->net_node);
	WRITE_ONCE(cn->devs_gen, cn->devs_gen + 1);
	carp_vip_purge(cd);
	carp_port_detach(cd);
	carp_link_exit(cd);
	carp_rights_return(cd);
	carp_guard_put(dev_net(dev));
	carp_fib_follow(cn);
	/* A registration that failed half-way is freed without a wait. */
	if (dev->reg_state != NETREG_UNREGISTERING) {
		synchronize_net();
		return;
	}
	dev_hold(dev);
	call_rcu(&cd->rcu, release_rcu);
}

/* Nobody can reach the interface any more. */
static void carp_dev_free(struct net_device *dev)
{
	struct carp_dev *cd = carp_priv(dev);

	carp_auth_free(cd);
	carp_unicast_free(cd);
	kfree(cd->spare_vip);
	netdev_put(cd->lowerdev, &cd->tracker);
}

/* The groups of advertisements, as the lower device's filter has them. */
static void advert_groups(u8 group4[ETH_ALEN], u8 group6[ETH_ALEN])
{
	static const struct in6_addr addr6 = CARP_GROUP6;

	ip_eth_mc_map(htonl(CARP_GROUP4), group4);
	ipv6_eth_mc_map(&addr6, group6);
}

/* The lower device's own MAC is in its filter already. */
static int filter_add(struct carp_dev *cd)
{
	return carp_lower_mac(cd) ? 0 : dev_uc_add(cd->lowerdev,
						   cd->dev->dev_addr);
}

static void filter_del(struct carp_dev *cd)
{
	if (!carp_lower_mac(cd))
		dev_uc_del(cd->lowerdev, cd->dev->dev_addr);
}

static int carp_dev_open(struct net_device *dev)
{
	struct carp_dev *cd = carp_priv(dev);
	u8 group4[ETH_ALEN] __aligned(2), group6[ETH_ALEN] __aligned(2);
	int err;

	advert_groups(group4, group6);
	err = filter_add(cd);
	if (err)
		return err;
	err = dev_mc_add(cd->lowerdev, group4);
	if (err)
		goto err_uc;
	err = dev_mc_add(cd->lowerdev, group6);
	if (err)
		goto err_group4;
	if (dev->flags & IFF_ALLMULTI) {
		err = dev_set_allmulti(cd->lowerdev, 1);
		if (err)
			goto err_group6;
	}
	/* Who begins to take part is told by NETDEV_UP, when addresses work. */
	cd->closing = false;
	return 0;

err_group6:
	dev_mc_del(cd->lowerdev, group6);
err_group4:
	dev_mc_del(cd->lowerdev, group4);
err_uc:
	filter_del(cd);
	return err;
}

static void set_has_mc(struct carp_dev *cd, bool has_mc)
{
	if (has_mc == cd->has_mc)
		return;
	WRITE_ONCE(cd->has_mc, has_mc);
	atomic_add(has_mc ? 1 : -1, &cd->port->mc_users);
}

static int carp_dev_stop(struct net_device *dev)
{
	struct carp_dev *cd = carp_priv(dev);
	u8 group4[ETH_ALEN] __aligned(2), group6[ETH_ALEN] __aligned(2);

	/* IPv6 may leave a group now, and needs no RTNL for that from 6.17 on. */
	netif_addr_lock_bh(dev);
	set_has_mc(cd, false);
	netif_addr_unlock_bh(dev);
	advert_groups(group4, group6);
	dev_mc_unsync(cd->lowerdev, dev);
	if (dev->flags & IFF_ALLMULTI)
		dev_set_allmulti(cd->lowerdev, -1);
	dev_mc_del(cd->lowerdev, group6);
	dev_mc_del(cd->lowerdev, group4);
	filter_del(cd);
	return 0;
}

static void carp_dev_set_rx_mode(struct net_device *dev)
{
	struct carp_dev *cd = carp_priv(dev);
	struct netdev_hw_addr *ha;
	bool has_mc = dev->flags & (IFF_ALLMULTI | IFF_PROMISC);

	/* It is up until after it was stopped. */
	if (!netif_running(dev))
		return;
	netdev_for_each_mc_addr(ha, dev)
		if (!carp_is_all_hosts(ha->addr))
			has_mc = true;
	set_has_mc(cd, has_mc);
	dev_mc_sync(cd->lowerdev, dev);
}

/*
 * Promiscuous mode is not passed on: it is for looking at the interface, and
 * the lower device is there to look at the segment.
 */
static void carp_dev_change_rx_flags(struct net_device *dev, int change)
{
	struct carp_dev *cd = carp_priv(dev);

	if (dev->flags & IFF_UP && change & IFF_ALLMULTI)
		dev_set_allmulti(cd->lowerdev,
				 dev->flags & IFF_ALLMULTI ? 1 : -1);
}

/*
 * carp_notify.c refuses another one before it comes to this, and says why.  A
 * bond that has taken its MAC from us gives it back, before it asks for more.
 */
static int carp_dev_set_mac(struct net_device *dev, void *addr)
{
	const struct sockaddr *sa = addr;

	return ether_addr_equal(sa->sa_data, dev->dev_addr) ? 0 : -EOPNOTSUPP;
}

static int carp_dev_get_iflink(const struct net_device *dev)
{
	return READ_ONCE(carp_priv(dev)->lowerdev->ifindex);
}

const struct net_device_ops carp_netdev_ops = {
	.ndo_init		= carp_dev_init,
	.ndo_uninit		= carp_dev_uninit,
	.ndo_open		= carp_dev_open,
	.ndo_stop		= carp_dev_stop,
	.ndo_start_xmit		= carp_link_xmit,
	.ndo_change_rx_flags	= carp_dev_change_rx_flags,
	.ndo_set_rx_mode	= carp_dev_set_rx_mode,
	.ndo_set_mac_address	= carp_dev_set_mac,
	.ndo_get_iflink		= carp_dev_get_iflink,
	.ndo_get_stats64	= dev_get_tstats64,
	.ndo_features_check	= passthru_features_check,
};

static const struct device_type carp_type = {
	.name = CARP_KIND,
};

/**
 * carp_netdev_setup() - rtnl_link_ops.setup
 * @dev: a new net device
 */
void carp_netdev_setup(struct net_device *dev)
{
	struct carp_dev *cd = carp_priv(dev);

	ether_setup(dev);
	/* Until there is a lower device, which sets it. */
	dev->max_mtu = ETH_MAX_MTU;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	/* Sending takes BH, and so cannot be done with interrupts off. */
	dev->priv_flags |= IFF_NO_QUEUE | IFF_DISABLE_NETPOLL;
	dev->addr_assign_type = NET_ADDR_SET;
	dev->netdev_ops = &carp_netdev_ops;
	dev->ethtool_ops = &carp_ethtool_ops;
	SET_NETDEV_DEVTYPE(dev, &carp_type);
	dev->needs_free_netdev = true;
	dev->priv_destructor = carp_dev_free;
	dev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
	carp_dev_set_lltx(dev);
	carp_dev_pin_netns(dev);

	/*
	 * The lower device's own output path does what the lower device cannot.
	 */
	dev->features |= NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA |
			 NETIF_F_HW_CSUM | NETIF_F_GSO_SOFTWARE;
	dev->hw_features = dev->features;
	/* Tagged frames are the lower device's; a VLAN of it can carry CARP. */
	dev->features |= NETIF_F_VLAN_CHALLENGED;

	cd->dev = dev;
	cd->min_ttl = CARP_TTL;
	INIT_LIST_HEAD(&cd->port_node);
	INIT_LIST_HEAD(&cd->net_node);
	INIT_LIST_HEAD(&cd->changed_node);
	INIT_LIST_HEAD(&cd->groups6);
}
