/* stuck.h: why an execution is stuck: deadlocks, lost wake-ups, livelocks.
 *
 * An observer of controlled runs (sched/world.h) that keeps the little of the past that a
 * diagnosis needs. When an execution is found stuck, it classifies every agent that has not
 * ended. The report holds no pointer into the cluster: it lives in the arena it was taken into.
 *
 *     hd_stuck *stuck = hd_stuck_new(&arena);
 *     hd_observer observer = hd_stuck_observer(stuck);
 *     ...run a cluster with this observer...
 *     const hd_stuck_report *report = hd_stuck_get_report(stuck);
 *     if (report) hd_stuck_print(stderr, report);
 *     hd_stuck_free(stuck);
 *     ...the report lives on, until the arena is freed... */
#ifndef HD_CHECK_STUCK_H
#define HD_CHECK_STUCK_H

#include <stdio.h>

#include "agents/report.h"
#include "sched/world.h"

#define HD_NO_STEP UINT64_MAX

typedef enum hd_stuck_class {
    HD_STUCK_ENDED,      /* not stuck at all */
    HD_STUCK_RUNNING,    /* could move when the execution was given up */
    HD_STUCK_PENDING,    /* blocked, but others could move, or it would time out */
    HD_STUCK_CHANGED,    /* the value it waits on changed, and nobody notified after that */
    HD_STUCK_LOST,       /* a notify came before the wait: lost wake-up */
    HD_STUCK_TAKEN,      /* a notify since its wait woke another waiter */
    HD_STUCK_CYCLE,      /* part of a cycle of agents that wait for each other */
    HD_STUCK_ABANDONED,  /* who held the lock, or changed or notified there before, has ended */
    HD_STUCK_BEHIND,     /* for an agent that is stuck itself */
    HD_STUCK_UNNOTIFIED, /* nobody is left to notify, and nobody ever did */
    HD_STUCK_SPINNING,   /* repeats itself; if it `loops`, without an event */
    HD_STUCK_OUTSIDE,    /* in a call of the host, which waits for the outside or for time */
    HD_STUCK_CLASSES,
} hd_stuck_class;

/* A place in memory. Memories are numbered in the order in which events first touched them. */
typedef struct hd_stuck_place {
    uint32_t memory;
    uint64_t address, length;
} hd_stuck_place;

/* What an agent once did to a word. */
typedef struct hd_stuck_act {
    uint64_t step;  /* HD_NO_STEP: nobody did */
    uint32_t agent; /* who; of a wake-up: who was woken */
    uint32_t by;    /* of a wake-up: who notified, or HD_NO_AGENT for the time */
    uint32_t woken; /* of a notify: how many waiters it woke */
    uint64_t value; /* of a write: what the word held after it */
    bool notify;    /* it was a notify */
} hd_stuck_act;

/* Why one agent waits for another. */
typedef enum hd_stuck_tie {
    HD_TIE_NONE,
    HD_TIE_LOCK,     /* that one took the word: its cmpxchg (or exchange) was the last to do so */
    HD_TIE_JOIN,     /* for its end */
    HD_TIE_NOTIFIER, /* that one notified there before */
    HD_TIE_WRITER,   /* that one changed the word before; nobody else notified there */
} hd_stuck_tie;

/* Of an agent in memory.atomic.wait. */
typedef struct hd_stuck_wait {
    hd_stuck_place place;
    uint64_t expected, value; /* what it waits with, and what memory holds now */
    uint64_t since;           /* the step of its entry into the queue */
    int64_t timeout;          /* nanoseconds; negative: for ever */
    /* What others have done there since, in order: the latest few, and of each kind how many in
     * all. */
    hd_stuck_act *since_acts;
    size_t since_count;
    uint64_t writes, notifies;
    hd_stuck_act write;         /* the last write since its wait */
    hd_stuck_act notify_before; /* the last notify before its wait */
    hd_stuck_act write_before;  /* the last write before its wait */
    hd_stuck_act taken;         /* the last waiter that a notify woke there since its wait */
} hd_stuck_wait;

/* Bytes that a running agent has read lately, again and again. */
typedef struct hd_stuck_read {
    hd_stuck_place place;
    hd_event_kind kind;
    uint64_t value; /* found there now; meaningful for up to 8 bytes */
    uint64_t times;
    hd_stuck_act write; /* the last one known */
} hd_stuck_read;

typedef struct hd_stuck_agent {
    const char *name;
    hd_task_state state;
    hd_stuck_class class;
    bool trapped;       /* its last call did */
    bool loops;         /* for ever, without an event */
    uint64_t last_step; /* of its last event, or HD_NO_STEP */
    uint64_t quiet;     /* its latest events, so many, changed nothing that others could see */
    hd_backtrace backtrace;
    hd_stuck_wait wait;     /* HD_TASK_WAITING */
    uint64_t blocked_since; /* HD_TASK_BLOCKED: since this step */

    /* HD_TASK_CALLING, unless it loops: the event that it stands before, and what it reads
     * meanwhile. */
    hd_event_kind next;
    hd_stuck_place next_place; /* HD_EVENT_KINDS as the kind: before none, in its own code */
    hd_stuck_read *reads;
    size_t read_count;

    /* The agent that it waits for, if that is known. */
    hd_stuck_tie tie;
    uint32_t holder;          /* HD_NO_AGENT: nobody */
    hd_stuck_place tie_place; /* of all but HD_TIE_JOIN */
    uint64_t tie_step; /* when the holder took it, or acted there last; HD_NO_STEP: unknown */
} hd_stuck_agent;

/* Agents of which each waits for the next (its `holder`), and the last one for the first. */
typedef struct hd_stuck_cycle {
    uint32_t *agents;
    size_t count;
} hd_stuck_cycle;

typedef struct hd_stuck_report {
    hd_outcome outcome;
    uint64_t steps;
    hd_stuck_agent *agents; /* all of them, by their numbers */
    uint32_t agent_count;
    hd_stuck_cycle *cycles;
    size_t cycle_count;
    uint32_t memory_count;
    bool incomplete; /* more words were in use than are kept in mind */
} hd_stuck_report;

typedef struct hd_stuck hd_stuck;

/* Makes an observer for one execution, whose report goes into `arena`, which must outlive it. NULL
 * when memory is out. */
hd_stuck *hd_stuck_new(hd_arena *arena);
void hd_stuck_free(hd_stuck *stuck);
hd_observer hd_stuck_observer(hd_stuck *stuck);

/* The diagnosis; NULL when the execution completed, when its strategy gave it up, or when memory
 * was out. Lives as long as the arena. */
const hd_stuck_report *hd_stuck_get_report(const hd_stuck *stuck);

/* The class as one word or two: "lost wake-up", "cycle", …; static storage. */
const char *hd_stuck_class_name(hd_stuck_class class);

/* Prints the report as text, several lines an agent. */
void hd_stuck_print(FILE *to, const hd_stuck_report *report);

#endif
