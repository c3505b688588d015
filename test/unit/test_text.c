/* test_text.c: the suite of text/; here tokens, strings and numbers. */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/alloc.h"
#include "suites.h"
#include "text/lexer.h"
#include "text/literal.h"

TCase *text_script_case(void);
TCase *text_value_case(void);
TCase *text_wat_case(void);

/* Reads a text up to its end or its first error; the kinds of its tokens go to `kinds`, a letter
 * each, and the last token is returned. */
static hd_token lex(const char *text, char *kinds, hd_diag *diag) {
    static const char letters[] = {
        [HD_TOKEN_END] = 'E',     [HD_TOKEN_OPEN] = '(',   [HD_TOKEN_CLOSE] = ')',
        [HD_TOKEN_KEYWORD] = 'k', [HD_TOKEN_NUMBER] = 'n', [HD_TOKEN_NAME] = '$',
        [HD_TOKEN_STRING] = 's',  [HD_TOKEN_ERROR] = '!',
    };
    hd_lexer lexer;
    hd_token token;
    hd_lexer_init(&lexer, text, strlen(text), 1, 1, diag);
    do {
        token = hd_lexer_next(&lexer);
        *kinds++ = letters[token.kind];
    } while (token.kind != HD_TOKEN_END && token.kind != HD_TOKEN_ERROR);
    *kinds = '\0';
    return token;
}

static const struct {
    const char *text, *kinds;
} token_rows[] = {
    {"", "E"},
    {" \t\r\n", "E"},
    {"(module)", "(k)E"},
    {"(a$b $c \"d\")", "(k$s)E"},
    {"1 +1 -0x1 1.5 inf -inf nan +nan nan:0x1 nan:canonical", "nnnnnnnnnkE"},
    {"i n in infx nano nan: nan:0x", "kkkkkkkE"},
    {";; a (;\nb", "kE"},
    {";; a", "E"},
    {"a(;b(;c;)(;)d;);)e", "kkE"},
    {"(;;)(;;;)(; ;; ;)a", "kE"},
    {"offset=1 align=0x4", "kkE"},
    {"\"a;)(;\"", "sE"},
};

START_TEST(tokens_have_their_kinds) {
    char kinds[64];
    hd_diag diag = HD_DIAG_INIT;
    lex(token_rows[_i].text, kinds, &diag);
    ck_assert_str_eq(kinds, token_rows[_i].kinds);
    ck_assert_int_eq(diag.status, HD_OK);
}
END_TEST

static const struct {
    const char *text;
    uint32_t line, column;
    const char *message;
} lexical_errors[] = {
    {"a\n  (; (; ;)", 2, 3, "unclosed comment"},
    {"a\n \"bc", 2, 2, "unclosed string"},
    {"\"bc\n\"", 1, 1, "unclosed string"},
    {"\"a\tb\"", 1, 3, "illegal control character in string"},
    {"\"a\x7f\"", 1, 3, "illegal control character in string"},
    {"\"ab\\q\"", 1, 4, "illegal escape in string"},
    {"\"\\", 1, 2, "illegal escape in string"},
    {"\"\\0", 1, 2, "illegal escape in string"},
    {"\"\\0g\"", 1, 2, "illegal escape in string"},
    {"\"\\u{}\"", 1, 2, "illegal escape in string"},
    {"\"\\u{_1}\"", 1, 2, "illegal escape in string"},
    {"\"\\u{1_}\"", 1, 2, "illegal escape in string"},
    {"\"\\u{110000}\"", 1, 2, "illegal escape in string"},
    {"\"\\u{d800}\"", 1, 2, "illegal escape in string"},
    {"\"\\u{41\"", 1, 2, "illegal escape in string"},
    {"\"\x80\"", 1, 2, "malformed UTF-8 encoding"},
    {"\"\xc0\x80\"", 1, 2, "malformed UTF-8 encoding"},
    {"\"\xe0\x9f\xbf\"", 1, 2, "malformed UTF-8 encoding"},
    {"\"\xed\xa0\x80\"", 1, 2, "malformed UTF-8 encoding"},
    {"\"\xf0\x8f\xbf\xbf\"", 1, 2, "malformed UTF-8 encoding"},
    {"\"\xf4\x90\x80\x80\"", 1, 2, "malformed UTF-8 encoding"},
    {"\"\xe2\x82\"", 1, 2, "malformed UTF-8 encoding"},
    {";; \xff", 1, 4, "malformed UTF-8 encoding"},
    {"(;\n\xff;)", 2, 1, "malformed UTF-8 encoding"},
    {"a \xc3\xa9", 1, 3, "misplaced unicode character"},
    {"a \xff", 1, 3, "malformed UTF-8 encoding"},
    {"a [", 1, 3, "unexpected character"},
    {"a ;", 1, 3, "unexpected character"},
    {"Ab", 1, 1, "unknown operator Ab"},
    {"$", 1, 1, "unknown operator $"},
    {"a\"b\"", 1, 1, "unknown operator a\"b\""},
    {"\"a\"\"b\"", 1, 1, "unknown operator \"a\"\"b\""},
    {" \"a\"b", 1, 2, "unknown operator \"a\"b"},
};

START_TEST(lexical_errors_have_a_position) {
    char kinds[64];
    hd_diag diag = HD_DIAG_INIT;
    hd_token token = lex(lexical_errors[_i].text, kinds, &diag);
    ck_assert_int_eq(token.kind, HD_TOKEN_ERROR);
    ck_assert_int_eq(diag.status, HD_MALFORMED);
    ck_assert_str_eq(diag.message, lexical_errors[_i].message);
    ck_assert_uint_eq(diag.line, lexical_errors[_i].line);
    ck_assert_uint_eq(diag.column, lexical_errors[_i].column);
}
END_TEST

START_TEST(tokens_have_positions) {
    static const char text[] = "a (;\n;) b\n\n  c";
    hd_diag diag = HD_DIAG_INIT;
    hd_lexer lexer;
    hd_lexer_init(&lexer, text, strlen(text), 7, 5, &diag);
    hd_token a = hd_lexer_next(&lexer), b = hd_lexer_next(&lexer), c = hd_lexer_next(&lexer);
    ck_assert_uint_eq(a.line, 7);
    ck_assert_uint_eq(a.column, 5);
    ck_assert_uint_eq(b.line, 8);
    ck_assert_uint_eq(b.column, 4);
    ck_assert_uint_eq(c.line, 10);
    ck_assert_uint_eq(c.column, 3);
}
END_TEST

START_TEST(long_tokens_are_shown_short) {
    char text[200];
    memset(text, 'A', sizeof text);
    memcpy(text + 58, "\xe2\x82\xac", 3);
    hd_token token = {.start = text, .length = sizeof text};
    ck_assert_int_eq(hd_token_shown(&token), 58);
    token.length = 58;
    ck_assert_int_eq(hd_token_shown(&token), 58);
}
END_TEST

static const struct {
    const char *text, *bytes;
    size_t length;
} strings[] = {
    {"\"\"", "", 0},
    {"\"abc\"", "abc", 3},
    {"\"\\00a\\ff\\Ff\"", "\0a\xff\xff", 4},
    {"\"\\n\\r\\t\\\\\\'\\\"\"", "\n\r\t\\'\"", 6},
    {"\"\\u{24}\\u{a2}\\u{20AC}\\u{1_0348}\\u{10ffff}\"",
     "$\xc2\xa2\xe2\x82\xac\xf0\x90\x8d\x88\xf4\x8f\xbf\xbf", 14},
    {"\"\xe2\x82\xac\\u{0000041}\"",
     "\xe2\x82\xac"
     "A",
     4},
    {"\"\\abg\"", "\xabg", 2},
};

START_TEST(strings_are_decoded) {
    char bytes[64];
    hd_diag diag = HD_DIAG_INIT;
    hd_lexer lexer;
    hd_lexer_init(&lexer, strings[_i].text, strlen(strings[_i].text), 1, 1, &diag);
    hd_token token = hd_lexer_next(&lexer);
    ck_assert_int_eq(token.kind, HD_TOKEN_STRING);
    ck_assert_uint_eq(hd_string_decode(&token, bytes), strings[_i].length);
    ck_assert_mem_eq(bytes, strings[_i].bytes, strings[_i].length);
}
END_TEST

static const struct {
    const char *text;
    unsigned width;
    hd_literal result;
    uint64_t bits;
} integers[] = {
    {"0", 32, HD_LITERAL_OK, 0},
    {"-0", 32, HD_LITERAL_OK, 0},
    {"+1_000", 32, HD_LITERAL_OK, 1000},
    {"0xF_f", 32, HD_LITERAL_OK, 255},
    {"4294967295", 32, HD_LITERAL_OK, UINT32_MAX},
    {"4294967296", 32, HD_LITERAL_RANGE, 0},
    {"-1", 32, HD_LITERAL_OK, UINT32_MAX},
    {"-2147483648", 32, HD_LITERAL_OK, 0x80000000},
    {"-0x80000001", 32, HD_LITERAL_RANGE, 0},
    {"255", 8, HD_LITERAL_OK, 255},
    {"256", 8, HD_LITERAL_RANGE, 0},
    {"-128", 8, HD_LITERAL_OK, 128},
    {"-129", 8, HD_LITERAL_RANGE, 0},
    {"-32768", 16, HD_LITERAL_OK, 0x8000},
    {"18446744073709551615", 64, HD_LITERAL_OK, UINT64_MAX},
    {"18446744073709551616", 64, HD_LITERAL_RANGE, 0},
    {"0x1_0000_0000_0000_0000", 64, HD_LITERAL_RANGE, 0},
    {"-9223372036854775808", 64, HD_LITERAL_OK, (uint64_t)1 << 63},
    {"-9223372036854775809", 64, HD_LITERAL_RANGE, 0},
    {"0x", 32, HD_LITERAL_SYNTAX, 0},
    {"", 32, HD_LITERAL_SYNTAX, 0},
    {"-", 32, HD_LITERAL_SYNTAX, 0},
    {"+-1", 32, HD_LITERAL_SYNTAX, 0},
    {"1_", 32, HD_LITERAL_SYNTAX, 0},
    {"1__0", 32, HD_LITERAL_SYNTAX, 0},
    {"0x_1", 32, HD_LITERAL_SYNTAX, 0},
    {"0X1", 32, HD_LITERAL_SYNTAX, 0},
    {"1a", 32, HD_LITERAL_SYNTAX, 0},
    {"1.0", 32, HD_LITERAL_SYNTAX, 0},
    {"inf", 32, HD_LITERAL_SYNTAX, 0},
};

START_TEST(integers_become_bits) {
    uint64_t bits = 0;
    const char *text = integers[_i].text;
    ck_assert_int_eq(hd_literal_int(text, strlen(text), integers[_i].width, &bits),
                     integers[_i].result);
    if (integers[_i].result == HD_LITERAL_OK) ck_assert_uint_eq(bits, integers[_i].bits);
}
END_TEST

static const struct {
    const char *text;
    unsigned width;
    hd_literal result;
    uint64_t bits;
} floats[] = {
    {"0", 32, HD_LITERAL_OK, 0},
    {"-0.0", 32, HD_LITERAL_OK, 0x80000000},
    {"1.", 32, HD_LITERAL_OK, 0x3f800000},
    {"1.e0", 32, HD_LITERAL_OK, 0x3f800000},
    {"1_0.2_5E+0_1", 64, HD_LITERAL_OK, 0x4059a00000000000},
    {"0x1.8p1", 64, HD_LITERAL_OK, 0x4008000000000000},
    {"0xA.", 32, HD_LITERAL_OK, 0x41200000},
    {"-0x1.fffffep127", 32, HD_LITERAL_OK, 0xff7fffff},
    {"0x1p-149", 32, HD_LITERAL_OK, 1},
    {"0x1p-150", 32, HD_LITERAL_OK, 0},
    {"0x1.00001p-150", 32, HD_LITERAL_OK, 1},
    {"0x1.000001p0", 32, HD_LITERAL_OK, 0x3f800000},         /* a tie, to even */
    {"0x1.000003p0", 32, HD_LITERAL_OK, 0x3f800002},         /* a tie, to even */
    {"0x1.00000100000001p0", 32, HD_LITERAL_OK, 0x3f800001}, /* just above one */
    {"0x8.00000c", 32, HD_LITERAL_OK, 0x41000001},
    /* Rounding to double first would give a tie here, and then the wrong neighbour. */
    {"8388609.49999999999999999999999999", 32, HD_LITERAL_OK, 0x4b000001},
    {"1.00000017881393432617187499", 32, HD_LITERAL_OK, 0x3f800001},
    {"3.4028235677973365e38", 32, HD_LITERAL_OK, 0x7f7fffff},
    {"3.4028235677973367e38", 32, HD_LITERAL_RANGE, 0},
    {"0x1.ffffffp127", 32, HD_LITERAL_RANGE, 0},
    {"0x1p128", 32, HD_LITERAL_RANGE, 0},
    {"1e39", 32, HD_LITERAL_RANGE, 0},
    {"1e39", 64, HD_LITERAL_OK, 0x48078287f49c4a1d},
    {"4.9406564584124654e-324", 64, HD_LITERAL_OK, 1},
    {"2.4e-324", 64, HD_LITERAL_OK, 0},
    {"0x1.fffffffffffffp1023", 64, HD_LITERAL_OK, 0x7fefffffffffffff},
    {"1.7976931348623159e308", 64, HD_LITERAL_RANGE, 0},
    {"9e99999999999999999999", 64, HD_LITERAL_RANGE, 0},
    {"9e-99999999999999999999", 64, HD_LITERAL_OK, 0},
    {"inf", 32, HD_LITERAL_OK, 0x7f800000},
    {"-inf", 64, HD_LITERAL_OK, 0xfff0000000000000},
    {"nan", 32, HD_LITERAL_OK, 0x7fc00000},
    {"-nan", 64, HD_LITERAL_OK, 0xfff8000000000000},
    {"nan:0x1", 32, HD_LITERAL_OK, 0x7f800001},
    {"+nan:0x7f_ffff", 32, HD_LITERAL_OK, 0x7fffffff},
    {"nan:0x800000", 32, HD_LITERAL_RANGE, 0},
    {"nan:0x0", 32, HD_LITERAL_RANGE, 0},
    {"nan:0xfffffffffffff", 64, HD_LITERAL_OK, 0x7fffffffffffffff},
    {"nan:0x10000000000000", 64, HD_LITERAL_RANGE, 0},
    {"nan:0x10000000000000000", 64, HD_LITERAL_RANGE, 0},
    {"nan:0x", 32, HD_LITERAL_SYNTAX, 0},
    {"nan:1", 32, HD_LITERAL_SYNTAX, 0},
    {"nan:canonical", 32, HD_LITERAL_SYNTAX, 0},
    {"nan(1)", 32, HD_LITERAL_SYNTAX, 0},
    {"infinity", 32, HD_LITERAL_SYNTAX, 0},
    {".5", 32, HD_LITERAL_SYNTAX, 0},
    {"1._5", 32, HD_LITERAL_SYNTAX, 0},
    {"1_.5", 32, HD_LITERAL_SYNTAX, 0},
    {"1e", 32, HD_LITERAL_SYNTAX, 0},
    {"1e+", 32, HD_LITERAL_SYNTAX, 0},
    {"0x1e1.p", 32, HD_LITERAL_SYNTAX, 0},
    {"0x.8", 32, HD_LITERAL_SYNTAX, 0},
    {"0x1pA", 32, HD_LITERAL_SYNTAX, 0},
    {"1,5", 32, HD_LITERAL_SYNTAX, 0},
};

START_TEST(floats_become_bits) {
    uint64_t bits = 0;
    const char *text = floats[_i].text;
    ck_assert_int_eq(hd_literal_float(text, strlen(text), floats[_i].width, &bits),
                     floats[_i].result);
    if (floats[_i].result == HD_LITERAL_OK) ck_assert_uint_eq(bits, floats[_i].bits);
}
END_TEST

START_TEST(long_floats_need_memory) {
    char text[300];
    uint64_t bits;
    memset(text, '0', sizeof text);
    text[1] = '.';
    text[sizeof text - 1] = '1';
    ck_assert_int_eq(hd_literal_float(text, sizeof text, 64, &bits), HD_LITERAL_OK);
    ck_assert_uint_eq(bits, 0x0210be08d0527e1d); /* 1e-298 */
    hd_alloc_fail_after(1);
    ck_assert_int_eq(hd_literal_float(text, sizeof text, 64, &bits), HD_LITERAL_NOMEM);
    hd_alloc_fail_after(0);
}
END_TEST

START_TEST(indices_have_no_sign) {
    uint32_t value;
    ck_assert_int_eq(hd_literal_u32("0xffff_ffff", 11, &value), HD_LITERAL_OK);
    ck_assert_uint_eq(value, UINT32_MAX);
    ck_assert_int_eq(hd_literal_u32("4294967296", 10, &value), HD_LITERAL_RANGE);
    ck_assert_int_eq(hd_literal_u32("+1", 2, &value), HD_LITERAL_SYNTAX);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

Suite *text_suite(void) {
    Suite *suite = suite_create("text");
    TCase *lexical = tcase_create("lexical");
    tcase_add_loop_test(lexical, tokens_have_their_kinds, 0, COUNT(token_rows));
    tcase_add_loop_test(lexical, lexical_errors_have_a_position, 0, COUNT(lexical_errors));
    tcase_add_test(lexical, tokens_have_positions);
    tcase_add_test(lexical, long_tokens_are_shown_short);
    tcase_add_loop_test(lexical, strings_are_decoded, 0, COUNT(strings));
    tcase_add_loop_test(lexical, integers_become_bits, 0, COUNT(integers));
    tcase_add_loop_test(lexical, floats_become_bits, 0, COUNT(floats));
    tcase_add_test(lexical, long_floats_need_memory);
    tcase_add_test(lexical, indices_have_no_sign);
    suite_add_tcase(suite, lexical);
    suite_add_tcase(suite, text_script_case());
    suite_add_tcase(suite, text_value_case());
    suite_add_tcase(suite, text_wat_case());
    return suite;
}
