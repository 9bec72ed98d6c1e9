// SPDX-License-Identifier: GPL-2.0
/*
 * Counters, as ethtool -S shows them.
 */
#include <linux/ethtool.h>
#include <linux/netdevice.h>

#include "carp_priv.h"

/* Those without an interface come after the interface's own. */
enum {
	SHOW_BADVHID = CARP_STAT_MAX,
	SHOW_BADIF,
	SHOW_MAX
};

/* A name that is too long does not compile. */
static const char names[SHOW_MAX][ETH_GSTRING_LEN] = {
	[CARP_STAT_IPACKETS]	= "ipackets",
	[CARP_STAT_IPACKETS6]	= "ipackets6",
	[CARP_STAT_BADTTL]	= "badttl",
	[CARP_STAT_BADPEER]	= "badpeer",
	[CARP_STAT_HDROPS]	= "hdrops",
	[CARP_STAT_BADSUM]	= "badsum",
	[CARP_STAT_BADVER]	= "badver",
	[CARP_STAT_BADLEN]	= "badlen",
	[CARP_STAT_BADAUTH]	= "badauth",
	[CARP_STAT_OPACKETS]	= "opackets",
	[CARP_STAT_OPACKETS6]	= "opackets6",
	[CARP_STAT_ONOMEM]	= "onomem",
	[CARP_STAT_PREEMPT]	= "preempt",
	[CARP_STAT_OERRORS]	= "oerrors",
	[CARP_STAT_LOOP]	= "loop",
	[CARP_STAT_FOREIGN]	= "foreign",
	[CARP_STAT_GRACE]	= "grace",
	[CARP_STAT_CONTESTED]	= "contested",
	[CARP_STAT_RX_INACTIVE]	= "rx_inactive",
	[CARP_STAT_TX_INACTIVE]	= "tx_inactive",
	[SHOW_BADVHID]		= "badvhid",
	[SHOW_BADIF]		= "badif",
};

static int get_sset_count(struct net_device *dev, int sset)
{
	return sset == ETH_SS_STATS ? SHOW_MAX : -EOPNOTSUPP;
}

static void get_strings(struct net_device *dev, u32 sset, u8 *data)
{
	if (sset == ETH_SS_STATS)
		memcpy(data, names, sizeof(names));
}

static void get_ethtool_stats(struct net_device *dev,
			      struct ethtool_stats *stats, u64 *data)
{
	struct carp_dev *cd = carp_priv(dev);
	int i;

	for (i = 0; i < CARP_STAT_MAX; i++)
		data[i] = atomic_long_read(&cd->stats[i]);
	data[SHOW_BADVHID] = atomic_long_read(&cd->port->badvhid);
	data[SHOW_BADIF] = atomic_long_read(&carp_pernet(dev_net(dev))->badif);
}

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, CARP_KIND, sizeof(info->driver));
}

const struct ethtool_ops carp_ethtool_ops = {
	.get_drvinfo		= get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_sset_count		= get_sset_count,
	.get_strings		= get_strings,
	.get_ethtool_stats	= get_ethtool_stats,
};
