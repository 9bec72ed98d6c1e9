/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What files offer those above them: the virtual addresses.
 */
#ifndef _CARP_VIP_H
#define _CARP_VIP_H

#include <linux/hash.h>
#include <linux/rculist.h>
#include <net/ipv6.h>

#include "carp_priv.h"

/* Size of the table of virtual addresses: with hundreds, most chains are empty. */
#define CARP_VIP_BITS	12

/* As it is in the table of virtual addresses. */
static inline struct in6_addr carp_mapped(__be32 addr)
{
	struct in6_addr mapped;

	ipv6_addr_set_v4mapped(addr, &mapped);
	return mapped;
}

/**
 * struct carp_vip - one virtual address of one interface, in carp_net.vips
 * @node: in its hash chain
 * @addr: the address, an IPv4 one mapped
 * @cd: the interface
 * @rcu: for freeing
 */
struct carp_vip {
	struct hlist_node	node;
	struct in6_addr		addr;
	struct carp_dev		*cd;
	struct rcu_head		rcu;
};

/*
 * Both families are spread by what differs; nobody else chooses what is in the
 * table, so that it needs no secret.
 */
static inline u32 carp_vip6_hash(const struct in6_addr *addr)
{
	u32 key = (__force u32)(addr->s6_addr32[0] ^ addr->s6_addr32[1] ^
				addr->s6_addr32[2] ^ addr->s6_addr32[3]);

	return hash_32(key, CARP_VIP_BITS);
}

/* The same of an IPv4 address, which is there as a mapped one. */
static inline u32 carp_vip_hash(__be32 addr)
{
	return hash_32((__force u32)(addr ^ htonl(0xffff)), CARP_VIP_BITS);
}

static inline bool carp_vip_is4(const struct carp_vip *vip, __be32 addr)
{
	return vip->addr.s6_addr32[3] == addr &&
	       ipv6_addr_v4mapped(&vip->addr);
}

/**
 * carp_vip_chain() - where an address is in the table, if it is
 * @cn: namespace
 * @addr: the address, an IPv4 one mapped
 *
 * Context: RCU read side.
 */
static inline const struct hlist_head *
carp_vip_chain(const struct carp_net *cn, const struct in6_addr *addr)
{
	static const struct hlist_head empty;
	const struct hlist_head *table = rcu_dereference(cn->vips);

	return table ? &table[carp_vip6_hash(addr)] : &empty;
}

/**
 * carp_vip_for_each() - all interfaces of a port that hold an address
 * @vip: cursor; the interface is its @cd
 * @port: the port
 * @wanted: the address, an IPv4 one mapped
 *
 * Context: RCU read side.
 */
#define carp_vip_for_each(vip, port, wanted)				\
	hlist_for_each_entry_rcu(vip, carp_vip_chain((port)->cn, wanted), node) \
		if ((vip)->cd->port != (port) ||			\
		    !ipv6_addr_equal(&(vip)->addr, wanted)) {		\
			continue;					\
		} else

/**
 * carp_vip6_may_be() - whether an address may be a virtual one
 * @cn: namespace
 * @addr: the address
 *
 * For the many packets that have nothing to do with us.  There must be an
 * interface in the namespace, and thereby a table.
 *
 * Context: RCU read side.
 * Return: false if it surely is none.
 */
static inline bool carp_vip6_may_be(const struct carp_net *cn,
				    const struct in6_addr *addr)
{
	const struct hlist_head *table = rcu_dereference(cn->vips);

	return !hlist_empty(&table[carp_vip6_hash(addr)]);
}

/* The same of an IPv4 address. */
static inline bool carp_vip_may_be(const struct carp_net *cn, __be32 addr)
{
	const struct hlist_head *table = rcu_dereference(cn->vips);

	return !hlist_empty(&table[carp_vip_hash(addr)]);
}

/* carp_vip.c: the virtual addresses */
/*
 * Metric of the connected route of a virtual address, if the administrator
 * gives none: any other way to the subnet is better.  Traffic that only passes
 * the host then leaves through the lower device, with the lower device's own
 * MAC.
 */
#define CARP_VIP_METRIC		0x7fffffff

int carp_vip_init(struct carp_net *cn);
struct carp_dev *carp_vip4_find(const struct net *net, __be32 addr,
				const struct carp_port *port);
bool carp_vip_same_l3(const struct carp_dev *cd, const struct in6_addr *addr,
		      const struct net_device *dev);
struct carp_dev *carp_vip_lookup_l3(const struct net_device *dev,
				    const struct in6_addr *addr);
bool carp_vip_has(const struct carp_dev *cd, const struct in6_addr *addr);
struct carp_dev *carp_vip_inactive(const struct net_device *dev,
				   const struct in6_addr *addr);
struct carp_dev *carp_vip_find(const struct net *net,
			       const struct in6_addr *addr,
			       const struct carp_port *port);
void carp_vip_add(struct carp_dev *cd, const struct in6_addr *addr);
void carp_vip_del(struct carp_dev *cd, const struct in6_addr *addr);
void carp_vip_purge(struct carp_dev *cd);
bool carp_vip_any(const struct carp_dev *cd);
u8 carp_vip_families(const struct carp_dev *cd);
struct inet6_ifaddr *carp_addr6_next(const struct net_device *dev,
				     const struct inet6_ifaddr *ifa);
#define carp_addr6_for_each(ifa, dev) \
	for (ifa = carp_addr6_next(dev, NULL); ifa; \
	     ifa = carp_addr6_next(dev, ifa))
unsigned int carp_vip6_count(const struct net_device *dev);

/* carp_share.c: addresses that several vhids share */
void carp_share_heard(struct carp_dev *cd, const struct carp_advert *adv);
struct carp_dev *carp_share_pick(const struct carp_port *port,
				 const struct in6_addr *addr,
				 const struct in6_addr *client);
struct carp_dev *carp_share_refresh(struct carp_dev *cd,
				    const struct in6_addr *addr,
				    const struct in6_addr *client);
struct carp_dev *carp_share_sender(const struct carp_port *port,
				   const struct in6_addr *addr,
				   const struct in6_addr *client,
				   const u8 *mac);
bool carp_share_public(const struct carp_dev *cd, const struct in6_addr *addr);

/* carp_tentative.c: whether IPv6 ones can be used */
void carp_tentative_new(struct inet6_ifaddr *ifa);
void carp_tentative_serve(struct carp_dev *cd);
void carp_tentative_awake(const struct net_device *dev);
void carp_tentative_tell(struct carp_dev *cd);

#endif /* _CARP_VIP_H */
