/* test_sched_loops.c: tests of cycle.c and lookout.c: agents that loop for ever without an event.
 */
#include <stdlib.h>

#include "sched/cycle.h"
#include "test_sched.h"
#include "wat.h"

/* What a close look finds of a call, lap by lap, without the lookout and so without time. */
typedef enum found { LOOPS, ENDS, TRAPS, BUSY } found;

/* Calls the function "f" of a module with a number. BUSY: no verdict within so many laps. */
static found look_at(const char *text, uint32_t argument, unsigned laps, uint32_t *result) {
    fixture f = fixture_new(text);
    hd_diag diag = HD_DIAG_INIT;
    hd_slot cells[4] = {{.i64 = argument}};
    hd_cycle cycle = {0};
    hd_cycle_work work;
    hd_cycle_agent state = {f.agent, f.store};
    hd_cycle_subject subject = hd_cycle_of_agent(&state);
    hd_cycle_grant(&work, UINT64_MAX / 2);
    ck_assert_int_eq(hd_agent_begin(f.agent, fixture_func(&f, "f"), cells, &diag), HD_OK);
    hd_run_end end = hd_agent_lap(f.agent);
    hd_cycle_verdict verdict = HD_CYCLE_OPEN;
    for (unsigned i = 0; end == HD_RUN_STOPPED && i < laps; i++) {
        verdict = hd_cycle_look(&cycle, &work, &subject);
        if (verdict == HD_CYCLE_FOUND) break;
        ck_assert_int_eq(verdict, HD_CYCLE_OPEN);
        end = hd_agent_lap(f.agent);
    }
    hd_cycle_free(&cycle);
    if (end == HD_RUN_FINISHED) hd_agent_end(f.agent, cells, &diag);
    *result = cells[0].i32;
    fixture_free(&f);
    if (verdict == HD_CYCLE_FOUND) return LOOPS;
    return end == HD_RUN_FINISHED ? ENDS : end == HD_RUN_TRAPPED ? TRAPS : BUSY;
}

typedef struct example {
    const char *text;
    uint32_t argument, result; /* ENDS: with this */
} example;

static void expect(const example *examples, size_t count, found wanted) {
    for (size_t i = 0; i < count; i++) {
        uint32_t result;
        found got = look_at(examples[i].text, examples[i].argument, 100000, &result);
        ck_assert_msg(got == wanted, "%s: %d", examples[i].text, got);
        if (wanted == ENDS) ck_assert_uint_eq(result, examples[i].result);
    }
}

START_TEST(loops_are_recognised) {
    static const example examples[] = {
        {"(module (func (export \"f\") (loop (br 0))))", 0, 0},
        /* Only calls. */
        {"(module (func $f (export \"f\") (return_call $f)))", 0, 0},
        {"(module (func $f (export \"f\") (param i32) (result i32)\n"
         "    (return_call $g (i32.add (local.get 0) (i32.const 1))))\n"
         "  (func $g (param i32) (result i32)\n"
         "    (return_call $f (i32.sub (local.get 0) (i32.const 1)))))",
         5, 0},
        {"(module (table 1 funcref) (elem (i32.const 0) $f)\n"
         "  (func $f (export \"f\") (return_call_indirect (i32.const 0))))",
         0, 0},
        /* Of a period of some thousand laps: the inner loop counts, the outer one does not. */
        {"(module (func (export \"f\") (param i32) (local i32)\n"
         "  (loop $outer (local.set 1 (local.get 0))\n"
         "    (loop (br_if 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))\n"
         "    (br $outer))))",
         3000, 0},
        /* The state alternates in a local, a global, memory, a table. */
        {"(module (func (export \"f\") (param i64)\n"
         "  (loop (local.set 0 (i64.xor (local.get 0) (i64.const 3))) (br 0))))",
         0, 0},
        {"(module (global (mut i32) (i32.const 0)) (func (export \"f\")\n"
         "  (loop (global.set 0 (i32.eqz (global.get 0))) (br 0))))",
         0, 0},
        {"(module (memory 1) (func (export \"f\")\n"
         "  (loop (i32.store (i32.const 8) (i32.eqz (i32.load (i32.const 8)))) (br 0))))",
         0, 0},
        {"(module (table 1 funcref) (elem declare func $g) (func $g) (func (export \"f\")\n"
         "  (loop (table.set (i32.const 0) (if (result funcref)\n"
         "    (ref.is_null (table.get (i32.const 0)))\n"
         "    (then (ref.func $g)) (else (ref.null func)))) (br 0))))",
         0, 0},
        /* A float comes to rest. */
        {"(module (func (export \"f\") (local f64) (local.set 0 (f64.const 1))\n"
         "  (loop (br_if 0 (f64.ge (local.tee 0 (f64.sqrt (local.get 0))) (f64.const 0))))))",
         0, 0},
        {"(module (memory 1) (data $d \"x\") (func (export \"f\")\n"
         "  (loop (data.drop $d) (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0))\n"
         "    (br 0))))",
         0, 0},
    };
    expect(examples, sizeof examples / sizeof *examples, LOOPS);
}
END_TEST

START_TEST(what_ends_is_no_loop) {
    /* In each, one part of the state alone tells one lap from the next. */
    static const example examples[] = {
        {"(module (func (export \"f\") (param i32) (result i32) (local i32)\n"
         "  (loop (local.set 1 (i32.add (local.get 1) (i32.const 1)))\n"
         "    (br_if 0 (i32.ne (local.get 0) (local.get 1))))\n"
         "  (local.get 1)))",
         5000, 5000},
        {"(module (global (mut i32) (i32.const 0)) (func (export \"f\") (param i32) (result i32)\n"
         "  (loop (global.set 0 (i32.add (global.get 0) (i32.const 1)))\n"
         "    (br_if 0 (i32.ne (local.get 0) (global.get 0))))\n"
         "  (global.get 0)))",
         5000, 5000},
        {"(module (memory 1) (func (export \"f\") (param i32) (result i32)\n"
         "  (loop (i32.store (i32.const 40) (i32.add (i32.load (i32.const 40)) (i32.const 1)))\n"
         "    (br_if 0 (i32.ne (local.get 0) (i32.load (i32.const 40)))))\n"
         "  (i32.load (i32.const 40))))",
         3000, 3000},
        /* The last byte of a memory that grew. */
        {"(module (memory 0) (func (export \"f\") (param i32) (result i32)\n"
         "  (drop (memory.grow (i32.const 2)))\n"
         "  (loop (i32.store8 (i32.const 131071)\n"
         "      (i32.add (i32.load8_u (i32.const 131071)) (i32.const 1)))\n"
         "    (br_if 0 (i32.ne (local.get 0) (i32.load8_u (i32.const 131071)))))\n"
         "  (i32.load8_u (i32.const 131071))))",
         200, 200},
        {"(module (memory 0) (func (export \"f\") (param i32) (result i32)\n"
         "  (loop (drop (memory.grow (i32.const 1)))\n"
         "    (br_if 0 (i32.ne (local.get 0) (memory.size))))\n"
         "  (memory.size)))",
         10, 10},
        {"(module (table 0 funcref) (func (export \"f\") (param i32) (result i32)\n"
         "  (loop (drop (table.grow (ref.null func) (i32.const 1)))\n"
         "    (br_if 0 (i32.ne (local.get 0) (table.size))))\n"
         "  (table.size)))",
         20, 20},
        /* It recurses, and returns. */
        {"(module (func $f (export \"f\") (param i32) (result i32)\n"
         "  (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))\n"
         "    (else (i32.add (i32.const 1) (call $f (i32.sub (local.get 0) (i32.const 1))))))))",
         50, 50},
    };
    expect(examples, sizeof examples / sizeof *examples, ENDS);
}
END_TEST

START_TEST(what_traps_is_no_loop) {
    static const example examples[] = {
        /* Dropping is the only change, and it makes the second lap trap. */
        {"(module (memory 1) (data $d \"x\") (func (export \"f\")\n"
         "  (loop (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop $d)\n"
         "    (br 0))))",
         0, 0},
        {"(module (table 1 funcref) (elem $e func $f) (func $f (export \"f\")\n"
         "  (loop (table.init $e (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop $e)\n"
         "    (br 0))))",
         0, 0},
        {"(module (func (export \"f\") (param i32)\n"
         "  (loop (local.set 0 (i32.div_u (i32.const 9) (local.get 0))) (br 0))))",
         10, 0},
    };
    expect(examples, sizeof examples / sizeof *examples, TRAPS);
}
END_TEST

START_TEST(what_grows_is_not_judged) {
    uint32_t result;
    ck_assert_int_eq(look_at("(module (func (export \"f\") (param i64)\n"
                             "  (loop (local.set 0 (i64.add (local.get 0) (i64.const 1)))\n"
                             "    (br 0))))",
                             0, 5000, &result),
                     BUSY);
    /* Recursion without end will exhaust the stack. */
    ck_assert_int_eq(look_at("(module (func $f (export \"f\") (call $f)))", 0, 500, &result), BUSY);
}
END_TEST

/* Too little work is granted for a single look at the memory. */
START_TEST(work_is_bounded) {
    fixture f = fixture_new("(module (memory 16) (func (export \"f\") (loop (br 0))))");
    hd_diag diag = HD_DIAG_INIT;
    hd_slot none[1];
    hd_cycle cycle = {0};
    hd_cycle_work work;
    hd_cycle_agent state = {f.agent, f.store};
    hd_cycle_subject subject = hd_cycle_of_agent(&state);
    unsigned windows = 0;
    hd_cycle_grant(&work, 16);
    ck_assert_int_eq(hd_agent_begin(f.agent, fixture_func(&f, "f"), none, &diag), HD_OK);
    for (hd_cycle_verdict v = HD_CYCLE_OPEN; v != HD_CYCLE_FOUND;) {
        ck_assert_int_eq(hd_agent_lap(f.agent), HD_RUN_STOPPED);
        v = hd_cycle_look(&cycle, &work, &subject);
        if (v != HD_CYCLE_SPENT) continue;
        hd_cycle_widen(&work);
        windows++;
    }
    ck_assert_uint_ge(windows, 8); /* hashes of a MiB, at 256 bytes a unit */
    ck_assert_uint_le(windows, 12);
    hd_cycle_free(&cycle);
    fixture_free(&f);
}
END_TEST

/* A pause is no stop, and a stop is never taken for a pause. */
START_TEST(paused_agents_go_on) {
    fixture f = fixture_new("(module (func (export \"f\") (param i32) (result i32)\n"
                            "  (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0)\n"
                            "    (i32.const 1)))))\n"
                            "  (i32.const 42)))");
    hd_diag diag = HD_DIAG_INIT;
    uint64_t used;
    for (unsigned stop = 0; stop < 2; stop++) {
        hd_slot cells[1] = {{.i32 = 1000}};
        ck_assert_int_eq(hd_agent_begin(f.agent, fixture_func(&f, "f"), cells, &diag), HD_OK);
        hd_agent_pause(f.agent);
        ck_assert_int_eq(hd_agent_resume(f.agent, 0, &used), HD_RUN_STOPPED);
        if (stop) hd_agent_stop(f.agent);
        ck_assert(hd_agent_paused(f.agent) == (stop == 0));
        ck_assert_int_eq(hd_agent_go_on(f.agent), stop ? HD_RUN_STOPPED : HD_RUN_FINISHED);
        ck_assert_int_eq(hd_agent_end(f.agent, cells, &diag), stop ? HD_STOPPED : HD_OK);
        if (!stop) ck_assert_uint_eq(cells[0].i32, 42);
    }
    fixture_free(&f);
}
END_TEST

/* Whole executions. */

static const program loopers = {
    "(module (memory (import \"\" \"\") 1 1 shared)\n"
    "  (func (export \"loop\") (param $n i32) (result i32)\n"
    "    (if (local.get $n) (then\n"
    "      (loop (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))\n"
    "        (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))\n"
    "    (loop (br 0)) (i32.const 0))\n"
    "  (func (export \"work\") (param $n i32) (result i32)\n"
    "    (loop (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))\n"
    "      (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))\n"
    "    (i32.const 9))\n"
    "  (func (export \"sleep\") (param $ns i32) (result i32)\n"
    "    (drop (memory.atomic.wait32 (i32.const 8) (i32.const 0)\n"
    "      (i64.extend_i32_u (local.get $ns))))\n"
    "    (i32.atomic.rmw.add (i32.const 12) (i32.const 1)))\n"
    "  (func (export \"spin\") (param i32) (result i32)\n"
    "    (loop (br_if 0 (i32.eqz (i32.atomic.load (i32.const 16))))) (i32.const 0)))\n",
    4,
    {{"loop", 0}, {"loop", 3}, {"work", 100}, {"sleep", 1000000}},
};

/* The others go on, to the last timed wait, and the replay finds the same. */
START_TEST(others_go_on) {
    static const char *const strategies[] = {"rr", "rr:1", "random", "pct"};
    for (size_t i = 0; i < sizeof strategies / sizeof *strategies; i++) {
        hd_trace *trace = hd_trace_new(), *again = hd_trace_new();
        execution e = record(&loopers, strategies[i], i, trace);
        ck_assert_int_eq(e.outcome, HD_OUTCOME_LIVELOCK);
        ck_assert_int_eq(e.statuses[0], HD_STOPPED);
        ck_assert_int_eq(e.statuses[1], HD_STOPPED);
        ck_assert_int_eq(e.statuses[2], HD_OK);
        ck_assert_int_eq(e.statuses[3], HD_OK);
        ck_assert_uint_eq(memory_u32(&e, 0), 3);
        ck_assert_uint_eq(memory_u32(&e, 4), 100);
        ck_assert_uint_eq(memory_u32(&e, 12), 1);
        /* Four instantiations; 3 events; 100 and an end; a wait, its time-out, a turn, an end. */
        ck_assert_uint_eq(e.steps, 4 + 3 + 101 + 4);
        execution r = replay(&loopers, trace, again);
        ck_assert_msg(r.check == HD_OK, "%s", r.difference);
        assert_same_execution(&e, &r);
        ck_assert_uint_eq(hd_trace_moves(again), hd_trace_moves(trace));
        hd_trace_free(trace);
        hd_trace_free(again);
    }
}
END_TEST

/* Nobody can set the flag: one loops, one is blocked, and one spins. */
START_TEST(a_spinner_beside_a_looper_is_a_livelock) {
    program p = loopers;
    p.agents = 2;
    p.calls[1] = (typeof(p.calls[1])){"spin", 0};
    execution e = record(&p, "rr:5", 0, NULL);
    ck_assert_int_eq(e.outcome, HD_OUTCOME_LIVELOCK);
    ck_assert_uint_gt(e.steps, 1);
}
END_TEST

/* Two that give their first lock back when the second one is taken, in turns for ever: no livelock,
 * since other schedules end. */
START_TEST(a_schedule_repeats_itself) {
    static const program back_off = {
        "(module (memory (import \"\" \"\") 1 1 shared)\n"
        "  (func (export \"both\") (param $x i32) (result i32)\n"
        "    (loop $again\n"
        "      (br_if $again (i32.atomic.rmw.cmpxchg (local.get $x) (i32.const 0) (i32.const 1)))\n"
        "      (if (i32.atomic.rmw.cmpxchg (i32.sub (i32.const 4) (local.get $x)) (i32.const 0)\n"
        "          (i32.const 1))\n"
        "        (then (i32.atomic.store (local.get $x) (i32.const 0)) (br $again)))\n"
        "      (i32.atomic.store (i32.sub (i32.const 4) (local.get $x)) (i32.const 0))\n"
        "      (i32.atomic.store (local.get $x) (i32.const 0)))\n"
        "    (i32.const 1)))\n",
        2,
        {{"both", 0}, {"both", 4}},
    };
    hd_trace *trace = hd_trace_new();
    execution e = record(&back_off, "rr:1", 0, trace);
    ck_assert_int_eq(e.outcome, HD_OUTCOME_REPEATS);
    execution again = replay(&back_off, trace, NULL);
    ck_assert_msg(again.check == HD_OK, "%s", again.difference);
    ck_assert_int_eq(again.outcome, HD_OUTCOME_REPEATS);
    hd_trace_free(trace);
    ck_assert_int_eq(record(&back_off, "rr:3", 0, NULL).outcome, HD_OUTCOME_COMPLETED);
    ck_assert_int_eq(record(&back_off, "random", 0, NULL).outcome, HD_OUTCOME_COMPLETED);
    /* Counting is no repetition. */
    program p = racy_counter;
    p.calls[0].argument = p.calls[1].argument = 12000;
    ck_assert_int_eq(record(&p, "rr:1", 0, NULL).outcome, HD_OUTCOME_COMPLETED);
}
END_TEST

/* Only the shared memory shows how far they are: one counts, the other one asks for one number. */
START_TEST(a_counter_in_memory_is_no_repetition) {
    static const program p = {
        "(module (memory (import \"\" \"\") 1 1 shared)\n"
        "  (func (export \"count\") (param $x i32) (result i32)\n"
        "    (loop $again\n"
        "      (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))\n"
        "      (br_if $again (i32.eqz (i32.atomic.load (i32.const 0)))))\n"
        "    (i32.const 1))\n"
        "  (func (export \"ask\") (param $n i32) (result i32)\n"
        "    (loop $again\n"
        "      (br_if $again (i32.eq (i32.const 1)\n"
        "        (memory.atomic.wait32 (i32.const 8) (local.get $n) (i64.const 0)))))\n"
        "    (i32.atomic.store (i32.const 0) (i32.const 1))\n"
        "    (i32.const 1)))\n",
        2,
        {{"count", 0}, {"ask", 8000}},
    };
    ck_assert_int_eq(record(&p, "rr:1", 0, NULL).outcome, HD_OUTCOME_COMPLETED);
}
END_TEST

TCase *sched_loops_case(void) {
    TCase *loops = tcase_create("loops");
    tcase_set_timeout(loops, 60);
    tcase_add_test(loops, loops_are_recognised);
    tcase_add_test(loops, what_ends_is_no_loop);
    tcase_add_test(loops, what_traps_is_no_loop);
    tcase_add_test(loops, what_grows_is_not_judged);
    tcase_add_test(loops, work_is_bounded);
    tcase_add_test(loops, paused_agents_go_on);
    tcase_add_test(loops, others_go_on);
    tcase_add_test(loops, a_spinner_beside_a_looper_is_a_livelock);
    tcase_add_test(loops, a_schedule_repeats_itself);
    tcase_add_test(loops, a_counter_in_memory_is_no_repetition);
    return loops;
}
