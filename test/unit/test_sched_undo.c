/* test_sched_undo.c: logs of changes, and worlds that go back by them. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/vec.h"
#include "body.h"
#include "test_sched.h"

/* Logs. */

START_TEST(what_was_saved_comes_back_in_reverse_order) {
    hd_undo log;
    uint32_t small = 1;
    char text[40] = "first";
    hd_undo_init(&log, 0);
    size_t start = hd_undo_mark(&log);
    HD_UNDO_SAVE(&log, small);
    small = 2;
    size_t middle = hd_undo_mark(&log);
    HD_UNDO_SAVE(&log, small);
    HD_UNDO_SAVE(&log, text);
    small = 3;
    HD_UNDO_SAVE(&log, small);
    small = 4;
    strcpy(text, "second");
    ck_assert(hd_undo_back(&log, middle));
    ck_assert_uint_eq(small, 2);
    ck_assert_str_eq(text, "first");
    HD_UNDO_SAVE(&log, small);
    small = 5;
    ck_assert(hd_undo_back(&log, middle));
    ck_assert_uint_eq(small, 2);
    ck_assert(hd_undo_back(&log, start));
    ck_assert_uint_eq(small, 1);
    hd_undo_free(&log);
}
END_TEST

static void append(void *context, const void *data) {
    strcat(context, data);
}

START_TEST(functions_are_called_with_what_was_left) {
    hd_undo log;
    char seen[16] = "";
    hd_undo_init(&log, 0);
    size_t start = hd_undo_mark(&log);
    hd_undo_leave(&log, append, seen, "a", 2);
    hd_undo_leave(&log, append, seen, "bc", 3);
    hd_undo_leave(NULL, append, seen, "d", 2);
    ck_assert(hd_undo_back(&log, start));
    ck_assert_str_eq(seen, "bca");
    ck_assert(hd_undo_back(&log, start));
    ck_assert_str_eq(seen, "bca");
    hd_undo_free(&log);
}
END_TEST

START_TEST(a_log_over_its_budget_changes_nothing) {
    hd_undo log;
    uint8_t large[3000] = {0};
    hd_undo_init(&log, 8192);
    size_t start = hd_undo_mark(&log);
    for (uint8_t i = 1; i <= 3; i++) {
        HD_UNDO_SAVE(&log, large);
        memset(large, i, sizeof large);
    }
    ck_assert(!hd_undo_back(&log, start));
    ck_assert_uint_eq(large[0], 3);
    hd_undo_forget(&log);
    start = hd_undo_mark(&log);
    HD_UNDO_SAVE(&log, large);
    memset(large, 4, sizeof large);
    ck_assert(hd_undo_back(&log, start));
    ck_assert_uint_eq(large[2999], 3);
    hd_undo_free(&log);
}
END_TEST

START_TEST(a_released_part_of_an_arena_is_used_again) {
    hd_arena arena = HD_ARENA_INIT;
    char *kept = hd_arena_strndup(&arena, "kept", 4);
    hd_arena_place place = hd_arena_mark(&arena);
    void *first = hd_arena_alloc(&arena, 100, 1);
    void *second = hd_arena_alloc(&arena, 100000, 1);
    memset(first, 1, 100);
    memset(second, 1, 100000);
    hd_arena_release(&arena, place);
    uint8_t *again = hd_arena_alloc(&arena, 100, 1);
    ck_assert_ptr_eq(again, first);
    ck_assert_uint_eq(again[99], 0);
    again = hd_arena_alloc(&arena, 100000, 1);
    ck_assert_ptr_eq(again, second);
    ck_assert_uint_eq(again[99999], 0);
    ck_assert_str_eq(kept, "kept");
    hd_arena_free(&arena);
}
END_TEST

/* Worlds. */

enum { MOST_MOVES = 400 };

static const program recursion = {
    "(module (memory (import \"\" \"\") 1 1 shared)\n"
    "  (global $g (mut i32) (i32.const 0)) (table $t 2 funcref) (memory $own 1)\n"
    "  (elem declare func $down)\n"
    "  (func $down (export \"down\") (param $n i32) (result i32)\n"
    "    (global.set $g (i32.add (global.get $g) (local.get $n)))\n"
    "    (drop (i32.atomic.rmw.add (i32.const 0) (local.get $n)))\n"
    "    (i32.store $own (i32.mul (local.get $n) (i32.const 64)) (global.get $g))\n"
    "    (if (local.get $n)\n"
    "      (then (drop (call $down (i32.sub (local.get $n) (i32.const 1))))))\n"
    "    (table.set $t (i32.const 1) (ref.func $down))\n"
    "    (memory.fill $own (i32.const 30) (local.get $n) (i32.const 100))\n"
    "    (i32.atomic.rmw.sub (i32.const 4) (i32.load $own (i32.const 64)))))\n",
    2,
    {{"down", 12}, {"down", 9}},
};

/* An execution whose every state is known. */
typedef struct history {
    controlled c;
    test_body bodies[MOST_AGENTS];
    size_t count;
    struct {
        size_t mark;
        hd_bytes state;
        uint32_t agent; /* that moved then */
    } at[MOST_MOVES + 1];
} history;

static void start(history *h, const program *p) {
    hd_world_options options = {0};
    controlled_start_logged(&h->c, &options, 1);
    for (unsigned i = 0; i < p->agents; i++) {
        h->bodies[i] = (test_body){.life = "ic",
                                   .text = p->text,
                                   .function = p->calls[i].function,
                                   .cells = {{.i64 = p->calls[i].argument}}};
        controlled_add(&h->c, &h->bodies[i]);
    }
    hd_world_settle(h->c.world);
}

static void assert_state(const history *h, size_t at) {
    hd_bytes now = {0};
    ck_assert(hd_world_add_state(h->c.world, &now));
    ck_assert_uint_eq(now.len, h->at[at].state.len);
    ck_assert_mem_eq(now.items, h->at[at].state.items, now.len);
    hd_vec_free(&now);
}

static void move_on(history *h, uint64_t *random) {
    hd_world *w = h->c.world;
    for (h->count = 0; h->count <= MOST_MOVES; h->count++) {
        size_t count, timed;
        const uint32_t *enabled = hd_world_enabled(w, &count);
        h->at[h->count].mark = hd_world_mark(w);
        ck_assert(hd_world_add_state(w, &h->at[h->count].state));
        const uint32_t *late = hd_world_timed(w, &timed);
        if (count + timed == 0 || h->count == MOST_MOVES) return;
        *random = *random * 6364136223846793005 + 1442695040888963407;
        size_t pick = (size_t)(*random >> 33) % (count + timed);
        uint32_t agent = pick < count ? enabled[pick] : late[pick - count];
        h->at[h->count].agent = agent;
        ck_assert_uint_eq(hd_world_step(w, agent, 1), 1);
    }
}

/* Back to each state from the one behind it; then to some, and forward again to the end. */
static void go_back_and_forth(history *h) {
    hd_world *w = h->c.world;
    for (size_t i = h->count + 1; i-- > 0;) {
        ck_assert(hd_world_undo(w, h->at[i].mark));
        assert_state(h, i);
    }
    for (size_t from = 0; from < h->count; from += 1 + h->count / 5) {
        for (size_t i = from; i < h->count; i++) {
            h->at[i].mark = hd_world_mark(w);
            ck_assert_uint_eq(hd_world_step(w, h->at[i].agent, 1), 1);
            assert_state(h, i + 1);
        }
        ck_assert(hd_world_undo(w, h->at[from].mark));
        assert_state(h, from);
        size_t next = from + 1 + h->count / 5;
        for (size_t i = from; i < next && i < h->count; i++) {
            h->at[i].mark = hd_world_mark(w);
            hd_world_step(w, h->at[i].agent, 1);
        }
    }
}

static void check_history(const program *p, uint64_t seed) {
    history *h = hd_calloc(1, sizeof *h);
    ck_assert_ptr_nonnull(h);
    start(h, p);
    move_on(h, &seed);
    ck_assert_uint_ge(h->count, 8);
    go_back_and_forth(h);
    controlled_free(&h->c);
    for (size_t i = 0; i <= MOST_MOVES; i++)
        hd_vec_free(&h->at[i].state);
    hd_free(h);
}

START_TEST(going_back_and_forth_shows_the_same_states) {
    const program *const programs[] = {&racy_counter, &lock_order, &three_workers,
                                       &sleepers,     &trapper,    &recursion};
    for (uint64_t seed = 1; seed <= 3; seed++)
        check_history(programs[_i], seed);
}
END_TEST

START_TEST(an_agent_that_was_spawned_is_taken_back) {
    controlled c;
    test_body child = {.life = "", .name = "child"};
    test_body parent = {.life = "sj", .others = {&child}};
    hd_world_options options = {0};
    controlled_start_logged(&c, &options, 1);
    controlled_add(&c, &parent);
    hd_world_settle(c.world);
    size_t mark = hd_world_mark(c.world);
    for (int again = 0; again < 3; again++) {
        child.released = false;
        hd_world_step(c.world, 0, 1);
        ck_assert_uint_eq(hd_world_count(c.world), 2);
        ck_assert(!hd_world_can_move(c.world, 0));
        hd_world_step(c.world, 1, 1);
        ck_assert(hd_world_can_move(c.world, 0));
        if (again == 2) break;
        ck_assert(hd_world_undo(c.world, mark));
        ck_assert_uint_eq(hd_world_count(c.world), 1);
        ck_assert(child.released);
        ck_assert(hd_world_can_move(c.world, 0));
    }
    controlled_free(&c);
    ck_assert(child.released);
}
END_TEST

START_TEST(a_conclusion_is_taken_back) {
    history *h = hd_calloc(1, sizeof *h);
    ck_assert_ptr_nonnull(h);
    start(h, &racy_counter);
    size_t mark = hd_world_mark(h->c.world);
    hd_world_step(h->c.world, 0, 1);
    hd_world_conclude(h->c.world, HD_OUTCOME_STEP_LIMIT);
    ck_assert(hd_cluster_stopping(h->c.cluster));
    ck_assert(hd_world_undo(h->c.world, mark));
    ck_assert(!hd_cluster_stopping(h->c.cluster));
    ck_assert_int_eq(hd_world_outcome(h->c.world), HD_OUTCOME_COMPLETED);
    for (size_t i = 0, count = 2; count > 0; i++) {
        const uint32_t *enabled = hd_world_enabled(h->c.world, &count);
        if (count > 0) hd_world_step(h->c.world, enabled[i % count], 1);
    }
    ck_assert_int_eq(h->bodies[0].diag.status, HD_OK);
    ck_assert_int_eq(h->bodies[1].diag.status, HD_OK);
    controlled_free(&h->c);
    hd_free(h);
}
END_TEST

TCase *sched_undo_case(void) {
    TCase *undo = tcase_create("undo");
    tcase_set_timeout(undo, 60);
    tcase_add_test(undo, what_was_saved_comes_back_in_reverse_order);
    tcase_add_test(undo, functions_are_called_with_what_was_left);
    tcase_add_test(undo, a_log_over_its_budget_changes_nothing);
    tcase_add_test(undo, a_released_part_of_an_arena_is_used_again);
    tcase_add_loop_test(undo, going_back_and_forth_shows_the_same_states, 0, 6);
    tcase_add_test(undo, an_agent_that_was_spawned_is_taken_back);
    tcase_add_test(undo, a_conclusion_is_taken_back);
    return undo;
}
