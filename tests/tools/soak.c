// SPDX-License-Identifier: GPL-2.0-only
/*
 * A group of hosts under random faults for as long as is wanted, and what must
 * hold of it at any time:
 *
 *   of the hosts that are connected and able to serve, never are two MASTER for
 *   longer than the protocol needs to find out, and never is none, counted from the
 *   last fault;
 *   the states that events tell of are those that the interfaces have;
 *   counters do not run backwards;
 *   what the kernel cannot give back of its memory does not grow.
 *
 * Transitions come from the tracepoint, with the times at which they were.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/genetlink.h>
#include <linux/if_carp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netns.h"
#include "nl.h"
#include "rng.h"
#include "rtlink.h"

#define HOSTS_MAX	8
#define VHID		1
#define VIPS		2

/* For what a host needs to see and to say. */
#define TOLERANCE_NS	(100 * NSEC_PER_MSEC)
/* What a demoted host advertises, at least. */
#define DEMOTED_SKEW	240

static const char usage[] =
	"usage: soak [OPTION]... HOST...\n"
	"HOSTs are network namespaces with eth0, and ports of SW:br0.\n"
	"  -d S    how long (3600)\n"
	"  -s N    seed (1)\n"
	"  -v      tell of each fault\n";

/*
 * A thousand reboots of hosts that each leave half a kB behind. The first tenth is
 * for caches to fill.
 */
#define SLAB_GROWTH_KB	512

struct host {
	const char *name;
	unsigned int inode;
	int route, generic;
	int eth;
	int port;		/* in SW */
	unsigned int skew;
	bool cut, down, demoted;
	int carp;
	int state;
	u64 stats[CARP_A_STATS_MAX + 1];
};

static struct host hosts[HOSTS_MAX];
static unsigned int n_hosts;
static int switch_route, bridge;
static u16 family;
static struct rng rng;
static struct nl_request r;
static bool verbose;
static FILE *trace;

/* Until when somebody may still wait for a host that was demoted. */
static u64 slow_until;

/*
 * How long there has been no MASTER, or were two: since when, and since the last
 * fault in that time, which gives the protocol its time anew.
 */
struct stretch {
	const char *what;
	u64 began, since, worst;
};

static struct stretch none = { .what = "no MASTER" };
static struct stretch two = { .what = "two MASTERs" };
static unsigned int faults, transitions, violations;
static u64 with_one;

#define WRONG(...) do {							\
	violations++;							\
	printf("%.3f: ", (double)mono_now() / 1e9);			\
	printf(__VA_ARGS__);						\
	putchar('\n');							\
} while (0)

static void must(int error, const char *what, const struct host *h)
{
	if (error)
		errx(3, "%s of %s: %s", what, h->name, strerror(-error));
}

/* what the group is to look like */

static bool is_able(const struct host *h)
{
	return !h->cut && !h->down;
}

static void count(unsigned int *able, unsigned int *masters)
{
	unsigned int i;

	*able = *masters = 0;
	for (i = 0; i < n_hosts; i++) {
		if (!is_able(&hosts[i]))
			continue;
		++*able;
		*masters += hosts[i].state == CARP_STATE_MASTER;
	}
}

/* The longest one that anybody advertises or waits for. */
static u64 interval(u64 now)
{
	unsigned int skew = now < slow_until ? DEMOTED_SKEW : 0, i;

	for (i = 0; i < n_hosts; i++) {
		unsigned int own = hosts[i].demoted ? DEMOTED_SKEW :
						      hosts[i].skew;

		if (own > skew)
			skew = own;
	}
	return NSEC_PER_SEC + skew * NSEC_PER_SEC / 256;
}

/* A BACKUP waits for three intervals of the MASTER; its own delay is shorter. */
static u64 none_max(u64 now)
{
	return 3 * interval(now) + TOLERANCE_NS;
}

/*
 * Two MASTERs end when one hears the other: at most one interval of the better
 * one. If both are equal, the lower address stays, which takes as long.
 */
static u64 two_max(u64 now)
{
	return interval(now) + TOLERANCE_NS;
}

static void look(const struct stretch *s, u64 now, u64 most)
{
	if (s->since && now - s->since > most)
		WRONG("%s for %.6f s, and not %.6f", s->what,
		      (double)(now - s->since) / 1e9, (double)most / 1e9);
}

static void follow_stretch(struct stretch *s, bool is_so, bool is_fault, u64 now,
			   u64 most)
{
	if (!is_so || is_fault) {
		look(s, now, most);
		s->since = 0;
	}
	if (s->began && now - s->began > s->worst)
		s->worst = now - s->began;
	if (!is_so)
		s->began = 0;
	else if (!s->began)
		s->began = now;
	if (is_so && !s->since)
		s->since = now;
}

/*
 * Called whenever a state or what can be reached has changed. A fault gives
 * the protocol its time anew: @is_fault.
 */
static void account(u64 now, bool is_fault)
{
	unsigned int able, masters;

	count(&able, &masters);
	follow_stretch(&none, able && !masters, is_fault, now, none_max(now));
	follow_stretch(&two, masters > 1, is_fault, now, two_max(now));
}

/* the tracepoint */

static int state_of(const char *text)
{
	if (!strncmp(text, "INIT", 4))
		return CARP_STATE_INIT;
	if (!strncmp(text, "BACKUP", 6))
		return CARP_STATE_BACKUP;
	return CARP_STATE_MASTER;
}

static void follow(struct host *h, int old, int new, u64 at)
{
	transitions++;
	if (h->state != old)
		WRONG("%s goes from %d to %d, and was %d", h->name, old, new,
		      h->state);
	h->state = new;
	account(at, false);
}

static void read_line(const char *line)
{
	const char *event = strstr(line, ": carp_state: "), *start = event;
	unsigned int inode, i, seconds, micros;
	const char *old, *new;

	if (!event || sscanf(event, ": carp_state: net=%u", &inode) != 1)
		return;
	while (start > line && start[-1] != ' ')
		start--;
	old = strstr(event, " old=");
	new = strstr(event, " new=");
	if (!old || !new || sscanf(start, "%u.%u:", &seconds, &micros) != 2)
		errx(3, "cannot read '%s'", line);
	for (i = 0; i < n_hosts; i++)
		if (hosts[i].inode == inode)
			follow(&hosts[i], state_of(old + 5), state_of(new + 5),
			       seconds * NSEC_PER_SEC + micros * NSEC_PER_USEC);
}

static void read_trace(void)
{
	static char buf[1 << 16];
	static size_t have;
	ssize_t len;
	char *line, *end;

	while ((len = read(fileno(trace), buf + have,
			   sizeof(buf) - 1 - have)) > 0) {
		have += (size_t)len;
		buf[have] = '\0';
		for (line = buf; (end = strchr(line, '\n')); line = end + 1) {
			*end = '\0';
			read_line(line);
		}
		have -= (size_t)(line - buf);
		memmove(buf, line, have);
	}
}

/* one host */

static int set_address(struct host *h, u16 type, unsigned int n)
{
	struct ifaddrmsg ifa = {
		.ifa_family = AF_INET,
		.ifa_prefixlen = 24,
		.ifa_index = (u32)h->carp,
	};
	u8 bytes[4] = { 192, 0, 2, (u8)(100 + n) };

	nl_begin(&r, type, type == RTM_NEWADDR ? NLM_F_CREATE : 0, &ifa,
		 sizeof(ifa));
	nl_put(&r, IFA_LOCAL, bytes, sizeof(bytes));
	nl_put(&r, IFA_ADDRESS, bytes, sizeof(bytes));
	return nl_do(h->route, &r, NULL);
}

static bool second_address;

static void make_carp(struct host *h)
{
	struct ifinfomsg link = {};
	struct nlattr *info, *data;

	nl_begin(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link,
		 sizeof(link));
	nl_put_text(&r, IFLA_IFNAME, "carp0");
	nl_put_u32(&r, IFLA_LINK, (u32)h->eth);
	info = nl_nest(&r, IFLA_LINKINFO);
	nl_put_text(&r, IFLA_INFO_KIND, CARP_KIND);
	data = nl_nest(&r, IFLA_INFO_DATA);
	nl_put_u8(&r, IFLA_CARP_VHID, VHID);
	nl_put_u8(&r, IFLA_CARP_ADVSKEW, (u8)h->skew);
	nl_put_u8(&r, IFLA_CARP_PREEMPT, CARP_PREEMPT_ON);
	nl_put(&r, IFLA_CARP_KEY, "secret", 6);
	nl_nest_end(&r, data);
	nl_nest_end(&r, info);
	must(nl_do(h->route, &r, NULL), "making carp0", h);
	netns_enter(h->name);
	h->carp = netns_ifindex("carp0");
	netns_leave();
	memset(h->stats, 0, sizeof(h->stats));
	must(set_address(h, RTM_NEWADDR, 0), "an address", h);
	if (second_address)
		must(set_address(h, RTM_NEWADDR, 1), "an address", h);
	must(rtlink_set_up(h->route, h->carp, true), "bringing up", h);
}

static void add_host(const char *name, unsigned int skew)
{
	struct host *h = &hosts[n_hosts++];
	char path[128];
	struct stat st;

	*h = (struct host){ .name = name, .skew = skew,
			    .state = CARP_STATE_INIT };
	snprintf(path, sizeof(path), "/run/netns/%s", name);
	if (stat(path, &st) < 0)
		err(3, "%s", path);
	h->inode = (unsigned int)st.st_ino;
	netns_enter(name);
	h->route = nl_open(NETLINK_ROUTE);
	h->generic = nl_open(NETLINK_GENERIC);
	h->eth = netns_ifindex("eth0");
	netns_leave();
	netns_enter("SW");
	h->port = netns_ifindex(name);
	netns_leave();
	if (!family)
		family = nl_family(h->generic, CARP_FAMILY_NAME);
}

static void demote(struct host *h, bool on)
{
	nl_begin_genl(&r, family, on ? CARP_CMD_DEMOTE : CARP_CMD_UNDEMOTE, 0);
	nl_put_text(&r, CARP_A_DEMOTE_REASON, "soak");
	must(nl_do(h->generic, &r, NULL), "demoting", h);
	h->demoted = on;
	if (!on)
		slow_until = mono_now() + 6 * NSEC_PER_SEC;
}

/* faults */

static void fault_cable(struct host *h)
{
	h->cut = !h->cut;
	must(rtlink_set_master(switch_route, h->port, h->cut ? 0 : bridge),
	     "the cable", h);
}

static void fault_admin(struct host *h)
{
	h->down = !h->down;
	must(rtlink_set_up(h->route, h->carp, !h->down), "up or down", h);
}

/* What has happened until now has happened before what comes next. */
static void catch_up(void)
{
	read_trace();
	account(mono_now(), true);
}

/* Power gone: nothing is said, and it comes back with nothing remembered. */
static void fault_reboot(struct host *h)
{
	bool was_cut = h->cut;

	if (!was_cut)
		fault_cable(h);
	must(rtlink_delete(h->route, h->carp), "deleting carp0", h);
	if (h->demoted)
		demote(h, false);
	h->down = false;
	catch_up();
	sleep_until(mono_now() + rng_below(&rng, 8000) * NSEC_PER_MSEC);
	make_carp(h);
	catch_up();
	if (!was_cut)
		fault_cable(h);
}

static void fault_demotion(struct host *h)
{
	demote(h, !h->demoted);
}

/* On all hosts, one after the other, as a program would. */
static void fault_addresses(struct host *h)
{
	unsigned int i;

	(void)h;
	second_address = !second_address;
	for (i = 0; i < n_hosts; i++) {
		must(set_address(&hosts[i],
				 second_address ? RTM_NEWADDR : RTM_DELADDR, 1),
		     "the second address", &hosts[i]);
		sleep_until(mono_now() + rng_below(&rng, 500) * NSEC_PER_MSEC);
	}
}

static void fault_handover(struct host *h)
{
	u8 state = rng_below(&rng, 2) ? CARP_STATE_MASTER : CARP_STATE_BACKUP;

	if (h->down)
		return;
	nl_begin_genl(&r, family, CARP_CMD_SET, 0);
	nl_put_u32(&r, CARP_A_IFINDEX, (u32)h->carp);
	nl_put_u8(&r, CARP_A_STATE, state);
	must(nl_do(h->generic, &r, NULL), "forcing a state", h);
}

static const struct {
	const char *name;
	void (*happen)(struct host *h);
} kinds[] = {
	{ "cable", fault_cable },
	{ "cable", fault_cable },
	{ "admin", fault_admin },
	{ "reboot", fault_reboot },
	{ "demotion", fault_demotion },
	{ "addresses", fault_addresses },
	{ "handover", fault_handover },
};

static void fault(void)
{
	struct host *h = &hosts[rng_below(&rng, n_hosts)];
	unsigned int kind = rng_below(&rng, ARRAY_SIZE(kinds));

	if (verbose)
		printf("%.3f: %s of %s\n", (double)mono_now() / 1e9,
		       kinds[kind].name, h->name);
	catch_up();
	kinds[kind].happen(h);
	catch_up();
	faults++;
}

/* states and counters as the interfaces have them */

static void check_stats(struct host *h, const struct nlattr *stats)
{
	u16 type;

	for (type = 1; type <= CARP_A_STATS_MAX; type++) {
		const struct nlattr *attr = nl_find(nl_data(stats),
						    nl_len(stats), type);
		u64 value;

		if (!attr || nl_len(attr) != sizeof(value))
			continue;
		memcpy(&value, nl_data(attr), sizeof(value));
		if (value < h->stats[type])
			WRONG("counter %u of %s ran backwards", type, h->name);
		h->stats[type] = value;
	}
}

static void check_host(struct host *h)
{
	static struct nl_reply reply;
	const struct nlmsghdr *head = (const void *)reply.bytes;
	const struct nlattr *state, *stats;
	const u8 *attrs;
	size_t len;

	nl_begin_genl(&r, family, CARP_CMD_GET, 0);
	nl_put_u32(&r, CARP_A_IFINDEX, (u32)h->carp);
	must(nl_do(h->generic, &r, &reply), "asking", h);
	attrs = (const u8 *)NLMSG_DATA(head) + GENL_HDRLEN;
	len = NLMSG_PAYLOAD(head, GENL_HDRLEN);
	state = nl_find(attrs, len, CARP_A_STATE);
	stats = nl_find(attrs, len, CARP_A_STATS);
	if (!state || !stats)
		errx(3, "%s says nothing of its state", h->name);
	read_trace();
	if (*(const u8 *)nl_data(state) != h->state)
		WRONG("%s is in state %u, and its events said %d", h->name,
		      *(const u8 *)nl_data(state), h->state);
	check_stats(h, stats);
}

static void check(void)
{
	unsigned int i, able, masters;
	u64 now = mono_now();

	for (i = 0; i < n_hosts; i++)
		check_host(&hosts[i]);
	/* One that lasts is not accounted for by any end of it. */
	look(&none, now, none_max(now));
	look(&two, now, two_max(now));
	for (i = 0; i < n_hosts; i++)
		if (hosts[i].down && hosts[i].state != CARP_STATE_INIT)
			WRONG("%s is down, and not in INIT", hosts[i].name);
	count(&able, &masters);
	with_one += able && masters == 1;
}

/* Unreclaimable memory of the kernel's allocators. */
static long slab_kb(void)
{
	FILE *f = file_open("/proc/meminfo", "r");
	struct line line = {};
	long kb = -1;
	char *text;

	while (kb < 0 && (text = line_read(&line, f)))
		sscanf(text, "SUnreclaim: %ld kB", &kb);
	free(line.text);
	fclose(f);
	return kb;
}

static void open_trace(void)
{
	static const char dir[] = "/sys/kernel/tracing/";
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%strace_pipe", dir);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		err(3, "%s", path);
	trace = fdopen(fd, "r");
}

static void prepare(char **names)
{
	unsigned int i;

	netns_enter("SW");
	switch_route = rtlink_open();
	bridge = netns_ifindex("br0");
	netns_leave();
	open_trace();
	for (i = 0; names[i]; i++)
		add_host(names[i], i * 50);
	for (i = 0; i < n_hosts; i++)
		make_carp(&hosts[i]);
}

static void campaign(u64 seconds, u64 seed)
{
	unsigned int checks = 0;
	long slab = 0, grown;
	u64 begun = mono_now(), end = begun + seconds * NSEC_PER_SEC;

	while (mono_now() < end) {
		/* Some come upon each other, most find a group at rest. */
		u64 ms = rng_below(&rng, 3) ? 10000 + rng_below(&rng, 110000) :
					      rng_below(&rng, 3000);

		sleep_until(mono_now() + ms * NSEC_PER_MSEC);
		read_trace();
		check();
		checks++;
		fault();
		if (!slab && mono_now() - begun > seconds * NSEC_PER_SEC / 10)
			slab = slab_kb();
	}
	grown = slab_kb() - slab;
	if (grown > SLAB_GROWTH_KB)
		WRONG("the kernel's memory has grown by %ld kB", grown);
	printf("seconds=%llu faults=%u transitions=%u one_master=%llu/%u worst_none_us=%llu worst_two_us=%llu slab_kb=%ld+%ld violations=%u seed=%llu\n",
	       (unsigned long long)((mono_now() - begun) / NSEC_PER_SEC),
	       faults, transitions, (unsigned long long)with_one, checks,
	       (unsigned long long)(none.worst / NSEC_PER_USEC),
	       (unsigned long long)(two.worst / NSEC_PER_USEC), slab, grown,
	       violations, (unsigned long long)seed);
}

int main(int argc, char **argv)
{
	u64 seconds = 3600, seed = 1;
	int opt;

	while ((opt = getopt(argc, argv, "d:s:v")) != -1) {
		switch (opt) {
		case 'd':
			seconds = parse_u64(optarg, UINT32_MAX, "-d");
			break;
		case 's':
			seed = parse_u64(optarg, UINT64_MAX, "-s");
			break;
		case 'v':
			verbose = true;
			break;
		default:
			optind = argc;
		}
	}
	if (optind == argc || argc - optind > HOSTS_MAX) {
		fputs(usage, stderr);
		return 3;
	}
	rng_init(&rng, seed);
	prepare(argv + optind);
	campaign(seconds, seed);
	return violations != 0;
}
