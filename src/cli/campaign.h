/* campaign.h: many controlled runs of one program with successive seeds, and their sum. */
#ifndef HD_CLI_CAMPAIGN_H
#define HD_CLI_CAMPAIGN_H

#include "base/vec.h"
#include "cli/control.h"
#include "cli/coverage.h"
#include "cli/race_sum.h"

/* What one run has told: bytes, of one line, that tell runs apart; to be released with hd_free.
 * NULL when memory is out. Begins all zero. */
typedef struct hd_run_outcome {
    char *text;
    size_t length;
} hd_run_outcome;

/* Runs the program once, and keeps what it failed in (hd_execution_keep_failure); of one that is
 * but for `learning` nothing is to be seen. Returns whether the run is good. Called by several
 * threads at once. */
typedef bool hd_campaign_body(void *context, hd_execution *execution, hd_run_outcome *outcome);

/* A distinct failure: one for all agents that are alike (hd_failure_alike). */
typedef struct hd_campaign_failure {
    hd_failure failure;         /* of the run with the least seed */
    bool varies;                /* in its agents */
    uint64_t count, first_seed; /* runs that failed so, and the least seed of them */
    hd_trace *trace;            /* of that one */
    char *path;                 /* that it was written to, or NULL */
    size_t found;               /* so many were known before it was */
} hd_campaign_failure;

/* A distinct outcome: a failure, or none, and bytes; but for the numbers of agents in those of a
 * failure. */
typedef struct hd_campaign_outcome {
    char *text; /* of the run with the least seed */
    size_t length;
    bool good, varies; /* in its agents */
    size_t failure;    /* which one, if it is not good */
    uint64_t count, first_seed;
} hd_campaign_outcome;

typedef struct hd_switches hd_switches; /* switches.h */

typedef struct hd_campaign {
    uint64_t runs, failed;                /* done, and not good */
    uint64_t events;                      /* of all runs */
    uint64_t first_failure;               /* least seed of a run that failed, if any */
    HD_VEC(hd_campaign_outcome) outcomes; /* in the order of their first seeds */
    HD_VEC(hd_campaign_failure) failures; /* likewise */
    /* Of the run that failed with the least seed, or of the only one: */
    char *report; /* what its checks found, without the races that are summed up; or NULL */
    /* If the options ask for JSON, what it failed in, why it got stuck, what overflowed; or NULL:
     */
    cJSON *own, *stuck, *overflows;
    hd_switches *switches; /* if it failed and the options do not ask for JSON; or NULL */
    hd_trace *trace;       /* of a run that did not fail, if it is to be recorded; or NULL */
    hd_race_sum races;     /* if the races of all runs are summed up, or the options ask for JSON */
    uint64_t race_runs;    /* of so many runs */
    hd_coverage coverage;
    hd_profile *profile; /* that strategies went by, or NULL */
    uint64_t length;     /* of an execution, as the options have it; 0: by the profile */
} hd_campaign;

/* Makes the runs, behind a few to learn from if the strategy wants a profile, `jobs` at a time,
 * with progress on a terminal. Stops at a failure unless the options say to keep going; every seed
 * before the first that failed was run in any case. HD_NOMEM when a run could not be prepared.
 * Release with hd_campaign_free. For the purpose HD_CONTROL_SHRINK it searches for a simpler trace
 * instead, and writes that. */
hd_status hd_campaign_run(hd_campaign *campaign, const hd_control_options *options, uint64_t jobs,
                          const hd_subject *subject, hd_campaign_body *body, void *context,
                          hd_diag *diag);
void hd_campaign_free(hd_campaign *campaign);

/* Prints what the checks found, unless the options ask for JSON, writes the traces of the failures
 * (or where the options say so; evidence.h), and ends with the commands that reproduce them; to
 * stderr. `subject` is the path of what was run. `*trace` is the path of the first trace, or NULL;
 * it lives as long as the campaign and the options. False when a trace could not be written. */
bool hd_campaign_finish(hd_campaign *campaign, const hd_control_options *options,
                        const char *subject, const char **trace);

/* Prints the distinct outcomes, most frequent first, a line each. */
void hd_campaign_print(FILE *to, const hd_campaign *campaign);

/* Prints what was covered. */
void hd_campaign_print_coverage(FILE *to, const hd_campaign *campaign);

#endif
