/* world_calls.c: what agents call of their world in the middle of an event.
 *
 * A step counts already when on_event is called, not before. */
#include "sched/world_parts.h"

/* The step of the event that is under way: of a call's, or of a body's step. */
static uint64_t present_step(const hd_world *w) {
    const hd_agent *running = hd_lookout_watched(&w->lookout);
    return w->steps + (running ? hd_agent_events(running) - 1 : 0);
}

static void on_event(void *context, hd_agent *agent, const hd_event *event) {
    hd_world *w = context;
    (void)agent;
    if (!hd_world_is_told(w, event)) return;
    uint64_t step = present_step(w);
    if (w->clocks) {
        hd_task *t = w->current;
        int64_t time = hd_task_time(w, t);
        hd_task_reach(w, t, hd_times_event(&w->times, event, time));
    }
    HD_TELL_LISTED(w, event_observers, event, w->current->number, step, event);
}

static void on_wait(void *context, hd_agent *agent, hd_memory *memory, uint64_t address,
                    int64_t timeout) {
    hd_world *w = context;
    hd_task *t = w->current;
    (void)agent;
    t->stage = HD_STAGE_WAITING;
    t->memory = memory;
    t->address = address;
    t->timeout = timeout;
    t->since = hd_world_steps(w);
    if (timeout >= 0 && __builtin_add_overflow(hd_task_time(w, t), timeout, &t->deadline))
        t->deadline = INT64_MAX;
    t->next_waiter = NULL;
    w->changed = true;
    HD_UNDO_SAVE(w->undo, *w->last_waiter);
    *w->last_waiter = t;
    w->last_waiter = &t->next_waiter;
}

void hd_world_wake(hd_world *w, hd_task **link, uint32_t by) {
    hd_task *t = *link;
    hd_task_save(w, t);
    HD_UNDO_SAVE(w->undo, *link);
    *link = t->next_waiter;
    if (!*link) w->last_waiter = link;
    w->changed = w->woke = true;
    if (by == HD_NO_AGENT) {
        hd_agent_wake(t->agent, HD_WAIT_TIMED_OUT);
        t->stage = HD_STAGE_RUNNING;
    } else {
        t->stage = HD_STAGE_NOTIFIED;
        t->event = (hd_event){.kind = HD_EVENT_RESUME, .memory = t->memory, .address = t->address};
        hd_task_reach(w, t, hd_task_time(w, w->tasks.items[by]));
    }
    HD_TELL(w, woken, t->number, by, hd_world_steps(w), t->memory, t->address);
}

static uint32_t on_notify(void *context, hd_agent *agent, hd_memory *memory, uint64_t address,
                          uint32_t count) {
    hd_world *w = context;
    uint32_t woken = 0;
    for (hd_task **link = &w->first_waiter; *link && woken < count;) {
        if ((*link)->memory == memory && (*link)->address == address) {
            hd_world_wake(w, link, w->current->number);
            woken++;
        } else {
            link = &(*link)->next_waiter;
        }
    }
    /* More agents can move now: the client is to know. */
    if (woken > 0) hd_agent_cut_credit(agent);
    return woken;
}

void hd_world_block(hd_world *w, const void *cause, int64_t deadline) {
    hd_task *t = w->current;
    t->stage = HD_STAGE_BLOCKED;
    t->cause = cause;
    t->since = hd_world_steps(w);
    t->deadline = deadline;
    t->timeout = deadline < 0 ? -1 : deadline - hd_world_now(w);
    if (deadline >= 0 && t->timeout < 0) t->timeout = 0;
    w->changed = true;
}

void hd_world_pass(hd_world *w, int64_t time) {
    hd_task *t = w->current;
    if (__builtin_add_overflow(t->time, time, &t->time)) t->time = INT64_MAX / 2;
    /* Somebody's time may be up now. */
    if (w->timed.len > 0) hd_agent_cut_credit(t->agent);
}

void hd_world_yield(hd_world *w) {
    hd_agent_cut_credit(w->current->agent);
    w->idle_call = true;
}

bool hd_world_was_idle(const hd_world *w) {
    return w->idle_call;
}

bool hd_world_woke(const hd_world *w) {
    return w->woke;
}

int hd_world_stop_descriptor(const hd_world *w) {
    return hd_cluster_stop_descriptor(w->cluster);
}

void hd_world_use_clocks(hd_world *w) {
    w->clocks = true;
    w->hooks.happened = on_event;
    /* Local times have nothing to do with plain accesses, save writes over atomic ones. */
    if (w->event_observers.len == 0) hd_world_spare(w, 0);
}

void hd_world_set_hooks(hd_world *w) {
    w->hooks = (hd_hooks){.context = w,
                          .wait = on_wait,
                          .notify = on_notify,
                          .happened = w->event_observers.len > 0 ? on_event : NULL,
                          .stopped = &w->stopped};
}
