/* format.c: results and patterns as text. See match.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "cli/script/match.h"
#include "cli/value.h"

static const struct {
    const char *name;
    unsigned bytes;
    bool floats;
} shapes[] = {
    [HD_SHAPE_I8X16] = {"i8x16", 1, false}, [HD_SHAPE_I16X8] = {"i16x8", 2, false},
    [HD_SHAPE_I32X4] = {"i32x4", 4, false}, [HD_SHAPE_I64X2] = {"i64x2", 8, false},
    [HD_SHAPE_F32X4] = {"f32x4", 4, true},  [HD_SHAPE_F64X2] = {"f64x2", 8, true},
};

static void print_float(FILE *to, uint64_t bits, unsigned width, hd_nan_kind nan) {
    char text[HD_VALUE_TEXT];
    if (nan == HD_NAN_NONE)
        fputs(hd_float_text(bits, width, text), to);
    else
        fputs(nan == HD_NAN_CANONICAL ? "nan:canonical" : "nan:arithmetic", to);
}

/* `nans` may be NULL: all lanes are numbers. */
static void print_v128(FILE *to, hd_lane_shape shape, const uint8_t *lanes, const uint8_t *nans) {
    unsigned bytes = shapes[shape].bytes;
    fprintf(to, "(v128.const %s", shapes[shape].name);
    for (unsigned i = 0; i < 16 / bytes; i++) {
        uint64_t bits = 0;
        memcpy(&bits, lanes + i * bytes, bytes);
        fputc(' ', to);
        if (shapes[shape].floats)
            print_float(to, bits, bytes * 8, nans ? (hd_nan_kind)nans[i] : HD_NAN_NONE);
        else
            fprintf(to, "0x%" PRIx64, bits);
    }
    fputc(')', to);
}

static void print_number(FILE *to, hd_valtype type, uint64_t bits, hd_nan_kind nan) {
    fprintf(to, "(%s.const ", hd_valtype_name(type));
    if (type == HD_I32)
        fprintf(to, "%" PRId32, (int32_t)bits);
    else if (type == HD_I64)
        fprintf(to, "%" PRId64, (int64_t)bits);
    else
        print_float(to, bits, type == HD_F32 ? 32 : 64, nan);
    fputc(')', to);
}

static void print_pattern(FILE *to, const hd_script_value *pattern) {
    switch (pattern->kind) {
    case HD_VALUE_I32: print_number(to, HD_I32, pattern->bits, HD_NAN_NONE); break;
    case HD_VALUE_I64: print_number(to, HD_I64, pattern->bits, HD_NAN_NONE); break;
    case HD_VALUE_F32: print_number(to, HD_F32, pattern->bits, pattern->nan); break;
    case HD_VALUE_F64: print_number(to, HD_F64, pattern->bits, pattern->nan); break;
    case HD_VALUE_V128: print_v128(to, pattern->shape, pattern->lanes, pattern->lane_nans); break;
    case HD_VALUE_NULL_FUNC: fputs("(ref.null func)", to); break;
    case HD_VALUE_NULL_EXN: fputs("(ref.null exn)", to); break;
    case HD_VALUE_NULL_ANY: fputs("(ref.null)", to); break;
    case HD_VALUE_REF_EXN:
    case HD_VALUE_REF_OTHER: fprintf(to, "(%s)", pattern->word); break;
    case HD_VALUE_NULL_EXTERN: fputs("(ref.null extern)", to); break;
    case HD_VALUE_REF_FUNC: fputs("(ref.func)", to); break;
    case HD_VALUE_REF_EXTERN:
        if (pattern->any)
            fputs("(ref.extern)", to);
        else
            fprintf(to, "(ref.extern %" PRIu64 ")", pattern->bits);
        break;
    case HD_VALUE_EITHER:
        fputs("(either", to);
        for (size_t i = 0; i < pattern->choice_count; i++) {
            fputc(' ', to);
            print_pattern(to, &pattern->choices[i]);
        }
        fputc(')', to);
        break;
    }
}

static void print_value(FILE *to, hd_valtype type, const hd_slot *cells, hd_lane_shape shape) {
    char text[HD_VALUE_TEXT];
    if (type == HD_V128)
        print_v128(to, shape, (const uint8_t *)cells, NULL);
    else if (!hd_is_ref(type))
        print_number(to, type, type == HD_I32 || type == HD_F32 ? cells->i32 : cells->i64,
                     HD_NAN_NONE);
    else if (!cells->ref)
        fprintf(to, "(ref.null %s)",
                hd_ref_top(type) == HD_FUNCREF  ? "func"
                : hd_ref_top(type) == HD_EXNREF ? "exn"
                                                : "extern");
    else if (hd_ref_top(type) == HD_EXNREF)
        fputs("(ref.exn)", to);
    else if (hd_ref_top(type) == HD_EXTERNREF)
        fprintf(to, "(ref.extern %" PRIu32 ")", hd_extern_number(cells->ref));
    else
        fprintf(to, "(ref.func %s)", hd_value_text(type, cells, text));
}

char *hd_patterns_text(const hd_script_value *patterns, size_t count) {
    hd_output output;
    FILE *to = hd_output_open(&output);
    if (!to) return NULL;
    if (count == 0) fputs("nothing", to);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) fputc(' ', to);
        print_pattern(to, &patterns[i]);
    }
    return hd_output_take(&output, NULL);
}

char *hd_values_text(const hd_values *values, const hd_script_value *patterns, size_t count) {
    hd_output output;
    FILE *to = hd_output_open(&output);
    if (!to) return NULL;
    const hd_slot *cells = values->cells;
    if (values->count == 0) fputs("nothing", to);
    for (size_t i = 0; i < values->count; i++) {
        bool shaped = i < count && patterns[i].kind == HD_VALUE_V128;
        if (i > 0) fputc(' ', to);
        print_value(to, values->types[i], cells, shaped ? patterns[i].shape : HD_SHAPE_I32X4);
        cells += hd_slots_of(values->types[i]);
    }
    return hd_output_take(&output, NULL);
}
