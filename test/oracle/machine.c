/* machine.c: sequentially consistent executions of the tiny language. */
#include "machine.h"

#include <string.h>

enum { PRIVATE_OPS = 10000 };

bool ora_conflict(const ora_footprint *a, const ora_footprint *b) {
    return (a->bytes_written & (b->bytes_read | b->bytes_written)) ||
           (b->bytes_written & a->bytes_read) ||
           (a->queues_written & (b->queues_read | b->queues_written)) ||
           (b->queues_written & a->queues_read) ||
           (a->wakes_written & (b->wakes_read | b->wakes_written)) ||
           (b->wakes_written & a->wakes_read);
}

static uint64_t value_of(const ora_agent_state *agent, int number, ora_operand operand) {
    switch (operand.kind) {
    case ORA_REGISTER: return agent->registers[operand.value];
    case ORA_ME: return (uint64_t)number;
    default: return operand.value;
    }
}

static uint64_t bits_of_width(unsigned width) {
    return width == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * width) - 1;
}

/* --- awaits */

static ora_past past_of(const ora_state *state, int number) {
    const ora_agent_state *agent = &state->agents[number];
    ora_past past = {.ready = agent->status == ORA_READY};
    if (!past.ready) return past;
    past.pc = agent->pc;
    past.result = agent->result;
    for (int r = 0; r < ORA_REGISTERS; r++)
        if (state->program->agents[number].ops[agent->pc].live >> r & 1)
            past.registers[r] = agent->registers[r];
    return past;
}

static bool is_same_past(const ora_past *a, const ora_past *b) {
    return a->ready && b->ready && a->pc == b->pc && a->result == b->result &&
           memcmp(a->registers, b->registers, sizeof a->registers) == 0;
}

/* True if an event of another agent has to come between two of one. */
static bool has_between(const ora_state *state, int first, int last) {
    int f = state->footprints;
    for (int i = first + 1; i < last; i++)
        if (state->events[i].agent != state->events[first].agent &&
            (state->events[last].before[f] >> i & 1) && (state->events[i].before[f] >> first & 1))
            return true;
    return false;
}

/* The agent is as it was before an event, and left no mark since. */
static void end_await(ora_state *state, int agent, int from) {
    ora_agent_state *a = &state->agents[agent];
    if (has_between(state, from, state->count - 1)) {
        a->parked_from = from;
        a->from = a->parked_to = state->count;
    } else {
        state->failed_await = true;
        state->failed_from = from;
    }
}

/* Looks for an event of the agent before which it was as it is now, and since which it wrote
 * nothing, woke nobody and was not woken: others would have done the same without what it did. */
static void look_for_await(ora_state *state, int agent) {
    ora_past now = past_of(state, agent);
    for (int i = state->count; i-- > state->agents[agent].from;) {
        const ora_footprint *footprint = &state->events[i].footprints[ORA_REFINED];
        if (state->events[i].agent != agent) continue;
        if (footprint->bytes_written || footprint->wakes_written || footprint->wakes_read) return;
        if (is_same_past(&now, &state->past[i])) {
            end_await(state, agent, i);
            return;
        }
    }
}

static uint64_t read_memory(const ora_state *state, uint32_t address, unsigned width);

/* True if all that the agent read in the await that was kept is still there. */
static bool is_parked(const ora_state *state, int agent) {
    const ora_agent_state *a = &state->agents[agent];
    if (a->parked_from == a->parked_to) return false;
    for (int i = a->parked_from; i < a->parked_to; i++) {
        const ora_event *e = &state->events[i];
        bool reads = e->kind == ORA_E_READ || e->kind == ORA_E_ENQUEUE;
        if (e->agent == agent && reads && read_memory(state, e->address, e->width) != e->value)
            return false;
    }
    return true;
}

void ora_keep_await(ora_state *state, int agent) {
    state->agents[agent].from = state->count;
}

/* --- between events */

static void out(ora_agent_state *agent, uint64_t value) {
    agent->result = agent->result * 1000003 + value;
    if (agent->out_count == ORA_OUTS) ora_die("an agent has too many results");
    agent->outs[agent->out_count++] = value;
}

/* Does the private op at `pc` and moves `pc`. */
static void private_op(ora_state *state, int number) {
    ora_agent_state *agent = &state->agents[number];
    const ora_op *ops = state->program->agents[number].ops, *op = &ops[agent->pc];
    uint64_t a = value_of(agent, number, op->a), b = value_of(agent, number, op->b);
    bool holds = ora_relation_holds(op->relation, a, b);
    int next = agent->pc + 1;
    switch (op->code) {
    case ORA_SET: agent->registers[op->dest] = ora_arithmetic_do(op->arithmetic, a, b); break;
    case ORA_OUT: out(agent, a); break;
    case ORA_IF:
        if (!holds) next = op->partner + 1;
        break;
    case ORA_ELSE: next = op->partner; break;
    case ORA_END:
        if (ops[op->partner].code == ORA_LOOP) next = op->partner + 1;
        break;
    case ORA_LEAVE:
        if (holds) next = ops[op->partner].partner + 1;
        break;
    case ORA_AGAIN:
        if (holds) next = op->partner + 1;
        break;
    case ORA_RETURN:
        if (holds) agent->status = ORA_ENDED;
        break;
    case ORA_STUCK:
        if (holds) agent->status = ORA_ASSUMED;
        break;
    default: break;
    }
    agent->pc = next;
}

static void run_to_event(ora_state *state, int number) {
    ora_agent_state *agent = &state->agents[number];
    const ora_agent *code = &state->program->agents[number];
    agent->status = ORA_READY;
    for (int i = 0; i < PRIVATE_OPS; i++) {
        if (agent->status != ORA_READY) return;
        if (agent->pc == code->count) {
            agent->status = ORA_ENDED;
            return;
        }
        if (ora_is_event(code->ops[agent->pc].code)) return;
        private_op(state, number);
    }
    ora_die("program %s: agent %d loops without events", state->program->name, number);
}

void ora_state_begin(ora_state *state, const ora_program *program, ora_footprints footprints) {
    memset(state, 0, sizeof *state);
    state->program = program;
    state->footprints = footprints;
    memcpy(state->memory, program->memory, sizeof state->memory);
    memset(state->writers, -1, sizeof state->writers);
    for (int a = 0; a < program->agent_count; a++)
        run_to_event(state, a);
}

/* --- events */

bool ora_can_move(const ora_state *state, int agent) {
    const ora_agent_state *a = &state->agents[agent];
    if (is_parked(state, agent)) return false;
    switch (a->status) {
    case ORA_READY:
    case ORA_WOKEN: return true;
    case ORA_WAITING: return state->program->agents[agent].ops[a->pc].timed;
    default: return false;
    }
}

static uint64_t read_memory(const ora_state *state, uint32_t address, unsigned width) {
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value |= (uint64_t)state->memory[address + i] << 8 * i;
    return value;
}

/* Writes by the event that is being made. */
static void write_memory(ora_state *state, uint32_t address, unsigned width, uint64_t value) {
    for (unsigned i = 0; i < width; i++) {
        state->memory[address + i] = (uint8_t)(value >> 8 * i);
        state->writers[address + i] = (int8_t)state->count;
    }
}

static void note_read(const ora_state *state, ora_event *event) {
    event->value = read_memory(state, event->address, event->width);
    for (unsigned i = 0; i < event->width; i++)
        event->writers[i] = state->writers[event->address + i];
}

/* What the kind of access says: static and refined alike read or written. */
static void touch(ora_event *event, uint64_t read, uint64_t written) {
    for (int f = 0; f < ORA_FOOTPRINTS; f++) {
        event->footprints[f].bytes_read |= read;
        event->footprints[f].bytes_written |= written;
    }
}

static void leave_queue(ora_state *state, int agent) {
    int kept = 0;
    for (int i = 0; i < state->queue_length; i++)
        if (state->queue[i] != agent) state->queue[kept++] = state->queue[i];
    state->queue_length = kept;
}

static uint64_t do_wait(ora_state *state, ora_event *event, const ora_op *op, uint64_t bytes,
                        uint64_t expected) {
    ora_agent_state *agent = &state->agents[event->agent];
    uint64_t queue = UINT64_C(1) << event->address;
    touch(event, bytes, 0);
    event->footprints[ORA_STATIC].queues_written = queue;
    note_read(state, event);
    if (read_memory(state, event->address, op->width) != (expected & bits_of_width(op->width))) {
        event->kind = ORA_E_READ;
        return 1;
    }
    event->kind = ORA_E_ENQUEUE;
    event->footprints[ORA_REFINED].queues_written = queue;
    state->queue[state->queue_length++] = event->agent;
    agent->status = ORA_WAITING;
    return 0;
}

static bool waits_at(const ora_state *state, int agent, uint32_t address) {
    const ora_agent_state *a = &state->agents[agent];
    const ora_address *at = &state->program->agents[agent].ops[a->pc].address;
    uint64_t offset = at->index >= 0 ? a->registers[at->index] * at->scale : 0;
    return at->base + offset == address;
}

static uint64_t do_notify(ora_state *state, ora_event *event, uint64_t limit) {
    uint64_t queue = UINT64_C(1) << event->address, woken = 0;
    event->kind = ORA_E_NOTIFY;
    for (int i = 0; i < state->queue_length && woken < limit;) {
        int agent = state->queue[i];
        if (!waits_at(state, agent, event->address)) {
            i++;
            continue;
        }
        leave_queue(state, agent);
        state->agents[agent].status = ORA_WOKEN;
        for (int f = 0; f < ORA_FOOTPRINTS; f++)
            event->footprints[f].wakes_written |= (uint16_t)(1u << agent);
        woken++;
    }
    event->footprints[ORA_STATIC].queues_written = queue;
    if (woken > 0)
        event->footprints[ORA_REFINED].queues_written = queue;
    else
        event->footprints[ORA_REFINED].queues_read = queue;
    return woken;
}

static uint64_t do_cas(ora_state *state, ora_event *event, uint64_t bytes, uint64_t expected,
                       uint64_t replacement) {
    uint64_t old = read_memory(state, event->address, event->width);
    note_read(state, event);
    touch(event, bytes, 0);
    event->footprints[ORA_STATIC].bytes_written = bytes;
    event->kind = ORA_E_READ;
    if (old == expected) {
        event->kind = ORA_E_UPDATE;
        event->footprints[ORA_REFINED].bytes_written = bytes;
        write_memory(state, event->address, event->width, replacement);
    }
    return old;
}

/* The event of an agent that stands before an op. */
static uint64_t do_op(ora_state *state, ora_event *event, const ora_op *op) {
    const ora_agent_state *agent = &state->agents[event->agent];
    uint64_t a = value_of(agent, event->agent, op->a), b = value_of(agent, event->agent, op->b);
    uint64_t mask = bits_of_width(op->width), value = 0, bytes = 0;
    if (op->code == ORA_FENCE) {
        event->kind = ORA_E_FENCE;
        return 0;
    }
    uint64_t address = op->address.base;
    if (op->address.index >= 0) address += agent->registers[op->address.index] * op->address.scale;
    if (address >= ORA_BYTES || address + op->width > state->program->bytes ||
        (op->atomic && address % op->width != 0))
        ora_die("program %s: agent %d: an access out of bounds, or not aligned",
                state->program->name, event->agent);
    event->address = (uint8_t)address;
    event->width = (uint8_t)op->width;
    event->atomic = op->atomic;
    if (op->width > 0)
        bytes = (op->width == 8 ? 0xff : (1u << op->width) - 1) * (UINT64_C(1) << address);
    switch (op->code) {
    case ORA_STORE:
        event->kind = ORA_E_WRITE;
        touch(event, 0, bytes);
        write_memory(state, event->address, op->width, a);
        return 0;
    case ORA_LOAD:
        event->kind = ORA_E_READ;
        touch(event, bytes, 0);
        note_read(state, event);
        return read_memory(state, event->address, op->width);
    case ORA_RMW:
        event->kind = ORA_E_UPDATE;
        touch(event, bytes, bytes);
        note_read(state, event);
        value = read_memory(state, event->address, op->width);
        write_memory(state, event->address, op->width,
                     ora_arithmetic_do(op->arithmetic, value, a) & mask);
        return value;
    case ORA_CAS: return do_cas(state, event, bytes, a & mask, b & mask);
    case ORA_WAIT: return do_wait(state, event, op, bytes, a);
    case ORA_NOTIFY: return do_notify(state, event, a);
    default: return 0;
    }
}

/* The second event of a wait. */
static uint64_t resume(ora_state *state, ora_event *event, const ora_op *op) {
    ora_agent_state *agent = &state->agents[event->agent];
    uint64_t offset =
        op->address.index >= 0 ? agent->registers[op->address.index] * op->address.scale : 0;
    bool woken = agent->status == ORA_WOKEN;
    event->kind = woken ? ORA_E_WOKEN : ORA_E_TIMEOUT;
    event->address = (uint8_t)(op->address.base + offset);
    for (int f = 0; f < ORA_FOOTPRINTS; f++) {
        if (woken)
            event->footprints[f].wakes_read = (uint16_t)(1u << event->agent);
        else
            event->footprints[f].queues_written = UINT64_C(1) << event->address;
    }
    if (!woken) leave_queue(state, event->agent);
    return woken ? 0 : 2;
}

static void note_dependence(ora_state *state, ora_event *event) {
    for (int f = 0; f < ORA_FOOTPRINTS; f++)
        for (int i = 0; i < state->count; i++) {
            const ora_event *other = &state->events[i];
            if (other->agent == event->agent ||
                ora_conflict(&other->footprints[f], &event->footprints[f]))
                event->before[f] |= other->before[f] | UINT64_C(1) << i;
        }
}

void ora_step(ora_state *state, int number) {
    ora_agent_state *agent = &state->agents[number];
    const ora_op *op = &state->program->agents[number].ops[agent->pc];
    ora_event event = {.agent = (uint8_t)number, .site = (uint8_t)agent->pc};
    memset(event.writers, -1, sizeof event.writers);
    state->failed_await = false;
    agent->parked_from = agent->parked_to = 0;
    state->past[state->count] = past_of(state, number);
    uint64_t result =
        agent->status == ORA_READY ? do_op(state, &event, op) : resume(state, &event, op);
    note_dependence(state, &event);
    state->events[state->count++] = event;
    agent->events++;
    if (agent->status == ORA_WAITING && event.kind == ORA_E_ENQUEUE) return;
    if (op->dest >= 0) agent->registers[op->dest] = result;
    agent->pc++;
    run_to_event(state, number);
    look_for_await(state, number);
}

bool ora_is_blocked(const ora_state *state, int number) {
    ora_state alone = *state;
    alone.failed_await = false;
    while (alone.count < ORA_EVENTS && ora_can_move(&alone, number)) {
        ora_step(&alone, number);
        if (alone.failed_await) return alone.failed_from == state->count;
    }
    return false;
}
