/* pos.c: partial order sampling. */
#include "base/vec.h"
#include "sched/early.h"
#include "sched/strategy.h"

typedef struct pos {
    hd_strategy strategy;
    hd_random random;
    hd_early early;
    HD_VEC(uint64_t) priorities; /* by agent, of the event it stands before; 0: none yet */
} pos;

/* True if the order of two events of different agents matters. Waits and notifies touch a queue
 * beside their bytes; of what is unknown nothing can be said. */
static bool conflict(const hd_event *a, const hd_event *b) {
    if (!a || !b || !a->memory || a->memory != b->memory) return false;
    bool queue = (a->kind == HD_EVENT_WAIT || a->kind == HD_EVENT_NOTIFY) &&
                 (b->kind == HD_EVENT_WAIT || b->kind == HD_EVENT_NOTIFY);
    return (queue || hd_event_may_write(a) || hd_event_may_write(b)) &&
           hd_event_touches(a, b->address, b->length);
}

static bool ensure_priorities(pos *p, const hd_choice *choice) {
    while (p->priorities.len <= choice->enabled[choice->count - 1])
        if (!hd_vec_push(&p->priorities, 0)) return false;
    for (size_t i = 0; i < choice->count; i++) {
        uint64_t *priority = &p->priorities.items[choice->enabled[i]];
        if (*priority == 0) *priority = hd_random_next(&p->random) | 1;
    }
    return true;
}

static bool pos_pick(hd_strategy *self, const hd_choice *choice, hd_pick *pick) {
    pos *p = (pos *)self;
    if (hd_early_pick(&p->early, choice, pick)) return true;
    if (!ensure_priorities(p, choice)) return false;
    /* Whatever one that yields does next can wait. */
    if (choice->yielded && choice->last_enabled) p->priorities.items[choice->last] = 1;
    *pick = (hd_pick){choice->enabled[0], 1};
    for (size_t i = 1; i < choice->count; i++)
        if (p->priorities.items[choice->enabled[i]] > p->priorities.items[pick->agent])
            pick->agent = choice->enabled[i];
    hd_next next = hd_choice_next(choice, pick->agent);
    for (size_t i = 0; i < choice->count; i++)
        if (conflict(next.event, hd_choice_next(choice, choice->enabled[i]).event))
            p->priorities.items[choice->enabled[i]] = 0;
    p->priorities.items[pick->agent] = 0;
    return true;
}

static void pos_moved(hd_strategy *self, const hd_pick *pick, uint64_t events) {
    (void)pick;
    hd_early_moved(&((pos *)self)->early, events);
}

static void pos_free(hd_strategy *self) {
    pos *p = (pos *)self;
    hd_vec_free(&p->priorities);
    hd_free(p);
}

hd_strategy *hd_strategy_pos(uint64_t seed) {
    pos *p = hd_calloc(1, sizeof *p);
    if (!p) return NULL;
    p->strategy = (hd_strategy){.pick = pos_pick, .moved = pos_moved, .free = pos_free};
    p->random.state = seed;
    hd_early_start(&p->early, seed);
    return &p->strategy;
}
