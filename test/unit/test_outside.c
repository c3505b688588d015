/* test_outside.c: tests of the outside of controlled executions: time, chance, waiting for
 * descriptors, and that a trace repeats all of it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/outside_controlled.h"
#include "sched/early.h"
#include "suites.h"
#include "test_program.h"

static const char *const strategies[] = {"rr", "random", "pct"};
enum { STRATEGIES = sizeof strategies / sizeof *strategies };

static const hd_wasi_options no_streams = {
    .input = {-1, NULL}, .output = {-1, NULL}, .error = {-1, NULL}};

/* `$sleep` for so many nanoseconds, `$read` of one byte from a descriptor and `$write`, each with
 * the 64 bytes at an address for its own; `$turn` takes a number. */
#define HEAD                                                                                       \
    "(module\n"                                                                                    \
    "  (import \"wasi_snapshot_preview1\" \"poll_oneoff\" (func $poll (param i32 i32 i32 i32)\n"   \
    "    (result i32)))\n"                                                                         \
    "  (import \"wasi_snapshot_preview1\" \"fd_read\" (func $fd_read (param i32 i32 i32 i32)\n"    \
    "    (result i32)))\n"                                                                         \
    "  (import \"wasi_snapshot_preview1\" \"fd_write\" (func $fd_write (param i32 i32 i32 i32)\n"  \
    "    (result i32)))\n"                                                                         \
    "  (import \"wasi_snapshot_preview1\" \"random_get\" (func $random (param i32 i32)\n"          \
    "    (result i32)))\n"                                                                         \
    "  (import \"wasi_snapshot_preview1\" \"clock_time_get\" (func $clock (param i32 i64 i32)\n"   \
    "    (result i32)))\n"                                                                         \
    "  (import \"wasi_snapshot_preview1\" \"sched_yield\" (func $yield (result i32)))\n"           \
    "  (memory (export \"memory\") (import \"env\" \"memory\") 1 4 shared)\n"                      \
    "  (func $sleep (param $own i32) (param $time i64)\n"                                          \
    "    (i32.store8 offset=8 (local.get $own) (i32.const 0))\n"                                   \
    "    (i32.store offset=16 (local.get $own) (i32.const 1))\n"                                   \
    "    (i64.store offset=24 (local.get $own) (local.get $time))\n"                               \
    "    (if (call $poll (local.get $own) (i32.add (local.get $own) (i32.const 64))\n"             \
    "      (i32.const 1) (i32.add (local.get $own) (i32.const 96))) (then (unreachable))))\n"      \
    "  (func $read (param $fd i32) (param $own i32) (result i32)\n"                                \
    "    (i32.store (local.get $own) (i32.add (local.get $own) (i32.const 8)))\n"                  \
    "    (i32.store offset=4 (local.get $own) (i32.const 1))\n"                                    \
    "    (if (call $fd_read (local.get $fd) (local.get $own) (i32.const 1)\n"                      \
    "      (i32.add (local.get $own) (i32.const 12))) (then (unreachable)))\n"                     \
    "    (i32.load8_u offset=8 (local.get $own)))\n"                                               \
    "  (func $write (param $fd i32) (param $own i32) (param $byte i32)\n"                          \
    "    (i32.store (local.get $own) (i32.add (local.get $own) (i32.const 8)))\n"                  \
    "    (i32.store offset=4 (local.get $own) (i32.const 1))\n"                                    \
    "    (i32.store8 offset=8 (local.get $own) (local.get $byte))\n"                               \
    "    (if (call $fd_write (local.get $fd) (local.get $own) (i32.const 1)\n"                     \
    "      (i32.add (local.get $own) (i32.const 12))) (then (unreachable))))\n"                    \
    "  (func $turn (result i32) (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))\n"

/* A pipe of the test, between the program's output and its input. */
typedef struct channel {
    int ends[2];
    hd_wasi_options wasi;
} channel;

static void open_channel(channel *c) {
    ck_assert_int_eq(pipe(c->ends), 0);
    c->wasi = no_streams;
    c->wasi.input.descriptor = c->ends[0];
    c->wasi.output.descriptor = c->ends[1];
}

static void close_channel(const channel *c) {
    close(c->ends[0]);
    close(c->ends[1]);
}

/* The bytes of a trace's file. */
static void encode(const hd_trace *trace, uint8_t **bytes, size_t *length) {
    hd_diag diag = HD_DIAG_INIT;
    hd_trace_encode(trace, bytes, length, &diag);
    ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
}

static void assert_same_trace(const hd_trace *a, const hd_trace *b) {
    uint8_t *of_a, *of_b;
    size_t length_a, length_b;
    encode(a, &of_a, &length_a);
    encode(b, &of_b, &length_b);
    ck_assert_uint_eq(length_a, length_b);
    ck_assert_mem_eq(of_a, of_b, length_a);
    hd_free(of_a);
    hd_free(of_b);
}

static void assert_same_ending(const program_ending *a, const program_ending *b) {
    ck_assert_int_eq(a->ended, b->ended);
    ck_assert_int_eq(a->status, b->status);
    ck_assert_str_eq(a->message, b->message);
    ck_assert_int_eq(a->outcome, b->outcome);
    ck_assert_uint_eq(a->steps, b->steps);
    ck_assert_int_eq(a->now, b->now);
    ck_assert_mem_eq(a->results, b->results, sizeof a->results);
    ck_assert_mem_eq(a->memory, b->memory, sizeof a->memory);
}

/* Replays a trace without the streams that the program had: the same again, and the same trace. */
static void assert_replays(const program_setup *recorded, const hd_trace *trace,
                           const program_ending *ending) {
    hd_trace *again = hd_trace_new();
    program_setup s = *recorded;
    s.strategy = NULL;
    s.recall = trace;
    s.record = again;
    s.wasi = &no_streams;
    program_ending e = program_execute(&s);
    ck_assert_msg(!e.lost, "%s", e.lost);
    ck_assert_msg(e.replayed == HD_OK, "%s", e.difference);
    assert_same_ending(ending, &e);
    assert_same_trace(trace, again);
    hd_trace_free(again);
}

/* Time. */

static const char sleepers_text[] = HEAD
    "  (func (export \"three\") (result i32)\n"
    "    (call $sleep (i32.const 128) (i64.const 3000000000)) (call $turn))\n"
    "  (func (export \"one\") (result i32)\n"
    "    (call $sleep (i32.const 256) (i64.const 1000000000)) (call $turn))\n"
    "  (func (export \"two\") (result i32)\n"
    "    (drop (memory.atomic.wait32 (i32.const 64) (i32.const 0) (i64.const 2000000000)))\n"
    "    (call $turn))\n"
    "  (func (export \"spin\") (result i32)\n"
    "    (loop (br_if 0 (i32.ne (i32.atomic.load (i32.const 0)) (i32.const 3)))) (call $turn))\n"
    "  (func (export \"yield\") (result i32)\n"
    "    (loop (drop (call $yield))\n"
    "      (br_if 0 (i32.ne (i32.atomic.load (i32.const 0)) (i32.const 3)))) (call $turn))\n"
    "  (func (export \"poll\") (result i32)\n"
    "    (loop (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 512)))\n"
    "      (br_if 0 (i64.lt_u (i64.load (i32.const 512)) (i64.const 3100000)))) (call $turn)))";

/* A seed with which no strategy lets anybody time out early. */
static uint64_t punctual_seed(void) {
    uint64_t seed = 5;
    hd_early early;
    for (;; seed++) {
        hd_early_start(&early, seed);
        if (early.every == 0) return seed;
    }
}

/* Who sleeps in the host and who waits in memory: the earliest deadline first, at no cost. Whoever
 * spins meanwhile, with and without a call of sched_yield, is seen through. */
START_TEST(the_earliest_deadline_comes_first) {
    static const char *const fourth[] = {NULL, "spin", "yield"};
    for (unsigned i = 0; i < 3; i++) {
        program_setup s = {.text = sleepers_text,
                           .calls = {"three", "one", "two", fourth[i]},
                           .wasi = &no_streams,
                           .strategy = strategies[_i],
                           .seed = punctual_seed(),
                           .timeout = 60 * HD_SECOND};
        program_ending e = program_execute(&s);
        program_expect(&e, HD_OK);
        ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
        ck_assert_uint_eq(e.results[0], 2);
        ck_assert_uint_eq(e.results[1], 0);
        ck_assert_uint_eq(e.results[2], 1);
        if (fourth[i]) ck_assert_uint_eq(e.results[3], 3);
        ck_assert_int_ge(e.now, 3 * HD_SECOND);
        ck_assert_int_lt(e.now, 3 * HD_SECOND + HD_SECOND / 10);
    }
}
END_TEST

/* Looking at a clock takes time. */
START_TEST(looking_at_a_clock_takes_time) {
    program_setup s = {
        .text = sleepers_text, .calls = {"poll"}, .wasi = &no_streams, .strategy = strategies[_i]};
    program_ending e = program_execute(&s);
    program_expect(&e, HD_OK);
    ck_assert_int_ge(e.now, 3100000);
    ck_assert_int_lt(e.now, 3110000);
}
END_TEST

/* Agents that have nothing to do with each other read the same times, in whatever order they move.
 */
static const char independent_text[] =
    HEAD "  (func $go (param $own i32) (param $times i32)\n"
         "    (loop $again\n"
         "      (drop (i32.atomic.rmw.add (local.get $own) (i32.const 1)))\n"
         "      (drop (call $clock (i32.const 1) (i64.const 0)\n"
         "        (i32.add (local.get $own) (i32.shl (local.get $times) (i32.const 3)))))\n"
         "      (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1))))))\n"
         "  (func (export \"five\") (call $go (i32.const 128) (i32.const 5)))\n"
         "  (func (export \"nine\") (call $go (i32.const 256) (i32.const 9)))\n"
         "  (func (export \"thirteen\") (call $go (i32.const 384) (i32.const 13))))";

START_TEST(clocks_do_not_show_the_schedule) {
    program_ending first = {0};
    for (uint64_t seed = 0; seed < 20; seed++) {
        program_setup s = {.text = independent_text,
                           .calls = {"five", "nine", "thirteen"},
                           .wasi = &no_streams,
                           .strategy = seed == 0 ? "rr" : strategies[_i],
                           .seed = seed};
        program_ending e = program_execute(&s);
        program_expect(&e, HD_OK);
        if (seed == 0) first = e;
        ck_assert_mem_eq(e.memory + 128, first.memory + 128, 3 * 128);
    }
    uint64_t last;
    memcpy(&last, first.memory + 128 + 8, sizeof last);
    ck_assert_uint_ge(last, 5 * 1000);
}
END_TEST

/* Chance. */

static const char chance_text[] =
    HEAD "  (func (export \"a\") (drop (call $random (i32.const 256) (i32.const 61))))\n"
         "  (func (export \"b\") (drop (call $random (i32.const 320) (i32.const 61)))\n"
         "    (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 512)))))";

START_TEST(chance_comes_from_the_seed) {
    program_ending of_seed[3];
    for (unsigned i = 0; i < 3; i++) {
        program_setup s = {.text = chance_text,
                           .calls = {"a", "b"},
                           .wasi = &no_streams,
                           .strategy = i == 1 ? "rr" : strategies[_i],
                           .seed = i < 2 ? 7 : 8};
        of_seed[i] = program_execute(&s);
        program_expect(&of_seed[i], HD_OK);
    }
    const uint8_t *first = of_seed[0].memory;
    static const uint8_t nothing[3] = {0};
    /* Whatever the schedule, each agent has a sequence of its own. */
    ck_assert_mem_eq(first + 256, of_seed[1].memory + 256, 128);
    ck_assert_mem_ne(first + 256, of_seed[2].memory + 256, 61);
    ck_assert_mem_ne(first + 256, first + 320, 61);
    ck_assert_mem_ne(first + 256, first + 256 + 30, 30);
    ck_assert_mem_eq(first + 256 + 61, nothing, 3);
    uint64_t realtime;
    memcpy(&realtime, first + 512, sizeof realtime);
    ck_assert_uint_gt(realtime, UINT64_C(946684800000000000));
    ck_assert_uint_lt(realtime, UINT64_C(946684800000000000) + 1000000);
}
END_TEST

/* Descriptors. */

static const char channel_text[] =
    HEAD "  (func (export \"read\") (result i32) (call $read (i32.const 0) (i32.const 128)))\n"
         "  (func (export \"read2\") (result i32) (call $read (i32.const 0) (i32.const 192)))\n"
         "  (func (export \"write\") (call $sleep (i32.const 256) (i64.const 1000000))\n"
         "    (call $write (i32.const 1) (i32.const 256) (i32.const 65))\n"
         "    (call $sleep (i32.const 256) (i64.const 1000000))\n"
         "    (call $write (i32.const 1) (i32.const 256) (i32.const 66)))\n"
         "  (func (export \"count\") (local $n i32)\n"
         "    (loop (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))\n"
         "      (br_if 0 (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1)))\n"
         "        (i32.const 200000))))))";

/* Two agents read what a third one writes after it has slept; a fourth goes on all the while. */
START_TEST(readers_and_a_writer) {
    channel c;
    hd_trace *trace = hd_trace_new(), *same = hd_trace_new();
    open_channel(&c);
    program_setup s = {.text = channel_text,
                       .calls = {"read", "read2", "write", "count"},
                       .wasi = &c.wasi,
                       .strategy = strategies[_i],
                       .seed = 3,
                       .record = trace};
    program_ending e = program_execute(&s);
    program_expect(&e, HD_OK);
    ck_assert_int_eq(e.outcome, HD_OUTCOME_COMPLETED);
    ck_assert_uint_eq(e.results[0] + e.results[1], 65 + 66);
    ck_assert_uint_eq(program_u32(&e, 4), 200000);
    s.record = same;
    program_ending again = program_execute(&s);
    close_channel(&c);
    assert_same_ending(&e, &again);
    assert_same_trace(trace, same);
    assert_replays(&s, trace, &e);
    hd_trace_free(trace);
    hd_trace_free(same);
}
END_TEST

/* Nothing ever comes: that is the time limit's affair, and of the replay, too, which does not
 * wait. */
START_TEST(nobody_writes) {
    channel c;
    hd_trace *trace = hd_trace_new();
    open_channel(&c);
    program_setup s = {.text = channel_text,
                       .calls = {"read"},
                       .wasi = &c.wasi,
                       .strategy = strategies[_i],
                       .record = trace,
                       .timeout = 30000000};
    program_ending e = program_execute(&s);
    close_channel(&c);
    program_expect(&e, HD_OK);
    ck_assert(!e.ended && !e.returned[0]);
    ck_assert_int_eq(e.outcome, HD_OUTCOME_STOPPED);
    s.timeout = 0;
    assert_replays(&s, trace, &e);
    hd_trace_free(trace);
}
END_TEST

/* Of an input that has come to its end nobody waits. */
START_TEST(the_end_of_input) {
    channel c;
    hd_trace *trace = hd_trace_new();
    open_channel(&c);
    ck_assert_int_eq(write(c.ends[1], "Z", 1), 1);
    close(c.ends[1]);
    c.wasi.output.descriptor = -1;
    program_setup s = {.text = channel_text,
                       .calls = {"read", "read2"},
                       .wasi = &c.wasi,
                       .strategy = strategies[_i],
                       .record = trace};
    program_ending e = program_execute(&s);
    close(c.ends[0]);
    program_expect(&e, HD_OK);
    ck_assert_uint_eq(e.results[0] + e.results[1], 'Z');
    assert_replays(&s, trace, &e);
    hd_trace_free(trace);
}
END_TEST

/* A poll with a time limit: a subscription to the input, and a clock. */
static const char limited_text[] =
    HEAD "  (func $limited (param $at i32) (param $time i64) (result i32)\n"
         "    (i32.store8 offset=8 (local.get $at) (i32.const 1))\n"
         "    (i32.store offset=64 (local.get $at) (i32.const 1))\n"
         "    (i64.store offset=72 (local.get $at) (local.get $time))\n"
         "    (if (call $poll (local.get $at) (i32.add (local.get $at) (i32.const 128))\n"
         "      (i32.const 2) (i32.add (local.get $at) (i32.const 192))) (then (unreachable)))\n"
         "    (i32.add (i32.mul (i32.const 16) (i32.load offset=192 (local.get $at)))\n"
         "      (i32.load8_u offset=138 (local.get $at))))\n"
         "  (func (export \"short\") (result i32)\n"
         "    (call $limited (i32.const 256) (i64.const 100000)))\n"
         "  (func (export \"long\") (result i32)\n"
         "    (call $limited (i32.const 512) (i64.const 9000000)))\n"
         "  (func (export \"write\") (call $sleep (i32.const 1024) (i64.const 5000000))\n"
         "    (call $write (i32.const 1) (i32.const 1024) (i32.const 65))))";

START_TEST(polls_with_time_limits) {
    channel c;
    hd_trace *trace = hd_trace_new();
    open_channel(&c);
    program_setup s = {.text = limited_text,
                       .calls = {"short", "long", "write"},
                       .wasi = &c.wasi,
                       .strategy = strategies[_i],
                       .seed = 11,
                       .record = trace};
    program_ending e = program_execute(&s);
    close_channel(&c);
    program_expect(&e, HD_OK);
    ck_assert_uint_eq(e.results[0], 16 + 0); /* one event, a clock */
    ck_assert_uint_eq(e.results[1], 16 + 1); /* one event, a descriptor to read */
    ck_assert_int_lt(e.now, 9000000);
    assert_replays(&s, trace, &e);
    hd_trace_free(trace);
}
END_TEST

/* Damage. */

/* A trace with other inputs: the one at `index` cut to `length` bytes and with a byte changed at
 * `at`; without it if the length is SIZE_MAX. */
static hd_trace *damage(const hd_trace *trace, size_t index, size_t length, size_t at,
                        uint8_t change) {
    hd_trace *damaged = hd_trace_new_like(trace);
    hd_trace_cursor cursor = hd_trace_start(trace);
    hd_outcome outcome;
    hd_move move;
    while (hd_trace_next(&cursor, &move))
        hd_trace_add_move(damaged, move.agent, move.events);
    for (size_t i = 0; i < hd_trace_inputs(trace); i++) {
        const uint8_t *bytes;
        size_t all;
        uint32_t kind = hd_trace_input(trace, i, &bytes, &all);
        if (i == index && length == SIZE_MAX) continue;
        uint8_t *copy = malloc(all + 1);
        memcpy(copy, bytes, all);
        if (i == index && all > length) all = length;
        if (i == index && at < all) copy[at] ^= change;
        hd_trace_add_input(damaged, kind, copy, all);
        free(copy);
    }
    ck_assert(hd_trace_outcome(trace, &outcome));
    ck_assert(hd_trace_finish(damaged, outcome, NULL));
    return damaged;
}

/* A replay of a damaged trace ends, by itself: as the trace says, lost, or told from it. */
static bool survives(const program_setup *recorded, hd_trace *damaged) {
    program_setup s = *recorded;
    s.strategy = NULL;
    s.record = NULL;
    s.recall = damaged;
    s.wasi = &no_streams;
    s.timeout = 20 * HD_SECOND;
    program_ending e = program_execute(&s);
    hd_trace_free(damaged);
    ck_assert_msg(e.outcome != HD_OUTCOME_STOPPED || e.lost, "it hung");
    return !e.lost && e.replayed == HD_OK && e.status == HD_OK;
}

START_TEST(damaged_inputs) {
    channel c;
    hd_trace *trace = hd_trace_new();
    open_channel(&c);
    program_setup s = {.text = limited_text,
                       .calls = {"short", "long", "write"},
                       .wasi = &c.wasi,
                       .strategy = strategies[_i],
                       .seed = 4,
                       .record = trace};
    program_ending e = program_execute(&s);
    close_channel(&c);
    program_expect(&e, HD_OK);
    ck_assert_uint_ge(hd_trace_inputs(trace), 6); /* two blocked, one went on; three answers */
    ck_assert(survives(&s, damage(trace, SIZE_MAX, 0, 0, 0)));
    for (size_t i = 0; i < hd_trace_inputs(trace); i++) {
        const uint8_t *bytes;
        size_t length;
        uint32_t kind = hd_trace_input(trace, i, &bytes, &length);
        /* Without the word that it could go on, who has a deadline goes on at that. */
        if (kind != HD_INPUT_READY) {
            ck_assert_msg(!survives(&s, damage(trace, i, SIZE_MAX, 0, 0)), "input %zu left out", i);
            ck_assert_msg(!survives(&s, damage(trace, i, length, 0, 0x7F)), "%zu of nobody", i);
        }
        for (size_t k = 0; k < length; k++) {
            survives(&s, damage(trace, i, k, SIZE_MAX, 0));
            survives(&s, damage(trace, i, length, k, 0xFF));
            survives(&s, damage(trace, i, length, k, 0x01));
            survives(&s, damage(trace, i, length, k, 0x80));
        }
    }
    hd_trace_free(trace);
}
END_TEST

/* Each request for memory fails once while a program reads, writes and sleeps. */
START_TEST(out_of_memory) {
    bool done = false;
    for (uint64_t n = 1; !done; n++) {
        channel c;
        hd_trace *trace = hd_trace_new();
        open_channel(&c);
        program_setup s = {.text = limited_text,
                           .calls = {"short", "write"},
                           .wasi = &c.wasi,
                           .strategy = "rr",
                           .record = trace,
                           .fail_after = n};
        program_ending e = program_execute(&s);
        close_channel(&c);
        ck_assert(!e.made || e.ended || e.outcome == HD_OUTCOME_STOPPED);
        done = e.made && e.status == HD_OK && e.returned[0] && e.returned[1] &&
               hd_trace_complete(trace);
        hd_trace_free(trace);
        ck_assert_uint_lt(n, 2000);
    }
}
END_TEST

Suite *outside_suite(void) {
    Suite *suite = suite_create("outside");
    TCase *tests = tcase_create("controlled");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, the_earliest_deadline_comes_first, 0, STRATEGIES);
    tcase_add_loop_test(tests, looking_at_a_clock_takes_time, 0, STRATEGIES);
    tcase_add_loop_test(tests, clocks_do_not_show_the_schedule, 0, STRATEGIES);
    tcase_add_loop_test(tests, chance_comes_from_the_seed, 0, STRATEGIES);
    tcase_add_loop_test(tests, readers_and_a_writer, 0, STRATEGIES);
    tcase_add_loop_test(tests, nobody_writes, 0, STRATEGIES);
    tcase_add_loop_test(tests, the_end_of_input, 0, STRATEGIES);
    tcase_add_loop_test(tests, polls_with_time_limits, 0, STRATEGIES);
    tcase_add_loop_test(tests, damaged_inputs, 0, STRATEGIES);
    tcase_add_test(tests, out_of_memory);
    suite_add_tcase(suite, tests);
    return suite;
}
