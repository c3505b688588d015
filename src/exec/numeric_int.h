/* numeric_int.h: integer instructions (core specification, section 4.3.2). Arithmetic is unsigned,
 * which wraps; signed views rely on two's complement conversion and on `>>` of a negative number
 * being arithmetic, both of which GCC and Clang define. */
#ifndef HD_EXEC_NUMERIC_INT_H
#define HD_EXEC_NUMERIC_INT_H

#include <stdint.h>

#include "heddle.h"

#define HD_INT_UN(id, T, result)                                                                   \
    static inline T hd_##id(T a) {                                                                 \
        return (result);                                                                           \
    }
#define HD_INT_BIN(id, T, result)                                                                  \
    static inline T hd_##id(T a, T b) {                                                            \
        return (result);                                                                           \
    }
#define HD_INT_CMP(id, T, result)                                                                  \
    static inline uint32_t hd_##id(T a, T b) {                                                     \
        return (result);                                                                           \
    }

static inline uint32_t hd_i32_eqz(uint32_t a) {
    return a == 0;
}

HD_INT_CMP(i32_eq, uint32_t, a == b)
HD_INT_CMP(i32_ne, uint32_t, a != b)
HD_INT_CMP(i32_lt_s, uint32_t, (int32_t)a < (int32_t)b)
HD_INT_CMP(i32_lt_u, uint32_t, a < b)
HD_INT_CMP(i32_gt_s, uint32_t, (int32_t)a > (int32_t)b)
HD_INT_CMP(i32_gt_u, uint32_t, a > b)
HD_INT_CMP(i32_le_s, uint32_t, (int32_t)a <= (int32_t)b)
HD_INT_CMP(i32_le_u, uint32_t, a <= b)
HD_INT_CMP(i32_ge_s, uint32_t, (int32_t)a >= (int32_t)b)
HD_INT_CMP(i32_ge_u, uint32_t, a >= b)

static inline uint32_t hd_i64_eqz(uint64_t a) {
    return a == 0;
}

HD_INT_CMP(i64_eq, uint64_t, a == b)
HD_INT_CMP(i64_ne, uint64_t, a != b)
HD_INT_CMP(i64_lt_s, uint64_t, (int64_t)a < (int64_t)b)
HD_INT_CMP(i64_lt_u, uint64_t, a < b)
HD_INT_CMP(i64_gt_s, uint64_t, (int64_t)a > (int64_t)b)
HD_INT_CMP(i64_gt_u, uint64_t, a > b)
HD_INT_CMP(i64_le_s, uint64_t, (int64_t)a <= (int64_t)b)
HD_INT_CMP(i64_le_u, uint64_t, a <= b)
HD_INT_CMP(i64_ge_s, uint64_t, (int64_t)a >= (int64_t)b)
HD_INT_CMP(i64_ge_u, uint64_t, a >= b)

/* The builtins leave the count of zeros of 0 undefined. */
HD_INT_UN(i32_clz, uint32_t, a ? (uint32_t)__builtin_clz(a) : 32)
HD_INT_UN(i32_ctz, uint32_t, a ? (uint32_t)__builtin_ctz(a) : 32)
HD_INT_UN(i32_popcnt, uint32_t, (uint32_t)__builtin_popcount(a))
HD_INT_UN(i32_extend8_s, uint32_t, (uint32_t)(int8_t)a)
HD_INT_UN(i32_extend16_s, uint32_t, (uint32_t)(int16_t)a)

HD_INT_BIN(i32_add, uint32_t, a + b)
HD_INT_BIN(i32_sub, uint32_t, a - b)
HD_INT_BIN(i32_mul, uint32_t, (a * b))
HD_INT_BIN(i32_and, uint32_t, (a & b))
HD_INT_BIN(i32_or, uint32_t, a | b)
HD_INT_BIN(i32_xor, uint32_t, a ^ b)
HD_INT_BIN(i32_shl, uint32_t, a << (b & 31))
HD_INT_BIN(i32_shr_s, uint32_t, (uint32_t)((int32_t)a >> (b & 31)))
HD_INT_BIN(i32_shr_u, uint32_t, a >> (b & 31))
HD_INT_BIN(i32_rotl, uint32_t, a << (b & 31) | a >> (-b & 31))
HD_INT_BIN(i32_rotr, uint32_t, a >> (b & 31) | a << (-b & 31))

HD_INT_UN(i64_clz, uint64_t, a ? (uint64_t)__builtin_clzll(a) : 64)
HD_INT_UN(i64_ctz, uint64_t, a ? (uint64_t)__builtin_ctzll(a) : 64)
HD_INT_UN(i64_popcnt, uint64_t, (uint64_t)__builtin_popcountll(a))
HD_INT_UN(i64_extend8_s, uint64_t, (uint64_t)(int8_t)a)
HD_INT_UN(i64_extend16_s, uint64_t, (uint64_t)(int16_t)a)
HD_INT_UN(i64_extend32_s, uint64_t, (uint64_t)(int32_t)a)

HD_INT_BIN(i64_add, uint64_t, a + b)
HD_INT_BIN(i64_sub, uint64_t, a - b)
HD_INT_BIN(i64_mul, uint64_t, (a * b))
HD_INT_BIN(i64_and, uint64_t, (a & b))
HD_INT_BIN(i64_or, uint64_t, a | b)
HD_INT_BIN(i64_xor, uint64_t, a ^ b)
HD_INT_BIN(i64_shl, uint64_t, a << (b & 63))
HD_INT_BIN(i64_shr_s, uint64_t, (uint64_t)((int64_t)a >> (b & 63)))
HD_INT_BIN(i64_shr_u, uint64_t, a >> (b & 63))
HD_INT_BIN(i64_rotl, uint64_t, a << (b & 63) | a >> (-b & 63))
HD_INT_BIN(i64_rotr, uint64_t, a >> (b & 63) | a << (-b & 63))

/* In the signed divisions, the least number by -1 is the one quotient that does not fit: division
 * traps, and the remainder, 0, must be had without dividing. */
static inline hd_trapcode hd_i32_div_s(uint32_t a, uint32_t b, uint32_t *out) {
    if (b == 0) return HD_TRAP_DIV_BY_ZERO;
    if (a == UINT32_C(0x80000000) && b == UINT32_MAX) return HD_TRAP_INT_OVERFLOW;
    *out = (uint32_t)((int32_t)a / (int32_t)b);
    return HD_TRAP_NONE;
}

static inline hd_trapcode hd_i32_div_u(uint32_t a, uint32_t b, uint32_t *out) {
    if (b == 0) return HD_TRAP_DIV_BY_ZERO;
    *out = a / b;
    return HD_TRAP_NONE;
}

static inline hd_trapcode hd_i32_rem_s(uint32_t a, uint32_t b, uint32_t *out) {
    if (b == 0) return HD_TRAP_DIV_BY_ZERO;
    *out = b == UINT32_MAX ? 0 : (uint32_t)((int32_t)a % (int32_t)b);
    return HD_TRAP_NONE;
}

static inline hd_trapcode hd_i32_rem_u(uint32_t a, uint32_t b, uint32_t *out) {
    if (b == 0) return HD_TRAP_DIV_BY_ZERO;
    *out = a % b;
    return HD_TRAP_NONE;
}

static inline hd_trapcode hd_i64_div_s(uint64_t a, uint64_t b, uint64_t *out) {
    if (b == 0) return HD_TRAP_DIV_BY_ZERO;
    if (a == UINT64_C(0x8000000000000000) && b == UINT64_MAX) return HD_TRAP_INT_OVERFLOW;
    *out = (uint64_t)((int64_t)a / (int64_t)b);
    return HD_TRAP_NONE;
}

static inline hd_trapcode hd_i64_div_u(uint64_t a, uint64_t b, uint64_t *out) {
    if (b == 0) return HD_TRAP_DIV_BY_ZERO;
    *out = a / b;
    return HD_TRAP_NONE;
}

static inline hd_trapcode hd_i64_rem_s(uint64_t a, uint64_t b, uint64_t *out) {
    if (b == 0) return HD_TRAP_DIV_BY_ZERO;
    *out = b == UINT64_MAX ? 0 : (uint64_t)((int64_t)a % (int64_t)b);
    return HD_TRAP_NONE;
}

static inline hd_trapcode hd_i64_rem_u(uint64_t a, uint64_t b, uint64_t *out) {
    if (b == 0) return HD_TRAP_DIV_BY_ZERO;
    *out = a % b;
    return HD_TRAP_NONE;
}

#undef HD_INT_UN
#undef HD_INT_BIN
#undef HD_INT_CMP

#endif
