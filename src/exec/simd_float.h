/* simd_float.h: floating-point vector instructions; lane by lane what numeric_float.h says of
 * scalars, by the same methods without branches. */
#ifndef HD_EXEC_SIMD_FLOAT_H
#define HD_EXEC_SIMD_FLOAT_H

#include "exec/numeric_float.h"
#include "exec/simd_vector.h"

HD_VBIN(f32x4_eq, hd_f32x4, x == y)
HD_VBIN(f32x4_ne, hd_f32x4, x != y)
HD_VBIN(f32x4_lt, hd_f32x4, x < y)
HD_VBIN(f32x4_gt, hd_f32x4, x > y)
HD_VBIN(f32x4_le, hd_f32x4, x <= y)
HD_VBIN(f32x4_ge, hd_f32x4, x >= y)

HD_VBIN(f64x2_eq, hd_f64x2, x == y)
HD_VBIN(f64x2_ne, hd_f64x2, x != y)
HD_VBIN(f64x2_lt, hd_f64x2, x < y)
HD_VBIN(f64x2_gt, hd_f64x2, x > y)
HD_VBIN(f64x2_le, hd_f64x2, x <= y)
HD_VBIN(f64x2_ge, hd_f64x2, x >= y)

HD_VUN(f32x4_abs, hd_u32x4, (x & ~HD_F32_SIGN))
HD_VUN(f32x4_neg, hd_u32x4, x ^ HD_F32_SIGN)
HD_VUN(f64x2_abs, hd_u64x2, (x & ~HD_F64_SIGN))
HD_VUN(f64x2_neg, hd_u64x2, x ^ HD_F64_SIGN)

HD_VBIN(f32x4_add, hd_f32x4, x + y)
HD_VBIN(f32x4_sub, hd_f32x4, x - y)
HD_VBIN(f32x4_mul, hd_f32x4, (x * y))
HD_VBIN(f32x4_div, hd_f32x4, x / y)

HD_VBIN(f64x2_add, hd_f64x2, x + y)
HD_VBIN(f64x2_sub, hd_f64x2, x - y)
HD_VBIN(f64x2_mul, hd_f64x2, (x * y))
HD_VBIN(f64x2_div, hd_f64x2, x / y)

/* Pseudo-minimum and -maximum pick an operand as it is, the first unless the comparison holds. */
HD_VBIN(f32x4_pmin, hd_f32x4, HD_VPICK(y < x, y, x))
HD_VBIN(f32x4_pmax, hd_f32x4, HD_VPICK(x < y, y, x))
HD_VBIN(f64x2_pmin, hd_f64x2, HD_VPICK(y < x, y, x))
HD_VBIN(f64x2_pmax, hd_f64x2, HD_VPICK(x < y, y, x))

HD_VBIN(f32x4_min, hd_f32x4,
        HD_VPICK(x == y, (hd_u32x4)x | (hd_u32x4)y,
                 HD_VPICK((x != x) | (y != y), x + y, HD_VPICK(x < y, x, y))))
HD_VBIN(f32x4_max, hd_f32x4,
        HD_VPICK(x == y, (hd_u32x4)x &(hd_u32x4)y,
                 HD_VPICK((x != x) | (y != y), x + y, HD_VPICK(x > y, x, y))))
HD_VBIN(f64x2_min, hd_f64x2,
        HD_VPICK(x == y, (hd_u64x2)x | (hd_u64x2)y,
                 HD_VPICK((x != x) | (y != y), x + y, HD_VPICK(x < y, x, y))))
HD_VBIN(f64x2_max, hd_f64x2,
        HD_VPICK(x == y, (hd_u64x2)x &(hd_u64x2)y,
                 HD_VPICK((x != x) | (y != y), x + y, HD_VPICK(x > y, x, y))))

/* Rounding, as numeric_float.h explains it. In `result`, x is the operand, m its magnitude, k that
 * rounded to the nearest integer and n the same with the sign of x. Of the result, the sign does
 * not matter, nor does anything where x is an integer by its magnitude. */
#define HD_VROUND(id, T, U, SIGN, INTEGRAL, result)                                                \
    static inline hd_v128 hd_##id(hd_v128 a) {                                                     \
        U bits;                                                                                    \
        memcpy(&bits, &a, sizeof bits);                                                            \
        U sign = bits & (SIGN);                                                                    \
        T x = (T)bits, m = (T)(bits ^ sign);                                                       \
        T k = m + (INTEGRAL) - (INTEGRAL);                                                         \
        T n __attribute__((unused)) = (T)((U)k | sign);                                            \
        T r = (result);                                                                            \
        hd_u8x16 picked = HD_VPICK(m >= (INTEGRAL), x, ((U)r & ~(SIGN)) | sign);                   \
        memcpy(&a, &picked, sizeof a);                                                             \
        return a;                                                                                  \
    }
#define HD_F32X4_ROUND(id, result)                                                                 \
    HD_VROUND(id, hd_f32x4, hd_u32x4, HD_F32_SIGN, HD_F32_INTEGRAL, result)
#define HD_F64X2_ROUND(id, result)                                                                 \
    HD_VROUND(id, hd_f64x2, hd_u64x2, HD_F64_SIGN, HD_F64_INTEGRAL, result)

/* Lanes of 1 where the comparison holds, else 0. */
#define HD_F32_ONE_IF(mask) ((hd_f32x4)((mask) & (hd_s32x4)((hd_f32x4){0} + 1)))
#define HD_F64_ONE_IF(mask) ((hd_f64x2)((mask) & (hd_s64x2)((hd_f64x2){0} + 1)))

HD_F32X4_ROUND(f32x4_ceil, n + HD_F32_ONE_IF(n < x))
HD_F32X4_ROUND(f32x4_floor, n - HD_F32_ONE_IF(n > x))
HD_F32X4_ROUND(f32x4_trunc, k - HD_F32_ONE_IF(k > m))
HD_F32X4_ROUND(f32x4_nearest, n)
HD_F64X2_ROUND(f64x2_ceil, n + HD_F64_ONE_IF(n < x))
HD_F64X2_ROUND(f64x2_floor, n - HD_F64_ONE_IF(n > x))
HD_F64X2_ROUND(f64x2_trunc, k - HD_F64_ONE_IF(k > m))
HD_F64X2_ROUND(f64x2_nearest, n)

static inline hd_v128 hd_f32x4_sqrt(hd_v128 a) {
    for (int i = 0; i < 4; i++)
        a.f32[i] = hd_f32_sqrt(a.f32[i]);
    return a;
}

static inline hd_v128 hd_f64x2_sqrt(hd_v128 a) {
    for (int i = 0; i < 2; i++)
        a.f64[i] = hd_f64_sqrt(a.f64[i]);
    return a;
}

#undef HD_VROUND
#undef HD_F32X4_ROUND
#undef HD_F64X2_ROUND
#undef HD_F32_ONE_IF
#undef HD_F64_ONE_IF

#endif
