/* sequential.c: whether a candidate execution is sequentially consistent: whether its events can be
 * put into one order in which each read finds what was written last. */
#include <string.h>

#include "weak/weak.h"

enum { BYTES = HD_WEAK_EVENTS * HD_WEAK_BYTES };

typedef struct search {
    const hd_weak_execution *e;
    uint64_t *steps;
    uint16_t cells[HD_WEAK_EVENTS][HD_WEAK_BYTES]; /* where an event's bytes lie in `memory` */
    uint8_t memory[BYTES];
} search;

/* Gives each byte that is accessed a cell, with its initial value. */
static void lay_out(search *s) {
    uint16_t used = 0;
    for (size_t i = 0; i < s->e->count; i++) {
        const hd_weak_event *x = &s->e->events[i];
        for (size_t b = 0; b < x->length; b++) {
            size_t earlier = 0;
            while (earlier < i &&
                   !hd_weak_covers(&s->e->events[earlier], x->memory, x->address + b))
                earlier++;
            const hd_weak_event *y = &s->e->events[earlier];
            s->cells[i][b] = earlier < i ? s->cells[earlier][x->address + b - y->address] : used++;
            s->memory[s->cells[i][b]] = x->initial[b];
        }
    }
}

static bool finds(const search *s, size_t event) {
    const hd_weak_event *x = &s->e->events[event];
    for (size_t b = 0; x->reads && b < x->length; b++)
        if (s->memory[s->cells[event][b]] != x->read[b]) return false;
    return true;
}

static bool is_next(const search *s, size_t event, hd_weak_set done) {
    return !(done >> event & 1) && !(s->e->before[event] & ~done) && finds(s, event);
}

static bool go(search *s, hd_weak_set done);

static bool write(search *s, size_t event, hd_weak_set done) {
    const hd_weak_event *x = &s->e->events[event];
    uint8_t old[HD_WEAK_BYTES];
    for (size_t b = 0; b < x->length; b++) {
        old[b] = s->memory[s->cells[event][b]];
        s->memory[s->cells[event][b]] = x->written[b];
    }
    bool found = go(s, done | (hd_weak_set)1 << event);
    for (size_t b = 0; b < x->length; b++)
        s->memory[s->cells[event][b]] = old[b];
    return found;
}

/* A read that finds what it is to find may be made at once: it takes nothing from the others. */
static bool go(search *s, hd_weak_set done) {
    size_t count = s->e->count;
    if (*s->steps == 0 || --*s->steps == 0) return false;
    for (size_t i = 0; i < count; i++)
        if (!s->e->events[i].writes && is_next(s, i, done)) {
            done |= (hd_weak_set)1 << i;
            i = SIZE_MAX; /* from the first one again */
        }
    if (done == ((hd_weak_set)1 << count) - 1) return true;
    for (size_t i = 0; i < count; i++)
        if (s->e->events[i].writes && is_next(s, i, done) && write(s, i, done)) return true;
    return false;
}

bool hd_weak_sequential(const hd_weak_execution *e, uint64_t *steps) {
    search s = {.e = e, .steps = steps};
    lay_out(&s);
    return go(&s, 0);
}
