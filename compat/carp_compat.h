/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The newest names for what older kernels call differently.  Included before
 * everything else; Kbuild.probe defines CARP_HAVE_*; README says when each
 * piece can go.
 */
#ifndef _CARP_COMPAT_H
#define _CARP_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/netdevice.h>
#include <linux/sysctl.h>
#include <net/flow.h>
#include <net/inet_dscp.h>
#include <net/net_namespace.h>
#include <net/route.h>
#include <net/rtnetlink.h>

#if !IS_ENABLED(CONFIG_NETFILTER_EGRESS) || \
	!IS_ENABLED(CONFIG_NETFILTER_INGRESS) || \
	!IS_ENABLED(CONFIG_NETFILTER_FAMILY_ARP)
#error "carp needs a kernel with CONFIG_NETFILTER_EGRESS, CONFIG_NETFILTER_INGRESS and CONFIG_NETFILTER_FAMILY_ARP, as Debian's have"
#endif

#if !IS_ENABLED(CONFIG_IPV6)
#error "carp needs a kernel with CONFIG_IPV6; it may be disabled at boot"
#endif

#ifndef CARP_HAVE_HRTIMER_SETUP
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*fn)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = fn;
}
#endif

static inline void carp_dev_set_lltx(struct net_device *dev)
{
#ifdef CARP_HAVE_LLTX_BIT
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
}

static inline void carp_dev_pin_netns(struct net_device *dev)
{
#if defined(CARP_HAVE_NETNS_IMMUTABLE)
	dev->netns_immutable = true;
#elif defined(CARP_HAVE_NETNS_LOCAL)
	dev->netns_local = true;
#else
	dev->features |= NETIF_F_NETNS_LOCAL;
#endif
}

static inline void carp_flow4_set_tos(struct flowi4 *fl4, u8 tos)
{
#ifdef CARP_HAVE_FLOWI4_DSCP
	fl4->flowi4_dscp = inet_dsfield_to_dscp(tos);
#else
	fl4->flowi4_tos = RT_TOS(tos) & INET_DSCP_MASK;
#endif
}

#ifdef CARP_HAVE_CONST_CTL_TABLE
#define carp_ctl_const	const
#else
#define carp_ctl_const
#endif

static inline struct ctl_table_header *
carp_register_sysctl(struct net *net, const char *path,
		     struct ctl_table *table, size_t n)
{
#ifdef CARP_HAVE_SYSCTL_SZ
	return register_net_sysctl_sz(net, path, table, n);
#else
	return register_net_sysctl(net, path, table);
#endif
}

#ifndef CARP_HAVE_NEWLINK_PARAMS
struct rtnl_newlink_params {
	struct net *src_net;
	struct nlattr **tb;
	struct nlattr **data;
};

static inline struct net *
rtnl_newlink_link_net(struct rtnl_newlink_params *params)
{
	return params->src_net;
}

/* CARP_NEWLINK_ADAPTER(fn) after the function, CARP_NEWLINK(fn) as the op. */
#define CARP_NEWLINK_ADAPTER(fn)					\
static int fn##_adapter(struct net *src_net, struct net_device *dev,	\
			struct nlattr *tb[], struct nlattr *data[],	\
			struct netlink_ext_ack *extack)			\
{									\
	struct rtnl_newlink_params params = {				\
		.src_net = src_net, .tb = tb, .data = data,		\
	};								\
									\
	return fn(dev, &params, extack);				\
}
#define CARP_NEWLINK(fn)	fn##_adapter
#else
#define CARP_NEWLINK_ADAPTER(fn)
#define CARP_NEWLINK(fn)	fn
#endif

#ifndef __uninitialized
#if __has_attribute(__uninitialized__)
#define __uninitialized	__attribute__((__uninitialized__))
#else
#define __uninitialized
#endif
#endif

#ifndef INFINITY_LIFE_TIME
#define INFINITY_LIFE_TIME	0xFFFFFFFF
#endif

#endif /* _CARP_COMPAT_H */
