/* liveness.c: a backward analysis of register code.
 *
 * A cell is live where some way on reads it before it is written. What each operation reads and
 * writes expands from the table of opcodes as the forms of regops.def do; where that is not known
 * for sure (calls, bulk and table instructions), more is said to be read and nothing to be written,
 * which is always right. Of a function that catches exceptions nothing is known at all. The two
 * accumulators count as cells of their own behind all others. */
#include "code/liveness.h"

#include <string.h>

#include "base/alloc.h"
#include "code/regops.h"
#include "module/opcodes.h"

/* What an operation reads: the cells that its fields name, of a vector two from there on, and
 * accumulators. */
enum {
    D = 1,
    A = 2,
    B = 4,
    C = 8,
    READS_R = 16,
    READS_X = 32,
    WIDE_A = 64, /* two cells from a */
    WIDE_B = 128,
    WIDE_C = 256,
    THREE = 512, /* three cells from a */
    /* What it writes. */
    SETS_D = 1024,
    SETS_R = 2048,
    SETS_X = 4096,
    SETS_TWO = 8192, /* the cell behind d, too */
    /* Where it goes. */
    BRANCHES = 1 << 14,
    JUMPS = 1 << 15,
    ENDS = 1 << 16,
};

#define ACC_i32 READS_R
#define ACC_i64 READS_R
#define ACC_f32 READS_X
#define ACC_f64 READS_X
#define SET_i32 (SETS_D | SETS_R)
#define SET_i64 (SETS_D | SETS_R)
#define SET_f32 (SETS_D | SETS_X)
#define SET_f64 (SETS_D | SETS_X)
#define SET_v128 (SETS_D | SETS_TWO)
#define SET_none 0

#define ROW(name, flags) [HD_R_##name] = (flags),
#define ROWS_CTRL(id, T, R)
#define ROWS_CONST(id, T, R)
#define ROWS_UN(id, T, R) ROWS_UN_##T(id, T, R)
#define SCALAR_UN(id, T, R) ROW(id##_s, A | SET_##R) ROW(id##_r, ACC_##T | SET_##R)
#define ROWS_UN_i32(id, T, R) SCALAR_UN(id, T, R)
#define ROWS_UN_i64(id, T, R) SCALAR_UN(id, T, R)
#define ROWS_UN_f32(id, T, R) SCALAR_UN(id, T, R)
#define ROWS_UN_f64(id, T, R) SCALAR_UN(id, T, R)
#define ROWS_UN_v128(id, T, R) ROW(id##_s, WIDE_A | SET_##R)
#define ROWS_UNTRAP(id, T, R) SCALAR_UN(id, T, R)
#define ROWS_BIN(id, T, R) ROWS_BIN_##T(id, T, R)
#define SCALAR_BIN(id, T, R)                                                                       \
    ROW(id##_ss, A | B | SET_##R)                                                                  \
    ROW(id##_rs, B | ACC_##T | SET_##R)                                                            \
    ROW(id##_sr, A | ACC_##T | SET_##R) ROW(id##_si, A | SET_##R) ROW(id##_ri, ACC_##T | SET_##R)
#define ROWS_BIN_i32(id, T, R) SCALAR_BIN(id, T, R)
#define ROWS_BIN_i64(id, T, R) SCALAR_BIN(id, T, R)
#define ROWS_BIN_f32(id, T, R) SCALAR_BIN(id, T, R)
#define ROWS_BIN_f64(id, T, R) SCALAR_BIN(id, T, R)
#define ROWS_BIN_v128(id, T, R) ROW(id##_ss, WIDE_A | WIDE_B | SET_##R)
#define ROWS_BINTRAP(id, T, R) SCALAR_BIN(id, T, R)
#define ROWS_TEST(id, T, R)                                                                        \
    SCALAR_UN(id, T, R)                                                                            \
    ROW(t_##id##_s, A | BRANCHES)                                                                  \
    ROW(t_##id##_r, ACC_##T | BRANCHES)                                                            \
    ROW(f_##id##_s, A | BRANCHES) ROW(f_##id##_r, ACC_##T | BRANCHES)
#define CMP_BRANCHES(id, T)                                                                        \
    ROW(id##_ss, D | A | BRANCHES)                                                                 \
    ROW(id##_rs, A | ACC_##T | BRANCHES)                                                           \
    ROW(id##_sr, D | ACC_##T | BRANCHES) ROW(id##_si, A | BRANCHES) ROW(id##_ri, ACC_##T | BRANCHES)
#define ROWS_CMP(id, T, R) SCALAR_BIN(id, T, R) CMP_BRANCHES(t_##id, T) CMP_BRANCHES(f_##id, T)
#define ROWS_LOAD(id, T, R)                                                                        \
    ROW(id##_s, A | SET_##R)                                                                       \
    ROW(id##_r, READS_R | SET_##R)                                                                 \
    ROW(id##_i, SET_##R) ROW(id##_m, A | SET_##R) ROW(id##_w, A | SET_##R)
#define ROWS_STORE(id, T, R)                                                                       \
    ROW(id##_ss, A | D)                                                                            \
    ROW(id##_sr, A | ACC_##T)                                                                      \
    ROW(id##_si, A)                                                                                \
    ROW(id##_rs, D | READS_R)                                                                      \
    ROW(id##_rr, READS_R | ACC_##T)                                                                \
    ROW(id##_ri, READS_R)                                                                          \
    ROW(id##_is, D) ROW(id##_ir, ACC_##T) ROW(id##_ii, 0) ROW(id##_m, A | D) ROW(id##_w, A | D)
/* With an address of 32 bits, or 64. */
#define BOTH(id, flags) ROW(id##_s, flags) ROW(id##_w, flags)
#define ROWS_ALOAD(id, T, R) BOTH(id, A | SET_##R)
#define ROWS_ASTORE(id, T, R) BOTH(id, A | B)
#define ROWS_ARMW(id, T, R) BOTH(id, A | B | SET_##R)
#define ROWS_ACMPXCHG(id, T, R) BOTH(id, A | B | C | SET_##R)
#define ROWS_WAIT(id, T, R) BOTH(id, A | B | C | SETS_D)
#define ROWS_NOTIFY(id, T, R) BOTH(id, A | B | SETS_D)
#define ROWS_FENCE(id, T, R) ROW(id##_s, 0)
#define ROWS_VTERN(id, T, R) ROW(id##_s, WIDE_A | WIDE_B | WIDE_C | SET_v128)
#define ROWS_VSHIFT(id, T, R) ROW(id##_s, WIDE_A | B | SET_v128)
#define ROWS_VSPLAT(id, T, R) ROW(id##_s, A | SET_v128)
#define ROWS_VEXTRACT(id, T, R) ROW(id##_s, WIDE_A | SETS_D)
#define ROWS_VREPLACE(id, T, R) ROW(id##_s, WIDE_A | B | SET_v128)
#define ROWS_VSHUFFLE(id, T, R) ROW(id##_s, WIDE_A | WIDE_B | SET_v128)
#define ROWS_VLOAD(id, T, R) BOTH(id, A | SET_v128)
#define ROWS_VSTORE(id, T, R) BOTH(id, A | WIDE_B)
#define ROWS_VLOADLANE(id, T, R) BOTH(id, A | WIDE_B | SET_v128)
#define ROWS_VSTORELANE(id, T, R) BOTH(id, A | WIDE_B)

static const uint32_t rows[HD_REGOP_COUNT] = {
#define HD_OP(code, id, text, shape, T, R, width) ROWS_##shape(id, T, R)
#include "module/opcodes.def"
#undef HD_OP
    ROW(copy, A | SETS_D) ROW(copy_wide, WIDE_A | SETS_D | SETS_TWO) ROW(const_imm, SETS_D)
        ROW(const_wide, SETS_D) ROW(select_s, A | B | C | SETS_D) ROW(
            select_r, A | B | READS_R | SETS_D) ROW(select_wide, WIDE_A | WIDE_B | C | SETS_D)
            ROW(global_get, SETS_D) ROW(global_get_wide, SETS_D) ROW(global_set, A)
                ROW(global_set_wide, WIDE_A) ROW(ref_func, SETS_D) ROW(ref_is_null, A | SETS_D) ROW(
                    ref_as_non_null, A) ROW(br_null, A | BRANCHES) ROW(br_non_null, A | BRANCHES)
                    ROW(call_ref, A) ROW(tail_call_ref, B | ENDS) ROW(br, JUMPS)
                        ROW(br_if_s, A | BRANCHES) ROW(br_if_r, READS_R | BRANCHES)
                            ROW(br_unless_s, A | BRANCHES) ROW(br_unless_r, READS_R | BRANCHES)
                                ROW(br_table, A | ENDS) ROW(unreachable, ENDS) ROW(throw, ENDS) ROW(
                                    throw_ref, ENDS) ROW(enter, 0) ROW(ret, ENDS)
                                    ROW(ret_s, A | ENDS) ROW(ret_r, READS_R | ENDS) ROW(
                                        ret_x, READS_X | ENDS) ROW(ret_i, ENDS) ROW(ret_many, ENDS)
                                        ROW(call, 0) ROW(call_import, 0) ROW(call_indirect, A)
                                            ROW(call_indirect_wide, A) ROW(tail_call, ENDS) ROW(
                                                tail_call_indirect_wide,
                                                B | ENDS) ROW(tail_call_indirect, B | ENDS)
                                                ROW(memory_size, SETS_D) ROW(memory_grow, A) ROW(
                                                    memory_fill, THREE) ROW(memory_copy, THREE)
                                                    ROW(memory_init, THREE)
                                                        ROW(data_drop, 0) ROW(table_get, A)
                                                            ROW(table_set, THREE) ROW(table_size,
                                                                                      SETS_D)
                                                                ROW(table_grow, THREE)
                                                                    ROW(table_fill, THREE)
                                                                        ROW(table_copy, THREE)
                                                                            ROW(table_init, THREE)
                                                                                ROW(elem_drop, 0)};

/* The analysis of one function. A row of bits for each unit: its cells, from the first parameter
 * on, then r0 and x0. */
typedef struct analysis {
    const hd_code *code;
    const hd_module *module;
    const hd_functype *type;
    const uint16_t *ops; /* of each unit; HD_REGOP_COUNT: it is part of the one before */
    size_t units, words;
    int32_t area, cells;
    uint64_t *live, *row;
} analysis;

static void set(analysis *a, int32_t cell) {
    int32_t bit = cell + a->area;
    if (bit >= 0 && bit < a->cells) a->row[bit / 64] |= UINT64_C(1) << bit % 64;
}

static void clear(analysis *a, int32_t cell) {
    int32_t bit = cell + a->area;
    if (bit >= 0 && bit < a->cells) a->row[bit / 64] &= ~(UINT64_C(1) << bit % 64);
}

static void set_some(analysis *a, int32_t cell, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        set(a, cell + (int32_t)i);
}

/* Adds what is live at another unit. */
static void add(analysis *a, int64_t unit) {
    if (unit < 0 || unit >= (int64_t)a->units) return;
    for (size_t i = 0; i < a->words; i++)
        a->row[i] |= a->live[(size_t)unit * a->words + i];
}

/* The arguments of calls, and what returns take with them. */
static void read_more(analysis *a, uint16_t op, const hd_insn *insn) {
    const hd_functype *type = NULL;
    switch (op) {
    case HD_R_call:
    case HD_R_call_import:
    case HD_R_tail_call: type = a->module->functions[insn->imm].type; break;
    case HD_R_call_indirect:
    case HD_R_call_indirect_wide:
    case HD_R_call_ref:
    case HD_R_tail_call_ref:
    case HD_R_tail_call_indirect:
    case HD_R_tail_call_indirect_wide: type = a->module->types[(uint32_t)insn[1].wide]; break;
    case HD_R_throw:
    case HD_R_throw_ref: set_some(a, -a->area, (uint32_t)a->cells); return;
    case HD_R_ret: set_some(a, -a->area, (uint32_t)a->area); return;
    case HD_R_ret_many: set_some(a, insn->a, (uint32_t)insn->imm); return;
    default: return;
    }
    bool tail = op == HD_R_tail_call || op == HD_R_tail_call_indirect ||
                op == HD_R_tail_call_indirect_wide || op == HD_R_tail_call_ref;
    set_some(a, tail ? insn->a : insn->d - (int32_t)hd_call_area(type), type->param_slots);
}

/* The row of a unit from those behind it. */
static void step(analysis *a, size_t unit) {
    const hd_insn *insn = &a->code->begin[unit];
    uint16_t op = a->ops[unit];
    uint32_t flags = rows[op];
    memset(a->row, 0, a->words * sizeof *a->row);
    if (!(flags & (JUMPS | ENDS))) {
        size_t next = unit + 1;
        while (next < a->units && a->ops[next] == HD_REGOP_COUNT)
            next++;
        add(a, (int64_t)next);
    }
    if (flags & (BRANCHES | JUMPS)) add(a, (int64_t)unit + insn->imm);
    for (int32_t i = 1; op == HD_R_br_table && i <= insn->imm + 1; i++)
        add(a, (int64_t)unit + i + insn[i].imm);
    if (flags & SETS_D) clear(a, insn->d);
    if (flags & SETS_TWO) clear(a, insn->d + 1);
    if (flags & SETS_R) clear(a, a->cells - 2 - a->area);
    if (flags & SETS_X) clear(a, a->cells - 1 - a->area);
    if (flags & D) set(a, insn->d);
    if (flags & (A | WIDE_A | THREE)) set(a, insn->a);
    if (flags & (WIDE_A | THREE)) set(a, insn->a + 1);
    if (flags & THREE) set(a, insn->a + 2);
    if (flags & (B | WIDE_B)) set(a, insn->b);
    if (flags & WIDE_B) set(a, insn->b + 1);
    if (flags & (C | WIDE_C)) set(a, insn->c);
    if (flags & WIDE_C) set(a, insn->c + 1);
    if (flags & READS_R) set(a, a->cells - 2 - a->area);
    if (flags & READS_X) set(a, a->cells - 1 - a->area);
    read_more(a, op, insn);
}

/* Goes backwards through the units until nothing is added any more. */
static void solve(analysis *a) {
    bool changed = true;
    while (changed) {
        changed = false;
        for (size_t unit = a->units; unit-- > 0;) {
            uint64_t *live = a->live + unit * a->words;
            if (a->ops[unit] == HD_REGOP_COUNT) continue;
            step(a, unit);
            if (memcmp(live, a->row, a->words * sizeof *live) == 0) continue;
            memcpy(live, a->row, a->words * sizeof *live);
            changed = true;
        }
    }
}

/* Marks, in the bit behind all cells, what lies between a branch backwards and its target. */
static void mark_loop(analysis *a, size_t from, int64_t target) {
    if (target < 0) return;
    for (size_t unit = (size_t)target; unit <= from; unit++)
        a->live[unit * a->words + (size_t)a->cells / 64] |= UINT64_C(1) << a->cells % 64;
}

static void mark_loops(analysis *a) {
    for (size_t unit = 0; unit < a->units; unit++) {
        const hd_insn *insn = &a->code->begin[unit];
        uint16_t op = a->ops[unit];
        if (op == HD_REGOP_COUNT) continue;
        if (rows[op] & (BRANCHES | JUMPS)) mark_loop(a, unit, (int64_t)unit + insn->imm);
        for (int32_t i = 1; op == HD_R_br_table && i <= insn->imm + 1; i++)
            mark_loop(a, unit + (size_t)i, (int64_t)unit + i + insn[i].imm);
    }
}

/* The operation of each unit; NULL when memory is out. */
static uint16_t *find_operations(const hd_code *code, hd_handlers handlers) {
    size_t units = (size_t)(code->end - code->begin);
    uint16_t *ops = hd_calloc(units + 1, sizeof *ops);
    for (size_t unit = 0; ops && unit < units; unit++) {
        const void *handler = code->begin[unit].handler;
        uint16_t op = handler ? 0 : HD_REGOP_COUNT;
        while (op < HD_REGOP_COUNT && handlers[op] != handler)
            op++;
        ops[unit] = op;
    }
    return ops;
}

uint64_t *hd_code_analyse(const hd_code *code, const hd_module *module, hd_handlers handlers) {
    const hd_functype *type = module->functions[code->function].type;
    analysis a = {.code = code,
                  .module = module,
                  .type = type,
                  .ops = find_operations(code, handlers),
                  .units = (size_t)(code->end - code->begin),
                  .area = (int32_t)hd_call_area(type)};
    a.cells = a.area + (int32_t)code->frame_slots + 2;
    a.words = hd_live_words(a.cells);
    a.live = hd_calloc(a.units + 1, a.words * sizeof *a.live);
    a.row = hd_calloc(a.words, sizeof *a.row);
    if (a.ops && a.live && a.row) {
        solve(&a);
        mark_loops(&a);
    } else {
        hd_free(a.live);
        a.live = NULL;
    }
    hd_free((void *)a.ops);
    hd_free(a.row);
    return a.live;
}
