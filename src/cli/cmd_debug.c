/* cmd_debug.c: `heddle debug`. */
#include <config.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/debug.h"
#include "cli/features.h"
#include "cli/sources.h"

enum { SCRIPT = 257, WIDTH = 80, HEIGHT = 24 };

/* Set by SIGINT: the move under way is to halt. */
static atomic_bool interrupted;

static void on_interrupt(int number) {
    (void)number;
    atomic_store_explicit(&interrupted, true, memory_order_relaxed);
}

static bool take_option(const hd_subcommand *self, void *context, int key, const char *value) {
    hd_debugger *d = context;
    hd_step_subject *subject = &d->debuggee.subject;
    bool taken;
    if (!hd_program_option(self, &subject->program, key, value, &taken)) return false;
    if (taken) return true;
    if (!hd_control_option(self, &subject->control, key, value, &taken)) return false;
    if (taken) return true;
    switch (key) {
    case SCRIPT: d->script = value; return true;
    case HD_SOURCE_PATH_KEY: return hd_option_source_path(self, value);
    case HD_FEATURES_KEY: return hd_option_features(self, value, &subject->program.features);
    default: return false;
    }
}

static bool is_trace(const char *path) {
    size_t length = strlen(path);
    return length > 6 && strcmp(path + length - 6, ".trace") == 0;
}

/* Reads what is debugged: a trace, or what the options say. */
static hd_status load(hd_debugger *d, hd_diag *diag) {
    hd_debuggee *debuggee = &d->debuggee;
    hd_step_subject *subject = &debuggee->subject;
    const char *path = subject->program.path;
    hd_outcome outcome;
    debuggee->seed = subject->control.seed;
    if (!is_trace(path)) {
        if (hd_race_choice_prepare(&subject->control.races, diag) != HD_OK) return diag->status;
        return hd_step_subject_load(subject, diag);
    }
    if (hd_trace_load(path, &debuggee->trace, diag) != HD_OK) return diag->status;
    debuggee->is_recorded = hd_trace_outcome(debuggee->trace, &outcome);
    debuggee->seed = hd_trace_get_origin(debuggee->trace).seed;
    return hd_step_subject_of_trace(subject, debuggee->trace, diag);
}

/* Where orders come from, and what the terminal is like. */
static hd_status open_input(hd_debugger *d, hd_diag *diag) {
    struct winsize size;
    d->input = stdin;
    d->width = WIDTH;
    d->height = HEIGHT;
    if (isatty(STDOUT_FILENO)) {
        const char *no_colour = getenv("NO_COLOR");
        d->terminal = !no_colour || !*no_colour;
        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40 &&
            size.ws_row >= 10) {
            d->width = size.ws_col < 240 ? size.ws_col : 240;
            d->height = size.ws_row;
        }
    }
#ifdef HAVE_LIBEDIT
    d->edits = !d->script && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
#endif
    if (!d->script || strcmp(d->script, "-") == 0) return HD_OK;
    d->input = fopen(d->script, "re");
    if (d->input) return HD_OK;
    return hd_diag_set(diag, HD_IO, "%s: %s", d->script, strerror(errno));
}

/* Takes orders to their end. */
static void converse(hd_debugger *d) {
    char line[256];
    struct sigaction action = {.sa_handler = on_interrupt}, before;
    sigaction(SIGINT, &action, &before);
    hd_debugger_show(d);
    while (!d->quit && hd_debugger_read(d, line, sizeof line)) {
        atomic_store(&interrupted, false);
        hd_debugger_obey(d, line);
    }
    sigaction(SIGINT, &before, NULL);
}

static hd_status debug(hd_debugger *d, hd_diag *diag) {
    hd_debuggee *debuggee = &d->debuggee;
    const hd_control_options *control = &debuggee->subject.control;
    if (load(d, diag) != HD_OK || open_input(d, diag) != HD_OK) return diag->status;
    hd_session_options options = {.subject = hd_debuggee_functions(debuggee),
                                  .schedule = debuggee->trace ? debuggee->trace : control->schedule,
                                  .strategy = control->strategy,
                                  .seed = debuggee->seed,
                                  .interrupt = &interrupted};
    d->session = hd_session_new(&options, diag);
    if (!d->session) return diag->status;
    converse(d);
    /* What the host has too little memory for is no result. */
    if (hd_session_diag(d->session)->status == HD_NOMEM) debuggee->lacked_memory = true;
    hd_session_free(d->session);
    d->session = NULL;
    if (debuggee->lacked_memory) hd_diag_nomem(diag);
    return diag->status;
}

static void release(hd_debugger *d) {
    hd_session_free(d->session);
    hd_trace_free(d->debuggee.inputs);
    hd_step_subject_free(&d->debuggee.subject);
    hd_trace_free(d->debuggee.trace);
    if (d->input && d->input != stdin) fclose(d->input);
    for (size_t i = 0; i < d->texts.len; i++) {
        hd_free(d->texts.items[i].path);
        hd_free(d->texts.items[i].bytes);
        hd_vec_free(&d->texts.items[i].lines);
    }
    hd_vec_free(&d->texts);
}

static int run(const hd_subcommand *self, int argc, char **argv) {
    hd_debugger d = {.debuggee.subject = {.program = HD_PROGRAM_OPTIONS_INIT,
                                          .control = HD_CONTROL_OPTIONS_INIT}};
    hd_step_subject *subject = &d.debuggee.subject;
    hd_diag diag = HD_DIAG_INIT;
    int count, status = hd_options_read(self, argc, argv, take_option, &d, &count);
    if (status == HD_OPTIONS_READ) {
        status = hd_program_options_check(self, &subject->program, argv, count);
        if (!status && strcmp(subject->program.path, "-") == 0)
            status = hd_usage_error(self, "a file is needed: standard input has the orders");
        if (!status) debug(&d, &diag);
        if (diag.status != HD_OK) {
            hd_message(hd_channel_stderr(), "error", hd_input_name(argv[0]), &diag);
            status = hd_exit_status(diag.status);
        }
    }
    release(&d);
    return status;
}

const hd_subcommand hd_debug_subcommand = {
    .name = "debug",
    .summary = "go through a run, forwards and backwards",
    .usage = "[OPTION]... FILE|TRACE [ARG]...",
    .details =
        "Debugs a trace (FILE.trace), a script, or a module as `heddle run` runs it, under "
        "control, "
        "event\n"
        "by event: moves agents by hand or goes on under a strategy, stops at breakpoints, "
        "accesses\n"
        "of bytes, races, failures and traps, goes back to any step, and tells who wrote what. The "
        "end\n"
        "of a run is a state from which one may go back. Where a program uses files or streams, it "
        "is\n"
        "executed again to go back.\n"
        "\n"
        "Orders are words or their short keys; `help` lists them. They come from the terminal, "
        "from\n"
        "standard input, or from the file of --script.\n"
        "\n"
        "Exit status: 0; 3 when something cannot be read or run.",
    .options =
        (const hd_option[]){
            {SCRIPT, "script", "FILE", "take the orders from this file, a line each"},
            {HD_SCHED_KEY, "sched", "STRATEGY", "who moves behind what is recorded (default: rr)"},
            {HD_SEED_KEY, "seed", "N", "its seed (default 0)"},
            {HD_SCHEDULE_KEY, "schedule", "MOVES", "begin with these moves, as in 0*3,1,2~,0"},
            HD_RACE_OPTIONS,
            {HD_MAIN_CANNOT_BLOCK_KEY, "main-cannot-block", NULL,
             "trap where the main agent would wait, as on the web"},
            HD_PROGRAM_OPTIONS,
            HD_FEATURES_OPTION,
            HD_SOURCE_PATH_OPTION,
            {0}},
    .number_operands = true,
    .examples = "$ heddle debug heddle.trace\n"
                "$ heddle debug --schedule='0*3,1*2,2*2,1' examples/racy-counter/broken.wast\n"
                "$ heddle debug --agent='put 5' --agent=take queue.wasm",
    .run = run,
};
