/* literal.c: numbers of the text format to bits. See literal.h. */
#include "text/literal.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* A cursor over a literal's characters; reading past the end gives NUL. */
typedef struct cursor {
    const char *at, *end;
} cursor;

static char peek(const cursor *c) {
    return c->at < c->end ? *c->at : '\0';
}

static bool accept(cursor *c, const char *set) {
    char next = peek(c);
    if (!next || !strchr(set, next)) return false;
    c->at++;
    return true;
}

static bool accept_word(cursor *c, const char *word) {
    size_t length = strlen(word);
    if ((size_t)(c->end - c->at) < length || memcmp(c->at, word, length) != 0) return false;
    c->at += length;
    return true;
}

/* The value of a digit, or 16 for any other character. */
static unsigned digit_value(char c) {
    if (c >= '0' && c <= '9') return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f') return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return (unsigned)(c - 'A') + 10;
    return 16;
}

/* digit ('_'? digit)* */
static bool skip_digits(cursor *c, unsigned base) {
    if (digit_value(peek(c)) >= base) return false;
    while (digit_value(peek(c)) < base) {
        c->at++;
        if (peek(c) == '_' && c->end - c->at > 1 && digit_value(c->at[1]) < base) c->at++;
    }
    return true;
}

/* Reads the digits up to the end of the literal. */
static hd_literal read_magnitude(cursor c, uint64_t *magnitude) {
    unsigned base = accept_word(&c, "0x") ? 16 : 10;
    cursor digits = c;
    if (!skip_digits(&c, base) || c.at != c.end) return HD_LITERAL_SYNTAX;
    *magnitude = 0;
    for (; digits.at < digits.end; digits.at++) {
        if (*digits.at == '_') continue;
        if (__builtin_mul_overflow(*magnitude, (uint64_t)base, magnitude) ||
            __builtin_add_overflow(*magnitude, digit_value(*digits.at), magnitude))
            return HD_LITERAL_RANGE;
    }
    return HD_LITERAL_OK;
}

hd_literal hd_literal_int(const char *text, size_t length, unsigned width, uint64_t *bits) {
    cursor c = {text, text + length};
    bool negative = peek(&c) == '-';
    uint64_t magnitude, mask = UINT64_MAX >> (64 - width);
    (void)accept(&c, "+-");
    hd_literal result = read_magnitude(c, &magnitude);
    if (result != HD_LITERAL_OK) return result;
    if (magnitude > (negative ? (mask >> 1) + 1 : mask)) return HD_LITERAL_RANGE;
    *bits = (negative ? -magnitude : magnitude) & mask;
    return HD_LITERAL_OK;
}

hd_literal hd_literal_u32(const char *text, size_t length, uint32_t *value) {
    uint64_t magnitude;
    hd_literal result = read_magnitude((cursor){text, text + length}, &magnitude);
    if (result != HD_LITERAL_OK) return result;
    if (magnitude > UINT32_MAX) return HD_LITERAL_RANGE;
    *value = (uint32_t)magnitude;
    return HD_LITERAL_OK;
}

static locale_t c_locale;

static void make_c_locale(void) {
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

locale_t hd_c_locale(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_c_locale);
    return c_locale;
}

/* num ('.' num?)? (e sign? num)?, which is all that strtod may see: it knows more forms. */
static bool is_float(cursor c) {
    (void)accept(&c, "+-");
    bool hex = accept_word(&c, "0x");
    unsigned base = hex ? 16 : 10;
    if (!skip_digits(&c, base)) return false;
    if (accept(&c, ".")) skip_digits(&c, base);
    if (accept(&c, hex ? "pP" : "eE")) {
        (void)accept(&c, "+-");
        if (!skip_digits(&c, 10)) return false;
    }
    return c.at == c.end;
}

/* Reads an ordinary number, written without underscores and NUL-terminated. The host's strtod
 * rounds correctly, to a float too when it is asked for one, which rounding twice would not. */
static bool read_finite(const char *digits, unsigned width, uint64_t *bits) {
    locale_t locale = hd_c_locale();
    if (width == 32) {
        float value = locale ? strtof_l(digits, NULL, locale) : strtof(digits, NULL);
        uint32_t bits32;
        memcpy(&bits32, &value, sizeof bits32);
        *bits = bits32;
        return isfinite(value);
    }
    double value = locale ? strtod_l(digits, NULL, locale) : strtod(digits, NULL);
    memcpy(bits, &value, sizeof value);
    return isfinite(value);
}

/* Reads what follows "nan". */
static hd_literal read_nan(cursor c, unsigned fraction_width, uint64_t *fraction) {
    uint64_t limit = (uint64_t)1 << fraction_width;
    *fraction = limit >> 1;
    if (c.at == c.end) return HD_LITERAL_OK;
    if (!accept_word(&c, ":") || (size_t)(c.end - c.at) < 3 || memcmp(c.at, "0x", 2) != 0)
        return HD_LITERAL_SYNTAX;
    hd_literal result = read_magnitude(c, fraction);
    if (result != HD_LITERAL_OK) return result;
    return *fraction == 0 || *fraction >= limit ? HD_LITERAL_RANGE : HD_LITERAL_OK;
}

hd_literal hd_literal_float(const char *text, size_t length, unsigned width, uint64_t *bits) {
    cursor c = {text, text + length};
    unsigned fraction_width = width == 32 ? 23 : 52;
    uint64_t sign = (uint64_t)(peek(&c) == '-') << (width - 1);
    uint64_t infinity = (((uint64_t)1 << (width - 1 - fraction_width)) - 1) << fraction_width;
    uint64_t fraction = 0;
    (void)accept(&c, "+-");
    if (accept_word(&c, "nan")) {
        hd_literal result = read_nan(c, fraction_width, &fraction);
        *bits = sign | infinity | fraction;
        return result;
    }
    if (accept_word(&c, "inf")) {
        *bits = sign | infinity;
        return c.at == c.end ? HD_LITERAL_OK : HD_LITERAL_SYNTAX;
    }
    c.at = text;
    if (!is_float(c)) return HD_LITERAL_SYNTAX;

    char buffer[128];
    char *digits = length < sizeof buffer ? buffer : hd_alloc(length + 1), *out = digits;
    if (!digits) return HD_LITERAL_NOMEM;
    for (; c.at < c.end; c.at++)
        if (*c.at != '_') *out++ = *c.at;
    *out = '\0';
    bool finite = read_finite(digits, width, bits);
    if (digits != buffer) hd_free(digits);
    return finite ? HD_LITERAL_OK : HD_LITERAL_RANGE;
}

void hd_literal_print(uint64_t bits, unsigned width, char text[HD_LITERAL_PRINTED_MAX]) {
    int fraction_width = width == 32 ? 23 : 52;
    int exponent_width = (int)width - 1 - fraction_width;
    uint64_t fraction = bits & (((uint64_t)1 << fraction_width) - 1);
    int exponent = (int)(bits >> fraction_width & (((uint64_t)1 << exponent_width) - 1));
    if (exponent > 0)
        fraction |= (uint64_t)1 << fraction_width;
    else
        exponent = 1; /* subnormal */
    exponent -= (1 << (exponent_width - 1)) - 1 + fraction_width;
    snprintf(text, HD_LITERAL_PRINTED_MAX, "%s0x%" PRIx64 "p%d", bits >> (width - 1) ? "-" : "",
             fraction, exponent);
}
