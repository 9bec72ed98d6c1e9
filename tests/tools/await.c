// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waits until a carp interface is in a state. A shell could ask ip again and
 * again; starting that so often takes most of a test's time.
 */
#include <err.h>
#include <errno.h>
#include <linux/if_carp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "netns.h"
#include "util.h"

#define PERIOD	(5 * NSEC_PER_MSEC)

static const char usage[] =
	"usage: await NS DEV init|backup|master MS\n"
	"Fails when DEV is not in that state within MS.\n";

struct request {
	struct nlmsghdr head;
	struct ifinfomsg link;
	struct rtattr name;
	char text[IFNAMSIZ];
};

static const struct rtattr *find(const struct rtattr *attr, int len, u16 type)
{
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len)) {
		if ((attr->rta_type & NLA_TYPE_MASK) == type)
			return attr;
	}
	return NULL;
}

static const struct rtattr *find_in(const struct rtattr *nest, u16 type)
{
	return nest ? find(RTA_DATA(nest), (int)RTA_PAYLOAD(nest), type) : NULL;
}

/* -1 when there is no such interface, or it is none of ours. */
static int state_of(int fd, const char *dev)
{
	static char answer[1 << 15];
	const struct nlmsghdr *head = (void *)answer;
	struct request r = {
		.head.nlmsg_len = NLMSG_SPACE(sizeof(r.link)) +
				  (u32)RTA_LENGTH(strlen(dev) + 1),
		.head.nlmsg_type = RTM_GETLINK,
		.head.nlmsg_flags = NLM_F_REQUEST,
		.name.rta_type = IFLA_IFNAME,
		.name.rta_len = (u16)RTA_LENGTH(strlen(dev) + 1),
	};
	const struct rtattr *attr;
	ssize_t len;

	memcpy(r.text, dev, strlen(dev) + 1);
	if (send(fd, &r, r.head.nlmsg_len, 0) < 0)
		err(3, "asking for %s", dev);
	len = recv(fd, answer, sizeof(answer), 0);
	if (len < 0)
		err(3, "an answer about %s", dev);
	if (!NLMSG_OK(head, (size_t)len) || head->nlmsg_type != RTM_NEWLINK)
		return -1;

	attr = find(IFLA_RTA(NLMSG_DATA(head)), (int)IFLA_PAYLOAD(head),
		    IFLA_LINKINFO);
	attr = find_in(find_in(attr, IFLA_INFO_DATA), IFLA_CARP_STATE);
	return attr ? *(const u8 *)RTA_DATA(attr) : -1;
}

static int state_parse(const char *text)
{
	if (!strcmp(text, "init"))
		return CARP_STATE_INIT;
	if (!strcmp(text, "backup"))
		return CARP_STATE_BACKUP;
	if (!strcmp(text, "master"))
		return CARP_STATE_MASTER;
	errx(3, "'%s' is not init, backup or master", text);
}

int main(int argc, char **argv)
{
	u64 end, next;
	int fd, wanted;

	if (argc != 5 || strlen(argv[2]) >= IFNAMSIZ) {
		fputs(usage, stderr);
		return 2;
	}
	wanted = state_parse(argv[3]);
	next = mono_now();
	end = next + parse_u64(argv[4], 1000000000, "time") * NSEC_PER_MSEC;
	netns_enter(argv[1]);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		err(3, "rtnetlink");

	while (state_of(fd, argv[2]) != wanted) {
		next += PERIOD;
		if (next > end)
			return 1;
		sleep_until(next);
	}
	return 0;
}
