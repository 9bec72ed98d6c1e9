// SPDX-License-Identifier: GPL-2.0
/* Under test, with what it calls from fakes.c. */
#include "../../carp_config.c"
