/* metered.c: counts what a strategy moves. */
#include "base/alloc.h"
#include "sched/strategy.h"

typedef struct metered {
    hd_strategy strategy;
    hd_strategy *inner;
    hd_meter *meter;
} metered;

static bool metered_pick(hd_strategy *self, const hd_choice *choice, hd_pick *pick) {
    hd_strategy *inner = ((metered *)self)->inner;
    return inner->pick(inner, choice, pick);
}

static void metered_moved(hd_strategy *self, const hd_pick *pick, uint64_t events) {
    metered *m = (metered *)self;
    uint32_t agent = pick->agent < HD_PROFILE_AGENTS ? pick->agent : HD_PROFILE_AGENTS - 1;
    m->meter->steps[agent] += events;
    if (m->inner->moved) m->inner->moved(m->inner, pick, events);
}

static void metered_free(hd_strategy *self) {
    hd_strategy_free(((metered *)self)->inner);
    hd_free(self);
}

hd_strategy *hd_strategy_metered(hd_strategy *inner, hd_meter *meter) {
    metered *m = inner ? hd_calloc(1, sizeof *m) : NULL;
    if (!m) return hd_strategy_free(inner), NULL;
    m->strategy = (hd_strategy){.pick = metered_pick, .moved = metered_moved, .free = metered_free};
    m->inner = inner;
    m->meter = meter;
    return &m->strategy;
}
