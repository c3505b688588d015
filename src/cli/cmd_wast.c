/* cmd_wast.c: `heddle wast`. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/features.h"
#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/sources.h"
#include "cli/wast_expect.h"
#include "cli/wast_report.h"
#include "cli/wast_rows.h"

enum {
    JOBS = 'j',
    VERBOSE = 'v',
    JSON = 257,
    REPEAT,
    TIMEOUT,
    STACK,
    STRICT,
    COMMANDS,
    JUNIT,
    TAP,
    EXPECT,
    FILTER,
    FAIL_FAST
};

typedef struct options {
    hd_wast_run_options run;
    bool verbose, json, tap;
    bool commands;                       /* a row each, in JSON */
    const char *junit, *expect, *filter; /* or NULL */
} options;

static bool take_option(const hd_subcommand *self, void *context, int key, const char *value) {
    options *o = context;
    uint64_t cells;
    bool taken;
    if (!hd_control_option(self, &o->run.control, key, value, &taken)) return false;
    if (taken) return true;
    switch (key) {
    case JOBS: return hd_option_count(self, "jobs", value, 1, 1024, &o->run.jobs);
    case REPEAT: return hd_option_count(self, "repeat", value, 1, UINT32_MAX, &o->run.repeat);
    case TIMEOUT: return hd_option_seconds(self, "timeout", value, &o->run.each.timeout);
    case STACK:
        if (!hd_option_stack(self, value, &cells)) return false;
        o->run.each.stack = cells;
        return true;
    case HD_SOURCE_PATH_KEY: return hd_option_source_path(self, value);
    case HD_FEATURES_KEY: return hd_option_features(self, value, &o->run.each.features);
    case VERBOSE: o->verbose = o->run.print = true; return true;
    case JSON: o->json = o->run.control.json = true; return true;
    case STRICT: o->run.each.strict = true; return true;
    case COMMANDS: o->commands = true; return true;
    case JUNIT: o->junit = value; return true;
    case TAP: o->tap = true; return true;
    case EXPECT: o->expect = value; return true;
    case FILTER: o->filter = value; return true;
    case FAIL_FAST: o->run.fail_fast = true; return true;
    default: return false;
    }
}

/* The sums over all files, and how to print each. */
typedef struct totals {
    const options *options;
    hd_channel errors;
    FILE *junit;         /* or NULL */
    uint64_t tap_points; /* printed so far */
    uint64_t passed, failed, unreadable, skipped, known, messages, differences, refused_text;
    int exit_status;
    cJSON *rows; /* or NULL: text */
} totals;

/* Of a search for a simpler trace, only whether it worked. */
static void receive_search(totals *t, const hd_wast_file *file) {
    if (file->diag.status == HD_OK) return;
    t->exit_status = hd_exit_status(file->diag.status);
    hd_message(t->errors, "error", hd_input_name(file->path), &file->diag);
}

static void count_file(totals *t, const hd_wast_file *file) {
    int status = hd_wast_exit_status(file);
    t->passed += file->result.passed;
    t->unreadable += file->result.unreadable;
    t->skipped += file->result.skipped;
    t->failed += hd_wast_failures(file);
    t->messages += file->result.messages;
    t->differences += file->result.differences;
    t->refused_text += file->result.refused_text;
    t->known += file->result.known;
    if (status > t->exit_status) t->exit_status = status;
}

static bool receive(void *context, hd_wast_file *file) {
    totals *t = context;
    if (hd_shrinking()) {
        receive_search(t, file);
        return true;
    }
    count_file(t, file);
    bool go_on = !t->options->run.fail_fast || hd_wast_exit_status(file) == HD_EXIT_OK;
    if (t->junit) hd_wast_print_junit(t->junit, file);
    bool controlled = t->options->run.control.strategy;
    const char *trace = NULL;
    if (t->rows) {
        if (controlled &&
            !hd_campaign_finish(&file->campaign, &t->options->run.control, file->path, &trace) &&
            t->exit_status < HD_EXIT_INPUT)
            t->exit_status = HD_EXIT_INPUT;
        cJSON_AddItemToArray(t->rows,
                             hd_wast_to_json(file, t->options->commands, controlled, trace));
        return go_on;
    }
    if (t->options->tap) {
        hd_wast_print_tap(stdout, file, &t->tap_points);
        return go_on;
    }
    if (file->printed) fwrite(file->printed, 1, file->printed_length, stdout);
    /* So that both streams on one terminal come in order. */
    fflush(stdout);
    hd_wast_print_findings(t->errors, file, t->options->run.each.timeout);
    hd_wast_print_verdict(stdout, file, t->options->verbose);
    if (controlled &&
        !hd_campaign_finish(&file->campaign, &t->options->run.control, file->path, &trace) &&
        t->exit_status < HD_EXIT_INPUT)
        t->exit_status = HD_EXIT_INPUT;
    return go_on;
}

static void print_totals(const totals *t) {
    if (hd_shrinking()) return;
    if (t->options->tap) {
        printf("1..%" PRIu64 "\n", t->tap_points);
        return;
    }
    if (t->options->run.each.strict)
        printf("%" PRIu64 " of %" PRIu64 " messages worded differently, %" PRIu64
               " of them by the text parser\n",
               t->differences, t->messages, t->refused_text);
    printf("%" PRIu64 " passed, %" PRIu64 " failed", t->passed, t->failed);
    if (t->unreadable) printf(", %" PRIu64 " unreadable", t->unreadable);
    if (t->known) printf(", %" PRIu64 " known", t->known);
    if (t->skipped) printf(", %" PRIu64 " skipped", t->skipped);
    putchar('\n');
}

static bool print_json(const totals *t) {
    cJSON *all = cJSON_CreateObject();
    cJSON_AddStringToObject(all, "schema", "heddle-wast-1");
    cJSON_AddItemToObject(all, "files", t->rows);
    cJSON_AddNumberToObject(all, "messages", (double)t->messages);
    cJSON_AddNumberToObject(all, "wording_differences", (double)t->differences);
    cJSON_AddNumberToObject(all, "passed", (double)t->passed);
    cJSON_AddNumberToObject(all, "unreadable", (double)t->unreadable);
    cJSON_AddNumberToObject(all, "skipped", (double)t->skipped);
    cJSON_AddNumberToObject(all, "known", (double)t->known);
    cJSON_AddNumberToObject(all, "failed", (double)t->failed);
    return hd_json_print(all);
}

/* Rows are kept of single runs on host threads; a campaign sums up. */
static int check_options(const hd_subcommand *self, options *o) {
    if ((o->commands || o->junit || o->tap || o->expect) && o->run.control.strategy)
        return hd_usage_error(self, "--commands, --junit, --tap and --expect go without --sched");
    if (o->tap && o->json) return hd_usage_error(self, "--tap and --json exclude each other");
    if (o->commands && !o->json) return hd_usage_error(self, "--commands needs --json");
    return hd_control_options_check(self, &o->run.control);
}

static bool open_junit(totals *t) {
    if (!t->options->junit) return true;
    t->junit = fopen(t->options->junit, "w");
    if (t->junit) fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", t->junit);
    return t->junit != NULL;
}

static bool close_junit(totals *t) {
    if (!t->junit) return true;
    fputs("</testsuites>\n", t->junit);
    bool good = !ferror(t->junit);
    return fclose(t->junit) == 0 && good;
}

/* Runs the scripts of a list that was made, and prints what came out. */
static void run_list(totals *t, hd_wast_list *list) {
    bool good = open_junit(t);
    if (t->options->tap) puts("TAP version 14");
    if (good) hd_wast_run_files(list, &t->options->run, receive, t);
    if (!close_junit(t) || !good) {
        const char *reason = strerror(errno);
        fputs("heddle wast: cannot write ", stderr);
        hd_print_string(stderr, t->options->junit);
        fprintf(stderr, ": %s\n", reason);
        t->exit_status = HD_EXIT_INPUT;
    }
    if (!t->options->json)
        print_totals(t);
    else if (!print_json(t))
        t->exit_status = HD_EXIT_INPUT;
}

/* Runs the scripts that were named; returns the exit status. */
static int run_scripts(options *o, char **paths, int count) {
    hd_wast_list list = {0};
    hd_diag diag = HD_DIAG_INIT;
    hd_expected *expected = NULL;
    totals t = {.options = o, .errors = hd_channel_stderr()};
    if (o->expect && !(expected = hd_expected_read(o->expect, &diag))) {
        hd_message(t.errors, "error", o->expect, &diag);
        return HD_EXIT_INPUT;
    }
    o->run.expected = expected;
    o->run.each.rows = o->commands || o->junit || o->tap || expected;
    o->run.each.main_cannot_block = o->run.control.main_cannot_block;
    if (o->json) t.rows = cJSON_CreateArray();
    if (o->run.control.strategy) hd_interrupt_watch();
    if (hd_wast_list_make(&list, paths, count)) {
        if (o->filter) hd_wast_list_filter(&list, o->filter);
        if (list.files.len > 0) {
            run_list(&t, &list);
        } else {
            fputs("heddle wast: --filter leaves no script\n", stderr);
            t.exit_status = HD_EXIT_INPUT;
            cJSON_Delete(t.rows);
        }
    } else {
        fputs("heddle wast: out of memory\n", stderr);
        t.exit_status = HD_EXIT_INPUT;
    }
    if (hd_interrupt_signal()) t.exit_status = HD_EXIT_INTERRUPTED + hd_interrupt_signal();
    hd_wast_list_free(&list);
    hd_expected_free(expected);
    return t.exit_status;
}

static int run(const hd_subcommand *self, int argc, char **argv) {
    options o = {.run = {.each = {.timeout = HD_WAST_TIMEOUT, .features = HD_FEATURES_ALL},
                         .jobs = hd_default_jobs(),
                         .repeat = 1,
                         .control = HD_CONTROL_OPTIONS_INIT}};
    int count;
    int status = hd_options_read(self, argc, argv, take_option, &o, &count);
    if (status == HD_OPTIONS_READ) {
        status = count == 0 ? hd_usage_error(self, "a script or a folder of scripts is needed")
                            : check_options(self, &o);
        if (!status) status = run_scripts(&o, argv, count);
    }
    hd_control_options_free(&o.run.control);
    return status;
}

const hd_subcommand hd_wast_subcommand = {
    .name = "wast",
    .summary = "run scripts of the WebAssembly test suite",
    .usage = "[OPTION]... PATH...",
    .details = "Runs `.wast` scripts, those of the threads proposal included: each (thread ...) is "
               "an agent on\n"
               "a host thread of its own. Of a folder, all `*.wast` files in and below it are run; "
               "`-` is\n"
               "standard input. Prints a line for each script, and what failed to stderr.\n"
               "\n"
               "The last line is `N passed, N failed`. Each assert_* command counts as one, in "
               "threads too; those\n"
               "on a module that could not be read are `unreadable`, unknown commands `skipped`. "
               "Any other\n"
               "command counts only if it fails, and so do a script that cannot be read and a time "
               "limit.\n"
               "Messages of traps and of linking must begin with the expected text. A module must "
               "be malformed\n"
               "or invalid as asserted; if it is valid with the chosen features, it is tried as "
               "WebAssembly 2.0\n"
               "with threads, since the assertion may be older than a feature.\n"
               "\n"
               "Exit status: 0 all passed, 1 a failure, 3 a script could not be read, 124 time "
               "limit; the\n"
               "highest of all scripts.",
    .options =
        (const hd_option[]){
            {JOBS, "jobs", "N", "run N scripts at a time (default: one a processor)"},
            {VERBOSE, "verbose", NULL, "print what scripts print, and the time of each"},
            {JSON, "json", NULL, "print one JSON object with all outcomes instead"},
            {REPEAT, "repeat", "N", "run each script N times, until it fails"},
            {TIMEOUT, "timeout", "SEC",
             "stop a script after SEC seconds (default 60; 0: never)\n"
             "and tell what each of its agents was doing"},
            {FILTER, "filter", "TEXT", "run only scripts whose path has TEXT in it, or matches it"},
            {FAIL_FAST, "fail-fast", NULL, "stop after the first script that fails"},
            {EXPECT, "expect", "FILE",
             "known failures, a line each: SCRIPT:LINE, or SCRIPT\n"
             "alone; they count apart, and one that passes fails"},
            {COMMANDS, "commands", NULL, "with --json, a row for each command"},
            {JUNIT, "junit", "FILE", "write outcomes in the XML of JUnit, too"},
            {TAP, "tap", NULL, "print outcomes by the Test Anything Protocol instead"},
            HD_CONTROL_OPTIONS,
            HD_STACK_OPTION(STACK),
            HD_FEATURES_OPTION,
            HD_SOURCE_PATH_OPTION,
            {STRICT, "strict", NULL,
             "note where the message for a malformed or invalid\n"
             "module does not begin with the expected text"},
            {0}},
    .examples = "$ heddle wast spec/\n"
                "$ heddle wast --repeat=1000 --timeout=10 spec/litmus-sb.wast\n"
                "$ heddle wast --json spec/ | jq '.files[] | select(.failed > 0) | .file'\n"
                "$ echo '(module) (assert_return (invoke \"f\"))' | heddle wast -",
    .run = run,
};
