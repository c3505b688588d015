/* cycle.h: has a state come before?
 *
 * Who comes to the same state again, while nothing that he can see was changed, repeats himself for
 * ever. States are compared as Brent finds cycles: with one that is remembered, and replaced after
 * 1, 2, 4, … looks. What is remembered is a hash at first; it only says where to look: when it
 * comes again, the whole state is kept, and only if that comes again as well, byte for byte, a
 * cycle is found. A state has two parts. Of most states the near one, which is small, differs, and
 * the far one, with memories that may be large, is not looked at. */
#ifndef HD_SCHED_CYCLE_H
#define HD_SCHED_CYCLE_H

#include "base/bytes.h"
#include "exec/event.h"

/* How to look at a state. */
typedef struct hd_cycle_subject {
    const void *context;
    /* Of the near or the far part: how many units of work it takes to hash it, some ten nanoseconds
     * each; and its hash. */
    uint64_t (*weight)(const void *context, bool far);
    uint64_t (*hash)(const void *context, bool far);
    /* Appends the whole state; false when memory is out. */
    bool (*add)(const void *context, hd_bytes *to);
} hd_cycle_subject;

/* An agent that does not run, and its store. */
typedef struct hd_cycle_agent {
    const hd_agent *agent;
    const hd_store *store;
} hd_cycle_agent;
hd_cycle_subject hd_cycle_of_agent(const hd_cycle_agent *agent);

/* Work that looks may cost. */
typedef struct hd_cycle_work {
    uint64_t window, left;
} hd_cycle_work;

/* Zeroed to begin with. */
typedef struct hd_cycle {
    uint64_t lap, power; /* looks since the state was remembered, and before it is replaced */
    uint64_t near, far;  /* remembered: hashes … */
    bool remembered;
    bool kept;      /* … and when they have come again, the whole state, … */
    hd_bytes state; /* … which is this */
} hd_cycle;

typedef enum hd_cycle_verdict {
    HD_CYCLE_OPEN,  /* not yet */
    HD_CYCLE_FOUND, /* yes */
    HD_CYCLE_SPENT, /* the work that was granted is done, or was too little for one look; or there
                     * is no memory to keep a state */
} hd_cycle_verdict;

/* Grants so much work to begin with, or twice as much as the last time. */
void hd_cycle_grant(hd_cycle_work *work, uint64_t window);
void hd_cycle_widen(hd_cycle_work *work);

/* Takes work that was done; false when there is not so much left. */
bool hd_cycle_spend(hd_cycle_work *work, uint64_t units);

/* Forgets what is remembered: something was changed that no state shows. */
void hd_cycle_forget(hd_cycle *cycle);
void hd_cycle_free(hd_cycle *cycle);

/* Looks at the present state. */
hd_cycle_verdict hd_cycle_look(hd_cycle *cycle, hd_cycle_work *work,
                               const hd_cycle_subject *subject);

#endif
