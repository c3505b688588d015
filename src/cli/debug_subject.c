/* debug_subject.c: scripts, programs and traces of them as subjects of a debugging session. */
#include "base/alloc.h"
#include "cli/debug.h"

/* An execution; others know it as what begins it. */
typedef struct debugged {
    hd_begun begun;
    hd_debuggee *debuggee;
} debugged;

static void *start(void *context, const hd_observer *observer, bool exact, hd_world **world,
                   hd_diag *diag) {
    hd_debuggee *debuggee = context;
    debugged *e = hd_calloc(1, sizeof *e);
    hd_trace_free(debuggee->inputs);
    debuggee->inputs = hd_trace_new();
    if (!e || !debuggee->inputs) {
        hd_free(e);
        hd_diag_nomem(diag);
        return NULL;
    }
    hd_execution_plan plan = {.observer = observer,
                              .seed = debuggee->seed,
                              .inputs = debuggee->inputs,
                              .recall = debuggee->is_recorded ? debuggee->trace : NULL,
                              .exact = exact,
                              .explains = true};
    e->debuggee = debuggee;
    if (hd_begun_start(&e->begun, &debuggee->subject, &debuggee->subject.control, &plan, true,
                       diag) != HD_OK) {
        hd_free(e);
        return NULL;
    }
    *world = e->begun.execution.world;
    return &e->begun;
}

static void end(void *execution) {
    debugged *e = execution;
    e->debuggee->lacked_memory |= hd_begun_lacks_memory(&e->begun);
    hd_begun_end(&e->begun);
    hd_free(execution);
}

static bool can_undo(void *execution) {
    return hd_begun_can_undo(execution);
}

static const char *failure(void *execution) {
    return hd_begun_failure(execution);
}

static const hd_race_detector *races(void *execution) {
    const hd_begun *begun = execution;
    return begun->execution.races;
}

static char *explain(void *execution) {
    hd_begun *begun = execution;
    hd_output output;
    FILE *to = hd_output_open(&output);
    const char *failed = hd_begun_failure(begun);
    if (to && failed) fprintf(to, "%s\n", failed);
    if (to) hd_execution_report(&begun->execution, true, to);
    return hd_output_take(&output, NULL);
}

hd_session_subject hd_debuggee_functions(hd_debuggee *debuggee) {
    return (hd_session_subject){.context = debuggee,
                                .start = start,
                                .end = end,
                                .can_undo = can_undo,
                                .failure = failure,
                                .races = races,
                                .explain = explain};
}
