/* race.c: the race detector's agents, and what orders their events (race_order.c). */
#include <string.h>

#include "check/race_internal.h"

enum { DEPTH = 8, LIMIT = 1000, MAX_AGENTS = 1 << 16 };

#define DEFAULT_MEMORY ((size_t)2 << 30)
#define MAX_STEP (UINT64_C(1) << 46)

void hd_race_give_up(hd_race_detector *d, hd_race_status status) {
    if (d->status == HD_RACE_WATCHING) d->status = status;
}

/* Agents. */

static void learn_name(hd_race_detector *d, hd_race_agent *agent, uint32_t number) {
    agent->name = "";
    if (!d->world || number >= hd_world_count(d->world)) return;
    hd_task_view view = hd_world_view(d->world, number);
    if (view.member) agent->machine = hd_member_agent(view.member);
    const char *name = view.name;
    agent->name = hd_arena_strndup(&d->arena, name, strlen(name));
    if (!agent->name) {
        agent->name = "";
        hd_race_give_up(d, HD_RACE_NO_MEMORY);
    }
}

static hd_race_agent *add_agents(hd_race_detector *d, uint32_t number) {
    if (number >= MAX_AGENTS) return hd_race_give_up(d, HD_RACE_TOO_MANY_AGENTS), NULL;
    while (d->agents.len <= number) {
        uint32_t next = (uint32_t)d->agents.len;
        hd_race_agent agent = {.epoch = HD_EPOCH(next, 0)};
        if (!hd_vec_push(&d->agents, agent)) return hd_race_give_up(d, HD_RACE_NO_MEMORY), NULL;
    }
    return &d->agents.items[number];
}

/* The agent of that number; NULL when the detector has given up. */
static inline hd_race_agent *agent_of(hd_race_detector *d, uint32_t number) {
    if (d->status != HD_RACE_WATCHING) return NULL;
    if (number < d->agents.len && d->agents.items[number].name) return &d->agents.items[number];
    hd_race_agent *agent = add_agents(d, number);
    if (agent) learn_name(d, agent, number);
    return d->status == HD_RACE_WATCHING ? agent : NULL;
}

/* Memories. */

static hd_race_memory *add_memory(hd_race_detector *d, const hd_memory *memory) {
    for (size_t i = 0; i < d->memories.len; i++)
        if (d->memories.items[i]->memory == memory) return d->memory = d->memories.items[i];
    hd_race_memory *m = hd_calloc(1, sizeof *m);
    if (!m || !hd_vec_push(&d->memories, m)) {
        hd_free(m);
        hd_race_give_up(d, HD_RACE_NO_MEMORY);
        return NULL;
    }
    m->memory = memory;
    m->number = (uint32_t)d->memories.len - 1;
    m->shadow = (hd_shadow){.clocks = &d->clocks, .budget = &d->budget};
    return d->memory = m;
}

static inline hd_race_memory *memory_of(hd_race_detector *d, const hd_memory *memory) {
    return d->memory && d->memory->memory == memory ? d->memory : add_memory(d, memory);
}

/* Wait queues: their events are in one order, which is part of happens-before. */

static hd_race_queue *queue_of(hd_race_detector *d, hd_race_memory *m, uint64_t address) {
    for (size_t i = m->queues.len; i-- > 0;)
        if (m->queues.items[i].address == address) {
            /* To the end: it will soon be looked for again. */
            hd_race_queue found = m->queues.items[i];
            m->queues.items[i] = m->queues.items[m->queues.len - 1];
            m->queues.items[m->queues.len - 1] = found;
            return &m->queues.items[m->queues.len - 1];
        }
    if (!hd_vec_push(&m->queues, (hd_race_queue){.address = address})) {
        hd_race_give_up(d, HD_RACE_NO_MEMORY);
        return NULL;
    }
    return &m->queues.items[m->queues.len - 1];
}

static void queue_event(hd_race_detector *d, hd_race_agent *agent, hd_race_memory *m,
                        uint64_t address) {
    hd_race_queue *queue = queue_of(d, m, address);
    if (!queue) return;
    hd_race_acquire(d, agent, &queue->latest, HD_RACE_SYNC_QUEUE, address);
    hd_race_publish(d, agent, &queue->latest);
}

/* The length of a memory: changed and asked for by SeqCst accesses, but looked at by bounds checks
 * that are not. */

/* The growth that makes so many bytes accessible; NULL: they always were. */
static const hd_race_verdict *growth_for(const hd_race_memory *m, uint64_t end) {
    size_t low = 0, high = m->growths.len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (m->growths.items[middle].from < end)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &m->growths.items[low - 1] : NULL;
}

static void check_bounds(hd_race_detector *d, const hd_race_event *e) {
    if (e->memory->growths.len == 0) return;
    const hd_race_verdict *growth = growth_for(e->memory, e->address + e->length);
    if (growth && !hd_race_ordered(d, e->agent, growth->epoch)) hd_race_found_growth(d, e, growth);
}

static void grow(hd_race_detector *d, const hd_race_event *e) {
    hd_race_memory *m = e->memory;
    hd_race_verdict growth = {.from = e->address,
                              .to = e->address + e->length,
                              .epoch = e->agent->epoch,
                              .stack = e->place.stack,
                              .location = e->place.location};
    if (!hd_vec_push(&m->growths, growth)) return hd_race_give_up(d, HD_RACE_NO_MEMORY);
    for (size_t i = 0; i < m->traps.len; i++)
        if (m->traps.items[i].to > growth.from && m->traps.items[i].to <= growth.to &&
            !hd_race_ordered(d, e->agent, m->traps.items[i].epoch))
            hd_race_found_trap(d, e, &m->traps.items[i]);
    hd_race_publish(d, e->agent, &m->length);
}

/* The observer. */

static hd_what what_of(const hd_event *event) {
    switch (event->kind) {
    case HD_EVENT_STORE: return HD_WHAT_STORE;
    case HD_EVENT_ATOMIC_LOAD: return HD_WHAT_ATOMIC_LOAD;
    case HD_EVENT_ATOMIC_STORE: return HD_WHAT_ATOMIC_STORE;
    case HD_EVENT_RMW: return HD_WHAT_RMW;
    case HD_EVENT_CMPXCHG: return event->writes ? HD_WHAT_CMPXCHG : HD_WHAT_FAILED_CMPXCHG;
    case HD_EVENT_WAIT: return HD_WHAT_WAIT;
    case HD_EVENT_FILL: return HD_WHAT_FILL;
    case HD_EVENT_COPY: return HD_WHAT_COPY;
    default: return HD_WHAT_LOAD;
    }
}

static unsigned width_of(const hd_event *event) {
    if (event->kind == HD_EVENT_FILL || event->kind == HD_EVENT_COPY) return HD_WIDTH_BULK;
    switch (event->length) {
    case 1: return 0;
    case 2: return 1;
    case 4: return 2;
    case 8: return 3;
    case 16: return 4;
    default: return HD_WIDTH_BULK;
    }
}

static bool find_place(hd_race_detector *d, hd_race_agent *agent, hd_place *place) {
    if (d->options.where) {
        uint32_t number = HD_EPOCH_AGENT(agent->epoch);
        return hd_stacks_numbered(&d->stacks, d->options.where(d->options.where_context, number),
                                  place);
    }
    if (agent->machine) return hd_stacks_here(&d->stacks, agent->machine, &agent->callers, place);
    return hd_stacks_numbered(&d->stacks, 0, place);
}

/* An agent is alone if all others have ended and what they did happens before what it does now. No
 * access of it can race then: whoever comes is spawned by it, and after it. What the shadow still
 * knows of earlier accesses, and of writes that it has overwritten since, orders nothing that is
 * not ordered anyway, by the spawn. */
static bool is_alone(hd_race_detector *d, const hd_race_agent *agent) {
    if (agent->ended || d->tried == d->orders + 1) return false;
    for (size_t i = 0; i < d->agents.len; i++) {
        const hd_race_agent *other = &d->agents.items[i];
        if (other == agent || hd_clock_covers(agent->clock, other->accessed)) continue;
        d->tried = d->orders + 1;
        return false;
    }
    return true;
}

/* Lets an agent that is alone go on without being watched. */
static inline void spare(hd_race_detector *d, const hd_race_agent *agent) {
    if (d->living != 1 || !d->world || hd_world_spares(d->world)) return;
    if (is_alone(d, agent)) hd_world_spare(d->world, HD_EPOCH_AGENT(agent->epoch));
}

static bool on_spare(void *context, uint32_t agent, hd_sparse *sparse) {
    (void)context, (void)agent, (void)sparse;
    return true;
}

/* An agent that was not watched has made the latest events. */
static void catch_up(hd_race_detector *d, hd_race_agent *agent, uint32_t number) {
    if (!d->world || !hd_world_spares(d->world)) return;
    uint64_t steps = hd_world_steps(d->world);
    if (steps > 0 && steps < MAX_STEP && HD_RACE_STAMP(steps - 1) > HD_EPOCH_STAMP(agent->epoch))
        agent->epoch = HD_EPOCH(number, HD_RACE_STAMP(steps - 1));
}

static void look_at(hd_race_detector *d, hd_race_agent *agent, const hd_event *event) {
    hd_race_event e = {.agent = agent,
                       .memory = memory_of(d, event->memory),
                       .address = event->address,
                       .length = event->length,
                       .kind = event->kind,
                       .what = what_of(event),
                       .width = width_of(event)};
    if (!e.memory) return;
    if (!find_place(d, agent, &e.place)) return hd_race_give_up(d, HD_RACE_NO_MEMORY);
    switch (event->kind) {
    case HD_EVENT_INSTANTIATE:
    case HD_EVENT_SIZE:
    case HD_EVENT_GROW:
        hd_race_acquire(d, agent, &e.memory->length, HD_RACE_SYNC_LENGTH, 0);
        if (event->writes) grow(d, &e);
        agent->accessed = agent->epoch;
        break;
    case HD_EVENT_NOTIFY:
        if (event->count > 0) queue_event(d, agent, e.memory, e.address);
        check_bounds(d, &e);
        break;
    default:
        hd_race_access_memory(d, &e);
        check_bounds(d, &e); /* one event with the access: what orders that one orders this too */
        if (event->kind == HD_EVENT_WAIT && event->writes)
            queue_event(d, agent, e.memory, e.address);
        agent->accessed = agent->epoch;
    }
}

static void on_event(void *context, uint32_t number, uint64_t step, const hd_event *event) {
    hd_race_detector *d = context;
    hd_race_agent *agent = agent_of(d, number);
    if (!agent || step >= MAX_STEP) return;
    agent->epoch = HD_EPOCH(number, HD_RACE_STAMP(step));
    if (event->kind == HD_EVENT_FENCE)
        hd_race_fence(d, agent);
    else if (event->memory) /* a call of the host orders nothing */
        look_at(d, agent, event);
    spare(d, agent);
}

/* Told before the notify itself, which happens before the agents wake. */
static void on_woken(void *context, uint32_t number, uint32_t by, uint64_t step,
                     const hd_memory *memory, uint64_t address) {
    hd_race_detector *d = context;
    if (d->status != HD_RACE_WATCHING || step >= MAX_STEP) return;
    if (!agent_of(d, number) || (by != HD_NO_AGENT && !agent_of(d, by))) return;
    hd_race_memory *m = memory_of(d, memory);
    if (!m) return;
    if (by != HD_NO_AGENT) {
        d->agents.items[by].epoch = HD_EPOCH(by, HD_RACE_STAMP(step));
        queue_event(d, &d->agents.items[by], m, address);
    }
    d->agents.items[number].epoch = HD_EPOCH(number, HD_RACE_WAKE_STAMP(step));
    queue_event(d, &d->agents.items[number], m, address);
}

/* Orders all that an agent has done so far before what another one does from now on. */
static void order_after(hd_race_detector *d, uint32_t number, uint32_t other,
                        hd_race_sync_kind kind) {
    const hd_race_agent *from = &d->agents.items[other];
    hd_release release = {from->clock, from->fenced, from->epoch};
    hd_race_order(d, &d->agents.items[number], &release, kind, 0);
}

static void on_spawned(void *context, uint32_t parent, uint32_t child) {
    hd_race_detector *d = context;
    d->living++;
    if (parent != HD_NO_AGENT && agent_of(d, parent)) catch_up(d, &d->agents.items[parent], parent);
    if (d->world) hd_world_hear(d->world);
    if (!agent_of(d, child) || parent == HD_NO_AGENT || !agent_of(d, parent)) return;
    order_after(d, child, parent, HD_RACE_SYNC_SPAWN);
}

static void on_joined(void *context, uint32_t number, uint32_t other) {
    hd_race_detector *d = context;
    if (!agent_of(d, number) || !agent_of(d, other)) return;
    order_after(d, number, other, HD_RACE_SYNC_JOIN);
}

/* An access out of bounds is told of by no event of its own: it can only be seen in an agent that
 * has trapped by it. */
static void on_trapped(void *context, uint32_t number) {
    hd_race_detector *d = context;
    hd_race_agent *agent = agent_of(d, number);
    if (!agent) return;
    const hd_memory *memory;
    uint64_t address;
    uint32_t width;
    hd_place place;
    if (!agent->machine || !hd_stacks_out_of_bounds(agent->machine, &memory, &address, &width))
        return;
    hd_race_memory *m = memory_of(d, memory);
    if (!m) return;
    /* The latest step, unless the agent has waited for something since; after its latest event in
     * any case. */
    uint64_t steps = hd_world_steps(d->world), stamp = HD_EPOCH_STAMP(agent->epoch) + 1;
    if (steps > 0 && HD_RACE_STAMP(steps - 1) > stamp) stamp = HD_RACE_STAMP(steps - 1);
    agent->epoch = HD_EPOCH(number, stamp);
    hd_race_verdict trap = {.from = address, .to = address + width, .epoch = agent->epoch};
    if (!hd_stacks_here(&d->stacks, agent->machine, &agent->callers, &place))
        return hd_race_give_up(d, HD_RACE_NO_MEMORY);
    trap.stack = place.stack;
    trap.location = place.location;
    agent->accessed = agent->epoch;
    if (!hd_vec_push(&m->traps, trap)) hd_race_give_up(d, HD_RACE_NO_MEMORY);
}

/* Nobody can join a detached agent, so that what it knew of the others is of no more use. With many
 * agents that come and go it would take their number squared. */
static void forget_detached(hd_race_detector *d, hd_race_agent *agent, uint32_t number) {
    if (!d->world || number >= hd_world_count(d->world)) return;
    const hd_member *member = hd_world_view(d->world, number).member;
    if (!member || !hd_member_detached(member)) return;
    hd_race_forget_clocks(d, agent);
    agent->machine = NULL;
}

static void on_ended(void *context, uint32_t number) {
    hd_race_detector *d = context;
    hd_race_agent *agent = agent_of(d, number);
    d->living--;
    if (!agent) return;
    agent->ended = true;
    catch_up(d, agent, number);
    forget_detached(d, agent, number);
}

hd_race_detector *hd_race_detector_new(const hd_race_options *options) {
    hd_race_detector *d = hd_calloc(1, sizeof *d);
    if (!d) return NULL;
    d->options = *options;
    if (!d->options.depth) d->options.depth = DEPTH;
    if (!d->options.limit) d->options.limit = LIMIT;
    if (!d->options.memory) d->options.memory = DEFAULT_MEMORY;
    d->budget = d->options.memory;
    d->observer = (hd_observer){.context = d,
                                .event = on_event,
                                .spare = on_spare,
                                .woken = on_woken,
                                .spawned = on_spawned,
                                .joined = on_joined,
                                .trapped = on_trapped,
                                .ended = on_ended};
    return d;
}

static void free_memory(hd_race_detector *d, hd_race_memory *m) {
    hd_shadow_free(&m->shadow);
    for (size_t i = 0; i < m->queues.len; i++)
        hd_race_release(d, &m->queues.items[i].latest);
    hd_race_release(d, &m->length);
    hd_vec_free(&m->queues);
    hd_vec_free(&m->growths);
    hd_vec_free(&m->traps);
    hd_free(m);
}

/* Releases what was seen of an execution. */
static void forget(hd_race_detector *d) {
    for (size_t i = 0; i < d->memories.len; i++)
        free_memory(d, d->memories.items[i]);
    for (size_t i = 0; i < d->agents.len; i++) {
        hd_race_forget_clocks(d, &d->agents.items[i]);
        hd_free(d->agents.items[i].syncs);
    }
    d->memories.len = d->agents.len = 0;
}

/* Where code stands is known for good, and what the lists of suppressions say of it. */
void hd_race_detector_reset(hd_race_detector *d) {
    forget(d);
    if (!hd_stacks_keep(&d->stacks)) d->kinds.len = 0;
    if (d->pair_count > 0) memset(d->pairs, 0, d->pair_room * sizeof *d->pairs);
    d->pair_count = 0;
    d->reports.len = 0;
    d->bulk_count = 0;
    d->counts = (hd_race_counts){0};
    d->memory = NULL;
    d->world = NULL;
    d->status = HD_RACE_WATCHING;
    d->budget = d->options.memory;
    d->living = 0;
    d->orders = d->tried = 0;
    hd_arena_release(&d->arena, (hd_arena_place){0});
}

void hd_race_detector_free(hd_race_detector *d) {
    if (!d) return;
    forget(d);
    hd_clocks_free(&d->clocks);
    hd_vec_free(&d->memories);
    hd_vec_free(&d->agents);
    hd_stacks_free(&d->stacks);
    hd_free(d->bulks);
    hd_free(d->pairs);
    hd_vec_free(&d->reports);
    hd_vec_free(&d->kinds);
    hd_arena_free(&d->arena);
    hd_free(d);
}

const hd_observer *hd_race_observer(const hd_race_detector *d) {
    return &d->observer;
}

void hd_race_attach(hd_race_detector *d, hd_world *world) {
    d->world = world;
}

hd_race_status hd_race_detector_status(const hd_race_detector *d) {
    return d->status;
}

const char *hd_race_status_message(hd_race_status status) {
    switch (status) {
    case HD_RACE_NO_MEMORY:
        return "the race detector ran out of memory and turned itself off: later races are not "
               "reported";
    case HD_RACE_TOO_MANY_AGENTS:
        return "the race detector knows no more than 65,536 agents and turned itself off: later "
               "races are not reported";
    default: return "the race detector watched the whole execution";
    }
}

size_t hd_race_count(const hd_race_detector *d) {
    return d->reports.len;
}

const hd_race_report *hd_race_get(const hd_race_detector *d, size_t index) {
    return d->reports.items[index];
}

bool hd_race_is_shown(const hd_race_detector *d, const hd_race_report *report) {
    return hd_race_shows(&d->options, report->grade);
}

hd_race_counts hd_race_get_counts(const hd_race_detector *d) {
    hd_race_counts counts = d->counts;
    counts.show_suppressed = d->options.show_suppressed;
    counts.show_fenced = d->options.show_fenced;
    return counts;
}
