/* assemble_operands.c: instructions' names and immediates in the text format (core specification,
 * section 6.5). See assembler.h. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "text/assembler.h"
#include "text/literal.h"

/* Instructions by name, sorted. */
static uint16_t by_name[HD_OPCODE_COUNT];

static int compare_names(const void *x, const void *y) {
    uint16_t a = *(const uint16_t *)x, b = *(const uint16_t *)y;
    int order = strcmp(hd_opcode_info[a].text, hd_opcode_info[b].text);
    return order ? order : (a > b) - (a < b);
}

static void sort_names(void) {
    for (uint16_t i = 0; i < HD_OPCODE_COUNT; i++)
        by_name[i] = i;
    qsort(by_name, HD_OPCODE_COUNT, sizeof *by_name, compare_names);
}

static int compare_token(const void *x, const void *y) {
    const hd_token *token = x;
    const char *text = hd_opcode_info[*(const uint16_t *)y].text;
    int order = strncmp(token->start, text, token->length);
    return order ? order : text[token->length] ? -1 : 0;
}

bool hd_asm_find_opcode(const hd_token *token, hd_opcode *opcode) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (token->kind != HD_TOKEN_KEYWORD) return false;
    pthread_once(&once, sort_names);
    const uint16_t *found =
        bsearch(token, by_name, HD_OPCODE_COUNT, sizeof *by_name, compare_token);
    if (!found) return false;
    /* Of two with one name (select) the first is meant, whose immediates tell them apart. */
    while (found > by_name && compare_token(token, found - 1) == 0)
        found--;
    *opcode = (hd_opcode)*found;
    return true;
}

/* Instructions of proposals that are not there, by the start of their names. */
bool hd_asm_unknown_operator(hd_assembler *a) {
    static const struct {
        const char *start, *proposal;
    } others[] = {
        {"struct.", "garbage collection"},
        {"array.", "garbage collection"},
        {"i31.", "garbage collection"},
        {"ref.i31", "garbage collection"},
        {"ref.eq", "garbage collection"},
        {"ref.cast", "garbage collection"},
        {"ref.test", "garbage collection"},
        {"br_on_cast", "garbage collection"},
        {"any.convert_extern", "garbage collection"},
        {"extern.convert_any", "garbage collection"},
        {"cont.", "stack switching"},
        {"suspend", "stack switching"},
        {"resume", "stack switching"},
        {"switch", "stack switching"},
        {"i64.add128", "wide arithmetic"},
        {"i64.sub128", "wide arithmetic"},
        {"i64.mul_wide", "wide arithmetic"},
        {"global.atomic.", "shared-everything threads"},
        {"table.atomic.", "shared-everything threads"},
        {"string.", "reference-typed strings"},
        {"stringview", "reference-typed strings"},
    };
    const hd_token *token = hd_asm_token(a);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (token->kind == HD_TOKEN_KEYWORD && token->length >= strlen(others[i].start) &&
            strncmp(token->start, others[i].start, strlen(others[i].start)) == 0)
            return hd_asm_fail(a, HD_UNSUPPORTED, "the %s proposal is not supported",
                               others[i].proposal);
    return hd_asm_fail(a, HD_MALFORMED, "unknown operator %.*s", hd_token_shown(token),
                       token->start);
}

bool hd_asm_opcode(hd_assembler *a, hd_opcode opcode, hd_bytes *to) {
    uint16_t code = hd_opcode_info[opcode].code;
    if (!(code >> 8)) return hd_asm_put_u8(a, to, (uint8_t)code);
    if (code >> 8 == HD_SECOND_PAGE)
        return hd_asm_put_u8(a, to, 0xFD) && hd_asm_put_u64(a, to, 0x100u | (code & 0xFF));
    return hd_asm_put_u8(a, to, (uint8_t)(code >> 8)) && hd_asm_put_u64(a, to, code & 0xFF);
}

bool hd_asm_label(hd_assembler *a, hd_bytes *to) {
    uint32_t number = 0;
    if (!hd_asm_is(a, HD_TOKEN_NAME))
        return hd_asm_u32(a, &number) && hd_asm_put_u64(a, to, number);
    hd_symbol name;
    if (!hd_asm_name(a, &name)) return false;
    for (size_t i = a->labels.len; i-- > 0; number++) {
        const hd_label_name *label = &a->labels.items[i];
        if (label->length == name.length && !memcmp(label->bytes, name.bytes, name.length))
            return hd_asm_put_u64(a, to, number);
    }
    a->at--;
    return hd_asm_fail(a, HD_MALFORMED, "unknown label %.*s", hd_token_shown(hd_asm_token(a)),
                       hd_asm_token(a)->start);
}

static bool labels(hd_assembler *a, hd_bytes *to) {
    hd_bytes list = {0};
    uint64_t count = 0;
    bool good = hd_asm_index_next(a) || hd_asm_unexpected(a, "a label");
    while (good && hd_asm_index_next(a)) {
        good = hd_asm_label(a, &list);
        count++;
    }
    good = good && hd_asm_put_u64(a, to, count - 1) && hd_asm_put(a, to, list.items, list.len);
    hd_vec_free(&list);
    return good;
}

static bool put_index(hd_assembler *a, hd_space_kind kind, hd_bytes *to) {
    uint32_t index;
    return hd_asm_index(a, kind, &index) && hd_asm_put_u64(a, to, index);
}

/* An index that may be left out, for 0. */
static bool optional_index(hd_assembler *a, hd_space_kind kind, uint32_t *index) {
    *index = 0;
    return !hd_asm_index_next(a) || hd_asm_index(a, kind, index);
}

static bool put_optional_index(hd_assembler *a, hd_space_kind kind, hd_bytes *to) {
    uint32_t index;
    return optional_index(a, kind, &index) && hd_asm_put_u64(a, to, index);
}

/* table.init, memory.init: the segment, and before it perhaps what it goes to. */
static bool init(hd_assembler *a, hd_space_kind segments, hd_space_kind targets, hd_bytes *to) {
    uint32_t target = 0, segment;
    const hd_word *after = &a->words.items[a->at];
    bool both = hd_asm_index_next(a) &&
                (after[1].token.kind == HD_TOKEN_NUMBER || after[1].token.kind == HD_TOKEN_NAME);
    if (segments == HD_SPACE_DATA) a->needs_data_count = true;
    return (!both || hd_asm_index(a, targets, &target)) && hd_asm_index(a, segments, &segment) &&
           hd_asm_put_u64(a, to, segment) && hd_asm_put_u64(a, to, target);
}

/* table.copy, memory.copy: both or none. */
static bool copy(hd_assembler *a, hd_space_kind kind, hd_bytes *to) {
    uint32_t target = 0, source = 0;
    if (hd_asm_index_next(a) &&
        (!hd_asm_index(a, kind, &target) || !hd_asm_index(a, kind, &source)))
        return false;
    return hd_asm_put_u64(a, to, target) && hd_asm_put_u64(a, to, source);
}

/* `name=N` in one token. */
static bool attribute(hd_assembler *a, const char *name, bool *there, uint64_t *value) {
    const hd_token *token = hd_asm_token(a);
    size_t length = strlen(name);
    *there = token->kind == HD_TOKEN_KEYWORD && token->length > length &&
             memcmp(token->start, name, length) == 0;
    if (!*there) return true;
    const char *digits = token->start + length;
    size_t left = token->length - length;
    hd_literal result = digits[0] == '+' || digits[0] == '-'
                            ? HD_LITERAL_SYNTAX
                            : hd_literal_int(digits, left, 64, value);
    if (result == HD_LITERAL_RANGE)
        return hd_asm_fail(a, HD_MALFORMED, "i64 constant out of range: %.*s",
                           hd_token_shown(token), token->start);
    if (result == HD_LITERAL_NOMEM) return hd_asm_nomem(a);
    if (result != HD_LITERAL_OK) return hd_asm_unexpected(a, "a number after =");
    a->at++;
    return true;
}

/* Whether an index of a memory comes next; of lane instructions the lane may stand in its place. */
static bool memory_next(const hd_assembler *a, bool lane) {
    if (hd_asm_is(a, HD_TOKEN_NAME)) return true;
    if (!hd_asm_is(a, HD_TOKEN_NUMBER)) return false;
    if (!lane) return true;
    const hd_token *next = &a->words.items[a->at + 1].token;
    return next->kind == HD_TOKEN_NUMBER ||
           (next->kind == HD_TOKEN_KEYWORD && memchr(next->start, '=', next->length));
}

/* `acqrel` or `seqcst`, if it is there. */
static void ordering(hd_assembler *a, hd_opshape shape, bool *there, uint8_t *code) {
    bool twice = shape == HD_OPSHAPE_ARMW || shape == HD_OPSHAPE_ACMPXCHG;
    bool may = twice || shape == HD_OPSHAPE_ALOAD || shape == HD_OPSHAPE_ASTORE ||
               shape == HD_OPSHAPE_FENCE;
    bool weak = may && hd_asm_word(a, "acqrel");
    *there = weak || (may && hd_asm_word(a, "seqcst"));
    *code = !weak ? 0 : twice ? 0x11 : 0x01;
    a->at += *there;
}

static bool memarg(hd_assembler *a, const hd_opinfo *info, bool lane, hd_bytes *to) {
    enum { ORDERED = 0x10, HAS_MEMORY = 0x40 };
    uint32_t memory = 0;
    bool ordered;
    uint8_t order;
    uint64_t offset = 0, align = info->width;
    bool there;
    if (memory_next(a, lane) && !hd_asm_index(a, HD_SPACE_MEMORY, &memory)) return false;
    ordering(a, (hd_opshape)info->shape, &ordered, &order);
    if (!attribute(a, "offset=", &there, &offset)) return false;
    if (!attribute(a, "align=", &there, &align)) return false;
    if (align == 0 || (align & (align - 1))) {
        a->at--;
        return hd_asm_fail(a, HD_MALFORMED, "alignment must be a power of 2");
    }
    uint64_t flags = (uint64_t)__builtin_ctzll(align) | (memory ? HAS_MEMORY : 0);
    if (ordered) flags |= ORDERED;
    return hd_asm_put_u64(a, to, flags) && (!memory || hd_asm_put_u64(a, to, memory)) &&
           (!ordered || hd_asm_put_u8(a, to, order)) && hd_asm_put_u64(a, to, offset);
}

/* Numbers. */

static bool literal(hd_assembler *a, bool is_float, unsigned width, uint64_t *bits) {
    const hd_token *token = hd_asm_token(a);
    if (token->kind != HD_TOKEN_NUMBER) return hd_asm_unexpected(a, "a number");
    hd_literal result = is_float ? hd_literal_float(token->start, token->length, width, bits)
                                 : hd_literal_int(token->start, token->length, width, bits);
    switch (result) {
    case HD_LITERAL_OK: a->at++; return true;
    case HD_LITERAL_NOMEM: return hd_asm_nomem(a);
    case HD_LITERAL_SYNTAX: return hd_asm_unexpected(a, "a number");
    case HD_LITERAL_RANGE: break;
    }
    return hd_asm_fail(a, HD_MALFORMED, "%sconstant out of range: %.*s",
                       is_float      ? ""
                       : width == 32 ? "i32 "
                       : width == 64 ? "i64 "
                                     : "",
                       hd_token_shown(token), token->start);
}

static bool put_fixed(hd_assembler *a, uint64_t bits, unsigned width, hd_bytes *to) {
    return hd_asm_put(a, to, &bits, width / 8); /* the host is little endian */
}

static bool vector(hd_assembler *a, hd_bytes *to) {
    static const struct {
        const char *keyword;
        unsigned lanes, width;
        bool is_float;
    } shapes[] = {{"i8x16", 16, 8, false}, {"i16x8", 8, 16, false}, {"i32x4", 4, 32, false},
                  {"i64x2", 2, 64, false}, {"f32x4", 4, 32, true},  {"f64x2", 2, 64, true}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (!hd_asm_word(a, shapes[i].keyword)) continue;
        a->at++;
        for (unsigned lane = 0; lane < shapes[i].lanes; lane++) {
            uint64_t bits;
            if (!literal(a, shapes[i].is_float, shapes[i].width, &bits) ||
                !put_fixed(a, bits, shapes[i].width, to))
                return false;
        }
        return true;
    }
    return hd_asm_unexpected(a, "a shape such as i32x4");
}

static bool constant(hd_assembler *a, hd_valtype type, hd_bytes *to) {
    uint64_t bits;
    switch (type) {
    case HD_I32: return literal(a, false, 32, &bits) && hd_asm_put_s64(a, to, (int32_t)bits);
    case HD_I64: return literal(a, false, 64, &bits) && hd_asm_put_s64(a, to, (int64_t)bits);
    case HD_F32: return literal(a, true, 32, &bits) && put_fixed(a, bits, 32, to);
    case HD_F64: return literal(a, true, 64, &bits) && put_fixed(a, bits, 64, to);
    default: return vector(a, to);
    }
}

/* A lane index: a byte without a sign. */
static bool lane(hd_assembler *a, hd_bytes *to) {
    uint64_t value;
    const hd_token *token = hd_asm_token(a);
    if (!hd_asm_u64(a, &value)) return false;
    if (value <= UINT8_MAX) return hd_asm_put_u8(a, to, (uint8_t)value);
    a->at--;
    return hd_asm_fail(a, HD_MALFORMED, "malformed lane index %.*s", hd_token_shown(token),
                       token->start);
}

static bool lanes(hd_assembler *a, hd_bytes *to) {
    for (int i = 0; i < 16; i++)
        if (!lane(a, to)) return false;
    return true;
}

/* The types of select, if there are any. */
static bool select_types(hd_assembler *a, hd_bytes *to) {
    hd_bytes types = {0};
    uint64_t count = 0;
    bool good = true;
    while (good && hd_asm_opens(a, "result")) {
        hd_asm_enter(a);
        for (; good && !hd_asm_is(a, HD_TOKEN_CLOSE); count++)
            good = hd_asm_valtype(a, &types);
        good = good && hd_asm_close(a);
    }
    good = good && hd_asm_put_u64(a, to, count) && hd_asm_put(a, to, types.items, types.len);
    hd_vec_free(&types);
    return good;
}

static bool call_indirect(hd_assembler *a, hd_bytes *to) {
    uint32_t table, type;
    return optional_index(a, HD_SPACE_TABLE, &table) && hd_asm_type_use(a, false, &type) &&
           hd_asm_put_u64(a, to, type) && hd_asm_put_u64(a, to, table);
}

static bool control(hd_assembler *a, hd_opcode opcode, hd_bytes *to) {
    switch (opcode) {
    case HD_OP_br:
    case HD_OP_br_if:
    case HD_OP_br_on_null:
    case HD_OP_br_on_non_null:
    case HD_OP_rethrow:
    case HD_OP_delegate: return hd_asm_label(a, to);
    case HD_OP_br_table: return labels(a, to);
    case HD_OP_throw:
    case HD_OP_catch: return put_index(a, HD_SPACE_TAG, to);
    case HD_OP_call:
    case HD_OP_return_call:
    case HD_OP_ref_func: return put_index(a, HD_SPACE_FUNC, to);
    case HD_OP_call_ref:
    case HD_OP_return_call_ref: return put_index(a, HD_SPACE_TYPE, to);
    case HD_OP_call_indirect:
    case HD_OP_return_call_indirect: return call_indirect(a, to);
    case HD_OP_select_t: return select_types(a, to);
    case HD_OP_local_get:
    case HD_OP_local_set:
    case HD_OP_local_tee: return put_index(a, HD_SPACE_LOCAL, to);
    case HD_OP_global_get:
    case HD_OP_global_set: return put_index(a, HD_SPACE_GLOBAL, to);
    case HD_OP_table_get:
    case HD_OP_table_set:
    case HD_OP_table_size:
    case HD_OP_table_grow:
    case HD_OP_table_fill: return put_optional_index(a, HD_SPACE_TABLE, to);
    case HD_OP_table_copy: return copy(a, HD_SPACE_TABLE, to);
    case HD_OP_table_init: return init(a, HD_SPACE_ELEM, HD_SPACE_TABLE, to);
    case HD_OP_elem_drop: return put_index(a, HD_SPACE_ELEM, to);
    case HD_OP_memory_size:
    case HD_OP_memory_grow:
    case HD_OP_memory_fill: return put_optional_index(a, HD_SPACE_MEMORY, to);
    case HD_OP_memory_copy: return copy(a, HD_SPACE_MEMORY, to);
    case HD_OP_memory_init: return init(a, HD_SPACE_DATA, HD_SPACE_MEMORY, to);
    case HD_OP_data_drop: a->needs_data_count = true; return put_index(a, HD_SPACE_DATA, to);
    case HD_OP_ref_null: return hd_asm_heaptype(a, to);
    default: return true;
    }
}

bool hd_asm_immediates(hd_assembler *a, hd_opcode opcode, hd_bytes *to) {
    const hd_opinfo *info = &hd_opcode_info[opcode];
    if (opcode == HD_OP_select && hd_asm_opens(a, "result")) opcode = HD_OP_select_t;
    if (!hd_asm_opcode(a, opcode, to)) return false;
    switch ((hd_opshape)info->shape) {
    case HD_OPSHAPE_CTRL: return control(a, opcode, to);
    case HD_OPSHAPE_CONST: return constant(a, (hd_valtype)info->result, to);
    case HD_OPSHAPE_LOAD:
    case HD_OPSHAPE_STORE:
    case HD_OPSHAPE_ALOAD:
    case HD_OPSHAPE_ASTORE:
    case HD_OPSHAPE_ARMW:
    case HD_OPSHAPE_ACMPXCHG:
    case HD_OPSHAPE_WAIT:
    case HD_OPSHAPE_NOTIFY:
    case HD_OPSHAPE_VLOAD:
    case HD_OPSHAPE_VSTORE: return memarg(a, info, false, to);
    case HD_OPSHAPE_VLOADLANE:
    case HD_OPSHAPE_VSTORELANE: return memarg(a, info, true, to) && lane(a, to);
    case HD_OPSHAPE_VEXTRACT:
    case HD_OPSHAPE_VREPLACE: return lane(a, to);
    case HD_OPSHAPE_VSHUFFLE: return lanes(a, to);
    case HD_OPSHAPE_FENCE: {
        bool there;
        uint8_t order;
        ordering(a, HD_OPSHAPE_FENCE, &there, &order);
        return hd_asm_put_u8(a, to, order);
    }
    default: return true;
    }
}
