/* race_sum.h: the races of many runs: each pair of code locations once, with the runs that showed
 * it, by the gravest that it counted as. The sum depends on the runs alone, not on the order in
 * which they are added. */
#ifndef HD_CLI_RACE_SUM_H
#define HD_CLI_RACE_SUM_H

#include <stdio.h>

#include <cjson/cJSON.h>

#include "base/vec.h"
#include "check/race.h"

typedef struct hd_race_entry {
    char *key; /* of the pair */
    hd_race_grade grade;
    char *text;    /* the report of the run with the least seed, or NULL: not to be shown; … */
    cJSON *json;   /* … and as an object, or NULL */
    uint64_t seed; /* that one */
    size_t rank;   /* the report's place among those of that run */
    HD_VEC(uint64_t) seeds;
} hd_race_entry;

typedef struct hd_race_sum {
    HD_VEC(hd_race_entry) entries;
    hd_race_counts counts; /* of a finished sum */
} hd_race_sum;

/* What a run found; with the reports as objects too, if so wanted. What memory does not suffice for
 * is left out. Thread-safe. */
hd_race_sum hd_race_sum_of_run(const hd_race_detector *detector, uint64_t seed, bool json);

/* Adds a run's to a sum, and releases it. */
void hd_race_sum_add(hd_race_sum *sum, hd_race_sum *run);

/* Forgets what only runs with seeds beyond `last` showed, and sorts by the first seed. */
void hd_race_sum_finish(hd_race_sum *sum, uint64_t last);

/* Prints the reports, each with its runs out of `runs`, and the counts. */
void hd_race_sum_print(FILE *to, const hd_race_sum *sum, uint64_t runs);

void hd_race_sum_free(hd_race_sum *sum);

#endif
