/* interrupt.h: SIGINT and SIGTERM during controlled runs: the first one stops what runs, so that
 * its trace, its state and the sum so far are still told; a second one ends the process. */
#ifndef HD_CLI_INTERRUPT_H
#define HD_CLI_INTERRUPT_H

#include <stdbool.h>

#include "sched/world.h"

/* A world that runs: a signal stops it. Not to be moved while it is listed. */
typedef struct hd_interruptible {
    hd_world *world;
    struct hd_interruptible *previous, *next;
} hd_interruptible;

/* Begins to take the signals, once for the process, unless they are ignored (as under nohup).
 * Before any other thread starts. If that is not possible they do what they do by default. */
void hd_interrupt_watch(void);

/* Lists a world, and takes it off. One that is listed after the signal is stopped at once. Any
 * thread. */
void hd_interrupt_add(hd_interruptible *one, hd_world *world);
void hd_interrupt_remove(hd_interruptible *one);

/* The signal that came, or 0. Any thread. */
int hd_interrupt_signal(void);

#endif
