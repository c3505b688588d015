/* test_sched_search.c: tests of the strategies that look for rare orders, asked by hand. */
#include <stdlib.h>
#include <string.h>

#include "sched/early.h"
#include "test_sched.h"

enum { MOST = 4 };

/* Agents that make so many events each, without ever blocking. */
typedef struct agents {
    uint32_t count;
    uint64_t left[MOST];
    uint32_t born_by[MOST]; /* events of all after which it exists; 0: from the start */
    hd_event (*event)(uint32_t agent, uint64_t left);
    hd_event next[MOST]; /* while the strategy looks */
} agents;

static hd_next next_of(const void *context, uint32_t agent) {
    const agents *a = context;
    return (hd_next){.event = a->event ? &a->next[agent] : NULL};
}

/* How many events of an agent a move makes: it ends with a new agent, too. */
static uint64_t events_of(const agents *a, const hd_pick *pick, uint64_t steps) {
    uint64_t events = pick->events < a->left[pick->agent] ? pick->events : a->left[pick->agent];
    for (uint32_t i = 0; i < a->count; i++)
        if (a->born_by[i] > steps && a->born_by[i] < steps + events) events = a->born_by[i] - steps;
    return events;
}

/* Moves them to their ends and writes who made each event; returns how many. */
static size_t simulate(hd_strategy *strategy, agents a, uint8_t *order, size_t room) {
    uint32_t enabled[MOST], last = HD_NO_AGENT;
    for (size_t steps = 0;;) {
        hd_choice choice = {
            .step = steps, .enabled = enabled, .last = last, .outlook = {next_of, &a}};
        for (uint32_t i = 0; i < a.count; i++)
            if (a.left[i] > 0 && a.born_by[i] <= steps) enabled[choice.count++] = i;
        if (choice.count == 0) return steps;
        for (uint32_t i = 0; a.event && i < a.count; i++)
            a.next[i] = a.event(i, a.left[i]);
        choice.last_enabled = last != HD_NO_AGENT && a.left[last] > 0;
        hd_pick pick;
        ck_assert(strategy->pick(strategy, &choice, &pick));
        uint64_t events = events_of(&a, &pick, steps);
        ck_assert_uint_gt(events, 0);
        ck_assert_uint_le(steps + events, room);
        memset(order + steps, (int)pick.agent, events);
        steps += events;
        a.left[pick.agent] -= events;
        last = pick.agent;
        if (strategy->moved) strategy->moved(strategy, &pick, events);
    }
}

static hd_strategy *make(const char *text, uint64_t seed, const hd_profile *profile) {
    hd_diag diag = HD_DIAG_INIT;
    hd_strategy_options options = {.seed = seed, .profile = profile};
    hd_strategy *strategy = hd_strategy_make(text, &options, &diag);
    ck_assert_msg(strategy != NULL, "%s", diag.message);
    return strategy;
}

/* Asks with two agents that can move, the last one of which is agent 0. */
static hd_pick ask_of_two(hd_strategy *strategy, uint64_t step, bool yielded) {
    static const uint32_t both[] = {0, 1};
    hd_choice choice = {.step = step,
                        .enabled = both,
                        .count = 2,
                        .last = 0,
                        .last_enabled = true,
                        .yielded = yielded};
    hd_pick pick;
    ck_assert(strategy->pick(strategy, &choice, &pick));
    return pick;
}

/* Moves are 20 events long on average: within five standard deviations of them. */
START_TEST(a_sticky_walk_goes_on) {
    enum { EVENTS = 100000, MEAN = 20 };
    static uint8_t order[EVENTS];
    int switches = 0;
    hd_strategy *strategy = make("sticky:20", 1, NULL);
    agents a = {.count = 3, .left = {EVENTS / 3, EVENTS / 3, EVENTS / 3}};
    size_t steps = simulate(strategy, a, order, EVENTS), alone = steps;
    hd_strategy_free(strategy);
    while (alone > 1 && order[alone - 1] == order[alone - 2])
        alone--; /* the last agent has nobody beside it */
    for (size_t i = 1; i < alone; i++)
        switches += order[i] != order[i - 1];
    ck_assert_uint_gt(alone, EVENTS / 2);
    int expected = (int)alone / MEAN;
    ck_assert_int_le(abs(switches - expected), 5 * 69 + 2);
}
END_TEST

/* Whoever does nothing but let others move is not picked again at once. */
START_TEST(who_yields_comes_later) {
    static const char *const names[] = {"random", "sticky", "pct", "pos", "urw", "surw"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (uint64_t seed = 0; seed < 100; seed++) {
            hd_strategy *strategy = make(names[i], seed, NULL);
            hd_pick pick = ask_of_two(strategy, 0, false);
            if (strategy->moved) strategy->moved(strategy, &pick, 1);
            pick = ask_of_two(strategy, 1, true);
            ck_assert_msg(pick.agent == 1, "%s, seed %d", names[i], (int)seed);
            hd_strategy_free(strategy);
        }
}
END_TEST

/* Agent 0 makes twenty events that nobody else cares about, and then writes what the only event of
 * agent 1 reads. */
static hd_event write_at_last(uint32_t agent, uint64_t left) {
    static hd_memory memory;
    bool shared = agent == 1 || left == 1;
    return (hd_event){.kind = agent == 0 ? HD_EVENT_ATOMIC_STORE : HD_EVENT_ATOMIC_LOAD,
                      .memory = &memory,
                      .address = shared ? 0 : 8 * left,
                      .length = 4};
}

/* Agent 1 is last in one of 22 executions: its event keeps its priority; by a random walk it were
 * one in two millions. */
START_TEST(pos_keeps_priorities_of_events) {
    enum { SEEDS = 4400 };
    int last = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        uint8_t order[22];
        agents a = {.count = 2, .left = {21, 1}, .event = write_at_last};
        hd_strategy *strategy = make("pos", seed, NULL);
        ck_assert_uint_eq(simulate(strategy, a, order, sizeof order), 22);
        hd_strategy_free(strategy);
        last += order[21] == 1;
    }
    ck_assert_int_le(abs(last - SEEDS / 22), 5 * 14);
}
END_TEST

/* Counts how often each of the orders comes of two agents with two events each, behind `skip`
 * events. */
static void expect_evenly(const hd_profile *profile, agents a, size_t skip) {
    enum { SEEDS = 6000 };
    int counts[16] = {0}, orders = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        uint8_t order[8];
        hd_strategy *strategy = make("urw", seed, profile);
        ck_assert_uint_eq(simulate(strategy, a, order, sizeof order), skip + 4);
        hd_strategy_free(strategy);
        unsigned which = 0;
        for (size_t i = skip; i < skip + 4; i++)
            which = 2 * which + order[i];
        counts[which]++;
    }
    for (unsigned i = 0; i < 16; i++) {
        if (counts[i] == 0) continue;
        orders++;
        ck_assert_int_le(abs(counts[i] - SEEDS / 6), 5 * 29);
    }
    ck_assert_int_eq(orders, 6);
}

START_TEST(a_uniform_walk_is_uniform) {
    hd_profile *profile = hd_profile_new();
    hd_meter meter = {.steps = {2, 2}};
    hd_profile_add_steps(profile, HD_MEASURE_EVENTS, &meter);
    hd_profile_finish(profile);
    expect_evenly(profile, (agents){.count = 2, .left = {2, 2}}, 0);
    hd_profile_free(profile);
}
END_TEST

/* Agent 0 starts with a spawn of agent 1: it carries the weight of both until then. */
START_TEST(a_uniform_walk_knows_descendants) {
    hd_profile *profile = hd_profile_new();
    hd_meter meter = {.steps = {3, 2}};
    hd_observer observer = hd_profile_observer(profile);
    observer.spawned(observer.context, 0, 1);
    hd_profile_add_steps(profile, HD_MEASURE_EVENTS, &meter);
    hd_profile_finish(profile);
    ck_assert_uint_eq(hd_profile_parent_of(profile, 1), 0);
    expect_evenly(profile, (agents){.count = 2, .left = {3, 2}, .born_by = {0, 1}}, 1);
    hd_profile_free(profile);
}
END_TEST

/* In half of the executions; there, until the first agent has ended. */
START_TEST(those_spawned_lag) {
    enum { SEEDS = 1000 };
    unsigned all = 0, early = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        uint8_t order[120];
        agents a = {.count = 3, .left = {100, 10, 10}, .born_by = {0, 3, 6}};
        hd_strategy *strategy = make("random+lag", seed, NULL);
        simulate(strategy, a, order, sizeof order);
        hd_strategy_free(strategy);
        bool waits = true;
        for (unsigned i = 0; i < 100; i++)
            waits &= order[i] == 0;
        if (hd_strategy_lags_all(seed)) {
            ck_assert(waits);
            all++;
        } else {
            early += !waits;
        }
    }
    ck_assert_int_le(abs((int)all - SEEDS / 2), 5 * 16);
    ck_assert_uint_gt(early, SEEDS / 4);
}
END_TEST

/* Who yields so often waits for somebody that lags. */
START_TEST(a_lag_ends_for_who_yields) {
    uint64_t seed = 0;
    while (!hd_strategy_lags_all(seed))
        seed++;
    hd_strategy *strategy = make("random+lag", seed, NULL);
    static const uint32_t one[] = {0};
    hd_choice first = {.enabled = one, .count = 1, .last = HD_NO_AGENT};
    hd_pick pick;
    ck_assert(strategy->pick(strategy, &first, &pick));
    ck_assert_uint_eq(ask_of_two(strategy, 1, false).agent, 0);
    ck_assert_uint_eq(ask_of_two(strategy, 2, true).agent, 0);
    ck_assert_uint_eq(ask_of_two(strategy, 3, true).agent, 0);
    ck_assert_uint_eq(ask_of_two(strategy, 4, true).agent, 1);
    hd_strategy_free(strategy);
}
END_TEST

/* Time-outs before their time. */

static int64_t timeout_seen;

static hd_next timed_next(const void *context, uint32_t agent) {
    (void)context;
    return (hd_next){.timeout = agent == 1 ? timeout_seen : 0};
}

/* How often agent 1, which waits with a limit, times out among so many events of agent 0. */
static unsigned time_outs(const char *name, uint64_t seed, int64_t timeout) {
    enum { EVENTS = 2000 };
    static const uint32_t moving[] = {0}, timed[] = {1};
    unsigned found = 0;
    hd_strategy *strategy = make(name, seed, NULL);
    timeout_seen = timeout;
    for (uint64_t step = 0; step < EVENTS;) {
        hd_choice choice = {.step = step,
                            .enabled = moving,
                            .count = 1,
                            .timed = timed,
                            .timed_count = 1,
                            .last = step ? 0 : HD_NO_AGENT,
                            .last_enabled = step > 0,
                            .outlook = {timed_next, NULL}};
        hd_pick pick;
        ck_assert(strategy->pick(strategy, &choice, &pick));
        uint64_t events = pick.events < EVENTS - step ? pick.events : EVENTS - step;
        found += pick.agent == 1;
        if (pick.agent == 1) ck_assert_uint_eq(pick.events, 1);
        step += events;
        if (strategy->moved) strategy->moved(strategy, &pick, events);
    }
    hd_strategy_free(strategy);
    return found;
}

START_TEST(time_may_be_up_early) {
    static const char *const names[] = {"random", "sticky", "pct", "pos", "urw", "surw"};
    enum { SEEDS = 120 };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int never = 0, often = 0;
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            unsigned found = time_outs(names[i], seed, 1000000);
            never += found == 0;
            often += found >= 20;
            ck_assert_uint_eq(time_outs(names[i], seed, 60 * HD_SECOND), 0);
        }
        ck_assert_msg(abs(never - SEEDS / 2) <= 5 * 6, "%s: %d", names[i], never);
        ck_assert_msg(abs(often - SEEDS / 4) <= 5 * 5, "%s: %d", names[i], often);
    }
    ck_assert_uint_eq(time_outs("rr", 1, 1000000), 0);
}
END_TEST

/* Names. */

START_TEST(a_portfolio_has_members) {
    enum { MEMBERS = 16 };
    bool lag = false, points = false, plain = false;
    for (uint64_t seed = 0; seed < MEMBERS; seed++) {
        const char *name = hd_strategy_member("portfolio", seed);
        ck_assert_str_eq(name, hd_strategy_member("portfolio", seed + MEMBERS));
        ck_assert_str_ne(name, "portfolio");
        lag |= strstr(name, "+lag") != NULL;
        points |= strstr(name, "+points") != NULL;
        plain |= strchr(name, '+') == NULL;
        hd_strategy_free(make(name, seed, NULL));
        hd_strategy_free(make("portfolio", seed, NULL));
    }
    ck_assert(lag && points && plain);
    ck_assert_str_eq(hd_strategy_member("pct:7", 3), "pct:7");
}
END_TEST

START_TEST(strategies_say_what_they_want) {
    ck_assert_int_eq(hd_strategy_wants("rr:7", 0), HD_WANTS_NOTHING);
    ck_assert_int_eq(hd_strategy_wants("random+lag", 0), HD_WANTS_NOTHING);
    ck_assert_int_eq(hd_strategy_wants("pct", 0), HD_WANTS_LENGTH);
    ck_assert_int_eq(hd_strategy_wants("pct", 100), HD_WANTS_NOTHING);
    ck_assert_int_eq(hd_strategy_wants("pct:7+lag", 0), HD_WANTS_LENGTH);
    ck_assert_int_eq(hd_strategy_wants("random+points", 100), HD_WANTS_ALL);
    ck_assert_int_eq(hd_strategy_wants("urw", 100), HD_WANTS_LENGTH);
    ck_assert_int_eq(hd_strategy_wants("surw", 0), HD_WANTS_ALL);
    ck_assert_int_eq(hd_strategy_wants("portfolio", 0), HD_WANTS_ALL);
    hd_measure measure;
    ck_assert_uint_eq(hd_strategy_depth("pct:7+lag", &measure), 7);
    ck_assert_int_eq(measure, HD_MEASURE_EVENTS);
    ck_assert_uint_eq(hd_strategy_depth("pct+points", &measure), 3);
    ck_assert_int_eq(measure, HD_MEASURE_POINTS);
    ck_assert_uint_eq(hd_strategy_depth("pos", &measure), 0);
}
END_TEST

TCase *sched_search_case(void) {
    TCase *search = tcase_create("strategies that look for rare orders");
    tcase_set_timeout(search, 60);
    tcase_add_test(search, a_sticky_walk_goes_on);
    tcase_add_test(search, who_yields_comes_later);
    tcase_add_test(search, pos_keeps_priorities_of_events);
    tcase_add_test(search, a_uniform_walk_is_uniform);
    tcase_add_test(search, a_uniform_walk_knows_descendants);
    tcase_add_test(search, those_spawned_lag);
    tcase_add_test(search, a_lag_ends_for_who_yields);
    tcase_add_test(search, time_may_be_up_early);
    tcase_add_test(search, a_portfolio_has_members);
    tcase_add_test(search, strategies_say_what_they_want);
    return search;
}
