/* cmd_replay.c: `heddle replay` and `heddle shrink`: the command that made a trace, once more. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "cli/command.h"
#include "cli/control.h"
#include "cli/message.h"
#include "cli/sources.h"

enum { OUTPUT = 'o', JSON = 257 };

typedef struct options {
    const char *output;
    bool json;
    hd_race_choice races;
} options;

static const hd_subcommand *const makers[] = {&hd_wast_subcommand, &hd_run_subcommand};

static const hd_subcommand *maker_of(const hd_trace_origin *origin) {
    for (size_t i = 0; origin->argument_count > 0 && i < sizeof makers / sizeof *makers; i++)
        if (strcmp(makers[i]->name, origin->arguments[0]) == 0) return makers[i];
    return NULL;
}

/* Runs the command of a trace. Options are read in place, so the words are copied into an array of
 * pointers that may be moved about. */
static int run_command(const hd_trace_origin *origin, const char *path, bool json) {
    const hd_subcommand *maker = maker_of(origin);
    hd_diag diag = HD_DIAG_INIT;
    hd_arena arena = HD_ARENA_INIT;
    char json_word[] = "--json";
    size_t count = origin->argument_count;
    char **words = hd_arena_alloc(&arena, count + 2, sizeof *words);
    for (size_t i = 0, to = 0; maker && words && i < count; i++) {
        words[to] = hd_arena_strndup(&arena, origin->arguments[i], strlen(origin->arguments[i]));
        if (!words[to++]) words = NULL;
        /* Behind the name of the command. */
        if (words && i == 0 && json) words[to++] = json_word;
    }
    int status = HD_EXIT_INPUT;
    if (maker && words)
        status = maker->run(maker, (int)count + json, words);
    else if (maker)
        hd_diag_nomem(&diag);
    else
        hd_diag_set(&diag, HD_FAILED, "the trace names no command that could be run again");
    if (diag.status != HD_OK) hd_message(hd_channel_stderr(), "error", path, &diag);
    hd_arena_free(&arena);
    return status;
}

static bool take_option(const hd_subcommand *self, void *context, int key, const char *value) {
    if (key == HD_SOURCE_PATH_KEY) return hd_option_source_path(self, value);
    options *o = context;
    bool taken;
    if (!hd_race_option(self, &o->races, key, value, &taken)) return false;
    if (taken) return true;
    if (key == JSON)
        o->json = true;
    else
        o->output = value;
    return true;
}

/* Runs the command of a trace, for a purpose. */
static int repeat(options *o, const char *path, hd_control_purpose purpose) {
    hd_diag diag = HD_DIAG_INIT;
    hd_trace *trace;
    if (hd_trace_load(path, &trace, &diag) != HD_OK) {
        hd_message(hd_channel_stderr(), "error", path, &diag);
        return HD_EXIT_INPUT;
    }
    hd_trace_origin origin = hd_trace_get_origin(trace);
    hd_control_set_purpose(purpose, trace, path, o->output);
    hd_control_choose_races(&o->races);
    int status = run_command(&origin, path, o->json);
    hd_control_choose_races(NULL);
    hd_control_set_purpose(HD_CONTROL_RUN, NULL, NULL, NULL);
    hd_trace_free(trace);
    return status;
}

static int run_trace(const hd_subcommand *self, int argc, char **argv, hd_control_purpose purpose) {
    options o = {0};
    int count, status = hd_options_read(self, argc, argv, take_option, &o, &count);
    if (status == HD_OPTIONS_READ && count != 1)
        status = hd_usage_error(self, "one trace is needed");
    if (status == HD_OPTIONS_READ) status = repeat(&o, argv[0], purpose);
    hd_race_choice_free(&o.races);
    return status;
}

static int run_replay(const hd_subcommand *self, int argc, char **argv) {
    return run_trace(self, argc, argv, HD_CONTROL_REPLAY);
}

static int run_shrink(const hd_subcommand *self, int argc, char **argv) {
    return run_trace(self, argc, argv, HD_CONTROL_SHRINK);
}

const hd_subcommand hd_replay_subcommand = {
    .name = "replay",
    .summary = "execute a recorded run again, event by event",
    .usage = "[OPTION]... TRACE",
    .details =
        "Executes what a trace was recorded of by its schedule, from the folder in which it was\n"
        "recorded, and reports what that run reported. A trace that does not fit, since the file "
        "has\n"
        "changed or the execution diverges, is told with the step.\n"
        "\n"
        "Exit status: that of the recorded run; 3 if the trace cannot be read.",
    .options =
        (const hd_option[]){{JSON, "json", NULL, "print what is found as one JSON object instead"},
                            HD_RACE_OPTIONS,
                            HD_SOURCE_PATH_OPTION,
                            {0}},
    .examples = "$ heddle wast --sched=random --runs=1000 test.wast   # writes heddle.trace\n"
                "$ heddle replay heddle.trace",
    .run = run_replay,
};

const hd_subcommand hd_shrink_subcommand = {
    .name = "shrink",
    .summary = "find a simpler schedule with the same failure",
    .usage = "[OPTION]... TRACE",
    .details =
        "Searches for an execution that fails in the same way with fewer preemptions (switches "
        "away\n"
        "from an agent that could go on), then fewer events, and writes its trace.\n"
        "\n"
        "Exit status: 0 a trace was written, 1 the failure did not repeat itself, 3 the trace "
        "cannot\n"
        "be read.",
    .options = (const hd_option[]){{OUTPUT, "output", "FILE",
                                    "write the trace here (default: a new file beside TRACE)"},
                                   {0}},
    .examples = "$ heddle shrink -o short.trace heddle.trace\n"
                "$ heddle replay short.trace",
    .run = run_shrink,
};
