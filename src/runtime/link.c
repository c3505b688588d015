/* link.c: whether external values match imports.
 *
 * Core specification, "Import Subtyping" (section 3.2.8); threads proposal: shared and unshared
 * memories never match. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "runtime/exception.h"
#include "runtime/internal.h"

static bool limits_match(const hd_limits *actual, const hd_limits *declared) {
    return actual->is64 == declared->is64 && actual->min >= declared->min &&
           (!declared->has_max || (actual->has_max && actual->max <= declared->max));
}

static bool types_match(const hd_externtype *actual, const hd_externtype *declared) {
    if (actual->kind != declared->kind) return false;
    switch (declared->kind) {
    case HD_EXTERN_FUNC: return hd_functype_matches(actual->func, declared->func);
    case HD_EXTERN_TABLE:
        return actual->table.element == declared->table.element &&
               limits_match(&actual->table.limits, &declared->table.limits);
    case HD_EXTERN_MEMORY:
        return actual->memory.shared == declared->memory.shared &&
               limits_match(&actual->memory, &declared->memory);
    case HD_EXTERN_GLOBAL:
        if (actual->global.is_mutable != declared->global.is_mutable) return false;
        return actual->global.is_mutable
                   ? actual->global.type == declared->global.type
                   : hd_valtype_matches(actual->global.type, declared->global.type);
    case HD_EXTERN_TAG: return hd_functype_equal(actual->tag, declared->tag);
    }
    return false;
}

enum { TYPE_TEXT = 112, LIMITS_TEXT = 64, NAME_TEXT = 72 };

/* Writes limits as the text format does: `1 2 shared`. */
static const char *format_limits(const hd_limits *limits, char buffer[LIMITS_TEXT]) {
    int used = snprintf(buffer, LIMITS_TEXT, "%s%llu", limits->is64 ? "i64 " : "",
                        (unsigned long long)limits->min);
    if (limits->has_max)
        used += snprintf(buffer + used, LIMITS_TEXT - (size_t)used, " %llu",
                         (unsigned long long)limits->max);
    if (limits->shared) snprintf(buffer + used, LIMITS_TEXT - (size_t)used, " shared");
    return buffer;
}

static const char *format_type(const hd_externtype *type, char buffer[TYPE_TEXT]) {
    char limits[LIMITS_TEXT];
    switch (type->kind) {
    case HD_EXTERN_FUNC: return hd_functype_format(type->func, buffer, TYPE_TEXT);
    case HD_EXTERN_TABLE:
        snprintf(buffer, TYPE_TEXT, "table %s %s", format_limits(&type->table.limits, limits),
                 hd_valtype_name(type->table.element));
        break;
    case HD_EXTERN_MEMORY:
        snprintf(buffer, TYPE_TEXT, "memory %s", format_limits(&type->memory, limits));
        break;
    case HD_EXTERN_GLOBAL:
        snprintf(buffer, TYPE_TEXT, "global %s%s", type->global.is_mutable ? "mut " : "",
                 hd_valtype_name(type->global.type));
        break;
    case HD_EXTERN_TAG: {
        char params[TYPE_TEXT - sizeof "tag "];
        snprintf(buffer, TYPE_TEXT, "tag %s", hd_functype_format(type->tag, params, sizeof params));
        break;
    }
    }
    return buffer;
}

/* Writes a name in quotes, escaped; one too long is cut between characters and ends in an ellipsis
 * outside of the quotes. */
static const char *quote(hd_name name, char buffer[NAME_TEXT]) {
    static const char ellipsis[] = "\xE2\x80\xA6";
    char text[HD_ESCAPE_ROOM];
    size_t used = 0, at = 0, step, room = NAME_TEXT - sizeof "\"" - (sizeof ellipsis - 1);
    buffer[used++] = '"';
    for (; at < name.length; at += step) {
        size_t length = hd_escape_next(text, name.bytes + at, name.length - at, &step);
        if (used + length > room) break;
        memcpy(buffer + used, text, length);
        used += length;
    }
    snprintf(buffer + used, NAME_TEXT - used, "\"%s", at < name.length ? ellipsis : "");
    return buffer;
}

hd_status hd_import_match(const hd_module *module, const hd_import *import, const hd_extern *value,
                          hd_diag *diag) {
    hd_externtype actual = hd_extern_type(value),
                  declared = hd_module_type(module, import->kind, import->index);
    if (types_match(&actual, &declared)) return HD_OK;
    char name[NAME_TEXT], field[NAME_TEXT], expected[TYPE_TEXT], got[TYPE_TEXT];
    return hd_diag_set(diag, HD_UNLINKABLE, "incompatible import type: %s.%s: expected %s, got %s",
                       quote(import->module, name), quote(import->field, field),
                       format_type(&declared, expected), format_type(&actual, got));
}

hd_status hd_import_unknown(const hd_module *module, const hd_import *import, hd_diag *diag) {
    hd_externtype declared = hd_module_type(module, import->kind, import->index);
    char name[NAME_TEXT], field[NAME_TEXT], expected[TYPE_TEXT];
    return hd_diag_set(diag, HD_UNLINKABLE, "unknown import: %s.%s: expected %s",
                       quote(import->module, name), quote(import->field, field),
                       format_type(&declared, expected));
}
