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

void hd_explored_print(void *execution, FILE *to) {
    explored *e = execution;
    if (e->opened) hd_running_print_results(&e->running, to);
    if (e->script) hd_wast_print_alternatives(to, e->script);
    hd_observe_print(to, &e->subject->control.observed, e->execution.world);
}

const hd_cluster *hd_explored_script(const void *execution) {
    return ((const explored *)execution)->script;
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
