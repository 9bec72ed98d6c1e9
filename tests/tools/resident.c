// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "resident.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"

volatile sig_atomic_t resident_stop;
static int ready_pipe = -1;

static void stop(int signo)
{
	(void)signo;
	resident_stop = 1;
}

/* Without SA_RESTART: whatever waits must look at resident_stop. */
void resident_signals(void)
{
	struct sigaction action = { .sa_handler = stop };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

void resident_background(void)
{
	int ends[2];
	char byte;
	pid_t pid;
	int status;

	if (pipe2(ends, O_CLOEXEC) < 0)
		err(3, "pipe");
	pid = fork();
	if (pid < 0)
		err(3, "fork");
	if (!pid) {
		close(ends[0]);
		ready_pipe = ends[1];
		setsid();
		return;
	}
	close(ends[1]);
	if (read(ends[0], &byte, 1) == 1)
		_exit(0);
	/* It has told why on stderr. */
	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status))
		_exit(WEXITSTATUS(status) ?: 3);
	_exit(3);
}

void resident_ready(const char *pidfile)
{
	if (pidfile) {
		FILE *f = file_open(pidfile, "w");

		fprintf(f, "%d\n", (int)getpid());
		if (fclose(f))
			err(3, "%s", pidfile);
	}
	if (ready_pipe < 0)
		return;
	/* Whoever reads our output through a pipe shall see its end. */
	if (!freopen("/dev/null", "r", stdin) ||
	    !freopen("/dev/null", "w", stdout))
		err(3, "/dev/null");
	if (write(ready_pipe, "", 1) != 1)
		err(3, "the one who started us is gone");
	if (!freopen("/dev/null", "w", stderr))
		_exit(3);
	close(ready_pipe);
	ready_pipe = -1;
}

void resident_realtime(int priority)
{
	struct sched_param param = { .sched_priority = priority };

	if (mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
		warn("memory is not locked");
	if (priority && sched_setscheduler(0, SCHED_FIFO, &param) < 0)
		warn("not SCHED_FIFO");
}

int resident_pid(const char *pidfile)
{
	FILE *f = file_open(pidfile, "r");
	int pid = 0;

	if (fscanf(f, "%d", &pid) != 1 || pid <= 1)
		errx(3, "%s holds no process id", pidfile);
	fclose(f);
	return pid;
}

void resident_end(const char *pidfile)
{
	int pid = resident_pid(pidfile);
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd gone = { .fd = fd, .events = POLLIN };

	if (fd < 0 && errno == ESRCH)
		errx(3, "process %d of %s is not there any more", pid, pidfile);
	if (fd < 0)
		err(3, "pidfd_open");
	if (kill(pid, SIGTERM) < 0)
		err(3, "ending %d", pid);
	while (poll(&gone, 1, -1) < 0 && errno == EINTR)
		;
	close(fd);
}
