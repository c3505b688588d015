/* session_view.c: what there is to see of a session. */
#include "debug/session_parts.h"

const hd_world *hd_session_world(const hd_session *s) {
    return s->world;
}

void *hd_session_execution(const hd_session *s) {
    return s->execution;
}

uint64_t hd_session_step(const hd_session *s) {
    return s->step;
}

uint64_t hd_session_length(const hd_session *s) {
    return s->history.length;
}

const hd_diag *hd_session_diag(const hd_session *s) {
    return &s->diag;
}

bool hd_session_end(const hd_session *s, hd_outcome *outcome, const char **explanation) {
    if (!s->over) return false;
    *outcome = s->history.outcome;
    *explanation = s->history.explanation;
    return true;
}

uint32_t hd_session_next_agent(const hd_session *s, bool *timeout) {
    const hd_past *h = &s->history;
    *timeout = false;
    if (s->step >= h->length) return HD_NO_AGENT;
    const hd_kept_move *move = &h->moves.items[hd_past_find(h, s->step)];
    *timeout = move->timeout;
    return move->agent;
}

bool hd_session_event(const hd_session *s, uint64_t step, hd_past_event *event) {
    if (step >= s->history.known) return false;
    const hd_kept_event *e = hd_past_get(&s->history, step);
    *event = (hd_past_event){.address = e->address,
                             .length = e->length,
                             .memory = e->memory - UINT32_C(1),
                             .agent = e->agent,
                             .kind = (hd_event_kind)e->kind,
                             .count = e->kind == HD_EVENT_JOIN ? (uint32_t)e->address : 0,
                             .marks = e->marks,
                             .place = hd_places_get(&s->places, e->place)};
    return true;
}

const hd_last_event *hd_session_last_event(const hd_session *s) {
    return s->has_last && s->step > 0 ? &s->last : NULL;
}

const hd_place_info *hd_session_place(hd_session *s, uint32_t agent) {
    return s->world ? hd_places_of_agent(&s->places, s->world, agent) : NULL;
}

uint32_t hd_session_memory_number(const hd_session *s, const hd_memory *memory) {
    for (size_t i = 0; i < s->memories.len; i++)
        if (s->memories.items[i] == memory) return (uint32_t)i;
    return HD_NO_MEMORY;
}

hd_memory *hd_session_memory(const hd_session *s, uint32_t number) {
    return number < s->memories.len ? s->memories.items[number] : NULL;
}

bool hd_session_writer(const hd_session *s, uint64_t before, uint32_t memory, uint64_t address,
                       uint64_t length, uint64_t *step) {
    for (uint64_t at = before < s->history.known ? before : s->history.known; at-- > 0;)
        if (hd_session_touches(s, at, memory, address, length, false, true))
            return *step = at, true;
    return false;
}

hd_halt hd_session_became(hd_session *s, uint32_t memory, uint64_t address, uint64_t length,
                          uint64_t *step) {
    uint64_t present = s->step;
    bool changed = false, interrupted = false;
    if (!s->world) return hd_halt_failed(s);
    for (uint64_t at = present; at-- > 0 && !changed && !interrupted;) {
        interrupted = hd_session_interrupted(s);
        if (!hd_session_touches(s, at, memory, address, length, false, true)) continue;
        *step = at;
        if (!hd_session_changed(s, at, memory, address, length, &changed)) return hd_halt_failed(s);
    }
    if (!hd_session_go_to(s, present)) return hd_halt_failed(s);
    if (interrupted && !changed) return hd_halt_at(s, HD_HALT_INTERRUPTED, NULL);
    return hd_halt_at(s, changed ? HD_HALT_MOVED : HD_HALT_BEGIN, NULL);
}

bool hd_session_add_state(const hd_session *s, hd_bytes *to) {
    for (uint32_t i = 0; i < hd_world_count(s->world); i++) {
        hd_task_view v = hd_world_view(s->world, i);
        bool calls = v.state == HD_TASK_CALLING || v.state == HD_TASK_WAITING;
        uint64_t numbers[5] = {v.state, v.enabled, (uint64_t)v.time, v.address, v.since};
        if (!hd_bytes_add(to, numbers, sizeof numbers) ||
            (calls && !hd_agent_add_live(hd_member_agent(v.member), to)))
            return false;
    }
    for (size_t i = 0; i < s->memories.len; i++) {
        uint64_t length;
        const uint8_t *bytes = hd_memory_data(s->memories.items[i], &length);
        if (!hd_bytes_add(to, &length, sizeof length) || !hd_bytes_add(to, bytes, length))
            return false;
    }
    return true;
}

size_t hd_session_moves(const hd_session *s) {
    return s->step > 0 ? hd_past_find(&s->history, s->step - 1) + 1 : 0;
}

hd_move hd_session_get_move(const hd_session *s, size_t index) {
    const hd_kept_move *move = &s->history.moves.items[index];
    uint64_t events = hd_past_events(&s->history, index, s->step);
    return (hd_move){move->agent, move->timeout ? HD_TIMEOUT : events};
}

void hd_session_add_moves(const hd_session *s, hd_trace *trace) {
    for (size_t i = 0; i < hd_session_moves(s); i++) {
        hd_move move = hd_session_get_move(s, i);
        hd_trace_add_move(trace, move.agent, move.events);
    }
}
