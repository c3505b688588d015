/* test_program_spawn.c: agents that agents spawn: rules, numbers, limits, and that they are
 * released. */
#include <dirent.h>
#include <pthread.h>
#include <string.h>

#include "test_program.h"

static const char *const strategies[] = {NULL, "rr", "random", "pct"};
enum { STRATEGIES = sizeof strategies / sizeof *strategies };

#define HEAD                                                                                       \
    "(module (import \"wasi\" \"thread-spawn\" (func $spawn (param i32) (result i32)))\n"          \
    "  (memory (export \"memory\") (import \"env\" \"memory\") 1 4 shared)\n"
#define AWAIT                                                                                      \
    "(func $await (param $at i32) (param $wanted i32) (local $found i32)\n"                        \
    "  (block (loop (local.set $found (i32.atomic.load (local.get $at)))\n"                        \
    "    (br_if 1 (i32.eq (local.get $found) (local.get $wanted)))\n"                              \
    "    (drop (memory.atomic.wait32 (local.get $at) (local.get $found) (i64.const -1)))\n"        \
    "    (br 0))))\n"
#define WAKE                                                                                       \
    "(func $wake (param $at i32) (drop (i32.atomic.rmw.add (local.get $at) (i32.const 1)))\n"      \
    "  (drop (memory.atomic.notify (local.get $at) (i32.const -1))))\n"

/* Each of three agents leaves its number times 256 and its argument where the argument says; their
 * numbers as their parent got them lie behind. */
static const char numbers_text[] = HEAD AWAIT WAKE
    "  (func (export \"wasi_thread_start\") (param $number i32) (param $at i32)\n"
    "    (i32.store (local.get $at)\n"
    "      (i32.add (i32.mul (local.get $number) (i32.const 256)) (local.get $at)))\n"
    "    (call $wake (i32.const 0)))\n"
    "  (func (export \"_start\")\n"
    "    (i32.store (i32.const 32) (call $spawn (i32.const 16)))\n"
    "    (i32.store (i32.const 36) (call $spawn (i32.const 20)))\n"
    "    (i32.store (i32.const 40) (call $spawn (i32.const 24)))\n"
    "    (call $await (i32.const 0) (i32.const 3))))";

START_TEST(numbers_and_arguments) {
    program_setup s = {.text = numbers_text, .calls = {"_start"}, .strategy = strategies[_i]};
    s.options.main_ends = true;
    program_ending e = program_execute(&s);
    program_expect(&e, HD_OK);
    ck_assert_uint_eq(e.agents, 4);
    for (uint32_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(program_u32(&e, 32 + 4 * i), i + 1);
        ck_assert_uint_eq(program_u32(&e, 16 + 4 * i), (i + 1) * 256 + 16 + 4 * i);
    }
}
END_TEST

/* While one other agent lives, none more may; a later one gets a later number. */
static const char limit_text[] =
    HEAD AWAIT WAKE "  (func (export \"wasi_thread_start\") (param i32 i32)\n"
                    "    (call $await (i32.const 0) (i32.const 1)) (call $wake (i32.const 4)))\n"
                    "  (func (export \"_start\") (local $number i32)\n"
                    "    (i32.store (i32.const 16) (call $spawn (i32.const 0)))\n"
                    "    (i32.store (i32.const 20) (call $spawn (i32.const 0)))\n"
                    "    (call $wake (i32.const 0))\n"
                    "    (loop (br_if 0 (i32.lt_s (local.tee $number (call $spawn (i32.const 0))) "
                    "(i32.const 0))))\n"
                    "    (i32.store (i32.const 24) (local.get $number))\n"
                    "    (call $await (i32.const 4) (i32.const 2))))";

START_TEST(limit_on_agents) {
    /* rr would let the main agent ask for ever. */
    static const char *const fair[] = {NULL, "random", "rr:5"};
    program_setup s = {.text = limit_text, .calls = {"_start"}, .strategy = fair[_i]};
    s.options.main_ends = true;
    s.options.most_agents = 2;
    program_ending e = program_execute(&s);
    program_expect(&e, HD_OK);
    ck_assert_int_eq((int32_t)program_u32(&e, 16), 1);
    ck_assert_int_eq((int32_t)program_u32(&e, 20), -6);
    ck_assert_int_gt((int32_t)program_u32(&e, 24), 2);
    ck_assert_uint_eq(e.agents, 3);
}
END_TEST

/* The limit holds for those that a program begins with, too. */
START_TEST(limit_on_first_agents) {
    program_setup s = {.text = HEAD "(func (export \"wasi_thread_start\") (param i32 i32))\n"
                                    "(func (export \"f\") (loop (br 0))))",
                       .calls = {"f", "f", "f"},
                       .strategy = strategies[_i]};
    s.options.most_agents = 2;
    program_ending e = program_execute(&s);
    program_expect(&e, HD_LIMIT);
    ck_assert_str_eq(e.message, "the program begins with 3 agents, but no more than 2 may be "
                                "alive");
}
END_TEST

/* One after the other, so many that they would be seen. */
static const char chain_text[] = HEAD AWAIT WAKE
    "  (func (export \"wasi_thread_start\") (param i32 i32) (call $wake (i32.const 0)))\n"
    "  (func (export \"_start\") (local $n i32)\n"
    "    (loop\n"
    "      (loop (br_if 0 (i32.lt_s (call $spawn (i32.const 0)) (i32.const 0))))\n"
    "      (local.set $n (i32.add (local.get $n) (i32.const 1)))\n"
    "      (call $await (i32.const 0) (local.get $n))\n"
    "      (br_if 0 (i32.lt_u (local.get $n) (i32.const 600))))))";

/* Threads of this process, at most. */
typedef struct census {
    pthread_mutex_t lock;
    unsigned most;
} census;

static void count_threads(void *context, hd_member *member, const hd_instance *instance,
                          const hd_agent_room *room, bool spawned) {
    (void)member, (void)instance, (void)room, (void)spawned;
    census *c = context;
    unsigned count = 0;
    pthread_mutex_lock(&c->lock);
    DIR *tasks = opendir("/proc/self/task");
    for (const struct dirent *task; tasks && (task = readdir(tasks));)
        count += task->d_name[0] != '.';
    if (tasks) closedir(tasks);
    if (count > c->most) c->most = count;
    pthread_mutex_unlock(&c->lock);
}

/* Agents that have ended are gone: neither their threads nor their members pile up. */
START_TEST(ended_agents_are_released) {
    census c = {PTHREAD_MUTEX_INITIALIZER, 0};
    program_setup s = {.text = chain_text, .calls = {"_start"}, .strategy = strategies[_i]};
    s.options.main_ends = true;
    s.options.most_agents = 8;
    s.options.entered = count_threads;
    s.options.entered_context = &c;
    program_ending e = program_execute(&s);
    program_expect(&e, HD_OK);
    ck_assert_uint_eq(program_u32(&e, 0), 600);
    ck_assert_uint_eq(e.agents, 601);
    /* Those that ended in the last moment may be left. */
    ck_assert_uint_le(e.members, 9);
    /* The tests' own, the watchdog, the main agent, those alive, one for each that is just ending,
     * and what a sanitizer needs. */
    ck_assert_uint_lt(c.most, 30);
}
END_TEST

/* Many at once, all of which wait for the last. */
static const char crowd_text[] = HEAD AWAIT WAKE
    "  (func (export \"wasi_thread_start\") (param i32 i32)\n"
    "    (call $wake (i32.const 0)) (call $await (i32.const 0) (i32.const 200)))\n"
    "  (func (export \"_start\") (local $n i32)\n"
    "    (loop (if (i32.lt_s (call $spawn (i32.const 0)) (i32.const 0)) (then (unreachable)))\n"
    "      (br_if 0 (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1)))\n"
    "        (i32.const 200))))\n"
    "    (call $await (i32.const 0) (i32.const 200)))\n"
    "  (func (export \"join\") (result i32)\n"
    "    (call $wake (i32.const 0)) (call $await (i32.const 0) (i32.const 200))\n"
    "    (i32.atomic.load (i32.const 0))))";

START_TEST(many_agents) {
    program_setup s = {.text = crowd_text, .calls = {"_start"}, .strategy = strategies[_i]};
    program_ending e = program_execute(&s);
    program_expect(&e, HD_OK);
    ck_assert_uint_eq(e.agents, 201);
    ck_assert_uint_eq(program_u32(&e, 0), 200);

    for (unsigned i = 0; i < 200; i++)
        s.calls[i] = "join";
    e = program_execute(&s);
    program_expect(&e, HD_OK);
    for (unsigned i = 0; i < 200; i++)
        ck_assert(e.returned[i] && e.results[i] == 200);
}
END_TEST

/* Rules of one's own. */

static const hd_spawn_rule rule = {"env", "start_agent", "agent"};

/* A program whose main function waits for one agent to be done. */
#define RULE(spawn, start, call)                                                                   \
    "(module (import \"env\" \"start_agent\" (func $spawn " spawn "))\n"                           \
    "  (memory (import \"env\" \"memory\") 1 4 shared)\n" AWAIT WAKE                               \
    "  (func (export \"agent\") " start " (call $wake (i32.const 0)))\n"                           \
    "  (func (export \"_start\") " call " (call $await (i32.const 0) (i32.const 1))))"

static program_ending by_rule(const char *text, const char *strategy) {
    program_setup s = {.text = text, .calls = {"_start"}, .strategy = strategy};
    s.options.spawn = &rule;
    return program_execute(&s);
}

START_TEST(rules_that_fit) {
    static const char *const texts[] = {
        RULE("", "", "(call $spawn)"),
        RULE("(result i32)", "", "(i32.store (i32.const 8) (call $spawn))"),
        RULE("", "(param i32) (i32.store (i32.const 8) (local.get 0))", "(call $spawn)"),
        /* No number: the parameter is the import's. */
        RULE("(param i32)", "(param i32) (i32.store (i32.const 8) (local.get 0))",
             "(call $spawn (i32.const 1))"),
        RULE("(param i64 v128 f32) (result i32)",
             "(param i32 i64 v128 f32)\n"
             "(i64.store (i32.const 16) (local.get 1)) (v128.store (i32.const 32) (local.get 2))\n"
             "(f32.store (i32.const 48) (local.get 3)) (i32.store (i32.const 8) (local.get 0))",
             "(drop (call $spawn (i64.const 0x1122334455667788) (v128.const i32x4 1 2 3 4)\n"
             "  (f32.const 1.5)))"),
    };
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
        program_ending e = by_rule(texts[i], strategies[_i]);
        program_expect(&e, HD_OK);
        ck_assert_uint_eq(e.agents, 2);
        ck_assert_uint_eq(program_u32(&e, 0), 1);
        ck_assert_uint_eq(program_u32(&e, 8), i > 0);
        if (i < 4) continue;
        ck_assert_uint_eq(program_u32(&e, 16), 0x55667788);
        ck_assert_uint_eq(program_u32(&e, 20), 0x11223344);
        for (uint32_t lane = 0; lane < 4; lane++)
            ck_assert_uint_eq(program_u32(&e, 32 + 4 * lane), lane + 1);
        ck_assert_uint_eq(program_u32(&e, 48), 0x3FC00000);
    }
}
END_TEST

START_TEST(rules_that_do_not_fit) {
    static const char *const texts[] = {
        RULE("(param i32)", "", "(call $spawn (i32.const 0))"),                /* too few */
        RULE("", "(param i32 i32)", "(call $spawn)"),                          /* too many */
        RULE("", "(param i64)", "(call $spawn)"),                              /* the number */
        RULE("(param i64)", "(param i32 i32)", "(call $spawn (i64.const 0))"), /* another type */
        RULE("(result i64)", "", "(drop (call $spawn))"),            /* an i64 as number */
        RULE("(result i32 i32)", "", "(drop (call $spawn)) (drop)"), /* two results */
        RULE("", "(result i32) (i32.const 0)", "(call $spawn)"),     /* a result */
        /* References belong to the store of who spawns. */
        RULE("(param funcref)", "(param i32 funcref)", "(call $spawn (ref.null func))"),
        RULE("(param externref)", "(param externref)", "(call $spawn (ref.null extern))"),
    };
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
        program_ending e = by_rule(texts[i], NULL);
        ck_assert_msg(e.status == HD_UNLINKABLE, "%u: %s", i, e.message);
        ck_assert_ptr_nonnull(strstr(e.message, "do not fit"));
    }
}
END_TEST

START_TEST(rules_without_an_export) {
    program_ending e = by_rule("(module (import \"env\" \"start_agent\" (func))\n"
                               "  (global (export \"agent\") i32 (i32.const 0))\n"
                               "  (func (export \"_start\")))",
                               NULL);
    program_expect(&e, HD_UNLINKABLE);
    ck_assert_str_eq(e.message, "env.start_agent is imported to spawn agents, but no function is "
                                "exported as \"agent\" for them to call");
    /* What is not imported needs no export. */
    e = by_rule("(module (func (export \"_start\")))", NULL);
    program_expect(&e, HD_OK);
    program_setup s = {.text = HEAD "(func (export \"_start\")))", .calls = {"_start"}};
    e = program_execute(&s);
    program_expect(&e, HD_UNLINKABLE);
    ck_assert_ptr_nonnull(strstr(e.message, "wasi.thread-spawn is imported"));
}
END_TEST

/* Both at once; and the same function imported twice. */
START_TEST(two_rules) {
    program_setup s = {
        .text = "(module (import \"env\" \"start_agent\" (func $own (param i32)))\n"
                "  (import \"wasi\" \"thread-spawn\" (func $spawn (param i32) (result i32)))\n"
                "  (import \"wasi\" \"thread-spawn\" (func $again (param i32) (result i32)))\n"
                "  (memory (import \"env\" \"memory\") 1 4 shared)\n" AWAIT WAKE
                "  (func (export \"agent\") (param i32 i32)\n"
                "    (i32.store (i32.const 8) (local.get 1)) (call $wake (i32.const 0)))\n"
                "  (func (export \"wasi_thread_start\") (param i32 i32)\n"
                "    (i32.store (local.get 1) (local.get 1)) (call $wake (i32.const 0)))\n"
                "  (func (export \"_start\") (call $own (i32.const 5))\n"
                "    (drop (call $spawn (i32.const 12))) (drop (call $again (i32.const 16)))\n"
                "    (call $await (i32.const 0) (i32.const 3))))",
        .calls = {"_start"},
        .strategy = strategies[_i]};
    s.options.spawn = &rule;
    program_ending e = program_execute(&s);
    program_expect(&e, HD_OK);
    ck_assert_uint_eq(e.agents, 4);
    ck_assert_uint_eq(program_u32(&e, 8), 5);
    ck_assert_uint_eq(program_u32(&e, 12), 12);
    ck_assert_uint_eq(program_u32(&e, 16), 16);
}
END_TEST

TCase *program_spawn_case(void) {
    TCase *tests = tcase_create("spawn");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, numbers_and_arguments, 0, STRATEGIES);
    tcase_add_loop_test(tests, limit_on_agents, 0, 3);
    tcase_add_loop_test(tests, limit_on_first_agents, 0, STRATEGIES);
    tcase_add_loop_test(tests, ended_agents_are_released, 0, STRATEGIES);
    tcase_add_loop_test(tests, many_agents, 0, STRATEGIES);
    tcase_add_loop_test(tests, rules_that_fit, 0, STRATEGIES);
    tcase_add_test(tests, rules_that_do_not_fit);
    tcase_add_test(tests, rules_without_an_export);
    tcase_add_loop_test(tests, two_rules, 0, STRATEGIES);
    return tests;
}
