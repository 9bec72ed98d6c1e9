/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the commands and the events of generic netlink share.
 */
#ifndef _CARP_GENL_H
#define _CARP_GENL_H

#include <linux/types.h>

struct carp_master;
struct genl_family;
struct sk_buff;

enum carp_genl_group {
	CARP_GROUP_EVENTS,
};

extern struct genl_family carp_genl_family;
int carp_event_put_addr(struct sk_buff *skb, u8 family, const void *addr);
int carp_event_put_master(struct sk_buff *skb, const struct carp_master *one);

#endif /* _CARP_GENL_H */
