/* test_text_script.c: scripts become commands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/alloc.h"
#include "text/lexer.h"
#include "text/script.h"

TCase *text_script_case(void);

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

static const hd_command *parse(const char *text, size_t count) {
    hd_status status = hd_script_parse("test.wast", text, strlen(text), &arena, &script, &diag);
    ck_assert_msg(status == HD_OK, "%u:%u: %s", diag.line, diag.column, diag.message);
    ck_assert_uint_eq(script.count, count);
    ck_assert_str_eq(script.file, "test.wast");
    return script.commands;
}

static void assert_text(hd_text text, const char *bytes) {
    ck_assert_uint_eq(text.length, strlen(bytes));
    ck_assert_str_eq(text.bytes, bytes);
}

START_TEST(empty_script) {
    parse("", 0);
    parse(" ;; nothing\n(; at all ;)", 0);
}
END_TEST

START_TEST(modules) {
    const hd_command *c = parse("(module)\n"
                                "  ( (;x;) module $M (func) \")\" ;; )\n)\n"
                                "(module $B binary \"\\00asm\" \"\\01\\00\" \"\\00\\00\")\n"
                                "(module quote\n  \"(func\" \")\")\n"
                                "(module binary)(module $Q quote)",
                                6);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(c[i].kind, HD_COMMAND_MODULE);
    ck_assert_int_eq(c[0].module.kind, HD_MODULE_TEXT);
    ck_assert_ptr_null(c[0].module.name);
    assert_text(c[0].module.source, "(module)");
    ck_assert_str_eq(c[1].module.name, "$M");
    assert_text(c[1].module.source, "( (;x;) module $M (func) \")\" ;; )\n)");
    ck_assert_uint_eq(c[1].line, 2);
    ck_assert_uint_eq(c[1].column, 3);
    ck_assert_uint_eq(c[1].module.line, 2);
    ck_assert_uint_eq(c[1].module.column, 3);
    ck_assert_int_eq(c[2].module.kind, HD_MODULE_BINARY);
    ck_assert_str_eq(c[2].module.name, "$B");
    ck_assert_uint_eq(c[2].module.source.length, 8);
    ck_assert_mem_eq(c[2].module.source.bytes, "\0asm\1\0\0\0", 9);
    ck_assert_int_eq(c[3].module.kind, HD_MODULE_QUOTE);
    assert_text(c[3].module.source, "(func)");
    ck_assert_uint_eq(c[3].module.line, 6);
    ck_assert_uint_eq(c[3].module.column, 3);
    assert_text(c[4].module.source, "");
    ck_assert_str_eq(c[5].module.name, "$Q");
    assert_text(c[5].module.source, "");
}
END_TEST

START_TEST(inline_module) {
    const hd_command *c = parse("\n (func) (memory 0)\n(func (export \"f\")) ;; end", 1);
    ck_assert_int_eq(c->kind, HD_COMMAND_MODULE);
    ck_assert_int_eq(c->module.kind, HD_MODULE_TEXT);
    assert_text(c->module.source, "(func) (memory 0)\n(func (export \"f\"))");
    ck_assert_uint_eq(c->module.line, 2);
    ck_assert_uint_eq(c->module.column, 2);
}
END_TEST

START_TEST(actions) {
    const hd_command *c = parse("(invoke \"f\" (i32.const 1) (i64.const -1))"
                                "(invoke $M \"g\\00\")(get $M \"x\")(get \"y\")",
                                4);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(c[i].kind, HD_COMMAND_ACTION);
    ck_assert_int_eq(c[0].action.kind, HD_ACTION_INVOKE);
    ck_assert_ptr_null(c[0].action.module);
    assert_text(c[0].action.field, "f");
    ck_assert_uint_eq(c[0].action.argument_count, 2);
    ck_assert_int_eq(c[0].action.arguments[0].kind, HD_VALUE_I32);
    ck_assert_uint_eq(c[0].action.arguments[1].bits, UINT64_MAX);
    ck_assert_str_eq(c[1].action.module, "$M");
    ck_assert_uint_eq(c[1].action.field.length, 2);
    ck_assert_uint_eq(c[1].action.argument_count, 0);
    ck_assert_int_eq(c[2].action.kind, HD_ACTION_GET);
    ck_assert_str_eq(c[2].action.module, "$M");
    assert_text(c[3].action.field, "y");
}
END_TEST

START_TEST(assertions) {
    const hd_command *c = parse("(assert_return (invoke \"f\") (i32.const 1) (ref.func))"
                                "(assert_return (get \"g\"))"
                                "(assert_trap (invoke \"f\") \"why\")"
                                "(assert_trap (module $M) \"start\")"
                                "(assert_exhaustion (invoke \"f\") \"stack\")"
                                "(assert_malformed (module quote \"x\") \"bad\")"
                                "(assert_invalid (module (func)) \"type\")"
                                "(assert_unlinkable (module binary \"\") \"import\")",
                                8);
    ck_assert_int_eq(c[0].kind, HD_COMMAND_ASSERT_RETURN);
    ck_assert_uint_eq(c[0].expected_count, 2);
    ck_assert_int_eq(c[0].expected[1].kind, HD_VALUE_REF_FUNC);
    ck_assert_int_eq(c[1].action.kind, HD_ACTION_GET);
    ck_assert_uint_eq(c[1].expected_count, 0);
    ck_assert_int_eq(c[2].kind, HD_COMMAND_ASSERT_TRAP);
    assert_text(c[2].text, "why");
    assert_text(c[2].action.field, "f");
    ck_assert_int_eq(c[3].kind, HD_COMMAND_ASSERT_UNINSTANTIABLE);
    assert_text(c[3].module.source, "(module $M)");
    assert_text(c[3].text, "start");
    ck_assert_int_eq(c[4].kind, HD_COMMAND_ASSERT_EXHAUSTION);
    ck_assert_int_eq(c[5].kind, HD_COMMAND_ASSERT_MALFORMED);
    ck_assert_int_eq(c[5].module.kind, HD_MODULE_QUOTE);
    assert_text(c[5].text, "bad");
    ck_assert_int_eq(c[6].kind, HD_COMMAND_ASSERT_INVALID);
    assert_text(c[6].module.source, "(module (func))");
    ck_assert_int_eq(c[7].kind, HD_COMMAND_ASSERT_UNLINKABLE);
    ck_assert_int_eq(c[7].module.kind, HD_MODULE_BINARY);
}
END_TEST

START_TEST(instances) {
    const hd_command *c =
        parse("(module instance $I $M) (module instance) (module instance $\"a b\")", 3);
    ck_assert_int_eq(c[0].kind, HD_COMMAND_MODULE);
    ck_assert(c[0].module.instance && c[1].module.instance);
    ck_assert_str_eq(c[0].module.name, "$I");
    ck_assert_str_eq(c[0].module.of, "$M");
    ck_assert(!c[1].module.name && !c[1].module.of && !c[2].module.of);
    ck_assert_str_eq(c[2].module.name, "$a b");
}
END_TEST

START_TEST(unknown_commands_are_passed) {
    const hd_command *c = parse("(assert_suspension (invoke \"f (\") (a (b))) (module)", 2);
    ck_assert_int_eq(c[0].kind, HD_COMMAND_UNKNOWN);
    assert_text(c[0].text, "assert_suspension");
    ck_assert_int_eq(c[1].kind, HD_COMMAND_MODULE);
}
END_TEST

START_TEST(registration) {
    const hd_command *c = parse("(register \"a b\")(register \"c\" $M)", 2);
    ck_assert_int_eq(c[0].kind, HD_COMMAND_REGISTER);
    assert_text(c[0].text, "a b");
    ck_assert_ptr_null(c[0].name);
    ck_assert_str_eq(c[1].name, "$M");
}
END_TEST

START_TEST(threads_nest) {
    const hd_command *c = parse("(thread $T (shared (module $M)) (shared (module $N) (module $O))\n"
                                "  (register \"m\" $M)\n"
                                "  (thread $U (shared (module $M)) (module) (invoke \"f\"))\n"
                                "  (thread (wait $U))\n"
                                "  (wait))\n"
                                "(wait $T)(thread)",
                                3);
    ck_assert_int_eq(c[0].kind, HD_COMMAND_THREAD);
    ck_assert_str_eq(c[0].name, "$T");
    ck_assert_uint_eq(c[0].shared_count, 3);
    ck_assert_str_eq(c[0].shared[0], "$M");
    ck_assert_str_eq(c[0].shared[2], "$O");
    ck_assert_uint_eq(c[0].body_count, 4);
    const hd_command *body = c[0].body;
    ck_assert_int_eq(body[0].kind, HD_COMMAND_REGISTER);
    ck_assert_int_eq(body[1].kind, HD_COMMAND_THREAD);
    ck_assert_uint_eq(body[1].shared_count, 1);
    ck_assert_uint_eq(body[1].body_count, 2);
    ck_assert_uint_eq(body[1].line, 3);
    ck_assert_int_eq(body[1].body[1].kind, HD_COMMAND_ACTION);
    ck_assert_ptr_null(body[2].name);
    ck_assert_str_eq(body[2].body[0].name, "$U");
    ck_assert_int_eq(body[3].kind, HD_COMMAND_WAIT);
    ck_assert_ptr_null(body[3].name);
    ck_assert_str_eq(c[1].name, "$T");
    ck_assert_uint_eq(c[2].body_count, 0);
}
END_TEST

static const struct {
    const char *text;
    uint32_t line, column;
    const char *message;
} errors[] = {
    {"x", 1, 1, "unexpected token x, expected a command"},
    {"\n (1)", 2, 3, "unexpected token 1, expected a command"},
    {"(input \"x\"", 1, 11, "unexpected end of script, expected )"},
    {"(module)(func)", 1, 10, "unexpected token func, expected a command"},
    {"(func) (invoke \"f\")", 1, 9, "unexpected token invoke, expected a module field"},
    {"(func) 1", 1, 8, "unexpected token 1, expected a module field"},
    {"(module\n(func)\n", 3, 1, "unexpected end of script, expected )"},
    {"(func", 1, 6, "unexpected end of script, expected )"},
    {"(module binary 1)", 1, 16, "unexpected token 1, expected )"},
    {"(module quote \"\\q\")", 1, 16, "illegal escape in string"},
    {"(module \"a\"\"b\")", 1, 9, "unknown operator \"a\"\"b\""},
    {"(register $M)", 1, 11, "unexpected token $M, expected a string"},
    {"(register \"m\" $M $N)", 1, 18, "unexpected token $N, expected )"},
    {"(invoke f)", 1, 9, "unexpected token f, expected a string"},
    {"(get \"f\" (i32.const 1))", 1, 10, "unexpected token (, expected )"},
    {"(assert_return (module))", 1, 17, "unexpected token module, expected invoke or get"},
    {"(assert_return \"f\")", 1, 16, "unexpected token \"f\", expected ("},
    {"(assert_trap (invoke \"f\"))", 1, 26, "unexpected token ), expected a string"},
    {"(assert_invalid (invoke \"f\") \"m\")", 1, 18, "unexpected token invoke, expected module"},
    {"(thread $T (shared))", 1, 19, "unexpected token ), expected (module $name)"},
    {"(thread $T (shared (memory $M)))", 1, 21, "unexpected token memory, expected module"},
    {"(thread $T (shared (module)))", 1, 27, "unexpected token ), expected a module's $name"},
    {"(thread $T (module) (shared (module $M)))", 1, 22,
     "unexpected token shared, expected a command"},
    {"(thread $T $U)", 1, 12, "unexpected token $U, expected )"},
    {"(wait \"T\")", 1, 7, "unexpected token \"T\", expected )"},
};

START_TEST(errors_have_a_position) {
    const char *text = errors[_i].text;
    hd_status status = hd_script_parse("e", text, strlen(text), &arena, &script, &diag);
    ck_assert_int_eq(status, HD_MALFORMED);
    ck_assert_str_eq(diag.message, errors[_i].message);
    ck_assert_uint_eq(diag.line, errors[_i].line);
    ck_assert_uint_eq(diag.column, errors[_i].column);
    ck_assert_uint_eq(script.count, 0);
}
END_TEST

/* `depth` threads, one in the other, around a command. */
static char *nest(size_t depth) {
    char *text = malloc(depth * 9 + 8);
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < depth; i++) {
        memcpy(text + i * 8, "(thread ", 8);
        text[depth * 8 + 6 + i] = ')';
    }
    memcpy(text + depth * 8, "(wait)", 6);
    text[depth * 9 + 6] = '\0';
    return text;
}

START_TEST(nesting_is_bounded) {
    char *text = nest(100);
    const hd_command *c = parse(text, 1);
    for (int i = 0; i < 100; i++)
        c = c->body;
    ck_assert_int_eq(c->kind, HD_COMMAND_WAIT);
    free(text);
    text = nest(101);
    hd_status status = hd_script_parse("e", text, strlen(text), &arena, &script, &diag);
    ck_assert_int_eq(status, HD_LIMIT);
    ck_assert_str_eq(diag.message, "nesting deeper than 100 levels");
    ck_assert_uint_eq(diag.column, 100 * 8 + 9);
    free(text);
}
END_TEST

START_TEST(scripts_are_bounded) {
    ck_assert_int_eq(hd_script_parse("e", "", HD_TEXT_MAX + 1, &arena, &script, &diag), HD_LIMIT);
}
END_TEST

static const char everything[] =
    "(module $M (func)) (module binary \"\\00asm\") (register \"m\" $M)\n"
    "(assert_return (invoke $M \"f\" (i32.const 1)) (either (i32.const 1) (i32.const 2)))\n"
    "(assert_trap (invoke \"f\") \"t\") (assert_malformed (module quote \"(\") \"m\")\n"
    "(thread $T (shared (module $M)) (thread (module) (wait)) (get \"x\")) (wait $T)\n"
    "(module instance $\"a\\62\" $M) (later $x (y)) (@\"a\\62\")\n";

START_TEST(every_failing_request_is_an_error) {
    hd_status status = HD_NOMEM;
    for (uint64_t n = 1; status != HD_OK; n++) {
        ck_assert_uint_lt(n, 1000);
        hd_diag_reset(&diag);
        hd_alloc_fail_after(n);
        status = hd_script_parse("e", everything, strlen(everything), &arena, &script, &diag);
        hd_alloc_fail_after(0);
        ck_assert(status == HD_OK || status == HD_NOMEM);
        hd_arena_free(&arena);
    }
}
END_TEST

TCase *text_script_case(void) {
    TCase *scripts = tcase_create("scripts");
    tcase_add_checked_fixture(scripts, setup, teardown);
    tcase_add_test(scripts, empty_script);
    tcase_add_test(scripts, modules);
    tcase_add_test(scripts, inline_module);
    tcase_add_test(scripts, actions);
    tcase_add_test(scripts, assertions);
    tcase_add_test(scripts, instances);
    tcase_add_test(scripts, unknown_commands_are_passed);
    tcase_add_test(scripts, registration);
    tcase_add_test(scripts, threads_nest);
    tcase_add_loop_test(scripts, errors_have_a_position, 0, (int)(sizeof errors / sizeof *errors));
    tcase_add_test(scripts, nesting_is_bounded);
    tcase_add_test(scripts, scripts_are_bounded);
    tcase_add_test(scripts, every_failing_request_is_an_error);
    return scripts;
}
