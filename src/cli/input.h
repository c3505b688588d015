/* input.h: files, and the modules in them. */
#ifndef HD_CLI_INPUT_H
#define HD_CLI_INPUT_H

#include "base/diag.h"
#include "module/module.h"

/* No input may be larger: offsets in modules are 32-bit. */
#define HD_MAX_INPUT (UINT64_C(1) << 30)

/* The bytes of an input; one NUL follows them. Release with hd_free. */
typedef struct hd_input {
    char *bytes;
    size_t length;
} hd_input;

/* Reads a file to its end, or standard input for `-`. HD_IO with the host's words, HD_LIMIT when it
 * is larger than HD_MAX_INPUT, or HD_NOMEM. */
hd_status hd_input_read(const char *path, hd_input *input, hd_diag *diag);

/* True if it can be no text: a module in the binary format begins with a NUL. */
bool hd_input_is_binary(const hd_input *input);

/* How an input is called in messages: its path, or `<stdin>`. */
const char *hd_input_name(const char *path);

/* Reads a module, binary or text by its content, and validates it with these features. On success
 * stores it, to be released with hd_module_free. */
hd_status hd_input_module(const char *path, hd_features features, hd_module **module,
                          hd_diag *diag);

#endif
