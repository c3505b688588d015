/* cmd_run.c: `heddle run`. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/campaign.h"
#include "cli/command.h"
#include "cli/features.h"
#include "cli/input.h"
#include "cli/message.h"
#include "cli/program.h"

enum { JOBS = 'j', INVOKE = 257, TIMEOUT, STACK };

typedef struct options {
    hd_program_options program;
    hd_control_options control;
    uint64_t jobs;
    const char *path;
    int status; /* of a single controlled run */
} options;

static bool take_option(const hd_subcommand *self, void *context, int key, const char *value) {
    options *o = context;
    uint64_t cells;
    bool taken;
    if (!hd_control_option(self, &o->control, key, value, &taken)) return false;
    if (taken) return true;
    switch (key) {
    case INVOKE: o->program.invoke = value; return true;
    case JOBS: return hd_option_count(self, "jobs", value, 1, 1024, &o->jobs);
    case TIMEOUT: return hd_option_seconds(self, "timeout", value, &o->program.timeout);
    case STACK:
        if (!hd_option_stack(self, value, &cells)) return false;
        o->program.stack = cells;
        return true;
    case HD_FEATURES_KEY: return hd_option_features(self, value, &o->program.features);
    default: return false;
    }
}

/* A controlled run: its outcome is what it prints, on one line. */
static bool run_once(void *context, hd_execution *execution, char **outcome) {
    const options *o = context;
    hd_program_options program = o->program;
    hd_diag diag = HD_DIAG_INIT;
    hd_module *module;
    size_t length;
    *outcome = NULL;
    FILE *text = open_memstream(outcome, &length);
    if (!text) return false;
    program.execution = execution;
    program.results = program.errors = text;
    int status = HD_EXIT_INPUT;
    if (hd_input_module(o->path, program.features, &module, &diag) == HD_OK)
        status = hd_program_run(module, &program);
    else
        hd_message((hd_channel){text, false}, "error", program.name, &diag);
    fclose(text);
    if (length > 0 && (*outcome)[length - 1] == '\n') (*outcome)[length - 1] = '\0';
    for (char *c = *outcome; *c; c++)
        if (*c == '\n') *c = ';';
    return status == HD_EXIT_OK;
}

/* A single controlled run prints as one on a host thread does. */
static bool run_alone(void *context, hd_execution *execution, char **outcome) {
    options *o = context;
    size_t length;
    hd_diag diag = HD_DIAG_INIT;
    hd_module *module;
    hd_program_options program = o->program;
    if (hd_shrinking()) return run_once(context, execution, outcome);
    program.execution = execution;
    FILE *text = open_memstream(outcome, &length);
    if (text) fclose(text);
    o->status = HD_EXIT_INPUT;
    if (hd_input_module(o->path, program.features, &module, &diag) == HD_OK)
        o->status = hd_program_run(module, &program);
    else
        hd_message(hd_channel_stderr(), "error", program.name, &diag);
    return o->status == HD_EXIT_OK;
}

enum { MOST_ARGUMENTS = 100 };

/* The command line that makes this run again; the texts of numbers go into `texts`. */
static size_t command_for(const options *o, const char **words, char texts[2][64]) {
    static const char *const races[] = {"--races=error", "--races=warn", "--races=off"};
    size_t count = 0;
    words[count++] = "run";
    words[count++] = races[o->control.races];
    if (o->control.main_cannot_block) words[count++] = "--main-cannot-block";
    if (o->control.steps) {
        snprintf(texts[0], 64, "--steps=%" PRIu64, o->control.steps);
        words[count++] = texts[0];
    }
    if (o->program.stack) {
        snprintf(texts[1], 64, "--stack=%zu", o->program.stack);
        words[count++] = texts[1];
    }
    if (o->program.invoke) {
        words[count++] = "--invoke";
        words[count++] = o->program.invoke;
    }
    words[count++] = o->path;
    for (size_t i = 0; i < o->program.argument_count && count < MOST_ARGUMENTS; i++)
        words[count++] = o->program.arguments[i];
    return count;
}

static int run_controlled(options *o) {
    hd_campaign campaign;
    hd_diag diag = HD_DIAG_INIT;
    hd_input input;
    const char *words[MOST_ARGUMENTS];
    char texts[2][64];
    bool many = o->control.runs > 1;
    if (hd_input_read(o->path, &input, &diag) != HD_OK) {
        hd_message(hd_channel_stderr(), "error", o->program.name, &diag);
        return HD_EXIT_INPUT;
    }
    hd_subject subject = {input.bytes, input.length, words, command_for(o, words, texts)};
    if (hd_campaign_run(&campaign, &o->control, o->jobs, &subject, many ? run_once : run_alone, o,
                        &diag) != HD_OK)
        hd_message(hd_channel_stderr(), "error", o->program.name, &diag);
    if (many) {
        hd_campaign_print(stdout, &campaign);
        printf("%" PRIu64 " runs, %" PRIu64 " failed\n", campaign.runs, campaign.failed);
    }
    int status = many ? HD_EXIT_OK : o->status;
    if (!hd_campaign_finish(&campaign, &o->control) && status == HD_EXIT_OK) status = HD_EXIT_INPUT;
    if (diag.status != HD_OK)
        status = hd_exit_status(diag.status);
    else if (status == HD_EXIT_OK && campaign.failed)
        status = HD_EXIT_FAILED;
    hd_campaign_free(&campaign);
    hd_free(input.bytes);
    return status;
}

static int run_on_host(const options *o) {
    hd_diag diag = HD_DIAG_INIT;
    hd_module *module;
    if (hd_input_module(o->path, o->program.features, &module, &diag) == HD_OK)
        return hd_program_run(module, &o->program);
    hd_message(hd_channel_stderr(), "error", o->program.name, &diag);
    return hd_exit_status(diag.status);
}

static int run(const hd_subcommand *self, int argc, char **argv) {
    options o = {.program = {.timeout = -1,
                             .features = HD_FEATURES_ALL,
                             .results = stdout,
                             .errors = stderr},
                 .control = HD_CONTROL_OPTIONS_INIT,
                 .jobs = hd_default_jobs()};
    int count;
    int status = hd_options_read(self, argc, argv, take_option, &o, &count);
    if (status != HD_OPTIONS_READ) return status;
    if (count == 0) return hd_usage_error(self, "a module is needed");
    if (count > 1 && !o.program.invoke)
        return hd_usage_error(self, "unexpected operand '%s': arguments need --invoke", argv[1]);
    status = hd_control_options_check(self, &o.control);
    if (status) return status;
    o.path = argv[0];
    if (o.control.strategy && strcmp(o.path, "-") == 0)
        return hd_usage_error(self, "a controlled run needs a file: its trace names it");
    o.program.name = hd_input_name(o.path);
    o.program.arguments = argv + 1;
    o.program.argument_count = (size_t)count - 1;
    status = o.control.strategy ? run_controlled(&o) : run_on_host(&o);
    hd_control_options_free(&o.control);
    return status;
}

const hd_subcommand hd_run_subcommand = {
    .name = "run",
    .summary = "run a function of a module",
    .usage = "[OPTION]... FILE [--invoke NAME ARG...]",
    .details =
        "Instantiates a module, binary or text by its content, and calls the function exported as\n"
        "NAME with the arguments, or else `_start`. Results are printed with their types, one a "
        "line.\n"
        "FILE is `-` for standard input.\n"
        "\n"
        "Arguments are read by the function's signature: integers decimal or 0x hexadecimal, "
        "signed or\n"
        "unsigned; floats also as inf, nan, nan:0x1 and 0x1.8p3; v128 as i32x4:1,2,3,4 (i8x16, "
        "i16x8,\n"
        "i64x2, f32x4, f64x2 likewise); externref as null or a number. They stand after FILE; "
        "words\n"
        "that begin with -- are options wherever they stand.\n"
        "\n"
        "Imports: what the module `spectest` offers, and memories, which are made to fit.\n"
        "\n"
        "Exit status: 0 the function returned, 2 no such function or wrong arguments, 3 the module "
        "could\n"
        "not be read or linked, 124 time limit, 134 trap, told with its backtrace.",
    .options =
        (const hd_option[]){{INVOKE, "invoke", "NAME", "call this exported function"},
                            HD_CONTROL_OPTIONS,
                            {JOBS, "jobs", "N", "make N runs at a time (default: one a processor)"},
                            {TIMEOUT, "timeout", "SEC",
                             "stop after SEC seconds (default 0: never) and tell\n"
                             "where"},
                            HD_STACK_OPTION(STACK),
                            HD_FEATURES_OPTION,
                            {0}},
    .examples = "$ heddle run prog.wasm                       # calls _start\n"
                "$ heddle run add.wat --invoke add 2 -3       # prints: -1 : i32\n"
                "$ heddle run --timeout=5 spin.wat --invoke spin",
    .number_operands = true,
    .run = run,
};
