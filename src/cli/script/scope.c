/* scope.c: names, imports and verdicts of one agent of a script. */
#include "cli/script/scope.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/control.h"

hd_scope *hd_scope_new(const hd_script *script, const hd_wast_options *options, const char *agent,
                       const hd_command *commands, size_t count) {
    hd_scope *scope = hd_calloc(1, sizeof *scope);
    if (!scope) return NULL;
    scope->script = script;
    scope->options = options;
    scope->agent = agent;
    scope->commands = commands;
    scope->command_count = count;
    return scope;
}

void hd_scope_free(hd_scope *scope) {
    hd_vec_free(&scope->instances);
    hd_vec_free(&scope->definitions);
    hd_vec_free(&scope->registry);
    hd_vec_free(&scope->threads);
    hd_arena_free(&scope->arena);
    hd_wast_result_free(&scope->result);
    hd_free(scope);
}

/* Releases what was found since. */
static void forget_found(void *context, const void *data) {
    hd_wast_result *result = context;
    hd_arena_place place;
    memcpy(&place, data, sizeof place);
    hd_arena_release(&result->arena, place);
}

/* Lists may move when they grow, so it is their lengths that are saved. */
void hd_scope_save(hd_scope *scope) {
    hd_undo *log = hd_cluster_get_log(hd_member_cluster(scope->member));
    hd_wast_result *result = &scope->result;
    if (!log || scope->epoch == log->epoch) return;
    scope->epoch = log->epoch;
    hd_arena_place place = hd_arena_mark(&result->arena);
    hd_undo_leave(log, forget_found, result, &place, sizeof place);
    hd_undo_save(log, &scope->command, sizeof *scope - offsetof(hd_scope, command));
    hd_undo_save(log, result, offsetof(hd_wast_result, findings));
    HD_UNDO_SAVE(log, result->findings.len);
    HD_UNDO_SAVE(log, result->alternatives.len);
    HD_UNDO_SAVE(log, scope->instances.len);
    HD_UNDO_SAVE(log, scope->definitions.len);
    HD_UNDO_SAVE(log, scope->registry.len);
    HD_UNDO_SAVE(log, scope->threads.len);
}

static void bind(hd_scope *scope, hd_names *names, const char *name, size_t length, void *value) {
    if (!hd_names_bind(names, name, length, value)) hd_scope_fail(scope, "out of memory");
}

void hd_scope_bind(hd_scope *scope, const char *name, hd_instance *instance) {
    scope->current = instance;
    if (name) bind(scope, &scope->instances, name, strlen(name), instance);
}

void hd_scope_share(hd_scope *scope, const char *name, hd_instance *instance) {
    if (hd_names_bind(&scope->instances, name, strlen(name), instance))
        scope->instances.items[scope->instances.len - 1].shared = true;
    else
        hd_scope_fail(scope, "out of memory");
}

void hd_scope_define(hd_scope *scope, const char *name, hd_codebase *module) {
    scope->defined = module;
    if (name) bind(scope, &scope->definitions, name, strlen(name), module);
}

hd_codebase *hd_scope_definition(hd_scope *scope, const char *name) {
    const hd_binding *bound = name ? hd_names_find(&scope->definitions, name, strlen(name)) : NULL;
    hd_codebase *module = name ? bound ? bound->value : NULL : scope->defined;
    if (module) return module;
    if (!name)
        hd_scope_fail(scope, "no module is defined");
    else
        hd_scope_fail(scope, bound ? "module %s could not be loaded" : "unknown module %s", name);
    return NULL;
}

void hd_scope_register(hd_scope *scope, hd_text name, hd_instance *instance) {
    bind(scope, &scope->registry, name.bytes, name.length, instance);
}

hd_instance *hd_scope_instance(hd_scope *scope, const char *name) {
    if (!name) {
        if (!scope->current) hd_scope_fail(scope, "no module is defined");
        return scope->current;
    }
    const hd_binding *bound = hd_names_find(&scope->instances, name, strlen(name));
    if (!bound)
        hd_scope_fail(scope, "unknown module %s", name);
    else if (!bound->value)
        hd_scope_fail(scope, "module %s was not instantiated", name);
    return bound ? bound->value : NULL;
}

/* What a module name of an import stands for, spectest aside; NULL: nothing. */
static const hd_binding *importable(const hd_scope *scope, const hd_name *name) {
    const hd_binding *bound = hd_names_find(&scope->registry, name->bytes, name->length);
    char key[128] = "$";
    if (bound || name->length >= sizeof key) return bound;
    memcpy(key + 1, name->bytes, name->length);
    bound = hd_names_find(&scope->instances, key, name->length + 1);
    return bound && bound->shared ? bound : NULL;
}

bool hd_scope_resolve(void *context, const hd_import *import, hd_extern *value) {
    static const char spectest[] = "spectest";
    hd_scope *scope = context;
    const hd_binding *bound = importable(scope, &import->module);
    if (bound)
        return hd_instance_export(bound->value, import->field.bytes, import->field.length, value);
    if (import->module.length != sizeof spectest - 1 ||
        memcmp(import->module.bytes, spectest, sizeof spectest - 1) != 0)
        return false;
    if (!scope->spectest)
        scope->spectest = hd_spectest_new(hd_member_store(scope->member), scope->options->print);
    return scope->spectest &&
           hd_spectest_lookup(scope->spectest, import->field.bytes, import->field.length, value);
}

static const char *keep(hd_scope *scope, const char *text) {
    return text ? hd_arena_strndup(&scope->result.arena, text, strlen(text)) : NULL;
}

/* Completes and keeps a finding about the present command. */
static void record(hd_scope *scope, hd_finding finding) {
    finding.line = scope->command->line;
    finding.column = scope->command->column;
    if (scope->options->execution) {
        finding.step = hd_world_steps(scope->options->execution->world);
        finding.number = hd_world_current(scope->options->execution->world);
    }
    finding.agent = scope->agent;
    finding.message = keep(scope, finding.message);
    finding.expected = keep(scope, finding.expected);
    finding.got = keep(scope, finding.got);
    if (!finding.message) finding.message = "out of memory";
    (void)hd_vec_push(&scope->result.findings, finding);
}

void hd_scope_add_backtrace(hd_scope *scope) {
    hd_wast_result *result = &scope->result;
    if (result->findings.len == 0) return;
    hd_backtrace *backtrace = &result->findings.items[result->findings.len - 1].backtrace;
    if (!hd_backtrace_take(hd_member_agent(scope->member), &result->arena, backtrace))
        *backtrace = (hd_backtrace){0};
}

/* Keeps the row of the present command, whose texts live as long as the result. A command may fail
 * twice: the first counts. */
static void add_row(hd_scope *scope, hd_verdict verdict, const char *message, const char *expected,
                    const char *got) {
    if (!scope->options->rows || scope->told) return;
    hd_command_row row = {scope->command->line,
                          scope->command->column,
                          keep(scope, hd_command_keyword(scope->command)),
                          scope->agent,
                          verdict,
                          message,
                          expected,
                          got};
    scope->told = true;
    if (row.keyword) (void)hd_vec_push(&scope->result.rows, row);
}

/* Records a failure and its row. */
static void record_failure(hd_scope *scope, hd_finding finding) {
    scope->result.failed++;
    size_t before = scope->result.findings.len;
    record(scope, finding);
    if (scope->result.findings.len == before) return;
    const hd_finding *kept = &scope->result.findings.items[before];
    add_row(scope, HD_VERDICT_FAILED, kept->message, kept->expected, kept->got);
}

void hd_scope_pass(hd_scope *scope) {
    hd_scope_pass_values(scope, NULL, NULL);
}

void hd_scope_pass_values(hd_scope *scope, const char *expected, const char *got) {
    scope->result.passed++;
    add_row(scope, HD_VERDICT_PASSED, NULL, keep(scope, expected), keep(scope, got));
}

void hd_scope_chose(hd_scope *scope, const hd_script_value *either, size_t taken) {
    hd_alternative choice = {scope->command->line, scope->command->column, either, taken};
    if (!hd_vec_push(&scope->result.alternatives, choice)) hd_scope_fail(scope, "out of memory");
}

void hd_scope_unreadable(hd_scope *scope, const char *message) {
    scope->result.unreadable++;
    if (scope->options->rows)
        add_row(scope, HD_VERDICT_UNREADABLE, keep(scope, message), NULL, NULL);
}

void hd_scope_done(hd_scope *scope) {
    add_row(scope, HD_VERDICT_DONE, NULL, NULL, NULL);
    scope->told = false;
}

void hd_scope_fail(hd_scope *scope, const char *format, ...) {
    char message[640];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    record_failure(scope, (hd_finding){.message = message});
}

void hd_scope_skip(hd_scope *scope, const char *format, ...) {
    char message[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    scope->result.skipped++;
    record(scope, (hd_finding){.note = true, .message = message});
    add_row(scope, HD_VERDICT_SKIPPED, keep(scope, message), NULL, NULL);
}

void hd_scope_differ(hd_scope *scope, const char *what, const char *expected, const char *got) {
    record_failure(scope, (hd_finding){.message = what, .expected = expected, .got = got});
}

void hd_scope_differ_words(hd_scope *scope, const char *what, const char *got) {
    record_failure(scope, (hd_finding){.message = what,
                                       .expected = scope->command->text.bytes,
                                       .got = got,
                                       .words = true});
}

void hd_scope_note(hd_scope *scope, const char *what, const char *got) {
    record(scope, (hd_finding){.note = true,
                               .message = what,
                               .expected = scope->command->text.bytes,
                               .got = got,
                               .words = true});
}

static bool begins(const char *message, const char *start, size_t length) {
    return strlen(message) >= length && memcmp(message, start, length) == 0;
}

bool hd_message_matches(const char *message, hd_text expected) {
    /* What wasmtime's scripts expect where the official suite has other words. */
    static const char *const others[][2] = {
        {"atomic wait on non-shared memory", "expected shared memory"},
    };
    if (begins(message, expected.bytes, expected.length)) return true;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(expected.bytes, others[i][0]) == 0)
            return begins(message, others[i][1], strlen(others[i][1]));
    return false;
}
