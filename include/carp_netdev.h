/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What files offer those above them: the net device, and what users and the stack ask of it.
 */
#ifndef _CARP_NETDEV_H
#define _CARP_NETDEV_H

#include "carp_priv.h"

/* carp_netdev.c: the net device */
void carp_netdev_setup(struct net_device *dev);

/* carp_rtnl.c: ip link */
int carp_rtnl_init(void);
void carp_rtnl_exit(void);
void carp_dellink(struct net_device *dev, struct list_head *head);
extern struct rtnl_link_ops carp_link_ops;

/* carp_addr.c: how they come and go */
void carp_addr_metric(struct net_device *dev, bool set);
int carp_addr_register(void);
void carp_addr_unregister(void);

/* carp_notify.c: what happens to lower devices, interfaces and addresses */
int carp_notify_init(void);
void carp_notify_exit(void);

/* carp_sysctl.c: net.carp */
int carp_sysctl_init(struct carp_net *cn);
void carp_sysctl_exit(struct carp_net *cn);

/* carp_genl.c: generic netlink */
int carp_genl_init(void);
void carp_genl_exit(void);

/* carp_stats.c: counters */
int carp_stats_put(struct sk_buff *skb, const struct carp_dev *cd);

#endif /* _CARP_NETDEV_H */
