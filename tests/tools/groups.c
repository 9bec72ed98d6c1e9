// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "groups.h"

#include <err.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "nl.h"

static void add(struct groups *g, const char *dev, const void *addr)
{
	struct group *group = &g->group[g->n];

	if (!strncmp(dev, "carp", 4))
		return;
	if (g->n++ == GROUPS_MAX)
		errx(3, "more than %d groups", GROUPS_MAX);
	snprintf(group->dev, sizeof(group->dev), "%s", dev);
	memcpy(&group->addr, addr, sizeof(group->addr));
}

static void keep(struct groups *g, const struct nlmsghdr *head)
{
	const struct ifaddrmsg *ifa = NLMSG_DATA(head);
	const struct nlattr *attr;
	char dev[IFNAMSIZ];

	attr = nl_find(IFA_RTA(ifa), IFA_PAYLOAD(head), IFA_MULTICAST);
	if (attr && nl_len(attr) == sizeof(struct in6_addr) &&
	    if_indextoname(ifa->ifa_index, dev))
		add(g, dev, nl_data(attr));
}

/* Netlink tells of these only since Linux 6.14. */
static void keep4(struct groups *g)
{
	FILE *f = file_open("/proc/thread-self/net/igmp", "r");
	struct in6_addr mapped = { .s6_addr = { [10] = 0xff, [11] = 0xff } };
	struct line line = {};
	char dev[IFNAMSIZ] = "";
	char *text;

	while ((text = line_read(&line, f))) {
		u32 addr;

		if (sscanf(text, " %8x %*u %*u:", &addr) == 1 &&
		    text[0] == '\t') {
			mapped.s6_addr32[3] = addr;
			add(g, dev, &mapped);
		} else {
			sscanf(text, "%*u %15s", dev);
		}
	}
	free(line.text);
	fclose(f);
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct group));
}

void groups_take(struct groups *g)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_INET6 };
	static struct nl_request r;
	static struct nl_reply reply;
	static int fd = -1;
	const struct nlmsghdr *head = (const void *)reply.bytes;
	size_t len;

	if (fd < 0)
		fd = nl_open(NETLINK_ROUTE);
	memset(g, 0, sizeof(*g));
	nl_begin(&r, RTM_GETMULTICAST, 0, &ifa, sizeof(ifa));
	if (nl_dump(fd, &r, &reply))
		errx(3, "the groups cannot be asked for");
	for (len = reply.len; NLMSG_OK(head, len); head = NLMSG_NEXT(head, len))
		keep(g, head);
	keep4(g);
	qsort(g->group, g->n, sizeof(g->group[0]), compare);
}

bool groups_equal(const struct groups *a, const struct groups *b)
{
	return a->n == b->n &&
	       !memcmp(a->group, b->group, a->n * sizeof(a->group[0]));
}

bool groups_await(const struct groups *wanted, unsigned int ms)
{
	u64 end = mono_now() + ms * NSEC_PER_MSEC;
	struct groups now;

	for (;;) {
		groups_take(&now);
		if (groups_equal(&now, wanted))
			return true;
		if (mono_now() > end)
			return false;
		sleep_until(mono_now() + 100 * NSEC_PER_MSEC);
	}
}
