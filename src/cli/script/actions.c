/* actions.c: invoke and get, and the assertions on them. */
#include <string.h>

#include "base/alloc.h"
#include "cli/script/scope.h"

/* How an action ended. */
typedef struct outcome {
    hd_status status;
    hd_values values;
    hd_diag diag;
} outcome;

/* Room for arguments and results of a call; NULL when memory is out. What a call that is taken back
 * to was begun with stays where it is. */
static hd_slot *call_cells(hd_scope *scope, const hd_functype *type) {
    size_t needed = hd_call_area(type) + 1;
    if (scope->room < needed) {
        scope->room = scope->room > needed / 2 ? 2 * scope->room : needed;
        scope->largest = hd_arena_alloc(&scope->arena, scope->room, sizeof(hd_slot));
        if (!scope->largest) scope->room = 0;
    }
    return scope->cells = scope->largest;
}

static bool store_arguments(hd_scope *scope, const hd_action *action, const hd_functype *type,
                            hd_slot *cells) {
    if (action->argument_count != type->param_count) {
        hd_scope_fail(scope, "wrong number of arguments: %zu, not %u", action->argument_count,
                      type->param_count);
        return false;
    }
    for (size_t i = 0; i < action->argument_count; i++) {
        if (!hd_argument_store(&action->arguments[i], type->params[i], cells)) {
            hd_scope_fail(scope, "wrong type of argument %zu: not %s", i,
                          hd_valtype_name(type->params[i]));
            return false;
        }
        cells += hd_slots_of(type->params[i]);
    }
    return true;
}

/* Prepares a call; false after reporting why it cannot be made. */
static bool prepare_call(hd_scope *scope, const hd_action *action, const hd_func *func,
                         hd_body_step *step) {
    hd_slot *cells = call_cells(scope, func->type);
    if (!cells) {
        hd_scope_fail(scope, "out of memory");
        return false;
    }
    *step = (hd_body_step){.kind = HD_BODY_CALL, .func = func, .cells = cells};
    return store_arguments(scope, action, func->type, cells);
}

/* Finds what an action is about; false after reporting that there is no such thing. */
static bool find_export(hd_scope *scope, const hd_action *action, hd_extern *value) {
    const hd_instance *instance = hd_scope_instance(scope, action->module);
    hd_externkind kind = action->kind == HD_ACTION_INVOKE ? HD_EXTERN_FUNC : HD_EXTERN_GLOBAL;
    if (!instance) return false;
    if (!hd_instance_export(instance, action->field.bytes, action->field.length, value)) {
        hd_scope_fail(scope, "no export \"%s\"", action->field.bytes);
        return false;
    }
    if (value->kind != kind)
        hd_scope_fail(scope, "export \"%s\" is a %s, not a %s", action->field.bytes,
                      hd_externkind_name(value->kind), hd_externkind_name(kind));
    return value->kind == kind;
}

typedef void hd_judge(hd_scope *scope, const hd_command *command, const outcome *end);

/* Begins an action: a call is a step of its own, the value of a global is there at once. */
static bool begin(hd_scope *scope, const hd_command *command, hd_body_step *step, hd_judge *judge) {
    hd_extern value;
    if (!find_export(scope, &command->action, &value)) return false;
    if (value.kind == HD_EXTERN_FUNC)
        return prepare_call(scope, &command->action, value.func, step);
    outcome end = {.status = HD_OK, .diag = HD_DIAG_INIT};
    end.values = (hd_values){&value.global->type.type, 1, value.global->value};
    judge(scope, command, &end);
    return false;
}

/* How the call that was begun has ended. */
static outcome outcome_of(const hd_scope *scope, const hd_command *command, const hd_diag *last) {
    outcome end = {.status = last->status, .diag = *last};
    hd_extern value;
    const hd_instance *instance = hd_scope_instance((hd_scope *)scope, command->action.module);
    (void)hd_instance_export(instance, command->action.field.bytes, command->action.field.length,
                             &value);
    end.values =
        (hd_values){value.func->type->results, value.func->type->result_count, scope->cells};
    return end;
}

/* The outcome in words: the values, or how the call failed. NULL when memory is
 * out. Release with hd_free. */
static char *outcome_text(const outcome *end, const hd_command *command) {
    char text[600];
    if (end->status == HD_OK)
        return hd_values_text(&end->values, command->expected, command->expected_count);
    snprintf(text, sizeof text, "%s: %s", hd_status_name(end->status), end->diag.message);
    return hd_strndup(text, strlen(text));
}

/* Tells where an unexpected trap was. */
static void add_backtrace(hd_scope *scope, const outcome *end) {
    if (end->status == HD_TRAP || end->status == HD_EXHAUSTION || end->status == HD_EXCEPTION)
        hd_scope_add_backtrace(scope);
}

static void judge_action(hd_scope *scope, const hd_command *command, const outcome *end) {
    (void)command;
    if (end->status != HD_OK) {
        hd_scope_fail(scope, "action fails with %s: %s", hd_status_name(end->status),
                      end->diag.message);
        add_backtrace(scope, end);
    } else if (scope->options->print && end->values.count > 0) {
        char *text = hd_values_text(&end->values, NULL, 0);
        if (text) fprintf(scope->options->print, "%s\n", text);
        hd_free(text);
    }
}

/* Keeps which of several results that are allowed came. */
static void keep_alternatives(hd_scope *scope, const hd_command *command, const outcome *end) {
    const hd_slot *cells = end->values.cells;
    for (size_t i = 0; i < command->expected_count; i++) {
        const hd_script_value *pattern = &command->expected[i];
        hd_valtype type = end->values.types[i];
        if (pattern->kind == HD_VALUE_EITHER)
            hd_scope_chose(scope, pattern, hd_value_choice(type, cells, pattern));
        cells += hd_slots_of(type);
    }
}

static void judge_return(hd_scope *scope, const hd_command *command, const outcome *end) {
    bool match = end->status == HD_OK &&
                 hd_values_match(&end->values, command->expected, command->expected_count);
    if (match && scope->options->execution) keep_alternatives(scope, command, end);
    if (match && !scope->options->rows) {
        hd_scope_pass(scope);
        return;
    }
    char *expected = hd_patterns_text(command->expected, command->expected_count);
    char *got = outcome_text(end, command);
    if (match)
        hd_scope_pass_values(scope, expected, got);
    else
        hd_scope_differ(scope, end->status == HD_OK ? "wrong result" : "no result", expected, got);
    if (!match) add_backtrace(scope, end);
    hd_free(expected);
    hd_free(got);
}

/* assert_trap and assert_exhaustion. */
static void judge_trap(hd_scope *scope, const hd_command *command, const outcome *end) {
    bool exhaustion = command->kind == HD_COMMAND_ASSERT_EXHAUSTION;
    hd_status wanted = exhaustion ? HD_EXHAUSTION : HD_TRAP;
    if (end->status == wanted && hd_message_matches(end->diag.message, command->text)) {
        hd_scope_pass(scope);
        return;
    }
    char *got = outcome_text(end, command);
    hd_scope_differ_words(scope,
                          end->status == wanted ? "wrong message"
                          : exhaustion          ? "no exhaustion"
                                                : "no trap",
                          got);
    add_backtrace(scope, end);
    hd_free(got);
}

/* assert_exception. */
static void judge_exception(hd_scope *scope, const hd_command *command, const outcome *end) {
    if (end->status == HD_EXCEPTION) {
        hd_scope_pass(scope);
        return;
    }
    char *got = outcome_text(end, command);
    hd_scope_differ(scope, "no exception", NULL, got);
    add_backtrace(scope, end);
    hd_free(got);
}

#define COMMAND(name)                                                                              \
    static bool begin_##name(hd_scope *scope, const hd_command *command, hd_body_step *step) {     \
        return begin(scope, command, step, judge_##name);                                          \
    }                                                                                              \
    static bool end_##name(hd_scope *scope, const hd_command *command, const hd_diag *last,        \
                           hd_body_step *step) {                                                   \
        (void)step;                                                                                \
        outcome end = outcome_of(scope, command, last);                                            \
        judge_##name(scope, command, &end);                                                        \
        return false;                                                                              \
    }                                                                                              \
    const hd_command_handler hd_command_##name = {.begin = begin_##name, .end = end_##name};

COMMAND(action)
COMMAND(return )
COMMAND(trap)
COMMAND(exception)
