// SPDX-License-Identifier: GPL-2.0
/*
 * Events into the election, frames and timers out of it.
 *
 * Each event runs in the context that brings it, mostly softirq, and everything
 * that a takeover consists of - decision, datapath, advertisement,
 * announcement - is done before it returns.
 */
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <net/ipv6.h>

#include "carp_crypto.h"
#include "carp_demoter.h"
#include "carp_engine.h"
#include "carp_event.h"
#include "carp_output.h"
#include "carp_port.h"
#include "carp_route.h"
#include "carp_vip.h"

#define CREATE_TRACE_POINTS
#include "carp_trace.h"

/*
 * A bow-out or an advertisement, under each address list that is valid and
 * over each family.
 */
#define MAX_FRAMES	(2 * CARP_VARIANTS_MAX)

/* How long a bow-out waits for what another CPU is about to send. */
#define AWAIT_NS	NSEC_PER_MSEC

/*
 * How far a counter may lie behind the one last sent and still be taken for
 * an advertisement of ours, if others send from the same address.
 */
#define LOOP_WINDOW	64

/* How close upon each other two advertisements are that were sent together. */
#define TWIN_NS		(2 * NSEC_PER_MSEC)

struct outbox {
	struct sk_buff	*skb[MAX_FRAMES];
	unsigned int	n;
};

static void outbox_put(struct outbox *box, struct sk_buff *skb)
{
	if (skb)
		box->skb[box->n++] = skb;
}

static void build_frames(struct carp_dev *cd, u32 actions, struct outbox *box)
{
	bool bowout = actions & CARP_ACT_BOWOUT;
	u8 families = READ_ONCE(cd->families);
	unsigned int n;

	if (!(actions & (CARP_ACT_BOWOUT | CARP_ACT_ADVERT)))
		return;
	/* Former address lists first: see carp_rx_auth_failed(). */
	for (n = carp_auth_variants(cd); n; n--) {
		if (families & CARP_FAMILY_4)
			outbox_put(box, carp_build_advert(cd, bowout, n - 1));
		if (families & CARP_FAMILY_6)
			outbox_put(box, carp_build_advert6(cd, bowout, n - 1));
	}
}

/* What counts as sent got out in at least one of its forms. */
static void send_frames(struct carp_dev *cd, const struct outbox *box,
			u32 generation)
{
	unsigned int i, tried = 0, sent = 0;

	for (i = 0; i < box->n; i++) {
		if (READ_ONCE(cd->generation) != generation) {
			kfree_skb(box->skb[i]);
			continue;
		}
		tried++;
		if (!carp_send_advert(cd, box->skb[i]))
			sent++;
	}
	if (tried)
		carp_demoter_sent(cd, sent);
}

/*
 * An advertisement that another CPU is about to send must not overtake a
 * bow-out: the successor would hear a better master and step down again.
 * Who decides from now on sees the new state, so this is for those who have
 * decided before.
 */
static void await_senders(struct carp_dev *cd)
{
	u64 end = ktime_get_ns() + AWAIT_NS;

	while (atomic_read(&cd->sending) > 1 && ktime_get_ns() < end)
		cpu_relax();
}

/*
 * A timer that fires early finds nothing to do and is set again, so that it
 * has to be touched only when a deadline comes nearer: an advertisement
 * moves the master-down deadline of a BACKUP away, and costs nothing here.
 *
 * While it fires it is not queued, and goes back into the queue by itself, which
 * is cheaper; unless another CPU is quicker and queues it.
 */
static void arm_timer(struct carp_dev *cd, enum carp_event ev)
{
	u64 due = min(carp_proto_deadline(&cd->proto), cd->link_due);

	if (cd->dead || due == CARP_NEVER)
		return;
	if (hrtimer_is_queued(&cd->timer)) {
		if (ktime_to_ns(hrtimer_get_expires(&cd->timer)) <= due)
			return;
	} else if (ev == CARP_EV_TIMER) {
		hrtimer_set_expires(&cd->timer, ns_to_ktime(due));
		cd->rearm = true;
		return;
	}
	hrtimer_start(&cd->timer, ns_to_ktime(due), HRTIMER_MODE_ABS_SOFT);
}

static void switch_datapath(struct carp_dev *cd)
{
	WRITE_ONCE(cd->serving, cd->proto.serving);
	carp_route_serve(cd);
	carp_tentative_serve(cd);
	carp_route6_serve(cd);
	if (READ_ONCE(cd->families) & CARP_FAMILY_6)
		carp_news_look(cd);
	trace_carp_serving(cd);
}

/*
 * Announcements that are due, and those that a claim of another makes due.  The
 * first ones are those of an event; the timer repeats them.  With lladdr lower
 * clients learn of a take-over by nothing else, so no round is paced.
 */
static void announce(struct carp_dev *cd, enum carp_event ev, u32 actions,
		     u32 generation)
{
	bool first = actions & CARP_ACT_ANNOUNCE &&
		     (ev != CARP_EV_TIMER || actions & CARP_ACT_REPORT ||
		      carp_lower_mac(cd));

	if (!(actions & CARP_ACT_ANNOUNCE) &&
	    !(actions & CARP_ACT_ADVERT && carp_defence_due(cd))) {
		if (actions & CARP_ACT_ADVERT)
			carp_lladdr_repeat(cd, generation);
		return;
	}
	carp_pace_announce(cd, generation, !first);
}

/* The link is waited for until then, or no longer.  With the lock held. */
static void await_link(struct carp_dev *cd, u64 due)
{
	struct carp_decision d = {
		.old_state = cd->proto.state,
		.new_state = cd->proto.state,
		.reason = CARP_REASON_LINK_YOUNG,
	};
	bool begins = cd->link_due == CARP_NEVER && due != CARP_NEVER;

	if (likely(cd->link_due == due))
		return;
	cd->link_due = due;
	if (begins)
		carp_news(cd, &d, NULL);
	carp_demoter_waiting(cd, due != CARP_NEVER);
}

/*
 * Report other masters that have begun to be heard, or are no longer.  Called
 * with the lock held, by whatever event comes next: an advertisement received
 * or a timer, of which a host that takes part has one per interval.
 */
static void report_masters(struct carp_dev *cd)
{
	struct carp_master change;
	u64 now = CARP_NEVER;

	if (likely(!cd->masters.n))
		return;
	if (cd->proto.state != CARP_STATE_INIT)
		now = ktime_get_ns();
	while (carp_masters_change(&cd->masters, now, &change))
		carp_news_master(cd, &change);
}

/*
 * An authentic advertisement is another master's if this host is MASTER and
 * stays it: one that hears us gives way before the next.  Or if two alternate,
 * which do not hear each other.  Called with the lock held.
 */
static void note_authentic(struct carp_dev *cd, const struct carp_decision *d,
			   const struct carp_heard_one *one)
{
	carp_masters_proved(&cd->masters, one);
	if (d->old_state == d->new_state &&
	    (d->new_state == CARP_STATE_MASTER ||
	     (d->new_state == CARP_STATE_BACKUP &&
	      carp_heard_alternates(&cd->heard, one))))
		carp_masters_note(&cd->masters, one, true);
	carp_heard_note(&cd->heard, one);
}

/*
 * Called with the lock held, which it gives back, on the RCU read side.  BH is
 * disabled and stays so until all is sent, so that the moment between decision
 * and wire is short.
 */
static void process(struct carp_dev *cd, enum carp_event ev,
		    enum carp_reason why, const struct carp_proto_rx *rx,
		    const struct carp_peer *peer,
		    const struct carp_heard_one *one)
	__releases(&cd->lock)
{
	struct outbox box __uninitialized;
	struct carp_decision d;
	u32 generation;

	d = carp_proto_event(&cd->proto, ev, why, rx, ktime_get_ns());
	if (d.actions & CARP_ACT_REPORT) {
		WRITE_ONCE(cd->generation, cd->generation + 1);
		trace_carp_state(cd, &d);
		carp_news(cd, &d, peer);
		carp_demoter_state(cd, d.new_state);
		if (d.new_state == CARP_STATE_MASTER)
			carp_count(cd, CARP_STAT_PREEMPT);
	}
	if (d.actions & CARP_ACT_SERVE)
		switch_datapath(cd);
	if (one)
		note_authentic(cd, &d, one);
	report_masters(cd);
	carp_route_check(cd);
	if (READ_ONCE(cd->families) & CARP_FAMILY_6) {
		carp_tentative_serve(cd);
		carp_route6_serve(cd);
	}
	box.n = 0;
	build_frames(cd, d.actions, &box);
	generation = cd->generation;
	atomic_inc(&cd->sending);
	arm_timer(cd, ev);
	spin_unlock(&cd->lock);

	if (d.actions & CARP_ACT_BOWOUT)
		await_senders(cd);
	send_frames(cd, &box, generation);
	if (d.actions & CARP_ACT_ADVERT)
		carp_send_learning_frame(cd, generation,
					 d.actions & CARP_ACT_ANNOUNCE);
	announce(cd, ev, d.actions, generation);
	/* Another master has heard us only now, or leaves: the last word is ours. */
	if (rx && d.old_state == CARP_STATE_MASTER &&
	    d.new_state == CARP_STATE_MASTER && carp_lower_mac(cd))
		WRITE_ONCE(cd->contested, true);
	if (d.new_state == CARP_STATE_BACKUP)
		carp_peers_resolve(cd, d.actions & CARP_ACT_REPORT);
	atomic_dec(&cd->sending);
}

/**
 * carp_fsm_event() - something happened
 * @cd: interface
 * @ev: what; not CARP_EV_ADVERT
 * @why: for CARP_EV_DOWN the reason to report
 *
 * Context: softirq or process; takes carp_dev.lock.
 */
void carp_fsm_event(struct carp_dev *cd, enum carp_event ev,
		    enum carp_reason why)
{
	rcu_read_lock();
	spin_lock_bh(&cd->lock);
	if (ev == CARP_EV_DOWN)
		await_link(cd, CARP_NEVER);
	process(cd, ev, why, NULL, NULL, NULL);
	local_bh_enable();
	rcu_read_unlock();
}

/*
 * What the peer compares with its own address is the source of what we send
 * it, which is, of several addresses, the one that it sends to.  Called with
 * the lock held.
 */
static int compare_source(const struct carp_dev *cd,
			  const struct carp_peer *peer)
{
	u32 ours = ntohl(peer->to4 ?: READ_ONCE(cd->src4));
	u32 theirs = ntohl(peer->addr4);

	if (peer->family == AF_INET6)
		return ipv6_addr_cmp(ipv6_addr_any(&peer->to6) ? &cd->src6 :
								 &peer->to6,
				     &peer->addr6);
	return ours < theirs ? -1 : ours > theirs;
}

static struct carp_good *good_over(struct carp_dev *cd,
				   const struct carp_peer *peer)
{
	return peer->family == AF_INET6 ? &cd->good6 : &cd->good4;
}

static bool same_peer(const struct carp_peer *a, const struct carp_peer *b)
{
	if (a->family != b->family)
		return false;
	return a->family == AF_INET6 ? ipv6_addr_equal(&a->addr6, &b->addr6) :
				       a->addr4 == b->addr4;
}

static void heard_addr(const struct carp_peer *peer,
		       u8 addr[CARP_HEARD_ADDR_LEN])
{
	memset(addr, 0, CARP_HEARD_ADDR_LEN);
	if (peer->family == AF_INET)
		memcpy(addr, &peer->addr4, sizeof(peer->addr4));
	else
		memcpy(addr, &peer->addr6, sizeof(peer->addr6));
}

static struct carp_heard_one heard_one(const struct carp_advert *adv,
				       const struct carp_peer *peer,
				       bool authentic)
{
	struct carp_heard_one one = {
		.family = peer->family,
		.authentic = authentic,
		.adv = *adv,
		.at = ktime_get_ns(),
	};

	heard_addr(peer, one.addr);
	return one;
}

static bool from_virtual(const struct carp_dev *cd,
			 const struct carp_peer *peer)
{
	const struct net *net = dev_net(cd->dev);

	if (peer->family == AF_INET6)
		return carp_vip_find(net, &peer->addr6, cd->port);
	return !peer->addr4 || carp_vip4_find(net, peer->addr4, cd->port);
}

static bool was_sent(const struct carp_dev *cd, u64 counter)
{
	return cd->counter - counter < cd->counter - cd->counter_from;
}

/*
 * Our own that a switch or somebody else sends back have our source address
 * *and* a counter that we have sent.  Neither alone would do: two hosts may
 * have been given the same address, and hosts without one of their own all
 * send from the virtual one.  Of those, FreeBSD, NetBSD and ucarp even
 * continue our counter when they take over, so that there only what we sent a
 * moment ago is surely ours.  Called with the lock held.
 */
static bool is_own(const struct carp_dev *cd, const struct carp_proto_rx *rx,
		   const struct carp_peer *peer)
{
	if (rx->src_cmp || !was_sent(cd, rx->adv.counter))
		return false;
	return cd->counter - rx->adv.counter < LOOP_WINDOW ||
	       !from_virtual(cd, peer);
}

/*
 * A good-bye made of what was heard or sent before, which nobody may take for that
 * of a MASTER.  Called with the lock held.
 */
static bool is_old_bowout(const struct carp_dev *cd,
			  const struct carp_heard_one *one)
{
	return carp_wire_is_bowout(&one->adv) &&
	       (was_sent(cd, one->adv.counter) ||
		carp_heard_again(&cd->heard, one));
}

/**
 * carp_auth_ratelimit_ok() - whether to compute the digest of an advertisement
 * @cd: interface
 * @peer: where it came from
 *
 * Not, if this source is in the midst of a flood of wrong ones, see
 * carp_heard_worth().
 *
 * Context: softirq or process; takes carp_dev.lock.
 */
bool carp_auth_ratelimit_ok(struct carp_dev *cd, const struct carp_peer *peer)
{
	u8 addr[CARP_HEARD_ADDR_LEN];
	bool worth;

	if (likely(!READ_ONCE(cd->heard.exceeded)))
		return true;
	heard_addr(peer, addr);
	spin_lock_bh(&cd->lock);
	worth = carp_heard_worth(&cd->heard, peer->family, addr,
				 ktime_get_ns(), get_random_u8());
	spin_unlock_bh(&cd->lock);
	return worth;
}

/**
 * carp_fsm_advert() - an authenticated advertisement was received
 * @cd: interface
 * @adv: the advertisement
 * @peer: where it came from
 *
 * A good-bye that was said before is not said again.  Of other advertisements
 * the order of counters tells too little: see carp_heard_again().
 *
 * Context: softirq or process, RCU read side; takes carp_dev.lock.
 */
void carp_fsm_advert(struct carp_dev *cd, const struct carp_advert *adv,
		     const struct carp_peer *peer)
{
	struct carp_proto_rx rx = {
		.adv = *adv,
		.secondary = peer->family == AF_INET6 &&
			     READ_ONCE(cd->families) & CARP_FAMILY_4,
	};
	struct carp_good *good = good_over(cd, peer);
	struct carp_heard_one one = heard_one(adv, peer, true);

	spin_lock_bh(&cd->lock);
	rx.src_cmp = compare_source(cd, peer);
	rx.last_sent = cd->counter;
	if (is_own(cd, &rx, peer)) {
		spin_unlock_bh(&cd->lock);
		carp_count(cd, CARP_STAT_LOOP);
		carp_log_bad(cd, "our own advertisement came back", peer);
		return;
	}
	if (is_old_bowout(cd, &one)) {
		spin_unlock_bh(&cd->lock);
		carp_count(cd, CARP_STAT_REPLAY);
		carp_log_bad(cd, "a good-bye with the counter of a former advertisement",
			     peer);
		return;
	}
	good->peer = *peer;
	good->counter = adv->counter;
	good->at = one.at;
	process(cd, CARP_EV_ADVERT, CARP_REASON_NONE, &rx, peer, &one);
	local_bh_enable();
}

/**
 * carp_rx_auth_failed() - an advertisement had a wrong digest
 * @cd: interface
 * @adv: the advertisement
 * @peer: where it came from
 *
 * The election never hears of it.  While the address lists of two hosts differ
 * for a moment, the MASTER sends each advertisement twice, under the former
 * list and then under the present one, and a host that does not know the latter
 * yet is not to be alarmed by it.  Each family has its own twins, from another
 * source.
 *
 * Context: softirq or process; takes carp_dev.lock.
 */
void carp_rx_auth_failed(struct carp_dev *cd, const struct carp_advert *adv,
			 const struct carp_peer *peer)
{
	const struct carp_good *good = good_over(cd, peer);
	struct carp_heard_one one = heard_one(adv, peer, false);
	bool twin;

	spin_lock_bh(&cd->lock);
	twin = same_peer(peer, &good->peer) &&
	       adv->counter - good->counter - 1 < MAX_FRAMES - 1 &&
	       one.at - good->at < TWIN_NS;
	if (!twin) {
		carp_heard_note(&cd->heard, &one);
		if (cd->proto.state != CARP_STATE_INIT &&
		    carp_masters_note(&cd->masters, &one,
				      carp_heard_is_peer(&cd->heard, one.family,
							 one.addr)))
			report_masters(cd);
	}
	spin_unlock_bh(&cd->lock);

	if (twin) {
		carp_count(cd, CARP_STAT_GRACE);
		return;
	}
	carp_count(cd, CARP_STAT_BADAUTH);
	carp_log_bad(cd, "wrong digest: other password, other addresses, or forged",
		     peer);
}

static enum hrtimer_restart timer_fires(struct hrtimer *timer)
{
	struct carp_dev *cd = container_of(timer, struct carp_dev, timer);
	enum carp_event ev = CARP_EV_TIMER;

	cd->rearm = false;
	rcu_read_lock();
	spin_lock(&cd->lock);
	/* Whatever else would be in the way has ended the wait. */
	if (unlikely(cd->link_due != CARP_NEVER &&
		     cd->link_due <= ktime_get_ns())) {
		await_link(cd, CARP_NEVER);
		ev = CARP_EV_UP;
	}
	process(cd, ev, CARP_REASON_NONE, NULL, NULL, NULL);
	rcu_read_unlock();
	return cd->rearm ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

/* When the link has settled: for whoever does not take part yet. */
static u64 link_due(const struct carp_dev *cd)
{
	u64 delay = (u64)READ_ONCE(cd->link_delay) * NSEC_PER_SEC;

	if (!delay || READ_ONCE(cd->proto.state) != CARP_STATE_INIT)
		return 0;
	return carp_linktime_since(cd->lowerdev) + delay;
}

static enum carp_reason down_reason(const struct carp_dev *cd, u64 link_due)
{
	if (cd->closing || !netif_running(cd->dev))
		return CARP_REASON_ADMIN_DOWN;
	if (cd->bowed)
		return CARP_REASON_SHUTDOWN;
	if (!netif_running(cd->lowerdev))
		return CARP_REASON_CARRIER_DOWN;
	if (!netif_carrier_ok(cd->lowerdev))
		return CARP_REASON_NO_LINK;
	if (!READ_ONCE(carp_pernet(dev_net(cd->dev))->allow))
		return CARP_REASON_NOT_ALLOWED;
	if (!carp_vip_any(cd))
		return CARP_REASON_NO_ADDRESS;
	if (link_due > ktime_get_ns())
		return CARP_REASON_LINK_YOUNG;
	return CARP_REASON_NONE;
}

/**
 * carp_update_oper() - one of the conditions of taking part may have changed
 * @cd: interface
 *
 * Context: RTNL.
 */
void carp_update_oper(struct carp_dev *cd)
{
	u64 due = link_due(cd);
	enum carp_reason why = down_reason(cd, due);
	enum carp_event ev = why == CARP_REASON_NONE ? CARP_EV_UP :
						       CARP_EV_DOWN;

	ASSERT_RTNL();
	rcu_read_lock();
	spin_lock_bh(&cd->lock);
	/* The timer may have ended the wait just now. */
	if (why == CARP_REASON_LINK_YOUNG && due <= ktime_get_ns()) {
		why = CARP_REASON_NONE;
		ev = CARP_EV_UP;
	}
	await_link(cd, why == CARP_REASON_LINK_YOUNG ? due : CARP_NEVER);
	process(cd, ev, why, NULL, NULL, NULL);
	local_bh_enable();
	rcu_read_unlock();
}

/**
 * carp_engine_demoted() - the demotion of an interface has changed
 * @cd: interface
 *
 * A MASTER advertises it before this returns.
 *
 * Context: as carp_fsm_event().
 */
void carp_engine_demoted(struct carp_dev *cd)
{
	carp_fsm_event(cd, CARP_EV_CONFIG, CARP_REASON_NONE);
}

/**
 * carp_engine_init() - an election in INIT
 * @cd: interface
 * @cfg: its configuration
 */
void carp_engine_init(struct carp_dev *cd, const struct carp_proto_config *cfg)
{
	spin_lock_init(&cd->lock);
	carp_proto_init(&cd->proto, cfg);
	cd->counter = get_random_u64();
	cd->counter_from = cd->counter;
	cd->told = CARP_STATE_INIT;
	cd->link_due = CARP_NEVER;
	cd->since = ktime_get_ns();
	cd->defended = jiffies - HZ;
	atomic64_set(&cd->heard_until, 0);
	carp_sending_init(&cd->sending_state);
	hrtimer_setup(&cd->timer, timer_fires, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_SOFT);
	carp_pace_init(cd);
}

/**
 * carp_engine_stop() - no more timers
 * @cd: interface, in INIT
 *
 * Context: process, may sleep.
 */
void carp_engine_stop(struct carp_dev *cd)
{
	spin_lock_bh(&cd->lock);
	cd->dead = true;
	spin_unlock_bh(&cd->lock);
	hrtimer_cancel(&cd->timer);
	carp_pace_stop(cd);
}
