// SPDX-License-Identifier: GPL-2.0
/*
 * Which of two masters is better, and how long one that has fallen silent is
 * waited for.  That no group flaps follows from these two, and is shown in
 * Documentation/design.rst ("No flapping").
 */
#include "include/carp_proto.h"

/**
 * carp_interval_ns() - time between two advertisements
 * @advbase: seconds
 * @advskew: 1/256 s
 *
 * 0/0 means 1/256 s, as on OpenBSD.
 */
u64 carp_interval_ns(u8 advbase, u8 advskew)
{
	if (!advbase && !advskew)
		advskew = 1;
	return advbase * CARP_NSEC_PER_SEC + advskew * CARP_NSEC_PER_SKEW;
}

/**
 * carp_master_down_ns() - silence after which a master counts as dead
 * @advbase: own, seconds
 * @advskew: own and configured, i.e. without demotion, 1/256 s
 *
 * 3 * advbase + advskew / 256, as FreeBSD, NetBSD, ucarp and older OpenBSD;
 * with advbase 0 three whole intervals, as OpenBSD.
 */
u64 carp_master_down_ns(u8 advbase, u8 advskew)
{
	if (!advbase)
		return CARP_DEAD_FACTOR * carp_interval_ns(0, advskew);
	return CARP_DEAD_FACTOR * advbase * CARP_NSEC_PER_SEC +
	       advskew * CARP_NSEC_PER_SKEW;
}

/**
 * carp_effective_skew() - the skew that is advertised and compared
 * @cfg: configuration
 *
 * Demotion raises the skew to at most 240; a configured skew above that is
 * kept, since a plain clamp would promote 241..254.
 */
u8 carp_effective_skew(const struct carp_proto_config *cfg)
{
	u64 skew = (u64)cfg->advskew + cfg->demotion;

	return max_t(u64, cfg->advskew, min_t(u64, CARP_SKEW_DEMOTED, skew));
}

/**
 * carp_wire_demote() - the demotion as OpenBSD's header byte 4
 * @cfg: configuration
 */
u8 carp_wire_demote(const struct carp_proto_config *cfg)
{
	return min_t(u32, cfg->demotion, 255);
}

/**
 * carp_rank_own() - what this host would advertise as MASTER
 * @cfg: configuration
 */
struct carp_rank carp_rank_own(const struct carp_proto_config *cfg)
{
	return (struct carp_rank) {
		.demote = carp_wire_demote(cfg),
		.interval = carp_interval_ns(cfg->advbase,
					     carp_effective_skew(cfg)),
	};
}

/**
 * carp_rank_of() - the rank of the host that has sent an advertisement
 * @adv: the advertisement; no bow-out
 */
struct carp_rank carp_rank_of(const struct carp_advert *adv)
{
	return (struct carp_rank) {
		.demote = adv->demote,
		.interval = carp_interval_ns(adv->advbase, adv->advskew),
	};
}

/**
 * carp_beats() - whether a master is at least as good as another one
 * @a: rank of the one
 * @b: rank of the other
 *
 * OpenBSD's order: the demotion first, then the interval.  Of two equal ranks
 * each beats the other.
 */
bool carp_beats(const struct carp_rank *a, const struct carp_rank *b)
{
	return a->demote < b->demote ||
	       (a->demote == b->demote && a->interval <= b->interval);
}

/**
 * carp_patience_ns() - silence after which a given master counts as dead
 * @cfg: own configuration
 * @master: rank of the master
 *
 * A master that beats this host is given three intervals of its own, if that is
 * longer: if this host took over while that master is alive, it would step down
 * again at the next advertisement.  Between hosts of the same demotion with an
 * advbase of 1 or more there is no need: the BSDs' time is longer than the
 * interval of any master that beats this host, and is left as it is.
 */
u64 carp_patience_ns(const struct carp_proto_config *cfg,
		     const struct carp_rank *master)
{
	u64 patience = carp_master_down_ns(cfg->advbase, cfg->advskew);
	struct carp_rank own = carp_rank_own(cfg);

	if (!carp_beats(master, &own) ||
	    (master->demote == own.demote && cfg->advbase))
		return patience;
	return max(patience, CARP_DEAD_FACTOR * master->interval);
}
