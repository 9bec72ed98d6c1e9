/* SPDX-License-Identifier: GPL-2.0-only */
/* What faults.c has fail: requests, how to take them back, what they change. */
#ifndef TOOLS_FAULTS_H
#define TOOLS_FAULTS_H

#include "nl.h"

struct operation {
	const char *name;
	/* 0, a negative errno or NL_LOST */
	int (*run)(void);
	/* NULL if it changes nothing that a snapshot has */
	void (*undo)(void);
	/* If not 0, it is workers of the kernel that fail, for so long. */
	unsigned int settle_ms;
	/* IPv6 itself does it by half, for want of memory. */
	bool loose;
	/* Before and after all of it. */
	void (*begin)(void);
	void (*end)(void);
	/* An error that also means that there is no memory, or 0. */
	int also;
	/*
	 * Only allocations by the module, or by what it calls: elsewhere the kernel
	 * has mistakes of its own.
	 */
	bool ours;
	/* What netlink does not tell of it, or NULL. */
	u8 (*secret)(void);
};

/* The last one has no name. */
extern const struct operation operations[];
void operations_init(const char *ns, const char *carrier);

/* Links, their configuration, addresses, reasons of demotion. */
struct snapshot {
	u8 bytes[1 << 15];
	size_t len;
};

void snapshot_take(const struct operation *op, struct snapshot *s);
bool snapshot_equal(const struct snapshot *a, const struct snapshot *b);

#endif
