/* explore.c: the search.
 *
 * The present execution is a stack of steps, and at each place of it hangs a wake-up tree: what
 * must still be executed from there. The search goes down to a maximal execution, looks at its
 * races, which insert sequences into those trees, and goes up to the deepest place with something
 * left. An agent whose branch is finished is put to sleep there: as long as nothing happens that
 * its event depends on, it need not be executed again. */
#include "explore/explore.h"

#include <string.h>
#include <time.h>

#include "explore/parts.h"

enum { DEFAULT_STEPS = 100000, PROGRESS = 64 };

static int64_t host_time(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * HD_SECOND + time.tv_nsec;
}

/* Going down. */

typedef enum descent { AT_END, AT_BOUND, ALL_ASLEEP, GONE_WRONG } descent;

/* Agents that sleep here sleep on behind a step that they do not depend on. */
static void pass_sleep(hd_explorer *x) {
    hd_step *s = &x->steps.items[x->depth], *next = s + 1;
    const hd_footprint *from = x->asleep + x->depth * x->agents;
    hd_footprint *to = x->asleep + (x->depth + 1) * x->agents;
    next->sleep = 0;
    if (s->barrier) return;
    for (hd_agents left = s->sleep; left; left &= left - 1) {
        uint32_t agent = (uint32_t)__builtin_ctzll(left);
        if (hd_footprints_depend(&s->footprint, &from[agent])) continue;
        next->sleep |= hd_agent_bit(agent);
        to[agent] = from[agent];
    }
}

/* The branch to execute here; NULL when all agents that could move are asleep, or after a
 * diagnosis. */
static hd_branch *choose(hd_explorer *x, hd_step *s) {
    if (!s->branches) {
        hd_agents can = s->enabled & ~s->sleep;
        if (!can) return NULL;
        s->branches = hd_branch_new(&x->branches, (uint32_t)__builtin_ctzll(can));
        if (!s->branches) hd_explorer_nomem(x);
        return s->branches;
    }
    hd_agents bit = hd_agent_bit(s->branches->agent);
    if (!(s->enabled & bit))
        hd_explorer_fail(x, "what must be executed is impossible");
    else if (s->sleep & bit)
        hd_explorer_fail(x, "what must be executed is asleep");
    return s->branches;
}

/* Takes the first branch out of the list of a step. */
static void drop_branch(hd_explorer *x, hd_step *s) {
    hd_branch *b = s->branches;
    s->branches = b->next;
    hd_branch_free(&x->branches, b);
}

/* A read of a loop that finds nothing new counts as not made. */
static bool undo_read(hd_explorer *x, hd_step *s, const hd_parking *parking) {
    hd_ghost ghost = {x->depth, s->agent, s->events};
    x->at--;
    x->hidden.len = s->hidden;
    x->states.len = x->past.items[--x->past.len].state;
    drop_branch(x, s);
    if (!hd_vec_push(&x->ghosts, ghost)) return hd_explorer_nomem(x);
    return hd_explorer_park(x, parking);
}

/* Executes a branch; false after a diagnosis. */
static bool execute(hd_explorer *x, hd_step *s, hd_branch *b, bool barrier) {
    hd_parking parking = {0};
    hd_branch *child = b->child;
    b->child = NULL;
    s->parked = x->parked;
    s->loose = x->loose;
    s->parkings = x->parkings.len;
    s->ghosts = x->ghosts.len;
    s->rounds = x->rounds.len;
    s->stays = x->stays.len;
    s->past = x->past.len;
    s->hidden = x->hidden.len;
    if (!hd_explorer_note_stays(x, b->agent) || !hd_explorer_execute(x, s, b->agent, barrier)) {
        hd_branch_free_list(&x->branches, child);
        return false;
    }
    if (!hd_explorer_reserve(x, x->depth)) return false;
    s = &x->steps.items[x->depth];
    hd_await await = hd_explorer_awaits(x, s, &parking);
    if (await == HD_AWAIT_FAILED) {
        if (!child) return undo_read(x, s, &parking);
        hd_branch_free_list(&x->branches, child);
        return hd_explorer_fail(x, "a read of a loop that must be executed fails");
    }
    if (await == HD_AWAIT_ROUND && !hd_explorer_park(x, &parking)) return false;
    if (await == HD_AWAIT_OVER && !hd_explorer_loosen(x, &parking)) return false;
    s->closes = await != HD_AWAIT_NONE;
    hd_round round = {s->agent, parking.from, x->depth};
    if (await != HD_AWAIT_NONE && !hd_vec_push(&x->rounds, round)) return hd_explorer_nomem(x);
    b->footprint = s->footprint;
    x->valued |= s->valued || await != HD_AWAIT_NONE;
    pass_sleep(x);
    s[1].branches = child;
    s[1].done = 0;
    if (!hd_explorer_order(x)) return false;
    x->depth++;
    if (x->depth > x->result->depth) x->result->depth = x->depth;
    return true;
}

static bool is_too_long(const hd_explorer *x) {
    uint64_t most = x->options->most_steps ? x->options->most_steps : DEFAULT_STEPS;
    return x->depth >= most;
}

static descent descend(hd_explorer *x) {
    for (;;) {
        bool barrier;
        if (!hd_explorer_reserve(x, x->depth) || !hd_explorer_seek(x, x->depth)) return GONE_WRONG;
        hd_step *s = &x->steps.items[x->depth];
        s->enabled = hd_explorer_enabled(x, &barrier);
        if (!s->enabled) return AT_END;
        if (is_too_long(x)) return AT_BOUND;
        hd_branch *b = choose(x, s);
        if (x->diag->status != HD_OK) return GONE_WRONG;
        if (!b) return ALL_ASLEEP;
        if (!execute(x, s, b, barrier)) return GONE_WRONG;
        if (x->parked) x->valued = true;
    }
}

/* At the end. */

static hd_explore_end end_of(const hd_explorer *x) {
    if (hd_world_exited(x->world) || hd_world_living(x->world) == 0) return HD_EXPLORE_COMPLETE;
    if (x->spent) return HD_EXPLORE_BOUND;
    if (x->parked || hd_world_loops(x->world)) return HD_EXPLORE_LIVELOCKED;
    return HD_EXPLORE_DEADLOCKED;
}

/* The moves that have led here; reads that were undone come where they were made. */
static bool list_moves(hd_explorer *x) {
    size_t ghost = 0;
    x->moves.len = 0;
    if (!hd_vec_reserve(&x->moves, x->depth + x->ghosts.len)) return hd_explorer_nomem(x);
    for (size_t i = 0; i <= x->depth; i++) {
        for (; ghost < x->ghosts.len && x->ghosts.items[ghost].depth == i; ghost++)
            x->moves.items[x->moves.len++] =
                (hd_move){x->ghosts.items[ghost].agent, x->ghosts.items[ghost].events};
        if (i == x->depth) break;
        const hd_step *s = &x->steps.items[i];
        x->moves.items[x->moves.len++] =
            (hd_move){s->agent, s->timeout ? (uint64_t)HD_TIMEOUT : s->events};
    }
    return true;
}

/* Tells the user of an execution; false after a diagnosis. */
static bool tell(hd_explorer *x, hd_explore_execution *e) {
    if (!x->options->visit) return true;
    if (!list_moves(x)) return false;
    e->moves = x->moves.items;
    e->count = x->moves.len;
    if (!x->options->visit(x->options->visit_context, e)) x->result->stopped = true;
    return true;
}

/* True if an execution needs more preemptions than are wanted; false after a diagnosis, too. */
static bool is_beyond(hd_explorer *x) {
    uint64_t preemptions = 0;
    return x->options->bounds_preemptions && hd_explorer_preemptions(x, &preemptions) &&
           preemptions > x->options->preemptions;
}

/* Counts a maximal execution; false after a diagnosis. */
static bool count(hd_explorer *x, hd_explore_end end) {
    hd_explore_execution e = {.execution = x->execution, .world = x->world, .end = end};
    hd_explore_result *r = x->result;
    size_t timed;
    bool is_new = true;
    if (!hd_explorer_suspect(x)) return false;
    if (x->again) return true;
    if (x->looping && end != HD_EXPLORE_BOUND && !hd_forms_add(x, &is_new)) return false;
    e.moot = !is_new;
    r->moot += e.moot;
    if (is_beyond(x)) return r->beyond += !e.moot, true;
    if (x->diag->status != HD_OK) return false;
    if (e.moot) return tell(x, &e);
    r->ends[end]++;
    if (end == HD_EXPLORE_BOUND && is_too_long(x))
        r->bound = true;
    else
        r->unrolled |= end == HD_EXPLORE_BOUND;
    hd_world_timed(x->world, &timed);
    r->conditional |= end != HD_EXPLORE_COMPLETE && timed > 0;
    if (end != HD_EXPLORE_BOUND && !hd_finals_add(x, end, &e.new_state)) return false;
    if (x->subject->failure) e.failure = x->subject->failure(x->execution);
    r->failures += e.failure != NULL;
    return tell(x, &e);
}

/* Going up. */

/* Goes to the deepest place with something left to execute; false: there is none. */
static bool ascend(hd_explorer *x) {
    while (x->depth > 0) {
        x->depth--;
        hd_step *s = &x->steps.items[x->depth];
        x->hidden.len = s->hidden;
        memcpy(x->present + (size_t)s->agent * x->agents, hd_explorer_clock_before(x, x->depth),
               x->agents * sizeof *x->present);
        s->sleep |= hd_agent_bit(s->agent);
        x->asleep[x->depth * x->agents + s->agent] = s->footprint;
        s->done++;
        drop_branch(x, s);
        if (!s->branches) continue;
        x->fresh = x->depth;
        hd_explorer_restore(x, s);
        return true;
    }
    return false;
}

/* The share of what is known that is done. */
static double estimate(const hd_explorer *x) {
    double share = 0;
    for (size_t i = x->depth + 1; i-- > 0;) {
        const hd_step *s = &x->steps.items[i];
        uint64_t all = s->done;
        for (const hd_branch *b = s->branches; b; b = b->next)
            all++;
        share = ((double)s->done + share) / (double)(all ? all : 1);
    }
    return share;
}

uint64_t hd_explore_executions(const hd_explore_result *r) {
    uint64_t sum = r->beyond + r->moot;
    for (int i = 0; i < HD_EXPLORE_ENDS; i++)
        sum += r->ends[i];
    return sum;
}

/* True if a limit of the exploration is reached. */
static bool is_over(hd_explorer *x) {
    const hd_explore_options *o = x->options;
    uint64_t executions = hd_explore_executions(x->result);
    if (x->result->stopped) return true;
    if (o->progress && executions % PROGRESS == 0)
        o->progress(o->progress_context, executions, x->result->depth, estimate(x));
    x->result->limit = (o->most_executions && executions >= o->most_executions) ||
                       (o->most_time && host_time() - x->started >= o->most_time);
    return x->result->limit;
}

static void search(hd_explorer *x) {
    for (;;) {
        bool good = true;
        switch (descend(x)) {
        case GONE_WRONG: return;
        case ALL_ASLEEP: x->result->redundant++; break;
        case AT_BOUND:
            good = count(x, HD_EXPLORE_BOUND) && (x->again || hd_explorer_reverse(x));
            break;
        default: good = count(x, end_of(x)) && (x->again || hd_explorer_reverse(x)); break;
        }
        if (!good || x->again) return;
        x->result->estimate = 1;
        if (!ascend(x)) return;
        if (is_over(x)) {
            x->result->estimate = estimate(x);
            return;
        }
    }
}

/* Life. */

static void release(hd_explorer *x) {
    for (size_t i = 0; i < x->steps.len; i++)
        hd_branch_free_list(&x->branches, x->steps.items[i].branches);
    hd_branches_free(&x->branches);
    if (x->execution) x->subject->end(x->execution);
    hd_recorder_free(&x->recorder);
    hd_footprint_pool_free(&x->pool);
    hd_vec_free(&x->steps);
    hd_free(x->clocks);
    hd_free(x->before);
    hd_free(x->asleep);
    hd_free(x->present);
    hd_vec_free(&x->parkings);
    hd_vec_free(&x->ghosts);
    hd_vec_free(&x->rounds);
    hd_vec_free(&x->stays);
    hd_vec_free(&x->past);
    hd_vec_free(&x->places);
    hd_vec_free(&x->hidden);
    hd_vec_free(&x->states);
    hd_vec_free(&x->state);
    hd_vec_free(&x->items);
    hd_vec_free(&x->races);
    hd_vec_free(&x->moves);
    hd_finals_free(x->finals);
    hd_forms_free(x->forms);
    hd_contexts_free(x->contexts);
}

/* Explores once. True: it is to begin again. */
static bool explore_once(const hd_explore_subject *subject, const hd_explore_options *options,
                         hd_spans *kept, int64_t started, hd_explore_result *result,
                         hd_diag *diag) {
    hd_explorer x = {.subject = subject,
                     .options = options,
                     .result = result,
                     .diag = diag,
                     .kept = kept,
                     .recorder = {.number = subject->number,
                                  .refined = !options->static_footprints,
                                  .live = subject->live},
                     .started = started};
    *result = (hd_explore_result){0};
    x.recorder.pool = &x.pool;
    x.observer = hd_recorder_observer(&x.recorder);
    if (hd_explorer_start(&x)) search(&x);
    release(&x);
    return x.again && diag->status == HD_OK && !result->stopped;
}

hd_status hd_explore(const hd_explore_subject *subject, const hd_explore_options *options,
                     hd_explore_result *result, hd_diag *diag) {
    hd_spans kept = {0};
    int64_t started = host_time();
    while (explore_once(subject, options, &kept, started, result, diag))
        continue;
    hd_vec_free(&kept);
    return diag->status;
}
