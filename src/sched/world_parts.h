/* world_parts.h: what the files world*.c share: world.c has a world's life and its agents,
 * world_step.c moves them, world_calls.c is what agents call in the middle of an event,
 * world_sparse.c says of which of their accesses observers are told, world_time.c has deadlines,
 * world_view.c what others may see. */
#ifndef HD_SCHED_WORLD_PARTS_H
#define HD_SCHED_WORLD_PARTS_H

#include <pthread.h>

#include "agents/watchdog.h"
#include "base/vec.h"
#include "sched/local_time.h"
#include "sched/lookout.h"
#include "sched/world.h"

typedef enum hd_task_stage {
    HD_STAGE_ASKING,   /* its body is to be asked what comes next */
    HD_STAGE_RUNNING,  /* within a call, but not before an event yet */
    HD_STAGE_AT_EVENT, /* before an event of its machine */
    HD_STAGE_AT_STEP,  /* before a step of its body */
    HD_STAGE_WAITING,  /* in a queue */
    HD_STAGE_NOTIFIED, /* out of it again, before its resumption */
    HD_STAGE_BLOCKED,  /* in a host function */
    HD_STAGE_LOOPING,  /* within a call, for ever without an event */
    HD_STAGE_ENDED,
} hd_task_stage;

typedef struct hd_task {
    char *name;
    uint32_t number;
    uint64_t epoch; /* of the log in which it was saved last, if there is one */
    hd_diag last;   /* how the step of its body before ended */

    /* What follows is saved, to the end. */
    hd_task_stage stage;
    hd_member *member; /* NULL: it was detached and has ended */
    hd_agent *agent;   /* likewise */
    hd_body_step step; /* of its body: the call that is under way, or what comes next */
    uint64_t calls;    /* that it has begun */
    hd_event event;    /* HD_STAGE_AT_STEP, HD_STAGE_NOTIFIED: as an event */

    int64_t time; /* local, without the events of a run that is under way */

    /* HD_STAGE_WAITING: its place in the queue. */
    hd_memory *memory;
    uint64_t address, since;
    int64_t timeout, deadline; /* HD_STAGE_BLOCKED, too; a negative timeout: no deadline */
    struct hd_task *next_waiter;

    const void *cause; /* HD_STAGE_BLOCKED */
} hd_task;

struct hd_world {
    hd_undo log;
    hd_undo *undo; /* the log, or NULL: nothing is saved */
    hd_world_options options;
    HD_VEC(const hd_observer *) event_observers, move_observers; /* that hear of these */
    hd_controller controller;
    hd_hooks hooks;
    hd_sparse sparse; /* its marks: lines of which a synchronizing access was told */
    uint32_t spared;  /* the agent whose plain accesses need not be told, or HD_NO_AGENT … */
    bool attends;     /* … but they are, for a close look */
    hd_cluster *cluster;
    void (*run)(void *context, int64_t timeout);
    void *run_context;

    bool clocks;    /* agents may look at one */
    hd_times times; /* that writes have published, if there are clocks */
    HD_VEC(hd_task *) tasks;
    HD_VEC(hd_task *) living;   /* those that have not ended, unless `changed` */
    HD_VEC(uint32_t) enabled;   /* agents that can move, likewise */
    HD_VEC(uint32_t) timed;     /* agents that wait or sleep with a deadline, likewise */
    HD_VEC(hd_blocked) blocked; /* for the outside, likewise */

    /* What follows is saved, up to `end_of_saved`. */
    uint64_t epoch;                       /* of the log in which it was saved last */
    bool changed;                         /* some agent's stage */
    uint64_t changes;                     /* how often these lists were made */
    hd_task *first_waiter, **last_waiter; /* of all addresses, in the order of arrival */
    hd_task *current;                     /* moves, or moved last */
    uint64_t steps;                       /* events before the run that is under way */
    bool exited;
    bool idle_call; /* of the latest step: see hd_world_was_idle … */
    bool woke;      /* … and hd_world_woke */
    hd_outcome outcome;
    char end_of_saved[1];

    bool muted; /* observers are not told */
    hd_lookout lookout;
    hd_watched watched;
    bool is_watched;
    atomic_bool stopped; /* by any thread */
    /* Held while another thread touches the agent that runs or the cluster, and while one of them
     * is released; protects what follows. */
    pthread_mutex_t release_lock;
    int64_t deadline; /* of the host's monotonic clock; INT64_MAX: none */
    bool concluded;   /* the cluster may be gone: nobody touches it any more */
};

/* Calls a function of every observer that has it. */
#define HD_TELL(w, function, ...)                                                                  \
    for (size_t o_ = 0; o_ < (w)->options.observer_count; o_++)                                    \
        if ((w)->options.observers[o_].function &&                                                 \
            (!(w)->muted || (w)->options.observers[o_].always))                                    \
    (w)->options.observers[o_].function((w)->options.observers[o_].context, __VA_ARGS__)

/* The same of a list of observers that have it: for what happens all the time. */
#define HD_TELL_LISTED(w, list, function, ...)                                                     \
    for (size_t o_ = 0; o_ < (w)->list.len; o_++)                                                  \
        if (!(w)->muted || (w)->list.items[o_]->always)                                            \
    (w)->list.items[o_]->function((w)->list.items[o_]->context, __VA_ARGS__)

/* Saves a world, or an agent with its machine, before it is changed; nothing if there is no log, or
 * this was done since the last mark. hd_task_save_last: also how its last step ended. */
void hd_world_save(hd_world *world);
void hd_task_save(hd_world *world, hd_task *task);
void hd_task_save_last(hd_world *world, hd_task *task);

/* Sets what machines call. */
void hd_world_set_hooks(hd_world *world);

/* Takes the waiter at `*link` out of its queue; by a notify of an agent it stands before its
 * resumption, by time (HD_NO_AGENT) it has resumed. */
void hd_world_wake(hd_world *world, hd_task **link, uint32_t by);

/* Marks where a synchronizing access was, if it is one; false if nobody needs to hear of it. */
bool hd_world_is_told(hd_world *world, const hd_event *event);

/* Lists the agents that live, can move, are timed, and are blocked for the outside. */
void hd_world_list(hd_world *world);

/* The local time of an agent, also while it runs. */
int64_t hd_task_time(const hd_world *world, const hd_task *task);

/* Sets an agent's local time to at least this. */
void hd_task_reach(hd_world *world, hd_task *task, int64_t time);

bool hd_task_can_move(const hd_task *task);

/* True if the agent waits, or sleeps, with a deadline. */
bool hd_task_is_timed(const hd_task *task);

#endif
