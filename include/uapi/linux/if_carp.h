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
 * @IFLA_CARP_PEER6: reserved
 * @IFLA_CARP_MIN_TTL: u8, 1..255, default 255: lowest TTL or hop limit
 *	that an advertisement may have arrived with.  One below 255 has come
 *	through a router, and is accepted only from a configured peer.
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
	__IFLA_CARP_MAX
};
#define IFLA_CARP_MAX (__IFLA_CARP_MAX - 1)

#endif /* _UAPI_LINUX_IF_CARP_H */
