/* repeats.h: does the schedule repeat itself?
 *
 * Under a strategy that goes by its own state alone (hd_strategy, add_state), an execution that
 * comes to the same state of everything again will do so for ever, although there are effects:
 * agents that always get into each other's way. Other schedules may well leave that, so it is no
 * livelock (doc/events.md, "Ends that are no ends").
 *
 * It is looked for while agents are looked at closely anyway (livelock.h). What no state shows, a
 * clock, chance, the outside and the bodies of agents between two calls, makes it begin anew. */
#ifndef HD_SCHED_REPEATS_H
#define HD_SCHED_REPEATS_H

#include "sched/cycle.h"
#include "sched/strategy.h"

typedef struct hd_repeats {
    hd_cycle cycle;
    hd_cycle_work work;
    bool looking; /* within the work that was granted */
} hd_repeats;

void hd_repeats_free(hd_repeats *repeats);

/* Agents run free now: how they go on is not seen. They are looked at for `window` units of work of
 * each of them afterwards. */
void hd_repeats_rest(hd_repeats *repeats, uint64_t window);

/* Looks at the world behind an event; `seen` unless the event was one that no state shows. True if
 * the whole state has come again. */
bool hd_repeats_look(hd_repeats *repeats, const hd_world *world, const hd_strategy *strategy,
                     bool seen);

#endif
