/* footprint.h: what events read and write, and which events depend on each other.
 *
 * doc/events.md, "Events and steps", has the table that this implements. An object that events
 * share is a place on one long line: each byte of each memory, each queue, each length has its own
 * number there, and a footprint is a set of spans of that line. So bytes are compared as bytes,
 * accesses of mixed sizes included, and most footprints are a single span.
 *
 * Memories are named by numbers that their user gives them, agents by those of their world: both
 * are the same in every execution of one program, whatever the addresses. Of one thread at a time.
 */
#ifndef HD_SCHED_FOOTPRINT_H
#define HD_SCHED_FOOTPRINT_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "sched/world.h"

/* Places from `from` to before `to`. All fields have one width, so that spans can be compared as
 * bytes. */
typedef struct hd_span {
    uint64_t from, to;
    uint64_t writes; /* 0: they are read */
} hd_span;

/* Copied as a value; the rest belongs to the pool of its recorder. */
typedef struct hd_footprint {
    hd_span first; /* empty: it touches nothing */
    const hd_span *rest;
    uint32_t rest_count;
    bool program; /* it ends the program, whose state every event reads */
} hd_footprint;

/* Names of objects. */
uint64_t hd_place_byte(uint32_t memory, uint64_t address);
uint64_t hd_place_queue(uint32_t memory, uint64_t address);
uint64_t hd_place_wake(uint32_t agent);
uint64_t hd_place_length(uint32_t memory);
uint64_t hd_place_lifecycle(uint32_t agent);
uint64_t hd_place_spawns(void);  /* the counter that new agents get their numbers from */
uint64_t hd_place_live(void);    /* how many agents are alive */
uint64_t hd_place_outside(void); /* streams and descriptors, all as one */

/* If a place is a byte, its memory and address. */
bool hd_place_is_byte(uint64_t place, uint32_t *memory, uint64_t *address);

static inline bool hd_spans_conflict(const hd_span *a, const hd_span *b) {
    return a->from < b->to && b->from < a->to && (a->writes | b->writes);
}

/* As hd_footprints_depend, of footprints with more than one span or of the end of a program. */
bool hd_footprints_depend_any(const hd_footprint *a, const hd_footprint *b);

/* True if events of two agents with these footprints depend on each other: one writes what the
 * other reads or writes. */
static inline bool hd_footprints_depend(const hd_footprint *a, const hd_footprint *b) {
    if (__builtin_expect(!(a->rest_count | b->rest_count | a->program | b->program), 1))
        return hd_spans_conflict(&a->first, &b->first);
    return hd_footprints_depend_any(a, b);
}

/* True if the footprint writes one of the places of a span. */
bool hd_footprint_writes(const hd_footprint *footprint, const hd_span *span);

/* Spans that several footprints have alike are kept once. */
typedef struct hd_footprint_pool {
    hd_arena arena;
    hd_map sets;
} hd_footprint_pool;

void hd_footprint_pool_free(hd_footprint_pool *pool);

/* Makes a footprint of spans in any order, which it sorts; false when memory is out. */
bool hd_footprint_make(hd_footprint_pool *pool, hd_span *spans, size_t count,
                       hd_footprint *footprint);

/* What one event of a world was. */
typedef struct hd_happening {
    hd_event_kind kind; /* HD_EVENT_KINDS: none happened, as of a step that was stopped */
    bool timeout;       /* a wait, or a sleep, has timed out */
    bool changes;       /* it may have changed what others can see */
    bool failed;        /* it trapped */
    hd_memory *memory;  /* of an access: what it was about, … */
    uint32_t number;    /* … the memory's number … */
    uint64_t address, length;
    HD_VEC(uint32_t) woken, spawned; /* agents */
    HD_VEC(hd_span) spans;
} hd_happening;

/* Watches a world and says of each event what its footprint was. */
typedef struct hd_recorder {
    uint32_t (*number)(void *context, const hd_memory *memory); /* of a memory */
    void *context;
    bool refined; /* footprints as known afterwards, else as before */
    bool live;    /* agents may become as many as may be */
    hd_footprint_pool *pool;
    hd_world *world; /* set by its user once it is made */

    /* Of the recorder: */
    hd_happening now;
    uint32_t agent;
    bool incomplete; /* memory was out */
} hd_recorder;

hd_observer hd_recorder_observer(hd_recorder *recorder);
void hd_recorder_free(hd_recorder *recorder);

/* Before an agent is moved by one event, and after it: the latter stores its footprint. What it was
 * stays in `now` until the next. False when memory is out. */
void hd_recorder_begin(hd_recorder *recorder, uint32_t agent);
bool hd_recorder_end(hd_recorder *recorder, hd_footprint *footprint);

/* True if the next event of an agent that can move is a plain access of memory alone, in bounds. */
bool hd_recorder_is_plain(const hd_recorder *recorder, uint32_t agent, hd_span *span);

#endif
