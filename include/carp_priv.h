/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Objects of the glue ring.  What its files offer those above them is in headers
 * of their own, of which each file includes those whose functions it calls.
 *
 *   carp_net   one per network namespace: sysctls, table of virtual
 *              addresses, news that wait for process context
 *   carp_port  one per lower device: the rx_handler, hooks and filters that all
 *              vhids on that lower device share
 *   carp_dev   one per interface: the election of one vhid
 *
 * LOCKING
 *
 *   RTNL > carp_dev.lock > carp_net.demote_lock > carp_net.news_lock
 *          carp_dev.lock > inet6_ifaddr.lock, the stack's
 *
 *   RTNL		configuration, lists, ports, the address table's writers
 *   carp_dev.lock	election state, counter, timer; taken in softirq
 *   demote_lock	what demotes the host: taken in softirq, also by who has
 *			just sent, and never held when something is sent
 *   RCU		lower device -> port, port -> carp_dev, address ->
 *			carp_dev, carp_dev -> carp_auth, carp_net -> carp_dev
 *
 * No frame is sent while a carp_dev.lock is held: our own egress hook, queue
 * disciplines and bridges lie below.  Frames are built under the lock and sent
 * after it, if carp_dev.generation shows that nobody has changed the state in
 * between.  Whatever needs RTNL is left to work, so that a takeover never
 * waits for it.
 */
#ifndef _CARP_PRIV_H
#define _CARP_PRIV_H

#include <linux/atomic.h>
#include <linux/etherdevice.h>
#include <linux/hrtimer.h>
#include <linux/if_arp.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/ipv6.h>
#include <net/netns/generic.h>

#include "carp_demote.h"
#include "carp_heard.h"
#include "carp_masters.h"
#include "carp_proto.h"
#include "carp_stats.h"
#include "carp_wire.h"

/* Size of what is indexed by vhid. */
#define CARP_VHIDS	256

/* Hosts that send to a virtual MAC are told apart by so many bits. */
#define CARP_SOURCE_BITS	8

/* Greatest IFLA_CARP_LINK_DELAY, seconds, and IFLA_CARP_ANNOUNCE_INTERVAL, ms. */
#define CARP_LINK_DELAY_MAX	3600
#define CARP_ANNOUNCE_INTERVAL_MAX	1000

struct carp_auth;
struct carp_dev;
struct carp_vip;
struct ctl_table_header;
struct fib6_info;
struct fib_info;
struct fib_nh;
struct in_ifaddr;
struct in_device;
struct inet6_dev;
struct inet6_ifaddr;
struct iphdr;
struct ipv6hdr;
struct netlink_ext_ack;
struct nla_policy;
struct nlattr;

/**
 * struct carp_net - what a network namespace has of CARP
 * @net: the namespace
 * @allow: sysctl net.carp.allow: take part at all
 * @preempt: sysctl net.carp.preempt: take over from a slower master
 * @preempt_boot_hold: sysctl net.carp.preempt_boot_hold: but not before the
 *	host has been up for so many seconds
 * @log: sysctl net.carp.log: 1 transitions and other masters, 2 also bad
 *	packets
 * @arpbalance: sysctl net.carp.arpbalance: vhids that share an address divide
 *	its clients among them
 * @links: since when devices have link, by ifindex; RTNL
 * @spread_until: until when clients are sent to their vhid even if the one that
 *	they know serves, monotonic ns
 * @sysctl: registration of the above
 * @devs: the interfaces, by carp_dev.net_node; written under RTNL, read under
 *	RCU
 * @devs_gen: changes whenever @devs does; RTNL
 * @n_devs: how many; the hooks of carp_guard.c are in place if any; RTNL
 * @vips: virtual address -> interface, hash table or NULL; written under
 *	RTNL, read under RCU
 * @badif: packets of protocol 112 to an interface without CARP
 * @demote_lock: protects @demotion and carp_dev.sending_state
 * @demotion: everything that demotes the host
 * @demoted: brings a change of it to an interface
 * @demotion_total: what it adds up to; written under the lock, read without
 * @reasons_gen: changes whenever @demotion does
 * @demote_timer: brings changes to the interfaces, and ends what is over
 * @demote_applying: it is at it; the lock
 * @demote_again: something has changed since it began; the lock
 * @demote_rest: until when it rests, monotonic ns; the lock
 * @news_lock: protects @changed, @log_queue and their members
 * @changed: interfaces whose change of state RTNL listeners do not know yet
 * @seq: number of the latest transition or change of demotion
 * @log_queue: those that are not yet told and logged
 * @log_queued: how many they are
 * @lost: how many could not be queued
 * @whose: what its lines in the log begin with: empty in the initial user
 *	namespace
 * @link_work: tells the listeners of @changed, needs RTNL
 * @log_work: empties @log_queue, never waits for RTNL
 * @flush6_work: has IPv6 look up cached routes again, never waits for RTNL
 * @fib_nb: tells of new routes
 * @fib_work: registers it if there are interfaces, needs RTNL
 * @fib_registered: it has; only the work
 * @fib_heard: what it tells counts; written without RTNL only to end it
 * @retry_work: repeats what failed for want of memory
 */
struct carp_net {
	struct net		*net;
	int			allow;
	int			preempt;
	int			preempt_boot_hold;
	int			log;
	int			arpbalance;
	struct xarray		links;
	atomic64_t		spread_until;
	struct ctl_table_header	*sysctl;
	struct list_head	devs;
	unsigned int		devs_gen;
	unsigned int		n_devs;
	struct hlist_head __rcu	*vips;
	atomic_long_t		badif;
	spinlock_t		demote_lock;
	struct carp_demotion	demotion;
	void			(*demoted)(struct carp_dev *cd);
	s32			demotion_total;
	unsigned int		reasons_gen;
	struct hrtimer		demote_timer;
	bool			demote_applying;
	bool			demote_again;
	u64			demote_rest;
	spinlock_t		news_lock;
	struct list_head	changed;
	u64			seq;
	struct list_head	log_queue;
	unsigned int		log_queued;
	unsigned long		lost;
	char			whose[64];
	struct work_struct	link_work;
	struct work_struct	log_work;
	struct work_struct	flush6_work;
	struct notifier_block	fib_nb;
	struct delayed_work	fib_work;
	bool			fib_registered;
	bool			fib_heard;
	struct delayed_work	retry_work;
};

/*
 * Namespaces of other user namespaces than the initial one: any user may have
 * made them, and what is spent in softirq or in the log is the host's.
 */
static inline bool carp_is_foreign(const struct carp_net *cn)
{
	return cn->net->user_ns != &init_user_ns;
}

/** CARP_OWN_REASON_LEN - of the names that the kernel gives to reasons */
#define CARP_OWN_REASON_LEN	(sizeof(CARP_DEMOTE_CARRIER) + IFNAMSIZ)

/**
 * struct carp_port - a lower device
 * @lowerdev: its net device; the port lives no longer than the device has the
 *	rx_handler
 * @cn: its namespace, which a lower device with CARP on it does not leave
 * @dev_by_vhid: vhid -> interface; written under RTNL, read under RCU
 * @devs: the interfaces, by carp_dev.port_node; written under RTNL, read
 *	under RCU
 * @mc_users: interfaces with multicast groups of their own, and those in @bc_users
 * @bc_users: interfaces that receive broadcasts; written under RTNL
 * @announced: when the last announcement of a paced round is sent, monotonic ns
 * @lower_macs: interfaces whose addresses are at its own MAC; written under RTNL,
 *	lockless
 * @joined: IPv4 state in which 224.0.0.18 is joined, to notice a new one; only
 *	compared, never followed
 * @joined6: the same for IPv6 and ff02::12
 * @egress: hook on what the lower device sends
 * @ingress: hook on what it receives, if others have one there; RTNL
 * @has_ingress: @ingress is in place; RTNL
 * @wants_ingress: it is to be, lockless
 * @sources: when hosts have last sent to a virtual MAC, jiffies, by a hash of
 *	their address; lockless
 * @missing: has no link and is missed; carp_net.demote_lock
 * @n_waiting: interfaces that wait for the link to settle;
 *	carp_net.demote_lock
 * @lost: either of these, which demotes the host; written under
 *	carp_net.demote_lock
 * @lost_reason: what that is called; carp_net.demote_lock
 * @badvhid: advertisements of a vhid that is not configured here
 * @hdrops: advertisements with a damaged IP header, of whatever vhid
 * @badlen: advertisements too short to have a vhid
 * @rcu: for freeing
 */
struct carp_port {
	struct net_device	*lowerdev;
	struct carp_net		*cn;
	struct carp_dev __rcu	*dev_by_vhid[CARP_VHIDS];
	struct list_head	devs;
	atomic_t		mc_users;
	unsigned int		bc_users;
	atomic64_t		announced;
	unsigned int		lower_macs;
	struct in_device	*joined;
	struct inet6_dev	*joined6;
	struct nf_hook_ops	egress;
	struct nf_hook_ops	ingress;
	bool			has_ingress;
	bool			wants_ingress;
	u32			sources[1 << CARP_SOURCE_BITS];
	bool			missing;
	unsigned int		n_waiting;
	bool			lost;
	char			lost_reason[CARP_OWN_REASON_LEN];
	atomic_long_t		badvhid;
	atomic_long_t		hdrops;
	atomic_long_t		badlen;
	struct rcu_head		rcu;
};

/**
 * struct carp_peer - where an advertisement came from
 * @family: AF_INET, AF_INET6 or 0 for nowhere
 * @addr4: source address
 * @addr6: source address
 * @to4: address of this host that it was sent to; 0 if it was to the group
 * @to6: the same
 */
struct carp_peer {
	u8			family;
	__be32			to4;
	struct in6_addr		to6;
	union {
		__be32			addr4;
		struct in6_addr		addr6;
	};
};

/**
 * struct carp_unicast - peers to advertise to; immutable, replaced as a whole
 * @rcu: for freeing
 * @n4: how many over IPv4
 * @n6: how many over IPv6
 * @addr4: their addresses
 * @addr6: their addresses
 */
struct carp_unicast {
	struct rcu_head		rcu;
	unsigned int		n4;
	unsigned int		n6;
	__be32			addr4[CARP_PEERS_MAX];
	struct in6_addr		addr6[CARP_PEERS_MAX];
};

/**
 * struct carp_good - the last authentic advertisement of a family
 * @peer: source address
 * @counter: its counter
 * @at: when it came, monotonic ns
 */
struct carp_good {
	struct carp_peer	peer;
	u64			counter;
	u64			at;
};

/**
 * struct carp_round - announcements that are still to come, one by one
 * @timer: sends the next one
 * @generation: carp_dev.generation when they were decided
 * @next: place of the next address
 * @left: how many are still to come
 */
struct carp_round {
	struct hrtimer		timer;
	u32			generation;
	unsigned int		next;
	unsigned int		left;
};

/* Families of addresses, carp_dev.families. */
enum {
	CARP_FAMILY_4	= 1 << 0,
	CARP_FAMILY_6	= 1 << 1,
};

/**
 * struct carp_dev - a CARP interface
 * @dev: the interface itself
 * @lowerdev: the device below
 * @port: state shared with the other vhids of the lower device; RTNL, and RCU
 *	where the interface was found under it
 * @vhid: virtual host id
 * @serving: carp_proto.serving for the datapath, lockless
 * @has_mc: has multicast groups besides 224.0.0.1 and ff02::1
 * @min_ttl: lowest TTL of an advertisement that is accepted, lockless
 * @deliver: enum carp_deliver, lockless
 * @broadcast: it receives broadcasts while MASTER, lockless
 * @lladdr: enum carp_lladdr, changes only while the interface is down;
 *	lockless
 * @link_delay: how long the lower device must have had link, seconds, lockless
 * @announce_interval: between two repeated announcements, ms, lockless
 * @families: of its addresses, and so of its advertisements, lockless
 * @src4: source address of IPv4 advertisements, lockless
 * @unicast: peers to advertise to, NULL for the group; RCU, replaced under
 *	RTNL
 * @taught: when switches were last shown the virtual MAC for that, jiffies,
 *	lockless
 * @repeated: when some addresses were last announced once more, jiffies, lockless
 * @repeat_from: which of them comes next, lockless
 * @warmed: when the peers' MACs were last asked for, jiffies, lockless
 * @defended: when another's claim to an address was last answered, jiffies,
 *	lockless
 * @contested: there was one since, lockless
 * @heard_until: until when the last master heard would have to be heard again,
 *	monotonic ns, lockless
 * @auth: key and addresses made ready for the digest; RCU, replaced under RTNL
 * @lock: protects the members up to @timer
 * @proto: the election
 * @counter: last one sent
 * @counter_from: what it began with, which was not sent
 * @generation: counts changes of state
 * @sending: contexts that have decided, and not sent everything yet
 * @dead: the timer must not be started again
 * @routes_open: the routing code is at work and must see the routes
 * @src6: source address of the last IPv6 advertisement sent
 * @good4: last authentic advertisement over IPv4
 * @good6: and over IPv6
 * @heard: who was heard lately
 * @masters: other masters that are heard
 * @since: when the state was entered, monotonic ns
 * @round: announcements that are paced; but for its timer
 * @link_due: when the link will have settled, or CARP_NEVER, monotonic ns
 * @waiting: it waits for that; carp_net.demote_lock
 * @timer: raises CARP_EV_TIMER; may fire early
 * @rearm: it goes back into the queue when it has fired; only its own
 * @sending_state: whether advertisements get out; carp_net.demote_lock
 * @sending_reason: what that is called if they do not; carp_net.demote_lock
 * @unlisted: gone from those who may demote the host; carp_net.demote_lock
 * @preempt: which preempt to follow; RTNL
 * @closing: the interface is on its way down; RTNL
 * @bowed: DOWN was already raised by a shutdown; RTNL
 * @bypass: hook on what the interface sends while its queue is closed
 * @bypassing: it is registered; RTNL
 * @lower_link: whether the lower device had link when the operstate was last
 *	looked at for that; RTNL
 * @settling: carp_route_flag() is still to come, from work
 * @adding: an address is being added, and its local route not to be marked;
 *	RTNL
 * @hushed: the interface seems to have no link meanwhile; RTNL
 * @nexthops: where older kernels keep its IPv4 nexthops, NULL if not known
 *	yet; RTNL
 * @routes_seen: state of the namespace's IPv4 routes at the last
 *	carp_route_flag(), lockless
 * @routes6_seen: number of IPv6 routes made in the namespace at the last
 *	carp_route6_flag(); written under RTNL
 * @routes6_next: when that is looked at next, jiffies; written under RTNL
 * @routes_at: when that was, jiffies, lockless
 * @all_ignored: carp_route_all_ignored() at the last carp_route_flag()
 * @auth_stale: @auth is older than key or addresses, for want of memory; RTNL
 * @rate: part of the budget of other user namespaces that it has; RTNL
 * @spare_vip: table entry made in advance for the next address; RTNL
 * @idev: IPv6 state that has our settings, only compared; RTNL
 * @groups6: solicited-node groups held on the lower device; RTNL
 * @groups6_stale: some are missing, for want of memory; RTNL
 * @groups6_idev: IPv6 state of the lower device that holds them, only compared;
 *	RTNL
 * @port_node: in carp_port.devs
 * @net_node: in carp_net.devs
 * @changed_node: in carp_net.changed, or empty; carp_net.news_lock
 * @told: what RTNL listeners were last told; RTNL
 * @told_serving: the same of @serving, as far as IPv6 addresses go; RTNL
 * @told_reason: reason of the latest transition; @lock
 * @stats: counters, see carp_stats.h
 * @tracker: of the reference to @lowerdev
 * @rcu: keeps the interface for readers that found it through a port
 */
struct carp_dev {
	struct net_device	*dev;
	struct net_device	*lowerdev;
	struct carp_port	*port;
	u8			vhid;
	bool			serving;
	bool			has_mc;
	u8			min_ttl;
	u8			deliver;
	bool			broadcast;
	u8			lladdr;
	u8			families;
	u32			link_delay;
	u32			announce_interval;
	__be32			src4;
	struct carp_unicast __rcu *unicast;
	unsigned long		warmed;
	unsigned long		taught;
	unsigned long		repeated;
	unsigned int		repeat_from;
	unsigned long		defended;
	bool			contested;
	atomic64_t		heard_until;
	struct carp_auth __rcu	*auth;

	spinlock_t		lock;
	struct carp_proto	proto;
	u64			counter;
	u64			counter_from;
	u32			generation;
	atomic_t		sending;
	bool			dead;
	bool			routes_open;
	struct in6_addr		src6;
	struct carp_good	good4;
	struct carp_good	good6;
	struct carp_heard_list	heard;
	struct carp_masters	masters;
	u64			since;
	struct carp_round	round;
	u64			link_due;
	bool			waiting;
	struct hrtimer		timer;
	bool			rearm;
	struct carp_sending	sending_state;
	char			sending_reason[CARP_OWN_REASON_LEN];
	bool			unlisted;

	enum carp_preempt	preempt;
	bool			closing;
	bool			bowed;
	struct nf_hook_ops	bypass;
	bool			bypassing;
	bool			lower_link;
	bool			settling;
	bool			adding;
	bool			hushed;
	struct hlist_head	*nexthops;
	int			routes_seen;
	u32			routes6_seen;
	unsigned long		routes6_next;
	unsigned long		routes_at;
	bool			all_ignored;
	bool			auth_stale;
	u32			rate;
	struct carp_vip		*spare_vip;
	struct inet6_dev	*idev;
	struct list_head	groups6;
	bool			groups6_stale;
	struct inet6_dev	*groups6_idev;
	struct list_head	port_node;
	struct list_head	net_node;
	struct list_head	changed_node;
	enum carp_state		told;
	bool			told_serving;
	enum carp_reason	told_reason;
	atomic_long_t		stats[CARP_STAT_MAX];
	netdevice_tracker	tracker;
	struct rcu_head		rcu;
};

static inline struct carp_dev *carp_priv(const struct net_device *dev)
{
	return netdev_priv(dev);
}

static inline void carp_count(struct carp_dev *cd, enum carp_stat stat)
{
	atomic_long_inc(&cd->stats[stat]);
}

static inline bool carp_serving(const struct carp_dev *cd)
{
	return READ_ONCE(cd->serving);
}

/* Whether its addresses are at the MAC of the lower device: lladdr lower. */
static inline bool carp_lower_mac(const struct carp_dev *cd)
{
	return READ_ONCE(cd->lladdr) == CARP_LLADDR_LOWER;
}

/**
 * carp_deliver_mode() - by which device traffic comes in
 * @cd: interface
 *
 * A DHCP server that hears broadcasts by the interface is to hear by it, too,
 * when a client asks it alone.
 *
 * Context: any.
 */
static inline enum carp_deliver carp_deliver_mode(const struct carp_dev *cd)
{
	if (READ_ONCE(cd->broadcast))
		return CARP_DELIVER_SELF;
	return READ_ONCE(cd->deliver);
}

/**
 * struct carp_arp - ARP packet for IPv4 on Ethernet
 * @hdr: the fixed part
 * @sha: sender hardware address
 * @spa: sender protocol address
 * @tha: target hardware address
 * @tpa: target protocol address
 */
struct carp_arp {
	struct arphdr	hdr;
	u8		sha[ETH_ALEN];
	__be32		spa;
	u8		tha[ETH_ALEN];
	__be32		tpa;
} __packed;

/* 00:00:5e:00:01:VHID, for IPv4 and IPv6 alike; VRRP for IPv4 has the same. */
static inline bool carp_is_virtual_mac(const u8 *mac)
{
	static const u8 prefix[] = { 0x00, 0x00, 0x5e, 0x00, 0x01 };

	return !memcmp(mac, prefix, sizeof(prefix));
}

/* Groups that every interface is in, and that say nothing about interest. */
static inline bool carp_is_all_hosts(const u8 *group)
{
	static const u8 hosts4[] __aligned(2) = {
		0x01, 0x00, 0x5e, 0x00, 0x00, 0x01
	};
	static const u8 hosts6[] __aligned(2) = {
		0x33, 0x33, 0x00, 0x00, 0x00, 0x01
	};

	return ether_addr_equal(group, hosts4) ||
	       ether_addr_equal(group, hosts6);
}

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

/* carp_netdev.c */
extern const struct net_device_ops carp_netdev_ops;

static inline bool carp_is_dev(const struct net_device *dev)
{
	return dev->netdev_ops == &carp_netdev_ops;
}

/* carp_input.c */
rx_handler_result_t carp_handle_frame(struct sk_buff **pskb);

/* The port of a device, or NULL if it carries no CARP; RCU read side. */
static inline struct carp_port *carp_port_rcu(const struct net_device *dev)
{
	if (rcu_access_pointer(dev->rx_handler) != carp_handle_frame)
		return NULL;
	return rcu_dereference(dev->rx_handler_data);
}

#endif /* _CARP_PRIV_H */
