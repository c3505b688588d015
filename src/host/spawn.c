/* spawn.c: functions by which agents spawn others.
 *
 * wasi-threads (WebAssembly/wasi-threads, README.md, "Design choice: thread IDs"): numbers are
 * positive and below 2^29; a negative result says that there is no new agent. */
#include <string.h>

#include "host/program_internal.h"

const hd_spawn_rule hd_wasi_threads = {"wasi", "thread-spawn", "wasi_thread_start"};

/* The largest number, and what a failure is told with: errno `again` of WASI, as a negative. */
enum { MOST_NUMBER = (1 << 29) - 1, AGAIN = -6 };

/* References are to what belongs to one agent. */
static bool has_references(const hd_functype *type) {
    for (uint32_t i = 0; i < type->param_count; i++)
        if (hd_is_ref(type->params[i])) return true;
    return false;
}

bool hd_spawn_types_fit(const hd_functype *spawn, const hd_functype *start) {
    uint32_t extra = start->param_count - spawn->param_count;
    if (has_references(spawn)) return false;
    if (start->param_count < spawn->param_count || extra > 1) return false;
    if (extra == 1 && start->params[0] != HD_I32) return false;
    if (spawn->result_count > 1 || start->result_count > 0) return false;
    if (spawn->result_count == 1 && spawn->results[0] != HD_I32) return false;
    return spawn->param_count == 0 || memcmp(start->params + extra, spawn->params,
                                             spawn->param_count * sizeof *spawn->params) == 0;
}

/* Takes the next number; 0 when all are used up. */
static uint32_t take_number(hd_program *p) {
    pthread_mutex_lock(&p->lock);
    uint32_t number = p->next_number < MOST_NUMBER ? ++p->next_number : 0;
    pthread_mutex_unlock(&p->lock);
    return number;
}

/* The new agent, with the arguments of its function. */
static hd_program_agent *new_agent(const hd_spawner *s, uint32_t number, const hd_functype *spawn,
                                   const hd_slot *cells) {
    const hd_functype *start = s->program->module->functions[s->function].type;
    uint32_t own = start->param_count - spawn->param_count;
    char name[32];
    snprintf(name, sizeof name, "thread %u", number);
    hd_program_agent *agent = hd_calloc(1, sizeof *agent);
    if (!agent) return NULL;
    agent->program = s->program;
    agent->spawned = true;
    agent->first = HD_NO_INDEX;
    agent->function = s->function;
    agent->name = hd_strndup(name, strlen(name));
    agent->cells = hd_calloc(hd_call_area(start) + 1, sizeof *agent->cells);
    if (!agent->name || !agent->cells) {
        hd_program_agent_free(agent);
        return NULL;
    }
    if (own) agent->cells[0].i64 = number;
    memcpy(agent->cells + own, cells, spawn->param_slots * sizeof *cells);
    return agent;
}

/* Tells of the first spawn that was refused, since a program may not. */
static void warn_of_refusal(hd_program *p, const hd_diag *why) {
    char line[160];
    pthread_mutex_lock(&p->lock);
    bool first = !p->refused;
    p->refused = true;
    pthread_mutex_unlock(&p->lock);
    if (!first || !p->options.warn) return;
    snprintf(line, sizeof line, "the program was refused a new agent: %.90s (--max-agents)",
             why->message);
    p->options.warn(p->options.told_context, line);
}

/* What a function of a store knows. */
typedef struct spawn_data {
    hd_spawner *spawner;
    const hd_functype *type;
} spawn_data;

static hd_trapcode spawn(hd_agent *parent, void *context, hd_slot *cells, hd_diag *diag) {
    const spawn_data *data = context;
    hd_program *p = data->spawner->program;
    hd_diag failure = HD_DIAG_INIT;
    (void)parent;
    (void)diag;
    int32_t result = AGAIN;
    hd_program_save(p);
    uint32_t number = take_number(p);
    hd_program_agent *agent = number ? new_agent(data->spawner, number, data->type, cells) : NULL;
    if (agent && hd_program_start(p, agent, &failure) == HD_OK) {
        result = (int32_t)number;
    } else {
        hd_program_agent_free(agent);
        if (failure.status == HD_LIMIT) warn_of_refusal(p, &failure);
        /* A program that ends has no use for an answer. */
        if (failure.status == HD_STOPPED) return HD_TRAP_STOPPED;
    }
    if (data->type->result_count > 0) cells[0].i64 = (uint32_t)result;
    return HD_TRAP_NONE;
}

hd_func *hd_spawner_function(hd_spawner *spawner, hd_store *store, const hd_functype *type) {
    char name[128];
    spawn_data *data = hd_store_alloc(store, 1, sizeof *data);
    if (!data) return NULL;
    *data = (spawn_data){spawner, type};
    snprintf(name, sizeof name, "%s.%s", spawner->rule->module, spawner->rule->field);
    return hd_store_host_function(store, name, type, spawn, data);
}
