// SPDX-License-Identifier: GPL-2.0
/*
 * Commands of generic netlink, Documentation/netlink/specs/carp.yaml.
 *
 * Those that only read wait neither for RTNL nor for each other.
 */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "carp_config.h"
#include "carp_demoter.h"
#include "carp_event.h"
#include "carp_genl.h"
#include "carp_netdev.h"

static int check_ifname(const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	size_t len = strnlen(nla_data(attr), nla_len(attr));

	if (len && len < IFNAMSIZ)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: no interface has such a name; give one of 1 to 15 bytes");
	return -EINVAL;
}

static int check_reason(const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	switch (carp_demote_check(nla_data(attr),
				  strnlen(nla_data(attr), nla_len(attr)))) {
	case CARP_NAME_OK:
		return 0;
	case CARP_NAME_EMPTY:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "carp: the reason has no name; give one of 1 to 31 characters");
		return -EINVAL;
	case CARP_NAME_LONG:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "carp: the name of the reason is too long; give one of 1 to 31 characters");
		return -ERANGE;
	case CARP_NAME_CHAR:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "carp: the name of a reason is made of letters, digits and . _ : @ / + - and begins with a letter or digit; choose another");
		return -EINVAL;
	case CARP_NAME_OURS:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "carp: reasons of this name are the kernel's own; choose another, or write to net.carp.demotion for sysctl");
		return -EPERM;
	}
	return -EINVAL;
}

static int check_weight(const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	if (nla_get_s32(attr) >= 1)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: such a weight would not demote; give one from 1 to 2147483647");
	return -ERANGE;
}

/*
 * Numbers are checked where they are used: who asks for the policy of one that
 * has a function to check it makes the kernel warn.
 */
static const struct nla_policy dev_policy[] = {
	[CARP_A_IFINDEX] = { .type = NLA_U32 },
	[CARP_A_IFNAME]	 = NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, check_ifname),
	[CARP_A_STATE]	 = { .type = NLA_U8 },
};

static const struct nla_policy demote_policy[] = {
	[CARP_A_DEMOTE_REASON] = NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING,
							check_reason),
	[CARP_A_WEIGHT] = { .type = NLA_S32 },
};

/* Under RCU or RTNL. */
static struct carp_dev *find(struct genl_info *info)
{
	const struct nlattr *by_index = info->attrs[CARP_A_IFINDEX];
	const struct nlattr *by_name = info->attrs[CARP_A_IFNAME];
	struct net *net = genl_info_net(info);
	struct net_device *dev;

	if (!by_index == !by_name) {
		NL_SET_ERR_MSG(info->extack,
			       "carp: which interface? give either its index or its name");
		return ERR_PTR(-EINVAL);
	}
	dev = by_index ? dev_get_by_index_rcu(net, nla_get_u32(by_index)) :
			 dev_get_by_name_rcu(net, nla_data(by_name));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(info->extack, by_index ?: by_name,
				    "carp: there is no such interface; ip link show type carp lists those there are");
		return ERR_PTR(-ENODEV);
	}
	if (!carp_is_dev(dev)) {
		NL_SET_ERR_MSG_ATTR(info->extack, by_index ?: by_name,
				    "carp: this is not a carp interface; ip link show type carp lists those there are");
		return ERR_PTR(-EOPNOTSUPP);
	}
	return carp_priv(dev);
}

static int put_masters(struct sk_buff *skb, const struct carp_masters *masters,
		       u64 now)
{
	unsigned int i;

	for (i = 0; i < CARP_MASTERS_MAX; i++)
		if (carp_masters_is_heard(&masters->one[i], now) &&
		    carp_event_put_master(skb, &masters->one[i]))
			return -EMSGSIZE;
	return 0;
}

static int put_heard(struct sk_buff *skb, const struct carp_heard_one *one,
		     u64 now)
{
	const struct carp_advert *adv = &one->adv;
	struct nlattr *nest;

	if (!carp_heard_is_recent(one, now))
		return 0;
	nest = nla_nest_start(skb, CARP_A_PEER);
	if (!nest)
		return -EMSGSIZE;
	if (carp_event_put_addr(skb, one->family, one->addr) ||
	    nla_put_u64_64bit(skb, CARP_A_PEER_HEARD, one->at,
			      CARP_A_PEER_PAD) ||
	    nla_put_u8(skb, CARP_A_PEER_ADVBASE, adv->advbase) ||
	    nla_put_u8(skb, CARP_A_PEER_ADVSKEW, adv->advskew) ||
	    nla_put_u8(skb, CARP_A_PEER_DEMOTE, adv->demote) ||
	    nla_put_u64_64bit(skb, CARP_A_PEER_COUNTER, adv->counter,
			      CARP_A_PEER_PAD) ||
	    nla_put_u8(skb, CARP_A_PEER_AUTHENTIC, one->authentic))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_unicast(struct sk_buff *skb, const struct carp_unicast *u)
{
	unsigned int i;

	for (i = 0; u && i < u->n4; i++)
		if (nla_put_in_addr(skb, CARP_A_UNICAST4, u->addr4[i]))
			return -EMSGSIZE;
	for (i = 0; u && i < u->n6; i++)
		if (nla_put_in6_addr(skb, CARP_A_UNICAST6, &u->addr6[i]))
			return -EMSGSIZE;
	return 0;
}

static int put_settings(struct sk_buff *skb, const struct carp_dev *cd)
{
	if (nla_put_u8(skb, CARP_A_MIN_TTL, READ_ONCE(cd->min_ttl)) ||
	    nla_put_u8(skb, CARP_A_DELIVER, READ_ONCE(cd->deliver)) ||
	    nla_put_u8(skb, CARP_A_BROADCAST, READ_ONCE(cd->broadcast)) ||
	    nla_put_u32(skb, CARP_A_LINK_DELAY, READ_ONCE(cd->link_delay)) ||
	    nla_put_u32(skb, CARP_A_ANNOUNCE_INTERVAL,
			READ_ONCE(cd->announce_interval)) ||
	    nla_put_u8(skb, CARP_A_LLADDR, READ_ONCE(cd->lladdr)))
		return -EMSGSIZE;
	return 0;
}

/* What belongs together, as of one moment. */
struct snapshot {
	struct carp_proto_config cfg;
	enum carp_state		state;
	enum carp_reason	reason;
	u64			since;
	u64			seq;
	u64			now;
	struct carp_heard_list	heard;
	struct carp_masters	masters;
};

static void take_snapshot(struct carp_dev *cd, struct snapshot *snap)
{
	spin_lock_bh(&cd->lock);
	snap->cfg = cd->proto.cfg;
	snap->state = cd->proto.state;
	snap->reason = cd->told_reason;
	snap->since = cd->since;
	snap->seq = carp_news_seq(carp_pernet(dev_net(cd->dev)));
	snap->now = ktime_get_ns();
	snap->heard = cd->heard;
	snap->masters = cd->masters;
	spin_unlock_bh(&cd->lock);
}

/*
 * With 32 peers of each family, eight IPv6 hosts heard, twelve other masters and
 * the longest names this is 2.9 KB of the 3.7 that a message has room for.
 *
 * Under RCU.
 */
static int put_dev(struct sk_buff *skb, struct carp_dev *cd)
{
	struct snapshot snap;
	unsigned int i;

	take_snapshot(cd, &snap);
	if (nla_put_u32(skb, CARP_A_IFINDEX, cd->dev->ifindex) ||
	    nla_put_string(skb, CARP_A_IFNAME, cd->dev->name) ||
	    nla_put_u8(skb, CARP_A_VHID, cd->vhid) ||
	    nla_put_u32(skb, CARP_A_CARRIER, cd->lowerdev->ifindex) ||
	    nla_put_string(skb, CARP_A_CARRIER_NAME, cd->lowerdev->name) ||
	    nla_put_u8(skb, CARP_A_ADVBASE, snap.cfg.advbase) ||
	    nla_put_u8(skb, CARP_A_ADVSKEW, snap.cfg.advskew) ||
	    nla_put_u8(skb, CARP_A_EFFECTIVE_SKEW,
		       carp_effective_skew(&snap.cfg)) ||
	    nla_put_u8(skb, CARP_A_PREEMPT, snap.cfg.preempt) ||
	    nla_put_u32(skb, CARP_A_DEMOTION, snap.cfg.demotion) ||
	    nla_put_u8(skb, CARP_A_STATE, snap.state) ||
	    nla_put_u64_64bit(skb, CARP_A_SINCE, snap.since, CARP_A_PAD) ||
	    nla_put_u64_64bit(skb, CARP_A_SEQ, snap.seq, CARP_A_PAD) ||
	    nla_put_u32(skb, CARP_A_PREEMPT_DELAY, snap.cfg.preempt_delay) ||
	    nla_put_u8(skb, CARP_A_REASON, snap.reason) ||
	    nla_put_string(skb, CARP_A_REASON_TEXT,
			   carp_reason_name(snap.reason)) ||
	    put_settings(skb, cd) ||
	    put_unicast(skb, rcu_dereference(cd->unicast)))
		return -EMSGSIZE;
	for (i = 0; i < CARP_HEARD_MAX; i++)
		if (put_heard(skb, &snap.heard.one[i], snap.now))
			return -EMSGSIZE;
	if (put_masters(skb, &snap.masters, snap.now))
		return -EMSGSIZE;
	return carp_stats_put(skb, cd);
}

static int fill_dev(struct sk_buff *skb, struct carp_dev *cd, u32 portid,
		    u32 seq, struct netlink_callback *cb)
{
	void *hdr = genlmsg_put(skb, portid, seq, &carp_genl_family,
				cb ? NLM_F_MULTI : 0, CARP_CMD_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_dev(skb, cd)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	if (cb)
		genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

static int get_doit(struct sk_buff *request, struct genl_info *info)
{
	struct carp_dev *cd;
	struct sk_buff *skb;
	int err;

	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	rcu_read_lock();
	cd = find(info);
	err = PTR_ERR_OR_ZERO(cd);
	if (!err)
		err = fill_dev(skb, cd, info->snd_portid, info->snd_seq, NULL);
	rcu_read_unlock();
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	return genlmsg_reply(skb, info);
}

/* One that is being made is in the list before it has a number. */
static bool is_there(const struct carp_dev *cd)
{
	return data_race(cd->dev->reg_state) == NETREG_REGISTERED;
}

static int get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct carp_net *cn = carp_pernet(sock_net(skb->sk));
	unsigned int done = cb->args[0], n = 0;
	struct carp_dev *cd;

	/* Not in ops.start, whose sentences Linux 6.1 does not pass on. */
	if (nlmsg_attrlen(cb->nlh, GENL_HDRLEN) > 0) {
		NL_SET_ERR_MSG(cb->extack,
			       "carp: a dump is of all interfaces; ask for one of them without NLM_F_DUMP");
		return -EINVAL;
	}
	rcu_read_lock();
	cb->seq = READ_ONCE(cn->devs_gen);
	list_for_each_entry_rcu(cd, &cn->devs, net_node) {
		if (n++ < done)
			continue;
		if (is_there(cd) &&
		    fill_dev(skb, cd, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, cb))
			break;
		done++;
	}
	rcu_read_unlock();
	cb->args[0] = done;
	return skb->len;
}

static int set_doit(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr *data[IFLA_CARP_MAX + 1] = {
		[IFLA_CARP_STATE] = info->attrs[CARP_A_STATE],
	};
	struct carp_dev *cd;
	int err;

	if (!data[IFLA_CARP_STATE]) {
		NL_SET_ERR_MSG(info->extack,
			       "carp: to which state? give master or backup");
		return -EINVAL;
	}
	err = carp_config_check_state(data[IFLA_CARP_STATE], info->extack);
	if (err)
		return err;
	rtnl_lock();
	rcu_read_lock();
	cd = find(info);
	rcu_read_unlock();
	err = PTR_ERR_OR_ZERO(cd);
	if (!err)
		err = carp_config_change(cd, data, info->extack);
	rtnl_unlock();
	return err;
}

static int get_demotion_doit(struct sk_buff *request, struct genl_info *info)
{
	struct carp_net *cn = carp_pernet(genl_info_net(info));
	struct sk_buff *skb;
	void *hdr;
	s32 total;
	u64 seq;

	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	spin_lock_bh(&cn->demote_lock);
	total = cn->demotion_total;
	seq = carp_news_seq(cn);
	spin_unlock_bh(&cn->demote_lock);

	hdr = genlmsg_put_reply(skb, info, &carp_genl_family, 0,
				CARP_CMD_GET_DEMOTION);
	if (!hdr ||
	    nla_put_u32(skb, CARP_A_DEMOTION, max(0, total)) ||
	    nla_put_s32(skb, CARP_A_TOTAL, total) ||
	    nla_put_u64_64bit(skb, CARP_A_SEQ, seq, CARP_A_PAD)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

/* A dump on its way through the reasons. */
struct reason_dump {
	struct sk_buff		*skb;
	struct netlink_callback	*cb;
	unsigned int		n;
};

static int dump_reason(const char *name, s32 weight, void *arg)
{
	struct reason_dump *d = arg;
	struct netlink_callback *cb = d->cb;
	void *hdr;

	if (d->n++ < cb->args[0])
		return 0;
	hdr = genlmsg_put(d->skb, NETLINK_CB(cb->skb).portid,
			  cb->nlh->nlmsg_seq, &carp_genl_family, NLM_F_MULTI,
			  CARP_CMD_GET_DEMOTION);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(d->skb, CARP_A_DEMOTE_REASON, name) ||
	    nla_put_s32(d->skb, CARP_A_WEIGHT, weight)) {
		genlmsg_cancel(d->skb, hdr);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(d->skb, hdr);
	cb->args[0]++;
	return 0;
}

static int get_demotion_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	struct carp_net *cn = carp_pernet(sock_net(skb->sk));
	struct reason_dump d = { .skb = skb, .cb = cb };

	carp_demoter_walk(cn, dump_reason, &cb->seq, &d);
	return skb->len;
}

static int demote_doit(struct sk_buff *request, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[CARP_A_DEMOTE_REASON];
	const struct nlattr *weight = info->attrs[CARP_A_WEIGHT];
	int err;

	if (!name) {
		NL_SET_ERR_MSG(info->extack,
			       "carp: for which reason? give it a name");
		return -EINVAL;
	}
	err = weight ? check_weight(weight, info->extack) : 0;
	if (err)
		return err;
	err = carp_demoter_set(carp_pernet(genl_info_net(info)),
			       nla_data(name),
			       weight ? nla_get_s32(weight) :
					CARP_DEMOTE_WEIGHT_DEFAULT);
	if (err == -ENOSPC)
		NL_SET_ERR_MSG_ATTR(info->extack, name,
				    "carp: there are 64 reasons already; end one of them before");
	return err;
}

static int undemote_doit(struct sk_buff *request, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[CARP_A_DEMOTE_REASON];
	int err;

	if (!name) {
		NL_SET_ERR_MSG(info->extack,
			       "carp: which reason is over? give its name");
		return -EINVAL;
	}
	err = carp_demoter_clear(carp_pernet(genl_info_net(info)),
				 nla_data(name));
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, name,
				    "carp: this reason is not in force; carpctl show lists those that are");
	return err;
}

static const struct genl_ops ops[] = {
	{
		.cmd		= CARP_CMD_GET,
		.doit		= get_doit,
		.dumpit		= get_dumpit,
		.policy		= dev_policy,
		.maxattr	= CARP_A_IFNAME,
	},
	{
		.cmd		= CARP_CMD_SET,
		.doit		= set_doit,
		.flags		= GENL_UNS_ADMIN_PERM,
		.policy		= dev_policy,
		.maxattr	= CARP_A_STATE,
	},
	{
		.cmd		= CARP_CMD_GET_DEMOTION,
		.doit		= get_demotion_doit,
		.dumpit		= get_demotion_dumpit,
	},
	{
		.cmd		= CARP_CMD_DEMOTE,
		.doit		= demote_doit,
		.flags		= GENL_UNS_ADMIN_PERM,
		.policy		= demote_policy,
		.maxattr	= CARP_A_WEIGHT,
	},
	{
		.cmd		= CARP_CMD_UNDEMOTE,
		.doit		= undemote_doit,
		.flags		= GENL_UNS_ADMIN_PERM,
		.policy		= demote_policy,
		.maxattr	= CARP_A_DEMOTE_REASON,
	},
};

static const struct genl_multicast_group groups[] = {
	[CARP_GROUP_EVENTS] = { .name = CARP_MCGRP_EVENTS },
};

struct genl_family carp_genl_family __ro_after_init = {
	.name		= CARP_FAMILY_NAME,
	.version	= CARP_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= ops,
	.n_ops		= ARRAY_SIZE(ops),
	.mcgrps		= groups,
	.n_mcgrps	= ARRAY_SIZE(groups),
};

/**
 * carp_genl_init() - let programs ask, and listen
 *
 * Return: 0 or an error.
 */
int __init carp_genl_init(void)
{
	int err = genl_register_family(&carp_genl_family);

	if (!err)
		carp_event_open();
	return err;
}

/**
 * carp_genl_exit() - undo carp_genl_init()
 *
 * Context: may sleep, without RTNL.
 */
void carp_genl_exit(void)
{
	carp_event_close();
	genl_unregister_family(&carp_genl_family);
}
