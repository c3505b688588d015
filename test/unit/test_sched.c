/* test_sched.c: tests of worlds that strategies drive: how executions end, time, spawn and join. */
#include "test_sched.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "sched/schedule_text.h"
#include "suites.h"

/* Programs. */

#define LOCKS                                                                                      \
    "(func $lock (param $l i32)\n"                                                                 \
    "  (loop (if (i32.atomic.rmw.cmpxchg (local.get $l) (i32.const 0) (i32.const 1)) (then\n"      \
    "    (drop (memory.atomic.wait32 (local.get $l) (i32.const 1) (i64.const -1))) (br 1)))))\n"   \
    "(func $unlock (param $l i32)\n"                                                               \
    "  (i32.atomic.store (local.get $l) (i32.const 0))\n"                                          \
    "  (drop (memory.atomic.notify (local.get $l) (i32.const 1))))\n"

const program racy_counter = {
    "(module (memory (import \"\" \"\") 1 1 shared)\n"
    "  (func (export \"count\") (param $n i32) (result i32)\n"
    "    (loop (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))\n"
    "      (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))\n"
    "    (i32.load (i32.const 0))))\n",
    2,
    {{"count", 4}, {"count", 4}},
};

const program lock_order = {
    "(module (memory (import \"\" \"\") 1 1 shared)\n" LOCKS
    "  (func (export \"both\") (param $first i32) (result i32) (local $second i32)\n"
    "    (local.set $second (i32.sub (i32.const 4) (local.get $first)))\n"
    "    (call $lock (local.get $first)) (call $lock (local.get $second))\n"
    "    (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))\n"
    "    (call $unlock (local.get $second)) (call $unlock (local.get $first))\n"
    "    (i32.const 7)))\n",
    2,
    {{"both", 0}, {"both", 4}},
};

const program three_workers = {
    "(module (memory (import \"\" \"\") 1 1 shared)\n" LOCKS
    "  (func (export \"work\") (param $n i32) (result i32)\n"
    "    (loop (call $lock (i32.const 0))\n"
    "      (i32.store (i32.const 4) (i32.add (i32.load (i32.const 4)) (i32.const 1)))\n"
    "      (call $unlock (i32.const 0))\n"
    "      (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))\n"
    "    (i32.atomic.rmw.add (i32.const 8) (i32.const 1))))\n",
    3,
    {{"work", 5}, {"work", 5}, {"work", 5}},
};

/* Each sleeper takes its turn from address 8; the spinner ends when all three have. */
const program sleepers = {
    "(module (memory (import \"\" \"\") 1 1 shared)\n"
    "  (func (export \"sleep\") (param $ns i32) (result i32)\n"
    "    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0)\n"
    "      (i64.extend_i32_u (local.get $ns))))\n"
    "    (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))\n"
    "  (func (export \"spin\") (param $n i32) (result i32)\n"
    "    (loop (br_if 0 (i32.ne (i32.atomic.load (i32.const 8)) (local.get $n))))\n"
    "    (local.get $n)))\n",
    4,
    {{"sleep", 3000000}, {"sleep", 2000000}, {"sleep", 1000000}, {"spin", 3}},
};

const program trapper = {
    "(module (memory (import \"\" \"\") 1 1 shared)\n"
    "  (func (export \"trap\") (param $a i32) (result i32)\n"
    "    (i32.store (i32.const 0) (i32.const 1)) (i32.load (local.get $a)))\n"
    "  (func (export \"go\") (param $n i32) (result i32)\n"
    "    (loop (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))\n"
    "      (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))\n"
    "    (i32.load (i32.const 0))))\n",
    2,
    {{"trap", 70000}, {"go", 3}},
};

/* Executions. */

execution execute(const program *p, hd_strategy *strategy, hd_trace *trace,
                  const run_options *options) {
    static const run_options none;
    execution e = {0};
    hd_diag diag = HD_DIAG_INIT;
    test_body bodies[MOST_AGENTS] = {0};
    hd_observer observers[3];
    controlled c;
    hd_world_options o = {.observers = observers};
    if (!options) options = &none;
    if (trace) observers[o.observer_count++] = hd_trace_observer(trace);
    if (options->observer) observers[o.observer_count++] = *options->observer;
    if (options->profile) observers[o.observer_count++] = hd_profile_observer(options->profile);
    controlled_start(&c, &o, 1);
    if (options->profile) hd_profile_attach(options->profile, c.world);
    if (options->attach) options->attach(options->context, c.world);
    if (options->main_cannot_block) hd_cluster_forbid_blocking(c.cluster);
    for (unsigned i = 0; i < p->agents; i++) {
        bodies[i] = (test_body){.life = "ic",
                                .text = p->text,
                                .function = p->calls[i].function,
                                .cells = {{.i64 = p->calls[i].argument}}};
        controlled_add(&c, &bodies[i]);
    }
    e.outcome = controlled_run(&c, strategy, options->step_limit);
    e.steps = hd_world_steps(c.world);
    for (unsigned i = 0; i < p->agents; i++) {
        const test_body *b = &bodies[i];
        e.statuses[i] = b->diag.status;
        e.results[i] = b->called && b->diag.status == HD_OK ? b->cells[0].i32 : 0;
        e.times[i] = hd_world_view(c.world, i).time;
    }
    memcpy(e.message, bodies[0].diag.message, sizeof e.message);
    memcpy(e.memory, c.memory->base, SEEN_BYTES);
    if (trace) {
        hd_trace_bind(trace, p->text, strlen(p->text));
        ck_assert(hd_trace_finish(trace, e.outcome, NULL));
        ck_assert(hd_trace_complete(trace));
        ck_assert_uint_eq(hd_trace_events(trace), e.steps);
    }
    if (options->is_replay) {
        e.check = hd_replay_check(strategy, c.world, &diag);
        memcpy(e.difference, diag.message, sizeof diag.message);
    }
    controlled_free(&c);
    for (unsigned i = 0; i < p->agents; i++)
        ck_assert(bodies[i].released);
    return e;
}

execution record(const program *p, const char *name, uint64_t seed, hd_trace *trace) {
    hd_diag diag = HD_DIAG_INIT;
    hd_strategy *strategy = hd_strategy_parse(name, seed, 60, &diag);
    ck_assert_msg(strategy != NULL, "%s", diag.message);
    execution e = execute(p, strategy, trace, &(run_options){.step_limit = STEP_LIMIT});
    hd_strategy_free(strategy);
    return e;
}

execution replay(const program *p, const hd_trace *trace, hd_trace *again) {
    hd_strategy *strategy = hd_strategy_replay(trace);
    ck_assert_ptr_nonnull(strategy);
    execution e =
        execute(p, strategy, again, &(run_options){.step_limit = STEP_LIMIT, .is_replay = true});
    hd_strategy_free(strategy);
    return e;
}

void assert_same_execution(const execution *a, const execution *b) {
    ck_assert_str_eq(hd_outcome_name(a->outcome), hd_outcome_name(b->outcome));
    ck_assert_uint_eq(a->steps, b->steps);
    ck_assert_mem_eq(a->times, b->times, sizeof a->times);
    ck_assert_mem_eq(a->memory, b->memory, SEEN_BYTES);
    ck_assert_mem_eq(a->results, b->results, sizeof a->results);
    ck_assert_mem_eq(a->statuses, b->statuses, sizeof a->statuses);
    ck_assert_str_eq(a->message, b->message);
}

uint32_t memory_u32(const execution *e, unsigned address) {
    uint32_t value;
    memcpy(&value, e->memory + address, sizeof value);
    return value;
}

const char *schedule_of(const hd_trace *trace) {
    static char buffer[4096];
    ck_assert(hd_schedule_format(trace, buffer, sizeof buffer));
    return buffer;
}

hd_trace *trace_of(const char *schedule) {
    hd_diag diag = HD_DIAG_INIT;
    hd_trace *trace;
    hd_schedule_parse(schedule, &trace, &diag);
    ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
    return trace;
}

/* Executes by a text. */
static execution follow(const program *p, const char *schedule) {
    hd_trace *trace = trace_of(schedule);
    execution e = replay(p, trace, NULL);
    ck_assert_msg(e.check == HD_OK, "%s", e.difference);
    hd_trace_free(trace);
    return e;
}

/* How executions end. */

START_TEST(an_execution_completes) {
    hd_trace *trace = hd_trace_new();
    execution e = record(&racy_counter, "rr", 0, trace);
    ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
    ck_assert_uint_eq(e.steps, 22); /* each instantiates, and ends */
    ck_assert_uint_eq(memory_u32(&e, 0), 8);
    ck_assert_uint_eq(e.results[0], 4);
    ck_assert_uint_eq(e.results[1], 8);
    ck_assert_str_eq(schedule_of(trace), "0*11,1*11");
    hd_trace_free(trace);
}
END_TEST

START_TEST(a_deadlock_is_found) {
    hd_trace *trace = hd_trace_new();
    execution e = record(&lock_order, "rr:1", 0, trace);
    ck_assert_int_eq(e.outcome, HD_OUTCOME_DEADLOCK);
    ck_assert_int_eq(e.statuses[0], HD_STOPPED);
    ck_assert_int_eq(e.statuses[1], HD_STOPPED);
    ck_assert_uint_eq(memory_u32(&e, 8), 0);
    e = record(&lock_order, "rr", 0, NULL);
    ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
    ck_assert_uint_eq(memory_u32(&e, 8), 2);
    hd_trace_free(trace);
}
END_TEST

START_TEST(a_lonely_spinner_is_a_livelock) {
    program p = sleepers;
    p.agents = 2;
    p.calls[1] = p.calls[3];
    p.calls[1].argument = 7;
    execution e = record(&p, "rr", 0, NULL);
    ck_assert_int_eq(e.outcome, HD_OUTCOME_LIVELOCK);
    ck_assert_uint_eq(memory_u32(&e, 8), 1);
    ck_assert_int_eq(e.statuses[0], HD_OK);
    ck_assert_int_eq(e.statuses[1], HD_STOPPED);
}
END_TEST

/* Counts down for twenty thousand events: no livelock. */
START_TEST(a_lonely_worker_is_none) {
    program p = racy_counter;
    p.agents = 1;
    p.calls[0].argument = 10000;
    execution e = record(&p, "rr:7", 0, NULL);
    ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
    ck_assert_uint_eq(e.steps, 20003);
}
END_TEST

START_TEST(the_earliest_deadline_comes_first) {
    for (unsigned spinner = 0; spinner < 2; spinner++) {
        program p = sleepers;
        p.agents = 3 + spinner;
        execution e = record(&p, "rr", 0, NULL);
        ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
        ck_assert_uint_eq(e.results[2], 0);
        ck_assert_uint_eq(e.results[1], 1);
        ck_assert_uint_eq(e.results[0], 2);
        /* Each has an event before its wait, and goes on with the time-out itself, its turn, and
         * its end. */
        for (int i = 0; i < 3; i++)
            ck_assert_int_eq(e.times[i], 1 + (3 - i) * 1000000 + 3);
    }
}
END_TEST

/* Whatever its priority. */
START_TEST(a_spinner_does_not_starve_others) {
    for (uint64_t seed = 0; seed < 100; seed++) {
        execution e = record(&sleepers, "pct", seed, NULL);
        ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
    }
}
END_TEST

START_TEST(the_step_limit_holds) {
    for (uint64_t limit = 1; limit <= 22; limit++) {
        hd_strategy *strategy = hd_strategy_random(limit);
        execution e = execute(&racy_counter, strategy, NULL, &(run_options){.step_limit = limit});
        hd_strategy_free(strategy);
        ck_assert_int_eq(e.outcome, limit < 22 ? HD_OUTCOME_STEP_LIMIT : HD_OUTCOME_COMPLETED);
        ck_assert_uint_eq(e.steps, limit);
    }
}
END_TEST

START_TEST(the_main_agent_may_not_block) {
    program p = sleepers;
    hd_strategy *strategy = hd_strategy_round_robin(100);
    execution e = execute(&p, strategy, NULL, &(run_options){.main_cannot_block = true});
    hd_strategy_free(strategy);
    ck_assert_int_eq(e.statuses[0], HD_TRAP);
    ck_assert_ptr_nonnull(strstr(e.message, "Atomics.waitAsync"));
    ck_assert_int_eq(e.statuses[1], HD_OK); /* others may */
}
END_TEST

/* All of agent 1 comes between a load and a store of agent 0, or behind both. */
START_TEST(a_schedule_decides_what_is_lost) {
    execution e = follow(&racy_counter, "0*2,1*11,0*9");
    ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
    ck_assert_uint_eq(memory_u32(&e, 0), 4);
    e = follow(&racy_counter, "0*3,1*11,0*8");
    ck_assert_uint_eq(memory_u32(&e, 0), 8);
}
END_TEST

/* Spawn and join, told in order. */

typedef struct story {
    char text[256];
} story;

#define TELL(context, ...)                                                                         \
    do {                                                                                           \
        story *s_ = (context);                                                                     \
        size_t length_ = strlen(s_->text);                                                         \
        snprintf(s_->text + length_, sizeof s_->text - length_, __VA_ARGS__);                      \
    } while (0)

static void on_spawned(void *context, uint32_t parent, uint32_t child) {
    TELL(context, "%d+%u ", (int)parent, child);
}

static void on_joined(void *context, uint32_t agent, uint32_t other) {
    TELL(context, "%u-%u ", agent, other);
}

static void on_ended(void *context, uint32_t agent) {
    TELL(context, "%u. ", agent);
}

START_TEST(spawn_and_join_are_told_in_order) {
    static const struct {
        const char *schedule, *story;
    } cases[] = {
        {"0*2,1,0,2,0*2", "-1+0 0+1 0+2 1. 0-1 2. 0-2 0. "},
        {"0*2,2,1,0*3", "-1+0 0+1 0+2 2. 1. 0-1 0-2 0. "},
        {"0*2,1,2,0*3", "-1+0 0+1 0+2 1. 2. 0-1 0-2 0. "},
        {"0,1,0,2,0*3", "-1+0 0+1 1. 0+2 2. 0-1 0-2 0. "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hd_diag diag = HD_DIAG_INIT;
        story told = {""};
        hd_trace *trace = trace_of(cases[i].schedule), *again = hd_trace_new();
        hd_strategy *strategy = hd_strategy_replay(trace);
        hd_observer observers[] = {
            {&told, .spawned = on_spawned, .joined = on_joined, .ended = on_ended},
            hd_trace_observer(again)};
        test_body children[2] = {{.life = ""}, {.life = ""}};
        test_body parent = {.life = "ssjj", .others = {&children[0], &children[1]}};
        controlled c;
        controlled_start(&c, &(hd_world_options){.observers = observers, .observer_count = 2}, 1);
        controlled_add(&c, &parent);
        ck_assert_int_eq(controlled_run(&c, strategy, 0), HD_OUTCOME_COMPLETED);
        hd_replay_check(strategy, c.world, &diag);
        ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
        ck_assert_str_eq(told.text, cases[i].story);
        ck_assert_str_eq(schedule_of(again), cases[i].schedule);
        controlled_free(&c);
        hd_strategy_free(strategy);
        hd_trace_free(trace);
        hd_trace_free(again);
    }
}
END_TEST

Suite *sched_suite(void) {
    Suite *suite = suite_create("sched");
    TCase *driven = tcase_create("driven");
    tcase_set_timeout(driven, 60);
    tcase_add_test(driven, an_execution_completes);
    tcase_add_test(driven, a_deadlock_is_found);
    tcase_add_test(driven, a_lonely_spinner_is_a_livelock);
    tcase_add_test(driven, a_lonely_worker_is_none);
    tcase_add_test(driven, the_earliest_deadline_comes_first);
    tcase_add_test(driven, a_spinner_does_not_starve_others);
    tcase_add_test(driven, the_step_limit_holds);
    tcase_add_test(driven, the_main_agent_may_not_block);
    tcase_add_test(driven, a_schedule_decides_what_is_lost);
    tcase_add_test(driven, spawn_and_join_are_told_in_order);
    suite_add_tcase(suite, driven);
    suite_add_tcase(suite, sched_loops_case());
    suite_add_tcase(suite, sched_time_case());
    suite_add_tcase(suite, sched_strategy_case());
    suite_add_tcase(suite, sched_search_case());
    suite_add_tcase(suite, sched_profile_case());
    suite_add_tcase(suite, sched_trace_case());
    suite_add_tcase(suite, sched_replay_case());
    suite_add_tcase(suite, sched_shrink_case());
    suite_add_tcase(suite, sched_undo_case());
    return suite;
}
