/* test_code.c: the suite of src/code: which operations a body becomes. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "code/code.h"
#include "code/regops.h"
#include "suites.h"
#include "text/wat.h"
#include "wat.h"

static const char *const regop_names[] = {
#define HD_REGOP(name) #name,
#include "code/regops.def"
#undef HD_REGOP
};

/* Instead of handlers, the names of the operations: code is made to be read here, not to be run. */
static hd_handlers names_as_handlers(void) {
    return (hd_handlers)(const void *const *)regop_names;
}

typedef struct translated {
    hd_module *module;
    hd_codebase *base;
    const hd_code *code;
} translated;

static translated translate(const char *text) {
    hd_diag diag = HD_DIAG_INIT;
    translated t = {.module = load_wat(text)};
    t.base = hd_codebase_new(t.module, names_as_handlers());
    hd_code *code = hd_codebase_function(t.base, t.module->function_count - 1);
    hd_code_translate(code, &diag);
    ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
    t.code = code;
    return t;
}

static void release(translated *t) {
    hd_codebase_free(t->base);
    hd_module_free(t->module);
}

/* Asserts that the last function of a module becomes these operations, between spaces. Second
 * units, which have no operation, are left out. */
static void expect(const char *text, const char *operations) {
    translated t = translate(text);
    char got[1024] = "";
    for (const hd_insn *i = t.code->begin; i < t.code->end; i++) {
        bool known = false;
        for (size_t n = 0; n < HD_REGOP_COUNT; n++)
            known |= i->handler == regop_names[n];
        if (!known) continue;
        if (got[0]) strncat(got, " ", sizeof got - strlen(got) - 1);
        strncat(got, i->handler, sizeof got - strlen(got) - 1);
    }
    ck_assert_str_eq(got, operations);
    release(&t);
}

START_TEST(local_set_is_part_of_the_operation) {
    expect("(func (param i32 i32) (local.set 0 (i32.add (local.get 0) (local.get 1))))",
           "enter i32_add_ss ret");
    translated t = translate("(func (param i32 i32) (local i64 i32)"
                             " (local.set 3 (i32.sub (local.get 0) (i32.const 7))))");
    const hd_insn *sub = t.code->begin + 1;
    ck_assert_int_eq(sub->d, 5); /* behind the frame and the i64 */
    ck_assert_int_eq(sub->a, -2);
    ck_assert_int_eq(sub->imm, 7);
    release(&t);
}
END_TEST

START_TEST(constants_are_part_of_the_operation) {
    expect("(func (param i32) (result i32) (i32.mul (i32.const 3) (local.get 0)))",
           "enter i32_mul_si ret_r");
    /* Not every constant fits, and a first operand that does not commute needs a cell. */
    expect("(func (param i64) (result i64) (i64.add (local.get 0) (i64.const 0x123456789)))",
           "enter const_wide i64_add_ss ret_r");
    expect("(func (param i32) (result i32) (i32.sub (i32.const 3) (local.get 0)))",
           "enter const_imm i32_sub_ss ret_r");
    /* Nor may one that needs a cell be swapped with an operand that lies in that very cell. */
    expect("(func (param i64) (result i64)"
           " (i64.mul (i64.const 0x123456789) (i64.popcnt (local.get 0))))",
           "enter i64_popcnt_s const_wide i64_mul_sr ret_r");
    expect("(func (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.1)))",
           "enter f64_mul_si ret_x");
}
END_TEST

START_TEST(results_pass_through_accumulators) {
    expect("(func (param i32 i32) (result i32)"
           " (i32.load (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2)))))"
           "(memory 1)",
           "enter i32_shl_si i32_add_sr i32_load_r ret_r");
    /* Integers and floats do not disturb each other. */
    expect("(func (param i32 f64) (result f64)"
           " (f64.store (local.get 0) (f64.neg (local.get 1)))"
           " (f64.add (f64.convert_i32_s (i32.add (local.get 0) (i32.const 1))) (local.get 1)))"
           "(memory 1)",
           "enter f64_neg_s f64_store_sr i32_add_si f64_convert_i32_s_r f64_add_rs ret_x");
}
END_TEST

START_TEST(comparisons_melt_into_branches) {
    expect("(func (param i32 i32) (loop (br_if 0 (i32.lt_s (local.get 0) (local.get 1)))))",
           "enter t_i32_lt_s_ss ret");
    expect("(func (param i32) (if (i32.eqz (i32.gt_u (local.get 0) (i32.const 5))) (then nop)))",
           "enter f_i32_le_u_si ret");
    expect("(func (param i32) (if (i32.eqz (local.get 0)) (then nop)))", "enter f_i32_eqz_s ret");
    /* A float comparison has no inverse: NaN. */
    expect("(func (param f32 f32) (if (i32.eqz (f32.lt (local.get 0) (local.get 1))) (then nop)))",
           "enter f32_lt_ss f_i32_eqz_r ret");
    /* A constant that the branch has no room for. */
    expect("(func (param i32) (loop (br_if 0 (i32.eq (local.get 0) (i32.const 70000)))))",
           "enter i32_eq_si br_if_r ret");
}
END_TEST

START_TEST(a_local_keeps_the_value_it_had_when_it_was_read) {
    expect("(func (param i32) (result i32)"
           " (local.get 0) (local.set 0 (i32.add (local.get 0) (i32.const 1)))"
           " (i32.mul (local.get 0)))",
           "enter i32_add_si copy copy i32_mul_sr ret_r");
    /* Before a block, since it may be set on one path only. */
    expect("(func (param i32 i32) (result i32)"
           " (local.get 0) (if (local.get 1) (then (local.set 0 (i32.const 9)))))",
           "enter copy br_unless_s const_imm ret_s");
    /* And no longer once a branch of an if has left it behind. */
    expect("(func (param i32) (result i32)"
           " (if (result i32) (local.get 0) (then (local.get 0)) (else (i32.const 2)))"
           " (local.set 0 (i32.const 3)))",
           "enter br_unless_s copy br const_imm const_imm ret_s");
}
END_TEST

START_TEST(branches_bring_values_home) {
    expect("(func (param i32) (result i32)"
           " (i32.add (i32.const 1) (block (result i32)"
           "   (br_if 0 (i32.const 5) (local.get 0)) (drop) (i32.const 6))))",
           "enter br_unless_s const_imm br const_imm i32_add_si ret_r");
    /* Entries of a table that need it go by a stub, one for each label. */
    expect("(func (param i32) (result i32)"
           " (block (result i32) (i32.const 7) (br_table 0 0 0 (local.get 0))))",
           "enter br_table const_imm br ret_s");
    expect("(func (param i32) (block (block (br_table 0 1 2 (local.get 0)))))",
           "enter br_table ret ret");
}
END_TEST

START_TEST(unreachable_code_vanishes) {
    expect("(func (result i32) (return (i32.const 1))"
           " (block (loop (br 0)) (if (i32.const 1) (then) (else))) (i32.const 2))",
           "enter ret_i");
    expect("(func (result i32) (block (br 0) (i32.add) (drop)) (i32.const 2))", "enter br ret_i");
}
END_TEST

START_TEST(constant_addresses_are_part_of_the_access) {
    expect("(func (i32.store (i32.const 16) (i32.const 5)))(memory 1)", "enter i32_store_ii ret");
    expect("(func (param f32) (f32.store offset=4 (i32.const 16) (local.get 0)))(memory 1)",
           "enter f32_store_is ret");
    /* An effective address beyond 32 bits must not wrap around. */
    expect("(func (result i32) (i32.load offset=4294967295 (i32.const 1)))(memory 1)",
           "enter const_imm i32_load_s ret_r");
}
END_TEST

START_TEST(units_know_their_place_in_the_module) {
    translated t =
        translate("(func (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))");
    const hd_expr body = t.module->functions[0].body;
    const hd_insn *division = t.code->begin + 2;
    ck_assert_str_eq(division->handler, "i32_div_u_ss");
    /* i32.const 1 and local.get 0 take two bytes each. */
    ck_assert_uint_eq(hd_code_offset(t.code, division), (size_t)(body.start - t.module->bytes) + 4);
    release(&t);
}
END_TEST

/* Loads a module of a function with so many locals, which calls one with 1,000 results and drops
 * them. */
static hd_status load_locals(const char *type, int count, hd_module **module, hd_diag *diag) {
    enum { ROOM = 400000, RESULTS = 1000 };
    unsigned char *wasm;
    size_t length, n = 0;
    char *text = hd_alloc(ROOM);
    n += (size_t)snprintf(text + n, ROOM - n, "(func $many (result");
    for (int i = 0; i < RESULTS; i++)
        n += (size_t)snprintf(text + n, ROOM - n, " i32");
    n += (size_t)snprintf(text + n, ROOM - n, ") unreachable) (func $large (local");
    for (int i = 0; i < count; i++)
        n += (size_t)snprintf(text + n, ROOM - n, " %s", type);
    n += (size_t)snprintf(text + n, ROOM - n, ") call $many");
    for (int i = 0; i < RESULTS; i++)
        n += (size_t)snprintf(text + n, ROOM - n, " drop");
    n += (size_t)snprintf(text + n, ROOM - n, ")");
    ck_assert_int_eq(hd_wat_to_wasm(text, n, 1, 1, &wasm, &length, NULL, diag), HD_OK);
    hd_free(text);
    hd_status status = hd_module_load(wasm, length, module, diag);
    hd_free(wasm);
    return status;
}

START_TEST(the_largest_frame_can_be_translated) {
    static const char *const types[] = {"i64", "v128"};
    for (int wide = 0; wide < 2; wide++) {
        int fits = (HD_MAX_FRAME - 1000) / (wide ? 2 : 1);
        for (int extra = 0; extra < 2; extra++) {
            hd_module *module;
            hd_diag diag = HD_DIAG_INIT;
            hd_status status = load_locals(types[wide], fits + extra, &module, &diag);
            ck_assert_int_eq(status, extra ? HD_LIMIT : HD_OK);
            if (extra) {
                ck_assert_msg(strstr(diag.message, "function $large needs 327") != NULL, "%s",
                              diag.message);
                continue;
            }
            hd_codebase *base = hd_codebase_new(module, names_as_handlers());
            ck_assert_int_eq(hd_code_translate(hd_codebase_function(base, 1), &diag), HD_OK);
            hd_codebase_free(base);
            hd_module_free(module);
        }
    }
}
END_TEST

START_TEST(lack_of_memory_is_an_error) {
    hd_module *module = load_wat("(func (param i32) (result i32) (local f64) (block (result i32)"
                                 " (br_table 0 0 (i32.const 1) (local.get 0))))");
    for (uint64_t n = 1;; n++) {
        hd_diag diag = HD_DIAG_INIT;
        hd_alloc_fail_after(n);
        hd_codebase *base = hd_codebase_new(module, names_as_handlers());
        hd_status status =
            base ? hd_code_translate(hd_codebase_function(base, 0), &diag) : HD_NOMEM;
        hd_alloc_fail_after(0);
        hd_codebase_free(base);
        if (status == HD_OK) break;
        ck_assert_int_eq(status, HD_NOMEM);
        ck_assert_uint_lt(n, 100);
    }
    hd_module_free(module);
}
END_TEST

Suite *code_suite(void) {
    Suite *suite = suite_create("code");
    TCase *tests = tcase_create("translation");
    tcase_add_test(tests, local_set_is_part_of_the_operation);
    tcase_add_test(tests, constants_are_part_of_the_operation);
    tcase_add_test(tests, results_pass_through_accumulators);
    tcase_add_test(tests, comparisons_melt_into_branches);
    tcase_add_test(tests, a_local_keeps_the_value_it_had_when_it_was_read);
    tcase_add_test(tests, branches_bring_values_home);
    tcase_add_test(tests, unreachable_code_vanishes);
    tcase_add_test(tests, constant_addresses_are_part_of_the_access);
    tcase_add_test(tests, units_know_their_place_in_the_module);
    tcase_add_test(tests, the_largest_frame_can_be_translated);
    tcase_add_test(tests, lack_of_memory_is_an_error);
    suite_add_tcase(suite, tests);
    return suite;
}
