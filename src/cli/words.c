/* words.c: see words.h. */
#include "cli/words.h"

#include <stdarg.h>
#include <string.h>

#include "base/output.h"

void hd_words_add(hd_words *words, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = hd_format_list(format, arguments);
    va_end(arguments);
    const char *copy = text ? hd_arena_strndup(&words->arena, text, strlen(text)) : NULL;
    if (!copy || !hd_vec_push(&words->list, copy)) words->incomplete = true;
    hd_free(text);
}

void hd_words_free(hd_words *words) {
    hd_vec_free(&words->list);
    hd_arena_free(&words->arena);
}
