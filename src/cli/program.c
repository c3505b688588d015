/* program.c: one module run as a program. */
#include "cli/program.h"

#include <stdlib.h>
#include <string.h>

#include "agents/report.h"
#include "base/alloc.h"
#include "cli/command.h"
#include "cli/imports.h"
#include "cli/message.h"
#include "cli/value.h"

/* A run: written by the agent's thread, read when it has ended. */
typedef struct program {
    const hd_program_options *options;
    hd_module *module; /* until a member has adopted it */
    uint32_t function; /* to call */
    hd_slot *cells;    /* its arguments, later its results */
    hd_diag diag;
} program;

static hd_channel errors_of(const program *p) {
    hd_channel to = hd_channel_stderr();
    if (p->options->errors != stderr) to = (hd_channel){p->options->errors, false};
    return to;
}

static void print_exports(FILE *to, const hd_module *module) {
    char type[256];
    bool any = false;
    for (uint32_t i = 0; i < module->export_count; i++) {
        const hd_export *e = &module->exports[i];
        if (e->kind != HD_EXTERN_FUNC) continue;
        if (!any) fputs("Exported functions:\n", to);
        any = true;
        fputs("  ", to);
        hd_print_text(to, e->name.bytes, e->name.length);
        fprintf(to, " %s\n",
                hd_functype_format(module->functions[e->index].type, type, sizeof type));
    }
    if (!any) fputs("It exports no functions.\n", to);
}

/* Finds the function to call; false after a message. */
static bool find_function(program *p) {
    const char *name = p->options->invoke ? p->options->invoke : "_start";
    const hd_export *e = hd_module_export(p->module, name, strlen(name));
    hd_diag diag = HD_DIAG_INIT;
    if (e && e->kind == HD_EXTERN_FUNC) {
        p->function = e->index;
        return true;
    }
    if (p->options->invoke)
        hd_diag_set(&diag, HD_FAILED, "no function is exported as \"%s\"", name);
    else
        hd_diag_set(&diag, HD_FAILED,
                    "no function is exported as \"_start\": name one with --invoke");
    hd_message(errors_of(p), "error", p->options->name, &diag);
    print_exports(p->options->errors, p->module);
    return false;
}

static hd_status read_arguments(program *p, hd_diag *diag) {
    const hd_program_options *o = p->options;
    const hd_functype *type = p->module->functions[p->function].type;
    char text[256];
    if (o->argument_count != type->param_count)
        return hd_diag_set(diag, HD_FAILED, "\"%s\" takes %u arguments, %zu given: %s",
                           o->invoke ? o->invoke : "_start", type->param_count, o->argument_count,
                           hd_functype_format(type, text, sizeof text));
    p->cells = hd_calloc(hd_call_area(type) + 1, sizeof *p->cells);
    if (!p->cells) return hd_diag_nomem(diag);
    hd_slot *cells = p->cells;
    for (size_t i = 0; i < o->argument_count; i++) {
        if (hd_value_parse(type->params[i], o->arguments[i], cells, diag) != HD_OK)
            return diag->status;
        cells += hd_slots_of(type->params[i]);
    }
    return HD_OK;
}

/* Finds the function and reads its arguments, before anything of the module runs; returns 0 or the
 * exit status. */
static int prepare(program *p) {
    hd_diag diag = HD_DIAG_INIT;
    if (!find_function(p)) return HD_EXIT_USAGE;
    if (read_arguments(p, &diag) == HD_OK) return 0;
    hd_message(errors_of(p), "error", p->options->name, &diag);
    return diag.status == HD_FAILED ? HD_EXIT_USAGE : HD_EXIT_INPUT;
}

static hd_status execute(hd_member *member, program *p) {
    hd_module *module = p->module;
    hd_instance *instance;
    hd_imports imports = {.store = hd_member_store(member), .module = module, .diag = &p->diag};
    hd_codebase *base = hd_member_adopt(member, module);
    p->module = NULL;
    if (!base) return hd_diag_nomem(&p->diag);
    if (hd_imports_check(&imports) != HD_OK) return p->diag.status;
    if (hd_instantiate(imports.store, base, hd_imports_resolve, &imports, &instance, &p->diag) !=
        HD_OK)
        return p->diag.status;
    if (module->start != HD_NO_START) {
        hd_slot none[1];
        hd_status status = hd_member_call(member, instance->funcs[module->start], none, &p->diag);
        if (status != HD_OK) return status;
    }
    return hd_member_call(member, instance->funcs[p->function], p->cells, &p->diag);
}

static void print_results(FILE *to, const hd_functype *type, const hd_slot *cells) {
    char text[HD_VALUE_TEXT];
    for (uint32_t i = 0; i < type->result_count; i++) {
        fprintf(to, "%s : %s\n", hd_value_text(type->results[i], cells, text),
                hd_valtype_name(type->results[i]));
        cells += hd_slots_of(type->results[i]);
    }
}

static void body(hd_member *member, void *context) {
    program *p = context;
    const hd_functype *type = p->module->functions[p->function].type;
    if (execute(member, p) == HD_OK) print_results(p->options->results, type, p->cells);
}

/* Tells what went wrong, and where the agent was. */
static void report(const program *p, const hd_member *member) {
    hd_channel errors = errors_of(p);
    hd_arena arena = HD_ARENA_INIT;
    hd_member_report state;
    hd_backtrace backtrace = {0};
    hd_diag diag = p->diag;
    char phrase[160];
    const char *failure =
        p->options->execution ? hd_execution_failure(p->options->execution) : NULL;
    if (failure) {
        hd_diag_reset(&diag);
        hd_diag_set(&diag, HD_FAILED, "%s", failure);
    }
    if (diag.status == HD_STOPPED && hd_member_report_take(member, &arena, &state)) {
        hd_diag_reset(&diag);
        hd_diag_set(&diag, HD_STOPPED, "time limit of %g s reached; the agent was %s",
                    (double)p->options->timeout / 1e9,
                    hd_member_report_phrase(&state, phrase, sizeof phrase));
        backtrace = state.backtrace;
    } else if (failure || diag.status == HD_TRAP || diag.status == HD_EXHAUSTION) {
        hd_backtrace_take(hd_member_agent(member), &arena, &backtrace);
    }
    fflush(stdout);
    hd_message(errors, "error", p->options->name, &diag);
    hd_backtrace_print(errors.file, &backtrace);
    hd_arena_free(&arena);
}

int hd_program_run(hd_module *module, const hd_program_options *options) {
    program p = {.options = options, .module = module, .diag = HD_DIAG_INIT};
    int status = prepare(&p);
    if (status == 0) {
        hd_cluster *cluster = hd_cluster_new(options->stack);
        hd_member *member = NULL;
        if (cluster && options->execution) hd_execution_control(options->execution, cluster);
        if (!cluster)
            hd_diag_nomem(&p.diag);
        else
            member = hd_cluster_spawn(cluster, "main", body, &p, &p.diag);
        if (member) hd_cluster_run(cluster, options->timeout);
        if (p.diag.status != HD_OK) report(&p, member);
        bool failed = options->execution && hd_execution_failure(options->execution);
        status = failed ? HD_EXIT_FAILED : hd_exit_status(p.diag.status);
        hd_cluster_free(cluster);
    }
    hd_free(p.cells);
    hd_module_free(p.module);
    return status;
}
