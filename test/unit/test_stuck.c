/* test_stuck.c: tests of the diagnosis of stuck executions: a program per class, moved by a fixed
 * schedule. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "body.h"
#include "check/stuck.h"
#include "suites.h"

/* A strategy that follows a script: its n-th character names the agent of the n-th event behind the
 * instantiations, which come first, one an agent. Behind its end, the first agent that can move
 * does until it blocks or ends. */
typedef struct script {
    hd_strategy strategy;
    const char *left;
    uint32_t instantiated, count; /* agents */
} script;

static bool script_pick(hd_strategy *self, const hd_choice *choice, hd_pick *pick) {
    script *s = (script *)self;
    *pick = (hd_pick){choice->enabled[0], UINT64_MAX};
    if (s->instantiated < s->count) {
        *pick = (hd_pick){s->instantiated++, 1};
        return true;
    }
    if (!*s->left) return true;
    *pick = (hd_pick){(uint32_t)(*s->left - '0'), 1};
    s->left++;
    for (size_t i = 0; i < choice->count; i++)
        if (choice->enabled[i] == pick->agent) return true;
    ck_abort_msg("step %d: the script wants agent %u, which cannot move before \"%s\"",
                 (int)choice->step, pick->agent, s->left);
}

/* One agent: its name, the function it calls, with up to two arguments; or the agent it joins. */
typedef struct actor {
    const char *name, *function;
    uint32_t arguments[2];
    int joins; /* the number of an agent, from 1 */
} actor;

enum { MOST_ACTORS = 8 };

typedef struct run {
    const actor *actors;
    size_t count;
    const char *text;
    const char *schedule;
    uint64_t step_limit;
    uint64_t fail_after; /* requests of memory, of those of the diagnosis */
    /* of the run */
    hd_outcome outcome;
    hd_arena arena;
    const hd_stuck_report *report;
    char *printed;
} run;

static char *print(const hd_stuck_report *report) {
    char *text;
    size_t length;
    FILE *to = open_memstream(&text, &length);
    hd_stuck_print(to, report);
    fclose(to);
    return text;
}

static void start_failing(void *context, const hd_world *world) {
    const run *r = context;
    (void)world;
    hd_alloc_fail_after(r->fail_after);
}

static void stop_failing(void *context, const hd_world *world) {
    (void)context;
    (void)world;
    hd_alloc_fail_after(0);
}

/* Runs the actors; everything but the arena is gone before the report is printed. */
static void run_actors(run *r) {
    test_body bodies[MOST_ACTORS] = {0};
    script s = {{.pick = script_pick}, r->schedule, 0, 0};
    hd_stuck *stuck = hd_stuck_new(&r->arena);
    const hd_observer observers[] = {
        {.context = r, .stuck = start_failing}, hd_stuck_observer(stuck), {.stuck = stop_failing}};
    controlled c;
    controlled_start(&c, &(hd_world_options){.observers = observers, .observer_count = 3}, 1);
    for (size_t i = 0; i < r->count; i++) {
        const actor *a = &r->actors[i];
        bodies[i] = (test_body){.name = a->name,
                                .life = a->joins ? "j" : "ic",
                                .text = r->text,
                                .function = a->function,
                                .cells = {{.i64 = a->arguments[0]}, {.i64 = a->arguments[1]}}};
        if (a->joins) bodies[i].others[0] = &bodies[a->joins - 1];
        controlled_add(&c, &bodies[i]);
        /* Who joins stands behind the others, and instantiates nothing. */
        if (!a->joins) s.count = (uint32_t)i + 1;
    }
    r->outcome = controlled_run(&c, &s.strategy, r->step_limit);
    r->report = hd_stuck_get_report(stuck);
    hd_stuck_free(stuck);
    controlled_free(&c);
    if (r->report) r->printed = print(r->report);
    if (r->printed && getenv("HD_SHOW")) fputs(r->printed, stderr);
}

#define RUN(text_, schedule_, ...)                                                                 \
    const actor actors_[] = {__VA_ARGS__};                                                         \
    run r = {.actors = actors_,                                                                    \
             .count = sizeof actors_ / sizeof actors_[0],                                          \
             .text = (text_),                                                                      \
             .schedule = (schedule_)};                                                             \
    run_actors(&r)

static void run_free(run *r) {
    hd_arena_free(&r->arena);
    free(r->printed);
}

static void check_text(const run *r, const char *phrase) {
    ck_assert_msg(strstr(r->printed, phrase) != NULL, "no \"%s\" in:\n%s", phrase, r->printed);
}

static const hd_stuck_agent *check_class(const run *r, uint32_t agent, hd_stuck_class class) {
    ck_assert_ptr_nonnull(r->report);
    ck_assert_uint_lt(agent, r->report->agent_count);
    const hd_stuck_agent *a = &r->report->agents[agent];
    ck_assert_msg(a->class == class, "agent %u is \"%s\", not \"%s\":\n%s", agent,
                  hd_stuck_class_name(a->class), hd_stuck_class_name(class), r->printed);
    return a;
}

static void check_wait(const hd_stuck_agent *agent, uint64_t address, uint64_t expected,
                       uint64_t value, uint64_t since) {
    ck_assert_int_eq(agent->state, HD_TASK_WAITING);
    ck_assert_uint_eq(agent->wait.place.address, address);
    ck_assert_uint_eq(agent->wait.expected, expected);
    ck_assert_uint_eq(agent->wait.value, value);
    ck_assert_uint_eq(agent->wait.since, since);
    ck_assert_int_lt(agent->wait.timeout, 0);
}

/* Single operations on flags, and two loops that wait for one. */
static const char flags[] =
    "(module (import \"\" \"\" (memory 1 1 shared))\n"
    "  (func $wait (param $at i32) (param $value i32)\n"
    "    (drop (memory.atomic.wait32 (local.get $at) (local.get $value) (i64.const -1))))\n"
    "  (func (export \"wait\") (param $at i32) (param $value i32)\n"
    "    (call $wait (local.get $at) (local.get $value)))\n"
    "  (func (export \"wait64\") (param $at i32) (param $value i32)\n"
    "    (drop (memory.atomic.wait64 (local.get $at) (i64.extend_i32_u (local.get $value))\n"
    "      (i64.const -1))))\n"
    "  (func (export \"wait until\") (param $at i32) (param $value i32)\n"
    "    (loop $again\n"
    "      (drop (memory.atomic.wait32 (local.get $at) (i32.const 0) (i64.const -1)))\n"
    "      (br_if $again (i32.ne (i32.atomic.load (local.get $at)) (local.get $value)))))\n"
    "  (func (export \"wait twice\") (param $at i32) (param $unused i32)\n"
    "    (drop (memory.atomic.wait32 (local.get $at) (i32.const 0) (i64.const -1)))\n"
    "    (drop (memory.atomic.wait32 (local.get $at) (i32.const 0) (i64.const -1))))\n"
    "  (func (export \"sleep\") (param $at i32) (param $value i32)\n"
    "    (drop (memory.atomic.wait32 (local.get $at) (local.get $value) (i64.const 1000000))))\n"
    "  (func (export \"spin until\") (param $at i32) (param $value i32)\n"
    "    (loop $again\n"
    "      (br_if $again (i32.ne (i32.atomic.load (local.get $at)) (local.get $value)))))\n"
    "  (func (export \"count\") (param $at i32) (param $unused i32)\n"
    "    (loop $again\n"
    "      (drop (i32.atomic.rmw.add (local.get $at) (i32.const 1)))\n"
    "      (br $again)))\n"
    "  (func (export \"notify\") (param $at i32) (param $count i32)\n"
    "    (drop (memory.atomic.notify (local.get $at) (local.get $count))))\n"
    "  (func (export \"store\") (param $at i32) (param $value i32)\n"
    "    (i32.atomic.store (local.get $at) (local.get $value)))\n"
    "  (func (export \"plain store\") (param $at i32) (param $value i32)\n"
    "    (i32.store (local.get $at) (local.get $value)))\n"
    "  (func (export \"fill\") (param $at i32) (param $value i32)\n"
    "    (memory.fill (i32.const 0) (local.get $value) (i32.const 4096)))\n"
    "  (func (export \"store, notify\") (param $at i32) (param $value i32)\n"
    "    (i32.atomic.store (local.get $at) (local.get $value))\n"
    "    (drop (memory.atomic.notify (local.get $at) (i32.const 1))))\n"
    "  (func (export \"notify, store\") (param $at i32) (param $value i32)\n"
    "    (drop (memory.atomic.notify (local.get $at) (i32.const 1)))\n"
    "    (i32.atomic.store (local.get $at) (local.get $value)))\n"
    "  (func (export \"notify, trap\") (param $at i32) (param $value i32)\n"
    "    (drop (memory.atomic.notify (local.get $at) (i32.const 1)))\n"
    "    (unreachable))\n"
    "  (func (export \"notify, wait\") (param $at i32) (param $other i32)\n"
    "    (drop (memory.atomic.notify (local.get $at) (i32.const 1)))\n"
    "    (call $wait (local.get $other) (i32.const 0))))\n";

START_TEST(a_run_that_completes_has_no_report) {
    RUN(flags, "01", {"waiter", "wait", {16, 0}, 0}, {"notifier", "notify", {16, 1}, 0});
    ck_assert_int_eq(r.outcome, HD_OUTCOME_COMPLETED);
    ck_assert_ptr_null(r.report);
    run_free(&r);
}
END_TEST

START_TEST(value_changed_without_notify) {
    RUN(flags, "01", {"waiter", "wait", {16, 0}, 0}, {"writer", "plain store", {16, 7}, 0});
    ck_assert_int_eq(r.outcome, HD_OUTCOME_DEADLOCK);
    ck_assert_uint_eq(r.report->steps, 5);
    const hd_stuck_agent *a = check_class(&r, 0, HD_STUCK_CHANGED);
    check_wait(a, 16, 0, 7, 2);
    ck_assert_uint_eq(a->wait.writes, 1);
    ck_assert_uint_eq(a->wait.notifies, 0);
    ck_assert_uint_eq(a->wait.write.step, 3);
    ck_assert_uint_eq(a->wait.write.agent, 1);
    ck_assert_uint_eq(a->wait.write.value, 7);
    ck_assert_uint_eq(a->wait.notify_before.step, HD_NO_STEP);
    ck_assert_uint_eq(a->backtrace.depth, 2);
    ck_assert_str_eq(a->backtrace.frames[0].function, "$wait");
    check_class(&r, 1, HD_STUCK_ENDED);
    check_text(&r, "deadlock after 5 events: no agent can move; 1 of 2 agents has not ended\n");
    check_text(&r, "agent 0 (waiter): not notified\n");
    check_text(&r, "waits on 0x10 since step 2, without a time limit: i32, expected 0, memory "
                   "holds 7 now\n");
    check_text(&r, "the value has changed, and nobody notified after that: agent 1 (writer) stored "
                   "7 at step 3\n");
    check_text(&r, "    #0 $wait at 0x");
    run_free(&r);
}
END_TEST

/* A bulk write reaches every word within it, one of eight bytes too. */
START_TEST(value_changed_by_fill) {
    RUN(flags, "012", {"a", "wait", {4092, 0}, 0}, {"b", "wait64", {8, 0}, 0},
        {"filler", "fill", {0, 1}, 0});
    check_wait(check_class(&r, 0, HD_STUCK_CHANGED), 4092, 0, 0x01010101, 3);
    const hd_stuck_agent *b = check_class(&r, 1, HD_STUCK_CHANGED);
    check_wait(b, 8, 0, 0x0101010101010101, 4);
    ck_assert_uint_eq(b->wait.write.step, 5);
    ck_assert_uint_eq(b->wait.write.value, 0x0101010101010101);
    check_text(&r, ": i64, expected 0, memory holds 72340172838076673 now\n");
    run_free(&r);
}
END_TEST

/* The store came, the notify came too, but between the two the waiter had not been there yet. */
START_TEST(notify_comes_before_the_wait) {
    RUN(flags, "01", {"notifier", "notify", {16, 1}, 0}, {"waiter", "wait", {16, 0}, 0});
    const hd_stuck_agent *a = check_class(&r, 1, HD_STUCK_LOST);
    check_wait(a, 16, 0, 0, 3);
    ck_assert_uint_eq(a->wait.notify_before.step, 2);
    ck_assert_uint_eq(a->wait.notify_before.agent, 0);
    ck_assert_uint_eq(a->wait.notify_before.woken, 0);
    check_text(&r, "agent 1 (waiter): lost wake-up\n");
    check_text(&r, "agent 0 (notifier) notified at step 2 and woke nobody, before this wait at "
                   "step 3\n");
    check_text(&r, "a notify is not remembered");
    check_text(&r, "since then nobody stored or notified there\n");
    run_free(&r);
}
END_TEST

/* Woken too early, it sleeps again before the value changes. */
START_TEST(notify_comes_before_the_store) {
    RUN(flags, "010001", {"waiter", "wait until", {16, 5}, 0},
        {"writer", "notify, store", {16, 5}, 0});
    const hd_stuck_agent *a = check_class(&r, 0, HD_STUCK_LOST);
    check_wait(a, 16, 0, 5, 6);
    ck_assert_uint_eq(a->wait.notify_before.step, 3);
    ck_assert_uint_eq(a->wait.notify_before.woken, 1);
    ck_assert_uint_eq(a->wait.write.step, 7);
    check_text(&r,
               "agent 1 (writer) notified at step 3 and woke 1 waiter, before this wait at step "
               "6\n");
    check_text(&r, "only then the value changed: agent 1 (writer) stored 5 at step 7\n");
    run_free(&r);
}
END_TEST

START_TEST(another_waiter_takes_the_wake_up) {
    RUN(flags, "0122", {"first", "wait until", {16, 1}, 0}, {"second", "wait until", {16, 1}, 0},
        {"writer", "store, notify", {16, 1}, 0});
    check_class(&r, 0, HD_STUCK_ENDED);
    const hd_stuck_agent *a = check_class(&r, 1, HD_STUCK_TAKEN);
    check_wait(a, 16, 0, 1, 4);
    ck_assert_uint_eq(a->wait.taken.step, 6);
    ck_assert_uint_eq(a->wait.taken.agent, 0);
    ck_assert_uint_eq(a->wait.taken.by, 2);
    ck_assert_uint_eq(a->wait.since_count, 2);
    ck_assert(!a->wait.since_acts[0].notify);
    ck_assert(a->wait.since_acts[1].notify);
    check_text(&r, "another waiter took the wake-up: agent 2 (writer) notified at step 6 and woke "
                   "agent 0 (first), which stood before it in the queue\n");
    check_text(&r, "agent 0 (first) has ended (its last event was step 8); notify all");
    check_text(&r, "since then 1 store and 1 notify there:\n"
                   "    agent 2 (writer) stored 1 at step 5\n"
                   "    agent 2 (writer) notified at step 6 and woke 1 waiter\n");
    run_free(&r);
}
END_TEST

/* The wake-up was taken, but before the value changed: that change was notified to nobody. */
START_TEST(change_after_a_taken_wake_up) {
    RUN(flags, "0123", {"first", "wait", {16, 0}, 0}, {"second", "wait", {16, 0}, 0},
        {"notifier", "notify", {16, 1}, 0}, {"writer", "store", {16, 1}, 0});
    const hd_stuck_agent *a = check_class(&r, 1, HD_STUCK_CHANGED);
    ck_assert_uint_eq(a->wait.taken.step, 6);
    ck_assert_uint_eq(a->wait.write.step, 7);
    run_free(&r);
}
END_TEST

START_TEST(notifier_has_ended) {
    RUN(flags, "0100", {"waiter", "wait twice", {16, 0}, 0}, {"notifier", "notify", {16, 1}, 0});
    const hd_stuck_agent *a = check_class(&r, 0, HD_STUCK_ABANDONED);
    check_wait(a, 16, 0, 0, 5);
    ck_assert_int_eq(a->tie, HD_TIE_NOTIFIER);
    ck_assert_uint_eq(a->holder, 1);
    ck_assert_uint_eq(a->tie_step, 3);
    check_text(&r, "agent 1 (notifier), the last to notify there (step 3), has ended (its last "
                   "event was step 3); so has everybody else that ever did\n");
    run_free(&r);
}
END_TEST

START_TEST(notifier_has_trapped) {
    RUN(flags, "0100", {"waiter", "wait twice", {16, 0}, 0},
        {"notifier", "notify, trap", {16, 1}, 0});
    check_class(&r, 0, HD_STUCK_ABANDONED);
    ck_assert(check_class(&r, 1, HD_STUCK_ENDED)->trapped);
    check_text(&r, "(step 3), has trapped (its last event was step 3)");
    check_text(&r, "agent 1 (notifier): trapped\n    #0 \"notify, trap\" at 0x");
    run_free(&r);
}
END_TEST

START_TEST(notifier_is_stuck_itself) {
    RUN(flags, "0100", {"waiter", "wait twice", {16, 0}, 0},
        {"notifier", "notify, wait", {16, 32}, 0});
    const hd_stuck_agent *a = check_class(&r, 0, HD_STUCK_BEHIND);
    ck_assert_int_eq(a->tie, HD_TIE_NOTIFIER);
    ck_assert_uint_eq(a->holder, 1);
    check_class(&r, 1, HD_STUCK_UNNOTIFIED);
    check_text(&r, "agent 1 (notifier) notified there before (step 3), but itself waits on 0x20\n");
    run_free(&r);
}
END_TEST

/* Whoever stored there is the one to ask, if nobody notified. */
START_TEST(writer_is_stuck_itself) {
    static const char text[] =
        "(module (import \"\" \"\" (memory 1 1 shared))\n"
        "  (func (export \"run\") (param $mine i32) (param $other i32)\n"
        "    (i32.atomic.store (local.get $mine) (i32.const 1))\n"
        "    (drop (memory.atomic.wait32 (local.get $other) (i32.const 1) (i64.const -1)))))\n";
    RUN(text, "01", {"a", "run", {0, 8}, 0}, {"b", "run", {8, 0}, 0});
    const hd_stuck_agent *a = check_class(&r, 0, HD_STUCK_BEHIND);
    ck_assert_int_eq(a->tie, HD_TIE_WRITER);
    ck_assert_uint_eq(a->holder, 1);
    ck_assert_uint_eq(a->tie_step, 3);
    ck_assert_uint_eq(a->wait.write_before.value, 1);
    check_class(&r, 1, HD_STUCK_BEHIND);
    ck_assert_uint_eq(r.report->cycle_count, 0);
    check_text(&r, "agent 1 (b) stored there before (step 3), but itself waits on 0x0\n");
    run_free(&r);
}
END_TEST

START_TEST(nobody_is_left_to_notify) {
    RUN(flags, "", {"waiter", "wait", {16, 0}, 0}, {"other", "store", {64, 1}, 0});
    check_wait(check_class(&r, 0, HD_STUCK_UNNOTIFIED), 16, 0, 0, 2);
    check_text(&r, "nobody is left to notify it: all others have ended or are stuck too\n");
    run_free(&r);
}
END_TEST

START_TEST(joining_a_stuck_agent) {
    RUN(flags, "", {"waiter", "wait", {16, 0}, 0}, {"parent", NULL, {0, 0}, 1});
    check_class(&r, 0, HD_STUCK_UNNOTIFIED);
    const hd_stuck_agent *a = check_class(&r, 1, HD_STUCK_BEHIND);
    ck_assert_int_eq(a->tie, HD_TIE_JOIN);
    ck_assert_uint_eq(a->holder, 0);
    ck_assert_uint_eq(a->last_step, HD_NO_STEP);
    check_text(&r, "agent 1 (parent): held up\n"
                   "  waits for agent 0 (waiter) to end, which itself waits on 0x10\n");
    run_free(&r);
}
END_TEST

START_TEST(agents_that_join_each_other) {
    RUN(flags, "", {"a", NULL, {0, 0}, 2}, {"b", NULL, {0, 0}, 1});
    check_class(&r, 0, HD_STUCK_CYCLE);
    check_class(&r, 1, HD_STUCK_CYCLE);
    ck_assert_uint_eq(r.report->cycle_count, 1);
    ck_assert_uint_eq(r.report->cycles[0].count, 2);
    check_text(&r, "  agent 0 (a) waits for agent 1 (b) to end\n"
                   "  agent 1 (b) waits for agent 0 (a) to end\n");
    run_free(&r);
}
END_TEST

/* Locks: the futex mutex of the threads proposal's overview, Drepper's of three states, a spin lock
 * by exchange, and a binary semaphore that rests at 1. "both" takes two, releases two; "hold" ends
 * with its first, "hold, wait" waits on its second with it. */
#define LOCK_USERS                                                                                 \
    "  (func (export \"both\") (param $a i32) (param $b i32)\n"                                    \
    "    (call $lock (local.get $a)) (call $lock (local.get $b))\n"                                \
    "    (call $unlock (local.get $b)) (call $unlock (local.get $a)))\n"                           \
    "  (func (export \"hold\") (param $a i32) (param $unused i32)\n"                               \
    "    (call $lock (local.get $a)))\n"                                                           \
    "  (func (export \"hold, trap\") (param $a i32) (param $unused i32)\n"                         \
    "    (call $lock (local.get $a)) (unreachable))\n"                                             \
    "  (func (export \"hold, wait\") (param $a i32) (param $b i32)\n"                              \
    "    (call $lock (local.get $a))\n"                                                            \
    "    (drop (memory.atomic.wait32 (local.get $b) (i32.const 0) (i64.const -1)))\n"              \
    "    (call $unlock (local.get $a)))\n"                                                         \
    "  (func (export \"hold, spin\") (param $a i32) (param $b i32)\n"                              \
    "    (call $lock (local.get $a))\n"                                                            \
    "    (loop $again (br_if $again (i32.eqz (i32.atomic.load (local.get $b)))))\n"                \
    "    (call $unlock (local.get $a)))\n"                                                         \
    "  (func (export \"use\") (param $a i32) (param $unused i32)\n"                                \
    "    (call $lock (local.get $a)) (call $unlock (local.get $a)))\n"                             \
    "  (func (export \"init\") (param $a i32) (param $value i32)\n"                                \
    "    (i32.atomic.store (local.get $a) (local.get $value))))\n"

static const char mutex[] =
    "(module (import \"\" \"\" (memory 1 1 shared))\n"
    "  (func $lock (param $m i32)\n"
    "    (block $done (loop $again\n"
    "      (br_if $done (i32.eqz (i32.atomic.rmw.cmpxchg (local.get $m) (i32.const 0) (i32.const "
    "1))))\n"
    "      (drop (memory.atomic.wait32 (local.get $m) (i32.const 1) (i64.const -1)))\n"
    "      (br $again))))\n"
    "  (func $unlock (param $m i32)\n"
    "    (i32.atomic.store (local.get $m) (i32.const 0))\n"
    "    (drop (memory.atomic.notify (local.get $m) (i32.const 1))))\n" LOCK_USERS;

static const char mutex_of_three_states[] =
    "(module (import \"\" \"\" (memory 1 1 shared))\n"
    "  (func $lock (param $m i32) (local $found i32)\n"
    "    (local.set $found\n"
    "      (i32.atomic.rmw.cmpxchg (local.get $m) (i32.const 0) (i32.const 1)))\n"
    "    (block $done (loop $again\n"
    "      (br_if $done (i32.eqz (local.get $found)))\n"
    "      (block $wait\n"
    "        (br_if $wait (i32.eq (local.get $found) (i32.const 2)))\n"
    "        (br_if $wait\n"
    "          (i32.atomic.rmw.cmpxchg (local.get $m) (i32.const 1) (i32.const 2))))\n"
    "      (drop (memory.atomic.wait32 (local.get $m) (i32.const 2) (i64.const -1)))\n"
    "      (local.set $found\n"
    "        (i32.atomic.rmw.cmpxchg (local.get $m) (i32.const 0) (i32.const 2)))\n"
    "      (br $again))))\n"
    "  (func $unlock (param $m i32)\n"
    "    (if (i32.ne (i32.atomic.rmw.sub (local.get $m) (i32.const 1)) (i32.const 1))\n"
    "      (then\n"
    "        (i32.atomic.store (local.get $m) (i32.const 0))\n"
    "        (drop (memory.atomic.notify (local.get $m) (i32.const 1))))))\n" LOCK_USERS;

static const char exchange_lock[] =
    "(module (import \"\" \"\" (memory 1 1 shared))\n"
    "  (func $lock (param $m i32)\n"
    "    (loop $again\n"
    "      (br_if $again (i32.atomic.rmw.xchg (local.get $m) (i32.const 1)))))\n"
    "  (func $unlock (param $m i32)\n"
    "    (i32.atomic.store (local.get $m) (i32.const 0)))\n" LOCK_USERS;

/* The same, but each attempt is counted, so that no state of the agent comes again. */
static const char counting_lock[] =
    "(module (import \"\" \"\" (memory 1 1 shared))\n"
    "  (func $lock (param $m i32) (local $tries i32)\n"
    "    (loop $again\n"
    "      (local.set $tries (i32.add (local.get $tries) (i32.const 1)))\n"
    "      (br_if $again (i32.atomic.rmw.xchg (local.get $m) (i32.const 1)))))\n"
    "  (func $unlock (param $m i32)\n"
    "    (i32.atomic.store (local.get $m) (i32.const 0)))\n" LOCK_USERS;

static const char semaphore[] =
    "(module (import \"\" \"\" (memory 1 1 shared))\n"
    "  (func $lock (param $m i32) (local $found i32)\n"
    "    (loop $again\n"
    "      (local.set $found (i32.atomic.load (local.get $m)))\n"
    "      (if (i32.eqz (local.get $found))\n"
    "        (then\n"
    "          (drop (memory.atomic.wait32 (local.get $m) (i32.const 0) (i64.const -1)))\n"
    "          (br $again)))\n"
    "      (br_if $again (i32.ne (local.get $found)\n"
    "        (i32.atomic.rmw.cmpxchg (local.get $m) (local.get $found)\n"
    "          (i32.sub (local.get $found) (i32.const 1)))))))\n"
    "  (func $unlock (param $m i32)\n"
    "    (drop (i32.atomic.rmw.add (local.get $m) (i32.const 1)))\n"
    "    (drop (memory.atomic.notify (local.get $m) (i32.const 1))))\n" LOCK_USERS;

/* Asserts on one cycle of agents 0, 1, … whose n-th waits on `places[n]`, taken by the next at
 * `steps[n]`. */
static void check_cycle(const run *r, size_t count, const uint64_t *places, const uint64_t *steps) {
    ck_assert_int_eq(r->outcome, HD_OUTCOME_DEADLOCK);
    ck_assert_uint_eq(r->report->cycle_count, 1);
    ck_assert_uint_eq(r->report->cycles[0].count, count);
    for (uint32_t i = 0; i < count; i++) {
        const hd_stuck_agent *a = check_class(r, i, HD_STUCK_CYCLE);
        ck_assert_uint_eq(r->report->cycles[0].agents[i], i);
        ck_assert_int_eq(a->tie, HD_TIE_LOCK);
        ck_assert_uint_eq(a->holder, (i + 1) % count);
        ck_assert_uint_eq(a->tie_place.address, places[i]);
        ck_assert_uint_eq(a->tie_step, steps[i]);
    }
}

START_TEST(two_philosophers) {
    RUN(mutex, "010011", {"left", "both", {0, 4}, 0}, {"right", "both", {4, 0}, 0});
    check_cycle(&r, 2, (uint64_t[]){4, 0}, (uint64_t[]){3, 2});
    check_wait(&r.report->agents[0], 4, 1, 1, 5);
    check_wait(&r.report->agents[1], 0, 1, 1, 7);
    check_text(&r, "cycle of 2 agents, each of which waits for the next, the last for the first\n"
                   "  agent 0 (left) waits on 0x4, which agent 1 (right) took at step 3\n"
                   "  agent 1 (right) waits on 0x0, which agent 0 (left) took at step 2\n");
    ck_assert_str_eq(r.report->agents[0].backtrace.frames[0].function, "$lock");
    run_free(&r);
}
END_TEST

/* The order in the cycle is that of waiting, not of numbers; a fourth agent waits behind it. */
START_TEST(three_philosophers_and_a_guest) {
    RUN(mutex, "012", {"p0", "both", {0, 4}, 0}, {"p1", "both", {4, 8}, 0},
        {"p2", "both", {8, 0}, 0}, {"guest", "use", {8, 0}, 0});
    check_cycle(&r, 3, (uint64_t[]){4, 8, 0}, (uint64_t[]){5, 6, 4});
    const hd_stuck_agent *guest = check_class(&r, 3, HD_STUCK_BEHIND);
    ck_assert_int_eq(guest->tie, HD_TIE_LOCK);
    ck_assert_uint_eq(guest->holder, 2);
    check_text(&r, "cycle of 3 agents, each of which waits for the next, the last for the first\n"
                   "  agent 0 (p0) waits on 0x4, which agent 1 (p1) took at step 5\n"
                   "  agent 1 (p1) waits on 0x8, which agent 2 (p2) took at step 6\n"
                   "  agent 2 (p2) waits on 0x0, which agent 0 (p0) took at step 4\n");
    check_text(&r, "agent 2 (p2) took it (step 6), but itself waits on 0x0\n");
    run_free(&r);
}
END_TEST

/* A lock that was used, contended and handed on before belongs to who took it last. */
START_TEST(locks_with_a_past) {
    RUN(mutex, "20022001", {"left", "both", {0, 4}, 0}, {"right", "both", {4, 0}, 0},
        {"early", "use", {0, 0}, 0});
    check_cycle(&r, 2, (uint64_t[]){4, 0}, (uint64_t[]){10, 9});
    run_free(&r);
}
END_TEST

START_TEST(philosophers_with_other_locks) {
    {
        RUN(mutex_of_three_states, "010011", {"left", "both", {0, 4}, 0},
            {"right", "both", {4, 0}, 0});
        check_cycle(&r, 2, (uint64_t[]){4, 0}, (uint64_t[]){3, 2});
        run_free(&r);
    }
    /* Both semaphores are set to 1 first. */
    RUN(semaphore, "230011", {"left", "both", {0, 4}, 0}, {"right", "both", {4, 0}, 0},
        {"init", "init", {0, 1}, 0}, {"init", "init", {4, 1}, 0});
    check_cycle(&r, 2, (uint64_t[]){4, 0}, (uint64_t[]){9, 7});
    run_free(&r);
}
END_TEST

START_TEST(agent_waits_for_itself) {
    {
        RUN(mutex, "", {"twice", "both", {0, 0}, 0});
        check_cycle(&r, 1, (uint64_t[]){0}, (uint64_t[]){1});
        check_text(&r, "cycle: an agent waits for itself\n"
                       "  agent 0 (twice) waits on 0x0, which it took at step 1 itself\n");
        run_free(&r);
    }
    RUN(mutex_of_three_states, "", {"twice", "both", {0, 0}, 0});
    check_cycle(&r, 1, (uint64_t[]){0}, (uint64_t[]){1});
    run_free(&r);
}
END_TEST

START_TEST(lock_holder_has_ended) {
    RUN(mutex, "0", {"holder", "hold, trap", {0, 0}, 0}, {"waiter", "use", {0, 0}, 0});
    const hd_stuck_agent *a = check_class(&r, 1, HD_STUCK_ABANDONED);
    ck_assert_int_eq(a->tie, HD_TIE_LOCK);
    ck_assert_uint_eq(a->holder, 0);
    ck_assert_uint_eq(a->tie_step, 2);
    check_text(&r, "agent 0 (holder) took it at step 2 and never gave it back: it has trapped (its "
                   "last event was step 2)\n");
    run_free(&r);
}
END_TEST

/* Request and answer in one word: the waiter changed it itself, but holds no lock. */
START_TEST(own_change_is_no_lock) {
    static const char request[] =
        "(module (import \"\" \"\" (memory 1 1 shared))\n"
        "  (func (export \"ask\") (param i32 i32)\n"
        "    (drop (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1)))\n"
        "    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const -1)))))\n";
    RUN(request, "", {"client", "ask", {0, 0}, 0});
    check_class(&r, 0, HD_STUCK_UNNOTIFIED);
    ck_assert_uint_eq(r.report->cycle_count, 0);
    run_free(&r);
}
END_TEST

START_TEST(livelock_after_all_others_ended) {
    RUN(flags, "11", {"spinner", "spin until", {16, 1}, 0}, {"writer", "store", {16, 2}, 0});
    ck_assert_int_eq(r.outcome, HD_OUTCOME_LIVELOCK);
    const hd_stuck_agent *a = check_class(&r, 0, HD_STUCK_SPINNING);
    ck_assert_int_eq(a->next, HD_EVENT_ATOMIC_LOAD);
    ck_assert_uint_eq(a->next_place.address, 16);
    ck_assert_uint_eq(a->read_count, 1);
    ck_assert_uint_eq(a->reads[0].place.address, 16);
    ck_assert_uint_eq(a->reads[0].place.length, 4);
    ck_assert_uint_eq(a->reads[0].value, 2);
    ck_assert_uint_gt(a->reads[0].times, 100);
    ck_assert_uint_eq(a->reads[0].write.agent, 1);
    ck_assert_uint_eq(a->reads[0].write.step, 2);
    check_text(&r, "one agent repeats itself for ever, no other can move; 1 of 2 agents has not "
                   "ended\n");
    check_text(&r, "agent 0 (spinner): spinning\n"
                   "  stands before an atomic load of 4 bytes at 0x10; its last ");
    check_text(&r,
               "an atomic load of 4 bytes at 0x10, which holds 2 since agent 1 (writer) stored at "
               "step 2\n");
    check_text(&r, "nobody can change that: every other agent has ended\n");
    run_free(&r);
}
END_TEST

/* The spinner holds the lock that everybody who could help it waits for. */
START_TEST(livelock_with_a_lock_held) {
    RUN(mutex, "011", {"spinner", "hold, spin", {0, 64}, 0}, {"helper", "use", {0, 0}, 0},
        {"parent", NULL, {0, 0}, 2});
    ck_assert_int_eq(r.outcome, HD_OUTCOME_LIVELOCK);
    check_class(&r, 0, HD_STUCK_SPINNING);
    const hd_stuck_agent *helper = check_class(&r, 1, HD_STUCK_BEHIND);
    ck_assert_uint_eq(helper->holder, 0);
    check_class(&r, 2, HD_STUCK_BEHIND);
    check_text(&r, "only others could change that: agent 1 (helper), which waits on 0x0, agent 2 "
                   "(parent), which waits for agent 1 (helper) to end; so each of them waits, in "
                   "the end, for this one\n");
    check_text(&r, "agent 0 (spinner) took it (step 2), but itself spins\n");
    run_free(&r);
}
END_TEST

START_TEST(livelock_on_an_exchanged_lock) {
    RUN(exchange_lock, "0", {"holder", "hold, wait", {0, 64}, 0}, {"spinner", "use", {0, 0}, 0});
    ck_assert_int_eq(r.outcome, HD_OUTCOME_LIVELOCK);
    check_class(&r, 0, HD_STUCK_UNNOTIFIED);
    const hd_stuck_agent *a = check_class(&r, 1, HD_STUCK_SPINNING);
    ck_assert_int_eq(a->tie, HD_TIE_LOCK);
    ck_assert_uint_eq(a->holder, 0);
    ck_assert_uint_eq(a->tie_step, 2);
    ck_assert_int_eq(a->reads[0].kind, HD_EVENT_RMW);
    check_text(&r, "0x0 was taken by agent 0 (holder) at step 2\n");
    check_text(&r, "nobody is left to notify it: agent 1 (spinner) moves, but only repeats "
                   "itself\n");
    run_free(&r);
}
END_TEST

/* So many agents take a lock each, and then spin on the next one's, in turn. */
static run spin_in_a_ring(const char *text, uint32_t count) {
    static const actor actors[2][3] = {
        {{"left", "both", {0, 4}, 0}, {"right", "both", {4, 0}, 0}},
        {{"a", "both", {0, 4}, 0}, {"b", "both", {4, 8}, 0}, {"c", "both", {8, 0}, 0}}};
    static char schedule[20001];
    for (size_t i = 0; i < 20000; i++)
        schedule[i] = (char)('0' + i % count);
    run r = {.actors = actors[count - 2],
             .count = count,
             .text = text,
             .schedule = schedule,
             .step_limit = 20000};
    run_actors(&r);
    check_class(&r, 0, HD_STUCK_CYCLE);
    check_class(&r, count - 1, HD_STUCK_CYCLE);
    return r;
}

/* Agents that spin on each other's locks can all move, and none will ever do anything again. */
START_TEST(livelock_of_spin_locks) {
    run r = spin_in_a_ring(exchange_lock, 2);
    ck_assert_int_eq(r.outcome, HD_OUTCOME_LIVELOCK);
    check_text(&r, "2 agents repeat themselves for ever, no other can move; 2 of 2 agents have not "
                   "ended\n");
    check_text(&r, "  agent 0 (left) spins on 0x4, which agent 1 (right) took at step 3\n"
                   "  agent 1 (right) spins on 0x0, which agent 0 (left) took at step 2\n");
    run_free(&r);
    r = spin_in_a_ring(exchange_lock, 3);
    ck_assert_int_eq(r.outcome, HD_OUTCOME_LIVELOCK);
    check_text(&r, "3 agents repeat themselves for ever");
    check_text(&r, "  agent 2 (c) spins on 0x0, which agent 0 (a) took at step 3\n");
    run_free(&r);
}
END_TEST

START_TEST(step_limit_with_spin_locks) {
    run r = spin_in_a_ring(counting_lock, 2);
    ck_assert_int_eq(r.outcome, HD_OUTCOME_STEP_LIMIT);
    check_text(&r, "  agent 0 (left) spins on 0x4, which agent 1 (right) took at step 3\n"
                   "  agent 1 (right) spins on 0x0, which agent 0 (left) took at step 2\n");
    run_free(&r);
}
END_TEST

/* At the limit, nobody is blamed as long as somebody moves. */
START_TEST(step_limit_while_others_move) {
    const actor actors[] = {{"waiter", "wait", {16, 0}, 0},
                            {"sleeper", "sleep", {32, 0}, 0},
                            {"counter", "count", {48, 0}, 0},
                            {"parent", NULL, {0, 0}, 1}};
    run r = {.actors = actors, .count = 4, .text = flags, .schedule = "", .step_limit = 5000};
    run_actors(&r);
    ck_assert_int_eq(r.outcome, HD_OUTCOME_STEP_LIMIT);
    check_class(&r, 0, HD_STUCK_PENDING);
    ck_assert_int_eq(check_class(&r, 1, HD_STUCK_PENDING)->wait.timeout, 1000000);
    ck_assert_uint_eq(check_class(&r, 2, HD_STUCK_RUNNING)->quiet, 0);
    check_class(&r, 3, HD_STUCK_PENDING);
    check_text(&r, "step limit after 5000 events: 4 of 4 agents have not ended\n");
    check_text(&r, "it would have timed out\n");
    check_text(&r, "agent 2 (counter): running\n  stands before an atomic read-modify-write of 4 "
                   "bytes at 0x30\n");
    run_free(&r);
}
END_TEST

/* However memory runs out while events happen, that does no harm. */
START_TEST(history_without_memory) {
    for (uint64_t n = 1; n < 30; n++) {
        hd_arena arena = HD_ARENA_INIT;
        hd_stuck *stuck = hd_stuck_new(&arena);
        hd_observer observer = hd_stuck_observer(stuck);
        hd_memory memory = {.base = (uint8_t[400]){0}, .length = 400};
        hd_alloc_fail_after(n);
        for (uint32_t i = 0; i < 300; i++) {
            hd_event event = {.kind = i % 2 ? HD_EVENT_NOTIFY : HD_EVENT_CMPXCHG,
                              .writes = true,
                              .memory = &memory,
                              .address = i % 100 * 4,
                              .length = 4};
            observer.event(observer.context, i % 10, i, &event);
        }
        hd_alloc_fail_after(0);
        ck_assert_ptr_null(hd_stuck_get_report(stuck));
        hd_stuck_free(stuck);
        hd_arena_free(&arena);
    }
    hd_stuck_free(NULL);
}
END_TEST

/* Without memory for it there is no report. */
START_TEST(report_without_memory) {
    const actor actors[] = {{"left", "both", {0, 4}, 0}, {"right", "both", {4, 0}, 0}};
    const hd_stuck_report *report = NULL;
    for (uint64_t n = 1; !report; n++) {
        ck_assert_uint_lt(n, 100);
        run r = {
            .actors = actors, .count = 2, .text = mutex, .schedule = "010011", .fail_after = n};
        run_actors(&r);
        ck_assert_int_eq(r.outcome, HD_OUTCOME_DEADLOCK);
        report = r.report;
        if (report) check_cycle(&r, 2, (uint64_t[]){4, 0}, (uint64_t[]){3, 2});
        run_free(&r);
    }
}
END_TEST

/* More words than are kept in mind: their number is bounded, and the report says so. */
START_TEST(many_words) {
    static const char text[] =
        "(module (import \"\" \"\" (memory 1 1 shared))\n"
        "  (func (export \"run\") (param $at i32) (param $unused i32)\n"
        "    (loop $again\n"
        "      (i32.atomic.store8 (local.get $at) (i32.const 1))\n"
        "      (br_if $again (local.tee $at (i32.sub (local.get $at) (i32.const 1)))))\n"
        "    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 16843008) (i64.const -1)))))\n";
    RUN(text, "", {"a", "run", {65535, 0}, 0});
    check_wait(check_class(&r, 0, HD_STUCK_UNNOTIFIED), 0, 0x01010100, 0x01010100, 65536);
    ck_assert(r.report->incomplete);
    check_text(&r, "note: so many addresses were in use");
    run_free(&r);
}
END_TEST

Suite *stuck_suite(void) {
    Suite *suite = suite_create("stuck");
    TCase *waits = tcase_create("waits");
    tcase_add_test(waits, a_run_that_completes_has_no_report);
    tcase_add_test(waits, value_changed_without_notify);
    tcase_add_test(waits, value_changed_by_fill);
    tcase_add_test(waits, notify_comes_before_the_wait);
    tcase_add_test(waits, notify_comes_before_the_store);
    tcase_add_test(waits, another_waiter_takes_the_wake_up);
    tcase_add_test(waits, change_after_a_taken_wake_up);
    tcase_add_test(waits, notifier_has_ended);
    tcase_add_test(waits, notifier_has_trapped);
    tcase_add_test(waits, notifier_is_stuck_itself);
    tcase_add_test(waits, writer_is_stuck_itself);
    tcase_add_test(waits, nobody_is_left_to_notify);
    tcase_add_test(waits, joining_a_stuck_agent);
    suite_add_tcase(suite, waits);
    TCase *cycles = tcase_create("cycles");
    tcase_add_test(cycles, agents_that_join_each_other);
    tcase_add_test(cycles, two_philosophers);
    tcase_add_test(cycles, three_philosophers_and_a_guest);
    tcase_add_test(cycles, locks_with_a_past);
    tcase_add_test(cycles, philosophers_with_other_locks);
    tcase_add_test(cycles, agent_waits_for_itself);
    tcase_add_test(cycles, lock_holder_has_ended);
    tcase_add_test(cycles, own_change_is_no_lock);
    suite_add_tcase(suite, cycles);
    TCase *spins = tcase_create("spins");
    tcase_add_test(spins, livelock_after_all_others_ended);
    tcase_add_test(spins, livelock_with_a_lock_held);
    tcase_add_test(spins, livelock_on_an_exchanged_lock);
    tcase_add_test(spins, livelock_of_spin_locks);
    tcase_add_test(spins, step_limit_with_spin_locks);
    tcase_add_test(spins, step_limit_while_others_move);
    suite_add_tcase(suite, spins);
    TCase *bounds = tcase_create("bounds");
    tcase_add_test(bounds, history_without_memory);
    tcase_add_test(bounds, report_without_memory);
    tcase_add_test(bounds, many_words);
    suite_add_tcase(suite, bounds);
    return suite;
}
