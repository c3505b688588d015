/* step_subject.c: see step_subject.h. */
#include "cli/step_subject.h"

#include <string.h>

#include "base/alloc.h"
#include "check/race_report.h"
#include "cli/features.h"
#include "cli/script/code.h"
#include "cli/sources.h"

static bool ends_in(const char *path, const char *suffix) {
    size_t length = strlen(path), wanted = strlen(suffix);
    return length >= wanted && strcmp(path + length - wanted, suffix) == 0;
}

static bool is_program(const hd_step_subject *s) {
    const hd_program_options_cli *o = &s->program;
    return o->invoke || o->agents.len > 0 || ends_in(o->path, ".wat") ||
           ends_in(o->path, ".wasm") || hd_input_is_binary(&s->input);
}

static hd_status read_script(hd_step_subject *s, const char *path, hd_diag *diag) {
    if (hd_script_parse(hd_input_name(path), s->input.bytes, s->input.length, &s->arena, &s->script,
                        diag) != HD_OK)
        return diag->status;
    s->code = hd_script_code_new(&s->script, s->program.features);
    return s->code ? HD_OK : hd_diag_nomem(diag);
}

hd_status hd_step_subject_load(hd_step_subject *s, hd_diag *diag) {
    const char *path = s->program.path;
    if (hd_input_read(path, &s->input, diag) != HD_OK) return diag->status;
    s->is_program = is_program(s);
    s->file.path = path;
    s->control.programs = s->is_program;
    if (s->is_program) return HD_OK;
    return read_script(s, path, diag);
}

/* The name of an option of a subcommand. */
static const char *option_name(const hd_subcommand *of, int key) {
    for (const hd_option *o = of->options; o->name; o++)
        if (o->key == key) return o->name;
    return "";
}

/* Takes an option of the command that made a trace. */
static bool take_option(const hd_subcommand *maker, void *context, int key, const char *value) {
    hd_step_subject *s = context;
    const char *name = option_name(maker, key);
    uint64_t cells;
    bool taken;
    if (!hd_control_option(maker, &s->control, key, value, &taken)) return false;
    if (taken) return true;
    if (strcmp(name, "stack") == 0) {
        if (!hd_option_stack(maker, value, &cells)) return false;
        s->program.stack = cells;
        return true;
    }
    if (key == HD_FEATURES_KEY) return hd_option_features(maker, value, &s->program.features);
    if (key == HD_SOURCE_PATH_KEY) return hd_option_source_path(maker, value);
    if (!s->is_program) return true; /* how much is printed */
    return hd_program_option(maker, &s->program, key, value, &taken);
}

/* Copies the words of a trace, which are read in place. */
static char **copy_words(hd_arena *arena, const hd_trace_origin *origin) {
    char **words = hd_arena_alloc(arena, origin->argument_count + 1, sizeof *words);
    for (size_t i = 0; words && i < origin->argument_count; i++) {
        words[i] = hd_arena_strndup(arena, origin->arguments[i], strlen(origin->arguments[i]));
        if (!words[i]) return NULL;
    }
    if (words) words[origin->argument_count] = NULL;
    return words;
}

static hd_status read_words(hd_step_subject *s, char **words, size_t length, hd_diag *diag) {
    const hd_subcommand *maker = s->is_program ? &hd_run_subcommand : &hd_wast_subcommand;
    int count;
    if (hd_options_read(maker, (int)length, words, take_option, s, &count) != HD_OPTIONS_READ ||
        count < 1 ||
        (s->is_program && hd_program_options_check(maker, &s->program, words, count) != 0))
        return hd_diag_set(diag, HD_FAILED, "the trace names no command that could be run again");
    if (!s->is_program) s->program.path = words[0];
    return HD_OK;
}

/* True if a trace was recorded of these bytes. */
static hd_status check_bytes(const hd_step_subject *s, const hd_trace *trace, hd_diag *diag) {
    hd_trace *bound = hd_trace_new();
    if (!bound) return hd_diag_nomem(diag);
    hd_trace_bind(bound, s->input.bytes, s->input.length);
    if (!hd_trace_same_subject(bound, trace))
        hd_diag_set(diag, HD_IO, "the trace was recorded of something else: the file has changed");
    hd_trace_free(bound);
    return diag->status;
}

hd_status hd_step_subject_of_trace(hd_step_subject *s, const hd_trace *trace, hd_diag *diag) {
    hd_trace_origin origin = hd_trace_get_origin(trace);
    const char *command = origin.argument_count > 0 ? origin.arguments[0] : "";
    s->is_program = strcmp(command, "run") == 0;
    if (!s->is_program && strcmp(command, "wast") != 0)
        return hd_diag_set(diag, HD_FAILED, "the trace names no command that could be run again");
    char **words = copy_words(&s->arena, &origin);
    if (!words) return hd_diag_nomem(diag);
    if (read_words(s, words, origin.argument_count, diag) != HD_OK) return diag->status;
    const char *path = s->program.path;
    if (hd_race_choice_prepare(&s->control.races, diag) != HD_OK ||
        hd_input_read(path, &s->input, diag) != HD_OK || check_bytes(s, trace, diag) != HD_OK)
        return diag->status;
    s->file.path = path;
    s->control.programs = s->is_program;
    if (s->is_program) return HD_OK;
    return read_script(s, path, diag);
}

/* Forgets the outcome of the execution before. */
static void reset(hd_step_subject *s) {
    hd_wast_result_free(&s->file.result);
    s->file = (hd_wast_file){.path = s->program.path};
    hd_output_free(&s->printed);
    hd_free(s->messages);
    hd_free(s->checks);
    hd_free(s->failure);
    s->messages = s->checks = s->failure = NULL;
}

void hd_step_subject_free(hd_step_subject *s) {
    reset(s);
    hd_script_code_free(s->code);
    hd_free(s->input.bytes);
    hd_arena_free(&s->arena);
    hd_control_options_free(&s->control);
    hd_program_options_free(&s->program);
}

static void execute_script(hd_step_subject *s, hd_execution *execution) {
    hd_wast_options options = {.timeout = -1,
                               .features = s->program.features,
                               .stack = s->program.stack,
                               .print = s->quiet ? NULL : stdout,
                               .execution = execution,
                               .code = s->code};
    hd_wast_run(&s->script, &options, &s->file.result, &s->file.diag);
}

static void execute_program(hd_step_subject *s, hd_execution *execution, hd_diag *diag) {
    hd_output output;
    FILE *messages = hd_output_open(&output), *results = hd_output_open(&s->printed);
    if (messages && results) {
        hd_program_io io = {.results = results, .errors = messages, .captured = true};
        s->status = hd_program_execute(&s->program, execution, &io);
    }
    s->messages = hd_output_take(&output, &s->messages_length);
    if (!hd_output_flush(&s->printed) || !s->messages) hd_diag_nomem(diag);
}

/* Keeps what the checks found, to be printed if this execution is the last one. */
static void keep_checks(hd_step_subject *s, const hd_execution *execution, hd_diag *diag) {
    hd_output output;
    FILE *checks = hd_output_open(&output);
    if (checks) hd_execution_report(execution, true, checks);
    s->checks = hd_output_take(&output, &s->checks_length);
    if (!s->checks) hd_diag_nomem(diag);
}

hd_status hd_step_subject_run(hd_step_subject *s, const hd_execution_plan *plan,
                              void (*attach)(void *context, hd_world *world), void *context,
                              hd_diag *diag) {
    hd_execution execution;
    reset(s);
    if (hd_execution_begin_with(&execution, &s->control, plan, diag) != HD_OK) return diag->status;
    s->execution = &execution;
    if (attach) attach(context, execution.world);
    if (s->is_program)
        execute_program(s, &execution, diag);
    else
        execute_script(s, &execution);
    s->execution = NULL;
    keep_checks(s, &execution, diag);
    if (s->inspect) s->inspect(s->inspector, &execution);
    const char *failure = hd_execution_failure(&execution);
    if (failure && !(s->failure = hd_strndup(failure, strlen(failure)))) hd_diag_nomem(diag);
    hd_execution_end(&execution);
    return diag->status;
}

static void attach_stepper(void *stepper, hd_world *world) {
    hd_stepper_attach(stepper, world);
}

hd_status hd_step_subject_execute(hd_step_subject *s, hd_stepper *stepper, hd_diag *diag) {
    hd_observer observer = hd_stepper_observer(stepper);
    hd_execution_plan plan = {
        .strategy = hd_stepper_strategy(stepper), .observer = &observer, .most_time = s->most_time};
    return hd_step_subject_run(s, &plan, attach_stepper, stepper, diag);
}

void hd_step_subject_stop_clock(const hd_step_subject *s) {
    hd_world_limit_time(s->execution->world, -1);
}

void hd_step_subject_start_clock(const hd_step_subject *s) {
    if (s->most_time > 0) hd_world_limit_time(s->execution->world, s->most_time);
}

/* Those that the last move has made. */
static void show_races(hd_step_subject *s, FILE *to) {
    const hd_race_detector *races = s->execution ? s->execution->races : NULL;
    size_t count = races ? hd_race_count(races) : 0;
    if (s->races_shown > count) s->races_shown = count;
    for (; s->races_shown < count; s->races_shown++)
        if (hd_race_is_shown(races, hd_race_get(races, s->races_shown)))
            hd_race_print(to, hd_race_get(races, s->races_shown));
}

void hd_step_subject_show(hd_step_subject *s, FILE *to) {
    show_races(s, to);
    (void)hd_output_flush(&s->printed); /* what is missing is told when the execution ends */
    size_t length = s->printed.bytes.len;
    /* After moves were taken back it has printed less. */
    if (s->shown > length) s->shown = length;
    if (s->shown < length) fwrite(s->printed.bytes.items + s->shown, 1, length - s->shown, to);
    s->shown = length;
}

int hd_step_subject_report(hd_step_subject *s) {
    if (s->is_program) hd_step_subject_show(s, stdout);
    fflush(stdout);
    if (s->messages) fwrite(s->messages, 1, s->messages_length, stderr);
    if (!s->is_program) {
        hd_wast_print_findings(hd_channel_stderr(), &s->file, s->most_time > 0 ? s->most_time : -1);
        hd_wast_print_verdict(stdout, &s->file, false);
        fflush(stdout);
    }
    if (s->checks) fwrite(s->checks, 1, s->checks_length, stderr);
    return s->is_program ? s->status : hd_wast_exit_status(&s->file);
}

void hd_step_subject_words(const hd_step_subject *s, hd_words *words) {
    hd_words_add(words, s->is_program ? "run" : "wast");
    if (s->is_program) {
        hd_program_options_cli program = s->program;
        program.timeout = -1; /* of moves, not of the whole */
        hd_program_options_words(&program, words);
        return;
    }
    hd_features_words(s->program.features, words);
    hd_words_add(words, "--");
    hd_words_add(words, "%s", s->program.path);
}
