/* cycle.h: has the state of an agent, and of its store, come before?
 *
 * An agent whose state comes again, while nobody else has moved and nothing else was changed, will
 * repeat itself for ever. States are compared as Brent finds cycles: with one that is remembered,
 * and replaced after 1, 2, 4, … looks. Of most states the agent's own part differs, and the store,
 * whose memories may be large, is not looked at. */
#ifndef HD_SCHED_CYCLE_H
#define HD_SCHED_CYCLE_H

#include "exec/event.h"

typedef struct hd_cycle {
    uint64_t window, left; /* the work that looks may cost until hd_cycle_widen, and what is left */
    uint64_t lap, power;   /* looks since the state was remembered, and before it is replaced */
    uint64_t agent, store; /* remembered: fingerprints */
    bool remembered;
} hd_cycle;

typedef enum hd_cycle_verdict {
    HD_CYCLE_OPEN,  /* not yet */
    HD_CYCLE_FOUND, /* yes */
    HD_CYCLE_SPENT, /* the work that was granted is done, or was too little for one look */
} hd_cycle_verdict;

/* Starts anew, with so much work: the look at a small state is one unit of some ten nanoseconds. */
void hd_cycle_start(hd_cycle *cycle, uint64_t window);

/* Grants twice as much as the last time. */
void hd_cycle_widen(hd_cycle *cycle);

/* Forgets what is remembered: something was changed that no fingerprint shows. */
void hd_cycle_forget(hd_cycle *cycle);

/* Looks at an agent that does not run. */
hd_cycle_verdict hd_cycle_look(hd_cycle *cycle, const hd_agent *agent, const hd_store *store);

#endif
