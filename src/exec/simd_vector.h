/* simd_vector.h: the views of a v128 value as lanes (core specification, section 4.3.1), on the
 * vector types of GCC and Clang, and the forms in which the other simd_*.h files write their
 * functions. Arithmetic on these types is lane by lane; unsigned lanes wrap; a comparison gives
 * lanes of all ones or zeros. */
#ifndef HD_EXEC_SIMD_VECTOR_H
#define HD_EXEC_SIMD_VECTOR_H

#include <stdint.h>
#include <string.h>

#include "module/types.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "lanes are in the host's byte order");

#define HD_VECTOR(id, T, bytes) typedef T id __attribute__((vector_size(bytes)));

HD_VECTOR(hd_u8x16, uint8_t, 16)
HD_VECTOR(hd_s8x16, int8_t, 16)
HD_VECTOR(hd_u16x8, uint16_t, 16)
HD_VECTOR(hd_s16x8, int16_t, 16)
HD_VECTOR(hd_u32x4, uint32_t, 16)
HD_VECTOR(hd_s32x4, int32_t, 16)
HD_VECTOR(hd_u64x2, uint64_t, 16)
HD_VECTOR(hd_s64x2, int64_t, 16)
HD_VECTOR(hd_f32x4, float, 16)
HD_VECTOR(hd_f64x2, double, 16)

/* Halves. */
HD_VECTOR(hd_u8x8, uint8_t, 8)
HD_VECTOR(hd_s8x8, int8_t, 8)
HD_VECTOR(hd_u16x4, uint16_t, 8)
HD_VECTOR(hd_s16x4, int16_t, 8)
HD_VECTOR(hd_u32x2, uint32_t, 8)
HD_VECTOR(hd_s32x2, int32_t, 8)
HD_VECTOR(hd_f32x2, float, 8)

#undef HD_VECTOR

/* A function of one v128, seen as x of vector type T; of two, as x and y. The result is a vector of
 * any lanes. */
#define HD_VUN(id, T, result)                                                                      \
    static inline hd_v128 hd_##id(hd_v128 a) {                                                     \
        T x;                                                                                       \
        memcpy(&x, &a, sizeof x);                                                                  \
        __auto_type r = (result);                                                                  \
        memcpy(&a, &r, sizeof a);                                                                  \
        return a;                                                                                  \
    }

#define HD_VBIN(id, T, result)                                                                     \
    static inline hd_v128 hd_##id(hd_v128 a, hd_v128 b) {                                          \
        T x, y;                                                                                    \
        memcpy(&x, &a, sizeof x);                                                                  \
        memcpy(&y, &b, sizeof y);                                                                  \
        __auto_type r = (result);                                                                  \
        memcpy(&a, &r, sizeof a);                                                                  \
        return a;                                                                                  \
    }

/* The half of a that starts at byte `at`, 0 or 8, as a vector of type H with its lanes converted to
 * those of T. */
#define HD_VHALF(a, at, H, T)                                                                      \
    ({                                                                                             \
        H half;                                                                                    \
        memcpy(&half, (a).u8 + (at), sizeof half);                                                 \
        __builtin_convertvector(half, T);                                                          \
    })

/* By the bits of mask, those of x where set and of y where not; as bytes. */
#define HD_VPICK(mask, x, y)                                                                       \
    (((hd_u8x16)(mask) & (hd_u8x16)(x)) | (~(hd_u8x16)(mask) & (hd_u8x16)(y)))

#endif
