/* imports.c: what `heddle run` offers to a module. */
#include "cli/imports.h"

#include <stdio.h>
#include <string.h>

static bool is_spectest(const hd_import *import) {
    static const char name[] = "spectest";
    return import->module.length == sizeof name - 1 &&
           memcmp(import->module.bytes, name, sizeof name - 1) == 0;
}

static bool from_spectest(const hd_imports *imports, const hd_import *import, hd_extern *value) {
    return is_spectest(import) && imports->spectest &&
           hd_spectest_lookup(imports->spectest, import->field.bytes, import->field.length, value);
}

/* A new memory of exactly the type that is imported. */
static bool fitting_memory(const hd_imports *imports, const hd_import *import, hd_extern *value) {
    if (import->kind != HD_EXTERN_MEMORY) return false;
    hd_memory *memory = hd_memory_new(&imports->module->memories[import->index], imports->diag);
    if (!memory) return false;
    bool held = hd_store_memory(imports->store, memory);
    hd_memory_release(memory);
    *value = (hd_extern){HD_EXTERN_MEMORY, {.memory = memory}};
    return held;
}

bool hd_imports_resolve(void *context, const hd_import *import, hd_extern *value) {
    const hd_imports *imports = context;
    return from_spectest(imports, import, value) || fitting_memory(imports, import, value);
}

/* Adds `"module" "field"` to the list in a buffer, or nothing when it is full. */
static void add_name(char *list, size_t size, const hd_import *import) {
    size_t length = strlen(list);
    snprintf(list + length, size - length, "%s%s \"%.*s\" \"%.*s\"", length ? ", " : "",
             hd_externkind_name(import->kind), (int)import->module.length, import->module.bytes,
             (int)import->field.length, import->field.bytes);
}

hd_status hd_imports_check(hd_imports *imports) {
    char missing[400] = "";
    const hd_module *module = imports->module;
    for (uint32_t i = 0; i < module->import_count; i++) {
        const hd_import *import = &module->imports[i];
        hd_extern value;
        if (is_spectest(import) && !imports->spectest) {
            imports->spectest = hd_spectest_new(imports->store, stdout);
            if (!imports->spectest) return hd_diag_nomem(imports->diag);
        }
        if (!from_spectest(imports, import, &value) && import->kind != HD_EXTERN_MEMORY)
            add_name(missing, sizeof missing, import);
    }
    return *missing ? hd_diag_set(imports->diag, HD_UNLINKABLE, "unknown import: %s", missing)
                    : HD_OK;
}
