/* bound.c: how few preemptions an execution can do with.
 *
 * An execution is one of many that order the same events otherwise where they do not depend on each
 * other. The least number of preemptions among them is found by going through all places that they
 * can come to: how many events of each agent have happened, and who moved last. A preemption leaves
 * an agent that could go on. */
#include <string.h>

#include "explore/parts.h"

typedef struct place {
    uint64_t cost;
    uint32_t last; /* agent, or HD_NO_AGENT */
    bool done;
    uint32_t counts[]; /* of events that have happened, by agent */
} place;

typedef struct search {
    hd_explorer *x;
    hd_arena arena;
    hd_map places;
    HD_VEC(place *) now, next; /* to be gone on from: with this cost, and with one more */
    HD_VEC(uint32_t) own;      /* steps of each agent, a row an agent */
    uint32_t totals[HD_EXPLORE_MOST_AGENTS];
    place *probe;
} search;

static size_t size_of(const search *s) {
    return sizeof(place) + s->x->agents * sizeof(uint32_t);
}

/* True if what a clock tells of has happened. */
static bool is_past(const search *s, const place *p, const uint32_t *clock, uint32_t agent) {
    for (uint32_t i = 0; i < s->x->agents; i++)
        if (i != agent && clock[i] > p->counts[i]) return false;
    return true;
}

static size_t next_step(const search *s, const place *p, uint32_t agent) {
    return s->own.items[agent * s->x->depth + p->counts[agent]];
}

/* True if the agent's next event may happen here; or, `could`, if the agent can move, whatever its
 * event then is. */
static bool can_happen(const search *s, const place *p, uint32_t agent, bool could) {
    if (p->counts[agent] == s->totals[agent]) return false;
    size_t step = next_step(s, p, agent);
    if (!could || s->x->steps.items[step].waits)
        return is_past(s, p, hd_explorer_clock(s->x, step), agent);
    return is_past(s, p, hd_explorer_clock_before(s->x, step), agent);
}

/* Goes on with an agent; false when memory is out. */
static bool go_on(search *s, const place *from, uint32_t agent) {
    uint64_t cost = from->cost;
    if (from->last != HD_NO_AGENT && from->last != agent && can_happen(s, from, from->last, true))
        cost++;
    memcpy(s->probe, from, size_of(s));
    s->probe->counts[agent]++;
    s->probe->last = agent;
    s->probe->cost = cost;
    s->probe->done = false;
    struct {
        uint32_t last;
        uint32_t counts[HD_EXPLORE_MOST_AGENTS];
    } key = {.last = agent};
    memcpy(key.counts, s->probe->counts, s->x->agents * sizeof *key.counts);
    size_t length = sizeof key.last + s->x->agents * sizeof *key.counts;
    place *known = hd_map_get(&s->places, (char *)&key, length);
    if (known && known->cost <= cost) return true;
    if (!known) {
        char *kept = hd_arena_strndup(&s->arena, (char *)&key, length);
        known = hd_arena_alloc(&s->arena, 1, size_of(s));
        if (!kept || !known || !hd_map_put(&s->places, kept, length, known, NULL)) return false;
    }
    memcpy(known, s->probe, size_of(s));
    return cost == from->cost ? hd_vec_push(&s->now, known) : hd_vec_push(&s->next, known);
}

static bool is_end(const search *s, const place *p) {
    return memcmp(p->counts, s->totals, s->x->agents * sizeof *p->counts) == 0;
}

/* Takes places in the order of their costs until one is the end. */
static bool run(search *s, place *start, uint64_t *least) {
    if (!hd_vec_push(&s->now, start)) return false;
    for (uint64_t cost = 0;; cost++) {
        while (s->now.len > 0) {
            place *p = s->now.items[--s->now.len];
            if (p->done || p->cost != cost) continue;
            p->done = true;
            if (is_end(s, p)) return *least = cost, true;
            for (uint32_t agent = 0; agent < s->x->agents; agent++)
                if (can_happen(s, p, agent, false) && !go_on(s, p, agent)) return false;
        }
        if (s->next.len == 0) return *least = cost, true;
        for (size_t i = 0; i < s->next.len; i++)
            if (!hd_vec_push(&s->now, s->next.items[i])) return false;
        s->next.len = 0;
    }
}

bool hd_explorer_preemptions(hd_explorer *x, uint64_t *least) {
    search s = {.x = x};
    *least = 0;
    place *start = hd_arena_alloc(&s.arena, 1, size_of(&s));
    s.probe = hd_arena_alloc(&s.arena, 1, size_of(&s));
    bool good = start && s.probe && hd_vec_reserve(&s.own, x->agents * x->depth + 1);
    if (good) {
        for (size_t i = 0; i < x->depth; i++) {
            uint32_t agent = x->steps.items[i].agent;
            s.own.items[agent * x->depth + s.totals[agent]++] = (uint32_t)i;
        }
        start->last = HD_NO_AGENT;
        good = run(&s, start, least);
    }
    hd_map_free(&s.places);
    hd_arena_free(&s.arena);
    hd_vec_free(&s.now);
    hd_vec_free(&s.next);
    hd_vec_free(&s.own);
    return good || hd_explorer_nomem(x);
}
