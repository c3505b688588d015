/* rewrite.h: module text as libwabt needs it.
 *
 * libwabt 1.0.32 wants some abbreviations spelled out, rounds some hexadecimal floats wrongly, lets
 * some malformed text pass, and crashes on some. This pass over the tokens puts that right before
 * libwabt sees the text, and knows the way back from libwabt's positions to the author's.
 *
 * One crash needs more. libwabt reads on after a syntax error, and aborts when it then meets, where
 * it takes itself to be in a list of element expressions, one that does not start with an
 * instruction. Where that could happen (`needs_trial`), a second form of the text is tried first,
 * the trial: it has the same syntax errors, but no lists of element expressions, for each
 * expression has become the offset of an element segment of its own. If the trial parses, the first
 * form will. */
#ifndef HD_TEXT_REWRITE_H
#define HD_TEXT_REWRITE_H

#include "text/module_text.h"

/* Deeper nesting of parentheses and blocks is refused (HD_LIMIT): libwabt recurses, with up to
 * about 850 bytes of C stack a level, and a thread may have no more than 2 MiB. */
#define HD_TEXT_NESTING_MAX 1000

/* A longer token, strings aside, is refused (HD_LIMIT): libwabt copies tokens to the C stack. */
#define HD_TEXT_TOKEN_MAX 65536

/* Checks and rewrites the text of a module, or makes its trial form. The text is as
 * hd_module_text_init left it. */
hd_status hd_rewrite(hd_module_text *module, bool trial, hd_diag *diag);

#endif
