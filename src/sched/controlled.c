/* controlled.c: the controlled runner.
 *
 * Moves the agents by the answers of a strategy, until all have ended or none can move. Calls of
 * WebAssembly are carried out on the runner's thread, where a switch between agents costs no more
 * than leaving one machine and entering another. */
#include "sched/controlled_parts.h"

/* How many events pass between two looks at the outside while agents that are blocked for it could
 * perhaps go on: often enough for a person, seldom enough to cost nothing. */
enum { LOOK_OUTSIDE = 1 << 16 };

/* Runs an agent within its call; if that ends, the body is next. Returns how many events happened.
 * One that loops for ever is left where it is. */
static uint64_t run_call(hd_sched *s, hd_task *t, uint64_t credit) {
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
static void run_body(hd_sched *s, hd_task *t) {
    if (t->state == HD_TASK_JOINING) HD_TELL(s, joined, t->number, t->joining->number);
    t->state = HD_TASK_READY;
    s->changed = true;
    hd_sched_give_baton(s, t);
    if (hd_cluster_stopping(s->cluster)) s->stopping = true;
}

/* Brings an agent to its next event, or to what it waits for: all that it does on the way is its
 * own business. */
static void advance(hd_sched *s, hd_task *t) {
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

static uint64_t move(hd_sched *s, hd_task *t, uint64_t credit) {
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
static void unblock(hd_sched *s, hd_task *t) {
    hd_agent_retry(t->agent);
    t->state = HD_TASK_CALLING;
    t->fresh = s->changed = true;
}

/* The agent that sleeps in a host function and wakes first; NULL when nobody sleeps. */
static hd_task *first_sleeper(const hd_sched *s) {
    hd_task *first = NULL;
    for (size_t i = 0; i < s->living.len; i++) {
        hd_task *t = s->living.items[i];
        if (t->state == HD_TASK_BLOCKED && t->timeout >= 0 &&
            (!first || t->deadline < first->deadline))
            first = t;
    }
    return first;
}

/* Lets the wait, or the sleep in a host function, with the earliest deadline time out; false when
 * there is none. */
static bool time_out(hd_sched *s) {
    hd_task **link, *earliest = NULL, **waiter = NULL;
    for (link = &s->first_waiter; *link; link = &(*link)->next_waiter) {
        if ((*link)->timeout < 0 || (earliest && (*link)->deadline >= earliest->deadline)) continue;
        earliest = *link;
        waiter = link;
    }
    hd_task *sleeper = first_sleeper(s);
    if (sleeper && (!earliest || sleeper->deadline < earliest->deadline)) {
        earliest = sleeper;
        waiter = NULL;
    }
    if (!earliest) return false;
    int64_t now = hd_sched_now(s);
    if (earliest->deadline > now) s->slept += earliest->deadline - now;
    if (waiter)
        hd_sched_wake(s, waiter, HD_WAIT_TIMED_OUT, HD_NO_AGENT);
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

/* Lists the agents that live, can move, and are blocked for the outside, and looks when the next
 * one wakes. */
static void list_agents(hd_sched *s) {
    size_t living = 0;
    s->changed = false;
    s->enabled.len = s->blocked.len = 0;
    for (size_t i = 0; i < s->living.len; i++) {
        hd_task *t = s->living.items[i];
        if (t->state == HD_TASK_ENDED) continue;
        s->living.items[living++] = t;
        if (hd_sched_can_move(t)) s->enabled.items[s->enabled.len++] = t->number;
        if (t->state == HD_TASK_BLOCKED && t->cause)
            s->blocked.items[s->blocked.len++] = (hd_blocked){t->number, t->cause};
    }
    s->living.len = living;
    const hd_task *sleeper = first_sleeper(s);
    s->due = sleeper ? sleeper->deadline : INT64_MAX;
}

/* Once per change of any agent's state, so that most moves find the list as it was. */
static void renew(hd_sched *s) {
    advance_fresh(s);
    list_agents(s);
    hd_livelock_reset(&s->livelock);
}

/* The only agent that can move was seen to repeat itself: time passes, if that helps anyone. */
static bool spins(hd_sched *s, hd_task *t) {
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
    /* To the next awakening: an event takes a nanosecond. */
    if (s->due != INT64_MAX && (uint64_t)(s->due - hd_sched_now(s)) < wanted)
        wanted = (uint64_t)(s->due - hd_sched_now(s));
    return s->enabled.len == 1 ? hd_livelock_credit(&s->livelock, wanted) : wanted;
}

/* Asks the strategy; false when it gives up. */
static bool choose(hd_sched *s, hd_pick *pick) {
    hd_choice choice = {.step = s->steps,
                        .enabled = s->enabled.items,
                        .count = s->enabled.len,
                        .last = s->last ? s->last->number : HD_NO_AGENT,
                        .last_enabled = s->last && hd_sched_can_move(s->last)};
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
    if (s->due != INT64_MAX && s->due <= hd_sched_now(s)) return unblock(s, first_sleeper(s)), true;
    if (s->enabled.len == 0) {
        s->outcome = hd_sched_loops(s) ? HD_OUTCOME_LIVELOCK : HD_OUTCOME_DEADLOCK;
        return pass_time(s);
    }
    if (s->options.step_limit && s->steps >= s->options.step_limit)
        return s->outcome = HD_OUTCOME_STEP_LIMIT, false;
    if (!choose(s, &pick)) return s->outcome = HD_OUTCOME_GIVEN_UP, false;
    hd_task *t = s->tasks.items[pick.agent];
    if (spins(s, t)) return s->outcome = HD_OUTCOME_LIVELOCK, pass_time(s);
    pick.events = credit_for(s, pick.events);
    uint64_t used = move(s, t, pick.events);
    HD_TELL(s, moved, t->number, used);
    if (s->options.strategy->moved) s->options.strategy->moved(s->options.strategy, &pick, used);
    return true;
}

/* Ends all calls and bodies after a stop. */
static void drain(hd_sched *s) {
    s->stopping = true;
    hd_cluster_stop(s->cluster);
    for (size_t i = 0; i < s->living.len; i++) {
        hd_task *t = s->living.items[i];
        while (t->state != HD_TASK_ENDED) {
            if (t->state == HD_TASK_CALLING || t->state == HD_TASK_WAITING ||
                t->state == HD_TASK_BLOCKED)
                t->status = hd_agent_end(t->agent, t->cells, t->diag);
            t->state = HD_TASK_READY;
            s->current = t;
            hd_sched_give_baton(s, t);
        }
    }
}

static void on_run(void *context, hd_cluster *cluster) {
    hd_sched *s = context;
    s->cluster = cluster;
    while (step(s))
        continue;
    if (s->outcome == HD_OUTCOME_COMPLETED) return;
    if (s->outcome != HD_OUTCOME_EXITED) HD_TELL(s, stuck, s);
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
    hd_sched_set_calls(s);
    s->controller.run = on_run;
    s->controller.tick = on_tick;
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
