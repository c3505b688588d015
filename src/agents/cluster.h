/* cluster.h: an agent cluster: its members, and who moves them.
 *
 * Threads proposal, "agent cluster": the agents that share memories and so can see each other run.
 * A cluster owns what must outlive its single agents: the agents themselves, their stores, and the
 * modules and code that they run; all of it lives until hd_cluster_free. What a member does is its
 * body (body.h): the cluster knows nothing of scripts or programs. Members are moved by host
 * threads of their own (threads.c), or, once hd_cluster_control was called, by whoever controls the
 * cluster: then there are no threads, and all functions belong to the one thread that moves it, but
 * for hd_cluster_stop.
 *
 *     hd_cluster *cluster = hd_cluster_new(0);
 *     hd_cluster_add(cluster, "main", &body, context, &diag);
 *     if (!hd_cluster_run(cluster, 60 * HD_SECOND)) ...report what each member was doing...
 *     hd_cluster_free(cluster);
 */
#ifndef HD_AGENTS_CLUSTER_H
#define HD_AGENTS_CLUSTER_H

#include "agents/body.h"
#include "base/undo.h"
#include "exec/agent.h"
#include "runtime/memory.h"

/* What moves the members of a controlled cluster. */
typedef struct hd_controller {
    void *context;
    /* A member was added; from now on it is to be moved. False: no memory, and it is released. */
    bool (*added)(void *context, hd_member *member);
    /* Moves members until all have ended, the time limit (nanoseconds; negative: none) has come or
     * nothing can be done any more. */
    void (*run)(void *context, int64_t timeout);
    /* The cluster is to stop soon; any thread. */
    void (*stop)(void *context);
} hd_controller;

/* Puts a cluster under control, before its first member; the controller must outlive its run. */
void hd_cluster_control(hd_cluster *cluster, const hd_controller *controller);

/* Has all changes of a controlled cluster and its members saved in a log, which must outlive it
 * (base/undo.h). Before its first member, and its code. */
void hd_cluster_log(hd_cluster *cluster, hd_undo *log);
hd_undo *hd_cluster_get_log(const hd_cluster *cluster);

/* What controlled executions leave for later ones, one after the other on one thread: agents with
 * their stacks, stores, and memories, as new; it saves calls of the system. What an execution
 * releases is used again by later ones only. NULL when memory is out. */
typedef struct hd_spares hd_spares;
hd_spares *hd_spares_new(void);
hd_memory_pool *hd_spares_memories(hd_spares *spares);

/* Releases spares, when no cluster uses them any more; NULL is ignored. */
void hd_spares_free(hd_spares *spares);

/* Begins another execution: of a cluster that has its controller and its log, before its first
 * member, which is to use spares from now on. They must outlive it. Their other clusters must be
 * gone. */
void hd_cluster_use_spares(hd_cluster *cluster, hd_spares *spares);

/* Starts a member whose life is a body, which must outlive it. `name` is copied; the context is
 * the body's to release, unless this fails. A detached member is joined by nobody and released as
 * soon as it has ended. Errors as of hd_cluster_spawn. */
hd_member *hd_cluster_add(hd_cluster *cluster, const char *name, const hd_body *body, void *context,
                          bool detached, hd_diag *diag);

/* Makes the first member's agent trap where it would wait, as the main agent of the web does.
 * Before that member. */
void hd_cluster_forbid_blocking(hd_cluster *cluster);

/* A descriptor that becomes readable when the cluster is stopped, for members that block in the
 * host; it belongs to the cluster. -1 when the system has none left. */
int hd_cluster_stop_descriptor(hd_cluster *cluster);

/* For the controller, when nothing is moved any more: stops the cluster as a time limit does; and
 * before, on any thread, wakes who blocks in the host. */
void hd_cluster_leave(hd_cluster *cluster);
void hd_cluster_interrupt(hd_cluster *cluster);

/* True once the cluster is being stopped, or ended; any thread. */
bool hd_cluster_stopping(hd_cluster *cluster);

/* The handlers that code of a module needs when members run it: of the plain flavour on host
 * threads, and under control where no shared memory can be touched. */
hd_handlers hd_cluster_handlers(const hd_cluster *cluster, const hd_module *module);

/* True if nobody joins the member. */
bool hd_member_detached(const hd_member *member);

/* Members in the order of their start, without the detached ones that ended; the count is final
 * after hd_cluster_run. */
size_t hd_cluster_count(const hd_cluster *cluster);
hd_member *hd_cluster_member(const hd_cluster *cluster, size_t index);

const hd_body *hd_member_get_body(const hd_member *member);

/* For the controller: its number for a member, and what it does with one. A member that ended is
 * released if it is detached; hd_member_note_joining says whom it waits for (NULL: nobody). */
uint32_t hd_member_number(const hd_member *member);
void hd_member_set_number(hd_member *member, uint32_t number);
void hd_member_note_joining(hd_member *member, const hd_member *other);
void hd_member_note_end(hd_member *member);

/* What a member did when its cluster was stopped, for after hd_cluster_run: `*joining` is the
 * member whose end it waited for, or NULL. False when it had ended by itself. */
bool hd_member_was_stopped(const hd_member *member, const hd_member **joining);

#endif
