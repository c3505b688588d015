/* test_explore_bounds.c: preemptions that are bounded, time-outs that are not taken, and other
 * limits of an exploration. */
#include "test_explore.h"

/* Classes with an execution of at most 0, 1, 2, … preemptions; the last number is that of all. */
static void expect_bounded(const char *text, unsigned agents, const uint64_t *classes,
                           size_t count) {
    explored program = {.text = text, .agents = agents};
    for (size_t i = 0; i < count; i++) {
        hd_explore_options options = {.bounds_preemptions = true, .preemptions = i};
        hd_explore_result r = explore(&program, &options);
        ck_assert_uint_eq(r.ends[HD_EXPLORE_COMPLETE], classes[i]);
    }
}

#define EXPECT_BOUNDED(text, agents, ...)                                                          \
    expect_bounded(text, agents, (const uint64_t[]){__VA_ARGS__},                                  \
                   sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

static const char increments[] = MODULE(
    AGENT("t", "(local $r i32)",
          "(local.set $r " R(0) ")" W(0, ADD("(local.get $r)", "(i32.shl (i32.const 1) " I ")"))));
static const char counters[] = MODULE(AGENT("t", "", DROP(INC(0)) DROP(INC(4))));
static const char cas_write[] = MODULE(AGENT("t", "", DROP(CAS(0, C(0), C(1))) W(0, ADD(I, C(3)))));

START_TEST(preemptions) {
    EXPECT_BOUNDED(
        MODULE(AGENT("t0", "", W(0, C(1)) DROP(R(4))) AGENT("t1", "", W(4, C(1)) DROP(R(0)))), 2, 2,
        3);
    EXPECT_BOUNDED(
        MODULE(AGENT("t0", "", DROP(R(0)) W(4, C(1))) AGENT("t1", "", DROP(R(4)) W(0, C(1)))), 2, 2,
        3);
    EXPECT_BOUNDED(
        MODULE(AGENT("t0", "", W(0, C(1)) W(4, C(1))) AGENT("t1", "", DROP(R(4)) DROP(R(0)))), 2, 2,
        3);
    EXPECT_BOUNDED(
        MODULE(AGENT("t0", "", W(0, C(1)) W(4, C(2))) AGENT("t1", "", W(4, C(1)) W(0, C(2)))), 2, 2,
        3);
    EXPECT_BOUNDED(MODULE(AGENT("t0", "", W(0, C(1))) AGENT("t1", "", DROP(R(0)) DROP(R(4)))
                              AGENT("t2", "", DROP(R(4)) DROP(R(0))) AGENT("t3", "", W(4, C(1)))),
                   4, 14, 15);
    EXPECT_BOUNDED(MODULE(AGENT("t0", "", W(0, C(1))) AGENT("t1", "", W(0, C(2)))
                              AGENT("t2", "", DROP(R(0)) DROP(R(0))) AGENT("t3", "", DROP(R(0)))),
                   4, 18, 36);
    EXPECT_BOUNDED(increments, 3, 6, 24, 36);
    EXPECT_BOUNDED(counters, 3, 6, 24, 36);
    EXPECT_BOUNDED(cas_write, 2, 2, 4, 6);
    EXPECT_BOUNDED(cas_write, 3, 6, 24, 54, 66);
}
END_TEST

/* A loop that changes memory for ever: what others read in each of its rounds is explored. */
START_TEST(endless_loops) {
    explored program = {.agents = 2,
                        .text = MODULE(AGENT("t0", "", "(loop $l " DROP(INC(0)) " (br $l))")
                                           AGENT("t1", "", DROP(R(0))))};
    for (uint64_t rounds = 1; rounds <= 4; rounds++) {
        hd_explore_result r = explore(&program, &(hd_explore_options){.unroll = rounds});
        ck_assert_uint_eq(r.ends[HD_EXPLORE_BOUND], rounds + 1);
        ck_assert_uint_eq(hd_explore_executions(&r), rounds + 1);
        ck_assert(r.unrolled && !r.bound);
    }
}
END_TEST

#define TAKE(leave) "(br_if " leave " (i32.eqz " CAS(0, C(0), C(1)) "))"

/* The same by hand: who has tried twice in vain waits for ever. */
START_TEST(unrolled_by_hand) {
    explored loop = {
        .agents = 2,
        .text = MODULE(
            AGENT("t", "", "(block $in (loop $l " TAKE("$in") " (br $l)))" W(4, I) W(0, C(0))))};
    explored hand = {
        .agents = 2,
        .text = MODULE(AGENT("t", "",
                             "(block $in " TAKE("$in") TAKE("$in")
                                 DROP("(memory.atomic.wait32 (i32.const 8) (i32.const 0) "
                                      "(i64.const -1))") "unreachable)" W(4, I) W(0, C(0))))};
    hd_explore_options options = {.unroll = 2, .no_awaits = true};
    hd_explore_result rounds = explore(&loop, &options), written = explore(&hand, &options);
    ck_assert_uint_eq(rounds.ends[HD_EXPLORE_COMPLETE], written.ends[HD_EXPLORE_COMPLETE]);
    ck_assert_uint_eq(rounds.ends[HD_EXPLORE_BOUND], written.ends[HD_EXPLORE_DEADLOCKED]);
    ck_assert_uint_gt(rounds.ends[HD_EXPLORE_BOUND], 0);
    ck_assert(rounds.unrolled && !written.unrolled);
}
END_TEST

/* What the same agent does in another place, or outside of loops, is no round. */
START_TEST(places_apart) {
    explored program = {.agents = 2,
                        .text = MODULE("(func $inc " DROP(INC(0)) ")" AGENT(
                            "t", "", "(call $inc) (call $inc) (call $inc)"))};
    hd_explore_result r = explore(&program, &(hd_explore_options){.unroll = 1});
    ck_assert_uint_eq(r.ends[HD_EXPLORE_COMPLETE], 20);
    ck_assert_uint_eq(hd_explore_executions(&r), 20);
    ck_assert(!r.unrolled);
}
END_TEST

TCase *explore_bounds_case(void) {
    TCase *c = tcase_create("bounds");
    tcase_set_timeout(c, 240);
    tcase_add_test(c, preemptions);
    tcase_add_test(c, endless_loops);
    tcase_add_test(c, unrolled_by_hand);
    tcase_add_test(c, places_apart);
    return c;
}
