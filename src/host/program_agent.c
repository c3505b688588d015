/* program_agent.c: what the agents of a program do, as a body (agents/body.h). */
#include <string.h>

#include "host/program_internal.h"

bool hd_program_main_initializes(const hd_program *p) {
    return p->toolchain.initialize != HD_NO_INDEX &&
           p->agents.items[0]->function != p->toolchain.initialize && !p->options.main_ends;
}

/* Says once that instances write their data over what others have made of it. */
static void count_instance(hd_program *p) {
    pthread_mutex_lock(&p->lock);
    bool second = ++p->instances == 2;
    pthread_mutex_unlock(&p->lock);
    if (second && p->toolchain.active_data && p->options.warn)
        p->options.warn(p->options.told_context,
                        "each agent's instance writes the module's active data segments into the "
                        "shared memory anew, over what the program has stored there; link with "
                        "wasm-ld --shared-memory, which makes them passive and writes them once");
}

hd_status hd_program_no_room(const hd_program *p, size_t agent, uint64_t pages, hd_diag *diag) {
    return hd_diag_set(diag, HD_LIMIT,
                       "no room for the stack and thread-local data of agent %zu: the memory "
                       "cannot grow by %llu pages beyond its maximum of %llu; link with a larger "
                       "--max-memory, or run with --no-tls",
                       agent, (unsigned long long)pages,
                       (unsigned long long)p->memories[0]->type.max);
}

/* Saves what may be taken back: what the agent is about to change of itself and of its program. */
static void save(hd_program_agent *a) {
    hd_undo *log = hd_cluster_get_log(a->program->cluster);
    HD_UNDO_SAVE(log, *a);
    hd_program_save(a->program);
}

/* Makes the step a call, if there is a function to call. */
static bool call(hd_body_step *step, const hd_func *func, hd_slot *cells) {
    *step = (hd_body_step){.kind = HD_BODY_CALL, .func = func, .cells = cells};
    return func != NULL;
}

/* Sets up the agent's stack and thread-local data, by a call if there is one to make. */
static bool enter(hd_program_agent *a, hd_body_step *step) {
    hd_program *p = a->program;
    if (a->lacks && !hd_toolchain_has_tls(&p->toolchain, a->instance)) {
        hd_program_no_room(p, 0, a->lacks, &a->diag);
        return false;
    }
    if (a->spawned) return false;
    return call(step, hd_toolchain_enter(&p->toolchain, a->instance, &a->room, a->cell), a->cell);
}

static bool initialize(hd_program_agent *a, hd_member *member, hd_body_step *step) {
    hd_program *p = a->program;
    if (p->options.entered)
        p->options.entered(p->options.entered_context, member, a->instance, &a->room, a->spawned);
    if (!a->main || !hd_program_main_initializes(p)) {
        a->phase = HD_PHASE_CALL;
        return false;
    }
    return call(step, a->instance->funcs[p->toolchain.initialize], a->cell);
}

static bool spawn_next(hd_program_agent *a, hd_body_step *step) {
    if (a->next_spawned == 0) a->next_spawned = 1;
    if (a->next_spawned >= a->program->agents.len) return false;
    a->phase = HD_PHASE_SPAWN; /* until all are spawned */
    *step = (hd_body_step){.kind = HD_BODY_SPAWN};
    return true;
}

/* Tries the present phase, which the next one follows; false when there is nothing to do in it. */
static bool try_phase(hd_program_agent *a, hd_member *member, hd_body_step *step) {
    switch (a->phase++) {
    case HD_PHASE_INSTANTIATE: *step = (hd_body_step){.kind = HD_BODY_INSTANTIATE}; return true;
    case HD_PHASE_START: return call(step, hd_instance_start(a->instance), a->cell);
    case HD_PHASE_TLS: return enter(a, step);
    case HD_PHASE_INITIALIZE: return initialize(a, member, step);
    case HD_PHASE_SPAWN: return spawn_next(a, step);
    default: return call(step, a->instance->funcs[a->function], a->cells);
    }
}

static void next(hd_member *member, void *context, const hd_diag *last, hd_body_step *step) {
    hd_program_agent *a = context;
    save(a);
    a->diag = *last;
    while (a->diag.status == HD_OK && a->phase < HD_PHASE_END)
        if (try_phase(a, member, step)) return;
    bool exits = a->diag.status != HD_OK || (a->main && a->program->options.main_ends);
    *step = (hd_body_step){.kind = exits ? HD_BODY_EXIT : HD_BODY_END};
}

/* Keeps what went wrong first, with the place where the agent stands. */
static void keep_outcome(hd_program *p, const hd_program_agent *a, const hd_member *member) {
    hd_program_outcome *o = &p->outcome;
    if (o->diag.status != HD_OK) return;
    o->diag = a->diag;
    o->first = a->first;
    o->number = a->number;
    o->agent = hd_arena_strndup(&p->arena, a->name, strlen(a->name));
    if (a->diag.status == HD_TRAP || a->diag.status == HD_EXITED ||
        a->diag.status == HD_EXHAUSTION || a->diag.status == HD_EXCEPTION)
        hd_backtrace_take(hd_member_agent(member), &p->arena, &o->backtrace);
}

static void end(hd_program_agent *a, const hd_member *member) {
    hd_program *p = a->program;
    a->returned = a->diag.status == HD_OK;
    /* What may be taken back is still wanted. */
    if (!hd_cluster_get_log(p->cluster)) hd_link_release(a);
    pthread_mutex_lock(&p->lock);
    p->live--;
    hd_program_note_tls(a, true);
    if (!a->returned && !hd_cluster_stopping(p->cluster)) keep_outcome(p, a, member);
    pthread_mutex_unlock(&p->lock);
    a->ended = true;
}

static void take_instance_back(void *context, const void *data) {
    (void)data;
    hd_link_release(context);
}

static void perform(hd_member *member, void *context, hd_body_step_kind kind, hd_diag *diag) {
    hd_program_agent *a = context;
    hd_program *p = a->program;
    save(a);
    switch (kind) {
    case HD_BODY_INSTANTIATE:
        hd_undo_leave(hd_cluster_get_log(p->cluster), take_instance_back, a, NULL, 0);
        if (hd_link_instantiate(a, member, &a->instance, diag) == HD_OK) count_instance(p);
        break;
    case HD_BODY_SPAWN: hd_program_start(p, p->agents.items[a->next_spawned++], diag); break;
    default: end(a, member); break;
    }
}

static void release(hd_member *member, void *context) {
    hd_program_agent *a = context;
    (void)member;
    hd_link_release(a);
    if (!a->ended) {
        pthread_mutex_lock(&a->program->lock);
        hd_program_note_tls(a, false);
        pthread_mutex_unlock(&a->program->lock);
    }
    if (a->spawned) hd_program_agent_free(a);
}

const hd_body hd_program_body = {next, perform, release};
