/* value.h: values of WebAssembly as text, and text as values.
 *
 * What is printed can be read back to the same bits: floats in the shortest decimal form that does
 * so, NaNs with their payload. */
#ifndef HD_CLI_VALUE_H
#define HD_CLI_VALUE_H

#include "base/diag.h"
#include "module/types.h"

/* Room for any value's text. */
enum { HD_VALUE_TEXT = 192 };

/* A host reference for externref number `n`, and back. Never NULL. */
const void *hd_extern_ref(uint32_t n);
uint32_t hd_extern_number(const void *ref);

/* Writes a float of 32 or 64 bits given by its bits: `0.1`, `-inf`, `nan:0x200000`. Returns
 * `buffer`. */
const char *hd_float_text(uint64_t bits, unsigned width, char buffer[HD_VALUE_TEXT]);

/* Writes the value in these cells: `-1`, `0.5`, `i32x4:0x1,0x2,0x3,0x4`, `null`, `extern 3`, `$f`.
 * Returns `buffer`. */
const char *hd_value_text(hd_valtype type, const hd_slot *cells, char buffer[HD_VALUE_TEXT]);

/* Reads an argument of a type from the command line into cells: the forms above; integers decimal
 * or hexadecimal, signed or unsigned; `i8x16:`, `i16x8:`, `i64x2:`, `f32x4:` and `f64x2:` too; an
 * externref as `null` or a number. HD_FAILED with a diagnosis otherwise. */
hd_status hd_value_parse(hd_valtype type, const char *text, hd_slot *cells, hd_diag *diag);

#endif
