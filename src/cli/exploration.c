/* exploration.c: see exploration.h. */
#include "cli/exploration.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "cli/graph.h"
#include "cli/interrupt.h"

/* How much longer a stuck execution may go on when it is made once more. */
enum { MORE_EVENTS = 100000 };

/* What is found. */

static int by_place(const void *a, const void *b) {
    const hd_span *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

static bool is_promoted(const hd_exploration *o, const hd_span *span) {
    for (size_t i = 0; i < o->promoted.len; i++)
        if (o->promoted.items[i].from <= span->from && span->to <= o->promoted.items[i].to)
            return true;
    return false;
}

/* Adds bytes to those whose plain accesses are events, and melts what touches. */
static void promote(hd_exploration *o, const hd_span *span) {
    size_t kept = 0;
    if (is_promoted(o, span)) return;
    o->promotes = true;
    if (!hd_vec_push(&o->promoted, *span)) hd_diag_nomem(o->diag);
    qsort(o->promoted.items, o->promoted.len, sizeof(hd_span), by_place);
    for (size_t i = 0; i < o->promoted.len; i++) {
        hd_span *last = kept > 0 ? &o->promoted.items[kept - 1] : NULL;
        const hd_span *next = &o->promoted.items[i];
        if (last && next->from <= last->to) {
            if (next->to > last->to) last->to = next->to;
        } else {
            o->promoted.items[kept++] = *next;
        }
    }
    o->promoted.len = kept;
}

/* What the exploration itself says of an execution that has failed. */
static const char *own_words(const hd_exploration *o, const hd_explore_execution *e) {
    if (e->failure) return e->failure;
    if (e->end == HD_EXPLORE_LIVELOCKED) return "livelock: agents only read again what stays";
    return o->explore.timeouts == HD_TIMEOUTS_NEVER
               ? "deadlock: no agent can move, as no wait times out"
               : "deadlock: no agent can move";
}

/* The same as a value, for what no repetition shows. */
static void take_own(const hd_exploration *o, const hd_explore_execution *e, hd_checked *c) {
    hd_failure_kind kind = e->failure                        ? HD_FAILURE_CHECK
                           : e->end == HD_EXPLORE_LIVELOCKED ? HD_FAILURE_LIVELOCK
                                                             : HD_FAILURE_DEADLOCK;
    hd_failure_set(&c->failure, kind, 0);
    snprintf(c->line, sizeof c->line, "%s", own_words(o, e));
    hd_trace_free(c->trace);
    c->trace = NULL;
}

static bool is_stuck(const hd_explore_execution *e) {
    return e->end == HD_EXPLORE_DEADLOCKED || e->end == HD_EXPLORE_LIVELOCKED;
}

/* Executes once more with all checks. A repetition lets waits time out when nothing else can
 * happen: what is stuck without that, it does not show. One that failed must not be lost because
 * they see nothing. Of one that was cut short only races are looked for. */
static void check(hd_exploration *o, const hd_explore_execution *e, bool failed, hd_checked *c) {
    if (e->end == HD_EXPLORE_BOUND) {
        hd_check_beginning(&o->subject, e->moves, e->count, c, o->diag);
        return;
    }
    bool shows = !(failed && is_stuck(e) && o->explore.timeouts == HD_TIMEOUTS_NEVER);
    /* A loop of waits that time out goes on for ever: that it is stuck, only the explorer knows. */
    uint64_t steps = o->subject.control.steps;
    if (is_stuck(e)) o->subject.control.steps = MORE_EVENTS + 2 * hd_world_steps(e->world);
    if (shows) hd_check_moves(&o->subject, e->moves, e->count, c, o->diag);
    o->subject.control.steps = steps;
    hd_failure_kind kind = c->failure.kind;
    if (failed && (kind == HD_FAILURE_NONE || kind == HD_FAILURE_STEP_LIMIT)) take_own(o, e, c);
}

/* Takes in what the checks found; false: it is enough. */
static bool take_found(hd_exploration *o, hd_checked *c) {
    for (size_t i = 0; o->automatic && i < c->spans.len; i++)
        promote(o, &c->spans.items[i]);
    if (c->spans.len > 0) o->unordered = true;
    if (o->promotes || o->diag->status != HD_OK) return false;
    hd_race_sum_add(&o->races, &c->races);
    c->races = (hd_race_sum){0};
    if (c->failure.kind == HD_FAILURE_NONE) return true;
    if (!hd_finds_add(&o->finds, c)) hd_diag_nomem(o->diag);
    return !o->first;
}

/* Each whole execution is made once more with all checks, unless there is nothing to be found. */
static bool visit(void *context, const hd_explore_execution *e) {
    hd_exploration *o = context;
    bool failed = !e->moot && e->end != HD_EXPLORE_BOUND && (e->failure || is_stuck(e));
    bool looks = o->subject.control.races.mode != HD_RACES_OFF;
    bool enough = false;
    if (failed || looks) {
        hd_checked checked = {0};
        check(o, e, failed, &checked);
        if (!hd_interrupt_signal()) enough = !take_found(o, &checked);
        hd_checked_free(&checked);
    }
    if (!enough && !e->moot && !hd_explored_outcomes_add(&o->outcomes, e)) hd_diag_nomem(o->diag);
    return !enough && o->diag->status == HD_OK && !hd_interrupt_signal();
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void forget(hd_exploration *o) {
    hd_finds_free(&o->finds);
    hd_race_sum_free(&o->races);
    hd_explored_outcomes_free(&o->outcomes);
    o->races = (hd_race_sum){0};
    o->finds = (hd_finds){0};
    o->unordered = false;
}

/* The exploration begins again: nothing that was found counts; with plain accesses that must be
 * events first, another one begins. */
static bool begin_again(void *context, const hd_span *span) {
    hd_exploration *o = context;
    forget(o);
    if (span && o->automatic) promote(o, span);
    return !o->promotes && o->diag->status == HD_OK;
}

hd_status hd_exploration_draw(hd_exploration *o, hd_diag *diag) {
    hd_graph graph = {0};
    const hd_trace *trace = NULL;
    for (size_t i = 0; i < o->finds.items.len && !trace; i++)
        trace = o->finds.items.items[i].shown.trace;
    for (size_t i = 0; i < o->outcomes.items.len && !trace; i++)
        trace = o->outcomes.items.items[i].schedule;
    if (!trace || (!o->dot && !o->picture)) return HD_OK;
    if (hd_graph_add_trace(&graph, &o->subject, trace, diag) == HD_OK && o->dot)
        hd_graph_write_dot(&graph, o->dot, diag);
    if (diag->status == HD_OK && o->picture) hd_graph_write_picture(&graph, o->picture, diag);
    hd_graph_free(&graph);
    return diag->status;
}

hd_status hd_exploration_run(hd_exploration *o, hd_diag *diag) {
    hd_explore_subject subject = hd_explored(&o->subject);
    o->began = now();
    o->explore.visit = visit;
    o->explore.visit_context = o;
    if (o->subject.control.races.mode != HD_RACES_OFF) o->explore.again = begin_again;
    o->explore.again_context = o;
    o->explore.progress = o->terminal ? hd_exploration_progress : NULL;
    o->explore.progress_context = o;
    o->diag = diag;
    do {
        forget(o);
        o->promotes = false;
        o->explore.promoted = o->promoted.items;
        o->explore.promoted_count = o->promoted.len;
        hd_explore(&subject, &o->explore, &o->result, diag);
    } while (o->promotes && diag->status == HD_OK);
    hd_race_sum_finish(&o->races, UINT64_MAX);
    hd_exploration_end_progress(o);
    if (diag->status == HD_OK && !hd_interrupt_signal())
        hd_finds_finish(&o->finds, &o->finds_options, &o->subject, diag);
    o->seconds = now() - o->began;
    return diag->status;
}

void hd_exploration_free(hd_exploration *o) {
    forget(o);
    hd_vec_free(&o->promoted);
    hd_step_subject_free(&o->subject);
}
