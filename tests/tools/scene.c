// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "scene.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

/* The next word of a line, NULL at its end or at a comment. */
static char *word(char **rest)
{
	char *w;

	do {
		w = strsep(rest, " \t");
	} while (w && !*w);
	return w && *w != '#' ? w : NULL;
}

void scene_read_hosts(struct scene *scene, const char *path)
{
	FILE *f = file_open(path, "r");
	struct line line = {};
	char *text;

	while ((text = line_read(&line, f))) {
		struct scene_host host = {};
		char *what = word(&text), *name = word(&text);

		if (!what)
			continue;
		if (!name)
			errx(3, "%s: '%s' of whom?", path, what);
		host.name = xstrdup(name);
		if (!strcmp(what, "host")) {
			char *inode = word(&text);

			if (!inode)
				errx(3, "%s: host %s has no namespace inode",
				     path, name);
			host.kind = SCENE_HOST;
			host.netns = parse_u64(inode, UINT64_MAX, path);
		} else if (!strcmp(what, "client")) {
			host.kind = SCENE_CLIENT;
		} else if (!strcmp(what, "foreign")) {
			host.kind = SCENE_FOREIGN;
		} else if (!strcmp(what, "ignore")) {
			host.kind = SCENE_IGNORED;
		} else {
			errx(3, "%s: '%s' is not host, client, foreign or ignore",
			     path, what);
		}
		APPEND(scene->hosts, scene->n_hosts, host);
	}
	free(line.text);
	fclose(f);
}

static void read_elsewhere(struct scene *scene, const char *path,
			   const char *addr, const char *host)
{
	struct scene_elsewhere elsewhere = {};

	if (!addr || !host || !frame_addr_parse(&elsewhere.addr, addr))
		errx(3, "%s: a line is not 'elsewhere ADDRESS HOST'", path);
	elsewhere.host = xstrdup(host);
	APPEND(scene->elsewhere, scene->n_elsewhere, elsewhere);
}

static u64 seconds(const char *text, const char *what)
{
	return (u64)(parse_double(text, what) * (double)NSEC_PER_SEC);
}

/* The rest of such a line. */
static void read_mac(struct scene *scene, char *rest, const char *path)
{
	struct scene_mac mac = { .to = UINT64_MAX };
	char *vhid = word(&rest), *host = word(&rest), *addr = word(&rest);
	char *from = word(&rest), *to = word(&rest);

	if (!addr)
		errx(3, "%s: a line is not 'lladdr VHID HOST MAC [FROM [TO]]'",
		     path);
	parse_mac(addr, mac.mac, path);
	mac.vhid = (u8)parse_u64(vhid, 255, path);
	mac.host = xstrdup(host);
	if (from)
		mac.from = seconds(from, path);
	if (to)
		mac.to = seconds(to, path);
	APPEND(scene->macs, scene->n_macs, mac);
}

void scene_read_vips(struct scene *scene, const char *path)
{
	FILE *f = file_open(path, "r");
	struct line line = {};
	char *text;

	while ((text = line_read(&line, f))) {
		struct scene_vip vip = {};
		char *what = word(&text), *addr, *vhid, *host;
		char *hosts = NULL;

		if (!what)
			continue;
		if (!strcmp(what, "lladdr")) {
			read_mac(scene, text, path);
			continue;
		}
		addr = word(&text);
		vhid = word(&text);
		if (!strcmp(what, "elsewhere")) {
			read_elsewhere(scene, path, addr, vhid);
			continue;
		}
		if (strcmp(what, "vip") || !vhid ||
		    !frame_addr_parse(&vip.addr, addr))
			errx(3, "%s: a line is not 'vip ADDRESS VHID [HOST...]'",
			     path);
		vip.vhid = (u8)parse_u64(vhid, 255, path);
		while ((host = word(&text))) {
			char *longer;

			if (asprintf(&longer, "%s%s ", hosts ? hosts : " ",
				     host) < 0)
				err(3, "no memory");
			free(hosts);
			hosts = longer;
		}
		vip.hosts = hosts;
		APPEND(scene->vips, scene->n_vips, vip);
	}
	free(line.text);
	fclose(f);
}

static struct scene_host *by_name(struct scene *scene, const char *name,
				  size_t len)
{
	size_t i;

	for (i = 0; i < scene->n_hosts; i++)
		if (strlen(scene->hosts[i].name) == len &&
		    !memcmp(scene->hosts[i].name, name, len))
			return &scene->hosts[i];
	return NULL;
}

struct scene_host *scene_host(struct scene *scene, const char *tap,
			      const char **carrier)
{
	struct scene_host *host = by_name(scene, tap, strlen(tap));
	const char *dot = strchr(tap, '.');

	*carrier = NULL;
	if (host || !dot)
		return host;
	*carrier = dot + 1;
	return by_name(scene, tap, (size_t)(dot - tap));
}

const struct scene_vip *scene_vip(const struct scene *scene,
				  const struct frame_addr *addr,
				  const struct scene_host *host,
				  const struct scene_vip *after)
{
	const struct scene_vip *vip = after ? after + 1 : scene->vips;
	char name[80];

	snprintf(name, sizeof(name), " %s ", host->name);
	for (; vip < scene->vips + scene->n_vips; vip++)
		if (frame_addr_equal(&vip->addr, addr) &&
		    (!vip->hosts || strstr(vip->hosts, name)))
			return vip;
	return NULL;
}

bool scene_elsewhere(const struct scene *scene, const struct frame_addr *addr,
		     const struct scene_host *host)
{
	size_t i;

	for (i = 0; i < scene->n_elsewhere; i++)
		if (frame_addr_equal(&scene->elsewhere[i].addr, addr) &&
		    !strcmp(scene->elsewhere[i].host, host->name))
			return true;
	return false;
}

const struct scene_mac *scene_mac(const struct scene *scene,
				  const struct scene_host *host, u8 vhid,
				  u64 ns, const struct scene_mac *after)
{
	const struct scene_mac *mac = after ? after + 1 : scene->macs;

	for (; mac < scene->macs + scene->n_macs; mac++)
		if (mac->vhid == vhid && !strcmp(mac->host, host->name) &&
		    ns >= mac->from && ns < mac->to)
			return mac;
	return NULL;
}
