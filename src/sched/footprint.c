/* footprint.c: footprints as sets of spans, and the watcher that takes them. */
#include "sched/footprint.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/memory.h"

/* The line of places: a region for each kind of object, in it one for each memory. */
enum {
    REGION_BYTE,
    REGION_QUEUE,
    REGION_WAKE,
    REGION_LENGTH,
    REGION_LIFECYCLE,
    REGION_COUNTERS,
    REGION_OUTSIDE,
    REGION_SHIFT = 60,
    MEMORY_SHIFT = 40, /* an address takes 33 bits */
};

static uint64_t place(unsigned region, uint32_t memory, uint64_t address) {
    return (uint64_t)region << REGION_SHIFT | (uint64_t)memory << MEMORY_SHIFT | address;
}

uint64_t hd_place_byte(uint32_t memory, uint64_t address) {
    return place(REGION_BYTE, memory, address);
}

uint64_t hd_place_queue(uint32_t memory, uint64_t address) {
    return place(REGION_QUEUE, memory, address);
}

uint64_t hd_place_wake(uint32_t agent) {
    return place(REGION_WAKE, 0, agent);
}

uint64_t hd_place_length(uint32_t memory) {
    return place(REGION_LENGTH, memory, 0);
}

uint64_t hd_place_lifecycle(uint32_t agent) {
    return place(REGION_LIFECYCLE, 0, agent);
}

uint64_t hd_place_spawns(void) {
    return place(REGION_COUNTERS, 0, 0);
}

uint64_t hd_place_live(void) {
    return place(REGION_COUNTERS, 0, 1);
}

uint64_t hd_place_outside(void) {
    return place(REGION_OUTSIDE, 0, 0);
}

bool hd_place_is_byte(uint64_t at, uint32_t *memory, uint64_t *address) {
    *memory = (uint32_t)(at >> MEMORY_SHIFT) & ((UINT32_C(1) << (REGION_SHIFT - MEMORY_SHIFT)) - 1);
    *address = at & ((UINT64_C(1) << MEMORY_SHIFT) - 1);
    return at >> REGION_SHIFT == REGION_BYTE;
}

/* Sets of spans. */

static bool span_conflicts(const hd_span *span, const hd_footprint *f) {
    if (hd_spans_conflict(span, &f->first)) return true;
    for (uint32_t i = 0; i < f->rest_count; i++)
        if (hd_spans_conflict(span, &f->rest[i])) return true;
    return false;
}

bool hd_footprints_depend_any(const hd_footprint *a, const hd_footprint *b) {
    if (a->program || b->program) return true;
    if (span_conflicts(&a->first, b)) return true;
    for (uint32_t i = 0; i < a->rest_count; i++)
        if (span_conflicts(&a->rest[i], b)) return true;
    return false;
}

bool hd_footprint_writes(const hd_footprint *f, const hd_span *span) {
    hd_footprint reader = {.first = {span->from, span->to, 0}};
    return !f->program && hd_footprints_depend_any(f, &reader);
}

void hd_footprint_pool_free(hd_footprint_pool *pool) {
    hd_map_free(&pool->sets);
    hd_arena_free(&pool->arena);
}

static int by_place(const void *a, const void *b) {
    const hd_span *x = a, *y = b;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    if (x->to != y->to) return x->to < y->to ? -1 : 1;
    return (x->writes > y->writes) - (x->writes < y->writes);
}

/* Sorts spans and melts those that touch; what is also written need not be read. */
static size_t normalize(hd_span *spans, size_t count) {
    size_t kept = 0;
    qsort(spans, count, sizeof *spans, by_place);
    for (size_t i = 0; i < count; i++) {
        hd_span *last = kept > 0 ? &spans[kept - 1] : NULL;
        if (spans[i].from == spans[i].to) continue;
        if (last && last->writes == spans[i].writes && spans[i].from <= last->to) {
            if (spans[i].to > last->to) last->to = spans[i].to;
        } else if (last && last->writes && spans[i].to <= last->to) {
            continue;
        } else if (last && spans[i].writes && spans[i].from == last->from &&
                   spans[i].to >= last->to) {
            *last = spans[i];
        } else {
            spans[kept++] = spans[i];
        }
    }
    return kept;
}

bool hd_footprint_make(hd_footprint_pool *pool, hd_span *spans, size_t count, hd_footprint *f) {
    *f = (hd_footprint){0};
    if (count > 1) count = normalize(spans, count);
    if (count == 0) return true;
    f->first = spans[0];
    if (count == 1) return true;
    const char *key = (const char *)(spans + 1);
    size_t length = (count - 1) * sizeof *spans;
    hd_span *set = hd_map_get(&pool->sets, key, length);
    if (!set) {
        set = hd_arena_alloc(&pool->arena, count - 1, sizeof *set);
        if (!set) return false;
        memcpy(set, spans + 1, length);
        if (!hd_map_put(&pool->sets, (const char *)set, length, set, NULL)) return false;
    }
    f->rest = set;
    f->rest_count = (uint32_t)(count - 1);
    return true;
}

/* The watcher. */

static void add(hd_recorder *r, uint64_t from, uint64_t length, bool writes) {
    if (!hd_vec_push(&r->now.spans, ((hd_span){from, from + length, writes}))) r->incomplete = true;
}

/* If a growth could change the verdict on its bounds, an access has read the length, too. */
static void add_access(hd_recorder *r, const hd_event *e, uint32_t number, bool writes) {
    const hd_limits *type = &e->memory->type;
    uint64_t end = e->address + e->length;
    if (e->length > 0) add(r, hd_place_byte(number, e->address), e->length, writes);
    if (type->min < type->max && end > type->min * HD_PAGE_SIZE && end <= type->max * HD_PAGE_SIZE)
        add(r, hd_place_length(number), 1, false);
}

static void on_event(void *context, uint32_t agent, uint64_t step, const hd_event *e) {
    hd_recorder *r = context;
    hd_happening *now = &r->now;
    uint32_t number = e->memory ? r->number(r->context, e->memory) : 0;
    bool writes = e->writes || !r->refined;
    (void)agent;
    (void)step;
    now->failed = false;
    switch (e->kind) {
    case HD_EVENT_LOAD:
    case HD_EVENT_ATOMIC_LOAD:
    case HD_EVENT_COPY: add_access(r, e, number, false); break;
    case HD_EVENT_STORE:
    case HD_EVENT_ATOMIC_STORE:
    case HD_EVENT_RMW:
    case HD_EVENT_FILL:
        add_access(r, e, number, true);
        now->changes = true;
        break;
    case HD_EVENT_CMPXCHG:
        add_access(r, e, number, writes);
        now->changes |= e->writes;
        break;
    case HD_EVENT_WAIT:
        add_access(r, e, number, false);
        if (writes) add(r, hd_place_queue(number, e->address), 1, true);
        now->changes |= e->writes;
        break;
    case HD_EVENT_NOTIFY:
        add_access(r, &(hd_event){.memory = e->memory, .address = e->address + e->length}, number,
                   false);
        add(r, hd_place_queue(number, e->address), 1, e->count > 0 || !r->refined);
        now->changes |= e->count > 0;
        break;
    case HD_EVENT_SIZE: add(r, hd_place_length(number), 1, false); break;
    case HD_EVENT_GROW:
        add(r, hd_place_length(number), 1, writes);
        now->changes |= e->writes;
        break;
    case HD_EVENT_HOST:
        add(r, hd_place_outside(), 1, true);
        now->changes = true;
        break;
    default: break;
    }
}

static void on_woken(void *context, uint32_t agent, uint32_t by, uint64_t step,
                     const hd_memory *memory, uint64_t address) {
    hd_recorder *r = context;
    (void)step;
    r->now.changes = true;
    if (by == HD_NO_AGENT) {
        add(r, hd_place_queue(r->number(r->context, memory), address), 1, true);
        r->now.timeout = true;
    } else {
        add(r, hd_place_wake(agent), 1, true);
        if (!hd_vec_push(&r->now.woken, agent)) r->incomplete = true;
    }
}

static void on_spawned(void *context, uint32_t parent, uint32_t child) {
    hd_recorder *r = context;
    (void)parent;
    add(r, hd_place_lifecycle(child), 1, true);
    add(r, hd_place_spawns(), 1, true);
    add(r, hd_place_live(), 1, false);
    r->now.changes = true;
    if (!hd_vec_push(&r->now.spawned, child)) r->incomplete = true;
}

static void on_joined(void *context, uint32_t agent, uint32_t other) {
    (void)agent;
    add(context, hd_place_lifecycle(other), 1, false);
}

static void on_ended(void *context, uint32_t agent) {
    hd_recorder *r = context;
    add(r, hd_place_lifecycle(agent), 1, true);
    if (r->live) add(r, hd_place_live(), 1, true);
    r->now.changes = true;
}

hd_observer hd_recorder_observer(hd_recorder *recorder) {
    return (hd_observer){.context = recorder,
                         .event = on_event,
                         .woken = on_woken,
                         .spawned = on_spawned,
                         .joined = on_joined,
                         .ended = on_ended};
}

void hd_recorder_free(hd_recorder *r) {
    hd_vec_free(&r->now.woken);
    hd_vec_free(&r->now.spawned);
    hd_vec_free(&r->now.spans);
}

void hd_recorder_begin(hd_recorder *r, uint32_t agent) {
    hd_happening *now = &r->now;
    hd_task_view view = hd_world_view(r->world, agent);
    r->agent = agent;
    now->woken.len = now->spawned.len = now->spans.len = 0;
    now->kind = HD_EVENT_RESUME;
    now->changes = now->failed = false;
    now->timeout = !view.enabled;
    now->memory = NULL;
    now->address = now->length = 0;
    if (!view.next) return;
    now->kind = view.next->kind;
    now->memory = view.next->memory;
    now->address = view.next->address;
    now->length = view.next->length;
    now->number = now->memory ? r->number(r->context, now->memory) : 0;
    /* An access of the machine that nobody is told of has trapped. */
    now->failed = now->kind < HD_EVENT_HOST;
}

/* What reads a length because it failed, or because it makes memories known to an agent. */
static void add_lengths(hd_recorder *r) {
    uint32_t any = UINT32_C(1) << (REGION_SHIFT - MEMORY_SHIFT);
    bool all = r->now.kind == HD_EVENT_INSTANTIATE || r->now.kind == HD_EVENT_COPY ||
               r->now.kind == HD_EVENT_FILL;
    if (all)
        add(r, hd_place_length(0), (uint64_t)(any - 1) << MEMORY_SHIFT, false);
    else if (r->now.memory)
        add_access(r,
                   &(hd_event){.memory = r->now.memory, .address = r->now.address + r->now.length},
                   r->now.number, false);
}

bool hd_recorder_end(hd_recorder *r, hd_footprint *f) {
    hd_happening *now = &r->now;
    switch (now->kind) {
    case HD_EVENT_RESUME:
        if (!now->timeout) add(r, hd_place_wake(r->agent), 1, false);
        now->changes = true;
        break;
    case HD_EVENT_INSTANTIATE:
        add_lengths(r);
        now->changes = true;
        break;
    case HD_EVENT_SPAWN:
    case HD_EVENT_JOIN:
    case HD_EVENT_END:
    case HD_EVENT_EXIT: now->changes = true; break;
    case HD_EVENT_HOST:
        /* One that blocked, ended the program or failed was not told of. */
        if (now->spans.len == 0) add(r, hd_place_outside(), 1, true);
        now->changes = true;
        break;
    default:
        if (now->failed) add_lengths(r);
    }
    if (r->incomplete || !hd_footprint_make(r->pool, now->spans.items, now->spans.len, f))
        return false;
    f->program = now->kind == HD_EVENT_EXIT;
    return true;
}

bool hd_recorder_is_plain(const hd_recorder *r, uint32_t agent, hd_span *span) {
    hd_task_view view = hd_world_view(r->world, agent);
    const hd_event *e = view.next;
    if (!view.enabled || !e) return false;
    if (e->kind != HD_EVENT_LOAD && e->kind != HD_EVENT_STORE && e->kind != HD_EVENT_COPY &&
        e->kind != HD_EVENT_FILL)
        return false;
    uint64_t length = atomic_load(&e->memory->length);
    if (e->address > length || e->length > length - e->address) return false;
    uint64_t from = hd_place_byte(r->number(r->context, e->memory), e->address);
    *span =
        (hd_span){from, from + e->length, e->kind == HD_EVENT_STORE || e->kind == HD_EVENT_FILL};
    return true;
}
