/* wat.h: module text to binary.
 *
 * Parses and encodes, and never validates: validation is the business of module/, so that text and
 * binary modules are judged alike. */
#ifndef HD_TEXT_WAT_H
#define HD_TEXT_WAT_H

#include <stddef.h>

#include "base/diag.h"

/* Deeper nesting of folded instructions and blocks is refused (HD_LIMIT). */
#define HD_TEXT_NESTING_MAX 1000

/* A longer token, strings aside, is refused (HD_LIMIT). */
#define HD_TEXT_TOKEN_MAX 65536

/* Converts the text of one module, `(module …)` or a bare list of fields, to the binary format.
 * `name` is the file named in messages, `line` and `column` (from 1) where the text stands in that
 * file. On success stores a block to be released with hd_free and its size, and returns HD_OK; a
 * syntax error is HD_MALFORMED with its position in the file, a text beyond the bounds above
 * HD_LIMIT, one that uses a proposal which Heddle lacks HD_UNSUPPORTED. Thread-safe. */
hd_status hd_wat_to_wasm(const char *name, const char *text, size_t length, uint32_t line,
                         uint32_t column, unsigned char **wasm, size_t *wasm_length, hd_diag *diag);

#endif
