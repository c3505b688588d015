/* test_base.c: the suite of base/: allocator, arena, growable array, diagnostics, reader, map. */
#include <stdio.h>
#include <string.h>

#include <check.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/reader.h"
#include "base/vec.h"
#include "suites.h"

#define ROWS(table) (int)(sizeof(table) / sizeof *(table))

/* --- allocator */

static void allow_everything(void) {
    hd_alloc_fail_after(0);
}

START_TEST(the_nth_request_and_all_after_it_fail) {
    hd_alloc_fail_after(3);
    void *first = hd_alloc(1), *second = hd_calloc(1, 1);
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_nonnull(second);
    ck_assert_ptr_null(hd_alloc(1));
    ck_assert_ptr_null(hd_calloc(1, 1));
    ck_assert_ptr_null(hd_realloc(first, 2, 1));
    ck_assert_ptr_null(hd_strndup("x", 1));
    hd_alloc_fail_after(0);
    first = hd_realloc(first, 2, 1);
    ck_assert_ptr_nonnull(first);
    hd_free(first);
    hd_free(second);
}
END_TEST

START_TEST(sizes_that_overflow_are_refused) {
    ck_assert_ptr_null(hd_realloc(NULL, SIZE_MAX / 2, 3));
    ck_assert_ptr_null(hd_strndup("", SIZE_MAX));
}
END_TEST

START_TEST(blocks_of_no_bytes_are_blocks) {
    void *blocks[] = {hd_alloc(0), hd_calloc(0, 8), hd_realloc(NULL, 0, 8)};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_ptr_nonnull(blocks[i]);
        hd_free(blocks[i]);
    }
    hd_free(NULL);
}
END_TEST

START_TEST(copies_of_text_end_with_nul) {
    char *copy = hd_strndup("heddle", 3), *empty = hd_strndup(NULL, 0);
    ck_assert_str_eq(copy, "hed");
    ck_assert_str_eq(empty, "");
    hd_free(copy);
    hd_free(empty);
}
END_TEST

/* --- arena */

START_TEST(arena_blocks_are_zeroed_aligned_and_apart) {
    hd_arena arena = HD_ARENA_INIT;
    unsigned char *blocks[200];
    for (size_t i = 0; i < 200; i++) {
        size_t size = i * 7 % 300 + 1;
        blocks[i] = hd_arena_alloc(&arena, size, 1);
        ck_assert_ptr_nonnull(blocks[i]);
        ck_assert_uint_eq((uintptr_t)blocks[i] % 16, 0);
        for (size_t k = 0; k < size; k++)
            ck_assert_uint_eq(blocks[i][k], 0);
        memset(blocks[i], (int)i, size);
    }
    for (size_t i = 0; i < 200; i++) {
        size_t size = i * 7 % 300 + 1;
        for (size_t k = 0; k < size; k++)
            ck_assert_uint_eq(blocks[i][k], i);
    }
    hd_arena_free(&arena);
    ck_assert_ptr_null(arena.chunks);
    hd_arena_free(&arena);
}
END_TEST

START_TEST(arena_moves_blocks) {
    hd_arena one = HD_ARENA_INIT, other = HD_ARENA_INIT, none = HD_ARENA_INIT;
    char *first = hd_arena_strndup(&one, "first", 5),
         *second = hd_arena_strndup(&other, "second", 6);
    hd_arena_move(&one, &other);
    hd_arena_move(&one, &none);
    ck_assert_ptr_null(other.chunks);
    hd_arena_free(&other);
    char *third = hd_arena_strndup(&one, "third", 5);
    ck_assert_str_eq(first, "first");
    ck_assert_str_eq(second, "second");
    ck_assert_str_eq(third, "third");
    hd_arena_move(&none, &one);
    ck_assert_ptr_null(one.chunks);
    ck_assert_str_eq(second, "second");
    hd_arena_free(&none);
}
END_TEST

START_TEST(arena_takes_large_blocks_and_refuses_impossible_ones) {
    hd_arena arena = HD_ARENA_INIT;
    char *large = hd_arena_alloc(&arena, 3, 1 << 20);
    ck_assert_ptr_nonnull(large);
    large[(3 << 20) - 1] = 1;
    ck_assert_ptr_null(hd_arena_alloc(&arena, SIZE_MAX, 2));
    ck_assert_ptr_null(hd_arena_alloc(&arena, SIZE_MAX, 1));
    ck_assert_str_eq(hd_arena_strndup(&arena, "shuttle", 4), "shut");
    ck_assert_ptr_null(hd_arena_strndup(&arena, "", SIZE_MAX));
    hd_arena_free(&arena);
}
END_TEST

START_TEST(arena_survives_lack_of_memory) {
    hd_arena arena = HD_ARENA_INIT;
    hd_alloc_fail_after(1);
    ck_assert_ptr_null(hd_arena_alloc(&arena, 1, 1));
    hd_alloc_fail_after(0);
    ck_assert_ptr_nonnull(hd_arena_alloc(&arena, 1, 1));
    hd_arena_free(&arena);
}
END_TEST

/* --- growable array */

START_TEST(vec_keeps_what_is_pushed) {
    HD_VEC(uint32_t) numbers = {0};
    for (uint32_t i = 0; i < 1000; i++)
        ck_assert(hd_vec_push(&numbers, i * 3));
    ck_assert_uint_eq(numbers.len, 1000);
    ck_assert_uint_ge(numbers.cap, 1000);
    for (uint32_t i = 0; i < 1000; i++)
        ck_assert_uint_eq(numbers.items[i], i * 3);
    hd_vec_free(&numbers);
    ck_assert_ptr_null(numbers.items);
    ck_assert_uint_eq(numbers.len + numbers.cap, 0);
}
END_TEST

START_TEST(vec_is_unchanged_when_memory_is_out) {
    HD_VEC(uint64_t) numbers = {0};
    ck_assert(hd_vec_push(&numbers, 42));
    size_t cap = numbers.cap;
    hd_alloc_fail_after(1);
    ck_assert(hd_vec_reserve(&numbers, cap - 1));
    ck_assert(!hd_vec_reserve(&numbers, cap));
    hd_alloc_fail_after(0);
    ck_assert(!hd_vec_reserve(&numbers, SIZE_MAX));
    ck_assert(!hd_vec_reserve(&numbers, SIZE_MAX / 8));
    ck_assert_uint_eq(numbers.len, 1);
    ck_assert_uint_eq(numbers.cap, cap);
    ck_assert_uint_eq(numbers.items[0], 42);
    hd_vec_free(&numbers);
}
END_TEST

/* --- diagnostics */

START_TEST(the_first_error_wins) {
    hd_diag diag = HD_DIAG_INIT;
    ck_assert_int_eq(hd_diag_at_offset(&diag, HD_INVALID, 7, "unknown %s", "local"), HD_INVALID);
    ck_assert_int_eq(hd_diag_at_line(&diag, HD_MALFORMED, 1, 2, "later"), HD_INVALID);
    ck_assert_int_eq(hd_diag_set(&diag, HD_TRAP, "later"), HD_INVALID);
    ck_assert_int_eq(hd_diag_nomem(&diag), HD_INVALID);
    ck_assert_str_eq(diag.message, "unknown local");
    ck_assert_uint_eq(diag.offset, 7);
    ck_assert_uint_eq(diag.line, 0);
    hd_diag_reset(&diag);
    ck_assert_int_eq(diag.status, HD_OK);
    ck_assert_int_eq(hd_diag_at_line(&diag, HD_MALFORMED, 3, 4, "text"), HD_MALFORMED);
    ck_assert_uint_eq(diag.offset, HD_NO_OFFSET);
    ck_assert_uint_eq(diag.line * 10 + diag.column, 34);
}
END_TEST

START_TEST(long_messages_are_cut) {
    hd_diag diag = HD_DIAG_INIT;
    hd_diag_set(&diag, HD_FAILED, "%0*d", 1000, 1);
    ck_assert_uint_eq(strlen(diag.message), sizeof diag.message - 1);
}
END_TEST

START_TEST(every_status_has_a_name) {
    for (int status = HD_OK; status <= HD_FAILED; status++)
        ck_assert_ptr_nonnull(hd_status_name((hd_status)status));
    ck_assert_str_eq(hd_status_name(HD_NOMEM), "out of memory");
    ck_assert_str_eq(hd_status_name(HD_FAILED), "failed");
}
END_TEST

/* --- reader */

typedef enum integer { U32, S32, S33, S64, U64 } integer;

/* Encodings, what they stand for, or the message with which they are refused. The bytes run up to
 * the table's own NUL, so a length says how many count. */
static const struct {
    integer type;
    const char *bytes;
    size_t length;
    uint64_t value;
    const char *message;
} encodings[] = {
    {U32, "\x00", 1, 0, NULL},
    {U32, "\x7F", 1, 127, NULL},
    {U32, "\x80\x01", 2, 128, NULL},
    {U32, "\x80\x80\x80\x80\x00", 5, 0, NULL},
    {U32, "\xFF\xFF\xFF\xFF\x0F", 5, UINT32_MAX, NULL},
    {U32, "\xFF\xFF\xFF\xFF\x1F", 5, 0, "integer too large"},
    {U32, "\x82\x80\x80\x80\x70", 5, 0, "integer too large"},
    {U32, "\x82\x80\x80\x80\x80\x00", 6, 0, "integer representation too long"},
    {U32, "\xFF\xFF\xFF\xFF\xFF\x00", 6, 0, "integer representation too long"},
    {U32, "", 0, 0, "unexpected end"},
    {U32, "\x80", 1, 0, "unexpected end"},
    {S32, "\x3F", 1, 63, NULL},
    {S32, "\x40", 1, (uint64_t)-64, NULL},
    {S32, "\x7F", 1, (uint64_t)-1, NULL},
    {S32, "\xC0\x00", 2, 64, NULL},
    {S32, "\xFF\xFF\xFF\xFF\x07", 5, INT32_MAX, NULL},
    {S32, "\x80\x80\x80\x80\x78", 5, (uint64_t)INT32_MIN, NULL},
    {S32, "\xFF\xFF\xFF\xFF\x0F", 5, 0, "integer too large"},
    {S32, "\x80\x80\x80\x80\x70", 5, 0, "integer too large"},
    {S32, "\x80\x80\x80\x80\x80\x00", 6, 0, "integer representation too long"},
    {S32, "\xFF", 1, 0, "unexpected end"},
    {S33, "\xFF\xFF\xFF\xFF\x0F", 5, UINT32_MAX, NULL},
    {S33, "\x40", 1, (uint64_t)-64, NULL},
    {S33, "\x80\x80\x80\x80\x70", 5, (uint64_t)-4294967296, NULL},
    {S33, "\x80\x80\x80\x80\x10", 5, 0, "integer too large"},
    {S64, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00", 10, INT64_MAX, NULL},
    {S64, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7F", 10, (uint64_t)INT64_MIN, NULL},
    {S64, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 10, 0, "integer too large"},
    {S64, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11, 0, "integer representation too long"},
    {U64, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 10, UINT64_MAX, NULL},
    {U64, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 10, 0, "integer too large"},
    {U64, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11, 0, "integer representation too long"},
};

static hd_reader reader_of(const void *bytes, size_t length, hd_diag *diag) {
    return (hd_reader){bytes, (const uint8_t *)bytes + length, bytes, diag};
}

static uint64_t read_integer(hd_reader *r, integer type) {
    switch (type) {
    case U32: return hd_read_u32(r);
    case S32: return (uint64_t)hd_read_s32(r);
    case S33: return (uint64_t)hd_read_s33(r);
    case S64: return (uint64_t)hd_read_s64(r);
    default: return hd_read_u64(r);
    }
}

START_TEST(integers_have_limits) {
    hd_diag diag = HD_DIAG_INIT;
    hd_reader r = reader_of(encodings[_i].bytes, encodings[_i].length, &diag);
    uint64_t value = read_integer(&r, encodings[_i].type);
    ck_assert_uint_eq(value, encodings[_i].value);
    ck_assert_uint_eq(hd_reader_left(&r), 0);
    if (!encodings[_i].message) {
        ck_assert_int_eq(diag.status, HD_OK);
        return;
    }
    bool ended = strcmp(encodings[_i].message, "unexpected end") == 0;
    ck_assert_int_eq(diag.status, HD_MALFORMED);
    ck_assert_str_eq(diag.message, encodings[_i].message);
    ck_assert_uint_eq(diag.offset, ended ? encodings[_i].length : 0);
}
END_TEST

START_TEST(a_failed_reader_stays_at_its_end) {
    hd_diag diag = HD_DIAG_INIT;
    hd_reader r = reader_of("\1\2\3\4", 4, &diag);
    ck_assert_uint_eq(hd_read_u8(&r), 1);
    ck_assert_ptr_null(hd_read_bytes(&r, 4));
    ck_assert_uint_eq(diag.offset, 4);
    ck_assert_uint_eq(hd_reader_left(&r), 0);
    ck_assert_uint_eq(hd_read_u8(&r), 0);
    ck_assert_uint_eq(hd_read_u32(&r), 0);
    ck_assert_int_eq(hd_read_s32(&r), 0);
    ck_assert_uint_eq(hd_read_fixed32(&r), 0);
    ck_assert_str_eq(diag.message, "unexpected end");
    hd_reader_fail(&r, HD_LIMIT, 0, "later");
    ck_assert_int_eq(diag.status, HD_MALFORMED);
}
END_TEST

START_TEST(fixed_integers_are_little_endian) {
    hd_diag diag = HD_DIAG_INIT;
    hd_reader r = reader_of("\1\2\3\x84\1\2\3\4\5\6\7\x88", 12, &diag);
    ck_assert_uint_eq(hd_read_fixed32(&r), 0x84030201);
    ck_assert_uint_eq(hd_reader_offset(&r), 4);
    ck_assert_uint_eq(hd_read_fixed64(&r), 0x8807060504030201);
    ck_assert_int_eq(diag.status, HD_OK);
    ck_assert_uint_eq(hd_read_fixed64(&r), 0);
    ck_assert_int_eq(diag.status, HD_MALFORMED);
}
END_TEST

/* --- map */

START_TEST(map_finds_what_was_put) {
    static char keys[500][16];
    hd_map map = {0};
    void *old;
    ck_assert_ptr_null(hd_map_get(&map, "x", 1));
    for (int i = 0; i < 500; i++) {
        snprintf(keys[i], sizeof keys[i], "key%d", i);
        ck_assert(hd_map_put(&map, keys[i], strlen(keys[i]), &keys[i], &old));
        ck_assert_ptr_null(old);
    }
    ck_assert_uint_eq(map.len, 500);
    for (int i = 0; i < 500; i++)
        ck_assert_ptr_eq(hd_map_get(&map, keys[i], strlen(keys[i])), &keys[i]);
    ck_assert_ptr_null(hd_map_get(&map, "key", 3));
    ck_assert_ptr_null(hd_map_get(&map, "key500", 6));
    hd_map_free(&map);
    ck_assert_ptr_null(hd_map_get(&map, "key1", 4));
}
END_TEST

START_TEST(map_replaces_and_tells) {
    hd_map map = {0};
    int first, second;
    void *old;
    ck_assert(hd_map_put(&map, "a\0b", 3, &first, NULL));
    ck_assert(hd_map_put(&map, "a\0c", 3, &second, NULL));
    ck_assert(hd_map_put(&map, "", 0, &second, NULL));
    ck_assert_ptr_eq(hd_map_get(&map, "a\0b", 3), &first);
    ck_assert(hd_map_put(&map, "a\0b", 3, &second, &old));
    ck_assert_ptr_eq(old, &first);
    ck_assert_ptr_eq(hd_map_get(&map, "a\0b", 3), &second);
    ck_assert_ptr_eq(hd_map_get(&map, "", 0), &second);
    ck_assert_uint_eq(map.len, 3);
    hd_map_free(&map);
}
END_TEST

START_TEST(map_is_unchanged_when_memory_is_out) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    hd_map map = {0};
    size_t put = 0;
    hd_alloc_fail_after(2); /* the first table, but not a larger one */
    while (put < 26 && hd_map_put(&map, letters + put, 1, &map, NULL))
        put++;
    hd_alloc_fail_after(0);
    ck_assert_uint_gt(put, 0);
    ck_assert_uint_lt(put, 26);
    ck_assert_uint_eq(map.len, put);
    for (size_t i = 0; i < 26; i++)
        ck_assert_ptr_eq(hd_map_get(&map, letters + i, 1), i < put ? &map : NULL);
    ck_assert(hd_map_put(&map, letters + put, 1, &map, NULL));
    hd_map_free(&map);
}
END_TEST

Suite *base_suite(void) {
    Suite *suite = suite_create("base");
    TCase *alloc = tcase_create("alloc"), *arena = tcase_create("arena");
    TCase *vec = tcase_create("vec"), *diag = tcase_create("diag");
    TCase *reader = tcase_create("reader"), *map = tcase_create("map");
    TCase *all[] = {alloc, arena, vec, diag, reader, map};
    tcase_add_test(alloc, the_nth_request_and_all_after_it_fail);
    tcase_add_test(alloc, sizes_that_overflow_are_refused);
    tcase_add_test(alloc, blocks_of_no_bytes_are_blocks);
    tcase_add_test(alloc, copies_of_text_end_with_nul);
    tcase_add_test(arena, arena_blocks_are_zeroed_aligned_and_apart);
    tcase_add_test(arena, arena_moves_blocks);
    tcase_add_test(arena, arena_takes_large_blocks_and_refuses_impossible_ones);
    tcase_add_test(arena, arena_survives_lack_of_memory);
    tcase_add_test(vec, vec_keeps_what_is_pushed);
    tcase_add_test(vec, vec_is_unchanged_when_memory_is_out);
    tcase_add_test(diag, the_first_error_wins);
    tcase_add_test(diag, long_messages_are_cut);
    tcase_add_test(diag, every_status_has_a_name);
    tcase_add_loop_test(reader, integers_have_limits, 0, ROWS(encodings));
    tcase_add_test(reader, a_failed_reader_stays_at_its_end);
    tcase_add_test(reader, fixed_integers_are_little_endian);
    tcase_add_test(map, map_finds_what_was_put);
    tcase_add_test(map, map_replaces_and_tells);
    tcase_add_test(map, map_is_unchanged_when_memory_is_out);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        tcase_add_checked_fixture(all[i], NULL, allow_everything);
        suite_add_tcase(suite, all[i]);
    }
    return suite;
}
