/* test_weak.c: single candidate executions: whether the relaxed memory model allows them, and
 * whether some order explains them. What whole programs may do is for test/oracle/compare-weak. */
#include <string.h>

#include <check.h>

#include "suites.h"
#include "weak/weak.h"

enum { STEPS = 100000 };

/* Adds an access of the low byte of four, behind what its agent did before. */
static size_t add(hd_weak_execution *e, uint32_t agent, char what, bool atomic, uint64_t address,
                  uint8_t value) {
    size_t n = e->count++;
    hd_weak_event *x = &e->events[n];
    *x = (hd_weak_event){.agent = agent,
                         .kind = what == 'R' ? HD_EVENT_LOAD : HD_EVENT_STORE,
                         .reads = what == 'R',
                         .writes = what == 'W',
                         .atomic = atomic,
                         .tear_free = true,
                         .length = 4,
                         .address = address};
    (what == 'R' ? x->read : x->written)[0] = value;
    e->before[n] = 0;
    for (size_t i = 0; i < n; i++)
        if (e->events[i].agent == agent) e->before[n] |= (hd_weak_set)1 << i;
    return n;
}

static bool allowed(const hd_weak_execution *e, hd_weak_witness *witness) {
    uint64_t steps = STEPS;
    bool consistent = hd_weak_consistent(e, witness, &steps);
    ck_assert_uint_gt(steps, 0);
    return consistent;
}

static bool sequential(const hd_weak_execution *e) {
    uint64_t steps = STEPS;
    bool found = hd_weak_sequential(e, &steps);
    ck_assert_uint_gt(steps, 0);
    return found;
}

/* Each agent writes one place and reads the other: 0 in both. */
static hd_weak_execution store_buffer(bool first, bool second) {
    hd_weak_execution e = {.count = 0};
    add(&e, 0, 'W', first, 0, 1);
    add(&e, 0, 'R', first, 4, 0);
    add(&e, 1, 'W', second, 4, 1);
    add(&e, 1, 'R', second, 0, 0);
    return e;
}

START_TEST(store_buffering_needs_a_plain_access) {
    hd_weak_witness w;
    hd_weak_execution plain = store_buffer(false, false), mixed = store_buffer(true, false),
                      atomic = store_buffer(true, true);
    ck_assert(allowed(&plain, &w));
    ck_assert(allowed(&mixed, &w));
    ck_assert(!allowed(&atomic, &w));
    ck_assert(!sequential(&plain));
    ck_assert(!sequential(&atomic));
}
END_TEST

START_TEST(a_witness_says_from_whom_and_in_which_order) {
    hd_weak_execution e = {.count = 0};
    hd_weak_witness w;
    size_t read = add(&e, 0, 'R', true, 0, 1), data = add(&e, 0, 'R', false, 4, 7);
    size_t wrote = add(&e, 1, 'W', false, 4, 7), flag = add(&e, 1, 'W', true, 0, 1);
    ck_assert(allowed(&e, &w));
    ck_assert(sequential(&e));
    ck_assert_int_eq(w.from[read][0], (int)flag);
    ck_assert_int_eq(w.from[data][0], (int)wrote);
    ck_assert(w.before[data] >> wrote & 1); /* by the flag */
    size_t position[4];
    for (size_t i = 0; i < 4; i++)
        position[w.order[i]] = i;
    ck_assert_uint_lt(position[wrote], position[flag]);
    ck_assert_uint_lt(position[flag], position[read]);
    ck_assert_uint_lt(position[read], position[data]);
    /* So the data cannot be older. */
    e.events[data].read[0] = 0;
    ck_assert(!allowed(&e, &w));
    /* Unless the flag is of another size. */
    e.events[read].length = 2;
    ck_assert(allowed(&e, &w));
}
END_TEST

START_TEST(a_value_that_nobody_wrote_is_not_allowed) {
    hd_weak_execution e = {.count = 0};
    hd_weak_witness w;
    add(&e, 0, 'R', false, 0, 3);
    add(&e, 1, 'W', false, 0, 1);
    ck_assert(!allowed(&e, &w));
    ck_assert(!sequential(&e));
    e.events[0].initial[0] = e.events[1].initial[0] = 3;
    ck_assert(allowed(&e, &w));
    ck_assert(sequential(&e));
    ck_assert_int_eq(w.from[0][0], HD_WEAK_INIT);
}
END_TEST

START_TEST(steps_that_are_spent_are_no_answer) {
    hd_weak_execution e = store_buffer(false, false);
    hd_weak_witness w;
    uint64_t few = 2;
    ck_assert(!hd_weak_consistent(&e, &w, &few));
    ck_assert_uint_eq(few, 0);
    few = 1;
    ck_assert(!hd_weak_sequential(&e, &few));
    ck_assert_uint_eq(few, 0);
}
END_TEST

Suite *weak_suite(void) {
    Suite *suite = suite_create("weak");
    TCase *tcase = tcase_create("candidates");
    tcase_add_test(tcase, store_buffering_needs_a_plain_access);
    tcase_add_test(tcase, a_witness_says_from_whom_and_in_which_order);
    tcase_add_test(tcase, a_value_that_nobody_wrote_is_not_allowed);
    tcase_add_test(tcase, steps_that_are_spent_are_no_answer);
    suite_add_tcase(suite, tcase);
    return suite;
}
