/* record.c: the record of an execution. See record.h. */
#include "debug/record.h"

#include <string.h>

#include "base/map.h"
#include "base/vec.h"
#include "debug/places.h"

enum { PAGE = 512 }; /* bytes whose writers are kept together */

/* The latest write of a byte. */
typedef struct writer {
    uint64_t step; /* plus one; 0: none */
    uint32_t agent;
} writer;

/* What is known of an agent. */
typedef struct known {
    uint64_t cause; /* of its next event: see hd_record_event */
    uint32_t cause_agent;
    uint64_t end; /* the step of its end */
    bool trapped; /* in the event under way */
    char *name;
} known;

struct hd_record {
    hd_strategy strategy; /* first: hd_strategy's functions get a pointer to it */
    hd_record_options options;
    hd_world *world;
    hd_arena arena;
    hd_places places;
    hd_map writers; /* number of a memory and of a page → writer * */
    HD_VEC(const hd_memory *) memories;
    HD_VEC(known) agents;
    bool incomplete;

    hd_record_event now;
    bool under_way;
    HD_VEC(hd_record_access) accesses;
    HD_VEC(uint32_t) woken, spawned;
    HD_VEC(hd_record_other) others;
};

static known *agent_of(hd_record *r, uint32_t agent) {
    while (r->agents.len <= agent)
        if (!hd_vec_push(&r->agents,
                         ((known){.cause = HD_NO_EVENT, .end = HD_NO_EVENT, .name = NULL}))) {
            r->incomplete = true;
            return NULL;
        }
    return &r->agents.items[agent];
}

/* Where an agent stands: in the innermost function that is not the host's. */
static const hd_report_frame *place_of(hd_record *r, uint32_t agent) {
    const hd_place_info *place = hd_places_of_agent(&r->places, r->world, agent);
    if (r->places.incomplete) r->incomplete = true;
    return place ? &place->frame : NULL;
}

/* Memory. */

static uint32_t number_of(hd_record *r, const hd_memory *memory) {
    for (size_t i = 0; i < r->memories.len; i++)
        if (r->memories.items[i] == memory) return (uint32_t)i;
    if (!hd_vec_push(&r->memories, memory)) r->incomplete = true;
    return (uint32_t)(r->memories.len - 1);
}

/* The writers of the page of an address; NULL: nobody has written there, or memory is out. */
static writer *page_of(hd_record *r, uint32_t memory, uint64_t address, bool make) {
    struct {
        uint64_t memory, page;
    } key = {memory, address / PAGE};
    writer *page = hd_map_get(&r->writers, (const char *)&key, sizeof key);
    if (page || !make) return page;
    char *kept = hd_arena_strndup(&r->arena, (const char *)&key, sizeof key);
    page = kept ? hd_arena_alloc(&r->arena, PAGE, sizeof *page) : NULL;
    if (page) memset(page, 0, PAGE * sizeof *page);
    if (!page || !hd_map_put(&r->writers, kept, sizeof key, page, NULL)) {
        r->incomplete = true;
        return NULL;
    }
    return page;
}

/* The latest writer of some bytes. */
static void find_writer(hd_record *r, hd_record_access *a) {
    writer latest = {0};
    for (uint64_t i = 0; i < a->length;) {
        uint64_t in = (a->address + i) % PAGE;
        uint64_t count = PAGE - in < a->length - i ? PAGE - in : a->length - i;
        const writer *page = page_of(r, a->memory, a->address + i, false);
        for (uint64_t j = 0; page && j < count; j++)
            if (page[in + j].step > latest.step) latest = page[in + j];
        i += count;
    }
    a->from_step = latest.step - 1; /* 0 - 1 is HD_NO_EVENT */
    a->from_agent = latest.step ? latest.agent : HD_NO_AGENT;
}

static void note_writer(hd_record *r, const hd_record_access *a) {
    for (uint64_t i = 0; i < a->length;) {
        uint64_t in = (a->address + i) % PAGE;
        uint64_t count = PAGE - in < a->length - i ? PAGE - in : a->length - i;
        writer *page = page_of(r, a->memory, a->address + i, true);
        if (!page) return;
        for (uint64_t j = 0; j < count; j++)
            page[in + j] = (writer){r->now.step + 1, r->now.agent};
        i += count;
    }
}

/* Before an event: what it will find, if it is known which bytes it touches. */
static void look_before(hd_record *r, hd_record_access *before) {
    const hd_event *e = &r->now.event;
    *before = (hd_record_access){0};
    if (!e->memory || !hd_event_is_access(e->kind)) return;
    before->address = e->address;
    before->found = hd_memory_peek(e->memory, e->address, e->length, &before->width);
}

/* What the machine tells of an event that has happened. */
static void on_event(void *context, uint32_t agent, uint64_t step, const hd_event *event) {
    hd_record *r = context;
    (void)step;
    if (!r->under_way || agent != r->now.agent) return;
    if (event->kind == r->now.event.kind) {
        r->now.event.count = event->count;
        r->now.event.writes = event->writes;
    }
    if (!event->memory || !hd_event_is_access(event->kind) || event->length == 0) return;
    hd_record_access a = {.memory = number_of(r, event->memory),
                          .bytes = event->memory,
                          .address = event->address,
                          .length = event->length,
                          .reads = !hd_event_only_writes(event->kind),
                          .writes = event->writes && event->kind != HD_EVENT_WAIT,
                          .from_step = HD_NO_EVENT,
                          .from_agent = HD_NO_AGENT};
    a.left = hd_memory_peek(event->memory, a.address, a.length, &a.width);
    /* The first entry is what was seen before. */
    const hd_record_access *before = &r->accesses.items[0];
    bool same = r->now.event.memory == event->memory && before->address == a.address &&
                before->width == a.width;
    a.found_known = !a.writes || same;
    a.found = a.writes ? before->found : a.left;
    if (a.reads) find_writer(r, &a);
    if (a.writes) note_writer(r, &a);
    if (!hd_vec_push(&r->accesses, a)) r->incomplete = true;
}

static void on_woken(void *context, uint32_t agent, uint32_t by, uint64_t step,
                     const hd_memory *memory, uint64_t address) {
    hd_record *r = context;
    known *k = agent_of(r, agent);
    (void)step, (void)memory, (void)address;
    if (by == HD_NO_AGENT || !k || !r->under_way) return;
    k->cause = r->now.step;
    k->cause_agent = by;
    if (!hd_vec_push(&r->woken, agent)) r->incomplete = true;
}

static void on_spawned(void *context, uint32_t parent, uint32_t child) {
    hd_record *r = context;
    known *k = agent_of(r, child);
    if (parent == HD_NO_AGENT || !k || !r->under_way) return;
    k->cause = r->now.step;
    k->cause_agent = parent;
    if (!hd_vec_push(&r->spawned, child)) r->incomplete = true;
}

static void on_joined(void *context, uint32_t agent, uint32_t other) {
    hd_record *r = context;
    known *k = agent_of(r, other);
    if (!k || !r->under_way || agent != r->now.agent) return;
    r->now.cause = k->end;
    r->now.cause_agent = other;
}

static void on_trapped(void *context, uint32_t agent) {
    hd_record *r = context;
    if (r->under_way && agent == r->now.agent) r->now.trapped = true;
}

static void on_ended(void *context, uint32_t agent) {
    hd_record *r = context;
    known *k = agent_of(r, agent);
    if (k && r->under_way) k->end = r->now.step;
}

/* The strategy. */

static const char *name_of(hd_record *r, uint32_t agent, const char *name) {
    known *k = agent_of(r, agent);
    if (!k) return "";
    if (!k->name && !(k->name = hd_arena_strndup(&r->arena, name, strlen(name)))) {
        r->incomplete = true;
        return "";
    }
    return k->name;
}

static void take_others(hd_record *r, const hd_choice *choice, uint32_t picked) {
    for (size_t i = 0; i < choice->count; i++) {
        if (choice->enabled[i] == picked) continue;
        hd_task_view view = hd_world_view(r->world, choice->enabled[i]);
        hd_record_other other = {
            choice->enabled[i], {.kind = HD_EVENT_KINDS}, place_of(r, choice->enabled[i])};
        if (view.next) other.next = *view.next;
        if (!hd_vec_push(&r->others, other)) r->incomplete = true;
    }
}

/* Notes how an event begins. */
static void begin(hd_record *r, const hd_choice *choice, uint32_t agent) {
    hd_task_view view = hd_world_view(r->world, agent);
    known *k = agent_of(r, agent);
    hd_record_access before;
    r->accesses.len = r->woken.len = r->spawned.len = r->others.len = 0;
    r->now = (hd_record_event){.step = choice->step,
                               .agent = agent,
                               .name = name_of(r, agent, view.name),
                               .timeout = hd_world_is_timed(r->world, agent),
                               .place = place_of(r, agent),
                               .cause = HD_NO_EVENT,
                               .cause_agent = HD_NO_AGENT,
                               .before = choice->last,
                               .switched = agent != choice->last,
                               .preempts = agent != choice->last && choice->last_enabled};
    if (r->now.switched && choice->last != HD_NO_AGENT)
        r->now.before_name = name_of(r, choice->last, hd_world_view(r->world, choice->last).name);
    if (r->now.timeout)
        r->now.event =
            (hd_event){.kind = view.state == HD_TASK_BLOCKED ? HD_EVENT_HOST : HD_EVENT_RESUME,
                       .memory = view.memory,
                       .address = view.address};
    else if (view.next)
        r->now.event = *view.next;
    else
        r->now.event.kind = HD_EVENT_KINDS;
    if (k && !r->now.timeout) {
        r->now.cause = k->cause;
        r->now.cause_agent = k->cause == HD_NO_EVENT ? HD_NO_AGENT : k->cause_agent;
    }
    if (k) k->cause = HD_NO_EVENT;
    if (r->now.switched) take_others(r, choice, agent);
    look_before(r, &before);
    r->under_way = hd_vec_push(&r->accesses, before);
    if (!r->under_way) r->incomplete = true;
}

static bool pick(hd_strategy *self, const hd_choice *choice, hd_pick *answer) {
    hd_record *r = (hd_record *)self;
    r->under_way = false;
    if (!r->options.strategy->pick(r->options.strategy, choice, answer)) return false;
    if (r->options.switches_only) {
        bool told = choice->last != HD_NO_AGENT && choice->last != answer->agent;
        if (told && choice->step >= r->options.from) begin(r, choice, answer->agent);
        return true;
    }
    answer->events = 1;
    begin(r, choice, answer->agent);
    return true;
}

static void moved(hd_strategy *self, const hd_pick *answer, uint64_t events) {
    hd_record *r = (hd_record *)self;
    hd_strategy *strategy = r->options.strategy;
    if (strategy->moved) strategy->moved(strategy, answer, events);
    if (!r->under_way || events == 0) return;
    r->under_way = false;
    r->now.accesses = r->accesses.items + 1;
    r->now.access_count = r->accesses.len - 1;
    r->now.woken = r->woken.items;
    r->now.woken_count = r->woken.len;
    r->now.spawned = r->spawned.items;
    r->now.spawned_count = r->spawned.len;
    r->now.others = r->others.items;
    r->now.other_count = r->others.len;
    if (r->now.step >= r->options.from) r->options.event(r->options.context, &r->now);
}

static void keep(hd_strategy *self) {
    (void)self; /* belongs to the record */
}

hd_record *hd_record_new(const hd_record_options *options) {
    hd_record *r = hd_calloc(1, sizeof *r);
    if (!r) return NULL;
    r->strategy = (hd_strategy){.pick = pick, .moved = moved, .free = keep};
    r->options = *options;
    return r;
}

void hd_record_free(hd_record *r) {
    if (!r) return;
    hd_places_free(&r->places);
    hd_map_free(&r->writers);
    hd_vec_free(&r->memories);
    hd_vec_free(&r->agents);
    hd_vec_free(&r->accesses);
    hd_vec_free(&r->woken);
    hd_vec_free(&r->spawned);
    hd_vec_free(&r->others);
    hd_arena_free(&r->arena);
    hd_free(r);
}

hd_strategy *hd_record_strategy(hd_record *r) {
    return &r->strategy;
}

hd_observer hd_record_observer(hd_record *r) {
    return (hd_observer){.context = r,
                         .event = on_event,
                         .woken = on_woken,
                         .spawned = on_spawned,
                         .joined = on_joined,
                         .trapped = on_trapped,
                         .ended = on_ended};
}

void hd_record_attach(hd_record *r, hd_world *world) {
    r->world = world;
}

bool hd_record_complete(const hd_record *r) {
    return !r->incomplete;
}
