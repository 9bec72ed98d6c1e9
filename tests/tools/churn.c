// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes interfaces and ends them in every way there is, while others change
 * their addresses and settings, look at them, force and demote them, and send
 * them advertisements and pings. Each round has a network namespace of its own, which ends
 * with everything in it still at work; who sends to it is outside, and goes on.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/ethtool.h>
#include <linux/if_carp.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forge.h"
#include "nl.h"
#include "packet.h"
#include "rng.h"

#define VHIDS		4
#define INDEXES		40

static const char usage[] =
	"usage: churn [OPTION]...\n"
	"  -n N    interfaces to make and end (100)\n"
	"  -r N    of them in one network namespace (20)\n"
	"  -p N    how long all pauses are, in percent (100)\n"
	"  -s N    seed (1)\n";

/* Shared by the processes. */
struct tally {
	unsigned int made, refused, deleted, carriers, dumps, addresses,
		     settings, demands, frames;
	/* The present round, and frames to those that are ending. */
	unsigned int round, late;
};

static struct tally *tally;
static struct rng rng;
static struct nl_request r;
static int route, generic;
/* Outside: a socket, and the namespace. */
static int outer, outside;
static u16 family;

static u32 percent = 100;

static void pause_us(u32 most)
{
	most = (u32)((u64)most * percent / 100);
	sleep_until(mono_now() + rng_below(&rng, most + 1) * NSEC_PER_USEC);
}

static int fd_of(int domain, int type)
{
	int fd = socket(domain, type | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		err(3, "a socket");
	if (domain == AF_INET)
		setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	return fd;
}

static void must(int error, const char *what)
{
	if (error)
		errx(3, "%s: %s", what, strerror(-error));
}

/* carriers: one that goes alone, one that goes with its peer */

static void begin_carrier(const char *name, const char *kind,
			  struct nlattr **info)
{
	struct ifinfomsg link = { .ifi_change = IFF_UP, .ifi_flags = IFF_UP };

	nl_begin(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link,
		 sizeof(link));
	nl_put_text(&r, IFLA_IFNAME, name);
	*info = nl_nest(&r, IFLA_LINKINFO);
	nl_put_text(&r, IFLA_INFO_KIND, kind);
}

static int make_dummy(void)
{
	struct nlattr *info;

	begin_carrier("d0", "dummy", &info);
	nl_nest_end(&r, info);
	return nl_do(route, &r, NULL);
}

static int set_up(unsigned int index, bool up)
{
	struct ifinfomsg link = {
		.ifi_index = (int)index,
		.ifi_change = IFF_UP,
		.ifi_flags = up ? IFF_UP : 0,
	};

	nl_begin(&r, RTM_NEWLINK, 0, &link, sizeof(link));
	return nl_do(route, &r, NULL);
}

/* Outside there may still be that of the round before. */
static const char *peer_of(unsigned int round)
{
	static char name[IFNAMSIZ];

	snprintf(name, sizeof(name), "p%u", round);
	return name;
}

static int set_peer_up(bool up)
{
	struct ifinfomsg link = {
		.ifi_change = IFF_UP,
		.ifi_flags = up ? IFF_UP : 0,
	};

	nl_begin(&r, RTM_NEWLINK, 0, &link, sizeof(link));
	nl_put_text(&r, IFLA_IFNAME, peer_of(tally->round));
	return nl_do(outer, &r, NULL);
}

/* The peer cannot be up before it is one. */
static int make_veth(void)
{
	struct nlattr *info, *data, *peer;
	struct ifinfomsg link = {};
	int error;

	begin_carrier("v0", "veth", &info);
	data = nl_nest(&r, IFLA_INFO_DATA);
	peer = nl_put(&r, VETH_INFO_PEER, &link, sizeof(link));
	nl_put_text(&r, IFLA_IFNAME, peer_of(tally->round));
	nl_put_u32(&r, IFLA_NET_NS_FD, (u32)outside);
	nl_nest_end(&r, peer);
	nl_nest_end(&r, data);
	nl_nest_end(&r, info);
	error = nl_do(route, &r, NULL);
	return error ?: set_peer_up(true);
}

static int delete_named(const char *name)
{
	struct ifinfomsg link = {};

	nl_begin(&r, RTM_DELLINK, 0, &link, sizeof(link));
	nl_put_text(&r, IFLA_IFNAME, name);
	return nl_do(route, &r, NULL);
}

static void replace_carrier(void)
{
	bool veth = rng_below(&rng, 2);

	if (!delete_named(veth ? "v0" : "d0"))
		tally->carriers++;
	must(veth ? make_veth() : make_dummy(), "a carrier");
}

/* interfaces */

static const char *name_of(unsigned int n)
{
	static char name[IFNAMSIZ];

	snprintf(name, sizeof(name), "f%u", n);
	return name;
}

static int make_carp(unsigned int n)
{
	const char *carrier = rng_below(&rng, 3) ? "v0" : "d0";
	struct ifinfomsg link = {};
	struct nlattr *info, *data;
	struct in_addr peer;

	nl_begin(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link,
		 sizeof(link));
	nl_put_text(&r, IFLA_IFNAME, name_of(n));
	nl_put_u32(&r, IFLA_LINK, if_nametoindex(carrier));
	info = nl_nest(&r, IFLA_LINKINFO);
	nl_put_text(&r, IFLA_INFO_KIND, CARP_KIND);
	data = nl_nest(&r, IFLA_INFO_DATA);
	nl_put_u8(&r, IFLA_CARP_VHID, (u8)(1 + n));
	/* At work when they go: a MASTER that speaks ten times a second. */
	nl_put_u8(&r, IFLA_CARP_ADVBASE, 0);
	nl_put_u8(&r, IFLA_CARP_ADVSKEW, (u8)(20 + rng_below(&rng, 10)));
	if (rng_below(&rng, 2))
		nl_put_u8(&r, IFLA_CARP_STATE, CARP_STATE_MASTER);
	nl_put(&r, IFLA_CARP_KEY, "secret", 6);
	inet_pton(AF_INET, "192.0.2.77", &peer);
	if (!rng_below(&rng, 4))
		nl_put(&r, IFLA_CARP_PEER, &peer, sizeof(peer));
	nl_nest_end(&r, data);
	nl_nest_end(&r, info);
	return nl_do(route, &r, NULL);
}

static int address(u16 type, unsigned int index, bool is4, u8 last)
{
	struct ifaddrmsg ifa = {
		.ifa_family = is4 ? AF_INET : AF_INET6,
		.ifa_prefixlen = is4 ? 24 : 64,
		.ifa_index = index,
	};
	u8 bytes[16] = { 0x20, 0x01, 0x0d, 0xb8 };

	if (is4)
		memcpy(bytes, "\xc0\x00\x02", 3);
	bytes[is4 ? 3 : 15] = last;
	nl_begin(&r, type, type == RTM_NEWADDR ? NLM_F_CREATE : 0, &ifa,
		 sizeof(ifa));
	nl_put(&r, IFA_LOCAL, bytes, is4 ? 4 : 16);
	nl_put(&r, IFA_ADDRESS, bytes, is4 ? 4 : 16);
	return nl_do(route, &r, NULL);
}

static void cycle(void)
{
	unsigned int n = rng_below(&rng, VHIDS), index;

	if (!delete_named(name_of(n)))
		tally->deleted++;
	if (make_carp(n)) {
		tally->refused++;
	} else {
		tally->made++;
		index = if_nametoindex(name_of(n));
		address(RTM_NEWADDR, index, true, (u8)(100 + n));
		address(RTM_NEWADDR, index, false, (u8)(100 + n));
		set_up(index, true);
	}
	pause_us(20000);
	switch (rng_below(&rng, 8)) {
	case 0:
		replace_carrier();
		break;
	case 1:
		set_up(if_nametoindex(name_of(rng_below(&rng, VHIDS))), false);
		break;
	case 2:
		set_peer_up(false);
		pause_us(5000);
		set_peer_up(true);
		break;
	}
}

/* those who are at work at the same time */

static void change_addresses(void)
{
	bool add = rng_below(&rng, 2);

	tally->addresses += !address(add ? RTM_NEWADDR : RTM_DELADDR,
				     1 + rng_below(&rng, INDEXES),
				     rng_below(&rng, 2),
				     (u8)(100 + rng_below(&rng, 8)));
	pause_us(6000);
}

/* As ethtool -S does. */
static void read_counters(void)
{
	static union {
		struct ethtool_stats head;
		u64 room[64];
	} stats;
	static int fd;
	struct ifreq ifr = { .ifr_data = (char *)&stats };

	if (!fd)
		fd = fd_of(AF_INET, SOCK_DGRAM);
	stats.head.cmd = ETHTOOL_GSTATS;
	strcpy(ifr.ifr_name, name_of(rng_below(&rng, VHIDS)));
	ioctl(fd, SIOCETHTOOL, &ifr);
}

/* Without the module there is none, and with the next it has another number. */
static void keep_family(int error)
{
	if (!family || error == -ENOENT || error == -EOPNOTSUPP)
		family = nl_find_family(generic, CARP_FAMILY_NAME);
}

static void dump(void)
{
	static struct nl_reply reply;
	struct ifinfomsg link = {};
	int error;

	nl_begin(&r, RTM_GETLINK, 0, &link, sizeof(link));
	nl_dump(route, &r, &reply);
	nl_begin_genl(&r, family, CARP_CMD_GET, 0);
	error = nl_dump(generic, &r, &reply);
	keep_family(error);
	nl_begin_genl(&r, family, CARP_CMD_GET_DEMOTION, 0);
	nl_dump(generic, &r, &reply);
	read_counters();
	tally->dumps += !error;
	pause_us(30000);
}

static void set_knob(const char *name, const char *value)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/carp/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, value, strlen(value)) > 0)
		tally->settings++;
	close(fd);
}

static void set_device(void)
{
	const char *name = name_of(rng_below(&rng, VHIDS));
	struct ifinfomsg link = {};
	struct nlattr *info, *data;

	link.ifi_index = (int)if_nametoindex(name);
	nl_begin(&r, RTM_NEWLINK, 0, &link, sizeof(link));
	info = nl_nest(&r, IFLA_LINKINFO);
	nl_put_text(&r, IFLA_INFO_KIND, CARP_KIND);
	data = nl_nest(&r, IFLA_INFO_DATA);
	nl_put_u8(&r, IFLA_CARP_ADVSKEW, (u8)(20 + rng_below(&rng, 10)));
	if (rng_below(&rng, 2))
		nl_put(&r, IFLA_CARP_KEY, "secret", 6);
	nl_put_u8(&r, IFLA_CARP_PREEMPT, (u8)rng_below(&rng, 2));
	nl_nest_end(&r, data);
	nl_nest_end(&r, info);
	if (!nl_do(route, &r, NULL))
		tally->settings++;
}

static void change_settings(void)
{
	static const struct {
		const char *name, *values[2];
	} knobs[] = {
		{ "preempt", { "0", "1" } },
		{ "preempt_boot_hold", { "0", "1" } },
		{ "arpbalance", { "0", "1" } },
		{ "log", { "1", "0" } },
		{ "demotion", { "7", "-7" } },
		{ "ifdown_demotion_factor", { "0", "240" } },
		{ "senderr_demotion_factor", { "0", "240" } },
		{ "allow", { "1", "1" } },
	};
	u32 n = rng_below(&rng, sizeof(knobs) / sizeof(knobs[0]));

	if (rng_below(&rng, 2))
		set_device();
	else
		set_knob(knobs[n].name, knobs[n].values[rng_below(&rng, 2)]);
	if (!rng_below(&rng, 50)) {
		set_knob("allow", "0");
		set_knob("allow", "1");
	}
	pause_us(20000);
}

static void demand(void)
{
	u8 state = rng_below(&rng, 2) ? CARP_STATE_MASTER : CARP_STATE_BACKUP;
	int error;

	switch (rng_below(&rng, 4)) {
	case 0:
		nl_begin_genl(&r, family, CARP_CMD_DEMOTE, 0);
		nl_put_text(&r, CARP_A_DEMOTE_REASON, "churn");
		break;
	case 1:
		nl_begin_genl(&r, family, CARP_CMD_UNDEMOTE, 0);
		nl_put_text(&r, CARP_A_DEMOTE_REASON, "churn");
		break;
	default:
		nl_begin_genl(&r, family, CARP_CMD_SET, 0);
		nl_put_text(&r, CARP_A_IFNAME,
			    name_of(rng_below(&rng, VHIDS)));
		nl_put_u8(&r, CARP_A_STATE, state);
	}
	error = nl_do(generic, &r, NULL);
	keep_family(error);
	tally->demands += !error;
	pause_us(20000);
}

/* Advertisements that are believed, good-byes among them. */
static size_t advertisement(u8 frame[FORGE_MAX])
{
	u8 vhid = (u8)(1 + rng_below(&rng, VHIDS));
	struct forge f;
	char vip[64];

	forge_init(&f);
	f.vhid = vhid;
	snprintf(vip, sizeof(vip), "vips=192.0.2.%u,2001:db8::%x",
		 99u + vhid, 99u + vhid);
	forge_set(&f, vip);
	forge_set(&f, "pass=secret");
	forge_set(&f, "src=192.0.2.3");
	f.base = 0;
	f.skew = (u8)(10 + rng_below(&rng, 20));
	if (!rng_below(&rng, 3))
		f.base = f.skew = CARP_BOW_OUT;
	return forge_build(&f, frame);
}

/* A client's ping. */
static size_t ping(u8 frame[FORGE_MAX])
{
	static const u8 echo[8] = { 8, 0, 0xf7, 0xff };
	u8 vhid = (u8)(1 + rng_below(&rng, VHIDS));
	struct forge f;
	char dst[32];

	forge_init(&f);
	forge_set(&f, "src=192.0.2.3");
	snprintf(dst, sizeof(dst), "dst=192.0.2.%u", 99u + vhid);
	forge_set(&f, dst);
	f.proto = IPPROTO_ICMP;
	f.ttl = 64;
	memcpy(f.dmac, "\x00\x00\x5e\x00\x01", 5);
	f.dmac[5] = vhid;
	f.dmac_set = true;
	return forge_wrap(&f, echo, sizeof(echo), frame);
}

/* In by the peer of v0, from outside. */
static bool send_in(void)
{
	static int fd;
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(peer_of(tally->round)),
	};
	u8 frame[FORGE_MAX];
	size_t len;

	if (!fd)
		fd = fd_of(AF_PACKET, SOCK_RAW);
	len = rng_below(&rng, 2) ? advertisement(frame) : ping(frame);
	if (sendto(fd, frame, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		return false;
	tally->frames++;
	return true;
}

static void traffic_in(void)
{
	send_in();
	pause_us(8000);
}

/* The namespace is on its way out; until there is nothing left to send to. */
static void traffic_late(void)
{
	unsigned int i;

	for (i = 0; i < 2000 && if_nametoindex(peer_of(tally->round)); i++) {
		tally->late += send_in();
		sleep_until(mono_now() + 200 * NSEC_PER_USEC);
	}
}

/* Out by whatever has the route. */
static void traffic_out(void)
{
	static int fd;
	struct sockaddr_in all = { .sin_family = AF_INET, .sin_port = htons(9) };

	if (!fd)
		fd = fd_of(AF_INET, SOCK_DGRAM);
	inet_pton(AF_INET, "192.0.2.255", &all.sin_addr);
	sendto(fd, "churn", 5, 0, (struct sockaddr *)&all, sizeof(all));
	pause_us(8000);
}

static void start(void (*work)(void), u64 seed)
{
	pid_t pid = fork();

	if (pid < 0)
		err(3, "fork");
	if (pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	rng_init(&rng, seed);
	route = nl_open(NETLINK_ROUTE);
	generic = nl_open(NETLINK_GENERIC);
	for (;;)
		work();
}

/* Of all rounds. */
static void begin_outside(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		err(3, "a network namespace");
	outer = nl_open(NETLINK_ROUTE);
	outside = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (outside < 0)
		err(3, "/proc/self/ns/net");
	start(traffic_in, rng_next(&rng));
}

static void round_of(unsigned int cycles)
{
	if (unshare(CLONE_NEWNET) < 0)
		err(3, "a network namespace");
	route = nl_open(NETLINK_ROUTE);
	generic = nl_open(NETLINK_GENERIC);
	must(make_dummy(), "a dummy");
	must(make_veth(), "a veth");
	/* The module comes with the first one, and may have another number. */
	make_carp(0);
	keep_family(0);
	start(change_addresses, rng_next(&rng));
	start(dump, rng_next(&rng));
	start(change_settings, rng_next(&rng));
	start(demand, rng_next(&rng));
	start(traffic_out, rng_next(&rng));
	while (cycles--)
		cycle();
	/* The others are killed; the last one takes the namespace along. */
	_exit(0);
}

int main(int argc, char **argv)
{
	u64 count = 100, each = 20, seed = 1, n;
	int opt, status;

	while ((opt = getopt(argc, argv, "n:p:r:s:")) != -1) {
		switch (opt) {
		case 'n':
			count = parse_u64(optarg, UINT32_MAX, "-n");
			break;
		case 'p':
			percent = (u32)parse_u64(optarg, 10000, "-p");
			break;
		case 'r':
			each = parse_u64(optarg, UINT32_MAX, "-r");
			break;
		case 's':
			seed = parse_u64(optarg, UINT64_MAX, "-s");
			break;
		default:
			fputs(usage, stderr);
			return 3;
		}
	}
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED || !each)
		err(3, "no memory");
	rng_init(&rng, seed);
	begin_outside();

	for (n = 0; n < count; n += each) {
		u64 round_seed = rng_next(&rng);
		pid_t pid;

		tally->round++;
		pid = fork();

		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			rng_init(&rng, round_seed);
			round_of((unsigned int)each);
		}
		if (pid < 0 || waitpid(pid, &status, 0) < 0 || status)
			errx(1, "a round has failed");
		traffic_late();
	}
	printf("made=%u refused=%u deleted=%u carriers=%u namespaces=%llu dumps=%u addresses=%u settings=%u demands=%u frames=%u late=%u seed=%llu\n",
	       tally->made, tally->refused, tally->deleted, tally->carriers,
	       (unsigned long long)(count + each - 1) / each, tally->dumps,
	       tally->addresses, tally->settings, tally->demands,
	       tally->frames, tally->late,
	       (unsigned long long)seed);
	return 0;
}
