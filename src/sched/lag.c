/* lag.c: agents that are spawned wait, so that they exist together.
 *
 * Who starts a thread takes so many events for it that the thread before has often ended by then.
 * How long they wait differs from execution to execution, since each way hides something: who never
 * joins ends before those that wait have begun, and who waits in a loop lets nobody begin. */
#include "base/vec.h"
#include "sched/random.h"
#include "sched/strategy.h"

typedef enum mode {
    NONE,  /* nobody waits */
    ALL,   /* all wait until nobody else can move */
    SOME,  /* each with a chance of one half */
    COUNT, /* each for a random number of events */
} mode;

/* Of two executions one has all wait. */
static const mode modes[] = {ALL, ALL, ALL, ALL, SOME, SOME, COUNT, NONE};

enum {
    LEAST_PATIENCE = 9, /* powers of two: events without a new agent until all may move */
    MOST_PATIENCE = 14,
    MOST_COUNT = 12, /* power of two: events that an agent waits */
    MOST_YIELDS = 3, /* of those that move, until all may move */
};

static const uint64_t NEVER = UINT64_MAX;

typedef struct lag {
    hd_strategy strategy;
    hd_strategy *inner;
    hd_random random;
    mode mode;
    uint64_t patience, newest; /* events; step at which an agent was first seen */
    unsigned yields;
    HD_VEC(uint64_t) until; /* by agent: the step from which it may move */
    HD_VEC(uint32_t) free;  /* of those that can, those that may move */
    size_t waiting;         /* of all agents */
} lag;

/* A random power of two up to that one, and something. */
static uint64_t draw_length(lag *l, unsigned least, unsigned most) {
    unsigned power = least + (unsigned)hd_random_below(&l->random, most - least + 1);
    return (UINT64_C(1) << power) + hd_random_below(&l->random, UINT64_C(1) << power);
}

static uint64_t draw_end(lag *l, uint64_t step) {
    switch (l->mode) {
    case ALL: return NEVER;
    case SOME: return hd_random_below(&l->random, 2) ? NEVER : 0;
    case COUNT: return step + draw_length(l, 0, MOST_COUNT);
    default: return 0;
    }
}

/* The first agents of all have not been spawned. */
static bool meet(lag *l, const hd_choice *choice) {
    while (l->until.len <= choice->enabled[choice->count - 1]) {
        bool first = choice->last == HD_NO_AGENT;
        uint64_t until = first ? 0 : draw_end(l, choice->step);
        if (!hd_vec_push(&l->until, until)) return false;
        if (until) l->waiting++;
        l->newest = choice->step;
        l->yields = 0;
    }
    return true;
}

static void let_all_move(lag *l) {
    for (size_t i = 0; i < l->until.len; i++)
        l->until.items[i] = 0;
    l->waiting = 0;
}

/* Lists who may move; returns the step from which another one may, too. */
static uint64_t list_free(lag *l, const hd_choice *choice) {
    uint64_t next = l->newest + l->patience;
    l->free.len = 0;
    for (size_t i = 0; i < choice->count; i++) {
        uint64_t *until = &l->until.items[choice->enabled[i]];
        if (*until && *until <= choice->step) {
            *until = 0;
            l->waiting--;
        }
        if (*until == 0)
            l->free.items[l->free.len++] = choice->enabled[i];
        else if (*until < next)
            next = *until;
    }
    return next;
}

static bool lag_pick(hd_strategy *self, const hd_choice *choice, hd_pick *pick) {
    lag *l = (lag *)self;
    if (choice->due || (l->waiting == 0 && choice->enabled[choice->count - 1] < l->until.len))
        return l->inner->pick(l->inner, choice, pick);
    if (!meet(l, choice) || !hd_vec_reserve(&l->free, l->until.len)) return false;
    if (choice->yielded && ++l->yields >= MOST_YIELDS) let_all_move(l);
    if (choice->step >= l->newest + l->patience) let_all_move(l);
    uint64_t next = list_free(l, choice);
    if (l->free.len == 0) {
        let_all_move(l);
        return l->inner->pick(l->inner, choice, pick);
    }
    hd_choice some = *choice;
    some.enabled = l->free.items;
    some.count = l->free.len;
    if (!l->inner->pick(l->inner, &some, pick)) return false;
    if (pick->events > next - choice->step) pick->events = next - choice->step;
    return true;
}

static void lag_moved(hd_strategy *self, const hd_pick *pick, uint64_t events) {
    hd_strategy *inner = ((lag *)self)->inner;
    if (inner->moved) inner->moved(inner, pick, events);
}

static void lag_free(hd_strategy *self) {
    lag *l = (lag *)self;
    hd_strategy_free(l->inner);
    hd_vec_free(&l->until);
    hd_vec_free(&l->free);
    hd_free(l);
}

/* Not the generator of the inner strategy. */
static const uint64_t salt = UINT64_C(0x6C6167);

static mode draw_mode(hd_random *random) {
    return modes[hd_random_below(random, sizeof modes / sizeof modes[0])];
}

bool hd_strategy_lags_all(uint64_t seed) {
    hd_random random = {seed ^ salt};
    return draw_mode(&random) == ALL;
}

hd_strategy *hd_strategy_lag(hd_strategy *inner, uint64_t seed) {
    lag *l = inner ? hd_calloc(1, sizeof *l) : NULL;
    if (!l) return hd_strategy_free(inner), NULL;
    l->strategy = (hd_strategy){.pick = lag_pick, .moved = lag_moved, .free = lag_free};
    l->inner = inner;
    l->random.state = seed ^ salt;
    l->mode = draw_mode(&l->random);
    l->patience = draw_length(l, LEAST_PATIENCE, MOST_PATIENCE);
    return &l->strategy;
}
