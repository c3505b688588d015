/* race.h: the detector of races.
 *
 * Observes a controlled execution (sched/world.h) and finds the pairs of accesses that the memory
 * model of WebAssembly (threads proposal, relaxed.rst) leaves unordered: two events of different
 * agents on overlapping bytes, at least one a write, not both SeqCst over the same range, neither
 * before the other by happens-before. That is the transitive closure of program order,
 * synchronizes-with (a SeqCst read that reads-from a SeqCst write of the same range), the order of
 * the events of each wait queue (enqueue, wake, time-out, a notify that wakes), spawn and join.
 * Neither the order of two atomic stores nor a notify that wakes nobody is an order.
 *
 * Fences order nothing in the strict model. In the default one they have C11's rules, for reads
 * that are not atomic too: a fence knows what was released by all writes from which its agent has
 * read a byte, otherwise than by synchronizing with them. A release is an atomic write, or any
 * write behind a fence of its agent (with what that one knew). The functions of a list, those of
 * wasi-libc, need no fence. Pairs that are ordered only so are told apart. doc/events.md is the
 * definition.
 *
 *     hd_race_detector *d = hd_race_detector_new(&(hd_race_options){0});
 *     hd_world_options options = {.observers = hd_race_observer(d), .observer_count = 1, …};
 *     hd_world *world = hd_world_new(&options);
 *     hd_race_attach(d, world);
 *     …hd_cluster_run…
 *     for (size_t i = 0; i < hd_race_count(d); i++)
 *         hd_race_print(stderr, hd_race_get(d, i));
 */
#ifndef HD_CHECK_RACE_H
#define HD_CHECK_RACE_H

#include "agents/report.h"
#include "check/suppress.h"
#include "sched/world.h"

typedef struct hd_race_detector hd_race_detector;

typedef struct hd_race_options {
    bool strict; /* the strict model: fences order nothing, and every class is an error */
    const hd_suppressions *suppressions; /* borrowed, or NULL */
    /* A second list, of a library's functions, whose matches are counted apart; borrowed, or NULL.
     * In the default model, what these functions read plainly counts as behind a fence. */
    const hd_suppressions *library;
    bool show_suppressed, show_fenced; /* reports of these are wanted in full */
    /* How many accesses to a byte are remembered although a later one stands for them: that a byte
     * races is found in any case, but with fewer only the latest ones of all locations that race on
     * it. 0: a default. */
    uint32_t depth;
    /* The most pairs that are reported; 0: a default. */
    uint32_t limit;
    /* Bytes that may be used to remember accesses: about 10 times the bytes of memory that are
     * accessed by eight, 20 times those by four, 70 times single ones. 0: a default, 2 GiB. */
    size_t memory;
    /* If set, names the code location of an agent's event instead of the agent's machine. */
    uint32_t (*where)(void *context, uint32_t agent);
    void *where_context;
} hd_race_options;

typedef enum hd_race_class {
    HD_RACE_DATA,       /* at least one access is a plain write */
    HD_RACE_MIXED,      /* atomic accesses of different ranges */
    HD_RACE_GROWTH,     /* whether the access is in bounds depends on a memory.grow */
    HD_RACE_PLAIN_READ, /* a plain read against an atomic write */
    HD_RACE_CLASSES,
} hd_race_class;

/* What a pair counts as. */
typedef enum hd_race_grade {
    HD_RACE_ERROR,
    HD_RACE_NOTE,
    HD_RACE_SUPPRESSED, /* by the user's list */
    HD_RACE_LIBRARY,    /* by the second list */
    HD_RACE_FENCED,     /* no race, but only because a fence orders it */
    HD_RACE_GRADES,
} hd_race_grade;

/* One of the two accesses. Strings live as long as the detector. */
typedef struct hd_race_access {
    uint32_t agent;
    const char *agent_name;
    hd_event_kind kind;
    bool atomic;
    bool writes;
    bool trapped;             /* out of bounds: it did not happen */
    uint64_t address, length; /* of grow: the bytes that it added */
    uint64_t step;
    /* As much as is known of the bytes read, or found in memory after they were written: width
     * 0 to 8 of them from an address, little endian. */
    uint64_t value, value_address;
    unsigned value_width;
    const hd_module *module; /* valid as long as the cluster; NULL: none */
    uint32_t function;       /* its index in the module */
    const char *label;       /* and its label */
    uint32_t offset;         /* byte offset in the module */
    hd_backtrace stack;
} hd_race_access;

#define HD_RACE_NO_STEP UINT64_MAX

/* How one agent came to know of another one. */
typedef enum hd_race_sync_kind {
    HD_RACE_SYNC_NONE,
    HD_RACE_SYNC_ATOMIC, /* read what the other one wrote */
    HD_RACE_SYNC_QUEUE,  /* came after it in a wait queue */
    HD_RACE_SYNC_LENGTH, /* read the length after its memory.grow */
    HD_RACE_SYNC_SPAWN,
    HD_RACE_SYNC_JOIN,
    HD_RACE_SYNC_FENCE,   /* its fence came after it had read what the other one released */
    HD_RACE_SYNC_LIBRARY, /* the library read plainly what the other one released */
} hd_race_sync_kind;

typedef struct hd_race_sync {
    hd_race_sync_kind kind;
    uint32_t from, to;           /* what `from` did up to its step happens before what `to` does */
    uint64_t from_step, to_step; /* of a spawn or join: the latest one, or HD_RACE_NO_STEP */
    uint64_t address;            /* atomic, queue, fence, library */
} hd_race_sync;

typedef struct hd_race_report {
    hd_race_class class;
    hd_race_grade grade;
    hd_race_access earlier, later; /* in this execution */
    uint32_t memory;               /* shared memories are numbered as they are first accessed */
    uint64_t address, length;      /* bytes that both access; of growth: that the access needs */
    hd_race_sync sync;             /* the latest one between the two, before the later access */
    uint64_t count;                /* how often this pair of locations raced */
} hd_race_report;

typedef enum hd_race_status {
    HD_RACE_WATCHING,
    HD_RACE_NO_MEMORY,       /* the detector has turned itself off: races may be missing */
    HD_RACE_TOO_MANY_AGENTS, /* likewise: more than 65,536 */
} hd_race_status;

/* Makes a detector for one execution; NULL when memory is out. */
hd_race_detector *hd_race_detector_new(const hd_race_options *options);
void hd_race_detector_free(hd_race_detector *detector);

/* Makes it like a new one, with the same options, for another execution of the same code, which has
 * lived on; only what is known of that code stays. */
void hd_race_detector_reset(hd_race_detector *detector);

/* The observer to give to the world; belongs to the detector. */
const hd_observer *hd_race_observer(const hd_race_detector *detector);

/* Tells the detector whose agents it observes, before they run: for names, code locations and
 * stacks. */
void hd_race_attach(hd_race_detector *detector, hd_world *world);

hd_race_status hd_race_detector_status(const hd_race_detector *detector);

/* The status as a message, such as "the race detector ran out of memory …"; static storage. */
const char *hd_race_status_message(hd_race_status status);

/* The reports of all grades, one for each pair of code locations and class, in the order in which
 * the pairs were found. They may be read when the cluster is gone, but for `module`. Those that are
 * not wanted in full have no source lines. */
size_t hd_race_count(const hd_race_detector *detector);
const hd_race_report *hd_race_get(const hd_race_detector *detector, size_t index);

/* True if a report shall be shown, by the options. */
bool hd_race_is_shown(const hd_race_detector *detector, const hd_race_report *report);

typedef struct hd_race_counts {
    size_t graded[HD_RACE_GRADES]; /* reports of each grade */
    uint64_t beyond;               /* races of pairs beyond the limit */
    /* A race was found in a program of WASI of which neither a name section nor debug information
     * tells the functions, so that nothing of it can be suppressed by name. */
    bool nameless;
    bool show_suppressed, show_fenced; /* the options */
} hd_race_counts;

hd_race_counts hd_race_get_counts(const hd_race_detector *detector);

#endif
