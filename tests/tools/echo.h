/* SPDX-License-Identifier: GPL-2.0-only */
/* ICMP echo at a steady pace, every one accounted for. */
#ifndef TOOLS_ECHO_H
#define TOOLS_ECHO_H

#include <sys/socket.h>

#include "util.h"

struct ping {
	u64 sent;		/* CLOCK_MONOTONIC; 0: never */
	u64 replied;		/* the first reply; 0: none */
	u32 replies;
};

struct echo {
	int fd;
	u8 family;		/* 4 or 6 */
	u16 id;
	struct sockaddr_storage to;
	socklen_t to_len;
	s64 offset;		/* of the clock of the timestamps */
	struct ping *pings;
	u32 count, sent, send_errors;
};

/*
 * @device may be NULL; binding to one would keep a host from answering itself,
 * which is something that tests want to see.
 */
void echo_open(struct echo *echo, const char *ns, const char *target,
	       const char *device, u32 count, s64 offset);
void echo_send(struct echo *echo);
void echo_receive(struct echo *echo);

#endif
