/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which of the vhids that share an address serves a client.  Pure.
 */
#ifndef _CARP_BALANCE_H
#define _CARP_BALANCE_H

#include "carp_addrset.h"

u32 carp_balance_client4(__be32 addr);
u32 carp_balance_client6(const struct carp_addr6 *addr);
unsigned int carp_balance_pick(u32 client, unsigned int n);

#endif /* _CARP_BALANCE_H */
