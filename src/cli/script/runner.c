/* runner.c: runs the commands of scripts and merges what the agents found. */
#include "cli/script/runner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/output.h"
#include "cli/control.h"
#include "cli/script/scope.h"

static const hd_command_handler *const handlers[] = {
    [HD_COMMAND_MODULE] = &hd_command_module,
    [HD_COMMAND_REGISTER] = &hd_command_register,
    [HD_COMMAND_ACTION] = &hd_command_action,
    [HD_COMMAND_ASSERT_RETURN] = &hd_command_return,
    [HD_COMMAND_ASSERT_TRAP] = &hd_command_trap,
    [HD_COMMAND_ASSERT_EXHAUSTION] = &hd_command_trap,
    [HD_COMMAND_ASSERT_EXCEPTION] = &hd_command_exception,
    [HD_COMMAND_ASSERT_MALFORMED] = &hd_command_malformed,
    [HD_COMMAND_ASSERT_INVALID] = &hd_command_malformed,
    [HD_COMMAND_ASSERT_UNLINKABLE] = &hd_command_unlinkable,
    [HD_COMMAND_ASSERT_UNINSTANTIABLE] = &hd_command_uninstantiable,
    [HD_COMMAND_THREAD] = &hd_command_thread,
    [HD_COMMAND_WAIT] = &hd_command_wait,
    [HD_COMMAND_UNKNOWN] = &hd_command_unknown,
};

/* Goes on until a command needs a step of the agent. */
static void next(hd_member *member, void *context, const hd_diag *last, hd_body_step *step) {
    hd_scope *scope = context;
    scope->member = member;
    hd_scope_save(scope);
    if (scope->begun) {
        const hd_command_handler *handler = handlers[scope->command->kind];
        if (handler->end && handler->end(scope, scope->command, last, step)) return;
        scope->begun = false;
        hd_scope_done(scope);
        scope->at++;
    }
    for (; scope->at < scope->command_count; scope->at++) {
        scope->command = &scope->commands[scope->at];
        scope->begun = handlers[scope->command->kind]->begin(scope, scope->command, step);
        if (scope->begun) return;
        hd_scope_done(scope);
    }
    *step = (hd_body_step){.kind = HD_BODY_END};
}

static void perform(hd_member *member, void *context, hd_body_step_kind kind, hd_diag *diag) {
    hd_scope *scope = context;
    (void)member;
    hd_scope_save(scope);
    if (kind != HD_BODY_END) handlers[scope->command->kind]->perform(scope, scope->command, diag);
}

static void release(hd_member *member, void *context) {
    (void)member;
    hd_scope_free(context);
}

const hd_body hd_scope_body = {next, perform, release};

static bool begin_register(hd_scope *scope, const hd_command *command, hd_body_step *step) {
    (void)step;
    hd_instance *instance = hd_scope_instance(scope, command->name);
    if (instance) hd_scope_register(scope, command->text, instance);
    return false;
}

const hd_command_handler hd_command_register = {.begin = begin_register};

static bool begin_unknown(hd_scope *scope, const hd_command *command, hd_body_step *step) {
    (void)step;
    hd_scope_skip(scope, "unknown command %.60s is skipped", command->text.bytes);
    return false;
}

const hd_command_handler hd_command_unknown = {.begin = begin_unknown};

/* The first export of a module that agents cannot share: all but shared memories. */
static const hd_export *unsharable(const hd_instance *instance) {
    const hd_module *module = instance->module;
    for (uint32_t i = 0; i < module->export_count; i++) {
        const hd_export *e = &module->exports[i];
        if (e->kind != HD_EXTERN_MEMORY || !instance->memories[e->index]->type.shared) return e;
    }
    return NULL;
}

/* Gives a new thread the modules that its parent shares with it. */
static bool share(hd_scope *scope, hd_scope *child, const hd_command *command) {
    for (size_t i = 0; i < command->shared_count; i++) {
        hd_instance *instance = hd_scope_instance(scope, command->shared[i]);
        if (!instance) return false;
        const hd_export *bad = unsharable(instance);
        if (bad) {
            hd_scope_fail(scope, "module %s is not sharable: it exports the unshared %s \"%.*s\"",
                          command->shared[i], hd_externkind_name(bad->kind), (int)bad->name.length,
                          bad->name.bytes);
            return false;
        }
        hd_scope_share(scope, command->shared[i], instance);
        hd_scope_share(child, command->shared[i], instance);
        child->current = instance;
    }
    return true;
}

static hd_member *start_thread(hd_scope *scope, hd_scope *child, const hd_command *command) {
    hd_diag diag = HD_DIAG_INIT;
    if (!share(scope, child, command)) return NULL;
    hd_member *thread = hd_cluster_add(hd_member_cluster(scope->member), child->agent,
                                       &hd_scope_body, child, false, &diag);
    if (!thread && diag.status != HD_STOPPED)
        hd_scope_fail(scope, "thread is not started: %s", diag.message);
    return thread;
}

static bool begin_thread(hd_scope *scope, const hd_command *command, hd_body_step *step) {
    (void)scope, (void)command;
    *step = (hd_body_step){.kind = HD_BODY_SPAWN};
    return true;
}

static void spawn_thread(hd_scope *scope, const hd_command *command, hd_diag *diag) {
    hd_scope *child =
        hd_scope_new(scope->script, scope->options, command->name ? command->name : "(thread)",
                     command->body, command->body_count);
    if (!child) {
        hd_scope_fail(scope, "out of memory");
        return;
    }
    child->command = command;
    hd_member *thread = start_thread(scope, child, command);
    scope->latest_thread = thread;
    if (!thread) {
        hd_scope_free(child);
        if (hd_member_stopping(scope->member)) hd_diag_set(diag, HD_STOPPED, "stopped");
        return;
    }
    if (command->name &&
        !hd_names_bind(&scope->threads, command->name, strlen(command->name), thread))
        hd_scope_fail(scope, "out of memory");
}

const hd_command_handler hd_command_thread = {.begin = begin_thread, .perform = spawn_thread};

static bool begin_wait(hd_scope *scope, const hd_command *command, hd_body_step *step) {
    const hd_binding *named =
        command->name ? hd_names_find(&scope->threads, command->name, strlen(command->name)) : NULL;
    hd_member *thread = named ? named->value : command->name ? NULL : scope->latest_thread;
    *step = (hd_body_step){.kind = HD_BODY_JOIN, .other = thread};
    if (!thread) hd_scope_fail(scope, "no thread %s", command->name ? command->name : "is started");
    return thread != NULL;
}

const hd_command_handler hd_command_wait = {.begin = begin_wait};

static const char *copy(hd_arena *arena, const char *text) {
    return text ? hd_arena_strndup(arena, text, strlen(text)) : NULL;
}

/* Moves what a scope found to the result, which outlives it. */
static void merge(hd_wast_result *from, hd_wast_result *to) {
    to->passed += from->passed;
    to->failed += from->failed;
    to->unreadable += from->unreadable;
    to->skipped += from->skipped;
    to->messages += from->messages;
    to->differences += from->differences;
    to->refused_text += from->refused_text;
    for (size_t i = 0; i < from->findings.len; i++) {
        hd_finding finding = from->findings.items[i];
        finding.agent = copy(&to->arena, finding.agent);
        (void)hd_vec_push(&to->findings, finding);
    }
    for (size_t i = 0; i < from->rows.len; i++) {
        hd_command_row row = from->rows.items[i];
        row.agent = copy(&to->arena, row.agent);
        (void)hd_vec_push(&to->rows, row);
    }
    hd_arena_move(&to->arena, &from->arena);
}

static int compare_places(uint32_t line, uint32_t column, uint32_t other_line,
                          uint32_t other_column) {
    if (line != other_line) return line < other_line ? -1 : 1;
    return (column > other_column) - (column < other_column);
}

static int by_position(const void *a, const void *b) {
    const hd_finding *x = a, *y = b;
    return compare_places(x->line, x->column, y->line, y->column);
}

static int rows_by_position(const void *a, const void *b) {
    const hd_command_row *x = a, *y = b;
    return compare_places(x->line, x->column, y->line, y->column);
}

/* What every agent was doing when the run had to be stopped. */
static void report_agents(const hd_cluster *cluster, hd_wast_result *result) {
    for (size_t i = 0; i < hd_cluster_count(cluster); i++) {
        const hd_member *member = hd_cluster_member(cluster, i);
        const hd_command *command = ((const hd_scope *)hd_member_context(member))->command;
        hd_wast_agent agent = {0};
        if (command) {
            agent.line = command->line;
            agent.column = command->column;
        }
        if (hd_member_report_take(member, &result->arena, &agent.report))
            (void)hd_vec_push(&result->agents, agent);
    }
}

/* Something wrong with the execution as a whole, at the command that the main agent was at. */
static void report_failure(const hd_cluster *cluster, const char *message, hd_wast_result *result) {
    const hd_scope *scope = hd_member_context(hd_cluster_member(cluster, 0));
    hd_finding finding = {.message = copy(&result->arena, message)};
    if (scope->command) {
        finding.line = scope->command->line;
        finding.column = scope->command->column;
    }
    result->failed++;
    if (finding.message) (void)hd_vec_push(&result->findings, finding);
}

static void print_text(FILE *to, const char *text) {
    if (text) fputs(text, to);
    fputc('\0', to);
}

/* Tells the execution what the agents found, which a replay must find again; and, of the first
 * failure, where it was. */
static void note_findings(const hd_cluster *cluster, hd_execution *e) {
    uint64_t passed = 0;
    const hd_finding *first = hd_wast_failure(cluster);
    hd_output output;
    FILE *to = hd_output_open(&output);
    for (size_t i = 0; to && i < hd_cluster_count(cluster); i++) {
        const hd_scope *scope = hd_member_context(hd_cluster_member(cluster, i));
        passed += scope->result.passed;
        for (size_t k = 0; k < scope->result.findings.len; k++) {
            const hd_finding *f = &scope->result.findings.items[k];
            fprintf(to, "%zu %u %u ", i, f->line, f->column);
            print_text(to, f->message);
            print_text(to, f->expected);
            print_text(to, f->got);
        }
    }
    size_t length;
    char *text = hd_output_take(&output, &length);
    if (text && e->recorded) hd_trace_add_output(e->recorded, text, length);
    hd_free(text);
    hd_execution_finish_output(e, passed);
    if (!first) return;
    hd_own_failure own = {.kind = HD_FAILURE_CHECK,
                          .agent = first->number,
                          .name = first->agent ? first->agent : "main",
                          .step = first->step,
                          .line = first->line,
                          .column = first->column,
                          .told = true};
    hd_execution_keep_failure(e, &own);
}

/* After a run, which was `stopped` by the time limit or because it could not go on. */
static void report_end(const hd_cluster *cluster, hd_execution *execution, bool stopped,
                       hd_wast_result *result) {
    const char *failure = execution ? hd_execution_failure(execution) : NULL;
    if (execution && hd_execution_was_cut(execution)) stopped = false;
    if (failure) {
        report_failure(cluster, failure, result);
        result->timed_out = hd_execution_was_stopped(execution);
    } else if (stopped) {
        result->timed_out = true;
        result->failed++;
    }
    bool explained = execution && hd_stuck_get_report(execution->stuck);
    if (stopped && !explained) report_agents(cluster, result);
}

hd_cluster *hd_wast_begin(const hd_script *script, const hd_wast_options *options, hd_diag *diag) {
    hd_cluster *cluster = hd_cluster_new(options->stack);
    hd_scope *scope = hd_scope_new(script, options, NULL, script->commands, script->count);
    if (cluster && options->execution) hd_execution_control(options->execution, cluster);
    if (cluster && options->main_cannot_block) hd_cluster_forbid_blocking(cluster);
    if (!cluster || !scope)
        hd_diag_nomem(diag);
    else if (hd_cluster_add(cluster, "main", &hd_scope_body, scope, false, diag))
        return cluster; /* the scope is a member's context, like those of the threads */
    if (scope) hd_scope_free(scope);
    hd_cluster_free(cluster);
    return NULL;
}

const hd_finding *hd_wast_failure(const hd_cluster *cluster) {
    for (size_t i = 0; i < hd_cluster_count(cluster); i++) {
        const hd_scope *scope = hd_member_context(hd_cluster_member(cluster, i));
        for (size_t k = 0; k < scope->result.findings.len; k++)
            if (!scope->result.findings.items[k].note) return &scope->result.findings.items[k];
    }
    return NULL;
}

static void print_alternative(FILE *to, const hd_alternative *choice) {
    char *text = hd_patterns_text(&choice->pattern->choices[choice->taken], 1);
    fprintf(to, "%" PRIu32 ":%" PRIu32 " = %s\n", choice->line, choice->column, text ? text : "");
    hd_free(text);
}

const hd_alternative *hd_wast_alternatives(const hd_cluster *cluster, size_t agent, size_t *count) {
    static const hd_alternative none[1];
    *count = 0;
    if (agent >= hd_cluster_count(cluster)) return NULL;
    const hd_scope *scope = hd_member_context(hd_cluster_member(cluster, agent));
    *count = scope->result.alternatives.len;
    return *count > 0 ? scope->result.alternatives.items : none;
}

void hd_wast_print_alternatives(FILE *to, const hd_cluster *cluster) {
    const hd_alternative *list;
    size_t count;
    for (size_t i = 0; (list = hd_wast_alternatives(cluster, i, &count)); i++)
        for (size_t k = 0; k < count; k++)
            print_alternative(to, &list[k]);
}

/* What there is to be told of a run beside its verdict. */
static void take_observed(const hd_cluster *cluster, hd_execution *e, hd_wast_result *result) {
    hd_output output;
    FILE *to = hd_output_open(&output);
    if (!to) return;
    if (e->options->observed.wanted) hd_wast_print_alternatives(to, cluster);
    hd_execution_observe(e, to);
    hd_free(result->observed);
    result->observed = hd_output_take(&output, NULL);
}

void hd_wast_end(hd_cluster *cluster, hd_wast_result *result) {
    for (size_t i = 0; i < hd_cluster_count(cluster); i++) {
        hd_scope *ended = hd_member_context(hd_cluster_member(cluster, i));
        merge(&ended->result, result);
    }
    hd_cluster_free(cluster);
}

hd_status hd_wast_run(const hd_script *script, const hd_wast_options *options,
                      hd_wast_result *result, hd_diag *diag) {
    size_t first = result->findings.len, first_row = result->rows.len;
    hd_cluster *cluster = hd_wast_begin(script, options, diag);
    if (cluster) {
        bool stopped = !hd_cluster_run(cluster, options->timeout);
        if (options->execution) note_findings(cluster, options->execution);
        if (options->execution) take_observed(cluster, options->execution, result);
        report_end(cluster, options->execution, stopped, result);
        hd_wast_end(cluster, result);
    }
    /* Agents found things at the same time; the reader wants them in the order of the script. */
    if (result->findings.len > first)
        qsort(result->findings.items + first, result->findings.len - first,
              sizeof *result->findings.items, by_position);
    if (result->rows.len > first_row)
        qsort(result->rows.items + first_row, result->rows.len - first_row,
              sizeof *result->rows.items, rows_by_position);
    return diag->status;
}

void hd_wast_result_free(hd_wast_result *result) {
    hd_vec_free(&result->alternatives);
    hd_free(result->observed);
    hd_vec_free(&result->rows);
    hd_vec_free(&result->findings);
    hd_vec_free(&result->agents);
    hd_arena_free(&result->arena);
}
