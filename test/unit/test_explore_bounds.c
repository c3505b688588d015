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

TCase *explore_bounds_case(void) {
    TCase *c = tcase_create("bounds");
    tcase_set_timeout(c, 240);
    tcase_add_test(c, preemptions);
    return c;
}
