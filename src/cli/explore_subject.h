/* explore_subject.h: scripts and programs as subjects of an exploration. */
#ifndef HD_CLI_EXPLORE_SUBJECT_H
#define HD_CLI_EXPLORE_SUBJECT_H

#include "cli/step_subject.h"
#include "explore/explore.h"

/* The functions of a subject, loaded before, which must outlive the exploration. */
hd_explore_subject hd_explored(hd_step_subject *subject);

/* Prints what there is to be told of a whole execution of such a subject, a line each: results,
 * alternatives of a script, what is observed, and what failed. */
void hd_explored_print(void *execution, FILE *to);

/* The cluster of a script, or NULL. */
const hd_cluster *hd_explored_script(const void *execution);

#endif
