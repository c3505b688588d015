/* rewrite.c: module text as libwabt needs it. See rewrite.h. */
#include "text/rewrite.h"

#include "text/lexer.h"
#include "text/literal.h"

/* What a keyword means for this pass; every other keyword is libwabt's business alone. */
typedef enum word_role {
    ROLE_NONE,
    ROLE_ANY,      /* its numbers are libwabt's to read */
    ROLE_F32,      /* its numbers are floats of 32 bits */
    ROLE_F64,      /* of 64 bits */
    ROLE_TABLE_OP, /* takes the index of a table, which may be left out */
    ROLE_BLOCK,    /* opens a block, unless a parenthesis stands before it */
    ROLE_END,      /* closes a block */
    ROLE_TYPE,     /* a value type */
    ROLE_TABLE,    /* a table field */
    ROLE_ELEM,     /* an element segment, or the elements within a table field */
    ROLE_ITEM,     /* an element expression */
    ROLE_FOREIGN,  /* a keyword of scripts, not of modules */
} word_role;

/* An open parenthesis or block. */
typedef struct level {
    bool block;  /* `end` closes it */
    bool table;  /* `(table`, */
    bool limits; /* and a number follows */
    bool elem;   /* `(elem` */
    bool item;   /* `(item` */
    /* Of the trial form: */
    bool in_table; /* a segment that was taken out of its table */
    bool split;    /* a segment that was closed early: its elements become segments */
    bool element;  /* such an element */
    bool dropped;  /* the closing parenthesis is left out */
} level;

typedef struct rewriter {
    hd_module_text *module;
    hd_diag *diag;
    bool trial;
    hd_token previous, token;
    hd_token type;       /* the latest value type before a parenthesis */
    word_role last_role; /* of `previous` */
    word_role numbers;   /* how to read the next number; ROLE_NONE: an index or a limit */
    bool after_type;     /* `previous` is a parenthesis after `type` */
    bool has_elem, has_type;
    unsigned depth;
    level levels[HD_TEXT_NESTING_MAX];
} rewriter;

#define WORD(text, role)                                                                           \
    { text, sizeof text - 1, role }

static word_role role_of(const hd_token *token) {
    static const struct {
        const char *text;
        size_t length;
        word_role role;
    } words[] = {
        WORD("i32.const", ROLE_ANY),
        WORD("i64.const", ROLE_ANY),
        WORD("f32.const", ROLE_F32),
        WORD("f64.const", ROLE_F64),
        WORD("v128.const", ROLE_ANY),
        WORD("i8x16", ROLE_ANY),
        WORD("i16x8", ROLE_ANY),
        WORD("i32x4", ROLE_ANY),
        WORD("i64x2", ROLE_ANY),
        WORD("f32x4", ROLE_F32),
        WORD("f64x2", ROLE_F64),
        WORD("table.get", ROLE_TABLE_OP),
        WORD("table.set", ROLE_TABLE_OP),
        WORD("table.size", ROLE_TABLE_OP),
        WORD("table.grow", ROLE_TABLE_OP),
        WORD("table.fill", ROLE_TABLE_OP),
        WORD("block", ROLE_BLOCK),
        WORD("loop", ROLE_BLOCK),
        WORD("if", ROLE_BLOCK),
        WORD("try", ROLE_BLOCK),
        WORD("end", ROLE_END),
        WORD("delegate", ROLE_END),
        WORD("table", ROLE_TABLE),
        WORD("elem", ROLE_ELEM),
        WORD("item", ROLE_ITEM),
        WORD("i32", ROLE_TYPE),
        WORD("i64", ROLE_TYPE),
        WORD("f32", ROLE_TYPE),
        WORD("f64", ROLE_TYPE),
        WORD("v128", ROLE_TYPE),
        WORD("funcref", ROLE_TYPE),
        WORD("externref", ROLE_TYPE),
        WORD("binary", ROLE_FOREIGN),
        WORD("quote", ROLE_FOREIGN),
    };
    if (token->kind != HD_TOKEN_KEYWORD) return ROLE_NONE;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].length == token->length && !memcmp(words[i].text, token->start, token->length))
            return words[i].role;
    return ROLE_NONE;
}

/* Replaces `length` bytes of the source, `skip` bytes after the start of `token`, which lies after
 * every earlier patch. */
static hd_status patch(rewriter *r, const hd_token *token, size_t skip, size_t length,
                       const char *replacement) {
    hd_patch at = {token->line, token->column + (uint32_t)skip, 0, (uint32_t)length, 0};
    return hd_module_text_patch(r->module, token->start + skip, at, replacement, r->diag);
}

static hd_status unexpected(const rewriter *r, const char *expected) {
    const hd_token *token = &r->token;
    return hd_diag_at_line(r->diag, HD_MALFORMED, token->line, token->column,
                           "unexpected token %.*s%s", hd_token_shown(token), token->start,
                           expected);
}

static hd_status push_level(rewriter *r, level opened) {
    if (r->depth == HD_TEXT_NESTING_MAX)
        return hd_diag_at_line(r->diag, HD_LIMIT, r->token.line, r->token.column,
                               "nesting deeper than %d levels", HD_TEXT_NESTING_MAX);
    r->levels[r->depth++] = opened;
    return HD_OK;
}

static level *top(rewriter *r) {
    return r->depth > 0 ? &r->levels[r->depth - 1] : NULL;
}

static level *below_top(rewriter *r) {
    return r->depth > 1 ? &r->levels[r->depth - 2] : NULL;
}

/* For the trial: keeps a value type and a parenthesis apart, for libwabt takes the two for the
 * start of a list of element expressions, if it is in an element segment or believes so. */
static hd_status part_type(rewriter *r, word_role role) {
    level *opened = top(r), *outer = below_top(r);
    const hd_token *type = &r->type;
    if (outer && outer->elem) { /* (elem funcref (… is now (elem func) (… */
        outer->split = outer->dropped = true;
        return patch(r, type, 0, type->length, "func)");
    }
    if (!outer || !outer->table || outer->limits || role != ROLE_ELEM)
        return patch(r, type, type->length, 0, " nop");
    /* (table funcref (elem … is now (table 0 funcref) (elem func … */
    outer->dropped = opened->in_table = true;
    hd_status status = patch(r, type, 0, 0, "0 ");
    if (status == HD_OK) status = patch(r, &r->previous, 0, 1, ") (");
    return status == HD_OK ? patch(r, &r->token, r->token.length, 0, " func") : status;
}

/* For the trial: (… and (item … are now (elem (offset (… and (elem (offset … */
static hd_status open_element(rewriter *r, word_role role) {
    top(r)->element = true;
    if (role != ROLE_ITEM) return patch(r, &r->previous, 0, 0, "(elem (offset ");
    hd_status status = patch(r, &r->previous, 0, 1, "(elem (");
    return status == HD_OK ? patch(r, &r->token, 0, r->token.length, "offset") : status;
}

/* Visits the first token after a parenthesis. */
static hd_status visit_opened(rewriter *r, word_role role) {
    hd_status status = HD_OK;
    if (r->after_type) r->has_type = true;
    if (!r->trial) return HD_OK;
    if (r->after_type) status = part_type(r, role);
    if (status == HD_OK && below_top(r) && below_top(r)->split) status = open_element(r, role);
    return status;
}

static hd_status close_parenthesis(rewriter *r) {
    const level *closed = top(r);
    if (!closed) return unexpected(r, "");
    if (closed->block) return unexpected(r, ", expected end");
    r->depth--;
    r->numbers = ROLE_NONE;
    bool empty = closed->item && r->last_role == ROLE_ITEM;
    if (empty && top(r) && top(r)->elem) /* libwabt would end the list here */
        return hd_diag_at_line(r->diag, HD_INVALID, r->token.line, r->token.column,
                               "type mismatch: element expression without a value");
    if (closed->dropped) return patch(r, &r->token, 0, 1, "");
    if (closed->element) return patch(r, &r->token, 1, 0, closed->item ? " func)" : ") func)");
    return HD_OK;
}

/* libwabt takes indices modulo 2^32, and alignments too. */
static hd_status check_u32(rewriter *r, const char *digits, size_t length) {
    uint32_t value;
    if (length < 10 || hd_literal_u32(digits, length, &value) != HD_LITERAL_RANGE) return HD_OK;
    return hd_diag_at_line(r->diag, HD_MALFORMED, r->token.line, r->token.column,
                           "i32 constant out of range: %.*s", hd_token_shown(&r->token),
                           r->token.start);
}

/* libwabt misrounds hexadecimal floats with more digits than fit: gives it the result instead. */
static hd_status rewrite_float(rewriter *r, unsigned width) {
    const hd_token *token = &r->token;
    const char *digits = token->start + (token->start[0] == '+' || token->start[0] == '-');
    size_t left = token->length - (size_t)(digits - token->start);
    if (left < 2 || digits[0] != '0' || digits[1] != 'x') return HD_OK;
    uint64_t bits;
    char exact[HD_LITERAL_PRINTED_MAX];
    switch (hd_literal_float(token->start, token->length, width, &bits)) {
    case HD_LITERAL_NOMEM: return hd_diag_nomem(r->diag);
    case HD_LITERAL_SYNTAX: return HD_OK; /* libwabt reports it */
    case HD_LITERAL_RANGE:
        return hd_diag_at_line(r->diag, HD_MALFORMED, token->line, token->column,
                               "constant out of range: %.*s", hd_token_shown(token), token->start);
    case HD_LITERAL_OK: break;
    }
    hd_literal_print(bits, width, exact);
    return patch(r, token, 0, token->length, exact);
}

/* libwabt knows no underscores in the digits of an escape `\u{…}`. */
static hd_status visit_string(rewriter *r) {
    const hd_token *token = &r->token;
    if (!token->escaped || !memchr(token->start, '_', token->length)) return HD_OK;
    for (size_t i = 0; i < token->length; i++) {
        if (token->start[i] != '\\' || token->start[++i] != 'u') continue;
        for (; token->start[i] != '}'; i++) {
            hd_status status = HD_OK;
            if (token->start[i] == '_') status = patch(r, token, i, 1, "");
            if (status != HD_OK) return status;
        }
    }
    return HD_OK;
}

static hd_status visit_number(rewriter *r) {
    if (r->depth > 0 && top(r)->table) top(r)->limits = true;
    switch (r->numbers) {
    case ROLE_F32: return rewrite_float(r, 32);
    case ROLE_F64: return rewrite_float(r, 64);
    case ROLE_ANY: return HD_OK;
    default: return check_u32(r, r->token.start, r->token.length);
    }
}

static hd_status visit_keyword(rewriter *r, word_role role) {
    const hd_token *token = &r->token;
    level *current = top(r);
    bool head = r->previous.kind == HD_TOKEN_OPEN;
    r->numbers = role == ROLE_ANY || role == ROLE_F32 || role == ROLE_F64 ? role : ROLE_NONE;
    switch (role) {
    case ROLE_BLOCK: return head ? HD_OK : push_level(r, (level){.block = true});
    case ROLE_END:
        if (!current || !current->block) return unexpected(r, "");
        r->depth--;
        return HD_OK;
    case ROLE_TABLE:
        if (head) current->table = true;
        return HD_OK;
    case ROLE_ELEM:
        r->has_elem = true;
        if (head) current->elem = true;
        return HD_OK;
    case ROLE_ITEM:
        if (head) current->item = true;
        return HD_OK;
    case ROLE_FOREIGN: return unexpected(r, "");
    default:
        if (token->length > 6 && !memcmp(token->start, "align=", 6))
            return check_u32(r, token->start + 6, token->length - 6);
        return HD_OK;
    }
}

static hd_status visit_open(rewriter *r) {
    r->after_type = r->last_role == ROLE_TYPE;
    if (r->after_type) r->type = r->previous;
    level *outer = top(r);
    if (outer && outer->in_table && r->last_role == ROLE_ELEM) {
        outer->split = outer->dropped = true;
        hd_status status = patch(r, &r->token, 0, 0, ")");
        if (status != HD_OK) return status;
    }
    return push_level(r, (level){0});
}

static hd_status visit(rewriter *r, word_role role) {
    const hd_token *token = &r->token;
    hd_status status = HD_OK;
    if (token->kind != HD_TOKEN_STRING && token->length > HD_TEXT_TOKEN_MAX)
        return hd_diag_at_line(r->diag, HD_LIMIT, token->line, token->column,
                               "token longer than %d bytes", HD_TEXT_TOKEN_MAX);
    if (r->last_role == ROLE_TABLE_OP && token->kind != HD_TOKEN_NUMBER &&
        token->kind != HD_TOKEN_NAME)
        status = patch(r, &r->previous, r->previous.length, 0, " 0");
    else if (r->previous.kind == HD_TOKEN_OPEN)
        status = visit_opened(r, role);
    if (status != HD_OK) return status;
    switch (token->kind) {
    case HD_TOKEN_OPEN: return visit_open(r);
    case HD_TOKEN_CLOSE: return close_parenthesis(r);
    case HD_TOKEN_KEYWORD: return visit_keyword(r, role);
    case HD_TOKEN_NUMBER: return visit_number(r);
    case HD_TOKEN_STRING: return visit_string(r);
    case HD_TOKEN_ERROR: return r->diag->status;
    case HD_TOKEN_NAME: return HD_OK;
    case HD_TOKEN_END: break;
    }
    if (r->previous.kind == HD_TOKEN_END) { /* no token at all: a module without fields */
        r->module->bytes = "(module)";
        r->module->length = strlen(r->module->bytes);
    }
    return HD_OK;
}

static hd_status visit_all(rewriter *r, hd_lexer *lexer) {
    do {
        r->token = hd_lexer_next(lexer);
        word_role role = role_of(&r->token);
        hd_status status = visit(r, role);
        if (status != HD_OK) return status;
        r->previous = r->token;
        r->last_role = role;
    } while (r->token.kind != HD_TOKEN_END);
    return HD_OK;
}

hd_status hd_rewrite(hd_module_text *module, bool trial, hd_diag *diag) {
    const hd_module_text source = *module;
    rewriter r; /* not cleared: levels are when they open */
    r.module = module;
    r.diag = diag;
    r.trial = trial;
    r.previous = (hd_token){.kind = HD_TOKEN_END};
    r.last_role = r.numbers = ROLE_NONE;
    r.after_type = r.has_elem = r.has_type = false;
    r.depth = 0;
    hd_lexer lexer;
    hd_lexer_init(&lexer, source.bytes, source.length, source.line, source.column, diag);
    hd_status status = visit_all(&r, &lexer);
    module->needs_trial = r.has_elem && r.has_type;
    return status == HD_OK ? hd_module_text_finish(module, diag) : status;
}
