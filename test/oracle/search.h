/* search.h: follows all executions of a program, and counts their classes.
 *
 * Two executions are equivalent (one Mazurkiewicz trace, here: class) if one becomes the other by
 * swapping neighbours that do not depend on each other. A class is represented by its normal form:
 * the lexicographically least order of its events by the numbers of their agents. The sequence of
 * agents says everything, since agents are deterministic.
 *
 * Awaits: a round that leads an agent back to a state in which it was, and leaves no mark, is not
 * part of an execution. An execution ends where all who could move would only make such rounds. */
#ifndef HD_TEST_ORACLE_SEARCH_H
#define HD_TEST_ORACLE_SEARCH_H

#include "machine.h"

typedef struct ora_options {
    ora_footprints footprints; /* which dependence makes the classes */
    /* Rounds of failed awaits that are kept in an execution. With 1 all races are found in which
     * they take part: a race needs a write, so at most one of its sides is such a round, and
     * leaving out the others only removes order. */
    int kept_rounds;
    /* By definition: every interleaving by itself. Else equivalent beginnings are followed once,
     * since they lead to the same state and have equivalent continuations. */
    bool every_interleaving;
    size_t limit; /* of beginnings that are followed; 0: none */
} ora_options;

typedef enum ora_end { ORA_GOES_ON, ORA_COMPLETE, ORA_STUCK_END } ora_end;

/* A class of beginnings of executions. */
typedef struct ora_node {
    int32_t next[ORA_AGENTS]; /* the node after a move of that agent, or -1 */
    uint16_t enabled;         /* agents that can go on without others, as bits */
    uint8_t length;
    uint8_t end; /* ora_end */
} ora_node;

typedef struct ora_result {
    bool cut;               /* at the limit, or by an execution of more than ORA_EVENTS events */
    size_t complete, stuck; /* classes */
    size_t livelocks;       /* of the stuck ones, those in which an agent spins */
    size_t executions;      /* that were followed to their end */
    ora_set classes; /* normal forms, of beginnings too unless every interleaving was followed */
    ora_node *nodes; /* for each of the classes, unless every interleaving was followed */
    size_t node_room;
    ora_set finals;   /* texts: bytes and results after complete executions */
    ora_set stucks;   /* texts: bytes and what each agent does after stuck executions */
    ora_set outcomes; /* texts: what was given to `out`, of complete executions */
    ora_set races;    /* texts; see races.c */
} ora_result;

/* Follows a program. Free the result with ora_result_free. */
ora_result ora_search(const ora_program *program, const ora_options *options);
void ora_result_free(ora_result *result);

/* How many complete classes have a linearisation with at most k preemptions, for k = 0, 1, ... up
 * to the first k for which they are all; a preemption leaves an agent that could go on. Returns how
 * many numbers there are, at most `room`. Of a search that followed beginnings once. */
size_t ora_preemptions(const ora_result *result, size_t *counts, size_t room);

/* --- races.c */

/* Adds all pairs of an execution that are races by doc/events.md, in the default model, to a set of
 * texts: the class (data, mixed, note), then for both sides agent, site and access, the lower agent
 * first. */
void ora_races(const ora_state *state, ora_set *races);

#endif
