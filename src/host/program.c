/* program.c: a program's life, and that of its agents. */
#include <stdarg.h>
#include <string.h>

#include "host/program_internal.h"

enum { DEFAULT_STACK = 65536 };

void hd_program_explain(const hd_program *p, const char *format, ...) {
    if (!p->options.explain) return;
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    p->options.explain(p->options.told_context, line);
}

/* Making. */

static hd_status make_memories(hd_program *p, hd_diag *diag) {
    const hd_module *m = p->module;
    uint32_t count = p->options.share_memory ? m->memory_count : m->imported_memories;
    p->memories = hd_calloc(count + 1, sizeof(hd_memory *));
    if (!p->memories) return hd_diag_nomem(diag);
    p->memory_count = count;
    for (uint32_t i = 0; i < p->memory_count; i++) {
        const hd_limits *type = &m->memories[i];
        if (!type->shared) continue;
        p->memories[i] = hd_memory_new_in(p->options.memories, type, diag);
        if (!p->memories[i]) return diag->status;
        hd_program_explain(p, "shared memory %u: %llu to %llu pages of 64 KiB, %s", i,
                           (unsigned long long)type->min, (unsigned long long)type->max,
                           i < m->imported_memories ? "made for the import"
                                                    : "made for all agents (--share-memory)");
    }
    return HD_OK;
}

hd_program *hd_program_new(hd_module *module, const hd_program_options *options, hd_diag *diag) {
    hd_program *p = hd_calloc(1, sizeof *p);
    if (!p) {
        if (!options->code) hd_module_free(module);
        hd_diag_nomem(diag);
        return NULL;
    }
    p->options = *options;
    if (!p->options.most_agents) p->options.most_agents = HD_DEFAULT_AGENTS;
    if (!p->options.stack) p->options.stack = DEFAULT_STACK;
    p->module = module;
    p->outcome.diag = (hd_diag)HD_DIAG_INIT;
    pthread_mutex_init(&p->lock, NULL);
    hd_toolchain_find(module, &p->toolchain);
    if (hd_link_spawners(p, diag) == HD_OK && make_memories(p, diag) == HD_OK) return p;
    hd_program_free(p);
    return NULL;
}

void hd_program_agent_free(hd_program_agent *agent) {
    if (!agent) return;
    hd_free(agent->name);
    if (agent->spawned) hd_free(agent->cells);
    hd_free(agent);
}

void hd_program_free(hd_program *p) {
    if (!p) return;
    for (size_t i = 0; i < p->agents.len; i++)
        hd_program_agent_free(p->agents.items[i]);
    hd_vec_free(&p->agents);
    hd_vec_free(&p->spawners);
    hd_vec_free(&p->leftovers);
    for (uint32_t i = 0; i < p->memory_count; i++)
        if (p->memories[i]) hd_memory_release(p->memories[i]);
    hd_free(p->memories);
    if (!p->code && !p->options.code) hd_module_free(p->module);
    hd_arena_free(&p->arena);
    pthread_mutex_destroy(&p->lock);
    hd_free(p);
}

const hd_module *hd_program_module(const hd_program *p) {
    return p->module;
}

const hd_toolchain *hd_program_toolchain(const hd_program *p) {
    return &p->toolchain;
}

hd_status hd_program_add(hd_program *p, const char *name, uint32_t function, hd_slot *cells,
                         hd_diag *diag) {
    hd_program_agent *agent = hd_calloc(1, sizeof *agent);
    if (agent) {
        *agent = (hd_program_agent){.program = p,
                                    .name = hd_strndup(name, strlen(name)),
                                    .function = function,
                                    .cells = cells,
                                    .first = (uint32_t)p->agents.len,
                                    .main = p->agents.len == 0};
        if (agent->name && hd_vec_push(&p->agents, agent)) return HD_OK;
    }
    hd_program_agent_free(agent);
    return hd_diag_nomem(diag);
}

/* Running. */

void hd_program_save(hd_program *p) {
    hd_undo *log = hd_cluster_get_log(p->cluster);
    if (!log || p->epoch == log->epoch) return;
    p->epoch = log->epoch;
    HD_UNDO_SAVE(log, p->live);
    HD_UNDO_SAVE(log, p->next_number);
    HD_UNDO_SAVE(log, p->instances);
    HD_UNDO_SAVE(log, p->leftovers.len);
    HD_UNDO_SAVE(log, p->outcome);
}

hd_status hd_program_start(hd_program *p, hd_program_agent *agent, hd_diag *diag) {
    pthread_mutex_lock(&p->lock);
    bool room = p->live < p->options.most_agents;
    agent->number = p->outcome.agents;
    if (room) p->live++, p->outcome.agents++;
    pthread_mutex_unlock(&p->lock);
    if (!room)
        return hd_diag_set(diag, HD_LIMIT, "%u agents are alive, as many as may be",
                           p->options.most_agents);
    if (hd_cluster_add(p->cluster, agent->name, &hd_program_body, agent, agent->spawned, diag))
        return HD_OK;
    pthread_mutex_lock(&p->lock);
    p->live--, p->outcome.agents--;
    pthread_mutex_unlock(&p->lock);
    return diag->status;
}

/* The shared memory in which agents get their rooms: the module's first one. */
static hd_memory *room_memory(const hd_program *p) {
    return p->memory_count > 0 ? p->memories[0] : NULL;
}

/* Thread-local data that agents would share, since the linker has left out what makes them. */
static void warn_of_tls(const hd_program *p) {
    const hd_toolchain *t = &p->toolchain;
    if (p->agents.len > 1 && t->tls_base != HD_NO_INDEX && t->init_tls == HD_NO_INDEX &&
        p->options.warn)
        p->options.warn(
            p->options.told_context,
            "there is __tls_base, but no __wasm_init_tls: agents share thread-local data; "
            "link with --export=__wasm_init_tls, __tls_size and __tls_align");
}

/* Gives each agent that the program begins with a stack, save the first, which has the module's
 * own, and a block for thread-local data. Nobody else knows of this memory: it is grown for them.
 */
static hd_status make_rooms(hd_program *p, hd_diag *diag) {
    hd_memory *memory = room_memory(p);
    if (p->options.no_tls || p->options.main_ends || !memory) return HD_OK;
    warn_of_tls(p);
    for (size_t i = 0; i < p->agents.len; i++) {
        uint32_t stack = i > 0 ? p->options.stack : 0;
        uint64_t size = hd_toolchain_room_size(&p->toolchain, p->module, stack);
        if (size == 0) continue;
        uint64_t pages = (size + HD_PAGE_SIZE - 1) / HD_PAGE_SIZE;
        uint64_t old = hd_memory_grow(memory, pages);
        uint64_t at = old * HD_PAGE_SIZE;
        if (old == UINT64_MAX || at + size > UINT32_MAX) {
            if (i > 0) return hd_program_no_room(p, i, pages, diag);
            p->agents.items[0]->lacks = pages;
            continue;
        }
        hd_agent_room *room = &p->agents.items[i]->room;
        *room = hd_toolchain_room(&p->toolchain, p->module, (uint32_t)at, stack);
        if (room->stack_high)
            hd_program_explain(p, "agent %zu (%s): __stack_pointer = 0x%x, a stack of %u bytes", i,
                               p->agents.items[i]->name, room->stack_high, stack);
        if (room->tls)
            hd_program_explain(p, "agent %zu (%s): __wasm_init_tls(0x%x), unless __tls_base is set",
                               i, p->agents.items[i]->name, room->tls);
    }
    return HD_OK;
}

/* Several agents that share nothing are no program; nor are too many, however soon the first ones
 * might end. */
static hd_status check_agents(const hd_program *p, hd_diag *diag) {
    if (p->agents.len > p->options.most_agents)
        return hd_diag_set(diag, HD_LIMIT,
                           "the program begins with %zu agents, but no more than %u may be alive",
                           p->agents.len, p->options.most_agents);
    if (p->agents.len < 2) return HD_OK;
    for (uint32_t i = 0; i < p->memory_count; i++)
        if (p->memories[i]) return HD_OK;
    return hd_diag_set(diag, HD_FAILED,
                       "several agents need a memory to share: the module must import one that is "
                       "shared (wasm-ld --import-memory --shared-memory --max-memory=N), or "
                       "define one that --share-memory shares");
}

/* Agents that are spawned, but share no memory. */
static void warn_of_own_memories(const hd_program *p) {
    if (p->spawners.len == 0 || !p->options.warn || p->module->memory_count == 0) return;
    for (uint32_t i = 0; i < p->memory_count; i++)
        if (p->memories[i]) return;
    p->options.warn(
        p->options.told_context,
        "agents that it spawns share no memory with it: each instance has its own, since the "
        "module does not import one that is shared; link with wasm-ld --import-memory "
        "--shared-memory --max-memory=N, or share what it defines by --share-memory");
}

static hd_status take_code(hd_program *p, hd_diag *diag) {
    hd_shared_code *shared = p->options.code;
    p->code = shared ? hd_shared_code_for(shared, hd_cluster_handlers(p->cluster, p->module))
                     : hd_cluster_adopt(p->cluster, p->module);
    if (p->code) return HD_OK;
    if (!shared) p->module = NULL;
    return hd_diag_nomem(diag);
}

static hd_status start_all(hd_program *p, hd_diag *diag) {
    warn_of_own_memories(p);
    if (check_agents(p, diag) != HD_OK || make_rooms(p, diag) != HD_OK) return diag->status;
    if (take_code(p, diag) != HD_OK) return diag->status;
    if (hd_program_start(p, p->agents.items[0], diag) != HD_OK) return diag->status;
    if (hd_program_main_initializes(p)) return HD_OK;
    for (size_t i = 1; i < p->agents.len; i++)
        if (hd_program_start(p, p->agents.items[i], diag) != HD_OK) return diag->status;
    return HD_OK;
}

hd_status hd_program_begin(hd_program *p, hd_cluster *cluster, hd_diag *diag) {
    p->cluster = cluster;
    if (hd_program_main_initializes(p))
        hd_program_explain(p, "the first agent initialises the program before others start");
    return start_all(p, diag);
}

bool hd_program_run(hd_program *p, hd_cluster *cluster, int64_t timeout) {
    hd_diag diag = HD_DIAG_INIT;
    if (hd_program_begin(p, cluster, &diag) != HD_OK) {
        hd_cluster_stop(cluster);
        hd_cluster_run(cluster, -1);
        if (p->outcome.diag.status == HD_OK) p->outcome.diag = diag;
        return true;
    }
    return hd_cluster_run(cluster, timeout);
}

hd_memory *hd_program_memory(const hd_program *p, uint32_t index) {
    for (uint32_t i = 0; i < p->memory_count; i++)
        if (p->memories[i] && index-- == 0) return p->memories[i];
    return NULL;
}

const hd_program_outcome *hd_program_get_outcome(const hd_program *p) {
    return &p->outcome;
}

bool hd_program_returned(const hd_program *p, size_t index) {
    return p->agents.items[index]->returned;
}
