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

/* The same loop inside out, for who decides otherwise than by a strategy, or wants to go back:
 *
 *     hd_world_settle(world);
 *     while (hd_driver_ask(driver, &choice, &outcome))
 *         ...fill in a pick, which the choice allows...
 *         hd_driver_move(driver, &choice, &pick);
 *     hd_world_conclude(world, outcome); */
typedef struct hd_driver hd_driver;

/* Makes a driver of a world, which must outlive it; NULL when memory is out. */
hd_driver *hd_driver_new(hd_world *world);
void hd_driver_free(hd_driver *driver);

/* Says who may move: at least one agent, until the next move. False when the execution is over, and
 * how; it is not concluded. */
bool hd_driver_ask(hd_driver *driver, hd_choice *choice, hd_outcome *outcome);

/* Moves an agent of the choice, by at most so many events; returns how many happened: at least one
 * unless the world was stopped. `pick->events` becomes what was granted. */
uint64_t hd_driver_move(hd_driver *driver, const hd_choice *choice, hd_pick *pick);

/* The world was gone back to a place where `last` had moved last (HD_NO_AGENT: nobody): the search
 * for livelocks begins anew. */
void hd_driver_gone_back(hd_driver *driver, uint32_t last);

#endif
