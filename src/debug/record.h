/* record.h: the record of an execution: of every event what it did, where, and what it followed.
 *
 * A record is made while an execution is made, of a trace that is executed again as a rule: it
 * stands between the driver (sched/drive.h) and a strategy, which it lets make one event at a time,
 * and tells each event once it has happened. Steps, agents and events are those of doc/events.md.
 *
 *     hd_record *record = hd_record_new(&options);
 *     hd_observer observer = hd_record_observer(record);
 *     hd_world *world = hd_world_new(…observer…);
 *     hd_record_attach(record, world);
 *     hd_drive(world, &(hd_drive_options){.strategy = hd_record_strategy(record)}, -1);
 */
#ifndef HD_DEBUG_RECORD_H
#define HD_DEBUG_RECORD_H

#include "agents/report.h"
#include "sched/strategy.h"

/* Of an event that is not known, or was none. */
#define HD_NO_EVENT UINT64_MAX

typedef struct hd_record hd_record;

/* Bytes of a shared memory that an event has read or written. */
typedef struct hd_record_access {
    uint32_t memory;  /* numbered as they are first accessed, from 0 */
    hd_memory *bytes; /* that memory as the event has left it: valid during the call only */
    uint64_t address, length;
    bool reads, writes;
    /* Of the first 8 bytes at most, little endian: what it found there, if that is known, and what
     * memory holds behind it; of a read both are what it read. */
    unsigned width;
    bool found_known;
    uint64_t found, left;
    /* The latest write of one of the bytes that it reads: its step and agent. HD_NO_EVENT: they
     * are as memory was at first. */
    uint64_t from_step;
    uint32_t from_agent;
} hd_record_access;

/* An agent that could have moved instead: the event before which it stood, and its place. */
typedef struct hd_record_other {
    uint32_t agent;
    hd_event next;                /* kind HD_EVENT_KINDS: unknown */
    const hd_report_frame *place; /* NULL: it is between two calls */
} hd_record_other;

typedef struct hd_record_event {
    uint64_t step;
    uint32_t agent;
    const char *name;             /* of the agent; lives as long as the record */
    hd_event event;               /* as its agent stood before it; `count` is what it came to */
    bool timeout;                 /* a wait, or a sleep, has timed out */
    bool trapped;                 /* in the event, or in private code behind it */
    const hd_report_frame *place; /* lives as long as the record; NULL: between two calls */

    const hd_record_access *accesses;
    size_t access_count;

    const uint32_t *woken; /* agents */
    size_t woken_count;
    const uint32_t *spawned;
    size_t spawned_count;
    uint64_t cause;       /* of a resumption that was notified, a join, the first event of an agent:
                           * the step of the notify, the end, the spawn; or HD_NO_EVENT */
    uint32_t cause_agent; /* whose event that was */

    /* Of a switch: another agent than this one moved before. */
    bool switched;
    uint32_t before; /* that agent; HD_NO_AGENT: none */
    const char *before_name;
    bool preempts; /* it could have gone on */
    /* Of a switch, all agents that could have moved instead, in order. */
    const hd_record_other *others;
    size_t other_count;
} hd_record_event;

typedef struct hd_record_options {
    hd_strategy *strategy; /* decides; borrowed */
    uint64_t from;         /* events before this step are not told */
    /* Only switches are told, by the first event behind each, and of that neither accesses nor what
     * led to it; moves are not cut into events, and no observer is needed. */
    bool switches_only;
    /* Hears of an event, whose lists are valid during the call only. */
    void (*event)(void *context, const hd_record_event *event);
    void *context;
} hd_record_options;

/* Makes a record; NULL when memory is out. It must outlive the execution. */
hd_record *hd_record_new(const hd_record_options *options);
void hd_record_free(hd_record *record);

/* What the execution is to be driven by, and what is to observe it; both belong to the record. */
hd_strategy *hd_record_strategy(hd_record *record);
hd_observer hd_record_observer(hd_record *record);

/* Before the execution: its world. */
void hd_record_attach(hd_record *record, hd_world *world);

/* False if memory was out, so that something was not told. */
bool hd_record_complete(const hd_record *record);

#endif
