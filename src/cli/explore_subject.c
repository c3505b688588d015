/* explore_subject.c: scripts and programs as subjects of an exploration. */
#include "cli/explore_subject.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/begun.h"
#include "cli/features.h"

/* One execution. */
typedef struct explored {
    hd_begun begun;
    hd_observer observer;
    HD_VEC(hd_memory *) memories; /* that were not made for a program, as they came */
} explored;

static void end(void *execution) {
    explored *e = execution;
    hd_begun_end(&e->begun);
    hd_vec_free(&e->memories);
    hd_free(e);
}

static void *start(void *context, const hd_observer *observers, size_t count, hd_world **world,
                   hd_diag *diag) {
    hd_step_subject *subject = context;
    explored *e = hd_calloc(1, sizeof *e);
    if (!e || count != 1) {
        hd_free(e);
        hd_diag_nomem(diag);
        return NULL;
    }
    e->observer = observers[0];
    hd_control_options options = subject->control;
    options.races.mode = HD_RACES_OFF;
    hd_execution_plan plan = {.observer = &e->observer, .seed = options.seed};
    if (hd_begun_start(&e->begun, subject, &options, &plan, !subject->no_undo, diag) != HD_OK) {
        hd_free(e);
        return NULL;
    }
    *world = e->begun.execution.world;
    return e;
}

static hd_memory *made(const explored *e, uint32_t number) {
    return e->begun.opened ? hd_program_memory(e->begun.running.program, number) : NULL;
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
    HD_UNDO_SAVE(hd_world_get_log(e->begun.execution.world), e->memories.len);
    (void)hd_vec_push(&e->memories, (hd_memory *)wanted);
    return i;
}

static bool can_undo(void *execution) {
    const explored *e = execution;
    return hd_begun_can_undo(&e->begun);
}

void hd_explored_print(void *execution, FILE *to) {
    hd_begun *e = &((explored *)execution)->begun;
    if (e->opened) hd_running_print_results(&e->running, to);
    if (e->script) hd_wast_print_alternatives(to, e->script);
    hd_observe_print(to, &e->subject->control.observed, e->execution.world);
}

const hd_cluster *hd_explored_script(const void *execution) {
    return ((const explored *)execution)->begun.script;
}

static bool add_results(hd_begun *e, hd_bytes *to) {
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
    return hd_begun_failure(&e->begun);
}

static bool add_state(void *execution, hd_bytes *to) {
    explored *e = execution;
    if (e->begun.opened) return add_results(&e->begun, to);
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
