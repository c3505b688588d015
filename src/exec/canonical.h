/* canonical.h: which NaN floating-point arithmetic gives (core specification, section 4.3.3, "NaN
 * Propagation").
 *
 * The specification leaves open, within limits, which payload and sign a NaN has. What the host
 * gives depends on the processor and, where two NaNs meet, on the compiler, which may exchange the
 * operands. Here it is always the positive canonical NaN, as in the specification's deterministic
 * profile, so that an execution is the same everywhere. The operations that only move bits (abs,
 * neg, copysign, reinterpretation, pseudo-minimum) keep what they are given. */
#ifndef HD_EXEC_CANONICAL_H
#define HD_EXEC_CANONICAL_H

#include "exec/machine.h"
#include "exec/simd_vector.h"
#include "module/opcodes.h"

#define HD_F32_NAN UINT32_C(0x7FC00000)
#define HD_F64_NAN UINT64_C(0x7FF8000000000000)

/* The width in bits of the floats, or of the float lanes, that an instruction computes and that may
 * be NaN; 0 for none. A constant where `op` is one. */
static inline unsigned hd_nan_width(hd_opcode op) {
    switch (op) {
#define ARITHMETIC(type)                                                                           \
    case HD_OP_##type##_ceil:                                                                      \
    case HD_OP_##type##_floor:                                                                     \
    case HD_OP_##type##_trunc:                                                                     \
    case HD_OP_##type##_nearest:                                                                   \
    case HD_OP_##type##_sqrt:                                                                      \
    case HD_OP_##type##_add:                                                                       \
    case HD_OP_##type##_sub:                                                                       \
    case HD_OP_##type##_mul:                                                                       \
    case HD_OP_##type##_div:                                                                       \
    case HD_OP_##type##_min:                                                                       \
    case HD_OP_##type##_max
        ARITHMETIC(f32)
            : ARITHMETIC(f32x4)
            : case HD_OP_f32_demote_f64 : case HD_OP_f32x4_demote_f64x2_zero
            : case HD_OP_f32x4_relaxed_madd : case HD_OP_f32x4_relaxed_nmadd
            : case HD_OP_f32x4_relaxed_min : case HD_OP_f32x4_relaxed_max : return 32;
        ARITHMETIC(f64)
            : ARITHMETIC(f64x2)
            : case HD_OP_f64_promote_f32 : case HD_OP_f64x2_promote_low_f32x4
            : case HD_OP_f64x2_relaxed_madd : case HD_OP_f64x2_relaxed_nmadd
            : case HD_OP_f64x2_relaxed_min : case HD_OP_f64x2_relaxed_max : return 64;
#undef ARITHMETIC
    default: return 0;
    }
}

/* Puts the canonical NaN into the lanes of that width that are NaN. */
static inline hd_v128 hd_canonical_lanes(unsigned width, hd_v128 value) {
    hd_u32x4 bits;
    hd_u64x2 wide;
    memcpy(&bits, &value, sizeof bits);
    memcpy(&wide, &value, sizeof wide);
    if (width == 32) {
        hd_u32x4 nan = (hd_u32x4)((hd_f32x4)bits != (hd_f32x4)bits);
        bits = (nan & HD_F32_NAN) | (~nan & bits);
        memcpy(&value, &bits, sizeof value);
    } else if (width == 64) {
        hd_u64x2 nan = (hd_u64x2)((hd_f64x2)wide != (hd_f64x2)wide);
        wide = (nan & HD_F64_NAN) | (~nan & wide);
        memcpy(&value, &wide, sizeof value);
    }
    return value;
}

/* The value of a result before it is put in its cell … */
#define HD_CANONICAL_i32(id, value) (value)
#define HD_CANONICAL_i64(id, value) (value)
#define HD_CANONICAL_f32(id, value) (value)
#define HD_CANONICAL_f64(id, value) (value)
#define HD_CANONICAL_v128(id, value) hd_canonical_lanes(hd_nan_width(HD_OP_##id), value)

/* … and what is to be done after that. A scalar is looked at when it is in its place, by a branch
 * that is never taken, to a handler of its own. */
__attribute__((noinline)) OP(nan_f32) {
    RESULT_f32(PC->d, hd_f32_of(HD_F32_NAN));
    NEXT(1);
}

__attribute__((noinline)) OP(nan_f32_const) {
    RESULT_f32(PC->d, hd_f32_of(HD_F32_NAN));
    NEXT(UNITS_f32);
}

__attribute__((noinline)) OP(nan_f64) {
    RESULT_f64(PC->d, hd_f64_of(HD_F64_NAN));
    NEXT(1);
}

__attribute__((noinline)) OP(nan_f64_const) {
    RESULT_f64(PC->d, hd_f64_of(HD_F64_NAN));
    NEXT(UNITS_f64);
}

/* Has the accumulator in its register: the compiler else makes the comparison on a copy, and all
 * that follows waits for one move more. */
#if defined(__x86_64__) && !defined(HD_LOOP_DISPATCH)
#define HD_PIN_X0() __asm__("" : "+x"(X0))
#else
#define HD_PIN_X0() ((void)0)
#endif

#define HD_SETTLE_i32(id, units)
#define HD_SETTLE_i64(id, units)
#define HD_SETTLE_v128(id, units)
#define HD_SETTLE_f32(id, units) HD_SETTLE(id, 32, ACC_f32, op_nan_f32, units)
#define HD_SETTLE_f64(id, units) HD_SETTLE(id, 64, ACC_f64, op_nan_f64, units)
#define HD_SETTLE(id, width, result, nan, units)                                                   \
    if (hd_nan_width(HD_OP_##id) == (width)) {                                                     \
        HD_PIN_X0();                                                                               \
        if (HD_UNLIKELY((result) != (result))) {                                                   \
            if ((units) == 1) TAIL_CALL(nan);                                                      \
            TAIL_CALL(nan##_const);                                                                \
        }                                                                                          \
    }

#endif
