/* modules.c: commands that define modules, and assertions on modules.
 *
 * A module goes through phases: text, binary format, validation, linking, instantiation.
 * An assertion names the phase that must fail. */
#include <string.h>

#include "base/alloc.h"
#include "cli/script/scope.h"
#include "text/wat.h"

/* Loads a module; `*diag` says why that is impossible, if so. */
static bool load(hd_scope *scope, const hd_script_module *source, hd_diag *diag) {
    return hd_script_code_load(scope->options->code, source, hd_member_cluster(scope->member),
                               &scope->loaded, diag) == HD_OK;
}

/* Begins the instantiation of a module: `*diag` says why it cannot be loaded, if not. */
static bool begin_instance(hd_scope *scope, const hd_command *command, hd_body_step *step,
                           hd_diag *diag) {
    scope->made = NULL;
    scope->starting = false;
    *step = (hd_body_step){.kind = HD_BODY_INSTANTIATE};
    return load(scope, &command->module, diag);
}

static void make_instance(hd_scope *scope, const hd_command *command, hd_diag *diag) {
    (void)command;
    hd_instantiate(hd_member_store(scope->member), scope->loaded, hd_scope_resolve, scope,
                   &scope->made, diag);
}

/* After the instantiation, the call of the start function, if there is one to make. */
static bool call_start(hd_scope *scope, const hd_diag *last, hd_body_step *step) {
    if (scope->starting || last->status != HD_OK) return false;
    scope->starting = true;
    *step = (hd_body_step){
        .kind = HD_BODY_CALL, .func = hd_instance_start(scope->made), .cells = scope->no_cells};
    return step->func != NULL;
}

/* Describes an error: the phase, the words, and where it is, if anywhere. */
static const char *describe(const hd_diag *diag, char *buffer, size_t size) {
    if (diag->line)
        snprintf(buffer, size, "%s: %s, at %u:%u", hd_status_name(diag->status), diag->message,
                 diag->line, diag->column);
    else if (diag->offset == HD_NO_OFFSET)
        snprintf(buffer, size, "%s: %s", hd_status_name(diag->status), diag->message);
    else
        snprintf(buffer, size, "%s: %s, at offset 0x%llx", hd_status_name(diag->status),
                 diag->message, (unsigned long long)diag->offset);
    return buffer;
}

static void judge_module(hd_scope *scope, const hd_command *command, const hd_diag *diag) {
    char text[600];
    bool good = diag->status == HD_OK;
    hd_scope_bind(scope, command->module.name, good ? scope->made : NULL);
    if (!good) hd_scope_fail(scope, "module is %s", describe(diag, text, sizeof text));
}

/* (module instance …): a new instance of what was loaded before. Fails the command if that is
 * nothing. */
static bool begin_another(hd_scope *scope, const hd_command *command, hd_body_step *step) {
    scope->made = NULL;
    scope->starting = false;
    scope->loaded = hd_scope_definition(scope, command->module.of);
    *step = (hd_body_step){.kind = HD_BODY_INSTANTIATE};
    return scope->loaded != NULL;
}

static bool begin_module(hd_scope *scope, const hd_command *command, hd_body_step *step) {
    hd_diag diag = HD_DIAG_INIT;
    char text[600];
    if (command->module.instance) {
        bool defined = begin_another(scope, command, step);
        if (!defined) hd_scope_bind(scope, command->module.name, NULL);
        return defined;
    }
    bool loaded = begin_instance(scope, command, step, &diag);
    hd_scope_define(scope, command->module.name, scope->loaded);
    if (!command->module.definition) {
        if (loaded) return true;
        judge_module(scope, command, &diag);
    } else if (!loaded) {
        hd_scope_fail(scope, "module is %s", describe(&diag, text, sizeof text));
    }
    return false;
}

static bool end_module(hd_scope *scope, const hd_command *command, const hd_diag *last,
                       hd_body_step *step) {
    if (call_start(scope, last, step)) return true;
    judge_module(scope, command, last);
    return false;
}

const hd_command_handler hd_command_module = {begin_module, make_instance, end_module};

/* Counts whether our words begin with the expected ones. */
static void compare_words(hd_scope *scope, const hd_command *command, const char *message,
                          bool refused_text) {
    scope->result.messages++;
    if (hd_message_matches(message, command->text)) return;
    scope->result.differences++;
    scope->result.refused_text += refused_text;
    if (scope->options->strict)
        hd_scope_note(scope,
                      refused_text ? "wording of the text parser differs" : "wording differs",
                      message);
}

/* Text that the reader refuses is malformed. Whether it is invalid nobody knows, unless the
 * reader's words are the expected ones. */
static void judge_refused_text(hd_scope *scope, const hd_command *command, const hd_diag *diag) {
    if (command->kind == HD_COMMAND_ASSERT_INVALID) {
        compare_words(scope, command, diag->message, true);
        if (!hd_message_matches(diag->message, command->text)) {
            hd_scope_unreadable(scope, diag->message);
            return;
        }
    }
    hd_scope_pass(scope);
}

static void judge_binary(hd_scope *scope, const hd_command *command, const uint8_t *bytes,
                         size_t length) {
    bool malformed = command->kind == HD_COMMAND_ASSERT_MALFORMED;
    hd_status wanted = malformed ? HD_MALFORMED : HD_INVALID;
    hd_features features = scope->options->features;
    hd_module *module;
    hd_diag diag = HD_DIAG_INIT;
    hd_status status = hd_module_load_features(bytes, length, features, &module, &diag);
    if (status == HD_UNSUPPORTED) {
        hd_scope_unreadable(scope, diag.message);
        return;
    }
    if (status != wanted && features != HD_FEATURES_NONE) {
        /* The assertion may be older than a feature that now gives the module another meaning. */
        hd_module_free(module);
        hd_diag_reset(&diag);
        status = hd_module_load_features(bytes, length, HD_FEATURES_NONE, &module, &diag);
    }
    if (status == wanted) {
        hd_scope_pass(scope);
        compare_words(scope, command, diag.message, false);
        return;
    }
    char text[600];
    hd_scope_differ_words(scope, malformed ? "module is not malformed" : "module is not invalid",
                          status == HD_OK ? "a valid module" : describe(&diag, text, sizeof text));
    hd_module_free(module);
}

/* The binary of a module of the script; `*owned` is to be released with hd_free. */
static hd_status to_binary(const hd_script_module *source, const uint8_t **bytes, size_t *length,
                           unsigned char **owned, hd_diag *diag) {
    *owned = NULL;
    *bytes = (const uint8_t *)source->source.bytes;
    *length = source->source.length;
    if (source->kind == HD_MODULE_BINARY) return HD_OK;
    hd_status status = hd_wat_to_wasm(source->source.bytes, source->source.length, source->line,
                                      source->column, owned, length, NULL, diag);
    *bytes = *owned;
    return status;
}

/* assert_malformed and assert_invalid. */
static bool begin_malformed(hd_scope *scope, const hd_command *command, hd_body_step *step) {
    (void)step;
    hd_diag diag = HD_DIAG_INIT;
    const uint8_t *bytes;
    size_t length;
    unsigned char *owned;
    hd_status status = to_binary(&command->module, &bytes, &length, &owned, &diag);
    if (status == HD_OK)
        judge_binary(scope, command, bytes, length);
    else if (status == HD_MALFORMED)
        judge_refused_text(scope, command, &diag);
    else if (status == HD_UNSUPPORTED)
        hd_scope_unreadable(scope, diag.message);
    else
        hd_scope_differ_words(scope, "module could not be read", diag.message);
    hd_free(owned);
    return false;
}

const hd_command_handler hd_command_malformed = {.begin = begin_malformed};

/* A module that must fail with `wanted` and the expected words, and how it ended. */
static void judge_failure(hd_scope *scope, const hd_command *command, const hd_diag *diag,
                          hd_status wanted) {
    char text[600];
    if (diag->status == HD_OK)
        hd_scope_differ_words(scope, "module does not fail", "an instance");
    else if (diag->status == wanted && hd_message_matches(diag->message, command->text))
        hd_scope_pass(scope);
    else
        hd_scope_differ_words(scope,
                              diag->status == wanted ? "wrong message" : "module fails otherwise",
                              describe(diag, text, sizeof text));
}

static bool begin_failure(hd_scope *scope, const hd_command *command, hd_body_step *step,
                          hd_status wanted) {
    hd_diag diag = HD_DIAG_INIT;
    if (command->module.instance) return begin_another(scope, command, step);
    if (begin_instance(scope, command, step, &diag)) return true;
    judge_failure(scope, command, &diag, wanted);
    return false;
}

static bool end_failure(hd_scope *scope, const hd_command *command, const hd_diag *last,
                        hd_body_step *step, hd_status wanted) {
    if (call_start(scope, last, step)) return true;
    judge_failure(scope, command, last, wanted);
    return false;
}

static bool begin_unlinkable(hd_scope *scope, const hd_command *command, hd_body_step *step) {
    return begin_failure(scope, command, step, HD_UNLINKABLE);
}

static bool end_unlinkable(hd_scope *scope, const hd_command *command, const hd_diag *last,
                           hd_body_step *step) {
    return end_failure(scope, command, last, step, HD_UNLINKABLE);
}

const hd_command_handler hd_command_unlinkable = {begin_unlinkable, make_instance, end_unlinkable};

static bool begin_uninstantiable(hd_scope *scope, const hd_command *command, hd_body_step *step) {
    return begin_failure(scope, command, step, HD_TRAP);
}

static bool end_uninstantiable(hd_scope *scope, const hd_command *command, const hd_diag *last,
                               hd_body_step *step) {
    return end_failure(scope, command, last, step, HD_TRAP);
}

const hd_command_handler hd_command_uninstantiable = {begin_uninstantiable, make_instance,
                                                      end_uninstantiable};
