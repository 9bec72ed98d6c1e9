/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What files offer those above them: the virtual addresses.
 */
#ifndef _CARP_VIP_H
#define _CARP_VIP_H

#include "carp_priv.h"

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
