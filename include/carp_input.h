/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What files offer those above them: frames received.
 */
#ifndef _CARP_INPUT_H
#define _CARP_INPUT_H

#include "carp_priv.h"

/* carp_input.c: frames the lower device has received */

unsigned int carp_input_ingress(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state);

/* carp_deliver.c: the device that they come in by */
rx_handler_result_t carp_deliver(struct carp_dev *cd, struct sk_buff **pskb);
void carp_deliver_copy(struct carp_dev *cd, struct sk_buff *skb, u8 type);
struct net_device *carp_deliver_ingress_dev(const struct carp_port *port);
void carp_deliver_see_ingress(struct carp_port *port);
bool carp_deliver_may_let_in(const struct carp_port *port, __be32 from);
void carp_deliver_let_in(const struct carp_port *port, __be32 from);
int carp_deliver_init(void);
void carp_deliver_exit(void);
bool carp_deliver_came(const struct net_device *dev,
		       const struct in6_addr *source);

/* carp_tap.c: who listens on our interface */
void carp_tap(struct carp_dev *cd, struct sk_buff *skb);
void carp_tap_show(struct carp_dev *cd, struct sk_buff *skb);

/* Whether anybody listens to what comes in. */
static inline bool carp_tap_any(const struct carp_dev *cd)
{
	return !list_empty(&cd->dev->ptype_all) ||
	       !list_empty(&cd->dev->ptype_specific);
}

/* carp_arp.c: ARP received */
void carp_arp_input(struct carp_port *port, struct sk_buff *skb);
void carp_arp_to_lowerdev(const struct carp_port *port,
			  const struct sk_buff *skb);
void carp_arp_copy(struct carp_dev *cd, struct sk_buff *skb);
struct carp_dev *carp_arp_refreshed(struct carp_dev *cd,
				    const struct sk_buff *skb, bool *answered);

/* carp_nd.c: neighbour discovery received */
bool carp_nd_input(struct carp_port *port, struct sk_buff *skb);
struct carp_dev *carp_nd_refreshed(struct carp_dev *cd,
				   const struct sk_buff *skb);

/* carp_conflict.c: others that claim our addresses */
void carp_addr_conflict(struct carp_dev *cd, const struct in6_addr *addr,
			const u8 *mac);

/* carp_advert.c: advertisements received */
bool carp_advert_input4(struct carp_port *port, struct sk_buff *skb);
bool carp_advert_input6(struct carp_port *port, struct sk_buff *skb);
int carp_advert_init(void);
void carp_advert_exit(void);

#endif /* _CARP_INPUT_H */
