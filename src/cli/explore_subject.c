/* explore_subject.c: scripts and programs as subjects of an exploration. */
#include "cli/explore_subject.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/features.h"
#include "cli/program_parts.h"

/* One execution. */
typedef struct explored {
    hd_step_subject *subject;
    hd_control_options options;
    hd_execution execution;
    hd_output printed;
    hd_program_io io;
    hd_running running;
    bool opened;
    hd_wast_options wast;
    hd_cluster *script; /* of a script */
    hd_observer observer;
    HD_VEC(hd_memory *) memories; /* that were not made for a program, as they came */
    char failure[480];
} explored;

static void end(void *execution) {
    explored *e = execution;
    hd_wast_result result = {0};
    if (e->opened) hd_running_close(&e->running);
    if (e->script) hd_wast_end(e->script, &result);
    hd_wast_result_free(&result);
    hd_execution_end(&e->execution);
    hd_output_free(&e->printed);
    hd_vec_free(&e->memories);
    hd_free(e);
}

/* What a program printed of why it cannot be run becomes the diagnosis. */
static hd_status take_message(explored *e, hd_diag *diag) {
    if (!hd_output_flush(&e->printed)) return hd_diag_nomem(diag);
    size_t length = e->printed.bytes.len;
    while (length > 0 && e->printed.bytes.items[length - 1] == '\n')
        length--;
    const char *text = (const char *)e->printed.bytes.items;
    const char *colon = length > 0 ? memmem(text, length, "error: ", 7) : NULL;
    if (colon) length -= (size_t)(colon + 7 - text), text = colon + 7;
    return hd_diag_set(diag, HD_IO, "%.*s", (int)(length < 400 ? length : 400), text);
}

static hd_status begin_program(explored *e, hd_diag *diag) {
    FILE *file = hd_output_open(&e->printed);
    if (!file) return hd_diag_nomem(diag);
    e->io = (hd_program_io){.results = file, .errors = file, .captured = true};
    e->opened = true;
    if (hd_running_open(&e->running, &e->subject->program, &e->execution, &e->io) != 0)
        return take_message(e, diag);
    return hd_program_begin(e->running.program, e->running.cluster, diag);
}

static hd_status begin_script(explored *e, hd_diag *diag) {
    e->wast = (hd_wast_options){.timeout = -1,
                                .code = e->subject->code,
                                .features = e->subject->program.features,
                                .stack = e->subject->program.stack,
                                .execution = &e->execution};
    e->script = hd_wast_begin(&e->subject->script, &e->wast, diag);
    return diag->status;
}

static void *start(void *context, const hd_observer *observers, size_t count, hd_world **world,
                   hd_diag *diag) {
    explored *e = hd_calloc(1, sizeof *e);
    if (!e || count != 1) {
        hd_free(e);
        hd_diag_nomem(diag);
        return NULL;
    }
    e->subject = context;
    e->observer = observers[0];
    e->options = e->subject->control;
    e->options.races.mode = HD_RACES_OFF;
    hd_execution_plan plan = {.observer = &e->observer, .seed = e->options.seed};
    if (hd_execution_begin_with(&e->execution, &e->options, &plan, diag) != HD_OK) {
        hd_free(e);
        return NULL;
    }
    if (!e->subject->no_undo) hd_world_log(e->execution.world, 0);
    hd_status status = e->subject->is_program ? begin_program(e, diag) : begin_script(e, diag);
    if (status != HD_OK) {
        end(e);
        return NULL;
    }
    *world = e->execution.world;
    return e;
}

static hd_memory *made(const explored *e, uint32_t number) {
    return e->opened ? hd_program_memory(e->running.program, number) : NULL;
}

static hd_memory *memory(void *execution, uint32_t number) {
    const explored *e = execution;
    uint32_t count = 0;
    while (made(e, count))
        count++;
    if (number < count) return made(e, number);
    return number - count < e->memories.len ? e->memories.items[number - count] : NULL;
}

static uint32_t number(void *execution, const hd_memory *wanted) {
    explored *e = execution;
    uint32_t i = 0;
    for (; memory(e, i); i++)
        if (memory(e, i) == wanted) return i;
    HD_UNDO_SAVE(hd_world_get_log(e->execution.world), e->memories.len);
    (void)hd_vec_push(&e->memories, (hd_memory *)wanted);
    return i;
}

/* The outside is not gone back: files, streams, chance. */
static bool can_undo(void *execution) {
    const explored *e = execution;
    return !e->opened || !e->running.wasi;
}

static bool add_results(explored *e, hd_bytes *to) {
    hd_output output;
    FILE *file = hd_output_open(&output);
    if (!file) return false;
    hd_running_print_results(&e->running, file);
    const hd_diag *diag = &hd_program_get_outcome(e->running.program)->diag;
    fprintf(file, "%s %s\n", hd_status_name(diag->status), diag->message);
    size_t length;
    char *text = hd_output_take(&output, &length);
    bool good = text && hd_output_flush(&e->printed) && hd_bytes_add(to, text, length) &&
                hd_bytes_add(to, e->printed.bytes.items, e->printed.bytes.len);
    hd_free(text);
    return good;
}

static const char *failure(void *execution) {
    explored *e = execution;
    if (e->script) {
        const hd_finding *finding = hd_wast_failure(e->script);
        if (!finding) return NULL;
        snprintf(e->failure, sizeof e->failure, "%" PRIu32 ":%" PRIu32 ": %s", finding->line,
                 finding->column, finding->message);
        return e->failure;
    }
    const hd_program_outcome *outcome = hd_program_get_outcome(e->running.program);
    uint32_t status;
    if (outcome->diag.status == HD_OK) return NULL;
    if (outcome->diag.status != HD_EXITED) return outcome->diag.message;
    if (!e->running.wasi || !hd_wasi_exit_status(e->running.wasi, &status) || status == 0)
        return NULL;
    snprintf(e->failure, sizeof e->failure, "exit status %" PRIu32, status);
    return e->failure;
}

static bool add_state(void *execution, hd_bytes *to) {
    explored *e = execution;
    if (e->opened) return add_results(e, to);
    const char *text = failure(e);
    return !text || hd_bytes_add(to, text, strlen(text));
}

hd_explore_subject hd_explored(hd_step_subject *subject) {
    return (hd_explore_subject){.context = subject,
                                .start = start,
                                .can_undo = can_undo,
                                .end = end,
                                .number = number,
                                .memory = memory,
                                .add_state = add_state,
                                .failure = failure,
                                .live = subject->program.most_agents > 0 &&
                                        subject->program.most_agents <= HD_EXPLORE_MOST_AGENTS};
}

/* Once more, with all checks. */

/* Executes the subject as `heddle run` and `heddle wast` do; what comes of it in words, or NULL
 * when memory is out. */
static char *execute(hd_step_subject *s, hd_execution *execution, bool *good) {
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

/* What is wrong, in one line: the execution's own failure, or the first line of what it printed. */
static void take_failure(hd_checked *c, hd_execution *e, bool good) {
    const char *failure = hd_execution_failure(e);
    if (!failure && good) return;
    const char *text = failure ? failure : c->text;
    snprintf(c->line, sizeof c->line, "%.*s", (int)strcspn(text, "\n"), text);
    c->failure = c->line;
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

static hd_status check(hd_step_subject *s, hd_trace *moves, hd_checked *c, hd_diag *diag) {
    hd_words words = {0};
    hd_control_options options = s->control;
    options.strategy = "schedule";
    options.trace = options.schedule = moves;
    add_words(s, &words);
    hd_subject subject = {.bytes = s->input.bytes, .length = s->input.length, .words = &words};
    hd_execution e;
    bool good = false;
    if (hd_execution_begin(&e, &options, options.seed, &subject, diag) == HD_OK) {
        hd_output output;
        c->text = execute(s, &e, &good);
        FILE *report = hd_output_open(&output);
        if (report) hd_execution_report(&e, true, report);
        c->report = hd_output_take(&output, NULL);
        if (c->text && c->report) take_failure(c, &e, good);
        take_races(c, e.races);
        hd_failure kind = HD_FAILURE_INIT;
        if (!hd_execution_take_failure(&e, &kind) ||
            !hd_trace_finish(e.trace, hd_world_outcome(e.world), &kind))
            hd_diag_nomem(diag);
        c->kind = kind.kind;
        hd_failure_free(&kind);
        c->trace = e.trace;
        e.trace = NULL;
        hd_execution_end(&e);
        if (!c->text || !c->report) hd_diag_nomem(diag);
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
        check(s, schedule, c, diag);
    else
        hd_diag_nomem(diag);
    hd_trace_free(schedule);
    return diag->status;
}

void hd_checked_free(hd_checked *c) {
    hd_free(c->text);
    hd_free(c->report);
    hd_trace_free(c->trace);
    hd_race_sum_free(&c->races);
    hd_vec_free(&c->spans);
}
