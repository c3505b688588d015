/* cluster.h: an agent cluster, each of its agents on a host thread.
 *
 * Threads proposal, "agent cluster": the agents that share memories and so can see each other run.
 * A cluster owns what must outlive its single agents: the agents themselves, their stores, and the
 * modules and code that they run; all of it lives until hd_cluster_free. What a member does is a
 * callback: the cluster knows nothing of scripts or programs.
 *
 *     hd_cluster *cluster = hd_cluster_new(0);
 *     hd_cluster_spawn(cluster, "main", body, context, &diag);
 *     if (!hd_cluster_run(cluster, 60 * HD_SECOND)) ...report what each member was doing...
 *     hd_cluster_free(cluster);
 */
#ifndef HD_AGENTS_CLUSTER_H
#define HD_AGENTS_CLUSTER_H

#include "exec/agent.h"

/* What moves the members of a cluster instead of their threads, if a cluster is controlled: see
 * sched/. All functions get the context first. */
typedef struct hd_controller {
    void *context;
    /* A member was added; called by whoever spawned it, before its thread runs. False: no memory.
     */
    bool (*added)(void *context, hd_member *member);
    /* An added member has got no thread, and is released. */
    void (*withdrawn)(void *context, hd_member *member);
    /* On the member's thread, before and after its body. `begin` returns when the member may move.
     */
    void (*begin)(void *context, hd_member *member);
    void (*end)(void *context, hd_member *member);
    /* On the member's thread: hd_agent_call, and waiting for another member's end (false: stopped).
     */
    hd_status (*call)(void *context, hd_member *member, const hd_func *func, hd_slot *cells,
                      hd_diag *diag);
    bool (*join)(void *context, hd_member *member, hd_member *other);
    /* On the thread of hd_cluster_run: moves members until all have ended, after a stop too. */
    void (*run)(void *context, hd_cluster *cluster);
    /* On a thread of its own while that runs, every HD_TICK nanoseconds or so, under the cluster's
     * lock: no member that has not ended is released meanwhile. */
    void (*tick)(void *context);
} hd_controller;

#define HD_TICK INT64_C(10000000)

/* Puts a cluster under control, before its first member; the controller must outlive its run. */
void hd_cluster_control(hd_cluster *cluster, const hd_controller *controller);

/* Makes the first member's agent trap where it would wait, as the main agent of the web does.
 * Before that member. */
void hd_cluster_forbid_blocking(hd_cluster *cluster);

/* A descriptor that becomes readable when the cluster is stopped, for members that block in the
 * host; it belongs to the cluster. */
int hd_cluster_stop_descriptor(const hd_cluster *cluster);

/* True once the cluster is being stopped, or ended; any thread. */
bool hd_cluster_stopping(hd_cluster *cluster);

/* True if nobody joins the member, which is gone when its controller's `end` has returned. */
bool hd_member_detached(const hd_member *member);

/* Members in the order of their start, without the detached ones that ended; the count is final
 * after hd_cluster_run. */
size_t hd_cluster_count(const hd_cluster *cluster);
hd_member *hd_cluster_member(const hd_cluster *cluster, size_t index);

/* A place for the controller to keep what it knows of a member. */
void *hd_member_control(const hd_member *member);
void hd_member_set_control(hd_member *member, void *control);

/* What a member did when its cluster was stopped, for after hd_cluster_run: `*joining` is the
 * member whose end it waited for, or NULL. False when it had ended by itself. */
bool hd_member_was_stopped(const hd_member *member, const hd_member **joining);

#endif
