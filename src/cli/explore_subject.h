/* explore_subject.h: scripts and programs as subjects of an exploration, and single executions of
 * them with all checks. */
#ifndef HD_CLI_EXPLORE_SUBJECT_H
#define HD_CLI_EXPLORE_SUBJECT_H

#include "cli/race_sum.h"
#include "cli/step_subject.h"
#include "explore/explore.h"

/* The functions of a subject, loaded before, which must outlive the exploration. */
hd_explore_subject hd_explored(hd_step_subject *subject);

/* What became of one execution that was made once more, with all checks. */
typedef struct hd_checked {
    const char *failure; /* in one line, or NULL; lives as long as this */
    char *text;          /* what it printed of itself, … */
    char *report;        /* … and what the checks found */
    hd_trace *trace;
    hd_failure_kind kind;  /* of the failure */
    hd_race_sum races;     /* its pairs */
    HD_VEC(hd_span) spans; /* the bytes of unordered pairs of any class */
    char line[480];
} hd_checked;

/* Executes by these moves, and goes on as long as it can. Release with hd_checked_free. */
hd_status hd_check_moves(hd_step_subject *subject, const hd_move *moves, size_t count,
                         hd_checked *checked, hd_diag *diag);
void hd_checked_free(hd_checked *checked);

#endif
