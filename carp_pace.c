// SPDX-License-Identifier: GPL-2.0
/*
 * Announcements of all addresses, at once or one by one.
 *
 * What a takeover tells is told at once.  What only repeats it can wait: with
 * announce-interval one address is announced at a time.  The interval is kept
 * on the whole lower device, as it is the switch port that counts frames.
 */
#include <linux/hrtimer.h>
#include <linux/inetdevice.h>
#include <net/if_inet6.h>

#include "carp_config.h"
#include "carp_output.h"
#include "carp_vip.h"

/*
 * How long clients are spread after arpbalance has been switched on: long
 * enough for entries that are in use to be refreshed.
 */
#define SPREAD_NS	(120 * CARP_NSEC_PER_SEC)

/* The address in a place of a round, an IPv4 one mapped. */
static bool address_at(const struct carp_dev *cd, unsigned int place,
		       struct in6_addr *addr)
{
	const struct in_device *in_dev = __in_dev_get_rcu(cd->dev);
	const struct inet6_ifaddr *ifa6;
	const struct in_ifaddr *ifa;

	if (in_dev) {
		in_dev_for_each_ifa_rcu(ifa, in_dev) {
			if (place--)
				continue;
			*addr = carp_mapped(ifa->ifa_local);
			return true;
		}
	}
	carp_addr6_for_each(ifa6, cd->dev) {
		if (place--)
			continue;
		*addr = ifa6->addr;
		return true;
	}
	return false;
}

static unsigned int count_addresses(const struct carp_dev *cd)
{
	const struct in_device *in_dev = __in_dev_get_rcu(cd->dev);
	unsigned int n = carp_vip6_count(cd->dev);
	const struct in_ifaddr *ifa;

	if (in_dev)
		in_dev_for_each_ifa_rcu(ifa, in_dev)
			n++;
	return n;
}

/* The next moment in which this port may announce again. */
static ktime_t next_slot(struct carp_dev *cd)
{
	u64 gap = (u64)READ_ONCE(cd->announce_interval) * NSEC_PER_MSEC;
	s64 last = atomic64_read(&cd->port->announced);
	s64 slot;

	do {
		slot = max_t(s64, last + gap, ktime_get_ns());
	} while (!atomic64_try_cmpxchg(&cd->port->announced, &last, slot));
	return ns_to_ktime(slot);
}

/* With the lock held. */
static void go_on(struct carp_dev *cd)
{
	hrtimer_start(&cd->round.timer, next_slot(cd), HRTIMER_MODE_ABS_SOFT);
}

/* With the lock held; false if there is no address left. */
static bool take_next(struct carp_dev *cd, struct in6_addr *addr)
{
	struct carp_round *round = &cd->round;

	round->left--;
	if (address_at(cd, round->next++, addr))
		return true;
	/* From the beginning, if another round was asked for. */
	round->next = 1;
	return address_at(cd, 0, addr);
}

static void announce_address(struct carp_dev *cd, const struct in6_addr *addr)
{
	if (ipv6_addr_v4mapped(addr))
		carp_announce_one(cd, addr->s6_addr32[3]);
	else
		carp_announce6_one(cd, addr);
}

/*
 * As in the engine: decided under the lock, sent after it, and a bow-out waits
 * for it.
 */
static enum hrtimer_restart timer_fires(struct hrtimer *timer)
{
	struct carp_dev *cd = container_of(timer, struct carp_dev, round.timer);
	struct carp_round *round = &cd->round;
	struct in6_addr addr;
	bool found = false;
	u32 generation;

	rcu_read_lock();
	spin_lock(&cd->lock);
	generation = cd->generation;
	if (cd->dead || round->generation != generation)
		round->left = 0;
	if (round->left)
		found = take_next(cd, &addr);
	if (!found)
		round->left = 0;
	if (round->left)
		go_on(cd);
	atomic_inc(&cd->sending);
	spin_unlock(&cd->lock);

	if (found && READ_ONCE(cd->generation) == generation)
		announce_address(cd, &addr);
	atomic_dec(&cd->sending);
	rcu_read_unlock();
	return HRTIMER_NORESTART;
}

/*
 * A round that is asked for during another one follows it; of more than that
 * nobody has more.  With the lock held.
 */
static void begin(struct carp_dev *cd, u32 generation)
{
	struct carp_round *round = &cd->round;
	unsigned int n = count_addresses(cd);
	bool idle = !round->left || round->generation != generation;

	if (!n || cd->dead || cd->generation != generation)
		return;
	if (idle) {
		round->generation = generation;
		round->next = 0;
		round->left = 0;
	}
	round->left = min(round->left + n, 2 * n);
	if (idle)
		go_on(cd);
}

static bool may_announce(const struct carp_dev *cd)
{
	const struct carp_net *cn = cd->port->cn;

	return likely(!carp_is_foreign(cn)) ||
	       carp_rights_announce(cn, count_addresses(cd));
}

/**
 * carp_pace_announce() - tell the segment where all virtual addresses are
 * @cd: interface
 * @generation: as in carp_announce()
 * @again: it was told before, so that it can take the time that
 *	announce-interval says
 *
 * Context: softirq or process; no carp_dev.lock held.
 */
void carp_pace_announce(struct carp_dev *cd, u32 generation, bool again)
{
	rcu_read_lock();
	if (!may_announce(cd))
		goto out;
	if (!again || !READ_ONCE(cd->announce_interval)) {
		carp_announce(cd, generation);
		carp_announce6(cd, generation);
		goto out;
	}
	spin_lock_bh(&cd->lock);
	begin(cd, generation);
	spin_unlock_bh(&cd->lock);
out:
	rcu_read_unlock();
}

/**
 * carp_pace_defend() - say again where the addresses are, one of them first
 * @cd: interface
 * @generation: as in carp_announce()
 * @addr: an address that another host claims
 *
 * Context: softirq; no carp_dev.lock held.
 */
void carp_pace_defend(struct carp_dev *cd, u32 generation,
		      const struct in6_addr *addr)
{
	if (READ_ONCE(cd->announce_interval))
		announce_address(cd, addr);
	/* Who claims one often claims more, of either family. */
	carp_pace_announce(cd, generation, true);
}

/**
 * carp_defence_due() - whether to say again where our addresses are
 * @cd: interface
 *
 * If another host has claimed one since the last announcement, which was more than
 * a second ago, so that a conflict cannot flood the segment.
 *
 * Context: softirq or process.
 */
bool carp_defence_due(struct carp_dev *cd)
{
	unsigned long last = READ_ONCE(cd->defended);

	/* Not time_before(): jiffies may have wrapped since the last one. */
	if (likely(!READ_ONCE(cd->contested)) ||
	    time_in_range_open(jiffies, last, last + HZ))
		return false;
	WRITE_ONCE(cd->defended, jiffies);
	WRITE_ONCE(cd->contested, false);
	return true;
}

/**
 * carp_pace_left() - one that shared an address does so no longer
 * @port: lower device
 * @addr: the address, an IPv4 one mapped
 *
 * Clients are told where it is now, if all of them have the same answer.
 *
 * Context: RTNL.
 */
void carp_pace_left(const struct carp_port *port, const struct in6_addr *addr)
{
	const struct carp_vip *vip;

	rcu_read_lock();
	carp_vip_for_each(vip, port, addr) {
		if (!carp_serving(vip->cd))
			continue;
		if (ipv6_addr_v4mapped(addr))
			carp_announce_one(vip->cd, addr->s6_addr32[3]);
		else
			carp_announce6_one(vip->cd, addr);
	}
	rcu_read_unlock();
}

/**
 * carp_pace_settle() - net.carp.arpbalance has been changed
 * @cn: namespace
 *
 * When it ends, the clients of shared addresses are gathered.  When it begins
 * nothing is said: each is sent to its vhid when it asks next.
 *
 * Context: RTNL.
 */
void carp_pace_settle(struct carp_net *cn)
{
	struct carp_dev *cd;

	if (READ_ONCE(cn->arpbalance)) {
		atomic64_set(&cn->spread_until, ktime_get_ns() + SPREAD_NS);
		return;
	}
	list_for_each_entry(cd, &cn->devs, net_node) {
		u32 generation = READ_ONCE(cd->generation);

		if (!carp_serving(cd))
			continue;
		carp_announce(cd, generation);
		carp_announce6(cd, generation);
	}
}

/**
 * carp_pace_init() - no round yet
 * @cd: interface
 */
void carp_pace_init(struct carp_dev *cd)
{
	hrtimer_setup(&cd->round.timer, timer_fires, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_SOFT);
}

/**
 * carp_pace_stop() - no more rounds
 * @cd: interface that is dead
 *
 * Context: process, may sleep.
 */
void carp_pace_stop(struct carp_dev *cd)
{
	hrtimer_cancel(&cd->round.timer);
}
