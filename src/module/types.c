/* types.c: names, equality and formatting of types. */
#include "module/types.h"

#include <stdio.h>
#include <string.h>

#include "module/deftype.h"

const char *hd_valtype_name(hd_valtype type) {
    if (hd_is_concrete(type)) return hd_deftype_name(type);
    switch (type) {
    case HD_I32: return "i32";
    case HD_I64: return "i64";
    case HD_F32: return "f32";
    case HD_F64: return "f64";
    case HD_V128: return "v128";
    case HD_FUNCREF: return "funcref";
    case HD_EXTERNREF: return "externref";
    case HD_EXNREF: return "exnref";
    case HD_NULLFUNCREF: return "nullfuncref";
    case HD_NULLEXTERNREF: return "nullexternref";
    case HD_NULLEXNREF: return "nullexnref";
    case HD_NON_NULL | HD_FUNCREF: return "(ref func)";
    case HD_NON_NULL | HD_EXTERNREF: return "(ref extern)";
    case HD_NON_NULL | HD_EXNREF: return "(ref exn)";
    case HD_NON_NULL | HD_NULLFUNCREF: return "(ref nofunc)";
    case HD_NON_NULL | HD_NULLEXTERNREF: return "(ref noextern)";
    case HD_NON_NULL | HD_NULLEXNREF: return "(ref noexn)";
    default: return "a reference";
    }
}

const char *hd_externkind_name(hd_externkind kind) {
    switch (kind) {
    case HD_EXTERN_FUNC: return "func";
    case HD_EXTERN_TABLE: return "table";
    case HD_EXTERN_MEMORY: return "memory";
    case HD_EXTERN_GLOBAL: return "global";
    case HD_EXTERN_TAG: return "tag";
    }
    return "unknown";
}

static bool same_list(const hd_valtype *a, const hd_valtype *b, uint32_t count) {
    return count == 0 || memcmp(a, b, count * sizeof *a) == 0;
}

bool hd_functype_equal(const hd_functype *a, const hd_functype *b) {
    return a == b ||
           (!a->number && !b->number && a->param_count == b->param_count &&
            a->result_count == b->result_count && same_list(a->params, b->params, a->param_count) &&
            same_list(a->results, b->results, a->result_count));
}

/* Appends text at `*used`, as far as it fits; the buffer stays NUL-terminated. */
static void append(char *buffer, size_t size, size_t *used, const char *text) {
    size_t length = strlen(text), room = size - 1 - *used;
    if (length > room) length = room;
    memcpy(buffer + *used, text, length);
    *used += length;
    buffer[*used] = '\0';
}

static void append_list(char *buffer, size_t size, size_t *used, const hd_valtype *types,
                        uint32_t count) {
    append(buffer, size, used, "(");
    for (uint32_t i = 0; i < count && *used < size - 1; i++) {
        if (i > 0) append(buffer, size, used, " ");
        append(buffer, size, used, hd_valtype_name(types[i]));
    }
    append(buffer, size, used, ")");
}

const char *hd_functype_format(const hd_functype *type, char *buffer, size_t size) {
    size_t used = 0;
    if (size == 0) return buffer;
    buffer[0] = '\0';
    append_list(buffer, size, &used, type->params, type->param_count);
    append(buffer, size, &used, " -> ");
    append_list(buffer, size, &used, type->results, type->result_count);
    return buffer;
}
