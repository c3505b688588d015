/* types.h: the types of WebAssembly (core specification, section 2.3, and the threads proposal's
 * shared limits); those that an embedder sees are public (heddle.h). */
#ifndef HD_MODULE_TYPES_H
#define HD_MODULE_TYPES_H

#include "heddle.h"

/* In the place of a tag's index: a clause that catches exceptions of every tag. */
#define HD_CATCH_ALL UINT32_MAX

enum { HD_PAGE_SIZE = 65536 };
#define HD_MAX_PAGES UINT64_C(65536)              /* of a memory with 32-bit addresses: 4 GiB */
#define HD_MAX_PAGES_64 (UINT64_C(1) << 48)       /* with 64-bit ones: 2^64 bytes */
#define HD_MAX_RESERVED_PAGES (UINT64_C(1) << 18) /* that such a memory really gets: 16 GiB */

/* True of funcref, externref and exnref. */
static inline bool hd_is_ref(hd_valtype type) {
    return type == HD_FUNCREF || type == HD_EXTERNREF || type == HD_EXNREF;
}

/* The type of addresses of a memory, or of indices of a table. */
static inline hd_valtype hd_address_type(const hd_limits *limits) {
    return limits->is64 ? HD_I64 : HD_I32;
}

/* Cells of a frame that a value of this type takes. */
static inline uint32_t hd_slots_of(hd_valtype type) {
    return type == HD_V128 ? 2 : 1;
}

/* The type's name in the text format; static storage. */
const char *hd_valtype_name(hd_valtype type);

/* "func", "table", "memory", "global" or "tag"; static storage. */
const char *hd_externkind_name(hd_externkind kind);

/* Structural equality of function types; types of one module that are equal are also one pointer
 * (see hd_module), which is tried first. */
bool hd_functype_equal(const hd_functype *a, const hd_functype *b);

#endif
