/* explore.h: every execution that differs from the others, each once.
 *
 * Two executions are alike if one becomes the other by swapping neighbouring events that do not
 * depend on each other (Mazurkiewicz); no agent, and no check, can tell them apart. The explorer
 * makes one execution of each such class, under sequential consistency: optimal dynamic
 * partial-order reduction with wake-up trees (Abdulla, Aronis, Jonsson, Sagonas; POPL 2014, JACM
 * 2017). doc/exploration.md says what follows from a complete exploration, and why.
 *
 * It knows no scripts or programs: what it explores is a subject, a struct of functions. */
#ifndef HD_EXPLORE_EXPLORE_H
#define HD_EXPLORE_EXPLORE_H

#include "base/bytes.h"
#include "sched/footprint.h"
#include "sched/trace.h"

/* More agents than this in one execution are refused. */
enum { HD_EXPLORE_MOST_AGENTS = 64 };

/* What is explored. An execution is whatever `start` returns; several may exist at a time. The same
 * moves must give the same execution. */
typedef struct hd_explore_subject {
    void *context;
    /* Prepares an execution whose world has its first agents, watched by these observers, which
     * outlive it; NULL with a diagnosis. */
    void *(*start)(void *context, const hd_observer *observers, size_t count, hd_world **world,
                   hd_diag *diag);
    /* True if an execution whose world has a log can be gone back by it; NULL: never. */
    bool (*can_undo)(void *execution);
    void (*end)(void *execution);
    /* A number for each shared memory, the same in all executions, below 2^20. */
    uint32_t (*number)(void *execution, const hd_memory *memory);
    /* The memory with a number, from 0; NULL: there is none, and none with a higher one. */
    hd_memory *(*memory)(void *execution, uint32_t number);
    /* After a whole execution: appends what belongs to its final state beside shared memories:
     * results, output, exit status; false when memory is out. May be NULL. */
    bool (*add_state)(void *execution, hd_bytes *to);
    /* Whether a whole execution has failed, as by an assertion; what is wrong in one line, which
     * lives as long as the execution, or NULL. May be NULL. */
    const char *(*failure)(void *execution);
    bool live; /* the program can tell how many agents are alive */
} hd_explore_subject;

/* When a wait with a timeout, or a sleep, may time out. */
typedef enum hd_timeouts {
    HD_TIMEOUTS_ANY,  /* always */
    HD_TIMEOUTS_LAST, /* when nothing else can happen, the least deadline first */
    HD_TIMEOUTS_NEVER,
} hd_timeouts;

/* Which accesses are events of their own. What is none runs within the event before it. */
typedef enum hd_granularity {
    HD_GRANULARITY_MEMORY, /* all accesses of shared memories */
    HD_GRANULARITY_SYNC,   /* atomic ones, and plain ones of the bytes that were promoted */
} hd_granularity;

/* How an execution ended. */
typedef enum hd_explore_end {
    HD_EXPLORE_COMPLETE,   /* every agent has ended, or the program has */
    HD_EXPLORE_DEADLOCKED, /* no agent can move, since some wait */
    HD_EXPLORE_LIVELOCKED, /* the same, but some only read again what does not change any more */
    HD_EXPLORE_BOUND,      /* a bound was hit */
    HD_EXPLORE_ENDS,
} hd_explore_end;

/* A whole execution, for whoever looks at each of them; valid during the call. */
typedef struct hd_explore_execution {
    void *execution; /* of the subject */
    const hd_world *world;
    hd_explore_end end;
    const char *failure;  /* of the subject, or NULL */
    bool new_state;       /* it is the first with its final state */
    bool moot;            /* it does not count: a race may be seen in it, nothing else is new */
    const hd_move *moves; /* that lead there, failed reads of loops included */
    size_t count;
} hd_explore_execution;

typedef struct hd_explore_options {
    bool static_footprints; /* as known before an event, else as known after it */
    bool no_undo;           /* executions are made again to go back, even if they could be undone */
    bool no_awaits;         /* loops that only read are unrolled like others */
    hd_granularity granularity;
    const hd_span *promoted; /* HD_GRANULARITY_SYNC: ascending, apart from each other */
    size_t promoted_count;
    hd_timeouts timeouts;
    bool bounds_preemptions;
    uint64_t preemptions; /* classes with an execution of at most so many are wanted */
    uint64_t most_steps;  /* of one execution; 0: a default */
    /* An agent that was so often before one place in a loop, by the same calls, does not go on from
     * there: what others do is still explored. 0: no limit. */
    uint64_t unroll;
    uint64_t most_executions; /* 0: no limit */
    int64_t most_time;        /* nanoseconds of the host's time; 0: no limit */
    /* Told of each whole execution that counts, and of moot ones; false: enough. May be NULL. */
    bool (*visit)(void *context, const hd_explore_execution *execution);
    void *visit_context;
    /* Told that the exploration begins again, so that nothing counts that it told so far, since
     * awaits may race as its executions cannot show; with plain writes of `span` that are no
     * events, or NULL. False: it is to end instead. Without it, such races are not looked for. */
    bool (*again)(void *context, const hd_span *span);
    void *again_context;
    /* Told now and then how far it is: so many executions, the longest one's length, and the share
     * of the whole that is done, by what is known of it. May be NULL. */
    void (*progress)(void *context, uint64_t executions, size_t depth, double share);
    void *progress_context;
} hd_explore_options;

typedef struct hd_explore_result {
    uint64_t ends[HD_EXPLORE_ENDS]; /* executions, by how they ended */
    uint64_t redundant;             /* that turned out to be needless; never, if all is right */
    uint64_t moot;                  /* that differ from others only in rounds without effect */
    uint64_t beyond;                /* that needed more preemptions than were asked for */
    uint64_t failures;              /* executions that the subject says have failed */
    uint64_t final_states;          /* distinct ones */
    uint64_t events;                /* executed, all in all */
    uint64_t restarts;              /* executions made again to go back */
    size_t depth;                   /* of the longest execution */
    bool bound;                     /* some execution was cut short by the bound on steps */
    bool unrolled;                  /* some agent was stopped in a loop */
    bool limit;       /* the exploration itself was, by a limit on executions or time */
    bool stopped;     /* `visit` said enough */
    bool hidden;      /* plain accesses of shared memories ran that were no events */
    bool conditional; /* stuck executions hold for --timeouts=never alone */
    double estimate;  /* of the share of the whole that was explored, from 0 to 1 */
} hd_explore_result;

/* Explores. HD_OK, or HD_NOMEM, HD_LIMIT (too many agents), or what the subject's start returned;
 * HD_FAILED means that the explorer itself is wrong. */
hd_status hd_explore(const hd_explore_subject *subject, const hd_explore_options *options,
                     hd_explore_result *result, hd_diag *diag);

/* Executions that were made to the end and count. */
uint64_t hd_explore_executions(const hd_explore_result *result);

#endif
