// SPDX-License-Identifier: GPL-2.0
/*
 * What can be configured: parse, validate, apply.
 *
 * Nothing is changed before everything was found good, so that a refused
 * request leaves the interface as it was.
 */
#include <linux/rtnetlink.h>
#include <net/netlink.h>

#include "carp_config.h"
#include "carp_crypto.h"
#include "carp_demoter.h"
#include "carp_engine.h"
#include "carp_output.h"
#include "carp_port.h"

static int check_vhid(const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	if (nla_get_u8(attr))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: vhid 0 is not an id; give one from 1 to 255");
	return -ERANGE;
}

static int check_advbase(const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	if (nla_get_u8(attr) <= CARP_ADVBASE_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: advbase 255 is how a master says good-bye; give seconds from 0 to 254");
	return -ERANGE;
}

static int check_advskew(const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	if (nla_get_u8(attr) <= CARP_ADVSKEW_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: advskew 255 is how a master says good-bye; give 1/256 seconds from 0 to 254");
	return -ERANGE;
}

static int check_key(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (nla_len(attr) <= CARP_KEY_LEN)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: a key is at most 20 bytes; give a shorter one");
	return -ERANGE;
}

/**
 * carp_config_check_state() - whether a state that is asked for is one
 * @attr: u8, enum carp_state
 * @extack: told why not
 *
 * Return: 0 or -ERANGE.
 */
int carp_config_check_state(const struct nlattr *attr,
			    struct netlink_ext_ack *extack)
{
	if (nla_get_u8(attr) <= CARP_STATE_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: there is no such state; ask for master or backup");
	return -ERANGE;
}

static int check_preempt(const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	if (nla_get_u8(attr) <= CARP_PREEMPT_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: there is no such rule of preemption; give on, off or default");
	return -ERANGE;
}

static int check_preempt_delay(const struct nlattr *attr,
			       struct netlink_ext_ack *extack)
{
	if (nla_get_u32(attr) <= CARP_PREEMPT_DELAY_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: preempt-delay is for services that start; give seconds from 0 to 3600, or set preempt off");
	return -ERANGE;
}

static int check_min_ttl(const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	if (nla_get_u8(attr))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: nothing arrives with a TTL of 0; give a minttl from 1 to 255");
	return -ERANGE;
}

static int check_deliver(const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	if (nla_get_u8(attr) <= CARP_DELIVER_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: there is no such way of delivery; give auto, lower or self");
	return -ERANGE;
}

static int check_broadcast(const struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	if (nla_get_u8(attr) <= 1)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: broadcasts are received or not; give on or off");
	return -ERANGE;
}

static int check_link_delay(const struct nlattr *attr,
			    struct netlink_ext_ack *extack)
{
	if (nla_get_u32(attr) <= CARP_LINK_DELAY_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: link-delay is for switch ports that open late; give seconds from 0 to 3600");
	return -ERANGE;
}

static int check_announce_interval(const struct nlattr *attr,
				   struct netlink_ext_ack *extack)
{
	if (nla_get_u32(attr) <= CARP_ANNOUNCE_INTERVAL_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: at such a pace announcements would come too late; give milliseconds from 0 to 1000");
	return -ERANGE;
}

static int check_lladdr(const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	if (nla_get_u8(attr) <= CARP_LLADDR_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: there is no such choice of MAC; give virtual or lower");
	return -ERANGE;
}

/*
 * Of a number with a function to check it the kernel cannot say what it may be,
 * and warns when one of a wrong length makes it try: see carp_config_check().
 */

/** carp_policy - what attributes of IFLA_INFO_DATA may hold */
const struct nla_policy carp_policy[IFLA_CARP_MAX + 1] = {
	[IFLA_CARP_VHID]    = { .type = NLA_U8 },
	[IFLA_CARP_ADVBASE] = { .type = NLA_U8 },
	[IFLA_CARP_ADVSKEW] = { .type = NLA_U8 },
	[IFLA_CARP_KEY]	    = NLA_POLICY_VALIDATE_FN(NLA_BINARY, check_key),
	[IFLA_CARP_STATE]   = { .type = NLA_U8 },
	[IFLA_CARP_DEMOTION] = { .type = NLA_U32 },
	[IFLA_CARP_PREEMPT] = { .type = NLA_U8 },
	[IFLA_CARP_PREEMPT_DELAY] = { .type = NLA_U32 },
	[IFLA_CARP_PEER]    =
		NLA_POLICY_VALIDATE_FN(NLA_BINARY, carp_unicast_policy4),
	[IFLA_CARP_PEER6]   =
		NLA_POLICY_VALIDATE_FN(NLA_BINARY, carp_unicast_policy6),
	[IFLA_CARP_MIN_TTL] = { .type = NLA_U8 },
	[IFLA_CARP_DELIVER] = { .type = NLA_U8 },
	[IFLA_CARP_BROADCAST] = { .type = NLA_U8 },
	[IFLA_CARP_LINK_DELAY] = { .type = NLA_U32 },
	[IFLA_CARP_ANNOUNCE_INTERVAL] = { .type = NLA_U32 },
	[IFLA_CARP_LLADDR]  = { .type = NLA_U8 },
};

/**
 * carp_config_check() - whether numbers are in their ranges
 * @data: attributes by enum carp_link_attr, good by carp_policy; or NULL
 * @extack: told which is not
 *
 * Return: 0 or -ERANGE.
 */
int carp_config_check(struct nlattr *data[], struct netlink_ext_ack *extack)
{
	static int (*const checks[IFLA_CARP_MAX + 1])(const struct nlattr *,
					struct netlink_ext_ack *) = {
		[IFLA_CARP_VHID]	  = check_vhid,
		[IFLA_CARP_ADVBASE]	  = check_advbase,
		[IFLA_CARP_ADVSKEW]	  = check_advskew,
		[IFLA_CARP_STATE]	  = carp_config_check_state,
		[IFLA_CARP_PREEMPT]	  = check_preempt,
		[IFLA_CARP_PREEMPT_DELAY] = check_preempt_delay,
		[IFLA_CARP_MIN_TTL]	  = check_min_ttl,
		[IFLA_CARP_DELIVER]	  = check_deliver,
		[IFLA_CARP_BROADCAST]	  = check_broadcast,
		[IFLA_CARP_LINK_DELAY]	  = check_link_delay,
		[IFLA_CARP_ANNOUNCE_INTERVAL] = check_announce_interval,
		[IFLA_CARP_LLADDR]	  = check_lladdr,
	};
	unsigned int i;
	int err = 0;

	for (i = 0; data && !err && i < ARRAY_SIZE(checks); i++)
		if (data[i] && checks[i])
			err = checks[i](data[i], extack);
	return err;
}

/**
 * carp_config_default() - what a new interface is if nothing is said
 * @conf: written
 */
void carp_config_default(struct carp_config *conf)
{
	memset(conf, 0, sizeof(*conf));
	conf->proto.advbase = CARP_ADVBASE_DEFAULT;
	conf->preempt = CARP_PREEMPT_DEFAULT;
	conf->min_ttl = CARP_TTL;
}

static void parse_more(struct nlattr *data[], struct carp_config *conf)
{
	if (data[IFLA_CARP_DELIVER])
		conf->deliver = nla_get_u8(data[IFLA_CARP_DELIVER]);
	if (data[IFLA_CARP_BROADCAST])
		conf->broadcast = nla_get_u8(data[IFLA_CARP_BROADCAST]);
	if (data[IFLA_CARP_LINK_DELAY])
		conf->link_delay = nla_get_u32(data[IFLA_CARP_LINK_DELAY]);
	if (data[IFLA_CARP_ANNOUNCE_INTERVAL])
		conf->announce_interval =
			nla_get_u32(data[IFLA_CARP_ANNOUNCE_INTERVAL]);
	if (data[IFLA_CARP_LLADDR])
		conf->lladdr = nla_get_u8(data[IFLA_CARP_LLADDR]);
}

/**
 * carp_config_parse() - what a request says, over what is there
 * @data: attributes by enum carp_link_attr, good by carp_policy; or NULL
 * @conf: a configuration; what @data does not name stays
 */
void carp_config_parse(struct nlattr *data[], struct carp_config *conf)
{
	if (!data)
		return;
	if (data[IFLA_CARP_VHID])
		conf->vhid = nla_get_u8(data[IFLA_CARP_VHID]);
	if (data[IFLA_CARP_ADVBASE])
		conf->proto.advbase = nla_get_u8(data[IFLA_CARP_ADVBASE]);
	if (data[IFLA_CARP_ADVSKEW])
		conf->proto.advskew = nla_get_u8(data[IFLA_CARP_ADVSKEW]);
	if (data[IFLA_CARP_KEY]) {
		conf->has_key = true;
		memset(conf->key, 0, sizeof(conf->key));
		nla_memcpy(conf->key, data[IFLA_CARP_KEY], sizeof(conf->key));
	}
	if (data[IFLA_CARP_STATE]) {
		conf->has_state = true;
		conf->state = nla_get_u8(data[IFLA_CARP_STATE]);
	}
	if (data[IFLA_CARP_PREEMPT])
		conf->preempt = nla_get_u8(data[IFLA_CARP_PREEMPT]);
	if (data[IFLA_CARP_PREEMPT_DELAY])
		conf->proto.preempt_delay =
			nla_get_u32(data[IFLA_CARP_PREEMPT_DELAY]);
	conf->peer = data[IFLA_CARP_PEER];
	conf->peer6 = data[IFLA_CARP_PEER6];
	if (data[IFLA_CARP_MIN_TTL])
		conf->min_ttl = nla_get_u8(data[IFLA_CARP_MIN_TTL]);
	parse_more(data, conf);
}

/**
 * carp_config_wipe() - forget the key
 * @data: attributes of the request, or NULL
 * @conf: what was parsed
 */
void carp_config_wipe(struct nlattr *data[], struct carp_config *conf)
{
	memzero_explicit(conf, sizeof(*conf));
	if (data && data[IFLA_CARP_KEY])
		memzero_explicit(nla_data(data[IFLA_CARP_KEY]),
				 nla_len(data[IFLA_CARP_KEY]));
}

/**
 * carp_config_check_readonly() - refuse to set what is only reported
 * @net: namespace
 * @data: attributes of the request, or NULL
 * @extack: told why
 *
 * What was reported may be sent back, as long as it is true: a copy of an
 * interface is made that way.
 *
 * Return: 0 or -EOPNOTSUPP.
 */
int carp_config_check_readonly(const struct net *net, struct nlattr *data[],
			       struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = data ? data[IFLA_CARP_DEMOTION] : NULL;

	if (!attr || nla_get_u32(attr) == carp_demoter_total(net))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "carp: demotion is the sum of all reasons and cannot be set here; add to net.carp.demotion");
	return -EOPNOTSUPP;
}

/**
 * carp_config_deliver() - whether delivery and broadcasts go together
 * @conf: a configuration
 * @data: attributes of the request that made it so, or NULL
 * @extack: told why not
 *
 * Return: 0 or -EINVAL.
 */
int carp_config_deliver(const struct carp_config *conf, struct nlattr *data[],
			struct netlink_ext_ack *extack)
{
	if (!conf->broadcast || conf->deliver != CARP_DELIVER_LOWER)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, data[IFLA_CARP_BROADCAST] ?:
				    data[IFLA_CARP_DELIVER],
			    "carp: who hears broadcasts by the interface must hear by it what is sent to it alone, too; give deliver auto or self, or broadcast off");
	return -EINVAL;
}

static int check_change(struct carp_dev *cd, const struct carp_config *conf,
			struct nlattr *data[], struct netlink_ext_ack *extack)
{
	enum carp_state now = READ_ONCE(cd->proto.state);
	int err;

	if (conf->vhid != cd->vhid) {
		NL_SET_ERR_MSG_ATTR(extack, data[IFLA_CARP_VHID],
				    "carp: the vhid makes the interface and cannot be changed; delete it and add another");
		return -EOPNOTSUPP;
	}
	if (conf->lladdr != cd->lladdr && netif_running(cd->dev)) {
		NL_SET_ERR_MSG_ATTR(extack, data[IFLA_CARP_LLADDR],
				    "carp: the MAC of an interface that is up is not changed; set it down before");
		return -EBUSY;
	}
	if (carp_config_deliver(conf, data, extack))
		return -EINVAL;
	err = carp_lladdr_check(dev_net(cd->dev), cd, conf->lladdr,
				data ? data[IFLA_CARP_LLADDR] : NULL, extack);
	if (err)
		return err;
	if (carp_unicast_check(cd->lowerdev, conf->peer, extack) ||
	    carp_unicast_check6(cd->lowerdev, conf->peer6, extack))
		return -EINVAL;
	if (!conf->has_state || conf->state == now)
		return 0;
	if (now == CARP_STATE_INIT) {
		NL_SET_ERR_MSG_ATTR(extack, data[IFLA_CARP_STATE],
				    "carp: in INIT there is nothing to force: the interface must be up, its carrier have link, an address be set and net.carp.allow be 1");
		return -ENETDOWN;
	}
	if (conf->state == CARP_STATE_INIT) {
		NL_SET_ERR_MSG_ATTR(extack, data[IFLA_CARP_STATE],
				    "carp: INIT cannot be forced; set the interface down");
		return -EINVAL;
	}
	return 0;
}

/**
 * carp_config_preempt() - what follows from two settings of preempt
 * @cd: interface; its own one
 * @cfg: written; that of the interface itself, with its lock held, unless
 *	nobody knows it yet
 *
 * The host has been up since the monotonic clock began.
 *
 * Context: RTNL.
 */
void carp_config_preempt(struct carp_dev *cd, struct carp_proto_config *cfg)
{
	const struct carp_net *cn = carp_pernet(dev_net(cd->dev));

	if (cd->preempt == CARP_PREEMPT_DEFAULT)
		cfg->preempt = READ_ONCE(cn->preempt);
	else
		cfg->preempt = cd->preempt == CARP_PREEMPT_ON;
	cfg->preempt_from = READ_ONCE(cn->preempt_boot_hold) *
			    CARP_NSEC_PER_SEC;
}

/**
 * carp_config_settle() - settings that nothing else follows from
 * @cd: interface
 * @conf: a configuration that was found good
 *
 * Context: RTNL.
 */
void carp_config_settle(struct carp_dev *cd, const struct carp_config *conf)
{
	WRITE_ONCE(cd->preempt, conf->preempt);
	WRITE_ONCE(cd->min_ttl, conf->min_ttl);
	WRITE_ONCE(cd->deliver, conf->deliver);
	WRITE_ONCE(cd->broadcast, conf->broadcast);
	WRITE_ONCE(cd->lladdr, conf->lladdr);
	WRITE_ONCE(cd->link_delay, conf->link_delay);
	WRITE_ONCE(cd->announce_interval, conf->announce_interval);
}

static void apply_proto(struct carp_dev *cd,
			const struct carp_proto_config *want, bool changed)
{
	struct carp_proto_config *cfg = &cd->proto.cfg;

	spin_lock_bh(&cd->lock);
	changed |= cfg->advbase != want->advbase ||
		   cfg->advskew != want->advskew;
	cfg->advbase = want->advbase;
	cfg->advskew = want->advskew;
	cfg->preempt_delay = want->preempt_delay;
	carp_config_preempt(cd, cfg);
	spin_unlock_bh(&cd->lock);
	if (changed)
		carp_fsm_event(cd, CARP_EV_CONFIG, CARP_REASON_NONE);
}

static void apply_state(struct carp_dev *cd, enum carp_state state)
{
	if (state == CARP_STATE_MASTER) {
		carp_fsm_event(cd, CARP_EV_FORCE_MASTER, CARP_REASON_NONE);
	} else if (state == CARP_STATE_BACKUP) {
		carp_fsm_event(cd, CARP_EV_FORCE_BACKUP, CARP_REASON_NONE);
		carp_drain_one(cd);
	}
}

/**
 * carp_config_change() - change an interface
 * @cd: interface
 * @data: attributes by enum carp_link_attr, good by carp_policy; or NULL.
 *	The key is overwritten.
 * @extack: told what is in the way, at the attribute to blame
 *
 * Context: RTNL, may sleep.
 * Return: 0, or an error, and then nothing has changed.
 */
int carp_config_change(struct carp_dev *cd, struct nlattr *data[],
		       struct netlink_ext_ack *extack)
{
	struct carp_config conf = {
		.vhid = cd->vhid,
		.preempt = cd->preempt,
		.min_ttl = cd->min_ttl,
		.deliver = cd->deliver,
		.broadcast = cd->broadcast,
		.lladdr = cd->lladdr,
		.link_delay = cd->link_delay,
		.announce_interval = cd->announce_interval,
	};
	bool delay_changes;
	int err;

	/* Demotion changes without RTNL. */
	spin_lock_bh(&cd->lock);
	conf.proto = cd->proto.cfg;
	spin_unlock_bh(&cd->lock);
	carp_config_parse(data, &conf);
	err = check_change(cd, &conf, data, extack);
	if (!err)
		err = carp_config_check_readonly(dev_net(cd->dev), data,
						 extack);
	if (!err)
		err = carp_rights_check(cd, carp_pernet(dev_net(cd->dev)),
					&conf, data, extack);
	if (err)
		goto out;
	/* The only steps that can fail come first. */
	err = carp_unicast_prepare(cd, &conf, &conf.unicast);
	if (!err && conf.has_key)
		err = carp_auth_rekey(cd, conf.key);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "carp: no memory for this change; nothing has changed");
		kfree(conf.unicast);
		goto out;
	}
	carp_rights_take(cd, carp_pernet(dev_net(cd->dev)), &conf);
	carp_unicast_commit(cd, conf.unicast);
	delay_changes = conf.link_delay != cd->link_delay;
	carp_config_settle(cd, &conf);
	carp_port_broadcast(cd->port);
	if (delay_changes)
		carp_update_oper(cd);
	carp_lladdr_apply(cd);
	/* New peers are to hear of us at once. */
	apply_proto(cd, &conf.proto, conf.peer || conf.peer6);
	if (conf.has_state)
		apply_state(cd, conf.state);
out:
	carp_config_wipe(data, &conf);
	return err;
}
