/* simd_lane.h: vector instructions that move lanes or bits without computing: loads, stores,
 * shuffles, splats, lane access and the bitwise logic of the whole. */
#ifndef HD_EXEC_SIMD_LANE_H
#define HD_EXEC_SIMD_LANE_H

#include "exec/simd_vector.h"

/* Loads and stores. */
#define HD_LOAD_EXTEND(id, H, T)                                                                   \
    static inline hd_v128 hd_##id(const uint8_t *bytes) {                                          \
        hd_v128 a = {.u64 = {0, 0}};                                                               \
        memcpy(&a, bytes, 8);                                                                      \
        T r = HD_VHALF(a, 0, H, T);                                                                \
        memcpy(&a, &r, sizeof a);                                                                  \
        return a;                                                                                  \
    }
#define HD_LOAD_SPLAT(id, S, T)                                                                    \
    static inline hd_v128 hd_##id(const uint8_t *bytes) {                                          \
        hd_v128 a;                                                                                 \
        S scalar;                                                                                  \
        memcpy(&scalar, bytes, sizeof scalar);                                                     \
        T r = scalar - (T){0};                                                                     \
        memcpy(&a, &r, sizeof a);                                                                  \
        return a;                                                                                  \
    }
#define HD_LOAD_LANE(id, lanes)                                                                    \
    static inline hd_v128 hd_##id(hd_v128 a, const uint8_t *bytes, unsigned lane) {                \
        memcpy(&a.lanes[lane], bytes, sizeof a.lanes[lane]);                                       \
        return a;                                                                                  \
    }
#define HD_STORE_LANE(id, lanes)                                                                   \
    static inline void hd_##id(hd_v128 a, uint8_t *bytes, unsigned lane) {                         \
        memcpy(bytes, &a.lanes[lane], sizeof a.lanes[lane]);                                       \
    }

static inline hd_v128 hd_v128_load(const uint8_t *bytes) {
    hd_v128 a;
    memcpy(&a, bytes, sizeof a);
    return a;
}

static inline void hd_v128_store(hd_v128 a, uint8_t *bytes) {
    memcpy(bytes, &a, sizeof a);
}

static inline hd_v128 hd_v128_load32_zero(const uint8_t *bytes) {
    hd_v128 a = {.u64 = {0, 0}};
    memcpy(&a, bytes, 4);
    return a;
}

static inline hd_v128 hd_v128_load64_zero(const uint8_t *bytes) {
    hd_v128 a = {.u64 = {0, 0}};
    memcpy(&a, bytes, 8);
    return a;
}

HD_LOAD_EXTEND(v128_load8x8_s, hd_s8x8, hd_s16x8)
HD_LOAD_EXTEND(v128_load8x8_u, hd_u8x8, hd_u16x8)
HD_LOAD_EXTEND(v128_load16x4_s, hd_s16x4, hd_s32x4)
HD_LOAD_EXTEND(v128_load16x4_u, hd_u16x4, hd_u32x4)
HD_LOAD_EXTEND(v128_load32x2_s, hd_s32x2, hd_s64x2)
HD_LOAD_EXTEND(v128_load32x2_u, hd_u32x2, hd_u64x2)

HD_LOAD_SPLAT(v128_load8_splat, uint8_t, hd_u8x16)
HD_LOAD_SPLAT(v128_load16_splat, uint16_t, hd_u16x8)
HD_LOAD_SPLAT(v128_load32_splat, uint32_t, hd_u32x4)
HD_LOAD_SPLAT(v128_load64_splat, uint64_t, hd_u64x2)

HD_LOAD_LANE(v128_load8_lane, u8)
HD_LOAD_LANE(v128_load16_lane, u16)
HD_LOAD_LANE(v128_load32_lane, u32)
HD_LOAD_LANE(v128_load64_lane, u64)

HD_STORE_LANE(v128_store8_lane, u8)
HD_STORE_LANE(v128_store16_lane, u16)
HD_STORE_LANE(v128_store32_lane, u32)
HD_STORE_LANE(v128_store64_lane, u64)

/* Shuffles. */
static inline hd_v128 hd_i8x16_shuffle(hd_v128 a, hd_v128 b, const uint8_t lanes[16]) {
    uint8_t both[32];
    hd_v128 r;
    memcpy(both, &a, 16);
    memcpy(both + 16, &b, 16);
    for (int i = 0; i < 16; i++)
        r.u8[i] = both[lanes[i]];
    return r;
}

static inline hd_v128 hd_i8x16_swizzle(hd_v128 a, hd_v128 b) {
    hd_v128 r;
    for (int i = 0; i < 16; i++)
        r.u8[i] = b.u8[i] < 16 ? a.u8[b.u8[i]] : 0;
    return r;
}

/* Lanes. Floats travel as their bits, for a copy must not change a NaN. */
#define HD_SPLAT(id, A, T, S)                                                                      \
    static inline hd_v128 hd_##id(A a) {                                                           \
        S scalar;                                                                                  \
        hd_v128 r;                                                                                 \
        memcpy(&scalar, &a, sizeof scalar);                                                        \
        T v = scalar - (T){0};                                                                     \
        memcpy(&r, &v, sizeof r);                                                                  \
        return r;                                                                                  \
    }
#define HD_EXTRACT(id, R, lanes)                                                                   \
    static inline R hd_##id(hd_v128 a, unsigned lane) {                                            \
        return (R)a.lanes[lane];                                                                   \
    }
#define HD_REPLACE(id, A, lanes, S)                                                                \
    static inline hd_v128 hd_##id(hd_v128 a, A x, unsigned lane) {                                 \
        a.lanes[lane] = (S)x;                                                                      \
        return a;                                                                                  \
    }

HD_SPLAT(i8x16_splat, uint32_t, hd_u8x16, uint8_t)
HD_SPLAT(i16x8_splat, uint32_t, hd_u16x8, uint16_t)
HD_SPLAT(i32x4_splat, uint32_t, hd_u32x4, uint32_t)
HD_SPLAT(i64x2_splat, uint64_t, hd_u64x2, uint64_t)
HD_SPLAT(f32x4_splat, float, hd_u32x4, uint32_t)
HD_SPLAT(f64x2_splat, double, hd_u64x2, uint64_t)

HD_EXTRACT(i8x16_extract_lane_s, uint32_t, s8)
HD_EXTRACT(i8x16_extract_lane_u, uint32_t, u8)
HD_EXTRACT(i16x8_extract_lane_s, uint32_t, s16)
HD_EXTRACT(i16x8_extract_lane_u, uint32_t, u16)
HD_EXTRACT(i32x4_extract_lane, uint32_t, u32)
HD_EXTRACT(i64x2_extract_lane, uint64_t, u64)
HD_EXTRACT(f32x4_extract_lane, float, f32)
HD_EXTRACT(f64x2_extract_lane, double, f64)

HD_REPLACE(i8x16_replace_lane, uint32_t, u8, uint8_t)
HD_REPLACE(i16x8_replace_lane, uint32_t, u16, uint16_t)
HD_REPLACE(i32x4_replace_lane, uint32_t, u32, uint32_t)
HD_REPLACE(i64x2_replace_lane, uint64_t, u64, uint64_t)
HD_REPLACE(f32x4_replace_lane, float, f32, float)
HD_REPLACE(f64x2_replace_lane, double, f64, double)

/* Bitwise logic. */
HD_VUN(v128_not, hd_u64x2, ~x)
HD_VBIN(v128_and, hd_u64x2, (x & y))
HD_VBIN(v128_andnot, hd_u64x2, x & ~y)
HD_VBIN(v128_or, hd_u64x2, x | y)
HD_VBIN(v128_xor, hd_u64x2, x ^ y)

/* The bits of a where those of c are set, and of b where not. */
static inline hd_v128 hd_v128_bitselect(hd_v128 a, hd_v128 b, hd_v128 c) {
    return hd_v128_or(hd_v128_and(a, c), hd_v128_andnot(b, c));
}

static inline uint32_t hd_v128_any_true(hd_v128 a) {
    return (a.u64[0] | a.u64[1]) != 0;
}

#undef HD_LOAD_EXTEND
#undef HD_LOAD_SPLAT
#undef HD_LOAD_LANE
#undef HD_STORE_LANE
#undef HD_SPLAT
#undef HD_EXTRACT
#undef HD_REPLACE

#endif
