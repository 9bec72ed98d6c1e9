/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What files offer those above them: demotion of the host.
 */
#ifndef _CARP_DEMOTER_H
#define _CARP_DEMOTER_H

#include "carp_priv.h"

/* carp_demoter.c: who demotes the host */
u32 carp_demoter_total(const struct net *net);
void carp_demoter_sent(struct carp_dev *cd, bool sent);
void carp_demoter_state(struct carp_dev *cd, enum carp_state state);
void carp_demoter_join(struct carp_dev *cd);
void carp_demoter_leave(struct carp_dev *cd);
void carp_demoter_waiting(struct carp_dev *cd, bool waiting);
void carp_demoter_link(struct carp_port *port);
void carp_demoter_port_gone(struct carp_port *port);
void carp_demoter_adjust(struct carp_net *cn, int by);
void carp_demoter_set_weight(struct carp_net *cn, u32 *factor, u32 weight);
int carp_demoter_set(struct carp_net *cn, const char *name, u32 weight);
int carp_demoter_clear(struct carp_net *cn, const char *name);
void carp_demoter_walk(struct carp_net *cn,
		       int (*fn)(const char *name, s32 weight, void *arg),
		       unsigned int *gen, void *arg);
void carp_demoter_init(struct carp_net *cn,
		       void (*demoted)(struct carp_dev *cd));
void carp_demoter_exit(struct carp_net *cn);

#endif /* _CARP_DEMOTER_H */
