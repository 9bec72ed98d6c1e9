// SPDX-License-Identifier: GPL-2.0-only
/* Judges a recording of watch after the fact. */
#define _GNU_SOURCE
#include "framecheck.h"

#include <err.h>
#include <getopt.h>
#include <string.h>

static const char usage[] =
	"usage: framecheck judge -f FRAMES.tsv -H HOSTS -V VIPS -t TRACE [OPTION]...\n"
	"  the two invariants of sending, over every frame:\n"
	"  a  no VIP as sender but from the virtual MAC, or that of lladdr\n"
	"  b  nothing from VIP or virtual MAC by one who is not master,\n"
	"     and nothing at all from the virtual MAC where there is a lladdr\n"
	"     (bow-out excepted, and what is served for a moment after it)\n"
	"  but packets with its own MAC, if the VIP is elsewhere on it, too, or if\n"
	"  the host has received them in the last second, with one hop more\n"
	"  -l, --linger MS    that moment (6), while carp_serving says so\n"
	"  --farewell MS      from mastership to a bow-out, at most (1000)\n"
	"  --slack US         of the times of the trace (5)\n"
	"  -m N               violations shown (50)\n"
	"  HOSTS: 'host NAME NSINODE', 'client NAME', 'foreign NAME', 'ignore NAME'\n"
	"  VIPS:  'vip ADDRESS VHID [HOST...]', 'elsewhere ADDRESS HOST',\n"
	"         'lladdr VHID HOST MAC [FROM [TO]]': there the group is at this MAC\n"
	"         (from and to seconds of CLOCK_MONOTONIC; lines may overlap)\n"
	"usage: framecheck adverts -f FRAMES.tsv [OPTION]...\n"
	"  every advertisement, bit for bit\n"
	"  --pass TEXT, --key HEX40, --vips A,B (repeated: alternatives) or -V VIPS\n"
	"  --unicast, --any-form (digest without link-local is fine too)\n"
	"usage: framecheck summary -f FRAMES.tsv [OPTION]...\n"
	"all:\n"
	"  --host NAME, --vhid N\n"
	"  --from S, --to S   only then (seconds of CLOCK_MONOTONIC)\n"
	"exit: 0 good, 1 bad, 2 nothing to look at or not complete, 3 misused\n";

void check_print_time(u64 ns)
{
	printf("time=%llu.%09llu ", (unsigned long long)(ns / NSEC_PER_SEC),
	       (unsigned long long)(ns % NSEC_PER_SEC));
}

static u64 scaled(const char *text, u64 unit, const char *what)
{
	return (u64)(parse_double(text, what) * (double)unit);
}

static int misuse(void)
{
	fputs(usage, stderr);
	return 3;
}

int main(int argc, char **argv)
{
	enum {
		OPT_SUMMARY = 256, OPT_FAREWELL, OPT_SLACK, OPT_PASS, OPT_KEY,
		OPT_VIPS, OPT_UNICAST, OPT_ANY_FORM, OPT_HOST, OPT_VHID,
		OPT_FROM, OPT_TO,
	};
	static const struct option names[] = {
		{ "summary", no_argument, NULL, OPT_SUMMARY },
		{ "linger", required_argument, NULL, 'l' },
		{ "farewell", required_argument, NULL, OPT_FAREWELL },
		{ "slack", required_argument, NULL, OPT_SLACK },
		{ "pass", required_argument, NULL, OPT_PASS },
		{ "key", required_argument, NULL, OPT_KEY },
		{ "vips", required_argument, NULL, OPT_VIPS },
		{ "unicast", no_argument, NULL, OPT_UNICAST },
		{ "any-form", no_argument, NULL, OPT_ANY_FORM },
		{ "host", required_argument, NULL, OPT_HOST },
		{ "vhid", required_argument, NULL, OPT_VHID },
		{ "from", required_argument, NULL, OPT_FROM },
		{ "to", required_argument, NULL, OPT_TO },
		{ "help", no_argument, NULL, 'h' },
		{}
	};
	static struct recording recording;
	static struct check_options options = {
		.max_shown = 50,
		.farewell = NSEC_PER_SEC,
	};
	const char *frames = NULL, *hosts = NULL, *vips = NULL, *events = NULL;
	const char *what = "judge";
	struct trace trace = {
		.linger = 6 * NSEC_PER_MSEC,
		.slack = 5 * NSEC_PER_USEC,
	};
	struct scene scene = {};
	u64 from = 0, to = UINT64_MAX;
	int opt;

	while ((opt = getopt_long(argc, argv, "f:hH:l:m:t:V:", names,
				  NULL)) != -1) {
		switch (opt) {
		case 'f':
			frames = optarg;
			break;
		case 'H':
			hosts = optarg;
			break;
		case 'l':
			trace.linger = scaled(optarg, NSEC_PER_MSEC, "--linger");
			break;
		case 'm':
			options.max_shown = parse_u64(optarg, UINT32_MAX, "-m");
			break;
		case 't':
			events = optarg;
			break;
		case 'V':
			vips = optarg;
			break;
		case OPT_SUMMARY:
			what = "summary";
			break;
		case OPT_FAREWELL:
			options.farewell = scaled(optarg, NSEC_PER_MSEC,
						  "--farewell");
			break;
		case OPT_SLACK:
			trace.slack = scaled(optarg, NSEC_PER_USEC, "--slack");
			break;
		case OPT_PASS:
			carp_key_from_pass(options.key, optarg);
			options.has_key = true;
			break;
		case OPT_KEY:
			carp_key_from_hex(options.key, optarg);
			options.has_key = true;
			break;
		case OPT_VIPS:
			if (options.n_vips == AUDIT_ALTERNATIVES)
				errx(3, "more than %d times --vips",
				     AUDIT_ALTERNATIVES);
			carp_addrs_parse(&options.vips[options.n_vips++],
					 optarg);
			break;
		case OPT_UNICAST:
			options.unicast = true;
			break;
		case OPT_ANY_FORM:
			options.any_form = true;
			break;
		case OPT_HOST:
			options.host = optarg;
			break;
		case OPT_VHID:
			options.vhid = (u8)parse_u64(optarg, 255, "--vhid");
			break;
		case OPT_FROM:
			from = scaled(optarg, NSEC_PER_SEC, "--from");
			break;
		case OPT_TO:
			to = scaled(optarg, NSEC_PER_SEC, "--to");
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return misuse();
		}
	}
	if (optind < argc)
		what = argv[optind++];
	if (!frames || optind < argc)
		return misuse();

	recording_open(&recording, frames);
	recording.from = from;
	recording.to = to;
	if (hosts)
		scene_read_hosts(&scene, hosts);
	if (vips)
		scene_read_vips(&scene, vips);
	if (!strcmp(what, "summary"))
		return summarize(&recording, &options);
	if (!strcmp(what, "adverts"))
		return audit(&recording, &scene, &options);
	if (strcmp(what, "judge") || !hosts || !vips || !events)
		return misuse();
	trace_read(&trace, events);
	return judge(&recording, &scene, &trace, &options);
}
