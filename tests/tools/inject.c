// SPDX-License-Identifier: GPL-2.0-only
/* Sends frames as they are: given in hex, recorded, or forged. */
#define _GNU_SOURCE
#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <poll.h>

#include "forge.h"
#include "frame.h"
#include "packet.h"
#include "pcap.h"
#include "resident.h"
#include "util.h"

struct one {
	u8 *data;
	size_t len;
	u64 ns;			/* when, in a recording */
};

static int fd;
static struct forge forge;
static u64 sent;

static const char usage[] =
	"usage: inject NS:IFACE [OPTION]... HEX...\n"
	"       inject NS:IFACE [OPTION]... -f FILE.pcap [-r]\n"
	"       inject NS:IFACE [OPTION]... -j FILE.tsv [-w COLUMN=VALUE]... [SETTING]...\n"
	"       inject NS:IFACE [OPTION]... --carp|--peer SETTING...\n"
	"  -c N    all of it N times (1); with --peer: till SIGTERM\n"
	"  -i US   between two frames (0; for an advertisement its own interval)\n"
	"  -r      at the times of the recording\n"
	"  -w      only rows with this; frames are taken from the column frame_hex\n"
	"          or, with an IP header around, from carp_header_hex\n"
	"  -n      do not send: print in hex\n"
	"  -o      --peer says farewell (base and skew 255) when it ends\n"
	"  -s      --peer is a successor: it says nothing before another's farewell\n"
	"  -b      in the background, -p PIDFILE\n";

static struct one *frames;
static size_t frame_count;
static bool dry;

static void put(const u8 *data, size_t len)
{
	if (dry) {
		hex_print(stdout, data, len);
		putchar('\n');
	} else {
		packet_send(fd, data, len);
	}
	sent++;
}

static void add_frame(const u8 *data, size_t len, u64 ns)
{
	struct one one = { .len = len, .ns = ns };

	one.data = xrealloc(NULL, len);
	memcpy(one.data, data, len);
	APPEND(frames, frame_count, one);
}

static void add_hex(const char *hex)
{
	static u8 buf[PACKET_MAX];
	int len = hex_decode(hex, buf, sizeof(buf));

	if (len < ETH_HEADER)
		errx(3, "'%s' is not a frame in hex", hex);
	add_frame(buf, (size_t)len, 0);
}

static void add_pcap(const char *path)
{
	static u8 buf[PACKET_MAX];
	struct pcap pcap = {};
	u64 ns;
	int len;

	pcap_open(&pcap, path);
	while ((len = pcap_read(&pcap, &ns, buf, sizeof(buf))) >= 0)
		add_frame(buf, (size_t)len, ns);
}

#define COLUMNS_MAX	32

static int split(char *text, char *columns[COLUMNS_MAX])
{
	int n = 0;

	while (n < COLUMNS_MAX && text)
		columns[n++] = strsep(&text, "\t");
	return n;
}

static int find_column(char **names, int count, const char *name, size_t len)
{
	int i;

	for (i = 0; i < count; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], name, len))
			return i;
	return -1;
}

static bool wanted(char **names, char **cells, int count,
		   const char *const *wants, size_t n_wants)
{
	size_t i;

	for (i = 0; i < n_wants; i++) {
		const char *equal = strchr(wants[i], '=');
		int at;

		if (!equal)
			errx(3, "-w: '%s' is not COLUMN=VALUE", wants[i]);
		at = find_column(names, count, wants[i],
				 (size_t)(equal - wants[i]));
		if (at < 0)
			errx(3, "-w: the file has no column for '%s'", wants[i]);
		if (strcmp(cells[at], equal + 1))
			return false;
	}
	return true;
}

static void add_tsv(const char *path, const char *const *wants, size_t n_wants)
{
	char *names[COLUMNS_MAX], *cells[COLUMNS_MAX], *head, *text;
	struct line line = {};
	FILE *f = file_open(path, "r");
	int count, whole, header;

	text = line_read(&line, f);
	if (!text)
		errx(3, "%s is empty", path);
	head = xstrdup(text + (*text == '#'));
	count = split(head, names);
	whole = find_column(names, count, "frame_hex", 9);
	header = find_column(names, count, "carp_header_hex", 15);
	if (whole < 0 && header < 0)
		errx(3, "%s: no column frame_hex or carp_header_hex", path);
	while ((text = line_read(&line, f))) {
		u8 carp[256], out[FORGE_MAX];
		int len;

		if (split(text, cells) != count)
			errx(3, "%s: a row has not %d columns", path, count);
		if (!wanted(names, cells, count, wants, n_wants))
			continue;
		if (whole >= 0) {
			add_hex(cells[whole]);
			continue;
		}
		len = hex_decode(cells[header], carp, sizeof(carp));
		if (len < (int)sizeof(struct carp_header))
			errx(3, "%s: '%s' is no CARP header", path,
			     cells[header]);
		/* The virtual MAC is that of the row. */
		forge.vhid = ((struct carp_header *)carp)->vhid;
		add_frame(out, forge_wrap(&forge, carp, (size_t)len, out), 0);
	}
	free(line.text);
	free(head);
	fclose(f);
}

/* Returns false when it is time to end. */
static bool pause_until(u64 due)
{
	while (!resident_stop && mono_now() < due)
		sleep_until(due);
	return !resident_stop;
}

static void send_frames(u64 count, u64 interval, bool recorded)
{
	u64 due = mono_now(), start = due, pass;
	size_t i;

	for (pass = 0; pass < count; pass++) {
		for (i = 0; i < frame_count; i++) {
			if (recorded && frames[i].ns > frames[0].ns)
				due = start + frames[i].ns - frames[0].ns;
			if (!dry && !pause_until(due))
				return;
			put(frames[i].data, frames[i].len);
			due += recorded ? 0 : interval;
		}
		start = due;
	}
}

static void send_forged(u64 count, u64 interval, bool farewell)
{
	u8 frame[FORGE_MAX];
	u64 due = mono_now(), n;

	for (n = 0; n < count && (dry || pause_until(due)); n++) {
		put(frame, forge_build(&forge, frame));
		forge_advance(&forge);
		due += interval;
		/* Who was stopped for a while does not make up for it. */
		if (interval && mono_now() > due + interval)
			due = mono_now();
	}
	if (!farewell)
		return;
	forge.base = CARP_BOW_OUT;
	forge.skew = CARP_BOW_OUT;
	put(frame, forge_build(&forge, frame));
}

/* Returns false when it is time to end. */
static bool await_farewell(void)
{
	static u8 buf[PACKET_MAX];
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	struct packet_meta meta;
	struct frame f;
	ssize_t len;

	while (!resident_stop) {
		poll(&wait, 1, -1);
		while ((len = packet_recv(fd, buf, sizeof(buf), &meta)) >= 0)
			if (frame_decode(&f, buf, (size_t)len) && f.carp &&
			    f.carp->vhid == forge.vhid && frame_is_bow_out(&f))
				return true;
	}
	return false;
}

/* advbase seconds and advskew 256ths, and 1/256 s when both are nothing. */
static u64 own_interval(void)
{
	u64 parts = forge.base * 256u + forge.skew;

	return (parts ? parts : 1) * NSEC_PER_SEC / 256;
}

static int misuse(void)
{
	fprintf(stderr, "%sSETTINGs: see inject -h\n", usage);
	return 3;
}

int main(int argc, char **argv)
{
	enum { OPT_CARP = 256, OPT_PEER };
	static const struct option options[] = {
		{ "carp", no_argument, NULL, OPT_CARP },
		{ "peer", no_argument, NULL, OPT_PEER },
		{ "help", no_argument, NULL, 'h' },
		{}
	};
	bool background = false, recorded = false, farewell = false;
	bool carp = false, peer = false, interval_set = false, heir = false;
	const char *pidfile = NULL, *pcap = NULL, *tsv = NULL;
	const char **wants = NULL;
	u64 count = 1, interval = 0;
	struct netns_iface where;
	size_t n_wants = 0;
	int opt;

	forge_init(&forge);
	while ((opt = getopt_long(argc, argv, "bc:f:hi:j:nop:rsw:", options,
				  NULL)) != -1) {
		switch (opt) {
		case 'b':
			background = true;
			break;
		case 'c':
			count = parse_u64(optarg, UINT32_MAX, "-c");
			break;
		case 'f':
			pcap = optarg;
			break;
		case 'i':
			interval = parse_u64(optarg, UINT32_MAX, "-i") *
				   NSEC_PER_USEC;
			interval_set = true;
			break;
		case 'j':
			tsv = optarg;
			break;
		case 'n':
			dry = true;
			break;
		case 'o':
			farewell = true;
			break;
		case 'p':
			pidfile = optarg;
			break;
		case 'r':
			recorded = true;
			break;
		case 's':
			heir = true;
			break;
		case 'w':
			APPEND(wants, n_wants, optarg);
			break;
		case OPT_PEER:
			peer = true;
			count = UINT64_MAX;
			/* fall through */
		case OPT_CARP:
			carp = true;
			break;
		default:
			if (opt != 'h')
				return misuse();
			printf("%s%s", usage, forge_help);
			return 0;
		}
	}
	if (optind == argc)
		return misuse();
	where = netns_iface_parse(argv[optind++]);
	for (; optind < argc; optind++) {
		if (carp || tsv)
			forge_set(&forge, argv[optind]);
		else
			add_hex(argv[optind]);
	}
	if (pcap)
		add_pcap(pcap);
	if (tsv)
		add_tsv(tsv, wants, n_wants);
	if (!carp && !frame_count)
		errx(3, "nothing to send");
	if (carp && !interval_set)
		interval = own_interval();
	if ((farewell || heir) && !peer)
		errx(3, "-o and -s are for --peer");

	if (background)
		resident_background();
	resident_signals();
	if (!dry)
		fd = packet_open(&where, heir ? PACKET_CONTROL :
						PACKET_NOTHING);
	if (heir)
		resident_realtime(50);
	resident_ready(pidfile);

	if (heir && !await_farewell())
		return 0;
	if (carp)
		send_forged(count, interval, farewell);
	else
		send_frames(count, interval, recorded);
	if (!dry)
		printf("sent=%llu\n", (unsigned long long)sent);
	return 0;
}
