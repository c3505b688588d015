/* operands.c: where the values of the operand stack will be. */
#include "code/translator.h"

/* The entry `depth` places below the top. */
entry *hd_top(translator *t, uint32_t depth) {
    return &t->stack[t->height - 1 - depth];
}

/* Removes the top entry and returns it. */
entry hd_pop(translator *t) {
    entry e = t->stack[--t->height];
    if (e.kind == ENTRY_LOCAL) {
        t->locals[e.local].pending--;
        t->pending--;
    }
    return e;
}

/* The home of the entry to be pushed next. */
int16_t hd_next_home(const translator *t) {
    if (t->height == 0) return t->first_home;
    const entry *top = &t->stack[t->height - 1];
    return (int16_t)(top->home + (int)hd_slots_of(top->type));
}

static entry *push(translator *t, hd_valtype type, entry_kind kind) {
    int16_t home = hd_next_home(t);
    entry *e = &t->stack[t->height++];
    *e = (entry){.type = type, .kind = kind, .home = home, .cell = home, .unit = NO_UNIT};
    return e;
}

/* Pushes a value that lies in its home. If `unit` alone writes it there, in its field `d`, and was
 * emitted last, a local.set that follows can have it write the local instead. */
void hd_push_home(translator *t, hd_valtype type, uint32_t unit) {
    push(t, type, ENTRY_HOME)->unit = unit;
}

/* The same for a result that its operation leaves in an accumulator too. */
void hd_push_result(translator *t, hd_valtype type, uint32_t unit) {
    hd_push_home(t, type, unit);
    hd_holds_result(t, type, hd_top(t, 0)->home);
}

/* The same for a result that its operation leaves in no accumulator, and touches none. */
void hd_push_plain(translator *t, hd_valtype type, uint32_t unit) {
    hd_push_home(t, type, unit);
    hd_written(t, hd_top(t, 0)->home, type);
}

/* The same for an operation that copies cells without looking at their type: a single cell passes
 * through r0, whatever it holds. */
void hd_push_copied(translator *t, hd_valtype type, uint32_t unit) {
    if (type == HD_I32 || type == HD_I64) {
        hd_push_result(t, type, unit);
        return;
    }
    hd_push_plain(t, type, unit);
    t->r_cell = NO_CELL;
}

void hd_push_const(translator *t, hd_valtype type, uint64_t value) {
    push(t, type, ENTRY_CONST)->value = value;
}

void hd_push_local(translator *t, uint32_t index) {
    entry *e = push(t, t->locals[index].type, ENTRY_LOCAL);
    e->local = index;
    e->cell = t->locals[index].cell;
    t->locals[index].pending++;
    t->pending++;
}

static bool fits_imm(uint64_t value) {
    return value == (uint64_t)(int64_t)(int32_t)value;
}

/* Emits what brings the value of an entry to a cell. */
void hd_emit_move(translator *t, const entry *from, int16_t to) {
    if (from->kind == ENTRY_CONST) {
        uint64_t value = from->value;
        /* The upper half of a 32-bit cell has no meaning: any extension will do. */
        if (from->type == HD_I32 || from->type == HD_F32) value = (uint64_t)(int64_t)(int32_t)value;
        if (fits_imm(value)) {
            hd_emit_imm(t, HD_R_const_imm, to, 0, (int32_t)value);
        } else {
            hd_emit(t, HD_R_const_wide, to, 0, 0, 0);
            hd_emit_wide(t, value);
        }
    } else {
        if (from->cell == to) return;
        hd_emit(t, from->type == HD_V128 ? HD_R_copy_wide : HD_R_copy, to, from->cell, 0, 0);
    }
    hd_written(t, to, from->type);
}

/* Brings an entry home. */
void hd_settle(translator *t, entry *e) {
    if (e->kind == ENTRY_HOME) return;
    hd_emit_move(t, e, e->home);
    if (e->kind == ENTRY_LOCAL) {
        t->locals[e->local].pending--;
        t->pending--;
    }
    e->kind = ENTRY_HOME;
    e->cell = e->home;
    e->unit = NO_UNIT;
}

/* Gives a constant a cell, for operations that take none in themselves. */
void hd_settle_if_const(translator *t, entry *e) {
    if (e->kind == ENTRY_CONST) hd_settle(t, e);
}

/* Brings the topmost `count` entries home, the lowest first: then they lie in successive cells. */
void hd_settle_top(translator *t, uint32_t count) {
    for (uint32_t i = count; i-- > 0;)
        hd_settle(t, hd_top(t, i));
}

/* Brings every entry home that stands for a local, but for the topmost `above`: what follows may
 * change locals on one path only. The search stops with the last of them, so that each entry pays
 * for being pushed, once. */
void hd_settle_locals(translator *t, uint32_t above) {
    uint32_t spared = 0;
    for (uint32_t i = 0; i < above; i++)
        spared += hd_top(t, i)->kind == ENTRY_LOCAL;
    for (uint32_t i = t->height - above; t->pending > spared; i--)
        if (t->stack[i - 1].kind == ENTRY_LOCAL) hd_settle(t, &t->stack[i - 1]);
}

static void settle_local(translator *t, uint32_t index) {
    for (uint32_t i = t->height; t->locals[index].pending > 0; i--) {
        entry *e = &t->stack[i - 1];
        if (e->kind == ENTRY_LOCAL && e->local == index) hd_settle(t, e);
    }
}

/* Translates local.set, or local.tee if `keep`: pops a value into a local. If the operation emitted
 * last computes it, that operation writes the local itself, unless an entry still stands for its
 * old value. */
void hd_assign_local(translator *t, uint32_t index, bool keep) {
    entry value = hd_pop(t);
    local *to = &t->locals[index];
    if (value.kind == ENTRY_LOCAL && value.local == index) {
        if (keep) hd_push_local(t, index);
        return;
    }
    bool direct = value.kind == ENTRY_HOME && value.unit != NO_UNIT && value.unit == t->last_unit &&
                  to->pending == 0;
    if (direct) {
        t->code.items[value.unit].d = to->cell;
        bool in_r = t->r_cell == value.home, in_x = t->x_cell == value.home;
        hd_written(t, to->cell, value.type);
        if (in_r) t->r_cell = to->cell;
        if (in_x) t->x_cell = to->cell;
    } else {
        settle_local(t, index);
        bool in_r = t->r_cell == value.cell, in_x = t->x_cell == value.cell;
        hd_emit_move(t, &value, to->cell);
        /* Source and local now agree; later uses will name the local. */
        if (value.kind != ENTRY_CONST && in_r) t->r_cell = to->cell;
        if (value.kind != ENTRY_CONST && in_x) t->x_cell = to->cell;
    }
    if (keep) hd_push_local(t, index);
}

/* True if the accumulator of the entry's kind holds its value. */
bool hd_in_accumulator(const translator *t, const entry *e) {
    if (e->kind == ENTRY_CONST) return false;
    if (e->type == HD_I32 || e->type == HD_I64) return t->r_cell == e->cell;
    return (e->type == HD_F32 || e->type == HD_F64) && t->x_cell == e->cell;
}
