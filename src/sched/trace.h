/* trace.h: traces: all that is needed to execute a program once more, bit for bit.
 *
 * A trace holds the schedule, which is the sequence of moves, and the outside inputs in the order
 * in which they were taken. Beside that it says what was run and how the execution ended, so that a
 * replay can be checked. doc/trace-format.md describes the file. A trace is used by one thread at a
 * time. */
#ifndef HD_SCHED_TRACE_H
#define HD_SCHED_TRACE_H

#include "base/bytes.h"
#include "base/vec.h"
#include "sched/failure.h"
#include "sched/world.h"

typedef struct hd_trace hd_trace;

/* Limits of this implementation, which files are held to as well. */
#define HD_TRACE_MOST_AGENTS UINT32_C(65536)
#define HD_TRACE_MOST_EVENTS (UINT64_C(1) << 62)
#define HD_TRACE_MOST_BYTES (UINT64_C(1) << 30) /* of a file, and of what it inflates to */

/* A move: so many events of an agent. HD_TIMEOUT: its wait or sleep timed out, which is one event.
 * A move with events goes on through the agent's next one; so neighbours with events name two
 * agents, and one execution has one sequence, however it was cut. */
typedef struct hd_move {
    uint32_t agent;
    uint64_t events;
} hd_move;

enum { HD_TIMEOUT = 0 };

/* How many events a move is. */
static inline uint64_t hd_move_events(const hd_move *move) {
    return move->events == HD_TIMEOUT ? 1 : move->events;
}

/* Makes an empty trace; NULL when memory is out. */
hd_trace *hd_trace_new(void);

/* Makes a trace with the subject and the origin of another one, and nothing else. */
hd_trace *hd_trace_new_like(const hd_trace *trace);
void hd_trace_free(hd_trace *trace);

/* Where what was run comes from, for information, and to run it again; none of it is interpreted
 * here. `arguments` are those of the command line. Copied, from another trace or anywhere else;
 * false when memory is out. */
typedef struct hd_trace_origin {
    const char *strategy; /* as on the command line */
    uint64_t seed;
    const char *const *arguments;
    size_t argument_count;
} hd_trace_origin;

bool hd_trace_set_origin(hd_trace *trace, const hd_trace_origin *origin);
hd_trace_origin hd_trace_get_origin(const hd_trace *trace); /* lives as long as the trace */

/* Binds a trace to the bytes of a module or script that is run, in order if there are several. */
void hd_trace_bind(hd_trace *trace, const void *bytes, size_t length);

/* True if both traces are bound to the same bytes. */
bool hd_trace_same_subject(const hd_trace *a, const hd_trace *b);

/* How the execution ended, and in what it failed: NULL for in nothing; copied. False when memory is
 * out. */
bool hd_trace_finish(hd_trace *trace, hd_outcome outcome, const hd_failure *failure);

/* Appends to what the execution prints, its results among it, of which a trace keeps a digest.
 * However it is cut, it is the same; and known from the first call on, be it of nothing. */
void hd_trace_add_output(hd_trace *trace, const void *bytes, size_t length);

/* True unless the outputs of both are known, and differ. */
bool hd_trace_same_output(const hd_trace *a, const hd_trace *b);

/* False when the end is unknown, as of a schedule that a person wrote. */
bool hd_trace_outcome(const hd_trace *trace, hd_outcome *outcome);
const hd_failure *hd_trace_failure(const hd_trace *trace);

/* Appends a move to the schedule. */
void hd_trace_add_move(hd_trace *trace, uint32_t agent, uint64_t events);

/* Leaves the first so many events of an execution, which has at least these, with the preemptions
 * among them; what it printed is not known any more. False when memory is out: nothing is changed.
 */
bool hd_trace_cut(hd_trace *trace, uint64_t events);

/* An observer that appends every move. It cannot say when memory is out: hd_trace_complete does. */
hd_observer hd_trace_observer(hd_trace *trace);

/* Says that something could not be appended, for want of memory. */
void hd_trace_spoil(hd_trace *trace);

/* False if something could not be appended, for want of memory or beyond the limits. */
bool hd_trace_complete(const hd_trace *trace);

/* Appends a schedule's bytes, as a file has them: the same for the same schedule and for no other.
 * False when memory is out, or a move was. */
bool hd_trace_add_schedule(const hd_trace *trace, hd_bytes *to);

uint64_t hd_trace_moves(const hd_trace *trace);
uint64_t hd_trace_events(const hd_trace *trace);

/* Walks through a schedule, to which nothing may be added meanwhile:
 *
 *     hd_move move;
 *     hd_trace_cursor cursor = hd_trace_start(trace);
 *     while (hd_trace_next(&cursor, &move)) … */
typedef struct hd_trace_cursor {
    const hd_trace *trace;
    size_t position;       /* in the encoded moves */
    unsigned phase;        /* which part of the schedule */
    uint32_t last, before; /* the agents of the last two moves */
    uint64_t repeats;      /* how often `repeated` comes again */
    uint64_t repeated;     /* head of a move (trace_parts.h) */
} hd_trace_cursor;

hd_trace_cursor hd_trace_start(const hd_trace *trace);
bool hd_trace_next(hd_trace_cursor *cursor, hd_move *move);

/* Appends an outside input; `kind` is its taker's own affair (host/outside_controlled.h). */
void hd_trace_add_input(hd_trace *trace, uint32_t kind, const void *bytes, size_t length);

void hd_trace_copy_inputs(hd_trace *trace, const hd_trace *from);

/* The inputs, in order: how many, and one of them, whose bytes live until the next is added. */
size_t hd_trace_inputs(const hd_trace *trace);
uint32_t hd_trace_input(const hd_trace *trace, size_t index, const uint8_t **bytes, size_t *length);

/* Preemptions: switches away from an agent that could go on. Known only of an execution under a
 * guided strategy (replay.h), and not part of the file. Each is named by the number of the move
 * that it begins; ascending. */
void hd_trace_add_preemption(hd_trace *trace);
const uint64_t *hd_trace_preemptions(const hd_trace *trace, size_t *count);

/* Encodes a trace as the bytes of a file, to be released with hd_free: the same for the same
 * contents. HD_OK, HD_NOMEM or HD_LIMIT. */
hd_status hd_trace_encode(const hd_trace *trace, uint8_t **bytes, size_t *length, hd_diag *diag);

/* Decodes the bytes of a file, which may be hostile. HD_MALFORMED: not a trace, of another version,
 * or damaged, as the message says; HD_LIMIT, HD_NOMEM. */
hd_status hd_trace_decode(const uint8_t *bytes, size_t length, hd_trace **trace, hd_diag *diag);

/* Writes a file, whole or not at all: it replaces an earlier one only once it is complete. Reads
 * one. HD_IO with the system's words; else as above. */
hd_status hd_trace_save(const hd_trace *trace, const char *path, hd_diag *diag);

/* The same, but it never replaces anything: `*exists` says that there is something of that name,
 * and then nothing is done. */
hd_status hd_trace_save_new(const hd_trace *trace, const char *path, bool *exists, hd_diag *diag);
hd_status hd_trace_load(const char *path, hd_trace **trace, hd_diag *diag);

#endif
