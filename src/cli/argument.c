/* argument.c: arguments on the command line as values. See value.h. */
#include <stdlib.h>
#include <string.h>

#include "cli/value.h"
#include "text/literal.h"

/* A form of v128: `NAME:lane,lane,…`. */
typedef struct shape {
    const char *name;
    unsigned count, width;
    bool is_float;
} shape;

static const shape shapes[] = {
    {"i8x16", 16, 8, false}, {"i16x8", 8, 16, false}, {"i32x4", 4, 32, false},
    {"i64x2", 2, 64, false}, {"f32x4", 4, 32, true},  {"f64x2", 2, 64, true},
};

static hd_literal read_number(const char *text, size_t length, unsigned width, bool is_float,
                              uint64_t *bits) {
    return is_float ? hd_literal_float(text, length, width, bits)
                    : hd_literal_int(text, length, width, bits);
}

static hd_literal read_lanes(const shape *form, const char *text, hd_v128 *value) {
    unsigned bytes = form->width / 8;
    for (unsigned i = 0; i < form->count; i++) {
        size_t length = strcspn(text, ",");
        bool last = i + 1 == form->count;
        uint64_t bits;
        hd_literal result = read_number(text, length, form->width, form->is_float, &bits);
        if (result != HD_LITERAL_OK) return result;
        if (last != (text[length] == '\0')) return HD_LITERAL_SYNTAX;
        memcpy(&value->u8[i * bytes], &bits, bytes);
        text += length + 1;
    }
    return HD_LITERAL_OK;
}

static hd_literal read_v128(const char *text, hd_slot *cells) {
    hd_v128 value = {0};
    size_t length = strcspn(text, ":");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (strlen(shapes[i].name) != length || memcmp(shapes[i].name, text, length) != 0) continue;
        if (!text[length]) return HD_LITERAL_SYNTAX;
        hd_literal result = read_lanes(&shapes[i], text + length + 1, &value);
        memcpy(cells, &value, sizeof value);
        return result;
    }
    return HD_LITERAL_SYNTAX;
}

static hd_literal read_ref(hd_valtype type, const char *text, hd_slot *cells) {
    uint32_t number;
    cells->ref = NULL;
    if (strcmp(text, "null") == 0 && hd_is_nullable(type)) return HD_LITERAL_OK;
    if (hd_ref_top(type) != HD_EXTERNREF || hd_valtype_matches(type, HD_NULLEXTERNREF))
        return HD_LITERAL_SYNTAX;
    hd_literal result = hd_literal_u32(text, strlen(text), &number);
    if (result == HD_LITERAL_OK) cells->ref = hd_extern_ref(number);
    return result;
}

static hd_literal read_value(hd_valtype type, const char *text, hd_slot *cells) {
    size_t length = strlen(text);
    cells->i64 = 0;
    switch (type) {
    case HD_I32: return read_number(text, length, 32, false, &cells->i64);
    case HD_I64: return read_number(text, length, 64, false, &cells->i64);
    case HD_F32: return read_number(text, length, 32, true, &cells->i64);
    case HD_F64: return read_number(text, length, 64, true, &cells->i64);
    case HD_V128: return read_v128(text, cells);
    default: return read_ref(type, text, cells);
    }
}

hd_status hd_value_parse(hd_valtype type, const char *text, hd_slot *cells, hd_diag *diag) {
    switch (read_value(type, text, cells)) {
    case HD_LITERAL_OK: return HD_OK;
    case HD_LITERAL_NOMEM: return hd_diag_nomem(diag);
    case HD_LITERAL_RANGE:
        return hd_diag_set(diag, HD_FAILED, "'%s' is out of range of %s", text,
                           hd_valtype_name(type));
    case HD_LITERAL_SYNTAX: break;
    }
    return hd_diag_set(diag, HD_FAILED, "'%s' is no %s%s", text, hd_valtype_name(type),
                       type == HD_V128                    ? " (write i32x4:1,2,3,4)"
                       : !hd_is_ref(type)                 ? ""
                       : hd_ref_top(type) == HD_EXTERNREF ? ""
                       : hd_is_nullable(type)             ? " (only null can be given)"
                                                          : " (none can be given)");
}
