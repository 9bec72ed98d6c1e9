/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What files offer those above them: routes to the addresses, and groups.
 */
#ifndef _CARP_ROUTE_H
#define _CARP_ROUTE_H

#include "carp_priv.h"

/* carp_route.c: routes to the virtual addresses */
void carp_route_setup(struct net_device *dev);
bool carp_route_all_ignored(const struct carp_dev *cd);
bool carp_route_unseen(const struct carp_dev *cd);
void carp_route_check(struct carp_dev *cd);
void carp_route_serve(struct carp_dev *cd);
void carp_route_open(struct carp_dev *cd);
void carp_route_made(struct fib_info *fi, u8 type);
void carp_route_revived(struct fib_nh *nh);
void carp_route_adding(struct carp_dev *cd, struct in_ifaddr *ifa);
void carp_route_added(struct carp_dev *cd, const struct in_ifaddr *ifa);
void carp_route_flag(struct carp_dev *cd);

/* carp_route6.c: the same for IPv6 */
void carp_route6_setup(struct net_device *dev);
void carp_route6_serve(struct carp_dev *cd);
void carp_route6_made(struct fib6_info *f6i);
void carp_route6_mark(struct inet6_ifaddr *ifa);
bool carp_route6_unseen(const struct carp_dev *cd);
void carp_route6_flag(struct carp_dev *cd);
void carp_route6_init(struct carp_net *cn);
void carp_route6_exit(struct carp_net *cn);

/* carp_fib.c: new routes */
void carp_fib_follow(struct carp_net *cn);
void carp_fib_init(struct carp_net *cn);
void carp_fib_exit(struct carp_net *cn);

/* carp_group6.c: IPv6 groups held on the lower device */
void carp_group6_join(struct carp_port *port);
void carp_group6_leave(struct carp_port *port);
void carp_group6_sync(struct carp_dev *cd);
void carp_group6_retry(struct carp_dev *cd);
void carp_group6_drop(struct carp_dev *cd);

#endif /* _CARP_ROUTE_H */
