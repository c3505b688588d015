/* regular.c: instructions whose shape in the table of opcodes says all about their translation. */
#include "code/translator.h"

/* The first form of each regular instruction. */
static const uint16_t first_form[HD_OPCODE_COUNT] = {
#define FIRST_CTRL(id, A) 0
#define FIRST_CONST(id, A) 0
#define FIRST_UN(id, A) HD_R_##id##_s
#define FIRST_UNTRAP(id, A) HD_R_##id##_s
#define FIRST_BIN(id, A) HD_R_##id##_ss
#define FIRST_BINTRAP(id, A) HD_R_##id##_ss
#define FIRST_TEST(id, A) HD_R_##id##_s
#define FIRST_CMP(id, A) HD_R_##id##_ss
#define FIRST_LOAD(id, A) HD_R_##id##_s
#define FIRST_STORE(id, A) HD_R_##id##_ss
#define FIRST_ALOAD(id, A) HD_R_##id##_s
#define FIRST_ASTORE(id, A) HD_R_##id##_s
#define FIRST_ARMW(id, A) HD_R_##id##_s
#define FIRST_ACMPXCHG(id, A) HD_R_##id##_s
#define FIRST_WAIT(id, A) HD_R_##id##_s
#define FIRST_NOTIFY(id, A) HD_R_##id##_s
#define FIRST_FENCE(id, A) HD_R_##id##_s
#define FIRST_VTERN(id, A) HD_R_##id##_s
#define FIRST_VSHIFT(id, A) HD_R_##id##_s
#define FIRST_VSPLAT(id, A) HD_R_##id##_s
#define FIRST_VEXTRACT(id, A) HD_R_##id##_s
#define FIRST_VREPLACE(id, A) HD_R_##id##_s
#define FIRST_VSHUFFLE(id, A) HD_R_##id##_s
#define FIRST_VLOAD(id, A) HD_R_##id##_s
#define FIRST_VSTORE(id, A) HD_R_##id##_s
#define FIRST_VLOADLANE(id, A) HD_R_##id##_s
#define FIRST_VSTORELANE(id, A) HD_R_##id##_s
#define HD_OP(code, id, text, shape, A, R, width) FIRST_##shape(id, A),
#include "module/opcodes.def"
#undef HD_OP
};

static bool is_float(hd_valtype type) {
    return type == HD_F32 || type == HD_F64;
}

/* A constant that fits the 32-bit field of an integer operation, which extends its sign. */
static bool int_constant(const entry *e, int32_t *imm) {
    if (e->kind != ENTRY_CONST || is_float(e->type)) return false;
    *imm = (int32_t)e->value;
    return e->type == HD_I32 || e->value == (uint64_t)(int64_t)*imm;
}

static bool commutes(hd_opcode opcode) {
    switch (opcode) {
    case HD_OP_i32_add:
    case HD_OP_i32_mul:
    case HD_OP_i32_and:
    case HD_OP_i32_or:
    case HD_OP_i32_xor:
    case HD_OP_i64_add:
    case HD_OP_i64_mul:
    case HD_OP_i64_and:
    case HD_OP_i64_or:
    case HD_OP_i64_xor:
    case HD_OP_i32_eq:
    case HD_OP_i32_ne:
    case HD_OP_i64_eq:
    case HD_OP_i64_ne: return true;
    default: return false;
    }
}

static void un(translator *t, hd_opcode opcode, const hd_opinfo *info) {
    hd_settle_if_const(t, hd_top(t, 0));
    bool in_r = hd_in_accumulator(t, hd_top(t, 0));
    entry a = hd_pop(t);
    int16_t d = hd_next_home(t);
    uint32_t unit = hd_emit(t, first_form[opcode] + in_r, d, a.cell, 0, 0);
    hd_push_result(t, info->result, unit);
}

static void bin(translator *t, hd_opcode opcode, const hd_opinfo *info) {
    entry *first = hd_top(t, 1), *second = hd_top(t, 0);
    int32_t imm = 0;
    /* Only a constant that stays in the instruction: any other would go home to where the other
     * operand lies. */
    if (int_constant(first, &imm) && second->kind != ENTRY_CONST && commutes(opcode)) {
        entry swapped = *first;
        first->kind = second->kind, first->cell = second->cell, first->local = second->local;
        second->kind = ENTRY_CONST, second->value = swapped.value;
    }
    hd_settle_if_const(t, first);
    bool wide = second->kind == ENTRY_CONST && is_float(second->type);
    bool constant = wide || int_constant(second, &imm);
    if (!constant) hd_settle_if_const(t, second);
    bool first_in_r = hd_in_accumulator(t, first), second_in_r = hd_in_accumulator(t, second);
    entry b = hd_pop(t), a = hd_pop(t);
    int16_t d = hd_next_home(t);
    uint32_t unit;
    if (constant) {
        unit = hd_emit_imm(t, first_form[opcode] + (first_in_r ? HD_FORM_RI : HD_FORM_SI), d,
                           a.cell, imm);
        if (wide) hd_emit_wide(t, b.value);
    } else {
        int form = first_in_r ? HD_FORM_RS : second_in_r ? HD_FORM_SR : HD_FORM_SS;
        unit = hd_emit(t, first_form[opcode] + form, d, a.cell, b.cell, 0);
    }
    hd_push_result(t, info->result, unit);
}

/* If an address is constant and, with the offset, fits 32 bits: the effective address. */
static bool constant_address(const entry *address, uint64_t offset, uint32_t *effective) {
    return address->kind == ENTRY_CONST &&
           !__builtin_add_overflow((uint32_t)address->value, (uint32_t)offset, effective);
}

static void load(translator *t, hd_opcode opcode, const hd_opinfo *info) {
    const hd_instr *in = &t->instr;
    hd_regop op = first_form[opcode];
    uint32_t effective = 0, unit;
    bool wide = hd_in_wide_memory(t), plain = in->index == 0 && !wide;
    bool constant = plain && constant_address(hd_top(t, 0), in->offset, &effective);
    if (!constant) hd_settle_if_const(t, hd_top(t, 0));
    bool in_r = hd_in_accumulator(t, hd_top(t, 0));
    entry a = hd_pop(t);
    int16_t d = hd_next_home(t);
    if (!plain) {
        unit = hd_emit(t, op + (wide ? HD_FORM_W : HD_FORM_M), d, a.cell, 0, 0);
        hd_emit_place(t);
    } else if (constant) {
        unit = hd_emit_imm(t, op + HD_FORM_I, d, 0, (int32_t)effective);
    } else {
        unit = hd_emit_imm(t, op + (in_r ? HD_FORM_R : HD_FORM_S), d, a.cell, (int32_t)in->offset);
    }
    hd_push_result(t, info->result, unit);
}

static void store(translator *t, hd_opcode opcode) {
    const hd_instr *in = &t->instr;
    hd_regop op = first_form[opcode];
    entry *address = hd_top(t, 1), *value = hd_top(t, 0);
    uint32_t effective = (uint32_t)in->offset;
    int32_t imm = 0;
    int address_form = HD_FORM_S, value_form = HD_FORM_S;
    bool wide = hd_in_wide_memory(t), plain = in->index == 0 && !wide;
    if (plain) {
        if (constant_address(address, in->offset, &effective))
            address_form = HD_FORM_I;
        else
            effective = (uint32_t)in->offset;
        if (int_constant(value, &imm) && imm == (int16_t)imm) value_form = HD_FORM_I;
    }
    if (address_form != HD_FORM_I) hd_settle_if_const(t, address);
    if (value_form != HD_FORM_I) hd_settle_if_const(t, value);
    if (plain) {
        if (hd_in_accumulator(t, address)) address_form = HD_FORM_R;
        if (hd_in_accumulator(t, value)) value_form = HD_FORM_R;
    }
    entry v = hd_pop(t), a = hd_pop(t);
    if (!plain) {
        hd_emit(t, op + (wide ? HD_STORE_FORM_W : HD_STORE_FORM_M), v.cell, a.cell, 0, 0);
        hd_emit_place(t);
    } else {
        int d = value_form == HD_FORM_I ? imm : v.cell;
        hd_emit_imm(t, op + 3 * address_form + value_form, d, a.cell, (int32_t)effective);
    }
}

/* The cells of up to three operands, which are then popped: *a the deepest. */
static void take_cells(translator *t, uint32_t count, int16_t cells[3]) {
    for (uint32_t i = count; i-- > 0;)
        hd_settle_if_const(t, hd_top(t, i));
    for (uint32_t i = count; i-- > 0;)
        cells[i] = hd_pop(t).cell;
}

/* Atomic accesses, wait and notify: an address, further operands, a second unit. */
static void atomic(translator *t, hd_opcode opcode, const hd_opinfo *info) {
    hd_regop op = first_form[opcode] + (hd_in_wide_memory(t) ? HD_OTHER_FORM_W : 0);
    uint32_t operands = 2;
    if (info->shape == HD_OPSHAPE_ALOAD) operands = 1;
    if (info->shape == HD_OPSHAPE_ACMPXCHG || info->shape == HD_OPSHAPE_WAIT) operands = 3;
    int16_t cells[3] = {0};
    take_cells(t, operands, cells);
    int16_t d = hd_next_home(t);
    uint32_t unit = hd_emit(t, op, d, cells[0], cells[1], cells[2]);
    hd_emit_place(t);
    if (info->result) hd_push_result(t, info->result, unit);
}

/* Vector memory instructions: as above; a lane index in `c`. */
static void vector_memory(translator *t, hd_opcode opcode, const hd_opinfo *info) {
    const hd_instr *in = &t->instr;
    bool has_lane = info->shape == HD_OPSHAPE_VLOADLANE || info->shape == HD_OPSHAPE_VSTORELANE;
    int16_t cells[3] = {0};
    take_cells(t, info->shape == HD_OPSHAPE_VLOAD ? 1 : 2, cells);
    if (has_lane) cells[2] = in->lane;
    int16_t d = hd_next_home(t);
    hd_regop op = first_form[opcode] + (hd_in_wide_memory(t) ? HD_OTHER_FORM_W : 0);
    uint32_t unit = hd_emit(t, op, d, cells[0], cells[1], cells[2]);
    hd_emit_place(t);
    if (info->shape == HD_OPSHAPE_VLOAD || info->shape == HD_OPSHAPE_VLOADLANE)
        hd_push_result(t, HD_V128, unit);
}

/* Vector instructions on cells, with a lane index or lanes where the shape has them. */
static void vector(translator *t, hd_opcode opcode, const hd_opinfo *info) {
    int16_t cells[3] = {0};
    switch (info->shape) {
    case HD_OPSHAPE_VSPLAT: take_cells(t, 1, cells); break;
    case HD_OPSHAPE_VEXTRACT:
        take_cells(t, 1, cells);
        cells[1] = t->instr.lane;
        break;
    case HD_OPSHAPE_VREPLACE:
        take_cells(t, 2, cells);
        cells[2] = t->instr.lane;
        break;
    case HD_OPSHAPE_VTERN: take_cells(t, 3, cells); break;
    default: take_cells(t, 2, cells); break;
    }
    int16_t d = hd_next_home(t);
    uint32_t unit = hd_emit(t, first_form[opcode], d, cells[0], cells[1], cells[2]);
    if (info->shape == HD_OPSHAPE_VSHUFFLE) {
        hd_insn lanes;
        memcpy(&lanes, t->instr.items, sizeof lanes);
        hd_emit_unit(t, lanes);
    }
    hd_push_result(t, info->result ? info->result : HD_V128, unit);
}

static void constant(translator *t, const hd_opinfo *info) {
    if (info->result != HD_V128) {
        hd_push_const(t, info->result, t->instr.bits);
        return;
    }
    int16_t home = hd_next_home(t);
    for (int half = 0; half < 2; half++) {
        entry e = {.type = HD_I64, .kind = ENTRY_CONST};
        memcpy(&e.value, t->instr.items + 8 * half, sizeof e.value);
        hd_emit_move(t, &e, (int16_t)(home + half));
    }
    hd_push_home(t, HD_V128, NO_UNIT);
}

/* Translates an instruction of any shape but CTRL. */
void hd_translate_regular(translator *t) {
    hd_opcode opcode = t->instr.opcode;
    const hd_opinfo *info = &hd_opcode_info[opcode];
    switch ((hd_opshape)info->shape) {
    case HD_OPSHAPE_CTRL: break;
    case HD_OPSHAPE_CONST: constant(t, info); break;
    case HD_OPSHAPE_UN:
    case HD_OPSHAPE_UNTRAP: un(t, opcode, info); break;
    case HD_OPSHAPE_TEST:
        if (opcode != HD_OP_i32_eqz || !hd_invert_comparison(t)) un(t, opcode, info);
        break;
    case HD_OPSHAPE_BIN:
    case HD_OPSHAPE_BINTRAP:
    case HD_OPSHAPE_CMP: bin(t, opcode, info); break;
    case HD_OPSHAPE_LOAD: load(t, opcode, info); break;
    case HD_OPSHAPE_STORE: store(t, opcode); break;
    case HD_OPSHAPE_ALOAD:
    case HD_OPSHAPE_ASTORE:
    case HD_OPSHAPE_ARMW:
    case HD_OPSHAPE_ACMPXCHG:
    case HD_OPSHAPE_WAIT:
    case HD_OPSHAPE_NOTIFY: atomic(t, opcode, info); break;
    case HD_OPSHAPE_FENCE: hd_emit(t, HD_R_atomic_fence_s, 0, 0, 0, 0); break;
    case HD_OPSHAPE_VLOAD:
    case HD_OPSHAPE_VSTORE:
    case HD_OPSHAPE_VLOADLANE:
    case HD_OPSHAPE_VSTORELANE: vector_memory(t, opcode, info); break;
    case HD_OPSHAPE_VTERN:
    case HD_OPSHAPE_VSHIFT:
    case HD_OPSHAPE_VSPLAT:
    case HD_OPSHAPE_VEXTRACT:
    case HD_OPSHAPE_VREPLACE:
    case HD_OPSHAPE_VSHUFFLE: vector(t, opcode, info); break;
    }
}
