/* lexer.c: tokens of the text format. See lexer.h. */
#include "text/lexer.h"

#include "base/alloc.h"
#include "base/utf8.h"

enum { LETTER = 1, IDCHAR = 2, DIGIT = 4, SPACE = 8, HEX = 16 };

/* Character classes; what has none may stand only in strings and comments, parentheses aside. */
static const uint8_t classes[256] = {
    [' '] = SPACE,
    ['\t'] = SPACE,
    ['\n'] = SPACE,
    ['\r'] = SPACE,
    ['!'] = IDCHAR,
    ['#' ... '\''] = IDCHAR,
    ['*'] = IDCHAR,
    ['+'] = IDCHAR,
    ['-' ... '/'] = IDCHAR,
    ['0' ... '9'] = IDCHAR | DIGIT | HEX,
    [':'] = IDCHAR,
    ['<' ... '@'] = IDCHAR,
    ['A' ... 'F'] = IDCHAR | HEX,
    ['G' ... 'Z'] = IDCHAR,
    ['\\'] = IDCHAR,
    ['^' ... '`'] = IDCHAR,
    ['a' ... 'f'] = IDCHAR | LETTER | HEX,
    ['g' ... 'z'] = IDCHAR | LETTER,
    ['|'] = IDCHAR,
    ['~'] = IDCHAR,
};

static bool is(char c, unsigned class) {
    return classes[(unsigned char)c] & class;
}

void hd_lexer_init(hd_lexer *lexer, const char *text, size_t length, uint32_t line, uint32_t column,
                   hd_diag *diag) {
    *lexer = (hd_lexer){text, text + length, text, line, column, diag};
}

static uint32_t column_of(const hd_lexer *lexer, const char *at) {
    return (uint32_t)(at - lexer->line_start) + lexer->first_column;
}

static void start_line(hd_lexer *lexer, const char *at) {
    lexer->line++;
    lexer->line_start = at;
    lexer->first_column = 1;
}

static hd_token fail(hd_lexer *lexer, const char *at, const char *message) {
    hd_diag_at_line(lexer->diag, HD_MALFORMED, lexer->line, column_of(lexer, at), "%s", message);
    return (hd_token){.kind = HD_TOKEN_ERROR};
}

/* The length of the UTF-8 sequence at `at`, or 0 if it is malformed. */
static size_t utf8_length(const char *at, const char *end) {
    return hd_utf8_decode(at, (size_t)(end - at), NULL);
}

static const char malformed_utf8[] = "malformed UTF-8 encoding";

/* Passes `;; …`, which ends before a line feed or a carriage return. NULL after an error. */
static const char *skip_line_comment(hd_lexer *lexer, const char *at) {
    while (at < lexer->end && *at != '\n' && *at != '\r') {
        size_t length = (uint8_t)*at < 0x80 ? 1 : utf8_length(at, lexer->end);
        if (!length) return fail(lexer, at, malformed_utf8), NULL;
        at += length;
    }
    return at;
}

/* Passes `(; … ;)`, which nests. NULL after an error. */
static const char *skip_block_comment(hd_lexer *lexer, const char *at) {
    hd_lexer start = *lexer;
    size_t depth = 0;
    while (at < lexer->end) {
        char next = lexer->end - at > 1 ? at[1] : '\0';
        if (*at == '(' && next == ';') {
            depth++;
            at += 2;
        } else if (*at == ';' && next == ')') {
            at += 2;
            if (--depth == 0) return at;
        } else if (*at == '\n') {
            start_line(lexer, ++at);
        } else {
            size_t length = (uint8_t)*at < 0x80 ? 1 : utf8_length(at, lexer->end);
            if (!length) return fail(lexer, at, malformed_utf8), NULL;
            at += length;
        }
    }
    *lexer = start;
    return fail(lexer, start.at, "unclosed comment"), NULL;
}

static const char *skip_annotation(hd_lexer *lexer, const char *at);

/* Passes white space, comments and annotations, which mean nothing here. NULL after an error. */
static const char *skip_space(hd_lexer *lexer) {
    const char *at = lexer->at;
    while (at < lexer->end) {
        char next = lexer->end - at > 1 ? at[1] : '\0';
        if (*at == '\n') {
            start_line(lexer, ++at);
        } else if (is(*at, SPACE)) {
            at++;
        } else if (*at == ';' && next == ';') {
            at = skip_line_comment(lexer, at);
        } else if (*at == '(' && next == ';') {
            lexer->at = at;
            at = skip_block_comment(lexer, at);
        } else if (*at == '(' && next == '@') {
            lexer->at = at;
            at = skip_annotation(lexer, at);
        } else {
            break;
        }
        if (!at) return NULL;
    }
    return at;
}

/* Reads `hexnum }` of an escape `\u{…}`; returns its end, or NULL when it is no scalar value. */
static const char *scan_code_point(const char *at, const char *end, uint32_t *code) {
    bool after_digit = false;
    *code = 0;
    for (; at < end; at++) {
        if (*at == '}') break;
        if (*at == '_' && after_digit) {
            after_digit = false;
            continue;
        }
        if (!is(*at, HEX)) return NULL;
        *code = *code << 4 | (is(*at, DIGIT) ? (uint32_t)(*at - '0') : ((uint32_t)*at & 7) + 9);
        if (*code > 0x10FFFF) return NULL;
        after_digit = true;
    }
    if (at == end || !after_digit || (*code >= 0xD800 && *code < 0xE000)) return NULL;
    return at + 1;
}

/* Passes an escape, whose backslash is at `at`; NULL when it is none. */
static const char *scan_escape(const char *at, const char *end) {
    size_t left = (size_t)(end - at);
    uint32_t code;
    if (left < 2) return NULL;
    if (strchr("nrt\\'\"", at[1]) && at[1]) return at + 2;
    if (left >= 3 && is(at[1], HEX) && is(at[2], HEX)) return at + 3;
    if (left >= 4 && at[1] == 'u' && at[2] == '{') return scan_code_point(at + 3, end, &code);
    return NULL;
}

/* Passes a string, whose quote is at `at`. NULL after an error. */
static const char *scan_string(hd_lexer *lexer, const char *at, bool *escaped) {
    const char *quote = at++;
    while (at < lexer->end && *at != '"') {
        size_t length = 1;
        if (*at == '\\') {
            const char *after = scan_escape(at, lexer->end);
            if (!after) return fail(lexer, at, "illegal escape in string"), NULL;
            *escaped = true;
            length = (size_t)(after - at);
        } else if (*at == '\n') {
            break;
        } else if ((uint8_t)*at < ' ' || *at == 0x7F) {
            return fail(lexer, at, "illegal control character in string"), NULL;
        } else if ((uint8_t)*at >= 0x80) {
            length = utf8_length(at, lexer->end);
            if (!length) return fail(lexer, at, malformed_utf8), NULL;
        }
        at += length;
    }
    if (at == lexer->end || *at == '\n') return fail(lexer, quote, "unclosed string"), NULL;
    return at + 1;
}

/* Whether a quoted identifier, with its quotes, stands for characters. */
static bool check_quoted(hd_lexer *lexer, const char *quote, const char *end, bool escaped) {
    hd_token token = {HD_TOKEN_STRING, escaped, 0, 0, quote, (size_t)(end - quote)};
    if (!escaped) return true; /* the string was checked */
    char *bytes = hd_alloc(token.length);
    if (!bytes) return hd_diag_nomem(lexer->diag), false;
    bool valid = hd_utf8_is_valid(bytes, hd_string_decode(&token, bytes));
    hd_free(bytes);
    if (!valid) fail(lexer, quote, malformed_utf8);
    return valid;
}

/* Passes the identifier of an annotation, perhaps quoted. NULL after an error. */
static const char *skip_annotation_id(hd_lexer *lexer, const char *at) {
    const char *start = at;
    bool escaped = false;
    if (at < lexer->end && *at == '"') {
        at = scan_string(lexer, at, &escaped);
        if (!at || (at - start > 2 && !check_quoted(lexer, start, at, escaped))) return NULL;
        if (at - start > 2) return at;
    } else {
        while (at < lexer->end && is(*at, IDCHAR))
            at++;
        if (at > start) return at;
    }
    return fail(lexer, start, "empty annotation id"), NULL;
}

/* Passes `(@name …)`: any tokens, with balanced parentheses. NULL after an error. */
static const char *skip_annotation(hd_lexer *lexer, const char *at) {
    hd_lexer start = *lexer;
    size_t depth = 1;
    bool escaped;
    at = skip_annotation_id(lexer, at + 2);
    while (at && at < lexer->end) {
        char next = lexer->end - at > 1 ? at[1] : '\0';
        if (*at == '"') {
            at = scan_string(lexer, at, &escaped);
        } else if (*at == ';' && next == ';') {
            at = skip_line_comment(lexer, at);
        } else if (*at == '(' && next == ';') {
            lexer->at = at;
            at = skip_block_comment(lexer, at);
        } else if (*at == '\n') {
            start_line(lexer, ++at);
        } else if (*at == ')') {
            at++;
            if (--depth == 0) return at;
        } else if (*at == '(' || is(*at, SPACE | IDCHAR) || (*at && strchr(",;[]{}", *at))) {
            depth += *at++ == '(';
        } else {
            return fail(lexer, at, "illegal character in annotation"), NULL;
        }
    }
    if (!at) return NULL;
    *lexer = start;
    return fail(lexer, start.at, "unclosed annotation"), NULL;
}

static bool starts_number(const char *text, size_t length) {
    if (is(text[0], DIGIT)) return true;
    if (text[0] == '+' || text[0] == '-') return length > 1;
    if (length < 3 || (text[0] != 'i' && text[0] != 'n')) return false;
    if (length == 3) return memcmp(text, "inf", 3) == 0 || memcmp(text, "nan", 3) == 0;
    return length > 6 && memcmp(text, "nan:0x", 6) == 0;
}

static hd_token_kind kind_of(const char *text, size_t length) {
    if (text[0] == '"') return HD_TOKEN_STRING;
    if (text[0] == '$') return length > 1 ? HD_TOKEN_NAME : HD_TOKEN_ERROR;
    if (starts_number(text, length)) return HD_TOKEN_NUMBER;
    return is(text[0], LETTER) ? HD_TOKEN_KEYWORD : HD_TOKEN_ERROR;
}

/* Strings and runs of idchars that touch make one token, which is reserved: `"a"b`, `$x"y"`. */
static hd_token scan_word(hd_lexer *lexer, const char *start) {
    const char *at = start;
    bool escaped = false;
    size_t parts = 0;
    for (; at < lexer->end && (*at == '"' || is(*at, IDCHAR)); parts++) {
        if (*at == '"') {
            at = scan_string(lexer, at, &escaped);
            if (!at) return (hd_token){.kind = HD_TOKEN_ERROR};
        } else {
            while (at < lexer->end && is(*at, IDCHAR))
                at++;
        }
    }
    if (parts == 0) {
        return fail(lexer, start,
                    (uint8_t)*start < 0x80           ? "unexpected character"
                    : utf8_length(start, lexer->end) ? "misplaced unicode character"
                                                     : malformed_utf8);
    }
    size_t length = (size_t)(at - start);
    bool quoted_name = parts == 2 && start[0] == '$' && start[1] == '"' && at[-1] == '"';
    hd_token_kind kind = quoted_name  ? HD_TOKEN_NAME
                         : parts == 1 ? kind_of(start, length)
                                      : HD_TOKEN_ERROR;
    hd_token token = {kind, escaped, lexer->line, column_of(lexer, start), start, length};
    if (kind == HD_TOKEN_ERROR) {
        hd_diag_at_line(lexer->diag, HD_MALFORMED, token.line, token.column,
                        "unknown operator %.*s", hd_token_shown(&token), start);
    }
    if (quoted_name && !check_quoted(lexer, start + 1, at, escaped))
        return (hd_token){.kind = HD_TOKEN_ERROR};
    lexer->at = at;
    return token;
}

int hd_token_shown(const hd_token *token) {
    size_t length = token->length;
    if (length > 60) {
        length = 60;
        while (length > 0 && ((uint8_t)token->start[length] & 0xC0) == 0x80)
            length--;
    }
    return (int)length;
}

hd_token hd_lexer_next(hd_lexer *lexer) {
    if (lexer->diag->status != HD_OK) return (hd_token){.kind = HD_TOKEN_ERROR};
    const char *start = skip_space(lexer);
    if (!start) return (hd_token){.kind = HD_TOKEN_ERROR};
    lexer->at = start;
    uint32_t column = column_of(lexer, start);
    if (start == lexer->end) return (hd_token){HD_TOKEN_END, false, lexer->line, column, start, 0};
    if (*start == '(' || *start == ')') {
        lexer->at++;
        hd_token_kind kind = *start == '(' ? HD_TOKEN_OPEN : HD_TOKEN_CLOSE;
        return (hd_token){kind, false, lexer->line, column, start, 1};
    }
    return scan_word(lexer, start);
}

static size_t encode_utf8(uint32_t code, char *bytes) {
    static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        bytes[i] = (char)(0x80 | (code & 0x3F));
    bytes[0] = (char)(leads[length] | code);
    return length;
}

size_t hd_string_decode(const hd_token *token, char *bytes) {
    const char *at = token->start + 1, *end = token->start + token->length - 1;
    if (!token->escaped) {
        memcpy(bytes, at, (size_t)(end - at));
        return (size_t)(end - at);
    }
    char *out = bytes;
    while (at < end) {
        uint32_t code;
        if (*at != '\\') {
            *out++ = *at++;
        } else if (at[1] == 'u') {
            at = scan_code_point(at + 3, end, &code);
            out += encode_utf8(code, out);
        } else if (is(at[1], HEX)) {
            code = 0;
            for (int i = 1; i < 3; i++)
                code = code << 4 |
                       (is(at[i], DIGIT) ? (uint32_t)(at[i] - '0') : ((uint32_t)at[i] & 7) + 9);
            *out++ = (char)code;
            at += 3;
        } else {
            *out++ = at[1] == 'n' ? '\n' : at[1] == 'r' ? '\r' : at[1] == 't' ? '\t' : at[1];
            at += 2;
        }
    }
    return (size_t)(out - bytes);
}
