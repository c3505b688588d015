/* match.h: results against the patterns of a script, and both as text.
 *
 * Core specification, interpreter/README.md, "Scripts": result patterns; `either` is the threads
 * proposal's. */
#ifndef HD_CLI_SCRIPT_MATCH_H
#define HD_CLI_SCRIPT_MATCH_H

#include "module/types.h"
#include "text/script.h"

/* Values in cells, in order; v128 takes two. */
typedef struct hd_values {
    const hd_valtype *types;
    size_t count;
    const hd_slot *cells;
} hd_values;

/* True if the values match the patterns one by one. */
bool hd_values_match(const hd_values *values, const hd_script_value *patterns, size_t count);

/* Which choice of an `either` a value is, that matches it. */
size_t hd_value_choice(hd_valtype type, const hd_slot *cells, const hd_script_value *either);

/* Writes an argument of a script into cells if it is of this type; false otherwise. */
bool hd_argument_store(const hd_script_value *argument, hd_valtype type, hd_slot *cells);

/* Texts in the form of the text format, `(i32.const 1) (f32.const nan:canonical)`, or `nothing`.
 * v128 values are written in the shapes of the patterns they were compared with. NULL when memory
 * is out; release with free. */
char *hd_patterns_text(const hd_script_value *patterns, size_t count);
char *hd_values_text(const hd_values *values, const hd_script_value *patterns, size_t count);

#endif
