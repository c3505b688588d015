/* test_race_program.c: the race detector on modules, under control. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "check/race_report.h"
#include "test_race.h"

/* Agents of one module over one shared memory. A first agent starts the others, and may join them.
 */
typedef struct program {
    const char *text;
    unsigned agents;
    struct {
        const char *function;
        uint32_t argument;
    } calls[RACE_AGENTS];
    const char *after; /* what the first agent calls after it has joined the others, or NULL */
} program;

/* How the growth of a memory lies to the first event of an agent. */
typedef struct growth_order {
    uint32_t agent;
    bool moved, grown;
    bool before; /* it grew before that agent was there */
} growth_order;

static void on_event(void *context, uint32_t agent, uint64_t step, const hd_event *event) {
    growth_order *o = context;
    (void)agent, (void)step;
    o->grown |= event->kind == HD_EVENT_GROW;
}

static void on_moved(void *context, uint32_t agent, uint64_t events, bool timeout) {
    growth_order *o = context;
    (void)events, (void)timeout;
    if (agent == o->agent && !o->moved) o->before = o->grown;
    o->moved |= agent == o->agent;
}

static hd_race_detector *detect_in_order(const program *p, const char *strategy_name, uint64_t seed,
                                         const hd_suppressions *suppressions, growth_order *order) {
    hd_diag diag = HD_DIAG_INIT;
    hd_strategy *strategy = hd_strategy_parse(strategy_name, seed, 60, &diag);
    ck_assert_msg(strategy != NULL, "%s", diag.message);
    hd_race_detector *d = hd_race_detector_new(&(hd_race_options){.suppressions = suppressions});
    test_body others[RACE_AGENTS] = {0};
    /* It calls what comes after only when all have ended. */
    char life[2 * RACE_AGENTS + 3] = "", names[RACE_AGENTS][2] = {0};
    test_body first = {.name = "first", .life = life, .text = p->text, .function = p->after};
    for (unsigned i = 0; i < p->agents; i++) {
        names[i][0] = (char)('A' + i);
        others[i] = (test_body){.name = names[i],
                                .life = "ic",
                                .text = p->text,
                                .function = p->calls[i].function,
                                .cells = {{.i64 = p->calls[i].argument}}};
        first.others[i] = &others[i];
        life[i] = 's';
        life[p->agents + i] = 'j';
    }
    if (p->after) strcat(life, "ic");
    controlled c;
    const hd_observer observers[] = {*hd_race_observer(d),
                                     {.context = order, .event = on_event, .moved = on_moved}};
    controlled_start(&c, &(hd_world_options){.observers = observers, .observer_count = 2}, 2);
    hd_race_attach(d, c.world);
    controlled_add(&c, &first);
    ck_assert_int_eq(controlled_run(&c, strategy, 0), HD_OUTCOME_COMPLETED);
    ck_assert_int_eq(hd_race_detector_status(d), HD_RACE_WATCHING);
    controlled_free(&c);
    hd_strategy_free(strategy);
    return d;
}

static hd_race_detector *detect(const program *p, const char *strategy_name, uint64_t seed,
                                const hd_suppressions *suppressions) {
    growth_order unused = {0};
    return detect_in_order(p, strategy_name, seed, suppressions, &unused);
}

/* Under each strategy and each of so many seeds, at least `least` and at most `most` reports. */
static void check_all(const program *p, unsigned seeds, size_t least, size_t most) {
    static const char *const strategies[] = {"rr", "rr:1", "rr:3", "random", "pct", "pct:5"};
    for (size_t i = 0; i < sizeof strategies / sizeof *strategies; i++)
        for (unsigned seed = 0; seed < (strategies[i][1] == 'r' ? 1 : seeds); seed++) {
            hd_race_detector *d = detect(p, strategies[i], seed, NULL);
            if (hd_race_count(d) < least || hd_race_count(d) > most) {
                for (size_t r = 0; r < hd_race_count(d); r++)
                    hd_race_print(stderr, hd_race_get(d, r));
                ck_abort_msg("%zu races, %s, seed %u", hd_race_count(d), strategies[i], seed);
            }
            hd_race_detector_free(d);
        }
}

#define MEMORY "(module (memory (import \"\" \"\") 1 2 shared)\n"
#define COUNT                                                                                      \
    "(func $add (i32.store (i32.const 4) (i32.add (i32.load (i32.const 4)) (i32.const 1))))\n"

static const program racy_counter = {
    MEMORY COUNT "(func $count (export \"count\") (param $n i32)\n"
                 "  (loop (call $add)\n"
                 "    (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))\n",
    2,
    {{"count", 3}, {"count", 3}},
    NULL,
};

/* Each agent has a module of its own: load and store, store and load, store and store. */
START_TEST(racy_counter_is_always_reported) {
    check_all(&racy_counter, 300, 3, 3);
}
END_TEST

START_TEST(report_names_what_the_user_knows) {
    hd_race_detector *d = detect(&racy_counter, "rr", 0, NULL);
    const hd_race_report *r = hd_race_get(d, 0);
    ck_assert_str_eq(r->earlier.agent_name, "A");
    ck_assert_str_eq(r->later.agent_name, "B");
    ck_assert_str_eq(r->earlier.label, "$add");
    ck_assert_int_eq(r->earlier.kind, HD_EVENT_STORE);
    ck_assert_uint_eq(r->earlier.value, 3);
    ck_assert_int_eq(r->later.kind, HD_EVENT_LOAD);
    ck_assert_uint_eq(r->later.value, 3);
    ck_assert_uint_eq(r->count, 3);
    ck_assert_uint_eq(r->earlier.stack.count, 2);
    ck_assert_str_eq(r->earlier.stack.frames[0].function, "$add");
    ck_assert_str_eq(r->earlier.stack.frames[1].function, "$count");
    ck_assert_uint_eq(r->later.stack.count, 2);
    ck_assert_uint_gt(r->earlier.offset, r->later.offset);
    ck_assert_uint_gt(r->later.offset, 0);
    ck_assert_uint_eq(r->later.stack.frames[1].offset, r->earlier.stack.frames[1].offset);
    ck_assert_uint_eq(r->earlier.function, 0);
    ck_assert_int_eq(r->sync.kind, HD_RACE_SYNC_NONE);
    hd_race_detector_free(d);
}
END_TEST

START_TEST(function_is_suppressed) {
    hd_suppressions s = {0};
    hd_diag diag = HD_DIAG_INIT;
    ck_assert_int_eq(hd_suppressions_add(&s, "fn:ad?", &diag), HD_OK);
    hd_race_detector *d = detect(&racy_counter, "random", 1, &s);
    ck_assert_uint_gt(hd_race_count(d), 0);
    ck_assert_uint_eq(hd_race_get_counts(d).graded[HD_RACE_SUPPRESSED], hd_race_count(d));
    ck_assert_uint_gt(hd_race_get(d, 0)->count, 1);
    hd_race_detector_free(d);
    hd_suppressions_free(&s);
}
END_TEST

/* The mutex of the threads proposal's overview. */
#define LOCKS                                                                                      \
    "(func $lock\n"                                                                                \
    "  (loop (if (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1)) (then\n"       \
    "    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const -1))) (br 1)))))\n"    \
    "(func $unlock\n"                                                                              \
    "  (i32.atomic.store (i32.const 0) (i32.const 0))\n"                                           \
    "  (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))\n"

static const program futex_mutex = {
    MEMORY LOCKS COUNT "(func (export \"work\") (param $n i32)\n"
                       "  (loop (call $lock) (call $add) (call $unlock)\n"
                       "    (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))\n"
                       "(func (export \"read\") (param $n i32) (drop (i32.load (i32.const 4)))))\n",
    3,
    {{"work", 3}, {"work", 3}, {"work", 2}},
    "read",
};

START_TEST(futex_mutex_never_races) {
    check_all(&futex_mutex, 1000, 0, 0);
}
END_TEST

/* The same, but one agent reads without the lock. */
static const program unlocked_read = {
    MEMORY LOCKS COUNT "(func (export \"work\") (param $n i32)\n"
                       "  (call $lock) (call $add) (call $unlock))\n"
                       "(func (export \"read\") (param $n i32) (drop (i32.load (i32.const 4)))))\n",
    3,
    {{"work", 3}, {"work", 3}, {"read", 2}},
    NULL,
};

START_TEST(unlocked_read_is_always_reported) {
    check_all(&unlocked_read, 300, 2, 2);
}
END_TEST

/* Data, then a flag that is waited for; once with an atomic store, once with a plain one. */
#define PASS(store)                                                                                \
    MEMORY "(func (export \"put\") (param i32)\n"                                                  \
           "  (i64.store (i32.const 8) (i64.const 42)) (" store " (i32.const 0) (i32.const 1))\n"  \
           "  (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))\n"                        \
           "(func (export \"get\") (param i32)\n"                                                  \
           "  (loop (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))\n"    \
           "    (br_if 0 (i32.eqz (i32.atomic.load (i32.const 0)))))\n"                            \
           "  (drop (i64.load (i32.const 8)))))\n"

static const program good_flag = {PASS("i32.atomic.store"), 2, {{"put", 0}, {"get", 0}}, NULL};
static const program plain_flag = {PASS("i32.store"), 2, {{"put", 0}, {"get", 0}}, NULL};

START_TEST(message_passing) {
    check_all(&good_flag, 1000, 0, 0);
    check_all(&plain_flag, 300, 1, 3);
}
END_TEST

/* One agent grows the memory, another one looks behind its end: it traps, or it does not. */
static const program growth = {
    MEMORY "(func $grow (export \"grow\") (param i32)\n"
           "  (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))\n"
           "  (drop (memory.grow (i32.const 1))))\n"
           "(func $look (export \"look\") (param i32)\n"
           "  (drop (i32.atomic.load (i32.const 4))) (drop (i32.load (i32.const 70000)))))\n",
    2,
    {{"grow", 0}, {"look", 0}},
    NULL,
};

/* Always, unless it has grown before the other agent was there: an instantiation learns of it. */
START_TEST(growth_is_always_reported) {
    check_all(&growth, 300, 0, 1);
    bool trapped[2] = {false}, before[2] = {false};
    for (unsigned seed = 0; seed < 200; seed++) {
        growth_order order = {.agent = 2};
        hd_race_detector *d = detect_in_order(&growth, "random", seed, NULL, &order);
        ck_assert_uint_eq(hd_race_count(d), order.before ? 0 : 1);
        before[order.before] = true;
        if (order.before) {
            hd_race_detector_free(d);
            continue;
        }
        const hd_race_report *r = hd_race_get(d, 0);
        const hd_race_access *look = r->earlier.trapped ? &r->earlier : &r->later;
        const hd_race_access *grow = r->earlier.trapped ? &r->later : &r->earlier;
        ck_assert_int_eq(r->class, HD_RACE_GROWTH);
        ck_assert_str_eq(look->label, "$look");
        ck_assert_uint_eq(look->address, 70000);
        ck_assert_str_eq(grow->label, "$grow");
        ck_assert_uint_eq(grow->address, 65536);
        ck_assert_uint_eq(grow->length, 65536);
        trapped[r->earlier.trapped] = true;
        hd_race_detector_free(d);
    }
    ck_assert(trapped[false] && trapped[true] && before[false] && before[true]);
}
END_TEST

/* Deep and branching recursion, so that stacks change in every way. */
static const program recursion = {
    MEMORY "(func $leaf (param $a i32) (i32.store (local.get $a) (i32.const 1)))\n"
           "(func $tree (export \"tree\") (param $n i32)\n"
           "  (if (local.get $n) (then\n"
           "    (call $tree (i32.sub (local.get $n) (i32.const 1)))\n"
           "    (call $leaf (i32.const 0))\n"
           "    (call $tree (i32.sub (local.get $n) (i32.const 1)))))))\n",
    2,
    {{"tree", 1}, {"tree", 9}},
    NULL,
};

START_TEST(stacks_follow_recursion) {
    hd_race_detector *d = detect(&recursion, "rr", 0, NULL);
    ck_assert_uint_eq(hd_race_count(d), 1);
    const hd_race_report *r = hd_race_get(d, 0);
    ck_assert_uint_eq(r->count, (1 << 9) - 1);
    ck_assert_uint_eq(r->earlier.stack.count, 2);
    /* The first leaf: in the ninth call of $tree. */
    ck_assert_uint_eq(r->later.stack.count, 10);
    ck_assert_str_eq(r->later.stack.frames[0].function, "$leaf");
    for (size_t i = 1; i < 10; i++)
        ck_assert_str_eq(r->later.stack.frames[i].function, "$tree");
    ck_assert_uint_lt(r->later.stack.frames[2].offset, r->later.stack.frames[1].offset);
    hd_race_detector_free(d);
}
END_TEST

/* Agents that are alone for a while, before others are there, between them and after them. */
#define PHASES                                                                                     \
    MEMORY "(func $touch (export \"touch\") (param $a i32)\n"                                      \
           "  (i32.store offset=4 (local.get $a) (i32.load offset=64 (local.get $a)))\n"           \
           "  (drop (i32.atomic.rmw.add offset=128 (local.get $a) (i32.const 1)))\n"               \
           "  (i32.store offset=128 (local.get $a) (i32.load offset=4 (local.get $a)))\n"          \
           "  (memory.fill (i32.const 64) (i32.const 1) (i32.const 80))\n"                         \
           "  (atomic.fence)\n"                                                                    \
           "  (memory.copy (local.get $a) (i32.const 8) (i32.const 16))\n"                         \
           "  (i64.store offset=60 (local.get $a) (i64.const 7))))\n"

typedef struct spares {
    bool allowed;
    uint64_t told, times;
} spares;

static void count_told(void *context, uint32_t agent, uint64_t step, const hd_event *event) {
    (void)agent, (void)step, (void)event;
    ((spares *)context)->told++;
}

static bool may_spare(void *context, uint32_t agent, hd_sparse *sparse) {
    spares *s = context;
    (void)sparse;
    s->times += agent != HD_NO_AGENT;
    return s->allowed;
}

/* Executes agents of which the first one spawns and joins the others, and calls, as its life says.
 */
static hd_race_detector *detect_phases(const char *life, uint64_t seed, spares *s) {
    hd_strategy *strategy = hd_strategy_random(seed);
    hd_race_detector *d = hd_race_detector_new(&(hd_race_options){.depth = UINT32_MAX});
    test_body others[BODY_OTHERS] = {0};
    test_body first = {.name = "first", .life = life, .text = PHASES, .function = "touch"};
    for (unsigned i = 0; i < BODY_OTHERS; i++) {
        others[i] = (test_body){
            .life = "icc", .text = PHASES, .function = "touch", .cells = {{.i32 = i / 2 * 8}}};
        first.others[i] = &others[i];
    }
    controlled c;
    const hd_observer observers[] = {*hd_race_observer(d),
                                     {.context = s, .event = count_told, .spare = may_spare}};
    controlled_start(&c, &(hd_world_options){.observers = observers, .observer_count = 2}, 1);
    hd_race_attach(d, c.world);
    controlled_add(&c, &first);
    ck_assert_int_eq(controlled_run(&c, strategy, 0), HD_OUTCOME_COMPLETED);
    controlled_free(&c);
    hd_strategy_free(strategy);
    return d;
}

static bool same_access(const hd_race_access *a, const hd_race_access *b) {
    return a->agent == b->agent && a->offset == b->offset && a->kind == b->kind;
}

/* In executions of the same moves. Which of several earlier accesses of one place comes first is
 * not settled. */
static bool has_report(const hd_race_detector *d, const hd_race_report *like) {
    for (size_t i = 0; i < hd_race_count(d); i++) {
        const hd_race_report *r = hd_race_get(d, i);
        if (r->class == like->class && r->grade == like->grade && r->count == like->count &&
            same_access(&r->earlier, &like->earlier) && same_access(&r->later, &like->later) &&
            r->later.step == like->later.step && r->later.value == like->later.value &&
            r->sync.kind == like->sync.kind && r->sync.from_step == like->sync.from_step &&
            r->sync.to_step == like->sync.to_step)
            return true;
    }
    return false;
}

/* What is not told changes no report, not even who synchronized at which step. */
START_TEST(what_is_spared_cannot_race) {
    static const char *const lives[] = {"icsicsccjicjicsicsicjjic", "iccssjcjcssjjc",
                                        "icsjcsjcsjcsjc", "sicjcsicjcsjcsj"};
    for (size_t l = 0; l < sizeof lives / sizeof *lives; l++)
        for (uint64_t seed = 0; seed < 50; seed++) {
            spares all = {0}, some = {.allowed = true};
            hd_race_detector *a = detect_phases(lives[l], seed, &all);
            hd_race_detector *b = detect_phases(lives[l], seed, &some);
            ck_assert_uint_gt(some.times, 0);
            ck_assert_uint_lt(some.told, all.told);
            ck_assert_uint_eq(hd_race_count(a), hd_race_count(b));
            for (size_t i = 0; i < hd_race_count(a); i++)
                ck_assert(has_report(b, hd_race_get(a, i)));
            hd_race_detector_free(a);
            hd_race_detector_free(b);
        }
}
END_TEST

TCase *race_program_case(void) {
    TCase *tcase = tcase_create("programs");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, racy_counter_is_always_reported);
    tcase_add_test(tcase, report_names_what_the_user_knows);
    tcase_add_test(tcase, function_is_suppressed);
    tcase_add_test(tcase, futex_mutex_never_races);
    tcase_add_test(tcase, unlocked_read_is_always_reported);
    tcase_add_test(tcase, message_passing);
    tcase_add_test(tcase, growth_is_always_reported);
    tcase_add_test(tcase, stacks_follow_recursion);
    tcase_add_test(tcase, what_is_spared_cannot_race);
    return tcase;
}
