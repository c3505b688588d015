/* instr.c: instructions and their immediates, in the binary format. */
#include "module/instr.h"

uint32_t hd_read_count(hd_reader *r) {
    uint64_t start = hd_reader_offset(r);
    size_t left = hd_reader_left(r);
    uint32_t count = hd_read_u32(r);
    if (count <= left) return count;
    hd_reader_fail(r, HD_MALFORMED, start, "length out of bounds: %u, but %zu bytes remain", count,
                   hd_reader_left(r));
    return 0;
}

static void read_zero_byte(hd_reader *r) {
    uint64_t start = hd_reader_offset(r);
    if (hd_read_u8(r) != 0) hd_reader_fail(r, HD_MALFORMED, start, "zero byte expected");
}

/* Before multiple memories, the place of an index was a byte that had to be zero. */
static uint32_t read_memory_index(hd_reader *r, hd_features features) {
    if (features & HD_FEATURE_MULTI_MEMORY) return hd_read_u32(r);
    read_zero_byte(r);
    return 0;
}

/* An ordering (acquire-release atomics): of a read-modify-write twice, in both halves. */
static void read_ordering(hd_reader *r, hd_instr *in) {
    uint64_t start = hd_reader_offset(r);
    uint8_t order = hd_read_u8(r), shape = hd_opcode_info[in->opcode].shape;
    bool twice = shape == HD_OPSHAPE_ARMW || shape == HD_OPSHAPE_ACMPXCHG;
    if (order != 0 && order != (twice ? 0x11 : 0x01))
        hd_reader_fail(r, HD_MALFORMED, start, "malformed memory ordering 0x%02x", order);
    in->ordered = true;
    in->acquire_release = order != 0;
}

static void read_memarg(hd_reader *r, hd_features features, hd_instr *in) {
    enum { ORDERED = 0x10, OTHER_ORDERED = 0x20, HAS_MEMORY = 0x40 };
    uint64_t start = hd_reader_offset(r);
    bool multi = features & HD_FEATURE_MULTI_MEMORY;
    uint32_t flags = hd_read_u32(r), all = 0;
    if (multi) all |= HAS_MEMORY;
    if (features & HD_FEATURE_ACQUIRE_RELEASE) {
        all |= ORDERED;
        if (flags < 2 * HAS_MEMORY && flags & OTHER_ORDERED)
            hd_reader_fail(r, HD_UNSUPPORTED, start,
                           "memop flags 0x%x: bit 5 is the ordering of an older draft; that of the "
                           "acquire-release atomics proposal is bit 4",
                           flags);
    }
    if (flags >= (multi ? 2 * HAS_MEMORY : 32))
        hd_reader_fail(r, HD_MALFORMED, start, "malformed memop flags 0x%x", flags);
    flags &= 2 * HAS_MEMORY - 1;
    in->index = flags & all & HAS_MEMORY ? hd_read_u32(r) : 0;
    in->align = flags & ~all;
    in->ordered = in->acquire_release = false;
    if (flags & all & ORDERED) read_ordering(r, in);
    in->offset = features & HD_FEATURE_MEMORY64 ? hd_read_u64(r) : hd_read_u32(r);
}

static void read_fence(hd_reader *r, hd_features features, hd_instr *in) {
    in->ordered = in->acquire_release = false;
    if (features & HD_FEATURE_ACQUIRE_RELEASE)
        read_ordering(r, in);
    else
        read_zero_byte(r);
}

static void read_constant(hd_reader *r, hd_instr *in, hd_valtype type) {
    switch (type) {
    case HD_I32: in->bits = (uint32_t)hd_read_s32(r); break;
    case HD_I64: in->bits = (uint64_t)hd_read_s64(r); break;
    case HD_F32: in->bits = hd_read_fixed32(r); break;
    case HD_F64: in->bits = hd_read_fixed64(r); break;
    default: in->items = hd_read_bytes(r, sizeof(hd_v128)); break;
    }
}

static void read_labels(hd_reader *r, hd_instr *in) {
    in->count = hd_read_count(r);
    in->items = r->pos;
    for (uint64_t i = 0; i <= in->count; i++)
        hd_read_u32(r); /* the default label last */
}

static void read_select_types(hd_reader *r, hd_instr *in) {
    in->count = hd_read_count(r);
    in->items = r->pos;
    for (uint32_t i = 0; i < in->count; i++)
        hd_read_valtype(r);
}

hd_catch hd_read_catch(hd_reader *r) {
    enum { WITH_REF = 1, ALL = 2 };
    uint64_t start = hd_reader_offset(r);
    uint8_t kind = hd_read_u8(r);
    if (kind > (WITH_REF | ALL))
        hd_reader_fail(r, HD_MALFORMED, start, "malformed catch clause 0x%02x", kind);
    hd_catch clause = {.tag = HD_CATCH_ALL, .with_ref = kind & WITH_REF};
    if (!(kind & ALL)) clause.tag = hd_read_u32(r);
    clause.label = hd_read_u32(r);
    return clause;
}

static void read_try_table(hd_reader *r, hd_instr *in) {
    hd_read_block_type(r, in);
    in->count = hd_read_count(r);
    in->items = r->pos;
    for (uint32_t i = 0; i < in->count; i++)
        hd_read_catch(r);
}

static void read_control(hd_reader *r, hd_features features, hd_instr *in) {
    switch (in->opcode) {
    case HD_OP_block:
    case HD_OP_loop:
    case HD_OP_if:
    case HD_OP_try: hd_read_block_type(r, in); break;
    case HD_OP_try_table: read_try_table(r, in); break;
    case HD_OP_throw:
    case HD_OP_catch:
    case HD_OP_rethrow:
    case HD_OP_delegate:
    case HD_OP_br:
    case HD_OP_br_if:
    case HD_OP_br_on_null:
    case HD_OP_br_on_non_null:
    case HD_OP_call:
    case HD_OP_call_ref:
    case HD_OP_return_call_ref:
    case HD_OP_return_call:
    case HD_OP_global_get:
    case HD_OP_global_set:
    case HD_OP_table_get:
    case HD_OP_table_set:
    case HD_OP_table_grow:
    case HD_OP_table_size:
    case HD_OP_table_fill:
    case HD_OP_ref_func:
    case HD_OP_data_drop:
    case HD_OP_elem_drop: in->index = hd_read_u32(r); break;
    case HD_OP_call_indirect:
    case HD_OP_return_call_indirect:
    case HD_OP_table_init:
    case HD_OP_table_copy:
        in->index = hd_read_u32(r);
        in->index2 = hd_read_u32(r);
        break;
    case HD_OP_br_table: read_labels(r, in); break;
    case HD_OP_select_t: read_select_types(r, in); break;
    case HD_OP_memory_size:
    case HD_OP_memory_grow:
    case HD_OP_memory_fill: in->index = read_memory_index(r, features); break;
    case HD_OP_memory_init:
        in->index = hd_read_u32(r);
        in->index2 = read_memory_index(r, features);
        break;
    case HD_OP_memory_copy:
        in->index = read_memory_index(r, features);
        in->index2 = read_memory_index(r, features);
        break;
    case HD_OP_ref_null: in->type = hd_read_heaptype(r); break;
    default: break;
    }
}

static void read_immediates(hd_reader *r, hd_features features, hd_instr *in) {
    const hd_opinfo *info = &hd_opcode_info[in->opcode];
    if (in->opcode >= HD_OP_local_get && in->opcode <= HD_OP_local_tee) {
        in->index = hd_read_u32(r); /* every third instruction, so before the switches */
        return;
    }
    switch ((hd_opshape)info->shape) {
    case HD_OPSHAPE_CTRL: read_control(r, features, in); break;
    case HD_OPSHAPE_CONST: read_constant(r, in, (hd_valtype)info->result); break;
    case HD_OPSHAPE_LOAD:
    case HD_OPSHAPE_STORE:
    case HD_OPSHAPE_ALOAD:
    case HD_OPSHAPE_ASTORE:
    case HD_OPSHAPE_ARMW:
    case HD_OPSHAPE_ACMPXCHG:
    case HD_OPSHAPE_WAIT:
    case HD_OPSHAPE_NOTIFY:
    case HD_OPSHAPE_VLOAD:
    case HD_OPSHAPE_VSTORE: read_memarg(r, features, in); break;
    case HD_OPSHAPE_VLOADLANE:
    case HD_OPSHAPE_VSTORELANE:
        read_memarg(r, features, in);
        in->lane = hd_read_u8(r);
        break;
    case HD_OPSHAPE_VEXTRACT:
    case HD_OPSHAPE_VREPLACE: in->lane = hd_read_u8(r); break;
    case HD_OPSHAPE_VSHUFFLE: in->items = hd_read_bytes(r, sizeof(hd_v128)); break;
    case HD_OPSHAPE_FENCE: read_fence(r, features, in); break;
    case HD_OPSHAPE_UN:
    case HD_OPSHAPE_UNTRAP:
    case HD_OPSHAPE_BIN:
    case HD_OPSHAPE_BINTRAP:
    case HD_OPSHAPE_TEST:
    case HD_OPSHAPE_CMP:
    case HD_OPSHAPE_VTERN:
    case HD_OPSHAPE_VSHIFT:
    case HD_OPSHAPE_VSPLAT: break;
    }
}

static bool is_off(hd_opcode opcode, hd_features features) {
    if (features == HD_FEATURES_ALL) return false;
    switch (opcode) {
    case HD_OP_return_call:
    case HD_OP_return_call_indirect: return !(features & HD_FEATURE_TAIL_CALL);
    case HD_OP_try:
    case HD_OP_catch:
    case HD_OP_catch_all:
    case HD_OP_delegate:
    case HD_OP_throw:
    case HD_OP_rethrow:
    case HD_OP_throw_ref:
    case HD_OP_try_table: return !(features & HD_FEATURE_EXCEPTIONS);
    case HD_OP_pause: return !(features & HD_FEATURE_ACQUIRE_RELEASE);
    case HD_OP_call_ref:
    case HD_OP_return_call_ref:
    case HD_OP_ref_as_non_null:
    case HD_OP_br_on_null:
    case HD_OP_br_on_non_null: return !(features & HD_FEATURE_FUNCTION_REFERENCES);
    default:
        return hd_opcode_info[opcode].code >> 8 == HD_SECOND_PAGE &&
               !(features & HD_FEATURE_RELAXED_SIMD);
    }
}

/* The proposal that an opcode belongs to which Heddle lacks, or NULL. */
static const char *proposal_of(uint32_t code, uint32_t sub) {
    switch (code) {
    case 0xD3:
    case 0xFB: return "garbage collection";
    case 0xE0:
    case 0xE1:
    case 0xE2:
    case 0xE3:
    case 0xE4:
    case 0xE5:
    case 0xE6: return "stack switching";
    case 0xFC: return sub >= 0x13 && sub <= 0x16 ? "wide arithmetic" : NULL;
    default: return NULL;
    }
}

static void no_opcode(hd_reader *r, hd_features features, uint64_t position, uint32_t code,
                      uint32_t sub, bool prefixed) {
    const char *proposal = features != HD_FEATURES_NONE ? proposal_of(code, sub) : NULL;
    if (proposal)
        hd_reader_fail(r, HD_UNSUPPORTED, position, "the %s proposal is not supported", proposal);
    else if (prefixed)
        hd_reader_fail(r, HD_MALFORMED, position, "illegal opcode %02x %02x", code, sub);
    else
        hd_reader_fail(r, HD_MALFORMED, position, "illegal opcode %02x", code);
}

bool hd_instr_read(hd_reader *r, hd_features features, hd_instr *in) {
    in->position = hd_reader_offset(r);
    uint32_t code = hd_read_u8(r), sub = 0;
    bool prefixed = code >= 0xFC && code <= 0xFE;
    if (prefixed) sub = hd_read_u32(r);
    uint16_t number = 0;
    if (prefixed && sub <= 0xFF)
        number = hd_opcode_of_code[HD_CODE_INDEX(code << 8 | sub)];
    else if (code == 0xFD && sub <= 0x1FF)
        number = hd_opcode_of_code[HD_CODE_INDEX(HD_SECOND_PAGE << 8 | (sub & 0xFF))];
    else if (!prefixed)
        number = hd_opcode_of_code[code];
    if (number != 0 && !is_off((hd_opcode)(number - 1), features)) {
        in->opcode = (hd_opcode)(number - 1);
        read_immediates(r, features, in);
    } else {
        no_opcode(r, features, in->position, code, sub, prefixed);
    }
    return r->diag->status == HD_OK;
}
