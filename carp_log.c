// SPDX-License-Identifier: GPL-2.0
/*
 * Lines in the kernel log.
 *
 * The log is the host's.  Who has made a user namespace, which any user may,
 * can make changes as fast as the CPU allows; so all of these namespaces share
 * one budget of lines, each of which says whose it is.
 */
#include <linux/cred.h>
#include <linux/netdevice.h>
#include <linux/ratelimit.h>

#include "carp_event.h"

/* Lines of all other user namespaces together. */
static struct ratelimit_state foreign_limit;

/* Other masters in this one: strangers, of which anybody can make up some, and peers. */
static struct ratelimit_state master_limit[2];

static void limit_init(struct ratelimit_state *limit)
{
	ratelimit_state_init(limit, DEFAULT_RATELIMIT_INTERVAL,
			     DEFAULT_RATELIMIT_BURST);
	ratelimit_set_flags(limit, RATELIMIT_MSG_ON_RELEASE);
}

static bool may_log(const struct carp_net *cn)
{
	return !carp_is_foreign(cn) || __ratelimit(&foreign_limit);
}

/**
 * carp_log_limited() - whether to log one line more that may come often
 * @cn: namespace that it is about
 *
 * At the rate of the network's other complaints.  The line is to begin with
 * carp_net.whose.
 *
 * Context: any.
 */
bool carp_log_limited(const struct carp_net *cn)
{
	return carp_is_foreign(cn) ? __ratelimit(&foreign_limit) :
				     net_ratelimit();
}

static void log_demotion(const struct carp_net *cn, const struct carp_item *t)
{
	if (!t->old_weight)
		pr_info("%sdemotion %d -> %d (%s)\n", cn->whose, t->old_total,
			t->total, t->name);
	else if (!t->weight)
		pr_info("%sdemotion %d -> %d (%s is over)\n", cn->whose,
			t->old_total, t->total, t->name);
	else
		pr_info("%sdemotion %d -> %d (%s weighs %d instead of %d)\n",
			cn->whose, t->old_total, t->total, t->name, t->weight,
			t->old_weight);
}

static void log_transition(const struct carp_net *cn, const struct carp_item *t)
{
	const struct carp_decision *d = &t->decision;
	const char *old = carp_state_name(d->old_state);
	const char *new = carp_state_name(d->new_state);
	const char *why = carp_reason_name(d->reason);

	if (t->peer.family == AF_INET)
		pr_info("%s%s (vhid %u on %s): %s -> %s (%s from %pI4)\n",
			cn->whose, t->dev, t->vhid, t->lowerdev, old, new, why,
			&t->peer.addr4);
	else if (t->peer.family == AF_INET6)
		pr_info("%s%s (vhid %u on %s): %s -> %s (%s from %pI6c)\n",
			cn->whose, t->dev, t->vhid, t->lowerdev, old, new, why,
			&t->peer.addr6);
	else
		pr_info("%s%s (vhid %u on %s): %s -> %s (%s)\n", cn->whose,
			t->dev, t->vhid, t->lowerdev, old, new, why);
}

/* What to look for is said once, and not where it is over. */
static const char *of_master(const struct carp_item *t)
{
	if (!t->master.authentic)
		return t->master.reported ?
		       "fail authentication: other password or other addresses; two masters possible" :
		       "no longer fail authentication";
	if (!t->master.reported)
		return "no longer go on beside those of another master";
	if (t->decision.new_state == CARP_STATE_MASTER)
		return "go on beside our own: two masters; does it not hear this host?";
	return "go on beside those of another master: two masters; do they not hear each other?";
}

static void log_master(const struct carp_net *cn, const struct carp_item *t)
{
	if (!carp_is_foreign(cn) && !__ratelimit(&master_limit[t->master.is_peer]))
		return;
	if (t->master.family == AF_INET)
		pr_warn("%s%s (vhid %u on %s): advertisements from %pI4 %s\n",
			cn->whose, t->dev, t->vhid, t->lowerdev, t->master.addr,
			of_master(t));
	else
		pr_warn("%s%s (vhid %u on %s): advertisements from %pI6c %s\n",
			cn->whose, t->dev, t->vhid, t->lowerdev, t->master.addr,
			of_master(t));
}

/**
 * carp_log_item() - log what has happened
 * @cn: namespace
 * @item: what
 *
 * Context: process.
 */
void carp_log_item(const struct carp_net *cn, const struct carp_item *item)
{
	if (!may_log(cn))
		return;
	switch (item->cmd) {
	case CARP_CMD_STATE_CHANGED:
		log_transition(cn, item);
		break;
	case CARP_CMD_OTHER_MASTER:
		log_master(cn, item);
		break;
	default:
		log_demotion(cn, item);
		break;
	}
}

/**
 * carp_log_lost() - log that something was not told
 * @cn: namespace
 * @lost: how much
 *
 * Context: process.
 */
void carp_log_lost(const struct carp_net *cn, unsigned long lost)
{
	if (may_log(cn))
		pr_warn("%s%lu changes not told: too many at once\n",
			cn->whose, lost);
}

/**
 * carp_log_bad() - an advertisement was not accepted
 * @cd: interface
 * @what: what is wrong with it
 * @peer: where it came from
 *
 * Says so with net.carp.log=2, at the rate of the network's other complaints;
 * never in another user namespace, whose owner can look with tcpdump.
 *
 * Context: softirq or process.
 */
void carp_log_bad(struct carp_dev *cd, const char *what,
		  const struct carp_peer *peer)
{
	const struct carp_net *cn = cd->port->cn;

	if (READ_ONCE(cn->log) < 2 || carp_is_foreign(cn) || !net_ratelimit())
		return;
	if (peer->family == AF_INET6)
		pr_info("%s (vhid %u on %s): advertisement from %pI6c dropped: %s\n",
			cd->dev->name, cd->vhid, cd->lowerdev->name,
			&peer->addr6, what);
	else
		pr_info("%s (vhid %u on %s): advertisement from %pI4 dropped: %s\n",
			cd->dev->name, cd->vhid, cd->lowerdev->name,
			&peer->addr4, what);
}

/**
 * carp_log_net_init() - how lines of a namespace begin
 * @cn: namespace
 */
void carp_log_net_init(struct carp_net *cn)
{
	cn->whose[0] = '\0';
	if (carp_is_foreign(cn))
		snprintf(cn->whose, sizeof(cn->whose),
			 "user namespace of uid %u (net:[%u]): ",
			 from_kuid_munged(&init_user_ns,
					  cn->net->user_ns->owner),
			 cn->net->ns.inum);
}

/**
 * carp_log_init() - nothing was logged yet
 */
void __init carp_log_init(void)
{
	limit_init(&foreign_limit);
	limit_init(&master_limit[false]);
	limit_init(&master_limit[true]);
}
