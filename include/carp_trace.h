/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: every transition, and every switch of the datapath.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM carp

#if !defined(_CARP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _CARP_TRACE_H

#include <linux/tracepoint.h>
#include <net/net_namespace.h>

#include "carp_priv.h"

TRACE_EVENT(carp_state,
	TP_PROTO(const struct carp_dev *cd, const struct carp_decision *d),
	TP_ARGS(cd, d),
	TP_STRUCT__entry(
		__field(unsigned int, net)
		__array(char, dev, IFNAMSIZ)
		__array(char, lowerdev, IFNAMSIZ)
		__field(u8, vhid)
		__field(int, old_state)
		__field(int, new_state)
		__field(int, reason)
	),
	TP_fast_assign(
		__entry->net = dev_net(cd->dev)->ns.inum;
		strscpy(__entry->dev, cd->dev->name, IFNAMSIZ);
		strscpy(__entry->lowerdev, cd->lowerdev->name, IFNAMSIZ);
		__entry->vhid = cd->vhid;
		__entry->old_state = d->old_state;
		__entry->new_state = d->new_state;
		__entry->reason = d->reason;
	),
	TP_printk("net=%u dev=%s carrier=%s vhid=%u old=%s new=%s reason=\"%s\"",
		  __entry->net, __entry->dev, __entry->lowerdev, __entry->vhid,
		  carp_state_name(__entry->old_state),
		  carp_state_name(__entry->new_state),
		  carp_reason_name(__entry->reason))
);

TRACE_EVENT(carp_serving,
	TP_PROTO(const struct carp_dev *cd),
	TP_ARGS(cd),
	TP_STRUCT__entry(
		__field(unsigned int, net)
		__array(char, dev, IFNAMSIZ)
		__array(char, lowerdev, IFNAMSIZ)
		__field(u8, vhid)
		__field(bool, serving)
	),
	TP_fast_assign(
		__entry->net = dev_net(cd->dev)->ns.inum;
		strscpy(__entry->dev, cd->dev->name, IFNAMSIZ);
		strscpy(__entry->lowerdev, cd->lowerdev->name, IFNAMSIZ);
		__entry->vhid = cd->vhid;
		__entry->serving = cd->serving;
	),
	TP_printk("net=%u dev=%s carrier=%s vhid=%u serving=%d",
		  __entry->net, __entry->dev, __entry->lowerdev, __entry->vhid,
		  __entry->serving)
);

#endif /* _CARP_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE carp_trace
#include <trace/define_trace.h>
