/* livelock.c: recognition of agents that repeat themselves. */
#include "sched/livelock.h"

#include <string.h>

#include "base/alloc.h"

enum { FIRST_WINDOW = 16, FREE_PER_LOOK = 100 };

/* So many events of agents that are known to be in a cycle are a unit of work: a strategy may move
 * one of them for long before the next one's turn. */
enum { CYCLIC_PER_LOOK = 16 };

static void run_free(hd_livelock *l) {
    l->free = l->work.window * FREE_PER_LOOK;
    l->stepping = false;
    l->effects++; /* what is remembered is out of date by then */
}

void hd_livelock_start(hd_livelock *l) {
    hd_cycle_grant(&l->work, FIRST_WINDOW);
    run_free(l);
}

void hd_livelock_free(hd_livelock *l) {
    for (uint32_t i = 0; i < l->room; i++)
        hd_cycle_free(&l->agents[i].cycle);
    hd_free(l->agents);
    l->agents = NULL;
    l->count = l->room = 0;
}

/* The record of an agent; NULL when memory is out. */
static struct hd_livelock_agent *agent_of(hd_livelock *l, uint32_t number) {
    if (number >= l->room) {
        uint32_t room = l->room ? l->room * 2 : 8;
        while (room <= number)
            room *= 2;
        struct hd_livelock_agent *grown = hd_realloc(l->agents, room, sizeof *grown);
        if (!grown) return NULL;
        memset(grown + l->room, 0, (room - l->room) * sizeof *grown);
        l->agents = grown;
        l->room = room;
    }
    return &l->agents[number];
}

static bool writes_bytes(const hd_event *e) {
    return e->kind == HD_EVENT_STORE || e->kind == HD_EVENT_ATOMIC_STORE ||
           e->kind == HD_EVENT_RMW || e->kind == HD_EVENT_CMPXCHG;
}

/* Remembers the event that is about to happen. */
static void remember_event(hd_livelock *l, uint32_t agent, const hd_event *event) {
    l->stepping = true;
    l->agent = agent;
    l->before = event ? *event : (hd_event){.kind = HD_EVENT_EXIT};
    if (!writes_bytes(&l->before)) return;
    uint64_t length = atomic_load(&l->before.memory->length);
    if (l->before.address > length || l->before.length > length - l->before.address ||
        l->before.length > sizeof l->bytes)
        l->before.kind = HD_EVENT_EXIT; /* about to trap: no repetition */
    else
        memcpy(l->bytes, l->before.memory->base + l->before.address, l->before.length);
}

/* True if the event remembered, which has happened by now, may have changed what agents can see. A
 * wait that enters its queue does; one that found another value does not, and its agent still is
 * within its call. A notify that wakes somebody enables an agent. */
static bool had_effect(const hd_livelock *l, const hd_world *world) {
    const hd_event *e = &l->before;
    if (writes_bytes(e)) return memcmp(l->bytes, e->memory->base + e->address, e->length) != 0;
    switch (e->kind) {
    case HD_EVENT_LOAD:
    case HD_EVENT_ATOMIC_LOAD:
    case HD_EVENT_FENCE:
    case HD_EVENT_SIZE:
    case HD_EVENT_COPY: return false;
    case HD_EVENT_NOTIFY: return hd_world_woke(world);
    case HD_EVENT_WAIT: return hd_world_view(world, l->agent).state == HD_TASK_WAITING;
    case HD_EVENT_HOST: return !hd_world_was_idle(world);
    default: return true;
    }
}

uint64_t hd_livelock_credit(hd_livelock *l, const hd_world *world, uint32_t agent,
                            uint64_t wanted) {
    if (l->free > 0) return wanted < l->free ? wanted : l->free;
    hd_task_view view = hd_world_view(world, agent);
    remember_event(l, agent, view.next);
    return 1;
}

/* True if every agent that can move is in a cycle since the last effect. */
static bool all_cyclic(hd_livelock *l, hd_world *world) {
    size_t count;
    const uint32_t *enabled = hd_world_enabled(world, &count);
    for (size_t i = 0; i < count; i++) {
        const struct hd_livelock_agent *a = agent_of(l, enabled[i]);
        if (!a || !a->cyclic || a->effects != l->effects) return false;
    }
    return count > 0;
}

/* Looks at the agent that has moved; true if it is found to be in a cycle. */
static bool look(hd_livelock *l, const hd_world *world) {
    struct hd_livelock_agent *a = agent_of(l, l->agent);
    hd_task_view view = hd_world_view(world, l->agent);
    if (!a || !view.enabled || view.state != HD_TASK_CALLING) return false;
    if (a->effects != l->effects) {
        hd_cycle_forget(&a->cycle);
        a->effects = l->effects;
        a->cyclic = false;
    }
    if (a->cyclic) return true;
    hd_cycle_agent state = {hd_member_agent(view.member), hd_member_store(view.member)};
    hd_cycle_subject subject = hd_cycle_of_agent(&state);
    a->cyclic = hd_cycle_look(&a->cycle, &l->work, &subject) == HD_CYCLE_FOUND;
    return a->cyclic;
}

bool hd_livelock_looked(const hd_livelock *l, bool *seen, bool *effect) {
    *seen = l->seen;
    *effect = l->effect;
    return l->looked && l->free == 0;
}

bool hd_livelock_moved(hd_livelock *l, hd_world *world, uint64_t events) {
    l->looked = false;
    if (l->free > 0) {
        l->free -= events < l->free ? events : l->free;
        return false;
    }
    l->looked = l->stepping;
    l->effect = l->stepping && had_effect(l, world);
    l->seen = l->before.kind != HD_EVENT_HOST || !l->effect;
    if (l->effect) l->effects++;
    l->stepping = false;
    if (look(l, world)) {
        if (all_cyclic(l, world)) return true;
        if (++l->cyclic % CYCLIC_PER_LOOK) return false;
    }
    hd_cycle_spend(&l->work, 1);
    if (l->work.left == 0) {
        hd_cycle_widen(&l->work);
        run_free(l);
    }
    return false;
}
