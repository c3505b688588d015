/* test_explore_waits.c: how many classes of executions programs have that wait: in
 * memory.atomic.wait, with and without a timeout, and in loops that only read. */
#include "test_explore.h"

#define WAIT(a, expected) "(memory.atomic.wait32 (i32.const " #a ") " expected " (i64.const -1))"
#define TIMED(a, expected) "(memory.atomic.wait32 (i32.const " #a ") " expected " (i64.const 1000))"
#define NOTIFY(a, count) "(drop (memory.atomic.notify (i32.const " #a ") " count "))"
/* For ever, each agent on its own. */
#define STUCK                                                                                      \
    "(drop (memory.atomic.wait32 offset=60 (i32.shl (local.get $i) (i32.const 2)) (i32.const 0) "  \
    "(i64.const -1)))"

/* Waits until f, at 0, is 1. */
#define WAIT_LOOP "(loop " DROP(WAIT(0, C(0))) "(br_if 0 (i32.ne " R(0) " (i32.const 1))))"

static void expect_of(const char *text, unsigned agents, uint64_t static_complete,
                      uint64_t static_stuck, uint64_t complete, uint64_t stuck) {
    explored program = {.text = text, .agents = agents};
    expect_classes(&program, static_complete, static_stuck, complete, stuck);
}

START_TEST(wait_and_notify) {
    expect_of(MODULE(AGENT("t0", "", DROP(WAIT(0, C(0)))) AGENT("t1", "", NOTIFY(0, C(1)))), 2, 1,
              1, 1, 1);
    expect_of(MODULE(AGENT("t0", "", W(0, C(1)) NOTIFY(0, C(-1))) AGENT("t1", "", WAIT_LOOP)), 2, 3,
              0, 2, 0);
    /* A lost wake-up. */
    expect_of(MODULE(AGENT("t0", "", NOTIFY(0, C(-1)) W(0, C(1))) AGENT("t1", "", WAIT_LOOP)), 2, 3,
              2, 3, 2);
    expect_of(MODULE(AGENT("t0", "", W(0, C(1)) NOTIFY(0, C(1))) AGENT("t", "", WAIT_LOOP)), 3, 10,
              2, 3, 2);
    expect_of(MODULE(AGENT("t0", "", NOTIFY(0, C(1))) AGENT("t", "", DROP(WAIT(0, C(0))))), 3, 0, 6,
              0, 6);
}
END_TEST

#define TRY DROP(TIMED(0, C(0))) "(br_if 0 (i32.eq " R(0) " (i32.const 1)))"

START_TEST(waits_with_a_timeout) {
    expect_of(
        MODULE(AGENT("t0", "", W(0, C(1)) NOTIFY(0, C(1))) AGENT("t1", "", "(block " TRY ")")), 2,
        5, 0, 4, 0);
    expect_of(
        MODULE(AGENT("t0", "", W(0, C(1)) NOTIFY(0, C(1))) AGENT("t1", "", "(block " TRY TRY ")")),
        2, 9, 0, 7, 0);
}
END_TEST

static const char mutex[] =
    MODULE(AGENT("t", "",
                 "(block (loop (br_if 1 (i32.eqz " CAS(0, C(0), C(1)) "))" DROP(
                     WAIT(0, C(1))) "(br 0)))" W(0, C(0)) NOTIFY(0, C(1))));
static const char barrier[] = MODULE(AGENT("t", "",
                                           "(if (i32.eq " INC(4) " (i32.const 1)) (then " W(0, C(1))
                                               NOTIFY(0, C(-1)) ")"
                                                                "(else " WAIT_LOOP "))"));

START_TEST(the_mutex_of_the_overview) {
    expect_of(mutex, 2, 12, 0, 6, 0);
    expect_of(mutex, 3, 2562, 0, 342, 0);
    expect_of(barrier, 2, 6, 0, 4, 0);
}
END_TEST

static const char ticket_lock[] =
    MODULE(AGENT("t", "(local $k i32)",
                 "(local.set $k " INC(0) ")"
                                         "(loop (br_if 0 (i32.ne " R(4) " (local.get $k))))" W(
                                             8, ADD(I, C(1))) DROP(R(8)) DROP(INC(4))));
static const char spin_lock[] = MODULE(
    AGENT("t", "",
          "(loop $a (loop $b (br_if $b (i32.ne " R(0) " (i32.const 0))))"
                                                      "(br_if $a " CAS(0, C(0), C(1)) "))" W(
                                                          8, ADD(I, C(1))) DROP(R(8)) W(0, C(0))));
/* f_i at 4i, blocking locks. */
static const char philosophers[] = MODULE(
    "(func $take (param $f i32) (loop (br_if 0 (i32.atomic.rmw.cmpxchg (local.get $f) (i32.const 0)"
    "(i32.const 1)))))" AGENT("t", "(local $f i32) (local $g i32)",
                              "(local.set $f (i32.shl " I " (i32.const 2)))"
                              "(local.set $g (i32.shl (i32.rem_u " ADD(
                                  I, C(1)) " " N ") (i32.const 2)))"
                                           "(call $take (local.get $f)) (call $take (local.get $g))"
                                           "(i32.atomic.store (local.get $f) (i32.const 0))"
                                           "(i32.atomic.store (local.get $g) (i32.const 0))"));

START_TEST(loops_that_only_read) {
    static const uint64_t tickets[] = {[2] = 2, [3] = 6, [4] = 24};
    for (unsigned n = 2; n <= 4; n++)
        expect_of(ticket_lock, n, tickets[n], 0, tickets[n], 0);
    expect_of(spin_lock, 2, 6, 0, 6, 0);
    expect_of(spin_lock, 3, 162, 0, 144, 0);
    expect_of(philosophers, 2, 2, 1, 2, 1);
    expect_of(philosophers, 3, 6, 1, 6, 1);
}
END_TEST

/* The value that is awaited is gone again unless it is read in time. */
START_TEST(what_is_read_too_late) {
    static const char late[] = MODULE(AGENT("t0", "", W(0, C(1)) W(0, C(0)))
                                          AGENT("t1", "", "(loop (br_if 0 (i32.eqz " R(0) ")))"));
    expect_of(late, 2, 1, 1, 1, 1);
}
END_TEST

/* A round that others need not come between might as well not have been made. */
START_TEST(rounds_of_several_events) {
    static const char unequal[] =
        MODULE(AGENT("t0", "", "(loop " DROP(WAIT(0, C(1))) "(br_if 0 (i32.eqz " R(4) ")))")
                   AGENT("t1", "", W(0, C(2))));
    static const char timed[] =
        MODULE(AGENT("t", "", "(loop " DROP(TIMED(0, C(0))) "(br_if 0 (i32.eqz " R(4) ")))"));
    static const char twice[] = MODULE(AGENT(
        "t0", "", "(loop " DROP(R(0)) "(br_if 0 (i32.eqz " R(0) ")))") AGENT("t1", "", W(0, C(1))));
    expect_of(unequal, 2, 0, 1, 0, 1);
    expect_of(timed, 1, 0, 1, 0, 1);
    expect_of(twice, 2, 2, 0, 2, 0);
}
END_TEST

/* flag_i at 4i, turn at 8, x at 12. */
static const char peterson[] = MODULE(AGENT(
    "t", "(local $o i32)",
    "(local.set $o (i32.sub (i32.const 1) " I "))"
    "(i32.atomic.store (i32.shl " I " (i32.const 2)) (i32.const 1))" W(
        8, "(local.get $o)") "(if (i32.atomic.load (i32.shl (local.get $o) (i32.const 2))) (then"
                             " (if (i32.eq " R(8) " (local.get $o)) (then " STUCK "))))" W(12, I)
                                 DROP(R(12)) "(i32.atomic.store (i32.shl " I
                                             " (i32.const 2)) (i32.const 0))"));

START_TEST(peterson_with_one_test) {
    expect_of(peterson, 2, 4, 6, 4, 6);
}
END_TEST

/* top at 0: version << 16 | node; node n has its next at 16n + 64, and fields behind it. */
static const char treiber[] = MODULE(AGENT(
    "t0", "(local $top i32) (local $next i32)",
    "(block $out (loop $again"
    "(br_if $out (i32.eqz (i32.and (local.tee $top " R(
        0) ") (i32.const 0xffff))))"
           "(local.set $next (i32.atomic.load offset=64 (i32.shl (i32.and (local.get $top) "
           "(i32.const 0xffff))"
           " (i32.const 4))))"
           "(br_if $again (i32.ne (local.get $top) (i32.atomic.rmw.cmpxchg (i32.const 0) "
           "(local.get $top)"
           "(i32.or (i32.and (i32.add (local.get $top) (i32.const 0x10000)) (i32.const 0xffff0000))"
           " (local.get $next)))))"
           "(local.set $top (i32.shl (i32.and (local.get $top) (i32.const 0xffff)) (i32.const 4)))"
           "(drop (i32.atomic.load offset=68 (local.get $top)))"
           "(drop (i32.atomic.load offset=72 (local.get $top)))))")
                                         AGENT(
                                             "t", "(local $top i32) (local $node i32)",
                                             "(local.set $node (i32.shl " I " (i32.const 4)))"
                                             "(i32.atomic.store offset=68 (local.get $node) " I ")"
                                             "(i32.atomic.store offset=72 (local.get $node) " I ")"
                                             "(loop $again"
                                             "(local.set $top " R(
                                                 0) ")"
                                                    "(i32.atomic.store offset=64 (local.get $node) "
                                                    "(i32.and (local.get $top) (i32.const 0xffff)))"
                                                    "(br_if $again (i32.ne (local.get $top) "
                                                    "(i32.atomic.rmw.cmpxchg (i32.const 0) "
                                                    "(local.get $top)"
                                                    "(i32.or (i32.and (i32.add (local.get $top) "
                                                    "(i32.const 0x10000)) (i32.const 0xffff0000))"
                                                    " " I ")))))"));

START_TEST(a_stack_without_locks) {
    expect_of(treiber, 3, 28, 0, 22, 0);
}
END_TEST

TCase *explore_waits_case(void) {
    TCase *c = tcase_create("waits");
    tcase_set_timeout(c, 240);
    tcase_add_test(c, wait_and_notify);
    tcase_add_test(c, waits_with_a_timeout);
    tcase_add_test(c, the_mutex_of_the_overview);
    tcase_add_test(c, loops_that_only_read);
    tcase_add_test(c, what_is_read_too_late);
    tcase_add_test(c, rounds_of_several_events);
    tcase_add_test(c, peterson_with_one_test);
    tcase_add_test(c, a_stack_without_locks);
    return c;
}
