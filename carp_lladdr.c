// SPDX-License-Identifier: GPL-2.0
/*
 * The MAC that the virtual addresses of an interface are at: the virtual one, or
 * with "lladdr lower" that of the lower device, for networks that let no other
 * MAC through.
 *
 * In the latter mode only the destination address tells what is for our
 * interface, a take-over is what clients learn from announcements, and these are
 * repeated for as long as the host is MASTER.
 */
#include <linux/etherdevice.h>
#include <linux/if_macvlan.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>

#include "carp_config.h"
#include "carp_output.h"
#include "carp_port.h"
#include "carp_vip.h"

/* How long it takes until each address has been announced once more, at least. */
#define ROUND		(10 * HZ)

/* How often some of them are, at most. */
#define PAUSE		HZ

static void virtual_mac(u8 vhid, u8 mac[ETH_ALEN])
{
	const u8 bytes[ETH_ALEN] __aligned(2) = {
		0x00, 0x00, 0x5e, 0x00, 0x01, vhid
	};

	ether_addr_copy(mac, bytes);
}

/* Whether that is another one than before. */
static bool set_mac(struct carp_dev *cd)
{
	bool lower = carp_lower_mac(cd);
	u8 mac[ETH_ALEN] __aligned(2);

	if (lower)
		ether_addr_copy(mac, cd->lowerdev->dev_addr);
	else
		virtual_mac(cd->vhid, mac);
	cd->dev->addr_assign_type = lower ? NET_ADDR_STOLEN : NET_ADDR_SET;
	if (ether_addr_equal(cd->dev->dev_addr, mac))
		return false;
	eth_hw_addr_set(cd->dev, mac);
	return true;
}

/**
 * carp_lladdr_init() - the MAC of an interface that nobody knows yet
 * @cd: interface; lower device, vhid and mode are set
 *
 * Context: RTNL.
 */
void carp_lladdr_init(struct carp_dev *cd)
{
	set_mac(cd);
}

/**
 * carp_lladdr_apply() - the mode of an interface may have been changed
 * @cd: interface, which is down
 *
 * Context: RTNL.
 */
void carp_lladdr_apply(struct carp_dev *cd)
{
	carp_lladdr_count(cd->port);
	if (set_mac(cd))
		call_netdevice_notifiers(NETDEV_CHANGEADDR, cd->dev);
}

/**
 * carp_lladdr_follow() - the MAC of the lower device has changed
 * @port: lower device
 *
 * Context: RTNL, before others hear of it.
 */
void carp_lladdr_follow(struct carp_port *port)
{
	struct carp_dev *cd;

	list_for_each_entry(cd, &port->devs, port_node)
		if (carp_lower_mac(cd) && set_mac(cd))
			call_netdevice_notifiers(NETDEV_CHANGEADDR, cd->dev);
}

/**
 * carp_lladdr_count() - interfaces of a lower device, or their modes, have changed
 * @port: lower device
 *
 * Context: RTNL.
 */
void carp_lladdr_count(struct carp_port *port)
{
	const struct carp_dev *cd;
	unsigned int n = 0;

	ASSERT_RTNL();
	list_for_each_entry(cd, &port->devs, port_node)
		n += carp_lower_mac(cd);
	WRITE_ONCE(port->lower_macs, n);
}

/**
 * carp_lladdr_any() - an interface of the namespace that has no virtual MAC
 * @cn: namespace
 *
 * Context: RTNL.
 * Return: one of them, or NULL.
 */
const struct carp_dev *carp_lladdr_any(const struct carp_net *cn)
{
	const struct carp_dev *cd;

	list_for_each_entry(cd, &cn->devs, net_node)
		if (carp_lower_mac(cd))
			return cd;
	return NULL;
}

/* Another interface of the lower device has the address, too. */
static const struct carp_dev *other_holder(const struct carp_dev *cd,
					   const struct in6_addr *addr)
{
	const struct carp_port *port = cd->port;
	const struct carp_vip *vip;

	carp_vip_for_each(vip, port, addr)
		if (vip->cd != cd)
			return vip->cd;
	return NULL;
}

/**
 * carp_lladdr_may_hold() - whether an interface can have an address
 * @cd: interface
 * @addr: the address, an IPv4 one mapped
 *
 * Not if it would be shared and one of those that share it has no MAC of its own.
 *
 * Context: RTNL or RCU read side.
 */
bool carp_lladdr_may_hold(const struct carp_dev *cd,
			  const struct in6_addr *addr)
{
	const struct carp_dev *other;
	bool may;

	if (likely(!READ_ONCE(cd->port->lower_macs)))
		return true;
	rcu_read_lock();
	other = other_holder(cd, addr);
	may = !other || (!carp_lower_mac(cd) && !carp_lower_mac(other));
	rcu_read_unlock();
	return may;
}

static bool shares_any(const struct carp_dev *cd)
{
	const struct in_device *in_dev;
	const struct inet6_ifaddr *ifa6;
	const struct in_ifaddr *ifa;
	struct in6_addr mapped;
	bool shares = false;

	rcu_read_lock();
	in_dev = __in_dev_get_rcu(cd->dev);
	if (in_dev) {
		in_dev_for_each_ifa_rcu(ifa, in_dev) {
			mapped = carp_mapped(ifa->ifa_local);
			shares |= !!other_holder(cd, &mapped);
		}
	}
	carp_addr6_for_each(ifa6, cd->dev)
		shares |= !!other_holder(cd, &ifa6->addr);
	rcu_read_unlock();
	return shares;
}

/**
 * carp_lladdr_is_narrow() - whether a device receives only its own MAC
 * @dev: any device
 *
 * A macvlan, but for mode passthru.
 */
bool carp_lladdr_is_narrow(const struct net_device *dev)
{
	const struct macvlan_dev *vlan;

	if (!netif_is_macvlan(dev))
		return false;
	vlan = netdev_priv(dev);
	return vlan->mode != MACVLAN_MODE_PASSTHRU;
}

/**
 * carp_lladdr_check() - whether an interface can have a mode
 * @net: namespace
 * @cd: the interface, which is down; or NULL if it is about to be made
 * @lladdr: enum carp_lladdr
 * @attr: IFLA_CARP_LLADDR, or NULL
 * @extack: told what is in the way
 *
 * Context: RTNL.
 * Return: 0 or a negative errno.
 */
int carp_lladdr_check(const struct net *net, const struct carp_dev *cd,
		      u8 lladdr, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	if (cd && lladdr == cd->lladdr)
		return 0;
	if (lladdr != CARP_LLADDR_LOWER) {
		if (!cd || !carp_lladdr_is_narrow(cd->lowerdev))
			return 0;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "carp: a macvlan receives the virtual MAC only in mode passthru; leave it at lladdr lower");
		return -EINVAL;
	}
	if (READ_ONCE(carp_pernet(net)->arpbalance)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "carp: net.carp.arpbalance needs a virtual MAC for each interface; set it to 0 before");
		return -EBUSY;
	}
	if (cd && shares_any(cd)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "carp: another vhid shares an address of this interface, which takes a virtual MAC for each; delete it there or here before");
		return -EBUSY;
	}
	return 0;
}

/* An interface of this mode that serves the address. */
static struct carp_dev *server(const struct carp_port *port,
			       const struct in6_addr *addr)
{
	const struct net *net = dev_net(port->lowerdev);
	struct carp_dev *cd = carp_vip_find(net, addr, port);

	return cd && carp_lower_mac(cd) && carp_serving(cd) ? cd : NULL;
}

/**
 * carp_lladdr_served() - whose address a frame to the lower device's MAC is for
 * @port: lower device
 * @skb: the frame, data where the Ethernet header ends
 *
 * Context: softirq, RCU read side.
 * Return: an interface with lladdr lower that is MASTER, or NULL.
 */
struct carp_dev *carp_lladdr_served(const struct carp_port *port,
				    const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h;
	const struct carp_arp *arp;
	const struct iphdr *iph;
	struct in6_addr mapped;
	struct carp_arp _arp;
	struct ipv6hdr _ip6h;
	struct iphdr _iph;

	switch (skb->protocol) {
	case htons(ETH_P_IP):
		iph = skb_header_pointer(skb, 0, sizeof(_iph), &_iph);
		if (!iph || likely(!carp_vip_may_be(port->cn, iph->daddr)))
			return NULL;
		mapped = carp_mapped(iph->daddr);
		return server(port, &mapped);
	case htons(ETH_P_IPV6):
		ip6h = skb_header_pointer(skb, 0, sizeof(_ip6h), &_ip6h);
		if (!ip6h || likely(!carp_vip6_may_be(port->cn, &ip6h->daddr)))
			return NULL;
		return server(port, &ip6h->daddr);
	case htons(ETH_P_ARP):
		arp = skb_header_pointer(skb, 0, sizeof(_arp), &_arp);
		if (!arp || arp->hdr.ar_pro != htons(ETH_P_IP) ||
		    arp->hdr.ar_hln != ETH_ALEN ||
		    arp->hdr.ar_pln != sizeof(arp->tpa) ||
		    arp->spa == arp->tpa)
			return NULL;
		mapped = carp_mapped(arp->tpa);
		return server(port, &mapped);
	}
	return NULL;
}

/*
 * A part of all addresses of both families, beginning at one of them: the
 * counter runs through all, and those that are less than @n behind @from are it.
 */
struct part {
	unsigned int	at;
	unsigned int	from;
	unsigned int	n;
	unsigned int	all;
};

static bool is_next(struct part *p)
{
	return (p->at++ + p->all - p->from) % p->all < p->n;
}

static unsigned int count4(const struct in_device *in_dev)
{
	const struct in_ifaddr *ifa;
	unsigned int n = 0;

	if (in_dev)
		in_dev_for_each_ifa_rcu(ifa, in_dev)
			n++;
	return n;
}

static void announce_part(struct carp_dev *cd, u32 generation, struct part *p)
{
	const struct in_device *in_dev = __in_dev_get_rcu(cd->dev);
	const struct inet6_ifaddr *ifa6;
	const struct in_ifaddr *ifa;

	if (in_dev)
		in_dev_for_each_ifa_rcu(ifa, in_dev)
			if (is_next(p) && READ_ONCE(cd->generation) == generation)
				carp_announce_one(cd, ifa->ifa_local);
	carp_addr6_for_each(ifa6, cd->dev)
		if (is_next(p) && READ_ONCE(cd->generation) == generation)
			carp_announce6_one(cd, &ifa6->addr);
}

/**
 * carp_lladdr_repeat() - announce some of the addresses once more
 * @cd: interface, MASTER, which has just advertised
 * @generation: carp_dev.generation when this was decided; nothing is sent any
 *	more once it has changed
 *
 * So many that all have had their turn after ROUND, or after ten advertisements if
 * these are further apart than a second.
 *
 * Context: softirq or process with BH disabled; no carp_dev.lock held.
 */
void carp_lladdr_repeat(struct carp_dev *cd, u32 generation)
{
	unsigned long last = READ_ONCE(cd->repeated);
	struct part p = {};

	if (likely(!carp_lower_mac(cd)) ||
	    READ_ONCE(cd->generation) != generation ||
	    time_in_range_open(jiffies, last, last + PAUSE))
		return;
	WRITE_ONCE(cd->repeated, jiffies);
	rcu_read_lock();
	p.all = count4(__in_dev_get_rcu(cd->dev)) + carp_vip6_count(cd->dev);
	if (p.all) {
		p.n = DIV_ROUND_UP(p.all, ROUND / PAUSE);
		p.from = READ_ONCE(cd->repeat_from) % p.all;
	}
	if (p.all && carp_rights_announce(cd->port->cn, p.n)) {
		WRITE_ONCE(cd->repeat_from, (p.from + p.n) % p.all);
		announce_part(cd, generation, &p);
	}
	rcu_read_unlock();
}
