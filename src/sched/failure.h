/* failure.h: what an execution failed in, as a value: the kind, the agents, the places.
 *
 * Failures are compared by that alone; words are for people. Traces store them, searches for
 * simpler traces keep to them exactly, and sums of many runs count by them, whichever of the agents
 * that run the same code they are of. A failure owns its memory and is used by one thread at a
 * time. */
#ifndef HD_SCHED_FAILURE_H
#define HD_SCHED_FAILURE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/reader.h"
#include "base/vec.h"

/* The numbers stand in files. */
typedef enum hd_failure_kind {
    HD_FAILURE_NONE,
    HD_FAILURE_CHECK,       /* a command of a script; the place is its line and column */
    HD_FAILURE_TRAP,        /* of a program: `detail` is the hd_status */
    HD_FAILURE_EXIT,        /* of a program, with the status `detail`, not the one expected */
    HD_FAILURE_DEADLOCK,    /* the agents of the cycles, or else all that are stuck */
    HD_FAILURE_LIVELOCK,    /* the same */
    HD_FAILURE_REPETITION,  /* the schedule repeats itself, although there are effects */
    HD_FAILURE_STEP_LIMIT,  /* the agents of the cycles, if there are any */
    HD_FAILURE_TIME_LIMIT,  /* where the agents were is a matter of luck, and left out */
    HD_FAILURE_INTERRUPTED, /* by a signal */
    HD_FAILURE_GIVEN_UP,    /* the schedule does not fit */
    HD_FAILURE_RACE,        /* `detail` is the class; the agents in the order of their numbers */
    HD_FAILURE_OVERFLOW,    /* of a shadow stack: `detail` is the kind */
    HD_FAILURE_DIVERGED,    /* a replay is not what was recorded */
    HD_FAILURE_NOT_RUN,     /* the program could not be made: there is no execution */
    HD_FAILURE_KINDS,
} hd_failure_kind;

/* An instruction: the label of its function (in scripts "line") and its byte offset in its module
 * (in scripts the line and column: line << 12 | column). */
typedef struct hd_failure_place {
    const char *function;
    uint64_t offset;
} hd_failure_place;

/* An agent, by its number, or UINT32_MAX for none in particular; and where it stands, innermost
 * first: these of the failure's places. */
typedef struct hd_failure_part {
    uint32_t agent;
    size_t first, count;
} hd_failure_part;

typedef struct hd_failure {
    hd_failure_kind kind;
    uint32_t detail;
    HD_VEC(hd_failure_part) parts;
    HD_VEC(hd_failure_place) places;
    hd_arena arena;
    bool incomplete; /* memory was out */
} hd_failure;

#define HD_FAILURE_INIT                                                                            \
    { 0 }

/* The kind in words: "deadlock", "step limit", …; static storage. */
const char *hd_failure_kind_name(hd_failure_kind kind);

/* Empties a failure, which may be empty, and gives it a kind. */
void hd_failure_set(hd_failure *failure, hd_failure_kind kind, uint32_t detail);

/* Appends an agent; then, to the last one, where it stands, with a copy of the label. */
void hd_failure_add_agent(hd_failure *failure, uint32_t agent);
void hd_failure_add_place(hd_failure *failure, const char *function, uint64_t offset);

/* Replaces a failure by a copy; false when memory is out, or was when `from` was made. */
bool hd_failure_copy(hd_failure *to, const hd_failure *from);

/* True if they are the same: of the same kind, agents and places. */
bool hd_failure_equal(const hd_failure *a, const hd_failure *b);

/* True if they are the same but for which agents they are of, where those stand at places that are
 * the same: many agents that run the same code fail in many ways that are one to a person. */
bool hd_failure_alike(const hd_failure *a, const hd_failure *b);

void hd_failure_free(hd_failure *failure);

/* Appends it to bytes; false when memory is out. Reads it, which may be hostile: see reader.h. */
bool hd_failure_encode(const hd_failure *failure, hd_bytes *to);
void hd_failure_decode(hd_reader *reader, hd_failure *failure);

#endif
