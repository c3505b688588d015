/* test_numeric.c: tests of exec/numeric*.h and runtime/trapcode.c.
 *
 * Each scalar instruction has rows in a table of operands and results, which a test checks to be
 * complete; integers are also compared with references that work bit by bit or in wider numbers,
 * rounding with one that goes through integers, and NaN with the rules of the specification. */
#include <stdbool.h>
#include <string.h>

#include "exec/numeric.h"
#include "heddle.h"
#include "module/opcodes.h"
#include "suites.h"

/* A scalar; floats can be given by value or by their bits. */
#define I(bits)                                                                                    \
    { .i32 = (bits) }
#define L(bits)                                                                                    \
    { .i64 = (bits) }
#define F(value)                                                                                   \
    { .f32 = (value) }
#define D(value)                                                                                   \
    { .f64 = (value) }

#define F_INF 0x7F800000u
#define D_INF UINT64_C(0x7FF0000000000000)
#define F_CANONICAL 0x7FC00000u
#define D_CANONICAL UINT64_C(0x7FF8000000000000)
#define L_MIN UINT64_C(0x8000000000000000)
#define L_MAX UINT64_C(0x7FFFFFFFFFFFFFFF)

typedef struct row {
    hd_opcode op;
    hd_slot a, b, want;
    hd_trapcode trap;
} row;

/* Runs any scalar numeric instruction; false if `op` is not one. */
static bool apply(hd_opcode op, hd_slot a, hd_slot b, hd_slot *out, hd_trapcode *trap) {
    *trap = HD_TRAP_NONE;
    out->i64 = 0;
    switch (op) {
#define CASE(id, run)                                                                              \
    case HD_OP_##id:                                                                               \
        run;                                                                                       \
        return true;
#define RUN_UN(id, A, R) CASE(id, out->R = hd_##id(a.A))
#define RUN_BIN(id, A, R) CASE(id, out->R = hd_##id(a.A, b.A))
#define RUN_UNTRAP(id, A, R) CASE(id, *trap = hd_##id(a.A, &out->R))
#define RUN_BINTRAP(id, A, R) CASE(id, *trap = hd_##id(a.A, b.A, &out->R))
#define RUN_NONE(id, A, R)
#define HD_OP(code, id, text, shape, A, R, width) SHAPE_##shape(A)(id, A, R)
#define SHAPE_UN(A) UN_##A
#define SHAPE_BIN(A) BIN_##A
#define SHAPE_TEST(A) RUN_UN
#define SHAPE_CMP(A) RUN_BIN
#define SHAPE_UNTRAP(A) RUN_UNTRAP
#define SHAPE_BINTRAP(A) RUN_BINTRAP
#define UN_i32 RUN_UN
#define UN_i64 RUN_UN
#define UN_f32 RUN_UN
#define UN_f64 RUN_UN
#define UN_v128 RUN_NONE
#define BIN_i32 RUN_BIN
#define BIN_i64 RUN_BIN
#define BIN_f32 RUN_BIN
#define BIN_f64 RUN_BIN
#define BIN_v128 RUN_NONE
#define SHAPE_CTRL(A) RUN_NONE
#define SHAPE_CONST(A) RUN_NONE
#define SHAPE_LOAD(A) RUN_NONE
#define SHAPE_STORE(A) RUN_NONE
#define SHAPE_ALOAD(A) RUN_NONE
#define SHAPE_ASTORE(A) RUN_NONE
#define SHAPE_ARMW(A) RUN_NONE
#define SHAPE_ACMPXCHG(A) RUN_NONE
#define SHAPE_WAIT(A) RUN_NONE
#define SHAPE_NOTIFY(A) RUN_NONE
#define SHAPE_FENCE(A) RUN_NONE
#define SHAPE_VTERN(A) RUN_NONE
#define SHAPE_VSHIFT(A) RUN_NONE
#define SHAPE_VSPLAT(A) RUN_NONE
#define SHAPE_VEXTRACT(A) RUN_NONE
#define SHAPE_VREPLACE(A) RUN_NONE
#define SHAPE_VSHUFFLE(A) RUN_NONE
#define SHAPE_VLOAD(A) RUN_NONE
#define SHAPE_VSTORE(A) RUN_NONE
#define SHAPE_VLOADLANE(A) RUN_NONE
#define SHAPE_VSTORELANE(A) RUN_NONE
#include "module/opcodes.def"
#undef HD_OP
    default: return false;
    }
}

/* The value's bits, without what a narrow type leaves in the slot. */
static uint64_t bits_of(uint8_t type, hd_slot value) {
    return type == HD_I32 || type == HD_F32 ? value.i32 : value.i64;
}

static const row rows[] = {
    {HD_OP_i32_eqz, I(0), I(0), I(1), 0},
    {HD_OP_i32_eqz, I(0x80000000), I(0), I(0), 0},
    {HD_OP_i32_eq, I(5), I(5), I(1), 0},
    {HD_OP_i32_eq, I(5), I(6), I(0), 0},
    {HD_OP_i32_ne, I(5), I(5), I(0), 0},
    {HD_OP_i32_ne, I(5), I(6), I(1), 0},
    {HD_OP_i32_lt_s, I(-1u), I(0), I(1), 0},
    {HD_OP_i32_lt_s, I(4), I(4), I(0), 0},
    {HD_OP_i32_lt_u, I(-1u), I(0), I(0), 0},
    {HD_OP_i32_lt_u, I(4), I(5), I(1), 0},
    {HD_OP_i32_gt_s, I(0), I(0x80000000), I(1), 0},
    {HD_OP_i32_gt_s, I(4), I(4), I(0), 0},
    {HD_OP_i32_gt_u, I(0), I(0x80000000), I(0), 0},
    {HD_OP_i32_gt_u, I(5), I(4), I(1), 0},
    {HD_OP_i32_le_s, I(0x80000000), I(0x7FFFFFFF), I(1), 0},
    {HD_OP_i32_le_s, I(4), I(4), I(1), 0},
    {HD_OP_i32_le_u, I(0x80000000), I(0x7FFFFFFF), I(0), 0},
    {HD_OP_i32_le_u, I(4), I(4), I(1), 0},
    {HD_OP_i32_ge_s, I(0x7FFFFFFF), I(0x80000000), I(1), 0},
    {HD_OP_i32_ge_s, I(4), I(4), I(1), 0},
    {HD_OP_i32_ge_u, I(0x7FFFFFFF), I(0x80000000), I(0), 0},
    {HD_OP_i32_ge_u, I(4), I(4), I(1), 0},
    {HD_OP_i64_eqz, L(0), L(0), I(1), 0},
    {HD_OP_i64_eqz, L(UINT64_C(1) << 32), L(0), I(0), 0},
    {HD_OP_i64_eq, L(5), L(5), I(1), 0},
    {HD_OP_i64_eq, L(5), L(5 | UINT64_C(1) << 32), I(0), 0},
    {HD_OP_i64_ne, L(5), L(5), I(0), 0},
    {HD_OP_i64_ne, L(5), L(5 | UINT64_C(1) << 32), I(1), 0},
    {HD_OP_i64_lt_s, L(-1ull), L(0), I(1), 0},
    {HD_OP_i64_lt_u, L(-1ull), L(0), I(0), 0},
    {HD_OP_i64_gt_s, L(0), L(L_MIN), I(1), 0},
    {HD_OP_i64_gt_u, L(0), L(L_MIN), I(0), 0},
    {HD_OP_i64_le_s, L(L_MIN), L(L_MAX), I(1), 0},
    {HD_OP_i64_le_u, L(L_MIN), L(L_MAX), I(0), 0},
    {HD_OP_i64_ge_s, L(L_MAX), L(L_MIN), I(1), 0},
    {HD_OP_i64_ge_u, L(L_MAX), L(L_MIN), I(0), 0},

    {HD_OP_i32_clz, I(0), I(0), I(32), 0},
    {HD_OP_i32_clz, I(0x00010000), I(0), I(15), 0},
    {HD_OP_i32_ctz, I(0), I(0), I(32), 0},
    {HD_OP_i32_ctz, I(0x00010000), I(0), I(16), 0},
    {HD_OP_i32_popcnt, I(-1u), I(0), I(32), 0},
    {HD_OP_i32_popcnt, I(0x80008000), I(0), I(2), 0},
    {HD_OP_i64_clz, L(0), L(0), L(64), 0},
    {HD_OP_i64_clz, L(1), L(0), L(63), 0},
    {HD_OP_i64_ctz, L(0), L(0), L(64), 0},
    {HD_OP_i64_ctz, L(L_MIN), L(0), L(63), 0},
    {HD_OP_i64_popcnt, L(-1ull), L(0), L(64), 0},
    {HD_OP_i32_extend8_s, I(0xFFFFFF7F), I(0), I(0x7F), 0},
    {HD_OP_i32_extend8_s, I(0x80), I(0), I(0xFFFFFF80), 0},
    {HD_OP_i32_extend16_s, I(0xFFFF7FFF), I(0), I(0x7FFF), 0},
    {HD_OP_i32_extend16_s, I(0x8000), I(0), I(0xFFFF8000), 0},
    {HD_OP_i64_extend8_s, L(0xFFFFFF80), L(0), L(-128ull), 0},
    {HD_OP_i64_extend16_s, L(0xFFFF8000), L(0), L(-32768ull), 0},
    {HD_OP_i64_extend32_s, L(0x80000000), L(0), L(-UINT64_C(0x80000000)), 0},
    {HD_OP_i64_extend32_s, L(UINT64_C(0xFFFFFFFF00000001)), L(0), L(1), 0},

    {HD_OP_i32_add, I(0x7FFFFFFF), I(1), I(0x80000000), 0},
    {HD_OP_i32_sub, I(0), I(1), I(-1u), 0},
    {HD_OP_i32_mul, I(0x10001), I(0x10001), I(0x20001), 0},
    {HD_OP_i32_and, I(0xC), I(0xA), I(0x8), 0},
    {HD_OP_i32_or, I(0xC), I(0xA), I(0xE), 0},
    {HD_OP_i32_xor, I(0xC), I(0xA), I(0x6), 0},
    {HD_OP_i32_shl, I(1), I(33), I(2), 0},
    {HD_OP_i32_shr_s, I(0x80000000), I(63), I(-1u), 0},
    {HD_OP_i32_shr_u, I(0x80000000), I(63), I(1), 0},
    {HD_OP_i32_rotl, I(0x80000001), I(32), I(0x80000001), 0},
    {HD_OP_i32_rotl, I(0x80000001), I(1), I(3), 0},
    {HD_OP_i32_rotr, I(0x80000001), I(0), I(0x80000001), 0},
    {HD_OP_i32_rotr, I(0x80000001), I(33), I(0xC0000000), 0},
    {HD_OP_i64_add, L(L_MAX), L(1), L(L_MIN), 0},
    {HD_OP_i64_sub, L(0), L(1), L(-1ull), 0},
    {HD_OP_i64_mul, L(UINT64_C(0x100000001)), L(UINT64_C(0x100000001)), L(UINT64_C(0x200000001)),
     0},
    {HD_OP_i64_and, L(0xC), L(0xA), L(0x8), 0},
    {HD_OP_i64_or, L(0xC), L(0xA), L(0xE), 0},
    {HD_OP_i64_xor, L(0xC), L(0xA), L(0x6), 0},
    {HD_OP_i64_shl, L(1), L(65), L(2), 0},
    {HD_OP_i64_shl, L(1), L(UINT64_C(1) << 32), L(1), 0},
    {HD_OP_i64_shr_s, L(L_MIN), L(127), L(-1ull), 0},
    {HD_OP_i64_shr_u, L(L_MIN), L(127), L(1), 0},
    {HD_OP_i64_rotl, L(L_MIN | 1), L(64), L(L_MIN | 1), 0},
    {HD_OP_i64_rotr, L(L_MIN | 1), L(65), L(UINT64_C(0xC000000000000000)), 0},

    {HD_OP_i32_div_s, I(-7u), I(2), I(-3u), 0},
    {HD_OP_i32_div_s, I(7), I(-2u), I(-3u), 0},
    {HD_OP_i32_div_s, I(0x80000000), I(1), I(0x80000000), 0},
    {HD_OP_i32_div_s, I(0x80000001), I(-1u), I(0x7FFFFFFF), 0},
    {HD_OP_i32_div_s, I(0x80000000), I(-1u), I(0), HD_TRAP_INT_OVERFLOW},
    {HD_OP_i32_div_s, I(0x80000000), I(0), I(0), HD_TRAP_DIV_BY_ZERO},
    {HD_OP_i32_div_u, I(-7u), I(2), I(0x7FFFFFFC), 0},
    {HD_OP_i32_div_u, I(0x80000000), I(-1u), I(0), 0},
    {HD_OP_i32_div_u, I(1), I(0), I(0), HD_TRAP_DIV_BY_ZERO},
    {HD_OP_i32_rem_s, I(-7u), I(2), I(-1u), 0},
    {HD_OP_i32_rem_s, I(7), I(-2u), I(1), 0},
    {HD_OP_i32_rem_s, I(0x80000000), I(-1u), I(0), 0},
    {HD_OP_i32_rem_s, I(0x80000000), I(0), I(0), HD_TRAP_DIV_BY_ZERO},
    {HD_OP_i32_rem_u, I(-7u), I(2), I(1), 0},
    {HD_OP_i32_rem_u, I(0x80000000), I(-1u), I(0x80000000), 0},
    {HD_OP_i32_rem_u, I(1), I(0), I(0), HD_TRAP_DIV_BY_ZERO},
    {HD_OP_i64_div_s, L(-7ull), L(2), L(-3ull), 0},
    {HD_OP_i64_div_s, L(7), L(-2ull), L(-3ull), 0},
    {HD_OP_i64_div_s, L(L_MIN), L(-1ull), L(0), HD_TRAP_INT_OVERFLOW},
    {HD_OP_i64_div_s, L(1), L(0), L(0), HD_TRAP_DIV_BY_ZERO},
    {HD_OP_i64_div_s, L(0x80000000), L(0xFFFFFFFF), L(0), 0},
    {HD_OP_i64_div_u, L(L_MIN), L(-1ull), L(0), 0},
    {HD_OP_i64_div_u, L(-7ull), L(2), L(UINT64_C(0x7FFFFFFFFFFFFFFC)), 0},
    {HD_OP_i64_div_u, L(1), L(0), L(0), HD_TRAP_DIV_BY_ZERO},
    {HD_OP_i64_rem_s, L(-7ull), L(2), L(-1ull), 0},
    {HD_OP_i64_rem_s, L(7), L(-2ull), L(1), 0},
    {HD_OP_i64_rem_s, L(L_MIN), L(-1ull), L(0), 0},
    {HD_OP_i64_rem_s, L(1), L(0), L(0), HD_TRAP_DIV_BY_ZERO},
    {HD_OP_i64_rem_u, L(L_MIN), L(-1ull), L(L_MIN), 0},
    {HD_OP_i64_rem_u, L(-7ull), L(2), L(1), 0},
    {HD_OP_i64_rem_u, L(1), L(0), L(0), HD_TRAP_DIV_BY_ZERO},

    {HD_OP_f32_eq, F(0.0f), F(-0.0f), I(1), 0},
    {HD_OP_f32_eq, I(F_CANONICAL), I(F_CANONICAL), I(0), 0},
    {HD_OP_f32_ne, F(0.0f), F(-0.0f), I(0), 0},
    {HD_OP_f32_ne, I(F_CANONICAL), I(F_CANONICAL), I(1), 0},
    {HD_OP_f32_lt, F(-1.0f), F(1.0f), I(1), 0},
    {HD_OP_f32_lt, F(-0.0f), F(0.0f), I(0), 0},
    {HD_OP_f32_lt, I(F_CANONICAL), F(1.0f), I(0), 0},
    {HD_OP_f32_gt, I(F_INF), F(0x1.FFFFFEp127f), I(1), 0},
    {HD_OP_f32_gt, F(1.0f), I(F_CANONICAL), I(0), 0},
    {HD_OP_f32_le, F(0.0f), F(-0.0f), I(1), 0},
    {HD_OP_f32_le, I(F_CANONICAL), I(F_CANONICAL), I(0), 0},
    {HD_OP_f32_ge, F(-0.0f), F(0.0f), I(1), 0},
    {HD_OP_f32_ge, I(F_CANONICAL), I(F_CANONICAL), I(0), 0},
    {HD_OP_f64_eq, D(0.0), D(-0.0), I(1), 0},
    {HD_OP_f64_eq, L(D_CANONICAL), L(D_CANONICAL), I(0), 0},
    {HD_OP_f64_ne, D(0.0), D(-0.0), I(0), 0},
    {HD_OP_f64_ne, L(D_CANONICAL), L(D_CANONICAL), I(1), 0},
    {HD_OP_f64_lt, D(-1.0), D(1.0), I(1), 0},
    {HD_OP_f64_lt, L(D_CANONICAL), D(1.0), I(0), 0},
    {HD_OP_f64_gt, D(0x1p-1074), D(0.0), I(1), 0},
    {HD_OP_f64_gt, D(1.0), L(D_CANONICAL), I(0), 0},
    {HD_OP_f64_le, D(0.0), D(-0.0), I(1), 0},
    {HD_OP_f64_le, L(D_CANONICAL), L(D_CANONICAL), I(0), 0},
    {HD_OP_f64_ge, D(-0.0), D(0.0), I(1), 0},
    {HD_OP_f64_ge, L(D_CANONICAL), L(D_CANONICAL), I(0), 0},

    {HD_OP_f32_add, F(0x1p24f), F(1.0f), F(0x1p24f), 0},
    {HD_OP_f32_add, F(-0.0f), F(-0.0f), F(-0.0f), 0},
    {HD_OP_f32_sub, F(0x1p-126f), F(0x1p-149f), F(0x1.FFFFFCp-127f), 0},
    {HD_OP_f32_sub, F(1.0f), F(1.0f), F(0.0f), 0},
    {HD_OP_f32_mul, F(0x1p127f), F(2.0f), I(F_INF), 0},
    {HD_OP_f32_mul, F(-0.0f), F(3.0f), F(-0.0f), 0},
    {HD_OP_f32_div, F(1.0f), F(-0.0f), I(F_INF | HD_F32_SIGN), 0},
    {HD_OP_f32_div, F(1.0f), F(3.0f), F(0x1.555556p-2f), 0},
    {HD_OP_f32_sqrt, F(2.0f), F(0), F(0x1.6A09E6p0f), 0},
    {HD_OP_f32_sqrt, F(-0.0f), F(0), F(-0.0f), 0},
    {HD_OP_f64_add, D(0x1p53), D(1.0), D(0x1p53), 0},
    {HD_OP_f64_sub, D(0x1p-1022), D(0x1p-1074), D(0x1.FFFFFFFFFFFFEp-1023), 0},
    {HD_OP_f64_mul, D(0x1p1023), D(2.0), L(D_INF), 0},
    {HD_OP_f64_div, D(1.0), D(-0.0), L(D_INF | HD_F64_SIGN), 0},
    {HD_OP_f64_div, D(1.0), D(3.0), D(0x1.5555555555555p-2), 0},
    {HD_OP_f64_sqrt, D(2.0), D(0), D(0x1.6A09E667F3BCDp0), 0},
    {HD_OP_f64_sqrt, D(-0.0), D(0), D(-0.0), 0},

    {HD_OP_f32_min, F(0.0f), F(-0.0f), F(-0.0f), 0},
    {HD_OP_f32_min, F(-0.0f), F(0.0f), F(-0.0f), 0},
    {HD_OP_f32_min, F(2.0f), F(-3.0f), F(-3.0f), 0},
    {HD_OP_f32_min, F(-3.0f), I(F_INF), F(-3.0f), 0},
    {HD_OP_f32_max, F(0.0f), F(-0.0f), F(0.0f), 0},
    {HD_OP_f32_max, F(-0.0f), F(0.0f), F(0.0f), 0},
    {HD_OP_f32_max, F(-0.0f), F(-0.0f), F(-0.0f), 0},
    {HD_OP_f32_max, F(2.0f), F(-3.0f), F(2.0f), 0},
    {HD_OP_f32_max, F(-3.0f), I(F_INF), I(F_INF), 0},
    {HD_OP_f64_min, D(0.0), D(-0.0), D(-0.0), 0},
    {HD_OP_f64_min, D(-0.0), D(0.0), D(-0.0), 0},
    {HD_OP_f64_min, D(2.0), D(-3.0), D(-3.0), 0},
    {HD_OP_f64_max, D(0.0), D(-0.0), D(0.0), 0},
    {HD_OP_f64_max, D(-0.0), D(0.0), D(0.0), 0},
    {HD_OP_f64_max, D(2.0), D(-3.0), D(2.0), 0},

    /* Bitwise, so a signalling NaN stays one. */
    {HD_OP_f32_abs, I(0xFFA12345), I(0), I(0x7FA12345), 0},
    {HD_OP_f32_neg, I(0x7FA12345), I(0), I(0xFFA12345), 0},
    {HD_OP_f32_neg, F(0.0f), I(0), F(-0.0f), 0},
    {HD_OP_f32_copysign, I(0x7FA12345), F(-1.0f), I(0xFFA12345), 0},
    {HD_OP_f32_copysign, F(-2.0f), I(0x7FA00000), F(2.0f), 0},
    {HD_OP_f64_abs, L(UINT64_C(0xFFF4000000000001)), L(0), L(UINT64_C(0x7FF4000000000001)), 0},
    {HD_OP_f64_neg, L(UINT64_C(0x7FF4000000000001)), L(0), L(UINT64_C(0xFFF4000000000001)), 0},
    {HD_OP_f64_copysign, L(UINT64_C(0x7FF4000000000001)), D(-1.0), L(UINT64_C(0xFFF4000000000001)),
     0},
    {HD_OP_i32_reinterpret_f32, I(0x7FA12345), I(0), I(0x7FA12345), 0},
    {HD_OP_i64_reinterpret_f64, L(UINT64_C(0x7FF4000000000001)), L(0),
     L(UINT64_C(0x7FF4000000000001)), 0},
    {HD_OP_f32_reinterpret_i32, I(0x7FA12345), I(0), I(0x7FA12345), 0},
    {HD_OP_f64_reinterpret_i64, L(UINT64_C(0x7FF4000000000001)), L(0),
     L(UINT64_C(0x7FF4000000000001)), 0},

    {HD_OP_f32_ceil, F(-0.9f), F(0), F(-0.0f), 0},
    {HD_OP_f32_ceil, F(0x1.FFFFFEp-1f), F(0), F(1.0f), 0},
    {HD_OP_f32_ceil, F(0x1.FFFFFEp22f), F(0), F(0x1p23f), 0},
    {HD_OP_f32_floor, F(-0x1p-149f), F(0), F(-1.0f), 0},
    {HD_OP_f32_floor, F(0.9f), F(0), F(0.0f), 0},
    {HD_OP_f32_floor, I(F_INF | HD_F32_SIGN), F(0), I(F_INF | HD_F32_SIGN), 0},
    {HD_OP_f32_trunc, F(-0.9f), F(0), F(-0.0f), 0},
    {HD_OP_f32_trunc, F(1.9f), F(0), F(1.0f), 0},
    {HD_OP_f32_trunc, F(-0x1.FFFFFEp22f), F(0), F(-0x1.FFFFFCp22f), 0},
    {HD_OP_f32_nearest, F(0.5f), F(0), F(0.0f), 0},
    {HD_OP_f32_nearest, F(-0.5f), F(0), F(-0.0f), 0},
    {HD_OP_f32_nearest, F(1.5f), F(0), F(2.0f), 0},
    {HD_OP_f32_nearest, F(2.5f), F(0), F(2.0f), 0},
    {HD_OP_f32_nearest, F(0x1.000002p-1f), F(0), F(1.0f), 0},
    {HD_OP_f32_nearest, F(0x1.000002p23f), F(0), F(0x1.000002p23f), 0},
    {HD_OP_f32_nearest, I(F_INF), F(0), I(F_INF), 0},
    {HD_OP_f64_ceil, D(-0.9), D(0), D(-0.0), 0},
    {HD_OP_f64_ceil, D(0x1.FFFFFFFFFFFFFp51), D(0), D(0x1p52), 0},
    {HD_OP_f64_floor, D(-0x1p-1074), D(0), D(-1.0), 0},
    {HD_OP_f64_floor, D(0.9), D(0), D(0.0), 0},
    {HD_OP_f64_trunc, D(-0.9), D(0), D(-0.0), 0},
    {HD_OP_f64_trunc, D(0x1.FFFFFFFFFFFFFp51), D(0), D(0x1.FFFFFFFFFFFFEp51), 0},
    {HD_OP_f64_nearest, D(0.5), D(0), D(0.0), 0},
    {HD_OP_f64_nearest, D(1.5), D(0), D(2.0), 0},
    {HD_OP_f64_nearest, D(-2.5), D(0), D(-2.0), 0},
    {HD_OP_f64_nearest, D(0x1.0000000000001p52), D(0), D(0x1.0000000000001p52), 0},

    {HD_OP_i32_wrap_i64, L(UINT64_C(0xFFFFFFFF80000001)), L(0), I(0x80000001), 0},
    {HD_OP_i64_extend_i32_s, I(0x80000000), I(0), L(-UINT64_C(0x80000000)), 0},
    {HD_OP_i64_extend_i32_u, I(0x80000000), I(0), L(0x80000000), 0},
    {HD_OP_f32_convert_i32_s, I(-1u), I(0), F(-1.0f), 0},
    {HD_OP_f32_convert_i32_s, I(0x01000001), I(0), F(0x1p24f), 0},
    {HD_OP_f32_convert_i32_s, I(0x01000003), I(0), F(0x1.000004p24f), 0},
    {HD_OP_f32_convert_i32_u, I(-1u), I(0), F(0x1p32f), 0},
    {HD_OP_f32_convert_i32_u, I(0x80000081), I(0), F(0x1.000002p31f), 0},
    {HD_OP_f32_convert_i64_s, L(-1ull), L(0), F(-1.0f), 0},
    /* Rounding to f64 on the way would give 0x1p53. */
    {HD_OP_f32_convert_i64_s, L(UINT64_C(0x0020000020000001)), L(0), F(0x1.000002p53f), 0},
    {HD_OP_f32_convert_i64_s, L(L_MAX), L(0), F(0x1p63f), 0},
    {HD_OP_f32_convert_i64_u, L(-1ull), L(0), F(0x1p64f), 0},
    {HD_OP_f32_convert_i64_u, L(UINT64_C(0x8000008000000001)), L(0), F(0x1.000002p63f), 0},
    {HD_OP_f32_convert_i64_u, L(UINT64_C(0x8000008000000000)), L(0), F(0x1p63f), 0},
    {HD_OP_f64_convert_i32_s, I(0x80000000), I(0), D(-0x1p31), 0},
    {HD_OP_f64_convert_i32_u, I(0xFFFFFFFF), I(0), D(0x1.FFFFFFFEp31), 0},
    {HD_OP_f64_convert_i64_s, L(UINT64_C(0x20000000000001)), L(0), D(0x1p53), 0},
    {HD_OP_f64_convert_i64_s, L(L_MIN), L(0), D(-0x1p63), 0},
    {HD_OP_f64_convert_i64_u, L(-1ull), L(0), D(0x1p64), 0},
    {HD_OP_f64_convert_i64_u, L(UINT64_C(0x8000000000000401)), L(0), D(0x1.0000000000001p63), 0},
    {HD_OP_f64_convert_i64_u, L(UINT64_C(0x8000000000000400)), L(0), D(0x1p63), 0},
    {HD_OP_f32_demote_f64, D(0x1.000001p0), D(0), F(1.0f), 0},
    {HD_OP_f32_demote_f64, D(0x1.0000010000001p0), D(0), F(0x1.000002p0f), 0},
    {HD_OP_f32_demote_f64, D(0x1.FFFFFFp127), D(0), I(F_INF), 0},
    {HD_OP_f32_demote_f64, D(-0x1p-150), D(0), F(-0.0f), 0},
    {HD_OP_f64_promote_f32, F(-0x1p-149f), F(0), D(-0x1p-149), 0},
    {HD_OP_f64_promote_f32, I(F_INF), F(0), L(D_INF), 0},
};

/* What a truncation gives at the ends of its range: the partial instruction traps where it says so,
 * the saturating one never. */
static const struct truncation {
    hd_opcode op, sat;
    hd_slot a, want;
    hd_trapcode trap;
} truncations[] = {
#define TRUNC_F32(N, SX, a, want, trap)                                                            \
    { HD_OP_i##N##_trunc_f32_##SX, HD_OP_i##N##_trunc_sat_f32_##SX, a, L(want), trap }
#define TRUNC_F64(N, SX, a, want, trap)                                                            \
    { HD_OP_i##N##_trunc_f64_##SX, HD_OP_i##N##_trunc_sat_f64_##SX, a, L(want), trap }
#define OVER HD_TRAP_INT_OVERFLOW
#define BAD HD_TRAP_BAD_CONVERSION
#define TRUNC_COMMON(T, N, SX, min, max, V, nan, inf, sign)                                        \
    T(N, SX, V(1.9f), 1, 0), T(N, SX, V(-0.0f), 0, 0), T(N, SX, V(-0.9f), 0, 0),                   \
        T(N, SX, L(inf), max, OVER), T(N, SX, L(inf | sign), min, OVER), T(N, SX, L(nan), 0, BAD), \
        T(N, SX, L(nan | sign), 0, BAD), T(N, SX, L(inf | 1), 0, BAD)
#define TRUNC_COMMON_F32(N, SX, min, max)                                                          \
    TRUNC_COMMON(TRUNC_F32, N, SX, min, max, F, F_CANONICAL, F_INF, HD_F32_SIGN)
#define TRUNC_COMMON_F64(N, SX, min, max)                                                          \
    TRUNC_COMMON(TRUNC_F64, N, SX, min, max, D, D_CANONICAL, D_INF, HD_F64_SIGN)
    TRUNC_COMMON_F32(32, s, 0x80000000, 0x7FFFFFFF),
    TRUNC_F32(32, s, F(-1.9f), 0xFFFFFFFF, 0),
    TRUNC_F32(32, s, F(0x1.FFFFFEp30f), 0x7FFFFF80, 0),
    TRUNC_F32(32, s, F(0x1p31f), 0x7FFFFFFF, OVER),
    TRUNC_F32(32, s, F(-0x1p31f), 0x80000000, 0),
    TRUNC_F32(32, s, F(-0x1.000002p31f), 0x80000000, OVER),
    TRUNC_COMMON_F32(32, u, 0, 0xFFFFFFFF),
    TRUNC_F32(32, u, F(0x1.FFFFFEp31f), 0xFFFFFF00, 0),
    TRUNC_F32(32, u, F(0x1p32f), 0xFFFFFFFF, OVER),
    TRUNC_F32(32, u, F(-0x1.FFFFFEp-1f), 0, 0),
    TRUNC_F32(32, u, F(-1.0f), 0, OVER),
    TRUNC_COMMON_F64(32, s, 0x80000000, 0x7FFFFFFF),
    TRUNC_F64(32, s, D(0x1.FFFFFFFFFFFFFp30), 0x7FFFFFFF, 0),
    TRUNC_F64(32, s, D(0x1p31), 0x7FFFFFFF, OVER),
    TRUNC_F64(32, s, D(-0x1.00000001FFFFFp31), 0x80000000, 0),
    TRUNC_F64(32, s, D(-0x1.00000002p31), 0x80000000, OVER),
    TRUNC_COMMON_F64(32, u, 0, 0xFFFFFFFF),
    TRUNC_F64(32, u, D(0x1.FFFFFFFFFFFFFp31), 0xFFFFFFFF, 0),
    TRUNC_F64(32, u, D(0x1p32), 0xFFFFFFFF, OVER),
    TRUNC_F64(32, u, D(-0x1.FFFFFFFFFFFFFp-1), 0, 0),
    TRUNC_F64(32, u, D(-1.0), 0, OVER),
    TRUNC_COMMON_F32(64, s, L_MIN, L_MAX),
    TRUNC_F32(64, s, F(0x1.FFFFFEp62f), UINT64_C(0x7FFFFF8000000000), 0),
    TRUNC_F32(64, s, F(0x1p63f), L_MAX, OVER),
    TRUNC_F32(64, s, F(-0x1p63f), L_MIN, 0),
    TRUNC_F32(64, s, F(-0x1.000002p63f), L_MIN, OVER),
    TRUNC_COMMON_F32(64, u, 0, UINT64_MAX),
    TRUNC_F32(64, u, F(0x1.FFFFFEp63f), UINT64_C(0xFFFFFF0000000000), 0),
    TRUNC_F32(64, u, F(0x1p64f), UINT64_MAX, OVER),
    TRUNC_F32(64, u, F(-1.0f), 0, OVER),
    TRUNC_COMMON_F64(64, s, L_MIN, L_MAX),
    TRUNC_F64(64, s, D(0x1.FFFFFFFFFFFFFp62), UINT64_C(0x7FFFFFFFFFFFFC00), 0),
    TRUNC_F64(64, s, D(0x1p63), L_MAX, OVER),
    TRUNC_F64(64, s, D(-0x1p63), L_MIN, 0),
    TRUNC_F64(64, s, D(-0x1.0000000000001p63), L_MIN, OVER),
    TRUNC_COMMON_F64(64, u, 0, UINT64_MAX),
    TRUNC_F64(64, u, D(0x1.FFFFFFFFFFFFFp63), UINT64_C(0xFFFFFFFFFFFFF800), 0),
    TRUNC_F64(64, u, D(0x1p64), UINT64_MAX, OVER),
    TRUNC_F64(64, u, D(-0x1.FFFFFFFFFFFFFp-1), 0, 0),
    TRUNC_F64(64, u, D(-1.0), 0, OVER),
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static void check_row(hd_opcode op, hd_slot a, hd_slot b, hd_slot want, hd_trapcode want_trap) {
    const hd_opinfo *info = &hd_opcode_info[op];
    hd_slot got;
    hd_trapcode trap;
    ck_assert_msg(apply(op, a, b, &got, &trap), "%s is not numeric", info->text);
    ck_assert_msg(trap == want_trap, "%s 0x%llx 0x%llx: %s, want %s", info->text,
                  (unsigned long long)bits_of(info->operand, a),
                  (unsigned long long)bits_of(info->operand, b), hd_trap_message(trap),
                  hd_trap_message(want_trap));
    if (trap != HD_TRAP_NONE) return;
    ck_assert_msg(bits_of(info->result, got) == bits_of(info->result, want),
                  "%s 0x%llx 0x%llx = 0x%llx, want 0x%llx", info->text,
                  (unsigned long long)bits_of(info->operand, a),
                  (unsigned long long)bits_of(info->operand, b),
                  (unsigned long long)bits_of(info->result, got),
                  (unsigned long long)bits_of(info->result, want));
}

START_TEST(instructions_give_the_results_of_the_table) {
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(rows[i].op, rows[i].a, rows[i].b, rows[i].want, rows[i].trap);
}
END_TEST

START_TEST(truncations_trap_or_saturate_outside_of_their_range) {
    for (size_t i = 0; i < COUNT(truncations); i++) {
        const struct truncation *t = &truncations[i];
        check_row(t->op, t->a, t->a, t->want, t->trap);
        check_row(t->sat, t->a, t->a, t->want, HD_TRAP_NONE);
    }
}
END_TEST

START_TEST(the_tables_have_every_scalar_instruction) {
    bool has[HD_OPCODE_COUNT] = {false};
    for (size_t i = 0; i < COUNT(rows); i++)
        has[rows[i].op] = true;
    for (size_t i = 0; i < COUNT(truncations); i++)
        has[truncations[i].op] = has[truncations[i].sat] = true;
    for (hd_opcode op = 0; op < HD_OPCODE_COUNT; op++) {
        hd_slot zero = {.i64 = 0}, out;
        hd_trapcode trap;
        if (apply(op, zero, zero, &out, &trap))
            ck_assert_msg(has[op], "%s is not tested", hd_opcode_info[op].text);
    }
}
END_TEST

/* Integers, against references that know only + - and comparisons of wide enough numbers. */

__extension__ typedef __int128 wide;

static wide to_signed(uint64_t a, unsigned bits) {
    return a >> (bits - 1) & 1 ? (wide)a - ((wide)1 << bits) : (wide)a;
}

static uint64_t wrap(wide a, unsigned bits) {
    return (uint64_t)a & (bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1);
}

static uint64_t ref_add(uint64_t a, uint64_t b, unsigned bits) {
    return wrap((wide)a + b, bits);
}

static uint64_t ref_sub(uint64_t a, uint64_t b, unsigned bits) {
    return wrap((wide)a - b, bits);
}

static uint64_t ref_mul(uint64_t a, uint64_t b, unsigned bits) {
    uint64_t product = 0;
    for (unsigned i = 0; i < bits; i++)
        if (b >> i & 1) product = ref_add(product, wrap((wide)a << i, bits), bits);
    return product;
}

static uint64_t ref_shl(uint64_t a, uint64_t b, unsigned bits) {
    for (b %= bits; b; b--)
        a = ref_add(a, a, bits);
    return a;
}

static uint64_t ref_shr_u(uint64_t a, uint64_t b, unsigned bits) {
    for (b %= bits; b; b--)
        a /= 2;
    return a;
}

static uint64_t ref_shr_s(uint64_t a, uint64_t b, unsigned bits) {
    wide value = to_signed(a, bits);
    for (b %= bits; b; b--)
        value = (value - (value < 0)) / 2;
    return wrap(value, bits);
}

static uint64_t ref_rotl(uint64_t a, uint64_t b, unsigned bits) {
    for (b %= bits; b; b--)
        a = wrap((wide)a << 1, bits) | a >> (bits - 1);
    return a;
}

static uint64_t ref_rotr(uint64_t a, uint64_t b, unsigned bits) {
    return ref_rotl(a, bits - b % bits, bits);
}

#define COMPARISON(name, op)                                                                       \
    static uint64_t ref_##name##_s(uint64_t a, uint64_t b, unsigned bits) {                        \
        return to_signed(a, bits) op to_signed(b, bits);                                           \
    }                                                                                              \
    static uint64_t ref_##name##_u(uint64_t a, uint64_t b, unsigned bits) {                        \
        return wrap(a, bits) op wrap(b, bits);                                                     \
    }
COMPARISON(lt, <)
COMPARISON(gt, >)
COMPARISON(le, <=)
COMPARISON(ge, >=)

static uint64_t ref_clz(uint64_t a, uint64_t b, unsigned bits) {
    (void)b;
    uint64_t n = 0;
    while (n < bits && !(a >> (bits - 1 - n) & 1))
        n++;
    return n;
}

static uint64_t ref_ctz(uint64_t a, uint64_t b, unsigned bits) {
    (void)b;
    uint64_t n = 0;
    while (n < bits && !(a >> n & 1))
        n++;
    return n;
}

static uint64_t ref_popcnt(uint64_t a, uint64_t b, unsigned bits) {
    (void)b;
    uint64_t n = 0;
    for (unsigned i = 0; i < bits; i++)
        n += a >> i & 1;
    return n;
}

/* Values around powers of two, their negatives, and mixed bits. */
static uint64_t boundary(unsigned i) {
    static const uint8_t exponents[] = {0, 1, 5, 6, 7, 8, 15, 16, 31, 32, 63};
    uint64_t power = UINT64_C(1) << exponents[i / 5];
    switch (i % 5) {
    case 0: return power - 1;
    case 1: return power;
    case 2: return power + 1;
    case 3: return -power;
    default: return power ^ UINT64_C(0x0123456789ABCDEF);
    }
}

enum { BOUNDARIES = 5 * 11 };

START_TEST(integers_agree_with_their_references) {
    static const struct {
        hd_opcode op32, op64;
        uint64_t (*reference)(uint64_t a, uint64_t b, unsigned bits);
    } checks[] = {
#define CHECK(name) {HD_OP_i32_##name, HD_OP_i64_##name, ref_##name}
        CHECK(add),   CHECK(sub),  CHECK(mul),  CHECK(shl),    CHECK(shr_u),
        CHECK(shr_s), CHECK(rotl), CHECK(rotr), CHECK(lt_s),   CHECK(lt_u),
        CHECK(gt_s),  CHECK(gt_u), CHECK(le_s), CHECK(le_u),   CHECK(ge_s),
        CHECK(ge_u),  CHECK(clz),  CHECK(ctz),  CHECK(popcnt),
    };
    for (size_t c = 0; c < COUNT(checks); c++)
        for (unsigned i = 0; i < BOUNDARIES; i++)
            for (unsigned j = 0; j < BOUNDARIES; j++) {
                uint64_t a = boundary(i), b = boundary(j);
                hd_slot want32 = L(checks[c].reference((uint32_t)a, (uint32_t)b, 32));
                check_row(checks[c].op32, (hd_slot)I((uint32_t)a), (hd_slot)I((uint32_t)b), want32,
                          HD_TRAP_NONE);
                hd_slot want64 = L(checks[c].reference(a, b, 64));
                check_row(checks[c].op64, (hd_slot)L(a), (hd_slot)L(b), want64, HD_TRAP_NONE);
            }
}
END_TEST

/* Rounding, against a reference by way of an integer, where one fits. */
static double ref_round(double a, hd_opcode op) {
    int64_t whole = (int64_t)a;
    double rest = a - (double)whole; /* exact; of the sign of a, less than 1 */
    if (op == HD_OP_f64_floor && rest < 0) whole--;
    if (op == HD_OP_f64_ceil && rest > 0) whole++;
    if (op == HD_OP_f64_nearest) {
        if (rest > 0.5 || (rest == 0.5 && whole % 2)) whole++;
        if (rest < -0.5 || (rest == -0.5 && whole % 2)) whole--;
    }
    return hd_f64_copysign((double)whole, a);
}

START_TEST(rounding_agrees_with_its_reference) {
    static const struct {
        hd_opcode op32, op64;
    } checks[] = {{HD_OP_f32_ceil, HD_OP_f64_ceil},
                  {HD_OP_f32_floor, HD_OP_f64_floor},
                  {HD_OP_f32_trunc, HD_OP_f64_trunc},
                  {HD_OP_f32_nearest, HD_OP_f64_nearest}};
    for (size_t c = 0; c < COUNT(checks); c++)
        for (int exponent = -3; exponent < 60; exponent++) {
            double unit = exponent < 0 ? 1.0 / (1 << -exponent) : (double)(INT64_C(1) << exponent);
            for (int i = -64; i <= 64; i++) {
                float f = (float)(unit * (1 + i / 32.0) + i / 8.0);
                double d = unit * (1 + i / 32.0) + i / 8.0;
                check_row(checks[c].op32, (hd_slot)F(f), (hd_slot)F(0),
                          (hd_slot)F((float)ref_round(f, checks[c].op64)), 0);
                check_row(checks[c].op64, (hd_slot)D(d), (hd_slot)D(0),
                          (hd_slot)D(ref_round(d, checks[c].op64)), 0);
            }
        }
}
END_TEST

/* NaN. */

static const uint32_t nans32[] = {0x7FC00000, 0xFFC00000, 0x7F800001,
                                  0xFFA00000, 0x7FFFFFFF, 0xFFC00001};
static const uint64_t nans64[] = {D_CANONICAL,
                                  D_CANONICAL | L_MIN,
                                  UINT64_C(0x7FF0000000000001),
                                  UINT64_C(0xFFF4000000000000),
                                  UINT64_C(0x7FFFFFFFFFFFFFFF),
                                  UINT64_C(0xFFF8000000000001)};
enum { NANS = 6, CANONICALS = 2 };

/* Checks a result by the rule nans_N: canonical if all NaN operands are, else arithmetic. */
static void check_nan(hd_opcode op, hd_slot a, hd_slot b, bool canonical) {
    hd_slot got;
    hd_trapcode trap;
    apply(op, a, b, &got, &trap);
    bool narrow = hd_opcode_info[op].result == HD_F32;
    uint64_t magnitude = narrow ? got.i32 & 0x7FFFFFFF : got.i64 & L_MAX;
    uint64_t least = narrow ? F_CANONICAL : D_CANONICAL;
    ck_assert_msg(canonical ? magnitude == least : magnitude >= least, "%s 0x%llx 0x%llx = 0x%llx",
                  hd_opcode_info[op].text, (unsigned long long)a.i64, (unsigned long long)b.i64,
                  (unsigned long long)got.i64);
}

START_TEST(arithmetic_on_nan_gives_quiet_nan) {
    static const hd_opcode unary32[] = {HD_OP_f32_ceil,    HD_OP_f32_floor, HD_OP_f32_trunc,
                                        HD_OP_f32_nearest, HD_OP_f32_sqrt,  HD_OP_f64_promote_f32};
    static const hd_opcode unary64[] = {HD_OP_f64_ceil,    HD_OP_f64_floor, HD_OP_f64_trunc,
                                        HD_OP_f64_nearest, HD_OP_f64_sqrt,  HD_OP_f32_demote_f64};
    static const hd_opcode binary32[] = {HD_OP_f32_add, HD_OP_f32_sub, HD_OP_f32_mul,
                                         HD_OP_f32_div, HD_OP_f32_min, HD_OP_f32_max};
    static const hd_opcode binary64[] = {HD_OP_f64_add, HD_OP_f64_sub, HD_OP_f64_mul,
                                         HD_OP_f64_div, HD_OP_f64_min, HD_OP_f64_max};
    static const float floats[] = {0.0f, -0.0f, 1.0f, -0x1p-149f, __builtin_inff()};
    static const double doubles[] = {0.0, -0.0, 1.0, -0x1p-1074, __builtin_inf()};
    for (int n = 0; n < NANS; n++) {
        hd_slot nan32 = L(nans32[n]), nan64 = L(nans64[n]);
        bool canonical = n < CANONICALS;
        for (size_t op = 0; op < COUNT(unary32); op++) {
            check_nan(unary32[op], nan32, nan32, canonical);
            check_nan(unary64[op], nan64, nan64, canonical);
        }
        for (size_t op = 0; op < COUNT(binary32); op++) {
            for (size_t i = 0; i < COUNT(floats); i++) {
                check_nan(binary32[op], nan32, (hd_slot)F(floats[i]), canonical);
                check_nan(binary32[op], (hd_slot)F(floats[i]), nan32, canonical);
                check_nan(binary64[op], nan64, (hd_slot)D(doubles[i]), canonical);
                check_nan(binary64[op], (hd_slot)D(doubles[i]), nan64, canonical);
            }
            for (int m = 0; m < NANS; m++) {
                bool both = canonical && m < CANONICALS;
                check_nan(binary32[op], nan32, (hd_slot)L(nans32[m]), both);
                check_nan(binary64[op], nan64, (hd_slot)L(nans64[m]), both);
            }
        }
    }
}
END_TEST

START_TEST(undefined_results_are_canonical_nan) {
    static const struct {
        hd_opcode op;
        hd_slot a, b;
    } cases[] = {
        {HD_OP_f32_add, I(F_INF), I(F_INF | HD_F32_SIGN)},
        {HD_OP_f32_sub, I(F_INF), I(F_INF)},
        {HD_OP_f32_mul, I(F_INF), F(-0.0f)},
        {HD_OP_f32_div, F(0.0f), F(-0.0f)},
        {HD_OP_f32_div, I(F_INF), I(F_INF)},
        {HD_OP_f32_sqrt, F(-0x1p-149f), F(0)},
        {HD_OP_f64_add, L(D_INF), L(D_INF | HD_F64_SIGN)},
        {HD_OP_f64_sub, L(D_INF), L(D_INF)},
        {HD_OP_f64_mul, L(D_INF), D(-0.0)},
        {HD_OP_f64_div, D(0.0), D(-0.0)},
        {HD_OP_f64_div, L(D_INF), L(D_INF)},
        {HD_OP_f64_sqrt, D(-0x1p-1074), D(0)},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check_nan(cases[i].op, cases[i].a, cases[i].b, true);
}
END_TEST

START_TEST(a_trap_leaves_the_result_alone) {
    uint32_t narrow = 42;
    uint64_t large = 42;
    ck_assert_int_eq(hd_i32_div_s(1, 0, &narrow), HD_TRAP_DIV_BY_ZERO);
    ck_assert_int_eq(hd_i32_trunc_f64_u(-1.0, &narrow), HD_TRAP_INT_OVERFLOW);
    ck_assert_int_eq(hd_i64_rem_u(1, 0, &large), HD_TRAP_DIV_BY_ZERO);
    ck_assert_uint_eq(narrow, 42);
    ck_assert_uint_eq(large, 42);
}
END_TEST

START_TEST(traps_have_the_messages_of_the_specification) {
    static const struct {
        hd_trapcode code;
        const char *message;
    } messages[] = {
        {HD_TRAP_UNREACHABLE, "unreachable"},
        {HD_TRAP_DIV_BY_ZERO, "integer divide by zero"},
        {HD_TRAP_INT_OVERFLOW, "integer overflow"},
        {HD_TRAP_BAD_CONVERSION, "invalid conversion to integer"},
        {HD_TRAP_MEMORY_OOB, "out of bounds memory access"},
        {HD_TRAP_TABLE_OOB, "out of bounds table access"},
        {HD_TRAP_UNDEFINED_ELEMENT, "undefined element"},
        {HD_TRAP_UNINIT_ELEMENT, "uninitialized element"},
        {HD_TRAP_INDIRECT_TYPE, "indirect call type mismatch"},
        {HD_TRAP_UNALIGNED_ATOMIC, "unaligned atomic"},
        {HD_TRAP_EXPECTED_SHARED, "expected shared memory"},
        {HD_TRAP_STACK, "call stack exhausted"},
    };
    ck_assert_int_eq(HD_TRAP_NONE, 0);
    for (size_t i = 0; i < COUNT(messages); i++)
        ck_assert_str_eq(hd_trap_message(messages[i].code), messages[i].message);
}
END_TEST

Suite *numeric_suite(void) {
    Suite *suite = suite_create("numeric");
    TCase *tests = tcase_create("numeric");
    tcase_add_test(tests, instructions_give_the_results_of_the_table);
    tcase_add_test(tests, truncations_trap_or_saturate_outside_of_their_range);
    tcase_add_test(tests, the_tables_have_every_scalar_instruction);
    tcase_add_test(tests, integers_agree_with_their_references);
    tcase_add_test(tests, rounding_agrees_with_its_reference);
    tcase_add_test(tests, arithmetic_on_nan_gives_quiet_nan);
    tcase_add_test(tests, undefined_results_are_canonical_nan);
    tcase_add_test(tests, a_trap_leaves_the_result_alone);
    tcase_add_test(tests, traps_have_the_messages_of_the_specification);
    suite_add_tcase(suite, tests);
    return suite;
}
