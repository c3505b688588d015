/* simd_int.h: integer vector instructions that keep the width of lanes. Lanes are unsigned unless a
 * comparison or a right shift needs their sign. */
#ifndef HD_EXEC_SIMD_INT_H
#define HD_EXEC_SIMD_INT_H

#include "exec/simd_vector.h"

HD_VBIN(i8x16_eq, hd_u8x16, x == y)
HD_VBIN(i8x16_ne, hd_u8x16, x != y)
HD_VBIN(i8x16_lt_s, hd_s8x16, x < y)
HD_VBIN(i8x16_lt_u, hd_u8x16, x < y)
HD_VBIN(i8x16_gt_s, hd_s8x16, x > y)
HD_VBIN(i8x16_gt_u, hd_u8x16, x > y)
HD_VBIN(i8x16_le_s, hd_s8x16, x <= y)
HD_VBIN(i8x16_le_u, hd_u8x16, x <= y)
HD_VBIN(i8x16_ge_s, hd_s8x16, x >= y)
HD_VBIN(i8x16_ge_u, hd_u8x16, x >= y)

HD_VBIN(i16x8_eq, hd_u16x8, x == y)
HD_VBIN(i16x8_ne, hd_u16x8, x != y)
HD_VBIN(i16x8_lt_s, hd_s16x8, x < y)
HD_VBIN(i16x8_lt_u, hd_u16x8, x < y)
HD_VBIN(i16x8_gt_s, hd_s16x8, x > y)
HD_VBIN(i16x8_gt_u, hd_u16x8, x > y)
HD_VBIN(i16x8_le_s, hd_s16x8, x <= y)
HD_VBIN(i16x8_le_u, hd_u16x8, x <= y)
HD_VBIN(i16x8_ge_s, hd_s16x8, x >= y)
HD_VBIN(i16x8_ge_u, hd_u16x8, x >= y)

HD_VBIN(i32x4_eq, hd_u32x4, x == y)
HD_VBIN(i32x4_ne, hd_u32x4, x != y)
HD_VBIN(i32x4_lt_s, hd_s32x4, x < y)
HD_VBIN(i32x4_lt_u, hd_u32x4, x < y)
HD_VBIN(i32x4_gt_s, hd_s32x4, x > y)
HD_VBIN(i32x4_gt_u, hd_u32x4, x > y)
HD_VBIN(i32x4_le_s, hd_s32x4, x <= y)
HD_VBIN(i32x4_le_u, hd_u32x4, x <= y)
HD_VBIN(i32x4_ge_s, hd_s32x4, x >= y)
HD_VBIN(i32x4_ge_u, hd_u32x4, x >= y)

HD_VBIN(i64x2_eq, hd_u64x2, x == y)
HD_VBIN(i64x2_ne, hd_u64x2, x != y)
HD_VBIN(i64x2_lt_s, hd_s64x2, x < y)
HD_VBIN(i64x2_gt_s, hd_s64x2, x > y)
HD_VBIN(i64x2_le_s, hd_s64x2, x <= y)
HD_VBIN(i64x2_ge_s, hd_s64x2, x >= y)

HD_VBIN(i8x16_add, hd_u8x16, x + y)
HD_VBIN(i8x16_sub, hd_u8x16, x - y)
HD_VBIN(i16x8_add, hd_u16x8, x + y)
HD_VBIN(i16x8_sub, hd_u16x8, x - y)
HD_VBIN(i16x8_mul, hd_u16x8, (x * y))
HD_VBIN(i32x4_add, hd_u32x4, x + y)
HD_VBIN(i32x4_sub, hd_u32x4, x - y)
HD_VBIN(i32x4_mul, hd_u32x4, (x * y))
HD_VBIN(i64x2_add, hd_u64x2, x + y)
HD_VBIN(i64x2_sub, hd_u64x2, x - y)
HD_VBIN(i64x2_mul, hd_u64x2, (x * y))

HD_VBIN(i8x16_min_s, hd_s8x16, HD_VPICK(x < y, x, y))
HD_VBIN(i8x16_min_u, hd_u8x16, HD_VPICK(x < y, x, y))
HD_VBIN(i8x16_max_s, hd_s8x16, HD_VPICK(x > y, x, y))
HD_VBIN(i8x16_max_u, hd_u8x16, HD_VPICK(x > y, x, y))
HD_VBIN(i16x8_min_s, hd_s16x8, HD_VPICK(x < y, x, y))
HD_VBIN(i16x8_min_u, hd_u16x8, HD_VPICK(x < y, x, y))
HD_VBIN(i16x8_max_s, hd_s16x8, HD_VPICK(x > y, x, y))
HD_VBIN(i16x8_max_u, hd_u16x8, HD_VPICK(x > y, x, y))
HD_VBIN(i32x4_min_s, hd_s32x4, HD_VPICK(x < y, x, y))
HD_VBIN(i32x4_min_u, hd_u32x4, HD_VPICK(x < y, x, y))
HD_VBIN(i32x4_max_s, hd_s32x4, HD_VPICK(x > y, x, y))
HD_VBIN(i32x4_max_u, hd_u32x4, HD_VPICK(x > y, x, y))

/* (x + y + 1) / 2 without the ninth bit. */
HD_VBIN(i8x16_avgr_u, hd_u8x16, (x | y) - ((x ^ y) >> 1))
HD_VBIN(i16x8_avgr_u, hd_u16x8, (x | y) - ((x ^ y) >> 1))

HD_VUN(i8x16_neg, hd_u8x16, -x)
HD_VUN(i16x8_neg, hd_u16x8, -x)
HD_VUN(i32x4_neg, hd_u32x4, -x)
HD_VUN(i64x2_neg, hd_u64x2, -x)

/* The least number stays as it is. */
HD_VUN(i8x16_abs, hd_u8x16, HD_VPICK((hd_s8x16)x < 0, -x, x))
HD_VUN(i16x8_abs, hd_u16x8, HD_VPICK((hd_s16x8)x < 0, -x, x))
HD_VUN(i32x4_abs, hd_u32x4, HD_VPICK((hd_s32x4)x < 0, -x, x))
HD_VUN(i64x2_abs, hd_u64x2, HD_VPICK((hd_s64x2)x < 0, -x, x))

static inline hd_v128 hd_i8x16_popcnt(hd_v128 a) {
    hd_u8x16 x;
    memcpy(&x, &a, sizeof x);
    x -= (x >> 1) & 0x55;
    x = (x & 0x33) + ((x >> 2) & 0x33);
    x = (x + (x >> 4)) & 0x0F;
    memcpy(&a, &x, sizeof a);
    return a;
}

/* Saturating addition and subtraction. Unsigned: where the sum wrapped it is less than x. Signed:
 * it overflowed where its sign is that of neither operand, and x tells towards which end, since
 * (x >> 7) ^ 0x7F is the greatest number for x >= 0 and the least for x < 0. */
HD_VBIN(i8x16_add_sat_u, hd_u8x16, (x + y) | (hd_u8x16)(x + y < x))
HD_VBIN(i8x16_sub_sat_u, hd_u8x16, (x - y) & (hd_u8x16)(x > y))
HD_VBIN(i16x8_add_sat_u, hd_u16x8, (x + y) | (hd_u16x8)(x + y < x))
HD_VBIN(i16x8_sub_sat_u, hd_u16x8, (x - y) & (hd_u16x8)(x > y))

HD_VBIN(i8x16_add_sat_s, hd_u8x16,
        HD_VPICK((hd_s8x16)(~(x ^ y) & (x ^ (x + y))) < 0, ((hd_s8x16)x >> 7) ^ 0x7F, x + y))
HD_VBIN(i8x16_sub_sat_s, hd_u8x16,
        HD_VPICK((hd_s8x16)((x ^ y) & (x ^ (x - y))) < 0, ((hd_s8x16)x >> 7) ^ 0x7F, x - y))
HD_VBIN(i16x8_add_sat_s, hd_u16x8,
        HD_VPICK((hd_s16x8)(~(x ^ y) & (x ^ (x + y))) < 0, ((hd_s16x8)x >> 15) ^ 0x7FFF, x + y))
HD_VBIN(i16x8_sub_sat_s, hd_u16x8,
        HD_VPICK((hd_s16x8)((x ^ y) & (x ^ (x - y))) < 0, ((hd_s16x8)x >> 15) ^ 0x7FFF, x - y))

/* Shifts, by the count modulo the lanes' width. */
#define HD_VSHIFT(id, T, result)                                                                   \
    static inline hd_v128 hd_##id(hd_v128 a, uint32_t n) {                                         \
        T x;                                                                                       \
        memcpy(&x, &a, sizeof x);                                                                  \
        n %= 8 * sizeof x[0];                                                                      \
        x = (result);                                                                              \
        memcpy(&a, &x, sizeof a);                                                                  \
        return a;                                                                                  \
    }

HD_VSHIFT(i8x16_shl, hd_u8x16, x << (uint8_t)n)
HD_VSHIFT(i8x16_shr_s, hd_s8x16, x >> (int8_t)n)
HD_VSHIFT(i8x16_shr_u, hd_u8x16, x >> (uint8_t)n)
HD_VSHIFT(i16x8_shl, hd_u16x8, x << (uint16_t)n)
HD_VSHIFT(i16x8_shr_s, hd_s16x8, x >> (int16_t)n)
HD_VSHIFT(i16x8_shr_u, hd_u16x8, x >> (uint16_t)n)
HD_VSHIFT(i32x4_shl, hd_u32x4, x << n)
HD_VSHIFT(i32x4_shr_s, hd_s32x4, x >> (int32_t)n)
HD_VSHIFT(i32x4_shr_u, hd_u32x4, x >> n)
HD_VSHIFT(i64x2_shl, hd_u64x2, x << (uint64_t)n)
HD_VSHIFT(i64x2_shr_s, hd_s64x2, x >> (int64_t)n)
HD_VSHIFT(i64x2_shr_u, hd_u64x2, x >> (uint64_t)n)

/* Tests of all lanes. */
#define HD_ALL_TRUE(id, T)                                                                         \
    static inline uint32_t hd_##id(hd_v128 a) {                                                    \
        T x;                                                                                       \
        memcpy(&x, &a, sizeof x);                                                                  \
        hd_u64x2 zeros = (hd_u64x2)(x == 0);                                                       \
        return (zeros[0] | zeros[1]) == 0;                                                         \
    }

HD_ALL_TRUE(i8x16_all_true, hd_u8x16)
HD_ALL_TRUE(i16x8_all_true, hd_u16x8)
HD_ALL_TRUE(i32x4_all_true, hd_u32x4)
HD_ALL_TRUE(i64x2_all_true, hd_u64x2)

/* Bit i of the result is the sign of lane i. The product moves bit 8i of its left factor to bit
 * 56 + i; no two of its partial products meet, so that nothing carries. */
static inline uint32_t hd_sign_bits(uint64_t bytes) {
    return (uint32_t)((bytes >> 7 & UINT64_C(0x0101010101010101)) * UINT64_C(0x0102040810204080) >>
                      56);
}

static inline uint32_t hd_i8x16_bitmask(hd_v128 a) {
    return hd_sign_bits(a.u64[0]) | hd_sign_bits(a.u64[1]) << 8;
}

static inline uint32_t hd_i16x8_bitmask(hd_v128 a) {
    uint32_t mask = 0;
    for (int i = 0; i < 8; i++)
        mask |= (uint32_t)(a.u16[i] >> 15) << i;
    return mask;
}

static inline uint32_t hd_i32x4_bitmask(hd_v128 a) {
    uint32_t mask = 0;
    for (int i = 0; i < 4; i++)
        mask |= (a.u32[i] >> 31) << i;
    return mask;
}

static inline uint32_t hd_i64x2_bitmask(hd_v128 a) {
    return (uint32_t)(a.u64[0] >> 63 | a.u64[1] >> 63 << 1);
}

#undef HD_VSHIFT
#undef HD_ALL_TRUE

#endif
