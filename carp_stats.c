// SPDX-License-Identifier: GPL-2.0
/*
 * Counters, as ethtool -S shows them.
 */
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <net/netlink.h>

#include "carp_netdev.h"

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
	[CARP_STAT_UNCHECKED]	= "unchecked",
	[CARP_STAT_OPACKETS]	= "opackets",
	[CARP_STAT_OPACKETS6]	= "opackets6",
	[CARP_STAT_ONOMEM]	= "onomem",
	[CARP_STAT_PREEMPT]	= "preempt",
	[CARP_STAT_OERRORS]	= "oerrors",
	[CARP_STAT_LOOP]	= "loop",
	[CARP_STAT_FOREIGN]	= "foreign",
	[CARP_STAT_GRACE]	= "grace",
	[CARP_STAT_CONTESTED]	= "contested",
	[CARP_STAT_REPLAY]	= "replay",
	[CARP_STAT_RX_INACTIVE]	= "rx_inactive",
	[CARP_STAT_TX_INACTIVE]	= "tx_inactive",
	[SHOW_BADVHID]		= "badvhid",
	[SHOW_BADIF]		= "badif",
};

static const u8 attrs[SHOW_MAX] = {
	[CARP_STAT_IPACKETS]	= CARP_A_STATS_IPACKETS,
	[CARP_STAT_IPACKETS6]	= CARP_A_STATS_IPACKETS6,
	[CARP_STAT_BADTTL]	= CARP_A_STATS_BADTTL,
	[CARP_STAT_HDROPS]	= CARP_A_STATS_HDROPS,
	[CARP_STAT_BADSUM]	= CARP_A_STATS_BADSUM,
	[CARP_STAT_BADVER]	= CARP_A_STATS_BADVER,
	[CARP_STAT_BADLEN]	= CARP_A_STATS_BADLEN,
	[CARP_STAT_BADAUTH]	= CARP_A_STATS_BADAUTH,
	[CARP_STAT_BADPEER]	= CARP_A_STATS_BADPEER,
	[CARP_STAT_UNCHECKED]	= CARP_A_STATS_UNCHECKED,
	[CARP_STAT_OPACKETS]	= CARP_A_STATS_OPACKETS,
	[CARP_STAT_OPACKETS6]	= CARP_A_STATS_OPACKETS6,
	[CARP_STAT_ONOMEM]	= CARP_A_STATS_ONOMEM,
	[CARP_STAT_PREEMPT]	= CARP_A_STATS_PREEMPT,
	[CARP_STAT_OERRORS]	= CARP_A_STATS_OERRORS,
	[CARP_STAT_LOOP]	= CARP_A_STATS_LOOP,
	[CARP_STAT_FOREIGN]	= CARP_A_STATS_FOREIGN,
	[CARP_STAT_GRACE]	= CARP_A_STATS_GRACE,
	[CARP_STAT_CONTESTED]	= CARP_A_STATS_CONTESTED,
	[CARP_STAT_REPLAY]	= CARP_A_STATS_REPLAY,
	[CARP_STAT_RX_INACTIVE]	= CARP_A_STATS_RX_INACTIVE,
	[CARP_STAT_TX_INACTIVE]	= CARP_A_STATS_TX_INACTIVE,
	[SHOW_BADVHID]		= CARP_A_STATS_BADVHID,
	[SHOW_BADIF]		= CARP_A_STATS_BADIF,
};

/* Where long has 32 bits one comes round; it must not be negative before. */
static u64 unsigned_read(const atomic_long_t *count)
{
	return (unsigned long)atomic_long_read(count);
}

static void read_stats(const struct carp_dev *cd, u64 data[SHOW_MAX])
{
	int i;

	for (i = 0; i < CARP_STAT_MAX; i++)
		data[i] = unsigned_read(&cd->stats[i]);
	data[CARP_STAT_HDROPS] += unsigned_read(&cd->port->hdrops);
	data[CARP_STAT_BADLEN] += unsigned_read(&cd->port->badlen);
	data[SHOW_BADVHID] = unsigned_read(&cd->port->badvhid);
	data[SHOW_BADIF] = unsigned_read(&carp_pernet(dev_net(cd->dev))->badif);
}

/**
 * carp_stats_put() - the counters as CARP_A_STATS
 * @skb: message
 * @cd: interface
 *
 * Context: RCU read side.
 * Return: 0 or -EMSGSIZE.
 */
int carp_stats_put(struct sk_buff *skb, const struct carp_dev *cd)
{
	struct nlattr *nest = nla_nest_start(skb, CARP_A_STATS);
	u64 data[SHOW_MAX];
	int i;

	if (!nest)
		return -EMSGSIZE;
	read_stats(cd, data);
	for (i = 0; i < SHOW_MAX; i++)
		if (nla_put_u64_64bit(skb, attrs[i], data[i],
				      CARP_A_STATS_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

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
	read_stats(carp_priv(dev), data);
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
