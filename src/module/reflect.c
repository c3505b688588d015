/* reflect.c: what a module imports and exports, for embedders and for linking. */
#include "module/module.h"

const hd_import *hd_module_imports(const hd_module *module, size_t *count) {
    *count = module->import_count;
    return module->imports;
}

const hd_export *hd_module_exports(const hd_module *module, size_t *count) {
    *count = module->export_count;
    return module->exports;
}

hd_externtype hd_module_type(const hd_module *module, hd_externkind kind, uint32_t index) {
    hd_externtype type = {.kind = kind};
    switch (kind) {
    case HD_EXTERN_FUNC: type.func = module->functions[index].type; break;
    case HD_EXTERN_TABLE: type.table = module->tables[index].type; break;
    case HD_EXTERN_MEMORY: type.memory = module->memories[index]; break;
    case HD_EXTERN_GLOBAL: type.global = module->globals[index].type; break;
    case HD_EXTERN_TAG: type.tag = module->tags[index].type; break;
    }
    return type;
}
