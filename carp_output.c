// SPDX-License-Identifier: GPL-2.0
/*
 * Frames of our own: advertisements and announcements.
 *
 * They are complete Ethernet frames handed to the lower device, without a route
 * or a neighbour lookup, so that they leave whatever the state of the lower
 * device's addresses and of our own interface is.
 */
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/pkt_sched.h>
#include <net/arp.h>
#include <net/ip.h>

#include "carp_crypto.h"
#include "carp_input.h"
#include "carp_output.h"
#include "carp_vip.h"

/**
 * carp_send() - send a frame of our own
 * @cd: interface
 * @skb: complete frame with the virtual MAC as source; consumed
 *
 * Context: softirq or process; no carp_dev.lock held.
 * Return: 0, or an error of the lower device, which is counted.
 */
int carp_send(struct carp_dev *cd, struct sk_buff *skb)
{
	int err;

	skb->dev = cd->lowerdev;
	skb->priority = TC_PRIO_CONTROL;
	carp_tap(cd, skb);
	err = dev_queue_xmit(skb);
	err = net_xmit_eval(err);
	if (err)
		carp_count(cd, CARP_STAT_OERRORS);
	return err;
}

/* Nobody fragments it, so that its id need not be more than any (RFC 6864, 4.1). */
static void fill_ipv4(struct iphdr *iph, __be32 saddr, u16 id)
{
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = IPTOS_LOWDELAY;
	iph->tot_len = htons(sizeof(*iph) + sizeof(struct carp_header));
	iph->id = htons(id);
	iph->frag_off = htons(IP_DF);
	iph->ttl = CARP_TTL;
	iph->protocol = CARP_IPPROTO;
	iph->saddr = saddr;
	iph->daddr = htonl(CARP_GROUP4);
	iph->check = 0;
	iph->check = ip_fast_csum(iph, iph->ihl);
}

/**
 * carp_frame_alloc() - an empty frame with room for the lower device's headers
 * @cd: interface
 * @len: of what comes after the Ethernet header
 *
 * Context: any.
 * Return: a frame, or NULL for want of memory, which is counted.
 */
struct sk_buff *carp_frame_alloc(struct carp_dev *cd, unsigned int len)
{
	int room = LL_RESERVED_SPACE(cd->lowerdev);
	struct sk_buff *skb;

	skb = alloc_skb(room + len + cd->lowerdev->needed_tailroom, GFP_ATOMIC);
	if (!skb) {
		carp_count(cd, CARP_STAT_ONOMEM);
		return NULL;
	}
	skb_reserve(skb, room);
	skb_reset_network_header(skb);
	return skb;
}

/**
 * carp_frame_finish() - put the Ethernet header before a packet
 * @cd: interface
 * @skb: the packet
 * @dest: destination MAC; the source is the virtual MAC
 * @proto: EtherType, network order
 */
void carp_frame_finish(struct carp_dev *cd, struct sk_buff *skb,
		       const u8 *dest, __be16 proto)
{
	struct ethhdr *eth = skb_push(skb, ETH_HLEN);

	skb_reset_mac_header(skb);
	ether_addr_copy(eth->h_dest, dest);
	ether_addr_copy(eth->h_source, cd->dev->dev_addr);
	eth->h_proto = proto;
	skb->protocol = proto;
}

/**
 * carp_put_advert() - append the next advertisement to its IP header
 * @cd: interface; the counter advances
 * @skb: frame; consumed if it fails
 * @bowout: with advbase and advskew 255
 * @variant: which address list to authenticate, see carp_auth_variants()
 *
 * Context: carp_dev.lock held.
 * Return: 0, or an error, which is counted.
 */
int carp_put_advert(struct carp_dev *cd, struct sk_buff *skb, bool bowout,
		    unsigned int variant)
{
	const struct carp_proto_config *cfg = &cd->proto.cfg;
	struct carp_advert adv = {
		.vhid = cd->vhid,
		.advbase = bowout ? CARP_BOWOUT : cfg->advbase,
		.advskew = bowout ? CARP_BOWOUT : carp_effective_skew(cfg),
		.demote = carp_wire_demote(cfg),
		.counter = cd->counter + 1,
	};
	u8 digest[CARP_DIGEST_LEN];
	int err;

	lockdep_assert_held(&cd->lock);

	err = carp_auth_digest(cd, variant, adv.counter, digest);
	if (err) {
		kfree_skb(skb);
		carp_count(cd, CARP_STAT_ONOMEM);
		return err;
	}
	carp_wire_encode(skb_put(skb, sizeof(struct carp_header)), &adv,
			 digest);
	cd->counter = adv.counter;
	return 0;
}

/**
 * carp_build_advert() - build the next IPv4 advertisement
 * @cd: interface; the counter advances
 * @bowout: with advbase and advskew 255
 * @variant: which address list to authenticate, see carp_auth_variants()
 *
 * Context: carp_dev.lock held.
 * Return: a frame, or NULL for want of memory, which is counted.
 */
struct sk_buff *carp_build_advert(struct carp_dev *cd, bool bowout,
				  unsigned int variant)
{
	struct sk_buff *skb;
	u8 dest[ETH_ALEN] __aligned(2);

	skb = carp_frame_alloc(cd, sizeof(struct iphdr) +
				   sizeof(struct carp_header));
	if (!skb)
		return NULL;
	fill_ipv4(skb_put(skb, sizeof(struct iphdr)), READ_ONCE(cd->src4),
		  cd->counter + 1);
	if (carp_put_advert(cd, skb, bowout, variant))
		return NULL;
	ip_eth_mc_map(htonl(CARP_GROUP4), dest);
	carp_frame_finish(cd, skb, dest, htons(ETH_P_IP));
	return skb;
}

/* A request for the address by itself, from which whoever hears it learns. */
static void send_claim(struct carp_dev *cd, __be32 addr, const u8 *to)
{
	struct sk_buff *skb;

	skb = arp_create(ARPOP_REQUEST, ETH_P_ARP, addr, cd->dev, addr, to,
			 cd->dev->dev_addr, NULL);
	if (!skb) {
		carp_count(cd, CARP_STAT_ONOMEM);
		return;
	}
	skb_reset_mac_header(skb);
	carp_send(cd, skb);
}

/**
 * carp_announce_one() - tell the segment where a virtual address is
 * @cd: interface
 * @addr: the address; nothing is said if it is not for all to learn that it is
 *	at our MAC
 *
 * Context: softirq or process; no carp_dev.lock held.
 */
void carp_announce_one(struct carp_dev *cd, __be32 addr)
{
	struct in6_addr mapped = carp_mapped(addr);
	bool public;

	rcu_read_lock();
	public = carp_share_public(cd, &mapped);
	rcu_read_unlock();
	if (public)
		send_claim(cd, addr, NULL);
}

/**
 * carp_defend() - tell one host that a virtual address is taken
 * @cd: interface that shares the address
 * @addr: the address
 * @mac: host that claims it
 *
 * Whoever else hears it would come to this MAC, so nobody else does.
 *
 * Context: softirq; no carp_dev.lock held.
 */
void carp_defend(struct carp_dev *cd, __be32 addr, const u8 *mac)
{
	send_claim(cd, addr, mac);
}

/**
 * carp_announce() - tell the segment where the virtual addresses are now
 * @cd: interface
 * @generation: carp_dev.generation when this was decided; nothing is said any
 *	more once it has changed
 *
 * All at once: the BSDs wait a busy millisecond between two of them.
 *
 * Context: softirq or process; no carp_dev.lock held.
 */
void carp_announce(struct carp_dev *cd, u32 generation)
{
	struct in_device *in_dev;
	struct in_ifaddr *ifa;

	rcu_read_lock();
	in_dev = __in_dev_get_rcu(cd->dev);
	if (in_dev)
		in_dev_for_each_ifa_rcu(ifa, in_dev)
			if (READ_ONCE(cd->generation) == generation)
				carp_announce_one(cd, ifa->ifa_local);
	rcu_read_unlock();
}
