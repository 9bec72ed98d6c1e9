// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "nl.h"

#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char said[256];

const char *nl_said(void)
{
	return said;
}

int nl_open(int protocol)
{
	struct sockaddr_nl local = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	int on = 1;

	if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof(local)) < 0)
		err(3, "netlink");
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	return fd;
}

static void append(struct nl_request *r, const void *data, size_t len)
{
	size_t at = NLMSG_ALIGN(r->head.nlmsg_len);

	if (at + len > NL_REQUEST_MAX)
		errx(3, "a request of more than %d bytes", NL_REQUEST_MAX);
	memset(r->bytes + r->head.nlmsg_len, 0, at - r->head.nlmsg_len);
	if (len)
		memcpy(r->bytes + at, data, len);
	r->head.nlmsg_len = (u32)(at + len);
}

void nl_begin(struct nl_request *r, u16 type, u16 flags, const void *fixed,
	      size_t len)
{
	r->head = (struct nlmsghdr) {
		.nlmsg_len = NLMSG_HDRLEN,
		.nlmsg_type = type,
		.nlmsg_flags = flags | NLM_F_REQUEST,
	};
	append(r, fixed, len);
}

void nl_begin_genl(struct nl_request *r, u16 family, u8 cmd, u16 flags)
{
	struct genlmsghdr head = { .cmd = cmd, .version = 1 };

	nl_begin(r, family, flags, &head, sizeof(head));
}

struct nlattr *nl_put(struct nl_request *r, u16 type, const void *data,
		      size_t len)
{
	struct nlattr attr = {
		.nla_type = type,
		.nla_len = (u16)(NLA_HDRLEN + len),
	};
	size_t at = NLMSG_ALIGN(r->head.nlmsg_len);

	append(r, &attr, sizeof(attr));
	append(r, data, len);
	return (struct nlattr *)(r->bytes + at);
}

void nl_put_u8(struct nl_request *r, u16 type, u8 value)
{
	nl_put(r, type, &value, sizeof(value));
}

void nl_put_u32(struct nl_request *r, u16 type, u32 value)
{
	nl_put(r, type, &value, sizeof(value));
}

void nl_put_text(struct nl_request *r, u16 type, const char *text)
{
	nl_put(r, type, text, strlen(text) + 1);
}

struct nlattr *nl_nest(struct nl_request *r, u16 type)
{
	return nl_put(r, type | NLA_F_NESTED, NULL, 0);
}

void nl_nest_end(struct nl_request *r, struct nlattr *nest)
{
	nest->nla_len = (u16)(r->bytes + r->head.nlmsg_len - (u8 *)nest);
}

static void keep(struct nl_reply *reply, const struct nlmsghdr *head)
{
	size_t len = NLMSG_ALIGN(head->nlmsg_len);

	if (!reply || reply->len + len > sizeof(reply->bytes))
		return;
	memcpy(reply->bytes + reply->len, head, head->nlmsg_len);
	reply->len += len;
}

static void keep_words(const struct nlmsghdr *head)
{
	const struct nlattr *attr;

	if (head->nlmsg_type != NLMSG_ERROR ||
	    !(head->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	attr = nl_find((const u8 *)NLMSG_DATA(head) + sizeof(struct nlmsgerr),
		       NLMSG_PAYLOAD(head, sizeof(struct nlmsgerr)),
		       NLMSGERR_ATTR_MSG);
	if (attr)
		snprintf(said, sizeof(said), "%.*s", (int)nl_len(attr),
			 (const char *)nl_data(attr));
}

/* True when the last one was seen, and then *error is its result. */
static bool take(const u8 *bytes, size_t len, u32 seq, struct nl_reply *reply,
		 int *error)
{
	const struct nlmsghdr *head = (const void *)bytes;

	for (; NLMSG_OK(head, len); head = NLMSG_NEXT(head, len)) {
		if (head->nlmsg_seq != seq)
			continue;
		if (head->nlmsg_type == NLMSG_ERROR ||
		    head->nlmsg_type == NLMSG_DONE) {
			*error = *(const int *)NLMSG_DATA(head);
			keep_words(head);
			return true;
		}
		keep(reply, head);
	}
	return false;
}

static int exchange(int fd, struct nl_request *r, struct nl_reply *reply)
{
	static u8 bytes[NL_REPLY_MAX];
	static u32 sequence;
	ssize_t len;
	int error;

	said[0] = '\0';
	r->head.nlmsg_seq = ++sequence;
	if (reply)
		reply->len = 0;
	if (send(fd, r->bytes, r->head.nlmsg_len, 0) < 0)
		return -errno;
	for (;;) {
		len = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (len < 0)
			return NL_LOST;
		if (take(bytes, (size_t)len, sequence, reply, &error))
			return error;
	}
}

int nl_do(int fd, struct nl_request *r, struct nl_reply *reply)
{
	r->head.nlmsg_flags |= NLM_F_ACK;
	return exchange(fd, r, reply);
}

int nl_dump(int fd, struct nl_request *r, struct nl_reply *reply)
{
	r->head.nlmsg_flags |= NLM_F_DUMP;
	return exchange(fd, r, reply);
}

const struct nlattr *nl_find(const void *attrs, size_t len, u16 type)
{
	const u8 *at = attrs, *end = at + len;

	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *attr = (const void *)at;

		if (attr->nla_len < NLA_HDRLEN || at + attr->nla_len > end)
			return NULL;
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		at += NLA_ALIGN(attr->nla_len);
	}
	return NULL;
}

u16 nl_find_family(int fd, const char *name)
{
	static struct nl_reply reply;
	const struct nlmsghdr *head = (const void *)reply.bytes;
	const struct nlattr *attr;
	struct nl_request r;

	nl_begin_genl(&r, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	nl_put_text(&r, CTRL_ATTR_FAMILY_NAME, name);
	if (nl_do(fd, &r, &reply))
		return 0;
	attr = nl_find((const u8 *)NLMSG_DATA(head) + GENL_HDRLEN,
		       NLMSG_PAYLOAD(head, GENL_HDRLEN), CTRL_ATTR_FAMILY_ID);
	if (!attr)
		errx(3, "generic netlink family %s has no number", name);
	return *(const u16 *)nl_data(attr);
}

u16 nl_family(int fd, const char *name)
{
	u16 family = nl_find_family(fd, name);

	if (!family)
		errx(3, "no generic netlink family %s", name);
	return family;
}
