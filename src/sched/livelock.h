/* livelock.h: does the only agent that can move repeat itself?
 *
 * If nobody else can move, an agent that comes to the same event in the same state, with nothing
 * changed in memory since, will do so for ever (cycle.h). One that makes no events at all is the
 * matter of lookout.h. */
#ifndef HD_SCHED_LIVELOCK_H
#define HD_SCHED_LIVELOCK_H

#include "sched/cycle.h"

typedef struct hd_livelock {
    hd_cycle cycle;
    uint64_t free;     /* events that may pass before the agent is looked at closely */
    hd_event before;   /* that comes next when a state is remembered … */
    uint8_t bytes[16]; /* … and the bytes it is about, if it may change memory */
    bool idle;         /* … and if it is a call of the host: that changed nothing */
} hd_livelock;

/* Starts anew: another agent can move, or has moved. */
void hd_livelock_reset(hd_livelock *livelock);

/* The event that is happening, a call of the host, changes nothing that anybody can see. */
void hd_livelock_idle(hd_livelock *livelock);

/* Looks at the agent, which stands before an event; true if it repeats itself. */
bool hd_livelock_check(hd_livelock *livelock, const hd_agent *agent, const hd_store *store);

/* How many of `wanted` events may pass until the next check. They are taken as passed. */
uint64_t hd_livelock_credit(hd_livelock *livelock, uint64_t wanted);

#endif
