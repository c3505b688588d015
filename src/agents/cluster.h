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

typedef struct hd_cluster hd_cluster;

/* An agent of a cluster, with its store and its thread. */
typedef struct hd_member hd_member;

/* What a member does. Runs on the member's thread; the member ends when it returns. It must return
 * soon once a call of its agent is HD_STOPPED or hd_member_stopping is true. */
typedef void hd_member_body(hd_member *member, void *context);

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
} hd_controller;

#define HD_SECOND INT64_C(1000000000) /* in nanoseconds */

/* Makes a cluster without members, whose agents get a stack of `cells` cells each (0: the default).
 * NULL when memory is out. */
hd_cluster *hd_cluster_new(size_t cells);

/* Puts a cluster under control, before its first member; the controller must outlive its run. */
void hd_cluster_control(hd_cluster *cluster, const hd_controller *controller);

/* Starts a member at once. `name` is copied. Before hd_cluster_run by its caller, later only by
 * members. NULL with a diagnosis: HD_STOPPED when the cluster is being stopped, HD_NOMEM, or
 * HD_LIMIT when the host refuses another thread. */
hd_member *hd_cluster_spawn(hd_cluster *cluster, const char *name, hd_member_body *body,
                            void *context, hd_diag *diag);

/* Waits until every member has ended, or `timeout` nanoseconds have passed (negative: no limit):
 * then stops all agents and waits for the members to end. All threads are joined when it returns.
 * True when nothing had to be stopped. */
bool hd_cluster_run(hd_cluster *cluster, int64_t timeout);

/* Stops every agent, as the time limit does; any thread. */
void hd_cluster_stop(hd_cluster *cluster);

/* Releases a cluster none of whose members runs, and all that it owns; NULL is ignored. */
void hd_cluster_free(hd_cluster *cluster);

/* Members in the order of their start; the count is final after hd_cluster_run. */
size_t hd_cluster_count(const hd_cluster *cluster);
hd_member *hd_cluster_member(const hd_cluster *cluster, size_t index);

hd_cluster *hd_member_cluster(const hd_member *member);
hd_agent *hd_member_agent(const hd_member *member);
hd_store *hd_member_store(const hd_member *member);
void *hd_member_context(const hd_member *member);

/* Calls a function of the member's store with its agent, as hd_agent_call does; on its own thread.
 */
hd_status hd_member_call(hd_member *member, const hd_func *func, hd_slot *cells, hd_diag *diag);

/* A place for the controller to keep what it knows of a member. */
void *hd_member_control(const hd_member *member);
void hd_member_set_control(hd_member *member, void *control);

/* Makes code for a module, both owned by the cluster from now on. NULL when memory is out; the
 * module is released then. For the member's own thread. */
hd_codebase *hd_member_adopt(hd_member *member, hd_module *module);

/* Waits on the member's own thread until another one has ended; what that one did happens before
 * the return. False when the cluster was stopped first. */
bool hd_member_join(hd_member *member, hd_member *other);

/* True once the cluster is being stopped; any thread. */
bool hd_member_stopping(hd_member *member);

/* What a member did when its cluster was stopped, for after hd_cluster_run: `*joining` is the
 * member whose end it waited for, or NULL. False when it had ended by itself. */
bool hd_member_was_stopped(const hd_member *member, const hd_member **joining);

#endif
