/* world_sparse.c: which events observers are told.
 *
 * Most accesses are plain ones that concern nobody: while an agent is alone, none of them can race.
 * So an observer may say that it can do without. What it still has to hear of, whoever that is, are
 * synchronizing accesses, and plain writes to the same bytes; of these bytes' lines the machine has
 * marks, so that it can tell in a few instructions. */
#include "sched/world_parts.h"

/* No floor. */
static const uint32_t top = UINT32_MAX;

static void apply(hd_world *w) {
    w->hooks.sparse = w->spared != HD_NO_AGENT && !w->attends ? &w->sparse : NULL;
}

/* Tells observers; true if all of them agree. */
static bool tell_spared(hd_world *w, uint32_t agent) {
    bool agreed = true;
    for (size_t i = 0; i < w->event_observers.len; i++) {
        const hd_observer *o = w->event_observers.items[i];
        agreed = o->spare && o->spare(o->context, agent, &w->sparse) && agreed;
    }
    return agreed;
}

bool hd_world_spare(hd_world *w, uint32_t agent) {
    if (w->undo) return false; /* what is spared is not saved */
    w->sparse.word = &top;
    w->sparse.floor = 0;
    w->spared = agent;
    if (!w->attends && !tell_spared(w, agent)) hd_world_hear(w);
    apply(w);
    return w->spared != HD_NO_AGENT;
}

void hd_world_hear(hd_world *w) {
    if (w->spared == HD_NO_AGENT) return;
    w->spared = HD_NO_AGENT;
    if (!w->attends) tell_spared(w, HD_NO_AGENT);
    apply(w);
}

bool hd_world_spares(const hd_world *w) {
    return w->spared != HD_NO_AGENT;
}

void hd_world_attend(hd_world *w, bool closely) {
    if (w->attends == closely) return;
    w->attends = closely;
    if (w->spared == HD_NO_AGENT) return;
    if (closely)
        tell_spared(w, HD_NO_AGENT);
    else
        hd_world_spare(w, w->spared);
    apply(w);
}

/* An access of a few bytes that begins before a line may reach into it. */
static void mark(hd_sparse *s, uint64_t address, uint64_t length) {
    enum { WIDEST = 16, MASK = HD_SPARSE_LINES - 1 };
    uint64_t from = address < WIDEST ? 0 : address - (WIDEST - 1), to = address + length - 1;
    s->marks[from >> HD_SPARSE_LINE & MASK] = s->marks[to >> HD_SPARSE_LINE & MASK] = 1;
}

/* True if a write in bulk is to be told. */
static bool touches(const hd_sparse *s, uint64_t address, uint64_t length) {
    uint64_t last = (address + length - 1) >> HD_SPARSE_LINE, at = address >> HD_SPARSE_LINE;
    if (last - at >= HD_SPARSE_LINES) last = at + HD_SPARSE_LINES - 1;
    for (; at <= last; at++)
        if (hd_sparse_reports(s, at << HD_SPARSE_LINE)) return true;
    return false;
}

bool hd_world_is_told(hd_world *w, const hd_event *e) {
    switch (e->kind) {
    case HD_EVENT_ATOMIC_LOAD:
    case HD_EVENT_ATOMIC_STORE:
    case HD_EVENT_RMW:
    case HD_EVENT_CMPXCHG:
    case HD_EVENT_WAIT:
    case HD_EVENT_NOTIFY: mark(&w->sparse, e->address, e->length); return true;
    case HD_EVENT_FILL:
        return !w->hooks.sparse || (e->length && touches(w->hooks.sparse, e->address, e->length));
    case HD_EVENT_COPY: return !w->hooks.sparse;
    default: return true;
    }
}
