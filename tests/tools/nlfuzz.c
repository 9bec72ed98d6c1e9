// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends requests to rtnetlink and to the generic netlink family: right ones,
 * nearly right ones, and garbage. As root it does so in a network namespace
 * made for it; as nobody, where it was told to, and then no request that
 * changes anything may succeed. The same seed sends the same requests.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <linux/genetlink.h>
#include <linux/if_carp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netns.h"
#include "nl.h"
#include "rng.h"

#define NOBODY		65534
#define CARRIERS	3
#define INDEXES		24

static const char usage[] =
	"usage: nlfuzz [OPTION]... NS\n"
	"  -n N    so many requests (1000)\n"
	"  -s N    seed (1)\n"
	"  -u      as nobody, in NS\n"
	"  -U      as root of a user namespace, in a network namespace of it\n"
	"otherwise as root, in a new network namespace\n";

enum kind {
	KIND_ADD,
	KIND_CHANGE,
	KIND_DELETE,
	KIND_ADDRESS,
	KIND_SHOW,
	KIND_GENL,
	KIND_GARBAGE,
	KIND_MAX
};

static const char *const kind_names[] = {
	"add", "change", "delete", "address", "show", "genl", "garbage",
};

static struct rng rng;
static struct nl_request r;
static int route, generic;
static u16 family;
static unsigned int done[KIND_MAX], refused[KIND_MAX];

static bool chance(unsigned int one_in)
{
	return !rng_below(&rng, one_in);
}

static void random_bytes(u8 *to, size_t len)
{
	while (len--)
		*to++ = (u8)rng_next(&rng);
}

/* A value on the edge of something, or any. */
static u32 random_number(void)
{
	static const u32 edges[] = {
		0, 1, 2, 3, 60, 240, 253, 254, 255, 256, 3600, 3601, 65535,
		0x7fffffff, 0x80000000, 0xffffffff,
	};

	if (chance(4))
		return (u32)rng_next(&rng);
	return edges[rng_below(&rng, ARRAY_SIZE(edges))];
}

static void put_number(u16 type, size_t len)
{
	u64 value = random_number();

	if (chance(16))
		len = rng_below(&rng, 9);
	nl_put(&r, type | (chance(32) ? NLA_F_NESTED : 0), &value, len);
}

static void put_bytes(u16 type, size_t most)
{
	u8 bytes[1024];
	size_t len = rng_below(&rng, (u32)most + 1);

	random_bytes(bytes, len);
	nl_put(&r, type, bytes, len);
}

/* Addresses that may well be peers; as many as are allowed, or more. */
static void put_peers(u16 type, size_t size)
{
	u8 bytes[40 * 16] = {};
	unsigned int i, n = rng_below(&rng, chance(4) ? 40 : 4);

	for (i = 0; i < n; i++) {
		u8 *addr = bytes + i * size;

		addr[0] = size == 4 ? 192 : 0x20;
		addr[1] = size == 4 ? 0 : 0x01;
		addr[2] = size == 4 ? 2 : 0x0d;
		addr[size - 1] = (u8)(chance(8) ? 0 : 10 + i);
	}
	nl_put(&r, type, bytes, n * size + (chance(16) ? 1 : 0));
}

static void put_carp_attr(u16 type)
{
	switch (type) {
	case IFLA_CARP_KEY:
		put_bytes(type, 24);
		break;
	case IFLA_CARP_PEER:
		put_peers(type, 4);
		break;
	case IFLA_CARP_PEER6:
		put_peers(type, 16);
		break;
	case IFLA_CARP_DEMOTION:
	case IFLA_CARP_PREEMPT_DELAY:
	case IFLA_CARP_LINK_DELAY:
	case IFLA_CARP_ANNOUNCE_INTERVAL:
		put_number(type, 4);
		break;
	default:
		put_number(type, 1);
	}
}

static void put_info(bool is_new)
{
	struct nlattr *info = nl_nest(&r, IFLA_LINKINFO), *data;
	unsigned int n = rng_below(&rng, 6);

	nl_put_text(&r, IFLA_INFO_KIND, chance(32) ? "dummy" : CARP_KIND);
	data = nl_nest(&r, IFLA_INFO_DATA);
	if (is_new && !chance(8))
		nl_put_u8(&r, IFLA_CARP_VHID, (u8)(1 + rng_below(&rng, 8)));
	while (n--)
		put_carp_attr((u16)rng_below(&rng, IFLA_CARP_MAX + 3));
	nl_nest_end(&r, data);
	nl_nest_end(&r, info);
}

static int random_index(void)
{
	return chance(32) ? (int)random_number() :
			    (int)rng_below(&rng, INDEXES);
}

static void put_name(u16 type)
{
	char name[IFNAMSIZ];

	snprintf(name, sizeof(name), "f%u", rng_below(&rng, 8));
	nl_put_text(&r, type, name);
}

static void make_add(void)
{
	struct ifinfomsg link = {
		.ifi_change = IFF_UP,
		.ifi_flags = chance(2) ? IFF_UP : 0,
	};

	nl_begin(&r, RTM_NEWLINK, NLM_F_CREATE | (chance(2) ? NLM_F_EXCL : 0),
		 &link, sizeof(link));
	put_name(IFLA_IFNAME);
	if (!chance(16))
		nl_put_u32(&r, IFLA_LINK, 2 + rng_below(&rng, CARRIERS));
	if (chance(16))
		put_number(IFLA_MTU, 4);
	if (chance(32))
		put_bytes(IFLA_ADDRESS, 8);
	put_info(true);
}

static void make_change(void)
{
	struct ifinfomsg link = { .ifi_index = random_index() };

	if (chance(3)) {
		link.ifi_change = IFF_UP;
		link.ifi_flags = (unsigned int)rng_next(&rng) & IFF_UP;
	}
	nl_begin(&r, RTM_NEWLINK, 0, &link, sizeof(link));
	if (chance(4))
		put_name(IFLA_IFNAME);
	if (chance(16))
		put_number(IFLA_MTU, 4);
	if (chance(16))
		nl_put_u32(&r, IFLA_MASTER, (u32)random_index());
	if (chance(32))
		put_bytes(IFLA_ADDRESS, 8);
	if (!chance(8))
		put_info(false);
}

static void make_delete(void)
{
	struct ifinfomsg link = {};

	nl_begin(&r, RTM_DELLINK, 0, &link, sizeof(link));
	put_name(IFLA_IFNAME);
}

static void make_address(void)
{
	bool is4 = chance(2);
	struct ifaddrmsg ifa = {
		.ifa_family = is4 ? AF_INET : AF_INET6,
		.ifa_prefixlen = (u8)(is4 ? 24 : 64),
		.ifa_index = (u32)random_index(),
	};
	u8 bytes[16] = { 0x20, 0x01, 0x0d, 0xb8 };

	if (is4)
		memcpy(bytes, "\xc0\x00\x02", 3);
	bytes[is4 ? 3 : 15] = (u8)(100 + rng_below(&rng, 4));
	if (chance(8))
		random_bytes(bytes, 1 + rng_below(&rng, 16));
	if (chance(16))
		ifa.ifa_prefixlen = (u8)rng_next(&rng);
	nl_begin(&r, chance(3) ? RTM_DELADDR : RTM_NEWADDR,
		 NLM_F_CREATE | (chance(2) ? NLM_F_EXCL : NLM_F_REPLACE), &ifa,
		 sizeof(ifa));
	nl_put(&r, IFA_LOCAL, bytes, is4 ? 4 : 16);
	nl_put(&r, IFA_ADDRESS, bytes, is4 ? 4 : 16);
	if (chance(8))
		put_number(IFA_FLAGS, 4);
}

/* Of one, or of all: what is read by parts, and what may be asked for it. */
static u16 or_dump(void)
{
	return chance(4) ? NLM_F_DUMP : 0;
}

static void make_show(void)
{
	struct ifinfomsg link = { .ifi_index = random_index() };

	nl_begin(&r, RTM_GETLINK, or_dump(), &link, sizeof(link));
	if (chance(4))
		put_name(IFLA_IFNAME);
}

static void put_genl_attr(u16 type)
{
	static const char *const reasons[] = {
		"bgp", "a", "sysctl", "carrier:f0", "", "-x", "with blank",
		"a-name-of-more-than-thirty-one-bytes", "bgp/1",
	};

	switch (type) {
	case CARP_A_IFNAME:
		put_name(type);
		break;
	case CARP_A_DEMOTE_REASON:
		nl_put_text(&r, type,
			    reasons[rng_below(&rng, ARRAY_SIZE(reasons))]);
		break;
	case CARP_A_STATE:
		put_number(type, 1);
		break;
	case CARP_A_IFINDEX:
		nl_put_u32(&r, type, (u32)random_index());
		break;
	default:
		put_number(type, 4);
	}
}

static bool is_read(u8 cmd)
{
	return cmd == CARP_CMD_GET || cmd == CARP_CMD_GET_DEMOTION;
}

static void make_genl(void)
{
	u8 cmd = (u8)rng_below(&rng, CARP_CMD_MAX + 2);
	unsigned int n = rng_below(&rng, 3);

	nl_begin_genl(&r, family, cmd, or_dump());
	if (cmd <= CARP_CMD_SET && !chance(8))
		put_genl_attr(chance(2) ? CARP_A_IFINDEX : CARP_A_IFNAME);
	if (cmd == CARP_CMD_SET && !chance(8))
		nl_put_u8(&r, CARP_A_STATE, (u8)rng_below(&rng, 4));
	if (cmd > CARP_CMD_GET_DEMOTION && !chance(8))
		put_genl_attr(CARP_A_DEMOTE_REASON);
	while (n--)
		put_genl_attr((u16)rng_below(&rng, CARP_A_MAX + 2));
}

/* Of types that can only concern links, addresses and us. */
static void make_garbage(void)
{
	u8 bytes[256];
	size_t len = rng_below(&rng, sizeof(bytes));
	static const u16 types[] = {
		RTM_NEWLINK, RTM_GETLINK, RTM_SETLINK, RTM_NEWADDR,
		RTM_GETADDR,
	};

	random_bytes(bytes, len);
	nl_begin(&r, types[rng_below(&rng, ARRAY_SIZE(types))],
		 (u16)rng_next(&rng), bytes, len);
}

/* One byte behind the header, length and type of an attribute maybe. */
static void damage(void)
{
	u32 at = NLMSG_HDRLEN;

	if (r.head.nlmsg_len <= at)
		return;
	at += rng_below(&rng, r.head.nlmsg_len - at);
	r.bytes[at] = (u8)rng_next(&rng);
}

static enum kind make(void)
{
	static void (*const makers[])(void) = {
		make_add, make_change, make_delete, make_address, make_show,
		make_genl, make_garbage,
	};
	static const enum kind often[] = {
		KIND_ADD, KIND_ADD, KIND_CHANGE, KIND_CHANGE, KIND_CHANGE,
		KIND_CHANGE, KIND_DELETE, KIND_ADDRESS, KIND_ADDRESS,
		KIND_SHOW, KIND_GENL, KIND_GENL, KIND_GENL, KIND_GENL,
		KIND_GENL, KIND_GARBAGE,
	};
	enum kind kind = often[rng_below(&rng, ARRAY_SIZE(often))];

	makers[kind]();
	if (chance(8))
		damage();
	return kind;
}

static bool changes_something(enum kind kind)
{
	const struct genlmsghdr *genl = NLMSG_DATA(&r.head);

	/* Not even looked at. */
	if (r.head.nlmsg_len == NLMSG_HDRLEN)
		return false;
	if (kind == KIND_GENL)
		return !is_read(genl->cmd);
	return r.head.nlmsg_type != RTM_GETLINK &&
	       r.head.nlmsg_type != RTM_GETADDR;
}

/* Carriers that were damaged to death come back; indexes grow in between. */
static void make_carriers(void)
{
	unsigned int i;

	for (i = 0; i < CARRIERS; i++) {
		struct ifinfomsg link = {
			.ifi_index = (int)(2 + i),
			.ifi_change = IFF_UP,
			.ifi_flags = IFF_UP,
		};
		char name[IFNAMSIZ];
		struct nlattr *info;

		nl_begin(&r, RTM_NEWLINK, NLM_F_CREATE, &link, sizeof(link));
		snprintf(name, sizeof(name), "d%u", i);
		nl_put_text(&r, IFLA_IFNAME, name);
		info = nl_nest(&r, IFLA_LINKINFO);
		nl_put_text(&r, IFLA_INFO_KIND, "dummy");
		nl_nest_end(&r, info);
		nl_do(route, &r, NULL);
	}
}

/* Interfaces have other indexes all the time: those below @INDEXES are used. */
static void start_anew(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		err(3, "a network namespace");
	if (route) {
		close(route);
		close(generic);
	}
	route = nl_open(NETLINK_ROUTE);
	generic = nl_open(NETLINK_GENERIC);
	make_carriers();
}

int main(int argc, char **argv)
{
	bool nobody = false, user_ns = false;
	u64 count = 1000, seed = 1, n;
	unsigned int wrong = 0;
	enum kind kind;
	int opt;

	while ((opt = getopt(argc, argv, "n:s:uU")) != -1) {
		switch (opt) {
		case 'n':
			count = parse_u64(optarg, UINT32_MAX, "-n");
			break;
		case 's':
			seed = parse_u64(optarg, UINT64_MAX, "-s");
			break;
		case 'u':
			nobody = true;
			break;
		case 'U':
			user_ns = true;
			break;
		default:
			optind = argc;
		}
	}
	if (optind + 1 != argc) {
		fputs(usage, stderr);
		return 3;
	}
	rng_init(&rng, seed);
	netns_enter(argv[optind]);
	generic = nl_open(NETLINK_GENERIC);
	family = nl_family(generic, CARP_FAMILY_NAME);
	if ((nobody || user_ns) && (setgid(NOBODY) < 0 || setuid(NOBODY) < 0))
		err(3, "becoming nobody");
	if (user_ns && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		err(3, "a user namespace");
	close(generic);
	generic = nl_open(NETLINK_GENERIC);
	route = nl_open(NETLINK_ROUTE);

	for (n = 0; n < count; n++) {
		int error;

		if (!nobody && n % 500 == 0)
			start_anew();
		kind = make();
		error = nl_do(kind == KIND_GENL ? generic : route, &r, NULL);
		done[kind] += !error;
		refused[kind] += error < 0;
		if (!nobody || error || !changes_something(kind))
			continue;
		printf("nobody was allowed a request of kind %s\n",
		       kind_names[kind]);
		wrong++;
	}
	for (kind = 0; kind < KIND_MAX; kind++)
		printf("%s%s %u+%u", kind ? ", " : "", kind_names[kind],
		       done[kind], refused[kind]);
	printf(" done+refused, seed %llu\n", (unsigned long long)seed);
	return wrong != 0;
}
