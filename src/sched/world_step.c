/* world_step.c: moving agents.
 *
 * All that an agent does between two events is its own business, and belongs to the step before:
 * after each step every agent stands before its next event, or is blocked, or has ended. */
#include "sched/world_parts.h"

bool hd_task_can_move(const hd_task *t) {
    switch (t->stage) {
    case HD_STAGE_AT_EVENT:
    case HD_STAGE_NOTIFIED: return true;
    case HD_STAGE_AT_STEP: return t->event.kind != HD_EVENT_JOIN || t->event.writes;
    default: return false;
    }
}

/* Within a call. */

static void end_call(hd_world *w, hd_task *t) {
    hd_task_save_last(w, t);
    hd_diag_reset(&t->last);
    hd_agent_end(t->agent, t->step.cells, &t->last);
    t->stage = HD_STAGE_ASKING;
}

/* Runs a call for at most `credit` events; returns how many happened. One that loops for ever is
 * left where it is; one that is stopped, too. */
static inline uint64_t run_call(hd_world *w, hd_task *t, uint64_t credit) {
    uint64_t used;
    bool loops = false;
    hd_task_save(w, t);
    w->current = t;
    hd_lookout_watch(&w->lookout, t->agent);
    hd_run_end end = hd_agent_resume(t->agent, credit, &used);
    if (end == HD_RUN_STOPPED && hd_agent_paused(t->agent)) {
        end = hd_lookout_examine(&w->lookout, t->agent, hd_member_store(t->member), &w->stopped,
                                 &loops);
        used = hd_agent_events(t->agent);
    }
    hd_lookout_watch(&w->lookout, NULL);
    w->steps += used;
    t->time += (int64_t)used;
    switch (end) {
    case HD_RUN_AT_EVENT: t->stage = HD_STAGE_AT_EVENT; return used;
    case HD_RUN_BLOCKED: break; /* hooks have set the stage */
    case HD_RUN_STOPPED:
        t->stage = loops ? HD_STAGE_LOOPING : HD_STAGE_RUNNING;
        if (!loops) atomic_store(&w->stopped, true);
        break;
    default:
        end_call(w, t);
        if (end == HD_RUN_TRAPPED) HD_TELL(w, trapped, t->number);
        break;
    }
    w->changed = true;
    return used;
}

/* Between two calls. */

static hd_event event_of(const hd_body_step *step) {
    static const hd_event_kind kinds[] = {
        [HD_BODY_CALL] = HD_EVENT_KINDS,  [HD_BODY_INSTANTIATE] = HD_EVENT_INSTANTIATE,
        [HD_BODY_SPAWN] = HD_EVENT_SPAWN, [HD_BODY_JOIN] = HD_EVENT_JOIN,
        [HD_BODY_END] = HD_EVENT_END,     [HD_BODY_EXIT] = HD_EVENT_EXIT,
    };
    return (hd_event){.kind = kinds[step->kind]};
}

/* Asks the body for its next step, and begins it if it is a call. */
static void ask(hd_world *w, hd_task *t) {
    hd_task_save(w, t);
    w->current = t;
    t->step = (hd_body_step){.kind = HD_BODY_END};
    hd_member_get_body(t->member)->next(t->member, hd_member_context(t->member), &t->last,
                                        &t->step);
    if (t->step.kind == HD_BODY_CALL) {
        hd_task_save_last(w, t);
        hd_diag_reset(&t->last);
        t->calls++;
        if (hd_agent_begin(t->agent, t->step.func, t->step.cells, &t->last) == HD_OK)
            t->stage = HD_STAGE_RUNNING;
        return; /* or else the body hears of it */
    }
    t->event = event_of(&t->step);
    t->stage = HD_STAGE_AT_STEP;
    if (t->step.kind == HD_BODY_JOIN) {
        const hd_task *other = w->tasks.items[hd_member_number(t->step.other)];
        t->event.count = other->number;
        t->event.writes = other->stage == HD_STAGE_ENDED; /* it can be joined */
        hd_member_note_joining(t->member, t->step.other);
    }
}

static void end_agent(hd_world *w, hd_task *t, bool exits) {
    t->stage = HD_STAGE_ENDED;
    HD_TELL(w, ended, t->number);
    for (size_t i = 0; i < w->living.len; i++) {
        hd_task *other = w->living.items[i];
        if (other->stage == HD_STAGE_AT_STEP && other->event.kind == HD_EVENT_JOIN &&
            other->event.count == t->number) {
            hd_task_save(w, other);
            other->event.writes = true;
        }
    }
    if (exits) {
        w->exited = true;
        hd_cluster_exit(w->cluster);
    }
    hd_member *member = t->member;
    if (hd_member_detached(member) && !w->undo) {
        t->member = NULL;
        t->agent = NULL;
    }
    pthread_mutex_lock(&w->release_lock);
    hd_member_note_end(member);
    pthread_mutex_unlock(&w->release_lock);
}

/* Carries out the step of the body before which the agent stands: one event. */
static void perform(hd_world *w, hd_task *t) {
    hd_body_step step = t->step;
    bool ends = step.kind == HD_BODY_END || step.kind == HD_BODY_EXIT;
    hd_task_save(w, t);
    hd_task_save_last(w, t);
    w->current = t;
    w->changed = true;
    hd_diag_reset(&t->last);
    if (step.kind == HD_BODY_JOIN) {
        const hd_task *other = w->tasks.items[t->event.count];
        hd_task_reach(w, t, other->time);
        hd_member_note_joining(t->member, NULL);
        HD_TELL(w, joined, t->number, other->number);
    } else {
        hd_member_get_body(t->member)->perform(t->member, hd_member_context(t->member), step.kind,
                                               &t->last);
    }
    w->steps++;
    t->time++;
    if (ends)
        end_agent(w, t, step.kind == HD_BODY_EXIT);
    else
        t->stage = HD_STAGE_ASKING;
}

/* Goes on behind a wait that was notified: one event. */
static void resume(hd_world *w, hd_task *t) {
    hd_task_save(w, t);
    hd_agent_wake(t->agent, HD_WAIT_OK);
    w->steps++;
    t->time++;
    w->changed = true;
    t->stage = HD_STAGE_RUNNING;
}

/* The time of a wait, or of a sleep in the host, is up: one event. */
static uint64_t time_out(hd_world *w, hd_task *t) {
    hd_task_save(w, t);
    hd_task_reach(w, t, t->deadline);
    w->changed = true;
    if (t->stage == HD_STAGE_BLOCKED) {
        hd_agent_retry(t->agent);
        t->stage = HD_STAGE_AT_EVENT;
        return run_call(w, t, 1);
    }
    hd_task **link = &w->first_waiter;
    while (*link != t)
        link = &(*link)->next_waiter;
    w->current = t;
    hd_world_wake(w, link, HD_NO_AGENT);
    w->steps++;
    t->time++;
    return 1;
}

/* Brings an agent to its next event, or to what it waits for. */
static void advance(hd_world *w, hd_task *t) {
    while (!hd_world_stopped(w) && (t->stage == HD_STAGE_ASKING || t->stage == HD_STAGE_RUNNING))
        if (t->stage == HD_STAGE_ASKING)
            ask(w, t);
        else
            run_call(w, t, 0);
}

void hd_world_list(hd_world *w) {
    size_t living = 0;
    w->changed = false;
    w->changes++;
    w->enabled.len = w->timed.len = w->blocked.len = 0;
    for (size_t i = 0; i < w->living.len; i++) {
        hd_task *t = w->living.items[i];
        if (t->stage == HD_STAGE_ENDED) continue;
        w->living.items[living++] = t;
        if (hd_task_can_move(t)) w->enabled.items[w->enabled.len++] = t->number;
        if (hd_task_is_timed(t)) w->timed.items[w->timed.len++] = t->number;
        if (t->stage == HD_STAGE_BLOCKED && t->cause)
            w->blocked.items[w->blocked.len++] = (hd_blocked){t->number, t->cause};
    }
    w->living.len = living;
}

/* Agents may be spawned meanwhile; those stand behind the others. */
void hd_world_settle(hd_world *w) {
    if (!w->changed) return;
    hd_world_save(w);
    hd_task *mover = w->current;
    for (size_t i = 0; i < w->living.len; i++)
        advance(w, w->living.items[i]);
    w->current = mover;
    hd_world_list(w);
}

uint64_t hd_world_step(hd_world *w, uint32_t agent, uint64_t events) {
    hd_task *t = w->tasks.items[agent];
    uint64_t used = 1;
    bool timeout = false;
    if (atomic_load_explicit(&w->stopped, memory_order_relaxed)) return 0;
    hd_world_save(w);
    w->current = t;
    w->idle_call = w->woke = false;
    switch (t->stage) {
    case HD_STAGE_AT_EVENT: used = run_call(w, t, events); break;
    case HD_STAGE_AT_STEP: perform(w, t); break;
    case HD_STAGE_NOTIFIED: resume(w, t); break;
    default:
        timeout = true;
        used = time_out(w, t);
        break;
    }
    if (w->changed) hd_world_settle(w);
    if (used > 0) HD_TELL_LISTED(w, move_observers, moved, agent, used, timeout);
    return used;
}

/* An agent that the outside lets go on makes its call again. */
bool hd_world_look_outside(hd_world *w, bool patient) {
    if (w->blocked.len == 0 || !w->options.await) return false;
    uint32_t agent = w->options.await(w->options.await_context, w->blocked.items, w->blocked.len,
                                      w->steps, patient);
    if (agent == HD_NO_AGENT) return false;
    hd_task *t = w->tasks.items[agent];
    hd_world_save(w);
    hd_task_save(w, t);
    hd_agent_retry(t->agent);
    t->stage = HD_STAGE_AT_EVENT;
    hd_world_list(w);
    return true;
}
