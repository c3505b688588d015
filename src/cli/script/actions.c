/* actions.c: invoke and get, and the assertions on them. */
#include <string.h>

#include "base/alloc.h"
#include "cli/script/scope.h"

/* How an action ended. HD_FAILED: it could not be done, which is reported already. */
typedef struct outcome {
    hd_status status;
    hd_values values;
    hd_diag diag;
} outcome;

/* Room in the scope's cells for arguments and results of a call; NULL when memory is out. */
static hd_slot *call_cells(hd_scope *scope, const hd_functype *type) {
    size_t needed = hd_call_area(type) + 1;
    scope->cells.len = 0;
    return hd_vec_reserve(&scope->cells, needed) ? scope->cells.items : NULL;
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

static void invoke(hd_scope *scope, const hd_action *action, const hd_func *func, outcome *end) {
    const hd_functype *type = func->type;
    hd_slot *cells = call_cells(scope, type);
    if (!cells) {
        hd_scope_fail(scope, "out of memory");
        return;
    }
    if (!store_arguments(scope, action, type, cells)) return;
    end->status = hd_member_call(scope->member, func, cells, &end->diag);
    end->values = (hd_values){type->results, type->result_count, cells};
}

static outcome act(hd_scope *scope, const hd_action *action) {
    outcome end = {.status = HD_FAILED, .diag = HD_DIAG_INIT};
    const hd_instance *instance = hd_scope_instance(scope, action->module);
    hd_extern value;
    hd_externkind kind = action->kind == HD_ACTION_INVOKE ? HD_EXTERN_FUNC : HD_EXTERN_GLOBAL;
    if (!instance) return end;
    if (!hd_instance_export(instance, action->field.bytes, action->field.length, &value)) {
        hd_scope_fail(scope, "no export \"%s\"", action->field.bytes);
    } else if (value.kind != kind) {
        hd_scope_fail(scope, "export \"%s\" is a %s, not a %s", action->field.bytes,
                      hd_externkind_name(value.kind), hd_externkind_name(kind));
    } else if (kind == HD_EXTERN_FUNC) {
        invoke(scope, action, value.func, &end);
    } else {
        end.status = HD_OK;
        end.values = (hd_values){&value.global->type.type, 1, value.global->value};
    }
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

bool hd_command_action(hd_scope *scope, const hd_command *command) {
    outcome end = act(scope, &command->action);
    if (end.status == HD_FAILED) return true;
    if (end.status == HD_STOPPED) return false;
    if (end.status != HD_OK) {
        hd_scope_fail(scope, "action fails with %s: %s", hd_status_name(end.status),
                      end.diag.message);
        add_backtrace(scope, &end);
    } else if (scope->options->print && end.values.count > 0) {
        char *text = hd_values_text(&end.values, NULL, 0);
        if (text) fprintf(scope->options->print, "%s\n", text);
        hd_free(text);
    }
    return true;
}

bool hd_command_assert_return(hd_scope *scope, const hd_command *command) {
    outcome end = act(scope, &command->action);
    if (end.status == HD_FAILED) return true;
    if (end.status == HD_STOPPED) return false;
    if (end.status == HD_OK &&
        hd_values_match(&end.values, command->expected, command->expected_count)) {
        hd_scope_pass(scope);
        return true;
    }
    char *expected = hd_patterns_text(command->expected, command->expected_count);
    char *got = outcome_text(&end, command);
    hd_scope_differ(scope, end.status == HD_OK ? "wrong result" : "no result", expected, got);
    add_backtrace(scope, &end);
    hd_free(expected);
    hd_free(got);
    return true;
}

/* assert_trap and assert_exhaustion. */
bool hd_command_assert_trap(hd_scope *scope, const hd_command *command) {
    bool exhaustion = command->kind == HD_COMMAND_ASSERT_EXHAUSTION;
    hd_status wanted = exhaustion ? HD_EXHAUSTION : HD_TRAP;
    outcome end = act(scope, &command->action);
    if (end.status == HD_FAILED) return true;
    if (end.status == HD_STOPPED) return false;
    if (end.status == wanted && hd_message_matches(end.diag.message, command->text)) {
        hd_scope_pass(scope);
        return true;
    }
    char *got = outcome_text(&end, command);
    hd_scope_differ_words(scope,
                          end.status == wanted ? "wrong message"
                          : exhaustion         ? "no exhaustion"
                                               : "no trap",
                          got);
    add_backtrace(scope, &end);
    hd_free(got);
    return true;
}

bool hd_command_assert_exception(hd_scope *scope, const hd_command *command) {
    outcome end = act(scope, &command->action);
    if (end.status == HD_FAILED) return true;
    if (end.status == HD_STOPPED) return false;
    if (end.status == HD_EXCEPTION) {
        hd_scope_pass(scope);
        return true;
    }
    char *got = outcome_text(&end, command);
    hd_scope_differ(scope, "no exception", NULL, got);
    add_backtrace(scope, &end);
    hd_free(got);
    return true;
}
