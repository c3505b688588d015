/* explore_check.c: executions of an exploration made once more, with all checks. */
#include "cli/explore_check.h"

#include <string.h>

#include "base/alloc.h"
#include "cli/campaign_shrink.h"
#include "cli/features.h"

/* A search for a simpler trace ends after so many executions. */
enum { SHRINK_EXECUTIONS = 2000 };

char *hd_explored_execute(hd_step_subject *s, hd_execution *execution, bool *good) {
    hd_output output;
    FILE *text = hd_output_open(&output);
    if (text && s->is_program) {
        hd_program_io io = {.results = text, .errors = text, .captured = true};
        *good = hd_program_execute(&s->program, execution, &io) == HD_EXIT_OK;
    } else if (text) {
        hd_wast_file file = {.path = s->program.path};
        hd_wast_options options = {.timeout = -1,
                                   .code = s->code,
                                   .features = s->program.features,
                                   .stack = s->program.stack,
                                   .execution = execution};
        hd_wast_run(&s->script, &options, &file.result, &file.diag);
        *good = file.result.failed == 0 && file.diag.status == HD_OK;
        hd_wast_print_findings((hd_channel){text, false}, &file, -1);
        hd_wast_result_free(&file.result);
    }
    return hd_output_take(&output, NULL);
}

static void take_races(hd_checked *c, const hd_race_detector *races) {
    if (!races) return;
    c->races = hd_race_sum_of_run(races, 0, true);
    for (size_t i = 0; i < hd_race_count(races); i++) {
        const hd_race_report *r = hd_race_get(races, i);
        uint64_t from = hd_place_byte(r->memory, r->address);
        (void)hd_vec_push(&c->spans, ((hd_span){from, from + r->length, 1}));
    }
}

/* The race that is the failure, if it is one. */
static void take_pair(hd_checked *c, const hd_execution *e) {
    const hd_race_report *race = hd_race_choice_failure(&e->options->races, e->races);
    if (!race) return;
    const hd_race_access *a = &race->earlier, *b = &race->later;
    c->earlier = (hd_racing_access){a->agent, a->step, a->kind, a->address};
    c->later = (hd_racing_access){b->agent, b->step, b->kind, b->address};
}

/* True if a notify came before the wait that nobody ends. */
static bool is_lost_wakeup(const hd_execution *e) {
    const hd_stuck_report *r = e->stuck ? hd_stuck_get_report(e->stuck) : NULL;
    for (uint32_t i = 0; r && i < r->agent_count; i++)
        if (r->agents[i].class == HD_STUCK_LOST) return true;
    return false;
}

/* What is wrong, in one line: the execution's own failure, or the first line of what it printed. */
static void take_words(hd_checked *c, const hd_execution *e, const char *failure) {
    const char *text = failure ? failure : c->text;
    snprintf(c->line, sizeof c->line, "%.*s%s", (int)strcspn(text, "\n"), text,
             is_lost_wakeup(e) ? ": lost wake-up" : "");
}

/* The command line that the trace is one of. */
static void add_words(const hd_step_subject *s, hd_words *words) {
    hd_words_add(words, s->is_program ? "run" : "wast");
    hd_control_words(&s->control, words);
    if (s->is_program) {
        hd_program_options_words(&s->program, words);
        return;
    }
    hd_features_words(s->program.features, words);
    hd_words_add(words, "--");
    hd_words_add(words, "%s", s->program.path);
}

/* What the checks found, as text and as values. */
static hd_status take_found(hd_checked *c, hd_execution *e, hd_diag *diag) {
    hd_output output;
    FILE *report = hd_output_open(&output);
    if (report) hd_execution_report(e, true, report);
    c->report = hd_output_take(&output, NULL);
    take_races(c, e->races);
    if (!c->text || !c->report || !hd_execution_take_failure(e, &c->failure))
        return hd_diag_nomem(diag);
    const char *failure = hd_execution_failure(e);
    /* Of what is cut short on purpose, only that. */
    if (c->failure.kind == HD_FAILURE_STEP_LIMIT && (failure = hd_execution_race(e)))
        hd_execution_take_race(e, &c->failure);
    if (c->failure.incomplete ||
        !hd_trace_finish(e->trace, hd_world_outcome(e->world), &c->failure))
        return hd_diag_nomem(diag);
    if (c->failure.kind != HD_FAILURE_NONE) take_words(c, e, failure);
    if (c->failure.kind == HD_FAILURE_RACE) take_pair(c, e);
    c->trace = e->trace;
    e->trace = NULL;
    return HD_OK;
}

hd_status hd_check_trace(hd_step_subject *s, hd_trace *trace, hd_checked *c, hd_diag *diag) {
    hd_words words = {0};
    hd_control_options options = s->control;
    *c = (hd_checked){0};
    options.strategy = "schedule";
    options.trace = options.schedule = trace;
    options.explains = true;
    options.observed = (hd_observations){0};
    add_words(s, &words);
    hd_subject subject = {.bytes = s->input.bytes, .length = s->input.length, .words = &words};
    hd_execution e;
    bool good = false;
    if (hd_execution_begin(&e, &options, options.seed, &subject, NULL, diag) == HD_OK) {
        c->text = hd_explored_execute(s, &e, &good);
        take_found(c, &e, diag);
        hd_execution_end(&e);
    }
    hd_words_free(&words);
    return diag->status;
}

hd_status hd_check_moves(hd_step_subject *s, const hd_move *moves, size_t count, hd_checked *c,
                         hd_diag *diag) {
    *c = (hd_checked){0};
    hd_trace *schedule = hd_trace_new();
    if (!schedule) return hd_diag_nomem(diag);
    for (size_t i = 0; i < count; i++)
        hd_trace_add_move(schedule, moves[i].agent, moves[i].events);
    if (hd_trace_complete(schedule))
        hd_check_trace(s, schedule, c, diag);
    else
        hd_diag_nomem(diag);
    hd_trace_free(schedule);
    return diag->status;
}

hd_status hd_check_beginning(hd_step_subject *s, const hd_move *moves, size_t count, hd_checked *c,
                             hd_diag *diag) {
    uint64_t steps = s->control.steps, events = 0;
    for (size_t i = 0; i < count; i++)
        events += hd_move_events(&moves[i]);
    s->control.steps = events > 0 ? events : 1;
    hd_check_moves(s, moves, count, c, diag);
    s->control.steps = steps;
    if (c->failure.kind != HD_FAILURE_RACE) hd_failure_set(&c->failure, HD_FAILURE_NONE, 0);
    return diag->status;
}

void hd_checked_free(hd_checked *c) {
    hd_failure_free(&c->failure);
    hd_free(c->text);
    hd_free(c->report);
    hd_trace_free(c->trace);
    hd_race_sum_free(&c->races);
    hd_vec_free(&c->spans);
}

/* A run of a search for a simpler trace. */
static bool run_candidate(void *context, hd_execution *e, hd_run_outcome *outcome) {
    bool good = false;
    outcome->text = hd_explored_execute(context, e, &good);
    return good;
}

hd_status hd_explored_shrink(hd_step_subject *s, const hd_trace *trace, hd_trace **shrunk,
                             hd_shrink_summary *summary, hd_diag *diag) {
    hd_control_options options = s->control;
    options.trace = trace;
    return hd_campaign_shrink_trace(&options, NULL, run_candidate, s, SHRINK_EXECUTIONS, shrunk,
                                    summary, diag);
}
