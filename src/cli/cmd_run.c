/* cmd_run.c: `heddle run`. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/output.h"
#include "cli/campaign.h"
#include "cli/campaign_json.h"
#include "cli/command.h"
#include "cli/features.h"
#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/message.h"
#include "cli/program.h"
#include "cli/report_json.h"
#include "cli/sources.h"

enum { JOBS = 'j', VERBOSE = 'v', TIMEOUT = 257, JSON };

typedef struct options {
    hd_program_options_cli program;
    hd_control_options control;
    uint64_t jobs;
    int status; /* of a single controlled run */
} options;

static bool take_option(const hd_subcommand *self, void *context, int key, const char *value) {
    options *o = context;
    bool taken;
    if (!hd_control_option(self, &o->control, key, value, &taken)) return false;
    if (taken) return true;
    if (!hd_program_option(self, &o->program, key, value, &taken)) return false;
    if (taken) return true;
    switch (key) {
    case JOBS: return hd_option_count(self, "jobs", value, 1, 1024, &o->jobs);
    case VERBOSE: o->program.verbose = true; return true;
    case JSON: o->control.json = true; return true;
    case TIMEOUT: return hd_option_seconds(self, "timeout", value, &o->program.timeout);
    case HD_SOURCE_PATH_KEY: return hd_option_source_path(self, value);
    case HD_FEATURES_KEY: return hd_option_features(self, value, &o->program.features);
    default: return false;
    }
}

/* A controlled run: its outcome is what it prints and its exit status, on one line. */
static bool run_once(void *context, hd_execution *execution, hd_run_outcome *outcome) {
    options *o = context;
    hd_output output;
    FILE *text = hd_output_open(&output);
    if (!text) return false;
    hd_program_io io = {.results = text, .errors = text, .captured = true};
    int status = hd_program_execute(&o->program, execution, &io);
    if (status != HD_EXIT_OK && !hd_execution_failure(execution))
        fprintf(text, "exit status %d\n", status);
    if (o->control.runs == 1 && !hd_shrinking() && !execution->learning) o->status = status;
    outcome->text = hd_output_take(&output, &outcome->length);
    if (!outcome->text) return false;
    if (outcome->length > 0 && outcome->text[outcome->length - 1] == '\n') outcome->length--;
    for (size_t i = 0; i < outcome->length; i++)
        if (outcome->text[i] == '\n') outcome->text[i] = ';';
    return status == HD_EXIT_OK;
}

/* A single controlled run prints as one on a host thread does. */
static bool run_alone(void *context, hd_execution *execution, hd_run_outcome *outcome) {
    options *o = context;
    if (hd_shrinking() || execution->learning) return run_once(context, execution, outcome);
    outcome->text = hd_strndup("", 0);
    hd_program_io io = {.results = stdout, .errors = stderr};
    o->status = hd_program_execute(&o->program, execution, &io);
    return o->status == HD_EXIT_OK;
}

static bool print_json(const char *name, int status, const hd_campaign *campaign,
                       const char *trace) {
    cJSON *all = cJSON_CreateObject();
    hd_json_string(all, "file", name);
    cJSON_AddNumberToObject(all, "exit_status", status);
    cJSON_AddItemToObject(all, "campaign", hd_campaign_to_json(campaign, trace));
    return hd_json_print(all);
}

/* Loads the module once for many runs. Where that fails, each of them says so. */
static void load_once(options *o) {
    hd_module *module;
    hd_diag diag = HD_DIAG_INIT;
    if (hd_input_module(o->program.path, o->program.features, &module, &diag) == HD_OK)
        o->program.code = hd_shared_code_new(module);
    if (!o->program.code) o->control.no_reuse = true;
}

static int run_controlled(options *o) {
    hd_campaign campaign;
    hd_diag diag = HD_DIAG_INIT;
    hd_input input;
    hd_words words = {0};
    const char *name = hd_input_name(o->program.path);
    bool many = o->control.runs > 1, json = o->control.json && !hd_shrinking();
    const char *trace;
    if (hd_input_read(o->program.path, &input, &diag) != HD_OK) {
        hd_message(hd_channel_stderr(), "error", name, &diag);
        return HD_EXIT_INPUT;
    }
    hd_interrupt_watch();
    hd_words_add(&words, "run");
    hd_control_words(&o->control, &words);
    hd_program_options_words(&o->program, &words);
    hd_subject subject = {.bytes = input.bytes,
                          .length = input.length,
                          .words = &words,
                          .has_effects = o->program.preopens.len > 0};
    if (many) load_once(o);
    if (hd_campaign_run(&campaign, &o->control, o->jobs, &subject,
                        many || json ? run_once : run_alone, o, &diag) != HD_OK)
        hd_message(hd_channel_stderr(), "error", name, &diag);
    if (many && !json) {
        hd_campaign_print(stdout, &campaign);
        hd_campaign_print_coverage(stdout, &campaign);
        printf("%" PRIu64 " runs, %" PRIu64 " failed\n", campaign.runs, campaign.failed);
    }
    int status = many || hd_shrinking() ? HD_EXIT_OK : o->status;
    if (!hd_campaign_finish(&campaign, &o->control, name, &trace) && status == HD_EXIT_OK)
        status = HD_EXIT_INPUT;
    if (diag.status != HD_OK)
        status = hd_exit_status(diag.status);
    else if (status == HD_EXIT_OK && campaign.failed)
        status = HD_EXIT_FAILED;
    if (hd_interrupt_signal()) status = HD_EXIT_INTERRUPTED + hd_interrupt_signal();
    if (json && diag.status == HD_OK && !print_json(name, status, &campaign, trace))
        status = HD_EXIT_INPUT;
    hd_campaign_free(&campaign);
    hd_words_free(&words);
    hd_free(input.bytes);
    return status;
}

static int run_on_host(const options *o) {
    hd_program_io io = {.results = stdout, .errors = stderr};
    return hd_program_execute(&o->program, NULL, &io);
}

static int run(const hd_subcommand *self, int argc, char **argv) {
    options o = {.program = HD_PROGRAM_OPTIONS_INIT,
                 .control = HD_CONTROL_OPTIONS_INIT,
                 .jobs = hd_default_jobs()};
    int count;
    o.control.programs = true;
    int status = hd_options_read(self, argc, argv, take_option, &o, &count);
    if (status != HD_OPTIONS_READ) goto end;
    status = hd_program_options_check(self, &o.program, argv, count);
    if (!status) status = hd_control_options_check(self, &o.control);
    if (!status && o.control.json && !o.control.strategy)
        status = hd_usage_error(self, "--json needs --sched: it tells of controlled runs");
    if (!status && o.control.strategy && strcmp(o.program.path, "-") == 0)
        status = hd_usage_error(self, "a controlled run needs a file: its trace names it");
    o.program.main_cannot_block = o.control.main_cannot_block;
    if (!status) status = o.control.strategy ? run_controlled(&o) : run_on_host(&o);
end:
    hd_control_options_free(&o.control);
    hd_program_options_free(&o.program);
    return status;
}

const hd_subcommand hd_run_subcommand = {
    .name = "run",
    .summary = "run a module as a program",
    .usage = "[OPTION]... FILE [ARG]...",
    .details =
        "Instantiates a module, binary or text by its content, and calls a function that it "
        "exports:\n"
        "`_start`; or the one of --invoke with the ARGs; or one in each of several agents, by "
        "--agent\n"
        "or --instances. Results are printed with their types, one a line. FILE is `-` for "
        "standard\n"
        "input.\n"
        "\n"
        "Arguments are read by the function's signature: integers decimal or 0x hexadecimal, "
        "signed or\n"
        "unsigned; floats also as inf, nan, nan:0x1 and 0x1.8p3; v128 as i32x4:1,2,3,4 (i8x16, "
        "i16x8,\n"
        "i64x2, f32x4, f64x2 likewise); externref as null or a number. They stand after FILE; "
        "words\n"
        "that begin with -- are options wherever they stand, but not after a `--` alone.\n"
        "\n"
        "Programs of WASI preview 1 get the ARGs as their own, this process's standard streams,\n"
        "and of files only what lies below the directories of --dir. Their exit status is that of\n"
        "heddle.\n"
        "\n"
        "Agents are instances of the module over the shared memories that it imports, which are "
        "made to\n"
        "fit. Programs start agents by wasi.thread-spawn (or --spawn-import), which call\n"
        "wasi_thread_start (--spawn-export). Each --agent but the first gets a shadow stack in "
        "memory\n"
        "that is grown for it, and each one thread-local data, where the module has "
        "__stack_pointer and\n"
        "__wasm_init_tls; `_initialize` or `__wasm_call_ctors` is called once before. --verbose "
        "tells\n"
        "what was found and done. A trap or exit in any agent ends the program; so does the return "
        "of\n"
        "`_start`.\n"
        "\n"
        "Imports otherwise: what the module `spectest` offers, and memories.\n"
        "\n"
        "Exit status: 0 the functions returned, 2 no such function or wrong arguments, 3 the "
        "module\n"
        "could not be read or linked, 124 time limit, 134 trap, told with its backtrace; else the\n"
        "program's own.",
    .options =
        (const hd_option[]){
            HD_PROGRAM_OPTIONS,
            {VERBOSE, "verbose", NULL, "tell what is done with the module"},
            {TIMEOUT, "timeout", "SEC",
             "stop after SEC seconds (default 0: never) and tell\n"
             "where"},
            HD_CONTROL_OPTIONS,
            {JOBS, "jobs", "N", "make N runs at a time (default: one a processor)"},
            {JSON, "json", NULL, "print one JSON object on controlled runs instead"},
            HD_FEATURES_OPTION,
            HD_SOURCE_PATH_OPTION,
            {0}},
    .examples = "$ heddle run prog.wasm                       # calls _start\n"
                "$ heddle run add.wat --invoke add 2 -3       # prints: -1 : i32\n"
                "$ heddle run --dir=. tool.wasm -- --help     # a WASI program and its arguments\n"
                "$ heddle run --sched=random --runs=1000 --agent='put 5' --agent=take queue.wasm\n"
                "$ heddle run --timeout=5 spin.wat --invoke spin",
    .number_operands = true,
    .run = run,
};
