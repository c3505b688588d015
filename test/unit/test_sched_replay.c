/* test_sched_replay.c: tests of replay: bit for bit, and where it diverges. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "test_sched.h"

static const program *const programs[] = {&racy_counter, &lock_order, &three_workers, &sleepers,
                                          &trapper};
static const char *const strategies[] = {"rr:1", "rr:2", "rr:3", "rr", "random", "pct", "pct:6"};

enum {
    PROGRAMS = sizeof programs / sizeof programs[0],
    STRATEGIES = sizeof strategies / sizeof strategies[0],
};

static void assert_same_bytes(const hd_trace *a, const hd_trace *b) {
    hd_diag diag = HD_DIAG_INIT;
    uint8_t *bytes[2];
    size_t lengths[2];
    ck_assert_int_eq(hd_trace_encode(a, &bytes[0], &lengths[0], &diag), HD_OK);
    ck_assert_int_eq(hd_trace_encode(b, &bytes[1], &lengths[1], &diag), HD_OK);
    ck_assert_uint_eq(lengths[0], lengths[1]);
    ck_assert_mem_eq(bytes[0], bytes[1], lengths[0]);
    hd_free(bytes[0]);
    hd_free(bytes[1]);
}

/* Through the bytes of a file. */
static hd_trace *copy_of(const hd_trace *trace) {
    hd_diag diag = HD_DIAG_INIT;
    uint8_t *bytes;
    size_t length;
    hd_trace *copy;
    ck_assert_int_eq(hd_trace_encode(trace, &bytes, &length, &diag), HD_OK);
    ck_assert_int_eq(hd_trace_decode(bytes, length, &copy, &diag), HD_OK);
    hd_free(bytes);
    return copy;
}

static void check_replay(const program *p, const char *strategy, uint64_t seed) {
    hd_trace *trace = hd_trace_new(), *again = hd_trace_new(), *guided = hd_trace_new();
    execution first = record(p, strategy, seed, trace);
    hd_trace *read = copy_of(trace);
    execution second = replay(p, read, again);
    ck_assert_msg(second.check == HD_OK, "%s, seed %d: %s\n%s", strategy, (int)seed,
                  second.difference, schedule_of(trace));
    assert_same_execution(&first, &second);
    assert_same_bytes(trace, again);
    /* Guidance by the whole trace is as good. */
    hd_strategy *guide = hd_strategy_guided(read, guided);
    execution third = execute(p, guide, guided, &(run_options){.step_limit = STEP_LIMIT});
    assert_same_execution(&first, &third);
    assert_same_bytes(trace, guided);
    hd_strategy_free(guide);
    hd_trace_free(guided);
    hd_trace_free(again);
    hd_trace_free(read);
    hd_trace_free(trace);
}

START_TEST(replays_are_exact) {
    for (unsigned s = 0; s < STRATEGIES; s++)
        for (uint64_t seed = 0; seed < (s < 4 ? 1 : 40); seed++)
            check_replay(programs[_i], strategies[s], seed);
}
END_TEST

/* What follows a store, and traps: at an event of its own, or before one (where the address alone
 * is wrong) and elsewhere. */
static const struct {
    const char *body;
    unsigned events;
} traps[] = {
    {"(drop (i32.load (i32.const 70000)))", 2},
    {"(i64.store8 (i32.const 70000) (i64.const 1))", 2},
    {"(drop (v128.load (i32.const 65535)))", 2},
    {"(i32.atomic.store (i32.const 70000) (i32.const 1))", 2},
    {"(i32.atomic.store (i32.const 2) (i32.const 1))", 1},
    {"(drop (i64.atomic.load (i32.const 4)))", 1},
    {"(drop (i32.atomic.rmw16.add_u (i32.const 1) (i32.const 1)))", 1},
    {"(drop (i32.atomic.rmw.cmpxchg (i32.const 1) (i32.const 1) (i32.const 1)))", 1},
    {"(drop (memory.atomic.wait32 (i32.const 1) (i32.const 1) (i64.const 1)))", 2},
    {"(drop (memory.atomic.wait64 (i32.const 70000) (i64.const 1) (i64.const 1)))", 2},
    {"(drop (memory.atomic.notify (i32.const 1) (i32.const 1)))", 2},
    {"(drop (memory.atomic.notify (i32.const 70000) (i32.const 1)))", 2},
    {"(memory.fill (i32.const 65535) (i32.const 1) (i32.const 2))", 2},
    {"(memory.copy (i32.const 65535) (i32.const 1) (i32.const 2))", 2},
    {"(memory.init $d (i32.const 0) (i32.const 3) (i32.const 2))", 2},
    {"(unreachable)", 1},
    {"(drop (i32.div_u (i32.const 1) (local.get $zero)))", 1},
    {"(call $deep)", 1},
};

/* A trap at an event counts as one; else the same moves would not give the same execution. */
START_TEST(traps_are_replayed) {
    char text[1024];
    snprintf(text, sizeof text,
             "(module (memory (import \"\" \"\") 1 1 shared) (data $d \"data\")\n"
             "  (func $deep (call $deep) (call $deep))\n"
             "  (func (export \"trap\") (param i32) (result i32) (local $zero i32)\n"
             "    (i32.store (i32.const 0) (i32.const 1)) %s (i32.const 0)))",
             traps[_i].body);
    program p = {text, 2, {{"trap", 0}, {"trap", 0}}};
    hd_trace *trace = hd_trace_new();
    execution e = record(&p, "rr", 0, trace);
    ck_assert_int_ne(e.statuses[0], HD_OK);
    ck_assert_str_eq(schedule_of(trace), traps[_i].events == 1 ? "0*3,1*3" : "0*4,1*4");
    hd_trace_free(trace);
    for (unsigned s = 0; s < STRATEGIES; s++)
        check_replay(&p, strategies[s], 1);
}
END_TEST

/* Replays that were cut short end at the same place. */
START_TEST(a_cut_execution_is_replayed) {
    hd_trace *trace = hd_trace_new();
    hd_strategy *strategy = hd_strategy_random(3);
    execution first = execute(&three_workers, strategy, trace, &(run_options){.step_limit = 20});
    hd_strategy_free(strategy);
    ck_assert_int_eq(first.outcome, HD_OUTCOME_STEP_LIMIT);
    execution second = replay(&three_workers, trace, NULL);
    ck_assert_msg(second.check == HD_OK, "%s", second.difference);
    ck_assert_int_eq(second.outcome, HD_OUTCOME_GIVEN_UP);
    ck_assert_uint_eq(second.steps, 20);
    ck_assert_mem_eq(first.memory, second.memory, SEEN_BYTES);
    hd_trace_free(trace);
}
END_TEST

/* Schedules that do not fit, with an end (or none, where it is not reached) and what is said. */
static const struct {
    const program *program;
    const char *schedule;
    int outcome;
    const char *message;
} diverging[] = {
    {&racy_counter, "0*11,1*11", HD_OUTCOME_DEADLOCK,
     "the execution ends otherwise: expected deadlock, found completed"},
    {&racy_counter, "0*12,1*11", -1,
     "the execution diverges from the trace after 11 events and 0 moves: expected agent 0 to go "
     "on, found it cannot, with 1 of 12 events to go"},
    {&racy_counter, "0,1,2", -1,
     "the execution diverges from the trace after 2 events and 2 moves: expected agent 2 to move, "
     "found agent 0 can"},
    {&racy_counter, "0,1,0*10,0*9", -1,
     "the execution diverges from the trace after 12 events and 2 moves: expected agent 0 to go "
     "on, found it cannot, with 9 of 19 events to go"},
    {&racy_counter, "0,1,0*10,2", -1,
     "the execution diverges from the trace after 12 events and 3 moves: expected agent 2 to move, "
     "found only agent 1 can"},
    {&racy_counter, "0,1,0*10", HD_OUTCOME_COMPLETED,
     "the execution diverges from the trace after 12 events and 3 moves: expected the end "
     "(completed), found agent 1 can move"},
    {&racy_counter, "0,1,0*10", HD_OUTCOME_LIVELOCK,
     "the execution diverges from the trace after 12 events and 3 moves: expected the end "
     "(livelock), found agent 1 can move"},
    {&racy_counter, "0*11,1*12", -1,
     "the execution ends (completed) after 22 events and 1 moves, the trace after 23 events and 2 "
     "moves"},
    {&racy_counter, "0,1,0~", -1,
     "the execution diverges from the trace after 2 events and 2 moves: expected agent 0 to time "
     "out, found it does not wait with a limit"},
    {&lock_order, "0,1,0,1,0*2,1*2,0", -1,
     "the execution ends (deadlock) after 8 events and 6 moves, the trace after 9 events and 7 "
     "moves"},
    {&sleepers, "0*3", -1,
     "the execution diverges from the trace after 2 events and 0 moves: expected agent 0 to go on, "
     "found it cannot, with 1 of 3 events to go"},
};

START_TEST(divergence_is_told) {
    hd_divergence divergence;
    hd_trace *trace = trace_of(diverging[_i].schedule);
    if (diverging[_i].outcome >= 0) hd_trace_finish(trace, (hd_outcome)diverging[_i].outcome, NULL);
    execution e = replay(diverging[_i].program, trace, NULL);
    ck_assert_int_eq(e.check, HD_FAILED);
    ck_assert_str_eq(e.difference, diverging[_i].message);
    hd_strategy *fresh = hd_strategy_replay(trace);
    ck_assert(!hd_replay_divergence(fresh, &divergence));
    hd_strategy_free(fresh);
    hd_trace_free(trace);
}
END_TEST

/* What a person writes need not be whole. */
START_TEST(a_partial_schedule_goes_on) {
    static const struct {
        const char *schedule, *whole;
    } cases[] = {
        {"", "0*11,1*11"},
        {"1*4", "1*11,0*11"},
        {"0*2,1*3", "0*2,1*11,0*9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hd_trace *trace = trace_of(cases[i].schedule), *again = hd_trace_new();
        execution e = replay(&racy_counter, trace, again);
        ck_assert_msg(e.check == HD_OK, "%s", e.difference);
        ck_assert_str_eq(schedule_of(again), cases[i].whole);
        hd_trace_free(trace);
        hd_trace_free(again);
    }
}
END_TEST

/* Guidance passes over what cannot be done. */
START_TEST(guidance_is_lenient) {
    static const struct {
        const char *schedule, *actual;
        size_t preemptions;
    } cases[] = {
        {"0*11", "0*11,1*11", 0},
        {"3~,0*3,7*8,1*2,0*99,1", "0*3,1*2,0*8,1*9", 2},
        {"0,1,0*12,1*12,0,1", "0,1,0*10,1*10", 2},
        {"1*20,3,1,2,0,0~", "1*11,0*11", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t preemptions;
        hd_trace *trace = trace_of(cases[i].schedule), *actual = hd_trace_new();
        hd_strategy *strategy = hd_strategy_guided(trace, actual);
        execution e = execute(&racy_counter, strategy, actual, NULL);
        ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
        ck_assert_str_eq(schedule_of(actual), cases[i].actual);
        hd_trace_preemptions(actual, &preemptions);
        ck_assert_uint_eq(preemptions, cases[i].preemptions);
        hd_strategy_free(strategy);
        hd_trace_free(trace);
        hd_trace_free(actual);
    }
}
END_TEST

/* An agent that spins until another one has moved is left some time. */
START_TEST(guidance_ends_although_an_agent_spins) {
    program p = sleepers;
    p.agents = 2;
    p.calls[0] = p.calls[3];
    p.calls[0].argument = 1;
    p.calls[1].argument = 5;
    hd_trace *trace = trace_of("0,1,0*5"), *actual = hd_trace_new();
    hd_strategy *strategy = hd_strategy_guided(trace, actual);
    execution e = execute(&p, strategy, actual, NULL);
    ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
    hd_strategy_free(strategy);
    hd_trace_free(trace);
    hd_trace_free(actual);
}
END_TEST

/* Schedules that somebody has changed by hand, in a file that is otherwise right. */

enum { MOST_MOVES = 400, CHANGES = 9 };

/* Appends a move changed in one of several ways. */
static void add_changed(hd_trace *to, hd_move move, unsigned change) {
    switch (change) {
    case 0: return;                                                /* dropped */
    case 1: hd_trace_add_move(to, move.agent, move.events); break; /* and once more */
    case 2: move.agent++; break;
    case 3: move.agent ^= 1; break;
    case 4: move.agent += 300; break;
    case 5: move.events++; break;
    case 6: move.events -= move.events > 0; break;
    case 7: move.events = 0; break;
    default: move.events += UINT64_C(1) << 40; break;
    }
    hd_trace_add_move(to, move.agent, move.events);
}

/* The trace, with the move of that number changed, or, for CHANGES, cut off there. */
static hd_trace *changed_at(const hd_trace *trace, uint64_t number, unsigned change) {
    hd_trace *to = hd_trace_new();
    hd_trace_cursor cursor = hd_trace_start(trace);
    hd_move move;
    hd_outcome outcome;
    for (uint64_t i = 0; hd_trace_next(&cursor, &move); i++) {
        if (i == number && change == CHANGES) break;
        if (i == number)
            add_changed(to, move, change);
        else
            hd_trace_add_move(to, move.agent, move.events);
    }
    ck_assert(hd_trace_outcome(trace, &outcome));
    hd_trace_finish(to, outcome, NULL);
    return to;
}

/* Each ends: as a schedule that fits all the same, or with the first difference. */
START_TEST(changed_schedules_end) {
    const program *p = programs[_i];
    unsigned refused = 0;
    for (size_t s = 0; s < STRATEGIES; s += 3) {
        hd_trace *trace = hd_trace_new();
        record(p, strategies[s], 1, trace);
        for (uint64_t move = 0; move < hd_trace_moves(trace) && move < MOST_MOVES; move++)
            for (unsigned change = 0; change <= CHANGES; change++) {
                hd_trace *changed = changed_at(trace, move, change);
                hd_trace *read = copy_of(changed);
                execution e = replay(p, read, NULL);
                ck_assert((e.check == HD_OK) == (e.difference[0] == '\0'));
                refused += e.check == HD_FAILED;
                hd_trace_free(read);
                hd_trace_free(changed);
            }
        hd_trace_free(trace);
    }
    ck_assert_uint_gt(refused, 20);
}
END_TEST

TCase *sched_replay_case(void) {
    TCase *replays = tcase_create("replay");
    tcase_set_timeout(replays, 120);
    tcase_add_loop_test(replays, replays_are_exact, 0, PROGRAMS);
    tcase_add_loop_test(replays, traps_are_replayed, 0, sizeof traps / sizeof traps[0]);
    tcase_add_test(replays, a_cut_execution_is_replayed);
    tcase_add_loop_test(replays, divergence_is_told, 0, sizeof diverging / sizeof diverging[0]);
    tcase_add_loop_test(replays, changed_schedules_end, 0, PROGRAMS);
    tcase_add_test(replays, a_partial_schedule_goes_on);
    tcase_add_test(replays, guidance_is_lenient);
    tcase_add_test(replays, guidance_ends_although_an_agent_spins);
    return replays;
}
