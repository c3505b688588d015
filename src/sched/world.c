/* world.c: a world's life, and how agents come to it. */
#include <string.h>
#include <time.h>

#include "sched/world_parts.h"

/* Agents. */

static hd_task *task_new(const char *name) {
    hd_task *task = hd_calloc(1, sizeof *task);
    if (!task) return NULL;
    task->last = (hd_diag)HD_DIAG_INIT;
    task->name = hd_strndup(name, strlen(name));
    if (task->name) return task;
    hd_free(task);
    return NULL;
}

static void task_free(hd_task *task) {
    hd_free(task->name);
    hd_free(task);
}

/* Lists are given room for every agent here, where it can fail. */
static bool make_room(hd_world *w) {
    size_t count = w->living.len + 1;
    return hd_vec_reserve(&w->tasks, 1) && hd_vec_reserve(&w->living, 1) &&
           hd_vec_reserve(&w->enabled, count) && hd_vec_reserve(&w->timed, count) &&
           hd_vec_reserve(&w->blocked, count);
}

/* An agent is taken back, which was the latest. */
static void take_back(void *context, const void *data) {
    hd_world *w = context;
    (void)data;
    task_free(w->tasks.items[--w->tasks.len]);
}

static bool on_added(void *context, hd_member *member) {
    hd_world *w = context;
    hd_task *task = task_new(hd_agent_name(hd_member_agent(member)));
    if (!task || !make_room(w)) {
        if (task) task_free(task);
        return false;
    }
    hd_world_save(w);
    hd_undo_leave(w->undo, take_back, w, NULL, 0);
    task->member = member;
    task->agent = hd_member_agent(member);
    task->number = (uint32_t)w->tasks.len;
    if (w->current) task->time = hd_task_time(w, w->current);
    w->tasks.items[w->tasks.len++] = task;
    w->living.items[w->living.len++] = task;
    w->changed = true;
    hd_agent_observe(task->agent, &w->hooks);
    hd_member_set_number(member, task->number);
    /* Spawned by a host function: the client is to know that one more can move. */
    if (hd_lookout_watched(&w->lookout)) hd_agent_cut_credit(w->current->agent);
    HD_TELL(w, spawned, w->current ? w->current->number : HD_NO_AGENT, task->number);
    return true;
}

/* The world. */

/* Now, on the host's monotonic clock, in nanoseconds. */
static int64_t host_time(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * HD_SECOND + time.tv_nsec;
}

static void on_tick(void *context) {
    hd_world *w = context;
    pthread_mutex_lock(&w->release_lock);
    hd_lookout_tick(&w->lookout);
    bool late = w->deadline != INT64_MAX && host_time() >= w->deadline;
    pthread_mutex_unlock(&w->release_lock);
    if (late) hd_world_stop(w);
}

void hd_world_limit_time(hd_world *w, int64_t timeout) {
    int64_t deadline;
    if (timeout < 0 || __builtin_add_overflow(host_time(), timeout, &deadline))
        deadline = INT64_MAX;
    pthread_mutex_lock(&w->release_lock);
    w->deadline = deadline;
    pthread_mutex_unlock(&w->release_lock);
}

static void on_stop(void *context) {
    hd_world_stop(context);
}

static void on_run(void *context, int64_t timeout) {
    hd_world *w = context;
    w->run(w->run_context, timeout);
}

static bool list_observers(hd_world *w) {
    for (size_t i = 0; i < w->options.observer_count; i++) {
        const hd_observer *observer = &w->options.observers[i];
        if ((observer->event && !hd_vec_push(&w->event_observers, observer)) ||
            (observer->moved && !hd_vec_push(&w->move_observers, observer)))
            return false;
    }
    return true;
}

hd_world *hd_world_new(const hd_world_options *options) {
    hd_world *w = hd_calloc(1, sizeof *w);
    if (!w) return NULL;
    w->options = *options;
    bool listed = list_observers(w);
    w->last_waiter = &w->first_waiter;
    w->deadline = INT64_MAX;
    w->controller =
        (hd_controller){.context = w, .added = on_added, .run = on_run, .stop = on_stop};
    w->spared = HD_NO_AGENT;
    hd_world_set_hooks(w);
    pthread_mutex_init(&w->release_lock, NULL);
    w->watched = (hd_watched){.tick = on_tick, .context = w};
    if (listed) w->is_watched = hd_watchdog_add(&w->watched);
    if (w->is_watched) return w;
    hd_world_free(w);
    return NULL;
}

void hd_world_free(hd_world *w) {
    if (!w) return;
    if (w->is_watched) hd_watchdog_remove(&w->watched);
    for (size_t i = 0; i < w->tasks.len; i++)
        task_free(w->tasks.items[i]);
    hd_vec_free(&w->event_observers);
    hd_vec_free(&w->move_observers);
    hd_vec_free(&w->tasks);
    hd_vec_free(&w->living);
    hd_vec_free(&w->enabled);
    hd_vec_free(&w->timed);
    hd_vec_free(&w->blocked);
    hd_times_free(&w->times);
    hd_undo_free(&w->log);
    pthread_mutex_destroy(&w->release_lock);
    hd_free(w);
}

void hd_world_control(hd_world *w, hd_cluster *cluster, void (*run)(void *context, int64_t timeout),
                      void *context) {
    w->cluster = cluster;
    w->run = run;
    w->run_context = context;
    hd_cluster_control(cluster, &w->controller);
    hd_cluster_log(cluster, w->undo);
}

void hd_world_stop(hd_world *w) {
    atomic_store(&w->stopped, true);
    pthread_mutex_lock(&w->release_lock);
    hd_lookout_interrupt(&w->lookout);
    /* Whoever blocks in the host is woken by this. */
    if (!w->concluded) hd_cluster_interrupt(w->cluster);
    pthread_mutex_unlock(&w->release_lock);
}

/* Marks the calls that are under way as stopped, for reports. */
static void leave_calls(hd_world *w) {
    for (size_t i = 0; i < w->living.len; i++) {
        hd_task *t = w->living.items[i];
        if (t->stage >= HD_STAGE_RUNNING && t->stage != HD_STAGE_AT_STEP &&
            t->stage != HD_STAGE_ENDED) {
            hd_task_save(w, t);
            hd_task_save_last(w, t);
            hd_agent_end(t->agent, t->step.cells, &t->last);
        }
    }
}

static void take_conclusion_back(void *context, const void *data) {
    hd_world *w = context;
    (void)data;
    pthread_mutex_lock(&w->release_lock);
    w->concluded = false;
    pthread_mutex_unlock(&w->release_lock);
}

void hd_world_conclude(hd_world *w, hd_outcome outcome) {
    hd_world_save(w);
    hd_undo_leave(w->undo, take_conclusion_back, w, NULL, 0);
    pthread_mutex_lock(&w->release_lock);
    w->concluded = true;
    pthread_mutex_unlock(&w->release_lock);
    w->outcome = outcome;
    if (outcome == HD_OUTCOME_COMPLETED) return;
    if (outcome != HD_OUTCOME_EXITED) HD_TELL(w, stuck, w);
    hd_cluster_leave(w->cluster);
    leave_calls(w);
}
