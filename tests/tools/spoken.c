// SPDX-License-Identifier: GPL-2.0-only
#include "spoken.h"

#include <string.h>

#include "frame.h"
#include "packet.h"

#define PATIENCE	(5 * NSEC_PER_SEC)

static int fd = -1;

void spoken_begin(const char *ns)
{
	struct netns_iface iface = {
		.ns = (char *)ns,
		.iface = (char *)"eth0",
	};

	fd = packet_open(&iface, PACKET_ALL);
}

/* Over IPv4: both say the same. */
static bool is_advert(const struct frame *f)
{
	return f->carp && f->src.family == 4;
}

static bool fits(const struct carp_header *h, const char *password)
{
	struct carp_addrs addrs = {};
	u8 key[CARP_KEY_SIZE], digest[SHA1_SIZE];

	carp_addrs_parse(&addrs, "192.0.2.100,2001:db8::100");
	carp_key_from_pass(key, password);
	carp_digest(digest, key, h->vhid, &addrs, CARP_FORM_FULL, h->counter);
	return !memcmp(digest, h->digest, sizeof(digest));
}

int spoken_password(const char *const *passwords, int n)
{
	static u8 bytes[PACKET_MAX];
	u64 end = mono_now() + PATIENCE;
	struct packet_meta meta;
	struct frame f;
	ssize_t len;
	int i;

	while (packet_recv(fd, bytes, sizeof(bytes), &meta) >= 0)
		;
	for (; mono_now() < end; sleep_until(mono_now() + 20 * NSEC_PER_MSEC)) {
		while ((len = packet_recv(fd, bytes, sizeof(bytes), &meta)) >= 0) {
			if (!meta.outgoing ||
			    !frame_decode(&f, bytes, (size_t)len) ||
			    !is_advert(&f))
				continue;
			for (i = 0; i < n; i++)
				if (fits(f.carp, passwords[i]))
					return i;
			return -1;
		}
	}
	return -1;
}
