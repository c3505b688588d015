/* begun.c: see begun.h. */
#include "cli/begun.h"

#include <inttypes.h>
#include <string.h>

void hd_begun_end(hd_begun *e) {
    hd_wast_result result = {0};
    if (e->opened) hd_running_close(&e->running);
    if (e->script) hd_wast_end(e->script, &result);
    hd_wast_result_free(&result);
    hd_execution_end(&e->execution);
    hd_output_free(&e->printed);
}

/* What a program printed of why it cannot be run becomes the diagnosis. */
static hd_status take_message(hd_begun *e, hd_diag *diag) {
    if (!hd_output_flush(&e->printed)) return hd_diag_nomem(diag);
    size_t length = e->printed.bytes.len;
    while (length > 0 && e->printed.bytes.items[length - 1] == '\n')
        length--;
    const char *text = (const char *)e->printed.bytes.items;
    const char *colon = length > 0 ? memmem(text, length, "error: ", 7) : NULL;
    if (colon) length -= (size_t)(colon + 7 - text), text = colon + 7;
    return hd_diag_set(diag, HD_IO, "%.*s", (int)(length < 400 ? length : 400), text);
}

static hd_status begin_program(hd_begun *e, hd_diag *diag) {
    FILE *file = hd_output_open(&e->printed);
    if (!file) return hd_diag_nomem(diag);
    e->io = (hd_program_io){.results = file, .errors = file, .captured = true};
    e->opened = true;
    if (hd_running_open(&e->running, &e->subject->program, &e->execution, &e->io) != 0)
        return take_message(e, diag);
    return hd_program_begin(e->running.program, e->running.cluster, diag);
}

static hd_status begin_script(hd_begun *e, hd_diag *diag) {
    e->wast = (hd_wast_options){.timeout = -1,
                                .code = e->subject->code,
                                .features = e->subject->program.features,
                                .stack = e->subject->program.stack,
                                .execution = &e->execution};
    e->script = hd_wast_begin(&e->subject->script, &e->wast, diag);
    return diag->status;
}

hd_status hd_begun_start(hd_begun *e, hd_step_subject *subject, const hd_control_options *options,
                         const hd_execution_plan *plan, bool log, hd_diag *diag) {
    *e = (hd_begun){.subject = subject, .options = *options};
    if (hd_execution_begin_with(&e->execution, &e->options, plan, diag) != HD_OK)
        return diag->status;
    if (log) hd_world_log(e->execution.world, 0);
    hd_status status = subject->is_program ? begin_program(e, diag) : begin_script(e, diag);
    if (status != HD_OK) hd_begun_end(e);
    return status;
}

bool hd_begun_can_undo(const hd_begun *e) {
    return !e->opened || !e->running.wasi;
}

const char *hd_begun_failure(hd_begun *e) {
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

bool hd_begun_lacks_memory(const hd_begun *e) {
    return e->opened && hd_program_get_outcome(e->running.program)->diag.status == HD_NOMEM;
}
