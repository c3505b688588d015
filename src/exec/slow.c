/* slow.c: what handlers leave to functions: translation, calls of the host, waiting, tables, bulk
 * operations. */
#include "base/alloc.h"
#include "exec/machine.h"

hd_trapcode hd_do_translate(hd_agent *agent, hd_code *code) {
    hd_diag_reset(&agent->detail);
    return hd_code_translate(code, &agent->detail) == HD_OK ? HD_TRAP_NONE : HD_TRAP_HOST;
}

hd_trapcode hd_do_host_call(hd_agent *agent, const hd_func *func, hd_slot *fp) {
    hd_diag_reset(&agent->detail);
    return func->host(agent, func->host_data, fp - hd_call_area(func->type), &agent->detail);
}

static uint32_t low(const hd_insn *pc) {
    return (uint32_t)pc[1].wide;
}

static uint32_t high(const hd_insn *pc) {
    return (uint32_t)(pc[1].wide >> 32);
}

/* Checks common to wait and notify (threads proposal, exec/instructions): alignment, then for wait
 * that the memory is shared, then bounds. */
static hd_trapcode check_place(hd_agent *agent, unsigned width, bool wait, const hd_memory *memory,
                               uint64_t address) {
    agent->fault = address;
    agent->fault_width = width;
    agent->fault_memory = memory;
    if (address % width != 0) return HD_TRAP_UNALIGNED_ATOMIC;
    if (wait && !memory->type.shared) return HD_TRAP_EXPECTED_SHARED;
    if (address + width > atomic_load(&memory->length)) return HD_TRAP_MEMORY_OOB;
    return HD_TRAP_NONE;
}

/* On a host thread of its own, sleeps; interrupted only to stop. */
static hd_trapcode wait_on_thread(hd_agent *agent, hd_memory *memory, uint64_t address,
                                  unsigned width, uint64_t expected, int64_t timeout,
                                  hd_slot *result) {
    atomic_store_explicit(&agent->state, HD_AGENT_WAITING, memory_order_relaxed);
    hd_wait_result woken =
        hd_memory_wait(memory, address, width, expected, timeout, &agent->waiter);
    agent->waiting = woken == HD_WAIT_INTERRUPTED;
    if (agent->waiting) return HD_TRAP_STOPPED;
    atomic_store_explicit(&agent->state, HD_AGENT_RUNNING, memory_order_relaxed);
    result->i64 = woken;
    return HD_TRAP_NONE;
}

/* Under control, enters the queue and leaves the machine. */
static hd_trapcode wait_controlled(hd_agent *agent, hd_memory *memory, uint64_t address,
                                   unsigned width, uint64_t expected, int64_t timeout,
                                   hd_slot *result) {
    const uint8_t *p = memory->base + address;
    uint64_t found = width == 8 ? hd_atomic_load_u64(p) : hd_atomic_load_u32(p);
    if (found != expected) {
        result->i64 = HD_WAIT_NOT_EQUAL;
        return HD_TRAP_NONE;
    }
    agent->waiting = true;
    atomic_store_explicit(&agent->state, HD_AGENT_WAITING, memory_order_relaxed);
    agent->hooks->wait(agent->hooks->context, agent, memory, address, timeout);
    return HD_TRAP_BLOCKED;
}

hd_trapcode hd_do_wait(hd_agent *agent, const hd_insn *pc, hd_slot *fp, hd_memory *memory,
                       uint64_t address, unsigned width) {
    uint64_t expected = width == 8 ? fp[pc->b].i64 : fp[pc->b].i32;
    hd_trapcode trap = check_place(agent, width, true, memory, address);
    if (trap != HD_TRAP_NONE) return trap;
    if (agent->cannot_block) return HD_TRAP_CANNOT_BLOCK;
    agent->wait_address = address;
    agent->wait_expected = expected;
    agent->wait_width = width;
    return (agent->hooks ? wait_controlled : wait_on_thread)(
        agent, memory, address, width, expected, (int64_t)fp[pc->c].i64, &fp[pc->d]);
}

hd_trapcode hd_do_notify(hd_agent *agent, const hd_insn *pc, hd_slot *fp, hd_memory *memory,
                         uint64_t address) {
    hd_trapcode trap = check_place(agent, 4, false, memory, address);
    if (trap != HD_TRAP_NONE) return trap;
    uint32_t count = fp[pc->b].i32, woken = 0;
    /* Nobody can wait on an unshared memory. */
    if (memory->type.shared)
        woken = agent->hooks
                    ? agent->hooks->notify(agent->hooks->context, agent, memory, address, count)
                    : hd_memory_notify(memory, address, count);
    fp[pc->d].i64 = woken;
    return HD_TRAP_NONE;
}

hd_trapcode hd_do_table(hd_agent *agent, hd_regop op, const hd_insn *pc, hd_slot *fp) {
    hd_instance *instance = agent->instance;
    hd_slot *operands = fp + pc->a;
    bool pair = op == HD_R_table_copy || op == HD_R_table_init;
    hd_table *table = op == HD_R_elem_drop ? NULL
                      : op == HD_R_table_init
                          ? instance->tables[high(pc)]
                          : instance->tables[pair ? low(pc) : (uint32_t)pc->imm];
    const hd_limits *type = table ? &table->type.limits : NULL;
    switch (op) {
    case HD_R_table_get:
    case HD_R_table_set: {
        uint64_t index = hd_address_of(type, operands[0]);
        if (index >= table->size) return HD_TRAP_TABLE_OOB;
        if (op == HD_R_table_get) {
            fp[pc->d].ref = table->elements[index];
        } else {
            hd_table_save(table, index, 1);
            table->elements[index] = operands[1].ref;
        }
        return HD_TRAP_NONE;
    }
    case HD_R_table_size: fp[pc->d].i64 = table->size; return HD_TRAP_NONE;
    case HD_R_table_grow: {
        uint64_t old = hd_table_grow(table, hd_address_of(type, operands[1]), operands[0].ref);
        fp[pc->d].i64 = type->is64 ? old : (uint32_t)old;
        return HD_TRAP_NONE;
    }
    case HD_R_table_fill:
        return hd_table_fill(table, hd_address_of(type, operands[0]), operands[1].ref,
                             hd_address_of(type, operands[2]));
    case HD_R_table_copy: {
        const hd_table *from = instance->tables[high(pc)];
        return hd_table_copy(table, from, hd_address_of(type, operands[0]),
                             hd_address_of(&from->type.limits, operands[1]),
                             hd_length_of(type, &from->type.limits, operands[2]));
    }
    case HD_R_table_init:
        return hd_table_init(table, &instance->elements[low(pc)], hd_address_of(type, operands[0]),
                             operands[1].i32, operands[2].i32);
    default: /* elem_drop */
        if (instance->elements[pc->imm].count) hd_store_count_drop(instance->store);
        HD_UNDO_SAVE(agent->undo, instance->elements[pc->imm].count);
        instance->elements[pc->imm].count = 0;
        return HD_TRAP_NONE;
    }
}

bool hd_refuse_growth(hd_agent *agent, const hd_memory *memory, uint64_t delta) {
    if (!agent->hooks || !hd_memory_may_grow(memory, delta)) return false;
    hd_alloc_note_failure();
    hd_diag_set(&agent->detail, HD_NOMEM, "out of memory: cannot grow by %llu pages",
                (unsigned long long)delta);
    return true;
}

/* So many bytes are filled or copied between two looks at whether the agent is to stop for good;
 * then it does not matter what was done. */
enum { PART = 1 << 22 };

static bool must_end(hd_agent *agent) {
    return atomic_load(&agent->stopping) ||
           (agent->hooks && agent->hooks->stopped && atomic_load(agent->hooks->stopped));
}

static hd_trapcode fill(hd_agent *agent, hd_memory *to, uint64_t at, uint8_t value,
                        uint64_t count) {
    if (count <= PART) return hd_memory_fill(to, at, value, count);
    hd_trapcode trap = hd_memory_check(to, at, count);
    while (trap == HD_TRAP_NONE && count > 0) {
        uint64_t part = count < PART ? count : PART;
        trap = must_end(agent) ? HD_TRAP_STOPPED : hd_memory_fill(to, at, value, part);
        at += part;
        count -= part;
    }
    return trap;
}

/* Overlaps behave as memmove: from the end that is not overwritten before it is read. */
static hd_trapcode copy(hd_agent *agent, hd_memory *to, hd_memory *from, uint64_t target,
                        uint64_t source, uint64_t count) {
    if (count <= PART) return hd_memory_copy(to, from, target, source, count);
    hd_trapcode trap = hd_memory_check(to, target, count);
    if (trap == HD_TRAP_NONE) trap = hd_memory_check(from, source, count);
    bool down = to == from && target > source;
    for (uint64_t done = 0; trap == HD_TRAP_NONE && done < count;) {
        uint64_t part = count - done < PART ? count - done : PART;
        uint64_t at = down ? count - done - part : done;
        trap = must_end(agent) ? HD_TRAP_STOPPED
                               : hd_memory_copy(to, from, target + at, source + at, part);
        done += part;
    }
    return trap;
}

hd_trapcode hd_do_bulk(hd_agent *agent, hd_regop op, const hd_insn *pc, hd_slot *fp) {
    hd_instance *instance = agent->instance;
    const hd_slot *operands = fp + pc->a;
    agent->fault_width = 0;
    switch (op) {
    case HD_R_memory_fill: {
        hd_memory *to = instance->memories[pc->imm];
        return fill(agent, to, hd_address_of(&to->type, operands[0]), (uint8_t)operands[1].i32,
                    hd_address_of(&to->type, operands[2]));
    }
    case HD_R_memory_copy: {
        hd_memory *to = instance->memories[low(pc)], *from = instance->memories[high(pc)];
        return copy(agent, to, from, hd_address_of(&to->type, operands[0]),
                    hd_address_of(&from->type, operands[1]),
                    hd_length_of(&to->type, &from->type, operands[2]));
    }
    case HD_R_memory_init: {
        hd_memory *to = instance->memories[high(pc)];
        return hd_memory_init(to, instance, low(pc), hd_address_of(&to->type, operands[0]),
                              operands[1].i32, operands[2].i32);
    }
    default: /* data_drop */
        if (instance->data_lengths[pc->imm]) hd_store_count_drop(instance->store);
        HD_UNDO_SAVE(agent->undo, instance->data_lengths[pc->imm]);
        instance->data_lengths[pc->imm] = 0;
        return HD_TRAP_NONE;
    }
}
