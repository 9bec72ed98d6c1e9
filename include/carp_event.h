/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What files offer those above them: what is told.
 */
#ifndef _CARP_EVENT_H
#define _CARP_EVENT_H

#include "carp_priv.h"

/**
 * struct carp_item - a transition, a change of demotion, or another master that
 *	is heard or no longer heard, to be told
 * @node: in carp_net.log_queue
 * @cmd: which of them
 * @seq: its number
 * @at: when, monotonic ns
 * @log: it is to be logged
 * @ifindex: of the interface
 * @dev: name of the interface
 * @lowerdev: name of its lower device
 * @vhid: virtual host id
 * @decision: states and reason; of another master, the state of this host
 * @master: another master
 * @peer: whose advertisement it was, if any
 * @name: what demotes, or no longer does
 * @old_weight: how much until now
 * @weight: how much from now on
 * @old_total: demotion until now
 * @total: demotion from now on
 */
struct carp_item {
	struct list_head	node;
	enum carp_cmd		cmd;
	u64			seq;
	u64			at;
	bool			log;
	int			ifindex;
	char			dev[IFNAMSIZ];
	char			lowerdev[IFNAMSIZ];
	u8			vhid;
	struct carp_decision	decision;
	struct carp_master	master;
	struct carp_peer	peer;
	char			name[CARP_DEMOTE_REASON_MAX + 1];
	s32			old_weight;
	s32			weight;
	s32			old_total;
	s32			total;
};

/* carp_news.c: telling user space */
u64 carp_news_seq(struct carp_net *cn);
void carp_news_init(struct carp_net *cn);
void carp_news_exit(struct carp_net *cn);
void carp_news(struct carp_dev *cd, const struct carp_decision *d,
	       const struct carp_peer *peer);
void carp_news_master(struct carp_dev *cd, const struct carp_master *master);
void carp_news_settle(struct carp_dev *cd);
void carp_news_look(struct carp_dev *cd);
void carp_news_retry(struct carp_net *cn);
void carp_news_forget(struct carp_dev *cd);
void carp_news_demotion(struct carp_net *cn, const char *name, s32 old, s32 now,
			s32 before);

/* carp_work.c: what is done under RTNL */
void carp_work_init(struct carp_net *cn);
void carp_work_exit(struct carp_net *cn);

/* carp_log.c: lines in the kernel log */
bool carp_log_limited(const struct carp_net *cn);
void carp_log_item(const struct carp_net *cn, const struct carp_item *item);
void carp_log_lost(const struct carp_net *cn, unsigned long lost);
void carp_log_bad(struct carp_dev *cd, const char *what,
		  const struct carp_peer *peer);
void carp_log_net_init(struct carp_net *cn);
void carp_log_init(void);

/* carp_event.c: its events */
bool carp_event_wanted(const struct carp_net *cn);
void carp_event_send(struct carp_net *cn, const struct carp_item *item);
void carp_event_open(void);
void carp_event_close(void);

#endif /* _CARP_EVENT_H */
