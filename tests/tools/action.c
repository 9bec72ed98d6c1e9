// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "action.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_bridge.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "netns.h"
#include "resident.h"
#include "rtlink.h"

const char action_help[] =
	"  --at MS:cut:NS:DEV          a bridge port leaves its bridge\n"
	"  --at MS:join:NS:DEV:BRIDGE\n"
	"  --at MS:down:NS:DEV         also up, delete\n"
	"  --at MS:block:NS:DEV        a bridge port's state; also forward\n"
	"  --at MS:signal:PID:SIG      PID a number or @PIDFILE\n"
	"  --at MS:write:NS:PATH:TEXT  to a file as NS sees it (a sysctl)\n"
	"  --at MS:run:COMMAND         of the shell\n"
	"  --at MS:mark:TEXT           nothing; begins a window of the report\n";

static const struct {
	const char *name;
	int args;		/* after the verb */
} verbs[] = {
	[ACTION_CUT] = { "cut", 2 },
	[ACTION_JOIN] = { "join", 3 },
	[ACTION_DOWN] = { "down", 2 },
	[ACTION_UP] = { "up", 2 },
	[ACTION_BLOCK] = { "block", 2 },
	[ACTION_FORWARD] = { "forward", 2 },
	[ACTION_DELETE] = { "delete", 2 },
	[ACTION_SIGNAL] = { "signal", 2 },
	[ACTION_WRITE] = { "write", 3 },
	[ACTION_RUN] = { "run", 1 },
	[ACTION_MARK] = { "mark", 1 },
};

static int signal_number(const char *text)
{
	int signo;

	if (!strncmp(text, "SIG", 3))
		text += 3;
	for (signo = 1; signo < NSIG; signo++) {
		const char *name = sigabbrev_np(signo);

		if (name && !strcmp(text, name))
			return signo;
	}
	return (int)parse_u64(text, NSIG, "signal");
}

static void prepare_link(struct action *a, char **args)
{
	a->where.ns = args[0];
	a->where.iface = args[1];
	netns_enter(args[0]);
	a->fd = rtlink_open();
	a->ifindex = netns_ifindex(args[1]);
	if (a->verb == ACTION_JOIN)
		a->master = netns_ifindex(args[2]);
	netns_leave();
}

static void prepare_write(struct action *a, char **args)
{
	/* A sysctl is of the namespace that opens it. */
	netns_enter(args[0]);
	a->fd = open(args[1], O_WRONLY | O_CLOEXEC);
	if (a->fd < 0)
		err(3, "%s", args[1]);
	netns_leave();
	a->value = args[2];
}

void action_prepare(struct action *a, const char *text)
{
	char *rest = xstrdup(text), *args[3] = {};
	const char *when, *verb;
	size_t i;
	int n;

	*a = (struct action) { .text = text, .fd = -1 };
	when = strsep(&rest, ":");
	verb = strsep(&rest, ":");
	a->after_ns = (u64)(parse_double(when, "--at") * NSEC_PER_MSEC);
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (verb && !strcmp(verb, verbs[i].name))
			break;
	if (i == ARRAY_SIZE(verbs))
		errx(3, "--at %s: what to do?", text);
	a->verb = (enum action_verb)i;

	/* The last takes all there is, colons too. */
	for (n = 0; n < verbs[i].args && rest; n++)
		args[n] = n < verbs[i].args - 1 ? strsep(&rest, ":") : rest;
	if (n < verbs[i].args)
		errx(3, "--at %s: %s needs %d arguments", text, verb,
		     verbs[i].args);

	switch (a->verb) {
	case ACTION_SIGNAL:
		a->pid = args[0][0] == '@' ? resident_pid(args[0] + 1) :
			 (pid_t)parse_u64(args[0], INT32_MAX, "pid");
		a->signo = signal_number(args[1]);
		break;
	case ACTION_WRITE:
		prepare_write(a, args);
		break;
	case ACTION_RUN:
		a->value = args[0];
		break;
	case ACTION_MARK:
		break;
	default:
		prepare_link(a, args);
	}
}

static bool is_at(const struct action *a, const struct netns_iface *where)
{
	return a->where.ns && !strcmp(a->where.ns, where->ns) &&
	       !strcmp(a->where.iface, where->iface);
}

bool action_severs(const struct action *a, const struct netns_iface *where)
{
	return is_at(a, where) &&
	       (a->verb == ACTION_CUT || a->verb == ACTION_DOWN ||
		a->verb == ACTION_BLOCK || a->verb == ACTION_DELETE);
}

bool action_mends(const struct action *a, const struct netns_iface *where)
{
	return is_at(a, where) &&
	       (a->verb == ACTION_JOIN || a->verb == ACTION_UP ||
		a->verb == ACTION_FORWARD);
}

/* The program is an ordinary process again, as it would be on the shell. */
static int run(const char *command)
{
	struct sched_param ordinary = {};
	pid_t pid = fork();
	int status;

	if (!pid) {
		sched_setscheduler(0, SCHED_OTHER, &ordinary);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -errno;
	return status ? -EIO : 0;
}

static int act(const struct action *a)
{
	size_t len;

	switch (a->verb) {
	case ACTION_CUT:
	case ACTION_JOIN:
		return rtlink_set_master(a->fd, a->ifindex, a->master);
	case ACTION_DOWN:
	case ACTION_UP:
		return rtlink_set_up(a->fd, a->ifindex, a->verb == ACTION_UP);
	case ACTION_BLOCK:
		return rtlink_set_port_state(a->fd, a->ifindex,
					     BR_STATE_DISABLED);
	case ACTION_FORWARD:
		return rtlink_set_port_state(a->fd, a->ifindex,
					     BR_STATE_FORWARDING);
	case ACTION_DELETE:
		return rtlink_delete(a->fd, a->ifindex);
	case ACTION_SIGNAL:
		return kill(a->pid, a->signo) < 0 ? -errno : 0;
	case ACTION_WRITE:
		len = strlen(a->value);
		return write(a->fd, a->value, len) < 0 ? -errno : 0;
	case ACTION_RUN:
		return run(a->value);
	case ACTION_MARK:
		break;
	}
	return 0;
}

pid_t actions_start(struct action *actions, size_t count, u64 start,
		    int priority)
{
	pid_t parent = getpid(), pid = fork();
	size_t i;

	if (pid < 0)
		err(3, "fork");
	if (pid)
		return pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	resident_realtime(priority);
	for (i = 0; i < count; i++) {
		struct action *a = &actions[i];

		while (!sleep_until(start + a->after_ns))
			if (resident_stop)
				_exit(0);
		a->begun = mono_now();
		a->error = act(a);
		a->ended = mono_now();
		__atomic_store_n(&a->done, true, __ATOMIC_RELEASE);
	}
	_exit(0);
}
