/* early.h: early time-outs, for strategies: no timer is exact (doc/events.md, "Time").
 *
 * In half of the executions there are none; in the others a timed wait or sleep, of those that
 * there are, ends early after a random number of events, and again. Waits of a minute or more are
 * not meant to end so, in any test. */
#ifndef HD_SCHED_EARLY_H
#define HD_SCHED_EARLY_H

#include "sched/random.h"
#include "sched/strategy.h"

typedef struct hd_early {
    hd_random random;
    uint64_t every; /* mean number of events in between; 0: never */
    uint64_t left;  /* events before the next one, while somebody is timed */
    bool counting;
} hd_early;

/* Begins an execution. */
void hd_early_start(hd_early *early, uint64_t seed);

/* For hd_early_pick and hd_early_cut, where somebody is timed. */
bool hd_early_choose(hd_early *early, const hd_choice *choice, hd_pick *pick);

/* Before a pick: true if somebody times out instead. */
static inline bool hd_early_pick(hd_early *early, const hd_choice *choice, hd_pick *pick) {
    early->counting = choice->timed_count > 0 && early->every > 0;
    return __builtin_expect(early->counting, 0) && hd_early_choose(early, choice, pick);
}

/* Behind a pick: cuts it, so that somebody may time out in the middle. */
static inline void hd_early_cut(const hd_early *early, hd_pick *pick) {
    if (__builtin_expect(early->counting, 0) && pick->events > early->left)
        pick->events = early->left;
}

/* Behind a move. */
static inline void hd_early_moved(hd_early *early, uint64_t events) {
    if (__builtin_expect(early->counting, 0))
        early->left -= events < early->left ? events : early->left;
}

#endif
