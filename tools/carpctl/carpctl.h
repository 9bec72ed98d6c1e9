/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of carpctl share.
 */
#ifndef _CARPCTL_H
#define _CARPCTL_H

#include <jansson.h>
#include <libmnl/libmnl.h>
#include <linux/if_carp.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * enum carpctl_exit - how carpctl ends
 * @EXIT_DONE: it is done
 * @EXIT_REFUSED: the kernel has refused it, or could not be asked
 * @EXIT_USAGE: it was not understood
 */
enum carpctl_exit {
	EXIT_DONE,
	EXIT_REFUSED,
	EXIT_USAGE,
};

/**
 * struct nl - a socket to the family carp
 * @sock: the socket
 * @family: number of the family
 * @events: number of the multicast group
 * @seq: of the latest request
 * @port: our own
 */
struct nl {
	struct mnl_socket	*sock;
	uint16_t		family;
	uint32_t		events;
	uint32_t		seq;
	unsigned int		port;
};

/* What a reply or an event is given to. */
typedef void (*nl_fn)(const struct nlmsghdr *nlh, void *arg);

/* netlink.c */
int nl_open(struct nl *nl);
void nl_close(struct nl *nl);
struct nlmsghdr *nl_request(const struct nl *nl, char *buf, uint8_t cmd,
			    uint16_t flags);
int nl_talk(struct nl *nl, struct nlmsghdr *nlh, nl_fn fn, void *arg);
int nl_listen(struct nl *nl, nl_fn fn, void *arg);
void nl_attrs(const struct nlmsghdr *nlh, const struct nlattr **tb);
void nl_nested(const struct nlattr *nest, const struct nlattr **tb, int max);

/* NULL or too short is 0 or "". */
uint64_t nl_uint(const struct nlattr *attr);
int32_t nl_s32(const struct nlattr *attr);
const char *nl_str(const struct nlattr *attr);
uint8_t nl_cmd(const struct nlmsghdr *nlh);

/* show.c */
const char *state_name(uint8_t state);
bool peer_address(const struct nlattr **peer, char *buf, size_t len);
const char *master_text(const struct nlattr **peer);
void print_json(json_t *json);
int show(struct nl *nl, const char *dev, bool json);

/* monitor.c */
int monitor(struct nl *nl, bool json);

#endif /* _CARPCTL_H */
