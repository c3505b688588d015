/* replay.c: exact replay, and guidance by a trace.
 *
 * Both walk through a trace in the same way. A move in the trace may come as several moves of the
 * driver, which cuts them where it likes: its rest stays the current move until it is used up. */
#include "sched/replay.h"

#include <stdio.h>

/* An agent that goes on for so long perhaps waits for one that was not let go on. */
enum { FAIR_QUANTUM = 10000 };

/* A place in a trace. */
typedef struct walk {
    hd_trace_cursor cursor;
    hd_move move; /* the current one */
    bool over;    /* there is none: the trace is used up */
    uint64_t number;
    uint64_t left; /* events of it */
    uint64_t used; /* behind the end: by the agent that moved last */
} walk;

static void next_move(walk *w) {
    w->number++;
    w->over = !hd_trace_next(&w->cursor, &w->move);
    w->left = w->over ? 0 : hd_move_events(&w->move);
}

static walk start_walk(const hd_trace *trace) {
    walk w = {.cursor = hd_trace_start(trace)};
    next_move(&w);
    w.number = 0;
    return w;
}

static bool is_among(const uint32_t *agents, size_t count, uint32_t agent) {
    for (size_t i = 0; i < count; i++)
        if (agents[i] == agent) return true;
    return false;
}

/* True if the current move can be made. */
static bool is_possible(const walk *w, const hd_choice *choice) {
    bool timeout = w->move.events == HD_TIMEOUT;
    if (timeout && is_among(choice->timed, choice->timed_count, w->move.agent)) return true;
    return choice->due == timeout && is_among(choice->enabled, choice->count, w->move.agent);
}

static void pick_current(const walk *w, hd_pick *pick) {
    *pick = (hd_pick){w->move.agent, w->left};
}

/* Behind the end: without preemption, the next agent in order when the last one cannot go on. */
static void pick_beyond(walk *w, const hd_choice *choice, hd_pick *pick) {
    pick->agent = choice->last;
    if (!choice->last_enabled || w->used >= FAIR_QUANTUM) {
        w->used = 0;
        pick->agent = choice->enabled[0];
        for (size_t i = choice->count; i-- > 0 && choice->enabled[i] > choice->last;)
            pick->agent = choice->enabled[i];
    }
    pick->events = FAIR_QUANTUM - w->used;
}

static void walk_free(hd_strategy *self) {
    hd_free(self);
}

/* Exact replay. */

typedef struct replay {
    hd_strategy strategy;
    const hd_trace *trace;
    walk walk;
    uint64_t step;
    bool diverged;
    hd_divergence divergence;
} replay;

#define NOTE(r, expected_format, expected_values, found_format, ...)                               \
    (snprintf((r)->divergence.expected, sizeof(r)->divergence.expected, expected_format,           \
              expected_values),                                                                    \
     snprintf((r)->divergence.found, sizeof(r)->divergence.found, found_format, __VA_ARGS__),      \
     (r)->divergence.step = (r)->step, (r)->divergence.move = (r)->walk.number)

/* Behind the end of the trace. */
static bool pick_at_end(replay *r, const hd_choice *choice, hd_pick *pick) {
    hd_outcome outcome;
    if (!hd_trace_outcome(r->trace, &outcome)) {
        pick_beyond(&r->walk, choice, pick);
        return true;
    }
    switch (outcome) {
    case HD_OUTCOME_REPEATS: r->strategy.given_up = outcome; return false;
    case HD_OUTCOME_STEP_LIMIT:
    case HD_OUTCOME_STOPPED:
    case HD_OUTCOME_GIVEN_UP: return false;
    default: break;
    }
    NOTE(r, "the end (%s)", hd_outcome_name(outcome), "agent %u can move", choice->enabled[0]);
    r->diverged = true;
    return false;
}

static bool replay_pick(hd_strategy *self, const hd_choice *choice, hd_pick *pick) {
    replay *r = (replay *)self;
    if (r->diverged) return false;
    r->step = choice->step;
    if (r->walk.over) return pick_at_end(r, choice, pick);
    pick_current(&r->walk, pick);
    if (is_possible(&r->walk, choice)) return true;
    r->diverged = true;
    if (r->walk.move.events == HD_TIMEOUT)
        NOTE(r, "agent %u to time out", pick->agent, "%s", "it does not wait with a limit");
    else if (r->walk.left < r->walk.move.events)
        NOTE(r, "agent %u to go on", pick->agent, "it cannot, with %llu of %llu events to go",
             (unsigned long long)r->walk.left, (unsigned long long)r->walk.move.events);
    else
        NOTE(r, "agent %u to move", pick->agent, "%sagent %u %s", choice->count == 1 ? "only " : "",
             choice->enabled[0], choice->due ? "can, whose time is up" : "can");
    return false;
}

static void replay_moved(hd_strategy *self, const hd_pick *pick, uint64_t events) {
    replay *r = (replay *)self;
    walk *w = &r->walk;
    (void)pick;
    if (w->over) {
        w->used += events;
    } else {
        w->left -= events;
        if (w->left == 0) next_move(w);
    }
}

hd_strategy *hd_strategy_replay(const hd_trace *trace) {
    replay *r = hd_calloc(1, sizeof *r);
    if (!r) return NULL;
    r->strategy = (hd_strategy){.pick = replay_pick, .moved = replay_moved, .free = walk_free};
    r->trace = trace;
    r->walk = start_walk(trace);
    return &r->strategy;
}

bool hd_replay_divergence(const hd_strategy *strategy, hd_divergence *divergence) {
    const replay *r = (const replay *)strategy;
    if (r->diverged) *divergence = r->divergence;
    return r->diverged;
}

/* An execution that was cut short ends in its replay because the trace does. */
static bool same_outcome(hd_outcome recorded, hd_outcome found) {
    if (recorded == found) return true;
    return found == HD_OUTCOME_GIVEN_UP &&
           (recorded == HD_OUTCOME_STEP_LIMIT || recorded == HD_OUTCOME_STOPPED);
}

hd_status hd_replay_check(const hd_strategy *strategy, const hd_world *world, hd_diag *diag) {
    const replay *r = (const replay *)strategy;
    const hd_divergence *d = &r->divergence;
    unsigned long long moves = hd_trace_moves(r->trace), events = hd_trace_events(r->trace);
    unsigned long long steps = hd_world_steps(world);
    hd_outcome recorded, found = hd_world_outcome(world);
    if (r->diverged)
        return hd_diag_set(diag, HD_FAILED,
                           "the execution diverges from the trace after %llu events and %llu "
                           "moves: expected %s, found %s",
                           (unsigned long long)d->step, (unsigned long long)d->move, d->expected,
                           d->found);
    if (!r->walk.over)
        return hd_diag_set(diag, HD_FAILED,
                           "the execution ends (%s) after %llu events and %llu moves, the trace "
                           "after %llu events and %llu moves",
                           hd_outcome_name(found), steps, (unsigned long long)r->walk.number,
                           events, moves);
    if (!hd_trace_outcome(r->trace, &recorded)) return HD_OK;
    if (!same_outcome(recorded, found))
        return hd_diag_set(diag, HD_FAILED, "the execution ends otherwise: expected %s, found %s",
                           hd_outcome_name(recorded), hd_outcome_name(found));
    if (steps != events)
        return hd_diag_set(diag, HD_FAILED, "the execution has %llu events, the trace %llu", steps,
                           events);
    return HD_OK;
}

/* Guidance. */

typedef struct guided {
    hd_strategy strategy;
    walk walk;
    hd_trace *actual;
    bool astray; /* the move is none of the trace's */
} guided;

/* Passes over moves that cannot be made; for ever only in traces that nobody recorded. */
static void skip_disabled(walk *w, const hd_choice *choice) {
    for (unsigned i = 0; !w->over && !is_possible(w, choice); i++) {
        next_move(w);
        if (i == 1000000) w->over = true;
    }
}

static bool guided_pick(hd_strategy *self, const hd_choice *choice, hd_pick *pick) {
    guided *g = (guided *)self;
    /* What happens by itself is made whether the trace has it or not. */
    g->astray = choice->due && !is_possible(&g->walk, choice);
    if (!g->astray) skip_disabled(&g->walk, choice);
    if (g->astray)
        *pick = (hd_pick){choice->enabled[0], 1};
    else if (g->walk.over)
        pick_beyond(&g->walk, choice, pick);
    else
        pick_current(&g->walk, pick);
    if (g->actual && choice->last_enabled && pick->agent != choice->last)
        hd_trace_add_preemption(g->actual);
    return true;
}

static void guided_moved(hd_strategy *self, const hd_pick *pick, uint64_t events) {
    guided *g = (guided *)self;
    walk *w = &g->walk;
    (void)pick;
    if (g->astray) return;
    if (w->over) {
        w->used += events;
    } else {
        w->left -= events < w->left ? events : w->left;
        if (w->left == 0) next_move(w);
    }
}

hd_strategy *hd_strategy_guided(const hd_trace *trace, hd_trace *actual) {
    guided *g = hd_calloc(1, sizeof *g);
    if (!g) return NULL;
    g->strategy = (hd_strategy){.pick = guided_pick, .moved = guided_moved, .free = walk_free};
    g->walk = start_walk(trace);
    g->actual = actual;
    return &g->strategy;
}
