/* SPDX-License-Identifier: GPL-2.0 */
/* crypto_memneq() has a header of its own since 6.4. */
#ifdef CARP_HAVE_CRYPTO_UTILS
#include_next <crypto/utils.h>
#else
#include <crypto/algapi.h>
#endif
