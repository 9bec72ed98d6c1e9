// SPDX-License-Identifier: GPL-2.0
/*
 * ARP received.
 *
 * The lower device does not reply for virtual addresses: requests go to our
 * interface, for which the stack replies.
 */
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <net/arp.h>

#include "carp_input.h"
#include "carp_vip.h"

/* NULL if it is not ARP for IPv4 on Ethernet, which is left alone. */
static const struct carp_arp *arp_header(const struct sk_buff *skb,
					 struct carp_arp *buf)
{
	const struct carp_arp *arp;

	arp = skb_header_pointer(skb, 0, sizeof(*buf), buf);
	if (!arp || arp->hdr.ar_pro != htons(ETH_P_IP) ||
	    arp->hdr.ar_hln != ETH_ALEN || arp->hdr.ar_pln != sizeof(arp->spa))
		return NULL;
	return arp;
}

/*
 * With arp_filter, or a strict rp_filter, the stack replies only if packets to
 * the sender leave by our interface, but they leave by the lower device, whose
 * routes come first.  So the reply is sent here, and the stack and packet sockets
 * only see the request.
 */
static bool is_filtered(struct in_device *in_dev)
{
	return IN_DEV_ARPFILTER(in_dev) || IN_DEV_RPFILTER(in_dev) == 1;
}

static bool answer_filtered(struct carp_dev *cd, const struct carp_arp *arp)
{
	struct in_device *in_dev = __in_dev_get_rcu(cd->dev);
	struct in6_addr addr = carp_mapped(arp->tpa);

	if (!in_dev || likely(!is_filtered(in_dev)) ||
	    arp->hdr.ar_op != htons(ARPOP_REQUEST) ||
	    IN_DEV_ARP_IGNORE(in_dev) > 1)
		return false;
	if (!carp_vip_has(cd, &addr))
		return false;
	arp_send(ARPOP_REPLY, ETH_P_ARP, arp->spa, cd->dev, arp->tpa, arp->sha,
		 cd->dev->dev_addr, arp->sha);
	return true;
}

/* Requests for an address of this host only: each new MASTER announces itself. */
static void let_ask(const struct carp_port *port, const struct carp_arp *arp)
{
	if (carp_deliver_may_let_in(port, arp->spa) &&
	    arp->hdr.ar_op == htons(ARPOP_REQUEST) && arp->spa != arp->tpa &&
	    __ip_dev_find(dev_net(port->lowerdev), arp->tpa, false))
		carp_deliver_let_in(port, arp->spa);
}

static void claimed(struct carp_port *port, const struct carp_arp *arp)
{
	struct in6_addr addr = carp_mapped(arp->spa);
	const struct carp_vip *vip;

	carp_vip_for_each(vip, port, &addr)
		carp_addr_conflict(vip->cd, &addr, arp->sha);
}

/* Of another MASTER: has the form of a request only. */
static bool is_announcement(const struct carp_dev *cd,
			    const struct carp_arp *arp)
{
	return arp->spa == arp->tpa &&
	       (carp_is_virtual_mac(arp->sha) || carp_lower_mac(cd));
}

/**
 * carp_arp_input() - an ARP packet to all
 * @port: lower device it came in by
 * @skb: the packet, data at the ARP header
 *
 * A request is copied to our interface, which replies; the lower device does not.
 *
 * Context: softirq, RCU read side.
 */
void carp_arp_input(struct carp_port *port, struct sk_buff *skb)
{
	struct in6_addr addr, client;
	const struct carp_arp *arp;
	struct carp_arp _arp;
	struct carp_dev *cd;

	arp = arp_header(skb, &_arp);
	if (!arp)
		return;
	addr = carp_mapped(arp->tpa);
	client = carp_mapped(arp->spa);
	cd = carp_share_pick(port, &addr, &client);
	let_ask(port, arp);
	if (cd && carp_serving(cd) && !is_announcement(cd, arp))
		carp_deliver_copy(cd, skb, answer_filtered(cd, arp) ?
				  PACKET_OTHERHOST : skb->pkt_type);
	claimed(port, arp);
}

/**
 * carp_arp_to_lowerdev() - an ARP packet to the MAC of the lower device alone
 * @port: lower device it came in by
 * @skb: the packet, data at the ARP header
 *
 * Context: softirq, RCU read side.
 */
void carp_arp_to_lowerdev(const struct carp_port *port,
			  const struct sk_buff *skb)
{
	const struct carp_arp *arp;
	struct carp_arp _arp;

	arp = arp_header(skb, &_arp);
	if (arp)
		let_ask(port, arp);
}

/**
 * carp_arp_copy() - one to the MAC that both the lower device and an interface have
 * @cd: interface with lladdr lower
 * @skb: the packet, data at the ARP header
 *
 * The lower device may wait for the same reply.
 *
 * Context: softirq, RCU read side.
 */
void carp_arp_copy(struct carp_dev *cd, struct sk_buff *skb)
{
	const struct carp_arp *arp;
	struct carp_arp _arp;

	arp = arp_header(skb, &_arp);
	if (arp)
		carp_deliver_copy(cd, skb, answer_filtered(cd, arp) ?
				  PACKET_OTHERHOST : PACKET_HOST);
}

/**
 * carp_arp_refreshed() - an ARP packet to a virtual MAC
 * @cd: the interface with that MAC
 * @skb: the packet, data at the ARP header
 * @answered: set if the reply was sent here, and the packet is only to be shown
 *
 * A client checks by it whether its ARP entry is still right.
 *
 * Context: softirq, RCU read side.
 * Return: the interface that it is for.
 */
struct carp_dev *carp_arp_refreshed(struct carp_dev *cd,
				    const struct sk_buff *skb, bool *answered)
{
	struct in6_addr addr, client;
	const struct carp_arp *arp;
	struct carp_arp _arp;

	*answered = false;
	arp = arp_header(skb, &_arp);
	if (!arp || arp->hdr.ar_op != htons(ARPOP_REQUEST))
		return cd;
	addr = carp_mapped(arp->tpa);
	client = carp_mapped(arp->spa);
	cd = carp_share_refresh(cd, &addr, &client);
	let_ask(cd->port, arp);
	*answered = carp_serving(cd) && answer_filtered(cd, arp);
	return cd;
}
