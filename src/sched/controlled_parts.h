/* controlled_parts.h: what the files controlled*.c share: controlled.c has the runner,
 * controlled_calls.c what members and agents call of it, controlled_view.c what others may see. */
#ifndef HD_SCHED_CONTROLLED_PARTS_H
#define HD_SCHED_CONTROLLED_PARTS_H

#include <pthread.h>

#include "base/vec.h"
#include "sched/controlled.h"
#include "sched/livelock.h"
#include "sched/lookout.h"

typedef struct hd_task {
    hd_member *member;
    hd_agent *agent;
    char *name;
    uint32_t number;
    hd_task_state state;
    bool fresh; /* HD_TASK_CALLING: does not stand before an event yet */
    bool loops; /* HD_TASK_CALLING: for ever, without an event */

    pthread_cond_t turn; /* the baton has come to this member */

    /* HD_TASK_CALLING, HD_TASK_WAITING */
    const hd_func *func;
    hd_slot *cells;
    hd_diag *diag;
    hd_status status;

    /* HD_TASK_JOINING */
    const struct hd_task *joining;

    /* HD_TASK_WAITING: its place in the queue. */
    hd_memory *memory;
    uint64_t address, since;
    int64_t timeout, deadline; /* HD_TASK_BLOCKED, too; a negative timeout: no deadline */
    struct hd_task *next_waiter;

    /* HD_TASK_BLOCKED */
    const void *cause;
} hd_task;

struct hd_sched {
    hd_sched_options options;
    hd_controller controller;
    hd_hooks hooks;
    hd_cluster *cluster;

    pthread_mutex_t lock;    /* protects `holder`; whoever holds the baton may touch all the rest */
    pthread_cond_t returned; /* the baton has come back to the runner */
    hd_task *holder;         /* of the baton; NULL: the runner */

    HD_VEC(hd_task *) tasks;
    HD_VEC(hd_task *) living;             /* those that have not ended, unless `changed` */
    HD_VEC(uint32_t) enabled;             /* agents that can move, likewise */
    HD_VEC(hd_blocked) blocked;           /* for the outside, likewise */
    uint64_t looked;                      /* at the outside, at this step */
    bool changed;                         /* some agent's state */
    hd_task *first_waiter, **last_waiter; /* of all addresses, in the order of arrival */
    hd_task *current;                     /* runs, or ran last */
    hd_task *last;                        /* was picked last */
    uint64_t steps;                       /* events before the run that is under way */
    int64_t slept;                        /* virtual time beyond the steps */
    int64_t due;                          /* when the next one wakes of those that sleep in a host
                                           * function; INT64_MAX: nobody; unless `changed` */
    bool stopping;
    hd_outcome outcome;
    hd_livelock livelock;
    hd_lookout lookout;
};

/* Calls a function of every observer that has it. */
#define HD_TELL(s, function, ...)                                                                  \
    for (size_t o_ = 0; o_ < (s)->options.observer_count; o_++)                                    \
        if ((s)->options.observers[o_].function)                                                   \
    (s)->options.observers[o_].function((s)->options.observers[o_].context, __VA_ARGS__)

/* Fills in what members and agents call. */
void hd_sched_set_calls(hd_sched *sched);

/* Lets a member's thread run until it needs the runner again. */
void hd_sched_give_baton(hd_sched *sched, hd_task *to);

/* Takes the waiter at `*link` out of the queue and lets it go on. */
void hd_sched_wake(hd_sched *sched, hd_task **link, hd_wait_result result, uint32_t by);

/* True if the strategy may pick the agent. */
bool hd_sched_can_move(const hd_task *task);

#endif
