// SPDX-License-Identifier: GPL-2.0
/*
 * Address conflicts (RFC 5227): another host says that an address of ours is its
 * own, by ARP or neighbour discovery.
 */
#include <linux/etherdevice.h>

#include "carp_engine.h"
#include "carp_input.h"
#include "carp_output.h"
#include "carp_vip.h"

/*
 * Claims by a virtual MAC are those of another MASTER, whose clients need nothing
 * said.  With lladdr lower they do, but there we may hear ourselves.
 */
static bool is_our_kind(const struct carp_dev *cd, const u8 *mac)
{
	if (carp_lower_mac(cd))
		return ether_addr_equal(mac, cd->dev->dev_addr);
	return carp_is_virtual_mac(mac);
}

/*
 * With lladdr lower a claim may be that of a successor, whose first advertisement
 * is yet to come, and only the election tells.  So the contradiction goes with our
 * next advertisement, which is the one that makes another master step down.
 */
static bool is_soon(const struct carp_dev *cd)
{
	return carp_lower_mac(cd) && READ_ONCE(cd->proto.cfg.advbase) <= 1;
}

/**
 * carp_addr_conflict() - another host has claimed an address of ours
 * @cd: interface that has the address
 * @addr: the address, an IPv4 one mapped
 * @mac: the MAC that it claims
 *
 * A ucarp that steps down announces its own MAC after we have announced ours; a
 * host may have the address by mistake.  The last announcement must be ours: if it
 * is not sent now, it goes with the next advertisement.
 *
 * Context: softirq, RCU read side.
 */
void carp_addr_conflict(struct carp_dev *cd, const struct in6_addr *addr,
			const u8 *mac)
{
	u32 generation = READ_ONCE(cd->generation);

	/*
	 * Ignore claims with a multicast MAC: no host has one, and the reply would
	 * be multicast.  A host that has bowed out and still serves has a
	 * successor.
	 */
	if (READ_ONCE(cd->proto.state) != CARP_STATE_MASTER ||
	    is_our_kind(cd, mac) || is_multicast_ether_addr(mac))
		return;
	carp_count(cd, CARP_STAT_CONTESTED);
	WRITE_ONCE(cd->contested, true);
	if (is_soon(cd) || !carp_defence_due(cd))
		return;
	if (carp_lower_mac(cd)) {
		carp_fsm_event(cd, CARP_EV_ANNOUNCE, CARP_REASON_NONE);
	} else if (carp_share_public(cd, addr)) {
		carp_pace_defend(cd, generation, addr);
	} else if (ipv6_addr_v4mapped(addr)) {
		carp_defend(cd, addr->s6_addr32[3], mac);
	} else {
		carp_defend6(cd, addr, mac);
	}
}
