/* cluster_parts.h: what cluster.c (members, and what they own) and threads.c (their threads) share.
 */
#ifndef HD_AGENTS_CLUSTER_PARTS_H
#define HD_AGENTS_CLUSTER_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "agents/cluster.h"
#include "base/vec.h"

/* A module and its code. */
typedef struct hd_unit {
    hd_module *module;
    hd_codebase *base;
} hd_unit;

typedef HD_VEC(hd_unit) hd_unit_list;

struct hd_member {
    hd_cluster *cluster;
    hd_agent *agent;
    hd_store *store;
    const hd_body *body;      /* NULL: `callback` is what the member does */
    hd_member_body *callback; /* of an embedder, on host threads only */
    void *context;
    bool detached;      /* released when it has ended */
    bool attached;      /* without a thread, to a thread of an embedder's */
    uint32_t number;    /* the controller's */
    pthread_t thread;   /* on host threads */
    hd_unit_list units; /* used by the member's thread, then by hd_cluster_free */
    /* On host threads under the cluster's lock: */
    bool done;                /* it has ended */
    bool stopped;             /* it had not when the cluster was stopped */
    const hd_member *joining; /* whose end it waits for */
};

typedef HD_VEC(hd_member *) hd_member_list;

struct hd_spares {
    size_t cells;         /* of each agent's stack, as clusters are made with */
    hd_handlers handlers; /* of each store */
    hd_member_list ready, released;
    hd_memory_pool memories;
};

struct hd_cluster {
    size_t cells;
    const hd_controller *controller; /* NULL: host threads */
    _Atomic int stop_descriptor;     /* an eventfd, made when it is first asked for; -1: not yet */
    bool main_cannot_block;
    hd_undo *undo;          /* of a controlled cluster, or NULL */
    hd_member_list spare;   /* with an agent and a store to be used again, if there is a log */
    hd_spares *spares;      /* of former executions, for this and later ones; or NULL */
    atomic_bool stopping;   /* set under the lock, read by any thread */
    atomic_bool exited;     /* by hd_cluster_exit; likewise */
    pthread_mutex_t lock;   /* on host threads, protects what follows and the fields of members that
                             * say so */
    pthread_cond_t changed; /* a member is done, or stopping began; on the monotonic clock */
    HD_VEC(hd_member *) members;
    hd_unit_list units;        /* of no single member */
    size_t live;               /* members that are not done */
    hd_member *ended_detached; /* the detached member that ended last: the next one that ends joins
                                * its thread and releases it, or else hd_cluster_run does */
};

/* The handlers of members' stores. */
hd_handlers hd_cluster_own_handlers(const hd_cluster *cluster);

/* Releases a member that is not moved any more, and is not on the list. */
void hd_member_free(hd_member *member);

/* The same, but keeps what it can of the member for later executions. */
void hd_member_release(hd_member *member);

/* Takes an ended, detached member off the list unless the cluster was stopped before: then it is
 * still wanted for reports. True if it was taken off. */
bool hd_member_unlist(hd_member *member);

/* Starts the thread of a member and lists it. HD_OK, HD_STOPPED, HD_NOMEM, or HD_LIMIT. */
hd_status hd_member_start_thread(hd_member *member, hd_diag *diag);

/* Lists a member that needs no thread. HD_OK, HD_STOPPED or HD_NOMEM. */
hd_status hd_member_attach(hd_member *member, hd_diag *diag);

/* Runs the members of a cluster on host threads to their end; as hd_cluster_run. */
void hd_cluster_run_threads(hd_cluster *cluster, int64_t timeout);

/* Marks the cluster as stopping and stops every agent; on host threads under the lock. */
void hd_cluster_stop_all(hd_cluster *cluster);

#endif
