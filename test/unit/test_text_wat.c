/* test_text_wat.c: module text becomes binary. */
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/alloc.h"
#include "module/instr.h"
#include "text/lexer.h"
#include "text/wat.h"

TCase *text_wat_case(void);

static unsigned char *wasm;
static size_t wasm_length;
static hd_diag diag;

static void setup(void) {
    wasm = NULL;
    hd_diag_reset(&diag);
}

static void teardown(void) {
    hd_free(wasm);
}

static hd_status convert_at(const char *text, uint32_t line, uint32_t column) {
    hd_free(wasm);
    wasm = NULL;
    return hd_wat_to_wasm(text, strlen(text), line, column, &wasm, &wasm_length, NULL, &diag);
}

static void convert(const char *text) {
    hd_status status = convert_at(text, 1, 1);
    ck_assert_msg(status == HD_OK, "%u:%u: %s", diag.line, diag.column, diag.message);
}

/* True when the bytes occur in the binary. */
static bool has(const char *bytes, size_t length) {
    return memmem(wasm, wasm_length, bytes, length) != NULL;
}

START_TEST(modules_are_converted) {
    convert("(module (func (export \"f\") (result i32) (i32.const 42)))");
    ck_assert_mem_eq(wasm, "\0asm\1\0\0\0", 8);
    ck_assert(has("\x41\x2a\x0b", 3));
    convert("(func) (memory 0)");
    convert("");
    ck_assert_mem_eq(wasm, "\0asm\1\0\0\0", 8);
    convert(" ;; only a comment");
    convert("(module $m)");
    ck_assert(has("\4name", 5));
}
END_TEST

START_TEST(names_are_written) {
    convert("(module (func $the_function (local $the_local i32)))");
    ck_assert(has("\x0cthe_function", 13));
    ck_assert(has("\x09the_local", 10));
}
END_TEST

START_TEST(data_count_is_written_when_needed) {
    convert("(memory 1) (data \"a\") (func (data.drop 0))");
    ck_assert(has("\x0c\x01\x01", 3));
    convert("(memory 1) (data \"a\") (func)");
    ck_assert(!has("\x0c\x01\x01", 3));
}
END_TEST

START_TEST(proposals_are_enabled) {
    convert(
        "(memory 1 1 shared) (memory 2)\n"
        "(func $f (result i32) (atomic.fence)\n"
        "  (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))\n"
        "  (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))\n"
        "  (drop (i32.load 1 (i32.const 0)))\n"
        "  (drop (v128.const i32x4 1 2 3 4))\n"
        "  (return_call $f))\n"
        "(global i32 (i32.add (i32.const 1) (i32.const 2)))\n"
        "(func (result i32 i64) (block (result i32 i64) (i32.const 1) (i64.const 2)))\n"
        "(table 1 externref) (func (drop (i32.extend8_s (i32.trunc_sat_f32_s (f32.const 1)))))");
}
END_TEST

/* Table instructions without an index use table 0; lines and columns stay the author's. */
START_TEST(table_indices_may_be_left_out) {
    convert("(table 1 funcref) (func (param i32)\n"
            "  (drop (table.get (local.get 0))) (table.set(local.get 0) (ref.null func))\n"
            "  (drop (table.grow (ref.null func) (i32.const 1))) table.size drop\n"
            "  (table.fill (i32.const 0) (ref.null func) (i32.const 0))\n"
            "  (table.copy (i32.const 0) (i32.const 0) (i32.const 0))\n"
            "  (table.init 0 (i32.const 0) (i32.const 0) (i32.const 0)) (elem.drop 0))\n"
            "(elem func)");
    ck_assert(has("\x25\x00\x1a", 3));
    ck_assert(has("\x26\x00", 2));
    ck_assert(has("\xfc\x10\x00", 3));
    convert("(table $a 1 funcref) (table $b 1 funcref)\n"
            "(func (drop (table.get $b (i32.const 0))) (drop (table.size 1)))");
    ck_assert(has("\x25\x01\x1a", 3));
    ck_assert(has("\xfc\x10\x01", 3));
}
END_TEST

START_TEST(hexadecimal_floats_are_rounded_to_nearest) {
    convert("(func (drop (f32.const 0x8.00000c)))");
    ck_assert(has("\x43\x01\x00\x00\x41", 5));
    char text[400] = "(func (drop (f64.const 0x0.";
    memset(text + strlen(text), '0', 293);
    strcat(text, "1p1200)))");
    convert(text);
    ck_assert(has("\x44\0\0\0\0\0\0\x70\x41", 9));
    convert("(func (drop (v128.const f32x4 -0x1p-149 0x1.fffffep127 0x0.8p0 +0x0p0)))");
    ck_assert(has("\xfd\x0c\x01\0\0\x80\xff\xff\x7f\x7f\0\0\0\x3f\0\0\0\0", 18));
    convert("(func (drop (v128.const f64x2 inf 0x1.00000000000008p0)))");
    ck_assert(has("\0\0\0\0\0\0\xf0\x7f\0\0\0\0\0\0\xf0\x3f", 16));
}
END_TEST

START_TEST(decimal_points_do_not_depend_on_the_locale) {
    static const char *const commas[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8"};
    for (size_t i = 0; i < sizeof commas / sizeof *commas; i++)
        if (setlocale(LC_ALL, commas[i])) break;
    convert("(func (drop (f32.const 1.5)))");
    ck_assert(has("\x43\0\0\xc0\x3f", 5));
    setlocale(LC_ALL, "C");
}
END_TEST

START_TEST(element_expressions) {
    convert(
        "(func $f) (global i32 (i32.const 0))\n"
        "(table $t (export \"t\") funcref (elem (item ref.func 0) (ref.null func)(ref.func $f)))\n"
        "(table funcref (elem $f 0)) (table funcref (elem))\n"
        "(elem $e (i32.const 0) funcref (ref.func 0) (item (ref.func $f)))\n"
        "(elem declare funcref(ref.func 0)) (elem externref) (elem func $f)\n"
        "(func (elem.drop $e))");
}
END_TEST

START_TEST(exceptions_are_read_in_both_forms) {
    convert("(tag (import \"m\" \"t\")) (tag $t (param i32))\n"
            "(func (block (result i32 exnref) (try_table (catch_ref $t 0) (catch_all 1)\n"
            "  (throw $t (i32.const 1))) (unreachable)) (throw_ref))");
    ck_assert(has("\x1f\x40\x02\x01\x01\x00\x02\x01\x41\x01\x08\x01\x0b", 13));
    convert("(tag $t) (func (try (do (throw $t)) (catch $t (rethrow 0)) (catch_all nop)))\n"
            "(func try try throw $t delegate 0 catch_all end)");
    ck_assert(has("\x06\x40\x08\0\x07\0\x09\0\x19\x01\x0b", 11));
    ck_assert(has("\x06\x40\x06\x40\x08\0\x18\0\x19\x0b", 10));
}
END_TEST

/* What is only used is added where it first occurs, behind the types that are defined. */
START_TEST(types_are_added_in_the_order_of_their_use) {
    convert("(func (type 1)) (func (param i64)) (type (func (param i32)))\n"
            "(func (block (param f32) (drop)))");
    ck_assert(has("\x60\x01\x7f\0\x60\x01\x7e\0\x60\0\0\x60\x01\x7d\0", 15));
}
END_TEST

START_TEST(annotations_are_skipped) {
    convert("(module (@a (b \"c)\" ) d) (func (@e) (export (@f) \"g\")))");
    ck_assert(has("\1g\0\0", 4));
}
END_TEST

START_TEST(quoted_identifiers_are_names) {
    convert("(func $\"a b\") (func (call $\"a\\20b\"))");
    ck_assert(has("\x10\0\x0b", 3));
    ck_assert(has("\x03"
                  "a b",
                  4));
}
END_TEST

START_TEST(escapes_may_have_underscores) {
    convert("(func (export \"a\\\\u{1_0}\\n\\u{4_1}\\u{4_2}_\"))");
    ck_assert(has("\x0c"
                  "a\\u{1_0}\nAB_",
                  13));
}
END_TEST

static const struct {
    const char *text;
    hd_status status;
    uint32_t line, column;
    const char *message;
} errors[] = {
    {"(module\n  (func (foo)))", HD_MALFORMED, 2, 10, "unknown operator foo"},
    {"(func) x", HD_MALFORMED, 1, 8, "unexpected token x, expected the end of the module"},
    {"(func $f) (func $f)", HD_MALFORMED, 1, 17, "duplicate function $f"},
    {"(func $\"f\") (func $f)", HD_MALFORMED, 1, 19, "duplicate function $f"},
    {"(data $a) (data $b) (data $a)", HD_MALFORMED, 1, 27, "duplicate data segment $a"},
    {"(func (param $x i32) (local $x i32))", HD_MALFORMED, 1, 29, "duplicate local $x"},
    {"(func (call $x))", HD_MALFORMED, 1, 13, "unknown function $x"},
    {"(func (br $x))", HD_MALFORMED, 1, 11, "unknown label $x"},
    {"(func block $x end $y)", HD_MALFORMED, 1, 20, "mismatching label $y"},
    {"(func br 0drop)", HD_MALFORMED, 1, 10, "unexpected token 0drop, expected a number"},
    {"(data \"a\"\"b\")", HD_MALFORMED, 1, 7, "unknown operator \"a\"\"b\""},
    {"(data \"\xff\")", HD_MALFORMED, 1, 8, "malformed UTF-8 encoding"},
    {"(func))", HD_MALFORMED, 1, 7, "unexpected token )"},
    {"(func", HD_MALFORMED, 1, 6, "unexpected end of module, expected )"},
    {"(func block)", HD_MALFORMED, 1, 12, "unexpected token ), expected end"},
    {"(func (block end))", HD_MALFORMED, 1, 14, "unexpected token end, expected )"},
    {"(module binary \"\")", HD_MALFORMED, 1, 9, "unexpected token binary, expected )"},
    {"(func local.get 4294967296)", HD_MALFORMED, 1, 17, "i32 constant out of range: 4294967296"},
    {"(func (drop (i32.load align=3 (i32.const 0))))", HD_MALFORMED, 1, 23,
     "alignment must be a power of 2"},
    {"(func (drop (f32.const 0x1p128)))", HD_MALFORMED, 1, 24, "constant out of range: 0x1p128"},
    {"(func (drop (f32.const 0x)))", HD_MALFORMED, 1, 24, "unexpected token 0x, expected a number"},
    {"(func (drop (i32.const 4294967296)))", HD_MALFORMED, 1, 24,
     "i32 constant out of range: 4294967296"},
    {"(func (drop (i8x16.extract_lane_s 256 (v128.const i64x2 0 0))))", HD_MALFORMED, 1, 35,
     "malformed lane index 256"},
    {"(elem (i32.const 0) funcref (foo))", HD_MALFORMED, 1, 30, "unknown operator foo"},
    {"(table funcref (elem ()))", HD_MALFORMED, 1, 23,
     "unexpected token ), expected an instruction"},
    {"(elem item)", HD_MALFORMED, 1, 7, "unexpected token item, expected func or a reference type"},
    {"(func) (import \"\" \"\" (func))", HD_MALFORMED, 1, 8, "import after a definition"},
    {"(type $t (func)) (func (type $t) (param i32))", HD_MALFORMED, 1, 45,
     "inline function type does not match the type that is named"},
    {"(func (type 7) (param i32))", HD_MALFORMED, 1, 27, "unknown type 7"},
    {"(func) (start 0) (start 0)", HD_MALFORMED, 1, 18, "multiple start sections"},
    {"(type (struct))", HD_UNSUPPORTED, 1, 7, "the garbage collection proposal is not supported"},
    {"(func (drop (struct.new 0)))", HD_UNSUPPORTED, 1, 14,
     "the garbage collection proposal is not supported"},
    {"(memory 1 (pagesize 1))", HD_UNSUPPORTED, 1, 11,
     "the custom page sizes proposal is not supported"},
};

START_TEST(errors_have_a_position) {
    ck_assert_int_eq(convert_at(errors[_i].text, 1, 1), errors[_i].status);
    ck_assert_str_eq(diag.message, errors[_i].message);
    ck_assert_uint_eq(diag.line, errors[_i].line);
    ck_assert_uint_eq(diag.column, errors[_i].column);

    /* The same text as part of a file. */
    hd_diag_reset(&diag);
    ck_assert_int_eq(convert_at(errors[_i].text, 30, 7), errors[_i].status);
    ck_assert_uint_eq(diag.line, errors[_i].line + 29);
    ck_assert_uint_eq(diag.column, errors[_i].column + (errors[_i].line == 1 ? 6 : 0));
}
END_TEST

/* "(func", `depth` times `open`, as often `close`, ")". */
static char *nest(size_t depth, const char *open, const char *close) {
    size_t opening = strlen(open), closing = strlen(close);
    char *text = malloc(depth * (opening + closing) + 8), *at = text;
    ck_assert_ptr_nonnull(text);
    memcpy(at, "(func ", 6);
    at += 6;
    for (size_t i = 0; i < depth; i++, at += opening)
        memcpy(at, open, opening);
    for (size_t i = 0; i < depth; i++, at += closing)
        memcpy(at, close, closing);
    memcpy(at, ")", 2);
    return text;
}

static const struct {
    const char *open, *close;
} nests[] = {{"(block ", ")"}, {"block ", "end "}, {"loop ", "end "}, {"(drop ", ")"}};

static void *convert_nests(void *unused) {
    (void)unused;
    for (size_t i = 0; i < sizeof nests / sizeof *nests; i++) {
        char *text = nest(HD_TEXT_NESTING_MAX - 1, nests[i].open, nests[i].close);
        convert(text);
        free(text);
        text = nest(HD_TEXT_NESTING_MAX, nests[i].open, nests[i].close);
        ck_assert_int_eq(convert_at(text, 1, 1), HD_LIMIT);
        ck_assert_str_eq(diag.message, "nesting deeper than 1000 levels");
        hd_diag_reset(&diag);
        free(text);
    }
    return NULL;
}

START_TEST(nesting_is_bounded) {
    pthread_attr_t small;
    pthread_t thread;
    pthread_attr_init(&small);
    ck_assert_int_eq(pthread_attr_setstacksize(&small, (size_t)2 << 20), 0);
    ck_assert_int_eq(pthread_create(&thread, &small, convert_nests, NULL), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&small);
}
END_TEST

START_TEST(tokens_and_texts_are_bounded) {
    size_t length = (size_t)4 << 20;
    char *text = malloc(length + 1);
    ck_assert_ptr_nonnull(text);
    memset(text, 'x', length);
    memcpy(text, "(func (call $", 13);
    memcpy(text + length - 2, "))", 3);
    ck_assert_int_eq(convert_at(text, 1, 1), HD_LIMIT);
    ck_assert_str_eq(diag.message, "token longer than 65536 bytes");
    free(text);

    hd_diag_reset(&diag);
    ck_assert_int_eq(hd_wat_to_wasm("", HD_TEXT_MAX + 1, 1, 1, &wasm, &wasm_length, NULL, &diag),
                     HD_LIMIT);
}
END_TEST

/* Enough of them to make a number too long for a buffer on the stack. */
#define ZEROS "00000000000000000000000000000000000000000000000000"

START_TEST(every_failing_request_is_an_error) {
    static const char text[] = "(table 1 funcref) (func (drop (table.get (i32.const 0))))\n"
                               "(elem funcref (ref.func 0)) (global f32 (f32.const 0x1p3))\n"
                               "(global f64 (f64.const 0x1." ZEROS ZEROS ZEROS "p3))";
    hd_status status = HD_NOMEM;
    for (uint64_t n = 1; status != HD_OK; n++) {
        ck_assert_uint_lt(n, 1000);
        hd_diag_reset(&diag);
        hd_alloc_fail_after(n);
        status = convert_at(text, 1, 1);
        hd_alloc_fail_after(0);
        ck_assert(status == HD_OK || status == HD_NOMEM);
    }
}
END_TEST

/* Loads a text that stands at 10:5 of its file. */
static hd_module *load(const char *text) {
    hd_wat wat = {"a.wat", text, strlen(text), 10, 5};
    hd_module *module;
    hd_diag_reset(&diag);
    hd_wat_load(&wat, HD_FEATURES_ALL, &module, &diag);
    return module;
}

/* What stands in the text at a line and column of its file. */
static const char *at(const char *text, uint32_t line, uint32_t column) {
    for (; line > 10; line--)
        text = strchr(text, '\n') + 1;
    return text + column - (text[-1] == '\n' ? 1 : 5);
}

/* True if the word there, behind a parenthesis perhaps, is the instruction; an `end` may be no more
 * than a parenthesis. */
static bool says(const char *word, hd_opcode opcode) {
    const char *name = hd_opcode_info[opcode].text;
    size_t length = strlen(name);
    if (opcode == HD_OP_end && *word == ')') return true;
    word += *word == '(';
    return strncmp(word, name, length) == 0 && strchr(" \n)", word[length]);
}

/* Has every form of instructions, plain and folded. */
static const char forms[] =
    "\n(module (func (import \"a\" \"b\"))\n"
    " (memory 1) (tag $t) (global i32 (i32.const 7))\n"
    " (func $f (export \"f\") (param i32) (local i64 i64) nop\n"
    "  i32.const 1 if $l nop else $l drop (i32.const 2) (drop (i32.const 1)\n"
    "  ) end $l (block (loop $m (br_if $m (i32.eqz (local.get 0)))))\n"
    "  (if (result i32) (i32.add (i32.const 1)\n"
    "     (i32.load (i32.const 3))) (then (i32.const 4)) (else (i32.const 5)))\n"
    "  try nop catch $t unreachable catch_all nop end drop\n"
    "  (try (do nop) (catch $t unreachable) (catch_all nop))\n"
    "  try nop delegate 0 (try (do nop) (delegate 0))\n"
    "  (i32.atomic.store (i32.const 8) (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))\n"
    " )\n"
    " (func) (data (i32.const 0) \"x\"))";

START_TEST(instructions_know_their_places) {
    char text[sizeof forms];
    memcpy(text, forms, sizeof forms);
    /* `drop` before its operand makes no valid code. */
    memcpy(strstr(text, "drop (i32.const 2)"), "nop  nop nop nop  ", 18);
    hd_module *module = load(text);
    ck_assert_msg(module != NULL, "%u:%u: %s", diag.line, diag.column, diag.message);
    unsigned count = 0;
    for (uint32_t f = 1; f < module->function_count; f++) {
        const hd_funcdef *def = &module->functions[f];
        hd_reader r = {def->body.start, def->body.end, module->bytes, &diag};
        for (; r.pos < r.end; count++) {
            hd_instr in;
            hd_source_frame frame;
            ck_assert(hd_instr_read(&r, HD_FEATURES_ALL, &in));
            ck_assert_uint_eq(hd_module_locate(module, in.position, &frame, 1), 1);
            ck_assert_str_eq(frame.file, "a.wat");
            ck_assert(frame.text && !frame.function);
            ck_assert_msg(says(at(text, frame.line, frame.column), in.opcode), "%s at %u:%u",
                          hd_opcode_info[in.opcode].text, frame.line, frame.column);
        }
    }
    ck_assert_uint_gt(count, 50);
    hd_module_free(module);
}
END_TEST

static const struct {
    const char *text;
    uint32_t line, column;
} invalid[] = {
    {"(module\n  (memory 1 shared))", 11, 3},
    {"(module (func)\n (func (result i32)\n  (i64.const 1)\n )\n)", 13, 2},
    {"(module (memory 1)\n  (func\n  i32.const 0\n  i32.load8_u align=2 drop))", 13, 3},
    {"(module\n (global i32 (i64.const 1)))", 11, 2},
    {"(func (call 3))", 10, 11},
};

START_TEST(invalid_modules_have_a_position) {
    ck_assert_ptr_null(load(invalid[_i].text));
    ck_assert_int_eq(diag.status, HD_INVALID);
    ck_assert_msg(diag.line == invalid[_i].line && diag.column == invalid[_i].column, "%u:%u: %s",
                  diag.line, diag.column, diag.message);
}
END_TEST

START_TEST(every_failing_request_of_a_load_is_an_error) {
    hd_module *module = NULL;
    for (uint64_t n = 1; !module; n++) {
        ck_assert_uint_lt(n, 1000);
        hd_alloc_fail_after(n);
        module = load("(module (func (export \"f\") nop) (memory 1) (data \"x\"))");
        hd_alloc_fail_after(0);
        ck_assert_int_eq(diag.status, module ? HD_OK : HD_NOMEM);
    }
    hd_module_free(module);
}
END_TEST

static void *convert_often(void *failures) {
    for (int i = 0; i < 200; i++) {
        static const char text[] =
            "(func (result f32) (i32.const 0) if nop end (f32.const 0x1.8p0))";
        unsigned char *bytes;
        size_t length;
        hd_diag own = HD_DIAG_INIT;
        if (hd_wat_to_wasm(text, strlen(text), 1, 1, &bytes, &length, NULL, &own) != HD_OK)
            ++*(int *)failures;
        else
            hd_free(bytes);
    }
    return NULL;
}

START_TEST(threads_may_convert_at_once) {
    enum { COUNT = 4 };
    pthread_t threads[COUNT];
    int failures[COUNT] = {0};
    for (int i = 0; i < COUNT; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, convert_often, &failures[i]), 0);
    for (int i = 0; i < COUNT; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(failures[i], 0);
    }
}
END_TEST

TCase *text_wat_case(void) {
    TCase *wat = tcase_create("wat");
    tcase_add_checked_fixture(wat, setup, teardown);
    tcase_add_test(wat, modules_are_converted);
    tcase_add_test(wat, names_are_written);
    tcase_add_test(wat, data_count_is_written_when_needed);
    tcase_add_test(wat, proposals_are_enabled);
    tcase_add_test(wat, table_indices_may_be_left_out);
    tcase_add_test(wat, hexadecimal_floats_are_rounded_to_nearest);
    tcase_add_test(wat, decimal_points_do_not_depend_on_the_locale);
    tcase_add_test(wat, element_expressions);
    tcase_add_test(wat, exceptions_are_read_in_both_forms);
    tcase_add_test(wat, types_are_added_in_the_order_of_their_use);
    tcase_add_test(wat, annotations_are_skipped);
    tcase_add_test(wat, quoted_identifiers_are_names);
    tcase_add_test(wat, escapes_may_have_underscores);
    tcase_add_test(wat, instructions_know_their_places);
    tcase_add_loop_test(wat, invalid_modules_have_a_position, 0,
                        (int)(sizeof invalid / sizeof *invalid));
    tcase_add_test(wat, every_failing_request_of_a_load_is_an_error);
    tcase_add_loop_test(wat, errors_have_a_position, 0, (int)(sizeof errors / sizeof *errors));
    tcase_add_test(wat, nesting_is_bounded);
    tcase_add_test(wat, tokens_and_texts_are_bounded);
    tcase_add_test(wat, every_failing_request_is_an_error);
    tcase_add_test(wat, threads_may_convert_at_once);
    return wat;
}
