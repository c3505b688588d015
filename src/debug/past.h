/* past.h: what a debugging session knows of its execution: the moves, and the events that have
 * happened once.
 *
 * Events are kept in blocks, 32 bytes each, so that ten million of them take 320 MB and no copy is
 * ever made. Steps are indexes. One thread at a time. */
#ifndef HD_DEBUG_PAST_H
#define HD_DEBUG_PAST_H

#include "base/vec.h"
#include "sched/trace.h"

/* An event that has happened, as it is kept. */
typedef struct hd_kept_event {
    uint64_t address; /* of JOIN: the other agent */
    uint32_t length;  /* UINT32_MAX: so many or more */
    uint32_t agent;
    uint32_t place;   /* number of the place where the agent stood; 0: none */
    uint32_t arrival; /* … and where it stood then */
    uint32_t marks;   /* HD_MARK_… (session.h) */
    uint16_t memory;  /* number plus one; 0: none */
    uint8_t kind;
} hd_kept_event;

/* A further access of an event that has several. */
typedef struct hd_kept_access {
    uint64_t step, address, length;
    uint32_t memory;
    bool reads, writes;
} hd_kept_access;

/* A move; neighbours of one agent are one, but time-outs. */
typedef struct hd_kept_move {
    uint64_t start; /* the step of its first event */
    uint32_t agent;
    bool timeout;
} hd_kept_move;

/* A failure that was seen. */
typedef struct hd_incident {
    uint64_t step; /* of the event that brought it */
    unsigned mark; /* HD_MARK_RACE, HD_MARK_CHECK */
    char *text;    /* release with hd_free */
} hd_incident;

/* Starts zeroed. */
typedef struct hd_past {
    HD_VEC(hd_kept_move) moves;
    uint64_t length; /* steps that the moves make */
    HD_VEC(hd_kept_event *) blocks;
    uint64_t known; /* events that are kept: of the first steps */
    HD_VEC(hd_kept_access) more;
    HD_VEC(hd_incident) incidents;
    bool ends;    /* the end of the run is known: behind `length` steps … */
    bool claimed; /* … as a trace says; nobody has been there */
    hd_outcome outcome;
    char *explanation; /* of the end, or NULL; release with hd_free */
} hd_past;

void hd_past_free(hd_past *history);

/* Takes the schedule of a trace, and its end if it is known; false when memory is out. */
bool hd_past_take(hd_past *history, const hd_trace *trace);

/* Appends moves at the end; false when memory is out. */
bool hd_past_add_move(hd_past *history, uint32_t agent, uint64_t events, bool timeout);

/* The index of the move that makes a step, which must be one of the history's. */
size_t hd_past_find(const hd_past *history, uint64_t step);

/* How many of a move's events begin before a step. */
uint64_t hd_past_events(const hd_past *history, size_t move, uint64_t before);

/* Appends the event of step `known`; the event of a step below that. False when memory is out. */
bool hd_past_add_event(hd_past *history, const hd_kept_event *event);
hd_kept_event *hd_past_get(const hd_past *history, uint64_t step);

/* Notes a failure, whose text is copied; false when memory is out. The text of one, or NULL. */
bool hd_past_add_incident(hd_past *history, uint64_t step, unsigned mark, const char *text);
const char *hd_past_incident(const hd_past *history, uint64_t step, unsigned mark);

/* Forgets everything from a step on. */
void hd_past_cut(hd_past *history, uint64_t step);

/* Calls back with each access of the event of a step; until it returns true, which is returned. */
typedef bool hd_past_visit(void *context, const hd_kept_access *access);
bool hd_past_accesses(const hd_past *history, uint64_t step, hd_past_visit *visit, void *context);

#endif
