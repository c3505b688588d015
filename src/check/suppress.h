/* suppress.h: races that nobody wants to hear of: lists of places and addresses. */
#ifndef HD_CHECK_SUPPRESS_H
#define HD_CHECK_SUPPRESS_H

#include "base/diag.h"
#include "base/vec.h"
#include "module/module.h"

typedef enum hd_suppression_kind {
    HD_SUPPRESS_FUNCTION,
    HD_SUPPRESS_FILE,
    HD_SUPPRESS_ADDRESS,
    /* In lists of a library's functions: */
    HD_SUPPRESS_OUT,         /* one that also writes what its caller points to */
    HD_SUPPRESS_WEAK,        /* one whose name others may have, too */
    HD_SUPPRESS_STREAM,      /* one that looks at the lock of a stream in passing */
    HD_SUPPRESS_STREAM_LOCK, /* one that takes or gives back such locks */
    HD_SUPPRESS_HELPER,      /* an inlined function that counts as the one around it */
    HD_SUPPRESS_IF,          /* what follows is for modules with a function of this name */
} hd_suppression_kind;

typedef struct hd_suppression {
    hd_suppression_kind kind;
    char *text;        /* as it was given, owned */
    const char *value; /* within it: a pattern of fnmatch(3), or a plain name */
    bool plain;
    uint32_t group;    /* the number of `if:` before it */
    uint64_t from, to; /* HD_SUPPRESS_ADDRESS: bytes, the last one included */
} hd_suppression;

typedef struct hd_suppressions {
    HD_VEC(hd_suppression) list;
    uint32_t groups; /* how many `if:` there are; at most 31 */
} hd_suppressions;

/* A code location: an instruction of a module, in whatever instance. */
typedef struct hd_location {
    const hd_module *module; /* NULL: the host, or the number that an hd_race_options.where gave */
    uint32_t function;       /* the host: position + 1 in the names of its functions */
    uint32_t offset;
} hd_location;

/* Adds a suppression: `fn:PATTERN`, for accesses in functions of that name, inlined ones too, where
 * `*` and `?` stand for any characters; `file:PATTERN`, for accesses in source files of that path,
 * or of a path that ends so behind a `/`; `addr:FROM-TO` or `addr:ADDRESS`, for accesses to these
 * bytes, TO included. HD_FAILED with a diagnosis when it is none of them, HD_NOMEM. */
hd_status hd_suppressions_add(hd_suppressions *suppressions, const char *text, hd_diag *diag);

/* Adds the suppressions of a text, one a line; empty lines, and such as begin with `#`, are none.
 * The diagnosis names the line. */
hd_status hd_suppressions_read(hd_suppressions *suppressions, const char *text, size_t length,
                               hd_diag *diag);

/* Adds those for wasi-libc that come with the program: functions of all kinds. */
hd_status hd_suppressions_add_wasi_libc(hd_suppressions *suppressions, hd_diag *diag);

/* True if an access at a location lies in a function or a file of the list: the innermost one of
 * the call stack, or one that was inlined there. Names are compared with and without what marks
 * them in reports, `$` or quotes. */
bool hd_suppressions_have_place(const hd_suppressions *suppressions, const hd_location *location);

/* Which groups of a list are for a module: a bit for each. Takes a look at all its functions. */
uint32_t hd_suppressions_groups(const hd_suppressions *suppressions, const hd_module *module);

/* What the innermost function at a location is in these groups of a list of a library's functions:
 * a bit HD_SUPPRESS_BIT for each kind. The innermost one is by debug information that which was
 * inlined there last, unless the list says that it is a helper; by the name section the function
 * itself. Names of exports do not count. */
#define HD_SUPPRESS_BIT(kind) (1u << (kind))
unsigned hd_suppressions_innermost(const hd_suppressions *suppressions, uint32_t groups,
                                   const hd_location *location);

/* True if a list of a library's functions suppresses a pair of accesses in such functions. What two
 * functions write to their callers may be the same, and two of weak names may be others; `passing`:
 * a plain read against an atomic write. */
bool hd_suppressions_pair(unsigned one, unsigned other, bool passing);

/* True if plain reads of such functions order as if behind a fence. */
static inline bool hd_suppressions_ordered(unsigned kinds) {
    return kinds & (HD_SUPPRESS_BIT(HD_SUPPRESS_FUNCTION) | HD_SUPPRESS_BIT(HD_SUPPRESS_OUT));
}

/* True if a suppressed range has one of these bytes. */
bool hd_suppressions_have_address(const hd_suppressions *suppressions, uint64_t address,
                                  uint64_t length);

/* True of a location in a program of WASI that tells no names of its functions, neither by a name
 * section nor by debug information. */
bool hd_location_is_nameless(const hd_location *location);

/* Releases the list and leaves it empty. */
void hd_suppressions_free(hd_suppressions *suppressions);

#endif
