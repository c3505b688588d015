/* controlled.h: the controlled runner.
 *
 * One host thread moves all agents of a cluster, one event at a time (see exec/event.h), and its
 * strategy decides who is next. So every execution is sequentially consistent, and the same
 * strategy on the same modules and inputs gives the same execution. Time is virtual: a wait times
 * out only when no agent can move otherwise, that with the earliest deadline first. */
#ifndef HD_SCHED_CONTROLLED_H
#define HD_SCHED_CONTROLLED_H

#include "agents/cluster.h"
#include "exec/event.h"
#include "sched/strategy.h"

typedef struct hd_sched hd_sched;

/* Whoever wants to see an execution: any function may be NULL. Agents are named by their numbers in
 * the order of their start; steps count events from 0. Called on the thread that runs the cluster
 * or a member. */
typedef struct hd_observer {
    void *context;
    /* An event has happened; its effect can be seen in memory. */
    void (*event)(void *context, uint32_t agent, uint64_t step, const hd_event *event);
    /* A wait has ended: a notify by `by`, or the time (HD_NO_AGENT), woke an agent. */
    void (*woken)(void *context, uint32_t agent, uint32_t by, uint64_t step,
                  const hd_memory *memory, uint64_t address);
    void (*spawned)(void *context, uint32_t parent, uint32_t child); /* HD_NO_AGENT: nobody */
    void (*joined)(void *context, uint32_t agent, uint32_t other);   /* that one had ended */
    void (*ended)(void *context, uint32_t agent);
    /* The execution is over although not every agent has ended; they can still be looked at. */
    void (*stuck)(void *context, const hd_sched *sched);
    /* A move is over: so many events of an agent (0: it did something between two calls). */
    void (*moved)(void *context, uint32_t agent, uint64_t events);
} hd_observer;

/* An agent that is blocked for the outside. */
typedef struct hd_blocked {
    uint32_t agent;
    const void *cause; /* as given to hd_sched_block */
} hd_blocked;

typedef struct hd_sched_options {
    hd_strategy *strategy;        /* borrowed */
    const hd_observer *observers; /* borrowed */
    size_t observer_count;
    uint64_t step_limit; /* give up after so many events; 0: never */
    /* Picks one of the agents blocked for the outside that can go on now, or HD_NO_AGENT; if
     * `patient`, since nothing else can ever happen, it waits for that until the cluster is
     * stopped. The answer is an input of the execution. NULL: no agent ever blocks for the outside.
     */
    uint32_t (*await)(void *context, const hd_blocked *blocked, size_t count, uint64_t step,
                      bool patient);
    void *await_context;
} hd_sched_options;

typedef enum hd_outcome {
    HD_OUTCOME_COMPLETED, /* every agent has ended */
    HD_OUTCOME_DEADLOCK,  /* no agent can move */
    HD_OUTCOME_LIVELOCK,  /* no agent can move but such as repeat themselves for ever */
    HD_OUTCOME_STEP_LIMIT,
    HD_OUTCOME_STOPPED,  /* from outside: the time limit */
    HD_OUTCOME_GIVEN_UP, /* by the strategy */
    HD_OUTCOME_EXITED,   /* the program has ended itself, whatever its other agents did */
    HD_OUTCOMES,
} hd_outcome;

/* Makes a runner for one execution; NULL when memory is out. Use its controller with
 * hd_cluster_control. */
hd_sched *hd_sched_new(const hd_sched_options *options);
void hd_sched_free(hd_sched *sched);
const hd_controller *hd_sched_controller(hd_sched *sched);

/* After hd_cluster_run: how the execution ended, and how many events happened. */
hd_outcome hd_sched_outcome(const hd_sched *sched);
uint64_t hd_sched_steps(const hd_sched *sched);

/* True if an agent was found to loop for ever without an event. */
bool hd_sched_loops(const hd_sched *sched);

/* The outcome's name: "completed", "deadlock", …; static storage. */
const char *hd_outcome_name(hd_outcome outcome);

/* What an agent was doing when the execution ended, or at a scheduling point. */
typedef enum hd_task_state {
    HD_TASK_READY,   /* about to start, or between two calls */
    HD_TASK_CALLING, /* can move within a call */
    HD_TASK_WAITING, /* in memory.atomic.wait */
    HD_TASK_JOINING, /* for the end of another agent */
    HD_TASK_BLOCKED, /* in a host function */
    HD_TASK_ENDED,
} hd_task_state;

typedef struct hd_task_view {
    const char *name;  /* of the agent; lives as long as the runner */
    hd_member *member; /* NULL: it got no thread, or was detached and has ended */
    hd_task_state state;
    bool enabled;      /* it can move */
    uint32_t joining;  /* HD_TASK_JOINING: for this agent */
    hd_memory *memory; /* HD_TASK_WAITING: on this address … */
    uint64_t address;
    uint64_t since;       /* … since this step (HD_TASK_BLOCKED, too) … */
    int64_t timeout;      /* … for so many nanoseconds (negative: for ever) */
    const hd_event *next; /* HD_TASK_CALLING, unless it loops: the event it stands before */
    bool loops;           /* HD_TASK_CALLING: for ever, without an event; so it cannot move */
} hd_task_view;

/* Views of the agents; valid until the next move. */
uint32_t hd_sched_count(const hd_sched *sched);
hd_task_view hd_sched_view(const hd_sched *sched, uint32_t agent);

/* From a host function, which then returns HD_TRAP_BLOCKED: the agent that moves cannot go on
 * before `await` picks it by its cause (NULL: it never does) or virtual time has come to `deadline`
 * (negative: never). Then its machine calls the function again. */
void hd_sched_block(hd_sched *sched, const void *cause, int64_t deadline);

/* Lets virtual time pass, in nanoseconds. */
void hd_sched_pass(hd_sched *sched, int64_t time);

/* From a host function that does nothing but let others move: the strategy is asked for the next
 * event, and who calls it again and again without end is known to repeat itself. */
void hd_sched_yield(hd_sched *sched, hd_agent *agent);

/* Stops the execution from outside, as a time limit does; on the thread that runs it. */
void hd_sched_stop(hd_sched *sched);

/* A descriptor that becomes readable when the execution is stopped. */
int hd_sched_stop_descriptor(const hd_sched *sched);

/* The number of the agent that moves now, for hooks and host functions. */
uint32_t hd_sched_current(const hd_sched *sched);

/* Virtual time in nanoseconds since the start: one for each event, and what waits have slept. */
int64_t hd_sched_now(const hd_sched *sched);

#endif
