// SPDX-License-Identifier: GPL-2.0-only
/* Is every bit of every advertisement as it has to be? */
#include <string.h>

#include "framecheck.h"

/* Names of what is wrong, with commas. */
struct faults {
	char text[160];
	unsigned int count;
};

static void fault_if(struct faults *faults, bool wrong, const char *name)
{
	size_t used = strlen(faults->text);

	if (!wrong)
		return;
	snprintf(faults->text + used, sizeof(faults->text) - used, "%s%s",
		 faults->count++ ? "," : "", name);
}

static void audit_ethernet(struct faults *faults, const struct recorded *one,
			   bool unicast)
{
	static const u8 group4[6] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x12 };
	static const u8 group6[6] = { 0x33, 0x33, 0x00, 0x00, 0x00, 0x12 };
	const struct frame *f = &one->frame;
	size_t want = (size_t)(f->l3 - one->data) + 36;

	want += f->src.family == 6 ? 40 : 20;
	fault_if(faults, one->length != want, "framelen");
	if (unicast) {
		fault_if(faults, f->eth_dst[0] & 1, "ethdst");
		return;
	}
	fault_if(faults, memcmp(f->eth_dst, f->src.family == 6 ? group6 :
				group4, 6), "ethdst");
	fault_if(faults, carp_vmac_vhid(f->eth_src) != f->carp->vhid, "ethsrc");
}

static void audit_ip(struct faults *faults, const struct frame *f, bool unicast)
{
	struct frame_addr group;

	fault_if(faults, f->ttl != 255, "ttl");
	frame_addr_parse(&group, f->src.family == 6 ? "ff02::12" : "224.0.0.18");
	if (!unicast)
		fault_if(faults, !frame_addr_equal(&f->dst, &group), "dst");
	fault_if(faults, f->src.bytes[0] >> 4 == 14 ||
		 (f->src.family == 6 && f->src.bytes[0] == 0xff), "src");

	if (f->src.family == 6) {
		fault_if(faults, f->l3[6] != CARP_PROTO, "extension");
		fault_if(faults, get_be16(f->l3 + 4) != 36, "length");
		fault_if(faults, get_be32(f->l3) & 0xfffff, "flow");
		fault_if(faults, f->tos && f->tos != 0x10, "class");
		return;
	}
	fault_if(faults, f->l3[0] != 0x45, "ihl");
	fault_if(faults, get_be16(f->l3 + 2) != 56, "length");
	fault_if(faults, f->tos != 0x10, "tos");
	fault_if(faults, get_be16(f->l3 + 6) != 0x4000, "df");
	fault_if(faults, inet_sum_fold(inet_sum_add(0, f->l3,
						    (f->l3[0] & 15) * 4u)),
		 "ipsum");
}

static const char *audit_sum(struct faults *faults, const struct frame *f)
{
	u32 sum = inet_sum_add(0, f->carp, sizeof(*f->carp));

	if (!inet_sum_fold(sum))
		return "ok";
	fault_if(faults, true, "sum");
	if (f->src.family == 6 &&
	    !inet_sum_fold(sum + inet_sum_pseudo6(f->src.bytes, f->dst.bytes,
						  sizeof(*f->carp),
						  CARP_PROTO)))
		return "pseudo";
	return "bad";
}

static bool digest_is(const struct check_options *o, const struct frame *f,
		      const struct carp_addrs *vips, enum carp_form form)
{
	u8 digest[SHA1_SIZE];

	carp_digest(digest, o->key, f->carp->vhid, vips, form,
		    f->carp->counter);
	return !memcmp(digest, f->carp->digest, sizeof(digest));
}

/* The group's addresses as the scene has them for the host of the tap. */
static void scene_addrs(struct carp_addrs *addrs, struct scene *scene,
			const char *tap, u8 vhid)
{
	const char *carrier;
	struct scene_host *host = scene_host(scene, tap, &carrier);
	char padded[80], text[FRAME_ADDR_MAX];
	size_t i;

	memset(addrs, 0, sizeof(*addrs));
	snprintf(padded, sizeof(padded), " %s ", host ? host->name : tap);
	for (i = 0; i < scene->n_vips; i++) {
		const struct scene_vip *vip = &scene->vips[i];

		if (vip->vhid == vhid &&
		    (!vip->hosts || strstr(vip->hosts, padded)))
			carp_addrs_add(addrs,
				       frame_addr_format(&vip->addr, text));
	}
}

static const char *audit_digest(struct faults *faults,
				const struct check_options *o,
				struct scene *scene, const struct recorded *one)
{
	static const char *const names[AUDIT_ALTERNATIVES] = {
		"ok", "alt1", "alt2", "alt3",
	};
	const struct frame *f = &one->frame;
	struct carp_addrs from_scene;
	const struct carp_addrs *vips = o->vips;
	unsigned int n = o->n_vips, i;

	if (!o->has_key || (!n && !scene->n_vips))
		return "unchecked";
	if (!n) {
		scene_addrs(&from_scene, scene, one->tap, f->carp->vhid);
		vips = &from_scene;
		n = 1;
	}
	for (i = 0; i < n; i++)
		if (digest_is(o, f, &vips[i], CARP_FORM_FULL))
			return names[i];
	for (i = 0; i < n; i++) {
		if (!digest_is(o, f, &vips[i], CARP_FORM_NO_LINK_LOCAL))
			continue;
		fault_if(faults, !o->any_form, "form");
		return "noll";
	}
	fault_if(faults, true, "digest");
	return "bad";
}

static unsigned int audit_one(const struct recorded *one, struct scene *scene,
			      const struct check_options *o)
{
	const struct frame *f = &one->frame;
	const struct carp_header *h = f->carp;
	char src[FRAME_ADDR_MAX], dst[FRAME_ADDR_MAX];
	char esrc[MAC_STRLEN], edst[MAC_STRLEN];
	struct faults faults = {};
	const char *sum, *auth;
	bool df = f->src.family == 4 && f->l3[6] & 0x40;

	audit_ethernet(&faults, one, o->unicast);
	audit_ip(&faults, f, o->unicast);
	fault_if(&faults, !h->vhid, "vhid");
	fault_if(&faults, h->advskew == 255 && h->advbase != 255, "skew");
	sum = audit_sum(&faults, f);
	auth = audit_digest(&faults, o, scene, one);

	check_print_time(one->ns);
	printf("host=%s family=%u src=%s dst=%s eth_src=%s eth_dst=%s ttl=%u tos=0x%02x df=%d vhid=%u base=%u skew=%u demote=%u counter=%016llx sum=%s auth=%s bow_out=%d faults=%s\n",
	       one->tap, f->src.family, frame_addr_format(&f->src, src),
	       frame_addr_format(&f->dst, dst), mac_format(f->eth_src, esrc),
	       mac_format(f->eth_dst, edst), f->ttl, f->tos, df, h->vhid,
	       h->advbase, h->advskew, h->demote,
	       (unsigned long long)get_be64(h->counter), sum, auth,
	       frame_is_bow_out(f), faults.count ? faults.text : "none");
	return faults.count;
}

int audit(struct recording *recording, struct scene *scene,
	  const struct check_options *o)
{
	u64 adverts = 0, wrong = 0, foreign = 0;
	struct recorded one;

	while (recording_next(recording, &one)) {
		if (one.outgoing || (o->host && strcmp(o->host, one.tap)))
			continue;
		if (!one.frame.carp) {
			foreign += one.frame.protocol == CARP_PROTO;
			continue;
		}
		if (o->vhid && o->vhid != one.frame.carp->vhid)
			continue;
		adverts++;
		wrong += !!audit_one(&one, scene, o);
	}
	printf("adverts=%llu wrong=%llu foreign=%llu\n",
	       (unsigned long long)adverts, (unsigned long long)wrong,
	       (unsigned long long)foreign);
	if (wrong)
		return CHECK_BAD;
	return adverts ? CHECK_GOOD : CHECK_NOTHING;
}
