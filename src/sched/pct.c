/* pct.c: probabilistic concurrency testing. */
#include <stdlib.h>

#include "base/vec.h"
#include "sched/early.h"
#include "sched/strategy.h"

typedef struct pct {
    hd_strategy strategy;
    hd_random random;
    hd_early early;
    HD_VEC(int64_t) priorities; /* by agent; higher moves first */
    uint64_t *changes;          /* steps at which the moving agent falls behind, ascending */
    unsigned change_count, next_change;
    uint32_t moving; /* the agent that moved last, … */
    uint64_t row;    /* … and for how many events in a row */
    int64_t lowest;  /* priority so far */
} pct;

static int by_size(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Starting priorities are random and above those that change points give: depth - 1 and below. */
static bool ensure_priority(pct *p, uint32_t agent) {
    while (p->priorities.len <= agent)
        if (!hd_vec_push(&p->priorities,
                         (int64_t)(hd_random_next(&p->random) >> 2 | UINT64_C(1) << 62)))
            return false;
    return true;
}

static void fall_behind(pct *p, uint32_t agent, int64_t priority) {
    if (agent < p->priorities.len) p->priorities.items[agent] = priority;
}

/* Who falls behind at this step: at a change point, or since it perhaps spins until an agent of
 * lower priority has moved. */
static void change(pct *p, const hd_choice *choice) {
    for (; p->next_change < p->change_count && choice->step >= p->changes[p->next_change];
         p->next_change++)
        fall_behind(p, choice->last, p->change_count - p->next_change);
    if (choice->count > 1 && p->row >= HD_FAIR_EVENTS) {
        fall_behind(p, p->moving, --p->lowest);
        p->row = 0;
    }
    if (choice->yielded) fall_behind(p, choice->last, --p->lowest);
}

static bool pct_pick(hd_strategy *self, const hd_choice *choice, hd_pick *pick) {
    pct *p = (pct *)self;
    if (hd_early_pick(&p->early, choice, pick)) return true;
    if (!ensure_priority(p, choice->enabled[choice->count - 1])) return false;
    change(p, choice);
    pick->agent = choice->enabled[0];
    for (size_t i = 1; i < choice->count; i++)
        if (p->priorities.items[choice->enabled[i]] > p->priorities.items[pick->agent])
            pick->agent = choice->enabled[i];
    pick->events =
        p->next_change < p->change_count ? p->changes[p->next_change] - choice->step : UINT64_MAX;
    if (choice->count > 1 && pick->events > HD_FAIR_EVENTS) pick->events = HD_FAIR_EVENTS;
    hd_early_cut(&p->early, pick);
    return true;
}

static void pct_moved(hd_strategy *self, const hd_pick *pick, uint64_t events) {
    pct *p = (pct *)self;
    p->row = pick->agent == p->moving ? p->row + events : events;
    p->moving = pick->agent;
    hd_early_moved(&p->early, events);
}

static void pct_free(hd_strategy *self) {
    pct *p = (pct *)self;
    hd_vec_free(&p->priorities);
    hd_free(p->changes);
    hd_free(p);
}

hd_strategy *hd_strategy_pct(uint64_t seed, unsigned depth, uint64_t length) {
    pct *p = hd_calloc(1, sizeof *p);
    if (!p) return NULL;
    p->strategy = (hd_strategy){.pick = pct_pick, .moved = pct_moved, .free = pct_free};
    p->random.state = seed;
    p->moving = HD_NO_AGENT;
    hd_early_start(&p->early, seed);
    p->change_count = depth - 1;
    p->changes = hd_calloc(depth, sizeof *p->changes);
    if (!p->changes) {
        hd_free(p);
        return NULL;
    }
    for (unsigned i = 0; i < p->change_count; i++)
        p->changes[i] = 1 + hd_random_below(&p->random, length);
    qsort(p->changes, p->change_count, sizeof *p->changes, by_size);
    return &p->strategy;
}
