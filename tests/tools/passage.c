// SPDX-License-Identifier: GPL-2.0-only
#include "passage.h"

#include <stdlib.h>
#include <string.h>

/* As long as a router may wait for the MAC of the next hop. */
#define PASSAGE_MAX	NSEC_PER_SEC

/* Frames are padded: the packet ends where its header says. */
static size_t packet_len(const struct frame *f)
{
	size_t len = 0;

	if (f->src.family == 4)
		len = get_be16(f->l3 + 2);
	else if (f->src.family == 6)
		len = 40u + get_be16(f->l3 + 4);
	return len <= f->l3_len ? len : 0;
}

/* Without hop limit and checksum of the header. */
static u8 *constant_part(const struct frame *f, size_t len)
{
	u8 *packet = xrealloc(NULL, len);

	memcpy(packet, f->l3, len);
	if (f->src.family == 4) {
		packet[8] = 0;
		memset(packet + 10, 0, 2);
	} else {
		packet[7] = 0;
	}
	return packet;
}

static void expire(struct passages *p, u64 ns)
{
	while (p->first < p->count && p->list[p->first].ns + PASSAGE_MAX < ns)
		free(p->list[p->first++].packet);
	if (p->first == p->count)
		p->first = p->count = 0;
}

void passages_note(struct passages *p, const struct frame *f, u64 ns)
{
	struct passage passage = {
		.ns = ns,
		.len = packet_len(f),
		.ttl = f->ttl,
	};

	expire(p, ns);
	if (!passage.len)
		return;
	passage.packet = constant_part(f, passage.len);
	APPEND(p->list, p->count, passage);
}

bool passages_take(struct passages *p, const struct frame *f, u64 ns)
{
	size_t len = packet_len(f), i;
	bool found = false;
	u8 *packet;

	expire(p, ns);
	if (!len)
		return false;
	packet = constant_part(f, len);
	for (i = p->first; i < p->count && !found; i++) {
		struct passage *one = &p->list[i];

		if (!one->packet || one->ttl != f->ttl + 1 || one->len != len ||
		    memcmp(one->packet, packet, len))
			continue;
		free(one->packet);
		one->packet = NULL;
		found = true;
	}
	free(packet);
	return found;
}
