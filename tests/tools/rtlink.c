// SPDX-License-Identifier: GPL-2.0-only
#include "rtlink.h"

#include <err.h>
#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

struct request {
	struct nlmsghdr head;
	struct ifinfomsg link;
	char attrs[64];
};

int rtlink_open(void)
{
	struct sockaddr_nl local = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof(local)) < 0)
		err(3, "rtnetlink");
	return fd;
}

static struct request new_request(u16 type, int ifindex)
{
	return (struct request) {
		.head = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.link.ifi_index = ifindex,
	};
}

static struct rtattr *add_attr(struct request *r, u16 type, const void *data,
			       size_t len)
{
	struct rtattr *attr = (void *)((char *)r +
				       NLMSG_ALIGN(r->head.nlmsg_len));

	attr->rta_type = type;
	attr->rta_len = (u16)RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(attr), data, len);
	r->head.nlmsg_len = NLMSG_ALIGN(r->head.nlmsg_len) +
			    RTA_ALIGN(attr->rta_len);
	return attr;
}

static int transact(int fd, struct request *r)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char more[4096];
	} answer;
	static u32 sequence;

	r->head.nlmsg_seq = ++sequence;
	if (send(fd, r, r->head.nlmsg_len, 0) < 0)
		return -errno;
	do {
		if (recv(fd, &answer, sizeof(answer), 0) < 0)
			return -errno;
	} while (answer.head.nlmsg_type != NLMSG_ERROR ||
		 answer.head.nlmsg_seq != r->head.nlmsg_seq);
	return answer.error.error;
}

int rtlink_set_up(int fd, int ifindex, bool up)
{
	struct request r = new_request(RTM_NEWLINK, ifindex);

	r.link.ifi_change = IFF_UP;
	r.link.ifi_flags = up ? IFF_UP : 0;
	return transact(fd, &r);
}

int rtlink_set_master(int fd, int ifindex, int master)
{
	struct request r = new_request(RTM_NEWLINK, ifindex);

	add_attr(&r, IFLA_MASTER, &master, sizeof(master));
	return transact(fd, &r);
}

int rtlink_set_port_state(int fd, int ifindex, u8 state)
{
	struct request r = new_request(RTM_SETLINK, ifindex);
	struct rtattr *nest;
	u32 begin;

	r.link.ifi_family = AF_BRIDGE;
	begin = r.head.nlmsg_len;
	nest = add_attr(&r, IFLA_PROTINFO | NLA_F_NESTED, NULL, 0);
	add_attr(&r, IFLA_BRPORT_STATE, &state, sizeof(state));
	nest->rta_len = (u16)(r.head.nlmsg_len - NLMSG_ALIGN(begin));
	return transact(fd, &r);
}

int rtlink_delete(int fd, int ifindex)
{
	struct request r = new_request(RTM_DELLINK, ifindex);

	return transact(fd, &r);
}
