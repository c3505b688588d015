/* stub.c: see stub.h. */
#include "host/stub.h"

#include <stdio.h>
#include <string.h>

#include "base/diag.h"

const hd_stub_rule *hd_stub_rule_for(const hd_stub_rule *rules, size_t count,
                                     const hd_import *import) {
    while (count-- > 0)
        if ((!rules[count].module || hd_name_is(import->module, rules[count].module)) &&
            (!rules[count].field || hd_name_is(import->field, rules[count].field)))
            return &rules[count];
    return NULL;
}

static hd_trapcode trap(struct hd_agent *agent, void *data, hd_slot *cells, hd_diag *diag) {
    (void)agent, (void)cells;
    const char *name = data;
    hd_diag_set(diag, HD_TRAP, "stubbed import called: %s", name);
    return HD_TRAP_HOST;
}

static hd_trapcode return_zeros(struct hd_agent *agent, void *data, hd_slot *cells, hd_diag *diag) {
    (void)agent, (void)diag;
    const hd_functype *type = data;
    memset(cells, 0, type->result_slots * sizeof *cells);
    return HD_TRAP_NONE;
}

static hd_func *make_function(hd_store *store, const hd_module *module, const hd_import *import,
                              bool zero) {
    char names[2][80], text[170];
    hd_name_format(import->module, names[0], sizeof names[0]);
    hd_name_format(import->field, names[1], sizeof names[1]);
    int length = snprintf(text, sizeof text, "\"%s\" \"%s\"", names[0], names[1]);
    const hd_functype *type = module->functions[import->index].type;
    char *name = hd_store_alloc(store, (size_t)length + 1, 1);
    if (!name) return NULL;
    memcpy(name, text, (size_t)length + 1);
    /* There is nothing to return for a reference that is no null. */
    for (uint32_t i = 0; i < type->result_count; i++)
        zero = zero && hd_is_nullable(type->results[i]);
    // The type is the module's, and only read.
    return zero ? hd_store_host_function(store, name, type, return_zeros, (void *)type)
                : hd_store_host_function(store, name, type, trap, name);
}

bool hd_stub_make(hd_store *store, const hd_module *module, const hd_import *import,
                  const hd_stub_rule *rule, hd_extern *value) {
    static const hd_slot zeros[2];
    value->kind = import->kind;
    switch (import->kind) {
    case HD_EXTERN_FUNC: return (value->func = make_function(store, module, import, rule->zero));
    case HD_EXTERN_TABLE:
        if (!hd_is_nullable(module->tables[import->index].type.element)) return false;
        return (value->table = hd_store_table(store, &module->tables[import->index].type, NULL));
    case HD_EXTERN_GLOBAL:
        if (!hd_is_nullable(module->globals[import->index].type.type)) return false;
        return (value->global = hd_store_global(store, module->globals[import->index].type, zeros));
    case HD_EXTERN_TAG: {
        const hd_functype *type = module->tags[import->index].type;
        return (value->tag = hd_store_tag(store, type, module, import->index));
    }
    case HD_EXTERN_MEMORY: break;
    }
    return false;
}
