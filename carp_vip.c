// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual addresses: those of our interfaces, in a table that the
 * datapath asks "is this one of ours, and whose".  IPv4 addresses are in it as
 * IPv4-mapped ones.
 */
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>

#include "carp_vip.h"

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
 * carp_vip_find() - whose virtual address is this
 * @net: namespace
 * @addr: the address, an IPv4 one mapped
 * @port: only interfaces on this lower device, or NULL for any; a link-local
 *	address means something on one lower device only
 *
 * Context: RCU read side.
 * Return: an interface, valid until the end of the read side, or NULL.  More
 * than one may hold the address: carp_vip_for_each().
 */
struct carp_dev *carp_vip_find(const struct net *net,
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
 * carp_vip4_find() - carp_vip_find() of an IPv4 address
 * @net: namespace
 * @addr: network order
 * @port: only interfaces on this lower device, or NULL for any
 *
 * Context: RCU read side.
 */
struct carp_dev *carp_vip4_find(const struct net *net, __be32 addr,
				const struct carp_port *port)
{
	struct in6_addr mapped = carp_mapped(addr);

	return carp_vip_find(net, &mapped, port);
}

/**
 * carp_vip_same_l3() - whether an address of an interface is one to a device, too
 * @cd: interface
 * @addr: its address, an IPv4 one mapped
 * @dev: any device
 *
 * A link-local address means something on its own link only, and any other in
 * its own VRF.
 *
 * Context: RCU read side.
 */
bool carp_vip_same_l3(const struct carp_dev *cd, const struct in6_addr *addr,
		      const struct net_device *dev)
{
	if (cd->dev == dev || cd->lowerdev == dev)
		return true;
	return !(ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL) &&
	       l3mdev_master_ifindex_rcu(cd->dev) ==
	       l3mdev_master_ifindex_rcu(dev);
}

/**
 * carp_vip_lookup_l3() - who holds an address that means something to a device
 * @dev: any device; of an address of another VRF it may have its own
 * @addr: the address, an IPv4 one mapped
 *
 * Context: RCU read side.
 */
struct carp_dev *carp_vip_lookup_l3(const struct net_device *dev,
				    const struct in6_addr *addr)
{
	const struct carp_net *cn = carp_pernet(dev_net(dev));
	const struct carp_vip *vip;

	hlist_for_each_entry_rcu(vip, carp_vip_chain(cn, addr), node)
		if (ipv6_addr_equal(&vip->addr, addr) &&
		    carp_vip_same_l3(vip->cd, addr, dev))
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
 * carp_vip_inactive() - who holds an address that is not served here now
 * @dev: as in carp_vip_lookup_l3()
 * @addr: the address, an IPv4 one mapped
 *
 * Context: RCU read side.
 * Return: NULL if somebody does, or nobody holds it.
 */
struct carp_dev *carp_vip_inactive(const struct net_device *dev,
				   const struct in6_addr *addr)
{
	const struct carp_net *cn = carp_pernet(dev_net(dev));
	const struct carp_vip *vip;
	struct carp_dev *idle = NULL;

	hlist_for_each_entry_rcu(vip, carp_vip_chain(cn, addr), node) {
		if (!ipv6_addr_equal(&vip->addr, addr) ||
		    !carp_vip_same_l3(vip->cd, addr, dev))
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
 * carp_vip_add() - put an address into the table, unless it is there
 * @cd: interface; has a spare_vip, or there may be no memory for it
 * @addr: the address, an IPv4 one mapped
 *
 * Context: RTNL.
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

/**
 * carp_addr6_next() - the IPv6 addresses of a device, one after the other
 * @dev: any device
 * @ifa: the last one, or NULL
 *
 * See carp_addr6_for_each().
 *
 * Context: RCU read side, one for the whole walk.
 * Return: the next one that is not on its way out, or NULL.  Of those that the
 * kernel makes to hide who we are no other host knows; they are not shared.
 */
struct inet6_ifaddr *carp_addr6_next(const struct net_device *dev,
				     const struct inet6_ifaddr *ifa)
{
	const struct inet6_dev *idev = ifa ? ifa->idev : __in6_dev_get(dev);
	const struct list_head *pos;

	if (!idev)
		return NULL;
	pos = ifa ? &ifa->if_list : &idev->addr_list;
	for (;;) {
		struct inet6_ifaddr *next;

		pos = rcu_dereference(list_next_rcu(pos));
		if (pos == &idev->addr_list)
			return NULL;
		next = list_entry(pos, struct inet6_ifaddr, if_list);
		if (READ_ONCE(next->state) != INET6_IFADDR_STATE_DEAD &&
		    !(READ_ONCE(next->flags) & IFA_F_TEMPORARY))
			return next;
	}
}

/**
 * carp_vip6_count() - number of IPv6 addresses of an interface
 * @dev: our interface
 *
 * Context: RTNL or RCU read side.
 */
unsigned int carp_vip6_count(const struct net_device *dev)
{
	const struct inet6_ifaddr *ifa;
	unsigned int n = 0;

	rcu_read_lock();
	carp_addr6_for_each(ifa, dev)
		n++;
	rcu_read_unlock();
	return n;
}

/**
 * carp_vip_families() - which families an interface has addresses of
 * @cd: interface
 *
 * Context: RTNL.
 * Return: CARP_FAMILY_4, CARP_FAMILY_6
 */
u8 carp_vip_families(const struct carp_dev *cd)
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
	return carp_vip_families(cd);
}
