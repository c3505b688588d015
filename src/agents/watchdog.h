/* watchdog.h: one thread of the process that looks at the clock for whoever runs without threads.
 *
 * A controlled execution is moved by one thread, which may be deep in an agent's private loop when
 * a time limit comes. The watchdog calls it every HD_TICK nanoseconds or so, on its own thread. It
 * is started by the first who asks and sleeps while nobody does. */
#ifndef HD_AGENTS_WATCHDOG_H
#define HD_AGENTS_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

#define HD_TICK INT64_C(10000000)

typedef struct hd_watched {
    void (*tick)(void *context); /* on the watchdog's thread, as long as it is watched */
    void *context;
    struct hd_watched *next, *previous;
} hd_watched;

/* Has something watched, which belongs to the caller. False when the system has no thread for it.
 * Thread-safe. */
bool hd_watchdog_add(hd_watched *watched);

/* The tick is not called again once this has returned. Thread-safe. */
void hd_watchdog_remove(hd_watched *watched);

#endif
