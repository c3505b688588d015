/* move.c: executions of agents whose reads find what they are told to.
 *
 * Nothing but what reads find, spawns and joins connects agents. So each moves alone as far as it
 * can, the one with the lowest number first: other orders give the same candidates. Before a read,
 * the bytes that it is to find are put there; then the world is gone back, and others are put. Who
 * would end the program waits until nobody else can move, so that a candidate is whole.
 *
 * An agent that comes to the same state again, and did nothing in between but read, is left there:
 * without those reads the candidate is as consistent, and ends alike. */
#include <inttypes.h>
#include <string.h>

#include "module/opcodes.h"
#include "runtime/memory.h"
#include "runtime/store.h"
#include "weak/parts.h"

enum { MOST_MOVES = 100000, MOST_EXCESS = 1000000 };

/* What is told of events. */

static uint32_t number_of(hd_weak *w, const hd_memory *memory) {
    return w->subject->number(w->execution, memory);
}

static hd_weak_byte *byte_at(hd_weak *w, const hd_weak_event *e, uint32_t i, uint8_t initial) {
    hd_weak_byte *byte =
        hd_weak_byte_at(&w->values, hd_place_byte(e->memory, e->address + i), initial);
    if (!byte) w->incomplete = true;
    return byte;
}

/* An instantiation's writes are the first accesses of new memories, which hold zeros. */
static void note_bytes(hd_weak *w, hd_weak_event *e, const uint8_t *now) {
    for (uint32_t i = 0; i < e->length; i++) {
        hd_weak_byte *byte = byte_at(w, e, i, 0);
        if (!byte) return;
        e->initial[i] = byte->initial;
        if (e->reads) e->read[i] = w->found ? w->found[i] : now[i];
        if (e->writes) e->written[i] = now[i];
    }
    if (w->learning && e->writes &&
        !hd_weak_values_add(&w->values, e, hd_world_count(w->world) == 1))
        w->incomplete = true;
}

static bool refuse_width(hd_weak *w, uint64_t length) {
    return hd_weak_refuse(
        w, "it is too large: an access has %" PRIu64 " bytes, and at most %d can be looked at",
        length, HD_WEAK_BYTES);
}

/* An access within the model: waits are outside. */
static bool is_access(hd_event_kind kind) {
    return hd_event_is_access(kind) && kind != HD_EVENT_WAIT;
}

static bool reads(hd_event_kind kind) {
    return is_access(kind) && !hd_event_only_writes(kind);
}

static void on_event(void *context, uint32_t agent, uint64_t step, const hd_event *event) {
    hd_weak *w = context;
    (void)step;
    if (!is_access(event->kind)) return;
    if (event->length == 0 || !event->memory->type.shared) return;
    if (w->at.count == HD_WEAK_EVENTS || event->length > HD_WEAK_BYTES || w->excess) {
        if (w->excess == 0 && event->length > HD_WEAK_BYTES) refuse_width(w, event->length);
        w->excess++;
        return;
    }
    size_t n = w->at.count++;
    hd_weak_event *e = &w->candidate.events[n];
    *e = w->where;
    e->agent = agent;
    e->kind = event->kind;
    e->reads = reads(event->kind);
    e->writes = event->writes;
    e->atomic = event->kind >= HD_EVENT_ATOMIC_LOAD && event->kind <= HD_EVENT_CMPXCHG;
    e->tear_free |= e->atomic;
    e->memory = number_of(w, event->memory);
    e->length = (uint32_t)event->length;
    e->address = event->address;
    note_bytes(w, e, event->memory->base + event->address);
    w->candidate.before[n] = w->at.known[agent];
    w->at.known[agent] |= (hd_weak_set)1 << n;
}

static void on_spawned(void *context, uint32_t parent, uint32_t child) {
    hd_weak *w = context;
    if (child >= HD_WEAK_AGENTS)
        hd_weak_refuse(w, "it is too large: it has more than %d agents", HD_WEAK_AGENTS);
    else if (parent != HD_NO_AGENT)
        w->at.known[child] = w->at.known[parent];
}

static void on_joined(void *context, uint32_t agent, uint32_t other) {
    hd_weak *w = context;
    w->at.known[agent] |= w->at.known[other];
}

bool hd_weak_begin(hd_weak *w) {
    w->observer =
        (hd_observer){.context = w, .event = on_event, .spawned = on_spawned, .joined = on_joined};
    w->execution = w->subject->start(w->subject->context, &w->observer, 1, &w->world, w->diag);
    if (!w->execution) return false;
    if (!hd_world_get_log(w->world) || !w->subject->can_undo || !w->subject->can_undo(w->execution))
        return hd_weak_refuse(w, "it may call functions of the host, which are outside the model");
    hd_world_settle(w->world);
    return !w->result->refused[0];
}

/* Rounds of loops. */

static bool add_past(hd_weak *w, uint32_t agent, size_t state, bool effect) {
    hd_weak_past past = {agent, effect, state, w->states.len - state};
    return hd_vec_push(&w->past, past) || hd_weak_nomem(w);
}

/* Whether an agent that is about to read stands where it stood before, and nothing came of it. Else
 * remembers where it stands. */
static bool goes_round(hd_weak *w, uint32_t agent, const hd_task_view *view) {
    size_t state = w->states.len;
    if (!hd_agent_in_loop(hd_member_agent(view->member))) return false;
    if (!hd_bytes_add_varint(&w->states, view->calls) ||
        !hd_agent_add_live(hd_member_agent(view->member), &w->states) ||
        !hd_store_add_state(hd_member_store(view->member), &w->states)) {
        w->incomplete = true;
        return false;
    }
    size_t length = w->states.len - state;
    for (size_t i = w->past.len; i-- > 0;) {
        const hd_weak_past *p = &w->past.items[i];
        if (p->agent != agent) continue;
        if (p->effect) break;
        if (p->length == length &&
            memcmp(w->states.items + p->state, w->states.items + state, length) == 0)
            return true;
    }
    if (!add_past(w, agent, state, false)) w->incomplete = true;
    return false;
}

/* Moving. */

static hd_weak_place take_place(hd_weak *w) {
    w->at.past = w->past.len;
    w->at.states = w->states.len;
    return w->at;
}

static bool go_back(hd_weak *w, size_t mark, const hd_weak_place *place) {
    w->at = *place;
    w->past.len = place->past;
    w->states.len = place->states;
    if (hd_world_undo(w->world, mark)) return true;
    hd_diag_set(w->diag, HD_NOMEM, "an execution is too long to be gone back");
    return false;
}

/* Where the next access of an agent stands in the code, and whether it may tear. */
static void locate(hd_weak *w, const hd_task_view *view) {
    hd_backtrace_frame frame[1];
    const hd_event *e = view->next;
    w->where = (hd_weak_event){0};
    if (view->state != HD_TASK_CALLING ||
        hd_agent_backtrace(hd_member_agent(view->member), frame, 1) == 0 ||
        !frame[0].func->instance)
        return;
    const hd_module *module = frame[0].func->instance->module;
    w->where.module = module;
    w->where.function = frame[0].func->index;
    w->where.offset = frame[0].offset;
    if ((e->kind != HD_EVENT_LOAD && e->kind != HD_EVENT_STORE) || e->length > 4 ||
        e->address % e->length != 0)
        return;
    uint16_t opcode = hd_opcode_of_code[HD_CODE_INDEX(module->bytes[frame[0].offset])];
    const hd_opinfo *info = opcode > 0 ? &hd_opcode_info[opcode - 1] : NULL;
    hd_valtype type = !info                             ? HD_F32
                      : info->shape == HD_OPSHAPE_LOAD  ? (hd_valtype)info->result
                      : info->shape == HD_OPSHAPE_STORE ? (hd_valtype)info->operand
                                                        : HD_F32;
    w->where.tear_free = type == HD_I32 || type == HD_I64;
}

static bool step(hd_weak *w, uint32_t agent, const hd_task_view *view, const uint8_t *found) {
    size_t count = w->at.count;
    locate(w, view);
    w->found = found;
    uint64_t events = hd_world_step(w->world, agent, 1);
    w->found = NULL;
    if (w->incomplete) return hd_weak_nomem(w);
    if (w->result->refused[0] || w->diag->status != HD_OK) return false;
    if (events == 0 || hd_world_stopped(w->world)) {
        hd_diag_set(w->diag, HD_STOPPED, "the execution was stopped");
        return false;
    }
    bool effect = w->at.count == count;
    for (size_t i = count; i < w->at.count; i++)
        effect |= w->candidate.events[i].writes;
    return !effect || add_past(w, agent, w->states.len, true);
}

/* The next agent that moves; those before ends of the program come last. */
static uint32_t next_mover(const hd_weak *w) {
    size_t count;
    const uint32_t *agents = hd_world_enabled(w->world, &count);
    for (size_t i = 0; i < count; i++) {
        const hd_event *next = hd_world_view(w->world, agents[i]).next;
        if (!(w->at.parked >> agents[i] & 1) && next->kind != HD_EVENT_EXIT) return agents[i];
    }
    return HD_NO_AGENT;
}

/* More accesses than can be looked at: how many there are in all is told, if anybody can. */
static bool refuse_length(hd_weak *w) {
    uint32_t last = 0;
    for (uint64_t moves = 0; w->excess < MOST_EXCESS && moves < 2 * MOST_EXCESS; moves++) {
        size_t count;
        const uint32_t *agents = hd_world_enabled(w->world, &count);
        if (hd_world_exited(w->world) || count == 0) break;
        size_t i = 0;
        while (i + 1 < count && agents[i] <= last)
            i++;
        last = agents[i] <= last ? agents[0] : agents[i];
        if (hd_world_step(w->world, last, 1) == 0) break;
    }
    return hd_weak_refuse(w,
                          "it is too large: an execution has %s%" PRIu64
                          " accesses of shared memory, and at most %d can be looked at",
                          w->excess < MOST_EXCESS ? "" : "more than ", HD_WEAK_EVENTS + w->excess,
                          HD_WEAK_EVENTS);
}

/* Why an event is outside the model; NULL: it is not. */
static const char *outside(hd_event_kind kind) {
    switch (kind) {
    case HD_EVENT_WAIT:
    case HD_EVENT_RESUME: return "it waits";
    case HD_EVENT_NOTIFY: return "it notifies";
    case HD_EVENT_GROW: return "it grows a memory";
    case HD_EVENT_HOST: return "it calls a function of the host";
    default: return NULL;
    }
}

/* Reads. */

typedef struct reading {
    uint32_t agent;
    hd_task_view view;
    hd_event event;
    uint32_t over;        /* agents that have ended */
    hd_weak_event reader; /* its range, what INIT wrote there, and whether it may tear */
    size_t mark;
    hd_weak_place place;
    uint8_t bytes[HD_WEAK_BYTES];
} reading;

static bool is_read(const hd_event *e) {
    uint64_t length = reads(e->kind) ? atomic_load(&e->memory->length) : 0;
    return e->length > 0 && e->address <= length && e->length <= length - e->address;
}

/* Makes entries for the bytes that are about to be accessed: nobody has touched those that have
 * none. */
static void meet_bytes(hd_weak *w, const hd_event *e) {
    uint64_t length = e->memory ? atomic_load(&e->memory->length) : 0;
    if (!e->memory || e->kind > HD_EVENT_COPY || e->length > HD_WEAK_BYTES || e->address > length ||
        e->length > length - e->address)
        return;
    uint32_t number = number_of(w, e->memory);
    for (uint64_t i = 0; i < e->length; i++)
        if (!hd_weak_byte_at(&w->values, hd_place_byte(number, e->address + i),
                             e->memory->base[e->address + i]))
            w->incomplete = true;
}

/* Whether a read may find a value: one that another agent may still write, or has written; or that
 * its own agent wrote last, or INIT. The rest is for whoever looks at the candidate. */
static bool may_find(const hd_weak *w, const reading *r, uint64_t address, const hd_weak_byte *byte,
                     uint8_t value) {
    if (w->learning || byte->writers[value] & ~(1u << r->agent | r->over)) return true;
    bool covered = false, own = false;
    for (size_t i = w->at.count; i-- > 0;) {
        const hd_weak_event *e = &w->candidate.events[i];
        if (!e->writes || !hd_weak_covers(e, r->reader.memory, address)) continue;
        bool same = e->written[address - e->address] == value;
        if (same && (e->agent != r->agent || !own)) return true;
        own |= e->agent == r->agent;
        covered |= w->at.known[r->agent] >> i & 1;
    }
    return !covered && value == byte->initial;
}

static bool read_bytes(hd_weak *w, reading *r) {
    hd_memory *memory = r->event.memory;
    hd_memory_save(memory, r->event.address, r->event.length);
    memcpy(memory->base + r->event.address, r->bytes, r->event.length);
    bool good = step(w, r->agent, &r->view, r->bytes) && hd_weak_follow(w);
    return go_back(w, r->mark, &r->place) && good;
}

static bool choose_bytes(hd_weak *w, reading *r, uint32_t at);

/* Lets a read find a byte; `*stop`: other ones need not be looked at, since what other agents do
 * does not depend on what this one reads, and one way to the end is enough. */
static bool find_byte(hd_weak *w, reading *r, uint32_t at, uint8_t value, bool *stop) {
    bool ended = w->ended;
    w->ended = false;
    r->bytes[at] = value;
    bool good = choose_bytes(w, r, at + 1);
    *stop = w->learning && w->ended && r->agent != w->focus;
    w->ended |= ended;
    return good;
}

/* What is known of writes is looked through each time. */
static bool spend(hd_weak *w) {
    uint64_t cost = 1 + w->values.admitted / 16;
    if (w->reads < cost)
        return hd_weak_refuse(w, "it is too large: its reads may find too much in too many ways");
    w->reads -= cost;
    return true;
}

static bool choose_bytes(hd_weak *w, reading *r, uint32_t at) {
    if (!spend(w)) return false;
    if (at > 0 && r->reader.tear_free && !hd_weak_values_fit(&w->values, &r->reader, r->bytes, at))
        return true;
    if (at == r->reader.length) return read_bytes(w, r);
    uint64_t address = r->reader.address + at;
    const hd_weak_byte *byte =
        hd_weak_byte_at(&w->values, hd_place_byte(r->reader.memory, address), 0);
    if (!byte) return hd_weak_nomem(w);
    bool stop = false;
    for (uint16_t i = 0; i < byte->count && !stop; i++)
        if (may_find(w, r, address, byte, byte->values[i]) &&
            !find_byte(w, r, at, byte->values[i], &stop))
            return false;
    return true;
}

/* The range of a read, and what INIT wrote there. */
static bool take_range(hd_weak *w, hd_weak_event *reader, const hd_event *event) {
    *reader = w->where;
    reader->atomic = event->kind != HD_EVENT_LOAD && event->kind != HD_EVENT_COPY;
    reader->tear_free |= reader->atomic;
    reader->memory = number_of(w, event->memory);
    reader->address = event->address;
    reader->length = (uint32_t)event->length;
    for (uint32_t i = 0; i < reader->length; i++) {
        const hd_weak_byte *byte = byte_at(w, reader, i, 0);
        if (!byte) return hd_weak_nomem(w);
        reader->initial[i] = byte->initial;
    }
    return true;
}

static bool read_all(hd_weak *w, uint32_t agent, const hd_task_view *view) {
    reading r = {.agent = agent, .view = *view, .event = *view->next};
    r.view.next = &r.event;
    if (r.event.length > HD_WEAK_BYTES) return refuse_width(w, r.event.length);
    if (!r.event.memory->undo) {
        hd_diag_set(w->diag, HD_FAILED, "a shared memory cannot be gone back");
        return false;
    }
    locate(w, view);
    if (!take_range(w, &r.reader, &r.event)) return false;
    for (uint32_t i = 0; i < hd_world_count(w->world) && i < HD_WEAK_AGENTS; i++)
        if (hd_world_view(w->world, i).state == HD_TASK_ENDED) r.over |= 1u << i;
    r.place = take_place(w);
    r.mark = hd_world_mark(w->world);
    return choose_bytes(w, &r, 0);
}

/* Ends. */

static bool all_ended(const hd_weak *w) {
    for (uint32_t i = 0; i < hd_world_count(w->world); i++)
        if (hd_world_view(w->world, i).state != HD_TASK_ENDED) return false;
    return true;
}

/* Nobody can move, save those who end the program, each of whom may be the one. */
static bool finish(hd_weak *w) {
    size_t count;
    uint32_t enders[HD_WEAK_AGENTS], ender_count = 0;
    if (all_ended(w)) return hd_weak_consider(w);
    const uint32_t *agents = hd_world_enabled(w->world, &count);
    for (size_t i = 0; i < count; i++)
        if (!(w->at.parked >> agents[i] & 1)) enders[ender_count++] = agents[i];
    for (uint32_t i = 0; i < ender_count; i++) {
        hd_weak_place place = take_place(w);
        size_t mark = hd_world_mark(w->world);
        hd_task_view view = hd_world_view(w->world, enders[i]);
        bool good = step(w, enders[i], &view, NULL) && hd_weak_consider(w);
        if (!go_back(w, mark, &place) || !good) return false;
    }
    return true;
}

bool hd_weak_follow(hd_weak *w) {
    uint32_t agent;
    while ((agent = next_mover(w)) != HD_NO_AGENT) {
        if (agent >= w->agents) w->agents = agent + 1;
        if (agent >= HD_WEAK_AGENTS)
            return hd_weak_refuse(w, "it is too large: it has more than %d agents", HD_WEAK_AGENTS);
        hd_task_view view = hd_world_view(w->world, agent);
        const char *why = outside(view.next->kind);
        if (why) return hd_weak_refuse(w, "%s, which is outside the model", why);
        meet_bytes(w, view.next);
        if (is_read(view.next)) {
            if (!goes_round(w, agent, &view)) return read_all(w, agent, &view);
            if (w->incomplete) return hd_weak_nomem(w);
            w->at.parked |= 1u << agent;
            w->result->awaits = true;
            continue;
        }
        if (w->at.moves++ == MOST_MOVES)
            return hd_weak_refuse(w, "it is too large: an execution has more than %d events",
                                  MOST_MOVES);
        hd_event event = *view.next;
        view.next = &event;
        if (!step(w, agent, &view, NULL)) return false;
        if (w->excess) return refuse_length(w);
    }
    return finish(w);
}
