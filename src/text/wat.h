/* wat.h: module text to binary, through libwabt.
 *
 * The C face of the project's only C++ file. libwabt parses and encodes; it never validates here:
 * validation is the business of module/, so that text and binary modules are judged alike. */
#ifndef HD_TEXT_WAT_H
#define HD_TEXT_WAT_H

#include <stddef.h>

#include "base/diag.h"

/* Converts the text of one module, `(module …)` or a bare list of fields, to the binary format.
 * `name` is the file named in messages, `line` and `column` (from 1) where the text stands in that
 * file. On success stores a block to be released with hd_free and its size, and returns HD_OK; a
 * syntax error is HD_MALFORMED with its position in the file, a text beyond the bounds of rewrite.h
 * HD_LIMIT, and the few invalid modules that libwabt would encode as valid ones are HD_INVALID.
 * Needs about 1 MiB of C stack for the deepest text. Thread-safe. */
hd_status hd_wat_to_wasm(const char *name, const char *text, size_t length, uint32_t line,
                         uint32_t column, unsigned char **wasm, size_t *wasm_length, hd_diag *diag);

#endif
