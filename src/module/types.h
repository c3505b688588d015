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

/* A reference type has its heap type in the lowest byte, as the code of an abstract one or one of
 * those below, which are codes of no type; then whether it leaves out null; then, of a concrete
 * heap type, which type it is. */
enum {
    HD_HEAP_MASK = 0xFF,
    HD_HEAP_CONCRETE = 0x01, /* number of the type (deftype.h); as it stands in an instruction that
                                was only decoded, its index in the module */
    HD_HEAP_REC = 0x02,      /* while a group is read: position of a type of the same group */
    HD_HEAP_BOTTOM = 0x03,   /* of a reference that unreachable code conjures up: matches any */
    HD_NON_NULL = 1 << 8,
    HD_TYPE_SHIFT = 9,
};

/* Most types of a module, a limit of this implementation and of most others. */
#define HD_MAX_TYPES 1000000

static inline bool hd_is_concrete(hd_valtype type) {
    return (type & HD_HEAP_MASK) == HD_HEAP_CONCRETE;
}

/* Of a concrete type. */
static inline uint32_t hd_type_number(hd_valtype type) {
    return type >> HD_TYPE_SHIFT;
}

/* The type of references to values of a type, null included. */
static inline hd_valtype hd_ref_null_to(uint32_t number) {
    return number << HD_TYPE_SHIFT | HD_HEAP_CONCRETE;
}

static inline bool hd_is_ref(hd_valtype type) {
    return type != 0 && (type & HD_HEAP_MASK) < HD_V128;
}

/* Of a reference type, whether null is a value of it: only then locals and tables may begin so. */
static inline bool hd_is_nullable(hd_valtype type) {
    return !(type & HD_NON_NULL);
}

/* The largest type of the hierarchy of a reference type: funcref, externref or exnref. */
static inline hd_valtype hd_ref_top(hd_valtype type) {
    switch (type & HD_HEAP_MASK) {
    case HD_EXTERNREF:
    case HD_NULLEXTERNREF: return HD_EXTERNREF;
    case HD_EXNREF:
    case HD_NULLEXNREF: return HD_EXNREF;
    default: return HD_FUNCREF;
    }
}

/* The type of addresses of a memory, or of indices of a table. */
static inline hd_valtype hd_address_type(const hd_limits *limits) {
    return limits->is64 ? HD_I64 : HD_I32;
}

/* Cells of a frame that a value of this type takes. */
static inline uint32_t hd_slots_of(hd_valtype type) {
    return type == HD_V128 ? 2 : 1;
}

/* "func", "table", "memory", "global" or "tag"; static storage. */
const char *hd_externkind_name(hd_externkind kind);

/* Equality of function types; types of one module that are equal are also one pointer (see
 * hd_module), which is tried first, and so are equal ones of any modules that have a number. */
bool hd_functype_equal(const hd_functype *a, const hd_functype *b);

/* True if a function of the first type is one of the second: equal, or a declared subtype. */
bool hd_functype_matches(const hd_functype *type, const hd_functype *super);

#endif
