/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink requests made by hand, right and wrong ones. */
#ifndef TOOLS_NL_H
#define TOOLS_NL_H

#include <linux/netlink.h>

#include "util.h"

#define NL_REQUEST_MAX	4096
#define NL_REPLY_MAX	(1 << 16)

/* The request was taken, and what came of it is not known. */
#define NL_LOST		1

struct nl_request {
	union {
		struct nlmsghdr head;
		u8 bytes[NL_REQUEST_MAX];
	};
};

struct nl_reply {
	u8 bytes[NL_REPLY_MAX];
	size_t len;
};

/* NETLINK_ROUTE, NETLINK_GENERIC; of the namespace we are in. */
int nl_open(int protocol);

/* A request with the fixed part of its kind. */
void nl_begin(struct nl_request *r, u16 type, u16 flags, const void *fixed,
	      size_t len);
void nl_begin_genl(struct nl_request *r, u16 family, u8 cmd, u16 flags);
struct nlattr *nl_put(struct nl_request *r, u16 type, const void *data,
		      size_t len);
void nl_put_u8(struct nl_request *r, u16 type, u8 value);
void nl_put_u32(struct nl_request *r, u16 type, u32 value);
void nl_put_text(struct nl_request *r, u16 type, const char *text);
struct nlattr *nl_nest(struct nl_request *r, u16 type);
void nl_nest_end(struct nl_request *r, struct nlattr *nest);

/*
 * Sends it and takes what comes back, which is there at once. Returns 0, a
 * negative errno, or NL_LOST if the answer had no room. @reply may be NULL.
 */
int nl_do(int fd, struct nl_request *r, struct nl_reply *reply);
/* What the last answer said in words, or "". */
const char *nl_said(void);
/* A dump; its messages one after the other. */
int nl_dump(int fd, struct nl_request *r, struct nl_reply *reply);

/* The number of a generic netlink family, 0 if there is none. */
u16 nl_find_family(int fd, const char *name);
/* The same; ends the program without it. */
u16 nl_family(int fd, const char *name);

/* An attribute by its type, or NULL. */
const struct nlattr *nl_find(const void *attrs, size_t len, u16 type);
static inline const void *nl_data(const struct nlattr *attr)
{
	return (const u8 *)attr + NLA_HDRLEN;
}

static inline size_t nl_len(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

#endif
