/* SPDX-License-Identifier: GPL-2.0-only */
/* Changing links at once: the socket is there before it is needed. */
#ifndef TOOLS_RTLINK_H
#define TOOLS_RTLINK_H

#include "util.h"

/* For the network namespace we are in. */
int rtlink_open(void);

/* All return 0 or a negative errno once the kernel has done it. */
int rtlink_set_up(int fd, int ifindex, bool up);
int rtlink_set_master(int fd, int ifindex, int master);	/* 0: none */
int rtlink_set_port_state(int fd, int ifindex, u8 state);
int rtlink_delete(int fd, int ifindex);

#endif
