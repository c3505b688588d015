/* cluster.c: a cluster's members, and what they own. */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "agents/cluster_parts.h"
#include "exec/event.h"

static void units_free(hd_unit_list *units) {
    for (size_t i = 0; i < units->len; i++) {
        hd_codebase_free(units->items[i].base);
        hd_module_free(units->items[i].module);
    }
    hd_vec_free(units);
}

/* The cluster's life. */

hd_cluster *hd_cluster_new(size_t cells) {
    hd_cluster *cluster = hd_calloc(1, sizeof *cluster);
    if (!cluster) return NULL;
    cluster->cells = cells;
    atomic_init(&cluster->stop_descriptor, -1);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&cluster->lock, NULL);
    pthread_cond_init(&cluster->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return cluster;
}

void hd_cluster_control(hd_cluster *cluster, const hd_controller *controller) {
    cluster->controller = controller;
}

void hd_cluster_log(hd_cluster *cluster, hd_undo *log) {
    cluster->undo = log;
}

hd_undo *hd_cluster_get_log(const hd_cluster *cluster) {
    return cluster->undo;
}

void hd_cluster_forbid_blocking(hd_cluster *cluster) {
    cluster->main_cannot_block = true;
}

bool hd_cluster_run(hd_cluster *cluster, int64_t timeout) {
    if (cluster->controller)
        cluster->controller->run(cluster->controller->context, timeout);
    else
        hd_cluster_run_threads(cluster, timeout);
    return !cluster->stopping || cluster->exited;
}

void hd_cluster_free(hd_cluster *cluster) {
    if (!cluster) return;
    cluster->undo = NULL; /* nothing is gone back to any more */
    for (size_t i = 0; i < cluster->members.len; i++) {
        hd_member *member = cluster->members.items[i];
        if (member->body && member->body->release) member->body->release(member, member->context);
    }
    /* Later members import from earlier ones, and every store refers to code of any member: the
     * code that the earlier ones own goes last. */
    for (size_t i = cluster->members.len; i-- > 0;) {
        hd_store_reset(cluster->members.items[i]->store);
        cluster->members.items[i]->body = NULL;
    }
    for (size_t i = 0; i < cluster->members.len; i++)
        hd_member_release(cluster->members.items[i]);
    for (size_t i = 0; i < cluster->spare.len; i++)
        hd_member_free(cluster->spare.items[i]);
    units_free(&cluster->units);
    hd_vec_free(&cluster->spare);
    hd_vec_free(&cluster->members);
    pthread_cond_destroy(&cluster->changed);
    pthread_mutex_destroy(&cluster->lock);
    if (cluster->stop_descriptor >= 0) close(cluster->stop_descriptor);
    hd_free(cluster);
}

/* Stopping. */

/* Taken back, a stop wakes nobody any more. */
static void forget_stop(void *context, const void *data) {
    const hd_cluster *cluster = context;
    eventfd_t count;
    (void)data;
    if (cluster->stop_descriptor >= 0) eventfd_read(cluster->stop_descriptor, &count);
}

void hd_cluster_stop_all(hd_cluster *cluster) {
    HD_UNDO_SAVE(cluster->undo, cluster->stopping);
    hd_undo_leave(cluster->undo, forget_stop, cluster, NULL, 0);
    cluster->stopping = true;
    for (size_t i = 0; i < cluster->members.len; i++) {
        hd_member *member = cluster->members.items[i];
        HD_UNDO_SAVE(cluster->undo, member->stopped);
        member->stopped = !member->done;
        if (member->stopped && !cluster->controller) hd_agent_stop(member->agent);
    }
    int descriptor = cluster->stop_descriptor;
    if (descriptor >= 0) eventfd_write(descriptor, 1);
    pthread_cond_broadcast(&cluster->changed);
}

void hd_cluster_stop(hd_cluster *cluster) {
    if (cluster->controller) {
        cluster->controller->stop(cluster->controller->context);
        return;
    }
    pthread_mutex_lock(&cluster->lock);
    if (!cluster->stopping) hd_cluster_stop_all(cluster);
    pthread_mutex_unlock(&cluster->lock);
}

void hd_cluster_leave(hd_cluster *cluster) {
    if (!cluster->stopping) hd_cluster_stop_all(cluster);
}

void hd_cluster_interrupt(hd_cluster *cluster) {
    int descriptor = cluster->stop_descriptor;
    if (descriptor >= 0) eventfd_write(descriptor, 1);
}

void hd_cluster_exit(hd_cluster *cluster) {
    bool threads = !cluster->controller;
    if (threads) pthread_mutex_lock(&cluster->lock);
    if (!cluster->stopping) {
        HD_UNDO_SAVE(cluster->undo, cluster->exited);
        cluster->exited = true;
        hd_cluster_stop_all(cluster);
    }
    if (threads) pthread_mutex_unlock(&cluster->lock);
}

bool hd_cluster_exited(hd_cluster *cluster) {
    return cluster->exited;
}

bool hd_cluster_stopping(hd_cluster *cluster) {
    return cluster->stopping;
}

/* Two threads may ask first at once: one of their descriptors stays. A stop that came before it
 * was there is made up for. */
int hd_cluster_stop_descriptor(hd_cluster *cluster) {
    int none = -1, present = cluster->stop_descriptor;
    if (present >= 0) return present;
    int made = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (made < 0) return -1;
    if (!atomic_compare_exchange_strong(&cluster->stop_descriptor, &none, made)) {
        close(made);
        return none;
    }
    if (cluster->stopping) eventfd_write(made, 1);
    return made;
}

/* Members. */

/* An instantiation is no instruction: what it reads and writes under control is reported here. */
static void report_instance(void *agent, hd_memory *memory, uint64_t address, uint64_t length) {
    if (length == 0)
        hd_agent_import(agent, memory);
    else
        hd_agent_touch(agent, memory, address, length, true);
}

hd_handlers hd_cluster_own_handlers(const hd_cluster *cluster) {
    if (!cluster->controller) return hd_plain_handlers;
    return cluster->undo ? hd_logged_handlers : hd_observed_handlers;
}

/* A member that was taken back, or is a spare one, with an agent and a store like new; NULL: there
 * is none. */
static hd_member *member_again(hd_cluster *cluster, const char *name) {
    hd_member_list *from = &cluster->spare;
    if (from->len == 0 && cluster->spares) from = &cluster->spares->ready;
    if (from->len == 0) return NULL;
    hd_member *member = from->items[from->len - 1];
    if (!hd_agent_reset(member->agent, name)) return NULL;
    from->len--;
    *member = (hd_member){.cluster = cluster, .agent = member->agent, .store = member->store};
    hd_store_reset(member->store);
    return member;
}

static hd_member *member_new(hd_cluster *cluster, const char *name) {
    hd_member *member = member_again(cluster, name);
    if (!member) member = hd_calloc(1, sizeof *member);
    if (!member) return NULL;
    member->cluster = cluster;
    if (!member->agent) member->agent = hd_agent_new(name, cluster->cells);
    if (!member->store) member->store = hd_store_new(hd_cluster_own_handlers(cluster));
    if (!member->agent || !member->store) {
        hd_member_free(member);
        return NULL;
    }
    if (cluster->controller) hd_store_watch(member->store, report_instance, member->agent);
    if (cluster->spares) hd_store_take_from(member->store, &cluster->spares->memories);
    hd_agent_log(member->agent, cluster->undo);
    hd_store_log(member->store, cluster->undo);
    return member;
}

/* A member is taken back, which was the latest. */
static void take_back(void *context, const void *data) {
    hd_cluster *cluster = context;
    hd_member *member;
    memcpy(&member, data, sizeof member);
    cluster->members.len--;
    if (member->body->release) member->body->release(member, member->context);
    member->body = NULL;
    units_free(&member->units);
    hd_store_reset(member->store);
    if (!hd_vec_push(&cluster->spare, member)) hd_member_free(member);
}

void hd_member_free(hd_member *member) {
    if (member->body && member->body->release) member->body->release(member, member->context);
    hd_agent_free(member->agent);
    hd_store_free(member->store);
    units_free(&member->units);
    hd_free(member);
}

void hd_member_release(hd_member *member) {
    enum { MOST_SPARE = 64 }; /* of one execution */
    hd_spares *spares = member->cluster->spares;
    if (!spares || spares->released.len >= MOST_SPARE || !hd_vec_reserve(&spares->released, 1)) {
        hd_member_free(member);
        return;
    }
    if (member->body && member->body->release) member->body->release(member, member->context);
    member->body = NULL;
    hd_store_reset(member->store);
    units_free(&member->units);
    spares->released.items[spares->released.len++] = member;
}

static hd_status start_controlled(hd_member *member, hd_diag *diag) {
    hd_cluster *cluster = member->cluster;
    const hd_controller *controller = cluster->controller;
    if (cluster->main_cannot_block) hd_agent_forbid_blocking(member->agent);
    if (cluster->stopping) return hd_diag_set(diag, HD_STOPPED, "stopped");
    if (!hd_vec_reserve(&cluster->members, 1) || !controller->added(controller->context, member))
        return hd_diag_nomem(diag);
    HD_UNDO_SAVE(cluster->undo, cluster->main_cannot_block);
    HD_UNDO_SAVE(cluster->undo, cluster->live);
    hd_undo_leave(cluster->undo, take_back, cluster, &member, sizeof member);
    cluster->main_cannot_block = false; /* that was the first */
    cluster->members.items[cluster->members.len++] = member;
    cluster->live++;
    return HD_OK;
}

/* Starts a member that was made, NULL: memory was out, or else releases it. */
static hd_member *start(hd_member *member, bool detached, hd_diag *diag) {
    if (!member) {
        hd_diag_nomem(diag);
        return NULL;
    }
    hd_cluster *cluster = member->cluster;
    member->detached = detached;
    hd_status status =
        cluster->controller ? start_controlled(member, diag) : hd_member_start_thread(member, diag);
    if (status != HD_OK) {
        member->body = NULL; /* its context stays the caller's */
        hd_member_free(member);
        return NULL;
    }
    return member;
}

hd_member *hd_cluster_add(hd_cluster *cluster, const char *name, const hd_body *body, void *context,
                          bool detached, hd_diag *diag) {
    hd_member *member = member_new(cluster, name);
    if (member) {
        member->body = body;
        member->context = context;
    }
    return start(member, detached, diag);
}

/* What the program does on threads of its own cannot be controlled; false with a diagnosis. */
static bool has_threads(const hd_cluster *cluster, hd_diag *diag) {
    if (!cluster->controller) return true;
    hd_diag_set(diag, HD_FAILED,
                "a callback needs a host thread; under control, agents do "
                "what a body says");
    return false;
}

hd_member *hd_cluster_attach(hd_cluster *cluster, const char *name, hd_diag *diag) {
    if (!has_threads(cluster, diag)) return NULL;
    hd_member *member = member_new(cluster, name);
    if (!member) {
        hd_diag_nomem(diag);
        return NULL;
    }
    if (hd_member_attach(member, diag) == HD_OK) return member;
    hd_member_free(member);
    return NULL;
}

static hd_member *spawn(hd_cluster *cluster, const char *name, hd_member_body *body, void *context,
                        bool detached, hd_diag *diag) {
    if (!has_threads(cluster, diag)) return NULL;
    hd_member *member = member_new(cluster, name);
    if (member) {
        member->callback = body;
        member->context = context;
    }
    return start(member, detached, diag);
}

hd_member *hd_cluster_spawn(hd_cluster *cluster, const char *name, hd_member_body *body,
                            void *context, hd_diag *diag) {
    return spawn(cluster, name, body, context, false, diag);
}

hd_status hd_cluster_spawn_detached(hd_cluster *cluster, const char *name, hd_member_body *body,
                                    void *context, hd_diag *diag) {
    return spawn(cluster, name, body, context, true, diag) ? HD_OK : diag->status;
}

bool hd_member_unlist(hd_member *member) {
    hd_cluster *cluster = member->cluster;
    if (!member->detached || cluster->stopping) return false;
    size_t i = 0;
    while (cluster->members.items[i] != member)
        i++;
    memmove(&cluster->members.items[i], &cluster->members.items[i + 1],
            (cluster->members.len - i - 1) * sizeof *cluster->members.items);
    cluster->members.len--;
    return true;
}

void hd_member_note_end(hd_member *member) {
    hd_undo *log = member->cluster->undo;
    HD_UNDO_SAVE(log, member->done);
    HD_UNDO_SAVE(log, member->cluster->live);
    member->done = true;
    member->cluster->live--;
    /* What may be taken back is still wanted. */
    if (!log && hd_member_unlist(member)) hd_member_release(member);
}

void hd_member_note_joining(hd_member *member, const hd_member *other) {
    HD_UNDO_SAVE(member->cluster->undo, member->joining);
    member->joining = other;
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

const hd_body *hd_member_get_body(const hd_member *member) {
    return member->body;
}

void *hd_member_context(const hd_member *member) {
    return member->context;
}

uint32_t hd_member_number(const hd_member *member) {
    return member->number;
}

void hd_member_set_number(hd_member *member, uint32_t number) {
    member->number = number;
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

hd_status hd_member_call(hd_member *member, const hd_func *func, hd_slot *cells, hd_diag *diag) {
    return hd_agent_call(member->agent, func, cells, diag);
}

/* Code. */

/* Only code that can touch a shared memory has to be observed; other code is not slowed down. */
hd_handlers hd_cluster_handlers(const hd_cluster *cluster, const hd_module *module) {
    if (!cluster->controller || cluster->undo) return hd_cluster_own_handlers(cluster);
    for (uint32_t i = 0; i < module->memory_count; i++)
        if (module->memories[i].shared) return hd_observed_handlers;
    return hd_plain_handlers;
}

/* Makes code for a module, and takes both into a list of units. */
static hd_codebase *adopt(const hd_cluster *cluster, hd_unit_list *units, hd_module *module) {
    hd_codebase *base = hd_codebase_new(module, hd_cluster_handlers(cluster, module));
    if (base && hd_vec_push(units, ((hd_unit){module, base}))) return base;
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
