/* cmd_explore.c: `heddle explore`. */
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/command.h"
#include "cli/exploration.h"
#include "cli/explore_weak.h"
#include "cli/features.h"
#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/message.h"
#include "cli/sources.h"

enum {
    JSON = 257,
    GRANULARITY,
    FOOTPRINTS,
    TIMEOUTS,
    PREEMPTIONS,
    MOST_EXECUTIONS,
    MOST_TIME,
    UNROLL,
    NO_AWAITS,
    NO_UNDO,
    NO_SHRINK,
    FIRST,
    ALL,
    DOT,
    PICTURE,
    WEAK,
};

static bool one_of(const hd_subcommand *self, const char *name, const char *value,
                   const char *const *words, unsigned *index) {
    for (unsigned i = 0; words[i]; i++) {
        if (strcmp(value, words[i]) != 0) continue;
        *index = i;
        return true;
    }
    hd_usage_error(self, "--%s: '%s' is none of its values; see --help", name, value);
    return false;
}

static bool choose(const hd_subcommand *self, hd_exploration *o, int key, const char *value) {
    static const char *const granularities[] = {"auto", "sync", "memory", NULL};
    static const char *const footprints[] = {"refined", "static", NULL};
    static const char *const timeouts[] = {"any", "last", "never", NULL};
    unsigned index = 0;
    bool good;
    switch (key) {
    case GRANULARITY:
        good = one_of(self, "granularity", value, granularities, &index);
        o->automatic = index == 0;
        o->explore.granularity = index == 2 ? HD_GRANULARITY_MEMORY : HD_GRANULARITY_SYNC;
        return good;
    case FOOTPRINTS:
        good = one_of(self, "footprints", value, footprints, &index);
        o->explore.static_footprints = index == 1;
        return good;
    default:
        good = one_of(self, "timeouts", value, timeouts, &index);
        o->explore.timeouts = (hd_timeouts)index;
        return good;
    }
}

static bool take_option(const hd_subcommand *self, void *context, int key, const char *value) {
    hd_exploration *o = context;
    bool taken;
    if (!hd_program_option(self, &o->subject.program, key, value, &taken)) return false;
    if (taken) return true;
    if (!hd_race_option(self, &o->subject.control.races, key, value, &taken)) return false;
    if (taken) return true;
    switch (key) {
    case JSON: o->json = true; return true;
    case GRANULARITY:
    case FOOTPRINTS:
    case TIMEOUTS: return choose(self, o, key, value);
    case PREEMPTIONS:
        o->explore.bounds_preemptions = true;
        return hd_option_count(self, "preemptions", value, 0, UINT32_MAX, &o->explore.preemptions);
    case MOST_EXECUTIONS:
        return hd_option_count(self, "max-executions", value, 1, UINT64_MAX,
                               &o->explore.most_executions);
    case MOST_TIME: return hd_option_seconds(self, "max-time", value, &o->explore.most_time);
    case UNROLL: return hd_option_count(self, "unroll", value, 1, UINT32_MAX, &o->explore.unroll);
    case NO_AWAITS: o->explore.no_awaits = true; return true;
    case NO_UNDO: o->explore.no_undo = o->subject.no_undo = true; return true;
    case FIRST: o->first = true; return true;
    case DOT: o->dot = value; return true;
    case PICTURE: o->picture = value; return true;
    case WEAK: o->weak = true; return true;
    case ALL: o->finds_options.all = true; return true;
    case NO_SHRINK: o->finds_options.no_shrink = true; return true;
    case HD_OBSERVE_KEY: return hd_observe_option(self, &o->subject.control.observed, value);
    case HD_TRACE_DIR_KEY: o->subject.control.trace_dir = value; return true;
    case HD_RECORD_KEY: o->subject.control.record = value; return true;
    case HD_STEPS_KEY:
        return hd_option_count(self, "steps", value, 1, UINT64_MAX, &o->explore.most_steps);
    case HD_SOURCE_PATH_KEY: return hd_option_source_path(self, value);
    case HD_FEATURES_KEY: return hd_option_features(self, value, &o->subject.program.features);
    default: return false;
    }
}

static int explore(hd_exploration *o, hd_diag *diag) {
    hd_interrupt_watch();
    if (hd_step_subject_load(&o->subject, diag) != HD_OK ||
        hd_race_choice_prepare(&o->subject.control.races, diag) != HD_OK ||
        hd_exploration_run(o, diag) != HD_OK ||
        (hd_alloc_failures() > 0 && hd_diag_nomem(diag) != HD_OK)) {
        hd_message(hd_channel_stderr(), "error", hd_input_name(o->subject.program.path), diag);
        return HD_EXIT_INPUT;
    }
    int status = o->finds.items.len > 0 ? HD_EXIT_FAILED : HD_EXIT_OK;
    if (!o->json)
        hd_exploration_print(o);
    else if (!hd_exploration_print_json(o))
        status = HD_EXIT_INPUT;
    if (hd_exploration_draw(o, diag) != HD_OK) {
        hd_message(hd_channel_stderr(), "error", hd_input_name(o->subject.program.path), diag);
        status = HD_EXIT_INPUT;
    }
    return hd_interrupt_signal() ? HD_EXIT_INTERRUPTED + hd_interrupt_signal() : status;
}

static int weak(hd_exploration *o, hd_diag *diag) {
    int status = HD_EXIT_INPUT;
    if (hd_step_subject_load(&o->subject, diag) == HD_OK)
        status = hd_explore_weak(&o->subject, o->json, o->dot, diag);
    if (diag->status == HD_OK) return status;
    hd_message(hd_channel_stderr(), "error", hd_input_name(o->subject.program.path), diag);
    return HD_EXIT_INPUT;
}

static int run(const hd_subcommand *self, int argc, char **argv) {
    hd_exploration o = {
        .subject = {.program = HD_PROGRAM_OPTIONS_INIT, .control = HD_CONTROL_OPTIONS_INIT},
        .explore = {.granularity = HD_GRANULARITY_SYNC},
        .automatic = true,
        .terminal = isatty(STDERR_FILENO),
    };
    hd_diag diag = HD_DIAG_INIT;
    int count;
    int status = hd_options_read(self, argc, argv, take_option, &o, &count);
    if (status == HD_OPTIONS_READ) {
        status = hd_program_options_check(self, &o.subject.program, argv, count);
        if (!status && strcmp(o.subject.program.path, "-") == 0)
            status = hd_usage_error(self, "an exploration needs a file: its traces name it");
        if (!status) status = o.weak ? weak(&o, &diag) : explore(&o, &diag);
    }
    hd_exploration_free(&o);
    return status;
}

const hd_subcommand hd_explore_subcommand = {
    .name = "explore",
    .summary = "run under all schedules that differ",
    .usage = "[OPTION]... FILE [ARG]...",
    .details =
        "Runs a script, or a module as `heddle run` does, under every schedule that can make a "
        "difference,\n"
        "each once, and tells which executions fail: by a trap, an assertion, an exit status, a "
        "deadlock, a\n"
        "livelock or a race. The verdict is EXHAUSTIVE if no execution was left out, under "
        "sequential\n"
        "consistency; EXHAUSTIVE up to N preemptions; or PARTIAL, with an estimate of the share "
        "that "
        "was\n"
        "explored. The first failure of each kind is shown by the simplest execution that was "
        "found,\n"
        "and leaves its trace; around a race, both orders of the accesses are compared. The "
        "outcomes "
        "of\n"
        "executions are listed: results of agents, alternatives of a script, and what --observe "
        "asks "
        "for.\n"
        "\n"
        "Granularity: `memory` makes every access to a shared memory an event; `sync` only atomic "
        "ones,\n"
        "which is exact as long as no plain access races; `auto` begins so and makes the plain "
        "accesses\n"
        "of all bytes that were found to race events, too.\n"
        "\n"
        "Exit status: 0 no execution failed, 1 one did, 2 wrong command line, 3 the input could "
        "not "
        "be read,\n"
        "linked or explored.",
    .options =
        (const hd_option[]){
            HD_PROGRAM_OPTIONS,
            {GRANULARITY, "granularity", "G", "auto (default), sync or memory: see above"},
            {FOOTPRINTS, "footprints", "F",
             "refined (default): a cmpxchg that fails only reads, and\n"
             "the like; static: what an event might do counts"},
            {TIMEOUTS, "timeouts", "T",
             "waits time out at any time (default), only as the last\n"
             "thing that can happen, or never: any, last, never"},
            {PREEMPTIONS, "preemptions", "N", "only executions with at most N preemptions"},
            {MOST_EXECUTIONS, "max-executions", "N", "stop after N executions"},
            {MOST_TIME, "max-time", "SEC", "stop after SEC seconds"},
            {HD_STEPS_KEY, "steps", "N", "cut executions short after N events (default 100000)"},
            {UNROLL, "unroll", "N",
             "an agent that was N times at one place in a loop, by the\n"
             "same calls, does not go on from there"},
            {NO_AWAITS, "no-awaits", NULL, "loops that only read are like others"},
            {NO_UNDO, "no-undo", NULL, "go back by making executions again"},
            {FIRST, "first", NULL, "stop at the first failure"},
            {ALL, "all", NULL,
             "report every failure that differs and leave its trace, not\n"
             "only the first of each kind"},
            {NO_SHRINK, "no-shrink", NULL, "leave these executions as they were found"},
            HD_OBSERVE_OPTION,
            HD_RACE_OPTIONS,
            {HD_RECORD_KEY, "record", "FILE",
             "write the trace of the first failure here (default: to a\n"
             "new file)"},
            {HD_TRACE_DIR_KEY, "trace-dir", "DIR", "write the traces of failures into this folder"},
            {WEAK, "weak", NULL,
             "instead, tell which outcomes the relaxed memory model allows\n"
             "beyond sequential consistency; of tiny programs"},
            {DOT, "dot", "FILE",
             "write the graph of the first failure's execution, or of\n"
             "some other, in the language of Graphviz; with --weak,\n"
             "pictures of its outcomes"},
            {PICTURE, "picture", "FILE", "the same as a picture in SVG, by Graphviz's `dot`"},
            {JSON, "json", NULL, "print one JSON object instead"},
            HD_FEATURES_OPTION,
            HD_SOURCE_PATH_OPTION,
            {0}},
    .number_operands = true,
    .examples = "$ heddle explore spec/litmus-sb.wast\n"
                "$ heddle explore --agent='put 5' --agent=take queue.wasm\n"
                "$ heddle explore --preemptions=2 --max-time=60 prog.wasm",
    .run = run,
};
