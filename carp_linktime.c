// SPDX-License-Identifier: GPL-2.0
/*
 * Since when devices have link.
 *
 * The stack does not keep that.  It is noted of all Ethernet devices, whether
 * they are lower devices already or not, so that an interface that is made or
 * set up later knows how old the link is.
 */
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "carp_port.h"

/**
 * struct carp_linktime - link of a device
 * @since: since when it is there, monotonic ns
 * @ups: net_device.carrier_up_count then
 */
struct carp_linktime {
	u64	since;
	int	ups;
};

static void forget(struct carp_net *cn, const struct net_device *dev)
{
	kfree(xa_erase(&cn->links, dev->ifindex));
}

static struct carp_linktime *add(struct carp_net *cn, const struct net_device *dev)
{
	struct carp_linktime *link = kzalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);

	if (link && xa_err(xa_store(&cn->links, dev->ifindex, link,
				    GFP_KERNEL_ACCOUNT))) {
		kfree(link);
		link = NULL;
	}
	return link;
}

static bool note(struct carp_net *cn, const struct net_device *dev)
{
	struct carp_linktime *link = xa_load(&cn->links, dev->ifindex);
	int ups = atomic_read(&dev->carrier_up_count);
	bool again = link;

	if (link && link->ups == ups)
		return false;
	if (!link)
		link = add(cn, dev);
	if (link) {
		link->since = ktime_get_ns();
		link->ups = ups;
	}
	return again;
}

/**
 * carp_linktime_event() - something has happened to a device
 * @dev: any device
 * @event: of the notifier chain of devices
 *
 * Context: RTNL, may sleep.
 * Return: true if link was lost and has come back before that was told.
 */
bool carp_linktime_event(const struct net_device *dev, unsigned long event)
{
	struct carp_net *cn = carp_pernet(dev_net(dev));

	ASSERT_RTNL();
	if (dev->type != ARPHRD_ETHER || carp_is_dev(dev))
		return false;
	switch (event) {
	case NETDEV_UP:
	case NETDEV_CHANGE:
		if (netif_running(dev) && netif_carrier_ok(dev))
			return note(cn, dev);
		fallthrough;
	case NETDEV_DOWN:
	case NETDEV_UNREGISTER:
		forget(cn, dev);
	}
	return false;
}

/**
 * carp_linktime_since() - since when a device has link
 * @dev: an Ethernet device that has link
 *
 * Of links that were there before the module: since when that is loaded.
 *
 * Context: RTNL.
 * Return: monotonic ns.
 */
u64 carp_linktime_since(const struct net_device *dev)
{
	struct carp_net *cn = carp_pernet(dev_net(dev));
	const struct carp_linktime *link = xa_load(&cn->links, dev->ifindex);

	ASSERT_RTNL();
	/* Not told yet, or no memory for it: rather taken for young than for old. */
	if (!link || link->ups != atomic_read(&dev->carrier_up_count))
		return ktime_get_ns();
	return link->since;
}

/**
 * carp_linktime_init() - nothing is known yet
 * @cn: namespace
 */
void carp_linktime_init(struct carp_net *cn)
{
	xa_init_flags(&cn->links, XA_FLAGS_ACCOUNT);
}

/**
 * carp_linktime_exit() - undo carp_linktime_init()
 * @cn: namespace without devices, or whose devices are not watched any more
 */
void carp_linktime_exit(struct carp_net *cn)
{
	struct carp_linktime *link;
	unsigned long ifindex;

	xa_for_each(&cn->links, ifindex, link)
		kfree(link);
	xa_destroy(&cn->links);
}
