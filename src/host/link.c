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

static const hd_stub_rule *stub_for(const hd_program *p, const hd_import *import) {
    return hd_stub_rule_for(p->options.stubs, p->options.stub_count, import);
}

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
    value->memory =
        hd_store_own_memory(l->store, &l->program->module->memories[import->index], l->diag);
    return value->memory;
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
    if (from_wasi(l, import, value) || fitting_memory(l, import, value) ||
        from_spectest(l, import, value))
        return true;
    const hd_stub_rule *rule = stub_for(l->program, import);
    if (!rule || import->kind == HD_EXTERN_MEMORY) return false;
    if (hd_stub_make(l->store, l->program->module, import, rule, value)) return true;
    hd_diag_nomem(l->diag);
    return false;
}

static bool is_missing(const link *l, const hd_import *import) {
    hd_extern value;
    return !spawner_for(l->program, import) && !from_wasi(l, import, &value) &&
           import->kind != HD_EXTERN_MEMORY && !from_spectest(l, import, &value) &&
           !stub_for(l->program, import);
}

static bool same_name(hd_name a, hd_name b) {
    return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

/* True if an earlier import that is missing too is of the same module, and so has listed it. */
static bool is_listed(const link *l, uint32_t i) {
    const hd_import *imports = l->program->module->imports;
    for (uint32_t j = 0; j < i; j++)
        if (same_name(imports[j].module, imports[i].module) && is_missing(l, &imports[j]))
            return true;
    return false;
}

/* A list of missing imports in a buffer; those that it has no room for are counted. */
typedef struct missing_list {
    char text[330];
    size_t length;
    uint32_t names;
    bool full;
} missing_list;

static void add_name(missing_list *list, const hd_import *import, bool first) {
    char module[80], field[80], entry[200] = "";
    hd_name_format(import->module, module, sizeof module);
    hd_name_format(import->field, field, sizeof field);
    if (first) snprintf(entry, sizeof entry, "%s\"%s\":", list->length ? "; " : "", module);
    size_t used = strlen(entry);
    used += (size_t)snprintf(entry + used, sizeof entry - used, "%s %s \"%s\"", first ? "" : ",",
                             hd_externkind_name(import->kind), field);
    if (list->length + used >= sizeof list->text) list->full = true;
    if (list->full) return;
    memcpy(list->text + list->length, entry, used + 1);
    list->length += used;
    list->names++;
}

/* HD_UNLINKABLE with all imports that there is nothing for, by module. */
static hd_status check_imports(const link *l) {
    missing_list list = {.length = 0};
    uint32_t missing = 0;
    const hd_module *m = l->program->module;
    for (uint32_t i = 0; i < m->import_count; i++) {
        if (!is_missing(l, &m->imports[i])) continue;
        missing++;
        if (list.full || is_listed(l, i)) continue;
        add_name(&list, &m->imports[i], true);
        for (uint32_t j = i + 1; j < m->import_count && !list.full; j++)
            if (same_name(m->imports[j].module, m->imports[i].module) &&
                is_missing(l, &m->imports[j]))
                add_name(&list, &m->imports[j], false);
    }
    if (missing == 0) return HD_OK;
    char beyond[40] = "";
    if (missing > list.names) snprintf(beyond, sizeof beyond, " and %u more", missing - list.names);
    return hd_diag_set(l->diag, HD_UNLINKABLE,
                       "unknown import%s: %s%s; --stub-imports=trap puts stand-ins in their place",
                       missing > 1 ? "s" : "", list.text, beyond);
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
