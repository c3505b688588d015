/* test_sched.c: tests of the controlled runner: how executions end, time, spawn and join. */
#include "test_sched.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched/schedule_text.h"
#include "suites.h"
#include "wat.h"

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

typedef struct agent_context {
    const program *program;
    hd_memory *memory;
    execution *execution;
    unsigned index;
} agent_context;

static bool resolve_memory(void *context, const hd_import *import, hd_extern *value) {
    (void)import;
    value->kind = HD_EXTERN_MEMORY;
    value->memory = context;
    return true;
}

static void run_agent(hd_member *member, void *context) {
    agent_context *c = context;
    hd_diag diag = HD_DIAG_INIT;
    hd_instance *instance;
    hd_extern value;
    hd_slot cells[4] = {{.i64 = c->program->calls[c->index].argument}};
    const char *name = c->program->calls[c->index].function;
    hd_codebase *base = hd_member_adopt(member, load_wat(c->program->text));
    ck_assert_ptr_nonnull(base);
    hd_instantiate(hd_member_store(member), base, resolve_memory, c->memory, &instance, &diag);
    ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
    ck_assert(hd_instance_export(instance, name, strlen(name), &value));
    c->execution->statuses[c->index] = hd_member_call(member, value.func, cells, &diag);
    c->execution->results[c->index] = diag.status == HD_OK ? cells[0].i32 : 0;
    if (c->index == 0) memcpy(c->execution->message, diag.message, sizeof diag.message);
}

static hd_memory *new_memory(void) {
    hd_diag diag = HD_DIAG_INIT;
    hd_limits limits = {.min = 1, .max = 1, .has_max = true, .shared = true};
    hd_memory *memory = hd_memory_new(&limits, &diag);
    ck_assert_msg(memory != NULL, "%s", diag.message);
    return memory;
}

execution execute(const program *p, hd_strategy *strategy, hd_trace *trace,
                  const run_options *options) {
    static const run_options none;
    execution e = {0};
    hd_diag diag = HD_DIAG_INIT;
    agent_context contexts[MOST_AGENTS];
    hd_observer observers[2];
    if (!options) options = &none;
    hd_sched_options o = {
        .strategy = strategy, .observers = observers, .step_limit = options->step_limit};
    if (trace) observers[o.observer_count++] = hd_trace_observer(trace);
    if (options->observer) observers[o.observer_count++] = *options->observer;
    hd_memory *memory = new_memory();
    hd_sched *sched = hd_sched_new(&o);
    hd_cluster *cluster = hd_cluster_new(1 << 10);
    hd_cluster_control(cluster, hd_sched_controller(sched));
    if (options->main_cannot_block) hd_cluster_forbid_blocking(cluster);
    for (unsigned i = 0; i < p->agents; i++) {
        contexts[i] = (agent_context){p, memory, &e, i};
        ck_assert(hd_cluster_spawn(cluster, "agent", run_agent, &contexts[i], &diag));
    }
    hd_cluster_run(cluster, -1);
    e.outcome = hd_sched_outcome(sched);
    e.steps = hd_sched_steps(sched);
    e.now = hd_sched_now(sched);
    memcpy(e.memory, memory->base, SEEN_BYTES);
    if (trace) {
        hd_trace_bind(trace, p->text, strlen(p->text));
        ck_assert(hd_trace_finish(trace, e.outcome, ""));
        ck_assert(hd_trace_complete(trace));
        ck_assert_uint_eq(hd_trace_events(trace), e.steps);
    }
    if (options->is_replay) {
        e.check = hd_replay_check(strategy, sched, &diag);
        memcpy(e.difference, diag.message, sizeof diag.message);
    }
    hd_cluster_free(cluster);
    hd_sched_free(sched);
    hd_memory_release(memory);
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
    ck_assert_int_eq(a->now, b->now);
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
    ck_assert_uint_eq(e.steps, 18);
    ck_assert_uint_eq(memory_u32(&e, 0), 8);
    ck_assert_uint_eq(e.results[0], 4);
    ck_assert_uint_eq(e.results[1], 8);
    ck_assert_str_eq(schedule_of(trace), "0!,0*9,1!,1*9");
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
    ck_assert_uint_eq(e.steps, 20001);
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
        ck_assert_int_ge(e.now, 3000000);
        ck_assert_int_lt(e.now, 3000000 + 100000);
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
    for (uint64_t limit = 1; limit <= 18; limit++) {
        hd_strategy *strategy = hd_strategy_random(limit);
        execution e = execute(&racy_counter, strategy, NULL, &(run_options){.step_limit = limit});
        hd_strategy_free(strategy);
        ck_assert_int_eq(e.outcome, limit < 18 ? HD_OUTCOME_STEP_LIMIT : HD_OUTCOME_COMPLETED);
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

/* Agent 1's first move comes between the two of agent 0's load and store. */
START_TEST(a_schedule_decides_what_is_lost) {
    execution e = follow(&racy_counter, "0!,1!,0,1*9,0*8");
    ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
    ck_assert_uint_eq(memory_u32(&e, 0), 4);
    e = follow(&racy_counter, "0!,1!,0*2,1*9,0*7");
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

static void do_nothing(hd_member *member, void *context) {
    (void)member;
    (void)context;
}

static void spawn_two_join_two(hd_member *member, void *context) {
    hd_diag diag = HD_DIAG_INIT;
    hd_member *children[2];
    (void)context;
    for (unsigned i = 0; i < 2; i++) {
        children[i] = hd_cluster_spawn(hd_member_cluster(member), "child", do_nothing, NULL, &diag);
        ck_assert_msg(children[i] != NULL, "%s", diag.message);
    }
    for (unsigned i = 0; i < 2; i++)
        ck_assert(hd_member_join(member, children[i]));
}

START_TEST(spawn_and_join_are_told_in_order) {
    static const struct {
        const char *schedule, *story;
    } cases[] = {
        {"0!,1!,0!,2!,0!", "-1+0 0+1 0+2 1. 0-1 2. 0-2 0. "},
        {"0!,2!,1!,0!,0!", "-1+0 0+1 0+2 2. 1. 0-1 0-2 0. "},
        {"0!,1!,2!,0!,0!", "-1+0 0+1 0+2 1. 2. 0-1 0-2 0. "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hd_diag diag = HD_DIAG_INIT;
        story told = {""};
        hd_trace *trace = trace_of(cases[i].schedule), *again = hd_trace_new();
        hd_strategy *strategy = hd_strategy_replay(trace);
        hd_observer observers[] = {
            {&told, .spawned = on_spawned, .joined = on_joined, .ended = on_ended},
            hd_trace_observer(again)};
        hd_sched *sched = hd_sched_new(
            &(hd_sched_options){.strategy = strategy, .observers = observers, .observer_count = 2});
        hd_cluster *cluster = hd_cluster_new(1 << 10);
        hd_cluster_control(cluster, hd_sched_controller(sched));
        hd_cluster_spawn(cluster, "main", spawn_two_join_two, NULL, &diag);
        ck_assert(hd_cluster_run(cluster, -1));
        hd_replay_check(strategy, sched, &diag);
        ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
        ck_assert_str_eq(told.text, cases[i].story);
        ck_assert_str_eq(schedule_of(again), cases[i].schedule);
        hd_cluster_free(cluster);
        hd_sched_free(sched);
        hd_strategy_free(strategy);
        hd_trace_free(trace);
        hd_trace_free(again);
    }
}
END_TEST

Suite *sched_suite(void) {
    Suite *suite = suite_create("sched");
    TCase *runner = tcase_create("runner");
    tcase_set_timeout(runner, 60);
    tcase_add_test(runner, an_execution_completes);
    tcase_add_test(runner, a_deadlock_is_found);
    tcase_add_test(runner, a_lonely_spinner_is_a_livelock);
    tcase_add_test(runner, a_lonely_worker_is_none);
    tcase_add_test(runner, the_earliest_deadline_comes_first);
    tcase_add_test(runner, a_spinner_does_not_starve_others);
    tcase_add_test(runner, the_step_limit_holds);
    tcase_add_test(runner, the_main_agent_may_not_block);
    tcase_add_test(runner, a_schedule_decides_what_is_lost);
    tcase_add_test(runner, spawn_and_join_are_told_in_order);
    suite_add_tcase(suite, runner);
    suite_add_tcase(suite, sched_loops_case());
    suite_add_tcase(suite, sched_strategy_case());
    suite_add_tcase(suite, sched_trace_case());
    suite_add_tcase(suite, sched_replay_case());
    suite_add_tcase(suite, sched_shrink_case());
    return suite;
}
