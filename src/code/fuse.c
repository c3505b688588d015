/* fuse.c: comparisons that melt into the branch that follows them.
 *
 * A comparison is emitted as an operation with a result. If the next instruction pops that result
 * to branch on it, the comparison is replaced in place by its form that branches. */
#include "code/translator.h"

typedef struct comparison {
    hd_regop first;   /* its first form */
    uint8_t forms;    /* forms of one kind: value, branch if true, branch if false */
    bool wide;        /* constants lie in a second unit */
    hd_regop inverse; /* first form of the comparison that is true when this is false; 0: none,
                       * since NaN makes a float comparison and its opposite both false */
} comparison;

static const comparison comparisons[] = {
#define INT_CMP(T, id, opposite)                                                                   \
    {HD_R_##T##_##id##_ss, HD_BIN_FORMS, false, HD_R_##T##_##opposite##_ss},
#define INT_CMPS(T)                                                                                \
    INT_CMP(T, eq, ne)                                                                             \
    INT_CMP(T, ne, eq)                                                                             \
    INT_CMP(T, lt_s, ge_s) INT_CMP(T, lt_u, ge_u) INT_CMP(T, gt_s, le_s) INT_CMP(T, gt_u, le_u)    \
        INT_CMP(T, le_s, gt_s) INT_CMP(T, le_u, gt_u) INT_CMP(T, ge_s, lt_s)                       \
            INT_CMP(T, ge_u, lt_u)
#define FLOAT_CMP(T, id) {HD_R_##T##_##id##_ss, HD_BIN_FORMS, true, 0},
#define FLOAT_CMPS(T)                                                                              \
    FLOAT_CMP(T, eq)                                                                               \
    FLOAT_CMP(T, ne) FLOAT_CMP(T, lt) FLOAT_CMP(T, gt) FLOAT_CMP(T, le) FLOAT_CMP(T, ge)
    {HD_R_i32_eqz_s, HD_UN_FORMS, false, 0},
    INT_CMPS(i32){HD_R_i64_eqz_s, HD_UN_FORMS, false, 0},
    INT_CMPS(i64) FLOAT_CMPS(f32) FLOAT_CMPS(f64)};

/* The comparison of which `op` is a form with a result, or NULL. The table is ordered as
 * regops.def. */
static const comparison *find(hd_regop op) {
    size_t low = 0, high = sizeof comparisons / sizeof *comparisons;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (comparisons[middle].first > op) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    if (low == 0) return NULL;
    const comparison *c = &comparisons[low - 1];
    return op < c->first + (hd_regop)c->forms ? c : NULL;
}

/* The comparison that has just computed this entry, or NULL. */
static const comparison *just_compared(const translator *t, const entry *e) {
    if (e->kind != ENTRY_HOME || e->unit == NO_UNIT || e->unit != t->last_unit) return NULL;
    return find(t->last_op);
}

/* i32.eqz of an integer comparison: turns the comparison around and returns true. */
bool hd_invert_comparison(translator *t) {
    const comparison *c = just_compared(t, hd_top(t, 0));
    if (!c || !c->inverse) return false;
    hd_replace_last(t, c->inverse + (t->last_op - c->first), t->code.items[t->last_unit]);
    return true;
}

/* Moves the operands of a comparison to where its branching form wants them; false if they do not
 * fit. */
static bool branch_operands(const comparison *c, hd_regop form, hd_insn value, hd_insn *branch) {
    *branch = (hd_insn){0};
    if (c->forms == HD_UN_FORMS) {
        branch->a = value.a;
        return true;
    }
    switch (form) {
    case HD_FORM_SS:
        branch->d = value.a;
        branch->a = value.b;
        return true;
    case HD_FORM_RS: branch->a = value.b; return true;
    case HD_FORM_SR: branch->d = value.a; return true;
    default:
        branch->a = value.a;
        if (c->wide) return true;
        branch->d = (int16_t)value.imm;
        return value.imm == branch->d;
    }
}

/* Pops an i32 and emits a branch that is taken if it is not zero (or, if !taken_if, zero). Its
 * distance is still to be set; returns its unit. */
uint32_t hd_emit_branch_if(translator *t, bool taken_if) {
    const comparison *c = just_compared(t, hd_top(t, 0));
    hd_insn branch;
    if (c && branch_operands(c, t->last_op - c->first, t->code.items[t->last_unit], &branch)) {
        hd_pop(t);
        uint32_t unit = t->last_unit;
        hd_replace_last(t, t->last_op + (hd_regop)(c->forms * (taken_if ? 1 : 2)), branch);
        /* The accumulator no longer receives the result. */
        t->r_cell = NO_CELL;
        t->last_unit = NO_UNIT;
        return unit;
    }
    hd_settle_if_const(t, hd_top(t, 0));
    bool in_r = hd_in_accumulator(t, hd_top(t, 0));
    entry condition = hd_pop(t);
    hd_regop op = taken_if ? HD_R_br_if_s : HD_R_br_unless_s;
    uint32_t unit = hd_emit_imm(t, op + in_r, 0, condition.cell, 0);
    t->last_unit = NO_UNIT;
    return unit;
}
