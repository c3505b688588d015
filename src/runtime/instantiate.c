/* instantiate.c: from a module and external values to an instance.
 *
 * Core specification, "Instantiation" (section 4.5.4), up to the call of the start function, which
 * is exec/'s; "External Values" of exports (section 4.2.13). Nothing that another instance could
 * see is written before every import has matched. */
#include "module/source.h"
#include "runtime/internal.h"

/* Allocates the instance and its index spaces. */
static hd_instance *new_instance(hd_store *store, hd_codebase *codebase) {
    const hd_module *m = hd_codebase_module(codebase);
    hd_instance *in = hd_store_alloc(store, 1, sizeof *in);
    if (!in) return NULL;
    *in = (hd_instance){
        .store = store,
        .module = m,
        .codebase = codebase,
        .funcs = hd_store_alloc(store, m->function_count, sizeof *in->funcs),
        .tables = hd_store_alloc(store, m->table_count, sizeof *in->tables),
        .memories = hd_store_alloc(store, m->memory_count, sizeof *in->memories),
        .globals = hd_store_alloc(store, m->global_count, sizeof *in->globals),
        .tags = hd_store_alloc(store, m->tag_count, sizeof *in->tags),
        .elements = hd_store_alloc(store, m->element_count, sizeof *in->elements),
        .data_lengths = hd_store_alloc(store, m->data_count, sizeof *in->data_lengths),
    };
    bool done = in->funcs && in->tables && in->memories && in->globals && in->tags &&
                in->elements && in->data_lengths;
    return done ? in : NULL;
}

static hd_status import_one(hd_instance *in, const hd_import *import, const hd_extern *value,
                            hd_diag *diag) {
    if (hd_import_match(in->module, import, value, diag) != HD_OK) return diag->status;
    switch (value->kind) {
    case HD_EXTERN_FUNC: in->funcs[import->index] = value->func; break;
    case HD_EXTERN_TABLE: in->tables[import->index] = value->table; break;
    case HD_EXTERN_MEMORY:
        /* It may be another agent's: held, so that it lives as long as this instance. */
        if (!hd_store_memory(in->store, value->memory)) return hd_diag_nomem(diag);
        in->memories[import->index] = value->memory;
        hd_store_imported(in->store, value->memory);
        break;
    case HD_EXTERN_GLOBAL: in->globals[import->index] = value->global; break;
    case HD_EXTERN_TAG: in->tags[import->index] = value->tag; break;
    }
    return HD_OK;
}

static hd_status import_all(hd_instance *in, hd_resolver *resolve, void *context, hd_diag *diag) {
    for (uint32_t i = 0; i < in->module->import_count; i++) {
        const hd_import *import = &in->module->imports[i];
        hd_extern value;
        if (!resolve(context, import, &value)) return hd_import_unknown(in->module, import, diag);
        if (import_one(in, import, &value, diag) != HD_OK) return diag->status;
    }
    return HD_OK;
}

static hd_status allocate_functions(hd_instance *in, hd_diag *diag) {
    const hd_module *m = in->module;
    uint32_t count = m->function_count - m->imported_functions;
    hd_func *funcs = hd_store_alloc(in->store, count, sizeof *funcs);
    if (!funcs) return hd_diag_nomem(diag);
    for (uint32_t i = m->imported_functions; i < m->function_count; i++) {
        hd_func *func = funcs++;
        func->code = hd_codebase_function(in->codebase, i);
        func->type = m->functions[i].type;
        func->instance = in;
        func->index = i;
        in->funcs[i] = func;
    }
    return HD_OK;
}

static hd_status allocate_tables(hd_instance *in, hd_diag *diag) {
    const hd_module *m = in->module;
    for (uint32_t i = m->imported_tables; i < m->table_count; i++) {
        uint64_t size = m->tables[i].type.limits.min;
        if (size > HD_MAX_TABLE_SIZE)
            return hd_diag_set(diag, HD_LIMIT, "table %u: %llu elements > limit of %llu", i,
                               (unsigned long long)size, (unsigned long long)HD_MAX_TABLE_SIZE);
        hd_slot init[2] = {{0}};
        if (m->tables[i].init.start && !hd_constexpr_eval(in, m->tables[i].init, init))
            return hd_diag_nomem(diag);
        in->tables[i] = hd_store_table(in->store, &m->tables[i].type, init[0].ref);
        if (!in->tables[i]) return hd_diag_nomem(diag);
    }
    return HD_OK;
}

static hd_status allocate_memories(hd_instance *in, hd_diag *diag) {
    const hd_module *m = in->module;
    for (uint32_t i = m->imported_memories; i < m->memory_count; i++) {
        hd_memory *given = hd_store_given_memory(in->store, i);
        if (given) {
            if (!hd_store_memory(in->store, given)) return hd_diag_nomem(diag);
            hd_store_imported(in->store, given);
            in->memories[i] = given;
            continue;
        }
        in->memories[i] = hd_store_own_memory(in->store, &m->memories[i], diag);
        if (!in->memories[i]) return diag->status;
    }
    return HD_OK;
}

static hd_status allocate_tags(hd_instance *in, hd_diag *diag) {
    const hd_module *m = in->module;
    for (uint32_t i = m->imported_tags; i < m->tag_count; i++) {
        in->tags[i] = hd_store_tag(in->store, m->tags[i].type, m, i);
        if (!in->tags[i]) return hd_diag_nomem(diag);
    }
    return HD_OK;
}

static hd_status allocate_globals(hd_instance *in, hd_diag *diag) {
    const hd_module *m = in->module;
    for (uint32_t i = m->imported_globals; i < m->global_count; i++) {
        hd_slot value[2];
        if (!hd_constexpr_eval(in, m->globals[i].init, value)) return hd_diag_nomem(diag);
        in->globals[i] = hd_store_global(in->store, m->globals[i].type, value);
        if (!in->globals[i]) return hd_diag_nomem(diag);
    }
    return HD_OK;
}

/* Evaluates the references of the element segments; declarative ones are as good as dropped. */
static hd_status allocate_elements(hd_instance *in, hd_diag *diag) {
    for (uint32_t i = 0; i < in->module->element_count; i++) {
        const hd_elemdef *def = &in->module->elements[i];
        if (def->mode == HD_SEGMENT_DECLARATIVE) continue;
        const void **refs = hd_store_alloc(in->store, def->count, sizeof *refs);
        if (!refs) return hd_diag_nomem(diag);
        for (uint32_t k = 0; k < def->count; k++) {
            hd_slot value[2];
            if (def->functions)
                value[0].ref = in->funcs[def->functions[k]];
            else if (!hd_constexpr_eval(in, def->expressions[k], value))
                return hd_diag_nomem(diag);
            refs[k] = value[0].ref;
        }
        in->elements[i] = (hd_elem){refs, def->count};
    }
    return HD_OK;
}

static hd_status allocate_data(hd_instance *in, hd_diag *diag) {
    (void)diag;
    for (uint32_t i = 0; i < in->module->data_count; i++)
        in->data_lengths[i] = in->module->data[i].length;
    return HD_OK;
}

/* An active segment and where it is to go, for the report that it does not fit. */
typedef struct placement {
    const char *kind, *target;
    uint32_t index, count;
    uint64_t to, size;
    hd_expr offset;
} placement;

/* A segment's offset, of the type of addresses that its target has. */
static uint64_t offset_of(const hd_limits *limits, const hd_slot *cell) {
    return limits->is64 ? cell->i64 : cell->i32;
}

static hd_status trap(const hd_instance *in, hd_trapcode trap, const placement *p, hd_diag *diag) {
    uint64_t offset = (uint64_t)(p->offset.start - in->module->bytes);
    hd_diag_at_offset(diag, HD_TRAP, offset, "%s: %s segment %u: %llu + %u > %s size %llu",
                      hd_trap_message(trap), p->kind, p->index, (unsigned long long)p->to, p->count,
                      p->target, (unsigned long long)p->size);
    hd_module_place(in->module, diag);
    return diag->status;
}

/* table.init and elem.drop for each active element segment. */
static hd_status write_elements(hd_instance *in, hd_diag *diag) {
    for (uint32_t i = 0; i < in->module->element_count; i++) {
        const hd_elemdef *def = &in->module->elements[i];
        if (def->mode != HD_SEGMENT_ACTIVE) continue;
        hd_slot cell[2];
        if (!hd_constexpr_eval(in, def->offset, cell)) return hd_diag_nomem(diag);
        hd_table *table = in->tables[def->table];
        uint64_t to = offset_of(&table->type.limits, cell);
        hd_trapcode code = hd_table_init(table, &in->elements[i], to, 0, def->count);
        if (code != HD_TRAP_NONE) {
            placement p = {"element", "table", i, def->count, to, table->size, def->offset};
            return trap(in, code, &p, diag);
        }
        in->elements[i].count = 0;
    }
    return HD_OK;
}

/* memory.init and data.drop for each active data segment. */
static hd_status write_data(hd_instance *in, hd_diag *diag) {
    for (uint32_t i = 0; i < in->module->data_count; i++) {
        const hd_datadef *def = &in->module->data[i];
        if (def->mode != HD_SEGMENT_ACTIVE) continue;
        hd_slot cell[2];
        if (!hd_constexpr_eval(in, def->offset, cell)) return hd_diag_nomem(diag);
        hd_memory *memory = in->memories[def->memory];
        uint64_t to = offset_of(&memory->type, cell);
        hd_trapcode code = hd_memory_init(memory, in, i, to, 0, def->length);
        if (code != HD_TRAP_NONE) {
            uint64_t length = atomic_load(&memory->length);
            placement p = {"data", "memory", i, def->length, to, length, def->offset};
            return trap(in, code, &p, diag);
        }
        in->data_lengths[i] = 0;
        hd_store_wrote(in->store, memory, to, def->length);
    }
    return HD_OK;
}

hd_status hd_instantiate(hd_store *store, hd_codebase *codebase, hd_resolver *resolve,
                         void *context, hd_instance **instance, hd_diag *diag) {
    *instance = NULL;
    hd_instance *in = new_instance(store, codebase);
    if (!in) return hd_diag_nomem(diag);
    if (import_all(in, resolve, context, diag) != HD_OK) return diag->status;

    /* All is allocated before anything is written: after a trap, functions that an element segment
     * put into an imported table still run in this instance. */
    static hd_status (*const steps[])(hd_instance *, hd_diag *) = {
        allocate_functions, allocate_tables, allocate_memories, allocate_tags, allocate_globals,
        allocate_elements,  allocate_data,   write_elements,    write_data,
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i](in, diag) != HD_OK) return diag->status;
    *instance = in;
    return HD_OK;
}

hd_trapcode hd_memory_init(hd_memory *memory, const hd_instance *instance, uint32_t segment,
                           uint64_t to, uint32_t from, uint32_t count) {
    uint64_t length = atomic_load(&memory->length);
    if ((uint64_t)from + count > instance->data_lengths[segment] || to > length ||
        count > length - to)
        return HD_TRAP_MEMORY_OOB;
    if (count > 0) hd_memory_write(memory, to, instance->module->data[segment].bytes + from, count);
    return HD_TRAP_NONE;
}

bool hd_instance_export(const hd_instance *instance, const char *name, size_t length,
                        hd_extern *value) {
    const hd_export *export = hd_module_export(instance->module, name, length);
    if (!export) return false;
    value->kind = export->kind;
    switch (export->kind) {
    case HD_EXTERN_FUNC: value->func = instance->funcs[export->index]; break;
    case HD_EXTERN_TABLE: value->table = instance->tables[export->index]; break;
    case HD_EXTERN_MEMORY: value->memory = instance->memories[export->index]; break;
    case HD_EXTERN_GLOBAL: value->global = instance->globals[export->index]; break;
    case HD_EXTERN_TAG: value->tag = instance->tags[export->index]; break;
    }
    return true;
}

const hd_func *hd_instance_start(const hd_instance *instance) {
    uint32_t start = instance->module->start;
    return start == HD_NO_START ? NULL : instance->funcs[start];
}

const hd_functype *hd_func_type(const hd_func *func) {
    return func->type;
}
