/* markup.c: see markup.h. */
#include "report/markup.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

/* The next character as a terminal may see it; returns its bytes, and `*step` of the text. What no
 * XML may hold, U+FFFE and U+FFFF, becomes U+FFFD. */
static size_t next(const char *text, size_t left, char to[HD_ESCAPE_ROOM], size_t *step) {
    static const char replacement[] = "\xEF\xBF\xBD";
    uint32_t code = 0;
    size_t bytes = hd_escape_next(to, text, left, step);
    if (bytes != 3 || !hd_utf8_decode(to, bytes, &code) || (code & 0xFFFE) != 0xFFFE) return bytes;
    memcpy(to, replacement, 3);
    return 3;
}

static void put_markup(FILE *to, char c) {
    switch (c) {
    case '<': fputs("&lt;", to); break;
    case '>': fputs("&gt;", to); break;
    case '&': fputs("&amp;", to); break;
    case '"': fputs("&quot;", to); break;
    case '\'': fputs("&#39;", to); break;
    default: fputc(c, to);
    }
}

/* How many characters a text has when it is shown, `more` at most. */
static size_t characters(const char *text, size_t length, size_t more) {
    char character[HD_ESCAPE_ROOM];
    size_t count = 0;
    for (size_t i = 0, step; i < length && count < more; i += step, count++)
        next(text + i, length - i, character, &step);
    return count;
}

void hd_markup_bytes(FILE *to, const char *text, size_t length) {
    char character[HD_ESCAPE_ROOM];
    for (size_t i = 0, step; i < length; i += step) {
        size_t bytes = next(text + i, length - i, character, &step);
        for (size_t k = 0; k < bytes; k++)
            put_markup(to, character[k]);
    }
}

void hd_markup_text(FILE *to, const char *text, size_t most) {
    char character[HD_ESCAPE_ROOM];
    size_t length = strlen(text), step;
    bool cut = most < SIZE_MAX && characters(text, length, most + 1) > most;
    size_t end = !cut ? most : most > 2 ? most - 2 : 0;
    for (size_t i = 0, count = 0; i < length && count < end; i += step, count++) {
        size_t bytes = next(text + i, length - i, character, &step);
        for (size_t k = 0; k < bytes; k++)
            put_markup(to, character[k]);
    }
    if (cut) fputs("..", to);
}

static void put_json(FILE *to, char c) {
    switch (c) {
    case '"':
    case '\\': fprintf(to, "\\%c", c); break;
    case '<':
    case '>':
    case '&': fprintf(to, "\\u%04x", (unsigned)c); break;
    default: fputc(c, to);
    }
}

void hd_markup_json(FILE *to, const char *text, size_t length) {
    char character[HD_ESCAPE_ROOM];
    if (length == SIZE_MAX) length = strlen(text);
    fputc('"', to);
    for (size_t i = 0, step; i < length; i += step) {
        size_t bytes = next(text + i, length - i, character, &step);
        for (size_t k = 0; k < bytes; k++)
            put_json(to, character[k]);
    }
    fputc('"', to);
}
