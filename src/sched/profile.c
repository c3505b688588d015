/* profile.c: see profile.h. */
#include "sched/profile.h"

#include <stdlib.h>

#include "base/vec.h"
#include "sched/functions.h"

enum {
    MOST_PLACES = 1 << 16, /* learnt; a program that has more has no points but all events */
    MOST_BYTES = 4096,     /* of one event that are looked at */
};

/* A place that agents touch while there are several. */
typedef struct place {
    uint64_t number; /* address / HD_PLACE_BYTES, + 1; 0: free */
    uint32_t agent;  /* that touched it last, … */
    bool read;       /* … reading */
    bool written;
    uint32_t agents; /* that touched it, by bits */
    uint32_t counts[HD_PROFILE_AGENTS];
} place;

/* The same in short, for all places. */
typedef struct key {
    uint64_t number; /* 0: free */
    uint32_t agents;
    bool conflict;
} key;

struct hd_profile {
    const hd_world *world; /* of the execution that is learnt from */
    hd_functions functions;
    place *places; /* a hash table while learning, then those with conflicts by address */
    size_t room, count;
    bool complete; /* every place is known */
    uint64_t runs, agents;
    hd_meter steps[HD_MEASURES];    /* of all runs, … */
    uint64_t measured[HD_MEASURES]; /* … which are so many */
    uint32_t parents[HD_PROFILE_AGENTS];
    key *keys; /* a hash table */
    size_t key_room;
};

hd_profile *hd_profile_new(void) {
    hd_profile *p = hd_calloc(1, sizeof *p);
    if (!p) return NULL;
    p->complete = true;
    for (unsigned i = 0; i < HD_PROFILE_AGENTS; i++)
        p->parents[i] = HD_NO_AGENT;
    return p;
}

void hd_profile_free(hd_profile *p) {
    if (!p) return;
    hd_functions_free(&p->functions);
    hd_free(p->places);
    hd_free(p->keys);
    hd_free(p);
}

/* Events. */

bool hd_event_may_write(const hd_event *e) {
    switch (e->kind) {
    case HD_EVENT_STORE:
    case HD_EVENT_ATOMIC_STORE:
    case HD_EVENT_RMW:
    case HD_EVENT_CMPXCHG:
    case HD_EVENT_FILL: return true;
    default: return false;
    }
}

bool hd_event_touches(const hd_event *e, uint64_t address, uint64_t length) {
    return e->memory && e->address < address + length && address < e->address + e->length;
}

/* True if it is an access to bytes of a memory, or a wait or notify on some. */
static bool accesses(const hd_event *e) {
    return e->memory && e->kind != HD_EVENT_SIZE && e->kind != HD_EVENT_GROW &&
           e->kind != HD_EVENT_RESUME && e->length > 0;
}

static uint64_t first_of(const hd_event *e) {
    return e->address / HD_PLACE_BYTES + 1;
}

static uint64_t last_of(const hd_event *e) {
    uint64_t length = e->length < MOST_BYTES ? e->length : MOST_BYTES;
    return (e->address + length - 1) / HD_PLACE_BYTES + 1;
}

static size_t slot_of(uint64_t number, size_t room) {
    return (size_t)(number * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (room - 1);
}

/* Learning. */

static uint32_t index_of(uint32_t agent) {
    return agent < HD_PROFILE_AGENTS ? agent : HD_PROFILE_AGENTS - 1;
}

static bool grow(hd_profile *p) {
    size_t room = p->room ? 2 * p->room : 256;
    place *larger = hd_calloc(room, sizeof *larger);
    if (!larger) return false;
    for (size_t i = 0; i < p->room; i++) {
        if (p->places[i].number == 0) continue;
        size_t at = slot_of(p->places[i].number, room);
        while (larger[at].number)
            at = (at + 1) & (room - 1);
        larger[at] = p->places[i];
    }
    hd_free(p->places);
    p->places = larger;
    p->room = room;
    return true;
}

/* The record of a place; NULL when there are too many. */
static place *place_at(hd_profile *p, uint64_t number) {
    if (2 * (p->count + 1) > p->room && !grow(p)) return NULL;
    size_t at = slot_of(number, p->room);
    while (p->places[at].number && p->places[at].number != number)
        at = (at + 1) & (p->room - 1);
    place *found = &p->places[at];
    if (found->number) return found;
    if (p->count >= MOST_PLACES) return NULL;
    p->count++;
    *found = (place){.number = number, .agent = HD_NO_AGENT};
    return found;
}

/* Reading again what nobody has touched since is no point. */
static void touch(hd_profile *p, uint64_t number, uint32_t agent, bool writes) {
    place *at = place_at(p, number);
    if (!at) {
        p->complete = false;
        return;
    }
    bool again = at->agent == agent && at->read && !writes;
    at->agents |= UINT32_C(1) << index_of(agent);
    at->written |= writes;
    at->agent = agent;
    at->read = !writes;
    if (!again) at->counts[index_of(agent)]++;
}

/* True if what the agent does may be unordered with what others do: others live, or have ended
 * that it did not spawn, and so perhaps has not joined. */
static bool is_concurrent(const hd_profile *p, uint32_t agent) {
    if (hd_world_living(p->world) > 1) return true;
    for (unsigned i = 0; i < HD_PROFILE_AGENTS; i++)
        if (p->parents[i] == agent) return false;
    return p->agents > 1;
}

static void on_event(void *context, uint32_t agent, uint64_t step, const hd_event *e) {
    hd_profile *p = context;
    (void)step;
    if (agent >= p->agents) p->agents = agent + 1;
    if (!is_concurrent(p, agent)) return;
    const hd_member *member = hd_world_view(p->world, agent).member;
    if (!p->complete || !member) return;
    if (!accesses(e)) return;
    hd_functions_learn_stack(&p->functions, hd_member_agent(member));
    if (!hd_functions_is_own(&p->functions, hd_member_agent(member))) return;
    for (uint64_t number = first_of(e); number <= last_of(e); number++)
        touch(p, number, agent, hd_event_may_write(e));
}

static void on_spawned(void *context, uint32_t parent, uint32_t child) {
    hd_profile *p = context;
    if (child >= p->agents) p->agents = child + 1;
    if (child < HD_PROFILE_AGENTS) p->parents[child] = parent;
}

hd_observer hd_profile_observer(hd_profile *p) {
    return (hd_observer){.context = p, .event = on_event, .spawned = on_spawned};
}

void hd_profile_attach(hd_profile *p, const hd_world *world) {
    p->world = world;
}

/* What was shared in one execution says nothing of who touches it first in the next one. */
void hd_profile_add_run(hd_profile *p) {
    p->runs++;
    for (size_t i = 0; i < p->room; i++)
        p->places[i].agent = HD_NO_AGENT;
}

static int by_number(const void *a, const void *b) {
    uint64_t x = ((const place *)a)->number, y = ((const place *)b)->number;
    return (x > y) - (x < y);
}

static bool has_conflict(const place *at) {
    return at->number && at->written && (at->agents & (at->agents - 1)) != 0;
}

/* Keeps the places with conflicts alone. */
static void keep_conflicts(hd_profile *p) {
    size_t kept = 0;
    for (size_t i = 0; i < p->room; i++)
        if (has_conflict(&p->places[i])) p->places[kept++] = p->places[i];
    p->room = p->count = kept;
    if (kept) qsort(p->places, kept, sizeof *p->places, by_number);
}

static void make_keys(hd_profile *p) {
    p->key_room = 16;
    while (p->key_room < 2 * p->count)
        p->key_room *= 2;
    p->keys = hd_calloc(p->key_room, sizeof *p->keys);
    if (!p->keys) p->complete = false;
    for (size_t i = 0; p->keys && i < p->room; i++) {
        const place *from = &p->places[i];
        if (!from->number) continue;
        size_t at = slot_of(from->number, p->key_room);
        while (p->keys[at].number)
            at = (at + 1) & (p->key_room - 1);
        p->keys[at] = (key){from->number, from->agents, has_conflict(from)};
    }
}

void hd_profile_finish(hd_profile *p) {
    p->world = NULL;
    make_keys(p);
    keep_conflicts(p);
}

/* What was learnt. */

static uint64_t mean(uint64_t sum, uint64_t count) {
    return count ? (sum + count / 2) / count : sum;
}

void hd_profile_add_steps(hd_profile *p, hd_measure measure, const hd_meter *meter) {
    p->measured[measure]++;
    for (unsigned i = 0; i < HD_PROFILE_AGENTS; i++)
        p->steps[measure].steps[i] += meter->steps[i];
}

uint64_t hd_profile_length(const hd_profile *p, hd_measure measure) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < HD_PROFILE_AGENTS; i++)
        sum += p->steps[measure].steps[i];
    sum = mean(sum, p->measured[measure]);
    return sum ? sum : 1;
}

uint64_t hd_profile_steps_of(const hd_profile *p, hd_measure measure, uint32_t agent) {
    return agent < HD_PROFILE_AGENTS ? mean(p->steps[measure].steps[agent], p->measured[measure])
                                     : 0;
}

uint32_t hd_profile_agents(const hd_profile *p) {
    return p->agents ? (uint32_t)p->agents : 1;
}

uint32_t hd_profile_parent_of(const hd_profile *p, uint32_t agent) {
    return agent < HD_PROFILE_AGENTS ? p->parents[agent] : HD_NO_AGENT;
}

size_t hd_profile_places(const hd_profile *p) {
    return p->count;
}

uint64_t hd_profile_place(const hd_profile *p, size_t index) {
    return (p->places[index].number - 1) * HD_PLACE_BYTES;
}

uint64_t hd_profile_place_events(const hd_profile *p, size_t index, uint32_t agent) {
    return agent < HD_PROFILE_AGENTS ? mean(p->places[index].counts[agent], p->runs) : 0;
}

/* What is known of a place; a number of 0: nothing. */
static const key *key_of(const hd_profile *p, uint64_t number) {
    size_t at = slot_of(number, p->key_room);
    while (p->keys[at].number && p->keys[at].number != number)
        at = (at + 1) & (p->key_room - 1);
    return &p->keys[at];
}

static bool is_atomic(const hd_event *e) {
    return e->kind == HD_EVENT_ATOMIC_LOAD || e->kind == HD_EVENT_ATOMIC_STORE ||
           e->kind == HD_EVENT_RMW || e->kind == HD_EVENT_CMPXCHG || e->kind == HD_EVENT_WAIT;
}

/* Where an agent does what it never did while the program was watched, there is one, too. */
static bool is_place(const hd_profile *p, const hd_event *e, uint32_t agent) {
    uint32_t self = UINT32_C(1) << index_of(agent);
    if (e->length > MOST_BYTES) return true;
    for (uint64_t number = first_of(e); number <= last_of(e); number++) {
        const key *k = key_of(p, number);
        if (k->conflict || (k->number ? !(k->agents & self) : is_atomic(e))) return true;
    }
    return false;
}

bool hd_profile_is_point(const hd_profile *p, const hd_event *e, uint32_t number,
                         const hd_agent *agent) {
    switch (e->kind) {
    case HD_EVENT_HOST:
    case HD_EVENT_RESUME:
    case HD_EVENT_SPAWN:
    case HD_EVENT_GROW:
    case HD_EVENT_END:
    case HD_EVENT_EXIT: return true;
    case HD_EVENT_FENCE:
    case HD_EVENT_SIZE:
    case HD_EVENT_INSTANTIATE:
    case HD_EVENT_JOIN: return false;
    default: break;
    }
    if (!p->complete) return true;
    if (!accesses(e) || !is_place(p, e, number)) return false;
    return !agent || hd_functions_is_own(&p->functions, agent);
}
