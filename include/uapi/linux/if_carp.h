/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Control interface of CARP interfaces, for user space.
 *
 * A CARP interface is a net device of the rtnetlink kind "carp".  IFLA_LINK
 * names the device that carries it (the carrier), IFLA_INFO_DATA holds the
 * attributes below.  The virtual addresses are the addresses of the
 * interface.
 */
#ifndef _UAPI_LINUX_IF_CARP_H
#define _UAPI_LINUX_IF_CARP_H

#include <linux/types.h>

/** CARP_KIND - rtnetlink kind, IFLA_INFO_KIND */
#define CARP_KIND	"carp"

/** CARP_KEY_LEN - bytes of key material; shorter keys are padded with zeros */
#define CARP_KEY_LEN	20

/**
 * CARP_PASS_MAX - longest password
 *
 * The BSDs' ifconfig stores a password as a C string in the key field, so
 * that 19 bytes are the longest every implementation agrees on.
 */
#define CARP_PASS_MAX	19

/** CARP_DEMOTE_REASON_MAX - bytes of the name of a demotion reason */
#define CARP_DEMOTE_REASON_MAX	31

/** CARP_DEMOTE_WEIGHT_MAX - greatest weight of a demotion reason */
#define CARP_DEMOTE_WEIGHT_MAX	2147483647

/** CARP_DEMOTE_WEIGHT_DEFAULT - weight of a reason that is given none */
#define CARP_DEMOTE_WEIGHT_DEFAULT	240

/*
 * Names of demotion reasons that the kernel gives: "carrier:" and the name of
 * a carrier that has lost its link, "senderr:" and the name of a CARP interface
 * whose advertisements cannot be sent, "sysctl" for net.carp.demotion.
 */
#define CARP_DEMOTE_CARRIER	"carrier:"
#define CARP_DEMOTE_SENDERR	"senderr:"
#define CARP_DEMOTE_SYSCTL	"sysctl"

/** CARP_PEERS_MAX - most unicast peers of a family */
#define CARP_PEERS_MAX	32

/**
 * enum carp_state - state of a CARP interface, IFLA_CARP_STATE
 * @CARP_STATE_INIT: takes no part: the interface is down, the carrier has no
 *	link, there is no address, or net.carp.allow is 0
 * @CARP_STATE_BACKUP: listens, and takes over when the MASTER falls silent
 * @CARP_STATE_MASTER: holds the virtual addresses and advertises
 *
 * The values are those of FreeBSD's CARP_NL_STATE.
 */
enum carp_state {
	CARP_STATE_INIT,
	CARP_STATE_BACKUP,
	CARP_STATE_MASTER,
	__CARP_STATE_MAX
};
#define CARP_STATE_MAX (__CARP_STATE_MAX - 1)

/**
 * enum carp_preempt - whether to take over from a master that is slower,
 *	IFLA_CARP_PREEMPT
 * @CARP_PREEMPT_OFF: never
 * @CARP_PREEMPT_ON: always
 * @CARP_PREEMPT_DEFAULT: as net.carp.preempt says
 */
enum carp_preempt {
	CARP_PREEMPT_OFF,
	CARP_PREEMPT_ON,
	CARP_PREEMPT_DEFAULT,
	__CARP_PREEMPT_MAX
};
#define CARP_PREEMPT_MAX (__CARP_PREEMPT_MAX - 1)

/**
 * enum carp_deliver - by which device the traffic of virtual addresses comes
 *	in, IFLA_CARP_DELIVER
 * @CARP_DELIVER_AUTO: by the one that the answer leaves by
 * @CARP_DELIVER_LOWER: by the lower device
 * @CARP_DELIVER_SELF: by the CARP interface
 */
enum carp_deliver {
	CARP_DELIVER_AUTO,
	CARP_DELIVER_LOWER,
	CARP_DELIVER_SELF,
	__CARP_DELIVER_MAX
};
#define CARP_DELIVER_MAX (__CARP_DELIVER_MAX - 1)

/**
 * enum carp_lladdr - MAC that the virtual addresses are at, IFLA_CARP_LLADDR
 * @CARP_LLADDR_VIRTUAL: 00:00:5e:00:01:VHID, which moves with them
 * @CARP_LLADDR_LOWER: that of the lower device of the MASTER
 */
enum carp_lladdr {
	CARP_LLADDR_VIRTUAL,
	CARP_LLADDR_LOWER,
	__CARP_LLADDR_MAX
};
#define CARP_LLADDR_MAX (__CARP_LLADDR_MAX - 1)

/**
 * enum carp_link_attr - attributes in IFLA_INFO_DATA of kind "carp"
 * @IFLA_CARP_UNSPEC: never sent
 * @IFLA_CARP_VHID: u8, 1..255, virtual host id.  Required for a new
 *	interface, unchangeable afterwards, unique on its carrier.
 * @IFLA_CARP_ADVBASE: u8, 0..254 seconds, default 1: base of the
 *	advertisement interval, which is advbase + advskew / 256 seconds
 * @IFLA_CARP_ADVSKEW: u8, 0..254, unit 1/256 second, default 0.  Together
 *	with advbase 0 it means an interval of 1/256 second.
 * @IFLA_CARP_KEY: binary, at most CARP_KEY_LEN bytes: HMAC-SHA1 key.  Only
 *	written, never reported; empty or absent is a key of zeros.
 * @IFLA_CARP_STATE: u8, enum carp_state.  Reported always.  In a change
 *	MASTER or BACKUP forces that state, complete when the request
 *	returns; it is refused with ENETDOWN in INIT.  In a new interface
 *	MASTER makes it take the address the first time it leaves INIT,
 *	without waiting for a master to fall silent.
 * @IFLA_CARP_DEMOTION: u32, only reported: total demotion in force, the same
 *	for all interfaces of a network namespace.  It raises advskew as it is
 *	advertised to at most 240, and is itself advertised up to 255.
 * @IFLA_CARP_PREEMPT: u8, enum carp_preempt, default CARP_PREEMPT_DEFAULT
 * @IFLA_CARP_PREEMPT_DELAY: u32, 0..3600 seconds, default 0.  Preemption waits
 *	until slower masters, and no others, have been heard for so long.
 *	Nothing else waits: not the takeover from a master that falls silent,
 *	bows out, is more demoted, or would time out.
 * @IFLA_CARP_PEER: binary, 1..CARP_PEERS_MAX IPv4 addresses, network order.
 *	Advertisements over IPv4 are sent to each of these hosts, by the way
 *	that the carrier has to them, instead of to 224.0.0.18.  Empty: to
 *	224.0.0.18 again.  Reported unless empty.
 * @IFLA_CARP_PEER6: binary, the same for IPv6 and ff02::12: addresses of 16
 *	bytes each.  A link-local one is one on the carrier.
 * @IFLA_CARP_MIN_TTL: u8, 1..255, default 255: lowest TTL or hop limit
 *	that an advertisement may have arrived with.  One below 255 has come
 *	through a router, and is accepted only from a configured peer.
 * @IFLA_CARP_DELIVER: u8, enum carp_deliver, default CARP_DELIVER_AUTO
 * @IFLA_CARP_BROADCAST: u8, 0 or 1, default 0.  1: while MASTER the interface
 *	receives a copy of the broadcasts that the lower device receives.
 * @IFLA_CARP_LINK_DELAY: u32, 0..3600 seconds, default 0: how long the lower
 *	device must have had link before the interface takes part
 * @IFLA_CARP_ANNOUNCE_INTERVAL: u32, 0..1000 milliseconds, default 0: time
 *	between two announcements of addresses by ARP or neighbour discovery
 *	when they are repeated.  0: all at once.
 * @IFLA_CARP_LLADDR: u8, enum carp_lladdr, default CARP_LLADDR_VIRTUAL.  The
 *	same on all hosts of the group.  EBUSY if it is changed while the
 *	interface is up.
 *
 * Values that are not given keep their default in a new interface and their
 * present value in a change.  A refused request changes nothing and says why
 * in the extended acknowledgement, at the attribute it blames.
 */
enum carp_link_attr {
	IFLA_CARP_UNSPEC,
	IFLA_CARP_VHID,
	IFLA_CARP_ADVBASE,
	IFLA_CARP_ADVSKEW,
	IFLA_CARP_KEY,
	IFLA_CARP_STATE,
	IFLA_CARP_DEMOTION,
	IFLA_CARP_PREEMPT,
	IFLA_CARP_PREEMPT_DELAY,
	IFLA_CARP_PEER,
	IFLA_CARP_PEER6,
	IFLA_CARP_MIN_TTL,
	IFLA_CARP_DELIVER,
	IFLA_CARP_BROADCAST,
	IFLA_CARP_LINK_DELAY,
	IFLA_CARP_ANNOUNCE_INTERVAL,
	IFLA_CARP_LLADDR,
	__IFLA_CARP_MAX
};
#define IFLA_CARP_MAX (__IFLA_CARP_MAX - 1)

/**
 * enum carp_reason - why a transition happened, CARP_A_REASON
 * @CARP_REASON_NONE: never sent
 * @CARP_REASON_UP: INIT -> BACKUP: all that it needs is there
 * @CARP_REASON_MASTER_TIMED_OUT: BACKUP -> MASTER: the master fell silent
 * @CARP_REASON_PREEMPT: BACKUP -> MASTER: taking over from a slower master
 * @CARP_REASON_LESS_DEMOTED: BACKUP -> MASTER: the master is more demoted
 * @CARP_REASON_WILL_TIME_OUT: BACKUP -> MASTER: the master advertises less
 *	often than this host would wait
 * @CARP_REASON_BOWED_OUT: BACKUP -> MASTER: the master has said good-bye
 * @CARP_REASON_WANTED: INIT -> MASTER: configured to start as MASTER
 * @CARP_REASON_BETTER_ADVERT: MASTER -> BACKUP: a better master was heard
 * @CARP_REASON_TIE_LOST: MASTER -> BACKUP: an equal master stays
 * @CARP_REASON_TIE_LASTED: MASTER -> BACKUP: of two equal masters neither
 *	gave way
 * @CARP_REASON_ADMIN: either way: the administrator has forced it
 * @CARP_REASON_ADMIN_DOWN: to INIT: the interface is down
 * @CARP_REASON_CARRIER_DOWN: to INIT: the carrier is down
 * @CARP_REASON_NO_LINK: to INIT: the carrier has no link
 * @CARP_REASON_NO_ADDRESS: to INIT: there is no virtual address
 * @CARP_REASON_NOT_ALLOWED: to INIT: net.carp.allow is 0
 * @CARP_REASON_SHUTDOWN: to INIT: reboot, unload, or end of the namespace
 * @CARP_REASON_LINK_YOUNG: INIT -> INIT: all that it needs is there, but the
 *	lower device has not had link for IFLA_CARP_LINK_DELAY yet
 */
enum carp_reason {
	CARP_REASON_NONE,
	CARP_REASON_UP,
	CARP_REASON_MASTER_TIMED_OUT,
	CARP_REASON_PREEMPT,
	CARP_REASON_LESS_DEMOTED,
	CARP_REASON_WILL_TIME_OUT,
	CARP_REASON_BOWED_OUT,
	CARP_REASON_WANTED,
	CARP_REASON_BETTER_ADVERT,
	CARP_REASON_TIE_LOST,
	CARP_REASON_TIE_LASTED,
	CARP_REASON_ADMIN,
	CARP_REASON_ADMIN_DOWN,
	CARP_REASON_CARRIER_DOWN,
	CARP_REASON_NO_LINK,
	CARP_REASON_NO_ADDRESS,
	CARP_REASON_NOT_ALLOWED,
	CARP_REASON_SHUTDOWN,
	CARP_REASON_LINK_YOUNG,
	__CARP_REASON_MAX
};
#define CARP_REASON_MAX (__CARP_REASON_MAX - 1)

/*
 * Generic netlink, described in Documentation/netlink/specs/carp.yaml.
 */

/** CARP_FAMILY_NAME - the family */
#define CARP_FAMILY_NAME	"carp"

/** CARP_FAMILY_VERSION - its version */
#define CARP_FAMILY_VERSION	1

/** CARP_MCGRP_EVENTS - multicast group of the events */
#define CARP_MCGRP_EVENTS	"events"

/**
 * enum carp_cmd - commands and events
 * @CARP_CMD_UNSPEC: never sent
 * @CARP_CMD_GET: an interface, by ifindex or ifname, or a dump of all
 * @CARP_CMD_SET: force the state of an interface, by ifindex or ifname, as
 *	rtnetlink's IFLA_CARP_STATE does: complete when the request returns
 * @CARP_CMD_GET_DEMOTION: the total demotion, or a dump of the reasons in
 *	force
 * @CARP_CMD_DEMOTE: put a reason in force, with a weight from 1 on, or change
 *	its weight. Without a weight, demote-weight-default
 * @CARP_CMD_UNDEMOTE: end a reason that was put in force by demote
 * @CARP_CMD_STATE_CHANGED: an interface has changed its state. Every change
 *	is told, in order
 * @CARP_CMD_DEMOTION_CHANGED: a reason of demotion has begun, ended or
 *	changed its weight
 * @CARP_CMD_OTHER_MASTER: another master of the vhid of an interface is heard
 *	(CARP_A_SEEN 1), or no longer (0): one whose advertisements fail
 *	authentication, or that advertises beside the master of this group. At
 *	most three of its intervals after it has begun
 */
enum carp_cmd {
	CARP_CMD_UNSPEC,
	CARP_CMD_GET,
	CARP_CMD_SET,
	CARP_CMD_GET_DEMOTION,
	CARP_CMD_DEMOTE,
	CARP_CMD_UNDEMOTE,
	CARP_CMD_STATE_CHANGED,
	CARP_CMD_DEMOTION_CHANGED,
	CARP_CMD_OTHER_MASTER,
	__CARP_CMD_MAX
};
#define CARP_CMD_MAX (__CARP_CMD_MAX - 1)

/**
 * enum carp_attr - attributes of messages
 * @CARP_A_UNSPEC: never sent
 * @CARP_A_IFINDEX: u32, index of the CARP interface
 * @CARP_A_IFNAME: string, name of the CARP interface
 * @CARP_A_STATE: u8, enum carp_state, state; in an event, the new one. In a
 *	request, the one to force
 * @CARP_A_DEMOTE_REASON: string, name of a demotion reason: letters, digits
 *	and any of ._:@/+- after a letter or digit. The kernel's own are
 *	carrier:IFNAME, senderr:IFNAME and sysctl
 * @CARP_A_WEIGHT: s32, weight of a demotion reason; in an event, the new one,
 *	0 if it is over. Only that of sysctl can be negative
 * @CARP_A_VHID: u8, virtual host id
 * @CARP_A_CARRIER: u32, index of the carrier
 * @CARP_A_CARRIER_NAME: string, name of the carrier
 * @CARP_A_ADVBASE: u8, configured base of the advertisement interval, seconds
 * @CARP_A_ADVSKEW: u8, configured skew of the advertisement interval, 1/256 s
 * @CARP_A_EFFECTIVE_SKEW: u8, skew that is advertised, with demotion, 1/256 s
 * @CARP_A_PREEMPT: u8, 1 if a slower master is taken over from, else 0
 * @CARP_A_DEMOTION: u32, total demotion in force
 * @CARP_A_SINCE: u64, when the state was entered, CLOCK_MONOTONIC, ns
 * @CARP_A_PEER: nest, a host that was heard, the latest advertisement of each
 *	address, for ten of its intervals and at least ten seconds. In an event,
 *	whose advertisement led to it, with the address only
 * @CARP_A_STATS: nest, counters
 * @CARP_A_SEQ: u64, number of an event, counted per network namespace. A
 *	number that is missing is an event that was lost. In replies, that of
 *	the latest event which the reply knows of
 * @CARP_A_TIME: u64, when it happened, CLOCK_MONOTONIC, ns
 * @CARP_A_OLD_STATE: u8, enum carp_state, state before the event
 * @CARP_A_REASON: u8, enum carp_reason, why the state has changed; of an
 *	interface, the latest reason
 * @CARP_A_REASON_TEXT: string, the same as it is logged
 * @CARP_A_OLD_WEIGHT: s32, weight before the event, 0 if it was not in force
 * @CARP_A_TOTAL: s32, sum of all weights, as net.carp.demotion shows it. What
 *	is in force is never below 0
 * @CARP_A_OLD_TOTAL: s32, sum before the event
 * @CARP_A_PAD: for alignment
 * @CARP_A_PREEMPT_DELAY: u32, how long slower masters, and no others, must have
 *	been heard before they are preempted, seconds
 * @CARP_A_MIN_TTL: u8, lowest TTL or hop limit that an advertisement may have
 *	arrived with
 * @CARP_A_UNICAST4: binary, IPv4 address of a host that is advertised to
 *	instead of 224.0.0.18, network byte order. One each, at most
 *	CARP_PEERS_MAX, in the order of IFLA_CARP_PEER
 * @CARP_A_UNICAST6: binary, the same for IPv6 and ff02::12
 * @CARP_A_DELIVER: u8, enum carp_deliver, by which device the traffic of the
 *	addresses comes in
 * @CARP_A_BROADCAST: u8, 1 if the interface receives broadcasts while MASTER,
 *	else 0
 * @CARP_A_LINK_DELAY: u32, how long the lower device must have had link before
 *	the interface takes part, seconds
 * @CARP_A_ANNOUNCE_INTERVAL: u32, time between two repeated announcements of
 *	addresses, milliseconds
 * @CARP_A_LLADDR: u8, enum carp_lladdr, MAC that the addresses are at
 * @CARP_A_OTHER_MASTER: nest of enum carp_peer_attr, another master of this
 *	vhid that is heard now: its address, whether it is authentic, since when
 *	it is heard and when it was heard last. In an interface, one each
 * @CARP_A_SEEN: u8, in CARP_CMD_OTHER_MASTER: 1 if it is heard, 0 if it is no
 *	longer
 */
enum carp_attr {
	CARP_A_UNSPEC,
	CARP_A_IFINDEX,
	CARP_A_IFNAME,
	CARP_A_STATE,
	CARP_A_DEMOTE_REASON,
	CARP_A_WEIGHT,
	CARP_A_VHID,
	CARP_A_CARRIER,
	CARP_A_CARRIER_NAME,
	CARP_A_ADVBASE,
	CARP_A_ADVSKEW,
	CARP_A_EFFECTIVE_SKEW,
	CARP_A_PREEMPT,
	CARP_A_DEMOTION,
	CARP_A_SINCE,
	CARP_A_PEER,
	CARP_A_STATS,
	CARP_A_SEQ,
	CARP_A_TIME,
	CARP_A_OLD_STATE,
	CARP_A_REASON,
	CARP_A_REASON_TEXT,
	CARP_A_OLD_WEIGHT,
	CARP_A_TOTAL,
	CARP_A_OLD_TOTAL,
	CARP_A_PAD,
	CARP_A_PREEMPT_DELAY,
	CARP_A_MIN_TTL,
	CARP_A_UNICAST4,
	CARP_A_UNICAST6,
	CARP_A_DELIVER,
	CARP_A_BROADCAST,
	CARP_A_LINK_DELAY,
	CARP_A_ANNOUNCE_INTERVAL,
	CARP_A_LLADDR,
	CARP_A_OTHER_MASTER,
	CARP_A_SEEN,
	__CARP_A_MAX
};
#define CARP_A_MAX (__CARP_A_MAX - 1)

/**
 * enum carp_peer_attr - in CARP_A_PEER
 * @CARP_A_PEER_UNSPEC: never sent
 * @CARP_A_PEER_ADDR4: binary, IPv4 source address, network byte order
 * @CARP_A_PEER_ADDR6: binary, IPv6 source address
 * @CARP_A_PEER_HEARD: u64, when, CLOCK_MONOTONIC, ns
 * @CARP_A_PEER_ADVBASE: u8, advertised, seconds; 255 with advskew 255 is a
 *	bow-out
 * @CARP_A_PEER_ADVSKEW: u8, advertised, 1/256 s
 * @CARP_A_PEER_DEMOTE: u8, advertised demotion
 * @CARP_A_PEER_COUNTER: u64, advertised counter
 * @CARP_A_PEER_AUTHENTIC: u8, 1 if the digest was right. 0 is another
 *	password, another list of addresses, or a forgery: nothing was done
 *	about it
 * @CARP_A_PEER_PAD: for alignment
 * @CARP_A_PEER_SINCE: u64, in CARP_A_OTHER_MASTER: since when it is heard,
 *	CLOCK_MONOTONIC, ns
 */
enum carp_peer_attr {
	CARP_A_PEER_UNSPEC,
	CARP_A_PEER_ADDR4,
	CARP_A_PEER_ADDR6,
	CARP_A_PEER_HEARD,
	CARP_A_PEER_ADVBASE,
	CARP_A_PEER_ADVSKEW,
	CARP_A_PEER_DEMOTE,
	CARP_A_PEER_COUNTER,
	CARP_A_PEER_AUTHENTIC,
	CARP_A_PEER_PAD,
	CARP_A_PEER_SINCE,
	__CARP_A_PEER_MAX
};
#define CARP_A_PEER_MAX (__CARP_A_PEER_MAX - 1)

/**
 * enum carp_stats_attr - in CARP_A_STATS, as ethtool -S names them
 * @CARP_A_STATS_UNSPEC: never sent
 * @CARP_A_STATS_IPACKETS: advertisements of this vhid received over IPv4
 * @CARP_A_STATS_IPACKETS6: and over IPv6
 * @CARP_A_STATS_BADTTL: dropped: wrong TTL or hop limit
 * @CARP_A_STATS_HDROPS: dropped: damaged IP header
 * @CARP_A_STATS_BADSUM: dropped: wrong checksum
 * @CARP_A_STATS_BADVER: dropped: unknown version
 * @CARP_A_STATS_BADLEN: dropped: wrong length
 * @CARP_A_STATS_BADAUTH: dropped: wrong digest
 * @CARP_A_STATS_BADPEER: dropped: through a router from who is no peer
 * @CARP_A_STATS_OPACKETS: advertisements sent over IPv4
 * @CARP_A_STATS_OPACKETS6: and over IPv6
 * @CARP_A_STATS_ONOMEM: not sent for want of memory
 * @CARP_A_STATS_PREEMPT: times that it became MASTER
 * @CARP_A_STATS_OERRORS: not sent, refused by the carrier
 * @CARP_A_STATS_LOOP: our own, come back
 * @CARP_A_STATS_FOREIGN: VRRP on this id
 * @CARP_A_STATS_GRACE: under a list of addresses that is about to change
 * @CARP_A_STATS_CONTESTED: claims of another MAC to an address that this host
 *	holds
 * @CARP_A_STATS_RX_INACTIVE: frames to the virtual MAC dropped while not
 *	MASTER
 * @CARP_A_STATS_TX_INACTIVE: frames kept from the wire while not MASTER
 * @CARP_A_STATS_BADVHID: advertisements of a vhid that is not configured, of
 *	the whole carrier
 * @CARP_A_STATS_BADIF: advertisements to a device without CARP, of the whole
 *	namespace
 * @CARP_A_STATS_PAD: for alignment
 * @CARP_A_STATS_UNCHECKED: dropped without a look at the digest, in a flood of
 *	wrong ones from one address
 * @CARP_A_STATS_REPLAY: dropped: a good-bye with a counter that was used
 *	before
 */
enum carp_stats_attr {
	CARP_A_STATS_UNSPEC,
	CARP_A_STATS_IPACKETS,
	CARP_A_STATS_IPACKETS6,
	CARP_A_STATS_BADTTL,
	CARP_A_STATS_HDROPS,
	CARP_A_STATS_BADSUM,
	CARP_A_STATS_BADVER,
	CARP_A_STATS_BADLEN,
	CARP_A_STATS_BADAUTH,
	CARP_A_STATS_BADPEER,
	CARP_A_STATS_OPACKETS,
	CARP_A_STATS_OPACKETS6,
	CARP_A_STATS_ONOMEM,
	CARP_A_STATS_PREEMPT,
	CARP_A_STATS_OERRORS,
	CARP_A_STATS_LOOP,
	CARP_A_STATS_FOREIGN,
	CARP_A_STATS_GRACE,
	CARP_A_STATS_CONTESTED,
	CARP_A_STATS_RX_INACTIVE,
	CARP_A_STATS_TX_INACTIVE,
	CARP_A_STATS_BADVHID,
	CARP_A_STATS_BADIF,
	CARP_A_STATS_PAD,
	CARP_A_STATS_UNCHECKED,
	CARP_A_STATS_REPLAY,
	__CARP_A_STATS_MAX
};
#define CARP_A_STATS_MAX (__CARP_A_STATS_MAX - 1)

#endif /* _UAPI_LINUX_IF_CARP_H */
