// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "framecheck.h"

/* One frame and all that it is judged by. */
struct trial {
	const struct recorded *one;
	struct scene *scene;
	struct scene_host *host;
	const char *carrier;
	const struct trace *trace;
	const struct check_options *options;
	u64 *shown;
	bool touched_vip, touched_vmac, guilty;
};

static void accuse(struct trial *t, const char *rule, const char *why)
{
	char text[FRAME_TEXT_MAX];

	t->guilty = true;
	t->host->violations++;
	if (++*t->shown > t->options->max_shown)
		return;
	printf("violation ");
	check_print_time(t->one->ns);
	printf("host=%s rule=%s %s: %s\n", t->host->name, rule, why,
	       frame_summary(&t->one->frame, t->one->length, text));
}

/* May this host send in the name of the group now? */
static bool may_speak(const struct trial *t, u8 vhid)
{
	const struct scene_host *h = t->host;

	if (h->kind != SCENE_HOST)
		return false;
	if (trace_state(t->trace, h->netns, t->carrier, vhid, t->one->ns) !=
	    TRACE_NOT_MASTER)
		return true;
	/* The farewell of one who was master is the exception. */
	return frame_is_bow_out(&t->one->frame) &&
	       t->one->frame.carp->vhid == vhid &&
	       trace_was_master(t->trace, h->netns, t->carrier, vhid,
				t->one->ns, t->options->farewell);
}

static bool is_vmac(const u8 *mac, u8 vhid)
{
	u8 vmac[6];

	carp_vmac(vmac, vhid);
	return !memcmp(mac, vmac, sizeof(vmac));
}

/* Where the group is on this host: at its virtual MAC, unless the scene knows better. */
static bool is_group_mac(const struct trial *t, const u8 *mac, u8 vhid)
{
	const struct scene_mac *own = NULL;
	bool any = false;

	while ((own = scene_mac(t->scene, t->host, vhid, t->one->ns, own))) {
		any = true;
		if (!memcmp(mac, own->mac, sizeof(own->mac)))
			return true;
	}
	return !any && is_vmac(mac, vhid);
}

/*
 * @addr is whom the frame says to be from, @lladdr where it says that is, if
 * it does. An address of several groups (ARP balancing) must fit one of them.
 */
static void try_sender(struct trial *t, const struct frame_addr *addr,
		       const u8 *lladdr)
{
	const struct scene_vip *vip = NULL;
	const char *rule = NULL, *why = NULL;

	while ((vip = scene_vip(t->scene, addr, t->host, vip))) {
		t->touched_vip = true;
		if (!is_group_mac(t, t->one->frame.eth_src, vip->vhid)) {
			rule = "a";
			why = "VIP not from the MAC of its group";
		} else if (lladdr && !is_group_mac(t, lladdr, vip->vhid)) {
			rule = "a";
			why = "VIP said to be at another MAC";
		} else if (!may_speak(t, vip->vhid)) {
			rule = "b";
			why = "VIP from a host that is not master";
		} else {
			return;
		}
	}
	if (rule)
		accuse(t, rule, why);
}

static void try_mac(struct trial *t, const u8 *mac, const char *why)
{
	u8 vhid = mac ? carp_vmac_vhid(mac) : 0;

	if (!vhid)
		return;
	t->touched_vmac = true;
	/* One word about a frame is enough. */
	if (t->guilty)
		return;
	if (!is_group_mac(t, mac, vhid))
		accuse(t, "b", "virtual MAC of a group that has none here");
	else if (!may_speak(t, vhid))
		accuse(t, "b", why);
}

/*
 * It has become master, or ceased to be, in the moment that a frame takes from
 * the hook that lets it pass to the switch.
 */
static bool is_settled_master(const struct trial *t, u8 vhid)
{
	const u64 moment = 50 * NSEC_PER_USEC;
	const struct scene_host *h = t->host;

	return trace_state(t->trace, h->netns, t->carrier, vhid, t->one->ns) ==
		       TRACE_MASTER &&
	       trace_state(t->trace, h->netns, t->carrier, vhid,
			   t->one->ns - moment) == TRACE_MASTER;
}

static const struct scene_vip *held(const struct trial *t,
				    const struct scene_vip *after)
{
	return scene_vip(t->scene, &t->one->frame.src, t->host, after);
}

/*
 * A host that does not serve may send packets from the address, but neither ARP
 * nor ND, and with its own MAC: if the address is that of another of its
 * devices, too, or if they only pass.
 */
static bool is_exempt(struct trial *t)
{
	const struct frame *f = &t->one->frame;
	const struct scene_vip *vip = NULL;

	if (t->host->kind != SCENE_HOST || f->nd_type || f->carp ||
	    carp_vmac_vhid(f->eth_src) || !held(t, NULL))
		return false;
	while ((vip = held(t, vip)))
		if (is_settled_master(t, vip->vhid))
			return false;
	return scene_elsewhere(t->scene, &f->src, t->host) ||
	       passages_take(&t->host->passages, f, t->one->ns);
}

/* To its own MAC, from an address that it does not serve: it may pass that on. */
static void note_arrival(struct trial *t)
{
	const struct frame *f = &t->one->frame;

	if (t->host->kind == SCENE_HOST && f->src.family && !f->nd_type &&
	    !(f->eth_dst[0] & 1) && !carp_vmac_vhid(f->eth_dst) &&
	    held(t, NULL))
		passages_note(&t->host->passages, f, t->one->ns);
}

static void try_frame(struct trial *t)
{
	const struct frame *f = &t->one->frame;

	if (f->arp_spa) {
		struct frame_addr spa = frame_addr4(f->arp_spa);

		try_sender(t, &spa, f->arp_sha);
	}
	if (f->src.family && is_exempt(t)) {
		t->touched_vip = true;
		t->host->own_mac++;
	} else if (f->src.family) {
		/* All but NA speak of their source in their option. */
		bool own = f->nd_type && f->nd_type != 136;

		try_sender(t, &f->src, own ? f->nd_lladdr : NULL);
	}
	if (f->nd_type == 136)
		try_sender(t, &f->nd_target, f->nd_lladdr);
	try_mac(t, f->eth_src, "virtual MAC of a host that is not master");
	try_mac(t, f->arp_sha, "ARP for the virtual MAC by one not master");
	try_mac(t, f->nd_lladdr, "ND for the virtual MAC by one not master");
}

static int report(const struct scene *scene, u64 unknown, u64 shown, u64 max)
{
	u64 judged = 0, vip = 0, vmac = 0, adverts = 0, violations = 0;
	u64 exempt = 0;
	size_t i;

	if (shown > max)
		printf("and %llu violations more\n",
		       (unsigned long long)(shown - max));
	for (i = 0; i < scene->n_hosts; i++) {
		const struct scene_host *h = &scene->hosts[i];

		printf("host=%s frames=%llu vip_frames=%llu vmac_frames=%llu adverts=%llu own_mac=%llu violations=%llu\n",
		       h->name, (unsigned long long)h->frames,
		       (unsigned long long)h->vip_frames,
		       (unsigned long long)h->vmac_frames,
		       (unsigned long long)h->adverts,
		       (unsigned long long)h->own_mac,
		       (unsigned long long)h->violations);
		if (h->kind == SCENE_FOREIGN || h->kind == SCENE_IGNORED) {
			exempt += h->frames;
			continue;
		}
		judged += h->frames;
		vip += h->vip_frames;
		vmac += h->vmac_frames;
		adverts += h->adverts;
		violations += h->violations;
	}
	printf("judged=%llu exempt=%llu unknown=%llu vip_frames=%llu vmac_frames=%llu adverts=%llu violations=%llu\n",
	       (unsigned long long)judged, (unsigned long long)exempt,
	       (unsigned long long)unknown, (unsigned long long)vip,
	       (unsigned long long)vmac, (unsigned long long)adverts,
	       (unsigned long long)violations);
	if (violations)
		return CHECK_BAD;
	/* Silence about a host nobody has heard of would be a false comfort. */
	return judged && !unknown ? CHECK_GOOD : CHECK_NOTHING;
}

int judge(struct recording *recording, struct scene *scene,
	  const struct trace *trace, const struct check_options *options)
{
	u64 shown = 0, unknown = 0;
	struct recorded one;

	while (recording_next(recording, &one)) {
		struct trial t = {
			.one = &one,
			.scene = scene,
			.trace = trace,
			.options = options,
			.shown = &shown,
		};

		t.host = scene_host(scene, one.tap, &t.carrier);
		if (one.outgoing) {
			if (t.host)
				note_arrival(&t);
			continue;
		}
		if (!t.host) {
			if (!unknown++)
				printf("tap %s is of no host of the map\n",
				       one.tap);
			continue;
		}
		if (options->host && strcmp(options->host, t.host->name))
			continue;
		t.host->frames++;
		t.host->adverts += !!one.frame.carp;
		if (t.host->kind == SCENE_FOREIGN ||
		    t.host->kind == SCENE_IGNORED)
			continue;
		try_frame(&t);
		t.host->vip_frames += t.touched_vip;
		t.host->vmac_frames += t.touched_vmac;
	}
	return report(scene, unknown, shown, options->max_shown);
}
