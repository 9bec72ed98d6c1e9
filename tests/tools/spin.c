// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load, and what load costs: counts, and tells how much time was missing, which
 * is what everything else on the CPU took.
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"

/* Not a whole loop of it may be lost in the clock's own cost. */
#define STEP	20000

static u64 count_for(u64 ns)
{
	u64 end = mono_now() + ns, steps = 0;

	while (mono_now() < end) {
		volatile unsigned int i;

		for (i = 0; i < STEP; i++)
			;
		steps++;
	}
	return steps;
}

/* The fastest that a step can be: nobody came between. */
static u64 undisturbed(void)
{
	u64 best = UINT64_MAX;
	int i;

	for (i = 0; i < 200; i++) {
		u64 start = mono_now(), took;
		volatile unsigned int j;

		for (j = 0; j < STEP; j++)
			;
		took = mono_now() - start;
		if (took < best)
			best = took;
	}
	return best;
}

/* All memory that there is, again and again: who takes the last of it is killed. */
static void eat(u64 end)
{
	while (mono_now() < end) {
		pid_t pid = fork();
		FILE *f;

		if (pid < 0)
			err(3, "fork");
		if (pid) {
			waitpid(pid, NULL, 0);
			continue;
		}
		f = file_open("/proc/self/oom_score_adj", "w");
		fputs("1000", f);
		fclose(f);
		while (mono_now() < end)
			memset(xrealloc(NULL, 1 << 20), 1, 1 << 20);
		_exit(0);
	}
}

static const char usage[] =
	"usage: spin [-f PRIO | -i | -m] SECONDS\n"
	"Keeps the CPU busy.\n"
	"  -f  with that priority of SCHED_FIFO\n"
	"  -i  of no importance, and tells how much of each second was missing, ns\n"
	"  -m  with all memory that there is\n";

int main(int argc, char **argv)
{
	struct sched_param param = {};
	bool idle = false, memory = false;
	u64 start, took, steps, best;
	double seconds;
	int opt;

	while ((opt = getopt(argc, argv, "f:im")) != -1) {
		switch (opt) {
		case 'f':
			param.sched_priority = (int)parse_u64(optarg, 99, "-f");
			break;
		case 'i':
			idle = true;
			break;
		case 'm':
			memory = true;
			break;
		default:
			fputs(usage, stderr);
			return 3;
		}
	}
	if (optind != argc - 1) {
		fputs(usage, stderr);
		return 3;
	}
	seconds = parse_double(argv[optind], "SECONDS");
	if (memory) {
		eat(mono_now() + (u64)(seconds * (double)NSEC_PER_SEC));
		return 0;
	}
	if (idle)
		sched_setscheduler(0, SCHED_IDLE, &param);
	else if (param.sched_priority &&
		 sched_setscheduler(0, SCHED_FIFO, &param) < 0)
		err(3, "SCHED_FIFO");
	mlockall(MCL_CURRENT);
	best = undisturbed();
	start = mono_now();
	steps = count_for((u64)(seconds * (double)NSEC_PER_SEC));
	took = mono_now() - start;
	if (idle)
		printf("%.0f\n",
		       ((double)took - (double)(steps * best)) / seconds);
	return 0;
}
