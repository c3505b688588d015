/* script.c: `.wast` scripts as commands. See script.h. */
#include "text/script.h"

#include "text/parser.h"

/* A reader of one command, from the token after its keyword up to and without the parenthesis that
 * closes it. */
typedef bool parse_function(hd_parser *parser, hd_command *command);

static bool parse_command(hd_parser *parser, const hd_token *open);

/* Reads `(invoke …)` or `(get …)` from the keyword on, without the closing parenthesis. */
static bool parse_action_body(hd_parser *parser, hd_action *action) {
    if (hd_token_is(&parser->token, "invoke"))
        action->kind = HD_ACTION_INVOKE;
    else if (hd_token_is(&parser->token, "get"))
        action->kind = HD_ACTION_GET;
    else
        return hd_parser_unexpected(parser, "invoke or get");
    if (!hd_parser_next(parser) || !hd_parser_optional_name(parser, &action->module) ||
        !hd_parser_string(parser, &action->field))
        return false;
    return action->kind == HD_ACTION_GET ||
           hd_parse_values(parser, false, &action->arguments, &action->argument_count);
}

static bool parse_action(hd_parser *parser, hd_command *command) {
    return hd_parser_expect(parser, HD_TOKEN_OPEN, "(") &&
           parse_action_body(parser, &command->action) &&
           hd_parser_expect(parser, HD_TOKEN_CLOSE, ")");
}

static bool parse_module(hd_parser *parser, hd_command *command) {
    hd_token open = parser->token;
    if (!hd_parser_expect(parser, HD_TOKEN_OPEN, "(")) return false;
    if (!hd_token_is(&parser->token, "module")) return hd_parser_unexpected(parser, "module");
    return hd_parse_module(parser, &open, &command->module) &&
           hd_parser_expect(parser, HD_TOKEN_CLOSE, ")");
}

static bool parse_register(hd_parser *parser, hd_command *command) {
    return hd_parser_string(parser, &command->text) &&
           hd_parser_optional_name(parser, &command->name);
}

static bool parse_assert_return(hd_parser *parser, hd_command *command) {
    return parse_action(parser, command) &&
           hd_parse_values(parser, true, &command->expected, &command->expected_count);
}

static bool parse_assert_action(hd_parser *parser, hd_command *command) {
    return parse_action(parser, command) && hd_parser_string(parser, &command->text);
}

static bool parse_assert_module(hd_parser *parser, hd_command *command) {
    return parse_module(parser, command) && hd_parser_string(parser, &command->text);
}

/* A trap is expected of an action, or of the instantiation of a module. */
static bool parse_assert_trap(hd_parser *parser, hd_command *command) {
    hd_token open = parser->token;
    if (!hd_parser_expect(parser, HD_TOKEN_OPEN, "(")) return false;
    if (hd_token_is(&parser->token, "module")) {
        command->kind = HD_COMMAND_ASSERT_UNINSTANTIABLE;
        if (!hd_parse_module(parser, &open, &command->module)) return false;
    } else if (!parse_action_body(parser, &command->action)) {
        return false;
    }
    return hd_parser_expect(parser, HD_TOKEN_CLOSE, ")") &&
           hd_parser_string(parser, &command->text);
}

/* (shared (module $M)…), from the keyword on. */
static bool parse_shared(hd_parser *parser) {
    if (!hd_parser_next(parser)) return false;
    do {
        const char *name;
        if (!hd_parser_expect(parser, HD_TOKEN_OPEN, "(module $name)")) return false;
        if (!hd_token_is(&parser->token, "module")) return hd_parser_unexpected(parser, "module");
        if (!hd_parser_next(parser) || !hd_parser_optional_name(parser, &name)) return false;
        if (!name) return hd_parser_unexpected(parser, "a module's $name");
        if (!hd_vec_push(&parser->names, name)) return hd_parser_nomem(parser);
        if (!hd_parser_expect(parser, HD_TOKEN_CLOSE, ")")) return false;
    } while (parser->token.kind == HD_TOKEN_OPEN);
    return hd_parser_expect(parser, HD_TOKEN_CLOSE, ")");
}

static bool parse_thread(hd_parser *parser, hd_command *command) {
    size_t first_command = parser->commands.len, first_name = parser->names.len;
    if (!hd_parser_enter(parser) || !hd_parser_optional_name(parser, &command->name)) return false;
    while (parser->token.kind == HD_TOKEN_OPEN) {
        hd_token open = parser->token;
        if (!hd_parser_next(parser)) return false;
        bool shared =
            parser->commands.len == first_command && hd_token_is(&parser->token, "shared");
        if (!(shared ? parse_shared(parser) : parse_command(parser, &open))) return false;
    }
    hd_parser_leave(parser);
    command->shared_count = parser->names.len - first_name;
    command->shared = HD_PARSER_TAKE(parser, &parser->names, first_name);
    command->body_count = parser->commands.len - first_command;
    command->body = HD_PARSER_TAKE(parser, &parser->commands, first_command);
    return command->shared && command->body;
}

static bool parse_wait(hd_parser *parser, hd_command *command) {
    return hd_parser_optional_name(parser, &command->name);
}

/* A command of a later or another dialect: its keyword is kept, the rest passed. */
static bool parse_unknown(hd_parser *parser, hd_command *command) {
    const hd_token *keyword = &parser->token;
    if (keyword->kind != HD_TOKEN_KEYWORD || hd_is_module_field(keyword) ||
        hd_token_is(keyword, "shared"))
        return hd_parser_unexpected(parser, "a command");
    const char *bytes = hd_arena_strndup(parser->arena, keyword->start, keyword->length);
    if (!bytes) return hd_parser_nomem(parser);
    command->kind = HD_COMMAND_UNKNOWN;
    command->text = (hd_text){bytes, keyword->length};
    return hd_parser_skip(parser);
}

/* Reads a command from the keyword on; `open` is the parenthesis before it. */
static bool parse_command(hd_parser *parser, const hd_token *open) {
    static const struct {
        const char *keyword;
        hd_command_kind kind;
        parse_function *parse;
    } commands[] = {
        {"assert_return", HD_COMMAND_ASSERT_RETURN, parse_assert_return},
        {"assert_trap", HD_COMMAND_ASSERT_TRAP, parse_assert_trap},
        {"assert_exhaustion", HD_COMMAND_ASSERT_EXHAUSTION, parse_assert_action},
        {"assert_exception", HD_COMMAND_ASSERT_EXCEPTION, parse_action},
        {"assert_malformed", HD_COMMAND_ASSERT_MALFORMED, parse_assert_module},
        {"assert_invalid", HD_COMMAND_ASSERT_INVALID, parse_assert_module},
        {"assert_unlinkable", HD_COMMAND_ASSERT_UNLINKABLE, parse_assert_module},
        {"register", HD_COMMAND_REGISTER, parse_register},
        {"thread", HD_COMMAND_THREAD, parse_thread},
        {"wait", HD_COMMAND_WAIT, parse_wait},
    };
    const hd_token *keyword = &parser->token;
    hd_command command = {.line = open->line, .column = open->column};
    bool parsed = false;
    if (hd_token_is(keyword, "module")) {
        command.kind = HD_COMMAND_MODULE;
        parsed = hd_parse_module(parser, open, &command.module);
    } else if (hd_token_is(keyword, "invoke") || hd_token_is(keyword, "get")) {
        command.kind = HD_COMMAND_ACTION;
        parsed = parse_action_body(parser, &command.action);
    } else {
        size_t i = 0, count = sizeof commands / sizeof *commands;
        while (i < count && !hd_token_is(keyword, commands[i].keyword))
            i++;
        if (i == count) {
            parsed = parse_unknown(parser, &command);
        } else {
            command.kind = commands[i].kind;
            parsed = hd_parser_next(parser) && commands[i].parse(parser, &command);
        }
    }
    if (!parsed || !hd_parser_expect(parser, HD_TOKEN_CLOSE, ")")) return false;
    return hd_vec_push(&parser->commands, command) || hd_parser_nomem(parser);
}

const char *hd_command_keyword(const hd_command *command) {
    static const char *const keywords[] = {
        [HD_COMMAND_MODULE] = "module",
        [HD_COMMAND_REGISTER] = "register",
        [HD_COMMAND_ASSERT_RETURN] = "assert_return",
        [HD_COMMAND_ASSERT_TRAP] = "assert_trap",
        [HD_COMMAND_ASSERT_EXHAUSTION] = "assert_exhaustion",
        [HD_COMMAND_ASSERT_EXCEPTION] = "assert_exception",
        [HD_COMMAND_ASSERT_MALFORMED] = "assert_malformed",
        [HD_COMMAND_ASSERT_INVALID] = "assert_invalid",
        [HD_COMMAND_ASSERT_UNLINKABLE] = "assert_unlinkable",
        [HD_COMMAND_ASSERT_UNINSTANTIABLE] = "assert_trap",
        [HD_COMMAND_THREAD] = "thread",
        [HD_COMMAND_WAIT] = "wait",
    };
    if (command->kind == HD_COMMAND_UNKNOWN) return command->text.bytes;
    if (command->kind == HD_COMMAND_ACTION)
        return command->action.kind == HD_ACTION_GET ? "get" : "invoke";
    return keywords[command->kind];
}

static bool parse_script(hd_parser *parser) {
    if (!hd_parser_next(parser)) return false;
    while (parser->token.kind != HD_TOKEN_END) {
        hd_token open = parser->token;
        if (!hd_parser_expect(parser, HD_TOKEN_OPEN, "a command")) return false;
        if (parser->commands.len == 0 && hd_is_module_field(&parser->token)) {
            hd_command command = {
                .kind = HD_COMMAND_MODULE, .line = open.line, .column = open.column};
            if (!hd_parse_inline_module(parser, &open, &command.module)) return false;
            if (!hd_vec_push(&parser->commands, command)) return hd_parser_nomem(parser);
        } else if (!parse_command(parser, &open)) {
            return false;
        }
    }
    return true;
}

hd_status hd_script_parse(const char *file, const char *text, size_t length, hd_arena *arena,
                          hd_script *script, hd_diag *diag) {
    hd_parser parser = {.arena = arena, .diag = diag};
    *script = (hd_script){0};
    if (length > HD_TEXT_MAX)
        return hd_diag_set(diag, HD_LIMIT, "script longer than %zu bytes", HD_TEXT_MAX);
    hd_lexer_init(&parser.lexer, text, length, 1, 1, diag);
    script->file = hd_arena_strndup(arena, file, strlen(file));
    if (!script->file) {
        hd_diag_nomem(diag);
    } else if (parse_script(&parser)) {
        script->count = parser.commands.len;
        script->commands = HD_PARSER_TAKE(&parser, &parser.commands, 0);
    }
    hd_vec_free(&parser.commands);
    hd_vec_free(&parser.values);
    hd_vec_free(&parser.names);
    hd_vec_free(&parser.bytes);
    return diag->status;
}
