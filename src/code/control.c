/* control.c: blocks and branches.
 *
 * The values that a branch takes along are brought to the homes that the label's values have on the
 * operand stack, so that all ways to a label agree. Code that cannot be reached is not translated.
 */
#include "code/translator.h"

label *hd_label_at(translator *t, uint32_t depth) {
    return &t->labels[t->depth - 1 - depth];
}

bool hd_is_body(const label *l) {
    return l->opcode == HD_OP_call;
}

/* The types that a branch to the label takes along. */
static const hd_valtype *label_types(const label *l, uint32_t *count) {
    bool loop = l->opcode == HD_OP_loop;
    *count = loop ? l->type.param_count : l->type.result_count;
    return loop ? l->type.params : l->type.results;
}

void hd_push_homes(translator *t, uint32_t count, const hd_valtype *types) {
    for (uint32_t i = 0; i < count; i++)
        hd_push_home(t, types[i], NO_UNIT);
}

/* Opens a label whose parameters are the topmost entries, below `above` more. */
label *hd_open_label(translator *t, hd_opcode opcode, uint32_t above) {
    label *l = &t->labels[t->depth++];
    *l = (label){.opcode = opcode,
                 .fixups = NO_UNIT,
                 .otherwise = NO_UNIT,
                 .stub = NO_UNIT,
                 .catches = HD_NO_CLAUSE,
                 .clause = HD_NO_CLAUSE};
    if (t->instr.has_type) {
        l->type = *t->module->types[t->instr.index];
    } else if (t->instr.type) {
        l->result = t->instr.type;
        l->type.result_count = 1;
        l->type.results = &l->result;
    }
    uint32_t count = l->type.param_count;
    hd_settle_locals(t, above);
    for (uint32_t i = count; i-- > 0;)
        hd_settle(t, hd_top(t, i + above));
    l->base = t->height - above - count;
    l->home = l->base == t->height ? hd_next_home(t) : t->stack[l->base].home;
    l->begin = (uint32_t)t->code.len;
    return l;
}

/* Brings the topmost `count` values to successive cells, leaving the descriptions as they are. A
 * value's own cell is never below the one it goes to, so in this order none is overwritten before
 * it is read. */
void hd_move_values(translator *t, uint32_t count, int16_t to) {
    for (uint32_t i = count; i-- > 0;) {
        const entry *e = hd_top(t, i);
        hd_emit_move(t, e, to);
        to = (int16_t)(to + (int)hd_slots_of(e->type));
    }
}

/* True if a branch that leaves `above` entries out would have to move a value. */
static bool must_move(translator *t, uint32_t count, int16_t to, uint32_t above) {
    for (uint32_t i = count; i-- > 0;) {
        const entry *e = hd_top(t, i + above);
        if (e->kind == ENTRY_CONST || e->cell != to) return true;
        to = (int16_t)(to + (int)hd_slots_of(e->type));
    }
    return false;
}

/* Emits the return of the topmost values, leaving the descriptions as they are. */
void hd_emit_return(translator *t) {
    const hd_functype *type = t->function->type;
    int d = -t->area;
    if (type->result_count == 0) {
        hd_emit(t, HD_R_ret, 0, 0, 0, 0);
        return;
    }
    if (type->result_count > 1 || type->results[0] == HD_V128) {
        int16_t first = hd_top(t, type->result_count - 1)->home;
        hd_move_values(t, type->result_count, first);
        hd_emit_imm(t, HD_R_ret_many, d, first, (int32_t)type->result_slots);
        return;
    }
    entry value = *hd_top(t, 0);
    bool narrow = value.type == HD_I32 || value.type == HD_F32;
    if (value.kind == ENTRY_CONST &&
        (narrow || value.value == (uint64_t)(int64_t)(int32_t)value.value)) {
        hd_emit_imm(t, HD_R_ret_i, d, 0, (int32_t)value.value);
    } else if (hd_in_accumulator(t, &value)) {
        bool is_float = value.type == HD_F32 || value.type == HD_F64;
        hd_emit(t, is_float ? HD_R_ret_x : HD_R_ret_r, d, 0, 0, 0);
    } else {
        if (value.kind == ENTRY_CONST) hd_emit_move(t, &value, value.home);
        hd_emit(t, HD_R_ret_s, d, value.cell, 0, 0);
    }
}

/* Emits an unconditional branch with the topmost values. */
void hd_jump(translator *t, label *to) {
    if (hd_is_body(to)) {
        hd_emit_return(t);
        return;
    }
    uint32_t count;
    label_types(to, &count);
    hd_move_values(t, count, to->home);
    hd_branch_to(t, hd_emit_imm(t, HD_R_br, 0, 0, 0), to);
}

/* jump, for code beside the straight way: what the accumulators hold there stays known. */
static void jump_aside(translator *t, label *to) {
    int16_t r_cell = t->r_cell, x_cell = t->x_cell;
    hd_jump(t, to);
    t->r_cell = r_cell;
    t->x_cell = x_cell;
    t->last_unit = NO_UNIT;
}

static void br_if(translator *t) {
    label *to = hd_label_at(t, t->instr.index);
    uint32_t count;
    label_types(to, &count);
    if (hd_is_body(to) || must_move(t, count, to->home, 1)) {
        uint32_t over = hd_emit_branch_if(t, false);
        jump_aside(t, to);
        hd_patch(t, over, (uint32_t)t->code.len);
    } else {
        hd_branch_to(t, hd_emit_branch_if(t, true), to);
    }
}

/* Emits a branch on the topmost entry, a reference; its distance is still to be set. */
static uint32_t branch_on(translator *t, hd_regop op) {
    uint32_t unit = hd_emit_imm(t, op, 0, hd_top(t, 0)->cell, 0);
    t->last_unit = NO_UNIT;
    return unit;
}

/* The values that the branch takes along lie below the reference, which stays behind it. */
static void br_on_null(translator *t) {
    label *to = hd_label_at(t, t->instr.index);
    uint32_t count;
    label_types(to, &count);
    hd_settle_if_const(t, hd_top(t, 0));
    if (!hd_is_body(to) && !must_move(t, count, to->home, 1)) {
        hd_branch_to(t, branch_on(t, HD_R_br_null), to);
        return;
    }
    uint32_t over = branch_on(t, HD_R_br_non_null);
    entry *top = hd_top(t, 0);
    t->height--;
    jump_aside(t, to);
    t->height++;
    top->unit = NO_UNIT;
    hd_patch(t, over, (uint32_t)t->code.len);
}

/* The reference is the last of them. */
static void br_on_non_null(translator *t) {
    label *to = hd_label_at(t, t->instr.index);
    uint32_t count;
    label_types(to, &count);
    hd_settle_if_const(t, hd_top(t, 0));
    if (!hd_is_body(to) && !must_move(t, count, to->home, 0)) {
        hd_branch_to(t, branch_on(t, HD_R_br_non_null), to);
    } else {
        uint32_t over = branch_on(t, HD_R_br_null);
        jump_aside(t, to);
        hd_patch(t, over, (uint32_t)t->code.len);
    }
    hd_pop(t);
}

/* Entries of the table go straight to labels that need nothing moved; those of other labels are
 * chained and then led to one piece of code for each. */
static void br_table(translator *t) {
    uint32_t entries = t->instr.count + 1, count;
    hd_settle_if_const(t, hd_top(t, 0));
    entry index = hd_pop(t);
    hd_emit_imm(t, HD_R_br_table, 0, index.cell, (int32_t)t->instr.count);
    hd_reader labels = {t->instr.items, t->reader.end, t->reader.origin, t->diag};
    for (uint32_t i = 0; i < entries; i++) {
        label *to = hd_label_at(t, hd_read_u32(&labels));
        uint32_t unit = hd_emit_unit(t, (hd_insn){0});
        label_types(to, &count);
        if (hd_is_body(to) || must_move(t, count, to->home, 0)) {
            t->code.items[unit].imm = (int32_t)to->stub;
            to->stub = unit;
        } else {
            hd_branch_to(t, unit, to);
        }
    }
    labels.pos = t->instr.items;
    for (uint32_t i = 0; i < entries; i++) {
        label *to = hd_label_at(t, hd_read_u32(&labels));
        if (to->stub == NO_UNIT) continue;
        for (uint32_t unit = to->stub, next; unit != NO_UNIT && !t->out_of_memory; unit = next) {
            next = (uint32_t)t->code.items[unit].imm;
            hd_patch(t, unit, (uint32_t)t->code.len);
        }
        to->stub = NO_UNIT;
        jump_aside(t, to);
    }
}

/* Leaves no entry above the label's base, whatever was there when the code became unreachable. */
void hd_drop_to(translator *t, uint32_t base) {
    while (t->height > base)
        hd_pop(t);
}

static void else_(translator *t) {
    label *l = hd_label_at(t, 0);
    if (t->reachable) hd_jump(t, l);
    hd_patch(t, l->otherwise, (uint32_t)t->code.len);
    l->otherwise = NO_UNIT;
    l->opcode = HD_OP_else;
    hd_mark_target(t);
    hd_drop_to(t, l->base);
    hd_push_homes(t, l->type.param_count, l->type.params);
    t->reachable = true;
}

/* Ends the innermost label: what leads to its end arrives here. */
void hd_close_label(translator *t) {
    label *l = hd_label_at(t, 0);
    uint32_t results = l->type.result_count;
    t->depth--;
    if (hd_is_body(l)) {
        if (t->reachable) hd_emit_return(t);
        if (l->catches == HD_NO_CLAUSE) return;
        hd_drop_to(t, 0);
        hd_land_catches(t, l);
        hd_push_homes(t, results, l->type.results);
        hd_emit_return(t);
        return;
    }
    if (!l->targeted && l->otherwise == NO_UNIT) {
        /* Nothing but the code before it leads here: all that is known of it still holds. */
        if (!t->reachable) hd_drop_to(t, l->base);
        return;
    }
    /* Beside a catch the values have their homes above the exception's. */
    if (t->reachable && l->opcode == HD_OP_catch)
        hd_move_values(t, results, l->home);
    else if (t->reachable)
        hd_settle_top(t, results);
    uint32_t here = (uint32_t)t->code.len;
    if (l->otherwise != NO_UNIT) hd_patch(t, l->otherwise, here);
    for (uint32_t unit = l->fixups, next; unit != NO_UNIT && !t->out_of_memory; unit = next) {
        next = (uint32_t)t->code.items[unit].imm;
        hd_patch(t, unit, here);
    }
    hd_land_catches(t, l);
    hd_drop_to(t, l->base);
    hd_push_homes(t, results, l->type.results);
    t->reachable = true;
}

static void end(translator *t) {
    const label *l = hd_label_at(t, 0);
    if (l->opcode == HD_OP_try_table) hd_close_try(t, l, HD_NO_DELEGATE);
    hd_close_label(t);
}

static void select_(translator *t) {
    entry *a = hd_top(t, 2), *b = hd_top(t, 1), *condition = hd_top(t, 0);
    hd_settle_if_const(t, a);
    hd_settle_if_const(t, b);
    hd_settle_if_const(t, condition);
    hd_regop op = HD_R_select_s;
    if (a->type == HD_V128) {
        op = HD_R_select_wide;
    } else if (hd_in_accumulator(t, condition)) {
        op = HD_R_select_r;
    }
    int16_t c_cell = hd_pop(t).cell, b_cell = hd_pop(t).cell;
    entry first = hd_pop(t);
    uint32_t unit = hd_emit(t, op, hd_next_home(t), first.cell, b_cell, c_cell);
    hd_push_copied(t, first.type, unit);
}

/* The part of else, end and the like that reads nothing but the nesting; true if the instruction is
 * dealt with. */
static bool skip(translator *t) {
    switch (t->instr.opcode) {
    case HD_OP_block:
    case HD_OP_loop:
    case HD_OP_if:
    case HD_OP_try:
    case HD_OP_try_table: t->skipped++; return true;
    case HD_OP_else:
    case HD_OP_catch:
    case HD_OP_catch_all: return t->skipped > 0;
    case HD_OP_end:
    case HD_OP_delegate:
        if (t->skipped == 0) return false;
        t->skipped--;
        return true;
    default: return true;
    }
}

/* Translates a control or parametric instruction; false if it is none. Deals with everything that
 * cannot be reached. */
bool hd_translate_control(translator *t) {
    if (!t->reachable && skip(t)) return true;
    switch (t->instr.opcode) {
    case HD_OP_nop:
    case HD_OP_pause: return true;
    case HD_OP_block: hd_open_label(t, HD_OP_block, 0); return true;
    case HD_OP_loop: {
        label *l = hd_open_label(t, HD_OP_loop, 0);
        hd_mark_target(t);
        l->target = (uint32_t)t->code.len;
        return true;
    }
    case HD_OP_if: {
        label *l = hd_open_label(t, HD_OP_if, 1);
        l->otherwise = hd_emit_branch_if(t, false);
        return true;
    }
    case HD_OP_else: else_(t); return true;
    case HD_OP_end: end(t); return true;
    case HD_OP_br_if: br_if(t); return true;
    case HD_OP_br_on_null: br_on_null(t); return true;
    case HD_OP_br_on_non_null: br_on_non_null(t); return true;
    case HD_OP_br: hd_jump(t, hd_label_at(t, t->instr.index)); break;
    case HD_OP_br_table: br_table(t); break;
    case HD_OP_return: hd_emit_return(t); break;
    case HD_OP_unreachable: hd_emit(t, HD_R_unreachable, 0, 0, 0, 0); break;
    case HD_OP_drop: hd_pop(t); return true;
    case HD_OP_select:
    case HD_OP_select_t: select_(t); return true;
    default: return false;
    }
    /* Control does not come here. */
    t->reachable = false;
    return true;
}
