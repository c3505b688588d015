/* test_module_types.c: cases of the suite of module/ about reference types: which types are equal,
 * across modules too, which are subtypes, and what they are called. */
#include <stdio.h>
#include <string.h>

#include <check.h>

#include "base/alloc.h"
#include "module/deftype.h"
#include "module/module.h"
#include "text/wat.h"
#include "wat.h"

TCase *module_types_case(void);

/* The type of a module's global. */
static hd_valtype global_type(const hd_module *module, uint32_t index) {
    return module->globals[index].type.type;
}

static const char groups[] =
    "(rec (type $a (func (result (ref null $b))))"
    "     (type $b (func (param (ref null $a)))))"
    "(rec (type $b2 (func (param (ref null $a2))))"
    "     (type $a2 (func (result (ref null $b2)))))"
    "(type $alone (func (result (ref null $alone))))"
    "(type $plain (func (param i32)))"
    "(type $same (func (param i32)))"
    "(global (ref null $a) (ref.null $a)) (global (ref null $b) (ref.null $b))"
    "(global (ref null $a2) (ref.null $a2))"
    "(global (ref null $alone) (ref.null $alone))"
    "(global (ref null $plain) (ref.null $plain))"
    "(global (ref null $same) (ref.null $same))";

START_TEST(equal_types_have_one_number) {
    hd_module *one = load_wat(groups);
    hd_module *other = load_wat(
        "(type (func)) (type $p (func (param i32)))"
        "(rec (type $x (func (result (ref null $y)))) (type $y (func (param (ref null $x)))))"
        "(rec (type $z (func (result (ref null $z)))))"
        "(global (ref null $x) (ref.null $x)) (global (ref null $y) (ref.null $y))"
        "(global (ref null $p) (ref.null $p)) (global (ref null $z) (ref.null $z))");
    ck_assert_uint_eq(global_type(one, 0), global_type(other, 0));
    ck_assert_uint_eq(global_type(one, 1), global_type(other, 1));
    ck_assert_uint_eq(global_type(one, 4), global_type(one, 5));
    ck_assert_uint_eq(global_type(one, 4), global_type(other, 2));
    ck_assert_uint_eq(global_type(one, 3), global_type(other, 3));
    /* The same pair in another order is another pair. */
    ck_assert_uint_ne(global_type(one, 0), global_type(one, 2));
    ck_assert_uint_ne(global_type(one, 0), global_type(one, 3));
    ck_assert(hd_functype_equal(one->types[0], other->types[2]));
    ck_assert(!hd_functype_equal(one->types[0], one->types[3]));
    hd_module_free(one);
    /* The numbers live on in the second one. */
    ck_assert_str_eq(hd_valtype_name(global_type(other, 2)), "(ref null (i32) -> ())");
    hd_module_free(other);
}
END_TEST

START_TEST(types_without_references_need_no_number) {
    hd_module *module =
        load_wat("(type (func (param funcref (ref func)))) (type (func (param funcref "
                 "(ref func)))) (type (sub (func)))");
    ck_assert_ptr_eq(module->types[0], module->types[1]);
    ck_assert_uint_eq(module->types[0]->number, 0);
    ck_assert_uint_ne(module->types[2]->number, 0);
    ck_assert_uint_eq(module->rectypes.len, 1);
    hd_module_free(module);
}
END_TEST

START_TEST(numbers_are_given_back) {
    hd_valtype least = UINT32_MAX, most = 0;
    for (int i = 0; i < 200; i++) {
        hd_module *module = load_wat(groups);
        for (uint32_t k = 0; k < module->global_count; k++) {
            hd_valtype type = global_type(module, k);
            if (type < least) least = type;
            if (type > most) most = type;
        }
        hd_module_free(module);
    }
    ck_assert_uint_le(hd_type_number(most) - hd_type_number(least), 16);
}
END_TEST

START_TEST(subtypes_match) {
    hd_module *module =
        load_wat("(type $f (func)) (type $s (sub (func)))"
                 "(type $t (sub $s (func))) (type $u (sub final $t (func)))"
                 "(global (ref null $f) (ref.null $f)) (global (ref null $s) (ref.null $s))"
                 "(global (ref null $t) (ref.null $t)) (global (ref null $u) (ref.null $u))");
    hd_valtype f = global_type(module, 0), s = global_type(module, 1), t = global_type(module, 2);
    hd_valtype u = global_type(module, 3);
    const struct {
        hd_valtype type, super;
        bool matches;
    } rows[] = {
        {HD_I32, HD_I32, true},
        {HD_I32, HD_I64, false},
        {HD_I32, HD_FUNCREF, false},
        {HD_FUNCREF, HD_V128, false},
        {HD_FUNCREF | HD_NON_NULL, HD_FUNCREF, true},
        {HD_FUNCREF, HD_FUNCREF | HD_NON_NULL, false},
        {HD_FUNCREF, HD_EXTERNREF, false},
        {HD_NULLFUNCREF, HD_FUNCREF, true},
        {HD_NULLFUNCREF, f, true},
        {HD_NULLFUNCREF, f | HD_NON_NULL, false},
        {HD_NULLFUNCREF | HD_NON_NULL, f | HD_NON_NULL, true},
        {HD_NULLEXTERNREF, HD_EXTERNREF, true},
        {HD_NULLEXTERNREF, HD_EXNREF, false},
        {HD_NULLEXNREF, HD_EXNREF, true},
        {HD_NULLEXNREF, f, false},
        {f, HD_FUNCREF, true},
        {f | HD_NON_NULL, HD_FUNCREF | HD_NON_NULL, true},
        {f, HD_FUNCREF | HD_NON_NULL, false},
        {f | HD_NON_NULL, f, true},
        {HD_FUNCREF, f, false},
        {f, HD_EXTERNREF, false},
        {f, s, false},
        {t, s, true},
        {u, s, true},
        {u | HD_NON_NULL, t, true},
        {s, t, false},
        {t, u, false},
        {HD_HEAP_BOTTOM | HD_NON_NULL, u | HD_NON_NULL, true},
        {HD_HEAP_BOTTOM | HD_NON_NULL, HD_EXTERNREF, true},
        {HD_HEAP_BOTTOM | HD_NON_NULL, HD_I64, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(hd_valtype_matches(rows[i].type, rows[i].super) == rows[i].matches,
                      "row %zu: %s, %s", i, hd_valtype_name(rows[i].type),
                      hd_valtype_name(rows[i].super));
    ck_assert(hd_functype_matches(module->types[3], module->types[1]));
    ck_assert(!hd_functype_matches(module->types[1], module->types[3]));
    hd_module_free(module);
}
END_TEST

START_TEST(types_have_names) {
    hd_module *module = load_wat(groups);
    ck_assert_str_eq(hd_valtype_name(global_type(module, 3)), "(ref null () -> ((ref null ...)))");
    ck_assert_str_eq(hd_valtype_name(global_type(module, 4) | HD_NON_NULL), "(ref (i32) -> ())");
    ck_assert_str_eq(hd_valtype_name(HD_FUNCREF | HD_NON_NULL), "(ref func)");
    ck_assert_str_eq(hd_valtype_name(HD_NULLEXNREF), "nullexnref");
    hd_module_free(module);
}
END_TEST

START_TEST(chains_of_subtypes_have_a_limit) {
    static char text[8192];
    for (int length = HD_MAX_SUBTYPING_DEPTH; length <= HD_MAX_SUBTYPING_DEPTH + 1; length++) {
        char *end = text + sprintf(text, "(module (type (sub (func)))");
        for (int i = 0; i < length; i++)
            end += sprintf(end, "(type (sub %d (func)))", i);
        strcpy(end, ")");
        unsigned char *wasm;
        size_t size;
        hd_diag diag = HD_DIAG_INIT;
        hd_module *module;
        ck_assert_int_eq(hd_wat_to_wasm(text, strlen(text), 1, 1, &wasm, &size, NULL, &diag),
                         HD_OK);
        hd_status status = hd_module_load(wasm, size, &module, &diag);
        ck_assert_int_eq(status, length > HD_MAX_SUBTYPING_DEPTH ? HD_LIMIT : HD_OK);
        hd_module_free(module);
        hd_free(wasm);
    }
}
END_TEST

TCase *module_types_case(void) {
    TCase *types = tcase_create("types");
    tcase_add_test(types, equal_types_have_one_number);
    tcase_add_test(types, types_without_references_need_no_number);
    tcase_add_test(types, numbers_are_given_back);
    tcase_add_test(types, subtypes_match);
    tcase_add_test(types, types_have_names);
    tcase_add_test(types, chains_of_subtypes_have_a_limit);
    return types;
}
