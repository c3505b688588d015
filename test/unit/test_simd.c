/* test_simd.c: tests of exec/simd*.h.
 *
 * Every vector instruction stands in a table with what it should do lane by lane, and is run on
 * vectors of boundary values, in all pairs, and on pseudo-random ones. Lanes of integers are
 * compared with references in wide numbers; lanes of floats with the scalar instructions. A test
 * checks that the tables are complete. */
#include <stdlib.h>
#include <string.h>

#include "exec/numeric.h"
#include "exec/simd.h"
#include "module/opcodes.h"
#include "suites.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* What an instruction may take: up to three vectors, a scalar, a lane or shift count, 16 lane
 * numbers, memory. */
typedef struct operands {
    hd_v128 a, b, c;
    hd_slot x;
    unsigned n;
    const uint8_t *lanes;
    uint8_t *bytes;
} operands;

static const hd_v128 zero;

/* Runs any vector instruction; a scalar result is in the low lane. False if `op` is not one. */
static bool apply(hd_opcode op, const operands *in, hd_v128 *out) {
    hd_slot scalar = {.i64 = 0};
    *out = zero;
    switch (op) {
#define CASE(id, ...)                                                                              \
    case HD_OP_##id:                                                                               \
        __VA_ARGS__;                                                                               \
        return true;
#define UN_v128_v128(id) CASE(id, *out = hd_##id(in->a))
#define UN_v128_i32(id) CASE(id, out->u32[0] = hd_##id(in->a))
#define BIN_v128(id) CASE(id, *out = hd_##id(in->a, in->b))
#define SHAPE_VTERN(id, A, R) CASE(id, *out = hd_##id(in->a, in->b, in->c))
#define SHAPE_VSHIFT(id, A, R) CASE(id, *out = hd_##id(in->a, in->n))
#define SHAPE_VSPLAT(id, A, R) CASE(id, *out = hd_##id(in->x.A))
#define SHAPE_VEXTRACT(id, A, R)                                                                   \
    CASE(id, scalar.R = hd_##id(in->a, in->n); out->u64[0] = scalar.i64)
#define SHAPE_VREPLACE(id, A, R) CASE(id, *out = hd_##id(in->a, in->x.A, in->n))
#define SHAPE_VSHUFFLE(id, A, R) CASE(id, *out = hd_##id(in->a, in->b, in->lanes))
#define SHAPE_VLOAD(id, A, R) CASE(id, *out = hd_##id(in->bytes))
#define SHAPE_VSTORE(id, A, R) CASE(id, hd_##id(in->a, in->bytes))
#define SHAPE_VLOADLANE(id, A, R) CASE(id, *out = hd_##id(in->a, in->bytes, in->n))
#define SHAPE_VSTORELANE(id, A, R) CASE(id, hd_##id(in->a, in->bytes, in->n))
#define SHAPE_UN(id, A, R) UN_##A(id, R)
#define SHAPE_BIN(id, A, R) BIN_##A(id)
#define UN_v128(id, R) UN_v128_##R(id)
#define UN_i32(id, R)
#define UN_i64(id, R)
#define UN_f32(id, R)
#define UN_f64(id, R)
#define BIN_i32(id)
#define BIN_i64(id)
#define BIN_f32(id)
#define BIN_f64(id)
#define SHAPE_CTRL(id, A, R)
#define SHAPE_CONST(id, A, R)
#define SHAPE_UNTRAP(id, A, R)
#define SHAPE_BINTRAP(id, A, R)
#define SHAPE_TEST(id, A, R)
#define SHAPE_CMP(id, A, R)
#define SHAPE_LOAD(id, A, R)
#define SHAPE_STORE(id, A, R)
#define SHAPE_ALOAD(id, A, R)
#define SHAPE_ASTORE(id, A, R)
#define SHAPE_ARMW(id, A, R)
#define SHAPE_ACMPXCHG(id, A, R)
#define SHAPE_WAIT(id, A, R)
#define SHAPE_NOTIFY(id, A, R)
#define SHAPE_FENCE(id, A, R)
#define HD_OP(code, id, text, shape, A, R, width) SHAPE_##shape(id, A, R)
#include "module/opcodes.def"
#undef HD_OP
    default: return false;
    }
}

static void check(hd_opcode op, const operands *in, const hd_v128 *want) {
    hd_v128 got;
    ck_assert_msg(apply(op, in, &got), "%s is no vector instruction", hd_opcode_info[op].text);
    ck_assert_msg(memcmp(&got, want, sizeof got) == 0,
                  "%s a=%016llx%016llx b=%016llx%016llx n=%u: %016llx%016llx, want %016llx%016llx",
                  hd_opcode_info[op].text, (unsigned long long)in->a.u64[1],
                  (unsigned long long)in->a.u64[0], (unsigned long long)in->b.u64[1],
                  (unsigned long long)in->b.u64[0], in->n, (unsigned long long)got.u64[1],
                  (unsigned long long)got.u64[0], (unsigned long long)want->u64[1],
                  (unsigned long long)want->u64[0]);
}

/* Lanes as wide numbers. */

__extension__ typedef __int128 wide;

static wide get(const hd_v128 *v, unsigned bits, bool is_signed, unsigned lane) {
    uint64_t x = 0;
    memcpy(&x, &v->u8[lane * bits / 8], bits / 8);
    return is_signed && x >> (bits - 1) ? (wide)x - ((wide)1 << bits) : (wide)x;
}

static void set(hd_v128 *v, unsigned bits, unsigned lane, wide x) {
    uint64_t low = (uint64_t)x;
    memcpy(&v->u8[lane * bits / 8], &low, bits / 8);
}

static wide clamp(wide x, unsigned bits, bool is_signed) {
    wide least = is_signed ? -((wide)1 << (bits - 1)) : 0;
    wide greatest = ((wide)1 << (is_signed ? bits - 1 : bits)) - 1;
    return x < least ? least : x > greatest ? greatest : x;
}

/* Operands: boundary values of lanes, each with each in turn, then pseudo-random bits. */

enum { BOUNDARIES = 11, ROUNDS = BOUNDARIES * BOUNDARIES + 300 };

static hd_v128 boundary_vector(unsigned bits, unsigned first) {
    const wide half = (wide)1 << (bits - 1), mixed = UINT64_C(0xA5A5A5A5A5A5A5A5);
    const wide values[BOUNDARIES] = {
        0, 1, 2, half - 2, half - 1, half, half + 1, -2, -1, half / 2, mixed,
    };
    hd_v128 v;
    for (unsigned i = 0; i < 128 / bits; i++)
        set(&v, bits, i, values[(first + i) % BOUNDARIES]);
    return v;
}

static uint64_t random_state;

static void seed(void) {
    random_state = UINT64_C(0x9E3779B97F4A7C15);
}

static uint64_t random_bits(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static hd_v128 random_vector(void) {
    uint64_t low = random_bits();
    return (hd_v128){.u64 = {low, random_bits()}};
}

static operands integer_operands(unsigned bits, unsigned round) {
    operands in = {.n = round};
    if (round < BOUNDARIES * BOUNDARIES) {
        in.a = boundary_vector(bits, round / BOUNDARIES);
        in.b = boundary_vector(bits, round % BOUNDARIES);
    } else {
        in.a = random_vector();
        in.b = random_vector();
    }
    in.c = random_vector();
    return in;
}

/* Lane by lane. References take lanes of so many bits, seen signed or not; a shift's y is its
 * count. Of their results the lane's low bits count. */

#define REFERENCE(name, result)                                                                    \
    static wide ref_##name(wide x, wide y, unsigned bits, bool is_signed) {                        \
        (void)x, (void)y, (void)bits, (void)is_signed;                                             \
        return (result);                                                                           \
    }
REFERENCE(eq, -(wide)(x == y))
REFERENCE(ne, -(wide)(x != y))
REFERENCE(lt, -(wide)(x < y))
REFERENCE(gt, -(wide)(x > y))
REFERENCE(le, -(wide)(x <= y))
REFERENCE(ge, -(wide)(x >= y))
REFERENCE(add, x + y)
REFERENCE(sub, x - y)
REFERENCE(mul, (wide)((uint64_t)x *(uint64_t)y))
REFERENCE(add_sat, clamp(x + y, bits, is_signed))
REFERENCE(sub_sat, clamp(x - y, bits, is_signed))
REFERENCE(q15mulr_sat, clamp((x * y + 0x4000) >> 15, bits, is_signed))
REFERENCE(min, x < y ? x : y)
REFERENCE(max, x > y ? x : y)
REFERENCE(avgr, (x + y + 1) / 2)
REFERENCE(abs, x < 0 ? -x : x)
REFERENCE(neg, -x)
REFERENCE(popcnt, __builtin_popcountll((uint64_t)x))
REFERENCE(shl, (wide)((uint64_t)x << (y % bits)))
REFERENCE(shr, x >> (y % bits))
REFERENCE(not, ~x)
REFERENCE(and, (x & y))
REFERENCE(andnot, x & ~y)
REFERENCE(or, x | y)
REFERENCE(xor, x ^ y)

static const struct lanewise {
    hd_opcode op;
    unsigned bits;
    bool is_signed;
    wide (*reference)(wide x, wide y, unsigned bits, bool is_signed);
} lanewise[] = {
#define S(shape, bits, name)                                                                       \
    { HD_OP_##shape##_##name##_s, bits, true, ref_##name }
#define U(shape, bits, name)                                                                       \
    { HD_OP_##shape##_##name##_u, bits, false, ref_##name }
#define N(shape, bits, name)                                                                       \
    { HD_OP_##shape##_##name, bits, true, ref_##name }
#define SU(shape, bits, name) S(shape, bits, name), U(shape, bits, name)
#define EVERY_SHAPE(shape, bits)                                                                   \
    N(shape, bits, eq), N(shape, bits, ne), S(shape, bits, lt), S(shape, bits, gt),                \
        S(shape, bits, le), S(shape, bits, ge), N(shape, bits, add), N(shape, bits, sub),          \
        N(shape, bits, abs), N(shape, bits, neg), N(shape, bits, shl), SU(shape, bits, shr)
#define UP_TO_32(shape, bits)                                                                      \
    U(shape, bits, lt), U(shape, bits, gt), U(shape, bits, le), U(shape, bits, ge),                \
        SU(shape, bits, min), SU(shape, bits, max)
#define UP_TO_16(shape, bits)                                                                      \
    SU(shape, bits, add_sat), SU(shape, bits, sub_sat), U(shape, bits, avgr)
    EVERY_SHAPE(i8x16, 8),
    UP_TO_32(i8x16, 8),
    UP_TO_16(i8x16, 8),
    {HD_OP_i8x16_popcnt, 8, false, ref_popcnt},
    EVERY_SHAPE(i16x8, 16),
    UP_TO_32(i16x8, 16),
    UP_TO_16(i16x8, 16),
    N(i16x8, 16, mul),
    S(i16x8, 16, q15mulr_sat),
    EVERY_SHAPE(i32x4, 32),
    UP_TO_32(i32x4, 32),
    N(i32x4, 32, mul),
    EVERY_SHAPE(i64x2, 64),
    N(i64x2, 64, mul),
    {HD_OP_v128_not, 64, true, ref_not},
    N(v128, 64, and),
    N(v128, 64, andnot),
    N(v128, 64, or),
    N(v128, 64, xor),
};

START_TEST(lanes_agree_with_their_references) {
    for (size_t t = 0; t < COUNT(lanewise); t++) {
        const struct lanewise *test = &lanewise[t];
        bool shift = hd_opcode_info[test->op].shape == HD_OPSHAPE_VSHIFT;
        for (unsigned round = 0; round < ROUNDS; round++) {
            operands in = integer_operands(test->bits, round);
            hd_v128 want;
            for (unsigned i = 0; i < 128 / test->bits; i++) {
                wide x = get(&in.a, test->bits, test->is_signed, i);
                wide y = shift ? (wide)in.n : get(&in.b, test->bits, test->is_signed, i);
                set(&want, test->bits, i, test->reference(x, y, test->bits, test->is_signed));
            }
            check(test->op, &in, &want);
        }
    }
}
END_TEST

START_TEST(shift_counts_use_all_of_their_32_bits) {
    operands in = {.a = {.u64 = {2, 2}}, .n = UINT32_MAX - 63 + 1};
    hd_v128 want = {.u64 = {4, 4}};
    check(HD_OP_i64x2_shl, &in, &want);
    check(HD_OP_i32x4_shl, &in, &want);
    in.n = UINT32_C(1) << 16;
    check(HD_OP_i16x8_shl, &in, &in.a);
    in.n = 0x108;
    check(HD_OP_i8x16_shl, &in, &in.a);
}
END_TEST

/* Between widths: lane i of the result, of `to` bits, comes from lanes of `from` bits. */

typedef enum change { EXTEND, EXTMUL, EXTADD, DOT, NARROW } change;

static const struct {
    hd_opcode op;
    change change;
    unsigned from, to;
    bool is_signed; /* of the operand where it widens, of the result where it narrows */
    unsigned first; /* lane of the operand */
} widths[] = {
#define ROW(id, change, from, to, is_signed, first)                                                \
    { HD_OP_##id, change, from, to, is_signed, first }
#define HALVES(T, F, from, to)                                                                     \
    ROW(T##_extend_low_##F##_s, EXTEND, from, to, true, 0),                                        \
        ROW(T##_extend_low_##F##_u, EXTEND, from, to, false, 0),                                   \
        ROW(T##_extend_high_##F##_s, EXTEND, from, to, true, 128 / to),                            \
        ROW(T##_extend_high_##F##_u, EXTEND, from, to, false, 128 / to),                           \
        ROW(T##_extmul_low_##F##_s, EXTMUL, from, to, true, 0),                                    \
        ROW(T##_extmul_low_##F##_u, EXTMUL, from, to, false, 0),                                   \
        ROW(T##_extmul_high_##F##_s, EXTMUL, from, to, true, 128 / to),                            \
        ROW(T##_extmul_high_##F##_u, EXTMUL, from, to, false, 128 / to)
    HALVES(i16x8, i8x16, 8, 16),
    HALVES(i32x4, i16x8, 16, 32),
    HALVES(i64x2, i32x4, 32, 64),
    ROW(i16x8_extadd_pairwise_i8x16_s, EXTADD, 8, 16, true, 0),
    ROW(i16x8_extadd_pairwise_i8x16_u, EXTADD, 8, 16, false, 0),
    ROW(i32x4_extadd_pairwise_i16x8_s, EXTADD, 16, 32, true, 0),
    ROW(i32x4_extadd_pairwise_i16x8_u, EXTADD, 16, 32, false, 0),
    ROW(i32x4_dot_i16x8_s, DOT, 16, 32, true, 0),
    ROW(i8x16_narrow_i16x8_s, NARROW, 16, 8, true, 0),
    ROW(i8x16_narrow_i16x8_u, NARROW, 16, 8, false, 0),
    ROW(i16x8_narrow_i32x4_s, NARROW, 32, 16, true, 0),
    ROW(i16x8_narrow_i32x4_u, NARROW, 32, 16, false, 0),
};

START_TEST(lanes_widen_and_narrow) {
    for (size_t t = 0; t < COUNT(widths); t++) {
        const unsigned from = widths[t].from, to = widths[t].to, half = 128 / from;
        const bool is_signed = widths[t].is_signed;
        for (unsigned round = 0; round < ROUNDS; round++) {
            operands in = integer_operands(from, round);
            hd_v128 want;
            for (unsigned i = 0; i < 128 / to; i++) {
                wide x = 0, y = 0, next_x = 0, next_y = 0;
                if (widths[t].change == EXTEND || widths[t].change == EXTMUL) {
                    x = get(&in.a, from, is_signed, widths[t].first + i);
                    y = get(&in.b, from, is_signed, widths[t].first + i);
                } else if (widths[t].change != NARROW) {
                    x = get(&in.a, from, is_signed, 2 * i);
                    y = get(&in.b, from, is_signed, 2 * i);
                    next_x = get(&in.a, from, is_signed, 2 * i + 1);
                    next_y = get(&in.b, from, is_signed, 2 * i + 1);
                } else {
                    x = get(i < half ? &in.a : &in.b, from, true, i % half);
                }
                switch (widths[t].change) {
                case EXTEND: break;
                case EXTMUL: x *= y; break;
                case EXTADD: x += next_x; break;
                case DOT: x = x * y + next_x * next_y; break;
                case NARROW: x = clamp(x, to, is_signed); break;
                }
                set(&want, to, i, x);
            }
            check(widths[t].op, &in, &want);
        }
    }
}
END_TEST

/* Tests that give an i32. */

static const struct {
    hd_opcode all_true, bitmask;
    unsigned bits;
} tests[] = {
    {HD_OP_i8x16_all_true, HD_OP_i8x16_bitmask, 8},
    {HD_OP_i16x8_all_true, HD_OP_i16x8_bitmask, 16},
    {HD_OP_i32x4_all_true, HD_OP_i32x4_bitmask, 32},
    {HD_OP_i64x2_all_true, HD_OP_i64x2_bitmask, 64},
};

static void check_tests(const hd_v128 *a) {
    operands in = {.a = *a};
    hd_v128 want = {.u64 = {a->u64[0] || a->u64[1], 0}};
    check(HD_OP_v128_any_true, &in, &want);
    for (size_t t = 0; t < COUNT(tests); t++) {
        hd_v128 all = {.u64 = {1, 0}}, mask = zero;
        for (unsigned i = 0; i < 128 / tests[t].bits; i++) {
            if (get(a, tests[t].bits, true, i) == 0) all.u32[0] = 0;
            if (get(a, tests[t].bits, true, i) < 0) mask.u32[0] |= 1u << i;
        }
        check(tests[t].all_true, &in, &all);
        check(tests[t].bitmask, &in, &mask);
    }
}

START_TEST(tests_look_at_every_lane) {
    check_tests(&zero);
    for (unsigned bit = 0; bit < 128; bit++) {
        hd_v128 one = zero;
        one.u8[bit / 8] = (uint8_t)(1 << bit % 8);
        check_tests(&one);
        hd_v128 hole = {.u64 = {UINT64_MAX, UINT64_MAX}};
        hole.u8[bit / 8] = 0;
        check_tests(&hole);
    }
    for (unsigned round = 0; round < ROUNDS; round++) {
        operands in = integer_operands(8 << round % 4, round);
        check_tests(&in.a);
    }
}
END_TEST

START_TEST(bitselect_takes_each_bit_from_a_or_b) {
    for (unsigned round = 0; round < ROUNDS; round++) {
        operands in = integer_operands(8, round);
        hd_v128 want = zero;
        for (unsigned bit = 0; bit < 128; bit++) {
            const hd_v128 *from = in.c.u8[bit / 8] >> bit % 8 & 1 ? &in.a : &in.b;
            want.u8[bit / 8] |= (uint8_t)(from->u8[bit / 8] & 1 << bit % 8);
        }
        check(HD_OP_v128_bitselect, &in, &want);
    }
}
END_TEST

/* Floats, as the scalar instructions have them. */

static const uint32_t floats[] = {
    0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007FFFFF, 0x3F800000, 0xBF800000, 0x3F000000,
    0xBF000000, 0x3FC00000, 0x40200000, 0xC0200000, 0x3F7FFFFF, 0xBF7FFFFF, 0x4AFFFFFF, 0x4B000001,
    0xCB000001, 0x4EFFFFFF, 0x4F000000, 0xCF000000, 0xCF000001, 0x4F7FFFFF, 0x4F800000, 0x7F7FFFFF,
    0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00000, 0x7F800001, 0xFFA00000,
};

static const uint64_t doubles[] = {
    0,
    UINT64_C(0x8000000000000000),
    UINT64_C(0x0000000000000001),
    UINT64_C(0x8000000000000001),
    UINT64_C(0x3FF0000000000000), /* 1 */
    UINT64_C(0xBFF0000000000000),
    UINT64_C(0x3FE0000000000000), /* 0.5 */
    UINT64_C(0xBFEFFFFFFFFFFFFF),
    UINT64_C(0x3FF8000000000000), /* 1.5 */
    UINT64_C(0xC004000000000000), /* -2.5 */
    UINT64_C(0x3FF0000010000001), /* rounds up to f32 */
    UINT64_C(0x432FFFFFFFFFFFFF), /* below 2**52 */
    UINT64_C(0xC330000000000001),
    UINT64_C(0x41DFFFFFFFFFFFFF), /* below 2**31 */
    UINT64_C(0x41E0000000000000),
    UINT64_C(0xC1E00000001FFFFF), /* above -2**31 - 1 */
    UINT64_C(0xC1E0000000200000),
    UINT64_C(0x41EFFFFFFFFFFFFF), /* below 2**32 */
    UINT64_C(0x41F0000000000000),
    UINT64_C(0x47F0000000000000), /* 2**128 */
    UINT64_C(0x7FEFFFFFFFFFFFFF),
    UINT64_C(0x7FF0000000000000),
    UINT64_C(0xFFF0000000000000),
    UINT64_C(0x7FF8000000000000),
    UINT64_C(0xFFF8000000000000),
    UINT64_C(0x7FF0000000000001),
    UINT64_C(0xFFF4000000000000),
};

enum { FLOATS = COUNT(floats), DOUBLES = COUNT(doubles), FLOAT_ROUNDS = FLOATS * FLOATS + 300 };

static operands float_operands(unsigned bits, unsigned round) {
    operands in = integer_operands(bits, BOUNDARIES * BOUNDARIES);
    if (round < 300) return in;
    for (unsigned i = 0; i < 4; i++) {
        in.a.u32[i] = floats[((round - 300) / FLOATS + i) % FLOATS];
        in.b.u32[i] = floats[((round - 300) % FLOATS + 3 * i) % FLOATS];
    }
    for (unsigned i = 0; bits == 64 && i < 2; i++) {
        in.a.u64[i] = doubles[((round - 300) / FLOATS + i) % DOUBLES];
        in.b.u64[i] = doubles[((round - 300) % FLOATS + 3 * i) % DOUBLES];
    }
    return in;
}

/* Of two NaN operands, C lets a sum take the payload of either, differently here and there. So
 * where arithmetic gives a NaN, the rule nans_N is what counts: canonical if all NaN operands are,
 * else quiet. */
static void check_arithmetic(hd_opcode op, unsigned bits, const operands *in, const hd_v128 *want) {
    const uint64_t quiet = bits == 32 ? 0x7FC00000 : UINT64_C(0x7FF8000000000000);
    const uint64_t infinity = bits == 32 ? 0x7F800000 : UINT64_C(0x7FF0000000000000);
    const uint64_t magnitude = (UINT64_C(1) << (bits - 1)) - 1;
    hd_v128 got, adjusted = *want;
    ck_assert(apply(op, in, &got));
    for (unsigned i = 0; i < 128 / bits; i++) {
        uint64_t x = (uint64_t)get(&in->a, bits, false, i) & magnitude;
        uint64_t y = (uint64_t)get(&in->b, bits, false, i) & magnitude;
        uint64_t result = (uint64_t)get(&got, bits, false, i) & magnitude;
        if (((uint64_t)get(want, bits, false, i) & magnitude) <= infinity) continue;
        bool canonical = (x <= infinity || x == quiet) && (y <= infinity || y == quiet);
        if (canonical ? result == quiet : result >= quiet)
            set(&adjusted, bits, i, get(&got, bits, false, i));
    }
    check(op, in, &adjusted);
}

static float pmin32(float a, float b) {
    return b < a ? b : a;
}

static float pmax32(float a, float b) {
    return a < b ? b : a;
}

static double pmin64(double a, double b) {
    return b < a ? b : a;
}

static double pmax64(double a, double b) {
    return a < b ? b : a;
}

static const struct {
    hd_opcode op32, op64;
    float (*f32)(float, float);
    double (*f64)(double, double);
    bool arithmetic;
} float_binary[] = {
#define PAIR(name) HD_OP_f32x4_##name, HD_OP_f64x2_##name
    {PAIR(add), hd_f32_add, hd_f64_add, true}, {PAIR(sub), hd_f32_sub, hd_f64_sub, true},
    {PAIR(mul), hd_f32_mul, hd_f64_mul, true}, {PAIR(div), hd_f32_div, hd_f64_div, true},
    {PAIR(min), hd_f32_min, hd_f64_min, true}, {PAIR(max), hd_f32_max, hd_f64_max, true},
    {PAIR(pmin), pmin32, pmin64, false},       {PAIR(pmax), pmax32, pmax64, false},
};

static const struct {
    hd_opcode op32, op64;
    float (*f32)(float);
    double (*f64)(double);
} float_unary[] = {
    {PAIR(abs), hd_f32_abs, hd_f64_abs},
    {PAIR(neg), hd_f32_neg, hd_f64_neg},
    {PAIR(sqrt), hd_f32_sqrt, hd_f64_sqrt},
    {PAIR(ceil), hd_f32_ceil, hd_f64_ceil},
    {PAIR(floor), hd_f32_floor, hd_f64_floor},
    {PAIR(trunc), hd_f32_trunc, hd_f64_trunc},
    {PAIR(nearest), hd_f32_nearest, hd_f64_nearest},
};

static const struct {
    hd_opcode op32, op64;
    uint32_t (*f32)(float, float);
    uint32_t (*f64)(double, double);
} float_compare[] = {
    {PAIR(eq), hd_f32_eq, hd_f64_eq}, {PAIR(ne), hd_f32_ne, hd_f64_ne},
    {PAIR(lt), hd_f32_lt, hd_f64_lt}, {PAIR(gt), hd_f32_gt, hd_f64_gt},
    {PAIR(le), hd_f32_le, hd_f64_le}, {PAIR(ge), hd_f32_ge, hd_f64_ge},
};

START_TEST(float_operations_agree_with_scalars) {
    for (unsigned round = 0; round < FLOAT_ROUNDS; round++) {
        operands in32 = float_operands(32, round), in64 = float_operands(64, round);
        hd_v128 want32, want64;
        for (size_t t = 0; t < COUNT(float_binary); t++) {
            for (int i = 0; i < 4; i++)
                want32.f32[i] = float_binary[t].f32(in32.a.f32[i], in32.b.f32[i]);
            for (int i = 0; i < 2; i++)
                want64.f64[i] = float_binary[t].f64(in64.a.f64[i], in64.b.f64[i]);
            if (float_binary[t].arithmetic) {
                check_arithmetic(float_binary[t].op32, 32, &in32, &want32);
                check_arithmetic(float_binary[t].op64, 64, &in64, &want64);
            } else {
                check(float_binary[t].op32, &in32, &want32);
                check(float_binary[t].op64, &in64, &want64);
            }
        }
        for (size_t t = 0; t < COUNT(float_unary); t++) {
            for (int i = 0; i < 4; i++)
                want32.f32[i] = float_unary[t].f32(in32.a.f32[i]);
            for (int i = 0; i < 2; i++)
                want64.f64[i] = float_unary[t].f64(in64.a.f64[i]);
            check(float_unary[t].op32, &in32, &want32);
            check(float_unary[t].op64, &in64, &want64);
        }
        for (size_t t = 0; t < COUNT(float_compare); t++) {
            for (int i = 0; i < 4; i++)
                want32.u32[i] = -float_compare[t].f32(in32.a.f32[i], in32.b.f32[i]);
            for (int i = 0; i < 2; i++)
                want64.u64[i] = -(uint64_t)float_compare[t].f64(in64.a.f64[i], in64.b.f64[i]);
            check(float_compare[t].op32, &in32, &want32);
            check(float_compare[t].op64, &in64, &want64);
        }
    }
}
END_TEST

static const hd_opcode float_conversions[] = {
    HD_OP_i32x4_trunc_sat_f32x4_s,      HD_OP_i32x4_trunc_sat_f32x4_u,
    HD_OP_i32x4_trunc_sat_f64x2_s_zero, HD_OP_i32x4_trunc_sat_f64x2_u_zero,
    HD_OP_f32x4_convert_i32x4_s,        HD_OP_f32x4_convert_i32x4_u,
    HD_OP_f64x2_convert_low_i32x4_s,    HD_OP_f64x2_convert_low_i32x4_u,
    HD_OP_f64x2_promote_low_f32x4,      HD_OP_f32x4_demote_f64x2_zero,
};

static void convert_lane(hd_opcode op, const hd_v128 *a, int i, hd_v128 *want) {
    switch (op) {
    case HD_OP_i32x4_trunc_sat_f32x4_s: want->u32[i] = hd_i32_trunc_sat_f32_s(a->f32[i]); break;
    case HD_OP_i32x4_trunc_sat_f32x4_u: want->u32[i] = hd_i32_trunc_sat_f32_u(a->f32[i]); break;
    case HD_OP_f32x4_convert_i32x4_s: want->f32[i] = hd_f32_convert_i32_s(a->u32[i]); break;
    case HD_OP_f32x4_convert_i32x4_u: want->f32[i] = hd_f32_convert_i32_u(a->u32[i]); break;
    default: break;
    }
    if (i >= 2) return;
    switch (op) {
    case HD_OP_i32x4_trunc_sat_f64x2_s_zero:
        want->u32[i] = hd_i32_trunc_sat_f64_s(a->f64[i]);
        break;
    case HD_OP_i32x4_trunc_sat_f64x2_u_zero:
        want->u32[i] = hd_i32_trunc_sat_f64_u(a->f64[i]);
        break;
    case HD_OP_f64x2_convert_low_i32x4_s: want->f64[i] = hd_f64_convert_i32_s(a->u32[i]); break;
    case HD_OP_f64x2_convert_low_i32x4_u: want->f64[i] = hd_f64_convert_i32_u(a->u32[i]); break;
    case HD_OP_f64x2_promote_low_f32x4: want->f64[i] = hd_f64_promote_f32(a->f32[i]); break;
    case HD_OP_f32x4_demote_f64x2_zero: want->f32[i] = hd_f32_demote_f64(a->f64[i]); break;
    default: break;
    }
}

START_TEST(float_conversions_agree_with_scalars) {
    for (unsigned round = 0; round < 2 * FLOAT_ROUNDS; round++) {
        operands in = round < FLOAT_ROUNDS ? float_operands(32, round)
                                           : float_operands(64, round - FLOAT_ROUNDS);
        for (size_t t = 0; t < COUNT(float_conversions); t++) {
            hd_v128 want = zero;
            for (int i = 0; i < 4; i++)
                convert_lane(float_conversions[t], &in.a, i, &want);
            check(float_conversions[t], &in, &want);
        }
    }
}
END_TEST

/* Memory. */

static const struct {
    hd_opcode op;
    enum { WHOLE, EXTENDED_S, EXTENDED_U, SPLAT, ZERO } kind;
    unsigned bits;
} loads[] = {
    {HD_OP_v128_load, WHOLE, 64},
    {HD_OP_v128_load8x8_s, EXTENDED_S, 8},
    {HD_OP_v128_load8x8_u, EXTENDED_U, 8},
    {HD_OP_v128_load16x4_s, EXTENDED_S, 16},
    {HD_OP_v128_load16x4_u, EXTENDED_U, 16},
    {HD_OP_v128_load32x2_s, EXTENDED_S, 32},
    {HD_OP_v128_load32x2_u, EXTENDED_U, 32},
    {HD_OP_v128_load8_splat, SPLAT, 8},
    {HD_OP_v128_load16_splat, SPLAT, 16},
    {HD_OP_v128_load32_splat, SPLAT, 32},
    {HD_OP_v128_load64_splat, SPLAT, 64},
    {HD_OP_v128_load32_zero, ZERO, 32},
    {HD_OP_v128_load64_zero, ZERO, 64},
};

START_TEST(loads_read_their_width_at_any_address) {
    for (unsigned round = 0; round < ROUNDS; round++)
        for (size_t t = 0; t < COUNT(loads); t++) {
            const unsigned bits = loads[t].bits, width = hd_opcode_info[loads[t].op].width;
            hd_v128 memory = integer_operands(bits, round).a, want = zero;
            for (unsigned i = 0; i < 128 / bits; i++)
                switch (loads[t].kind) {
                case WHOLE: want = memory; break;
                case EXTENDED_S:
                    if (i < 64 / bits) set(&want, 2 * bits, i, get(&memory, bits, true, i));
                    break;
                case EXTENDED_U:
                    if (i < 64 / bits) set(&want, 2 * bits, i, get(&memory, bits, false, i));
                    break;
                case SPLAT: set(&want, bits, i, get(&memory, bits, false, 0)); break;
                case ZERO: set(&want, bits, i, i ? 0 : get(&memory, bits, false, 0)); break;
                }
            /* On the heap, so that a sanitizer sees a byte too many. */
            uint8_t *block = malloc(width + 1);
            operands in = {.bytes = block + 1};
            memcpy(in.bytes, &memory, width);
            check(loads[t].op, &in, &want);
            free(block);
        }
}
END_TEST

static const struct {
    hd_opcode load, store;
    unsigned bits;
} lane_accesses[] = {
    {HD_OP_v128_load8_lane, HD_OP_v128_store8_lane, 8},
    {HD_OP_v128_load16_lane, HD_OP_v128_store16_lane, 16},
    {HD_OP_v128_load32_lane, HD_OP_v128_store32_lane, 32},
    {HD_OP_v128_load64_lane, HD_OP_v128_store64_lane, 64},
};

START_TEST(lanes_load_and_store_alone) {
    operands in = integer_operands(8, ROUNDS - 1);
    for (size_t t = 0; t < COUNT(lane_accesses); t++) {
        const unsigned bits = lane_accesses[t].bits;
        for (in.n = 0; in.n < 128 / bits; in.n++) {
            uint8_t *block = malloc(bits / 8 + 1);
            in.bytes = block + 1;
            memcpy(in.bytes, &in.b, bits / 8);
            hd_v128 want = in.a;
            set(&want, bits, in.n, get(&in.b, bits, false, 0));
            check(lane_accesses[t].load, &in, &want);

            check(lane_accesses[t].store, &in, &zero);
            ck_assert_mem_eq(in.bytes, &in.a.u8[in.n * bits / 8], bits / 8);
            free(block);
        }
    }
}
END_TEST

START_TEST(store_writes_the_whole) {
    uint8_t memory[18] = {0};
    operands in = integer_operands(8, ROUNDS - 1);
    in.bytes = memory + 1;
    check(HD_OP_v128_store, &in, &zero);
    ck_assert_mem_eq(memory + 1, &in.a, 16);
    ck_assert(memory[0] == 0 && memory[17] == 0);
}
END_TEST

/* Lanes. */

static const struct {
    hd_opcode splat, extract, extract_u, replace;
    unsigned bits;
} accesses[] = {
    {HD_OP_i8x16_splat, HD_OP_i8x16_extract_lane_s, HD_OP_i8x16_extract_lane_u,
     HD_OP_i8x16_replace_lane, 8},
    {HD_OP_i16x8_splat, HD_OP_i16x8_extract_lane_s, HD_OP_i16x8_extract_lane_u,
     HD_OP_i16x8_replace_lane, 16},
    {HD_OP_i32x4_splat, HD_OP_i32x4_extract_lane, 0, HD_OP_i32x4_replace_lane, 32},
    {HD_OP_i64x2_splat, HD_OP_i64x2_extract_lane, 0, HD_OP_i64x2_replace_lane, 64},
    {HD_OP_f32x4_splat, HD_OP_f32x4_extract_lane, 0, HD_OP_f32x4_replace_lane, 32},
    {HD_OP_f64x2_splat, HD_OP_f64x2_extract_lane, 0, HD_OP_f64x2_replace_lane, 64},
};

START_TEST(lanes_are_read_and_written_bit_for_bit) {
    for (size_t t = 0; t < COUNT(accesses); t++) {
        const unsigned bits = accesses[t].bits;
        for (unsigned round = 0; round < FLOAT_ROUNDS; round++) {
            /* Signalling NaN among them; of an i32 the lane takes the low bits. */
            operands in = float_operands(bits == 64 ? 64 : 32, round);
            in.x.i64 = in.b.u64[0];
            hd_v128 want = zero;
            for (unsigned i = 0; i < 128 / bits; i++)
                set(&want, bits, i, (wide)in.x.i64);
            check(accesses[t].splat, &in, &want);
            for (in.n = 0; in.n < 128 / bits; in.n++) {
                want = in.a;
                set(&want, bits, in.n, (wide)in.x.i64);
                check(accesses[t].replace, &in, &want);

                want = zero;
                set(&want, bits < 32 ? 32 : bits, 0, get(&in.a, bits, true, in.n));
                check(accesses[t].extract, &in, &want);
                want = zero;
                set(&want, bits < 32 ? 32 : bits, 0, get(&in.a, bits, false, in.n));
                if (accesses[t].extract_u) check(accesses[t].extract_u, &in, &want);
            }
        }
    }
}
END_TEST

START_TEST(shuffle_picks_from_both) {
    for (unsigned round = 0; round < ROUNDS; round++) {
        operands in = integer_operands(8, round);
        uint8_t lanes[16];
        hd_v128 want;
        for (unsigned i = 0; i < 16; i++) {
            lanes[i] = round < 32 ? (uint8_t)((round + i) % 32) : in.c.u8[i] % 32;
            want.u8[i] = lanes[i] < 16 ? in.a.u8[lanes[i]] : in.b.u8[lanes[i] - 16];
        }
        in.lanes = lanes;
        check(HD_OP_i8x16_shuffle, &in, &want);
    }
}
END_TEST

START_TEST(swizzle_gives_zero_outside) {
    for (unsigned round = 0; round < 256 + ROUNDS; round++) {
        operands in = integer_operands(8, round % ROUNDS);
        hd_v128 want;
        for (unsigned i = 0; i < 16; i++) {
            in.b.u8[i] = round < 256 ? (uint8_t)(round + i) : in.c.u8[i] % 20;
            want.u8[i] = in.b.u8[i] < 16 ? in.a.u8[in.b.u8[i]] : 0;
        }
        check(HD_OP_i8x16_swizzle, &in, &want);
    }
}
END_TEST

START_TEST(the_tables_have_every_vector_instruction) {
    bool has[HD_OPCODE_COUNT] = {
        [HD_OP_v128_any_true] = true, [HD_OP_v128_bitselect] = true, [HD_OP_v128_store] = true,
        [HD_OP_i8x16_shuffle] = true, [HD_OP_i8x16_swizzle] = true,  [HD_OP_v128_const] = true,
    };
    for (size_t i = 0; i < COUNT(lanewise); i++)
        has[lanewise[i].op] = true;
    for (size_t i = 0; i < COUNT(widths); i++)
        has[widths[i].op] = true;
    for (size_t i = 0; i < COUNT(tests); i++)
        has[tests[i].all_true] = has[tests[i].bitmask] = true;
    for (size_t i = 0; i < COUNT(float_binary); i++)
        has[float_binary[i].op32] = has[float_binary[i].op64] = true;
    for (size_t i = 0; i < COUNT(float_unary); i++)
        has[float_unary[i].op32] = has[float_unary[i].op64] = true;
    for (size_t i = 0; i < COUNT(float_compare); i++)
        has[float_compare[i].op32] = has[float_compare[i].op64] = true;
    for (size_t i = 0; i < COUNT(float_conversions); i++)
        has[float_conversions[i]] = true;
    for (size_t i = 0; i < COUNT(loads); i++)
        has[loads[i].op] = true;
    for (size_t i = 0; i < COUNT(lane_accesses); i++)
        has[lane_accesses[i].load] = has[lane_accesses[i].store] = true;
    for (size_t i = 0; i < COUNT(accesses); i++)
        has[accesses[i].splat] = has[accesses[i].extract] = has[accesses[i].extract_u] =
            has[accesses[i].replace] = true;
    unsigned count = 0;
    for (hd_opcode op = 0; op < HD_OPCODE_COUNT; op++) {
        if (hd_opcode_info[op].code >> 8 != 0xFD) continue;
        ck_assert_msg(has[op], "%s is not tested", hd_opcode_info[op].text);
        count++;
    }
    ck_assert_uint_eq(count, 236);
}
END_TEST

Suite *simd_suite(void) {
    Suite *suite = suite_create("simd");
    TCase *cases = tcase_create("simd");
    tcase_add_checked_fixture(cases, seed, NULL);
    tcase_add_test(cases, lanes_agree_with_their_references);
    tcase_add_test(cases, shift_counts_use_all_of_their_32_bits);
    tcase_add_test(cases, lanes_widen_and_narrow);
    tcase_add_test(cases, tests_look_at_every_lane);
    tcase_add_test(cases, bitselect_takes_each_bit_from_a_or_b);
    tcase_add_test(cases, float_operations_agree_with_scalars);
    tcase_add_test(cases, float_conversions_agree_with_scalars);
    tcase_add_test(cases, loads_read_their_width_at_any_address);
    tcase_add_test(cases, lanes_load_and_store_alone);
    tcase_add_test(cases, store_writes_the_whole);
    tcase_add_test(cases, lanes_are_read_and_written_bit_for_bit);
    tcase_add_test(cases, shuffle_picks_from_both);
    tcase_add_test(cases, swizzle_gives_zero_outside);
    tcase_add_test(cases, the_tables_have_every_vector_instruction);
    suite_add_tcase(suite, cases);
    return suite;
}
