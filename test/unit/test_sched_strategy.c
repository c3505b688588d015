/* test_sched_strategy.c: tests of strategies by themselves, asked by hand. */
#include <stdlib.h>
#include <string.h>

#include "test_sched.h"

/* A question without timed agents. */
static hd_choice choice_of(uint64_t step, const uint32_t *enabled, size_t count, uint32_t last,
                           bool last_enabled) {
    return (hd_choice){.step = step,
                       .enabled = enabled,
                       .count = count,
                       .last = last,
                       .last_enabled = last_enabled};
}

/* Asks a strategy as a driver of `agents` agents that never block would, up to `events` events, and
 * writes which agent each event was of. */
static void ask(hd_strategy *strategy, uint32_t agents, uint8_t *order, uint64_t events) {
    uint32_t enabled[8], last = HD_NO_AGENT;
    for (uint32_t i = 0; i < agents; i++)
        enabled[i] = i;
    for (uint64_t step = 0; step < events;) {
        hd_choice choice = choice_of(step, enabled, agents, last, step > 0);
        hd_pick pick;
        ck_assert(strategy->pick(strategy, &choice, &pick));
        ck_assert_uint_lt(pick.agent, agents);
        ck_assert_uint_ge(pick.events, 1);
        uint64_t used = pick.events < events - step ? pick.events : events - step;
        memset(order + step, (int)pick.agent, used);
        step += used;
        last = pick.agent;
        if (strategy->moved) strategy->moved(strategy, &pick, used);
    }
}

static hd_strategy *parse(const char *text, uint64_t seed, uint64_t length) {
    hd_diag diag = HD_DIAG_INIT;
    hd_strategy *strategy = hd_strategy_parse(text, seed, length, &diag);
    ck_assert_msg(strategy != NULL, "%s", diag.message);
    return strategy;
}

START_TEST(round_robin_gives_each_its_quantum) {
    uint8_t order[60];
    hd_strategy *strategy = parse("rr:5", 0, 0);
    ask(strategy, 3, order, sizeof order);
    for (unsigned i = 0; i < sizeof order; i++)
        ck_assert_uint_eq(order[i], i / 5 % 3);
    hd_strategy_free(strategy);
}
END_TEST

/* A move that was cut short goes on; one that ended early ends the quantum. */
START_TEST(round_robin_counts_what_happened) {
    hd_strategy *strategy = parse("rr:5", 0, 0);
    uint32_t both[] = {1, 4};
    hd_choice choice = choice_of(0, both, 2, HD_NO_AGENT, false);
    hd_pick pick;
    strategy->pick(strategy, &choice, &pick);
    ck_assert_uint_eq(pick.agent, 1);
    strategy->moved(strategy, &pick, 3);
    choice = choice_of(3, both, 2, 1, true);
    strategy->pick(strategy, &choice, &pick);
    ck_assert_uint_eq(pick.agent, 1);
    ck_assert_uint_eq(pick.events, 2);
    strategy->moved(strategy, &pick, 1);
    uint32_t four[] = {4};
    choice = choice_of(4, four, 1, 1, false);
    strategy->pick(strategy, &choice, &pick);
    ck_assert_uint_eq(pick.agent, 4);
    ck_assert_uint_eq(pick.events, 5);
    strategy->moved(strategy, &pick, 5);
    uint32_t two[] = {1, 4};
    choice = choice_of(9, two, 2, 4, true);
    strategy->pick(strategy, &choice, &pick);
    ck_assert_uint_eq(pick.agent, 1); /* round again */
    hd_strategy_free(strategy);
}
END_TEST

enum { DRAWS = 90000 };

/* Each event is of each agent with equal chance, whatever came before: within five standard
 * deviations. */
START_TEST(random_is_fair_at_each_event) {
    static uint8_t order[DRAWS];
    for (uint64_t seed = 0; seed < 10; seed++) {
        unsigned single[3] = {0}, pair[3][3] = {{0}};
        hd_strategy *strategy = parse("random", seed, 0);
        ask(strategy, 3, order, DRAWS);
        hd_strategy_free(strategy);
        for (unsigned i = 0; i < DRAWS; i++)
            single[order[i]]++;
        for (unsigned i = 1; i < DRAWS; i++)
            pair[order[i - 1]][order[i]]++;
        for (unsigned i = 0; i < 3; i++) {
            ck_assert_int_le(abs((int)single[i] - DRAWS / 3), 5 * 142);
            for (unsigned j = 0; j < 3; j++)
                ck_assert_int_le(abs((int)pair[i][j] - DRAWS / 9), 5 * 95);
        }
    }
}
END_TEST

START_TEST(one_seed_gives_one_order) {
    static const char *const names[] = {"random", "pct", "pct:7", "rr:3",
                                        "sticky", "pos", "urw",   "random+lag"};
    uint8_t first[500], second[500];
    unsigned differ = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (uint64_t seed = 0; seed < 50; seed++) {
            for (unsigned round = 0; round < 3; round++) {
                hd_strategy *strategy = parse(names[i], seed + (round == 2), 500);
                ask(strategy, 4, round == 0 ? first : second, sizeof first);
                hd_strategy_free(strategy);
                if (round == 1) ck_assert_mem_eq(first, second, sizeof first);
            }
            differ += memcmp(first, second, sizeof first) != 0;
        }
    ck_assert_uint_gt(differ, 320); /* of 350 with a seed */
}
END_TEST

/* With depth d there are at most d - 1 switches while all agents can move; the first agent, and the
 * places, are drawn evenly. */
START_TEST(pct_changes_at_few_places) {
    enum { SEEDS = 4000, LENGTH = 100, DEPTH = 3 };
    unsigned firsts[4] = {0}, early = 0, places = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        uint8_t order[2 * LENGTH];
        unsigned switches = 0;
        hd_strategy *strategy = parse("pct:3", seed, LENGTH);
        ask(strategy, 4, order, sizeof order);
        hd_strategy_free(strategy);
        firsts[order[0]]++;
        for (unsigned i = 1; i < sizeof order; i++)
            if (order[i] != order[i - 1]) {
                switches++;
                ck_assert_uint_le(i, LENGTH);
                places++;
                early += i <= LENGTH / 2;
            }
        ck_assert_uint_le(switches, DEPTH - 1);
        ck_assert_uint_ge(switches, 1);
    }
    for (unsigned i = 0; i < 4; i++)
        ck_assert_int_le(abs((int)firsts[i] - SEEDS / 4), 5 * 28);
    ck_assert_int_le(abs((int)(2 * early) - (int)places), 5 * 90);
}
END_TEST

/* Who has fallen behind moves only when the others cannot. */
START_TEST(pct_keeps_priorities) {
    for (uint64_t seed = 0; seed < 200; seed++) {
        hd_strategy *strategy = parse("pct:2", seed, 10);
        uint32_t both[] = {0, 1}, second[1];
        hd_choice choice = choice_of(0, both, 2, HD_NO_AGENT, false);
        hd_pick pick;
        strategy->pick(strategy, &choice, &pick);
        uint32_t first = pick.agent;
        uint64_t change = pick.events;
        ck_assert_uint_le(change, 10);
        /* It blocks before the change point; the other one goes there, and falls behind. */
        second[0] = 1 - first;
        choice = choice_of(0, second, 1, first, false);
        strategy->pick(strategy, &choice, &pick);
        ck_assert_uint_eq(pick.agent, 1 - first);
        ck_assert_uint_eq(pick.events, change);
        choice = choice_of(change, both, 2, 1 - first, true);
        strategy->pick(strategy, &choice, &pick);
        ck_assert_uint_eq(pick.agent, first);
        choice = choice_of(change + 1, second, 1, first, false);
        strategy->pick(strategy, &choice, &pick);
        ck_assert_uint_eq(pick.agent, 1 - first);
        hd_strategy_free(strategy);
    }
}
END_TEST

START_TEST(names_are_checked) {
    static const char *const wrong[] = {
        "",
        "r",
        "rrr",
        "rr:",
        "rr:0",
        "rr:-1",
        "rr:1x",
        "rr: 1",
        "random:",
        "pct:0",
        "pct:1001",
        "random:1",
        "pct:+3",
        "pct:3:4",
        "PCT",
        "replay",
        "rr:99999999999999999999",
        "sticky:0",
        "pos:1",
        "random+",
        "random+lags",
        "random+lag+lag",
        "random+points+lag+points",
        "portfolio+lag",
        "portfolio:2",
        "+lag",
        "pct:3+lag:2",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        hd_diag diag = HD_DIAG_INIT;
        ck_assert_msg(!hd_strategy_parse(wrong[i], 1, 100, &diag), "%s", wrong[i]);
        ck_assert_int_eq(diag.status, HD_FAILED);
        ck_assert_ptr_nonnull(strstr(diag.message, wrong[i]));
    }
    hd_strategy_free(parse("rr", 0, 100));
    hd_strategy_free(parse("pct:1", 0, 100));
    hd_strategy_free(parse("pct:1000", 0, 100));
    hd_strategy_free(parse("sticky:4+lag", 0, 100));
    hd_strategy_free(parse("rr+points+lag", 0, 100));
    hd_strategy_free(NULL);
}
END_TEST

TCase *sched_strategy_case(void) {
    TCase *strategies = tcase_create("strategies");
    tcase_set_timeout(strategies, 60);
    tcase_add_test(strategies, round_robin_gives_each_its_quantum);
    tcase_add_test(strategies, round_robin_counts_what_happened);
    tcase_add_test(strategies, random_is_fair_at_each_event);
    tcase_add_test(strategies, one_seed_gives_one_order);
    tcase_add_test(strategies, pct_changes_at_few_places);
    tcase_add_test(strategies, pct_keeps_priorities);
    tcase_add_test(strategies, names_are_checked);
    return strategies;
}
