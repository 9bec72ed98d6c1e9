// SPDX-License-Identifier: GPL-2.0
/*
 * What is done under RTNL after an event of the election, and what is tried again.
 *
 * carp_news.c has the list of interfaces that have changed, and may be called from
 * anywhere.  Here rtnetlink listeners and udev get the latest state, once RTNL
 * can be had, for all interfaces that have changed in the meantime; and routes,
 * groups and link flags follow it.
 */
#include <linux/kobject.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "carp_crypto.h"
#include "carp_event.h"
#include "carp_port.h"
#include "carp_route.h"
#include "carp_vip.h"

static void send_uevent(struct carp_dev *cd, enum carp_state old,
			enum carp_state new, enum carp_reason reason)
{
	char state_env[32], old_env[32], reason_env[96];
	char *envp[] = { state_env, old_env, reason_env, NULL };

	snprintf(state_env, sizeof(state_env), "CARP_STATE=%s",
		 carp_state_name(new));
	snprintf(old_env, sizeof(old_env), "CARP_OLD_STATE=%s",
		 carp_state_name(old));
	snprintf(reason_env, sizeof(reason_env), "CARP_REASON=%s",
		 carp_reason_name(reason));
	kobject_uevent_env(&cd->dev->dev.kobj, KOBJ_CHANGE, envp);
}

/* They are tentative while the host does not serve them. */
static void tell_addresses(struct carp_dev *cd)
{
	bool serving = carp_serving(cd);

	if (serving == cd->told_serving)
		return;
	cd->told_serving = serving;
	carp_tentative_tell(cd);
}

static void tell(struct carp_dev *cd)
{
	enum carp_state old = cd->told;
	enum carp_reason reason;
	enum carp_state state;

	spin_lock_bh(&cd->lock);
	state = cd->proto.state;
	reason = cd->told_reason;
	spin_unlock_bh(&cd->lock);

	if (READ_ONCE(cd->settling) || carp_route_all_ignored(cd)) {
		WRITE_ONCE(cd->settling, false);
		carp_route_flag(cd);
		carp_route6_flag(cd);
		carp_group6_sync(cd);
	} else {
		if (carp_route_unseen(cd))
			carp_route_flag(cd);
		if (carp_route6_unseen(cd))
			carp_route6_flag(cd);
	}
	carp_link_follow(cd);
	tell_addresses(cd);
	/* There and back again before anybody could be told. */
	if (state == old)
		return;
	cd->told = state;
	/* Which groups are joined was said where nobody hears it. */
	if (state == CARP_STATE_MASTER && READ_ONCE(cd->has_mc))
		call_netdevice_notifiers(NETDEV_RESEND_IGMP, cd->dev);
	call_netdevice_notifiers(NETDEV_CHANGEINFODATA, cd->dev);
	send_uevent(cd, old, state, reason);
}

static struct carp_dev *next_changed(struct carp_net *cn)
{
	struct carp_dev *cd;

	spin_lock_bh(&cn->news_lock);
	cd = list_first_entry_or_null(&cn->changed, struct carp_dev,
				      changed_node);
	if (cd)
		list_del_init(&cd->changed_node);
	spin_unlock_bh(&cn->news_lock);
	/* Off the list before its state is read; pairs with note_changed(). */
	smp_mb();
	return cd;
}

static void link_work(struct work_struct *work)
{
	struct carp_net *cn = container_of(work, struct carp_net, link_work);
	struct carp_dev *cd;

	/* An interface leaves the list before it goes, under RTNL. */
	rtnl_lock();
	while ((cd = next_changed(cn)))
		if (cd->dev->reg_state == NETREG_REGISTERED)
			tell(cd);
	rtnl_unlock();
}

static void retry_work(struct work_struct *work)
{
	struct carp_net *cn = container_of(to_delayed_work(work),
					   struct carp_net, retry_work);
	struct carp_dev *cd;

	rtnl_lock();
	list_for_each_entry(cd, &cn->devs, net_node) {
		carp_port_join(cd->port);
		carp_port_guard_ingress(cd->port);
		carp_group6_retry(cd);
		carp_link_follow(cd);
		if (!cd->auth_stale)
			continue;
		if (carp_auth_update(cd, GFP_KERNEL))
			carp_news_retry(cn);
		else if (carp_log_limited(cn))
			pr_info("%s%s: addresses authenticated again\n",
				cn->whose, cd->dev->name);
	}
	rtnl_unlock();
}

/**
 * carp_work_init() - nothing to do yet
 * @cn: namespace
 */
void carp_work_init(struct carp_net *cn)
{
	INIT_WORK(&cn->link_work, link_work);
	INIT_DELAYED_WORK(&cn->retry_work, retry_work);
}

/**
 * carp_work_exit() - stop
 * @cn: namespace without interfaces
 *
 * Context: may sleep, without RTNL.
 */
void carp_work_exit(struct carp_net *cn)
{
	cancel_delayed_work_sync(&cn->retry_work);
	cancel_work_sync(&cn->link_work);
}
