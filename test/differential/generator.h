/* generator.h: random valid modules: what the files of the generator share.
 *
 * The generator walks forward like a validator: it keeps the kinds of the values on the operand
 * stack and draws instructions that fit. It runs nothing. Everything it does follows from a seed,
 * so no expression draws two random numbers: which comes first would be the compiler's choice.
 *
 * Modules must behave the same in every conforming engine, so what the specification leaves open is
 * kept from being seen: the bits of a NaN that arithmetic gave (see gen_kind), how deep calls may
 * nest, and whether memory.grow succeeds below the maximum. They always terminate: a global,
 * `fuel`, pays for calls and for most loops; the other loops count down. */
#ifndef HD_TEST_DIFFERENTIAL_GENERATOR_H
#define HD_TEST_DIFFERENTIAL_GENERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "module/opcodes.h"

/* --- chance.c: bytes and random numbers */

/* A growable array of bytes. The program ends when memory is out. */
typedef struct gen_bytes {
    uint8_t *items;
    size_t length, capacity;
} gen_bytes;

void gen_byte(gen_bytes *to, unsigned byte);
void gen_raw(gen_bytes *to, const void *bytes, size_t length);
void gen_u32(gen_bytes *to, uint32_t value);
void gen_s64(gen_bytes *to, int64_t value);
void gen_name(gen_bytes *to, const char *name);
void gen_free(gen_bytes *bytes);

/* Enlarges an array that holds `count` elements of `size` bytes so that one more fits. */
void *gen_enlarge(void *items, size_t count, size_t size);

typedef struct gen_random {
    uint64_t state;
} gen_random;

uint64_t gen_bits(gen_random *random);

/* A number below `bound`, which is not 0. */
uint32_t gen_below(gen_random *random, uint32_t bound);

/* True `percent` times of a hundred. */
bool gen_chance(gen_random *random, unsigned percent);

/* Numbers with a liking for those where something changes: limits of types and of immediates. */
uint32_t gen_i32(gen_random *random);
uint64_t gen_i64(gen_random *random);
uint32_t gen_f32(gen_random *random);
uint64_t gen_f64(gen_random *random);

/* --- kinds of values */

/* A value type, and of floats whether the specification settles their bits. Of an F32 or F64 it
 * does not if it is a NaN; such a value goes only where no instruction can tell. An X32 or X64 is
 * settled, and serves as an F32 or F64 too. */
typedef enum gen_kind {
    GEN_I32,
    GEN_I64,
    GEN_F32,
    GEN_F64,
    GEN_X32,
    GEN_X64,
    GEN_V128, /* settled in all lanes */
    GEN_REF,  /* funcref */
    GEN_W128, /* not settled; only in a local on the way to be */
    GEN_KINDS,
    GEN_NONE = GEN_KINDS,
} gen_kind;

/* Longest lists of parameters and results. */
enum { GEN_MAX_LIST = 8 };

typedef struct gen_list {
    uint8_t count;
    uint8_t kinds[GEN_MAX_LIST]; /* gen_kind */
} gen_list;

typedef struct gen_signature {
    gen_list params, results;
} gen_signature;

hd_valtype gen_valtype(gen_kind kind);

/* True if a value of kind `have` serves where `want` is needed. */
bool gen_fits(gen_kind have, gen_kind want);
bool gen_all_fit(const uint8_t *have, const uint8_t *want, size_t count);

/* --- operations.c: the regular instructions, from the table of opcodes */

/* Binary codes of all instructions, as GEN_OP_i32_add. */
enum {
#define HD_OP(code, id, text, shape, A, R, width) GEN_OP_##id = (code),
#include "module/opcodes.def"
#undef HD_OP
};

typedef enum gen_group {
    GEN_ALU,     /* integers, conversions */
    GEN_COMPARE, /* results for branches */
    GEN_FLOAT,
    GEN_LOAD,
    GEN_STORE,
    GEN_SIMD,
    GEN_ATOMIC,
    GEN_GROUPS,
} gen_group;

typedef struct gen_operation {
    const char *name;
    uint16_t code;
    uint8_t shape; /* hd_opshape */
    uint8_t group; /* gen_group */
    uint8_t count; /* operands */
    uint8_t operands[3];
    uint8_t result;
    uint8_t width;   /* bytes of memory */
    uint8_t lanes;   /* that its lane index selects from, or 0 */
    uint16_t settle; /* vector operation whose NaNs are open: the lane-wise `eq` that finds them */
} gen_operation;

/* All operations of a group, or of those that scalars have the ones with a result of this kind. */
typedef struct gen_choices {
    const gen_operation **items;
    size_t count;
} gen_choices;

gen_choices gen_operations_in(gen_group group);
gen_choices gen_operations_for(gen_kind result);
void gen_operations_init(void);

/* --- module.c: what a module consists of */

enum {
    GEN_FAMILIES = 4, /* functions of one type, side by side in table 0 */
    GEN_FAMILY = 4,
    GEN_CALL_SLOTS = GEN_FAMILIES * GEN_FAMILY,
    GEN_FIRST_PAGE = 65536,
    GEN_PASSIVE_BYTES = 64,
    GEN_PASSIVE_REFS = 6,
    GEN_SPARE_MIN = 6, /* elements of table 1 */
    GEN_SPARE_MAX = 12,
};

typedef struct gen_function {
    uint32_t type;
    bool leaf;        /* calls nothing, so it needs no fuel */
    const char *host; /* imported from `spectest`: its name there */
} gen_function;

typedef struct gen_global {
    gen_kind kind;
    bool mutable;
} gen_global;

typedef struct gen_features {
    bool simd, atomics, tail_calls;
} gen_features;

typedef struct gen_module {
    gen_random random;
    gen_features features;
    unsigned traps;                   /* of a thousand chances to trap, how many are taken */
    const struct gen_module *library; /* the module that this one imports from, or NULL */
    bool imports_memory, imports_table;
    uint32_t first_call_slot; /* of its own families in table 0 */

    gen_signature *types;
    uint32_t type_count;
    gen_function *functions; /* the imported ones first */
    uint32_t function_count, imported_functions;
    gen_global *globals; /* 0: the fuel */
    uint32_t global_count;
    bool shared;
    uint32_t pages, max_pages;
    uint32_t memory; /* the index that instructions use: 1 if another memory comes first */
    uint32_t families[GEN_FAMILIES]; /* a type each */

    /* Exports without parameters that call functions: their code, and what each returns. */
    uint32_t runs;
} gen_module;

enum { GEN_FUEL = 0 }; /* index of the global */

/* Makes a module that imports from `library`, unless that is NULL, and writes it to `to`. The plan
 * of the module stays in `*module` for others to import from, until gen_module_free. The seed
 * decides all but the index of the memory, which does not change what the module does. */
void gen_module_make(gen_module *module, uint64_t seed, gen_features features, uint32_t memory,
                     const gen_module *library, gen_bytes *to);
void gen_module_free(gen_module *module);

/* The index of a function type, added if it is new (or at times if it is not). */
uint32_t gen_type_index(gen_module *module, const gen_signature *signature);

const gen_signature *gen_signature_of(const gen_module *module, uint32_t function);

/* --- body.c: a function body under construction */

enum { GEN_MAX_STACK = 1024, GEN_MAX_DEPTH = 24, GEN_NO_GUARD = UINT32_MAX };

typedef enum gen_construct { GEN_BODY, GEN_BLOCK, GEN_LOOP, GEN_IF } gen_construct;

typedef struct gen_label {
    gen_construct construct;
    gen_list params, results;
    uint32_t base;  /* entries of the stack that do not belong to it */
    bool dead;      /* nothing leads here any more: operands may come from nowhere */
    uint32_t guard; /* loop: the local that counts its rounds down, or GEN_NO_GUARD */
} gen_label;

typedef struct gen_local {
    gen_kind kind;
    bool reserved; /* counts a loop: not to be written */
} gen_local;

typedef struct gen_body {
    gen_module *module;
    gen_random *random;
    const gen_signature *signature;
    bool leaf;
    gen_bytes code;
    gen_local *locals; /* with the parameters */
    uint32_t local_count;
    uint8_t stack[GEN_MAX_STACK]; /* gen_kind */
    uint32_t height;
    uint32_t floor; /* operands are not taken from below */
    gen_label labels[GEN_MAX_DEPTH];
    uint32_t depth;
    uint32_t guards;      /* open loops that count down */
    uint32_t spare_guard; /* a local for loops that count down, set at the start, or GEN_NO_GUARD */
    int budget;           /* steps left */
    uint32_t room;        /* how many values a block likes to have */
} gen_body;

/* Writes a body: locals and code, without its length. */
void gen_function_body(gen_module *module, uint32_t function, gen_bytes *to);

/* The innermost label, and how many entries of the stack are its own. */
gen_label *gen_innermost(gen_body *body);
uint32_t gen_own_height(gen_body *body);

/* Writes an instruction's code; gen_emit to a body. */
void gen_opcode(gen_bytes *to, unsigned code);
void gen_emit(gen_body *body, unsigned code);

/* The immediates of a memory access: log2 of its alignment, offset, memory. */
void gen_memarg(gen_bytes *to, const gen_module *module, unsigned align, uint32_t offset);
void gen_push_kind(gen_body *body, gen_kind kind);
gen_kind gen_pop_kind(gen_body *body);
void gen_pop_kinds(gen_body *body, size_t count);
void gen_constant(gen_bytes *to, gen_random *random, gen_kind kind);
void gen_i32_const(gen_body *body, int32_t value);

/* A local that can hold a value of a kind (or, for reading, that gives one), or -1. */
int64_t gen_local_for_write(gen_body *body, gen_kind value);
int64_t gen_local_for_read(gen_body *body, gen_kind want);
uint32_t gen_add_local(gen_body *body, gen_kind kind, bool reserved);
uint32_t gen_own_local(gen_body *body, gen_kind kind);
void gen_local_op(gen_body *body, unsigned opcode, uint32_t local);

/* Pushes a value of the kind, made from nothing on the stack; `effort` bounds what it takes. */
void gen_value(gen_body *body, gen_kind kind, int effort);

/* Makes the topmost values those of a list, which keeps those that are there already. */
void gen_need(gen_body *body, const uint8_t *kinds, size_t count, int effort);
void gen_need_list(gen_body *body, const gen_list *list, int effort);

/* Takes the topmost value off the stack, mostly to where it will be seen. */
void gen_consume(gen_body *body);

/* An operation with its operands and what it needs so that it seldom traps. */
void gen_operate(gen_body *body, const gen_operation *operation, int effort);

/* Replaces the float on top of the stack by one whose bits are settled. */
void gen_settle(gen_body *body);

/* Makes an address the topmost value and returns the offset to use with it; unless this is one of
 * the chances to trap, an access of `width` bytes is in bounds. */
uint32_t gen_address(gen_body *body, unsigned width, bool aligned, int effort);

/* True when a chance to trap is to be taken. */
bool gen_trap_now(gen_body *body);

/* --- control.c and steps.c: what a step can be */

void gen_steps(gen_body *body);
void gen_finish(gen_body *body);
void gen_fuel_check(gen_body *body);
void gen_construct_step(gen_body *body);
void gen_branch_step(gen_body *body);
void gen_call_step(gen_body *body);
void gen_plain_step(gen_body *body);

/* --- harness.c: exports that run the functions and show the state */

uint32_t gen_harness_functions(const gen_module *module);

/* Appends types of the functions of the harness to the function section, and the bodies to the code
 * section, each with its length. */
void gen_harness_types(gen_module *module, gen_bytes *functions);
void gen_harness_code(gen_module *module, gen_bytes *code);
void gen_harness_exports(const gen_module *module, gen_bytes *exports, uint32_t *count);

#endif
