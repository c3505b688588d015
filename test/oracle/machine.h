/* machine.h: runs programs of the tiny language under sequential consistency, event by event.
 *
 * Every event is kept with its footprint, static and refined, and with the set of the earlier
 * events that it depends on; that set is closed under dependence, so two executions are equivalent
 * if their events are ordered by the same sets. doc/events.md defines events and footprints. */
#ifndef HD_TEST_ORACLE_MACHINE_H
#define HD_TEST_ORACLE_MACHINE_H

#include "language.h"

enum { ORA_EVENTS = 64 }; /* of an execution, so that a set of events is one word */

typedef enum ora_footprints { ORA_STATIC, ORA_REFINED, ORA_FOOTPRINTS } ora_footprints;

/* The objects of an event, as bits: bytes, queues by their address, wake(agent). */
typedef struct ora_footprint {
    uint64_t bytes_read, bytes_written, queues_read, queues_written;
    uint16_t wakes_read, wakes_written;
} ora_footprint;

typedef enum ora_event_kind {
    ORA_E_READ, /* also a cmpxchg that fails, and a wait that finds another value */
    ORA_E_WRITE,
    ORA_E_UPDATE, /* read-modify-write */
    ORA_E_ENQUEUE,
    ORA_E_WOKEN,
    ORA_E_TIMEOUT,
    ORA_E_NOTIFY,
    ORA_E_FENCE,
} ora_event_kind;

typedef struct ora_event {
    ora_event_kind kind;
    uint8_t agent, site; /* index of the op */
    uint8_t address, width;
    bool atomic;
    uint64_t value; /* reads: what was read */
    int8_t
        writers[8]; /* reads: by byte, the event that wrote what was read; -1: the initial value */
    ora_footprint footprints[ORA_FOOTPRINTS];
    uint64_t before[ORA_FOOTPRINTS]; /* earlier events that this one comes after in every equivalent
                                        execution */
} ora_event;

typedef enum ora_status {
    ORA_READY, /* stands before the event of the op at `pc` */
    ORA_WAITING,
    ORA_WOKEN,
    ORA_ENDED,
    ORA_ASSUMED, /* ran into `stuck` */
} ora_status;

/* What an agent was before an event: what it does from there on follows from that alone. */
typedef struct ora_past {
    bool ready; /* it stood before an op, at … */
    int pc;
    uint64_t registers[ORA_REGISTERS]; /* zero if their values do not matter there */
    uint64_t result;
} ora_past;

typedef struct ora_agent_state {
    ora_status status;
    int pc, events;
    uint64_t registers[ORA_REGISTERS];
    uint64_t result; /* what `out` was given, mixed */
    uint64_t outs[ORA_OUTS];
    int out_count;
    int from; /* awaits are looked for from this event on */
    int parked_from,
        parked_to; /* an await of these events was kept: the agent can move when some byte
                      differs from what it read there; none if both are the same */
} ora_agent_state;

typedef struct ora_state {
    const ora_program *program;
    ora_footprints footprints; /* which say what has to come between */
    uint8_t memory[ORA_BYTES];
    int8_t writers[ORA_BYTES]; /* the last event that wrote a byte, or -1 */
    uint8_t queue[ORA_AGENTS]; /* all waiting agents in the order in which they came */
    int queue_length;
    ora_agent_state agents[ORA_AGENTS];
    ora_event events[ORA_EVENTS];
    ora_past past[ORA_EVENTS]; /* of the event's agent before it */
    int count;
    /* The event just made completed an await that failed: its agent is as it was before the event
     * with this index, has left no mark since, and no event of others has to come between. */
    bool failed_await;
    int failed_from;
} ora_state;

/* The state before the first event. Ends the program if an agent runs on forever without events. */
void ora_state_begin(ora_state *state, const ora_program *program, ora_footprints footprints);

/* True if the agent has an event to make: its next one, or that its wait is over. */
bool ora_can_move(const ora_state *state, int agent);

/* True if the agent, when nobody else moves, comes back to where it stands by an await that fails.
 */
bool ora_is_blocked(const ora_state *state, int agent);

/* Lets an await that has just failed be part of the execution. */
void ora_keep_await(ora_state *state, int agent);

/* Makes the next event of an agent that can move; there must be room for it. */
void ora_step(ora_state *state, int agent);

/* True if the footprints have an object in common that one of them writes. */
bool ora_conflict(const ora_footprint *a, const ora_footprint *b);

#endif
