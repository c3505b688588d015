/* schedule_text.h: short schedules as one line of text.
 *
 *     schedule = [move {"," move}]
 *     move     = agent              one event
 *              | agent "*" events   so many of them, at least 1
 *              | agent "~"          its wait, or sleep, times out
 *
 * `0,1*3,0` lets three events of agent 1 happen between two of agent 0. */
#ifndef HD_SCHED_SCHEDULE_TEXT_H
#define HD_SCHED_SCHEDULE_TEXT_H

#include "sched/trace.h"

/* Writes a trace's schedule into a buffer, with a NUL behind it; false if it does not fit, and then
 * the buffer holds nothing of use. */
bool hd_schedule_format(const hd_trace *trace, char *buffer, size_t room);

/* Makes a trace from text: with this schedule, and an unknown end. HD_FAILED with the place of the
 * mistake, or HD_NOMEM. */
hd_status hd_schedule_parse(const char *text, hd_trace **trace, hd_diag *diag);

#endif
