// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration as the kernel is given it: attributes are parsed, judged and
 * applied as a whole or not at all.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/prandom.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>

#include "fakes.h"

/* A request: attributes, then what came of parsing them. */
static struct request {
	u8			bytes[1024];
	unsigned int		len;
	struct nlattr		*tb[IFLA_CARP_MAX + 1];
	struct netlink_ext_ack	extack;
} req;

static struct carp_dev *cd, *before;

static void empty(void)
{
	memset(&req, 0, sizeof(req));
}

static void add(int type, const void *data, int len)
{
	struct nlattr *nla = (struct nlattr *)(req.bytes + req.len);

	nla->nla_type = type;
	nla->nla_len = nla_attr_size(len);
	memcpy(nla_data(nla), data, len);
	req.len += nla_total_size(len);
}

static void add_u8(int type, u8 value)
{
	add(type, &value, sizeof(value));
}

static void add_u32(int type, u32 value)
{
	add(type, &value, sizeof(value));
}

/* As rtnetlink does it for a link of a kind. */
static int parse(void)
{
	int err;

	memset(&req.extack, 0, sizeof(req.extack));
	err = nla_parse_deprecated(req.tb, IFLA_CARP_MAX, (struct nlattr *)req.bytes,
				   (int)req.len, carp_policy, &req.extack);
	return err ?: carp_config_check(req.tb, &req.extack);
}

static struct nlattr **data(void)
{
	return req.tb;
}

static int change(void)
{
	int err;

	rtnl_lock();
	err = carp_config_change(cd, data(), &req.extack);
	rtnl_unlock();
	return err;
}

static int config_init(struct kunit *test)
{
	struct net_device *dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);

	cd = kunit_kzalloc(test, sizeof(*cd), GFP_KERNEL);
	before = kunit_kzalloc(test, sizeof(*before), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_ASSERT_NOT_NULL(test, cd);
	KUNIT_ASSERT_NOT_NULL(test, before);
	fakes_reset();
	empty();
	dev_net_set(dev, &init_net);
	cd->dev = dev;
	cd->lowerdev = init_net.loopback_dev;
	cd->vhid = 7;
	cd->min_ttl = 255;
	cd->preempt = CARP_PREEMPT_DEFAULT;
	spin_lock_init(&cd->lock);
	carp_proto_init(&cd->proto, &(struct carp_proto_config) {
		.advbase = 1,
		.advskew = 100,
	});
	cd->proto.state = CARP_STATE_BACKUP;
	return 0;
}

static void config_exit(struct kunit *test)
{
	if (cd)
		carp_unicast_free(cd);
	cd = NULL;
}

static void defaults(struct kunit *test)
{
	struct carp_config conf;

	memset(&conf, 0xa5, sizeof(conf));
	carp_config_default(&conf);
	KUNIT_EXPECT_EQ(test, conf.vhid, 0);
	KUNIT_EXPECT_EQ(test, conf.proto.advbase, 1);
	KUNIT_EXPECT_EQ(test, conf.proto.advskew, 0);
	KUNIT_EXPECT_EQ(test, conf.proto.preempt_delay, 0);
	KUNIT_EXPECT_EQ(test, (int)conf.preempt, (int)CARP_PREEMPT_DEFAULT);
	KUNIT_EXPECT_EQ(test, conf.min_ttl, 255);
	KUNIT_EXPECT_EQ(test, conf.deliver, CARP_DELIVER_AUTO);
	KUNIT_EXPECT_FALSE(test, conf.broadcast);
	KUNIT_EXPECT_EQ(test, conf.link_delay, 0);
	KUNIT_EXPECT_EQ(test, conf.announce_interval, 0);
	KUNIT_EXPECT_EQ(test, conf.lladdr, CARP_LLADDR_VIRTUAL);
	KUNIT_EXPECT_FALSE(test, conf.has_key);
	KUNIT_EXPECT_FALSE(test, conf.has_state);
	KUNIT_EXPECT_NULL(test, conf.peer);
	KUNIT_EXPECT_NULL(test, conf.peer6);
}

static void nothing_said_nothing_changed(struct kunit *test)
{
	struct carp_config conf, old;

	memset(&conf, 0x3c, sizeof(conf));
	memcpy(&old, &conf, sizeof(conf));
	carp_config_parse(NULL, &conf);
	KUNIT_EXPECT_MEMEQ(test, &conf, &old, sizeof(conf));

	KUNIT_ASSERT_EQ(test, parse(), 0);
	carp_config_parse(data(), &conf);
	/* What is not kept are attributes of an older request. */
	old.peer = NULL;
	old.peer6 = NULL;
	KUNIT_EXPECT_MEMEQ(test, &conf, &old, sizeof(conf));
}

static void everything_said(struct kunit *test)
{
	static const u8 key[] = { 1, 2, 3, 4 }, padded[CARP_KEY_LEN] = { 1, 2, 3, 4 };
	__be32 peers[] = { htonl(0xc0000201), htonl(0xc0000202) };
	struct carp_config conf;

	add_u8(IFLA_CARP_VHID, 9);
	add_u8(IFLA_CARP_ADVBASE, 3);
	add_u8(IFLA_CARP_ADVSKEW, 254);
	add(IFLA_CARP_KEY, key, sizeof(key));
	add_u8(IFLA_CARP_STATE, CARP_STATE_MASTER);
	add_u8(IFLA_CARP_PREEMPT, CARP_PREEMPT_ON);
	add_u32(IFLA_CARP_PREEMPT_DELAY, 3600);
	add(IFLA_CARP_PEER, peers, sizeof(peers));
	add_u8(IFLA_CARP_MIN_TTL, 1);
	add_u8(IFLA_CARP_DELIVER, CARP_DELIVER_SELF);
	add_u8(IFLA_CARP_BROADCAST, 1);
	add_u32(IFLA_CARP_LINK_DELAY, 3599);
	add_u32(IFLA_CARP_ANNOUNCE_INTERVAL, 999);
	add_u8(IFLA_CARP_LLADDR, CARP_LLADDR_LOWER);
	KUNIT_ASSERT_EQ(test, parse(), 0);

	memset(&conf, 0xff, sizeof(conf));
	carp_config_parse(data(), &conf);
	KUNIT_EXPECT_EQ(test, conf.vhid, 9);
	KUNIT_EXPECT_EQ(test, conf.proto.advbase, 3);
	KUNIT_EXPECT_EQ(test, conf.proto.advskew, 254);
	KUNIT_EXPECT_EQ(test, conf.proto.preempt_delay, 3600);
	KUNIT_EXPECT_MEMEQ(test, conf.key, padded, sizeof(padded));
	KUNIT_EXPECT_TRUE(test, conf.has_key);
	KUNIT_EXPECT_TRUE(test, conf.has_state);
	KUNIT_EXPECT_EQ(test, (int)conf.state, (int)CARP_STATE_MASTER);
	KUNIT_EXPECT_EQ(test, (int)conf.preempt, (int)CARP_PREEMPT_ON);
	KUNIT_EXPECT_EQ(test, conf.min_ttl, 1);
	KUNIT_EXPECT_EQ(test, conf.deliver, CARP_DELIVER_SELF);
	KUNIT_EXPECT_TRUE(test, conf.broadcast);
	KUNIT_EXPECT_EQ(test, conf.link_delay, 3599);
	KUNIT_EXPECT_EQ(test, conf.announce_interval, 999);
	KUNIT_EXPECT_EQ(test, conf.lladdr, CARP_LLADDR_LOWER);
	KUNIT_EXPECT_PTR_EQ(test, conf.peer, (const struct nlattr *)req.tb[IFLA_CARP_PEER]);
	KUNIT_EXPECT_NULL(test, conf.peer6);
}

/* One attribute: its type, length and bytes, and whether it is good. */
static const struct one {
	const char	*name;
	u8		type;
	u8		len;
	int		err;
	u8		bytes[33];
} attributes[] = {
	{ "vhid 0", IFLA_CARP_VHID, 1, -ERANGE, { 0 } },
	{ "vhid 1", IFLA_CARP_VHID, 1, 0, { 1 } },
	{ "vhid 255", IFLA_CARP_VHID, 1, 0, { 255 } },
	{ "vhid without a value", IFLA_CARP_VHID, 0, -ERANGE },
	{ "advbase 0", IFLA_CARP_ADVBASE, 1, 0, { 0 } },
	{ "advbase 254", IFLA_CARP_ADVBASE, 1, 0, { 254 } },
	{ "advbase 255", IFLA_CARP_ADVBASE, 1, -ERANGE, { 255 } },
	{ "advskew 254", IFLA_CARP_ADVSKEW, 1, 0, { 254 } },
	{ "advskew 255", IFLA_CARP_ADVSKEW, 1, -ERANGE, { 255 } },
	{ "no key", IFLA_CARP_KEY, 0, 0 },
	{ "key of 20 bytes", IFLA_CARP_KEY, 20, 0, { 1 } },
	{ "key of 21 bytes", IFLA_CARP_KEY, 21, -ERANGE, { 1 } },
	{ "state MASTER", IFLA_CARP_STATE, 1, 0, { CARP_STATE_MASTER } },
	{ "state 3", IFLA_CARP_STATE, 1, -ERANGE, { CARP_STATE_MASTER + 1 } },
	{ "state 255", IFLA_CARP_STATE, 1, -ERANGE, { 255 } },
	{ "demotion", IFLA_CARP_DEMOTION, 4, 0, { 255, 255, 255, 255 } },
	{ "demotion of three bytes", IFLA_CARP_DEMOTION, 3, -ERANGE },
	{ "preempt default", IFLA_CARP_PREEMPT, 1, 0, { CARP_PREEMPT_DEFAULT } },
	{ "preempt 3", IFLA_CARP_PREEMPT, 1, -ERANGE, { CARP_PREEMPT_DEFAULT + 1 } },
	{ "preempt-delay 3600", IFLA_CARP_PREEMPT_DELAY, 4, 0, { 0x10, 0x0e } },
	{ "preempt-delay 3601", IFLA_CARP_PREEMPT_DELAY, 4, -ERANGE, { 0x11, 0x0e } },
	{ "preempt-delay 2^31", IFLA_CARP_PREEMPT_DELAY, 4, -ERANGE, { 0, 0, 0, 128 } },
	{ "minttl 0", IFLA_CARP_MIN_TTL, 1, -ERANGE, { 0 } },
	{ "minttl 1", IFLA_CARP_MIN_TTL, 1, 0, { 1 } },
	{ "deliver self", IFLA_CARP_DELIVER, 1, 0, { CARP_DELIVER_SELF } },
	{ "deliver 3", IFLA_CARP_DELIVER, 1, -ERANGE, { CARP_DELIVER_SELF + 1 } },
	{ "broadcast on", IFLA_CARP_BROADCAST, 1, 0, { 1 } },
	{ "broadcast 2", IFLA_CARP_BROADCAST, 1, -ERANGE, { 2 } },
	{ "link-delay 3600", IFLA_CARP_LINK_DELAY, 4, 0, { 0x10, 0x0e } },
	{ "link-delay 3601", IFLA_CARP_LINK_DELAY, 4, -ERANGE, { 0x11, 0x0e } },
	{ "link-delay 2^31", IFLA_CARP_LINK_DELAY, 4, -ERANGE, { 0, 0, 0, 128 } },
	{ "announce-interval 1000", IFLA_CARP_ANNOUNCE_INTERVAL, 4, 0,
	  { 0xe8, 0x03 } },
	{ "announce-interval 1001", IFLA_CARP_ANNOUNCE_INTERVAL, 4, -ERANGE,
	  { 0xe9, 0x03 } },
	{ "announce-interval 2^31", IFLA_CARP_ANNOUNCE_INTERVAL, 4, -ERANGE,
	  { 0, 0, 0, 128 } },
	{ "lladdr lower", IFLA_CARP_LLADDR, 1, 0, { CARP_LLADDR_LOWER } },
	{ "lladdr 2", IFLA_CARP_LLADDR, 1, -ERANGE, { CARP_LLADDR_LOWER + 1 } },
	{ "no peers", IFLA_CARP_PEER, 0, 0 },
	{ "a peer", IFLA_CARP_PEER, 4, 0, { 192, 0, 2, 1 } },
	{ "two peers", IFLA_CARP_PEER, 8, 0, { 192, 0, 2, 1, 192, 0, 2, 2 } },
	{ "the same peer twice", IFLA_CARP_PEER, 8, -EINVAL,
	  { 192, 0, 2, 1, 192, 0, 2, 1 } },
	{ "a peer and a half", IFLA_CARP_PEER, 6, -EINVAL, { 192, 0, 2, 1 } },
	{ "peer 0.0.0.0", IFLA_CARP_PEER, 4, -EINVAL },
	{ "peer 127.0.0.1", IFLA_CARP_PEER, 4, -EINVAL, { 127, 0, 0, 1 } },
	{ "peer 224.0.0.18", IFLA_CARP_PEER, 4, -EINVAL, { 224, 0, 0, 18 } },
	{ "peer 255.255.255.255", IFLA_CARP_PEER, 4, -EINVAL,
	  { 255, 255, 255, 255 } },
	{ "an IPv6 peer", IFLA_CARP_PEER6, 16, 0, { 0x20, 1, [15] = 1 } },
	{ "a link-local peer", IFLA_CARP_PEER6, 16, 0, { 0xfe, 0x80, [15] = 1 } },
	{ "the same IPv6 peer twice", IFLA_CARP_PEER6, 32, -EINVAL,
	  { 0x20, 1, [15] = 1, [16] = 0x20, [17] = 1, [31] = 1 } },
	{ "half an IPv6 peer", IFLA_CARP_PEER6, 8, -EINVAL, { 0x20, 1 } },
	{ "peer ::", IFLA_CARP_PEER6, 16, -EINVAL },
	{ "peer ::1", IFLA_CARP_PEER6, 16, -EINVAL, { [15] = 1 } },
	{ "peer ff02::12", IFLA_CARP_PEER6, 16, -EINVAL,
	  { 0xff, 2, [15] = 0x12 } },
	{ "peer ::ffff:192.0.2.1", IFLA_CARP_PEER6, 16, -EINVAL,
	  { [10] = 0xff, 0xff, 192, 0, 2, 1 } },
};

static void attribute_name(const struct one *a, char *desc)
{
	strscpy(desc, a->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(attribute, attributes, attribute_name);

/* A refusal says why, and which attribute is to blame. */
static void one_attribute(struct kunit *test)
{
	const struct one *a = test->param_value;

	add_u8(IFLA_CARP_ADVBASE, 1);
	if (a->type != IFLA_CARP_ADVBASE)
		add(a->type, a->bytes, a->len);
	else
		req.bytes[NLA_HDRLEN] = a->bytes[0];
	KUNIT_EXPECT_EQ(test, parse(), a->err);
	if (!a->err)
		return;
	KUNIT_ASSERT_NOT_NULL(test, req.extack.bad_attr);
	KUNIT_EXPECT_EQ(test, nla_type(req.extack.bad_attr), a->type);
	KUNIT_ASSERT_NOT_NULL(test, req.extack._msg);
}

static void too_many_peers(struct kunit *test)
{
	__be32 peers[CARP_PEERS_MAX + 1];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(peers); i++)
		peers[i] = htonl(0xc0000200 + i);
	add(IFLA_CARP_PEER, peers, CARP_PEERS_MAX * sizeof(peers[0]));
	KUNIT_EXPECT_EQ(test, parse(), 0);
	empty();
	add(IFLA_CARP_PEER, peers, sizeof(peers));
	KUNIT_EXPECT_EQ(test, parse(), -EINVAL);
}

/* Whatever passes the policy is within the ranges that the election takes. */
static void any_bytes(struct kunit *test)
{
	unsigned int i, good = 0;
	struct carp_config conf;
	struct rnd_state rnd;
	u8 bytes[24];

	prandom_seed_state(&rnd, 5);
	for (i = 0; i < 4000; i++) {
		int type = 1 + prandom_u32_state(&rnd) % IFLA_CARP_MAX;
		int len = prandom_u32_state(&rnd) % 4 ?
			(carp_policy[type].type == NLA_U32 ? 4 : 1) :
			prandom_u32_state(&rnd) % sizeof(bytes);

		empty();
		prandom_bytes_state(&rnd, bytes, sizeof(bytes));
		add(type, bytes, len);
		if (parse())
			continue;
		good++;
		carp_config_default(&conf);
		conf.vhid = 1;
		carp_config_parse(data(), &conf);
		KUNIT_ASSERT_NE(test, conf.vhid, 0);
		KUNIT_ASSERT_LE(test, conf.proto.advbase, 254);
		KUNIT_ASSERT_LE(test, conf.proto.advskew, 254);
		KUNIT_ASSERT_LE(test, conf.proto.preempt_delay, 3600);
		KUNIT_ASSERT_LE(test, (int)conf.preempt, (int)CARP_PREEMPT_MAX);
		KUNIT_ASSERT_LE(test, (int)conf.state, (int)CARP_STATE_MAX);
		KUNIT_ASSERT_NE(test, conf.min_ttl, 0);
		KUNIT_ASSERT_LE(test, conf.deliver, CARP_DELIVER_MAX);
		KUNIT_ASSERT_LE(test, conf.link_delay, 3600);
		KUNIT_ASSERT_LE(test, conf.announce_interval, 1000);
		KUNIT_ASSERT_LE(test, conf.lladdr, CARP_LLADDR_MAX);
	}
	KUNIT_EXPECT_GT(test, good, 1000);
}

static void the_key_is_forgotten(struct kunit *test)
{
	static const u8 key[CARP_KEY_LEN] = "correct horse bat";
	static const struct carp_config none;
	struct carp_config conf = {};

	add(IFLA_CARP_KEY, key, sizeof(key));
	KUNIT_ASSERT_EQ(test, parse(), 0);
	carp_config_parse(data(), &conf);
	KUNIT_EXPECT_MEMEQ(test, conf.key, key, sizeof(key));
	carp_config_wipe(data(), &conf);
	KUNIT_EXPECT_MEMEQ(test, &conf, &none, sizeof(conf));
	KUNIT_EXPECT_NULL(test, strstr(req.bytes + NLA_HDRLEN, "horse"));

	/* A change forgets it too, be it refused. */
	empty();
	add(IFLA_CARP_KEY, key, sizeof(key));
	add_u8(IFLA_CARP_VHID, 8);
	KUNIT_ASSERT_EQ(test, parse(), 0);
	KUNIT_EXPECT_EQ(test, change(), -EOPNOTSUPP);
	KUNIT_EXPECT_NULL(test, strstr(req.bytes + NLA_HDRLEN, "horse"));
}

/* Two settings of preempt, and what follows. */
static void whose_preempt(struct kunit *test)
{
	static const enum carp_preempt own[] = {
		CARP_PREEMPT_OFF, CARP_PREEMPT_ON, CARP_PREEMPT_DEFAULT,
	};
	static const bool want[][2] = { { false, false }, { true, true }, { false, true } };
	struct carp_proto_config cfg = {};
	unsigned int i, host;

	fakes.cn->preempt_boot_hold = 20;
	for (i = 0; i < ARRAY_SIZE(own); i++) {
		for (host = 0; host < 2; host++) {
			fakes.cn->preempt = host;
			cd->preempt = own[i];
			carp_config_preempt(cd, &cfg);
			KUNIT_EXPECT_EQ(test, cfg.preempt, want[i][host]);
			KUNIT_EXPECT_EQ(test, cfg.preempt_from, 20000000000ull);
		}
	}
}

/* A request that is refused, and why. */
static const struct refusal {
	const char	*name;
	u8		state;		/* of the interface */
	u8		type;
	u8		len;
	int		err;
	u8		bytes[16];
} refusals[] = {
	{ "another vhid", CARP_STATE_BACKUP, IFLA_CARP_VHID, 1, -EOPNOTSUPP, { 8 } },
	{ "MASTER in INIT", CARP_STATE_INIT, IFLA_CARP_STATE, 1, -ENETDOWN,
	  { CARP_STATE_MASTER } },
	{ "BACKUP in INIT", CARP_STATE_INIT, IFLA_CARP_STATE, 1, -ENETDOWN,
	  { CARP_STATE_BACKUP } },
	{ "INIT in BACKUP", CARP_STATE_BACKUP, IFLA_CARP_STATE, 1, -EINVAL,
	  { CARP_STATE_INIT } },
	{ "INIT in MASTER", CARP_STATE_MASTER, IFLA_CARP_STATE, 1, -EINVAL,
	  { CARP_STATE_INIT } },
	{ "a demotion that is none", CARP_STATE_BACKUP, IFLA_CARP_DEMOTION, 4,
	  -EOPNOTSUPP, { 1 } },
	{ "a virtual address as a peer", CARP_STATE_BACKUP, IFLA_CARP_PEER, 4,
	  -EINVAL, { 198, 51, 100, 1 } },
	{ "a virtual IPv6 address as a peer", CARP_STATE_BACKUP, IFLA_CARP_PEER6,
	  16, -EINVAL, { 0x20, 1, [15] = 0x64 } },
	{ "another MAC while up", CARP_STATE_BACKUP, IFLA_CARP_LLADDR, 1, -EBUSY,
	  { CARP_LLADDR_LOWER } },
};

static void refusal_name(const struct refusal *r, char *desc)
{
	strscpy(desc, r->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refusal, refusals, refusal_name);

/* After the first time lockdep has its notes in a lock. */
static void remember(void)
{
	spin_lock_bh(&cd->lock);
	spin_unlock_bh(&cd->lock);
	memcpy(before, cd, sizeof(*cd));
}

/* Whatever else was good in it. */
static void refused_changes_nothing(struct kunit *test)
{
	const struct refusal *r = test->param_value;

	fakes.vip = htonl(0xc6336401);
	fakes.vip6 = (struct in6_addr) { { { 0x20, 1, [15] = 0x64 } } };
	cd->proto.state = r->state;
	set_bit(__LINK_STATE_START, &cd->dev->state);
	add_u8(IFLA_CARP_ADVBASE, 5);
	add_u8(IFLA_CARP_ADVSKEW, 6);
	add_u8(IFLA_CARP_MIN_TTL, 7);
	add_u8(IFLA_CARP_PREEMPT, CARP_PREEMPT_ON);
	add_u8(IFLA_CARP_DELIVER, CARP_DELIVER_SELF);
	add_u8(IFLA_CARP_BROADCAST, 1);
	add_u32(IFLA_CARP_LINK_DELAY, 8);
	add_u32(IFLA_CARP_ANNOUNCE_INTERVAL, 9);
	add(IFLA_CARP_KEY, "key", 3);
	add(r->type, r->bytes, r->len);
	KUNIT_ASSERT_EQ(test, parse(), 0);
	remember();
	KUNIT_EXPECT_EQ(test, change(), r->err);
	KUNIT_EXPECT_MEMEQ(test, cd, before, sizeof(*cd));
	KUNIT_EXPECT_EQ(test, fakes.n_raised, 0);
	KUNIT_EXPECT_EQ(test, fakes.rekeyed, 0);
	KUNIT_ASSERT_NOT_NULL(test, req.extack._msg);
	KUNIT_EXPECT_EQ(test, strncmp(req.extack._msg, "carp: ", 6), 0);
	KUNIT_ASSERT_NOT_NULL(test, req.extack.bad_attr);
	KUNIT_EXPECT_EQ(test, nla_type(req.extack.bad_attr), r->type);
}

/* The last step that can fail does: those before it are undone. */
static void no_memory_changes_nothing(struct kunit *test)
{
	__be32 peer = htonl(0xc0000201);

	fakes.rekey_err = -ENOMEM;
	add_u8(IFLA_CARP_ADVBASE, 5);
	add(IFLA_CARP_KEY, "key", 3);
	add(IFLA_CARP_PEER, &peer, sizeof(peer));
	KUNIT_ASSERT_EQ(test, parse(), 0);
	remember();
	KUNIT_EXPECT_EQ(test, change(), -ENOMEM);
	KUNIT_EXPECT_MEMEQ(test, cd, before, sizeof(*cd));
	KUNIT_EXPECT_EQ(test, fakes.n_raised, 0);
	KUNIT_EXPECT_EQ(test, fakes.rekeyed, 1);
	KUNIT_EXPECT_NOT_NULL(test, req.extack._msg);
}

static void change_applies_all(struct kunit *test)
{
	static const u8 key[CARP_KEY_LEN] = { 'k', 'e', 'y' };
	__be32 peer = htonl(0xc0000201);
	const struct carp_unicast *u;

	fakes.total = 240;
	add_u8(IFLA_CARP_VHID, 7);
	add_u8(IFLA_CARP_ADVBASE, 5);
	add_u8(IFLA_CARP_ADVSKEW, 6);
	add(IFLA_CARP_KEY, "key", 3);
	add_u32(IFLA_CARP_DEMOTION, 240);
	add_u8(IFLA_CARP_STATE, CARP_STATE_MASTER);
	add_u8(IFLA_CARP_PREEMPT, CARP_PREEMPT_ON);
	add_u32(IFLA_CARP_PREEMPT_DELAY, 60);
	add(IFLA_CARP_PEER, &peer, sizeof(peer));
	add_u8(IFLA_CARP_MIN_TTL, 250);
	add_u8(IFLA_CARP_DELIVER, CARP_DELIVER_SELF);
	add_u8(IFLA_CARP_BROADCAST, 1);
	add_u32(IFLA_CARP_LINK_DELAY, 30);
	add_u32(IFLA_CARP_ANNOUNCE_INTERVAL, 70);
	add_u8(IFLA_CARP_LLADDR, CARP_LLADDR_LOWER);
	KUNIT_ASSERT_EQ(test, parse(), 0);
	KUNIT_ASSERT_EQ(test, change(), 0);
	KUNIT_EXPECT_EQ(test, cd->proto.cfg.advbase, 5);
	KUNIT_EXPECT_EQ(test, cd->proto.cfg.advskew, 6);
	KUNIT_EXPECT_EQ(test, cd->proto.cfg.preempt_delay, 60);
	KUNIT_EXPECT_TRUE(test, cd->proto.cfg.preempt);
	KUNIT_EXPECT_EQ(test, cd->min_ttl, 250);
	KUNIT_EXPECT_EQ(test, cd->deliver, CARP_DELIVER_SELF);
	KUNIT_EXPECT_EQ(test, fakes.evaluated, 1);
	KUNIT_EXPECT_TRUE(test, cd->broadcast);
	KUNIT_EXPECT_EQ(test, cd->link_delay, 30);
	KUNIT_EXPECT_EQ(test, cd->announce_interval, 70);
	KUNIT_EXPECT_EQ(test, cd->lladdr, CARP_LLADDR_LOWER);
	KUNIT_EXPECT_MEMEQ(test, fakes.key, key, sizeof(key));
	u = rcu_access_pointer(cd->unicast);
	KUNIT_ASSERT_NOT_NULL(test, u);
	KUNIT_EXPECT_EQ(test, u->n4, 1);
	KUNIT_EXPECT_EQ(test, u->n6, 0);
	KUNIT_EXPECT_TRUE(test, u->addr4[0] == peer);
	/* The election hears of its configuration first. */
	KUNIT_ASSERT_EQ(test, fakes.n_raised, 2);
	KUNIT_EXPECT_EQ(test, (int)fakes.raised[0], (int)CARP_EV_CONFIG);
	KUNIT_EXPECT_EQ(test, (int)fakes.raised[1], (int)CARP_EV_FORCE_MASTER);
	KUNIT_EXPECT_EQ(test, fakes.lingered, 0);
}

/* A MASTER that is told nothing new does not advertise out of turn. */
static void same_again_is_no_event(struct kunit *test)
{
	add_u8(IFLA_CARP_VHID, 7);
	add_u8(IFLA_CARP_ADVBASE, 1);
	add_u8(IFLA_CARP_ADVSKEW, 100);
	KUNIT_ASSERT_EQ(test, parse(), 0);
	KUNIT_EXPECT_EQ(test, change(), 0);
	KUNIT_EXPECT_EQ(test, fakes.n_raised, 0);
	KUNIT_EXPECT_EQ(test, fakes.rekeyed, 0);
}

static void forced_backup_lingers(struct kunit *test)
{
	cd->proto.state = CARP_STATE_MASTER;
	add_u8(IFLA_CARP_STATE, CARP_STATE_BACKUP);
	KUNIT_ASSERT_EQ(test, parse(), 0);
	KUNIT_EXPECT_EQ(test, change(), 0);
	KUNIT_ASSERT_EQ(test, fakes.n_raised, 1);
	KUNIT_EXPECT_EQ(test, (int)fakes.raised[0], (int)CARP_EV_FORCE_BACKUP);
	KUNIT_EXPECT_EQ(test, fakes.lingered, 1);
}

/* Each family stays as it is if nothing is said of it; an empty list ends it. */
static void peers_by_family(struct kunit *test)
{
	static const struct in6_addr peer6 = { { { 0x20, 1, [15] = 1 } } };
	__be32 peer = htonl(0xc0000201);
	const struct carp_unicast *u;

	add(IFLA_CARP_PEER, &peer, sizeof(peer));
	KUNIT_ASSERT_EQ(test, parse(), 0);
	KUNIT_ASSERT_EQ(test, change(), 0);
	empty();
	add(IFLA_CARP_PEER6, &peer6, sizeof(peer6));
	KUNIT_ASSERT_EQ(test, parse(), 0);
	KUNIT_ASSERT_EQ(test, change(), 0);
	u = rcu_access_pointer(cd->unicast);
	KUNIT_ASSERT_NOT_NULL(test, u);
	KUNIT_EXPECT_EQ(test, u->n4, 1);
	KUNIT_EXPECT_EQ(test, u->n6, 1);
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&u->addr6[0], &peer6));
	/* New peers are to hear of us at once. */
	KUNIT_EXPECT_EQ(test, fakes.n_raised, 2);
	empty();
	add(IFLA_CARP_PEER, &peer, 0);
	add(IFLA_CARP_PEER6, &peer6, 0);
	KUNIT_ASSERT_EQ(test, parse(), 0);
	KUNIT_ASSERT_EQ(test, change(), 0);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(cd->unicast));
}

static struct kunit_case config_cases[] = {
	KUNIT_CASE(defaults),
	KUNIT_CASE(nothing_said_nothing_changed),
	KUNIT_CASE(everything_said),
	KUNIT_CASE_PARAM(one_attribute, attribute_gen_params),
	KUNIT_CASE(too_many_peers),
	KUNIT_CASE(any_bytes),
	KUNIT_CASE(the_key_is_forgotten),
	KUNIT_CASE(whose_preempt),
	KUNIT_CASE_PARAM(refused_changes_nothing, refusal_gen_params),
	KUNIT_CASE(no_memory_changes_nothing),
	KUNIT_CASE(change_applies_all),
	KUNIT_CASE(same_again_is_no_event),
	KUNIT_CASE(forced_backup_lingers),
	KUNIT_CASE(peers_by_family),
	{}
};

static struct kunit_suite config_suite = {
	.name = "carp_config",
	.suite_init = fakes_init,
	.suite_exit = fakes_exit,
	.init = config_init,
	.exit = config_exit,
	.test_cases = config_cases,
};

kunit_test_suites(&config_suite);
