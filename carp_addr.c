// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual addresses come and go.
 *
 * An address enters the table before the routing code hears of it, and
 * leaves it afterwards, so that there is no moment in which the kernel answers
 * for it and the guard does not know it.
 *
 * Of IPv6 the routing code hears of a new address after these notifiers, and of
 * one that goes before them, so that here one notifier does what takes two for
 * IPv4.  It is called where nothing may sleep; what has to, and what needs
 * routes that are still to be made, is left to work.
 */
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>

#include "carp_addrset.h"
#include "carp_crypto.h"
#include "carp_engine.h"
#include "carp_event.h"
#include "carp_netdev.h"
#include "carp_output.h"
#include "carp_port.h"
#include "carp_route.h"
#include "carp_vip.h"

/* Make the table entry of an address that is about to come; or say why not. */
static int prepare(struct carp_dev *cd, const struct in6_addr *addr,
		   struct netlink_ext_ack *extack)
{
	if (carp_unicast_is_peer(cd, addr)) {
		NL_SET_ERR_MSG(extack,
			       "carp: this is the address of a peer, and so another host's own; give another one, or take it from the peers");
		return -EADDRNOTAVAIL;
	}
	if (!carp_lladdr_may_hold(cd, addr)) {
		NL_SET_ERR_MSG(extack,
			       "carp: another vhid has this address, and sharing one takes lladdr virtual for both; give another address");
		return -EADDRNOTAVAIL;
	}
	if (!cd->spare_vip)
		cd->spare_vip = kzalloc(sizeof(*cd->spare_vip),
					GFP_KERNEL_ACCOUNT);
	if (cd->spare_vip)
		return 0;
	NL_SET_ERR_MSG(extack, "carp: no memory for another virtual address");
	return -ENOMEM;
}

/*
 * An address was added or deleted.  The first advertisement is authenticated over
 * the first address, and the last bow-out over the last one.
 */
static void changed(struct carp_dev *cd, gfp_t gfp)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));
	u8 now = carp_vip_families(cd);

	if (!now)
		carp_update_oper(cd);
	if (cd->dev->reg_state == NETREG_REGISTERED &&
	    carp_auth_update(cd, gfp))
		carp_news_retry(cn);
	WRITE_ONCE(cd->families, now);
	carp_update_oper(cd);
}

/* The same address may have been given with another prefix too. */
static bool still_there(struct net_device *dev, __be32 addr)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);
	struct in_ifaddr *ifa;

	if (in_dev)
		in_dev_for_each_ifa_rtnl(ifa, in_dev)
			if (ifa->ifa_local == addr)
				return true;
	return false;
}

static void set_metric(struct in_ifaddr *ifa, bool set)
{
	if (set && !ifa->ifa_rt_priority)
		ifa->ifa_rt_priority = CARP_VIP_METRIC;
	else if (!set && ifa->ifa_rt_priority == CARP_VIP_METRIC)
		ifa->ifa_rt_priority = 0;
}

/**
 * carp_addr_metric() - give connected routes of virtual addresses their metric
 * @dev: our interface
 * @set: before the routing code looks at the addresses, or after it
 *
 * The address itself keeps what the administrator has said, or a later
 * "ip addr replace" that says the same would be taken for a change of metric.
 *
 * Context: RTNL.
 */
void carp_addr_metric(struct net_device *dev, bool set)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);
	struct in_ifaddr *ifa;

	if (!in_dev)
		return;
	in_dev_for_each_ifa_rtnl(ifa, in_dev)
		set_metric(ifa, set);
}

/* Before the routing code. */
static int addr4_first(struct notifier_block *nb, unsigned long event,
		       void *ptr)
{
	struct in_ifaddr *ifa = ptr;
	struct net_device *dev = ifa->ifa_dev->dev;
	struct in6_addr mapped;
	struct carp_dev *cd;

	if (!carp_is_dev(dev))
		return NOTIFY_DONE;
	cd = carp_priv(dev);
	if (event == NETDEV_UP) {
		ipv6_addr_set_v4mapped(ifa->ifa_local, &mapped);
		carp_vip_add(cd, &mapped);
	}
	set_metric(ifa, true);
	if (event == NETDEV_UP)
		carp_route_adding(cd, ifa);
	return NOTIFY_DONE;
}

/* After it. */
static int addr4_last(struct notifier_block *nb, unsigned long event,
		      void *ptr)
{
	struct in_ifaddr *ifa = ptr;
	struct net_device *dev = ifa->ifa_dev->dev;
	struct in6_addr mapped;
	struct carp_port *port;
	struct carp_dev *cd;

	port = carp_port_rtnl(dev);
	if (port)
		carp_port_source(port);
	if (!carp_is_dev(dev))
		return NOTIFY_DONE;

	cd = carp_priv(dev);
	ipv6_addr_set_v4mapped(ifa->ifa_local, &mapped);
	if (event == NETDEV_DOWN) {
		if (!still_there(dev, ifa->ifa_local))
			carp_vip_del(cd, &mapped);
		if (dev->reg_state == NETREG_REGISTERED)
			carp_pace_left(cd->port, &mapped);
	}
	set_metric(ifa, false);
	if (event == NETDEV_UP)
		carp_route_added(cd, ifa);
	carp_port_source(cd->port);
	changed(cd, GFP_KERNEL_ACCOUNT);
	if (event == NETDEV_UP && carp_serving(cd))
		carp_announce_one(cd, ifa->ifa_local);
	return NOTIFY_DONE;
}

static int addr4_valid(struct notifier_block *nb, unsigned long event,
		       void *ptr)
{
	struct in_validator_info *ivi = ptr;
	struct net_device *dev = ivi->ivi_dev->dev;
	struct in6_addr mapped;
	struct in_ifaddr *ifa;
	unsigned int n = 0;

	if (event != NETDEV_UP || !carp_is_dev(dev))
		return NOTIFY_DONE;

	in_dev_for_each_ifa_rtnl(ifa, ivi->ivi_dev)
		n++;
	if (n >= CARP_ADDRS_MAX) {
		NL_SET_ERR_MSG(ivi->extack,
			       "carp: an interface takes at most 256 virtual addresses; use another vhid for more");
		return notifier_from_errno(-ENOSPC);
	}
	if (ipv4_is_multicast(ivi->ivi_addr) ||
	    ipv4_is_lbcast(ivi->ivi_addr) ||
	    ipv4_is_loopback(ivi->ivi_addr)) {
		NL_SET_ERR_MSG(ivi->extack,
			       "carp: a multicast, broadcast or loopback address cannot be shared; give a unicast address");
		return notifier_from_errno(-EADDRNOTAVAIL);
	}
	mapped = carp_mapped(ivi->ivi_addr);
	return notifier_from_errno(prepare(carp_priv(dev), &mapped,
						    ivi->extack));
}

static struct notifier_block first_nb = {
	.notifier_call	= addr4_first,
	.priority	= INT_MAX,
};

static struct notifier_block last_nb = {
	.notifier_call	= addr4_last,
	.priority	= INT_MIN,
};

static struct notifier_block valid_nb = {
	.notifier_call	= addr4_valid,
};

static bool is_linklocal(const struct in6_addr *addr)
{
	return ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL;
}

/* IPv6 keeps all others; temporary ones were not given by the administrator. */
static void warn_gone(const struct carp_dev *cd, const struct inet6_ifaddr *ifa)
{
	const struct carp_net *cn = carp_pernet(dev_net(cd->dev));

	if (cd->closing && cd->dev->reg_state == NETREG_REGISTERED &&
	    !(ifa->flags & IFA_F_TEMPORARY) &&
	    (is_linklocal(&ifa->addr) || !(ifa->flags & IFA_F_PERMANENT)) &&
	    carp_log_limited(cn))
		pr_warn("%s%s: address %pI6c goes with the interface down; give it again before it comes up\n",
			cn->whose, cd->dev->name, &ifa->addr);
}

static int addr6_event(struct notifier_block *nb, unsigned long event,
		       void *ptr)
{
	struct inet6_ifaddr *ifa = ptr;
	struct net_device *dev = ifa->idev->dev;
	struct carp_dev *cd;

	if (!carp_is_dev(dev))
		return NOTIFY_DONE;
	/*
	 * Changes under RTNL come with softirqs enabled.  This one comes from a
	 * router advertisement that was made of another packet behind
	 * carp_guard6_local_in(), and is no virtual address.
	 */
	if (unlikely(in_softirq()))
		return NOTIFY_DONE;
	cd = carp_priv(dev);

	if (event == NETDEV_UP) {
		carp_vip_add(cd, &ifa->addr);
		/* For a deprecated one the kernel would make another. */
		if (!(ifa->flags & IFA_F_TEMPORARY))
			carp_tentative_new(ifa);
		carp_route6_mark(ifa);
	} else if (event == NETDEV_DOWN) {
		carp_vip_del(cd, &ifa->addr);
		if (dev->reg_state == NETREG_REGISTERED)
			carp_pace_left(cd->port, &ifa->addr);
		warn_gone(cd, ifa);
	}
	changed(cd, GFP_ATOMIC);
	/* Routes and groups. */
	if (dev->reg_state == NETREG_REGISTERED)
		carp_news_settle(cd);
	if (event == NETDEV_UP && carp_serving(cd))
		carp_announce6_one(cd, &ifa->addr);
	return NOTIFY_DONE;
}

/*
 * Whether IPv6 wants to make an address by itself.  It would be authenticated, and
 * no other host has it, or all have it: of a secret, or of the virtual MAC.  Our
 * interface is set not to make any, but conf.all.addr_gen_mode, a
 * conf.default.stable_secret, and IPv6 state that is new after an MTU that was too
 * small change that without a notification.  Requests by netlink have an extack.
 */
static bool is_automatic(const struct in6_validator_info *i6vi)
{
	struct inet6_dev *idev = i6vi->i6vi_dev;
	bool makes = idev->cnf.addr_gen_mode != IN6_ADDR_GEN_MODE_NONE;

	carp_route6_setup(idev->dev);
	idev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
	return makes && !i6vi->extack && is_linklocal(&i6vi->i6vi_addr);
}

static int check6(const struct in6_validator_info *i6vi)
{
	const struct in6_addr *addr = &i6vi->i6vi_addr;
	struct net_device *dev = i6vi->i6vi_dev->dev;

	if (carp_vip6_count(dev) >= CARP_ADDRS_MAX) {
		NL_SET_ERR_MSG(i6vi->extack,
			       "carp: an interface takes at most 256 virtual addresses of a family; use another vhid for more");
		return -ENOSPC;
	}
	if (ipv6_addr_is_multicast(addr) || ipv6_addr_loopback(addr)) {
		NL_SET_ERR_MSG(i6vi->extack,
			       "carp: a multicast or loopback address cannot be shared; give a unicast address");
		return -EADDRNOTAVAIL;
	}
	if (ipv6_addr_v4mapped(addr)) {
		NL_SET_ERR_MSG(i6vi->extack,
			       "carp: an IPv4-mapped address is never on a wire; give the IPv4 address itself");
		return -EADDRNOTAVAIL;
	}
	if (is_automatic(i6vi))
		return -EADDRNOTAVAIL;
	return prepare(carp_priv(dev), addr, i6vi->extack);
}

static int addr6_valid(struct notifier_block *nb, unsigned long event,
		       void *ptr)
{
	struct in6_validator_info *i6vi = ptr;

	if (event != NETDEV_UP || !carp_is_dev(i6vi->i6vi_dev->dev))
		return NOTIFY_DONE;
	return notifier_from_errno(check6(i6vi));
}

static struct notifier_block addr6_nb = {
	.notifier_call	= addr6_event,
};

static struct notifier_block addr6_valid_nb = {
	.notifier_call	= addr6_valid,
};

static int register6(void)
{
	int err;

	err = register_inet6addr_validator_notifier(&addr6_valid_nb);
	if (err)
		return err;
	err = register_inet6addr_notifier(&addr6_nb);
	if (err)
		unregister_inet6addr_validator_notifier(&addr6_valid_nb);
	return err;
}

static void unregister6(void)
{
	unregister_inet6addr_notifier(&addr6_nb);
	unregister_inet6addr_validator_notifier(&addr6_valid_nb);
}
/**
 * carp_addr_register() - watch addresses come and go
 *
 * Return: 0 or an error.
 */
int carp_addr_register(void)
{
	int err;

	err = register_inetaddr_validator_notifier(&valid_nb);
	if (err)
		return err;
	err = register_inetaddr_notifier(&first_nb);
	if (err)
		goto err_valid;
	err = register_inetaddr_notifier(&last_nb);
	if (err)
		goto err_first;
	err = register6();
	if (err)
		goto err_last;
	return 0;

err_last:
	unregister_inetaddr_notifier(&last_nb);
err_first:
	unregister_inetaddr_notifier(&first_nb);
err_valid:
	unregister_inetaddr_validator_notifier(&valid_nb);
	return err;
}

/**
 * carp_addr_unregister() - undo carp_addr_register()
 */
void carp_addr_unregister(void)
{
	unregister6();
	unregister_inetaddr_notifier(&last_nb);
	unregister_inetaddr_notifier(&first_nb);
	unregister_inetaddr_validator_notifier(&valid_nb);
}
