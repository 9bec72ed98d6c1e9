/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is on the segment, and what they share. */
#ifndef TOOLS_SCENE_H
#define TOOLS_SCENE_H

#include "frame.h"
#include "passage.h"

enum scene_kind {
	SCENE_HOST,		/* runs carp, in the namespace netns */
	SCENE_CLIENT,		/* does not: never master of anything */
	SCENE_FOREIGN,		/* another implementation: may use its own MAC */
	SCENE_IGNORED,		/* say, a router of traffic from a VIP */
};

struct scene_host {
	const char *name;
	enum scene_kind kind;
	u64 netns;
	u64 frames, vip_frames, vmac_frames, adverts, violations;
	u64 own_mac;		/* from a VIP by right */
	struct passages passages;
};

struct scene_vip {
	struct frame_addr addr;
	u8 vhid;
	const char *hosts;	/* " A B ", or NULL: for all */
};

/* An address that a host has on another device, too, which is not CARP. */
struct scene_elsewhere {
	struct frame_addr addr;
	const char *host;
};

/* A group that is at a MAC of the host's own there: lladdr lower. */
struct scene_mac {
	const char *host;
	u8 vhid, mac[6];
	u64 from, to;
};

struct scene {
	struct scene_host *hosts;
	size_t n_hosts;
	struct scene_vip *vips;
	size_t n_vips;
	struct scene_elsewhere *elsewhere;
	size_t n_elsewhere;
	struct scene_mac *macs;
	size_t n_macs;
};

void scene_read_hosts(struct scene *scene, const char *path);
void scene_read_vips(struct scene *scene, const char *path);

/*
 * A tap is named after its host, or HOST.CARRIER where a host has more than
 * one; @carrier is then set. NULL when there is no such host.
 */
struct scene_host *scene_host(struct scene *scene, const char *tap,
			      const char **carrier);
/* The next entry for @addr that holds on @host; start with @after NULL. */
const struct scene_vip *scene_vip(const struct scene *scene,
				  const struct frame_addr *addr,
				  const struct scene_host *host,
				  const struct scene_vip *after);
bool scene_elsewhere(const struct scene *scene, const struct frame_addr *addr,
		     const struct scene_host *host);
/* The next MAC of @host's own that the group is at then; start with @after NULL. */
const struct scene_mac *scene_mac(const struct scene *scene,
				  const struct scene_host *host, u8 vhid,
				  u64 ns, const struct scene_mac *after);

#endif
