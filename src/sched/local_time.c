/* local_time.c: see local_time.h. */
#include "sched/local_time.h"

#include <string.h>

/* Eight aligned bytes: for each, whether an atomic write of some width begins there that no other
 * write has touched since, and when that was. */
struct hd_times_granule {
    const hd_memory *memory; /* NULL: free */
    uint64_t number;
    uint8_t widths[8]; /* 0: none */
    int64_t times[8];
};

static size_t place_of(const hd_memory *memory, uint64_t number) {
    uint64_t hash = ((uintptr_t)memory ^ number) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(hash ^ hash >> 32);
}

/* Where the granule is, or would be. */
static hd_times_granule *find(const hd_times *t, const hd_memory *memory, uint64_t number) {
    size_t mask = t->room - 1, i = place_of(memory, number) & mask;
    while (t->granules[i].memory &&
           (t->granules[i].memory != memory || t->granules[i].number != number))
        i = (i + 1) & mask;
    return &t->granules[i];
}

/* Granules move when the table grows: they are found again to be restored. One that was new stays
 * there with nothing in it. */
static void restore(void *context, const void *data) {
    const hd_times *t = context;
    const hd_times_granule *old = data;
    *find(t, old->memory, old->number) = *old;
}

static void save(hd_times *t, const hd_times_granule *g) {
    hd_undo_leave(t->undo, restore, t, g, sizeof *g);
}

void hd_times_log(hd_times *t, hd_undo *log) {
    t->undo = log;
}

static bool grow(hd_times *t) {
    hd_times larger = {.room = t->room ? 2 * t->room : 64, .count = t->count, .undo = t->undo};
    larger.granules = hd_calloc(larger.room, sizeof *larger.granules);
    if (!larger.granules) return false;
    for (size_t i = 0; i < t->room; i++) {
        const hd_times_granule *g = &t->granules[i];
        if (g->memory) *find(&larger, g->memory, g->number) = *g;
    }
    hd_free(t->granules);
    *t = larger;
    return true;
}

/* The granule of an address; if it is `wanted` and not there, it is made. NULL: there is none. */
static hd_times_granule *granule_of(hd_times *t, const hd_memory *memory, uint64_t address,
                                    bool wanted) {
    if (wanted && 2 * (t->count + 1) > t->room && !grow(t)) return t->incomplete = true, NULL;
    if (t->room == 0) return NULL;
    hd_times_granule *g = find(t, memory, address / 8);
    if (g->memory) return g;
    if (!wanted) return NULL;
    t->count++;
    *g = (hd_times_granule){.memory = memory, .number = address / 8};
    return g;
}

/* Bytes [from, to) of a granule are written otherwise. */
static void overwrite(hd_times *t, hd_times_granule *g, unsigned from, unsigned to) {
    save(t, g);
    for (unsigned i = 0; i < to; i++)
        if (i + g->widths[i] > from) g->widths[i] = 0;
}

static void write_plainly(hd_times *t, const hd_event *e) {
    uint64_t end = e->address + e->length;
    for (uint64_t at = e->address & ~UINT64_C(7); t->count > 0 && at < end; at += 8) {
        hd_times_granule *g = granule_of(t, e->memory, at, false);
        if (g)
            overwrite(t, g, at < e->address ? (unsigned)(e->address - at) : 0,
                      end - at < 8 ? (unsigned)(end - at) : 8);
    }
}

static int64_t read_atomically(hd_times *t, const hd_event *e) {
    const hd_times_granule *g = granule_of(t, e->memory, e->address, false);
    unsigned at = (unsigned)e->address & 7;
    return g && g->widths[at] == e->length ? g->times[at] : 0;
}

static void write_atomically(hd_times *t, const hd_event *e, int64_t time) {
    hd_times_granule *g = granule_of(t, e->memory, e->address, true);
    unsigned at = (unsigned)e->address & 7;
    if (!g) return;
    overwrite(t, g, at, at + (unsigned)e->length);
    g->widths[at] = (uint8_t)e->length;
    g->times[at] = time;
}

int64_t hd_times_event(hd_times *t, const hd_event *e, int64_t time) {
    int64_t learnt = 0;
    switch (e->kind) {
    case HD_EVENT_STORE:
    case HD_EVENT_FILL: write_plainly(t, e); return 0;
    case HD_EVENT_ATOMIC_LOAD:
    case HD_EVENT_WAIT: return read_atomically(t, e);
    case HD_EVENT_RMW:
    case HD_EVENT_CMPXCHG:
        learnt = read_atomically(t, e);
        if (learnt > time) time = learnt;
        if (e->kind == HD_EVENT_CMPXCHG && !e->writes) return learnt;
        break;
    case HD_EVENT_ATOMIC_STORE: break;
    default: return 0;
    }
    write_atomically(t, e, time);
    return learnt;
}

void hd_times_free(hd_times *t) {
    hd_free(t->granules);
    *t = (hd_times){0};
}
