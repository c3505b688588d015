/* weak.h: outcomes that the relaxed memory model allows.
 *
 * Threads specification, relaxed.rst. An engine may execute a program with races in ways that no
 * order of its accesses explains. Of tiny programs all candidate executions are enumerated: agents
 * are executed with whatever their reads may find, and a candidate is one that the model allows if
 * a reads-from and a total order make it consistent. Which values may be found is a fixpoint: the
 * initial ones, and what agents write when they find such values. So a read may find what is
 * written later (load buffering), but no value comes from nowhere, although the letter of
 * relaxed.rst would allow some.
 *
 * relaxed.rst is read with three corrections: `overlap` means that ranges intersect; tearing is
 * excluded only for naturally aligned integer accesses of at most four bytes, and for atomic ones
 * of one range; INIT happens before everything. To synchronizes-with come the spawn of an agent and
 * its join. Fences do nothing there. Waits, notifies, growth and calls of the host are outside.
 *
 * What is executed is the subject of an exploration (explore/explore.h). */
#ifndef HD_WEAK_WEAK_H
#define HD_WEAK_WEAK_H

#include "agents/report.h"
#include "explore/explore.h"

enum {
    HD_WEAK_EVENTS = 30,     /* most accesses of shared memory in an execution, */
    HD_WEAK_BYTES = 64,      /* most bytes of one, */
    HD_WEAK_AGENTS = 16,     /* most agents, */
    HD_WEAK_OUTCOMES = 2000, /* and most outcomes that are told apart */
};

/* An access of shared memory. An instantiation's segments, and the sides of bulk instructions, are
 * accesses of their own. */
typedef struct hd_weak_event {
    uint32_t agent;
    hd_event_kind kind;
    bool reads, writes;
    bool atomic;
    bool tear_free; /* as relaxed.rst has it */
    uint32_t memory, length;
    uint64_t address;
    uint8_t initial[HD_WEAK_BYTES]; /* what INIT wrote there */
    uint8_t read[HD_WEAK_BYTES], written[HD_WEAK_BYTES];
    const hd_module *module; /* of its instruction; NULL: it lies between two calls */
    uint32_t function, offset;
    const hd_report_frame *place; /* of an outcome's execution: where that is, or NULL */
} hd_weak_event;

typedef uint32_t hd_weak_set; /* of events, a bit each */

/* A candidate execution. The events of each agent stand in program order. */
typedef struct hd_weak_execution {
    hd_weak_event events[HD_WEAK_EVENTS];
    hd_weak_set before[HD_WEAK_EVENTS]; /* by program order, spawns and joins */
    size_t count;
} hd_weak_execution;

enum { HD_WEAK_INIT = -1 }; /* as a writer */

/* Why a candidate is consistent. */
typedef struct hd_weak_witness {
    int8_t from[HD_WEAK_EVENTS][HD_WEAK_BYTES]; /* reads-from: an event, or HD_WEAK_INIT */
    hd_weak_set before[HD_WEAK_EVENTS];         /* happens-before */
    uint8_t order[HD_WEAK_EVENTS];              /* the total order: events, the first one first */
} hd_weak_witness;

/* What executions end in: what the subject adds to a final state and, if wanted, what was read; or,
 * of a program that fails, its failure alone. */
typedef struct hd_weak_outcome {
    char *text; /* of the subject; NUL-terminated */
    char *key;  /* all that tells it from others */
    size_t length;
    bool cut;                     /* a failure has ended the program: what was read is not told */
    bool sequential;              /* some order of the accesses explains it */
    hd_weak_execution *execution; /* the first one found; with its witness, unless sequential */
    hd_weak_witness *witness;
} hd_weak_outcome;

typedef struct hd_weak_options {
    bool reads; /* outcomes with different values read are different */
} hd_weak_options;

typedef struct hd_weak_result {
    char refused[240];                /* why nothing is known; empty: all is */
    bool crowded;                     /* since there are too many outcomes */
    HD_VEC(hd_weak_outcome) outcomes; /* in no particular order, always the same */
    HD_VEC(char *) agents;            /* their names */
    uint64_t candidates;              /* executions looked at */
    size_t most_events;               /* accesses of the longest */
    bool awaits;                      /* rounds of loops that only read were left out */
    hd_arena arena;                   /* of places */
} hd_weak_result;

/* Enumerates. HD_OK, if need be with a reason in `refused`; or HD_NOMEM, or what the subject's
 * start returned, or HD_FAILED: the enumeration itself is wrong. Release the result in any case. */
hd_status hd_weak_enumerate(const hd_explore_subject *subject, const hd_weak_options *options,
                            hd_weak_result *result, hd_diag *diag);
void hd_weak_result_free(hd_weak_result *result);

/* Whether relaxed.rst allows a candidate, and if so why. `*steps` is counted down; when it is 0,
 * nobody knows. */
bool hd_weak_consistent(const hd_weak_execution *execution, hd_weak_witness *witness,
                        uint64_t *steps);

/* Whether some order of a candidate's events explains all its reads; `*steps` likewise. */
bool hd_weak_sequential(const hd_weak_execution *execution, uint64_t *steps);

/* Whether an event accesses a byte. */
static inline bool hd_weak_covers(const hd_weak_event *event, uint32_t memory, uint64_t address) {
    return event->memory == memory && address >= event->address &&
           address - event->address < event->length;
}

#endif
