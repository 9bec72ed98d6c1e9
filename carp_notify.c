// SPDX-License-Identifier: GPL-2.0
/*
 * What happens to lower devices and interfaces, as events of the election.
 *
 * One notifier runs before all others: it refuses what makes no sense, lets
 * a MASTER say good-bye while frames can still be sent, and makes our routes
 * visible to the routing code.  One runs after all others, when the stack has
 * settled.
 */
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/reboot.h>
#include <linux/rtnetlink.h>

#include "carp_demoter.h"
#include "carp_engine.h"
#include "carp_event.h"
#include "carp_netdev.h"
#include "carp_port.h"
#include "carp_route.h"
#include "carp_vip.h"

static void raise_all(struct carp_port *port, enum carp_event ev,
		      enum carp_reason why)
{
	struct carp_dev *cd;

	list_for_each_entry(cd, &port->devs, port_node)
		carp_fsm_event(cd, ev, why);
}

static int check_upper(struct netdev_notifier_changeupper_info *info)
{
	struct netlink_ext_ack *extack;

	if (!info->linking || !info->master ||
	    netif_is_l3_master(info->upper_dev))
		return NOTIFY_DONE;
	extack = netdev_notifier_info_to_extack(&info->info);
	NL_SET_ERR_MSG(extack,
		       "carp: a carp interface cannot be a port of a bridge, bond or team; make its carrier one before, or carry it on the bridge or bond");
	return notifier_from_errno(-EOPNOTSUPP);
}

static int check_address(struct carp_dev *cd,
			 struct netdev_notifier_pre_changeaddr_info *info)
{
	struct netlink_ext_ack *extack;

	if (ether_addr_equal(info->dev_addr, cd->dev->dev_addr))
		return NOTIFY_DONE;
	extack = netdev_notifier_info_to_extack(&info->info);
	if (carp_lower_mac(cd))
		NL_SET_ERR_MSG(extack,
			       "carp: with lladdr lower the MAC is that of the lower device; change it there");
	else
		NL_SET_ERR_MSG(extack,
			       "carp: the MAC is 00:00:5e:00:01:VHID by definition and cannot be changed; another vhid has another one");
	return notifier_from_errno(-EOPNOTSUPP);
}

static int interface_first(struct carp_dev *cd, unsigned long event, void *ptr)
{
	switch (event) {
	case NETDEV_PRECHANGEUPPER:
		return check_upper(ptr);
	case NETDEV_PRE_CHANGEADDR:
		return check_address(cd, ptr);
	case NETDEV_GOING_DOWN:
		cd->closing = true;
		carp_fsm_event(cd, CARP_EV_DOWN, CARP_REASON_ADMIN_DOWN);
		carp_drain_one(cd);
		break;
	case NETDEV_UP:
		carp_addr_metric(cd->dev, true);
		carp_tentative_awake(cd->dev);
		carp_route_open(cd);
		break;
	}
	return NOTIFY_DONE;
}

static void port_bow_out(struct carp_port *port)
{
	raise_all(port, CARP_EV_DOWN, CARP_REASON_CARRIER_DOWN);
}

static void port_linger(struct carp_port *port)
{
	carp_drain(&port->devs);
}

/* One with a loose binding stays up. */
static bool is_closed_with_lower(const struct net_device *dev)
{
#if IS_ENABLED(CONFIG_VLAN_8021Q)
	return is_vlan_dev(dev) &&
	       !(vlan_dev_priv(dev)->flags & VLAN_FLAG_LOOSE_BINDING);
#else
	return false;
#endif
}

/*
 * VLANs of a device are closed when it is down already, and nothing can be sent
 * any more: what is done when a lower device goes down is done for them now.
 */
static void each_going_down(struct net_device *dev,
			    void (*act)(struct carp_port *port))
{
	struct carp_port *port = carp_port_rtnl(dev);
	struct net_device *upper;
	struct list_head *iter;

	if (port)
		act(port);
	netdev_for_each_upper_dev_rcu(dev, upper, iter)
		if (is_closed_with_lower(upper))
			each_going_down(upper, act);
}

static int check_below(struct net_device *dev,
		       struct netdev_notifier_changeupper_info *info)
{
	struct netlink_ext_ack *extack;

	if (!info->linking)
		return NOTIFY_DONE;
	extack = netdev_notifier_info_to_extack(&info->info);
	return notifier_from_errno(carp_port_check_below(dev, info->upper_dev,
							 extack));
}

static int device_first(struct net_device *dev, unsigned long event, void *ptr)
{
	struct carp_port *port;

	switch (event) {
	case NETDEV_PRECHANGEUPPER:
		return check_below(dev, ptr);
	case NETDEV_CHANGEADDR:
		port = carp_port_rtnl(dev);
		if (port)
			carp_lladdr_follow(port);
		break;
	case NETDEV_PRE_TYPE_CHANGE:
		return carp_port_rtnl(dev) ? NOTIFY_BAD : NOTIFY_DONE;
	case NETDEV_GOING_DOWN:
		/* All at once, then one wait for the slowest successor. */
		each_going_down(dev, port_bow_out);
		each_going_down(dev, port_linger);
		break;
	}
	return NOTIFY_DONE;
}

static int notify_first(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (carp_is_dev(dev))
		return interface_first(carp_priv(dev), event, ptr);
	return device_first(dev, event, ptr);
}

static void interface_last(struct carp_dev *cd, unsigned long event)
{
	switch (event) {
	case NETDEV_REGISTER:
		carp_route_setup(cd->dev);
		carp_route6_setup(cd->dev);
		break;
	case NETDEV_UP:
		carp_addr_metric(cd->dev, false);
		carp_route_flag(cd);
		carp_route6_flag(cd);
		carp_update_oper(cd);
		carp_demoter_link(cd->port);
		break;
	case NETDEV_DOWN:
		carp_demoter_link(cd->port);
		fallthrough;
	case NETDEV_CHANGE:
	case NETDEV_CHANGEUPPER:
		carp_link_settled(cd);
		carp_route_flag(cd);
		carp_route6_flag(cd);
		break;
	case NETDEV_CHANGEMTU:
		carp_route6_setup(cd->dev);
		break;
	}
}

static void follow_link(struct carp_port *port)
{
	struct carp_dev *cd;

	list_for_each_entry(cd, &port->devs, port_node) {
		carp_update_oper(cd);
		carp_link_follow(cd);
	}
	carp_demoter_link(port);
}

static void follow_mtu(struct carp_port *port)
{
	struct carp_dev *cd;

	list_for_each_entry(cd, &port->devs, port_node) {
		unsigned int before = cd->dev->max_mtu;
		unsigned int now = port->lowerdev->mtu;

		/* One that was made smaller stays so, if it fits. */
		cd->dev->max_mtu = now;
		if (cd->dev->mtu == before || cd->dev->mtu > now)
			dev_set_mtu(cd->dev, now);
	}
}

static void lowerdev_gone(struct carp_port *port)
{
	struct carp_dev *cd, *next;
	LIST_HEAD(list);

	list_for_each_entry_safe(cd, next, &port->devs, port_node) {
		/* Deleted together with its lower device. */
		if (cd->dev->reg_state != NETREG_REGISTERED)
			continue;
		if (carp_log_limited(port->cn))
			pr_info("%s%s goes with its carrier %s\n",
				port->cn->whose, cd->dev->name,
				port->lowerdev->name);
		carp_dellink(cd->dev, &list);
	}
	unregister_netdevice_many(&list);
}

static void lowerdev_last(struct carp_port *port, unsigned long event)
{
	switch (event) {
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
		carp_port_join(port);
		follow_link(port);
		break;
	case NETDEV_CHANGEMTU:
		carp_port_join(port);
		follow_mtu(port);
		break;
	case NETDEV_CHANGEADDR:
	case NETDEV_NOTIFY_PEERS:
	case NETDEV_BONDING_FAILOVER:
	case NETDEV_RESEND_IGMP:
		raise_all(port, CARP_EV_ANNOUNCE, CARP_REASON_NONE);
		break;
	case NETDEV_UNREGISTER:
		/* Deleted, or on its way to another namespace. */
		lowerdev_gone(port);
		break;
	}
}

/* Those that wait for a link to settle wait for this one. */
static void link_again(struct carp_port *port)
{
	struct carp_dev *cd;

	list_for_each_entry(cd, &port->devs, port_node)
		if (cd->link_delay)
			carp_fsm_event(cd, CARP_EV_DOWN, CARP_REASON_NO_LINK);
}

static int notify_last(struct notifier_block *nb, unsigned long event,
		       void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct carp_port *port;
	bool again;

	if (carp_is_dev(dev)) {
		interface_last(carp_priv(dev), event);
		return NOTIFY_DONE;
	}
	again = carp_linktime_event(dev, event);
	port = carp_port_rtnl(dev);
	if (port && again)
		link_again(port);
	if (port)
		lowerdev_last(port, event);
	return NOTIFY_DONE;
}

/* A good-bye is not worth a machine that does not reboot. */
static int reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	int tries;

	for (tries = 0; tries < 100; tries++) {
		if (rtnl_trylock()) {
			carp_bow_out_all();
			rtnl_unlock();
			return NOTIFY_DONE;
		}
		msleep(10);
	}
	pr_warn("no bow-out: the network configuration is locked\n");
	return NOTIFY_DONE;
}

static struct notifier_block first_nb = {
	.notifier_call	= notify_first,
	.priority	= INT_MAX,
};

static struct notifier_block last_nb = {
	.notifier_call	= notify_last,
	.priority	= INT_MIN,
};

static struct notifier_block reboot_nb = {
	.notifier_call	= reboot,
};

/**
 * carp_notify_init() - watch devices and reboots
 *
 * Return: 0 or an error.
 */
int carp_notify_init(void)
{
	int err;

	err = register_netdevice_notifier(&first_nb);
	if (err)
		return err;
	err = register_netdevice_notifier(&last_nb);
	if (err)
		goto err_first;
	err = register_reboot_notifier(&reboot_nb);
	if (err)
		goto err_last;
	return 0;

err_last:
	unregister_netdevice_notifier(&last_nb);
err_first:
	unregister_netdevice_notifier(&first_nb);
	return err;
}

/**
 * carp_notify_exit() - undo carp_notify_init()
 */
void carp_notify_exit(void)
{
	unregister_reboot_notifier(&reboot_nb);
	unregister_netdevice_notifier(&last_nb);
	unregister_netdevice_notifier(&first_nb);
}
