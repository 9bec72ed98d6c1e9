// SPDX-License-Identifier: GPL-2.0
/*
 * sysctl net.carp, one set per network namespace, present before any
 * interface.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/sysctl.h>

#include "carp_config.h"
#include "carp_demoter.h"
#include "carp_engine.h"
#include "carp_netdev.h"
#include "carp_output.h"
#include "carp_port.h"

#define LOG_MAX	2

static int log_max = LOG_MAX;
static int boot_hold_max = CARP_PREEMPT_DELAY_MAX;

enum {
	KNOB_ALLOW,
	KNOB_PREEMPT,
	KNOB_PREEMPT_BOOT_HOLD,
	KNOB_LOG,
	KNOB_ARPBALANCE,
	KNOB_DEMOTION,
	KNOB_IFDOWN,
	KNOB_SENDERR,
	N_KNOBS
};

static struct carp_net *of_table(const struct ctl_table *table)
{
	return table->extra1;
}

/* Parse into a copy, so that a refused value changes nothing. */
static int handle_bounded(const struct ctl_table *table, int write,
			  void *buffer, size_t *lenp, loff_t *ppos, int *max)
{
	struct ctl_table shadow = *table;

	shadow.extra1 = SYSCTL_ZERO;
	shadow.extra2 = max;
	return proc_dointvec_minmax(&shadow, write, buffer, lenp, ppos);
}

static int handle_log(carp_ctl_const struct ctl_table *table, int write,
		      void *buffer, size_t *lenp, loff_t *ppos)
{
	return handle_bounded(table, write, buffer, lenp, ppos, &log_max);
}

static int handle_allow(carp_ctl_const struct ctl_table *table, int write,
			void *buffer, size_t *lenp, loff_t *ppos)
{
	struct carp_net *cn = of_table(table);
	struct carp_dev *cd;
	int err;

	err = handle_bounded(table, write, buffer, lenp, ppos, SYSCTL_ONE);
	if (err || !write)
		return err;
	rtnl_lock();
	list_for_each_entry(cd, &cn->devs, net_node)
		carp_update_oper(cd);
	/* The command returns when the bow-out is over. */
	list_for_each_entry(cd, &cn->devs, net_node)
		carp_drain_one(cd);
	rtnl_unlock();
	return 0;
}

static int set_preempt(const struct ctl_table *table, int write, void *buffer,
		       size_t *lenp, loff_t *ppos, int *max)
{
	struct carp_net *cn = of_table(table);
	struct carp_dev *cd;
	int err;

	err = handle_bounded(table, write, buffer, lenp, ppos, max);
	if (err || !write)
		return err;
	rtnl_lock();
	list_for_each_entry(cd, &cn->devs, net_node) {
		spin_lock_bh(&cd->lock);
		carp_config_preempt(cd, &cd->proto.cfg);
		spin_unlock_bh(&cd->lock);
	}
	rtnl_unlock();
	return 0;
}

/* A file takes no sentence, so that the log has it. */
static int refuse_arpbalance(const struct carp_net *cn,
			     const struct carp_dev *cd)
{
	if (cn->net->user_ns == &init_user_ns)
		net_info_ratelimited("net.carp.arpbalance needs a virtual MAC for each interface; %s has lladdr lower\n",
				     cd->dev->name);
	return -EBUSY;
}

static int set_arpbalance(struct carp_net *cn, int value)
{
	const struct carp_dev *cd = value ? carp_lladdr_any(cn) : NULL;

	ASSERT_RTNL();
	if (cd)
		return refuse_arpbalance(cn, cd);
	if (READ_ONCE(cn->arpbalance) == value)
		return 0;
	WRITE_ONCE(cn->arpbalance, value);
	carp_pace_settle(cn);
	return 0;
}

static int handle_arpbalance(carp_ctl_const struct ctl_table *table, int write,
			     void *buffer, size_t *lenp, loff_t *ppos)
{
	struct carp_net *cn = of_table(table);
	int err, value = READ_ONCE(cn->arpbalance);
	struct ctl_table shadow = *table;

	shadow.data = &value;
	err = handle_bounded(&shadow, write, buffer, lenp, ppos, SYSCTL_ONE);
	if (err || !write)
		return err;
	rtnl_lock();
	err = set_arpbalance(cn, value);
	rtnl_unlock();
	return err;
}

/* Reads as the total; what is written is added, and may be negative. */
static int handle_demotion(carp_ctl_const struct ctl_table *table, int write,
			   void *buffer, size_t *lenp, loff_t *ppos)
{
	struct carp_net *cn = of_table(table);
	struct ctl_table shadow = *table;
	int value = write ? 0 : READ_ONCE(cn->demotion_total);
	size_t len = *lenp;
	int err;

	/* A write that says nothing adds nothing, and nor does one in vain. */
	shadow.data = &value;
	err = proc_dointvec(&shadow, write, buffer, lenp, ppos);
	if (!write || err)
		return err;
	if (*lenp != len)
		return -EINVAL;
	carp_demoter_adjust(cn, value);
	return 0;
}

static int set_factor(const struct ctl_table *table, int write, void *buffer,
		      size_t *lenp, loff_t *ppos, u32 *factor)
{
	struct carp_net *cn = of_table(table);
	int err, weight = READ_ONCE(*factor);
	struct ctl_table shadow = *table;

	shadow.data = &weight;
	shadow.extra1 = SYSCTL_ZERO;
	shadow.extra2 = SYSCTL_INT_MAX;
	err = proc_dointvec_minmax(&shadow, write, buffer, lenp, ppos);
	if (!err && write)
		carp_demoter_set_weight(cn, factor, weight);
	return err;
}

static int handle_ifdown(carp_ctl_const struct ctl_table *table, int write,
			 void *buffer, size_t *lenp, loff_t *ppos)
{
	return set_factor(table, write, buffer, lenp, ppos,
			  &of_table(table)->demotion.link_weight);
}

static int handle_senderr(carp_ctl_const struct ctl_table *table, int write,
			  void *buffer, size_t *lenp, loff_t *ppos)
{
	return set_factor(table, write, buffer, lenp, ppos,
			  &of_table(table)->demotion.sender_weight);
}

static int handle_preempt(carp_ctl_const struct ctl_table *table, int write,
			  void *buffer, size_t *lenp, loff_t *ppos)
{
	return set_preempt(table, write, buffer, lenp, ppos, SYSCTL_ONE);
}

static int handle_boot_hold(carp_ctl_const struct ctl_table *table, int write,
			    void *buffer, size_t *lenp, loff_t *ppos)
{
	return set_preempt(table, write, buffer, lenp, ppos, &boot_hold_max);
}

static const struct ctl_table template[N_KNOBS] = {
	[KNOB_ALLOW] = {
		.procname	= "allow",
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= handle_allow,
	},
	[KNOB_PREEMPT] = {
		.procname	= "preempt",
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= handle_preempt,
	},
	[KNOB_PREEMPT_BOOT_HOLD] = {
		.procname	= "preempt_boot_hold",
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= handle_boot_hold,
	},
	[KNOB_LOG] = {
		.procname	= "log",
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= handle_log,
	},
	[KNOB_ARPBALANCE] = {
		.procname	= "arpbalance",
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= handle_arpbalance,
	},
	[KNOB_DEMOTION] = {
		.procname	= "demotion",
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= handle_demotion,
	},
	[KNOB_IFDOWN] = {
		.procname	= "ifdown_demotion_factor",
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= handle_ifdown,
	},
	[KNOB_SENDERR] = {
		.procname	= "senderr_demotion_factor",
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= handle_senderr,
	},
};

/**
 * carp_sysctl_init() - net.carp of a namespace
 * @cn: namespace; its knobs have their defaults
 *
 * Return: 0 or -ENOMEM.
 */
int carp_sysctl_init(struct carp_net *cn)
{
	struct ctl_table *table;
	int i;

	/* One empty entry more: older kernels look for the end. */
	table = kcalloc(N_KNOBS + 1, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	memcpy(table, template, sizeof(template));
	table[KNOB_ALLOW].data = &cn->allow;
	table[KNOB_PREEMPT].data = &cn->preempt;
	table[KNOB_PREEMPT_BOOT_HOLD].data = &cn->preempt_boot_hold;
	table[KNOB_LOG].data = &cn->log;
	table[KNOB_ARPBALANCE].data = &cn->arpbalance;
	for (i = 0; i < N_KNOBS; i++)
		table[i].extra1 = cn;

	cn->sysctl = carp_register_sysctl(cn->net, "net/carp", table, N_KNOBS);
	if (!cn->sysctl) {
		kfree(table);
		return -ENOMEM;
	}
	return 0;
}

/**
 * carp_sysctl_exit() - undo carp_sysctl_init()
 * @cn: namespace
 *
 * Context: may sleep, without RTNL: a writer may wait for it.
 */
void carp_sysctl_exit(struct carp_net *cn)
{
	const struct ctl_table *table = cn->sysctl->ctl_table_arg;

	unregister_net_sysctl_table(cn->sysctl);
	kfree(table);
}
