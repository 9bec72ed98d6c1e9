// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink: requests, replies, and what the kernel says when it refuses.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "carpctl.h"

/* The kernel's dumps come in parts of at most this. */
#define BUFFER_SIZE	32768

/* Events that wait for a reader who is slow. */
#define EVENTS_BUFFER	(4 << 20)

/* The most attributes that one of our sets has, and more. */
#define ATTR_LIMIT	64

struct attr_table {
	const struct nlattr	**tb;
	int			max;
};

static int keep(const struct nlattr *attr, void *data)
{
	struct attr_table *table = data;
	int type = mnl_attr_get_type(attr);

	/* What a newer kernel adds is none of our business. */
	if (type <= table->max)
		table->tb[type] = attr;
	return MNL_CB_OK;
}

/**
 * nl_attrs() - attributes of a message
 * @nlh: message
 * @tb: CARP_A_MAX + 1 of them, by type
 */
void nl_attrs(const struct nlmsghdr *nlh, const struct nlattr **tb)
{
	struct attr_table table = { tb, CARP_A_MAX };

	memset(tb, 0, (CARP_A_MAX + 1) * sizeof(*tb));
	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), keep, &table);
}

/**
 * nl_nested() - attributes within an attribute
 * @nest: the outer one, or NULL
 * @tb: @max + 1 of them, by type
 * @max: the greatest type
 */
void nl_nested(const struct nlattr *nest, const struct nlattr **tb, int max)
{
	struct attr_table table = { tb, max };

	memset(tb, 0, (max + 1) * sizeof(*tb));
	if (nest)
		mnl_attr_parse_nested(nest, keep, &table);
}

/**
 * nl_uint() - an unsigned number of any width
 * @attr: attribute, or NULL
 */
uint64_t nl_uint(const struct nlattr *attr)
{
	switch (attr ? mnl_attr_get_payload_len(attr) : 0) {
	case 1:
		return mnl_attr_get_u8(attr);
	case 2:
		return mnl_attr_get_u16(attr);
	case 4:
		return mnl_attr_get_u32(attr);
	case 8:
		return mnl_attr_get_u64(attr);
	}
	return 0;
}

/**
 * nl_s32() - a signed number
 * @attr: attribute, or NULL
 */
int32_t nl_s32(const struct nlattr *attr)
{
	return (int32_t)nl_uint(attr);
}

/**
 * nl_str() - a string
 * @attr: attribute, or NULL
 */
const char *nl_str(const struct nlattr *attr)
{
	if (!attr || mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
		return "";
	return mnl_attr_get_str(attr);
}

/**
 * nl_cmd() - command of a message
 * @nlh: message
 */
uint8_t nl_cmd(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	return genl->cmd;
}

static struct nlmsghdr *request(char *buf, uint16_t type, uint8_t cmd,
				uint16_t flags, uint8_t version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

/**
 * nl_request() - begin a request
 * @nl: socket
 * @buf: MNL_SOCKET_BUFFER_SIZE bytes
 * @cmd: command
 * @flags: NLM_F_DUMP or 0
 */
struct nlmsghdr *nl_request(const struct nl *nl, char *buf, uint8_t cmd,
			    uint16_t flags)
{
	return request(buf, nl->family, cmd, flags, CARP_FAMILY_VERSION);
}

static void print_refusal(int error, const char *sentence)
{
	size_t len = strlen(sentence);

	if (!len)
		fprintf(stderr, "Error: %s.\n", strerror(error));
	else
		fprintf(stderr, "Error: %s%s\n", sentence,
			sentence[len - 1] == '.' ? "" : ".");
}

static const char *find_sentence(const struct nlmsghdr *nlh, size_t offset)
{
	const struct nlattr *tb[ATTR_LIMIT + 1] = {};
	struct attr_table table = { tb, ATTR_LIMIT };

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return "";
	mnl_attr_parse(nlh, offset, keep, &table);
	return nl_str(tb[NLMSGERR_ATTR_MSG]);
}

/* 0 or a negative errno, and then it has said why. */
static int outcome(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*err);
	int error = 0;

	if (nlh->nlmsg_type == NLMSG_DONE)
		offset = sizeof(int);
	/* A dump that went well may end without a number. */
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(int))
		error = *(const int *)mnl_nlmsg_get_payload(nlh);
	if (error >= 0)
		return 0;
	if (nlh->nlmsg_type == NLMSG_ERROR &&
	    !(nlh->nlmsg_flags & NLM_F_CAPPED))
		offset += err->msg.nlmsg_len - sizeof(err->msg);
	print_refusal(-error, find_sentence(nlh, offset));
	return error;
}

static bool is_for_us(const struct nl *nl, const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_seq == nl->seq && nlh->nlmsg_pid == nl->port;
}

/* One part of an answer: 1 if more is to come, or the outcome. */
static int take(struct nl *nl, const char *buf, int len, nl_fn fn, void *arg,
		bool *interrupted)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (!is_for_us(nl, nlh))
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			*interrupted = true;
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE)
			return outcome(nlh);
		if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && fn)
			fn(nlh, arg);
	}
	return 1;
}

/**
 * nl_talk() - send a request and wait for the end of the answer
 * @nl: socket
 * @nlh: request
 * @fn: given each message of the answer; may be NULL
 * @arg: for @fn
 *
 * Return: 0; -EAGAIN for a dump during which something has changed; or another
 * negative errno, and then it has said why.
 */
int nl_talk(struct nl *nl, struct nlmsghdr *nlh, nl_fn fn, void *arg)
{
	char buf[BUFFER_SIZE];
	bool interrupted = false;
	int len, status = 1;

	nlh->nlmsg_flags |= NLM_F_ACK;
	nlh->nlmsg_seq = ++nl->seq;
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		goto err;
	while (status == 1) {
		len = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			goto err;
		status = take(nl, buf, len, fn, arg, &interrupted);
	}
	return !status && interrupted ? -EAGAIN : status;
err:
	status = -errno;
	print_refusal(errno, "");
	return status;
}

static void find_group(struct nl *nl, const struct nlattr *groups)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	const struct nlattr *one;

	mnl_attr_for_each_nested(one, groups) {
		nl_nested(one, tb, CTRL_ATTR_MCAST_GRP_MAX);
		if (!strcmp(nl_str(tb[CTRL_ATTR_MCAST_GRP_NAME]),
			    CARP_MCGRP_EVENTS))
			nl->events = nl_uint(tb[CTRL_ATTR_MCAST_GRP_ID]);
	}
}

static void take_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1] = {};
	struct attr_table table = { tb, CTRL_ATTR_MAX };
	struct nl *nl = arg;

	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), keep, &table);
	nl->family = nl_uint(tb[CTRL_ATTR_FAMILY_ID]);
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		find_group(nl, tb[CTRL_ATTR_MCAST_GROUPS]);
}

/*
 * By name, for which the kernel loads the module, or by the number known already.
 * Not by nl_talk(), whose sentence would be about a file.
 */
static int find_family(struct nl *nl)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh;
	bool unused = false;
	int len;

	nlh = request(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0, 1);
	nlh->nlmsg_seq = ++nl->seq;
	if (nl->family)
		mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, nl->family);
	else
		mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, CARP_FAMILY_NAME);
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	len = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
	if (len < 0)
		return -errno;
	nlh = (struct nlmsghdr *)buf;
	if (mnl_nlmsg_ok(nlh, len) && nlh->nlmsg_type == NLMSG_ERROR)
		return ((struct nlmsgerr *)mnl_nlmsg_get_payload(nlh))->error;
	take(nl, buf, len, take_family, nl, &unused);
	return nl->family ? 0 : -ENOENT;
}

/**
 * nl_open() - a socket to the family carp
 * @nl: filled in
 *
 * Return: 0, or a negative errno, and then it has said why.
 */
int nl_open(struct nl *nl)
{
	int on = 1, err;

	memset(nl, 0, sizeof(*nl));
	nl->seq = time(NULL);
	nl->sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->sock || mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		err = -errno;
		print_refusal(errno, "");
		return err;
	}
	nl->port = mnl_socket_get_portid(nl->sock);
	/* Without these it is only the sentences that are missing. */
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &on, sizeof(on));
	err = find_family(nl);
	if (err == -ENOENT)
		print_refusal(ENOENT,
			      "the module carp is not loaded; load it with: modprobe carp");
	else if (err)
		print_refusal(-err, "");
	return err;
}

/**
 * nl_close() - close it
 * @nl: socket
 */
void nl_close(struct nl *nl)
{
	mnl_socket_close(nl->sock);
}

static int join_group(struct nl *nl, uint32_t group)
{
	return mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &group,
				     sizeof(group));
}

/* Loaded again the module has another number, and other groups. */
static bool is_farewell(const struct nl *nl, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1] = {};
	struct attr_table table = { tb, CTRL_ATTR_MAX };

	if (nlh->nlmsg_type != GENL_ID_CTRL ||
	    nl_cmd(nlh) != CTRL_CMD_DELFAMILY)
		return false;
	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), keep, &table);
	return nl_uint(tb[CTRL_ATTR_FAMILY_ID]) == nl->family;
}

/* False: there will be no more. */
static bool take_events(const struct nl *nl, const char *buf, int len, nl_fn fn,
			void *arg)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (is_farewell(nl, nlh))
			return false;
		if (nlh->nlmsg_type == nl->family)
			fn(nlh, arg);
	}
	return true;
}

/* Asked of another socket, which loses nothing.  No number is soon used again. */
static bool is_unloaded(const struct nl *nl)
{
	struct nl now = { .seq = nl->seq, .family = nl->family };
	bool gone = false;

	now.sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!now.sock)
		return false;
	if (!mnl_socket_bind(now.sock, 0, MNL_SOCKET_AUTOPID))
		gone = find_family(&now) == -ENOENT;
	nl_close(&now);
	return gone;
}

static int say_unloaded(void)
{
	print_refusal(ENOENT,
		      "the module carp was unloaded; load it with: modprobe carp, and then begin again");
	return -ENOENT;
}

/**
 * nl_listen() - wait for events, until the module is unloaded
 * @nl: socket
 * @fn: given each event
 * @arg: for @fn
 *
 * Events that did not fit into the socket are missing in their numbers.
 *
 * Return: a negative errno, and then it has said why.
 */
int nl_listen(struct nl *nl, nl_fn fn, void *arg)
{
	char buf[BUFFER_SIZE];
	int len, size = EVENTS_BUFFER;
	int fd = mnl_socket_get_fd(nl->sock);
	struct pollfd queue = { .fd = fd, .events = POLLIN };
	bool lost = false;

	/* As much as one may have. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	/* The kernel's group for families that come and go has this number. */
	if (join_group(nl, GENL_ID_CTRL) < 0 || join_group(nl, nl->events) < 0)
		goto err;
	for (;;) {
		/* What was too much may have been the farewell. */
		if (lost && !poll(&queue, 1, 0)) {
			if (is_unloaded(nl))
				return say_unloaded();
			lost = false;
		}
		len = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
		if (len < 0 && errno == ENOBUFS)
			lost = true;
		else if (len < 0 && errno != EINTR)
			goto err;
		if (len > 0 && !take_events(nl, buf, len, fn, arg))
			return say_unloaded();
	}
err:
	len = -errno;
	print_refusal(errno, "");
	return len;
}
