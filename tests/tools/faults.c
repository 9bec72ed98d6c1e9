// SPDX-License-Identifier: GPL-2.0-only
/*
 * Has each allocation that a request makes fail in turn, one at a time, and
 * looks whether the request is then refused and nothing has changed, or done in
 * full. See Documentation/fault-injection of the kernel, fail-nth.
 */
#define _GNU_SOURCE
#include "faults.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "groups.h"

/* What is not joined for want of memory is tried again every second. */
#define REJOIN_MS	3000
#define SITES_MAX	100000
#define WORKERS_MAX	64
/* Work may go to one who was not there yet, and then nothing has failed. */
#define MISSES_MAX	4

static const char usage[] =
	"usage: faults [OPTION]... NS CARRIER [OPERATION]...\n"
	"NS has carp0 on CARRIER, with 192.0.2.100 and 2001:db8::100.\n"
	"  -s N    every Nth allocation only (1)\n"
	"  -o N    beginning with this (1)\n"
	"  -l      list the operations\n";

static int own = -1;
static int workers[WORKERS_MAX];
static unsigned int n_workers;
static unsigned int failures;

static void set_number(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		err(3, "%s", path);
	close(fd);
}

/* Also those that may sleep, and without a backtrace of each. */
static void prepare_kernel(void)
{
	set_number("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	set_number("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	set_number("/sys/kernel/debug/failslab/verbose", "0");
	set_number("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	set_number("/sys/kernel/debug/fail_usercopy/verbose", "0");
}

/* Where the module is, in hex. */
static void module_range(char start[24], char end[24])
{
	unsigned long long base, size;
	char line[512];
	FILE *file = fopen("/proc/modules", "re");

	if (!file)
		err(3, "/proc/modules");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "carp %llu %*s %*s %*s 0x%llx", &size, &base) != 2)
			continue;
		fclose(file);
		snprintf(start, 24, "0x%llx", base);
		snprintf(end, 24, "0x%llx", base + size);
		return;
	}
	errx(3, "the module is not loaded");
}

/* Which allocations, and the like, count: all, or those below the module. */
static void choose(bool ours)
{
	static const char *const capabilities[] = {
		"failslab", "fail_page_alloc", "fail_usercopy",
	};
	char start[24] = "0", end[24] = "0xffffffffffffffff", path[80];
	unsigned int i;

	if (ours)
		module_range(start, end);
	for (i = 0; i < ARRAY_SIZE(capabilities); i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/require-start",
			 capabilities[i]);
		set_number(path, start);
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/require-end",
			 capabilities[i]);
		set_number(path, end);
	}
}

static void find_workers(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	while ((entry = readdir(dir)) && n_workers < WORKERS_MAX) {
		char path[300], comm[32] = "";
		int fd;

		if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (read(fd, comm, sizeof(comm) - 1) < 0)
			comm[0] = '\0';
		close(fd);
		if (strncmp(comm, "kworker/u", 9))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/fail-nth",
			 entry->d_name);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0)
			workers[n_workers++] = fd;
	}
	closedir(dir);
}

static void forget_workers(void)
{
	while (n_workers)
		close(workers[--n_workers]);
}

static void arm_one(int fd, unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	/* Writing may be what fails; and a worker may have ended. */
	while (pwrite(fd, text, (size_t)len, 0) < 0 && fd == own)
		if (errno != EFAULT)
			err(3, "fail-nth");
}

/* Whether it has failed; asking may itself be what fails. */
static bool disarm_one(int fd)
{
	char text[16] = "";
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);

	arm_one(fd, 0);
	return len > 0 && text[0] == '0';
}

static void pause_ms(unsigned int ms)
{
	sleep_until(mono_now() + ms * NSEC_PER_MSEC);
}

static int run_with_fault(const struct operation *op, unsigned int nth,
			  bool *failed)
{
	unsigned int i;
	int error;

	*failed = false;
	if (op->settle_ms) {
		find_workers();
		for (i = 0; i < n_workers; i++)
			arm_one(workers[i], nth);
		error = op->run();
		pause_ms(op->settle_ms);
		for (i = 0; i < n_workers; i++)
			*failed |= disarm_one(workers[i]);
		forget_workers();
		return error;
	}
	arm_one(own, nth);
	error = op->run();
	*failed = disarm_one(own);
	return error;
}

static char said[256];

static void complain(const struct operation *op, unsigned int nth,
		     const char *what, int error)
{
	printf("%s, allocation %u: %s (%s) %s\n", op->name, nth, what,
	       error > 0 ? "answer lost" : strerror(-error), said);
	failures++;
}

static bool is_want_of_memory(const struct operation *op, int error)
{
	return error == -ENOMEM || error == -ENOBUFS || error == -EFAULT ||
	       /* a file that could not be made */
	       error == -ENFILE || (op->also && error == op->also);
}

/* What the namespace is like before, after the request, and now. */
static struct snapshot old, done, now;
static struct groups old_groups, done_groups;

static void check_groups(const struct operation *op, unsigned int nth,
			 const struct groups *wanted)
{
	if (groups_equal(&old_groups, &done_groups) || op->loose)
		return;
	if (!groups_await(wanted, REJOIN_MS))
		complain(op, nth, "multicast groups are wrong for good", 0);
}

static void check(const struct operation *op, unsigned int nth, int error,
		  bool failed)
{
	bool is_old, is_done;

	snprintf(said, sizeof(said), "%s", nl_said());
	snapshot_take(op, &now);
	is_old = snapshot_equal(&now, &old);
	is_done = snapshot_equal(&now, &done);
	if (error < 0 && !is_old)
		complain(op, nth, "refused, and yet something has changed",
			 error);
	else if (!is_old && !is_done && !op->loose)
		complain(op, nth, "done by half", error);
	else if (!error && !is_done && !op->loose)
		complain(op, nth, "said to be done, and is not", error);
	if (error < 0 && !(failed && is_want_of_memory(op, error)))
		complain(op, nth, "not an error of memory", error);
	check_groups(op, nth, is_done ? &done_groups : &old_groups);
	if (is_old && (error || !op->undo))
		return;
	if (op->undo)
		op->undo();
	snapshot_take(op, &now);
	if (!snapshot_equal(&now, &old))
		complain(op, nth, "cannot be undone", 0);
	check_groups(op, nth, &old_groups);
}

static void learn(const struct operation *op)
{
	int error;

	snapshot_take(op, &old);
	groups_take(&old_groups);
	error = op->run();
	if (error)
		errx(3, "%s: %s", op->name, strerror(-error));
	if (op->settle_ms)
		pause_ms(op->settle_ms);
	snapshot_take(op, &done);
	groups_take(&done_groups);
	if (op->undo)
		op->undo();
	snapshot_take(op, &now);
	if (!snapshot_equal(&now, &old))
		errx(3, "%s cannot be undone", op->name);
}

static void campaign(const struct operation *op, unsigned int first,
		     unsigned int stride)
{
	unsigned int nth, sites = 0, refused = 0, lost = 0, before = failures;
	unsigned int misses = 0, patience = op->settle_ms ? MISSES_MAX : 1;
	u64 start = mono_now();
	bool failed;

	if (op->begin)
		op->begin();
	learn(op);
	choose(op->ours);
	for (nth = first; misses < patience && nth < SITES_MAX; nth += stride) {
		int error = run_with_fault(op, nth, &failed);

		misses = failed ? 0 : misses + 1;

		sites += failed;
		refused += error < 0;
		lost += error > 0;
		check(op, nth, error, failed);
	}
	if (op->end)
		op->end();
	printf("%s: %u allocations failed, %u refused, %u without an answer, %u wrong, %llu ms\n",
	       op->name, sites, refused, lost, failures - before,
	       (unsigned long long)((mono_now() - start) / NSEC_PER_MSEC));
	fflush(stdout);
	if (!sites) {
		printf("%s: nothing has failed, which is wrong\n", op->name);
		failures++;
	}
}

static const struct operation *find(const char *name)
{
	const struct operation *op;

	for (op = operations; op->name; op++)
		if (!strcmp(op->name, name))
			return op;
	errx(3, "no operation is called '%s'", name);
}

int main(int argc, char **argv)
{
	unsigned int stride = 1, first = 1;
	const struct operation *op;
	int opt;

	while ((opt = getopt(argc, argv, "lo:s:")) != -1) {
		switch (opt) {
		case 'l':
			for (op = operations; op->name; op++)
				puts(op->name);
			return 0;
		case 'o':
			first = (unsigned int)parse_u64(optarg, SITES_MAX, "-o");
			break;
		case 's':
			stride = (unsigned int)parse_u64(optarg, SITES_MAX, "-s");
			break;
		default:
			optind = argc;
		}
	}
	if (argc - optind < 2 || !stride || !first) {
		fputs(usage, stderr);
		return 3;
	}
	prepare_kernel();
	operations_init(argv[optind], argv[optind + 1]);
	own = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (own < 0)
		err(3, "fail-nth, which needs CONFIG_FAULT_INJECTION");
	optind += 2;
	if (optind == argc)
		for (op = operations; op->name; op++)
			campaign(op, first, stride);
	for (; optind < argc; optind++)
		campaign(find(argv[optind]), first, stride);
	return failures != 0;
}
