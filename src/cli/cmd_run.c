/* cmd_run.c: `heddle run`. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/features.h"
#include "cli/input.h"
#include "cli/message.h"
#include "cli/program.h"

enum { INVOKE = 257, TIMEOUT, STACK };

static bool take_option(const hd_subcommand *self, void *context, int key, const char *value) {
    hd_program_options *o = context;
    uint64_t cells;
    switch (key) {
    case INVOKE: o->invoke = value; return true;
    case TIMEOUT: return hd_option_seconds(self, "timeout", value, &o->timeout);
    case STACK:
        if (!hd_option_stack(self, value, &cells)) return false;
        o->stack = cells;
        return true;
    case HD_FEATURES_KEY: return hd_option_features(self, value, &o->features);
    default: return false;
    }
}

static int run(const hd_subcommand *self, int argc, char **argv) {
    hd_program_options o = {.timeout = -1, .features = HD_FEATURES_ALL};
    hd_diag diag = HD_DIAG_INIT;
    hd_module *module;
    int count;
    int status = hd_options_read(self, argc, argv, take_option, &o, &count);
    if (status != HD_OPTIONS_READ) return status;
    if (count == 0) return hd_usage_error(self, "a module is needed");
    if (count > 1 && !o.invoke)
        return hd_usage_error(self, "unexpected operand '%s': arguments need --invoke", argv[1]);
    o.name = hd_input_name(argv[0]);
    o.arguments = argv + 1;
    o.argument_count = (size_t)count - 1;
    if (hd_input_module(argv[0], o.features, &module, &diag) != HD_OK) {
        hd_message(hd_channel_stderr(), "error", o.name, &diag);
        return hd_exit_status(diag.status);
    }
    return hd_program_run(module, &o);
}

const hd_subcommand hd_run_subcommand = {
    .name = "run",
    .summary = "run a function of a module",
    .usage = "[OPTION]... FILE [--invoke NAME ARG...]",
    .details =
        "Instantiates a module, binary or text by its content, and calls the function exported as\n"
        "NAME with the arguments, or else `_start`. Results are printed with their types, one a "
        "line.\n"
        "FILE is `-` for standard input.\n"
        "\n"
        "Arguments are read by the function's signature: integers decimal or 0x hexadecimal, "
        "signed or\n"
        "unsigned; floats also as inf, nan, nan:0x1 and 0x1.8p3; v128 as i32x4:1,2,3,4 (i8x16, "
        "i16x8,\n"
        "i64x2, f32x4, f64x2 likewise); externref as null or a number. They stand after FILE; "
        "words\n"
        "that begin with -- are options wherever they stand.\n"
        "\n"
        "Imports: what the module `spectest` offers, and memories, which are made to fit.\n"
        "\n"
        "Exit status: 0 the function returned, 2 no such function or wrong arguments, 3 the module "
        "could\n"
        "not be read or linked, 124 time limit, 134 trap, told with its backtrace.",
    .options = (const hd_option[]){{INVOKE, "invoke", "NAME", "call this exported function"},
                                   {TIMEOUT, "timeout", "SEC",
                                    "stop after SEC seconds (default 0: never) and tell\n"
                                    "where"},
                                   HD_STACK_OPTION(STACK),
                                   HD_FEATURES_OPTION,
                                   {0}},
    .examples = "$ heddle run prog.wasm                       # calls _start\n"
                "$ heddle run add.wat --invoke add 2 -3       # prints: -1 : i32\n"
                "$ heddle run --timeout=5 spin.wat --invoke spin",
    .number_operands = true,
    .run = run,
};
