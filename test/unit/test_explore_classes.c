/* test_explore_classes.c: how many classes of executions known programs have. */
#include "test_explore.h"

/* The same with either kind of footprints, and nothing stuck. */
static void expect_all(const char *text, unsigned agents, uint64_t classes) {
    explored program = {.text = text, .agents = agents};
    expect_classes(&program, classes, 0, classes, 0);
}

START_TEST(litmus_tests) {
    expect_all(
        MODULE(AGENT("t0", "", W(0, C(1)) DROP(R(4))) AGENT("t1", "", W(4, C(1)) DROP(R(0)))), 2,
        3); /* SB */
    expect_all(
        MODULE(AGENT("t0", "", DROP(R(0)) W(4, C(1))) AGENT("t1", "", DROP(R(4)) W(0, C(1)))), 2,
        3); /* LB */
    expect_all(
        MODULE(AGENT("t0", "", W(0, C(1)) W(4, C(1))) AGENT("t1", "", DROP(R(4)) DROP(R(0)))), 2,
        3); /* MP */
    expect_all(MODULE(AGENT("t0", "", W(0, C(1)) W(4, C(1)))
                          AGENT("t1", "", "(if " R(4) " (then " DROP(R(0)) "))")),
               2, 2); /* MP, guarded */
    expect_all(
        MODULE(AGENT("t0", "", W(0, C(1)) W(4, C(2))) AGENT("t1", "", W(4, C(1)) W(0, C(2)))), 2,
        3); /* 2+2W */
    expect_all(MODULE(AGENT("t0", "", W(0, C(1))) AGENT("t1", "", DROP(R(0)) W(4, C(1)))
                          AGENT("t2", "", DROP(R(4)) DROP(R(0)))),
               3, 7); /* WRC */
    expect_all(MODULE(AGENT("t0", "", W(0, C(1))) AGENT("t1", "", DROP(R(0)) DROP(R(4)))
                          AGENT("t2", "", DROP(R(4)) DROP(R(0))) AGENT("t3", "", W(4, C(1)))),
               4, 15); /* IRIW */
    expect_all(MODULE(AGENT("t0", "", W(0, C(1))) AGENT("t1", "", W(0, C(2)))
                          AGENT("t2", "", DROP(R(0)) DROP(R(0))) AGENT("t3", "", DROP(R(0)))),
               4, 36); /* CoRR1 */
    expect_all(MODULE(AGENT("t0", "", W(0, C(1)) DROP(R(4)) DROP(R(0)))
                          AGENT("t1", "", W(0, C(2)) DROP(R(0))) AGENT("t2", "", W(4, C(3)))),
               3, 8); /* JLT */
}
END_TEST

static const char counter[] = MODULE(AGENT("t", "", DROP(INC(0))));
static const char counters[] = MODULE(AGENT("t", "", DROP(INC(0)) DROP(INC(4))));
static const char increments[] = MODULE(
    AGENT("t", "(local $r i32)",
          "(local.set $r " R(0) ")" W(0, ADD("(local.get $r)", "(i32.shl (i32.const 1) " I ")"))));
static const char readers[] = MODULE(AGENT("t0", "", W(0, C(1))) AGENT("t", "", DROP(R(0))));
static const char store_buffers[] = MODULE(
    AGENT("t", "",
          "(i32.atomic.store (i32.shl " I " (i32.const 2)) (i32.const 1))"
          "(drop (i32.atomic.load (i32.shl (i32.rem_u " ADD(I, C(1)) " " N ") (i32.const 2))))"));
static const char last_zero[] =
    MODULE(AGENT("t0", "",
                 "(local.set $i (i32.sub " N " (i32.const 1)))"
                 "(block (loop (br_if 1 (i32.eqz (i32.atomic.load (i32.shl " I " (i32.const 2)))))"
                 "(local.set $i (i32.sub " I " (i32.const 1))) (br 0)))")
               AGENT("t", "",
                     "(i32.atomic.store (i32.shl " I " (i32.const 2)) (i32.add (i32.const 1)"
                     "(i32.atomic.load (i32.sub (i32.shl " I " (i32.const 2)) (i32.const 4)))))"));
static const char fibonacci[] = MODULE(
    "(func $f (param $a i32) (local $k i32) (local $p i32)"
    "(local.set $k " R(
        8) ")"
           "(loop (local.set $p " R(
               0) ")"
                  "(i32.atomic.store (local.get $a) " ADD(
                      "(local.get $p)",
                      R(4)) ")"
                            "(br_if 0 (local.tee $k (i32.sub (local.get $k) (i32.const "
                            "1))))))" AGENT("t0", "", "(call $f (i32.const 0))")
                                AGENT("t1", "", "(call $f (i32.const 4))")
                                    AGENT("t2", "",
                                          "(if (i32.le_s " R(0) " (i32.const 144)) (then " DROP(
                                              R(4)) "))"));

START_TEST(families) {
    static const uint64_t factorial[] = {1, 1, 2, 6, 24, 120};
    for (unsigned n = 2; n <= 4; n++) {
        uint64_t f = factorial[n];
        expect_all(counter, n, f);
        expect_all(counters, n, f * f);
        expect_all(increments, n, f * f);
        expect_all(store_buffers, n, (1u << n) - 1);
        expect_all(readers, n + 1, 1u << n);
    }
    static const uint64_t zeros[] = {[2] = 5, [3] = 12, [4] = 28, [5] = 64};
    for (unsigned n = 2; n <= 5; n++)
        expect_all(last_zero, n + 1, zeros[n]);
    for (uint32_t n = 1; n <= 2; n++) {
        explored program = {fibonacci, 3, {1, 1, n}};
        expect_classes(&program, n == 1 ? 11 : 140, 0, n == 1 ? 11 : 140, 0);
    }
}
END_TEST

static const char cas[] = MODULE(AGENT("t", "", DROP(CAS(0, C(0), ADD(I, C(1))))));
static const char cas_write[] = MODULE(AGENT("t", "", DROP(CAS(0, C(0), C(1))) W(0, ADD(I, C(3)))));

START_TEST(failed_exchanges_only_read) {
    static const uint64_t factorial[] = {1, 1, 2, 6, 24, 120};
    for (unsigned n = 2; n <= 4; n++)
        expect_classes(&(explored){cas, n, {0}}, factorial[n], 0, n, 0);
    expect_classes(&(explored){cas_write, 2, {0}}, 6, 0, 6, 0);
    expect_classes(&(explored){cas_write, 3, {0}}, 90, 0, 66, 0);
}
END_TEST

TCase *explore_classes_case(void) {
    TCase *c = tcase_create("classes");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, litmus_tests);
    tcase_add_test(c, families);
    tcase_add_test(c, failed_exchanges_only_read);
    return c;
}
