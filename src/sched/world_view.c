/* world_view.c: what can be seen of a world. */
#include "sched/world_parts.h"

const uint32_t *hd_world_enabled(hd_world *w, size_t *count) {
    *count = w->enabled.len;
    return w->enabled.items;
}

const uint32_t *hd_world_timed(hd_world *w, size_t *count) {
    *count = w->timed.len;
    return w->timed.items;
}

bool hd_world_can_move(const hd_world *w, uint32_t agent) {
    return agent < w->tasks.len && hd_task_can_move(w->tasks.items[agent]);
}

bool hd_world_is_timed(const hd_world *w, uint32_t agent) {
    return agent < w->tasks.len && hd_task_is_timed(w->tasks.items[agent]);
}

uint64_t hd_world_changes(const hd_world *w) {
    return w->changes;
}

uint64_t hd_world_steps(const hd_world *w) {
    const hd_agent *running = hd_lookout_watched(&w->lookout);
    return w->steps + (running ? hd_agent_events(running) : 0);
}

size_t hd_world_living(const hd_world *w) {
    return w->living.len;
}

bool hd_world_exited(const hd_world *w) {
    return w->exited;
}

bool hd_world_stopped(const hd_world *w) {
    return atomic_load_explicit(&w->stopped, memory_order_relaxed);
}

bool hd_world_loops(const hd_world *w) {
    for (size_t i = 0; i < w->tasks.len; i++)
        if (w->tasks.items[i]->stage == HD_STAGE_LOOPING) return true;
    return false;
}

bool hd_world_awaits(const hd_world *w) {
    return w->blocked.len > 0;
}

hd_outcome hd_world_outcome(const hd_world *w) {
    return w->outcome;
}

const char *hd_outcome_name(hd_outcome outcome) {
    static const char *const names[] = {
        [HD_OUTCOME_COMPLETED] = "completed", [HD_OUTCOME_DEADLOCK] = "deadlock",
        [HD_OUTCOME_LIVELOCK] = "livelock",   [HD_OUTCOME_STEP_LIMIT] = "step limit",
        [HD_OUTCOME_STOPPED] = "stopped",     [HD_OUTCOME_GIVEN_UP] = "given up",
        [HD_OUTCOME_EXITED] = "exited",       [HD_OUTCOME_REPEATS] = "repeats itself",
    };
    return names[outcome];
}

uint32_t hd_world_count(const hd_world *w) {
    return (uint32_t)w->tasks.len;
}

uint32_t hd_world_current(const hd_world *w) {
    return w->current ? w->current->number : HD_NO_AGENT;
}

static hd_task_state state_of(const hd_task *t) {
    switch (t->stage) {
    case HD_STAGE_RUNNING:
    case HD_STAGE_AT_EVENT:
    case HD_STAGE_LOOPING: return HD_TASK_CALLING;
    case HD_STAGE_AT_STEP:
        return t->event.kind == HD_EVENT_JOIN && !t->event.writes ? HD_TASK_JOINING : HD_TASK_READY;
    case HD_STAGE_WAITING: return HD_TASK_WAITING;
    case HD_STAGE_BLOCKED: return HD_TASK_BLOCKED;
    case HD_STAGE_ENDED: return HD_TASK_ENDED;
    default: return HD_TASK_READY;
    }
}

hd_task_view hd_world_view(const hd_world *w, uint32_t agent) {
    const hd_task *t = w->tasks.items[agent];
    hd_task_view view = {.name = t->name,
                         .member = t->member,
                         .state = state_of(t),
                         .enabled = hd_task_can_move(t),
                         .time = hd_task_time(w, t),
                         .calls = t->calls,
                         .loops = t->stage == HD_STAGE_LOOPING};
    if (view.state == HD_TASK_JOINING) view.joining = t->event.count;
    if (t->stage == HD_STAGE_AT_EVENT) view.next = hd_agent_next_event(t->agent);
    if (t->stage == HD_STAGE_AT_STEP || t->stage == HD_STAGE_NOTIFIED) view.next = &t->event;
    if (view.state == HD_TASK_WAITING) {
        view.memory = t->memory;
        view.address = t->address;
    }
    if (view.state == HD_TASK_WAITING || view.state == HD_TASK_BLOCKED) {
        view.since = t->since;
        view.timeout = t->timeout;
    }
    return view;
}
