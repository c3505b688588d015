/* test_sched_profile.c: tests of what is learnt from executions, and of strategies that go by it.
 */
#include <stdlib.h>
#include <string.h>

#include "sched/functions.h"
#include "test_sched.h"

/* One writes at once; the other one makes a hundred events that nobody cares about, and reads. */
static const program late_reader = {
    "(module (memory (import \"\" \"\") 1 1 shared)\n"
    "  (func (export \"write\") (param i32) (result i32)\n"
    "    (i32.atomic.rmw.xchg (i32.const 0) (i32.const 1)))\n"
    "  (func (export \"read\") (param $n i32) (result i32)\n"
    "    (loop (drop (i32.atomic.rmw.add (i32.const 64) (i32.const 1)))\n"
    "      (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))\n"
    "    (i32.atomic.load (i32.const 0))))\n",
    2,
    {{"write", 0}, {"read", 100}},
};

/* Two agents do the same: each touches bytes of its own, bytes as an allocator would, and such as
 * a lock and a copy for the caller would, and as printf would in a copy for itself. */
static const program library = {
    "(module (memory (import \"\" \"\") 1 1 shared)\n"
    "  (func $malloc (drop (i32.atomic.rmw.add (i32.const 16) (i32.const 1))))\n"
    "  (func $pthread_mutex_lock (drop (i32.atomic.rmw.add (i32.const 32) (i32.const 1))))\n"
    "  (func $memcpy (param i32)\n"
    "    (memory.fill (local.get 0) (i32.const 1) (i32.const 8)))\n"
    "  (func $printf (call $memcpy (i32.const 80)))\n"
    "  (func $work (export \"work\") (param i32) (result i32)\n"
    "    (i32.store (i32.mul (local.get 0) (i32.const 128)) (i32.const 1))\n"
    "    (call $malloc) (call $pthread_mutex_lock) (call $memcpy (i32.const 48)) (call $printf)\n"
    "    (i32.const 0)))\n",
    2,
    {{"work", 1}, {"work", 2}},
};

static hd_strategy *make(const char *text, const hd_strategy_options *options) {
    hd_diag diag = HD_DIAG_INIT;
    hd_strategy *strategy = hd_strategy_make(text, options, &diag);
    ck_assert_msg(strategy != NULL, "%s", diag.message);
    return strategy;
}

/* Learns from an execution; counts the steps of the strategy. */
static void learn_from(hd_profile *profile, const program *p, const char *name, bool places) {
    hd_meter meter = {0};
    hd_strategy *strategy =
        make(name, &(hd_strategy_options){.seed = 1, .profile = profile, .meter = &meter});
    run_options options = {.profile = places ? profile : NULL, .step_limit = STEP_LIMIT};
    ck_assert_int_eq(execute(p, strategy, NULL, &options).outcome, HD_OUTCOME_COMPLETED);
    hd_strategy_free(strategy);
    hd_profile_add_steps(profile, places ? HD_MEASURE_EVENTS : HD_MEASURE_POINTS, &meter);
    if (places) hd_profile_add_run(profile);
}

static hd_profile *learn(const program *p) {
    hd_profile *profile = hd_profile_new();
    ck_assert_ptr_nonnull(profile);
    learn_from(profile, p, "rr", true);
    learn_from(profile, p, "random", true);
    hd_profile_finish(profile);
    learn_from(profile, p, "random+points", false);
    return profile;
}

START_TEST(places_of_conflicts_are_learnt) {
    hd_profile *profile = learn(&late_reader);
    ck_assert_uint_eq(hd_profile_agents(profile), 2);
    ck_assert_uint_eq(hd_profile_places(profile), 1);
    ck_assert_uint_eq(hd_profile_place(profile, 0), 0);
    ck_assert_uint_eq(hd_profile_place_events(profile, 0, 0), 1);
    ck_assert_uint_eq(hd_profile_place_events(profile, 0, 1), 1);
    /* Each instantiates, and ends. */
    ck_assert_uint_eq(hd_profile_length(profile, HD_MEASURE_EVENTS), 3 + 103);
    ck_assert_uint_eq(hd_profile_steps_of(profile, HD_MEASURE_EVENTS, 1), 103);
    /* The access and the end, until only one is left; never a hundred. */
    ck_assert_uint_ge(hd_profile_length(profile, HD_MEASURE_POINTS), 1);
    ck_assert_uint_le(hd_profile_length(profile, HD_MEASURE_POINTS), 4);
    hd_profile_free(profile);
}
END_TEST

START_TEST(what_a_library_does_for_itself_is_no_place) {
    hd_profile *profile = learn(&library);
    static const uint64_t places[] = {32, 48, 52};
    ck_assert_uint_eq(hd_profile_places(profile), 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(hd_profile_place(profile, i), places[i]);
    hd_profile_free(profile);
}
END_TEST

/* Which events are points is learnt; also what an agent has never touched, atomically or where
 * another one did. */
START_TEST(points_are_where_it_matters) {
    hd_memory memory;
    hd_profile *profile = learn(&late_reader);
    hd_event e = {.kind = HD_EVENT_RMW, .memory = &memory, .address = 0, .length = 4};
    ck_assert(hd_profile_is_point(profile, &e, 0, NULL));
    ck_assert(hd_profile_is_point(profile, &e, 1, NULL));
    e.address = 64;
    ck_assert(hd_profile_is_point(profile, &e, 0, NULL));
    ck_assert(!hd_profile_is_point(profile, &e, 1, NULL));
    e.address = 1000;
    ck_assert(hd_profile_is_point(profile, &e, 1, NULL));
    e.kind = HD_EVENT_STORE;
    ck_assert(!hd_profile_is_point(profile, &e, 1, NULL));
    e.kind = HD_EVENT_END;
    ck_assert(hd_profile_is_point(profile, &e, 1, NULL));
    e.kind = HD_EVENT_FENCE;
    ck_assert(!hd_profile_is_point(profile, &e, 1, NULL));
    hd_profile_free(profile);
}
END_TEST

/* Of so many executions, those where the read comes first, although a hundred events are before
 * it. */
static int reads_first(const char *name, const hd_profile *profile, uint64_t seeds) {
    int found = 0;
    for (uint64_t seed = 0; seed < seeds; seed++) {
        hd_strategy *strategy =
            make(name, &(hd_strategy_options){.seed = seed, .profile = profile});
        execution e = execute(&late_reader, strategy, NULL, &(run_options){.step_limit = 10000});
        hd_strategy_free(strategy);
        ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
        found += e.results[1] == 0;
    }
    return found;
}

START_TEST(a_profile_makes_rare_orders_common) {
    enum { SEEDS = 100 };
    hd_profile *profile = learn(&late_reader);
    ck_assert_int_eq(reads_first("random", profile, SEEDS), 0);
    ck_assert_int_le(abs(reads_first("random+points", profile, SEEDS) - SEEDS / 2), 5 * 5);
    ck_assert_int_le(abs(reads_first("surw", profile, SEEDS) - SEEDS / 2), 5 * 5);
    ck_assert_int_le(abs(reads_first("pct:1+points", profile, SEEDS) - SEEDS / 2), 5 * 5);
    ck_assert_int_gt(reads_first("pos+points", profile, SEEDS), SEEDS / 5);
    ck_assert_int_gt(reads_first("portfolio", profile, SEEDS), SEEDS / 5);
    hd_profile_free(profile);
}
END_TEST

/* The changes of pct lie among as many events as were measured, unless it is told how many. */
START_TEST(pct_takes_the_length_measured) {
    static const uint32_t both[] = {0, 1};
    hd_profile *profile = hd_profile_new();
    hd_meter meter = {.steps = {30, 20}};
    uint64_t most = 0, most_told = 0;
    hd_profile_add_steps(profile, HD_MEASURE_EVENTS, &meter);
    hd_profile_finish(profile);
    for (uint64_t seed = 0; seed < 1000; seed++)
        for (unsigned told = 0; told < 2; told++) {
            hd_choice choice = {.enabled = both, .count = 2, .last = HD_NO_AGENT};
            hd_pick pick;
            hd_strategy *strategy = make(
                "pct:2",
                &(hd_strategy_options){.seed = seed, .length = told ? 7 : 0, .profile = profile});
            ck_assert(strategy->pick(strategy, &choice, &pick));
            hd_strategy_free(strategy);
            uint64_t *greatest = told ? &most_told : &most;
            if (pick.events > *greatest) *greatest = pick.events;
        }
    ck_assert_uint_eq(most, 50);
    ck_assert_uint_eq(most_told, 7);
    hd_profile_free(profile);
}
END_TEST

/* Two threads that wait for each other's flags by spinning on them: points let them. */
START_TEST(spinning_on_a_point_ends) {
    static const program p = {
        "(module (memory (import \"\" \"\") 1 1 shared)\n"
        "  (func (export \"meet\") (param $own i32) (result i32)\n"
        "    (i32.atomic.store (local.get $own) (i32.const 1))\n"
        "    (loop (br_if 0 (i32.eqz (i32.atomic.load (i32.sub (i32.const 8)\n"
        "      (local.get $own))))))\n"
        "    (i32.const 1)))\n",
        2,
        {{"meet", 0}, {"meet", 8}},
    };
    static const char *const names[] = {"random+points", "pct:3+points",    "pos+points",
                                        "urw+points",    "surw+lag+points", "sticky+points"};
    hd_profile *profile = learn(&p);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (uint64_t seed = 0; seed < 50; seed++) {
            hd_strategy *strategy =
                make(names[i], &(hd_strategy_options){.seed = seed, .profile = profile});
            execution e = execute(&p, strategy, NULL, &(run_options){.step_limit = 1000});
            hd_strategy_free(strategy);
            ck_assert_msg(e.outcome == HD_OUTCOME_COMPLETED, "%s, seed %d", names[i], (int)seed);
        }
    hd_profile_free(profile);
}
END_TEST

TCase *sched_profile_case(void) {
    TCase *profiles = tcase_create("profiles");
    tcase_set_timeout(profiles, 60);
    tcase_add_test(profiles, places_of_conflicts_are_learnt);
    tcase_add_test(profiles, what_a_library_does_for_itself_is_no_place);
    tcase_add_test(profiles, points_are_where_it_matters);
    tcase_add_test(profiles, a_profile_makes_rare_orders_common);
    tcase_add_test(profiles, pct_takes_the_length_measured);
    tcase_add_test(profiles, spinning_on_a_point_ends);
    return profiles;
}
