// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client with a steady pulse that also conducts: it asks the virtual address
 * for echoes, does things to the network at set times, hears who says to be
 * master, and tells what the client noticed.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "action.h"
#include "echo.h"
#include "report.h"
#include "resident.h"
#include "segment.h"

/* Between opening everything and the first echo, for pages to be touched. */
#define HEAD_START	(20 * NSEC_PER_MSEC)
#define EAGER_FOR	(20 * NSEC_PER_MSEC)
/* For echoes of this kind in all */
#define EAGER_ROOM	20000

static struct echo echo;
static struct segment segment;
static struct action *actions;
static size_t n_actions;
static u64 start, period = NSEC_PER_MSEC, late_max;
static u64 eager, eager_until;
static u32 n_beats, beats_done, eager_sent;

static const char usage[] =
	"usage: pulse -n NS -i IFACE -t TARGET [OPTION]...\n"
	"  -p US    between two echoes (1000)     -d MS  duration (1000)\n"
	"  -w MS    wait for late replies (200)   -v VHID  only this group\n"
	"  -u NAME=NS:IFACE  listen for adverts and announcements there, instead\n"
	"           of at IFACE; a switch port named after its host tells hosts\n"
	"           apart that send from one address; repeatable\n"
	"  -V       advertisements of VRRP count, not those of CARP\n"
	"  -e US    eager: after an announcement or a new master, until a reply has come, but not\n"
	"           for longer than 20 ms, echoes that often\n"
	"  -B       bind the echo socket to IFACE\n"
	"  -q PRIO  of SCHED_FIFO (50; 0: an ordinary process)\n"
	"  -j, --json FILE   the report as JSON too\n"
	"  -o FILE  the report goes there\n"
	"  -b       in the background, with -o; -P PIDFILE\n";

static void add_tap(const char *text)
{
	char *name = xstrdup(text), *equal = strchr(name, '=');

	if (!equal)
		errx(3, "-u: '%s' is not NAME=NAMESPACE:INTERFACE", text);
	*equal = '\0';
	segment_add(&segment, name, netns_iface_parse(equal + 1));
}

static int by_due(const void *a, const void *b)
{
	const struct action *x = a, *y = b;

	if (x->after_ns != y->after_ns)
		return x->after_ns < y->after_ns ? -1 : 1;
	return 0;
}

/* In memory that the process that acts shares. */
static void prepare_actions(const char *const *texts, size_t count)
{
	size_t i;

	n_actions = count;
	if (!count)
		return;
	actions = mmap(NULL, count * sizeof(*actions), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (actions == MAP_FAILED)
		err(3, "shared memory");
	for (i = 0; i < count; i++)
		action_prepare(&actions[i], texts[i]);
	qsort(actions, count, sizeof(*actions), by_due);
}

static void epoll_add(int epoll, int fd, u32 what)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = what };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		err(3, "epoll");
}

static void set_timer(int timer, u64 first, u64 interval)
{
	struct itimerspec spec = {
		.it_value.tv_sec = (time_t)(first / NSEC_PER_SEC),
		.it_value.tv_nsec = (long)(first % NSEC_PER_SEC),
		.it_interval.tv_sec = (time_t)(interval / NSEC_PER_SEC),
		.it_interval.tv_nsec = (long)(interval % NSEC_PER_SEC),
	};

	if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, NULL) < 0)
		err(3, "timer");
}

static int new_timer(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd < 0)
		err(3, "timer");
	return fd;
}

/* Those that are late are sent late, and it is told how late. */
static void beat(int timer)
{
	u64 beats;

	if (read(timer, &beats, sizeof(beats)) != sizeof(beats))
		return;
	while (beats-- && beats_done < n_beats) {
		u64 due = start + beats_done++ * period;

		echo_send(&echo);
		if (echo.pings[echo.sent - 1].sent - due > late_max)
			late_max = echo.pings[echo.sent - 1].sent - due;
	}
}

static void be_eager(int timer)
{
	segment.unseen = false;
	eager_sent = echo.sent;
	eager_until = mono_now() + EAGER_FOR;
	set_timer(timer, 1, eager);
}

/* Sends until one of these echoes is answered. */
static void beat_eagerly(int timer)
{
	bool answered = false;
	u64 beats;
	u32 i;

	if (read(timer, &beats, sizeof(beats)) != sizeof(beats))
		return;
	for (i = eager_sent; i < echo.sent; i++)
		answered = answered || echo.pings[i].replied;
	if (answered || mono_now() > eager_until)
		set_timer(timer, 0, 0);
	else if (echo.sent < echo.count - (n_beats - beats_done))
		echo_send(&echo);
}

static void measure(u64 end)
{
	enum { TIMER = 1 << 16, ECHO, EAGER };
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int timer = new_timer(), eager_timer = new_timer();
	size_t i;

	if (epoll < 0)
		err(3, "epoll");
	epoll_add(epoll, timer, TIMER);
	epoll_add(epoll, eager_timer, EAGER);
	set_timer(timer, start, period);
	epoll_add(epoll, echo.fd, ECHO);
	for (i = 0; i < segment.n_taps; i++)
		epoll_add(epoll, segment.taps[i].fd, (u32)i);

	while (!resident_stop && mono_now() < end) {
		struct epoll_event events[16];
		int n = epoll_wait(epoll, events, ARRAY_SIZE(events), 10);

		if (n < 0 && errno != EINTR)
			err(3, "epoll");
		while (n-- > 0) {
			if (events[n].data.u32 == TIMER)
				beat(timer);
			else if (events[n].data.u32 == ECHO)
				echo_receive(&echo);
			else if (events[n].data.u32 == EAGER)
				beat_eagerly(eager_timer);
			else
				segment_receive(&segment, events[n].data.u32);
		}
		if (eager && segment.unseen)
			be_eager(eager_timer);
	}
	close(eager_timer);
	close(timer);
	close(epoll);
}

static void stop_acting(pid_t pid)
{
	if (!pid)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	enum { OPT_AT = 256 };
	static const struct option options[] = {
		{ "at", required_argument, NULL, OPT_AT },
		{ "json", required_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{}
	};
	const char *ns = NULL, *iface = NULL, *target = NULL, *out = NULL;
	const char *json_path = NULL, *pidfile = NULL, **texts = NULL;
	u64 duration = NSEC_PER_SEC, patience = 200 * NSEC_PER_MSEC;
	bool background = false, bound = false;
	struct report_input input = {};
	FILE *text = stdout, *json = NULL;
	size_t n_texts = 0, i;
	int opt, priority = 50;
	pid_t acting = 0;

	while ((opt = getopt_long(argc, argv, "BVbd:e:hi:j:n:o:P:p:q:t:u:v:w:",
				  options, NULL)) != -1) {
		switch (opt) {
		case 'B':
			bound = true;
			break;
		case 'b':
			background = true;
			break;
		case 'd':
			duration = (u64)(parse_double(optarg, "-d") *
					 NSEC_PER_MSEC);
			break;
		case 'V':
			segment.vrrp = true;
			break;
		case 'e':
			eager = (u64)(parse_double(optarg, "-e") *
				      NSEC_PER_USEC);
			break;
		case 'i':
			iface = optarg;
			break;
		case 'j':
			json_path = optarg;
			break;
		case 'n':
			ns = optarg;
			break;
		case 'o':
			out = optarg;
			break;
		case 'P':
			pidfile = optarg;
			break;
		case 'p':
			period = (u64)(parse_double(optarg, "-p") *
				       NSEC_PER_USEC);
			break;
		case 'q':
			priority = (int)parse_u64(optarg, 99, "-q");
			break;
		case 't':
			target = optarg;
			break;
		case 'u':
			add_tap(optarg);
			break;
		case 'v':
			segment.vhid = (u8)parse_u64(optarg, 255, "-v");
			break;
		case 'w':
			patience = (u64)(parse_double(optarg, "-w") *
					 NSEC_PER_MSEC);
			break;
		case OPT_AT:
			APPEND(texts, n_texts, optarg);
			break;
		default:
			fprintf(opt == 'h' ? stdout : stderr, "%s%s", usage,
				action_help);
			return opt == 'h' ? 0 : 3;
		}
	}
	if (!ns || !iface || !target || optind < argc || !period) {
		fprintf(stderr, "%s%s", usage, action_help);
		return 3;
	}
	if (!segment.n_taps)
		segment_add(&segment, "client", (struct netns_iface) {
			    xstrdup(ns), xstrdup(iface) });
	if (json_path)
		json = file_open(json_path, "w");
	if (out)
		text = file_open(out, "w");
	else if (background)
		errx(3, "-b needs -o");

	if (background)
		resident_background();
	resident_signals();
	segment.offset = realtime_minus_mono();
	segment_open(&segment);
	n_beats = (u32)(duration / period);
	echo_open(&echo, ns, target, bound ? iface : NULL,
		  n_beats + (eager ? EAGER_ROOM : 0), segment.offset);
	prepare_actions(texts, n_texts);
	resident_realtime(priority);

	start = mono_now() + HEAD_START;
	if (n_actions)
		acting = actions_start(actions, n_actions, start, priority);
	resident_ready(pidfile);
	measure(start + duration + patience);
	stop_acting(acting);
	segment_finish(&segment);

	input = (struct report_input) {
		.start = start,
		.period = period,
		.late_max = late_max,
		.echo = &echo,
		.segment = &segment,
		.actions = actions,
		.n_actions = n_actions,
	};
	if (!frame_addr_parse(&input.target, target))
		input.target.family = 0;
	report_write(&input, text, json);
	for (i = 0; i < n_actions; i++)
		if (!actions[i].done || actions[i].error)
			return 1;
	return 0;
}
