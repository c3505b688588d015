/* test_session.c: tests of debugging sessions. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "body.h"
#include "debug/session.h"
#include "suites.h"
#include "test_sched.h"

enum { MOST_STEPS = 400 };

/* A program as a subject, and how often it was begun. */
typedef struct debuggee {
    const program *program;
    bool no_undo;
    unsigned starts;
} debuggee;

typedef struct debugged {
    controlled c;
    test_body bodies[MOST_AGENTS];
    hd_observer observers[2];
    hd_race_detector *races;
    debuggee *of;
} debugged;

static void *start(void *context, const hd_observer *observer, bool exact, hd_world **world,
                   hd_diag *diag) {
    debuggee *of = context;
    debugged *e = calloc(1, sizeof *e);
    (void)exact, (void)diag;
    of->starts++;
    e->of = of;
    e->races = hd_race_detector_new(&(hd_race_options){0});
    e->observers[0] = *hd_race_observer(e->races);
    e->observers[1] = *observer;
    hd_world_options options = {.observers = e->observers, .observer_count = 2};
    controlled_start_logged(&e->c, &options, 1);
    hd_race_attach(e->races, e->c.world);
    for (unsigned i = 0; i < of->program->agents; i++) {
        e->bodies[i] = (test_body){.life = "ic",
                                   .text = of->program->text,
                                   .function = of->program->calls[i].function,
                                   .cells = {{.i64 = of->program->calls[i].argument}}};
        controlled_add(&e->c, &e->bodies[i]);
    }
    *world = e->c.world;
    return e;
}

static void end(void *self) {
    debugged *e = self;
    controlled_free(&e->c);
    hd_race_detector_free(e->races);
    free(e);
}

static bool can_undo(void *self) {
    const debugged *e = self;
    return !e->of->no_undo;
}

static const hd_race_detector *races(void *self) {
    const debugged *e = self;
    return e->races;
}

static char *explain(void *self) {
    (void)self;
    return hd_strndup("explained", 9);
}

/* Begins a session; `options` (NULL: none) but for the subject. */
static hd_session *begin(debuggee *of, const hd_session_options *options) {
    hd_diag diag = HD_DIAG_INIT;
    hd_session_options o = options ? *options : (hd_session_options){0};
    o.subject = (hd_session_subject){.context = of,
                                     .start = start,
                                     .end = end,
                                     .can_undo = can_undo,
                                     .races = races,
                                     .explain = explain};
    hd_session *s = hd_session_new(&o, &diag);
    ck_assert_msg(s != NULL, "%s", diag.message);
    ck_assert_uint_eq(hd_session_step(s), 0);
    return s;
}

/* Begins a session that no race makes halt. */
static hd_session *begin_quiet(debuggee *of, const hd_session_options *options) {
    hd_session *s = begin(of, options);
    hd_session_catch(s, HD_HALT_RACE, false);
    hd_session_catch(s, HD_HALT_TRAP, false);
    return s;
}

/* The present state; `exact`: with all addresses, for one execution that goes back. */
static hd_bytes state_of(const hd_session *s, bool exact) {
    hd_bytes bytes = {0};
    if (exact) ck_assert(hd_world_add_state(hd_session_world(s), &bytes));
    ck_assert(hd_session_add_state(s, &bytes));
    return bytes;
}

static void assert_state(const hd_session *s, const hd_bytes *expected, bool exact) {
    hd_bytes found = state_of(s, exact);
    ck_assert_uint_eq(found.len, expected->len);
    ck_assert_int_eq(memcmp(found.items, expected->items, found.len), 0);
    hd_vec_free(&found);
}

static void assert_halt(hd_halt halt, hd_halt_reason reason, uint64_t step) {
    ck_assert_msg(halt.reason == reason, "%s at step %llu, not %s: %s",
                  hd_halt_reason_name(halt.reason), (unsigned long long)halt.step,
                  hd_halt_reason_name(reason), halt.text ? halt.text : "");
    ck_assert_uint_eq(halt.step, step);
}

static uint32_t word_of(const hd_session *s, uint64_t address) {
    uint64_t length;
    uint32_t word;
    memcpy(&word, hd_memory_data(hd_session_memory(s, 0), &length) + address, sizeof word);
    return word;
}

/* All states of an execution. */
typedef struct states {
    hd_bytes at[MOST_STEPS];
    size_t count;
} states;

static states take_states(hd_session *s, bool exact) {
    states all = {.count = 0};
    hd_halt halt;
    do {
        ck_assert_uint_lt(all.count, MOST_STEPS);
        ck_assert_uint_eq(all.count, hd_session_step(s));
        all.at[all.count++] = state_of(s, exact);
        halt = hd_session_forward(s, 1);
    } while (halt.reason == HD_HALT_MOVED);
    assert_halt(halt, HD_HALT_OVER, halt.step);
    /* The end is behind the last event, and once more when the run is concluded there. */
    if (halt.step == all.count) all.at[all.count++] = state_of(s, exact);
    hd_vec_free(&all.at[all.count - 1]);
    all.at[all.count - 1] = state_of(s, exact);
    return all;
}

static void free_states(states *all) {
    for (size_t i = 0; i < all->count; i++)
        hd_vec_free(&all->at[i]);
}

static const program *const programs[] = {&racy_counter, &lock_order, &three_workers, &sleepers,
                                          &trapper};

static void go_back_and_forth(unsigned number, const hd_session_options *options, bool no_undo) {
    program p = *programs[number];
    if (p.agents == MOST_AGENTS) p.agents--; /* nobody spins */
    debuggee of = {.program = &p, .no_undo = no_undo};
    bool exact = !no_undo && !options->budget;
    hd_session *s = begin_quiet(&of, options);
    states all = take_states(s, exact);
    size_t last = all.count - 1;
    for (size_t step = last; step-- > 0;) {
        hd_halt halt = hd_session_back(s, 1);
        assert_halt(halt, HD_HALT_MOVED, step);
        assert_state(s, &all.at[step], exact);
    }
    assert_halt(hd_session_back(s, 1), HD_HALT_BEGIN, 0);
    for (size_t step = 1; step <= last; step++) {
        assert_halt(hd_session_forward(s, 1), step < last ? HD_HALT_MOVED : HD_HALT_OVER, step);
        assert_state(s, &all.at[step], exact);
    }
    for (size_t i = 0, step = 7; i < 30; i++, step = step * 31 % (last + 1)) {
        if (step > last) step = last;
        hd_session_seek(s, step);
        ck_assert_uint_eq(hd_session_step(s), step);
        assert_state(s, &all.at[step], exact);
    }
    if (exact) ck_assert_uint_eq(of.starts, 1);
    free_states(&all);
    hd_session_free(s);
}

START_TEST(forward_back_and_forward_gives_the_same_states) {
    go_back_and_forth((unsigned)_i, &(hd_session_options){.strategy = "random", .seed = 3}, false);
    go_back_and_forth((unsigned)_i, &(hd_session_options){.strategy = "rr:2", .interval = 1},
                      false);
    go_back_and_forth((unsigned)_i, &(hd_session_options){.strategy = "rr:3", .interval = 5},
                      false);
}
END_TEST

/* What is over the budget of the log is reached by executing it again. */
START_TEST(a_small_log_changes_nothing) {
    hd_session_options options = {.strategy = "rr:2", .interval = 4, .budget = 20000};
    go_back_and_forth((unsigned)_i, &options, false);
}
END_TEST

START_TEST(without_a_log_it_is_the_same) {
    go_back_and_forth((unsigned)_i, &(hd_session_options){.strategy = "rr:2"}, true);
}
END_TEST

START_TEST(moves_by_hand_begin_a_new_history) {
    debuggee of = {.program = &racy_counter};
    hd_session *s = begin_quiet(&of, NULL);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_OVER, 22);
    ck_assert_uint_eq(word_of(s, 0), 8);
    assert_halt(hd_session_move(s, 0, 1, false), HD_HALT_REFUSED, 22);
    assert_halt(hd_session_seek(s, 2), HD_HALT_MOVED, 2);
    ck_assert_uint_eq(hd_session_length(s), 22);
    /* The history's own move is no new one. */
    assert_halt(hd_session_move(s, 0, 1, false), HD_HALT_MOVED, 3);
    ck_assert_uint_eq(hd_session_length(s), 22);
    assert_halt(hd_session_back(s, 1), HD_HALT_MOVED, 2);
    assert_halt(hd_session_move(s, 1, 2, false), HD_HALT_MOVED, 4);
    ck_assert_uint_eq(hd_session_length(s), 4);
    assert_halt(hd_session_move(s, 0, 1, false), HD_HALT_MOVED, 5);
    assert_halt(hd_session_move(s, 1, 1, false), HD_HALT_MOVED, 6);
    ck_assert_uint_eq(word_of(s, 0), 1);
    hd_trace *trace = hd_trace_new();
    hd_session_add_moves(s, trace);
    ck_assert_str_eq(schedule_of(trace), "0*2,1*2,0,1");
    hd_trace_free(trace);
    assert_halt(hd_session_move(s, 4, 1, false), HD_HALT_REFUSED, 6);
    assert_halt(hd_session_move(s, 0, 1, true), HD_HALT_REFUSED, 6);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_OVER, 22);
    ck_assert_uint_eq(word_of(s, 0), 7);
    hd_session_free(s);
}
END_TEST

/* The detector hears of each history anew, and of each event once. */
START_TEST(races_are_told_where_they_are) {
    debuggee of = {.program = &racy_counter, .no_undo = _i};
    hd_session *s = begin(&of, NULL);
    hd_halt halt = hd_session_forward(s, UINT64_MAX);
    assert_halt(halt, HD_HALT_RACE, 13);
    ck_assert_str_eq(halt.text, "data race of agent (step 8) and agent on 4 bytes at 0x0");
    hd_past_event e;
    ck_assert(hd_session_event(s, 12, &e));
    ck_assert_uint_eq(e.agent, 1);
    ck_assert(e.marks & HD_MARK_RACE);
    ck_assert(!hd_session_event(s, 13, &e));
    /* The same, coming back and coming again. */
    assert_halt(hd_session_forward(s, 1), HD_HALT_RACE, 14);
    assert_halt(hd_session_back(s, UINT64_MAX), HD_HALT_RACE, 13);
    assert_halt(hd_session_back(s, UINT64_MAX), HD_HALT_BEGIN, 0);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_RACE, 13);
    /* In another history, another race. */
    assert_halt(hd_session_seek(s, 1), HD_HALT_MOVED, 1);
    assert_halt(hd_session_move(s, 1, 3, false), HD_HALT_MOVED, 4);
    halt = hd_session_move(s, 0, 1, false);
    assert_halt(halt, HD_HALT_RACE, 5);
    ck_assert_str_eq(halt.text, "data race of agent (step 3) and agent on 4 bytes at 0x0");
    hd_session_free(s);
}
END_TEST

START_TEST(the_end_is_a_state_to_go_back_from) {
    debuggee of = {.program = &lock_order};
    hd_trace *schedule = trace_of("0*2,1*2");
    hd_session *s = begin_quiet(&of, &(hd_session_options){.schedule = schedule});
    hd_trace_free(schedule);
    hd_outcome outcome;
    const char *text;
    ck_assert_uint_eq(hd_session_length(s), 4);
    hd_halt halt = hd_session_forward(s, UINT64_MAX);
    ck_assert_int_eq(halt.reason, HD_HALT_OVER);
    uint64_t steps = halt.step;
    ck_assert(hd_session_end(s, &outcome, &text));
    ck_assert_int_eq(outcome, HD_OUTCOME_DEADLOCK);
    ck_assert_str_eq(text, "explained");
    ck_assert(!hd_session_can_move(s, 0));
    assert_halt(hd_session_forward(s, 1), HD_HALT_OVER, steps);
    assert_halt(hd_session_back(s, 1), HD_HALT_MOVED, steps - 1);
    ck_assert(!hd_session_end(s, &outcome, &text));
    assert_halt(hd_session_forward(s, 1), HD_HALT_OVER, steps);
    ck_assert(hd_session_end(s, &outcome, &text));
    ck_assert_str_eq(text, "explained");
    /* Before agent 1 has taken its lock, there is a way out. */
    assert_halt(hd_session_seek(s, 2), HD_HALT_MOVED, 2);
    for (halt.reason = HD_HALT_MOVED; halt.reason == HD_HALT_MOVED;)
        halt = hd_session_move(s, 0, 1, false);
    ck_assert_int_eq(halt.reason, HD_HALT_REFUSED);
    ck_assert_int_eq(hd_session_forward(s, UINT64_MAX).reason, HD_HALT_OVER);
    ck_assert(hd_session_end(s, &outcome, &text));
    ck_assert_int_eq(outcome, HD_OUTCOME_COMPLETED);
    hd_session_free(s);
}
END_TEST

/* The end that a trace claims holds where it was found by looking closely from the beginning. */
START_TEST(a_recorded_livelock_ends_where_it_did) {
    program p = sleepers;
    p.agents = 2;
    p.calls[1] = p.calls[3];
    p.calls[1].argument = 7;
    hd_trace *trace = hd_trace_new();
    execution e = record(&p, "rr", 0, trace);
    ck_assert_int_eq(e.outcome, HD_OUTCOME_LIVELOCK);
    debuggee of = {.program = &p};
    hd_session *s = begin_quiet(&of, &(hd_session_options){.schedule = trace});
    hd_trace_free(trace);
    hd_session_seek(s, e.steps / 2);
    hd_session_back(s, 3);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_OVER, e.steps);
    hd_outcome outcome;
    const char *text;
    ck_assert(hd_session_end(s, &outcome, &text));
    ck_assert_int_eq(outcome, HD_OUTCOME_LIVELOCK);
    hd_session_free(s);
}
END_TEST

START_TEST(what_does_not_fit_is_told) {
    debuggee of = {.program = &racy_counter};
    hd_trace *schedule = trace_of("0*3,2,0");
    hd_session *s = begin_quiet(&of, &(hd_session_options){.schedule = schedule});
    hd_trace_free(schedule);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_DIVERGED, 3);
    ck_assert_uint_eq(hd_session_length(s), 3);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_OVER, 22);
    hd_session_free(s);
    /* It claims an end that is none. */
    hd_trace *trace = hd_trace_new();
    program fewer = racy_counter;
    fewer.calls[1].argument = 3;
    record(&fewer, "rr", 0, trace);
    s = begin_quiet(&of, &(hd_session_options){.schedule = trace});
    hd_trace_free(trace);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_DIVERGED, 20);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_OVER, 22);
    hd_session_free(s);
}
END_TEST

START_TEST(an_agent_goes_by_lines_and_calls) {
    static const program calls = {
        "(module (memory (import \"\" \"\") 1 1 shared)\n"
        "  (func $in (i32.store (i32.const 0) (i32.const 1)) (i32.store (i32.const 0) (i32.const "
        "2))\n"
        "    (i32.store (i32.const 0) (i32.const 3)))\n"
        "  (func (export \"f\") (param i32) (result i32)\n"
        "    (i32.store (i32.const 4) (i32.const 1)) (call $in)\n"
        "    (i32.store (i32.const 4) (i32.const 2)) (call $in)\n"
        "    (i32.store (i32.const 4) (i32.const 3)) (i32.const 0)))\n",
        1,
        {{"f", 0}},
    };
    debuggee of = {.program = &calls};
    hd_session *s = begin_quiet(&of, NULL);
    assert_halt(hd_session_stride(s, 0, HD_STRIDE_LINE), HD_HALT_MOVED, 1);
    assert_halt(hd_session_stride(s, 0, HD_STRIDE_LINE), HD_HALT_MOVED, 2); /* into $in */
    assert_halt(hd_session_stride(s, 0, HD_STRIDE_OUT), HD_HALT_MOVED, 5);
    assert_halt(hd_session_stride(s, 0, HD_STRIDE_OVER), HD_HALT_MOVED, 9);
    ck_assert_uint_eq(word_of(s, 4), 2);
    ck_assert_uint_eq(word_of(s, 0), 3);
    assert_halt(hd_session_stride(s, 0, HD_STRIDE_OVER), HD_HALT_MOVED, 10);
    assert_halt(hd_session_stride(s, 0, HD_STRIDE_OUT), HD_HALT_OVER, 11);
    assert_halt(hd_session_stride(s, 0, HD_STRIDE_OUT), HD_HALT_REFUSED, 11);
    assert_halt(hd_session_stride(s, 7, HD_STRIDE_OUT), HD_HALT_REFUSED, 11);
    hd_session_free(s);
}
END_TEST

/* A trace of few bytes that would take much memory. */
START_TEST(a_schedule_has_its_limit) {
    debuggee of = {.program = &racy_counter};
    hd_diag diag = HD_DIAG_INIT;
    hd_trace *trace = hd_trace_new();
    for (uint32_t i = 0; i <= HD_SESSION_MOST_MOVES; i++)
        hd_trace_add_move(trace, i % 2, 1);
    ck_assert(hd_trace_complete(trace));
    hd_session_options options = {.subject = {.context = &of, .start = start, .end = end},
                                  .schedule = trace};
    ck_assert_ptr_null(hd_session_new(&options, &diag));
    ck_assert_int_eq(diag.status, HD_LIMIT);
    hd_trace_free(trace);
}
END_TEST

START_TEST(breakpoints_halt_in_both_directions) {
    debuggee of = {.program = &lock_order};
    hd_session *s = begin_quiet(&of, &(hd_session_options){.strategy = "rr"});
    uint32_t lock = hd_session_add_point(s, &(hd_point){.kind = HD_POINT_FUNCTION, .name = "lock"});
    ck_assert_uint_eq(lock, 1);
    /* Agent 0 comes to the lock by its instantiation, and to the second one from the first: that is
     * no coming. */
    hd_halt halt = hd_session_forward(s, UINT64_MAX);
    assert_halt(halt, HD_HALT_BREAK, 1);
    ck_assert_uint_eq(halt.point, 1);
    ck_assert_uint_eq(halt.agent, 0);
    const hd_place_info *place = hd_session_place(s, 0);
    ck_assert_str_eq(place->frame.function, "$lock");
    uint32_t offset = place->frame.offset;
    halt = hd_session_forward(s, UINT64_MAX);
    ck_assert_int_eq(halt.reason, HD_HALT_BREAK);
    ck_assert_uint_eq(halt.agent, 1);
    uint64_t second = halt.step;
    assert_halt(hd_session_back(s, UINT64_MAX), HD_HALT_BREAK, 1);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_BREAK, second);
    ck_assert(hd_session_remove_point(s, lock));
    ck_assert(!hd_session_remove_point(s, lock));
    /* At the instruction, each time. */
    assert_halt(hd_session_seek(s, 0), HD_HALT_MOVED, 0);
    hd_session_add_point(s, &(hd_point){.kind = HD_POINT_OFFSET, .where = offset});
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_BREAK, 1);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_BREAK, 2);
    size_t count;
    const hd_point *points = hd_session_points(s, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(points[0].number, 2);
    ck_assert_uint_eq(points[0].hits, 2);
    hd_session_free(s);
}
END_TEST

START_TEST(watchpoints_halt_in_both_directions) {
    debuggee of = {.program = &racy_counter, .no_undo = _i};
    hd_session *s = begin_quiet(&of, NULL);
    hd_point point = {.kind = HD_POINT_WATCH, .address = 3, .length = 1, .writes = true};
    uint32_t writes = hd_session_add_point(s, &point);
    /* Agent 0: instantiation, then load and store four times. */
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_WATCH, 3);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_WATCH, 5);
    const hd_last_event *last = hd_session_last_event(s);
    ck_assert_int_eq(last->event.kind, HD_EVENT_STORE);
    ck_assert_uint_eq(last->found, 1);
    ck_assert_uint_eq(last->left, 2);
    assert_halt(hd_session_back(s, UINT64_MAX), HD_HALT_WATCH, 3);
    last = hd_session_last_event(s);
    ck_assert_uint_eq(last->found, 0);
    ck_assert_uint_eq(last->left, 1);
    hd_session_remove_point(s, writes);
    /* The highest byte never changes, the lowest one each time. */
    point.changes = true;
    hd_session_add_point(s, &point);
    point.address = 0;
    point.writes = false;
    point.reads = true;
    point.changes = false;
    uint32_t reads = hd_session_add_point(s, &point);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_WATCH, 4);
    hd_session_remove_point(s, reads);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_OVER, 22);
    assert_halt(hd_session_back(s, UINT64_MAX), HD_HALT_BEGIN, 0);
    point.reads = false;
    point.writes = point.changes = true;
    hd_session_add_point(s, &point);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_WATCH, 3);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_WATCH, 5);
    hd_session_free(s);
}
END_TEST

/* A write of what is there already is none that made it so. */
START_TEST(who_wrote_and_when_it_became_so) {
    static const program silent = {
        "(module (memory (import \"\" \"\") 1 1 shared)\n"
        "  (func (export \"f\") (param i32) (result i32)\n"
        "    (i32.store (i32.const 8) (i32.const 5)) (i32.store (i32.const 12) (i32.const 1))\n"
        "    (i32.store (i32.const 8) (i32.const 5)) (i32.const 0)))\n",
        1,
        {{"f", 0}},
    };
    debuggee of = {.program = &silent, .no_undo = _i};
    hd_session *s = begin_quiet(&of, NULL);
    uint64_t step;
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_OVER, 5);
    ck_assert(hd_session_writer(s, hd_session_step(s), 0, 8, 4, &step));
    ck_assert_uint_eq(step, 3);
    ck_assert(hd_session_writer(s, hd_session_step(s), 0, 11, 2, &step));
    ck_assert_uint_eq(step, 3);
    ck_assert(hd_session_writer(s, hd_session_step(s), 0, 12, 100, &step));
    ck_assert_uint_eq(step, 2);
    ck_assert(!hd_session_writer(s, hd_session_step(s), 0, 16, 100, &step));
    ck_assert(!hd_session_writer(s, hd_session_step(s), 1, 8, 4, &step));
    assert_halt(hd_session_became(s, 0, 8, 4, &step), HD_HALT_MOVED, 5);
    ck_assert_uint_eq(step, 1);
    assert_halt(hd_session_became(s, 0, 16, 4, &step), HD_HALT_BEGIN, 5);
    assert_halt(hd_session_seek(s, 3), HD_HALT_MOVED, 3);
    ck_assert(hd_session_writer(s, hd_session_step(s), 0, 8, 4, &step));
    ck_assert_uint_eq(step, 1);
    hd_session_free(s);
}
END_TEST

START_TEST(traps_and_ends_are_caught) {
    debuggee of = {.program = &trapper};
    hd_session *s = begin(&of, NULL);
    hd_session_catch(s, HD_HALT_RACE, false);
    hd_session_catch(s, HD_HALT_END, true);
    hd_halt halt = hd_session_forward(s, UINT64_MAX);
    assert_halt(halt, HD_HALT_TRAP, 3);
    ck_assert_uint_eq(halt.agent, 0);
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_END, 4);
    halt = hd_session_forward(s, UINT64_MAX);
    ck_assert_uint_eq(halt.agent, 1);
    ck_assert_int_eq(halt.reason, HD_HALT_END);
    assert_halt(hd_session_forward(s, 1), HD_HALT_OVER, halt.step);
    assert_halt(hd_session_back(s, UINT64_MAX), HD_HALT_END, 4);
    hd_session_free(s);
}
END_TEST

START_TEST(long_moves_can_be_interrupted) {
    debuggee of = {.program = &racy_counter};
    atomic_bool interrupt = true;
    hd_session *s = begin_quiet(&of, &(hd_session_options){.interrupt = &interrupt});
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_INTERRUPTED, 1);
    interrupt = false;
    assert_halt(hd_session_forward(s, UINT64_MAX), HD_HALT_OVER, 22);
    interrupt = true;
    assert_halt(hd_session_back(s, UINT64_MAX), HD_HALT_INTERRUPTED, 21);
    hd_session_free(s);
}
END_TEST

Suite *session_suite(void) {
    enum { PROGRAMS = sizeof programs / sizeof *programs };
    Suite *suite = suite_create("session");
    TCase *tc = tcase_create("session");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, forward_back_and_forward_gives_the_same_states, 0, PROGRAMS);
    tcase_add_loop_test(tc, a_small_log_changes_nothing, 0, PROGRAMS);
    tcase_add_loop_test(tc, without_a_log_it_is_the_same, 0, PROGRAMS);
    tcase_add_test(tc, moves_by_hand_begin_a_new_history);
    tcase_add_loop_test(tc, races_are_told_where_they_are, 0, 2);
    tcase_add_test(tc, the_end_is_a_state_to_go_back_from);
    tcase_add_test(tc, a_recorded_livelock_ends_where_it_did);
    tcase_add_test(tc, what_does_not_fit_is_told);
    tcase_add_test(tc, an_agent_goes_by_lines_and_calls);
    tcase_add_test(tc, a_schedule_has_its_limit);
    tcase_add_test(tc, breakpoints_halt_in_both_directions);
    tcase_add_loop_test(tc, watchpoints_halt_in_both_directions, 0, 2);
    tcase_add_loop_test(tc, who_wrote_and_when_it_became_so, 0, 2);
    tcase_add_test(tc, traps_and_ends_are_caught);
    tcase_add_test(tc, long_moves_can_be_interrupted);
    suite_add_tcase(suite, tc);
    return suite;
}
