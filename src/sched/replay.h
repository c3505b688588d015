/* replay.h: strategies that follow a trace: exactly, or as far as possible. */
#ifndef HD_SCHED_REPLAY_H
#define HD_SCHED_REPLAY_H

#include "sched/strategy.h"
#include "sched/trace.h"

/* Replays a trace, which must outlive the strategy, move by move. Where the execution diverges it
 * is given up. Of a trace whose end is unknown, the execution goes on after the last move as under
 * hd_strategy_guided. NULL when memory is out. */
hd_strategy *hd_strategy_replay(const hd_trace *trace);

/* Where and why a replay was given up. */
typedef struct hd_divergence {
    uint64_t step, move; /* events and moves before that */
    char expected[80];   /* "agent 1 to move", … */
    char found[80];      /* "only agent 0 can move", … */
} hd_divergence;

/* False when a replay has not diverged. */
bool hd_replay_divergence(const hd_strategy *replay, hd_divergence *divergence);

/* Checks a replay after its execution: no divergence, all moves made, and the recorded outcome
 * after as many events. Of an execution that was cut short (step limit, stopped, given up) its
 * replay ends at the same place, given up. HD_OK, or HD_FAILED with the first difference. */
hd_status hd_replay_check(const hd_strategy *replay, const hd_world *world, hd_diag *diag);

/* Follows a trace, which must outlive the strategy, as far as possible: the rest of a move is
 * skipped when its agent cannot go on, and after the end no agent is preempted, save one that
 * spins. The whole trace of an execution gives the same execution. Preemptions are noted in
 * `actual` (NULL: not wanted), which must be recorded by its observer. NULL when memory is out. */
hd_strategy *hd_strategy_guided(const hd_trace *trace, hd_trace *actual);

#endif
