/* test_sched_trace.c: tests of traces: recording, the file format, and schedules as text. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/alloc.h"
#include "sched/random.h"
#include "sched/schedule_text.h"
#include "test_sched.h"

enum { HEADER = 24, MOVES = 3000 };

/* Recording. */

/* Random moves of up to `agents` agents, some of them in a regular pattern. */
static size_t make_moves(hd_move *moves, uint64_t seed, uint32_t agents) {
    hd_random random = {seed};
    size_t count = hd_random_below(&random, MOVES);
    uint64_t pattern = hd_random_below(&random, 4), events = 1 + hd_random_below(&random, 5);
    for (size_t i = 0; i < count; i++) {
        moves[i].agent = (uint32_t)(pattern == 0 ? i % agents : hd_random_below(&random, agents));
        moves[i].events = pattern <= 1 ? events : hd_random_below(&random, 6);
        if (pattern == 3 && hd_random_below(&random, 20) == 0)
            moves[i].events = hd_random_next(&random) >> 14;
        if (hd_random_below(&random, 50) == 0) pattern = hd_random_below(&random, 4);
    }
    return count;
}

/* The one sequence that stands for these moves. */
static size_t merge(hd_move *moves, size_t count) {
    size_t merged = 0;
    for (size_t i = 0; i < count; i++) {
        hd_move *last = merged ? &moves[merged - 1] : NULL;
        if (last && last->agent == moves[i].agent && last->events && moves[i].events)
            last->events += moves[i].events;
        else
            moves[merged++] = moves[i];
    }
    return merged;
}

static void assert_moves(const hd_trace *trace, const hd_move *moves, size_t count) {
    hd_trace_cursor cursor = hd_trace_start(trace);
    hd_move move;
    uint64_t events = 0;
    for (size_t i = 0; i < count; i++) {
        ck_assert(hd_trace_next(&cursor, &move));
        ck_assert_uint_eq(move.agent, moves[i].agent);
        ck_assert_uint_eq(move.events, moves[i].events);
        events += hd_move_events(&move);
    }
    ck_assert(!hd_trace_next(&cursor, &move));
    ck_assert(!hd_trace_next(&cursor, &move));
    ck_assert_uint_eq(hd_trace_moves(trace), count);
    ck_assert_uint_eq(hd_trace_events(trace), events);
}

static hd_trace *decode(const uint8_t *bytes, size_t length) {
    hd_diag diag = HD_DIAG_INIT;
    hd_trace *trace;
    hd_trace_decode(bytes, length, &trace, &diag);
    ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
    return trace;
}

static uint8_t *encode(const hd_trace *trace, size_t *length) {
    hd_diag diag = HD_DIAG_INIT;
    uint8_t *bytes;
    hd_trace_encode(trace, &bytes, length, &diag);
    ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
    return bytes;
}

START_TEST(moves_come_back) {
    static hd_move moves[MOVES];
    for (uint64_t seed = 0; seed < 300; seed++) {
        hd_trace *trace = hd_trace_new();
        size_t length, again;
        size_t count = make_moves(moves, seed, 1 + (uint32_t)(seed % 9));
        for (size_t i = 0; i < count; i++)
            hd_trace_add_move(trace, moves[i].agent, moves[i].events);
        ck_assert(hd_trace_complete(trace));
        count = merge(moves, count);
        assert_moves(trace, moves, count);
        uint8_t *bytes = encode(trace, &length);
        hd_trace *copy = decode(bytes, length);
        assert_moves(copy, moves, count);
        uint8_t *more = encode(copy, &again);
        ck_assert_uint_eq(length, again);
        ck_assert_mem_eq(bytes, more, length);
        hd_free(bytes);
        hd_free(more);
        hd_trace_free(copy);
        hd_trace_free(trace);
    }
}
END_TEST

/* However a move is cut, the same bytes. */
START_TEST(cuts_leave_no_mark) {
    hd_trace *whole = hd_trace_new(), *cut = hd_trace_new();
    size_t lengths[2];
    hd_trace_add_move(whole, 0, HD_TIMEOUT);
    hd_trace_add_move(whole, 0, 9);
    hd_trace_add_move(whole, 1, 5);
    hd_trace_add_move(cut, 0, HD_TIMEOUT);
    for (unsigned i = 0; i < 9; i++)
        hd_trace_add_move(cut, 0, 1);
    hd_trace_add_move(cut, 1, 2);
    hd_trace_add_move(cut, 1, 3);
    uint8_t *first = encode(whole, &lengths[0]), *second = encode(cut, &lengths[1]);
    ck_assert_uint_eq(lengths[0], lengths[1]);
    ck_assert_mem_eq(first, second, lengths[0]);
    hd_free(first);
    hd_free(second);
    hd_trace_free(whole);
    hd_trace_free(cut);
}
END_TEST

/* A beginning is what its moves would have been, with the preemptions in it; at every length. */
START_TEST(executions_are_cut) {
    static const hd_move whole[] = {{0, 3}, {1, 2}, {1, HD_TIMEOUT}, {2, 1}, {0, 4}};
    enum { COUNT = sizeof whole / sizeof *whole, EVENTS = 11 };
    for (uint64_t events = 0; events <= EVENTS; events++) {
        hd_move moves[COUNT];
        hd_trace *trace = hd_trace_new();
        size_t count = 0, preemptions, kept = 0;
        uint64_t left = events;
        for (size_t i = 0; i < COUNT; i++) {
            if (i == 1 || i == 4) hd_trace_add_preemption(trace);
            hd_trace_add_move(trace, whole[i].agent, whole[i].events);
            if (left == 0) continue;
            uint64_t part = hd_move_events(&whole[i]) < left ? hd_move_events(&whole[i]) : left;
            moves[count++] =
                (hd_move){whole[i].agent, whole[i].events == HD_TIMEOUT ? HD_TIMEOUT : part};
            kept += i == 1 || i == 4;
            left -= part;
        }
        hd_trace_add_input(trace, 7, "input", 5);
        hd_trace_add_output(trace, "output", 6);
        ck_assert(hd_trace_cut(trace, events));
        assert_moves(trace, moves, count);
        const uint64_t *numbers = hd_trace_preemptions(trace, &preemptions);
        ck_assert_uint_eq(preemptions, kept);
        if (kept > 0) ck_assert_uint_eq(numbers[0], 1);
        if (kept > 1) ck_assert_uint_eq(numbers[1], 4);
        ck_assert_uint_eq(hd_trace_inputs(trace), 1);
        hd_trace *other = hd_trace_new();
        hd_trace_add_output(other, "another one", 11);
        ck_assert(hd_trace_same_output(trace, other)); /* that of the cut one is not known */
        hd_trace_free(other);
        hd_trace_free(trace);
    }
}
END_TEST

/* Million events: alternation takes next to nothing, a random walk of two agents below two bits. */
START_TEST(traces_are_small) {
    enum { EVENTS = 1000000 };
    hd_random random = {1};
    hd_trace *regular = hd_trace_new(), *walk = hd_trace_new();
    size_t length;
    for (unsigned i = 0; i < EVENTS; i++) {
        hd_trace_add_move(regular, i % 2, 1);
        hd_trace_add_move(walk, (uint32_t)hd_random_below(&random, 2), 1);
    }
    hd_free(encode(regular, &length));
    ck_assert_uint_lt(length, 100);
    hd_free(encode(walk, &length));
    ck_assert_uint_lt(length, 2 * EVENTS / 8);
    hd_trace_free(regular);
    hd_trace_free(walk);
}
END_TEST

START_TEST(limits_make_a_trace_incomplete) {
    hd_diag diag = HD_DIAG_INIT;
    uint8_t *bytes;
    size_t length;
    hd_trace *trace = hd_trace_new();
    hd_trace_add_move(trace, HD_TRACE_MOST_AGENTS - 1, HD_TRACE_MOST_EVENTS - 2);
    hd_trace_add_move(trace, 0, HD_TIMEOUT);
    ck_assert(hd_trace_complete(trace));
    hd_free(encode(trace, &length));
    hd_trace_add_move(trace, 0, 1);
    ck_assert(!hd_trace_complete(trace));
    ck_assert_int_eq(hd_trace_encode(trace, &bytes, &length, &diag), HD_LIMIT);
    hd_trace_free(trace);
    trace = hd_trace_new();
    hd_trace_add_move(trace, 0, HD_TRACE_MOST_EVENTS - 1);
    ck_assert(hd_trace_complete(trace));
    hd_trace_add_move(trace, 0, HD_TIMEOUT);
    ck_assert(!hd_trace_complete(trace));
    hd_trace_free(trace);
    trace = hd_trace_new();
    hd_trace_add_move(trace, HD_TRACE_MOST_AGENTS, 1);
    ck_assert(!hd_trace_complete(trace));
    hd_trace_free(trace);
}
END_TEST

/* The file. */

/* A failure of two agents, one of them at two places. */
static hd_failure full_failure(void) {
    hd_failure failure = HD_FAILURE_INIT;
    hd_failure_set(&failure, HD_FAILURE_DEADLOCK, 7);
    hd_failure_add_agent(&failure, 1);
    hd_failure_add_place(&failure, "$inner", 0x1234);
    hd_failure_add_place(&failure, "$outer", UINT64_MAX);
    hd_failure_add_agent(&failure, UINT32_MAX);
    return failure;
}

/* A trace with something in every field. */
static hd_trace *full_trace(void) {
    static const char *const arguments[] = {"heddle", "run", "", "--seed=7", "a b.wasm"};
    hd_trace_origin origin = {"pct:4", UINT64_MAX, arguments, 5};
    hd_trace *trace = hd_trace_new();
    hd_trace_bind(trace, "module", 6);
    hd_trace_bind(trace, "another", 7);
    ck_assert(hd_trace_set_origin(trace, &origin));
    hd_trace_add_input(trace, 3, "twelve bytes", 12);
    hd_trace_add_input(trace, UINT32_MAX, NULL, 0);
    for (uint32_t i = 0; i < 40; i++)
        hd_trace_add_move(trace, i % 3, i < 3 ? HD_TIMEOUT : i);
    hd_trace_add_move(trace, 1, 1);
    hd_failure failure = full_failure();
    ck_assert(hd_trace_finish(trace, HD_OUTCOME_DEADLOCK, &failure));
    hd_failure_free(&failure);
    hd_trace_add_output(trace, "printed", 7);
    return trace;
}

static void assert_full_trace(const hd_trace *trace) {
    hd_outcome outcome;
    const uint8_t *bytes;
    size_t length;
    hd_trace *expected = full_trace();
    hd_trace_origin origin = hd_trace_get_origin(trace);
    ck_assert(hd_trace_same_subject(trace, expected));
    ck_assert_str_eq(origin.strategy, "pct:4");
    ck_assert(origin.seed == UINT64_MAX);
    ck_assert_uint_eq(origin.argument_count, 5);
    ck_assert_str_eq(origin.arguments[2], "");
    ck_assert_str_eq(origin.arguments[4], "a b.wasm");
    ck_assert(hd_trace_outcome(trace, &outcome));
    ck_assert_int_eq(outcome, HD_OUTCOME_DEADLOCK);
    ck_assert(hd_failure_equal(hd_trace_failure(trace), hd_trace_failure(expected)));
    ck_assert_uint_eq(hd_trace_failure(trace)->detail, 7);
    ck_assert(hd_trace_same_output(trace, expected));
    hd_trace_add_output(expected, "", 1);
    ck_assert(!hd_trace_same_output(trace, expected));
    ck_assert_str_eq(schedule_of(trace), schedule_of(expected));
    ck_assert_uint_eq(hd_trace_inputs(trace), 2);
    ck_assert_uint_eq(hd_trace_input(trace, 0, &bytes, &length), 3);
    ck_assert_uint_eq(length, 12);
    ck_assert_mem_eq(bytes, "twelve bytes", 12);
    ck_assert_uint_eq(hd_trace_input(trace, 1, &bytes, &length), UINT32_MAX);
    ck_assert_uint_eq(length, 0);
    hd_trace_free(expected);
}

/* Kind, detail, agents and places each tell failures apart; a copy is the same. */
START_TEST(failures_are_compared_exactly) {
    hd_failure all = full_failure(), other = HD_FAILURE_INIT;
    ck_assert(hd_failure_copy(&other, &all));
    ck_assert(hd_failure_equal(&all, &other));
    other.kind = HD_FAILURE_LIVELOCK;
    ck_assert(!hd_failure_equal(&all, &other));
    ck_assert(hd_failure_copy(&other, &all));
    other.detail++;
    ck_assert(!hd_failure_equal(&all, &other));
    ck_assert(hd_failure_copy(&other, &all));
    other.parts.items[0].agent = 2;
    ck_assert(!hd_failure_equal(&all, &other));
    ck_assert(hd_failure_copy(&other, &all));
    other.places.items[1].offset--;
    ck_assert(!hd_failure_equal(&all, &other));
    ck_assert(hd_failure_copy(&other, &all));
    other.places.items[0].function = "$other";
    ck_assert(!hd_failure_equal(&all, &other));
    ck_assert(hd_failure_copy(&other, &all));
    hd_failure_add_agent(&other, 3);
    ck_assert(!hd_failure_equal(&all, &other));
    hd_failure_free(&other);
    hd_failure_free(&all);
}
END_TEST

static void add_part(hd_failure *f, uint32_t agent, const char *function) {
    hd_failure_add_agent(f, agent);
    if (function) hd_failure_add_place(f, function, 5);
}

/* Whichever agents stand at the same places, in whatever order; places and their numbers count, and
 * so do agents that stand nowhere. */
START_TEST(failures_are_alike) {
    hd_failure one = HD_FAILURE_INIT, other = HD_FAILURE_INIT;
    hd_failure_set(&one, HD_FAILURE_DEADLOCK, 0);
    add_part(&one, 1, "$lock"), add_part(&one, 2, "$lock"), add_part(&one, 3, "$wait");
    hd_failure_set(&other, HD_FAILURE_DEADLOCK, 0);
    add_part(&other, 4, "$wait"), add_part(&other, 5, "$lock"), add_part(&other, 7, "$lock");
    ck_assert(hd_failure_alike(&one, &other));
    ck_assert(!hd_failure_equal(&one, &other));
    other.kind = HD_FAILURE_LIVELOCK;
    ck_assert(!hd_failure_alike(&one, &other));
    hd_failure_set(&other, HD_FAILURE_DEADLOCK, 0);
    add_part(&other, 1, "$lock"), add_part(&other, 2, "$wait"), add_part(&other, 3, "$wait");
    ck_assert(!hd_failure_alike(&one, &other));
    ck_assert(!hd_failure_alike(&other, &one));
    hd_failure_set(&other, HD_FAILURE_DEADLOCK, 0);
    add_part(&other, 1, "$lock"), add_part(&other, 2, "$lock");
    ck_assert(!hd_failure_alike(&one, &other));
    hd_failure_set(&one, HD_FAILURE_DEADLOCK, 0);
    add_part(&one, 1, NULL);
    hd_failure_set(&other, HD_FAILURE_DEADLOCK, 0);
    add_part(&other, 2, NULL);
    ck_assert(!hd_failure_alike(&one, &other));
    hd_failure_free(&one);
    hd_failure_free(&other);
}
END_TEST

/* By their bytes, however they were cut; what is unknown differs from nothing. */
START_TEST(outputs_are_compared) {
    hd_trace *one = hd_trace_new(), *other = hd_trace_new();
    ck_assert(hd_trace_same_output(one, other));
    hd_trace_add_output(one, "a\0b", 3);
    ck_assert(hd_trace_same_output(one, other));
    hd_trace_add_output(other, NULL, 0);
    ck_assert(!hd_trace_same_output(one, other));
    hd_trace_add_output(other, "a", 1);
    ck_assert(!hd_trace_same_output(one, other));
    hd_trace_add_output(other, "\0b", 2);
    ck_assert(hd_trace_same_output(one, other));
    hd_trace_free(one);
    hd_trace_free(other);
}
END_TEST

START_TEST(every_field_comes_back) {
    size_t length;
    hd_trace *trace = full_trace();
    uint8_t *bytes = encode(trace, &length);
    hd_trace *copy = decode(bytes, length);
    assert_full_trace(copy);
    hd_trace *like = hd_trace_new_like(copy);
    ck_assert(hd_trace_same_subject(like, trace));
    ck_assert_str_eq(hd_trace_get_origin(like).strategy, "pct:4");
    ck_assert_uint_eq(hd_trace_moves(like), 0);
    hd_trace_copy_inputs(like, copy);
    ck_assert_uint_eq(hd_trace_inputs(like), 2);
    hd_trace_bind(like, "x", 1);
    ck_assert(!hd_trace_same_subject(like, trace));
    hd_trace_free(like);
    hd_trace_free(copy);
    hd_trace_free(trace);
    hd_free(bytes);
}
END_TEST

/* What is bound, and in which order, makes a difference; where it is divided, too. */
START_TEST(digests_tell_subjects_apart) {
    static const char *const subjects[][2] = {{"", ""},   {"a", ""},  {"", "a"}, {"ab", ""},
                                              {"a", "b"}, {"b", "a"}, {"", "ab"}};
    enum { COUNT = sizeof subjects / sizeof subjects[0] };
    hd_trace *traces[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        traces[i] = hd_trace_new();
        for (size_t j = 0; j < 2; j++)
            hd_trace_bind(traces[i], subjects[i][j], strlen(subjects[i][j]));
        for (size_t j = 0; j < i; j++)
            ck_assert(!hd_trace_same_subject(traces[i], traces[j]));
    }
    for (size_t i = 0; i < COUNT; i++)
        hd_trace_free(traces[i]);
}
END_TEST

/* What doc/trace-format.md gives as its example. */
START_TEST(the_format_is_as_documented) {
    static const uint8_t header[] = {0x89, 'H', 'D', 'T', '\r', '\n', 0x1A, '\n', 3, 0, 0, 0};
    static const uint8_t payload[] = {
        /* digest */ 0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        /* outcome */ 2,
        /* failure */ 4,
        0,
        1,
        1,
        1,
        1,
        'f',
        9,
        /* output */ 0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        /* strategy */ 2,
        'r',
        'r',
        /* seed */ 0x87,
        1,
        /* arguments */ 1,
        1,
        'h',
        /* inputs */ 1,
        5,
        2,
        'i',
        'n',
        /* moves */ 12,
        21,
        /* 0 */ 2 | 1 << 2,
        0,
        /* 1 */ 1 | 1 << 2,
        /* 0, 1*3 */ 4,
        12,
        /* 0*2, 1*2, … */ 8,
        3 | 4 << 2,
        /* 2~ */ 1,
        /* 0*2 */ 2 | 2 << 2,
        0,
    };
    static const char *const arguments[] = {"h"};
    size_t length;
    uint8_t inflated[sizeof payload + 1];
    uLongf inflated_length = sizeof inflated;
    hd_trace *trace = trace_of("0,1,0,1*3,0*2,1*2,0*2,1*2,0*2,1*2,2~,0*2");
    hd_trace_origin origin = {"rr", 135, arguments, 1};
    ck_assert(hd_trace_set_origin(trace, &origin));
    hd_trace_add_input(trace, 5, "in", 2);
    hd_failure failure = HD_FAILURE_INIT;
    hd_failure_set(&failure, HD_FAILURE_DEADLOCK, 0);
    hd_failure_add_agent(&failure, 1);
    hd_failure_add_place(&failure, "f", 9);
    ck_assert(hd_trace_finish(trace, HD_OUTCOME_DEADLOCK, &failure));
    hd_failure_free(&failure);
    uint8_t *bytes = encode(trace, &length);
    ck_assert_mem_eq(bytes, header, sizeof header);
    ck_assert_uint_eq(bytes[16], sizeof payload);
    ck_assert_int_eq(uncompress(inflated, &inflated_length, bytes + HEADER, length - HEADER), Z_OK);
    ck_assert_uint_eq(inflated_length, sizeof payload);
    ck_assert_mem_eq(inflated, payload, sizeof payload);
    hd_free(bytes);
    hd_trace_free(trace);
}
END_TEST

/* Damage. */

static hd_diag refuse(const uint8_t *bytes, size_t length) {
    hd_diag diag = HD_DIAG_INIT;
    hd_trace *trace = NULL;
    ck_assert_int_eq(hd_trace_decode(bytes, length, &trace, &diag), HD_MALFORMED);
    ck_assert_ptr_null(trace);
    return diag;
}

START_TEST(every_damaged_byte_is_noticed) {
    size_t length;
    hd_trace *trace = full_trace();
    uint8_t *bytes = encode(trace, &length);
    for (size_t i = 0; i < length; i++)
        for (unsigned flip = 1; flip < 256; flip++) {
            bytes[i] ^= (uint8_t)flip;
            hd_diag diag = refuse(bytes, length);
            const char *expected = i < 8    ? "not a Heddle trace"
                                   : i < 12 ? "trace is of format version"
                                            : "trace is damaged: checksum";
            ck_assert_msg(strstr(diag.message, expected) != NULL, "%s", diag.message);
            bytes[i] ^= (uint8_t)flip;
        }
    for (size_t i = 0; i < length; i++) {
        /* A copy of its own, so that a read beyond its end is seen. */
        uint8_t *cut = malloc(i ? i : 1);
        memcpy(cut, bytes, i);
        hd_diag diag = refuse(cut, i);
        ck_assert_ptr_nonnull(
            strstr(diag.message, i < 8 ? "not a Heddle trace" : "trace is damaged"));
        free(cut);
    }
    hd_trace_free(trace);
    hd_free(bytes);
}
END_TEST

START_TEST(other_versions_are_named) {
    size_t length;
    hd_trace *trace = full_trace();
    uint8_t *bytes = encode(trace, &length);
    bytes[8] = 1;
    hd_diag diag = refuse(bytes, length);
    ck_assert_str_eq(diag.message,
                     "trace is of format version 1; this heddle reads 3: record it again");
    bytes[8] = 4;
    diag = refuse(bytes, length);
    ck_assert_str_eq(diag.message, "trace is of format version 4; this heddle reads 3");
    hd_trace_free(trace);
    hd_free(bytes);
}
END_TEST

/* Makes a file of any payload, with a header that says it is right. */
static uint8_t *forge(const uint8_t *payload, size_t length, uint64_t claimed, size_t *made) {
    uLongf room = compressBound(length);
    uint8_t *bytes = calloc(1, HEADER + room);
    memcpy(bytes, "\x89HDT\r\n\x1A\n\3", 9);
    ck_assert_int_eq(compress(bytes + HEADER, &room, payload, length), Z_OK);
    *made = HEADER + room;
    memcpy(bytes + 16, &claimed, 8);
    uint32_t checksum = (uint32_t)crc32(0, bytes + 16, (uInt)(*made - 16));
    memcpy(bytes + 12, &checksum, 4);
    return bytes;
}

static void refuse_payload(const uint8_t *payload, size_t length, const char *message) {
    size_t made;
    uint8_t *bytes = forge(payload, length, length, &made);
    hd_diag diag = refuse(bytes, made);
    ck_assert_str_eq(diag.message, message);
    free(bytes);
}

/* Wrong payloads under a right checksum. The first 40 bytes are right: digest, outcome, an empty
 * failure, output, and four empty fields. */
static const struct {
    const char *bytes;
    size_t length;
    const char *message;
} payloads[] = {
#define DAMAGED(what) "trace is damaged: " what " of its payload"
#define PAYLOAD(bytes, message)                                                                    \
    { bytes, sizeof bytes - 1, DAMAGED(message) }
#define D "0123456789abcdef"
#define F D "\1\0\0\0" D
#define M F "\0\0\0\0"
    PAYLOAD("012", "unexpected end at byte 3"),
    PAYLOAD(D, "unexpected end at byte 16"),
    PAYLOAD(D "\11", "an unknown outcome 9 at byte 16"),
    PAYLOAD(D "\1\17\0\0", "a failure that cannot be at byte 17"),
    PAYLOAD(D "\1\4\0\5abcd", "a failure that cannot be at byte 17"),
    PAYLOAD(D "\1\4\0\1\1\1\x81\40abcd", "a label of 4097 bytes at byte 22"),
    PAYLOAD(D "\1\4\0\1\1\2\1ab", "unexpected end at byte 25"),
    PAYLOAD(F "\5abcd", "unexpected end at byte 41"),
    PAYLOAD(F "\3a\0b\0\0\0\0\0\0", "a text with a NUL at byte 37"),
    PAYLOAD(F "\0\0\x7F\0\0\0", "a count of 127 with 3 bytes left at byte 38"),
    PAYLOAD(F "\0\0\0\x7F\0\0\0", "a count of 127 with 3 bytes left at byte 39"),
    PAYLOAD(F "\0\0\0\1\1\x7F\0\0", "unexpected end at byte 44"),
    PAYLOAD(M "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\1\0",
            "integer representation too long at byte 40"),
    PAYLOAD(M "\0\x80\x80\x80\x80\x80\x80\x80\x80\x40", "too many events at byte 50"),
    PAYLOAD(M "\1\0", "1 moves and 0 events are missing at byte 42"),
    PAYLOAD(M "\1\2\4", "0 moves and 1 events are missing at byte 43"),
    PAYLOAD(M "\1\1\4\4", "a move that cannot be at byte 43"),
    PAYLOAD(M "\2\1\4\4", "a move that cannot be at byte 43"),
    PAYLOAD(M "\2\1\7", "a move that cannot be at byte 42"),
    PAYLOAD(M "\2\1\6\0\3", "a move that cannot be at byte 44"),
    PAYLOAD(M "\1\0\2\x80\x80\4", "a move that cannot be at byte 42"),
    PAYLOAD(M "\2\2\2\xFF\xFF\3\1", "a move that cannot be at byte 46"),
    PAYLOAD(M "\xFF\xFF\xFF\xFF\x0F\xFF\xFF\xFF\xFF\x0F\1\xFF\xFF\xFF\xFF\x0F",
            "a move that cannot be at byte 51"),
    /* A time-out is an event. */
    PAYLOAD(M "\1\0\1", "a move that cannot be at byte 42"),
    PAYLOAD(M "\3\2\1\7", "a move that cannot be at byte 43"),
    PAYLOAD(M "\1\1\x84", "unexpected end at byte 43"),
};

START_TEST(wrong_payloads_are_refused) {
    refuse_payload((const uint8_t *)payloads[_i].bytes, payloads[_i].length, payloads[_i].message);
}
END_TEST

/* Any bytes at all, most of them nearly right, are read or refused. */
START_TEST(random_payloads_do_no_harm) {
    size_t length, made;
    hd_trace *trace = full_trace();
    uint8_t *bytes = encode(trace, &length);
    uint8_t payload[4096], mutated[4096];
    uLongf payload_length = sizeof payload;
    uncompress(payload, &payload_length, bytes + HEADER, length - HEADER);
    hd_free(bytes);
    hd_trace_free(trace);
    hd_random random = {5};
    unsigned accepted = 0;
    for (unsigned i = 0; i < 20000; i++) {
        hd_diag diag = HD_DIAG_INIT;
        memcpy(mutated, payload, payload_length);
        size_t kept = payload_length;
        for (uint64_t n = 1 + hd_random_below(&random, 4); n > 0; n--)
            mutated[16 + hd_random_below(&random, kept - 16)] = (uint8_t)hd_random_next(&random);
        if (i % 4 == 0) kept = hd_random_below(&random, kept);
        bytes = forge(mutated, kept, kept, &made);
        if (hd_trace_decode(bytes, made, &trace, &diag) == HD_OK) {
            hd_trace_cursor cursor = hd_trace_start(trace);
            hd_move move;
            uint64_t moves = 0, events = 0;
            for (; hd_trace_next(&cursor, &move) && moves < 10000; moves++) {
                ck_assert_uint_lt(move.agent, HD_TRACE_MOST_AGENTS);
                events += hd_move_events(&move);
            }
            if (moves < 10000) {
                ck_assert_uint_eq(moves, hd_trace_moves(trace));
                ck_assert_uint_eq(events, hd_trace_events(trace));
            }
            hd_trace_free(trace);
            accepted++;
        } else {
            ck_assert_int_eq(diag.status, HD_MALFORMED);
        }
        free(bytes);
    }
    ck_assert_uint_gt(accepted, 0);
}
END_TEST

/* A claim of what comes out is checked before room is made for it, and against what comes. */
START_TEST(claims_of_size_are_checked) {
    static const struct {
        uint64_t claimed;
        const char *message;
    } cases[] = {
        {UINT64_MAX, "18446744073709551615 bytes cannot come out of "},
        {HD_TRACE_MOST_BYTES + 1, " bytes cannot come out of "},
        {1 << 20, " bytes cannot come out of "},
        {1001, "its payload does not inflate to 1001 bytes"},
        {999, "its payload does not inflate to 999 bytes"},
        {0, "its payload does not inflate to 0 bytes"},
    };
    static const uint8_t zeros[1000];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t made;
        uint8_t *bytes = forge(zeros, sizeof zeros, cases[i].claimed, &made);
        hd_diag diag = refuse(bytes, made);
        ck_assert_msg(strstr(diag.message, cases[i].message) != NULL, "%s", diag.message);
        free(bytes);
    }
}
END_TEST

/* Failures of the host. */

START_TEST(memory_may_run_out) {
    size_t length, again;
    hd_trace *model = full_trace(), *trace;
    uint8_t *bytes = encode(model, &length), *more;
    bool worked = false;
    for (uint64_t n = 1; !worked; n++) {
        hd_diag diag = HD_DIAG_INIT;
        hd_alloc_fail_after(n);
        worked = hd_trace_encode(model, &more, &again, &diag) == HD_OK;
        hd_alloc_fail_after(0);
        ck_assert_int_eq(diag.status, worked ? HD_OK : HD_NOMEM);
        if (worked) hd_free(more);
        ck_assert_uint_lt(n, 1000);
    }
    worked = false;
    for (uint64_t n = 1; !worked; n++) {
        hd_diag diag = HD_DIAG_INIT;
        hd_alloc_fail_after(n);
        worked = hd_trace_decode(bytes, length, &trace, &diag) == HD_OK;
        hd_alloc_fail_after(0);
        ck_assert_int_eq(diag.status, worked ? HD_OK : HD_NOMEM);
        if (worked) hd_trace_free(trace);
        ck_assert_uint_lt(n, 1000);
    }
    hd_alloc_fail_after(1);
    ck_assert_ptr_null(hd_trace_new());
    ck_assert_ptr_null(hd_strategy_replay(model));
    ck_assert_ptr_null(hd_strategy_guided(model, NULL));
    hd_trace_add_input(model, 1, bytes, length);
    hd_alloc_fail_after(0);
    ck_assert(!hd_trace_complete(model));
    hd_trace_free(model);
    hd_free(bytes);
}
END_TEST

START_TEST(files_are_written_whole) {
    char folder[] = "/tmp/heddle-test-XXXXXX", path[64];
    hd_diag diag = HD_DIAG_INIT;
    hd_trace *trace = full_trace(), *copy;
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/trace", folder);
    for (unsigned i = 0; i < 2; i++) { /* new, and over an earlier one */
        hd_trace_save(trace, path, &diag);
        ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
        hd_trace_load(path, &copy, &diag);
        ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
        assert_full_trace(copy);
        hd_trace_free(copy);
    }
    unsigned entries = 0;
    DIR *dir = opendir(folder);
    while (readdir(dir))
        entries++;
    closedir(dir);
    ck_assert_uint_eq(entries, 3); /* with . and .. */
    unlink(path);
    rmdir(folder);
    hd_trace_free(trace);
}
END_TEST

START_TEST(file_errors_are_told) {
    hd_trace *trace = full_trace(), *copy;
    hd_diag diag = HD_DIAG_INIT;
    ck_assert_int_eq(hd_trace_save(trace, "/dev/full", &diag), HD_IO);
    ck_assert_str_eq(diag.message, "cannot write /dev/full: No space left on device");
    hd_diag_reset(&diag);
    ck_assert_int_eq(hd_trace_save(trace, "/nowhere/at/all", &diag), HD_IO);
    ck_assert_ptr_nonnull(strstr(diag.message, "cannot create /nowhere/at/all"));
    hd_diag_reset(&diag);
    ck_assert_int_eq(hd_trace_save(trace, "/tmp", &diag), HD_IO);
    hd_diag_reset(&diag);
    ck_assert_int_eq(hd_trace_load("/nowhere", &copy, &diag), HD_IO);
    ck_assert_str_eq(diag.message, "cannot open /nowhere: No such file or directory");
    hd_diag_reset(&diag);
    ck_assert_int_eq(hd_trace_load("/tmp", &copy, &diag), HD_IO);
    ck_assert_str_eq(diag.message, "cannot read /tmp: Is a directory");
    hd_diag_reset(&diag);
    ck_assert_int_eq(hd_trace_load("/dev/null", &copy, &diag), HD_MALFORMED);
    ck_assert_str_eq(diag.message, "not a Heddle trace");
    hd_trace_free(trace);
}
END_TEST

/* Text. */

START_TEST(schedules_read_as_written) {
    static const char *const same[] = {
        "", "0", "0~", "0~,1~,0,1*3,0", "3*2,0~,0~,0*17,65535", "7*4611686018427387903"};
    char buffer[64];
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        hd_trace *trace = trace_of(same[i]);
        hd_outcome outcome;
        ck_assert_str_eq(schedule_of(trace), same[i]);
        ck_assert(!hd_trace_outcome(trace, &outcome));
        for (size_t room = 0; room < sizeof buffer; room++)
            ck_assert_int_eq(hd_schedule_format(trace, buffer, room), room > strlen(same[i]));
        hd_trace_free(trace);
    }
    hd_trace *trace = trace_of("1,1*2,0*1,01*002");
    ck_assert_str_eq(schedule_of(trace), "1*3,0,1*2");
    hd_trace_free(trace);
}
END_TEST

START_TEST(mistakes_in_schedules_are_placed) {
    static const struct {
        const char *text, *wrong;
    } cases[] = {
        {",", "character 1: an agent's number is needed"},
        {"0,", "character 3: an agent's number is needed"},
        {"0,,1", "character 3: an agent's number is needed"},
        {"a", "character 1: an agent's number is needed"},
        {"-1", "character 1: an agent's number is needed"},
        {" 1", "character 1: an agent's number is needed"},
        {"65536", "character 1: an agent's number is needed"},
        {"0*", "character 3: a number of events, at least 1, is needed"},
        {"0*0", "character 3: a number of events, at least 1, is needed"},
        {"0*4611686018427387904", "a number of events, at least 1, is needed"},
        {"0*99999999999999999999", "a number of events, at least 1, is needed"},
        {"0~~", "character 3: a comma is needed"},
        {"0*2~", "character 4: a comma is needed"},
        {"0~*2", "character 3: a comma is needed"},
        {"0!,0*9",
         "character 2: a start is no move any more: this is a schedule of an older version"},
        {"0,1!", "character 4: a start is no move any more"},
        {"0 ,1", "character 2: a comma is needed"},
        {"0*4611686018427387903,1", "the schedule is too long"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hd_diag diag = HD_DIAG_INIT;
        hd_trace *trace;
        ck_assert_int_eq(hd_schedule_parse(cases[i].text, &trace, &diag), HD_FAILED);
        ck_assert_msg(strstr(diag.message, cases[i].wrong) != NULL, "%s", diag.message);
    }
}
END_TEST

TCase *sched_trace_case(void) {
    TCase *traces = tcase_create("traces");
    tcase_set_timeout(traces, 60);
    tcase_add_test(traces, moves_come_back);
    tcase_add_test(traces, cuts_leave_no_mark);
    tcase_add_test(traces, traces_are_small);
    tcase_add_test(traces, limits_make_a_trace_incomplete);
    tcase_add_test(traces, failures_are_compared_exactly);
    tcase_add_test(traces, failures_are_alike);
    tcase_add_test(traces, outputs_are_compared);
    tcase_add_test(traces, every_field_comes_back);
    tcase_add_test(traces, executions_are_cut);
    tcase_add_test(traces, digests_tell_subjects_apart);
    tcase_add_test(traces, the_format_is_as_documented);
    tcase_add_test(traces, every_damaged_byte_is_noticed);
    tcase_add_test(traces, other_versions_are_named);
    tcase_add_loop_test(traces, wrong_payloads_are_refused, 0,
                        sizeof payloads / sizeof payloads[0]);
    tcase_add_test(traces, random_payloads_do_no_harm);
    tcase_add_test(traces, claims_of_size_are_checked);
    tcase_add_test(traces, memory_may_run_out);
    tcase_add_test(traces, files_are_written_whole);
    tcase_add_test(traces, file_errors_are_told);
    tcase_add_test(traces, schedules_read_as_written);
    tcase_add_test(traces, mistakes_in_schedules_are_placed);
    return traces;
}
