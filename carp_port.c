// SPDX-License-Identifier: GPL-2.0
/*
 * The lower device: what all vhids on one device share.
 *
 * A port comes into being with the first interface on a lower device and goes
 * with the last.  The rx_handler is its identity: there is one per device, and
 * its data is the port.
 */
#include <linux/if_arp.h>
#include <linux/igmp.h>
#include <linux/inetdevice.h>
#include <linux/netfilter_netdev.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/bonding.h>

#include "carp_demoter.h"
#include "carp_event.h"
#include "carp_guard.h"
#include "carp_input.h"
#include "carp_port.h"
#include "carp_route.h"
#include "carp_vip.h"

/**
 * carp_port_rtnl() - the port of a device
 * @lowerdev: any device
 *
 * Context: RTNL.
 * Return: the port, or NULL if the device carries no CARP.
 */
struct carp_port *carp_port_rtnl(const struct net_device *lowerdev)
{
	if (rtnl_dereference(lowerdev->rx_handler) != carp_handle_frame)
		return NULL;
	return rtnl_dereference(lowerdev->rx_handler_data);
}

static bool is_ipvlan(const struct net_device *dev)
{
	return dev->rtnl_link_ops && !strcmp(dev->rtnl_link_ops->kind, "ipvlan");
}

/*
 * Switches that know nothing of the bond must not see one MAC at two ports, so
 * that in these modes it puts its members' MACs into what they send.
 */
static bool rewrites_macs(const struct net_device *dev)
{
#if IS_ENABLED(CONFIG_BONDING)
	return netif_is_bond_master(dev) && bond_is_lb(netdev_priv(dev));
#else
	return false;
#endif
}

static int rewrites_macs_walk(struct net_device *dev,
			      struct netdev_nested_priv *unused)
{
	return rewrites_macs(dev);
}

/* The device, or one below it. */
static bool rewrites_macs_any(struct net_device *dev)
{
	struct netdev_nested_priv unused = {};

	return rewrites_macs(dev) ||
	       netdev_walk_all_lower_dev(dev, rewrites_macs_walk, &unused);
}

static int has_port_walk(struct net_device *dev,
			 struct netdev_nested_priv *unused)
{
	return !!carp_port_rtnl(dev);
}

/**
 * carp_port_check_below() - whether a device may come below another
 * @dev: the device
 * @upper: the one that it is to be a port or a member of
 * @extack: told what is in the way and what to do about it
 *
 * A bond can get a mode in which it rewrites MACs while interfaces are on it, as
 * that is told and not asked; but only while it has no member, and so sends
 * nothing.
 *
 * Context: RTNL.
 * Return: 0, or -EOPNOTSUPP if frames from a virtual MAC would leave with
 * another one.
 */
int carp_port_check_below(struct net_device *dev, struct net_device *upper,
			  struct netlink_ext_ack *extack)
{
	struct netdev_nested_priv unused = {};
	bool carries;

	rcu_read_lock();
	carries = carp_port_rtnl(upper) ||
		  netdev_walk_all_upper_dev_rcu(upper, has_port_walk, &unused);
	rcu_read_unlock();
	if (!carries || !(rewrites_macs(upper) || rewrites_macs_any(dev)))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "carp: a bond in mode balance-tlb or balance-alb cannot be below a carp interface, it sends with its members' MACs; use another mode, or delete the interface before");
	return -EOPNOTSUPP;
}

/**
 * carp_port_check() - whether a device can be a lower device
 * @lowerdev: the device
 * @lladdr: enum carp_lladdr
 * @extack: told what is in the way and what to do about it
 *
 * Context: RTNL.
 * Return: 0 or a negative errno.
 */
int carp_port_check(struct net_device *lowerdev, u8 lladdr,
		    struct netlink_ext_ack *extack)
{
	if (lowerdev->flags & IFF_LOOPBACK) {
		NL_SET_ERR_MSG(extack,
			       "carp: the loopback device reaches no other host; name an Ethernet device as link");
		return -EINVAL;
	}
	if (carp_is_dev(lowerdev)) {
		NL_SET_ERR_MSG(extack,
			       "carp: a carp interface cannot carry another; name the device below it as link");
		return -ELOOP;
	}
	if (lowerdev->type != ARPHRD_ETHER || lowerdev->addr_len != ETH_ALEN) {
		NL_SET_ERR_MSG(extack,
			       "carp: the carrier must be an Ethernet-like device; name one as link");
		return -EINVAL;
	}
	if (lladdr != CARP_LLADDR_LOWER && carp_lladdr_is_narrow(lowerdev)) {
		NL_SET_ERR_MSG(extack,
			       "carp: a macvlan receives the virtual MAC only in mode passthru; use that mode, lladdr lower or the device below it");
		return -EINVAL;
	}
	if (is_ipvlan(lowerdev)) {
		NL_SET_ERR_MSG(extack,
			       "carp: an ipvlan never receives the virtual MAC; name the device below it as link");
		return -EINVAL;
	}
	if (rewrites_macs_any(lowerdev)) {
		NL_SET_ERR_MSG(extack,
			       "carp: a bond in mode balance-tlb or balance-alb sends with its members' MACs instead of the virtual one; use active-backup, balance-xor or 802.3ad");
		return -EINVAL;
	}
	if (lowerdev->priv_flags & IFF_NO_RX_HANDLER) {
		NL_SET_ERR_MSG(extack,
			       "carp: the carrier does not let its frames be handled; name another device as link");
		return -EINVAL;
	}
	if (!carp_port_rtnl(lowerdev) && netdev_is_rx_handler_busy(lowerdev)) {
		NL_SET_ERR_MSG(extack,
			       "carp: another user (bridge, bond, team, macvlan, ...) takes the frames of this carrier; name the bridge or bond itself as link");
		return -EBUSY;
	}
	return 0;
}

static int egress_register(struct carp_port *port)
{
	port->egress.hook = carp_guard_egress;
	port->egress.pf = NFPROTO_NETDEV;
	port->egress.hooknum = NF_NETDEV_EGRESS;
	port->egress.dev = port->lowerdev;
	port->egress.priv = port;
	/* The last word before the wire. */
	port->egress.priority = INT_MAX;
	return nf_register_net_hook(dev_net(port->lowerdev), &port->egress);
}

/**
 * carp_port_guard_ingress() - drop before anybody else what is not for this host
 * @port: lower device
 *
 * Flow tables and other hooks of netfilter get frames before the rx_handler
 * does, and would forward those to the virtual MAC of a host that does not
 * serve.  Where there are none a hook costs every frame for nothing, so ours
 * comes when the first frame was seen that has passed some.
 *
 * Context: RTNL, may sleep.
 */
void carp_port_guard_ingress(struct carp_port *port)
{
	if (!READ_ONCE(port->wants_ingress) || port->has_ingress)
		return;
	port->ingress.hook = carp_input_ingress;
	port->ingress.pf = NFPROTO_NETDEV;
	port->ingress.hooknum = NF_NETDEV_INGRESS;
	port->ingress.dev = carp_deliver_ingress_dev(port);
	port->ingress.priv = port;
	port->ingress.priority = INT_MIN;
	if (nf_register_net_hook(dev_net(port->ingress.dev), &port->ingress))
		carp_news_retry(port->cn);
	else
		port->has_ingress = true;
}

/* The stack does not say whether it had memory for it. */
static bool is_member(const struct in_device *in_dev)
{
	const struct ip_mc_list *im;

	for (im = rtnl_dereference(in_dev->mc_list); im;
	     im = rtnl_dereference(im->next_rcu))
		if (im->multiaddr == htonl(CARP_GROUP4))
			return true;
	return false;
}

/**
 * carp_port_join() - receive 224.0.0.18 and ff02::12 on the lower device
 * @port: lower device
 *
 * Membership goes with the lower device's IPv4 state, which comes and goes with
 * its MTU; a new one is noticed and joined.  What there is no memory for is
 * tried again.
 *
 * Context: RTNL.
 */
void carp_port_join(struct carp_port *port)
{
	struct in_device *in_dev = __in_dev_get_rtnl(port->lowerdev);

	carp_group6_join(port);
	if (in_dev == port->joined)
		return;
	port->joined = NULL;
	if (!in_dev)
		return;
	ip_mc_inc_group(in_dev, htonl(CARP_GROUP4));
	if (is_member(in_dev))
		port->joined = in_dev;
	else
		carp_news_retry(port->cn);
}

static void leave(struct carp_port *port)
{
	struct in_device *in_dev = __in_dev_get_rtnl(port->lowerdev);

	if (in_dev && in_dev == port->joined)
		ip_mc_dec_group(in_dev, htonl(CARP_GROUP4));
	port->joined = NULL;
	carp_group6_leave(port);
}

static struct carp_port *port_create(struct net_device *lowerdev)
{
	struct carp_port *port;
	unsigned int i;
	int err;

	port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);
	if (!port)
		return ERR_PTR(-ENOMEM);
	port->lowerdev = lowerdev;
	port->cn = carp_pernet(dev_net(lowerdev));
	INIT_LIST_HEAD(&port->devs);
	for (i = 0; i < ARRAY_SIZE(port->sources); i++)
		port->sources[i] = (u32)jiffies - HZ;

	err = egress_register(port);
	if (err)
		goto err_free;
	err = netdev_rx_handler_register(lowerdev, carp_handle_frame, port);
	if (err)
		goto err_egress;
	carp_port_join(port);
	return port;

err_egress:
	nf_unregister_net_hook(dev_net(lowerdev), &port->egress);
err_free:
	kfree(port);
	return ERR_PTR(err);
}

static void port_destroy(struct carp_port *port)
{
	carp_demoter_port_gone(port);
	leave(port);
	netdev_rx_handler_unregister(port->lowerdev);
	if (port->has_ingress)
		nf_unregister_net_hook(dev_net(port->ingress.dev), &port->ingress);
	nf_unregister_net_hook(dev_net(port->lowerdev), &port->egress);
	kfree_rcu(port, rcu);
}

static bool is_virtual(const struct net_device *dev, __be32 addr)
{
	struct in6_addr mapped = carp_mapped(addr);
	bool yes;

	rcu_read_lock();
	yes = carp_vip_lookup_l3(dev, &mapped);
	rcu_read_unlock();
	return yes;
}

static __be32 first_address(const struct net_device *dev, bool skip_virtual)
{
	const struct in_device *in_dev = __in_dev_get_rtnl(dev);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return 0;
	in_dev_for_each_ifa_rtnl(ifa, in_dev)
		if (!skip_virtual || !is_virtual(dev, ifa->ifa_local))
			return ifa->ifa_local;
	return 0;
}

/**
 * carp_port_source() - choose the source address of advertisements
 * @port: lower device
 *
 * The lower device's first address that is not a virtual one; else the first
 * virtual one, as OpenBSD and NetBSD do; else 0.0.0.0, as FreeBSD.
 *
 * Context: RTNL.
 */
void carp_port_source(struct carp_port *port)
{
	__be32 addr = first_address(port->lowerdev, true);
	struct carp_dev *cd;

	list_for_each_entry(cd, &port->devs, port_node)
		WRITE_ONCE(cd->src4, addr ?: first_address(cd->dev, false));
}

/**
 * carp_port_broadcast() - count the interfaces that receive broadcasts
 * @port: lower device
 *
 * Context: RTNL.
 */
void carp_port_broadcast(struct carp_port *port)
{
	const struct carp_dev *cd;
	unsigned int n = 0;

	list_for_each_entry(cd, &port->devs, port_node)
		n += cd->broadcast;
	atomic_add(n - port->bc_users, &port->mc_users);
	WRITE_ONCE(port->bc_users, n);
}

/**
 * carp_port_attach() - an interface comes to its lower device
 * @cd: interface; lower device and vhid are set
 *
 * Context: RTNL, may sleep.
 * Return: 0; -EEXIST if the vhid is taken on the lower device; or another
 * error.
 */
int carp_port_attach(struct carp_dev *cd)
{
	struct carp_port *port = carp_port_rtnl(cd->lowerdev);

	if (!port)
		port = port_create(cd->lowerdev);
	if (IS_ERR(port))
		return PTR_ERR(port);
	if (rtnl_dereference(port->dev_by_vhid[cd->vhid]))
		return -EEXIST;
	cd->port = port;
	list_add_tail_rcu(&cd->port_node, &port->devs);
	rcu_assign_pointer(port->dev_by_vhid[cd->vhid], cd);
	carp_port_broadcast(port);
	carp_lladdr_count(port);
	return 0;
}

/**
 * carp_port_detach() - an interface leaves its lower device
 * @cd: interface
 *
 * Readers may still see it until a grace period has passed.
 *
 * Context: RTNL, may sleep.
 */
void carp_port_detach(struct carp_dev *cd)
{
	struct carp_port *port = cd->port;

	carp_group6_drop(cd);
	RCU_INIT_POINTER(port->dev_by_vhid[cd->vhid], NULL);
	list_del_rcu(&cd->port_node);
	carp_port_broadcast(port);
	carp_lladdr_count(port);
	if (list_empty(&port->devs))
		port_destroy(port);
}
