/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What files offer those above them: frames sent.
 */
#ifndef _CARP_OUTPUT_H
#define _CARP_OUTPUT_H

#include "carp_priv.h"

struct carp_config;

/* carp_output.c: frames of our own */
/* Most address lists that are valid at a time. */
#define CARP_VARIANTS_MAX	4

struct sk_buff *carp_frame_alloc(struct carp_dev *cd, unsigned int len);
void carp_frame_finish(struct carp_dev *cd, struct sk_buff *skb,
		       const u8 *dest, __be16 proto);
int carp_put_advert(struct carp_dev *cd, struct sk_buff *skb, bool bowout,
		    unsigned int variant);
struct sk_buff *carp_build_advert(struct carp_dev *cd, bool bowout,
				  unsigned int variant);
int carp_send(struct carp_dev *cd, struct sk_buff *skb);
void carp_announce(struct carp_dev *cd, u32 generation);
void carp_announce_one(struct carp_dev *cd, __be32 addr);
void carp_defend(struct carp_dev *cd, __be32 addr, const u8 *mac);

/* carp_output6.c: the same over IPv6 */
bool carp_own_linklocal(const struct net_device *dev, struct in6_addr *addr);
struct sk_buff *carp_build_advert6(struct carp_dev *cd, bool bowout,
				   unsigned int variant);
void carp_announce6(struct carp_dev *cd, u32 generation);
void carp_announce6_one(struct carp_dev *cd, const struct in6_addr *addr);
void carp_defend6(struct carp_dev *cd, const struct in6_addr *addr,
		  const u8 *mac);

/* carp_unicast.c: advertisements to peers */
int carp_send_advert(struct carp_dev *cd, struct sk_buff *skb);
void carp_send_learning_frame(struct carp_dev *cd, u32 generation, bool now);
void carp_peers_resolve(struct carp_dev *cd, bool now);
bool carp_unicast_is_peer(const struct carp_dev *cd,
			  const struct in6_addr *addr);
bool carp_unicast_knows(const struct carp_dev *cd,
			const struct carp_peer *peer);
int carp_unicast_policy4(const struct nlattr *attr,
			 struct netlink_ext_ack *extack);
int carp_unicast_check(const struct net_device *lowerdev,
		       const struct nlattr *attr,
		       struct netlink_ext_ack *extack);
int carp_unicast_prepare(const struct carp_dev *cd,
			 const struct carp_config *conf,
			 struct carp_unicast **out);
void carp_unicast_commit(struct carp_dev *cd, struct carp_unicast *u);
void carp_unicast_free(struct carp_dev *cd);
int carp_unicast_fill(struct sk_buff *skb, const struct carp_dev *cd);

/* carp_unicast6.c: and to IPv6 ones */
int carp_unicast_send6(struct carp_dev *cd, const struct carp_unicast *u,
		       const struct sk_buff *frame);
void carp_unicast_resolve6(const struct carp_dev *cd,
			   const struct in6_addr *daddr);
int carp_unicast_policy6(const struct nlattr *attr,
			 struct netlink_ext_ack *extack);
int carp_unicast_check6(const struct net_device *lowerdev,
			const struct nlattr *attr,
			struct netlink_ext_ack *extack);

/* carp_pace.c: announcements, at once or one by one */
bool carp_defence_due(struct carp_dev *cd);
void carp_pace_announce(struct carp_dev *cd, u32 generation, bool again);
void carp_pace_defend(struct carp_dev *cd, u32 generation,
		      const struct in6_addr *addr);
void carp_pace_left(const struct carp_port *port, const struct in6_addr *addr);
void carp_pace_settle(struct carp_net *cn);
void carp_pace_init(struct carp_dev *cd);
void carp_pace_stop(struct carp_dev *cd);

#endif /* _CARP_OUTPUT_H */
