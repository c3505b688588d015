/* control.h: controlled executions: the options of subcommands for them, and one execution with all
 * that watches it: the trace, the race detector, the diagnosis of stuck states. */
#ifndef HD_CLI_CONTROL_H
#define HD_CLI_CONTROL_H

#include <stdio.h>

#include "check/overflow.h"
#include "check/stuck.h"
#include "cli/observe.h"
#include "cli/race_options.h"
#include "host/outside_controlled.h"
#include "sched/drive.h"
#include "sched/trace.h"

typedef struct hd_control_options {
    const char *strategy; /* NULL: agents run on host threads */
    bool on_host;         /* as the user asks for */
    uint64_t seed, runs;
    bool seeded;     /* a seed was given */
    uint64_t length; /* of an execution in events, as pct estimates it; 0: as measured */
    uint64_t steps;  /* give up after so many events; 0: never */
    bool steps_given;
    bool no_reuse;   /* each run makes anew what it needs */
    bool keep_going; /* do not stop at the first run that fails */
    bool main_cannot_block;
    bool programs; /* what runs are programs: their shadow stacks are watched, too */
    bool json;     /* all reports as JSON */
    hd_race_choice races;
    const char
        *record; /* write the trace here, failure or not; NULL: of a failure, to the default */
    const char *trace_dir;     /* where traces of failures go by default; NULL: here */
    hd_observations observed;  /* told of each execution when it has ended */
    bool explains;             /* what explains a stuck execution is kept, races off or not */
    hd_trace *schedule;        /* of --schedule; owned */
    const hd_trace *trace;     /* to be replayed or shrunk; borrowed */
    const hd_profile *profile; /* what a campaign has learnt; borrowed, or NULL */
} hd_control_options;

/* The limit on the events of each of several runs, unless one is given: no loop that goes unnoticed
 * keeps the others from being made. */
#define HD_RUNS_STEPS UINT64_C(10000000)

#define HD_CONTROL_OPTIONS_INIT                                                                    \
    { .runs = 1 }

enum {
    HD_SCHED_KEY = 300,
    HD_SEED_KEY,
    HD_RUNS_KEY,
    HD_LENGTH_KEY,
    HD_STEPS_KEY,
    HD_KEEP_GOING_KEY,
    HD_MAIN_CANNOT_BLOCK_KEY,
    HD_RECORD_KEY,
    HD_TRACE_DIR_KEY,
    HD_MAX_MEMORY_KEY,
    HD_SCHEDULE_KEY,
    HD_OBSERVE_KEY,
    HD_NO_REUSE_KEY,
};

/* The row of an option that others have, too. */
#define HD_OBSERVE_OPTION                                                                          \
    {                                                                                              \
        HD_OBSERVE_KEY, "observe", "ADDR:TYPE",                                                    \
            "tell what stands in shared memory at the end, as in\n"                                \
            "0x10:i32 (1:0x10:u8 in the second memory); or `results`:\n"                           \
            "which of several results that a script allows"                                        \
    }

/* Their rows for tables of options. */
#define HD_CONTROL_OPTIONS                                                                         \
    {HD_SCHED_KEY, "sched", "STRATEGY",                                                            \
     "who moves next: host (default: each agent on a thread),\n"                                   \
     "or under control, the same for the same seed:\n"                                             \
     "portfolio (default with --runs), rr, rr:QUANTUM, random,\n"                                  \
     "sticky, sticky:MEAN, pct, pct:DEPTH, pos, urw, surw,\n"                                      \
     "each but the first perhaps with +lag and +points behind\n"                                   \
     "it; replay:TRACE"},                                                                          \
        {HD_SCHEDULE_KEY, "schedule", "MOVES", "under control by these moves, as in 0*3,1,2~,0"},  \
        {HD_SEED_KEY, "seed", "N", "seed of the first run (default 0)"},                           \
        {HD_RUNS_KEY, "runs", "N", "make N runs with successive seeds and sum them up"},           \
        {HD_KEEP_GOING_KEY, "keep-going", NULL, "do not stop at the first run that fails"},        \
        {HD_NO_REUSE_KEY, "no-reuse", NULL,                                                        \
         "make anew for each run what it needs: slower, otherwise\n"                               \
         "the same"},                                                                              \
        HD_RACE_OPTIONS,                                                                           \
        {HD_RECORD_KEY, "record", "FILE",                                                          \
         "write the trace of the run here (default: only of one\n"                                 \
         "that fails, to a new file)"},                                                            \
        {HD_TRACE_DIR_KEY, "trace-dir", "DIR",                                                     \
         "write the traces of failures into this folder, one for\n"                                \
         "the first run of each that differs"},                                                    \
        {HD_MAX_MEMORY_KEY, "max-memory", "SIZE",                                                  \
         "no more memory than that in all, as in 500M or 2G: what\n"                               \
         "does not fit is an error, status 3"},                                                    \
        {HD_LENGTH_KEY, "length", "N",                                                             \
         "events of a run, as pct estimates it (default: measured)"},                              \
        {HD_STEPS_KEY, "steps", "N",                                                               \
         "give a run up after N events (0: never; the default,\n"                                  \
         "but 10000000 with --runs)"},                                                             \
        HD_OBSERVE_OPTION, {                                                                       \
        HD_MAIN_CANNOT_BLOCK_KEY, "main-cannot-block", NULL,                                       \
            "trap where the main agent would wait, as on the web"                                  \
    }

/* Takes one of these options; false after an hd_usage_error. `*taken` is false if it is none of
 * them. */
bool hd_control_option(const hd_subcommand *self, hd_control_options *options, int key,
                       const char *value, bool *taken);

/* Checks that the options agree, and that the strategy exists; returns 0, or the exit status after
 * a message. Under hd_control_replay the trace takes the place of strategy and seeds. */
int hd_control_options_check(const hd_subcommand *self, hd_control_options *options);
void hd_control_options_free(hd_control_options *options);

/* Appends the words that say the same of what is not part of a trace. */
void hd_control_words(const hd_control_options *options, hd_words *words);

/* What controlled executions are made for, from now on: `heddle replay` and `heddle shrink` run the
 * command that made a trace once more. Before any execution; NULL: as usual. */
typedef enum hd_control_purpose {
    HD_CONTROL_RUN,
    HD_CONTROL_REPLAY,
    HD_CONTROL_SHRINK
} hd_control_purpose;
void hd_control_set_purpose(hd_control_purpose purpose, const hd_trace *trace, const char *path,
                            const char *output);
const char *hd_control_trace_path(void);
hd_control_purpose hd_control_get_purpose(const char **output);
bool hd_shrinking(void);

/* What a replay chooses for races otherwise than the command that made the trace, from now on.
 * NULL: nothing. It loses its suppressions to that command's options. */
void hd_control_choose_races(hd_race_choice *races);

/* What is executed: the bytes that a trace is bound to, and the command line that runs it again. */
typedef struct hd_subject {
    const void *bytes;
    size_t length;
    const hd_words *words;
    bool has_effects; /* outside: it is not run to learn from it */
} hd_subject;

/* The failure of one agent that ended a program, or a command of a script that failed: what no
 * observer sees. Empty (HD_FAILURE_NONE) when there is none. */
typedef struct hd_own_failure {
    hd_failure_kind
        kind;        /* HD_FAILURE_CHECK, HD_FAILURE_TRAP, HD_FAILURE_EXIT, HD_FAILURE_NOT_RUN */
    uint32_t detail; /* as a failure has it */
    uint32_t agent;
    const char *name;      /* of the agent */
    uint64_t step;         /* so many events had happened */
    uint32_t line, column; /* HD_FAILURE_CHECK */
    hd_backtrace backtrace;
    bool told; /* with its backtrace, by whoever ran it */
} hd_own_failure;

/* What executions with the same options and code leave for the next one, one after the other on one
 * thread: so much of the set-up is done once. An execution with it is no other than one without.
 * Begins all zero, but for the spares; release with hd_reuse_free. */
typedef struct hd_reuse {
    hd_spares *spares;
    hd_race_detector *races; /* as at its beginning, or NULL */
} hd_reuse;

/* Makes the spares; without them, when memory is out, nothing is used again. */
void hd_reuse_init(hd_reuse *reuse);
void hd_reuse_free(hd_reuse *reuse);

/* One controlled execution. */
typedef struct hd_execution {
    const hd_control_options *options;
    uint64_t seed;
    hd_strategy *strategy;
    hd_world *world;
    hd_trace *trace; /* or NULL */
    hd_outside_controlled *outside;
    hd_race_detector *races; /* or NULL */
    hd_stuck *stuck;         /* or NULL */
    hd_overflows *overflows; /* or NULL */
    hd_arena arena;          /* of the diagnosis */
    uint64_t preemptions;    /* after the run */
    bool learning;           /* nothing of it is to be seen */
    bool cut;                /* it repeats a trace that ends with its failure */
    int64_t most_time;       /* as the plan has it */
    hd_observer observers[6];
    size_t observer_count;
    hd_own_failure own;     /* lives in the arena */
    hd_trace *recorded;     /* what the outside is recorded into, or NULL */
    bool printed;           /* all that it prints, and its results, are in the trace */
    FILE *tap;              /* of hd_execution_tap, or NULL */
    FILE *tapped;           /* where that writes to */
    hd_bytes *final;        /* as the plan has it */
    struct hd_reuse *reuse; /* what it leaves for the next one goes there; borrowed, or NULL */
    char failure[320];
} hd_execution;

/* Prepares an execution with a seed, which uses `reuse` unless that is NULL; HD_NOMEM, or HD_OK and
 * to be ended with hd_execution_end. */
hd_status hd_execution_begin(hd_execution *execution, const hd_control_options *options,
                             uint64_t seed, const hd_subject *subject, hd_reuse *reuse,
                             hd_diag *diag);
void hd_execution_end(hd_execution *execution);

/* The same of something that is not simply run by the options. On HD_OK the strategy and the trace
 * are taken over. */
typedef struct hd_execution_plan {
    hd_strategy *strategy;
    hd_trace *trace;             /* to record into, or NULL */
    const hd_observer *observer; /* must outlive the execution, or NULL */
    uint64_t seed;               /* of what is chance for the program */
    hd_trace *inputs;            /* recorded here too, if `trace` is NULL; borrowed, or NULL */
    const hd_trace *recall;      /* inputs come from here; borrowed, or NULL */
    bool exact;                  /* and so does the schedule */
    bool learning;               /* nothing of it is to be seen */
    bool explains;               /* keeps what explains a stuck execution, races off or not */
    hd_bytes *final;             /* receives what memories hold at the end; or NULL */
    int64_t most_time;   /* nanoseconds of the host's, beside the subject's limit; 0: none */
    hd_profile *profile; /* to learn from it; borrowed, or NULL */
    hd_reuse *reuse;     /* or NULL */
} hd_execution_plan;

hd_status hd_execution_begin_with(hd_execution *execution, const hd_control_options *options,
                                  const hd_execution_plan *plan, hd_diag *diag);

/* Where its memories come from; NULL: from nowhere, as those of no execution. */
hd_memory_pool *hd_execution_memories(const hd_execution *execution);

/* Puts a cluster under its control. */
void hd_execution_control(hd_execution *execution, hd_cluster *cluster);

/* After the run: what went wrong with the execution itself ("deadlock: …", "data race of …"), or
 * NULL. */
const char *hd_execution_failure(hd_execution *execution);

/* Keeps what the subject itself failed in, unless it has failed before; names and
 * stack are copied. */
void hd_execution_keep_failure(hd_execution *execution, const hd_own_failure *failure);

/* The failure as a value, empty for none; true unless memory was out. A race counts less than what
 * an agent does, but more than the status that it exits with. */
bool hd_execution_take_failure(hd_execution *execution, hd_failure *failure);

/* The first race that makes it fail, whatever else it failed in, in words (NULL: none) and as a
 * value, which is left as it is if there is none. */
const char *hd_execution_race(hd_execution *execution);
void hd_execution_take_race(const hd_execution *execution, hd_failure *failure);

/* Prints what the subject itself failed in, if it did: who, and at which step. */
void hd_execution_print_own(const hd_execution *execution, FILE *to);

/* A file that passes on to another one what is printed, and tells the trace of it, until the
 * execution's end; NULL when memory is out. */
FILE *hd_execution_tap(hd_execution *execution, FILE *to);

/* When the agents have stopped, and are still there: prints what was to be observed, a line each.
 */
void hd_execution_observe(hd_execution *execution, FILE *to);

/* Says that all was printed, and how the run itself ended: from now on another output than the
 * recorded one is a divergence of a replay. */
void hd_execution_finish_output(hd_execution *execution, uint64_t end);

/* The same of what it can be blamed for that is no finding: it has left the trace that it was to
 * follow, or ended otherwise. */
const char *hd_execution_divergence(hd_execution *execution);

/* True if it was the replay of a run that its time limit stopped, and has come to that place. */
bool hd_execution_was_stopped(const hd_execution *execution);

/* True if it has followed a trace to its end, which is that of its failure: what agents would have
 * done then is nobody's concern. */
bool hd_execution_was_cut(const hd_execution *execution);

/* After how many events the failure of an execution had happened. */
uint64_t hd_execution_failed_after(const hd_execution *execution, const hd_failure *failure);

/* Prints the diagnosis of a stuck execution and, if so wanted and unless they are off, races. */
void hd_execution_report(const hd_execution *execution, bool races, FILE *to);

#endif
