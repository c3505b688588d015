/* simd_relaxed.h: relaxed vector instructions (core specification 3.0, section 4.3.5), for each of
 * which the specification allows several results. Here each has one, whatever the host, that of the
 * specification's deterministic profile:
 *
 *   swizzle, trunc, laneselect, min, max, q15mulr   what the instruction without `relaxed` gives;
 *                                                   laneselect chooses bit by bit
 *   madd, nmadd                                     two roundings, after the product and the sum
 *   dot                                             both operands signed; sums wrap around */
#ifndef HD_EXEC_SIMD_RELAXED_H
#define HD_EXEC_SIMD_RELAXED_H

#include "exec/simd_convert.h"
#include "exec/simd_float.h"
#include "exec/simd_int.h"
#include "exec/simd_lane.h"

#define HD_RELAXED_UN(id, strict)                                                                  \
    static inline hd_v128 hd_##id(hd_v128 a) {                                                     \
        return hd_##strict(a);                                                                     \
    }
#define HD_RELAXED_BIN(id, strict)                                                                 \
    static inline hd_v128 hd_##id(hd_v128 a, hd_v128 b) {                                          \
        return hd_##strict(a, b);                                                                  \
    }
#define HD_RELAXED_SELECT(id)                                                                      \
    static inline hd_v128 hd_##id(hd_v128 a, hd_v128 b, hd_v128 c) {                               \
        return hd_v128_bitselect(a, b, c);                                                         \
    }
#define HD_RELAXED_MADD(shape)                                                                     \
    static inline hd_v128 hd_##shape##_relaxed_madd(hd_v128 a, hd_v128 b, hd_v128 c) {             \
        return hd_##shape##_add(hd_##shape##_mul(a, b), c);                                        \
    }                                                                                              \
    static inline hd_v128 hd_##shape##_relaxed_nmadd(hd_v128 a, hd_v128 b, hd_v128 c) {            \
        return hd_##shape##_add(hd_##shape##_mul(hd_##shape##_neg(a), b), c);                      \
    }

HD_RELAXED_BIN(i8x16_relaxed_swizzle, i8x16_swizzle)
HD_RELAXED_UN(i32x4_relaxed_trunc_f32x4_s, i32x4_trunc_sat_f32x4_s)
HD_RELAXED_UN(i32x4_relaxed_trunc_f32x4_u, i32x4_trunc_sat_f32x4_u)
HD_RELAXED_UN(i32x4_relaxed_trunc_f64x2_s_zero, i32x4_trunc_sat_f64x2_s_zero)
HD_RELAXED_UN(i32x4_relaxed_trunc_f64x2_u_zero, i32x4_trunc_sat_f64x2_u_zero)
HD_RELAXED_MADD(f32x4)
HD_RELAXED_MADD(f64x2)
HD_RELAXED_SELECT(i8x16_relaxed_laneselect)
HD_RELAXED_SELECT(i16x8_relaxed_laneselect)
HD_RELAXED_SELECT(i32x4_relaxed_laneselect)
HD_RELAXED_SELECT(i64x2_relaxed_laneselect)
HD_RELAXED_BIN(f32x4_relaxed_min, f32x4_min)
HD_RELAXED_BIN(f32x4_relaxed_max, f32x4_max)
HD_RELAXED_BIN(f64x2_relaxed_min, f64x2_min)
HD_RELAXED_BIN(f64x2_relaxed_max, f64x2_max)
HD_RELAXED_BIN(i16x8_relaxed_q15mulr_s, i16x8_q15mulr_sat_s)

static inline hd_v128 hd_i16x8_relaxed_dot_i8x16_i7x16_s(hd_v128 a, hd_v128 b) {
    hd_v128 r;
    for (int i = 0; i < 8; i++)
        r.u16[i] = (uint16_t)(a.s8[2 * i] * b.s8[2 * i] + a.s8[2 * i + 1] * b.s8[2 * i + 1]);
    return r;
}

static inline hd_v128 hd_i32x4_relaxed_dot_i8x16_i7x16_add_s(hd_v128 a, hd_v128 b, hd_v128 c) {
    hd_v128 pairs = hd_i16x8_relaxed_dot_i8x16_i7x16_s(a, b);
    for (int i = 0; i < 4; i++)
        c.u32[i] += (uint32_t)(pairs.s16[2 * i] + pairs.s16[2 * i + 1]);
    return c;
}

#undef HD_RELAXED_UN
#undef HD_RELAXED_BIN
#undef HD_RELAXED_SELECT
#undef HD_RELAXED_MADD

#endif
