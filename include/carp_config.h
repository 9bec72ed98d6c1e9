/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What files offer those above them: what can be configured.
 */
#ifndef _CARP_CONFIG_H
#define _CARP_CONFIG_H

#include "carp_priv.h"

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
int carp_config_check_readonly(const struct net *net, struct nlattr *data[],
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

#endif /* _CARP_CONFIG_H */
