// SPDX-License-Identifier: GPL-2.0
/*
 * Events for those who listen to the multicast group of generic netlink.
 *
 * Each is told, in the order of their numbers, by the work that also writes the
 * log: neither RTNL nor a takeover waits for it.
 */
#include <net/genetlink.h>

#include "carp_event.h"
#include "carp_genl.h"

/* Between registration of the family and the first step of its end. */
static bool open;

/**
 * carp_event_wanted() - whether anybody listens
 * @cn: namespace
 *
 * Context: any.
 */
bool carp_event_wanted(const struct carp_net *cn)
{
	return READ_ONCE(open) &&
	       genl_has_listeners(&carp_genl_family, cn->net, CARP_GROUP_EVENTS);
}

/**
 * carp_event_put_addr() - an address as an attribute of a peer
 * @skb: message
 * @family: AF_INET or AF_INET6
 * @addr: the address, network byte order
 *
 * Return: 0 or -EMSGSIZE.
 */
int carp_event_put_addr(struct sk_buff *skb, u8 family, const void *addr)
{
	if (family == AF_INET)
		return nla_put(skb, CARP_A_PEER_ADDR4, sizeof(struct in_addr),
			       addr);
	return nla_put(skb, CARP_A_PEER_ADDR6, sizeof(struct in6_addr), addr);
}

/**
 * carp_event_put_master() - another master as CARP_A_OTHER_MASTER
 * @skb: message
 * @one: the other master
 *
 * Return: 0 or -EMSGSIZE.
 */
int carp_event_put_master(struct sk_buff *skb, const struct carp_master *one)
{
	struct nlattr *nest = nla_nest_start(skb, CARP_A_OTHER_MASTER);

	if (!nest)
		return -EMSGSIZE;
	if (carp_event_put_addr(skb, one->family, one->addr) ||
	    nla_put_u64_64bit(skb, CARP_A_PEER_HEARD, one->at,
			      CARP_A_PEER_PAD) ||
	    nla_put_u64_64bit(skb, CARP_A_PEER_SINCE, one->since,
			      CARP_A_PEER_PAD) ||
	    nla_put_u8(skb, CARP_A_PEER_AUTHENTIC, one->authentic))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_peer(struct sk_buff *skb, const struct carp_peer *peer)
{
	struct nlattr *nest;

	if (!peer->family)
		return 0;
	nest = nla_nest_start(skb, CARP_A_PEER);
	if (!nest)
		return -EMSGSIZE;
	if (carp_event_put_addr(skb, peer->family, &peer->addr4))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_transition(struct sk_buff *skb, const struct carp_item *item)
{
	const struct carp_decision *d = &item->decision;

	if (nla_put_u32(skb, CARP_A_IFINDEX, item->ifindex) ||
	    nla_put_string(skb, CARP_A_IFNAME, item->dev) ||
	    nla_put_u8(skb, CARP_A_VHID, item->vhid) ||
	    nla_put_string(skb, CARP_A_CARRIER_NAME, item->lowerdev) ||
	    nla_put_u8(skb, CARP_A_OLD_STATE, d->old_state) ||
	    nla_put_u8(skb, CARP_A_STATE, d->new_state) ||
	    nla_put_u8(skb, CARP_A_REASON, d->reason) ||
	    nla_put_string(skb, CARP_A_REASON_TEXT,
			   carp_reason_name(d->reason)))
		return -EMSGSIZE;
	return put_peer(skb, &item->peer);
}

static int put_demotion(struct sk_buff *skb, const struct carp_item *item)
{
	if (nla_put_string(skb, CARP_A_DEMOTE_REASON, item->name) ||
	    nla_put_s32(skb, CARP_A_OLD_WEIGHT, item->old_weight) ||
	    nla_put_s32(skb, CARP_A_WEIGHT, item->weight) ||
	    nla_put_s32(skb, CARP_A_OLD_TOTAL, item->old_total) ||
	    nla_put_s32(skb, CARP_A_TOTAL, item->total))
		return -EMSGSIZE;
	return 0;
}

static int put_master(struct sk_buff *skb, const struct carp_item *item)
{
	if (nla_put_u32(skb, CARP_A_IFINDEX, item->ifindex) ||
	    nla_put_string(skb, CARP_A_IFNAME, item->dev) ||
	    nla_put_u8(skb, CARP_A_VHID, item->vhid) ||
	    nla_put_string(skb, CARP_A_CARRIER_NAME, item->lowerdev) ||
	    nla_put_u8(skb, CARP_A_STATE, item->decision.new_state) ||
	    nla_put_u8(skb, CARP_A_SEEN, item->master.reported))
		return -EMSGSIZE;
	return carp_event_put_master(skb, &item->master);
}

static int put_item(struct sk_buff *skb, const struct carp_item *item)
{
	switch (item->cmd) {
	case CARP_CMD_STATE_CHANGED:
		return put_transition(skb, item);
	case CARP_CMD_OTHER_MASTER:
		return put_master(skb, item);
	default:
		return put_demotion(skb, item);
	}
}

static int fill(struct sk_buff *skb, const struct carp_item *item)
{
	void *hdr;
	int err;

	hdr = genlmsg_put(skb, 0, 0, &carp_genl_family, 0, item->cmd);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u64_64bit(skb, CARP_A_SEQ, item->seq, CARP_A_PAD) ||
	    nla_put_u64_64bit(skb, CARP_A_TIME, item->at, CARP_A_PAD))
		return -EMSGSIZE;
	err = put_item(skb, item);
	if (err)
		return err;
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * carp_event_send() - tell those who listen
 * @cn: namespace
 * @item: what has happened
 *
 * What cannot be told for want of memory is a number that is missing.
 *
 * Context: process, may sleep; one at a time in a namespace.
 */
void carp_event_send(struct carp_net *cn, const struct carp_item *item)
{
	struct sk_buff *skb;

	if (!carp_event_wanted(cn))
		return;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return;
	if (WARN_ON_ONCE(fill(skb, item))) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_multicast_netns(&carp_genl_family, cn->net, skb, 0,
				CARP_GROUP_EVENTS, GFP_KERNEL);
}

/**
 * carp_event_open() - the family is registered
 */
void carp_event_open(void)
{
	WRITE_ONCE(open, true);
}

/**
 * carp_event_close() - the family is about to go
 *
 * What has happened until now is told.
 *
 * Context: may sleep, without RTNL.
 */
void carp_event_close(void)
{
	flush_workqueue(carp_wq);
	WRITE_ONCE(open, false);
	/* Who has seen it open. */
	flush_workqueue(carp_wq);
}
