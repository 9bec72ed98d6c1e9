// SPDX-License-Identifier: GPL-2.0
/*
 * What other user namespaces than the initial one may spend.
 *
 * Any user may make one, with a network namespace and interfaces of its own, and
 * advertisements are sent in softirq, whose time no cgroup is charged for.  A
 * bound for each namespace would be none, as there can be thousands.  So all of
 * them together have one budget of advertisements, which is given out when an
 * interface is made or changed: those that are there keep what they have.
 * Announcements, of which there is one for each address, have another one for
 * each second: what is beyond it is not sent, and left to the next advertisement
 * that has a reason to announce.
 */
#include <linux/rtnetlink.h>
#include <net/netlink.h>

#include "carp_config.h"

/*
 * Advertisements per second, of all together, over each family and to each peer:
 * half a percent of a CPU.
 */
#define ADVERTS_MAX	1000

/* Announcements of addresses per second, of all together: one percent of a CPU. */
#define ANNOUNCEMENTS_MAX	4000

/* Shortest interval, 1/256 s: 102 ms. */
#define INTERVAL_MIN	26

/* In 1/256 advertisements per second. */
#define RATE_UNIT	256

/* What is given out; RTNL. */
static u32 rate_total;

/* What was announced since when. */
static DEFINE_SPINLOCK(announce_lock);
static unsigned long announce_since;
static unsigned int announced;

static u32 interval_of(const struct carp_proto_config *cfg)
{
	return max(cfg->advbase * 256u + cfg->advskew, 1u);
}

/* Of a family: one frame to the group, or one to each peer. */
static u32 frames(const struct nlattr *attr, size_t size, u32 present)
{
	return max(attr ? (u32)(nla_len(attr) / size) : present, 1u);
}

static u32 rate_of(const struct carp_dev *cd, const struct carp_config *conf)
{
	const struct carp_unicast *u = rtnl_dereference(cd->unicast);
	u32 n = frames(conf->peer, sizeof(__be32), u ? u->n4 : 0) +
		frames(conf->peer6, sizeof(struct in6_addr), u ? u->n6 : 0);

	return n * DIV_ROUND_UP(256 * RATE_UNIT, interval_of(&conf->proto));
}

/**
 * carp_rights_check() - whether a configuration is within the budget
 * @cd: interface, which may be new
 * @cn: its namespace
 * @conf: what it is to be
 * @data: attributes of the request, by enum carp_link_attr, or NULL
 * @extack: told why not
 *
 * Whatever spends no more than before is.
 *
 * Context: RTNL.
 * Return: 0, -EPERM if the interval is too short, -EDQUOT if all that there is
 * was given out.
 */
int carp_rights_check(const struct carp_dev *cd, const struct carp_net *cn,
		      const struct carp_config *conf, struct nlattr *data[],
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *blame = NULL;
	u32 rate;

	ASSERT_RTNL();
	if (!carp_is_foreign(cn))
		return 0;
	if (data)
		blame = data[IFLA_CARP_ADVSKEW] ?: data[IFLA_CARP_ADVBASE] ?:
			data[IFLA_CARP_PEER] ?: data[IFLA_CARP_PEER6];
	if (interval_of(&conf->proto) < INTERVAL_MIN) {
		NL_SET_ERR_MSG_ATTR(extack, blame,
				    "carp: intervals below 100 ms are for the initial user namespace; give advskew 26 or more, or advbase 1");
		return -EPERM;
	}
	rate = rate_of(cd, conf);
	if (rate <= cd->rate ||
	    rate_total - cd->rate + rate <= ADVERTS_MAX * RATE_UNIT)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, blame,
			    "carp: all user namespaces but the initial one may together send 1000 advertisements a second, and do; give a longer interval, or delete an interface");
	return -EDQUOT;
}

/**
 * carp_rights_take() - take from the budget what was checked
 * @cd: interface, which may be new; its peers not replaced yet
 * @cn: its namespace
 * @conf: what it is about to be
 *
 * Context: RTNL.
 */
void carp_rights_take(struct carp_dev *cd, const struct carp_net *cn,
		      const struct carp_config *conf)
{
	u32 rate = carp_is_foreign(cn) ? rate_of(cd, conf) : 0;

	ASSERT_RTNL();
	rate_total += rate - cd->rate;
	cd->rate = rate;
}

/**
 * carp_rights_return() - the interface goes, or was not made
 * @cd: interface
 *
 * Context: RTNL.
 */
void carp_rights_return(struct carp_dev *cd)
{
	ASSERT_RTNL();
	rate_total -= cd->rate;
	cd->rate = 0;
}

/**
 * carp_rights_announce() - whether addresses may be announced now
 * @cn: namespace
 * @n: how many
 *
 * Context: any but hard interrupts.
 * Return: true, and then they are taken from the budget of this second; false if
 * too little is left of it.
 */
bool carp_rights_announce(const struct carp_net *cn, unsigned int n)
{
	bool may;

	if (likely(!carp_is_foreign(cn)))
		return true;
	spin_lock_bh(&announce_lock);
	if (!time_in_range_open(jiffies, announce_since, announce_since + HZ)) {
		announce_since = jiffies;
		announced = 0;
	}
	may = announced + n <= ANNOUNCEMENTS_MAX;
	if (may)
		announced += n;
	spin_unlock_bh(&announce_lock);
	return may;
}
