/* test_program.c: the suite of programs of agents: how they end, on host threads and under
 * control. */
#include "test_program.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/outside_controlled.h"
#include "host/outside_threads.h"
#include "host/program_internal.h"
#include "sched/drive.h"
#include "sched/replay.h"
#include "suites.h"
#include "wat.h"

/* Running. */

/* What one run needs beside the program. */
typedef struct run {
    const program_setup *setup;
    program_ending *ending;
    hd_cluster *cluster;
    hd_outside threads;
    hd_outside_controlled *outside; /* NULL: on host threads */
    hd_strategy *strategy;
    hd_observer observer;
    hd_world *world;
    hd_wasi *wasi;
    hd_program *program;
    hd_slot cells[PROGRAM_CALLS][4];
} run;

static void drive(void *context, int64_t timeout) {
    const run *r = context;
    hd_drive(r->world, &(hd_drive_options){.strategy = r->strategy}, timeout);
}

static bool make_control(run *r, hd_diag *diag) {
    const program_setup *s = r->setup;
    hd_outside_controlled_options options = {
        .seed = s->seed, .record = s->record, .recall = s->recall, .exact = true};
    hd_world_options world = {.await = hd_outside_await, .observers = &r->observer};
    r->outside = hd_outside_controlled_new(&options);
    r->strategy = s->recall ? hd_strategy_replay(s->recall)
                            : hd_strategy_parse(s->strategy, s->seed, 1000, diag);
    if (!r->outside || !r->strategy) return false;
    if (s->record) {
        r->observer = hd_trace_observer(s->record);
        world.observer_count = 1;
    }
    world.await_context = r->outside;
    r->world = hd_world_new(&world);
    if (!r->world) return false;
    hd_outside_controlled_attach(r->outside, r->world);
    hd_world_control(r->world, r->cluster, drive, r);
    return true;
}

static bool make_outside(run *r, hd_diag *diag) {
    r->cluster = hd_cluster_new(1 << 12);
    if (!r->cluster) return false;
    hd_outside_on_threads(&r->threads, r->cluster);
    bool controlled = r->setup->strategy || r->setup->recall;
    if (controlled && !make_control(r, diag)) return false;
    if (!r->setup->wasi) return true;
    hd_wasi_options options = *r->setup->wasi;
    options.outside = r->outside ? hd_outside_controlled_interface(r->outside) : &r->threads;
    r->wasi = hd_wasi_new(&options, diag);
    return r->wasi;
}

/* Takes over the module. */
static bool make_program(run *r, hd_module *module, hd_diag *diag) {
    hd_program_options options = r->setup->options;
    options.wasi = r->wasi;
    r->program = hd_program_new(module, &options, diag);
    if (!r->program) return false;
    for (size_t i = 0; r->setup->calls[i]; i++) {
        const char *name = r->setup->calls[i];
        const hd_export *e = hd_module_export(hd_program_module(r->program), name, strlen(name));
        ck_assert_msg(e && e->kind == HD_EXTERN_FUNC, "no %s", name);
        if (hd_program_add(r->program, name, e->index, r->cells[i], diag) != HD_OK) return false;
    }
    return true;
}

static void look_at_memory(const hd_program *program, program_ending *e) {
    for (uint32_t i = 0; i < program->memory_count; i++) {
        if (!program->memories[i]) continue;
        memcpy(e->memory, hd_memory_data(program->memories[i], &e->length), sizeof e->memory);
        return;
    }
}

static void look_at_control(const run *r) {
    program_ending *e = r->ending;
    uint64_t step;
    uint32_t agent;
    const char *what;
    e->outcome = hd_world_outcome(r->world);
    e->steps = hd_world_steps(r->world);
    for (uint32_t i = 0; i < hd_world_count(r->world); i++) {
        int64_t time = hd_world_view(r->world, i).time;
        if (e->now < time) e->now = time;
    }
    if (hd_outside_controlled_lost(r->outside, &step, &agent, &what)) e->lost = what;
    if (r->setup->record) hd_trace_finish(r->setup->record, e->outcome, NULL);
    if (!r->setup->recall) return;
    hd_diag diag = HD_DIAG_INIT;
    e->replayed = hd_replay_check(r->strategy, r->world, &diag);
    strcpy(e->difference, diag.message);
}

static void look(const run *r) {
    program_ending *e = r->ending;
    const hd_program_outcome *outcome = hd_program_get_outcome(r->program);
    e->status = outcome->diag.status;
    strcpy(e->message, outcome->diag.message);
    if (outcome->agent) snprintf(e->agent, sizeof e->agent, "%s", outcome->agent);
    e->frames = outcome->backtrace.count;
    e->agents = outcome->agents;
    for (size_t i = 0; r->setup->calls[i]; i++) {
        e->returned[i] = hd_program_returned(r->program, i);
        e->results[i] = r->cells[i][0].i32;
    }
    e->exited = r->wasi && hd_wasi_exit_status(r->wasi, &e->exit_status);
    e->members = hd_cluster_count(r->cluster);
    look_at_memory(r->program, e);
    if (r->world) look_at_control(r);
}

static void release(run *r) {
    hd_cluster_free(r->cluster);
    hd_program_free(r->program);
    hd_wasi_free(r->wasi);
    hd_world_free(r->world);
    hd_outside_controlled_free(r->outside);
    hd_strategy_free(r->strategy);
}

program_ending program_execute(const program_setup *s) {
    program_ending ending = {0};
    run r = {.setup = s, .ending = &ending};
    hd_diag diag = HD_DIAG_INIT;
    hd_module *module = load_wat(s->text);
    hd_alloc_fail_after(s->fail_after);
    if (!make_outside(&r, &diag)) {
        hd_diag_nomem(&diag);
        hd_module_free(module);
    } else {
        ending.made = make_program(&r, module, &diag);
    }
    if (ending.made)
        ending.ended = hd_program_run(r.program, r.cluster, s->timeout ? s->timeout : -1);
    hd_alloc_fail_after(0);
    ending.status = diag.status;
    strcpy(ending.message, diag.message);
    if (ending.made) look(&r);
    release(&r);
    return ending;
}

uint32_t program_u32(const program_ending *e, uint32_t address) {
    uint32_t value;
    memcpy(&value, e->memory + address, sizeof value);
    return value;
}

/* How programs end. */

static const char *const strategies[] = {NULL, "rr", "random", "pct"};
enum { STRATEGIES = sizeof strategies / sizeof *strategies };

#define HEAD                                                                                       \
    "(module (import \"wasi\" \"thread-spawn\" (func $spawn (param i32) (result i32)))\n"          \
    "  (memory (export \"memory\") (import \"env\" \"memory\") 1 4 shared)\n"
/* Waits for ever. */
#define FOR_EVER "(drop (memory.atomic.wait32 (i32.const 1024) (i32.const 0) (i64.const -1)))\n"
/* Waits until the word at an address is no longer 0. */
#define AWAIT                                                                                      \
    "(func $await (param $at i32)\n"                                                               \
    "  (block (loop (br_if 1 (i32.atomic.load (local.get $at)))\n"                                 \
    "    (drop (memory.atomic.wait32 (local.get $at) (i32.const 0) (i64.const -1)))\n"             \
    "    (br 0))))\n"

static const char trap_text[] =
    HEAD "  (func $fail (unreachable))\n"
         "  (func (export \"wasi_thread_start\") (param i32 i32) (call $fail))\n"
         "  (func (export \"_start\") (drop (call $spawn (i32.const 0))) " FOR_EVER "))";

START_TEST(a_trap_ends_all) {
    program_setup s = {.text = trap_text, .calls = {"_start"}, .strategy = strategies[_i]};
    s.options.main_ends = true;
    program_ending e = program_execute(&s);
    program_expect(&e, HD_TRAP);
    ck_assert(e.ended);
    ck_assert(!e.returned[0]);
    ck_assert_str_eq(e.agent, "thread 1");
    ck_assert_uint_eq(e.frames, 2);
    ck_assert_uint_eq(e.agents, 2);
    if (s.strategy) ck_assert_int_eq(e.outcome, HD_OUTCOME_EXITED);
}
END_TEST

static const char return_text[] = HEAD AWAIT
    "  (func (export \"wasi_thread_start\") (param i32 i32)\n"
    "    (i32.atomic.store (i32.const 0) (i32.const 1))\n"
    "    (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))\n"
    "    " FOR_EVER ")\n"
    "  (func (export \"_start\") (drop (call $spawn (i32.const 0))) (call $await (i32.const 0)))\n"
    "  (func (export \"wake\") (drop (call $spawn (i32.const 0))) (call $await (i32.const 0))\n"
    "    (loop (br_if 0 (i32.eqz (memory.atomic.notify (i32.const 1024) (i32.const 1)))))))";

/* The return of a command's main agent ends it, whatever others wait for. */
START_TEST(the_return_of_main_ends_a_command) {
    program_setup s = {.text = return_text, .calls = {"_start"}, .strategy = strategies[_i]};
    s.options.main_ends = true;
    program_ending e = program_execute(&s);
    program_expect(&e, HD_OK);
    ck_assert(e.ended);
    ck_assert(e.returned[0]);
    if (s.strategy) ck_assert_int_eq(e.outcome, HD_OUTCOME_EXITED);
}
END_TEST

/* Of other programs all agents go on to their ends. */
START_TEST(other_programs_end_with_their_last_agent) {
    program_setup s = {.text = return_text, .calls = {"wake"}, .strategy = strategies[_i]};
    program_ending e = program_execute(&s);
    program_expect(&e, HD_OK);
    ck_assert(e.ended);
    ck_assert(e.returned[0]);
    if (s.strategy) ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
}
END_TEST

static const char exit_text[] =
    "(module (import \"wasi\" \"thread-spawn\" (func $spawn (param i32) (result i32)))\n"
    "  (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))\n"
    "  (memory (export \"memory\") (import \"env\" \"memory\") 1 4 shared)\n"
    "  (func (export \"wasi_thread_start\") (param i32 i32) (call $exit (local.get 1)))\n"
    "  (func (export \"_start\") (drop (call $spawn (i32.const 7))) " FOR_EVER ")\n"
    "  (func (export \"quit\") (call $exit (i32.const 0)) (unreachable))\n"
    "  (func (export \"high\") (call $exit (i32.const 255))))";

static const hd_wasi_options no_streams = {
    .input = {-1, NULL}, .output = {-1, NULL}, .error = {-1, NULL}};

START_TEST(proc_exit_ends_all) {
    program_setup s = {
        .text = exit_text, .calls = {"_start"}, .wasi = &no_streams, .strategy = strategies[_i]};
    s.options.main_ends = true;
    program_ending e = program_execute(&s);
    program_expect(&e, HD_EXITED);
    ck_assert(e.ended && e.exited);
    ck_assert_uint_eq(e.exit_status, 7);
    ck_assert_str_eq(e.agent, "thread 1");

    s.calls[0] = "quit";
    e = program_execute(&s);
    program_expect(&e, HD_EXITED);
    ck_assert(e.ended && e.exited && !e.returned[0]);
    ck_assert_uint_eq(e.exit_status, 0);

    s.calls[0] = "high";
    e = program_execute(&s);
    program_expect(&e, HD_EXITED);
    ck_assert_uint_eq(e.exit_status, 255);
}
END_TEST

static const char fall_text[] =
    HEAD "  (func (export \"good\") (i32.atomic.store (i32.const 0) (i32.const 1)))\n"
         "  (func (export \"bad\") (loop (br_if 0 (i32.eqz (i32.atomic.load (i32.const 0)))))\n"
         "    (drop (i32.load (i32.const -4))))\n"
         "  (func (export \"wasi_thread_start\") (param i32 i32)))";

/* A trap names the agent, and what others returned before is kept. */
START_TEST(a_trap_in_the_second_agent) {
    program_setup s = {.text = fall_text, .calls = {"good", "bad"}, .strategy = strategies[_i]};
    program_ending e = program_execute(&s);
    program_expect(&e, HD_TRAP);
    ck_assert_str_eq(e.agent, "bad");
    ck_assert_uint_eq(e.frames, 1);
    ck_assert(!e.returned[1]);
    ck_assert_ptr_nonnull(strstr(e.message, "out of bounds"));
}
END_TEST

static const char blocked_text[] =
    "(module (import \"wasi_snapshot_preview1\" \"fd_read\" (func $read (param i32 i32 i32 i32)\n"
    "    (result i32)))\n"
    "  (memory (export \"memory\") (import \"env\" \"memory\") 1 4 shared)\n"
    "  (func (export \"read\") (result i32)\n"
    "    (i32.store (i32.const 4) (i32.const 8))\n"
    "    (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))\n"
    "  (func (export \"wait\") (result i32) " FOR_EVER " (i32.const 9))\n"
    "  (func (export \"spin\") (result i32) (loop (br 0)) (unreachable)))";

/* Agents are stopped in a call of the host, a wait, and a loop. */
START_TEST(a_time_limit_stops_who_blocks) {
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    hd_wasi_options wasi = no_streams;
    wasi.input.descriptor = ends[0];
    program_setup s = {.text = blocked_text,
                       .calls = {"read", "wait"},
                       .wasi = &wasi,
                       .strategy = strategies[_i],
                       .timeout = 50000000};
    if (!s.strategy) s.calls[2] = "spin";
    program_ending e = program_execute(&s);
    close(ends[0]);
    close(ends[1]);
    program_expect(&e, HD_OK);
    ck_assert(!e.ended);
    ck_assert(!e.returned[0] && !e.returned[1]);
    if (s.strategy) ck_assert_int_eq(e.outcome, HD_OUTCOME_STOPPED);
}
END_TEST

/* Errors before anything runs. */

static const char *message_of(const program_setup *s, hd_status status) {
    static program_ending e;
    e = program_execute(s);
    program_expect(&e, status);
    return e.message;
}

START_TEST(several_agents_need_a_shared_memory) {
    program_setup s = {.text = "(module (memory 1) (func (export \"f\")))",
                       .calls = {"f", "f"},
                       .strategy = strategies[_i]};
    ck_assert_ptr_nonnull(strstr(message_of(&s, HD_FAILED), "need a memory to share"));
    s.text = "(module (memory (import \"m\" \"m\") 1) (func (export \"f\")))";
    ck_assert_ptr_nonnull(strstr(message_of(&s, HD_FAILED), "need a memory to share"));
    s.calls[1] = NULL;
    ck_assert_str_eq(message_of(&s, HD_OK), "");
}
END_TEST

START_TEST(unknown_imports_are_listed) {
    program_setup s = {.text =
                           "(module (import \"a\" \"b\" (func)) (import \"c\" \"\" (global i32))\n"
                           "  (import \"spectest\" \"nothing\" (func))\n"
                           "  (import \"wasi_snapshot_preview1\" \"no\" (func))\n"
                           "  (func (export \"f\")))",
                       .calls = {"f"},
                       .wasi = &no_streams,
                       .strategy = strategies[_i]};
    ck_assert_str_eq(message_of(&s, HD_UNLINKABLE),
                     "unknown imports: \"a\": func \"b\"; \"c\": global \"\"; \"spectest\": func "
                     "\"nothing\"; \"wasi_snapshot_preview1\": func \"no\"; "
                     "--stub-imports=trap puts stand-ins in their place");
    // A list that is too long says how much.
    char many[12000] = "(module ";
    for (int i = 0; i < 200; i++) {
        char import[60];
        snprintf(import, sizeof import, "(import \"m%d\" \"f%d\" (func)) ", i % 2, i);
        strcat(many, import);
    }
    s.text = strcat(many, "(func (export \"f\")))");
    const char *message = message_of(&s, HD_UNLINKABLE);
    unsigned listed = 0, beyond;
    for (const char *at = message; (at = strstr(at, "func \"")); at++)
        listed++;
    ck_assert_int_eq(sscanf(strstr(message, " and "), " and %u more;", &beyond), 1);
    ck_assert_uint_eq(listed + beyond, 200);
    ck_assert_ptr_nonnull(strstr(message, "\"m0\": func \"f0\", func \"f2\", "));
}
END_TEST

/* The last rule that fits holds; functions that trap tell their name. */
START_TEST(imports_that_are_missing_are_stubbed) {
    program_setup s = {
        .text = "(module (import \"a\" \"b\" (func $b (result i32 v128 i64)))\n"
                "  (import \"c\" \"\" (global $g i32)) (import \"t\" \"t\" (table 3 "
                "funcref))\n"
                "  (import \"a\" \"trap\" (func $trap))\n"
                "  (func (export \"f\") call $b i64.eqz if else unreachable end drop drop)\n"
                "  (func (export \"g\") (call $trap)))",
        .calls = {"g"},
        .strategy = strategies[_i]};
    const hd_stub_rule rules[] = {{.zero = true}, {.module = "a", .field = "trap"}};
    s.options.stubs = rules;
    s.options.stub_count = 2;
    ck_assert_str_eq(message_of(&s, HD_TRAP), "stubbed import called: \"a\" \"trap\"");
    s.options.stub_count = 1;
    ck_assert_str_eq(message_of(&s, HD_OK), "");
}
END_TEST

/* An agent that has not begun when the program ends leaves the memory alone: under random walks it
 * has in some, and in others not. */
START_TEST(who_has_not_begun_does_not_begin) {
    program_setup s = {.text = HEAD
                       "  (data (i32.const 0) \"\\01\")\n"
                       "  (func (export \"wasi_thread_start\") (param i32 i32))\n"
                       "  (func (export \"_start\") (i32.store8 (i32.const 0) (i32.const 2))\n"
                       "    (drop (call $spawn (i32.const 0)))))",
                       .calls = {"_start"},
                       .strategy = "random"};
    unsigned alone = 0, begun = 0;
    s.options.main_ends = true;
    for (; s.seed < 30; s.seed++) {
        program_ending e = program_execute(&s);
        program_expect(&e, HD_OK);
        ck_assert_uint_eq(e.agents, 2);
        alone += e.memory[0] == 2;
        begun += e.memory[0] == 1;
    }
    ck_assert_uint_eq(alone + begun, 30);
    ck_assert(alone > 0 && begun > 0);
}
END_TEST

/* Memory that is out. */

static const char every_text[] =
    "(module (import \"wasi\" \"thread-spawn\" (func $spawn (param i32) (result i32)))\n"
    "  (import \"wasi_snapshot_preview1\" \"random_get\" (func $random (param i32 i32)\n"
    "    (result i32)))\n"
    "  (import \"spectest\" \"print_i32\" (func (param i32)))\n"
    "  (import \"spectest\" \"memory\" (memory 1))\n"
    "  (import \"env\" \"own\" (memory 1 1))\n"
    "  (memory $shared (import \"env\" \"memory\") 1 4 shared)\n"
    "  (global $__stack_pointer (mut i32) (i32.const 0))\n"
    "  (global $__tls_base (mut i32) (i32.const 0))\n"
    "  (global $__tls_size i32 (i32.const 8))\n"
    "  (func $__wasm_init_tls (param i32) (global.set $__tls_base (local.get 0)))\n"
    "  (func (export \"_initialize\"))\n"
    "  (func (export \"wasi_thread_start\") (param i32 i32)\n"
    "    (drop (call $random (i32.const 64) (i32.const 16))))\n"
    "  (func (export \"f\") (drop (call $spawn (i32.const 1)))))";

/* Each request for memory fails once: no crash, no leak, and an answer. */
START_TEST(out_of_memory) {
    bool done = false;
    for (uint64_t n = 1; !done; n++) {
        hd_trace *trace = hd_trace_new();
        program_setup s = {.text = every_text,
                           .calls = {"f", "f"},
                           .wasi = &no_streams,
                           .strategy = "random",
                           .seed = n,
                           .record = trace,
                           .fail_after = n};
        program_ending e = program_execute(&s);
        done = e.made && e.status == HD_OK && e.agents == 4 && hd_trace_complete(trace);
        if (!e.made) program_expect(&e, HD_NOMEM);
        /* A function that cannot be translated, or a record that cannot be made, is a trap. */
        if (e.status != HD_OK && e.status != HD_NOMEM) {
            program_expect(&e, HD_TRAP);
            ck_assert_ptr_nonnull(strstr(e.message, "memory"));
        }
        hd_trace_free(trace);
        ck_assert_uint_lt(n, 2000);
    }
}
END_TEST

Suite *program_suite(void) {
    Suite *suite = suite_create("program");
    TCase *tests = tcase_create("endings");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_trap_ends_all, 0, STRATEGIES);
    tcase_add_loop_test(tests, the_return_of_main_ends_a_command, 0, STRATEGIES);
    tcase_add_loop_test(tests, other_programs_end_with_their_last_agent, 0, STRATEGIES);
    tcase_add_loop_test(tests, proc_exit_ends_all, 0, STRATEGIES);
    tcase_add_loop_test(tests, a_trap_in_the_second_agent, 0, STRATEGIES);
    tcase_add_loop_test(tests, a_time_limit_stops_who_blocks, 0, STRATEGIES);
    tcase_add_loop_test(tests, several_agents_need_a_shared_memory, 0, STRATEGIES);
    tcase_add_loop_test(tests, unknown_imports_are_listed, 0, STRATEGIES);
    tcase_add_loop_test(tests, imports_that_are_missing_are_stubbed, 0, STRATEGIES);
    tcase_add_test(tests, who_has_not_begun_does_not_begin);
    tcase_add_test(tests, out_of_memory);
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, program_spawn_case());
    suite_add_tcase(suite, program_room_case());
    return suite;
}
