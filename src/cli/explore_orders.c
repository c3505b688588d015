/* explore_orders.c: the two accesses of a race in both orders. */
#include <string.h>

#include "base/alloc.h"
#include "cli/explore_check.h"
#include "sched/replay.h"

/* An execution with the accesses the other way round may have so many events. */
enum { MORE_EVENTS = 10, LEAST_EVENTS = 100000 };

/* An execution whose final state is wanted, and a look at its events. */
typedef struct ending {
    hd_bytes memories;
    char *text; /* results, outputs, failures */
    bool cut;   /* it goes on, and has no end */
    const hd_checked *raced;
    HD_VEC(uint64_t) earlier, later; /* steps that are accesses like those that race */
} ending;

static void free_ending(ending *end) {
    hd_vec_free(&end->memories);
    hd_free(end->text);
    hd_vec_free(&end->earlier);
    hd_vec_free(&end->later);
}

static bool is_like(const hd_racing_access *a, uint32_t agent, const hd_event *event) {
    return a->agent == agent && a->kind == event->kind && a->address == event->address;
}

static void note_event(void *context, uint32_t agent, uint64_t step, const hd_event *event) {
    ending *end = context;
    bool noted = true;
    if (is_like(&end->raced->earlier, agent, event)) noted = hd_vec_push(&end->earlier, step);
    if (is_like(&end->raced->later, agent, event)) noted = hd_vec_push(&end->later, step) && noted;
    if (!noted) hd_alloc_note_failure();
}

/* Which of its agent's events a step is. */
static uint64_t ordinal_of(const hd_trace *trace, uint32_t agent, uint64_t wanted) {
    uint64_t step = 0, ordinal = 0;
    hd_move move;
    hd_trace_cursor cursor = hd_trace_start(trace);
    while (hd_trace_next(&cursor, &move) && step <= wanted) {
        uint64_t events = hd_move_events(&move), before = wanted - step;
        if (move.agent == agent) ordinal += before < events ? before : events;
        step += events;
    }
    return ordinal;
}

/* The step that is such an event, or UINT64_MAX. */
static uint64_t step_of(const hd_trace *trace, uint32_t agent, uint64_t ordinal) {
    uint64_t step = 0;
    hd_move move;
    hd_trace_cursor cursor = hd_trace_start(trace);
    while (hd_trace_next(&cursor, &move)) {
        uint64_t events = hd_move_events(&move);
        if (move.agent == agent && ordinal < events) return step + ordinal;
        if (move.agent == agent) ordinal -= events;
        step += events;
    }
    return UINT64_MAX;
}

static bool is_among(const uint64_t *steps, size_t count, uint64_t wanted) {
    for (size_t i = 0; i < count; i++)
        if (steps[i] == wanted) return true;
    return false;
}

/* True if the same two accesses happened the other way round. */
static bool is_reversed(const ending *end, const hd_trace *actual) {
    const hd_checked *raced = end->raced;
    const hd_racing_access *a = &raced->earlier, *b = &raced->later;
    uint64_t first = step_of(actual, b->agent, ordinal_of(raced->trace, b->agent, b->step));
    uint64_t second = step_of(actual, a->agent, ordinal_of(raced->trace, a->agent, a->step));
    return first < second && second != UINT64_MAX &&
           is_among(end->later.items, end->later.len, first) &&
           is_among(end->earlier.items, end->earlier.len, second);
}

/* Executes by a schedule as far as possible. A race is no failure of it. */
static hd_status find_ending(hd_step_subject *s, const hd_trace *schedule, ending *end,
                             bool *reversed, hd_diag *diag) {
    hd_execution e;
    bool good;
    hd_control_options options = s->control;
    options.observed = (hd_observations){0};
    options.races.mode = HD_RACES_WARN;
    options.steps = MORE_EVENTS * hd_trace_events(end->raced->trace) + LEAST_EVENTS;
    hd_trace *actual = hd_trace_new();
    hd_observer observer = {.context = end, .event = note_event};
    hd_execution_plan plan = {.strategy = hd_strategy_guided(schedule, NULL),
                              .observer = &observer,
                              .trace = actual,
                              .seed = options.seed,
                              .recall = end->raced->trace,
                              .final = &end->memories};
    uint64_t failures = hd_alloc_failures();
    if (!actual || !plan.strategy || hd_execution_begin_with(&e, &options, &plan, diag) != HD_OK) {
        hd_strategy_free(plan.strategy);
        hd_trace_free(actual);
        return hd_diag_nomem(diag);
    }
    end->text = hd_explored_execute(s, &e, &good);
    *reversed = is_reversed(end, e.trace);
    end->cut = hd_world_outcome(e.world) == HD_OUTCOME_STEP_LIMIT;
    hd_execution_end(&e);
    if (!end->text || hd_alloc_failures() > failures) hd_diag_nomem(diag);
    return diag->status;
}

/* The schedule of an execution in which the later access comes before the earlier one: the agent
 * of that one stands still until then. */
static hd_trace *turn_around(const hd_checked *raced) {
    hd_trace *made = hd_trace_new();
    const hd_racing_access *first = &raced->earlier, *second = &raced->later;
    /* Three times: the others up to the later access; the agent of the earlier one; the rest. */
    for (int pass = 0; made && pass < 3; pass++) {
        uint64_t step = 0;
        hd_move move;
        hd_trace_cursor cursor = hd_trace_start(raced->trace);
        while (hd_trace_next(&cursor, &move))
            for (uint64_t i = 0; i < hd_move_events(&move); i++, step++) {
                bool stands = move.agent == first->agent && step >= first->step;
                int wanted = step > second->step ? 2 : stands ? 1 : 0;
                if (wanted == pass)
                    hd_trace_add_move(made, move.agent, move.events == HD_TIMEOUT ? HD_TIMEOUT : 1);
            }
    }
    if (made && hd_trace_complete(made)) return made;
    hd_trace_free(made);
    return NULL;
}

static bool same_ending(const ending *a, const ending *b) {
    return strcmp(a->text, b->text) == 0 && a->memories.len == b->memories.len &&
           (a->memories.len == 0 ||
            memcmp(a->memories.items, b->memories.items, a->memories.len) == 0);
}

hd_status hd_explored_orders(hd_step_subject *s, const hd_checked *raced, hd_orders *orders,
                             hd_diag *diag) {
    ending as_is = {.raced = raced}, other = {.raced = raced};
    bool reversed;
    hd_trace *schedule = turn_around(raced);
    *orders = HD_ORDERS_UNKNOWN;
    if (!schedule)
        hd_diag_nomem(diag);
    else if (find_ending(s, raced->trace, &as_is, &reversed, diag) == HD_OK &&
             find_ending(s, schedule, &other, &reversed, diag) == HD_OK)
        *orders = as_is.cut || other.cut        ? HD_ORDERS_UNKNOWN
                  : !reversed                   ? HD_ORDERS_ONE
                  : same_ending(&as_is, &other) ? HD_ORDERS_ALIKE
                                                : HD_ORDERS_DIFFER;
    free_ending(&as_is);
    free_ending(&other);
    hd_trace_free(schedule);
    return diag->status;
}
