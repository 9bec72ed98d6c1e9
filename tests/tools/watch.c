// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records every frame of a segment. Everything stays in memory until the end:
 * writing while measuring would be part of what is measured.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "packet.h"
#include "pcap.h"
#include "resident.h"
#include "util.h"

#define ARENA_CHUNK	(4 << 20)

struct tap {
	const char *name;
	struct netns_iface where;
	int fd;
	u64 frames;
};

struct record {
	u64 ns;
	const u8 *data;
	u32 captured, length;
	u32 arrival;
	u16 tap;
	bool outgoing;
};

static struct tap *taps;
static size_t tap_count;
static struct record *records;
static size_t record_count;
static s64 offset;
static size_t snap = PACKET_MAX;
static const char *dir;

static const char usage[] =
	"usage: watch [-b] [-p PIDFILE] [-s SNAP] -o DIR NAME=NS:IFACE...\n"
	"       watch -k -p PIDFILE -o DIR\n"
	"Records until SIGTERM, then writes DIR/NAME.pcap, DIR/stats and last\n"
	"DIR/frames.tsv (time in ns of CLOCK_MONOTONIC, tap, in|out, length, hex).\n"
	"  -b  in the background; returns when recording has begun\n"
	"  -s  bytes kept of each frame (all)\n"
	"  -k  ends the recorder of PIDFILE, waits for its files, and fails if\n"
	"      it lost a frame (DIR/drops says where)\n";

static u8 *arena(size_t size)
{
	static u8 *chunk;
	static size_t left;

	if (size > left) {
		chunk = xrealloc(NULL, ARENA_CHUNK);
		left = ARENA_CHUNK;
	}
	left -= size;
	chunk += size;
	return chunk - size;
}

/* Takes what waits at @tap; false when there is a frame after @until. */
static bool drain(struct tap *tap, u64 until)
{
	static u8 buf[PACKET_MAX];
	struct packet_meta meta;
	ssize_t len;

	while ((len = packet_recv(tap->fd, buf, sizeof(buf), &meta)) >= 0) {
		struct record r = {
			.ns = meta.real_ns - (u64)offset,
			.length = (u32)len,
			.arrival = (u32)record_count,
			.tap = (u16)(tap - taps),
			.outgoing = meta.outgoing,
		};
		u8 *data;

		if (r.ns > until)
			return false;
		r.captured = r.length < snap ? r.length : (u32)snap;
		data = arena(r.captured);
		memcpy(data, buf, r.captured);
		r.data = data;
		APPEND(records, record_count, r);
		tap->frames++;
	}
	return true;
}

static void record(void)
{
	struct pollfd *fds = xcalloc(tap_count, sizeof(*fds));
	size_t i;
	u64 end;

	for (i = 0; i < tap_count; i++) {
		fds[i].fd = taps[i].fd;
		fds[i].events = POLLIN;
	}
	while (!resident_stop) {
		struct timespec second = { .tv_sec = 1 };

		/*
		 * Not for ever: a signal between the test and the call would
		 * be noticed only with the next frame.
		 */
		if (ppoll(fds, tap_count, &second, NULL) < 0 && errno != EINTR)
			err(3, "poll");
		for (i = 0; i < tap_count; i++)
			if (fds[i].revents)
				drain(&taps[i], UINT64_MAX);
	}
	/* What came before the signal counts, however long the queue is. */
	end = mono_now();
	for (i = 0; i < tap_count; i++)
		drain(&taps[i], end);
	free(fds);
}

static int by_time(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? -1 : 1;
	return x->arrival < y->arrival ? -1 : x->arrival > y->arrival;
}

static FILE *create(const char *name, char path[512])
{
	snprintf(path, 512, "%s/%s", dir, name);
	return file_open(path, "w");
}

static void finish(FILE *f, const char *path)
{
	if (ferror(f) || fclose(f))
		err(3, "writing %s", path);
}

static void write_pcap(size_t tap)
{
	char path[512], name[256];
	size_t i;
	FILE *f;

	snprintf(name, sizeof(name), "%s.pcap", taps[tap].name);
	f = create(name, path);
	pcap_write_header(f, PACKET_MAX);
	for (i = 0; i < record_count; i++)
		if (records[i].tap == tap)
			pcap_write(f, records[i].ns, records[i].data,
				   records[i].captured, records[i].length);
	finish(f, path);
}

/* Under another name first: when frames.tsv is there, all is there. */
static void write_tsv(void)
{
	char path[512], final[512];
	FILE *f = create("frames.tsv.part", path);
	size_t i;

	fprintf(f, "#time_ns\ttap\tdirection\tlength\thex\n");
	for (i = 0; i < record_count; i++) {
		const struct record *r = &records[i];

		fprintf(f, "%llu\t%s\t%s\t%u\t", (unsigned long long)r->ns,
			taps[r->tap].name, r->outgoing ? "out" : "in",
			r->length);
		hex_print(f, r->data, r->captured);
		putc('\n', f);
	}
	finish(f, path);
	snprintf(final, sizeof(final), "%s/frames.tsv", dir);
	if (rename(path, final) < 0)
		err(3, "%s", final);
}

static u64 write_stats(void)
{
	char path[512], drops_path[512];
	FILE *f = create("stats", path), *d = NULL;
	u64 total = 0;
	size_t i;

	for (i = 0; i < tap_count; i++) {
		u32 seen, drops = packet_drops(taps[i].fd, &seen);

		fprintf(f, "tap=%s frames=%llu drops=%u\n", taps[i].name,
			(unsigned long long)taps[i].frames, drops);
		total += drops;
		if (!drops)
			continue;
		if (!d)
			d = create("drops", drops_path);
		fprintf(d, "%s %u\n", taps[i].name, drops);
	}
	if (d)
		finish(d, drops_path);
	finish(f, path);
	return total;
}

static void remove_old(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (unlink(path) < 0 && errno != ENOENT)
		err(3, "%s", path);
}

static void add_tap(const char *text)
{
	const char *equal = strchr(text, '=');
	struct tap tap = {};
	char *name;

	if (!equal || equal == text)
		errx(3, "'%s' is not NAME=NAMESPACE:INTERFACE", text);
	name = xstrdup(text);
	name[equal - text] = '\0';
	if (strpbrk(name, "/ \t"))
		errx(3, "'%s' cannot be the name of a file", name);
	tap.name = name;
	tap.where = netns_iface_parse(equal + 1);
	APPEND(taps, tap_count, tap);
}

/* For scripts: the end of a recorder in the background, and how it went. */
static int end_recorder(const char *pidfile)
{
	char path[512];

	if (!pidfile)
		errx(3, "-k needs -p");
	resident_end(pidfile);
	snprintf(path, sizeof(path), "%s/frames.tsv", dir);
	if (access(path, R_OK) < 0)
		err(3, "the recorder left no %s", path);
	snprintf(path, sizeof(path), "%s/drops", dir);
	if (!access(path, F_OK))
		errx(1, "frames were lost, see %s", path);
	return 0;
}

int main(int argc, char **argv)
{
	bool background = false, end = false;
	const char *pidfile = NULL;
	char *real;
	u64 drops;
	size_t i;
	int opt;

	while ((opt = getopt(argc, argv, "bkho:p:s:")) != -1) {
		switch (opt) {
		case 'b':
			background = true;
			break;
		case 'k':
			end = true;
			break;
		case 'o':
			dir = optarg;
			break;
		case 'p':
			pidfile = optarg;
			break;
		case 's':
			snap = parse_u64(optarg, PACKET_MAX, "-s");
			break;
		default:
			fputs(usage, opt == 'h' ? stdout : stderr);
			return opt == 'h' ? 0 : 3;
		}
	}
	if (!dir || end == (optind < argc)) {
		fputs(usage, stderr);
		return 3;
	}
	if (end)
		return end_recorder(pidfile);

	for (; optind < argc; optind++)
		add_tap(argv[optind]);
	if (mkdir(dir, 0777) < 0 && errno != EEXIST)
		err(3, "%s", dir);
	real = realpath(dir, NULL);
	if (!real)
		err(3, "%s", dir);
	dir = real;
	remove_old("drops");
	remove_old("frames.tsv");

	if (background)
		resident_background();
	resident_signals();
	for (i = 0; i < tap_count; i++)
		taps[i].fd = packet_open(&taps[i].where, PACKET_ALL);
	offset = realtime_minus_mono();
	resident_ready(pidfile);

	record();

	drops = write_stats();
	qsort(records, record_count, sizeof(*records), by_time);
	for (i = 0; i < tap_count; i++)
		write_pcap(i);
	write_tsv();
	if (drops)
		warnx("%llu frames were lost", (unsigned long long)drops);
	return drops ? 1 : 0;
}
