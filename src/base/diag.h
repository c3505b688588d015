/* diag.h: errors as values.
 *
 * Whoever may fail takes an hd_diag and returns its status. The first error wins: later ones on the
 * same object are ignored, so that a caller may go on to clean up without losing the cause.
 * Statuses, the type and what every caller needs stand in heddle.h. */
#ifndef HD_BASE_DIAG_H
#define HD_BASE_DIAG_H

#include <stdarg.h>

#include "heddle.h"

/* Records an error at a byte offset of a module (or HD_NO_OFFSET) unless one is there already;
 * returns the status that the object now holds. A message too long is cut. */
hd_status hd_diag_at_offset(hd_diag *diag, hd_status status, uint64_t offset, const char *format,
                            ...) __attribute__((format(printf, 4, 5)));

/* Records an error at a position of a text unless one is there already. */
hd_status hd_diag_at_line(hd_diag *diag, hd_status status, uint32_t line, uint32_t column,
                          const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Records that the host is out of memory, for hd_alloc_failures too; returns HD_NOMEM or the
 * earlier status. */
hd_status hd_diag_nomem(hd_diag *diag);

#endif
