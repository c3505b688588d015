/* test_sched.h: small programs under control, for the files test_sched*.c. */
#ifndef HD_TEST_SCHED_H
#define HD_TEST_SCHED_H

#include <check.h>

#include "sched/profile.h"
#include "sched/replay.h"

TCase *sched_loops_case(void);
TCase *sched_strategy_case(void);
TCase *sched_search_case(void);
TCase *sched_profile_case(void);
TCase *sched_time_case(void);
TCase *sched_trace_case(void);
TCase *sched_replay_case(void);
TCase *sched_shrink_case(void);
TCase *sched_undo_case(void);

enum { MOST_AGENTS = 4, SEEN_BYTES = 256, STEP_LIMIT = 60000 };

/* One module, which every agent instantiates over the same shared memory of one page, imported as
 * `"" ""`. Agent i calls an exported function with an i32 and returns an i32. */
typedef struct program {
    const char *text;
    unsigned agents;
    struct {
        const char *function;
        uint32_t argument;
    } calls[MOST_AGENTS];
} program;

/* How to run it, beside the strategy, and what to tell. */
typedef struct run_options {
    const hd_observer *observer;                    /* or NULL */
    hd_profile *profile;                            /* learns from it; or NULL */
    void (*attach)(void *context, hd_world *world); /* is told the world before; or NULL */
    void *context;
    uint64_t step_limit;
    bool main_cannot_block;
    bool is_replay; /* the strategy is: check it */
} run_options;

/* All that can be seen of an execution. */
typedef struct execution {
    hd_outcome outcome;
    uint64_t steps;
    hd_status statuses[MOST_AGENTS];
    uint32_t results[MOST_AGENTS];
    int64_t times[MOST_AGENTS]; /* local, at the end */
    char message[480];          /* of agent 0's trap */
    uint8_t memory[SEEN_BYTES];
    hd_status check; /* of a replay: hd_replay_check */
    char difference[480];
} execution;

/* Executes under a strategy, which stays the caller's. `trace` (NULL: not wanted) is recorded and
 * finished. */
execution execute(const program *p, hd_strategy *strategy, hd_trace *trace,
                  const run_options *options);

/* Executes under a strategy by its name for at most STEP_LIMIT events, and records. */
execution record(const program *p, const char *strategy, uint64_t seed, hd_trace *trace);

/* Replays a trace, records that too, and checks it. */
execution replay(const program *p, const hd_trace *trace, hd_trace *again);

/* Fails the test unless two executions look the same. */
void assert_same_execution(const execution *a, const execution *b);

uint32_t memory_u32(const execution *e, unsigned address);

/* A trace's schedule as text, in a buffer that the next call reuses. */
const char *schedule_of(const hd_trace *trace);

/* A trace with the schedule of a text. */
hd_trace *trace_of(const char *schedule);

extern const program racy_counter;  /* 2 agents: 4 times load, add, store on address 0 */
extern const program lock_order;    /* 2 agents: lock 0 and 4, and 4 and 0; count at 8; unlock */
extern const program three_workers; /* 3 agents: a lock with wait and notify around a counter */
extern const program sleepers; /* 3 timed waits, the last to start first to end, and a spinner */
extern const program trapper;  /* a store, then one out of bounds, against another agent */

#endif
