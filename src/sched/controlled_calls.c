/* controlled_calls.c: what members and agents call of the controlled runner.
 *
 * A member's body is C code on a thread of its own, but only one of these threads runs at a time,
 * and only while the runner waits for it: the baton goes from the runner to a member and back when
 * the member calls into WebAssembly, joins another one, or ends. */
#include <string.h>

#include "sched/controlled_parts.h"

/* The baton. */

void hd_sched_give_baton(hd_sched *s, hd_task *to) {
    pthread_mutex_lock(&s->lock);
    s->holder = to;
    pthread_cond_signal(&to->turn);
    while (s->holder)
        pthread_cond_wait(&s->returned, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

static void await_baton(hd_sched *s, hd_task *self) {
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

/* What members call. */

static bool on_added(void *context, hd_member *member) {
    hd_sched *s = context;
    hd_task *t = hd_calloc(1, sizeof *t);
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
    HD_TELL(s, spawned, s->current ? s->current->number : HD_NO_AGENT, t->number);
    return true;
}

static void on_withdrawn(void *context, hd_member *member) {
    (void)context;
    hd_task *t = hd_member_control(member);
    t->state = HD_TASK_ENDED;
    t->member = NULL;
    t->agent = NULL;
}

static void on_begin(void *context, hd_member *member) {
    await_baton(context, hd_member_control(member));
}

static void on_end(void *context, hd_member *member) {
    hd_sched *s = context;
    hd_task *t = hd_member_control(member);
    t->state = HD_TASK_ENDED;
    HD_TELL(s, ended, t->number);
    if (hd_member_detached(member)) {
        t->member = NULL;
        t->agent = NULL;
    }
    return_baton(s);
}

static hd_status on_call(void *context, hd_member *member, const hd_func *func, hd_slot *cells,
                         hd_diag *diag) {
    hd_sched *s = context;
    hd_task *t = hd_member_control(member);
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
    hd_task *t = hd_member_control(member);
    t->joining = hd_member_control(other);
    t->state = HD_TASK_JOINING;
    return_baton(s);
    await_baton(s, t);
    return !s->stopping;
}

/* What agents call, in the middle of an event: it counts already when on_event is called, not
 * before. */

static void on_event(void *context, hd_agent *agent, const hd_event *event) {
    hd_sched *s = context;
    (void)agent;
    /* Between two calls (an instantiation) there is no event under way: it belongs to the next. */
    const hd_agent *running = hd_lookout_watched(&s->lookout);
    uint64_t step = s->steps + (running ? hd_agent_events(running) - 1 : 0);
    HD_TELL(s, event, s->current->number, step, event);
}

static void on_wait(void *context, hd_agent *agent, hd_memory *memory, uint64_t address,
                    int64_t timeout) {
    hd_sched *s = context;
    hd_task *t = s->current;
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

void hd_sched_wake(hd_sched *s, hd_task **link, hd_wait_result result, uint32_t by) {
    hd_task *t = *link;
    *link = t->next_waiter;
    if (!*link) s->last_waiter = link;
    hd_agent_wake(t->agent, result);
    t->state = HD_TASK_CALLING;
    t->fresh = s->changed = true;
    HD_TELL(s, woken, t->number, by, hd_sched_steps(s), t->memory, t->address);
}

static uint32_t on_notify(void *context, hd_agent *agent, hd_memory *memory, uint64_t address,
                          uint32_t count) {
    hd_sched *s = context;
    uint32_t woken = 0;
    for (hd_task **link = &s->first_waiter; *link && woken < count;) {
        if ((*link)->memory == memory && (*link)->address == address) {
            hd_sched_wake(s, link, HD_WAIT_OK, s->current->number);
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
    hd_task *t = s->current;
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

void hd_sched_set_calls(hd_sched *s) {
    s->controller.context = s;
    s->controller.added = on_added;
    s->controller.withdrawn = on_withdrawn;
    s->controller.begin = on_begin;
    s->controller.end = on_end;
    s->controller.call = on_call;
    s->controller.join = on_join;
    s->hooks = (hd_hooks){s, on_wait, on_notify, NULL};
    for (size_t i = 0; i < s->options.observer_count; i++)
        if (s->options.observers[i].event) s->hooks.happened = on_event;
}
