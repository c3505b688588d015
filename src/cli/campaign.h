/* campaign.h: many controlled runs of one program with successive seeds, and their sum. */
#ifndef HD_CLI_CAMPAIGN_H
#define HD_CLI_CAMPAIGN_H

#include "base/vec.h"
#include "cli/control.h"
#include "cli/coverage.h"
#include "cli/race_sum.h"

/* Runs the program once; of one that is but for `learning` nothing is to be seen. Stores in
 * `*outcome` one line that tells runs apart, to be released with hd_free, or NULL when memory is
 * out. Returns whether the run is good. Called by several threads at once. */
typedef bool hd_campaign_body(void *context, hd_execution *execution, char **outcome);

/* A distinct outcome. */
typedef struct hd_campaign_outcome {
    char *text;
    bool good;
    uint64_t count, first_seed;
} hd_campaign_outcome;

typedef struct hd_campaign {
    uint64_t runs, failed;                /* done, and not good */
    uint64_t events;                      /* of all runs */
    uint64_t first_failure;               /* least seed of a run that failed, if any */
    HD_VEC(hd_campaign_outcome) outcomes; /* in the order of their first seeds */
    /* Of the run that failed with the least seed, or of the only one: */
    char *report; /* what its checks found, without the races that are summed up; or NULL */
    /* If the options ask for JSON, why it got stuck and what overflowed; or NULL: */
    cJSON *stuck, *overflows;
    hd_trace *trace;    /* or NULL */
    hd_race_sum races;  /* if the races of all runs are summed up, or the options ask for JSON */
    uint64_t race_runs; /* of so many runs */
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

/* Prints what the checks found, unless the options ask for JSON, writes the trace of a failure (or
 * where the options say so), and ends with the command that reproduces it; to stderr. `*trace` is
 * the path that it was written to, or NULL; it lives as long as the options. False when the trace
 * could not be written. */
bool hd_campaign_finish(const hd_campaign *campaign, const hd_control_options *options,
                        const char **trace);

/* Prints the distinct outcomes, most frequent first, a line each. */
void hd_campaign_print(FILE *to, const hd_campaign *campaign);

/* Prints what was covered. */
void hd_campaign_print_coverage(FILE *to, const hd_campaign *campaign);

#endif
