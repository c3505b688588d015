/* strategies.c: round robin, random walk, and probabilistic concurrency testing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "sched/random.h"
#include "sched/strategy.h"

void hd_strategy_free(hd_strategy *strategy) {
    if (strategy) strategy->free(strategy);
}

static void plain_free(hd_strategy *self) {
    hd_free(self);
}

/* Long enough that nothing is switched for its sake in most programs, short enough that a program
 * which spins until another agent has moved goes on soon. */
enum { FAIR_QUANTUM = 10000 };

/* Round robin. */

typedef struct round_robin {
    hd_strategy strategy;
    uint64_t quantum, used; /* of the quantum, by the agent that moved last */
} round_robin;

/* The enabled agent that follows `last` in the circle. */
static uint32_t next_in_circle(const hd_choice *choice) {
    for (size_t i = 0; i < choice->count; i++)
        if (choice->enabled[i] > choice->last) return choice->enabled[i];
    return choice->enabled[0];
}

static bool round_robin_pick(hd_strategy *self, const hd_choice *choice, hd_pick *pick) {
    round_robin *r = (round_robin *)self;
    if (!choice->last_enabled || r->used >= r->quantum) {
        pick->agent = next_in_circle(choice);
        r->used = 0;
    } else {
        pick->agent = choice->last;
    }
    pick->events = r->quantum - r->used;
    return true;
}

static void round_robin_moved(hd_strategy *self, const hd_pick *pick, uint64_t events) {
    (void)pick;
    ((round_robin *)self)->used += events;
}

hd_strategy *hd_strategy_round_robin(uint64_t quantum) {
    round_robin *r = hd_calloc(1, sizeof *r);
    if (!r) return NULL;
    r->strategy = (hd_strategy){round_robin_pick, round_robin_moved, plain_free};
    r->quantum = quantum;
    return &r->strategy;
}

/* Random walk. */

typedef struct random_walk {
    hd_strategy strategy;
    hd_random random;
    bool row_ended; /* the last move came to its full length: its agent is not drawn next */
} random_walk;

/* One draw an event, but equal draws in a row make one move: its length is geometric, and if it is
 * reached, the next draw is among the others. */
static bool random_pick(hd_strategy *self, const hd_choice *choice, hd_pick *pick) {
    random_walk *w = (random_walk *)self;
    pick->events = UINT64_MAX;
    if (choice->count == 1) {
        pick->agent = choice->enabled[0];
        return true;
    }
    size_t rank = hd_random_below(&w->random, choice->count);
    if (choice->last_enabled && w->row_ended) {
        /* Drawn already: any agent but the last. */
        rank = hd_random_below(&w->random, choice->count - 1);
        if (choice->enabled[rank] >= choice->last) rank++;
    }
    pick->agent = choice->enabled[rank];
    pick->events = 1;
    while (hd_random_below(&w->random, choice->count) == 0)
        pick->events++;
    return true;
}

static void random_moved(hd_strategy *self, const hd_pick *pick, uint64_t events) {
    ((random_walk *)self)->row_ended = events == pick->events;
}

hd_strategy *hd_strategy_random(uint64_t seed) {
    random_walk *w = hd_calloc(1, sizeof *w);
    if (!w) return NULL;
    w->strategy = (hd_strategy){random_pick, random_moved, plain_free};
    w->random.state = seed;
    return &w->strategy;
}

/* Probabilistic concurrency testing. */

typedef struct pct {
    hd_strategy strategy;
    hd_random random;
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

static bool pct_pick(hd_strategy *self, const hd_choice *choice, hd_pick *pick) {
    pct *p = (pct *)self;
    if (!ensure_priority(p, choice->enabled[choice->count - 1])) return false;
    while (p->next_change < p->change_count && choice->step >= p->changes[p->next_change]) {
        if (choice->last < p->priorities.len)
            p->priorities.items[choice->last] = p->change_count - p->next_change;
        p->next_change++;
    }
    /* Perhaps it spins until an agent of lower priority has moved. */
    if (choice->count > 1 && p->row >= FAIR_QUANTUM && p->moving < p->priorities.len) {
        p->priorities.items[p->moving] = --p->lowest;
        p->row = 0;
    }
    pick->agent = choice->enabled[0];
    for (size_t i = 1; i < choice->count; i++)
        if (p->priorities.items[choice->enabled[i]] > p->priorities.items[pick->agent])
            pick->agent = choice->enabled[i];
    pick->events =
        p->next_change < p->change_count ? p->changes[p->next_change] - choice->step : UINT64_MAX;
    if (choice->count > 1 && pick->events > FAIR_QUANTUM) pick->events = FAIR_QUANTUM;
    return true;
}

static void pct_moved(hd_strategy *self, const hd_pick *pick, uint64_t events) {
    pct *p = (pct *)self;
    p->row = pick->agent == p->moving ? p->row + events : events;
    p->moving = pick->agent;
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
    p->strategy = (hd_strategy){pct_pick, pct_moved, pct_free};
    p->random.state = seed;
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

/* From text. */

enum { DEFAULT_DEPTH = 3, MOST_DEPTH = 1000 };

/* Reads the number behind the colon of `text`, or takes `otherwise` where there is none. */
static bool read_number(const char *text, uint64_t otherwise, uint64_t most, uint64_t *number,
                        hd_diag *diag) {
    const char *colon = strchr(text, ':');
    *number = otherwise;
    if (!colon) return true;
    char *end;
    errno = 0;
    *number = strtoull(colon + 1, &end, 10);
    if (errno == 0 && colon[1] >= '0' && colon[1] <= '9' && *end == '\0' && *number >= 1 &&
        *number <= most)
        return true;
    hd_diag_set(diag, HD_FAILED, "\"%s\": a number from 1 to %llu is needed behind the colon", text,
                (unsigned long long)most);
    return false;
}

static bool is_named(const char *text, const char *name) {
    size_t length = strlen(name);
    return strncmp(text, name, length) == 0 && (text[length] == '\0' || text[length] == ':');
}

hd_strategy *hd_strategy_parse(const char *text, uint64_t seed, uint64_t length, hd_diag *diag) {
    uint64_t number;
    hd_strategy *strategy = NULL;
    if (is_named(text, "rr")) {
        if (!read_number(text, FAIR_QUANTUM, UINT64_MAX, &number, diag)) return NULL;
        strategy = hd_strategy_round_robin(number);
    } else if (is_named(text, "pct")) {
        if (!read_number(text, DEFAULT_DEPTH, MOST_DEPTH, &number, diag)) return NULL;
        strategy = hd_strategy_pct(seed, (unsigned)number, length);
    } else if (strcmp(text, "random") == 0) {
        strategy = hd_strategy_random(seed);
    } else {
        hd_diag_set(diag, HD_FAILED,
                    "no strategy is named \"%s\": there are rr, rr:QUANTUM, random, pct, pct:DEPTH",
                    text);
        return NULL;
    }
    if (!strategy) hd_diag_nomem(diag);
    return strategy;
}
