/* test_exec.c: the suite of src/exec: what programs do, and what can be seen of them when they
 * stop. */
#include <pthread.h>
#include <string.h>

#include "exec/inspect.h"
#include "exec/machine.h"
#include "suites.h"
#include "wat.h"

/* What the translator might get wrong, seen from outside. */

START_TEST(locals_keep_their_values) {
    fixture f = fixture_new(
        "(func (export \"swap\") (param i32) (result i32) (local i32)"
        "  (local.set 1 (i32.const 100))"
        "  (local.get 0) (local.get 1) (local.set 0) (local.set 1)" /* swapped */
        "  (i32.sub (local.get 0) (local.get 1)))"
        "(func (export \"tee\") (param i32) (result i32)"
        "  (i32.add (local.get 0) (local.tee 0 (i32.mul (local.get 0) (i32.const 10)))))"
        "(func (export \"path\") (param i32) (result i32)"
        "  (local.get 0)"
        "  (if (i32.gt_s (local.get 0) (i32.const 5)) (then (local.set 0 (i32.const 1000))))"
        "  (i32.add (local.get 0)))"
        "(func (export \"loop\") (param i32) (result i32) (local i32 i32)"
        "  (loop (local.set 1 (i32.add (local.get 1) (local.get 0)))"
        "    (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
        "  (i32.add (local.get 1) (local.get 2)))");
    ck_assert_uint_eq(fixture_call(&f, "swap", 7), 93);
    ck_assert_uint_eq(fixture_call(&f, "tee", 3), 33);
    ck_assert_uint_eq(fixture_call(&f, "path", 3), 6);
    ck_assert_uint_eq(fixture_call(&f, "path", 6), 1006);
    ck_assert_uint_eq(fixture_call(&f, "loop", 10), 55);
    fixture_free(&f);
}
END_TEST

START_TEST(wide_constants_do_not_overwrite_operands) {
    fixture f = fixture_new("(func (export \"mul\") (param i32) (result i32)"
                            "  (i32.wrap_i64 (i64.mul (i64.const 0x100000003)"
                            "    (i64.add (i64.extend_i32_u (local.get 0)) (i64.const 1)))))");
    ck_assert_uint_eq(fixture_call(&f, "mul", 6), 21);
    fixture_free(&f);
}
END_TEST

START_TEST(values_cross_blocks) {
    fixture f = fixture_new(
        "(func (export \"if\") (param i32) (result i32)"
        "  (i32.const 1) (i32.const 2)"
        "  (if (param i32 i32) (result i32 i32) (local.get 0) (then) (else (i32.add) (i32.const "
        "9)))"
        "  (i32.mul (i32.const 10)) (i32.add))"
        "(func (export \"loop\") (param i32) (result i32)"
        "  (i32.const 1) (local.get 0)"
        "  (loop (param i32 i32) (result i32)" /* factorial */
        "    (local.set 0) (i32.mul (local.get 0)) (i32.sub (local.get 0) (i32.const 1))"
        "    (br_if 0 (i32.gt_s (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))"
        "    (drop)))"
        "(func (export \"table\") (param i32) (result i32)"
        "  (block (result i32) (block (result i32)"
        "    (br_table 0 1 2 (i32.const 40) (local.get 0)))"
        "    (i32.add (i32.const 1)))"
        "  (i32.add (i32.const 2)))");
    ck_assert_uint_eq(fixture_call(&f, "if", 1), 21);
    ck_assert_uint_eq(fixture_call(&f, "if", 0), 93);
    ck_assert_uint_eq(fixture_call(&f, "loop", 5), 120);
    ck_assert_uint_eq(fixture_call(&f, "table", 0), 43);
    ck_assert_uint_eq(fixture_call(&f, "table", 1), 42);
    ck_assert_uint_eq(fixture_call(&f, "table", 9), 40);
    fixture_free(&f);
}
END_TEST

START_TEST(floats_keep_their_bits) {
    fixture f = fixture_new("(memory 1)"
                            "(func (export \"nan\") (param i32) (result i32)"
                            "  (f32.store (i32.const 8) (f32.reinterpret_i32 (local.get 0)))"
                            "  (i32.reinterpret_f32 (f32.load (i32.const 8))))");
    ck_assert_uint_eq(fixture_call(&f, "nan", 0x7FA00001), 0x7FA00001); /* signalling */
    fixture_free(&f);
}
END_TEST

/* Instances, tail calls. */

#define COUNTER                                                                                    \
    "(memory (export \"memory\") 1 4 shared)"                                                      \
    "(global $calls (mut i32) (i32.const 0))"                                                      \
    "(func (export \"bump\") (param i32) (result i32)"                                             \
    "  (global.set $calls (i32.add (global.get $calls) (i32.const 1)))"                            \
    "  (i32.store (i32.const 0) (local.get 0)) (global.get $calls))"                               \
    "(func (export \"trap\") (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 0)))"

START_TEST(calls_cross_instances) {
    fixture exporter = fixture_new(COUNTER);
    fixture f = fixture_over(
        "(import \"\" \"bump\" (func $bump (param i32) (result i32)))"
        "(memory 1) (table funcref (elem $bump))"
        "(func (export \"direct\") (param i32) (result i32)"
        "  (i32.store (i32.const 0) (i32.const 55))"
        "  (i32.add (call $bump (local.get 0)) (i32.load (i32.const 0))))"
        "(func (export \"indirect\") (param i32) (result i32)"
        "  (i32.add (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0))"
        "           (i32.load (i32.const 0))))"
        "(func $tail (export \"tail\") (param i32) (result i32)"
        "  (return_call $bump (local.get 0)))"
        "(func (export \"after\") (param i32) (result i32)"
        "  (i32.add (call $tail (local.get 0)) (i32.load (i32.const 0))))",
        exporter.instance);
    ck_assert_uint_eq(fixture_call(&f, "direct", 9), 1 + 55);
    ck_assert_uint_eq(fixture_call(&f, "indirect", 8), 2 + 55);
    ck_assert_uint_eq(fixture_call(&f, "tail", 7), 3);
    ck_assert_uint_eq(fixture_call(&f, "after", 6), 4 + 55);
    ck_assert_uint_eq(exporter.instance->memories[0]->base[0], 6);
    fixture_free(&f);
    fixture_free(&exporter);
}
END_TEST

START_TEST(tail_calls_need_no_stack) {
    fixture f = fixture_new(
        "(func $even (export \"even\") (param i32) (result i32)"
        "  (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))"
        "  (return_call $odd (i32.sub (local.get 0) (i32.const 1)) (i32.const 0) (i64.const 0)))"
        "(func $odd (param i32 i32 i64) (result i32)"
        "  (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))"
        "  (return_call_indirect (param i32) (result i32)"
        "    (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))"
        "(table funcref (elem $even))");
    ck_assert_uint_eq(fixture_call(&f, "even", 3000000), 1);
    ck_assert_uint_eq(fixture_call(&f, "even", 3000001), 0);
    fixture_free(&f);
}
END_TEST

/* Traps. */

START_TEST(a_trap_says_where) {
    fixture exporter = fixture_new(COUNTER);
    fixture f = fixture_over("(import \"\" \"trap\" (func $trap (param i32) (result i32)))"
                             "(func $inner (param i32) (result i32) (call $trap (local.get 0)))"
                             "(func (export \"outer\") (param i32) (result i32)"
                             "  (nop) (call $inner (i32.const 3)))",
                             exporter.instance);
    hd_diag diag = HD_DIAG_INIT;
    hd_slot cells[1] = {{.i64 = 1}};
    ck_assert_int_eq(hd_agent_call(f.agent, fixture_func(&f, "outer"), cells, &diag), HD_TRAP);
    ck_assert_str_eq(diag.message, "integer divide by zero");
    ck_assert_int_eq(hd_agent_get_state(f.agent), HD_AGENT_TRAPPED);

    hd_backtrace_frame frames[4];
    ck_assert_uint_eq(hd_agent_backtrace(f.agent, frames, 4), 3);
    ck_assert_ptr_eq(frames[0].func, fixture_func(&exporter, "trap"));
    ck_assert_uint_eq(frames[0].offset, diag.offset);
    ck_assert_uint_eq(exporter.module->bytes[frames[0].offset], 0x6E); /* i32.div_u */
    for (int i = 1; i < 3; i++) {
        ck_assert_ptr_eq(frames[i].func->instance, f.instance);
        ck_assert_uint_eq(f.module->bytes[frames[i].offset], 0x10); /* call */
    }
    /* The agent can be called again. */
    ck_assert_uint_eq(fixture_call(&exporter, "bump", 1), 1);
    fixture_free(&f);
    fixture_free(&exporter);
}
END_TEST

/* Of each frame: parameters below it, more cells for results than for them, locals in it. */
START_TEST(locals_of_frames_can_be_seen) {
    fixture f = fixture_new("(func $in (param i64 v128 i32) (result i32 i64 i64 i64 i64 i64)"
                            "  (local $a i32) (local $b v128) (local $c f64) (local $d i64)"
                            "  (local.set 2 (i32.add (local.get 2) (i32.const 1)))"
                            "  (local.set $a (i32.const 7)) (local.set $c (f64.const 0.5))"
                            "  (local.set $d (i64.extend_i32_u (local.get $a)))"
                            "  (local.set $b (v128.const i32x4 1 2 3 4))"
                            "  (unreachable))"
                            "(func (export \"out\") (param i32) (result i32) (local i64)"
                            "  (local.set 1 (i64.const 9))"
                            "  (call $in (i64.const -2) (v128.const i64x2 5 6) (local.get 0))"
                            "  (drop) (drop) (drop) (drop) (drop))");
    hd_diag diag = HD_DIAG_INIT;
    hd_slot cells[1] = {{.i64 = 40}}, value[2];
    hd_frame_view view;
    ck_assert(!hd_agent_frame(f.agent, 0, &view));
    ck_assert_int_eq(hd_agent_call(f.agent, fixture_func(&f, "out"), cells, &diag), HD_TRAP);
    ck_assert(hd_agent_frame(f.agent, 0, &view));
    ck_assert_uint_eq(view.local_count, 7);
    ck_assert_int_eq(hd_frame_local(&view, 0, value), HD_I64);
    ck_assert_int_eq((int64_t)value[0].i64, -2);
    ck_assert_int_eq(hd_frame_local(&view, 1, value), HD_V128);
    ck_assert_uint_eq(value[0].i64, 5);
    ck_assert_uint_eq(value[1].i64, 6);
    ck_assert_int_eq(hd_frame_local(&view, 2, value), HD_I32);
    ck_assert_uint_eq(value[0].i32, 41);
    ck_assert_int_eq(hd_frame_local(&view, 3, value), HD_I32);
    ck_assert_uint_eq(value[0].i32, 7);
    ck_assert_int_eq(hd_frame_local(&view, 4, value), HD_V128);
    ck_assert_uint_eq(value[0].i64, UINT64_C(2) << 32 | 1);
    ck_assert_uint_eq(value[1].i64, UINT64_C(4) << 32 | 3);
    ck_assert_int_eq(hd_frame_local(&view, 5, value), HD_F64);
    ck_assert_uint_eq(value[0].i64, UINT64_C(0x3FE0000000000000));
    ck_assert_int_eq(hd_frame_local(&view, 6, value), HD_I64);
    ck_assert_uint_eq(value[0].i64, 7);
    ck_assert(hd_agent_frame(f.agent, 1, &view));
    ck_assert_ptr_eq(view.func, fixture_func(&f, "out"));
    ck_assert_uint_eq(view.local_count, 2);
    ck_assert_int_eq(hd_frame_local(&view, 0, value), HD_I32);
    ck_assert_uint_eq(value[0].i32, 40);
    ck_assert_int_eq(hd_frame_local(&view, 1, value), HD_I64);
    ck_assert_uint_eq(value[0].i64, 9);
    ck_assert(!hd_agent_frame(f.agent, 2, &view));
    fixture_free(&f);
}
END_TEST

static void expect_trap(const fixture *f, const char *name, uint32_t argument,
                        const char *message) {
    hd_diag diag = HD_DIAG_INIT;
    hd_slot cells[1] = {{.i64 = argument}};
    hd_agent_call(f->agent, fixture_func(f, name), cells, &diag);
    ck_assert_str_eq(diag.message, message);
}

START_TEST(traps_show_their_arithmetic) {
    fixture f = fixture_new(
        "(memory 1 2 shared)"
        "(func (export \"load\") (param i32) (result i32) (i32.load offset=4 (local.get 0)))"
        "(func (export \"add\") (param i32) (result i32)"
        "  (i32.atomic.rmw.add (local.get 0) (i32.const 1)))");
    ck_assert_uint_eq(fixture_call(&f, "load", 65536 - 8), 0);
    expect_trap(&f, "load", 65536 - 7,
                "out of bounds memory access: 65533 + 4 > memory size 65536");
    expect_trap(&f, "load", 0xFFFFFFFF,
                "out of bounds memory access: 4294967299 + 4 > memory size 65536");
    expect_trap(&f, "add", 6, "unaligned atomic: address 6 is no multiple of 4");
    expect_trap(&f, "add", 65536, "out of bounds memory access: 65536 + 4 > memory size 65536");
    fixture_free(&f);
}
END_TEST

START_TEST(the_stack_is_finite) {
    fixture f = fixture_new("(func $f (export \"f\") (param i32) (result i32)"
                            "  (i32.add (call $f (local.get 0)) (i32.const 1)))"
                            "(func (export \"wide\") (param i32) (result i32) (local v128 v128)"
                            "  (local.get 0))");
    hd_diag diag = HD_DIAG_INIT;
    hd_slot cells[1] = {{.i64 = 0}};
    ck_assert_int_eq(hd_agent_call(f.agent, fixture_func(&f, "f"), cells, &diag), HD_EXHAUSTION);
    ck_assert_str_eq(diag.message, "call stack exhausted");
    for (size_t room = 1; room < 40; room++) {
        /* However small the stack: an answer, and nothing outside is touched. */
        hd_agent *small = hd_agent_new("small", room);
        hd_diag_reset(&diag);
        cells[0].i64 = 5;
        hd_status status = hd_agent_call(small, fixture_func(&f, "wide"), cells, &diag);
        ck_assert_int_eq(status, room < 10 ? HD_EXHAUSTION : HD_OK);
        if (status == HD_OK) ck_assert_uint_eq(cells[0].i32, 5);
        hd_agent_free(small);
    }
    fixture_free(&f);
}
END_TEST

/* After calls of all depths, of few cells and of many pages. */
START_TEST(an_agent_that_is_reset_has_an_empty_stack) {
    fixture f = fixture_new("(func $f (export \"f\") (param i32) (result i32) (local i64)"
                            "  (local.set 1 (i64.const -1))"
                            "  (if (i32.eqz (local.get 0)) (then (return (i32.const 7))))"
                            "  (call $f (i32.sub (local.get 0) (i32.const 1))))");
    for (uint32_t depth = 0; depth < 40000; depth = depth * 4 + 1) {
        hd_diag diag = HD_DIAG_INIT;
        hd_slot cells[1] = {{.i64 = depth}};
        ck_assert_int_eq(hd_agent_call(f.agent, fixture_func(&f, "f"), cells, &diag), HD_OK);
        ck_assert_uint_eq(cells[0].i32, 7);
        ck_assert(hd_agent_reset(f.agent, "<again>\n"));
        ck_assert_str_eq(hd_agent_name(f.agent), "<again>\\0a");
        size_t empty = 0;
        while (empty < f.agent->cells && f.agent->stack[empty].i64 == 0)
            empty++;
        ck_assert_uint_eq(empty, f.agent->cells);
    }
    fixture_free(&f);
}
END_TEST

/* Agents on threads of their own. */

typedef struct run {
    const fixture *f;
    const char *name;
    hd_status status;
    uint32_t result;
} run;

static void *call_in_thread(void *argument) {
    run *r = argument;
    hd_diag diag = HD_DIAG_INIT;
    hd_slot cells[4] = {{.i64 = 0}};
    r->status = hd_agent_call(r->f->agent, fixture_func(r->f, r->name), cells, &diag);
    r->result = cells[0].i32;
    return NULL;
}

START_TEST(an_agent_can_be_stopped) {
    static const char *const names[] = {"spin", "recurse", "wait"};
    fixture f =
        fixture_new("(memory 1 1 shared)"
                    "(func (export \"spin\") (param i32) (result i32)"
                    "  (i32.atomic.store (i32.const 8) (i32.const 1)) (loop (br 0)) (unreachable))"
                    "(func $call (param i32) (result i32) (local.get 0))"
                    "(func (export \"recurse\") (param i32) (result i32)"
                    "  (i32.atomic.store (i32.const 8) (i32.const 1))"
                    "  (loop (result i32) (drop (call $call (local.get 0))) (br 0)))"
                    "(func (export \"wait\") (param i32) (result i32)"
                    "  (i32.atomic.store (i32.const 8) (i32.const 1))"
                    "  (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))");
    for (int i = 0; i < 3; i++) {
        hd_agent_free(f.agent); /* a stopped agent stays stopped */
        f.agent = hd_agent_new("victim", 0);
        uint8_t *begun = f.instance->memories[0]->base + 8;
        __atomic_store_n(begun, 0, __ATOMIC_SEQ_CST);
        run r = {.f = &f, .name = names[i]};
        pthread_t thread;
        ck_assert_int_eq(pthread_create(&thread, NULL, call_in_thread, &r), 0);
        while (!__atomic_load_n(begun, __ATOMIC_SEQ_CST))
            sched_yield();
        hd_agent_stop(f.agent);
        pthread_join(thread, NULL);
        ck_assert_int_eq(r.status, HD_STOPPED);
        ck_assert_int_eq(hd_agent_get_state(f.agent), HD_AGENT_STOPPED);
        hd_backtrace_frame frame;
        ck_assert_uint_ge(hd_agent_backtrace(f.agent, &frame, 1), 1);
        uint64_t address, expected;
        unsigned width;
        ck_assert_int_eq(hd_agent_waiting_on(f.agent, &address, &width, &expected), i == 2);
    }
    fixture_free(&f);
}
END_TEST

/* One agent spins on the length and then writes where there was nothing when it began. */
START_TEST(growth_is_seen_by_other_agents) {
    fixture owner = fixture_new("(memory (export \"memory\") 1 3 shared)"
                                "(func (export \"grow\") (param i32) (result i32)"
                                "  (memory.grow (i32.const 1)))");
    fixture f =
        fixture_over("(import \"\" \"memory\" (memory 1 3 shared))"
                     "(func (export \"use\") (param i32) (result i32)"
                     "  (i32.store (i32.const 0) (i32.const 1))" /* with the length as it is */
                     "  (loop (br_if 0 (i32.lt_u (memory.size) (i32.const 2))))"
                     "  (i32.store (i32.const 65536) (i32.const 42)) (i32.load (i32.const 65536)))",
                     owner.instance);
    run r = {.f = &f, .name = "use"};
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, call_in_thread, &r), 0);
    ck_assert_uint_eq(fixture_call(&owner, "grow", 0), 1);
    pthread_join(thread, NULL);
    ck_assert_int_eq(r.status, HD_OK);
    ck_assert_uint_eq(r.result, 42);
    fixture_free(&f);
    fixture_free(&owner);
}
END_TEST

Suite *exec_suite(void) {
    Suite *suite = suite_create("exec");
    TCase *tests = tcase_create("machine");
    tcase_add_test(tests, locals_keep_their_values);
    tcase_add_test(tests, wide_constants_do_not_overwrite_operands);
    tcase_add_test(tests, values_cross_blocks);
    tcase_add_test(tests, floats_keep_their_bits);
    tcase_add_test(tests, calls_cross_instances);
    tcase_add_test(tests, tail_calls_need_no_stack);
    tcase_add_test(tests, a_trap_says_where);
    tcase_add_test(tests, locals_of_frames_can_be_seen);
    tcase_add_test(tests, traps_show_their_arithmetic);
    tcase_add_test(tests, the_stack_is_finite);
    tcase_add_test(tests, an_agent_that_is_reset_has_an_empty_stack);
    tcase_add_test(tests, an_agent_can_be_stopped);
    tcase_add_test(tests, growth_is_seen_by_other_agents);
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, exec_nan_case());
    return suite;
}
