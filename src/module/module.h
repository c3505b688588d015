/* module.h: a decoded and validated module.
 *
 * hd_module_load reads the binary format (core specification, chapter 5; threads proposal; tail
 * calls; extended constant expressions; multiple memories; exceptions, as proposed and as in 3.0;
 * typed function references),
 * validates it (chapter 3) and builds a description that never changes afterwards: any number of
 * agents may read it at once. Instruction sequences stay in the module's bytes; code/ and runtime/
 * walk them again, trusting what was validated here. */
#ifndef HD_MODULE_MODULE_H
#define HD_MODULE_MODULE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/vec.h"
#include "module/types.h"

/* An instruction sequence in the module's bytes, its final `end` included. */
typedef struct hd_expr {
    const uint8_t *start, *end;
} hd_expr;

/* A run of locals of one type, as the code section declares them. */
typedef struct hd_local_run {
    uint32_t count;
    hd_valtype type;
} hd_local_run;

/* A function of the index space: imported ones come first and have no body. */
typedef struct hd_funcdef {
    const hd_functype *type;
    uint32_t type_index;        /* of it */
    hd_expr body;               /* empty for an import */
    const hd_local_run *locals; /* without the parameters */
    uint32_t local_run_count;
    /* Most cells that the operand stack holds at once, in unreachable code too (v128 counts 2). */
    uint32_t max_height;
    uint32_t max_labels; /* deepest nesting of control instructions, the body itself included */
    hd_name name;        /* from the name section; length 0: none */
} hd_funcdef;

typedef struct hd_tabledef {
    hd_tabletype type;
    hd_expr init; /* of its first elements; empty for an import, and for null */
} hd_tabledef;

typedef struct hd_globaldef {
    hd_globaltype type;
    hd_expr init; /* empty for an import */
    hd_name name; /* from the name section; length 0: none */
} hd_globaldef;

/* A tag of exceptions; its type has no results. */
typedef struct hd_tagdef {
    const hd_functype *type;
    hd_name name; /* from the name section; length 0: none */
} hd_tagdef;

typedef enum hd_segment_mode {
    HD_SEGMENT_ACTIVE,
    HD_SEGMENT_PASSIVE,
    HD_SEGMENT_DECLARATIVE
} hd_segment_mode;

/* An element segment: either function indices or constant expressions. */
typedef struct hd_elemdef {
    hd_segment_mode mode;
    hd_valtype type;
    uint32_t table; /* active */
    hd_expr offset; /* active */
    uint32_t count;
    const uint32_t *functions; /* NULL when the segment has expressions */
    const hd_expr *expressions;
} hd_elemdef;

typedef struct hd_datadef {
    hd_segment_mode mode;
    uint32_t memory; /* active */
    hd_expr offset;  /* active */
    const uint8_t *bytes;
    uint32_t length;
} hd_datadef;

/* A custom section, in order of appearance; `content` excludes the name. */
typedef struct hd_custom {
    hd_name name;
    const uint8_t *content;
    size_t length;
} hd_custom;

#define HD_NO_START UINT32_MAX

struct hd_module {
    const uint8_t *bytes; /* owned copy: offsets in messages count from here */
    size_t length;
    uint64_t code_offset; /* of the code section's payload (DWARF addresses count from it), or 0 */

    const hd_functype **types; /* equal types share one pointer */
    uint32_t type_count;
    HD_VEC(struct hd_rectype *) rectypes; /* groups of types that have numbers; a reference each */

    const hd_import *imports;
    uint32_t import_count;

    hd_funcdef *functions;
    uint32_t function_count, imported_functions;
    hd_tabledef *tables;
    uint32_t table_count, imported_tables;
    hd_limits *memories;
    uint32_t memory_count, imported_memories;
    hd_globaldef *globals;
    uint32_t global_count, imported_globals;

    hd_tagdef *tags;
    uint32_t tag_count, imported_tags;

    const hd_export *exports;
    uint32_t export_count;
    hd_map export_index; /* name → const hd_export * */

    const hd_elemdef *elements;
    uint32_t element_count;
    const hd_datadef *data;
    uint32_t data_count;
    const hd_custom *customs;
    uint32_t custom_count;

    bool acquire_release; /* an access or fence has this ordering; executed as sequentially
                             consistent */

    uint32_t start; /* function index, or HD_NO_START */
    hd_name name;   /* from the name section; length 0: none */

    hd_arena arena;

    /* Of source.c: how paths of sources are shown (or NULL), and what was read of debug
     * information, lazily and under a lock of its own. */
    const struct hd_source_paths *source_paths;
    struct hd_source *source;
    struct hd_text_source *text; /* the text that it was assembled from; NULL: none */
};

/* Limits of Heddle (HD_LIMIT). Without them a call of two bytes could cost or push any number of
 * values, and the time of validation would not be linear. */
enum {
    HD_MAX_TYPE_ARITY = 1000,  /* parameters, and results, of a function type */
    HD_MAX_OPERANDS = 1 << 22, /* cells of a function's operand stack: see max_height */
    /* Cells of a function's locals and operand stack. Operands of register code are 16 bits wide,
     * and what the machine keeps of a call takes some cells before and behind (code/code.h). */
    HD_MAX_FRAME = 32759,
};

/* Returns the export of this name, or NULL. */
const hd_export *hd_module_export(const hd_module *module, const char *name, size_t length);

/* Returns the first custom section of this name, or NULL. */
const hd_custom *hd_module_custom(const hd_module *module, const char *name);

/* True if a name is this text. */
bool hd_name_is(hd_name name, const char *text);

/* Writes a name of a module for messages, escaped and cut by hd_escape to `size` bytes (at least
 * 1), and returns `buffer`. */
const char *hd_name_format(hd_name name, char *buffer, size_t size);

/* The name of a function as the compiler has it, of the name section or else of the debug
 * information; length 0: none. Lives as long as the module. */
hd_name hd_module_function_name(const hd_module *module, uint32_t index);

/* Writes a readable name of a function, `$name` from the name section, demangled (demangle.h), or
 * else from the debug information, else the name it is exported under in quotes, else
 * `func[INDEX]`, cut to `size` bytes (at least 1), and returns `buffer`. Names are escaped by
 * hd_escape. */
const char *hd_module_function_label(const hd_module *module, uint32_t index, char *buffer,
                                     size_t size);

/* The same of a tag: `$name`, else the name it is exported under, else the one it is imported by,
 * both in quotes, else `tag[INDEX]`. */
const char *hd_module_tag_label(const hd_module *module, uint32_t index, char *buffer, size_t size);

#endif
