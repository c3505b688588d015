/* test_sched_time.c: tests of local times, of time-outs as moves, and of agents that repeat
 * themselves. */
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "sched/local_time.h"
#include "test_sched.h"

/* Replays a schedule that a person wrote, and gives the whole one of the execution. */
static execution follow(const program *p, const char *schedule, char *whole, size_t room) {
    hd_trace *trace = trace_of(schedule), *again = hd_trace_new();
    execution e = replay(p, trace, again);
    ck_assert_msg(e.check == HD_OK, "%s: %s", schedule, e.difference);
    ck_assert_uint_lt(strlen(schedule_of(again)), room);
    strcpy(whole, schedule_of(again));
    hd_trace_free(trace);
    hd_trace_free(again);
    return e;
}

enum { ROOM = 256 };

/* Three agents wait for so many nanoseconds, then take their turns. */
static program three_sleepers(uint32_t first, uint32_t second, uint32_t third) {
    program p = sleepers;
    uint32_t times[] = {first, second, third};
    p.agents = 3;
    for (int i = 0; i < 3; i++)
        p.calls[i].argument = times[i];
    return p;
}

/* At any time from its start on, in any order, as long as anybody can move, and the local time is
 * at least the deadline. */
START_TEST(a_wait_may_time_out_early) {
    static const struct {
        const char *schedule;
        uint32_t turns[3];
    } cases[] = {
        {"0*2,0~,0*2,1*2,1~,1*2,2*2,2~,2*2", {0, 1, 2}},
        {"0*2,1*2,0~,1~,0*2,1*2,2*2,2~,2*2", {0, 1, 2}},
        {"0*2,1*2,1~,0~,1*2,0*2,2*2,2~,2*2", {1, 0, 2}},
        {"0*2,1*2,0~,1~,2*2,2~,2*2,1*2,0*2", {2, 1, 0}},
    };
    program p = three_sleepers(3000000, 2000000, 1000000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char whole[ROOM];
        execution e = follow(&p, cases[i].schedule, whole, ROOM);
        ck_assert_str_eq(whole, cases[i].schedule);
        ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
        ck_assert_mem_eq(e.results, cases[i].turns, sizeof cases[i].turns);
        /* An event before the wait, and with the time-out three from the deadline on. */
        for (int k = 0; k < 3; k++)
            ck_assert_int_eq(e.times[k], 1 + (3 - k) * 1000000 + 3);
    }
}
END_TEST

/* What nobody chooses comes by itself: the least deadline first, of equal ones the lowest number,
 * whoever began to wait first. All deadlines are the timeout and 1, for the instantiation. Who has
 * timed out has a time beyond his deadline, so that who has the same one follows at once. */
START_TEST(time_outs_come_in_order) {
    static const struct {
        uint32_t times[3];
        const char *schedule, *whole;
    } cases[] = {
        {{3000, 2000, 1000}, "0*2,1*2,2*2", "0*2,1*2,2*2,2~,2*2,1~,1*2,0~,0*2"},
        {{1000, 2000, 3000}, "2*2,1*2,0*2", "2*2,1*2,0*2,0~,0*2,1~,1*2,2~,2*2"},
        {{1000, 1000, 1000}, "2*2,1*2,0*2", "2*2,1*2,0*2,0~,1~,2~,2*2,0*2,1*2"},
        {{1000, 1000, 1000}, "1*2,2*2,0*2", "1*2,2*2,0*2,0~,1~,2~,2*2,0*2,1*2"},
        {{1001, 1000, 1000}, "2*2,1*2,0*2", "2*2,1*2,0*2,1~,2~,2*2,1,0~,0*2,1"},
        /* A timeout of 0 is past at once, also before others have begun. */
        {{1000, 0, 0}, "0*2,2*2,1*2", "0*2,2*2,1*2,1~,2~,2*2,1*2,0~,0*2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        program p = three_sleepers(cases[i].times[0], cases[i].times[1], cases[i].times[2]);
        char whole[ROOM];
        execution e = follow(&p, cases[i].schedule, whole, ROOM);
        ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
        ck_assert_str_eq(whole, cases[i].whole);
    }
}
END_TEST

/* One waits for `ns` nanoseconds, and then looks how far the other one has counted. */
static const program race_with_time = {
    "(module (memory (import \"\" \"\") 1 1 shared)\n"
    "  (func (export \"wait\") (param $ns i32) (result i32)\n"
    "    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0)\n"
    "      (i64.extend_i32_s (local.get $ns))))\n"
    "    (i32.atomic.load (i32.const 8)))\n"
    "  (func (export \"count\") (param $n i32) (result i32)\n"
    "    (loop (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))\n"
    "      (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))\n"
    "    (memory.atomic.notify (i32.const 0) (i32.const 1))))\n",
    2,
    {{"wait", 50}, {"count", 100}},
};

/* It must time out as soon as every agent that can move has a local time beyond the deadline, which
 * is 51: the other one stands there behind its instantiation and 51 more events. */
START_TEST(a_wait_times_out_when_all_are_later) {
    char whole[ROOM];
    execution e = follow(&race_with_time, "0*2", whole, ROOM);
    ck_assert_str_eq(whole, "0*2,1*52,0~,0*2,1*51");
    ck_assert_uint_eq(e.results[0], 51);
    ck_assert_uint_eq(e.results[1], 0); /* it woke nobody */
}
END_TEST

/* Under every strategy: the wait ends where it has to or before, or the notify comes first. */
START_TEST(no_strategy_is_late) {
    static const char *const strategies[] = {"rr", "rr:1", "rr:30", "random", "pct"};
    for (size_t s = 0; s < sizeof strategies / sizeof *strategies; s++)
        for (uint64_t seed = 0; seed < 50; seed++) {
            hd_trace *trace = hd_trace_new();
            execution e = record(&race_with_time, strategies[s], seed, trace);
            ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
            hd_trace_cursor cursor = hd_trace_start(trace);
            hd_move move;
            uint64_t of_one = 0;
            bool out = false;
            while (hd_trace_next(&cursor, &move) && !out) {
                out = move.events == HD_TIMEOUT;
                of_one += move.agent == 1 ? move.events : 0;
            }
            /* It may have begun to wait only later. */
            if (out && e.results[0] < 51) ck_assert_uint_le(of_one, 52);
            hd_trace_free(trace);
        }
}
END_TEST

/* Waits that never time out do not, however late it gets. */
START_TEST(a_negative_timeout_is_none) {
    program p = race_with_time;
    p.calls[0].argument = UINT32_MAX;
    char whole[ROOM];
    execution e = follow(&p, "0*2", whole, ROOM);
    ck_assert_str_eq(whole, "0*2,1*103,0*3");
    ck_assert_uint_eq(e.results[1], 1); /* woken by the notify */
}
END_TEST

/* Who is woken learns how late it is: the other one has made 101 events before its notify. */
START_TEST(a_wake_tells_the_time) {
    program p = race_with_time;
    char whole[ROOM];
    p.calls[0].argument = UINT32_MAX;
    execution e = follow(&p, "0*2,1*102", whole, ROOM);
    ck_assert_uint_eq(e.results[1], 1);
    ck_assert_int_eq(e.times[1], 103);
    ck_assert_int_eq(e.times[0], 101 + 3); /* the resumption, a load, the end */
}
END_TEST

/* So does who joins. */
START_TEST(a_join_tells_the_time) {
    test_body child = {
        .life = "ic", .text = race_with_time.text, .function = "count", .cells = {{.i64 = 100}}};
    test_body parent = {.life = "sj", .others = {&child}};
    hd_strategy *strategy = hd_strategy_round_robin(1000);
    controlled c;
    controlled_start(&c, &(hd_world_options){0}, 1);
    controlled_add(&c, &parent);
    ck_assert_int_eq(controlled_run(&c, strategy, 0), HD_OUTCOME_COMPLETED);
    ck_assert_int_ge(hd_world_view(c.world, 1).time, 100);
    ck_assert_int_eq(hd_world_view(c.world, 0).time,
                     hd_world_view(c.world, 1).time + 2); /* the join, the end */
    controlled_free(&c);
    hd_strategy_free(strategy);
}
END_TEST

/* What atomic writes hand on: to atomic reads of the same bytes, as long as nobody else has written
 * any of them. */
START_TEST(atomic_writes_hand_on_their_time) {
    hd_memory memory;
    hd_times times = {0};
    hd_event store = {.kind = HD_EVENT_ATOMIC_STORE, .memory = &memory, .address = 8, .length = 4};
    hd_event load = {.kind = HD_EVENT_ATOMIC_LOAD, .memory = &memory, .address = 8, .length = 4};
    hd_event wide = load, plain = {.kind = HD_EVENT_STORE, .memory = &memory, .length = 1};
    hd_event exchange = {
        .kind = HD_EVENT_CMPXCHG, .memory = &memory, .address = 8, .length = 4, .writes = true};
    wide.length = 8;
    ck_assert_int_eq(hd_times_event(&times, &load, 5), 0);
    ck_assert_int_eq(hd_times_event(&times, &store, 100), 0);
    ck_assert_int_eq(hd_times_event(&times, &load, 5), 100);
    ck_assert_int_eq(hd_times_event(&times, &wide, 5), 0);
    /* It learns, and hands on the later time; one that fails learns alone. */
    ck_assert_int_eq(hd_times_event(&times, &exchange, 7), 100);
    ck_assert_int_eq(hd_times_event(&times, &load, 5), 100);
    ck_assert_int_eq(hd_times_event(&times, &exchange, 200), 100);
    exchange.writes = false;
    ck_assert_int_eq(hd_times_event(&times, &exchange, 300), 200);
    ck_assert_int_eq(hd_times_event(&times, &load, 5), 200);
    /* Plain writes beside it leave it alone; one of its last byte does not. */
    plain.address = 7;
    hd_times_event(&times, &plain, 9);
    plain.address = 12;
    hd_times_event(&times, &plain, 9);
    ck_assert_int_eq(hd_times_event(&times, &load, 5), 200);
    plain.address = 11;
    ck_assert_int_eq(hd_times_event(&times, &plain, 9), 0);
    ck_assert_int_eq(hd_times_event(&times, &load, 5), 0);
    hd_times_free(&times);
}
END_TEST

/* Nobody times out who does not wait, or no more; and nothing comes before a time-out that is due.
 */
START_TEST(time_outs_that_cannot_be_are_refused) {
    static const char *const wrong[] = {"0~",         "0*2,0~,0~", "1~,0", "0*2,1*20,0~,0,0~",
                                        "0*2,1*52,1", "0*2,1*52,0"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        hd_trace *trace = trace_of(wrong[i]);
        execution e = replay(&race_with_time, trace, NULL);
        ck_assert_msg(e.check == HD_FAILED, "%s", wrong[i]);
        hd_trace_free(trace);
    }
}
END_TEST

/* Livelocks. */

static const program spinners = {
    "(module (memory (import \"\" \"\") 1 1 shared)\n"
    "  (func (export \"spin\") (param $at i32) (result i32)\n"
    "    (i32.atomic.store (local.get $at) (i32.const 1))\n"
    "    (loop (br_if 0 (i32.eqz (i32.atomic.load (i32.const 64))))) (i32.const 0))\n"
    "  (func (export \"fight\") (param $at i32) (result i32)\n"
    "    (loop (drop (i32.atomic.rmw.add (local.get $at) (i32.const 1)))\n"
    "      (drop (i32.atomic.rmw.sub (local.get $at) (i32.const 1))) (br 0)) (i32.const 0))\n"
    "  (func (export \"sleep\") (param $ns i32) (result i32)\n"
    "    (drop (memory.atomic.wait32 (i32.const 72) (i32.const 0)\n"
    "      (i64.extend_i32_u (local.get $ns))))\n"
    "    (i32.atomic.rmw.add (i32.const 76) (i32.const 1)))\n"
    "  (func (export \"help\") (param $ns i32) (result i32)\n"
    "    (drop (memory.atomic.wait32 (i32.const 72) (i32.const 0)\n"
    "      (i64.extend_i32_u (local.get $ns))))\n"
    "    (i32.atomic.store (i32.const 64) (i32.const 1)) (i32.const 5)))\n",
    3,
    {{"spin", 0}, {"spin", 4}, {"spin", 8}, {"sleep", 500000}},
};

static const char *const strategies[] = {"rr", "rr:1", "random", "pct"};
enum { STRATEGIES = sizeof strategies / sizeof *strategies };

/* Executes for more events than record() does. */
static execution go_far(const program *p, const char *name, hd_trace *trace) {
    hd_diag diag = HD_DIAG_INIT;
    hd_strategy *strategy = hd_strategy_parse(name, 3, 60, &diag);
    execution e = execute(p, strategy, trace, &(run_options){.step_limit = 2000000});
    hd_strategy_free(strategy);
    return e;
}

/* Found under a strategy, and again by a replay, after as many events. */
static execution find_livelock(const program *p, const char *strategy) {
    hd_trace *trace = hd_trace_new(), *again = hd_trace_new();
    execution e = go_far(p, strategy, trace);
    ck_assert_str_eq(hd_outcome_name(e.outcome), "livelock");
    hd_strategy *strategy_again = hd_strategy_replay(trace);
    execution r = execute(p, strategy_again, again, &(run_options){.is_replay = true});
    hd_strategy_free(strategy_again);
    ck_assert_msg(r.check == HD_OK, "%s", r.difference);
    assert_same_execution(&e, &r);
    hd_trace_free(trace);
    hd_trace_free(again);
    return e;
}

/* However many there are, whatever the strategy. */
START_TEST(agents_that_spin_are_a_livelock) {
    for (unsigned agents = 1; agents <= 3; agents++) {
        program p = spinners;
        p.agents = agents;
        execution e = find_livelock(&p, strategies[_i]);
        for (unsigned i = 0; i < agents; i++)
            ck_assert_int_eq(e.statuses[i], HD_STOPPED);
    }
}
END_TEST

/* Before that is said, whoever sleeps has had his time; and he may be the one who ends it. */
START_TEST(sleepers_come_before_a_livelock) {
    program p = spinners;
    p.agents = 4;
    execution e = find_livelock(&p, strategies[_i]);
    ck_assert_int_eq(e.statuses[3], HD_OK);
    ck_assert_uint_eq(memory_u32(&e, 76), 1);
    p.calls[3].function = "help";
    e = go_far(&p, strategies[_i], NULL);
    ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
    ck_assert_uint_eq(e.results[3], 5);
    ck_assert_int_ge(e.times[3], 500000);
}
END_TEST

/* Two that undo what they do may see each other's effects at any time: no fair schedule need repeat
 * itself, and nothing is said of them but that there was a limit, or that this schedule does. */
START_TEST(effects_are_no_livelock) {
    program p = spinners;
    p.agents = 2;
    p.calls[0].function = p.calls[1].function = "fight";
    p.calls[1].argument = 0;
    execution e = record(&p, strategies[_i], 3, NULL);
    if (e.outcome == HD_OUTCOME_REPEATS) {
        ck_assert_str_eq(strategies[_i], "rr:1");
        return;
    }
    ck_assert_int_eq(e.outcome, HD_OUTCOME_STEP_LIMIT);
    ck_assert_uint_eq(e.steps, STEP_LIMIT);
}
END_TEST

/* An end can always come: who spins beside it is not judged before. */
START_TEST(an_end_comes_before_a_livelock) {
    for (uint64_t seed = 0; seed < 20; seed++) {
        program p = spinners;
        p.agents = 2;
        p.calls[1] = (typeof(p.calls[1])){"help", 0};
        execution e = record(&p, strategies[_i], seed, NULL);
        ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
    }
}
END_TEST

TCase *sched_time_case(void) {
    TCase *times = tcase_create("time");
    tcase_set_timeout(times, 60);
    tcase_add_test(times, a_wait_may_time_out_early);
    tcase_add_test(times, time_outs_come_in_order);
    tcase_add_test(times, a_wait_times_out_when_all_are_later);
    tcase_add_test(times, no_strategy_is_late);
    tcase_add_test(times, a_negative_timeout_is_none);
    tcase_add_test(times, a_wake_tells_the_time);
    tcase_add_test(times, a_join_tells_the_time);
    tcase_add_test(times, atomic_writes_hand_on_their_time);
    tcase_add_test(times, time_outs_that_cannot_be_are_refused);
    tcase_add_loop_test(times, agents_that_spin_are_a_livelock, 0, STRATEGIES);
    tcase_add_loop_test(times, sleepers_come_before_a_livelock, 0, STRATEGIES);
    tcase_add_loop_test(times, effects_are_no_livelock, 0, STRATEGIES);
    tcase_add_loop_test(times, an_end_comes_before_a_livelock, 0, STRATEGIES);
    return times;
}
