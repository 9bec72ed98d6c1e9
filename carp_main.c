// SPDX-License-Identifier: GPL-2.0
/*
 * CARP, the Common Address Redundancy Protocol, for Linux.
 *
 * The map.  What is above calls what is below, and nothing the other way round
 * (tests/layers); compat/ has what older kernels call differently.
 *
 *   the module
 *     carp_main.c	module and network namespaces
 *
 *   what happens to devices, and what users ask for
 *     carp_notify.c	lower devices and interfaces change (netdevice notifiers)
 *     carp_rtnl.c	ip link (rtnetlink)
 *     carp_genl.c	asking, forcing, demoting (generic netlink)
 *     carp_sysctl.c	sysctl net.carp
 *     carp_config.c	what can be configured
 *
 *   frames received
 *     carp_input.c	all frames of the lower device, told apart (rx_handler)
 *     carp_arp.c	ARP among them
 *     carp_nd.c	neighbour discovery among them
 *     carp_conflict.c	others that claim our addresses by these
 *     carp_advert.c	advertisements among them (protocol 112)
 *
 *   interfaces and addresses
 *     carp_netdev.c	the net device
 *     carp_addr.c	addresses come and go (inetaddr and inet6addr notifiers)
 *     carp_bowout.c	leaving groups
 *     carp_work.c	what follows a transition under RTNL
 *
 *   the election
 *     carp_engine.c	events in, frames and timers out
 *
 *   what it acts on
 *     carp_port.c	the lower device
 *     carp_demoter.c	who demotes the host
 *     carp_pace.c	announcements, at once or one by one
 *     carp_lladdr.c	the MAC of the addresses: virtual, or the lower device's
 *     carp_link.c	frames through the interface, and its link flags
 *     carp_fib.c	new routes (FIB notifiers)
 *     carp_route.c	routes to the addresses (FIB)
 *     carp_route6.c	the same for IPv6
 *     carp_group6.c	IPv6 groups held on the lower device (MLD)
 *
 *   frames sent
 *     carp_guard.c	what must not be sent (netfilter hooks)
 *     carp_guard6.c	the same for IPv6
 *     carp_exempt.c	what may be sent though it is not served
 *     carp_unicast.c	advertisements to peers instead of the group
 *     carp_unicast6.c	and to IPv6 ones
 *     carp_output6.c	advertisements and announcements over IPv6
 *     carp_output.c	over IPv4, and what both have in common
 *
 *   what is told
 *     carp_news.c	events, in their order
 *     carp_event.c	to generic netlink
 *     carp_log.c	to the kernel log
 *     carp_stats.c	counters (ethtool -S)
 *
 *   what all of these ask
 *     carp_deliver.c	the device that a packet comes in by
 *     carp_tap.c	who listens on our interface
 *     carp_share.c	addresses that several vhids share
 *     carp_tentative.c	whether IPv6 addresses can be used
 *     carp_crypto.c	the digest (crypto API)
 *     carp_rights.c	what other user namespaces may spend
 *     carp_linktime.c	since when devices have link
 *     carp_vip.c	the virtual addresses
 *
 *   the pure ring, which knows no kernel object
 *     carp_proto.c	the election: (state, event, time) -> actions
 *     carp_masters.c	other masters that are heard
 *     carp_heard.c	who was heard lately
 *     carp_rank.c	which master is better, how long one is waited for
 *     carp_demote.c	reasons of demotion -> total
 *     carp_balance.c	which of several vhids serves a client
 *     carp_hmac.c	what of an advertisement is authenticated, in which order
 *     carp_addrset.c	the sorted set of virtual addresses
 *     carp_wire.c	the 36 bytes of an advertisement
 *
 * include/carp_priv.h has the objects, who owns them and the order of locks;
 * Documentation/design.rst has the reasons.
 */
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>

#include "carp_crypto.h"
#include "carp_demoter.h"
#include "carp_engine.h"
#include "carp_event.h"
#include "carp_input.h"
#include "carp_netdev.h"
#include "carp_port.h"
#include "carp_route.h"

unsigned int carp_net_id __read_mostly;
struct workqueue_struct *carp_wq;

static int __net_init carp_net_init(struct net *net)
{
	struct carp_net *cn = carp_pernet(net);

	cn->net = net;
	cn->allow = 1;
	cn->log = 1;
	atomic64_set(&cn->spread_until, 0);
	INIT_LIST_HEAD(&cn->devs);
	/* 0 would mean that dumps need not be consistent. */
	cn->devs_gen = 1;
	cn->reasons_gen = 1;
	carp_news_init(cn);
	carp_work_init(cn);
	carp_demoter_init(cn, carp_engine_demoted);
	carp_linktime_init(cn);
	carp_route6_init(cn);
	carp_fib_init(cn);
	return carp_sysctl_init(cn);
}

/* Before the devices of the namespace go. */
static void __net_exit carp_net_pre_exit(struct net *net)
{
	if (!READ_ONCE(carp_pernet(net)->n_devs))
		return;
	rtnl_lock();
	carp_bow_out(net);
	rtnl_unlock();
}

/* After they have gone. */
static void __net_exit carp_net_exit(struct net *net)
{
	struct carp_net *cn = carp_pernet(net);

	carp_sysctl_exit(cn);
	carp_demoter_exit(cn);
	carp_fib_exit(cn);
	carp_work_exit(cn);
	carp_news_exit(cn);
	carp_linktime_exit(cn);
	carp_route6_exit(cn);
	kvfree(rcu_dereference_protected(cn->vips, true));
}

static struct pernet_operations carp_net_ops = {
	.init		= carp_net_init,
	.pre_exit	= carp_net_pre_exit,
	.exit		= carp_net_exit,
	.id		= &carp_net_id,
	.size		= sizeof(struct carp_net),
};

/* What users can reach comes last. */
static int __init carp_init(void)
{
	int err = -ENOMEM;

	carp_wq = alloc_workqueue("carp", WQ_UNBOUND, 0);
	if (!carp_wq)
		return err;
	carp_log_init();
	err = carp_crypto_init();
	if (err)
		goto err_wq;
	err = carp_deliver_init();
	if (err)
		goto err_crypto;
	err = register_pernet_subsys(&carp_net_ops);
	if (err)
		goto err_deliver;
	err = carp_advert_init();
	if (err)
		goto err_pernet;
	err = carp_addr_register();
	if (err)
		goto err_advert;
	err = carp_notify_init();
	if (err)
		goto err_vip;
	err = carp_genl_init();
	if (err)
		goto err_notify;
	err = carp_rtnl_init();
	if (err)
		goto err_genl;
	return 0;

err_genl:
	carp_genl_exit();
err_notify:
	carp_notify_exit();
err_vip:
	carp_addr_unregister();
err_advert:
	carp_advert_exit();
err_pernet:
	unregister_pernet_subsys(&carp_net_ops);
err_deliver:
	carp_deliver_exit();
err_crypto:
	carp_crypto_exit();
err_wq:
	destroy_workqueue(carp_wq);
	return err;
}

static void __exit carp_exit(void)
{
	rtnl_lock();
	carp_bow_out_all();
	rtnl_unlock();
	carp_rtnl_exit();
	carp_genl_exit();
	carp_notify_exit();
	carp_addr_unregister();
	carp_advert_exit();
	unregister_pernet_subsys(&carp_net_ops);
	/* Digests on their way out are freed by work, queued by RCU. */
	rcu_barrier();
	destroy_workqueue(carp_wq);
	carp_deliver_exit();
	carp_crypto_exit();
}

module_init(carp_init);
module_exit(carp_exit);

MODULE_DESCRIPTION("CARP, the Common Address Redundancy Protocol");
MODULE_LICENSE("GPL");
MODULE_ALIAS_RTNL_LINK(CARP_KIND);
