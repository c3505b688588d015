/* parts.h: what the files of the explorer share: explore.c is the search, place.c moves the world
 * and goes back, await.c knows loops that only read, races.c orders events and turns them around,
 * final.c has final states, bound.c counts preemptions, unroll.c rounds of loops. */
#ifndef HD_EXPLORE_PARTS_H
#define HD_EXPLORE_PARTS_H

#include "explore/branch.h"
#include "explore/explore.h"

typedef uint64_t hd_agents; /* a set of agents, a bit each */

static inline hd_agents hd_agent_bit(uint32_t agent) {
    return UINT64_C(1) << agent;
}

#define HD_NO_STEP UINT32_MAX
enum { HD_READ_BYTES = 16 };

/* What a read of at most HD_READ_BYTES bytes has found. */
typedef struct hd_read {
    bool known; /* it was such a read, and had no effect */
    bool atomic;
    uint8_t length;
    uint32_t memory; /* its number */
    uint64_t address;
    uint8_t bytes[HD_READ_BYTES];
} hd_read;

/* An event of the present execution, with what ran in its wake. */
typedef struct hd_step {
    uint32_t agent;
    uint32_t ordinal; /* of the agent's events, from 1 */
    hd_footprint footprint;
    hd_footprint own; /* the same without what it only depends on because it ends an await */
    bool barrier;     /* everything before it happens before it */
    bool valued; /* its footprint depends on the state, or it may be impossible in another order */
    bool join;   /* no race: it was impossible before what it depends on */
    bool cut;    /* others that could have moved cannot any more: the program has ended */
    bool timeout;
    bool closes;              /* a round of several events ends here */
    bool effect;              /* it changed what others can see */
    bool atomic;              /* an access of memory */
    uint64_t events;          /* of the world */
    hd_agents spawned;        /* by it */
    size_t races, race_count; /* earlier steps that it races with, latest first, in `races` */
    bool waits;               /* it was impossible before some event that it depends on */

    /* The node before it. */
    hd_branch *branches; /* what must be executed here; this step's own is the first */
    uint64_t done;       /* so many branches were */
    hd_agents sleep;     /* agents whose events need not be executed here */
    hd_agents enabled;
    hd_agents parked, loose; /* as in the explorer */
    size_t parkings, ghosts, rounds, stays, past, hidden;
} hd_step;

/* A plain write that ran in the wake of a step. */
typedef struct hd_hidden {
    size_t step;
    hd_span span;
} hd_hidden;

/* An agent that is in an await: it would only read again what it has read. */
typedef struct hd_parking {
    uint32_t agent;
    bool single; /* the failed read was undone, and was … */
    hd_read read;
    hd_footprint footprint;
    size_t from, to; /* else: the agent's reads in this part of its past */
} hd_parking;

/* What an agent did, for whoever asks whether it repeats itself. */
typedef struct hd_past {
    uint32_t agent;
    bool effect;
    bool nothing;     /* a wait has timed out */
    bool closes;      /* a round of several events ends here */
    uint32_t context; /* the place in a loop that it stood before, from 1; 0: it was none */
    hd_read read;
    size_t state, length; /* of the agent before it, in `states` */
} hd_past;

/* A round of a loop that was made, but had no effect: steps of an agent. */
typedef struct hd_round {
    uint32_t agent;
    size_t from, to;
} hd_round;

/* An agent went on at a step although all that it had read in an earlier round, which began at
 * another step, was still there: only other rounds of it came between, in one of which it had read
 * something else. Without those it could not have moved. */
typedef struct hd_stay {
    size_t round, step;
} hd_stay;

/* A read that was undone. */
typedef struct hd_ghost {
    size_t depth;
    uint32_t agent;
    uint64_t events;
} hd_ghost;

/* What is gone back to. */
typedef struct hd_place {
    size_t mark; /* of the world */
    size_t past, states;
} hd_place;
typedef HD_VEC(hd_span) hd_spans;

typedef struct hd_explorer {
    const hd_explore_subject *subject;
    const hd_explore_options *options;
    hd_explore_result *result;
    hd_diag *diag;

    /* The world, and where it is: after the first `at` steps. */
    void *execution;
    hd_world *world;
    size_t at;
    bool astray;             /* not all of its steps are those of the present execution, … */
    size_t astray_at;        /* … but the first so many */
    HD_VEC(hd_place) places; /* before each of its steps */
    hd_footprint_pool pool;
    hd_recorder recorder;
    hd_observer observer;

    HD_VEC(hd_step) steps; /* room for more than `depth` */
    size_t depth;
    uint32_t agents;      /* rows of the following have room for so many, … */
    uint32_t *clocks;     /* … a row a step: of its event; … */
    uint32_t *before;     /* … of its agent before it; … */
    hd_footprint *asleep; /* … footprints of the sleeping ones; … */
    uint32_t *present;    /* … a row an agent: its clock */
    size_t rows;

    hd_agents spent;             /* agents that would go round a loop more often than is wanted */
    hd_agents parked;            /* agents that are in an await */
    hd_agents loose;             /* agents that were, and have not moved since */
    HD_VEC(hd_parking) parkings; /* the latest one of an agent counts */
    HD_VEC(hd_ghost) ghosts;
    HD_VEC(hd_round) rounds;
    HD_VEC(hd_stay) stays;
    HD_VEC(hd_past) past;
    HD_VEC(hd_hidden) hidden;
    bool hides;             /* what runs in the wake of a step is to be added there */
    hd_spans *kept;         /* bytes: failed reads of awaits there count as made, see suspect.c */
    bool again;             /* one of them is new: the exploration begins again */
    hd_bytes states, state; /* of the past; one more */
    hd_branches branches;
    bool looping; /* some execution had a read in a loop */
    bool valued;  /* some execution had a valued step */
    size_t fresh; /* the first step that was not in the last execution */

    HD_VEC(hd_item) items;
    HD_VEC(uint32_t) races; /* of all steps */
    HD_VEC(hd_move) moves;
    struct hd_finals *finals;
    struct hd_forms *forms;
    struct hd_contexts *contexts;
    int64_t started;
} hd_explorer;

/* place.c */

/* Makes the first execution; false after a diagnosis. */
bool hd_explorer_start(hd_explorer *x);

/* Makes room for a step at a depth, and one behind it; false after a diagnosis. */
bool hd_explorer_reserve(hd_explorer *x, size_t depth);

/* Brings the world to where it is after the first `depth` steps, and awaits with it; false after a
 * diagnosis. */
bool hd_explorer_seek(hd_explorer *x, size_t depth);

/* The agents that can move there, without those in awaits. `*barrier`: it is one whose time is up
 * since nothing else can happen. */
hd_agents hd_explorer_enabled(hd_explorer *x, bool *barrier);

/* Moves an agent by one event and stores what that was in `step`. False after a diagnosis. */
bool hd_explorer_execute(hd_explorer *x, hd_step *step, uint32_t agent, bool barrier);

/* Forgets the past, parkings and ghosts beyond those in force before a step. */
void hd_explorer_restore(hd_explorer *x, const hd_step *step);

/* Says that the explorer, or the subject, is wrong; or that memory is out. Return false. */
bool hd_explorer_fail(hd_explorer *x, const char *what);
bool hd_explorer_nomem(hd_explorer *x);

/* await.c */

/* Before an agent moves, and after it: whether that had an effect, or a wait of it timed out. */
bool hd_explorer_remember(hd_explorer *x, uint32_t agent);
void hd_explorer_note(hd_explorer *x, bool effect, bool timeout);

/* True if the step under way, as remembered, is a read that might be one of an await. */
bool hd_explorer_reads_in_loop(const hd_explorer *x);

/* After a step: HD_AWAIT_FAILED: it was a read of a loop, which counts as undone; `parking` is what
 * the agent waits for. HD_AWAIT_ROUND: it ends a round of several events, and the agent waits too.
 * HD_AWAIT_OVER: the same, but something has changed meanwhile, and the agent goes on. */
typedef enum hd_await { HD_AWAIT_NONE, HD_AWAIT_FAILED, HD_AWAIT_ROUND, HD_AWAIT_OVER } hd_await;
hd_await hd_explorer_awaits(hd_explorer *x, const hd_step *step, hd_parking *parking);

bool hd_explorer_park(hd_explorer *x, const hd_parking *parking);

/* After HD_AWAIT_OVER: the agent goes on because its bytes have changed, so its next event depends
 * on them. */
bool hd_explorer_loosen(hd_explorer *x, const hd_parking *parking);

/* After memory has changed: lets agents go on whose reads would find something else now, and no
 * others, even if they might have gone on before. */
void hd_explorer_unpark(hd_explorer *x);

/* All that an agent has read in a round of several events; false after a diagnosis. */
bool hd_explorer_awaited(hd_explorer *x, const hd_parking *parking, hd_footprint *footprint);

/* Before an agent moves: notes rounds of it that find nothing new; see hd_stay. */
bool hd_explorer_note_stays(hd_explorer *x, uint32_t agent);

/* The latest parking of an agent. */
const hd_parking *hd_explorer_parking(const hd_explorer *x, uint32_t agent);

/* suspect.c: looks in a whole execution for awaits that may race although no execution showed it;
 * if there are new ones, sets `again`. False after a diagnosis. */
bool hd_explorer_suspect(hd_explorer *x);
bool hd_explorer_keeps(const hd_explorer *x, const hd_read *read);

/* unroll.c: the agents of a set that have been before the place in a loop where they stand as often
 * as is wanted. */
hd_agents hd_explorer_spent(hd_explorer *x, hd_agents agents);

/* The place in a loop where an agent stands, by the same number whenever it comes there by the same
 * calls, from 1; 0: it stands in none, or nobody wants to know. */
uint32_t hd_explorer_context(hd_explorer *x, uint32_t agent);
void hd_contexts_free(struct hd_contexts *contexts);

/* races.c */

/* Sets the clock of the step that has just been executed, and finds its races. */
bool hd_explorer_order(hd_explorer *x);
const uint32_t *hd_explorer_clock(const hd_explorer *x, size_t step);
const uint32_t *hd_explorer_clock_before(const hd_explorer *x, size_t step);

/* At a maximal execution: inserts what must be executed because of its races. False after a
 * diagnosis. */
bool hd_explorer_reverse(hd_explorer *x);

/* form.c: adds the class of a whole execution, without rounds that might as well not have been
 * made; false after a diagnosis. `*is_new`: it is the first of its class. */
bool hd_forms_add(hd_explorer *x, bool *is_new);
void hd_forms_free(struct hd_forms *forms);

/* final.c */

/* Adds the final state of a whole execution; false when memory is out. `*is_new`: it is the first.
 */
bool hd_finals_add(hd_explorer *x, uint32_t kind, bool *is_new);
void hd_finals_touch(hd_explorer *x, const hd_span *spans, size_t count);
void hd_finals_free(struct hd_finals *finals);

/* bound.c: the least number of preemptions of any execution that is like the first `depth` steps of
 * the present one. False after a diagnosis. */
bool hd_explorer_preemptions(hd_explorer *x, uint64_t *least);

#endif
