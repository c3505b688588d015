/* suppress.h: data races that the user does not want to hear of. */
#ifndef HD_CHECK_SUPPRESS_H
#define HD_CHECK_SUPPRESS_H

#include "base/diag.h"
#include "base/vec.h"

typedef struct hd_suppression {
    char *function;    /* a pattern of fnmatch(3), or NULL: */
    uint64_t from, to; /* bytes, the last one included */
} hd_suppression;

typedef struct hd_suppressions {
    HD_VEC(hd_suppression) list;
    bool addresses; /* some are address ranges */
} hd_suppressions;

/* Adds a suppression: `fn:PATTERN`, for accesses in functions of that name, where `*` and `?` stand
 * for any characters, or `addr:FROM-TO` or `addr:ADDRESS`, for accesses to these bytes, TO
 * included. HD_FAILED with a diagnosis when it is neither, HD_NOMEM. */
hd_status hd_race_suppress_parse(hd_suppressions *suppressions, const char *text, hd_diag *diag);

/* True for an access in a function with this label (see hd_module_function_label): its name is
 * compared with and without what marks it, `$` or quotes. */
bool hd_race_suppress_function(const hd_suppressions *suppressions, const char *label);

/* True if a suppressed range has one of these bytes. */
bool hd_race_suppress_address(const hd_suppressions *suppressions, uint64_t address,
                              uint64_t length);

/* Releases the list and leaves it empty. */
void hd_suppressions_free(hd_suppressions *suppressions);

#endif
