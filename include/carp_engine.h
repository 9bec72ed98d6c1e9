/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What files offer those above them: the election.
 */
#ifndef _CARP_ENGINE_H
#define _CARP_ENGINE_H

#include "carp_priv.h"

/* carp_engine.c: events in, frames and timers out */
void carp_engine_init(struct carp_dev *cd, const struct carp_proto_config *cfg);
void carp_engine_stop(struct carp_dev *cd);
void carp_fsm_event(struct carp_dev *cd, enum carp_event ev,
		    enum carp_reason why);
void carp_fsm_advert(struct carp_dev *cd, const struct carp_advert *adv,
		     const struct carp_peer *peer);
bool carp_auth_ratelimit_ok(struct carp_dev *cd, const struct carp_peer *peer);
void carp_rx_auth_failed(struct carp_dev *cd, const struct carp_advert *adv,
			 const struct carp_peer *peer);
void carp_engine_demoted(struct carp_dev *cd);
void carp_update_oper(struct carp_dev *cd);

/* carp_bowout.c: leaving groups */
void carp_drain(const struct list_head *devs);
void carp_drain_one(struct carp_dev *cd);
void carp_bow_out(struct net *net);
void carp_bow_out_all(void);

#endif /* _CARP_ENGINE_H */
