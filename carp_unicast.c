// SPDX-License-Identifier: GPL-2.0
/*
 * Advertisements to peers instead of to the group.
 *
 * Each peer is sent the same bytes, through the stack: route, neighbour and
 * packet filter are what they are for every packet of the lower device's own
 * address.  The route must lead over the lower device, because it is the lower
 * device's reachability that an advertisement stands for.
 */
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/neighbour.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "carp_config.h"
#include "carp_output.h"
#include "carp_vip.h"

/* How often a MASTER shows the virtual MAC, at most; less than the usual second. */
#define TEACH_INTERVAL	(HZ / 2)

/* How often a BACKUP makes sure that it knows its peers' MACs. */
#define WARM_INTERVAL	(10 * HZ)

/* Whether that was no longer ago; jiffies may have come round since. */
static bool is_within(unsigned long last, unsigned long interval)
{
	return time_in_range_open(jiffies, last, last + interval);
}

static bool is_own(const struct carp_dev *cd, __be32 addr)
{
	const struct in_device *in_dev = __in_dev_get_rcu(cd->lowerdev);
	struct in6_addr mapped = carp_mapped(addr);
	const struct in_ifaddr *ifa;

	if (!in_dev || carp_vip_lookup_l3(cd->lowerdev, &mapped))
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev)
		if (ifa->ifa_local == addr)
			return true;
	return false;
}

/*
 * A packet that names its device is sent into the segment if no route knows
 * better.  That is what a lower device needs that has no address, and hence no
 * routes; of any other one it would hide that there is no way to the peer.
 */
static bool have_route(const struct carp_dev *cd, const struct flowi4 *fl4)
{
	const struct in_device *in_dev = __in_dev_get_rcu(cd->lowerdev);
	struct flowi4 fl = *fl4;
	struct fib_result res;

	/* There are rules for what this host sends itself. */
	fl.flowi4_iif = LOOPBACK_IFINDEX;
	return !in_dev || !rcu_access_pointer(in_dev->ifa_list) ||
	       !fib_lookup(dev_net(cd->dev), &fl, &res, 0);
}

/*
 * The route over the lower device, and the source address that goes with it.
 * What the stack would choose may be an address of another device, or a virtual
 * one; then the one that the group is told is it.  What policies of IPsec say
 * is asked with that one, and neither a packet that waits for a key nor one that
 * is dropped for want of it is taken for sent: hence not by ip_route_output_flow().
 */
static struct rtable *route_to(const struct carp_dev *cd, __be32 daddr,
			       __be32 *saddr)
{
	struct net *net = dev_net(cd->dev);
	struct flowi4 fl4 = {
		.daddr = daddr,
		.flowi4_oif = cd->lowerdev->ifindex,
		.flowi4_proto = CARP_IPPROTO,
	};
	struct dst_entry *dst;
	struct rtable *rt;

	if (!have_route(cd, &fl4))
		return ERR_PTR(-ENETUNREACH);
	rt = __ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return rt;
	*saddr = is_own(cd, fl4.saddr) ? fl4.saddr : READ_ONCE(cd->src4);
	if (!*saddr || rt->rt_type != RTN_UNICAST) {
		ip_rt_put(rt);
		return ERR_PTR(-EADDRNOTAVAIL);
	}
	fl4.saddr = *saddr;
	fl4.flowi4_oif = rt->dst.dev->ifindex;
	dst = xfrm_lookup(net, &rt->dst, flowi4_to_flowi(&fl4), NULL, 0);
	return IS_ERR(dst) ? ERR_CAST(dst) :
			     container_of(dst, struct rtable, dst);
}

static int send_to(struct carp_dev *cd, const struct sk_buff *frame,
		   __be32 daddr)
{
	struct net *net = dev_net(cd->dev);
	struct sk_buff *skb;
	struct rtable *rt;
	struct iphdr *iph;
	__be32 saddr;
	int err;

	rt = route_to(cd, daddr, &saddr);
	if (IS_ERR(rt))
		return PTR_ERR(rt);
	skb = skb_copy(frame, GFP_ATOMIC);
	if (!skb) {
		ip_rt_put(rt);
		return -ENOMEM;
	}
	__skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, sizeof(*iph));
	iph = ip_hdr(skb);
	iph->saddr = saddr;
	iph->daddr = daddr;
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	skb->priority = TC_PRIO_CONTROL;
	skb_dst_set(skb, &rt->dst);
	/* A full table of connections must not silence a master. */
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	err = ip_local_out(net, NULL, skb);
	return net_xmit_eval(err);
}

static int send_to_all(struct carp_dev *cd, const struct carp_unicast *u,
		       const struct sk_buff *frame)
{
	unsigned int i, sent = 0;
	int err = 0;

	for (i = 0; i < u->n4; i++) {
		err = send_to(cd, frame, u->addr4[i]);
		if (!err)
			sent++;
		else if (err == -ENOMEM)
			carp_count(cd, CARP_STAT_ONOMEM);
		else
			carp_count(cd, CARP_STAT_OERRORS);
	}
	atomic_long_add(sent, &cd->stats[CARP_STAT_OPACKETS]);
	return sent ? 0 : err;
}

static int send_to_group(struct carp_dev *cd, struct sk_buff *skb, bool over6)
{
	int err = carp_send(cd, skb);

	if (!err)
		carp_count(cd, over6 ? CARP_STAT_OPACKETS6 :
				       CARP_STAT_OPACKETS);
	return err;
}

/**
 * carp_send_advert() - send an advertisement to whom it is for
 * @cd: interface
 * @skb: complete frame to the group; consumed
 *
 * Context: softirq or process with BH disabled; no carp_dev.lock held.
 * Return: 0 if anybody was sent one, or an error; both are counted.
 */
int carp_send_advert(struct carp_dev *cd, struct sk_buff *skb)
{
	bool over6 = skb->protocol == htons(ETH_P_IPV6);
	const struct carp_unicast *u;
	int err;

	if (likely(!rcu_access_pointer(cd->unicast)))
		return send_to_group(cd, skb, over6);
	rcu_read_lock();
	u = rcu_dereference(cd->unicast);
	if (u && over6 && u->n6) {
		err = carp_unicast_send6(cd, u, skb);
		kfree_skb(skb);
	} else if (u && !over6 && u->n4) {
		err = send_to_all(cd, u, skb);
		kfree_skb(skb);
	} else {
		err = send_to_group(cd, skb, over6);
	}
	rcu_read_unlock();
	return err;
}

/**
 * carp_send_learning_frame() - let switches see where the virtual MAC is
 * @cd: interface, MASTER, which has just advertised
 * @generation: carp_dev.generation when this was decided; nothing is sent any
 *	more once it has changed
 * @now: not only if it was a while ago
 *
 * Advertisements to the group come from the virtual MAC, and bring back switches
 * that have seen it at another master, which then stepped down without our
 * having heard of it.  Those to peers do not, so a frame that means nothing
 * to anybody goes with them: that of the Configuration Testing Protocol without
 * a function, as the bonding driver's learning packets.
 *
 * Context: softirq or process with BH disabled; no carp_dev.lock held.
 */
void carp_send_learning_frame(struct carp_dev *cd, u32 generation, bool now)
{
	struct sk_buff *skb;
	struct ethhdr *eth;

	if (!rcu_access_pointer(cd->unicast) || carp_lower_mac(cd) ||
	    READ_ONCE(cd->generation) != generation ||
	    (!now && is_within(READ_ONCE(cd->taught), TEACH_INTERVAL)))
		return;
	WRITE_ONCE(cd->taught, jiffies);
	skb = carp_frame_alloc(cd, ETH_ZLEN);
	if (!skb)
		return;
	skb_reset_mac_header(skb);
	eth = skb_put_zero(skb, ETH_ZLEN);
	skb_set_network_header(skb, ETH_HLEN);
	eth_broadcast_addr(eth->h_dest);
	ether_addr_copy(eth->h_source, cd->dev->dev_addr);
	eth->h_proto = htons(ETH_P_LOOPBACK);
	skb->protocol = htons(ETH_P_LOOPBACK);
	carp_send(cd, skb);
}

static void resolve(const struct carp_dev *cd, __be32 daddr)
{
	struct neighbour *n;
	struct rtable *rt;
	__be32 saddr;

	rt = route_to(cd, daddr, &saddr);
	if (IS_ERR(rt))
		return;
	n = dst_neigh_lookup(&rt->dst, &daddr);
	if (!IS_ERR_OR_NULL(n)) {
		neigh_event_send(n, NULL);
		neigh_release(n);
	}
	ip_rt_put(rt);
}

/**
 * carp_peers_resolve() - ask for the MACs of the peers before they are needed
 * @cd: interface that may have to take over
 * @now: not only if it was long ago
 *
 * A BACKUP sends its peers nothing, so that it would forget where they are,
 * and its first advertisement would wait for an answer.
 *
 * Context: softirq or process with BH disabled; no carp_dev.lock held.
 */
void carp_peers_resolve(struct carp_dev *cd, bool now)
{
	const struct carp_unicast *u;
	unsigned int i;

	rcu_read_lock();
	u = rcu_dereference(cd->unicast);
	if (u && (now || !is_within(READ_ONCE(cd->warmed), WARM_INTERVAL))) {
		WRITE_ONCE(cd->warmed, jiffies);
		for (i = 0; i < u->n4; i++)
			resolve(cd, u->addr4[i]);
		for (i = 0; i < u->n6; i++)
			carp_unicast_resolve6(cd, &u->addr6[i]);
	}
	rcu_read_unlock();
}

/**
 * carp_unicast_knows() - whether an advertisement came from a peer
 * @cd: interface
 * @peer: where it came from
 *
 * Context: RCU read side.
 */
bool carp_unicast_knows(const struct carp_dev *cd,
			const struct carp_peer *peer)
{
	const struct carp_unicast *u = rcu_dereference(cd->unicast);
	unsigned int i;

	if (!u)
		return false;
	if (peer->family == AF_INET6) {
		for (i = 0; i < u->n6; i++)
			if (ipv6_addr_equal(&u->addr6[i], &peer->addr6))
				return true;
		return false;
	}
	for (i = 0; i < u->n4; i++)
		if (u->addr4[i] == peer->addr4)
			return true;
	return false;
}

/**
 * carp_unicast_is_peer() - whether an address is that of a peer
 * @cd: interface that is about to get it
 * @addr: the address, an IPv4 one mapped
 *
 * Of this interface or any other; a link-local one means something on one
 * lower device only, and any other in one VRF.
 *
 * Context: RTNL or RCU read side.
 */
bool carp_unicast_is_peer(const struct carp_dev *cd,
			  const struct in6_addr *addr)
{
	const struct carp_net *cn = carp_pernet(dev_net(cd->dev));
	struct carp_peer peer = { .family = AF_INET6, .addr6 = *addr };
	const struct carp_dev *other;
	bool found = false;

	if (ipv6_addr_v4mapped(addr)) {
		peer.family = AF_INET;
		peer.addr4 = addr->s6_addr32[3];
	}
	rcu_read_lock();
	list_for_each_entry_rcu(other, &cn->devs, net_node) {
		found = carp_vip_same_l3(cd, addr, other->lowerdev) &&
			carp_unicast_knows(other, &peer);
		if (found)
			break;
	}
	rcu_read_unlock();
	return found;
}

static int bad_attr(struct netlink_ext_ack *extack, const struct nlattr *attr)
{
	NL_SET_BAD_ATTR(extack, attr);
	return -EINVAL;
}

/* By its value alone; what it is to this host is looked at later. */
static const char *fault4(__be32 addr)
{
	if (!addr)
		return "carp: 0.0.0.0 is no host; give the address of a peer";
	if (ipv4_is_loopback(addr))
		return "carp: a loopback address is this host; give the address of a peer";
	if (ipv4_is_lbcast(addr))
		return "carp: a broadcast address is no peer; give addresses of hosts";
	if (ipv4_is_multicast(addr))
		return "carp: a group is no peer; give addresses of hosts, or none to advertise to 224.0.0.18";
	return NULL;
}

static bool is_twice(const __be32 *addr, unsigned int i)
{
	unsigned int k;

	for (k = 0; k < i; k++)
		if (addr[k] == addr[i])
			return true;
	return false;
}

/**
 * carp_unicast_policy4() - IFLA_CARP_PEER by itself
 * @attr: the attribute
 * @extack: told what is wrong
 *
 * Return: 0 or an error.
 */
int carp_unicast_policy4(const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	const __be32 *addr = nla_data(attr);
	unsigned int i, n = nla_len(attr) / sizeof(*addr);

	if (nla_len(attr) % sizeof(*addr)) {
		NL_SET_ERR_MSG(extack,
			       "carp: peers are addresses of four bytes each");
		return bad_attr(extack, attr);
	}
	if (n > CARP_PEERS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "carp: more than 32 peers; make the group smaller, or give none to advertise to 224.0.0.18");
		return bad_attr(extack, attr);
	}
	for (i = 0; i < n; i++) {
		const char *fault = fault4(addr[i]);

		if (!fault && is_twice(addr, i))
			fault = "carp: a peer is named twice; name each once";
		if (fault) {
			if (extack)
				extack->_msg = fault;
			return bad_attr(extack, attr);
		}
	}
	return 0;
}

/*
 * As long as a namespace has no IPv4 address at all it has no table of local
 * ones either, and then every address is taken for a broadcast one, that of
 * the loopback device included.
 */
static bool is_broadcast(struct net *net, const struct net_device *lowerdev,
			 __be32 addr)
{
	return inet_addr_type_dev_table(net, lowerdev, addr) == RTN_BROADCAST &&
	       inet_addr_type_dev_table(net, lowerdev,
					htonl(INADDR_LOOPBACK)) != RTN_BROADCAST;
}

/**
 * carp_unicast_check() - whether the peers of a request are other hosts
 * @lowerdev: of the interface
 * @attr: IFLA_CARP_PEER, good by carp_unicast_policy4(), or NULL
 * @extack: told what is wrong
 *
 * Context: RTNL.
 * Return: 0 or -EINVAL.
 */
int carp_unicast_check(const struct net_device *lowerdev,
		       const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	unsigned int i, n = attr ? nla_len(attr) / sizeof(__be32) : 0;
	const __be32 *addr = attr ? nla_data(attr) : NULL;
	struct net *net = dev_net(lowerdev);
	struct in6_addr mapped;
	bool is_virtual;

	for (i = 0; i < n; i++) {
		mapped = carp_mapped(addr[i]);
		rcu_read_lock();
		is_virtual = carp_vip_lookup_l3(lowerdev, &mapped);
		rcu_read_unlock();
		if (is_virtual) {
			NL_SET_ERR_MSG(extack,
				       "carp: a virtual address is no peer; give the peer's own address");
			return bad_attr(extack, attr);
		}
		if (inet_addr_type_dev_table(net, lowerdev, addr[i]) ==
		    RTN_LOCAL) {
			NL_SET_ERR_MSG(extack,
				       "carp: a peer is another host, and this address is this one's; give the other's");
			return bad_attr(extack, attr);
		}
		if (is_broadcast(net, lowerdev, addr[i])) {
			NL_SET_ERR_MSG(extack,
				       "carp: a broadcast address is no peer; give addresses of hosts");
			return bad_attr(extack, attr);
		}
	}
	return 0;
}

/**
 * carp_unicast_prepare() - make ready what a request says of peers
 * @cd: interface, with the present ones
 * @conf: IFLA_CARP_PEER and IFLA_CARP_PEER6, or NULL to keep them
 * @out: the new ones, NULL for none; for carp_unicast_commit() or kfree()
 *
 * Context: RTNL, may sleep.
 * Return: 0 or -ENOMEM.
 */
int carp_unicast_prepare(const struct carp_dev *cd,
			 const struct carp_config *conf,
			 struct carp_unicast **out)
{
	const struct carp_unicast *old = rtnl_dereference(cd->unicast);
	struct carp_unicast *u;

	*out = NULL;
	u = kzalloc(sizeof(*u), GFP_KERNEL_ACCOUNT);
	if (!u)
		return -ENOMEM;
	if (old) {
		memcpy(u->addr4, old->addr4, sizeof(u->addr4));
		memcpy(u->addr6, old->addr6, sizeof(u->addr6));
		u->n4 = old->n4;
		u->n6 = old->n6;
	}
	if (conf->peer) {
		u->n4 = nla_len(conf->peer) / sizeof(u->addr4[0]);
		nla_memcpy(u->addr4, conf->peer, sizeof(u->addr4));
	}
	if (conf->peer6) {
		u->n6 = nla_len(conf->peer6) / sizeof(u->addr6[0]);
		nla_memcpy(u->addr6, conf->peer6, sizeof(u->addr6));
	}
	if (u->n4 || u->n6)
		*out = u;
	else
		kfree(u);
	return 0;
}

/**
 * carp_unicast_commit() - from now on advertise to these
 * @cd: interface
 * @u: from carp_unicast_prepare(); consumed
 *
 * Context: RTNL.
 */
void carp_unicast_commit(struct carp_dev *cd, struct carp_unicast *u)
{
	struct carp_unicast *old;

	old = rcu_replace_pointer(cd->unicast, u, lockdep_rtnl_is_held());
	WRITE_ONCE(cd->warmed, jiffies - WARM_INTERVAL);
	WRITE_ONCE(cd->taught, jiffies - TEACH_INTERVAL);
	if (old)
		kfree_rcu(old, rcu);
}

/**
 * carp_unicast_free() - nobody can reach the interface any more
 * @cd: interface
 */
void carp_unicast_free(struct carp_dev *cd)
{
	kfree(rcu_replace_pointer(cd->unicast, NULL, true));
}

/**
 * carp_unicast_fill() - report the peers
 * @skb: message
 * @cd: interface
 *
 * Return: 0 or -EMSGSIZE.
 */
int carp_unicast_fill(struct sk_buff *skb, const struct carp_dev *cd)
{
	const struct carp_unicast *u;
	int err = 0;

	rcu_read_lock();
	u = rcu_dereference(cd->unicast);
	if (u && u->n4)
		err = nla_put(skb, IFLA_CARP_PEER, u->n4 * sizeof(u->addr4[0]),
			      u->addr4);
	if (!err && u && u->n6)
		err = nla_put(skb, IFLA_CARP_PEER6,
			      u->n6 * sizeof(u->addr6[0]), u->addr6);
	rcu_read_unlock();
	return err;
}
