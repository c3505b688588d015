/* test_agents.c: tests of clusters on host threads, their time limit, and reports. */
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "agents/report.h"
#include "base/alloc.h"
#include "suites.h"
#include "text/wat.h"

static const char program_text[] =
    "(module\n"
    "  (memory (export \"memory\") 1 1 shared)\n"
    "  (func $spin (export \"spin\") (loop (br 0)))\n"
    "  (func $outer (export \"outer\") (call $spin))\n"
    "  (func (export \"wait32\") (result i32)\n"
    "    (memory.atomic.wait32 (i32.const 16) (i32.const 0) (i64.const -1)))\n"
    "  (func (export \"wait64\") (result i32)\n"
    "    (memory.atomic.wait64 (i32.const 24) (i64.const 0) (i64.const -1)))\n"
    "  (func (export \"trap\") (unreachable))\n"
    "  (func $deep (export \"deep\") (call $deep) (call $deep)))\n";

/* Instantiates the program in a member's store. */
static hd_instance *make_instance(hd_member *member) {
    unsigned char *wasm;
    size_t length;
    hd_module *module;
    hd_instance *instance;
    hd_diag diag = HD_DIAG_INIT;
    hd_wat_to_wasm(program_text, strlen(program_text), 1, 1, &wasm, &length, NULL, &diag);
    ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
    hd_module_load(wasm, length, &module, &diag);
    hd_free(wasm);
    ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
    hd_codebase *base = hd_member_adopt(member, module);
    ck_assert_ptr_nonnull(base);
    hd_instantiate(hd_member_store(member), base, NULL, NULL, &instance, &diag);
    ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
    return instance;
}

/* What a member calls, and how that ended. */
typedef struct call {
    const char *name;
    hd_status status;
} call;

static void do_call(hd_member *member, void *context) {
    call *c = context;
    hd_instance *instance = make_instance(member);
    hd_extern value;
    hd_slot cells[4];
    hd_diag diag = HD_DIAG_INIT;
    ck_assert(hd_instance_export(instance, c->name, strlen(c->name), &value));
    c->status = hd_agent_call(hd_member_agent(member), value.func, cells, &diag);
}

static hd_member *spawn(hd_cluster *cluster, const char *name, hd_member_body *body,
                        void *context) {
    hd_diag diag = HD_DIAG_INIT;
    hd_member *member = hd_cluster_spawn(cluster, name, body, context, &diag);
    ck_assert_msg(member != NULL, "%s", diag.message);
    return member;
}

/* A member without a thread acts on the test's own; a cluster does not wait for it. */
START_TEST(attached_members_act_on_the_callers_thread) {
    hd_cluster *cluster = hd_cluster_new(1 << 10);
    hd_diag diag = HD_DIAG_INIT;
    hd_slot cells[1] = {{0}};
    hd_extern function;
    hd_member *member = hd_cluster_attach(cluster, "own", &diag);
    ck_assert_msg(member != NULL, "%s", diag.message);
    hd_instance *instance = make_instance(member);
    ck_assert(hd_instance_export(instance, "trap", strlen("trap"), &function));
    ck_assert_int_eq(hd_member_call(member, function.func, cells, &diag), HD_TRAP);
    hd_backtrace_frame frame;
    ck_assert_uint_eq(hd_agent_backtrace(hd_member_agent(member), &frame, 1), 1);
    ck_assert_ptr_eq(frame.func, function.func);
    ck_assert(hd_cluster_run(cluster, -1));
    hd_cluster_stop(cluster);
    hd_diag_reset(&diag);
    ck_assert(hd_instance_export(instance, "spin", strlen("spin"), &function));
    ck_assert_int_eq(hd_member_call(member, function.func, cells, &diag), HD_STOPPED);
    ck_assert_ptr_null(hd_cluster_attach(cluster, "late", &diag));
    ck_assert_int_eq(diag.status, HD_STOPPED);
    hd_cluster_free(cluster);
}
END_TEST

START_TEST(empty_cluster_ends_at_once) {
    hd_cluster *cluster = hd_cluster_new(0);
    ck_assert(hd_cluster_run(cluster, -1));
    ck_assert_uint_eq(hd_cluster_count(cluster), 0);
    hd_cluster_free(cluster);
    hd_cluster_free(NULL);
}
END_TEST

/* A chain of members, each of which starts the next one, joins it, and adds to what it left. No
 * access is atomic: the join orders them. */
typedef struct chain {
    unsigned left, sum;
} chain;

static void run_chain(hd_member *member, void *context) {
    chain *c = context;
    if (c->left > 0) {
        c->left--;
        hd_member *next = spawn(hd_member_cluster(member), "link", run_chain, c);
        ck_assert_ptr_eq(hd_member_context(next), c);
        ck_assert(hd_member_join(member, next));
        ck_assert(hd_member_join(member, next)); /* once ended, always joinable */
    }
    c->sum++;
}

START_TEST(join_orders_members) {
    hd_cluster *cluster = hd_cluster_new(1 << 10);
    chain c = {.left = 9};
    spawn(cluster, "first", run_chain, &c);
    ck_assert(hd_cluster_run(cluster, 60 * HD_SECOND));
    ck_assert_uint_eq(c.sum, 10);
    ck_assert_uint_eq(hd_cluster_count(cluster), 10);
    ck_assert_str_eq(hd_agent_name(hd_member_agent(hd_cluster_member(cluster, 0))), "first");
    hd_cluster_free(cluster);
}
END_TEST

static void run_fan(hd_member *member, void *context) {
    unsigned *count = context;
    for (unsigned i = 0; i < *count; i++)
        spawn(hd_member_cluster(member), "leaf", run_chain, calloc(1, sizeof(chain)));
}

START_TEST(members_not_joined_are_awaited) {
    hd_cluster *cluster = hd_cluster_new(1 << 10);
    unsigned count = 20;
    spawn(cluster, "root", run_fan, &count);
    ck_assert(hd_cluster_run(cluster, -1));
    ck_assert_uint_eq(hd_cluster_count(cluster), 21);
    for (size_t i = 1; i <= count; i++) {
        chain *c = hd_member_context(hd_cluster_member(cluster, i));
        ck_assert_uint_eq(c->sum, 1);
        free(c);
    }
    hd_cluster_free(cluster);
}
END_TEST

/* Joins the member given as context. */
static void run_joiner(hd_member *member, void *context) {
    ck_assert(!hd_member_join(member, context));
    ck_assert(hd_member_stopping(member));
}

/* Traps, and then stays between two calls until stopped. */
static void run_trapped(hd_member *member, void *context) {
    do_call(member, context);
    while (!hd_member_stopping(member))
        sched_yield();
}

static void run_idle(hd_member *member, void *context) {
    (void)context;
    while (!hd_member_stopping(member))
        sched_yield();
}

static hd_member_report report_of(const hd_cluster *cluster, size_t index, hd_arena *arena) {
    hd_member_report report;
    ck_assert(hd_member_report_take(hd_cluster_member(cluster, index), arena, &report));
    return report;
}

static void check_phrase(const hd_member_report *report, const char *phrase) {
    char buffer[160];
    ck_assert_str_eq(hd_member_report_phrase(report, buffer, sizeof buffer), phrase);
}

START_TEST(time_limit_stops_every_state) {
    call calls[] = {{"outer", HD_OK}, {"wait32", HD_OK}, {"wait64", HD_OK}, {"trap", HD_OK}};
    hd_cluster *cluster = hd_cluster_new(0);
    hd_arena arena = HD_ARENA_INIT;
    hd_member *looping = spawn(cluster, "looping", do_call, &calls[0]);
    spawn(cluster, "waiting32", do_call, &calls[1]);
    spawn(cluster, "waiting64", do_call, &calls[2]);
    spawn(cluster, "trapped", run_trapped, &calls[3]);
    spawn(cluster, "joining", run_joiner, looping);
    spawn(cluster, "idle", run_idle, NULL);
    spawn(cluster, "finished", run_chain, &(chain){0});
    ck_assert(!hd_cluster_run(cluster, HD_SECOND / 2));
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(calls[i].status, HD_STOPPED);
    ck_assert_int_eq(calls[3].status, HD_TRAP);

    hd_member_report reports[7];
    for (size_t i = 0; i < 7; i++)
        reports[i] = report_of(cluster, i, &arena);
    hd_cluster_free(cluster); /* reports do not need it */

    ck_assert_str_eq(reports[0].name, "looping");
    check_phrase(&reports[0], "running");
    ck_assert_uint_eq(reports[0].backtrace.depth, 2);
    ck_assert_str_eq(reports[0].backtrace.frames[0].function, "$spin");
    ck_assert_str_eq(reports[0].backtrace.frames[1].function, "$outer");
    check_phrase(&reports[1], "waiting on address 0x10 (i32 expected 0)");
    ck_assert_str_eq(reports[1].backtrace.frames[0].function, "\"wait32\"");
    check_phrase(&reports[2], "waiting on address 0x18 (i64 expected 0)");
    check_phrase(&reports[3], "trapped");
    ck_assert_str_eq(reports[3].backtrace.frames[0].function, "\"trap\"");
    check_phrase(&reports[4], "waiting for looping to end");
    ck_assert_uint_eq(reports[4].backtrace.count, 0);
    check_phrase(&reports[5], "idle");
    check_phrase(&reports[6], "finished");
    hd_arena_free(&arena);
}
END_TEST

START_TEST(time_limit_of_zero) {
    hd_cluster *cluster = hd_cluster_new(0);
    call c = {.name = "spin"};
    spawn(cluster, "looping", do_call, &c);
    ck_assert(!hd_cluster_run(cluster, 0));
    ck_assert_int_eq(c.status, HD_STOPPED);
    hd_cluster_free(cluster);
}
END_TEST

static void run_late_spawn(hd_member *member, void *context) {
    hd_diag *diag = context;
    call c = {.name = "spin"};
    do_call(member, &c);
    ck_assert_ptr_null(hd_cluster_spawn(hd_member_cluster(member), "late", run_idle, NULL, diag));
}

START_TEST(no_member_starts_after_a_stop) {
    hd_cluster *cluster = hd_cluster_new(0);
    hd_diag diag = HD_DIAG_INIT;
    spawn(cluster, "main", run_late_spawn, &diag);
    ck_assert(!hd_cluster_run(cluster, HD_SECOND / 10));
    ck_assert_int_eq(diag.status, HD_STOPPED);
    ck_assert_uint_eq(hd_cluster_count(cluster), 1);
    hd_cluster_free(cluster);
}
END_TEST

START_TEST(deep_backtrace_is_cut) {
    hd_cluster *cluster = hd_cluster_new(1 << 12);
    hd_arena arena = HD_ARENA_INIT;
    hd_backtrace backtrace;
    call c = {.name = "deep"};
    char *text = NULL;
    size_t length;
    hd_member *member = spawn(cluster, "main", do_call, &c);
    ck_assert(hd_cluster_run(cluster, -1));
    ck_assert_int_eq(c.status, HD_EXHAUSTION);
    ck_assert(hd_backtrace_take(hd_member_agent(member), &arena, &backtrace));
    hd_cluster_free(cluster);
    ck_assert_uint_gt(backtrace.depth, 100);
    ck_assert_uint_lt(backtrace.count, backtrace.depth);
    FILE *to = open_memstream(&text, &length);
    hd_backtrace_print(to, &backtrace);
    fclose(to);
    ck_assert_ptr_nonnull(strstr(text, "#0 $deep at 0x"));
    ck_assert_ptr_nonnull(strstr(text, "more frames"));
    free(text);
    hd_arena_free(&arena);
}
END_TEST

static void do_nothing(hd_member *member, void *context) {
    (void)member, (void)context;
}

/* Ends the program while another member waits. */
static void run_exit(hd_member *member, void *context) {
    (void)context;
    hd_cluster_exit(hd_member_cluster(member));
    hd_cluster_stop(hd_member_cluster(member));
}

static bool is_readable(int descriptor) {
    struct pollfd p = {.fd = descriptor, .events = POLLIN};
    return poll(&p, 1, 0) == 1;
}

START_TEST(exit_is_an_end_of_its_own) {
    hd_cluster *cluster = hd_cluster_new(1 << 10);
    hd_diag diag = HD_DIAG_INIT;
    const hd_member *joining;
    call c = {.name = "wait32"};
    ck_assert(!is_readable(hd_cluster_stop_descriptor(cluster)));
    hd_member *waiter = spawn(cluster, "waiter", do_call, &c);
    spawn(cluster, "leaver", run_exit, NULL);
    ck_assert(hd_cluster_run(cluster, -1));
    ck_assert(hd_cluster_exited(cluster) && hd_cluster_stopping(cluster));
    ck_assert_int_eq(c.status, HD_STOPPED);
    ck_assert(hd_member_was_stopped(waiter, &joining));
    ck_assert(is_readable(hd_cluster_stop_descriptor(cluster)));
    ck_assert_int_eq(hd_cluster_spawn_detached(cluster, "late", do_call, &c, &diag), HD_STOPPED);
    hd_cluster_free(cluster);
}
END_TEST

START_TEST(exit_after_a_stop_is_none) {
    hd_cluster *cluster = hd_cluster_new(1 << 10);
    hd_cluster_stop(cluster);
    hd_cluster_stop(cluster);
    hd_cluster_exit(cluster);
    ck_assert(!hd_cluster_exited(cluster));
    ck_assert(is_readable(hd_cluster_stop_descriptor(cluster)));
    ck_assert(!hd_cluster_run(cluster, -1));
    hd_cluster_free(cluster);
}
END_TEST

/* Members that nobody joins, each of which starts the next one, and adopts a module. */
static void run_generation(hd_member *member, void *context) {
    _Atomic int *left = context;
    hd_diag diag = HD_DIAG_INIT;
    ck_assert(hd_member_detached(member));
    make_instance(member);
    if (atomic_fetch_sub(left, 1) > 1)
        ck_assert_int_eq(hd_cluster_spawn_detached(hd_member_cluster(member), "next",
                                                   run_generation, left, &diag),
                         HD_OK);
}

START_TEST(detached_members_leave_nothing) {
    hd_cluster *cluster = hd_cluster_new(1 << 10);
    hd_diag diag = HD_DIAG_INIT;
    _Atomic int left = 300;
    for (unsigned i = 0; i < 3; i++)
        ck_assert_int_eq(hd_cluster_spawn_detached(cluster, "first", run_generation, &left, &diag),
                         HD_OK);
    ck_assert(hd_cluster_run(cluster, -1));
    ck_assert_uint_eq(hd_cluster_count(cluster), 0);
    hd_cluster_free(cluster);
}
END_TEST

/* Those that a stop ended are kept for reports. */
static void run_detached_call(hd_member *member, void *context) {
    do_call(member, context);
}

START_TEST(detached_members_that_were_stopped) {
    hd_arena arena = HD_ARENA_INIT;
    hd_cluster *cluster = hd_cluster_new(1 << 10);
    hd_diag diag = HD_DIAG_INIT;
    call waiting = {.name = "wait64"};
    ck_assert_int_eq(
        hd_cluster_spawn_detached(cluster, "stuck", run_detached_call, &waiting, &diag), HD_OK);
    ck_assert(!hd_cluster_run(cluster, HD_SECOND / 5));
    ck_assert_uint_eq(hd_cluster_count(cluster), 1);
    hd_member_report report = report_of(cluster, 0, &arena);
    ck_assert_str_eq(report.name, "stuck");
    ck_assert_int_eq(waiting.status, HD_STOPPED);
    hd_cluster_free(cluster);
    hd_arena_free(&arena);
}
END_TEST

/* Every request for memory fails once; nothing leaks and nothing is left running. */
START_TEST(out_of_memory) {
    bool done = false;
    for (uint64_t n = 1; !done; n++) {
        hd_diag diag = HD_DIAG_INIT;
        hd_alloc_fail_after(n);
        hd_cluster *cluster = hd_cluster_new(1 << 10);
        hd_member *member =
            cluster ? hd_cluster_spawn(cluster, "main", do_nothing, NULL, &diag) : NULL;
        hd_alloc_fail_after(0);
        done = member != NULL;
        if (cluster) {
            ck_assert(hd_cluster_run(cluster, -1));
            ck_assert_int_eq(diag.status, done ? HD_OK : HD_NOMEM);
        }
        hd_cluster_free(cluster);
        ck_assert_uint_lt(n, 100);
    }
}
END_TEST

Suite *agents_suite(void) {
    Suite *suite = suite_create("agents");
    TCase *tests = tcase_create("cluster");
    tcase_add_test(tests, empty_cluster_ends_at_once);
    tcase_add_test(tests, join_orders_members);
    tcase_add_test(tests, members_not_joined_are_awaited);
    tcase_add_test(tests, time_limit_stops_every_state);
    tcase_add_test(tests, time_limit_of_zero);
    tcase_add_test(tests, no_member_starts_after_a_stop);
    tcase_add_test(tests, deep_backtrace_is_cut);
    tcase_add_test(tests, exit_is_an_end_of_its_own);
    tcase_add_test(tests, exit_after_a_stop_is_none);
    tcase_add_test(tests, detached_members_leave_nothing);
    tcase_add_test(tests, detached_members_that_were_stopped);
    tcase_add_test(tests, attached_members_act_on_the_callers_thread);
    tcase_add_test(tests, out_of_memory);
    suite_add_tcase(suite, tests);
    return suite;
}
