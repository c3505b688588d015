/* cmd_validate.c: `heddle validate`. */
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "cli/command.h"
#include "cli/features.h"
#include "cli/input.h"
#include "cli/json.h"
#include "cli/message.h"

enum { JSON = 257 };

typedef struct validate_options {
    hd_features features;
    bool json;
} validate_options;

static bool take_option(const hd_subcommand *self, void *context, int key, const char *value) {
    validate_options *options = context;
    if (key == HD_FEATURES_KEY) return hd_option_features(self, value, &options->features);
    options->json = true;
    return true;
}

static cJSON *to_json(const char *name, const hd_diag *diag) {
    cJSON *row = cJSON_CreateObject();
    hd_json_text(row, "file", name, strlen(name));
    cJSON_AddBoolToObject(row, "valid", diag->status == HD_OK);
    if (diag->status != HD_OK) hd_json_diag(row, diag);
    return row;
}

static int run(const hd_subcommand *self, int argc, char **argv) {
    validate_options options = {.features = HD_FEATURES_ALL};
    int count, exit_status = HD_EXIT_OK;
    int status = hd_options_read(self, argc, argv, take_option, &options, &count);
    if (status != HD_OPTIONS_READ) return status;
    if (count == 0) return hd_usage_error(self, "a file is needed");
    cJSON *rows = options.json ? cJSON_CreateArray() : NULL;
    for (int i = 0; i < count; i++) {
        const char *name = hd_input_name(argv[i]);
        hd_module *module;
        hd_diag diag = HD_DIAG_INIT;
        hd_input_module(argv[i], options.features, &module, &diag);
        hd_module_free(module);
        if (diag.status != HD_OK) exit_status = hd_exit_status(diag.status);
        if (options.json) {
            cJSON_AddItemToArray(rows, to_json(name, &diag));
        } else if (diag.status == HD_OK) {
            hd_print_string(stdout, name);
            puts(": valid");
        } else {
            hd_message(hd_channel_stderr(), "error", name, &diag);
        }
    }
    if (options.json && !hd_json_print(rows)) exit_status = HD_EXIT_INPUT;
    return exit_status;
}

const hd_subcommand hd_validate_subcommand = {
    .name = "validate",
    .summary = "check that files are valid modules",
    .usage = "[OPTION]... FILE...",
    .details =
        "Decodes and validates modules, binary or text by their content; `-` is standard input.\n"
        "Prints `FILE: valid`, or to stderr what is wrong and where: at a line and column of text, "
        "or\n"
        "at a byte offset of the binary module (of text: as it was encoded). The exit status is 3\n"
        "unless all are valid.",
    .options =
        (const hd_option[]){HD_FEATURES_OPTION,
                            {JSON, "json", NULL, "print one JSON array, a row for each file"},
                            {0}},
    .examples =
        "$ heddle validate prog.wasm lib.wat\n"
        "$ heddle validate --features=wasm2 prog.wasm    # nothing newer than 2.0 and threads\n"
        "$ wat2wasm prog.wat -o - | heddle validate -",
    .run = run,
};
