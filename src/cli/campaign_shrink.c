/* campaign_shrink.c: see campaign_shrink.h. */
#include "cli/campaign_shrink.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cli/evidence.h"
#include "cli/message.h"
#include "cli/switches.h"
#include "sched/replay.h"
#include "sched/schedule_text.h"

/* How much longer than the original one a candidate may take before it counts as no failure, at
 * least so many nanoseconds; and how many more events it may have. */
enum { MORE_TIME = 10, LEAST_TIME = 1000000000, MORE_EVENTS = 10, LEAST_EVENTS = 100000 };

typedef struct search {
    const hd_control_options *options;
    hd_campaign_body *body;
    void *context;
    hd_failure wanted;     /* of the original run; by its repetition if the trace does not say */
    bool whole;            /* traces are not cut behind the failure */
    int64_t most_time;     /* of a candidate; 0 while the original one is repeated */
    hd_failure_kind found; /* of that */
    hd_diag *diag;
} search;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * HD_SECOND + time.tv_nsec;
}

static bool is_wanted(search *s, const hd_failure *failure) {
    if (failure->kind == HD_FAILURE_NONE) return false;
    if (s->wanted.kind == HD_FAILURE_NONE && !hd_failure_copy(&s->wanted, failure))
        hd_diag_nomem(s->diag);
    return hd_failure_equal(&s->wanted, failure);
}

/* Finishes the trace of an execution; `cuts`: it ends with the failure. */
static bool finish(const hd_execution *e, const hd_failure *failure, bool cuts, hd_trace *actual) {
    uint64_t after = cuts ? hd_execution_failed_after(e, failure) : UINT64_MAX;
    if (after >= hd_trace_events(actual))
        return hd_trace_finish(actual, hd_world_outcome(e->world), failure);
    return hd_trace_cut(actual, after) && hd_trace_finish(actual, HD_OUTCOME_GIVEN_UP, failure);
}

/* The run of a candidate. It is followed as far as possible: it cannot diverge. */
static bool test_candidate(void *context, const hd_trace *candidate, hd_trace *actual) {
    search *s = context;
    hd_execution e;
    hd_diag diag = HD_DIAG_INIT;
    hd_run_outcome outcome = {0};
    hd_control_options options = *s->options;
    uint64_t most_events = MORE_EVENTS * hd_trace_events(s->options->trace) + LEAST_EVENTS;
    options.trace = NULL;
    if (options.steps == 0) options.steps = most_events;
    hd_observer record = hd_trace_observer(actual);
    hd_execution_plan plan = {.strategy = hd_strategy_guided(candidate, actual),
                              .observer = &record,
                              .seed = hd_trace_get_origin(s->options->trace).seed,
                              .inputs = actual,
                              .recall = s->options->trace,
                              .explains = true,
                              .most_time = s->most_time};
    if (!plan.strategy || hd_execution_begin_with(&e, &options, &plan, &diag) != HD_OK) {
        hd_strategy_free(plan.strategy);
        hd_diag_nomem(s->diag);
        return false;
    }
    uint64_t failures = hd_alloc_failures();
    int64_t start = now();
    s->body(s->context, &e, &outcome);
    bool first = s->most_time == 0;
    if (first) s->most_time = MORE_TIME * (now() - start) + LEAST_TIME;
    hd_failure failure = HD_FAILURE_INIT;
    bool taken = hd_execution_take_failure(&e, &failure) && outcome.text;
    if (first) s->found = failure.kind;
    bool same = taken && is_wanted(s, &failure);
    if (!taken || !finish(&e, &failure, same && !first && !s->whole, actual) ||
        hd_alloc_failures() > failures)
        hd_diag_nomem(s->diag);
    hd_free(outcome.text);
    hd_failure_free(&failure);
    hd_execution_end(&e);
    return same;
}

static void print_size(const char *what, const hd_shrink_size *size) {
    printf("%s: %" PRIu64 " preemption%s, %" PRIu64 " event%s, %" PRIu64 " switch%s\n", what,
           size->preemptions, size->preemptions == 1 ? "" : "s", size->events,
           size->events == 1 ? "" : "s", size->switches, size->switches == 1 ? "" : "es");
}

/* Writes the trace, and tells its switches and where it is. */
static hd_status keep(const hd_trace *shrunk, const hd_switches *switches, hd_diag *diag) {
    const char *output;
    char *made = NULL;
    hd_control_get_purpose(&output);
    if (output)
        hd_trace_save(shrunk, output, diag);
    else
        hd_evidence_save_shrunk(shrunk, hd_control_trace_path(), &made, diag);
    if (diag->status == HD_OK) {
        hd_switches_print(stdout, switches, output ? output : made);
        fflush(stdout);
        fputs("reproduce: heddle replay ", stderr);
        hd_print_string(stderr, output ? output : made);
        fputc('\n', stderr);
    }
    hd_free(made);
    return diag->status;
}

/* Why there is nothing to search from. */
static hd_status explain(const search *s, const hd_subject *subject, hd_diag *diag) {
    static const char failed[] = "the failure does not repeat itself";
    hd_trace *now = hd_trace_new();
    if (now) hd_trace_bind(now, subject->bytes, subject->length);
    bool changed = now && !hd_trace_same_subject(now, s->options->trace);
    hd_trace_free(now);
    hd_diag_reset(diag);
    if (changed)
        return hd_diag_set(diag, HD_FAILED,
                           "%s: the trace was recorded of something else: the file has changed, or "
                           "--module names another one",
                           failed);
    if (s->found == HD_FAILURE_NONE)
        return hd_diag_set(diag, HD_FAILED, "%s: its execution does not fail", failed);
    if (s->wanted.kind == s->found)
        return hd_diag_set(diag, HD_FAILED, "%s: the agents or places of its %s are others", failed,
                           hd_failure_kind_name(s->found));
    return hd_diag_set(diag, HD_FAILED,
                       "%s: the trace ends with the failure '%s', its execution with '%s'", failed,
                       hd_failure_kind_name(s->wanted.kind), hd_failure_kind_name(s->found));
}

/* The search itself. */
static hd_status shrink(search *s, const hd_subject *subject, uint64_t most_executions,
                        hd_trace **shrunk, hd_shrink_summary *summary) {
    hd_diag *diag = s->diag;
    hd_shrink_options how = {
        .test = test_candidate, .context = s, .most_executions = most_executions};
    hd_status status = hd_shrink(s->options->trace, &how, shrunk, summary, diag);
    if (status == HD_FAILED && subject) explain(s, subject, diag);
    if (status != HD_OK || diag->status == HD_OK) return status;
    hd_trace_free(*shrunk); /* candidates were refused for lack of memory */
    *shrunk = NULL;
    return diag->status;
}

hd_status hd_campaign_shrink_trace(const hd_control_options *options, const hd_subject *subject,
                                   hd_campaign_body *body, void *context, uint64_t most_executions,
                                   hd_trace **shrunk, hd_shrink_summary *summary, hd_diag *diag) {
    search s = {.options = options, .body = body, .context = context, .whole = true, .diag = diag};
    if (!hd_failure_copy(&s.wanted, hd_trace_failure(options->trace))) return hd_diag_nomem(diag);
    shrink(&s, subject, most_executions, shrunk, summary);
    hd_failure_free(&s.wanted);
    return diag->status;
}

/* True if the exact replay of a trace fails as is wanted. */
static bool holds(search *s, const hd_trace *trace) {
    hd_execution e;
    hd_diag diag = HD_DIAG_INIT;
    hd_run_outcome outcome = {0};
    hd_control_options options = *s->options;
    options.trace = trace;
    hd_execution_plan plan = {.strategy = hd_strategy_replay(trace),
                              .seed = hd_trace_get_origin(trace).seed,
                              .recall = trace,
                              .exact = true,
                              .explains = true};
    if (!plan.strategy || hd_execution_begin_with(&e, &options, &plan, &diag) != HD_OK) {
        hd_strategy_free(plan.strategy);
        hd_diag_nomem(s->diag);
        return false;
    }
    hd_failure failure = HD_FAILURE_INIT;
    s->body(s->context, &e, &outcome);
    bool taken = hd_execution_take_failure(&e, &failure) && outcome.text;
    bool same = taken && is_wanted(s, &failure);
    if (!taken) hd_diag_nomem(s->diag);
    hd_free(outcome.text);
    hd_failure_free(&failure);
    hd_execution_end(&e);
    return same;
}

/* Sees to it that a trace which was cut behind its failure does repeat it, as it is replayed; else
 * it gets its tail again. */
static hd_status check_cut(search *s, hd_trace **shrunk) {
    if (holds(s, *shrunk) || s->diag->status != HD_OK) return s->diag->status;
    hd_trace *actual = hd_trace_new_like(s->options->trace);
    s->whole = true;
    if (actual && test_candidate(s, *shrunk, actual)) {
        hd_trace *cut = *shrunk;
        *shrunk = actual;
        actual = cut;
    } else if (s->diag->status == HD_OK) {
        hd_diag_nomem(s->diag); /* it was the same execution before */
    }
    hd_trace_free(actual);
    return s->diag->status;
}

hd_status hd_campaign_shrink(const hd_control_options *options, const hd_subject *subject,
                             hd_campaign_body *body, void *context, hd_diag *diag) {
    search s = {.options = options, .body = body, .context = context, .diag = diag};
    hd_shrink_summary summary;
    hd_trace *shrunk = NULL;
    if (!hd_failure_copy(&s.wanted, hd_trace_failure(options->trace))) return hd_diag_nomem(diag);
    if (shrink(&s, subject, 0, &shrunk, &summary) == HD_OK) check_cut(&s, &shrunk);
    hd_failure_free(&s.wanted);
    if (diag->status != HD_OK) {
        hd_trace_free(shrunk);
        return diag->status;
    }
    print_size("before", &summary.before);
    print_size("after", &summary.after);
    printf("%" PRIu64 " executions%s\n", summary.executions,
           summary.bounded ? ", cut short: simpler ones may exist" : "");
    char text[200];
    if (hd_schedule_format(shrunk, text, sizeof text)) printf("schedule: %s\n", text);
    hd_switches switches;
    if (hd_switches_take(&switches, options, shrunk, body, context, diag) == HD_OK)
        keep(shrunk, &switches, diag);
    hd_switches_free(&switches);
    hd_trace_free(shrunk);
    return diag->status;
}
