/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters.  The first ones have the names of the BSDs' struct carpstats.
 */
#ifndef _CARP_STATS_H
#define _CARP_STATS_H

/**
 * enum carp_stat - counters of one interface, in the order of ethtool -S
 * @CARP_STAT_IPACKETS: advertisements of our vhid received over IPv4
 * @CARP_STAT_IPACKETS6: and over IPv6
 * @CARP_STAT_BADTTL: dropped, TTL or hop limit below minttl
 * @CARP_STAT_BADPEER: dropped, through a router from who is no peer
 * @CARP_STAT_HDROPS: dropped, damaged IP header
 * @CARP_STAT_BADSUM: dropped, checksum of the advertisement wrong
 * @CARP_STAT_BADVER: dropped, unknown version
 * @CARP_STAT_BADLEN: dropped, not 36 bytes
 * @CARP_STAT_BADAUTH: dropped, digest wrong: other password, other list of
 *	addresses, or forged
 * @CARP_STAT_UNCHECKED: dropped, in a flood of wrong digests from one address
 * @CARP_STAT_OPACKETS: advertisements sent over IPv4
 * @CARP_STAT_OPACKETS6: and over IPv6
 * @CARP_STAT_ONOMEM: not sent for want of memory
 * @CARP_STAT_PREEMPT: how often BACKUP became MASTER
 * @CARP_STAT_OERRORS: not sent, refused by the lower device
 * @CARP_STAT_LOOP: our own, come back
 * @CARP_STAT_FOREIGN: VRRP on our id
 * @CARP_STAT_GRACE: under an address list that is not ours yet or no longer,
 *	next to one that was
 * @CARP_STAT_CONTESTED: ARP or ND by which another MAC claims an address that
 *	we hold
 * @CARP_STAT_REPLAY: dropped, a good-bye with a counter that was heard before
 * @CARP_STAT_RX_INACTIVE: frames to the virtual MAC dropped while not MASTER
 * @CARP_STAT_TX_INACTIVE: frames from the virtual MAC or a virtual address
 *	kept from the wire while not MASTER
 * @CARP_STAT_MAX: how many there are
 *
 * badif and badvhid, which have no interface to belong to, are kept per
 * network namespace and per lower device, and are shown with each interface.
 */
enum carp_stat {
	CARP_STAT_IPACKETS,
	CARP_STAT_IPACKETS6,
	CARP_STAT_BADTTL,
	CARP_STAT_BADPEER,
	CARP_STAT_HDROPS,
	CARP_STAT_BADSUM,
	CARP_STAT_BADVER,
	CARP_STAT_BADLEN,
	CARP_STAT_BADAUTH,
	CARP_STAT_UNCHECKED,
	CARP_STAT_OPACKETS,
	CARP_STAT_OPACKETS6,
	CARP_STAT_ONOMEM,
	CARP_STAT_PREEMPT,
	CARP_STAT_OERRORS,
	CARP_STAT_LOOP,
	CARP_STAT_FOREIGN,
	CARP_STAT_GRACE,
	CARP_STAT_CONTESTED,
	CARP_STAT_REPLAY,
	CARP_STAT_RX_INACTIVE,
	CARP_STAT_TX_INACTIVE,
	CARP_STAT_MAX
};

extern const struct ethtool_ops carp_ethtool_ops;

#endif /* _CARP_STATS_H */
