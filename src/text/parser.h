/* parser.h: what the readers of commands, modules and values share. Private to the room.
 *
 * Recursive descent with one token of lookahead. Every reader returns false after recording an
 * error; it starts at its first token and leaves the token after its last one current. */
#ifndef HD_TEXT_PARSER_H
#define HD_TEXT_PARSER_H

#include "base/vec.h"
#include "text/lexer.h"
#include "text/script.h"

/* Threads and patterns nested deeper are refused (HD_LIMIT). */
#define HD_SCRIPT_NESTING_MAX 100

typedef struct hd_parser {
    hd_lexer lexer;
    hd_token token; /* the current one */
    hd_arena *arena;
    hd_diag *diag;
    unsigned depth;
    /* What is being collected; lists nest, so that each has its own base. */
    HD_VEC(hd_command) commands;
    HD_VEC(hd_script_value) values;
    HD_VEC(const char *) names;
    HD_VEC(char) bytes;
} hd_parser;

/* Goes to the next token. */
bool hd_parser_next(hd_parser *parser);

/* Passes a token of a kind; `what` names it in the message. */
bool hd_parser_expect(hd_parser *parser, hd_token_kind kind, const char *what);

/* Reports the current token as unexpected; always false. */
bool hd_parser_unexpected(hd_parser *parser, const char *expected);

/* Reports that memory is out; always false. */
bool hd_parser_nomem(hd_parser *parser);

/* Enters and leaves a construct that may contain itself. */
bool hd_parser_enter(hd_parser *parser);
void hd_parser_leave(hd_parser *parser);

/* Moves the elements of a scratch list from `base` on into the arena; NULL after an error. */
#define HD_PARSER_TAKE(parser, list, base)                                                         \
    hd_parser_take((parser), (list)->items, (base), &(list)->len, sizeof *(list)->items)
void *hd_parser_take(hd_parser *parser, const void *items, size_t base, size_t *len, size_t size);

/* Passes tokens up to and without the parenthesis that closes the innermost open one. */
bool hd_parser_skip(hd_parser *parser);

/* Reads a string. */
bool hd_parser_string(hd_parser *parser, hd_text *text);

/* Reads `$name` or `$"name"`, which are the same, if there is one; otherwise stores NULL. */
bool hd_parser_optional_name(hd_parser *parser, const char **name);

/* Reads `(module …)` of any kind from the keyword on, up to and without the parenthesis that closes
 * it. `open` is the parenthesis that opens it. */
bool hd_parse_module(hd_parser *parser, const hd_token *open, hd_script_module *module);

/* Reads the module fields of a script that is a module without `(module`, from the keyword after
 * `open` up to the end of the script. */
bool hd_parse_inline_module(hd_parser *parser, const hd_token *open, hd_script_module *module);

/* True when a keyword opens a module field. */
bool hd_is_module_field(const hd_token *keyword);

/* Reads values as long as there are any; with `patterns`, what only results may be, too. */
bool hd_parse_values(hd_parser *parser, bool patterns, hd_script_value **values, size_t *count);

#endif
