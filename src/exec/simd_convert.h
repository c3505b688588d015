/* simd_convert.h: vector instructions between lanes of different widths or number types. Where one
 * widens or narrows, `low` and `high` are the halves of an operand. */
#ifndef HD_EXEC_SIMD_CONVERT_H
#define HD_EXEC_SIMD_CONVERT_H

#include "exec/numeric_convert.h"
#include "exec/simd_vector.h"

/* Integers to wider ones: half of the lanes, products of half of the lanes. The products fit. */
#define HD_EXTEND(id, H, T, at)                                                                    \
    static inline hd_v128 hd_##id(hd_v128 a) {                                                     \
        T r = HD_VHALF(a, at, H, T);                                                               \
        memcpy(&a, &r, sizeof a);                                                                  \
        return a;                                                                                  \
    }
#define HD_EXTMUL(id, H, T, at)                                                                    \
    static inline hd_v128 hd_##id(hd_v128 a, hd_v128 b) {                                          \
        T r = HD_VHALF(a, at, H, T) * HD_VHALF(b, at, H, T);                                       \
        memcpy(&a, &r, sizeof a);                                                                  \
        return a;                                                                                  \
    }

HD_EXTEND(i16x8_extend_low_i8x16_s, hd_s8x8, hd_s16x8, 0)
HD_EXTEND(i16x8_extend_high_i8x16_s, hd_s8x8, hd_s16x8, 8)
HD_EXTEND(i16x8_extend_low_i8x16_u, hd_u8x8, hd_u16x8, 0)
HD_EXTEND(i16x8_extend_high_i8x16_u, hd_u8x8, hd_u16x8, 8)
HD_EXTEND(i32x4_extend_low_i16x8_s, hd_s16x4, hd_s32x4, 0)
HD_EXTEND(i32x4_extend_high_i16x8_s, hd_s16x4, hd_s32x4, 8)
HD_EXTEND(i32x4_extend_low_i16x8_u, hd_u16x4, hd_u32x4, 0)
HD_EXTEND(i32x4_extend_high_i16x8_u, hd_u16x4, hd_u32x4, 8)
HD_EXTEND(i64x2_extend_low_i32x4_s, hd_s32x2, hd_s64x2, 0)
HD_EXTEND(i64x2_extend_high_i32x4_s, hd_s32x2, hd_s64x2, 8)
HD_EXTEND(i64x2_extend_low_i32x4_u, hd_u32x2, hd_u64x2, 0)
HD_EXTEND(i64x2_extend_high_i32x4_u, hd_u32x2, hd_u64x2, 8)

HD_EXTMUL(i16x8_extmul_low_i8x16_s, hd_s8x8, hd_s16x8, 0)
HD_EXTMUL(i16x8_extmul_high_i8x16_s, hd_s8x8, hd_s16x8, 8)
HD_EXTMUL(i16x8_extmul_low_i8x16_u, hd_u8x8, hd_u16x8, 0)
HD_EXTMUL(i16x8_extmul_high_i8x16_u, hd_u8x8, hd_u16x8, 8)
HD_EXTMUL(i32x4_extmul_low_i16x8_s, hd_s16x4, hd_s32x4, 0)
HD_EXTMUL(i32x4_extmul_high_i16x8_s, hd_s16x4, hd_s32x4, 8)
HD_EXTMUL(i32x4_extmul_low_i16x8_u, hd_u16x4, hd_u32x4, 0)
HD_EXTMUL(i32x4_extmul_high_i16x8_u, hd_u16x4, hd_u32x4, 8)
HD_EXTMUL(i64x2_extmul_low_i32x4_s, hd_s32x2, hd_s64x2, 0)
HD_EXTMUL(i64x2_extmul_high_i32x4_s, hd_s32x2, hd_s64x2, 8)
HD_EXTMUL(i64x2_extmul_low_i32x4_u, hd_u32x2, hd_u64x2, 0)
HD_EXTMUL(i64x2_extmul_high_i32x4_u, hd_u32x2, hd_u64x2, 8)

/* Sums of neighbours. Each pair is seen as one wide lane; its second member, the upper half, comes
 * down by a right shift, and the first by a left shift before that. */
#define HD_S16_FIRST(x) ((hd_s16x8)((hd_u16x8)(x) << 8) >> 8)
#define HD_S32_FIRST(x) ((hd_s32x4)((hd_u32x4)(x) << 16) >> 16)

HD_VUN(i16x8_extadd_pairwise_i8x16_s, hd_s16x8, HD_S16_FIRST(x) + (x >> 8))
HD_VUN(i16x8_extadd_pairwise_i8x16_u, hd_u16x8, (x & 0xFF) + (x >> 8))
HD_VUN(i32x4_extadd_pairwise_i16x8_s, hd_s32x4, HD_S32_FIRST(x) + (x >> 16))
HD_VUN(i32x4_extadd_pairwise_i16x8_u, hd_u32x4, (x & 0xFFFF) + (x >> 16))

/* The products fit, and their sum does but for four times the least number, where it wraps. */
HD_VBIN(i32x4_dot_i16x8_s, hd_s32x4,
        (hd_u32x4)(HD_S32_FIRST(x) * HD_S32_FIRST(y)) + (hd_u32x4)((x >> 16) * (y >> 16)))

/* Narrowing, from signed lanes of type F to those of the half vector H, to the nearest number that
 * fits. */
#define HD_CLAMP(x, F, low, high)                                                                  \
    ({                                                                                             \
        F least = (F){0} + (low), greatest = (F){0} + (high);                                      \
        F raised = (F)HD_VPICK((x) > least, x, least);                                             \
        (F) HD_VPICK(raised < greatest, raised, greatest);                                         \
    })
#define HD_NARROW(id, F, H, low, high)                                                             \
    HD_VBIN(id, F,                                                                                 \
            ((hd_u64x2){(uint64_t) __builtin_convertvector(HD_CLAMP(x, F, low, high), H),          \
                        (uint64_t) __builtin_convertvector(HD_CLAMP(y, F, low, high), H)}))

HD_NARROW(i8x16_narrow_i16x8_s, hd_s16x8, hd_s8x8, -0x80, 0x7F)
HD_NARROW(i8x16_narrow_i16x8_u, hd_s16x8, hd_u8x8, 0, 0xFF)
HD_NARROW(i16x8_narrow_i32x4_s, hd_s32x4, hd_s16x4, -0x8000, 0x7FFF)
HD_NARROW(i16x8_narrow_i32x4_u, hd_s32x4, hd_u16x4, 0, 0xFFFF)

/* Products of fractions of 15 bits, rounded; only that of -1 by itself does not fit. */
static inline hd_v128 hd_i16x8_q15mulr_sat_s(hd_v128 a, hd_v128 b) {
    for (int i = 0; i < 8; i++) {
        int32_t product = (a.s16[i] * b.s16[i] + 0x4000) >> 15;
        a.s16[i] = (int16_t)(product > 0x7FFF ? 0x7FFF : product);
    }
    return a;
}

/* Floating point. */
#define HD_TRUNC_LANES(id, floats, count, scalar)                                                  \
    static inline hd_v128 hd_##id(hd_v128 a) {                                                     \
        hd_v128 r = {.u64 = {0, 0}};                                                               \
        for (int i = 0; i < (count); i++)                                                          \
            r.u32[i] = scalar(a.floats[i]);                                                        \
        return r;                                                                                  \
    }

HD_TRUNC_LANES(i32x4_trunc_sat_f32x4_s, f32, 4, hd_i32_trunc_sat_f32_s)
HD_TRUNC_LANES(i32x4_trunc_sat_f32x4_u, f32, 4, hd_i32_trunc_sat_f32_u)
HD_TRUNC_LANES(i32x4_trunc_sat_f64x2_s_zero, f64, 2, hd_i32_trunc_sat_f64_s)
HD_TRUNC_LANES(i32x4_trunc_sat_f64x2_u_zero, f64, 2, hd_i32_trunc_sat_f64_u)

HD_VUN(f32x4_convert_i32x4_s, hd_s32x4, __builtin_convertvector(x, hd_f32x4))
HD_VUN(f32x4_convert_i32x4_u, hd_u32x4, __builtin_convertvector(x, hd_f32x4))
HD_EXTEND(f64x2_convert_low_i32x4_s, hd_s32x2, hd_f64x2, 0)
HD_EXTEND(f64x2_convert_low_i32x4_u, hd_u32x2, hd_f64x2, 0)
HD_EXTEND(f64x2_promote_low_f32x4, hd_f32x2, hd_f64x2, 0)

static inline hd_v128 hd_f32x4_demote_f64x2_zero(hd_v128 a) {
    hd_f64x2 x;
    memcpy(&x, &a, sizeof x);
    hd_f32x2 half = __builtin_convertvector(x, hd_f32x2);
    hd_v128 r = {.u64 = {0, 0}};
    memcpy(&r, &half, sizeof half);
    return r;
}

#undef HD_EXTEND
#undef HD_EXTMUL
#undef HD_S16_FIRST
#undef HD_S32_FIRST
#undef HD_CLAMP
#undef HD_NARROW
#undef HD_TRUNC_LANES

#endif
