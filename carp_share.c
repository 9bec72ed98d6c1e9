// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses that several vhids of a lower device share.
 *
 * Of all of them one vhid serves a client: with net.carp.arpbalance the one
 * that carp_balance.c chooses for it, else the lowest.  The MASTER of that
 * vhid answers, whichever host that is, and nobody else, so that each client
 * stays with one virtual MAC and that MAC moves when its host dies.
 *
 * A client must hear of no other MAC.  So with arpbalance nothing that many can
 * hear names a shared address: no announcement, and no question.  Switches
 * learn where a virtual MAC is from the advertisements that it sends.
 */
#include <linux/bitmap.h>
#include <linux/ktime.h>
#include <net/ipv6.h>

#include "carp_balance.h"
#include "carp_vip.h"

/* After the moment at which a master that is heard no more counts as dead. */
#define SLACK_NS	CARP_NSEC_PER_SEC

static bool balanced(const struct net *net)
{
	return READ_ONCE(carp_pernet(net)->arpbalance);
}

/* Not in jiffies, of which 32 bits come round while a host is up. */
static bool is_before(const atomic64_t *end)
{
	return ktime_get_ns() < (u64)atomic64_read(end);
}

/*
 * Whether a vhid has hosts that take part: this one, or one that is heard.  One
 * that is down everywhere leaves its clients to the others; one that is down
 * only here does not.
 */
static bool alive(const struct carp_dev *cd)
{
	return carp_serving(cd) ||
	       READ_ONCE(cd->proto.state) != CARP_STATE_INIT ||
	       is_before(&cd->heard_until);
}

/**
 * carp_share_heard() - an authentic advertisement was received
 * @cd: interface, in any state
 * @adv: the advertisement
 *
 * Context: any.
 */
void carp_share_heard(struct carp_dev *cd, const struct carp_advert *adv)
{
	u64 ns = carp_master_down_ns(adv->advbase, adv->advskew);

	if (carp_wire_is_bowout(adv))
		return;
	atomic64_set(&cd->heard_until, ktime_get_ns() + ns + SLACK_NS);
}

/* Whether more have it than the one that was found first. */
static bool is_shared(const struct carp_port *port, const struct in6_addr *addr,
		      const struct carp_dev *first)
{
	const struct carp_vip *vip;

	carp_vip_for_each(vip, port, addr)
		if (vip->cd != first)
			return true;
	return false;
}

/* The i-th of a set of vhids. */
static u8 nth(const unsigned long *vhids, unsigned int i)
{
	unsigned int vhid;

	for_each_set_bit(vhid, vhids, CARP_VHIDS)
		if (!i--)
			break;
	return vhid;
}

/* Clients are of the same family as the address. */
static u32 number(const struct in6_addr *client)
{
	struct carp_addr6 bytes;

	if (ipv6_addr_v4mapped(client))
		return carp_balance_client4(client->s6_addr32[3]);
	memcpy(&bytes, client, sizeof(bytes));
	return carp_balance_client6(&bytes);
}

/**
 * carp_share_pick() - who serves a client
 * @port: lower device
 * @addr: virtual address, an IPv4 one mapped
 * @client: address of the client, an IPv4 one mapped
 *
 * Context: RCU read side.
 * Return: the interface, which may be anything but MASTER here; NULL if @addr
 * is no virtual address of the lower device.
 */
struct carp_dev *carp_share_pick(const struct carp_port *port,
				 const struct in6_addr *addr,
				 const struct in6_addr *client)
{
	const struct net *net = dev_net(port->lowerdev);
	struct carp_dev *first = carp_vip_find(net, addr, port);
	DECLARE_BITMAP(vhids, CARP_VHIDS) = {};
	const struct carp_vip *vip;
	unsigned int n = 0, i = 0;

	if (!first || likely(!is_shared(port, addr, first)))
		return first;
	carp_vip_for_each(vip, port, addr)
		if (alive(vip->cd) && !__test_and_set_bit(vip->cd->vhid, vhids))
			n++;
	if (!n)
		return first;
	if (balanced(net))
		i = carp_balance_pick(number(client), n);
	return rcu_dereference(port->dev_by_vhid[nth(vhids, i)]) ?: first;
}

static bool spreading(const struct net *net)
{
	return balanced(net) && is_before(&carp_pernet(net)->spread_until);
}

/**
 * carp_share_refresh() - who answers a client that has asked one virtual MAC
 * @cd: the interface with that MAC
 * @addr: virtual address, an IPv4 one mapped
 * @client: address of the client, an IPv4 one mapped
 *
 * That one, as long as it serves the address, so that connections stay where
 * they are: hosts refresh in the name of another of their addresses than the
 * one they have asked all with, and that may be another's client.  But not
 * shortly after arpbalance has been switched on, or clients in use would never
 * spread.  Then, if the right one is not here, nobody answers, and the client
 * asks all.
 *
 * Context: RCU read side.
 */
struct carp_dev *carp_share_refresh(struct carp_dev *cd,
				    const struct in6_addr *addr,
				    const struct in6_addr *client)
{
	if (!spreading(dev_net(cd->dev)) && carp_serving(cd) &&
	    carp_vip_has(cd, addr))
		return cd;
	return carp_share_pick(cd->port, addr, client) ?: cd;
}

/**
 * carp_share_sender() - in whose name a frame leaves
 * @port: lower device
 * @addr: virtual address it is from, an IPv4 one mapped
 * @client: address it is for, an IPv4 one mapped
 * @mac: source MAC that it has
 *
 * Context: RCU read side.
 * Return: an interface that serves @addr: the one with that MAC; or the one
 * that serves the client; or the lowest; NULL if none does.
 */
struct carp_dev *carp_share_sender(const struct carp_port *port,
				   const struct in6_addr *addr,
				   const struct in6_addr *client,
				   const u8 *mac)
{
	struct carp_dev *cd, *lowest = NULL;
	const struct carp_vip *vip;
	unsigned int n = 0;

	carp_vip_for_each(vip, port, addr) {
		cd = vip->cd;
		if (!carp_serving(cd))
			continue;
		if (ether_addr_equal(cd->dev->dev_addr, mac))
			return cd;
		if (!lowest || cd->vhid < lowest->vhid)
			lowest = cd;
		n++;
	}
	if (likely(n <= 1))
		return lowest;
	cd = carp_share_pick(port, addr, client);
	return cd && carp_serving(cd) ? cd : lowest;
}

/**
 * carp_share_public() - whether all may learn that an address is at this MAC
 * @cd: interface that has the address
 * @addr: the address, an IPv4 one mapped
 *
 * Context: RCU read side.
 */
bool carp_share_public(const struct carp_dev *cd, const struct in6_addr *addr)
{
	const struct carp_port *port = cd->port;
	const struct net *net = dev_net(port->lowerdev);
	struct carp_dev *first = carp_vip_find(net, addr, port);

	if (!first || likely(!is_shared(port, addr, first)))
		return true;
	return !balanced(net) && carp_share_pick(port, addr, addr) == cd;
}
