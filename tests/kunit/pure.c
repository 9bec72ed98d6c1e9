// SPDX-License-Identifier: GPL-2.0
/*
 * The pure ring for carp_kunit.ko: an object cannot be part of two modules.
 */
#include "../../carp_wire.c"
#include "../../carp_hmac.c"
#include "../../carp_addrset.c"
#include "../../carp_balance.c"
#include "../../carp_demote.c"
#include "../../carp_heard.c"
#include "../../carp_rank.c"
#include "../../carp_masters.c"
#include "../../carp_proto.c"
