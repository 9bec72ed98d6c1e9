/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs that stay: started before a measurement, ended after it. */
#ifndef TOOLS_RESIDENT_H
#define TOOLS_RESIDENT_H

#include <signal.h>

/* Set by SIGTERM and SIGINT after resident_signals(). */
extern volatile sig_atomic_t resident_stop;
void resident_signals(void);

/* Forks; the parent returns success only when the child says it is ready. */
void resident_background(void);
/* Writes the pid and lets the parent go. Either may be unused. */
void resident_ready(const char *pidfile);

/* Locks memory; with @priority not 0 becomes SCHED_FIFO. */
void resident_realtime(int priority);

/* Ends the program of @pidfile and waits until it is gone. */
void resident_end(const char *pidfile);
int resident_pid(const char *pidfile);

#endif
