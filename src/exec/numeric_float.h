/* numeric_float.h: floating-point instructions (core specification, section 4.3.3).
 *
 * A NaN that arithmetic gives must be quiet, and canonical if all NaN operands are (nans_N). The
 * host's +, -, *, / and sqrt do that: they pass on the payload of an operand made quiet. What is
 * not such an operation ends in one, as `a + b` below; canonical.h makes one NaN of them all. The
 * operations on the sign bit (abs, neg, copysign) and the reinterpretations do not look at what the
 * bits mean; nor do the compilers' for them.
 *
 * The rounding mode is round-to-nearest-ties-to-even, the state that a C program starts in. */
#ifndef HD_EXEC_NUMERIC_FLOAT_H
#define HD_EXEC_NUMERIC_FLOAT_H

#include <float.h>
#include <stdint.h>
#include <string.h>

_Static_assert(FLT_EVAL_METHOD == 0 || FLT_EVAL_METHOD == 16,
               "float is computed with excess precision");

#define HD_F32_SIGN UINT32_C(0x80000000)
#define HD_F64_SIGN UINT64_C(0x8000000000000000)

/* From here on, every float is an integer. */
#define HD_F32_INTEGRAL 0x1p23f
#define HD_F64_INTEGRAL 0x1p52

#define HD_FLOAT_BIN(id, T, result)                                                                \
    static inline T hd_##id(T a, T b) {                                                            \
        return (result);                                                                           \
    }
#define HD_FLOAT_CMP(id, T, result)                                                                \
    static inline uint32_t hd_##id(T a, T b) {                                                     \
        return (result);                                                                           \
    }

static inline uint32_t hd_i32_reinterpret_f32(float a) {
    uint32_t bits;
    memcpy(&bits, &a, sizeof bits);
    return bits;
}

static inline uint64_t hd_i64_reinterpret_f64(double a) {
    uint64_t bits;
    memcpy(&bits, &a, sizeof bits);
    return bits;
}

static inline float hd_f32_reinterpret_i32(uint32_t bits) {
    float a;
    memcpy(&a, &bits, sizeof a);
    return a;
}

static inline double hd_f64_reinterpret_i64(uint64_t bits) {
    double a;
    memcpy(&a, &bits, sizeof a);
    return a;
}

HD_FLOAT_CMP(f32_eq, float, a == b)
HD_FLOAT_CMP(f32_ne, float, a != b)
HD_FLOAT_CMP(f32_lt, float, a < b)
HD_FLOAT_CMP(f32_gt, float, a > b)
HD_FLOAT_CMP(f32_le, float, a <= b)
HD_FLOAT_CMP(f32_ge, float, a >= b)

HD_FLOAT_CMP(f64_eq, double, a == b)
HD_FLOAT_CMP(f64_ne, double, a != b)
HD_FLOAT_CMP(f64_lt, double, a < b)
HD_FLOAT_CMP(f64_gt, double, a > b)
HD_FLOAT_CMP(f64_le, double, a <= b)
HD_FLOAT_CMP(f64_ge, double, a >= b)

HD_FLOAT_BIN(f32_add, float, a + b)
HD_FLOAT_BIN(f32_sub, float, a - b)
HD_FLOAT_BIN(f32_mul, float, (a * b))
HD_FLOAT_BIN(f32_div, float, a / b)

HD_FLOAT_BIN(f64_add, double, a + b)
HD_FLOAT_BIN(f64_sub, double, a - b)
HD_FLOAT_BIN(f64_mul, double, (a * b))
HD_FLOAT_BIN(f64_div, double, a / b)

static inline float hd_f32_abs(float a) {
    return __builtin_fabsf(a);
}

static inline float hd_f32_neg(float a) {
    return -a;
}

static inline float hd_f32_copysign(float a, float b) {
    return __builtin_copysignf(a, b);
}

static inline double hd_f64_abs(double a) {
    return __builtin_fabs(a);
}

static inline double hd_f64_neg(double a) {
    return -a;
}

static inline double hd_f64_copysign(double a, double b) {
    return __builtin_copysign(a, b);
}

/* In min and max, operands that compare equal differ at most in the sign of zero. */
static inline float hd_f32_min(float a, float b) {
    if (a == b)
        return hd_f32_reinterpret_i32(hd_i32_reinterpret_f32(a) | hd_i32_reinterpret_f32(b));
    if (a != a || b != b) return a + b;
    return a < b ? a : b;
}

static inline float hd_f32_max(float a, float b) {
    if (a == b)
        return hd_f32_reinterpret_i32(hd_i32_reinterpret_f32(a) & hd_i32_reinterpret_f32(b));
    if (a != a || b != b) return a + b;
    return a > b ? a : b;
}

static inline double hd_f64_min(double a, double b) {
    if (a == b)
        return hd_f64_reinterpret_i64(hd_i64_reinterpret_f64(a) | hd_i64_reinterpret_f64(b));
    if (a != a || b != b) return a + b;
    return a < b ? a : b;
}

static inline double hd_f64_max(double a, double b) {
    if (a == b)
        return hd_f64_reinterpret_i64(hd_i64_reinterpret_f64(a) & hd_i64_reinterpret_f64(b));
    if (a != a || b != b) return a + b;
    return a > b ? a : b;
}

/* Rounding to an integer does not call the C library, which need not make a NaN quiet. Adding
 * INTEGRAL to a smaller magnitude leaves no bit for the fraction, so that the addition rounds it
 * away, ties to even; the others are that, corrected by 1 where it went the wrong way. Magnitudes
 * that are integers already return as they are; a NaN is not among them, for the comparison is
 * false, so the addition makes it quiet. The sign is put back for zeros (and NaN). */
static inline float hd_f32_nearest(float a) {
    float magnitude = __builtin_fabsf(a);
    if (magnitude >= HD_F32_INTEGRAL) return a;
    return __builtin_copysignf(magnitude + HD_F32_INTEGRAL - HD_F32_INTEGRAL, a);
}

static inline float hd_f32_trunc(float a) {
    float magnitude = __builtin_fabsf(a);
    if (magnitude >= HD_F32_INTEGRAL) return a;
    float rounded = magnitude + HD_F32_INTEGRAL - HD_F32_INTEGRAL;
    return __builtin_copysignf(rounded - (rounded > magnitude ? 1.0f : 0.0f), a);
}

static inline float hd_f32_floor(float a) {
    float rounded = hd_f32_nearest(a);
    return __builtin_copysignf(rounded - (rounded > a ? 1.0f : 0.0f), a);
}

static inline float hd_f32_ceil(float a) {
    float rounded = hd_f32_nearest(a);
    return __builtin_copysignf(rounded + (rounded < a ? 1.0f : 0.0f), a);
}

static inline double hd_f64_nearest(double a) {
    double magnitude = __builtin_fabs(a);
    if (magnitude >= HD_F64_INTEGRAL) return a;
    return __builtin_copysign(magnitude + HD_F64_INTEGRAL - HD_F64_INTEGRAL, a);
}

static inline double hd_f64_trunc(double a) {
    double magnitude = __builtin_fabs(a);
    if (magnitude >= HD_F64_INTEGRAL) return a;
    double rounded = magnitude + HD_F64_INTEGRAL - HD_F64_INTEGRAL;
    return __builtin_copysign(rounded - (rounded > magnitude ? 1.0 : 0.0), a);
}

static inline double hd_f64_floor(double a) {
    double rounded = hd_f64_nearest(a);
    return __builtin_copysign(rounded - (rounded > a ? 1.0 : 0.0), a);
}

static inline double hd_f64_ceil(double a) {
    double rounded = hd_f64_nearest(a);
    return __builtin_copysign(rounded + (rounded < a ? 1.0 : 0.0), a);
}

/* One instruction under -fno-math-errno; else a negative operand goes through the C library, which
 * gives the same. */
static inline float hd_f32_sqrt(float a) {
    return __builtin_sqrtf(a);
}

static inline double hd_f64_sqrt(double a) {
    return __builtin_sqrt(a);
}

#undef HD_FLOAT_BIN
#undef HD_FLOAT_CMP

#endif
