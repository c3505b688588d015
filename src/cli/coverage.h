/* coverage.h: what many controlled runs have covered: distinct schedules, events, preemptions, and
 * what each strategy of a portfolio has found. The sum depends on the runs alone, not on the order
 * in which they are added. */
#ifndef HD_CLI_COVERAGE_H
#define HD_CLI_COVERAGE_H

#include <stdio.h>

#include <cjson/cJSON.h>

#include "base/vec.h"
#include "sched/profile.h"
#include "sched/trace.h"

/* A run. */
typedef struct hd_covered {
    uint64_t seed, events, preemptions;
    const char *strategy; /* static */
    bool good;
} hd_covered;

/* The runs under one strategy. */
typedef struct hd_covered_by {
    const char *strategy;
    uint64_t runs, failed, first_failure;
} hd_covered_by;

/* Bytes of schedules that are kept to compare others with. */
#define HD_COVERAGE_BYTES (UINT64_C(64) << 20)

typedef struct hd_coverage {
    HD_VEC(hd_covered) all;
    /* A hash table of schedules, each with the least seed of a run that had it. */
    struct hd_covered_schedule *schedules;
    size_t room, count;
    uint64_t kept;   /* bytes */
    bool incomplete; /* there may be more schedules */
    /* After hd_coverage_finish: */
    uint64_t runs, distinct, events, preemptions;
    HD_VEC(hd_covered_by) strategies; /* in the order of their names */
} hd_coverage;

/* Adds a run, with its schedule. What memory does not suffice for is left out, and said to be. */
void hd_coverage_add(hd_coverage *coverage, const hd_covered *run, const hd_trace *trace);

/* Sums up the runs with seeds up to `last`. */
void hd_coverage_finish(hd_coverage *coverage, uint64_t last);

/* Prints it: a line, and one for each strategy of several, with the bound of those that have one by
 * the profile, or NULL. */
void hd_coverage_print(FILE *to, const hd_coverage *coverage, const hd_profile *profile,
                       uint64_t length);
cJSON *hd_coverage_to_json(const hd_coverage *coverage, const hd_profile *profile, uint64_t length);

void hd_coverage_free(hd_coverage *coverage);

#endif
