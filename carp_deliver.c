// SPDX-License-Identifier: GPL-2.0
/*
 * The device that a packet to a virtual MAC comes in by.
 *
 * It is the one by which the answer leaves, as with any address of the lower
 * device: rp_filter, "fib saddr . iif oif", and programs that answer by the
 * interface of the question compare the two.  So the routing code is asked what
 * they ask: where packets to the source of this one go.
 *
 *   through one of our interfaces on this lower device    that interface
 *   anywhere else, nowhere, or the source is this host    the lower device
 *
 * The lower device then does with it what it does with a frame to its own MAC,
 * a wrong source included.  What it cannot take, and what is about our own
 * neighbours, is always our interface's.
 */
#include <linux/icmpv6.h>
#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/addrconf.h>
#include <net/ip_fib.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/ndisc.h>

#include "carp_input.h"
#include "carp_vip.h"

/**
 * struct verdict - what was found out about a source
 * @source: the source, an IPv4 address mapped
 * @cd: for whom; only compared
 * @at: when, in jiffies
 * @tos: of the packet, as far as routes of IPv4 look at it, and IS_IPV4
 * @vhid: of the interface, or 0 for the lower device
 *
 * It holds for the rest of the tick.  Longer is not worth much: a lookup costs
 * as much as a packet once in a while.  And IPv6 does not number all changes of
 * its routes, so that nothing would say that a verdict is old.
 */
struct verdict {
	struct in6_addr		source;
	const struct carp_dev	*cd;
	unsigned long		at;
	u8			tos;
	u8			vhid;
};

#define VERDICT_BITS	8

/* In verdict.tos, whose lowest bits are not of a tos. */
#define IS_IPV4		1

/*
 * Tables of each CPU, written and read with bottom halves disabled.  Not static:
 * all modules together have little room for that.
 */
static struct verdict __percpu *verdicts __read_mostly;

/* Both in the same VRF, or none in any: else the lower device has other routes. */
static bool has_our_routes(const struct carp_dev *cd)
{
	if (likely(!netif_is_l3_slave(cd->dev) &&
		   !netif_is_l3_slave(cd->lowerdev)))
		return true;
	return l3mdev_master_ifindex_rcu(cd->dev) ==
	       l3mdev_master_ifindex_rcu(cd->lowerdev);
}

static u8 vhid_of(const struct carp_port *port, const struct net_device *dev)
{
	const struct carp_dev *cd;

	if (!carp_is_dev(dev))
		return 0;
	cd = carp_priv(dev);
	return cd->port == port && carp_serving(cd) ? cd->vhid : 0;
}

static bool is_linklocal(const struct in6_addr *addr)
{
	return (addr->s6_addr32[0] & htonl(0xffc00000)) == htonl(0xfe800000);
}

/* The question of fib_validate_source(). */
static noinline u8 reverse4(const struct carp_dev *cd, struct sk_buff *skb,
			    struct in_device *in_dev,
			    const struct iphdr *iph)
{
	struct net_device *lower = cd->lowerdev;
	struct net *net = dev_net(lower);
	struct flowi4 fl4 = {
		.flowi4_iif = LOOPBACK_IFINDEX,
		.daddr = iph->saddr,
		.saddr = iph->daddr,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
		.flowi4_l3mdev = l3mdev_master_ifindex_rcu(lower),
		.flowi4_mark = IN_DEV_SRC_VMARK(in_dev) ? skb->mark : 0,
		.flowi4_uid = sock_net_uid(net, NULL),
	};
	struct flow_keys keys;
	struct fib_result res;

	carp_flow4_set_tos(&fl4, iph->tos);
	if (fib4_rules_early_flow_dissect(net, skb, &fl4, &keys))
		swap(fl4.fl4_sport, fl4.fl4_dport);
	if (fib_lookup(net, &fl4, &res, 0) || res.type != RTN_UNICAST)
		return 0;
	if (likely(res.nhc->nhc_dev == lower) ||
	    fib_info_nh_uses_dev(res.fi, lower))
		return 0;
	if (fib_info_nh_uses_dev(res.fi, cd->dev))
		return cd->vhid;
	return vhid_of(cd->port, res.nhc->nhc_dev);
}

/* That of netfilter's rpfilter and fib.  A link-local source is a neighbour's. */
static noinline u8 reverse6(const struct carp_dev *cd, struct sk_buff *skb,
			    const struct ipv6hdr *iph)
{
	static const int flags = RT6_LOOKUP_F_HAS_SADDR |
				 RT6_LOOKUP_F_DST_NOREF;
	bool is_near = is_linklocal(&iph->saddr);
	struct net_device *lower = cd->lowerdev;
	struct net *net = dev_net(lower);
	struct flowi6 fl6 = {
		.flowi6_iif = is_near ? lower->ifindex : LOOPBACK_IFINDEX,
		.daddr = iph->saddr,
		.saddr = iph->daddr,
		.flowlabel = ip6_flowinfo(iph) & IPV6_TCLASS_MASK,
		.flowi6_l3mdev = l3mdev_master_ifindex_rcu(lower),
		.flowi6_mark = skb->mark,
		.flowi6_uid = sock_net_uid(net, NULL),
	};
	struct flow_keys keys;
	struct dst_entry *dst;
	u8 vhid;

	if (fib6_rules_early_flow_dissect(net, skb, &fl6, &keys))
		swap(fl6.fl6_sport, fl6.fl6_dport);
	dst = ip6_route_input_lookup(net, lower, &fl6, NULL, flags);
	if (is_near)
		vhid = dst->error ? cd->vhid : 0;
	else
		vhid = dst->error ? 0 : vhid_of(cd->port, dst->dev);
	ip6_rt_put_flags(container_of(dst, struct rt6_info, dst), flags);
	return vhid;
}

static struct verdict *verdict_of(u32 hash)
{
	struct verdict *table = this_cpu_ptr(verdicts);

	return &table[hash >> (CARP_VIP_BITS - VERDICT_BITS)];
}

static bool is_fresh(const struct verdict *v, const struct carp_dev *cd)
{
	return v->at == jiffies && v->cd == cd;
}

/* Those of IPv4 have the tos of a packet, and those of IPv6 none. */
static bool holds4(const struct verdict *v, const struct carp_dev *cd,
		   const struct iphdr *iph)
{
	return likely(is_fresh(v, cd) &&
		      v->source.s6_addr32[3] == iph->saddr &&
		      v->tos == ((iph->tos & INET_DSCP_MASK) | IS_IPV4));
}

static bool holds6(const struct verdict *v, const struct carp_dev *cd,
		   const struct ipv6hdr *iph)
{
	return likely(is_fresh(v, cd) && !v->tos &&
		      ipv6_addr_equal(&v->source, &iph->saddr));
}

static void keep(struct verdict *v, const struct carp_dev *cd,
		 const struct in6_addr *source, u8 tos, u8 vhid)
{
	v->source = *source;
	v->cd = cd;
	v->tos = tos;
	v->vhid = vhid;
	v->at = jiffies;
}

/* NULL, for the lower device, also if there is none any more. */
static struct carp_dev *by_vhid(struct carp_dev *cd, u8 vhid)
{
	if (likely(!vhid))
		return NULL;
	return rcu_dereference(cd->port->dev_by_vhid[vhid]);
}

/**
 * carp_deliver_may_let_in() - whether a packet may have to be let in
 * @port: lower device that it came by
 * @from: its source
 *
 * Context: softirq, RCU read side.
 * Return: false if carp_deliver_let_in() surely has nothing to do.
 */
bool carp_deliver_may_let_in(const struct carp_port *port, __be32 from)
{
	const struct net *net = dev_net(port->lowerdev);

	return !READ_ONCE(net->ipv4.fib_has_custom_local_routes) &&
	       carp_vip_may_be(port->cn, from);
}

/**
 * carp_deliver_let_in() - have a packet from a virtual address let in
 * @port: lower device that it came by
 * @from: its source
 *
 * Routing refuses as spoofed what comes from an address of any interface here,
 * a virtual one that another host serves included.  It does so by a shortcut
 * (fib_validate_source()); the full check asks for the route to the source, and
 * routes of ours are not in force.  Custom local routes are what makes it take
 * the full check.  That mark is never cleared again, and it costs a lookup for
 * each packet that is routed, so it is set when such a packet has come.
 *
 * Context: softirq, RCU read side.
 */
void carp_deliver_let_in(const struct carp_port *port, __be32 from)
{
	struct net *net = dev_net(port->lowerdev);
	struct in6_addr mapped;

	if (!carp_deliver_may_let_in(port, from))
		return;
	mapped = carp_mapped(from);
	if (carp_vip_inactive(port->lowerdev, &mapped))
		WRITE_ONCE(net->ipv4.fib_has_custom_local_routes, true);
}

static u32 *stamp_of(struct carp_port *port, const struct in6_addr *source)
{
	return &port->sources[carp_vip6_hash(source) >>
			      (CARP_VIP_BITS - CARP_SOURCE_BITS)];
}

static void stamp(const struct carp_dev *cd, const struct in6_addr *source)
{
	u32 *at = stamp_of(cd->port, source);

	if (READ_ONCE(*at) != (u32)jiffies)
		WRITE_ONCE(*at, (u32)jiffies);
}

/**
 * carp_deliver_came() - whether a host has sent to a virtual MAC lately
 * @dev: the device that it did so by, or any other
 * @source: its address, an IPv4 one mapped
 *
 * Within a second, and what was handed to the lower device.  One in 256 others is
 * taken for it.
 *
 * Context: RCU read side.
 */
bool carp_deliver_came(const struct net_device *dev,
		       const struct in6_addr *source)
{
	struct carp_port *port = carp_port_rcu(dev);

	return port && (u32)jiffies - READ_ONCE(*stamp_of(port, source)) < HZ;
}

/**
 * carp_deliver_ingress_dev() - the device whose ingress hooks are first
 * @port: lower device
 *
 * A flowtable on the device below a VLAN forwards those of the VLAN, too.
 *
 * Context: RTNL or RCU read side.
 */
struct net_device *carp_deliver_ingress_dev(const struct carp_port *port)
{
#if IS_ENABLED(CONFIG_VLAN_8021Q)
	if (is_vlan_dev(port->lowerdev))
		return vlan_dev_priv(port->lowerdev)->real_dev;
#endif
	return port->lowerdev;
}

/**
 * carp_deliver_see_ingress() - ask for carp_port_guard_ingress() if it is needed
 * @port: lower device, which has received a frame to a virtual MAC
 *
 * Context: softirq, RCU read side.
 */
void carp_deliver_see_ingress(struct carp_port *port)
{
	if (READ_ONCE(port->wants_ingress) ||
	    likely(!rcu_access_pointer(carp_deliver_ingress_dev(port)->nf_hooks_ingress) &&
		   !rcu_access_pointer(port->lowerdev->nf_hooks_ingress)))
		return;
	WRITE_ONCE(port->wants_ingress, true);
	mod_delayed_work(carp_wq, &port->cn->retry_work, 0);
}

/* Nothing is known of the source yet; rules may look at what is not kept. */
static noinline u8 find4(struct carp_dev *cd, struct sk_buff *skb,
			 const struct iphdr *iph, struct verdict *v)
{
	struct in_device *in_dev = __in_dev_get_rcu(cd->lowerdev);
	struct in6_addr source = carp_mapped(iph->saddr);
	enum carp_deliver mode = carp_deliver_mode(cd);
	u8 vhid = cd->vhid;

	carp_deliver_let_in(cd->port, iph->saddr);
	if (in_dev && mode != CARP_DELIVER_SELF && has_our_routes(cd))
		vhid = mode == CARP_DELIVER_LOWER ? 0 :
		       reverse4(cd, skb, in_dev, iph);
	if (!vhid)
		stamp(cd, &source);
	if (!fib4_has_custom_rules(dev_net(cd->lowerdev)))
		keep(v, cd, &source, (iph->tos & INET_DSCP_MASK) | IS_IPV4,
		     vhid);
	return vhid;
}

/*
 * What neighbours say to each other, of which ours are not the lower device's;
 * behind extension headers, too.
 */
static noinline bool is_discovery(const struct sk_buff *skb)
{
	const struct icmp6hdr *icmp;
	struct icmp6hdr _icmp;
	unsigned short frag;
	unsigned int at = 0;

	if (ipv6_find_hdr(skb, &at, -1, &frag, NULL) != IPPROTO_ICMPV6 || frag)
		return false;
	icmp = skb_header_pointer(skb, at, sizeof(_icmp), &_icmp);
	return icmp && icmp->icmp6_type >= NDISC_ROUTER_SOLICITATION &&
	       icmp->icmp6_type <= NDISC_REDIRECT;
}

static bool may_be_discovery(u8 nexthdr)
{
	return unlikely(nexthdr == IPPROTO_ICMPV6 || ipv6_ext_hdr(nexthdr));
}

static noinline u8 find6(struct carp_dev *cd, struct sk_buff *skb,
			 const struct ipv6hdr *iph, struct verdict *v)
{
	const struct inet6_dev *idev = __in6_dev_get(cd->lowerdev);
	enum carp_deliver mode = carp_deliver_mode(cd);
	struct net *net = dev_net(cd->lowerdev);
	u8 vhid = cd->vhid;

	if (idev && !READ_ONCE(idev->cnf.disable_ipv6) &&
	    mode != CARP_DELIVER_SELF && has_our_routes(cd))
		vhid = mode == CARP_DELIVER_LOWER ? 0 : reverse6(cd, skb, iph);
	if (!vhid)
		stamp(cd, &iph->saddr);
	if (!fib6_has_custom_rules(net) && !fib6_routes_require_src(net))
		keep(v, cd, &iph->saddr, 0, vhid);
	return vhid;
}

static rx_handler_result_t hand_to(struct sk_buff *skb, struct carp_dev *to)
{
	if (likely(!to))
		return RX_HANDLER_PASS;
	skb->dev = to->dev;
	return RX_HANDLER_ANOTHER;
}

static noinline rx_handler_result_t show_and_hand_to(struct carp_dev *cd,
						     struct sk_buff *skb,
						     struct carp_dev *to)
{
	carp_tap_show(cd, skb);
	return hand_to(skb, to);
}

/* The device is known, or is the lower one: NULL. */
static rx_handler_result_t finish(struct carp_dev *cd, struct sk_buff *skb,
				  struct carp_dev *to)
{
	skb->pkt_type = PACKET_HOST;
	dev_sw_netstats_rx_add(cd->dev, skb->len + ETH_HLEN);
	if (unlikely(carp_tap_any(cd)) && to != cd)
		return show_and_hand_to(cd, skb, to);
	return hand_to(skb, to);
}

static struct carp_dev *device4(struct carp_dev *cd, struct sk_buff *skb)
{
	const struct iphdr *iph;
	struct verdict *v;

	if (unlikely(!pskb_may_pull(skb, sizeof(*iph))))
		return NULL;
	iph = (const struct iphdr *)skb->data;
	/* Switches make such frames of those to a group that we are in. */
	if (unlikely(ipv4_is_multicast(iph->daddr)))
		return cd;
	v = verdict_of(carp_vip_hash(iph->saddr));
	return by_vhid(cd, holds4(v, cd, iph) ? v->vhid :
						find4(cd, skb, iph, v));
}

static struct carp_dev *device6(struct carp_dev *cd, struct sk_buff *skb)
{
	const struct ipv6hdr *iph;
	struct verdict *v;

	if (unlikely(!pskb_may_pull(skb, sizeof(*iph))))
		return NULL;
	iph = (const struct ipv6hdr *)skb->data;
	if ((may_be_discovery(iph->nexthdr) && is_discovery(skb)) ||
	    unlikely(is_linklocal(&iph->daddr) ||
		     ipv6_addr_is_multicast(&iph->daddr)))
		return cd;
	v = verdict_of(carp_vip6_hash(&iph->saddr));
	return by_vhid(cd, holds6(v, cd, iph) ? v->vhid :
						find6(cd, skb, iph, v));
}

static noinline rx_handler_result_t deliver_slowly(struct carp_dev *cd,
						   struct sk_buff **pskb)
{
	struct sk_buff *skb = skb_share_check(*pskb, GFP_ATOMIC);
	struct carp_dev *to = cd;

	*pskb = skb;
	if (unlikely(!skb))
		return RX_HANDLER_CONSUMED;
	carp_deliver_see_ingress(cd->port);
	if (skb->protocol == htons(ETH_P_IP))
		to = device4(cd, skb);
	else if (skb->protocol == htons(ETH_P_IPV6))
		to = device6(cd, skb);
	return finish(cd, skb, to);
}

/**
 * carp_deliver() - hand a frame to the device that it is to come in by
 * @cd: interface that serves, and whose MAC or address it came to
 * @pskb: the frame, data at the network header; replaced if it was shared
 *
 * It is counted as received by @cd, and shown to those who listen there.
 *
 * Most packets of IPv4 follow another one of their source.  For these nothing is
 * called, and the rest is done apart.
 *
 * Context: softirq, RCU read side.
 * Return: what the rx_handler returns.
 */
rx_handler_result_t carp_deliver(struct carp_dev *cd, struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	const struct verdict *v;

	if (skb->protocol == htons(ETH_P_IP) &&
	    likely(skb_headlen(skb) >= sizeof(*iph) && !skb_shared(skb) &&
		   !ipv4_is_multicast(iph->daddr))) {
		v = verdict_of(carp_vip_hash(iph->saddr));
		if (holds4(v, cd, iph))
			return finish(cd, skb, by_vhid(cd, v->vhid));
	}
	return deliver_slowly(cd, pskb);
}

/**
 * carp_deliver_copy() - give an interface a copy of a frame
 * @cd: interface
 * @skb: frame that the lower device has received
 * @type: PACKET_HOST and so on
 *
 * Context: softirq, RCU read side.
 */
void carp_deliver_copy(struct carp_dev *cd, struct sk_buff *skb, u8 type)
{
	struct sk_buff *copy = skb_clone(skb, GFP_ATOMIC);

	if (!copy) {
		DEV_STATS_INC(cd->dev, rx_dropped);
		return;
	}
	copy->dev = cd->dev;
	copy->pkt_type = type;
	dev_sw_netstats_rx_add(cd->dev, copy->len + ETH_HLEN);
	netif_rx(copy);
}

/**
 * carp_deliver_init() - before the first interface is made
 *
 * Return: 0 or -ENOMEM.
 */
int carp_deliver_init(void)
{
	verdicts = __alloc_percpu(sizeof(*verdicts) << VERDICT_BITS,
				  __alignof__(*verdicts));
	return verdicts ? 0 : -ENOMEM;
}

/**
 * carp_deliver_exit() - after the last one is gone
 */
void carp_deliver_exit(void)
{
	free_percpu(verdicts);
}
