/* threads.c: members on host threads, and the time limit.
 *
 * Each member's thread carries out the steps of its body one after the other. The thread that calls
 * hd_cluster_run is the watchdog: it sleeps on the cluster's condition variable until the last
 * member has ended or the deadline has come. So the time limit costs no thread of its own and
 * nothing polls. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "agents/cluster_parts.h"
#include "exec/event.h"

/* Of a member's thread: the machine needs next to nothing, the parser of module text recurses. */
enum { THREAD_STACK = 8 << 20 };

/* Joins the thread of a detached member that has ended, and releases it. */
static void release_ended(hd_member *member) {
    if (!member) return;
    pthread_join(member->thread, NULL);
    hd_member_free(member);
}

/* Leaves a member that has ended to be released by others, and releases who was left so before.
 * Only who has done that takes the place, so that the thread of a member that is left is about to
 * end: else each would wait for the one before it, and threads would pile up. Under the lock, which
 * it gives away in between. */
static void leave_ended(hd_cluster *cluster, hd_member *member) {
    hd_member *before;
    while ((before = cluster->ended_detached)) {
        cluster->ended_detached = NULL;
        pthread_mutex_unlock(&cluster->lock);
        release_ended(before);
        pthread_mutex_lock(&cluster->lock);
    }
    cluster->ended_detached = member;
}

bool hd_member_join(hd_member *member, hd_member *other) {
    hd_cluster *cluster = member->cluster;
    pthread_mutex_lock(&cluster->lock);
    member->joining = other;
    while (!other->done && !cluster->stopping)
        pthread_cond_wait(&cluster->changed, &cluster->lock);
    /* If the stop ended the other one, this member still waited for it when the stop came. */
    bool ended = other->done && !other->stopped;
    if (ended) member->joining = NULL;
    pthread_mutex_unlock(&cluster->lock);
    return ended;
}

/* Carries out one step of a body; false when it was the last, or the member is stopped. */
static bool carry_out(hd_member *member, const hd_body_step *step, hd_diag *diag) {
    hd_diag_reset(diag);
    switch (step->kind) {
    case HD_BODY_CALL:
        return hd_agent_call(member->agent, step->func, step->cells, diag) != HD_STOPPED;
    case HD_BODY_JOIN: return hd_member_join(member, step->other);
    default:
        member->body->perform(member, member->context, step->kind, diag);
        return step->kind != HD_BODY_END && step->kind != HD_BODY_EXIT &&
               diag->status != HD_STOPPED;
    }
}

static void run_body(hd_member *member) {
    hd_diag diag = HD_DIAG_INIT;
    hd_body_step step;
    do {
        if (hd_cluster_stopping(member->cluster)) return;
        step = (hd_body_step){.kind = HD_BODY_END};
        member->body->next(member, member->context, &diag, &step);
    } while (carry_out(member, &step, &diag));
    if (step.kind == HD_BODY_EXIT) hd_cluster_exit(member->cluster);
}

static void *member_main(void *argument) {
    hd_member *member = argument;
    hd_cluster *cluster = member->cluster;
    if (member->body)
        run_body(member);
    else
        member->callback(member, member->context);
    pthread_mutex_lock(&cluster->lock);
    member->done = true;
    /* Last of all: when no member is alive, nothing but the threads' own ends is left to come. */
    if (hd_member_unlist(member)) leave_ended(cluster, member);
    cluster->live--;
    pthread_cond_broadcast(&cluster->changed);
    pthread_mutex_unlock(&cluster->lock);
    return NULL;
}

/* Under the lock, so that a stop misses no member. */
static hd_status start(hd_cluster *cluster, hd_member *member, hd_diag *diag) {
    if (cluster->stopping) return hd_diag_set(diag, HD_STOPPED, "stopped");
    if (!hd_vec_reserve(&cluster->members, 1)) return hd_diag_nomem(diag);
    if (cluster->main_cannot_block) hd_agent_forbid_blocking(member->agent);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, THREAD_STACK);
    int error = pthread_create(&member->thread, &attributes, member_main, member);
    pthread_attr_destroy(&attributes);
    if (error) return hd_diag_set(diag, HD_LIMIT, "cannot start a thread: %s", strerror(error));
    cluster->main_cannot_block = false; /* that was the first */
    cluster->members.items[cluster->members.len++] = member;
    cluster->live++;
    return HD_OK;
}

hd_status hd_member_start_thread(hd_member *member, hd_diag *diag) {
    hd_cluster *cluster = member->cluster;
    pthread_mutex_lock(&cluster->lock);
    hd_status status = start(cluster, member, diag);
    pthread_mutex_unlock(&cluster->lock);
    return status;
}

hd_status hd_member_attach(hd_member *member, hd_diag *diag) {
    hd_cluster *cluster = member->cluster;
    hd_status status = HD_OK;
    pthread_mutex_lock(&cluster->lock);
    member->attached = true;
    if (cluster->stopping)
        status = hd_diag_set(diag, HD_STOPPED, "stopped");
    else if (!hd_vec_push(&cluster->members, member))
        status = hd_diag_nomem(diag);
    pthread_mutex_unlock(&cluster->lock);
    return status;
}

static struct timespec deadline_after(int64_t timeout) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += timeout / HD_SECOND;
    time.tv_nsec += timeout % HD_SECOND;
    if (time.tv_nsec >= HD_SECOND) {
        time.tv_sec++;
        time.tv_nsec -= HD_SECOND;
    }
    return time;
}

void hd_cluster_run_threads(hd_cluster *cluster, int64_t timeout) {
    struct timespec deadline;
    if (timeout >= 0) deadline = deadline_after(timeout);
    pthread_mutex_lock(&cluster->lock);
    while (cluster->live > 0) {
        if (timeout < 0 || cluster->stopping)
            pthread_cond_wait(&cluster->changed, &cluster->lock);
        else if (pthread_cond_timedwait(&cluster->changed, &cluster->lock, &deadline) ==
                     ETIMEDOUT &&
                 cluster->live > 0 && !cluster->stopping)
            hd_cluster_stop_all(cluster);
    }
    pthread_mutex_unlock(&cluster->lock);
    /* Only members spawn members, so the list is final now. */
    for (size_t i = 0; i < cluster->members.len; i++)
        if (!cluster->members.items[i]->attached)
            pthread_join(cluster->members.items[i]->thread, NULL);
    release_ended(cluster->ended_detached);
    cluster->ended_detached = NULL;
}
