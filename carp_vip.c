// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual addresses: those of our interfaces, in a table that the
 * datapath asks "is this one of ours, and whose".
 *
 * An address enters the table before the routing code hears of it, and
 * leaves it afterwards, so that there is no moment in which the kernel answers
 * for it and the guard does not know it.
 */
#include <linux/inetdevice.h>
#include <linux/jhash.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>

#include "carp_addrset.h"
#include "carp_priv.h"

#define VIP_BITS	10

/*
 * Metric of the connected route of a virtual address, if the administrator
 * gives none: any other way to the subnet is better.  Traffic that only passes
 * the host then leaves through the carrier, with the carrier's own MAC.
 */
#define VIP_METRIC	0x7fffffff

static struct hlist_head *bucket(struct hlist_head *table, __be32 addr)
{
	return &table[jhash_1word((__force u32)addr, 0) >> (32 - VIP_BITS)];
}

/**
 * carp_vip_init() - make the table of a namespace, if there is none yet
 * @cn: namespace
 *
 * Context: RTNL.
 * Return: 0 or -ENOMEM.
 */
int carp_vip_init(struct carp_net *cn)
{
	struct hlist_head *table;

	if (rtnl_dereference(cn->vips))
		return 0;
	table = kvcalloc(1 << VIP_BITS, sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	rcu_assign_pointer(cn->vips, table);
	return 0;
}

static struct carp_dev *find(const struct net *net, __be32 addr,
			     const struct carp_port *port,
			     const struct carp_dev *after)
{
	struct hlist_head *table;
	struct carp_vip *vip;

	table = rcu_dereference(carp_pernet(net)->vips);
	if (!table)
		return NULL;
	hlist_for_each_entry_rcu(vip, bucket(table, addr), node) {
		if (after) {
			if (vip->addr == addr && vip->cd == after)
				after = NULL;
			continue;
		}
		if (vip->addr == addr && (!port || vip->cd->port == port))
			return vip->cd;
	}
	return NULL;
}

/**
 * carp_vip_find() - whose virtual address is this
 * @net: namespace
 * @addr: network order
 * @port: only interfaces on this carrier, or NULL for any
 *
 * Context: RCU read side.
 * Return: an interface, valid until the end of the read side, or NULL.  More
 * than one may hold the address: carp_vip_next().
 */
struct carp_dev *carp_vip_find(const struct net *net, __be32 addr,
			       const struct carp_port *port)
{
	return find(net, addr, port, NULL);
}

/**
 * carp_vip_next() - who else holds it
 * @net: namespace
 * @addr: network order
 * @port: as in carp_vip_find()
 * @after: what the last call returned
 *
 * Context: RCU read side, the same as for @after.
 */
struct carp_dev *carp_vip_next(const struct net *net, __be32 addr,
			       const struct carp_port *port,
			       const struct carp_dev *after)
{
	return find(net, addr, port, after);
}

/**
 * carp_vip_held() - whether a virtual address is held by this host now
 * @net: namespace
 * @addr: network order
 *
 * Context: RCU read side.
 */
bool carp_vip_held(const struct net *net, __be32 addr)
{
	struct carp_dev *cd;

	for (cd = carp_vip_find(net, addr, NULL); cd;
	     cd = carp_vip_next(net, addr, NULL, cd))
		if (carp_serving(cd))
			return true;
	return false;
}

static void vip_add(struct carp_dev *cd, __be32 addr)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));
	struct carp_vip *vip = cd->spare_vip;

	/* The validator has made it, and refused the address if it could not. */
	cd->spare_vip = NULL;
	if (WARN_ON_ONCE(!vip))
		return;
	vip->addr = addr;
	vip->cd = cd;
	hlist_add_head_rcu(&vip->node, bucket(rtnl_dereference(cn->vips), addr));
}

static void vip_del(struct carp_dev *cd, __be32 addr)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));
	struct in_device *in_dev = __in_dev_get_rtnl(cd->dev);
	struct in_ifaddr *ifa;
	struct carp_vip *vip;

	/* The same address may have been given with another prefix too. */
	if (in_dev)
		in_dev_for_each_ifa_rtnl(ifa, in_dev)
			if (ifa->ifa_local == addr)
				return;

	hlist_for_each_entry(vip, bucket(rtnl_dereference(cn->vips), addr),
			     node) {
		if (vip->addr == addr && vip->cd == cd) {
			hlist_del_rcu(&vip->node);
			kfree_rcu(vip, rcu);
			return;
		}
	}
}

static void set_metric(struct in_ifaddr *ifa, bool set)
{
	if (set && !ifa->ifa_rt_priority)
		ifa->ifa_rt_priority = VIP_METRIC;
	else if (!set && ifa->ifa_rt_priority == VIP_METRIC)
		ifa->ifa_rt_priority = 0;
}

/* Whether cd is in the table under addr; RTNL. */
static bool vip_known(struct carp_dev *cd, __be32 addr)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));
	struct carp_vip *vip;

	hlist_for_each_entry(vip, bucket(rtnl_dereference(cn->vips), addr),
			     node)
		if (vip->addr == addr && vip->cd == cd)
			return true;
	return false;
}

/**
 * carp_vip_metric() - give connected routes of virtual addresses their metric
 * @dev: our interface
 * @set: before the routing code looks at the addresses, or after it
 *
 * The address itself keeps what the administrator has said, or a later
 * "ip addr replace" that says the same would be taken for a change of metric.
 *
 * Context: RTNL.
 */
void carp_vip_metric(struct net_device *dev, bool set)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);
	struct in_ifaddr *ifa;

	if (!in_dev)
		return;
	in_dev_for_each_ifa_rtnl(ifa, in_dev)
		set_metric(ifa, set);
}

/* Before the routing code. */
static int address_first(struct notifier_block *nb, unsigned long event,
			 void *ptr)
{
	struct in_ifaddr *ifa = ptr;
	struct net_device *dev = ifa->ifa_dev->dev;
	struct carp_dev *cd;

	if (!carp_is_dev(dev))
		return NOTIFY_DONE;
	cd = carp_priv(dev);
	if (event == NETDEV_UP && !vip_known(cd, ifa->ifa_local))
		vip_add(cd, ifa->ifa_local);
	set_metric(ifa, true);
	carp_route_open(cd);
	return NOTIFY_DONE;
}

/* After it. */
static int address_last(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct in_ifaddr *ifa = ptr;
	struct net_device *dev = ifa->ifa_dev->dev;
	struct carp_net *cn = carp_pernet(dev_net(dev));
	struct carp_port *port;
	struct carp_dev *cd;

	port = carp_port_rtnl(dev);
	if (port)
		carp_port_source(port);
	if (!carp_is_dev(dev))
		return NOTIFY_DONE;

	cd = carp_priv(dev);
	if (event == NETDEV_DOWN) {
		vip_del(cd, ifa->ifa_local);
		if (dev->reg_state == NETREG_REGISTERED)
			carp_share_left4(cd->port, ifa->ifa_local);
	}
	set_metric(ifa, false);
	/*
	 * The routing code is not through yet: after the first address of a
	 * subnet has gone, it makes new routes for the others.
	 */
	if (event == NETDEV_DOWN || READ_ONCE(cd->settling))
		carp_news_settle(cd);
	else
		carp_route_flag(cd);
	carp_port_source(cd->port);
	/*
	 * The first advertisement is authenticated over the first address, and
	 * the last good-bye over the last one.
	 */
	if (!rtnl_dereference(ifa->ifa_dev->ifa_list))
		carp_evaluate(cd);
	if (dev->reg_state == NETREG_REGISTERED &&
	    carp_auth_update(cd, READ_ONCE(cd->proto.state) != CARP_STATE_INIT))
		queue_delayed_work(carp_wq, &cn->retry_work, HZ);
	carp_evaluate(cd);
	if (event == NETDEV_UP && carp_serving(cd))
		carp_announce_one(cd, ifa->ifa_local);
	return NOTIFY_DONE;
}

static int address_valid(struct notifier_block *nb, unsigned long event,
			 void *ptr)
{
	struct in_validator_info *ivi = ptr;
	struct net_device *dev = ivi->ivi_dev->dev;
	struct in_ifaddr *ifa;
	struct carp_dev *cd;
	unsigned int n = 0;

	if (event != NETDEV_UP || !carp_is_dev(dev))
		return NOTIFY_DONE;
	cd = carp_priv(dev);

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
	if (!cd->spare_vip)
		cd->spare_vip = kzalloc(sizeof(*cd->spare_vip),
					GFP_KERNEL_ACCOUNT);
	if (!cd->spare_vip) {
		NL_SET_ERR_MSG(ivi->extack,
			       "carp: no memory for another virtual address");
		return notifier_from_errno(-ENOMEM);
	}
	return NOTIFY_DONE;
}

static int address6_valid(struct notifier_block *nb, unsigned long event,
			  void *ptr)
{
	struct in6_validator_info *i6vi = ptr;

	if (event != NETDEV_UP || !carp_is_dev(i6vi->i6vi_dev->dev))
		return NOTIFY_DONE;
	NL_SET_ERR_MSG(i6vi->extack,
		       "carp: IPv6 virtual addresses are not supported by this version; give an IPv4 address");
	return notifier_from_errno(-EAFNOSUPPORT);
}

static struct notifier_block first_nb = {
	.notifier_call	= address_first,
	.priority	= INT_MAX,
};

static struct notifier_block last_nb = {
	.notifier_call	= address_last,
	.priority	= INT_MIN,
};

static struct notifier_block valid_nb = {
	.notifier_call	= address_valid,
};

static struct notifier_block valid6_nb = {
	.notifier_call	= address6_valid,
};

/**
 * carp_vip_register() - watch addresses come and go
 *
 * Return: 0 or an error.
 */
int carp_vip_register(void)
{
	int err;

	err = register_inetaddr_validator_notifier(&valid_nb);
	if (err)
		return err;
	err = register_inet6addr_validator_notifier(&valid6_nb);
	if (err)
		goto err_valid;
	err = register_inetaddr_notifier(&first_nb);
	if (err)
		goto err_valid6;
	err = register_inetaddr_notifier(&last_nb);
	if (err)
		goto err_first;
	return 0;

err_first:
	unregister_inetaddr_notifier(&first_nb);
err_valid6:
	unregister_inet6addr_validator_notifier(&valid6_nb);
err_valid:
	unregister_inetaddr_validator_notifier(&valid_nb);
	return err;
}

/**
 * carp_vip_unregister() - undo carp_vip_register()
 */
void carp_vip_unregister(void)
{
	unregister_inetaddr_notifier(&last_nb);
	unregister_inetaddr_notifier(&first_nb);
	unregister_inet6addr_validator_notifier(&valid6_nb);
	unregister_inetaddr_validator_notifier(&valid_nb);
}
