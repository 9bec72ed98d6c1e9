/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What files offer those above them: what must not be sent.
 */
#ifndef _CARP_GUARD_H
#define _CARP_GUARD_H

#include "carp_priv.h"

/* carp_guard.c: the send invariants */
unsigned int carp_guard_egress(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state);

/**
 * carp_guard_drop() - count a packet and have it dropped
 * @cd: interface in whose name it would have been
 */
static inline unsigned int carp_guard_drop(struct carp_dev *cd)
{
	carp_count(cd, CARP_STAT_TX_INACTIVE);
	return NF_DROP;
}

int carp_guard_get(struct net *net);
void carp_guard_put(struct net *net);

/* carp_guard6.c: the same for IPv6 */
unsigned int carp_guard6_egress(struct carp_port *port, struct sk_buff *skb,
				unsigned int offset);
unsigned int carp_guard6_post_routing(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state);
unsigned int carp_guard6_local_in(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state);

/* carp_exempt.c: what may be sent from an address that is not served */
bool carp_exempt_transit(const struct sk_buff *skb);
bool carp_exempt_elsewhere4(const struct carp_dev *cd, __be32 addr);
bool carp_exempt_elsewhere6(const struct carp_dev *cd,
			    const struct in6_addr *addr);
bool carp_exempt4(const struct carp_dev *cd, const struct sk_buff *skb,
		  const struct iphdr *iph);
bool carp_exempt6(const struct carp_dev *cd, const struct sk_buff *skb,
		  const struct ipv6hdr *iph);

#endif /* _CARP_GUARD_H */
