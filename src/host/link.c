/* link.c: what an agent of a program imports.
 *
 * Core specification, section 4.5.4 ("Instantiation"). In this order: functions that spawn agents;
 * WASI preview 1; the module `spectest`; memories, made to fit. */
#include <stdio.h>
#include <string.h>

#include "host/program_internal.h"
#include "host/spectest.h"
#include "host/wasi/wasi.h"

static bool imports_from(const hd_module *m, const char *name) {
    for (uint32_t i = 0; i < m->import_count; i++)
        if (hd_name_is(m->imports[i].module, name)) return true;
    return false;
}

bool hd_module_imports_wasi(const hd_module *m) {
    return imports_from(m, HD_WASI_MODULE);
}

/* Spawning. */

static const hd_spawn_rule *rule_for(const hd_program *p, const hd_import *import) {
    const hd_spawn_rule *rules[] = {p->options.spawn, &hd_wasi_threads};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i] && import->kind == HD_EXTERN_FUNC &&
            hd_name_is(import->module, rules[i]->module) &&
            hd_name_is(import->field, rules[i]->field))
            return rules[i];
    return NULL;
}

static hd_spawner *spawner_for(const hd_program *p, const hd_import *import) {
    const hd_spawn_rule *rule = rule_for(p, import);
    for (size_t i = 0; rule && i < p->spawners.len; i++)
        if (p->spawners.items[i].rule == rule) return &p->spawners.items[i];
    return NULL;
}

/* Finds what the new agent of a rule calls, which its import needs. */
static hd_status add_spawner(hd_program *p, const hd_import *import, const hd_spawn_rule *rule,
                             hd_diag *diag) {
    const hd_module *m = p->module;
    const hd_export *e = hd_module_export(m, rule->start, strlen(rule->start));
    const hd_functype *spawn = m->functions[import->index].type;
    if (!e || e->kind != HD_EXTERN_FUNC)
        return hd_diag_set(diag, HD_UNLINKABLE,
                           "%s.%s is imported to spawn agents, but no function is exported as "
                           "\"%s\" for them to call",
                           rule->module, rule->field, rule->start);
    const hd_functype *start = m->functions[e->index].type;
    if (!hd_spawn_types_fit(spawn, start)) {
        char spawn_text[128], start_text[128];
        return hd_diag_set(
            diag, HD_UNLINKABLE,
            "%s.%s %s and \"%s\" %s do not fit: the export must take the "
            "import's parameters, which are no references, perhaps after an i32 for the "
            "agent's number; the import may give an i32, the export nothing",
            rule->module, rule->field, hd_functype_format(spawn, spawn_text, sizeof spawn_text),
            rule->start, hd_functype_format(start, start_text, sizeof start_text));
    }
    hd_program_explain(p, "%s.%s spawns an agent that calls \"%s\"", rule->module, rule->field,
                       rule->start);
    return hd_vec_push(&p->spawners, ((hd_spawner){p, rule, e->index})) ? HD_OK
                                                                        : hd_diag_nomem(diag);
}

hd_status hd_link_spawners(hd_program *p, hd_diag *diag) {
    for (uint32_t i = 0; i < p->module->import_count; i++) {
        const hd_import *import = &p->module->imports[i];
        const hd_spawn_rule *rule = rule_for(p, import);
        if (rule && !spawner_for(p, import) && add_spawner(p, import, rule, diag) != HD_OK)
            return diag->status;
    }
    return HD_OK;
}

/* Finding imports. */

/* The imports of one agent's instance. */
typedef struct link {
    hd_program *program;
    hd_store *store;
    hd_diag *diag;
    hd_spectest *spectest;
    hd_wasi_agent *wasi;
} link;

static bool from_spectest(const link *l, const hd_import *import, hd_extern *value) {
    return l->spectest && hd_name_is(import->module, "spectest") &&
           hd_spectest_lookup(l->spectest, import->field.bytes, import->field.length, value);
}

static bool from_wasi(const link *l, const hd_import *import, hd_extern *value) {
    return l->wasi && import->kind == HD_EXTERN_FUNC &&
           hd_name_is(import->module, HD_WASI_MODULE) &&
           hd_wasi_lookup(l->wasi, import->field.bytes, import->field.length, value);
}

/* A memory of exactly the type that is imported: the program's, or one of the agent's own. */
static bool fitting_memory(const link *l, const hd_import *import, hd_extern *value) {
    if (import->kind != HD_EXTERN_MEMORY) return false;
    value->kind = HD_EXTERN_MEMORY;
    value->memory = l->program->memories[import->index];
    if (value->memory) return true;
    if (from_spectest(l, import, value)) return true;
    value->memory = hd_memory_new(&l->program->module->memories[import->index], l->diag);
    if (!value->memory) return false;
    bool held = hd_store_memory(l->store, value->memory);
    hd_memory_release(value->memory);
    return held;
}

static bool resolve(void *context, const hd_import *import, hd_extern *value) {
    const link *l = context;
    hd_spawner *spawner = spawner_for(l->program, import);
    if (spawner) {
        const hd_functype *type = l->program->module->functions[import->index].type;
        value->kind = HD_EXTERN_FUNC;
        value->func = hd_spawner_function(spawner, l->store, type);
        if (!value->func) hd_diag_nomem(l->diag);
        return value->func;
    }
    return from_wasi(l, import, value) || fitting_memory(l, import, value) ||
           from_spectest(l, import, value);
}

/* Adds `function "module" "field"` to the list in a buffer, or nothing when it is full. */
static void add_name(char *list, size_t size, const hd_import *import) {
    char module[80], field[80];
    size_t length = strlen(list);
    hd_name_format(import->module, module, sizeof module);
    hd_name_format(import->field, field, sizeof field);
    snprintf(list + length, size - length, "%s%s \"%s\" \"%s\"", length ? ", " : "",
             hd_externkind_name(import->kind), module, field);
}

/* HD_UNLINKABLE with all imports that there is nothing for. */
static hd_status check_imports(const link *l) {
    char missing[400] = "";
    const hd_module *m = l->program->module;
    for (uint32_t i = 0; i < m->import_count; i++) {
        const hd_import *import = &m->imports[i];
        hd_extern value;
        if (!spawner_for(l->program, import) && !from_wasi(l, import, &value) &&
            import->kind != HD_EXTERN_MEMORY && !from_spectest(l, import, &value))
            add_name(missing, sizeof missing, import);
    }
    return *missing ? hd_diag_set(l->diag, HD_UNLINKABLE, "unknown import: %s", missing) : HD_OK;
}

/* Instances. */

/* Where the pointers are that the module gives to WASI: its exported memory, or else the one that
 * it imports. */
static hd_memory *pointers_of(const hd_instance *instance) {
    hd_extern value;
    if (hd_instance_export(instance, "memory", strlen("memory"), &value) &&
        value.kind == HD_EXTERN_MEMORY)
        return value.memory;
    return instance->module->memory_count > 0 ? instance->memories[0] : NULL;
}

hd_status hd_link_instantiate(hd_program_agent *agent, hd_member *member, hd_instance **instance,
                              hd_diag *diag) {
    hd_program *p = agent->program;
    link l = {.program = p, .store = hd_member_store(member), .diag = diag};
    if (imports_from(p->module, "spectest")) {
        l.spectest = hd_spectest_new(l.store, p->options.results);
        if (!l.spectest) return hd_diag_nomem(diag);
    }
    if (p->options.wasi) {
        l.wasi = agent->wasi = hd_wasi_bind(p->options.wasi, l.store, hd_member_agent(member));
        if (!l.wasi) return hd_diag_nomem(diag);
    }
    hd_store_give_memories(l.store, p->memories, p->memory_count);
    if (check_imports(&l) != HD_OK) return diag->status;
    if (hd_instantiate(l.store, p->code, resolve, &l, instance, diag) != HD_OK) return diag->status;
    if (l.wasi) hd_wasi_set_memory(l.wasi, pointers_of(*instance));
    return HD_OK;
}

void hd_link_release(hd_program_agent *agent) {
    hd_wasi_unbind(agent->wasi);
    agent->wasi = NULL;
}
