/* exploration.h: what `heddle explore` does: explores its subject, with every execution made once
 * more with all checks, and tells what came of it. */
#ifndef HD_CLI_EXPLORATION_H
#define HD_CLI_EXPLORATION_H

#include "cli/explore_find.h"
#include "cli/explore_outcomes.h"
#include "cli/explore_subject.h"

typedef struct hd_exploration {
    /* As the command line has it. */
    hd_step_subject subject;
    hd_explore_options explore;
    hd_finds_options finds_options;
    bool automatic; /* granularity: plain accesses become events as they are found to race */
    bool first;     /* stop at the first failure */
    bool json;
    bool weak;      /* explore_weak.h is to be asked instead */
    const char *dot, *picture; /* files for the graph of one execution, or NULL */
    bool terminal;             /* show how far it is */

    /* What came of it. */
    HD_VEC(hd_span) promoted; /* bytes whose plain accesses are events */
    bool unordered;           /* plain accesses that were no events were found to race */
    hd_race_sum races;
    hd_finds finds;
    hd_explored_outcomes outcomes;
    hd_explore_result result;
    double seconds;

    /* While it goes on. */
    bool promotes; /* a pair was found that is not promoted yet: begin again */
    bool shown;    /* a line of progress is */
    double began, told;
    hd_diag *diag;
} hd_exploration;

/* Explores, and once more as long as bytes are found to race whose plain accesses were no events;
 * then looks closely at what was found. HD_OK, or a diagnosis. */
hd_status hd_exploration_run(hd_exploration *exploration, hd_diag *diag);

/* Writes the graph of the first failure's execution where it is wanted; if none failed, of one with
 * the first outcome. HD_OK, HD_IO, HD_LIMIT, HD_NOMEM. */
hd_status hd_exploration_draw(hd_exploration *exploration, hd_diag *diag);
void hd_exploration_free(hd_exploration *exploration);

/* explore_report.c */

/* A line on the terminal, now and then. */
void hd_exploration_progress(void *exploration, uint64_t executions, size_t depth, double share);
void hd_exploration_end_progress(hd_exploration *exploration);

/* Prints what was found, and the verdict. False when the object could not be printed. */
void hd_exploration_print(hd_exploration *exploration);
bool hd_exploration_print_json(hd_exploration *exploration);

#endif
