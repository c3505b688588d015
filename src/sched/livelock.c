/* livelock.c: recognition of an agent that repeats itself. */
#include "sched/livelock.h"

#include <string.h>

/* Looking closely costs far more than the events themselves. So the agent runs free in between, a
 * hundred times as long as it is then looked at; both grow, until a window is wide enough for a
 * whole period. */
enum { FIRST_WINDOW = 16, FREE_PER_LOOK = 100 };

void hd_livelock_reset(hd_livelock *l) {
    if (l->window == FIRST_WINDOW && l->free == FIRST_WINDOW * FREE_PER_LOOK) return;
    *l = (hd_livelock){.window = FIRST_WINDOW, .free = FIRST_WINDOW * FREE_PER_LOOK, .power = 1};
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
    case HD_EVENT_FILL:
    case HD_EVENT_GROW:
    case HD_EVENT_HOST: return true;
    default: return false;
    }
}

static void remember_event(hd_livelock *l, const hd_event *event) {
    l->before = *event;
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

bool hd_livelock_check(hd_livelock *l, const hd_agent *agent, const hd_store *store) {
    if (l->free > 0) return false;
    if (++l->looked > l->window) {
        l->window *= 2;
        l->looked = 0;
        l->free = l->window * FREE_PER_LOOK;
        l->remembered = false;
        return false;
    }
    uint64_t state[2] = {hd_agent_fingerprint(agent)};
    if (!hd_store_fingerprint(store, &state[1])) return false;
    if (l->remembered && changed(l)) l->remembered = false;
    remember_event(l, hd_agent_next_event(agent));
    if (l->remembered && state[0] == l->state[0] && state[1] == l->state[1]) return true;
    if (!l->remembered || ++l->lap >= l->power) {
        memcpy(l->state, state, sizeof state);
        l->power = l->remembered ? l->power * 2 : 1;
        l->lap = 0;
        l->remembered = true;
    }
    return false;
}
