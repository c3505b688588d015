/* lookout.h: agents that loop for ever without an event.
 *
 * Such an agent would never come back from the machine. So another thread looks out: it makes an
 * agent pause whose move lasts long, and the world looks at it lap by lap. If its state comes
 * again, it loops for ever, whatever the others do. Only how soon that is found depends on time:
 * the verdict depends on the agent alone, and so the execution is the same each time. */
#ifndef HD_SCHED_LOOKOUT_H
#define HD_SCHED_LOOKOUT_H

#include "exec/event.h"

/* Zeroed to begin with. */
typedef struct hd_lookout {
    /* The agent whose machine runs right now, or NULL; with its lowest bit set once the lookout has
     * seen it there. */
    _Atomic(uintptr_t) running;
    _Atomic int64_t rest; /* no pause before this time, in nanoseconds */
} hd_lookout;

/* For the world: says whose machine is about to run; NULL: nobody's. */
static inline void hd_lookout_watch(hd_lookout *l, const hd_agent *agent) {
    atomic_store_explicit(&l->running, (uintptr_t)agent, memory_order_release);
}

static inline const hd_agent *hd_lookout_watched(const hd_lookout *l) {
    return (const hd_agent *)(atomic_load_explicit(&l->running, memory_order_relaxed) &
                              ~(uintptr_t)1);
}

/* For an agent watched whose run ended with HD_RUN_STOPPED: lets it go on, and looks at it closely
 * each time it pauses; returns how that run ends in the end. HD_RUN_STOPPED: it was no pause, or,
 * as
 * `*loops` says, it was found to loop for ever. */
hd_run_end hd_lookout_examine(hd_lookout *lookout, hd_agent *agent, const hd_store *store,
                              const atomic_bool *stopped, bool *loops);

/* Makes the agent pause that runs now, if one does. Any thread, while no agent is released. */
void hd_lookout_interrupt(hd_lookout *lookout);

/* Looks out: makes an agent pause that has run since the last time. Any thread, while no agent is
 * released. */
void hd_lookout_tick(hd_lookout *lookout);

#endif
