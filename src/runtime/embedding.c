/* embedding.c: what an embedder reads and writes of instances and what they are made of.
 *
 * Core specification, appendix "Embedding", and "External Typing" (section 4.5.1). */
#include <string.h>

#include "runtime/exception.h"
#include "runtime/memory.h"
#include "runtime/store.h"

hd_externtype hd_extern_type(const hd_extern *value) {
    hd_externtype type = {.kind = value->kind};
    switch (value->kind) {
    case HD_EXTERN_FUNC: type.func = value->func->type; break;
    case HD_EXTERN_TABLE:
        type.table = value->table->type;
        type.table.limits.min = value->table->size;
        break;
    case HD_EXTERN_MEMORY:
        type.memory = value->memory->type;
        type.memory.min = atomic_load(&value->memory->length) / HD_PAGE_SIZE;
        break;
    case HD_EXTERN_GLOBAL: type.global = value->global->type; break;
    case HD_EXTERN_TAG: type.tag = value->tag->type; break;
    }
    return type;
}

const hd_module *hd_instance_module(const hd_instance *instance) {
    return instance->module;
}

hd_memory *hd_instance_memory(const hd_instance *instance, uint32_t index) {
    return index < instance->module->memory_count ? instance->memories[index] : NULL;
}

uint64_t hd_table_size(const hd_table *table) {
    return table->size;
}

bool hd_table_read(const hd_table *table, uint64_t index, const void **reference) {
    if (index >= table->size) return false;
    *reference = table->elements[index];
    return true;
}

bool hd_table_write(hd_table *table, uint64_t index, const void *reference) {
    return hd_table_fill(table, index, reference, 1) == HD_TRAP_NONE;
}

void hd_global_read(const hd_global *global, hd_slot value[2]) {
    memcpy(value, global->value, sizeof global->value);
}

void hd_global_write(hd_global *global, const hd_slot value[2]) {
    memcpy(global->value, value, sizeof global->value);
}
