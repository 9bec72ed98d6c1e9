/* SPDX-License-Identifier: GPL-2.0-only */
/* What netlink does not tell of a host, but its advertisements do. */
#ifndef TOOLS_SPOKEN_H
#define TOOLS_SPOKEN_H

#include "util.h"

/* Listens to what eth0 of @ns sends. Leaves the namespace that it is called in. */
void spoken_begin(const char *ns);

/*
 * With which of the passwords, and over 192.0.2.100 and 2001:db8::100, the next
 * advertisement is authenticated: its place, or -1 for another key, or if nothing
 * is said within five seconds.
 */
int spoken_password(const char *const *passwords, int n);

#endif
