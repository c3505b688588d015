/* controlled_view.c: what can be seen of a controlled run. */
#include "sched/controlled_parts.h"

uint64_t hd_sched_steps(const hd_sched *s) {
    const hd_agent *running = hd_lookout_watched(&s->lookout);
    return s->steps + (running ? hd_agent_events(running) : 0);
}

int64_t hd_sched_now(const hd_sched *s) {
    int64_t now;
    if (__builtin_add_overflow(s->slept, (int64_t)hd_sched_steps(s), &now)) return INT64_MAX;
    return now;
}

bool hd_sched_can_move(const hd_task *t) {
    switch (t->state) {
    case HD_TASK_READY: return true;
    case HD_TASK_CALLING: return !t->loops;
    case HD_TASK_JOINING: return t->joining->state == HD_TASK_ENDED;
    default: return false;
    }
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
    const hd_task *t = s->tasks.items[agent];
    hd_task_view view = {
        .name = t->name, .member = t->member, .state = t->state, .enabled = hd_sched_can_move(t)};
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
