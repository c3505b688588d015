/* lanes.h: a run as lanes: time downwards, a column for each agent.
 *
 * A row is an event, in its agent's column; a column is `|` while its agent lives, `:` while it
 * waits. What was preempted says so, and where it stood, in the row of who moves instead. Where
 * there are too many agents for columns wide enough, these are marks alone, and the words stand
 * behind them. */
#ifndef HD_REPORT_LANES_H
#define HD_REPORT_LANES_H

#include <stdio.h>

#include "report/recorded_run.h"

typedef struct hd_lanes_options {
    unsigned width;      /* of the terminal, in characters; less than 40 counts as 40 */
    bool colour;         /* as terminals have it */
    size_t first, count; /* of the run's events; count 0: all from the first on */
    uint64_t present;    /* a step whose row is marked by `>`; HD_NO_EVENT: none */
} hd_lanes_options;

/* Prints the lanes of a finished run, and under them its races and its end, as far as it has them.
 * No line is longer than the width. False when memory is out. */
bool hd_lanes_print(FILE *to, const hd_recorded_run *run, const hd_lanes_options *options);

#endif
