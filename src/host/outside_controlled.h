/* outside_controlled.h: the outside of a controlled execution.
 *
 * Time is the agents' local time, and reading a clock takes some of it; chance comes from a
 * seed, a sequence of its own for each agent. What files and streams bring is asked for and, with a
 * trace to record into, becomes an input of it; with a trace to recall, it is taken from there,
 * agent by agent, and nothing is asked.
 *
 * An input of a trace begins with the agent's number as a varint. Its kind is that of the record
 * (host/outside.h), or one of those below. */
#ifndef HD_HOST_OUTSIDE_CONTROLLED_H
#define HD_HOST_OUTSIDE_CONTROLLED_H

#include "host/outside.h"
#include "sched/trace.h"

enum {
    HD_INPUT_BLOCK = HD_RECORD_KINDS, /* a call blocked; its deadline + 1 as a varint, or 0 */
    HD_INPUT_READY,                   /* and could go on; the step as a varint */
};

typedef struct hd_outside_controlled hd_outside_controlled;

typedef struct hd_outside_controlled_options {
    uint64_t seed;
    hd_trace *record;       /* borrowed, or NULL */
    const hd_trace *recall; /* borrowed, or NULL */
    bool exact;             /* the schedule is that of `recall`, too: inputs come at their steps */
} hd_outside_controlled_options;

/* Makes the outside of one execution; NULL when memory is out. */
hd_outside_controlled *hd_outside_controlled_new(const hd_outside_controlled_options *options);
void hd_outside_controlled_free(hd_outside_controlled *outside);

/* Tells it of the execution's world, whose options have hd_outside_await with it as context. */
void hd_outside_controlled_attach(hd_outside_controlled *outside, hd_world *world);
uint32_t hd_outside_await(void *outside, const hd_blocked *blocked, size_t count, uint64_t step,
                          bool patient);

/* The interface for host functions; it belongs to the outside. */
const hd_outside *hd_outside_controlled_interface(hd_outside_controlled *outside);

/* False while the execution has kept to the inputs of the trace that it recalls, and had memory for
 * what it needed; else where that ended: the step, the agent, and what it did there. */
bool hd_outside_controlled_lost(const hd_outside_controlled *outside, uint64_t *step,
                                uint32_t *agent, const char **what);

#endif
