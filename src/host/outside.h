/* outside.h: what host functions need of the world outside a cluster: time, chance, waiting for
 * descriptors, and a record of what came in.
 *
 * On host threads these are the host's own. Under control time is the agent's own, chance comes
 * from the seed, an agent that would block leaves the machine so that others can move, and what
 * came from outside is an input of the trace, which a replay takes from there instead of asking
 * again.
 *
 * All functions get the context first and may be called by several agents' threads at once, each
 * for itself. */
#ifndef HD_HOST_OUTSIDE_H
#define HD_HOST_OUTSIDE_H

#include <poll.h>

#include "exec/agent.h"

typedef enum hd_clock {
    HD_CLOCK_REALTIME,  /* since 1970-01-01T00:00:00Z */
    HD_CLOCK_MONOTONIC, /* since any point */
    HD_CLOCK_PROCESS,   /* processor time of the program */
    HD_CLOCK_THREAD,    /* processor time of the agent */
} hd_clock;

typedef enum hd_block {
    HD_BLOCK_READY,     /* a descriptor is, as its `revents` says */
    HD_BLOCK_TIMED_OUT, /* the deadline has come */
    HD_BLOCK_STOPPED,   /* the program ends: the function returns HD_TRAP_STOPPED at once */
    HD_BLOCK_LATER,     /* the agent must leave: the function returns HD_TRAP_BLOCKED, having done
                         * nothing yet, and will be called again with the same arguments */
} hd_block;

#define HD_NO_DEADLINE UINT64_MAX

enum { HD_BLOCK_MOST = 1024 }; /* most descriptors to block on at once */

typedef enum hd_recall {
    HD_RECALL_ANSWER, /* the bytes, which live until the next recall, are what the call brought */
    HD_RECALL_LATER,  /* it blocked: the function returns HD_TRAP_BLOCKED */
    HD_RECALL_LOST,   /* the execution has left the trace: it returns HD_TRAP_STOPPED */
} hd_recall;

enum { HD_RECORD_KINDS = 1 << 16 };

typedef struct hd_outside {
    void *context;
    /* A clock in nanoseconds, and the nanoseconds between two of its ticks. */
    uint64_t (*now)(void *context, hd_agent *agent, hd_clock clock);
    uint64_t (*resolution)(void *context, hd_clock clock);
    /* Fills bytes with chance. */
    void (*random)(void *context, hd_agent *agent, void *bytes, size_t length);
    /* Blocks the agent until one of the descriptors is ready or the monotonic clock shows the
     * deadline; count may be 0, and is at most HD_BLOCK_MOST. What is ready, or has come, at once
     * never blocks. */
    hd_block (*block)(void *context, hd_agent *agent, struct pollfd *descriptors, size_t count,
                      uint64_t deadline);
    /* Whether a descriptor is ready; if `waits`, after some time for it to become so, in which no
     * agent moves. So what another process writes into a pipe comes to the program as from a file,
     * and nothing depends on which of the two is faster. NULL on host threads. */
    bool (*patience)(void *context, hd_agent *agent, struct pollfd *descriptor, bool waits);
    /* Gives the processor to other agents. */
    void (*yield)(void *context, hd_agent *agent);

    /* The record of calls whose result depends on the outside; both NULL where nothing is recorded
     * or recalled. `kind` names the function, below HD_RECORD_KINDS. `record` is told what a call
     * brought. `recall`, called before anything else, answers from a trace instead: the call must
     * then not touch the outside, and what it was told is recorded like what it would have brought.
     */
    void (*record)(void *context, hd_agent *agent, uint32_t kind, const void *bytes, size_t length);
    hd_recall (*recall)(void *context, hd_agent *agent, uint32_t kind, const uint8_t **bytes,
                        size_t *length);
    /* Told of what went to standard output and error, or would have; may be NULL. */
    void (*wrote)(void *context, const void *bytes, size_t length);
} hd_outside;

#endif
