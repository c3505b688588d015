/* runner.h: runs a script of the test suite and gives its verdict.
 *
 * The script's own commands run on an agent called `main`, each `(thread …)` on one of its own, all
 * of them members of one cluster. An agent has its own scope: module names, registry, threads. What
 * each agent finds is merged when all have ended. */
#ifndef HD_CLI_SCRIPT_RUNNER_H
#define HD_CLI_SCRIPT_RUNNER_H

#include <stdio.h>

#include "agents/report.h"
#include "base/vec.h"
#include "module/module.h"
#include "text/script.h"

typedef struct hd_wast_options {
    int64_t timeout; /* nanoseconds; negative: no limit */
    size_t stack;    /* cells of each agent's stack; 0: the default */
    hd_features features;
    struct hd_script_code
        *code; /* of the script, with these features, for all its runs; borrowed */
    bool
        strict; /* note where our words for what is wrong with a module are not the expected ones */
    bool main_cannot_block;         /* of agents on host threads */
    struct hd_execution *execution; /* a controlled run; NULL: agents on host threads */
    bool rows;                      /* keep a row for each command */
    FILE *print; /* results of actions, and what spectest prints; NULL: nowhere */
} hd_wast_options;

/* Something to report: a failure, or with `note` a difference of wording. */
typedef struct hd_finding {
    bool note;
    uint32_t line, column;
    uint32_t number;            /* of the agent, in the order of their start */
    uint64_t step;              /* under control: so many events had happened */
    const char *agent;          /* NULL: main */
    const char *message;        /* what was checked */
    const char *expected, *got; /* or NULL */
    bool words;                 /* `expected` is a message, not values */
    hd_backtrace backtrace;     /* of a call that trapped; else empty */
} hd_finding;

typedef enum hd_verdict {
    HD_VERDICT_DONE, /* a command that asserts nothing */
    HD_VERDICT_PASSED,
    HD_VERDICT_FAILED,
    HD_VERDICT_UNREADABLE,
    HD_VERDICT_SKIPPED,
    HD_VERDICT_KNOWN, /* a failure that was expected (--expect) */
} hd_verdict;

/* A command that was carried out. Texts as in a finding, or NULL. */
typedef struct hd_command_row {
    uint32_t line, column;
    const char *keyword; /* assert_return, … */
    const char *agent;   /* NULL: main */
    hd_verdict verdict;
    const char *message, *expected, *got;
} hd_command_row;

/* An assertion that allows several results has passed: which one came. */
typedef struct hd_alternative {
    uint32_t line, column;
    const hd_script_value *pattern; /* the `either`, of the script */
    size_t taken;                   /* of its choices */
} hd_alternative;

/* An agent when the time limit came, and the command it was at. */
typedef struct hd_wast_agent {
    hd_member_report report;
    uint32_t line, column;
} hd_wast_agent;

/* Starts zeroed; runs add up. */
typedef struct hd_wast_result {
    uint64_t passed;                /* assertions */
    uint64_t failed;                /* assertions, other commands, and the time limit */
    uint64_t unreadable;            /* assertions on modules that could not be read: no verdict */
    uint64_t skipped;               /* commands that are not known */
    uint64_t known;                 /* failures that were expected; not in `failed` */
    uint64_t messages, differences; /* of our words for a module's fault: compared, different */
    uint64_t refused_text; /* of the differences: the text parser refused the module first */
    bool timed_out;
    HD_VEC(hd_finding) findings;         /* in the order of the script */
    HD_VEC(hd_command_row) rows;         /* likewise, if they were asked for */
    HD_VEC(hd_alternative) alternatives; /* likewise, under control */
    char *observed;               /* what hd_observe_print printed of the last run, or NULL */
    HD_VEC(hd_wast_agent) agents; /* if timed out, or stuck */
    hd_arena arena;               /* where findings and agents live */
} hd_wast_result;

/* Runs a script once and adds its outcome to `*result`. HD_NOMEM or HD_LIMIT when it could not be
 * run. */
hd_status hd_wast_run(const hd_script *script, const hd_wast_options *options,
                      hd_wast_result *result, hd_diag *diag);

/* The same in steps, under control: a cluster with the main agent, which is still to be moved; NULL
 * with a diagnosis. What the agents have found so far: the first failure, or NULL. The end: adds
 * what they found, and releases the cluster. */
hd_cluster *hd_wast_begin(const hd_script *script, const hd_wast_options *options, hd_diag *diag);
const hd_finding *hd_wast_failure(const hd_cluster *cluster);

/* Which alternatives of its assertions have come so far: of one agent, NULL when there are no more
 * agents; and printed, a line `LINE:COLUMN = RESULT` each, in the order of the agents. */
const hd_alternative *hd_wast_alternatives(const hd_cluster *cluster, size_t agent, size_t *count);
void hd_wast_print_alternatives(FILE *to, const hd_cluster *cluster);
void hd_wast_end(hd_cluster *cluster, hd_wast_result *result);

void hd_wast_result_free(hd_wast_result *result);

#endif
