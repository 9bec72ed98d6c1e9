// SPDX-License-Identifier: GPL-2.0
/*
 * See fakes.h. What sends is never reached by what is tested here.
 */
#include "fakes.h"

struct fakes fakes;

unsigned int carp_net_id;

static struct pernet_operations ops = {
	.id	= &carp_net_id,
	.size	= sizeof(struct carp_net),
};

/**
 * fakes_init() - have each namespace have what carp_pernet() gives
 * @suite: unused
 */
int fakes_init(struct kunit_suite *suite)
{
	return register_pernet_subsys(&ops);
}

/**
 * fakes_exit() - undo fakes_init()
 * @suite: unused
 */
void fakes_exit(struct kunit_suite *suite)
{
	unregister_pernet_subsys(&ops);
}

/**
 * fakes_reset() - nothing is told yet, and nothing noted
 */
void fakes_reset(void)
{
	memset(&fakes, 0, sizeof(fakes));
	fakes.cn = carp_pernet(&init_net);
	memset(fakes.cn, 0, sizeof(*fakes.cn));
}

u32 carp_demoter_total(const struct net *net)
{
	return fakes.total;
}

int carp_auth_rekey(struct carp_dev *cd, const u8 key[CARP_KEY_LEN])
{
	fakes.rekeyed++;
	if (fakes.rekey_err)
		return fakes.rekey_err;
	memcpy(fakes.key, key, sizeof(fakes.key));
	return 0;
}

void carp_fsm_event(struct carp_dev *cd, enum carp_event ev,
		    enum carp_reason why)
{
	if (fakes.n_raised < ARRAY_SIZE(fakes.raised))
		fakes.raised[fakes.n_raised] = ev;
	fakes.n_raised++;
}

void carp_update_oper(struct carp_dev *cd)
{
	fakes.evaluated++;
}

void carp_port_broadcast(struct carp_port *port)
{
}

void carp_drain_one(struct carp_dev *cd)
{
	fakes.lingered++;
}

int carp_rights_check(const struct carp_dev *cd, const struct carp_net *cn,
		      const struct carp_config *conf, struct nlattr *data[],
		      struct netlink_ext_ack *extack)
{
	return 0;
}

void carp_rights_take(struct carp_dev *cd, const struct carp_net *cn,
		      const struct carp_config *conf)
{
}

/* Not NULL is all that is looked at. */
static struct carp_dev *const somebody = (struct carp_dev *)&fakes;

struct carp_dev *carp_vip_lookup_l3(const struct net_device *dev,
				    const struct in6_addr *addr)
{
	struct in6_addr vip = carp_mapped(fakes.vip);

	if (fakes.vip && ipv6_addr_equal(addr, &vip))
		return somebody;
	return ipv6_addr_equal(addr, &fakes.vip6) ? somebody : NULL;
}

bool carp_vip_same_l3(const struct carp_dev *cd, const struct in6_addr *addr,
		      const struct net_device *dev)
{
	return cd->lowerdev == dev ||
	       !(ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL);
}

struct carp_dev *carp_vip_find(const struct net *net,
			       const struct in6_addr *addr,
			       const struct carp_port *port)
{
	return ipv6_addr_equal(addr, &fakes.vip6) ? somebody : NULL;
}

int carp_lladdr_check(const struct net *net, const struct carp_dev *cd,
		      u8 lladdr, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	return 0;
}

void carp_lladdr_apply(struct carp_dev *cd)
{
}

struct sk_buff *carp_frame_alloc(struct carp_dev *cd, unsigned int len)
{
	return NULL;
}

int carp_send(struct carp_dev *cd, struct sk_buff *skb)
{
	kfree_skb(skb);
	return -ENETDOWN;
}
