/* recorded_run.h: the events of a run, kept together for a picture of it.
 *
 * A record (debug/record.h) tells one event after the other and forgets it. Here they are kept,
 * with their lists, the races between them, and what memory held behind each. It is the one
 * description that lanes, graphs and pages are drawn of; they know nothing else of the run.
 *
 *     hd_recorded_run run = HD_RECORDED_RUN_INIT;
 *     hd_recorded_run_add(&run, event);          // of each event that is to be seen
 *     if (!hd_recorded_run_finish(&run)) ...out of memory...
 *     hd_lanes_print(stdout, &run, &(hd_lanes_options){.width = 80});
 *     hd_recorded_run_free(&run);
 *
 * It must not outlive the record, whose names and places it borrows. One thread at a time. */
#ifndef HD_REPORT_RECORDED_RUN_H
#define HD_REPORT_RECORDED_RUN_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "check/race.h"
#include "debug/record.h"

/* Of an index that is none. */
#define HD_NOT_KEPT SIZE_MAX

/* Memory is kept by lines of so many bytes, from multiples of it; and so many lines at most. */
enum { HD_RECORDED_LINE = 16, HD_RECORDED_LINES = 1024 };

/* A line of a memory that events touch: what it held before them. */
typedef struct hd_recorded_line {
    uint32_t memory;
    uint64_t address;
    unsigned count;                   /* bytes; fewer than a line where memory ends */
    uint8_t before[HD_RECORDED_LINE]; /* … as far as that is known: */
    uint16_t known;                   /* bit i: of byte i */
} hd_recorded_line;

/* What an event has left in a line that it has written to. */
typedef struct hd_recorded_change {
    size_t line;
    uint8_t bytes[HD_RECORDED_LINE];
} hd_recorded_change;

typedef struct hd_recorded_event {
    hd_record_event e; /* its lists are the run's; no memory is to be looked at */
    const char *text;  /* as text, of one line or several; or NULL */
    size_t next;       /* index of its agent's next event, or HD_NOT_KEPT */
    bool waits;        /* its agent waits behind it, until the next one */
    hd_recorded_change *changes;
    size_t change_count;
} hd_recorded_event;

/* A race between two events of the run; they need not be among those that are kept. */
typedef struct hd_recorded_race {
    hd_race_class class;
    hd_race_grade grade;
    uint64_t earlier, later; /* steps */
    uint32_t earlier_agent, later_agent;
    uint64_t address, length;
} hd_recorded_race;

/* An agent with events in the run. */
typedef struct hd_recorded_agent {
    uint32_t number;
    const char *name;
    size_t first; /* index of its first event */
} hd_recorded_agent;

typedef struct hd_recorded_run {
    const char *subject;              /* what was run; borrowed, or NULL */
    const char *end;                  /* how it ended, in words; borrowed, or NULL */
    const char *findings;             /* what the checks found, lines of text; borrowed, or NULL */
    HD_VEC(hd_recorded_event) events; /* by ascending steps */
    HD_VEC(hd_recorded_race) races;   /* errors and notes */
    HD_VEC(hd_recorded_agent) agents; /* by number; after hd_recorded_run_finish */
    HD_VEC(hd_recorded_line) lines;   /* of memory, in the order in which they are touched */
    uint64_t left_out;                /* events that were to be seen, but for their number */
    bool lines_left_out;              /* lines of memory were, for the same reason */
    hd_map line_index;                /* memory and address → index of a line, plus one */
    hd_arena arena;
    bool incomplete; /* memory was out */
} hd_recorded_run;

#define HD_RECORDED_RUN_INIT                                                                       \
    { 0 }

/* Appends a copy of an event, which is the one that the record tells right now, and of its text
 * (NULL: none). */
void hd_recorded_run_add(hd_recorded_run *run, const hd_record_event *event, const char *text);

/* Takes the races that a detector has found in the run. */
void hd_recorded_run_take_races(hd_recorded_run *run, const hd_race_detector *detector);

/* After the last event: finds the agents, and what follows what. False when memory was out. */
bool hd_recorded_run_finish(hd_recorded_run *run);

/* The index of the event of a step, or HD_NOT_KEPT. */
size_t hd_recorded_run_find(const hd_recorded_run *run, uint64_t step);

/* The index of an agent among `agents`, or HD_NOT_KEPT. */
size_t hd_recorded_run_agent(const hd_recorded_run *run, uint32_t number);

/* True if an event takes part in a race that is an error. */
bool hd_recorded_run_races(const hd_recorded_run *run, uint64_t step);

void hd_recorded_run_free(hd_recorded_run *run);

#endif
