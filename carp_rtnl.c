// SPDX-License-Identifier: GPL-2.0
/*
 * ip link: interfaces are made, changed, reported and deleted.
 *
 * What a request may say about one is in carp_config.c.
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

#include "carp_config.h"
#include "carp_crypto.h"
#include "carp_engine.h"
#include "carp_netdev.h"
#include "carp_output.h"
#include "carp_port.h"
#include "carp_vip.h"

static int carp_validate(struct nlattr *tb[], struct nlattr *data[],
			 struct netlink_ext_ack *extack)
{
	if (tb[IFLA_ADDRESS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS],
				    "carp: the MAC is 00:00:5e:00:01:VHID by definition, or with lladdr lower that of the lower device; leave the address away");
		return -EINVAL;
	}
	return carp_config_check(data, extack);
}

static struct net_device *find_lowerdev(struct net_device *dev,
					struct net *link_net, u8 lladdr,
				       struct nlattr *tb[],
				       struct netlink_ext_ack *extack)
{
	struct net_device *lowerdev;
	int err;

	if (!tb[IFLA_LINK]) {
		NL_SET_ERR_MSG(extack,
			       "carp: on which device? name the carrier with: link DEVICE");
		return ERR_PTR(-EINVAL);
	}
	/* The core would make it there, and then find that it cannot move. */
	if (tb[IFLA_LINK_NETNSID]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_LINK_NETNSID],
				    "carp: the carrier is in another network namespace; create the interface in that one");
		return ERR_PTR(-EINVAL);
	}
	lowerdev = __dev_get_by_index(link_net, nla_get_u32(tb[IFLA_LINK]));
	if (!lowerdev) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_LINK],
				    "carp: the carrier does not exist; name one that ip link shows");
		return ERR_PTR(-ENODEV);
	}
	if (!net_eq(dev_net(lowerdev), dev_net(dev))) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_LINK],
				    "carp: the carrier is in another network namespace; create the interface in that one");
		return ERR_PTR(-EINVAL);
	}
	err = carp_port_check(lowerdev, lladdr, extack);
	if (err) {
		NL_SET_BAD_ATTR(extack, tb[IFLA_LINK]);
		return ERR_PTR(err);
	}
	return lowerdev;
}

static int check_new(const struct net_device *lowerdev,
		     const struct carp_config *conf, struct nlattr *tb[],
		     struct nlattr *data[], struct netlink_ext_ack *extack)
{
	const struct carp_port *port = carp_port_rtnl(lowerdev);
	int err;

	if (!conf->vhid) {
		NL_SET_ERR_MSG(extack,
			       "carp: which virtual host? give its id with: vhid 1..255");
		return -EINVAL;
	}
	if (port && rtnl_dereference(port->dev_by_vhid[conf->vhid])) {
		NL_SET_ERR_MSG_ATTR(extack, data[IFLA_CARP_VHID],
				    "carp: this vhid is in use on this carrier already; choose another or delete that interface");
		return -EEXIST;
	}
	if (carp_config_deliver(conf, data, extack))
		return -EINVAL;
	err = carp_lladdr_check(dev_net(lowerdev), NULL, conf->lladdr,
				data[IFLA_CARP_LLADDR], extack);
	if (err)
		return err;
	if (carp_unicast_check(lowerdev, conf->peer, extack) ||
	    carp_unicast_check6(lowerdev, conf->peer6, extack))
		return -EINVAL;
	if (tb[IFLA_MTU] && nla_get_u32(tb[IFLA_MTU]) > lowerdev->mtu) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_MTU],
				    "carp: the mtu is greater than the carrier's; give a smaller one or none");
		return -EINVAL;
	}
	return 0;
}

static const char *why_not_registered(int err)
{
	switch (err) {
	case -ENOMEM:
		return "carp: no memory for this interface; none was made";
	case -EINVAL:
		return "carp: the kernel could not register an interface of this name (all and default are its own); choose another";
	}
	return "carp: the kernel could not register this interface; its log may say why";
}

static int carp_newlink(struct net_device *dev,
			struct rtnl_newlink_params *params,
			struct netlink_ext_ack *extack)
{
	struct nlattr **data = params->data;
	struct nlattr **tb = params->tb;
	struct carp_dev *cd = carp_priv(dev);
	struct net_device *lowerdev;
	struct carp_config conf;
	int err;

	carp_config_default(&conf);
	carp_config_parse(data, &conf);
	lowerdev = find_lowerdev(dev, rtnl_newlink_link_net(params),
				 conf.lladdr, tb, extack);
	if (IS_ERR(lowerdev)) {
		err = PTR_ERR(lowerdev);
		goto out;
	}
	err = check_new(lowerdev, &conf, tb, data, extack);
	if (!err)
		err = carp_config_check_readonly(dev_net(dev), data, extack);
	if (!err)
		err = carp_rights_check(cd, carp_pernet(dev_net(dev)), &conf,
					data, extack);
	if (err)
		goto out;

	cd->lowerdev = lowerdev;
	cd->vhid = conf.vhid;
	carp_config_settle(cd, &conf);
	carp_config_preempt(cd, &conf.proto);
	carp_engine_init(cd, &conf.proto);
	cd->proto.want_master = conf.has_state &&
				conf.state == CARP_STATE_MASTER;
	carp_lladdr_init(cd);
	dev->max_mtu = lowerdev->mtu;
	if (!tb[IFLA_MTU])
		dev->mtu = lowerdev->mtu;
	dev->needed_headroom = lowerdev->needed_headroom;
	dev->needed_tailroom = lowerdev->needed_tailroom;
	netif_inherit_tso_max(dev, lowerdev);
	/* Not MASTER. */
	netif_carrier_off(dev);

	err = carp_vip_init(carp_pernet(dev_net(dev)));
	if (!err)
		err = carp_unicast_prepare(cd, &conf, &conf.unicast);
	if (!err) {
		carp_rights_take(cd, carp_pernet(dev_net(dev)), &conf);
		carp_unicast_commit(cd, conf.unicast);
		err = carp_auth_rekey(cd, conf.key);
	}
	if (err) {
		NL_SET_ERR_MSG(extack, "carp: no memory");
		goto err_auth;
	}
	err = register_netdevice(dev);
	if (err) {
		if (extack && !extack->_msg)
			extack->_msg = why_not_registered(err);
		goto err_auth;
	}
	err = netdev_upper_dev_link(lowerdev, dev, extack);
	if (err) {
		unregister_netdevice(dev);
		goto out;
	}
	goto out;

err_auth:
	carp_rights_return(cd);
	carp_auth_free(cd);
	carp_unicast_commit(cd, NULL);
out:
	carp_config_wipe(data, &conf);
	return err;
}

CARP_NEWLINK_ADAPTER(carp_newlink)

static int carp_changelink(struct net_device *dev, struct nlattr *tb[],
			   struct nlattr *data[],
			   struct netlink_ext_ack *extack)
{
	const struct carp_dev *cd = carp_priv(dev);

	if (tb[IFLA_LINK] &&
	    nla_get_u32(tb[IFLA_LINK]) != cd->lowerdev->ifindex) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_LINK],
				    "carp: the lower device makes the interface and cannot be changed; delete it and add another on that device");
		return -EOPNOTSUPP;
	}
	return carp_config_change(carp_priv(dev), data, extack);
}

/**
 * carp_dellink() - delete an interface
 * @dev: the interface
 * @head: list for unregister_netdevice_many()
 *
 * It bows out here and is waited for when it goes down, so that of many that
 * are deleted together all have bowed out before the first is waited for.
 *
 * Context: RTNL.
 */
void carp_dellink(struct net_device *dev, struct list_head *head)
{
	struct carp_dev *cd = carp_priv(dev);

	cd->closing = true;
	carp_fsm_event(cd, CARP_EV_DOWN, CARP_REASON_ADMIN_DOWN);
	unregister_netdevice_queue(dev, head);
	netdev_upper_dev_unlink(cd->lowerdev, dev);
}

static size_t carp_get_size(const struct net_device *dev)
{
	return nla_total_size(sizeof(u8)) +	/* IFLA_CARP_VHID */
	       nla_total_size(sizeof(u8)) +	/* IFLA_CARP_ADVBASE */
	       nla_total_size(sizeof(u8)) +	/* IFLA_CARP_ADVSKEW */
	       nla_total_size(sizeof(u8)) +	/* IFLA_CARP_STATE */
	       nla_total_size(sizeof(u32)) +	/* IFLA_CARP_DEMOTION */
	       nla_total_size(sizeof(u8)) +	/* IFLA_CARP_PREEMPT */
	       nla_total_size(sizeof(u32)) +	/* IFLA_CARP_PREEMPT_DELAY */
	       nla_total_size(CARP_PEERS_MAX *
			      sizeof(__be32)) +	/* IFLA_CARP_PEER */
	       nla_total_size(CARP_PEERS_MAX *
			      sizeof(struct in6_addr)) + /* IFLA_CARP_PEER6 */
	       nla_total_size(sizeof(u8)) +	/* IFLA_CARP_MIN_TTL */
	       nla_total_size(sizeof(u8)) +	/* IFLA_CARP_DELIVER */
	       nla_total_size(sizeof(u8)) +	/* IFLA_CARP_BROADCAST */
	       nla_total_size(sizeof(u32)) +	/* IFLA_CARP_LINK_DELAY */
	       nla_total_size(sizeof(u32)) +	/* IFLA_CARP_ANNOUNCE_INTERVAL */
	       nla_total_size(sizeof(u8));	/* IFLA_CARP_LLADDR */
}

static int fill_more(struct sk_buff *skb, const struct carp_dev *cd)
{
	if (nla_put_u8(skb, IFLA_CARP_MIN_TTL, READ_ONCE(cd->min_ttl)) ||
	    nla_put_u8(skb, IFLA_CARP_DELIVER, READ_ONCE(cd->deliver)) ||
	    nla_put_u8(skb, IFLA_CARP_BROADCAST, READ_ONCE(cd->broadcast)) ||
	    nla_put_u32(skb, IFLA_CARP_LINK_DELAY, READ_ONCE(cd->link_delay)) ||
	    nla_put_u32(skb, IFLA_CARP_ANNOUNCE_INTERVAL,
			READ_ONCE(cd->announce_interval)) ||
	    nla_put_u8(skb, IFLA_CARP_LLADDR, READ_ONCE(cd->lladdr)))
		return -EMSGSIZE;
	return 0;
}

static int carp_fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	struct carp_dev *cd = carp_priv(dev);
	struct carp_proto_config cfg;
	enum carp_state state;

	spin_lock_bh(&cd->lock);
	cfg = cd->proto.cfg;
	state = cd->proto.state;
	spin_unlock_bh(&cd->lock);

	if (nla_put_u8(skb, IFLA_CARP_VHID, cd->vhid) ||
	    nla_put_u8(skb, IFLA_CARP_ADVBASE, cfg.advbase) ||
	    nla_put_u8(skb, IFLA_CARP_ADVSKEW, cfg.advskew) ||
	    nla_put_u8(skb, IFLA_CARP_STATE, state) ||
	    nla_put_u32(skb, IFLA_CARP_DEMOTION, cfg.demotion) ||
	    nla_put_u8(skb, IFLA_CARP_PREEMPT, READ_ONCE(cd->preempt)) ||
	    nla_put_u32(skb, IFLA_CARP_PREEMPT_DELAY, cfg.preempt_delay) ||
	    carp_unicast_fill(skb, cd) ||
	    fill_more(skb, cd))
		return -EMSGSIZE;
	return 0;
}

static struct net *carp_get_link_net(const struct net_device *dev)
{
	return dev_net(carp_priv(dev)->lowerdev);
}

struct rtnl_link_ops carp_link_ops = {
	.kind		= CARP_KIND,
	.maxtype	= IFLA_CARP_MAX,
	.policy		= carp_policy,
	.priv_size	= sizeof(struct carp_dev),
	.setup		= carp_netdev_setup,
	.validate	= carp_validate,
	.newlink	= CARP_NEWLINK(carp_newlink),
	.changelink	= carp_changelink,
	.dellink	= carp_dellink,
	.get_size	= carp_get_size,
	.fill_info	= carp_fill_info,
	.get_link_net	= carp_get_link_net,
};

/**
 * carp_rtnl_init() - let interfaces be created
 *
 * Return: 0 or an error.
 */
int carp_rtnl_init(void)
{
	return rtnl_link_register(&carp_link_ops);
}

/**
 * carp_rtnl_exit() - delete all interfaces and let none be created
 *
 * Context: may sleep, takes RTNL.
 */
void carp_rtnl_exit(void)
{
	rtnl_link_unregister(&carp_link_ops);
}
