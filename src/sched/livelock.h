/* livelock.h: does the only agent that can move repeat itself?
 *
 * If nobody else can move, an agent that comes to the same event in the same state, with nothing
 * changed in memory since, will do so for ever. The states are compared as Brent finds cycles: with
 * one that is remembered, and replaced after 1, 2, 4, … events. */
#ifndef HD_SCHED_LIVELOCK_H
#define HD_SCHED_LIVELOCK_H

#include "exec/event.h"

typedef struct hd_livelock {
    uint64_t window;     /* events for which the agent is looked at closely; doubles each time */
    uint64_t looked;     /* at so many of them so far */
    uint64_t free;       /* events that may pass before that */
    uint64_t lap, power; /* events since the state was remembered, and before it is replaced */
    uint64_t state[2];   /* remembered: fingerprints of agent and store */
    bool remembered;
    hd_event
        before; /* the event that comes next, if it may change memory, and the bytes it is about */
    uint8_t bytes[16];
} hd_livelock;

/* Starts anew: another agent can move, or has moved. */
void hd_livelock_reset(hd_livelock *livelock);

/* Looks at the agent, which stands before an event; true if it repeats itself. */
bool hd_livelock_check(hd_livelock *livelock, const hd_agent *agent, const hd_store *store);

/* How many of `wanted` events may pass until the next check. They are taken as passed. */
uint64_t hd_livelock_credit(hd_livelock *livelock, uint64_t wanted);

#endif
