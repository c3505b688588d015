/* world_time.c: local times and deadlines. See doc/events.md, "Time". */
#include "sched/world_parts.h"

int64_t hd_task_time(const hd_world *w, const hd_task *t) {
    const hd_agent *running = hd_lookout_watched(&w->lookout);
    int64_t own = running && running == t->agent ? (int64_t)hd_agent_events(running) : 0;
    int64_t time;
    return __builtin_add_overflow(t->time, own, &time) ? INT64_MAX : time;
}

void hd_task_reach(hd_world *w, hd_task *t, int64_t time) {
    int64_t now = hd_task_time(w, t);
    if (now < time) t->time += time - now;
}

int64_t hd_world_now(const hd_world *w) {
    return hd_task_time(w, w->current);
}

bool hd_task_is_timed(const hd_task *t) {
    return (t->stage == HD_STAGE_WAITING || t->stage == HD_STAGE_BLOCKED) && t->timeout >= 0;
}

/* The timed agent with the least deadline, of equal ones the lowest number; NULL: there is none. */
static hd_task *earliest(const hd_world *w) {
    hd_task *first = NULL;
    for (size_t i = 0; i < w->timed.len; i++) {
        hd_task *t = w->tasks.items[w->timed.items[i]];
        if (!first || t->deadline < first->deadline) first = t;
    }
    return first;
}

uint32_t hd_world_due(hd_world *w, bool idle) {
    const hd_task *first = earliest(w);
    if (!first) return HD_NO_AGENT;
    if (idle) return first->number;
    if (w->enabled.len == 0) return HD_NO_AGENT;
    for (size_t i = 0; i < w->enabled.len; i++)
        if (w->tasks.items[w->enabled.items[i]]->time <= first->deadline) return HD_NO_AGENT;
    return first->number;
}

uint64_t hd_world_credit(hd_world *w, uint32_t agent, uint64_t wanted) {
    const hd_task *first = earliest(w), *mover = w->tasks.items[agent];
    if (!first) return wanted;
    for (size_t i = 0; i < w->enabled.len; i++) {
        const hd_task *other = w->tasks.items[w->enabled.items[i]];
        if (other != mover && other->time <= first->deadline) return wanted;
    }
    if (mover->time > first->deadline) return wanted;
    uint64_t left = (uint64_t)first->deadline - (uint64_t)mover->time;
    return left < wanted ? left + 1 : wanted;
}
