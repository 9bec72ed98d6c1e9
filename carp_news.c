// SPDX-License-Identifier: GPL-2.0
/*
 * Telling user space.
 *
 * A transition is over when it comes here: what follows may be late.  The log
 * and the events of generic netlink get every transition and every change of
 * demotion in order and wait for no lock; rtnetlink listeners and udev get the
 * latest state, once RTNL can be had, for all interfaces that have changed in
 * the meantime.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "carp_event.h"

/* What waits for being told and logged, at most. */
#define LOG_QUEUE_MAX	4096

/* Numbered, but NULL: not asked for, or lost. */
static struct carp_item *new_item(struct carp_net *cn, bool *asked_for)
{
	struct carp_item *item = NULL;
	bool log = READ_ONCE(cn->log);

	*asked_for = log || carp_event_wanted(cn);
	if (*asked_for && READ_ONCE(cn->log_queued) < LOG_QUEUE_MAX)
		item = kzalloc(sizeof(*item), GFP_ATOMIC);
	if (item) {
		item->at = ktime_get_ns();
		item->log = log;
	}
	return item;
}

/* Everything has its number, so that what is missing shows. */
static void queue_item(struct carp_net *cn, struct carp_item *item,
		       bool asked_for)
{
	spin_lock_bh(&cn->news_lock);
	cn->seq++;
	if (item) {
		item->seq = cn->seq;
		list_add_tail(&item->node, &cn->log_queue);
		WRITE_ONCE(cn->log_queued, cn->log_queued + 1);
	} else if (asked_for) {
		cn->lost++;
	}
	spin_unlock_bh(&cn->news_lock);
	if (asked_for)
		queue_work(carp_wq, &cn->log_work);
}

static void item_of_dev(struct carp_item *item, const struct carp_dev *cd)
{
	item->ifindex = cd->dev->ifindex;
	strscpy(item->dev, cd->dev->name, sizeof(item->dev));
	strscpy(item->lowerdev, cd->lowerdev->name, sizeof(item->lowerdev));
	item->vhid = cd->vhid;
}

static void queue_transition(struct carp_net *cn, struct carp_dev *cd,
			     const struct carp_decision *d,
			     const struct carp_peer *peer)
{
	bool asked_for;
	struct carp_item *item = new_item(cn, &asked_for);

	if (item) {
		item->cmd = CARP_CMD_STATE_CHANGED;
		item->at = cd->since;
		item_of_dev(item, cd);
		item->decision = *d;
		if (peer)
			item->peer = *peer;
	}
	queue_item(cn, item, asked_for);
}

/**
 * carp_news_demotion() - a reason of demotion has changed
 * @cn: namespace
 * @name: what demotes, or no longer does
 * @old: by how much until now
 * @now: by how much from now on
 * @before: total until now
 *
 * Context: carp_net.demote_lock held, so that changes come in their order.
 */
void carp_news_demotion(struct carp_net *cn, const char *name, s32 old, s32 now,
			s32 before)
{
	struct carp_item *item;
	bool asked_for;

	lockdep_assert_held(&cn->demote_lock);
	item = new_item(cn, &asked_for);
	if (item) {
		item->cmd = CARP_CMD_DEMOTION_CHANGED;
		strscpy(item->name, name, sizeof(item->name));
		item->old_weight = old;
		item->weight = now;
		item->old_total = before;
		item->total = cn->demotion_total;
	}
	queue_item(cn, item, asked_for);
}

/**
 * carp_news_seq() - number of the latest event
 * @cn: namespace
 *
 * Who holds the lock under which events of a kind are queued knows what that
 * number says of them.
 *
 * Context: any.
 */
u64 carp_news_seq(struct carp_net *cn)
{
	u64 seq;

	spin_lock_bh(&cn->news_lock);
	seq = cn->seq;
	spin_unlock_bh(&cn->news_lock);
	return seq;
}

static void note_changed(struct carp_net *cn, struct carp_dev *cd)
{
	/*
	 * On the list already: the work takes the interface from there before it
	 * reads its state.  Pairs with smp_mb() in next_changed().
	 */
	smp_mb();
	if (!list_empty_careful(&cd->changed_node))
		return;
	spin_lock_bh(&cn->news_lock);
	if (list_empty(&cd->changed_node))
		list_add_tail(&cd->changed_node, &cn->changed);
	spin_unlock_bh(&cn->news_lock);
	queue_work(carp_wq, &cn->link_work);
}

/**
 * carp_news() - a transition has happened
 * @cd: interface
 * @d: the transition
 * @peer: whose advertisement led to it, or NULL
 *
 * Context: carp_dev.lock held, so that transitions come in their order.
 */
void carp_news(struct carp_dev *cd, const struct carp_decision *d,
	       const struct carp_peer *peer)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));

	lockdep_assert_held(&cd->lock);
	cd->told_reason = d->reason;
	cd->since = ktime_get_ns();
	queue_transition(cn, cd, d, peer);
	note_changed(cn, cd);
}

/**
 * carp_news_master() - another master is heard, or no longer
 * @cd: interface
 * @master: the other one, as carp_masters_change() reports it
 *
 * Context: carp_dev.lock held, so that beginnings and ends come in their order.
 */
void carp_news_master(struct carp_dev *cd, const struct carp_master *master)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));
	struct carp_item *item;
	bool asked_for;

	lockdep_assert_held(&cd->lock);
	item = new_item(cn, &asked_for);
	if (item) {
		item->cmd = CARP_CMD_OTHER_MASTER;
		item_of_dev(item, cd);
		item->decision.new_state = cd->proto.state;
		item->master = *master;
	}
	queue_item(cn, item, asked_for);
}

/**
 * carp_news_forget() - an interface goes
 * @cd: interface; no transition will happen any more
 *
 * Context: RTNL.
 */
void carp_news_forget(struct carp_dev *cd)
{
	struct carp_net *cn = carp_pernet(dev_net(cd->dev));

	spin_lock_bh(&cn->news_lock);
	list_del_init(&cd->changed_node);
	spin_unlock_bh(&cn->news_lock);
}

static void log_work(struct work_struct *work)
{
	struct carp_net *cn = container_of(work, struct carp_net, log_work);
	struct carp_item *t, *next;
	unsigned long lost;
	LIST_HEAD(list);

	spin_lock_bh(&cn->news_lock);
	list_splice_init(&cn->log_queue, &list);
	WRITE_ONCE(cn->log_queued, 0);
	lost = cn->lost;
	cn->lost = 0;
	spin_unlock_bh(&cn->news_lock);

	list_for_each_entry_safe(t, next, &list, node) {
		carp_event_send(cn, t);
		if (t->log)
			carp_log_item(cn, t);
		kfree(t);
	}
	if (lost)
		carp_log_lost(cn, lost);
}

/**
 * carp_news_settle() - have routes and groups looked at when the event is over
 * @cd: interface
 *
 * Context: any; the work waits for RTNL.
 */
void carp_news_settle(struct carp_dev *cd)
{
	WRITE_ONCE(cd->settling, true);
	note_changed(cd->port->cn, cd);
}

/**
 * carp_news_look() - have IPv4 routes and flags looked at
 * @cd: interface
 *
 * Context: any; the work waits for RTNL.
 */
void carp_news_look(struct carp_dev *cd)
{
	note_changed(cd->port->cn, cd);
}

/**
 * carp_news_retry() - have what could not be had tried again in a second
 * @cn: namespace
 *
 * Context: any; the work waits for RTNL.
 */
void carp_news_retry(struct carp_net *cn)
{
	queue_delayed_work(carp_wq, &cn->retry_work, HZ);
}

/**
 * carp_news_init() - nothing to tell yet
 * @cn: namespace
 */
void carp_news_init(struct carp_net *cn)
{
	spin_lock_init(&cn->news_lock);
	carp_log_net_init(cn);
	INIT_LIST_HEAD(&cn->changed);
	INIT_LIST_HEAD(&cn->log_queue);
	INIT_WORK(&cn->log_work, log_work);
}

/**
 * carp_news_exit() - tell what is left, and stop
 * @cn: namespace without interfaces
 *
 * Context: may sleep, without RTNL.
 */
void carp_news_exit(struct carp_net *cn)
{
	flush_work(&cn->log_work);
}
