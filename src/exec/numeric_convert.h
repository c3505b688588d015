/* numeric_convert.h: conversions between the number types (core specification, section 4.3.4). The
 * reinterpretations are in numeric_float.h. */
#ifndef HD_EXEC_NUMERIC_CONVERT_H
#define HD_EXEC_NUMERIC_CONVERT_H

#include <stdint.h>

#include "heddle.h"

#define HD_CONVERT(id, A, R, result)                                                               \
    static inline R hd_##id(A a) {                                                                 \
        return (result);                                                                           \
    }

HD_CONVERT(i32_wrap_i64, uint64_t, uint32_t, (uint32_t)a)
HD_CONVERT(i64_extend_i32_s, uint32_t, uint64_t, (uint64_t)(int32_t)a)
HD_CONVERT(i64_extend_i32_u, uint32_t, uint64_t, a)

HD_CONVERT(f32_convert_i32_s, uint32_t, float, (float)(int32_t)a)
HD_CONVERT(f32_convert_i32_u, uint32_t, float, (float)a)
HD_CONVERT(f32_convert_i64_s, uint64_t, float, (float)(int64_t)a)
HD_CONVERT(f32_convert_i64_u, uint64_t, float, (float)a)
HD_CONVERT(f64_convert_i32_s, uint32_t, double, (int32_t)a)
HD_CONVERT(f64_convert_i32_u, uint32_t, double, a)
HD_CONVERT(f64_convert_i64_s, uint64_t, double, (double)(int64_t)a)
HD_CONVERT(f64_convert_i64_u, uint64_t, double, (double)a)

/* The host's conversions make a NaN quiet and keep what fits of its payload, as nans_N demands. */
HD_CONVERT(f32_demote_f64, double, float, (float)a)
HD_CONVERT(f64_promote_f32, float, double, (double)a)

/* Truncation to an integer: a row for each instruction, with a condition for the operand being too
 * small and one for its being too large, each exact in the operand's type. Truncation is towards
 * zero, so the integers' range is open by nearly 1 at either end where the float type can tell;
 * where it cannot, the number next below the least integer is the next float. A C cast outside of
 * these bounds would be undefined.
 *
 *   T(from, to, A, R, S, low, high, MIN, MAX): S is R as C sees its sign */
#define HD_TRUNCATIONS(T)                                                                          \
    T(f32_s, i32, float, uint32_t, int32_t, a < -0x1p31f, a >= 0x1p31f, INT32_MIN, INT32_MAX)      \
    T(f32_u, i32, float, uint32_t, uint32_t, a <= -1.0f, a >= 0x1p32f, 0, UINT32_MAX)              \
    T(f64_s, i32, double, uint32_t, int32_t, a <= -0x1p31 - 1, a >= 0x1p31, INT32_MIN, INT32_MAX)  \
    T(f64_u, i32, double, uint32_t, uint32_t, a <= -1.0, a >= 0x1p32, 0, UINT32_MAX)               \
    T(f32_s, i64, float, uint64_t, int64_t, a < -0x1p63f, a >= 0x1p63f, INT64_MIN, INT64_MAX)      \
    T(f32_u, i64, float, uint64_t, uint64_t, a <= -1.0f, a >= 0x1p64f, 0, UINT64_MAX)              \
    T(f64_s, i64, double, uint64_t, int64_t, a < -0x1p63, a >= 0x1p63, INT64_MIN, INT64_MAX)       \
    T(f64_u, i64, double, uint64_t, uint64_t, a <= -1.0, a >= 0x1p64, 0, UINT64_MAX)

/* iN.trunc_fM_sx */
#define HD_TRUNC(from, to, A, R, S, low, high, MIN, MAX)                                           \
    static inline hd_trapcode hd_##to##_trunc_##from(A a, R *out) {                                \
        if (a != a) return HD_TRAP_BAD_CONVERSION;                                                 \
        if ((low) || (high)) return HD_TRAP_INT_OVERFLOW;                                          \
        *out = (R)(S)a;                                                                            \
        return HD_TRAP_NONE;                                                                       \
    }

/* iN.trunc_sat_fM_sx */
#define HD_TRUNC_SAT(from, to, A, R, S, low, high, MIN, MAX)                                       \
    static inline R hd_##to##_trunc_sat_##from(A a) {                                              \
        if (a != a) return 0;                                                                      \
        if (low) return (R)(MIN);                                                                  \
        if (high) return (R)(MAX);                                                                 \
        return (R)(S)a;                                                                            \
    }

HD_TRUNCATIONS(HD_TRUNC)
HD_TRUNCATIONS(HD_TRUNC_SAT)

#undef HD_CONVERT
#undef HD_TRUNCATIONS
#undef HD_TRUNC
#undef HD_TRUNC_SAT

#endif
