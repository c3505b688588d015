/* cluster.c: members, their threads, and the time limit.
 *
 * The thread that calls hd_cluster_run is the watchdog: it sleeps on the cluster's condition
 * variable until the last member has ended or the deadline has come. So the time limit costs no
 * thread of its own and nothing polls. */
#include "agents/cluster.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/vec.h"
#include "exec/event.h"

/* Of a member's thread: the machine needs next to nothing, the parser of module text recurses. */
enum { THREAD_STACK = 8 << 20 };

/* A module and its code. */
typedef struct unit {
    hd_module *module;
    hd_codebase *base;
} unit;

typedef HD_VEC(unit) unit_list;

static void units_free(unit_list *units) {
    for (size_t i = 0; i < units->len; i++) {
        hd_codebase_free(units->items[i].base);
        hd_module_free(units->items[i].module);
    }
    hd_vec_free(units);
}

struct hd_member {
    hd_cluster *cluster;
    hd_agent *agent;
    hd_store *store;
    hd_member_body *body;
    void *context;
    void *control; /* the controller's */
    bool detached; /* released when it has ended */
    pthread_t thread;
    unit_list units;          /* used by the member's thread, then by hd_cluster_free */
    bool done;                /* the body has returned; under the cluster's lock */
    bool stopped;             /* it had not when the cluster was stopped; likewise */
    const hd_member *joining; /* whose end it waits for; likewise */
};

struct hd_cluster {
    size_t cells;
    const hd_controller *controller; /* NULL: members run by themselves */
    int stop_descriptor;             /* an eventfd, written once */
    bool main_cannot_block;
    pthread_mutex_t lock;   /* protects what follows, and the fields of members that say so */
    pthread_cond_t changed; /* a member is done, or stopping began; on the monotonic clock */
    HD_VEC(hd_member *) members;
    unit_list units; /* of no single member */
    size_t live;     /* members that are not done */
    bool stopping;
    bool exited;       /* by hd_cluster_exit */
    hd_member *corpse; /* the detached member that ended last: the next one that ends joins its
                        * thread and releases it, or else hd_cluster_run does */
};

hd_cluster *hd_cluster_new(size_t cells) {
    hd_cluster *cluster = hd_calloc(1, sizeof *cluster);
    if (!cluster) return NULL;
    cluster->cells = cells;
    cluster->stop_descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (cluster->stop_descriptor < 0) {
        hd_free(cluster);
        return NULL;
    }
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&cluster->lock, NULL);
    pthread_cond_init(&cluster->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return cluster;
}

/* Data segments are written by no instruction: under control they are reported here. */
static void report_data(void *agent, hd_memory *memory, uint64_t address, uint64_t length) {
    hd_agent_touch(agent, memory, address, length, true);
}

/* A member without a thread. */
static hd_member *member_new(hd_cluster *cluster, const char *name, hd_member_body *body,
                             void *context) {
    hd_member *member = hd_calloc(1, sizeof *member);
    if (!member) return NULL;
    member->cluster = cluster;
    member->body = body;
    member->context = context;
    member->agent = hd_agent_new(name, cluster->cells);
    member->store = hd_store_new(cluster->controller ? hd_observed_handlers : hd_plain_handlers);
    if (cluster->controller && member->agent && member->store)
        hd_store_watch(member->store, report_data, member->agent);
    return member;
}

/* Releases a member whose thread has ended or was never started. */
static void member_free(hd_member *member) {
    hd_agent_free(member->agent);
    hd_store_free(member->store);
    units_free(&member->units);
    hd_free(member);
}

/* Joins the thread of a detached member that has ended, and releases it; NULL is ignored. */
static void bury(hd_member *corpse) {
    if (!corpse) return;
    pthread_join(corpse->thread, NULL);
    member_free(corpse);
}

/* Takes an ended, detached member off the list unless the cluster was stopped before: then it is
 * still wanted for reports. True if it was taken off. Under the lock. */
static bool unlist(hd_cluster *cluster, hd_member *member) {
    if (!member->detached || cluster->stopping) return false;
    size_t i = 0;
    while (cluster->members.items[i] != member)
        i++;
    memmove(&cluster->members.items[i], &cluster->members.items[i + 1],
            (cluster->members.len - i - 1) * sizeof *cluster->members.items);
    cluster->members.len--;
    return true;
}

/* Leaves a member for others to bury, and buries who is left already. Only who has buried takes the
 * place, so that a corpse's thread is about to end: else each would wait for the one before it, and
 * threads would pile up. Under the lock, which it gives away in between. */
static void lay_out(hd_cluster *cluster, hd_member *member) {
    hd_member *corpse;
    while ((corpse = cluster->corpse)) {
        cluster->corpse = NULL;
        pthread_mutex_unlock(&cluster->lock);
        bury(corpse);
        pthread_mutex_lock(&cluster->lock);
    }
    cluster->corpse = member;
}

static void *member_main(void *argument) {
    hd_member *member = argument;
    hd_cluster *cluster = member->cluster;
    const hd_controller *controller = cluster->controller;
    if (controller) controller->begin(controller->context, member);
    member->body(member, member->context);
    pthread_mutex_lock(&cluster->lock);
    member->done = true;
    bool unlisted = unlist(cluster, member);
    pthread_mutex_unlock(&cluster->lock);
    if (controller) controller->end(controller->context, member);
    /* Last of all: when no member is alive, nothing but the threads' own ends is left to come. */
    pthread_mutex_lock(&cluster->lock);
    if (unlisted) lay_out(cluster, member);
    cluster->live--;
    pthread_cond_broadcast(&cluster->changed);
    pthread_mutex_unlock(&cluster->lock);
    return NULL;
}

/* Starts the thread of a member and lists it; under the lock, so that a stop misses no member. */
static hd_status start(hd_cluster *cluster, hd_member *member, hd_diag *diag) {
    if (cluster->stopping) return hd_diag_set(diag, HD_STOPPED, "stopped");
    if (!hd_vec_reserve(&cluster->members, 1)) return hd_diag_nomem(diag);
    const hd_controller *controller = cluster->controller;
    if (controller && !controller->added(controller->context, member)) return hd_diag_nomem(diag);
    if (cluster->main_cannot_block) hd_agent_forbid_blocking(member->agent);
    cluster->main_cannot_block = false; /* that was the first */
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, THREAD_STACK);
    int error = pthread_create(&member->thread, &attributes, member_main, member);
    pthread_attr_destroy(&attributes);
    if (error && controller) controller->withdrawn(controller->context, member);
    if (error) return hd_diag_set(diag, HD_LIMIT, "cannot start a thread: %s", strerror(error));
    cluster->members.items[cluster->members.len++] = member;
    cluster->live++;
    return HD_OK;
}

static hd_member *spawn(hd_cluster *cluster, const char *name, hd_member_body *body, void *context,
                        bool detached, hd_diag *diag) {
    hd_member *member = member_new(cluster, name, body, context);
    if (!member) {
        hd_diag_nomem(diag);
        return NULL;
    }
    hd_status status;
    member->detached = detached;
    if (member->agent && member->store) {
        pthread_mutex_lock(&cluster->lock);
        status = start(cluster, member, diag);
        pthread_mutex_unlock(&cluster->lock);
    } else {
        status = hd_diag_nomem(diag);
    }
    if (status == HD_OK) return member;
    member_free(member);
    return NULL;
}

hd_member *hd_cluster_spawn(hd_cluster *cluster, const char *name, hd_member_body *body,
                            void *context, hd_diag *diag) {
    return spawn(cluster, name, body, context, false, diag);
}

hd_status hd_cluster_spawn_detached(hd_cluster *cluster, const char *name, hd_member_body *body,
                                    void *context, hd_diag *diag) {
    return spawn(cluster, name, body, context, true, diag) ? HD_OK : diag->status;
}

/* Stops every agent; under the lock. */
static void stop_all(hd_cluster *cluster) {
    cluster->stopping = true;
    for (size_t i = 0; i < cluster->members.len; i++) {
        hd_member *member = cluster->members.items[i];
        member->stopped = !member->done;
        if (member->stopped) hd_agent_stop(member->agent);
    }
    eventfd_write(cluster->stop_descriptor, 1);
    pthread_cond_broadcast(&cluster->changed);
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

void hd_cluster_stop(hd_cluster *cluster) {
    pthread_mutex_lock(&cluster->lock);
    if (!cluster->stopping) stop_all(cluster);
    pthread_mutex_unlock(&cluster->lock);
}

void hd_cluster_exit(hd_cluster *cluster) {
    pthread_mutex_lock(&cluster->lock);
    if (!cluster->stopping) {
        cluster->exited = true;
        stop_all(cluster);
    }
    pthread_mutex_unlock(&cluster->lock);
}

bool hd_cluster_exited(hd_cluster *cluster) {
    pthread_mutex_lock(&cluster->lock);
    bool exited = cluster->exited;
    pthread_mutex_unlock(&cluster->lock);
    return exited;
}

bool hd_cluster_stopping(hd_cluster *cluster) {
    pthread_mutex_lock(&cluster->lock);
    bool stopping = cluster->stopping;
    pthread_mutex_unlock(&cluster->lock);
    return stopping;
}

void hd_cluster_forbid_blocking(hd_cluster *cluster) {
    cluster->main_cannot_block = true;
}

void hd_cluster_control(hd_cluster *cluster, const hd_controller *controller) {
    cluster->controller = controller;
}

/* What the watchdog needs to know. */
typedef struct watch {
    hd_cluster *cluster;
    int64_t timeout;
} watch;

static bool is_before(const struct timespec *a, const struct timespec *b) {
    return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

/* Sleeps until something has changed or the deadline (NULL: none) has come, with a tick of the
 * controller in between; returns whether it has come. */
static bool sleep_until(hd_cluster *cluster, const struct timespec *deadline) {
    const hd_controller *controller = cluster->controller;
    struct timespec tick = deadline_after(HD_TICK);
    bool ticks = controller && (!deadline || is_before(&tick, deadline));
    if (!deadline && !ticks) return pthread_cond_wait(&cluster->changed, &cluster->lock), false;
    if (pthread_cond_timedwait(&cluster->changed, &cluster->lock, ticks ? &tick : deadline) !=
        ETIMEDOUT)
        return false;
    if (ticks) controller->tick(controller->context);
    return !ticks;
}

/* Waits until every member has ended, and stops all agents if that takes too long. */
static void *watch_members(void *argument) {
    const watch *w = argument;
    hd_cluster *cluster = w->cluster;
    struct timespec deadline = deadline_after(w->timeout < 0 ? 0 : w->timeout);
    pthread_mutex_lock(&cluster->lock);
    while (cluster->live > 0) {
        bool limited = w->timeout >= 0 && !cluster->stopping;
        if (sleep_until(cluster, limited ? &deadline : NULL) && cluster->live > 0)
            stop_all(cluster);
    }
    pthread_mutex_unlock(&cluster->lock);
    return NULL;
}

/* The controller has this thread, so the watchdog gets one of its own. */
static void run_controlled(hd_cluster *cluster, watch *w) {
    pthread_t watchdog;
    bool watched = !pthread_create(&watchdog, NULL, watch_members, w);
    cluster->controller->run(cluster->controller->context, cluster);
    if (watched) pthread_join(watchdog, NULL);
}

bool hd_cluster_run(hd_cluster *cluster, int64_t timeout) {
    watch w = {cluster, timeout};
    if (cluster->controller)
        run_controlled(cluster, &w);
    else
        watch_members(&w);
    /* Only members spawn members, so the list is final now. */
    for (size_t i = 0; i < cluster->members.len; i++)
        pthread_join(cluster->members.items[i]->thread, NULL);
    bury(cluster->corpse);
    cluster->corpse = NULL;
    return !cluster->stopping || cluster->exited;
}

void hd_cluster_free(hd_cluster *cluster) {
    if (!cluster) return;
    /* Later members import from earlier ones, and every store refers to code of any member: the
     * code that the earlier ones own goes last. */
    for (size_t i = cluster->members.len; i-- > 0;) {
        hd_agent_free(cluster->members.items[i]->agent);
        hd_store_free(cluster->members.items[i]->store);
        cluster->members.items[i]->agent = NULL;
        cluster->members.items[i]->store = NULL;
    }
    for (size_t i = 0; i < cluster->members.len; i++)
        member_free(cluster->members.items[i]);
    units_free(&cluster->units);
    hd_vec_free(&cluster->members);
    pthread_cond_destroy(&cluster->changed);
    pthread_mutex_destroy(&cluster->lock);
    close(cluster->stop_descriptor);
    hd_free(cluster);
}

int hd_cluster_stop_descriptor(const hd_cluster *cluster) {
    return cluster->stop_descriptor;
}

size_t hd_cluster_count(const hd_cluster *cluster) {
    return cluster->members.len;
}

hd_member *hd_cluster_member(const hd_cluster *cluster, size_t index) {
    return cluster->members.items[index];
}

hd_cluster *hd_member_cluster(const hd_member *member) {
    return member->cluster;
}

hd_agent *hd_member_agent(const hd_member *member) {
    return member->agent;
}

hd_store *hd_member_store(const hd_member *member) {
    return member->store;
}

void *hd_member_context(const hd_member *member) {
    return member->context;
}

hd_status hd_member_call(hd_member *member, const hd_func *func, hd_slot *cells, hd_diag *diag) {
    const hd_controller *controller = member->cluster->controller;
    if (controller) return controller->call(controller->context, member, func, cells, diag);
    return hd_agent_call(member->agent, func, cells, diag);
}

void *hd_member_control(const hd_member *member) {
    return member->control;
}

void hd_member_set_control(hd_member *member, void *control) {
    member->control = control;
}

/* Only code that can touch a shared memory has to be observed; other code is not slowed down. */
static hd_handlers handlers_for(const hd_cluster *cluster, const hd_module *module) {
    if (!cluster->controller) return hd_plain_handlers;
    for (uint32_t i = 0; i < module->memory_count; i++)
        if (module->memories[i].shared) return hd_observed_handlers;
    return hd_plain_handlers;
}

/* Makes code for a module, and takes both into a list of units. */
static hd_codebase *adopt(const hd_cluster *cluster, unit_list *units, hd_module *module) {
    hd_codebase *base = hd_codebase_new(module, handlers_for(cluster, module));
    if (base && hd_vec_push(units, ((unit){module, base}))) return base;
    hd_codebase_free(base);
    hd_module_free(module);
    return NULL;
}

hd_codebase *hd_member_adopt(hd_member *member, hd_module *module) {
    return adopt(member->cluster, &member->units, module);
}

hd_codebase *hd_cluster_adopt(hd_cluster *cluster, hd_module *module) {
    return adopt(cluster, &cluster->units, module);
}

bool hd_member_join(hd_member *member, hd_member *other) {
    hd_cluster *cluster = member->cluster;
    const hd_controller *controller = cluster->controller;
    pthread_mutex_lock(&cluster->lock);
    member->joining = other;
    if (controller) {
        pthread_mutex_unlock(&cluster->lock);
        controller->join(controller->context, member, other);
        pthread_mutex_lock(&cluster->lock);
    }
    while (!other->done && !cluster->stopping)
        pthread_cond_wait(&cluster->changed, &cluster->lock);
    /* If the stop ended the other one, this member still waited for it when the stop came. */
    bool ended = other->done && !other->stopped;
    if (ended) member->joining = NULL;
    pthread_mutex_unlock(&cluster->lock);
    return ended;
}

bool hd_member_stopping(hd_member *member) {
    return hd_cluster_stopping(member->cluster);
}

bool hd_member_detached(const hd_member *member) {
    return member->detached;
}

bool hd_member_was_stopped(const hd_member *member, const hd_member **joining) {
    *joining = member->joining;
    return member->stopped;
}
