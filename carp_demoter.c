// SPDX-License-Identifier: GPL-2.0
/*
 * Who demotes the host: lower devices without link, interfaces that cannot
 * send, the administrator, and programs with reasons of their own.
 *
 * What is in force is kept under a lock that softirq can take; a change is
 * brought to the interfaces by the program that made it, or, if it was none, by
 * a timer in softirq, as many may come together.  None of it waits for RTNL.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "carp_demoter.h"
#include "carp_event.h"

/*
 * Each change that the timer brings has every MASTER advertise, and changes may
 * come as one for each interface: when the queue of a lower device takes no
 * more, when a device with many VLANs loses link.  So the first one is brought
 * at once, and the next ones together, after a rest of so many times what that
 * took.
 */
#define REST_FACTOR	8

/* Under the name that the device has now: it must end as it has begun. */
static void own_reason(char *reason, const char *kind,
		       const struct net_device *dev)
{
	snprintf(reason, CARP_OWN_REASON_LEN, "%s%s", kind, dev->name);
}

/* After each change, with the lock held, so that they are told in order. */
static void changed(struct carp_net *cn, const char *name, s32 old, s32 now)
{
	s32 before = cn->demotion_total;

	WRITE_ONCE(cn->demotion_total, carp_demote_total(&cn->demotion));
	WRITE_ONCE(cn->reasons_gen, cn->reasons_gen + 1);
	if (old != now)
		carp_news_demotion(cn, name, old, now, before);
}

static u32 in_force(const struct carp_net *cn)
{
	return max(0, READ_ONCE(cn->demotion_total));
}

/**
 * carp_demoter_total() - the demotion in force
 * @net: namespace
 */
u32 carp_demoter_total(const struct net *net)
{
	return in_force(carp_pernet(net));
}

static void apply_to(struct carp_dev *cd)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));
	struct carp_proto_config *cfg = &cd->proto.cfg;
	bool differs;
	u32 now;

	spin_lock_bh(&cd->lock);
	now = in_force(cn);
	differs = cfg->demotion != now;
	cfg->demotion = now;
	spin_unlock_bh(&cd->lock);
	if (differs)
		cn->demoted(cd);
}

/* Every MASTER advertises the change before this returns. */
static void apply(struct carp_net *cn)
{
	struct carp_dev *cd;

	rcu_read_lock();
	list_for_each_entry_rcu(cd, &cn->devs, net_node)
		apply_to(cd);
	rcu_read_unlock();
}

static void set_sending(struct carp_net *cn, struct carp_dev *cd, bool before)
{
	s32 weight = cn->demotion.sender_weight;

	if (cd->sending_state.failed == before)
		return;
	if (before) {
		cn->demotion.senders--;
		changed(cn, cd->sending_reason, weight, 0);
	} else {
		cn->demotion.senders++;
		own_reason(cd->sending_reason, CARP_DEMOTE_SENDERR, cd->dev);
		changed(cn, cd->sending_reason, 0, weight);
	}
}

/* Ends what has lasted long enough; when the next one may be at its end. */
static u64 expire(struct carp_net *cn)
{
	u64 now = ktime_get_ns(), due = CARP_NEVER;
	struct carp_dev *cd;
	bool before;

	if (!cn->demotion.senders)
		return due;
	list_for_each_entry_rcu(cd, &cn->devs, net_node) {
		before = cd->sending_state.failed;
		carp_sending_expire(&cd->sending_state, now);
		set_sending(cn, cd, before);
		due = min(due, cd->sending_state.due);
	}
	return due;
}

static void arm(struct carp_net *cn, u64 due)
{
	if (due != CARP_NEVER)
		hrtimer_start(&cn->demote_timer,
			      ns_to_ktime(max(due, cn->demote_rest)),
			      HRTIMER_MODE_ABS_SOFT);
}

static enum hrtimer_restart timer_fires(struct hrtimer *timer)
{
	struct carp_net *cn = container_of(timer, struct carp_net,
					   demote_timer);
	u64 due, start = ktime_get_ns(), end;

	rcu_read_lock();
	spin_lock(&cn->demote_lock);
	cn->demote_again = false;
	cn->demote_applying = true;
	due = expire(cn);
	spin_unlock(&cn->demote_lock);

	apply(cn);

	spin_lock(&cn->demote_lock);
	end = ktime_get_ns();
	cn->demote_rest = end + REST_FACTOR * (end - start);
	cn->demote_applying = false;
	arm(cn, cn->demote_again ? 0 : due);
	spin_unlock(&cn->demote_lock);
	rcu_read_unlock();
	return HRTIMER_NORESTART;
}

/* Have the rest done in softirq; also finds the next end, under the lock. */
static void kick(struct carp_net *cn)
{
	cn->demote_again = true;
	if (!cn->demote_applying)
		arm(cn, 0);
}

/* Whether a lower device demotes, with the lock held. */
static void settle_lost(struct carp_net *cn, struct carp_port *port)
{
	bool lost = port->missing || port->n_waiting;
	s32 weight = cn->demotion.link_weight;

	if (port->lost == lost)
		return;
	WRITE_ONCE(port->lost, lost);
	if (lost) {
		cn->demotion.links++;
		own_reason(port->lost_reason, CARP_DEMOTE_CARRIER,
			   port->lowerdev);
		changed(cn, port->lost_reason, 0, weight);
	} else {
		cn->demotion.links--;
		changed(cn, port->lost_reason, weight, 0);
	}
	kick(cn);
}

static void set_waiting(struct carp_net *cn, struct carp_dev *cd, bool waiting)
{
	if (cd->waiting == waiting)
		return;
	cd->waiting = waiting;
	cd->port->n_waiting += waiting ? 1 : -1;
	settle_lost(cn, cd->port);
}

/**
 * carp_demoter_waiting() - an interface waits for the link to settle, or not
 * @cd: interface
 * @waiting: whether it does
 *
 * A link that is not made use of demotes as one that is lost.
 *
 * Context: carp_dev.lock held.
 */
void carp_demoter_waiting(struct carp_dev *cd, bool waiting)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));

	lockdep_assert_held(&cd->lock);
	spin_lock(&cn->demote_lock);
	if (!cd->unlisted)
		set_waiting(cn, cd, waiting);
	spin_unlock(&cn->demote_lock);
}

/**
 * carp_demoter_sent() - an advertisement was sent, or was not
 * @cd: interface
 * @sent: at least one of its frames was taken by the lower device
 *
 * Context: softirq or process, BH disabled; no carp_dev.lock held.
 */
void carp_demoter_sent(struct carp_dev *cd, bool sent)
{
	struct carp_net *cn = cd->port->cn;
	bool before;

	/* Nearly always; who sees a moment too late counts one fewer. */
	if (sent && data_race(carp_sending_idle(&cd->sending_state)))
		return;
	spin_lock(&cn->demote_lock);
	before = cd->sending_state.failed;
	if (!cd->unlisted)
		carp_sending_result(&cd->sending_state, sent);
	if (cd->sending_state.failed != before) {
		set_sending(cn, cd, before);
		kick(cn);
	}
	spin_unlock(&cn->demote_lock);
}

/**
 * carp_demoter_state() - an interface has changed its state
 * @cd: interface
 * @state: the new one
 *
 * Context: carp_dev.lock held.
 */
void carp_demoter_state(struct carp_dev *cd, enum carp_state state)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));
	bool before;

	lockdep_assert_held(&cd->lock);
	spin_lock(&cn->demote_lock);
	before = cd->sending_state.failed;
	carp_sending_state(&cd->sending_state, state, ktime_get_ns());
	set_sending(cn, cd, before);
	if (before)
		kick(cn);
	spin_unlock(&cn->demote_lock);
}

/**
 * carp_demoter_join() - a new interface is demoted as all the others are
 * @cd: interface, in carp_net.devs
 *
 * Context: RTNL.
 */
void carp_demoter_join(struct carp_dev *cd)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));

	spin_lock_bh(&cd->lock);
	/* Who changes the total later finds us in the list. */
	spin_lock(&cn->demote_lock);
	cd->proto.cfg.demotion = in_force(cn);
	spin_unlock(&cn->demote_lock);
	spin_unlock_bh(&cd->lock);
}

/**
 * carp_demoter_leave() - an interface goes, and its reason with it
 * @cd: interface, still in carp_net.devs
 *
 * Context: RTNL.
 */
void carp_demoter_leave(struct carp_dev *cd)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));
	bool before;

	spin_lock_bh(&cn->demote_lock);
	before = cd->sending_state.failed;
	carp_sending_init(&cd->sending_state);
	set_sending(cn, cd, before);
	cd->unlisted = true;
	if (before)
		kick(cn);
	set_waiting(cn, cd, false);
	spin_unlock_bh(&cn->demote_lock);
}

/* A lower device matters to those who would take part if it had link. */
static bool port_link_wanted(const struct carp_port *port)
{
	const struct carp_dev *cd;

	list_for_each_entry(cd, &port->devs, port_node)
		if (netif_running(cd->dev) && !cd->closing)
			return true;
	return false;
}

static void set_missing(struct carp_port *port, bool missing)
{
	struct carp_net *cn = carp_pernet(dev_net(port->lowerdev));

	spin_lock_bh(&cn->demote_lock);
	port->missing = missing;
	settle_lost(cn, port);
	spin_unlock_bh(&cn->demote_lock);
}

/**
 * carp_demoter_link() - link of a lower device, or need of it, may have changed
 * @port: lower device
 *
 * Context: RTNL.
 */
void carp_demoter_link(struct carp_port *port)
{
	bool has_link = netif_running(port->lowerdev) &&
			netif_carrier_ok(port->lowerdev);

	ASSERT_RTNL();
	set_missing(port, !has_link && port_link_wanted(port));
}

/**
 * carp_demoter_port_gone() - a lower device goes, and its reason with it
 * @port: lower device, without interfaces
 *
 * Context: RTNL.
 */
void carp_demoter_port_gone(struct carp_port *port)
{
	ASSERT_RTNL();
	set_missing(port, false);
}

/* As the weight of a reason. */
static s32 admin_weight(const struct carp_demotion *d)
{
	return clamp_t(s64, d->admin, S32_MIN, S32_MAX);
}

/**
 * carp_demoter_adjust() - add to what the administrator has demoted by
 * @cn: namespace
 * @by: may be negative
 *
 * Context: process.
 */
void carp_demoter_adjust(struct carp_net *cn, int by)
{
	struct carp_demotion *d = &cn->demotion;
	s32 old;

	spin_lock_bh(&cn->demote_lock);
	old = admin_weight(d);
	/* Would take 2^32 writes to overflow. */
	d->admin += by;
	changed(cn, CARP_DEMOTE_SYSCTL, old, admin_weight(d));
	spin_unlock_bh(&cn->demote_lock);
	apply(cn);
}

/* The first interface of a lower device speaks for it. */
static bool is_lost_link(const struct carp_dev *cd)
{
	struct carp_port *port = cd->port;

	return READ_ONCE(port->lost) &&
	       list_first_or_null_rcu(&port->devs, struct carp_dev,
				      port_node) == cd;
}

/**
 * carp_demoter_walk() - all reasons in force
 * @cn: namespace
 * @fn: called for each, ends the walk by something else than 0
 * @gen: set to a number that changes whenever they do
 * @arg: for @fn
 *
 * Context: any; @fn is called with carp_net.demote_lock held.
 */
void carp_demoter_walk(struct carp_net *cn,
		       int (*fn)(const char *name, s32 weight, void *arg),
		       unsigned int *gen, void *arg)
{
	const struct carp_demotion *d = &cn->demotion;
	struct carp_dev *cd;
	unsigned int i;
	int stop = 0;

	rcu_read_lock();
	spin_lock_bh(&cn->demote_lock);
	*gen = cn->reasons_gen;
	if (d->admin)
		stop = fn(CARP_DEMOTE_SYSCTL, admin_weight(d), arg);
	for (i = 0; !stop && d->named && i < d->named->n; i++)
		stop = fn(d->named->r[i].name, d->named->r[i].weight, arg);
	list_for_each_entry_rcu(cd, &cn->devs, net_node) {
		if (!stop && is_lost_link(cd))
			stop = fn(cd->port->lost_reason, d->link_weight,
				  arg);
		if (!stop && cd->sending_state.failed)
			stop = fn(cd->sending_reason, d->sender_weight, arg);
		if (stop)
			break;
	}
	spin_unlock_bh(&cn->demote_lock);
	rcu_read_unlock();
}

/**
 * carp_demoter_set_weight() - what reasons of the kernel weigh from now on
 * @cn: namespace
 * @factor: its demotion.link_weight, for lower devices that are lost, or its
 *	demotion.sender_weight, for interfaces that cannot send
 * @weight: also of those that are in force already
 *
 * Context: process.
 */
void carp_demoter_set_weight(struct carp_net *cn, u32 *factor, u32 weight)
{
	bool of_links = factor == &cn->demotion.link_weight;
	struct carp_dev *cd;
	u32 old;

	rcu_read_lock();
	spin_lock_bh(&cn->demote_lock);
	old = *factor;
	*factor = weight;
	list_for_each_entry_rcu(cd, &cn->devs, net_node) {
		if (of_links && is_lost_link(cd))
			changed(cn, cd->port->lost_reason, old, weight);
		else if (!of_links && cd->sending_state.failed)
			changed(cn, cd->sending_reason, old, weight);
	}
	/* It may be of an interface that is not listed any more, for a moment. */
	WRITE_ONCE(cn->demotion_total, carp_demote_total(&cn->demotion));
	spin_unlock_bh(&cn->demote_lock);
	rcu_read_unlock();
	apply(cn);
}

/**
 * carp_demoter_set() - put a reason of user space in force
 * @cn: namespace
 * @name: its name, found good by carp_demote_check()
 * @weight: 1..CARP_DEMOTE_WEIGHT_MAX; replaces the one it may have already
 *
 * Context: process, may sleep.
 * Return: 0; -ENOSPC if there are too many others; -ENOMEM.
 */
int carp_demoter_set(struct carp_net *cn, const char *name, u32 weight)
{
	struct carp_demotion *d = &cn->demotion;
	struct carp_reasons *set;
	u32 old;
	bool ok;

	set = kzalloc(sizeof(*set), GFP_KERNEL_ACCOUNT);
	if (!set)
		return -ENOMEM;
	spin_lock_bh(&cn->demote_lock);
	if (!d->named)
		swap(d->named, set);
	ok = carp_demote_set(d->named, name, weight, &old);
	if (ok)
		changed(cn, name, old, weight);
	spin_unlock_bh(&cn->demote_lock);
	kfree(set);
	apply(cn);
	return ok ? 0 : -ENOSPC;
}

/**
 * carp_demoter_clear() - end a reason of user space
 * @cn: namespace
 * @name: its name
 *
 * Context: process.
 * Return: 0, or -ENOENT if it is not in force.
 */
int carp_demoter_clear(struct carp_net *cn, const char *name)
{
	struct carp_demotion *d = &cn->demotion;
	bool found = false;
	u32 old;

	spin_lock_bh(&cn->demote_lock);
	if (d->named && carp_demote_clear(d->named, name, &old)) {
		changed(cn, name, old, 0);
		found = true;
	}
	spin_unlock_bh(&cn->demote_lock);
	apply(cn);
	return found ? 0 : -ENOENT;
}

/**
 * carp_demoter_init() - nothing demotes a new namespace
 * @cn: namespace
 * @demoted: called for each interface whose demotion has changed; in softirq, or
 *	in process context, RCU read side, no lock held
 */
void carp_demoter_init(struct carp_net *cn,
		       void (*demoted)(struct carp_dev *cd))
{
	cn->demoted = demoted;
	spin_lock_init(&cn->demote_lock);
	cn->demotion.link_weight = CARP_DEMOTE_WEIGHT_DEFAULT;
	cn->demotion.sender_weight = CARP_DEMOTE_WEIGHT_DEFAULT;
	hrtimer_setup(&cn->demote_timer, timer_fires, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_SOFT);
}

/**
 * carp_demoter_exit() - undo carp_demoter_init()
 * @cn: namespace without interfaces
 *
 * Context: may sleep.
 */
void carp_demoter_exit(struct carp_net *cn)
{
	hrtimer_cancel(&cn->demote_timer);
	kfree(cn->demotion.named);
}
