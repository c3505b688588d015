/* modules.c: the modules of a script: text that is only delimited here, bytes, quoted text. */
#include "text/parser.h"

static bool take_source(hd_parser *parser, const char *start, const char *end, hd_text *source) {
    char *copy = hd_arena_strndup(parser->arena, start, (size_t)(end - start));
    if (!copy) return hd_parser_nomem(parser);
    *source = (hd_text){copy, (size_t)(end - start)};
    return true;
}

/* Joins strings up to the closing parenthesis. */
static bool parse_strings(hd_parser *parser, hd_script_module *module) {
    parser->bytes.len = 0;
    module->line = parser->token.line;
    module->column = parser->token.column;
    while (parser->token.kind == HD_TOKEN_STRING) {
        if (!hd_vec_reserve(&parser->bytes, parser->token.length)) return hd_parser_nomem(parser);
        char *end = parser->bytes.items + parser->bytes.len;
        parser->bytes.len += hd_string_decode(&parser->token, end);
        if (!hd_parser_next(parser)) return false;
    }
    const char *bytes = parser->bytes.len > 0 ? parser->bytes.items : "";
    return take_source(parser, bytes, bytes + parser->bytes.len, &module->source);
}

bool hd_parse_module(hd_parser *parser, const hd_token *open, hd_script_module *module) {
    if (!hd_parser_next(parser)) return false;
    module->instance = hd_token_is(&parser->token, "instance");
    if (module->instance)
        return hd_parser_next(parser) && hd_parser_optional_name(parser, &module->name) &&
               hd_parser_optional_name(parser, &module->of);
    module->definition = hd_token_is(&parser->token, "definition");
    if (module->definition && !hd_parser_next(parser)) return false;
    if (!hd_parser_optional_name(parser, &module->name)) return false;
    bool binary = hd_token_is(&parser->token, "binary");
    if (binary || hd_token_is(&parser->token, "quote")) {
        module->kind = binary ? HD_MODULE_BINARY : HD_MODULE_QUOTE;
        return hd_parser_next(parser) && parse_strings(parser, module);
    }
    module->kind = HD_MODULE_TEXT;
    module->line = open->line;
    module->column = open->column;
    return hd_parser_skip(parser) &&
           take_source(parser, open->start, parser->token.start + 1, &module->source);
}

bool hd_parse_inline_module(hd_parser *parser, const hd_token *open, hd_script_module *module) {
    const char *end;
    module->kind = HD_MODULE_TEXT;
    module->line = open->line;
    module->column = open->column;
    for (;;) {
        if (!hd_parser_skip(parser)) return false;
        end = parser->token.start + 1;
        if (!hd_parser_next(parser)) return false;
        if (parser->token.kind == HD_TOKEN_END) break;
        if (!hd_parser_expect(parser, HD_TOKEN_OPEN, "a module field")) return false;
        if (!hd_is_module_field(&parser->token))
            return hd_parser_unexpected(parser, "a module field");
    }
    return take_source(parser, open->start, end, &module->source);
}

bool hd_is_module_field(const hd_token *keyword) {
    static const char *const fields[] = {"type",   "import", "func", "table", "memory", "global",
                                         "export", "start",  "elem", "data",  "tag"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (hd_token_is(keyword, fields[i])) return true;
    return false;
}
