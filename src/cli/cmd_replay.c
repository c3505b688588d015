/* cmd_replay.c: `heddle replay` and `heddle shrink`: the command that made a trace, once more. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/output.h"
#include "cli/command.h"
#include "cli/control.h"
#include "cli/message.h"
#include "cli/sources.h"

enum { OUTPUT = 'o', JSON = 257, MODULE, TIMEOUT, DIRECTORY };

typedef struct options {
    const char *output;
    const char *module;  /* run instead of the file that the trace names; or NULL */
    const char *timeout; /* as on the command line, or NULL */
    HD_VEC(const char *) directories;
    bool json;
    hd_race_choice races;
} options;

static const hd_subcommand *const makers[] = {&hd_wast_subcommand, &hd_run_subcommand};

static const hd_subcommand *maker_of(const hd_trace_origin *origin) {
    for (size_t i = 0; origin->argument_count > 0 && i < sizeof makers / sizeof *makers; i++)
        if (strcmp(makers[i]->name, origin->arguments[0]) == 0) return makers[i];
    return NULL;
}

/* Options are read in place, so the words are copied into an array of pointers that may be moved
 * about. */
typedef struct command_line {
    hd_arena arena;
    HD_VEC(char *) words;
    bool incomplete;
} command_line;

static void add_word(command_line *line, const char *word) {
    char *copy = hd_arena_strndup(&line->arena, word, strlen(word));
    if (!copy || !hd_vec_push(&line->words, copy)) line->incomplete = true;
}

static void add_option(command_line *line, const char *name, const char *value) {
    char *word = hd_format("--%s=%s", name, value);
    if (word) add_word(line, word);
    if (!word) line->incomplete = true;
    hd_free(word);
}

static bool begins(const char *word, const char *with) {
    return strncmp(word, with, strlen(with)) == 0;
}

/* True if a word of the trace's command is not taken over: what the user says otherwise; and
 * directories, unless it is known what was read there. A replay touches nothing that the user does
 * not name. */
static bool is_dropped(const options *o, const hd_trace *trace, const char *word) {
    hd_outcome outcome;
    if (begins(word, "--dir=")) return !hd_trace_outcome(trace, &outcome) || o->directories.len > 0;
    return o->timeout && begins(word, "--timeout=");
}

/* The words of the trace's command, changed as the options say. `*file` is the one that names what
 * is run, or NULL. */
static void make_command(const options *o, const hd_trace *trace, command_line *line,
                         const char **file) {
    hd_trace_origin origin = hd_trace_get_origin(trace);
    bool options_end = false;
    *file = NULL;
    for (size_t i = 0; i < origin.argument_count; i++) {
        const char *word = origin.arguments[i];
        bool ends = !options_end && strcmp(word, "--") == 0;
        bool is_file = options_end && !*file;
        if (!options_end && is_dropped(o, trace, word)) continue;
        if (ends) {
            if (o->json) add_word(line, "--json");
            if (o->timeout) add_option(line, "timeout", o->timeout);
            for (size_t k = 0; k < o->directories.len; k++)
                add_option(line, "dir", o->directories.items[k]);
            options_end = true;
        }
        if (is_file) *file = word = o->module ? o->module : word;
        add_word(line, word);
    }
}

/* Says which file is missing, and where it was looked for. */
static bool is_readable(const char *file, const char *path) {
    hd_diag diag = HD_DIAG_INIT;
    char folder[PATH_MAX];
    if (access(file, R_OK) == 0) return true;
    int error = errno;
    bool relative = *file != '/' && getcwd(folder, sizeof folder);
    hd_diag_set(&diag, HD_IO,
                "cannot read '%.160s'%s%.160s, of which it was recorded: %s; --module=FILE "
                "says where it is now",
                file, relative ? " in " : "", relative ? folder : "", strerror(error));
    hd_message(hd_channel_stderr(), "error", path, &diag);
    return false;
}

/* Runs the command of a trace. */
static int run_command(const options *o, const hd_trace *trace, const char *path) {
    hd_trace_origin origin = hd_trace_get_origin(trace);
    const hd_subcommand *maker = maker_of(&origin);
    hd_diag diag = HD_DIAG_INIT;
    command_line line = {0};
    const char *file;
    int status = HD_EXIT_INPUT;
    make_command(o, trace, &line, &file);
    if (!maker || !file)
        hd_diag_set(&diag, HD_FAILED, "the trace names no command that could be run again");
    else if (line.incomplete)
        hd_diag_nomem(&diag);
    else if (is_readable(file, path))
        status = maker->run(maker, (int)line.words.len, line.words.items);
    if (diag.status != HD_OK) hd_message(hd_channel_stderr(), "error", path, &diag);
    hd_vec_free(&line.words);
    hd_arena_free(&line.arena);
    return status;
}

static bool take_option(const hd_subcommand *self, void *context, int key, const char *value) {
    if (key == HD_SOURCE_PATH_KEY) return hd_option_source_path(self, value);
    options *o = context;
    bool taken;
    if (!hd_race_option(self, &o->races, key, value, &taken)) return false;
    if (taken) return true;
    int64_t timeout;
    switch (key) {
    case JSON: o->json = true; return true;
    case MODULE: o->module = value; return true;
    case TIMEOUT: o->timeout = value; return hd_option_seconds(self, "timeout", value, &timeout);
    case DIRECTORY:
        if (hd_vec_push(&o->directories, value)) return true;
        hd_usage_error(self, "out of memory");
        return false;
    default: o->output = value; return true;
    }
}

/* Runs the command of a trace, for a purpose. */
static int repeat(options *o, const char *path, hd_control_purpose purpose) {
    hd_diag diag = HD_DIAG_INIT;
    hd_trace *trace;
    if (hd_trace_load(path, &trace, &diag) != HD_OK) {
        hd_message(hd_channel_stderr(), "error", path, &diag);
        return HD_EXIT_INPUT;
    }
    hd_control_set_purpose(purpose, trace, path, o->output);
    hd_control_choose_races(&o->races);
    int status = run_command(o, trace, path);
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
    hd_vec_free(&o.directories);
    return status;
}

static int run_replay(const hd_subcommand *self, int argc, char **argv) {
    return run_trace(self, argc, argv, HD_CONTROL_REPLAY);
}

static int run_shrink(const hd_subcommand *self, int argc, char **argv) {
    return run_trace(self, argc, argv, HD_CONTROL_SHRINK);
}

#define SUBJECT_OPTIONS                                                                            \
    {MODULE, "module", "FILE", "run this file, not the one that the trace names"}, {               \
        TIMEOUT, "timeout", "SEC", "a time limit (default: that of the recorded run; 0: none)"     \
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
                            SUBJECT_OPTIONS,
                            {DIRECTORY, "dir", "HOST[::GUEST]",
                             "let a program whose trace does not hold what it read use\n"
                             "this directory, as GUEST"},
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
                                   SUBJECT_OPTIONS,
                                   {0}},
    .examples = "$ heddle shrink -o short.trace heddle.trace\n"
                "$ heddle replay short.trace",
    .run = run_shrink,
};
