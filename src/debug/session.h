/* session.h: a debugging session: one execution that is moved, and looked at, in both directions.
 *
 * A session holds the *history* of an execution: its moves as far as they are known (of a trace
 * that is debugged, all of them from the beginning), and a record of every event that has happened
 * once. The *present* is any step of it, from 0 (nothing has happened) to the end. Going back
 * within the history does not change it, and going on from there makes the same events again;
 * whoever moves another agent than the history has begins a new one at that step, and what came
 * behind it is forgotten. The end of the run is a state like any other.
 *
 * The world of the present (sched/world.h) can be looked at by everybody and is moved by the
 * session alone. It is gone back by its log, from coarse marks, where the subject allows that; else
 * the execution is made again from its beginning. Steps, agents and events are those of
 * doc/events.md.
 *
 *     hd_session *session = hd_session_new(&options, &diag);
 *     hd_halt halt = hd_session_forward(session, UINT64_MAX);   // to the first stop
 *     halt = hd_session_back(session, 1);
 *     halt = hd_session_move(session, 1, 1, false);             // otherwise than before
 *
 * Nothing here prints or ends a process: what goes wrong is a halt, and hd_session_diag. A session
 * is used by one thread; knows no terminal, protocol, script or program. */
#ifndef HD_DEBUG_SESSION_H
#define HD_DEBUG_SESSION_H

#include <stdatomic.h>

#include "check/race.h"
#include "debug/places.h"
#include "sched/drive.h"
#include "sched/trace.h"

typedef struct hd_session hd_session;

/* What is debugged, as functions. An execution is whatever `start` returns. */
typedef struct hd_session_subject {
    void *context;
    /* Prepares an execution whose world has a log (hd_world_log) and its first agents, with this
     * observer among its own, which outlives it. `exact`: it follows the moves of the trace that it
     * was recorded with, so that inputs come at their steps. NULL with a diagnosis. */
    void *(*start)(void *context, const hd_observer *observer, bool exact, hd_world **world,
                   hd_diag *diag);
    void (*end)(void *execution);
    /* True if it can be gone back by the log: it has no outside. NULL: never. */
    bool (*can_undo)(void *execution);
    /* In what the subject itself has failed so far (an assertion, a trap that ended the program),
     * in one line; NULL: in nothing. Lives as long as the execution. */
    const char *(*failure)(void *execution);
    /* The detector that watches it, or NULL. */
    const hd_race_detector *(*races)(void *execution);
    /* After the end: what is to be said of it (why it is stuck, what was found), to be released
     * with hd_free; NULL when memory is out. May be NULL. */
    char *(*explain)(void *execution);
} hd_session_subject;

typedef struct hd_session_options {
    hd_session_subject subject;
    const hd_trace
        *schedule;        /* the history to begin with; borrowed for hd_session_new; NULL: none */
    const char *strategy; /* goes on behind the history, by its name; NULL: `rr` */
    uint64_t seed;        /* of it */
    size_t budget;        /* of the log in bytes; 0: a default */
    uint64_t interval;    /* events between two marks; 0: a default */
    const atomic_bool *interrupt; /* makes long moves halt soon; or NULL */
} hd_session_options;

/* Moves of a schedule to begin with: a few bytes of a trace can stand for any number of them. */
enum { HD_SESSION_MOST_MOVES = 1 << 24 };

/* Makes a session at step 0. NULL with a diagnosis: as of the subject's start; HD_LIMIT. */
hd_session *hd_session_new(const hd_session_options *options, hd_diag *diag);
void hd_session_free(hd_session *session);

/* Why a move has come to its end. */
typedef enum hd_halt_reason {
    HD_HALT_MOVED,       /* all the events that were asked for have happened */
    HD_HALT_BEGIN,       /* the beginning: there is nothing before */
    HD_HALT_OVER,        /* the end of the run: see hd_session_end */
    HD_HALT_BREAK,       /* the agent has come to a breakpoint (`point`) */
    HD_HALT_WATCH,       /* the event has touched watched bytes (`point`) */
    HD_HALT_SPAWN,       /* it has spawned an agent */
    HD_HALT_END,         /* it has ended its agent */
    HD_HALT_TRAP,        /* the agent has trapped */
    HD_HALT_RACE,        /* the event is the later one of a race (`text`) */
    HD_HALT_CHECK,       /* the subject has failed (`text`) */
    HD_HALT_REFUSED,     /* the move cannot be made (`text`); nothing was changed */
    HD_HALT_DIVERGED,    /* the history does not fit what was executed: its rest is forgotten */
    HD_HALT_INTERRUPTED, /* by the options' `interrupt` */
    HD_HALT_FAILED, /* see hd_session_diag: there is no present until hd_session_seek succeeds */
    HD_HALT_REASONS,
} hd_halt_reason;

/* `text` lives until the session moves again. Behind a halt by an event, `step` is that of the
 * present: the event is the last one that has happened, when coming from behind as well. */
typedef struct hd_halt {
    hd_halt_reason reason;
    uint64_t step;
    uint32_t agent; /* whose event it was, or HD_NO_AGENT */
    uint32_t point;
    const char *text; /* or NULL */
} hd_halt;

/* The reason's name: "moved", "breakpoint", …; static storage. */
const char *hd_halt_reason_name(hd_halt_reason reason);

/* Moving. All of them halt at points, at what is caught (hd_session_catch), and when interrupted;
 * only hd_session_seek goes past everything. */

/* Moves an agent by at most `events` events, at least one; `timeout`: its wait, or sleep, times
 * out. Where the history has another move, it ends here and begins anew. */
hd_halt hd_session_move(hd_session *session, uint32_t agent, uint64_t events, bool timeout);

/* Moves one agent alone until it stands before an event on another line of its source (LINE), the
 * same but not in a function that it calls meanwhile (OVER), or in a function that has called the
 * present one (OUT); or between two calls, or can go on no more, or has made ten million events.
 * Lines without an event are passed.
 */
typedef enum hd_stride { HD_STRIDE_LINE, HD_STRIDE_OVER, HD_STRIDE_OUT } hd_stride;
hd_halt hd_session_stride(hd_session *session, uint32_t agent, hd_stride stride);

/* Goes on by at most so many events, along the history, then as the strategy says. */
hd_halt hd_session_forward(hd_session *session, uint64_t events);

/* Goes back by at most so many events. */
hd_halt hd_session_back(hd_session *session, uint64_t events);

/* Goes to a step, or to the end if the run has less: MOVED or OVER. */
hd_halt hd_session_seek(hd_session *session, uint64_t step);

/* Lets another strategy go on behind the history. False with a diagnosis: the old one stays. */
bool hd_session_set_strategy(hd_session *session, const char *name, hd_diag *diag);

/* Where moves halt beside points: SPAWN, END, TRAP, RACE, CHECK; the last three to begin with. */
void hd_session_catch(hd_session *session, hd_halt_reason reason, bool caught);
bool hd_session_catches(const hd_session *session, hd_halt_reason reason);

/* Points. They belong to the session, never to code, and have numbers from 1. */

typedef enum hd_point_kind {
    HD_POINT_FUNCTION, /* an agent comes into a function, by name or index */
    HD_POINT_OFFSET,   /* … to an instruction, by its byte offset in its module */
    HD_POINT_LINE,     /* … to a line of a source file, or of any */
    HD_POINT_WATCH,    /* bytes are accessed */
} hd_point_kind;

typedef struct hd_point {
    uint32_t number;
    hd_point_kind kind;
    const char *name; /* of a function, without `$` and quotes, or of a file (as it is shown, or its
                       * last parts), or NULL: any; copied */
    uint64_t where;   /* FUNCTION without a name: its index; OFFSET; LINE: from 1 */
    /* HD_POINT_WATCH: these bytes of a memory; memories are numbered as they are first accessed. */
    uint32_t memory;
    uint64_t address, length;
    bool reads, writes; /* which accesses count … */
    bool changes;       /* … or only writes that leave other bytes than they found */
    uint64_t hits;      /* how often it has made a move halt */
} hd_point;

/* Adds a point, whose `number` and `hits` do not matter; returns its number, or 0 when memory is
 * out.
 */
uint32_t hd_session_add_point(hd_session *session, const hd_point *point);
bool hd_session_remove_point(hd_session *session, uint32_t number);

/* The points, by ascending numbers; valid until the next change of them. */
const hd_point *hd_session_points(const hd_session *session, size_t *count);

/* Looking. */

/* The world of the present, or NULL after HD_HALT_FAILED: it is new whenever the session has moved.
 */
const hd_world *hd_session_world(const hd_session *session);
void *hd_session_execution(const hd_session *session);

/* The step of the present: so many events have happened; and how many the history has. */
uint64_t hd_session_step(const hd_session *session);
uint64_t hd_session_length(const hd_session *session);

/* Of a failure. */
const hd_diag *hd_session_diag(const hd_session *session);

/* True if the present is the end of the run; how it ended, and what is to be said of it, which
 * lives as long as this history: NULL: nothing, or memory was out. */
bool hd_session_end(const hd_session *session, hd_outcome *outcome, const char **explanation);

/* True if the agent can move in the present; if its wait or sleep may time out. */
bool hd_session_can_move(hd_session *session, uint32_t agent);
bool hd_session_can_time_out(hd_session *session, uint32_t agent);

/* The agent that the history moves next; HD_NO_AGENT: it ends here. */
uint32_t hd_session_next_agent(const hd_session *session, bool *timeout);

/* What there is to see at an event of the history. */
enum {
    HD_MARK_TIMEOUT = 1, /* a wait or a sleep timed out */
    HD_MARK_SPAWN = 2,
    HD_MARK_END = 4,
    HD_MARK_TRAP = 8,
    HD_MARK_RACE = 16,
    HD_MARK_CHECK = 32,
    HD_MARK_WRITES = 64, /* its first access … */
    HD_MARK_READS = 128,
    HD_MARK_MORE = 256, /* it has more accesses than one */
};

/* An event that has happened once. */
typedef struct hd_past_event {
    uint64_t address, length; /* of its first access, if it has one; of others as hd_event has it */
    uint32_t memory;          /* number, or UINT32_MAX: none */
    uint32_t agent;
    hd_event_kind kind;
    uint32_t count; /* JOIN: of this agent */
    unsigned marks;
    const hd_place_info *place; /* where its agent stood, or NULL */
} hd_past_event;

/* The event of a step; false if it is not known: nobody has been there. */
bool hd_session_event(const hd_session *session, uint64_t step, hd_past_event *event);

/* The event that led to the present, in full; NULL at step 0. Valid until the next move. */
typedef struct hd_last_event {
    uint64_t step;
    uint32_t agent;
    hd_event event; /* `memory` is of the present world */
    bool timeout;
    const hd_place_info *place; /* or NULL */
    /* Of the first 8 bytes at most of what it accessed: `width` of them, little endian, before and
     * after it. */
    unsigned width;
    uint64_t found, left;
} hd_last_event;
const hd_last_event *hd_session_last_event(const hd_session *session);

/* Where an agent stands in the present, or NULL: between two calls. Lives as long as the session.
 */
const hd_place_info *hd_session_place(hd_session *session, uint32_t agent);

/* The latest known event before the step `before` that wrote one of these bytes; false: none did.
 */
bool hd_session_writer(const hd_session *session, uint64_t before, uint32_t memory,
                       uint64_t address, uint64_t length, uint64_t *step);

/* The latest event before the present that changed one of these bytes (hd_session_writer finds
 * writes of what was there already, too): goes back and forth for it, at most 4096 bytes. MOVED
 * with its step in `*step`, or BEGIN if none did; else as moves do. The present stays what it was.
 */
hd_halt hd_session_became(hd_session *session, uint32_t memory, uint64_t address, uint64_t length,
                          uint64_t *step);

/* The number of a shared memory of the present world, by the order in which they were first
 * accessed; HD_NO_MEMORY: nobody has accessed it. And the memory of a number, or NULL. */
#define HD_NO_MEMORY UINT32_MAX
uint32_t hd_session_memory_number(const hd_session *session, const hd_memory *memory);
hd_memory *hd_session_memory(const hd_session *session, uint32_t number);

/* Appends the present state as far as agents can see and use it, without addresses: of a step of
 * one history it is the same whenever and however one has come there. False when memory is out. */
bool hd_session_add_state(const hd_session *session, hd_bytes *to);

/* Walks over the moves that led to the present, from the `first`-th (0: all) on; false: no more. */
size_t hd_session_moves(const hd_session *session);
hd_move hd_session_get_move(const hd_session *session, size_t index);

/* Appends the moves up to the present to a trace. */
void hd_session_add_moves(const hd_session *session, hd_trace *trace);

#endif
