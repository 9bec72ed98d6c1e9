/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The election: (state, event, time) -> (state, actions).  Pure: time comes
 * in as nanoseconds of one monotonic clock, decisions go out as actions; the
 * caller owns clock, lock and packets.
 */
#ifndef _CARP_PROTO_H
#define _CARP_PROTO_H

#include "carp_rank.h"
#include "carp_types.h"
#include "carp_wire.h"
#include "uapi/linux/if_carp.h"

enum carp_limits {
	CARP_ADVBASE_MAX	= 254,	/* 255 is the mark of a bow-out */
	CARP_ADVSKEW_MAX	= 254,
	CARP_ADVBASE_DEFAULT	= 1,
	CARP_SKEW_DEMOTED	= 240,	/* highest skew that demotion leads to */
	CARP_DEAD_FACTOR	= 3,	/* silent intervals until a master is dead */
	CARP_TIE_INTERVALS	= 3,	/* longest tie of two masters */
	CARP_TIE_PAUSE		= 4,	/* part of it that who is there pauses */
	CARP_TIE_PATIENCE	= 3,	/* halves the first family has to settle it */
	CARP_PREEMPT_DELAY_MAX	= 3600,	/* seconds */
};

/** CARP_NEVER - deadline of a timer that is not running */
#define CARP_NEVER		(~0ull)

/** CARP_HOLD_NS - rest of preemption after a forced BACKUP */
#define CARP_HOLD_NS		(3 * CARP_NSEC_PER_SEC)

/**
 * CARP_LINGER_NS - how long the address is still served after a bow-out
 *
 * Ends early when the successor is heard: make before break.  A successor
 * that decides in the kernel answers within a fraction of this; one that is
 * slower than this loses packets by its own slowness.
 */
#define CARP_LINGER_NS		(5 * 1000 * 1000ull)

/**
 * enum carp_event - what the state machine reacts to
 * @CARP_EV_UP: interface up, lower device has link, address there, CARP allowed
 * @CARP_EV_DOWN: one of these no longer holds
 * @CARP_EV_ADVERT: an authenticated advertisement was received
 * @CARP_EV_TIMER: the time that carp_proto_deadline() named has come; too
 *	early is harmless
 * @CARP_EV_CONFIG: advbase, advskew, preempt or demotion have changed
 * @CARP_EV_FORCE_MASTER: the administrator wants MASTER
 * @CARP_EV_FORCE_BACKUP: the administrator wants BACKUP
 * @CARP_EV_ANNOUNCE: whoever forwards frames may have forgotten where the
 *	virtual MAC is: a failover of a bond, new link of a bridge, ...
 */
enum carp_event {
	CARP_EV_UP,
	CARP_EV_DOWN,
	CARP_EV_ADVERT,
	CARP_EV_TIMER,
	CARP_EV_CONFIG,
	CARP_EV_FORCE_MASTER,
	CARP_EV_FORCE_BACKUP,
	CARP_EV_ANNOUNCE,
	__CARP_EV_MAX
};

/**
 * enum carp_action - what the caller has to do, in this order
 * @CARP_ACT_BOWOUT: send an advertisement with advbase = advskew = 255
 * @CARP_ACT_ADVERT: send an advertisement
 * @CARP_ACT_ANNOUNCE: send a gratuitous ARP (unsolicited NA) per address
 * @CARP_ACT_REPORT: the state has changed: tell user space
 * @CARP_ACT_SERVE: carp_proto.serving has changed: switch the datapath,
 *	before anything is sent.  A host that stops serving has nothing to send.
 */
enum carp_action {
	CARP_ACT_BOWOUT		= 1 << 0,
	CARP_ACT_ADVERT		= 1 << 1,
	CARP_ACT_ANNOUNCE	= 1 << 2,
	CARP_ACT_REPORT		= 1 << 3,
	CARP_ACT_SERVE		= 1 << 4,
};

/**
 * struct carp_proto_config - what the election depends on
 * @advbase: 0..254 s
 * @advskew: 0..254, 1/256 s
 * @preempt: take over from a slower master
 * @preempt_delay: seconds between the first that is heard of it and that
 * @preempt_from: not before this time; monotonic ns, 0 if it does not matter
 * @demotion: sum of the demotion weights, 0 if none
 */
struct carp_proto_config {
	u8	advbase;
	u8	advskew;
	bool	preempt;
	u32	preempt_delay;
	u64	preempt_from;
	u32	demotion;
};

/**
 * struct carp_proto_rx - an authenticated advertisement, for CARP_EV_ADVERT
 * @adv: its values
 * @src_cmp: <0, 0, >0 as our own source address of that family is below,
 *	equal to or above the peer's, numerically
 * @last_sent: our own counter as last sent
 * @secondary: it came over the second of two families in which we advertise
 */
struct carp_proto_rx {
	struct carp_advert	adv;
	int			src_cmp;
	u64			last_sent;
	bool			secondary;
};

/**
 * struct carp_ranked - a master that was heard
 * @rank: what it has said of itself
 * @at: when
 */
struct carp_ranked {
	struct carp_rank	rank;
	u64			at;
};

/**
 * struct carp_proto - election state of one vhid on one lower device
 * @cfg: present configuration; change it, then raise CARP_EV_CONFIG
 * @state: what is reported
 * @serving: whether frames of the virtual MAC and the virtual addresses may
 *	be received and sent: true while MASTER and for a moment afterwards
 * @want_master: become MASTER at the first CARP_EV_UP
 * @heard: a master was heard since this is BACKUP, or has made it BACKUP
 * @announce_left: announcements still to come
 * @advert_due: when to send the next advertisement (MASTER)
 * @down_due: when the master counts as dead (BACKUP)
 * @announce_due: when to announce again
 * @linger_due: until when to serve after a bow-out
 * @hold_until: preemption rests until then
 * @best: the best master that was heard and is not dead; if none was heard, one
 *	that beats no host, from when BACKUP was entered
 * @longest: of those heard since, the one that is dead last
 * @last: the one that was heard last
 * @slower_since: since when only masters are heard that could be preempted, or
 *	CARP_NEVER
 * @tie_since: since when another master with our interval is heard, or
 *	CARP_NEVER
 * @tie_heard: when it was last heard
 * @tie_settled: it was heard in the first family, which let us stay
 * @answer_after: earliest time of the next advertisement out of turn
 * @answer_due: when to send one that was owed before that, or CARP_NEVER
 * @relearn_after: earliest time for one with an announcement
 */
struct carp_proto {
	struct carp_proto_config cfg;
	enum carp_state		state;
	bool			serving;
	bool			want_master;
	bool			heard;
	u8			announce_left;
	u64			advert_due;
	u64			down_due;
	u64			announce_due;
	u64			linger_due;
	u64			hold_until;
	struct carp_ranked	best;
	struct carp_ranked	longest;
	struct carp_ranked	last;
	u64			slower_since;
	u64			tie_since;
	u64			tie_heard;
	bool			tie_settled;
	u64			answer_after;
	u64			answer_due;
	u64			relearn_after;
};

/**
 * struct carp_decision - outcome of one event
 * @actions: set of enum carp_action
 * @old_state: state before
 * @new_state: state after
 * @reason: why, if CARP_ACT_REPORT is set
 */
struct carp_decision {
	u32			actions;
	enum carp_state		old_state;
	enum carp_state		new_state;
	enum carp_reason	reason;
};

void carp_proto_init(struct carp_proto *p,
		     const struct carp_proto_config *cfg);
struct carp_decision carp_proto_event(struct carp_proto *p,
				      enum carp_event ev,
				      enum carp_reason why,
				      const struct carp_proto_rx *rx,
				      u64 now);
u64 carp_proto_deadline(const struct carp_proto *p);

const char *carp_state_name(enum carp_state state);
const char *carp_reason_name(enum carp_reason reason);

#endif /* _CARP_PROTO_H */
