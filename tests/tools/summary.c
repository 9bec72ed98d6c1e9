// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "framecheck.h"

/* Advertisements of one host, group and family. */
struct series {
	char host[64];
	u8 vhid, family;
	u64 adverts, bow_outs;
	u64 first, last;
	u64 shortest, longest;	/* between two of them, in ns */
	u64 counter;
	u64 next_steps, const_steps, other_steps;
	u8 base, skew, demote;	/* of the last that was no bow-out */
};

/* Announcements of one address by one host. */
struct announced {
	char host[64];
	struct frame_addr addr;
	u8 mac[6];
	u64 count, first, last;
};

static struct series *serieses;
static size_t n_series;
static struct announced *announceds;
static size_t n_announced;

static struct series *find_series(const struct recorded *one)
{
	u8 vhid = one->frame.carp->vhid, family = one->frame.src.family;
	struct series s = { .vhid = vhid, .family = family };
	size_t i;

	for (i = 0; i < n_series; i++)
		if (serieses[i].vhid == vhid && serieses[i].family == family &&
		    !strcmp(serieses[i].host, one->tap))
			return &serieses[i];
	snprintf(s.host, sizeof(s.host), "%s", one->tap);
	s.shortest = UINT64_MAX;
	s.first = one->ns;
	APPEND(serieses, n_series, s);
	return &serieses[n_series - 1];
}

static void count_advert(const struct recorded *one)
{
	const struct carp_header *h = one->frame.carp;
	struct series *s = find_series(one);
	u64 counter = get_be64(h->counter), gap = one->ns - s->last;

	if (s->adverts) {
		if (gap < s->shortest)
			s->shortest = gap;
		if (gap > s->longest)
			s->longest = gap;
		if (counter == s->counter + 1)
			s->next_steps++;
		else if (counter == s->counter)
			s->const_steps++;
		else
			s->other_steps++;
	}
	s->adverts++;
	s->last = one->ns;
	s->counter = counter;
	if (frame_is_bow_out(&one->frame)) {
		s->bow_outs++;
		return;
	}
	s->base = h->advbase;
	s->skew = h->advskew;
	s->demote = h->demote;
}

static void count_announcement(const struct recorded *one,
			       const struct frame_addr *addr)
{
	struct announced a = { .addr = *addr, .first = one->ns };
	struct announced *at = NULL;
	const u8 *mac = one->frame.arp_sha ?: one->frame.nd_lladdr;
	size_t i;

	memcpy(a.mac, mac ? mac : one->frame.eth_src, 6);
	for (i = 0; i < n_announced && !at; i++)
		if (frame_addr_equal(&announceds[i].addr, addr) &&
		    !memcmp(announceds[i].mac, a.mac, 6) &&
		    !strcmp(announceds[i].host, one->tap))
			at = &announceds[i];
	if (!at) {
		snprintf(a.host, sizeof(a.host), "%s", one->tap);
		APPEND(announceds, n_announced, a);
		at = &announceds[n_announced - 1];
	}
	at->count++;
	at->last = one->ns;
}

static const char *steps(const struct series *s)
{
	u64 all = s->next_steps + s->const_steps + s->other_steps;

	if (!all)
		return "-";
	if (s->next_steps == all)
		return "next";
	return s->const_steps == all ? "const" : "other";
}

static void print_series(const struct series *s)
{
	printf("adverts host=%s vhid=%u family=%u count=%llu bow_outs=%llu base=%u skew=%u demote=%u counter=%s ",
	       s->host, s->vhid, s->family, (unsigned long long)s->adverts,
	       (unsigned long long)s->bow_outs, s->base, s->skew, s->demote,
	       steps(s));
	if (s->adverts > 1)
		printf("interval_min_us=%llu interval_mean_us=%llu interval_max_us=%llu ",
		       (unsigned long long)(s->shortest / NSEC_PER_USEC),
		       (unsigned long long)((s->last - s->first) /
					    (s->adverts - 1) / NSEC_PER_USEC),
		       (unsigned long long)(s->longest / NSEC_PER_USEC));
	else
		printf("interval_min_us=- interval_mean_us=- interval_max_us=- ");
	printf("first_ns=%llu last_ns=%llu\n", (unsigned long long)s->first,
	       (unsigned long long)s->last);
}

int summarize(struct recording *recording, const struct check_options *o)
{
	struct recorded one;
	u64 frames = 0, adverts = 0, garps = 0;
	size_t i;

	while (recording_next(recording, &one)) {
		struct frame_addr addr;

		if (one.outgoing || (o->host && strcmp(o->host, one.tap)))
			continue;
		frames++;
		if (one.frame.carp) {
			if (o->vhid && o->vhid != one.frame.carp->vhid)
				continue;
			adverts++;
			count_advert(&one);
		} else if (frame_is_announcement(&one.frame, &addr)) {
			garps++;
			count_announcement(&one, &addr);
		}
	}
	for (i = 0; i < n_series; i++)
		print_series(&serieses[i]);
	for (i = 0; i < n_announced; i++) {
		const struct announced *a = &announceds[i];
		char text[FRAME_ADDR_MAX], mac[MAC_STRLEN];

		printf("garps host=%s addr=%s mac=%s vhid=%u count=%llu first_ns=%llu last_ns=%llu\n",
		       a->host, frame_addr_format(&a->addr, text),
		       mac_format(a->mac, mac), carp_vmac_vhid(a->mac),
		       (unsigned long long)a->count,
		       (unsigned long long)a->first,
		       (unsigned long long)a->last);
	}
	printf("frames=%llu adverts=%llu garps=%llu\n",
	       (unsigned long long)frames, (unsigned long long)adverts,
	       (unsigned long long)garps);
	return frames ? CHECK_GOOD : CHECK_NOTHING;
}
