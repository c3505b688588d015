/* test_program_room.c: LLD's conventions: how they are found, and what agents get by them. */
#include <string.h>

#include "test_program.h"
#include "wat.h"

static const char *const strategies[] = {NULL, "rr", "random"};
enum { STRATEGIES = sizeof strategies / sizeof *strategies };

#define MEMORY "(memory (import \"env\" \"memory\") 1 4 shared)\n"

/* Finding. */

static hd_toolchain find(const char *text) {
    hd_toolchain t;
    hd_module *module = load_wat(text);
    hd_toolchain_find(module, &t);
    hd_module_free(module);
    return t;
}

START_TEST(found_by_name_section) {
    hd_toolchain t =
        find("(module " MEMORY "(global $a i32 (i32.const 0))\n"
             "(global $__tls_align i32 (i32.const 16)) (global $__tls_size i32 (i32.const 4))\n"
             "(global $__tls_base (mut i32) (i32.const 0))\n"
             "(global $__stack_pointer (mut i32) (i32.const 0))\n"
             "(func $other) (func $__wasm_init_tls (param i32)) (func $_initialize))");
    ck_assert_uint_eq(t.tls_align, 1);
    ck_assert_uint_eq(t.tls_size, 2);
    ck_assert_uint_eq(t.tls_base, 3);
    ck_assert_uint_eq(t.stack_pointer, 4);
    ck_assert_uint_eq(t.init_tls, 1);
    /* A name is no request to be called. */
    ck_assert_uint_eq(t.initialize, HD_NO_INDEX);
    ck_assert(!t.active_data);
}
END_TEST

/* Exports go before names. */
START_TEST(found_by_export) {
    hd_toolchain t = find("(module " MEMORY "(global $__stack_pointer (mut i32) (i32.const 0))\n"
                          "(global (export \"__stack_pointer\") (mut i32) (i32.const 0))\n"
                          "(global (export \"__tls_base\") (mut i32) (i32.const 0))\n"
                          "(global (export \"__tls_size\") i32 (i32.const 0))\n"
                          "(global (export \"__tls_align\") i32 (i32.const 0))\n"
                          "(func $__wasm_init_tls (param i32))\n"
                          "(func (export \"__wasm_init_tls\") (param i32))\n"
                          "(func (export \"__wasm_call_ctors\")) (func (export \"_initialize\"))\n"
                          "(data (i32.const 0) \"a\"))");
    ck_assert_uint_eq(t.stack_pointer, 1);
    ck_assert_uint_eq(t.tls_base, 2);
    ck_assert_uint_eq(t.tls_size, 3);
    ck_assert_uint_eq(t.tls_align, 4);
    ck_assert_uint_eq(t.init_tls, 1);
    ck_assert_uint_eq(t.initialize, 3);
    ck_assert(t.active_data);
    t = find("(module (func (export \"__wasm_call_ctors\")))");
    ck_assert_uint_eq(t.initialize, 0);
}
END_TEST

START_TEST(of_other_types_there_is_nothing) {
    hd_toolchain t =
        find("(module (memory 1) (global (export \"__stack_pointer\") i32 (i32.const 0))\n"
             "(global $__tls_base (mut i64) (i64.const 0))\n"
             "(global $__tls_size f32 (f32.const 0)) (func (export \"__tls_align\"))\n"
             "(func $__wasm_init_tls (param i32) (result i32) (i32.const 0))\n"
             "(func (export \"_initialize\") (param i32))\n"
             "(global (export \"__wasm_call_ctors\") i32 (i32.const 0))\n"
             "(data (i32.const 0) \"a\"))");
    ck_assert_uint_eq(t.stack_pointer, HD_NO_INDEX);
    ck_assert_uint_eq(t.tls_base, HD_NO_INDEX);
    ck_assert_uint_eq(t.tls_size, HD_NO_INDEX);
    ck_assert_uint_eq(t.tls_align, HD_NO_INDEX);
    ck_assert_uint_eq(t.init_tls, HD_NO_INDEX);
    ck_assert_uint_eq(t.initialize, HD_NO_INDEX);
    ck_assert(!t.active_data); /* not into what is shared */
}
END_TEST

/* Layout. */

#define TLS(size, align)                                                                           \
    "(module " MEMORY "(global $__stack_pointer (mut i32) (i32.const 0))\n"                        \
    "(global $__tls_base (mut i32) (i32.const 0)) (global $__tls_size i32 " size ")\n"             \
    "(global $__tls_align i32 " align ") (func $__wasm_init_tls (param i32)))"

START_TEST(layout) {
    static const struct {
        const char *text;
        uint32_t stack;
        uint64_t size; /* of the room, which lies at 0x10000 */
        uint32_t low, high, tls;
    } cases[] = {
        {TLS("(i32.const 8)", "(i32.const 4)"), 0, 0x10000, 0, 0, 0x10000},
        {TLS("(i32.const 8)", "(i32.const 4)"), 100, 0x10000, 0x10000, 0x10070, 0x10070},
        {TLS("(i32.const 8)", "(i32.const 64)"), 100, 0x10000, 0x10000, 0x10070, 0x10080},
        {TLS("(i32.const 8)", "(i32.const 65536)"), 16, 0x20000, 0x10000, 0x10010, 0x20000},
        /* No power of two, or beyond what a room is aligned to. */
        {TLS("(i32.const 8)", "(i32.const 48)"), 16, 0x10000, 0x10000, 0x10010, 0x10010},
        {TLS("(i32.const 8)", "(i32.const 131072)"), 16, 0x10000, 0x10000, 0x10010, 0x10010},
        {TLS("(i32.const 8)", "(i32.const 0)"), 16, 0x10000, 0x10000, 0x10010, 0x10010},
        {TLS("(i32.const 0)", "(i32.const 4)"), 65536, 0x10000, 0x10000, 0x20000, 0},
        {TLS("(i32.const 16)", "(i32.const 4)"), 65536, 0x20000, 0x10000, 0x20000, 0x20000},
        {TLS("(i32.const -1)", "(i32.const 4)"), 0x40000000, 0x140000000, 0x10000, 0x40010000,
         0x40010000},
        {TLS("(i32.const -1)", "(i32.const 65536)"), 0xFFFFFFFF, 0x200010000, 0x10000, 0x10000,
         0x10000},
        /* Not one constant: its value is not guessed. */
        {TLS("(i32.add (i32.const 8) (i32.const 8))", "(i32.const 4)"), 16, 0x10000, 0x10000,
         0x10010, 0},
        {"(module " MEMORY ")", 65536, 0, 0, 0, 0},
        {"(module " MEMORY "(global $__tls_size i32 (i32.const 8)))", 65536, 0, 0, 0, 0},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        hd_toolchain t;
        hd_module *module = load_wat(cases[i].text);
        hd_toolchain_find(module, &t);
        uint64_t size = hd_toolchain_room_size(&t, module, cases[i].stack);
        hd_agent_room room = hd_toolchain_room(&t, module, 0x10000, cases[i].stack);
        hd_module_free(module);
        ck_assert_msg(size == cases[i].size, "%u: 0x%llx", i, (unsigned long long)size);
        ck_assert_msg(room.stack_low == cases[i].low && room.stack_high == cases[i].high &&
                          room.tls == cases[i].tls,
                      "%u: 0x%x 0x%x 0x%x", i, room.stack_low, room.stack_high, room.tls);
    }
}
END_TEST

/* What agents get. */

/* `room` notes its stack pointer and its block at the place of its turn, and how often the program
 * was initialised before. */
#define PROGRAM(start, memory)                                                                     \
    "(module (memory (import \"env\" \"memory\") " memory " shared)\n"                             \
    "(global $__stack_pointer (mut i32) (i32.const 512))\n"                                        \
    "(global $__tls_base (mut i32) (i32.const 0)) (global $__tls_size i32 (i32.const 8))\n"        \
    "(global $__tls_align i32 (i32.const 64))\n"                                                   \
    "(func $__wasm_init_tls (param i32) (global.set $__tls_base (local.get 0))\n"                  \
    "  (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1))))\n"                                 \
    "(func (export \"_initialize\")\n"                                                             \
    "  (if (i32.ne (i32.atomic.load (i32.const 0)) (i32.const 0)) (then (unreachable)))\n"         \
    "  (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1))))\n"                                 \
    "(func $note (param i32) (i32.store (local.get 0) (global.get $__stack_pointer))\n"            \
    "  (i32.store offset=4 (local.get 0) (global.get $__tls_base))\n"                              \
    "  (i32.store offset=8 (local.get 0) (i32.atomic.load (i32.const 4)))\n"                       \
    "  (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))))\n"                                 \
    "(func (export \"zero\") (call $note (i32.const 64)))\n"                                       \
    "(func (export \"one\") (call $note (i32.const 80)))\n"                                        \
    "(func (export \"two\") (call $note (i32.const 96)))\n"                                        \
    "(func (export \"_start\") (call $note (i32.const 64)))\n" start ")"

static void expect_note(const program_ending *e, uint32_t at, uint32_t stack, uint32_t tls,
                        uint32_t initialized) {
    ck_assert_uint_eq(program_u32(e, at), stack);
    ck_assert_uint_eq(program_u32(e, at + 4), tls);
    ck_assert_uint_eq(program_u32(e, at + 8), initialized);
}

START_TEST(rooms) {
    program_setup s = {
        .text = PROGRAM("", "1 8"), .calls = {"zero", "one", "two"}, .strategy = strategies[_i]};
    s.options.stack = 1000;
    program_ending e = program_execute(&s);
    program_expect(&e, HD_OK);
    expect_note(&e, 64, 512, 0x10000, 1);
    expect_note(&e, 80, 0x20000 + 1008, 0x20000 + 1024, 1);
    expect_note(&e, 96, 0x30000 + 1008, 0x30000 + 1024, 1);
    ck_assert_uint_eq(program_u32(&e, 4), 1);
    ck_assert_uint_eq(program_u32(&e, 8), 3);
    ck_assert_uint_eq(e.length, 0x40000);

    s.options.no_tls = true;
    e = program_execute(&s);
    program_expect(&e, HD_OK);
    expect_note(&e, 64, 512, 0, 1);
    expect_note(&e, 80, 512, 0, 1);
    ck_assert_uint_eq(e.length, 0x10000);
}
END_TEST

/* A command initialises itself, and gets nothing. */
START_TEST(commands_get_no_rooms) {
    program_setup s = {.text = PROGRAM("", "1 1"), .calls = {"_start"}, .strategy = strategies[_i]};
    s.options.main_ends = true;
    program_ending e = program_execute(&s);
    program_expect(&e, HD_OK);
    expect_note(&e, 64, 512, 0, 0);
}
END_TEST

/* Whoever is asked to initialise only does so once. */
START_TEST(initialize_alone) {
    program_setup s = {
        .text = PROGRAM("", "1 2"), .calls = {"_initialize"}, .strategy = strategies[_i]};
    program_ending e = program_execute(&s);
    program_expect(&e, HD_OK);
    ck_assert_uint_eq(program_u32(&e, 4), 1);
}
END_TEST

START_TEST(a_trap_while_initializing) {
    program_setup s = {.text = "(module " MEMORY "(func (export \"_initialize\") (unreachable))\n"
                               "(func (export \"f\") (i32.store (i32.const 0) (i32.const 1))))",
                       .calls = {"f", "f"},
                       .strategy = strategies[_i]};
    program_ending e = program_execute(&s);
    program_expect(&e, HD_TRAP);
    ck_assert_uint_eq(e.agents, 1);
    ck_assert_uint_eq(program_u32(&e, 0), 0);
}
END_TEST

#define OWN_TLS "(func $own (global.set $__tls_base (i32.const 256))) (start $own)"

/* The first agent's block may be in the module: then it needs no room. */
START_TEST(the_module_s_own_block) {
    program_setup s = {
        .text = PROGRAM(OWN_TLS, "1 1"), .calls = {"zero"}, .strategy = strategies[_i]};
    program_ending e = program_execute(&s);
    program_expect(&e, HD_OK);
    expect_note(&e, 64, 512, 256, 1);
    ck_assert_uint_eq(program_u32(&e, 8), 0);
}
END_TEST

static void expect_no_room(const char *text, const char *second, uint32_t stack,
                           const char *strategy, const char *words) {
    program_setup s = {.text = text, .calls = {"zero", second}, .strategy = strategy};
    s.options.stack = stack;
    program_ending e = program_execute(&s);
    program_expect(&e, HD_LIMIT);
    ck_assert(e.ended && !e.returned[0]);
    ck_assert_msg(strstr(e.message, words) != NULL, "%s", e.message);
}

START_TEST(no_room) {
    const char *strategy = strategies[_i];
    expect_no_room(PROGRAM("", "1 1"), NULL, 0, strategy,
                   "data of agent 0: the memory cannot grow by 1 pages beyond its maximum of 1; "
                   "link with a larger --max-memory, or run with --no-tls");
    expect_no_room(PROGRAM(OWN_TLS, "1 2"), "one", 0, strategy,
                   "data of agent 1: the memory cannot grow by 2 pages beyond its maximum of 2");
    expect_no_room(PROGRAM("", "1 1000"), "one", 0x40000000, strategy,
                   "data of agent 1: the memory cannot grow by 16385 pages");
    /* 2^32 is no address. */
    expect_no_room(PROGRAM("", "65534 65536"), "one", 65536 - 64 - 8, strategy, "of agent 1");
}
END_TEST

TCase *program_room_case(void) {
    TCase *tests = tcase_create("rooms");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, found_by_name_section);
    tcase_add_test(tests, found_by_export);
    tcase_add_test(tests, of_other_types_there_is_nothing);
    tcase_add_test(tests, layout);
    tcase_add_loop_test(tests, rooms, 0, STRATEGIES);
    tcase_add_loop_test(tests, commands_get_no_rooms, 0, STRATEGIES);
    tcase_add_loop_test(tests, initialize_alone, 0, STRATEGIES);
    tcase_add_loop_test(tests, a_trap_while_initializing, 0, STRATEGIES);
    tcase_add_loop_test(tests, the_module_s_own_block, 0, STRATEGIES);
    tcase_add_loop_test(tests, no_room, 0, STRATEGIES);
    return tests;
}
