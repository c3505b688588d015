/* assembler.h: what the files that turn module text into the binary format share; private to the
 * room.
 *
 * Core specification, chapter 6. The text is read into tokens once. A first walk over its fields
 * gives each a number in its index space, so that names can be used before they are defined; a
 * second one encodes them in the order of the text, each into its section. Types that are only used
 * and not defined are added where they first occur, as the specification says.
 *
 * Every reader returns false after recording an error. It starts at its first token and leaves the
 * token after its last one current. */
#ifndef HD_TEXT_ASSEMBLER_H
#define HD_TEXT_ASSEMBLER_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/map.h"
#include "base/vec.h"
#include "module/opcodes.h"
#include "module/source.h"
#include "text/lexer.h"
#include "text/wat.h"

/* A token, and of an opening parenthesis the token that closes it. */
typedef struct hd_word {
    hd_token token;
    size_t close;
} hd_word;

typedef enum hd_space_kind {
    HD_SPACE_FUNC, /* the first five as hd_externkind */
    HD_SPACE_TABLE,
    HD_SPACE_MEMORY,
    HD_SPACE_GLOBAL,
    HD_SPACE_TAG,
    HD_SPACE_TYPE,
    HD_SPACE_ELEM,
    HD_SPACE_DATA,
    HD_SPACE_LOCAL,
    HD_SPACE_COUNT,
} hd_space_kind;

/* The name of a thing, without its `$`. */
typedef struct hd_symbol {
    const char *bytes;
    size_t length;
    uint32_t index;
} hd_symbol;

/* An index space: names → index plus one. */
typedef struct hd_space {
    hd_map names;
    HD_VEC(hd_symbol) symbols; /* those that have a name, in order */
    uint32_t count;
    uint32_t next; /* in the second walk: the number of the next one */
} hd_space;

/* A function type, encoded; `key` is all of it. */
typedef struct hd_text_type {
    const uint8_t *key;
    size_t length;
    uint32_t param_count;
    const uint8_t *prefix; /* says which supertypes it has, and whether it is final */
    size_t prefix_length;
    uint32_t group; /* types of its recursive group, if it is the first of them, else 0 */
} hd_text_type;

enum { HD_SECTION_COUNT = 14 };

typedef struct hd_section_text {
    hd_bytes bytes;
    uint32_t count;
    hd_text_map map; /* offsets count from the first of `bytes` */
} hd_section_text;

/* A label in scope; length 0: without a name. */
typedef struct hd_label_name {
    const char *bytes;
    size_t length;
} hd_label_name;

typedef struct hd_assembler {
    hd_diag *diag;
    hd_arena arena;
    HD_VEC(hd_word) words;
    size_t at; /* the current one */
    hd_space spaces[HD_SPACE_COUNT];
    HD_VEC(hd_text_type) types;
    hd_map type_index;  /* encoded type → index plus one */
    uint32_t last_type; /* of the type being defined: its number; else UINT32_MAX */
    bool refers_ahead;  /* it refers to itself, or to one behind it */
    hd_section_text sections[HD_SECTION_COUNT];
    hd_bytes names[2];     /* entries of the name section: locals of functions; scratch */
    uint32_t local_names;  /* functions whose locals have names */
    hd_symbol name;        /* of the module; length 0: none */
    bool defined;          /* something that is no import was seen */
    bool started;          /* a start function was seen */
    bool needs_data_count; /* an instruction names a data segment */
    size_t field;          /* in the second walk: where the field that is encoded opens */
    hd_bytes code;         /* of the expression being encoded */
    hd_text_map marks;     /* of the function body being encoded: offsets count from `code` */
    bool marking;          /* a body is being encoded, and places are wanted */
    bool mapping;          /* places are wanted */
    hd_bytes held;         /* folded instructions whose operands come first */
    hd_bytes scratch;
    HD_VEC(hd_label_name) labels;
    unsigned depth;
} hd_assembler;

/* assemble.c: tokens. */
static inline const hd_token *hd_asm_token(const hd_assembler *a) {
    return &a->words.items[a->at].token;
}
static inline bool hd_asm_is(const hd_assembler *a, hd_token_kind kind) {
    return hd_asm_token(a)->kind == kind;
}
/* True if the current token is this keyword. */
static inline bool hd_asm_word(const hd_assembler *a, const char *keyword) {
    return hd_token_is(hd_asm_token(a), keyword);
}
/* True if a parenthesis and this keyword come next. */
static inline bool hd_asm_opens(const hd_assembler *a, const char *keyword) {
    return hd_asm_is(a, HD_TOKEN_OPEN) && hd_token_is(&a->words.items[a->at + 1].token, keyword);
}
/* True if an index comes next: a number or a name. */
static inline bool hd_asm_index_next(const hd_assembler *a) {
    return hd_asm_is(a, HD_TOKEN_NUMBER) || hd_asm_is(a, HD_TOKEN_NAME);
}
bool hd_asm_fail(hd_assembler *a, hd_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4), cold));
bool hd_asm_nomem(hd_assembler *a);
bool hd_asm_unexpected(hd_assembler *a, const char *expected);
bool hd_asm_expect(hd_assembler *a, hd_token_kind kind, const char *what);
/* Passes an opening parenthesis and a keyword that were seen. */
static inline void hd_asm_enter(hd_assembler *a) {
    a->at += 2;
}
bool hd_asm_close(hd_assembler *a);

/* Names, numbers, strings. A name is passed if there is one; length 0: there is none. */
bool hd_asm_name(hd_assembler *a, hd_symbol *name);
bool hd_asm_bind(hd_assembler *a, hd_space_kind kind, const hd_symbol *name);
bool hd_asm_index(hd_assembler *a, hd_space_kind kind, uint32_t *index);
bool hd_asm_u64(hd_assembler *a, uint64_t *value);
bool hd_asm_u32(hd_assembler *a, uint32_t *value);
bool hd_asm_string(hd_assembler *a, hd_bytes *to);  /* with its length before it */
bool hd_asm_strings(hd_assembler *a, hd_bytes *to); /* any number, joined, as they are */

/* Notes that what a word of the text says begins at an offset. */
bool hd_asm_note(hd_assembler *a, hd_text_map *map, size_t offset, size_t word);

/* Bytes. */
bool hd_asm_put(hd_assembler *a, hd_bytes *to, const void *bytes, size_t length);
bool hd_asm_put_u8(hd_assembler *a, hd_bytes *to, uint8_t byte);
bool hd_asm_put_u64(hd_assembler *a, hd_bytes *to, uint64_t value);
bool hd_asm_put_s64(hd_assembler *a, hd_bytes *to, int64_t value);

/* assemble_types.c. A use of a function type: the parameters it names go to the space of locals
 * when `locals` is set. */
typedef struct hd_type_use {
    bool explicit, inline_; /* (type x) is there; parameters or results are */
    uint32_t index;         /* of the type, once it is settled */
    uint32_t param_count, result_count;
    hd_bytes params, results; /* encoded value types */
} hd_type_use;
bool hd_asm_valtype(hd_assembler *a, hd_bytes *to);
bool hd_asm_reftype(hd_assembler *a, hd_bytes *to);
bool hd_asm_heaptype(hd_assembler *a, hd_bytes *to);
bool hd_asm_at_reftype(const hd_assembler *a);
/* Defines a type; `group`: see hd_text_type. */
bool hd_asm_define_type(hd_assembler *a, uint32_t group);
bool hd_asm_read_use(hd_assembler *a, bool locals, hd_type_use *use);
bool hd_asm_settle_use(hd_assembler *a, hd_type_use *use);
void hd_asm_free_use(hd_type_use *use);
/* (type x)? and parameters and results, to the index of a type. */
bool hd_asm_type_use(hd_assembler *a, bool locals, uint32_t *index);
bool hd_asm_block_type(hd_assembler *a, hd_bytes *to);
bool hd_asm_memtype(hd_assembler *a, hd_bytes *to);
bool hd_asm_tabletype(hd_assembler *a, hd_bytes *to);
bool hd_asm_globaltype(hd_assembler *a, hd_bytes *to);
/* `i64` or `i32` if it is there; tells which. */
bool hd_asm_address_type(hd_assembler *a);

/* assemble_instr.c: instructions, to `a->code`. */
/* Notes that the next instruction of a body is what a word says; elsewhere does nothing. */
bool hd_asm_mark(hd_assembler *a, size_t word);
bool hd_asm_instructions(hd_assembler *a); /* up to a closing parenthesis, or what ends a block */
bool hd_asm_folded(hd_assembler *a);
/* An expression that is one folded instruction or stands in `(keyword …)`; with its `end`. */
bool hd_asm_expression(hd_assembler *a, const char *keyword);

/* assemble_operands.c: an instruction's immediates, to `to`. */
bool hd_asm_immediates(hd_assembler *a, hd_opcode opcode, hd_bytes *to);
bool hd_asm_label(hd_assembler *a, hd_bytes *to);
bool hd_asm_opcode(hd_assembler *a, hd_opcode opcode, hd_bytes *to);
/* Finds an instruction by its name in the text; false if there is none. */
bool hd_asm_find_opcode(const hd_token *token, hd_opcode *opcode);
/* Reports a keyword that is no instruction. */
bool hd_asm_unknown_operator(hd_assembler *a);

/* assemble_fields.c: the fields of a module. */
bool hd_asm_collect(hd_assembler *a);
bool hd_asm_encode(hd_assembler *a);

#endif
