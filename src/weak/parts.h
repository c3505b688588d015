/* parts.h: what the files of the room share: enumerate.c has rounds, outcomes and limits, move.c
 * moves agents and lets their reads find what it wants, values.c knows which values may be found,
 * consistent.c is relaxed.rst, sequential.c sequential consistency. */
#ifndef HD_WEAK_PARTS_H
#define HD_WEAK_PARTS_H

#include "base/bytes.h"
#include "base/map.h"
#include "weak/weak.h"

/* What may be found at a byte. */
typedef struct hd_weak_byte {
    uint64_t place;
    uint8_t initial;
    uint16_t count, known; /* values that may be used, and are known, of … */
    uint8_t values[256];   /* … these, the initial one first */
    uint16_t writers[256]; /* by value: agents that write it, a bit each */
} hd_weak_byte;

/* A write that was seen, whoever made it. */
typedef struct hd_weak_write {
    uint32_t memory, length;
    uint64_t address;
    bool first; /* made before there was another agent, so before all that these do */
    bool atomic, tear_free;
    uint8_t bytes[HD_WEAK_BYTES];
} hd_weak_write;

typedef struct hd_weak_values {
    HD_VEC(hd_weak_byte *) bytes; /* ascending by place */
    HD_VEC(hd_weak_write) writes; /* different ones, … */
    size_t admitted;              /* … of which so many may be used */
} hd_weak_values;

/* The entry of a byte; made, with this initial value, if there is none. NULL when memory is out. */
hd_weak_byte *hd_weak_byte_at(hd_weak_values *values, uint64_t place, uint8_t initial);

/* Adds what an event writes, whose bytes have entries; `first`: before there was another agent.
 * False when memory is out. */
bool hd_weak_values_add(hd_weak_values *values, const hd_weak_event *event, bool first);

/* Lets all that is known be used; true if some of it is new. */
bool hd_weak_values_admit(hd_weak_values *values);
void hd_weak_values_free(hd_weak_values *values);

/* Whether a read that may not tear could find the first so many bytes: those that nobody else
 * wrote, nor INIT, must come from one write of its own range that may not tear. The reader's
 * memory, address and length are looked at. */
bool hd_weak_values_fit(const hd_weak_values *values, const hd_weak_event *reader,
                        const uint8_t *bytes, uint32_t count);

/* What an agent did, for whoever asks whether it repeats itself. */
typedef struct hd_weak_past {
    uint32_t agent;
    bool effect;
    size_t state, length; /* before a read, in `states` */
} hd_weak_past;

/* Where the execution is, beside its world and its events; copied to come back. */
typedef struct hd_weak_place {
    size_t count;                      /* events */
    hd_weak_set known[HD_WEAK_AGENTS]; /* events before the next one of each agent */
    uint32_t parked;                   /* agents that would only go round again */
    size_t past, states;
    uint64_t moves; /* that were no accesses */
} hd_weak_place;

typedef struct hd_weak {
    const hd_explore_subject *subject;
    const hd_weak_options *options;
    hd_weak_result *result;
    hd_diag *diag;

    void *execution;
    hd_world *world;
    hd_observer observer;
    hd_weak_values values;
    hd_weak_execution candidate; /* its count is in `at` */
    hd_weak_place at;
    HD_VEC(hd_weak_past) past;
    hd_bytes states;
    const uint8_t *found; /* by the read under way */
    hd_weak_event where;  /* its place in the code, and how it tears */
    uint64_t excess;      /* accesses beyond the most */
    bool incomplete;      /* memory was out */

    bool learning;      /* values, in rounds; candidates are not looked at … */
    uint32_t focus;     /* … and this agent alone does all that it can, the others what will do */
    uint32_t agents;    /* most that there were */
    size_t most_writes; /* of an execution */
    bool ended;         /* some execution has, since this was cleared */
    uint64_t reads, steps; /* that are left to spend: on bytes to be read, and on candidates */
    size_t found_outcomes; /* that are allowed */
    hd_map outcomes;       /* key → index in the result, plus one */
} hd_weak;

/* move.c: begins an execution, follows it in all ways to its ends, and ends it. False: it is not to
 * go on; after a refusal, or a diagnosis. */
bool hd_weak_begin(hd_weak *w);
bool hd_weak_follow(hd_weak *w);

/* enumerate.c: looks at a candidate that has ended. */
bool hd_weak_consider(hd_weak *w);

/* Says why nothing can be known, and that memory is out; return false. */
bool hd_weak_refuse(hd_weak *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool hd_weak_nomem(hd_weak *w);

#endif
