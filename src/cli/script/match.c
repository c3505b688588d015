/* match.c: results against the patterns of a script. */
#include "cli/script/match.h"

#include <string.h>

#include "cli/value.h"

/* Whether the bits of a float are a NaN of this kind (core specification, section 4.3.3): the quiet
 * bit and perhaps more, or the quiet bit alone. */
static bool matches_nan(uint64_t bits, unsigned width, hd_nan_kind kind) {
    uint64_t quiet = width == 32 ? 0x7FC00000 : UINT64_C(0x7FF8000000000000);
    uint64_t sign = UINT64_C(1) << (width - 1);
    if (kind == HD_NAN_ARITHMETIC) return (bits & quiet) == quiet;
    return (bits & ~sign) == quiet;
}

static bool matches_float(uint64_t bits, unsigned width, const hd_script_value *pattern) {
    return pattern->nan == HD_NAN_NONE ? bits == pattern->bits
                                       : matches_nan(bits, width, pattern->nan);
}

static bool matches_v128(const hd_slot *cells, const hd_script_value *pattern) {
    bool floats = pattern->shape == HD_SHAPE_F32X4 || pattern->shape == HD_SHAPE_F64X2;
    unsigned bytes = pattern->shape == HD_SHAPE_F32X4 ? 4 : 8;
    const uint8_t *lanes = (const uint8_t *)cells;
    if (!floats) return memcmp(lanes, pattern->lanes, 16) == 0;
    for (unsigned i = 0; i < 16 / bytes; i++) {
        uint64_t bits = 0;
        memcpy(&bits, lanes + i * bytes, bytes);
        bool same = pattern->lane_nans[i] == HD_NAN_NONE
                        ? memcmp(&bits, pattern->lanes + i * bytes, bytes) == 0
                        : matches_nan(bits, bytes * 8, (hd_nan_kind)pattern->lane_nans[i]);
        if (!same) return false;
    }
    return true;
}

/* Whether a cell is a reference of a hierarchy, null or not. */
static bool is_ref_of(hd_valtype top, hd_valtype type, const hd_slot *cells, bool null) {
    return hd_is_ref(type) && hd_ref_top(type) == top && !cells->ref == null;
}

static bool matches(hd_valtype type, const hd_slot *cells, const hd_script_value *pattern) {
    switch (pattern->kind) {
    case HD_VALUE_I32: return type == HD_I32 && cells->i32 == pattern->bits;
    case HD_VALUE_I64: return type == HD_I64 && cells->i64 == pattern->bits;
    case HD_VALUE_F32: return type == HD_F32 && matches_float(cells->i32, 32, pattern);
    case HD_VALUE_F64: return type == HD_F64 && matches_float(cells->i64, 64, pattern);
    case HD_VALUE_V128: return type == HD_V128 && matches_v128(cells, pattern);
    case HD_VALUE_NULL_FUNC: return is_ref_of(HD_FUNCREF, type, cells, true);
    case HD_VALUE_NULL_EXTERN: return is_ref_of(HD_EXTERNREF, type, cells, true);
    case HD_VALUE_NULL_EXN: return is_ref_of(HD_EXNREF, type, cells, true);
    case HD_VALUE_NULL_ANY: return hd_is_ref(type) && !cells->ref;
    case HD_VALUE_REF_EXN: return is_ref_of(HD_EXNREF, type, cells, false);
    case HD_VALUE_REF_OTHER: return false;
    case HD_VALUE_REF_FUNC: return is_ref_of(HD_FUNCREF, type, cells, false);
    case HD_VALUE_REF_EXTERN:
        return is_ref_of(HD_EXTERNREF, type, cells, false) &&
               (pattern->any || hd_extern_number(cells->ref) == pattern->bits);
    case HD_VALUE_EITHER:
        for (size_t i = 0; i < pattern->choice_count; i++)
            if (matches(type, cells, &pattern->choices[i])) return true;
        return false;
    }
    return false;
}

size_t hd_value_choice(hd_valtype type, const hd_slot *cells, const hd_script_value *either) {
    size_t i = 0;
    while (i + 1 < either->choice_count && !matches(type, cells, &either->choices[i]))
        i++;
    return i;
}

bool hd_values_match(const hd_values *values, const hd_script_value *patterns, size_t count) {
    if (values->count != count) return false;
    const hd_slot *cells = values->cells;
    for (size_t i = 0; i < count; i++) {
        if (!matches(values->types[i], cells, &patterns[i])) return false;
        cells += hd_slots_of(values->types[i]);
    }
    return true;
}

bool hd_argument_store(const hd_script_value *argument, hd_valtype type, hd_slot *cells) {
    cells->i64 = argument->bits;
    switch (argument->kind) {
    case HD_VALUE_I32: return type == HD_I32;
    case HD_VALUE_I64: return type == HD_I64;
    case HD_VALUE_F32: return type == HD_F32;
    case HD_VALUE_F64: return type == HD_F64;
    case HD_VALUE_V128:
        if (type != HD_V128) return false;
        memcpy(cells, argument->lanes, 16);
        return true;
    case HD_VALUE_NULL_FUNC:
    case HD_VALUE_NULL_EXTERN:
    case HD_VALUE_NULL_EXN:
    case HD_VALUE_NULL_ANY:
        cells->i64 = 0;
        return hd_is_nullable(type) &&
               (argument->kind == HD_VALUE_NULL_ANY ? hd_is_ref(type)
                                                    : matches(type, cells, argument));
    case HD_VALUE_REF_EXTERN:
        cells->ref = hd_extern_ref((uint32_t)argument->bits);
        return hd_valtype_matches(HD_EXTERNREF | HD_NON_NULL, type);
    case HD_VALUE_REF_EXN:
    case HD_VALUE_REF_OTHER:
    case HD_VALUE_REF_FUNC:
    case HD_VALUE_EITHER: break;
    }
    return false;
}
