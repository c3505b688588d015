/* livelock.c: recognition of an agent that repeats itself. */
#include "sched/livelock.h"

#include <string.h>

/* Looking closely costs far more than the events themselves. So the agent runs free in between, a
 * hundred times as long as it is then looked at; both grow, until a window is wide enough for a
 * whole period. */
enum { FIRST_WINDOW = 16, FREE_PER_LOOK = 100 };

void hd_livelock_reset(hd_livelock *l) {
    if (l->cycle.window == FIRST_WINDOW && l->free == FIRST_WINDOW * FREE_PER_LOOK) return;
    hd_cycle_start(&l->cycle, FIRST_WINDOW);
    l->free = FIRST_WINDOW * FREE_PER_LOOK;
}

uint64_t hd_livelock_credit(hd_livelock *l, uint64_t wanted) {
    if (l->free == 0) return 1;
    if (wanted > l->free) wanted = l->free;
    l->free -= wanted;
    return wanted;
}

/* True if the event remembered, which has happened by now, changed what agents can see. */
static bool changed(const hd_livelock *l) {
    const hd_event *e = &l->before;
    switch (e->kind) {
    case HD_EVENT_STORE:
    case HD_EVENT_ATOMIC_STORE:
    case HD_EVENT_RMW:
    case HD_EVENT_CMPXCHG: return memcmp(l->bytes, e->memory->base + e->address, e->length) != 0;
    case HD_EVENT_HOST: return !l->idle;
    case HD_EVENT_FILL:
    case HD_EVENT_GROW: return true;
    default: return false;
    }
}

static void remember_event(hd_livelock *l, const hd_event *event) {
    l->before = *event;
    l->idle = false;
    bool bytes = event->kind == HD_EVENT_STORE || event->kind == HD_EVENT_ATOMIC_STORE ||
                 event->kind == HD_EVENT_RMW || event->kind == HD_EVENT_CMPXCHG;
    if (!bytes) return;
    uint64_t length = atomic_load(&event->memory->length);
    if (event->address > length || event->length > length - event->address ||
        event->length > sizeof l->bytes)
        l->before.kind = HD_EVENT_HOST; /* about to trap: no repetition */
    else
        memcpy(l->bytes, event->memory->base + event->address, event->length);
}

void hd_livelock_idle(hd_livelock *l) {
    l->idle = true;
}

bool hd_livelock_check(hd_livelock *l, const hd_agent *agent, const hd_store *store) {
    if (l->free > 0) return false;
    if (l->cycle.remembered && changed(l)) hd_cycle_forget(&l->cycle);
    remember_event(l, hd_agent_next_event(agent));
    switch (hd_cycle_look(&l->cycle, agent, store)) {
    case HD_CYCLE_FOUND: return true;
    case HD_CYCLE_SPENT:
        hd_cycle_widen(&l->cycle);
        l->free = l->cycle.window * FREE_PER_LOOK;
        return false;
    default: return false;
    }
}
