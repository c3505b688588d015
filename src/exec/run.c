/* run.c: calls from outside: begin, run, end. */
#include <stdio.h>

#include "exec/machine.h"
#include "module/source.h"
#include "runtime/exception.h"

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
    while (regs.ag)
        ((hd_handler *)regs.pc->handler)(&regs);
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

static void set_state(hd_agent *agent, hd_agent_state state) {
    atomic_store_explicit(&agent->state, state, memory_order_relaxed);
}

hd_status hd_agent_begin(hd_agent *agent, const hd_func *func, const hd_slot *cells,
                         hd_diag *diag) {
    uint32_t area = hd_call_area(func->type);
    hd_agent_save(agent);
    hd_agent_save_stack(agent);
    agent->fault_width = 0;
    agent->waiting = false;
    hd_diag_reset(&agent->detail);
    agent->fp = NULL;
    agent->exception = 0;
    set_state(agent, HD_AGENT_IDLE);
    if (agent->cells < area + (size_t)HD_FRAME_SLOTS)
        return hd_diag_set(diag, HD_EXHAUSTION, "%s", hd_trap_message(HD_TRAP_STACK));
    agent->result_slots = func->type->result_slots;
    agent->fp = agent->stack + area;
    hd_agent_reach(agent, agent->fp + HD_FRAME_SLOTS);
    memcpy(agent->stack, cells, func->type->param_slots * sizeof(hd_slot));
    *hd_frame_at(agent->fp) = (hd_frame){.caller = NULL, .ret = &agent->finish, .func = func};
    agent->instance = NULL;
    agent->memory = NULL;
    agent->shared = false;
    if (func->instance) hd_enter_instance(agent, func->instance);
    agent->pc = atomic_load_explicit(&func->code->entry, memory_order_acquire);
    agent->trap = HD_TRAP_AT_EVENT;
    return HD_OK;
}

/* Runs from where the agent stands until the machine is left. */
static inline void run_on(hd_agent *agent) {
    hd_memory *memory = agent->memory;
    set_state(agent, HD_AGENT_RUNNING);
    run(agent, memory ? memory->base : NULL, memory ? atomic_load(&memory->length) : 0);
}

/* The same, and says how that ended. */
static inline hd_run_end run_to_end(hd_agent *agent) {
    run_on(agent);
    switch (agent->trap) {
    case HD_TRAP_NONE: return HD_RUN_FINISHED;
    case HD_TRAP_AT_EVENT: return HD_RUN_AT_EVENT;
    case HD_TRAP_BLOCKED: return HD_RUN_BLOCKED;
    case HD_TRAP_STOPPED: return HD_RUN_STOPPED;
    default: return HD_RUN_TRAPPED;
    }
}

hd_run_end hd_agent_resume(hd_agent *agent, uint64_t credit, uint64_t *used) {
    agent->credit = agent->granted = credit;
    agent->cut = 0;
    hd_run_end end = run_to_end(agent);
    *used = hd_agent_events(agent);
    return end;
}

hd_run_end hd_agent_go_on(hd_agent *agent) {
    atomic_store(&agent->limit, agent->reach);
    if (atomic_load(&agent->stopping)) atomic_store(&agent->limit, NULL);
    return run_to_end(agent);
}

hd_run_end hd_agent_lap(hd_agent *agent) {
    hd_agent_pause(agent);
    agent->passes = true;
    hd_run_end end = run_to_end(agent);
    agent->passes = false;
    return end;
}

uint64_t hd_agent_events(const hd_agent *agent) {
    return agent->granted - agent->credit - agent->cut;
}

/* Behind the cells in use. A function that stands before its first instruction may still find no
 * room for its frame. */
static const hd_slot *top_of(const hd_agent *agent) {
    const hd_slot *top = agent->fp + hd_frame_at(agent->fp)->func->code->frame_slots;
    const hd_slot *end = agent->stack + agent->cells;
    return top < end ? top : end;
}

static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0xD6E8FEB86659FD93;
    return hash ^ hash >> 32;
}

uint64_t hd_agent_fingerprint(const hd_agent *agent) {
    const hd_slot *top = top_of(agent);
    /* Each part on its own: a program counter and an accumulator that both move must not cancel
     * out. */
    uint64_t hash = mix(mix(0, (uintptr_t)agent->pc), (uint64_t)(agent->fp - agent->stack));
    hash = mix(mix(hash, agent->r0), ((hd_x_u64)agent->x0)[0]);
    for (const hd_slot *cell = agent->stack; cell < top; cell++)
        hash = mix(hash, cell->i64);
    return hash;
}

uint64_t hd_agent_weight(const hd_agent *agent) {
    return (uint64_t)(top_of(agent) - agent->stack) * sizeof(hd_slot);
}

bool hd_agent_add_state(const hd_agent *agent, hd_bytes *to) {
    if (!agent->fp) return true; /* between two calls */
    uint64_t registers[] = {(uintptr_t)agent->pc, (uint64_t)(agent->fp - agent->stack), agent->r0,
                            ((hd_x_u64)agent->x0)[0]};
    return hd_bytes_add(to, registers, sizeof registers) &&
           hd_bytes_add(to, agent->stack, hd_agent_weight(agent));
}

/* The event in whose middle a hook runs is still to be paid. */
void hd_agent_cut_credit(hd_agent *agent) {
    if (agent->credit <= 1) return;
    agent->cut += agent->credit - 1;
    agent->credit = 1;
}

void hd_agent_wake(hd_agent *agent, hd_wait_result result) {
    agent->fp[agent->pc->d].i64 = agent->r0 = result;
    agent->pc += 2;
    agent->waiting = false;
    agent->trap = HD_TRAP_AT_EVENT;
}

void hd_agent_retry(hd_agent *agent) {
    agent->event = (hd_event){.kind = HD_EVENT_HOST};
    agent->trap = HD_TRAP_AT_EVENT;
}

/* Tells of a part of an event between two calls, where the agent stands nowhere. */
static void tell_between_calls(hd_agent *agent, const hd_event *event) {
    hd_slot *fp = agent->fp;
    agent->fp = NULL;
    agent->hooks->happened(agent->hooks->context, agent, event);
    agent->fp = fp;
}

void hd_agent_import(hd_agent *agent, hd_memory *memory) {
    hd_event event = {.kind = HD_EVENT_INSTANTIATE, .memory = memory};
    if (agent->hooks && agent->hooks->happened) tell_between_calls(agent, &event);
}

void hd_agent_touch(hd_agent *agent, hd_memory *memory, uint64_t address, uint64_t length,
                    bool writes) {
    if (!agent->hooks || !agent->hooks->happened || !memory->type.shared || length == 0) return;
    hd_event event = {.kind = writes ? HD_EVENT_FILL : HD_EVENT_COPY,
                      .writes = writes,
                      .memory = memory,
                      .address = address,
                      .length = length};
    if (hd_agent_get_state(agent) == HD_AGENT_RUNNING) {
        /* The call's event is under way: it counts for the observer, who is told of a part of it.
         */
        agent->credit--;
        agent->hooks->happened(agent->hooks->context, agent, &event);
        agent->credit++;
    } else {
        tell_between_calls(agent, &event);
    }
}

/* Says which exception nobody caught, and where it was thrown first, if not here. */
static void describe_uncaught(const hd_agent *agent, hd_diag *diag, const hd_backtrace_frame *top) {
    const hd_store *store = agent->instance ? agent->instance->store : agent->store;
    const hd_exception *e = hd_store_exception(store, agent->exception);
    char tag[128] = "of the host", values[128] = "", origin[192] = "";
    if (e->tag->module) hd_module_tag_label(e->tag->module, e->tag->index, tag, sizeof tag);
    hd_exception_values_text(e, values, sizeof values);
    if (e->func && (e->func != top->func || e->offset != top->offset)) {
        char label[128];
        if (e->func->instance) {
            hd_module_function_label(e->func->instance->module, e->func->index, label,
                                     sizeof label);
            snprintf(origin, sizeof origin, ", thrown first in %s at 0x%x", label, e->offset);
        }
    }
    hd_diag_at_offset(diag, HD_EXCEPTION, top->offset, "%s: tag %s%s%s",
                      hd_trap_message(agent->trap), tag, values, origin);
}

/* Appends to the specification's message what the machine knows of the trap. */
static void describe_trap(const hd_agent *agent, hd_diag *diag, hd_status status, uint32_t offset) {
    const char *message = hd_trap_message(agent->trap);
    unsigned long long address = agent->fault;
    switch (agent->trap) {
    case HD_TRAP_HOST:
        /* Of the host function's, or the translator's, own words. */
        if (agent->detail.status != HD_OK) {
            hd_diag_at_offset(diag, agent->detail.status, offset, "%s", agent->detail.message);
            return;
        }
        break;
    case HD_TRAP_MEMORY_OOB:
        if (agent->fault_width == 0) break;
        if (address >= HD_BEYOND) {
            hd_diag_at_offset(diag, status, offset,
                              "%s: an address of 2^63 or more > memory size %llu", message,
                              (unsigned long long)atomic_load(&agent->fault_memory->length));
            return;
        }
        hd_diag_at_offset(diag, status, offset, "%s: %llu + %u > memory size %llu", message,
                          address, agent->fault_width,
                          (unsigned long long)atomic_load(&agent->fault_memory->length));
        return;
    case HD_TRAP_UNALIGNED_ATOMIC:
        hd_diag_at_offset(diag, status, offset, "%s: address %llu is no multiple of %u", message,
                          address, agent->fault_width);
        return;
    case HD_TRAP_UNDEFINED_ELEMENT:
    case HD_TRAP_UNINIT_ELEMENT:
        hd_diag_at_offset(diag, status, offset, "%s %llu", message, address);
        return;
    case HD_TRAP_CANNOT_BLOCK:
        hd_diag_at_offset(diag, status, offset,
                          "%s: on the web its wait would trap here; wait in another agent, or poll "
                          "(Atomics.waitAsync)",
                          message);
        return;
    default: break;
    }
    hd_diag_at_offset(diag, status, offset, "%s", message);
}

/* The innermost frame that has a place: a function of the host has none, so its caller. */
static hd_backtrace_frame top_frame(const hd_agent *agent) {
    hd_backtrace_frame frames[2] = {{0}};
    size_t count = hd_agent_backtrace(agent, frames, 2);
    return frames[0].func && !frames[0].func->instance && count > 1 ? frames[1] : frames[0];
}

/* Tells where the top frame stands in its module's text, if it has one. */
static void place(const hd_backtrace_frame *top, hd_diag *diag) {
    if (top->func && top->func->instance) hd_module_place(top->func->instance->module, diag);
}

hd_status hd_agent_end(hd_agent *agent, hd_slot *cells, hd_diag *diag) {
    hd_backtrace_frame top = top_frame(agent);
    switch (agent->trap) {
    case HD_TRAP_NONE:
        hd_undo_save(agent->undo, cells, agent->result_slots * sizeof(hd_slot));
        memcpy(cells, agent->stack, agent->result_slots * sizeof(hd_slot));
        set_state(agent, HD_AGENT_IDLE);
        return HD_OK;
    case HD_TRAP_UNCAUGHT:
        set_state(agent, HD_AGENT_TRAPPED);
        describe_uncaught(agent, diag, &top);
        place(&top, diag);
        return diag->status;
    case HD_TRAP_STOPPED:
    case HD_TRAP_AT_EVENT:
    case HD_TRAP_BLOCKED:
        set_state(agent, HD_AGENT_STOPPED);
        return hd_diag_at_offset(diag, HD_STOPPED, top.offset, "stopped");
    default:
        set_state(agent, HD_AGENT_TRAPPED);
        describe_trap(agent, diag, agent->trap == HD_TRAP_STACK ? HD_EXHAUSTION : HD_TRAP,
                      top.offset);
        place(&top, diag);
        return diag->status;
    }
}

hd_status hd_agent_call(hd_agent *agent, const hd_func *func, hd_slot *cells, hd_diag *diag) {
    if (hd_agent_begin(agent, func, cells, diag) != HD_OK) return diag->status;
    run_on(agent);
    return hd_agent_end(agent, cells, diag);
}
