// SPDX-License-Identifier: GPL-2.0
/*
 * carpctl monitor: every change as it happens, a line each.
 */
#include <arpa/inet.h>
#include <stdio.h>

#include "carpctl.h"

/* What is remembered from one event to the next. */
struct watch {
	bool		json;
	bool		began;
	uint64_t	seq;
};

static void set_number(json_t *object, const char *key,
		       const struct nlattr *attr)
{
	json_object_set_new(object, key, json_integer(nl_uint(attr)));
}

static void set_signed(json_t *object, const char *key,
		       const struct nlattr *attr)
{
	json_object_set_new(object, key, json_integer(nl_s32(attr)));
}

static void set_string(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, json_string(text));
}

static json_t *event_json(const char *what, const struct nlattr **tb)
{
	json_t *object = json_object();

	set_string(object, "event", what);
	set_number(object, "seq", tb[CARP_A_SEQ]);
	set_number(object, "time_ns", tb[CARP_A_TIME]);
	return object;
}

static void print_time(const struct nlattr *attr)
{
	uint64_t us = nl_uint(attr) / 1000;

	printf("[%5llu.%06llu] ", (unsigned long long)us / 1000000,
	       (unsigned long long)us % 1000000);
}

static void state_changed(const struct watch *watch, const struct nlattr **tb)
{
	const struct nlattr *peer[CARP_A_PEER_MAX + 1];
	char addr[INET6_ADDRSTRLEN] = "";
	json_t *object;

	nl_nested(tb[CARP_A_PEER], peer, CARP_A_PEER_MAX);
	peer_address(peer, addr, sizeof(addr));
	if (watch->json) {
		object = event_json("state", tb);
		set_number(object, "ifindex", tb[CARP_A_IFINDEX]);
		set_string(object, "ifname", nl_str(tb[CARP_A_IFNAME]));
		set_number(object, "vhid", tb[CARP_A_VHID]);
		set_string(object, "carrier", nl_str(tb[CARP_A_CARRIER_NAME]));
		set_string(object, "old_state",
			   state_name(nl_uint(tb[CARP_A_OLD_STATE])));
		set_string(object, "state",
			   state_name(nl_uint(tb[CARP_A_STATE])));
		set_number(object, "reason", tb[CARP_A_REASON]);
		set_string(object, "reason_text",
			   nl_str(tb[CARP_A_REASON_TEXT]));
		if (*addr)
			set_string(object, "peer", addr);
		print_json(object);
		return;
	}
	print_time(tb[CARP_A_TIME]);
	printf("%s (vhid %u on %s): %s -> %s (%s%s%s)\n",
	       nl_str(tb[CARP_A_IFNAME]), (unsigned int)nl_uint(tb[CARP_A_VHID]),
	       nl_str(tb[CARP_A_CARRIER_NAME]),
	       state_name(nl_uint(tb[CARP_A_OLD_STATE])),
	       state_name(nl_uint(tb[CARP_A_STATE])),
	       nl_str(tb[CARP_A_REASON_TEXT]), *addr ? " from " : "", addr);
}

static void demotion_changed(const struct watch *watch,
			     const struct nlattr **tb)
{
	json_t *object;

	if (watch->json) {
		object = event_json("demotion", tb);
		set_string(object, "reason", nl_str(tb[CARP_A_DEMOTE_REASON]));
		set_signed(object, "old_weight", tb[CARP_A_OLD_WEIGHT]);
		set_signed(object, "weight", tb[CARP_A_WEIGHT]);
		set_signed(object, "old_total", tb[CARP_A_OLD_TOTAL]);
		set_signed(object, "total", tb[CARP_A_TOTAL]);
		print_json(object);
		return;
	}
	print_time(tb[CARP_A_TIME]);
	printf("demotion %d -> %d (%s %d -> %d)\n",
	       nl_s32(tb[CARP_A_OLD_TOTAL]), nl_s32(tb[CARP_A_TOTAL]),
	       nl_str(tb[CARP_A_DEMOTE_REASON]), nl_s32(tb[CARP_A_OLD_WEIGHT]),
	       nl_s32(tb[CARP_A_WEIGHT]));
}

static void other_master(const struct watch *watch, const struct nlattr **tb)
{
	const struct nlattr *peer[CARP_A_PEER_MAX + 1];
	bool seen = nl_uint(tb[CARP_A_SEEN]);
	char addr[INET6_ADDRSTRLEN] = "?";
	json_t *object;

	nl_nested(tb[CARP_A_OTHER_MASTER], peer, CARP_A_PEER_MAX);
	peer_address(peer, addr, sizeof(addr));
	if (watch->json) {
		object = event_json("other_master", tb);
		set_number(object, "ifindex", tb[CARP_A_IFINDEX]);
		set_string(object, "ifname", nl_str(tb[CARP_A_IFNAME]));
		set_number(object, "vhid", tb[CARP_A_VHID]);
		set_string(object, "carrier", nl_str(tb[CARP_A_CARRIER_NAME]));
		set_string(object, "state",
			   state_name(nl_uint(tb[CARP_A_STATE])));
		set_string(object, "address", addr);
		json_object_set_new(object, "authentic",
			json_boolean(nl_uint(peer[CARP_A_PEER_AUTHENTIC])));
		json_object_set_new(object, "seen", json_boolean(seen));
		print_json(object);
		return;
	}
	print_time(tb[CARP_A_TIME]);
	printf("%s (vhid %u on %s): another master: %s ",
	       nl_str(tb[CARP_A_IFNAME]),
	       (unsigned int)nl_uint(tb[CARP_A_VHID]),
	       nl_str(tb[CARP_A_CARRIER_NAME]), addr);
	if (seen)
		printf("(%s)\n", master_text(peer));
	else
		puts("is over");
}

/* Every event has a number, and the numbers have no gaps. */
static void tell_lost(struct watch *watch, uint64_t seq)
{
	uint64_t lost = watch->began ? seq - watch->seq - 1 : 0;
	json_t *object;

	watch->began = true;
	watch->seq = seq;
	if (!lost)
		return;
	if (!watch->json) {
		printf("%llu events lost\n", (unsigned long long)lost);
		return;
	}
	object = json_object();
	set_string(object, "event", "lost");
	json_object_set_new(object, "count", json_integer(lost));
	print_json(object);
}

static void event(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[CARP_A_MAX + 1];
	struct watch *watch = arg;

	nl_attrs(nlh, tb);
	tell_lost(watch, nl_uint(tb[CARP_A_SEQ]));
	switch (nl_cmd(nlh)) {
	case CARP_CMD_STATE_CHANGED:
		state_changed(watch, tb);
		break;
	case CARP_CMD_DEMOTION_CHANGED:
		demotion_changed(watch, tb);
		break;
	case CARP_CMD_OTHER_MASTER:
		other_master(watch, tb);
		break;
	}
	/* Whoever reads it wants it now. */
	fflush(stdout);
}

/**
 * monitor() - print events until the module is unloaded
 * @nl: socket
 * @json: as JSON
 *
 * Return: a negative errno, and then it has said why.
 */
int monitor(struct nl *nl, bool json)
{
	struct watch watch = { .json = json };

	return nl_listen(nl, event, &watch);
}
