/* value.c: values of WebAssembly as text. */
#include "cli/value.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/store.h"

/* Number n is the pointer n + 1, so that none of them is the null reference. */
const void *hd_extern_ref(uint32_t n) {
    return (const void *)((uintptr_t)n + 1);
}

uint32_t hd_extern_number(const void *ref) {
    return (uint32_t)((uintptr_t)ref - 1);
}

static uint64_t double_bits(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint64_t float_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Writes a finite number or an infinity with the fewest digits that give the same bits again; whole
 * numbers without an exponent as long as they are exact. */
static void shortest(uint64_t bits, unsigned width, char *buffer) {
    double wide;
    float narrow;
    uint32_t bits32 = (uint32_t)bits;
    memcpy(&wide, &bits, sizeof wide);
    memcpy(&narrow, &bits32, sizeof narrow);
    if (width == 32) wide = (double)narrow;
    if (fabs(wide) < 1e7 && wide == trunc(wide)) {
        snprintf(buffer, HD_VALUE_TEXT, "%.0f", wide);
        return;
    }
    for (int digits = 1;; digits++) {
        snprintf(buffer, HD_VALUE_TEXT, "%.*g", digits, wide);
        uint64_t again =
            width == 32 ? float_bits(strtof(buffer, NULL)) : double_bits(strtod(buffer, NULL));
        if (again == bits || digits == 17) return;
    }
}

const char *hd_float_text(uint64_t bits, unsigned width, char buffer[HD_VALUE_TEXT]) {
    unsigned fraction_width = width == 32 ? 23 : 52;
    uint64_t fraction = bits & ((UINT64_C(1) << fraction_width) - 1);
    uint64_t exponent = bits >> fraction_width & (width == 32 ? 0xFF : 0x7FF);
    const char *sign = bits >> (width - 1) & 1 ? "-" : "";
    if (exponent != (width == 32 ? 0xFF : 0x7FF) || fraction == 0)
        shortest(bits, width, buffer);
    else if (fraction == UINT64_C(1) << (fraction_width - 1))
        snprintf(buffer, HD_VALUE_TEXT, "%snan", sign);
    else
        snprintf(buffer, HD_VALUE_TEXT, "%snan:0x%" PRIx64, sign, fraction);
    return buffer;
}

static void ref_text(hd_valtype type, const void *ref, char *buffer) {
    if (!ref) {
        snprintf(buffer, HD_VALUE_TEXT, "null");
    } else if (hd_ref_top(type) == HD_EXNREF) {
        snprintf(buffer, HD_VALUE_TEXT, "exception");
    } else if (hd_ref_top(type) == HD_EXTERNREF) {
        snprintf(buffer, HD_VALUE_TEXT, "extern %" PRIu32, hd_extern_number(ref));
    } else {
        const hd_func *func = ref;
        if (func->instance)
            hd_module_function_label(func->instance->module, func->index, buffer, HD_VALUE_TEXT);
        else
            snprintf(buffer, HD_VALUE_TEXT, "%s",
                     func->host_name ? func->host_name : "host function");
    }
}

const char *hd_value_text(hd_valtype type, const hd_slot *cells, char buffer[HD_VALUE_TEXT]) {
    hd_v128 lanes;
    switch (type) {
    case HD_I32: snprintf(buffer, HD_VALUE_TEXT, "%" PRId32, (int32_t)cells->i32); break;
    case HD_I64: snprintf(buffer, HD_VALUE_TEXT, "%" PRId64, (int64_t)cells->i64); break;
    case HD_F32: hd_float_text(cells->i32, 32, buffer); break;
    case HD_F64: hd_float_text(cells->i64, 64, buffer); break;
    case HD_V128:
        memcpy(&lanes, cells, sizeof lanes);
        snprintf(buffer, HD_VALUE_TEXT,
                 "i32x4:0x%" PRIx32 ",0x%" PRIx32 ",0x%" PRIx32 ",0x%" PRIx32, lanes.u32[0],
                 lanes.u32[1], lanes.u32[2], lanes.u32[3]);
        break;
    default: ref_text(type, cells->ref, buffer); break;
    }
    return buffer;
}
