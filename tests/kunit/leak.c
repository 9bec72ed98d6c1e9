// SPDX-License-Identifier: GPL-2.0
/*
 * Loses memory, for the test that kmemleak would find what carp loses.
 */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#define LOST_SIZE	100
/* What an old stack still has the address of is not taken for lost. */
#define LOST_COUNT	32

static int __init leak_init(void)
{
	unsigned int i;

	for (i = 0; i < LOST_COUNT; i++) {
		void *lost = kmalloc(LOST_SIZE, GFP_KERNEL);

		if (!lost)
			return -ENOMEM;
		/* As long as it is used for something the compiler keeps it. */
		memset(lost, 0x5a, LOST_SIZE);
		OPTIMIZER_HIDE_VAR(lost);
	}
	return 0;
}

static void __exit leak_exit(void)
{
}

module_init(leak_init);
module_exit(leak_exit);

MODULE_DESCRIPTION("loses memory");
MODULE_LICENSE("GPL");
