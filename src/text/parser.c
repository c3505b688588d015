/* parser.c: what the readers of commands, modules and values share. See parser.h. */
#include "text/parser.h"

bool hd_parser_next(hd_parser *parser) {
    parser->token = hd_lexer_next(&parser->lexer);
    return parser->token.kind != HD_TOKEN_ERROR;
}

bool hd_parser_unexpected(hd_parser *parser, const char *expected) {
    const hd_token *token = &parser->token;
    if (token->kind == HD_TOKEN_END)
        hd_diag_at_line(parser->diag, HD_MALFORMED, token->line, token->column,
                        "unexpected end of script, expected %s", expected);
    else
        hd_diag_at_line(parser->diag, HD_MALFORMED, token->line, token->column,
                        "unexpected token %.*s, expected %s", hd_token_shown(token), token->start,
                        expected);
    return false;
}

bool hd_parser_expect(hd_parser *parser, hd_token_kind kind, const char *what) {
    if (parser->token.kind != kind) return hd_parser_unexpected(parser, what);
    return hd_parser_next(parser);
}

bool hd_parser_nomem(hd_parser *parser) {
    hd_diag_nomem(parser->diag);
    return false;
}

bool hd_parser_enter(hd_parser *parser) {
    if (parser->depth == HD_SCRIPT_NESTING_MAX) {
        hd_diag_at_line(parser->diag, HD_LIMIT, parser->token.line, parser->token.column,
                        "nesting deeper than %d levels", HD_SCRIPT_NESTING_MAX);
        return false;
    }
    parser->depth++;
    return true;
}

void hd_parser_leave(hd_parser *parser) {
    parser->depth--;
}

void *hd_parser_take(hd_parser *parser, const void *items, size_t base, size_t *len, size_t size) {
    size_t count = *len - base;
    void *copy = hd_arena_alloc(parser->arena, count, size);
    if (!copy) return hd_parser_nomem(parser), NULL;
    if (count > 0) memcpy(copy, (const char *)items + base * size, count * size);
    *len = base;
    return copy;
}

bool hd_parser_skip(hd_parser *parser) {
    for (size_t depth = 1;;) {
        if (parser->token.kind == HD_TOKEN_OPEN) depth++;
        if (parser->token.kind == HD_TOKEN_CLOSE && --depth == 0) return true;
        if (parser->token.kind == HD_TOKEN_END) return hd_parser_unexpected(parser, ")");
        if (!hd_parser_next(parser)) return false;
    }
}

bool hd_parser_string(hd_parser *parser, hd_text *text) {
    const hd_token *token = &parser->token;
    if (token->kind != HD_TOKEN_STRING) return hd_parser_unexpected(parser, "a string");
    /* The quotes leave room for the NUL. */
    char *bytes = hd_arena_alloc(parser->arena, token->length, 1);
    if (!bytes) return hd_parser_nomem(parser);
    *text = (hd_text){bytes, hd_string_decode(token, bytes)};
    return hd_parser_next(parser);
}

bool hd_parser_optional_name(hd_parser *parser, const char **name) {
    *name = NULL;
    if (parser->token.kind != HD_TOKEN_NAME) return true;
    hd_token token = parser->token;
    char *bytes = hd_arena_strndup(parser->arena, token.start, token.length);
    if (!bytes) return hd_parser_nomem(parser);
    if (token.start[1] == '"') { /* what it stands for is shorter */
        token.start++;
        token.length--;
        bytes[1 + hd_string_decode(&token, bytes + 1)] = '\0';
    }
    *name = bytes;
    return hd_parser_next(parser);
}
