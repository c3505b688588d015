/* explore_outcomes.h: the outcomes of executions: results of agents, what was observed, which
 * alternatives of a script came, how it ended. A table of the distinct ones, each with how often it
 * came and a schedule that leads to it. */
#ifndef HD_CLI_EXPLORE_OUTCOMES_H
#define HD_CLI_EXPLORE_OUTCOMES_H

#include <cjson/cJSON.h>

#include "explore/explore.h"
#include "text/script.h"

typedef struct hd_explored_outcome {
    char *text; /* parts with "; " between */
    size_t length;
    uint64_t count;
    hd_trace *schedule; /* of those that lead there, one with few moves */
} hd_explored_outcome;

/* An `either` of a script: how often each of its choices came. */
typedef struct hd_explored_either {
    uint32_t line, column;
    const hd_script_value *pattern;
    HD_VEC(uint64_t) counts;
} hd_explored_either;

/* Begins all zero. */
typedef struct hd_explored_outcomes {
    HD_VEC(hd_explored_outcome) items;
    HD_VEC(hd_explored_either) eithers;
    hd_map places; /* of the outcomes: their numbers, from 1 */
} hd_explored_outcomes;

/* Adds that of a whole execution of such a subject as explore_subject.h makes. False when memory is
 * out. */
bool hd_explored_outcomes_add(hd_explored_outcomes *all, const hd_explore_execution *execution);
void hd_explored_outcomes_free(hd_explored_outcomes *all);

/* Prints them, most frequent first, a line each, and of the alternatives those that never came.
 * Nothing if there is but one that says nothing. */
void hd_explored_outcomes_print(FILE *to, hd_explored_outcomes *all, uint64_t executions);

/* Adds arrays `outcomes` and `alternatives`. */
void hd_explored_outcomes_to_json(hd_explored_outcomes *all, cJSON *object);

#endif
