/* module.c: a module's life, and questions that others ask of it. */
#include "module/module.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "module/deftype.h"
#include "module/demangle.h"
#include "module/internal.h"
#include "module/source.h"

/* Hands the load's first error to the caller; the specification has a longer wording for bytes that
 * run out than the reader, which knows nothing of sections. */
static void report(const hd_diag *from, hd_diag *to) {
    enum { HEADER = 8 };
    bool ran_out = from->status == HD_MALFORMED && from->offset >= HEADER &&
                   strcmp(from->message, "unexpected end") == 0;
    const char *rest = ran_out ? " of section or function" : "";
    hd_diag_at_offset(to, from->status, from->offset, "%s%s", from->message, rest);
}

static hd_module *new_module(const uint8_t *bytes, size_t length) {
    hd_module *module = hd_calloc(1, sizeof *module);
    uint8_t *copy = hd_alloc(length);
    if (!module || !copy) {
        hd_free(module);
        hd_free(copy);
        return NULL;
    }
    if (length) memcpy(copy, bytes, length);
    module->bytes = copy;
    module->length = length;
    module->start = HD_NO_START;
    return module;
}

hd_status hd_module_load_features(const uint8_t *bytes, size_t length, hd_features features,
                                  hd_module **module, hd_diag *diag) {
    *module = NULL;
    hd_module *m = new_module(bytes, length);
    if (!m) {
        hd_diag_nomem(diag);
        return HD_NOMEM;
    }
    hd_loader l = {
        .r = {m->bytes, m->bytes + length, m->bytes, NULL},
        .diag = HD_DIAG_INIT,
        .invalid = HD_DIAG_INIT,
        .features = features,
        .module = m,
        .data_use = HD_NO_OFFSET,
    };
    l.r.diag = &l.diag;
    hd_decode_module(&l);
    if (hd_loader_ok(&l)) hd_check_frames(&l);
    hd_map_free(&l.types);
    hd_vec_free(&l.scratch);
    hd_vec_free(&l.loaded_types);
    hd_free(l.declared);
    hd_validator_free(&l.v);
    const hd_diag *error = hd_loader_ok(&l) ? &l.invalid : &l.diag;
    if (error->status != HD_OK) {
        report(error, diag);
        hd_module_free(m);
        return error->status;
    }
    *module = m;
    return HD_OK;
}

hd_status hd_module_load(const uint8_t *bytes, size_t length, hd_module **module, hd_diag *diag) {
    return hd_module_load_features(bytes, length, HD_FEATURES_ALL, module, diag);
}

void hd_module_free(hd_module *module) {
    if (!module) return;
    hd_source_free(module);
    hd_map_free(&module->export_index);
    for (size_t i = module->rectypes.len; i-- > 0;)
        hd_rectype_release(module->rectypes.items[i]);
    hd_vec_free(&module->rectypes);
    hd_arena_free(&module->arena);
    hd_free((void *)module->bytes);
    hd_free(module);
}

const hd_export *hd_module_export(const hd_module *module, const char *name, size_t length) {
    return hd_map_get(&module->export_index, name, length);
}

const hd_custom *hd_module_custom(const hd_module *module, const char *name) {
    size_t length = strlen(name);
    for (uint32_t i = 0; i < module->custom_count; i++) {
        const hd_custom *custom = &module->customs[i];
        if (custom->name.length == length && memcmp(custom->name.bytes, name, length) == 0)
            return custom;
    }
    return NULL;
}

hd_name hd_module_function_name(const hd_module *module, uint32_t index) {
    hd_source_frame frames[HD_SOURCE_FRAMES];
    if (index >= module->function_count) return (hd_name){"", 0};
    const hd_funcdef *f = &module->functions[index];
    if (f->name.length > 0 || !f->body.start) return f->name;
    uint64_t offset = (uint64_t)(f->body.start - module->bytes);
    size_t count = hd_module_locate(module, offset, frames, HD_SOURCE_FRAMES);
    const char *name = count ? frames[count - 1].function : NULL;
    return name ? (hd_name){name, (uint32_t)strlen(name)} : f->name;
}

/* Writes a name between two other texts, cut to the buffer's size. */
static void write_label(char *buffer, size_t size, const char *before, hd_name name,
                        const char *after) {
    size_t used = (size_t)snprintf(buffer, size, "%s", before);
    if (used >= size) return;
    hd_name_format(name, buffer + used, size - used);
    used += strlen(buffer + used);
    snprintf(buffer + used, size - used, "%s", after);
}

/* Writes `$name`, as its source has it if the compiler has mangled it. */
static void write_name(char *buffer, size_t size, hd_name name) {
    char text[1000];
    if (hd_demangle(name.bytes, name.length, text, sizeof text))
        name = (hd_name){text, (uint32_t)strlen(text)};
    write_label(buffer, size, "$", name, "");
}

/* Writes the name that something is exported under, in quotes; false if it is not. */
static bool export_label(const hd_module *module, hd_externkind kind, uint32_t index, char *buffer,
                         size_t size) {
    for (uint32_t i = 0; i < module->export_count; i++) {
        const hd_export *e = &module->exports[i];
        if (e->kind != kind || e->index != index) continue;
        write_label(buffer, size, "\"", e->name, "\"");
        return true;
    }
    return false;
}

const char *hd_module_function_label(const hd_module *module, uint32_t index, char *buffer,
                                     size_t size) {
    hd_name name = hd_module_function_name(module, index);
    if (name.length > 0)
        write_name(buffer, size, name);
    else if (!export_label(module, HD_EXTERN_FUNC, index, buffer, size))
        snprintf(buffer, size, "func[%u]", index);
    return buffer;
}

static bool import_label(const hd_module *module, hd_externkind kind, uint32_t index, char *buffer,
                         size_t size) {
    for (uint32_t i = 0; i < module->import_count; i++) {
        const hd_import *import = &module->imports[i];
        if (import->kind != kind || import->index != index) continue;
        write_label(buffer, size, "\"", import->field, "\"");
        return true;
    }
    return false;
}

const char *hd_module_tag_label(const hd_module *module, uint32_t index, char *buffer,
                                size_t size) {
    hd_name name = {"", 0};
    if (index < module->tag_count) name = module->tags[index].name;
    if (name.length > 0)
        write_name(buffer, size, name);
    else if (!export_label(module, HD_EXTERN_TAG, index, buffer, size) &&
             !import_label(module, HD_EXTERN_TAG, index, buffer, size))
        snprintf(buffer, size, "tag[%u]", index);
    return buffer;
}
