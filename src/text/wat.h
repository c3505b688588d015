/* wat.h: module text to binary.
 *
 * Parses and encodes, and never validates: validation is the business of module/, so that text and
 * binary modules are judged alike. */
#ifndef HD_TEXT_WAT_H
#define HD_TEXT_WAT_H

#include <stddef.h>

#include "module/source.h"

/* Deeper nesting of folded instructions and blocks is refused (HD_LIMIT). */
#define HD_TEXT_NESTING_MAX 1000

/* A longer token, strings aside, is refused (HD_LIMIT). */
#define HD_TEXT_TOKEN_MAX 65536

/* Converts the text of one module, `(module …)` or a bare list of fields, to the binary format.
 * `line` and `column` (from 1) are where the text stands in its file. On success stores a block to
 * be released with hd_free and its size, and in `map` (NULL: not wanted) where the text says what;
 * returns HD_OK; a syntax error is HD_MALFORMED with its position in the file, a text beyond the
 * bounds above HD_LIMIT, one that uses a proposal which Heddle lacks HD_UNSUPPORTED. Thread-safe.
 */
hd_status hd_wat_to_wasm(const char *text, size_t length, uint32_t line, uint32_t column,
                         unsigned char **wasm, size_t *wasm_length, hd_text_map *map,
                         hd_diag *diag);

/* A text that stands in a file. */
typedef struct hd_wat {
    const char *file; /* as messages show it */
    const char *text;
    size_t length;
    uint32_t line, column; /* where it begins in the file, from 1 */
} hd_wat;

/* Makes a module of a text, validated with these features, which knows the text as its source
 * (module/source.h). On success stores it, to be released with hd_module_free. Errors as of
 * hd_wat_to_wasm and hd_module_load_features, all with their position in the file. Thread-safe. */
hd_status hd_wat_load(const hd_wat *wat, hd_features features, hd_module **module, hd_diag *diag);

#endif
