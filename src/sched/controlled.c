/* controlled.c: the controlled runner.
 *
 * A member's body is C code on a thread of its own, but only one of these threads runs at a time,
 * and only while the runner waits for it: the baton goes from the runner to a member and back when
 * the member calls into WebAssembly, joins another one, or ends. Calls are carried out on the
 * runner's thread, where a switch between agents costs no more than leaving one machine and
 * entering another. */
#include "sched/controlled.h"

#include <pthread.h>
#include <string.h>

#include "base/vec.h"
#include "sched/livelock.h"
#include "sched/lookout.h"

typedef struct task {
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
    const struct task *joining;

    /* HD_TASK_WAITING: its place in the queue. */
    hd_memory *memory;
    uint64_t address, since;
    int64_t timeout, deadline; /* HD_TASK_BLOCKED, too; a negative timeout: no deadline */
    struct task *next_waiter;

    /* HD_TASK_BLOCKED */
    const void *cause;
} task;

/* How many events pass between two looks at the outside while agents that are blocked for it could
 * perhaps go on: often enough for a person, seldom enough to cost nothing. */
enum { LOOK_OUTSIDE = 1 << 16 };

struct hd_sched {
    hd_sched_options options;
    hd_controller controller;
    hd_hooks hooks;
    hd_cluster *cluster;

    pthread_mutex_t lock;    /* protects `holder`; whoever holds the baton may touch all the rest */
    pthread_cond_t returned; /* the baton has come back to the runner */
    task *holder;            /* of the baton; NULL: the runner */

    HD_VEC(task *) tasks;
    HD_VEC(task *) living;             /* those that have not ended, unless `changed` */
    HD_VEC(uint32_t) enabled;          /* agents that can move, likewise */
    HD_VEC(hd_blocked) blocked;        /* for the outside, likewise */
    uint64_t looked;                   /* at the outside, at this step */
    bool changed;                      /* some agent's state */
    task *first_waiter, **last_waiter; /* of all addresses, in the order of arrival */
    task *current;                     /* runs, or ran last */
    task *last;                        /* was picked last */
    uint64_t steps;                    /* events before the run that is under way */
    int64_t slept;                     /* virtual time beyond the steps */
    bool stopping;
    hd_outcome outcome;
    hd_livelock livelock;
    hd_lookout lookout;
};

/* The baton. */

static void give_baton(hd_sched *s, task *to) {
    pthread_mutex_lock(&s->lock);
    s->holder = to;
    pthread_cond_signal(&to->turn);
    while (s->holder)
        pthread_cond_wait(&s->returned, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

static void await_baton(hd_sched *s, task *self) {
    pthread_mutex_lock(&s->lock);
    while (s->holder != self)
        pthread_cond_wait(&self->turn, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

static void return_baton(hd_sched *s) {
    pthread_mutex_lock(&s->lock);
    s->holder = NULL;
    pthread_cond_signal(&s->returned);
    pthread_mutex_unlock(&s->lock);
}

#define TELL(s, function, ...)                                                                     \
    for (size_t o_ = 0; o_ < (s)->options.observer_count; o_++)                                    \
        if ((s)->options.observers[o_].function)                                                   \
    (s)->options.observers[o_].function((s)->options.observers[o_].context, __VA_ARGS__)

/* What members call. */

static bool on_added(void *context, hd_member *member) {
    hd_sched *s = context;
    task *t = hd_calloc(1, sizeof *t);
    const char *name = hd_agent_name(hd_member_agent(member));
    if (t) t->name = hd_strndup(name, strlen(name));
    /* Lists are given room for every agent here, where it can fail. */
    if (!t || !t->name || !hd_vec_reserve(&s->tasks, 1) || !hd_vec_reserve(&s->living, 1) ||
        !hd_vec_reserve(&s->enabled, s->living.len + 1) ||
        !hd_vec_reserve(&s->blocked, s->living.len + 1)) {
        if (t) hd_free(t->name);
        hd_free(t);
        return false;
    }
    s->tasks.items[s->tasks.len++] = t;
    s->living.items[s->living.len++] = t;
    s->cluster = hd_member_cluster(member);
    t->member = member;
    t->agent = hd_member_agent(member);
    t->number = (uint32_t)s->tasks.len - 1;
    t->state = HD_TASK_READY;
    s->changed = true;
    pthread_cond_init(&t->turn, NULL);
    hd_agent_observe(t->agent, &s->hooks);
    hd_member_set_control(member, t);
    /* Spawned by WebAssembly: the strategy is to know that one more can move. */
    if (hd_lookout_watched(&s->lookout)) hd_agent_cut_credit(s->current->agent);
    TELL(s, spawned, s->current ? s->current->number : HD_NO_AGENT, t->number);
    return true;
}

static void on_withdrawn(void *context, hd_member *member) {
    (void)context;
    task *t = hd_member_control(member);
    t->state = HD_TASK_ENDED;
    t->member = NULL;
    t->agent = NULL;
}

static void on_begin(void *context, hd_member *member) {
    await_baton(context, hd_member_control(member));
}

static void on_end(void *context, hd_member *member) {
    hd_sched *s = context;
    task *t = hd_member_control(member);
    t->state = HD_TASK_ENDED;
    TELL(s, ended, t->number);
    if (hd_member_detached(member)) {
        t->member = NULL;
        t->agent = NULL;
    }
    return_baton(s);
}

static hd_status on_call(void *context, hd_member *member, const hd_func *func, hd_slot *cells,
                         hd_diag *diag) {
    hd_sched *s = context;
    task *t = hd_member_control(member);
    t->status = hd_agent_begin(t->agent, func, cells, diag);
    if (t->status != HD_OK) return t->status;
    t->func = func;
    t->cells = cells;
    t->diag = diag;
    t->state = HD_TASK_CALLING;
    t->fresh = s->changed = true;
    return_baton(s);
    await_baton(s, t);
    return t->status;
}

static bool on_join(void *context, hd_member *member, hd_member *other) {
    hd_sched *s = context;
    task *t = hd_member_control(member);
    t->joining = hd_member_control(other);
    t->state = HD_TASK_JOINING;
    return_baton(s);
    await_baton(s, t);
    return !s->stopping;
}

uint64_t hd_sched_steps(const hd_sched *s) {
    const hd_agent *running = hd_lookout_watched(&s->lookout);
    return s->steps + (running ? hd_agent_events(running) : 0);
}

int64_t hd_sched_now(const hd_sched *s) {
    int64_t now;
    if (__builtin_add_overflow(s->slept, (int64_t)hd_sched_steps(s), &now)) return INT64_MAX;
    return now;
}

/* What agents call, in the middle of an event: it counts already when on_event is called, not
 * before. */

static void on_event(void *context, hd_agent *agent, const hd_event *event) {
    hd_sched *s = context;
    (void)agent;
    /* Between two calls (an instantiation) there is no event under way: it belongs to the next. */
    const hd_agent *running = hd_lookout_watched(&s->lookout);
    uint64_t step = s->steps + (running ? hd_agent_events(running) - 1 : 0);
    TELL(s, event, s->current->number, step, event);
}

static void on_wait(void *context, hd_agent *agent, hd_memory *memory, uint64_t address,
                    int64_t timeout) {
    hd_sched *s = context;
    task *t = s->current;
    (void)agent;
    t->state = HD_TASK_WAITING;
    t->memory = memory;
    t->address = address;
    t->timeout = timeout;
    t->since = hd_sched_steps(s);
    if (timeout >= 0 && __builtin_add_overflow(hd_sched_now(s), timeout, &t->deadline))
        t->deadline = INT64_MAX;
    t->next_waiter = NULL;
    s->changed = true;
    *s->last_waiter = t;
    s->last_waiter = &t->next_waiter;
}

/* Takes the waiter at `*link` out of the queue and lets it go on. */
static void wake(hd_sched *s, task **link, hd_wait_result result, uint32_t by) {
    task *t = *link;
    *link = t->next_waiter;
    if (!*link) s->last_waiter = link;
    hd_agent_wake(t->agent, result);
    t->state = HD_TASK_CALLING;
    t->fresh = s->changed = true;
    TELL(s, woken, t->number, by, hd_sched_steps(s), t->memory, t->address);
}

static uint32_t on_notify(void *context, hd_agent *agent, hd_memory *memory, uint64_t address,
                          uint32_t count) {
    hd_sched *s = context;
    uint32_t woken = 0;
    for (task **link = &s->first_waiter; *link && woken < count;) {
        if ((*link)->memory == memory && (*link)->address == address) {
            wake(s, link, HD_WAIT_OK, s->current->number);
            woken++;
        } else {
            link = &(*link)->next_waiter;
        }
    }
    /* More agents can move now: the strategy is to know. */
    if (woken > 0) hd_agent_cut_credit(agent);
    return woken;
}

void hd_sched_block(hd_sched *s, const void *cause, int64_t deadline) {
    task *t = s->current;
    t->state = HD_TASK_BLOCKED;
    t->cause = cause;
    t->since = hd_sched_steps(s);
    t->deadline = deadline;
    t->timeout = deadline < 0 ? -1 : deadline - hd_sched_now(s);
    if (deadline >= 0 && t->timeout < 0) t->timeout = 0;
    s->changed = true;
}

void hd_sched_pass(hd_sched *s, int64_t time) {
    if (__builtin_add_overflow(s->slept, time, &s->slept)) s->slept = INT64_MAX;
}

void hd_sched_yield(hd_sched *s, hd_agent *agent) {
    hd_agent_cut_credit(agent);
    hd_livelock_idle(&s->livelock);
}

void hd_sched_stop(hd_sched *s) {
    hd_cluster_stop(s->cluster);
}

int hd_sched_stop_descriptor(const hd_sched *s) {
    return hd_cluster_stop_descriptor(s->cluster);
}

/* What the runner does. */

static bool can_move(const task *t) {
    switch (t->state) {
    case HD_TASK_READY: return true;
    case HD_TASK_CALLING: return !t->loops;
    case HD_TASK_JOINING: return t->joining->state == HD_TASK_ENDED;
    default: return false;
    }
}

/* Runs an agent within its call; if that ends, the body is next. Returns how many events happened.
 * One that loops for ever is left where it is. */
static uint64_t run_call(hd_sched *s, task *t, uint64_t credit) {
    uint64_t used;
    hd_lookout_watch(&s->lookout, t->agent);
    hd_run_end end = hd_agent_resume(t->agent, credit, &used);
    if (end == HD_RUN_STOPPED) {
        end = hd_lookout_examine(&s->lookout, t->agent, hd_member_store(t->member), &t->loops);
        used = hd_agent_events(t->agent);
    }
    hd_lookout_watch(&s->lookout, NULL);
    s->steps += used;
    t->fresh = false;
    if (end == HD_RUN_AT_EVENT) return used;
    s->changed = true;
    if (end == HD_RUN_BLOCKED || t->loops) return used;
    if (end == HD_RUN_STOPPED) s->stopping = true;
    t->status = hd_agent_end(t->agent, t->cells, t->diag);
    t->state = HD_TASK_READY;
    return used;
}

/* Runs the body until it needs the runner again. */
static void run_body(hd_sched *s, task *t) {
    if (t->state == HD_TASK_JOINING) TELL(s, joined, t->number, t->joining->number);
    t->state = HD_TASK_READY;
    s->changed = true;
    give_baton(s, t);
    if (hd_cluster_stopping(s->cluster)) s->stopping = true;
}

/* Brings an agent to its next event, or to what it waits for: all that it does on the way is its
 * own business. */
static void advance(hd_sched *s, task *t) {
    s->current = t;
    while (!s->stopping && (t->state == HD_TASK_READY || (t->state == HD_TASK_CALLING && t->fresh)))
        if (t->state == HD_TASK_READY)
            run_body(s, t);
        else
            run_call(s, t, 0);
}

/* Agents that were woken stand behind their wait: brings them to their next event. */
static void advance_fresh(hd_sched *s) {
    for (size_t i = 0; i < s->living.len; i++)
        if (s->living.items[i]->state == HD_TASK_CALLING && s->living.items[i]->fresh)
            advance(s, s->living.items[i]);
}

static uint64_t move(hd_sched *s, task *t, uint64_t credit) {
    uint64_t used = 0;
    s->current = s->last = t;
    if (t->state == HD_TASK_CALLING)
        used = run_call(s, t, credit);
    else
        run_body(s, t);
    advance(s, t);
    return used;
}

/* Lets a blocked agent call its host function again. */
static void unblock(hd_sched *s, task *t) {
    hd_agent_retry(t->agent);
    t->state = HD_TASK_CALLING;
    t->fresh = s->changed = true;
}

/* Lets the wait, or the sleep in a host function, with the earliest deadline time out; false when
 * there is none. */
static bool time_out(hd_sched *s) {
    task **link, *earliest = NULL, **waiter = NULL;
    for (link = &s->first_waiter; *link; link = &(*link)->next_waiter) {
        if ((*link)->timeout < 0 || (earliest && (*link)->deadline >= earliest->deadline)) continue;
        earliest = *link;
        waiter = link;
    }
    for (size_t i = 0; i < s->living.len; i++) {
        task *t = s->living.items[i];
        if (t->state != HD_TASK_BLOCKED || t->timeout < 0) continue;
        if (earliest && t->deadline >= earliest->deadline) continue;
        earliest = t;
        waiter = NULL;
    }
    if (!earliest) return false;
    int64_t now = hd_sched_now(s);
    if (earliest->deadline > now) s->slept += earliest->deadline - now;
    if (waiter)
        wake(s, waiter, HD_WAIT_TIMED_OUT, HD_NO_AGENT);
    else
        unblock(s, earliest);
    return true;
}

/* Lets an agent go on that the outside was awaited for; false when there is none. */
static bool look_outside(hd_sched *s, bool patient) {
    s->looked = s->steps;
    if (s->blocked.len == 0) return false;
    uint32_t agent = s->options.await(s->options.await_context, s->blocked.items, s->blocked.len,
                                      s->steps, patient);
    if (agent == HD_NO_AGENT) return false;
    unblock(s, s->tasks.items[agent]);
    return true;
}

/* Nobody can move, or only one who repeats itself: something from outside, or time, may help. What
 * is there already comes first, then time passes; nothing but the outside is worth waiting for. */
static bool pass_time(hd_sched *s) {
    if (look_outside(s, false) || time_out(s) || look_outside(s, true)) return true;
    if (hd_cluster_stopping(s->cluster)) s->stopping = true;
    return s->stopping;
}

/* Lists the agents that live, can move, and are blocked for the outside. */
static void list_agents(hd_sched *s) {
    size_t living = 0;
    s->changed = false;
    s->enabled.len = s->blocked.len = 0;
    for (size_t i = 0; i < s->living.len; i++) {
        task *t = s->living.items[i];
        if (t->state == HD_TASK_ENDED) continue;
        s->living.items[living++] = t;
        if (can_move(t)) s->enabled.items[s->enabled.len++] = t->number;
        if (t->state == HD_TASK_BLOCKED && t->cause)
            s->blocked.items[s->blocked.len++] = (hd_blocked){t->number, t->cause};
    }
    s->living.len = living;
}

/* Once per change of any agent's state, so that most moves find the list as it was. */
static void renew(hd_sched *s) {
    advance_fresh(s);
    list_agents(s);
    hd_livelock_reset(&s->livelock);
}

/* The only agent that can move was seen to repeat itself: time passes, if that helps anyone. */
static bool spins(hd_sched *s, task *t) {
    return s->enabled.len == 1 && t->state == HD_TASK_CALLING &&
           hd_livelock_check(&s->livelock, t->agent, hd_member_store(t->member));
}

/* How many events a move may have. */
static uint64_t credit_for(hd_sched *s, uint64_t wanted) {
    if (s->options.step_limit && s->options.step_limit - s->steps < wanted)
        wanted = s->options.step_limit - s->steps;
    /* To the next look at the outside, wherever moves are cut. */
    uint64_t look = LOOK_OUTSIDE - s->steps % LOOK_OUTSIDE;
    if (s->blocked.len > 0 && look < wanted) wanted = look;
    return s->enabled.len == 1 ? hd_livelock_credit(&s->livelock, wanted) : wanted;
}

/* Asks the strategy; false when it gives up. */
static bool choose(hd_sched *s, hd_pick *pick) {
    hd_choice choice = {.step = s->steps,
                        .enabled = s->enabled.items,
                        .count = s->enabled.len,
                        .last = s->last ? s->last->number : HD_NO_AGENT,
                        .last_enabled = s->last && can_move(s->last)};
    return s->options.strategy->pick(s->options.strategy, &choice, pick);
}

/* The outcome of a cluster that is being stopped. */
static hd_outcome outcome_of_stop(const hd_sched *s) {
    return hd_cluster_exited(s->cluster) ? HD_OUTCOME_EXITED : HD_OUTCOME_STOPPED;
}

/* One scheduling point; false when the execution is over, with the outcome set. */
static bool step(hd_sched *s) {
    hd_pick pick;
    if (s->changed) renew(s);
    if (s->stopping) return s->outcome = outcome_of_stop(s), false;
    if (s->living.len == 0) return s->outcome = HD_OUTCOME_COMPLETED, false;
    if (s->blocked.len > 0 && s->steps % LOOK_OUTSIDE == 0 && s->looked != s->steps &&
        look_outside(s, false))
        return true;
    if (s->enabled.len == 0) {
        s->outcome = hd_sched_loops(s) ? HD_OUTCOME_LIVELOCK : HD_OUTCOME_DEADLOCK;
        return pass_time(s);
    }
    if (s->options.step_limit && s->steps >= s->options.step_limit)
        return s->outcome = HD_OUTCOME_STEP_LIMIT, false;
    if (!choose(s, &pick)) return s->outcome = HD_OUTCOME_GIVEN_UP, false;
    task *t = s->tasks.items[pick.agent];
    if (spins(s, t)) return s->outcome = HD_OUTCOME_LIVELOCK, pass_time(s);
    pick.events = credit_for(s, pick.events);
    uint64_t used = move(s, t, pick.events);
    TELL(s, moved, t->number, used);
    if (s->options.strategy->moved) s->options.strategy->moved(s->options.strategy, &pick, used);
    return true;
}

/* Ends all calls and bodies after a stop. */
static void drain(hd_sched *s) {
    s->stopping = true;
    hd_cluster_stop(s->cluster);
    for (size_t i = 0; i < s->living.len; i++) {
        task *t = s->living.items[i];
        while (t->state != HD_TASK_ENDED) {
            if (t->state == HD_TASK_CALLING || t->state == HD_TASK_WAITING ||
                t->state == HD_TASK_BLOCKED)
                t->status = hd_agent_end(t->agent, t->cells, t->diag);
            t->state = HD_TASK_READY;
            s->current = t;
            give_baton(s, t);
        }
    }
}

static void on_run(void *context, hd_cluster *cluster) {
    hd_sched *s = context;
    s->cluster = cluster;
    while (step(s))
        continue;
    if (s->outcome == HD_OUTCOME_COMPLETED) return;
    if (s->outcome != HD_OUTCOME_EXITED) TELL(s, stuck, s);
    drain(s);
}

static void on_tick(void *context) {
    hd_sched *s = context;
    hd_lookout_tick(&s->lookout);
}

hd_sched *hd_sched_new(const hd_sched_options *options) {
    hd_sched *s = hd_calloc(1, sizeof *s);
    if (!s) return NULL;
    s->options = *options;
    s->controller = (hd_controller){s,       on_added, on_withdrawn, on_begin, on_end,
                                    on_call, on_join,  on_run,       on_tick};
    s->hooks = (hd_hooks){s, on_wait, on_notify, NULL};
    for (size_t i = 0; i < options->observer_count; i++)
        if (options->observers[i].event) s->hooks.happened = on_event;
    s->last_waiter = &s->first_waiter;
    s->looked = UINT64_MAX;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->returned, NULL);
    return s;
}

void hd_sched_free(hd_sched *s) {
    if (!s) return;
    for (size_t i = 0; i < s->tasks.len; i++) {
        pthread_cond_destroy(&s->tasks.items[i]->turn);
        hd_free(s->tasks.items[i]->name);
        hd_free(s->tasks.items[i]);
    }
    hd_vec_free(&s->tasks);
    hd_vec_free(&s->living);
    hd_vec_free(&s->enabled);
    hd_vec_free(&s->blocked);
    pthread_cond_destroy(&s->returned);
    pthread_mutex_destroy(&s->lock);
    hd_free(s);
}

const hd_controller *hd_sched_controller(hd_sched *s) {
    return &s->controller;
}

hd_outcome hd_sched_outcome(const hd_sched *s) {
    return s->outcome;
}

bool hd_sched_loops(const hd_sched *s) {
    for (size_t i = 0; i < s->tasks.len; i++)
        if (s->tasks.items[i]->loops) return true;
    return false;
}

const char *hd_outcome_name(hd_outcome outcome) {
    static const char *const names[] = {
        [HD_OUTCOME_COMPLETED] = "completed", [HD_OUTCOME_DEADLOCK] = "deadlock",
        [HD_OUTCOME_LIVELOCK] = "livelock",   [HD_OUTCOME_STEP_LIMIT] = "step limit",
        [HD_OUTCOME_STOPPED] = "stopped",     [HD_OUTCOME_GIVEN_UP] = "given up",
        [HD_OUTCOME_EXITED] = "exited",
    };
    return names[outcome];
}

uint32_t hd_sched_count(const hd_sched *s) {
    return (uint32_t)s->tasks.len;
}

uint32_t hd_sched_current(const hd_sched *s) {
    return s->current ? s->current->number : HD_NO_AGENT;
}

hd_task_view hd_sched_view(const hd_sched *s, uint32_t agent) {
    const task *t = s->tasks.items[agent];
    hd_task_view view = {
        .name = t->name, .member = t->member, .state = t->state, .enabled = can_move(t)};
    if (t->state == HD_TASK_JOINING) view.joining = t->joining->number;
    view.loops = t->state == HD_TASK_CALLING && t->loops;
    if (t->state == HD_TASK_CALLING && !view.loops) view.next = hd_agent_next_event(t->agent);
    if (t->state == HD_TASK_WAITING) {
        view.memory = t->memory;
        view.address = t->address;
    }
    if (t->state == HD_TASK_WAITING || t->state == HD_TASK_BLOCKED) {
        view.since = t->since;
        view.timeout = t->timeout;
    }
    return view;
}
