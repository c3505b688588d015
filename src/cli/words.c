/* words.c: see words.h. */
#include "cli/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void hd_words_add(hd_words *words, const char *format, ...) {
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    const char *copy = length < 0 ? NULL : hd_arena_strndup(&words->arena, text, (size_t)length);
    if (!copy || !hd_vec_push(&words->list, copy)) words->incomplete = true;
    if (length >= 0) free(text);
}

void hd_words_free(hd_words *words) {
    hd_vec_free(&words->list);
    hd_arena_free(&words->arena);
}
