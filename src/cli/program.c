/* program.c: a module run as a program. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/input.h"
#include "cli/program_parts.h"
#include "cli/value.h"
#include "host/outside_threads.h"

/* Agents and their arguments. */

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
static bool find_function(const hd_running *r, const hd_module *module, const char *name,
                          bool named, uint32_t *function) {
    const hd_export *e = hd_module_export(module, name, strlen(name));
    hd_diag diag = HD_DIAG_INIT;
    if (e && e->kind == HD_EXTERN_FUNC) {
        *function = e->index;
        return true;
    }
    if (named)
        hd_diag_set(&diag, HD_FAILED, "no function is exported as \"%s\"", name);
    else
        hd_diag_set(&diag, HD_FAILED,
                    "no function is exported as \"_start\": name one with --invoke");
    hd_message(r->errors, "error", r->name, &diag);
    print_exports(r->errors.file, module);
    return false;
}

static hd_status read_arguments(hd_running *r, const hd_functype *type, hd_first_agent *agent,
                                char *const *arguments, size_t count, hd_diag *diag) {
    char text[256];
    if (count != type->param_count)
        return hd_diag_set(diag, HD_FAILED, "\"%s\" takes %u arguments, %zu given: %s",
                           agent->export, type->param_count, count,
                           hd_functype_format(type, text, sizeof text));
    agent->cells = hd_arena_alloc(&r->arena, hd_call_area(type) + 1, sizeof *agent->cells);
    if (!agent->cells) return hd_diag_nomem(diag);
    hd_slot *cells = agent->cells;
    for (size_t i = 0; i < count; i++) {
        char number[24];
        const char *argument = arguments[i];
        if (strcmp(argument, "@") == 0) {
            snprintf(number, sizeof number, "%zu", r->agents.len);
            argument = number;
        }
        if (hd_value_parse(type->params[i], argument, cells, diag) != HD_OK) return diag->status;
        cells += hd_slots_of(type->params[i]);
    }
    return HD_OK;
}

/* Adds the instances of an agent; returns 0 or the exit status after a message. */
static int add_agents(hd_running *r, const hd_module *module, const char *name, bool named,
                      char *const *arguments, size_t count) {
    hd_diag diag = HD_DIAG_INIT;
    hd_first_agent agent = {.export = name};
    if (!find_function(r, module, name, named, &agent.function)) return HD_EXIT_USAGE;
    const hd_functype *type = module->functions[agent.function].type;
    for (uint64_t i = 0; i < r->options->instances && diag.status == HD_OK; i++)
        if (read_arguments(r, type, &agent, arguments, count, &diag) == HD_OK &&
            !hd_vec_push(&r->agents, agent))
            hd_diag_nomem(&diag);
    if (diag.status == HD_OK) return 0;
    hd_message(r->errors, "error", r->name, &diag);
    return diag.status == HD_FAILED ? HD_EXIT_USAGE : HD_EXIT_INPUT;
}

/* One `EXPORT ARG…`, taken apart at its spaces. */
static int add_agent_words(hd_running *r, const hd_module *module, const char *text) {
    HD_VEC(char *) words = {0};
    int status = HD_EXIT_INPUT;
    bool good = true;
    for (const char *word = text + strspn(text, " \t"); *word && good;) {
        size_t length = strcspn(word, " \t");
        char *copy = hd_arena_strndup(&r->arena, word, length);
        good = copy && hd_vec_push(&words, copy);
        word += length;
        word += strspn(word, " \t");
    }
    hd_diag diag = HD_DIAG_INIT;
    if (!good) {
        hd_diag_nomem(&diag);
        hd_message(r->errors, "error", r->name, &diag);
    } else if (words.len > 0) {
        status = add_agents(r, module, words.items[0], true, words.items + 1, words.len - 1);
    } else {
        status = add_agents(r, module, "", true, NULL, 0);
    }
    hd_vec_free(&words);
    return status;
}

/* Finds what is called, before anything of the module runs; returns 0 or the exit status. */
static int find_agents(hd_running *r, const hd_module *module, bool wasi) {
    const hd_program_options_cli *o = r->options;
    hd_diag diag = HD_DIAG_INIT;
    int status = 0;
    for (size_t i = 0; i < o->agents.len && status == 0; i++)
        status = add_agent_words(r, module, o->agents.items[i]);
    if (o->agents.len > 0) return status;
    if (o->invoke) return add_agents(r, module, o->invoke, true, o->arguments, o->argument_count);
    if (o->argument_count > 0 && !wasi) {
        hd_diag_set(&diag, HD_FAILED, "unexpected operand '%s': arguments need --invoke",
                    o->arguments[0]);
        hd_message(r->errors, "error", r->name, &diag);
        return HD_EXIT_USAGE;
    }
    return add_agents(r, module, "_start", false, NULL, 0);
}

/* The outside. */

static hd_status open_input(hd_running *r, hd_diag *diag) {
    const char *path = r->options->input;
    if (!path) return HD_OK;
    r->input = open(path, O_RDONLY | O_CLOEXEC);
    return r->input < 0 ? hd_diag_set(diag, HD_IO, "%s: %s", path, strerror(errno)) : HD_OK;
}

static hd_status make_wasi(hd_running *r, hd_diag *diag) {
    const hd_program_options_cli *o = r->options;
    const hd_outside *outside =
        r->execution ? hd_outside_controlled_interface(r->execution->outside) : &r->outside;
    HD_VEC(const char *) arguments = {0};
    hd_wasi_options options = HD_WASI_OPTIONS_INIT;
    bool good = hd_vec_push(&arguments, o->path);
    for (size_t i = 0; i < o->argument_count && !o->invoke; i++)
        good = good && hd_vec_push(&arguments, o->arguments[i]);
    /* What is recalled needs no files. */
    if (!good || (!outside->recall && open_input(r, diag) != HD_OK)) {
        hd_vec_free(&arguments);
        return good ? diag->status : hd_diag_nomem(diag);
    }
    options.arguments = arguments.items;
    options.argument_count = arguments.len;
    options.environment = o->environment.items;
    options.environment_count = o->environment.len;
    options.preopens = o->preopens.items;
    options.preopen_count = o->preopens.len;
    if (r->io->captured) {
        options.input.descriptor = -1;
        options.output = (hd_wasi_stream){-1, r->io->results};
        options.error = (hd_wasi_stream){-1, r->io->errors};
    }
    if (r->input >= 0) options.input.descriptor = r->input;
    options.outside = outside;
    r->wasi = hd_wasi_new(&options, diag);
    hd_vec_free(&arguments);
    return r->wasi ? HD_OK : diag->status;
}

static hd_status make_cluster(hd_running *r, hd_diag *diag) {
    r->cluster = hd_cluster_new(r->options->stack);
    if (!r->cluster) return hd_diag_nomem(diag);
    if (r->execution)
        hd_execution_control(r->execution, r->cluster);
    else
        hd_outside_on_threads(&r->outside, r->cluster);
    if (r->options->main_cannot_block) hd_cluster_forbid_blocking(r->cluster);
    return HD_OK;
}

/* The program. */

static void explain(void *context, const char *line) {
    (void)context;
    flockfile(stderr);
    fputs("heddle: ", stderr);
    hd_print_string(stderr, line);
    fputc('\n', stderr);
    funlockfile(stderr);
}

static void warn(void *context, const char *line) {
    const hd_running *r = context;
    hd_diag diag = HD_DIAG_INIT;
    hd_diag_set(&diag, HD_OK, "%s", line);
    hd_message(r->errors, "warning", r->name, &diag);
}

static void add_data(void *context, uint64_t from, uint64_t to) {
    hd_overflows_add_data(context, (hd_region){from, to});
}

/* Has the agent's shadow stack watched. */
static void watch_stack(void *context, hd_member *member, const hd_instance *instance,
                        const hd_agent_room *room, bool spawned) {
    const hd_running *r = context;
    hd_overflows *overflows = r->execution ? r->execution->overflows : NULL;
    uint32_t pointer = hd_program_toolchain(r->program)->stack_pointer;
    (void)member;
    if (!overflows || pointer == HD_NO_INDEX || instance->module->memory_count == 0) return;
    hd_overflows_enter(overflows, instance->memories[0], &instance->globals[pointer]->value[0].i32,
                       (hd_region){room->stack_low, room->stack_high}, spawned);
}

static hd_status make_program(hd_running *r, hd_module *module, bool command, hd_diag *diag) {
    const hd_program_options_cli *o = r->options;
    hd_program_options options = {.spawn = o->spawn.module ? &o->spawn : NULL,
                                  .most_agents = (uint32_t)o->most_agents,
                                  .main_ends = command,
                                  .no_tls = o->no_tls,
                                  .share_memory = o->share_memory,
                                  .stubs = o->stubs.items,
                                  .stub_count = o->stubs.len,
                                  .stack = (uint32_t)o->agent_stack,
                                  .code = o->code,
                                  .memories = hd_execution_memories(r->execution),
                                  .results = r->results,
                                  .wasi = r->wasi,
                                  .entered = watch_stack,
                                  .entered_context = r,
                                  .watch_tls = o->report_tls,
                                  .explain = o->verbose && !r->io->captured ? explain : NULL,
                                  .warn = warn,
                                  .told_context = r};
    r->program = hd_program_new(module, &options, diag);
    if (!r->program) return diag->status;
    if (r->execution && r->execution->overflows)
        hd_toolchain_data(module, add_data, r->execution->overflows);
    for (size_t i = 0; i < r->agents.len; i++) {
        const hd_first_agent *a = &r->agents.items[i];
        const char *name = r->agents.len == 1 ? "main" : a->export;
        if (hd_program_add(r->program, name, a->function, a->cells, diag) != HD_OK)
            return diag->status;
    }
    return HD_OK;
}

/* Loads the module and makes the program; returns 0 or the exit status after a message. */
static int prepare(hd_running *r) {
    const hd_program_options_cli *options = r->options;
    hd_diag diag = HD_DIAG_INIT;
    hd_module *module = NULL;
    int status = 0;
    if (options->code) module = (hd_module *)hd_shared_code_module(options->code);
    if (module || hd_input_module(options->path, options->features, &module, &diag) == HD_OK) {
        bool wasi = hd_module_imports_wasi(module);
        status = find_agents(r, module, wasi);
        bool command = r->agents.len == 1 && strcmp(r->agents.items[0].export, "_start") == 0;
        if (status == 0 && make_cluster(r, &diag) == HD_OK &&
            (!wasi || make_wasi(r, &diag) == HD_OK)) {
            make_program(r, module, command, &diag);
            module = NULL;
        }
        if (!options->code) hd_module_free(module);
    }
    if (diag.status == HD_OK) return status;
    hd_message(r->errors, "error", r->name, &diag);
    return hd_exit_status(diag.status);
}

int hd_running_open(hd_running *r, const hd_program_options_cli *options, hd_execution *execution,
                    const hd_program_io *io) {
    *r = (hd_running){.options = options,
                      .io = io,
                      .execution = execution,
                      .name = hd_input_name(options->path),
                      .errors = io->errors == stderr ? hd_channel_stderr()
                                                     : (hd_channel){io->errors, false},
                      .results = io->results,
                      .input = -1};
    if (execution && execution->recorded) r->results = hd_execution_tap(execution, io->results);
    if (r->results) return prepare(r);
    fputs("heddle: out of memory\n", io->errors);
    return HD_EXIT_INPUT;
}

void hd_running_close(hd_running *r) {
    hd_cluster_free(r->cluster);
    hd_program_free(r->program);
    hd_wasi_free(r->wasi);
    if (r->input >= 0) close(r->input);
    hd_vec_free(&r->agents);
    hd_arena_free(&r->arena);
}

/* The end that a replay must come to: the status of the program itself. */
static void finish_output(const hd_running *r) {
    uint32_t status = 0;
    if (r->wasi) hd_wasi_exit_status(r->wasi, &status);
    uint64_t end = (uint64_t)hd_program_get_outcome(r->program)->diag.status << 32 | status;
    hd_execution_finish_output(r->execution, end);
}

int hd_program_execute(const hd_program_options_cli *options, hd_execution *execution,
                       const hd_program_io *io) {
    hd_running r;
    int status = hd_running_open(&r, options, execution, io);
    if (status != 0 && execution)
        hd_execution_keep_failure(execution, &(hd_own_failure){.kind = HD_FAILURE_NOT_RUN});
    if (status == 0) {
        bool ended = hd_program_run(r.program, r.cluster, options->timeout);
        hd_running_print_results(&r, r.results);
        if (execution) finish_output(&r);
        if (execution) hd_execution_observe(execution, io->results);
        status = hd_running_finish(&r, ended);
        if (options->report_tls) hd_running_report_tls(&r);
    }
    hd_running_close(&r);
    return status;
}
