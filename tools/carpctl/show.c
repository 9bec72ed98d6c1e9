// SPDX-License-Identifier: GPL-2.0
/*
 * carpctl show.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "carpctl.h"

/* How often a dump is begun anew because something has changed. */
#define TRIES	10

static const char *const stats_names[CARP_A_STATS_MAX + 1] = {
	[CARP_A_STATS_IPACKETS]		= "ipackets",
	[CARP_A_STATS_IPACKETS6]	= "ipackets6",
	[CARP_A_STATS_BADTTL]		= "badttl",
	[CARP_A_STATS_HDROPS]		= "hdrops",
	[CARP_A_STATS_BADSUM]		= "badsum",
	[CARP_A_STATS_BADVER]		= "badver",
	[CARP_A_STATS_BADLEN]		= "badlen",
	[CARP_A_STATS_BADAUTH]		= "badauth",
	[CARP_A_STATS_BADPEER]		= "badpeer",
	[CARP_A_STATS_OPACKETS]		= "opackets",
	[CARP_A_STATS_OPACKETS6]	= "opackets6",
	[CARP_A_STATS_ONOMEM]		= "onomem",
	[CARP_A_STATS_PREEMPT]		= "preempt",
	[CARP_A_STATS_OERRORS]		= "oerrors",
	[CARP_A_STATS_LOOP]		= "loop",
	[CARP_A_STATS_FOREIGN]		= "foreign",
	[CARP_A_STATS_GRACE]		= "grace",
	[CARP_A_STATS_CONTESTED]	= "contested",
	[CARP_A_STATS_REPLAY]		= "replay",
	[CARP_A_STATS_RX_INACTIVE]	= "rx_inactive",
	[CARP_A_STATS_TX_INACTIVE]	= "tx_inactive",
	[CARP_A_STATS_BADVHID]		= "badvhid",
	[CARP_A_STATS_BADIF]		= "badif",
	[CARP_A_STATS_UNCHECKED]	= "unchecked",
};

/**
 * state_name() - as everywhere: in capitals
 * @state: a state
 */
const char *state_name(uint8_t state)
{
	static const char *const names[] = {
		[CARP_STATE_INIT]	= "INIT",
		[CARP_STATE_BACKUP]	= "BACKUP",
		[CARP_STATE_MASTER]	= "MASTER",
	};

	return state <= CARP_STATE_MAX ? names[state] : "unknown";
}

/* What IFLA_CARP_DELIVER and IFLA_CARP_LLADDR are called by ip. */
static const char *const deliver_names[] = {
	[CARP_DELIVER_AUTO]	= "auto",
	[CARP_DELIVER_LOWER]	= "lower",
	[CARP_DELIVER_SELF]	= "self",
};

static const char *const lladdr_names[] = {
	[CARP_LLADDR_VIRTUAL]	= "virtual",
	[CARP_LLADDR_LOWER]	= "lower",
};

static const char *deliver_name(uint8_t deliver)
{
	return deliver <= CARP_DELIVER_MAX ? deliver_names[deliver] : "unknown";
}

static const char *lladdr_name(uint8_t lladdr)
{
	return lladdr <= CARP_LLADDR_MAX ? lladdr_names[lladdr] : "unknown";
}

/**
 * peer_address() - address of a peer as text
 * @peer: attributes of CARP_A_PEER
 * @buf: written
 * @len: its size
 *
 * Return: false if there is none.
 */
bool peer_address(const struct nlattr **peer, char *buf, size_t len)
{
	const struct nlattr *addr = peer[CARP_A_PEER_ADDR4];
	int family = AF_INET;
	size_t want = 4;

	if (!addr) {
		addr = peer[CARP_A_PEER_ADDR6];
		family = AF_INET6;
		want = 16;
	}
	return addr && mnl_attr_get_payload_len(addr) == want &&
	       inet_ntop(family, mnl_attr_get_payload(addr), buf, len);
}

/**
 * print_json() - one line of JSON
 * @json: given up
 */
void print_json(json_t *json)
{
	if (!json || json_dumpf(json, stdout, JSON_COMPACT | JSON_ENSURE_ASCII)) {
		fputs("Error: no memory.\n", stderr);
		exit(EXIT_REFUSED);
	}
	putchar('\n');
	json_decref(json);
}

static uint64_t monotonic_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* How long ago that was, in ms. */
static uint64_t age_ms(const struct nlattr *attr)
{
	return (monotonic_ns() - nl_uint(attr)) / 1000000;
}

static void set_uint(json_t *object, const char *key,
		     const struct nlattr *attr)
{
	if (attr)
		json_object_set_new(object, key, json_integer(nl_uint(attr)));
}

static json_t *peer_json(const struct nlattr **peer)
{
	json_t *object = json_object();
	char addr[INET6_ADDRSTRLEN];
	char counter[17];

	if (peer_address(peer, addr, sizeof(addr)))
		json_object_set_new(object, "address", json_string(addr));
	json_object_set_new(object, "authentic",
			    json_boolean(nl_uint(peer[CARP_A_PEER_AUTHENTIC])));
	set_uint(object, "advbase", peer[CARP_A_PEER_ADVBASE]);
	set_uint(object, "advskew", peer[CARP_A_PEER_ADVSKEW]);
	set_uint(object, "demote", peer[CARP_A_PEER_DEMOTE]);
	/* Greater than what many readers of JSON call a number. */
	snprintf(counter, sizeof(counter), "%016llx",
		 (unsigned long long)nl_uint(peer[CARP_A_PEER_COUNTER]));
	json_object_set_new(object, "counter", json_string(counter));
	set_uint(object, "heard_ns", peer[CARP_A_PEER_HEARD]);
	json_object_set_new(object, "age_ms",
			    json_integer(age_ms(peer[CARP_A_PEER_HEARD])));
	return object;
}

static json_t *masters_json(const struct nlmsghdr *nlh)
{
	const struct nlattr *peer[CARP_A_PEER_MAX + 1];
	char addr[INET6_ADDRSTRLEN] = "";
	json_t *array = json_array();
	const struct nlattr *attr;
	json_t *object;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != CARP_A_OTHER_MASTER)
			continue;
		nl_nested(attr, peer, CARP_A_PEER_MAX);
		peer_address(peer, addr, sizeof(addr));
		object = json_object();
		json_object_set_new(object, "address", json_string(addr));
		json_object_set_new(object, "authentic",
			json_boolean(nl_uint(peer[CARP_A_PEER_AUTHENTIC])));
		set_uint(object, "since_ns", peer[CARP_A_PEER_SINCE]);
		set_uint(object, "heard_ns", peer[CARP_A_PEER_HEARD]);
		json_object_set_new(object, "age_ms",
			json_integer(age_ms(peer[CARP_A_PEER_SINCE])));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *stats_json(const struct nlattr *nest)
{
	const struct nlattr *tb[CARP_A_STATS_MAX + 1];
	json_t *object = json_object();
	int i;

	nl_nested(nest, tb, CARP_A_STATS_MAX);
	for (i = 0; i <= CARP_A_STATS_MAX; i++)
		if (stats_names[i])
			set_uint(object, stats_names[i], tb[i]);
	return object;
}

static json_t *peers_json(const struct nlmsghdr *nlh)
{
	const struct nlattr *peer[CARP_A_PEER_MAX + 1];
	json_t *array = json_array();
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != CARP_A_PEER)
			continue;
		nl_nested(attr, peer, CARP_A_PEER_MAX);
		json_array_append_new(array, peer_json(peer));
	}
	return array;
}

/* Hosts that are advertised to, of both families. */
static bool unicast_address(const struct nlattr *attr, char *buf, size_t len)
{
	bool is6 = mnl_attr_get_type(attr) == CARP_A_UNICAST6;

	if (!is6 && mnl_attr_get_type(attr) != CARP_A_UNICAST4)
		return false;
	return mnl_attr_get_payload_len(attr) == (is6 ? 16 : 4) &&
	       inet_ntop(is6 ? AF_INET6 : AF_INET, mnl_attr_get_payload(attr),
			 buf, len);
}

static json_t *unicast_json(const struct nlmsghdr *nlh)
{
	json_t *array = json_array();
	char addr[INET6_ADDRSTRLEN];
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (unicast_address(attr, addr, sizeof(addr)))
			json_array_append_new(array, json_string(addr));
	return array;
}

/* A kernel that is older than them leaves them out. */
static void set_settings(json_t *object, const struct nlattr **tb)
{
	set_uint(object, "preempt_delay", tb[CARP_A_PREEMPT_DELAY]);
	set_uint(object, "minttl", tb[CARP_A_MIN_TTL]);
	if (tb[CARP_A_DELIVER])
		json_object_set_new(object, "deliver",
			json_string(deliver_name(nl_uint(tb[CARP_A_DELIVER]))));
	if (tb[CARP_A_BROADCAST])
		json_object_set_new(object, "broadcast",
			json_boolean(nl_uint(tb[CARP_A_BROADCAST])));
	set_uint(object, "link_delay", tb[CARP_A_LINK_DELAY]);
	set_uint(object, "announce_interval", tb[CARP_A_ANNOUNCE_INTERVAL]);
	if (tb[CARP_A_LLADDR])
		json_object_set_new(object, "lladdr",
			json_string(lladdr_name(nl_uint(tb[CARP_A_LLADDR]))));
}

static json_t *dev_json(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[CARP_A_MAX + 1];
	json_t *object = json_object();

	nl_attrs(nlh, tb);
	set_uint(object, "ifindex", tb[CARP_A_IFINDEX]);
	json_object_set_new(object, "ifname",
			    json_string(nl_str(tb[CARP_A_IFNAME])));
	json_object_set_new(object, "carrier",
			    json_string(nl_str(tb[CARP_A_CARRIER_NAME])));
	json_object_set_new(object, "state",
			    json_string(state_name(nl_uint(tb[CARP_A_STATE]))));
	set_uint(object, "reason", tb[CARP_A_REASON]);
	if (tb[CARP_A_REASON_TEXT])
		json_object_set_new(object, "reason_text",
			json_string(nl_str(tb[CARP_A_REASON_TEXT])));
	set_uint(object, "since_ns", tb[CARP_A_SINCE]);
	json_object_set_new(object, "age_ms",
			    json_integer(age_ms(tb[CARP_A_SINCE])));
	set_uint(object, "vhid", tb[CARP_A_VHID]);
	set_uint(object, "advbase", tb[CARP_A_ADVBASE]);
	set_uint(object, "advskew", tb[CARP_A_ADVSKEW]);
	set_uint(object, "effective_skew", tb[CARP_A_EFFECTIVE_SKEW]);
	json_object_set_new(object, "preempt",
			    json_boolean(nl_uint(tb[CARP_A_PREEMPT])));
	set_settings(object, tb);
	set_uint(object, "demotion", tb[CARP_A_DEMOTION]);
	set_uint(object, "seq", tb[CARP_A_SEQ]);
	json_object_set_new(object, "unicast", unicast_json(nlh));
	json_object_set_new(object, "other_masters", masters_json(nlh));
	json_object_set_new(object, "peers", peers_json(nlh));
	json_object_set_new(object, "stats", stats_json(tb[CARP_A_STATS]));
	return object;
}

static void print_age(uint64_t ms)
{
	printf("%llu.%03llu s", (unsigned long long)ms / 1000,
	       (unsigned long long)ms % 1000);
}

static unsigned int number(const struct nlattr *attr)
{
	return nl_uint(attr);
}

static void print_peer(const struct nlattr **peer, bool authentic)
{
	char addr[INET6_ADDRSTRLEN] = "?";

	if (!nl_uint(peer[CARP_A_PEER_AUTHENTIC]) == authentic)
		return;
	peer_address(peer, addr, sizeof(addr));
	printf("    %s %s advbase %u advskew %u demote %u heard ",
	       authentic ? "peer" : "not authentic", addr,
	       number(peer[CARP_A_PEER_ADVBASE]),
	       number(peer[CARP_A_PEER_ADVSKEW]),
	       number(peer[CARP_A_PEER_DEMOTE]));
	print_age(age_ms(peer[CARP_A_PEER_HEARD]));
	puts(" ago");
}

/* Only those that have counted something. */
static void print_stats(const struct nlattr *nest)
{
	const struct nlattr *tb[CARP_A_STATS_MAX + 1];
	bool any = false;
	int i;

	nl_nested(nest, tb, CARP_A_STATS_MAX);
	for (i = 0; i <= CARP_A_STATS_MAX; i++) {
		if (!stats_names[i] || !nl_uint(tb[i]))
			continue;
		printf("%s %s %llu", any ? "" : "   ", stats_names[i],
		       (unsigned long long)nl_uint(tb[i]));
		any = true;
	}
	if (any)
		putchar('\n');
}

static void print_peers(const struct nlmsghdr *nlh, bool authentic)
{
	const struct nlattr *peer[CARP_A_PEER_MAX + 1];
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != CARP_A_PEER)
			continue;
		nl_nested(attr, peer, CARP_A_PEER_MAX);
		print_peer(peer, authentic);
	}
}

/**
 * master_text() - what is the matter with another master
 * @peer: attributes of CARP_A_OTHER_MASTER
 */
const char *master_text(const struct nlattr **peer)
{
	return nl_uint(peer[CARP_A_PEER_AUTHENTIC]) ?
		       "advertises beside the master: one does not hear the other" :
		       "fails authentication: other password or other addresses";
}

static void print_masters(const struct nlmsghdr *nlh)
{
	const struct nlattr *peer[CARP_A_PEER_MAX + 1];
	char addr[INET6_ADDRSTRLEN] = "?";
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != CARP_A_OTHER_MASTER)
			continue;
		nl_nested(attr, peer, CARP_A_PEER_MAX);
		peer_address(peer, addr, sizeof(addr));
		printf("    another master: %s for ", addr);
		print_age(age_ms(peer[CARP_A_PEER_SINCE]));
		printf(" (%s)\n", master_text(peer));
	}
}

/* What is not as usual. */
static void print_more(const struct nlattr **tb)
{
	if (nl_uint(tb[CARP_A_PREEMPT_DELAY]))
		printf(" preempt-delay %u", number(tb[CARP_A_PREEMPT_DELAY]));
	if (tb[CARP_A_MIN_TTL] && nl_uint(tb[CARP_A_MIN_TTL]) != 255)
		printf(" minttl %u", number(tb[CARP_A_MIN_TTL]));
	if (nl_uint(tb[CARP_A_LINK_DELAY]))
		printf(" link-delay %u", number(tb[CARP_A_LINK_DELAY]));
	if (nl_uint(tb[CARP_A_ANNOUNCE_INTERVAL]))
		printf(" announce-interval %u",
		       number(tb[CARP_A_ANNOUNCE_INTERVAL]));
	if (nl_uint(tb[CARP_A_DELIVER]))
		printf(" deliver %s", deliver_name(nl_uint(tb[CARP_A_DELIVER])));
	if (nl_uint(tb[CARP_A_BROADCAST]))
		printf(" broadcast on");
	if (nl_uint(tb[CARP_A_LLADDR]))
		printf(" lladdr %s", lladdr_name(nl_uint(tb[CARP_A_LLADDR])));
}

static void print_unicast(const struct nlmsghdr *nlh)
{
	char addr[INET6_ADDRSTRLEN];
	const struct nlattr *attr;
	bool any = false;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (!unicast_address(attr, addr, sizeof(addr)))
			continue;
		printf("%s%s", any ? "," : "    unicast to ", addr);
		any = true;
	}
	if (any)
		putchar('\n');
}

static void print_dev(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[CARP_A_MAX + 1];

	nl_attrs(nlh, tb);
	printf("%s (vhid %u on %s): %s for ", nl_str(tb[CARP_A_IFNAME]),
	       number(tb[CARP_A_VHID]), nl_str(tb[CARP_A_CARRIER_NAME]),
	       state_name(nl_uint(tb[CARP_A_STATE])));
	print_age(age_ms(tb[CARP_A_SINCE]));
	if (nl_uint(tb[CARP_A_STATE]) == CARP_STATE_INIT &&
	    nl_uint(tb[CARP_A_REASON]))
		printf(" (%s)", nl_str(tb[CARP_A_REASON_TEXT]));
	printf("\n    advbase %u advskew %u (%u with demotion) preempt %s demotion %u",
	       number(tb[CARP_A_ADVBASE]), number(tb[CARP_A_ADVSKEW]),
	       number(tb[CARP_A_EFFECTIVE_SKEW]),
	       nl_uint(tb[CARP_A_PREEMPT]) ? "on" : "off",
	       number(tb[CARP_A_DEMOTION]));
	print_more(tb);
	putchar('\n');
	print_masters(nlh);
	print_unicast(nlh);
	print_peers(nlh, true);
	print_peers(nlh, false);
	print_stats(tb[CARP_A_STATS]);
}

/* Messages are kept until all are there, as a dump may begin anew. */
struct kept {
	struct nlmsghdr	**nlh;
	size_t		n;
};

static void keep_message(const struct nlmsghdr *nlh, void *arg)
{
	struct kept *kept = arg;
	struct nlmsghdr *copy = malloc(nlh->nlmsg_len);

	kept->nlh = reallocarray(kept->nlh, kept->n + 1, sizeof(*kept->nlh));
	if (!copy || !kept->nlh) {
		fputs("Error: no memory.\n", stderr);
		exit(EXIT_REFUSED);
	}
	memcpy(copy, nlh, nlh->nlmsg_len);
	kept->nlh[kept->n++] = copy;
}

static void forget(struct kept *kept)
{
	while (kept->n)
		free(kept->nlh[--kept->n]);
	free(kept->nlh);
	kept->nlh = NULL;
}

/* What is still not consistent after so many tries is shown as it is. */
static int ask(struct nl *nl, uint8_t cmd, const char *dev, bool dump,
	       struct kept *kept)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh;
	int tries, err = 0;

	for (tries = 0; tries < TRIES; tries++) {
		forget(kept);
		nlh = nl_request(nl, buf, cmd, dump ? NLM_F_DUMP : 0);
		if (dev)
			mnl_attr_put_strz_check(nlh, sizeof(buf),
						CARP_A_IFNAME, dev);
		err = nl_talk(nl, nlh, keep_message, kept);
		if (err != -EAGAIN)
			return err;
	}
	return 0;
}

static json_t *reasons_json(const struct kept *reasons)
{
	const struct nlattr *tb[CARP_A_MAX + 1];
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < reasons->n; i++) {
		nl_attrs(reasons->nlh[i], tb);
		json_array_append_new(array, json_pack("{s:s, s:i}",
			"reason", nl_str(tb[CARP_A_DEMOTE_REASON]),
			"weight", nl_s32(tb[CARP_A_WEIGHT])));
	}
	return array;
}

static void show_json(const struct kept *devs, const struct kept *total,
		      const struct kept *reasons)
{
	const struct nlattr *tb[CARP_A_MAX + 1];
	json_t *demotion = json_object();
	json_t *array = json_array();
	json_t *all = json_object();
	size_t i;

	for (i = 0; i < devs->n; i++)
		json_array_append_new(array, dev_json(devs->nlh[i]));
	json_object_set_new(all, "interfaces", array);
	nl_attrs(total->nlh[0], tb);
	set_uint(demotion, "demotion", tb[CARP_A_DEMOTION]);
	json_object_set_new(demotion, "total",
			    json_integer(nl_s32(tb[CARP_A_TOTAL])));
	json_object_set_new(demotion, "reasons", reasons_json(reasons));
	json_object_set_new(all, "demotion", demotion);
	print_json(all);
}

static void show_text(const struct kept *devs, const struct kept *total,
		      const struct kept *reasons)
{
	const struct nlattr *tb[CARP_A_MAX + 1];
	size_t i;

	for (i = 0; i < devs->n; i++)
		print_dev(devs->nlh[i]);
	nl_attrs(total->nlh[0], tb);
	printf("demotion %d\n", nl_s32(tb[CARP_A_TOTAL]));
	for (i = 0; i < reasons->n; i++) {
		nl_attrs(reasons->nlh[i], tb);
		printf("    %s %d\n", nl_str(tb[CARP_A_DEMOTE_REASON]),
		       nl_s32(tb[CARP_A_WEIGHT]));
	}
}

/**
 * show() - interfaces, and what demotes the host
 * @nl: socket
 * @dev: name of one interface, or NULL for all
 * @json: as JSON
 *
 * Return: 0, or a negative errno, and then it has said why.
 */
int show(struct nl *nl, const char *dev, bool json)
{
	struct kept devs = {}, total = {}, reasons = {};
	int err;

	err = ask(nl, CARP_CMD_GET, dev, !dev, &devs);
	if (!err)
		err = ask(nl, CARP_CMD_GET_DEMOTION, NULL, false, &total);
	if (!err)
		err = ask(nl, CARP_CMD_GET_DEMOTION, NULL, true, &reasons);
	if (!err && total.n == 1) {
		if (json)
			show_json(&devs, &total, &reasons);
		else
			show_text(&devs, &total, &reasons);
	}
	forget(&devs);
	forget(&total);
	forget(&reasons);
	return err;
}
