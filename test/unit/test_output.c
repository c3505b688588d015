/* test_output.c: text of base/: UTF-8, escaping, and text that is printed into memory. */
#include <stdio.h>
#include <string.h>

#include <check.h>

#include "base/alloc.h"
#include "base/output.h"
#include "base/utf8.h"
#include "suites.h"

#define ROWS(table) (int)(sizeof(table) / sizeof *(table))

static void allow_everything(void) {
    hd_alloc_fail_after(0);
}

/* --- UTF-8 */

static const struct {
    const char *bytes;
    size_t length; /* 0: it is none */
    uint32_t code;
} sequences[] = {
    {"a", 1, 'a'},
    {"\x7F", 1, 0x7F},
    {"\xC2\x80", 2, 0x80},
    {"\xDF\xBF", 2, 0x7FF},
    {"\xE0\xA0\x80", 3, 0x800},
    {"\xED\x9F\xBF", 3, 0xD7FF},
    {"\xEE\x80\x80", 3, 0xE000},
    {"\xEF\xBF\xBF", 3, 0xFFFF},
    {"\xF0\x90\x80\x80", 4, 0x10000},
    {"\xF4\x8F\xBF\xBF", 4, 0x10FFFF},
    {"\x80", 0, 0},             /* no lead */
    {"\xBF", 0, 0},             /* likewise */
    {"\xC1\xBF", 0, 0},         /* overlong */
    {"\xE0\x9F\xBF", 0, 0},     /* likewise */
    {"\xF0\x8F\xBF\xBF", 0, 0}, /* likewise */
    {"\xED\xA0\x80", 0, 0},     /* a surrogate */
    {"\xF4\x90\x80\x80", 0, 0}, /* beyond U+10FFFF */
    {"\xF8\x88\x80\x80", 0, 0}, /* no lead */
    {"\xFF", 0, 0},             /* likewise */
    {"\xC2", 0, 0},             /* cut */
    {"\xE2\x82", 0, 0},         /* likewise */
    {"\xF0\x90\x80", 0, 0},     /* likewise */
    {"\xE2\x82\x41", 0, 0},     /* no continuation */
};

START_TEST(sequences_are_told_from_others) {
    uint32_t code = 0;
    const char *bytes = sequences[_i].bytes;
    ck_assert_uint_eq(hd_utf8_decode(bytes, strlen(bytes), &code), sequences[_i].length);
    ck_assert_uint_eq(code, sequences[_i].code);
    ck_assert_int_eq(hd_utf8_is_valid(bytes, strlen(bytes)), sequences[_i].length > 0);
}
END_TEST

/* --- escaping */

static const struct {
    const char *from, *to;
} escapes[] = {
    {"", ""},
    {"plain \\ text", "plain \\ text"},
    {"\x1B[31m\a\n\x7F", "\\1b[31m\\07\\0a\\7f"},
    {"\xC2\x9B", "\\u{9b}"},
    {"\xC2\x80\xC2\x9F\xC2\xA0", "\\u{80}\\u{9f}\xC2\xA0"},
    {"\xD8\x9C\xE2\x80\x8E\xE2\x80\x8F", "\\u{61c}\\u{200e}\\u{200f}"},
    {"\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA\xE2\x80\xAE", "\\u{2028}\\u{2029}\\u{202a}\\u{202e}"},
    {"\xE2\x81\xA6\xE2\x81\xA9", "\\u{2066}\\u{2069}"},
    {"\xE2\x80\xAF\xE2\x81\xAA", "\xE2\x80\xAF\xE2\x81\xAA"},
    {"\xFF\xC3(\xE2\x82", "\\ff\\c3(\\e2\\82"},
    {"\xF0\x9F\x99\x82", "\xF0\x9F\x99\x82"},
};

START_TEST(what_a_terminal_obeys_is_escaped) {
    const char *from = escapes[_i].from, *to = escapes[_i].to;
    char text[200];
    ck_assert_uint_eq(hd_escape(text, sizeof text, from, strlen(from)), strlen(to));
    ck_assert_str_eq(text, to);
    char *copy = hd_escaped(from, strlen(from));
    ck_assert_str_eq(copy, to);
    hd_free(copy);
    /* Once more, it stays as it is. */
    hd_escape(text, sizeof text, to, strlen(to));
    ck_assert_str_eq(text, to);
}
END_TEST

START_TEST(escapes_are_cut_between_characters) {
    for (size_t size = 1; size <= 8; size++) {
        char text[12];
        memset(text, '#', sizeof text);
        hd_escape(text, size, "a\xC2\x9B", 3);
        ck_assert_str_eq(text, size == 8 ? "a\\u{9b}" : size == 1 ? "" : "a");
        ck_assert_int_eq(text[size], '#');
    }
}
END_TEST

START_TEST(nul_is_a_character) {
    char text[20];
    hd_escape(text, sizeof text, "a\0b", 3);
    ck_assert_str_eq(text, "a\\00b");
}
END_TEST

START_TEST(no_byte_takes_more_room_than_is_counted_on) {
    char to[HD_ESCAPE_ROOM];
    bool fits = true;
    for (uint32_t code = 1; code < 0x110000; code++) {
        char bytes[5] = {0};
        size_t length = 0;
        if (code < 0x80) {
            bytes[length++] = (char)code;
        } else if (code < 0x800) {
            bytes[length++] = (char)(0xC0 | code >> 6);
            bytes[length++] = (char)(0x80 | (code & 0x3F));
        } else if (code < 0x10000) {
            bytes[length++] = (char)(0xE0 | code >> 12);
            bytes[length++] = (char)(0x80 | (code >> 6 & 0x3F));
            bytes[length++] = (char)(0x80 | (code & 0x3F));
        } else {
            bytes[length++] = (char)(0xF0 | code >> 18);
            bytes[length++] = (char)(0x80 | (code >> 12 & 0x3F));
            bytes[length++] = (char)(0x80 | (code >> 6 & 0x3F));
            bytes[length++] = (char)(0x80 | (code & 0x3F));
        }
        size_t step, room = hd_escape_next(to, bytes, length, &step);
        fits = fits && room <= HD_ESCAPE_MOST * step && room < HD_ESCAPE_ROOM;
    }
    ck_assert(fits);
}
END_TEST

/* --- output */

START_TEST(output_holds_what_was_printed) {
    hd_output output;
    size_t length;
    FILE *to = hd_output_open(&output);
    fprintf(to, "%d", 7);
    ck_assert(hd_output_flush(&output));
    ck_assert_uint_eq(output.bytes.len, 1);
    for (int i = 0; i < 100000; i++)
        fputc(i == 50000 ? '\0' : 'x', to);
    char *text = hd_output_take(&output, &length);
    ck_assert_uint_eq(length, 100001);
    ck_assert_uint_eq(strlen(text), 50001);
    ck_assert_int_eq(text[length], '\0');
    hd_free(text);
}
END_TEST

START_TEST(output_of_nothing_is_a_text) {
    hd_output output;
    hd_output_open(&output);
    char *text = hd_output_take(&output, NULL);
    ck_assert_str_eq(text, "");
    hd_free(text);
}
END_TEST

/* Whichever request fails, nothing is taken for the whole. */
START_TEST(output_tells_when_memory_was_out) {
    char *text = NULL;
    for (uint64_t n = 1; !text; n++) {
        hd_output output;
        uint64_t failures = hd_alloc_failures();
        ck_assert_uint_lt(n, 100);
        hd_alloc_fail_after(n);
        FILE *to = hd_output_open(&output);
        ck_assert_ptr_nonnull(to); /* it is of libc's memory */
        for (int i = 0; i < 20000; i++)
            fputs("line\n", to);
        text = hd_output_take(&output, NULL);
        hd_alloc_fail_after(0);
        ck_assert_int_eq(text == NULL, hd_alloc_failures() > failures);
        ck_assert_ptr_null(output.file);
        ck_assert_ptr_null(output.bytes.items);
    }
    ck_assert_uint_eq(strlen(text), 100000);
    hd_free(text);
}
END_TEST

START_TEST(output_that_is_not_taken_is_released) {
    hd_output output;
    fputs("text", hd_output_open(&output));
    hd_output_free(&output);
    hd_output_free(&output);
    ck_assert_ptr_null(output.file);
}
END_TEST

START_TEST(formatted_text_is_of_any_length) {
    char *text = hd_format("%0*d", 5000, 1);
    ck_assert_uint_eq(strlen(text), 5000);
    hd_free(text);
    hd_alloc_fail_after(1);
    ck_assert_ptr_null(hd_format("%d", 1));
    ck_assert_ptr_null(hd_escaped("a", 1));
}
END_TEST

Suite *output_suite(void) {
    Suite *suite = suite_create("output");
    TCase *utf8 = tcase_create("utf8"), *escape = tcase_create("escape");
    TCase *output = tcase_create("output");
    TCase *all[] = {utf8, escape, output};
    tcase_add_loop_test(utf8, sequences_are_told_from_others, 0, ROWS(sequences));
    tcase_add_loop_test(escape, what_a_terminal_obeys_is_escaped, 0, ROWS(escapes));
    tcase_add_test(escape, escapes_are_cut_between_characters);
    tcase_add_test(escape, nul_is_a_character);
    tcase_add_test(escape, no_byte_takes_more_room_than_is_counted_on);
    tcase_add_test(output, output_holds_what_was_printed);
    tcase_add_test(output, output_of_nothing_is_a_text);
    tcase_add_test(output, output_tells_when_memory_was_out);
    tcase_add_test(output, output_that_is_not_taken_is_released);
    tcase_add_test(output, formatted_text_is_of_any_length);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        tcase_add_checked_fixture(all[i], NULL, allow_everything);
        suite_add_tcase(suite, all[i]);
    }
    return suite;
}
