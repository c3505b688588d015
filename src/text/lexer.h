/* lexer.h: tokens of the text format.
 *
 * Section 6.3 of the core specification (lexical format). Strings and comments are checked here for
 * good: a string token is well-formed, so that decoding it cannot fail. Numbers are only recognised
 * by their first characters; literal.h reads them. */
#ifndef HD_TEXT_LEXER_H
#define HD_TEXT_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"

typedef enum hd_token_kind {
    HD_TOKEN_END,
    HD_TOKEN_OPEN,    /* ( */
    HD_TOKEN_CLOSE,   /* ) */
    HD_TOKEN_KEYWORD, /* starts with a lower-case letter and is no number */
    HD_TOKEN_NUMBER,  /* starts as a number does, `inf` and `nan` among them */
    HD_TOKEN_NAME,    /* $name or $"name" */
    HD_TOKEN_STRING,  /* with its quotes */
    HD_TOKEN_ERROR,   /* the diagnostics say what is wrong */
} hd_token_kind;

typedef struct hd_token {
    hd_token_kind kind;
    bool escaped; /* a string with at least one escape */
    uint32_t line, column;
    const char *start;
    size_t length;
} hd_token;

typedef struct hd_lexer {
    const char *at, *end;
    const char *line_start;
    uint32_t line;
    uint32_t first_column; /* of line_start */
    hd_diag *diag;
} hd_lexer;

/* Starts to read a text that stands at `line` and `column` (from 1) of its file. The longest text
 * is HD_TEXT_MAX bytes; the caller sees to that. */
void hd_lexer_init(hd_lexer *lexer, const char *text, size_t length, uint32_t line, uint32_t column,
                   hd_diag *diag);

/* Reads the next token. A lexical error is recorded as HD_MALFORMED; then, and at the end of the
 * text, every further token is the same again. */
hd_token hd_lexer_next(hd_lexer *lexer);

/* The length at which a message shows a token, for `%.*s`: cut short between two characters. */
int hd_token_shown(const hd_token *token);

/* Decodes a string token into `bytes`, which has room for the token's length; returns how many
 * bytes it stands for. */
size_t hd_string_decode(const hd_token *token, char *bytes);

/* A text longer than this is refused: positions are 32-bit, and libwabt counts columns in an int.
 */
#define HD_TEXT_MAX ((size_t)1 << 30)

static inline bool hd_token_is(const hd_token *token, const char *keyword) {
    return token->kind == HD_TOKEN_KEYWORD && token->length == strlen(keyword) &&
           memcmp(token->start, keyword, token->length) == 0;
}

#endif
