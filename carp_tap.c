// SPDX-License-Identifier: GPL-2.0
/*
 * Those who listen on our interface, tcpdump for one.
 *
 * Most of its frames neither come in nor go out by it but by the lower device.
 * They are shown to who listens on the interface itself; who listens on any
 * sees them on the lower device.
 */
#include <linux/netdevice.h>

#include "carp_input.h"

/* Each listener has a reference, and gives it back. */
static void show(struct sk_buff *skb, struct packet_type *listener,
		 struct net_device *from)
{
	refcount_inc(&skb->users);
	listener->func(skb, skb->dev, listener, from);
}

static struct sk_buff *copy_for(struct carp_dev *cd, struct sk_buff *skb)
{
	struct sk_buff *copy = skb_clone(skb, GFP_ATOMIC);

	if (!copy)
		return NULL;
	if (unlikely(skb_orphan_frags_rx(copy, GFP_ATOMIC))) {
		kfree_skb(copy);
		return NULL;
	}
	copy->dev = cd->dev;
	return copy;
}

/* Those of a DHCP client, say, are for few frames. */
static bool is_wanted(const struct net_device *dev, const struct sk_buff *skb)
{
	const struct packet_type *listener;

	if (!list_empty(&dev->ptype_all))
		return true;
	list_for_each_entry_rcu(listener, &dev->ptype_specific, list)
		if (listener->type == skb->protocol)
			return true;
	return false;
}

/**
 * carp_tap_show() - show a frame that the lower device takes in
 * @cd: interface that it came for
 * @skb: the frame, data at the network header; not consumed
 *
 * Context: softirq, RCU read side.
 */
void carp_tap_show(struct carp_dev *cd, struct sk_buff *skb)
{
	struct net_device *dev = cd->dev;
	struct packet_type *listener;
	struct sk_buff *copy;

	if (!is_wanted(dev, skb))
		return;
	copy = copy_for(cd, skb);
	if (!copy)
		return;
	list_for_each_entry_rcu(listener, &dev->ptype_all, list)
		show(copy, listener, skb->dev);
	list_for_each_entry_rcu(listener, &dev->ptype_specific, list)
		if (listener->type == skb->protocol)
			show(copy, listener, skb->dev);
	consume_skb(copy);
}

static bool is_from(const struct packet_type *listener, struct sock *sk)
{
	if (!listener->af_packet_priv || !sk)
		return false;
	if (listener->id_match)
		return listener->id_match((struct packet_type *)listener, sk);
	return listener->af_packet_priv == sk;
}

static noinline void show_out(struct carp_dev *cd, struct sk_buff *skb)
{
	struct packet_type *listener;
	struct sk_buff *copy;

	copy = copy_for(cd, skb);
	if (!copy)
		return;
	__net_timestamp(copy);
	skb_reset_mac_header(copy);
	skb_set_network_header(copy, ETH_HLEN);
	copy->transport_header = copy->network_header;
	copy->pkt_type = PACKET_OUTGOING;
	list_for_each_entry_rcu(listener, &cd->dev->ptype_all, list)
		if (!READ_ONCE(listener->ignore_outgoing) &&
		    !is_from(listener, skb->sk))
			show(copy, listener, cd->dev);
	consume_skb(copy);
}

/**
 * carp_tap() - show a frame that the lower device is about to send
 * @cd: interface that it leaves for
 * @skb: a complete frame; not consumed
 *
 * Frames that are routed through the interface are shown by the stack.
 *
 * Context: softirq or process.
 */
void carp_tap(struct carp_dev *cd, struct sk_buff *skb)
{
	if (likely(list_empty(&cd->dev->ptype_all)))
		return;
	/* Packet sockets take their lock here as they do in softirq. */
	local_bh_disable();
	rcu_read_lock();
	show_out(cd, skb);
	rcu_read_unlock();
	local_bh_enable();
}
