/* shrink.h: from a failing trace to a simpler one with the same failure.
 *
 * What makes a failure hard to understand is preemptions: the places where an agent that could go
 * on was left. So traces are compared by their preemptions, then by their events, then by their
 * switches. What comes behind the failure does not count, if the test cuts it off (hd_trace_cut);
 * so agents that do not matter go. The search is delta debugging (Zeller, Hildebrandt; TSE 2002)
 * over preemptions; it is deterministic unless it is bounded by time. */
#ifndef HD_SCHED_SHRINK_H
#define HD_SCHED_SHRINK_H

#include "sched/trace.h"

typedef struct hd_shrink_size {
    uint64_t preemptions, events, switches;
} hd_shrink_size;

/* Executes a candidate under hd_strategy_guided(candidate, actual), records it in `actual`, which
 * is empty, and finishes that; but for the first time, `actual` may end with the failure. True if
 * the execution fails in the same way as the original one. */
typedef bool hd_shrink_test(void *context, const hd_trace *candidate, hd_trace *actual);

typedef struct hd_shrink_options {
    hd_shrink_test *test;
    /* Tells of each success. May be NULL. */
    void (*progress)(void *context, uint64_t executions, const hd_shrink_size *size);
    void *context;
    uint64_t most_executions; /* 0: 10000 */
    int64_t most_time;        /* nanoseconds; 0: no limit */
} hd_shrink_options;

typedef struct hd_shrink_summary {
    hd_shrink_size before, after;
    uint64_t executions;
    bool bounded; /* the search was cut short */
} hd_shrink_summary;

/* Searches for a simpler trace. On success stores it, which may be the execution of the original
 * one again. HD_FAILED if the original failure does not repeat itself, or HD_NOMEM. */
hd_status hd_shrink(const hd_trace *failing, const hd_shrink_options *options, hd_trace **shrunk,
                    hd_shrink_summary *summary, hd_diag *diag);

#endif
