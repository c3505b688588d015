/* strategies.c: round robin and random walks. */
#include "base/alloc.h"
#include "sched/early.h"
#include "sched/strategy.h"

void hd_strategy_free(hd_strategy *strategy) {
    if (strategy) strategy->free(strategy);
}

static void plain_free(hd_strategy *self) {
    hd_free(self);
}

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

/* True if the agent that has moved would end the program now: first all others have their turn. */
static bool would_exit(const round_robin *r, const hd_choice *choice) {
    if (!choice->last_enabled || r->used == 0) return false;
    const hd_event *next = hd_choice_next(choice, choice->last).event;
    return next && next->kind == HD_EVENT_EXIT;
}

static bool round_robin_pick(hd_strategy *self, const hd_choice *choice, hd_pick *pick) {
    round_robin *r = (round_robin *)self;
    if (!choice->last_enabled || r->used >= r->quantum || would_exit(r, choice)) {
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

static bool round_robin_add_state(const hd_strategy *self, hd_bytes *to) {
    return hd_bytes_add_varint(to, ((const round_robin *)self)->used);
}

hd_strategy *hd_strategy_round_robin(uint64_t quantum) {
    round_robin *r = hd_calloc(1, sizeof *r);
    if (!r) return NULL;
    r->strategy = (hd_strategy){.pick = round_robin_pick,
                                .moved = round_robin_moved,
                                .free = plain_free,
                                .add_state = round_robin_add_state};
    r->quantum = quantum;
    return &r->strategy;
}

/* Random walks. */

typedef struct random_walk {
    hd_strategy strategy;
    hd_random random;
    hd_early early;
    uint64_t mean;  /* number of events of a move, of a sticky walk; 0: as chance has it */
    uint64_t drawn; /* events of the last move, as drawn */
    bool row_ended; /* and it came to them: its agent is not drawn next */
} random_walk;

/* Draws any agent; but not the last one, which can go on, if `other`. */
static uint32_t draw(random_walk *w, const hd_choice *choice, bool other) {
    size_t rank = hd_random_below(&w->random, choice->count);
    if (other && choice->last_enabled) {
        rank = hd_random_below(&w->random, choice->count - 1);
        if (choice->enabled[rank] >= choice->last) rank++;
    }
    return choice->enabled[rank];
}

/* One draw an event, but equal draws in a row make one move: its length is geometric, and if it is
 * reached, the next draw is among the others. A sticky walk draws whether to go on instead. */
static bool walk_pick(hd_strategy *self, const hd_choice *choice, hd_pick *pick) {
    random_walk *w = (random_walk *)self;
    if (hd_early_pick(&w->early, choice, pick)) return true;
    w->drawn = UINT64_MAX;
    if (choice->count == 1) {
        pick->agent = choice->enabled[0];
    } else {
        pick->agent = draw(w, choice, w->row_ended || choice->yielded);
        w->drawn = 1;
        uint64_t bound = w->mean ? w->mean : choice->count;
        while ((hd_random_below(&w->random, bound) == 0) != (w->mean > 0))
            w->drawn++;
    }
    pick->events = w->drawn;
    hd_early_cut(&w->early, pick);
    return true;
}

static void walk_moved(hd_strategy *self, const hd_pick *pick, uint64_t events) {
    random_walk *w = (random_walk *)self;
    (void)pick;
    w->row_ended = events == w->drawn;
    hd_early_moved(&w->early, events);
}

static random_walk *walk_new(uint64_t seed) {
    random_walk *w = hd_calloc(1, sizeof *w);
    if (!w) return NULL;
    w->strategy = (hd_strategy){.pick = walk_pick, .moved = walk_moved, .free = plain_free};
    w->random.state = seed;
    hd_early_start(&w->early, seed);
    return w;
}

hd_strategy *hd_strategy_random(uint64_t seed) {
    random_walk *w = walk_new(seed);
    return w ? &w->strategy : NULL;
}

hd_strategy *hd_strategy_sticky(uint64_t seed, uint64_t mean) {
    random_walk *w = walk_new(seed);
    if (!w) return NULL;
    w->mean = mean;
    return &w->strategy;
}
