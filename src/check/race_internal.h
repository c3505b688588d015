/* race_internal.h: the parts of the race detector: race.c has agents and what is observed of them,
 * race_order.c the order of events, race_access.c accesses and the shadow, race_found.c the
 * reports. */
#ifndef HD_CHECK_RACE_INTERNAL_H
#define HD_CHECK_RACE_INTERNAL_H

#include "base/arena.h"
#include "check/race.h"
#include "check/race_stack.h"
#include "check/shadow.h"

/* Stamps of the event of a step, and of a wake before that. Each thing that an agent publishes must
 * have a stamp of its own: who knows the stamp is taken to know all that was published with it. */
#define HD_RACE_STAMP(step) (2 * (step) + 2)
#define HD_RACE_WAKE_STAMP(step) (2 * (step) + 1)
#define HD_RACE_STEP(epoch) ((HD_EPOCH_STAMP(epoch) - 1) / 2)

/* The latest synchronizations of an agent, by the other one's number modulo this. */
enum { HD_RACE_SYNCS = 32 };

typedef struct hd_race_agent {
    uint64_t epoch;    /* its latest event, with stamp 0: none yet */
    uint64_t accessed; /* its latest event that may race, or 0 */
    bool ended;
    hd_clock *clock;            /* of the others' events; its own are ordered anyway */
    hd_clock *fenced;           /* the same and what fences order, or NULL: no more than `clock` */
    hd_clock *unfenced;         /* what its next fence will order; in the default model */
    hd_writer *fence;           /* of its plain writes since its latest fence; counted, or NULL */
    HD_VEC(hd_race_sync) reads; /* that `unfenced` comes from: the latest one of each agent */
    const char *name;           /* "" if unknown */
    const hd_agent *machine;
    hd_callers callers;
    hd_race_sync *syncs;
} hd_race_agent;

/* A bounds verdict: memory.grow, and a call that trapped because the memory was too short. */
typedef struct hd_race_verdict {
    uint64_t from, to; /* growth: old and new length; trap: bytes of the access */
    uint64_t epoch;
    uint32_t stack, location;
} hd_race_verdict;

/* The queue of waiters of an address. */
typedef struct hd_race_queue {
    uint64_t address;
    hd_release latest;
} hd_race_queue;

typedef struct hd_race_memory {
    const hd_memory *memory;
    uint32_t number;
    hd_shadow shadow;
    HD_VEC(hd_race_queue) queues;
    HD_VEC(hd_race_verdict) growths; /* ascending, each happens before the next */
    HD_VEC(hd_race_verdict) traps;
    hd_release length; /* of the latest growth */
} hd_race_memory;

/* A bulk access, which a cell has no room to describe. */
typedef struct hd_race_bulk {
    uint64_t epoch, address, length;
    hd_what what;
} hd_race_bulk;
enum { HD_RACE_BULKS = 256 };

struct hd_race_detector {
    hd_race_options options;
    hd_observer observer;
    hd_race_status status;
    hd_world *world; /* NULL: nobody knows who lives */
    uint32_t living; /* agents that have not ended */
    uint64_t orders; /* how often an agent has learnt of another one … */
    uint64_t tried;  /* … when the last one was found not to know of all that have ended */

    size_t budget; /* bytes that the shadows may still take */
    hd_clocks clocks;
    HD_VEC(hd_race_agent) agents;
    HD_VEC(hd_race_memory *) memories;
    hd_race_memory *memory; /* the latest one */
    hd_stacks stacks;
    hd_race_bulk *bulks; /* the latest ones */
    size_t bulk_count;

    struct {
        uint64_t key;        /* of the pair */
        uint64_t latest;     /* the later access, when the pair raced last */
        size_t report;       /* + 1; 0: free */
        hd_race_grade grade; /* by its class and the lists of suppressions */
    } * pairs;
    size_t pair_count, pair_room;
    HD_VEC(hd_race_report *) reports;
    hd_race_counts counts;
    HD_VEC(uint16_t) kinds;   /* of locations in the library's list: see hd_race_library_kinds */
    const hd_module *grouped; /* the module last looked at, … */
    uint32_t groups;          /* … and the groups of that list that are for it */
    hd_arena arena;
};

/* An event, as the detector sees it. */
typedef struct hd_race_event {
    hd_race_agent *agent;
    hd_race_memory *memory;
    uint64_t address, length;
    hd_event_kind kind;
    hd_what what;   /* if it accesses memory */
    unsigned width; /* its logarithm, or HD_WIDTH_BULK */
    hd_place place;
} hd_race_event;

/* Turns the detector off. */
void hd_race_give_up(hd_race_detector *d, hd_race_status status);

/* Orders what was published before what the agent does now. */
void hd_race_order(hd_race_detector *d, hd_race_agent *agent, const hd_release *from,
                   hd_race_sync_kind kind, uint64_t address);

/* The same, unless it is ordered already, or nothing was published. */
void hd_race_acquire(hd_race_detector *d, hd_race_agent *agent, const hd_release *from,
                     hd_race_sync_kind kind, uint64_t address);

/* Publishes the agent's latest event and what happens before it. */
void hd_race_publish(hd_race_detector *d, const hd_race_agent *agent, hd_release *to);

/* Drops what was published. */
void hd_race_release(hd_race_detector *d, hd_release *release);

/* The agent's latest event is a fence. */
void hd_race_fence(hd_race_detector *d, hd_race_agent *agent);

/* Drops all that an agent knows of the others. */
void hd_race_forget_clocks(hd_race_detector *d, hd_race_agent *agent);

/* The event reads from a write, without synchronizing with it: that is for its agent's next fence,
 * unless it is a plain read of the library's. */
void hd_race_read_from(hd_race_detector *d, const hd_race_event *event, const hd_release *from);

/* What a location's innermost function is in the list of the library's: see
 * hd_suppressions_innermost. Found out once for each location. */
unsigned hd_race_library_kinds(hd_race_detector *d, uint32_t location);

/* True if only a fence orders an event, which does not happen before what the agent does now
 * otherwise. */
static inline bool hd_race_fenced(const hd_race_agent *agent, uint64_t epoch) {
    return agent->fenced && hd_clock_covers(agent->fenced, epoch);
}

/* True if the event happens before what the agent does now, whatever fences order. */
static inline bool hd_race_ordered(const hd_race_detector *d, const hd_race_agent *agent,
                                   uint64_t epoch) {
    return HD_EPOCH_AGENT(epoch) == (uint32_t)(agent - d->agents.items) ||
           hd_clock_covers(agent->clock, epoch);
}

/* True if reports of a grade are shown. */
static inline bool hd_race_shows(const hd_race_options *options, hd_race_grade grade) {
    if (grade == HD_RACE_SUPPRESSED || grade == HD_RACE_LIBRARY) return options->show_suppressed;
    return grade != HD_RACE_FENCED || options->show_fenced;
}

/* An access to the bytes of a memory, whatever it is. */
void hd_race_access_memory(hd_race_detector *d, const hd_race_event *event);

/* True for accesses that are SeqCst, and for those that change memory. */
bool hd_what_atomic(hd_what what);
bool hd_what_writes(hd_what what);
bool hd_what_reads(hd_what what);

/* Two accesses race on the bytes of a cell, unless a fence orders them. */
void hd_race_found(hd_race_detector *d, const hd_race_event *event, const hd_access *earlier,
                   uint64_t cell, unsigned width);

/* The bounds check of the event races with a growth; or the growth that it is with the bounds check
 * of a call that trapped. */
void hd_race_found_growth(hd_race_detector *d, const hd_race_event *event,
                          const hd_race_verdict *growth);
void hd_race_found_trap(hd_race_detector *d, const hd_race_event *growth,
                        const hd_race_verdict *trap);

#endif
