/* test_sched.c: tests of the controlled runner: how executions end, time, spawn and join. */
#include "test_sched.h"

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
    hd_sched_options o = {.strategy = strategy,
                          .observers = observers,
                          .step_limit = options->step_limit,
                          .main_cannot_block = options->main_cannot_block};
    if (trace) observers[o.observer_count++] = hd_trace_observer(trace);
    if (options->observer) observers[o.observer_count++] = *options->observer;
    hd_memory *memory = new_memory();
    hd_sched *sched = hd_sched_new(&o);
    hd_cluster *cluster = hd_cluster_new(1 << 10);
    hd_cluster_control(cluster, hd_sched_controller(sched));
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
    hd_cluster_free(cluster);
    e.check = HD_OK;
    hd_sched_free(sched);
    hd_memory_release(memory);
    return e;
}

execution record(const program *p, const char *name, uint64_t seed, hd_trace *trace) {
    hd_diag diag = HD_DIAG_INIT;
    hd_strategy *strategy = hd_strategy_parse(name, seed, 60, &diag);
    ck_assert_msg(strategy != NULL, "%s", diag.message);
    execution e = execute(p, strategy, trace, NULL);
    hd_strategy_free(strategy);
    return e;
}
