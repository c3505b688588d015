/* await.c: loops that only read.
 *
 * An agent that comes to the same state again, and did nothing in between but read what is still
 * there, waits for others: nobody can tell how often it went round (Kokologiannakis and others,
 * Optimal-DPOR-Await, FMCAD 2022). A round of one read counts as not made, and the agent cannot
 * move until those bytes have another value. A round of several reads stays, since others may have
 * moved in between; then the agent cannot move until one of the bytes differs from what its own
 * read found, and its next event depends on them all. A wait that times out has done nothing
 * either. Whether an execution with such a round counts is the matter of form.c. */
#include <string.h>

#include "explore/parts.h"
#include "runtime/memory.h"

/* What the agent is about to read, if it may be a read alone. */
static void look(hd_explorer *x, uint32_t agent, hd_read *read) {
    hd_task_view view = hd_world_view(x->world, agent);
    const hd_event *e = view.next;
    read->known = false;
    if (view.state != HD_TASK_CALLING || !hd_agent_in_loop(hd_member_agent(view.member))) return;
    if (!e || !e->memory || e->length > HD_READ_BYTES) return;
    if (e->kind != HD_EVENT_LOAD && e->kind != HD_EVENT_ATOMIC_LOAD &&
        e->kind != HD_EVENT_CMPXCHG && e->kind != HD_EVENT_WAIT)
        return;
    uint64_t length = atomic_load(&e->memory->length);
    if (e->address > length || e->length > length - e->address) return;
    *read = (hd_read){.known = true,
                      .atomic = e->kind != HD_EVENT_LOAD,
                      .length = (uint8_t)e->length,
                      .memory = x->subject->number(x->execution, e->memory),
                      .address = e->address};
    memcpy(read->bytes, e->memory->base + e->address, e->length);
}

/* The state of an agent that stands before an event of a call; none otherwise. Another call of the
 * same function is another state, although all registers are alike: it stands later in the body. */
static bool take_state(hd_explorer *x, uint32_t agent, hd_bytes *to) {
    hd_task_view view = hd_world_view(x->world, agent);
    if (view.state != HD_TASK_CALLING || !view.next) return true;
    return hd_bytes_add_varint(to, view.calls) &&
           hd_agent_add_live(hd_member_agent(view.member), to) &&
           hd_store_add_state(hd_member_store(view.member), to);
}

bool hd_explorer_remember(hd_explorer *x, uint32_t agent) {
    if (x->options->no_awaits && !x->options->unroll) return true;
    hd_past past = {.agent = agent, .state = x->states.len};
    past.context = hd_explorer_context(x, agent);
    if (!x->options->no_awaits) look(x, agent, &past.read);
    if (past.read.known && !take_state(x, agent, &x->states)) return false;
    past.length = x->states.len - past.state;
    return hd_vec_push(&x->past, past);
}

void hd_explorer_note(hd_explorer *x, bool effect, bool timeout) {
    if (x->options->no_awaits) return;
    hd_past *past = &x->past.items[x->past.len - 1];
    past->nothing = timeout;
    past->effect = !timeout && (effect || !past->read.known);
}

bool hd_explorer_reads_in_loop(const hd_explorer *x) {
    return !x->options->no_awaits && x->past.items[x->past.len - 1].read.known;
}

static bool still_there(const hd_explorer *x, const hd_read *read) {
    const hd_memory *memory = x->subject->memory(x->execution, read->memory);
    return memcmp(memory->base + read->address, read->bytes, read->length) == 0;
}

/* True if all that the agent has read in this part of its past is still there. */
static bool all_there(const hd_explorer *x, uint32_t agent, size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        const hd_past *p = &x->past.items[i];
        if (p->agent == agent && p->read.known && !still_there(x, &p->read)) return false;
    }
    return true;
}

hd_await hd_explorer_awaits(hd_explorer *x, const hd_step *step, hd_parking *parking) {
    if (x->options->no_awaits || step->effect) return HD_AWAIT_NONE;
    x->state.len = 0;
    if (!take_state(x, step->agent, &x->state) || x->state.len == 0) return HD_AWAIT_NONE;
    size_t now = x->past.len - 1;
    for (size_t i = now + 1; i-- > 0;) {
        const hd_past *p = &x->past.items[i];
        if (p->agent != step->agent) continue;
        if (p->effect || (p->closes && i != now)) break;
        if (!p->read.known || p->length != x->state.len ||
            memcmp(x->states.items + p->state, x->state.items, p->length) != 0)
            continue;
        *parking = (hd_parking){.agent = step->agent,
                                .read = p->read,
                                .footprint = step->footprint,
                                .from = i,
                                .to = now + 1};
        parking->single = i == now && !hd_explorer_keeps(x, &p->read);
        if (parking->single) return HD_AWAIT_FAILED;
        x->past.items[now].closes = true;
        return all_there(x, step->agent, i, now + 1) ? HD_AWAIT_ROUND : HD_AWAIT_OVER;
    }
    return HD_AWAIT_NONE;
}

bool hd_explorer_park(hd_explorer *x, const hd_parking *parking) {
    x->parked |= hd_agent_bit(parking->agent);
    return hd_vec_push(&x->parkings, *parking) || hd_explorer_nomem(x);
}

bool hd_explorer_loosen(hd_explorer *x, const hd_parking *parking) {
    x->loose |= hd_agent_bit(parking->agent);
    return hd_vec_push(&x->parkings, *parking) || hd_explorer_nomem(x);
}

/* The latest step of an agent before another one, or SIZE_MAX. */
static size_t own_before(const hd_explorer *x, size_t step, uint32_t agent) {
    while (step > 0 && x->steps.items[step - 1].agent != agent)
        step--;
    return step > 0 ? step - 1 : SIZE_MAX;
}

bool hd_explorer_note_stays(hd_explorer *x, uint32_t agent) {
    if (x->rounds.len == 0) return true;
    size_t last = own_before(x, x->depth, agent);
    for (size_t r = x->rounds.len; r-- > 0;) {
        const hd_round *round = &x->rounds.items[r];
        if (round->agent != agent) continue;
        if (round->to != last) break;
        hd_stay stay = {round->from, x->depth};
        if (all_there(x, agent, round->from, round->to + 1) && !hd_vec_push(&x->stays, stay))
            return hd_explorer_nomem(x);
        last = own_before(x, round->from, agent);
    }
    return true;
}

const hd_parking *hd_explorer_parking(const hd_explorer *x, uint32_t agent) {
    size_t i = x->parkings.len;
    while (i > 0 && x->parkings.items[i - 1].agent != agent)
        i--;
    return i > 0 ? &x->parkings.items[i - 1] : NULL;
}

void hd_explorer_unpark(hd_explorer *x) {
    for (hd_agents left = x->parked | x->loose; left; left &= left - 1) {
        uint32_t agent = (uint32_t)__builtin_ctzll(left);
        const hd_parking *p = hd_explorer_parking(x, agent);
        bool waits = p->single ? still_there(x, &p->read) : all_there(x, agent, p->from, p->to);
        hd_agents bit = hd_agent_bit(agent);
        x->parked = waits ? x->parked | bit : x->parked & ~bit;
        if (!p->single) x->loose = waits ? x->loose & ~bit : x->loose | bit;
    }
}

bool hd_explorer_awaited(hd_explorer *x, const hd_parking *p, hd_footprint *footprint) {
    HD_VEC(hd_span) spans = {0};
    bool good = true;
    for (size_t i = p->from; i < p->to && good; i++) {
        const hd_past *past = &x->past.items[i];
        uint64_t from = hd_place_byte(past->read.memory, past->read.address);
        if (past->agent == p->agent && past->read.known)
            good = hd_vec_push(&spans, ((hd_span){from, from + past->read.length, 0}));
    }
    good = good && hd_footprint_make(&x->pool, spans.items, spans.len, footprint);
    hd_vec_free(&spans);
    return good || hd_explorer_nomem(x);
}
