/* SPDX-License-Identifier: GPL-2.0-only */
/* Network namespaces by name: a socket stays in the one it was opened in. */
#ifndef TOOLS_NETNS_H
#define TOOLS_NETNS_H

/*
 * Enters @name: one made by `ip netns add`, a path such as /proc/1/ns/net when
 * it has a slash, or "-" for the namespace the program was started in.
 */
void netns_enter(const char *name);
void netns_leave(void);

/* "NS:IFACE", copied. */
struct netns_iface {
	char *ns;
	char *iface;
};
struct netns_iface netns_iface_parse(const char *text);

/* The index of @iface in the namespace we are in; ends the program if none. */
int netns_ifindex(const char *iface);

#endif
