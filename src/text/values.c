/* values.c: arguments and expected results of a script. */
#include "text/literal.h"
#include "text/parser.h"

static bool check_literal(hd_parser *parser, hd_literal result) {
    const hd_token *token = &parser->token;
    switch (result) {
    case HD_LITERAL_OK: return hd_parser_next(parser);
    case HD_LITERAL_SYNTAX: return hd_parser_unexpected(parser, "a number");
    case HD_LITERAL_NOMEM: return hd_parser_nomem(parser);
    case HD_LITERAL_RANGE: break;
    }
    hd_diag_at_line(parser->diag, HD_MALFORMED, token->line, token->column,
                    "constant out of range: %.*s", hd_token_shown(token), token->start);
    return false;
}

static bool parse_int(hd_parser *parser, unsigned width, uint64_t *bits) {
    const hd_token *token = &parser->token;
    if (token->kind != HD_TOKEN_NUMBER) return hd_parser_unexpected(parser, "an integer");
    return check_literal(parser, hd_literal_int(token->start, token->length, width, bits));
}

static bool parse_float(hd_parser *parser, bool pattern, unsigned width, uint64_t *bits,
                        hd_nan_kind *nan) {
    const hd_token *token = &parser->token;
    *bits = 0;
    *nan = HD_NAN_NONE;
    if (pattern && hd_token_is(token, "nan:canonical")) *nan = HD_NAN_CANONICAL;
    if (pattern && hd_token_is(token, "nan:arithmetic")) *nan = HD_NAN_ARITHMETIC;
    if (*nan != HD_NAN_NONE) return hd_parser_next(parser);
    if (token->kind != HD_TOKEN_NUMBER) return hd_parser_unexpected(parser, "a number");
    return check_literal(parser, hd_literal_float(token->start, token->length, width, bits));
}

static bool parse_i32(hd_parser *parser, bool pattern, hd_script_value *value) {
    (void)pattern;
    return parse_int(parser, 32, &value->bits);
}

static bool parse_i64(hd_parser *parser, bool pattern, hd_script_value *value) {
    (void)pattern;
    return parse_int(parser, 64, &value->bits);
}

static bool parse_f32(hd_parser *parser, bool pattern, hd_script_value *value) {
    return parse_float(parser, pattern, 32, &value->bits, &value->nan);
}

static bool parse_f64(hd_parser *parser, bool pattern, hd_script_value *value) {
    return parse_float(parser, pattern, 64, &value->bits, &value->nan);
}

static bool parse_v128(hd_parser *parser, bool pattern, hd_script_value *value) {
    static const struct {
        const char *keyword;
        unsigned lanes, width;
        bool floats;
    } shapes[] = {
        [HD_SHAPE_I8X16] = {"i8x16", 16, 8, false}, [HD_SHAPE_I16X8] = {"i16x8", 8, 16, false},
        [HD_SHAPE_I32X4] = {"i32x4", 4, 32, false}, [HD_SHAPE_I64X2] = {"i64x2", 2, 64, false},
        [HD_SHAPE_F32X4] = {"f32x4", 4, 32, true},  [HD_SHAPE_F64X2] = {"f64x2", 2, 64, true},
    };
    size_t shape = 0, count = sizeof shapes / sizeof *shapes;
    while (shape < count && !hd_token_is(&parser->token, shapes[shape].keyword))
        shape++;
    if (shape == count) return hd_parser_unexpected(parser, "a shape such as i32x4");
    if (!hd_parser_next(parser)) return false;
    value->shape = (hd_lane_shape)shape;
    unsigned width = shapes[shape].width;
    for (unsigned lane = 0; lane < shapes[shape].lanes; lane++) {
        uint64_t bits;
        hd_nan_kind nan = HD_NAN_NONE;
        if (!(shapes[shape].floats ? parse_float(parser, pattern, width, &bits, &nan)
                                   : parse_int(parser, width, &bits)))
            return false;
        if (nan != HD_NAN_NONE) value->lane_nans[lane] = (uint8_t)nan;
        for (unsigned byte = 0; byte < width / 8; byte++)
            value->lanes[lane * (width / 8) + byte] = (uint8_t)(bits >> (8 * byte));
    }
    return true;
}

static bool parse_null(hd_parser *parser, bool pattern, hd_script_value *value) {
    (void)pattern;
    static const char *const empty[] = {"none", "nofunc", "noextern", "noexn", "any",
                                        "eq",   "i31",    "struct",   "array"};
    value->kind = HD_VALUE_NULL_ANY;
    if (parser->token.kind == HD_TOKEN_CLOSE) return true;
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
        if (hd_token_is(&parser->token, empty[i])) return hd_parser_next(parser);
    value->kind = HD_VALUE_NULL_FUNC;
    if (hd_token_is(&parser->token, "extern"))
        value->kind = HD_VALUE_NULL_EXTERN;
    else if (hd_token_is(&parser->token, "exn"))
        value->kind = HD_VALUE_NULL_EXN;
    else if (!hd_token_is(&parser->token, "func"))
        return hd_parser_unexpected(parser, "func, extern or exn");
    return hd_parser_next(parser);
}

static bool parse_extern(hd_parser *parser, bool pattern, hd_script_value *value) {
    if (pattern && parser->token.kind == HD_TOKEN_CLOSE) {
        value->any = true;
        return true;
    }
    uint32_t number = 0;
    const hd_token *token = &parser->token;
    if (token->kind != HD_TOKEN_NUMBER) return hd_parser_unexpected(parser, "a number");
    if (!check_literal(parser, hd_literal_u32(token->start, token->length, &number))) return false;
    value->bits = number;
    return true;
}

/* What follows `ref.host` and the like: perhaps a number. */
static bool parse_other(hd_parser *parser, bool pattern, hd_script_value *value) {
    (void)pattern;
    if (parser->token.kind != HD_TOKEN_NUMBER) return true;
    uint32_t number;
    (void)value;
    return check_literal(parser,
                         hd_literal_u32(parser->token.start, parser->token.length, &number));
}

static bool parse_func(hd_parser *parser, bool pattern, hd_script_value *value) {
    (void)value;
    return pattern || hd_parser_unexpected(parser, "a value");
}

static bool parse_either(hd_parser *parser, bool pattern, hd_script_value *value) {
    if (!pattern) return hd_parser_unexpected(parser, "a value");
    if (!hd_parser_enter(parser) ||
        !hd_parse_values(parser, true, &value->choices, &value->choice_count))
        return false;
    hd_parser_leave(parser);
    return value->choice_count > 0 || hd_parser_unexpected(parser, "a result");
}

/* Reads a value from its opening parenthesis on. */
static bool parse_value(hd_parser *parser, bool pattern, hd_script_value *value) {
    static const struct {
        const char *keyword;
        hd_value_kind kind;
        bool (*parse)(hd_parser *parser, bool pattern, hd_script_value *value);
    } forms[] = {
        {"i32.const", HD_VALUE_I32, parse_i32},
        {"i64.const", HD_VALUE_I64, parse_i64},
        {"f32.const", HD_VALUE_F32, parse_f32},
        {"f64.const", HD_VALUE_F64, parse_f64},
        {"v128.const", HD_VALUE_V128, parse_v128},
        {"ref.null", HD_VALUE_NULL_FUNC, parse_null},
        {"ref.extern", HD_VALUE_REF_EXTERN, parse_extern},
        {"ref.func", HD_VALUE_REF_FUNC, parse_func},
        {"ref.exn", HD_VALUE_REF_EXN, parse_func},
        {"ref.any", HD_VALUE_REF_OTHER, parse_other},
        {"ref.eq", HD_VALUE_REF_OTHER, parse_other},
        {"ref.i31", HD_VALUE_REF_OTHER, parse_other},
        {"ref.struct", HD_VALUE_REF_OTHER, parse_other},
        {"ref.array", HD_VALUE_REF_OTHER, parse_other},
        {"ref.host", HD_VALUE_REF_OTHER, parse_other},
        {"either", HD_VALUE_EITHER, parse_either},
    };
    if (!hd_parser_next(parser)) return false;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!hd_token_is(&parser->token, forms[i].keyword)) continue;
        value->kind = forms[i].kind;
        value->word = forms[i].keyword;
        return hd_parser_next(parser) && forms[i].parse(parser, pattern, value) &&
               hd_parser_expect(parser, HD_TOKEN_CLOSE, ")");
    }
    return hd_parser_unexpected(parser, pattern ? "a result" : "a value");
}

bool hd_parse_values(hd_parser *parser, bool patterns, hd_script_value **values, size_t *count) {
    size_t base = parser->values.len;
    while (parser->token.kind == HD_TOKEN_OPEN) {
        hd_script_value value = {0};
        if (!parse_value(parser, patterns, &value)) return false;
        if (!hd_vec_push(&parser->values, value)) return hd_parser_nomem(parser);
    }
    *count = parser->values.len - base;
    *values = HD_PARSER_TAKE(parser, &parser->values, base);
    return *values != NULL;
}
