/* features.h: `--features=LIST`. */
#ifndef HD_CLI_FEATURES_H
#define HD_CLI_FEATURES_H

#include "cli/command.h"
#include "cli/words.h"
#include "module/module.h"

enum { HD_FEATURES_KEY = 256 };

/* The row of the option for tables of options. */
#define HD_FEATURES_OPTION                                                                         \
    {                                                                                              \
        HD_FEATURES_KEY, "features", "LIST",                                                       \
            "which proposals modules may use beyond WebAssembly 2.0\n"                             \
            "with threads: names separated by commas, `all` (default)\n"                           \
            "or `wasm2` (none), then `NAME` to add and `-NAME` to\n"                               \
            "remove: multi-memory, tail-call, extended-const,\n"                                   \
            "exceptions, memory64, relaxed-simd, acquire-release,\n"                               \
            "function-references"                                                                  \
    }

/* Appends the option that says the same, unless these are all. */
void hd_features_words(hd_features features, hd_words *words);

/* Reads the value of --features; false after a usage error. */
bool hd_option_features(const hd_subcommand *self, const char *value, hd_features *features);

#endif
