/* agent.c: the life of agents, and what can be seen of them. */
#include "exec/agent.h"

#include <stddef.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "base/output.h"
#include "exec/machine.h"

/* Cells that an agent may use before its reach is widened. */
enum { FIRST_REACH = 256 };

static size_t stack_bytes(const hd_agent *agent) {
    return agent->cells * sizeof(hd_slot);
}

/* All but what the agent owns is as at first. */
static void make_ready(hd_agent *agent) {
    memset(agent, 0, offsetof(hd_agent, detail));
    agent->detail = (hd_diag)HD_DIAG_INIT;
    agent->finish.handler = hd_plain_handlers[HD_R_finish];
    agent->reload.handler = hd_plain_handlers[HD_R_reload];
    agent->reach = agent->stack + (FIRST_REACH < agent->cells ? FIRST_REACH : agent->cells);
    atomic_init(&agent->limit, agent->reach);
    atomic_init(&agent->stopping, false);
    atomic_init(&agent->state, HD_AGENT_IDLE);
}

hd_agent *hd_agent_new(const char *name, size_t cells) {
    hd_agent *agent = hd_calloc(1, sizeof *agent);
    if (!agent) return NULL;
    agent->cells = cells ? cells : HD_DEFAULT_STACK;
    agent->name = hd_escaped(name, strlen(name));
    /* Pages cost nothing until they are touched: agents with small stacks stay small. */
    agent->stack = MAP_FAILED;
    if (agent->cells <= SIZE_MAX / sizeof(hd_slot))
        agent->stack = mmap(NULL, stack_bytes(agent), PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (agent->stack == MAP_FAILED || !agent->name || !hd_waiter_init(&agent->waiter)) {
        if (agent->stack != MAP_FAILED) munmap(agent->stack, stack_bytes(agent));
        hd_free(agent->name);
        hd_free(agent);
        return NULL;
    }
    make_ready(agent);
    return agent;
}

/* As a new stack: what an agent has left there must tell nothing to the next one. */
static void clear_stack(hd_agent *agent) {
    enum { MOST_AT_ONCE = 1 << 17 };
    size_t used = (size_t)(agent->reach - agent->stack) * sizeof *agent->stack;
    if (used <= MOST_AT_ONCE || madvise(agent->stack, stack_bytes(agent), MADV_DONTNEED) != 0)
        memset(agent->stack, 0, used);
}

bool hd_agent_reset(hd_agent *agent, const char *name) {
    char *escaped = hd_escaped(name, strlen(name));
    if (!escaped) return false;
    hd_free(agent->name);
    agent->name = escaped;
    clear_stack(agent);
    agent->waiter.woken = agent->waiter.interrupted = false;
    make_ready(agent);
    return true;
}

void hd_agent_reach(hd_agent *agent, const hd_slot *top) {
    if (top <= agent->reach) return;
    hd_slot *old = agent->reach;
    size_t reached = (size_t)(top - agent->stack) * 2;
    agent->reach = agent->stack + (reached < agent->cells ? reached : agent->cells);
    /* Unless the agent is to stop, or to pause. */
    atomic_compare_exchange_strong(&agent->limit, &old, agent->reach);
}

void hd_agent_free(hd_agent *agent) {
    if (!agent) return;
    munmap(agent->stack, stack_bytes(agent));
    hd_waiter_destroy(&agent->waiter);
    hd_free(agent->name);
    hd_free(agent);
}

/* In the opposite order of hd_agent_go_on: one of the two sees what the other did. */
void hd_agent_stop(hd_agent *agent) {
    atomic_store(&agent->stopping, true);
    atomic_store(&agent->limit, NULL);
    hd_waiter_interrupt(&agent->waiter);
}

void hd_agent_pause(hd_agent *agent) {
    atomic_store(&agent->limit, NULL);
}

bool hd_agent_paused(const hd_agent *agent) {
    return !atomic_load(&agent->stopping) && hd_frame_at(agent->fp)->func->instance;
}

hd_agent_state hd_agent_get_state(const hd_agent *agent) {
    return (hd_agent_state)atomic_load_explicit(&agent->state, memory_order_relaxed);
}

const char *hd_agent_name(const hd_agent *agent) {
    return agent->name;
}

bool hd_agent_waiting_on(const hd_agent *agent, uint64_t *address, unsigned *width,
                         uint64_t *expected) {
    if (!agent->waiting) return false;
    *address = agent->wait_address;
    *width = agent->wait_width;
    *expected = agent->wait_expected;
    return true;
}

void hd_agent_observe(hd_agent *agent, const hd_hooks *hooks) {
    agent->hooks = hooks;
}

void hd_agent_forbid_blocking(hd_agent *agent) {
    agent->cannot_block = true;
}

const hd_event *hd_agent_next_event(const hd_agent *agent) {
    return &agent->event;
}

hd_instance *hd_agent_caller(const hd_agent *agent) {
    return agent->instance;
}
