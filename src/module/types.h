/* types.h: the types of WebAssembly (core specification, section 2.3, and the threads proposal's
 * shared limits) and their binary codes (section 5.3). */
#ifndef HD_MODULE_TYPES_H
#define HD_MODULE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Value types, numbered by their binary codes. */
typedef enum __attribute__((packed)) hd_valtype {
    HD_I32 = 0x7F,
    HD_I64 = 0x7E,
    HD_F32 = 0x7D,
    HD_F64 = 0x7C,
    HD_V128 = 0x7B,
    HD_FUNCREF = 0x70,
    HD_EXTERNREF = 0x6F,
} hd_valtype;

/* A v128 value; lanes are little endian. */
typedef union hd_v128 {
    uint8_t u8[16];
    int8_t s8[16];
    uint16_t u16[8];
    int16_t s16[8];
    uint32_t u32[4];
    int32_t s32[4];
    uint64_t u64[2];
    int64_t s64[2];
    float f32[4];
    double f64[2];
} hd_v128;

/* One cell of a frame, and a value of any type but v128, which takes two cells. A reference is a
 * pointer, NULL for the null reference. */
typedef union hd_slot {
    uint32_t i32;
    uint64_t i64;
    float f32;
    double f64;
    const void *ref;
} hd_slot;

typedef struct hd_functype {
    uint32_t param_count, result_count;
    uint32_t param_slots, result_slots; /* cells that they take in a frame */
    const hd_valtype *params, *results;
} hd_functype;

typedef struct hd_limits {
    uint64_t min, max; /* in pages or elements; max holds only if has_max */
    bool has_max, shared;
} hd_limits;

typedef struct hd_tabletype {
    hd_valtype element;
    hd_limits limits;
} hd_tabletype;

typedef struct hd_globaltype {
    hd_valtype type;
    bool mutable;
} hd_globaltype;

typedef enum hd_externkind {
    HD_EXTERN_FUNC,
    HD_EXTERN_TABLE,
    HD_EXTERN_MEMORY,
    HD_EXTERN_GLOBAL
} hd_externkind;

enum { HD_PAGE_SIZE = 65536 };
#define HD_MAX_PAGES UINT64_C(65536) /* of a memory: 4 GiB */

/* True of funcref and externref. */
static inline bool hd_is_ref(hd_valtype type) {
    return type == HD_FUNCREF || type == HD_EXTERNREF;
}

/* Cells of a frame that a value of this type takes. */
static inline uint32_t hd_slots_of(hd_valtype type) {
    return type == HD_V128 ? 2 : 1;
}

/* The type's name in the text format; static storage. */
const char *hd_valtype_name(hd_valtype type);

/* "func", "table", "memory" or "global"; static storage. */
const char *hd_externkind_name(hd_externkind kind);

/* Structural equality of function types; types of one module that are equal are also one pointer
 * (see hd_module), which is tried first. */
bool hd_functype_equal(const hd_functype *a, const hd_functype *b);

/* Writes a function type as `(i32 i64) -> (f32)`, cut to `size` bytes, and returns `buffer`. */
const char *hd_functype_format(const hd_functype *type, char *buffer, size_t size);

#endif
