/* strategy.h: what picks the next agent.
 *
 * At each scheduling point the driver (drive.h) asks its strategy which of the agents that can
 * move does, and for how many events at most. A strategy sees nothing of the execution but that:
 * the same answers to the same questions give the same execution. */
#ifndef HD_SCHED_STRATEGY_H
#define HD_SCHED_STRATEGY_H

#include <stddef.h>
#include <stdint.h>

#include "sched/world.h"

/* A question: agents are named by their numbers in the order of their start, from 0. */
typedef struct hd_choice {
    uint64_t step;           /* events that have happened */
    const uint32_t *enabled; /* agents that can move, ascending */
    size_t count;            /* of them, at least 1 */
    const uint32_t *timed;   /* agents whose wait, or sleep, may be let time out before its time */
    size_t timed_count;
    bool due;          /* the only agent is a timed one whose time is up */
    uint32_t last;     /* the agent that moved last, at first HD_NO_AGENT */
    bool last_enabled; /* it can go on: picking another one preempts it */
} hd_choice;

/* An answer: one of these agents. A timed one makes one event: it times out. The move also ends
 * when the agent blocks, ends, stands between two calls, or makes another one able to move. */
typedef struct hd_pick {
    uint32_t agent;
    uint64_t events; /* at most; at least 1 */
} hd_pick;

typedef struct hd_strategy hd_strategy;
struct hd_strategy {
    /* Answers; false to give the execution up, which a replay does when it diverges. */
    bool (*pick)(hd_strategy *self, const hd_choice *choice, hd_pick *pick);
    /* Hears what the move came to: how many events of it happened. May be NULL. */
    void (*moved)(hd_strategy *self, const hd_pick *pick, uint64_t events);
    /* Releases the strategy. */
    void (*free)(hd_strategy *self);
};

/* Round robin: the next agent in order when the moving one blocks or ends, or after `quantum`
 * events. */
hd_strategy *hd_strategy_round_robin(uint64_t quantum);

/* A random walk: any agent that can move, with equal chance, before each event. */
hd_strategy *hd_strategy_random(uint64_t seed);

/* Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte; ASPLOS 2010):
 * agents run by random priorities, and at `depth` - 1 random places among the first `length` events
 * the moving one falls behind all others. Finds a failure that takes `depth` ordering constraints
 * with a probability of at least 1 / (n * length ^ (depth - 1)) for n agents, in executions in
 * which no agent makes 10,000 events in a row while others could move: such a one, which perhaps
 * spins until another has moved, falls behind all others too. */
hd_strategy *hd_strategy_pct(uint64_t seed, unsigned depth, uint64_t length);

/* Makes a strategy from its name on the command line: `rr`, `rr:QUANTUM`, `random`, `pct`,
 * `pct:DEPTH`. `length` is the estimate for pct. NULL with a diagnosis. */
hd_strategy *hd_strategy_parse(const char *text, uint64_t seed, uint64_t length, hd_diag *diag);

/* Releases a strategy; NULL is ignored. */
void hd_strategy_free(hd_strategy *strategy);

#endif
