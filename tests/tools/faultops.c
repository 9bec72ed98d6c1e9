// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "faults.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/if_carp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "netns.h"
#include "spoken.h"

static int route, generic;
static u16 family;
static int carrier, carp;
static struct nl_request r;

static void must(int error, const char *what)
{
	if (error)
		errx(3, "%s: %s", what, strerror(-error));
}

/* links */

static struct nlattr *begin_link(u16 flags, int ifindex, const char *name,
				 struct nlattr **info)
{
	struct ifinfomsg link = { .ifi_index = ifindex };

	nl_begin(&r, RTM_NEWLINK, flags, &link, sizeof(link));
	if (name)
		nl_put_text(&r, IFLA_IFNAME, name);
	if (flags & NLM_F_CREATE)
		nl_put_u32(&r, IFLA_LINK, (u32)carrier);
	*info = nl_nest(&r, IFLA_LINKINFO);
	nl_put_text(&r, IFLA_INFO_KIND, CARP_KIND);
	return nl_nest(&r, IFLA_INFO_DATA);
}

static int end_link(int fd, struct nlattr *info, struct nlattr *data)
{
	nl_nest_end(&r, data);
	nl_nest_end(&r, info);
	return nl_do(fd, &r, NULL);
}

static void put_peers(unsigned int n)
{
	struct in_addr peer4[2];
	struct in6_addr peer6[2];

	inet_pton(AF_INET, "192.0.2.2", &peer4[0]);
	inet_pton(AF_INET, "192.0.2.77", &peer4[1]);
	inet_pton(AF_INET6, "2001:db8::2", &peer6[0]);
	inet_pton(AF_INET6, "2001:db8::77", &peer6[1]);
	nl_put(&r, IFLA_CARP_PEER, peer4, n * sizeof(peer4[0]));
	nl_put(&r, IFLA_CARP_PEER6, peer6, n * sizeof(peer6[0]));
}

static int add_with(unsigned int peers)
{
	struct nlattr *info, *data;

	data = begin_link(NLM_F_CREATE | NLM_F_EXCL, 0, "carp9", &info);
	nl_put_u8(&r, IFLA_CARP_VHID, 9);
	nl_put(&r, IFLA_CARP_KEY, "another", 7);
	if (peers)
		put_peers(peers);
	return end_link(route, info, data);
}

static int add_link(void)
{
	return add_with(2);
}

static int delete_named(const char *name)
{
	struct ifinfomsg link = {};

	nl_begin(&r, RTM_DELLINK, 0, &link, sizeof(link));
	nl_put_text(&r, IFLA_IFNAME, name);
	return nl_do(route, &r, NULL);
}

static void delete_link(void)
{
	must(delete_named("carp9"), "deleting carp9");
}

static int change(u8 base, u8 skew, const char *key, u8 preempt, u32 delay,
		  u8 ttl)
{
	struct nlattr *info, *data;

	data = begin_link(0, carp, NULL, &info);
	nl_put_u8(&r, IFLA_CARP_ADVBASE, base);
	nl_put_u8(&r, IFLA_CARP_ADVSKEW, skew);
	nl_put(&r, IFLA_CARP_KEY, key, strlen(key));
	nl_put_u8(&r, IFLA_CARP_PREEMPT, preempt);
	nl_put_u32(&r, IFLA_CARP_PREEMPT_DELAY, delay);
	nl_put_u8(&r, IFLA_CARP_MIN_TTL, ttl);
	return end_link(route, info, data);
}

static int change_link(void)
{
	return change(2, 3, "wrong", CARP_PREEMPT_OFF, 60, 100);
}

static void change_back(void)
{
	must(change(1, 0, "secret", CARP_PREEMPT_ON, 0, 255), "changing back");
}

/* Which one is in force; that none of them is must not be. */
static u8 password(void)
{
	static const char *const passwords[] = { "secret", "wrong" };
	int which = spoken_password(passwords, 2);

	if (which < 0)
		errx(1, "what is said has neither password");
	return (u8)which;
}

static int set_peers(unsigned int n)
{
	struct nlattr *info, *data;

	data = begin_link(0, carp, NULL, &info);
	put_peers(n);
	return end_link(route, info, data);
}

static int change_peers(void)
{
	return set_peers(2);
}

static void no_peers(void)
{
	must(set_peers(0), "taking the peers back");
}

static int set_up(bool up)
{
	struct ifinfomsg link = {
		.ifi_index = carp,
		.ifi_change = IFF_UP,
		.ifi_flags = up ? IFF_UP : 0,
	};

	nl_begin(&r, RTM_NEWLINK, 0, &link, sizeof(link));
	return nl_do(route, &r, NULL);
}

/*
 * Its IPv6 addresses stay, as the scenario has said; if there is memory for
 * their routes when it comes up.
 */
static int link_down(void)
{
	return set_up(false);
}

static int link_up(void)
{
	return set_up(true);
}

static void add6_again(void);

static void bring_down(void)
{
	must(set_up(false), "bringing it down");
	add6_again();
}

static void bring_up(void)
{
	must(set_up(true), "bringing it up");
	add6_again();
}

static int link_dump(void)
{
	struct ifinfomsg link = {};
	static struct nl_reply reply;

	nl_begin(&r, RTM_GETLINK, 0, &link, sizeof(link));
	return nl_dump(route, &r, &reply);
}

/* addresses */

static int address(u16 type, u16 flags, int af, const char *text, u8 len)
{
	struct ifaddrmsg ifa = {
		.ifa_family = (u8)af,
		.ifa_prefixlen = len,
		.ifa_index = (u32)carp,
	};
	u8 bytes[16];
	size_t size = af == AF_INET ? 4 : 16;

	inet_pton(af, text, bytes);
	nl_begin(&r, type, flags, &ifa, sizeof(ifa));
	nl_put(&r, IFA_LOCAL, bytes, size);
	nl_put(&r, IFA_ADDRESS, bytes, size);
	return nl_do(route, &r, NULL);
}

#define ADD	RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL
#define DELETE	RTM_DELADDR, 0
#define NEW4	AF_INET, "192.0.2.101", 24
#define OLD4	AF_INET, "192.0.2.100", 24
#define NEW6	AF_INET6, "2001:db8::101", 64
#define OLD6	AF_INET6, "2001:db8::100", 64

static int add4(void) { return address(ADD, NEW4); }
static void undo_add4(void) { must(address(DELETE, NEW4), "del 4"); }
static int delete4(void) { return address(DELETE, OLD4); }
static void undo_delete4(void) { must(address(ADD, OLD4), "add 4"); }
static int add6(void) { return address(ADD, NEW6); }
static void undo_add6(void) { must(address(DELETE, NEW6), "del 6"); }
static int delete6(void) { return address(DELETE, OLD6); }
static void undo_delete6(void) { must(address(ADD, OLD6), "add 6"); }

static void add6_again(void)
{
	int error = address(ADD, OLD6);

	if (error != -EEXIST)
		must(error, "add 6 again");
}

/* generic netlink */

static int genl_get(void)
{
	static struct nl_reply reply;

	nl_begin_genl(&r, family, CARP_CMD_GET, 0);
	nl_put_u32(&r, CARP_A_IFINDEX, (u32)carp);
	return nl_do(generic, &r, &reply);
}

static int genl_dump(void)
{
	static struct nl_reply reply;

	nl_begin_genl(&r, family, CARP_CMD_GET, 0);
	return nl_dump(generic, &r, &reply);
}

static int genl_get_demotion(void)
{
	static struct nl_reply reply;

	nl_begin_genl(&r, family, CARP_CMD_GET_DEMOTION, 0);
	return nl_do(generic, &r, &reply);
}

static int set_state(u8 state)
{
	nl_begin_genl(&r, family, CARP_CMD_SET, 0);
	nl_put_u32(&r, CARP_A_IFINDEX, (u32)carp);
	nl_put_u8(&r, CARP_A_STATE, state);
	return nl_do(generic, &r, NULL);
}

static int genl_set(void)
{
	return set_state(CARP_STATE_BACKUP);
}

static void be_master(void)
{
	must(set_state(CARP_STATE_MASTER), "becoming MASTER");
}

static int demote(void)
{
	nl_begin_genl(&r, family, CARP_CMD_DEMOTE, 0);
	nl_put_text(&r, CARP_A_DEMOTE_REASON, "fault");
	nl_put_u32(&r, CARP_A_WEIGHT, 7);
	return nl_do(generic, &r, NULL);
}

static int undemote(void)
{
	nl_begin_genl(&r, family, CARP_CMD_UNDEMOTE, 0);
	nl_put_text(&r, CARP_A_DEMOTE_REASON, "fault");
	return nl_do(generic, &r, NULL);
}

static void undo_demote(void)
{
	must(undemote(), "undemoting");
}

static void do_demote(void)
{
	must(demote(), "demoting");
}

static int sysctl_write(void)
{
	int fd = open("/proc/sys/net/carp/demotion", O_WRONLY | O_CLOEXEC);
	int error = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, "5\n", 2) < 0)
		error = -errno;
	close(fd);
	return error;
}

static void undo_sysctl(void)
{
	int fd = open("/proc/sys/net/carp/demotion", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "-5\n", 3) < 0)
		err(3, "net.carp.demotion");
	close(fd);
}

/* namespaces */

static int new_netns(void)
{
	int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	int error;

	if (home < 0)
		return -errno;
	error = unshare(CLONE_NEWNET) < 0 ? -errno : 0;
	/* This may be what there is no memory for, once. */
	if (!error && setns(home, CLONE_NEWNET) < 0 &&
	    setns(home, CLONE_NEWNET) < 0)
		err(3, "going back");
	close(home);
	return error;
}

static int make_dummy(const char *name)
{
	struct ifinfomsg link = { .ifi_change = IFF_UP, .ifi_flags = IFF_UP };
	struct nlattr *info;

	nl_begin(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link,
		 sizeof(link));
	nl_put_text(&r, IFLA_IFNAME, name);
	info = nl_nest(&r, IFLA_LINKINFO);
	nl_put_text(&r, IFLA_INFO_KIND, "dummy");
	nl_nest_end(&r, info);
	must(nl_do(route, &r, NULL), "a dummy");
	return netns_ifindex(name);
}

/* A carrier that has no interface yet, and no groups. */
static int usual_carrier;

static void begin_carrier(void)
{
	usual_carrier = carrier;
	carrier = make_dummy("spare0");
	/* Until it has its link-local address for good. */
	sleep_until(mono_now() + 3 * NSEC_PER_SEC);
}

static void end_carrier(void)
{
	must(delete_named("spare0"), "deleting spare0");
	carrier = usual_carrier;
}

/* One with an interface in it that serves, and is not seen again. */
static void populate(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		_exit(1);
	route = nl_open(NETLINK_ROUTE);
	carrier = make_dummy("dummy0");
	must(add_with(0), "carp on it");
	carp = netns_ifindex("carp9");
	must(address(ADD, NEW4), "an address");
	must(address(ADD, NEW6), "an address");
	must(set_up(true), "up");
	_exit(0);
}

static int end_netns(void)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		populate();
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status)
		errx(3, "a namespace with carp cannot be made");
	return 0;
}

/* Both ways, so that all that is told of it is told. */
static int transitions(void)
{
	int error = set_state(CARP_STATE_BACKUP);

	return error ?: set_state(CARP_STATE_MASTER);
}

static int demotions(void)
{
	int error = demote();

	return error ?: undemote();
}

const struct operation operations[] = {
	/* EINVAL is from device_add(), if there is no memory for the name. */
	{ .name = "link-add", .run = add_link, .undo = delete_link,
	  .also = -EINVAL },
	{ .name = "carrier-first", .run = add_link, .undo = delete_link,
	  .begin = begin_carrier, .end = end_carrier, .also = -EINVAL },
	{ .name = "link-change", .run = change_link, .undo = change_back,
	  .secret = password },
	{ .name = "peer-change", .run = change_peers, .undo = no_peers },
	{ .name = "link-down", .run = link_down, .undo = bring_up },
	{ .name = "link-up", .run = link_up, .undo = bring_down, .loose = true,
	  .begin = bring_down, .end = bring_up },
	{ .name = "link-dump", .run = link_dump },
	{ .name = "address4-add", .run = add4, .undo = undo_add4 },
	{ .name = "address4-delete", .run = delete4, .undo = undo_delete4 },
	{ .name = "address6-add", .run = add6, .undo = undo_add6 },
	{ .name = "address6-delete", .run = delete6, .undo = undo_delete6 },
	{ .name = "genl-get", .run = genl_get },
	{ .name = "genl-dump", .run = genl_dump },
	{ .name = "genl-get-demotion", .run = genl_get_demotion },
	{ .name = "genl-set", .run = genl_set, .undo = be_master },
	{ .name = "genl-demote", .run = demote, .undo = undo_demote },
	{ .name = "genl-undemote", .run = undemote, .undo = do_demote,
	  .begin = do_demote, .end = undo_demote },
	{ .name = "sysctl", .run = sysctl_write, .undo = undo_sysctl },
	{ .name = "events", .run = transitions, .undo = be_master,
	  .settle_ms = 50 },
	{ .name = "demotion-events", .run = demotions, .settle_ms = 50 },
	{ .name = "netns-begin", .run = new_netns, .ours = true },
	{ .name = "netns-end", .run = end_netns, .settle_ms = 500 },
	{}
};

void operations_init(const char *ns, const char *carrier_name)
{
	spoken_begin(ns);
	netns_enter(ns);
	route = nl_open(NETLINK_ROUTE);
	generic = nl_open(NETLINK_GENERIC);
	family = nl_family(generic, CARP_FAMILY_NAME);
	carrier = netns_ifindex(carrier_name);
	carp = netns_ifindex("carp0");
}

/* snapshots */

static void keep(struct snapshot *s, const void *data, size_t len)
{
	if (s->len + len > sizeof(s->bytes))
		errx(3, "a snapshot of more than %zu bytes", sizeof(s->bytes));
	memcpy(s->bytes + s->len, data, len);
	s->len += len;
}

static void keep_attr(struct snapshot *s, const struct nlattr *attr)
{
	if (attr)
		keep(s, nl_data(attr), nl_len(attr));
}

static void keep_link(struct snapshot *s, const struct nlmsghdr *head)
{
	const struct ifinfomsg *link = NLMSG_DATA(head);
	const struct nlattr *attr;
	u32 up = link->ifi_flags & IFF_UP;
	u16 type;

	attr = nl_find(IFLA_RTA(link), IFLA_PAYLOAD(head), IFLA_IFNAME);
	keep_attr(s, attr);
	keep(s, &up, sizeof(up));
	keep_attr(s, nl_find(IFLA_RTA(link), IFLA_PAYLOAD(head), IFLA_MTU));
	attr = nl_find(IFLA_RTA(link), IFLA_PAYLOAD(head), IFLA_LINKINFO);
	attr = attr ? nl_find(nl_data(attr), nl_len(attr), IFLA_INFO_DATA) :
		      NULL;
	for (type = 1; attr && type <= IFLA_CARP_MAX; type++)
		if (type != IFLA_CARP_STATE)
			keep_attr(s, nl_find(nl_data(attr), nl_len(attr),
					     type));
}

static void keep_address(struct snapshot *s, const struct nlmsghdr *head)
{
	const struct ifaddrmsg *ifa = NLMSG_DATA(head);

	if (ifa->ifa_index != (u32)carp)
		return;
	keep(s, &ifa->ifa_family, 2);
	keep_attr(s, nl_find(IFA_RTA(ifa), IFA_PAYLOAD(head), IFA_ADDRESS));
}

static void keep_demotion(struct snapshot *s, const struct nlmsghdr *head)
{
	const u8 *attrs = (const u8 *)NLMSG_DATA(head) + GENL_HDRLEN;
	size_t len = NLMSG_PAYLOAD(head, GENL_HDRLEN);

	keep_attr(s, nl_find(attrs, len, CARP_A_DEMOTE_REASON));
	keep_attr(s, nl_find(attrs, len, CARP_A_WEIGHT));
	keep_attr(s, nl_find(attrs, len, CARP_A_TOTAL));
}

static void keep_all(struct snapshot *s, const struct nl_reply *reply,
		     void (*keep_one)(struct snapshot *,
				      const struct nlmsghdr *))
{
	const struct nlmsghdr *head = (const void *)reply->bytes;
	size_t len = reply->len;

	for (; NLMSG_OK(head, len); head = NLMSG_NEXT(head, len))
		keep_one(s, head);
}

void snapshot_take(const struct operation *op, struct snapshot *s)
{
	static struct nl_reply reply;
	struct ifinfomsg link = {};
	struct ifaddrmsg ifa = {};

	s->len = 0;
	nl_begin(&r, RTM_GETLINK, 0, &link, sizeof(link));
	must(nl_dump(route, &r, &reply), "links");
	keep_all(s, &reply, keep_link);
	nl_begin(&r, RTM_GETADDR, 0, &ifa, sizeof(ifa));
	must(nl_dump(route, &r, &reply), "addresses");
	keep_all(s, &reply, keep_address);
	nl_begin_genl(&r, family, CARP_CMD_GET_DEMOTION, 0);
	must(nl_dump(generic, &r, &reply), "demotion");
	keep_all(s, &reply, keep_demotion);
	if (op->secret) {
		u8 known = op->secret();

		keep(s, &known, sizeof(known));
	}
}

bool snapshot_equal(const struct snapshot *a, const struct snapshot *b)
{
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}
