/* test_sched_shrink.c: tests of shrinking. */
#include <string.h>

#include "base/alloc.h"
#include "sched/shrink.h"
#include "test_sched.h"

/* A program, and how it fails. */
typedef struct failure {
    const program *program;
    hd_outcome outcome;
    unsigned address; /* of a sum that is below `right` */
    uint32_t right;
    uint64_t executions;
} failure;

static bool is_failure(const failure *f, const execution *e) {
    return e->outcome == f->outcome && memory_u32(e, f->address) < f->right;
}

static bool still_fails(void *context, const hd_trace *candidate, hd_trace *actual) {
    failure *f = context;
    hd_strategy *strategy = hd_strategy_guided(candidate, actual);
    execution e = execute(f->program, strategy, actual, &(run_options){.step_limit = 100000});
    hd_strategy_free(strategy);
    f->executions++;
    return is_failure(f, &e);
}

static void on_progress(void *context, uint64_t executions, const hd_shrink_size *size) {
    (void)size;
    ck_assert_uint_eq(executions, ((failure *)context)->executions);
}

/* Shrinks the failures of many seeds: each result fails when it is replayed exactly, and has no
 * more preemptions than `most`. */
static void check_shrinking(failure *f, uint64_t most_preemptions, uint64_t most_switches) {
    unsigned failures = 0;
    for (uint64_t seed = 0; seed < 100 && failures < 6; seed++) {
        hd_diag diag = HD_DIAG_INIT;
        hd_trace *trace = hd_trace_new(), *shrunk, *again;
        hd_shrink_summary summary;
        hd_shrink_options options = {
            .test = still_fails, .progress = on_progress, .context = f, .most_executions = 2000};
        execution e = record(f->program, "random", seed, trace);
        if (is_failure(f, &e)) {
            failures++;
            f->executions = 0;
            hd_shrink(trace, &options, &shrunk, &summary, &diag);
            ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
            ck_assert(!summary.bounded);
            ck_assert_uint_eq(summary.executions, f->executions);
            ck_assert_uint_le(summary.after.preemptions, summary.before.preemptions);
            ck_assert_msg(summary.after.preemptions <= most_preemptions &&
                              summary.after.switches <= most_switches,
                          "%s", schedule_of(shrunk));
            e = replay(f->program, shrunk, NULL);
            ck_assert_msg(e.check == HD_OK, "%s", e.difference);
            ck_assert(is_failure(f, &e));
            /* The same search finds the same. */
            f->executions = 0;
            hd_shrink(trace, &options, &again, &summary, &diag);
            char text[512];
            strncpy(text, schedule_of(shrunk), sizeof text - 1);
            ck_assert_str_eq(text, schedule_of(again));
            hd_trace_free(shrunk);
            hd_trace_free(again);
        }
        hd_trace_free(trace);
    }
    ck_assert_uint_ge(failures, 5);
}

/* One agent is preempted between a load and its store: three segments. */
START_TEST(a_lost_update_takes_one_preemption) {
    failure f = {&racy_counter, HD_OUTCOME_COMPLETED, 0, 8, 0};
    check_shrinking(&f, 1, 3);
}
END_TEST

/* One agent is preempted between its locks; then each waits: three segments. */
START_TEST(a_deadlock_takes_one_preemption) {
    failure f = {&lock_order, HD_OUTCOME_DEADLOCK, 8, 1, 0};
    check_shrinking(&f, 1, 3);
}
END_TEST

/* Longer: 40 increments lost down to at most 2 take two preemptions. */
START_TEST(two_preemptions_are_found_where_two_are_needed) {
    program p = racy_counter;
    p.calls[0].argument = p.calls[1].argument = 20;
    failure f = {&p, HD_OUTCOME_COMPLETED, 0, 21, 0};
    hd_diag diag = HD_DIAG_INIT;
    hd_trace *shrunk, *trace = trace_of("0,1,0*3,1*8,0*4,1*4,0*2,1*27,0*31,1*3,0*2");
    hd_shrink_summary summary;
    hd_shrink_options options = {.test = still_fails, .context = &f};
    execution e = replay(&p, trace, NULL);
    ck_assert_msg(is_failure(&f, &e), "%u", memory_u32(&e, 0));
    hd_shrink(trace, &options, &shrunk, &summary, &diag);
    ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
    ck_assert_uint_le(summary.after.preemptions, 2);
    hd_trace_free(shrunk);
    hd_trace_free(trace);
}
END_TEST

START_TEST(the_search_is_bounded) {
    failure f = {&racy_counter, HD_OUTCOME_COMPLETED, 0, 8, 0};
    hd_diag diag = HD_DIAG_INIT;
    hd_trace *shrunk, *trace = trace_of("0,1,0,1,0,1,0,1,0,1,0,1,0,1,0,1,0,1,0,1");
    hd_shrink_summary summary;
    hd_shrink_options options = {.test = still_fails, .context = &f, .most_executions = 2};
    ck_assert_int_eq(hd_shrink(trace, &options, &shrunk, &summary, &diag), HD_OK);
    ck_assert(summary.bounded);
    ck_assert_uint_eq(summary.executions, 2);
    hd_trace_free(shrunk);
    options = (hd_shrink_options){.test = still_fails, .context = &f, .most_time = 1};
    ck_assert_int_eq(hd_shrink(trace, &options, &shrunk, &summary, &diag), HD_OK);
    ck_assert(summary.bounded);
    ck_assert_uint_eq(summary.executions, 1);
    hd_trace_free(shrunk);
    hd_trace_free(trace);
}
END_TEST

START_TEST(a_trace_that_does_not_fail_is_refused) {
    failure f = {&racy_counter, HD_OUTCOME_COMPLETED, 0, 8, 0};
    hd_diag diag = HD_DIAG_INIT;
    hd_trace *shrunk, *trace = trace_of("0*11,1*11");
    hd_shrink_summary summary;
    hd_shrink_options options = {.test = still_fails, .context = &f};
    ck_assert_int_eq(hd_shrink(trace, &options, &shrunk, &summary, &diag), HD_FAILED);
    ck_assert_str_eq(diag.message, "the failure does not repeat itself");
    hd_trace_free(trace);
}
END_TEST

TCase *sched_shrink_case(void) {
    TCase *shrinking = tcase_create("shrink");
    tcase_set_timeout(shrinking, 300);
    tcase_add_test(shrinking, a_lost_update_takes_one_preemption);
    tcase_add_test(shrinking, a_deadlock_takes_one_preemption);
    tcase_add_test(shrinking, two_preemptions_are_found_where_two_are_needed);
    tcase_add_test(shrinking, the_search_is_bounded);
    tcase_add_test(shrinking, a_trace_that_does_not_fail_is_refused);
    return shrinking;
}
