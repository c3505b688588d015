/* drive.h: moves a world by the answers of a strategy, until its execution is over. */
#ifndef HD_SCHED_DRIVE_H
#define HD_SCHED_DRIVE_H

#include "sched/strategy.h"
#include "sched/world.h"

typedef struct hd_drive_options {
    hd_strategy *strategy; /* borrowed */
    uint64_t step_limit;   /* give up after so many events; 0: never */
    uint64_t
        *preemptions; /* receives how often an agent was left that could have gone on; or NULL */
} hd_drive_options;

/* Drives a world whose first agents have been added, to the end of its execution, and concludes it.
 * `timeout` is in nanoseconds of the host's time; negative: no limit. */
void hd_drive(hd_world *world, const hd_drive_options *options, int64_t timeout);

#endif
