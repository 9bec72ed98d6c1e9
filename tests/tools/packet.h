/* SPDX-License-Identifier: GPL-2.0-only */
/* Packet sockets: whole frames of an interface with the kernel's timestamps. */
#ifndef TOOLS_PACKET_H
#define TOOLS_PACKET_H

#include <sys/types.h>

#include "netns.h"
#include "util.h"

/* The longest frame: a GSO packet of veth, with its header and a tag. */
#define PACKET_MAX	(65536 + 64)

enum packet_what {
	PACKET_ALL,		/* every frame, both directions */
	PACKET_CONTROL,		/* received ARP, CARP/VRRP and neighbour adverts */
	PACKET_NOTHING,		/* for sending only */
};

struct packet_meta {
	u64 real_ns;		/* CLOCK_REALTIME, when the kernel had it */
	bool outgoing;		/* sent by the interface, not received */
};

/* Opened and bound: from the return on, every frame is kept. */
int packet_open(const struct netns_iface *where, enum packet_what what);

/*
 * One frame with its VLAN tag where the wire had it, or -1 when none waits.
 * The return is the frame's own length even if it did not fit into @size.
 */
ssize_t packet_recv(int fd, u8 *buf, size_t size, struct packet_meta *meta);

void packet_send(int fd, const u8 *frame, size_t len);

/* How many frames found no room since the last call. */
u32 packet_drops(int fd, u32 *seen);

#endif
