// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "netns.h"

#include <err.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

static int home = -1;

void netns_enter(const char *name)
{
	char path[256];
	int fd;

	if (home < 0)
		home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home < 0)
		err(3, "the own network namespace");
	if (!strcmp(name, "-"))
		return;
	snprintf(path, sizeof(path), "%s%s",
		 strchr(name, '/') ? "" : "/run/netns/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		err(3, "network namespace %s", path);
	close(fd);
}

void netns_leave(void)
{
	if (setns(home, CLONE_NEWNET) < 0)
		err(3, "going back to the own network namespace");
}

struct netns_iface netns_iface_parse(const char *text)
{
	const char *colon = strchr(text, ':');
	struct netns_iface where;

	if (!colon || colon == text || !colon[1])
		errx(3, "'%s' is not NAMESPACE:INTERFACE", text);
	where.ns = xstrdup(text);
	where.ns[colon - text] = '\0';
	where.iface = xstrdup(colon + 1);
	return where;
}

int netns_ifindex(const char *iface)
{
	unsigned int index = if_nametoindex(iface);

	if (!index)
		err(3, "interface %s", iface);
	return (int)index;
}
