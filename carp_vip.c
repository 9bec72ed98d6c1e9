// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual addresses: those of our interfaces, in a table that the
 * datapath asks "is this one of ours, and whose"; and what happens when IPv4
 * ones come and go. IPv4 addresses are in the table as IPv4-mapped ones.
 *
 * An address enters the table before the routing code hears of it, and
 * leaves it afterwards, so that there is no moment in which the kernel answers
 * for it and the guard does not know it.
 */
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>

#include "carp_addrset.h"
#include "carp_priv.h"

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
	table = kvcalloc(1 << CARP_VIP_BITS, sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	rcu_assign_pointer(cn->vips, table);
	return 0;
}

/**
 * carp_vip6_find() - whose virtual address is this
 * @net: namespace
 * @addr: the address, an IPv4 one mapped
 * @port: only interfaces on this carrier, or NULL for any; a link-local
 *	address means something on one carrier only
 *
 * Context: RCU read side.
 * Return: an interface, valid until the end of the read side, or NULL.  More
 * than one may hold the address: carp_vip_for_each().
 */
struct carp_dev *carp_vip6_find(const struct net *net,
				const struct in6_addr *addr,
				const struct carp_port *port)
{
	const struct carp_net *cn = port ? port->cn : carp_pernet(net);
	const struct carp_vip *vip;

	hlist_for_each_entry_rcu(vip, carp_vip_chain(cn, addr), node)
		if (ipv6_addr_equal(&vip->addr, addr) &&
		    (!port || vip->cd->port == port))
			return vip->cd;
	return NULL;
}

/**
 * carp_vip_find() - carp_vip6_find() of an IPv4 address
 * @net: namespace
 * @addr: network order
 * @port: only interfaces on this carrier, or NULL for any
 *
 * Context: RCU read side.
 */
struct carp_dev *carp_vip_find(const struct net *net, __be32 addr,
			       const struct carp_port *port)
{
	struct in6_addr mapped = carp_mapped(addr);

	return carp_vip6_find(net, &mapped, port);
}

/**
 * carp_vip_is_near() - whether an address of an interface is one to a device, too
 * @cd: interface
 * @addr: its address, an IPv4 one mapped
 * @dev: any device
 *
 * A link-local address means something on its own link only, and any other in
 * its own VRF.
 *
 * Context: RCU read side.
 */
bool carp_vip_is_near(const struct carp_dev *cd, const struct in6_addr *addr,
		      const struct net_device *dev)
{
	if (cd->dev == dev || cd->carrier == dev)
		return true;
	return !(ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL) &&
	       l3mdev_master_ifindex_rcu(cd->dev) ==
	       l3mdev_master_ifindex_rcu(dev);
}

/**
 * carp_vip_near() - who holds an address that means something to a device
 * @dev: any device; of an address of another VRF it may have its own
 * @addr: the address, an IPv4 one mapped
 *
 * Context: RCU read side.
 */
struct carp_dev *carp_vip_near(const struct net_device *dev,
			       const struct in6_addr *addr)
{
	const struct carp_net *cn = carp_pernet(dev_net(dev));
	const struct carp_vip *vip;

	hlist_for_each_entry_rcu(vip, carp_vip_chain(cn, addr), node)
		if (ipv6_addr_equal(&vip->addr, addr) &&
		    carp_vip_is_near(vip->cd, addr, dev))
			return vip->cd;
	return NULL;
}

/**
 * carp_vip_has() - whether an interface holds an address
 * @cd: interface
 * @addr: the address, an IPv4 one mapped
 *
 * Context: RCU read side.
 */
bool carp_vip_has(const struct carp_dev *cd, const struct in6_addr *addr)
{
	const struct carp_net *cn = carp_pernet(dev_net(cd->dev));
	const struct carp_vip *vip;

	hlist_for_each_entry_rcu(vip, carp_vip_chain(cn, addr), node)
		if (vip->cd == cd && ipv6_addr_equal(&vip->addr, addr))
			return true;
	return false;
}

/**
 * carp_vip_idle() - who holds an address that nobody of this host serves now
 * @dev: as in carp_vip_near()
 * @addr: the address, an IPv4 one mapped
 *
 * Context: RCU read side.
 * Return: NULL if somebody does, or nobody holds it.
 */
struct carp_dev *carp_vip_idle(const struct net_device *dev,
			       const struct in6_addr *addr)
{
	const struct carp_net *cn = carp_pernet(dev_net(dev));
	const struct carp_vip *vip;
	struct carp_dev *idle = NULL;

	hlist_for_each_entry_rcu(vip, carp_vip_chain(cn, addr), node) {
		if (!ipv6_addr_equal(&vip->addr, addr) ||
		    !carp_vip_is_near(vip->cd, addr, dev))
			continue;
		if (carp_serving(vip->cd))
			return NULL;
		idle = vip->cd;
	}
	return idle;
}

/* Under RTNL. */
static struct hlist_head *bucket(const struct carp_net *cn,
				 const struct in6_addr *addr)
{
	return &rtnl_dereference(cn->vips)[carp_vip6_hash(addr)];
}

static struct carp_vip *lookup(struct carp_dev *cd, const struct in6_addr *addr)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));
	struct carp_vip *vip;

	hlist_for_each_entry(vip, bucket(cn, addr), node)
		if (vip->cd == cd && ipv6_addr_equal(&vip->addr, addr))
			return vip;
	return NULL;
}

/**
 * carp_vip_prepare() - make the table entry of an address that is about to come
 * @cd: interface
 * @addr: the address, an IPv4 one mapped
 * @extack: told why not
 *
 * Context: RTNL, may sleep.
 * Return: 0; -EADDRNOTAVAIL if it is the address of a peer, or would be shared
 * and cannot; or -ENOMEM.
 */
int carp_vip_prepare(struct carp_dev *cd, const struct in6_addr *addr,
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

/**
 * carp_vip_add() - put an address into the table, unless it is there
 * @cd: interface
 * @addr: the address, an IPv4 one mapped
 *
 * Context: RTNL; after carp_vip_prepare(), or there may be no memory for it.
 */
void carp_vip_add(struct carp_dev *cd, const struct in6_addr *addr)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));
	struct carp_vip *vip = cd->spare_vip;

	if (lookup(cd, addr))
		return;
	cd->spare_vip = NULL;
	/* One that IPv6 makes by itself nobody was asked about. */
	if (!vip)
		vip = kzalloc(sizeof(*vip), GFP_ATOMIC | __GFP_ACCOUNT);
	if (!vip)
		return;
	vip->addr = *addr;
	vip->cd = cd;
	hlist_add_head_rcu(&vip->node,
			   bucket(cn, addr));
}

/**
 * carp_vip_del() - take an address out of the table
 * @cd: interface
 * @addr: the address, an IPv4 one mapped
 *
 * Context: RTNL.
 */
void carp_vip_del(struct carp_dev *cd, const struct in6_addr *addr)
{
	struct carp_vip *vip = lookup(cd, addr);

	if (!vip)
		return;
	hlist_del_rcu(&vip->node);
	kfree_rcu(vip, rcu);
}

/**
 * carp_vip_purge() - take what is left of an interface out of the table
 * @cd: interface that goes
 *
 * Its addresses have gone, and been heard to go, unless somebody has stopped the
 * chain of notifiers.
 *
 * Context: RTNL.
 */
void carp_vip_purge(struct carp_dev *cd)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));
	struct hlist_head *table = rtnl_dereference(cn->vips);
	struct hlist_node *next;
	struct carp_vip *vip;
	unsigned int i;

	if (!table)
		return;
	for (i = 0; i < 1 << CARP_VIP_BITS; i++)
		hlist_for_each_entry_safe(vip, next, &table[i], node) {
			if (vip->cd != cd)
				continue;
			hlist_del_rcu(&vip->node);
			kfree_rcu(vip, rcu);
		}
}

/* Which families the interface has addresses of. */
static u8 families(const struct carp_dev *cd)
{
	const struct in_device *in_dev = __in_dev_get_rtnl(cd->dev);
	u8 set = 0;

	if (in_dev && rtnl_dereference(in_dev->ifa_list))
		set |= CARP_FAMILY_4;
	if (carp_vip6_count(cd->dev))
		set |= CARP_FAMILY_6;
	return set;
}

/**
 * carp_vip_any() - whether an interface has an address at all
 * @cd: interface
 *
 * Context: RTNL.
 */
bool carp_vip_any(const struct carp_dev *cd)
{
	return families(cd);
}

/**
 * carp_vip_changed() - an address has come or gone
 * @cd: interface
 * @gfp: what may be done for memory
 *
 * The first advertisement is authenticated over the first address, and the
 * last good-bye over the last one.
 *
 * Context: RTNL.
 */
void carp_vip_changed(struct carp_dev *cd, gfp_t gfp)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));
	u8 now = families(cd);

	if (!now)
		carp_evaluate(cd);
	if (cd->dev->reg_state == NETREG_REGISTERED &&
	    carp_auth_update(cd, gfp))
		queue_delayed_work(carp_wq, &cn->retry_work, HZ);
	WRITE_ONCE(cd->families, now);
	carp_evaluate(cd);
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
static int address_last(struct notifier_block *nb, unsigned long event,
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
			carp_share_left(cd->port, &mapped);
	}
	set_metric(ifa, false);
	if (event == NETDEV_UP)
		carp_route_added(cd, ifa);
	carp_port_source(cd->port);
	carp_vip_changed(cd, GFP_KERNEL_ACCOUNT);
	if (event == NETDEV_UP && carp_serving(cd))
		carp_announce_one(cd, ifa->ifa_local);
	return NOTIFY_DONE;
}

static int address_valid(struct notifier_block *nb, unsigned long event,
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
	return notifier_from_errno(carp_vip_prepare(carp_priv(dev), &mapped,
						    ivi->extack));
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
	err = register_inetaddr_notifier(&first_nb);
	if (err)
		goto err_valid;
	err = register_inetaddr_notifier(&last_nb);
	if (err)
		goto err_first;
	err = carp_vip6_register();
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
 * carp_vip_unregister() - undo carp_vip_register()
 */
void carp_vip_unregister(void)
{
	carp_vip6_unregister();
	unregister_inetaddr_notifier(&last_nb);
	unregister_inetaddr_notifier(&first_nb);
	unregister_inetaddr_validator_notifier(&valid_nb);
}
