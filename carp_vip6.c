// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 virtual addresses come and go.
 *
 * The routing code hears of a new address after these notifiers, and of one
 * that goes before them, so that here one notifier does what takes two for
 * IPv4.  It is called where nothing may sleep; what has to, and what needs
 * routes that are still to be made, is left to work.
 */
#include <linux/rtnetlink.h>
#include <net/addrconf.h>

#include "carp_addrset.h"
#include "carp_priv.h"

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

/*
 * What an address of many hosts needs: it is usable at once and asks nobody
 * whether it may be; its connected route loses to any other; and it is not
 * chosen as source for what has nothing to do with it, on the other hosts
 * least of all.  That is what "deprecated" means.  "ip addr change" or "replace"
 * without "preferred_lft 0" takes it back, and nobody is told.
 */
static void prepare(struct inet6_ifaddr *ifa)
{
	u32 flags;

	spin_lock_bh(&ifa->lock);
	flags = ifa->flags | IFA_F_NODAD;
	flags &= ~(IFA_F_TENTATIVE | IFA_F_OPTIMISTIC);
	if (!(ipv6_addr_type(&ifa->addr) & IPV6_ADDR_LINKLOCAL)) {
		flags |= IFA_F_DEPRECATED;
		ifa->prefered_lft = 0;
	}
	if (!ifa->rt_priority)
		ifa->rt_priority = CARP_VIP_METRIC;
	WRITE_ONCE(ifa->flags, flags);
	spin_unlock_bh(&ifa->lock);
}

/**
 * carp_vip6_serve() - have the addresses used, or not
 * @cd: interface
 *
 * Of all sources IPv6 prefers for a packet to a virtual address that address
 * itself (RFC 6724, rule 1), and a host that is not MASTER must not send from
 * it.  A tentative address is not chosen, nor can a program bind to it, which
 * is how it is with IPv4.  That IPv6 makes an end of it, after an address was
 * given or the interface came up, is put right at the next event.  Nor is it taken
 * for a duplicate when IPv6 comes to look at what came in before.
 *
 * Context: carp_dev.lock held.
 */
void carp_vip6_serve(struct carp_dev *cd)
{
	bool serving = carp_serving(cd);
	struct inet6_ifaddr *ifa;

	rcu_read_lock();
	carp_addr6_for_each(ifa, cd->dev) {
		if (serving == !(READ_ONCE(ifa->flags) & IFA_F_TENTATIVE))
			continue;
		spin_lock_bh(&ifa->lock);
		if (serving)
			WRITE_ONCE(ifa->flags, ifa->flags & ~IFA_F_TENTATIVE);
		else
			WRITE_ONCE(ifa->flags, ifa->flags | IFA_F_TENTATIVE);
		if (ifa->state == INET6_IFADDR_STATE_DAD)
			WRITE_ONCE(ifa->state, INET6_IFADDR_STATE_POSTDAD);
		spin_unlock_bh(&ifa->lock);
	}
	rcu_read_unlock();
}

/**
 * carp_vip6_awake() - the interface comes up, with the addresses it has kept
 * @dev: our interface
 *
 * "ip addr change" may have taken from them what they need not to be doubted.
 *
 * Context: RTNL, before IPv6 hears of it.
 */
void carp_vip6_awake(const struct net_device *dev)
{
	struct inet6_ifaddr *ifa;

	rcu_read_lock();
	carp_addr6_for_each(ifa, dev) {
		spin_lock_bh(&ifa->lock);
		WRITE_ONCE(ifa->flags, ifa->flags | IFA_F_NODAD);
		spin_unlock_bh(&ifa->lock);
	}
	rcu_read_unlock();
}

static bool is_linklocal(const struct in6_addr *addr)
{
	return ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL;
}

/* IPv6 keeps all others, and temporary ones nobody gives. */
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

static int address_event(struct notifier_block *nb, unsigned long event,
			 void *ptr)
{
	struct inet6_ifaddr *ifa = ptr;
	struct net_device *dev = ifa->idev->dev;
	struct carp_dev *cd;

	if (!carp_is_dev(dev))
		return NOTIFY_DONE;
	/*
	 * All that is under RTNL comes with softirqs enabled.  This is of a router
	 * advertisement that somebody has made of another packet behind
	 * carp_guard6_local_in(), and is nobody's virtual address.
	 */
	if (unlikely(in_softirq()))
		return NOTIFY_DONE;
	cd = carp_priv(dev);

	if (event == NETDEV_UP) {
		carp_vip_add(cd, &ifa->addr);
		/* For a deprecated one the kernel would make another. */
		if (!(ifa->flags & IFA_F_TEMPORARY))
			prepare(ifa);
		carp_route6_mark(ifa);
	} else if (event == NETDEV_DOWN) {
		carp_vip_del(cd, &ifa->addr);
		if (dev->reg_state == NETREG_REGISTERED)
			carp_share_left(cd->port, &ifa->addr);
		warn_gone(cd, ifa);
	}
	carp_vip_changed(cd, GFP_ATOMIC);
	/* Routes and groups. */
	if (dev->reg_state == NETREG_REGISTERED)
		carp_news_settle(cd);
	if (event == NETDEV_UP && carp_serving(cd))
		carp_announce6_one(cd, &ifa->addr);
	return NOTIFY_DONE;
}

/*
 * Whether IPv6 wants to make an address by itself.  It would be authenticated, and
 * no other host has it, or all have it: of a secret, or of the virtual MAC.  That
 * it must not is set for our interface, but conf.all.addr_gen_mode, a
 * conf.default.stable_secret, and IPv6 state that is new after an MTU that was too
 * small set it otherwise, and nobody is told.  Requests by netlink have an extack.
 */
static bool is_automatic(const struct in6_validator_info *i6vi)
{
	struct inet6_dev *idev = i6vi->i6vi_dev;
	bool makes = idev->cnf.addr_gen_mode != IN6_ADDR_GEN_MODE_NONE;

	carp_route6_setup(idev->dev);
	idev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
	return makes && !i6vi->extack && is_linklocal(&i6vi->i6vi_addr);
}

static int refuse(const struct in6_validator_info *i6vi)
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
	return carp_vip_prepare(carp_priv(dev), addr, i6vi->extack);
}

static int address_valid(struct notifier_block *nb, unsigned long event,
			 void *ptr)
{
	struct in6_validator_info *i6vi = ptr;

	if (event != NETDEV_UP || !carp_is_dev(i6vi->i6vi_dev->dev))
		return NOTIFY_DONE;
	return notifier_from_errno(refuse(i6vi));
}

static struct notifier_block event_nb = {
	.notifier_call	= address_event,
};

static struct notifier_block valid_nb = {
	.notifier_call	= address_valid,
};

/**
 * carp_vip6_register() - watch IPv6 addresses come and go
 *
 * Return: 0 or an error.
 */
int carp_vip6_register(void)
{
	int err;

	err = register_inet6addr_validator_notifier(&valid_nb);
	if (err)
		return err;
	err = register_inet6addr_notifier(&event_nb);
	if (err)
		unregister_inet6addr_validator_notifier(&valid_nb);
	return err;
}

/**
 * carp_vip6_unregister() - undo carp_vip6_register()
 */
void carp_vip6_unregister(void)
{
	unregister_inet6addr_notifier(&event_nb);
	unregister_inet6addr_validator_notifier(&valid_nb);
}
