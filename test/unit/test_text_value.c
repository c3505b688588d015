/* test_text_value.c: arguments and expected results of scripts. */
#include <stdio.h>
#include <string.h>

#include <check.h>

#include "text/script.h"

TCase *text_value_case(void);

static hd_arena arena;
static hd_script script;
static hd_diag diag;

static void setup(void) {
    arena = (hd_arena)HD_ARENA_INIT;
    hd_diag_reset(&diag);
}

static void teardown(void) {
    hd_arena_free(&arena);
}

static hd_status try_result(const char *value) {
    char text[1024];
    snprintf(text, sizeof text, "(assert_return (invoke \"\") %s)", value);
    return hd_script_parse("e", text, strlen(text), &arena, &script, &diag);
}

static hd_status try_argument(const char *value) {
    char text[1024];
    snprintf(text, sizeof text, "(invoke \"\" %s)", value);
    return hd_script_parse("e", text, strlen(text), &arena, &script, &diag);
}

static const hd_script_value *result(const char *value) {
    hd_status status = try_result(value);
    ck_assert_msg(status == HD_OK, "%s: %s", value, diag.message);
    ck_assert_uint_eq(script.commands->expected_count, 1);
    return script.commands->expected;
}

static const struct {
    const char *text;
    hd_value_kind kind;
    uint64_t bits;
} scalars[] = {
    {"(i32.const -1)", HD_VALUE_I32, UINT32_MAX},
    {"(i64.const 0xffff_ffff_ffff_fffe)", HD_VALUE_I64, UINT64_MAX - 1},
    {"(f32.const 0x1p-149)", HD_VALUE_F32, 1},
    {"(f32.const -nan:0x200000)", HD_VALUE_F32, 0xffa00000},
    {"(f64.const 1)", HD_VALUE_F64, 0x3ff0000000000000},
    {"(ref.null func)", HD_VALUE_NULL_FUNC, 0},
    {"(ref.null extern)", HD_VALUE_NULL_EXTERN, 0},
    {"(ref.extern 0xffffffff)", HD_VALUE_REF_EXTERN, UINT32_MAX},
};

START_TEST(scalars_are_values) {
    ck_assert_int_eq(try_argument(scalars[_i].text), HD_OK);
    ck_assert_uint_eq(script.commands->action.argument_count, 1);
    const hd_script_value *argument = script.commands->action.arguments;
    const hd_script_value *expected = result(scalars[_i].text);
    ck_assert_int_eq(argument->kind, scalars[_i].kind);
    ck_assert_uint_eq(argument->bits, scalars[_i].bits);
    ck_assert_int_eq(expected->kind, scalars[_i].kind);
    ck_assert_uint_eq(expected->bits, scalars[_i].bits);
    ck_assert_int_eq(expected->nan, HD_NAN_NONE);
    ck_assert(!expected->any);
}
END_TEST

static const struct {
    const char *text;
    hd_lane_shape shape;
    uint8_t lanes[16];
} vectors[] = {
    {"(v128.const i8x16 0 -1 2 3 4 5 6 7 8 9 10 11 12 13 14 0xff)",
     HD_SHAPE_I8X16,
     {0, 255, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255}},
    {"(v128.const i16x8 0x102 -2 0 0 0 0 0 65535)",
     HD_SHAPE_I16X8,
     {2, 1, 254, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255}},
    {"(v128.const i32x4 0x01020304 0 0 -1)",
     HD_SHAPE_I32X4,
     {4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255}},
    {"(v128.const i64x2 0x0102030405060708 -2)",
     HD_SHAPE_I64X2,
     {8, 7, 6, 5, 4, 3, 2, 1, 254, 255, 255, 255, 255, 255, 255, 255}},
    {"(v128.const f32x4 1 -0 inf nan)",
     HD_SHAPE_F32X4,
     {0, 0, 0x80, 0x3f, 0, 0, 0, 0x80, 0, 0, 0x80, 0x7f, 0, 0, 0xc0, 0x7f}},
    {"(v128.const f64x2 0x1p-1074 -inf)",
     HD_SHAPE_F64X2,
     {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0xff}},
};

START_TEST(vectors_are_little_endian) {
    const hd_script_value *value = result(vectors[_i].text);
    ck_assert_int_eq(value->kind, HD_VALUE_V128);
    ck_assert_int_eq(value->shape, vectors[_i].shape);
    ck_assert_mem_eq(value->lanes, vectors[_i].lanes, 16);
    ck_assert_int_eq(try_argument(vectors[_i].text), HD_OK);
}
END_TEST

START_TEST(patterns) {
    ck_assert_int_eq(result("(f32.const nan:canonical)")->nan, HD_NAN_CANONICAL);
    ck_assert_int_eq(result("(f64.const nan:arithmetic)")->nan, HD_NAN_ARITHMETIC);
    ck_assert(result("(ref.extern)")->any);
    ck_assert_int_eq(result("(ref.func)")->kind, HD_VALUE_REF_FUNC);

    const hd_script_value *v = result("(v128.const f32x4 nan:canonical 1 nan:arithmetic nan)");
    static const uint8_t nans[] = {HD_NAN_CANONICAL, HD_NAN_NONE, HD_NAN_ARITHMETIC, HD_NAN_NONE};
    ck_assert_mem_eq(v->lane_nans, nans, 4);
    ck_assert_uint_eq(v->lanes[7], 0x3f);

    const hd_script_value *either =
        result("(either (i32.const 1) (either (i32.const 2) (ref.func)) (i32.const 3))");
    ck_assert_int_eq(either->kind, HD_VALUE_EITHER);
    ck_assert_uint_eq(either->choice_count, 3);
    ck_assert_uint_eq(either->choices[2].bits, 3);
    ck_assert_uint_eq(either->choices[1].choice_count, 2);
    ck_assert_int_eq(either->choices[1].choices[1].kind, HD_VALUE_REF_FUNC);
}
END_TEST

static const char *const not_arguments[] = {
    "(f32.const nan:canonical)",
    "(v128.const f64x2 0 nan:arithmetic)",
    "(ref.extern)",
    "(ref.func)",
    "(either (i32.const 1))",
};

START_TEST(patterns_are_not_arguments) {
    ck_assert_int_eq(try_result(not_arguments[_i]), HD_OK);
    ck_assert_int_eq(try_argument(not_arguments[_i]), HD_MALFORMED);
}
END_TEST

static const struct {
    const char *text, *message;
} errors[] = {
    {"(i32.const)", "unexpected token ), expected an integer"},
    {"(i32.const 1.0)", "unexpected token 1.0, expected a number"},
    {"(i32.const 4294967296)", "constant out of range: 4294967296"},
    {"(i32.const 1 2)", "unexpected token 2, expected )"},
    {"(f32.const 1e39)", "constant out of range: 1e39"},
    {"(f32.const x)", "unexpected token x, expected a number"},
    {"(i32.const nan:canonical)", "unexpected token nan:canonical, expected an integer"},
    {"(v128.const)", "unexpected token ), expected a shape such as i32x4"},
    {"(v128.const i32x4 1 2 3)", "unexpected token ), expected an integer"},
    {"(v128.const i64x2 1 2 3)", "unexpected token 3, expected )"},
    {"(v128.const i8x16 256)", "constant out of range: 256"},
    {"(ref.null all)", "unexpected token all, expected func, extern or exn"},
    {"(ref.extern -1)", "unexpected token -1, expected a number"},
    {"(ref.func 1)", "unexpected token 1, expected )"},
    {"(either)", "unexpected token ), expected a result"},
    {"(i32.add)", "unexpected token i32.add, expected a result"},
    {"1", "unexpected token 1, expected )"},
};

START_TEST(errors_of_values) {
    ck_assert_int_eq(try_result(errors[_i].text), HD_MALFORMED);
    ck_assert_str_eq(diag.message, errors[_i].message);
    ck_assert_uint_eq(diag.line, 1);
    ck_assert_uint_ge(diag.column, 27);
}
END_TEST

START_TEST(nesting_is_bounded) {
    char text[1024] = "";
    for (int i = 0; i < 101; i++)
        strcat(text, "(either ");
    ck_assert_int_eq(try_result(text), HD_LIMIT);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

TCase *text_value_case(void) {
    TCase *values = tcase_create("values");
    tcase_add_checked_fixture(values, setup, teardown);
    tcase_add_loop_test(values, scalars_are_values, 0, COUNT(scalars));
    tcase_add_loop_test(values, vectors_are_little_endian, 0, COUNT(vectors));
    tcase_add_test(values, patterns);
    tcase_add_loop_test(values, patterns_are_not_arguments, 0, COUNT(not_arguments));
    tcase_add_loop_test(values, errors_of_values, 0, COUNT(errors));
    tcase_add_test(values, nesting_is_bounded);
    return values;
}
