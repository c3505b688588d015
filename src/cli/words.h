/* words.h: a command line that is put together, for the trace of a run that is to be repeated. */
#ifndef HD_CLI_WORDS_H
#define HD_CLI_WORDS_H

#include "base/arena.h"
#include "base/vec.h"

/* Begins all zero. */
typedef struct hd_words {
    HD_VEC(const char *) list;
    hd_arena arena;
    bool incomplete; /* memory was out */
} hd_words;

/* Appends a word. */
void hd_words_add(hd_words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));
void hd_words_free(hd_words *words);

#endif
