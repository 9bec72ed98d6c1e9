// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded into ip it makes every link that is asked for one by one a carp
 * interface, with the attributes in LINKINFO (hexadecimal), so that what the
 * plugin prints can be tested without the module.
 */
#include <dlfcn.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static size_t read_hex(unsigned char *out, size_t max)
{
	const char *hex = getenv("LINKINFO");
	size_t n = 0;

	while (hex && n < max && sscanf(hex, "%2hhx", &out[n]) == 1) {
		hex += 2;
		n++;
	}
	return n;
}

static void *put(char *at, int type, const void *data, size_t len)
{
	struct rtattr *rta = (struct rtattr *)at;

	rta->rta_type = type;
	rta->rta_len = RTA_LENGTH(len);
	memset(RTA_DATA(rta), 0, RTA_SPACE(len) - RTA_LENGTH(0));
	memcpy(RTA_DATA(rta), data, len);
	return at + RTA_SPACE(len);
}

/* IFLA_LINKINFO { IFLA_INFO_KIND, IFLA_INFO_DATA } */
static size_t build(char *buf)
{
	unsigned char data[256];
	char nest[512], *p = nest;

	p = put(p, IFLA_INFO_KIND, "carp", sizeof("carp"));
	if (getenv("LINKINFO"))
		p = put(p, IFLA_INFO_DATA, data, read_hex(data, sizeof(data)));
	put(buf, IFLA_LINKINFO, nest, p - nest);
	return RTA_SPACE(p - nest);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	static ssize_t (*real)(int, struct msghdr *, int);
	struct nlmsghdr *n;
	char extra[1024];
	ssize_t len;

	if (!real)
		real = (ssize_t (*)(int, struct msghdr *, int))
			dlsym(RTLD_NEXT, "recvmsg");
	len = real(fd, msg, flags);
	if (len <= 0)
		return len;
	/* How much is there?  More than you think. */
	if (flags & MSG_PEEK)
		return len + sizeof(extra);

	n = msg->msg_iov->iov_base;
	if (n->nlmsg_type != RTM_NEWLINK || n->nlmsg_flags & NLM_F_MULTI ||
	    (ssize_t)NLMSG_ALIGN(n->nlmsg_len) != len)
		return len;
	len += build((char *)n + len);
	n->nlmsg_len = len;
	return len;
}
