/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a plugin shares with the ip program that loads it.
 *
 * iproute2 installs no headers.  These are declarations of our own for the
 * few functions that ip exports and for the one structure that it looks up;
 * they have kept their shape from iproute2 4.20 to 6.18.
 */
#ifndef _CARP_IP_ABI_H
#define _CARP_IP_ABI_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/types.h>
#include <stdio.h>

/**
 * struct link_util - one kind of link; ip looks for the symbol KIND_link_util
 * @next: ip's
 * @id: the kind
 * @maxattr: highest attribute that is wanted by @print_opt
 * @parse_opt: arguments after "type KIND"; appends attributes to the request
 * @print_opt: attributes of one device, or NULL if it has none
 * @print_xstats: not ours
 * @print_help: for "ip link help KIND"
 * @parse_ifla_xstats: not ours
 * @print_ifla_xstats: not ours
 */
struct link_util {
	struct link_util *next;
	const char *id;
	int maxattr;
	int (*parse_opt)(struct link_util *lu, int argc, char **argv,
			 struct nlmsghdr *n);
	void (*print_opt)(struct link_util *lu, FILE *f, struct rtattr *tb[]);
	void (*print_xstats)(struct link_util *lu, FILE *f,
			     struct rtattr *xstats);
	void (*print_help)(struct link_util *lu, int argc, char **argv,
			   FILE *f);
	int (*parse_ifla_xstats)(struct link_util *lu, int argc, char **argv);
	int (*print_ifla_xstats)(struct nlmsghdr *n, void *arg);
};

/** carp_link_util - the symbol that ip looks up */
extern struct link_util carp_link_util;

/* Size of the request that parse_opt() appends to, its header aside. */
#define IP_REQUEST_MAX		1024

/* Where print_*() print: plain text, JSON, or whichever was asked for. */
enum output_type {
	PRINT_FP = 1,
	PRINT_JSON = 2,
	PRINT_ANY = 4,
};

/* Only the last of ip's colours: none. */
enum color_attr {
	COLOR_NONE = 6,
};

/* Each prints an error and ends the program. */
void incomplete_command(void) __attribute__((noreturn));
void invarg(const char *msg, const char *arg) __attribute__((noreturn));
void duparg(const char *key, const char *arg) __attribute__((noreturn));

/* 0, or -1 if it is not a number that fits. */
int get_u32(__u32 *val, const char *arg, int base);

/* 0, or -1 if the request would become longer than @maxlen. */
int addattr_l(struct nlmsghdr *n, int maxlen, int type, const void *data,
	      int alen);

int print_color_uint(enum output_type type, enum color_attr color,
		     const char *key, const char *fmt, unsigned int value);
int print_color_string(enum output_type type, enum color_attr color,
		       const char *key, const char *fmt, const char *value);


/* In JSON a list of that name; elements are printed with a NULL key. */
void open_json_array(enum output_type type, const char *name);
void close_json_array(enum output_type type, const char *end);

#endif /* _CARP_IP_ABI_H */
