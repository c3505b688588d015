/* pct.c: probabilistic concurrency testing.
 *
 * An agent of high priority that spins until one of lower priority has moved would spin for ever.
 * So whoever makes HD_FAIR_EVENTS in a row falls behind all others, and is a suspect from then on:
 * its first events after others have moved are looked at one by one, and it falls behind at once
 * when it reads the same bytes again and again and writes nothing. A program whose agents meet a
 * thousand times does not spin for HD_FAIR_EVENTS each time. */
#include <stdlib.h>

#include "base/vec.h"
#include "sched/early.h"
#include "sched/strategy.h"

enum {
    PROBE = 64,  /* events of a suspect that are looked at, when it begins a row */
    RECENT = 4,  /* addresses that it has read last, and … */
    IN_VAIN = 8, /* … how often it reads them until it seems to spin */
};

typedef struct mover {
    int64_t priority; /* higher moves first */
    bool suspect;     /* it has made HD_FAIR_EVENTS in a row */
} mover;

/* What a suspect has read since it began its row or wrote. */
typedef struct probe {
    uint64_t recent[RECENT]; /* 2 * address + 1 of a load, + 2 of a compare-exchange */
    unsigned next, vain;
} probe;

typedef struct pct {
    hd_strategy strategy;
    hd_random random;
    hd_early early;
    HD_VEC(mover) movers; /* by agent */
    uint64_t *changes;    /* steps at which the moving agent falls behind, ascending */
    unsigned change_count, next_change;
    uint32_t moving; /* the agent that moved last, … */
    uint64_t row;    /* … and for how many events in a row */
    int64_t lowest;  /* priority so far */
    probe probe;     /* of the agent that moves */
    bool single;     /* one event of it is looked at */
} pct;

static int by_size(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Starting priorities are random and above those that change points give: depth - 1 and below. */
static bool ensure_movers(pct *p, uint32_t agent) {
    while (p->movers.len <= agent) {
        int64_t priority = (int64_t)(hd_random_next(&p->random) >> 2 | UINT64_C(1) << 62);
        if (!hd_vec_push(&p->movers, (mover){.priority = priority})) return false;
    }
    return true;
}

static void fall_behind(pct *p, uint32_t agent, int64_t priority) {
    if (agent < p->movers.len) p->movers.items[agent].priority = priority;
}

/* Remembers an address that is read; true if it was known. */
static bool remember(probe *q, uint64_t key) {
    for (unsigned i = 0; i < RECENT; i++)
        if (q->recent[i] == key) return true;
    q->recent[q->next++ % RECENT] = key;
    return false;
}

/* Remembers the event that a suspect is about to make; true if it seems to spin. A compare-exchange
 * reads, but not where the agent has loaded: there it is to change something. */
static bool seems_to_spin(probe *q, const hd_event *event) {
    if (!event || event->kind == HD_EVENT_FENCE) return false;
    bool loads = event->kind == HD_EVENT_LOAD || event->kind == HD_EVENT_ATOMIC_LOAD;
    uint64_t loaded = 2 * event->address + 1;
    bool changes = !loads && event->kind != HD_EVENT_CMPXCHG;
    for (unsigned i = 0; i < RECENT; i++)
        changes |= !loads && q->recent[i] == loaded;
    if (changes)
        *q = (probe){0};
    else
        q->vain = remember(q, loads ? loaded : loaded + 1) ? q->vain + 1 : 0;
    return q->vain >= IN_VAIN;
}

/* Who falls behind at this step: at a change point, or since it perhaps spins until an agent of
 * lower priority has moved. */
static void change(pct *p, const hd_choice *choice) {
    for (; p->next_change < p->change_count && choice->step >= p->changes[p->next_change];
         p->next_change++)
        fall_behind(p, choice->last, p->change_count - p->next_change);
    if (choice->count > 1 && p->row >= HD_FAIR_EVENTS) {
        if (p->moving < p->movers.len) p->movers.items[p->moving].suspect = true;
        fall_behind(p, p->moving, --p->lowest);
        p->row = 0;
    }
    if (choice->yielded) fall_behind(p, choice->last, --p->lowest);
}

static uint32_t highest(const pct *p, const hd_choice *choice) {
    uint32_t found = choice->enabled[0];
    for (size_t i = 1; i < choice->count; i++)
        if (p->movers.items[choice->enabled[i]].priority > p->movers.items[found].priority)
            found = choice->enabled[i];
    return found;
}

/* Picks; of suspects at the beginning of a row, one that does not seem to spin if there is any. */
static uint32_t choose(pct *p, const hd_choice *choice) {
    for (size_t tries = choice->count;; tries--) {
        uint32_t agent = highest(p, choice);
        bool goes_on = agent == p->moving && p->row > 0;
        p->single =
            choice->count > 1 && p->movers.items[agent].suspect && (!goes_on || p->row < PROBE);
        if (!p->single || tries == 0) return agent;
        if (!goes_on) p->probe = (probe){0};
        if (!seems_to_spin(&p->probe, hd_choice_next(choice, agent).event)) return agent;
        fall_behind(p, agent, --p->lowest);
        p->row = 0;
    }
}

static bool pct_pick(hd_strategy *self, const hd_choice *choice, hd_pick *pick) {
    pct *p = (pct *)self;
    if (hd_early_pick(&p->early, choice, pick)) return true;
    if (!ensure_movers(p, choice->enabled[choice->count - 1])) return false;
    change(p, choice);
    pick->agent = choose(p, choice);
    pick->events =
        p->next_change < p->change_count ? p->changes[p->next_change] - choice->step : UINT64_MAX;
    if (choice->count > 1 && pick->events > HD_FAIR_EVENTS) pick->events = HD_FAIR_EVENTS;
    if (p->single) pick->events = 1;
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
    hd_vec_free(&p->movers);
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
