/* agent.c: agents: their life, calls from outside, and what can be seen of them. */
#include "exec/agent.h"

#include <stdio.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "exec/machine.h"

static size_t stack_bytes(const hd_agent *agent) {
    return agent->cells * sizeof(hd_slot);
}

hd_agent *hd_agent_new(const char *name, size_t cells) {
    hd_agent *agent = hd_calloc(1, sizeof *agent);
    if (!agent) return NULL;
    agent->cells = cells ? cells : HD_DEFAULT_STACK;
    agent->name = hd_strndup(name, strlen(name));
    agent->detail = (hd_diag)HD_DIAG_INIT;
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
    agent->finish.handler = hd_plain_handlers[HD_R_finish];
    agent->reload.handler = hd_plain_handlers[HD_R_reload];
    atomic_init(&agent->limit, agent->stack + agent->cells);
    atomic_init(&agent->state, HD_AGENT_IDLE);
    return agent;
}

void hd_agent_free(hd_agent *agent) {
    if (!agent) return;
    munmap(agent->stack, stack_bytes(agent));
    hd_waiter_destroy(&agent->waiter);
    hd_free(agent->name);
    hd_free(agent);
}

void hd_agent_stop(hd_agent *agent) {
    atomic_store_explicit(&agent->limit, NULL, memory_order_relaxed);
    hd_waiter_interrupt(&agent->waiter);
}

#ifdef HD_LOOP_DISPATCH

void hd_leave(hd_registers *regs) {
    hd_agent *agent = regs->ag;
    agent->pc = regs->pc;
    agent->fp = regs->fp;
    agent->r0 = regs->r0;
    agent->x0 = regs->x0;
    regs->ag = NULL;
}

static void run(hd_agent *agent, uint8_t *memory, uint64_t length) {
    hd_registers regs = {agent->pc, agent->fp, memory, length, agent, agent->r0, agent->x0};
    while (regs.ag) ((hd_handler *)regs.pc->handler)(&regs);
}

#else

/* Returning from here returns to whoever entered the first handler. */
void hd_leave(HD_PARAMETERS) {
    (void)mem;
    (void)len;
    ag->pc = pc;
    ag->fp = fp;
    ag->r0 = r0;
    ag->x0 = x0;
}

static void run(hd_agent *agent, uint8_t *memory, uint64_t length) {
    ((hd_handler *)agent->pc->handler)(agent->pc, agent->fp, memory, length, agent, agent->r0,
                                       agent->x0);
}

#endif

/* Runs until the outermost call returns, traps or is stopped. */
static void run_on(hd_agent *agent) {
    hd_memory *memory = agent->instance ? hd_first_memory(agent->instance) : NULL;
    run(agent, memory ? memory->base : NULL, memory ? atomic_load(&memory->length) : 0);
}

static hd_status set_state(hd_agent *agent, hd_agent_state state, hd_status status) {
    atomic_store_explicit(&agent->state, state, memory_order_relaxed);
    return status;
}

/* Appends to the specification's message what the machine knows of the trap. */
static void describe_trap(const hd_agent *agent, hd_diag *diag, hd_status status, uint32_t offset) {
    const char *message = hd_trap_message(agent->trap);
    unsigned long long address = agent->fault;
    if (agent->detail.message[0]) {
        bool own = agent->trap == HD_TRAP_HOST;
        hd_diag_at_offset(diag, own && agent->detail.status ? agent->detail.status : status, offset,
                          "%s%s%s", own ? "" : message, own ? "" : ": ", agent->detail.message);
    } else if (agent->trap == HD_TRAP_MEMORY_OOB && agent->fault_width) {
        hd_diag_at_offset(diag, status, offset, "%s: %llu + %u > memory size %llu", message, address,
                          agent->fault_width, (unsigned long long)atomic_load(&agent->fault_memory->length));
    } else if (agent->trap == HD_TRAP_UNALIGNED_ATOMIC) {
        hd_diag_at_offset(diag, status, offset, "%s: address %llu is no multiple of %u", message,
                          address, agent->fault_width);
    } else {
        hd_diag_at_offset(diag, status, offset, "%s", message);
    }
}

/* Turns the reason why the machine left into a status. */
static hd_status outcome(hd_agent *agent, hd_diag *diag) {
    hd_backtrace_frame top = {0};
    hd_agent_backtrace(agent, &top, 1);
    switch (agent->trap) {
    case HD_TRAP_NONE: return set_state(agent, HD_AGENT_IDLE, HD_OK);
    case HD_TRAP_STOPPED:
        hd_diag_at_offset(diag, HD_STOPPED, top.offset, "stopped");
        return set_state(agent, HD_AGENT_STOPPED, diag->status);
    default:
        describe_trap(agent, diag, agent->trap == HD_TRAP_STACK ? HD_EXHAUSTION : HD_TRAP,
                      top.offset);
        return set_state(agent, HD_AGENT_TRAPPED, diag->status);
    }
}

hd_status hd_agent_call(hd_agent *agent, const hd_func *func, hd_slot *cells, hd_diag *diag) {
    uint32_t area = hd_call_area(func->type);
    agent->fault_width = 0;
    agent->waiting = false;
    hd_diag_reset(&agent->detail);
    if (agent->cells < area + (size_t)HD_FRAME_SLOTS)
        return hd_diag_set(diag, HD_EXHAUSTION, "%s", hd_trap_message(HD_TRAP_STACK));
    memcpy(agent->stack, cells, func->type->param_slots * sizeof(hd_slot));
    agent->fp = agent->stack + area;
    hd_frame *frame = hd_frame_at(agent->fp);
    *frame = (hd_frame){.caller = NULL, .ret = &agent->finish, .func = func};
    agent->instance = NULL;
    if (func->instance) hd_enter_instance(agent, func->instance);
    agent->pc = atomic_load_explicit(&func->code->entry, memory_order_acquire);
    set_state(agent, HD_AGENT_RUNNING, HD_OK);
    run_on(agent);
    hd_status status = outcome(agent, diag);
    if (status == HD_OK) memcpy(cells, agent->stack, func->type->result_slots * sizeof(hd_slot));
    return status;
}

hd_agent_state hd_agent_get_state(const hd_agent *agent) {
    return (hd_agent_state)atomic_load_explicit(&agent->state, memory_order_relaxed);
}

const char *hd_agent_name(const hd_agent *agent) {
    return agent->name;
}

/* Callers stand behind their call: its last unit is the one before the address of return. */
static uint32_t frame_offset(const hd_frame *frame, const hd_insn *pc, bool is_caller) {
    const hd_code *code = frame->func->code;
    return code->base ? hd_code_offset(code, is_caller ? pc - 1 : pc) : 0;
}

size_t hd_agent_backtrace(const hd_agent *agent, hd_backtrace_frame *frames, size_t room) {
    if (agent->trap == HD_TRAP_NONE) return 0;
    size_t count = 0;
    const hd_insn *pc = agent->pc;
    for (hd_slot *fp = agent->fp; fp; count++) {
        const hd_frame *frame = hd_frame_at(fp);
        if (count < room)
            frames[count] =
                (hd_backtrace_frame){frame->func, frame_offset(frame, pc, count > 0)};
        fp = frame->caller;
        /* A call into another instance left its way back in the caller's frame. */
        pc = fp && frame->ret == &agent->reload ? hd_frame_at(fp)->resume
                                                                 : frame->ret;
    }
    return count;
}

bool hd_agent_waiting_on(const hd_agent *agent, uint64_t *address, unsigned *width,
                         uint64_t *expected) {
    if (!agent->waiting) return false;
    *address = agent->wait_address;
    *width = agent->wait_width;
    *expected = agent->wait_expected;
    return true;
}
