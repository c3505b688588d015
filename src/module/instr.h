/* instr.h: reads one instruction with its immediates (core specification, section 5.4).
 *
 * Decoding only: neither types nor indices are looked at, so that this serves the validator and
 * whoever walks a validated body again. */
#ifndef HD_MODULE_INSTR_H
#define HD_MODULE_INSTR_H

#include "base/reader.h"
#include "module/module.h"
#include "module/opcodes.h"

/* An instruction. Only the immediates that its opcode has are set:
 *
 *   block loop if              has_type: `index` is a function type; else `type`, 0 for no result
 *   try_table                  a block type, and items: `count` catch clauses (see hd_read_catch)
 *   br br_if call local.* …    index
 *   throw, catch               index: tag; rethrow, delegate: label
 *   call_indirect              index: type,        index2: table (return_call_indirect too)
 *   call_ref, return_call_ref  index: type
 *   memory.init, table.init    index: segment,     index2: memory or table
 *   memory.copy, table.copy    index: destination, index2: source
 *   br_table                   items: `count` LEB128 labels and the default label
 *   select with types          items: `count` value types, for hd_read_valtype
 *   ref.null                   type: of references with null
 *   constants                  bits, zero-extended; v128.const: items
 *   memory access              index: memory, align (an exponent), offset; lane where it has one
 *   lane access                lane; i8x16.shuffle: items, 16 bytes
 *
 * A type that names one of the module's has its index in the place of a number. */
typedef struct hd_instr {
    uint64_t position; /* offset of its first byte from the reader's origin */
    hd_opcode opcode;
    hd_valtype type;
    bool has_type;
    uint8_t lane;
    bool ordered;         /* an ordering is given, of an access or of a fence: */
    bool acquire_release; /* acquire-release, else sequentially consistent */
    uint32_t index, index2;
    uint32_t align;
    uint32_t count;
    uint64_t offset;
    uint64_t bits;
    const uint8_t *items;
} hd_instr;

/* Reads an instruction; false when it is malformed, which the reader's diagnostics then hold. */
bool hd_instr_read(hd_reader *r, hd_features features, hd_instr *in);

/* A catch clause of try_table. */
typedef struct hd_catch {
    uint32_t tag; /* HD_CATCH_ALL: any */
    bool with_ref;
    uint32_t label;
} hd_catch;

/* Reads a clause ("malformed catch clause"). */
hd_catch hd_read_catch(hd_reader *r);

/* Reads a count or length and returns it, or 0 after a failure: "length out of bounds" when it is
 * larger than the bytes that remain, counted from its own first one. */
uint32_t hd_read_count(hd_reader *r);

/* Read a value type, a reference type, a heap type as that of the references to it with null.
 * Concrete ones get their index, or HD_MAX_TYPES if that is larger. */
hd_valtype hd_read_valtype(hd_reader *r);
hd_valtype hd_read_reftype(hd_reader *r);
hd_valtype hd_read_heaptype(hd_reader *r);

/* Reads a block type: empty, one value type, or the index of a function type as a positive s33. */
void hd_read_block_type(hd_reader *r, hd_instr *in);

#endif
