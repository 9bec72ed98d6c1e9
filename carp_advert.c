// SPDX-License-Identifier: GPL-2.0
/*
 * Advertisements received: every check before the election hears of them.
 *
 * Those to the group are looked at where the lower device receives frames,
 * before any routing decision: a peer that has no address of its own sends from
 * the virtual one, which the stack takes for spoofed, and a lower device
 * without an address lets nothing through rp_filter.  They are not consumed:
 * VRRP daemons share the protocol number and keep their raw sockets.  What is
 * refused ends here, so that a flood of it costs no more than to refuse it.
 */
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/protocol.h>

#include "carp_crypto.h"
#include "carp_engine.h"
#include "carp_event.h"
#include "carp_input.h"
#include "carp_output.h"
#include "carp_vip.h"

/* What is wrong, as it is counted and logged. */
static void reject(struct carp_dev *cd, enum carp_stat stat, const char *what,
		   const struct carp_peer *peer)
{
	carp_count(cd, stat);
	carp_log_bad(cd, what, peer);
}

static bool well_formed(struct carp_dev *cd, enum carp_verdict verdict,
			const struct carp_peer *peer)
{
	switch (verdict) {
	case CARP_OK:
		return true;
	case CARP_FOREIGN:
		reject(cd, CARP_STAT_FOREIGN, "VRRP on our id", peer);
		break;
	case CARP_BADLEN:
		reject(cd, CARP_STAT_BADLEN, "wrong length", peer);
		break;
	case CARP_BADVER:
		reject(cd, CARP_STAT_BADVER, "unknown version", peer);
		break;
	case CARP_BADSUM:
		reject(cd, CARP_STAT_BADSUM, "wrong checksum", peer);
		break;
	}
	return false;
}

/*
 * The IP header, which may have options, checked as the stack would: it has not
 * seen this packet yet.  Return: NULL if it is wrong.
 */
static const struct iphdr *ip_header(const struct sk_buff *skb, u8 buf[60])
{
	const struct iphdr *iph;
	unsigned int hlen, len;

	iph = skb_header_pointer(skb, 0, sizeof(*iph), buf);
	if (!iph)
		return NULL;
	hlen = iph->ihl * 4;
	len = ntohs(iph->tot_len);
	if (iph->version != 4 || hlen < sizeof(*iph) || len < hlen ||
	    len > skb->len || ip_is_fragment(iph))
		return NULL;
	iph = skb_header_pointer(skb, 0, hlen, buf);
	return iph && !ip_fast_csum(iph, hlen / 4) ? iph : NULL;
}

/*
 * What has come through a router could have come from anywhere, and not only
 * from the segment: then it must be a peer's, before a digest is spent on it.
 */
static bool ttl_ok(struct carp_dev *cd, u8 ttl, const struct carp_peer *peer)
{
	if (ttl == CARP_TTL)
		return true;
	if (ttl < READ_ONCE(cd->min_ttl)) {
		reject(cd, CARP_STAT_BADTTL,
		       "came through a router: TTL is below minttl", peer);
		return false;
	}
	if (!carp_unicast_knows(cd, peer)) {
		reject(cd, CARP_STAT_BADPEER,
		       "came through a router, and not from a peer", peer);
		return false;
	}
	return true;
}

static bool is_carp(enum carp_verdict verdict)
{
	return verdict != CARP_FOREIGN;
}

/**
 * struct carp_rx_info - what the IP header says of an advertisement
 * @peer: source
 * @daddr6: destination, if it came over IPv6
 * @ttl: TTL or hop limit
 * @at: where the payload begins
 * @len: how long it is
 */
struct carp_rx_info {
	struct carp_peer	peer;
	struct in6_addr		daddr6;
	u8			ttl;
	unsigned int		at;
	unsigned int		len;
};

static enum carp_verdict decode(const struct carp_rx_info *a,
				const struct carp_header *h,
				struct carp_advert *adv)
{
	if (a->peer.family == AF_INET6)
		return carp_wire_decode6(h, a->len, a->peer.addr6.s6_addr,
					 a->daddr6.s6_addr, adv);
	return carp_wire_decode(h, a->len, adv);
}

/*
 * A copy, so that nobody who has the frame too can change it between one check
 * and the next.
 */
static bool copy_header(const struct sk_buff *skb, const struct carp_rx_info *a,
			struct carp_header *h)
{
	const struct carp_header *p;

	if (unlikely(a->len < sizeof(*h))) {
		memset(h, 0, sizeof(*h));
		return !skb_copy_bits(skb, a->at, h, a->len);
	}
	p = skb_header_pointer(skb, a->at, sizeof(*h), h);
	if (p && p != h)
		*h = *p;
	return p;
}

/*
 * The family has been seen to, the rest is common.  Tells whether it was for us
 * and is refused: then it is for nobody else on this host either.
 */
static bool carp_rcv_one(struct carp_port *port, const struct sk_buff *skb,
			 const struct carp_rx_info *a)
{
	bool over6 = a->peer.family == AF_INET6;
	struct carp_header h;
	enum carp_verdict verdict;
	struct carp_advert adv;
	struct carp_dev *cd;

	if (a->len <= offsetof(struct carp_header, vhid)) {
		atomic_long_inc(&port->badlen);
		return false;
	}
	if (!copy_header(skb, a, &h))
		return false;
	verdict = decode(a, &h, &adv);
	/* The second byte, of VRRP too. */
	cd = rcu_dereference(port->dev_by_vhid[h.vhid]);
	if (!cd) {
		if (is_carp(verdict))
			atomic_long_inc(&port->badvhid);
		return false;
	}

	/* One that has just said good-bye waits to hear its successor. */
	if (!READ_ONCE(port->cn->allow) &&
	    !carp_serving(cd))
		return false;
	if (is_carp(verdict))
		carp_count(cd, over6 ? CARP_STAT_IPACKETS6 :
				       CARP_STAT_IPACKETS);
	if (is_carp(verdict) && !ttl_ok(cd, a->ttl, &a->peer))
		return true;
	if (!well_formed(cd, verdict, &a->peer))
		return is_carp(verdict);
	if (!carp_auth_ratelimit_ok(cd, &a->peer)) {
		carp_count(cd, CARP_STAT_UNCHECKED);
		return true;
	}
	if (!carp_auth_verify(cd, &h)) {
		carp_rx_auth_failed(cd, &adv, &a->peer);
		return true;
	}
	carp_share_heard(cd, &adv);
	carp_fsm_advert(cd, &adv, &a->peer);
	return false;
}

/**
 * carp_advert_input4() - a packet of protocol 112 over IPv4
 * @port: lower device it came in by
 * @skb: the packet, data at the IP header; left as it is
 *
 * The order of the checks is OpenBSD's, except that VRRP is told apart
 * before anything is held against it.
 *
 * Context: softirq, RCU read side.
 * Return: whether it was for us and is refused, so that it may be dropped.
 */
bool carp_advert_input4(struct carp_port *port, struct sk_buff *skb)
{
	struct carp_rx_info a = { .peer.family = AF_INET };
	const struct iphdr *iph;
	u8 buf[60];

	iph = ip_header(skb, buf);
	if (!iph) {
		atomic_long_inc(&port->hdrops);
		return false;
	}
	a.peer.addr4 = iph->saddr;
	if (!ipv4_is_multicast(iph->daddr))
		a.peer.to4 = iph->daddr;
	a.ttl = iph->ttl;
	a.at = iph->ihl * 4;
	a.len = ntohs(iph->tot_len) - a.at;
	return carp_rcv_one(port, skb, &a);
}

/**
 * carp_advert_input6() - a packet of protocol 112 over IPv6
 * @port: lower device it came in by
 * @skb: the packet, data at the IPv6 header; left as it is
 *
 * One with extension headers is not looked at: nobody sends them.
 *
 * Context: softirq, RCU read side.
 * Return: as carp_advert_input4().
 */
bool carp_advert_input6(struct carp_port *port, struct sk_buff *skb)
{
	struct carp_rx_info a = { .peer.family = AF_INET6 };
	const struct ipv6hdr *iph;
	struct ipv6hdr _iph;

	iph = skb_header_pointer(skb, 0, sizeof(_iph), &_iph);
	if (!iph || iph->version != 6 || iph->nexthdr != CARP_IPPROTO ||
	    sizeof(*iph) + ntohs(iph->payload_len) > skb->len) {
		atomic_long_inc(&port->hdrops);
		return false;
	}
	a.peer.addr6 = iph->saddr;
	if (!ipv6_addr_is_multicast(&iph->daddr))
		a.peer.to6 = iph->daddr;
	a.daddr6 = iph->daddr;
	a.ttl = iph->hop_limit;
	a.at = sizeof(*iph);
	a.len = ntohs(iph->payload_len);
	return carp_rcv_one(port, skb, &a);
}

/*
 * The lower device that a packet came in by.  A VRF shows itself instead of it,
 * and what comes from a virtual address was handed to our interface.
 */
static struct carp_port *port_of(const struct sk_buff *skb)
{
	int sdif = skb->protocol == htons(ETH_P_IPV6) ? inet6_sdif(skb) :
							inet_sdif(skb);
	struct net_device *dev = skb->dev;

	if (netif_is_l3_master(dev))
		dev = dev_get_by_index_rcu(dev_net(dev), sdif);
	if (dev && carp_is_dev(dev))
		dev = carp_priv(dev)->lowerdev;
	if (dev && rcu_access_pointer(dev->rx_handler) == carp_handle_frame)
		return rcu_dereference(dev->rx_handler_data);
	atomic_long_inc(&carp_pernet(dev_net(skb->dev))->badif);
	return NULL;
}

/* One that is refused was dropped, and tools that look for drops show it. */
static int finish(struct sk_buff *skb, bool refused)
{
	if (refused)
		kfree_skb(skb);
	else
		consume_skb(skb);
	return 0;
}

/*
 * The handler of the IP protocol.  What came to the group was seen before, in
 * whatever frame; what is left are advertisements to an address of this host.
 * It ends the matter either way, so that no "protocol unreachable" is sent to a
 * peer; raw sockets have had their copy.
 */
static int carp_rcv4(struct sk_buff *skb)
{
	struct carp_port *port;

	if (ipv4_is_multicast(ip_hdr(skb)->daddr))
		return finish(skb, false);
	port = port_of(skb);
	__skb_push(skb, skb->data - skb_network_header(skb));
	return finish(skb, !port || carp_advert_input4(port, skb));
}

/* The same over IPv6, where it saves the peer a "parameter problem". */
static int carp_rcv6(struct sk_buff *skb)
{
	struct carp_port *port;

	if (ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr))
		return finish(skb, false);
	port = port_of(skb);
	__skb_push(skb, skb->data - skb_network_header(skb));
	return finish(skb, !port || carp_advert_input6(port, skb));
}

static const struct net_protocol carp_protocol = {
	.handler	= carp_rcv4,
	/* Not bound to what policies a tunnel has. */
	.no_policy	= 1,
};

static const struct inet6_protocol carp_protocol6 = {
	.handler	= carp_rcv6,
	.flags		= INET6_PROTO_NOPOLICY | INET6_PROTO_FINAL,
};

/**
 * carp_advert_init() - receive protocol 112
 *
 * Return: 0, or -EBUSY if something else in the kernel does.
 */
int carp_advert_init(void)
{
	if (inet_add_protocol(&carp_protocol, CARP_IPPROTO)) {
		pr_err("IP protocol 112 is taken by another module\n");
		return -EBUSY;
	}
	if (inet6_add_protocol(&carp_protocol6, CARP_IPPROTO)) {
		pr_err("IPv6 protocol 112 is taken by another module\n");
		inet_del_protocol(&carp_protocol, CARP_IPPROTO);
		return -EBUSY;
	}
	return 0;
}

/**
 * carp_advert_exit() - undo carp_advert_init()
 *
 * Context: may sleep; waits for packets in the handler.
 */
void carp_advert_exit(void)
{
	inet6_del_protocol(&carp_protocol6, CARP_IPPROTO);
	inet_del_protocol(&carp_protocol, CARP_IPPROTO);
}
