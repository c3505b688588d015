/* internal.h: what the files that load a module share; nobody else includes it.
 *
 * Loading is one pass over the bytes. Every rule of the binary format is checked while reading, and
 * a breach ends the load. A breach of validation does not: the first one is kept in `invalid`, and
 * the rest of the module is only decoded, because a module is malformed whatever else is wrong with
 * it. Sizes of sections and bodies are compared after their content was read, as the
 * specification's grammar has it, so the content itself may read on up to the end of the module. */
#ifndef HD_MODULE_INTERNAL_H
#define HD_MODULE_INTERNAL_H

#include "base/vec.h"
#include "module/instr.h"

/* Value types in a row and the cells that they take. */
typedef struct hd_typelist {
    const hd_valtype *types;
    uint32_t count, slots;
} hd_typelist;

/* An entry of the control stack (specification, appendix "Validation Algorithm"). */
typedef struct hd_control_frame {
    hd_typelist params, results;
    size_t height;       /* of the operand stack below it */
    uint32_t slots;      /* cells of those operands */
    uint32_t set_locals; /* of the list of those that were set before it */
    hd_opcode opcode;    /* block, loop, if, else, try_table, and of the legacy form try, catch,
                          * catch_all; a body or constant expression is a block */
    bool unreachable;
} hd_control_frame;

enum { HD_NEAR_LOCALS = 256 };

/* Locals up to and without `end` that no earlier run covers. */
typedef struct hd_local_span {
    uint64_t end;
    hd_valtype type;
} hd_local_span;

/* The validator's state; its stacks are kept from one body to the next. */
typedef struct hd_validator {
    HD_VEC(hd_valtype) operands;
    HD_VEC(hd_control_frame) frames;
    HD_VEC(hd_local_span) spans; /* only of bodies with more than HD_NEAR_LOCALS locals */
    uint64_t local_count;        /* parameters included */
    /* Locals that must be set before they are read, of a body that has such: which of them are, a
     * bit each, and in which order they were first set. */
    bool watches_locals;
    HD_VEC(uint64_t) is_set;
    HD_VEC(uint32_t) set_locals;
    hd_valtype near_locals[HD_NEAR_LOCALS];
    uint32_t slots, max_slots;
    size_t max_frames;
    const hd_functype *function; /* NULL in a constant expression */
    const hd_instr *instr;       /* being checked */
} hd_validator;

/* A type of the module; `number` (deftype.h) is 0 as long as nobody has asked for it. */
typedef struct hd_loaded_type {
    const hd_functype *type;
    uint32_t number;
} hd_loaded_type;

typedef struct hd_loader {
    hd_reader r; /* over the whole module; reports to `diag` */
    hd_diag diag, invalid;
    hd_features features;
    hd_module *module;
    hd_map types; /* the words of a plain type (deftype.h) → hd_functype */
    /* The module's types while it is read. */
    HD_VEC(hd_loaded_type) loaded_types;
    HD_VEC(uint32_t) scratch;          /* words of the recursive group being read (deftype.h) */
    uint32_t group_first, group_count; /* its types; none outside of the type section */
    const hd_valtype *single;          /* the latest that hd_loader_single has made */
    uint8_t *declared;                 /* by function: nonzero if ref.func may name it */
    bool has_data_count;
    uint32_t data_count;
    uint64_t data_use;  /* where a body names a data segment without a count, or HD_NO_OFFSET */
    uint32_t data_used; /* that segment */
    hd_validator v;
} hd_loader;

/* False once the bytes are known to be malformed, or memory is out, or a limit was hit. */
static inline bool hd_loader_ok(const hd_loader *l) {
    return l->diag.status == HD_OK;
}

/* False once the module is known to be invalid; from then on it is only decoded. */
static inline bool hd_loader_valid(const hd_loader *l) {
    return l->invalid.status == HD_OK;
}

/* Records a breach of validation, unless one is there already. */
void hd_loader_invalid(hd_loader *l, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4), cold));

/* Records that memory is out and ends the load; returns NULL. */
void *hd_loader_nomem(hd_loader *l) __attribute__((cold));

/* Arena memory of the module; NULL, with the load ended, when memory is out. */
void *hd_loader_alloc(hd_loader *l, size_t count, size_t size);

/* Returns a copy of an array of `count` elements with room for `extra` more, each of which takes
 * `least` bytes of the module or more: no more room than the bytes that remain can fill, and one.
 */
void *hd_loader_extend(hd_loader *l, const void *array, uint32_t count, uint32_t extra, size_t size,
                       size_t least);

/* Allows ref.func to name a function, which exists, in bodies. */
void hd_loader_declare(hd_loader *l, uint32_t function);

/* Checks that an index is below the count of its space: "unknown WHAT N". */
bool hd_loader_index(hd_loader *l, uint64_t offset, const char *what, uint32_t index,
                     uint32_t count);

/* The type of references to a type of the module, null included; funcref after a failure. */
hd_valtype hd_loader_ref_to(hd_loader *l, uint32_t index);

/* The type that was read at an offset, with a number in the place of an index ("unknown type"). */
hd_valtype hd_loader_resolve(hd_loader *l, uint64_t offset, hd_valtype type);

/* A type in memory that lives as long as the module; NULL when memory is out. */
const hd_valtype *hd_loader_single(hd_loader *l, hd_valtype type);

/* The sections, by the files that hold them. decode_types.c: */
void hd_decode_types(hd_loader *l);
/* Read a value type, a reference type. */
hd_valtype hd_decode_valtype(hd_loader *l);
hd_valtype hd_decode_reftype(hd_loader *l);
bool hd_decode_tabletype(hd_loader *l, hd_tabletype *type);
bool hd_decode_memtype(hd_loader *l, hd_limits *limits);
bool hd_decode_globaltype(hd_loader *l, hd_globaltype *type);

/* decode.c: */
/* Reads the whole module; what is wrong is left in `diag` or `invalid`. */
void hd_decode_module(hd_loader *l);

/* decode_sections.c: */
void hd_decode_imports(hd_loader *l);
void hd_decode_functions(hd_loader *l);
void hd_decode_tables(hd_loader *l);
void hd_decode_memories(hd_loader *l);
void hd_decode_tags(hd_loader *l);
void hd_decode_globals(hd_loader *l);
void hd_decode_exports(hd_loader *l);
void hd_decode_start(hd_loader *l);
void hd_decode_code(hd_loader *l);

/* decode_segments.c: */
void hd_decode_elements(hd_loader *l);
void hd_decode_data_count(hd_loader *l);
void hd_decode_data(hd_loader *l);

/* names.c: */
/* Reads a name: a length and that many bytes of UTF-8 ("malformed UTF-8 encoding"). */
hd_name hd_decode_name(hd_reader *r);
/* Takes the names of the module, its functions, globals and tags from a name section. What is
 * malformed ends it silently; the names before it stay. */
void hd_decode_name_section(hd_module *module, const hd_custom *custom);

/* limits.c: */
/* Refuses a module of which a function needs a larger frame than HD_MAX_FRAME. After decoding, so
 * that the function can be named. */
void hd_check_frames(hd_loader *l);

/* constexpr.c: */
/* Reads and validates a constant expression with one result. */
hd_expr hd_decode_constexpr(hd_loader *l, hd_valtype result);
/* Checks that an instruction may stand in a constant expression. */
bool hd_constexpr_check(hd_loader *l, const hd_instr *in);

/* validate.c: */
/* Reads and validates a function's body from its locals on. */
void hd_validate_body(hd_loader *l, hd_funcdef *function);
/* Reads and validates an instruction sequence, its `end` included, which must leave `results`;
 * `function` is the type of the function around it, NULL for a constant expression. */
void hd_validate_sequence(hd_loader *l, const hd_functype *function, hd_typelist results);
void hd_validator_free(hd_validator *v);

#endif
