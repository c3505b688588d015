/* agent.h: the machine: one agent, and how it runs.
 *
 * Threads proposal, "agents": an agent executes the instances of its store, one instruction after
 * the other. All of its state is explicit: frames, operands and locals lie in its own stack, and a
 * call of WebAssembly never recurses in C. So it can be stopped at any instruction and go on later,
 * on any host thread. An agent is used by one thread at a time; only hd_agent_stop may be called
 * from others. */
#ifndef HD_EXEC_AGENT_H
#define HD_EXEC_AGENT_H

#include "runtime/store.h"

/* Handlers of the plain flavour: no hooks, for agents on host threads. For hd_store_new and
 * hd_codebase_new. */
extern const void *const hd_plain_handlers[];

enum { HD_DEFAULT_STACK = 1 << 20 }; /* cells: 8 MiB */

/* Makes an agent with a stack of `cells` cells (0: the default). `name` is copied, escaped by
 * hd_escape; it names the agent in messages. NULL when memory is out. */
hd_agent *hd_agent_new(const char *name, size_t cells);

/* Makes an agent that does not run like a new one, of another name, without hooks and log; it keeps
 * its stack. False when memory is out: it is as it was. */
bool hd_agent_reset(hd_agent *agent, const char *name);

/* Releases an agent that does not run; NULL is ignored. */
void hd_agent_free(hd_agent *agent);

/* Calls a function of the agent's store and runs until it returns. `cells` holds the arguments
 * (v128 takes two cells), receives the results, and must have room for the larger of both. HD_TRAP
 * or HD_EXHAUSTION with the specification's message, the function and the byte offset; HD_EXCEPTION
 * when nobody caught an exception, with its tag and where it was thrown first; HD_STOPPED
 * when hd_agent_stop ended it. After an error the frames stay for hd_agent_backtrace until the next
 * call. */
hd_status hd_agent_call(hd_agent *agent, const hd_func *func, hd_slot *cells, hd_diag *diag);

/* Asks the agent to stop at its next loop or call, or out of a wait; it stays stopped. Any thread.
 */
void hd_agent_stop(hd_agent *agent);

/* What an agent does; read by any thread, exact only while the agent does not run. */
typedef enum hd_agent_state {
    HD_AGENT_IDLE, /* no call is under way */
    HD_AGENT_RUNNING,
    HD_AGENT_WAITING, /* in memory.atomic.wait */
    HD_AGENT_STOPPED, /* by hd_agent_stop, in the middle of a call */
    HD_AGENT_TRAPPED,
} hd_agent_state;

hd_agent_state hd_agent_get_state(const hd_agent *agent);
const char *hd_agent_name(const hd_agent *agent);

/* From a host function, which then returns what this returns: throws an exception of a tag with the
 * cells at `values`. */
hd_trapcode hd_agent_throw(hd_agent *agent, hd_store *store, const hd_tag *tag,
                           const hd_slot *values, hd_diag *diag);

/* The exception that ended the call, as a cell for hd_store_exception; 0: none did. */
uint64_t hd_agent_exception(const hd_agent *agent);

/* Writes up to `room` of the functions that an agent is in, innermost first, and returns how many:
 * cheaper than a backtrace. Of an agent that does not run, or from its hooks. */
size_t hd_agent_functions(const hd_agent *agent, const hd_func **functions, size_t room);

/* If the agent was stopped within a wait: the address, the operand's width in bytes, the expected
 * value. */
bool hd_agent_waiting_on(const hd_agent *agent, uint64_t *address, unsigned *width,
                         uint64_t *expected);

#endif
