/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What files offer those above them: the lower device and the link.
 */
#ifndef _CARP_PORT_H
#define _CARP_PORT_H

#include "carp_priv.h"

/* carp_port.c: the lower device */
int carp_port_check(struct net_device *lowerdev, u8 lladdr,
		    struct netlink_ext_ack *extack);
int carp_port_check_below(struct net_device *dev, struct net_device *upper,
			  struct netlink_ext_ack *extack);
struct carp_port *carp_port_rtnl(const struct net_device *lowerdev);
int carp_port_attach(struct carp_dev *cd);
void carp_port_detach(struct carp_dev *cd);
void carp_port_join(struct carp_port *port);
void carp_port_guard_ingress(struct carp_port *port);
void carp_port_source(struct carp_port *port);
void carp_port_broadcast(struct carp_port *port);

/* carp_lladdr.c: the MAC that the addresses are at */
void carp_lladdr_init(struct carp_dev *cd);
void carp_lladdr_apply(struct carp_dev *cd);
void carp_lladdr_follow(struct carp_port *port);
void carp_lladdr_count(struct carp_port *port);
const struct carp_dev *carp_lladdr_any(const struct carp_net *cn);
bool carp_lladdr_may_hold(const struct carp_dev *cd,
			  const struct in6_addr *addr);
bool carp_lladdr_is_narrow(const struct net_device *dev);
int carp_lladdr_check(const struct net *net, const struct carp_dev *cd,
		      u8 lladdr, const struct nlattr *attr,
		      struct netlink_ext_ack *extack);
struct carp_dev *carp_lladdr_served(const struct carp_port *port,
				    const struct sk_buff *skb);
void carp_lladdr_repeat(struct carp_dev *cd, u32 generation);

/* carp_link.c: the link flags */
netdev_tx_t carp_link_xmit(struct sk_buff *skb, struct net_device *dev);
int carp_link_init(struct carp_dev *cd);
void carp_link_exit(struct carp_dev *cd);
void carp_link_follow(struct carp_dev *cd);
void carp_link_settled(struct carp_dev *cd);

/* carp_linktime.c: since when devices have link */
bool carp_linktime_event(const struct net_device *dev, unsigned long event);
u64 carp_linktime_since(const struct net_device *dev);
void carp_linktime_init(struct carp_net *cn);
void carp_linktime_exit(struct carp_net *cn);

#endif /* _CARP_PORT_H */
