/* world.h: a controlled execution as a value.
 *
 * A world holds the agents of one execution and moves one of them at a time, by one event
 * (doc/events.md), when it is told to: nothing runs by itself, and no host thread takes part but
 * the caller's. So every execution is sequentially consistent, and the same moves give the same
 * execution. Who moves is not the world's affair: strategies, replays, persons and searches are its
 * clients (drive.h is the loop that most of them need).
 *
 * It knows no scripts, programs or host functions: what agents do is their bodies (agents/body.h),
 * and host functions come to it only where they block, look at the clock or spawn.
 *
 *     hd_world *world = hd_world_new(&options);
 *     hd_world_control(world, cluster);
 *     ...hd_cluster_add(cluster, ...)...
 *     hd_world_settle(world);
 *     while (hd_world_enabled(world, &count) ...) hd_world_step(world, agent, 1);
 *
 * Agents are named by their numbers in the order of their start, from 0. A world belongs to one
 * thread, but for hd_world_stop. */
#ifndef HD_SCHED_WORLD_H
#define HD_SCHED_WORLD_H

#include "agents/cluster.h"
#include "exec/event.h"

#define HD_NO_AGENT UINT32_MAX

typedef struct hd_world hd_world;

/* How an execution ended. */
typedef enum hd_outcome {
    HD_OUTCOME_COMPLETED, /* every agent has ended */
    HD_OUTCOME_DEADLOCK,  /* no agent can move */
    HD_OUTCOME_LIVELOCK,  /* no agent can move but such as repeat themselves for ever */
    HD_OUTCOME_STEP_LIMIT,
    HD_OUTCOME_STOPPED,  /* from outside: the time limit */
    HD_OUTCOME_GIVEN_UP, /* by the strategy */
    HD_OUTCOME_EXITED,   /* the program has ended itself, whatever its other agents did */
    HD_OUTCOME_REPEATS,  /* the schedule repeats itself, although there are effects */
    HD_OUTCOMES,
} hd_outcome;

/* The outcome's name: "completed", "deadlock", …; static storage. */
const char *hd_outcome_name(hd_outcome outcome);

/* Whoever wants to see an execution: any function may be NULL. Steps count events from 0. */
typedef struct hd_observer {
    void *context;
    bool always; /* it hears of what others are not told, too (hd_world_mute) */
    /* An event of the machine has happened; its effect can be seen in memory. An instantiation and
     * a call of the host may bring several, all with the step of that event. */
    void (*event)(void *context, uint32_t agent, uint64_t step, const hd_event *event);
    /* Plain accesses of an agent, which is the only one that moves, are not told any more from now
     * on, save such as hd_sparse says; its word and floor may be set to what the observer needs.
     * False: it needs them all. HD_NO_AGENT: all are told again. An observer without this function
     * is always told of all. */
    bool (*spare)(void *context, uint32_t agent, hd_sparse *sparse);
    /* A wait has ended: a notify by `by`, or the time (HD_NO_AGENT). */
    void (*woken)(void *context, uint32_t agent, uint32_t by, uint64_t step,
                  const hd_memory *memory, uint64_t address);
    void (*spawned)(void *context, uint32_t parent, uint32_t child); /* HD_NO_AGENT: nobody */
    void (*joined)(void *context, uint32_t agent, uint32_t other);   /* that one had ended */
    void (*trapped)(void *context, uint32_t agent); /* in its last event, or after it */
    void (*ended)(void *context, uint32_t agent);
    /* The execution is over although not every agent has ended; they can still be looked at. */
    void (*stuck)(void *context, const hd_world *world);
    /* A move is over: so many events of an agent; or, `timeout`, its wait or sleep has timed out,
     * one event. */
    void (*moved)(void *context, uint32_t agent, uint64_t events, bool timeout);
} hd_observer;

/* An agent that is blocked for the outside. */
typedef struct hd_blocked {
    uint32_t agent;
    const void *cause; /* as given to hd_world_block */
} hd_blocked;

typedef struct hd_world_options {
    const hd_observer *observers; /* borrowed */
    size_t observer_count;
    /* Picks one of the agents blocked for the outside that can go on now, or HD_NO_AGENT; if
     * `patient`, since nothing else can ever happen, it waits for that until the cluster is
     * stopped. The answer is an input of the execution. NULL: no agent ever blocks for the outside.
     */
    uint32_t (*await)(void *context, const hd_blocked *blocked, size_t count, uint64_t step,
                      bool patient);
    void *await_context;
} hd_world_options;

/* Makes a world without agents; NULL when memory is out. */
hd_world *hd_world_new(const hd_world_options *options);

/* Releases a world. Its cluster, if it is not released yet, must not be moved any more. */
void hd_world_free(hd_world *world);

/* Takes a cluster over, before its first member; it must be released after the run and may outlive
 * the world. `run` is what hd_cluster_run does then (drive.h). */
void hd_world_control(hd_world *world, hd_cluster *cluster,
                      void (*run)(void *context, int64_t timeout), void *context);

/* Says that agents may look at a clock: local times go with what is read from now on. Before the
 * first agent moves. */
void hd_world_use_clocks(hd_world *world);

/* Has all changes of the world and its agents saved from now on in a log of at most `budget` bytes
 * (0: a default), so that it can be gone back. Before hd_world_control. */
void hd_world_log(hd_world *world, size_t budget);

/* The log, for whoever else is to go back with the world, or NULL. */
hd_undo *hd_world_get_log(hd_world *world);

/* Marks the present state; and goes back to it, which can be done again and again. False: what has
 * changed since was more than the log may hold; the world is as it was. */
size_t hd_world_mark(hd_world *world);
bool hd_world_undo(hd_world *world, size_t mark);

/* Says that nobody needs to hear of the plain accesses of an agent, which will be the only one that
 * moves until hd_world_hear; true if from now on nobody does (see hd_observer.spare). Synchronizing
 * accesses are always told, and plain stores near them. */
bool hd_world_spare(hd_world *world, uint32_t agent);

/* Has all accesses told again. */
void hd_world_hear(hd_world *world);
bool hd_world_spares(const hd_world *world);

/* Has all accesses told, whatever is spared, or not any more: for a close look. */
void hd_world_attend(hd_world *world, bool closely);

/* Moving. */

/* Brings every agent to its next event: after the first ones were added. Later every step does. */
void hd_world_settle(hd_world *world);

/* The agents that can move, ascending; valid until the next step. Timed ones, which are none of
 * these, wait or sleep with a deadline: a step of one is that its time is up. */
const uint32_t *hd_world_enabled(hd_world *world, size_t *count);
const uint32_t *hd_world_timed(hd_world *world, size_t *count);

/* How often these lists have been made: as long as it is the same number, so are they. */
uint64_t hd_world_changes(const hd_world *world);

/* True if the agent is among the first, or the second. */
bool hd_world_can_move(const hd_world *world, uint32_t agent);
bool hd_world_is_timed(const hd_world *world, uint32_t agent);

/* The timed agent whose time must be up before anything else happens (doc/events.md, "Time"), or
 * HD_NO_AGENT. `idle`: nobody else can, or will, ever do anything. */
uint32_t hd_world_due(hd_world *world, bool idle);

/* How many events an agent may be moved by until some other agent's time must be up. */
uint64_t hd_world_credit(hd_world *world, uint32_t agent, uint64_t wanted);

/* Moves an agent that is enabled or timed by at most `events` events, at least one, and all to
 * their next events; returns how many events happened. It ends early when the agent blocks, ends or
 * stands between two calls; when others become able to move; or when the world is stopped, perhaps
 * before any event. */
uint64_t hd_world_step(hd_world *world, uint32_t agent, uint64_t events);

/* Asks the outside for agents that are blocked for it; true if one can move now. */
bool hd_world_look_outside(hd_world *world, bool patient);

/* Has the world stopped after so many nanoseconds of the host's time; negative: not any more. */
void hd_world_limit_time(hd_world *world, int64_t timeout);

/* Stops the execution from outside, as a time limit does: the step under way ends soon, and none
 * does anything any more. Any thread. */
void hd_world_stop(hd_world *world);
bool hd_world_stopped(const hd_world *world);

/* Says how the execution has ended, and tells observers unless all agents have. */
void hd_world_conclude(hd_world *world, hd_outcome outcome);
hd_outcome hd_world_outcome(const hd_world *world);

/* Appends all that agents can ever see of the present state, to be compared with that of another
 * moment byte for byte: registers and stacks, stores, shared memories, wait queues, and what comes
 * next. False when memory is out. */
bool hd_world_add_state(const hd_world *world, hd_bytes *to);

/* Keeps observers from being told, or not any more: what happens meanwhile is to be taken back, or
 * has been told before. */
void hd_world_mute(hd_world *world, bool muted);

/* Looking. */

/* How many events have happened. */
uint64_t hd_world_steps(const hd_world *world);

/* How many agents have not ended; true once the program has ended itself. */
size_t hd_world_living(const hd_world *world);
bool hd_world_exited(const hd_world *world);

/* True if an agent was found to loop for ever without an event. */
bool hd_world_loops(const hd_world *world);

/* True if an agent is blocked for the outside. */
bool hd_world_awaits(const hd_world *world);

/* What an agent is doing at a scheduling point. */
typedef enum hd_task_state {
    HD_TASK_READY,   /* before an event between two calls, or the resumption of a wait */
    HD_TASK_CALLING, /* before an event within a call */
    HD_TASK_WAITING, /* in memory.atomic.wait */
    HD_TASK_JOINING, /* for the end of another agent */
    HD_TASK_BLOCKED, /* in a host function */
    HD_TASK_ENDED,
} hd_task_state;

typedef struct hd_task_view {
    const char *name;  /* of the agent; lives as long as the world */
    hd_member *member; /* NULL: it was detached and has ended */
    hd_task_state state;
    bool enabled;      /* it can move */
    int64_t time;      /* local, in nanoseconds */
    uint64_t calls;    /* that it has begun: a call of its body is not the one before it */
    uint32_t joining;  /* HD_TASK_JOINING: for this agent */
    hd_memory *memory; /* HD_TASK_WAITING: on this address … */
    uint64_t address;
    uint64_t since;       /* … since this step (HD_TASK_BLOCKED, too) … */
    int64_t timeout;      /* … for so many nanoseconds (negative: for ever) */
    const hd_event *next; /* the event it stands before, if it can move */
    bool loops;           /* HD_TASK_CALLING: for ever, without an event; so it cannot move */
} hd_task_view;

/* Views of the agents; valid until the next step. */
uint32_t hd_world_count(const hd_world *world);
hd_task_view hd_world_view(const hd_world *world, uint32_t agent);

/* From host functions, of the agent that moves. */

/* Its number; also for hooks. */
uint32_t hd_world_current(const hd_world *world);

/* Its local time in nanoseconds; and lets so much of it pass. */
int64_t hd_world_now(const hd_world *world);
void hd_world_pass(hd_world *world, int64_t time);

/* Before the function returns HD_TRAP_BLOCKED: the agent cannot go on before `await` picks it by
 * its cause (NULL: it never does) or its time has come to `deadline` (negative: never). Then its
 * machine calls the function again. */
void hd_world_block(hd_world *world, const void *cause, int64_t deadline);

/* Says that the call does nothing but let others move: the client is asked for the next event. */
void hd_world_yield(hd_world *world);

/* Says whether the latest call of the host had no effect but on its agent, and depended on nothing
 * that changes: then an agent that comes to it again in the same state repeats itself. */
bool hd_world_was_idle(const hd_world *world);

/* True if the latest step has woken an agent. */
bool hd_world_woke(const hd_world *world);

/* A descriptor that becomes readable when the execution is stopped. */
int hd_world_stop_descriptor(const hd_world *world);

#endif
