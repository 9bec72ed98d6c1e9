// SPDX-License-Identifier: GPL-2.0
/*
 * Routes to the IPv6 virtual addresses.
 *
 * The idea is that of carp_route.c: the routes carry RTNH_F_LINKDOWN, and what
 * is switched is whether our interface ignores such routes.  IPv6 does not
 * look at routes when it is asked whether an address is its own, so nothing
 * has to be opened before an event.  The marks are cleared with each
 * change of an interface that is MASTER; carp_route6_flag() follows it.
 *
 * Sockets remember a route for as long as the node of the tree that it is at
 * keeps its number.  When a prefix gets in force, or no longer is, the nodes
 * on the way to it get new numbers, in each table: all less specific routes,
 * which may have been used instead, are there.
 *
 * net.ipv6.conf.all.ignore_routes_with_linkdown is not looked at by IPv6 but
 * written to all interfaces; carp_route6_serve() puts ours right again.
 */
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/nexthop.h>

#include "carp_route.h"
#include "carp_vip.h"

/**
 * carp_route6_setup() - settings of our interface
 * @dev: a CARP interface that may have got new IPv6 state
 *
 * No address is made of the MAC that all hosts share, none is doubted, and
 * those given stay when the interface goes down, or hosts would not agree on
 * the list any more.  What leaves through the interface leaves from its
 * addresses: neighbours could not be asked for in the name of others.
 *
 * Context: RTNL.
 */
void carp_route6_setup(struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	struct carp_dev *cd = carp_priv(dev);

	if (idev == cd->idev)
		return;
	cd->idev = idev;
	if (!idev)
		return;
	idev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
	idev->cnf.accept_ra = 0;
	idev->cnf.autoconf = 0;
	idev->cnf.use_tempaddr = 0;
	idev->cnf.accept_dad = 0;
	idev->cnf.dad_transmits = 0;
	idev->cnf.keep_addr_on_down = 1;
	idev->cnf.use_oif_addrs_only = 1;
	idev->cnf.ndisc_evict_nocarrier = 0;
	WRITE_ONCE(idev->cnf.ignore_routes_with_linkdown, !carp_serving(cd));
}

static bool set_ignored(struct carp_dev *cd)
{
	struct inet6_dev *idev = __in6_dev_get(cd->dev);
	bool ignored = !carp_serving(cd);

	if (!idev || READ_ONCE(idev->cnf.ignore_routes_with_linkdown) == ignored)
		return false;
	WRITE_ONCE(idev->cnf.ignore_routes_with_linkdown, ignored);
	return true;
}

/* A node at its own depth, which is no more than a prefix can be long. */
#define DEPTH_MAX	129

/* As the kernel's fib6_new_sernum(). */
static int new_number(struct net *net)
{
	int new, old = atomic_read(&net->ipv6.fib6_sernum);

	do {
		new = old < INT_MAX ? old + 1 : 1;
	} while (!atomic_try_cmpxchg(&net->ipv6.fib6_sernum, &old, new));
	return new;
}

static bool bit_of(const struct in6_addr *addr, unsigned int bit)
{
	return addr->s6_addr[bit / 8] & (0x80 >> (bit % 8));
}

/* The nodes on the way to a prefix, and its own, get a number. */
static void renumber(struct fib6_table *table, const struct in6_addr *addr,
		     unsigned int plen, int number)
{
	struct fib6_node *fn = &table->tb6_root;

	while (fn) {
		WRITE_ONCE(fn->fn_sernum, number);
		if (fn->fn_bit >= plen)
			return;
		fn = bit_of(addr, fn->fn_bit) ? rcu_dereference(fn->right) :
						rcu_dereference(fn->left);
	}
}

/* Calls @act for each table of a namespace, on the RCU read side. */
static void each_table(struct net *net,
		       void (*act)(struct fib6_table *table, void *arg),
		       void *arg)
{
	struct hlist_head *hash = net->ipv6.fib_table_hash;
	struct fib6_table *table;
	unsigned int i;

	if (!hash)
		return;
	for (i = 0; i < FIB6_TABLE_HASHSZ; i++)
		hlist_for_each_entry_rcu(table, &hash[i], tb6_hlist)
			act(table, arg);
}

static void renumber_addresses(struct fib6_table *table, void *arg)
{
	const struct carp_dev *cd = arg;
	int number = new_number(dev_net(cd->dev));
	const struct inet6_ifaddr *ifa;

	/* Pairs with smp_rmb() in fib6_get_cookie_safe(). */
	smp_wmb();
	carp_addr6_for_each(ifa, cd->dev)
		renumber(table, &ifa->addr, 128, number);
}

/* What is in force for other prefixes than addresses is looked at by work. */
static void flush(struct carp_dev *cd)
{
	queue_work(carp_wq, &carp_pernet(dev_net(cd->dev))->flush6_work);
}

/**
 * carp_route6_serve() - the addresses are served from now on, or no longer
 * @cd: interface
 *
 * Also with each event of the election: nobody is told of what the administrator
 * sets for all interfaces.
 *
 * Context: carp_dev.lock held.
 */
void carp_route6_serve(struct carp_dev *cd)
{
	rcu_read_lock();
	if (set_ignored(cd)) {
		/* A takeover of IPv4 alone does not wait for it. */
		if (carp_addr6_next(cd->dev, NULL))
			each_table(dev_net(cd->dev), renumber_addresses, cd);
		flush(cd);
	}
	rcu_read_unlock();
}

static void mark(struct fib6_nh *nh)
{
	if (!(nh->fib_nh_flags & RTNH_F_LINKDOWN))
		WRITE_ONCE(nh->fib_nh_flags,
			   nh->fib_nh_flags | RTNH_F_LINKDOWN);
}

/* Through one of our interfaces. */
static bool is_ours(const struct fib6_nh *nh)
{
	return nh->fib_nh_dev && carp_is_dev(nh->fib_nh_dev);
}

static int mark_object(struct fib6_nh *nh, void *arg)
{
	if (is_ours(nh))
		mark(nh);
	return 0;
}

/**
 * carp_route6_made() - an IPv6 route was made, by whatever device
 * @f6i: the route, or the first of its siblings
 *
 * Context: RTNL or the lock of its table is held.
 */
void carp_route6_made(struct fib6_info *f6i)
{
	struct fib6_info *other;

	if (f6i->nh) {
		nexthop_for_each_fib6_nh(f6i->nh, mark_object, NULL);
		return;
	}
	mark_object(f6i->fib6_nh, NULL);
	if (READ_ONCE(f6i->fib6_nsiblings))
		list_for_each_entry(other, &f6i->fib6_siblings, fib6_siblings) {
			mark_object(other->fib6_nh, NULL);
			/* Deleted meanwhile: the ring does not lead back. */
			if (!READ_ONCE(f6i->fib6_nsiblings))
				break;
		}
}

/**
 * carp_route6_mark() - mark the local route of an address
 * @ifa: an address of our interface; the route may not be in the FIB yet
 *
 * Context: RTNL.
 */
void carp_route6_mark(struct inet6_ifaddr *ifa)
{
	spin_lock_bh(&ifa->lock);
	if (ifa->rt && !ifa->rt->nh)
		mark_object(ifa->rt->fib6_nh, NULL);
	spin_unlock_bh(&ifa->lock);
}

/* What a walk looks for. */
struct search {
	struct net		*net;
	const struct net_device	*dev;
	void (*found)(struct fib6_info *f6i, const struct search *s);
};

static void look_at(struct fib6_node *fn, const struct search *s)
{
	struct fib6_info *f6i;

	for (f6i = rcu_dereference(fn->leaf); f6i;
	     f6i = rcu_dereference(f6i->fib6_next)) {
		struct fib6_nh *nh = f6i->nh ? NULL : f6i->fib6_nh;

		if (nh && (s->dev ? nh->fib_nh_dev == s->dev : is_ours(nh)))
			s->found(f6i, s);
	}
}

/*
 * Those on the stack are right halves, of which each is deeper than the one
 * before; one that was changed meanwhile may be left out.
 */
static noinline_for_stack void walk(struct fib6_node *root,
				    const struct search *s)
{
	struct fib6_node *todo[DEPTH_MAX], *fn;
	unsigned int n = 0;

	todo[n++] = root;
	while (n) {
		fn = todo[--n];
		while (fn) {
			struct fib6_node *right = rcu_dereference(fn->right);

			/* One without routes of its own borrows those below. */
			if (READ_ONCE(fn->fn_flags) & RTN_RTINFO)
				look_at(fn, s);
#ifdef CONFIG_IPV6_SUBTREES
			if (fn != root && rcu_access_pointer(fn->subtree))
				walk(rcu_dereference(fn->subtree), s);
#endif
			if (right && n < DEPTH_MAX)
				todo[n++] = right;
			fn = rcu_dereference(fn->left);
		}
	}
}

static void walk_table(struct fib6_table *table, void *arg)
{
	walk(&table->tb6_root, arg);
}

static void flag_one(struct fib6_info *f6i, const struct search *s)
{
	mark(f6i->fib6_nh);
}

/* How many routes of IPv6 have ever been made in the namespace. */
static u32 routes_made(const struct net *net)
{
	const struct rt6_statistics *stats = net->ipv6.rt6_stats;

	return READ_ONCE(stats->fib_rt_entries) +
	       READ_ONCE(stats->fib_discarded_routes);
}

/**
 * carp_route6_unseen() - whether IPv6 routes were made since carp_route6_flag(),
 *	and it is time to look at them
 * @cd: interface
 *
 * IPv6 tells only of routes that are the first ones of their prefix.
 *
 * Context: RTNL or RCU read side.
 */
bool carp_route6_unseen(const struct carp_dev *cd)
{
	return __in6_dev_get(cd->dev) &&
	       routes_made(dev_net(cd->dev)) != READ_ONCE(cd->routes6_seen) &&
	       time_after_eq(jiffies, READ_ONCE(cd->routes6_next));
}

/*
 * All routes are walked.  There may be hundreds of thousands, and always new ones:
 * then the walks of all interfaces of the namespace together take a hundredth of
 * the time.
 */
static void note_walked(struct carp_dev *cd, u32 made, u64 took)
{
	u64 pause = took * 100 * cd->port->cn->n_devs;

	WRITE_ONCE(cd->routes6_seen, made);
	WRITE_ONCE(cd->routes6_next, jiffies + HZ + nsecs_to_jiffies(pause));
}

/**
 * carp_route6_flag() - after IPv6 has handled an event of ours
 * @cd: interface
 *
 * Context: RTNL.
 */
void carp_route6_flag(struct carp_dev *cd)
{
	struct search all = {
		.net	= dev_net(cd->dev),
		.dev	= cd->dev,
		.found	= flag_one,
	};
	u64 began = ktime_get_ns();
	u32 made;

	ASSERT_RTNL();
	if (!__in6_dev_get(cd->dev))
		return;
	made = routes_made(all.net);
	rcu_read_lock();
	each_table(all.net, walk_table, &all);
	rcu_read_unlock();
	note_walked(cd, made, ktime_get_ns() - began);
	flush(cd);
}

struct prefix {
	const struct rt6key	*dst;
	int			number;
};

static void renumber_prefix(struct fib6_table *table, void *arg)
{
	const struct prefix *p = arg;

	renumber(table, &p->dst->addr, p->dst->plen, p->number);
}

static void flush_one(struct fib6_info *f6i, const struct search *s)
{
	struct prefix p = {
		.dst	= &f6i->fib6_dst,
		.number	= new_number(s->net),
	};

	smp_wmb();
	each_table(s->net, renumber_prefix, &p);
}

/* Routes that depend on the source are in trees of their own; then all. */
static void flush6_work(struct work_struct *work)
{
	struct carp_net *cn = container_of(work, struct carp_net, flush6_work);
	struct search all = {
		.net	= cn->net,
		.found	= flush_one,
	};

	if (fib6_routes_require_src(cn->net)) {
		rt_genid_bump_ipv6(cn->net);
		return;
	}
	rcu_read_lock();
	each_table(cn->net, walk_table, &all);
	rcu_read_unlock();
}

/**
 * carp_route6_init() - nothing to flush yet
 * @cn: namespace
 */
void carp_route6_init(struct carp_net *cn)
{
	INIT_WORK(&cn->flush6_work, flush6_work);
}

/**
 * carp_route6_exit() - no more flushing
 * @cn: namespace without interfaces
 *
 * Context: may sleep.
 */
void carp_route6_exit(struct carp_net *cn)
{
	cancel_work_sync(&cn->flush6_work);
}
