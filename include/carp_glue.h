/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the glue ring offer each other.  Comes with carp_priv.h,
 * which has the objects.
 */
#ifndef _CARP_GLUE_H
#define _CARP_GLUE_H

/* carp_main.c */
extern unsigned int carp_net_id;
extern struct workqueue_struct *carp_wq;

/**
 * carp_pernet() - what a network namespace has of CARP
 * @net: namespace
 */
static inline struct carp_net *carp_pernet(const struct net *net)
{
	return net_generic(net, carp_net_id);
}

/* carp_netdev.c: the net device */
extern const struct net_device_ops carp_netdev_ops;
void carp_netdev_setup(struct net_device *dev);

static inline bool carp_is_dev(const struct net_device *dev)
{
	return dev->netdev_ops == &carp_netdev_ops;
}

/* carp_rtnl.c: ip link */
int carp_rtnl_init(void);
void carp_rtnl_exit(void);
void carp_dellink(struct net_device *dev, struct list_head *head);
extern struct rtnl_link_ops carp_link_ops;

/**
 * struct carp_config - a request in host terms
 * @vhid: virtual host id
 * @proto: advbase, advskew and preempt_delay; the rest follows from @preempt
 *	and from what holds for the namespace
 * @preempt: which preempt to follow
 * @min_ttl: carp_dev.min_ttl
 * @deliver: carp_dev.deliver
 * @broadcast: carp_dev.broadcast
 * @lladdr: carp_dev.lladdr
 * @link_delay: carp_dev.link_delay
 * @announce_interval: carp_dev.announce_interval
 * @peer: IFLA_CARP_PEER, or NULL if they stay
 * @peer6: IFLA_CARP_PEER6, or NULL if they stay
 * @unicast: made of these, when everything was found good
 * @key: padded with zeros
 * @state: state asked for
 * @has_key: @key was given
 * @has_state: @state was given
 */
struct carp_config {
	u8			vhid;
	struct carp_proto_config proto;
	enum carp_preempt	preempt;
	u8			min_ttl;
	u8			deliver;
	bool			broadcast;
	u8			lladdr;
	u32			link_delay;
	u32			announce_interval;
	const struct nlattr	*peer;
	const struct nlattr	*peer6;
	struct carp_unicast	*unicast;
	u8			key[CARP_KEY_LEN];
	enum carp_state		state;
	bool			has_key;
	bool			has_state;
};

/* carp_config.c: parse, validate, apply */
extern const struct nla_policy carp_policy[IFLA_CARP_MAX + 1];
int carp_config_check(struct nlattr *data[], struct netlink_ext_ack *extack);
void carp_config_default(struct carp_config *conf);
void carp_config_parse(struct nlattr *data[], struct carp_config *conf);
void carp_config_wipe(struct nlattr *data[], struct carp_config *conf);
int carp_config_check_state(const struct nlattr *attr,
			    struct netlink_ext_ack *extack);
int carp_config_reported(const struct net *net, struct nlattr *data[],
			 struct netlink_ext_ack *extack);
void carp_config_preempt(struct carp_dev *cd, struct carp_proto_config *cfg);
int carp_config_deliver(const struct carp_config *conf, struct nlattr *data[],
			struct netlink_ext_ack *extack);
void carp_config_settle(struct carp_dev *cd, const struct carp_config *conf);
int carp_config_change(struct carp_dev *cd, struct nlattr *data[],
		       struct netlink_ext_ack *extack);

/* carp_rights.c: what other user namespaces may spend */
int carp_rights_check(const struct carp_dev *cd, const struct carp_net *cn,
		      const struct carp_config *conf, struct nlattr *data[],
		      struct netlink_ext_ack *extack);
void carp_rights_take(struct carp_dev *cd, const struct carp_net *cn,
		      const struct carp_config *conf);
void carp_rights_return(struct carp_dev *cd);
bool carp_rights_announce(const struct carp_net *cn, unsigned int n);

/* carp_port.c: the carrier */
int carp_port_check(struct net_device *carrier, u8 lladdr,
		    struct netlink_ext_ack *extack);
int carp_port_check_below(struct net_device *dev, struct net_device *upper,
			  struct netlink_ext_ack *extack);
struct carp_port *carp_port_rtnl(const struct net_device *carrier);
int carp_port_attach(struct carp_dev *cd);
void carp_port_detach(struct carp_dev *cd);
void carp_port_join(struct carp_port *port);
void carp_port_guard_ingress(struct carp_port *port);
void carp_port_source(struct carp_port *port);
void carp_port_broadcast(struct carp_port *port);

/* carp_input.c: frames the carrier has received */
rx_handler_result_t carp_handle_frame(struct sk_buff **pskb);

/* The port of a device, or NULL if it carries no CARP; RCU read side. */
static inline struct carp_port *carp_port_rcu(const struct net_device *dev)
{
	if (rcu_access_pointer(dev->rx_handler) != carp_handle_frame)
		return NULL;
	return rcu_dereference(dev->rx_handler_data);
}

unsigned int carp_input_ingress(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state);

/* carp_deliver.c: the device that they come in by */
rx_handler_result_t carp_deliver(struct carp_dev *cd, struct sk_buff **pskb);
void carp_deliver_copy(struct carp_dev *cd, struct sk_buff *skb, u8 type);
struct net_device *carp_deliver_first(const struct carp_port *port);
void carp_deliver_see_ingress(struct carp_port *port);
bool carp_deliver_may_let_in(const struct carp_port *port, __be32 from);
void carp_deliver_let_in(const struct carp_port *port, __be32 from);
int carp_deliver_init(void);
void carp_deliver_exit(void);
bool carp_deliver_came(const struct net_device *dev,
		       const struct in6_addr *source);

/* carp_tap.c: who listens on our interface */
void carp_tap(struct carp_dev *cd, struct sk_buff *skb);
void carp_tap_show(struct carp_dev *cd, struct sk_buff *skb);

/* Whether anybody listens to what comes in. */
static inline bool carp_tap_any(const struct carp_dev *cd)
{
	return !list_empty(&cd->dev->ptype_all) ||
	       !list_empty(&cd->dev->ptype_specific);
}

/* carp_conflict.c: others that claim our addresses */
void carp_addr_conflict(struct carp_dev *cd, const struct in6_addr *addr,
			const u8 *mac);

/* carp_arp.c: ARP received */
void carp_arp_input(struct carp_port *port, struct sk_buff *skb);
void carp_arp_to_carrier(const struct carp_port *port,
			 const struct sk_buff *skb);
void carp_arp_copy(struct carp_dev *cd, struct sk_buff *skb);
struct carp_dev *carp_arp_refreshed(struct carp_dev *cd,
				    const struct sk_buff *skb, bool *answered);

/* carp_nd.c: neighbour discovery received */
bool carp_nd_input(struct carp_port *port, struct sk_buff *skb);
struct carp_dev *carp_nd_refreshed(struct carp_dev *cd,
				   const struct sk_buff *skb);

/* carp_advert.c: advertisements received */
bool carp_advert_input4(struct carp_port *port, struct sk_buff *skb);
bool carp_advert_input6(struct carp_port *port, struct sk_buff *skb);
int carp_advert_init(void);
void carp_advert_exit(void);

/* carp_output.c: frames of our own */
/* Most address lists that are valid at a time. */
#define CARP_VARIANTS_MAX	4

struct sk_buff *carp_frame_alloc(struct carp_dev *cd, unsigned int len);
void carp_frame_finish(struct carp_dev *cd, struct sk_buff *skb,
		       const u8 *dest, __be16 proto);
int carp_put_advert(struct carp_dev *cd, struct sk_buff *skb, bool bowout,
		    unsigned int variant);
struct sk_buff *carp_build_advert(struct carp_dev *cd, bool bowout,
				  unsigned int variant);
int carp_send(struct carp_dev *cd, struct sk_buff *skb);
void carp_announce(struct carp_dev *cd, u32 generation);
void carp_announce_one(struct carp_dev *cd, __be32 addr);
void carp_contradict(struct carp_dev *cd, __be32 addr, const u8 *mac);

/* carp_pace.c: announcements, at once or one by one */
bool carp_defence_due(struct carp_dev *cd);
void carp_pace_announce(struct carp_dev *cd, u32 generation, bool again);
void carp_pace_defend(struct carp_dev *cd, u32 generation,
		      const struct in6_addr *addr);
void carp_pace_left(const struct carp_port *port, const struct in6_addr *addr);
void carp_pace_settle(struct carp_net *cn);
void carp_pace_init(struct carp_dev *cd);
void carp_pace_stop(struct carp_dev *cd);

/* carp_linktime.c: since when devices have link */
bool carp_linktime_event(const struct net_device *dev, unsigned long event);
u64 carp_linktime_since(const struct net_device *dev);
void carp_linktime_init(struct carp_net *cn);
void carp_linktime_exit(struct carp_net *cn);

/* carp_unicast.c: advertisements to peers */
int carp_send_advert(struct carp_dev *cd, struct sk_buff *skb);
void carp_unicast_teach(struct carp_dev *cd, u32 generation, bool now);
void carp_unicast_warm(struct carp_dev *cd, bool now);
bool carp_unicast_is_peer(const struct carp_dev *cd,
			  const struct in6_addr *addr);
bool carp_unicast_knows(const struct carp_dev *cd,
			const struct carp_peer *peer);
int carp_unicast_policy4(const struct nlattr *attr,
			 struct netlink_ext_ack *extack);
int carp_unicast_check(const struct net_device *carrier,
		       const struct nlattr *attr,
		       struct netlink_ext_ack *extack);
int carp_unicast_prepare(const struct carp_dev *cd,
			 const struct carp_config *conf,
			 struct carp_unicast **out);
void carp_unicast_commit(struct carp_dev *cd, struct carp_unicast *u);
void carp_unicast_free(struct carp_dev *cd);
int carp_unicast_fill(struct sk_buff *skb, const struct carp_dev *cd);

/* carp_unicast6.c: and to IPv6 ones */
int carp_unicast_send6(struct carp_dev *cd, const struct carp_unicast *u,
		       const struct sk_buff *frame);
void carp_unicast_resolve6(const struct carp_dev *cd,
			   const struct in6_addr *daddr);
int carp_unicast_policy6(const struct nlattr *attr,
			 struct netlink_ext_ack *extack);
int carp_unicast_check6(const struct net_device *carrier, const struct nlattr *attr,
			struct netlink_ext_ack *extack);

/* carp_output6.c: the same over IPv6 */
bool carp_own_linklocal(const struct net_device *dev, struct in6_addr *addr);
struct sk_buff *carp_build_advert6(struct carp_dev *cd, bool bowout,
				   unsigned int variant);
void carp_announce6(struct carp_dev *cd, u32 generation);
void carp_announce6_one(struct carp_dev *cd, const struct in6_addr *addr);
void carp_contradict6(struct carp_dev *cd, const struct in6_addr *addr,
		      const u8 *mac);

/* carp_link.c: the link flags */
netdev_tx_t carp_link_xmit(struct sk_buff *skb, struct net_device *dev);
int carp_link_init(struct carp_dev *cd);
void carp_link_exit(struct carp_dev *cd);
void carp_link_follow(struct carp_dev *cd);
void carp_link_settled(struct carp_dev *cd);

/* carp_guard.c: the send invariants */
unsigned int carp_guard_egress(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state);

/**
 * carp_guard_drop() - count a packet and have it dropped
 * @cd: interface in whose name it would have been
 */
static inline unsigned int carp_guard_drop(struct carp_dev *cd)
{
	carp_count(cd, CARP_STAT_TX_INACTIVE);
	return NF_DROP;
}

int carp_guard_get(struct net *net);
void carp_guard_put(struct net *net);

/* carp_exempt.c: what may be sent from an address that is not served */
bool carp_exempt_transit(const struct sk_buff *skb);
bool carp_exempt_elsewhere4(const struct carp_dev *cd, __be32 addr);
bool carp_exempt_elsewhere6(const struct carp_dev *cd,
			    const struct in6_addr *addr);
bool carp_exempt4(const struct carp_dev *cd, const struct sk_buff *skb,
		  const struct iphdr *iph);
bool carp_exempt6(const struct carp_dev *cd, const struct sk_buff *skb,
		  const struct ipv6hdr *iph);

/* carp_guard6.c: the same for IPv6 */
unsigned int carp_guard6_egress(struct carp_port *port, struct sk_buff *skb,
				unsigned int offset);
unsigned int carp_guard6_post_routing(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state);
unsigned int carp_guard6_local_in(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state);

/* carp_vip.c: the virtual addresses */
/*
 * Metric of the connected route of a virtual address, if the administrator
 * gives none: any other way to the subnet is better.  Traffic that only passes
 * the host then leaves through the carrier, with the carrier's own MAC.
 */
#define CARP_VIP_METRIC		0x7fffffff

int carp_vip_init(struct carp_net *cn);
struct carp_dev *carp_vip_find(const struct net *net, __be32 addr,
			       const struct carp_port *port);
bool carp_vip_is_near(const struct carp_dev *cd, const struct in6_addr *addr,
		      const struct net_device *dev);
struct carp_dev *carp_vip_near(const struct net_device *dev,
			       const struct in6_addr *addr);
bool carp_vip_has(const struct carp_dev *cd, const struct in6_addr *addr);
struct carp_dev *carp_vip_idle(const struct net_device *dev,
			       const struct in6_addr *addr);
struct carp_dev *carp_vip6_find(const struct net *net,
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

/* carp_addr.c: how they come and go */
void carp_addr_metric(struct net_device *dev, bool set);
int carp_addr_register(void);
void carp_addr_unregister(void);

/* carp_tentative.c: whether IPv6 ones can be used */
void carp_tentative_new(struct inet6_ifaddr *ifa);
void carp_tentative_serve(struct carp_dev *cd);
void carp_tentative_awake(const struct net_device *dev);
void carp_tentative_tell(struct carp_dev *cd);

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

/* carp_group6.c: IPv6 groups held on the carrier */
void carp_group6_join(struct carp_port *port);
void carp_group6_leave(struct carp_port *port);
void carp_group6_sync(struct carp_dev *cd);
void carp_group6_retry(struct carp_dev *cd);
void carp_group6_drop(struct carp_dev *cd);

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

/* carp_engine.c: events in, frames and timers out */
void carp_engine_init(struct carp_dev *cd, const struct carp_proto_config *cfg);
void carp_engine_stop(struct carp_dev *cd);
void carp_raise(struct carp_dev *cd, enum carp_event ev, enum carp_reason why);
void carp_raise_advert(struct carp_dev *cd, const struct carp_advert *adv,
		       const struct carp_peer *peer);
bool carp_worth_verifying(struct carp_dev *cd, const struct carp_peer *peer);
void carp_raise_unauthentic(struct carp_dev *cd, const struct carp_advert *adv,
			    const struct carp_peer *peer);
void carp_engine_demoted(struct carp_dev *cd);
void carp_evaluate(struct carp_dev *cd);

/**
 * struct carp_item - a transition, a change of demotion, or another master that
 *	is heard or no longer heard, to be told
 * @node: in carp_net.log_queue
 * @cmd: which of them
 * @seq: its number
 * @at: when, monotonic ns
 * @log: it is to be logged
 * @ifindex: of the interface
 * @dev: name of the interface
 * @carrier: name of its carrier
 * @vhid: virtual host id
 * @decision: states and reason; of another master, the state of this host
 * @master: another master
 * @peer: whose advertisement it was, if any
 * @name: what demotes, or no longer does
 * @old_weight: how much until now
 * @weight: how much from now on
 * @old_total: demotion until now
 * @total: demotion from now on
 */
struct carp_item {
	struct list_head	node;
	enum carp_cmd		cmd;
	u64			seq;
	u64			at;
	bool			log;
	int			ifindex;
	char			dev[IFNAMSIZ];
	char			carrier[IFNAMSIZ];
	u8			vhid;
	struct carp_decision	decision;
	struct carp_master	master;
	struct carp_peer	peer;
	char			name[CARP_DEMOTE_REASON_MAX + 1];
	s32			old_weight;
	s32			weight;
	s32			old_total;
	s32			total;
};

/* carp_news.c: telling user space */
u64 carp_news_seq(struct carp_net *cn);
void carp_news_init(struct carp_net *cn);
void carp_news_exit(struct carp_net *cn);
void carp_news(struct carp_dev *cd, const struct carp_decision *d,
	       const struct carp_peer *peer);
void carp_news_master(struct carp_dev *cd, const struct carp_master *master);
void carp_news_settle(struct carp_dev *cd);
void carp_news_look(struct carp_dev *cd);
void carp_news_retry(struct carp_net *cn);
void carp_news_forget(struct carp_dev *cd);
void carp_news_demotion(struct carp_net *cn, const char *name, s32 old, s32 now,
			s32 before);

/* carp_work.c: what is done under RTNL */
void carp_work_init(struct carp_net *cn);
void carp_work_exit(struct carp_net *cn);

/* carp_log.c: lines in the kernel log */
bool carp_log_limited(const struct carp_net *cn);
void carp_log_item(const struct carp_net *cn, const struct carp_item *item);
void carp_log_lost(const struct carp_net *cn, unsigned long lost);
void carp_log_bad(struct carp_dev *cd, const char *what,
		  const struct carp_peer *peer);
void carp_log_net_init(struct carp_net *cn);
void carp_log_init(void);

/* carp_demoter.c: who demotes the host */
u32 carp_demoter_total(const struct net *net);
void carp_demoter_sent(struct carp_dev *cd, bool sent);
void carp_demoter_state(struct carp_dev *cd, enum carp_state state);
void carp_demoter_join(struct carp_dev *cd);
void carp_demoter_leave(struct carp_dev *cd);
void carp_demoter_waiting(struct carp_dev *cd, bool waiting);
void carp_demoter_carrier(struct carp_port *port);
void carp_demoter_carrier_gone(struct carp_port *port);
void carp_demoter_adjust(struct carp_net *cn, int by);
void carp_demoter_set_weight(struct carp_net *cn, u32 *factor, u32 weight);
int carp_demoter_set(struct carp_net *cn, const char *name, u32 weight);
int carp_demoter_clear(struct carp_net *cn, const char *name);
void carp_demoter_walk(struct carp_net *cn,
		       int (*fn)(const char *name, s32 weight, void *arg),
		       unsigned int *gen, void *arg);
void carp_demoter_init(struct carp_net *cn,
		       void (*demoted)(struct carp_dev *cd));
void carp_demoter_exit(struct carp_net *cn);

/* carp_stats.c: counters */
int carp_stats_put(struct sk_buff *skb, const struct carp_dev *cd);

/* carp_genl.c: generic netlink */
int carp_genl_init(void);
void carp_genl_exit(void);

/* carp_event.c: its events */
bool carp_event_wanted(const struct carp_net *cn);
void carp_event_send(struct carp_net *cn, const struct carp_item *item);
void carp_event_open(void);
void carp_event_close(void);

/* carp_bowout.c: leaving groups */
void carp_linger(const struct list_head *devs);
void carp_linger_one(struct carp_dev *cd);
void carp_bow_out(struct net *net);
void carp_bow_out_all(void);

/* carp_notify.c: what happens to carriers, interfaces and addresses */
int carp_notify_init(void);
void carp_notify_exit(void);

/* carp_crypto.c: the digest */
int carp_crypto_init(void);
void carp_crypto_exit(void);
int carp_auth_update(struct carp_dev *cd, gfp_t gfp);
int carp_auth_rekey(struct carp_dev *cd, const u8 key[CARP_KEY_LEN]);
void carp_auth_free(struct carp_dev *cd);
bool carp_auth_verify(const struct carp_dev *cd, const struct carp_header *h);
int carp_auth_digest(const struct carp_dev *cd, unsigned int variant,
		     u64 counter, u8 out[CARP_DIGEST_LEN]);
unsigned int carp_auth_variants(const struct carp_dev *cd);

/* carp_sysctl.c: net.carp */
int carp_sysctl_init(struct carp_net *cn);
void carp_sysctl_exit(struct carp_net *cn);

#endif /* _CARP_GLUE_H */
