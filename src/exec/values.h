/* values.h: operands and results of handlers, by type, so that one macro serves all types. */
#ifndef HD_EXEC_VALUES_H
#define HD_EXEC_VALUES_H

#include "exec/machine.h"

/* The C type of each value type. */
#define C_i32 uint32_t
#define C_i64 uint64_t
#define C_f32 float
#define C_f64 double
#define C_v128 hd_v128

static inline hd_v128 hd_get_v128(const hd_slot *cell) {
    hd_v128 value;
    memcpy(&value, cell, sizeof value);
    return value;
}

/* A value in a cell. */
#define CELL_i32(n) (FP[n].i32)
#define CELL_i64(n) (FP[n].i64)
#define CELL_f32(n) (FP[n].f32)
#define CELL_f64(n) (FP[n].f64)
#define CELL_v128(n) hd_get_v128(&FP[n])

/* The value in the accumulator of its kind. */
#define ACC_i32 ((uint32_t)R0)
#define ACC_i64 R0
#define ACC_f32 (X0[0])
#define ACC_f64 (((hd_x_f64)X0)[0])

static inline float hd_f32_of(uint64_t wide) {
    uint32_t bits = (uint32_t)wide;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline double hd_f64_of(uint64_t wide) {
    double value;
    memcpy(&value, &wide, sizeof value);
    return value;
}

/* The constant of an operation, and how many units an operation with a constant takes. */
#define CONST_i32 ((uint32_t)PC->imm)
#define CONST_i64 ((uint64_t)(int64_t)PC->imm)
#define CONST_f32 hd_f32_of(PC[1].wide)
#define CONST_f64 hd_f64_of(PC[1].wide)
#define UNITS_i32 1
#define UNITS_i64 1
#define UNITS_f32 2
#define UNITS_f64 2

/* The constant of a comparison that branches: imm is the distance. */
#define BRANCH_CONST_i32 ((uint32_t)(int32_t)PC->d)
#define BRANCH_CONST_i64 ((uint64_t)(int64_t)PC->d)
#define BRANCH_CONST_f32 CONST_f32
#define BRANCH_CONST_f64 CONST_f64

/* Puts a result in a cell and in its accumulator. The whole cell is written, since a later copy
 * reads it whole and would else wait for two stores. */
#define RESULT_i32(n, value)                                                                       \
    do {                                                                                           \
        R0 = (uint32_t)(value);                                                                    \
        FP[n].i64 = R0;                                                                            \
    } while (0)
#define RESULT_i64(n, value)                                                                       \
    do {                                                                                           \
        R0 = (value);                                                                              \
        FP[n].i64 = R0;                                                                            \
    } while (0)
#define RESULT_f32(n, value)                                                                       \
    do {                                                                                           \
        X0[0] = (value);                                                                           \
        FP[n].i64 = ((hd_x_u64)X0)[0];                                                             \
    } while (0)
#define RESULT_f64(n, value)                                                                       \
    do {                                                                                           \
        hd_x_f64 x_ = (hd_x_f64)X0;                                                                \
        x_[0] = (value);                                                                           \
        X0 = (hd_x)x_;                                                                             \
        FP[n].f64 = x_[0];                                                                         \
    } while (0)
#define RESULT_v128(n, value)                                                                      \
    do {                                                                                           \
        hd_v128 v_ = (value);                                                                      \
        memcpy(&FP[n], &v_, sizeof v_);                                                            \
    } while (0)

/* Takes the branch at PC. */
#define BRANCH()                                                                                   \
    do {                                                                                           \
        PC += PC->imm;                                                                             \
        if (HD_UNLIKELY(!atomic_load_explicit(&AG->limit, memory_order_relaxed))) TRAP(STOPPED);   \
        NEXT(0);                                                                                   \
    } while (0)

#endif
