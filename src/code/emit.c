/* emit.c: units of code, branches, and what the accumulators hold. */
#include "code/translator.h"

/* Adds a unit as it is; returns its number. */
uint32_t hd_emit_unit(translator *t, hd_insn insn) {
    uint32_t unit = (uint32_t)t->code.len;
    if (!hd_vec_push(&t->offsets, t->offset) || !hd_vec_push(&t->code, insn)) {
        /* The walk goes on over the last unit; its result is thrown away. */
        t->out_of_memory = true;
        return unit - 1;
    }
    return unit;
}

static uint32_t push_operation(translator *t, hd_regop op, hd_insn insn) {
    insn.handler = t->handlers[op];
    t->last_op = op;
    return t->last_unit = hd_emit_unit(t, insn);
}

/* Emits an operation on cells; returns its unit. Cells fit: the frame's size was checked. */
uint32_t hd_emit(translator *t, hd_regop op, int d, int a, int b, int c) {
    return push_operation(
        t, op, (hd_insn){.d = (int16_t)d, .a = (int16_t)a, .b = (int16_t)b, .c = (int16_t)c});
}

uint32_t hd_emit_imm(translator *t, hd_regop op, int d, int a, int32_t imm) {
    return push_operation(t, op, (hd_insn){.d_ = (int16_t)d, .a_ = (int16_t)a, .imm = imm});
}

/* Adds a second unit to the operation emitted last. */
void hd_emit_wide(translator *t, uint64_t wide) {
    hd_emit_unit(t, (hd_insn){.wide = wide});
}

void hd_emit_pair(translator *t, uint32_t low, uint32_t high) {
    hd_emit_wide(t, low | (uint64_t)high << 32);
}

/* True if the access under translation is to a memory with addresses of 64 bits. */
bool hd_in_wide_memory(const translator *t) {
    return t->module->memories[t->instr.index].is64;
}

/* Adds the second unit of an access: its offset and its memory. */
void hd_emit_place(translator *t) {
    const hd_instr *in = &t->instr;
    if (hd_in_wide_memory(t))
        hd_emit_unit(t,
                     (hd_insn){.handler = (const void *)(uintptr_t)in->index, .wide = in->offset});
    else
        hd_emit_pair(t, (uint32_t)in->offset, in->index);
}

/* Puts another operation in the place of the one emitted last; a second unit stays. */
void hd_replace_last(translator *t, hd_regop op, hd_insn fields) {
    fields.handler = t->handlers[op];
    t->code.items[t->last_unit] = fields;
    t->last_op = op;
}

void hd_forget_accumulators(translator *t) {
    t->r_cell = t->x_cell = NO_CELL;
}

/* A cell was written otherwise than through an accumulator, which then no longer mirrors it. */
void hd_written(translator *t, int16_t cell, hd_valtype type) {
    for (int i = 0; i < (int)hd_slots_of(type); i++) {
        if (t->r_cell == cell + i) t->r_cell = NO_CELL;
        if (t->x_cell == cell + i) t->x_cell = NO_CELL;
    }
}

/* A result of this type has just gone to a cell and, if scalar, to its accumulator. */
void hd_holds_result(translator *t, hd_valtype type, int16_t cell) {
    hd_written(t, cell, type);
    if (type == HD_I32 || type == HD_I64) {
        t->r_cell = cell;
    } else if (type == HD_F32 || type == HD_F64) {
        t->x_cell = cell;
    }
}

/* Branches can arrive here: nothing known of what ran before holds. */
void hd_mark_target(translator *t) {
    hd_forget_accumulators(t);
    t->last_unit = NO_UNIT;
}

/* Sets the distance of a branch. */
void hd_patch(translator *t, uint32_t unit, uint32_t target) {
    t->code.items[unit].imm = (int32_t)(target - unit);
}

/* Directs a branch to a label: at once to a loop's head, later to an end that is still to come. */
void hd_branch_to(translator *t, uint32_t unit, label *to) {
    if (to->opcode == HD_OP_loop) {
        hd_patch(t, unit, to->target);
    } else {
        t->code.items[unit].imm = (int32_t)to->fixups;
        to->fixups = unit;
        to->targeted = true;
    }
}
