/* diag.h: errors as values.
 *
 * Whoever may fail takes an hd_diag and returns its status. The first error wins: later ones on the
 * same object are ignored, so that a caller may go on to clean up without losing the cause. */
#ifndef HD_BASE_DIAG_H
#define HD_BASE_DIAG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum hd_status {
    HD_OK,
    HD_MALFORMED,  /* the bytes or the text are not a module */
    HD_INVALID,    /* the module does not validate */
    HD_UNLINKABLE, /* an import is missing or does not match */
    HD_TRAP,       /* execution trapped */
    HD_EXHAUSTION, /* execution ran out of call stack */
    HD_STOPPED,    /* execution was stopped from outside: time limit, end of the program */
    HD_LIMIT,      /* an implementation limit of Heddle, documented where it is checked */
    HD_NOMEM,      /* the host is out of memory */
    HD_IO,         /* a file could not be read or written */
    HD_FAILED,     /* a check of the caller's failed: an assertion, a bad argument */
} hd_status;

#define HD_NO_OFFSET UINT64_MAX

typedef struct hd_diag {
    hd_status status;
    uint64_t offset;       /* byte offset in the module, or HD_NO_OFFSET */
    uint32_t line, column; /* position in a text, from 1; line 0: none */
    char message[480];     /* specification's wording first, detail after it */
} hd_diag;

#define HD_DIAG_INIT {HD_OK, HD_NO_OFFSET, 0, 0, ""}

/* Records an error at a byte offset of a module (or HD_NO_OFFSET) unless one is there already;
 * returns the status that the object now holds. A message too long is cut. */
hd_status hd_diag_at_offset(hd_diag *diag, hd_status status, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Records an error at a position of a text unless one is there already. */
hd_status hd_diag_at_line(hd_diag *diag, hd_status status, uint32_t line, uint32_t column,
                          const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Records an error that has no position unless one is there already. */
hd_status hd_diag_set(hd_diag *diag, hd_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Records that the host is out of memory; returns HD_NOMEM or the earlier status. */
hd_status hd_diag_nomem(hd_diag *diag);

/* Forgets what was recorded. */
void hd_diag_reset(hd_diag *diag);

/* Returns the status's name in lower case ("malformed", "trap", …); static storage. */
const char *hd_status_name(hd_status status);

#endif
