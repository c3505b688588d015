/* livelock.h: do all agents that can move repeat themselves?
 *
 * An agent that comes to the same event in the same state, while nothing has changed what agents
 * can see, is in a cycle: whatever the order in which it and others like it move, it will never
 * leave it (doc/events.md, "Ends that are no ends"). If every agent that can move is in one, nobody
 * ever will do anything again but for time and the outside. An agent that makes no events at all is
 * the matter of lookout.h.
 *
 * Looking closely costs far more than the events themselves. So the agents run free in between, a
 * hundred times as long as they are then looked at, event by event; both grow, until a window is
 * wide enough for all their cycles. All of this goes by events alone, so that the same moves come
 * to the same verdict at the same step. */
#ifndef HD_SCHED_LIVELOCK_H
#define HD_SCHED_LIVELOCK_H

#include "sched/cycle.h"
#include "sched/world.h"

typedef struct hd_livelock {
    hd_cycle_work work;
    uint64_t free;     /* events that may pass before the agents are looked at closely */
    uint64_t effects;  /* changes of what agents can see, since the start */
    uint64_t cyclic;   /* events of agents that are known to be in a cycle */
    bool looked;       /* the last event was looked at; … */
    bool seen;         /* … states show what it was about; … */
    bool effect;       /* … it had an effect */
    bool stepping;     /* an event is about to happen, of … */
    uint32_t agent;    /* … this one; … */
    hd_event before;   /* … it is this, … */
    uint8_t bytes[16]; /* … and the bytes it is about, if it may change memory */
    struct hd_livelock_agent {
        hd_cycle cycle;
        uint64_t effects; /* when it was looked at last */
        bool cyclic;      /* it is in a cycle, if `effects` still holds */
    } * agents;
    uint32_t count, room;
} hd_livelock;

/* Whether the event that has happened last was looked at closely: then, if all that it depends on
 * and all that it did is part of a state that can be compared, and if it changed any. */
bool hd_livelock_looked(const hd_livelock *livelock, bool *seen, bool *had_effect);

void hd_livelock_start(hd_livelock *livelock);
void hd_livelock_free(hd_livelock *livelock);

/* How many events may pass before the agents are looked at one by one; they are reported in sum
 * then (hd_livelock_passed), and hd_livelock_credit is not asked. 0: it has to be. */
static inline uint64_t hd_livelock_free_events(const hd_livelock *livelock) {
    return livelock->free;
}

static inline void hd_livelock_passed(hd_livelock *livelock, uint64_t events) {
    livelock->free -= events;
}

/* How many of `wanted` events the agent that is to be moved may make until the next look. */
uint64_t hd_livelock_credit(hd_livelock *livelock, const hd_world *world, uint32_t agent,
                            uint64_t wanted);

/* Says that so many events of it have happened; true if all agents that can move are found to
 * repeat themselves. */
bool hd_livelock_moved(hd_livelock *livelock, hd_world *world, uint64_t events);

#endif
