/* event.h: events, and the observed flavour of the machine.
 *
 * An event is one access to state that agents share (relaxed.rst of the threads specification,
 * "events"): an access to a shared memory, wait, notify, fence, growth or size of a shared memory,
 * a call of the host. Observed code stops before an event when its agent has no credit left, so
 * that whoever moves the agents can let another one move first, and tells an observer of each event
 * that has happened. Everything between two events is the agent's own business and runs as in the
 * plain flavour. */
#ifndef HD_EXEC_EVENT_H
#define HD_EXEC_EVENT_H

#include <stdatomic.h>

#include "base/bytes.h"
#include "base/undo.h"
#include "exec/agent.h"

typedef enum hd_event_kind {
    HD_EVENT_LOAD, /* non-atomic, of a vector too */
    HD_EVENT_STORE,
    HD_EVENT_ATOMIC_LOAD,
    HD_EVENT_ATOMIC_STORE,
    HD_EVENT_RMW,
    HD_EVENT_CMPXCHG,
    HD_EVENT_WAIT, /* the comparison and, if equal, the entry into the queue */
    HD_EVENT_NOTIFY,
    HD_EVENT_FENCE,
    HD_EVENT_SIZE, /* memory.size */
    HD_EVENT_GROW, /* memory.grow */
    HD_EVENT_FILL, /* memory.fill, and the written side of memory.copy and memory.init: non-atomic,
                    * byte by byte */
    HD_EVENT_COPY, /* the read side of memory.copy */
    HD_EVENT_HOST, /* a call of a host function */
    /* The following are no accesses of the machine; whoever moves the agent makes them. */
    HD_EVENT_RESUME,      /* of a wait: notified, or timed out */
    HD_EVENT_INSTANTIATE, /* observers are told of each memory imported, and of its active segments
                           * as HD_EVENT_FILL */
    HD_EVENT_SPAWN, /* of another agent; one that a host function spawns is part of its call */
    HD_EVENT_JOIN,  /* of an agent that has ended */
    HD_EVENT_END,   /* of the agent */
    HD_EVENT_EXIT,  /* and of the whole program */
    HD_EVENT_KINDS,
} hd_event_kind;

typedef struct hd_event {
    hd_event_kind kind;
    bool writes; /* changes memory; of a cmpxchg that happened: it succeeded; of grow: it grew */
    hd_memory *memory; /* NULL: fence, host */
    uint64_t address;  /* effective; of grow: the old length in bytes */
    uint64_t length;   /* bytes from there; of grow: the growth in bytes */
    uint32_t count;    /* notify: how many it woke */
} hd_event;

/* True of events that read or write a range of bytes of a memory. */
static inline bool hd_event_is_access(hd_event_kind kind) {
    switch (kind) {
    case HD_EVENT_LOAD:
    case HD_EVENT_STORE:
    case HD_EVENT_ATOMIC_LOAD:
    case HD_EVENT_ATOMIC_STORE:
    case HD_EVENT_RMW:
    case HD_EVENT_CMPXCHG:
    case HD_EVENT_WAIT:
    case HD_EVENT_FILL:
    case HD_EVENT_COPY: return true;
    default: return false;
    }
}

/* True of accesses that do not read what they overwrite. */
static inline bool hd_event_only_writes(hd_event_kind kind) {
    return kind == HD_EVENT_STORE || kind == HD_EVENT_ATOMIC_STORE || kind == HD_EVENT_FILL;
}

/* What of plain loads and stores is reported nevertheless when the others are not: stores to lines
 * of 1 << HD_SPARSE_LINE bytes that are marked, and all stores while a word is below a floor. No
 * load. Lines of all memories share the marks, modulo their number. */
enum { HD_SPARSE_LINE = 6, HD_SPARSE_LINES = 1 << 12 };

typedef struct hd_sparse {
    const uint32_t *word;
    uint32_t floor;
    uint8_t marks[HD_SPARSE_LINES];
} hd_sparse;

static inline bool hd_sparse_reports(const hd_sparse *sparse, uint64_t address) {
    return sparse->marks[address >> HD_SPARSE_LINE & (HD_SPARSE_LINES - 1)] ||
           *sparse->word < sparse->floor;
}

/* What an observed agent asks and tells whoever moves it; called on the thread that runs the
 * agent. */
typedef struct hd_hooks {
    void *context;
    /* memory.atomic.wait, after its checks and with the value found equal: enters the queue. */
    void (*wait)(void *context, hd_agent *agent, hd_memory *memory, uint64_t address,
                 int64_t timeout);
    /* memory.atomic.notify, after its checks; returns how many agents it woke. */
    uint32_t (*notify)(void *context, hd_agent *agent, hd_memory *memory, uint64_t address,
                       uint32_t count);
    /* An event has happened; its effect can be seen in memory. NULL: nobody looks. */
    void (*happened)(void *context, hd_agent *agent, const hd_event *event);
    const atomic_bool *stopped; /* the execution is, for good: long instructions end; or NULL */
    /* If set, only these of plain loads and stores are reported; of bulk accesses all are. Whoever
     * moves the agents may change it at any event. */
    const hd_sparse *sparse;
} hd_hooks;

/* Handlers of the observed flavour, for hd_store_new and hd_codebase_new: for modules that use
 * shared memories. Agents that run them need hooks. */
extern const void *const hd_observed_handlers[];

/* How a run ended. */
typedef enum hd_run_end {
    HD_RUN_FINISHED, /* the call returned: see hd_agent_end */
    HD_RUN_TRAPPED,  /* the call trapped: see hd_agent_end */
    HD_RUN_STOPPED,  /* by hd_agent_stop or hd_agent_pause: see hd_agent_paused */
    HD_RUN_AT_EVENT, /* before an event, without credit: see hd_agent_next_event */
    HD_RUN_BLOCKED,  /* in memory.atomic.wait or a host function: see hd_agent_wake, hd_agent_retry
                      */
} hd_run_end;

/* Handlers of the logged flavour: the observed one that saves in a log what it overwrites. */
extern const void *const hd_logged_handlers[];

/* Has an agent whose code has these handlers saved in a log, which must outlive it. Before its
 * first call. */
void hd_agent_log(hd_agent *agent, hd_undo *log);

/* Saves an agent that does not run before it is moved, woken, or ended, or begins a call; nothing
 * if it has no log, or this was done since the last mark. */
void hd_agent_save(hd_agent *agent);

/* Gives an agent its hooks, which must outlive it. Before its first call. */
void hd_agent_observe(hd_agent *agent, const hd_hooks *hooks);

/* hd_agent_call in steps: prepares a call. HD_OK or HD_EXHAUSTION. */
hd_status hd_agent_begin(hd_agent *agent, const hd_func *func, const hd_slot *cells, hd_diag *diag);

/* Runs the call on for at most `credit` events and stops before the next; `*used` is how many
 * happened. */
hd_run_end hd_agent_resume(hd_agent *agent, uint64_t credit, uint64_t *used);

/* Makes the agent leave the machine at its next branch or call, with HD_RUN_STOPPED, although it is
 * to go on. Any thread, as long as the agent lives. */
void hd_agent_pause(hd_agent *agent);

/* After HD_RUN_STOPPED: true if it was but a pause, and not hd_agent_stop or a host function. */
bool hd_agent_paused(const hd_agent *agent);

/* Goes on after a pause, unless the agent is to stop meanwhile, with what is left of the credit;
 * hd_agent_events counts on. */
hd_run_end hd_agent_go_on(hd_agent *agent);

/* The same for one lap: HD_RUN_STOPPED at the next branch that is taken, or the next call but one.
 */
hd_run_end hd_agent_lap(hd_agent *agent);

/* From the hooks wait and notify: takes the credit that is left beyond the event that is happening,
 * so that the agent stops before its next one. */
void hd_agent_cut_credit(hd_agent *agent);

/* Ends a call that finished (and fetches its results), trapped or was stopped. */
hd_status hd_agent_end(hd_agent *agent, hd_slot *cells, hd_diag *diag);

/* The event before which the agent stands, after HD_RUN_AT_EVENT. Its `writes` says what it may do.
 */
const hd_event *hd_agent_next_event(const hd_agent *agent);

/* How many events have happened since the last resume; for hooks, which run in the middle of one
 * more. */
uint64_t hd_agent_events(const hd_agent *agent);

/* A hash of the state of an agent that does not run: where it stands, its registers and its stack.
 * A hint, no more: two states may have one hash. */
uint64_t hd_agent_fingerprint(const hd_agent *agent);

/* How many bytes of stack that hash takes in. */
uint64_t hd_agent_weight(const hd_agent *agent);

/* Appends that state, to be compared with another one of the same agent byte for byte; false when
 * memory is out. */
bool hd_agent_add_state(const hd_agent *agent, hd_bytes *to);

/* Appends what is left of that state when everything is left out that the agent can no longer use,
 * and all addresses: equal ones lead to equal ends, in other executions too, as far as no cell
 * holds a reference. False when memory is out. */
bool hd_agent_add_live(const hd_agent *agent, hd_bytes *to);

/* Appends where the agent stands, and where its calls return to: names of functions and places, no
 * addresses. False when memory is out. */
bool hd_agent_add_places(const hd_agent *agent, hd_bytes *to);

/* True if the place where the agent stands, or one that a call of it returns to, lies within a loop
 * of its function. */
bool hd_agent_in_loop(const hd_agent *agent);

/* Ends a wait after HD_RUN_BLOCKED: the instruction's result is HD_WAIT_OK or HD_WAIT_TIMED_OUT,
 * and the agent can be resumed. */
void hd_agent_wake(hd_agent *agent, hd_wait_result result);

/* After HD_RUN_BLOCKED in a host function, which returned HD_TRAP_BLOCKED: the agent can be resumed
 * and calls the function again, with the same arguments. */
void hd_agent_retry(hd_agent *agent);

/* Reports that a host function has read or written bytes of a memory on behalf of the agent, as a
 * bulk access that is not atomic (HD_EVENT_COPY, HD_EVENT_FILL) and part of the event of the call;
 * or the same of an instantiation, between two calls. */
void hd_agent_touch(hd_agent *agent, hd_memory *memory, uint64_t address, uint64_t length,
                    bool writes);

/* Reports that an instantiation has read the length of a memory that it imports
 * (HD_EVENT_INSTANTIATE). */
void hd_agent_import(hd_agent *agent, hd_memory *memory);

/* Makes memory.atomic.wait trap as it does on the main agent of the web, which may not block. */
void hd_agent_forbid_blocking(hd_agent *agent);

#endif
