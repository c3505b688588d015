/* control.h: controlled executions: the options of subcommands for them, and one execution with
 * what watches it. */
#ifndef HD_CLI_CONTROL_H
#define HD_CLI_CONTROL_H

#include <stdio.h>

#include "cli/command.h"
#include "sched/controlled.h"

typedef struct hd_control_options {
    const char *strategy; /* NULL: agents run on host threads */
    uint64_t seed, runs;
    uint64_t length; /* of an execution in events, as pct estimates it */
    uint64_t steps;  /* give up after so many events; 0: never */
    bool keep_going; /* do not stop at the first run that fails */
    bool main_cannot_block;
} hd_control_options;

#define HD_CONTROL_OPTIONS_INIT                                                                    \
    { .runs = 1, .length = 1000 }

enum {
    HD_SCHED_KEY = 300,
    HD_SEED_KEY,
    HD_RUNS_KEY,
    HD_LENGTH_KEY,
    HD_STEPS_KEY,
    HD_KEEP_GOING_KEY,
    HD_MAIN_CANNOT_BLOCK_KEY,
};

/* Their rows for tables of options. */
#define HD_CONTROL_OPTIONS                                                                         \
    {HD_SCHED_KEY, "sched", "STRATEGY",                                                            \
     "who moves next: host (default: each agent on a thread),\n"                                   \
     "or under control, the same for the same seed: rr,\n"                                         \
     "rr:QUANTUM, random, pct, pct:DEPTH"},                                                        \
        {HD_SEED_KEY, "seed", "N", "seed of the first run (default 0)"},                           \
        {HD_RUNS_KEY, "runs", "N", "make N runs with successive seeds and sum them up"},           \
        {HD_KEEP_GOING_KEY, "keep-going", NULL, "do not stop at the first run that fails"},        \
        {HD_LENGTH_KEY, "length", "N", "events of a run, as pct estimates it (default 1000)"},     \
        {HD_STEPS_KEY, "steps", "N", "give a run up after N events (default 0: never)"}, {         \
        HD_MAIN_CANNOT_BLOCK_KEY, "main-cannot-block", NULL,                                       \
            "trap where the main agent would wait, as on the web"                                  \
    }

/* Takes one of these options; false after an hd_usage_error, with *taken set if it is none of them.
 */
bool hd_control_option(const hd_subcommand *self, hd_control_options *options, int key,
                       const char *value, bool *taken);

/* Checks that the options agree, and that the strategy exists; false after an hd_usage_error. */
bool hd_control_options_check(const hd_subcommand *self, const hd_control_options *options);

/* One controlled execution. */
typedef struct hd_execution {
    const hd_control_options *options;
    uint64_t seed;
    hd_strategy *strategy;
    hd_sched *sched;
} hd_execution;

/* Prepares an execution with a seed; HD_NOMEM, or HD_OK and to be ended with hd_execution_end. */
hd_status hd_execution_begin(hd_execution *execution, const hd_control_options *options,
                             uint64_t seed, hd_diag *diag);
void hd_execution_end(hd_execution *execution);

/* The same with a strategy, which it takes over on HD_OK, and observers, which must outlive it. */
hd_status hd_execution_begin_with(hd_execution *execution, const hd_control_options *options,
                                  hd_strategy *strategy, const hd_observer *observers,
                                  size_t observer_count, hd_diag *diag);

/* Puts a cluster under its control. */
void hd_execution_control(hd_execution *execution, hd_cluster *cluster);

/* After the run: what went wrong with the execution itself ("deadlock: …"), or NULL. */
const char *hd_execution_failure(const hd_execution *execution);

#endif
